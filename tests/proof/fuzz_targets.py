"""Every reader of foreign bytes or text, and what calls it as a user does.

Verbs run whole, in this process. What lies below them, and is soon done, is called by itself as
well (`fuzz_warm`), so that it can be called thousands of times.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import fuzz_warm
from fuzz_desk import LINES, SET, SMALL, UNITS, said

from scoring.base.dates import read_date
from scoring.base.due_dates import read_due_date
from scoring.base.errors import ScoringError
from scoring.base.numbers import read_number
from scoring.base.periods import read_period
from scoring.files.paths import path_problem
from scoring.official.deadlines import read_deadlines
from scoring.official.document_number import read_document_number
from scoring.official.ranges import read_range
from scoring.plan.plan_targets import read_targets
from scoring.rules.formula import parse_condition, parse_formula

APPENDIX_VERB = ("criteria import-appendix {} --id moi --name Moi --tier department --valid-from "
                 "2026-01-01 --out ra")  # fmt: skip
LEDGERS = ("so.xlsx", "so.xlsx", "so.xlsm", "so.ods", "so.xls")
SHEETS = ("set.toml", "items.csv", "inputs.csv", "options.csv", "bands.csv", "evidence.csv",
          "examples.csv")  # fmt: skip
QUESTIONS = ("instrument.toml", "aspects.csv", "factors.csv", "groups.csv", "questions.csv",
             "scales.csv", "weightings.csv")  # fmt: skip


@dataclass(frozen=True)
class Reader:
    """A reader: the command line, or the functions, that take the file which is spoilt.

    `seconds` are of the processor; `share` is how much of the time of a run it has, as against
    others; `together` files are read by one call of `many`.
    """

    line: str = ""
    files: tuple[str, ...] = ()
    calls: tuple[Callable[[str], object], ...] = ()
    seconds: float = 20.0
    texts: tuple[str, ...] = field(default=())
    many: Callable[[list[bytes]], str] | None = None
    together: int = 1
    share: float = 1.0


def _verb(line: str, *files: str, share: float = 1.0) -> Reader:
    return Reader(line, files, share=share)


def _warm(many: Callable[[list[bytes]], str], *files: str, together: int = 1, share: float = 1.0) -> Reader:  # fmt: skip
    return Reader(files=files, many=many, together=together, share=share)


READERS = {
    "ledger-cells": _warm(fuzz_warm.ledger_cells, *LEDGERS, share=2),
    "ledgers-together": _warm(fuzz_warm.ledgers_together, *(f"so-{at}.xlsx" for at in range(UNITS)),
                              together=UNITS, share=5),
    "ledger-marked": _warm(fuzz_warm.marked_copy, "so.xlsx", share=2),
    "ledger": _verb("ledger check {}", *LEDGERS, "bai.parindex.json", share=2),
    "ledger-annotate": _verb("ledger annotate {} --out ra.xlsx", "so.xlsx", "so.xlsm", share=2),
    "ledger-merge": _verb("ledger merge {} ban.xlsx --out ra.xlsx", "so.xlsx", "so.xlsm", share=2),
    "ledger-score": _verb("score {} --out ra", "so.xlsx", share=2),
    "ledger-seal": _verb("ledger seal {} --out ra.xlsx", *LEDGERS),
    "ledger-carry": _verb(f"ledger carry-forward {{}} --criteria {SMALL} --year 2027 --out ra.xlsx", "so.xlsx"),
    "ledger-proof": _verb("evidence link {} --write ra.xlsx", "so.xlsx"),
    "batch": _verb(f"batch lo --criteria {SMALL} --out ra --workers 1", "lo/so-0.xlsx"),
    "batch-parts": _warm(fuzz_warm.stored_part, "so.part"),
    "form": _verb(f"form {SMALL} --year 2026 --unit so-noi-vu --ledger {{}} --out ra.html", "so.xlsx",
                  "bai.parindex.json"),
    "form-units": _verb(f"form {SMALL} --year 2026 --units {{}} --out ra", "don-vi.csv"),
    "long-table": _verb(f"score {{}} --criteria {SET} --out ra", "so-lieu.csv", "so-lieu.parquet", share=2),
    "tables": _warm(fuzz_warm.any_table, "so-lieu.csv", "so-lieu.parquet", "log.csv"),
    "set-folder": _verb("criteria check bo", *(f"bo/{name}" for name in SHEETS)),
    "set-workbook": _verb("criteria import {} --out ra", "bo.xlsx", "bo-nho.xlsx"),
    "instrument": _verb("sipas show phieu-hoi", *(f"phieu-hoi/{name}" for name in QUESTIONS)),
    "plan": _verb("plan import {} --year 2026 --out ra", "kh.txt", "kh.docx", "kh.xlsx", "kh.pdf"),
    "appendix": _verb(APPENDIX_VERB, "pl.txt", "pl.docx", "pl.xlsx", "pl.pdf"),
    "office": _warm(fuzz_warm.any_document, "kh.docx", "kh.xlsx", "kh.pdf", "tai-lieu/d.html", "tai-lieu/e.eml",
                    "kh.txt", "so.xls", "so.ods"),
    "documents": _verb("evidence scan tai-lieu --year 2026 --out ra", "tai-lieu/a.docx",
                       "tai-lieu/b.pdf", "tai-lieu/c.txt", "tai-lieu/d.html", "tai-lieu/e.eml"),
    "verify-folder": _verb("verify kq", "kq/manifest.json", "kq/datapackage.json", "kq/scores.csv"),
    "verify-bundle": _verb("verify {}", "goi.zip"),
    "responses": _verb("sipas check {} --instrument officials-survey-sample", "phieu.csv", "phieu.xlsx"),
    "survey": _verb("sipas index ks --by unit --out ra", "ks/survey.toml", "ks/communes.csv",
                    "ks/people.csv", "ks/margin-age.csv", "ks/responses.csv", share=2),
    "survey-design": _verb("sipas form officials-survey-sample --sample mau/sample.csv --forms 5 --year 2026 --out ra",
                           "mau/design.toml", "mau/sample.csv"),
    "sample-draw": _verb("sipas draw {} --take 4 --method random --seed 1 --out ra", "phuong/phuong.csv"),
    "estimates": _verb(f"sipas feed {{}} --criteria {SET} --inputs so-lieu.csv --out ra", "uoc-luong.csv"),
    "dossiers": _verb("dossiers count {} --criteria service-quality-766 --year 2026 --on 2026-04-30"
                      " --by year --no-effects --out ra", "log.csv"),
    "dossier-settings": _verb("dossiers count log.csv --criteria service-quality-766 --year 2026 --on 2026-04-30"
                              " --by year --no-effects --columns cot.toml --options tuy-chon.toml --alerts"
                              " canh-bao.toml --out ra", "cot.toml", "tuy-chon.toml", "canh-bao.toml"),
    "tasks": _verb("plan status ke-hoach --on 2022-12-31 --out ra", "ke-hoach/tasks.csv",
                   "ke-hoach/progress.csv"),
    "plan-feed": _verb(f"plan feed ke-hoach --criteria {SET} --on 2022-12-31 --out ra",
                       "ke-hoach/feeds.csv", "ke-hoach/reports.csv", "ke-hoach/units.csv"),
    "bindings": _verb("plan results kh.txt --year 2026 --on 2026-12-31 --bindings {} --out ra",
                      "kq-kh/bindings.xlsx"),
    "journal": _verb("appraise check {}", "nhat-ky.jsonl"),
    "journal-lines": _warm(fuzz_warm.journal, "nhat-ky.jsonl"),
    "journal-merge": _verb("appraise merge {} nhat-ky.jsonl --out ra.jsonl", "nhat-ky-2.jsonl"),
    "decisions": _verb("appraise apply {} --journal ra.jsonl", "td/tham-dinh.xlsx"),
    "assignments": _verb(f"appraise prepare so-lieu.csv --criteria {SET} --assign {{}} --out ra", "giao.csv"),
    "targets": _verb(f"score so-lieu.csv --criteria {SET} --targets {{}} --out ra", "chi-tieu.csv"),
    "external": _verb("years --external {} --out ra", "ngoai.csv"),
    "scenario": _verb(f"whatif set so-lieu.csv --criteria {SET} --scenario {{}}", "kich-ban.xlsx"),
    "official-texts": Reader(calls=(
        lambda text: read_deadlines(text, 2026), lambda text: read_targets(text, 2026), read_range,
        read_document_number,
    ), texts=(" ".join(LINES), "Trước ngày 15/12/2026", "Số: 12/QĐ-UBND ngày 03 tháng 02 năm 2026"), share=0.3),
    "numbers-dates-paths": Reader(calls=(
        read_number, read_date, read_period, read_due_date, path_problem,
    ), texts=("1.250,5", "15/12/2026", "Quý I/2026", "tài liệu/a.pdf", "s3://kho/a.csv", "31-01 +1"), share=0.3),
    "formulas": Reader(calls=(lambda text: parse_formula(text, max_points=5.0), parse_condition),
                       texts=("min(done / total, 1) * 5", "done >= 80 and not late", "(a + b) / 2"), share=0.3),
}  # fmt: skip


def ask(reader: Reader, given: list[bytes], name: str) -> str:
    """Give spoilt files to a reader and return how it answered; what it raises is a fault of ours."""
    if reader.many:
        try:
            return reader.many(given)
        except ScoringError as refusal:
            found = getattr(refusal, "finding", None)
            return found.code if found else "refused"
    (data,) = given
    if reader.calls:
        return _called(reader, data.decode("utf-8", "replace"))
    for left in (*Path().glob("ra"), *Path().glob("ra.*"), *Path().glob("ra-*")):
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    Path(name).write_bytes(data)
    code, found = said(reader.line.replace("{}", name))
    if code not in (0, 1, 2):
        raise AssertionError(f"exit code {code}")
    if "survey-unreadable" in found:
        raise AssertionError("an error that nobody foresaw, told without its message")
    return found[0] if found else f"exit {code}"


def _called(reader: Reader, text: str) -> str:
    refused = 0
    for call in reader.calls:
        try:
            call(text)
        except ScoringError:
            refused += 1
    return "refused" if refused else "read"
