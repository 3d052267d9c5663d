"""Where a range begins and ends, by the very words of the decision or plan.

"Trên" leaves its end out, "từ ... trở lên" takes it in, "đến dưới" leaves it out, "70% - 90%"
takes both in. Words that can be read in two ways give no range at all.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache

from scoring.official.figure_text import as_number
from scoring.official.wording import word_lists

_TOKEN = re.compile(r"\d{1,9}(?:[.,]\d{1,4})?|[<>]=?|[≤≥]|[^\W\d_]+|[^\s\w]")
# A figure that may stand for 1250 or 1.25 is read as neither.
_UNCLEAR = re.compile(r"\d[.,]\d{3}(?!\d)")
MAX_TOKENS = 80
# Letters before a figure among which its comparison is looked for.
_REACH = 40


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


@cache
def _meanings(*tables: str) -> dict[str, str]:
    """Return what each phrase of some tables of ``words.toml`` means, the longest first."""
    lists = [said for table in tables for said in word_lists()[table].items()]
    pairs = [(phrase, sign) for sign, phrases in lists for phrase in phrases]
    return dict(sorted(pairs, key=lambda pair: -len(pair[0])))


def comparison_before(text: str, end: int) -> tuple[str, str]:
    """Return the comparison that the words right before a figure state, and those words.

    Parameters
    ----------
    text : str
    end : int
        Where the figure begins.

    Returns
    -------
    (str, str)
        ``>=``, ``>``, ``<``, ``<=``, ``increase`` or ``decrease``, and the words as written with
        the space behind them; ``=`` and an empty text where no word compares.

    Examples
    --------
    >>> comparison_before("đạt không dưới 85%", 15), comparison_before("đạt 85%", 4)
    (('>=', 'không dưới '), ('=', ''))
    """
    lead = text[max(0, end - _REACH) : end]
    said = lead.rstrip().lower()
    for phrase, sign in _meanings("comparison", "change").items():
        if said.endswith(phrase) and said[: -len(phrase)][-1:] in ("", " ", "("):
            return sign, lead[len(said) - len(phrase) :]
    return "=", ""


def read_range(text: str) -> Range | None:
    """Read the one range that a folded condition names.

    Parameters
    ----------
    text : str
        As `scoring.official.wording.folded` gives it.

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
    phrase = _Phrase(_TOKEN.findall(text))
    if not 1 <= len(phrase.figures) <= 2 or len(phrase.tokens) > MAX_TOKENS:
        return None
    if phrase.tokens.count("%") != phrase.percents:
        return None
    ends = phrase.one_end() if len(phrase.figures) == 1 else phrase.two_ends()
    return Range(*ends, bool(phrase.percents), phrase.rest()) if ends else None


_Ends = tuple[float, float, bool, bool]


class _Phrase:
    """The words of a condition, of which those that are understood are used up."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.figures = [at for at, token in enumerate(tokens) if token[0].isdecimal()]
        percents = {at + 1 for at in self.figures if tokens[at + 1 : at + 2] == ["%"]}
        self.percents = len(percents)
        self.used = {*self.figures, *percents}

    def rest(self) -> tuple[str, ...]:
        return tuple(token for at, token in enumerate(self.tokens) if at not in self.used)

    def one_end(self) -> _Ends | None:
        at = self.figures[0]
        figure = as_number(self.tokens[at])
        sign = self._before(at, "comparison")
        says_from = bool(sign) and self.tokens[at - 1] == "từ"
        upward, downward = self._take("lên", at), self._take("xuống", at)
        if upward or downward:
            if (upward and downward) or (sign and not says_from):
                return None
            return (figure, math.inf, True, False) if upward else (-math.inf, figure, False, True)
        if not sign:
            sign = self._behind(at)
            if not sign:
                return figure, figure, True, True
        if says_from and not (figure == 100 and self.percents):
            return None
        closed = sign.endswith("=")
        if sign[0] == ">":
            return figure, math.inf, closed, False
        return -math.inf, figure, False, closed

    def two_ends(self) -> _Ends | None:
        low, high = (as_number(self.tokens[at]) for at in self.figures)
        if (left := self._behind(self.figures[0])) and low < high:
            right = self._before(self.figures[1], "comparison")
            if left[0] != ">" or right[:1] != "<":
                return None
            return low, high, left.endswith("="), right.endswith("=")
        join = self._before(self.figures[1], "join")
        sign = self._before(self.figures[0], "comparison")
        if not join or low >= high or sign not in ("", ">=", ">"):
            return None
        if not {"trở", "<", ">", "≤", "≥"}.isdisjoint(self.rest()):
            return None
        return low, high, sign != ">", join == "closed"

    def _before(self, at: int, table: str) -> str:
        """Return what the longest phrase right before `at` means, empty where none does."""
        for start in range(max(0, at - 4), at):
            meaning = _meanings(table).get(" ".join(self.tokens[start:at]), "")
            if meaning and self.used.isdisjoint(range(start, at)):
                self.used.update(range(start, at))
                return meaning
        return ""

    def _behind(self, at: int) -> str:
        """Return the sign behind a figure, turned to stand before it: "80% ≤ T" is "T ≥ 80%"."""
        after = at + 1 + (self.tokens[at + 1 : at + 2] == ["%"])
        turned = {"≤": ">=", "<=": ">=", "<": ">", "≥": "<=", ">=": "<=", ">": "<"}
        sign = turned.get(self.tokens[after], "") if after < len(self.tokens) else ""
        is_before_next = after + 1 in self.figures
        if sign and not is_before_next:
            self.used.add(after)
            return sign
        return ""

    def _take(self, way: str, after: int) -> bool:
        """Use up "trở lên" or "trở xuống" behind the figure."""
        for at in range(after + 1, len(self.tokens) - 1):
            if self.tokens[at : at + 2] == ["trở", way]:
                self.used.update((at, at + 1))
                return True
        return False
