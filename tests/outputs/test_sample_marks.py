"""Whoever holds one printed page of a workbook sees that it stands on a sample."""

import io

import openpyxl
import pytest

from scoring.appraisal.appraiser_workbook import appraiser_workbook_bytes
from scoring.criteria import open_set
from scoring.outputs.advice_workbook import advice_workbook
from scoring.outputs.anomalies_workbook import anomalies_workbook
from scoring.outputs.scenario_template import scenario_workbook
from scoring.tables import empty

MADE = {
    "advice": lambda criteria: advice_workbook(empty("Advice"), criteria),
    "anomalies": lambda criteria: anomalies_workbook(empty("Anomalies"), [], criteria),
    "appraiser": lambda criteria: appraiser_workbook_bytes(empty("RowsToDecide"), criteria, "An"),
    "scenarios": scenario_workbook,
}


@pytest.mark.parametrize("kind", MADE)
@pytest.mark.parametrize("set_id", ["department-sample", "service-quality-766"])
def test_every_page_of_a_sample_says_so_and_of_no_other_set(kind, set_id):
    criteria = open_set(set_id)
    book = openpyxl.load_workbook(io.BytesIO(MADE[kind](criteria)))
    shown = [sheet for sheet in book if sheet.sheet_state == "visible"]
    is_sample = set_id == "department-sample"
    for sheet in shown:
        assert sheet.oddFooter.left.text.startswith("BỘ MẪU · ") == is_sample, sheet.title
    first = " ".join(str(cell.value) for sheet in shown for row in sheet["A1:A4"] for cell in row)
    assert criteria.meta.name("vi") in first and ("BỘ MẪU" in first) == is_sample
