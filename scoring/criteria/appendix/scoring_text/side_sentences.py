"""What a sentence beside the steps does: excuse units, concern grades, say what is no case.

To read a further one, give it a pattern in ``patterns.toml``, ``[side_sentences]``.
"""

from __future__ import annotations

import math

from scoring.official.figure_text import as_number
from scoring.official.patterns import patterns
from scoring.official.wording import folded

_PATTERNS = patterns("side_sentences")
_MAX_LETTERS = 400
# A policy for units that an item does not apply to, and what of other sentences.
DROP, FULL = "drop", "full"
GRADE, EXCLUSION, ONCE, ELSEWHERE, EVIDENCE = "grade", "exclusion", "once", "elsewhere", "evidence"
_SAYING = {
    GRADE: _PATTERNS["grade"],
    ONCE: _PATTERNS["once"],
    ELSEWHERE: _PATTERNS["elsewhere"],
    EXCLUSION: _PATTERNS["exclusion"],
}
# What such sentences leave as it is, by kind of rule: a count does not count what is excluded, but
# who earns points "once only" does not earn them for every case.
_KINDS_WITH_CASES = frozenset({"count", "deduction"})
_BEARING = {EXCLUSION: _KINDS_WITH_CASES | {"ratio"}, ONCE: frozenset({"choice", "all_of"})}


def effect_of(sentence: str, max_points: float) -> str:
    """Say what a sentence beside the steps does; empty where that is not understood.

    Examples
    --------
    >>> effect_of("Đơn vị không phát sinh thì giảm trừ điểm tối đa tương ứng", 2.0)
    'drop'
    >>> effect_of("Đơn vị không phát sinh thì được tính 1 điểm", 2.0)
    ''
    >>> effect_of("Không xếp loại Xuất sắc trong năm đánh giá", 2.0)
    'grade'
    """
    body = folded(sentence).strip(" .;-+•()")
    if len(body) > _MAX_LETTERS:
        return ""
    if match := _PATTERNS["excused"].fullmatch(body):
        return _policy(match["effect"], max_points)
    return next((effect for effect, said in _SAYING.items() if said.fullmatch(body)), "")


def is_evidence(sentence: str) -> bool:
    """Say whether a remark only lists documents, or who keeps and confirms the figures.

    >>> is_evidence("Báo cáo kết quả thực hiện, link đăng bài"), is_evidence("Xã đảo được cộng điểm")
    (True, False)
    """
    body = _PATTERNS["citation"].sub("", folded(sentence).strip(" .;-+•()"))
    return bool(_PATTERNS["evidence"].fullmatch(body)) and not _PATTERNS["bearing"].search(body)


def bears_on(effect: str, kind: str) -> bool:
    """Say whether a sentence of this effect can be left as a remark beside a rule of this kind."""
    return effect in (GRADE, ELSEWHERE, EVIDENCE) or kind in _BEARING.get(effect, ())


def _policy(effect: str, max_points: float) -> str:
    if _PATTERNS["drops"].fullmatch(effect):
        return DROP
    match = _PATTERNS["earns_all"].fullmatch(effect)
    if match is None:
        return ""
    stated = match["points"]
    return FULL if not stated or math.isclose(as_number(stated), max_points) else ""


def sentences(text: str) -> list[str]:
    """Cut a text at the ends of its sentences; joined again they are the text.

    >>> sentences("Có: 1,5đ. Chỉ tính 01 lần")
    ['Có: 1,5đ.', ' Chỉ tính 01 lần']
    """
    ends = [match.end() for match in _PATTERNS["end"].finditer(text)]
    return [text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True)]
