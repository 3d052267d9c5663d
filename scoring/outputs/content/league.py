"""Every unit on one line: rank, index, areas."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.text import vietnamese_key
from scoring.base.units import UnitKey, unit_keys
from scoring.outputs.amounts import Amount, count_amount, points_amount
from scoring.outputs.content.set_identity import about_set, index_figures
from scoring.outputs.content.unit_content import AboutSet, IndexRow
from scoring.points import ScoreSheet
from scoring.points.grading import compared_points


@dataclass(frozen=True, slots=True, kw_only=True)
class LeagueRow(IndexRow):
    """A unit and period in the league table.

    Attributes
    ----------
    rank : int
        Among the units of its block and period; 0 while its index is open.
    when : str
        Its period, where the table has several; empty elsewhere.
    """

    rank: int
    key: UnitKey
    unit_name: str
    when: str
    block: str
    areas: tuple[Amount, ...]

    @property
    def shown_name(self) -> str:
        """The name of the unit, with its period where the table has several."""
        return f"{self.unit_name} · {self.when}" if self.when else self.unit_name


@dataclass(frozen=True, slots=True, kw_only=True)
class League(AboutSet):
    """All units of a run, best first, those still open last; of several periods the last one first.

    Attributes
    ----------
    areas : tuple of (code, name, maximum)
        What the area columns of the rows are.
    mean : Amount
        Mean of the units whose index is known; unknown where there is none.
    """

    year: str
    maximum: Amount
    areas: tuple[tuple[str, str, Amount], ...]
    rows: tuple[LeagueRow, ...]
    blocks: tuple[str, ...]
    mean: Amount
    open_count: int


def league(sheet: ScoreSheet, lang: str = "vi") -> League:
    """Return the league table of all units of a sheet, a row for each period of a unit.

    Units are ranked within their block and period, equal indexes share a rank (1, 2, 2, 4), on rounded or
    unrounded figures as the set declares. A unit whose index is open has no rank.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.points import inputs_table, score
    >>> figures = inputs_table([{"unit_code": "A", "item_code": "2", "input": "on_time", "value": 1}],
    ...                        year=2026)
    >>> table = league(score(figures, open_set("service-quality-766")))
    >>> table.rows[0].rank, table.open_count
    (0, 1)
    """
    index, criteria = sheet.index, sheet.criteria
    meta = criteria.meta
    known = index["points"].to_numpy(dtype=float)
    compared = compared_points(known, meta)
    ranks = ranks_within(compared, index[["block", "year", "period"]])
    keys = unit_keys(index)
    has_times = len({key[1:] for key in keys}) > 1
    area_points = [sheet.points[sheet.row(area.code)] for area in criteria.areas]
    rows = [
        LeagueRow(
            rank=int(ranks[place]),
            key=keys[place],
            unit_name=str(unit["unit_name"]) or keys[place].unit_code,
            when=keys[place].when if has_times else "",
            block=str(unit["block"]),
            areas=tuple(points_amount(p[place], lang, meta.decimals) for p in area_points),
            **index_figures(criteria, unit, lang),
        )
        for place, unit in enumerate(index.to_dict("records"))
    ]
    return League(
        **about_set(sheet, None, lang),
        year="–".join(str(year) for year in sorted(index["year"].unique())),
        maximum=count_amount(meta.total_points, lang, meta.decimals),
        areas=tuple(
            (area.code, area.name(lang), count_amount(area.max_points, lang, meta.decimals))
            for area in criteria.areas
        ),
        rows=_ordered(rows, compared),
        blocks=tuple(sorted({row.block for row in rows if row.block}, key=vietnamese_key)),
        mean=points_amount(float(index["points"].mean()), lang, meta.decimals),
        open_count=int(np.isnan(known).sum()),
    )


def ranks_within(compared: npt.NDArray[np.float64], groups: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Return ranks from 1 among the rows whose `groups` are equal, equal figures sharing one; 0 where NaN.

    `compared` are `compared_points`, free of the noise of sums.

    Examples
    --------
    >>> blocks = pd.DataFrame({"block": list("aaaab")})
    >>> ranks_within(np.array([80.0, 90.0, 80.0, np.nan, 70.0]), blocks).tolist()
    [2, 1, 2, 0, 1]
    """
    within = [groups[name].to_numpy() for name in groups]
    ranks = pd.Series(compared).groupby(within).rank(method="min", ascending=False)
    return np.asarray(ranks.fillna(0), dtype=np.int64)


def _ordered(rows: list[LeagueRow], compared: npt.NDArray[np.float64]) -> tuple[LeagueRow, ...]:
    """The last year first; best first; open units after all others; equal ones by name."""
    keys = [
        (
            -row.key.year,
            row.key.period if row.when else "",
            np.isnan(points),
            -points if points == points else 0.0,
            vietnamese_key(row.unit_name),
        )
        for row, points in zip(rows, compared, strict=True)
    ]
    return tuple(rows[place] for place in sorted(range(len(rows)), key=keys.__getitem__))
