"""Give spoilt files to every reader: ``python tests/proof/fuzz.py [READER ...] --minutes N``.

Each reader gets good files of its own, spoilt by a seeded random, through the verb or function that
a user calls. Whatever it raises that is no refusal, takes too long, writes outside its folder, or
reaches for the network or another program is printed, and the file kept under ``--keep``.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from fuzz_targets import READERS, ask, build_desk
from guards import TooSlow, cap_memory, watched
from hostile_bytes import NASTY, spoilt
from records import write_record

from scoring.files.children.guarded import unguarded

# DuckDB alone reserves gigabytes of addresses that it never fills.
MEMORY_BYTES = 8_000_000_000


def signature(problem: BaseException) -> str:
    """Return what tells one fault from another: its kind and where it was raised."""
    frames = traceback.extract_tb(problem.__traceback__)
    own = [frame for frame in frames if "/scoring/" in frame.filename] or frames
    return f"{type(problem).__name__} at {Path(own[-1].filename).name}:{own[-1].lineno}"


def tried(reader: str, data: bytes, name: str, desk: Path) -> str:
    """Return how a reader answered, or ``FAULT`` and why, for one file."""
    known = READERS[reader]
    try:
        with watched(desk, known.seconds) as seen, unguarded():
            answer = ask(known, data, name)
    except TooSlow:
        return "FAULT too slow"
    except Exception as problem:
        return f"FAULT {signature(problem)}"
    return f"FAULT {seen[0]}" if seen else answer


def fuzzed(
    reader: str, desk: Path, seed: int, runs: int, until: float, keep: Path | None
) -> Counter[str]:
    """Try a reader `runs` times or `until` a moment; return its answers, each with its count."""
    known, answers = READERS[reader], Counter[str]()
    good = {name: (desk / name).read_bytes() for name in known.files if (desk / name).exists()}
    good |= {f"text {number}": text.encode() for number, text in enumerate(known.texts)}
    names = list(good)
    for missing in set(known.files) - set(names):
        answers[f"NOT TRIED {missing}"] = 0
    for number in range(runs):
        if time.monotonic() > until or not names:
            break
        dice = random.Random(f"{reader} {seed} {number}")
        name = dice.choice(names)
        data = spoilt(good[name], dice) or dice.choice(NASTY)
        answer = tried(reader, data, name, desk)
        answers[answer] += 1
        if keep and answer.startswith("FAULT") and answers[answer] == 1:
            place = keep / f"{reader}-{seed}-{number}{Path(name).suffix}"
            place.write_bytes(data)
            sys.stdout.write(f"{place.name}: {answer}\n")
            sys.stdout.flush()
        if known.files:
            (desk / name).write_bytes(good[name])
    return answers


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("readers", nargs="*", help=f"of {', '.join(READERS)}; all by default")
    parser.add_argument("--minutes", type=float, default=1.0, help="for each reader")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("fuzz-found"))
    parser.add_argument("--record", action="store_true")
    return parser.parse_args()


def main() -> None:
    """Fuzz the readers named and say how often each answered what."""
    options = _arguments()
    keep = options.keep.resolve()
    keep.mkdir(parents=True, exist_ok=True)
    os.environ["PARINDEX_DEBUG"] = "1"
    cap_memory(MEMORY_BYTES)
    totals: dict[str, Counter[str]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        desk = Path(scratch).resolve()
        os.chdir(desk)
        tempfile.tempdir = scratch
        build_desk(desk)
        for reader in options.readers or READERS:
            until = time.monotonic() + 60 * options.minutes
            totals[reader] = fuzzed(reader, desk, options.seed, 10**9, until, keep)
            sys.stdout.write(
                f"{reader}: {sum(totals[reader].values())} {totals[reader].most_common()}\n"
            )
            sys.stdout.flush()
    if options.record:
        _write(totals, options)


def _write(totals: dict[str, Counter[str]], options: argparse.Namespace) -> None:
    figures: dict[str, float | str] = {
        f"runs_{name.replace('-', '_')}": sum(count.values()) for name, count in totals.items()
    }
    faults = {
        (name, answer)
        for name, count in totals.items()
        for answer in count
        if answer.startswith("FAULT")
    }
    figures |= {"readers": len(totals), "runs": sum(figures.values()), "seed": options.seed,
                "minutes_each": options.minutes, "faults_left": len(faults)}  # fmt: skip
    left = [f"{name}: {answer}" for name, answer in sorted(faults)]
    left += ["Files are spoilt by a seeded random, not guided by the code they reach."]
    write_record(
        "fuzzing", f"python tests/proof/fuzz.py --minutes {options.minutes:g}", figures, left
    )


if __name__ == "__main__":
    main()
