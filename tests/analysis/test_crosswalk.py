"""A crosswalk says which unit became which; one that loses or doubles a unit is refused."""

import numpy as np
import pandas as pd
import pytest

from scoring.analysis.crosswalk import bridge, read_crosswalk

HEAD = "old_unit,new_unit,weight,method,size,valid_from\n"
GOOD = "A,AB,1,population,30,01/07/2025\nB,AB,1,population,10,01/07/2025\n"
SPOILT = {
    "crosswalk-weights": ("A,X,0.6,equal,,2025-07-01\nA,Y,0.3,equal,,2025-07-01\n", "A3", "0.9"),
    "crosswalk-line-twice": ("A,X,0.5,equal,,2025-07-01\nA,X,0.5,equal,,2025-07-01\n", "A3", "X"),
    "crosswalk-unit-again": (GOOD + "A,C,1,equal,,2026-01-01\n", "A4", "2026"),
    "crosswalk-own-line": (GOOD + "C,AB,1,equal,,2026-01-01\n", "A4", "AB"),
    "crosswalk-methods": (GOOD.replace("B,AB,1,population", "B,AB,1,dossiers"), "A3", "dossiers"),
    "crosswalk-size": (GOOD.replace(",10,", ",,"), "A3", "population"),
    "crosswalk-circle": ("A,B,1,equal,,2025-07-01\nB,A,1,equal,,2025-07-01\n", "A2", "→"),
}


def written(tmp_path, text):
    path = tmp_path / "crosswalk.csv"
    path.write_text(HEAD + text, encoding="utf-8")
    return path


def test_a_sound_crosswalk_is_read_with_its_days_and_numbers(tmp_path):
    table, found = read_crosswalk(written(tmp_path, GOOD))
    assert not found and table["size"].tolist() == [30, 10]
    assert table["valid_from"].dt.year.tolist() == [2025, 2025]


@pytest.mark.parametrize("code", SPOILT)
def test_each_slip_is_named_where_it_stands_and_nothing_is_used(tmp_path, code):
    text, cell, word = SPOILT[code]
    table, found = read_crosswalk(written(tmp_path, text))
    assert [one.code for one in found] == [code]
    assert (found[0].file, found[0].cell) == ("crosswalk.csv", cell)
    assert word in found[0].problem("en") and found[0].unit_code in found[0].problem("vi")
    assert table.empty


def test_a_wrong_number_a_wrong_method_and_no_day_are_named(tmp_path):
    text = "A,X,một,equal,,2025-07-01\nB,Y,1,guess,,2025-07-01\nC,Z,1,equal,,\n"
    _, found = read_crosswalk(written(tmp_path, text))
    assert [(one.code, one.cell[1:]) for one in found] == [
        ("not-a-number", "2"), ("value-unlisted", "3"), ("value-missing", "4")
    ]  # fmt: skip


def frame(tmp_path, text):
    return read_crosswalk(written(tmp_path, text))[0]


def test_two_mergers_after_each_other_weigh_every_unit_once(tmp_path):
    lines = GOOD + "AB,AB,1,population,40,2026-07-01\nC,AB,1,population,60,2026-07-01\n"
    path, found = bridge(frame(tmp_path, lines), "ABC", ["AB"], 2024, 2026)
    # By hand: 30, 10 and 60 of a hundred people.
    assert not found and np.allclose(path.averaged(np.array([[90.0, 50.0, 70.0]])), 74)
    assert path.added(np.array([[1.0, 2.0, 3.0]])).tolist() == [[6]]


def test_only_days_between_the_two_years_count(tmp_path):
    table = frame(tmp_path, GOOD)
    path, _ = bridge(table, ["AB"], ["AB"], 2025, 2026)
    assert not path.is_joined.any() and path.own.tolist() == [0]


def test_a_district_that_is_split_gives_its_points_to_each_part(tmp_path):
    table = frame(tmp_path, "H,X,0.75,equal,,2025-07-01\nH,Y,0.25,equal,,2025-07-01\n")
    path, _ = bridge(table, ["H"], ["X", "Y"], 2024, 2025)
    assert path.averaged(np.array([[80.0]])).tolist() == [[80, 80]]
    assert path.added(np.array([[100.0]])).tolist() == [[75, 25]]


def test_units_without_scores_before_or_after_are_named_and_stay_open(tmp_path):
    path, found = bridge(frame(tmp_path, GOOD), ["A", "Q"], ["AB", "N"], 2024, 2025)
    assert [one.code for one in found] == [
        "years-unit-gone", "years-unit-new", "crosswalk-unit-unknown"
    ]  # fmt: skip
    assert [one.unit_code for one in found] == ["Q", "N", "B"]
    assert np.isnan(path.averaged(np.array([[80.0, 50.0]]))).all()


def test_a_mean_is_over_the_units_to_which_it_applies(tmp_path):
    path, _ = bridge(frame(tmp_path, GOOD), "AB", ["AB"], 2024, 2025)
    values = np.array([[80.0, np.nan]])
    assert path.averaged(values, ~np.isnan(values)).tolist() == [[80]]
    assert np.isnan(path.averaged(values)).all()


def test_ten_thousand_communes_are_no_loop(tmp_path):
    units = [f"X{n}" for n in range(9_000)]
    lines = pd.DataFrame({
        "old_unit": units, "new_unit": [f"X{n - n % 3}" for n in range(9_000)], "weight": 1.0,
        "method": "equal", "size": np.nan, "valid_from": pd.Timestamp(2025, 7, 1),
    })  # fmt: skip
    path, found = bridge(lines, units, units[::3], 2024, 2025)
    assert not found and path.averaged(np.arange(9_000.0)[None])[0, :2] == pytest.approx([1, 4])
