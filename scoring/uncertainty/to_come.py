"""What the months to come may bring, from what those seen brought and how far they lie apart.

A figure is taken to follow another one or none: what is counted in time follows what was received,
what is received follows the calendar, or the same months of last year. With weights a of the months,
x = b a + e and an error whose variance grows with a, the sum of the months to come is predicted by
b A with the scale s sqrt(A + A^2 / sum a) of a Student distribution of n - 1 degrees, so that few
months give a wide fan. All figures of a unit are moved by the same draws, which keeps how they hang
together; shares that lie no farther apart than chance alone would bring are drawn beta-binomially.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from scoring.rules.evaluate import BoolArray, FloatArray

DRAWS = 2_000
FEWEST = 2
"""With fewer months seen nothing is said about a chance."""
_FEWEST_TO_DRIFT, _STEEP = 6, 4.0
# Standard errors of the slope, more of few periods: of some hundred even figures one is named.
AS_MUCH_AGAIN = 2.0
"""No month to come is taken to bring more than so many times the largest one seen."""


@dataclass(frozen=True)
class Streams:
    """Draws that all figures of a unit share, the same however many other units there are.

    Attributes
    ----------
    codes : sequence of str
        Units, which name their streams.
    seed, draws : int
    normal : float array, shape (n_units, n_parts, draws)
    square : float array, same shape
        Sums of the first 0, 1, ... squared normal numbers, that is chi-squared ones.
    """

    codes: Sequence[str]
    seed: int
    draws: int
    normal: FloatArray = field(repr=False)
    square: FloatArray = field(repr=False)

    @classmethod
    def of(cls, codes: Sequence[str], parts: int, seed: int, draws: int = DRAWS) -> Streams:
        """Draw for units named `codes`."""
        made = [
            np.random.default_rng([seed, zlib.crc32(code.encode())]).normal(
                size=(2 * parts - 1, draws)
            )
            for code in codes
        ]
        both = np.array(made).reshape(len(codes), 2 * parts - 1, draws)
        square = np.pad(np.cumsum(both[:, parts:] ** 2, axis=1), ((0, 0), (1, 0), (0, 0)))
        return cls(list(codes), seed, draws, both[:, :parts], square)

    def own(self, unit: int, name: str) -> np.random.Generator:
        """Return a stream of one figure of one unit."""
        text = f"{self.codes[unit]}|{name}"
        return np.random.default_rng([self.seed, zlib.crc32(text.encode())])


@dataclass(frozen=True)
class Trend:
    """How a figure follows its weights, unit by unit.

    Attributes
    ----------
    rate : float array, shape (n_units,)
        What a unit of weight brings; NaN where nothing is seen.
    weight : float array, shape (n_units,)
        The weights seen, together.
    apart : float array, shape (n_units, n_parts)
        How far each period lies from the rate, over the square root of its weight.
    count : int array, shape (n_units,)
        Periods seen.
    """

    rate: FloatArray
    weight: FloatArray
    apart: FloatArray
    count: npt.NDArray[np.intp]

    @classmethod
    def of(cls, values: FloatArray, weights: FloatArray) -> Trend:
        """Fit periods `values` to `weights`, shapes (n_units, n_parts).

        >>> fit = Trend.of(np.array([[8.0, 10.0, np.nan]]), np.array([[10.0, 10.0, 10.0]]))
        >>> fit.rate.tolist(), fit.count.tolist()
        ([0.9], [2])
        """
        is_seen = ~np.isnan(values) & (weights > 0)
        x, a = np.where(is_seen, values, 0.0), np.where(is_seen, weights, 0.0)
        whole = a.sum(axis=1)
        rate = np.divide(x.sum(axis=1), whole, out=np.full(len(x), np.nan), where=whole > 0)
        away = x - np.nan_to_num(rate)[:, None] * a
        root = np.sqrt(np.where(is_seen, a, 1.0))
        return cls(rate, whole, np.where(is_seen, away / root, 0.0), is_seen.sum(axis=1))

    @property
    def spread(self) -> FloatArray:
        """The variance of a period of weight one; NaN from fewer than `FEWEST` periods."""
        free = (self.count - 1).astype(float)
        squares = (self.apart**2).sum(axis=1)
        return np.divide(squares, free, out=np.full(len(free), np.nan), where=self.count >= FEWEST)

    @property
    def is_drifting(self) -> BoolArray:
        """Whether the later periods lie apart from the earlier ones by more than chance would have it."""
        seen = self.apart != 0
        order = np.arange(self.apart.shape[1]) * seen
        middle = order.sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
        away = (order - middle[:, None]) * seen
        whole = np.sqrt((away**2).sum(axis=1) * (self.apart**2).sum(axis=1))
        moved = (away * self.apart).sum(axis=1)
        likeness = np.divide(moved, whole, out=np.zeros(len(whole)), where=whole > 0)
        free = np.clip(self.count - 2, 1, None)
        steep = np.abs(likeness) * np.sqrt(free / np.clip(1 - likeness**2, 1e-9, None))
        return np.asarray((self.count >= _FEWEST_TO_DRIFT) & (steep > _STEEP + 8 / free))

    def drawn(self, ahead: FloatArray, streams: Streams) -> FloatArray:
        """Return sums of periods to come of the weight `ahead`, shape (n_units, draws) or (n_units, 1)."""
        units = np.arange(len(self.rate))
        seen = np.maximum(self.weight, 1e-300)[:, None]
        scale = np.sqrt(np.maximum(ahead, 0.0) * (1 + ahead / seen))
        moved = np.einsum("up,upd->ud", self.apart, streams.normal)
        free = np.clip(self.count - 1, 1, None)
        error = moved / np.sqrt(streams.square[units, free])
        return np.nan_to_num(self.rate)[:, None] * ahead + scale * error


def flow_to_come(
    values: FloatArray, weights: FloatArray, left: FloatArray, streams: Streams
) -> tuple[FloatArray, FloatArray]:
    """Return what a figure that nothing caps may still bring.

    Parameters
    ----------
    values : float array, shape (n_units, n_parts)
    weights : float array, same shape
        1, or what the same periods of last year brought.
    left : float array, same shape
        Which part of each period still counts, 0 to 1.

    Returns
    -------
    drawn : float array, shape (n_units, draws)
    most : float array, shape (n_units,)
        The bound without a probability; the other one is nothing at all.
    """
    trend = Trend.of(values, weights)
    ahead = (weights * left).sum(axis=1)
    usual = np.nan_to_num(trend.rate)[:, None] * weights
    peak = np.maximum(np.nan_to_num(values).max(axis=1), usual.max(axis=1))
    most = AS_MUCH_AGAIN * peak * left.sum(axis=1)
    return np.clip(trend.drawn(ahead[:, None], streams), 0.0, most[:, None]), most


def share_to_come(
    hits: FloatArray, wholes: FloatArray, ahead: FloatArray, streams: Streams, name: str
) -> FloatArray:
    """Return how many of `ahead` cases to come may count, shape (n_units, draws).

    Parameters
    ----------
    hits, wholes : float array, shape (n_units, n_parts)
        Cases that count and all cases of each period.
    ahead : float array, shape (n_units, draws)
        All cases to come.
    name : str
        Of the figure: units draw what chance alone brings from streams of their own.
    """
    trend = Trend.of(hits, np.nan_to_num(wholes))
    made = trend.drawn(ahead, streams)
    rate = np.nan_to_num(trend.rate)
    is_even = (trend.count > 0) & ~(trend.spread > np.clip(rate * (1 - rate), 0.0, None))
    for unit in np.flatnonzero(is_even):
        made[unit] = _beta_binomial(trend, int(unit), ahead[unit], streams.own(int(unit), name))
    return np.clip(made, 0.0, ahead)


def _beta_binomial(
    trend: Trend, unit: int, ahead: FloatArray, stream: np.random.Generator
) -> FloatArray:
    whole = trend.weight[unit]
    hits = np.clip(trend.rate[unit] * whole, 0.0, whole)
    # The prior of Jeffreys: a share that was always whole need not stay so.
    share = stream.beta(hits + 0.5, whole - hits + 0.5, len(ahead))
    return stream.binomial(np.rint(ahead).astype(np.int64), share).astype(float)


def mean_at_end(
    values: FloatArray, left: FloatArray, streams: Streams, limits: tuple[float, float]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return what the mean of all periods may come to, and its bounds, for figures that are means."""
    ones = np.ones_like(values)
    trend = Trend.of(values, ones)
    ahead = left.sum(axis=1)
    told, whole = np.nansum(values, axis=1), np.maximum(trend.count + ahead, 1.0)
    low, high = np.nan_to_num(limits[0], nan=-np.inf), np.nan_to_num(limits[1], nan=np.inf)
    peak = AS_MUCH_AGAIN * np.nan_to_num(np.abs(values)).max(axis=1)
    floor, top = (np.clip(end, low, high) for end in (-peak, peak))
    floor = np.where(np.isfinite(low), low, floor)
    top = np.where(np.isfinite(high), high, top)
    drawn = trend.drawn(ahead[:, None], streams)
    drawn = np.clip(drawn, (floor * ahead)[:, None], (top * ahead)[:, None])
    sums = told[:, None] + drawn
    return sums / whole[:, None], (told + floor * ahead) / whole, (told + top * ahead) / whole


def level_at_end(
    values: FloatArray, left: FloatArray, streams: Streams, limits: tuple[float, float]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return where a figure that stands may stand at the end, and its bounds: it moves as it moved."""
    told = np.isnan(values)
    known = np.apply_along_axis(_filled, 1, values) if told.any() else values
    steps = np.diff(known, axis=1, prepend=np.nan)
    trend = Trend.of(steps, np.ones_like(steps))
    ahead = left.sum(axis=1)
    last = known[np.arange(len(known)), _last(known)]
    farthest = AS_MUCH_AGAIN * np.nan_to_num(np.abs(steps)).max(axis=1) * ahead
    low, high = np.nan_to_num(limits[0], nan=-np.inf), np.nan_to_num(limits[1], nan=np.inf)
    ends = np.clip(last - farthest, low, high), np.clip(last + farthest, low, high)
    drawn = last[:, None] + trend.drawn(ahead[:, None], streams)
    return np.clip(drawn, ends[0][:, None], ends[1][:, None]), *ends


def _filled(row: FloatArray) -> FloatArray:
    """Carry the last value told over gaps, but not beyond the last one."""
    seen = np.flatnonzero(~np.isnan(row))
    if not len(seen):
        return row
    made = np.full(len(row), np.nan)
    at = np.arange(seen[0], seen[-1] + 1)
    made[at] = row[seen[np.searchsorted(seen, at, side="right") - 1]]
    return made


def _last(values: FloatArray) -> npt.NDArray[np.intp]:
    return values.shape[1] - 1 - np.argmax(~np.isnan(values)[:, ::-1], axis=1)


def parts_left(seen: BoolArray, counts: FloatArray) -> FloatArray:
    """Return which part of each period is still to come: those that count and were not seen."""
    return np.where(seen, 0.0, counts[None, :])
