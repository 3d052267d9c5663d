"""Charts of surveys: drawn from the table, true in their titles, never joined over a change of method."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
import survey_builder as made
from matplotlib.colors import to_hex
from test_chart_roles import SMALLEST, colours_of, title_of
from test_outputs_charts import assert_reads_well, said_in, texts_of

from scoring import charts
from scoring.charts import alt_text, figure_data
from scoring.outputs import theme
from scoring.outputs.charts.surveys.survey_tables import survey_context

FORM = made.instrument()
VI, EN = (survey_context(FORM, lang, source="ví dụ tự dựng") for lang in ("vi", "en"))
PUBLISHED = pd.DataFrame(
    {"year": [2021, 2022, 2023], "series": ["before", "test-2022", "test-2022"],
     "code": "INDEX", "published_percent": [87.16, 80.08, 82.66], "source": "Bộ Nội vụ"}
)  # fmt: skip
# An answer without an opinion is drawn on paper, which belongs to the frame.
ANSWERS = {"answer-lowest", "answer-low", "answer-middle", "answer-high", "answer-highest"}
MEANT = {
    "survey_profile": {"reached", "interval", "target", "last-year"},
    "survey_answers": ANSWERS,
    "survey_league": {"reached", "interval", "gained", "lost"},
    "survey_priorities": {"reached", "interval"},
    "survey_trend": {"reached", "interval", "last-year"},
}


def drawings(estimates, context, before=None, aims=None, published=None):
    every = estimates if before is None else pd.concat([before, estimates])
    return {
        "survey_profile": charts.survey_profile(estimates, FORM, before, aims, context=context),
        "survey_answers": charts.survey_answers(estimates, FORM, context=context),
        "survey_league": charts.survey_league(estimates, context=context),
        "survey_priorities": charts.survey_priorities(
            estimates, made.importance(), FORM, context=context
        ),
        "survey_trend": charts.survey_trend(every, published, context=context),
    }


@pytest.mark.parametrize("context", [VI, EN], ids=["vi", "en"])
def test_every_chart_reads_well_in_the_colours_of_its_roles(context):
    before = made.estimates(-6, year=2025)
    for name, figure in drawings(
        made.estimates(), context, before, made.targets(), PUBLISHED
    ).items():
        assert_reads_well(figure)
        assert min(t.get_fontsize() for t in texts_of(figure)) >= SMALLEST
        assert colours_of(figure) <= {theme.ROLES[role].color for role in MEANT[name]}, name
        assert alt_text(figure, context.lang).startswith(title_of(figure)), name
        badge = {"vi": "BỘ CÂU HỎI MẪU", "en": "SAMPLE FORM"}[context.lang]
        assert badge in said_in(figure)


def test_made_up_answers_are_marked_whatever_the_status_of_the_form():
    official = made.instrument(status="official")
    about = survey_context(official, "vi", is_synthetic=True)
    figure = charts.survey_league(made.estimates(), context=about)
    assert "SỐ LIỆU GIẢ LẬP" in said_in(figure)
    assert "do máy tạo" in alt_text(figure, "vi")
    plain = charts.survey_league(made.estimates(), context=survey_context(official, "vi"))
    assert "MẪU" not in said_in(plain)


def points_drawn(figure):
    return sorted(
        round(float(line.get_xdata()[0]), 6)
        for line in figure.axes[0].lines
        if len(line.get_xdata()) == 1 and to_hex(line.get_color()) != theme.LAST_YEAR
    )


def test_what_is_drawn_is_what_the_table_holds():
    figure = charts.survey_profile(made.estimates(), FORM, context=VI)
    table = figure_data(figure)
    assert points_drawn(figure) == sorted(table["estimate_percent"])
    league = charts.survey_league(made.estimates(), context=VI)
    assert points_drawn(league) == sorted(figure_data(league)["estimate_percent"].dropna())
    answers = charts.survey_answers(made.estimates(), FORM, context=VI)
    widths = [p.get_width() for p in answers.axes[0].artists if hasattr(p, "get_width")]
    widths += [p.get_width() for p in answers.axes[0].patches]
    columns = [f"answer_{option.code}" for option in made.SCALE]
    assert sorted(widths) == pytest.approx(sorted(figure_data(answers)[columns].to_numpy().ravel()))


def test_answers_lie_around_the_neutral_one_and_those_without_an_opinion_apart():
    figure = charts.survey_answers(made.estimates(), FORM, context=VI)
    bars = [*figure.axes[0].patches, *figure.axes[0].artists]
    ends = {}
    for bar in bars:
        key = (to_hex(bar.get_facecolor()), bar.get_hatch() or "")
        ends.setdefault(key, []).append((bar.get_x(), bar.get_x() + bar.get_width()))
    fill = {r: (theme.ROLES[r].color, theme.ROLES[r].hatch) for r in [*ANSWERS, "answer-none"]}
    assert all(a == pytest.approx(-b) for a, b in ends[fill["answer-middle"]])
    assert max(end for _, end in ends[fill["answer-low"]]) < 0
    most = max(end for _, end in ends[fill["answer-highest"]])
    starts = {round(start, 6) for start, _ in ends[fill["answer-none"]]}
    assert len(starts) == 1
    assert starts.pop() > most


@pytest.mark.parametrize(
    ("shift", "said", "unsaid"),
    [(-9.0, "5 yếu tố tăng vượt sai số so với 2025", "giảm"),
     (+9.0, "5 yếu tố giảm vượt sai số so với 2025", "tăng"),
     (-2.0, "so với 2025 chưa yếu tố nào thay đổi vượt sai số", "tăng")],
    ids=["rise", "fall", "tie"],
)  # fmt: skip
def test_a_change_is_told_only_beyond_its_error(shift, said, unsaid):
    before = made.estimates(shift, year=2025)
    title = title_of(charts.survey_profile(made.estimates(), FORM, before, context=VI))
    assert said in title
    assert unsaid not in title
    trend = title_of(charts.survey_trend(pd.concat([before, made.estimates()]), context=VI))
    told = {-9.0: "tăng 9 điểm phần trăm so với 2025, vượt sai số",
            9.0: "giảm 9 điểm phần trăm so với 2025, vượt sai số",
            -2.0: "chưa thấy khác biệt so với 2025"}  # fmt: skip
    assert told[shift] in trend


def test_years_stand_over_their_labels_unless_published_values_stand_beside_them():
    every = pd.concat([made.estimates(-6, year=2025), made.estimates()])
    alone, beside = (charts.survey_trend(every, given, context=VI) for given in (None, PUBLISHED))
    assert alone.axes[0].lines[0].get_xdata().tolist() == [2025, 2026]
    assert all(line.get_xdata()[0] % 1 for line in beside.axes[0].lines)


def test_the_lowest_says_from_how_many_others_it_cannot_be_told_apart():
    title = title_of(charts.survey_profile(made.estimates(), FORM, context=VI))
    assert title.endswith("80,0% (78,0–82,0), chưa khác biệt rõ với 1 mục khác")
    apart = made.estimates()
    apart.loc[(apart["code"] == "E") & (apart["unit_code"] == ""),
              ["estimate_percent", "low_percent", "high_percent"]] = (60.0, 58.0, 62.0)  # fmt: skip
    assert "tách" not in title_of(charts.survey_profile(apart, FORM, context=VI))


def test_a_target_within_the_interval_is_neither_met_nor_missed():
    figure = charts.survey_profile(made.estimates(), FORM, None, made.targets(83.0), context=VI)
    against = figure_data(figure).set_index("code")["against"].to_dict()
    assert against == {
        "INDEX": "same",
        "A": "higher",
        "B": "same",
        "C": "same",
        "D": "same",
        "E": "lower",
    }
    assert "1 yếu tố thấp hơn chỉ tiêu, vượt sai số" in title_of(figure)
    assert "chưa kết luận được" in said_in(figure)


def test_another_series_is_neither_compared_nor_joined():
    old = made.estimates(9.0, year=2021, series="before")
    profile = charts.survey_profile(made.estimates(), FORM, old, context=VI)
    assert figure_data(profile)["last_percent"].isna().all()
    assert "2021" not in said_in(profile)
    assert "không so sánh" in said_in(profile)
    trend = charts.survey_trend(pd.concat([old, made.estimates()]), PUBLISHED, context=VI)
    assert "phương pháp đã đổi" in title_of(trend)
    joined = [sorted(line.get_xdata().round()) for line in trend.axes[0].lines]
    joined = [years for years in joined if len(years) > 1]
    assert joined == [[2022, 2023]]
    assert figure_data(trend).query("is_break")["year"].tolist() == [2022]
    assert "Bộ Nội vụ" in said_in(trend)


def test_a_hidden_figure_is_named_and_never_drawn():
    hidden = made.estimates().assign(
        estimate_percent=np.nan, low_percent=np.nan, high_percent=np.nan, state="hidden-small"
    )
    for name, figure in drawings(hidden, VI).items():
        assert_reads_well(figure)
        assert "Mọi kết quả đều bị ẩn" in title_of(figure), name
        assert "ẩn (ít phiếu)" in said_in(figure), name
        drawn = [
            line
            for axes in figure.axes
            for line in axes.lines
            if np.isfinite(line.get_ydata()).all()
        ]
        assert not [line for line in drawn if to_hex(line.get_color()) == theme.POINTS], name


def test_the_league_tells_apart_what_is_real_and_says_how_many_compare():
    figure = charts.survey_league(made.estimates(), context=VI)
    table = figure_data(figure)
    assert table["unit_code"].tolist() == ["U001", "U002", "U003", "U004", "U005", "U006"]
    assert table["standing"].tolist() == ["higher", *["same"] * 4, "unknown"]
    assert (
        title_of(figure) == "Trong 5 đơn vị: 1 cao hơn mức chung, 0 thấp hơn, 4 chưa khác biệt rõ"
    )
    assert table["with_best"].sum() == 3
    said = said_in(figure).replace("\n", " ")
    assert "3 trong 5 đơn vị chưa khác biệt rõ với đơn vị cao nhất, tính cả chính đơn vị ấy" in said
    assert "1 đơn vị bị ẩn" in said_in(figure)


def test_many_units_take_pages_and_more_care():
    many = made.estimates(units=150)
    first = charts.survey_league(many, context=VI)
    assert_reads_well(first)
    assert first.next_row == 32
    assert "Hiển thị dòng 1–32 trong tổng số 150" in said_in(first)
    # 6.3 points above all together are real for one of five units, not for one of 150.
    assert (figure_data(first)["standing"] == "higher").sum() == 0
    last = charts.survey_league(many, context=VI, first_row=128)
    assert last.next_row is None
    assert "ẩn (ít phiếu)" in said_in(last)


def test_a_single_unit_is_not_compared_with_itself():
    one = made.estimates(units=1)
    assert title_of(charts.survey_league(one, context=VI)) == "Đơn vị U001: 90,0% (86,4–93,6)"
    factor = one[one["code"].isin(["INDEX", "A"])]
    title = title_of(charts.survey_profile(factor, FORM, context=VI))
    assert title == "Tiếp cận dịch vụ: 86,0% (84,0–88,0)"


def test_the_map_names_what_is_more_important_and_less_satisfied():
    figure = charts.survey_priorities(made.estimates(), made.importance(), FORM, context=VI)
    table = figure_data(figure)
    # 81.5 (79.5–83.5) holds the mean of 83.0: nobody can be sure of it.
    assert title_of(figure) == (
        "Kết quả cung ứng dịch vụ: quan trọng hơn và mức hài lòng thấp hơn trung bình, "
        "nhưng còn trong phạm vi sai số"
    )
    sure = made.estimates().assign(high_percent=lambda t: t["estimate_percent"] + 0.5)
    sure = charts.survey_priorities(sure, made.importance(), FORM, context=VI)
    assert title_of(sure) == "Nên xem trước 1 yếu tố: Kết quả cung ứng dịch vụ"
    assert table.loc[table["is_first"], "code"].tolist() == ["D"]
    assert "không phải quan hệ nhân quả" in said_in(figure)
    unknown = made.importance().assign(importance=np.nan)
    none = charts.survey_priorities(made.estimates(), unknown, FORM, context=VI)
    assert title_of(none) == "Chưa suy ra được mức quan trọng từ các câu trả lời"


def test_a_form_turned_round_is_drawn_the_right_way_round():
    turned = made.instrument(scales={"five": (*made.SCALE[4::-1], made.SCALE[5])})
    pair = [charts.survey_answers(made.estimates(), form, context=VI) for form in (FORM, turned)]
    places = [
        sorted((round(p.get_x(), 6), to_hex(p.get_facecolor())) for p in
               [*figure.axes[0].patches, *figure.axes[0].artists])
        for figure in pair
    ]  # fmt: skip
    assert places[0] == places[1]


def test_no_rows_at_all_say_so():
    for figure in drawings(made.estimates()[:0], dataclasses.replace(VI, lang="en")).values():
        assert "No data yet" in said_in(figure)


def test_what_the_survey_itself_tells_of_a_difference_goes_before_the_intervals():
    pairs = pd.DataFrame(
        {"unit_code": ["U003", "", "U001"], "other_unit_code": ["", "", "U002"],
         "year": 2026, "other_year": [2026, 2025, 2026], "measure": ["index", "factor", "index"],
         "code": ["INDEX", "A", "INDEX"], "difference_percent": [1.3, 2.0, 2.5],
         "low_percent": [0.2, 0.5, 0.5], "high_percent": [2.4, 3.5, 4.5], "verdict": "real"}
    )  # fmt: skip
    league = charts.survey_league(made.estimates(), differences=pairs, context=VI)
    table = figure_data(league).set_index("unit_code")
    assert table.loc["U003", "standing"] == "higher"
    # U002 is the other side of its pair with the highest unit.
    assert table["with_best"].to_dict() == {
        "U001": True, "U002": False, "U003": True, "U004": False, "U005": False, "U006": False
    }  # fmt: skip
    turned = pairs.rename(columns={"unit_code": "other_unit_code", "other_unit_code": "unit_code"})
    other = figure_data(charts.survey_league(made.estimates(), differences=turned, context=VI))
    assert other.set_index("unit_code").loc["U003", "standing"] == "lower"
    before = made.estimates(-2.0, year=2025)
    profile = charts.survey_profile(made.estimates(), FORM, before, differences=pairs, context=VI)
    assert figure_data(profile).set_index("code")["change"].to_dict() == {
        "INDEX": "same", "A": "higher", "B": "same", "C": "same", "D": "same", "E": "same"
    }  # fmt: skip


def test_one_hidden_answer_takes_away_the_bar_that_would_tell_it():
    table = made.estimates()
    table.loc[(table["code"] == "A1") & (table["answer"] == "1"), "estimate_percent"] = np.nan
    whole, spoiled = (charts.survey_answers(t, FORM, context=VI) for t in (made.estimates(), table))
    count = [len([*f.axes[0].patches, *f.axes[0].artists]) for f in (whole, spoiled)]
    assert count[0] - count[1] == len(made.SCALE)
    # Answers may be hidden for the sake of other cells alone.
    said = said_in(spoiled)
    assert "các câu trả lời bị ẩn" in said and "bị ẩn (ít phiếu)" not in said


def test_a_table_that_does_not_say_how_it_was_counted_is_drawn_all_the_same():
    table = made.estimates().drop(columns="weighting")
    for name, figure in drawings(table, VI).items():
        assert title_of(figure), name


def test_answers_of_a_form_that_is_scored_are_no_shares_of_satisfied_people():
    weights = made.Weighting("weights", "weights", "pooled", "sample", "mẫu")
    form = made.instrument(weightings=(weights,), scales={"five": made.SCALE[:2] + made.SCALE[3:]})
    figure = charts.survey_answers(made.estimates(), form, context=charts.ChartContext(lang="en"))
    words = said_in(figure)
    assert "At the right: the score (% of the maximum" in words and "higher answers →" in words
    assert "satisfied" not in words + charts.alt_text(figure, "en")
    assert "neutral" not in words, "an even scale has no middle"


def test_the_target_of_a_year_goes_before_that_of_every_year():
    both = pd.concat([made.targets(70.0).assign(year=2026), made.targets(85.0).assign(year=0)])
    figure = charts.survey_profile(made.estimates(), made.instrument(), targets=both)
    assert set(charts.figure_data(figure)["target_percent"]) == {70.0}


def test_no_rows_of_a_survey_are_not_called_hidden():
    said = charts.alt_text(charts.survey_profile(made.estimates()[:0], made.instrument()), "en")
    assert said.startswith("No data yet.") and "hidden" not in said


def test_the_key_of_a_map_of_priorities_is_not_cut_where_a_factor_has_a_long_name():
    long = tuple(
        dataclasses.replace(factor, name_vi=made.LONG) for factor in made.instrument().factors
    )
    form = made.instrument(factors=long)
    figure = charts.survey_priorities(made.estimates(), made.importance(), form)
    assert_reads_well(figure)
    assert said_in(figure).count(made.LONG) >= 5


def test_units_of_one_name_are_told_apart_and_points_at_an_end_are_whole():
    rows = made.estimates(units=2)
    is_unit = rows["unit_code"] != ""
    rows = rows.assign(unit_name=rows["unit_name"].mask(is_unit, "Sở Mẫu"))
    figure = charts.survey_league(rows, context=theme.ChartContext(lang="vi"))
    assert figure_data(figure)["name"].tolist() == ["Sở Mẫu (U001)", "Sở Mẫu (U002)"]
    points = [line for axes in figure.axes for line in axes.lines if line.get_linestyle() == "None"]
    assert points and not any(line.get_clip_on() for line in points)
