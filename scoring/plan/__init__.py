"""Reform plans as data: tasks, deadlines, targets, the year's calendar and its progress.

The public names are loaded when they are first used: a chart of targets reads no plan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.base.on_first_use import names_on_first_use

_HOMES = {
    "Plan": "plan_import",
    "area_counts": "plan_check",
    "check_plan": "plan_check",
    "document_from_text": "blocks",
    "import_plan": "plan_import",
    "plan_calendar": "calendar",
    "plan_from_document": "plan_import",
    "plan_status": "status",
    "status_by_task": "status",
    "status_by_unit": "status",
    "suggest_items": "plan_check",
    "write_calendar": "calendar",
    "year_chart_table": "status",
}

__all__ = [
    "Plan",
    "area_counts",
    "check_plan",
    "document_from_text",
    "import_plan",
    "plan_calendar",
    "plan_from_document",
    "plan_status",
    "status_by_task",
    "status_by_unit",
    "suggest_items",
    "write_calendar",
    "year_chart_table",
]

if TYPE_CHECKING:
    from scoring.plan.blocks import document_from_text
    from scoring.plan.calendar import plan_calendar, write_calendar
    from scoring.plan.plan_check import area_counts, check_plan, suggest_items
    from scoring.plan.plan_import import Plan, import_plan, plan_from_document
    from scoring.plan.status import plan_status, status_by_task, status_by_unit, year_chart_table

__getattr__ = names_on_first_use(__name__, _HOMES)
