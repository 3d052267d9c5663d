"""Scanning a folder: proposals, duplicates and suggested items, whatever lies in it."""

import os
import sys

import pandas as pd
import pytest

from scoring.base.errors import UsageError
from scoring.criteria import open_set
from scoring.evidence.documents import scan as scan_module
from scoring.evidence.documents.scan import (
    documents_below,
    proposed_documents,
    proposed_links,
    scan_folder,
)
from scoring.evidence.documents.suggest import suggest_items
from scoring.files.office.content import ReadingLimits
from scoring.tables import checked

ITEMS = pd.DataFrame(
    {
        "code": ["1", "1.1", "1.1.1", "1.1.2", "2.1"],
        "parent_code": ["", "1", "1.1", "1.1", ""],
        "is_item": [False, False, True, True, True],
        "name_vi": [
            "Công tác chỉ đạo, điều hành",
            "Kế hoạch cải cách hành chính",
            "Ban hành kế hoạch đúng thời hạn",
            "Báo cáo kết quả thực hiện",
            "Kế hoạch rà soát văn bản QPPL",
        ],
    }
)
EVIDENCE = pd.DataFrame({"item_code": ["1.1.1"], "kind": ["KH|QĐ"]})


@pytest.fixture
def folder(tmp_path, plan_lines, make_docx, make_pdf):
    plan = plan_lines()
    (tmp_path / "kế hoạch").mkdir()
    (tmp_path / "kế hoạch" / "bản word.docx").write_bytes(make_docx(plan))
    (tmp_path / "kế hoạch" / "bản pdf.pdf").write_bytes(make_pdf(plan_lines(signer="Trần Văn B")))
    (tmp_path / "a.txt").write_text("\n".join(plan), encoding="utf-8")
    (tmp_path / "b sao.txt").write_text("\n".join(plan), encoding="utf-8")
    (tmp_path / "quét.pdf").write_bytes(make_pdf([], []))
    (tmp_path / "hỏng.pdf").write_bytes(b"%PDF-1.4 broken")
    (tmp_path / "~$khóa.docx").write_bytes(b"lock")
    return tmp_path


def row_of(scan, path):
    return scan.proposals.set_index("path").loc[path]


def test_every_file_has_one_row_in_the_order_of_the_paths(folder):
    scan = scan_folder(folder, ITEMS, EVIDENCE, workers=2)
    assert scan.proposals["path"].tolist() == [
        "a.txt",
        "b sao.txt",
        "hỏng.pdf",
        "kế hoạch/bản pdf.pdf",
        "kế hoạch/bản word.docx",
        "quét.pdf",
    ]
    word = row_of(scan, "kế hoạch/bản word.docx")
    assert word["document_number"] == "12/KH-SNV"
    assert word["issued_on"] == pd.Timestamp("2024-01-05")
    assert word["issuer"] == "Sở Nội vụ"
    assert word["legal_bases"] == "3162/QĐ-UBND"
    assert scan.proposals["document_id"].is_unique


def test_what_could_not_be_read_is_reported_and_the_rest_still_comes(folder):
    scan = scan_folder(folder, workers=1)
    assert row_of(scan, "hỏng.pdf")["problem"] == "document-broken"
    assert row_of(scan, "quét.pdf")["problem"] == "document-scanned"
    assert row_of(scan, "quét.pdf")["document_number"] == ""
    assert all(finding.text(lang) for finding in scan.findings for lang in ("vi", "en"))
    assert row_of(scan, "hỏng.pdf")["sha256"] != ""


def test_duplicates_are_found_by_bytes_by_text_and_by_number_and_date(folder):
    found = scan_folder(folder, workers=2).duplicates
    groups = {reason: set(rows["path"]) for (_, reason), rows in found.groupby(["group", "reason"])}
    assert groups["same-bytes"] == {"a.txt", "b sao.txt"}
    assert "kế hoạch/bản pdf.pdf" in groups["same-number-and-date"]


def test_drafts_without_a_number_are_not_duplicates_of_each_other(tmp_path, plan_lines):
    for name, signer in (("a.txt", "Trần Văn B"), ("b.txt", "Lê Thị Hoa")):
        lines = plan_lines(number="/KH-SNV", signer=signer)
        (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
    assert scan_folder(tmp_path, workers=1).duplicates.empty


def test_a_plan_is_suggested_for_the_item_plan_issued_with_the_reason(folder):
    found = scan_folder(folder, ITEMS, EVIDENCE, workers=2).suggestions
    assert set(found["item_code"]) == {"1.1.1"}
    assert "cải cách hành chính" in found["reason"].iloc[0]
    assert found["score"].between(0, 1).all()


@pytest.mark.needs_shared
def test_every_real_plan_is_suggested_for_plan_issued(shared_folder):
    found = scan_folder(shared_folder / "seeds", ITEMS, EVIDENCE, workers=2).suggestions
    best = found.groupby("path")["item_code"].first()
    assert (len(best), set(best)) == (5, {"1.1.1"})


def test_a_document_of_another_kind_is_never_suggested():
    report = pd.DataFrame(
        {"path": ["bc"], "kind": ["BC"], "issues_kind": [""], "opening": [""],
         "title": ["Kết quả cải cách hành chính quý I"]}
    )  # fmt: skip
    assert suggest_items(report, ITEMS, EVIDENCE)["item_code"].tolist() == ["1.1.2"]


def suggested(title, kind, issued_on):
    criteria = open_set("department-sample")
    one = pd.DataFrame({"path": ["x"], "kind": [kind], "issues_kind": [""], "opening": [""],
                        "title": [title], "issued_on": pd.to_datetime([issued_on])})  # fmt: skip
    found = suggest_items(one, criteria.items, criteria.tables["evidence"], year=2025)
    return set(found["item_code"])


@pytest.mark.parametrize(
    ("title", "issued_on", "fits", "fits_not"),
    [
        ("quý I năm 2025", "2025-03-10", {"1.2.1"}, {"1.2.2", "1.2.3", "1.2.4", "1.1.3"}),
        ("quý III năm 2025", "2025-09-10", {"1.2.3"}, {"1.2.1", "1.2.2", "1.2.4", "1.1.3"}),
        ("6 tháng đầu năm 2025", "2025-06-10", {"1.2.2"}, {"1.2.1", "1.2.3", "1.2.4"}),
        ("năm 2025", "2025-12-10", {"1.2.4"}, {"1.2.1", "1.2.2", "1.2.3"}),
        ("năm 2024", "2025-01-10", set(), {"1.2.1", "1.2.2", "1.2.3", "1.2.4"}),
    ],
)
def test_a_report_is_suggested_for_items_of_its_own_period(title, issued_on, fits, fits_not):
    found = suggested(f"Kết quả công tác cải cách hành chính {title}", "BC", issued_on)
    assert fits <= found
    assert not fits_not & found


def test_a_plan_of_last_year_is_not_suggested_for_this_year():
    assert "1.1.1" in suggested("Cải cách hành chính năm 2025", "KH", "2024-12-20")
    assert suggested("Cải cách hành chính năm 2024", "KH", "2024-01-05") == set()
    assert suggested("Cải cách hành chính của Sở", "KH", "2024-01-05") == set()


def test_a_program_is_no_document_whatever_it_holds(tmp_path):
    (tmp_path / "Kế hoạch CCHC.exe").write_bytes(b"MZ\x90\x00 %PDF-1.7")
    (tmp_path / "dữ liệu.bin").write_bytes(bytes(range(200)))
    scan = scan_folder(tmp_path, ITEMS, workers=1)
    assert [one.code for one in scan.findings] == ["document-is-none"] * 2
    assert proposed_documents(scan).empty


def test_two_scans_agree_whatever_the_number_of_workers(folder):
    one, two = (scan_folder(folder, ITEMS, EVIDENCE, workers=workers) for workers in (1, 3))
    pd.testing.assert_frame_equal(one.proposals, two.proposals)
    pd.testing.assert_frame_equal(one.suggestions, two.suggestions)
    assert one.findings == two.findings


def test_a_scan_writes_nothing(folder):
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    scan_folder(folder, workers=2)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_a_reader_that_crashes_costs_one_file(folder, monkeypatch):
    monkeypatch.setattr(scan_module, "_INSPECT", "isolation_targets:inspect_or_crash")
    scan = scan_folder(folder, workers=2)
    assert row_of(scan, "hỏng.pdf")["problem"] == "document-crashed"
    assert row_of(scan, "a.txt")["document_number"] == "12/KH-SNV"


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_links_are_reported_and_not_followed(tmp_path):
    (tmp_path / "outside.txt").write_text("secret")
    inside = tmp_path / "in"
    inside.mkdir()
    (inside / "link.txt").symlink_to(tmp_path / "outside.txt")
    (inside / "loop").symlink_to(inside)
    paths, findings = documents_below(inside)
    assert paths == []
    assert [finding.code for finding in findings] == ["path-is-link", "path-is-link"]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are Unicode there")
def test_a_name_in_another_encoding_is_reported_in_plain_text(tmp_path):
    (tmp_path / os.fsdecode(b"k\xea.txt")).write_bytes(b"x")
    paths, findings = documents_below(tmp_path)
    assert paths == []
    assert [finding.text("vi").encode("utf-8") != b"" for finding in findings] == [True]


def test_a_folder_that_may_not_be_opened_is_a_finding(tmp_path, monkeypatch):
    (tmp_path / "khóa").mkdir()
    (tmp_path / "mở.txt").write_text("x")
    real = os.scandir

    def scandir(path):
        if str(path).endswith("khóa"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(scan_module.os, "scandir", scandir)
    paths, findings = documents_below(tmp_path)
    assert paths == ["mở.txt"]
    assert [(finding.code, finding.file) for finding in findings] == [("file-unreadable", "khóa")]


def test_an_empty_folder_gives_an_empty_scan_and_a_missing_one_is_refused(tmp_path):
    assert scan_folder(tmp_path, ITEMS).suggestions.empty
    with pytest.raises(UsageError):
        scan_folder(tmp_path / "none")


def test_proposals_become_rows_of_the_ledger_and_leave_known_ones_alone(folder):
    scan = scan_folder(folder, ITEMS, EVIDENCE, workers=2)
    rows = checked(proposed_documents(scan), "Documents")
    assert len(rows) == 6
    links = checked(proposed_links(scan, rows), "Links")
    assert set(links["item_code"]) == {"1.1.1"}
    known = rows[rows["path"] == "a.txt"].assign(title="Tên do người nhập")
    again = proposed_documents(scan, known)
    # The copy has the same bytes, so it is the same document.
    assert set(rows["path"]) - set(again["path"]) == {"a.txt", "b sao.txt"}


def test_an_empty_scan_still_gives_valid_tables(tmp_path):
    scan = scan_folder(tmp_path, ITEMS)
    rows = checked(proposed_documents(scan), "Documents")
    assert checked(proposed_links(scan, rows), "Links").empty


@pytest.mark.needs_shared
def test_the_shipped_sample_set_takes_every_real_plan_as_plan_issued(shared_folder):
    criteria = open_set("department-sample")
    found = scan_folder(
        shared_folder / "seeds", criteria.items, criteria.tables["evidence"]
    ).suggestions
    best = found[found["score"] >= 0.9]
    assert best["path"].nunique() == 5
    assert set(best["item_code"]) == {"1.1.1"}


def test_a_scan_says_how_many_files_were_left_when_broken_ones_took_too_long(folder, monkeypatch):
    monkeypatch.setattr(scan_module, "_INSPECT", "isolation_targets:inspect_or_crash")
    scan = scan_folder(folder, workers=1, limits=ReadingLimits(lost_seconds=0.0))
    left = scan.proposals["problem"].eq("document-left").sum()
    found = next(one for one in scan.findings if one.code == "documents-left")
    assert found.values["count"] == left > 0 and found.values["total"] == len(scan.proposals)
