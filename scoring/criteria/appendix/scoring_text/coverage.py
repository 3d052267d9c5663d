"""Whether steps in words leave a case out: what the best one asks, some other has to deny.

"Gửi đúng hạn: 1; không gửi: 0" says nothing of what is sent late; the case is named.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from scoring.base.labels import label
from scoring.criteria.appendix.scoring_text.steps import Step
from scoring.official.patterns import patterns
from scoring.official.wording import any_of, word_lists, words

_LISTS = word_lists()["coverage"]
_STEPS = word_lists()["steps"]
_ELSE = (*_STEPS["else"], *_STEPS["failed"], *_LISTS["falls_short"])
_NO = r"(?<![^\W\d_])(?:không|chưa)(?![^\W\d_])"
_FILLERS = words(_LISTS["fillers"])
_GENERIC = words(_LISTS["generic_verbs"])
_WEAK = re.compile(rf"(?<![^\W\d_])(?:{any_of(_LISTS['weak'])})(?![^\W\d_])")
_QUALITIES = {
    name: tuple(
        re.compile(rf"(?<![^\W\d_])(?:{any_of(table[side])})(?![^\W\d_])") for side in ("is", "not")
    )
    for name, table in _LISTS["quality"].items()
}
_ASKS_MORE = re.compile(rf"(?<![^\W\d_])(?:{any_of(_LISTS['asks_more'])})(?![^\W\d_])")
_PARTS = re.compile(r",| và (?:đồng thời )?| đồng thời ")
_EVERY = re.compile(r"(?:tất cả(?: các)?|toàn bộ|mọi|100 ?%) (.+)")
_NAME_GOES_ON = patterns("scales")["name_goes_on"]
# "Không có báo cáo, có kế hoạch" denies the report alone.
_AFFIRMED = re.compile(
    rf"(?:,| và| nhưng) (?:vẫn |đã )?(?:có|được) (?![^,;]*{_NO})[^,;]*(?=[,;]|$)"
)
_BARE_QUALITY = words("đúng đủ đầy hạn kịp thời gian sai trễ chậm thiếu")
_SOME_NOT = re.compile(r"^(?:vẫn |còn )?có [^,;]+? (?:không|chưa) ")
# A third step takes in what falls between the first and the last, but for being late.
_BETWEEN = 3


_GENERAL = words("một trường bất từ xảy phát vụ lần bị để trong")
_DENIES_JOINTLY = re.compile(r"(?:không|chưa) [^,;]{1,120} và (?:không|chưa) (?!.* hoặc )")
_DENIES_EITHER = re.compile(r"(?:không|chưa) [^,;]{1,120} hoặc (?:không|chưa) ")


def case_left_out(steps: Sequence[Step]) -> str:
    """Return a case of which steps in words say nothing, in their words; empty where none is seen.

    Parameters
    ----------
    steps : sequence of Step
        Two or more, each with fixed points.

    Examples
    --------
    >>> from scoring.criteria.appendix.scoring_text.steps import read_steps
    >>> case_left_out(read_steps("Gửi đúng hạn: 1; không gửi: 0", 1.0).steps)
    'không đúng hạn'
    >>> case_left_out(read_steps("Gửi đúng hạn: 1; gửi chậm: 0,5; không gửi: 0", 1.0).steps)
    ''
    """
    best, *others = sorted(steps, key=lambda step: -step.award.points)
    lower = [_without_affirmed(step.condition) for step in others]
    if any(condition in _ELSE for condition in lower):
        return ""
    if others[-1].award.points > 0:
        return label("appendix_case_not", what=best.wording)
    if any(_is_whole_denial(best.condition, said) for said in lower):
        return ""
    if " và " in best.condition and all(map(_DENIES_JOINTLY.match, lower)):
        # "Không A và không B" says nothing of one without the other.
        return label("appendix_case_not", what=best.wording)
    denied = [bool(re.search(_NO, part)) for part in _PARTS.split(best.condition)]
    if any(denied[1:]) and not any(" hoặc " in said for said in lower):
        return label("appendix_case_not", what=best.wording)
    if re.match(_NO, best.condition):
        if any(not re.match(_NO, said) for said in lower):
            return _unnamed_part(best.condition, lower)
        return best.condition
    if _is_scale_of_names(steps) or any(_denies_any_part(said) for said in lower):
        return ""
    if (having := re.match(r"có (\w+) ", best.condition)) and all(
        said.startswith(having[0]) for said in lower
    ):
        # "Có phòng đúng, có phòng không đúng" may both hold, and there may be none at all.
        return f"không {having[0].strip()}"
    for part in _PARTS.split(best.condition):
        if missing := _undenied(part.strip(), best.condition, lower):
            return missing
    return ""


def _without_affirmed(said: str) -> str:
    """Leave out what a step affirms behind what it denies."""
    no = re.search(_NO, said)
    return said[: no.end()] + _AFFIRMED.sub("", said[no.end() :]) if no else said


def _is_whole_denial(best: str, said: str) -> bool:
    return is_exact_denial(said, best) or is_exact_denial(best, said) or _is_exception(said, best)


def is_lack_of(lacking: str, asked: str) -> bool:
    """Say whether words beside a count name what lacks of the one thing that is asked.

    Examples
    --------
    >>> is_lack_of("vắng hội nghị", "tham gia đầy đủ các hội nghị")
    True
    >>> is_lack_of("vắng hội nghị", "tham gia đầy đủ các hội nghị, đúng giờ")
    False
    """
    if _PARTS.search(asked) or re.search(_NO, f"{asked} {lacking}"):
        return False
    qualities = [name for name, (is_so, _) in _QUALITIES.items() if is_so.search(asked)]
    if len(qualities) != 1:
        return False
    is_so, is_not = _QUALITIES[qualities[0]]
    if not (found := is_not.search(lacking)):
        return False
    thing, doing = _content(lacking.replace(found[0], "")), _content(is_so.sub("", asked))
    return bool(thing) and (thing <= _content(asked) or (bool(doing) and doing <= thing))


def is_exact_denial(no: str, yes: str) -> bool:
    """Say whether two conditions differ by one "không" or "chưa" that denies the whole.

    Examples
    --------
    >>> is_exact_denial("trong năm không có vi phạm", "trong năm có vi phạm")
    True
    >>> is_exact_denial("có phòng không đúng quy định", "có phòng đúng quy định")
    False
    """
    if " và " in yes or yes.count(", ") > len(_NAME_GOES_ON.findall(yes)):
        return False
    for found in re.finditer(rf"{_NO} ?", no):
        before, behind = no[: found.start()], no[found.end() :]
        # "Có phòng không đúng" beside "có phòng đúng": both may hold.
        denies = not before or (
            re.match(r"(?:có|bị|được|để|vượt|phát sinh|xảy ra)\b", behind)
            and not re.search(r"(?<![^\W\d_])(?:có|một số)(?![^\W\d_])|[,;]", before)
        )
        is_subject_left_out = behind == yes and " " in yes and not re.search(r"[,;]", before)
        if denies and (before + behind == yes or is_subject_left_out):
            return True
    return False


def _is_exception(said: str, best: str) -> bool:
    """Say whether "có công chức không đeo thẻ" denies "toàn bộ công chức đeo thẻ"."""
    every, some = _EVERY.match(best), _SOME_NOT.match(said)
    lacking = re.match(r"(?:vẫn |còn )?(?:có|còn) (.+)", said)
    if every and lacking and is_lack_of(lacking[1], every[1]):
        return True
    if not every or not some or _PARTS.search(best):
        return False
    left = _content(every[1]) - _content(said)
    return _content(said) <= _content(every[1]) and not left & words("đúng đủ đầy kịp trong trước")


def _unnamed_part(best: str, lower: list[str]) -> str:
    """Return what "không vượt A và B" forbids that "vượt A" leaves out, naming some of it."""
    named = set().union(*map(_content, lower))
    is_joined = len(lower) == 1 and " và " in lower[0] and " và " not in best
    if is_joined and not named <= _content(best):
        return best  # "có A và B" leaves out A alone
    if len(lower) == 1 and _content(best) < named and not _GENERAL & (named - _content(best)):
        return best  # "để xảy ra vi phạm nghiêm trọng" leaves out what is not so
    parts = [part for part in re.split(r", | và ", best) if _content(part)]
    missing = [part for part in parts if not _content(part) <= named]
    return missing[0] if 0 < len(missing) < len(parts) else ""


def is_overlapping(steps: Sequence[Step]) -> bool:
    """Say whether a step between the best and nothing states something good of its own."""
    best, *between, last = sorted(steps, key=lambda step: -step.award.points)
    if " hoặc " in best.condition and _DENIES_EITHER.match(last.condition):
        return True  # one without the other is in both
    if not between or _is_scale_of_names(steps):
        return False
    # What earns nothing beside a step between has to deny the doing, or what the best one has.
    is_apart = bool(re.search(_NO, last.condition + best.condition)) or last.condition in _ELSE
    return not is_apart or any(
        _holds_beside(step.condition, best.condition)
        for step in between
        if step.condition not in _ELSE
    )


def _holds_beside(said: str, best: str) -> bool:
    """Say whether a step may hold together with the best one: "họp trễ" beside "có họp"."""
    in_time, late = _QUALITIES["in_time"]
    is_late_only = bool(late.search(said)) and "nhưng" not in said and not in_time.search(best)
    return is_late_only or not _WEAK.search(said)


def _is_scale_of_names(steps: Sequence[Step]) -> bool:
    """Say whether the steps are names of grades: "tốt", "khá", "mức độ B"."""
    return len(steps) >= _BETWEEN and all(
        re.fullmatch(_LISTS["grade"], step.condition) for step in steps
    )


def _denies_any_part(said: str) -> bool:
    return bool(re.search(_NO, said)) and bool(re.search(_LISTS["any_part"], said))


def _undenied(part: str, whole: str, lower: list[str]) -> str:
    """Return what of a part of the best step no other step denies."""
    asked = [
        (name, found) for name, (is_so, _) in _QUALITIES.items() if (found := is_so.search(part))
    ]
    if any(_denies_in_full(said, part, whole) for said in lower):
        return ""
    if len(lower) >= _BETWEEN - 1:
        asked = [(name, found) for name, found in asked if name == "in_time"]
    for name, found in asked:
        about = [said for said in lower if not _is_of_other_part(said, name, part, whole)]
        if not any(_denies_quality(said, name) for said in about):
            return f"không {part[found.start() :]}"
    if asked or len(lower) >= _BETWEEN - 1:
        return ""
    return "" if any(_denies_words(said, part) for said in lower) else f"không {part}"


def _is_of_other_part(said: str, quality: str, part: str, whole: str) -> bool:
    """Say whether "sai thẩm quyền" speaks of another part than "đúng trình tự", alike asked for."""
    is_so = _QUALITIES[quality][0]
    others = [other for other in _PARTS.split(whole) if other.strip() != part]
    alike = set().union(*(_content(other) for other in others if is_so.search(other)))
    own, named = _content(part) - _BARE_QUALITY, _content(said) - _BARE_QUALITY
    return bool(named & (alike - own)) and not named & own


def _denies_quality(said: str, name: str) -> bool:
    is_so, is_not = _QUALITIES[name]
    if is_not.search(said):
        return True
    return any(is_so.search(said[no.end() : no.end() + 40]) for no in re.finditer(_NO, said))


def _denies_in_full(said: str, part: str, whole: str) -> bool:
    """Say whether a step is the denial of all that is asked, or of the very doing of it."""
    if not re.search(_NO, said):
        return False
    asked, denied = _content(part), _content(said)
    if asked <= denied:
        return True
    # "Không xây dựng kế hoạch" says nothing of the second half of "xây dựng ... và tổ chức ...".
    is_second = bool(re.search(rf" (?:và|đồng thời) {re.escape(part)}", whole)) or (
        f", {part}" in whole and not _NAME_GOES_ON.match(f", {part}")
    )
    reaches = not is_second or denied <= _GENERIC or bool(denied & asked)
    is_bare = reaches and denied <= _content(whole) | _GENERIC
    return is_bare and bool(re.match(_NO, said)) and not _leaves_more(said, part)


def _leaves_more(said: str, part: str) -> bool:
    """Say whether what a denial leaves out of a part asks for more than the doing of it."""
    denied = _content(said)
    return bool(_ASKS_MORE.search(" ".join(w for w in part.split() if w not in denied)))


def _denies_words(said: str, part: str) -> bool:
    met = any(_content(part) & _content(said[no.end() :]) for no in re.finditer(_NO, said))
    return met and not _leaves_more(said, part)


def _content(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text)) - _FILLERS
