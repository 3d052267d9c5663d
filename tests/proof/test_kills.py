"""A small part of the heavy run of faults, so that it cannot rot: one verb, its first touches of the disk."""

import errno
import signal
from collections import Counter

import harmed_runs as harmed
import kills
import pytest
from fault_cases import Case, measured

CALL = harmed.Call(
    "sipas sample-size", "sipas sample-size",
    ("sipas", "sample-size", "--population", "10000", "--out", "ra"), renews=False,
)  # fmt: skip


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """A call over a desk with a file of somebody's, and what it makes undisturbed."""
    harmed.warm(CALL.verb)
    scratch = tmp_path_factory.mktemp("faults").resolve()
    (scratch / "bàn").mkdir()
    (scratch / "bàn" / "ghi chú.txt").write_text("của tôi", encoding="utf-8")
    return measured(Case(CALL, scratch / "bàn", scratch / "nhà"))


def test_a_killed_run_leaves_old_or_new_and_the_next_one_ends_as_if_undisturbed(case):
    assert case.touches > 2 and case.end.keys() - case.start.keys()
    step = case.touches - 1
    desk = case.desk()
    assert desk.run(case.arguments, harmed.at(step, desk, signal.SIGKILL)) == -signal.SIGKILL
    assert kills.wrong_after(case, desk) == ""


def test_a_full_disk_and_ctrl_c_leave_nothing_and_say_so(case):
    desk = case.desk()
    full = harmed.refusing(2, desk, errno.ENOSPC)
    assert kills.met(case, desk, full, "[output-failed]") == ""
    desk = case.desk()
    assert desk.run(case.arguments, harmed.at(2, desk, signal.SIGINT)) == 130
    assert "Đã dừng" in desk.said() and kills.wrong_after(case, desk, is_told=True) == ""


def test_a_mix_of_old_and_new_is_noticed(case):
    desk = case.desk()
    desk.run(case.arguments)
    made = sorted((desk.desk / "ra").iterdir())
    made[0].write_bytes(b"half")
    assert kills.wrong_after(case, desk).startswith("neither old nor new")


def test_a_run_goes_on_from_what_one_before_it_kept(tmp_path):
    keep = tmp_path / "kept.jsonl"
    counts = {"killed": Counter(survived=3), "cut_off": Counter(survived=9, lost=1)}
    kills._keep(keep, "ledger seal", ["cut_off", "killed"], 2.5, counts)
    found, took, tried_with = kills.kept_in(keep)
    assert found == {"ledger seal": counts}
    assert took == {"ledger seal": 2.5} and tried_with == {("ledger seal", "cut_off", "killed")}


def test_asking_for_the_sums_makes_nothing_look_tried():
    found, _, _ = kills.kept_in(None)
    found["ledger seal"]["killed"] += Counter(survived=1)
    assert not kills.summed(found, ["ctrl_c"])["ctrl_c"]
    assert "ctrl_c" not in found["ledger seal"]
