"""Replay the corpus of hostile files: ``python tests/proof/corpus.py``; ``corpus.toml`` says what it holds.

Each file is made anew and given to each verb in a process of its own, whose processor time and
memory are capped and measured; a verb that crashes, hangs, or answers otherwise is a fault.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import signal
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus_recipes import RECIPES, Maker
from fuzz_targets import said
from records import write_record

from scoring.files.children.guarded import unguarded

CORPUS: dict[str, Any] = tomllib.loads(
    Path(__file__).with_name("corpus.toml").read_text(encoding="utf-8")
)
VERBS: dict[str, str] = CORPUS["verbs"]
SECONDS: float = CORPUS["limits"]["seconds"]
MEGABYTES: float = CORPUS["limits"]["megabytes"]
# Addresses that libraries reserve without filling them.
_RESERVED_BYTES = 3_000_000_000


@dataclass(frozen=True)
class Trial:
    """One hostile file given to one verb, and the finding that must come first."""

    name: str
    verb: str
    entry: dict[str, Any]

    @property
    def expected(self) -> str:
        """Code of one of the findings, or ``read``."""
        wanted = self.entry["finding"]
        return str(wanted if isinstance(wanted, str) else wanted[self.verb])

    @property
    def seconds(self) -> float:
        """How long the processor may take; one file that is large and no trap has its own limit."""
        return float(self.entry.get("seconds", SECONDS))


@dataclass(frozen=True)
class Outcome:
    """How a verb answered, in seconds of the processor and megabytes beyond those at rest."""

    answer: str
    seconds: float
    megabytes: float


def trials(*, cheap_only: bool = False) -> Iterator[Trial]:
    """Yield every file with every verb that it is given to; what is cheap, with the first."""
    for entry in CORPUS["file"]:
        if entry.get("cheap", True) or not cheap_only:
            verbs = entry["verbs"][:1] if cheap_only else entry["verbs"]
            yield from (Trial(entry["name"], verb, entry) for verb in verbs)


def made(entry: dict[str, Any]) -> bytes:
    """Return the bytes of a file of the corpus."""
    return RECIPES[entry["recipe"]](**entry.get("with", {}))


def replayed(trial: Trial, data: bytes, desk: Path) -> Outcome:
    """Give `data` to a verb within `desk`, in a child of this process."""
    shutil.rmtree(desk, ignore_errors=True)
    file = desk / trial.entry["file"]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return in_child(lambda: _said_by(trial, desk), trial.seconds)


def _said_by(trial: Trial, desk: Path) -> str:
    os.chdir(desk)
    code, found = said(VERBS[trial.verb].format(trial.entry["file"]))
    if code not in (0, 1, 2):
        return f"FAULT exit code {code}"
    return " ".join(dict.fromkeys(one.partition(" ")[0] for one in found)) or "read"


def in_child(call: Callable[[], str], seconds: float | None = None) -> Outcome:
    """Return what `call` says in a copy of this process, so that nothing is paid for starting one.

    It is ended after so many `seconds` of the processor; by default what a file of the corpus may take.
    """
    at_rest = _resident_bytes()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _answer(call, writing, SECONDS if seconds is None else seconds)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as told:
        answer = told.read()
    _, status, used = os.wait4(child, 0)
    if os.WIFSIGNALED(status):
        answer = f"FAULT {signal.Signals(os.WTERMSIG(status)).name}"
    grown = max(0, used.ru_maxrss * 1024 - at_rest) / 1e6
    return Outcome(answer or "FAULT no answer", used.ru_utime + used.ru_stime, grown)


def _resident_bytes() -> int:
    return int(_memory_in_pages()[1]) * resource.getpagesize()


def _memory_in_pages() -> list[str]:
    return Path("/proc/self/statm").read_text(encoding="ascii").split()


def _answer(call: Callable[[], str], writing: int, seconds: float) -> None:
    """Say what `call` says, under limits of the processor and of memory, and end this process."""
    answer = "FAULT nothing said"
    try:
        most = int(seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (most, most + 1))
        room = int(_memory_in_pages()[0]) * resource.getpagesize() + _RESERVED_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (room, room))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with unguarded():
            answer = call()
    except BaseException as problem:
        answer = f"FAULT {type(problem).__name__}"
    finally:
        os.write(writing, answer.encode())
        os._exit(0)


def is_as_told(trial: Trial, outcome: Outcome) -> bool:
    """Say whether a verb answered what the corpus says; ``read`` is any answer by itself."""
    is_within = outcome.seconds <= trial.seconds and outcome.megabytes <= MEGABYTES
    if outcome.answer.startswith("FAULT") or not is_within:
        return False
    return trial.expected in ("read", *outcome.answer.split())


def warmed(desk: Path, verbs: tuple[str, ...] = tuple(VERBS)) -> None:
    """Let this process load what its children use: a plain file is given to each verb once."""
    plain = {
        "so.xlsx": Maker.pack(Maker.parts()),
        "so-lieu.csv": b"unit_code,year,a\n",
        "phieu.csv": b"form_id,A1\n",
    }
    here = Path.cwd()
    os.chdir(desk)
    try:
        for trial in trials():
            name = trial.entry["file"]
            if trial.verb in verbs and name in plain:
                verbs = tuple(verb for verb in verbs if verb != trial.verb)
                Path(name).write_bytes(plain[name])
                with unguarded():
                    said(VERBS[trial.verb].format(name))
    finally:
        os.chdir(here)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="parts of the names to replay; all by default")
    parser.add_argument("--cheap", action="store_true", help="only what the tests replay too")
    parser.add_argument("--record", action="store_true")
    return parser.parse_args()


def main() -> None:
    """Replay the corpus, say what each file came to, and record the whole."""
    options = _arguments()
    outcomes: list[tuple[Trial, Outcome]] = []
    with tempfile.TemporaryDirectory() as scratch:
        desk = Path(scratch).resolve() / "desk"
        desk.mkdir()
        warmed(desk)
        data, last = b"", ""
        for trial in trials(cheap_only=options.cheap):
            if options.names and not any(part in trial.name for part in options.names):
                continue
            if trial.name != last:
                data, last = made(trial.entry), trial.name
            outcome = replayed(trial, data, desk)
            outcomes.append((trial, outcome))
            mark = " " if is_as_told(trial, outcome) else "!"
            sys.stdout.write(f"{mark} {trial.name} | {trial.verb} | {outcome.answer} | "
                             f"{outcome.seconds:.2f} s, {outcome.megabytes:.0f} MB\n")  # fmt: skip
            sys.stdout.flush()
    wrong = [one for one in outcomes if not is_as_told(*one)]
    sys.stdout.write(f"{len(outcomes)} trials, {len(wrong)} not as told\n")
    if options.record:
        _write(outcomes)


def _most(outcomes: Iterable[tuple[Trial, Outcome]]) -> float:
    return round(max((outcome.seconds for _, outcome in outcomes), default=0.0), 2)


def _write(outcomes: list[tuple[Trial, Outcome]]) -> None:
    faults = [one for one in outcomes if one[1].answer.startswith("FAULT")]
    refused = [one for one in outcomes if one[0].expected != "read"]
    figures: dict[str, float | str] = {
        "files": len({trial.name for trial, _ in outcomes}),
        "trials": len(outcomes),
        "answered_as_told": sum(is_as_told(*one) for one in outcomes),
        "named_by_a_finding": len(refused),
        "crashed_or_hung": len(faults),
        "most_seconds": _most(one for one in outcomes if one[0].seconds == SECONDS),
        "most_seconds_largest": _most(one for one in outcomes if one[0].seconds != SECONDS),
        "most_megabytes": round(max(outcome.megabytes for _, outcome in outcomes)),
        "limit_seconds": SECONDS,
        "limit_seconds_largest": max(trial.seconds for trial, _ in outcomes),
        "limit_megabytes": MEGABYTES,
    }
    left = [f"{trial.name}, {trial.verb}: {outcome.answer}"
            for trial, outcome in outcomes if not is_as_told(trial, outcome)]  # fmt: skip
    left += ["Files are made by recipes of our own; no file of a real attacker is among them."]
    write_record("corpus", "python tests/proof/corpus.py --record", figures, left)


if __name__ == "__main__":
    main()
