"""Bundles: the same bytes for the same input, and every change to one is named."""

import json
import os
import shutil
import zipfile

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring.base.errors import OutputError, UnreadableError
from scoring.evidence.bundle import write_bundle
from scoring.files.sealed.manifest import MANIFEST_NAME, Entry, Manifest, read_manifest
from scoring.files.sealed.manifest_check import verify_manifest


@pytest.fixture
def unit(tmp_path):
    """A unit's folder with ledger, two documents and a secret one, a criteria set and scores."""
    root = tmp_path / "sở nội vụ"
    (root / "documents").mkdir(parents=True)
    (root / "ledger.xlsx").write_bytes(b"PK ledger")
    (root / "documents" / "kế hoạch.pdf").write_bytes(b"%PDF plan")
    (root / "documents" / "báo cáo.docx").write_bytes(b"PK report")
    (root / "documents" / "mật.pdf").write_bytes(b"%PDF secret")
    (tmp_path / "set-a").mkdir()
    (tmp_path / "set-a" / "items.csv").write_text("code\n1\n")
    (tmp_path / "scores.csv").write_text("code,points\n1,0.5\n")
    return root


@pytest.fixture
def documents():
    table = pd.DataFrame(
        {
            "document_id": ["a", "b", "c"],
            "document_number": ["12/KH-SNV", "3/BC-SNV", "9/BC-SNV"],
            "path": ["documents/kế hoạch.pdf", "documents/báo cáo.docx", "documents/mật.pdf"],
            "sha256": ["", "", ""],
        },
        dtype="str",
    )
    return table.assign(secret=[False, False, True])


def packed(unit, documents, name="gói.zip"):
    return write_bundle(
        unit.parent / name,
        ledger=unit / "ledger.xlsx",
        documents=documents,
        criteria=unit.parent / "set-a",
        scores=[unit.parent / "scores.csv"],
        unit_code="SNV",
        year=2024,
    )


def told(findings):
    assert all(finding.text(lang) for finding in findings for lang in ("vi", "en"))
    return {(finding.code, finding.file) for finding in findings}


FORMS = pytest.mark.parametrize("name", ["gói.zip", "gói"])


@FORMS
def test_a_bundle_holds_all_that_is_needed_and_verifies(unit, documents, name):
    report = packed(unit, documents, name)
    assert [entry.path for entry in report.files] == [
        "criteria/set-a/items.csv",
        "documents/báo cáo.docx",
        "documents/kế hoạch.pdf",
        "ledger.xlsx",
        "scores/scores.csv",
    ]
    assert report.findings == ()
    assert verify_manifest(report.path, report.digest) == ()


@FORMS
def test_a_secret_document_is_listed_and_not_packed(unit, documents, name):
    report = packed(unit, documents, name)
    assert [row["document_id"] for row in report.withheld] == ["c"]
    files = json.dumps([entry.path for entry in report.files], ensure_ascii=False)
    assert "mật" not in files


@pytest.mark.parametrize(
    "again",
    [
        "documents/mật.pdf",
        "documents/MẬT.pdf",
        "documents/./mật.pdf",
        "documents//mật.pdf",
        ".\\documents\\mật.pdf",
    ],
)
def test_a_secret_file_listed_again_as_open_is_still_not_packed(unit, documents, again):
    report = packed(unit, documents.assign(path=["", again, "documents/mật.pdf"]))
    assert not any("documents" in entry.path for entry in report.files)
    assert told(report.findings) == {("bundle-secret-copy", again)}


def test_a_copy_of_a_secret_file_is_not_packed_under_another_name(unit, documents):
    shutil.copy(unit / "documents" / "mật.pdf", unit / "documents" / "báo cáo.docx")
    report = packed(unit, documents)
    assert [entry.path for entry in report.files if entry.path.startswith("documents")] == [
        "documents/kế hoạch.pdf"
    ]
    assert told(report.findings) == {("bundle-secret-copy", "documents/báo cáo.docx")}


def test_a_copy_of_a_secret_file_among_scores_or_criteria_is_not_packed(unit, documents):
    for name in ("set-a/items.csv", "scores.csv"):
        shutil.copy(unit / "documents" / "mật.pdf", unit.parent / name)
    report = packed(unit, documents)
    assert not any(entry.path.startswith(("criteria", "scores")) for entry in report.files)
    assert {code for code, _ in told(report.findings)} == {"bundle-secret-copy"}


def test_one_file_under_two_spellings_is_packed_once(unit, documents):
    rows = documents.assign(path=["documents/kế hoạch.pdf", "documents/./kế hoạch.pdf", ""])
    report = packed(unit, rows.assign(secret=False))
    assert report.findings == ()
    assert "documents/kế hoạch.pdf" in [entry.path for entry in report.files]


def test_packing_again_gives_the_same_bytes(unit, documents):
    first = packed(unit, documents)
    before = first.path.read_bytes()
    os.utime(unit / "ledger.xlsx", (1, 1))
    assert packed(unit, documents).path.read_bytes() == before
    assert packed(unit, documents, "khác.zip").path.read_bytes() == before


def test_folder_and_zip_have_the_same_digest(unit, documents):
    assert packed(unit, documents).digest == packed(unit, documents, "gói").digest


def damage(bundle, how):
    """Do one thing to an unpacked bundle; return the finding it must cause."""
    plan = bundle / "documents" / "kế hoạch.pdf"
    if how == "missing":
        plan.unlink()
        return ("manifest-file-missing", "documents/kế hoạch.pdf")
    if how == "added":
        (bundle / "thêm.pdf").write_bytes(b"new")
        return ("bundle-file-added", "thêm.pdf")
    if how == "changed":
        plan.write_bytes(b"%PDF plaN")
        return ("manifest-file-changed", "documents/kế hoạch.pdf")
    if how == "longer":
        plan.write_bytes(b"%PDF plan!")
        return ("manifest-file-changed", "documents/kế hoạch.pdf")
    if how == "renamed":
        plan.rename(bundle / "documents" / "kh.pdf")
        return ("manifest-file-renamed", "documents/kh.pdf")
    (bundle / MANIFEST_NAME).unlink()
    return ("manifest-missing", MANIFEST_NAME)


@pytest.mark.parametrize(
    "how", ["missing", "added", "changed", "longer", "renamed", "without-manifest"]
)
def test_every_change_to_a_folder_is_named(unit, documents, how):
    report = packed(unit, documents, "gói")
    expected = damage(report.path, how)
    assert told(verify_manifest(report.path)) == {expected}


@pytest.mark.parametrize("how", ["missing", "added", "changed", "renamed"])
def test_every_change_to_a_zip_is_named(unit, documents, how):
    folder = packed(unit, documents, "gói").path
    expected = damage(folder, how)
    changed = unit.parent / "sửa.zip"
    with zipfile.ZipFile(changed, "w") as package:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                package.write(path, path.relative_to(folder).as_posix())
    assert told(verify_manifest(changed)) == {expected}


def test_a_manifest_edited_to_fit_a_changed_file_is_caught(unit, documents):
    report = packed(unit, documents, "gói")
    path = report.path / MANIFEST_NAME
    path.write_bytes(path.read_bytes().replace(b'"bytes": 9', b'"bytes": 8', 1))
    assert "manifest-tampered" in {finding.code for finding in verify_manifest(report.path)}


def test_a_manifest_made_anew_is_caught_by_the_digest_told(unit, documents):
    report = packed(unit, documents, "gói")
    path = report.path / MANIFEST_NAME
    manifest, _ = read_manifest(path.read_bytes())
    path.write_bytes(Manifest("bundle", manifest.files, about=manifest.about).to_bytes())
    assert verify_manifest(report.path) == ()
    found = verify_manifest(report.path, report.digest)
    assert [finding.code for finding in found] == ["manifest-digest-differs"]


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_any_byte_of_a_folder_changed_is_found(unit, documents, data):
    bundle = unit.parent / "gói"
    if not bundle.exists():
        packed(unit, documents, "gói")
    files = sorted(path for path in bundle.rglob("*") if path.is_file())
    path = data.draw(st.sampled_from(files))
    original = path.read_bytes()
    at = data.draw(st.integers(0, len(original) - 1))
    flip = data.draw(st.integers(1, 255))
    path.write_bytes(original[:at] + bytes([original[at] ^ flip]) + original[at + 1 :])
    try:
        assert verify_manifest(bundle)
    finally:
        path.write_bytes(original)


@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_of_manifests_fail(data):
    with pytest.raises(UnreadableError):
        read_manifest(data)


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "C:\\x", MANIFEST_NAME, "a\x00b"])
def test_a_manifest_that_leads_outside_is_refused(path):
    data = Manifest("bundle", (Entry(path, 1, "0" * 64),)).to_bytes()
    with pytest.raises(UnreadableError, match="manifest-unsafe-path"):
        read_manifest(data)


def test_a_zip_that_unpacks_to_more_than_it_states_is_not_read_to_its_end(unit, documents):
    report = packed(unit, documents)
    manifest, _ = read_manifest(zipfile.ZipFile(report.path).read(MANIFEST_NAME))
    bomb = unit.parent / "bom.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as package:
        for entry in manifest.files:
            package.writestr(entry.path, b"0" * 30_000_000)
        package.writestr(MANIFEST_NAME, manifest.to_bytes())
    assert {finding.code for finding in verify_manifest(bomb)} == {"manifest-file-changed"}


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 broken", b"text"])
def test_what_is_no_bundle_is_a_finding(tmp_path, data):
    (tmp_path / "x.zip").write_bytes(data)
    assert [finding.code for finding in verify_manifest(tmp_path / "x.zip")] == [
        "bundle-unreadable"
    ]
    assert [f.code for f in verify_manifest(tmp_path / "none")] == ["bundle-unreadable"]


def test_documents_that_cannot_be_packed_are_findings_and_the_rest_is_packed(unit, documents):
    rows = documents.assign(path=["documents/none.pdf", "../x.docx", "documents/mật.pdf"])
    report = packed(unit, rows)
    assert [finding.code for finding in report.findings] == ["file-missing", "path-outside-folder"]
    assert "ledger.xlsx" in [entry.path for entry in report.files]


def test_a_document_that_differs_from_its_record_is_packed_and_reported(unit, documents):
    report = packed(unit, documents.assign(sha256=["ab" * 32, "", ""]))
    assert [finding.code for finding in report.findings] == ["document-changed"]


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_link_is_never_packed_nor_followed(unit, documents, tmp_path):
    (tmp_path / "outside.pdf").write_bytes(b"%PDF private")
    plan = unit / "documents" / "kế hoạch.pdf"
    plan.unlink()
    plan.symlink_to(tmp_path / "outside.pdf")
    report = packed(unit, documents, "gói")
    assert [finding.code for finding in report.findings] == ["path-is-link"]
    (report.path / "documents" / "link").symlink_to(tmp_path)
    assert told(verify_manifest(report.path)) == {("bundle-file-added", "documents/link")}


@FORMS
def test_a_place_that_holds_something_else_is_left_alone(unit, documents, name):
    target = unit.parent / name
    if name.endswith(".zip"):
        target.write_bytes(b"my thesis")
    else:
        target.mkdir()
        (target / "luận văn.txt").write_bytes(b"my thesis")
    with pytest.raises(OutputError) as refused:
        packed(unit, documents, name)
    assert refused.value.finding.code == "bundle-would-overwrite"
    kept = target if target.is_file() else target / "luận văn.txt"
    assert kept.read_bytes() == b"my thesis"


@FORMS
def test_a_failure_half_way_leaves_the_old_bundle_and_no_rubbish(unit, documents, name):
    report = packed(unit, documents, name)
    shutil.rmtree(unit.parent / "set-a")
    before = set(unit.parent.iterdir())
    with pytest.raises(UnreadableError):
        packed(unit, documents, name)
    assert set(unit.parent.iterdir()) == before
    assert verify_manifest(report.path, report.digest) == ()


def test_a_document_cannot_take_the_place_of_the_manifest(unit, documents):
    (unit / MANIFEST_NAME).write_bytes(b"{}")
    report = packed(unit, documents.assign(path=[MANIFEST_NAME, "", ""]))
    assert [finding.code for finding in report.findings] == ["bundle-name-taken"]


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_file_with_a_second_name_elsewhere_is_not_packed(unit, documents, tmp_path):
    (tmp_path / "bản khác.pdf").hardlink_to(unit / "documents" / "kế hoạch.pdf")
    assert [finding.code for finding in packed(unit, documents).findings] == ["path-is-link"]


def test_even_a_blank_added_to_the_manifest_is_noticed(unit, documents):
    report = packed(unit, documents, "gói")
    path = report.path / MANIFEST_NAME
    path.write_bytes(path.read_bytes() + b" ")
    found = verify_manifest(report.path, report.digest)
    assert [finding.code for finding in found] == ["manifest-tampered"]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_byte_of_a_zip_changed_is_found(unit, documents, data):
    if not (unit.parent / "gói.zip").exists():
        packed(unit, documents)
    content = bytearray((unit.parent / "gói.zip").read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    flipped = unit.parent / "đổi.zip"
    flipped.write_bytes(content)
    assert verify_manifest(flipped)


def rezipped(bundle, target, change):
    """Copy a zip entry by entry; `change` may alter the record and the content of each."""
    with zipfile.ZipFile(bundle) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            new.writestr(*change(entry, old.read(entry)))
        if change is with_a_folder_that_holds_data:
            new.writestr("documents/", b"hidden")
    return target


def with_a_folder_that_holds_data(entry, content):
    return entry, content


def as_links(entry, content):
    entry.external_attr = 0o120777 << 16
    return entry, content


def of_another_day(entry, content):
    entry.date_time = (2026, 1, 1, 0, 0, 0)
    return entry, content


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (with_a_folder_that_holds_data, "bundle-zip-altered"),
        (as_links, "bundle-zip-altered"),
        (of_another_day, "bundle-zip-remade"),
    ],
)
def test_what_packing_does_not_write_into_a_zip_is_named(unit, documents, change, code):
    made = rezipped(packed(unit, documents).path, unit.parent / "khác.zip", change)
    assert {found for found, _ in told(verify_manifest(made))} == {code}


@pytest.mark.parametrize("where", ["before", "after", "comment"])
def test_bytes_around_a_zip_are_named(unit, documents, where):
    path = packed(unit, documents).path
    if where == "comment":
        with zipfile.ZipFile(path, "a") as package:
            package.comment = b"note"
    else:
        data = path.read_bytes()
        path.write_bytes(b"#!/bin/sh\n" + data if where == "before" else data + b"more")
    assert verify_manifest(path)


def test_a_manifest_of_nothing_vouches_for_nothing(tmp_path):
    (tmp_path / MANIFEST_NAME).write_bytes(Manifest("results", ()).to_bytes())
    assert told(verify_manifest(tmp_path)) == {("manifest-empty", MANIFEST_NAME)}
