"""Steps told by words: one answer among several, or several conditions that must all hold."""

from __future__ import annotations

import math
import re
from itertools import pairwise

from scoring.base.text import without_marks
from scoring.criteria.appendix.scoring_text.rule_reading import ItemFacts, RuleReading, unread
from scoring.criteria.appendix.scoring_text.steps import Step, Steps
from scoring.official.wording import folded, words
from scoring.rules import InputSpec, Option, RuleSpec

_NOT_AN_ANSWER = words(
    "mỗi cứ trừ cộng tỷ lệ công thức tối đa ngày tháng tuần bình quân tương ứng thêm riêng lưu"
)
_PAIRS = (("tỷ", "lệ"), ("công", "thức"), ("tối", "đa"), ("bình", "quân"), ("tương", "ứng"))
_ALONE = _NOT_AN_ANSWER - {word for pair in _PAIRS for word in pair}
_FILLERS = words("có đã được các về và")
_SLUG = re.compile(r"[^a-z0-9]{1,200}")
MAX_LABEL = 240


def read_choice(found: Steps, item: ItemFacts) -> RuleReading:
    """Read steps without figures as the answers of one choice.

    It is sure only when the best answer earns the maximum, one earns nothing, and no wording
    measures, counts or dates anything.
    """
    steps = found.steps
    if len(steps) < 2 or any(step.award.is_share or not step.condition for step in steps):
        return unread("steps-incomplete")
    points = [step.award.points for step in steps]
    if max(points) > item.max_points + 1e-9:
        return unread("points-above-maximum")
    added = math.isclose(sum(points), item.max_points)
    if added and max(points) < item.max_points and len(set(points)) == 1:
        return RuleReading(_share_of(steps, item)).doubted("points-add-up")
    if len({folded(step.wording) for step in steps}) < len(steps):
        return unread("answers-alike")
    both = _all_of(steps, item)
    if both is not None:
        return RuleReading(both)
    reading = RuleReading(_choice(steps, item))
    for problem in _problems(steps, points, item):
        reading = reading.doubted(problem)
    return reading


def _problems(steps: tuple[Step, ...], points: list[float], item: ItemFacts) -> list[str]:
    problems = []
    if not math.isclose(max(points), item.max_points):
        problems.append("maximum-not-reached")
    if min(points) > 0:
        problems.append("no-answer-earns-nothing")
    if any(_measures(step.condition) for step in steps):
        problems.append("answer-measures")
    if any(len(step.wording) > MAX_LABEL for step in steps):
        problems.append("answer-too-long")
    if len(set(points)) < len(points):
        problems.append("answers-earn-alike")
    return problems


def _measures(condition: str) -> bool:
    said = re.findall(r"[^\W\d_]{1,12}", condition)
    if any(letter.isdigit() or letter in "%×=<>≥≤:" for letter in condition):
        return True
    if set(said) & _ALONE:
        return True
    return any(pair in pairwise(said) for pair in _PAIRS)


def _choice(steps: tuple[Step, ...], item: ItemFacts) -> RuleSpec:
    answer = InputSpec("answer", "choice", "answer", item.name or item.code)
    codes = _codes([step.wording for step in steps])
    options = tuple(
        Option(code, _capital(step.wording), "", step.award.points, "answer")
        for code, step in zip(codes, steps, strict=True)
    )
    return RuleSpec(item.code, "choice", item.max_points, inputs=(answer,), options=options)


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


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _conditions(wordings: list[str]) -> tuple[InputSpec, ...]:
    return tuple(
        InputSpec(f"condition_{number}", "yes_no", "condition", _capital(wording.strip()))
        for number, wording in enumerate(wordings, start=1)
    )


def _share_of(steps: tuple[Step, ...], item: ItemFacts) -> RuleSpec:
    inputs = _conditions([step.wording for step in steps])
    return RuleSpec(item.code, "share_of", item.max_points, inputs=inputs)


def _all_of(steps: tuple[Step, ...], item: ItemFacts) -> RuleSpec | None:
    """Read "A và B: 1; không A hoặc không B: 0", where the second denies the first in full."""
    if len(steps) != 2 or any(_measures(step.condition) for step in steps):
        return None
    met, failed = steps
    if not math.isclose(met.award.points, item.max_points) or failed.award.points != 0:
        return None
    wanted = re.split(r" và ", met.condition)
    denied = re.split(r" hoặc ", failed.condition)
    if len(wanted) != 2 or len(denied) != 2:
        return None
    if not all(_denies(no, yes) for no, yes in zip(denied, wanted, strict=True)):
        return None
    at = met.condition.index(" và ")
    wordings = [met.wording[:at], met.wording[at + len(" và ") :]]
    return RuleSpec(item.code, "all_of", item.max_points, inputs=_conditions(wordings))


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
