"""Rows of a table gathered into entries: one for each code, with all that stands under it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from scoring.base.findings import Finding
from scoring.base.text import shortened, without_marks
from scoring.criteria.appendix.cell_lines import rejoined, split_name
from scoring.criteria.appendix.decision_tables import Table, TableRow
from scoring.criteria.appendix.table_heading import Heading, read_heading
from scoring.official.figure_text import read_points
from scoring.official.numbering import Code, code_in_name, read_code
from scoring.official.patterns import patterns
from scoring.official.recognising import is_column_numbers

_PATTERNS = patterns("rows")


@dataclass
class Entry:
    """What a table says under one code.

    Attributes
    ----------
    code : Code
    name, max_text : str
        As written; `max_text` may be empty or no figure.
    text, evidence, note : list of str
        Scoring text, evidence and notes, piece by piece.
    options : list of (str, str)
        Lines under the name with points of their own: wording and points.
    place : str
    marks : set of str
        What `decision_tables.TableRow` noticed; ``split`` where the entry goes on over a page,
        ``scored`` where the cell of the name holds the scoring text too, ``uncoded`` where the
        decision gives the row no code.
    """

    code: Code
    name: str
    max_text: str
    place: str
    text: list[str] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    note: list[str] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)
    small: list[Entry] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)


@dataclass
class EntryList:
    """The entries of one list of criteria, its stated total and what could not be placed."""

    entries: list[Entry] = field(default_factory=list)
    total_text: str = ""
    findings: list[Finding] = field(default_factory=list)


def gather(tables: Iterable[Table], file: str) -> list[EntryList]:
    """Gather the rows of all tables into lists of criteria.

    A table without a heading goes on with the columns of the table before it when it is as wide;
    otherwise it is passed over. A heading after which the numbering begins again opens a new list.

    Returns
    -------
    list of EntryList
        One for each list of criteria in the file; empty when no heading was found.
    """
    gatherer = _Gatherer(file)
    for table in tables:
        gatherer.read(table)
    return [found for found in gatherer.lists if found.entries]


class _Gatherer:
    def __init__(self, file: str) -> None:
        self.file = file
        self.lists: list[EntryList] = []
        self.heading: Heading | None = None
        self.width = 0
        self.headed = False

    def read(self, table: Table) -> None:
        rows = [row for row in table.rows if not row.is_blank]
        width = max((len(row.cells) for row in rows), default=0)
        if width != self.width or table.sheet:
            # Another width is another table; each sheet has a heading of its own.
            self.heading = None
        self.width = width
        skip = 0
        for place, row in enumerate(rows):
            if skip:
                skip -= 1
                continue
            below = rows[place + 1] if place + 1 < len(rows) else None
            found = read_heading(row, below)
            if found:
                self.heading, skip = found[0], found[1] - 1
                self.headed = True
            elif self.heading and not is_column_numbers(row.cells):
                self._take(row, self.heading)

    def _take(self, row: TableRow, heading: Heading) -> None:
        cells = _Cells.of(row, heading)
        code = read_code(cells.code)
        if code is None and "date" in row.marks and cells.code:
            self._report("appendix-code-is-date", row, cells.code)
            return
        if code is None:
            code = self._code_elsewhere(cells)
        if code is None:
            self._continue(row, cells)
        elif code.style == "small" and self._entry() is not None:
            self._small(row, cells, code)
        else:
            self._open(row, cells, code)

    def _code_elsewhere(self, cells: _Cells) -> Code | None:
        """Find a code written before the name, or in a cell merged over code and name."""
        source = cells.code or cells.name
        written, name = code_in_name(source.replace("\n", " "))
        code = read_code(written) if written else None
        plain_list = not cells.code and code is not None and len(code.parts) == 1
        if code is None or (plain_list and code.style == "dotted"):
            return None
        cells.name = name if not cells.code or cells.name in ("", cells.code) else cells.name
        return code

    def _open(self, row: TableRow, cells: _Cells, code: Code) -> None:
        current = self.lists[-1] if self.lists else None
        if current is None or (self.headed and [code] == [e.code for e in current.entries[:1]]):
            current = EntryList()
            self.lists.append(current)
        self.headed = False
        current.entries.append(_entry_of(code, row, cells))

    def _entry(self) -> Entry | None:
        return self.lists[-1].entries[-1] if self.lists and self.lists[-1].entries else None

    def _small(self, row: TableRow, cells: _Cells, code: Code) -> None:
        """Keep a), b), c) aside: whether they are parts or answers, their points will tell."""
        entry = self._entry()
        if entry is None:
            return
        entry.marks |= row.marks
        entry.small.append(_entry_of(code, row, cells))

    def _continue(self, row: TableRow, cells: _Cells) -> None:
        entry = self._entry()
        if entry is not None and (stated := cells.total_beside(entry)):
            # Subtotals may stand below each area; the last total is that of the list.
            self.lists[-1].total_text = stated
            return
        if "numbered" in row.marks:
            self._report("appendix-automatic-numbers", row, cells.name)
        elif entry is None or cells.is_heading_line() or cells.has_odd_code():
            self._report("appendix-row-not-placed", row, cells.name or cells.code)
        elif cells.is_item_below(entry):
            self._open_uncoded(row, cells, (*entry.code.parts, "1"))
        elif "uncoded" in entry.marks and cells.is_item(entry):
            *above, last = entry.code.parts
            self._open_uncoded(row, cells, (*above, str(int(last) + 1)))
        else:
            entry.marks |= row.marks
            _continue_entry(entry, cells)

    def _open_uncoded(self, row: TableRow, cells: _Cells, parts: tuple[str, ...]) -> None:
        self.lists[-1].entries.append(_entry_of(Code("dotted", parts), row, cells))
        self.lists[-1].entries[-1].marks.add("uncoded")

    def _report(self, code: str, row: TableRow, text: str) -> None:
        sheet, _, cell = row.place.rpartition("!")
        finding = Finding(code, self.file, sheet, cell, values={"text": shortened(text)})
        # Rows above the first code, such as a title, belong to no list yet.
        for found in self.lists[-1:]:
            found.findings.append(finding)


@dataclass
class _Cells:
    """The texts of one row by role."""

    code: str
    name: str
    maximum: str
    text: str
    evidence: str
    note: str

    @classmethod
    def of(cls, row: TableRow, heading: Heading) -> _Cells:
        roles = ("code", "name", "max", "text", "evidence", "note")
        taken: dict[int, str] = {}
        texts = []
        for role in roles:
            # A cell merged over several columns counts for the first of its roles only.
            columns = [c for c in heading.of(role) if c < len(row.cells)]
            owners = [c for c in columns if taken.setdefault(row.owner[c], role) == role]
            texts.append(row.text(owners))
        cells = cls(*texts)
        cells.text = "\n".join(rejoined(cells.text.split("\n")))
        return cells

    def add_to(self, entry: Entry, add: Callable[[list[str], str], None]) -> None:
        """Add what the row says beside code, name and maximum, with `add`, to an entry."""
        for role in ("text", "evidence", "note"):
            if text := getattr(self, role):
                add(getattr(entry, role), text)

    def split_name(self) -> bool:
        """Part scoring text from the name where one cell holds both; the column of guidance then
        only explains it. Say whether it did."""
        if "\n" not in self.name:
            return False
        name, scoring = split_name(self.name)
        if scoring:
            self.name = name
            self.text, self.note = scoring, "\n".join(filter(None, (self.text, self.note)))
        return bool(scoring)

    def is_item_below(self, entry: Entry) -> bool:
        """Say whether a row without a code is an item of its own below the entry above it."""
        return not (entry.text or entry.options or entry.small) and self.is_item(entry)

    def is_item(self, entry: Entry) -> bool:
        """Say whether a row has scoring text and points of its own, as the entry above it has."""
        own = bool(self.text) or bool(split_name(self.name)[1])
        return own and None not in (read_points(self.maximum), read_points(entry.max_text))

    def total_beside(self, entry: Entry) -> str:
        """Return the points of a row that states the total of the list; empty for any other.

        It says so, or holds nothing but more points than the item above it is worth.
        """
        said = _PATTERNS["total"].fullmatch(without_marks(f"{self.code} {self.name}".strip()))
        own = read_points(self.maximum)
        if said:
            return self.maximum if own is not None else said["stated"] or ""
        above = read_points(entry.max_text)
        is_bare = not (self.code or self.name or self.text or self.evidence)
        return self.maximum if is_bare and own and above and own > above else ""

    def has_odd_code(self) -> bool:
        """Say whether the code column holds a short text with a digit that is not a valid code."""
        code = self.code.strip()
        return bool(self.name) and len(code) <= 30 and any(letter.isdigit() for letter in code)

    def is_heading_line(self) -> bool:
        """Say whether the row is a title in capitals without points, such as "PHẦN II"."""
        title = self.name or self.code
        has_letters = any(letter.isalpha() for letter in title)
        alone = not (self.maximum or self.text or self.evidence)
        return alone and has_letters and len(title) > 3 and title == title.upper()


def _entry_of(code: Code, row: TableRow, cells: _Cells) -> Entry:
    """Return the entry that a row opens."""
    is_scored = cells.split_name()
    entry = Entry(code, cells.name.replace("\n", " "), cells.maximum, row.place)
    entry.marks |= row.marks | ({"scored"} if is_scored else set())
    cells.add_to(entry, list.append)
    return entry


def _continue_entry(entry: Entry, cells: _Cells) -> None:
    """Take a row without a code to the entry above it."""
    if "scored" in entry.marks and not cells.maximum:
        lines = rejoined(f"{cells.code} {cells.name}".strip().split("\n"))
        cells.note = "\n".join(filter(None, (cells.text, cells.note)))
        cells.text, cells.code, cells.name = "\n".join(lines), "", ""
    elif cells.split_name():
        # The name went on over the page, and what stood beside it so far was guidance.
        entry.note, entry.text = [*entry.text, *entry.note], []
        entry.marks.add("scored")
    name = f"{cells.code} {cells.name}".replace("\n", " ").strip()
    is_step = bool(name and (entry.options or _PATTERNS["step_end"].search(name)))
    if name and (cells.maximum or is_step):
        entry.options.append((name, cells.maximum))
    elif name:
        entry.marks.add("split")
        entry.name = f"{entry.name} {name}".strip()
    elif cells.maximum and not entry.max_text:
        entry.max_text = cells.maximum
    elif cells.maximum:
        entry.options.append(("", cells.maximum))
    cells.add_to(entry, _join)


def _join(kept: list[str], text: str) -> None:
    """Add a piece; one cut in the middle of a sentence by a page is put together again."""
    if kept and not _PATTERNS["complete"].search(kept[-1]):
        kept[-1] = f"{kept[-1]} {text}"
    else:
        kept.append(text)


def scoring_lines(entry: Entry) -> Iterator[str]:
    """Yield the scoring text of an entry line by line, whichever column it stands in."""
    yield from entry.text
    for wording, points in entry.options:
        yield f"{wording.lstrip('-+•* ').rstrip(' :')}: {points}" if points else wording
    for part in entry.small:
        if part.max_text:
            yield f"{part.name.rstrip(' :')}: {part.max_text}"
        elif part.name:
            yield part.name
