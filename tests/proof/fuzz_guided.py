"""Fuzz what reads in this process, guided by the code it reaches: ``python tests/proof/fuzz_guided.py --seconds N``.

Atheris keeps every file that reaches new code and spoils it further: by the bytes as libFuzzer does,
or by its form (`hostile_bytes`). The guards are those of ``fuzz.py``. Atheris is no part of the
package's environment: it wants one of its own, which `HOW` tells.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

HOW = ("Atheris is not installed. In an environment of its own: python3 -m venv hostile && "
       "hostile/bin/pip install -c constraints.txt -e '.[dev]' atheris && "
       "hostile/bin/python tests/proof/fuzz_guided.py")  # fmt: skip
# What is told to libFuzzer; its own alarm goes by the clock, ours by the processor.
_FLAGS = ("-handle_alrm=0", "-timeout=0", "-rss_limit_mb=0", "-print_final_stats=1", "-len_control=0",
          "-detect_leaks=0", "-max_len=120000")  # fmt: skip
_GUIDED = ("scoring", "tomllib", "email", "html")
_COVERED = re.compile(r"cov: (\d+) ft: (\d+)")
_RUNS = re.compile(r"stat::number_of_executed_units:\s*(\d+)")


def guided_readers() -> list[str]:
    """Return the readers that are functions, and so quick enough."""
    from fuzz_targets import READERS

    return [name for name, known in READERS.items() if known.many or known.calls]


def _inner(options: argparse.Namespace, flags: list[str]) -> None:
    """Be the process that fuzzes one reader: all modules are loaded here, so that they are counted."""
    import atheris

    reader, desk, keep = options.inner, options.desk, options.keep
    os.chdir(desk)
    os.environ["PARINDEX_DEBUG"] = "1"
    with atheris.instrument_imports(include=list(_GUIDED)):
        from fuzz import tried
        from fuzz_targets import READERS
        from hostile_bytes import spoilt
    found: dict[str, int] = {}
    name = next(iter(READERS[reader].files), "text 0")

    def one(data: bytes) -> None:
        answer = tried(reader, [data], name, desk)
        if answer.startswith("FAULT") and found.setdefault(answer, len(found)) == len(found) - 1:
            place = keep / f"guided-{reader}-{len(found)}{Path(name).suffix}"
            if not place.exists():
                place.write_bytes(data)
                with (keep / f"{reader}.found").open("a", encoding="utf-8") as out:
                    out.write(json.dumps([answer, place.name]) + "\n")

    def spoil(data: bytes, size: int, seed: int) -> bytes:
        dice = random.Random(seed)
        if data[:2] != b"PK" and dice.random() < 0.5:
            return bytes(atheris.Mutate(data, size))
        return spoilt(data, dice)[:size]

    os.nice(options.nice)
    atheris.Setup([sys.argv[0], *flags, *options.readers], one, custom_mutator=spoil)
    atheris.Fuzz()


def _guided(reader: str, desk: Path, keep: Path, options: argparse.Namespace) -> dict[str, object]:
    """Fuzz one reader in a process of its own; return its runs, what it reached and its faults."""
    from fuzz import good_files
    from fuzz_targets import READERS

    corpus, notes = keep / f"{reader}.corpus", keep / f"{reader}.found"
    corpus.mkdir(exist_ok=True)
    notes.unlink(missing_ok=True)
    for at, data in enumerate(good_files(READERS[reader], desk).values()):
        (corpus / f"good-{at}").write_bytes(data)
    flags = [*_FLAGS, f"-max_total_time={options.seconds}", f"-seed={options.seed}", str(corpus)]
    line = [
        sys.executable,
        __file__,
        "--inner",
        reader,
        "--desk",
        str(desk),
        "--keep",
        str(keep),
        *flags,
    ]
    with tempfile.TemporaryDirectory() as scratch:
        own = shutil.copytree(desk, Path(scratch).resolve() / "desk")
        line[line.index(str(desk))] = str(own)
        done = subprocess.run(line, capture_output=True, text=True, errors="replace", check=False,
                              env=os.environ | {"TMPDIR": str(own)})  # fmt: skip
    covered, runs = _COVERED.findall(done.stderr), _RUNS.findall(done.stderr)
    faults = (
        [json.loads(text)[0] for text in notes.read_text("utf-8").splitlines()]
        if notes.exists()
        else []
    )
    if done.returncode != 0:
        (keep / f"{reader}.stderr").write_text(done.stderr, encoding="utf-8")
        faults.append(f"FAULT ended with {done.returncode}")
    edges, features = map(int, covered[-1]) if covered else (0, 0)
    first = int(covered[0][0]) if covered else 0
    return {"runs": int(runs[-1]) if runs else 0, "edges": edges, "features": features,
            "edges_of_good_files": first, "faults": sorted(set(faults))}  # fmt: skip


def _arguments() -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("readers", nargs="*", help="all that are functions by default")
    parser.add_argument("--seconds", type=int, default=60, help="for each reader, by the clock")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("fuzz-found"))
    parser.add_argument("--nice", type=int, default=0, help="how far to give way, once ready")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--inner", default="", help=argparse.SUPPRESS)
    parser.add_argument("--desk", type=Path, help=argparse.SUPPRESS)
    # libFuzzer's own begin with one dash, which argparse would take for letters of its own.
    flags = [text for text in sys.argv[1:] if text.startswith("-") and not text.startswith("--")]
    return parser.parse_args([text for text in sys.argv[1:] if text not in flags]), flags


def main() -> int:
    """Fuzz the readers named, one after another, and say what each reached."""
    options, flags = _arguments()
    try:
        import atheris  # noqa: F401
    except ImportError:
        sys.stderr.write(f"{HOW}\n")
        return 2
    if options.inner:
        _inner(options, flags)
        return 0
    from fuzz import built_desk

    keep, told = options.keep.resolve(), {}
    keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        desk = Path(scratch).resolve()
        built_desk(desk)
        for reader in options.readers or guided_readers():
            told[reader] = _guided(reader, desk, keep, options)
            sys.stdout.write(f"{reader}: {told[reader]}\n")
            sys.stdout.flush()
    if options.record:
        _write(told, options)
    return 0


def _write(told: dict[str, dict[str, object]], options: argparse.Namespace) -> None:
    from records import write_record

    figures: dict[str, float | str] = {
        "readers": len(told),
        "seconds_each": options.seconds,
        "seed": options.seed,
    }
    for name in ("runs", "edges", "features"):
        figures |= {
            f"{name}_{reader.replace('-', '_')}": int(str(one[name]))
            for reader, one in told.items()
        }
        figures[name] = sum(int(str(one[name])) for one in told.values())
    faults = [f"{reader}: {fault}" for reader, one in told.items() for fault in list(one["faults"])]  # type: ignore[call-overload]
    figures["faults_left"] = len(faults)
    left = [
        *faults,
        "Only code in Python guides; parsers written in C or Rust are run but not seen into.",
    ]
    command = f"python tests/proof/fuzz_guided.py --seconds {options.seconds}"
    write_record("fuzzing_guided", command, figures, left)


if __name__ == "__main__":
    sys.exit(main())
