"""A real scheduler and two worker processes: workers die, the scheduler dies, nothing is lost."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from cluster_tasks import shout

from scoring.base.errors import UnreadableError, UsageError
from scoring.files import over_dask
from scoring.files.over_dask import connected, run_tasks

pytest.importorskip("distributed")

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def cluster():
    paths = os.pathsep.join([str(HERE), str(HERE.parents[1])])
    process = subprocess.Popen(
        [sys.executable, str(HERE / "cluster_tasks.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1"},
    )
    yield process, process.stdout.readline().strip()
    process.stdin.close()
    process.wait(20)


@pytest.fixture(scope="module")
def client(cluster):
    with connected(cluster[1]) as client:
        yield client


@pytest.fixture
def tasks(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()

    def made(*texts):
        for number, text in enumerate(texts):
            (tmp_path / "in" / f"{number}.txt").write_text(text)
        folders = str(tmp_path / "in"), str(tmp_path / "out")
        return [(*folders, f"{number}.txt") for number in range(len(texts))]

    return made


def done_of(client, tasks, **options):
    found = run_tasks(client, shout, tasks, name=lambda task: task[2], **options)
    return {done.task[2]: done for done in found}


def written(tmp_path):
    return {path.name: path.read_text() for path in (tmp_path / "out").glob("*.txt")}


def test_every_task_is_done_by_two_workers(client, tasks, tmp_path):
    found = done_of(client, tasks(*["an"] * 40))
    assert {done.answer for done in found.values()} == {2}
    assert written(tmp_path) == {f"{number}.txt": "AN" for number in range(40)}
    assert len({path.name.split(".")[2] for path in (tmp_path / "out").glob("*.begun")}) == 2


def test_a_refused_file_and_one_that_always_fails_are_findings_and_the_rest_is_done(client, tasks):
    found = done_of(client, tasks("an", "broken", "raises"))
    codes = {name: done.finding.code for name, done in found.items() if done.finding}
    assert codes == {"1.txt": "file-missing", "2.txt": "dask-task-failed"}
    assert "ValueError: three times" in found["2.txt"].finding.text("en")
    assert found["2.txt"].finding.values["count"] == 3


def test_the_task_of_a_worker_killed_in_the_middle_is_done_by_another(client, tasks, tmp_path):
    def kill_the_slow():
        with contextlib.suppress(StopIteration):
            while not (begun := list((tmp_path / "out").glob("0.txt.*.begun"))):
                time.sleep(0.02)
            os.kill(int(begun[0].name.split(".")[2]), signal.SIGKILL)

    killer = threading.Thread(target=kill_the_slow)
    killer.start()
    found = done_of(client, tasks("slow", *["an"] * 5))
    killer.join()
    assert not any(done.finding for done in found.values())
    assert written(tmp_path)["0.txt"] == "SLOW"


def test_a_file_that_kills_its_worker_three_times_is_set_aside_alone(client, tasks, tmp_path):
    found = done_of(client, tasks("an", "poison", *["an"] * 6))
    (finding,) = [done.finding for done in found.values() if done.finding]
    assert (finding.code, finding.file, finding.values["count"]) == (
        "dask-worker-killed",
        "1.txt",
        3,
    )
    assert len(list((tmp_path / "out").glob("1.txt.*.begun"))) == 3
    assert len(written(tmp_path)) == 7


def test_workers_of_another_version_end_the_run(client, tasks, monkeypatch):
    monkeypatch.setattr(over_dask, "__version__", "0.0.9")
    with pytest.raises(UnreadableError) as refused:
        done_of(client, tasks("an"))
    assert refused.value.finding.code == "dask-worker-differs"
    assert refused.value.finding.values["expected"] == "0.0.9"


def test_a_cluster_without_workers_ends_the_run(client, tasks, tmp_path, monkeypatch):
    monkeypatch.setattr(over_dask, "_LOOK_SECONDS", 0.1)
    monkeypatch.setattr(type(client), "nthreads", lambda self: {})
    with pytest.raises(UnreadableError) as refused:
        done_of(client, tasks("slow"), no_worker_seconds=0.2)
    (tmp_path / "out" / "go").touch()
    assert refused.value.finding.code == "dask-no-workers"


def test_a_killed_scheduler_ends_the_run_and_the_next_one_finishes(
    cluster, client, tasks, tmp_path
):
    given = tasks("an", "an", "slow", "slow")
    found = []
    with pytest.raises(UnreadableError) as refused:
        for done in run_tasks(client, shout, given):
            found.append(done.task)
            if len(found) == 2:
                cluster[0].kill()
    assert refused.value.finding.code == "dask-scheduler-lost"
    assert "tcp://" in refused.value.finding.text("en")
    assert written(tmp_path) == {"0.txt": "AN", "1.txt": "AN"}
    (tmp_path / "out" / "go").touch()
    # The next run has what was done, and begins what was under way once more.
    for task in given:
        if task[2] not in written(tmp_path):
            shout(task)
    assert set(written(tmp_path).values()) == {"AN", "SLOW"}


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch):
    monkeypatch.setattr(over_dask, "_ANSWER_SECONDS", 0.2)
    with pytest.raises(UsageError) as refused, connected("tcp://127.0.0.1:9"):
        pass
    assert refused.value.finding.code == "dask-scheduler-silent"


def test_without_dask_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError) as refused, connected():
        pass
    assert refused.value.finding.code == "dask-missing"
    assert "cluster" in refused.value.finding.remedy("en")
