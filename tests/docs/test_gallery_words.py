"""The words of every picture of the gallery are true: they hold the figures of its own table."""

import re
import sys
from pathlib import Path

import pytest
from matplotlib.text import Text

from scoring import charts
from scoring.base.rounding import round_points

ROOT = Path(__file__).resolve().parents[2]
POINTS = {"lost_points": "lost_points", "points_at_risk": "lost_points", "trend": "points",
          "area_bars": "points", "bullet": "points", "waterfall": "lost"}  # fmt: skip


@pytest.fixture(scope="module")
def drawn():
    sys.path.insert(0, str(ROOT / "docs"))
    from make_gallery import drawn

    return {name: figure for name, _, figure in drawn()}


def test_the_gallery_shows_every_chart_and_begins_each_text_with_its_title(drawn):
    assert set(drawn) == set(charts.__all__) - {
        "ChartContext",
        "ChartFigure",
        "alt_text",
        "figure_data",
    }
    for name, figure in drawn.items():
        texts = [t for t in figure.findobj(Text) if t.get_fontsize() == 11]
        assert charts.alt_text(figure, "vi").startswith(texts[0].get_text().replace("\n", " ")), (
            name
        )
        assert charts.alt_text(figure, "vi") == figure.get_label()


def test_the_words_of_a_picture_hold_the_figures_of_its_table(drawn):
    for name, column in POINTS.items():
        shown = charts.figure_data(drawn[name])[column].dropna()
        said = set(re.findall(r"\d+[.]\d\d", charts.alt_text(drawn[name], "en")))
        wanted = [f"{round_points(float(value), 2):.2f}" for value in shown.nlargest(1)]
        assert set(wanted) <= said, name
    heat = charts.figure_data(drawn["heatmap"]).drop(columns="unit_code").mean()
    for percent in heat:
        assert f"{round_points(float(percent), 1):.1f}%" in charts.alt_text(drawn["heatmap"], "en")
    proofs = charts.figure_data(drawn["proof_coverage"])
    assert f"{proofs['unproven'].sum()} of " in charts.alt_text(drawn["proof_coverage"], "en")
    for name in ("gantt", "calendar_year"):
        tasks, said = charts.figure_data(drawn[name]), charts.alt_text(drawn[name], "en")
        assert f"{len(tasks)} tasks" in said
        open_tasks = tasks[tasks["status"] != "done"].dropna(subset="due_on")
        assert f"Not done and due first: {open_tasks['due_on'].min():%d/%m/%Y}" in said


def test_only_what_is_drawn_from_a_sample_set_says_so(drawn):
    of_a_sample_set = {
        "heatmap",
        "index_spread",
        "points_at_risk",
        "price_curve",
        "proof_coverage",
        "rank_intervals",
        "scenario_steps",
        "tornado",
        "track_gap",
    }
    for name, figure in drawn.items():
        assert ("sample set" in charts.alt_text(figure, "en")) == (name in of_a_sample_set), name


def test_the_words_beside_a_picture_of_the_demo_hold_what_the_demo_shows():
    """The demo has an index of 61.89 and no targets."""
    pages = [*(ROOT / "docs").glob("*.md"), *ROOT.glob("README*.md")]
    words = re.compile(r"!\[([^\]]*)\]\([^)]*(area-points|report-page)\.png\)")
    said = [found for page in pages for found in words.findall(page.read_text(encoding="utf-8"))]
    assert len(said) >= 4
    for text, picture in said:
        assert "chỉ tiêu" not in text and "target" not in text
        assert picture != "report-page" or "61,89" in text
