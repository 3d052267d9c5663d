"""Give spoilt files to every reader: ``python tests/proof/fuzz.py [READER ...] --minutes N``.

Each reader gets good files of its own, spoilt by a seeded random, through the verb or function that
a user calls, in a process of its own. Whatever it raises that is no refusal, takes too much of the
processor, dies of, writes outside its folder or leaves behind, or reaches for the network or
another program for, is printed, and the file kept under ``--keep``.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import os
import pkgutil
import random
import resource
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from fuzz_desk import build_desk
from fuzz_targets import READERS, Reader, ask
from fuzz_watch import Marks, watched_process
from guards import TooSlow, cap_memory, watched
from hostile_bytes import NASTY, spoilt
from records import FOLDER, write_record

import scoring
from scoring.files.children.guarded import end_child, unguarded

# DuckDB alone reserves gigabytes of addresses that it never fills.
MEMORY_BYTES = 8_000_000_000
# Files that a process may have open more than it had before the first case.
_OPEN_MORE = 40
_FAULTS = ("FAULT", "NOT TRIED")
_LEFT = "Files are spoilt by a seeded random; what is guided by the code they reach is told apart."
_AGAIN = "tried again after a mend, in place of what that run found of them: "
# How often a reader may die before no more is tried.
_DEATHS = 20


def signature(problem: BaseException) -> str:
    """Return what tells one fault from another: its kind and where it was raised."""
    frames = traceback.extract_tb(problem.__traceback__)
    own = [frame for frame in frames if "/scoring/" in frame.filename] or frames
    return f"{type(problem).__name__} at {Path(own[-1].filename).name}:{own[-1].lineno}"


def tried(reader: str, given: list[bytes], name: str, desk: Path) -> str:
    """Return how a reader answered, or ``FAULT`` and why, for one file or several together."""
    known = READERS[reader]
    try:
        own = desk, known.seconds, desk.parent / "tmp"
        with watched(*own) as seen, unguarded():
            answer = ask(known, given, name)
    except TooSlow:
        return "FAULT too slow"
    except Exception as problem:
        return f"FAULT {signature(problem)}"
    return f"FAULT {seen[0]}" if seen else answer


def good_files(known: Reader, desk: Path) -> dict[str, bytes]:
    """Return what is spoilt for a reader, by name."""
    good = {name: (desk / name).read_bytes() for name in known.files if (desk / name).exists()}
    return good | {f"text {number}": text.encode() for number, text in enumerate(known.texts)}


def case(reader: str, seed: int, number: int, good: dict[str, bytes]) -> tuple[str, list[bytes]]:
    """Return a case: the name of a file and it spoilt, or several spoilt files to be read together."""
    dice = random.Random(f"{reader} {seed} {number}")
    known, names = READERS[reader], list(good)
    name = dice.choice(names)
    chosen = [name] if known.together == 1 else names[: known.together]
    return name, [spoilt(good[one], dice) or dice.choice(NASTY) for one in chosen]


def fuzzed(
    reader: str, desk: Path, seed: int, runs: int, until: float, keep: Path | None
) -> Counter[str]:
    """Try a reader `runs` times or `until` a moment, in this process; return its answers."""
    answers = Counter[str]()
    for _, answer, count in _answers(reader, desk, seed, range(runs), until, keep):
        answers[answer] += count
    return answers


def _answers(
    reader: str, desk: Path, seed: int, numbers: range, until: float, keep: Path | None
) -> Iterator[tuple[int, str, int]]:
    known = READERS[reader]
    good, kept = good_files(known, desk), set[str]()
    for missing in set(known.files) - set(good):
        yield -1, f"NOT TRIED {missing}", 0
    _warm_up(reader, good)
    before = _open_files()
    for number in numbers if good else ():
        if time.monotonic() > until:
            return
        name, given = case(reader, seed, number, good)
        answer = tried(reader, given, name, desk)
        if not answer.startswith("FAULT") and _open_files() > before + _OPEN_MORE:
            answer, before = "FAULT leaves files open", _open_files()
        if answer.startswith("FAULT") and answer not in kept:
            kept.add(answer)
            _keep(
                keep,
                f"{reader}-{seed}-{number}",
                answer,
                _alone(reader, answer, given, name, desk),
                name,
            )
        if known.line:
            (desk / name).write_bytes(good[name])
        yield number, answer, len(given)


def _warm_up(reader: str, good: dict[str, bytes]) -> None:
    """Read a good file: what libraries load and write when first used is no fault of a file."""
    names = list(good)[: READERS[reader].together]
    if names:
        with unguarded():
            ask(READERS[reader], [good[name] for name in names], names[0])


def _alone(reader: str, answer: str, given: list[bytes], name: str, desk: Path) -> list[bytes]:
    """Return the one file of several that gives the answer by itself, else all of them."""
    for data in given if len(given) > 1 else ():
        if tried(reader, [data], name, desk) == answer:
            return [data]
    return given


def _keep(keep: Path | None, stem: str, answer: str, given: list[bytes], name: str) -> None:
    if keep is None:
        return
    for at, data in enumerate(given):
        (keep / f"{stem}-{at}{Path(name).suffix}").write_bytes(data)
    sys.stdout.write(f"{stem} ({name}): {answer}\n")
    sys.stdout.flush()


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").is_dir() else 0


def fuzzed_apart(
    reader: str, desk: Path, seed: int, minutes: float, keep: Path
) -> tuple[Counter[str], int]:
    """Fuzz a reader in processes of its own; return its answers and the most megabytes it took."""
    known, answers, log = READERS[reader], Counter[str](), keep / f"{reader}.log"
    until, start, most = time.monotonic() + 60 * minutes * known.share, 0, 0
    for _ in range(_DEATHS):
        log.write_text("", encoding="utf-8")
        with tempfile.TemporaryDirectory() as scratch:
            place = Path(scratch).resolve() / "desk"
            shutil.copytree(desk, place)
            work = partial(_work, reader, place, seed, start, until, keep, log)
            number, why = watched_process(work, known.seconds)
        for line in log.read_text("utf-8").splitlines():
            answer, count, size = json.loads(line)
            answers[answer] += count
            most = max(most, size)
        if not why:
            break
        name, given = case(reader, seed, number, good_files(known, desk))
        answers[f"FAULT {why}"] += len(given)
        _keep(keep, f"{reader}-{seed}-{number}", f"FAULT {why}", given, name)
        start = number + 1
    log.unlink(missing_ok=True)
    return answers, most


def _work(reader: str, desk: Path, seed: int, start: int, until: float, keep: Path, log: Path, marks: Marks) -> None:  # fmt: skip
    os.chdir(desk)
    temporary = desk.parent / "tmp"
    temporary.mkdir()
    tempfile.tempdir = str(temporary)
    cap_memory(MEMORY_BYTES)
    marks.at(start)
    with log.open("a", encoding="utf-8") as out:
        for number, answer, count in _answers(reader, desk, seed, range(start, 10**9), until, keep):
            left = sorted(path.name for path in temporary.iterdir())
            if left and not answer.startswith("FAULT"):
                answer = "FAULT leaves temporary files"
                sys.stdout.write(f"{reader}-{seed}-{number}: {answer} {left[:3]}\n")
                for name in left:
                    path = temporary / name
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
            size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            out.write(json.dumps([answer, count, size]) + "\n")
            out.flush()
            marks.at(number + 1)
    end_child()


def _load_all() -> None:
    """Load every module of the package once, which each process has then."""
    for module in pkgutil.walk_packages(scoring.__path__, "scoring."):
        if not module.name.endswith("__main__"):
            with contextlib.suppress(ImportError):
                importlib.import_module(module.name)


def _build(desk: Path, _: Marks) -> None:
    os.chdir(desk)
    build_desk(desk)
    end_child()


def built_desk(desk: Path) -> None:
    """Write the good files; in a process of its own, lest threads begun here be missing in others."""
    watched_process(partial(_build, desk), 1000)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("readers", nargs="*", help=f"of {', '.join(READERS)}; all by default")
    parser.add_argument("--minutes", type=float, default=1.0, help="for each reader")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1, help="readers at the same time")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-found"))
    parser.add_argument(
        "--nice", type=int, default=0, help="how far to give way to others, once ready"
    )
    parser.add_argument("--record", action="store_true")
    return parser.parse_args()


def main() -> None:
    """Fuzz the readers named and say how often each answered what."""
    options = _arguments()
    keep = options.keep.resolve()
    keep.mkdir(parents=True, exist_ok=True)
    os.environ["PARINDEX_DEBUG"] = "1"
    names = options.readers or list(READERS)
    _load_all()
    with tempfile.TemporaryDirectory() as scratch:
        desk = Path(scratch).resolve()
        built_desk(desk)
        os.nice(options.nice)
        with ThreadPoolExecutor(options.workers) as threads:
            run = partial(_told, desk, options, keep)
            totals = dict(zip(names, threads.map(run, names), strict=True))
    if options.record:
        _write(totals, options)


def _told(
    desk: Path, options: argparse.Namespace, keep: Path, reader: str
) -> tuple[Counter[str], int]:
    answers, most = fuzzed_apart(reader, desk, options.seed, options.minutes, keep)
    sys.stdout.write(f"{reader}: {sum(answers.values())} {most} MB {answers.most_common()}\n")
    sys.stdout.flush()
    return answers, most


def _write(totals: dict[str, tuple[Counter[str], int]], options: argparse.Namespace) -> None:
    """Record a run of all readers; one of some readers takes their place in the run of all."""
    command = f"python tests/proof/fuzz.py --minutes {options.minutes:g}"
    figures: dict[str, float | str] = {}
    left: list[str] = []
    if options.readers:
        before = json.loads((FOLDER / "fuzzing.json").read_text("utf-8"))
        figures = before["figures"]
        names = {name for text in before["left"] if text.startswith(_AGAIN)
                 for name in text.removeprefix(_AGAIN).split(", ")}  # fmt: skip
        left = [
            text
            for text in before["left"]
            if text.split(":")[0] not in totals and not text.startswith((_AGAIN, _LEFT))
        ]
        left.append(_AGAIN + ", ".join(sorted(names | totals.keys())))
        if (figures["minutes_each"], figures["seed"]) != (options.minutes, options.seed):
            raise SystemExit("the run of all readers had other minutes or another seed")
    for name, (answers, most) in totals.items():
        figures[f"runs_{name.replace('-', '_')}"] = sum(answers.values())
        figures["peak_megabytes"] = max(int(figures.get("peak_megabytes", 0)), most)
        left += sorted(f"{name}: {answer}" for answer in answers if answer.startswith(_FAULTS))
    runs = [int(count) for key, count in figures.items() if key.startswith("runs_")]
    figures |= {"readers": len(runs), "runs": sum(runs), "seed": options.seed,
                "minutes_each": options.minutes,
                "faults_left": sum(": FAULT" in text for text in left)}  # fmt: skip
    write_record("fuzzing", command, figures, [*left, _LEFT])


if __name__ == "__main__":
    main()
