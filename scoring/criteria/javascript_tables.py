"""What the grades and the proof of a set are judged by in a page, as tables of its script."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scoring.base.due_dates import read_due_date
from scoring.base.text import clean_text
from scoring.criteria.criteria_set import CriteriaSet
from scoring.official.document_kinds import document_kinds, issuer_wordings, kinds_of
from scoring.official.document_period import PARTS_OF_YEAR, parts_asked
from scoring.official.patterns import patterns
from scoring.rules.expression import input_names
from scoring.rules.javascript import JavaScriptPen, javascript_text

_ACTS = {"caps": "capped", "lowers": "lowered", "needs": "condition-failed", "forces": "forced"}
_ORDER = ("caps", "lowers", "needs", "forces")
# A page's own \b, \w and \d know ASCII only.
_LETTER = r"\p{L}\p{N}_"
_BORDER = f"(?:(?<=[{_LETTER}])(?![{_LETTER}])|(?<![{_LETTER}])(?=[{_LETTER}]))"


def javascript_pattern(pattern: re.Pattern[str], flags: str = "g") -> str:
    r"""Return a pattern of `scoring.official.patterns` as a literal of a script.

    >>> javascript_pattern(re.compile(r"(?i)năm\s+\d{4}"), "")
    '/năm\\s+\\p{Nd}{4}/iu'
    """
    text = pattern.pattern.replace("(?i)", "").replace("(?P<", "(?<").replace("/", r"\/")
    text = text.replace(r"\b", _BORDER).replace(r"\w", f"[{_LETTER}]").replace(r"\d", r"\p{Nd}")
    return f"/{text}/{flags}{'i' if pattern.flags & re.IGNORECASE else ''}u"


def grade_tables(criteria: CriteriaSet, pen: JavaScriptPen) -> Iterator[str]:
    """Yield the conditions of grades in the order in which they act, and the quotas by name."""
    text, meta = javascript_text, criteria.meta
    order = [grade.code for grade in sorted(meta.grades, key=lambda grade: grade.lower)]
    acts = {kind: f"grade-{act}" for kind, act in _ACTS.items()}
    yield f"const GRADE_ORDER = {text(order)}, GRADE_ACTS = {text(acts)};\n"
    # Caps and steps down act together, in the order of the set.
    tests = sorted(criteria.grade_tests, key=lambda one: max(1, _ORDER.index(one[0].kind)))
    rules = []
    for rule, test in tests:
        names, compiled = input_names(test), criteria.rules.get(rule.item_code)
        own = [entry.name for entry in compiled.spec.inputs] if compiled else []
        checks = compiled.checks_of(names) if compiled else ()
        told = {"kind": rule.kind, "grade": rule.grade, "item": rule.item_code, "vi": rule.vi,
                "en": rule.en, "names": names, "own": own, "isOfFigures": set(names) <= set(own)}  # fmt: skip
        tested = (
            f"test: (v) => {pen.write(test)}, checks: [{', '.join(pen.check(c) for c in checks)}]"
        )
        rules.append(f"{text(told)[:-1]}, {tested}}}")
    yield f"const GRADE_RULES = [{', '.join(rules)}];\n"
    quotas = [{"grade": rule.grade, "vi": rule.vi, "en": rule.en}
              for rule in meta.grade_rules if rule.kind == "quota"]  # fmt: skip
    yield f"const GRADE_QUOTAS = {text(quotas)};\n"


def proof_tables(criteria: CriteriaSet) -> Iterator[str]:
    """Yield what proves the items of a set, and how the titles of documents are read."""
    text, asked = javascript_text, dict[str, list[list[object]]]()
    sheet = criteria.tables.get("evidence")
    for row in [] if sheet is None else sheet.fillna("").to_dict("records"):
        due = read_due_date(row["issued_by"]) if row["issued_by"].strip() else None
        wordings = issuer_wordings(row.get("issuer", ""))
        asked.setdefault(row["item_code"], []).append([
            sorted(kinds_of(row["kind"])), int(float(row["min_documents"])),
            due and [due.shift, due.month, due.day], sorted(parts_asked(row.get("keywords", ""))),
            [clean_text(one).casefold() for one in wordings],
        ])  # fmt: skip
    kinds = document_kinds()
    percent = dict(criteria.meta.proof_percent) or None
    yield f"const ASKED = {text(asked)}, PROOF_PERCENT = {text(percent)};\n"
    yield f"const DOCUMENT_KINDS = {text(list(kinds))};\n"
    yield f"const KIND_NAMES = {text([[key, kind.vi.lower()] for key, kind in kinds.items()])};\n"
    yield f"const ISSUED_KIND = {javascript_pattern(patterns('identity')['issued_kind'], '')};\n"
    period = patterns("document_period")
    parts = [f"[{javascript_pattern(one, '')}, {text(own)}]" for one, own in PARTS_OF_YEAR]
    named = {
        "beside": "g",
        "years": "g",
        "quarters": "g",
        "quarter": "g",
        "year": "",
        "year_too": "",
    }
    written = [f"parts: [{', '.join(parts)}]"]
    for name, flags in named.items():
        written.append(f"{name.replace('_t', 'T')}: {javascript_pattern(period[name], flags)}")
    yield f"const PERIOD = {{{', '.join(written)}}};\n"
