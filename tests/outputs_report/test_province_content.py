"""What the report of a province says: sums of the gap table, honest wins, reasons in words."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from scoring.analysis import check_targets, gap_table
from scoring.analysis.gap_steps import MENDABLE_NOW
from scoring.base.units import UnitKey
from scoring.criteria import open_set
from scoring.outputs.province_report.province_content import province_content
from scoring.outputs.province_report.province_figures import bin_edges
from scoring.outputs.province_report.province_help import help_thresholds
from scoring.outputs.province_report.province_page import province_page
from scoring.outputs.province_report.province_parts import province_parts
from scoring.outputs.province_report.province_rows import Wins
from scoring.outputs.province_report.province_sections import province_sections
from scoring.points import inputs_table, score
from scoring.points.grade_reasons import grade_reasons

SET, AIM = "service-quality-766", 65.0
# How well the units did, in percent; the last one has not handed in its last items.
DONE = {"A": 95, "B": 90, "C": 85, "D": 80, "E": 75, "F": 40, "G": 88}


def sheet_of(make_inputs, year=2026, done=DONE, without=("G",)):
    """Score units by `done`; those in `without` leave out what the last item asks."""
    rows = []
    for unit, share in done.items():
        own = make_inputs(share)
        last = own[-1]["item_code"]
        own = [row for row in own if unit not in without or row["item_code"] != last]
        rows += [
            {"unit_code": unit, "unit_name": f"Xã {unit}", "block": "Khối xã", **row} for row in own
        ]
    return score(inputs_table(rows, year=year), open_set(SET))


@pytest.fixture(scope="module")
def make_inputs(province):
    """Return the figures of a unit that reaches `share` percent of what Phú Thọ did."""
    known = province.sheet.figures.source
    kept = known[["item_code", "input", "value"]].to_dict("records")

    def make(share):
        done = {"on_time", "online", "digitised"}
        return [
            {
                **row,
                "value": np.floor(row["value"] * share / 100)
                if row["input"] in done
                else row["value"],
            }
            for row in kept
        ]

    return make


@pytest.fixture(scope="module")
def told(make_inputs):
    sheet = sheet_of(make_inputs)
    before = sheet_of(make_inputs, 2025, {**DONE, "F": 90}, ())
    wanted = pd.DataFrame({"unit_code": list("ABCDEF"), "code": "INDEX", "target_points": AIM})
    targets, _ = check_targets(wanted, sheet)
    gaps = gap_table(sheet, targets)
    return gaps, province_content(sheet, gaps, targets, last_scores=before.scores), sheet


def test_losses_are_the_sums_of_the_gap_table(told):
    gaps, content, _ = told
    lost = gaps[gaps["kind"] == "lost"]
    assert content.losses.lost.value == pytest.approx(lost["lost_points"].sum(), abs=0.005)
    by_item = lost.groupby("item_code")["lost_points"].agg(["sum", "size"])
    rows = {row.code: row for row in content.losses.items}
    assert {code for code, row in rows.items() if row.units} == set(by_item.index)
    for code, (points, units) in by_item.iterrows():
        assert rows[code].lost.value == pytest.approx(points, abs=0.005)
        assert rows[code].units == units
        assert sum(share.lost.value for share in rows[code].causes) == pytest.approx(
            points, abs=0.02
        )
    shown = [row.lost.value for row in content.losses.items]
    assert shown == sorted(shown, reverse=True)
    assert sum(row.lost.value for row in content.losses.areas) == pytest.approx(
        content.losses.lost.value, abs=0.05
    )


def test_what_only_the_next_period_can_bring_does_not_count_as_winnable_now(told):
    gaps, content, _ = told
    assert {win.cause for win in content.wins.now} <= MENDABLE_NOW
    assert {win.cause for win in content.wins.later}.isdisjoint(MENDABLE_NOW)
    assert any(win.cause == "below-target" for win in content.wins.later)
    for win in (*content.wins.now, *content.wins.later):
        own = gaps[(gaps["item_code"] == win.item_code) & (gaps["cause"] == win.cause)]
        assert win.points.value == pytest.approx(own["lost_points"].sum(), abs=0.005)
        assert win.units == own["unit_code"].nunique()
        assert win.points.text in win.action
    [first, *_] = content.wins.now
    assert (first.kind, first.units) == ("open", 1)
    assert "nhiều nhất" in first.action, "an item not assessed can win at most its maximum"


def test_points_without_proof_are_to_be_kept_not_won(unproven):
    content = province_content(unproven.sheet, unproven.gaps)
    kept = [win for win in content.wins.now if win.kind == "at-risk"]
    assert [win.item_code for win in kept] == ["1.1.2"]
    assert "giữ được" in kept[0].action
    late = [win for win in content.wins.now if win.cause == "late"]
    assert late == [], "late proof cannot be made timely"


def test_nothing_that_is_decided_for_good_can_still_be_won(told):
    sheet = told[2]
    lowered = sheet.with_points(sheet.points[:-1] / 4, "final")
    final = gap_table(lowered)
    taken = final[final["cause"] == "appraised-lower"]
    assert len(taken) and "giải trình" not in " ".join(taken["next_step"])
    made = province_content(lowered, final)
    assert {win.kind for win in made.wins.now} == {"open"}, "only what nobody has decided yet"
    assert "appraised-lower" in {win.cause for win in made.wins.later}
    other = sheet.with_points(sheet.points[:-1] / 4, "appraised-2")
    first = province_content(other, gap_table(other)).wins.now
    assert "appraised-lower" in {win.cause for win in first}, "an earlier round can be answered"


def test_the_title_of_the_things_to_do_parts_this_period_from_the_next(told):
    _, content, _ = told
    now, later = content.wins.now[0], content.wins.later[0]
    titles = {
        name: next(part.title for part in province_parts(given) if part.key == "wins")
        for name, given in {
            "both": content,
            "later": replace(content, wins=Wins((), content.wins.later)),
            "none": replace(content, wins=Wins((), ())),
        }.items()
    }
    assert now.points.value < later.points.value, "or the title would be true by chance"
    assert titles["both"].startswith("Trong kỳ này") and now.points.text in titles["both"]
    assert f"kỳ sau: {later.item_code}" in titles["both"] and later.points.text in titles["both"]
    assert titles["later"].startswith("Kỳ này không còn việc bổ sung được; kỳ sau")
    assert titles["none"] == "Không có việc nào đem lại thêm điểm"


def test_a_grade_that_is_not_the_one_of_the_points_says_why_everywhere():
    figures = [
        {
            "unit_code": unit,
            "unit_name": f"Sở {unit}",
            "item_code": item,
            "input": "points",
            "value": points,
        }
        for unit, share in (("A", 1.0), ("B", 0.5))
        for item, points in (("I", 30.0 * share), ("II", 70.0 * share))
    ]
    sheet = score(inputs_table(figures, year=2026), open_set("agency-rating-335-2025"))
    content = province_content(sheet, gap_table(sheet))
    noted = {note.key.unit_code: note for note in content.grade_notes}
    acted = grade_reasons(sheet).query("kind != 'points'")
    assert set(noted) == set(acted["unit_code"]) and "A" in noted
    for unit, note in noted.items():
        assert note.reason == "; ".join(acted.loc[acted["unit_code"] == unit, "reason"])
    part = next(part for part in province_parts(content) if part.key == "grades")
    assert any(note.startswith("Sở A: ") for note in part.notes)
    page = province_page(content)
    assert "khác mức theo điểm" in page
    sections = {section.key: section for section in province_sections(content)}
    assert [row[3] for row in sections["graded"].rows] == [n.reason for n in content.grade_notes]
    assert sum(row[1] for row in sections["bins"].rows) == content.summary.assessed
    assert sum(row[1] for row in sections["grades"].rows) == content.summary.units


def test_of_equal_units_none_is_named_the_best(make_inputs):
    sheet = sheet_of(make_inputs, done={"A": 80, "B": 80}, without=())
    content = province_content(sheet, gap_table(sheet))
    assert content.first_sentence.startswith("2/2 đơn vị đã chấm đủ cùng đạt ")
    assert province_parts(content)[1].title.startswith("Các đơn vị đã chấm đủ cùng đạt ")


def test_blocks_stand_apart_in_the_title_about_them(told):
    _, content, _ = told
    [row] = content.blocks
    rows = (replace(row, block="Khối xã"), replace(row, block="Khối sở"))
    part = province_parts(replace(content, blocks=rows))[1]
    assert part.title.startswith(f"Trung vị: Khối xã {row.median.text}; Khối sở {row.median.text}")
    assert "Trung vị:" not in province_parts(content)[1].title


def test_targets_are_met_missed_or_not_to_be_told_and_some_units_have_none(told):
    _, content, sheet = told
    met = content.targets
    points = dict(zip(sheet.index["unit_code"], sheet.index["points"], strict=True))
    assert met.without == 1
    assert met.count("met") == sum(points[unit] >= AIM for unit in "ABCDEF")
    assert met.count("missed") == sum(points[unit] < AIM for unit in "ABCDEF") > 0
    assert met.rows[0].key.unit_code == "F", "the farthest below stands first"
    assert met.rows[0].by.value == pytest.approx(points["F"] - AIM, abs=0.005)


def test_an_open_unit_cannot_be_told_unless_its_range_tells(make_inputs):
    sheet = sheet_of(make_inputs)
    row = sheet.index.set_index("unit_code").loc["G"]
    verdicts = {}
    for target in (row["points_low"] - 1, row["points_low"] + 0.5, row["points_high"] + 1):
        wanted = pd.DataFrame(
            {"unit_code": ["G"], "code": "INDEX", "target_points": [round(target, 2)]}
        )
        accepted, _ = check_targets(wanted, sheet)
        content = province_content(sheet, gap_table(sheet, accepted), accepted)
        verdicts[content.targets.rows[0].verdict] = content.targets.rows[0].by.value
    assert verdicts == {
        "met": pytest.approx(1, abs=0.01),
        "open": pytest.approx(math.nan, nan_ok=True),
        "missed": pytest.approx(-1, abs=0.01),
    }, "a range around the target is no distance from it"


def test_bins_hold_every_unit_assessed_in_full_once(told):
    _, content, _ = told
    known = [row.index.value for row in content.units if row.index.is_known]
    assert (
        sum(one.count for one in content.distribution.bins)
        == len(known)
        == content.summary.assessed
    )
    *bins, last = content.distribution.bins
    for one in bins:
        assert one.count == sum(one.low.value <= value < one.high.value for value in known)
    assert last.count == sum(last.low.value <= value <= last.high.value for value in known)


@pytest.mark.parametrize(
    "spread", [0.0, 0.01, 0.9, 1.0, 13.1, 13.86, 14.0, 27.0, 69.9, 70.1, 99.0, 139.9]
)
def test_any_spread_makes_a_few_bins_with_round_ends(spread):
    edges = bin_edges(np.array([60.0, 60.0 + spread / 2, 60.0 + spread]) - spread / 2)
    assert 2 <= len(edges) <= 17
    assert edges[0] <= 60 - spread / 2 <= 60 + spread / 2 <= edges[-1]


def test_changes_are_on_shared_items_and_a_fall_is_a_reason_for_help(told):
    _, content, _ = told
    rows = {row.key.unit_code: row for row in content.changes.rows}
    assert content.changes.since == "2025"
    assert rows["A"].change.value == 0
    assert rows["F"].change.value < -help_thresholds()["falling"]["percent"]
    assert (content.changes.fell, content.changes.rose) == (1, 0)
    reasons = {row.key.unit_code: {reason.code for reason in row.reasons} for row in content.help}
    assert reasons["F"] >= {"falling", "far-below-target"}
    assert content.help[0].key.unit_code == "F"
    assert "A" not in reasons


def test_the_period_before_in_the_same_run_is_compared_with(make_inputs):
    parts = [sheet_of(make_inputs, year).figures.source for year in (2025, 2026)]
    sheet = score(pd.concat(parts, ignore_index=True), open_set(SET))
    content = province_content(sheet, gap_table(sheet))
    assert (content.when, content.changes.since) == ("2026", "2025")
    assert {row.key.year for row in content.changes.rows} == {2026}
    assert content.summary.units == len(DONE)
    assert len(content.league.rows) == 2 * len(DONE)


def test_another_set_of_last_year_is_named_not_guessed(told, departments):
    gaps, _, sheet = told
    content = province_content(sheet, gaps, last_scores=departments.sheet.scores)
    assert content.changes is None
    assert [finding.code for finding in content.findings] == ["rank-last-year-other-set"]


def test_items_of_a_unit_are_those_of_the_score_table(told):
    _, content, sheet = told
    for unit in ("F", "G"):
        scores = sheet.scores[sheet.scores["unit_code"] == unit].set_index("code")
        for item in content.items_of(UnitKey(unit, 2026)):
            row = scores.loc[item.head.code]
            assert item.status == row["status"]
            if row["status"] == "scored":
                assert float(item.points_text.replace(",", ".")) == pytest.approx(
                    row["points"], abs=0.005
                )
                assert bool(item.cause) == (row["max_points"] - row["points"] > 0.005)


def test_help_needs_a_declared_reason_and_says_it_in_words(told):
    _, content, _ = told
    assert len(content.help_reasons) == len(help_thresholds())
    assert "20%" in content.help_reasons[1]
    low = [row for row in content.help if "low-in-block" in {reason.code for reason in row.reasons}]
    assert [row.key.unit_code for row in low] == ["F"], "a fifth of six units is one"
    assert any("Hạng 6/6 của Khối xã" in reason.text for reason in low[0].reasons)
