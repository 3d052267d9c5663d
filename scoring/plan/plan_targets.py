"""Numeric targets in a plan's own sentences: what is measured, how it compares, with what.

Sentences are cut into statements of one figure each. What is found is a proposal: a person confirms
it, and how much is found and missed on five real plans is measured in the tests.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from scoring.base.numbers import read_number
from scoring.base.text import clean_text, without_marks
from scoring.official.figure_text import as_number
from scoring.official.numbering import Opening, opening_of
from scoring.official.patterns import patterns
from scoring.official.ranges import comparison_before
from scoring.official.wording import EDGES, any_of, word_lists
from scoring.plan.target_phases import (
    baseline_in,
    phase_clauses,
    phase_of,
    phases_in,
    without_phase,
)

_PATTERNS = patterns("targets")
# Longer sentences come only from broken or hostile files: what each costs to read grows with its
# letters times its figures, so both are bounded.
MAX_SENTENCE = 2_000
MAX_FIGURES = 20
RANK_UNIT, PART_UNIT = "thứ hạng", "phần"
_IN_WORDS = {"một nửa": (1, 2), "phân nửa": (1, 2), "một phần ba": (1, 3), "hai phần ba": (2, 3),
             "một phần tư": (1, 4), "ba phần tư": (3, 4)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """One figure that a sentence sets as an aim.

    Attributes
    ----------
    indicator : str
        What is measured: the statement without its figure.
    comparison : str
        ``>``, ``>=``, ``=``, ``<=``, ``<``, ``between``, ``increase`` or ``decrease``.
    value, upper_value : float or None
        On the scale of `unit`; None when only a baseline is named.
    unit : str
        ``%``, ``yoy`` (compared with another year), or the thing counted.
    sentence : str
        The sentence as written.
    year : int
        Year by which it must be reached.
    baseline, condition : str
        What it is compared with; when it applies.
    is_sure : bool
        The reading used every word of the sentence, which sets this figure alone.
    """

    indicator: str
    comparison: str
    value: float | None
    upper_value: float | None
    unit: str
    sentence: str
    year: int = 0
    baseline: str = ""
    condition: str = ""
    is_sure: bool = False


def read_targets(text: str, year: int, due: int | None = None) -> list[Target]:
    """Read every numeric target in `text`.

    Parameters
    ----------
    text : str
        One or more sentences, of which at most `MAX_SENTENCE` letters and `MAX_FIGURES` figures
        each are read.
    year : int
        Year of the plan; it holds unless a sentence names a later one.
    due : int, optional
        Year that the heading above names: "Mục tiêu đến năm 2030". It holds for sentences that
        name none; such a reading rests on more than its sentence and is never sure.

    Returns
    -------
    list of Target

    Examples
    --------
    >>> target, = read_targets("Mức độ hài lòng của người dân đạt trên 85%.", 2022)
    >>> target.indicator, target.comparison, target.value
    ('Mức độ hài lòng của người dân', '>', 85.0)
    >>> [(t.comparison, t.value) for t in read_targets("Từ 75% trở lên TTHC, trong đó đạt 40%", 2022)]
    [('>=', 75.0), ('=', 40.0)]
    """
    targets: list[Target] = []
    for sentence in sentences_of(text):
        read = sentence[:MAX_SENTENCE].strip(EDGES)
        told = _PATTERNS["last_years"].match(read)
        if not _PATTERNS["no_target"].search(read) and not (told and int(told[1]) < year):
            found = _targets_of(read, year, due)
            # "đến năm 2027 đạt 80%; năm 2030 đạt 100%": the aim is named before the semicolon.
            lead = targets[-1].indicator if targets else ""
            targets += [one if _names_something(one) or not phases_in(read, year)
                        else replace(one, indicator=lead) for one in found]  # fmt: skip
    return targets


def sentences_of(text: str) -> list[str]:
    """Cut a text at the ends of its sentences and at semicolons."""
    return _PATTERNS["sentences"].split(clean_text(text))


def _targets_of(sentence: str, year: int, due: int | None) -> list[Target]:
    """Read a sentence phase by phase: percentages, else what it counts, else years compared."""
    lead, found = "", list[Target]()
    for clause in phase_clauses(sentence):
        read = (list(itertools.islice(read(clause), MAX_FIGURES)) for read in _READERS)
        figures = next(filter(None, read), [])
        lead = lead or ("" if figures else indicator_of(without_phase(clause)))
        found += figures
    found = found[:MAX_FIGURES]
    years = [phase_of(sentence, figure.sentence, year) for figure in found]
    is_alone = len(found) == 1 and due is None and len(phases_in(sentence, year)) <= 1
    told = [
        _target(figure, sentence, own or due or year)
        for figure, own in zip(found, years, strict=True)
    ]
    if len(set(years)) > 1:  # the phases of one aim, which is named once
        lead = lead or next((one.indicator for one in told if _names_something(one)), "")
        told = [one if _names_something(one) else replace(one, indicator=lead) for one in told]
    return [replace(one, is_sure=is_alone and _uses_all(one)) for one in told]


def _names_something(target: Target) -> bool:
    return not _PATTERNS["change_only"].fullmatch(target.indicator)


def _target(figure: Target, sentence: str, due: int) -> Target:
    """Return `figure`, whose sentence is still the statement alone, with all that bears on it."""
    condition = _PATTERNS["condition"].search(figure.sentence)
    named = without_phase(figure.indicator, due)
    return replace(
        figure,
        indicator=named if named == figure.indicator else indicator_of(named),
        year=due,
        baseline=baseline_in(figure.sentence) or baseline_in(sentence),
        condition=clean_text(condition[1] or condition[2]) if condition else "",
        sentence=sentence,
    )


def _uses_all(target: Target) -> bool:
    """Say whether nothing of the sentence is left unread, and nothing read holds a further figure."""
    if _PATTERNS["unread"].search(target.indicator):
        return False
    rest = _PATTERNS["figure_words"].sub(" ", target.sentence)
    said = f"{target.indicator} {target.baseline} {target.condition} {target.unit}"
    left = Counter(_words(rest)) - Counter(_words(said))
    return not left


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+|\d+", text.casefold())


def _percentages(sentence: str) -> Iterator[Target]:
    aims = _PATTERNS["start_level"].sub("", sentence)
    for statement in _PATTERNS["statements"].split(aims):
        for part in _one_figure_each(statement):
            if match := _PATTERNS["percent"].search(part):
                yield _percentage(part, match)


def _one_figure_each(statement: str) -> list[str]:
    """Cut a statement that still holds several figures before each figure but the first."""
    starts = [match.start() for match in _PATTERNS["percent"].finditer(statement)]
    openings = (start - len(comparison_before(statement, start)[1]) for start in starts[1:])
    cuts = [0, *openings, len(statement)]
    return [statement[a:b] for a, b in itertools.pairwise(cuts)]


def _percentage(part: str, match: re.Match[str]) -> Target:
    low = read_number(match["low"]).value
    high = read_number(match["high"]).value if match["high"] else None
    comparison, opening = comparison_before(part, match.start())
    # "giảm" belongs to what is measured, "trên" to the figure.
    changes = comparison in ("decrease", "increase") and not match["tail"] and high is None
    before = part[: match.start() - (0 if changes else len(opening))]
    after = part[match.end() :]
    # "100% hồ sơ ..." tells behind the figure what it counts, "... đạt 100%" before it.
    indicator = indicator_of(f"{before} {after}" if len(after.split()) > 1 else before)
    comparison = "between" if high is not None else _by_tail(match) or comparison
    return Target(indicator, comparison, low, high, "%", part)


def _by_tail(match: re.Match[str]) -> str:
    tail = (match.groupdict().get("tail") or "").strip().lower()
    return {"trở lên": ">=", "trở xuống": "<="}.get(tail, "")


def _counts(sentence: str) -> Iterator[Target]:
    """Read figures that are no percentages: places in a ranking, parts of a whole, things counted."""
    yield from _ranks(sentence)
    yield from _parts(sentence)
    taken = -1
    found = (*_counted().finditer(sentence), *_PATTERNS["bounded"].finditer(sentence))
    for match in sorted(found, key=lambda match: match.start("low")):
        comparison, opening = comparison_before(sentence, match.start("low"))
        tail, high = _by_tail(match), match["high"]
        # "từ 01 đến 05" and "từ 15 tháng 12" set no floor.
        sets_none = opening.strip().lower() == "từ" and not (tail or high)
        if match.start("low") <= taken or sets_none:
            continue
        taken = match.start("low")
        before, after = sentence[: taken - len(opening)], sentence[match.start("noun") :]
        yield Target(
            indicator_of(f"{before} {after}"),
            tail or ("between" if high else comparison),
            as_number(match["low"]),
            float(high) if high else None,
            match["noun"],
            sentence,
        )


def before_part(sentence: str) -> str:
    """Return what stands before "2/3" or "một nửa"; empty where there is no such part."""
    match = _PATTERNS["fraction"].search(sentence)
    return sentence[: match.start()] if match else ""


def _ranks(sentence: str) -> Iterator[Target]:
    found = _PATTERNS["rank"].finditer(sentence) if _PATTERNS["ranked"].search(sentence) else ()
    for match in found:
        value = float(match["group"] or match["place"])
        yield Target(
            indicator_of(sentence[: match.start()]), "<=", value, None, RANK_UNIT, sentence
        )


def _parts(sentence: str) -> Iterator[Target]:
    """Read "2/3 số ...", "một nửa", and "không còn", which leaves no part at all."""
    for match in _PATTERNS["fraction"].finditer(sentence):
        words = (match["words"] or "").lower()
        low, of = _IN_WORDS.get(words) or (int(match["low"]), int(match["of"]))
        if not 0 < low < of:
            continue
        comparison, opening = comparison_before(sentence, match.start())
        before, after = sentence[: match.start() - len(opening)], sentence[match.end() :]
        indicator = indicator_of(f"{before} {after}")
        yield Target(indicator, comparison, round(low / of, 4), None, PART_UNIT, sentence)
    if left := _PATTERNS["none_left"].search(sentence):
        indicator = indicator_of(sentence[left.start("noun") :])
        yield Target(indicator, "=", 0.0, None, left["noun"].lower(), sentence)


def _years_compared(sentence: str) -> Iterator[Target]:
    if match := _PATTERNS["year_on_year"].search(sentence):
        more = without_marks(match["way"]) in ("cao hon", "nhieu hon", "lon hon", "tang")
        indicator = indicator_of(sentence[: match.start()] or sentence[match.end() :])
        indicator = indicator or indicator_of(match[0])
        yield Target(indicator, ">" if more else "<", None, None, "yoy", sentence)


_READERS = (_percentages, _counts, _years_compared)


@cache
def _counted() -> re.Pattern[str]:
    counts = word_lists()["count"]
    return re.compile(
        rf"\b(?P<verb>{any_of(counts['verbs'])})\s+(?P<lead>(?:ít nhất|tối thiểu|trên|hoàn thành|thêm)\s+)?"
        r"(?P<low>\d{1,4})\s*(?:[-–]\s*(?P<high>\d{1,4})\s*)?"
        rf"(?P<noun>{any_of(counts['nouns'])})\b",
        re.IGNORECASE,
    )


def indicator_of(text: str) -> str:
    """Return what is measured: a text without number, condition and the words of aims."""
    body = _PATTERNS["condition"].sub("", clean_text(text)[:MAX_SENTENCE])
    opening = opening_in(body)
    body = (opening.text if opening else body).strip(EDGES)
    before = None
    while body != before:
        before, body = body, _PATTERNS["filler"].sub("", body).strip(EDGES)
    body = body.rstrip("()") if body.count("(") != body.count(")") else body
    return body[:1].upper() + body[1:]


def opening_in(text: str) -> Opening | None:
    """Return the number or letter that a line begins with; None where it begins with none."""
    found = opening_of(text)
    return found if found and found.is_spaced else None


def read_frequencies(text: str, year: int) -> list[Target]:
    """Read how often a text wants something done, a target of its own kind: "2 lần/năm".

    >>> [(t.value, t.unit) for t in read_frequencies("Đối thoại, định kỳ 2 lần/năm (6 tháng 01 lần)", 2026)]
    [(2.0, 'lần/năm')]
    """
    sentences = [sentence[:MAX_SENTENCE].strip(EDGES) for sentence in sentences_of(text)]
    return [one for sentence in sentences for one in _frequencies(sentence, year)]


def _frequencies(sentence: str, year: int) -> Iterator[Target]:
    if match := _PATTERNS["frequency"].search(sentence):
        low = "low" if match["low"] else "times"
        comparison, opening = comparison_before(sentence, match.start(low))
        before = sentence[: match.start(low) - len(opening)]
        unit = f"lần/{(match['per'] or match['each']).lower()}"
        told = Target(indicator_of(before), comparison, float(match[low]), None, unit, sentence)
        yield _target(told, sentence, phase_of(sentence, sentence, year) or year)


def read_alls(text: str, year: int) -> list[Target]:
    """Read what a text wants of all of them without a figure: 100 percent, never sure.

    >>> [(t.value, t.unit) for t in read_alls("Chuẩn hóa tất cả các quy trình nội bộ", 2026)]
    [(100.0, '%')]
    """
    found = []
    for sentence in sentences_of(text):
        read = sentence[:MAX_SENTENCE].strip(EDGES)
        if match := _PATTERNS["all_of"].search(read):
            name = "all" if match["all"] else "every"
            indicator = f"{read[: match.start(name)]} {read[match.end(name) :]}"
            told = Target(indicator_of(indicator), "=", 100.0, None, "%", read)
            found.append(_target(told, read, phase_of(read, read, year) or year))
    return found
