"""What still keeps a rule that was read from being sure: its direction, and words that blur it."""

from __future__ import annotations

import re

from scoring.base.labels import label
from scoring.criteria.appendix.scoring_text.rule_reading import ItemFacts, RuleReading
from scoring.official.patterns import patterns
from scoring.official.wording import folded, word_lists
from scoring.rules import RuleSpec

_PATTERNS = patterns("second_look")
_STEPWISE = ("bands", "choice", "growth")
_UNDONE = frozenset(word_lists()["steps"]["none_at_all"]) - {"không", "không có", "chưa có"}
# Roles of what points are counted or measured by; a denominator says nothing of good or bad.
_MEASURED = ("percent", "value", "count", "numerator")


def looked_at_again(reading: RuleReading, text: str, item: ItemFacts) -> RuleReading:
    """Return a reading, to review where its direction is doubtful or its figures are vague.

    Points that rise with something bad, a penalty that never says that it takes off, "khoảng
    80%", "tối đa 1 điểm" as an award, and "không phát sinh: không chấm" are each named.
    """
    spec = reading.spec
    if spec is None:
        return reading
    said = folded(text)
    is_stepwise = spec.kind in _STEPWISE
    doubts = {
        "rate-of-harm": not item.is_penalty and _rewards_harm(spec, _best_step(reading)),
        "penalty-not-taken": item.is_penalty and "trừ" not in re.findall(r"[^\W\d_]+", said),
        "figure-vague": bool(_PATTERNS["vague"].search(said)),
        "award-up-to": is_stepwise and bool(_PATTERNS["up_to"].search(said)),
        "not-scored-unclear": is_stepwise and bool(_PATTERNS["not_scored"].search(said)),
    }
    known = {reason.key for reason in reading.reasons}
    for doubt in (key for key, is_met in doubts.items() if is_met and key not in known):
        reading = reading.doubted(doubt)
    is_always_taken = item.is_penalty and is_stepwise and _least(spec) > 0
    return reading.without(label("appendix_case_else")) if is_always_taken else reading


def rises(spec: RuleSpec) -> bool:
    """Say whether a rule earns more the higher its figure is.

    >>> from scoring.rules import RULE_KINDS
    >>> rises(RULE_KINDS["ratio"].example.spec), rises(RULE_KINDS["deduction"].example.spec)
    (True, False)
    """
    if spec.kind in ("bands", "growth") and len(spec.bands) > 1:
        lowest, *_, highest = sorted(spec.bands, key=lambda band: band.lower)
        is_rank = any(entry.kind == "rank" for entry in spec.inputs)
        return not is_rank and (
            highest.as_share or lowest.as_share or lowest.points < highest.points
        )
    return spec.kind in ("ratio", "count")


def _best_step(reading: RuleReading) -> str:
    """Return the folded condition that earns most, where it has one."""
    steps = [step for step in reading.steps if step.is_read and step.points > 0]
    return folded(max(steps, key=lambda step: step.points).wording) if steps else ""


def _rewards_harm(spec: RuleSpec, best: str) -> bool:
    if spec.kind == "choice":
        # "Không để PAKN quá hạn" denies the bad.
        return best in _UNDONE or (not _PATTERNS["no"].search(best) and is_harm(best))
    return rises(spec) and _is_harm(spec, best)


def _is_harm(spec: RuleSpec, best: str) -> bool:
    """Say whether what is measured, by its label or the words of the best step, is bad."""
    labels = [folded(entry.label_vi) for entry in spec.inputs if entry.role in _MEASURED]
    return is_harm(best) or any(is_harm(named, best) for named in labels)


def is_harm(named: str, steps: str = "") -> bool:
    """Say whether a folded name is of something of which less is better.

    Parameters
    ----------
    named : str
        What is measured.
    steps : str
        What its steps say, which may be that the bad is mended.

    Examples
    --------
    >>> is_harm("tỷ lệ hồ sơ trễ hạn"), is_harm("tỷ lệ khiếu nại được giải quyết")
    (True, False)
    """
    whole = f"{named} {steps}"
    if _PATTERNS["atoned"].search(whole):
        return False
    if _PATTERNS["bad_manner"].search(named):
        return True
    things = list(_PATTERNS["bad_thing"].finditer(named))
    if not things or _PATTERNS["mended"].search(named[: things[-1].start()]):
        return False
    is_mended = _PATTERNS["mended_behind"].search(whole) or _PATTERNS["mended"].search(
        _PATTERNS["no"].sub("", steps)
    )
    return not is_mended


def _least(spec: RuleSpec) -> float:
    points = [*(band.points for band in spec.bands), *(option.points for option in spec.options)]
    return min(points, default=0.0)
