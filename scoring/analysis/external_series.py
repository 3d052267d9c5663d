"""Published results of the index and of other indices, against their targets and the year before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from scoring.base.findings import Finding
from scoring.base.values import INDEX_CODE
from scoring.files.declared_tables import read_typed
from scoring.files.shipped import shipped_folder
from scoring.tables import table_of

_KEY = ["index", "year", "entity"]
_EPSILON = 1e-9


def published_results() -> Path:
    """Return the table ``ExternalSeries`` that comes with the package.

    Results of the PAR index and of SIPAS as the press and authorities gave them, every row with its
    source. None is read from the decision itself, so that all are ``observed``.

    Examples
    --------
    >>> table, findings = read_external(published_results())
    >>> table.query("entity == 'Khánh Hòa' and index == 'PAR' and year == 2024")["value"].tolist()
    [90.49]
    """
    return shipped_folder("evidence") / "published-results" / "external.csv"


def read_external(path: Path) -> tuple[pd.DataFrame, list[Finding]]:
    """Read the table ``ExternalSeries``.

    Returns
    -------
    DataFrame
        A result written twice is left out both times: nobody can say which is right.
    list of Finding

    Raises
    ------
    UnreadableError
        When the file cannot be read as a table.
    """
    table, findings = read_typed(Path(path), "ExternalSeries")
    twice = table.duplicated(_KEY, keep=False)
    findings = [*findings, *_twice(table[twice & table.duplicated(_KEY)])]
    return table[~twice].reset_index(drop=True), findings


def _twice(rows: pd.DataFrame) -> Iterator[Finding]:
    for row in rows.to_dict("records"):
        values = {name: row[name] for name in _KEY}
        yield Finding("external-twice", str(row["file"]), cell=str(row["cell"]), values=values)


def external_gaps(series: pd.DataFrame) -> pd.DataFrame:
    """Return how each result stands to its target and to the year before.

    Parameters
    ----------
    series : DataFrame
        Table ``ExternalSeries``.

    Returns
    -------
    DataFrame
        Table ``ExternalGaps``, by index, entity and year. ``result`` is ``met`` where the value or,
        where only that has a target, the rank reaches it; with targets of both it takes both.

    Examples
    --------
    >>> row = {"index": "PCI", "year": 2025, "entity": "X", "value": 66.5, "rank": 12.0,
    ...        "target": 67.0, "comparator": ">=", "source": "s", "status": "sample"}
    >>> gaps = external_gaps(pd.DataFrame([row]).assign(target_rank=np.nan))
    >>> gaps[["gap", "result"]].values.tolist()
    [[-0.5, 'missed']]
    """
    table = series.sort_values(["index", "entity", "year"], kind="stable")
    before = table.groupby(["index", "entity"])[["year", "value"]].shift()
    follows = table["year"] - before["year"] == 1
    gap, rank_gap = table["value"] - table["target"], table["rank"] - table["target_rank"]
    above = np.where(table["comparator"] == ">", gap > _EPSILON, gap >= -_EPSILON)
    wants = table["target"].notna(), table["target_rank"].notna()
    is_open = (wants[0] & gap.isna()) | (wants[1] & rank_gap.isna())
    misses = (wants[0] & ~above) | (wants[1] & ~(rank_gap <= 0))
    result = np.select([~(wants[0] | wants[1]), is_open, misses],
                       ["no-target", "not-measured", "missed"], default="met")  # fmt: skip
    change = (table["value"] - before["value"]).where(follows)
    found = table.assign(gap=gap, rank_gap=rank_gap, change=change, result=result)
    return table_of(found.reset_index(drop=True), "ExternalGaps")


def as_scores(series: pd.DataFrame) -> pd.DataFrame:
    """Return the values of a series as rows that the charts of the index draw.

    Each index of an entity is a unit of its own; values are taken as percent, so that only rows
    with the unit ``percent`` are kept.
    """
    kept = series[(series["unit"] == "percent") & series["value"].notna()]
    names = kept["index"] + " · " + kept["entity"]
    return pd.DataFrame({
        "unit_code": names, "unit_name": names, "year": kept["year"], "period": "",
        "code": INDEX_CODE, "level": "index", "max_points": 100.0, "points": kept["value"],
        "attainment": kept["value"], "status": "scored",
        "points_low": kept["value"], "points_high": kept["value"],
        "target_points": kept["target"],
    }).reset_index(drop=True)  # fmt: skip
