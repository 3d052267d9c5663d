"""The long table: what is counted, what is reported, and nothing lost between."""

import unicodedata

import numpy as np
import pandas as pd
import pytest
from set_builder import sound

from scoring.base.units import unit_keys
from scoring.points import inputs_table, score
from scoring.points.figure_arrays import figures_of
from scoring.points.input_frames import in_one_piece
from scoring.points.item_explanation import explain

CRITERIA = sound(
    meta={"total_points": 12, "not_applicable": "drop"},
    items=[
        {"code": "1", "max_points": "8"},
        {"code": "1.1", "max_points": "4", "rule": "ratio", "zero_denominator": "not_assessed"},
        {"code": "1.2", "max_points": "2", "rule": "choice"},
        {"code": "1.3", "max_points": "2", "rule": "choice"},
        {"code": "2", "max_points": "2", "rule": "deadline", "due_on": "year-01-15",
         "never_points": "0"},
        {"code": "3", "max_points": "2", "rule": "survey_index"},
    ],
    inputs=[
        {"item_code": "1.1", "input": "a", "role": "numerator", "at_most": "b", "minimum": "0"},
        {"item_code": "1.1", "input": "b", "role": "denominator", "minimum": "0"},
        {"item_code": "1.2", "input": "done", "role": "answer", "kind": "yes_no"},
        {"item_code": "1.3", "input": "plan", "role": "answer", "kind": "choice"},
        {"item_code": "2", "input": "issued", "role": "done_on", "kind": "date"},
        {"item_code": "3", "input": "p", "role": "percent", "kind": "percent", "minimum": "0",
         "maximum": "100"},
    ],
    options=[
        {"item_code": "1.3", "input": "plan", "choice": "on_time", "label_vi": "Kịp thời",
         "label_en": "On time", "points": "2"},
        {"item_code": "1.3", "input": "plan", "choice": "late", "label_vi": "Không kịp thời",
         "label_en": "Late", "points": "1"},
    ],
    bands=[
        {"item_code": "2", "upper": "0", "upper_closed": "yes", "points": "2"},
        {"item_code": "2", "lower": "0", "points": "1"},
    ],
)  # fmt: skip
KEYS = {"1.1": ("a", "b"), "1.2": ("done",), "1.3": ("plan",), "2": ("issued",), "3": ("p",)}


def row(item, name, content=None, **more):
    """Return one row; text is a choice, a timestamp a date, anything else a number."""
    column = {str: "choice", pd.Timestamp: "happened_on"}.get(type(content), "value")
    return {"item_code": item, "input": name, column: content} | more


def scored(*rows, year=2024, **columns):
    return score(inputs_table(list(rows), **({"unit_code": "A", "year": year} | columns)), CRITERIA)


def points(result, code, unit=0):
    return float(result.points[result.row(code), unit])


def codes(result):
    return [finding.code for finding in result.findings]


def full(**changes):
    figures = {"a": 3, "b": 4, "done": "có", "plan": "on_time",
               "issued": pd.Timestamp("2024-01-15"), "p": 90} | changes  # fmt: skip
    return [row(item, name, figures[name]) for item, names in KEYS.items() for name in names]


def test_a_full_table_has_an_index_and_no_findings():
    result = scored(*full())
    assert result.index_value().to_dict() == {"A": 10.8} and result.findings == ()


@pytest.mark.parametrize(
    "word", ["có", "CÓ", " Có ", "yes", "x", "X", "1", unicodedata.normalize("NFD", "có")]
)
def test_yes_is_understood_as_people_type_it(word):
    assert points(scored(*full(done=word)), "1.2") == 2


@pytest.mark.parametrize("word", ["không", "KHÔNG", "no", "0"])
def test_no_is_understood_as_people_type_it(word):
    assert points(scored(*full(done=word)), "1.2") == 0


@pytest.mark.parametrize("number", [1, 0])
def test_a_number_may_say_yes_or_no(number):
    assert points(scored(*full(done=number)), "1.2") == 2 * number


@pytest.mark.parametrize("content", ["có thể", 2, 0.5, -1])
def test_any_other_answer_is_reported_and_not_counted_as_no(content):
    result = scored(*full(done=content))
    assert codes(result) == ["unknown-choice"] and np.isnan(points(result, "1.2"))


@pytest.mark.parametrize(
    ("word", "earned"),
    [
        ("on_time", 2),
        ("Kịp thời", 2),
        ("kịp  thời", 2),
        (unicodedata.normalize("NFD", "KỊP THỜI"), 2),
        ("Late", 1),
        ("không kịp thời", 1),
    ],
)
def test_a_choice_is_known_by_code_or_wording(word, earned):
    assert points(scored(*full(plan=word)), "1.3") == earned


@pytest.mark.parametrize("content", ["kịp", 0, 1, "=1+1"])
def test_an_unknown_choice_names_the_known_ones(content):
    result = scored(*full(plan=content))
    assert codes(result) == ["unknown-choice"] and np.isnan(points(result, "1.3"))
    assert "kịp thời" in result.findings[0].problem("vi")


@pytest.mark.parametrize(
    ("content", "earned"),
    [(pd.Timestamp("2024-01-16"), 1), ("never", 0), ("Không thực hiện", 0)],
)
def test_a_date_or_never(content, earned):
    assert points(scored(*full(issued=content)), "2") == earned


@pytest.mark.parametrize("content", ["tháng Giêng", 45000])
def test_what_is_no_date_is_reported(content):
    result = scored(*full(issued=content))
    assert codes(result) == ["not-a-date"] and np.isnan(points(result, "2"))


@pytest.mark.parametrize("content", ["chín mươi", np.inf, -np.inf])
def test_what_is_no_number_is_reported(content):
    result = scored(*full(p=content))
    assert codes(result) == ["not-a-number"] and np.isnan(points(result, "3"))


@pytest.mark.parametrize(
    ("changes", "code", "item"),
    [
        ({"a": 5}, "numerator-above-denominator", "1.1"),
        ({"a": -1}, "below-minimum", "1.1"),
        ({"a": 2.5}, "not-whole", "1.1"),
        ({"p": 850}, "above-maximum", "3"),
        ({"p": -3}, "below-minimum", "3"),
    ],
)
def test_an_impossible_figure_is_named_and_the_rest_still_scored(changes, code, item):
    result = scored(*full(**changes))
    assert codes(result) == [code] and result.findings[0].item_code == item
    assert result.scores.set_index("code")["status"][item] == "invalid"
    assert points(result, "2") == 2
    assert np.isnan(points(result, "INDEX"))
    low, high = result.index_bounds().loc["A"]
    assert high - low == pytest.approx(CRITERIA.node(item).max_points)


def test_a_count_that_a_spreadsheet_shows_as_whole_is_whole():
    """The cell =1500*29% shows 435 and holds a little less; a half is no count, nor nearly one."""
    assert 1500 * 0.29 < 435
    result = scored(*full(a=1500 * 0.29, b=1500))
    assert codes(result) == []
    assert result.figures.values["1.1", "a"].tolist() == [435.0]
    for value in (434.5, 434.9999999):
        assert codes(scored(*full(a=value, b=1500))) == ["not-whole"]


def test_a_figure_reported_twice_counts_in_neither_form():
    result = scored(*full(), row("1.1", "a", 4))
    assert codes(result) == ["duplicate-input"] and np.isnan(points(result, "1.1"))
    assert result.findings[0].values == {"input": "a", "count": 2}


def test_a_blank_row_says_nothing_against_the_figure_of_another():
    for table in ([row("1.1", "a"), *full()], [*full(), row("1.1", "a")]):
        result = scored(*table)
        assert codes(result) == [] and points(result, "1.1") == 3.0
    twice = scored(row("1.1", "a"), *full(), row("1.1", "a", 3))
    assert codes(twice) == ["duplicate-input"] and np.isnan(points(twice, "1.1"))


def test_an_empty_cell_names_no_block():
    one, *others = full()
    sheet = scored(one | {"block": ""}, *(other | {"block": "Sở"} for other in others))
    assert (codes(sheet), sheet.units["block"].tolist()) == ([], ["Sở"])
    twice = scored(one | {"block": "Xã"}, *(other | {"block": "Sở"} for other in others))
    assert codes(twice) == ["rank-unit-in-two-blocks"]


def test_each_unit_has_the_block_that_its_own_rows_name_first_and_another_is_named():
    told = [("A", "", "a"), ("A", "Sở", "b"), ("B", "Xã", "a"), ("B", "", "b"),
            ("C", "", "a"), ("C", "Ban", "b"), ("C", "Xã", "p")]  # fmt: skip
    rows = [
        row("3" if name == "p" else "1.1", name, 4, unit_code=unit, block=block, cell=f"E{at}")
        for at, (unit, block, name) in enumerate(told, 2)
    ]
    sheet = score(inputs_table(rows, year=2024), CRITERIA)
    assert sheet.units["block"].tolist() == ["Sở", "Xã", "Ban"]
    (found,) = sheet.findings
    assert (found.code, found.unit_code, found.cell) == ("rank-unit-in-two-blocks", "C", "E8")
    assert found.values == {"blocks": ["Ban", "Xã"]}


def test_unknown_items_and_inputs_are_reported_once_each_and_lose_nothing():
    result = scored(*full(), row("9.9", "a", 1), row("9.9", "a", 1), row("1.1", "c", 1))
    assert codes(result) == ["unknown-item", "unknown-input"]
    assert result.index_value().to_dict() == {"A": 10.8}


def test_a_code_typed_as_a_number_is_not_its_longer_namesake():
    result = scored(*full(), row("1.10", "a", 1))
    assert codes(result) == ["unknown-item"]


def test_a_zero_base_leaves_the_item_open():
    result = scored(*full(a=0, b=0))
    assert result.scores.set_index("code")["status"]["1.1"] == "not_assessed"


def test_a_unit_with_nothing_filled_in_is_named_and_open():
    rows = [*full(), row("1.1", "a", None, unit_code="B")]
    table = inputs_table(pd.DataFrame(rows).fillna({"unit_code": "A"}), year=2024)
    result = score(table, CRITERIA)
    assert [(f.code, f.unit_code) for f in result.findings] == [("nothing-filled-in", "B")]
    assert np.isnan(points(result, "INDEX", unit=1)) and points(result, "INDEX") == 10.8
    assert result.index_bounds().loc["B"].tolist() == [0, 12]


def test_a_mark_without_a_reason_is_a_warning():
    mark = row("1.2", "done", not_applicable=True)
    result = scored(*[r for r in full() if r["item_code"] != "1.2"], mark)
    assert [(f.code, f.severity) for f in result.findings] == [
        ("not-applicable-without-reason", "warning")
    ]
    assert points(result, "INDEX") == round(8.8 / 10 * 12, 2)


def test_figures_beside_a_mark_do_not_count():
    mark = row("1.1", "b", 4, not_applicable=True, reason="không phát sinh")
    result = scored(*[r for r in full() if r["input"] != "b"], mark)
    assert result.scores.set_index("code")["status"]["1.1"] == "not_applicable"


def test_units_years_and_periods_are_scored_apart():
    tables = [
        inputs_table(full(a=a), unit_code=unit, year=year, period=period)
        for unit, year, period, a in [
            ("A", 2023, "năm", 1), ("A", 2024, "năm", 2), ("A", 2024, "quý I", 3), ("B", 2024, "năm", 4),
        ]
    ]  # fmt: skip
    result = score(pd.concat(tables).sample(frac=1, random_state=1), CRITERIA)
    found = result.scores.query("code == '1.1'").set_index(["unit_code", "year", "period"])
    assert found["points"].to_dict() == {
        ("A", 2023, "năm"): 1, ("A", 2024, "năm"): 2, ("A", 2024, "quý I"): 3, ("B", 2024, "năm"): 4,
    }  # fmt: skip
    early = result.scores.query("code == '2' and year == 2023")["points"]
    assert early.tolist() == [1]


def test_an_empty_table_gives_empty_tables():
    result = score(inputs_table([]), CRITERIA)
    assert result.scores.empty and result.index.empty and result.findings == ()


def test_findings_name_the_cell_where_the_table_knows_it():
    result = scored(*full(p=850), sheet="Tự đánh giá", cell="D9", file="ledger.xlsx")
    (finding,) = result.findings
    assert (finding.file, finding.where) == ("ledger.xlsx", "Tự đánh giá!D9")


def test_each_of_several_findings_names_its_own_cell_from_the_first_row_on():
    table = [row("3", "p", 100 + at, unit_code=unit, cell=f"E{at}", sheet="Số liệu", file="a.csv")
             for at, unit in enumerate("ABC", 2)]  # fmt: skip
    result = score(inputs_table(table, year=2024), CRITERIA)
    assert [(f.unit_code, f.where, f.values["value"]) for f in result.findings] == [
        ("A", "Số liệu!E2", 102.0), ("B", "Số liệu!E3", 103.0), ("C", "Số liệu!E4", 104.0),
    ]  # fmt: skip


def test_one_broken_column_of_many_units_does_not_drown_the_rest():
    units = pd.concat([inputs_table(full(p=850), unit_code=f"U{n}", year=2024) for n in range(300)])
    assert len(score(units, CRITERIA).findings) == 200


def test_the_table_given_is_left_alone():
    table = inputs_table(full(), unit_code="A", year=2024)
    before = table.copy()
    score(table, CRITERIA)
    pd.testing.assert_frame_equal(table, before)


def peers_set(most=""):
    return sound(
        items=[{"code": "1", "max_points": "10", "rule": "peer", "zero_denominator": "zero"}],
        inputs=[{"item_code": "1", "input": "v", "role": "value", "minimum": "0", "maximum": most}],
    )


PEERS = peers_set()


def test_the_best_unit_is_that_of_the_block_year_and_period():
    rows = [
        ("A", "sở", 2024, 10), ("B", "sở", 2024, 40), ("C", "xã", 2024, 5), ("A", "sở", 2023, 7),
        ("D", "xã", 2024, None), ("E", "trống", 2024, 0),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["unit_code", "block", "year", "value"])
    result = score(inputs_table(table.assign(item_code="1", input="v")), PEERS)
    earned = result.points[result.row("1")]
    assert earned[:2].tolist() == [2.5, 10] and np.isnan(earned[4])
    # Alone in block and period, or alone in reporting: open, for nobody says what the best of the
    # others is, and being one's own best would be full marks.
    assert np.isnan(earned[[2, 3, 5]]).all()
    assert codes(result) == ["peer-best-missing"] * 3 + ["nothing-filled-in"]
    assert [found.unit_code for found in result.findings[:3]] == ["C", "A", "E"]


def test_the_only_reporter_of_a_block_goes_by_the_best_value_it_gives():
    result = peers(("A", "v", 10), ("A", "@best:v", 40), ("B", "v", None))
    assert result.points[0, 0] == 2.5
    assert codes(result) == ["peer-best-typed", "nothing-filled-in"]
    assert explain(result, "1", "A").inputs[1].value == "40"


def peers(*rows, most=""):
    columns = ["unit_code", "input", "value"]
    cells = {"cell": [f"E{at}" for at in range(2, len(rows) + 2)]}
    common = {"item_code": "1", "year": 2024, "block": "sở"}
    table = pd.DataFrame(rows, columns=columns).assign(**common, **cells)
    return score(inputs_table(table), peers_set(most))


def test_a_figure_that_cannot_be_is_not_the_best_of_a_block():
    rows = (("A", "v", 10), ("B", "v", 40), ("C", "v", 900))
    result = peers(*rows, most="100")
    assert result.points[0, :2].tolist() == [2.5, 10] and np.isnan(result.points[0, 2])
    assert codes(result) == ["above-maximum"]
    assert explain(result, "1", "A").inputs[1].value == "40"
    # Beside such a figure alone a unit is the only one with a figure, and says what it goes by.
    result = peers(("A", "v", 10), ("A", "@best:v", 20), ("C", "v", 900), most="100")
    assert result.points[0, 0] == 5 and "peer-best-typed" in codes(result)


def test_a_unit_scored_alone_goes_by_the_best_value_it_gives_and_this_is_named():
    result = peers(("A", "v", 10), ("A", "@best:v", 40))
    assert result.points[0].tolist() == [2.5] and codes(result) == ["peer-best-typed"]
    assert "40" in result.findings[0].problem()
    assert explain(result, "1").inputs[1].value == "40"


def test_a_unit_scored_alone_without_a_best_value_is_open_with_bounds():
    result = peers(("A", "v", 10), ("A", "@best:v", None))
    assert codes(result) == ["peer-best-missing"]
    assert result.index_bounds().loc["A"].tolist() == [0, 10]
    # Nothing was typed that could be wrong: the finding stands at the figure that needs a best one.
    (found,) = peers(("A", "v", 10)).findings
    assert (found.code, found.cell) == ("peer-best-missing", "E2")


def test_a_best_value_below_the_units_own_cannot_be_the_best():
    result = peers(("A", "v", 10), ("A", "@best:v", 4))
    assert result.points[0].tolist() == [10] and codes(result) == ["peer-best-differs"]
    # The best value that was typed is what to mend, not the unit's own figure.
    assert result.findings[0].cell == "E3"


def test_in_a_block_its_own_best_rules_and_another_value_typed_is_named():
    rows = [("A", "v", 10), ("B", "v", 40), ("A", "@best:v", 20), ("B", "@best:v", 40)]
    result = peers(*rows)
    assert result.points[0].tolist() == [2.5, 10] and codes(result) == ["peer-best-differs"]
    assert explain(result, "1", "A").inputs[1].value == "40"


def units_alike(count):
    """Return figures that every unit lists in one order, as complete tables do."""
    rows = [{"item_code": code, "input": name, "value": 0.0} for code, name in
            (("1.1", "a"), ("1.1", "b"), ("3", "p"))]  # fmt: skip
    units = [
        inputs_table(rows, unit_code=f"U{place}", year=2026).assign(value=[90.0 - place, 100.0, 1])
        for place in range(count)
    ]
    return pd.concat(units, ignore_index=True)


@pytest.mark.parametrize("swapped", [None, (3, 4), (9, 10), (10, 11)])
def test_the_order_of_rows_does_not_matter_where_units_list_the_same_figures(swapped):
    """The first unit's order is taken for the others only where each of them repeats it."""
    table = units_alike(4)
    if swapped:
        rows = list(range(len(table)))
        rows[swapped[0]], rows[swapped[1]] = swapped[1], swapped[0]
        table = table.iloc[rows].reset_index(drop=True)
    values = figures_of(table, CRITERIA).values
    assert values["1.1", "a"].tolist() == [90.0, 89.0, 88.0, 87.0]
    assert values["1.1", "b"].tolist() == [100.0] * 4
    shuffled = figures_of(table.sample(frac=1, random_state=3).sort_values("unit_code"), CRITERIA)
    assert shuffled.values["1.1", "a"].tolist() == [90.0, 89.0, 88.0, 87.0]


def test_a_table_put_together_from_pieces_is_joined_once_and_scores_alike():
    table = units_alike(6)
    pieces = pd.concat([table.iloc[[row]] for row in range(len(table))], ignore_index=True)
    whole = in_one_piece(pieces)
    pd.testing.assert_frame_equal(whole, pieces)
    assert in_one_piece(whole) is whole
    for name in ("unit_code", "item_code", "input"):
        held = (
            whole[name].array.__arrow_array__() if whole[name].dtype.storage == "pyarrow" else None
        )
        assert held is None or held.num_chunks == 1
    first, second = (score(one, CRITERIA).points for one in (table, pieces))
    np.testing.assert_array_equal(first, second)


def test_of_a_long_table_only_the_first_row_of_each_unit_is_numbered_by_its_text(monkeypatch):
    table, numbered, factorize = units_alike(50), [], pd.factorize
    monkeypatch.setattr(pd, "factorize", lambda cells: numbered.append(cells) or factorize(cells))
    figures_of(table, CRITERIA)
    texts = [cells for cells in numbered if getattr(cells, "name", "") != "choice"]
    assert max(map(len, texts)) == 50 < len(table)


@pytest.mark.parametrize("dtype", ["str", "object", "category", pd.StringDtype("python", np.nan)])
@pytest.mark.parametrize("order", ["by unit", "by figure", "backwards", "without one row"])
def test_a_unit_has_its_figures_however_texts_are_kept_and_rows_lie(dtype, order):
    months = [units_alike(5).assign(period=name) for name in ("T1", "T2")]
    table = pd.concat(months, ignore_index=True)
    table = {
        "by unit": table,
        "by figure": table.sort_values("input", kind="stable"),
        "backwards": table.iloc[::-1],
        "without one row": table.drop(index=9),
    }[order]
    texts = ["unit_code", "period", "item_code", "input"]
    figures = figures_of(table.astype(dict.fromkeys(texts, dtype)), CRITERIA)
    found = {
        (unit.unit_code, unit.period, *key): value
        for key, values in figures.values.items()
        for unit, value in zip(unit_keys(figures.units), values, strict=True)
        if not np.isnan(value)
    }
    assert found == table.set_index(texts)["value"].to_dict()
