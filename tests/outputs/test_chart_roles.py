"""Every chart says what it found, in letters of 8 points at least and in colours that mean one thing."""

from __future__ import annotations

import dataclasses
import itertools
import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from test_outputs_charts import assert_reads_well, drawings, not_assessed, texts_of

from scoring import charts
from scoring.base.values import CAUSES
from scoring.charts import alt_text, figure_data
from scoring.outputs import theme

SMALLEST = 8.0
FRAME = {theme.INK, theme.MUTED, theme.GRID, theme.PAPER}
CAUSE_ROLES = {"open", *CAUSES} - {"not-assessed"}
TASK_ROLES = {"reached", "late", "due-soon", "ongoing", "upcoming", "waiting", "no-date", "other"}
STEPS = {"below-50", "50-to-80", "from-80"}
# What each chart is about; a colour of any other role would say what the chart does not mean.
MEANT = {
    "area_bars": {"reached", "maximum", "target", "open", "lost"},
    "waterfall": {"reached", "maximum", "lost", "gained", "open"},
    "lost_points": CAUSE_ROLES,
    "points_at_risk": CAUSE_ROLES,
    "bullet": {"reached", "target", "open", *STEPS},
    "proof_coverage": {"reached", "declared", "no-evidence", "not-needed"},
    "calendar_year": TASK_ROLES,
    "gantt": TASK_ROLES,
}


def title_of(figure):
    [title] = [t for t in texts_of(figure) if t.get_fontsize() == theme.TITLE_SIZE]
    return title.get_text().replace("\n", " ")


def colours_of(figure):
    """Return the colours of areas and lines; texts and the frame are ink on paper."""
    drawn = [*figure.artists, *figure.lines, *figure.patches]
    for axes in figure.axes:
        drawn += [*axes.artists, *axes.lines, *axes.patches]
    patches = [artist for artist in drawn if isinstance(artist, Rectangle)]
    lines = [artist for artist in drawn if isinstance(artist, Line2D)]
    met = {to_hex(p.get_facecolor()) for p in patches} | {to_hex(x.get_color()) for x in lines}
    return met - FRAME


@pytest.fixture(scope="module", params=["vi", "en"])
def drawn(request, scores, items, targets, gaps, proofs, tasks, context):
    """Every chart, each with everything in it that has a colour of its own."""
    here = dataclasses.replace(context, lang=request.param)
    every = gaps.assign(cause=list(itertools.islice(itertools.cycle(CAUSES), len(gaps))))
    proofs = pd.concat([proofs, proofs.head(3).assign(proof="declared")])
    open_area = scores["code"].isin(["2", "INDEX"])
    partly = scores.assign(points=scores["points"].mask(open_area))
    extra = items.assign(kind=items["kind"].mask(items["code"] == "6", "bonus"))
    busy = pd.concat([tasks, tasks.head(2).assign(status=["waiting", "?"])], ignore_index=True)
    figures = drawings(partly, extra, targets, every, proofs, busy, here)
    return request.param, figures


def test_no_two_roles_share_a_colour():
    fills = list(theme.ROLES.values())
    looks = [f.color if f.color != theme.PAPER else f.color + f.hatch for f in fills]
    assert len(set(looks)) == len(looks)
    assert not {f.color for f in fills} & (FRAME - {theme.PAPER} | set(theme.RAMP))
    rgb = [tuple(int(f.color[i : i + 2], 16) for i in (1, 3, 5)) for f in fills]
    for (one, a), (other, b) in itertools.combinations(zip(fills, rgb, strict=True), 2):
        apart = sum(abs(x - y) for x, y in zip(a, b, strict=True))
        assert apart >= 30 or one.hatch != other.hatch, (one, other)


def test_no_chart_uses_a_colour_outside_its_roles(drawn):
    _, figures = drawn
    assert set(figures) - set(MEANT) == {"heatmap", "heatmap_items"}, "they shade by the ramp"
    for name, roles in MEANT.items():
        allowed = {theme.ROLES[role].color for role in roles}
        assert colours_of(figures[name]) <= allowed, name


def test_nothing_is_smaller_than_eight_points(drawn, many_scores, many_names, items, context):
    _, figures = drawn
    here = dataclasses.replace(context, unit_names=many_names)
    many = [charts.heatmap(many_scores[many_scores["unit_code"] < f"U{n}"], items, context=here)
            for n in ("046", "101", "171", "200")]  # fmt: skip
    for figure in [*figures.values(), *many]:
        assert min(t.get_fontsize() for t in texts_of(figure)) >= SMALLEST
        assert_reads_well(figure)


def test_every_title_says_the_finding_and_the_alternative_text_begins_with_it(drawn):
    lang, figures = drawn
    for name, figure in figures.items():
        title = title_of(figure)
        assert re.search(r"\d", title), name
        assert alt_text(figure, lang).startswith(title), name


def test_the_figures_of_a_title_are_those_of_the_table(
    scores, items, targets, gaps, proofs, tasks, context
):
    figures = drawings(scores, items, targets, gaps, proofs, tasks, context)
    title = {name: title_of(figure) for name, figure in figures.items()}
    data = {name: figure_data(figure) for name, figure in figures.items()}

    def vi(value):
        return f"{value:.2f}".replace(".", ",")

    areas = data["area_bars"].assign(lost=lambda t: t["max_points"] - t["points"])
    worst = areas.loc[areas["lost"].idxmax()]
    assert title["area_bars"] == f"{worst['name']} mất nhiều điểm nhất: {vi(worst['lost'])} trên 22"
    assert title["waterfall"].startswith(
        f"Được {vi(data['waterfall']['earned'].iloc[-1])} trên 100"
    )
    half = data["lost_points"].head(5)["lost_points"].sum()
    total = data["lost_points"]["lost_points"].sum()
    assert half >= total / 2 > data["lost_points"].head(4)["lost_points"].sum()
    assert title["lost_points"] == f"5 trong 15 mục chiếm {vi(half)} trong {vi(total)} điểm bị mất"
    lowest = data["heatmap"].drop(columns="unit_code").iloc[0].min()
    assert f"{lowest:.1f}%".replace(".", ",") in title["heatmap"]
    lines = data["bullet"].assign(short=lambda t: t["target_points"] - t["points"])
    assert title["bullet"].startswith(f"{(lines['short'] <= 0).sum()} trong {len(lines)} chỉ tiêu")
    assert vi(lines[lines["code"] != "INDEX"]["short"].max()) in title["bullet"]
    unproven = data["proof_coverage"]["unproven"]
    assert title["proof_coverage"].startswith(f"{unproven.sum()} trong ")
    assert f"({unproven.max()})" in title["proof_coverage"]
    risk = data["points_at_risk"]["lost_points"]
    assert f"nắm {vi(risk.max())} trong {vi(risk.sum())} điểm" in title["points_at_risk"]
    counts = tasks["status"].value_counts()
    assert (
        title["gantt"]
        == f"{counts['overdue']} trong 7 nhiệm vụ quá hạn, {counts['done']} đã hoàn thành"
    )
    assert title["calendar_year"].startswith("Năm 2026: 6 thời hạn, nhiều nhất vào tháng 11 (2)")


def test_what_is_open_is_not_called_lost(scores, items, gaps, proofs, tasks, context):
    figures = drawings(not_assessed(scores), items, None, gaps, proofs, tasks, context)
    assert title_of(figures["area_bars"]) == "6 trong 6 lĩnh vực chưa chấm xong"
    assert title_of(figures["waterfall"]) == "Được từ 0,00 đến 100,00 trên 100 điểm"
    open_gaps = gaps.assign(cause="not-assessed")
    assert title_of(charts.lost_points(open_gaps, context=context)).endswith(
        "bị mất hoặc chưa chấm"
    )


def test_figures_of_one_column_have_the_same_decimals(scores, items, targets, context):
    whole = scores.assign(points=scores["points"].mask(scores["code"] == "1", 15.0))
    halves = items.assign(max_points=items["max_points"].replace(12.0, 12.5))
    figure = charts.area_bars(
        whole.assign(max_points=whole["max_points"].replace(12.0, 12.5)), halves, targets,
        context=context,
    )  # fmt: skip
    rows = [t.get_text() for t in texts_of(figure) if " / " in t.get_text() and "%" in t.get_text()]
    assert rows[0].startswith("15,00 / 18,0  (83,3%)")
    assert rows[2].startswith("8,56 / 12,5")


def test_a_plan_without_dates_says_so_and_draws_no_day(tasks, context):
    undated = tasks.assign(starts_on=pd.NaT, due_on=pd.NaT)
    calendar = charts.calendar_year(undated, context=context)
    assert title_of(calendar) == "Chưa nhiệm vụ nào có thời hạn"
    assert not calendar.axes
    gantt = charts.gantt(undated, context=context)
    said = " ".join(t.get_text() for t in texts_of(gantt))
    assert said.count("chưa có thời hạn") == len(tasks)
    assert "2026" not in said.replace("26/09/2026", "").replace("năm 2026", "")
    assert_reads_well(gantt)
    assert np.isnat(figure_data(gantt)["due_on"].to_numpy()).all()


def test_a_penalty_is_not_drawn_as_points_reached(scores, items, context):
    fined = items.assign(kind=items["kind"].mask(items["code"] == "6", "penalty"))
    figure = charts.area_bars(scores, fined, context=context)
    lost = theme.ROLES["lost"].color
    widths = [p.get_width() for p in figure.axes[0].patches if to_hex(p.get_facecolor()) == lost]
    assert widths == [6.67]
    assert "Điểm bị trừ" in [t.get_text() for t in texts_of(figure)]
    # What is taken off is no share of anything that is to be reached.
    texts = [t.get_text() for t in texts_of(figure)]
    assert any(text.startswith("6,67 / 10") for text in texts)
    assert not any("(66,7%)" in text for text in texts)
