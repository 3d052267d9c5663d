"""Equal points are parted as the set declares, and whoever cannot be parted shares a place."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from set_builder import checked, sound

from scoring.analysis import rank, ranking
from scoring.base.errors import UsageError
from scoring.criteria import open_set
from scoring.criteria.set_workbook import export_workbook
from scoring.outputs.content.league import league
from scoring.points import inputs_table, score

ITEMS = [
    {"code": "1", "max_points": "6", "rule": "direct", "not_applicable": "drop"},
    {"code": "2", "max_points": "4", "rule": "direct", "not_applicable": "drop"},
    {"code": "P", "max_points": "3", "rule": "direct", "kind": "penalty"},
]
INPUTS = [
    {"item_code": item, "role": "points", "kind": "number", "minimum": "0"}
    for item in ("1", "2", "P")
]


def set_with(**ranking_keys):
    return sound({"ranking": ranking_keys} if ranking_keys else {}, items=ITEMS, inputs=INPUTS)


def sheet_of(criteria, units, blocks=()):
    """Score units given as points of the items 1, 2 and P; None marks 2 as not applicable."""
    rows = []
    for place, (code, figures) in enumerate(units.items()):
        block = blocks[place] if blocks else ""
        for item, points in zip(("1", "2", "P"), (*figures, 0)[:3], strict=False):
            about = {"unit_code": code, "item_code": item, "input": "points", "block": block}
            if points is None:
                rows.append(about | {"not_applicable": True, "reason": "x"})
            else:
                rows.append(about | {"value": points})
    return score(inputs_table(rows, year=2026), criteria)


def ranks_of(sheet, **how):
    table, findings = ranking(sheet, **how)
    ranks = {
        u: None if pd.isna(r) else int(r)
        for u, r in zip(table["unit_code"], table["rank"], strict=True)
    }
    return ranks, [finding.code for finding in findings]


EQUAL = {"A": (4, 2), "B": (2, 4), "C": (3, 3), "D": (1, 1)}


def test_ranking_leaves_the_points_of_the_sheet_as_they_are():
    sheet = sheet_of(set_with(), {"A": (1.234, 2.0), "B": (1.2, 1.0)})
    ranking(sheet)
    assert sheet.points[-1].tolist() == [3.23, 2.2]


def test_without_tie_items_equal_points_share_a_rank():
    assert ranks_of(sheet_of(set_with(), EQUAL))[0] == {"A": 1, "B": 1, "C": 1, "D": 4}


def test_the_declared_items_part_equal_points_in_order():
    sheet = sheet_of(set_with(tie_items="2"), EQUAL)
    assert ranks_of(sheet) == ({"B": 1, "C": 2, "A": 3, "D": 4}, [])
    assert ranking(sheet)[0]["parted_by"].tolist() == ["2", "2", "2", ""]


def test_the_second_item_is_asked_only_where_the_first_parts_nobody():
    units = {"A": (4, 2, 0), "B": (5, 2, 1), "C": (3, 3, 0)}
    assert ranks_of(sheet_of(set_with(tie_items="2; P"), units))[0] == {"C": 1, "A": 2, "B": 3}


def test_a_penalty_counts_against_a_unit():
    units = {"A": (5, 2, 1), "B": (4, 2, 0)}
    assert ranks_of(sheet_of(set_with(tie_items="P"), units))[0] == {"B": 1, "A": 2}


def test_what_nothing_parts_shares_a_place_as_declared():
    units = {"A": (4, 2), "B": (4, 2), "C": (1, 1)}
    shared = {"min": [1, 1, 3], "dense": [1, 1, 2], "max": [2, 2, 3]}
    for ties, expected in shared.items():
        sheet = sheet_of(set_with(tie_items="2", ties=ties), units)
        assert list(ranks_of(sheet)[0].values()) == expected


def test_an_item_without_points_for_one_of_them_parts_none_and_is_named():
    units = {"A": (3, None), "B": (3, 2), "C": (1, 1)}
    ranks, codes = ranks_of(sheet_of(set_with(tie_items="2"), units))
    assert (ranks, codes) == ({"A": 1, "B": 1, "C": 3}, ["rank-tie-open"])


def test_an_item_without_points_for_a_unit_that_ties_with_nobody_is_not_named():
    sheet = sheet_of(set_with(tie_items="2"), {"A": (4, 2), "B": (2, 4), "E": (6, None)})
    assert ranks_of(sheet) == ({"E": 1, "B": 2, "A": 3}, [])


@pytest.mark.parametrize("most", ["1", "0.5"])
def test_an_item_of_a_point_or_less_parts_units_too(most):
    items = [ITEMS[0] | {"max_points": str(10 - float(most))}, ITEMS[1] | {"max_points": most}]
    criteria = sound({"ranking": {"tie_items": "2"}}, items=items, inputs=INPUTS[:2])
    rows = [{"unit_code": unit, "item_code": item, "input": "points", "value": value}
            for unit, points in (("A", (5, 0.25)), ("B", (4.75, 0.5)))
            for item, value in zip("12", points, strict=True)]  # fmt: skip
    assert ranks_of(score(inputs_table(rows, year=2026), criteria)) == ({"B": 1, "A": 2}, [])


def test_the_league_shows_the_same_places():
    table = league(sheet_of(set_with(tie_items="2"), EQUAL))
    assert [(row.key.unit_code, row.rank) for row in table.rows] == [
        ("B", 1), ("C", 2), ("A", 3), ("D", 4),
    ]  # fmt: skip


def test_a_unit_that_takes_no_place_says_why():
    sheet = sheet_of(set_with(), EQUAL)
    table, findings = ranking(sheet, unranked={"A": "sáp nhập", "X": "?"})
    out = table[table["rank_state"] == "scored-unranked"]
    assert out[["unit_code", "unranked_reason"]].values.tolist() == [["A", "sáp nhập"]]
    assert [finding.code for finding in findings] == ["rank-unranked-unknown"]


def test_rounding_that_changes_an_order_is_named_with_both_places():
    units = {"A": (3.001, 3), "B": (3, 3), "C": (1, 1)}
    ranks, codes = ranks_of(sheet_of(set_with(), units))
    assert (ranks, codes) == ({"A": 1, "B": 1, "C": 3}, ["rank-rounding-matters"])
    (finding,) = ranking(sheet_of(set_with(), units))[1]
    assert "B: 1 → 2" in finding.text("vi")


def test_a_unit_in_two_blocks_is_named_at_its_row_by_scoring_itself():
    rows = [
        {"unit_code": "A", "item_code": item, "input": "points", "value": 1, "block": block}
        for item, block in (("1", "Sở"), ("2", "Xã"), ("P", "Xã"))
    ]
    table = inputs_table(rows, year=2026, file="a.csv", cell=["2", "3", "4"])
    sheet = score(table, set_with())
    (finding,) = sheet.findings
    assert (finding.code, finding.file, finding.cell) == ("rank-unit-in-two-blocks", "a.csv", "3")
    assert "Sở; Xã" in finding.text("vi")
    # Score, report and rank list the findings of the sheet: rank says it no second time.
    assert ranking(sheet)[1] == []


def test_units_whose_rows_lie_apart_but_name_one_block_are_in_one():
    rows = [
        {"unit_code": unit, "item_code": item, "input": "points", "value": 1, "block": block}
        for item in ("1", "2", "P")
        for unit, block in (("A", "Sở"), ("B", "Xã"))
    ]
    assert not score(inputs_table(rows, year=2026), set_with()).findings


def test_a_rule_that_names_an_unknown_item_is_refused():
    found = checked({"ranking": {"tie_items": "2; 9"}}, items=ITEMS, inputs=INPUTS).findings
    assert [(finding.code, finding.item_code) for finding in found] == [("tie-item-unknown", "9")]


def test_ranks_of_a_bare_index_need_the_figures_that_part_it():
    criteria = set_with(tie_items="2")
    with pytest.raises(UsageError, match=r"ranking\(sheet\)"):
        rank(sheet_of(criteria, EQUAL).index, criteria.meta)


def test_the_tie_rules_go_through_the_workbook_and_back(tmp_path):
    criteria = set_with(tie_items="2; P", ties="dense")
    back = open_set(export_workbook(criteria, tmp_path / "set.xlsx"))
    assert (back.meta.tie_codes, back.meta.ties) == (("2", "P"), "dense")
    assert back.fingerprint == criteria.fingerprint


def test_sets_without_tie_rules_keep_their_fingerprint():
    assert "ranking" not in set_with().raw_meta
    assert set_with().fingerprint != set_with(ties="min").fingerprint


POINTS = st.integers(0, 4).map(float)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(POINTS, POINTS, st.sampled_from("xy")), max_size=12), st.randoms())
def test_order_changes_nothing_a_better_unit_never_stands_behind_and_pandas_agrees(units, random):
    criteria = CRITERIA
    random.shuffle(units)
    codes = [f"U{place:02}" for place in range(len(units))]
    given_units = dict(zip(codes, [unit[:2] for unit in units], strict=True))
    blocks = [unit[2] for unit in units]
    sheet = sheet_of(criteria, given_units, blocks) if units else None
    if sheet is None:
        return
    ranks = ranks_of(sheet)[0]
    plain = pd.DataFrame(units, columns=["one", "two", "block"], index=codes)
    plain["key"] = list(zip(plain["one"] + plain["two"], plain["two"], strict=True))
    for code, unit in plain.iterrows():
        better = plain[(plain["block"] == unit["block"]) & (plain["key"] > unit["key"])]
        assert ranks[code] == len(better) + 1


CRITERIA = set_with(tie_items="2")
