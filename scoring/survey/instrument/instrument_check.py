"""What is wrong with a questionnaire as a whole: its codes, its scales, its ways of counting."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping

from scoring.base.findings import Finding
from scoring.base.text import first_few, without_marks
from scoring.base.vocabulary import folded
from scoring.criteria.building import Cells
from scoring.survey.instrument.model import Instrument, Question
from scoring.tables import columns_of

Sheets = Mapping[str, Cells]

MAX_QUESTIONS = 300
# The position of an answer is kept in a signed byte.
MAX_ANSWERS = 100
# A code of a question is a column of a file, and no spreadsheet may take it for a number or a day.
_QUESTION_CODE = re.compile(r"^[A-Za-z][A-Za-z0-9_.-]{0,39}$")
_ANSWER_CODE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$")
_KEYS = {
    "aspects": ("code",),
    "factors": ("code",),
    "questions": ("code",),
    "scales": ("scale", "code"),
    "weightings": ("code",),
    "factor_weights": ("weighting", "factor"),
    "groups": ("code",),
}
_SUM_TOLERANCE = 1e-6


def check_rows(instrument: Instrument, cells: Sheets) -> Iterator[Finding]:
    """Yield everything wrong with a questionnaire beyond single cells."""
    yield from _codes(cells)
    yield from _references(instrument, cells)
    yield from _questions(instrument, cells["questions"])
    yield from _scales(instrument, cells["scales"])
    yield from _weightings(instrument, cells)


def lint_rows(instrument: Instrument, cells: Sheets) -> Iterator[Finding]:
    """Yield advice about a questionnaire without errors."""
    if instrument.status == "sample" and "mau" not in re.findall(
        r"\w+", without_marks(instrument.name_vi)
    ):
        yield Finding("sample-not-named", sheet="instrument", values={"name": instrument.name_vi})
    for (scale,), rows in cells["scales"].by("scale").items():
        if all(row["is_answer"] for row in rows):
            yield cells["scales"].finding("instrument-no-refusal", rows[0], "scale", scale=scale)
    missing = [question.code for question in instrument.questions if not question.text_en]
    if missing:
        values = {"count": len(missing), "codes": ", ".join(first_few(missing, 5))}
        yield Finding("english-missing", sheet="questions", values=values)


def _codes(cells: Sheets) -> Iterator[Finding]:
    """Codes that are met twice, or that no file of responses can hold."""
    for sheet, keys in _KEYS.items():
        for key, rows in cells[sheet].by(*keys).items():
            if len(rows) > 1 and all(key):
                said = {"code": "/".join(key), "rows": [row["row"] for row in rows]}
                yield cells[sheet].finding("instrument-code-twice", rows[1], keys[-1], **said)
    for sheet, pattern in (("questions", _QUESTION_CODE), ("scales", _ANSWER_CODE)):
        for row in cells[sheet].rows:
            if row["code"] and not pattern.match(row["code"]):
                code = row["code"]
                yield cells[sheet].finding("instrument-code-malformed", row, "code", code=code)
    reserved = {name.casefold() for name in columns_of("Forms", places=True)}
    for row in cells["questions"].rows:
        if row["code"].casefold() in reserved:
            yield cells["questions"].finding(
                "instrument-code-reserved", row, "code", code=row["code"]
            )


def _references(instrument: Instrument, cells: Sheets) -> Iterator[Finding]:
    """Codes of another sheet that this sheet does not have."""
    known = {
        "aspect": [aspect.code for aspect in instrument.aspects],
        "factor": [factor.code for factor in instrument.factors],
        "scale": list(instrument.scales),
        "weighting": [way.code for way in instrument.weightings],
    }
    places = {
        "factors": ("aspect",),
        "questions": ("factor", "aspect", "scale"),
        "factor_weights": ("weighting", "factor"),
    }
    for sheet, columns in places.items():
        for row in cells[sheet].rows:
            for column in columns:
                if row[column] and row[column] not in known[column]:
                    said = {"column": column, "value": row[column], "expected": known[column]}
                    yield cells[sheet].finding("instrument-code-unknown", row, column, **said)


def _questions(instrument: Instrument, cells: Cells) -> Iterator[Finding]:
    if not cells.rows or len(cells.rows) > MAX_QUESTIONS:
        values = {"count": len(cells.rows), "limit": MAX_QUESTIONS}
        yield Finding("instrument-question-count", sheet="questions", values=values)
    for row in cells.rows:
        if row["role"] == "quality" and not row["factor"]:
            yield cells.finding("instrument-question-without-factor", row, "factor")
        options = instrument.scales.get(row["scale"], ())
        counts = row["role"] in ("quality", "overall")
        if counts and options and not any(option.is_satisfied for option in options):
            said = {"scale": row["scale"], "code": row["code"]}
            yield cells.finding("instrument-scale-unsatisfied", row, "scale", **said)
    asked = {question.factor for question in instrument.questions if question.role == "quality"}
    for factor in instrument.factors:
        if factor.code and factor.code not in asked:
            yield Finding(
                "instrument-factor-unasked", sheet="factors", values={"code": factor.code}
            )


def _scales(instrument: Instrument, cells: Cells) -> Iterator[Finding]:
    for (scale,), rows in cells.by("scale").items():
        words = Counter(folded(row["name_vi"]) for row in rows)
        if len(rows) > MAX_ANSWERS:
            said = {"scale": scale, "count": len(rows), "limit": MAX_ANSWERS}
            yield cells.finding("instrument-scale-long", rows[0], "scale", **said)
        for row in rows:
            if words[folded(row["name_vi"])] > 1:
                said = {"scale": scale, "name": row["name_vi"]}
                yield cells.finding("instrument-answer-named-twice", row, "name_vi", **said)
            if not row["is_answer"] and (row["is_satisfied"] or not math.isnan(_weight(row))):
                yield cells.finding("instrument-refusal-counted", row, "is_answer", scale=scale)


def _weight(row: Mapping[str, object]) -> float:
    weight = row["weight_percent"]
    return weight if isinstance(weight, float) else math.nan


def _weightings(instrument: Instrument, cells: Sheets) -> Iterator[Finding]:
    if not instrument.weightings:
        yield Finding("instrument-weighting-none", sheet="weightings")
    roles = {question.role for question in instrument.questions}
    factors = {factor.code for factor in instrument.factors}
    for way, row in zip(instrument.weightings, cells["weightings"].rows, strict=True):
        found = cells["weightings"].finding
        if way.combine == "overall_question" and "overall" not in roles:
            yield found("instrument-no-overall", row, "combine", code=way.code)
        if way.counts == "weights" and (scales := _unweighted(instrument, way.combine)):
            yield found("instrument-weights-missing", row, "counts", code=way.code, scale=scales)
        is_weighted, given = way.combine == "weighted_factors", dict(way.factor_weights)
        if not is_weighted and given:
            yield found("instrument-weights-unused", row, "combine", code=way.code)
        total = sum(given.values())
        if is_weighted and (set(given) != factors or abs(total - 100) > _SUM_TOLERANCE):
            said = {"code": way.code, "sum": total, "missing": sorted(factors - set(given)) or "—"}
            yield found("instrument-weights-sum", row, "combine", **said)


def _unweighted(instrument: Instrument, combine: str) -> list[str]:
    """Return the scales that a way of counting by weights needs and that lack one."""

    def counts(question: Question) -> bool:
        return question.role == ("overall" if combine == "overall_question" else "quality")

    scales = dict.fromkeys(q.scale for q in instrument.questions if counts(q))
    return [
        scale
        for scale in scales
        if any(
            o.is_answer and math.isnan(o.weight_percent) for o in instrument.scales.get(scale, ())
        )
    ]
