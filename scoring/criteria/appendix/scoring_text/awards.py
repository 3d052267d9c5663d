"""What a step of the scoring text awards: points, the maximum, or a share of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from scoring.base.same_unknown import SameUnknown
from scoring.official.figure_text import as_number
from scoring.official.patterns import patterns

_PATTERNS = patterns("awards")
MAX_AWARD = 160


@dataclass(frozen=True, slots=True, eq=False)
class Award(SameUnknown):
    """What a step earns.

    Attributes
    ----------
    points : float
        NaN for a share.
    over_percent : float
        For "tỷ lệ / 80% × điểm tối đa", the 80; NaN for a plain share.
    letters : tuple of str
        Numerator and denominator where the share is written with letters, such as b and a, or
        in words.
    is_index : bool
        True where the share is a satisfaction index.
    rate : str
        What the rate is of, as the formula names it; empty where it only says "tỷ lệ đạt được".
    """

    points: float = math.nan
    over_percent: float = math.nan
    letters: tuple[str, ...] = ()
    is_index: bool = False
    rate: str = ""

    @property
    def grows_with_harm(self) -> bool:
        """Whether the share is of something bad, such as dossiers handled late."""
        return any(map(_PATTERNS["bad_rate"].search, (self.rate, *self.letters[:1])))

    @property
    def is_share(self) -> bool:
        """Whether the points depend on the rate reached."""
        return math.isnan(self.points)


def read_award(text: str, max_points: float) -> Award | None:
    """Read the right-hand side of a step.

    Parameters
    ----------
    text : str
        Folded, without the condition.
    max_points : float
        The item's maximum, which a written-out factor has to equal.

    Returns
    -------
    Award or None
        None for anything but points, the maximum, or rate × maximum.

    Examples
    --------
    >>> read_award("0,5 điểm", 1.0).points, read_award("điểm tối đa", 1.5).points
    (0.5, 1.5)
    >>> read_award("(b/a) × 1,5", 1.5).letters
    ('b', 'a')
    >>> read_award("(b/a) × 2", 1.5) is None
    True
    """
    body = text.strip().rstrip(".;, ")
    if not body or len(body) > MAX_AWARD:
        return None
    fixed = _fixed(body, max_points)
    if fixed is not None:
        return Award(points=fixed)
    return read_share(body, max_points)


def _fixed(body: str, max_points: float) -> float | None:
    if match := _PATTERNS["points"].fullmatch(body):
        return as_number(match[1])
    if match := _PATTERNS["part"].fullmatch(body):
        return max_points * int(match[1]) / 100
    if _PATTERNS["maximum"].fullmatch(body):
        return max_points
    return 0.0 if _PATTERNS["nothing"].fullmatch(body) else None


def read_share(text: str, max_points: float) -> Award | None:
    """Read "tỷ lệ × điểm tối đa" in its many wordings; None for anything else."""
    capped = _PATTERNS["capped"].sub("", text.strip())
    cap = _PATTERNS["capped"].search(text.strip())
    if cap and not _is_maximum(cap[1].strip(), max_points):
        return None
    body = _PATTERNS["as_percent"].sub("", _without_lead(capped))
    whole = body.removesuffix("%").removesuffix("/100").rstrip()
    factors = [_unwrapped(part.strip()) for part in _unwrapped(whole).split("×")]
    if len(factors) != 2:
        return None
    for rate, maximum in (factors, factors[::-1]):
        if _is_maximum(maximum, max_points):
            found = _rate(rate)
            # Divided by a hundred here is only what is printed in percent: an index, "tỷ lệ %".
            is_percent = "%" in rate or (found is not None and found.is_index)
            return found if whole == body or is_percent else None
    return None


def _without_lead(text: str) -> str:
    for _ in range(8):
        shorter = _PATTERNS["lead"].sub("", text, count=1).strip()
        if shorter == text:
            break
        text = shorter
    return text


def _unwrapped(text: str) -> str:
    """Take off one pair of brackets around the whole, where they belong together."""
    if len(text) > 2 and text[0] in "([{" and text[-1] in ")]}":
        depth = 0
        for place, letter in enumerate(text):
            depth += (letter in "([{") - (letter in ")]}")
            if depth == 0 and place < len(text) - 1:
                return text
        return text[1:-1].strip()
    return text


def _is_maximum(text: str, max_points: float) -> bool:
    if _PATTERNS["maximum"].fullmatch(text):
        return True
    match = _PATTERNS["points"].fullmatch(text)
    return bool(match) and math.isclose(as_number(match[1]), max_points)  # type: ignore[index]


def _rate(text: str) -> Award | None:
    if match := _PATTERNS["letters"].fullmatch(text):
        return Award(letters=(match[1], match[2])) if match[1] != match[2] else None
    if _PATTERNS["index"].fullmatch(text):
        return Award(is_index=True)
    if match := _PATTERNS["rate"].fullmatch(text):
        is_bare = _PATTERNS["bare_rate"].fullmatch(match["what"])
        return Award(rate="" if is_bare else text)
    if match := _PATTERNS["quotient"].fullmatch(text):
        part, whole = (_unwrapped(side.strip()) for side in match.groups())
        return Award(letters=(part, whole)) if part != whole else None
    match = _PATTERNS["over"].fullmatch(text)
    if not match:
        return None
    threshold = as_number(match[2]) * (1.0 if match[3] else 100.0)
    measured = _unwrapped(match[1].strip())
    # "T/95%": the letter of the steps, which name it a rate by their percent.
    inner = Award() if measured == "t" and match[3] else _rate(measured)
    if inner is None or inner.is_index or not 0 < threshold <= 100:
        return None
    return replace(inner, over_percent=threshold)
