"""Two charts for each of 200 units: this package against pyplot used one figure at a time.

Both draw the same bars with the same names, wrapped to the same widths, to PNG files of the same
size; the bars are asserted to be equal first.

    python benchmarks/charts.py [UNITS ...] [--small | --full]
"""

from __future__ import annotations

import os
import tempfile
import textwrap
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd

mpl.use("Agg")
import matplotlib.pyplot as plt
from measuring import OURS, Claim, Claims, Cost, alone, timed

from scoring.charts import ChartContext, area_bars, figure_data, lost_points
from scoring.outputs.images import ChartJob, save_charts
from scoring.outputs.theme import CAUSE_FILLS

SIZES = {"small": [2], "normal": [12, 24], "full": [60, 200]}
SOURCE = "Số liệu ngẫu nhiên để đo tốc độ"
NAMES = [
    "Công khai, minh bạch trong giải quyết thủ tục hành chính",
    "Tiến độ giải quyết hồ sơ",
    "Cung cấp dịch vụ công trực tuyến",
    "Số hóa hồ sơ, kết quả giải quyết thủ tục hành chính",
    "Mức độ hài lòng của người dân, doanh nghiệp",
    "Thanh toán trực tuyến",
]
MAXIMA = np.array([18.0, 20.0, 12.0, 22.0, 18.0, 10.0])
CAUSES = ["below-target", "no-evidence", "late", "survey-below-maximum", "deduction", "late"]


def made_up(units: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return items, scores and gaps of `units` made-up units."""
    codes = [str(n) for n in range(1, 7)]
    items = pd.DataFrame(
        {"code": codes, "parent_code": "", "name_vi": NAMES, "name_en": NAMES, "level": "area"}
    )
    points = MAXIMA * np.random.default_rng(1).beta(6, 3, (units, 6))
    unit = np.repeat([f"U{n:04d}" for n in range(units)], 6)
    scores = pd.DataFrame(
        {
            "unit_code": unit,
            "year": 2026,
            "code": codes * units,
            "level": "area",
            "max_points": np.tile(MAXIMA, units),
            "points": points.ravel(),
            "status": "scored",
        }
    )
    gaps = scores.assign(
        item_code=scores["code"],
        item_name=NAMES * units,
        lost_points=scores["max_points"] - scores["points"],
        cause=CAUSES * units,
    )
    return items, scores, gaps


def naive(scores: pd.DataFrame, gaps: pd.DataFrame, stem: Path) -> None:
    """Draw both charts as a first script would."""
    names = ["\n".join(textwrap.wrap(name, 30)) for name in NAMES]
    fig, ax = plt.subplots(figsize=(6.69, 3.2), dpi=150)
    ax.barh(names, scores["max_points"], color="#e9e9e9", label="Điểm tối đa")
    ax.barh(names, scores["points"], color="#12436d", height=0.5, label="Điểm")
    for y, (points, most) in enumerate(zip(scores["points"], scores["max_points"], strict=True)):
        ax.text(most, y, f" {points:.2f} / {most:.0f}", va="center", fontsize=8)
    _naive_finish(fig, ax, "Điểm theo lĩnh vực so với điểm tối đa", f"{stem}-areas.png")
    lost = gaps.sort_values("lost_points", ascending=False)
    fig, ax = plt.subplots(figsize=(6.69, 3.2), dpi=150)
    labels = ["\n".join(textwrap.wrap(name, 30)) for name in lost["item_name"]]
    for cause in lost["cause"].unique():
        mine = lost["cause"] == cause
        fill = CAUSE_FILLS[cause]
        ax.barh(
            np.flatnonzero(mine), lost.loc[mine, "lost_points"], color=fill.color, label=cause,
            hatch=fill.hatch,
        )  # fmt: skip
    ax.set_yticks(range(len(labels)), labels)
    for y, points in enumerate(lost["lost_points"]):
        ax.text(points, y, f" {points:.2f}", va="center", fontsize=8)
    share = ax.twiny()
    share.plot(100 * lost["lost_points"].cumsum() / lost["lost_points"].sum(), range(6), "ko-")
    _naive_finish(fig, ax, "Điểm bị mất theo mục", f"{stem}-lost.png")


def _naive_finish(fig: plt.Figure, ax: plt.Axes, title: str, path: str) -> None:
    ax.set_title(title)
    ax.set_xlabel("Điểm")
    ax.tick_params(labelsize=8)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.15), ncol=3, fontsize=8)
    ax.invert_yaxis()
    fig.text(0.01, 0.01, f"Nguồn: {SOURCE}", fontsize=7)
    fig.tight_layout()
    fig.savefig(path, bbox_inches="tight")
    plt.close(fig)


def claims(sizes: Sequence[int]) -> Claims:
    """Yield both ways at every size, ours by one process and by all."""
    yield Claim("charts", "the bars of both charts", {units: costs_of(units) for units in sizes})


def costs_of(units: int) -> dict[str, Cost]:
    """Assert that the bars are equal, then draw in every way."""
    items, scores, gaps = made_up(units)
    by_unit = {
        code: (own, gaps[gaps["unit_code"] == code])
        for code, own in scores.groupby("unit_code", sort=False)
    }
    context = ChartContext(source=SOURCE)
    own, lost = by_unit["U0000"]
    shown = figure_data(area_bars(own, items, context=context))
    assert np.allclose(shown["points"], own["points"])
    shown = figure_data(lost_points(lost, items, context=context))
    assert np.allclose(shown["lost_points"], np.sort(lost["lost_points"])[::-1])

    with tempfile.TemporaryDirectory() as folder:
        jobs = [
            job
            for code, (own, lost) in by_unit.items()
            for job in (
                ChartJob(area_bars, Path(folder, f"{code}-a"), (own, items), {"context": context}, ("png",)),
                ChartJob(lost_points, Path(folder, f"{code}-l"), (lost, items), {"context": context}, ("png",)),
            )
        ]  # fmt: skip
        ways = {
            "pyplot, one figure at a time": lambda: [
                naive(own, lost, Path(folder, code)) for code, (own, lost) in by_unit.items()
            ],
            "ours, one process": lambda: save_charts(jobs, workers=1),
            OURS: lambda: save_charts(jobs, workers=os.cpu_count() or 1),
        }
        return {name: timed(work)[0] for name, work in ways.items()}


if __name__ == "__main__":
    alone(claims, SIZES)
