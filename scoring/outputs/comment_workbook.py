"""The matrix of comments and answers as a workbook: every comment, and how each unit stands."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from scoring.base.dates import format_date
from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.base.units import UnitKey, unit_keys
from scoring.files.excel.xlsx import SafeWorkbook
from scoring.outputs.report_sheets import COUNT, LINE_HEIGHT, NOTE, TEXT, TITLE, Look, line_count

_HEADER = 3
# Columns of the first sheet with their widths; their sum fills a landscape page at a readable size.
_COLUMNS = {"unit": 16.0, "item": 26.0, "points": 12.0, "lost": 8.0, "comment": 34.0,
            "answer": 30.0, "added": 20.0, "next": 22.0, "state": 15.0}  # fmt: skip
COUNTED = ("comments", "with_answer", "settled", "answered", "overdue", "open", "late")
_LATE: Look = {"bold": True, "font_color": "#9C0006"}


@dataclass(frozen=True, slots=True)
class MatrixWords:
    """Language, decimals, and the line that says due day, day looked at, set and journal.

    The `badge` of a sample stands at the foot of every page. `names` has the names of units that need a code or a time to be told apart.
    """

    lang: str
    about: str
    decimals: int = 2
    names: Mapping[UnitKey, str] = field(default_factory=dict)
    badge: str = ""

    def say(self, key: str, **values: object) -> str:
        """Return a label of the matrix."""
        return label(f"matrix_{key}", self.lang, **values)

    def number(self, points: float) -> str:
        """Return points as people read them, a dash where there are none."""
        return format_number(points, self.decimals, self.lang) if points == points else "—"

    def units(self, table: pd.DataFrame) -> list[str]:
        """Return the name of each row's unit."""
        pairs = zip(unit_keys(table), table["unit_name"], strict=True)
        return [self.names.get(key) or name or key.unit_code for key, name in pairs]


def comment_workbook(matrix: pd.DataFrame, counts: pd.DataFrame, words: MatrixWords) -> bytes:
    """Return the matrix as a workbook; the same tables give the same bytes.

    Parameters
    ----------
    matrix, counts : DataFrame
        Tables ``Comments`` and ``CommentCounts``.
    words : MatrixWords
    """
    book = SafeWorkbook({"title": words.say("title")}, font_size=10)
    rows = [
        (name, *_cells(row, words))
        for name, row in zip(words.units(matrix), matrix.to_dict("records"), strict=True)
    ]
    looks = [_LATE if row["state"] == "overdue" or row["is_late"] else {}
             for row in matrix.to_dict("records")]  # fmt: skip
    heads = [words.say(name) for name in _COLUMNS]
    _sheet(book, words.say("sheet"), heads, rows, list(_COLUMNS.values()), words, looks)
    figures = counts[list(COUNTED)]
    totals = [int(number) for number in figures.sum()]
    counted: list[Sequence[str | int]] = [
        (name, *map(int, numbers))
        for name, numbers in zip(words.units(counts), figures.to_numpy(), strict=True)
    ]
    bold: Look = {"bold": True}
    _sheet(
        book,
        words.say("counts_sheet"),
        [words.say("unit"), *(words.say(name) for name in COUNTED)],
        [*counted, (words.say("all"), *totals)],
        [34.0, *[13.0] * len(COUNTED)],
        words,
        [*[{}] * len(counted), bold],
    )
    return book.to_bytes()


def _cells(row: Mapping[Hashable, Any], words: MatrixWords) -> Iterator[str]:
    yield f"{row['item_code']} {row['item_name']}"
    yield _from_to(row, words)
    yield words.number(row["lost_points"])
    kind = label(f"difference_{row['reason_kind']}", words.lang) if row["reason_kind"] else ""
    yield "\n".join(filter(None, (kind, row["reason"], row["ground"], row["request"])))
    yield row["answer"]
    yield row["evidence_added"]
    if row["next_round"]:
        decided = (
            f"{label('round_' + row['next_round'], words.lang)}: {words.number(row['next_points'])}"
        )
        yield "\n".join(filter(None, (decided, row["next_reason"])))
    else:
        yield ""
    # A comment made after the due day is open, but in time it is not.
    is_undated = row["state"] == "open" and pd.isna(row["due_on"])
    state = label("comment_undated" if is_undated else f"comment_{row['state']}", words.lang)
    if row["is_late"]:
        day = format_date(row["answered_on"].date(), words.lang)
        state += "\n" + label("comment_late", words.lang, day=day)
    yield state


def _from_to(row: Mapping[Hashable, Any], words: MatrixWords) -> str:
    """Return the points before and after; before, by the rule where nothing was claimed."""
    claimed, computed = row["claimed_points"], row["computed_points"]
    by_rule = claimed != claimed and computed == computed
    before = computed if by_rule else claimed
    told = words.say("by_rule", points=words.number(before)) if by_rule else words.number(before)
    points = f"{told} → {words.number(row['points'])}"
    # Only of a penalty are points lost where they grow.
    is_penalty = row["lost_points"] * (before - row["points"]) < 0
    return words.say("penalty", points=points) if is_penalty else points


def _sheet(
    book: SafeWorkbook,
    name: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[str | int]],
    widths: Sequence[float],
    words: MatrixWords,
    looks: Sequence[Look],
) -> None:
    """Write a titled table; a look with a color marks the last column, another the whole row."""
    sheet = book.add_sheet(name)
    sheet.write_text(0, 0, words.say("title"), TITLE)
    sheet.write_text(1, 0, words.about, NOTE)
    sheet.set_widths(widths)
    sheet.write_row(_HEADER, 0, heads, "header")
    sheet.sheet.set_row(_HEADER, _height(heads, [0.85 * width for width in widths]))
    for at, (row, look) in enumerate(zip(rows, looks, strict=True), start=_HEADER + 1):
        sheet.sheet.set_row(at, _height(row, widths))
        for column, cell in enumerate(row):
            own = look if column == len(row) - 1 or "font_color" not in look else {}
            sheet.write(at, column, cell, (COUNT if isinstance(cell, int) else TEXT) | own)
    last = _HEADER + max(len(rows), 1)
    sheet.sheet.autofilter(_HEADER, 0, last, len(heads) - 1)
    foot = " · ".join(filter(None, (words.badge, words.say("title"))))
    sheet.print_on_a4(header_row=_HEADER, footer=foot)


def _height(row: Sequence[object], widths: Sequence[float]) -> float:
    cells = zip(row, widths, strict=True)
    lines = (sum(line_count(t, width) for t in str(cell).split("\n")) for cell, width in cells)
    return LINE_HEIGHT * max(lines) + 3
