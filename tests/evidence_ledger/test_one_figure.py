"""The workbook, scoring, the explanation and the terminal give one figure for every node."""

import io

import pytest
from ledger_helpers import as_inputs, filled, random_figures, write_set
from openpyxl import load_workbook

from scoring.base.numbers import format_number
from scoring.base.values import INDEX_CODE
from scoring.cli.main import main
from scoring.points import score
from scoring.points.item_explanation import explain
from scoring.rules.evaluate import evaluate
from scoring.rules.formula import parse_formula


def shown_points(data):
    """Return what the column of points shows, by the hidden code of its row."""
    sheet = load_workbook(io.BytesIO(data), data_only=True)["Tự đánh giá"]
    heads = {cell.value: cell.column for cell in sheet[6]}
    code, points = heads["Mã mục (không sửa)"], heads["Điểm tự đánh giá"]
    cells = ((sheet.cell(r, code).value, sheet.cell(r, points).value) for r in range(7, 60))
    return {own: value for own, value in cells if isinstance(value, int | float)}


def worked_out(arithmetic):
    """Compute the written steps again, as a reader with a calculator would."""
    steps, _, result = arithmetic.rpartition(" = ")
    for sign, meant in {"×": "*", "−": "-", "—": "0"}.items():
        steps = steps.replace(sign, meant)
    return evaluate(parse_formula(steps, max_points=0.0), {}), float(result)


def complete(seed):
    figures, marked = random_figures(seed)
    figures.setdefault(("2.2.1", "given"), 1.25)
    return figures, marked


@pytest.mark.parametrize("seed", range(12))
def test_workbook_score_and_explanation_give_one_figure_for_every_node(small_set, seed):
    figures, marked = complete(seed)
    sheet = score(as_inputs(figures, marked), small_set)
    shown = shown_points(filled(small_set, figures, marked))
    parents = [node.code for node in small_set.nodes if not node.is_item]
    for code in [*parents, INDEX_CODE]:
        points = float(sheet.points[sheet.row(code), 0])
        if points != points:
            continue
        assert shown[code] == pytest.approx(points, abs=1e-9)
        why = explain(sheet, code, lang="en")
        steps, result = worked_out(why.arithmetic)
        assert result == pytest.approx(points, abs=6e-5)
        assert steps == pytest.approx(result, abs=2e-2 if "round" in why.arithmetic else 2e-4)


def test_the_terminal_shows_every_step_to_an_index_that_areas_do_not_add_up_to(
    small_set, tmp_path, capsys
):
    figures, marked = complete(5)
    path = tmp_path / "ledger.xlsx"
    path.write_bytes(filled(small_set, figures, marked | {"1.1"}))
    sheet = score(as_inputs(figures, marked | {"1.1"}), small_set)
    write_set(folder := tmp_path / "mau-thu")
    main(["score", str(path), "--criteria", str(folder), "--out", str(tmp_path / "out")])
    said = capsys.readouterr().out
    index = format_number(float(sheet.points[-1, 0]), 2)
    assert explain(sheet, INDEX_CODE).arithmetic in said
    assert explain(sheet, INDEX_CODE).shown_points == index and index in said
    for code in ("5", "6"):
        assert any(line.startswith(f"{code}  ") for line in said.splitlines())
