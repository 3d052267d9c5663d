"""A decision's table as the text of its pages: one cell after another, with all that pages add.

Page numbers, headings repeated on every page and the stamp of an electronic signature stand between
the rows; a row may go on over a page; empty cells are blank lines or nothing. What follows the
points of a row (guidance, evidence, remarks) runs together, since nothing parts these cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from scoring.base.text import clean_text, without_marks
from scoring.criteria.appendix.cell_lines import gives_meaning, is_step, rejoined, split_name
from scoring.official.figure_text import read_points
from scoring.official.numbering import Code, code_in_name, read_code
from scoring.official.patterns import patterns
from scoring.official.recognising import area_kind, heading_role

HEADING = ["TT", "Tiêu chí", "Điểm tối đa", "Cách chấm", "Ghi chú"]
_PATTERNS = patterns("page_text")
_OPENING = patterns("cell_lines")["opening"]
_TOTAL = patterns("rows")["total"]
_FOOT = re.compile(r"(?:^|\n)[ \t]*(\d{1,4})\s*$")
_HEADING_LINES = 40
# So many blank lines are an empty cell: the row states no maximum.
_EMPTY_CELL = 2


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str
    blanks_before: int = 0
    opens_page: bool = False


@dataclass
class _Record:
    """One row: the lines up to its points, and those behind them."""

    place: int
    code: str
    name: list[str] = field(default_factory=list)
    maximum: str = ""
    rest: list[_Line] = field(default_factory=list)

    def cells(self, is_text_behind: bool) -> list[str]:
        """Return the row in the columns of `HEADING`."""
        name, scoring = split_name("\n".join(self.name))
        further, beside = _parted(self.rest, has_steps=bool(scoring))
        if is_text_behind:
            further, beside = rejoined([line.text for line in self.rest]), []
        text = "\n".join(part for part in (scoring, *further) if part)
        return [self.code, name, self.maximum, text, "\n".join(rejoined(beside))]


def page_rows(text: str) -> list[tuple[int, list[str]]]:
    """Read the text of pages into rows with the columns of `HEADING`.

    Parameters
    ----------
    text : str
        With the headings of the table in it, on one line or on several.

    Returns
    -------
    list of (int, list of str)
        Line number and cells; the first row is `HEADING`. Empty when no heading was found. The
        code is empty where the decision gives none to a row with points of its own.

    Examples
    --------
    >>> text = "TT\\nTiêu chí\\nĐiểm\\nchuẩn\\n1\\nKế hoạch\\n2\\n1.1\\nBan hành\\n2\\nĐạt: 2\\nKhông: 0"
    >>> [cells[:4] for _, cells in page_rows(text)[1:]]
    [['1', 'Kế hoạch', '2', ''], ['1.1', 'Ban hành', '2', 'Đạt: 2\\nKhông: 0']]
    """
    lines = list(_lines(_without_feet(text)))
    found = _heading(lines)
    if found is None:
        return []
    titles = [_folded(line) for line in lines[found.start : found.end]]
    body = _without_headings(lines[found.end :], titles)
    records = _Records(body).read()
    rows = [(record.place, record.cells(found.is_text_behind)) for record in records]
    return [(lines[found.start].number, list(HEADING)), *rows]


def _lines(text: str) -> Iterator[_Line]:
    """Yield the lines that hold something, without what only pages and signatures add."""
    blanks, opens_page, page = 0, False, 0
    for number, raw in enumerate(text.replace("\f", "\n\f\n").split("\n"), start=1):
        line = clean_text(raw)
        if raw.strip(" \t\r") == "\f" or _PATTERNS["page"].fullmatch(line):
            page, opens_page, blanks = page + 1, True, 0
        elif not line.strip("|"):
            # A bar alone parts two cells of one that was copied from a web page.
            blanks += not line
        elif _PATTERNS["stamp"].match(line) or _PATTERNS["closing"].match(line):
            blanks += 1
        elif opens_page and line == str(page):
            blanks = 0
        else:
            yield _Line(number, line, blanks, opens_page)
            blanks, opens_page = 0, False


def _without_feet(text: str) -> str:
    """Leave out the numbers at the feet of pages, where all but the first page have one."""
    pages = text.split("\f")
    feet = [_FOOT.search(page[-40:]) for page in pages]
    numbers = [int(foot[1]) if foot else None for foot in feet]
    first = (numbers[1] or 0) - 1 if len(pages) > 1 else 0
    stated = [number for number in numbers if number is not None]
    if len(stated) < (2 if first == 1 else 3) or stated != [
        first + at for at, foot in enumerate(feet) if foot
    ]:
        return text
    if None in numbers[1:-1] or (numbers[-1] is None and pages[-1].strip()):
        return text
    cut = (
        page[: len(page) - len(foot[0])] if foot else page
        for page, foot in zip(pages, feet, strict=True)
    )
    return "\n\f".join(cut)


def _folded(line: _Line) -> str:
    return without_marks(line.text)


@dataclass(frozen=True, slots=True)
class _Titles:
    """Where the headings of the table stand, and whether all behind the points is scoring text."""

    start: int
    end: int
    is_text_behind: bool


def _heading(lines: Sequence[_Line]) -> _Titles | None:
    """Find the headings of the table: the last lines before the first code that name columns.

    The title of the annex often begins like a heading ("NỘI DUNG, TIÊU CHÍ"), so the last start
    counts, and one with a column of codes before one without.
    """
    found: dict[str, _Titles] = {}
    for start, line in enumerate(lines):
        opening = heading_role(line.text, "criteria")
        if opening in ("code", "name"):
            window = lines[start : start + _HEADING_LINES]
            end = next((at for at, below in enumerate(window) if _coded(below.text)[0]), 0)
            roles = _roles([below.text for below in window[:end]])
            if {"name", "max"} <= set(roles):
                behind = {role for role in roles[roles.index("max") + 1 :] if role != "other"}
                found[opening] = _Titles(start, start + end, behind == {"text"})
        elif found and _coded(line.text)[0]:
            break
    return found.get("code") or found.get("name")


def _coded(text: str) -> tuple[Code | None, str]:
    """Read a line that is a code, or a code with its name behind it.

    >>> _coded("1.1")[0].text, _coded("II. KẾT QUẢ")[1], _coded("1. Giai đoạn xây dựng:")
    ('1.1', 'KẾT QUẢ', (None, ''))
    """
    if code := read_code(text):
        return code, ""
    written, name = code_in_name(text)
    code = read_code(written) if written else None
    return (None, "") if code is None or name.endswith(":") else (code, name)


def _roles(lines: Sequence[str]) -> list[str]:
    """Return the roles of headings that narrow columns broke over several lines."""
    cells: list[str] = []
    for line in lines:
        if cells and not line[:1].isupper():
            cells[-1] = f"{cells[-1]} {line}"
        else:
            cells.append(line)
    return [heading_role(cell, "criteria") for cell in cells]


def _without_headings(lines: Sequence[_Line], titles: Sequence[str]) -> list[_Line]:
    """Leave out the headings where a page repeats them; what follows then opens the page."""
    kept: list[_Line] = []
    at, opens_page = 0, False
    while at < len(lines):
        line = lines[at]
        if _folded(line) == titles[0]:
            window = [_folded(other) for other in lines[at : at + len(titles)]]
            if window == list(titles):
                at, opens_page = at + len(titles), True
                continue
        if opens_page:
            line = _Line(line.number, line.text, line.blanks_before, opens_page=True)
        kept.append(line)
        at, opens_page = at + 1, False
    return kept


class _Records:
    """Cuts lines into rows: a code is known by its turn, the points by standing alone."""

    def __init__(self, lines: Sequence[_Line]) -> None:
        self.lines = lines
        self.records: list[_Record] = []
        self.open: list[Code] = []
        # Where the first code shares its line with the name, every code does.
        codes = (_coded(line.text) for line in lines)
        self.is_inline = bool(next((name for code, name in codes if code), ""))

    def read(self) -> list[_Record]:
        """Return the rows in their order."""
        for at, line in enumerate(self.lines):
            code = self._code(at)
            if self.records and self._is_total(at):
                self.records.append(_Record(line.number, "", [line.text]))
            elif code is not None:
                _, name = _coded(line.text)
                own = line.text.removesuffix(name).strip() if name else line.text
                self.records.append(_Record(line.number, own, [name] if name else []))
                self.open = [*self._above(code), code]
            elif self.records:
                self._take(self.records[-1], line)
        return [record for record in self.records if record.name or record.maximum]

    def _is_total(self, at: int) -> bool:
        """Say whether a line is the bare total behind the last row, its figure on the next."""
        below = self.lines[at + 1].text if at + 1 < len(self.lines) else ""
        is_stated = bool(_PATTERNS["number"].fullmatch(below))
        has_points = bool(self.records[-1].maximum)
        return has_points and is_stated and bool(_TOTAL.fullmatch(_folded(self.lines[at])))

    def _above(self, code: Code) -> list[Code]:
        """Return the open codes that a new code leaves open."""
        for depth in range(len(self.open) - 1, -1, -1):
            if _follows(self.open[depth], code):
                return self.open[:depth]
        return list(self.open)

    def _code(self, at: int) -> Code | None:
        line = self.lines[at]
        code = _coded(line.text)[0] if self.is_inline else read_code(line.text)
        if code is None or code.style == "small":
            return None
        if not self.records:
            return code
        record = self.records[-1]
        if not record.name:
            return None
        # Only an area of bonus or penalty points states no maximum and is followed at once.
        is_outside = area_kind(record.name[0]) != "normal"
        is_empty_cell = line.blanks_before >= _EMPTY_CELL
        states_none = is_empty_cell or is_outside or self._opens_list(code, at)
        if not record.maximum and read_points(line.text) is not None and not states_none:
            return None
        return code if self._is_next(code) else None

    def _opens_list(self, code: Code, at: int) -> bool:
        """Say whether 2.1 below a 2 without points is a code: 2.2 comes, and no second 2.1."""
        if len(code.parts) < 2 or not self.open or not _opens(self.open[-1], code):
            return False
        later = [read_code(line.text) for line in self.lines[at + 1 :]]
        return code not in later and any(other and _follows(code, other) for other in later)

    def _is_next(self, code: Code) -> bool:
        if any(_follows(above, code) for above in self.open):
            return True
        return _opens(self.open[-1], code)

    def _take(self, record: _Record, line: _Line) -> None:
        figure = _PATTERNS["number"].fullmatch(line.text)
        if not record.name and line.text == record.code:
            # The number of the page, then the code that happens to be the same.
            record.place = line.number
        elif not record.maximum:
            is_signed = bool(_PATTERNS["signed"].fullmatch(line.text))
            has_points = is_signed or read_points(line.text) is not None
            if figure or (record.name and has_points):
                record.maximum = line.text
            else:
                record.name.append(line.text)
        elif figure and self._named(record.rest):
            self._uncoded(record, line)
        else:
            record.rest.append(line)

    def _named(self, rest: list[_Line]) -> bool:
        """Say whether what stands since the last gap can name a row: a lone figure between two
        steps, such as the number of a page, opens none."""
        own = [part.text for part in rest[_last_gap(rest) :]]
        return bool(own) and bool(split_name("\n".join(own))[0])

    def _uncoded(self, record: _Record, line: _Line) -> None:
        """Take the lines since the last gap as a row without a code of its own."""
        start = _last_gap(record.rest)
        own, record.rest = record.rest[start:], record.rest[:start]
        texts = [part.text for part in own]
        self.records.append(_Record(own[0].number, "", texts, line.text))


def _last_gap(rest: Sequence[_Line]) -> int:
    gaps = (at for at, own in enumerate(rest) if own.blanks_before or own.opens_page)
    return max(gaps, default=0)


def _follows(before: Code, code: Code) -> bool:
    """Say whether a code is the next of its kind: 1.2 after 1.1, II after I.

    >>> _follows(read_code("1.9"), read_code("1.10")), _follows(read_code("1"), read_code("3"))
    (True, False)
    """
    if before.style != code.style or len(before.order) != len(code.order):
        return False
    *head, last = code.order
    return list(before.order[:-1]) == head and last == before.order[-1] + 1


def _opens(above: Code, code: Code) -> bool:
    """Say whether a code is the first below another: 1.1 below 1, 1 or 1.1 below I."""
    order = code.order
    if above.style in ("roman", "letter"):
        is_first = set(order) == {1} or order == (*above.order, 1)
        return is_first and (
            code.style == "dotted" or (above.style, code.style) == ("letter", "roman")
        )
    return code.style == "dotted" and order == (*above.order, 1)


def _parted(rest: Sequence[_Line], *, has_steps: bool) -> tuple[list[str], list[str]]:
    """Part what follows the points into scoring text and what stood in other columns.

    Where the cell of the name went on over the page, or the row has a column of scoring text
    only, its lines are scoring text up to the last that earns points.
    """
    steps: list[str] = []
    beside: list[str] = []
    for lines in _by_page(rest):
        joined = rejoined([line.text for line in lines])
        may_score = not has_steps or lines[0].opens_page
        earning = [at for at, line in enumerate(joined) if is_step(line)] if may_score else []
        opens = earning and (_OPENING.match(joined[0]) or is_step(joined[0]) or not has_steps)
        cut = earning[-1] + 1 if opens else 0
        while 0 < cut < len(joined) and gives_meaning(joined[cut]):
            cut += 1
        steps += joined[:cut]
        beside += joined[cut:]
        has_steps = has_steps or bool(steps)
    return steps, beside


def _by_page(lines: Sequence[_Line]) -> Iterator[list[_Line]]:
    part: list[_Line] = []
    for line in lines:
        if line.opens_page and part:
            yield part
            part = []
        part.append(line)
    if part:
        yield part
