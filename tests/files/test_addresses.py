"""Local folders and stores are one to a run: listed, read under limits, written whole."""

from __future__ import annotations

import json
import pickle
import sys

import pytest
from s3_server import BUCKET, SECRET, s3_server

from scoring.base.errors import OutputError, UnreadableError
from scoring.files.sealed.manifest import MANIFEST_NAME, RESULTS, Manifest, entry_of
from scoring.files.stores import addresses
from scoring.files.stores.addresses import NO_FILE, Address, Listed
from scoring.files.stores.published import UNFINISHED, results_at
from scoring.files.stores.store_drivers import driver_of


@pytest.fixture(scope="module")
def s3():
    with s3_server() as client:
        yield client


@pytest.fixture(params=["local", "memory", "s3", "renaming"])
def address(request, tmp_path, monkeypatch):
    if request.param == "local":
        return Address.of(tmp_path)
    if request.param == "renaming":
        # A file system that shows a file while it is being written.
        monkeypatch.setattr(addresses, "_OBJECTS", set())
    if request.param == "s3":
        request.getfixturevalue("s3")
    kind = f"s3://{BUCKET}" if request.param == "s3" else "memory://kho"
    return Address.of(f"{kind}/{tmp_path.name}")


def code_of(call, *arguments, error=UnreadableError, **options):
    with pytest.raises(error) as refused:
        call(*arguments, **options)
    return refused.value.finding


def keys(s3, prefix):
    found = s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
    return sorted(one["Key"].removeprefix(prefix) for one in found)


def test_a_file_is_written_listed_read_and_removed(address):
    assert address.listing() == ([], [])
    address.write("xã/sổ.xlsx", b"0")
    address.write("xã/sổ.xlsx", b"123")
    address.write("a.txt", b"")
    assert address.listing() == ([Listed("a.txt", 0), Listed("xã/sổ.xlsx", 3)], [])
    assert address.read("xã/sổ.xlsx", limit=3) == b"123"
    assert address.read("a.txt") == b""
    assert (address.has("xã/sổ.xlsx"), address.has("xã")) == (True, False)
    assert address.below("xã").listing()[0] == [Listed("sổ.xlsx", 3)]
    address.remove("a.txt")
    address.remove("a.txt")
    assert [one.name for one in address.listing()[0]] == ["xã/sổ.xlsx"]


def test_an_address_is_the_same_in_another_process(address):
    assert pickle.loads(pickle.dumps(address)) == address


def test_a_file_may_be_named_by_its_whole_address(address):
    address.write("xã/sổ.xlsx", b"1")
    folder, name = Address.of_file(f"{address.text}/xã/sổ.xlsx")
    assert (folder.read(name), name) == (b"1", "sổ.xlsx")


def test_a_file_above_the_limit_is_not_fetched(address, monkeypatch):
    address.write("sổ.xlsx", bytes(2_000_001))
    if not address.is_local:
        store = driver_of(address.text)[0]
        monkeypatch.setattr(type(store), "cat_file", None)
    finding = code_of(address.read, "sổ.xlsx", limit=2_000_000)
    assert (finding.code, finding.file) == ("address-file-too-large", "sổ.xlsx")


def test_a_file_of_the_same_size_in_the_place_of_another_has_another_state(address):
    assert address.state("sổ.xlsx") == NO_FILE
    address.write("sổ.xlsx", b"1")
    before = address.state("sổ.xlsx")
    assert before.size == 1 and before == address.state("sổ.xlsx")
    address.write("sổ.xlsx", b"2")
    assert address.state("sổ.xlsx") != before
    if not address.is_local:
        address.write("xã/a.txt", b"1")
        address.write("xã/sâu/b.txt", b"1")
        before = address.states("xã")
        assert (list(before), address.states("xã")) == (["xã/a.txt"], before)
        address.write("xã/a.txt", b"2")
        assert address.states("xã") != before and address.states("không") == {}


def test_a_missing_file_is_named(address):
    finding = code_of(address.read, "không.xlsx")
    assert finding.code == "file-missing"


@pytest.mark.parametrize("name", ["../ra.txt", "/etc/passwd", "a//b", "./a", "C:\\a", "con", ""])
def test_no_name_leaves_its_address(address, name):
    for call in (address.read, address.has, address.remove):
        assert code_of(call, name).code.startswith("path-")
    assert code_of(address.write, name, b"").code.startswith("path-")


def test_hostile_names_in_a_bucket_are_named_and_left_out(s3):
    for name in ("../../etc/passwd", "a//b.xlsx", "con.xlsx", "fdp\u202e.xlsx", "tốt.xlsx"):
        s3.put_object(Bucket=BUCKET, Key=f"thù địch/{name}", Body=b"1")
    address = Address.of(f"s3://{BUCKET}/thù địch")
    files, findings = address.listing()
    assert files == [Listed("tốt.xlsx", 1)]
    assert sorted(finding.code for finding in findings) == [
        "path-not-portable", "path-not-portable", "path-not-portable", "path-outside-folder",
    ]  # fmt: skip
    assert {finding.file for finding in findings} == {address.text}


def results(folder, **files):
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    entries = tuple(entry_of(folder, f"{name}.csv") for name in sorted(files))
    (folder / MANIFEST_NAME).write_bytes(Manifest(RESULTS, entries).to_bytes())


def test_results_take_the_place_of_old_ones_and_the_manifest_comes_last(s3, monkeypatch):
    address, prefix = Address.of(f"s3://{BUCKET}/kết quả"), "kết quả/"
    with results_at(address) as folder:
        results(folder, scores="1", gaps="2")
    address.write("của người khác.txt", b"3")
    order, write = [], Address.write
    monkeypatch.setattr(Address, "write", lambda *given: order.append(given[1]) or write(*given))
    monkeypatch.setattr(Address, "remove", lambda self, name: order.append(f"-{name}"))
    with results_at(address) as folder:
        results(folder, scores="4")
    assert order == [
        UNFINISHED, f"-{MANIFEST_NAME}", "scores.csv", MANIFEST_NAME, "-gaps.csv", f"-{UNFINISHED}",
    ]  # fmt: skip
    assert address.read("scores.csv") == b"4"
    assert "của người khác.txt" in keys(s3, prefix)


def test_a_run_that_fails_leaves_the_store_as_it_was(s3):
    address = Address.of(f"s3://{BUCKET}/còn nguyên")
    with pytest.raises(ZeroDivisionError), results_at(address) as folder:
        results(folder, scores="1")
        raise ZeroDivisionError
    assert keys(s3, "còn nguyên/") == []


def test_results_of_a_local_address_need_no_copy(tmp_path):
    with results_at(Address.of(f"file://{tmp_path}")) as folder:
        assert folder == tmp_path


@pytest.mark.parametrize("secret", ["s3://kho:mat-khau@a/b", "https://a/b?X-Sig=mat-khau"])
def test_an_address_with_a_password_is_refused_and_not_repeated(secret):
    finding = code_of(Address.of, secret)
    assert finding.code == "address-with-password"
    assert "mat-khau" not in repr(finding) + finding.text("vi")


@pytest.mark.parametrize("wrong", ["khongco://a/b", "s3://", "simplecache::s3://a/b"])
def test_an_unknown_address_is_named(wrong):
    assert code_of(Address.of, wrong).code in ("address-not-known",)


def test_a_missing_driver_is_named_with_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    finding = code_of(Address.of, "s3://a/b")
    assert finding.code == "address-needs-driver"
    assert '"par-index-scoring[objects]"' in finding.remedy("vi")


def test_a_store_that_refuses_is_named_without_its_keys(s3):
    address = Address.of("s3://khong-co-kho-nay/a")
    written = code_of(address.write, "a.txt", b"1", error=OutputError)
    assert (written.code, written.file) == ("address-not-written", "a.txt")
    assert SECRET not in json.dumps(repr(written)) + written.text("en")


def test_a_store_that_does_not_answer_is_named(monkeypatch):
    address = Address.of("memory://hỏng")
    store = type(driver_of(address.text)[0])
    monkeypatch.setattr(store, "find", lambda *_, **__: 1 / 0)
    finding = code_of(address.listing)
    assert finding.code == "address-unreadable"
    assert "ZeroDivisionError" in finding.text("en")


def test_a_local_path_needs_no_fsspec(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "fsspec", None)
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    Address.of(tmp_path).write("a.txt", b"1")
    assert Address.of(tmp_path).read("a.txt") == b"1"
