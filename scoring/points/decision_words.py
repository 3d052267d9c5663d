"""What people are told of the decisions on an item: round, points, who, when and why."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.base.dates import format_date
from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.base.values import ROUNDS
from scoring.points.sheet import ScoreSheet


def decision_lines(
    sheet: ScoreSheet, code: str, place: int, lang: str = "vi", *, with_bare: bool = True
) -> Iterator[str]:
    """Yield each decision that counts on an item of a unit, in the order of the rounds.

    Nothing for areas and the index, and where nobody decided. Without `with_bare` those are left
    out of which no more is known than the points.
    """
    decided = (sheet.origin or sheet).decided
    row = sheet.row(code)
    if decided is None or row >= len(sheet.criteria.nodes):
        return
    told = {int(cells[row, place]) for cells in decided.told.values()} - {-1}
    rows = decided.decisions.iloc[sorted(told)].to_dict("records")
    for said in sorted(rows, key=lambda one: ROUNDS.index(one["round"])):
        kind, day = said.get("reason_kind"), said.get("decided_on")
        points = format_number(said["points"], sheet.criteria.meta.decimals, lang)
        head = label(
            "decision_points", lang, round=label(f"round_{said['round']}", lang), points=points
        )
        parts = [
            head,
            said["decided_by"],
            format_date(day.date(), lang) if day is not None and day == day else "",
            label(f"difference_{kind}", lang) if kind else "",
            said["reason"],
            said["ground"],
        ]
        known = [part for part in parts if part]
        if with_bare or len(known) > 1:
            yield "; ".join(known)
