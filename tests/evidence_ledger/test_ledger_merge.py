"""Several copies become one: nothing lost, nothing decided in silence, no order that matters."""

import io
import itertools
import math
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_helpers import GOOD, as_inputs, filled
from openpyxl import load_workbook

from scoring.base.errors import UsageError
from scoring.evidence.ledger import (
    decision_workbook,
    merge_ledgers,
    merge_tables,
    new_ledger,
    open_conflicts,
    read_decisions,
    read_ledger,
)
from scoring.points import inputs_table, score

TABLES = ("inputs", "claims", "documents", "links", "tasks", "targets", "appraisal", "conflicts")


def part(keys):
    return {key: value for key, value in GOOD.items() if key in keys}


@pytest.fixture(scope="module")
def whole(small_set):
    claims = pd.DataFrame(
        {
            "item_code": ["1.2", "1.3"],
            "documents": ["TL01", ""],
            "explanation": ["Đã rà soát", "Đúng hạn"],
        }
    )
    documents = pd.DataFrame(
        {
            "document_id": ["TL01"],
            "document_number": ["12/KH-SNV"],
            "item_codes": ["1.3"],
            "secret": [None],
        }
    )
    data = filled(small_set, claims=claims, documents=documents)
    return read_ledger(data, small_set, file="chung.xlsx")


def with_value(ledger, code, name, value):
    here = (ledger.inputs["item_code"] == code) & (ledger.inputs["input"] == name)
    return replace(
        ledger, inputs=ledger.inputs.assign(value=ledger.inputs["value"].where(~here, value))
    )


def same(one, other):
    return all(getattr(one, name).equals(getattr(other, name)) for name in TABLES)


def test_parts_filled_by_different_people_become_the_whole(small_set, tmp_path):
    keys = list(GOOD)
    for name, mine in (("an.xlsx", keys[:9]), ("bình.xlsx", keys[9:])):
        (tmp_path / name).write_bytes(filled(small_set, part(mine)))
    merge = merge_ledgers(sorted(tmp_path.glob("*.xlsx")), small_set)
    assert merge.conflicts.empty and merge.findings == ()
    expected = score(as_inputs(GOOD), small_set)
    merged = score(inputs_table(merge.inputs), small_set)
    assert merged.points[-1, 0] == expected.points[-1, 0]


def test_a_disagreement_is_told_cell_by_cell_and_left_open(whole, small_set):
    merge = merge_tables({"an": whole, "bình": with_value(whole, "1.2", "rate", 70.0)}, small_set)
    assert merge.conflicts[["what", "source", "value", "chosen"]].values.tolist() == [
        ["1.2 / rate", "an", "85,5", ""], ["1.2 / rate", "bình", "70", ""]]  # fmt: skip
    assert merge.conflicts["cell"].tolist() == ["Tự đánh giá!D11"] * 2
    value = merge.inputs.set_index(["item_code", "input"]).at[("1.2", "rate"), "value"]
    assert math.isnan(value)
    [found] = merge.findings
    assert (found.code, found.sheet, found.cell) == ("merge-conflict", "Tự đánh giá", "D11")
    assert "an: 85,5; bình: 70" in found.problem()


def test_agreements_are_counted(whole, small_set):
    alone = merge_tables({"an": whole}, small_set).agreements
    both = merge_tables({"an": whole, "bình": whole}, small_set).agreements
    # Every figure, the explanations and citation, and the fields of the document.
    assert (alone, both) == (0, len(GOOD) + 3 + 2)


@pytest.mark.parametrize(
    ("policy", "kept"), [("ask", None), ("majority", 70.0), ("prefer:an", 85.5)]
)
def test_a_policy_decides(policy, kept, whole, small_set):
    other = with_value(whole, "1.2", "rate", 70.0)
    merge = merge_tables({"an": whole, "bình": other, "chi": other}, small_set, policy)
    value = merge.inputs.set_index(["item_code", "input"]).at[("1.2", "rate"), "value"]
    assert math.isnan(value) if kept is None else value == kept
    assert bool(merge.findings) == (kept is None)


def test_a_tie_stays_open_under_majority(whole, small_set):
    other = with_value(whole, "1.2", "rate", 70.0)
    merge = merge_tables({"an": whole, "bình": other}, small_set, "majority")
    assert len(open_conflicts(merge)) == 2


def test_a_person_decides_on_a_sheet(whole, small_set):
    copies = {"an": whole, "bình": with_value(whole, "1.2", "rate", 70.0)}
    book = load_workbook(io.BytesIO(decision_workbook(merge_tables(copies, small_set))))
    sheet = book["Quyết định"]
    assert [cell.value for cell in sheet[4]][1:] == ["1.2 / rate", "85,5", "70", None]
    sheet["E4"] = "70"
    stream = io.BytesIO()
    book.save(stream)
    decisions = read_decisions(stream.getvalue())
    merge = merge_tables(copies, small_set, decisions=decisions)
    assert merge.findings == () and set(merge.conflicts["chosen"]) == {"70"}
    assert merge.inputs.set_index(["item_code", "input"]).at[("1.2", "rate"), "value"] == 70.0


def test_a_decision_that_no_copy_says_is_refused(whole, small_set):
    copies = {"an": whole, "bình": with_value(whole, "1.2", "rate", 70.0)}
    merge = merge_tables(copies, small_set, decisions={"inputs|1.2|rate": "99"})
    assert [found.code for found in merge.findings] == ["merge-decision-unknown", "merge-conflict"]


def test_a_ledger_of_another_unit_is_left_out(whole, small_set):
    other = replace(whole, info=replace(whole.info, unit_code="so-khac"))
    merge = merge_tables({"a": whole, "b": whole, "c": other}, small_set)
    assert merge.sources == ("a", "b")
    assert [(f.code, f.file) for f in merge.findings] == [("merge-other-ledger", "c")]


def test_one_marks_not_applicable_and_the_other_does_not_contradict(whole, small_set):
    marked = read_ledger(filled(small_set, GOOD, {"1.2"}), small_set, file="b.xlsx")
    merge = merge_tables({"an": whole, "bình": marked}, small_set)
    row = merge.inputs.set_index(["item_code", "input"]).loc[("1.2", "rate")]
    assert row["not_applicable"] and row["reason"] == "Không phát sinh"


@pytest.mark.parametrize("policy", ["", "newest"])
def test_an_unknown_policy_is_refused(policy, whole, small_set):
    with pytest.raises(UsageError, match="policy"):
        merge_tables({"a": whole}, small_set, policy)


def test_merging_with_itself_changes_nothing(whole, small_set):
    merge = merge_tables({"a": whole, "b": whole}, small_set)
    for name in ("inputs", "claims", "documents", "tasks", "targets", "appraisal"):
        pd.testing.assert_frame_equal(getattr(merge, name), getattr(whole, name), check_dtype=False)
    assert merge.conflicts.empty


_EDITS = st.lists(
    st.tuples(st.sampled_from([key for key, v in GOOD.items() if isinstance(v, int | float)]),
              st.sampled_from([math.nan, 0.0, 1.0, 2.5])),
    max_size=5,
)  # fmt: skip


@settings(max_examples=25)
@given(st.lists(_EDITS, min_size=3, max_size=3), st.sampled_from(["ask", "majority", "prefer:b"]))
def test_the_order_of_the_copies_plays_no_part(whole, small_set, edits, policy):
    copies = {}
    for name, changes in zip("abc", edits, strict=True):
        copy = whole
        for (code, entry), value in changes:
            copy = with_value(copy, code, entry, value)
        copies[name] = copy
    first, *others = (
        merge_tables(dict(order), small_set, policy)
        for order in itertools.islice(itertools.permutations(copies.items()), 0, 6, 2)
    )
    assert all(same(first, other) and first.findings == other.findings for other in others)


def test_the_merged_ledger_is_written_and_read_back(whole, small_set):
    merge = merge_tables({"a": whole, "b": whole}, small_set)
    inputs = inputs_table(merge.inputs)
    data = new_ledger(
        small_set, "so-noi-vu", "Sở Nội vụ", 2026, period="năm", block="sở", inputs=inputs,
        scores=score(inputs, small_set).scores, claims=merge.claims,
    )  # fmt: skip
    again = read_ledger(data, small_set, file="chung.xlsx")
    pd.testing.assert_frame_equal(again.inputs, whole.inputs)
