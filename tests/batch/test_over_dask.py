"""A real scheduler and two worker processes: workers die, the scheduler dies, nothing is lost."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import unicodedata
from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
from cluster_tasks import shout, shout_together
from s3_server import BUCKET, SECRET, s3_server
from stopped_run import Here

from scoring.base.errors import UnreadableError, UsageError
from scoring.batch import batch_outputs
from scoring.batch.engines import chosen
from scoring.batch.engines.chosen import chosen_engine
from scoring.batch.engines.dask_engine import DaskEngine, _groups
from scoring.batch.engines.engine import Task
from scoring.batch.parts.ledger_part import TABLES
from scoring.batch.parts.part_file import StoredPart
from scoring.batch.parts.part_store import PartStore
from scoring.batch.parts.taking import do
from scoring.cli.console import Console
from scoring.cli.main import main
from scoring.criteria import open_set
from scoring.criteria.library import set_path
from scoring.dossiers import counted_logs
from scoring.evidence.ledger import new_ledger
from scoring.files.children import over_dask
from scoring.files.children.guarded import unguarded
from scoring.files.children.over_dask import connected, run_tasks
from scoring.files.sealed.manifest import files_below
from scoring.files.sealed.manifest_check import verify_manifest
from scoring.files.stores.addresses import Address

pytest.importorskip("distributed")

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def s3():
    with s3_server() as client:
        yield client


@contextlib.contextmanager
def cluster_of_two():
    """Start a scheduler with two workers as a process; give it and its address."""
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
def cluster(s3):
    with cluster_of_two() as cluster:
        yield cluster


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


def test_of_files_together_only_the_one_that_kills_workers_is_set_aside(client, tasks, tmp_path):
    few = tasks("an", "poison", "an")

    def one_by_one(few):
        return [[task] for task in few]

    found = run_tasks(client, shout_together, [few], name=lambda few: few[0][2], split=one_by_one)
    codes = {done.task[0][2]: done.finding and done.finding.code for done in found}
    assert codes == {"0.txt": None, "1.txt": "dask-worker-killed", "2.txt": None}
    assert len(list((tmp_path / "out").glob("1.txt.*.begun"))) == 3
    assert set(written(tmp_path)) == {"0.txt", "2.txt"}


def test_a_few_ledgers_together_leave_no_worker_idle():
    tasks = [Task(str(n), "", "", "", "") for n in range(70)]
    sizes = [len(few) for few in _groups(tasks, 2)]
    assert sizes == [9] * 7 + [7]
    assert [len(few) for few in _groups(tasks * 10, 2)] == [16] * 43 + [12]
    assert [task for few in _groups(tasks, 3) for task in few] == tasks


CRITERIA = open_set("department-sample")
PAPER = "documents/kế hoạch.txt"
DECOMPOSED = unicodedata.normalize("NFD", PAPER)


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory):
    """Two ledgers, each with a document beside it, and one that is no workbook."""
    folder = tmp_path_factory.mktemp("ledgers")
    documents = pd.DataFrame(
        [["TL001", "12/KH-SNV", "KH", pd.Timestamp("2026-01-10"), "Về cải cách", PAPER, "1.1.1"]],
        columns=[
            "document_id", "document_number", "kind", "issued_on", "title", "path", "item_codes"
        ],
    )  # fmt: skip
    data = new_ledger(CRITERIA, "so-mau", "Sở mẫu", 2026, documents=documents)
    for unit in ("so-a", "so-b"):
        # In a folder copied from a Mac, names have their marks apart.
        beside = folder / unit / DECOMPOSED
        beside.parent.mkdir(parents=True)
        beside.write_text("Số: 12/KH-SNV", encoding="utf-8")
        (folder / unit / "ledger.xlsx").write_bytes(data)
    (folder / "so-c").mkdir()
    (folder / "so-c" / "ledger.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    return folder


def tasks_at(source, store):
    places = [f"so-{letter}/ledger.xlsx" for letter in "abc"]
    known = CRITERIA.set_id, CRITERIA.fingerprint
    return [Task(f"{source}/{place}", place, *known, str(store)) for place in places]


def contents(store):
    return {name: store.read(name) for name in store.names()}


@pytest.fixture(scope="module")
def here(ledgers, tmp_path_factory):
    """What this computer makes of them."""
    store = tmp_path_factory.mktemp("parts")
    with unguarded():
        outcomes = [do(task) for task in tasks_at(ledgers, store)]
    assert [bool(outcome.finding) for outcome in outcomes] == [False, False, True]
    return outcomes, contents(PartStore(store))


def doubts(folder):
    return [one for one in verify_manifest(folder) if one.severity == "error"]


def contents_below(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def plain(outcomes):
    kept = [(one.task.place, one.part, one.finding, one.was_known) for one in outcomes]
    return sorted(kept, key=lambda one: one[0])


def test_the_cluster_makes_of_ledgers_what_one_computer_makes(
    cluster, client, ledgers, here, tmp_path
):
    engine, given = DaskEngine(cluster[1]), tasks_at(ledgers, tmp_path)
    assert plain(engine.run(given)) == plain(here[0])
    assert contents(PartStore(tmp_path)) == here[1]
    assert all(outcome.was_known for outcome in engine.run(given))


def when_one_is_done(monkeypatch, harm):
    """Do harm when a run of the verb has the first ledger; return what was harmed."""
    harmed = []

    @contextlib.contextmanager
    def progress(*_):
        yield lambda *_: harmed or harmed.append(harm())

    monkeypatch.setattr(Console, "progress", progress)
    return harmed


def test_a_batch_over_dask_writes_byte_for_byte_what_one_computer_writes(
    cluster, client, ledgers, tmp_path, monkeypatch
):
    monkeypatch.setattr(batch_outputs, "_FORMATS", ("html",))
    asked = ["batch", str(ledgers), "--criteria", CRITERIA.set_id, "--workers", "1", "--out"]
    over_dask = ["--engine", "dask", "--scheduler", cluster[1]]
    # The broken ledger is named, and both say so.
    assert main([*asked, str(tmp_path / "một")]) == 2
    assert main([*asked, str(tmp_path / "nhiều"), *over_dask]) == 2
    one, many = (contents_below(tmp_path / name) for name in ("một", "nhiều"))
    assert one == many and {"manifest.json", "scores.csv", "report.html"} <= set(map(str, one))
    parts = [contents_below(tmp_path / f"{name}.parts") for name in ("một", "nhiều")]
    assert parts[0] == parts[1]
    assert sum(name.suffix == ".part" for name in parts[0]) == 3
    # From a bucket into a bucket, by a set in a bucket, while a worker is killed.
    for name in files_below(ledgers):
        Address.of(f"s3://{BUCKET}/sổ").write(name, ledgers / name)
    for name in files_below(set_path(CRITERIA.set_id)):
        Address.of(f"s3://{BUCKET}/bộ").write(name, set_path(CRITERIA.set_id) / name)

    def kill_a_worker():
        os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)

    killed = when_one_is_done(monkeypatch, kill_a_worker)
    ours, theirs = f"s3://{BUCKET}/sổ", f"s3://{BUCKET}/kết quả"
    assert (
        main(["batch", ours, "--criteria", f"s3://{BUCKET}/bộ", "--out", theirs, *over_dask]) == 2
    )
    assert len(killed) == 1
    there = Address.of(theirs)
    stored = {Path(name): there.read(name) for name, _ in there.listing()[0]}
    assert stored == one


def with_a_worker_killed(client, killed):
    """Return `run_tasks` that kills a worker as soon as the first task is done."""

    def run(*asked, **named):
        for done in run_tasks(*asked, **named):
            yield done
            if not killed:
                killed.append(next(iter(client.run(os.getpid).values())))
                os.kill(killed[0], signal.SIGKILL)

    return run


def test_dossiers_counted_over_dask_are_those_of_one_computer(
    cluster, client, tmp_path, capfd, monkeypatch
):
    pytest.importorskip("duckdb")
    logs = tmp_path / "logs"
    logs.mkdir()
    head, day = "dossier;procedure;unit;event_at;channel;received;due\n", "{:02d}/0{}/2026"
    for month in (1, 2):
        rows = [f"H{month}{n};M.{n % 3};A;2026-05-01 08:00;online;{day.format(n, month)};30/0{month + 2}/2026\n"
                for n in range(1, 9)]  # fmt: skip
        # Received in January after all, as the other file says.
        late = "H21;M.1;A;2026-05-02 08:00;counter;09/01/2026;30/03/2026\n" if month == 1 else ""
        (logs / f"{month}.csv").write_text("".join([head, *rows, late]))
    (logs / "3.csv").write_bytes(b"PK no log")
    asked = ["dossiers", "count", str(logs), "--criteria", "service-quality-766", "--year", "2026",
             "--on", "2026-02-28", "--no-effects", "--out"]  # fmt: skip
    over_dask = ["--engine", "dask", "--scheduler", cluster[1]]
    with unguarded():
        assert main([*asked, str(tmp_path / "một")]) == 1
    assert main([*asked, str(tmp_path / "nhiều"), *over_dask]) == 2
    assert "--state" in capfd.readouterr().err
    over_dask += ["--state", str(tmp_path / "state")]
    # While logs are taken in a worker is killed.
    killed: list[int] = []
    monkeypatch.setattr(counted_logs, "run_tasks", with_a_worker_killed(client, killed))
    assert main([*asked, str(tmp_path / "nhiều"), *over_dask]) == 1
    assert len(killed) == 1
    one, many = (contents_below(tmp_path / name) for name in ("một", "nhiều"))
    assert one == many
    counts = pd.read_csv(tmp_path / "một" / "counts.csv").set_index(["period", "count"])["value"]
    assert [counts["tháng 1", "dossiers"], counts["tháng 2", "dossiers"]] == [9, 7]
    assert len(list((tmp_path / "state" / "partials").glob("*.parquet"))) == 4


def test_ledgers_in_a_bucket_make_what_those_in_a_folder_make(s3, cluster, client, ledgers, here):
    for name in files_below(ledgers):
        s3.put_object(Bucket=BUCKET, Key=f"năm 2026/{name}", Body=(ledgers / name).read_bytes())
    source, store = f"s3://{BUCKET}/năm 2026", PartStore(f"s3://{BUCKET}/parts")
    engine, given = DaskEngine(cluster[1]), tasks_at(source, store.address)
    assert plain(engine.run(given)) == plain(here[0])
    found = contents(store)
    assert found.keys() == here[1].keys()
    for name, data in here[1].items():
        ours, theirs = (
            StoredPart(name, lambda d=data: d),
            StoredPart(name, partial(found.get, name)),
        )
        assert replace(ours.head, seen=()) == replace(theirs.head, seen=())
        assert ours.findings == theirs.findings
        for table in (*TABLES, "verdicts"):
            pd.testing.assert_frame_equal(ours.table(table), theirs.table(table))
        assert [path for path, *_ in ours.head.seen] == [path for path, *_ in theirs.head.seen]
        assert SECRET.encode() not in found[name]
    s3.put_object(Bucket=BUCKET, Key=f"năm 2026/so-a/{DECOMPOSED}", Body=b"12/KH-XYZ")
    assert [one.was_known for one in sorted(engine.run(given), key=lambda one: one.task.place)] == [
        False, True, True
    ]  # fmt: skip


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


@pytest.fixture
def own_cluster(s3, monkeypatch):
    """One that may be killed, whose workers no other test has killed before."""
    # A client looks so long for a scheduler that is gone.
    monkeypatch.setattr(over_dask, "_ANSWER_SECONDS", 5.0)
    with cluster_of_two() as (process, address), connected(address) as client:
        yield process, address, client


def test_a_killed_scheduler_ends_the_run_and_the_next_one_finishes(
    own_cluster, tasks, tmp_path, ledgers, here, monkeypatch, capsys
):
    """It is killed when a run of the verb has the first of its ledgers, and another is at work."""
    scheduler, address, client = own_cluster
    given = tasks("an", "an", "slow")
    asked = ["batch", str(ledgers), "--criteria", CRITERIA.set_id, "--out", str(tmp_path / "ra")]
    when_one_is_done(monkeypatch, scheduler.kill)
    found = []
    with pytest.raises(UnreadableError) as refused:
        for done in run_tasks(client, shout, given):
            found.append(done.task)
            if len(found) == 2:
                assert main([*asked, "--engine", "dask", "--scheduler", address]) == 2
    assert "[dask-scheduler-lost]" in capsys.readouterr().err
    parts = PartStore(tmp_path / "ra.parts")
    assert not (tmp_path / "ra").exists() and 1 <= len(list(parts.names())) < 3
    monkeypatch.setattr(chosen, "chosen_engine", lambda *_: Here())
    monkeypatch.setattr(batch_outputs, "_FORMATS", ("html",))
    with unguarded():
        assert main(asked) == 2
    assert contents(parts) == here[1] and not doubts(tmp_path / "ra")
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


def test_an_engine_is_chosen_by_its_name():
    assert type(chosen_engine()).__name__ == "LocalEngine"
    for wrong in (("local", "tcp://127.0.0.1:9"), ("spark", "")):
        with pytest.raises(UsageError):
            chosen_engine(*wrong)
