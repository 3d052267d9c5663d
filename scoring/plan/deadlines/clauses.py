"""Cut the text of a deadline cell into clauses, one deadline each.

Cells hold bullets, sentences and semicolons, often flattened onto one line by whoever extracted
the text, so the cuts are made where a new statement visibly begins.
"""

from __future__ import annotations

import re

from scoring.base.text import clean_text
from scoring.official.wording import EDGES, UPPER

# Dates of the documents cited are not deadlines: "Quyết định số 1117/QĐ-UBND ngày 19/5/2023".
_CITATION = re.compile(
    r"\bsố\s+[\w/.\-–]*/[\w/.\-–&]+(?:\s*,?\s*ngày\s+\d{1,2}\s*(?:/|tháng)\s*\d{1,2}\s*(?:/|năm)\s*\d{4})?",
    re.IGNORECASE,
)
_QUARTER_RANGE = re.compile(r"\b(quý\s+[IV1-4]+)\s*[-–]\s*(?:quý\s+)?([IV1-4]+)\b", re.IGNORECASE)
_CUTS = re.compile(
    r"\s*(?:"
    r"[;\n]+\s*[-–+•]?\s*"  # semicolon or line break, with the bullet after it
    rf"|(?<=[.:)])\s*[-–+•]\s*(?=[{UPPER}(])"  # a bullet after the end of a sentence
    rf"|\s[-–+•]\s+(?=[{UPPER}])"  # a bullet inside a flattened line
    rf"|(?<=[^\d\s])\.\s+(?=[{UPPER}(])|(?<=\d{{4}})\.\s+(?=[{UPPER}(])"  # a new sentence
    r"|(?<=\d{4})\s+(?=(?:Trong|Trước|Quý|Tháng|Chậm nhất|Báo cáo|Ban hành)\b)"
    r"|,\s+(?=báo cáo\s)"
    r"|,?\s+và\s+(?=(?:ngày|trước ngày)\s)"
    r"|,?\s*(?=\((?:[Ss]au khi|[Kk]hi có)\s)"
    r")"
)


def split_clauses(text: str) -> list[str]:
    """Return the clauses of `text`, citations of documents left out.

    Examples
    --------
    >>> split_clauses("- Ban hành Kế hoạch (tháng 01/2022). - Báo cáo: trước ngày 15/12/2022.")
    ['Ban hành Kế hoạch (tháng 01/2022)', 'Báo cáo: trước ngày 15/12/2022']
    >>> split_clauses("Quý I – II năm 2025")
    ['Quý I-II năm 2025']
    """
    lines = [clean_text(line) for line in text.splitlines()]
    body = "\n".join(line for line in lines if line)
    body = _QUARTER_RANGE.sub(r"\1-\2", _CITATION.sub("…", body))
    return [clause for part in _CUTS.split(body) if (clause := _trimmed(part))]


def _trimmed(clause: str) -> str:
    trimmed = clause.strip(EDGES)
    if trimmed.startswith("(") and trimmed.endswith(")") and trimmed.count("(") == 1:
        return trimmed[1:-1].strip(EDGES)
    return trimmed
