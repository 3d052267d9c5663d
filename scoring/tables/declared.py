"""What ``columns.csv`` and ``tables.csv`` declare, read when first asked for."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from scoring.base import values as closed_lists

# A column of these holds text in memory.
TEXT_TYPES = ("text", "code", "word", "due")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name : str
    type : str
        ``text``, ``code`` (a key, as text), ``word`` (one of `values`), ``due`` (a due date as
        sets write it), ``number``, ``whole``, ``flag`` or ``date``.
    unit : str
        What a number counts: ``points``, ``percent`` (0 to 100), ``share`` (0 to 1), ``days`` ...
    values : tuple of str
        The closed list of a ``word``; empty otherwise.
    required : bool
        The table must have the column; in a sheet of a criteria set its cells must be filled too.
    nullable : bool
        NaN or NaT may stand in it. Text is empty, never NaN.
    key : str
        ``unique`` (no two rows alike), ``key`` (part of what tells rows apart), ``place`` (where
        the row stands in a file) or empty.
    minimum, maximum : float or None
        Ends of what a number may be, both included.
    vi, en : str
        What people read about it.

    Examples
    --------
    >>> points = column("Scores", "points")
    >>> points.type, points.unit, points.nullable, points.en
    ('number', 'points', True, 'points; NaN: something below is not assessed')
    """

    name: str
    type: str
    unit: str = ""
    values: tuple[str, ...] = ()
    required: bool = False
    nullable: bool = False
    key: str = ""
    minimum: float | None = None
    maximum: float | None = None
    vi: str = ""
    en: str = ""

    @property
    def is_text(self) -> bool:
        """True where the column holds text in memory."""
        return self.type in TEXT_TYPES

    @property
    def is_number(self) -> bool:
        """True where the column holds a number, whole or not."""
        return self.type in ("number", "whole")

    def is_within(self, number: float) -> bool:
        """Say whether a number lies between the declared ends.

        >>> Column("decimals", "whole", minimum=0, maximum=6).is_within(6.0)
        True
        """
        low = -math.inf if self.minimum is None else self.minimum
        return low <= number <= (math.inf if self.maximum is None else self.maximum)

    @property
    def ends(self) -> str:
        """The ends of a number in words, such as ``0 … 6`` or ``≥ 0``; empty where it has none."""
        if self.minimum is None or self.maximum is None:
            known = {"≥": self.minimum, "≤": self.maximum}
            return "".join(f"{sign} {end:g}" for sign, end in known.items() if end is not None)
        return f"{self.minimum:g} … {self.maximum:g}"

    @property
    def offered(self) -> tuple[str, ...]:
        """The words a workbook offers for a cell: the closed list, or yes and no for a flag."""
        return ("yes", "no") if self.type == "flag" else self.values


@dataclass(frozen=True, slots=True)
class Table:
    """One table: the group it is documented in, the file it is written to, and what a row is.

    Examples
    --------
    >>> table = tables()["Scores"]
    >>> table.name, table.file, table.en
    ('Scores', 'scores.csv', 'One node of one unit and period; the row INDEX closes each unit.')
    """

    name: str
    group: str
    file: str
    vi: str
    en: str


@cache
def tables() -> dict[str, Table]:
    """Return every declared table by name.

    >>> tables()["Gaps"].file
    'gaps.csv'
    """
    rows = _lines("tables.csv")
    return {
        row["table"]: Table(
            row["table"], row["group"], row["file"], row["description_vi"], row["description_en"]
        )
        for row in rows
    }


def declared(name: str) -> tuple[Column, ...]:
    """Return the columns of table `name` in their order; KeyError for an unknown table.

    >>> [column.type for column in declared("Links")]
    ['code', 'code', 'code', 'text', 'text', 'text', 'text']
    """
    return _columns()[name]


def column(table: str, name: str) -> Column:
    """Return one column of a table.

    >>> column("Scores", "level").values
    ('area', 'criterion', 'item', 'index')
    """
    return next(entry for entry in declared(table) if entry.name == name)


def columns_of(name: str, *, places: bool = False) -> list[str]:
    """Return the names of the columns of table `name` in their order.

    Parameters
    ----------
    name : str
    places : bool
        Also those that say where a row stands: ``file``, ``sheet``, ``cell``.

    Examples
    --------
    >>> columns_of("Links")
    ['unit_code', 'document_id', 'item_code', 'place']
    """
    return [entry.name for entry in declared(name) if places or entry.key != "place"]


@cache
def _columns() -> dict[str, tuple[Column, ...]]:
    found: dict[str, list[Column]] = {name: [] for name in tables()}
    for row in _lines("columns.csv"):
        found[row["table"]].append(_column(row))
    return {name: tuple(columns) for name, columns in found.items()}


def _column(row: dict[str, str]) -> Column:
    minimum, maximum = (float(row[end]) if row[end] else None for end in ("minimum", "maximum"))
    return Column(
        name=row["column"],
        type=row["type"],
        unit=row["unit"],
        values=_values(row["values"]),
        required=row["required"] == "yes",
        nullable=row["nullable"] == "yes",
        key=row["key"],
        minimum=minimum,
        maximum=maximum,
        vi=row["description_vi"],
        en=row["description_en"],
    )


def _values(text: str) -> tuple[str, ...]:
    """Return a closed list: one of `scoring.base.values` by its name, or words split by a bar."""
    if text.isupper():
        named: tuple[str, ...] = getattr(closed_lists, text)
        return named
    return tuple(text.split("|")) if text else ()


def _lines(file: str) -> Iterator[dict[str, str]]:
    text = files(__package__).joinpath(file).read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines())
