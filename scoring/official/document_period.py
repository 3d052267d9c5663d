"""Which part of which year a document is about, and whether that is what an item asks for."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from scoring.base.labels import LANGUAGES, Named, label
from scoring.official.patterns import patterns
from scoring.official.recurrence import quarter_number

_PATTERNS = patterns("document_period")
# The report of nine months is the one due with the third quarter.
PARTS_OF_YEAR = (
    (_PATTERNS["any_quarter"], ("Q1", "Q2", "Q3", "Q4")),
    (_PATTERNS["first_quarter"], ("Q1",)),
    (_PATTERNS["half"], ("H1",)),
    (_PATTERNS["second_half"], ("H2",)),
    (_PATTERNS["nine"], ("Q3",)),
    (_PATTERNS["month"], ("M",)),
)
_REPORT = "BC"


def years_named(text: str) -> frozenset[int]:
    """Return the years that `text` is about, each year of a range, without those of dates and laws.

    >>> sorted(years_named("Kế hoạch 2024-2026 thực hiện Nghị quyết ngày 15/7/2021"))
    [2024, 2025, 2026]
    """
    found = _PATTERNS["years"].findall(_PATTERNS["beside"].sub(" ", text))
    return frozenset(
        year for first, last in found for year in range(int(first), int(last or first) + 1)
    )


def parts_asked(text: str) -> frozenset[str]:
    """Return the parts of the year that the name or the keywords of an item ask for.

    ``Q1`` to ``Q4``, ``H1`` and ``H2`` for halves, ``M`` for a month, or ``Y`` for the whole year
    where no smaller part is named; empty where none is.

    >>> sorted(parts_asked("báo cáo; quý I")), sorted(parts_asked("Báo cáo CCHC năm"))
    (['Q1'], ['Y'])
    """
    parts = {one for pattern, own in PARTS_OF_YEAR if pattern.search(text) for one in own}
    for several in _PATTERNS["quarters"].findall(text):
        parts |= {f"Q{quarter_number(one)}" for one in _PATTERNS["quarter"].findall(several)}
    is_year = (_PATTERNS["year_too"] if parts else _PATTERNS["year"]).search(text)
    return frozenset(parts | {"Y"} if is_year else parts)


@lru_cache(maxsize=65_536)
def is_of_period(title: str, kind: str, asked: str, year: int) -> bool:
    """Say whether a document may prove what is asked for a part of `year`.

    Only what a title states speaks against it: a title without a period fits any. That a report
    names the year alone makes it the report of the whole year.

    Parameters
    ----------
    title, kind : str
        Title and kind of the document.
    asked : str
        Parts of the year, as `parts_asked` names them, separated by ``|``; empty: any.
    year : int
        The assessment year.

    Examples
    --------
    >>> [is_of_period("CCHC quý I năm 2025", "BC", asked, 2025) for asked in ("Q1", "H1", "Y", "")]
    [True, False, False, True]
    >>> is_of_period("CCHC năm 2024", "KH", "Y", 2025)
    False
    """
    if not asked:
        return True
    text = _PATTERNS["beside"].sub(" ", title)
    parts, years = parts_asked(text), years_named(title)
    if kind != _REPORT:
        parts -= {"Y"}
    is_of_part = not parts or not parts.isdisjoint(asked.split("|"))
    return is_of_part and (not years or year in years)


def parts_named(parts: Iterable[str]) -> Named:
    """Return parts of the year in words."""
    return Named(*(", ".join(label(f"part_{one}", lang) for one in parts) for lang in LANGUAGES))
