"""Columns that look like personal data: refused or dropped before anything else is read.

A column is recognised by its heading or by what its cells look like. No message ever shows a cell
of such a column, and no cell that looks personal is shown from any other one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.base.labels import Label
from scoring.base.text import clean_text, shortened, without_marks
from scoring.survey.reading.response_sources import ResponseTable

# Written without look-around, so that whole columns are searched by Arrow.
_PATTERNS = {
    "phone": r"(?:^|[^\d.,])(?:\+?84|0)[ .-]?[35789](?:[ .-]?\d){8}(?:\D|$)",
    # Code of a province (001 to 096), sex and century (0 to 3), year of birth, six digits.
    "identity": r"(?:^|[^\d.,])0\d\d ?[0-3]\d\d ?\d{3} ?\d{3}(?:\D|$)",
    # One letter before the sign is enough: whether there is an address is all that is asked.
    "email": r"[\w.+-]@[\w-]+\.\w",
}
# Nine digits are an old identity number, a telephone number that lost its zero, or neither; ten
# or eleven may be a new identity number that lost one.
_LOOSE = r"^(?:\d{9}|[1-9]\d?[0-3]\d{8})$"
_SHORTEST = 9
_MOST = 1e15
# A column that is known is personal when this share of its cells looks so; of others, one cell.
_SHARE = 0.05
_MOSTLY = 0.5


@dataclass(frozen=True, slots=True)
class PersonalColumn:
    """A column that looks like personal data, and which kind."""

    heading: str
    kind: str


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    source = resources.files("scoring.survey").joinpath("personal_data.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def kind_of_heading(heading: str) -> str:
    """Return which kind of personal data a heading names; empty for none.

    Examples
    --------
    >>> [kind_of_heading(h) for h in ("Họ và tên", "ho_ten", "SĐT", "Số CCCD", "Mã đơn vị")]
    ['name', 'name', 'phone', 'identity', '']
    """
    words = " ".join(re.findall(r"\w+", without_marks(heading.replace("_", " "))))
    for kind, said in _words().items():
        if kind == "surnames":
            continue
        within = (f" {_plain(word)} " for word in said["within"])
        alone = {_plain(word).replace(" ", "") for word in (*said["alone"], *said["within"])}
        if words.replace(" ", "") in alone or any(word in f" {words} " for word in within):
            return kind
    return ""


def _plain(words: str) -> str:
    return " ".join(re.findall(r"\w+", without_marks(words)))


def looks_personal(text: object) -> bool:
    """Say whether a text holds a telephone or identity number, an address of mail or is a name.

    Examples
    --------
    >>> [looks_personal(t) for t in ("gọi 0912 345 678", "001185012345", "Trần Văn An", "5,0")]
    [True, True, True, False]
    """
    shown = _as_typed(text)
    found = any(re.search(pattern, shown) for pattern in (*_PATTERNS.values(), _LOOSE))
    return found or bool(_name().match(shown))


@cache
def _name() -> re.Pattern[str]:
    """Return the pattern of a full name: a known family name, and one to five words after it."""
    known = _words()["surnames"]["alone"]
    said = "|".join({*known, *map(without_marks, known)})
    return re.compile(rf"(?i:{said})(?: [^\W\d_]{{1,8}}){{1,5}}$")


def shown_safely(met: object, longest: int = 0) -> object:
    """Return what a finding may show of a cell or heading: itself, unless it looks personal.

    Texts of more than `longest` characters are not shown either, where it is given.
    """
    if longest and len(str(met)) > longest:
        return Label("survey_cell_hidden")
    if not looks_personal(met):
        return met
    return Label("survey_personal_hidden")


class Headings(Protocol):
    """What is known about the headings of a table."""

    def target(self, heading: str, /) -> str: ...
    def is_mapped(self, heading: str, /) -> bool: ...
    def is_question(self, heading: str, /) -> bool: ...


def personal_columns(table: ResponseTable, headings: Headings) -> Iterator[PersonalColumn]:
    """Yield the columns that look like personal data, by heading or by contents.

    Parameters
    ----------
    table : ResponseTable
    headings : Headings
        Columns that the caller mapped hold codes, for the caller says so; their headings may
        still be refused. Texts of questions may speak of telephones and addresses.
    """
    for name in map(str, table.frame.columns):
        is_usual = bool(headings.target(name)) and not headings.is_mapped(name)
        kind = "" if is_usual or headings.is_question(name) else kind_of_heading(name)
        if not kind and not headings.target(name) and looks_personal(name):
            kind = "heading"
        if kind := kind or _kind_of_cells(table.frame[name], name, headings):
            yield PersonalColumn(name, kind)


def _kind_of_cells(column: pd.Series, name: str, headings: Headings) -> str:
    target = headings.target(name)
    shares = _shares(column, loose=not target, repeated=target == "interviewer")
    if headings.is_mapped(name):
        shares = {kind: share for kind, share in shares.items() if kind in ("email", "name")}
    if headings.is_question(name) or target == "unit_name":
        shares.pop("name", None)
    least = _SHARE if target else 0.0
    return next((kind for kind, share in shares.items() if share > least), "")


def _shares(column: pd.Series, loose: bool, repeated: bool) -> dict[str, float]:
    """Return the share of filled cells that look like each kind.

    `loose` also takes bare numbers for identity numbers; `repeated` takes names that stand there
    many times for people, where elsewhere they are those of places.
    """
    codes, cells = pd.factorize(column)
    counts = np.bincount(codes[codes >= 0], minlength=len(cells))
    texts = _texts(pd.Series(cells))
    filled = max(int(counts.sum()), 1)
    long = (texts.str.len() >= _SHORTEST).to_numpy()
    shares = {
        kind: float(counts[long][_matches(texts[long], pattern)].sum()) / filled
        for kind, pattern in _PATTERNS.items()
    }
    if loose:
        few = float(counts[long][_matches(texts[long], _LOOSE)].sum()) / filled
        shares["identity"] = max(shares["identity"], few if few > _MOSTLY else 0.0)
    is_people = repeated or len(cells) / filled > _MOSTLY
    shares["name"] = _share_of_names(texts) if is_people else 0.0
    return shares


def _texts(cells: pd.Series) -> pd.Series:
    if pd.api.types.is_float_dtype(cells):
        is_whole = (cells % 1 == 0) & (cells.abs() < _MOST)
        return cells.where(is_whole, 0).astype("int64").astype("str")
    return (cells.map(_as_typed) if cells.dtype == object else cells).astype("str")


def _as_typed(cell: object) -> str:
    if isinstance(cell, float) and cell % 1 == 0 and abs(cell) < _MOST:
        return f"{cell:.0f}"
    return clean_text(str(cell))


def _matches(texts: pd.Series, pattern: str) -> npt.NDArray[np.bool_]:
    return texts.str.contains(pattern, regex=True).to_numpy(dtype=bool)


def _share_of_names(texts: pd.Series) -> float:
    """Return the share of names among different cells; 0 unless it is most of them."""
    known = [bool(_name().match(text)) for text in texts.head(2000)]
    share = sum(known) / max(len(known), 1)
    return share if share > _MOSTLY else 0.0


def without_personal(
    table: ResponseTable, found: Sequence[PersonalColumn], policy: str
) -> ResponseTable:
    """Return the table without its personal columns, or refuse it.

    Parameters
    ----------
    table : ResponseTable
    found : sequence of PersonalColumn
    policy : {"refuse", "drop"}

    Raises
    ------
    UnreadableError
        ``survey-personal-data``, which names the columns and shows no cell of them.
    """
    if not found:
        return table
    columns = {
        f"{table.place(-1, one.heading)['cell']} {_heading(one)}".strip(): Label(
            f"survey_personal_{one.kind}"
        )
        for one in found
    }
    values = {"expected": columns, "count": len(found)}
    if policy == "refuse":
        raise UnreadableError(Finding("survey-personal-data", **table.about, values=values))
    kept = table.frame.drop(columns=[one.heading for one in found])
    told = Finding("survey-personal-dropped", **table.about, values=values)
    return replace(table, frame=kept, findings=(*table.findings, told))


def _heading(column: PersonalColumn) -> str:
    return "" if looks_personal(column.heading) else f"“{shortened(column.heading, 40)}”"
