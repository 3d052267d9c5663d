"""Put long texts into every text field that a reader takes: ``python tests/proof/long_texts.py``.

Each field of a good file in turn says a run of blanks, of one letter, of figures or of quotes, or its
own words over and over, 200 kB of them (cells of workbooks and tables: the most they hold, 32,767 and
100,000 letters). What takes
longer than the good file by more than `TELLING_SECONDS` is grown from an eighth of that length, and
the power of its length that time grows with is told. Time is the processor's.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent))

from fuzz_desk import build_desk
from fuzz_targets import READERS, Reader, ask
from guards import TooSlow, watched
from long_places import CELL_LETTERS, TABLE_LETTERS, Place, places
from records import write_record

from scoring.files.children.guarded import end_child, unguarded

LONGEST = 200_000
# A long text is named where it takes so much longer than a good file.
MOST_SECONDS = 2.0
# Time of less is noise of the machine; growth is told from more.
TELLING_SECONDS = 0.25
# An exponent of 1 is time in step with the text, of 2 its square.
IN_STEP = 1.4
# A verb that takes so long for a good file is given all fillers in one text, a fifth of its length each.
BUSY_SECONDS = 0.3
# Where a reader is ended, in seconds of the processor.
_LIMIT = 30.0
FILLERS = {"blanks": " ", "letters": "a", "figures": "1", "quotes": '"'}
# The same fields as of another reader, or readers of what no person writes.
_LEFT_OUT = (
    "ledger-cells", "ledgers-together", "ledger-marked", "ledger-seal", "ledger-score", "batch-parts", "tables",
    "office", "journal-lines", "verify-bundle", "ledger-annotate", "ledger-proof", "ledger-carry",
)  # fmt: skip
_ENDINGS = (".csv", ".txt", ".docx", ".xlsx", ".toml", ".json", ".jsonl", ".html", ".eml")


class Outcome(NamedTuple):
    """How a reader fared on a long text in one field: seconds beyond a good file, by length."""

    reader: str
    field: str
    filler: str
    seconds: tuple[float, ...]
    answer: str

    @property
    def exponent(self) -> float:
        """The power of the length that time grows with; 0 where it was too short to tell."""
        told = [one for one in self.seconds if one >= TELLING_SECONDS / 4]
        if len(told) < 2:
            return 0.0
        return math.log2(told[-1] / told[0]) / (len(told) - 1)

    @property
    def is_slow(self) -> bool:
        """Whether it took too long, or grows faster than its text where that can be told."""
        most = max(self.seconds)
        return most > MOST_SECONDS or (most > 2 * TELLING_SECONDS and self.exponent > IN_STEP)

    @property
    def is_fault(self) -> bool:
        """Whether the reader ended in something that is no refusal."""
        return self.answer.startswith("FAULT")

    def shown(self) -> str:
        """Return the outcome on one line."""
        times = " ".join(f"{one:.2f}" for one in self.seconds)
        return f"{self.reader}, {self.field}, {self.filler}: {times} s ^{self.exponent:.2f} {self.answer}"


def text_of(filler: str, said: str, size: int) -> str:
    """Return a text of `size` letters: a run of one letter between two others, or words repeated."""
    if filler == "mixed":
        parts = (text_of(one, said, size // 5) for one in (*FILLERS, "phrase"))
        return "".join(parts)
    if filler == "phrase":
        words = f"{said or 'điểm'} "
        return (words * (size // len(words) + 1))[:size]
    letter = FILLERS[filler]
    return f"x{letter * (size - 2)}x" if filler == "blanks" else letter * size


def seconds_of(known: Reader, data: bytes, name: str, desk: Path) -> tuple[float, str]:
    """Return the processor time that a reader takes for a file, and how it answered."""
    before = _spent()
    try:
        with watched(desk, _LIMIT, desk.parent / "tmp"), unguarded():
            answer = ask(known, [data], name)
    except TooSlow:
        answer = "FAULT too slow"
    except Exception as problem:
        answer = f"FAULT {type(problem).__name__}"
    return _spent() - before, answer


def _spent() -> float:
    child = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + child.ru_utime + child.ru_stime


def outcomes(reader: str, desk: Path) -> Iterator[Outcome]:
    """Yield how a reader fares on each field of its files and each filler."""
    known = READERS[reader]
    for name, good, own in _fields(known, desk):
        _, answer = seconds_of(known, good, name, desk)
        usual = min(seconds_of(known, good, name, desk)[0] for _ in range(2))
        sys.stdout.write(f"{reader} {name}: {len(own)} fields, {usual:.2f} s, {answer}\n")
        sys.stdout.flush()
        for place in own:
            for filler in (*FILLERS, "phrase") if usual < BUSY_SECONDS else ("mixed",):
                yield _tried(known, reader, desk, name, place, filler, usual)
        Path(name).write_bytes(good)


def _fields(known: Reader, desk: Path) -> Iterator[tuple[str, bytes, list[Place]]]:
    for number, text in enumerate(known.texts):
        yield f"text {number}", text.encode(), [Place("text", text, None, str.encode)]
    for name in dict.fromkeys(known.files):
        path = desk / name
        if path.exists() and path.suffix in _ENDINGS:
            good = path.read_bytes()
            yield name, good, list(places(name, good))


def _tried(known: Reader, reader: str, desk: Path, name: str, place: Place, filler: str, usual: float) -> Outcome:  # fmt: skip
    most = place.most or LONGEST

    def beyond(size: int) -> tuple[float, str]:
        data = place.having(text_of(filler, place.said, size))
        took, answer = seconds_of(known, data, name, desk)
        return max(took - usual, 0.0), answer

    took, answer = beyond(most)
    field = f"{name}: {place.name}"
    if took > TELLING_SECONDS:
        # Once more, as another program may have held the machine up.
        took = min(took, beyond(most)[0])
    if took <= TELLING_SECONDS:
        return Outcome(reader, field, filler, (took,), answer)
    shorter = tuple(beyond(most // part)[0] for part in (8, 4, 2))
    return Outcome(reader, field, filler, (*shorter, took), answer)


def read_in(desk: Path, reader: str) -> list[Outcome]:
    """Try one reader in the folder of its files, which is left as the working folder."""
    os.chdir(desk)
    (desk.parent / "tmp").mkdir(exist_ok=True)
    tempfile.tempdir = str(desk.parent / "tmp")
    found = []
    for one in outcomes(reader, desk):
        found.append(one)
        if one.is_slow or one.is_fault:
            sys.stdout.write(f"{one.shown()}\n")
            sys.stdout.flush()
    end_child()
    return found


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("readers", nargs="*", help="all by default")
    parser.add_argument("--keep", type=Path, help="lines of outcomes; those of other readers stay")
    parser.add_argument("--record", action="store_true", help="of this run and of what is kept")
    parser.add_argument("--no-run", action="store_true", help="record what is kept alone")
    return parser.parse_args()


def _kept(keep: Path | None, names: list[str]) -> list[Outcome]:
    """Return the outcomes of earlier runs of other readers."""
    lines = keep.read_text("utf-8").splitlines() if keep and keep.exists() else []
    found = [Outcome(*told[:3], tuple(told[3]), told[4]) for told in map(json.loads, lines)]
    return [one for one in found if one.reader not in names]


def _asked() -> Iterator[str]:
    return (name for name in READERS if name not in _LEFT_OUT)


def _run(names: list[str]) -> Iterator[list[Outcome]]:
    with tempfile.TemporaryDirectory() as scratch:
        desk = Path(scratch).resolve() / "desk"
        desk.mkdir()
        os.chdir(desk)
        build_desk(desk)
        with get_context("fork").Pool(1, maxtasksperchild=1) as pool:
            yield from pool.imap(partial(read_in, desk), names)


def main() -> None:
    """Try each reader in a process of its own and say what was slow."""
    options = _arguments()
    names = [] if options.no_run else options.readers or list(_asked())
    keep = options.keep.resolve() if options.keep else None
    found = _kept(keep, names)
    for own in _run(names) if names else ():
        found += own
        if keep:
            keep.write_text("".join(f"{json.dumps(one)}\n" for one in found), "utf-8")
    slow = [one for one in found if one.is_slow or one.is_fault]
    sys.stdout.write(f"{len(found)} long texts, {len(slow)} slow or at fault\n")
    if options.record:
        _write(found, slow)


def _write(found: list[Outcome], slow: list[Outcome]) -> None:
    sound = [one for one in found if one not in slow]
    told = [one.exponent for one in sound if max(one.seconds) > 2 * TELLING_SECONDS]
    figures: dict[str, float | str] = {
        "readers": len({one.reader for one in found}),
        "fields": len({(one.reader, one.field) for one in found}),
        "texts": len(found),
        "letters_of_the_longest": LONGEST,
        "letters_of_a_cell": CELL_LETTERS,
        "letters_of_a_table_cell": TABLE_LETTERS,
        "limit_seconds": MOST_SECONDS,
        "most_seconds": round(max(max(one.seconds) for one in sound), 2),
        "grown": len(told),
        "steepest_power": round(max(told, default=0.0), 2),
        "slow_or_at_fault": len(slow),
    }
    left = [one.shown() for one in slow]
    if missing := sorted(set(_asked()) - {one.reader for one in found}):
        left.append(f"not tried: {', '.join(missing)}")
    left.append(
        "Readers that take long for a good file were given all kinds in one text, a fifth of its length each."
    )
    left.append("Other texts than runs and repeated words may be worse; files of .xls, .ods and PDF had none.")  # fmt: skip
    write_record("long_texts", "python tests/proof/long_texts.py --record", figures, left)


if __name__ == "__main__":
    main()
