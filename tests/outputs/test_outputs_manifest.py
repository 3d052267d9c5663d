"""The manifest notices every change to a folder of results."""

from __future__ import annotations

import json
import os

import pytest

from scoring.base.errors import UnreadableError
from scoring.criteria import open_set
from scoring.files.sealed.manifest import MANIFEST_NAME
from scoring.files.sealed.manifest_check import verify_manifest
from scoring.outputs.results_manifest import write_manifest


@pytest.fixture
def results(tmp_path):
    source = tmp_path / "đầu vào" / "ledger.xlsx"
    source.parent.mkdir()
    source.write_bytes(b"ledger")
    folder = tmp_path / "kết quả"
    (folder / "charts").mkdir(parents=True)
    (folder / "scores.csv").write_text("mã,điểm\n1,2\n", encoding="utf-8")
    (folder / "charts" / "biểu đồ.png").write_bytes(b"\x89PNG")
    write_manifest(folder, [source], open_set("service-quality-766"))
    return folder


def codes(folder):
    return [(f.code, f.file) for f in verify_manifest(folder)]


def edit(folder, change):
    path = folder / MANIFEST_NAME
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")


def test_an_untouched_folder_has_no_findings(results):
    assert codes(results) == []


def test_the_manifest_names_set_inputs_and_outputs_and_no_day(results):
    content = json.loads((results / MANIFEST_NAME).read_text(encoding="utf-8"))
    criteria = open_set("service-quality-766")
    assert content["kind"] == "results"
    assert content["about"]["set_id"] == "service-quality-766"
    assert content["about"]["set_fingerprint"] == criteria.fingerprint
    assert [entry["path"] for entry in content["inputs"]] == ["ledger.xlsx"]
    made = ["charts/biểu đồ.png", "datapackage.json", "scores.csv"]
    assert [entry["path"] for entry in content["files"]] == made


def test_the_same_results_give_the_same_manifest(results, tmp_path):
    before = (results / MANIFEST_NAME).read_bytes()
    source = tmp_path / "đầu vào" / "ledger.xlsx"
    write_manifest(results, [source], open_set("service-quality-766"))
    assert (results / MANIFEST_NAME).read_bytes() == before


def test_a_missing_a_changed_and_an_added_file_are_named(results):
    (results / "charts" / "biểu đồ.png").unlink()
    (results / "scores.csv").write_text("mã,điểm\n1,3\n", encoding="utf-8")
    (results / "extra.txt").write_text("x", encoding="utf-8")
    assert codes(results) == [
        ("manifest-file-changed", "scores.csv"),
        ("manifest-file-added", "extra.txt"),
        ("manifest-file-missing", "charts/biểu đồ.png"),
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c["about"].update(set_fingerprint="abc124"),
        lambda c: c["inputs"].clear(),
        lambda c: c.update(digest="0" * 64),
        lambda c: c["about"].update(package="par-index-scoring 9"),
    ],
)
def test_an_edited_manifest_is_noticed(results, change):
    edit(results, change)
    assert codes(results) == [("manifest-tampered", MANIFEST_NAME)]


@pytest.mark.parametrize("path", ["../secret.txt", "/etc/passwd", "C:\\x", "a/../../b", "con.txt"])
def test_a_path_out_of_the_folder_is_refused_and_not_opened(results, path):
    edit(results, lambda c: c["files"].append({"path": path, "bytes": 1, "sha256": "0" * 64}))
    assert ("manifest-unsafe-path", MANIFEST_NAME) in codes(results)


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_file_swapped_for_a_link_is_noticed(results, tmp_path):
    (tmp_path / "elsewhere").write_text("mã,điểm\n1,2\n", encoding="utf-8")
    (results / "scores.csv").unlink()
    (results / "scores.csv").symlink_to(tmp_path / "elsewhere")
    assert codes(results) == [("path-is-link", "scores.csv")]


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"{", b"\xff\xfe", b'{"format": 1}', b"[" * 100_000],
)
def test_a_broken_manifest_is_a_finding_not_a_traceback(results, data):
    (results / MANIFEST_NAME).write_bytes(data)
    assert codes(results) == [("manifest-unreadable", MANIFEST_NAME)]


def test_a_folder_without_a_manifest_says_so(tmp_path):
    assert codes(tmp_path) == [("manifest-missing", MANIFEST_NAME)]


def test_an_input_that_is_gone_is_refused(tmp_path):
    with pytest.raises(UnreadableError, match=r"gone\.xlsx"):
        write_manifest(tmp_path, [tmp_path / "gone.xlsx"], open_set("service-quality-766"))


def test_every_finding_reads_in_both_languages(results):
    (results / "scores.csv").write_text("x", encoding="utf-8")
    [finding] = verify_manifest(results)
    assert "scores.csv đã bị thay đổi" in finding.problem("vi")
    assert "scores.csv has been changed" in finding.problem("en")


@pytest.mark.parametrize("name", ["parindex-manifest-1", "parindex-bundle"])
def test_a_manifest_of_an_older_format_says_which(results, name):
    edit(results, lambda c: c.update(format=name))
    [finding] = verify_manifest(results)
    assert finding.code == "manifest-older-format"
    assert name in finding.problem("vi") and name in finding.problem("en")


def test_a_renamed_file_is_told_from_one_lost_and_one_added(results):
    (results / "scores.csv").rename(results / "điểm.csv")
    assert codes(results) == [("manifest-file-renamed", "điểm.csv")]


def test_the_digest_told_shows_results_made_anew(results):
    digest = json.loads((results / MANIFEST_NAME).read_text(encoding="utf-8"))["digest"]
    assert verify_manifest(results, digest) == ()
    assert [f.code for f in verify_manifest(results, "ab" * 32)] == ["manifest-digest-differs"]
