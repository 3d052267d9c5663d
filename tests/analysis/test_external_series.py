"""Published results stand beside their targets, each with its source, and none is filled in."""

import numpy as np
import pandas as pd
import pytest

from scoring.analysis.external_series import (
    as_scores,
    external_gaps,
    published_results,
    read_external,
)

HEAD = "index,year,entity,value,rank,target,target_rank,comparator,unit,source,status\n"
ROWS = """PCI,2023,X,64,20,,,,percent,a,observed
PCI,2024,X,66.5,12,67,,>=,percent,a,observed
PCI,2025,X,67,12,67,10,>=,percent,a,observed
PAPI,2024,X,42.1,,,,,points,b,observed
DTI,2024,X,0.7,5,,5,,points,b,observed
SIPAS,2024,X,87,,87,,>,percent,c,observed
SIPAS,2025,X,,,87,,>,percent,c,observed
"""


def read(tmp_path, text):
    path = tmp_path / "external.csv"
    path.write_text(HEAD + text, encoding="utf-8")
    return read_external(path)


@pytest.mark.parametrize("year", ["1e999", "-inf", "9" * 400, "1e300"])
def test_a_year_beyond_all_numbers_is_named_and_its_row_left_out(tmp_path, year):
    table, found = read(tmp_path, f"PCI,{year},X,64,20,,,,percent,a,observed\n{ROWS}")
    assert [one.code for one in found] == ["not-a-number"] and found[0].cell == "B2"
    assert len(table) == len(ROWS.splitlines())


def test_each_result_is_judged_by_its_own_target(tmp_path):
    table, found = read(tmp_path, ROWS)
    gaps = external_gaps(table).set_index(["index", "year"])
    assert not found
    assert gaps["result"].to_dict() == {
        ("DTI", 2024): "met", ("PAPI", 2024): "no-target", ("PCI", 2023): "no-target",
        ("PCI", 2024): "missed", ("PCI", 2025): "missed", ("SIPAS", 2024): "missed",
        ("SIPAS", 2025): "not-measured",
    }  # fmt: skip
    assert gaps.loc[("PCI", 2024), "gap"] == -0.5 and gaps.loc[("PCI", 2025), "rank_gap"] == 2
    assert gaps.loc[("PCI", 2024), "change"] == 2.5 and np.isnan(gaps.loc[("PAPI", 2024), "change"])


def test_a_result_written_twice_counts_neither_time(tmp_path):
    table, found = read(tmp_path, ROWS + "PCI,2024,X,66,,,,,percent,z,observed\n")
    assert [one.code for one in found] == ["external-twice"]
    assert (found[0].file, found[0].cell) == ("external.csv", "A9") and "2024" in found[0].problem()
    assert len(table.query("year == 2024 and index == 'PCI'")) == 0 and len(table) == 6


def test_the_shipped_results_are_observed_and_say_where_they_are_from():
    table, found = read_external(published_results())
    assert not found and len(table) == 112
    assert set(table["status"]) == {"observed"} and (table["source"] != "").all()
    assert table["value"].dropna().between(50, 100).all()
    assert {"PCI", "PAPI", "DTI", "ICT", "DDCI", "SIPAS", "PAR"} <= set(table["index"])
    # What a plan names without a number has no target.
    assert table[table["index"].isin(["PCI", "PAPI", "DTI", "ICT", "DDCI"])]["target"].isna().all()


def test_only_percents_stand_on_the_charts_of_the_index(tmp_path):
    table, _ = read(tmp_path, ROWS)
    scores = as_scores(table)
    assert set(scores["unit_code"]) == {"PCI · X", "SIPAS · X"}
    assert isinstance(scores, pd.DataFrame) and scores["points"].notna().all()
