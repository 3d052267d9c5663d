"""Numeric targets in a plan's own sentences: what is measured, how it compares, with what.

Sentences are cut into statements of one figure each. What is found is a proposal: a person confirms
it, and how much is found and missed on five real plans is measured in the tests.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import cache

import pandas as pd

from scoring.base.findings import Finding
from scoring.base.numbers import read_number
from scoring.base.text import clean_text, without_marks
from scoring.official.figure_text import as_number
from scoring.official.numbering import Opening, opening_of
from scoring.official.patterns import patterns
from scoring.official.ranges import comparison_before
from scoring.official.recognising import area_code
from scoring.official.wording import EDGES, any_of, word_lists
from scoring.tables import rows_of, table_of

_PATTERNS = patterns("targets")
# Longer sentences come only from broken or hostile files: what each costs to read grows with its
# letters times its figures, so both are bounded.
MAX_SENTENCE = 2_000
MAX_FIGURES = 20
RANK_UNIT = "thứ hạng"
_SECTION_LENGTH = 160
_TASK_TEXTS = ("goal", "task", "activity", "products")


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


def read_targets(text: str, year: int) -> list[Target]:
    """Read every numeric target in `text`.

    Parameters
    ----------
    text : str
        One or more sentences, of which at most `MAX_SENTENCE` letters and `MAX_FIGURES` figures
        each are read.
    year : int
        Year of the plan; it holds unless a sentence names a later one.

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
            targets += _targets_of(read, year)
    return targets


def sentences_of(text: str) -> list[str]:
    """Cut a text at the ends of its sentences and at semicolons."""
    return _PATTERNS["sentences"].split(clean_text(text))


def _targets_of(sentence: str, year: int) -> Iterator[Target]:
    """Yield the percentages of a sentence, else what it counts, else a comparison of years."""
    for read in (_percentages, _counts, _years_compared):
        figures = list(itertools.islice(read(sentence), MAX_FIGURES))
        if figures:
            break
    found = [_target(figure, sentence, year) for figure in figures]
    return (replace(one, is_sure=len(found) == 1 and _uses_all(one)) for one in found)


def _target(figure: Target, sentence: str, year: int) -> Target:
    """Return `figure`, whose sentence is still the statement alone, with all that bears on it."""
    search = _PATTERNS["baseline"].search
    baseline = search(figure.sentence) or search(sentence)
    stated = _PATTERNS["target_year"].search(figure.sentence)
    condition = _PATTERNS["condition"].search(figure.sentence)
    return replace(
        figure,
        year=int(stated[1]) if stated else year,
        baseline=baseline["baseline"] if baseline else "",
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
    for statement in _PATTERNS["statements"].split(sentence):
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
    indicator = _indicator(f"{before} {after}" if len(after.split()) > 1 else before)
    comparison = "between" if high is not None else _by_tail(match) or comparison
    return Target(indicator, comparison, low, high, "%", part)


def _by_tail(match: re.Match[str]) -> str:
    tail = (match.groupdict().get("tail") or "").strip().lower()
    return {"trở lên": ">=", "trở xuống": "<="}.get(tail, "")


def _counts(sentence: str) -> Iterator[Target]:
    """Read figures that are no percentages: things counted, points, places in a ranking."""
    if match := _PATTERNS["rank"].search(sentence):
        indicator = _indicator(sentence[: match.start()])
        yield Target(indicator, "<=", float(match["low"]), None, RANK_UNIT, sentence)
    taken = -1
    found = (*_counted().finditer(sentence), *_PATTERNS["bounded"].finditer(sentence))
    for match in sorted(found, key=lambda match: match.start("low")):
        comparison, opening = comparison_before(sentence, match.start("low"))
        tail = _by_tail(match)
        # "từ 01 đến 05" and "từ 15 tháng 12" set no floor.
        if match.start("low") <= taken or (opening.strip().lower() == "từ" and not tail):
            continue
        taken = match.start("low")
        high = match["high"]
        before, after = sentence[: taken - len(opening)], sentence[match.start("noun") :]
        yield Target(
            _indicator(f"{before} {after}"),
            tail or ("between" if high else comparison),
            as_number(match["low"]),
            float(high) if high else None,
            match["noun"],
            sentence,
        )


def _years_compared(sentence: str) -> Iterator[Target]:
    if match := _PATTERNS["year_on_year"].search(sentence):
        more = without_marks(match["way"]) in ("cao hon", "nhieu hon", "lon hon", "tang")
        indicator = _indicator(sentence[: match.start()] or sentence[match.end() :])
        indicator = indicator or _indicator(match[0])
        yield Target(indicator, ">" if more else "<", None, None, "yoy", sentence)


@cache
def _counted() -> re.Pattern[str]:
    counts = word_lists()["count"]
    return re.compile(
        rf"\b(?P<verb>{any_of(counts['verbs'])})\s+(?P<lead>(?:ít nhất|tối thiểu|trên|hoàn thành)\s+)?"
        r"(?P<low>\d{1,4})\s*(?:[-–]\s*(?P<high>\d{1,4})\s*)?"
        rf"(?P<noun>{any_of(counts['nouns'])})\b",
        re.IGNORECASE,
    )


def _indicator(text: str) -> str:
    body = _PATTERNS["condition"].sub("", clean_text(text))
    opening = _opening(body)
    body = (opening.text if opening else body).strip(EDGES)
    before = None
    while body != before:
        before, body = body, _PATTERNS["filler"].sub("", body).strip(EDGES)
    body = body.rstrip("()") if body.count("(") != body.count(")") else body
    return body[:1].upper() + body[1:]


def _opening(text: str) -> Opening | None:
    found = opening_of(text)
    return found if found and found.is_spaced else None


def target_table(lines: pd.DataFrame, tasks: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the table ``PlanTargets`` of running text and of the tasks' cells."""
    return _table([*_text_rows(lines, year), *_task_rows(tasks)])


def target_rows_of(text: str, year: int) -> pd.DataFrame:
    """Return the table ``PlanTargets`` of a text without places and tasks."""
    return _table(
        [_row(target, area_code(target.sentence), "", "") for target in read_targets(text, year)]
    )


def _table(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Return the rows as a table, each with a code by its place."""
    coded = [{"target_code": f"CT-{place:02d}", **row} for place, row in enumerate(rows, start=1)]
    return table_of(coded, "PlanTargets")


def _text_rows(lines: pd.DataFrame, year: int) -> Iterator[dict[str, object]]:
    area = "other"
    for place, text in _paragraphs(lines[lines["role"].isin(("text", "header"))]):
        opening = _opening(text)
        is_section = opening is not None and opening.style in ("roman", "number")
        if is_section and len(text) <= _SECTION_LENGTH:
            area = area_code(text)
        for target in read_targets(text, year):
            own = area if area != "other" else area_code(target.sentence)
            yield _row(target, own, "", place)


def _paragraphs(lines: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Yield place and text of each paragraph, joining those that a page break cut in two."""
    held_place, held = "", ""
    for place, text in zip(lines["place"], lines["text"], strict=True):
        goes_on = not _opening(text) and (text[:1].islower() or held.endswith(","))
        torn = held and held[-1] not in ".;:!?/)%”" and goes_on
        if torn and len(held) <= MAX_SENTENCE:
            held = f"{held} {text}"
            continue
        if held:
            yield held_place, held
        held_place, held = place, text
    if held:
        yield held_place, held


def _task_rows(tasks: pd.DataFrame) -> Iterator[dict[str, object]]:
    told: set[tuple[str, str, str]] = set()
    for task in rows_of(tasks):
        for column in _TASK_TEXTS:
            text = str(getattr(task, column))
            # Stacked rows repeat what their first row says.
            key = (f"{task.plan_number}/{task.area_number}", task.number, text)
            if not text or key in told:
                continue
            told.add(key)
            for target in _task_targets(text, int(task.year), column):
                yield _row(target, task.area_code, task.task_code, task.source_place)


def _task_targets(text: str, year: int, column: str) -> list[Target]:
    targets = read_targets(text, year)
    words = without_marks(text)
    if not targets and column == "goal" and words.startswith("co "):
        noun = next((n for n in word_lists()["count"]["nouns"] if without_marks(n) in words), "")
        if noun:  # "Có sáng kiến ..." as a goal asks for at least one
            targets = [_target(Target(_indicator(text), ">=", 1.0, None, noun, text), text, year)]
    return targets


def _row(target: Target, area: str, task: str, place: str) -> dict[str, object]:
    place_of = {"area_code": area, "task_code": task, "source_place": place}
    return asdict(target) | place_of | {"confirmed": False}


def target_findings(targets: pd.DataFrame, lines: pd.DataFrame) -> list[Finding]:
    """Return targets that cannot be reached or measured as they are written, and what was cut."""
    above_all = targets.query("unit == '%' and comparison == '>' and value >= 100")
    findings = [
        Finding("target-above-all", cell=row.source_place, values={"text": row.sentence})
        for row in rows_of(above_all)
    ]
    for row in rows_of(targets[targets["unit"] == "yoy"]):
        values = {"text": row.sentence, "baseline": row.baseline}
        findings.append(Finding("target-without-baseline", cell=row.source_place, values=values))
    for row in rows_of(lines[lines["text"].str.len() > MAX_SENTENCE]):
        if any(len(sentence) > MAX_SENTENCE for sentence in sentences_of(row.text)):
            values = {"limit": MAX_SENTENCE}
            findings.append(Finding("plan-sentence-cut", cell=row.place, values=values))
    return findings
