"""The rows of a province report: figures with the text that people read, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring.base.units import UnitKey
from scoring.base.values import NOT_APPLICABLE, STATUSES
from scoring.outputs.amounts import (
    Amount,
    Target,
    count_amount,
    points_amount,
    points_or_range,
    range_text,
)


@dataclass(frozen=True, slots=True)
class Summary:
    """How the units of the province stand together.

    Attributes
    ----------
    units, assessed, open : int
        All of them, those assessed in full, and those still open; to the others nothing applies.
    mean, median, least, most : Amount
        Of the units assessed in full; unknown where there is none.
    """

    units: int
    assessed: int
    open: int
    mean: Amount
    median: Amount
    least: Amount
    most: Amount


@dataclass(frozen=True, slots=True)
class Bin:
    """The units whose index lies from `low` up to, not including, `high`; in the last bin including it.

    `counts` are by block, in the order of `Distribution.blocks`.
    """

    low: Amount
    high: Amount
    counts: tuple[int, ...]

    @property
    def text(self) -> str:
        """The ends, as "60 – 65"."""
        return range_text(self.low, self.high)

    @property
    def count(self) -> int:
        """Units of all blocks."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class GradeCount:
    """How many units of each block have a grade; an empty name: no grade yet."""

    grade: str
    counts: tuple[int, ...]

    @property
    def count(self) -> int:
        """Units of all blocks."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class GradeNote:
    """A unit whose grade is not the one of its points alone, and why."""

    key: UnitKey
    unit_name: str
    block: str
    grade: str
    reason: str


@dataclass(frozen=True, slots=True)
class Distribution:
    """The indexes of the units assessed in full, in bins; and their grades, the best first.

    `blocks` names the blocks; one empty name where the units are in none.
    """

    blocks: tuple[str, ...]
    bins: tuple[Bin, ...]
    grades: tuple[GradeCount, ...]


@dataclass(frozen=True, slots=True)
class UnitTarget:
    """The target of the index of a unit beside what it reached.

    Attributes
    ----------
    points_text : str
        The index, or its range while something is open.
    target : Target
        `said` tells in words whether it is met and by how much.
    verdict : str
        ``met``, ``missed`` or ``open``: it cannot be told, as an item is open or the figures of a
        survey do not show it.
    by : Amount
        Points above the target, negative below it; while open the nearest to it that can be, unknown
        where the range has it inside.
    """

    key: UnitKey
    unit_name: str
    block: str
    points_text: str
    target: Target
    verdict: str
    by: Amount


@dataclass(frozen=True, slots=True)
class TargetsMet:
    """Who met the target of the index, farthest below it first; `without` counts units with none."""

    rows: tuple[UnitTarget, ...]
    without: int

    def count(self, verdict: str) -> int:
        """Return how many units have a verdict."""
        return sum(row.verdict == verdict for row in self.rows)


@dataclass(frozen=True, slots=True)
class CauseShare:
    """Points lost for one cause, and by how many units."""

    cause: str
    name: str
    lost: Amount
    units: int


@dataclass(frozen=True, slots=True)
class LossRow:
    """Where the units together lose points: an area, or an item of it.

    Attributes
    ----------
    lost, per_unit : Amount
        Points lost by all units, and over all units by each; what is open is not in it.
    share : Amount
        Percent of all points lost.
    units : int
        Units that lose points here.
    open_points, open_units
        The most that units which are not assessed here can still win.
    at_risk : Amount
        Points that units hold without sufficient proof.
    causes : tuple of CauseShare
        Of `lost`, most points first.
    """

    code: str
    name: str
    area_name: str
    maximum: Amount
    lost: Amount
    per_unit: Amount
    share: Amount
    units: int
    open_points: Amount
    open_units: int
    at_risk: Amount
    causes: tuple[CauseShare, ...]


@dataclass(frozen=True, slots=True)
class Losses:
    """Areas and items that lose points, most first; `lost` is the sum of both."""

    lost: Amount
    open_points: Amount
    at_risk: Amount
    areas: tuple[LossRow, ...]
    items: tuple[LossRow, ...]
    causes: tuple[CauseShare, ...]


@dataclass(frozen=True, slots=True)
class WinRow:
    """One thing to do about one item for one cause, over all units.

    Attributes
    ----------
    kind : str
        ``lost``, ``open`` (an item not assessed: at most these points) or ``at-risk`` (points that
        units keep if they prove them).
    is_for_now : bool
        True where it can still be mended for the period being assessed; else only the next period
        can bring the points.
    points : Amount
        Of all units together.
    action : str
        What to do, as a sentence with points and units.
    """

    rank: int
    item_code: str
    item_name: str
    area_name: str
    cause: str
    cause_name: str
    kind: str
    is_for_now: bool
    points: Amount
    units: int
    action: str


@dataclass(frozen=True, slots=True)
class Wins:
    """The things that would win most: still in this period, and what only the next can bring.

    Attributes
    ----------
    now_points, later_points : Amount or None
        Of all gaps of either kind, not of the rows shown alone; together they are what is lost,
        open and at risk.
    """

    now: tuple[WinRow, ...]
    later: tuple[WinRow, ...]
    now_points: Amount | None = None
    later_points: Amount | None = None


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A unit against last time, in percent of the maxima of the items that both times share.

    `last_rank` and `rank` are among the units of both times on these items; 0 where there is none.
    """

    key: UnitKey
    unit_name: str
    block: str
    items: int
    last: Amount
    now: Amount
    change: Amount
    last_rank: int
    rank: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since `since`, the largest rise first; only on items that both times share.

    `mean` is in percentage points; `without` counts units that last time did not have.
    """

    since: str
    rose: int
    fell: int
    same: int
    mean: Amount
    rows: tuple[ChangeRow, ...]
    without: int


@dataclass(frozen=True, slots=True)
class HelpReason:
    """Why a unit needs help: the code of a declared reason, and the facts in words."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class HelpRow:
    """A unit that needs help; most reasons first."""

    key: UnitKey
    unit_name: str
    block: str
    points_text: str
    reasons: tuple[HelpReason, ...]


@dataclass(frozen=True, slots=True)
class ItemHead:
    """An item of the set, as the table of units shows it."""

    code: str
    name: str
    area_code: str
    area_name: str
    maximum: Amount


@dataclass(frozen=True, slots=True)
class UnitItem:
    """What a unit earned for an item; `cause_name` says why not all, or what is unproven."""

    head: ItemHead
    maximum: Amount
    points_text: str
    lost: Amount
    status: str
    cause: str
    cause_name: str


@dataclass(frozen=True, slots=True, eq=False)
class ItemFigures:
    """The figures of all items of all units, as arrays: thousands of units stay small.

    Attributes
    ----------
    points, low, high, maxima, lost : float array, shape (n_items, n_units)
        Rounded as shown; points are NaN while an item is open or does not apply.
    status : int array, shape (n_items, n_units)
        Places in ``STATUSES``.
    cause : int array, shape (n_items, n_units)
        Places in `causes`; -1 where nothing is lost or at risk.
    causes, cause_names : tuple of str
        Codes, and the words for them.
    decimals : int
    place_of : mapping of UnitKey to int
        The column of each unit.
    """

    points: npt.NDArray[np.float64]
    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]
    maxima: npt.NDArray[np.float64]
    lost: npt.NDArray[np.float64]
    status: npt.NDArray[np.int8]
    cause: npt.NDArray[np.int16]
    causes: tuple[str, ...]
    cause_names: tuple[str, ...]
    decimals: int
    place_of: Mapping[UnitKey, int]

    def items_of(self, key: UnitKey, heads: Sequence[ItemHead], lang: str) -> tuple[UnitItem, ...]:
        """Return the items of a unit, in the order of `heads`."""
        place = self.place_of[key]
        return tuple(self._item(row, place, head, lang) for row, head in enumerate(heads))

    def _item(self, row: int, place: int, head: ItemHead, lang: str) -> UnitItem:
        points, low, high, lost = (
            points_amount(float(figures[row, place]), lang, self.decimals)
            for figures in (self.points, self.low, self.high, self.lost)
        )
        status, cause = int(self.status[row, place]), int(self.cause[row, place])
        is_none = status == NOT_APPLICABLE and not points.is_known
        return UnitItem(
            head=head,
            maximum=count_amount(float(self.maxima[row, place]), lang, self.decimals),
            points_text="—" if is_none else points_or_range(points, low, high),
            lost=lost,
            status=STATUSES[status],
            cause="" if cause < 0 else self.causes[cause],
            cause_name="" if cause < 0 else self.cause_names[cause],
        )
