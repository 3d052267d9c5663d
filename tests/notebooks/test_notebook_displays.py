"""Sets, scores, explanations and charts show themselves in a notebook, and nothing escapes."""

import pandas as pd
import pytest
from set_builder import sound

import scoring
from scoring.base.displayed import html_of
from scoring.charts import area_bars, heatmap
from scoring.display.html import html_table
from scoring.display.scores import MOST_UNITS, score_sheet_html
from scoring.display.sets import checked_set_html, criteria_set_html
from scoring.files.shipped import shipped_folder
from scoring.survey import Stage, draw_sample, read_survey, survey_estimates


@pytest.fixture(scope="module")
def criteria():
    return scoring.open_set("service-quality-766")


def figures(unit="H1", name="Sở A", on_time=90):
    rows = [
        {"item_code": "2", "input": "on_time", "value": on_time},
        {"item_code": "2", "input": "received", "value": 100},
    ]
    return scoring.inputs_table(rows, unit_code=unit, unit_name=name, year=2026)


def test_a_sheet_is_one_short_line_in_a_console(criteria):
    assert repr(scoring.score(figures(), criteria)) == (
        "ScoreSheet('service-quality-766', 1 units, 16 open items)"
    )


def test_what_nothing_shows_is_refused():
    with pytest.raises(TypeError, match="nothing shows a int"):
        html_of(1)


def test_completion_of_names_offers_the_public_ones_only():
    assert dir(scoring) == sorted(scoring.__all__)


def test_a_unit_shows_its_areas_and_the_range_while_items_are_open(criteria):
    page = score_sheet_html(scoring.score(figures(), criteria))
    assert "Sở A, 2026" in page
    assert "18,00 đến 98,00" in page
    assert page.count("<tr>") == 1 + len(criteria.areas)


def test_what_a_stranger_typed_stays_text(criteria):
    page = scoring.score(figures(name="<script>x</script>"), criteria)._repr_html_()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def unit_table(points):
    """Score units of a set of two items; the second stays open where a unit is worth one figure."""
    criteria = sound(
        items=[{"code": code, "max_points": 5, "rule": "direct"} for code in "12"],
        inputs=[
            {"item_code": code, "role": "points", "kind": "number", "minimum": 0, "maximum": 5}
            for code in "12"
        ],
    )
    rows = [
        scoring.inputs_table(
            [{"item_code": code, "input": "points", "value": value} for code, value in zip("12", own, strict=False)],
            unit_code=unit, unit_name=f"Xã {unit}", year=2026,
        )
        for unit, own in points.items()
    ]  # fmt: skip
    return scoring.score(pd.concat(rows), criteria)


def test_many_units_show_the_best_and_count_the_rest():
    sheet = unit_table({f"{n:02}": (5, n / 10) for n in range(MOST_UNITS + 3)})
    page = score_sheet_html(sheet, "en")
    assert "and 3 more units" in page
    assert f"Xã {MOST_UNITS + 2}<" in page
    assert "Xã 01<" not in page


def test_units_still_open_stand_below_the_finished_ones_without_a_rank():
    page = score_sheet_html(unit_table({"A": (2, 1), "B": (5,), "C": (4, 4)}))
    rows = [row.split("</td>") for row in page.split("<tr>")[2:]]
    assert [[cell.rpartition(">")[2] for cell in row[:4]] for row in rows] == [
        ["1", "C", "Xã C", "8,00"],
        ["2", "A", "Xã A", "3,00"],
        ["—", "B", "Xã B", "5,00 – 10,00"],
    ]
    assert "2/3 đơn vị đã chấm đủ có trung bình 5,50 điểm" in page


def test_an_explanation_shows_figures_and_arithmetic_in_its_language(criteria):
    sheet = scoring.score(figures(), criteria)
    assert "20 × 90 / 100 = 18" in scoring.explain(sheet, "2")._repr_html_()
    assert "Reported figures:" in scoring.explain(sheet, "2", lang="en")._repr_html_()


def test_a_set_shows_its_status_and_caveats():
    page = criteria_set_html(scoring.open_set("department-sample"))
    assert "(mẫu)" in page
    assert "Không dùng để chấm điểm chính thức" in page


def test_a_check_shows_its_verdict_and_findings(tmp_path):
    assert "dùng được" in scoring.check_set("service-quality-766")._repr_html_()
    page = checked_set_html(scoring.check_set(tmp_path / "nothing"), "en")
    assert "not sound: 1 error." in page
    assert "<td" in page


def test_a_chart_shows_as_an_image_with_its_words(criteria):
    sheet = scoring.score(figures(), criteria)
    page = area_bars(sheet.scores, criteria.items)._repr_html_()
    assert page.startswith('<img alt="')
    assert "data:image/png;base64," in page
    assert heatmap(sheet.scores, criteria.items)._repr_html_().count("<img") == 1


def test_the_language_follows_the_environment(criteria, monkeypatch):
    monkeypatch.setenv("PARINDEX_LANG", "en")
    assert "Maximum points" in criteria._repr_html_()
    monkeypatch.setenv("PARINDEX_LANG", "xx")
    assert "Điểm tối đa" in criteria._repr_html_()


def test_cells_are_escaped_except_those_made_here():
    assert html_table(["<a>"], [["<b>"]]).count("&lt;") == 2
    assert "<hr>" in html_table(["a"], [["<hr>"]], raw=(0,))


def test_forms_estimates_and_draws_of_a_survey_show_themselves():
    survey = read_survey(shipped_folder("evidence") / "sipas-example-2026")
    estimated = survey_estimates(survey, by=((),))
    shown = estimated._repr_html_()
    assert "82,8" in shown and "79,8–85,4" in shown and "Chỉ số hài lòng" in shown
    assert "1185 phiếu" in estimated.responses._repr_html_().replace(".", "")
    frame = pd.DataFrame({"code": ["1", "2", "3"], "name": ["A", "B", "C"], "stratum": "S"})
    draw = draw_sample([frame.assign(size=1.0, parent="")], [Stage.of("random", "2")], seed=1)
    assert "Đã rút 2 phiếu chính" in draw._repr_html_()
