"""Nothing in a folder is left out in silence: it is read, or named with what to do."""

import io
import os
import shutil
import socket
import zipfile
from pathlib import Path

import pytest

from scoring.batch.folder_files import files_of
from scoring.batch.submissions import read_files
from scoring.files.excel.xlsx import SafeWorkbook
from scoring.files.shipped import shipped_folder

LEDGER = shipped_folder("evidence") / "phu-tho-2026" / "ledger.xlsx"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def a_workbook():
    book = SafeWorkbook()
    book.add_sheet("A").write_text(0, 0, "x")
    return book.to_bytes()


def packed(*parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name, content in parts:
            package.writestr(name, content)
    return stream.getvalue()


WORKBOOK = a_workbook()
ENCRYPTED = OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("SO.XLSX", b"?"),
        ("so.xlsx.xlsx", WORKBOOK),
        ("so (1).xlsx", WORKBOOK),
        ("Bản sao của sổ.Xlsx", WORKBOOK),
        ("~so.xlsx", WORKBOOK),
        ("rỗng.xlsx", b""),
        ("sổ.et", OLE),
        ("sổ.ett", OLE),
        ("sổ.ods", b"PK"),
        ("không đuôi", WORKBOOK),
        ("sổ.xlsx_", WORKBOOK),
        ("sổ.xlsx.txt", WORKBOOK),
        ("sổ.zip", WORKBOOK),
        ("mật khẩu", ENCRYPTED),
        ("ods không đuôi", packed(("mimetype", "application/vnd.oasis.opendocument.spreadsheet"))),
    ],
)
def test_what_may_be_a_ledger_is_handed_to_the_reader_whatever_it_is_called(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    found = files_of(tmp_path)
    assert [one.name for one in found.workbooks] == [name]
    assert found.findings == [] and found.tables == []


@pytest.mark.parametrize(
    ("name", "data", "code", "word"),
    [
        ("~$sổ.xlsx", b"?", "workbook-held-open", "lưu và đóng"),
        (".~lock.sổ.xlsx#", b"?", "workbook-held-open", "lưu và đóng"),
        ("sổ.xlsx.tmp", WORKBOOK, "temporary-left-out", "lưu thành .xlsx"),
        ("7F3A.TMP", WORKBOOK, "temporary-left-out", "lưu thành .xlsx"),
        ("sổ.xlsx.crdownload", b"PK", "temporary-left-out", "tải lại"),
        ("sổ.xlsx.bak", WORKBOOK, "temporary-left-out", "lưu thành .xlsx"),
        ("sổ.xlsx~", WORKBOOK, "temporary-left-out", "lưu thành .xlsx"),
        ("nhiều sổ.zip", packed(("a.xlsx", WORKBOOK)), "archive-left-out", "Giải nén"),
        ("nhiều sổ", packed(("a.xlsx", WORKBOOK)), "archive-left-out", "Giải nén"),
        ("hỏng.zip", b"?", "archive-left-out", "Giải nén"),
        ("sổ.RAR", b"?", "archive-left-out", "Giải nén"),
        ("rar không đuôi", b"Rar!\x1a\x07\x01\x00", "archive-left-out", "Giải nén"),
        ("sổ.xlsx.lnk", b"L\0\0\0", "shortcut-left-out", "Chép chính sổ"),
        ("sổ.gsheet", b"{}", "shortcut-left-out", "dạng .xlsx"),
        (".sổ.xlsx.icloud", b"bplist", "not-downloaded", "Tải về ngay"),
        (".sổ.xlsx", WORKBOOK, "hidden-left-out", "dấu chấm"),
    ],
)
def test_what_is_no_ledger_but_may_stand_for_one_is_named_with_what_to_do(
    tmp_path, name, data, code, word
):
    (tmp_path / "Sở A").mkdir()
    (tmp_path / "Sở A" / name).write_bytes(data)
    found = files_of(tmp_path)
    (finding,) = found.findings
    assert (finding.code, finding.file) == (code, f"Sở A/{name}")
    assert found.workbooks == [] and word in finding.remedy()


def test_links_pipes_and_sockets_are_named_and_neither_followed_nor_opened(tmp_path):
    given, outside = tmp_path / "sổ", tmp_path / "ngoài"
    for folder in (given, outside):
        folder.mkdir()
    (outside / "a.xlsx").write_bytes(WORKBOOK)
    (given / "tệp.xlsx").symlink_to(outside / "a.xlsx")
    (given / "mất.xlsx").symlink_to(outside / "không có")
    (given / "thư mục").symlink_to(outside, target_is_directory=True)
    (given / "vòng").symlink_to(given, target_is_directory=True)
    os.mkfifo(given / "ống.xlsx")
    with socket.socket(socket.AF_UNIX) as one:
        here = Path.cwd()
        os.chdir(given)  # the name of a socket may only be short
        one.bind("ổ cắm.xlsx")
        os.chdir(here)
        found = files_of(given)
    assert found.workbooks == []
    assert sorted((one.code, one.file) for one in found.findings) == [
        *(("link-left-out", name) for name in ("mất.xlsx", "thư mục", "tệp.xlsx", "vòng")),
        *(("special-file-left-out", name) for name in ("ống.xlsx", "ổ cắm.xlsx")),
    ]


def test_parts_of_a_batch_among_the_ledgers_are_passed_over_as_one(tmp_path):
    for name in ("run.lock", f"{'0a' * 20}.part", "khác/tải dở.part"):
        (tmp_path / "ra.parts" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "ra.parts" / name).write_bytes(b"?")
    found = files_of(tmp_path).findings
    assert [(one.code, one.file) for one in found] == [
        ("own-results-passed-over", "ra.parts"),
        ("temporary-left-out", "ra.parts/khác/tải dở.part"),
    ]


def test_a_folder_that_does_not_open_is_an_error_and_stops_no_other(tmp_path, monkeypatch):
    for name in ("kín", "mở"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.xlsx").write_bytes(WORKBOOK)
    own = os.scandir

    def refusing(path):
        if Path(path).name == "kín":
            raise PermissionError(13, "Permission denied", str(path))
        return own(path)

    monkeypatch.setattr(os, "scandir", refusing)
    found = files_of(tmp_path)
    assert [one.parent.name for one in found.workbooks] == ["mở"]
    (finding,) = found.findings
    assert (finding.code, finding.file, finding.severity) == ("folder-closed", "kín", "error")
    assert "quyền" in finding.problem()


def test_what_the_system_keeps_and_all_other_files_are_counted_in_one_line_each(tmp_path):
    for name in ("Thumbs.db", "desktop.ini", ".DS_Store", "._sổ.xlsx", "a.pdf", "b.docx", "c.txt"):
        (tmp_path / name).write_bytes(b"?")
    (tmp_path / "d.doc").write_bytes(ENCRYPTED)
    (tmp_path / "e.docx").write_bytes(
        packed(("[Content_Types].xml", ""), ("word/document.xml", ""))
    )
    for name in ("$RECYCLE.BIN", ".git", "__MACOSX"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "xóa.xlsx").write_bytes(WORKBOOK)
    (tmp_path / ".ẩn").mkdir()
    (tmp_path / "bản.numbers").mkdir()
    found = files_of(tmp_path)
    told = {finding.code: finding for finding in found.findings}
    assert found.workbooks == [] and len(told) == len(found.findings) == 4
    assert told["other-files-left-out"].values["expected"] == [
        "a.pdf", "b.docx", "c.txt", "d.doc", "e.docx",
    ]  # fmt: skip
    assert told["system-files-left-out"].values["expected"] == [
        "$RECYCLE.BIN/", ".DS_Store", "._sổ.xlsx", ".git/", "Thumbs.db", "__MACOSX/", "desktop.ini",
    ]  # fmt: skip
    assert told["hidden-left-out"].file == ".ẩn" and told["save-as-xlsx"].file == "bản.numbers"


def test_the_documents_of_a_ledger_are_no_files_left_out_but_those_of_nobody_are(tmp_path):
    (tmp_path / "documents").mkdir()
    for name in ("a.pdf", "b.csv", "c.zip"):
        (tmp_path / "documents" / name).write_bytes(b"?")
    lonely = files_of(tmp_path)
    assert lonely.tables == ["documents/b.csv"]
    assert [one.code for one in lonely.findings] == ["archive-left-out", "other-files-left-out"]
    (tmp_path / "sổ.xlsx").write_bytes(WORKBOOK)
    with_ledger = files_of(tmp_path)
    assert with_ledger.tables == [] and with_ledger.findings == []


def test_a_run_says_which_copies_it_met_what_it_could_not_open_and_what_it_left(tmp_path):
    """Two copies of one ledger, one of them without an ending, among what cannot be read."""
    for name in ("sổ.xlsx.xlsx", "Bản sao"):
        shutil.copy(LEDGER, tmp_path / name)
    (tmp_path / "mật khẩu.xlsx").write_bytes(ENCRYPTED)
    (tmp_path / "mây.xlsx").write_bytes(b"")
    (tmp_path / "n.numbers").write_bytes(packed(("Index/Document.iwa", "")))
    (tmp_path / "e.ET").write_bytes(OLE + "Workbook".encode("utf-16-le"))
    (tmp_path / "Thumbs.db").write_bytes(b"?")
    intake = read_files([tmp_path])
    assert set(intake.unreadable) == {"mật khẩu.xlsx", "mây.xlsx", "n.numbers", "e.ET"}
    told = {(finding.code, finding.file): finding for finding in intake.findings}
    assert set(told) == {
        ("unit-in-several-ledgers", ""), ("file-encrypted", "mật khẩu.xlsx"),
        ("file-empty", "mây.xlsx"), ("save-as-xlsx", "n.numbers"), ("save-as-xlsx", "e.ET"),
        ("system-files-left-out", ""),
    }  # fmt: skip
    assert "tải về máy" in told["file-empty", "mây.xlsx"].remedy()
    assert "Numbers" in told["save-as-xlsx", "n.numbers"].text()
