"""Where a step of a scale begins and ends, by the very words of the decision.

"Trên" leaves its end out, "từ ... trở lên" takes it in, "đến dưới" leaves it out, "70% - 90%"
takes both in. Words that can be read in two ways give no range at all.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TypeVar

_TOKEN = re.compile(r"\d{1,9}(?:[.,]\d{1,4})?|[<>]=?|[≤≥]|[^\W\d_]+|[^\s\w]")
_NUMBER = re.compile(r"\d{1,9}(?:[.,]\d{1,4})?")
# A figure that may stand for 1250 or 1.25 is read as neither.
_UNCLEAR = re.compile(r"\d[.,]\d{3}(?!\d)")
MAX_TOKENS = 80
_Meaning = TypeVar("_Meaning", str, bool)

_LOWER_CLOSED = (
    "từ", ">=", "≥", "tối thiểu", "ít nhất", "không dưới", "không thấp hơn", "không ít hơn",
    "không nhỏ hơn",
)  # fmt: skip
_LOWER_OPEN = (
    "trên", ">", "lớn hơn", "hơn", "cao hơn", "nhiều hơn", "vượt", "vượt quá", "quá", "từ trên",
)  # fmt: skip
_UPPER_OPEN = (
    "dưới", "<", "nhỏ hơn", "thấp hơn", "ít hơn", "chưa đạt", "không đạt", "chưa đến", "chưa tới",
)  # fmt: skip
_UPPER_CLOSED = (
    "<=", "≤", "không quá", "không vượt quá", "không trên", "không lớn hơn", "không cao hơn",
    "tối đa",
)  # fmt: skip
_TO_CLOSED = ("đến", "-", "tới", "đến hết", "cho đến", "đến bằng")
_TO_OPEN = (
    "đến dưới", "- dưới", "tới dưới", "cho đến dưới", "và dưới", "nhưng dưới", "đến <", "- <",
    "và <", "đến nhỏ hơn", "và nhỏ hơn", "đến chưa đạt", "đến cận dưới",
)  # fmt: skip
_ONE = {
    **dict.fromkeys(_LOWER_CLOSED, "from"),
    **dict.fromkeys(_LOWER_OPEN, "above"),
    **dict.fromkeys(_UPPER_OPEN, "below"),
    **dict.fromkeys(_UPPER_CLOSED, "up_to"),
}
_TWO = {**dict.fromkeys(_TO_CLOSED, True), **dict.fromkeys(_TO_OPEN, False)}


@dataclass(frozen=True, slots=True)
class Range:
    """The values between two ends, each closed or open, and the words left over.

    `is_percent` is True where a percent sign stood with either end.
    """

    lower: float
    upper: float
    lower_closed: bool
    upper_closed: bool
    is_percent: bool = False
    words: tuple[str, ...] = ()

    def scaled(self, factor: float) -> Range:
        """Return the range with both ends multiplied, for shares written as 0,8."""
        ends = (self.lower * factor, self.upper * factor)
        return Range(*ends, self.lower_closed, self.upper_closed, True, self.words)


def read_range(text: str) -> Range | None:
    """Read the one range that a folded condition names.

    Parameters
    ----------
    text : str
        As `folding.folded` gives it.

    Returns
    -------
    Range or None
        None when there is no figure, more than two, or words that leave an end in doubt.

    Examples
    --------
    >>> found = read_range("thực hiện từ 70% đến dưới 90% kế hoạch")
    >>> found.lower, found.lower_closed, found.upper, found.upper_closed, found.words
    (70.0, True, 90.0, False, ('thực', 'hiện', 'kế', 'hoạch'))
    >>> read_range("trên 90% trở lên") is None
    True
    """
    if _UNCLEAR.search(text):
        return None
    tokens = _TOKEN.findall(text)
    places = [place for place, token in enumerate(tokens) if _NUMBER.fullmatch(token)]
    if not 1 <= len(places) <= 2 or len(tokens) > MAX_TOKENS:
        return None
    percent = [place + 1 < len(tokens) and tokens[place + 1] == "%" for place in places]
    used = {*places, *(place + 1 for place, sign in zip(places, percent, strict=True) if sign)}
    if tokens.count("%") != sum(percent):
        return None
    figures = [float(tokens[place].replace(",", ".")) for place in places]
    ends = _two_ends if len(places) == 2 else _one_end
    found = ends(tokens, places, figures, used)
    if found is None:
        return None
    words = tuple(token for place, token in enumerate(tokens) if place not in used)
    return Range(*found, is_percent=any(percent), words=words)


_Ends = tuple[float, float, bool, bool]


def _one_end(
    tokens: list[str], places: list[int], figures: list[float], used: set[int]
) -> _Ends | None:
    place, figure = places[0], figures[0]
    sense = _phrase_before(tokens, place, _ONE, used)
    upward = _take(tokens, ("trở", "lên"), place, used)
    downward = _take(tokens, ("trở", "xuống"), place, used)
    if upward and downward:
        return None
    stated = tokens[place - 1] if place and sense else ""
    if upward:
        return (figure, math.inf, True, False) if sense is None or stated == "từ" else None
    if downward:
        return (-math.inf, figure, False, True) if sense is None or stated == "từ" else None
    if sense is None:
        return figure, figure, True, True
    if stated == "từ":
        return None
    return {
        "from": (figure, math.inf, True, False),
        "above": (figure, math.inf, False, False),
        "below": (-math.inf, figure, False, False),
        "up_to": (-math.inf, figure, False, True),
    }[sense]


def _two_ends(
    tokens: list[str], places: list[int], figures: list[float], used: set[int]
) -> _Ends | None:
    low, high = figures
    closed = _phrase_before(tokens, places[1], _TWO, used)
    sense = _phrase_before(tokens, places[0], _ONE, used)
    if closed is None or low >= high or sense not in (None, "from", "above"):
        return None
    if any(tokens[place] in ("trở", "<", ">", "≤", "≥") and place not in used
           for place in range(len(tokens))):  # fmt: skip
        return None
    return low, high, sense != "above", closed


def _phrase_before(
    tokens: list[str], place: int, table: dict[str, _Meaning], used: set[int]
) -> _Meaning | None:
    """Return what the longest phrase right before `place` means, and mark it as used."""
    for length in (3, 2, 1):
        start = place - length
        if start < 0 or any(spot in used for spot in range(start, place)):
            continue
        meaning = table.get(" ".join(tokens[start:place]))
        if meaning is not None:
            used.update(range(start, place))
            return meaning
    return None


def _take(tokens: list[str], pair: tuple[str, str], after: int, used: set[int]) -> bool:
    for place in range(after + 1, len(tokens) - 1):
        if (tokens[place], tokens[place + 1]) == pair:
            used.update((place, place + 1))
            return True
    return False
