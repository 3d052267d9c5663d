"""The chart of a plan's targets: figures as in the table, states by colour, a title that says them."""

import io
import sys
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "plan"))
from target_samples import result, rows_as

from scoring import charts
from scoring.outputs.target_workbook import target_workbook
from scoring.outputs.theme import ROLES


@pytest.fixture(scope="module")
def results():
    return rows_as(
        "TargetResults",
        result(target_code="CT-01", state="met", result=91.0, gap=6.0),
        result(target_code="CT-02", result=80.0, gap=-5.0, waived_by="UBND", waiver_reason="=1+1",
               waived_until=pd.Timestamp("2026-06-30")),
        result(target_code="CT-03", unit="sáng kiến", value=3.0, result=5.0, gap=2.0, state="met"),
        result(target_code="CT-04", state="not-measurable", why="no-result"),
    )  # fmt: skip


def test_a_bar_ends_at_its_result_in_the_colour_of_its_state(results):
    figure = charts.plan_target_bars(results, context=charts.ChartContext(lang="en"))
    drawn = [bar for axes in figure.axes for bar in axes.patches]
    widths = [bar.get_width() for bar in drawn]
    assert widths[:2] == [91.0, 80.0] and max(widths[2:]) < 5
    assert [bar.get_facecolor() for bar in drawn[:1]] == [_rgba(ROLES["reached"].color)]
    assert charts.figure_data(figure)["target_code"].tolist() == results["target_code"].tolist()
    assert "Targets of the plan met: 2 of 4; missed: 1" in " ".join(
        text.get_text().replace("\n", " ") for text in figure.texts
    )
    assert "91% · at least 85%" in charts.alt_text(figure, "en")


def _rgba(color):
    from matplotlib.colors import to_rgba

    return to_rgba(color)


def test_the_workbook_says_every_target_with_its_waiver_as_text(results):
    book = openpyxl.load_workbook(io.BytesIO(target_workbook(results, "31/01/2026")))
    rows = list(book.active.iter_rows(min_row=5, values_only=True))
    assert [row[0] for row in rows] == results["target_code"].tolist()
    assert rows[1][5].endswith("Được miễn đến hết 30/06/2026 (UBND): =1+1")
    assert rows[2][2] == "từ 3 sáng kiến trở lên" and rows[3][4] == "—"


def test_what_lies_beyond_zero_to_a_hundred_percent_is_drawn_where_it_is():
    rows = rows_as(
        "TargetResults",
        result(target_code="CT-01", state="met", result=112.0, value=110.0, gap=2.0),
        result(target_code="CT-02", result=-5.0, value=10.0, gap=-15.0),
    )
    [axes] = charts.plan_target_bars(rows).axes
    spans = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in axes.patches]
    assert spans == [(0.0, 112.0), (-5.0, 0.0)]
    assert [line.get_xdata()[0] for line in axes.lines] == [110.0, 10.0]
    low, high = axes.get_xlim()
    assert low < -5 and high > 112
