"""Charts say what the tables say, in both languages, and no label is cut or lies on another."""

from __future__ import annotations

import dataclasses
import itertools
import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from scoring import charts
from scoring.charts import alt_text, figure_data
from scoring.outputs.theme import CAUSE_FILLS, PROOF_FILLS, TASK_FILLS

LONG = "Tỷ lệ hồ sơ được tiếp nhận, giải quyết theo cơ chế một cửa, một cửa liên thông "


def texts_of(figure):
    return [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]


def said_in(figure):
    return " ".join(t.get_text().replace("\n", " ") for t in texts_of(figure))


def overlapping_texts(figure):
    """Return pairs of texts whose boxes share more than a pixel in both directions."""
    renderer = figure.canvas.get_renderer()
    boxes = [(t.get_text(), t.get_window_extent(renderer)) for t in texts_of(figure)]
    pairs = []
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        wide = min(a.x1, b.x1) - max(a.x0, b.x0)
        high = min(a.y1, b.y1) - max(a.y0, b.y0)
        # Line boxes include room for accents and tails, so a sliver of shared height is no overlap.
        if wide > 1 and high > 4:
            pairs.append((one, other))
    return pairs


def cut_texts(figure):
    renderer, page = figure.canvas.get_renderer(), figure.bbox
    cut = []
    for text in texts_of(figure):
        box = text.get_window_extent(renderer)
        inside = box.x0 >= -1 and box.y0 >= -1 and box.x1 <= page.x1 + 1 and box.y1 <= page.y1 + 1
        if not inside:
            cut.append(text.get_text())
    return cut


def assert_reads_well(figure):
    assert cut_texts(figure) == []
    assert overlapping_texts(figure) == []
    width, height = figure.get_size_inches()
    assert width <= 6.7
    assert height <= 11
    for lang in ("vi", "en"):
        assert len(alt_text(figure, lang)) > 30
    assert isinstance(figure_data(figure), pd.DataFrame)


def not_assessed(scores):
    return scores.assign(
        points=np.nan, points_low=0.0, points_high=scores["max_points"], status="not_assessed"
    )


def drawings(scores, items, targets, gaps, proofs, tasks, context):
    day = "2026-09-26"
    return {
        "area_bars": charts.area_bars(scores, items, targets, context=context),
        "lost_points": charts.lost_points(gaps, items, context=context),
        "waterfall": charts.waterfall(scores, items, context=context),
        "heatmap": charts.heatmap(scores, items, context=context),
        "heatmap_items": charts.heatmap(scores, items, level="item", context=context),
        "bullet": charts.bullet(scores, items, targets, context=context),
        "proof_coverage": charts.proof_coverage(proofs, items, context=context),
        "points_at_risk": charts.points_at_risk(gaps, as_of=day, context=context),
        "calendar_year": charts.calendar_year(tasks, context=context),
        "gantt": charts.gantt(tasks, as_of=day, context=context),
    }


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("status", ["observed", "sample"])
def test_every_chart_of_one_unit_reads_well(
    lang, status, scores, items, targets, gaps, proofs, tasks, context
):
    here = dataclasses.replace(context, lang=lang, set_status=status)
    for figure in drawings(scores, items, targets, gaps, proofs, tasks, here).values():
        assert_reads_well(figure)
        assert "26/09/2026" in said_in(figure), "the source stands on every chart"
        badge = {"vi": "BỘ MẪU", "en": "SAMPLE"}[lang]
        assert (badge in said_in(figure)) == (status == "sample")


def test_every_chart_reads_well_with_names_of_120_letters(
    scores, items, targets, gaps, proofs, tasks, context
):
    long = (LONG * 2)[:120].strip()
    items = items.assign(name_vi=long)
    tasks = tasks.assign(task=long, lead_unit="Sở Nội vụ")
    gaps = gaps.assign(item_name=long, lead_unit=gaps["lead_unit"] + long)
    here = dataclasses.replace(context, unit_names={"H44": long}, source=long * 2)
    for name, figure in drawings(scores, items, targets, gaps, proofs, tasks, here).items():
        assert_reads_well(figure)
        if name in ("area_bars", "waterfall", "bullet", "heatmap_items"):
            assert said_in(figure).count(long) >= 6, f"{name} shows whole names"


def test_a_page_pasted_as_one_name_makes_no_chart_of_metres(
    scores, items, targets, gaps, proofs, tasks, context
):
    page = ("một trang văn bản dán nhầm " * 4000)[:100_000] + " CUỐI"
    items, tasks, gaps = items.copy(), tasks.copy(), gaps.copy()
    items.loc[items.index[-1], "name_vi"] = page
    tasks.loc[tasks.index[0], "lead_unit"] = page
    gaps.loc[gaps.index[0], "lead_unit"] = page
    here = dataclasses.replace(context, unit_names={"H44": page}, source=page)
    for name, figure in drawings(scores, items, targets, gaps, proofs, tasks, here).items():
        width, height = figure.get_size_inches()
        assert width < 7 and height < 60, f"{name} is {width:.1f} by {height:.1f} inches"
        if name in ("gantt", "lost_points", "heatmap_items"):
            assert "…" in said_in(figure)
            assert "CUỐI" in said_in(figure), "the end of a name tells it from others"


def test_every_chart_of_a_unit_with_nothing_assessed_says_so(
    scores, items, targets, gaps, proofs, tasks, context
):
    drawn = drawings(not_assessed(scores), items, targets, gaps[:0], proofs, tasks, context)
    for name in ("area_bars", "waterfall", "bullet", "heatmap"):
        assert_reads_well(drawn[name])
        assert "chưa chấm" in said_in(drawn[name]).lower(), name
    assert "Không có mục nào bị mất điểm" in said_in(drawn["lost_points"])


def test_charts_take_one_area_and_no_rows_at_all(scores, items, gaps, proofs, tasks, context):
    one = scores[scores["code"].isin(["1", "1.1", "INDEX"])]
    for figure in drawings(one, items, None, gaps[:1], proofs[:1], tasks[:1], context).values():
        assert_reads_well(figure)
    empty = drawings(scores[:0], items, None, gaps[:0], proofs[:0], tasks[:0], context)
    for figure in empty.values():
        assert cut_texts(figure) == []


def test_a_heat_map_of_a_few_units_says_which_unit_each_code_is(scores, items, context):
    other = scores.assign(unit_code="K01")
    names = {"H44": LONG * 2 + "tỉnh", "K01": LONG * 2 + "xã"}
    here = dataclasses.replace(context, unit_names=names)
    figure = charts.heatmap(pd.concat([scores, other]), items, level="item", context=here)
    for code, name in names.items():
        assert f"{code} {name}" in said_in(figure), "a column headed by a code has its name below"
    assert_reads_well(figure)


@pytest.mark.parametrize("count", [2, 30, 46, 90, 101, 200])
def test_a_heat_map_reads_well_from_two_to_200_units(
    count, many_scores, many_names, items, context
):
    some = many_scores[many_scores["unit_code"] < f"U{count:03d}"]
    figure = charts.heatmap(
        some, items, context=dataclasses.replace(context, unit_names=many_names)
    )
    assert_reads_well(figure)
    assert len(figure_data(figure)) == count
    assert figure.get_size_inches()[1] <= 11


def test_a_period_that_somebody_pasted_a_page_into_makes_no_taller_chart(
    many_scores, items, context
):
    some = many_scores[many_scores["unit_code"] < "U002"]
    is_first = some["unit_code"] == "U000"
    pasted = some.assign(period=some["period"].mask(is_first, "tháng " * 4_000))
    assert charts.heatmap(pasted, items, context=context).get_size_inches()[1] <= 11


def test_a_heat_map_of_thousands_of_units_is_one_page_with_ranks(many_scores, items, context):
    parts = [many_scores.assign(unit_code=many_scores["unit_code"] + f"-{n}") for n in range(17)]
    figure = charts.heatmap(pd.concat(parts), items, context=context)
    assert len(figure_data(figure)) == 3400
    assert_reads_well(figure)


def test_a_heat_map_leaves_unassessed_cells_unknown(many_scores, items, context):
    data = figure_data(charts.heatmap(many_scores, items, context=context)).set_index("unit_code")
    assert np.isnan(data.loc["U017", "4"])
    assert data["4"].isna().sum() == 12
    assert data.index[-12:].isin([f"U{n:03d}" for n in range(0, 200, 17)]).all(), "unknown go last"


def test_charts_of_200_units_read_well(many_scores, many_names, items, targets, context):
    here = dataclasses.replace(context, unit_names=many_names, set_status="sample")
    common = targets.assign(unit_code="")
    for figure in (
        charts.area_bars(many_scores, items, common, context=here),
        charts.waterfall(many_scores, items, context=here),
        charts.bullet(many_scores, items, common, context=here),
    ):
        assert_reads_well(figure)
        assert "200" in said_in(figure)


def test_area_bars_show_points_maximum_and_target_in_words(scores, items, targets, context):
    figure = charts.area_bars(scores, items, targets, context=context)
    assert "7,96 / 18  (44,2%) chỉ tiêu 12" in said_in(figure)
    assert figure_data(figure)["points"].round(2).tolist() == [7.96, 17.68, 8.56, 9.59, 11.43, 6.67]
    assert "Công khai, minh bạch: 7,96 / 18" in alt_text(figure)
    assert "Transparency: 7.96 / 18" in alt_text(figure, "en")


def test_a_units_own_target_goes_before_the_common_one(scores, items, context):
    rows = [("", "1", 10.0), ("H44", "1", 16.0), ("OTHER", "1", 3.0), ("", "2", 18.0)]
    targets = pd.DataFrame(rows, columns=["unit_code", "code", "target_points"])
    data = figure_data(charts.area_bars(scores, items, targets, context=context))
    assert data["target_points"].tolist()[:2] == [16.0, 18.0]
    assert data["target_points"].isna().sum() == 4


def test_lost_points_come_largest_first_and_add_up(gaps, items, context):
    figure = charts.lost_points(gaps, items, context=context)
    data = figure_data(figure)
    assert data["lost_points"].is_monotonic_decreasing
    assert data["lost_points"].sum() == pytest.approx(38.11)
    assert data["cumulative_percent"].iloc[-1] == pytest.approx(100)
    assert "Tổng điểm bị mất: 38,11" in said_in(figure)
    assert "Thiếu tài liệu kiểm chứng" in said_in(figure)


def test_lost_points_of_many_items_end_in_a_row_of_the_others(gaps, context):
    many = pd.concat([gaps.assign(item_code=gaps["item_code"] + f".{n}") for n in range(10)])
    figure = charts.lost_points(many, context=context)
    assert_reads_well(figure)
    assert re.search(r"1[23]\d mục còn lại", said_in(figure))
    assert len(figure_data(figure)) == len(many)


def test_a_waterfall_goes_from_the_maximum_to_the_score(scores, items, context):
    steps = figure_data(charts.waterfall(scores, items, context=context))
    assert steps["end"].iloc[0] == 100
    assert steps["end"].iloc[-1] == pytest.approx(61.89)
    assert steps["lost"].sum() == pytest.approx(38.11)


def test_a_waterfall_keeps_what_is_not_assessed_apart_from_what_is_lost(scores, items, context):
    open_area, index = scores["code"] == "4", scores["code"] == "INDEX"
    partly = scores.assign(
        points=scores["points"].mask(open_area | index),
        points_low=scores["points_low"].mask(open_area, 5.0).mask(index, 57.3),
        points_high=scores["points_high"].mask(open_area, 18.0).mask(index, 70.3),
    )
    figure = charts.waterfall(partly, items, context=context)
    steps = figure_data(figure)
    assert steps["open"].iloc[4] == 13
    assert steps["lost"].iloc[4] == 4
    assert "từ 57,30 đến 70,30" in said_in(figure)


def test_points_at_risk_name_the_deadline_and_what_is_overdue(gaps, context):
    figure = charts.points_at_risk(gaps, as_of="2026-09-26", context=context)
    assert "quá hạn 30/06/2026" in said_in(figure)
    assert "Chưa giao đơn vị chủ trì" in said_in(figure)
    data = figure_data(figure).set_index("name")
    assert data.loc["Văn phòng UBND tỉnh", "lost_points"] == pytest.approx(22.45)


def test_proof_coverage_counts_items_by_area(proofs, items, context):
    data = figure_data(charts.proof_coverage(proofs, items, context=context)).set_index("code")
    assert data.loc["1", ["proven", "unproven", "not_needed"]].tolist() == [2, 1, 1]
    assert data[["proven", "unproven", "not_needed"]].to_numpy().sum() == 17


def test_what_is_only_declared_is_not_drawn_as_proven(proofs, items, context):
    looked_at = proofs.assign(proof=proofs["proof"].replace("proven", "declared"))
    figure = charts.proof_coverage(looked_at, items, context=context)
    data = charts.figure_data(figure)
    assert data["proven"].sum() == 0 and data["declared"].sum() > 0
    assert "kê khai" in charts.alt_text(figure)


def test_the_calendar_says_what_it_cannot_place(tasks, context):
    figure = charts.calendar_year(tasks, year=2026, context=context)
    assert "1 nhiệm vụ chưa có thời hạn" in said_in(figure)
    assert "30/11 (2)" in said_in(figure)


def test_a_long_plan_is_drawn_page_by_page(tasks, context):
    plan = pd.concat([tasks] * 20, ignore_index=True)
    figure = charts.gantt(plan, context=context, first_row=30)
    assert_reads_well(figure)
    assert "Hiển thị dòng 31–" in said_in(figure)
    firsts, following = [], 0
    while following is not None:
        firsts.append(following)
        following = charts.gantt(plan, context=context, first_row=following).next_row
    assert len(firsts) >= 5
    assert all(0 < b - a <= 30 for a, b in itertools.pairwise(firsts))


def test_names_with_dollar_signs_stay_text(scores, items, context):
    odd = items.assign(name_vi=r"$\frac{1}{0$ =HYPERLINK()")
    figure = charts.area_bars(scores, odd, context=context)
    figure.canvas.draw()
    assert r"$\frac{1}{0$" in said_in(figure)


def lightness(color):
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


@pytest.mark.parametrize("fills", [CAUSE_FILLS, PROOF_FILLS, TASK_FILLS])
def test_fills_are_told_apart_without_colour(fills):
    for one, other in itertools.combinations(fills.values(), 2):
        apart = abs(lightness(one.color) - lightness(other.color)) > 60
        assert apart or one.hatch != other.hatch


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [
        (71.5, "71,5", "71.5"),
        (1234567.891, "1.234.567,89", "1,234,567.89"),
        (2.675, "2,68", "2.68"),
        (-0.001, "0", "0"),
        (100.0, "100", "100"),
        (np.nan, "chưa chấm", "not assessed"),
    ],
)
def test_numbers_are_written_as_the_reader_writes_them(value, vi, en):
    written = [charts.ChartContext(lang=lang).number(value) for lang in ("vi", "en")]
    assert written == [vi, en]


def test_a_partly_assessed_area_shows_what_is_sure_and_hatches_the_rest(scores, items, context):
    open_area = scores["code"] == "4"
    partly = scores.assign(
        points=scores["points"].mask(open_area),
        points_low=scores["points_low"].mask(open_area, 5.0),
        points_high=scores["points_high"].mask(open_area, 18.0),
    )
    figure = charts.area_bars(partly, items, context=context)
    [axes] = figure.axes
    hatched = [bar for bar in axes.patches if bar.get_hatch()]
    assert [(bar.get_x(), bar.get_width()) for bar in hatched] == [(5.0, 13.0)]
    assert any(bar.get_x() == 0 and bar.get_width() == 5.0 for bar in axes.patches)
    assert "từ 5,00 đến 18,00 / 22" in said_in(figure)


def test_a_mean_with_open_units_says_how_many_are_finished_and_shows_the_range_of_all(
    many_scores, items, context
):
    figure = charts.area_bars(many_scores, items, context=context)
    assert "Trung bình 200 đơn vị (188 đã chấm xong)" in said_in(figure)
    data = figure_data(figure).set_index("code")
    assert np.isnan(data.loc["4", "points"])
    assert data.loc["4", "points_low"] < data.loc["4", "points_high"]
    assert data.loc["1", "points"] == pytest.approx(
        many_scores.loc[many_scores["code"] == "1", "points"].mean()
    )


def test_a_unit_that_a_node_does_not_apply_to_is_no_part_of_the_mean(scores, items, context):
    excused = scores.assign(unit_code="B")
    excused.loc[excused["code"] == "1", ["points", "status"]] = [np.nan, "not_applicable"]
    data = figure_data(charts.area_bars(pd.concat([scores, excused]), items, context=context))
    assert data.set_index("code").loc["1", "points"] == pytest.approx(7.96)


def test_bonus_and_penalty_are_no_areas_of_which_a_share_is_attained(scores, items, context):
    extra = items.assign(kind=items["kind"].mask(items["code"] == "6", "bonus"))
    assert "6" not in figure_data(charts.heatmap(scores, extra, context=context))
    assert "6" not in set(figure_data(charts.bullet(scores, extra, context=context))["code"])
    assert "6" in set(figure_data(charts.area_bars(scores, extra, context=context))["code"])


def test_the_lost_points_have_one_scale(gaps, items, context):
    figure = charts.lost_points(gaps, items, context=context)
    assert len(figure.axes) == 1
    assert "là tỷ lệ cộng dồn" in said_in(figure)


@pytest.mark.parametrize(
    ("opened", "said", "unsaid"),
    [
        (0, "từ cao xuống thấp.", "đứng cuối"),
        (1, "đơn vị chưa đủ điểm để có chỉ số đứng cuối", "xếp theo mã"),
        (9, "xếp theo mã đơn vị", "từ cao xuống thấp"),
    ],
)
def test_a_heat_map_claims_an_order_only_of_units_that_have_an_index(
    many_scores, items, context, opened, said, unsaid
):
    index = many_scores[many_scores["code"] == "INDEX"]
    finished = index.loc[index["points"].notna(), "unit_code"].head(9)
    scores = many_scores[many_scores["unit_code"].isin(finished)].copy()
    is_index = scores["code"] == "INDEX"
    scores.loc[scores.index[is_index][:opened], "points"] = np.nan
    words = " ".join(said_in(charts.heatmap(scores, items, context=context)).split())
    assert said in words
    assert unsaid not in words
