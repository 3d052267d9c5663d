"""Small tables of a plan from rows in sight of the tests."""

from __future__ import annotations

import pandas as pd

from scoring.plan.tasks import tasks_from_frame

UNITS = ("unit_code", "unit_name", "aliases", "block", "inspected_on", "unranked")


def tasks_of(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    """Return tasks of 2025 from code, lead unit, deadline text and item codes."""
    columns = ["task_code", "lead_unit", "deadline_text", "item_codes"]
    frame = pd.DataFrame(list(rows), columns=columns).assign(year=2025, task="Nhiệm vụ")
    return tasks_from_frame(frame.assign(products="Báo cáo", area_code="direction"))


def progress_of(*rows: tuple[str, str]) -> pd.DataFrame:
    """Return table ``Progress`` from task code and day."""
    frame = pd.DataFrame(list(rows), columns=["task_code", "done_on"], dtype="str")
    days = pd.to_datetime(frame["done_on"]).astype("datetime64[us]")
    return frame.assign(done_on=days, note="")


def units_of(*rows: tuple[str, ...]) -> pd.DataFrame:
    """Return internal units; what is left out at the end of a row is empty."""
    filled = [(*row, *[""] * (len(UNITS) - len(row))) for row in rows]
    frame = pd.DataFrame(filled, columns=list(UNITS), dtype="str")
    return frame.assign(inspected_on=pd.to_datetime(frame["inspected_on"]))


def feeds_of(*rows: tuple[str, ...]) -> pd.DataFrame:
    """Return feeds from item, input, feed and, where needed, part."""
    columns = ["item_code", "input", "feed", "part"]
    return pd.DataFrame([(*row, "")[:4] for row in rows], columns=columns, dtype="str")
