"""The files that guides take for granted, laid out for ``guides.py``: ledgers, plans, sets, surveys, keys."""

from __future__ import annotations

import contextlib
import io
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

import docx
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "criteria_appendix"))

from signing_tools import key_file
from test_appendix_pages import HEADING, pdf_of

import scoring
from scoring.appraisal import append_decisions
from scoring.cli.main import main
from scoring.evidence.ledger import new_ledger
from scoring.points import inputs_table

SAMPLE = "department-sample"
UNIT = "so-noi-vu"
_DECISION = {"round": "1", "item_code": "1.1.2", "points": 0.5, "decided_by": "An", "reason": "thiếu căn cứ"}  # fmt: skip
_PLAN = (
    "Số: 12/KH-SNV",
    "Quảng Ngãi, ngày 10 tháng 01 năm 2025",
    "KẾ HOẠCH",
    "Cải cách hành chính năm 2025",
    "I. CÔNG TÁC CHỈ ĐẠO, ĐIỀU HÀNH",
    "- Ban hành Kế hoạch cải cách hành chính năm 2025.",
    "+ Đơn vị chủ trì: Văn phòng Sở.",
    "+ Thời gian thực hiện: Quý I/2025.",
    "- Tỷ lệ hồ sơ đúng hạn đạt 97,5% trở lên.",
)
# An appendix of three leaves that are read to the last word, with the codes that the page names.
_APPENDIX = (
    HEADING,
    ("I", "CHỈ ĐẠO, ĐIỀU HÀNH", "6", "", ""),
    ("I.1", "Tỷ lệ báo cáo đúng hạn\n- Đạt từ 90% trở lên: 4 điểm\n- Dưới 90%: 0 điểm", "4", "", ""),
    ("I.2", "Kế hoạch năm\n- Đạt từ 80% trở lên: 2 điểm\n- Dưới 80%: 0 điểm", "2", "", ""),
    ("II", "KẾT QUẢ", "4", "", ""),
    ("II.4", "Tài chính công", "4", "", ""),
    ("II.4.1", "Tỷ lệ giải ngân\n- Đạt từ 95% trở lên: 4 điểm\n- Dưới 95%: 1 điểm", "4", "", ""),
)  # fmt: skip


def lay_desk(folder: Path) -> None:
    """Lay out everything; the verbs themselves make what one verb hands to another."""
    evidence = shutil.copytree(scoring.shipped_folder("evidence"), folder / "evidence")
    inputs = evidence / "example-department-sample" / "inputs.csv"
    figures = pd.read_csv(inputs, dtype=str, keep_default_na=False)
    for name in ("inputs.csv", "so-lieu.csv"):
        shutil.copy(inputs, folder / name)
    _sets(folder)
    with contextlib.chdir(folder):  # where sets of one's own are found
        _ledgers(folder, figures)
        _appraised(folder, figures)
        _years(folder, figures)
    _plans(folder)
    _surveys(folder, evidence)
    (folder / "phu-luc-1.pdf").write_bytes(pdf_of(_APPENDIX))


def _said(*words: str) -> None:
    """Have a verb make what another reads."""
    with contextlib.redirect_stdout(io.StringIO()):
        code = main(["--quiet", *words])
    if code not in (0, 1):
        raise SystemExit(f"could not be laid out: {' '.join(words)}")


def _sets(folder: Path) -> None:
    """Lay out sets of one's own, of last year and of this, and which item follows which."""
    for name, shipped in (("bo-cua-toi", "service-quality-766"),
                          *((own, SAMPLE) for own in ("bo-nam-truoc", "bo-cu", "bo-moi"))):  # fmt: skip
        own = shutil.copytree(scoring.list_sets()[shipped], folder / "criteria" / name)
        told = (own / "set.toml").read_text("utf-8")
        (own / "set.toml").write_text(told.replace(f'id = "{shipped}"', f'id = "{name}"'), "utf-8")
    items = scoring.open_set(SAMPLE).items["code"]
    same = {"match": "code+name", "confidence": 1, "confirmed": "yes"}
    pd.DataFrame({"old_code": items, "new_code": items, **same}).to_csv(
        folder / "mapping.csv", index=False
    )


def _ledgers_of(figures: pd.DataFrame, folder: Path, criteria_id: str = SAMPLE) -> None:
    """Write a ledger of every unit of a long table."""
    folder.mkdir(parents=True, exist_ok=True)
    criteria = scoring.open_set(criteria_id)
    for (unit, year, period), mine in figures.groupby(["unit_code", "year", "period"]):
        table = inputs_table(mine)
        about = {"period": str(period), "inputs": table,
                 "scores": scoring.score(table, criteria).scores}  # fmt: skip
        data = new_ledger(criteria, str(unit), f"Đơn vị {unit}", int(year), **about)
        (folder / f"{unit}.xlsx").write_bytes(data)


def _ledgers(folder: Path, figures: pd.DataFrame) -> None:
    """Lay out the ledgers of the units, one of them under the other names that guides use."""
    _ledgers_of(figures, folder / "so")
    for name in ("so-cua-so", "so-cua-cac-don-vi", "so-tra-loi"):
        shutil.copytree(folder / "so", folder / name)
    for name in ("so.xlsx", "ledger.xlsx", "so-don-vi-gui.xlsx"):
        shutil.copy(folder / "so" / f"{figures['unit_code'].iloc[0]}.xlsx", folder / name)
    own = figures[figures["unit_code"] == figures["unit_code"].iloc[0]].assign(unit_code=UNIT)
    _ledgers_of(own, folder / "so")
    desk = folder / "evidence" / f"{UNIT}-2026"
    (desk / "documents").mkdir(parents=True)
    (desk / "documents" / "ke-hoach.txt").write_text(
        "Kế hoạch số 12/KH-SNV ngày 10/01/2026", "utf-8"
    )
    shutil.copy(folder / "so" / f"{UNIT}.xlsx", desk / "ledger.xlsx")
    _said("evidence", "bundle", str(folder / "so.xlsx"), "--out", str(folder / "goi.zip"))


def _decide(journal: Path, units: Iterable[str], year: int, criteria_id: str = SAMPLE) -> None:
    fingerprint = scoring.open_set(criteria_id).fingerprint
    row = _DECISION | {"year": year, "set_fingerprint": fingerprint}
    append_decisions(journal, pd.DataFrame([row | {"unit_code": unit} for unit in units]))


def _appraised(folder: Path, figures: pd.DataFrame) -> None:
    """Lay out what a season has by then: decisions, who appraises what, a key to sign with."""
    units, year = [*sorted(set(figures["unit_code"])), UNIT], int(figures["year"].iloc[0])
    for name in ("appraisal.jsonl", "an.jsonl", "binh.jsonl"):
        _decide(folder / name, units, year)
    (folder / "phan-cong.csv").write_text("appraiser,unit_code,item_code\nAn,,\n", "utf-8")
    (folder / "khoa.p12").write_bytes(key_file())
    targets = pd.DataFrame({"unit_code": units, "code": "INDEX", "target_points": 80})
    targets.to_csv(folder / "chi-tieu.csv", index=False)
    named = pd.DataFrame({"unit_code": units, "unit_name": [f"Đơn vị {unit}" for unit in units]})
    named.to_csv(folder / "don-vi.csv", index=False)


def _of_year(figures: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the same figures as of another year, its days moved along."""
    (own,) = set(figures["year"])
    days = figures["happened_on"].str.replace(rf"^{own}", str(year), regex=True)
    return figures.assign(year=str(year), happened_on=days)


def _years(folder: Path, figures: pd.DataFrame) -> None:
    """Lay out figures, ledgers and decisions of other years, and figures by month."""
    year = int(figures["year"].iloc[0])
    for name, of, set_id in (("nam-truoc", year - 1, ""), ("so-2025", 2025, "bo-cu"), ("so-2026", 2026, "bo-moi")):  # fmt: skip
        own = _of_year(figures, of)
        if set_id:
            _ledgers_of(own, folder / name, set_id)
            _decide(folder / f"tham-dinh-{of}.jsonl", set(own["unit_code"]), of, set_id)
    last = folder / "nam-truoc"
    last.mkdir()
    months = [figures.assign(period=f"tháng {month}") for month in range(1, 13)]
    for name, of, count in (("thang", 2026, 6), (f"nam-{year}", year, 12), ("nam-truoc", 2025, 12)):
        (folder / name).mkdir(exist_ok=True)
        own = _of_year(pd.concat(months[:count]), of)
        own = own[own["unit_code"] == own["unit_code"].iloc[0]]
        own.to_csv(folder / name / "inputs.csv", index=False)
    whole = last / "ca-nam.csv"
    _of_year(figures, year - 1).to_csv(whole, index=False)
    _said("score", str(whole), "--criteria", "bo-nam-truoc", "--out", str(last / "ket-qua"))
    shutil.copy(last / "ket-qua" / "scores.csv", last)
    units = sorted(set(figures["unit_code"]))
    crosswalk = pd.DataFrame({"old_unit": units, "new_unit": units, "weight": 1, "method": "staff",
                              "size": 40, "valid_from": "2025-01-01"})  # fmt: skip
    crosswalk.to_csv(folder / "chuyen-doi.csv", index=False)


def _plans(folder: Path) -> None:
    """Lay out a plan as a Word file, as tables, and the offices it names."""
    document = docx.Document()
    for line in _PLAN:
        document.add_paragraph(line)
    document.save(str(folder / "ke-hoach-2025.docx"))
    shutil.copy(folder / "ke-hoach-2025.docx", folder / "ke-hoach.docx")
    results = ("--on", "2025-12-31", "--out", str(folder / "ke-hoach"))
    _said("plan", "import", str(folder / "ke-hoach.docx"), "--out", str(folder / "ke-hoach"))
    _said("plan", "results", str(folder / "ke-hoach.docx"), *results)
    (folder / "units.csv").write_text("unit_code,unit_name\nVP,Văn phòng Sở\n", "utf-8")


def _surveys(folder: Path, evidence: Path) -> None:
    """Lay out the frames of a draw, a survey of this year and of last, and forms of two communes."""
    (folder / "tinh.csv").write_text(
        "code,name,size,stratum\n" + "".join(f"X{n},Xã {n},{100 * n},V{n % 2}\n" for n in range(1, 13)),
        "utf-8",
    )  # fmt: skip
    villages = (f"X{n}T{m},Thôn {m},{20 + m},X{n}\n" for n in range(1, 13) for m in range(1, 4))
    (folder / "xa.csv").write_text("code,name,size,parent\n" + "".join(villages), "utf-8")
    for year in (2025, 2026):
        shutil.copytree(evidence / f"sipas-example-{year}", folder / f"khao-sat-{year}")
    survey = evidence / "sipas-example-2026"
    forms = pd.read_csv(survey / "responses.csv", dtype=str, keep_default_na=False)
    forms.to_csv(folder / "phieu.csv", index=False)
    for name, mine in (("xa-a.xlsx", forms.iloc[:40]), ("xa-b.xlsx", forms.iloc[40:90])):
        mine.to_excel(folder / name, index=False)
    for path in (*survey.glob("margin-*.csv"), survey / "survey.toml"):
        shutil.copy(path, folder)
    for name in ("communes.csv", "hamlets.csv", "people.csv", "responses.csv"):
        shutil.copy(survey / name, folder)
