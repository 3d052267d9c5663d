"""Single cells of a workbook change; what hangs on them is set right."""

import datetime as dt
import io
import zipfile

import pytest
import xlsxwriter

from scoring.base.errors import UnreadableError
from scoring.files.excel.sheet_scan import worksheet_parts
from scoring.files.excel.workbook import read_workbook
from scoring.files.excel.xlsx_patch.cell_values import put_values
from scoring.files.excel.xlsx_patch.first_sheet import add_first_sheet
from scoring.files.excel.xlsx_patch.read_back import demand_alike, open_parts
from scoring.files.limits import Limits


@pytest.fixture
def workbook():
    """Formulas shared between cells, a date, and the order of calculation that Excel saves."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet("A")
    sheet.write_column("A1", [1, 2, 3])
    for row in range(3):
        sheet.write_formula(row, 1, f"=A{row + 1}*2", None, 2 * (row + 1))
    sheet.write_datetime(
        "C1", dt.datetime(2026, 1, 8), book.add_format({"num_format": "dd/mm/yyyy"})
    )
    book.close()
    chain = '<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><c r="B1" i="1"/></calcChain>'
    out = io.BytesIO()
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name == "xl/worksheets/sheet1.xml":
                text = text.replace("<f>A1*2</f>", '<f t="shared" ref="B1:B3" si="0">A1*2</f>')
                for row in (2, 3):
                    text = text.replace(f"<f>A{row}*2</f>", '<f t="shared" si="0"/>')
            if name == "xl/_rels/workbook.xml.rels":
                text = text.replace(
                    "</Relationships>",
                    '<Relationship Id="rId99" Target="calcChain.xml" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"/></Relationships>',
                )
            if name == "[Content_Types].xml":
                text = text.replace(
                    "</Types>",
                    '<Override PartName="/xl/calcChain.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"/></Types>',
                )
            new.writestr(name, text)
        new.writestr("xl/calcChain.xml", chain)
    return out.getvalue()


def changed(data, values, results=()):
    parts = open_parts(data, Limits())
    [(name, _, part)] = worksheet_parts(parts.report)
    put = put_values(parts, part, values, dict(results))
    copy = parts.to_bytes()
    demand_alike(data, copy, "", {name: put})
    return copy


def test_a_formula_that_others_share_goes_with_its_copies_and_their_values_stay(workbook):
    copy = changed(workbook, {"B1": 5.0})
    assert [row[1] for row in read_workbook(copy)["A"].rows] == [5, 4, 6]
    xml = zipfile.ZipFile(io.BytesIO(copy)).read("xl/worksheets/sheet1.xml")
    assert b"<f" not in xml


def test_the_saved_order_of_calculation_goes_and_everything_is_calculated_anew(workbook):
    package = zipfile.ZipFile(io.BytesIO(changed(workbook, {"B1": 5.0})))
    assert "xl/calcChain.xml" not in package.namelist()
    assert b"calcChain" not in b"".join(package.read(name) for name in package.namelist())
    assert b'fullCalcOnLoad="1"' in package.read("xl/workbook.xml")


def test_a_date_and_a_number_keep_their_kind_whatever_the_cell_showed(workbook):
    values = {
        "A1": dt.date(2026, 3, 5),
        "C1": 7.0,
        "C2": "tháng 3",
        "A2": True,
        "E9": dt.date(2025, 2, 1),
    }
    sheet = read_workbook(changed(workbook, values))["A"]
    assert {cell: sheet.cell(cell) for cell in values} == values


def test_a_result_is_shown_by_a_formula_only(workbook):
    copy = changed(workbook, {}, {"B2": 40.0, "A2": 9.0})
    sheet = read_workbook(copy)["A"]
    assert (sheet.cell("B2"), sheet.cell("A2")) == (40, 2)


def test_a_sheet_that_stops_being_xml_is_named_when_formats_are_counted(workbook):
    def with_a_name_of_no_instruction(name, part):
        return part.replace(b"<sheetData>", b"<?1?><sheetData>") if "sheet1" in name else part

    parts = open_parts(_rezipped(workbook, with_a_name_of_no_instruction), Limits())
    with pytest.raises(UnreadableError) as refused:
        parts.highest_format  # noqa: B018
    assert refused.value.finding.values["part"] == "xl/worksheets/sheet1.xml"


def _rezipped(data, change):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


@pytest.mark.parametrize("number", ["@x", "²", "9" * 5000, ""])
def test_a_sheet_comes_first_where_others_are_numbered_with_what_is_no_number(workbook, number):
    spoilt = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(spoilt, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode().replace('sheetId="1"', f'sheetId="{number}"')
            text = text.replace("<workbookView ", f'<workbookView activeTab="{number}" ')
            new.writestr(name, text.replace('<c r="A1"', f'<c r="A1" s="{number}"'))
    parts = open_parts(spoilt.getvalue(), Limits())
    add_first_sheet(parts, "Trước")
    sheets = read_workbook(parts.to_bytes()).sheets
    assert [sheet.name for sheet in sheets] == ["Trước", "A"]
