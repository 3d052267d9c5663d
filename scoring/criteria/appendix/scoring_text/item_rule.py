"""From the scoring text of one item to its rule."""

from __future__ import annotations

import math
import re

from scoring.criteria.appendix.scoring_text.cases import read_cases
from scoring.criteria.appendix.scoring_text.choices import read_choice
from scoring.criteria.appendix.scoring_text.delay_steps import read_deadline
from scoring.criteria.appendix.scoring_text.growths import read_growth
from scoring.criteria.appendix.scoring_text.rule_reading import (
    ItemFacts,
    RuleReading,
    checked,
    direct_rule,
    unread,
)
from scoring.criteria.appendix.scoring_text.scales import read_scale
from scoring.criteria.appendix.scoring_text.steps import (
    MAX_LETTERS,
    MAX_PIECES,
    pieces_of,
    read_steps,
)
from scoring.official.patterns import patterns
from scoring.official.wording import folded

_PATTERNS = patterns("item_rule")


def read_scoring(text: str, item: ItemFacts) -> RuleReading:
    """Read the scoring text of one item into a rule.

    Every word has to be accounted for before a rule counts as sure; where one is not, the
    reading says why, with the rule as far as it was understood or without any.

    Parameters
    ----------
    text : str
        As the decision has it; lines, semicolons, bars and bullets part its steps.
    item : ItemFacts
        Code, name and maximum of the item.

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
    refused = _refused(text, item)
    if refused is not None:
        return refused
    body = folded(text).strip(" .;")
    if match := _PATTERNS["direct"].fullmatch(body):
        return _direct(match, item)
    by_case = read_cases(text, item)
    if by_case is not None:
        return checked(by_case)
    found = read_steps(text, item.max_points)
    if found.unread or not found.steps:
        return unread("step-unread", step=found.unread[0]) if found.unread else unread("no-steps")
    for read in (read_deadline, read_growth, read_scale):
        reading = read(found, item)
        if reading is not None:
            return checked(reading)
    return checked(read_choice(found, item))


def _refused(text: str, item: ItemFacts) -> RuleReading | None:
    """Refuse what there is nothing to read in, or too much."""
    if not item.max_points > 0:
        return unread("maximum-missing")
    if len(text) > MAX_LETTERS:
        return unread("text-too-long", limit=MAX_LETTERS)
    if not folded(text).strip(" .;"):
        return unread("no-text")
    return unread("too-many-steps") if len(pieces_of(text)) > MAX_PIECES else None


def _direct(match: re.Match[str], item: ItemFacts) -> RuleReading:
    stated = match[1]
    reading = RuleReading(direct_rule(item))
    if stated and stated != "điểm tối đa":
        if not math.isclose(float(stated.replace(",", ".")), item.max_points):
            return reading.doubted("cap-differs", cap=stated)
        return reading
    return reading if "chấm thẳng" in match[0] or "trực tiếp" in match[0] or stated else (
        reading.doubted("direct-not-stated")
    )  # fmt: skip
