"""The layout of a ledger, from ``layout.csv``: every sheet and column, said once.

Writing, reading, annotating, merging, filling and carrying forward all work from it. A column of
``layout.csv`` is one of a sheet, or on ``Thông tin`` one line:

=========  ========================================================================================
sheet      name of the sheet
key        name of the column in code
vi, en     its heading
width      in characters
look       format of its cells, see ``formats.toml``; empty where it depends on the row
check      what Excel checks or says while an entry is typed: ``date``, ``mark``, ``points``,
           ``hint`` (a message only)
reads      how its cells are read: ``text``, ``date``, ``mark``, ``points``, ``code`` ...; empty
           for a column that is only shown
table      the table its cells become part of, see `scoring.tables`
columns    the columns of that table, where they are called otherwise than the key
flags      ``hidden``, ``needed`` (without it the sheet cannot be read), ``identity``
           (identifies a row), ``computed`` (a formula), ``carried`` (comes over into next year's
           ledger), ``unprinted``, ``section`` (a heading comes before the line)
=========  ========================================================================================
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from scoring.base.labels import LANGUAGES

GUIDE, INFO, ASSESSMENT = "Hướng dẫn", "Thông tin", "Tự đánh giá"
DOCUMENTS, PLAN, TARGETS, APPRAISAL = "Tài liệu kiểm chứng", "Kế hoạch", "Chỉ tiêu", "Thẩm định"
# Only shown: what is still to do, and what the set asks for. Both follow from the other sheets.
TO_DO, REQUIRED = "Việc cần làm", "Tài liệu phải có"
# Added to a ledger that a survey fed; carries the intervals of the figures.
SURVEYS = "Khảo sát"
# Added by who wants to know what points cost: actions with owner and cost.
ACTIONS = "Hành động"
SHEETS = (GUIDE, INFO, ASSESSMENT, TO_DO, DOCUMENTS, REQUIRED, PLAN, TARGETS, APPRAISAL)
# What stands on top of a sheet is in the language of the ledger, its name is not.
TITLED = {TO_DO: "to_do", REQUIRED: "required", DOCUMENTS: "documents", PLAN: "plan",
          TARGETS: "targets", APPRAISAL: "appraisal", ACTIONS: "actions"}  # fmt: skip
MACHINE_SHEET = "_ma"
# Computes the points, in rows that stay where they are whatever people sort.
LIVE_SHEET = "_tinh"
# What the hidden sheet repeats of "Thông tin", in its order.
MACHINE_KEYS = (
    "set_id", "set_version", "set_fingerprint", "template_version", "template_fingerprint",
    "unit_code", "year",
)  # fmt: skip
# What a ledger that a form in the browser saved says there besides: which form it was.
FORM_KEYS = ("form_digest", "form_engine")
MARK = "x"


@dataclass(frozen=True, slots=True)
class LedgerColumn:
    """One column of a sheet, or one line of ``Thông tin``; see the table above."""

    sheet: str
    key: str
    vi: str
    en: str
    width: float
    look: str
    check: str
    reads: str
    table: str
    columns: tuple[str, ...]
    flags: frozenset[str]

    def title(self, lang: str = "vi") -> str:
        """Return the heading people read."""
        return self.vi if lang == "vi" else self.en

    @property
    def titles(self) -> tuple[str, ...]:
        """The heading in every language."""
        return tuple(self.title(lang) for lang in LANGUAGES)

    @property
    def hidden(self) -> bool:
        """Whether people do not see the column."""
        return "hidden" in self.flags

    @property
    def needed(self) -> bool:
        """Whether the sheet cannot be read without it."""
        return "needed" in self.flags


@cache
def _layout() -> dict[str, dict[str, LedgerColumn]]:
    found: dict[str, dict[str, LedgerColumn]] = {}
    text = files(__package__).joinpath("layout.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        column = LedgerColumn(
            **{name: row[name] for name in ("sheet", "key", "vi", "en", "look", "check", "reads")},
            width=float(row["width"] or 0),
            table=row["table"],
            columns=tuple((row["columns"] or row["key"]).split()),
            flags=frozenset(row["flags"].split()),
        )
        found.setdefault(column.sheet, {})[column.key] = column
    return found


def columns(sheet: str) -> tuple[LedgerColumn, ...]:
    """Return the columns of a sheet in the order they are written.

    >>> [column.key for column in columns("Chỉ tiêu")][:3]
    ['code', 'name', 'max_points']
    """
    return tuple(_layout()[sheet].values())


def info_rows() -> dict[str, int]:
    """Return the row of every key on ``Thông tin``, counted from 0."""
    rows, row = dict[str, int](), 2
    for line in columns(INFO):
        # An empty line sets a heading apart from the entries above it.
        row += ("section" in line.flags) * (2 if rows else 1)
        rows[line.key] = row
        row += 1
    return rows


def info_cell(key: str) -> str:
    """Return the reference to the cell of ``Thông tin`` that holds `key`, the one place for it.

    >>> info_cell("year")
    "'Thông tin'!$B$7"
    """
    return f"'{INFO}'!$B${info_rows()[key] + 1}"


def column(sheet: str, key: str) -> LedgerColumn:
    """Return one column of a sheet."""
    return _layout()[sheet][key]


def title(sheet: str, key: str, lang: str = "vi") -> str:
    """Return the heading of a column."""
    return column(sheet, key).title(lang)


SHOWN_SHEETS = (TO_DO, REQUIRED)
TABLE_SHEETS = tuple(s for s in SHEETS if s in _layout() and s not in (INFO, *SHOWN_SHEETS))
"""The sheets of every ledger that are one table each, and are read."""
READ_SHEETS = (*TABLE_SHEETS, SURVEYS, ACTIONS)
"""All sheets that are read, those that not every ledger has among them."""


def read_into(table: str) -> Iterator[LedgerColumn]:
    """Yield the columns whose cells become part of a table, computed ones left out.

    >>> [column.key for column in read_into("Targets")]
    ['code', 'target_points', 'note']
    """
    for sheet in TABLE_SHEETS:
        for entry in columns(sheet):
            if entry.table == table and "computed" not in entry.flags:
                yield entry


def identity_of(table: str) -> str:
    """Return the column that identifies a row of a table within one ledger."""
    return next(entry.columns[0] for entry in read_into(table) if "identity" in entry.flags)
