"""Points for each case up to the maximum, or taken off for each case."""

from __future__ import annotations

import math
import re
from itertools import pairwise

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
_UNSURE_PAIRS = {("tiếp", "theo"), ("phần", "trăm"), ("ít", "nhất")}
_LATE = frozenset({"chậm", "trễ", "muộn", "quá"})
MAX_LETTERS = 900
_MAX_SEPARATORS = 24


def mentions_cases(text: str) -> bool:
    """Say whether a folded text speaks of points per case at all."""
    return not {"mỗi", "cứ", "trừ"}.isdisjoint(re.findall(r"[^\W\d_]{1,12}", text))


def read_cases(text: str, item: ItemFacts) -> RuleReading | None:
    """Read "mỗi ... 0,25 điểm, tối đa ..." or "trừ ... cho mỗi ..."; None for other texts.

    What a penalty takes off for each case is counted. A deduction whose start or lowest points are
    not said is read from the maximum down to zero, and left to review.
    """
    pieces = [folded(piece) for piece in pieces_of(text)]
    if not any(mentions_cases(piece) for piece in pieces):
        return None
    refuse_if(len(text) > MAX_LETTERS or len(pieces) > 4, "cases-unread")
    parts = [part for piece in pieces for part in _with_rests(piece)]
    if reading := _of_parts(parts, item):
        return reading
    unknown = [part for part in parts if not _is_known(part)]
    reading = _of_parts([part for part in parts if _is_known(part)], item) if unknown else None
    if reading is None:
        raise UnreadError("cases-unread")
    return reading.doubted("step-unread", step=unknown[0])


def _of_parts(parts: list[str], item: ItemFacts) -> RuleReading | None:
    by_loss = _penalty if item.is_penalty else _deduction
    return by_loss(parts, item) or _count(parts, item)


def _is_known(part: str) -> bool:
    is_case = _main(part) or _PATTERNS["earned"].fullmatch(part)
    return bool(is_case) or _is_rest(part)


def _with_rests(piece: str) -> list[str]:
    """Cut statements, caps and floors apart; commas and brackets within a case stay."""
    parts: list[str] = []
    end = len(piece)
    for match in reversed(list(_PATTERNS["separator"].finditer(piece))[:_MAX_SEPARATORS]):
        tail = piece[match.end() : end].strip(" .,()")
        head = piece[: match.start()].strip(" .,()")
        if _is_rest(tail) or (_main(tail) and _PATTERNS["stated"].fullmatch(head)):
            parts.insert(0, tail)
            end = match.start()
    return [part for part in (piece[:end].strip(" .,"), *parts) if part]


def _is_rest(text: str) -> bool:
    return any(_PATTERNS[name].fullmatch(text) for name in ("cap", "floor_nothing", "floor_cut"))


def _main(part: str) -> re.Match[str] | None:
    return _PATTERNS["taken"].fullmatch(part) or _PATTERNS["taken_first"].fullmatch(part)


def _taken(parts: list[str]) -> tuple[re.Match[str] | None, list[str]]:
    """Return the one statement of what a case costs, and the statements beside it."""
    mains = [part for part in parts if _main(part)]
    if len(mains) != 1:
        return None, []
    main = _main(mains[0])
    return main, [part for part in parts if part is not mains[0]]


def _count(parts: list[str], item: ItemFacts) -> RuleReading | None:
    main = [match for part in parts if (match := _PATTERNS["earned"].fullmatch(part.rstrip(".")))]
    rests = [part for part in parts if not _PATTERNS["earned"].fullmatch(part.rstrip("."))]
    if len(main) != 1 or not _is_plain(main[0]["case"]) or "trừ" in " ".join(parts).split():
        return None
    rests = [rest for rest in rests if not _PATTERNS["none"].fullmatch(rest)]
    return _counted(main[0], [_PATTERNS["cap"].fullmatch(rest) for rest in rests], item)


def _penalty(parts: list[str], item: ItemFacts) -> RuleReading | None:
    main, rests = _taken(parts)
    if main is None or not _is_plain(_case(main)):
        return None
    caps = [
        _PATTERNS["cap"].fullmatch(rest) or _PATTERNS["floor_cut"].fullmatch(rest) for rest in rests
    ]
    return _counted(main, caps, item)


def _counted(
    main: re.Match[str], caps: list[re.Match[str] | None], item: ItemFacts
) -> RuleReading | None:
    if len(caps) > 1 or not all(caps):
        return None
    entry = InputSpec("count", "count", "count", _case(main), "", "", 0.0)
    reading = RuleReading(item.rule("count", entry, points_each=as_number(main["figure"])))
    if caps and caps[0] and caps[0][1] and not math.isclose(as_number(caps[0][1]), item.max_points):
        return reading.doubted("cap-differs", cap=caps[0][1])
    return reading


def _deduction(parts: list[str], item: ItemFacts) -> RuleReading | None:
    main, rests = _taken(parts)
    if main is None or not _is_plain(_case(main)):
        return None
    # Without a start said, "trừ không quá 2 điểm" may be of a penalty; "đến hết điểm" says one.
    floor, doubts = 0.0, {"floor-not-stated": True, "start-not-stated": True}
    for rest in rests:
        if cut := _PATTERNS["floor_cut"].fullmatch(rest):
            floor, doubts["floor-not-stated"] = item.max_points - as_number(cut[1]), False
        elif _PATTERNS["floor_nothing"].fullmatch(rest):
            doubts["floor-not-stated"] = False
            doubts["start-not-stated"] &= len(rests) > 1
        elif _earns_all(rest, item):
            doubts["start-not-stated"] = not _is_in_full(rest)
        else:
            return None
    refuse_if(floor < 0, "points-above-maximum")
    entry = InputSpec("cases", "count", "cases", _case(main), "", "", 0.0)
    each = as_number(main["figure"])
    reading = RuleReading(item.rule("deduction", entry, points_each=each, floor_points=floor))
    # The longer a thing is late the more it costs; what is never done is not said.
    said = set(re.findall(r"[^\W\d_]+", _case(main)))
    doubts["never-not-stated"] = "ngày" in said and bool(said & _LATE)
    for doubt in (key for key, is_met in doubts.items() if is_met):
        reading = reading.doubted(doubt)
    return reading


def _case(main: re.Match[str]) -> str:
    """Return what is counted, with the words before "mỗi": "cuộc (vắng)"."""
    lead = (main.groupdict().get("lead") or "").strip()
    lead = lead.removeprefix("cứ").strip()
    case = main["case"].strip()
    return f"{case} ({lead})" if lead else case


def _earns_all(rest: str, item: ItemFacts) -> bool:
    match = _PATTERNS["stated"].fullmatch(rest)
    if not match or mentions_cases(match["what"]):
        return False
    return match["points"] == "điểm tối đa" or math.isclose(
        as_number(match["points"]), item.max_points
    )


def _is_in_full(rest: str) -> bool:
    """Say whether a statement is only that nothing is lacking; a second condition is another."""
    joined = "," in rest.split(":")[0] or "và" in rest.split()
    return bool(_PATTERNS["in_full"].search(rest)) and not joined


def _is_plain(case: str) -> bool:
    said = re.findall(r"[^\W\d_]+", case)
    return _UNSURE_WORDS.isdisjoint(said) and _UNSURE_PAIRS.isdisjoint(pairwise(said))
