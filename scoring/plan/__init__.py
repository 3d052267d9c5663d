"""Reform plans as data: tasks, deadlines, targets, the year's calendar and its progress."""

from scoring.plan.blocks import document_from_text
from scoring.plan.calendar import plan_calendar, write_calendar
from scoring.plan.plan_check import area_counts, check_plan, suggest_items
from scoring.plan.plan_import import Plan, import_plan, plan_from_document
from scoring.plan.status import plan_status, status_by_task, status_by_unit, year_chart_table

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
