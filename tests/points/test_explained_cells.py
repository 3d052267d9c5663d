"""An explanation names the cell that was filled in: of the value, the choice or the date."""

import numpy as np
import pandas as pd
import pytest
from set_builder import direct_item, sound

import scoring
from scoring.evidence.long_table import read_long_table
from scoring.points import score
from scoring.points.item_explanation import explain

ITEM, ENTRY = direct_item("1", 6)
CRITERIA = sound(
    items=[ITEM, {"code": "2", "max_points": "2", "rule": "choice"},
           {"code": "3", "max_points": "2", "rule": "deadline", "due_on": "year-01-15",
            "never_points": "0"}],
    inputs=[ENTRY, {"item_code": "2", "input": "done", "role": "answer", "kind": "yes_no"},
            {"item_code": "3", "input": "issued", "role": "done_on", "kind": "date"}],
    bands=[{"item_code": "3", "upper": "0", "upper_closed": "yes", "points": "2"},
           {"item_code": "3", "lower": "0", "points": "1"}],
)  # fmt: skip
COLUMNS = ["unit_code", "year", "item_code", "input", "value", "choice", "happened_on"]


@pytest.mark.parametrize(
    ("item", "name", "column", "answer", "cell"),
    [
        ("1", "points", "value", "3", "E2"),
        ("2", "done", "choice", "có", "F2"),
        ("2", "done", "value", "1", "E2"),
        ("3", "issued", "happened_on", "10/01/2026", "G2"),
        ("3", "issued", "choice", "never", "F2"),
    ],
)
def test_an_explanation_cites_the_cell_of_the_answer(tmp_path, item, name, column, answer, cell):
    row = {"unit_code": "A", "year": "2026", "item_code": item, "input": name, column: answer}
    path = tmp_path / "inputs.csv"
    path.write_text(pd.DataFrame([row], columns=COLUMNS).to_csv(index=False), encoding="utf-8")
    inputs, findings = read_long_table(path, CRITERIA)
    assert findings == []
    (trace,) = explain(score(inputs, CRITERIA), item).inputs
    assert trace.place == f"inputs.csv!{cell}"


def test_a_row_whose_sheet_is_not_told_is_named_and_no_place_reads_nan():
    criteria = scoring.open_set("service-quality-766")
    rows = [{"item_code": "5.3", "input": "satisfied", "value": 80, "sheet": np.nan, "cell": "C5"},
            {"item_code": "5.3", "input": "dossiers", "value": 100, "sheet": "Tờ 1", "cell": "C6"}]  # fmt: skip
    figures = scoring.inputs_table(
        [{name: row[name] for name in ("item_code", "input", "value")} for row in rows],
        unit_code="A", year=2026,
    )  # fmt: skip
    placed = figures.assign(file="bang.csv", sheet=[r["sheet"] for r in rows], cell=["C5", "C6"])
    sheet = scoring.score(placed, criteria)
    assert [trace.place for trace in scoring.explain(sheet, "5.3").inputs][1:] == [
        "bang.csv!Tờ 1!C6"
    ]
    assert "nan" not in scoring.explain(sheet, "5.3")._repr_html_()
    [finding] = [found for found in sheet.findings if found.code == "value-missing"]
    assert (finding.file, finding.sheet, finding.cell) == ("bang.csv", "", "C5")
