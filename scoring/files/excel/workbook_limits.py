"""How much a workbook asks its reader to hold, told from its parts before any reader opens it.

A few kilobytes can ask for gigabytes: many sheets that share one part, a long text shown in many
cells, millions of formats. What no program that people use would write is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from scoring.base.findings import Finding
from scoring.base.labels import Label
from scoring.files.excel.package import PackageReport, related_part
from scoring.files.excel.sheet_scan import raw_cells, shown_text, worksheet_parts
from scoring.files.excel.xml_parts import XmlError, elements
from scoring.files.limits import MEGABYTE, Limits

# <c t="s"><v>0</v></c>
_SHORTEST_CELL = 21


def size_findings(report: PackageReport, limits: Limits, file: str = "") -> Iterator[Finding]:
    """Yield what a workbook has too much of: sheets, sheets of one part, formats, texts."""
    sheets = [part for _, _, part in worksheet_parts(report)]
    if len(sheets) > limits.sheets:
        yield too_much("workbook_sheets", len(sheets), limits.sheets, file)
    part, shared = next(iter(Counter(sheets).most_common(1)), ("", 1))
    if shared > 1:
        yield Finding("workbook-shared-sheet", file, values={"part": part, "count": shared})
    formats = related_part(report, "styles").count(b"<")
    if formats > limits.elements:
        yield too_much("workbook_formats", formats, limits.elements, file)
    strings = related_part(report, "sharedStrings")
    if strings.count(b"<") > limits.strings:
        yield too_much("workbook_texts", strings.count(b"<"), limits.strings, file)
    elif shared == 1 and _could_repeat(strings, report, sheets, limits.text_bytes):
        shown = _text_shown(strings, report, sheets, limits.text_bytes)
        if shown > limits.text_bytes:
            yield Finding(
                "package-too-large",
                file,
                values={"part": Label("workbook_text"), "limit": limits.text_bytes // MEGABYTE},
            )


def too_much(what: str, count: int, limit: int, file: str) -> Finding:
    """Return the finding for a workbook that has more of something than is read."""
    values = {"what": Label(what), "count": count, "limit": limit}
    return Finding("workbook-too-much", file, values=values)


def _could_repeat(strings: bytes, report: PackageReport, sheets: list[str], most: int) -> bool:
    """Say whether the longest text in every cell that holds one would be too much."""
    longest = max(map(len, strings.split(b"<si")))
    # Most workbooks are too small for it, which is told without a look at their cells.
    if longest * sum(len(report.parts[part]) for part in sheets) <= most * _SHORTEST_CELL:
        return False
    cells = sum(report.parts[part].count(mark) for part in sheets for mark in (b'"s"', b"'s'"))
    return longest * cells > most


def _text_shown(strings: bytes, report: PackageReport, sheets: list[str], most: int) -> int:
    """Return how long all texts are, counted in every cell that shows them; stop above `most`."""
    total = 0
    try:
        texts = enumerate(elements(strings, "si"))
        lengths = {str(place): len(shown_text(entry)) for place, entry in texts}
        for part in sheets:
            for cell in raw_cells(report.parts[part]):
                if cell.kind == "s":
                    total += lengths.get(cell.text or "", 0)
                if total > most:
                    return total
    except XmlError:
        return total  # the readers say which part is damaged
    return total
