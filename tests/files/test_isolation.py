"""Work on hostile files: one crash or hang costs one task and nothing else."""

import os
import time

import pytest

from scoring.base.errors import ScoringError
from scoring.files.children import guarded, isolation
from scoring.files.children.isolation import run_isolated


def test_answers_come_in_the_order_of_the_tasks_and_progress_is_told():
    told = []
    outcomes = run_isolated(
        "isolation_targets:double",
        [{"value": number} for number in range(20)],
        workers=2,
        progress=lambda done, total: told.append((done, total)),
    )
    assert [outcome.answer for outcome in outcomes] == [2 * number for number in range(20)]
    assert told[-1] == (20, 20)


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot cap the memory of a child")
def test_a_child_that_wants_too_much_memory_fails_alone():
    tasks = [{"how": "hoard"}, {"how": "fine"}]
    hoard, fine = run_isolated("isolation_targets:misbehave", tasks, workers=1)
    assert hoard.failure in ("error", "crash")
    assert fine.answer == "fine"


def test_a_crash_a_hang_and_an_error_cost_one_task_each():
    hows = ["fine", "crash", "raise", "hang", "print", "fine"]
    outcomes = run_isolated(
        "isolation_targets:misbehave", [{"how": how} for how in hows], workers=2, seconds=1.0
    )
    assert [outcome.failure or outcome.answer for outcome in outcomes] == [
        "fine",
        "crash",
        "error",
        "timeout",
        "print",
        "fine",
    ]


def test_a_target_that_does_not_exist_is_a_programming_error():
    with pytest.raises(ScoringError, match="did not start"):
        run_isolated("isolation_targets:nothing", [{}], workers=1)


def test_stopping_half_way_does_not_wait_for_what_is_queued():
    def stop(done, total):
        raise KeyboardInterrupt

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        tasks = [{"how": "fine"}, *[{"how": "hang"}] * 50]
        run_isolated("isolation_targets:misbehave", tasks, workers=1, progress=stop)
    assert time.monotonic() - began < 30


def test_children_are_replaced_after_their_share_of_tasks(monkeypatch):
    monkeypatch.setattr(isolation, "_TASKS_PER_CHILD", 2)
    outcomes = run_isolated("isolation_targets:process", [{}] * 5, workers=1)
    processes = [outcome.answer for outcome in outcomes]
    assert processes[0] == processes[1] != processes[2] == processes[3] != processes[4]


def test_a_child_starts_its_own_children_once_and_lays_no_death_at_the_next_file(monkeypatch):
    started, real = [], isolation.Child
    monkeypatch.setattr(isolation, "_waiting", {})
    monkeypatch.setattr(isolation, "Child", lambda *at: started.append(real(*at)) or started[-1])

    def told(*hows):
        outcomes = run_isolated(
            "isolation_targets:misbehave", [{"how": how} for how in hows], workers=1
        )
        return [outcome.failure or outcome.answer for outcome in outcomes]

    with guarded.unguarded():
        assert [told("fine"), told("print"), told("raise")] == [["fine"], ["print"], ["error"]]
        assert len(started) == 1
        assert told("fine", "crash", "fine") == ["fine", "crash", "fine"] and len(started) == 2
        started[-1]._process.kill()
        started[-1]._process.wait()
        assert told("fine") == ["fine"] and len(started) == 3
    assert told("fine") == ["fine"] and len(started) == 4 and not started[-1].is_alive
    started[2].end()


def test_files_that_fail_may_cost_only_so_much_time_in_all():
    hows = ["hang", "hang", "hang", "fine"]
    outcomes = run_isolated(
        "isolation_targets:misbehave",
        [{"how": how} for how in hows],
        workers=1,
        seconds=0.3,
        lost_seconds=0.5,
    )
    assert [outcome.failure for outcome in outcomes] == ["timeout", "timeout", "left", "left"]
