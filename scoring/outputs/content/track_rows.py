"""The points of a unit on every track, side by side, as reports show them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from scoring.base.labels import label
from scoring.base.values import INDEX_CODE, NOT_APPLICABLE
from scoring.outputs.amounts import points_amount, points_or_range
from scoring.outputs.content.item_rows import UnitView
from scoring.outputs.content.track_names import TrackRow, TrackTable
from scoring.points.decision_words import decision_lines
from scoring.points.sheet import ScoreSheet
from scoring.points.tracks import units_on


def track_table(view: UnitView) -> TrackTable | None:
    """Return the tracks of a unit; None where nobody decided anything in the run."""
    sheet = view.sheet.origin or view.sheet
    if sheet.decided is None:
        return None
    known = [track for track in sheet.tracks if units_on(sheet, track)[view.place]]
    sheets = [sheet.on_track(track) for track in known]
    heads = tuple(label(f"track_{track}", view.lang) for track in known)
    return TrackTable(heads, tuple(_rows(view, sheets)))


def _rows(view: UnitView, sheets: list[ScoreSheet]) -> Iterator[TrackRow]:
    nodes = view.sheet.criteria.nodes
    names = {node.code: node.name(view.lang) for node in nodes}
    shown = [node.code for node in nodes if node.is_item or not node.parent]
    for code in (INDEX_CODE, *shown):
        row = view.sheet.row(code)
        yield TrackRow(
            code="" if code == INDEX_CODE else code,
            name=names.get(code, label("pack_index", view.lang)),
            is_item=code != INDEX_CODE and nodes[row].is_item,
            points=tuple(_shown(view, sheet, row) for sheet in sheets),
            decisions=tuple(
                decision_lines(view.sheet, code, view.place, view.lang, with_bare=False)
            ),
        )


def _shown(view: UnitView, sheet: ScoreSheet, row: int) -> str:
    at = row, view.place
    if sheet.status[at] == NOT_APPLICABLE and np.isnan(sheet.points[at]):
        return "—"
    arrays = (sheet.points, sheet.points_low, sheet.points_high)
    points, low, high = (points_amount(float(a[at]), view.lang, view.decimals) for a in arrays)
    return points_or_range(points, low, high)
