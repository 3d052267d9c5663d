"""Steps described in words: one answer among several, or several conditions that must all hold."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from scoring.base.labels import label
from scoring.base.text import without_marks
from scoring.criteria.appendix.scoring_text.awards import Award
from scoring.criteria.appendix.scoring_text.coverage import case_left_out, is_overlapping
from scoring.criteria.appendix.scoring_text.rule_reading import (
    ItemFacts,
    Reason,
    RuleReading,
    UnreadError,
    refuse_if,
)
from scoring.criteria.appendix.scoring_text.steps import Step, Steps
from scoring.official.wording import capital, folded, words
from scoring.rules import InputSpec, Option, RuleSpec

# Words by which a condition measures, counts or dates something: one word, or two in a row.
_ALONE = words("mỗi cứ trừ cộng ngày tháng tuần thêm riêng")
_PAIRS = {
    ("tỷ", "lệ"),
    ("công", "thức"),
    ("tối", "đa"),
    ("bình", "quân"),
    ("tương", "ứng"),
    ("lưu", "ý"),
}
_FILLERS = words("có đã được các về và")
# "Hằng tháng" says how often a thing is done, not how much of it.
_EVERY_TIME = re.compile(r"(?<![^\W\d_])(?:hằng|hàng) (?:ngày|tuần|tháng)(?![^\W\d_])")
_FIGURE = re.compile(r"\d[\d.,/]*")
_ALL = re.compile(
    r"(?:đủ |cả |tất cả )?(?:100 ?%|(?<=đủ )\d{1,2}|(?<=cả )\d{1,2})(?: quý| tháng| kỳ| tuần)?"
)
_NOT_ALL = re.compile(
    r"(?<![^\W\d_])(?:không|chưa) [^,;]{0,60}toàn bộ"
    r"|^(?:vẫn |còn )?(?:có|còn) [^,;]{1,80} (?:không|chưa|sai|chậm|trễ|muộn|quá hạn|thiếu) "
)
_SLUG = re.compile(r"[^a-z0-9]{1,200}")
MAX_LABEL = 240


def read_choice(found: Steps, item: ItemFacts) -> RuleReading:
    """Read steps without figures as the answers of one choice.

    It is sure only when the best answer earns the maximum, one earns nothing, and no wording
    measures, counts or dates anything.
    """
    steps = found.steps
    is_partial = any(step.award.is_share or not step.condition for step in steps)
    refuse_if(len(steps) < 2 or is_partial, "steps-incomplete")
    points = [step.award.points for step in steps]
    refuse_if(max(points) > item.max_points + 1e-9, "points-above-maximum")
    added = math.isclose(sum(points), item.max_points)
    if added and max(points) < item.max_points and len(set(points)) == 1:
        conditions = _conditions([step.wording for step in steps])
        return RuleReading(item.rule("share_of", *conditions)).doubted("points-add-up")
    refuse_if(len({folded(step.wording) for step in steps}) < len(steps), "answers-alike")
    if both := _all_of(steps, item):
        return RuleReading(both)
    reading = RuleReading(_choice(steps, item))
    for problem in _problems(steps, points, item):
        reading = reading.doubted(problem)
    if case := case_left_out(steps):
        reading = replace(reading, spec=_choice(_with_rest(steps), item)).without(case)
    return reading


def proposed_choice(found: Steps, item: ItemFacts, refusal: UnreadError) -> RuleReading:
    """Propose the wordings of steps as answers where they were read as no rule.

    A single wording becomes a question with yes and no; where no step earns nothing, the cases
    left out earn nothing in the proposal, and are named for review.

    Raises
    ------
    UnreadError
        `refusal` itself where a step has no points of its own or more than the maximum.
    """
    steps = found.steps
    points = [step.award.points for step in steps]
    alike = len({folded(step.wording) for step in steps}) < len(steps)
    if alike or not all(0 <= value <= item.max_points + 1e-9 for value in points):
        raise refusal
    if any(not step.condition for step in steps):
        raise refusal
    if len(steps) == 1:
        if not math.isclose(points[0], item.max_points):
            raise refusal
        answer = InputSpec("answer", "yes_no", "answer", capital(steps[0].wording))
        reading = RuleReading(item.rule("choice", answer))
        return reading.without(label("appendix_case_not", what=steps[0].wording))
    spec = _choice(steps if min(points) == 0 else _with_rest(steps), item)
    return RuleReading(spec, (refusal.reason,), missing=refusal.missing)


def choice_of_one_figure(found: Steps, item: ItemFacts) -> RuleReading | None:
    """Read steps whose only figure is all of something, reached or not; None where it is not sure.

    "Hoàn thành 100% đúng hạn; 100% nhưng chậm; không hoàn thành 100%": the figure measures
    nothing, since no step says how much is reached below it.
    """
    said = " | ".join(step.condition for step in found.steps)
    figures, whole = _FIGURE.findall(said), _ALL.findall(said)
    if len(set(figures)) != 1 or len(figures) != len(whole):
        return None
    masked = [replace(step, condition=_ALL.sub("toàn bộ", step.condition)) for step in found.steps]
    lower = [step.condition for step in sorted(masked, key=lambda step: -step.award.points)[1:]]
    if not any(_NOT_ALL.search(condition) for condition in lower):
        return None
    try:
        reading = read_choice(replace(found, steps=tuple(masked)), item)
    except UnreadError:
        return None
    return reading if reading.is_sure else None


def read_groups(
    groups: dict[str, Steps],
    read: Callable[[Steps, ItemFacts], RuleReading],
    item: ItemFacts,
) -> RuleReading:
    """Read steps under several headings as one choice: of the units' own case, then of its step.

    It is sure where each group alone is, within its own best points, and one reaches the maximum.
    """
    steps: list[Step] = []
    reasons: list[Reason] = []
    missing: list[str] = []
    for heading, found in groups.items():
        points = [step.award.points for step in found.steps]
        refuse_if(not points or not max(points) > 0, "steps-incomplete")
        part = read(found, replace(item, max_points=max(points)))
        reasons += part.reasons
        missing += [f"{heading}: {case}" for case in part.missing]
        for step in found.steps:
            steps.append(replace(step, wording=f"{heading} – {step.wording}"))
    best = max(step.award.points for step in steps)
    refuse_if(best > item.max_points + 1e-9 or math.isnan(best), "points-above-maximum")
    reading = RuleReading(_choice(tuple(steps), item), tuple(reasons), missing=tuple(missing))
    is_full = math.isclose(best, item.max_points)
    return reading if is_full else reading.doubted("maximum-not-reached")


def _with_rest(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Add the cases that the decision does not name, with no points."""
    if any(step.award.points == 0 for step in steps):
        return steps
    rest = label("appendix_case_else")
    return (*steps, Step(folded(rest), rest, Award(points=0.0)))


def _problems(steps: tuple[Step, ...], points: list[float], item: ItemFacts) -> list[str]:
    checks = {
        "maximum-not-reached": not math.isclose(max(points), item.max_points),
        "answers-overlap": is_overlapping(steps),
        "answer-measures": any(_measures(step.condition) for step in steps),
        "answer-too-long": any(len(step.wording) > MAX_LABEL for step in steps),
        "answers-earn-alike": len(set(points)) < len(points),
    }
    return [problem for problem, is_met in checks.items() if is_met]


def _measures(condition: str) -> bool:
    said = re.findall(r"[^\W\d_]{1,12}", _EVERY_TIME.sub("", condition))
    has_figure = any(letter.isdigit() or letter in "%×=<>≥≤:" for letter in condition)
    return has_figure or not _ALONE.isdisjoint(said) or not _PAIRS.isdisjoint(pairwise(said))


def _choice(steps: tuple[Step, ...], item: ItemFacts) -> RuleSpec:
    answer = InputSpec("answer", "choice", "answer", item.title)
    codes = _codes([step.wording for step in steps])
    options = tuple(
        Option(code, capital(step.wording), "", step.award.points, "answer")
        for code, step in zip(codes, steps, strict=True)
    )
    return item.rule("choice", answer, options=options)


def _codes(labels: list[str]) -> list[str]:
    """Return a code for each answer, made of its words.

    >>> _codes(["Ban hành kịp thời", "Không ban hành"])
    ['ban_hanh_kip_thoi', 'khong_ban_hanh']
    """
    codes: list[str] = []
    for number, wording in enumerate(labels, start=1):
        code = _SLUG.sub("_", without_marks(wording)).strip("_")[:40].strip("_")
        codes.append(f"{code}_{number}" if not code or code in codes else code)
    return codes


def _conditions(wordings: list[str]) -> tuple[InputSpec, ...]:
    return tuple(
        InputSpec(f"condition_{number}", "yes_no", "condition", capital(wording.strip()))
        for number, wording in enumerate(wordings, start=1)
    )


def _all_of(steps: tuple[Step, ...], item: ItemFacts) -> RuleSpec | None:
    """Read "A và B: 1; không A hoặc không B: 0", where the second denies the first in full."""
    if len(steps) != 2 or any(_measures(step.condition) for step in steps):
        return None
    met, failed = steps
    if not math.isclose(met.award.points, item.max_points) or failed.award.points != 0:
        return None
    wanted = met.condition.split(" và ")
    denied = failed.condition.split(" hoặc ")
    if not len(wanted) == len(denied) == 2 or not all(map(_denies, denied, wanted)):
        return None
    at = met.condition.index(" và ")
    wordings = [met.wording[:at], met.wording[at + len(" và ") :]]
    return item.rule("all_of", *_conditions(wordings))


def _denies(no: str, yes: str) -> bool:
    """Say whether `no` is `yes` with "không" or "chưa" before it."""
    said = no.split()
    if not said or said[0] not in ("không", "chưa"):
        return False
    left = set(said[1:]) - _FILLERS
    stated = set(yes.split()) - _FILLERS
    extra = left - stated
    # "đủ số lượng báo cáo": the denial may name the thing anew, never leave a word of it out.
    return bool(stated) and stated <= left and len(extra) <= 2 and not extra & {"không", "chưa"}
