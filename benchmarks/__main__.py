"""All claims of speed in one run: ``python -m benchmarks [NAME ...] [--small | --full] [--out FOLDER]``.

Every script runs in a process of its own (of a small run, all in one), and its record,
``FOLDER/NAME.json``, is written anew after every claim, so that a run that was stopped keeps what it
had. A claim whose ways give different results ends its script, is named, and the run fails. Peers
that are not installed are named as not run; ``--peers PYTHON`` (or ``PARINDEX_PEERS``) names the
Python of an environment that has them beside this package, ``pip install svy samplics
openfisca-core``, and runs by it what has such peers. ``python -m benchmarks profile VERB ...`` writes
where a verb spends its time. The page is made from the records: ``python docs/make_performance.py``.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER))

from measuring import FORMS, add_forms, promises, told  # noqa: E402
from profiling import VERBS, profile_verb  # noqa: E402
from recording import RECORDS, Record  # noqa: E402


def scripts() -> list[str]:
    """Return the scripts that have claims, in the order in which ``claims.toml`` names them."""
    return list(dict.fromkeys(one["script"] for one in promises().values()))


def run_here(name: str, form: str, out: Path, sizes: list[int]) -> bool:
    """Run the claims of one script in this process, recording each; say whether all held."""
    begun, record = time.perf_counter(), Record(name, form, out, sizes)
    try:
        module = importlib.import_module(name)
        for claim in module.claims(sizes or module.SIZES[form]):
            record.add(claim)
            print(told(claim), flush=True)
    except Exception as problem:
        # A peer that gives something else, or a script that broke, must not hide the others.
        record.fail(f"{type(problem).__name__}: {str(problem).strip()[:300]}")
        print(f"{name}: FAILED: {problem}", file=sys.stderr, flush=True)
    print(f"-- {name}: {time.perf_counter() - begun:.1f} s", flush=True)
    return not record.told["failed"]


def run(names: list[str], form: str, out: Path, sizes: list[int], peers: str = "") -> bool:
    """Run the scripts, one after another; say whether all held."""
    outside = {one["script"] for one in promises().values() if peers and one.get("has_peers")}
    options = [*([] if form == "normal" else [f"--{form}"]), "--sizes", *map(str, sizes)]
    command = [str(FOLDER / "__main__.py"), "--out", str(out), "--peers", ""]
    held = True
    for name in names:
        if name not in outside and (form == "small" or len(names) == 1):
            held &= run_here(name, form, out, sizes)
            continue
        python = peers if name in outside else sys.executable
        held &= not subprocess.run([python, *command, name, *options]).returncode
    return held


def main() -> int:
    """Run what is asked for; 1 where a claim of equality failed."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__.split("\n")[0]
    )
    parser.add_argument("names", metavar="NAME", nargs="*", help=", ".join(scripts()))
    parser.add_argument("--sizes", type=int, nargs="*", default=[])
    parser.add_argument("--peers", default=os.environ.get("PARINDEX_PEERS", ""))
    parser.add_argument("--out", type=Path, default=RECORDS)
    add_forms(parser)
    asked = parser.parse_args()
    assert asked.form in FORMS
    if asked.names[:1] == ["profile"]:
        for verb in asked.names[1:] or list(VERBS):
            print(json.dumps(profile_verb(verb, asked.out), indent=1, ensure_ascii=False))
        return 0
    unknown = set(asked.names) - set(scripts())
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(scripts())}")
    return not run(asked.names or scripts(), asked.form, asked.out, asked.sizes, asked.peers)


if __name__ == "__main__":
    sys.exit(main())
