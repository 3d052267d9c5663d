"""Play a whole season with the command line: from blank ledgers to the published ranking.

``python evidence/season_story.py --out mua-2026`` does it for the made-up province of
`make_season` (dữ liệu mô phỏng, synthetic data). Each step calls the verbs that a province would
call, or does with openpyxl what people do in workbooks, and leaves its files in a folder of its
own. A step that is done is not done again: a season that was interrupted goes on where it was.
No file of an earlier step is ever touched; the journal only grows. Both are checked after each step.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import hashlib
import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
from make_season import NEW, YEAR, truth
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from scoring.appraisal.signatures import can_sign
from scoring.cli.main import main

HERE = Path(__file__).resolve().parent
SET = HERE / "season-example-2026" / "set"
JOURNAL, DONE, ALMOST = "appraisal.jsonl", "xong.json", "gan-xong.json"
DUE = "2027-01-20"
DAYS = {"1": "2027-01-08", "2": "2027-01-25", "final": "2027-02-05"}
KINDS = {
    "arithmetic": "cộng, tính sai", "rule-misread": "hiểu sai cách tính điểm", "missing-proof": "thiếu tài liệu kiểm chứng",
    "late-proof": "tài liệu kiểm chứng chậm", "judgement": "đánh giá khác nhau", "survey": "kết quả khảo sát",
}  # fmt: skip


class SeasonError(Exception):
    """A step did what it must not do."""


@dataclass
class Season:
    """A season in the folder `out`, of all units or of those in `only`.

    Attributes
    ----------
    out : Path
    only : tuple of str
        Codes of units; empty is all.
    after : callable
        Called with the name of each step before it is marked as done; the tests interrupt here.
    formats : str
        Formats of the report of the province.
    skipped : tuple of str
        Names of steps to leave out; no later step may need them.
    """

    out: Path
    only: tuple[str, ...] = ()
    after: Callable[[str], None] = field(default=lambda name: None)
    formats: str = "html,docx,xlsx,pdf,png,pptx"
    skipped: tuple[str, ...] = ()

    @cached_property
    def truth(self) -> dict[str, pd.DataFrame]:
        """The tables of `make_season`, of the units that play."""
        tables = truth()
        if not self.only:
            return tables
        kept = {}
        for name, table in tables.items():
            code = table.get("unit_code", pd.Series("", index=table.index)).str[:5]
            kept[name] = table[code.isin(["", *self.only])].reset_index(drop=True)
        return kept

    def play(self, until: str = "") -> None:
        """Do the steps that are not done yet, up to and with `until`."""
        self.out.mkdir(parents=True, exist_ok=True)
        with contextlib.chdir(self.out):
            for name, do in STEPS.items():
                if name not in self.skipped and not (Path(name) / DONE).exists():
                    self._step(name, do)
                if name == until:
                    return

    def _step(self, name: str, do: Callable[[Season, Path], object]) -> None:
        shutil.rmtree(name, ignore_errors=True)
        before, journal = _digests(), _journal()
        folder = Path(name)
        folder.mkdir()
        told = do(self, folder)
        now = _digests()
        if changed := [path for path, digest in before.items() if now.get(path) != digest]:
            raise SeasonError(f"{name} changed files of earlier steps: {changed}")
        if not _journal().startswith(journal):
            raise SeasonError(f"{name} rewrote the journal")
        text = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True, default=str)
        (folder / ALMOST).write_text(text + "\n", encoding="utf-8")
        self.after(name)
        (folder / ALMOST).replace(folder / DONE)


def _digests() -> dict[str, str]:
    """Return the digest of every file of the season; the journal is looked at apart."""
    files = (path for path in sorted(Path().rglob("*")) if path.is_file() and path.name != JOURNAL)
    return {path.as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _journal() -> bytes:
    path = Path(JOURNAL)
    return path.read_bytes() if path.exists() else b""


def call(*line: str, codes: Sequence[int] = (0,)) -> dict[str, Any]:
    """Call the command line and return what it tells as JSON; SeasonError for any other exit code."""
    said, noise = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(noise):
        code = main(["--quiet", "--format", "json", *line])
    if code not in codes:
        raise SeasonError(
            f"{' '.join(line)}: {code}\n{noise.getvalue()[-4000:]}{said.getvalue()[-2000:]}"
        )
    return json.loads(said.getvalue() or "{}")


def _told(answer: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return what of an answer is worth keeping: the codes of findings, counted, and `names`."""
    counts = pd.Series([one["code"] for one in answer.get("findings", [])], dtype="str")
    return {"findings": counts.value_counts().sort_index().to_dict()} | {
        n: answer[n] for n in names
    }


# What people do in workbooks.


def _save(book: openpyxl.Workbook, path: Path) -> None:
    """Save a workbook; without the time of day, so that a season can be compared with another."""
    made, path = io.BytesIO(), Path(path)
    # Packed once only, below.
    ExcelWriter(book, zipfile.ZipFile(made, "w", zipfile.ZIP_STORED)).save()
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename == "docProps/core.xml":
                data = re.sub(rb"\d{4}-\d\d-\d\dT[\d:.]+Z", b"2027-01-01T00:00:00Z", data)
            new.writestr(zipfile.ZipInfo(entry.filename), data, zipfile.ZIP_DEFLATED)


def _headed(sheet: Worksheet, named: str) -> tuple[int, dict[str, int]]:
    """Return the row of the heading that has the column `named`, and where each column is."""
    for row in sheet.iter_rows(max_row=20):
        texts = {str(cell.value): cell.column for cell in row if cell.value}
        if named in texts:
            return row[0].row, texts
    raise SeasonError(f"{sheet.title} has no column {named}")


def typed(value: object, choices: dict[str, str]) -> object:
    """Return a figure as people type it: days and answers in Vietnamese."""
    if not isinstance(value, str):
        return value
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return "/".join(reversed(value.split("-")))
    words = {"yes": "Có", "no": "Không", "never": "Không thực hiện"}
    return (words | choices).get(value, value)


def fill_ledger(season: Season, unit: str, source: Path, target: Path) -> None:
    """Fill in figures, claimed points, marks and documents of a blank ledger."""
    tables = {name: table[table["unit_code"] == unit] for name, table in season.truth.items()
              if "unit_code" in table}  # fmt: skip
    options = pd.read_csv(SET / "options.csv", dtype="str")
    choices = dict(zip(options["choice"], options["label_vi"], strict=True))
    book = openpyxl.load_workbook(source)
    info = book["Thông tin"]
    entries = {"block": tables["units"]["block"].iloc[0], "prepared_by": "Người lập (mô phỏng)"}
    for row in range(1, 20):
        if info.cell(row, 3).value in entries:
            info.cell(row, 2).value = entries[info.cell(row, 3).value]
    sheet = book["Tự đánh giá"]
    head, at = _headed(sheet, "Mã mục (không sửa)")
    figures = tables["reported-figures"].set_index(["item_code", "input"])["value"].to_dict()
    points = tables["claims"].set_index("item_code")["points"].to_dict()
    marks = tables["not-applicable"].set_index("item_code")["reason"].to_dict()
    for row in range(head + 1, sheet.max_row + 1):
        item = str(sheet.cell(row, at["Mã mục (không sửa)"]).value)
        name = sheet.cell(row, at["Mã số liệu (không sửa)"]).value
        if (item, name) in figures:
            sheet.cell(row, at["Số liệu kê khai"]).value = typed(figures[item, name], choices)
        if str(sheet.cell(row, at["STT"]).value) != item:
            continue
        if item in points:
            sheet.cell(row, at["Điểm tự đánh giá"]).value = points[item]
        if item in marks:
            sheet.cell(row, at["Không áp dụng"]).value = "x"
            sheet.cell(row, at["Giải trình"]).value = marks[item]
    is_first = tables["documents"]["handed_in"] == "ledger"
    _list_documents(book, tables["documents"][is_first])
    _save(book, target)


_LISTED = {
    "document_id": "Mã tài liệu", "document_number": "Số, ký hiệu", "kind": "Loại văn bản",
    "issued_on": "Ngày ban hành", "title": "Trích yếu", "address": "Tệp hoặc địa chỉ", "item_codes": "Mục chấm điểm",
}  # fmt: skip


def _list_documents(book: openpyxl.Workbook, documents: pd.DataFrame) -> None:
    """Add rows to the list of documents, below those that are there."""
    sheet = book["Tài liệu kiểm chứng"]
    head, at = _headed(sheet, "Mã tài liệu")
    row = head + 1
    while sheet.cell(row, at["Mã tài liệu"]).value:
        row += 1
    for number, document in enumerate(documents.to_dict("records"), start=row):
        for name, heading in _LISTED.items():
            sheet.cell(number, at[heading]).value = typed(document[name], {})


def answer_ledger(season: Season, unit: str, source: Path, target: Path) -> None:
    """Write the unit's answers into its ledger, with the documents that it shows only now."""
    book = openpyxl.load_workbook(source)
    sheet = book["Thẩm định"]
    head, at = _headed(sheet, "Giải trình của đơn vị")
    table = season.truth["answers"]
    said = table[table["unit_code"] == unit].set_index("item_code")["response"].to_dict()
    for row in range(head + 1, sheet.max_row + 1):
        item = str(sheet.cell(row, at["Mã mục (không sửa)"]).value)
        if item in said:
            sheet.cell(row, at["Giải trình của đơn vị"]).value = said[item]
    late = season.truth["documents"].query("unit_code == @unit and handed_in == 'answer'")
    _list_documents(book, late)
    _save(book, target)


def decide(season: Season, round: str, source: Path, target: Path) -> int:
    """Fill in the workbook of an appraiser; return how many rows were decided."""
    book = openpyxl.load_workbook(source)
    sheet = book["Phiếu thẩm định"]
    head, at = _headed(sheet, "Điểm thẩm định")
    name = {"an": "An", "binh": "Bình", "chi": "Chi"}.get(source.stem, "Hội đồng")
    table = season.truth["decisions"]
    mine = table[(table["round"] == round) & (table["decided_by"] == name)]
    decided = mine.set_index(["unit_code", "item_code"])
    count = 0
    for row in range(head + 1, sheet.max_row + 1):
        key = (str(sheet.cell(row, 1).value), str(sheet.cell(row, 2).value))
        if key not in decided.index:
            continue
        told = decided.loc[key]
        sheet.cell(row, at["Điểm thẩm định"]).value = float(told["points"])
        if told["reason_kind"]:
            sheet.cell(row, at["Loại lý do"]).value = KINDS[told["reason_kind"]]
            sheet.cell(row, at["Lý do"]).value = told["reason"]
        count += 1
    _save(book, target)
    return count


# The steps.


def _truth(season: Season, folder: Path) -> object:
    shutil.copytree(SET, folder / "bo-tieu-chi")
    for name, table in season.truth.items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    return sorted(season.truth)


_TRUTH = Path("00-su-that")
_SET = ("--criteria", str(_TRUTH / "bo-tieu-chi"))


def _each(season: Season, source: str, folder: Path, do: Callable[..., None]) -> list[str]:
    made = []
    for path in sorted(Path(source).glob("*.xlsx")):
        do(season, path.stem, path, folder / path.name)
        made.append(path.name)
    return made


def _blank(season: Season, folder: Path) -> object:
    for unit in season.truth["units"].itertuples():
        call("ledger", "new", *_SET, "--unit", unit.unit_code, "--name", unit.unit_name, "--year",
             str(YEAR), "--out", str(folder / f"{unit.unit_code}.xlsx"))  # fmt: skip
    return len(season.truth["units"])


def _filled(season: Season, folder: Path) -> object:
    return _each(season, "01-so-trang", folder, fill_ledger)


def _checked(season: Season, folder: Path) -> object:
    return _told(call("ledger", "check", "02-so-da-dien", *_SET, codes=(0, 1)))


def _survey(season: Season, folder: Path) -> object:
    """Feed the estimates into a long table of their own, beside the ledgers."""
    blank = folder / "trong.csv"
    blank.write_text(
        "unit_code,unit_name,block,year,period,item_code,input,value\n", encoding="utf-8"
    )
    line = ["sipas", "feed", str(_TRUTH / "estimates.csv"), *_SET, "--inputs", str(blank)]
    return _told(call(*line, "--out", str(folder / "so-lieu")))


def _given(ledgers: str) -> list[str]:
    """Return what is scored: the ledgers, and what the survey says."""
    return [ledgers, "04-khao-sat/so-lieu/inputs.csv", *_SET]


_SURVEYS = ("--surveys", "04-khao-sat/so-lieu/survey-figures.csv")


def _prepare(round: str, ledgers: str) -> Callable[[Season, Path], object]:
    def do(season: Season, folder: Path) -> object:
        more = ["--assign", str(_TRUTH / "assignments.csv")] if round != "final" else []
        more += ["--round", round, "--journal", JOURNAL] if round != "1" else []
        line = ["appraise", "prepare", *_given(ledgers), *more, "--out", str(folder / "phieu")]
        return _told(call(*line), "workbooks")

    return do


def _decide(round: str, source: str) -> Callable[[Season, Path], object]:
    def do(season: Season, folder: Path) -> object:
        paths = sorted(Path(source, "phieu").glob("*.xlsx"))
        return {path.name: decide(season, round, path, folder / path.name) for path in paths}

    return do


def _apply(round: str, source: str, ledgers: str) -> Callable[[Season, Path], object]:
    def do(season: Season, folder: Path) -> object:
        books = [str(path) for path in sorted(Path(source).glob("*.xlsx"))]
        by = ["--by", "Hội đồng"] if round == "final" else []
        now = ["--ledgers", *_given(ledgers)]
        told = call(
            "appraise", "apply", *books, "--journal", JOURNAL, "--on", DAYS[round], *by, *now
        )
        return _told(told, "head", "count", "open", "refused")

    return do


def _letters(season: Season, folder: Path) -> object:
    """Write to each unit what round 1 lowered and what it is to explain."""
    line = [
        "appraise",
        "letter",
        *_given("02-so-da-dien"),
        *_FINAL,
        "--due",
        DUE,
        "--on",
        DAYS["1"],
    ]
    line += ["--sender", "Hội đồng thẩm định (mô phỏng)", "--out", str(folder / "cong-van")]
    told = call(*line, codes=(0, 1))
    return _told(told, "head") | {"letters": len(told["letters"])}


def _answered(season: Season, folder: Path) -> object:
    """Let units answer; who does not answer hands in the same file again."""
    answering = set(season.truth["answers"]["unit_code"])

    def do(season: Season, unit: str, source: Path, target: Path) -> None:
        if unit in answering:
            answer_ledger(season, unit, source, target)
        else:
            shutil.copyfile(source, target)

    return _each(season, "02-so-da-dien", folder, do)


_NOW = "09-so-giai-trinh"


def _approve(season: Season, folder: Path) -> object:
    line = ["appraise", "approve", JOURNAL, *_given(_NOW), "--by", "Chủ tịch (mô phỏng)"]
    return _told(call(*line, "--on", "2027-02-10"), "head", "approved")


def _sound(season: Season, folder: Path) -> object:
    head = json.loads(Path("16-phe-duyet", DONE).read_text(encoding="utf-8"))["head"]
    line = ["appraise", "check", JOURNAL, "--head", head, "--ledgers", *_given(_NOW)]
    return _told(call(*line, codes=(0, 1)), "head", "decisions", "pairs", "moderation")


_FINAL = ("--journal", JOURNAL)


def _matrix(season: Season, folder: Path) -> object:
    """Put every comment of the appraisers beside the answer of the unit and what came of it."""
    line = [
        "appraise",
        "matrix",
        *_given(_NOW),
        *_FINAL,
        "--due",
        DUE,
        "--before",
        *_given("02-so-da-dien")[:2],
    ]
    told = call(*line, "--on", DAYS["final"], "--out", str(folder / "ma-tran"), codes=(0, 1))
    return _told(told, "totals", "head")


def _signed(season: Season, folder: Path) -> object:
    """Sign the head with a key that is made for this one season; nothing without the extra."""
    if not can_sign():
        return {"signed": False}
    (folder / "khoa.p12").write_bytes(_made_up_key())
    (folder / "mat-khau.txt").write_text(_PASSWORD, encoding="utf-8")
    line = ["appraise", "sign", JOURNAL, "--key", str(folder / "khoa.p12")]
    line += ["--password-file", str(folder / "mat-khau.txt"), "--out", str(folder / "chu-ky.json")]
    return _told(call(*line), "head") | {"signed": True}


_PASSWORD = "mau"


def _made_up_key() -> bytes:
    """Return a key of nobody with its certificate."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import pkcs12

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Hội đồng (mô phỏng)")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1)
    made = made.public_key(key.public_key()).not_valid_before(dt.datetime(2027, 1, 1))
    certificate = made.not_valid_after(dt.datetime(2028, 1, 1)).sign(key, hashes.SHA256())
    sealing = serialization.BestAvailableEncryption(_PASSWORD.encode())
    return pkcs12.serialize_key_and_certificates(b"mau", key, certificate, None, sealing)


def _report(season: Season, folder: Path) -> object:
    """Write the report of the province: page, Word, workbook, slides, and one page for each unit."""
    line = ["report", *_given(_NOW), *_FINAL, *_SURVEYS, "--track", "final", "--on", "2027-02-15"]
    line += ["--last-year", "20-nam-truoc/ket-qua/scores.csv", "--formats", season.formats]
    return _told(call(*line, "--out", str(folder / "bao-cao"), codes=(0, 1)))


def _scored(season: Season, folder: Path) -> object:
    line = ["score", *_given(_NOW), *_FINAL, *_SURVEYS, "--track", "final"]
    return _told(call(*line, "--out", str(folder / "ket-qua"), codes=(0, 1)))


def _compare(season: Season, folder: Path) -> object:
    line = ["compare", *_given(_NOW), *_FINAL, *_SURVEYS, "--tracks", "self,final"]
    return _told(call(*line, "--out", str(folder / "so-sanh"), codes=(0, 1)))


def _last_year(season: Season, folder: Path) -> object:
    line = ["score", str(_TRUTH / "figures-2025.csv"), *_SET, "--out", str(folder / "ket-qua")]
    return _told(call(*line, codes=(0, 1)))


def _rank(season: Season, folder: Path) -> object:
    line = ["rank", *_given(_NOW), *_FINAL, *_SURVEYS, "--track", "final", "--last-year",
            "20-nam-truoc/ket-qua/scores.csv", "--unranked", f"{NEW}=Thành lập giữa năm"]  # fmt: skip
    return _told(call(*line, "--out", str(folder / "xep-hang"), codes=(0, 1)))


def _years(season: Season, folder: Path) -> object:
    ledgers, survey, *_ = _given(_NOW)
    line = ["years", f"{YEAR - 1}={_TRUTH}/figures-2025.csv", f"{YEAR}={ledgers}", f"{YEAR}={survey}",
            *_SET, "--crosswalk", str(_TRUTH / "crosswalk.csv"), *_FINAL]  # fmt: skip
    return _told(call(*line, "--out", str(folder / "nam"), codes=(0, 1)))


STEPS: dict[str, Callable[[Season, Path], object]] = {
    "00-su-that": _truth,
    "01-so-trang": _blank,
    "02-so-da-dien": _filled,
    "03-kiem-tra": _checked,
    "04-khao-sat": _survey,
    "05-phieu-1": _prepare("1", "02-so-da-dien"),
    "06-da-cham-1": _decide("1", "05-phieu-1"),
    "07-nhat-ky-1": _apply("1", "06-da-cham-1", "02-so-da-dien"),
    "08-cong-van": _letters,
    _NOW: _answered,
    "10-phieu-2": _prepare("2", _NOW),
    "11-da-cham-2": _decide("2", "10-phieu-2"),
    "12-nhat-ky-2": _apply("2", "11-da-cham-2", _NOW),
    "13-phieu-cuoi": _prepare("final", _NOW),
    "14-da-quyet": _decide("final", "13-phieu-cuoi"),
    "15-nhat-ky-cuoi": _apply("final", "14-da-quyet", _NOW),
    "16-phe-duyet": _approve,
    "17-kiem-tra-nhat-ky": _sound,
    "18-ket-qua": _scored,
    "19-so-sanh": _compare,
    "20-nam-truoc": _last_year,
    "21-xep-hang": _rank,
    "22-nam": _years,
    "23-ma-tran": _matrix,
    "24-ky-so": _signed,
    "25-bao-cao": _report,
}


def steps() -> Iterator[str]:
    """Yield the names of the steps in their order."""
    yield from STEPS


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder of the season")
    parser.add_argument("--until", default="", choices=["", *STEPS], help="last step to do")
    given = parser.parse_args()
    Season(given.out).play(given.until)
