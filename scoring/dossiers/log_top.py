"""What stands at the top of a CSV log: its headings, and what people and spreadsheets put above them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import NamedTuple

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.dossiers.log_columns import FIELDS, LogColumns
from scoring.files.table_files import separator_of

# Excel's own line that names the separator; no row to whoever opens the file there.
_SEPARATOR_LINE = re.compile(r"\"?sep=([;,|\t])\"?\r?\n", re.IGNORECASE)
_REQUIRED = {name for name, about in FIELDS.items() if about.required}
# A title has few lines; further down a row is data.
_MOST_ABOVE = 20


class Top(NamedTuple):
    """The headings of a CSV file and what is above them.

    Attributes
    ----------
    headings : list of str
    separator : str
    above : int
        Lines above the headings.
    hidden : int
        Of those how many a spreadsheet does not show.
    lines : int
        Lines before the first row of data.
    title : str
        The first text above the headings; empty where there is none.
    """

    headings: list[str]
    separator: str
    above: int
    hidden: int
    lines: int
    title: str


def read_top(shown: str, columns: LogColumns, file: str) -> Top:
    """Find the headings: the first row that names what is needed, or else the first row of all.

    Raises
    ------
    UnreadableError
        ``table-damaged``.

    Examples
    --------
    >>> from scoring.dossiers.log_columns import shipped_columns
    >>> text = "sep=;\\nSỔ THEO DÕI;;\\ndossier;procedure;unit;received\\n1;a;X;2026-03-02\\n"
    >>> read_top(text, shipped_columns(), "log.csv")[1:]
    (';', 2, 1, 3, 'SỔ THEO DÕI')
    """
    found = list(_candidates(shown))
    if not found:
        raise UnreadableError(Finding("table-damaged", file, values={"row": 1}))
    for top in found:
        if set(columns.places(top.headings)) >= _REQUIRED:
            return top
    return found[0]


def _candidates(shown: str) -> Iterator[Top]:
    """Yield each of the first rows as if it were that of the headings."""
    said = _SEPARATOR_LINE.match(shown)
    hidden = 1 if said else 0
    lines = shown.splitlines(keepends=True)
    title = ""
    for above in range(hidden, min(_MOST_ABOVE, len(lines))):
        below = "".join(lines[above:])
        separator = said[1] if said else separator_of(below)
        rows = csv.reader(io.StringIO(below, newline=""), delimiter=separator, strict=True)
        try:
            first = next(rows)
        except (csv.Error, StopIteration):
            if above == hidden:
                return
            continue
        yield Top(first, separator, above, hidden, above + rows.line_num, title)
        title = title or next((cell.strip() for cell in first if cell.strip()), "")
