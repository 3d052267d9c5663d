"""Finding the sheets and columns of a ledger, whatever people did to their order and names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from scoring.base.findings import Finding
from scoring.base.labels import LANGUAGES, label
from scoring.base.text import without_marks
from scoring.evidence.ledger import layout
from scoring.files.excel.cells import CellValue, address
from scoring.files.excel.workbook import Sheet

# Headings stand near the top; people put a letterhead above them, not a novel.
_HEADING_WITHIN = 60
# A row with all headings but these few is the heading; no need to look further.
_OPTIONAL = 3
_LONGEST = 80
_NAME_LIKENESS = 84.0
_HEADING_LIKENESS = 86.0
# With remarks inside remarks; an opening bracket that nothing closes is looked at once.
_IN_BRACKETS = re.compile(r"\((?:[^()]|\([^()]*\))*\)")


@dataclass(frozen=True)
class Heading:
    """Where the heading of a sheet stands.

    Attributes
    ----------
    sheet : Sheet
    row : int
        Counted from 1.
    columns : mapping of column key to column, counted from 1
    """

    sheet: Sheet
    row: int
    columns: Mapping[str, int]


@lru_cache(maxsize=10_000)
def folded(text: object) -> str:
    """Return a heading without marks, remarks in brackets, signs and spacing, for matching.

    >>> folded("Điểm tối đa\\n(điểm):") == folded("diem  toi da")
    True
    """
    written = str(text)
    return _folded(written) if len(written) <= _LONGEST else _folded.__wrapped__(written)


# The same titles stand in every ledger; whoever fills cells with other long texts fills no memory.
@lru_cache(maxsize=4_096)
def _folded(text: str) -> str:
    words = _IN_BRACKETS.sub(" ", without_marks(text)).strip(" :.*")
    return " ".join(words.split())


@cache
def _known_headings(template: str) -> dict[str, str]:
    """Return column keys by their folded headings in every language."""
    return {
        folded(title): column.key for column in layout.columns(template) for title in column.titles
    }


def find_sheets(sheets: Sequence[Sheet], file: str) -> tuple[dict[str, Heading], list[Finding]]:
    """Find the sheet of a workbook that holds each table of a ledger.

    A sheet is known by its name, then by a similar name, then by its heading alone.

    Returns
    -------
    dict of template sheet name to Heading
    list of Finding
    """
    findings: list[Finding] = []
    found: dict[str, Heading] = {}
    taken: set[str] = set()
    for template in layout.READ_SHEETS:
        candidates = _candidates(sheets, template, taken)
        for sheet in candidates:
            heading = _heading(sheet, template)
            if heading is None:
                continue
            found[template] = heading
            taken.add(sheet.name)
            if folded(sheet.name) != folded(template):
                values = {"value": sheet.name, "expected": template}
                findings.append(Finding("sheet-renamed", file, sheet.name, values=values))
            for other in _spare_copies(candidates, sheet, template):
                values = {"value": other.name, "expected": template}
                findings.append(Finding("sheet-twice", file, sheet.name, values=values))
            break
    for template, heading in found.items():
        findings += _column_findings(heading, template, file)
    return found, findings


def _candidates(sheets: Sequence[Sheet], template: str, taken: set[str]) -> list[Sheet]:
    free = [sheet for sheet in sheets if sheet.name not in taken and sheet.state != "veryHidden"]
    wanted = folded(template)
    others = {folded(name) for name in layout.READ_SHEETS} - {wanted}
    exact = [sheet for sheet in free if folded(sheet.name) == wanted]
    # Of "Tự đánh giá" and its copy "Tự đánh giá (2)" the first is the one people fill in.
    exact.sort(key=lambda sheet: "(" in sheet.name)
    rest = [s for s in free if s not in exact and folded(s.name) not in others]
    # A sheet with the name of another sheet of ours is that one.
    odd = [s for s in rest if folded(s.name) not in map(folded, layout.SHEETS)]
    likeness = {s.name: _resemblance(folded(s.name), wanted, _NAME_LIKENESS) for s in odd}
    near = [s for s in odd if likeness[s.name] >= _NAME_LIKENESS or wanted in folded(s.name)]
    near.sort(key=lambda sheet: -likeness[sheet.name])
    if exact or near:
        return [*exact, *near]
    return [sheet for sheet in rest if _looks_like(sheet, template)]


def _looks_like(sheet: Sheet, template: str) -> bool:
    """Say whether the heading of an oddly named sheet can only be that of `template`."""
    found = _heading(sheet, template)
    return found is not None and len(found.columns) >= max(4, len(layout.columns(template)) // 2)


def _spare_copies(candidates: Sequence[Sheet], chosen: Sheet, template: str) -> list[Sheet]:
    """Return the other sheets that, by name and heading, could be meant as well."""
    named = [s for s in candidates if s is not chosen and folded(template) in folded(s.name)]
    return [sheet for sheet in named if _heading(sheet, template) is not None]


def _heading(sheet: Sheet, template: str) -> Heading | None:
    """Return the place of the heading of `template` on `sheet`; None without a heading."""
    best: dict[str, int] = {}
    place = 0
    for number, row in enumerate(sheet.rows[:_HEADING_WITHIN], start=1):
        columns = _matched(row, template, exactly=True)
        if len(columns) > len(best):
            best, place = columns, number
        if len(best) >= len(layout.columns(template)) - _OPTIONAL:
            break
    if place and len(best) < len(layout.columns(template)):
        best = _matched(sheet.rows[place - 1], template, exactly=False)
    if len(best) < 2 or not any(c.needed and c.key in best for c in layout.columns(template)):
        return None
    return Heading(sheet, place, best)


def _matched(row: Sequence[CellValue], template: str, *, exactly: bool) -> dict[str, int]:
    known = _known_headings(template)
    texts = {
        number: folded(value)
        for number, value in enumerate(row, start=1)
        if isinstance(value, str) and len(value) <= _LONGEST
    }
    # Read from the right, so that of two headings alike the first counts.
    columns = {known[t]: n for n, t in reversed(texts.items()) if t in known}
    if exactly:
        return columns
    free = {n: t for n, t in texts.items() if t and t not in known}
    for heading, key in known.items():
        if key in columns or not free:
            continue
        number = max(free, key=lambda n: _likeness(free[n], heading))
        if _likeness(free[number], heading) >= _HEADING_LIKENESS:
            columns[key] = number
            del free[number]
    return columns


def _likeness(text: str, heading: str) -> float:
    """Return how much a heading resembles another, 0 to 100; words added behind it do not count."""
    if text.startswith(f"{heading} ") and len(heading) >= 8:
        return 99.0
    return _resemblance(text, heading)


def _resemblance(one: str, other: str, least: float = 0.0) -> float:
    """Return how much two texts resemble each other, 0 to 100; what has too few letters in common does not."""
    common = (Counter(one) & Counter(other)).total()
    if other not in one and 200 * common < least * (len(one) + len(other)):
        return 0.0
    # A run that meets the names of a template alone need not wait for the library.
    from rapidfuzz import fuzz

    return float(fuzz.ratio(one, other))


def _column_findings(heading: Heading, template: str, file: str) -> Iterator[Finding]:
    known = _known_headings(template)
    row = heading.sheet.rows[heading.row - 1]
    keys = [known.get(folded(value)) if isinstance(value, str) else None for value in row]

    def found(code: str, number: int, **values: object) -> Finding:
        return Finding(code, file, heading.sheet.name, address(heading.row, number), values=values)

    for column in layout.columns(template):
        number = heading.columns.get(column.key)
        if number is None:
            if column.needed:
                yield found("ledger-missing-column", 1, column=column.title())
            continue
        text = str(row[number - 1])
        if folded(text) not in known:
            yield found("heading-renamed", number, value=text, expected=column.title())
        again = [n for n, key in enumerate(keys, start=1) if key == column.key and n != number]
        if again:
            yield found("heading-twice", again[0], value=text, place=address(heading.row, number))


def titles_of(names: Iterable[str], prefix: str) -> dict[str, str]:
    """Return which column a title stands for: its label in any language, or its own name."""
    known = list(names)
    said = {folded(label(f"{prefix}{name}", lang)): name for name in known for lang in LANGUAGES}
    return {folded(name): name for name in known} | said


def titled_row(
    sheet: Sheet, titles: Mapping[str, str], needed: Iterable[str] = (), *, fewest: int = 1
) -> tuple[int, dict[str, int]] | None:
    """Return the row and the columns of a table's titles, wherever people have moved them.

    None where no row near the top has all that are needed, and as many as `fewest`.
    """
    wanted = set(needed)
    for row, cells in enumerate(sheet.rows[:_HEADING_WITHIN], start=1):
        named = {titles.get(folded(str(cell or ""))): at for at, cell in enumerate(cells, start=1)}
        found = {name: at for name, at in named.items() if name}
        if wanted <= set(found) and len(found) >= fewest:
            return row, found
    return None
