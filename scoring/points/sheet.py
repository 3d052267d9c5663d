"""The result of scoring: arrays inside, the tidy tables outside."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.extensions import ExtensionArray

from scoring.base.displayed import Displayed
from scoring.base.errors import IncompleteError, UsageError
from scoring.base.findings import Finding
from scoring.base.text import first_few
from scoring.base.units import KEY_COLUMNS, UnitKey, unit_keys
from scoring.base.values import (
    INDEX_CODE,
    INVALID,
    NOT_APPLICABLE,
    NOT_ASSESSED,
    SCORED,
    STATUSES,
    TRACKS,
)
from scoring.criteria import CriteriaSet
from scoring.points.figure_arrays import Figures
from scoring.points.grade_rules import Graded, graded
from scoring.points.places import tie_figures
from scoring.points.rollup import rolled_again
from scoring.points.sheet_parts import Decided, Sampling, no_single_unit, track_name
from scoring.rules.evaluate import FloatArray
from scoring.tables import taken

COMPUTED = "computed"


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
    track : str
        Whose points they are, one of ``TRACKS``; see `on_track`.
    decided : Decided or None
        What appraisers decided (see `scoring.points.tracks`); None where nothing was.
    origin : ScoreSheet or None
        The computed sheet of one that `on_track` made.
    journal_head : str
        Head of the journal of appraisal that was used; empty where none was.

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
    track: str = COMPUTED
    decided: Decided | None = field(default=None, repr=False)
    origin: ScoreSheet | None = field(default=None, repr=False)
    journal_head: str = ""

    def __repr__(self) -> str:
        units, left = len(self.units), int(self._is_open.sum())
        return f"ScoreSheet({self.criteria.set_id!r}, {units} units, {left} open items)"

    @property
    def tracks(self) -> tuple[str, ...]:
        """The tracks there are points on, in the order of ``TRACKS``."""
        origin = self.origin or self
        known = {COMPUTED, *(origin.decided.sheets if origin.decided else ())}
        given = {"self": origin.claimed, "supported": origin.supported}
        known |= {track for track, points in given.items() if points is not None}
        return tuple(track for track in TRACKS if track in known)

    @property
    def shows_tracks(self) -> bool:
        """Whether outputs tell the tracks apart: somebody decided, or points of one were asked for."""
        return self.track != COMPUTED or self.decided is not None

    def on_track(self, track: str) -> ScoreSheet:
        """Return the same units with the points of another track; gaps, ranks and reports follow.

        Parameters
        ----------
        track : str
            One of `tracks`.

        Returns
        -------
        ScoreSheet
            Points are NaN, and have bounds, where the track says nothing of an item.

        Raises
        ------
        UsageError
            Where there are no points on this track.

        Examples
        --------
        >>> import scoring
        >>> example = scoring.shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
        >>> scoring.score(pd.read_csv(example), "department-sample").on_track("computed").track
        'computed'
        """
        origin, known = self.origin or self, self.tracks
        if track not in known:
            there = [track_name(name) for name in known]
            raise UsageError(
                f"no points on the track {track!r} among: {', '.join(known)}",
                Finding(
                    "track-without-points", values={"track": track_name(track), "expected": there}
                ),
            )
        if track == COMPUTED:
            return origin
        if origin.decided and track in origin.decided.sheets:
            return replace(origin.decided.sheets[track], origin=origin)
        leaves = origin.claimed if track == "self" else origin.supported
        assert leaves is not None
        return origin.with_points(leaves[:-1], track)

    def with_points(
        self,
        leaves: FloatArray,
        track: str,
        ends: tuple[FloatArray, FloatArray] | None = None,
        waits: npt.NDArray[np.bool_] | None = None,
    ) -> ScoreSheet:
        """Return a sheet of other points of the items, rolled up by the set's own rules.

        Parameters
        ----------
        leaves : array, shape (n_nodes, n_units)
            Points of the items; NaN: open on this track.
        track : str
            Whose points they are.
        ends : pair of arrays, optional
            What open items may come to, where that is known better than from nothing to full.
        waits : bool array, optional
            Items that are sure to get points; see `rolled_again`.
        """
        rolled: dict[str, Any] = rolled_again(self.criteria, self.status, leaves, ends, waits)
        made = replace(self, **rolled, track=track, sampling=None, decided=None,
                       origin=self.origin or self)  # fmt: skip
        own = [found for found in self.findings if found not in self.graded.findings]
        return replace(made, findings=(*own, *made.graded.findings))

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

    @cached_property
    def times(self) -> tuple[npt.NDArray[np.intp], tuple[tuple[int, str], ...]]:
        """The place of each unit's year and period among those that there are, and these."""
        told = pd.MultiIndex.from_frame(self.units[["year", "period"]])
        places, known = told.factorize()
        return places, tuple((int(year), str(period)) for year, period in known)

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
        raise no_single_unit(code, [keys[place] for place in hits], keys)

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

        # A penalty taken in full is not reached by 100%: nothing there is to be reached.
        is_reached = np.array([node.kind != "penalty" for node in nodes] + [True])[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            share = 100 * self.points / self.maxima
        attainment = np.where(is_reached & (self.maxima > 0), share, np.nan)
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
                "basis": self.track,
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
        return graded(self.points, self.maxima, self.criteria, self.figures)

    @cached_property
    def tie_figures(self) -> list[tuple[str, FloatArray]]:
        """The items by which the set parts units of equal points, with their points."""
        return tie_figures(self.criteria, self.points, self.maxima)

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
            shown = ", ".join(first_few(missing, 5))
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
