"""What the two charts of plan tasks share: order, colours by status, words."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from scoring.base.message_tables import message_tables
from scoring.outputs.charts.chart_sheet import Entry, Sheet, new_sheet
from scoring.outputs.charts.chart_titles import has_days_alone
from scoring.outputs.theme import OTHER_FILL, TASK_FILLS, ChartContext, Fill
from scoring.tables import days_of


def task_table(tasks: pd.DataFrame) -> pd.DataFrame:
    """Return the tasks by deadline, those without one last, dates as timestamps."""
    days = {name: days_of(tasks[name]) for name in ("starts_on", "due_on")}
    lead_unit = tasks.get("lead_unit", pd.Series("", tasks.index)).astype(object).fillna("")
    table = tasks.assign(lead_unit=lead_unit, **days)
    return table.sort_values(
        ["due_on", "starts_on"], na_position="last", kind="stable"
    ).reset_index(drop=True)


def fill_of(status: str) -> Fill:
    """Return the fill of a status; one this package does not know gets the neutral fill."""
    return TASK_FILLS.get(status, OTHER_FILL)


def status_name(status: str, context: ChartContext) -> str:
    """Return the words of the plan for a status; an unknown one is shown as it was written."""
    key = f"plan_status_{status}"
    return context.say(key) if key in message_tables("labels") else status


def _task_legend(table: pd.DataFrame, context: ChartContext) -> list[Entry]:
    """Return one entry per status met, in the order of the palette."""
    met = [str(status) for status in table["status"].unique()]
    known = [status for status in TASK_FILLS if status in met]
    others = sorted(status for status in met if status not in TASK_FILLS and status)
    return [Entry(status_name(status, context), fill_of(status)) for status in known + others]


def tasks_sheet(
    context: ChartContext,
    table: pd.DataFrame,
    title: str,
    body: float,
    notes: Sequence[str],
    *about: str,
    day: pd.Timestamp | None = None,
) -> Sheet:
    """Return the sheet of a chart of tasks; its subtitle says what `about` holds, if anything."""
    subtitle, legend = " · ".join(filter(None, about)), _task_legend(table, context)
    if day is not None:
        legend.append(Entry(context.say("chart_seen_on", day=context.date(day)), dashes="--"))
    return new_sheet(context, title, subtitle, body, legend=legend, notes=notes)


def tasks_words(
    table: pd.DataFrame, unit: str, year: int | None, context: ChartContext
) -> dict[str, object]:
    """Return how many tasks there are by status, and what is not done and due first."""
    counts = table["status"].value_counts(sort=False)
    by_status = [f"{status_name(str(s), context)}: {n}" for s, n in counts.items()]
    dated = table[table["due_on"].notna() & (table["status"] != "done")].head(5)
    pairs = zip(dated["due_on"], dated["task"], strict=True)
    who = " · ".join(filter(None, [unit, str(year or "")]))
    lines = "alt_lines_deadlines" if has_days_alone(table) else "alt_lines_tasks"
    return {
        "who": f", {who}" if who else "",
        "lines": context.say(lines, count=len(table)),
        "statuses": "; ".join(by_status),
        "rows": "; ".join(f"{context.date(day)} {task}" for day, task in pairs) or "—",
    }
