"""Two criteria sets side by side: which node of the newer one is which of the older."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.values import INDEX_CODE
from scoring.criteria import CriteriaSet
from scoring.rules.evaluate import FloatArray


@dataclass(frozen=True)
class Pairing:
    """Which node of a newer set is which of an older one, for two sets at once.

    Attributes
    ----------
    old, new : CriteriaSet
    becomes : mapping of str to str
        The new code of each old node that goes on.
    """

    old: CriteriaSet
    new: CriteriaSet
    becomes: Mapping[str, str]

    @classmethod
    def of(
        cls, old: CriteriaSet, new: CriteriaSet, becomes: Mapping[str, str] | None = None
    ) -> Pairing:
        """Pair two sets; without `becomes` nodes of the same code go on."""
        if becomes is None:
            becomes = {code: code for code in old.by_code if code in new.by_code}
        return cls(old, new, {**becomes, INDEX_CODE: INDEX_CODE})

    @cached_property
    def is_same(self) -> bool:
        """True where both years are scored by one set."""
        return self.old.fingerprint == self.new.fingerprint

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The nodes of the new set, its index, then what was removed: the rows of a result.

        ``code, old_code, level``, and the rows of both sets' arrays, -1 where there is none.
        """
        old_at = _rows_of(self.old)
        before = {new: old for old, new in self.becomes.items()}
        lines = [
            (code, before.get(code, ""), level, old_at.get(before.get(code, ""), -1), row)
            for row, (code, level) in enumerate(_levels(self.new))
        ]
        lines += [
            (code, code, level, row, -1)
            for row, (code, level) in enumerate(_levels(self.old))
            if code not in self.becomes
        ]
        return pd.DataFrame(lines, columns=["code", "old_code", "level", "old_row", "new_row"])

    @cached_property
    def items(self) -> pd.DataFrame:
        """The items of both sets, those that go on in one row: ``old, new, old_row, new_row``."""
        rows = self.rows
        leaf = [
            [row >= 0 and row < len(nodes) and nodes[row].is_item for row in rows[name]]
            for name, nodes in (("old_row", self.old.nodes), ("new_row", self.new.nodes))
        ]
        is_old, is_new = np.array(leaf, dtype=bool)
        kept = rows.assign(old_row=rows["old_row"].where(is_old, -1),
                           new_row=rows["new_row"].where(is_new, -1))  # fmt: skip
        kept = kept[is_old | is_new]
        lone = kept[(kept["old_row"] < 0) | (kept["new_row"] < 0)].index
        both = kept.drop(index=lone)
        # An item that became a parent, or a parent an item, ends and begins: it does not go on.
        parts = [both, kept.loc[lone]]
        return pd.concat(parts, ignore_index=True)

    @property
    def going_on(self) -> dict[str, str]:
        """The new item of each old item that goes on as one."""
        both = self.items.query("old_row >= 0 and new_row >= 0")
        return dict(zip(both["old_code"], both["code"], strict=True))

    def of_old(self, points: FloatArray) -> FloatArray:
        """Bring an array of the old set's nodes onto `rows`."""
        return _at(points, self.rows["old_row"].to_numpy())

    def of_new(self, points: FloatArray) -> FloatArray:
        """Bring an array of the new set's nodes onto `rows`."""
        return _at(points, self.rows["new_row"].to_numpy())


def _levels(criteria: CriteriaSet) -> list[tuple[str, str]]:
    return [*((node.code, node.level) for node in criteria.nodes), (INDEX_CODE, "index")]


def _rows_of(criteria: CriteriaSet) -> dict[str, int]:
    return {code: row for row, (code, _) in enumerate(_levels(criteria))}


def _at(points: FloatArray, rows: npt.NDArray[np.intp]) -> FloatArray:
    """Return `rows` of `points`; nothing was earned where a set had no such node."""
    return np.where((rows >= 0)[:, None], points[rows], 0.0)


def unit_by_node(
    units: pd.DataFrame, rows: pd.DataFrame, cells: Mapping[str, npt.NDArray[np.generic]]
) -> pd.DataFrame:
    """Return a row for each unit and node, the nodes of a unit together.

    Parameters
    ----------
    units : DataFrame
        ``unit_code, unit_name, year, period``.
    rows : DataFrame
        ``code, old_code, level`` of the nodes.
    cells : mapping of str to array, shape (n_nodes, n_units)
        Further columns.
    """
    unit_of = np.repeat(np.arange(len(units)), len(rows))
    row_of = np.tile(np.arange(len(rows)), len(units))
    keys = units[["unit_code", "unit_name", "year", "period"]].iloc[unit_of]
    nodes = rows[["code", "old_code", "level"]].iloc[row_of]
    table = pd.concat([part.reset_index(drop=True) for part in (keys, nodes)], axis=1)
    return table.assign(**{name: values.T.ravel() for name, values in cells.items()})
