"""From the scoring text of one item to its rule."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace

from scoring.criteria.appendix.scoring_text.cases import mentions_cases, read_cases
from scoring.criteria.appendix.scoring_text.choices import (
    choice_of_one_figure,
    proposed_choice,
    read_choice,
    read_groups,
)
from scoring.criteria.appendix.scoring_text.clauses import taken_off
from scoring.criteria.appendix.scoring_text.delay_steps import read_deadline
from scoring.criteria.appendix.scoring_text.formulas import rate_named, with_case
from scoring.criteria.appendix.scoring_text.growths import read_growth
from scoring.criteria.appendix.scoring_text.ranks import read_rank
from scoring.criteria.appendix.scoring_text.rule_reading import (
    ItemFacts,
    ReadStep,
    RuleReading,
    UnreadError,
    checked,
    direct_rule,
    refuse_if,
)
from scoring.criteria.appendix.scoring_text.scales import read_scale
from scoring.criteria.appendix.scoring_text.second_look import looked_at_again
from scoring.criteria.appendix.scoring_text.steps import (
    MAX_LETTERS,
    MAX_PIECES,
    Step,
    Steps,
    pieces_of,
    read_steps,
)
from scoring.official.figure_text import as_number
from scoring.official.patterns import patterns
from scoring.official.ranges import read_range
from scoring.official.wording import folded

_PATTERNS = patterns("item_rule")


def read_scoring(text: str, item: ItemFacts, beside: Sequence[str] = ()) -> RuleReading:
    """Read the scoring text of one item into a rule.

    Every word has to be accounted for before a rule counts as sure; where one is not, the
    reading says why, with the rule as far as it was understood or without any. Clauses beside the
    steps are taken off first (see `clauses`), then the core is read by the first form that fits.

    Parameters
    ----------
    text : str
        As the decision has it; lines, semicolons, bars and bullets part its steps.
    item : ItemFacts
        Code, name and maximum of the item.
    beside : sequence of str
        The remarks of the column next to the text, which may excuse units or list documents.

    Returns
    -------
    RuleReading

    Examples
    --------
    >>> item = ItemFacts("1.1.4", "Mức độ thực hiện kế hoạch CCHC", 2.0)
    >>> reading = read_scoring("Trên 90%: 2 | Thực hiện từ 70% - 90%: 1 | Dưới 70%: 0", item)
    >>> reading.is_sure, reading.spec.kind, [band.points for band in reading.spec.bands]
    (True, 'bands', [0.0, 1.0, 2.0])
    >>> read_scoring("Trên 90%: 2 | Dưới 90%: 0", item).reasons[0].key
    'border-in-no-step'
    """
    clauses = taken_off(text, item.max_points, beside)
    try:
        reading = checked(with_case(_read(clauses.core, item), clauses.core))
    except UnreadError as refusal:
        reading = RuleReading(None, (refusal.reason,), missing=refusal.missing)
    if len(text) <= MAX_LETTERS:
        reading = _with_steps(reading, clauses.core, item)
        reading = clauses.applied(looked_at_again(reading, clauses.core, item))
    return reading


def _with_steps(reading: RuleReading, core: str, item: ItemFacts) -> RuleReading:
    """Add what was cut out of the text, and the likeliest kind where no rule came of it."""
    parts = read_steps(core, item.max_points).parts[:MAX_PIECES]
    steps = tuple(_as_read(part) for part in parts)
    guess = "" if reading.spec else _likeliest(steps, folded(core))
    return replace(reading, steps=steps, guess=guess)


def _as_read(part: Step | str) -> ReadStep:
    if isinstance(part, str):
        return ReadStep(part, is_read=False)
    award = part.award
    return ReadStep(part.wording, award.points, read_range(part.condition), award.is_share)


def _likeliest(steps: tuple[ReadStep, ...], body: str) -> str:
    read = [step for step in steps if step.is_read]
    said = body.split()
    hints = {
        "deduction": "trừ" in said and mentions_cases(body),
        "count": "mỗi" in said,
        "ratio": any(step.is_share for step in read) or ("tỷ lệ" in body and "×" in body),
        "bands": any(step.span for step in read),
        "choice": bool(read),
    }
    return next((kind for kind, is_met in hints.items() if is_met), "")


def _read(text: str, item: ItemFacts) -> RuleReading:
    refuse_if(not item.max_points > 0, "maximum-missing")
    refuse_if(len(text) > MAX_LETTERS, "text-too-long", limit=MAX_LETTERS)
    body = folded(text).strip(" .;")
    refuse_if(not body, "no-text")
    refuse_if(len(pieces_of(text)) > MAX_PIECES, "too-many-steps")
    if match := _PATTERNS["direct"].fullmatch(body):
        return _direct(match, item)
    per_case = {"mỗi", "cứ"} & set(body.split())
    is_stepwise = item.is_penalty and not per_case and _PATTERNS["taken"].search(text)
    if not is_stepwise and (by_case := read_cases(text, item)):
        return by_case
    if item.is_penalty:
        text = _PATTERNS["taken"].sub("", text)
    found = read_steps(text, item.max_points)
    if groups := found.groups():
        return read_groups(groups, _of_steps, item)
    return _of_steps(found, item)


def _of_steps(found: Steps, item: ItemFacts) -> RuleReading:
    """Read steps by the first form that fits; what fits none is proposed as a choice."""
    if not found.steps and found.unread:
        raise UnreadError("step-unread", step=found.unread[0])
    refuse_if(not found.steps, "no-steps")
    try:
        reading = _by_form(found, item)
    except UnreadError as refusal:
        one = choice_of_one_figure(found, item)
        reading = one or proposed_choice(found, item, refusal)
    if named := rate_named(reading, found.unread):
        return named
    for piece in found.unread[:1]:
        reading = reading.doubted("step-unread", step=piece)
    return reading


def _by_form(found: Steps, item: ItemFacts) -> RuleReading:
    for read in (read_rank, read_deadline, read_growth, read_scale):
        if reading := read(found, item):
            return reading
    return read_choice(found, item)


def _direct(match: re.Match[str], item: ItemFacts) -> RuleReading:
    stated = match[1]
    reading = RuleReading(direct_rule(item))
    if stated and stated != "điểm tối đa":
        agrees = math.isclose(as_number(stated), item.max_points)
        return reading if agrees else reading.doubted("cap-differs", cap=stated)
    is_said = stated or "chấm thẳng" in match[0] or "trực tiếp" in match[0]
    return reading if is_said else reading.doubted("direct-not-stated")
