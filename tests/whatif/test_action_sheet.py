"""The sheet Hành động of a ledger: read where it is there; a ledger without it stays valid."""

import io

import pytest
from openpyxl import load_workbook

from scoring.criteria import open_set
from scoring.evidence.ledger import layout, new_ledger, read_ledger


@pytest.fixture(scope="module")
def blank():
    return new_ledger(open_set("service-quality-766"), "H1", "Đơn vị mẫu", 2026)


def with_sheet(data, *rows):
    book = load_workbook(io.BytesIO(data))
    sheet = book.create_sheet(layout.ACTIONS)
    sheet.append([column.title() for column in layout.columns(layout.ACTIONS)])
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_ledger_without_the_sheet_has_no_actions_and_nothing_is_said(blank):
    ledger = read_ledger(blank, file="so.xlsx")
    assert len(ledger.actions) == 0
    assert not [found for found in ledger.findings if "Hành động" in found.text("vi")]


def test_actions_are_read_with_vietnamese_numbers_and_their_cells(blank):
    row = ["2", "Tăng người ở một cửa", "Văn phòng", "", "12,5", "8", 30, "mc", "mẫu"]
    ledger = read_ledger(with_sheet(blank, row, [None, None]), file="so.xlsx")
    (action,) = ledger.actions.to_dict("records")
    assert (action["item_code"], action["owner"], action["shared"]) == ("2", "Văn phòng", "mc")
    assert (action["cost"], action["people_days"], action["days_needed"]) == (12.5, 8.0, 30.0)
    assert action["points_to"] != action["points_to"]
    assert (action["unit_code"], action["sheet"], action["cell"]) == ("H1", "Hành động", "A2")


def test_a_cost_that_is_no_number_is_named_at_its_cell(blank):
    ledger = read_ledger(with_sheet(blank, ["2", "Việc", "", "", "nhiều"]), file="so.xlsx")
    found = [one for one in ledger.findings if one.sheet == "Hành động"]
    assert [(one.code, one.cell) for one in found] == [("not-a-number", "E2")]
