"""Figures as people read them: one rounding and one text for each, whatever shows it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.base.rounding import round_points
from scoring.points.sampling import UNSHOWN, target_verdict


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure as it is shown.

    Attributes
    ----------
    value : float
        Rounded half up; NaN where nothing is known.
    text : str
        How people read it, in the language of the report.

    Examples
    --------
    >>> points_amount(61.887), count_amount(20.0)
    (Amount(value=61.89, text='61,89'), Amount(value=20.0, text='20'))
    """

    value: float
    text: str

    @property
    def is_known(self) -> bool:
        """False where there is nothing to show."""
        return not math.isnan(self.value)


@dataclass(frozen=True, slots=True)
class OpenAmount(Amount):
    """Points that are still open: `value` is their least, to sort by, `text` their range."""


def points_amount(value: float, lang: str = "vi", decimals: int = 2) -> Amount:
    """Return points with a fixed number of decimals, half up; NaN reads "—"."""
    rounded = round_points(float(value), decimals)
    return Amount(rounded, format_number(rounded, decimals, lang))


def points_amounts(
    values: Sequence[float] | npt.NDArray[np.float64], lang: str = "vi", decimals: int = 2
) -> list[Amount]:
    """Return what `points_amount` gives for each of many figures.

    >>> [amount.text for amount in points_amounts([61.887, float("nan")])]
    ['61,89', '—']
    """
    rounded = round_points(np.asarray(values, dtype=float), decimals).tolist()
    # As texts 0 and -0 differ, and one NaN is like another.
    known = {repr(value): value for value in rounded}
    made = {key: Amount(v, format_number(v, decimals, lang)) for key, v in known.items()}
    return [made[repr(value)] for value in rounded]


def count_amount(value: float, lang: str = "vi", decimals: int = 2) -> Amount:
    """Return a maximum, a target or a number of things, without needless zeros."""
    rounded, mark = round_points(float(value), decimals), "." if lang == "en" else ","
    text = format_number(rounded, decimals, lang)
    return Amount(rounded, text.rstrip("0").rstrip(mark) if mark in text else text)


def shared_decimals(values: Iterable[float], most: int = 2) -> int:
    """Return the decimals for a column of maxima or targets: none where all are whole, else `most`.

    >>> shared_decimals([15, 9, float("nan")]), shared_decimals([15, 12.25])
    (0, 2)
    """
    known = [round_points(float(value), most) for value in values if not math.isnan(value)]
    return 0 if all(value.is_integer() for value in known) else most


def percent_amount(value: float, lang: str = "vi") -> Amount:
    """Return a figure on the 0 to 100 scale with one decimal and its sign."""
    rounded = round_points(float(value), 1)
    text = format_number(rounded, 1, lang)
    return Amount(rounded, text if math.isnan(rounded) else f"{text}%")


def change_amount(value: float, lang: str = "vi", decimals: int = 2) -> Amount:
    """Return a difference with its sign: ``+1,40``, ``−0,20``, ``0,00``."""
    rounded = round_points(float(value), decimals)
    text = format_number(abs(rounded), decimals, lang)
    sign = "+" if rounded > 0 else "−" if rounded < 0 else ""
    return Amount(rounded, sign + text)


@dataclass(frozen=True, slots=True)
class Target(Amount):
    """A target with what is said of it: met or missed, and by how much."""

    said: str


def target_amount(
    target: float,
    least: float,
    most: float,
    lang: str = "vi",
    decimals: int = 2,
    shown: int | None = None,
    sampling: tuple[float, float] | None = None,
    *,
    is_penalty: bool = False,
) -> Target:
    """Return a target; `least` and `most` are the points by which it is exceeded, equal when known.

    `shown` are the decimals of the target itself where it stands among others. `sampling` is the
    least and the most by which it is exceeded for the sampling of surveys; where these lie on both
    sides of it, it is not shown to be met or missed. A penalty exceeds its target by taking off less.

    Examples
    --------
    >>> target_amount(14, 1.4, 1.4).said, target_amount(14, -2, -0.5).said, target_amount(14, -1, 1).said
    ('đã đạt, vượt 1,40 điểm', 'chưa đạt, còn thiếu ít nhất 0,50 điểm', 'chưa rõ, còn mục chưa chấm')
    """
    plain = count_amount(target, lang, decimals)
    known = plain if shown is None else points_amount(target, lang, shown)
    ends = [round_points(end, decimals) for end in (least, most)]
    by = points_amount(max(ends[0], -ends[1]), lang, decimals)
    if not by.value > 0 and ends[0] < 0:
        return Target(known.value, known.text, label("target_open", lang))
    key = "target_met" if ends[0] >= 0 else "target_missed"
    by_text = by.text if ends[0] == ends[1] else label("at_least", lang, points=by.text)
    how_far = "_by_penalty" if is_penalty else "_by"
    said = label(key + how_far if by.value > 0 else key, lang, by=by_text)
    if sampling is not None and ends[0] == ends[1]:
        verdict = target_verdict(ends[0], *(round_points(end, decimals) for end in sampling))
        if verdict in UNSHOWN:
            said = label(f"target_{verdict.replace('-', '_')}", lang, said=said)
    return Target(known.value, known.text, said)


def points_or_range(points: Amount, low: Amount, high: Amount, lang: str = "") -> str:
    """Write points, or the range they lie in while something is open.

    With `lang` the range is said in words of that language, for use in a sentence.

    Examples
    --------
    >>> ends = points_amount(18), points_amount(98)
    >>> points_or_range(points_amount(61.887), *ends)
    '61,89'
    >>> unknown = points_amount(math.nan)
    >>> points_or_range(unknown, *ends), points_or_range(unknown, *ends, "vi")
    ('18,00 – 98,00', 'từ 18,00 đến 98,00')
    """
    # Where nothing applies there are no ends either.
    if points.is_known or not (low.is_known or high.is_known):
        return points.text
    if lang:
        low, high = _in_order(low, high)
        return label("points_between", lang, low=low.text, high=high.text)
    return range_text(low, high)


def range_text(low: Amount, high: Amount) -> str:
    """Write two ends as every table shows them.

    Examples
    --------
    >>> range_text(points_amount(18), points_amount(98))
    '18,00 – 98,00'
    """
    low, high = _in_order(low, high)
    return f"{low.text} – {high.text}"


def _in_order(low: Amount, high: Amount) -> tuple[Amount, Amount]:
    """Return two ends, the smaller first: at its lowest the index loses the most to a penalty."""
    return (high, low) if high.value < low.value else (low, high)
