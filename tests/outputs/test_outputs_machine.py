"""The CSV files have the columns others rely on, and no cell that runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from set_builder import direct_set, given

from scoring.analysis import gap_table
from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.outputs.machine import write_tables
from scoring.points import score
from scoring.tables import columns_of, declared

FINDING = Finding("unknown-item", item_code="9.9", values={"set_id": "x"})


def test_the_columns_stand_in_the_promised_order(tmp_path, scores, gaps):
    write_tables(scores.assign(note="thêm"), gaps, [FINDING], tmp_path)
    heads = {p.name: p.read_text(encoding="utf-8").split("\n")[0] for p in tmp_path.iterdir()}
    assert heads["scores.csv"] == (
        "unit_code,set_id,year,period,code,level,max_points,points,attainment,basis,status,"
        "points_low,points_high,unrounded_points,note"
    )
    assert heads["gaps.csv"].startswith(
        "unit_code,set_id,year,period,item_code,area_code,item_name"
    )
    assert heads["findings.csv"] == (
        "severity,code,file,unit_code,year,period,sheet,cell,item_code,problem,remedy"
    )


def test_points_are_rounded_half_up_and_missing_stays_empty(tmp_path, scores, gaps):
    odd = scores.assign(points=scores["points"].astype(float))
    odd.loc[0, "points"], odd.loc[1, "points"] = 2.675, np.nan
    write_tables(odd, gaps, [], tmp_path)
    back = pd.read_csv(tmp_path / "scores.csv", dtype=str, keep_default_na=False)
    assert back["points"].tolist()[:2] == ["2.68", ""]
    assert back.iloc[-1][["code", "points", "attainment"]].tolist() == ["INDEX", "61.89", "61.89"]


def test_codes_stay_text_and_dates_iso(tmp_path, scores, gaps):
    gaps = gaps.assign(item_code=gaps["item_code"].replace("1.1", "1.10"))
    write_tables(scores, gaps, [], tmp_path)
    text = (tmp_path / "gaps.csv").read_text(encoding="utf-8")
    assert ",1.10,1," in text
    assert ",2026-06-30," in text


def test_the_vietnamese_dialect_opens_in_excel_with_decimal_commas(tmp_path, scores, gaps):
    [path, *_] = write_tables(scores, gaps, [], tmp_path, "vi")
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert ";7,96;" in data.decode("utf-8-sig")


def test_a_missing_column_and_an_unknown_dialect_are_named(tmp_path, scores, gaps):
    with pytest.raises(UsageError, match="Gaps: it lacks the columns cause"):
        write_tables(scores, gaps.drop(columns="cause"), [], tmp_path)
    with pytest.raises(UsageError, match="'fr'"):
        write_tables(scores, gaps, [], tmp_path, "fr")


def test_text_that_looks_like_a_formula_is_defused(tmp_path, scores, gaps):
    evil = "=cmd|'/c calc'!A0"
    write_tables(scores.assign(unit_code=evil), gaps.assign(next_step=evil), [], tmp_path)
    for name in ("scores.csv", "gaps.csv"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert "'" + evil in text
        assert "," + evil not in text


def test_the_file_of_scores_says_what_is_rounded_and_its_items_add_up_to_their_area(tmp_path):
    leaves = {f"1.{n}": 1 for n in range(1, 4)}
    criteria = direct_set(leaves, [("1", 3)], meta={"total_points": 3})
    sheet = score(given(dict.fromkeys(leaves, 1 / 3)), criteria)
    write_tables(sheet.scores, gap_table(sheet), [], tmp_path)
    written = pd.read_csv(tmp_path / "scores.csv", dtype={"code": "str"}).set_index("code")
    items = written.loc[list(leaves)]
    assert items["points"].tolist() == [0.33] * 3 and written.at["1", "points"] == 1.0
    assert items["unrounded_points"].sum() == pytest.approx(
        written.at["1", "unrounded_points"], abs=3e-9
    )
    described = {column.name: column.en for column in declared("Scores")}
    assert "before rounding" in described["unrounded_points"]


def test_the_tables_of_a_sheet_have_the_columns_of_the_data_dictionary(tmp_path):
    sheet = score(given({"1": 1.0}, block="B"), direct_set({"1": 10}))
    for table, name in (
        (sheet.scores, "Scores"),
        (sheet.index, "Index"),
        (gap_table(sheet), "Gaps"),
    ):
        known = columns_of(name)
        assert [column for column in table if column not in known] == []
        needed = [column.name for column in declared(name) if column.required]
        assert [column for column in needed if column not in table] == []
    page = (Path(__file__).resolve().parents[2] / "docs" / "data-dictionary.md").read_text("utf-8")
    for told in ("unit_name", "block", "INDEX", "ScoreSheet.index"):
        assert told in page
