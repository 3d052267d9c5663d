"""Last year's ledger becomes this year's: reminders come along, figures do not."""

import io

import pandas as pd
import pytest
from ledger_helpers import filled
from openpyxl import load_workbook

from scoring.criteria.diff import diff_sets
from scoring.evidence.ledger import carry_forward, read_ledger
from scoring.evidence.ledger.layout import ASSESSMENT


@pytest.fixture(scope="module")
def last_year(small_set):
    claims = pd.DataFrame(
        {"item_code": ["1.3"], "documents": ["TL01"], "explanation": ["Chờ ý kiến cấp trên"]}
    )
    tasks = pd.DataFrame(
        {
            "task": ["Rà soát TTHC"],
            "lead_unit": ["Văn phòng"],
            "deadline_text": ["15/3/2026"],
            "item_codes": ["1.1; 1.2"],
        }
    )
    documents = pd.DataFrame(
        {"document_id": ["TL01"], "title": ["Kế hoạch"], "item_codes": ["1.3"]}
    )
    data = filled(small_set, claims=claims, tasks=tasks, documents=documents)
    return read_ledger(data, small_set, file="nam-truoc.xlsx")


@pytest.fixture(scope="module")
def carried(last_year, small_set):
    mapping = diff_sets(small_set, small_set).mapping()
    return carry_forward(last_year, small_set, mapping)


def test_no_figure_is_carried_over_as_this_years_fact(carried, small_set):
    ledger = read_ledger(carried.data, small_set, file="nam-nay.xlsx")
    assert ledger.findings == ()
    assert ledger.inputs["value"].isna().all() and (ledger.inputs["choice"] == "").all()
    assert ledger.inputs["happened_on"].isna().all() and not ledger.inputs["not_applicable"].any()
    assert ledger.documents.empty and (ledger.claims["explanation"] == "").all()


def test_unit_and_next_year_are_filled_in(carried, small_set):
    info = read_ledger(carried.data, small_set, file="a.xlsx").info
    assert (info.unit_code, info.unit_name, info.block, info.year) == (
        "so-noi-vu",
        "Sở Nội vụ",
        "sở",
        2027,
    )


def test_last_years_figures_stand_in_grey_beside_the_entries(carried):
    sheet = load_workbook(io.BytesIO(carried.data))[ASSESSMENT]
    assert sheet["E6"].value == "Số liệu năm trước"
    shown = {sheet.cell(row, 2).value: sheet.cell(row, 5) for row in range(7, 40)}
    assert shown["Mức độ hoàn thành kế hoạch"].value == "85,5"
    assert shown["Ban hành kế hoạch"].value == "Không kịp thời"
    assert shown["Thời hạn báo cáo"].value == "20/01/2026"
    assert shown["Thời hạn báo cáo"].font.color.rgb == "FF7F7F7F"
    assert shown["Thời hạn báo cáo"].protection.locked


def test_explanations_are_reminders_beside_the_cell(carried):
    sheet = load_workbook(io.BytesIO(carried.data))[ASSESSMENT]
    prompts = [rule.prompt for rule in sheet.data_validations.dataValidation]
    assert "Năm trước: Chờ ý kiến cấp trên" in prompts


def test_tasks_keep_their_lead_units_and_lose_their_deadlines(carried, small_set):
    [task] = read_ledger(carried.data, small_set, file="a.xlsx").tasks.to_dict("records")
    assert (task["task"], task["lead_unit"], task["deadline_text"]) == (
        "Rà soát TTHC",
        "Văn phòng",
        "",
    )
    assert task["item_codes"] == "1.1; 1.2" and "15/03/2026" in task["note"]


def test_unconfirmed_pairs_are_named_and_left_out(last_year, small_set):
    mapping = pd.DataFrame({"old_code": ["1.2", "1.3", "1.4", ""], "new_code": ["1.2", "1.3", "9.9", "2.1.1"],
                            "match": "name", "confidence": 0.7, "confirmed": ["yes", "no", "yes", "no"]})  # fmt: skip
    result = carry_forward(last_year, small_set, mapping)
    assert result.carried["new_code"].tolist() == ["1.2"]
    assert [(f.code, f.item_code) for f in result.findings] == [
        ("carry-unconfirmed", "1.3"), ("carry-unknown-code", "9.9")]  # fmt: skip


def test_items_are_carried_to_their_new_codes(last_year, small_set):
    mapping = pd.DataFrame(
        {
            "old_code": ["2.2.1"],
            "new_code": ["5"],
            "match": ["name"],
            "confidence": [1.0],
            "confirmed": [True],
        }
    )
    # The inputs are called differently, so there is nothing to show beside them.
    assert carry_forward(last_year, small_set, mapping).carried.empty


def test_another_year_may_be_asked_for(last_year, small_set):
    mapping = diff_sets(small_set, small_set).mapping()
    data = carry_forward(last_year, small_set, mapping, year=2030).data
    assert read_ledger(data, small_set, file="a.xlsx").info.year == 2030
