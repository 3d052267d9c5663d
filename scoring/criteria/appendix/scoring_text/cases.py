"""Points for each case up to the maximum, or taken off for each case."""

from __future__ import annotations

import math
import re

from scoring.criteria.appendix.scoring_text.rule_reading import (
    ItemFacts,
    RuleReading,
    UnreadError,
    refuse_if,
)
from scoring.criteria.appendix.scoring_text.steps import pieces_of
from scoring.official.figure_text import as_number
from scoring.official.patterns import patterns
from scoring.official.wording import folded, word_lists, words
from scoring.rules import InputSpec

_PATTERNS = patterns("cases")
_UNSURE_WORDS = words(word_lists()["steps"]["unlike_a_case"])
MAX_LETTERS = 600


def mentions_cases(text: str) -> bool:
    """Say whether a folded text speaks of points per case at all."""
    return not {"mỗi", "cứ", "trừ"}.isdisjoint(re.findall(r"[^\W\d_]{1,12}", text))


def read_cases(text: str, item: ItemFacts) -> RuleReading | None:
    """Read "mỗi ... 0,25 điểm, tối đa ..." or "trừ ... cho mỗi ..."; None for other texts.

    A deduction whose lowest points are not said is read with a floor of zero and left to review.
    """
    pieces = [folded(piece) for piece in pieces_of(text)]
    if not any(mentions_cases(piece) for piece in pieces):
        return None
    refuse_if(len(text) > MAX_LETTERS or len(pieces) > 4, "cases-unread")
    parts = [part for piece in pieces for part in _with_rests(piece)]
    reading = _deduction(parts, item) or _count(parts, item)
    if reading is None:
        raise UnreadError("cases-unread")
    return reading


def _with_rests(piece: str) -> list[str]:
    """Cut ", tối đa 1 điểm" and the like off a statement; decimal commas stay."""
    return [part.strip(" .,()") for part in re.split(r",(?=\D)|\(", piece) if part.strip(" .,()")]


def _count(parts: list[str], item: ItemFacts) -> RuleReading | None:
    main = [match for part in parts if (match := _PATTERNS["earned"].fullmatch(part.rstrip(".")))]
    rests = [part for part in parts if not _PATTERNS["earned"].fullmatch(part.rstrip("."))]
    if len(main) != 1 or not _is_plain(main[0]["case"]) or "trừ" in " ".join(parts).split():
        return None
    rests = [rest for rest in rests if not _PATTERNS["none"].fullmatch(rest)]
    caps = [_PATTERNS["cap"].fullmatch(rest) for rest in rests]
    if len(caps) > 1 or not all(caps):
        return None
    each = as_number(main[0]["figure"])
    entry = InputSpec("count", "count", "count", main[0]["case"].strip(), "", "", 0.0)
    reading = RuleReading(item.rule("count", entry, points_each=each))
    if caps and caps[0] and caps[0][1] and not math.isclose(as_number(caps[0][1]), item.max_points):
        return reading.doubted("cap-differs", cap=caps[0][1])
    return reading


def _deduction(parts: list[str], item: ItemFacts) -> RuleReading | None:
    main, rests = None, []
    for part in parts:
        match = _PATTERNS["taken"].fullmatch(part) or _PATTERNS["taken_first"].fullmatch(part)
        if match and main is None:
            main = match
        else:
            rests.append(part)
    if main is None or not _is_plain(main["case"]):
        return None
    floor, stated = 0.0, False
    for rest in rests:
        if cut := _PATTERNS["floor_cut"].fullmatch(rest):
            floor, stated = item.max_points - as_number(cut[1]), True
        elif _PATTERNS["floor_nothing"].fullmatch(rest):
            stated = True
        elif not _earns_all(rest, item):
            return None
    refuse_if(floor < 0, "points-above-maximum")
    entry = InputSpec("cases", "count", "cases", main["case"].strip(), "", "", 0.0)
    each = as_number(main["figure"])
    reading = RuleReading(item.rule("deduction", entry, points_each=each, floor_points=floor))
    return reading if stated else reading.doubted("floor-not-stated")


def _earns_all(rest: str, item: ItemFacts) -> bool:
    match = _PATTERNS["free"].fullmatch(rest)
    if not match:
        return False
    return match[1] == "điểm tối đa" or math.isclose(as_number(match[1]), item.max_points)


def _is_plain(case: str) -> bool:
    return not set(case.split()) & _UNSURE_WORDS
