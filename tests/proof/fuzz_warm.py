"""What lies below the verbs, called by itself in a warm process: milliseconds a file."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from fuzz_desk import SMALL

from scoring.appraisal.journal import open_journal
from scoring.base.errors import FileError
from scoring.base.findings import Finding
from scoring.batch.parts.judged_parts import ledger_read, parts_together
from scoring.batch.parts.part_file import StoredPart, parts_bytes
from scoring.criteria import CriteriaSet, open_set
from scoring.evidence.ledger import annotate_ledger
from scoring.evidence.ledger.intake import open_ledger
from scoring.files.office.content import ReadingLimits
from scoring.files.office.formats import FORMATS, read_file, sniff_type
from scoring.files.table_files import read_table

_ENDINGS = {known.name: known.endings[0] for known in FORMATS if known.endings}


@cache
def _small_set() -> CriteriaSet:
    return open_set(SMALL)


def ledger_cells(given: list[bytes]) -> str:
    """Open a ledger: its package, its cells, its tables."""
    found = open_ledger(given[0], "so.xlsx").findings
    return found[0].code if found else "read"


def ledgers_together(given: list[bytes]) -> str:
    """Take ledgers in as a batch does: cells, rows, proof, findings, the part that is kept."""
    criteria = _small_set()
    reads = {at: (ledger_read(data, criteria, f"so-{at}.xlsx", None), criteria)
             for at, data in enumerate(given)}  # fmt: skip
    told = "read"
    for parts in parts_together(reads):
        sound = [part for part in parts.values() if not isinstance(part, FileError)]
        told = told if len(sound) == len(parts) else "refused"
        for part, made in zip(sound, parts_bytes(sound), strict=True):
            stored = StoredPart("so.part", lambda made=made: made)
            stored.digest()
            for name in part.tables:
                stored.table(name)
    return told


def marked_copy(given: list[bytes]) -> str:
    """Mark two cells of a workbook in a copy, which is read back and compared."""
    places = (("Tự đánh giá", "D9"), ("Tài liệu", "B4"), ("không có", "A1"))
    marks = [
        Finding("row-without-code", sheet=sheet, cell=cell, values={"value": 5})
        for sheet, cell in places
    ]
    annotate_ledger(given[0], marks)
    return "marked"


def stored_part(given: list[bytes]) -> str:
    """Read a part of a batch whole."""
    part = StoredPart("so.part", lambda: given[0])
    for name in ("inputs", "claims", "documents", "links", "scores", "findings"):
        part.table(name)
        part.column(name, "item_code") if part.has(name) else None
    part.digest()
    return "read"


def any_table(given: list[bytes]) -> str:
    """Read a CSV or Parquet table."""
    found = read_table(given[0], file="bang").findings
    return found[0].code if found else "read"


def any_document(given: list[bytes]) -> str:
    """Read a document as a scan does; what its parser raised is named."""
    kind = sniff_type(given[0])
    found = read_file(f"a{_ENDINGS.get(kind, '.docx')}", given[0], ReadingLimits()).findings
    return " ".join(map(str, (found[0].code, *found[0].values.values()))) if found else "read"


def journal(given: list[bytes]) -> str:
    """Open a journal and look its chain through."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "nhat-ky.jsonl"
        path.write_bytes(given[0])
        found = open_journal(path).findings
    return found[0].code if found else "read"
