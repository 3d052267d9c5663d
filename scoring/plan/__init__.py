"""Reform plans as data: tasks, deadlines, targets, the year's calendar and its progress."""

from scoring.official.deadlines import Deadline, read_deadlines
from scoring.official.recurrence import Recurrence
from scoring.plan.blocks import document_from_text, read_plan_document
from scoring.plan.calendar import (
    calendar_ics,
    calendar_workbook,
    plan_calendar,
    write_calendar,
)
from scoring.plan.plan_check import (
    REQUIRED_AREAS,
    area_counts,
    check_plan,
    linked_items,
    suggest_items,
)
from scoring.plan.plan_deadlines import deadline_findings, deadline_table, occurrence_table
from scoring.plan.plan_import import Plan, import_plan, plan_from_document
from scoring.plan.plan_targets import Target, read_targets
from scoring.plan.status import (
    plan_status,
    progress_findings,
    status_by_task,
    status_by_unit,
    year_chart_table,
)
from scoring.plan.tasks import tasks_from_frame

__all__ = [
    "Deadline",
    "Plan",
    "REQUIRED_AREAS",
    "Recurrence",
    "Target",
    "area_counts",
    "calendar_ics",
    "calendar_workbook",
    "check_plan",
    "deadline_findings",
    "deadline_table",
    "document_from_text",
    "import_plan",
    "linked_items",
    "occurrence_table",
    "plan_calendar",
    "plan_from_document",
    "plan_status",
    "progress_findings",
    "read_deadlines",
    "read_plan_document",
    "read_targets",
    "status_by_task",
    "status_by_unit",
    "suggest_items",
    "tasks_from_frame",
    "write_calendar",
    "year_chart_table",
]
