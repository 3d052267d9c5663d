"""Read every office file below a folder: ``python tests/proof/public_corpora.py FOLDER... [--record WHAT]``.

Made for the test files of other projects (Apache POI, openpyxl, calamine, LibreOffice, python-docx,
pdfplumber ...), real and broken ones, where a checkout of them is at hand; none is part of this one.
Each file is given to each reader that may meet its kind, in a process of its own, whose processor
time and memory are capped.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from corpus import MEGABYTES, Outcome, in_child
from records import write_record

from scoring.base.errors import ScoringError
from scoring.criteria.appendix.decision_tables import tables_of
from scoring.files.children.guarded import SECONDS
from scoring.files.excel.workbook import read_workbook
from scoring.files.office.formats import read_file
from scoring.files.table_files import read_table
from scoring.plan.blocks import document_from_bytes

Reader = Callable[[bytes, str], object]
# Readers load these when they are first met, which each child would do anew.
_LOADED_LATE = ("pdfplumber", "pypdf", "lxml.html", "defusedxml.ElementTree", "pyarrow.csv")


def _as_plan(data: bytes, name: str) -> object:
    return document_from_bytes(data)


def _as_ledger(data: bytes, name: str) -> object:
    return read_workbook(data, file=name)


def _as_table(data: bytes, name: str) -> object:
    return read_table(data, file=name)


def _as_evidence(data: bytes, name: str) -> object:
    return read_file(name, data)


_BOOKS: dict[str, Reader] = {"ledger": _as_ledger, "plan": _as_plan, "annex": tables_of}
_TEXTS: dict[str, Reader] = {"plan": _as_plan, "annex": tables_of}
_EVIDENCE: dict[str, Reader] = {"evidence": _as_evidence}
READERS: dict[str, dict[str, Reader]] = {
    ".xlsx .xlsm .xls .xlsb .ods .xltx": _BOOKS | _EVIDENCE,
    ".docx .docm .pdf .txt .html .doc": _TEXTS | _EVIDENCE,
    ".csv .parquet": {"table": _as_table, "annex": tables_of},
}


def readers_of(path: Path) -> dict[str, Reader]:
    """Return by name the readers that may meet a file of this kind; none where nobody reads it."""
    ending = path.suffix.lower()
    return next((readers for known, readers in READERS.items() if ending in known.split()), {})


def files_below(folders: list[Path], most_bytes: int) -> Iterator[Path]:
    """Yield the files that a reader is there for, in order; what is too large for a test is left."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            known = readers_of(path) and path.is_file() and not path.is_symlink()
            if known and path.stat().st_size <= most_bytes:
                yield path


def said_of(path: Path, reader: Reader) -> str:
    """Return ``read``, or the code of the finding that refuses the file."""
    try:
        reader(path.read_bytes(), path.name)
    except ScoringError as refusal:
        finding = getattr(refusal, "finding", None)
        return f"refused {finding.code if finding else type(refusal).__name__}"
    return "read"


def judged(outcome: Outcome) -> str:
    """Return what the reader said, or in words what it did that no reader may do."""
    if outcome.answer == "FAULT SIGXCPU" or outcome.seconds > SECONDS:
        return "took longer than a verb lets it"
    if outcome.answer == "FAULT MemoryError" or outcome.megabytes > MEGABYTES:
        return "took more memory than a verb lets it"
    return outcome.answer.replace("FAULT", "crashed:")


def _is_answer(said: str) -> bool:
    return said == "read" or said.startswith("refused")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--most-megabytes", type=float, default=20.0)
    parser.add_argument("--record", metavar="WHAT", help="what the folders hold, in a few words")
    return parser.parse_args()


def main() -> None:
    """Read all, say what no reader may answer, and count the rest."""
    options = _arguments()
    for name in _LOADED_LATE:
        importlib.import_module(name)
    answers, kinds, runs, slowest = Counter[str](), Counter[str](), Counter[str](), 0.0
    for path in files_below(options.folders, int(options.most_megabytes * 1e6)):
        kinds[path.suffix.lower()] += 1
        for name, reader in readers_of(path).items():
            outcome = in_child(lambda path=path, reader=reader: said_of(path, reader), SECONDS)  # type: ignore[misc]
            answer = judged(outcome)
            if not _is_answer(answer):
                took = f"{outcome.seconds:.1f} s, {outcome.megabytes:.0f} MB"
                sys.stdout.write(f"{path} as {name}: {answer} ({took})\n")
                sys.stdout.flush()
            answers[answer] += 1
            runs[name] += 1
            slowest = max(slowest, outcome.seconds)
    sys.stdout.write(f"{kinds.most_common()}\n{runs.most_common()}\n{answers.most_common()}\n")
    if options.record:
        _write(options.record, answers, kinds, runs, slowest)


def _write(
    what: str, answers: Counter[str], kinds: Counter[str], runs: Counter[str], slowest: float
) -> None:
    faults = {answer: count for answer, count in answers.items() if not _is_answer(answer)}
    figures: dict[str, float | str] = {
        "files": kinds.total(),
        "files_by_kind": ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())),
        "runs": runs.total(),
        "runs_by_reader": ", ".join(f"{name} {count}" for name, count in sorted(runs.items())),
        "read": answers["read"],
        "refused_by_a_finding": sum(
            count for answer, count in answers.items() if answer.startswith("refused")
        ),
        "crashed_hung_or_above_the_limits": sum(faults.values()),
        "most_seconds": round(slowest, 2),
        "limit_seconds": SECONDS,
        "limit_megabytes": MEGABYTES,
    }
    left = [f"{answer}: {count}" for answer, count in sorted(faults.items())]
    left.append(f"Read: {what}.")
    command = "python tests/proof/public_corpora.py FOLDER... --record WHAT"
    write_record("public_corpora", command, figures, left)


if __name__ == "__main__":
    main()
