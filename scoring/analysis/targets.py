"""Targets: what a unit wants to reach, checked against what can be reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import repeat

import pandas as pd

from scoring.base.findings import Finding
from scoring.base.units import KEY_COLUMNS
from scoring.base.values import INDEX_CODE
from scoring.points import ScoreSheet
from scoring.tables import sound_rows
from scoring.tables.places import places_of

LEVEL_COLUMNS = [*KEY_COLUMNS, "code"]
"""What an accepted target is for: a node, or the index, of a unit, year and period."""

_ASKED = {"year": "asked_year", "period": "asked_period"}


def check_targets(targets: pd.DataFrame, sheet: ScoreSheet) -> tuple[pd.DataFrame, list[Finding]]:
    """Keep the targets that make sense and say why the others are refused.

    Parameters
    ----------
    targets : DataFrame
        The table ``Targets``: ``unit_code`` (empty for every unit), ``code`` (of a node, or
        ``INDEX``), ``target_points``; ``year`` and ``period`` where a target is for one of them
        only; ``file``, ``sheet`` and ``cell`` where known.
    sheet : ScoreSheet

    Returns
    -------
    DataFrame
        ``unit_code, year, period, code, target_points``: one row for each unit, year and period
        of the sheet that an accepted target holds for.
    list of Finding
        For unknown codes, targets above the maximum, and two targets that are equally precise
        about the same thing.

    Notes
    -----
    A target without a year holds for every year of the unit, one without a period for every
    period. The more precise one goes before the general one: that of a unit before that for all,
    then that of a year, then that of a period. What is reached already stays a target, met.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.points import inputs_table, score
    >>> rows = [{"item_code": "2", "input": name, "value": 9} for name in ("on_time", "received")]
    >>> figures = inputs_table(rows, unit_code="H1", year=2026)
    >>> sheet = score(figures, open_set("service-quality-766"))
    >>> wanted = pd.DataFrame({"unit_code": ["", ""], "code": ["INDEX", "9.9"],
    ...     "target_points": [70.0, 1.0]})
    >>> accepted, findings = check_targets(wanted, sheet)
    >>> accepted.values.tolist(), [finding.code for finding in findings]
    ([['H1', 2026, '', 'INDEX', 70.0]], ['target-of-unknown-code'])
    """
    targets, problems = sound_rows(targets, "Targets", by="check_targets")
    types = {"unit_code": "str", "code": "str", "target_points": "float64"}
    wanted = targets.astype(types).reset_index(drop=True)
    if "year" in wanted:
        years = pd.to_numeric(wanted["year"]).fillna(0).astype("int64")
        wanted = wanted.assign(year=years, period=wanted.get("period", ""))
    meta = sheet.criteria.meta
    maxima = {node.code: node.max_points for node in sheet.criteria.nodes}
    limit = wanted["code"].map(maxima | {INDEX_CODE: meta.total_points}).astype("float64")
    possible = wanted["target_points"].between(0, limit)
    meant = _per_unit(wanted[possible], sheet)
    is_placed, fits = meant["place"].notna(), _fits(meant)
    rows = meant[is_placed & fits].astype({"place": "intp", "year": "int64"})
    elsewhere = meant[is_placed & ~meant["target"].isin(rows["target"])].drop_duplicates("target")
    rows = rows.sort_values("precision", ascending=False, kind="stable")
    repeated = rows.duplicated([*LEVEL_COLUMNS, "precision"])
    above = wanted[~possible & limit.notna()]
    findings = (
        *problems,
        *_findings("target-of-unknown-code", wanted[limit.isna()], set_id=repeat(meta.set_id)),
        *_findings("target-above-maximum", above, limit=limit[above.index].tolist()),
        *_findings("target-of-unknown-unit", meant[~is_placed]),
        *_findings("target-of-other-period", elsewhere),
        *_findings("target-duplicate", rows[repeated]),
    )
    kept = rows.drop_duplicates(LEVEL_COLUMNS)[[*LEVEL_COLUMNS, "target_points"]]
    return kept.reset_index(drop=True), list(findings)


def _per_unit(targets: pd.DataFrame, sheet: ScoreSheet) -> pd.DataFrame:
    """Return a row for each unit, year and period of the units that a target is for.

    `target` numbers the target; `place` is the column of the unit, NaN where there is none;
    `precision` is higher the more the target says of where it holds.
    """
    units = sheet.units[KEY_COLUMNS].assign(place=range(len(sheet.units)))
    targets = targets.rename(columns=_ASKED).assign(target=range(len(targets)))
    named = targets[targets["unit_code"] != ""].merge(units, on="unit_code", how="left")
    unnamed = targets[targets["unit_code"] == ""].drop(columns="unit_code")
    unnamed = unnamed.merge(units, how="cross")
    rows = pd.concat([named.assign(precision=4), unnamed.assign(precision=0)], ignore_index=True)
    for asked, weight in zip(_ASKED.values(), (2, 1), strict=True):
        rows["precision"] += weight * _names(rows, asked)
    return rows


def _fits(rows: pd.DataFrame) -> pd.Series:
    """Say where the year and period are those that the target names, if it names any."""
    fits = pd.Series(True, index=rows.index)
    for column, asked in _ASKED.items():
        if asked in rows:
            fits &= ~_names(rows, asked) | (rows[asked] == rows[column])
    return fits


def _names(rows: pd.DataFrame, asked: str) -> pd.Series:
    """Say where a target names a year, or a period."""
    if asked not in rows:
        return pd.Series(False, index=rows.index)
    return rows[asked].notna() & ~rows[asked].isin(["", 0])


def _findings(code: str, rows: pd.DataFrame, **said: Iterable[object]) -> Iterator[Finding]:
    """Yield a finding about each row, which names its target and the values in `said`."""
    columns = {"target": rows["target_points"].tolist(), **said}
    places = places_of(rows.rename(columns={"code": "item_code"}), range(len(rows)))
    for place, *values in zip(places, *columns.values(), strict=False):
        yield Finding(code, values=dict(zip(columns, values, strict=True)), **place)
