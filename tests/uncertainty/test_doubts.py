"""What is in doubt of items, and what chances it gets: by hand on the sample set of departments."""

import numpy as np
import pandas as pd
import pytest

import scoring
from scoring.base.errors import UsageError
from scoring.points.proof import with_claims, with_proof
from scoring.points.rank_sets import rank_sets
from scoring.points.sampling import with_sampling
from scoring.points.tracks import with_decisions
from scoring.uncertainty import acceptance, doubts_of, outlook
from scoring.uncertainty.acceptance import wilson

KEYS = ["unit_code", "year", "period"]
EXAMPLE = scoring.shipped_folder("evidence") / "example-department-sample" / "inputs.csv"


@pytest.fixture(scope="module")
def sheet():
    one = pd.read_csv(EXAMPLE)
    first = one["unit_code"].iloc[0]
    mine = one[one["unit_code"] == first]
    rows = [mine.assign(unit_code=code, unit_name=code) for code in ("A", "B", "C")]
    return scoring.score(pd.concat(rows), "department-sample")


@pytest.fixture(scope="module")
def proved(sheet):
    verdicts = pd.DataFrame([
        {**sheet.units.iloc[0][KEYS].to_dict(), "item_code": code, "state": "no-evidence", "share": 0.0}
        for code in ("1.1.1", "1.1.2")
    ])  # fmt: skip
    return with_proof(sheet, verdicts)


def history(sheet, accepted, claims, unit="A", tracks=("self", "final"), year=None):
    """Tracks of one earlier year: `claims` items of a unit claimed 1, `accepted` of them kept it."""
    year = int(sheet.units["year"].iloc[0]) - 1 if year is None else year
    return pd.DataFrame([
        {"unit_code": unit, "year": year, "period": "", "code": f"9.{n}", "track": track,
         "points": 1.0 if track == "self" or n < accepted else 0.0}
        for n in range(claims) for track in tracks
    ])  # fmt: skip


def survey(sheet, value=80.0, half=5.0, units=("A", "B", "C")):
    rows = sheet.units.set_index("unit_code").loc[list(units)].reset_index()
    held = sheet.figures.values["8.1", "satisfaction"]
    return rows[KEYS].assign(
        item_code="8.1", input="satisfaction", value=held[: len(rows)], low=held[: len(rows)] - half,
        high=held[: len(rows)] + half, confidence_percent=95.0, survey="ks",
    )  # fmt: skip


def of_unit(table, unit="A"):
    return table[table["unit_code"] == unit]


def test_unproven_points_without_history_are_an_interval_without_a_chance(proved):
    doubts, findings = doubts_of(proved)
    table = of_unit(doubts.table())
    assert table["chance_percent"].isna().all() and table["chance_low_percent"].isna().all()
    assert not findings
    made = outlook(doubts)
    row = of_unit(made.index).set_index("code").loc["INDEX"]
    # The whole range, as the bounds without any probability: what is supported, and all of it.
    assert row["low_points"] == row["bound_low_points"] == pytest.approx(proved.supported[-1, 0])
    assert row["high_points"] == row["bound_high_points"] == pytest.approx(proved.points[-1, 0])
    assert "uncertainty-without-chance" in [found.code for found in made.findings]


def test_chances_come_from_the_units_own_history_with_its_cases(proved):
    doubts, findings = doubts_of(proved, history=history(proved, 15, 20))
    table = of_unit(doubts.table())
    most = table[table["points"] > 0]
    share, low, high = wilson(np.array(15.0), np.array(20.0), 95.0)
    assert most["chance_percent"].tolist() == pytest.approx([75.0, 75.0])
    assert most["chance_low_percent"].iloc[0] == pytest.approx(100 * low)
    assert most["chance_high_percent"].iloc[0] == pytest.approx(100 * high)
    assert set(table["cases"]) == {20} and share == 0.75
    assert not [found for found in findings if found.code == "uncertainty-history-tracks"]


def test_a_unit_without_cases_takes_those_of_its_block_and_else_none(proved):
    known, _ = acceptance(proved, history(proved, 12, 14, unit="B"))
    assert known.basis.tolist() == ["block", "unit", "block"]
    known, findings = acceptance(proved, history(proved, 3, 4, unit="B"))
    assert known.basis.tolist() == ["", "", ""] and np.isnan(known.share).all()
    assert [found.code for found in findings] == ["uncertainty-history-thin"]
    # This year's own tracks are no history.
    now = history(proved, 12, 14, year=int(proved.units["year"].iloc[0]))
    assert acceptance(proved, now)[0].basis.tolist() == ["", "", ""]


def test_a_history_without_both_tracks_says_so(proved):
    _, findings = doubts_of(proved, history=history(proved, 12, 14, tracks=("self", "computed")))
    assert [found.code for found in findings] == ["uncertainty-history-tracks"]
    assert "self" in findings[0].text("vi")


def test_more_evidence_never_widens(proved):
    widths = []
    for cases in (12, 192):
        low, high = (
            outlook(doubts_of(proved, history=history(proved, 3 * cases // 4, cases))[0])
            .pairs.set_index(["unit_code", "other_code"]).loc[("A", "B")][f"{end}_percent"]
            for end in ("low", "high")
        )  # fmt: skip
        widths.append(high - low)
    assert widths[1] <= widths[0]
    ends = [wilson(np.array(0.75 * n), np.array(float(n)), 95.0) for n in (12, 48, 192, 768)]
    assert all(np.diff([high - low for _, low, high in ends]) < 0)


def test_items_of_one_document_stand_and_fall_together(proved):
    links = pd.DataFrame({"unit_code": "A", "document_id": "D1", "item_code": ["1.1.1", "1.1.2"]})
    told = history(proved, 15, 20)
    apart = doubts_of(proved, history=told)[0].sources
    together = doubts_of(proved, history=told, links=links)[0].sources
    count = [
        int((table["place"] == 0).sum() - (table["kind"] == "open").sum())
        for table in (apart, together)
    ]
    assert count == [2, 1]
    assert together.loc[together["kind"] == "proof", "item_codes"].tolist() == ["1.1.1; 1.1.2"]


def test_documents_tie_items_in_each_period(proved):
    rows = pd.read_csv(EXAMPLE)
    rows = rows[rows["unit_code"] == rows["unit_code"].iloc[0]].assign(unit_code="A")
    halves = scoring.score(
        pd.concat([rows.assign(period=part) for part in ("H1", "H2")]), "department-sample"
    )
    verdicts = pd.concat([
        halves.units[KEYS].assign(item_code=code, state="no-evidence", share=0.0)
        for code in ("1.1.1", "1.1.2")
    ])  # fmt: skip
    links = pd.DataFrame({"unit_code": "A", "document_id": "D1", "item_code": ["1.1.1", "1.1.2"]})
    told = doubts_of(with_proof(halves, verdicts), links=links)[0].sources
    told = told[told["kind"] == "proof"]
    assert told["item_codes"].tolist() == ["1.1.1; 1.1.2"] * 2 and set(told["place"]) == {0, 1}


def test_a_task_that_may_cost_points_keeps_its_band_the_right_way_round(proved):
    key = proved.units.iloc[1][KEYS].to_dict()
    tasks = [("1.1.1", 0.0), ("1.1.2", 3.0)]
    given = pd.DataFrame([{**key, "item_code": c, "points": p, "chance": np.nan} for c, p in tasks])
    made = of_unit(outlook(doubts_of(proved, given=given)[0]).index, "B").set_index("code")
    row = made.loc["INDEX"]
    assert (
        row["low_points"]
        == row["bound_low_points"]
        < row["high_points"]
        == row["bound_high_points"]
    )


def test_a_survey_gives_its_item_the_points_of_its_interval(sheet):
    sampled, _ = with_sampling(sheet, survey(sheet))
    made = outlook(doubts_of(sampled)[0], confidence_percent=95)
    row = of_unit(made.index).set_index("code").loc["INDEX"]
    # Rules without steps: the interval is the one that sampling gives.
    ends = sampled.sampling.low[-1, 0], sampled.sampling.high[-1, 0]
    assert (row["low_points"], row["high_points"]) == pytest.approx(ends, abs=0.02)


def test_steps_of_a_rule_get_their_exact_chance():
    # 8.3 gives 1.5 points from 80; the figure is 82 with a standard error of 2: 80 lies one below.
    inputs = pd.read_csv(EXAMPLE)
    mine = inputs["unit_code"] == "SM-B"
    inputs.loc[mine & (inputs["item_code"] == "8.3"), "value"] = 82.0
    plain = scoring.score(inputs[mine], "department-sample")
    fed = plain.units[KEYS].assign(
        item_code="8.3", input="satisfaction", value=82.0, low=78.08007, high=85.91993,
        confidence_percent=95.0, survey="ks",
    )  # fmt: skip
    table = doubts_of(with_sampling(plain, fed)[0])[0].table()
    chances = table[table["item_code"] == "8.3"].set_index("points")["chance_percent"]
    assert chances[0.0] == pytest.approx(15.866, abs=1e-3)
    assert chances[2.5] == pytest.approx(100 * (1 - 0.99379), abs=1e-2)


def test_rank_sets_stand_beside_and_hold_the_intervals_of_surveys_alone(sheet):
    sampled, _ = with_sampling(sheet, survey(sheet))
    made = outlook(doubts_of(sampled)[0]).ranks
    sets = rank_sets(sampled)
    assert made["survey_first"].tolist() == sets.first.tolist()
    assert (made["survey_first"] <= made["rank_first"]).all()
    assert (made["rank_last"] <= made["survey_last"]).all()


def test_survey_items_without_proof_fall_with_their_survey(proved):
    verdict = pd.DataFrame(
        [
            {
                **proved.units.iloc[0][KEYS].to_dict(),
                "item_code": "8.1",
                "state": "no-evidence",
                "share": 0.0,
            }
        ]
    )
    unproven = with_proof(proved, verdict)
    sampled, _ = with_sampling(unproven, survey(unproven))
    doubts, _ = doubts_of(sampled, history=history(proved, 15, 20))
    table = of_unit(doubts.table())
    mine = table[table["item_code"] == "8.1"]
    assert set(mine["kind"]) == {"survey"}
    assert mine.loc[mine["points"] == 0, "chance_percent"].iloc[0] == pytest.approx(25.0)
    assert mine["chance_percent"].sum() == pytest.approx(100)


def test_an_appraised_item_is_certain_and_a_disputed_one_lies_between(proved):
    key = proved.units.iloc[0][KEYS].to_dict()
    who = {"reason": "x", "decided_by": "T", "decided_on": pd.Timestamp(2027, 1, 9)}
    claims = pd.DataFrame(
        [{**key, "item_code": c, "self_points": 0.75} for c in ("1.1.1", "1.1.2")]
    )
    claimed, _ = with_claims(proved, claims)
    rows = [{**key, **who, "round": "1", "item_code": "1.1.1", "points": 0.25},
            {**key, **who, "round": "final", "item_code": "1.1.2", "points": 0.0}]  # fmt: skip
    decided, _ = with_decisions(claimed, pd.DataFrame(rows))
    table = of_unit(doubts_of(decided)[0].table())
    assert "1.1.2" not in set(table["item_code"])
    disputed = table[table["item_code"] == "1.1.1"]
    assert set(disputed["kind"]) == {"dispute"} and sorted(disputed["points"]) == [0.25, 0.75]


def test_an_open_task_takes_the_place_of_other_doubts(proved):
    key = proved.units.iloc[0][KEYS].to_dict()
    given = pd.DataFrame([{**key, "item_code": "1.1.1", "points": 1.0, "chance": 0.6}])
    table = of_unit(doubts_of(proved, given=given)[0].table())
    mine = table[table["item_code"] == "1.1.1"]
    assert set(mine["kind"]) == {"task"} and sorted(mine["chance_percent"]) == pytest.approx(
        [40, 60]
    )
    with pytest.raises(UsageError, match="chance holds"):
        doubts_of(proved, given=given.assign(chance=1.5))


def test_grades_get_chances_that_sum_to_one_with_their_conditions(proved):
    made = outlook(doubts_of(proved, history=history(proved, 15, 20))[0]).grades
    low, high = (made.groupby("unit_code")[f"{end}_percent"].sum() for end in ("low", "high"))
    assert (low <= 100 + 1e-9).all() and (high >= 100 - 1e-9).all()
    assert made.loc[made["unit_code"] == "B", "low_percent"].sum() == pytest.approx(100)


@pytest.mark.parametrize("confidence", [49, 99.95, 0])
def test_a_confidence_outside_50_to_99_9_is_refused(proved, confidence):
    with pytest.raises(UsageError, match="uncertainty-confidence"):
        outlook(doubts_of(proved)[0], confidence_percent=confidence)


def test_decisions_are_taken_from_the_computed_sheet_only(proved):
    with pytest.raises(UsageError, match="as computed"):
        doubts_of(proved.on_track("supported"))


def test_penalties_and_areas_of_older_sets_are_no_claims(proved):
    told = history(proved, 15, 20)
    penalties = [node.code for node in proved.criteria.nodes if node.kind == "penalty"]
    # A penalty claimed lower than appraised is not an accepted claim; "9" is an area of the older set.
    extra = told[told["code"].isin(["9.0", "9.1"])]
    extra = extra.assign(code=extra["code"].map({"9.0": "9", "9.1": penalties[-1]}))
    known, _ = acceptance(proved, pd.concat([told, extra]))
    assert known.cases.tolist()[0] == 20 and known.share[0] == 0.75


def test_a_history_of_any_claims_says_that_unproven_ones_fare_worse(proved):
    _, findings = doubts_of(proved, history=history(proved, 15, 20))
    assert [found.code for found in findings] == ["uncertainty-history-any-claim"]
    told = history(proved, 15, 20, tracks=("self", "supported", "final"))
    # What was unproven before is what the chance is about: nothing to warn of.
    told.loc[told["track"] == "supported", "points"] = 0.5
    known, findings = acceptance(proved, told)
    assert not findings or [found.code for found in findings] == ["uncertainty-history-thin"]
    assert known.cases[0] == 20
