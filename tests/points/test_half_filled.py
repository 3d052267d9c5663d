"""Items filled in in part: what is still missing is named, and nothing that earns points already."""

import pytest
from set_builder import sound

from scoring.points import inputs_table, score
from scoring.points.half_filled import half_filled

CRITERIA = sound(
    {"not_applicable": "drop"},
    items=[{"code": "1", "max_points": "6", "rule": "ratio", "zero_denominator": "zero"},
           {"code": "2", "max_points": "4", "rule": "direct"}],
    inputs=[
        {"item_code": "1", "input": "done", "role": "numerator", "label_vi": "Số đã làm"},
        {"item_code": "1", "input": "asked", "role": "denominator", "label_vi": "Số được giao"},
        {"item_code": "2", "role": "points", "kind": "number", "minimum": "0", "maximum": "4"},
    ],
)  # fmt: skip


def found(*rows, unit="A"):
    """Rows of item, input, value and, where the item does not apply, a mark."""
    names = ("item_code", "input", "value", "not_applicable")
    table = [dict(zip(names, row, strict=False)) | {"unit_code": unit} for row in rows]
    return list(half_filled(score(inputs_table(table, year=2026), CRITERIA)))


def test_a_figure_that_is_missing_beside_another_is_named_at_its_cell():
    rows = [{"item_code": "1", "input": name, "value": value, "unit_code": unit, "cell": cell}
            for unit, name, value, cell in (
                ("A", "done", 3, "D2"), ("A", "asked", 4, "D3"),
                ("B", "done", 3, "D4"), ("B", "asked", None, "D5"),
                ("C", "done", None, "D6"), ("C", "asked", 4, "D7"),
                ("D", "done", None, "D8"), ("D", "asked", None, "D9"))]  # fmt: skip
    told = list(half_filled(score(inputs_table(rows, year=2026), CRITERIA)))
    assert [(f.code, f.unit_code, f.item_code, f.cell) for f in told] == [
        ("item-half-filled", "B", "1", "D5"), ("item-half-filled", "C", "1", "D6")
    ]  # fmt: skip
    assert "còn thiếu: Số được giao;" in told[0].problem("vi")
    assert "còn thiếu: Số đã làm;" in told[1].problem("vi")


@pytest.mark.parametrize("rows", [[("2", "points", 3)], [("1", "done", 3), ("1", "asked", 4)], []])
def test_an_item_that_is_whole_or_empty_is_not_half_filled(rows):
    assert found(*rows) == []


def test_what_does_not_apply_lacks_nothing():
    assert found(("1", "done", 3), ("1", "asked", None, True), ("2", "points", 3)) == []


def test_an_answer_that_only_a_grade_reads_leaves_the_item_whole():
    rule = {"kind": "caps", "grade": "A", "item_code": "1", "test": "late > 0"}
    grades = [{"code": "A", "label_vi": "Đạt", "upper": 8.0}, {"code": "B", "label_vi": "Tốt", "lower": 8.0, "lower_closed": True}]  # fmt: skip
    criteria = sound(
        {"grades": grades, "grade_rules": [rule | {"vi": "x", "source": "x"}]},
        items=[{"code": "1", "max_points": "10", "rule": "direct"}],
        inputs=[{"item_code": "1", "role": "points", "kind": "number", "maximum": "10"},
                {"item_code": "1", "input": "late", "role": "grade", "kind": "count"}],
    )  # fmt: skip
    sheet = score(
        inputs_table([{"item_code": "1", "input": "points", "value": 9}], unit_code="A", year=2026),
        criteria,
    )
    assert sheet.index["points"].tolist() == [9.0]
    assert list(half_filled(sheet)) == []
