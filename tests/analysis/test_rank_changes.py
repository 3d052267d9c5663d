"""Area leaders, and places compared with last year on what both years share."""

from __future__ import annotations

import pandas as pd
from set_builder import sound

from scoring.analysis.anomalies import find_anomalies
from scoring.analysis.rank_changes import area_leaders, rank_changes
from scoring.analysis.rank_table import ranking
from scoring.criteria.mapping import read_mapping
from scoring.points import inputs_table, score
from scoring.points.sampling import with_sampling

NAMES = ("Kế hoạch", "Hồ sơ", "Khảo sát")


def set_of(set_id="nay", maxima=(4, 4, 2), codes=("1", "2", "3"), names=NAMES):
    items = [
        {"code": code, "name_vi": name, "max_points": str(most), "rule": "direct"}
        for code, name, most in zip(codes, names, maxima, strict=True)
    ]
    inputs = [
        {"item_code": code, "role": "points", "kind": "number", "minimum": "0"} for code in codes
    ]
    meta = {"id": set_id, "total_points": sum(maxima)}
    return sound(meta, items=items, inputs=inputs)


def sheet_of(units, criteria=None, year=2026, blocks=None):
    criteria = criteria or set_of()
    codes = [node.code for node in criteria.leaves]
    rows = [
        {"unit_code": unit, "item_code": code, "input": "points", "value": value,
         "block": (blocks or {}).get(unit, "")}
        for unit, values in units.items()
        for code, value in zip(codes, values, strict=True)
    ]  # fmt: skip
    return score(inputs_table(rows, year=year), criteria)


def test_the_best_of_a_block_leads_its_area_and_equals_lead_together():
    sheet = sheet_of({"A": (4, 1, 1), "B": (4, 2, None), "C": (1, 3, 2)}, blocks={"C": "Xã"})
    leaders = area_leaders(sheet)
    told = [tuple(row) for row in leaders[["block", "code", "unit_code", "units"]].to_numpy()]
    assert told == [
        ("", "1", "A", 2), ("", "1", "B", 2), ("Xã", "1", "C", 1), ("", "2", "B", 2),
        ("Xã", "2", "C", 1), ("", "3", "A", 1), ("Xã", "3", "C", 1),
    ]  # fmt: skip
    assert "B" not in set(area_leaders(sheet, unranked=["B"])["unit_code"])


NOW = {"A": (4, 2, 2), "B": (2, 4, 0), "N": (4, 4, 2)}
LAST = {"A": (1, 1, 2), "B": (2, 4, 2), "G": (4, 4, 2)}


def compared(now, last, last_set=None, **how):
    before = sheet_of(last, last_set, year=2025)
    table, findings = rank_changes(sheet_of(now), before.scores, last_set, **how)
    return table.set_index("unit_code"), {(f.code, f.unit_code) for f in findings}


def test_units_of_both_years_are_compared_on_all_items_of_the_same_set():
    table, found = compared(NOW, LAST)
    assert table["last_percent"].to_dict() == {"A": 40, "B": 80}
    assert table["this_percent"].to_dict() == {"A": 80, "B": 60}
    assert table["change_percent"].to_dict() == {"A": 40, "B": -20}
    assert table[["last_rank", "rank", "rank_of"]].values.tolist() == [[2, 1, 2], [1, 2, 2]]
    assert found == {("rank-unit-missing-last-year", "N"), ("rank-unit-missing-this-year", "G")}


def test_an_item_of_another_maximum_is_left_out_and_a_renumbered_one_is_followed():
    older = set_of("cu", maxima=(4, 2, 2), codes=("1", "2", "4"))
    table, _ = compared(NOW, {"A": (1, 1, 2), "B": (2, 2, 2)}, older)
    assert table["items"].to_dict() == {"A": 2, "B": 2}
    assert table["last_percent"].round(9).to_dict() == {"A": 50, "B": 66.666666667}
    assert table["this_percent"].round(9).to_dict() == {"A": 100, "B": 33.333333333}


def mapped(old, confirmed=True):
    """Return the table that says that item `old` of the older set became item 3."""
    pairs = [("1", "1", True), ("2", "2", True), (old, "3", confirmed)]
    table = pd.DataFrame(pairs, columns=["old_code", "new_code", "confirmed"])
    return table.assign(match="similar", confidence=0.3)


def test_a_renamed_and_moved_item_counts_where_somebody_confirmed_the_mapping():
    older = set_of("cu", codes=("1", "2", "7"), names=("Kế hoạch", "Hồ sơ", "Mức độ hài lòng"))
    last = {"A": (1, 1, 2), "B": (2, 4, 2)}
    assert compared(NOW, last, older)[0]["items"].tolist() == [2, 2]
    table, found = compared(NOW, last, older, mapping=mapped("7"))
    assert table["items"].tolist() == [3, 3]
    assert table["last_percent"].to_dict() == {"A": 40, "B": 80}
    assert not {code for code, _ in found} & {"rank-mapping-unconfirmed"}


def test_a_row_that_nobody_confirmed_is_counted_and_not_followed():
    older = set_of("cu", codes=("1", "2", "7"), names=("Kế hoạch", "Hồ sơ", "Mức độ hài lòng"))
    table, found = compared(NOW, {"A": (1, 1, 2)}, older, mapping=mapped("7", confirmed=False))
    assert table["items"].tolist() == [2]
    assert ("rank-mapping-unconfirmed", "") in found


def test_a_confirmed_item_of_another_maximum_is_still_left_out():
    older = set_of("cu", maxima=(4, 4, 1), codes=("1", "2", "7"))
    table, _ = compared(NOW, {"A": (1, 1, 1)}, older, mapping=mapped("7"))
    assert table["items"].tolist() == [2]


def test_an_item_that_one_year_has_not_scored_counts_in_neither():
    table, _ = compared(NOW, LAST | {"A": (1, None, 2)})
    assert table.loc["A", ["items", "last_percent"]].tolist() == [2, 50]


def test_last_year_by_another_set_is_named_and_not_compared():
    before = sheet_of(LAST, set_of("cu"), year=2025)
    table, findings = rank_changes(sheet_of(NOW), before.scores)
    assert table.empty
    assert [finding.code for finding in findings] == ["rank-last-year-other-set"]


def test_a_unit_that_takes_no_place_is_not_compared():
    table, _ = compared(NOW, LAST, unranked=["A"])
    assert table.index.tolist() == ["B"]
    assert table["rank"].tolist() == [1]


def fed(sheet, confidence):
    rows = [
        {"unit_code": unit, "year": 2026, "period": "", "item_code": "3", "input": "points",
         "value": value, "low": value - 0.4, "high": value + 0.4, "survey": "ks",
         "confidence_percent": confidence}
        for unit, value in (("A", 1.0), ("B", 1.1), ("C", 1.0))
    ]  # fmt: skip
    return with_sampling(sheet, pd.DataFrame(rows))[0]


UNITS = {"A": (4, 4, 1.0), "B": (4, 4, 1.1), "C": (1, 1, 1.0)}


def test_the_ranking_says_which_units_surveys_do_not_tell_apart():
    table, findings = ranking(fed(sheet_of(UNITS), 95.0))
    assert table[["unit_code", "rank", "rank_first", "rank_last", "alike"]].values.tolist() == [
        ["B", 1, 1, 2, "A"], ["A", 2, 1, 2, "B"], ["C", 3, 3, 3, ""],
    ]  # fmt: skip
    assert findings == []


def test_survey_figures_of_unknown_confidence_give_no_rank_sets():
    table, findings = ranking(fed(sheet_of(UNITS), None))
    assert "rank_first" not in table
    assert [finding.code for finding in findings] == ["rank-sets-unknown"]


def test_this_years_points_or_later_ones_are_not_taken_for_last_years():
    """Nobody moved and nothing changed: that looks like a result."""
    now = sheet_of(NOW)
    both = pd.concat([sheet_of(LAST, year=2025).scores, now.scores])
    for last in (now.scores, sheet_of(NOW, year=2027).scores, both):
        table, findings = rank_changes(now, last)
        assert table.empty and {one.code for one in findings} == {"rank-last-year-not-earlier"}
        _, found = find_anomalies(now, {}, last)
        assert "rank-last-year-not-earlier" in {one.code for one in found}


def test_units_and_blocks_that_differ_in_case_and_blanks_only_are_named():
    blocks = {"SNV": "Sở", "STC": "sở ", "snv": "Sở", "XA": "Xã"}
    sheet = sheet_of(dict.fromkeys(blocks, (4, 2, 2)), blocks=blocks)
    told = {(one.code, one.values.get("value")) for one in sheet.findings}
    assert told == {("unit-codes-alike", "snv"), ("blocks-alike", "sở ")}


def test_one_month_written_in_several_ways_is_named_since_each_is_ranked_for_itself():
    periods = {
        "A": "tháng 8",
        "B": "T08/2026",
        "C": "Tháng 8",
        "D": "tháng 9",
        "E": "đợt 1",
        "F": "Đợt 1",
    }
    rows = [
        {"unit_code": unit, "period": period, "item_code": "1", "input": "done", "value": 1}
        for unit, period in periods.items()
    ]
    sheet = score(inputs_table(pd.DataFrame(rows), year=2026), set_of("thang"))
    told = {
        (f.values["value"], f.values["expected"])
        for f in sheet.findings
        if f.code == "periods-alike"
    }
    assert told == {("T08/2026", "tháng 8"), ("Tháng 8", "tháng 8"), ("Đợt 1", "đợt 1")}


def test_a_mapping_the_wrong_way_round_is_not_used(tmp_path):
    """Its codes are all known, so that only the names of items show it."""
    older = set_of("cu", names=("Hồ sơ", "Khảo sát", "Kế hoạch"))
    right = {"1": "2", "2": "3", "3": "1"}
    for pairs, used in ((right, 3), ({new: old for old, new in right.items()}, 0)):
        rows = [f"{old},{new},name,,yes" for old, new in pairs.items()]
        path = tmp_path / "mapping.csv"
        path.write_text("\n".join(["old_code,new_code,match,confidence,confirmed", *rows]), "utf-8")
        table, findings = read_mapping(path, older, set_of())
        assert len(table) == used
        assert {one.code for one in findings} == (set() if used else {"mapping-reversed"})
