"""What a scale or a proportion is measured by: a percent, a quotient of two figures, a count."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from scoring.criteria.appendix.scoring_text.awards import Award
from scoring.criteria.appendix.scoring_text.rule_reading import (
    ItemFacts,
    measure_label,
    percent_input,
)
from scoring.criteria.appendix.scoring_text.steps import Steps
from scoring.official.ranges import Range
from scoring.official.wording import words
from scoring.rules import Band, InputSpec

# Words that say nothing of what is measured.
FILLERS = words('đạt có được tỷ lệ mức là từ nếu thì số ) : . % b a / - + "')
_MONEY = ("kinh phí", "số tiền", "giá trị", "vốn", "ngân sách", "thu ", "chi ", "dự toán")

Placed = tuple[Range, Award]


def scale_inputs(
    spans: list[Placed], found: Steps, item: ItemFacts
) -> tuple[tuple[InputSpec, ...], str]:
    """Return the inputs of a scale and its zero-denominator policy, empty without quotient."""
    if not spans[0][0].is_percent:
        return (_number_input(spans, item),), ""
    beyond = any(
        math.isfinite(end) and (end > 100 or (end == 100 and above))
        for span, _ in spans
        for end, above in ((span.lower, not span.lower_closed), (span.upper, False))
    )
    letters = next((award.letters for _, award in spans if award.letters), ())
    pair = quotient_inputs(letters or _pair_of(found), found, may_exceed=beyond)
    if pair:
        return pair, "not_assessed"
    if beyond:
        return (InputSpec("value", "number", "value", measure_label(item), "", "%", 0.0),), ""
    return (percent_input(item),), ""


def _pair_of(found: Steps) -> tuple[str, ...]:
    """Return b over a where a text defines just these two and one is the whole of the other."""
    if set(found.letters) == {"a", "b"} and found.letters["a"].lower().startswith("tổng"):
        return ("b", "a")
    return ()


def quotient_inputs(
    letters: tuple[str, ...], found: Steps, *, may_exceed: bool = False
) -> tuple[InputSpec, ...]:
    """Return numerator and denominator where the text says what both letters stand for."""
    if len(letters) != 2 or not set(letters) <= set(found.letters):
        return ()
    part, whole = (found.letters[letter] for letter in letters)
    limit = "" if may_exceed else "denominator"
    return (
        InputSpec(
            "numerator", _counted(part), "numerator", _capital(part), minimum=0.0, at_most=limit
        ),
        InputSpec("denominator", _counted(whole), "denominator", _capital(whole), minimum=0.0),
    )


def is_upside_down(pair: tuple[InputSpec, ...]) -> bool:
    """Say whether a whole is divided by its part, as where a decision swaps its letters."""
    part, whole = (entry.label_vi.lower().startswith("tổng") for entry in pair)
    return part and not whole


def _counted(words: str) -> str:
    lowered = words.lower()
    is_count = lowered.startswith(("số ", "tổng số ")) and not any(w in lowered for w in _MONEY)
    return "count" if is_count else "number"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _number_input(spans: list[Placed], item: ItemFacts) -> InputSpec:
    named = max((span.words for span, _ in spans), key=len)
    unit = " ".join(word for word in named if word not in FILLERS)
    return InputSpec("value", "count", "value", item.name or item.code, "", unit, 0.0)


def as_band(span: Range, award: Award) -> Band:
    """Return a step as a band of the rule."""
    ends = (span.lower, span.upper, span.lower_closed, span.upper_closed)
    return Band(*ends, points=award.points, as_share=award.is_share)


def border_problem(spans: Sequence[Range]) -> str:
    """Say what keeps ranges from meeting, each border in exactly one; empty where they meet."""
    for below, above in pairwise(spans):
        if below.upper > above.lower:
            return "steps-overlap"
        if below.upper < above.lower or not (below.upper_closed or above.lower_closed):
            return "border-in-no-step"
        if below.upper_closed and above.lower_closed:
            return "border-in-two-steps"
    return ""
