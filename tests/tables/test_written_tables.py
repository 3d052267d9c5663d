"""Every table that the main verbs write is declared: its columns, their order, types and values."""

import sys
from pathlib import Path

import pandas as pd
import pytest

from scoring.tables import checked, columns_of, declared, tables

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "golden"))
from goldens import EXAMPLE, PLAN, RUNS, made

PLAN_ROWS = (
    ("KẾ HOẠCH",),
    ("Cải cách hành chính năm 2022",),
    ("STT", "Nhiệm vụ", "Sản phẩm", "Đơn vị chủ trì", "Phối hợp", "Thời gian", "Kinh phí"),
    ("I", "CẢI CÁCH THỂ CHẾ", "", "", "", "", ""),
    ("1", "Rà soát văn bản, đạt trên 90% yêu cầu", "Báo cáo", "Phòng A", "", "Quý I/2022", ""),
)
FILES = {table.file: name for name, table in tables().items() if table.group in ("results", "plan")}
FILES |= {"inputs.csv": "Inputs", "explanations.csv": "Explanations", "links.csv": "TaskItems"}
WRITING = {
    name: RUNS[name]
    for name in ("score-ledger", "score-units", "plan-status", "plan-feed", "plan-completion")
} | {
    "plan-import": ["plan", "import", "{plan}", "--out", "{out}/p"],
    "plan-link": [
        "plan", "link", str(PLAN), "--criteria", "department-sample", "--out", "{out}/links.csv",
    ],
    "criteria-diff": [
        "criteria", "diff", "department-sample", "commune-sample", "--out", "{out}/d",
    ],
    "explanations-csv": [
        "evidence", "explanations", f"{EXAMPLE}/ledger.xlsx", "--out", "{out}/explanations.csv",
    ],
}  # fmt: skip


def _read(path: Path, name: str) -> pd.DataFrame:
    """Read a written table as its declaration says; texts stay as they are written."""
    columns = {column.name: column for column in declared(name)}
    raw = pd.read_csv(path, dtype="str", keep_default_na=False)
    typed = {}
    for column in raw:
        kind, texts = columns[column].type, raw[column]
        if kind in ("number", "whole"):
            typed[column] = pd.to_numeric(texts.replace("", None)).astype("float64")
        elif kind == "date":
            typed[column] = pd.to_datetime(texts.replace("", None), format="%Y-%m-%d")
        elif kind == "flag":
            assert set(texts) <= {"True", "False"}, column
            typed[column] = texts == "True"
        else:
            typed[column] = texts
    return pd.DataFrame(typed)


@pytest.mark.parametrize("run", WRITING)
def test_what_a_verb_writes_is_as_declared(run, tmp_path, monkeypatch):
    plan = tmp_path / "plan.txt"
    plan.write_text("\n".join("\t".join(row) for row in PLAN_ROWS), encoding="utf-8")
    monkeypatch.setitem(RUNS, run, [part.replace("{plan}", str(plan)) for part in WRITING[run]])
    made(run, tmp_path)
    written = list(tmp_path.rglob("*.csv"))
    assert written, (tmp_path / run / "printed.txt").read_text("utf-8")
    for path in written:
        name = FILES[path.name]
        header = path.read_text("utf-8").splitlines()[0].split(",")
        known = columns_of(name, places=True)
        assert header == [column for column in known if column in header], path
        checked(_read(path, name), name)
