"""A table in a notebook reads as people write: names, figures and dates of the language."""

import json
from pathlib import Path

import pandas as pd
import pytest

import scoring

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
TABLE = pd.DataFrame(
    {
        "item_code": ["1.10", "2.1"],
        "lost_points": [1.0, None],
        "cause": ["late", "not-assessed"],
        "due_on": pd.to_datetime(["2026-03-31", None]),
        "days_left": [-4.0, 12.0],
        "mine": ["<b>", "late"],
    }
)


def test_codes_have_names_and_what_is_missing_is_not_zero():
    shown = scoring.readable_table(TABLE)
    assert shown.header[:5] == ("Mục", "Điểm bị mất", "Nguyên nhân", "Thời hạn", "Còn (ngày)")
    assert shown.rows == (
        ("1.10", "1,00", "Chậm thời hạn", "31/03/2026", "-4", "<b>"),
        ("2.1", "—", "Chưa chấm", "—", "12", "late"),
    )
    assert "&lt;b&gt;" in shown._repr_html_()


def test_a_year_is_no_quantity_and_reasons_have_names():
    table = pd.DataFrame({"year": [2026], "reason_kind": ["late-proof"], "told_by": ["data"]})
    shown = scoring.readable_table(table)
    assert shown.header == ("Năm", "Loại lý do", "Căn cứ")
    assert shown.rows == (("2026", "tài liệu kiểm chứng chậm", "số liệu"),)


def test_english_reads_english(monkeypatch):
    monkeypatch.setenv("PARINDEX_LANG", "en")
    shown = scoring.readable_table(TABLE)
    assert shown.header[:3] == ("Item", "Points lost", "Cause")
    assert shown.rows[0][1:4] == ("1.00", "Late", "31 Mar 2026")


def test_text_stands_on_the_left_and_figures_on_the_right():
    assert scoring.readable_table(TABLE).right == " r  r "


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_no_notebook_ends_a_cell_in_a_bare_frame(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    last = [
        "".join(cell["source"]).rstrip().splitlines()[-1]
        for cell in cells
        if cell["cell_type"] == "code"
    ]
    bare = (".round(2)", ".round(0)", ".head()", ".to_frame()", "]]")
    assert [line for line in last if line.endswith(bare)] == []
