"""The change between two years is split exactly, and what cannot be split is named."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from set_builder import direct_set, given, sound

from scoring.analysis.crosswalk import bridge
from scoring.analysis.panel import panel_of
from scoring.analysis.year_changes import EFFECTS, YearScores, split_change
from scoring.points import inputs_table, score
from scoring.points.sheet_parts import Decided
from scoring.points.tracks import with_decisions
from scoring.tables import empty

OLD = direct_set({"1.1": 4, "1.2": 2, "2.1": 4}, [("1", 6), ("2", 4)])
NEW = direct_set(
    {"1.1": 3, "1.3": 3, "2.1": 4}, [("1", 6), ("2", 4)], meta={"id": "tiny-new", "version": "2"}
)
MERGED = [
    ("A", "A", 1.0, 30.0),
    ("B", "A", 1.0, 10.0),
    ("C", "C", 0.5, np.nan),
    ("C", "D", 0.5, np.nan),
]


def crosswalk(lines, method="population", day="2025-07-01"):
    columns = ["old_unit", "new_unit", "weight", "size"]
    table = pd.DataFrame(lines, columns=columns).assign(method=method)
    return table.assign(valid_from=pd.Timestamp(day))


def rate_set(meta=None, **more):
    """A set of one rate, whose points are the share of dossiers on time."""
    roles = ("numerator", "denominator")
    item = {"code": "1", "max_points": 10, "rule": "ratio", "zero_denominator": "zero"} | more
    return sound(
        meta,
        items=[item],
        inputs=[
            {"item_code": "1", "role": role, "input": role, "kind": "count", "minimum": "0",
             "at_most": "denominator" if role == "numerator" else ""}
            for role in roles
        ],
    )  # fmt: skip


def dossiers(unit, year, done, received):
    figures = {"numerator": done, "denominator": received}
    rows = [{"item_code": "1", "input": name, "value": n} for name, n in figures.items()]
    return inputs_table(rows, unit_code=unit, year=year)


def year(criteria, units, when, **tracks):
    parts = [given(points, unit, year=when) for unit, points in units.items()]
    sheet = score(pd.concat(parts, ignore_index=True), criteria)
    appraised = tracks.pop("appraised", None)
    sheet = replace(sheet, **{name: sheet.points + off for name, off in tracks.items()})
    if appraised is not None:
        # A track is another sheet of the same nodes and units.
        final = replace(sheet, points=sheet.points + appraised)
        sheet = replace(sheet, decided=Decided(empty("Decisions"), {"final": final}, {}, None))
    return YearScores(sheet)


def changes(before, after, lines=(), becomes=None):
    table = crosswalk(list(lines)) if lines else empty("Crosswalk")
    units = [one.sheet.units["unit_code"] for one in (before, after)]
    path, lost = bridge(table, *units, before.year, after.year)
    split, said = split_change(before, after, path, becomes)
    return split, [*lost, *said]


def assert_adds_up(table):
    parts = table[[*EFFECTS, "unsplit"]].sum(axis=1, min_count=1)
    known = table["change"].notna()
    assert known.any()
    assert np.allclose(parts[known], table["change"][known], rtol=0, atol=1e-9)


def of(table, code, unit="A"):
    return table[(table["code"] == code) & (table["unit_code"] == unit)].iloc[0]


CODES = [f"{area}.{item}" for area in (1, 2, 3) for item in (1, 2, 3, 4)]


def random_year(rng, when, units, set_id):
    """A set of random items and parents, and random points of it on three tracks."""
    leaves = {code: int(rng.integers(1, 5)) for code in CODES if rng.random() < 0.7}
    sums = pd.Series(leaves).groupby([code[0] for code in leaves]).sum()
    total = {"id": set_id, "total_points": int(sums.sum())}
    criteria = direct_set(leaves, list(sums.items()), meta=total)
    points = {unit: {code: rng.uniform(0, most) for code, most in leaves.items()} for unit in units}
    off = {name: -rng.uniform(0, 0.2, (len(criteria.nodes) + 1, len(units)))
           for name in ("supported", "appraised")}  # fmt: skip
    return year(criteria, points, when, **off)


@pytest.mark.parametrize("seed", range(4))
def test_the_effects_add_up_for_every_unit_area_and_item(seed):
    rng = np.random.default_rng(seed)
    before = random_year(rng, 2024, [f"A{n}" for n in range(12)], "tiny-old")
    after = random_year(rng, 2025, [f"A{n}" for n in range(0, 12, 2)] + ["X", "Y"], "tiny-new")
    lines = [(f"A{n}", f"A{n - n % 2}", 1.0, rng.uniform(1, 9)) for n in range(10)]
    lines += [("A10", "X", 0.5, 1.0), ("A10", "A10", 0.5, 1.0), ("A11", "Y", 1.0, 1.0)]
    codes = [*before.sheet.criteria.by_code]
    ends = set(after.sheet.criteria.by_code)
    # Some nodes go on under the code of another, areas and items alike.
    news = rng.permutation([code for code in codes if code in ends])
    becomes = dict(zip([code for code in codes if code in ends], news.tolist(), strict=True))
    table, found = changes(before, after, lines, None if seed % 2 else becomes)
    # Points above the maximum that the other set grants cannot be scored by it.
    assert {one.code for one in found} <= {"years-one-sided", "years-unsplit"}
    assert_adds_up(table)
    assert table["change"].notna().all() and table["rules"].abs().max() > 0.1


def test_a_year_like_the_one_before_changes_nothing():
    points = {"A": {"1.1": 3, "1.2": 1, "2.1": 2}}
    table, found = changes(year(OLD, points, 2024), year(OLD, points, 2025))
    assert not found and (table[["change", "performance", "rules", "merger"]] == 0).all(axis=None)


def test_better_figures_alone_are_performance_alone():
    then = {"A": {"1.1": 3, "1.2": 1, "2.1": 2}}
    table, _ = changes(
        year(OLD, then, 2024), year(OLD, {"A": {"1.1": 4, "1.2": 1, "2.1": 2}}, 2025)
    )
    assert of(table, "INDEX")["performance"] == of(table, "1")["change"] == 1
    assert (table[["rules", "merger", "unsplit"]] == 0).all(axis=None)


def test_other_rules_for_the_same_figures_are_rules_alone():
    old, new = rate_set(), rate_set(full_at_percent="80", meta={"id": "tiny-new"})
    years = [YearScores(score(dossiers("A", when, 60, 100), criteria))
             for when, criteria in ((2024, old), (2025, new))]  # fmt: skip
    table, _ = changes(*years)
    row = of(table, "1")
    assert (row["performance"], row["rules"]) == (0, pytest.approx(1.5))


def test_performance_and_rules_share_what_they_do_together():
    old, new = rate_set(), rate_set(full_at_percent="80", meta={"id": "tiny-new"})
    years = [YearScores(score(dossiers("A", when, done, 100), criteria))
             for when, done, criteria in ((2024, 40, old), (2025, 60, new))]  # fmt: skip
    row = of(changes(*years)[0], "1")
    # By hand: 4 and 5 points by the figures of 2024, 6 and 7.5 by those of 2025.
    assert row["performance"] == pytest.approx(((6 - 4) + (7.5 - 5)) / 2)
    assert row["rules"] == pytest.approx(((5 - 4) + (7.5 - 6)) / 2)


def test_items_added_and_removed_are_effects_of_rules():
    before = year(OLD, {"A": {"1.1": 3, "1.2": 1, "2.1": 2}}, 2024)
    table, _ = changes(before, year(NEW, {"A": {"1.1": 3, "1.3": 2.5, "2.1": 2}}, 2025))
    added, removed = of(table, "1.3"), of(table, "1.2")
    assert (added["rules"], added["remark"]) == (2.5, "added") and np.isnan(added["old_points"])
    assert (removed["rules"], removed["remark"]) == (-1, "removed")
    assert of(table, "INDEX")["rules"] == of(table, "1")["change"] == 1.5


def test_a_merged_unit_gets_its_rate_from_the_dossiers_of_all():
    before = score(
        pd.concat([dossiers("A", 2024, 90, 100), dossiers("B", 2024, 100, 400)]), rate_set()
    )
    after = score(dossiers("A", 2025, 300, 500), rate_set())
    table, _ = changes(YearScores(before), YearScores(after), MERGED[:2])
    row = of(table, "1")
    # 190 of 500 together, where A alone had 90 of 100.
    assert (row["merger"], row["performance"]) == (pytest.approx(-5.2), pytest.approx(2.2))
    assert (row["old_points"], row["joined_by"]) == (9, "added-up")


def test_what_is_no_rate_gets_the_weighted_mean_and_says_so():
    points = {"A": {"1.1": 4, "1.2": 1, "2.1": 2}, "B": {"1.1": 0, "1.2": 1, "2.1": 2}}
    after = year(OLD, {"A": {"1.1": 3, "1.2": 1, "2.1": 2}}, 2025)
    row = of(changes(year(OLD, points, 2024), after, MERGED[:2])[0], "1.1")
    assert (row["merger"], row["performance"], row["joined_by"]) == (-1, 0, "weighted-mean")


def test_evidence_and_appraisal_are_what_they_took_off_in_each_year():
    points = {"A": {"1.1": 3, "1.2": 1, "2.1": 2}}
    before = year(OLD, points, 2024, supported=-0.5, appraised=-0.5)
    after = year(OLD, points, 2025, supported=-0.25, appraised=-1.0)
    row = of(changes(before, after)[0], "2.1")
    assert (row["evidence"], row["appraisal"], row["performance"]) == (0.25, -0.75, 0)
    assert (row["old_points"], row["new_points"]) == (1.5, 1.0)


def test_a_track_of_one_year_is_named_and_its_effect_is_not_zero():
    points = {"A": {"1.1": 3, "1.2": 1, "2.1": 2}}
    table, found = changes(
        year(OLD, points, 2024), year(OLD, points, 2025, supported=-0.5, appraised=-1)
    )
    assert [one.code for one in found] == ["years-evidence-one-year", "years-appraisal-one-year"]
    assert "2025" in found[0].problem("vi") and table["evidence"].isna().all()
    assert (table["change"] == 0).all()


def test_an_item_whose_figures_are_others_is_unsplit_and_named():
    new = rate_set(meta={"id": "tiny-new"})
    before = year(direct_set({"1": 10}), {"A": {"1": 4.0}}, 2024)
    after = YearScores(score(dossiers("A", 2025, 60, 100), new))
    table, found = changes(before, after)
    row = of(table, "1")
    assert [one.code for one in found] == ["years-unsplit"] and "1" in found[0].problem("en")
    assert row["unsplit"] == 2 and np.isnan(row["rules"]) and np.isnan(row["performance"])
    assert row["remark"] == "unsplit"
    assert_adds_up(table)


def test_an_open_item_leaves_its_change_open():
    before = year(OLD, {"A": {"1.1": 3, "1.2": None, "2.1": 2}}, 2024)
    table, _ = changes(before, year(OLD, {"A": {"1.1": 3, "1.2": 1, "2.1": 2}}, 2025))
    assert np.isnan(of(table, "INDEX")["change"]) and of(table, "1.2")["remark"] == "open"
    assert of(table, "2")["change"] == 0


def test_a_final_track_that_nobody_finished_has_bounds_in_the_panel():
    points = {"A": {"1.1": 3, "1.2": 1, "2.1": 2}}
    parts = [(2024, ("1.1", "1.2", "2.1")), (2025, ("1.1",))]
    years = []
    for when, codes in parts:
        rows = [{"round": "1", "unit_code": "A", "year": when, "item_code": code, "points": 1.0,
                 "reason": "x"} for code in codes]  # fmt: skip
        sheet, _ = with_decisions(year(OLD, points, when).sheet, pd.DataFrame(rows))
        years.append(YearScores(sheet))
    table = panel_of(years, empty("Crosswalk")).table
    index = table[table["code"] == "INDEX"][["points", "points_low", "points_high"]]
    most = years[1].sheet.criteria.meta.total_points
    assert index.iloc[0].tolist() == [3, 3, 3]
    assert np.isnan(index.iloc[1]["points"])
    # One point is decided; the two items that are left may still earn nothing or all they can.
    assert index.iloc[1][["points_low", "points_high"]].tolist() == [1, most - 4 + 1]


def test_a_unit_under_a_new_code_goes_on_as_itself():
    points = {"1.1": 3, "1.2": 1, "2.1": 2}
    before, after = year(OLD, {"A": points}, 2024), year(OLD, {"X": points}, 2025)
    table, found = changes(before, after, [("A", "X", 1.0, np.nan)])
    assert not found and (table["change"] == 0).all() and (table["joined_by"] == "own").all()


def test_a_panel_is_in_the_units_of_the_last_year_and_marks_the_breaks():
    first = {unit: {"1.1": 4, "1.2": 1, "2.1": p} for unit, p in (("A", 2), ("B", 4))}
    second = {unit: {"1.1": 3, "1.2": 1, "2.1": 2} for unit in "AB"}
    years = [
        year(OLD, first, 2023), year(OLD, second, 2024), year(NEW, {"A": {"1.1": 3, "1.3": 2, "2.1": 2}}, 2026)
    ]  # fmt: skip
    panel = panel_of(years[::-1], crosswalk(MERGED[:2]))
    index = panel.table[panel.table["code"] == "INDEX"]
    assert index["points"].tolist() == [7.5, 6, 7] and index["breaks"].tolist() == [
        "",
        "",
        "rules+units",
    ]
    assert panel.table.query("code == '2.1'")["breaks"].tolist() == ["", "", "units"]
    assert panel.table.query("code == '1.3'")["points"].isna().tolist() == [True, True, False]
    assert [one.code for one in panel.findings] == ["years-missing"]
    assert "2025" in panel.findings[0].problem("en")
    assert panel.changes["from_year"].unique().tolist() == [2023, 2024]
