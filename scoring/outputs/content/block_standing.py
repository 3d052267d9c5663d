"""Where each unit stands among the units of its block and period, and how these spread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.labels import label
from scoring.base.text import clean_text
from scoring.base.units import UnitKey, unit_keys
from scoring.outputs.amounts import Amount, points_amount
from scoring.points import ScoreSheet
from scoring.points.grading import compared_points
from scoring.points.places import RANKED_WITHIN, places_within


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockRow:
    """The spread of the indexes of a block in one period.

    Attributes
    ----------
    ranked, still_open, count : int
        How many units are assessed in full, how many are not, and how many there are: those to
        which nothing applies are neither.
    median, least, most : Amount
        Of the units assessed in full.
    median_low, median_high : Amount
        Between what the median of all units lies while some are open.
    mean, mean_low, mean_high : Amount
        Likewise.
    """

    block: str
    when: str
    ranked: int
    still_open: int
    count: int
    median: Amount
    median_low: Amount
    median_high: Amount
    mean: Amount
    mean_low: Amount
    mean_high: Amount
    least: Amount
    most: Amount

    @property
    def has_open(self) -> bool:
        """True while a unit of the block is open."""
        return self.still_open > 0

    @property
    def assessable(self) -> int:
        """How many units have anything to assess."""
        return self.ranked + self.still_open


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The place of a unit in its block.

    Attributes
    ----------
    rank : int
        Among the units assessed in full, equal figures sharing one; 0 while the unit is open.
    best, worst : int
        Between which its rank lies once all units are assessed.
    """

    rank: int
    best: int
    worst: int
    block: BlockRow

    def text(self, lang: str) -> str:
        """Return rank, median and spread in words."""
        row = self.block
        said = {"group": row.block or label("standing_all", lang), "rank": self.rank}
        key = "standing_rank" if self.rank else "standing_open"
        parts = [label(key, lang, ranked=row.ranked, **said)]
        if row.has_open and (self.best != self.worst or not self.rank):
            ends = {"best": self.best, "worst": self.worst}
            parts.append(label("standing_possible", lang, count=row.assessable, **ends))
        if row.ranked:
            figures = {name: getattr(row, name).text for name in ("median", "least", "most")}
            parts.append(label("standing_spread", lang, ranked=row.ranked, **figures))
        if row.has_open:
            low, high = row.median_low.text, row.median_high.text
            key = "standing_median_same" if low == high else "standing_median_range"
            parts.append(label(key, lang, count=row.assessable, low=low, high=high))
        return "; ".join(parts) + "."


def block_rows(sheet: ScoreSheet, lang: str = "vi") -> Iterator[tuple[list[int], BlockRow]]:
    """Yield the places of the units of each block and period in the sheet, and their spread."""
    index, decimals = sheet.index, sheet.criteria.meta.decimals
    for places in map(np.asarray, index.groupby(RANKED_WITHIN, sort=False).indices.values()):
        own = index.iloc[places]
        yield places.tolist(), spread(own, clean_text(str(own["block"].iloc[0])), lang, decimals)


def spread(index: pd.DataFrame, block: str, lang: str, decimals: int) -> BlockRow:
    """Return the spread of the rows of `ScoreSheet.index` given, which are of one period."""
    ends = {"": "points", "_low": "points_low", "_high": "points_high"}
    figures = {
        f"{measure}{end}": getattr(index[column], measure)()
        for measure in ("mean", "median")
        for end, column in ends.items()
    }
    figures |= {"least": index["points"].min(), "most": index["points"].max()}
    is_open = index["points"].isna() & (index["items_applicable"] > 0)
    return BlockRow(
        block=block,
        when="".join(key.when for key in unit_keys(index.iloc[:1])),
        ranked=int(index["points"].notna().sum()),
        still_open=int(is_open.sum()),
        count=len(index),
        **{name: points_amount(float(f), lang, decimals) for name, f in figures.items()},
    )


def standings(sheet: ScoreSheet, lang: str = "vi") -> dict[UnitKey, Standing]:
    """Return the place of every unit that has others beside it in its block and period.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.points import inputs_table, score
    >>> figures = inputs_table([{"unit_code": unit, "item_code": "2", "input": "on_time", "value": 1}
    ...                         for unit in "AB"], year=2026)
    >>> place = standings(score(figures, open_set("service-quality-766")))[UnitKey("A", 2026)]
    >>> place.rank, place.best, place.worst
    (0, 1, 2)
    """
    index, meta, keys = sheet.index, sheet.criteria.meta, unit_keys(sheet.index)
    low, high = (
        compared_points(index[name].to_numpy(dtype=float), meta)
        for name in ("points_low", "points_high")
    )
    ranks = sheet_ranks(sheet)
    result = {}
    for places, row in block_rows(sheet, lang):
        # A unit is never behind itself, though its own range may be wide.
        best = 1 + _above(low[places], high[places])
        worst = 1 + _above(high[places], low[places]) - (high[places] > low[places])
        for at, first, last in zip(places, best.tolist(), worst.tolist(), strict=True):
            if row.assessable > 1:
                result[keys[at]] = Standing(rank=int(ranks[at]), best=first, worst=last, block=row)
    return result


def _above(others: npt.NDArray[np.float64], own: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Return for each of `own` how many of `others` lie above it."""
    # To what nothing applies has no index, neither above nor below any.
    known = np.sort(others[~np.isnan(others)])
    return np.maximum(len(known) - np.searchsorted(known, own, side="right"), 0)


def sheet_ranks(sheet: ScoreSheet) -> npt.NDArray[np.int64]:
    """Return the rank of each unit in its block and period by the set's tie rules; 0 while open."""
    meta, index = sheet.criteria.meta, sheet.index
    compared = compared_points(index["points"].to_numpy(dtype=float), meta)
    return places_within(compared, index[RANKED_WITHIN], meta.ties, sheet.tie_figures).ranks
