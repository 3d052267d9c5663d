"""Numbers as Vietnamese officials write them: ``0,75``, ``1.250,5``, ``85,5 %``.

A text that can be read in two ways is never guessed: the reading says so and gives both.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from scoring.base.text import clean_text

_MINUS = str.maketrans({"−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "‒": "-"})
_FULL_WIDTH = str.maketrans("０１２３４５６７８９，．％－＋", "0123456789,.%-+")
_DASH_ONLY = re.compile(r"^-+$")
_SHAPE = re.compile(r"^([+-]?)(\d[\d., ]*|[.,]\d+)$", re.ASCII)
_GROUPED = re.compile(r"^\d{1,3}(?:([., ])\d{3})(?:\1\d{3})*$")
# A text that means one number whatever it counts: not "1.250", which has a second reading.
_PLAIN = re.compile(r"-?\d{1,15}([.,](\d{1,2}|\d{4,10}))?|0[.,]\d{1,10}", re.ASCII)
# Longer than any honest figure; keeps hostile text away from float().
_MAX_LENGTH = 40
# Enough to see what rounding does to a hundredth.
FIGURE_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class NumberReading:
    """What a text says as a number.

    Attributes
    ----------
    value : float or None
        The number; None when there is none or when it is ambiguous.
    is_percent : bool
        True when a percent sign stood behind it; `value` is then on the 0 to 100 scale.
    problem : str or None
        None, ``"not-a-number"``, ``"ambiguous-number"`` or ``"dash-for-number"``.
    candidates : tuple of float
        The possible values of an ambiguous text.
    """

    value: float | None
    is_percent: bool = False
    problem: str | None = None
    candidates: tuple[float, ...] = ()


def read_number(text: str, *, whole: bool = False) -> NumberReading:
    """Read one number written in Vietnamese or English form.

    Parameters
    ----------
    text : str
        What the cell holds.
    whole : bool
        True where only whole numbers make sense (a count), which settles ``1.250`` as 1250.

    Returns
    -------
    NumberReading
        An empty text gives no value and no problem. A lone dash is a problem of its own,
        since some people mean zero by it and others "nothing to report".

    Examples
    --------
    >>> read_number("1.250,5").value, read_number("0,75").value, read_number("85,5 %").value
    (1250.5, 0.75, 85.5)
    >>> read_number("1.250").problem, read_number("1.250").candidates
    ('ambiguous-number', (1250.0, 1.25))
    >>> read_number("1.250", whole=True).value
    1250.0
    """
    body = clean_text(text).translate(_FULL_WIDTH).translate(_MINUS)
    if not body:
        return NumberReading(None)
    if _DASH_ONLY.match(body):
        return NumberReading(None, problem="dash-for-number")
    is_percent = body.endswith("%")
    match = _SHAPE.match(body.removesuffix("%").rstrip().replace("- ", "-"))
    if len(body) > _MAX_LENGTH or not match:
        return NumberReading(None, is_percent, "not-a-number")
    values = _readings(match.group(2), whole)
    sign = -1.0 if match.group(1) == "-" else 1.0
    signed = tuple(sign * value for value in values)
    if len(signed) == 1:
        return NumberReading(signed[0] + 0.0, is_percent)
    problem = "ambiguous-number" if signed else "not-a-number"
    return NumberReading(None, is_percent, problem, signed)


def plain_numbers(texts: Iterable[str]) -> dict[str, float]:
    """Return the numbers of those texts that nothing makes doubtful, the bulk of any column.

    Parameters
    ----------
    texts : iterable of str
        The distinct texts of a column.

    Returns
    -------
    dict of str to float
        As `read_number` reads them; whatever is not plain is left out.

    Examples
    --------
    >>> plain_numbers(["12", "0,75", "1.250", "85 %"])
    {'12': 12.0, '0,75': 0.75}
    """
    plain = (text for text in texts if _PLAIN.fullmatch(text))
    return {text: float(text.replace(",", ".")) + 0.0 for text in plain}


def decimal_mark(texts: Iterable[str]) -> str:
    """Return the mark before decimals that the numbers of one hand settle among themselves.

    Parameters
    ----------
    texts : iterable of str
        The numbers of a column, or of all columns that one program wrote.

    Returns
    -------
    str
        ``.`` or ``,``; empty where no number settles it, or where two of them disagree.

    Examples
    --------
    >>> decimal_mark(["125.175", "12.5"]), decimal_mark(["125.175"]), decimal_mark(["1,5", "1.5"])
    ('.', '', '')
    """
    plain = {text for text in texts if _PLAIN.fullmatch(text)}
    marks = {mark for mark in ".," if any(mark in text for text in plain)}
    return marks.pop() if len(marks) == 1 else ""


def read_settled(text: str, mark: str, *, whole: bool = False) -> NumberReading:
    """Read a number of a column whose `decimal_mark` is known; without one as `read_number` does.

    Examples
    --------
    >>> read_settled("125.175", ".").value, read_settled("125.175", ",").value
    (125.175, 125175.0)
    """
    reading = read_number(text, whole=whole)
    if not mark or reading.problem != "ambiguous-number":
        return reading
    as_thousands, as_decimal = reading.candidates
    return NumberReading(as_decimal if mark in text else as_thousands, reading.is_percent)


def _readings(digits: str, whole: bool) -> tuple[float, ...]:
    """Return every value that unsigned `digits` with separators can mean."""
    marks = [mark for mark in ".," if mark in digits]
    if " " in digits.strip() or len(marks) == 2:
        return _with_two_separators(digits)
    if not marks:
        return (float(digits),)
    mark = marks[0]
    head, _, tail = digits.rpartition(mark)
    grouped = bool(_GROUPED.match(digits)) and not digits.startswith("0")
    if digits.count(mark) > 1:
        return (float(digits.replace(mark, "")),) if grouped else ()
    as_decimal = float(f"{head or '0'}.{tail or '0'}")
    if not grouped:
        return (as_decimal,) if tail else ()
    as_thousands = float(head + tail)
    return (as_thousands,) if whole else (as_thousands, as_decimal)


def _with_two_separators(digits: str) -> tuple[float, ...]:
    """Read ``1.250,5``, ``1,250.5`` or ``1 250,5``: the last mark is the decimal one."""
    last = max(digits.rfind("."), digits.rfind(","))
    spaced = " " in digits
    if spaced and last < digits.rfind(" "):
        head, tail = digits, ""
    else:
        head, tail = digits[:last], digits[last + 1 :]
    if not _GROUPED.match(head) or not (tail.isdigit() or tail == ""):
        return ()
    if not spaced and digits[last] in head:
        return ()
    whole_part = re.sub(r"[., ]", "", head)
    return (float(f"{whole_part}.{tail or '0'}"),)


def format_number(value: float, decimals: int | None = None, lang: str = "vi") -> str:
    """Write a number for people: ``1.250,5`` in Vietnamese, ``1,250.5`` in English.

    With `decimals` None, up to ten decimals are shown without trailing zeros. NaN is ``—``.

    Examples
    --------
    >>> format_number(1250.5), format_number(61.887, 2), format_number(1250.5, lang="en")
    ('1.250,5', '61,89', '1,250.5')
    """
    from scoring.base.rounding import round_points

    if math.isnan(value):
        return "—"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if decimals is None:
        text = f"{value:,.10f}".rstrip("0").rstrip(".")
    else:
        text = f"{round_points(float(value), decimals):,.{decimals}f}"
    text = "0" if text in {"-0", ""} else text
    return text if lang == "en" else text.translate(str.maketrans(",.", ".,"))


def figure_text(value: float, lang: str = "vi") -> str:
    """Write a figure that was reported or estimated: rounded half up to four decimals.

    What is not a whole number is never written as one: 79.99999 does not reach 80.

    Examples
    --------
    >>> figure_text(155 / 3), figure_text(79.99999), figure_text(1250.0)
    ('51,6667', '79,99999', '1.250')
    """
    from scoring.base.rounding import round_points

    exact = format_number(value, lang=lang)
    if not math.isfinite(value):
        return exact
    rounded = float(round_points(value, FIGURE_DECIMALS))
    return exact if rounded == math.floor(rounded) else format_number(rounded, lang=lang)


@dataclass(frozen=True, slots=True)
class Rounded:
    """A figure shown with a fixed number of decimals, as points of a set are.

    Examples
    --------
    >>> Rounded(3.0, 2).text(), Rounded(2.675, 2).text("en")
    ('3,00', '2.68')
    """

    value: float
    decimals: int

    def text(self, lang: str = "vi") -> str:
        """Return the figure in `lang`."""
        return format_number(self.value, self.decimals, lang)
