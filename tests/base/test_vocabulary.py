"""Yes is yes wherever it is written: one word answers alike in every file that takes it."""

import io

import numpy as np
import openpyxl
import pandas as pd
import pytest
from set_builder import sound

from scoring.base.errors import TableError
from scoring.base.vocabulary import NEVER, answers, cell_word, folded, words_for, yes_or_no
from scoring.criteria.mapping import read_mapping
from scoring.criteria.workbook_cells import Place, cell_text
from scoring.evidence.ledger import new_ledger, read_ledger
from scoring.evidence.long_table import read_long_table
from scoring.plan.feeding.record import read_links
from scoring.points import inputs_table, score
from scoring.rules.spec import Option
from scoring.tables.merging import merge_inputs

WORDS = {
    "yes": True, "Yes": True, "x": True, "X": True, "1": True, "true": True, "TRUE": True,
    "✓": True, "✔": True, "☑": True, "√": True, "có": True, "Có": True, "CÓ": True,
    " có ": True, "co\u0301": True,
    "no": False, "No": False, "0": False, "false": False, "FALSE": False, "không": False,
    "Không": False, "KHÔNG": False,
    "chưa": None, "maybe": None, "2": None, "-": None, "có thể": None,
}  # fmt: skip
# Cells of a workbook that hold no text; 1 equals True in a dict, so these are pairs.
CELLS = [(True, True), (False, False), (1.0, True), (0.0, False), (2.0, None)]
EVERYTHING = [*WORDS.items(), *CELLS]


@pytest.fixture(scope="module")
def criteria():
    """A set with one item of as many yes-or-no inputs as there are cells to try."""
    inputs = [
        {"item_code": "1", "input": f"q{n}", "role": "condition", "kind": "yes_no",
         "label_vi": f"Câu {n}"}
        for n in range(len(EVERYTHING))
    ]  # fmt: skip
    item = {"code": "1", "max_points": 10, "rule": "all_of", "not_applicable": "drop"}
    return sound(items=[item], inputs=inputs)


def said(truth):
    return {True: "yes", False: "no", None: ""}[truth]


def in_ledgers(criteria, tmp_path):
    """Return what each cell says as an entry of a ledger."""
    book = openpyxl.load_workbook(io.BytesIO(new_ledger(criteria, "A", "Đơn vị A", 2026)))
    sheet = book["Tự đánh giá"]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    entry = next(c.column for c in cells if str(c.value).startswith("Số liệu kê khai"))
    rows = {cell.value: cell.row for cell in cells}
    for n, (cell, _) in enumerate(EVERYTHING):
        sheet.cell(rows[f"q{n}"], entry).value = cell
    path = tmp_path / "ledger.xlsx"
    book.save(path)
    inputs = read_ledger(path, criteria).inputs
    answered = dict(zip(inputs["input"], inputs["choice"], strict=True))
    return [answered[f"q{n}"] for n in range(len(EVERYTHING))]


def in_long_table(criteria, tmp_path):
    """Return what each cell says as the choice of a long table, after scoring has read it."""
    rows = [
        {"unit_code": "A", "year": 2026, "item_code": "1", "input": f"q{n}", "value": "",
         "choice": cell_word(cell) if not isinstance(cell, str) else cell}
        for n, (cell, _) in enumerate(EVERYTHING)
    ]  # fmt: skip
    path = tmp_path / "inputs.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    table, _ = read_long_table(path, criteria)
    values = score(inputs_table(table), criteria).figures.values
    meanings = {1.0: "yes", 0.0: "no"}
    return [meanings.get(float(values["1", f"q{n}"][0]), "") for n in range(len(EVERYTHING))]


@pytest.mark.parametrize("reader", [in_ledgers, in_long_table])
def test_a_figure_is_answered_alike_in_a_ledger_and_in_a_long_table(reader, criteria, tmp_path):
    assert reader(criteria, tmp_path) == [said(truth) for _, truth in EVERYTHING]


def marks_of_long_table(cell, criteria, tmp_path):
    path = tmp_path / "inputs.csv"
    row = {"unit_code": "A", "year": 2026, "item_code": "1", "input": "q0", "value": ""}
    pd.DataFrame([row | {"not_applicable": cell}]).to_csv(path, index=False)
    table, findings = read_long_table(path, criteria)
    unread = "mark-unreadable" in {finding.code for finding in findings}
    return None if unread else bool(table["not_applicable"][0])


def marks_of_inputs_table(cell, criteria, tmp_path):
    rows = [{"item_code": "1", "input": "q0", "not_applicable": cell}]
    try:
        return bool(inputs_table(rows, unit_code="A", year=2026)["not_applicable"][0])
    except TableError:
        return None


def flag_of_workbook(cell, criteria, tmp_path):
    text, _ = cell_text(cell, "flag", Place("bands", "lower_closed", "C2"))
    return {"yes": True, "no": False}.get(text)


def flag_of_mapping(cell, criteria, tmp_path):
    path = tmp_path / "mapping.csv"
    row = {"old_code": "1", "new_code": "1", "match": "name", "confidence": "1"}
    pd.DataFrame([row | {"confirmed": cell}]).to_csv(path, index=False)
    return bool(read_mapping(path)[0]["confirmed"][0])


def flag_of_links(cell, criteria, tmp_path):
    path = tmp_path / "links.csv"
    pd.DataFrame([{"task_code": "I.1", "item_code": "1", "confirmed": cell}]).to_csv(
        path, index=False
    )
    return len(read_links(path)[0]) == 1


def answer_beside_a_plan(cell, criteria, tmp_path):
    row = {"unit_code": "A", "year": 2026, "period": "", "item_code": "1", "input": "q0",
           "value": np.nan, "happened_on": pd.NaT, "not_applicable": False}  # fmt: skip
    answered = pd.DataFrame([row | {"choice": cell if isinstance(cell, str) else cell_word(cell)}])
    agrees = [
        not merge_inputs(answered, pd.DataFrame([row | {"choice": word}]))[1]
        for word in ("yes", "no")
    ]
    return {(True, False): True, (False, True): False}.get(tuple(agrees))


@pytest.mark.parametrize(
    "reader",
    [
        marks_of_long_table,
        marks_of_inputs_table,
        flag_of_workbook,
        flag_of_mapping,
        flag_of_links,
        answer_beside_a_plan,
    ],
)
@pytest.mark.parametrize(("cell", "truth"), EVERYTHING)
def test_a_mark_is_read_alike_by_every_reader(reader, cell, truth, criteria, tmp_path):
    # A column that only asks whether somebody said yes takes every other word for "no".
    asks_for_yes = reader in (flag_of_mapping, flag_of_links)
    assert reader(cell, criteria, tmp_path) == (bool(truth) if asks_for_yes else truth)


@pytest.mark.parametrize("cell", [None, np.nan, pd.NaT, "", "  "])
def test_an_empty_cell_says_nothing(cell):
    assert (cell_word(cell), yes_or_no(cell)) == ("", None)


def test_not_applicable_is_marked_by_its_own_words_in_its_own_column_only():
    for word in ("Không áp dụng", "not applicable", "N/A"):
        assert yes_or_no(word, "not_applicable") is True
        assert yes_or_no(word) is None


def test_no_word_says_two_things():
    meanings = [words_for(answer) for answer in ("yes", "no", "never")]
    words = [word for known in meanings for word in known]
    assert len(words) == len(set(words))
    assert all(word == folded(word) for word in words)


def test_a_choice_is_answered_by_its_code_or_either_label():
    options = [Option("late", "Không kịp thời", "Late", 0.5, "issued")]
    words = answers("choice", options)
    assert {words[folded(text)] for text in ("LATE", "không  kịp thời", "late")} == {"late"}


def test_only_a_date_can_be_never():
    assert answers("date")["not done"] == NEVER
    assert NEVER not in answers("yes_no")
