"""Steps on a rank: the first is the best, so that "từ 5 trở lên" means the first to the fifth."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

from scoring.base.labels import label
from scoring.criteria.appendix.scoring_text.awards import Award
from scoring.criteria.appendix.scoring_text.rule_reading import (
    ItemFacts,
    Placed,
    RuleReading,
    UnreadError,
    as_band,
    border_problem,
    refuse_if,
)
from scoring.criteria.appendix.scoring_text.steps import Step, Steps
from scoring.official.patterns import patterns
from scoring.official.ranges import Range
from scoring.official.wording import folded, word_lists
from scoring.rules import InputSpec

_PATTERNS = patterns("ranks")
_ELSE = word_lists()["steps"]["else"]
_NUMERALS: dict[str, str] = word_lists()["ranks"]["numerals"]


def read_rank(found: Steps, item: ItemFacts) -> RuleReading | None:
    """Read steps on a rank; None when neither the steps nor the item's name speak of one."""
    said = [step.condition for step in found.steps]
    is_rank = any(map(_PATTERNS["rank"].search, said))
    is_named = bool(_PATTERNS["rank_name"].search(folded(item.name)))
    has_figure = any(letter.isdigit() for condition in said for letter in condition)
    if any("%" in condition for condition in said) or not (is_rank or (is_named and has_figure)):
        return None
    # "Xếp hạng tốt" names a grade, no place in an order.
    placed = [(rank_range(step.condition), step) for step in found.steps]
    if all(span is None for span, _ in placed) and not has_figure:
        return None
    return _rule(placed, item)


def rank_range(condition: str) -> Range | None:
    """Return the ranks that a folded condition names; None where a word is not understood.

    Examples
    --------
    >>> best = rank_range("xếp hạng từ 5 trở lên")
    >>> best.lower, best.upper
    (1.0, 5.0)
    >>> rank_range("vị trí thứ 11 trở xuống").upper, rank_range("hạng 5 có điều kiện") is None
    (inf, True)
    """
    numbered = _PATTERNS["numeral"].sub(lambda match: _NUMERALS[match[1]], condition)
    is_top = bool(_PATTERNS["top"].search(numbered))
    core = " ".join(_PATTERNS["nouns"].sub(" ", numbered).split())
    match = _PATTERNS["places"].fullmatch(core)
    if not match:
        return None
    first = float(match["first"])
    if match["last"]:
        low, high = sorted((first, float(match["last"])))
        return Range(low, high, True, True)
    if match["way"] == "lên":
        return Range(1.0, first, True, True)
    if match["way"]:
        return Range(first, math.inf, True, False)
    if match["behind"]:
        return Range(first + 1, math.inf, True, False)
    if match["before"]:
        return Range(1.0, first - 1, True, True)
    return Range(1.0 if is_top else first, first, True, True)


def _rule(placed: list[tuple[Range | None, Step]], item: ItemFacts) -> RuleReading:
    known = sorted(
        ((span, step.award) for span, step in placed if span), key=lambda entry: entry[0].lower
    )
    rest = [step for span, step in placed if span is None]
    refuse_if(not known or any(award.is_share for _, award in known), "steps-incomplete")
    for step in rest:
        is_else = " ".join(_PATTERNS["nouns"].sub(" ", step.condition).split()) in _ELSE
        if not is_else or len(rest) > 1 or math.isinf(known[-1][0].upper):
            raise UnreadError("step-unread", step=step.wording)
        known.append((Range(known[-1][0].upper + 1, math.inf, True, False), step.award))
    ranks = [
        (replace(span, upper=span.upper + 1, upper_closed=False), award) for span, award in known
    ]
    first = ranks[0][0].lower
    refuse_if(first < 1, "step-unread", step=placed[0][1].wording)
    if first > 1:
        case = label("rank_from_to" if first > 2 else "rank_only", low=1, high=int(first) - 1)
        raise UnreadError("steps-incomplete").naming(case)
    return _scored(ranks, item)


def _scored(ranks: list[Placed], item: ItemFacts) -> RuleReading:
    ranks[0] = (replace(ranks[0][0], lower=-math.inf, lower_closed=False), ranks[0][1])
    if problem := border_problem([span for span, _ in ranks]):
        raise UnreadError(problem)
    last = ranks[-1][0].upper
    missing = ""
    if math.isfinite(last) and ranks[-1][1].points == 0:
        ranks[-1] = (replace(ranks[-1][0], upper=math.inf), ranks[-1][1])
    elif math.isfinite(last):
        missing = label("rank_behind", low=int(last))
        ranks.append((Range(last, math.inf, True, False), Award(points=0.0)))
    points = [award.points for _, award in ranks]
    refuse_if(max(points) > item.max_points + 1e-9, "points-above-maximum")
    refuse_if(not math.isclose(points[0], item.max_points), "rank-upside-down")
    refuse_if(not all(better > worse for better, worse in pairwise(points)), "points-not-in-order")
    place = InputSpec("rank", "rank", "value", item.title, minimum=1.0)
    bands = tuple(as_band(span, award) for span, award in ranks)
    reading = RuleReading(item.rule("bands", place, bands=bands))
    return reading.without(missing) if missing else reading
