"""A whole season of thirty units: from blank ledgers to the published ranking, against the truth."""

import json

import numpy as np
import pandas as pd
import pytest
from season_oracle import KEY, Oracle, long
from season_story import DONE, JOURNAL, NEW, Season

from scoring.appraisal import check_journal, read_journal
from scoring.files.excel.workbook import read_workbook

LAST, SKIPPED = "22-nam", ("08-cong-van",)
"""Letters, matrix, signature and report are looked at in the season of two units."""
TRACKS = ["self", "computed", "supported", "appraised-1", "explained", "appraised-2", "final"]
TEXTS = ("code", "item_code", "period", "round", "parted_by", "unranked_reason", "alike")


@pytest.fixture(scope="module")
def season(quick, tmp_path_factory):
    folder = tmp_path_factory.mktemp("mua")
    Season(folder, skipped=SKIPPED).play(LAST)
    return folder


@pytest.fixture(scope="module")
def oracle(season):
    return Oracle(season / "00-su-that")


def table(season, path):
    return pd.read_csv(season / path, dtype=dict.fromkeys(TEXTS, str))


def told(season, step):
    return json.loads((season / step / DONE).read_text("utf-8"))


def test_every_item_area_and_index_of_every_track_is_what_plain_pandas_makes_of_the_truth(
    season, oracle
):
    made, expected = table(season, "18-ket-qua/ket-qua/tracks.csv"), oracle.scores()
    assert list(dict.fromkeys(made["track"])) == TRACKS
    keys = ["unit_code", "code", "track"]
    both = made.merge(expected, on=keys, suffixes=("", "_expected"))
    assert len(both) == len(made) == len(expected) == 30 * 22 * 7
    # Files hold two decimals; what does not apply is 0 there, and nothing here.
    is_na = expected.merge(long(oracle.is_na).rename_axis(["unit_code", "code"]).rename("is_na")
                           .reset_index(), how="left")["is_na"].eq(True)  # fmt: skip
    dropped = set(map(tuple, expected.loc[is_na, keys].to_numpy()))
    both = both[[key not in dropped for key in both[keys].itertuples(index=False, name=None)]]
    for name, other in (
        ("points", "points_expected"),
        ("points_low", "low"),
        ("points_high", "high"),
    ):
        wrong = ~np.isclose(both[name], both[other], rtol=0, atol=0.00501, equal_nan=True)
        assert not wrong.any(), both.loc[wrong, [*keys, name, other]].to_string()


def test_ranks_and_grades_of_the_published_table_are_those_of_the_truth(season, oracle):
    made = table(season, "21-xep-hang/xep-hang/ranking.csv").set_index("unit_code")
    expected = oracle.ranking(unranked=(NEW,)).reindex(made.index)
    for name, other in (
        ("points", "INDEX"),
        ("rank", "rank"),
        ("grade", "grade"),
        ("block", "block"),
    ):
        pd.testing.assert_series_equal(
            made[name], expected[other], check_names=False, check_dtype=False
        )
    assert made.loc[NEW, ["rank_state", "unranked_reason"]].tolist() == [
        "scored-unranked",
        "Thành lập giữa năm",
    ]
    # The special cases of the truth are there, or the test would not look at them.
    assert made.loc["so-10", "rank"] == made.loc["so-11", "rank"]
    assert made.loc["xa-06", "points"] == made.loc["xa-08", "points"]
    assert made.loc["xa-06", "rank"] + 1 == made.loc["xa-08", "rank"]
    assert made.loc["xa-06", "parted_by"] == "2"
    assert (made.loc["so-01", "points"] > 90, made.loc["so-01", "grade"]) == (True, "kha")
    assert ((made["points"] >= 90) & (made["grade"] == "tot")).any()
    inside = made["rank"].isna() | made["rank"].between(made["rank_first"], made["rank_last"])
    assert inside.all() and (made["rank_first"] < made["rank_last"]).any()


def test_the_annex_says_the_same_ranks_as_the_table(season, oracle):
    sheets = {
        sheet.name: sheet for sheet in read_workbook(season / "21-xep-hang/xep-hang/ranking.xlsx")
    }
    ranks = oracle.ranking(unranked=(NEW,))
    names = oracle.units["unit_name"].to_dict()
    cells = [list(row) for sheet in sheets.values() for row in sheet.rows]
    for unit, row in ranks.dropna(subset="rank").iterrows():
        assert any(
            cell[0] == row["rank"] and cell[1] == names[unit] and cell[2] == row["INDEX"]
            for cell in cells
        )


def test_each_difference_has_the_cause_that_the_truth_gave_it(season, oracle):
    made = table(season, "19-so-sanh/so-sanh/track-differences.csv").set_index(KEY)
    expected = oracle.differences()
    both = made.merge(
        expected, how="outer", left_index=True, right_index=True, suffixes=("", "_expected")
    )
    assert len(both) == len(made) == len(expected)
    assert (both["kind"] == both["kind_expected"]).all(), both[
        both["kind"] != both["kind_expected"]
    ]
    assert np.allclose(both["before_points"], both["before_points_expected"], atol=0.00501)
    assert np.allclose(both["after_points"], both["after_points_expected"], atol=0.00501)
    assert set(made["kind"]) == {
        "arithmetic",
        "rule-misread",
        "missing-proof",
        "late-proof",
        "judgement",
        "survey",
    }
    ahead = table(season, "19-so-sanh/so-sanh/ahead.csv")
    assert set(ahead.loc[ahead["is_disputed"].isin([True, "yes"]), "code"]) == {"3.3", "4.1"}


def test_what_every_item_loses_and_what_appraisers_took_is_told(season, oracle):
    gaps = table(season, "18-ket-qua/ket-qua/gaps.csv")
    lost = gaps.groupby(KEY)["lost_points"].sum()
    tracks = oracle.tracks()
    final, computed = (tracks[name]["points"] for name in ("final", "computed"))
    is_own = [code for code in final if code.partition(".")[0] not in ("9", "10")]
    expected = long((oracle.most[is_own] - final[is_own]).where(~oracle.is_na[is_own]))
    expected = expected[expected > 0.00501]
    assert np.allclose(lost.reindex(expected.index), expected, atol=0.011)
    taken = gaps[gaps["cause"] == "appraised-lower"].groupby(KEY)["lost_points"].sum()
    lower = long((computed - final)[is_own])
    lower = lower[lower > 0.00501]
    assert np.allclose(taken.reindex(lower.index), lower, atol=0.011)


def test_the_journal_has_every_decision_and_nothing_else(season, oracle):
    decisions, findings, head = read_journal(season / JOURNAL)
    truth = oracle.truth["decisions"].astype({"points": float})
    names = ["round", "decided_by", "unit_code", "item_code", "points", "reason_kind"]
    made, expected = (
        rows[names].sort_values(names[:4], ignore_index=True) for rows in (decisions, truth)
    )
    pd.testing.assert_frame_equal(made, expected, check_dtype=False)
    assert findings == []
    assert head == told(season, "17-kiem-tra-nhat-ky")["head"]
    checked = told(season, "17-kiem-tra-nhat-ky")
    assert "approval-lapsed" not in checked["findings"]
    # What two saw differently in round 1 is settled by what both decided in round 2.
    assert checked["moderation"] == [] and len(checked["pairs"]) == 2


@pytest.mark.parametrize("spoil", ["points", "dropped", "reordered", "cut off"])
def test_a_journal_that_was_tampered_with_is_found(season, tmp_path, spoil):
    lines = (season / JOURNAL).read_text("utf-8").splitlines()
    head = told(season, "17-kiem-tra-nhat-ky")["head"]
    if spoil == "points":
        lines[40] = lines[40].replace('"points":', '"points": 1e0, "x":', 1)
    elif spoil == "dropped":
        del lines[40]
    elif spoil == "reordered":
        lines[40], lines[41] = lines[41], lines[40]
    else:
        lines = lines[:300]
    path = tmp_path / JOURNAL
    path.write_text("\n".join(lines) + "\n", "utf-8")
    assert any(found.severity == "error" for found in check_journal(path, head))
    assert not any(found.severity == "error" for found in check_journal(season / JOURNAL, head))


def test_the_change_of_the_year_adds_up_and_the_merged_commune_has_a_past(season, oracle):
    changes = table(season, "22-nam/nam/changes.csv")
    index = changes[changes["code"] == "INDEX"].set_index("unit_code")
    # Last year has no journal: both years are compared as their rules compute them.
    computed = oracle.rolled(oracle.tracks()["computed"]["points"])["INDEX"]
    assert np.allclose(index["new_points"], computed.reindex(index.index), atol=0.01)
    assert index.loc["xa-15", "old_points"] > 0 and NEW not in index.dropna(subset="change").index
    parts = ["performance", "rules", "evidence", "appraisal", "merger", "unsplit"]
    known = index.dropna(subset="change")
    assert np.allclose(known[parts].fillna(0).sum(axis=1), known["change"], atol=0.02)
    ranked = table(season, "21-xep-hang/xep-hang/rank-changes.csv")
    assert set(ranked["unit_code"]) == set(oracle.units.index) - {NEW, "xa-15"}


def test_a_second_run_does_nothing_and_no_file_was_touched(season):
    before = {path: path.read_bytes() for path in season.rglob("*") if path.is_file()}
    Season(season, skipped=SKIPPED).play(LAST)
    assert before == {path: path.read_bytes() for path in season.rglob("*") if path.is_file()}
