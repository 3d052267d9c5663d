"""The manifest notices every change to a folder of results."""

from __future__ import annotations

import json
import os

import pytest

from scoring.base.errors import UnreadableError
from scoring.outputs.manifest import MANIFEST_NAME, verify_manifest, write_manifest


@pytest.fixture
def results(tmp_path):
    source = tmp_path / "đầu vào" / "ledger.xlsx"
    source.parent.mkdir()
    source.write_bytes(b"ledger")
    folder = tmp_path / "kết quả"
    (folder / "charts").mkdir(parents=True)
    (folder / "scores.csv").write_text("mã,điểm\n1,2\n", encoding="utf-8")
    (folder / "charts" / "biểu đồ.png").write_bytes(b"\x89PNG")
    write_manifest(folder, [source], "service-quality-766", "1", "abc123")
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
    assert content["criteria_set"] == {
        "id": "service-quality-766", "version": "1", "fingerprint": "abc123"
    }  # fmt: skip
    assert [entry["name"] for entry in content["inputs"]] == ["ledger.xlsx"]
    assert [entry["path"] for entry in content["outputs"]] == ["charts/biểu đồ.png", "scores.csv"]
    assert "made_on" not in content


def test_the_same_results_give_the_same_manifest(results, tmp_path):
    before = (results / MANIFEST_NAME).read_bytes()
    write_manifest(
        results, [tmp_path / "đầu vào" / "ledger.xlsx"], "service-quality-766", "1", "abc123"
    )
    assert (results / MANIFEST_NAME).read_bytes() == before


def test_a_missing_a_changed_and_an_added_file_are_named(results):
    (results / "charts" / "biểu đồ.png").unlink()
    (results / "scores.csv").write_text("mã,điểm\n1,3\n", encoding="utf-8")
    (results / "extra.txt").write_text("x", encoding="utf-8")
    assert codes(results) == [
        ("manifest-file-missing", "charts/biểu đồ.png"),
        ("manifest-file-changed", "scores.csv"),
        ("manifest-file-added", "extra.txt"),
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c["criteria_set"].update(fingerprint="abc124"),
        lambda c: c["inputs"].clear(),
        lambda c: c.update(checksum="0" * 64),
        lambda c: c["package"].update(version="9"),
    ],
)
def test_an_edited_manifest_is_noticed(results, change):
    edit(results, change)
    assert codes(results) == [("manifest-tampered", MANIFEST_NAME)]


@pytest.mark.parametrize("path", ["../secret.txt", "/etc/passwd", "C:\\x", "a/../../b", "con.txt"])
def test_a_path_out_of_the_folder_is_refused_and_not_opened(results, path):
    edit(results, lambda c: c["outputs"].append({"path": path, "size": 1, "sha256": "0"}))
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
        write_manifest(tmp_path, [tmp_path / "gone.xlsx"], "x", "1", "f")


def test_every_finding_reads_in_both_languages(results):
    (results / "scores.csv").write_text("x", encoding="utf-8")
    [finding] = verify_manifest(results)
    assert "scores.csv đã bị thay đổi" in finding.problem("vi")
    assert "scores.csv has been changed" in finding.problem("en")
