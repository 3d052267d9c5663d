"""What belongs to a formula beside its factors: how points are rounded, and what its rate is."""

from __future__ import annotations

import math
import re
from dataclasses import replace

from scoring.base.text import clean_text
from scoring.criteria.appendix.scoring_text.rule_reading import RuleReading
from scoring.official.figure_text import as_number
from scoring.official.patterns import patterns
from scoring.official.wording import capital, folded

_PATTERNS = patterns("formulas")
_DIGITS = {"một": 1, "hai": 2, "ba": 3}


def without_rounding(text: str) -> tuple[str, float]:
    """Take the rounding off a text; NaN where there is none, or where it is not understood.

    >>> without_rounding("Tỷ lệ × 4, làm tròn đến 0,25đ")
    ('Tỷ lệ × 4', 0.25)
    """
    steps = {_step(match) for match in _PATTERNS["rounding"].finditer(text)}
    if len(steps) != 1:
        return text, math.nan
    return _PATTERNS["rounding"].sub("", text), steps.pop()


def _step(match: re.Match[str]) -> float:
    if match["points"]:
        return as_number(match["points"])
    if match["whole"]:
        return 1.0
    digits = match["digits"].lower()
    return 10.0 ** -_DIGITS.get(digits, int(digits) if digits.isdigit() else 0)


def rounded(reading: RuleReading, step: float) -> RuleReading:
    """Return a reading whose points are rounded to `step`; to review where no rule can say so."""
    if math.isnan(step) or reading.spec is None:
        return reading
    spec = reading.spec
    fixed = [*(band.points for band in spec.bands), *(option.points for option in spec.options)]
    if spec.kind == "ratio" and step > 0 and _is_multiple(spec.max_points, step):
        return replace(reading, spec=replace(spec, round_to=step))
    if spec.kind != "ratio" and fixed and all(_is_multiple(points, step) for points in fixed):
        return reading  # the points of the steps are round already
    return reading.doubted("rounding-not-kept", step=f"{step:g}".replace(".", ","))


def _is_multiple(points: float, step: float) -> bool:
    times = points / step if step else math.nan
    return math.isfinite(times) and math.isclose(times, round(times), abs_tol=1e-9)


def voids_criterion(text: str) -> tuple[str, str]:
    """Read "0đ toàn tiêu chí" as nothing earned, with the words that void the whole criterion."""
    match = _PATTERNS["voids"].search(text)
    return (_PATTERNS["voids"].sub("0 điểm", text), match[0]) if match else (text, "")


def says_points(name: str) -> bool:
    """Say whether the name of an item holds its rule: "Nộp trễ hạn: trừ 02 điểm"."""
    return bool(_PATTERNS["says_points"].search(folded(name)))


def rate_named(reading: RuleReading, unread: tuple[str, ...]) -> RuleReading | None:
    """Take a line that only names the rate for the label of a formula's one percent."""
    spec = reading.spec
    if spec is None or spec.kind != "ratio" or len(unread) != 1 or len(spec.inputs) != 1:
        return None
    match = _PATTERNS["rate_named"].fullmatch(folded(unread[0]).strip(" ."))
    if not match:
        return None
    at = match.start("rate")
    label = capital(clean_text(unread[0])[at : at + len(match["rate"])])
    return replace(reading, spec=replace(spec, inputs=(replace(spec.inputs[0], label_vi=label),)))


def with_case(reading: RuleReading, text: str) -> RuleReading:
    """Write the labels of figures as the decision does, where folding made them small."""
    clean, small = clean_text(text), folded(text)
    if reading.spec is None or len(clean) != len(small):
        return reading
    inputs = []
    for entry in reading.spec.inputs:
        at = small.find(entry.label_vi.lower())
        found = clean[at : at + len(entry.label_vi)] if at >= 0 and entry.label_vi else ""
        inputs.append(replace(entry, label_vi=capital(found)) if found else entry)
    return replace(reading, spec=replace(reading.spec, inputs=tuple(inputs)))
