"""Charts of a plan's own targets in a PDF: results in percent as bars, marks at what is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from scoring.base.text import shortened
from scoring.outputs.content.target_rows import PlanTargetRow
from scoring.outputs.pdf.pdf_charts import BarChart, BarRow, described
from scoring.outputs.theme import TARGET_ROLES

# A chart is not torn by the end of a page, so that a long plan takes several.
MOST_ROWS = 20
_NAME_LENGTH, _VALUE_LENGTH = 70, 40
_LABEL, _FULL = 0.5, 100.0
# What stands for a result that has no place on an axis of percent, such as a count or a rank.
_BLOCK = 2.0

Say = Callable[..., str]


def plan_charts(rows: Sequence[PlanTargetRow], title: str, say: Say) -> Iterator[BarChart]:
    """Yield the charts of the targets, as many as the pages need, in their order.

    Parameters
    ----------
    rows : sequence of PlanTargetRow
    title : str
        What the targets come to; it stands above each chart.
    say : callable
        The labels of the report.
    """
    for first in range(0, len(rows), MOST_ROWS):
        shown = rows[first : first + MOST_ROWS]
        part = ""
        if len(rows) > MOST_ROWS:
            numbers = {"first": first + 1, "last": first + len(shown), "count": len(rows)}
            part = f" ({say('pdf_plan_part', **numbers)})"
        yield _chart(shown, f"{title}{part}", say)


def _chart(rows: Sequence[PlanTargetRow], title: str, say: Say) -> BarChart:
    bars = [_bar(row) for row in rows]
    told = [(bar.name, f"{bar.value}, {row.said}") for bar, row in zip(bars, rows, strict=True)]
    named: dict[str, list[str]] = {}
    for row in rows:
        names = named.setdefault(TARGET_ROLES[row.state], [])
        names += [row.state_name] * (row.state_name not in names)
    legend = {" / ".join(names): role for role, names in named.items()}
    if any(row.percents for row in rows):
        legend[say("target")] = "target"
    return BarChart(title, described(title, told), bars, legend, _LABEL, reach=_FULL)


def _bar(row: PlanTargetRow) -> BarRow:
    name = shortened(f"{row.code} {row.name}".strip(), _NAME_LENGTH)
    value = shortened(f"{row.result.text} · {row.wanted}", _VALUE_LENGTH)
    role = TARGET_ROLES[row.state]
    if not row.percents:
        return BarRow(name, value, [(0.0, _BLOCK, role)])
    result, wanted = row.percents
    return BarRow(name, value, [(0.0, min(max(result, 0.0), _FULL), role)], [(wanted, "target")])
