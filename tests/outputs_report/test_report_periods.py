"""One unit in several years or months of one run: each has its own page, chart, row and figures."""

from __future__ import annotations

import dataclasses

import openpyxl
import pandas as pd
import pytest

from scoring import chart_context, charts
from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.base.units import UnitKey, unit_keys
from scoring.batch import run as batch_run
from scoring.batch.run import write_outputs
from scoring.outputs.charts.score_tables import index_row, periods, unit_names, year_text
from scoring.outputs.content import league, league_sentence, report_contents
from scoring.outputs.page import league_page
from scoring.points import inputs_table

# Which charts there are is asked here, and their figures; not their pictures.
pytestmark = pytest.mark.usefixtures("marks_here_too")

MONTHS = [f"tháng {month}" for month in range(1, 13)]


def figures(done, year, period="", unit="H1"):
    rows = [
        {"item_code": "2", "input": "on_time", "value": done},
        {"item_code": "2", "input": "received", "value": 100},
    ]
    table = inputs_table(rows, unit_code=unit, unit_name="Sở Khoa học và Công nghệ", year=year)
    return table.assign(period=period)


@pytest.fixture(scope="module")
def two_years(make_run):
    return make_run(pd.concat([figures(90, 2025), figures(75, 2026)], ignore_index=True))


@pytest.fixture(scope="module")
def twelve_months(make_run):
    months = [figures(40 + 5 * place, 2026, month) for place, month in enumerate(MONTHS)]
    return make_run(pd.concat(months, ignore_index=True))


@pytest.fixture(scope="module")
def written_years(two_years, marks_here_too, tmp_path_factory):
    folder = tmp_path_factory.mktemp("written") / "years"
    write_outputs(two_years, folder, [])
    return folder


def contents(result):
    return list(report_contents(result.sheet, result.gaps, result.targets, result.findings))


def test_each_year_has_its_own_figures_explanations_and_losses(two_years):
    earlier, later = contents(two_years)
    assert [c.key.year for c in (earlier, later)] == [2025, 2026]
    for content, points, lost in ((earlier, "18,00", "82,00"), (later, "15,00", "85,00")):
        [area] = [area for area in content.areas if area.code == "2"]
        assert area.points_text == points
        assert content.headline.lost.text == lost, "never more than the maximum"
        [item] = [item for item in content.items if item.code == "2"] or [area]
        assert item.explanation.shown_points == points
        assert str(content.key.year) in content.title


def test_a_unit_with_several_periods_has_to_be_named_by_its_key(two_years, make_content):
    with pytest.raises(UsageError, match="one of 2 units or periods"):
        make_content(two_years, unit_code="H1")
    assert make_content(two_years, unit_code=UnitKey("H1", 2025)).headline.low.text == "18,00"


def test_the_league_lists_each_period_and_ranks_it_among_its_own(two_years, twelve_months):
    assert [row.shown_name.split(" · ")[1] for row in league(two_years.sheet).rows] == [
        "2026", "2025"
    ]  # fmt: skip
    months = league(twelve_months.sheet).rows
    assert len(months) == 12
    assert {row.when for row in months} == {f"{month}/2026" for month in MONTHS}


def test_twelve_months_make_a_series_the_last_one_first(twelve_months):
    table = league(twelve_months.sheet)
    whens = [f"{month}/2026" for month in reversed(MONTHS)]
    assert [row.when for row in table.rows] == whens, "tháng 10 follows tháng 9"
    assert [row.when for row in table.spreads] == whens
    lows = [row.median_low.value for row in table.spreads]
    assert lows == sorted(lows, reverse=True)
    assert table.whole.when == whens[0]
    assert table.whole.count == 1, "months are no units of one mean"
    page = league_page(table)
    assert "Từng khối, từng kỳ" in page
    assert league_sentence(table) in page


def test_every_period_gets_its_own_folder_page_and_charts(written_years, twelve_months, tmp_path):
    write_outputs(twelve_months, tmp_path / "months", [])
    years = {path.parent.name for path in written_years.rglob("units/*/report.html")}
    assert years == {"h1-2025", "h1-2026"}
    page = (written_years / "units" / "h1-2025" / "report.html").read_text(encoding="utf-8")
    assert "85,00" not in page
    assert "82,00" in page
    drawn = {path.parent.name for path in (tmp_path / "months").rglob("charts/*/area-points.png")}
    assert drawn == {f"h1-2026-thang-{month}" for month in range(1, 13)}
    assert (tmp_path / "months" / "charts" / "trend.png").exists()
    links = (tmp_path / "months" / "report.html").read_text(encoding="utf-8")
    assert links.count('href="units/') == 12


def test_the_workbook_lists_each_period_once_with_its_own_figures(written_years):
    book = openpyxl.load_workbook(written_years / "report.xlsx", data_only=True)
    rows = [[cell.value for cell in row] for row in book["Tóm tắt"].iter_rows()]
    lines = [row for row in rows if "H1" in row]
    assert len(lines) == 2
    names = [next(cell for cell in row if "Sở" in str(cell)) for row in lines]
    assert sorted(name.split(" · ")[1] for name in names) == ["2025", "2026"]
    points = [[cell.value for cell in row] for row in book["Điểm"].iter_rows()]
    areas = [row for row in points if "2" in row and "H1" in row]
    assert len(areas) == 2
    assert [row[6] for row in areas] == [18, 15]


@pytest.mark.parametrize("code", ["H1", UnitKey("H1", 2025), None])
def test_no_area_stands_twice_in_a_chart(code, two_years):
    sheet = two_years.sheet
    items = sheet.criteria.items
    data = charts.figure_data(charts.area_bars(sheet.scores, items, unit_code=code))
    assert not data["code"].duplicated().any()


def test_a_chart_of_several_periods_says_that_it_is_their_mean_and_names_each_row(two_years):
    sheet = two_years.sheet
    items = sheet.criteria.items
    context = charts.ChartContext(unit_names={"H1": "Sở A"})
    words = charts.alt_text(charts.area_bars(sheet.scores, items, context=context))
    assert "Sở A: trung bình 2 kỳ" in words
    lines = charts.figure_data(charts.bullet(sheet.scores, items, context=context))
    assert sorted(lines["name"]) == ["Sở A · 2025", "Sở A · 2026"]
    cells = charts.figure_data(charts.heatmap(sheet.scores, items, context=context))
    assert sorted(cells["year"]) == [2025, 2026]
    assert sorted(cells["2"]) == [75.0, 90.0]


def test_a_finding_stands_in_the_report_of_the_year_it_names(two_years):
    found = [Finding("nothing-filled-in", unit_code="H1", year="2025"), Finding("manifest-missing")]
    with_findings = dataclasses.replace(two_years, findings=tuple(found))
    codes = [[row.code for row in c.findings] for c in contents(with_findings)]
    assert codes == [["nothing-filled-in", "manifest-missing"], ["manifest-missing"]]


def test_a_target_of_a_unit_holds_for_each_of_its_periods(two_years):
    targets = pd.DataFrame({"unit_code": ["H1"], "code": ["INDEX"], "target_points": [99.0]})
    with_target = dataclasses.replace(two_years, targets=targets)
    assert [c.headline.target.text for c in contents(with_target)] == ["99", "99"]


def test_keys_are_those_of_the_sheet(two_years):
    assert [c.key for c in contents(two_years)] == unit_keys(two_years.sheet.units)


def test_each_year_of_a_unit_is_charted_against_the_target_of_that_year():
    key = {"unit_code": "A", "period": "", "code": "INDEX"}
    targets = pd.DataFrame([key | {"year": 2025, "target_points": 80.0},
                            key | {"year": 2026, "target_points": 95.0}])  # fmt: skip
    scores = pd.DataFrame([key | {"year": year, "level": "index", "points": 90.0, "status": "scored",
                                  "max_points": 100.0} for year in (2025, 2026)])  # fmt: skip
    items = pd.DataFrame(
        {"code": ["INDEX"], "name_vi": ["x"], "name_en": ["x"], "kind": ["normal"]}
    )
    both = charts.figure_data(charts.bullet(scores, items, targets))
    assert sorted(both["target_percent"]) == [80.0, 95.0]
    for year, wanted in ((2025, 80.0), (2026, 95.0)):
        one = index_row(scores, targets, UnitKey("A", year, ""))
        assert one["target_points"] == wanted


@pytest.fixture(scope="module", params=[2024, 2026])
def one_wrong_year(request, make_run):
    """Eleven departments of 2025, and one whose ledger says another year."""
    years = [2025] * 11 + [request.param]
    tables = [
        figures(60 + n, year, unit=f"H{n:02}").assign(unit_name=f"Sở {n:02}")
        for n, year in enumerate(years)
    ]
    return request.param, make_run(pd.concat(tables, ignore_index=True))


def test_one_wrong_year_marks_its_unit_and_no_other(one_wrong_year):
    year, result = one_wrong_year
    table = league(result.sheet)
    assert [row.shown_name for row in table.rows if row.when] == [f"Sở 11 · {year}"]
    assert table.rows[-1].when, "the odd one stands after those it is not compared with"
    assert (table.year, table.whole.count) == ("2025", 11)
    assert "Bảng kết quả các đơn vị năm 2025<" in league_page(table)


def test_one_wrong_year_is_said_once_in_headings_of_charts_and_workbook(
    one_wrong_year, tmp_path, monkeypatch
):
    year, result = one_wrong_year
    scores, context = result.sheet.scores, chart_context(result.sheet, "vi")
    heading = "năm 2025 (riêng 1 đơn vị thuộc kỳ khác)"
    assert year_text(scores, context) == heading
    names = unit_names(periods(scores), context)
    assert [name for name in names if "·" in name] == [f"Sở 11 · {year}"]
    # The workbook is read here, the pictures and pages of each unit are not.
    monkeypatch.setattr(batch_run, "MAX_UNITS_WITH_CHARTS", 0)
    write_outputs(result, tmp_path, [])
    book = openpyxl.load_workbook(tmp_path / "report.xlsx", data_only=True)
    for sheet in ("Tóm tắt", "Điểm", "Điểm bị mất"):
        texts = [str(cell.value) for row in book[sheet].iter_rows() for cell in row]
        assert any(heading in text for text in texts[:60]), sheet
        assert {text for text in texts if text.startswith("Sở") and "·" in text} == {
            f"Sở 11 · {year}"
        }
