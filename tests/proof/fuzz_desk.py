# ruff: noqa: E402
"""The desk of the fuzzing: one good file, at least, for every reader."""

from __future__ import annotations

import io
import json
import shutil
import sys
import zipfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pandas as pd

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / room) for room in ("plan", "evidence_documents", "evidence_ledger")]
sys.path.insert(0, str(TESTS))

from ledger_helpers import filled, rezipped, write_set
from plan_samples import excel_bytes, word_bytes
from tiny_pdf import pdf_with_text

from scoring.appraisal import append_decisions
from scoring.batch.parts.part_file import parts_bytes
from scoring.batch.parts.taking import take_ledger
from scoring.cli.main import main
from scoring.criteria import open_set

ROOT = TESTS.parent
EVIDENCE = ROOT / "evidence"
SET = "department-sample"
# Every kind of rule in twenty items: a ledger of it is read in a tenth of a second.
SMALL = "mau-thu"
UNITS = 6
ROWS = (
    ("STT", "Nhiệm vụ", "Sản phẩm", "Chủ trì", "Thời hạn"),
    ("I", "CẢI CÁCH THỂ CHẾ", "", "", ""),
    ("1", "Rà soát văn bản", "Báo cáo", "Văn phòng", "Trước ngày 15/12/2026"),
)
LINES = ("KẾ HOẠCH", "Cải cách hành chính năm 2026", "Hài lòng đạt từ 85% trở lên")
APPENDIX = (
    ("STT", "Lĩnh vực/Tiêu chí", "Điểm tối đa", "Cách chấm điểm", "Tài liệu kiểm chứng"),
    ("1", "CHỈ ĐẠO ĐIỀU HÀNH", "10", "", ""),
    ("1.1", "Ban hành kế hoạch", "10", "Đúng hạn: 10; chậm dưới 5 ngày: 5; không: 0", "Kế hoạch"),
)
DECISION = {"round": "1", "unit_code": "a", "year": 2026, "item_code": "1.1", "points": 0.5}
_TEXTS = {
    "phieu.csv": "form_id,A1\nP1,1\n",
    "chi-tieu.csv": "unit_code,year,level,code,target_points\nSM-A,2025,index,INDEX,85\nSM-A,2025,item,1.1.1,0.5\n",
    "ngoai.csv": "index,year,entity,source,status\nPCI,2025,X,vi-du,sample\n",
    "uoc-luong.csv": "survey,year,unit_code,measure,code,estimate_percent,standard_error,"
    "low_percent,high_percent,confidence_percent,forms,answers,state\n"
    "ks,2026,a,index,INDEX,83.7,0.7,82.3,85.0,95,500,9500,shown\n",
    "phuong/phuong.csv": "code,name,stratum\n"
    + "".join(f"P{n},Phường {n},{n % 2}\n" for n in range(9)),
    "giao.csv": "appraiser,unit_code,item_code\nAn,a,1.1\n",
    "don-vi.csv": "unit_code,unit_name,block\na,Sở A,sở\n",
    "cot.toml": 'received_on = "received_on"\n',
    "tuy-chon.toml": 'late = "days"\n',
    "canh-bao.toml": "due_soon_days = 3\n",
}
_SAVE = {
    "format": "parindex-save/1", "saved_at": "2026-01-02", "digest": "0" * 64,
    "work": {"format": "parindex-form/1", "typed": {"1.1": {"done": "3"}}, "said": {}, "targets": {}, "documents": []},
}  # fmt: skip


def build_desk(desk: Path) -> None:
    """Write into `desk`, which is the working folder, one good file for every reader."""
    _plain_files(desk)
    _documents(desk)
    _ledgers(desk)
    made = [
        f"criteria export {SET} --out bo.xlsx", f"whatif new --criteria {SET} --out kich-ban.xlsx",
        f"score so-lieu.csv --criteria {SET} --out kq", f"criteria export {SMALL} --out bo-nho.xlsx",
        f"appraise prepare so-lieu.csv --criteria {SET} --out td", "evidence bundle so.xlsx --out goi.zip",
        "plan results kh.txt --year 2026 --on 2026-12-31 --out kq-kh",
        "sipas draw phuong/phuong.csv --take 4 --method random --seed 1 --out mau",
        "criteria import-appendix pl.docx --id moi --name Moi --tier department --valid-from 2026-01-01 --out ra-soat",
    ]  # fmt: skip
    for line in made:
        said(line)
        if not (desk / line.split()[-1]).exists():
            raise SystemExit(f"no good file to spoil: parindex {line}")


def _ledgers(desk: Path) -> None:
    """Ledgers of several units, and of every kind of workbook, that a small set is filled in on."""
    write_set(desk / "criteria" / SMALL)
    shutil.copytree(desk / "criteria" / SMALL, desk / "bo")
    criteria = open_set(SMALL)
    data = filled(criteria)
    for name in ("so.xlsx", "ban.xlsx", *(f"so-{number}.xlsx" for number in range(UNITS))):
        unit = f"don-vi-{name[3]}".encode() if name.startswith("so-") else b"so-noi-vu"
        (desk / name).write_bytes(
            rezipped(data, lambda _, part, unit=unit: part.replace(b"so-noi-vu", unit))
        )
    (made,) = parts_bytes([take_ledger(data, criteria, file="so.xlsx")])
    (desk / "so.part").write_bytes(made)
    (desk / "so.xlsm").write_bytes(_with_macros(data))
    (desk / "so.xls").write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + "Workbook".encode("utf-16-le") + bytes(2000)
    )  # fmt: skip
    (desk / "so.ods").write_bytes(_open_document())
    (desk / "bai.parindex.json").write_text(json.dumps(_SAVE), encoding="utf-8")
    (desk / "lo").mkdir()
    for number in range(2):
        shutil.copy(desk / f"so-{number}.xlsx", desk / "lo" / f"so-{number}.xlsx")


def _with_macros(data: bytes) -> bytes:
    made = rezipped(data, lambda name, part: part.replace(
        b"officedocument.spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main"))  # fmt: skip
    out = io.BytesIO(made)
    with zipfile.ZipFile(out, "a") as package:
        package.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    return out.getvalue()


def _open_document() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr(
            "content.xml", "<office:document-content><table:table/></office:document-content>"
        )
    return out.getvalue()


def _documents(desk: Path) -> None:
    for name in ("kh", "pl"):
        rows, lines = (ROWS, LINES) if name == "kh" else (APPENDIX, ("PHỤ LỤC",))
        (desk / f"{name}.docx").write_bytes(word_bytes(rows, lines))
        (desk / f"{name}.xlsx").write_bytes(excel_bytes(rows, lines))
        table = ["\t".join(row) for row in rows]
        (desk / f"{name}.txt").write_text("\n".join([*lines, *table]), encoding="utf-8")
        (desk / f"{name}.pdf").write_bytes(pdf_with_text([*lines, *map(" ".join, rows)]))
    folder = desk / "tai-lieu"
    folder.mkdir()
    (folder / "a.docx").write_bytes((desk / "kh.docx").read_bytes())
    (folder / "b.pdf").write_bytes((desk / "kh.pdf").read_bytes())
    (folder / "c.txt").write_text("\n".join(LINES), encoding="utf-8")
    (folder / "d.html").write_text("<html><table><tr><td>1<td>2</table></html>", encoding="utf-8")
    (folder / "e.eml").write_bytes(b"From: a@b\nSubject: =?utf-8?B?xJHhu6U=?=\n\nBody\n")


def _plain_files(desk: Path) -> None:
    shutil.copytree(EVIDENCE / "so-khcn-son-la-2022", desk / "ke-hoach")
    shutil.copytree(EVIDENCE / "sipas-example-2026", desk / "ks")
    for line in (desk / "ks").glob("responses.csv"):
        rows = line.read_text("utf-8").splitlines(keepends=True)
        line.write_text("".join([rows[0], *rows[1::12]]), encoding="utf-8")
    shutil.copytree(ROOT / "criteria" / "officials-survey-sample", desk / "phieu-hoi")
    shutil.copy(EVIDENCE / "dossiers-example-2026" / "log" / "thang-04.csv", desk / "log.csv")
    frame = pd.read_csv(EVIDENCE / "example-department-sample" / "inputs.csv", dtype=str)
    frame = frame[frame["unit_code"] == "SM-A"]
    frame.to_csv(desk / "so-lieu.csv", index=False)
    frame.to_parquet(desk / "so-lieu.parquet", index=False)
    frame.head(40).to_excel(desk / "phieu.xlsx", index=False)
    (desk / "phuong").mkdir()
    for name, text in _TEXTS.items():
        (desk / name).write_text(text, encoding="utf-8")
    for number in range(3):
        append_decisions(desk / "nhat-ky.jsonl", pd.DataFrame([DECISION | {"points": number / 4}]))
    shutil.copy(desk / "nhat-ky.jsonl", desk / "nhat-ky-2.jsonl")


def said(line: str) -> tuple[int, list[str]]:
    """Carry out a command line in this process; return its exit code and the codes it found."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(["--quiet", "--format", "json", *line.split()])
    try:
        told = json.loads(out.getvalue() or err.getvalue())
        found = [_shown(finding) for finding in told.get("findings", [])]
    except (ValueError, AttributeError, TypeError, KeyError):
        found = []
    return code, found


def _shown(finding: dict[str, Any]) -> str:
    """Return the code of a finding, and what a reader raised where one says so behind a refusal."""
    code = str(finding["code"])
    return f"{code} {finding['problem']}" if code == "document-broken" else code
