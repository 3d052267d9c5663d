"""Read every office file below a folder: ``python tests/proof/public_corpora.py FOLDER... [--record WHAT]``.

Made for the test files of other projects (Apache POI, openpyxl, calamine, LibreOffice, python-docx,
pdfplumber ...), real and broken ones, where a checkout of them is at hand; none is part of this one.
Each file is read in a process of its own, whose processor time and memory are capped.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from corpus import MEGABYTES, SECONDS, in_child
from records import write_record

from scoring.base.errors import ScoringError
from scoring.files.excel.workbook import read_workbook
from scoring.files.table_files import read_table
from scoring.plan.blocks import document_from_bytes

READERS: dict[str, Callable[[bytes], object]] = {
    **dict.fromkeys((".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".xltx"), read_workbook),
    **dict.fromkeys((".docx", ".docm", ".pdf", ".txt", ".html", ".doc"), document_from_bytes),
    **dict.fromkeys((".csv", ".parquet"), read_table),
}


def files_below(folders: list[Path], most_bytes: int) -> Iterator[Path]:
    """Yield the files that a reader is there for, in order; what is too large for a test is left."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            known = path.suffix.lower() in READERS and path.is_file() and not path.is_symlink()
            if known and path.stat().st_size <= most_bytes:
                yield path


def said_of(path: Path) -> str:
    """Return ``read``, or the code of the finding that refuses the file."""
    try:
        READERS[path.suffix.lower()](path.read_bytes())
    except ScoringError as refusal:
        finding = getattr(refusal, "finding", None)
        return f"refused {finding.code if finding else type(refusal).__name__}"
    return "read"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--most-megabytes", type=float, default=20.0)
    parser.add_argument("--record", metavar="WHAT", help="what the folders hold, in a few words")
    return parser.parse_args()


def main() -> None:
    """Read all, say what no reader may answer, and count the rest."""
    options = _arguments()
    answers, kinds, slowest = Counter[str](), Counter[str](), 0.0
    for path in files_below(options.folders, int(options.most_megabytes * 1e6)):
        outcome = in_child(lambda path=path: said_of(path))  # type: ignore[misc]
        answer = outcome.answer
        if not answer.startswith("FAULT") and not outcome.is_within_limits:
            answer = "FAULT above the limits"
        if answer.startswith("FAULT"):
            sys.stdout.write(f"{path}: {answer}\n")
            sys.stdout.flush()
        answers[answer] += 1
        kinds[path.suffix.lower()] += 1
        slowest = max(slowest, outcome.seconds)
    sys.stdout.write(f"{kinds.most_common()}\n{answers.most_common()}\n")
    if options.record:
        _write(options.record, answers, kinds, slowest)


def _write(what: str, answers: Counter[str], kinds: Counter[str], slowest: float) -> None:
    faults = {answer: count for answer, count in answers.items() if answer.startswith("FAULT")}
    figures: dict[str, float | str] = {
        "files": answers.total(),
        "files_by_kind": ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())),
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
