"""The gallery of charts, drawn from the shipped examples: every chart with its call and its words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.figure import Figure

import scoring
from scoring import charts
from scoring.analysis.differences import ahead
from scoring.base.labels import label
from scoring.batch.run import chart_context
from scoring.evidence.proof import requirements_for
from scoring.files.shipped import shipped_folder
from scoring.outputs.charts.surveys.survey_tables import survey_context
from scoring.outputs.images import png_bytes
from scoring.plan import document_from_text, plan_from_document, year_chart_table
from scoring.plan.target_bindings import propose_bindings, targets_from_text
from scoring.plan.target_results import target_results
from scoring.plan.target_sources import ResultSources
from scoring.points import ScoreSheet
from scoring.points.tracks import with_decisions
from scoring.survey.instrument.instruments import open_instrument
from scoring.survey.instrument.model import Instrument
from scoring.survey.planning.sample_sizes import Costs, SizeRequest, precision_table
from scoring.tables import empty
from scoring.uncertainty import doubts_of, outlook
from scoring.whatif.cheapest import price_curve

TITLE = {
    "vi": """# Thư viện biểu đồ

*[In English](en/gallery.md)*

Mỗi biểu đồ trả lời một câu hỏi. Mọi hình dưới đây được vẽ lúc dựng trang tài liệu, từ các ví dụ đi kèm; tên hàm nằm trong
`scoring.charts`. Biểu đồ nào cũng mang theo lời mô tả cho người không xem được hình (`alt_text`) và bảng số liệu của nó (`figure_data`).

Số liệu của tỉnh Phú Thọ là số thật; tỉnh mẫu, các sở mẫu, khảo sát và kế hoạch là **mẫu**.
""",
    "en": """# Gallery of charts

*[Tiếng Việt](../gallery.md)*

Each chart answers one question. All are drawn while the site is built, from the shipped examples; the functions are those of
`scoring.charts`. Every chart carries its words for those who cannot see it (`alt_text`) and its data (`figure_data`).

The figures of Phú Thọ are real; the sample province, the sample departments, the surveys and the plan are **made up**.
Names of units, items and questions are Vietnamese, as in their sources.
""",
}
PLAN = """KẾ HOẠCH
Cải cách hành chính năm 2026 (mẫu)
STT\tNhiệm vụ\tSản phẩm\tĐơn vị chủ trì\tThời hạn
I\tCÔNG TÁC CHỈ ĐẠO, ĐIỀU HÀNH
1\tBan hành kế hoạch cải cách hành chính năm\tKế hoạch\tVăn phòng\tTrước ngày 10/01/2026
2\tBáo cáo cải cách hành chính định kỳ\tBáo cáo\tVăn phòng\tTrước ngày 15 tháng cuối quý
3\tKiểm tra cải cách hành chính\tKế hoạch, báo cáo\tThanh tra\tQuý II/2026
II\tCẢI CÁCH THỂ CHẾ
4\tRà soát văn bản quy phạm pháp luật\tBáo cáo\tPhòng Pháp chế\tTrước ngày 30/6/2026
"""
AIMS = """Phấn đấu trên 99% hồ sơ được giải quyết đúng hạn; Mức độ hài lòng của người dân đạt từ 85% trở lên;
Tối thiểu 60% hồ sơ nộp trực tuyến; Có ít nhất 03 sáng kiến cải cách hành chính"""
DAY = dt.date(2026, 6, 10)


class Both(NamedTuple):
    """Something that a chart is given in either language."""

    vi: Any
    en: Any


SOURCES = {
    "số liệu do đơn vị kê khai (inputs.csv)": "figures that the unit declared (inputs.csv)",
    "số liệu mẫu để minh họa, không của tỉnh nào": "made-up figures, of no province",
    "số liệu mẫu để minh họa, không của xã nào": "made-up figures, of no commune",
    "số liệu mẫu để minh họa": "made-up figures",
    "điều chưa chắc đặt ra để minh họa (mẫu)": "doubts made up for illustration",
    "kế hoạch mẫu để minh họa": "a sample plan",
    "tính từ tỷ lệ dự kiến 96%, cụm 10 phiếu, tương quan trong cụm 0,05; đơn giá mẫu": (
        "computed for an expected share of 96%, clusters of 10, correlation 0.05; made-up costs"
    ),
}


class Shown(NamedTuple):
    """A chart of the gallery: its function, how it is called, drawn, and drawn in English."""

    name: str
    call: str
    figure: Figure
    in_english: Callable[[], Figure]


def gallery(shown: Iterable[Shown] | None = None) -> dict[str, str | bytes]:
    """Return the pages and their pictures by their place in the site; `shown` may be drawn already."""
    made: dict[str, str | bytes] = {}
    lines = {lang: [title] for lang, title in TITLE.items()}
    for one in drawn() if shown is None else shown:
        for lang, figure, place in (
            ("vi", one.figure, f"gallery/{one.name}.png"),
            ("en", one.in_english(), f"en/gallery/{one.name}-en.png"),
        ):
            made[place] = png_bytes(figure, dpi=110)
            lines[lang] += _section(one, lang, charts.alt_text(figure, lang), Path(place).name)
    return {
        f"{'en/' * (lang == 'en')}gallery.md": "\n".join(text) for lang, text in lines.items()
    } | made


def _section(one: Shown, lang: str, words: str, picture: str) -> list[str]:
    """Return the question of a chart, its picture with its words, and its call."""
    said = words.replace('"', "'").replace("[", "(").replace("]", ")")
    about = (getattr(charts, one.name).__doc__ or "").split("\n")[0]
    lines = [f"## {label(f'chart_{one.name}_asks', lang)}", "", f"![{said}](gallery/{picture})", ""]
    lines += [f"*{words}*", "", *([about, ""] if lang == "en" else [])]
    return [*lines, "```python", one.call, "```", ""]


def drawn() -> Iterator[Shown]:
    """Yield every chart of the gallery."""
    sheet, targets = _province()
    items, about = sheet.criteria.items, {"context": chart_context(sheet, "vi")}
    scores, gaps = sheet.scores, scoring.gap_table(sheet)
    yield _shown("area_bars", "sheet.scores, items, targets", scores, items, targets, **about)
    yield _shown("waterfall", "sheet.scores, items", scores, items, **about)
    yield _shown("lost_points", "gap_table(sheet), items", gaps, items, **about)
    yield _shown("bullet", "sheet.scores, items, targets", scores, items, targets, **about)
    yield from _months()
    yield from _departments()
    yield from _plans()
    yield from _surveys()
    yield _years()


def _shown(name: str, call: str, *tables: Any, context: charts.ChartContext, **about: Any) -> Shown:
    """Return a chart and how it was called; every chart takes a context."""
    english = replace(context, lang="en", source=SOURCES.get(context.source, context.source))

    def draw(lang: str, says: charts.ChartContext) -> Figure:
        given = [getattr(one, lang) if isinstance(one, Both) else one for one in tables]
        named = {key: getattr(one, lang) if isinstance(one, Both) else one
                 for key, one in about.items()}  # fmt: skip
        return getattr(charts, name)(*given, **named, context=says)

    call = f"charts.{name}({call}, context=context)"
    return Shown(name, call, draw("vi", context), lambda: draw("en", english))


def _province() -> tuple[ScoreSheet, pd.DataFrame]:
    folder = shipped_folder("evidence") / "phu-tho-2026"
    criteria = scoring.open_set("service-quality-766")
    sheet = scoring.score(scoring.read_long_table(folder / "inputs.csv", criteria)[0], criteria)
    return sheet, scoring.check_targets(scoring.read_targets(folder / "targets.csv")[0], sheet)[0]


def _months() -> Iterator[Shown]:
    """Yield twelve made-up months: the figures of a real province, its dossiers on time made up."""
    criteria = scoring.open_set("service-quality-766")
    path = shipped_folder("evidence") / "phu-tho-2026" / "inputs.csv"
    real = scoring.read_long_table(path, criteria)[0]
    named = {"unit_code": "tinh-mau", "unit_name": "Tỉnh Mẫu (ví dụ minh họa)"}
    is_on_time = (real["item_code"] == "2") & (real["input"] == "on_time")
    received = real.loc[(real["item_code"] == "2") & (real["input"] == "received"), "value"].item()
    months = []
    for month, percent in enumerate((71, 74, 72, 79, 82, 81, 86, 84, 88, 91, 90, 94), 1):
        value = real["value"].mask(is_on_time, round(received * percent / 100))
        months.append(real.assign(**named, period=f"tháng {month}", value=value))
    sheet = scoring.score(pd.concat(months, ignore_index=True), criteria)
    about = replace(
        chart_context(sheet, "vi"), source="số liệu mẫu để minh họa, không của tỉnh nào"
    )
    yield _shown("trend", "sheet.scores", sheet.scores, context=about)


def _departments() -> Iterator[Shown]:
    criteria = scoring.open_set("department-sample")
    path = shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
    sheet = scoring.score(scoring.read_long_table(path, criteria)[0], criteria)
    about = {"context": chart_context(sheet, "vi")}
    yield _shown("heatmap", "sheet.scores, items", sheet.scores, criteria.items, **about)
    yield _shown("track_gap", "ahead(sheet)", _appraised(sheet), **about)
    yield from _doubtful(sheet)
    june = dt.date(2025, 6, 1)
    yield _shown("price_curve", "curve", price_curve(sheet, on=june), **about)
    seen = scoring.what_if(sheet, ["1.1.1.issued_on=2025-01-10", "1.1.3.done=50"])
    call = "what_if(sheet, rows).scores, items"
    yield _shown("scenario_steps", call, seen.scores, criteria.items, unit_code="SM-A", **about)
    gaps = scoring.gap_table(sheet).query("unit_code == 'SM-A'")
    offices = gaps["area_code"].map(
        {"1": "Văn phòng", "3": "Văn phòng", "7": "Trung tâm Thông tin"}
    )
    assigned = gaps.assign(lead_unit=offices.fillna(""), due_on=pd.Timestamp("2026-01-15"))
    day = dt.date(2025, 12, 20)
    yield _shown("points_at_risk", "gaps, as_of=day", assigned, as_of=day, **about)
    asked = requirements_for(criteria.tables["evidence"], 2025)["item_code"].unique()
    proofs = pd.DataFrame({"unit_code": "SM-A", "item_code": asked, "proof": "proven"})
    proofs.loc[proofs.index % 5 == 0, "proof"] = "unproven"
    yield _shown("proof_coverage", "proofs, items", proofs, criteria.items, **about)


def _doubtful(sheet: ScoreSheet) -> Iterator[Shown]:
    """Yield what made-up doubts about some items of one department come to."""
    mine = sheet.scores.query("level == 'item' and unit_code == 'SM-A' and points > 0").iloc[::4]
    shares = [0.8, 0.6, 0.9, 0.5]
    given = mine[["unit_code", "year", "period"]].assign(
        item_code=mine["code"], points=0.0, chance=[shares[n % 4] / 2 for n in range(len(mine))]
    )
    made = outlook(doubts_of(sheet, given=given)[0])
    context = replace(chart_context(sheet, "vi"), source="điều chưa chắc đặt ra để minh họa (mẫu)")
    names = Both(*(
        {node.code: node.name(lang) for node in sheet.criteria.nodes} for lang in ("vi", "en")
    ))  # fmt: skip
    yield _shown("rank_intervals", "outlook.ranks", made.ranks, context=context)
    drivers = made.drivers.query("unit_code == 'SM-A'")
    yield _shown("tornado", "outlook.drivers, item_names", drivers, names, context=context)
    (_, chances), *_ = made.spread
    steps = [grade for grade in sheet.criteria.meta.grades if grade.lower > 0]
    grades = Both(*(
        [(grade.lower, grade.label(lang)) for grade in steps] for lang in ("vi", "en")
    ))  # fmt: skip
    call = "chances.reach(0), unit_code, grades=grades"
    yield _shown("index_spread", call, chances.reach(0), "SM-A", grades=grades, context=context)
    yield _forecast()


def _appraised(sheet: ScoreSheet) -> pd.DataFrame:
    """Return how far computed points run ahead where an appraiser takes a tenth off area 3."""
    scores = sheet.scores.query("status == 'scored'")
    lower = scores["code"].str.startswith("3").map({True: 0.9, False: 1.0})
    decisions = scores[["unit_code", "year", "period"]].assign(
        item_code=scores["code"], points=scores["points"] * lower, round="1", reason="mẫu"
    )
    decided, _ = with_decisions(sheet, decisions)
    table = ahead(decided, "computed", "appraised-1")
    return table[table["code"] == "INDEX"]


def _planned() -> Shown:
    """Return what forms buy where 96% are expected to be satisfied, in clusters of ten."""
    request = SizeRequest(0.02, share=0.96, cluster_size=10, icc=0.05)
    costs = Costs(interview=50_000, cluster=500_000)
    table = precision_table(request, [*range(60, 1201, 20), 573, 2 * 573], costs)
    source = "tính từ tỷ lệ dự kiến 96%, cụm 10 phiếu, tương quan trong cụm 0,05; đơn giá mẫu"
    about = {"margin_percent": 2.0, "context": charts.ChartContext(source=source)}
    return _shown("survey_precision", "precision, forms=573", table, forms=573, **about)


def _plans() -> Iterator[Shown]:
    plan = plan_from_document(document_from_text(PLAN, "kế hoạch mẫu"), DAY.year)
    progress = pd.DataFrame(
        {"task_code": ["I.1"], "done_on": [pd.Timestamp("2026-01-08")], "note": ""}
    )
    bars = year_chart_table(plan.tasks, DAY, progress)
    context = charts.ChartContext(year=DAY.year, source="kế hoạch mẫu để minh họa")
    call = "year_chart_table(plan.tasks, day, progress), as_of=day"
    yield _shown("gantt", call, bars, as_of=DAY, context=context)
    yield _shown("calendar_year", "bars, year=2026", bars, year=DAY.year, context=context)
    yield _shown("plan_target_bars", "results", _target_results(), context=context)


def _forecast() -> Shown:
    """Return a made-up fan: seven months known, five to come."""
    days = pd.date_range("2026-01-31", periods=12, freq="ME")
    away = pd.Series(range(-6, 6)).clip(lower=0)
    middle = pd.Series([80.1, 80.9, 80.4, 81.2, 81.0, 81.5, 81.4, *[81.4] * 5])
    ends = {
        f"{name}_{end}_points": middle + sign * width * away**0.5
        for name, width in (("bound", 2.6), ("outer", 0.9), ("inner", 0.45))
        for end, sign in (("low", -1), ("high", 1))
    }
    table = pd.DataFrame({"unit_code": "SM-A", "on": days, "is_past": away == 0, **ends})
    context = charts.ChartContext(year=2026, source="số liệu mẫu để minh họa")
    about = {"goal": (82.0, 31.0, 31.0), "context": context}
    index = Both("chỉ số", "index")
    return _shown("fan", 'forecast.fan, "SM-A", "chỉ số"', table, "SM-A", index, **about)


def _target_results() -> pd.DataFrame:
    """Return made-up targets against made-up results of the same year."""
    targets = targets_from_text(AIMS, DAY.year)
    told = {"source": "typed", "told_by": "Văn phòng (mẫu)", "told_on": pd.Timestamp(DAY)}
    bound = propose_bindings(targets).assign(
        **told,
        unit=targets["unit"],
        result_year=DAY.year,
        confirmed="x",
        value=[99.2, 81.0, 64.0, 4],
    )
    day, nothing = dt.date(DAY.year, 12, 31), empty("TargetWaivers")
    return target_results(targets, bound.drop(index=2), nothing, day, ResultSources())[0]


def _years() -> Shown:
    """Return the change of a made-up unit whose share of the effects is made up too."""
    effects = {
        "merger": -1.8,
        "performance": 4.1,
        "rules": -0.9,
        "evidence": 0.7,
        "appraisal": -0.4,
    }
    change = pd.DataFrame([{
        "unit_code": "xa-mau", "from_year": 2025, "year": 2026, "period": "", "code": "INDEX",
        "old_points": 78.6, "new_points": 80.3, "change": 1.7, **effects, "unsplit": 0.0,
    }])  # fmt: skip
    context = charts.ChartContext(
        source="số liệu mẫu để minh họa, không của xã nào", unit_names={"xa-mau": "Xã Mẫu"}
    )
    return _shown("year_effects", "panel.changes", change, context=context)


def _surveys() -> Iterator[Shown]:
    """Yield the charts of a made-up survey of three units over two years."""
    form = open_instrument("sipas-citizens-sample")
    now, before = (_estimates(form, year, shift) for year, shift in ((2026, 0.0), (2025, -4.0)))
    source = "số liệu mẫu để minh họa, không của tỉnh nào"
    about = {"context": survey_context(form, "vi", source=source, is_synthetic=True)}
    yield _shown("survey_profile", "estimates, form, last_year", now, form, before, **about)
    yield _shown("survey_answers", "estimates, form", now, form, **about)
    yield _shown("survey_league", "estimates, instrument=form", now, instrument=form, **about)
    figures = [(0.52, 0.03), (0.61, 0.02), (0.66, 0.02), (0.58, 0.03), (0.37, 0.04)]
    rows = [
        (f.code, r, r - 2 * e, r + 2 * e) for f, (r, e) in zip(form.factors, figures, strict=True)
    ]
    weights = pd.DataFrame(rows, columns=["code", "importance", "low", "high"])
    yield _shown("survey_priorities", "estimates, importance, form", now, weights, form, **about)
    both = pd.concat([_estimates(form, 2024, 3.0, "before"), before, now])
    call = "pd.concat([earlier, estimates]), instrument=form"
    yield _shown("survey_trend", call, both, instrument=form, **about)
    yield _planned()


def _estimates(form: Instrument, year: int, shift: float, series: str = "sample") -> pd.DataFrame:
    """Return estimates that are made up: lower by each factor, each with two points of error."""
    rows = [
        ("index", "INDEX", "", unit, 84 + 3 * place) for place, unit in enumerate(("", "A", "B"))
    ]
    rows.append(("index", "INDEX", "", "C", 76.0))
    for place, factor in enumerate(form.factors):
        rows.append(("factor", factor.code, "", "", 87.5 - 1.75 * place))
        for number, asked in enumerate(q for q in form.questions if q.factor == factor.code):
            percent = 89.0 - 1.75 * place - number
            rows.append(("question", asked.code, "", "", percent))
            shares = (2.0, 98 - percent - 6, 6.0, percent - 31, 31.0, 2.5, 0.5)
            options = form.scales[asked.scale]
            rows += [("answer", asked.code, option.code, "", share)
                     for option, share in zip(options, shares, strict=True)]  # fmt: skip
    table = pd.DataFrame(
        rows, columns=["measure", "code", "answer", "unit_code", "estimate_percent"]
    )
    at = table["estimate_percent"] + shift * (table["measure"] != "answer")
    names = table["unit_code"].map(lambda code: f"Sở Mẫu {code}" if code else "")
    return table.assign(
        series=series, year=year, service="", respondent_group="", unit_name=names, state="shown",
        estimate_percent=at, low_percent=at - 2, high_percent=at + 2, confidence_percent=95.0,
        degrees_of_freedom=60.0,
    )  # fmt: skip
