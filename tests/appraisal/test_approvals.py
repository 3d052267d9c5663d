"""Approvals lapse when what was approved changes; heads can be signed."""

import datetime as dt

import pandas as pd
import pytest

from scoring.appraisal import append_decisions, check_journal
from scoring.appraisal.approvals import (
    append_approval,
    approved_digests,
    lapsed_approvals,
)
from scoring.base.errors import FindingsError
from scoring.base.units import UnitKey

DAY = dt.date(2026, 12, 20)
UNIT = UnitKey("A", 2026)
POINTS = pd.DataFrame(
    {"unit_code": "A", "year": 2026, "period": "", "code": ["1", "INDEX"], "points": [0.5, 80.0]}
)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "appraisal.jsonl"
    row = {"round": "1", "unit_code": "A", "year": 2026, "item_code": "1", "points": 0.5}
    append_decisions(path, pd.DataFrame([row | {"set_fingerprint": "ab"}]))
    return path


@pytest.mark.parametrize(
    ("fingerprint", "points", "ledger", "changed"),
    [
        ("ab", POINTS, "cd", None),
        ("ff", POINTS, "cd", "the criteria set"),
        ("ab", POINTS.assign(points=[0.25, 80.0]), "cd", "the table of points"),
        ("ab", POINTS, "ff", "ledger A/2026"),
        ("ab", POINTS.iloc[::-1], "cd", None),
    ],
)
def test_an_approval_lapses_when_set_points_or_ledger_change(
    path, fingerprint, points, ledger, changed
):
    approved = approved_digests("ab", POINTS, {UNIT: "cd"})
    append_approval(path, approved, approved_by="Chủ tịch", approved_on=DAY)
    assert check_journal(path) == []
    current = approved_digests(fingerprint, points, {UNIT: ledger})
    found = [(one.code, one.cell, one.problem("en")) for one in lapsed_approvals(path, current)]
    assert [one[:2] for one in found] == ([("approval-lapsed", "3")] if changed else [])
    assert all("-" not in one.problem("vi") for one in lapsed_approvals(path, current))
    told = f"Chủ tịch has lapsed; other than when it was given: {changed}."
    assert all(told in text for *_, text in found), found


def test_a_ledger_that_is_not_there_is_not_said_to_have_changed(path):
    both = {UNIT: "cd", UnitKey("B", 2026): "ef"}
    approved = approved_digests("ab", POINTS, both)
    append_approval(path, approved, approved_by="Chủ tịch", approved_on=DAY)
    current = approved_digests("ab", POINTS, {UNIT: "cd"})
    (found,) = lapsed_approvals(path, current)
    assert found.problem("vi").endswith("khác với lúc phê duyệt: sổ B/2026 (không đưa vào).")
    assert found.problem("en").endswith(": ledger B/2026 (not handed in).")


def test_an_approval_of_no_ledger_at_all_is_refused(path):
    before = path.read_bytes()
    with pytest.raises(FindingsError) as refused:
        append_approval(
            path, approved_digests("ab", POINTS[:0], {}), approved_by="An", approved_on=DAY
        )
    assert [found.code for found in refused.value.findings] == ["approval-of-nothing"]
    assert path.read_bytes() == before


def test_the_same_approval_again_adds_no_line_and_another_day_does(path):
    approved = approved_digests("ab", POINTS, {UNIT: "cd"})
    head, _ = append_approval(path, approved, approved_by="Chủ tịch", approved_on=DAY)
    again, _ = append_approval(path, approved, approved_by="Chủ tịch", approved_on=DAY)
    later = DAY + dt.timedelta(days=1)
    other, _ = append_approval(path, approved, approved_by="Chủ tịch", approved_on=later)
    assert (again == head, other == head) == (True, False)
