"""The gallery of charts, drawn from the shipped examples: every chart with its call and its words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pandas as pd
from matplotlib.figure import Figure

import scoring
from scoring.batch.run import chart_context
from scoring.evidence.requirements import requirements_for
from scoring.files.shipped import shipped_folder
from scoring.outputs import charts
from scoring.outputs.images import png_bytes
from scoring.plan import document_from_text, plan_from_document, year_chart_table
from scoring.points import ScoreSheet

TITLE = """# Thư viện biểu đồ · Gallery of charts

Mọi biểu đồ dưới đây được vẽ lúc dựng trang tài liệu, từ các ví dụ đi kèm; tên hàm nằm trong `scoring.outputs.charts`. Mỗi biểu đồ mang theo
lời mô tả cho người không xem được hình (`alt_text`) và bảng số liệu của nó (`figure_data`). *Drawn while the site is built, from the shipped
examples; every chart carries its words and its data.*

Số liệu của tỉnh Phú Thọ là số thật; các sở mẫu và kế hoạch là **mẫu**. *Phú Thọ is real; the sample departments and the plan are made up.*
"""
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
DAY = dt.date(2026, 6, 10)


def gallery() -> dict[str, str | bytes]:
    """Return the page and its pictures by their place in the site."""
    made: dict[str, str | bytes] = {}
    lines = [TITLE]
    for name, call, figure in drawn():
        made[f"gallery/{name}.png"] = png_bytes(figure, dpi=110)
        words = charts.alt_text(figure, "vi").replace('"', "'").replace("[", "(").replace("]", ")")
        summary = (getattr(charts, name).__doc__ or "").split("\n")[0]
        lines += [f"## `{name}`", "", summary, "", f"![{words}](gallery/{name}.png)", ""]
        lines += ["```python", call, "```", "", f"*{charts.alt_text(figure, 'en')}*", ""]
    return {"gallery.md": "\n".join(lines)} | made


def drawn() -> Iterator[tuple[str, str, Figure]]:
    """Yield every chart with the name of its function and a call."""
    sheet, targets = _province()
    items, context = sheet.criteria.items, chart_context(sheet, "vi")
    gaps = scoring.gap_table(sheet)
    yield (
        "area_bars",
        "area_bars(sheet.scores, items, targets, context=context)",
        (charts.area_bars(sheet.scores, items, targets, context=context)),
    )
    yield (
        "waterfall",
        "waterfall(sheet.scores, items, context=context)",
        (charts.waterfall(sheet.scores, items, context=context)),
    )
    yield (
        "lost_points",
        "lost_points(gap_table(sheet), items, context=context)",
        (charts.lost_points(gaps, items, context=context)),
    )
    yield (
        "radar",
        "radar(sheet.scores, items, targets, context=context)",
        (charts.radar(sheet.scores, items, targets, context=context)),
    )
    yield (
        "bullet",
        "bullet(sheet.scores, items, targets, context=context)",
        (charts.bullet(sheet.scores, items, targets, context=context)),
    )
    yield from _departments()
    yield from _plans()


def _province() -> tuple[ScoreSheet, pd.DataFrame]:
    folder = shipped_folder("evidence") / "phu-tho-2026"
    criteria = scoring.open_set("service-quality-766")
    sheet = scoring.score(scoring.read_long_table(folder / "inputs.csv", criteria)[0], criteria)
    return sheet, scoring.check_targets(scoring.read_targets(folder / "targets.csv")[0], sheet)[0]


def _departments() -> Iterator[tuple[str, str, Figure]]:
    criteria = scoring.open_set("department-sample")
    path = shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
    sheet = scoring.score(scoring.read_long_table(path, criteria)[0], criteria)
    context = chart_context(sheet, "vi")
    yield (
        "heatmap",
        "heatmap(sheet.scores, items, context=context)",
        (charts.heatmap(sheet.scores, criteria.items, context=context)),
    )
    gaps = scoring.gap_table(sheet).query("unit_code == 'SM-A'")
    offices = gaps["area_code"].map(
        {"1": "Văn phòng", "3": "Văn phòng", "7": "Trung tâm Thông tin"}
    )
    assigned = gaps.assign(lead_unit=offices.fillna(""), due_on=pd.Timestamp("2026-01-15"))
    yield (
        "points_at_risk",
        "points_at_risk(gaps, as_of=..., context=context)",
        (charts.points_at_risk(assigned, as_of=dt.date(2025, 12, 20), context=context)),
    )
    asked = requirements_for(criteria.tables["evidence"], 2025)["item_code"].unique()
    proofs = pd.DataFrame({"unit_code": "SM-A", "item_code": asked, "proof": "proven"})
    proofs.loc[proofs.index % 5 == 0, "proof"] = "unproven"
    yield (
        "proof_coverage",
        "proof_coverage(proofs, items, context=context)",
        (charts.proof_coverage(proofs, criteria.items, context=context)),
    )


def _plans() -> Iterator[tuple[str, str, Figure]]:
    plan = plan_from_document(document_from_text(PLAN, "kế hoạch mẫu"), DAY.year)
    progress = pd.DataFrame(
        {"task_code": ["I.1"], "done_on": [pd.Timestamp("2026-01-08")], "note": ""}
    )
    bars = year_chart_table(plan.tasks, DAY, progress)
    context = charts.ChartContext(year=DAY.year, source="Kế hoạch mẫu", set_status="sample")
    yield (
        "gantt",
        "gantt(year_chart_table(plan.tasks, day, progress), as_of=day, context=context)",
        (charts.gantt(bars, as_of=DAY, context=context)),
    )
    yield (
        "calendar_year",
        "calendar_year(bars, year=2026, context=context)",
        (charts.calendar_year(bars, year=DAY.year, context=context)),
    )
