"""How ranks move when the rules of the index are chosen otherwise: a sensitivity, no probability.

An item left out, weights within a stated range, other ways to put areas together. The order of two
units under other weights is settled exactly: it depends on a sum that is linear in every weight, so
that its least value over the whole range is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.displayed import Displayed
from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.base.text import first_few
from scoring.base.units import KEY_COLUMNS
from scoring.base.values import NOT_APPLICABLE
from scoring.points import ScoreSheet
from scoring.points.grading import compared_points
from scoring.points.places import RANKED_WITHIN
from scoring.points.rollup import roll_up
from scoring.rules.evaluate import BoolArray, FloatArray
from scoring.tables import empty, table_of
from scoring.uncertainty.index_chances import cut, uncut
from scoring.uncertainty.simulated import DRAWS, SEED, ranks_of

IntArray = npt.NDArray[np.intp]
RANGE_PERCENT = 20.0
_COLUMNS_AT_ONCE = 20_000
_SAME = 1e-9


@dataclass(frozen=True)
class Robustness(Displayed):
    """How ranks move under other choices.

    Attributes
    ----------
    range_percent : float
        By how much each weight may change, up and down.
    ranks : DataFrame
        Table ``RankRobustness``: the ranks of each unit over all choices.
    variants : DataFrame
        Table ``RankVariants``: the rank of each unit under each single choice.
    orders : DataFrame
        Table ``OrderSecurity``: each two units, and what would change their order.
    findings : tuple of Finding

    Examples
    --------
    >>> import scoring
    >>> example = scoring.shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
    >>> made = robustness(scoring.score(pd.read_csv(example), "department-sample"))
    >>> made.ranks[["unit_code", "rank", "rank_first", "rank_last"]].values.tolist()
    [['SM-B', 1, 1, 1], ['SM-A', 2, 2, 2]]
    """

    range_percent: float
    ranks: pd.DataFrame = field(repr=False)
    variants: pd.DataFrame = field(repr=False)
    orders: pd.DataFrame = field(repr=False)
    findings: tuple[Finding, ...] = field(repr=False)


@dataclass(frozen=True)
class _Parts:
    """What each item brings to the index of each unit, before its cap, and the most it can.

    Arrays of shape (n_items, n_units); `whole`, the index before its cap, of shape (n_units,).
    """

    codes: list[str]
    earned: FloatArray
    most: FloatArray
    whole: FloatArray
    counts: BoolArray

    @classmethod
    def of(cls, sheet: ScoreSheet, units: IntArray) -> _Parts:
        rows = np.flatnonzero(sheet.is_leaf)
        nodes = [sheet.criteria.nodes[row] for row in rows]
        none, full = np.empty((2, len(rows), len(units)))
        leaves = np.append(sheet.points[:-1], np.full((1, len(sheet.units)), np.nan), axis=0)
        is_na = np.append(sheet.is_leaf, False)[:, None] & (sheet.status == NOT_APPLICABLE)
        step = max(1, _COLUMNS_AT_ONCE // len(units))
        for start in range(0, len(rows), step):
            part = rows[start : start + step]
            at = np.tile(units, len(part))
            moved = np.repeat(part, len(units)), np.arange(len(at))
            for made, values in ((none, np.zeros(len(at))), (full, sheet.maxima[moved[0], at])):
                columns = leaves[:, at]
                columns[moved] = np.where(is_na[moved[0], at], np.nan, values)
                index = roll_up(uncut(sheet.criteria), columns, is_na[:, at]).points[-1]
                made[start : start + len(part)] = index.reshape(len(part), len(units))
        counts = np.array([node.kind == "normal" for node in nodes])
        whole = roll_up(uncut(sheet.criteria), leaves[:, units], is_na[:, units]).points[-1]
        codes = [node.code for node in nodes]
        return cls(codes, whole - none, full - none, whole, counts)


def robustness(
    sheet: ScoreSheet, *, range_percent: float = RANGE_PERCENT, draws: int = DRAWS, seed: int = SEED
) -> Robustness:
    """Say how the ranks of a sheet move when the index is built otherwise.

    Parameters
    ----------
    sheet : ScoreSheet
        On any track; units whose index is open take no part.
    range_percent : float
        Above 0 and below 100: weights change by as much, each on its own, and are made to sum to
        the same total again.
    draws, seed : int
        Of the random weights.

    Raises
    ------
    UsageError
        For another range.

    Examples
    --------
    >>> import scoring
    >>> example = scoring.shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
    >>> made = robustness(scoring.score(pd.read_csv(example), "department-sample"))
    >>> made.variants["choice"].unique().tolist()[:1]
    ['drop-item']
    """
    if not 0 < range_percent < 100:
        found = Finding("robustness-range", values={"value": range_percent})
        raise UsageError(found.text("en"), found)
    known = ~np.isnan(sheet.points[-1])
    variants, orders, ranks, findings = [], [], [], [*_left_out(sheet, known)]
    off = list[str]()
    for group in sheet.units.groupby(RANKED_WITHIN, sort=False).indices.values():
        units = np.asarray(group, dtype=np.intp)[known[group]]
        if len(units) < 2:
            continue
        block = _Block(sheet, units, range_percent / 100)
        off += block.not_additive()
        variants.append(block.variants())
        weights = ranks_of(np.round(block.with_weights(draws, seed), 9))
        ranks.append(block.ranks(variants[-1], weights))
        orders.append(block.orders())
    if off:
        # Once, however many periods a unit stands in.
        told = first_few(list(dict.fromkeys(off)))
        findings.append(Finding("robustness-not-additive", values={"units": told}))
    names = {"RankRobustness": ranks, "RankVariants": variants, "OrderSecurity": orders}
    made = [
        table_of(pd.concat(parts), name) if parts else empty(name) for name, parts in names.items()
    ]
    return Robustness(range_percent, made[0], made[1], made[2], tuple(findings))


def _left_out(sheet: ScoreSheet, known: BoolArray) -> Iterator[Finding]:
    nothing = np.isnan(sheet.points_low[-1])
    if empty_units := sheet.units.loc[nothing, "unit_code"].tolist():
        yield Finding("uncertainty-unit-without-points", values={"units": first_few(empty_units)})
    if missing := sheet.units.loc[~known & ~nothing, "unit_code"].tolist():
        yield Finding(
            "robustness-index-open", values={"units": first_few(missing), "count": len(missing)}
        )
    sizes = sheet.units[known].groupby(RANKED_WITHIN).size()
    if not (sizes > 1).any():
        yield Finding("robustness-nobody-to-compare", values={})


class _Block:
    """The units of one block and period that have an index."""

    def __init__(self, sheet: ScoreSheet, units: IntArray, change: float) -> None:
        self.sheet, self.units, self.change = sheet, units, change
        self.parts, self.total = _Parts.of(sheet, units), sheet.criteria.meta.total_points
        self.index = compared_points(sheet.points[-1, units], sheet.criteria.meta)
        self.base = ranks_of(self.index[None])[0]
        self.keys = sheet.units.iloc[units].reset_index(drop=True)

    def not_additive(self) -> list[str]:
        """Return the units whose index is not the plain sum of their items."""
        off = np.abs(self.parts.earned.sum(axis=0) - self.parts.whole) > 0.01
        return [str(code) for code in self.keys["unit_code"][off]]

    def variants(self) -> pd.DataFrame:
        """Return the table ``RankVariants`` of the block."""
        named = [
            ("drop-item", code, row)
            for code, row in zip(self.parts.codes, self.dropped(), strict=True)
        ]
        named += [(name, "", row) for name, row in self.put_together().items()]
        parts = [
            self.keys[KEY_COLUMNS].assign(
                block=self.keys["block"], choice=choice, item_code=code,
                rank_before=self.base, rank=ranks_of(np.round(index, 9)[None])[0],
            )
            for choice, code, index in named
        ]  # fmt: skip
        table = pd.concat(parts, ignore_index=True)
        return table.assign(moved=table["rank_before"] - table["rank"])

    def dropped(self) -> FloatArray:
        """Return the index without each item, the others making up the total, shape (n_items, n_units)."""
        earned, most = self.parts.earned, self.parts.most
        left = np.where(self.parts.counts[:, None], self.total - most, self.total)
        outside = earned[~self.parts.counts].sum(axis=0)
        inside = earned[self.parts.counts].sum(axis=0)
        kept_in = inside - np.where(self.parts.counts[:, None], earned, 0.0)
        kept_out = outside - np.where(self.parts.counts[:, None], 0.0, earned)
        rest = np.divide(self.total, left, out=np.zeros_like(left), where=left > _SAME)
        return self._compared(np.asarray(kept_in * rest + kept_out))

    def _compared(self, index: FloatArray) -> FloatArray:
        """Return indices capped and rounded as the set compares them."""
        criteria = self.sheet.criteria
        return compared_points(cut(index, criteria), criteria.meta)

    def put_together(self) -> dict[str, FloatArray]:
        """Return what the units reach when areas, or items, are put together otherwise."""
        nodes = self.sheet.criteria.nodes
        rows = [row for row, node in enumerate(nodes) if not node.parent and node.kind == "normal"]
        points, most = (
            array[rows][:, self.units] for array in (self.sheet.points, self.sheet.maxima)
        )
        share = np.divide(points, most, out=np.ones_like(points), where=most > 0)
        weight = most / most.sum(axis=0)
        with np.errstate(divide="ignore"):
            logs = np.where(weight > 0, np.log(np.maximum(share, 0.0)), 0.0)
        geometric = np.exp(np.sum(np.where(weight > 0, weight * logs, 0.0), axis=0))
        places = ranks_of(self.parts.earned.round(9))
        return {
            "geometric": self._compared(self.total * geometric),
            "equal-areas": self._compared(self.total * share.mean(axis=0, where=most > 0)),
            "median-rank": -np.median(places, axis=0),
        }

    def with_weights(self, draws: int, seed: int) -> FloatArray:
        """Return the index under random weights, shape (draws, n_units)."""
        counts = self.parts.counts
        earned, most = self.parts.earned[counts], self.parts.most[counts]
        stream = np.random.default_rng(seed)
        weights = stream.uniform(1 - self.change, 1 + self.change, (draws, len(earned)))
        outside = self.parts.earned[~counts].sum(axis=0)
        index = np.asarray(self.total * (weights @ earned) / (weights @ most) + outside)
        return self._compared(index)

    def ranks(self, variants: pd.DataFrame, weights: npt.NDArray[np.int64]) -> pd.DataFrame:
        """Return the table ``RankRobustness`` of the block."""
        is_drop = variants["choice"] == "drop-item"
        ends: dict[str, npt.NDArray[np.int64]] = {}
        for name, part in (("drop", variants[is_drop]), ("other", variants[~is_drop])):
            found = part.groupby("unit_code", sort=False)["rank"].agg(["min", "max"])
            ends |= {
                f"{name}_first": found["min"].to_numpy(),
                f"{name}_last": found["max"].to_numpy(),
            }
        order = np.sort(weights, axis=0)
        low, high = order[int(0.025 * len(order))], order[int(np.ceil(0.975 * len(order))) - 1]
        table = self.keys[[*KEY_COLUMNS, "unit_name", "block"]].assign(
            rank=self.base, rank_of=len(self.units), **ends, weights_first=low, weights_last=high,
        )  # fmt: skip
        table["rank_first"] = table[["rank", "drop_first", "other_first", "weights_first"]].min(
            axis=1
        )
        table["rank_last"] = table[["rank", "drop_last", "other_last", "weights_last"]].max(axis=1)
        return table.sort_values("rank", kind="stable")

    def orders(self) -> pd.DataFrame:
        """Return the table ``OrderSecurity``: each unit with each that has fewer points, nearest first."""
        ahead, behind = np.nonzero(self.index[:, None] > self.index[None, :] + _SAME)
        counts = self.parts.counts
        earned, most = self.parts.earned[counts], self.parts.most[counts]
        outside = self.parts.earned[~counts].sum(axis=0)
        # Points outside the total keep their worth while the total is rescaled with the weights.
        worth = earned + outside / self.total * most
        critical, step = np.empty(len(ahead)), max(1, 4_000_000 // max(1, len(earned)))
        for at in range(0, len(ahead), step):
            part = slice(at, at + step)
            apart = worth[:, ahead[part]] - worth[:, behind[part]]
            critical[part] = apart.sum(axis=0) / np.maximum(np.abs(apart).sum(axis=0), _SAME)
        dropped, others = self.dropped(), np.array(list(self.put_together().values()))
        reverse = [
            (array[:, behind] >= array[:, ahead] - _SAME).sum(axis=0) for array in (dropped, others)
        ]
        codes = self.keys["unit_code"].to_numpy()
        table = self.keys.iloc[ahead][KEY_COLUMNS].assign(
            other_code=codes[behind], apart_points=self.index[ahead] - self.index[behind],
            critical_percent=100 * np.clip(critical, 0, 1), drops=reverse[0], aggregations=reverse[1],
            is_secure=(critical > self.change) & (reverse[0] == 0) & (reverse[1] == 0),
        )  # fmt: skip
        order = np.lexsort((table["apart_points"], self.base[behind], self.base[ahead]))
        return table.iloc[order]
