"""Looking through a sheet takes work in step with its bytes, however it is written."""

import re
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.files.children.guarded import unguarded
from scoring.files.excel import package, sheet_scan
from scoring.files.excel.cells import FORMULA_WITHOUT_VALUE, CellError
from scoring.files.excel.package import inspect_package
from scoring.files.excel.sheet_scan import scan_sheets
from scoring.files.excel.workbook import read_workbook
from scoring.files.limits import Limits


def scanned(maker, rows, **options):
    return scan_sheets(inspect_package(maker.pack(maker.parts(rows, **options))), Limits())[0]


HOSTILE = {
    "cells never closed": ("<c ", ""),
    "cells never closed, with addresses": ('<c r="A1" ', ""),
    "formulas never closed": ('<c r="A1"><f>', ""),
    "errors that close themselves": ('<c r="A1" t="e"/>', ""),
    "errors never closed": ('<c r="A1" t="e"><v>', ""),
    "formulas without a value": ('<c r="A1"><f>1</f></c>', ""),
    "values opened in formulas": ('<c r="A1"><f>1</f><v ', ""),
    "blanks behind a count": ("<row count=" + " " * 50, ""),
    "merged areas never closed": ("", '<mergeCell ref="A1'),
    "colons": ("<a:", ""),
    "quotes": ('<c r="', ""),
}


class Searched(bytes):
    """Bytes that add up how many of them are looked at; so do the pieces cut out of them."""

    count = 0

    def _looked(self, name, *args):
        Searched.count += len(self)
        return getattr(bytes, name)(self, *args)

    def __contains__(self, other):
        return self._looked("__contains__", other)

    def __getitem__(self, place):
        found = bytes.__getitem__(self, place)
        return Searched(found) if isinstance(found, bytes) else found

    def rfind(self, *args):
        return self._looked("rfind", *args)

    def split(self, *args):
        return [Searched(piece) for piece in self._looked("split", *args)]

    def partition(self, *args):
        return tuple(Searched(piece) for piece in self._looked("partition", *args))


def work(data):
    """Return how much work it is to look through a package."""
    return counted(lambda: look_through(data))


def counted(task):
    """Return how many lines of Python run and how many bytes are searched meanwhile."""
    lines = 0

    def step(frame, event, arg):
        nonlocal lines
        lines += event == "line"
        return step

    before, Searched.count = sys.gettrace(), 0
    sys.settrace(step)
    try:
        task()
    finally:
        sys.settrace(before)
    return lines + Searched.count


def look_through(data):
    report = inspect_package(data)
    parts = {name: Searched(part) for name, part in report.parts.items()}
    scan_sheets(replace(report, parts=parts), Limits())


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_sheet_takes_work_in_step_with_its_bytes(maker, kind):
    inside, behind = HOSTILE[kind]

    def make(times):
        return maker.pack(maker.parts(f"<row>{inside * times}", after=behind * times))

    # Sixteen times the bytes; a search that starts again at every cell would take 256 times.
    assert work(make(8_000)) < 20 * work(make(500))


@pytest.mark.parametrize(
    "element", ["<Relationship ", "<Relationship External", "<a:Relationship "]
)
def test_hostile_relationships_take_work_in_step_with_their_bytes(maker, element):
    name = "xl/worksheets/_rels/sheet1.xml.rels"

    def make(times):
        return maker.pack(maker.parts() | {name: "<Relationships>External" + element * times})

    assert work(make(8_000)) < 20 * work(make(500))


def test_days_outside_the_calendar_take_work_in_step_with_their_bytes(maker):
    links = "xl/_rels/workbook.xml.rels"
    link = f'<Relationship Id="rX" Type="{maker.OFFICE}/styles" Target="styles.xml"/>'
    look = f'<styleSheet xmlns="{maker.MAIN}"><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>'

    def make(rows):
        parts = maker.parts('<row><c s="0"><v>1e300</v></c></row>' * rows)
        parts[links] = parts[links].replace("</Relationships>", f"{link}</Relationships>")
        return maker.pack(parts | {"xl/styles.xml": look})

    def read(rows):
        data = make(rows)
        with unguarded():
            return counted(lambda: read_workbook(data))

    assert read(16)  # what is made only once is made here
    assert read(1_600) < 20 * read(100)


@pytest.mark.parametrize(
    "pattern",
    [
        sheet_scan._ROW_OF_REF, sheet_scan._COLUMN_OF_REF, package._FALSE_COUNT,
        sheet_scan._VALUED, sheet_scan._EMPTY_TEXT,
    ],
)  # fmt: skip
def test_no_pattern_looks_at_a_byte_from_two_beginnings(pattern):
    first = pattern.pattern.lstrip(b"\\")[:1]
    first = b" " if pattern.pattern.startswith(b"\\s") else first
    repeated = re.findall(rb"(\[[^\]]*\]|\\.|\.)(?:[*+]|\{\d+,\})", pattern.pattern)
    assert not any(re.fullmatch(piece, first) for piece in repeated)


CORNER = '<row r="1"><c r="A1"><v>1</v></c></row>'


@pytest.mark.parametrize(
    "rows",
    [
        # The second address is another attribute's text, or the name another program's.
        CORNER + """<row r="2"><c q=' r="A2"' r="XFD1048576"><v>1</v></c></row>""",
        CORNER + '<x-y:row xmlns:x-y="m" r="1048576"><x-y:c r="XFD1048576"/></x-y:row>',
        CORNER + '<ô:row xmlns:ô="m" r="1048576"><ô:c r="XFD1048576"/></ô:row>',
        CORNER + '<row r="2"><c\nr="XFD1048576"><v>1</v></c></row>',
    ],
)
def test_no_spelling_hides_a_far_cell_from_the_scan(maker, rows):
    scan = scanned(maker, rows)
    assert not scan.is_plain and scan.rows * scan.columns > Limits().dense_cells


def test_cells_without_addresses_stand_behind_their_neighbours(maker):
    rows = '<row><c><v>1</v></c><c t="e"><v>#N/A</v></c></row><row r="4"><c r="C4"/><c><f>A1</f></c></row>'
    scan = scanned(maker, rows)
    assert (scan.errors, scan.formulas_without_value) == ({"B1": "#N/A"}, {"D4"})
    (sheet,) = read_workbook(maker.pack(maker.parts(rows))).sheets
    assert sheet.cell("B1") == CellError("#N/A") and sheet.cell("D4") == FORMULA_WITHOUT_VALUE


CELLS = st.sampled_from(
    [
        '<c r="{}"/>', '<c r="{}"><v>1</v></c>', '<c r="{}"><f>1+1</f><v>2</v></c>',
        '<c r="{}"><f>1+1</f></c>', '<c r="{}" s="1"><f>1+1</f><v></v></c>',
        '<c r="{}" t="str"><f>1+1</f><v></v></c>', '<c r="{}" t="str"><f>1+1</f><v/></c>',
        '<c r="{}"><f>1+1</f><v/></c>', '<c r="{}"><f t="shared" si="0"/></c>',
        '<c r="{}"><f t="shared" si="0"/><v>4</v></c>', '<c r="{}"><f>1+1</f> <v>5</v></c>',
        '<c r="{}"><f>A1&gt;1</f><v> </v></c>', '<c r="{}" t="str"><f>1</f><v>&lt;f</v></c>',
        '<c r="{}" t="b"><f ca="1">1</f><v>0</v></c>', "<c r='{}'><f>2</f></c>",
        '<c r="{}"><f>2</f><extLst/></c>', '<c r="{}"><f>2</f><v></v></c>',
        '<c r="{}" t="str" s="1"><f>2</f><v></v></c>', '<c r="{}"><f ca="1"/><v>6</v></c>',
    ]
)  # fmt: skip


@settings(max_examples=150)
@given(st.lists(CELLS, min_size=1, max_size=8))
def test_the_search_finds_what_parsing_finds(cells):
    body = "".join(cell.format(f"{'ABCDEFGH'[n]}1") for n, cell in enumerate(cells))
    xml = f'<worksheet xmlns="m"><sheetData><row r="1">{body}</row></sheetData></worksheet>'
    found = sheet_scan._open_formulas(xml.encode())
    assert found is None or found == sheet_scan._Parsed(xml.encode()).open_formulas


def test_the_search_settles_what_our_own_ledgers_hold(maker):
    rows = (
        '<row r="1"><c r="A1" s="1"><f>1+1</f><v></v></c><c r="B1" t="str"><f>""</f><v></v></c>'
        '<c r="C1"><f>1+1</f><v>2</v></c></row>'
    )
    xml = maker.sheet_xml(rows, after="<cfRule><formula>A1</formula></cfRule>").encode()
    assert sheet_scan._open_formulas(xml) == {"A1"}
