"""Sheets are looked through in time that grows with their bytes, however they are written."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.files import sheet_scan
from scoring.files.cells import FORMULA_WITHOUT_VALUE, CellError
from scoring.files.limits import Limits
from scoring.files.package import inspect_package
from scoring.files.sheet_scan import scan_sheets
from scoring.files.workbook import read_workbook


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


def seconds(make, times):
    data = make(times)
    best = float("inf")
    for _ in range(2):
        start = time.process_time()
        scan_sheets(inspect_package(data), Limits())
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_sheet_takes_time_in_step_with_its_bytes(maker, kind):
    inside, behind = HOSTILE[kind]

    def make(times):
        return maker.pack(maker.parts(f"<row>{inside * times}", after=behind * times))

    # Sixteen times the bytes take sixteen times the time, with room for a busy machine; a search
    # that starts again at every cell takes 256 times.
    assert seconds(make, 32_000) < 80 * max(seconds(make, 2_000), 0.002)


@pytest.mark.parametrize(
    "element", ["<Relationship ", "<Relationship External", "<a:Relationship "]
)
def test_hostile_relationships_take_time_in_step_with_their_bytes(maker, element):
    name = "xl/worksheets/_rels/sheet1.xml.rels"

    def make(times):
        return maker.pack(maker.parts() | {name: "<Relationships>External" + element * times})

    assert seconds(make, 32_000) < 80 * max(seconds(make, 2_000), 0.002)


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
        '<c r="{}"><f>2</f><extLst/></c>',
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
