"""What an explanation says of an item, an area and the index, word for word."""

import pandas as pd
import pytest
from set_builder import direct_item, direct_set, given, sound

from scoring.base.findings import Finding
from scoring.points import inputs_table, score
from scoring.points.item_explanation import explain, roll_up_steps


@pytest.fixture(scope="module")
def moved():
    """A unit to which 1.1 does not apply: its 3 points go to the others of the area."""
    leaves = {code: {"max_points": most, "not_applicable": "redistribute"}
              for code, most in (("1.1", 3), ("1.2", 2), ("1.3", 1))}  # fmt: skip
    criteria = direct_set(leaves | {"2": 4}, [("1", 6)])
    figures = given({"1.1": 0, "1.2": 1, "1.3": 1, "2": 3})
    figures["not_applicable"] = figures["item_code"] == "1.1"
    return score(figures, criteria)


def test_the_index_is_explained_of_its_total_from_its_areas(moved):
    assert list(explain(moved, "INDEX").lines()) == [
        "INDEX  Chỉ số",
        "Đơn vị: A",
        "Điểm: 7,00 / 10 (Đã chấm)",
        "Cách tính điểm: Cộng điểm các lĩnh vực, quy về thang 10 khi có mục không áp dụng.",
        "  1  Mục 1: 4,00 / 6",
        "  2  Mục 2: 3,00 / 4",
        "Phép tính: làm tròn(4 + 3; 2) = 7",
        "Làm tròn: Chỉ làm tròn một lần khi trình bày, 2 chữ số thập phân, nửa lên.",
        "Nguồn: Invented for tests",
    ]


def test_the_steps_of_an_area_show_the_points_that_others_gave_up(moved):
    # 2 of 3 points, on the 3 that apply and the 3 given up by 1.1 alone: 2 × 6 / 3.
    steps = "(0 + 1 + 1) × (0 + 2 + 1 + 3 + 0 + 0) / (0 + 2 + 1) = 4"
    assert roll_up_steps(moved, "1", 0) == steps
    assert explain(moved, "1").arithmetic == steps


def test_an_item_that_does_not_apply_has_no_arithmetic(moved):
    lines = list(explain(moved, "1.1").lines())
    assert lines[2] == "Điểm: 0,00 / 3 (Không áp dụng)"
    assert not [line for line in lines if line.startswith("Phép tính")]


def test_a_figure_without_a_cell_has_no_empty_brackets(moved):
    assert "  - points: 1" in list(explain(moved, "1.2").lines())
    placed = score(moved.figures.source.assign(sheet="Số liệu", cell="D4"), moved.criteria)
    assert "  - points: 1  [Số liệu!D4]" in list(explain(placed, "1.2").lines())


@pytest.mark.parametrize(
    ("day", "shown"), [(pd.Timestamp(2026, 1, 10), "10/01/2026"), ("never", "Không thực hiện")]
)
def test_a_day_reads_as_a_day_and_never_as_a_word(day, shown):
    criteria = sound(
        items=[{"code": "1", "max_points": "10", "rule": "deadline", "due_on": "year-01-15",
                "never_points": "0"}],
        inputs=[{"item_code": "1", "input": "issued", "role": "done_on", "kind": "date"}],
        bands=[{"item_code": "1", "upper": "0", "upper_closed": "yes", "points": "10"},
               {"item_code": "1", "lower": "0", "points": "5"}],
    )  # fmt: skip
    column = "choice" if isinstance(day, str) else "happened_on"
    row = {"item_code": "1", "input": "issued", column: day}
    sheet = score(inputs_table([row], unit_code="A", year=2026), criteria)
    assert explain(sheet, "1").inputs[0].value == shown


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_index_does_not_take_over_the_note_of_the_first_area(lang):
    noted = {"1": {"max_points": 4, "note_vi": "Ghi chú riêng", "note_en": "A note of its own"}}
    sheet = score(given({"1": 1, "2": 2}), direct_set(noted | {"2": 6}))
    assert explain(sheet, "1", lang=lang).note != ""
    assert explain(sheet, "INDEX", lang=lang).note == ""


class Refusing:
    """A judgement that has one reason against whatever is asked about."""

    def linked(self, unit, code):
        names = ["document_id", "document_number", "path", "address", "place", "sha256"]
        return pd.DataFrame(columns=names)

    def reasons(self, unit, code):
        yield Finding(
            "file-missing", item_code=code, values={"path": f"{unit.unit_code}-{code}.pdf"}
        )


def test_an_explanation_says_what_speaks_against_the_proof(moved):
    (reason,) = explain(moved, "1.2", proof=Refusing()).reasons
    assert "A-1.2.pdf" in reason


def test_a_penalty_is_taken_off_in_its_own_explanation_and_in_that_of_the_index():
    leaves = {"1": 10, "B": {"max_points": 2, "kind": "bonus"},
              "P": {"max_points": 3, "kind": "penalty"}}  # fmt: skip
    meta = {"outside_areas": {"penalty_cap_points": 2.5, "may_exceed_total": False}}
    sheet = score(given({"1": 9, "B": 1, "P": 3}), direct_set(leaves, meta=meta))
    own = list(explain(sheet, "P").lines())
    assert own[2] == "Điểm bị trừ: 3,00 / 3 (Đã chấm)"
    # Said once: by the rule of an item, by the heading over the sum of items.
    (rule,) = (line for line in own if line.startswith("Cách tính"))
    assert rule == "Cách tính điểm: Chấm trực tiếp từ 0 đến 3 điểm. Số điểm này bị trừ."
    index = list(explain(sheet, "INDEX", lang="en").lines("en"))
    assert index[3:7] == [
        "Rule: The sum of the areas; plus the bonus; less the penalty (2.5 at most); "
        "not below 0, not above 10.",
        "  1  Mục 1: 9.00 / 10",
        "  B  Mục B: 1.00 / 2",
        "  P  Mục P: 3.00 / 3 taken off",
    ]


def test_the_heading_over_a_sum_of_penalties_says_that_it_is_taken_off():
    pairs = [direct_item("1", 10), direct_item("P.1", 3, kind="penalty")]
    area = {"code": "P", "max_points": 3, "kind": "penalty"}
    meta = {"outside_areas": {"penalty_cap_points": 3}}
    items, inputs = ([pair[at] for pair in pairs] for at in (0, 1))
    criteria = sound(meta, items=[area, *items], inputs=inputs)
    lines = explain(score(given({"1": 9, "P.1": 1}), criteria), "P").lines()
    assert "Cách tính điểm bị trừ: Cộng điểm các mục bên dưới." in lines


@pytest.mark.parametrize(
    ("figure", "shown", "sum_"),
    [(155 / 3, "51,6667", "5,1667"), (79.99999, "79,99999", "8"), (80.0, "80", "8")],
)
def test_an_estimate_is_shown_to_four_decimals_and_never_as_a_whole_number_it_is_not(
    figure, shown, sum_
):
    criteria = sound(
        items=[{"code": "1", "max_points": 10, "rule": "survey_index"}],
        inputs=[{"item_code": "1", "role": "percent", "kind": "percent", "maximum": 100}],
    )
    reported = {"item_code": "1", "input": "percent", "value": figure}
    why = explain(score(inputs_table([reported], unit_code="A", year=2026), criteria), "1")
    assert [entry.value for entry in why.inputs] == [f"{shown}"]
    assert why.arithmetic == f"10 × {shown} / 100 = {sum_}"
