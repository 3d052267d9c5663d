"""The walk of ``docs/own-decision.md``: from the text of a signed decision to a scored ledger.

An owner imports the page text of Khánh Hòa's Appendix 1, fills in and confirms the review, writes the
set and a ledger for August. Its points agree item by item with the set that the package ships, which
was made from the same text by hand. ``python tests/criteria_appendix/test_walk.py`` counts the cells.
"""

import datetime as dt
import os
import tempfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from scoring.cli.main import main
from scoring.criteria import open_set
from scoring.criteria.appendix.review import read_review
from scoring.criteria.appendix.review.review_cells import AT, HEADING_ROW, SHEET
from scoring.evidence.ledger import write_ledger
from scoring.points import inputs_table, score

SHIPPED = "khanh-hoa-11-qd-tu-2026-monthly"
TEXT = "domain/real_rubrics/khanhhoa_11-QD-TU_phuluc1_hangthang.txt"
# What the reading leaves open, as a person fills it in: the deductions are given as decided.
CHANGES = (
    ("III.1", "kind", "Chấm thẳng"),
    ("III.2", "kind", "Chấm thẳng"),
    ("III.3", "kind", "Chấm thẳng"),
)
# One month of a department, in the words of the text and in those of the shipped set.
MONTH = {
    "I.1": ("Đáp ứng đầy đủ", {"complete": "yes", "full_content": "yes", "on_time": "yes"}),
    "I.2": (1.0, {"initiatives": 1}),
    "II.1.1": (90.0, {"completed": 9, "assigned": 10}),
    "II.1.2": (80.0, {"completed": 8, "assigned": 10}),
    "II.1.3.1": ("70% đến dưới 100%", {"stage": "build_70"}),
    "II.2.1": ("85- dưới 100%", {"planned": 10, "held": 9}),
    "II.3.1": ("50 đến dưới 100", {"reached": 60}),
    "II.3.2": ("100 tin/bài", {"reached": 120}),
    "II.4.1": (72.0, {"disbursed": 72, "allocated": 100}),
    "II.5": ("trước ngày 22", {"report": "complete_before_22"}),
    "III.1": (0.0, {"late": "no"}),
    "III.2": (0.5, {"missed": "yes"}),
    "III.3": (0.0, {"points": 0}),
}
NOT_FOR_DEPARTMENTS = "II.1.3.2"


def reviewed(folder, text):
    """Import the text, fill in the review and write the set; return its folder and the cells touched."""
    out, done = folder / "nhập", folder / "xong.xlsx"
    words = ["--id", "khanh-hoa-thang", "--name", "Khánh Hòa, hằng tháng", "--tier", "department"]
    main(["--quiet", "criteria", "import-appendix", str(text), *words, "--valid-from", "19/08/2026",
          "--out", str(out)])  # fmt: skip
    book = openpyxl.load_workbook(out / "review.xlsx")
    sheet = book[SHEET]
    rows = {}
    for row in range(HEADING_ROW + 2, sheet.max_row + 1):
        rows.setdefault(sheet.cell(row, 1).value, row)
    filled = 0
    for code, column, value in CHANGES:
        cell = sheet.cell(rows[code], AT[column] + 1)
        filled += cell.value != value
        cell.value = value
    book.save(out / "review.xlsx")
    open_rows = [row.code for row in read_review(out / "review.xlsx").open]
    main(["--quiet", "criteria", "review", str(out / "review.xlsx"), "--confirm", *open_rows,
          "--by", "Nguyễn Văn A", "--on", "26/11/2026", "--write", str(done)])  # fmt: skip
    code = main(["--quiet", "criteria", "review", str(done), "--out", str(folder / "bộ")])
    assert code == 0
    return folder / "bộ", filled, len(open_rows)


def figures_of(criteria):
    """Return the month for the imported set, whose choices are found by their words."""
    rows = []
    for code, (said, _) in MONTH.items():
        spec = criteria.rules[code].spec
        if isinstance(said, str):
            (chosen,) = [option for option in spec.options if said in option.label_vi]
            rows.append({"item_code": code, "input": chosen.input, "choice": chosen.code})
        else:
            rows.append({"item_code": code, "input": spec.inputs[0].name, "value": said})
    return table(rows, criteria)


def shipped_figures():
    rows = [
        {"item_code": code, "input": name}
        | ({"choice": value} if isinstance(value, str) else {"value": value})
        for code, (_, values) in MONTH.items()
        for name, value in values.items()
    ]
    return table(rows, open_set(SHIPPED))


def table(rows, criteria):
    name = criteria.rules[NOT_FOR_DEPARTMENTS].names[0]
    aside = {"item_code": NOT_FOR_DEPARTMENTS, "input": name, "not_applicable": True}
    rows = [*rows, aside | {"reason": "đơn vị cấp tỉnh"}]
    return inputs_table(rows, unit_code="so-khcn", year=2026, period="tháng 8")


@pytest.mark.needs_shared
def test_from_page_text_to_a_scored_ledger(tmp_path, shared_folder):
    folder, filled, confirmed = reviewed(tmp_path, shared_folder / TEXT)
    criteria = open_set(folder)
    figures = figures_of(criteria)
    scored = score(figures, criteria)
    write_ledger(tmp_path / "sổ.xlsx", criteria, "so-khcn", "Sở KH&CN", 2026, period="tháng 8",
                 inputs=figures, scores=scored.scores)  # fmt: skip
    results = tmp_path / "kết quả"
    main(
        [
            "--quiet",
            "score",
            str(tmp_path / "sổ.xlsx"),
            "--criteria",
            str(folder),
            "--out",
            str(results),
        ]
    )
    points = pd.read_csv(results / "scores.csv").set_index("code")["points"]
    expected = score(shipped_figures(), SHIPPED)
    for code in MONTH:
        assert points[code] == pytest.approx(expected.points[expected.row(code), 0], abs=0.005), (
            code
        )
    index = expected.points[expected.row("INDEX"), 0]
    assert points["INDEX"] == pytest.approx(index, abs=0.005)
    # The figures that docs/own-decision.md gives; reading more may only lower them.
    assert filled <= FILLED
    assert confirmed <= CONFIRMED


FILLED, CONFIRMED = 3, 11


if __name__ == "__main__":
    shared = Path(os.environ.get("PARINDEX_SHARED", Path(__file__).parents[2].parent / "shared"))
    with tempfile.TemporaryDirectory() as place:
        _, touched, signed = reviewed(Path(place), shared / TEXT)
    print(f"{dt.date.today()}: {touched} filled in, {signed} confirmed")  # noqa: T201
