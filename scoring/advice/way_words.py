"""Advice in words: short, with the figures and days as people write them."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field

import numpy as np

from scoring.advice.changes import Change
from scoring.advice.moves import ANSWER, COUNT, DATE, FIGURE, PROOF
from scoring.advice.span_words import span_words
from scoring.base.dates import date_from_serial, format_date
from scoring.base.due_dates import read_due_date
from scoring.base.labels import label
from scoring.base.numbers import figure_text, format_number
from scoring.base.rounding import round_points
from scoring.base.values import ADVICE_KINDS
from scoring.criteria import CriteriaSet
from scoring.points import ScoreSheet
from scoring.points.item_explanation import input_text
from scoring.points.peers import best_of_peers
from scoring.rules import RuleSpec
from scoring.rules.evaluate import best_name

_NOTHING = 5e-7
_SIGNS = {"percent": "%"}
# States of proof that ask for something else than a document which is not there.
_TOLD_APART = ("evidence-invalid", "late")
MISSING = ADVICE_KINDS[-1]
"""The kind of a way that asks for a figure which is not the unit's to choose."""


@dataclass(frozen=True, slots=True)
class Way:
    """One piece of advice about an item of a unit.

    Attributes
    ----------
    code, place
        The item and the column of the unit.
    kind : str
        One of `KINDS`, or ``missing``.
    term : str
        One of `ADVICE_TERMS`.
    step : str
        ``next`` or ``last``; ``only`` where they are the same.
    changes : tuple of Change
        Empty for proof and for what is missing.
    points, more, index_more : float
        Points of the item afterwards, what the item gains, and what the index gains. Of a missing
        figure the most that it could bring.
    change : float
        Size of the change; see `Options`.
    due_on : date or None
    sure : bool
    later : tuple of (date, points)
        For a day: what a later one still earns, the earliest first.
    missing : tuple of str
        Names of the figures that are asked for.

    Examples
    --------
    >>> from scoring.advice import ways
    >>> from scoring.points import inputs_table, score
    >>> figures = inputs_table([{"item_code": "2", "input": "on_time", "value": 90},
    ...                         {"item_code": "2", "input": "received", "value": 100}],
    ...                        unit_code="H1", year=2026)
    >>> way = ways(score(figures, "service-quality-766"), "2", 0)[0]
    >>> way.code, way.kind, way.step, way.changes[0].value
    ('2', 'figure', 'only', 100.0)
    """

    sheet: ScoreSheet = field(repr=False)
    code: str
    place: int
    kind: str
    term: str
    step: str
    changes: tuple[Change, ...] = ()
    points: float = np.nan
    more: float = np.nan
    index_more: float = np.nan
    change: float = np.nan
    due_on: dt.date | None = None
    sure: bool = True
    later: tuple[tuple[dt.date, float], ...] = ()
    missing: tuple[str, ...] = ()

    def text(self, lang: str = "vi") -> str:
        """Return the advice as a sentence."""
        return way_text(self, lang)

    @property
    def effort(self) -> float:
        """The change of the figure, as a part of it, for a point; infinite where it has no size."""
        sized = [change for change in self.changes if np.isfinite(change.before)]
        if self.kind not in (FIGURE, COUNT) or not sized or not self.more > 0:
            return np.inf
        return self.change / max(abs(sized[0].before), 1.0) / self.more


def way_text(way: Way, lang: str = "vi") -> str:
    """Return one piece of advice as a sentence, with what qualifies it."""
    parts = [_begun(way, _what(way, lang), lang)]
    if way.more - way.index_more > index_noise(way.sheet):
        key = "advice_swallowed" if way.index_more > _NOTHING else "advice_all_swallowed"
        parts.append(label(key, lang, index=points_text(way, way.index_more, lang)))
    if way.kind in ("survey", "decision"):
        parts.append(label(f"advice_{way.kind}_note", lang))
    return " ".join(parts)


def index_noise(sheet: ScoreSheet) -> float:
    """Return how much less the index may gain than its item by rounding alone: that is no cap.

    The index is rounded before and after, each time by up to half of its last decimal.
    """
    return float(10.0**-sheet.criteria.meta.decimals + _NOTHING)


def points_text(way: Way, points: float, lang: str) -> str:
    """Return points as people read them; a gain too small to be shown keeps more decimals."""
    decimals = way.sheet.criteria.meta.decimals
    shown = round_points(points, decimals)
    return format_number(float(shown if shown else round_points(points, 6)), lang=lang)


def _begun(way: Way, text: str, lang: str) -> str:
    """Put in front when it can be done, where that is not now."""
    if way.term == "past":
        return label("advice_past", lang, what=_lower(text), **_spans(way, lang))
    if way.term == "next-year":
        return label("advice_only_next", lang, what=_lower(text), **_spans(way, lang))
    if way.term == "dated" and way.kind != DATE and way.due_on:
        return label("advice_by", lang, day=format_date(way.due_on, lang), what=_lower(text))
    return text


def _spans(way: Way, lang: str) -> dict[str, str]:
    return span_words(way.sheet.keys[way.place].period, lang)


def _lower(text: str) -> str:
    """Let a sentence go on in small letters, but for acronyms."""
    is_word = len(text) > 1 and text[0].isupper() and not text[1].isupper()
    return text[0].lower() + text[1:] if is_word else text


def _what(way: Way, lang: str) -> str:
    spec = way.sheet.criteria.rules[way.code].spec
    more = points_text(way, way.more, lang)
    if way.kind == PROOF:
        kinds = _documents(way)
        what = " / ".join(kinds) if kinds else label("advice_any_proof", lang)
        key = (
            f"advice_proof_{state}"
            if (state := _proof_state(way)) in _TOLD_APART
            else "advice_proof"
        )
        return label(key, lang, what=_lower(what), more=more)
    if way.kind == MISSING:
        rule = way.sheet.criteria.rules[way.code]
        named = {entry.name: entry.label(lang) for entry in rule.reported}
        names = "; ".join(named[name] for name in way.missing)
        is_penalty = way.sheet.criteria.by_code[way.code].kind == "penalty"
        key = "advice_missing_penalty" if is_penalty else "advice_missing"
        return label(key, lang, names=names, most=more)
    if way.kind == DATE:
        return _by_days(way, spec, lang)
    if len(way.changes) > 1:
        return _several(way, spec, lang)
    [change] = way.changes
    return _answered(change, spec, more, lang) if way.kind == ANSWER else _figure(way, spec, lang)


def _proof_state(way: Way) -> str:
    proof = way.sheet.proof
    return "" if proof is None else str(proof[way.sheet.row(way.code), way.place])


def _documents(way: Way) -> list[str]:
    """Return the kinds of document that the set wants for an item."""
    return list(way.sheet.criteria.once(_documents_by_item).get(way.code, ()))


def _documents_by_item(criteria: CriteriaSet) -> dict[str, dict[str, None]]:
    table = criteria.tables.get("evidence")
    wanted: dict[str, dict[str, None]] = {}
    if table is not None and "kind" in table:
        for code, kind in zip(table["item_code"].tolist(), table["kind"].tolist(), strict=True):
            if kind:
                wanted.setdefault(code, {})[kind] = None
    return wanted


def _by_days(way: Way, spec: RuleSpec, lang: str) -> str:
    """Say what each day that is left still earns, the best first."""
    [change] = way.changes
    figure = spec.named(change.input).label(lang)
    day = date_from_serial(change.value)
    if way.term == "past":
        # A day that an input gives is another one next year.
        due = read_due_date(spec.due_on)
        if due is None:
            return label(
                "advice_in_time", lang, figure=figure, more=points_text(way, way.more, lang)
            )
        # As many days from the due day of next year: a leap year may lie between the two.
        year = way.sheet.keys[way.place].year
        day = due.on(year + 1) + (day - due.on(year))
    node = way.sheet.criteria.by_code[way.code]
    full = 0.0 if node.kind == "penalty" else node.max_points
    key = "advice_day_full" if abs(way.points - full) < _NOTHING else "advice_day"
    if node.kind == "penalty":
        # What a day of a penalty leaves is taken off; none of it is earned.
        key += "_penalty"
    earned = points_text(way, way.points, lang)
    parts = [label(key, lang, figure=figure, day=format_date(day, lang), points=earned)]
    for later, points in way.later if way.term != "past" else ():
        left = points_text(way, points, lang)
        key = "advice_day_later_penalty" if node.kind == "penalty" else "advice_day_later"
        parts.append(label(key, lang, day=format_date(later, lang), points=left))
    return "; ".join(parts) + "."


def _several(way: Way, spec: RuleSpec, lang: str) -> str:
    more = points_text(way, way.more, lang)
    if way.kind == "survey":
        best = max(way.changes, key=lambda change: change.value - change.before)
        name = _lower(spec.named(best.input).label(lang))
        count = format_number(way.change, lang=lang)
        return label("advice_responses", lang, count=count, figure=name, more=more)
    parts = [_changed(change, spec, lang) for change in way.changes]
    return label("advice_several", lang, changes="; ".join(parts), more=more)


def _changed(change: Change, spec: RuleSpec, lang: str) -> str:
    entry = spec.named(change.input)
    if entry.kind == "yes_no" and change.value == 1:
        return entry.label(lang)
    value = input_text(spec, entry, change.value, lang)
    return label("advice_part", lang, figure=entry.label(lang), value=value)


def _answered(change: Change, spec: RuleSpec, more: str, lang: str) -> str:
    entry = spec.named(change.input)
    answer = input_text(spec, entry, change.value, lang)
    is_yes = entry.kind == "yes_no" and change.value == 1
    key = "advice_done" if is_yes else "advice_answer"
    return label(key, lang, figure=entry.label(lang), answer=answer, more=more)


def _figure(way: Way, spec: RuleSpec, lang: str) -> str:
    """Say how many more, or fewer, from what to what, and what share that is."""
    [change] = way.changes
    entry = spec.named(change.input)
    value, now = (input_text(spec, entry, x, lang) for x in (change.value, change.before))
    if entry.unit and entry.unit != "%" and not math.isnan(change.before):
        # The unit once: after the first figure, in English, whose sentence it parts, at the end.
        now = figure_text(change.before, lang)
        value = value if lang == "en" else figure_text(change.value, lang)
    said = {"figure": entry.label(lang), "value": value, "now": now,
            "more": points_text(way, way.more, lang), "reached": _reached(way, spec, lang)}  # fmt: skip
    if math.isnan(change.before):
        return label("advice_enter", lang, **said)
    if way.kind == COUNT and way.term == "next-year" and change.value < change.before:
        return label("advice_at_most", lang, **said, **_spans(way, lang))
    by = abs(round(change.value - change.before, 6))
    unit = f" {entry.unit}" if entry.unit and entry.unit != "%" and lang != "en" else ""
    percent = (
        label("advice_percent_points", lang) if "%" in (entry.unit, _SIGNS.get(entry.kind)) else ""
    )
    said["by"] = figure_text(by, lang) + (unit or percent)
    return label("advice_more" if change.value > change.before else "advice_less", lang, **said)


def _reached(way: Way, spec: RuleSpec, lang: str) -> str:
    """Return the percent that the new figure is of its base, or the best of the block."""
    [change] = way.changes
    figures = way.sheet.figures.values
    whole = spec.with_role("denominator")
    if whole and spec.named(change.input).role == "numerator":
        base = float(figures[way.code, whole[0].name][way.place])
        if base > 0:
            share = 100 * change.value / base
            # Just short of all is not all.
            shown = math.floor(100 * share) / 100 if 99.99 < share < 100 else round_points(share, 2)
            percent = format_number(float(shown), lang=lang)
            said = label("advice_reached", lang, percent=percent)
            return said + (label("advice_rounded", lang) if _is_rounded(way, spec, share) else "")
    if (way.code, best_name(change.input)) in figures:
        rule = way.sheet.criteria.rules[way.code]
        best = best_of_peers(rule, way.sheet.figures, change.input)[way.place]
        if np.isfinite(best):
            return label("advice_best", lang, best=figure_text(float(best), lang))
    return ""


def _is_rounded(way: Way, spec: RuleSpec, percent: float) -> bool:
    """Say whether rounding alone gives full points, a case or two before the whole."""
    full_at = 100.0 if math.isnan(spec.full_at_percent) else spec.full_at_percent
    is_full = abs(way.points - spec.max_points) < _NOTHING
    return spec.kind == "ratio" and is_full and percent < full_at - _NOTHING
