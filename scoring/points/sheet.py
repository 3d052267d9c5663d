"""The result of scoring: arrays inside, the tidy tables outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.extensions import ExtensionArray

from scoring.base.displayed import Displayed
from scoring.base.errors import IncompleteError, UsageError
from scoring.base.findings import Finding
from scoring.base.text import shortened
from scoring.base.units import KEY_COLUMNS, UnitKey, unit_keys
from scoring.base.values import (
    INDEX_CODE,
    INVALID,
    NOT_APPLICABLE,
    NOT_ASSESSED,
    SCORED,
    STATUSES,
)
from scoring.criteria import CriteriaSet
from scoring.points.figure_arrays import Figures
from scoring.points.grade_rules import Graded, graded
from scoring.rules.evaluate import FloatArray
from scoring.tables import taken

BASIS_COMPUTED = "computed"
_SHOWN_UNITS = 12


@dataclass(frozen=True)
class Sampling:
    """What sampling leaves uncertain of points that come from surveys; made by `with_sampling`.

    Attributes
    ----------
    low, high : array, shape (n_nodes + 1, n_units)
        Ends of the interval of each node and, last, of the index; NaN where no survey figure
        stands below it, and where it has no points.
    series : object array, same shape
        The series of the survey figures at or below a node, parted by semicolons; points of two
        series do not compare.
    figures : DataFrame
        Rows of ``SurveyFigures`` whose intervals count, and ``place``, the column of their unit.
    """

    low: FloatArray
    high: FloatArray
    series: npt.NDArray[np.object_]
    figures: pd.DataFrame = field(repr=False)


@dataclass(frozen=True)
class ScoreSheet(Displayed):
    """Scores of all nodes of a set for all units.

    Attributes
    ----------
    criteria : CriteriaSet
    units : DataFrame, shape (n_units, 5)
        ``unit_code, unit_name, block, year, period``; see `keys`.
    points, points_low, points_high, maxima : array, shape (n_nodes + 1, n_units)
        Rows are the nodes of the set in order, the last one is the index. `points` is NaN where
        something is open; `points_low` and `points_high` count what is open as nothing and as
        full. `maxima` are the applicable maxima.
    status : int8 array, same shape
        Positions in `scoring.base.values.STATUSES`.
    figures : Figures
        The figures behind it.
    findings : tuple of Finding
    supported, claimed : array, same shape, or None
        Points after evidence and points the unit claims (see `scoring.points.proof`); None where
        neither documents nor claims were given.
    proof : object array, shape (n_nodes, n_units), or None
        State of the proof of each leaf; empty where none is needed.
    sampling : Sampling or None
        Sampling intervals of points (see `scoring.points.sampling`); None without survey figures.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.points import inputs_table, score
    >>> rows = [{"item_code": "2", "input": name, "value": 9} for name in ("on_time", "received")]
    >>> sheet = score(inputs_table(rows, unit_code="H1", year=2026), open_set("service-quality-766"))
    >>> sheet
    ScoreSheet('service-quality-766', 1 units, 16 open items)
    >>> sheet.index_bounds().loc["H1"].tolist()
    [20.0, 100.0]
    """

    criteria: CriteriaSet
    units: pd.DataFrame
    points: FloatArray
    points_low: FloatArray
    points_high: FloatArray
    maxima: FloatArray
    status: npt.NDArray[np.int8]
    figures: Figures = field(repr=False)
    findings: tuple[Finding, ...] = field(default_factory=tuple)
    supported: FloatArray | None = None
    claimed: FloatArray | None = None
    proof: npt.NDArray[np.object_] | None = field(default=None, repr=False)
    sampling: Sampling | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        units, left = len(self.units), int(self._is_open.sum())
        return f"ScoreSheet({self.criteria.set_id!r}, {units} units, {left} open items)"

    def places(self, unit: str | UnitKey) -> list[int]:
        """Return where a unit, or one period of it, stands in `units`; empty where it is unknown."""
        return self._places.get(unit, [])

    @cached_property
    def _places(self) -> dict[str | UnitKey, list[int]]:
        places: dict[str | UnitKey, list[int]] = {}
        for place, key in enumerate(self.keys):
            places.setdefault(key.unit_code, []).append(place)
            places[key] = [place]
        return places

    def row(self, code: str) -> int:
        """Return the row of node `code`, or of the index for ``INDEX``."""
        return self._rows[code]

    def leaf_rows(self, codes: pd.Series) -> npt.NDArray[np.intp]:
        """Return the row of each item in the arrays, -1 for what is no item of the set."""
        known = pd.Index([node.code for node in self.criteria.nodes])
        rows = known.get_indexer(pd.Index(codes))
        return np.where(self.is_leaf[rows], rows, -1)

    @cached_property
    def keys(self) -> tuple[UnitKey, ...]:
        """The unit, year and period of every column; no two are the same."""
        return tuple(unit_keys(self.units))

    def shown_key(self, place: int) -> str:
        """Return the unit of a column for people; its period only where it has several."""
        key = self.keys[place]
        several = len(self.places(key.unit_code)) > 1
        return f"{key.unit_code}, {key.when}" if several else key.unit_code

    def place(
        self, unit: UnitKey | str = "", year: int | None = None, period: str | None = None
    ) -> int:
        """Return the column of a unit.

        Parameters
        ----------
        unit : UnitKey or str
            A key, or the code alone where the unit stands in the sheet for one year and period;
            empty where there is one unit only.
        year, period
            What else must match, where the code is not enough.

        Raises
        ------
        UsageError
            Where there is no such unit, or several; names those there are.
        """
        keys = self.keys
        hits = [
            place
            for place in (self.places(unit) if unit else range(len(keys)))
            if year in (None, keys[place].year) and period in (None, keys[place].period)
        ]
        if len(hits) == 1:
            return hits[0]
        code = unit.unit_code if isinstance(unit, UnitKey) else unit
        raise _no_single_unit(code, [keys[place] for place in hits], keys)

    @cached_property
    def _rows(self) -> dict[str, int]:
        rows = {node.code: row for row, node in enumerate(self.criteria.nodes)}
        return rows | {INDEX_CODE: len(rows)}

    @cached_property
    def scores(self) -> pd.DataFrame:
        """The table ``Scores``, one row per unit and node, units in order, the index last.

        Points are unrounded except where the set rounds inside its tree; round at the edge with
        `scoring.base.rounding.round_points`.
        """
        nodes, n_units = self.criteria.nodes, len(self.units)
        codes = [node.code for node in nodes] + [INDEX_CODE]
        levels = [node.level for node in nodes] + ["index"]
        unit_of = np.repeat(np.arange(n_units), len(codes))
        node_of = np.tile(np.arange(len(codes)), n_units)

        def spread(column: str) -> ExtensionArray:
            return taken(self.units[column], unit_of)

        with np.errstate(divide="ignore", invalid="ignore"):
            attainment = np.where(self.maxima > 0, 100 * self.points / self.maxima, np.nan)
        return pd.DataFrame(
            {
                "unit_code": spread("unit_code"),
                "set_id": self.criteria.set_id,
                "year": spread("year"),
                "period": spread("period"),
                "code": taken(codes, node_of),
                "level": taken(levels, node_of),
                "max_points": self.maxima.T.ravel(),
                "points": self.points.T.ravel(),
                "attainment": attainment.T.ravel(),
                "basis": BASIS_COMPUTED,
                "status": taken(STATUSES, self.status.T.ravel()),
                "points_low": self.points_low.T.ravel(),
                "points_high": self.points_high.T.ravel(),
                "unit_name": spread("unit_name"),
                "block": spread("block"),
                "claimed_points": self._tracked(self.claimed),
                "supported_points": self._tracked(self.supported),
            }
            | self._sampled()
        )

    def _sampled(self) -> dict[str, Any]:
        """Return the columns that are there only with survey figures."""
        if self.sampling is None:
            return {}
        ends = {"sampling_low": self.sampling.low, "sampling_high": self.sampling.high}
        told = {"survey_series": self.sampling.series}
        return {name: array.T.ravel() for name, array in {**ends, **told}.items()}

    def _tracked(self, points: FloatArray | None) -> FloatArray:
        return np.full(self.points.size, np.nan) if points is None else points.T.ravel()

    @cached_property
    def is_leaf(self) -> npt.NDArray[np.bool_]:
        """Which nodes are items, shape (n_nodes,)."""
        return np.array([node.is_item for node in self.criteria.nodes], dtype=bool)

    @property
    def _is_open(self) -> npt.NDArray[np.bool_]:
        """Whether a leaf is neither scored nor out of the count, shape (n_nodes, n_units)."""
        return self.is_leaf[:, None] & np.isin(self.status[:-1], (NOT_ASSESSED, INVALID))

    @cached_property
    def index(self) -> pd.DataFrame:
        """One row per unit: index, its bounds, grade and how many items are scored."""
        leaves = self.status[:-1][self.is_leaf]
        return self.units.assign(
            points=self.points[-1],
            points_low=self.points_low[-1],
            points_high=self.points_high[-1],
            attainment=100 * self.points[-1] / self.criteria.meta.total_points,
            grade=self.graded.codes,
            items_scored=(leaves == SCORED).sum(axis=0),
            items_applicable=(leaves != NOT_APPLICABLE).sum(axis=0),
        )

    @cached_property
    def graded(self) -> Graded:
        """The grade of each unit after the conditions of the set, and what they leave open."""
        return graded(self.points[-1], self.criteria, self.figures)

    def index_value(self) -> pd.Series:
        """Return the index of each unit, on the set's total.

        Returns
        -------
        Series, shape (n_units,)
            By unit code; by unit code, year and period where a unit stands for several of them.

        Raises
        ------
        IncompleteError
            When an item of some unit is open; `index_bounds` gives the range instead.
        """
        values = pd.Series(self.points[-1], index=self._unit_index(), name="index")
        if values.isna().any():
            missing = self._open_items()
            shown = ", ".join(missing[:5]) + (" ..." if len(missing) > 5 else "")
            raise IncompleteError(
                f"index_value needs every item assessed; {len(missing)} are not: {shown}. "
                "Use index_bounds for a range."
            )
        return values

    def index_bounds(self) -> pd.DataFrame:
        """Return lowest and highest index of each unit while something is open.

        Returns
        -------
        DataFrame, shape (n_units, 2)
            ``points_low, points_high``, with the index that `index_value` has.
        """
        bounds = {"points_low": self.points_low[-1], "points_high": self.points_high[-1]}
        return pd.DataFrame(bounds, index=self._unit_index())

    def _unit_index(self) -> pd.Index:
        """The unit codes, with year and period where a code stands for several of them."""
        if self.units["unit_code"].is_unique:
            return pd.Index(self.units["unit_code"].to_numpy())
        return pd.MultiIndex.from_frame(self.units[KEY_COLUMNS])

    def _open_items(self) -> list[str]:
        rows = np.flatnonzero(self._is_open.any(axis=1))
        return [self.criteria.nodes[row].code for row in rows]


def _no_single_unit(unit: str, hits: Sequence[UnitKey], known: Sequence[UnitKey]) -> UsageError:
    """Return the error that names the units, or the periods of the unit, there are."""
    codes = dict.fromkeys(key.unit_code for key in hits or known)
    code = unit or next(iter(codes), "")
    of_unit = [key for key in known if key.unit_code == code]
    if of_unit and (unit or len(codes) == 1):
        shown = [key.when for key in of_unit[:_SHOWN_UNITS]]
        return UsageError(
            f"the unit {code} stands for {'; '.join(shown)}: name one year and period",
            Finding("unit-period-needed", unit_code=code, values={"known": shown}),
        )
    names = ", ".join(list(codes)[:_SHOWN_UNITS])
    return UsageError(
        f"no unit {shortened(unit)!r} among: {names}",
        Finding("unknown-unit", unit_code=unit, values={"known": names}),
    )
