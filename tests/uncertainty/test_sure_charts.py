"""What the charts of doubt say in their titles and notes, of one unit and of many."""

import pandas as pd
import pytest
from matplotlib.text import Text

from scoring.outputs.charts.chances.fan import fan
from scoring.outputs.charts.chances.index_spread import index_spread
from scoring.outputs.charts.chances.rank_intervals import rank_intervals, rank_pages
from scoring.outputs.charts.chances.tornado import tornado
from scoring.outputs.theme import NO_CONTEXT, alt_text


def written(figure):
    return " ".join(" ".join(text.get_text() for text in figure.findobj(Text)).split())


def ranks(count, width):
    first = range(1, count + 1)
    return pd.DataFrame({
        "unit_code": [f"U{n:03}" for n in first], "unit_name": "", "rank_first": first,
        "rank_last": [min(count, n + width) for n in first], "bound_first": 1, "bound_last": count,
    })  # fmt: skip


@pytest.mark.parametrize("count", [1, 2, 300])
def test_a_single_rank_is_so_at_a_confidence_and_never_called_certain(count):
    figure = rank_intervals(ranks(count, 0), confidence_percent=90)
    assert f"Cả {count} đơn vị chỉ còn một hạng ở độ tin cậy 90" in written(figure)
    assert "chắc chắn" not in written(figure)
    assert (figure.next_row is None) == (count < 3)


def test_the_pages_of_a_large_block_leave_no_unit_out():
    table = ranks(300, 2)
    starts = rank_pages(table, context=NO_CONTEXT)
    told = [rank_intervals(table, first_row=first).next_row for first in starts]
    assert told == [*starts[1:], None] and len(starts) == 9


def test_ranks_of_one_block_and_period_of_several_say_which():
    figure = rank_intervals(ranks(2, 0), where="Khối sở · quý II/2025")
    assert "2 đơn vị · Khối sở · quý II/2025" in written(figure)


def test_a_threshold_of_unknown_chance_gets_no_figure():
    table = pd.DataFrame(
        {"points": [60.0, 95.0], "low_percent": [100, 0], "high_percent": [100, 100]}
    )
    figure = index_spread(table, "U", grades=[(90.0, "Xuất sắc")], bounds=(60, 95))
    said = "Có thể đạt từ 90,00 điểm (ngưỡng Xuất sắc), chưa có căn cứ để nói xác suất"
    assert said in written(figure) and "0–100%" not in written(figure)


def test_shares_are_explained_where_there_are_some():
    row = {
        "unit_code": "U",
        "kind": "open",
        "item_codes": "1.1",
        "down_points": -1.0,
        "up_points": 1.0,
    }
    without, told = (
        written(tornado(pd.DataFrame([row | {"first_percent": share}]), {"1.1": "Mục"}))
        for share in (float("nan"), 100.0)
    )
    assert "phương sai" not in without and "phương sai" in told and "· 100%" in told


def test_a_chart_in_vietnamese_has_its_notes_in_english_for_who_reads_english():
    chances = {"low_percent": [100, 0], "high_percent": [100, 0]}
    figure = index_spread(pd.DataFrame({"points": [80.0, 90.0]} | chances), "U", bounds=(60, 95))
    assert "All chances have grounds" in alt_text(figure, "en")
    assert "worst" in alt_text(figure, "en")


def test_a_fan_is_told_in_the_language_that_is_asked_for_whatever_it_is_drawn_in():
    ends = dict.fromkeys((f"{name}_{end}_points" for name in ("inner", "outer", "bound") for end in ("low", "high")), 80.0)  # fmt: skip
    days = pd.to_datetime(["2026-11-30", "2026-12-31"])
    table = pd.DataFrame({"unit_code": "U", "on": days, "is_past": [True, False], **ends})
    names, notes = {"vi": "chỉ số", "en": "index"}, {"vi": ["Giả định."], "en": ["Assumed."]}
    figure = fan(table, "U", names, notes=notes)
    assert "chỉ số" in written(figure) and "Giả định." in written(figure)
    english = alt_text(figure, "en")
    assert "index from 80.00" in english and "Assumed. Without a probability" in english
