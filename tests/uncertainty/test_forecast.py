"""The fan to the cut-off day: points at the end, quantiles in order, narrower with more months."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from month_tables import END, YEAR, monthly, read, small_set, with_day
from set_builder import direct_set

from scoring.base.errors import UnreadableError
from scoring.plan import plan_status
from scoring.points import inputs_table, score
from scoring.uncertainty.forecast import Ahead, forecast, past_inputs, until_of
from scoring.uncertainty.forecast_trials import forecast_trials
from scoring.uncertainty.kept_deadlines import PlanAhead
from scoring.uncertainty.month_figures import month_figures

DRAWS = 300


def made_after(table, month, until=END, past=True, **more):
    months, findings = read(table, month)
    sheet = score(months.to_date(), small_set())
    told = score(past_inputs(months), small_set()) if past else None
    made = forecast(sheet, months, until, past=told, draws=DRAWS, **more)
    return replace(made, findings=(*findings, *made.findings))


@pytest.fixture(scope="module")
def year():
    return with_day(monthly(units=3))


@pytest.fixture(scope="module")
def at_july(year):
    return made_after(year[~year["period"].isin([f"tháng {m}" for m in range(8, 13)])], 7)


def ends(fan, kind):
    return fan[f"{kind}_low_points"].to_numpy(), fan[f"{kind}_high_points"].to_numpy()


def test_quantiles_are_ordered_and_bounds_hold_the_fan(at_july):
    inner, outer, bound = (ends(at_july.fan, kind) for kind in ("inner", "outer", "bound"))
    order = np.array([bound[0], outer[0], inner[0], inner[1], outer[1], bound[1]])
    assert (np.diff(order, axis=0) >= -1e-9).all()
    ahead = at_july.fan[~at_july.fan["is_past"] & (at_july.fan["code"] == "INDEX")]
    # Five ends of months and bands, never a line.
    assert len(ahead) == 15 and (np.diff(ends(ahead, "outer"), axis=0) > 0).all()


def test_at_the_cut_off_day_the_fan_is_a_point(year):
    made = made_after(year, 12)
    last = made.fan[made.fan["on"] == pd.Timestamp(END)]
    low, high = ends(last, "bound")
    assert np.allclose(low, high)
    months, _ = read(year, 12)
    index = score(months.to_date(), small_set()).points[-1]
    assert np.allclose(
        last.loc[last["code"] == "INDEX", "outer_low_points"].unique(), np.unique(index.round(2))
    )


def test_the_fan_narrows_with_more_months():
    table, widths = with_day(monthly(units=6, seed=5)), []
    for month in (3, 6, 9):
        months = read(table, 12)[0].until(month)
        ahead = Ahead.of(score(months.to_date(), small_set()), months, draws=DRAWS)
        rows = ahead.rows(*ahead.at(END), END)
        low, high = ends(rows[rows["code"] == "INDEX"], "outer")
        widths.append((high - low).mean())
    assert widths[0] > widths[1] > widths[2] > 0


def test_more_data_never_changes_what_is_past(year, at_july):
    later = made_after(year, 12)
    keys = ["unit_code", "code", "on"]
    both = at_july.fan[at_july.fan["is_past"]].merge(later.fan[later.fan["is_past"]], on=keys)
    assert len(both) == 3 * 7 * 4
    assert np.allclose(both["outer_low_points_x"], both["outer_low_points_y"])


def test_the_same_seed_and_other_units_give_the_same_fan(year, at_july):
    alone = made_after(year[year["unit_code"] == "U1"], 7).fan
    mine = at_july.fan[at_july.fan["unit_code"] == "U1"]
    assert np.allclose(alone["outer_low_points"], mine["outer_low_points"])
    other = made_after(year, 7, seed=5).fan
    assert not np.allclose(other["outer_low_points"], at_july.fan["outer_low_points"])


def test_every_figure_has_its_assumption_with_months(at_july):
    told = at_july.assumptions[at_july.assumptions["unit_code"] == "U0"]
    rows = told[["item_code", "input", "method", "periods", "count"]].values.tolist()
    assert rows == [
        ["1.1", "received", "flow", "1–7", 7],
        ["1.1", "on_time", "share", "1–7", 7],
        ["1.2", "percent", "mean", "1–7", 7],
    ]
    assert at_july.error_percent == pytest.approx(50 / np.sqrt(DRAWS))


def test_a_single_month_has_bounds_and_no_probability():
    made = made_after(with_day(monthly(months=1)), 1)
    assert "forecast-single" in {found.code for found in made.findings}
    last = made.fan[(made.fan["on"] == pd.Timestamp(END)) & (made.fan["code"] == "INDEX")].iloc[0]
    assert not made.assumptions["has_chance"].any()
    assert last["outer_low_points"] == last["bound_low_points"]
    assert last["outer_high_points"] == last["bound_high_points"]
    assert made.reaching(9.0)[["low_percent", "high_percent"]].values.tolist() == [[0.0, 100.0]]


def test_a_share_that_was_always_whole_need_not_stay_so():
    table = monthly(months=6, only=("1.1",))
    whole = table["input"] == "received"
    table.loc[~whole, "value"] = table.loc[whole, "value"].to_numpy()
    made = made_after(with_day(table), 6)
    last = made.fan[(made.fan["on"] == pd.Timestamp(END)) & (made.fan["code"] == "1.1")].iloc[0]
    assert 5.9 < last["outer_low_points"] < 6.0


def test_months_to_come_follow_the_season_of_last_year():
    table, before = monthly(months=6, only=("1.1",)), monthly(year=YEAR - 1, only=("1.1",), seed=4)
    late = before["period"].isin([f"tháng {m}" for m in range(7, 13)])
    before.loc[late, "value"] *= 3
    months, _ = read(table, 6)
    last, _ = month_figures(before, small_set(), dt.date(YEAR - 1, 12, 31), year=YEAR - 1)
    sheet = score(months.to_date(), small_set())
    received = {}
    for name, told in (("alike", None), ("season", last)):
        casts, _ = Ahead.of(sheet, months, told, draws=DRAWS).at(END)
        received[name] = casts[0].figures["received"]
    assert received["season"].method == "season"
    so_far = months.values["1.1", "received"][0, :6].sum()
    assert received["alike"].drawn.mean() == pytest.approx(2 * so_far, rel=0.05)
    # Bounds: no month brings more than twice the largest that is usual, which is that of the season.
    assert received["season"].drawn.mean() == pytest.approx(4 * so_far, rel=0.15)


KEPT = [*[f"2026-0{m}-{day}" for m in range(1, 6) for day in ("02", "12")][:9], "2026-05-20"]


def plan_of(done, on):
    tasks = pd.DataFrame({
        "task_code": ["I.1", "I.2"], "year": YEAR, "task": "Báo cáo", "lead_unit": "Văn phòng",
        "deadline_text": ["; ".join(f"{day}/{m}/2026" for m in range(1, 6) for day in (5, 15)), "15/11/2026"],
        "area_code": "direction",
    })  # fmt: skip
    progress = pd.DataFrame({"task_code": "I.1", "done_on": pd.to_datetime(done)})
    links = pd.DataFrame({"task_code": ["I.2"], "item_code": ["1.3"]})
    return PlanAhead("U0", plan_status(tasks, progress, on), links)


def test_points_that_are_given_stand_and_are_not_added_up_over_the_months():
    criteria = direct_set({"1": 10})
    rows = [{"item_code": "1", "input": "points", "value": value, "period": f"tháng {month}"}
            for month, value in ((1, 8.0), (2, 7.0), (3, 6.0))]  # fmt: skip
    table = inputs_table(rows, unit_code="A", year=2026)
    months, findings = month_figures(table, criteria, dt.date(2026, 4, 1))
    sheet = score(months.to_date(), criteria)
    assert (months.ways["1", "points"], sheet.points[-1].tolist(), sheet.findings) == (
        "level",
        [6.0],
        (),
    )
    assert not findings


def test_an_open_task_brings_its_points_by_the_record_of_days_kept():
    plan = plan_of(KEPT, dt.date(2026, 9, 30))
    assert plan.record == (9, 10)
    made = made_after(monthly(months=9), 9, plan=plan)
    doubts = made.outlook.doubts.table()
    task = doubts[doubts["kind"] == "task"]
    assert task["points"].tolist() == [0.0, 2.0] and task[
        "chance_percent"
    ].tolist() == pytest.approx([10.0, 90.0])
    assert task["cases"].tolist() == [10, 10]
    told = made.assumptions[made.assumptions["method"] == "task"].iloc[0]
    assert (told["count"], told["kept"], told["has_chance"]) == (10, 9, True)
    # Before its day the item is as open as it was.
    october = made.fan[
        (made.fan["on"] == pd.Timestamp(2026, 10, 31)) & (made.fan["code"] == "INDEX")
    ]
    assert (october["outer_high_points"] - october["outer_low_points"]).iloc[0] > 2


def test_deadlines_gone_are_gone_and_no_record_gives_no_chance():
    late = made_after(monthly(months=11), 12, plan=plan_of([], dt.date(2026, 12, 31)))
    doubts = late.outlook.doubts.table()
    # Met today it is late: half a point at best, and nobody knows.
    assert doubts.loc[doubts["kind"] == "task", "points"].tolist() == [0.0, 0.5]
    assert doubts.loc[doubts["kind"] == "task", "chance_percent"].isna().all()
    tasks = plan_of([], dt.date(2026, 1, 1))
    assert np.isnan(tasks.chance(80.0)).all()


def test_figures_to_date_are_parted_and_gaps_shared():
    table = monthly(months=6, only=("1.1",))
    months, _ = read(table, 6)
    sums = table.assign(value=table.groupby("input")["value"].cumsum())
    back, findings = read(sums, 6, to_date=True)
    assert not findings
    assert np.array_equal(
        back.values["1.1", "received"], months.values["1.1", "received"], equal_nan=True
    )
    gap, findings = read(sums[sums["period"] != "tháng 3"], 6, to_date=True)
    assert (
        np.nansum(gap.values["1.1", "received"])
        == sums.loc[sums["input"] == "received", "value"].max()
    )


SPOILT = {
    "forecast-gap": lambda t: t[t["period"] != "tháng 2"],
    "forecast-late": lambda t: t.assign(period=t["period"].replace("tháng 4", "tháng 9")),
    "forecast-part-open": lambda t: t.assign(period=t["period"].replace("tháng 4", "tháng 5")),
    "forecast-other-year": lambda t: t.assign(year=t["year"].where(t["period"] != "tháng 4", 2025)),
    "forecast-period-odd": lambda t: t.assign(period=t["period"].replace("tháng 4", "6 tháng")),
    "forecast-mixed": lambda t: t.assign(period=t["period"].replace("tháng 4", "quý I")),
    "forecast-twice": lambda t: t.assign(period=t["period"].replace("tháng 4", "tháng 3")),
    "forecast-falls": lambda t: t.assign(
        value=t["value"].where(t["period"] != "tháng 3", -t["value"])
    ),
}


@pytest.mark.parametrize("code", SPOILT)
def test_what_is_wrong_with_months_is_told_at_its_row(code):
    table = SPOILT[code](monthly(months=4, only=("1.1",))).reset_index(drop=True)
    day = dt.date(2026, 5, 15)
    months, findings = month_figures(table, small_set(), day)
    found = next(found for found in findings if found.code == code)
    assert found.text("vi") != found.text("en") and "{" not in found.text("vi")
    if code == "forecast-falls":
        assert months.fell["1.1", "received"].all()
        sheet = score(months.to_date(), small_set())
        casts, _ = Ahead.of(sheet, months, draws=20).at(END)
        assert not casts[0].is_known.any()


def test_nothing_of_a_month_and_no_cut_off_day_are_told():
    with pytest.raises(UnreadableError) as raised:
        read(with_day(inputs_table(monthly(months=1).iloc[:0])), 6)
    assert raised.value.finding.code == "forecast-no-periods"
    assert small_set("").meta.cut_off_day(YEAR) is None
    assert small_set("year-11-30").meta.cut_off_day(YEAR) == dt.date(2026, 11, 30)
    day, findings = until_of(None, None, YEAR)
    assert (day, findings[0].code) == (END, "forecast-no-cut-off")


def test_a_figure_that_goes_one_way_is_told(year):
    table = monthly(months=8, only=("1.1",))
    hits = table["input"] == "on_time"
    part = table.loc[hits, "period"].str[-1].astype(int)
    whole = table.loc[~hits, "value"].to_numpy()
    table.loc[hits, "value"] = np.rint(whole * (1 - 0.08 * part.to_numpy()))
    codes = {found.code for found in made_after(with_day(table), 8).findings}
    assert "forecast-drift" in codes
    assert "forecast-drift" not in {found.code for found in made_after(year, 8).findings}


def test_forecasts_hold_about_what_they_state():
    months, _ = read(with_day(monthly(units=60, seed=9)), 12)
    table = forecast_trials(months, small_set(), draws=200)
    index = table[table["code"] == "INDEX"].set_index(["made_after", "stated_percent"])
    held = index.reset_index().pivot_table("held_percent", "made_after", "stated_percent")
    assert (held[100.0] == 100).all()
    # Three standard errors of a share of sixty.
    assert (held[80.0] - 80).abs().max() < 16 and (held[50.0] - 50).abs().max() < 20
    widths = index.reset_index().pivot_table("width_points", "made_after", "stated_percent")
    assert widths[80.0].is_monotonic_decreasing
