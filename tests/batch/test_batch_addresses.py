"""Ledgers and results in a bucket: killed, refused, taken by another run, and by then whole."""

import datetime as dt
import os
import platform
import shutil
import signal
import subprocess
import sys
import unicodedata
import zlib
from pathlib import Path

import pytest
from ledgers_of_example import FIRST, SECOND, ledger
from s3_server import BUCKET, SECRET, s3_server
from stopped_run import CRITERIA, STORE_MOMENTS, Here, lightly, run

from scoring.base.errors import OutputError, UnreadableError
from scoring.batch import batch_outputs
from scoring.batch.engines import chosen
from scoring.batch.parts.beside import seen_of
from scoring.batch.parts.sets import named_for_workers, set_at
from scoring.cli.main import main
from scoring.criteria.library import set_path
from scoring.files.sealed.manifest import files_below
from scoring.files.stores import store_lock
from scoring.files.stores.addresses import Address
from scoring.files.stores.published import UNFINISHED
from scoring.files.stores.store_path import path_at

HERE = Path(__file__).parent


@pytest.fixture(scope="module", autouse=True)
def light():
    with lightly() as patch:
        patch.setattr(chosen, "chosen_engine", lambda *_: Here())
        # Pages are compared with those of a folder in test_batch_run.
        patch.setattr(batch_outputs, "write_batch_reports", lambda *_: [])
        yield


@pytest.fixture(scope="module")
def s3():
    with s3_server() as client:
        yield client


def contents(place):
    """All files at an address or in a folder, by name."""
    address = Address.of(place)
    names = [one.name for one in address.listing()[0]] + ["manifest.json"] * address.is_local
    return {name: address.read(name) for name in names}


@pytest.fixture(scope="module")
def folder(light, tmp_path_factory):
    """Results of one ledger, beside a folder to which a second one has come since."""
    desk = tmp_path_factory.mktemp("desk")
    for code, figures in (("so-a", FIRST), ("so-b", SECOND)):
        (desk / "sổ" / code).mkdir(parents=True)
        (desk / "sổ" / code / "ledger.xlsx").write_bytes(ledger(figures, code))
        if code == "so-a":
            run(desk / "sổ", desk / "ra")
            shutil.copytree(desk / "ra", desk / "trước")
    run(desk / "sổ", desk / "ra")
    return desk


@pytest.fixture(scope="module")
def before(folder):
    return contents(folder / "trước")


@pytest.fixture(scope="module")
def undisturbed(folder):
    return contents(folder / "ra")


@pytest.fixture
def kho(folder, before, request):
    """A place in a store with all ledgers, taken in, and results from when there was one.

    It is the server where a test asks for that, else in memory, which takes less time.
    """
    store = f"s3://{BUCKET}" if "s3" in request.fixturenames else "memory://kho"
    root = path_at(f"{store}/{zlib.crc32(request.node.name.encode()):x}")
    put = Address.of(root)
    for name in files_below(folder / "sổ"):
        put.write(f"sổ/{name}", folder / "sổ" / name)
    for path in (folder / "ra.parts").glob("*.part"):
        put.write(f"ra.parts/{path.name}", path)
    for name, data in before.items():
        put.write(f"ra/{name}", data)
    yield root
    assert contents(root / "sổ") == {
        name: (folder / "sổ" / name).read_bytes() for name in files_below(folder / "sổ")
    }


def batch(kho, *more, out=None):
    given = ["--criteria", CRITERIA.set_id, "--out", str(out or kho / "ra"), *more]
    return main(["batch", str(kho / "sổ"), *given])


def test_a_path_in_a_store_is_taken_apart_as_one_of_a_folder_and_opens_nothing_here(tmp_path):
    path = path_at("memory://kho/2026") / "xã/sổ.xlsx"
    assert (str(path), path.name, path.suffix) == (
        "memory://kho/2026/xã/sổ.xlsx",
        "sổ.xlsx",
        ".xlsx",
    )
    assert str(path.relative_to(path_at("memory://kho/2026"))) == "xã/sổ.xlsx"
    assert str(path.resolve().parent.with_name("ra")) == "memory://kho/2026/ra"
    for touch in (path.write_bytes, shutil.rmtree, os.listdir):
        with pytest.raises(TypeError):
            touch(*([b""] if touch == path.write_bytes else [path]))
    assert type(path_at(f"file://{tmp_path}")) is type(tmp_path)


def test_the_verb_takes_addresses_and_a_mix_of_both(s3, kho, folder, undisturbed, tmp_path, capsys):
    assert batch(kho, out=tmp_path / "ra") == 0
    assert contents(tmp_path / "ra") == undisturbed
    assert main(["batch", str(folder / "sổ"), "--criteria", CRITERIA.set_id,
                 "--out", str(kho / "ra")]) == 0  # fmt: skip
    assert contents(kho / "ra") == undisturbed
    told = capsys.readouterr()
    assert f"{kho}/ra" in told.err and "/tmp/parindex" not in told.err + told.out
    assert batch(kho) == 0
    left = {name for name in contents(kho / "ra.parts") if not name.endswith(".part")}
    assert left == {"results.mark"}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills children that it forks")
def test_a_killed_run_is_finished_by_the_next_and_a_second_one_is_refused_meanwhile(
    s3, kho, undisturbed
):
    child = subprocess.Popen(
        [sys.executable, str(HERE / "stopped_run.py"), str(kho / "sổ"), str(kho / "ra")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    for moment in STORE_MOMENTS:
        owner = child.stdout.readline().strip()
        with pytest.raises(OutputError) as refused:
            run(kho / "sổ", kho / "ra")
        finding = refused.value.finding
        assert (finding.code, finding.values["process"]) == ("address-in-use", owner)
        os.kill(int(owner), signal.SIGKILL)
        found = contents(kho / "ra")
        # Half of it, which nothing vouches for, and a note by which the next run knows it.
        assert "manifest.json" not in found and UNFINISHED in found, moment
        assert found["findings.csv"] and found["scores.csv"] == undisturbed["scores.csv"]
    child.communicate()
    done = run(kho / "sổ", kho / "ra")
    assert done.known == 2 and contents(kho / "ra") == undisturbed
    assert run(kho / "sổ", kho / "ra").result is None


def lock_of(kho, computer):
    lock = "\t".join(["4711", computer, "08:00 01/03/2026", "00"]).encode()
    Address.of(kho / "ra.parts").write("run.lock", lock)


def test_a_lock_of_another_computer_counts_until_it_was_not_renewed_for_minutes(
    s3, kho, undisturbed, monkeypatch, capsys
):
    lock_of(kho, "máy-khác")
    assert batch(kho) == 2
    told = capsys.readouterr().err
    assert all(text in told for text in ("[address-in-use]", "4711", "máy-khác", "5 phút"))
    hour = dt.timedelta(hours=1)
    written = Address.modified
    monkeypatch.setattr(
        Address, "modified",
        lambda self, name: written(self, name) - hour * (name == "run.lock"),
    )  # fmt: skip
    assert batch(kho) == 0 and contents(kho / "ra") == undisturbed


def test_a_run_whose_lock_was_taken_meanwhile_leaves_the_results(kho, before):
    with pytest.raises(OutputError) as refused:
        run(kho / "sổ", kho / "ra", lambda *_: lock_of(kho, platform.node()))
    assert refused.value.finding.code == "address-in-use"
    assert contents(kho / "ra") == before
    assert "run.lock" in contents(kho / "ra.parts")


def test_a_lock_is_renewed_while_its_run_is_at_work(s3, monkeypatch):
    place = Address.of(f"s3://{BUCKET}/khóa")
    beats, write = [], Address.write
    monkeypatch.setattr(store_lock, "BEAT_SECONDS", 0.01)
    monkeypatch.setattr(Address, "write", lambda *given: beats.append(write(*given)))
    with store_lock.address_lock(place, Path("ra")):
        while len(beats) < 2:
            pass
    assert contents(place.text) == {}


def test_a_bucket_that_takes_no_more_ends_the_run_and_the_next_one_finishes(
    kho, before, undisturbed, monkeypatch, capsys
):
    write = Address.write

    def refuses(self, given, content):
        if given == name:
            with self._writing(given):
                raise PermissionError
        write(self, given, content)

    for name in (UNFINISHED, "ranking.csv", "manifest.json"):
        with monkeypatch.context() as patch:
            patch.setattr(Address, "write", refuses)
            assert batch(kho) == 2
        told = capsys.readouterr().err
        assert "[address-not-written]" in told and f"{kho}/ra" in told and SECRET not in told
        assert (contents(kho / "ra") == before) == (name == UNFINISHED)
    assert batch(kho) == 0 and contents(kho / "ra") == undisturbed


def test_a_store_that_stops_answering_ends_the_run_and_one_closed_file_does_not(
    kho, before, monkeypatch, capsys
):
    read = Address.read

    def refuses(self, name, *limit):
        if self.text.endswith("so-b") and name == "ledger.xlsx":
            with self._asked(name):
                raise PermissionError
        return read(self, name, *limit)

    monkeypatch.setattr(Address, "read", refuses)
    with monkeypatch.context() as patch:

        def silent(self):
            with self._asked(""):
                raise TimeoutError

        patch.setattr(Address, "is_there", silent)
        with pytest.raises(UnreadableError):
            run(kho / "sổ", kho / "ra")
    assert contents(kho / "ra") == before
    assert batch(kho) == 2
    assert "[address-unreadable]" in capsys.readouterr().err
    assert "so-a" in contents(kho / "ra")["scores.csv"].decode()


def test_what_others_put_among_the_results_is_kept_as_in_a_folder(kho, undisturbed, capsys):
    here = Address.of(kho / "ra")
    here.write("của người khác.txt", b"1")
    here.write("scores.csv", "sửa tay".encode())
    assert batch(kho) == 2
    told = capsys.readouterr().err
    assert "[output-exists]" in told and f"{kho}/ra/scores.csv" in told
    assert batch(kho, "--replace") == 0
    assert f"{kho}/ra/scores.csv.bak" in capsys.readouterr().err
    kept = {"của người khác.txt": b"1", "scores.csv.bak": "sửa tay".encode()}
    assert contents(kho / "ra") == undisturbed | kept
    # Nobody's run made these either: what stood for them here never gets there.
    here.remove("manifest.json")
    assert batch(kho, "--replace") == 0
    assert contents(kho / "ra")["scores.csv.bak2"] == undisturbed["scores.csv"]


def test_a_bucket_is_no_folder_and_one_without_ledgers_is_named(
    s3, kho, capsys, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    assert batch(kho, out=f"s3://{BUCKET}") == 2
    assert "[batch-needs-folder]" in capsys.readouterr().err
    assert batch(kho / "không có") == 2
    assert "[no-ledgers-in-folder]" in capsys.readouterr().err
    assert batch(kho, out=kho / "sổ") == 2
    assert "[output-is-input]" in capsys.readouterr().err
    assert batch(kho, out="s3://khong-co-kho-nay/ra") == 2
    assert "không có kho" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_many_documents_of_a_ledger_are_asked_for_at_once_and_few_one_by_one(monkeypatch):
    place = Address.of("memory://kho/xã")
    listed = [f"documents/kế hoạch {number}.pdf" for number in range(9)]
    for path in listed[:8]:
        place.write(unicodedata.normalize("NFD", path), b"1")
    few = seen_of(place, listed[:2])
    assert [size for _, size, *_ in few] == [1, 1]
    monkeypatch.setattr(Address, "state", None)
    seen = seen_of(place, [*listed, "../ra.pdf"])
    assert [(path, size) for path, size, *_ in seen] == [
        *((path, 1) for path in listed[:8]), (listed[8], -1), ("../ra.pdf", -1),
    ]  # fmt: skip
    place.write(unicodedata.normalize("NFD", listed[3]), b"2")
    again = seen_of(place, [*listed, "../ra.pdf"])
    assert [one[0] for one, two in zip(seen, again, strict=True) if one != two] == [listed[3]]


def test_a_set_is_named_so_that_every_worker_finds_it(s3, tmp_path, monkeypatch):
    shipped = set_path(CRITERIA.set_id)
    assert named_for_workers(CRITERIA.set_id) == CRITERIA.set_id
    shutil.copytree(shipped, tmp_path / "criteria" / "bộ-riêng")
    monkeypatch.chdir(tmp_path)
    own = str(tmp_path / "criteria" / "bộ-riêng")
    assert {named_for_workers(name) for name in ("bộ-riêng", "criteria/bộ-riêng")} == {own}
    there = f"s3://{BUCKET}/bộ/của tôi"
    for name in files_below(shipped):
        Address.of(there).write(name, shipped / name)
    assert named_for_workers(there) == there
    assert set_at(there).fingerprint == set_at(own).fingerprint == CRITERIA.fingerprint
    with pytest.raises(UnreadableError):
        set_at(f"s3://{BUCKET}/bộ/không có")
