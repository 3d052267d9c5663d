"""What can be wrong with a sampling frame, each a finding at its row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.findings import Finding
from scoring.tables.places import row_findings

_SHOWN = 10


class _Group(Protocol):
    """Units of which some are drawn."""

    @property
    def code(self) -> str: ...
    @property
    def units(self) -> int: ...
    @property
    def above(self) -> int: ...


def check_frame(
    frame: pd.DataFrame | None, above: pd.DataFrame, method: str, depth: int
) -> list[Finding]:
    """Find codes that are missing or stand twice, sizes, strata and parents that cannot be used.

    Parameters
    ----------
    frame : DataFrame or None
        Table ``SampleFrame`` of the stage; None where it gives ordinal numbers, for which the
        units above need their sizes.
    above : DataFrame
        The units drawn at the stage before.
    method : str
        Sizes are looked at where it is ``pps``.
    depth : int
        Which stage it is, from 1.
    """
    if frame is None:
        return _check_sizes(above, method, depth)
    if frame.empty:
        return [Finding("frame-empty", str(frame.attrs.get("file", "")), values={"stage": depth})]
    code = frame["code"]
    findings = _at(frame, "frame-code-missing", code == "")
    findings += _at(frame, "frame-code-repeated", code.duplicated() & (code != ""), "code")
    if depth == 1 and "stratum" in frame:
        findings += _at(frame, "frame-stratum-missing", frame["stratum"] == "", "code")
    if depth > 1:
        findings += _check_below(frame, depth)
    if method == "pps":
        findings += _check_sizes(frame, method, depth)
    return findings


def _check_sizes(units: pd.DataFrame, method: str, depth: int) -> list[Finding]:
    """Find units without a size above 0, which a stage cannot be drawn from."""
    file = str(units.attrs.get("file", ""))
    if units["size"].isna().all():
        return [Finding("frame-without-sizes", file, values={"stage": depth, "method": method})]
    size = units["size"].to_numpy(np.float64)
    wrong = ~((size > 0) & np.isfinite(size))
    if method != "pps" and not wrong.any():
        wrong = size < 1
    return _at(units, "frame-size-unusable", wrong, "code", "size")


def _check_below(frame: pd.DataFrame, depth: int) -> list[Finding]:
    file, values = str(frame.attrs.get("file", "")), {"stage": depth}
    findings = []
    if "parent" not in frame:
        return [Finding("frame-without-parents", file, values=values)]
    if "stratum" in frame and (frame["stratum"] != "").any():
        findings.append(Finding("frame-strata-below", file, values=values))
    return findings + _at(frame, "frame-parent-missing", frame["parent"] == "", "code")


def check_groups(
    groups: Sequence[_Group],
    takes: Sequence[int],
    frame: pd.DataFrame | None,
    depth: int,
    allocated: Mapping[str, int],
) -> list[Finding]:
    """Find groups without units, with fewer than are wanted, or of which one alone is drawn."""
    file = "" if frame is None else str(frame.attrs.get("file", ""))
    wanted = list(zip(groups, takes, strict=True))
    codes = {group.code for group in groups}
    kinds = {
        "frame-group-empty": [group.code for group in groups if not group.units],
        "draw-takes-all": [g.code for g, take in wanted if 0 < g.units < take],
        "draw-single-unit": [g.code for g, take in wanted if take == 1 < g.units],
    }
    if depth == 1 and allocated:
        kinds["frame-group-empty"] += sorted(allocated.keys() - codes)
        kinds["draw-not-allocated"] = sorted(codes - allocated.keys())
    return [
        Finding(code, file, values={"stage": depth, "count": len(met), "groups": _few(met)})
        for code, met in kinds.items()
        if met
    ]


def check_counts(
    groups: Sequence[_Group], above: pd.DataFrame, frame: pd.DataFrame | None
) -> list[Finding]:
    """Find units whose size in one frame is not what the frame below lists for them."""
    sizes = above["size"].to_numpy(np.float64)[[group.above for group in groups]]
    listed = np.array([group.units for group in groups])
    unlike = np.flatnonzero(np.isfinite(sizes) & (sizes != listed)).tolist()
    if not unlike:
        return []
    shown = [f"{groups[at].code}: {sizes[at]:g} ≠ {listed[at]}" for at in unlike]
    file = "" if frame is None else str(frame.attrs.get("file", ""))
    values = {"count": len(unlike), "groups": _few(shown)}
    return [Finding("frame-size-differs", file, values=values)]


def _few(codes: Sequence[str]) -> str:
    more = ", …" if len(codes) > _SHOWN else ""
    return ", ".join(codes[:_SHOWN]) + more


def _at(
    frame: pd.DataFrame, code: str, wrong: npt.ArrayLike | pd.Series, *columns: str
) -> list[Finding]:
    """Return a finding for each wrong row, at its place in the file."""
    rows = np.flatnonzero(np.asarray(wrong, dtype=bool))
    cells = frame[list(columns)].iloc[rows].itertuples(index=False, name=None)
    values = (dict(zip(columns, row, strict=True)) for row in cells)
    return row_findings(code, frame, rows, values)
