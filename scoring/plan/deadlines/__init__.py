"""Deadlines as plans word them: dates, recurrences, conditions, and what contradicts the year."""

from scoring.plan.deadlines.judging import deadline_findings
from scoring.plan.deadlines.model import PRECISIONS, Deadline, Recurrence
from scoring.plan.deadlines.reading import read_deadlines
from scoring.plan.deadlines.table import deadline_table, occurrence_table

__all__ = [
    "PRECISIONS",
    "Deadline",
    "Recurrence",
    "deadline_findings",
    "deadline_table",
    "occurrence_table",
    "read_deadlines",
]
