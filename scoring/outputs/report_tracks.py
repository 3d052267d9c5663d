"""The sheet of the result workbook that shows the points of all tracks side by side."""

from __future__ import annotations

import pandas as pd

from scoring.base.labels import label
from scoring.base.units import KEY_COLUMNS
from scoring.base.values import TRACKS
from scoring.files.excel.xlsx import SafeWorkbook
from scoring.outputs.content.run_tables import RunTables
from scoring.outputs.report_sheets import node_looks, write_table

_WHO = ["decided_by", "decided_on", "reason"]


def write_tracks_sheet(book: SafeWorkbook, report: RunTables, tracks: pd.DataFrame) -> None:
    """Write every node with its points on each track, open ones empty, and the last decision on it.

    Parameters
    ----------
    tracks : DataFrame
        Table ``Tracks`` of the units of the report.
    """
    table = _side_by_side(report, tracks)
    write_table(book, "tracks", table, report, looks=node_looks(table))


def _side_by_side(report: RunTables, tracks: pd.DataFrame) -> pd.DataFrame:
    keys = [*KEY_COLUMNS, "code"]
    index = pd.MultiIndex.from_frame(report.nodes[keys])
    table = report.nodes[[*keys, "level", "unit_name", "name", "max_points", "place"]]
    by_track = {
        track: tracks[tracks["track"] == track].set_index(keys).reindex(index) for track in TRACKS
    }
    points = {f"track_{track}": rows["points"].to_numpy() for track, rows in by_track.items()}
    table, final = table.assign(**points), by_track["final"]
    ends = {f"final_{end}": final[f"points_{end}"].to_numpy() for end in ("low", "high")}
    is_open = final["points"].isna().to_numpy()
    ends = {name: pd.Series(end).where(is_open).to_numpy() for name, end in ends.items()}
    said = {name: final[name].to_numpy() for name in _WHO}
    lang, numbers = report.context.lang, final["round"].fillna("")
    rounds = [label(f"round_{number}", lang) if number else "" for number in numbers]
    return table.assign(**ends, **said, round_name=rounds).fillna(
        dict.fromkeys(["decided_by", "reason"], "")
    )
