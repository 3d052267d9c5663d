"""The units of one period of a sheet: their items as arrays, and how their indexes spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.labels import label
from scoring.base.rounding import round_points
from scoring.base.units import UnitKey, unit_keys, unit_rows
from scoring.base.values import NOT_APPLICABLE
from scoring.outputs.amounts import count_amount
from scoring.outputs.content.league import LeagueRow
from scoring.outputs.province_report.province_rows import (
    Bin,
    Distribution,
    GradeCount,
    GradeNote,
    ItemFigures,
    ItemHead,
)
from scoring.points import ScoreSheet
from scoring.points.grade_reasons import grade_reasons

# Bins are as wide as one of these, times a power of ten, so that about a dozen hold all units.
_WIDTHS = (1.0, 2.0, 5.0, 10.0, 20.0)
_MOST_BINS = 14


@dataclass(frozen=True)
class ProvinceView:
    """The units of one period of a sheet; `places` are their columns, best unit first."""

    sheet: ScoreSheet
    lang: str
    places: Sequence[int]

    @property
    def decimals(self) -> int:
        """Decimals that points are shown with."""
        return self.sheet.criteria.meta.decimals

    @cached_property
    def units(self) -> pd.DataFrame:
        """The units in the order of `places`."""
        return self.sheet.units.iloc[list(self.places)]

    @cached_property
    def rows(self) -> npt.NDArray[np.intp]:
        """The rows of the items in the arrays of the sheet."""
        return np.flatnonzero(self.sheet.is_leaf)

    def of_period(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of a keyed table that are of these units, their place as ``place``."""
        at = unit_rows(table, self.units) if len(table) else np.zeros(0, np.intp)
        placed = table.assign(place=at)
        # Where all are, as most often, they are not copied.
        return placed if (at >= 0).all() else placed[at >= 0]


def item_heads(view: ProvinceView) -> tuple[ItemHead, ...]:
    """Return the items of the set in order."""
    criteria, lang = view.sheet.criteria, view.lang
    return tuple(
        ItemHead(
            code=node.code,
            name=node.name(lang),
            area_code=(area := criteria.area_of(node.code)).code,
            area_name=area.name(lang),
            maximum=count_amount(node.max_points, lang, view.decimals),
        )
        for node in (criteria.nodes[row] for row in view.rows)
    )


def item_figures(view: ProvinceView, gaps: pd.DataFrame) -> ItemFigures:
    """Return the figures of all items of the units; `gaps` are theirs, with ``place``."""
    sheet, at = view.sheet, np.ix_(view.rows, np.array(view.places, np.intp))
    shape = len(view.rows), len(view.places)
    cause, lost = np.full(shape, -1, np.int16), np.zeros(shape)
    # Of several gaps of an item the largest is told, what is lost before what is at risk.
    order = ["is_risk", "lost_points"]
    own = gaps[["item_code", "kind", "cause", "lost_points", "place"]]
    told = own.assign(is_risk=gaps["kind"] == "at-risk").sort_values(order, ascending=[False, True])
    met = told[["kind", "cause"]].drop_duplicates().itertuples(index=False)
    pairs = {(str(kind), str(cause)): at for at, (kind, cause) in enumerate(met)}
    item_row = np.searchsorted(view.rows, sheet.leaf_rows(told["item_code"]))
    to = item_row, told["place"].to_numpy(np.intp)
    of_rows = pd.MultiIndex.from_tuples(pairs, names=("kind", "cause")) if pairs else None
    if of_rows is not None:
        cause[to] = of_rows.get_indexer(pd.MultiIndex.from_frame(told[["kind", "cause"]]))
    np.add.at(lost, to, told["lost_points"].where(~told["is_risk"], 0.0).to_numpy(float))
    keys = [sheet.keys[place] for place in view.places]
    # An item whose maximum others have taken over, or that was dropped, has no points; not 0.
    is_none = (sheet.status[at] == NOT_APPLICABLE) & (sheet.maxima[at] <= 0)
    return ItemFigures(
        points=round_points(np.where(is_none, np.nan, sheet.points[at]), view.decimals),
        low=round_points(sheet.points_low[at], view.decimals),
        high=round_points(sheet.points_high[at], view.decimals),
        maxima=round_points(sheet.maxima[at], view.decimals),
        lost=round_points(lost, view.decimals),
        status=sheet.status[at].astype(np.int8),
        cause=cause,
        causes=tuple(cause for _, cause in pairs),
        cause_names=tuple(cause_words(*pair, view.lang) for pair in pairs),
        decimals=view.decimals,
        place_of={key: place for place, key in enumerate(keys)},
    )


def cause_words(kind: str, cause: str, lang: str) -> str:
    """Return the words for the cause of a gap: why points are lost, or what its proof lacks."""
    return label(f"proof_state_{cause}" if kind == "at-risk" else f"cause_{cause}", lang)


def distribution(view: ProvinceView, rows: Sequence[LeagueRow]) -> Distribution:
    """Return the units in bins of their index, and by grade, for each block."""
    blocks = tuple(sorted({row.block for row in rows}))
    known = [row for row in rows if row.index.is_known]
    values = np.array([row.index.value for row in known])
    of_block = np.array([blocks.index(row.block) for row in known], dtype=np.intp)
    edges = bin_edges(values)
    in_bin = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, max(len(edges) - 2, 0))
    ends = [count_amount(float(edge), view.lang, view.decimals) for edge in edges]
    bins = tuple(
        Bin(low, high, _by_block(of_block[in_bin == at], len(blocks)))
        for at, (low, high) in enumerate(pairwise(ends))
    )
    return Distribution(blocks, bins, tuple(_grades(view, rows, blocks)))


def bin_edges(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return round ends of bins that hold all of `values`."""
    if not len(values):
        return np.zeros(0)
    least, most = float(values.min()), float(values.max())
    if least == most:
        low = max(np.ceil(most) - 1, 0.0)
        return np.array([low, low + 1])
    scale = 10.0 ** np.floor(np.log10(max(most - least, 1.0) / _MOST_BINS))
    width = next(w * scale for w in _WIDTHS if (most - least) / (w * scale) <= _MOST_BINS - 1)
    first, last = np.floor(least / width), np.ceil(most / width)
    return np.arange(first, max(last, first + 1) + 1) * width


def grade_notes(view: ProvinceView, rows: Sequence[LeagueRow]) -> tuple[GradeNote, ...]:
    """Return the units whose grade is not the one of their points alone, in the order of `rows`."""
    if not view.sheet.graded.reasons:
        return ()
    steps = grade_reasons(view.sheet, view.lang)
    steps = steps[steps["kind"] != "points"]
    told: dict[UnitKey, list[str]] = {}
    for key, words in zip(unit_keys(steps), steps["reason"], strict=True):
        told.setdefault(key, []).append(words)
    none = label("province_no_grade", view.lang)
    return tuple(
        GradeNote(row.key, row.unit_name, row.block, row.grade or none, "; ".join(reasons))
        for row in rows
        if (reasons := told.get(row.key))
    )


def _by_block(of_block: npt.NDArray[np.intp], blocks: int) -> tuple[int, ...]:
    return tuple(np.bincount(of_block, minlength=blocks).tolist())


def _grades(
    view: ProvinceView, rows: Sequence[LeagueRow], blocks: Sequence[str]
) -> list[GradeCount]:
    """Return how many units have each grade of the set; an empty list where it has none."""
    names = [grade.label(view.lang) for grade in view.sheet.criteria.meta.grades]
    if not names:
        return []
    counts = {name: [0] * len(blocks) for name in [*names, ""]}
    for row in rows:
        counts[row.grade][blocks.index(row.block)] += 1
    return [GradeCount(name, tuple(found)) for name, found in counts.items() if name or any(found)]
