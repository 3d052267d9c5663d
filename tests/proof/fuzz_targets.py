# ruff: noqa: E402
"""Every reader of foreign bytes or text: seeds for it, and what calls it as a user does."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

sys.path[:0] = [
    str(Path(__file__).resolve().parents[1] / room) for room in ("plan", "evidence_documents")
]

from plan_samples import excel_bytes, word_bytes
from tiny_pdf import pdf_with_text

from scoring.appraisal import append_decisions
from scoring.base.dates import read_date
from scoring.base.due_dates import read_due_date
from scoring.base.errors import ScoringError
from scoring.base.numbers import read_number
from scoring.base.periods import read_period
from scoring.cli.main import main
from scoring.files.paths import path_problem
from scoring.official.deadlines import read_deadlines
from scoring.official.document_number import read_document_number
from scoring.official.ranges import read_range
from scoring.plan.plan_targets import read_targets
from scoring.rules.formula import parse_condition, parse_formula

EVIDENCE = Path(__file__).resolve().parents[2] / "evidence"
SET = "department-sample"
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
APPENDIX_VERB = ("criteria import-appendix {} --id moi --name Moi --tier department --valid-from "
                 "2026-01-01 --out ra")  # fmt: skip
DECISION = {"round": "1", "unit_code": "a", "year": 2026, "item_code": "1.1", "points": 0.5}


@dataclass(frozen=True)
class Reader:
    """A reader: the command line, or the functions, that take the file which is spoilt."""

    line: str = ""
    files: tuple[str, ...] = ()
    calls: tuple[Callable[[str], object], ...] = ()
    seconds: float = 20.0
    texts: tuple[str, ...] = field(default=())


def _verb(line: str, *files: str) -> Reader:
    return Reader(line, files)


READERS = {
    "ledger": _verb("ledger check {}", "so.xlsx"),
    "ledger-annotate": _verb("ledger annotate {} --out ra.xlsx", "so.xlsx"),
    "ledger-merge": _verb("ledger merge {} ban.xlsx --out ra.xlsx", "so.xlsx"),
    "ledger-score": _verb("score {} --out ra", "so.xlsx"),
    "long-table": _verb(f"score {{}} --criteria {SET} --out ra", "so-lieu.csv", "so-lieu.parquet"),
    "set-folder": _verb("criteria check bo", "bo/set.toml", "bo/items.csv", "bo/inputs.csv",
                        "bo/options.csv", "bo/bands.csv"),
    "set-workbook": _verb("criteria import {} --out ra", "bo.xlsx"),
    "plan": _verb("plan import {} --year 2026 --out ra", "kh.txt", "kh.docx", "kh.xlsx", "kh.pdf"),
    "appendix": _verb(APPENDIX_VERB, "pl.txt", "pl.docx", "pl.xlsx", "pl.pdf"),
    "documents": _verb("evidence scan tai-lieu --year 2026 --out ra", "tai-lieu/a.docx",
                       "tai-lieu/b.pdf", "tai-lieu/c.txt", "tai-lieu/d.html", "tai-lieu/e.eml"),
    "verify-folder": _verb("verify kq", "kq/manifest.json", "kq/datapackage.json", "kq/scores.csv"),
    "verify-bundle": _verb("verify {}", "goi.zip"),
    "responses": _verb("sipas check {} --instrument officials-survey-sample", "phieu.csv", "phieu.xlsx"),
    "survey": _verb("sipas index ks --by unit --out ra", "ks/survey.toml", "ks/communes.csv",
                    "ks/people.csv", "ks/margin-age.csv"),
    "estimates": _verb(f"sipas feed {{}} --criteria {SET} --inputs so-lieu.csv --out ra", "uoc-luong.csv"),
    "dossiers": _verb("dossiers count {} --criteria service-quality-766 --year 2026 --on 2026-04-30"
                      " --by year --no-effects --out ra", "log.csv"),
    "tasks": _verb("plan status ke-hoach --on 2022-12-31 --out ra", "ke-hoach/tasks.csv",
                   "ke-hoach/progress.csv"),
    "plan-feed": _verb(f"plan feed ke-hoach --criteria {SET} --on 2022-12-31 --out ra",
                       "ke-hoach/feeds.csv", "ke-hoach/reports.csv", "ke-hoach/units.csv"),
    "bindings": _verb("plan results kh.txt --year 2026 --on 2026-12-31 --bindings {} --out ra",
                      "kq-kh/bindings.xlsx"),
    "journal": _verb("appraise check {}", "nhat-ky.jsonl"),
    "decisions": _verb("appraise apply {} --journal ra.jsonl", "td/tham-dinh.xlsx"),
    "targets": _verb(f"score so-lieu.csv --criteria {SET} --targets {{}} --out ra", "chi-tieu.csv"),
    "external": _verb("years --external {} --out ra", "ngoai.csv"),
    "scenario": _verb(f"whatif set so-lieu.csv --criteria {SET} --scenario {{}}", "kich-ban.xlsx"),
    "official-texts": Reader(calls=(
        lambda text: read_deadlines(text, 2026), lambda text: read_targets(text, 2026), read_range,
        read_document_number,
    ), texts=(" ".join(LINES), "Trước ngày 15/12/2026", "Số: 12/QĐ-UBND ngày 03 tháng 02 năm 2026")),
    "numbers-dates-paths": Reader(calls=(
        read_number, read_date, read_period, read_due_date, path_problem,
    ), texts=("1.250,5", "15/12/2026", "Quý I/2026", "tài liệu/a.pdf", "s3://kho/a.csv", "31-01 +1")),
    "formulas": Reader(calls=(lambda text: parse_formula(text, max_points=5.0), parse_condition),
                       texts=("min(done / total, 1) * 5", "done >= 80 and not late", "(a + b) / 2")),
}  # fmt: skip


def build_desk(desk: Path) -> None:
    """Write into `desk` one good file for every reader."""
    _plain_files(desk)
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
    made = [
        f"ledger new --criteria {SET} --unit a --year 2026 --out so.xlsx",
        f"criteria export {SET} --out bo.xlsx", f"whatif new --criteria {SET} --out kich-ban.xlsx",
        "criteria import bo.xlsx --out bo", f"score so-lieu.csv --criteria {SET} --out kq",
        f"appraise prepare so-lieu.csv --criteria {SET} --out td", "evidence bundle so.xlsx --out goi.zip",
        "plan results kh.txt --year 2026 --on 2026-12-31 --out kq-kh",
    ]  # fmt: skip
    for line in made:
        said(line)
    shutil.copy(desk / "so.xlsx", desk / "ban.xlsx")


def _plain_files(desk: Path) -> None:
    shutil.copytree(EVIDENCE / "so-khcn-son-la-2022", desk / "ke-hoach")
    shutil.copytree(EVIDENCE / "sipas-example-2026", desk / "ks")
    shutil.copy(EVIDENCE / "dossiers-example-2026" / "log" / "thang-04.csv", desk / "log.csv")
    frame = pd.read_csv(EVIDENCE / "example-department-sample" / "inputs.csv", dtype=str)
    frame = frame[frame["unit_code"] == "SM-A"]
    frame.to_csv(desk / "so-lieu.csv", index=False)
    frame.to_parquet(desk / "so-lieu.parquet", index=False)
    frame.head(40).to_excel(desk / "phieu.xlsx", index=False)
    texts = {
        "phieu.csv": "form_id,A1\nP1,1\n", "chi-tieu.csv": "unit_code,year,level,code,target_percent\n",
        "ngoai.csv": "index,year,entity,source,status\nPCI,2025,X,vi-du,sample\n",
        "uoc-luong.csv": "survey,year,unit_code,measure,code,estimate_percent,standard_error,"
        "low_percent,high_percent,confidence_percent,forms,answers,state\n"
        "ks,2026,a,index,INDEX,83.7,0.7,82.3,85.0,95,500,9500,shown\n",
    }  # fmt: skip
    for name, text in texts.items():
        (desk / name).write_text(text, encoding="utf-8")
    append_decisions(desk / "nhat-ky.jsonl", pd.DataFrame([DECISION]))


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


def ask(reader: Reader, data: bytes, name: str) -> str:
    """Give `data` to a reader and return how it answered; what it raises is a fault of ours."""
    if reader.calls:
        return _called(reader, data.decode("utf-8", "replace"))
    shutil.rmtree("ra", ignore_errors=True)
    for left in ("ra.xlsx", "ra.jsonl"):
        Path(left).unlink(missing_ok=True)
    Path(name).write_bytes(data)
    code, found = said(reader.line.replace("{}", name))
    if code not in (0, 1, 2):
        raise AssertionError(f"exit code {code}")
    return found[0] if found else f"exit {code}"


def _called(reader: Reader, text: str) -> str:
    refused = 0
    for call in reader.calls:
        try:
            call(text)
        except ScoringError:
            refused += 1
    return "refused" if refused else "read"
