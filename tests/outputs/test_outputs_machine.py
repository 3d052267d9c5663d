"""The CSV files have the columns others rely on, and no cell that runs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.outputs.machine import write_tables

FINDING = Finding("unknown-item", item_code="9.9", values={"set_id": "x"})


def test_the_columns_stand_in_the_promised_order(tmp_path, scores, gaps):
    write_tables(scores.assign(note="thêm"), gaps, [FINDING], tmp_path)
    heads = {p.name: p.read_text(encoding="utf-8").split("\n")[0] for p in tmp_path.iterdir()}
    assert heads["scores.csv"] == (
        "unit_code,set_id,year,period,code,level,max_points,points,attainment,basis,status,"
        "points_low,points_high,note"
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
