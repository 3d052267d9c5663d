"""What a reader may move in the page of a unit: the figures of its items, and the steps of advice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from scoring.advice import Way
from scoring.advice.moves import PROOF
from scoring.base.dates import date_from_serial
from scoring.base.labels import label
from scoring.base.values import ADVICE_TERMS, NOT_APPLICABLE
from scoring.base.vocabulary import NEVER, words_for
from scoring.criteria import CriteriaSet
from scoring.outputs.amounts import change_amount
from scoring.points.sheet import COMPUTED
from scoring.rules import InputSpec, RuleSpec
from scoring.rules.evaluate import best_name

if TYPE_CHECKING:
    from scoring.outputs.content.item_rows import UnitView

_NOT_APPLICABLE = "not_applicable"
# What can still be done this year.
_AHEAD = ADVICE_TERMS[:2]


@dataclass(frozen=True, slots=True)
class FigureField:
    """A field of the page.

    Attributes
    ----------
    now : str
        The figure as scoring knows it; empty where none is reported, ``Infinity`` for never.
    shown : str
        What stands in the field.
    options : tuple of (now, code, label)
        What a choice offers.
    """

    name: str
    kind: str
    label: str
    unit: str
    now: str
    shown: str
    options: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StepButton:
    """A step of the advice: `fill` is JSON, for each figure its name, its number and its text."""

    text: str
    fill: str


@dataclass(frozen=True, slots=True)
class ItemFields:
    """The fields of an item; `best` is JSON, by input the most that others of the block report."""

    fields: tuple[FigureField, ...]
    steps: tuple[StepButton, ...] = ()
    best: str = ""


@dataclass(frozen=True, slots=True)
class WhatIfFields:
    """What the page of a unit scores by itself.

    Attributes
    ----------
    items : dict
        By the code of the item.
    grades : str
        JSON, the names of the grades by code; ``{}`` where the set has none.
    has_conditions : bool
        Whether more than points decides about the grade.
    never : str
        JSON, the words that say in place of a day that something was never done.
    """

    criteria: CriteriaSet = field(repr=False)
    items: dict[str, ItemFields]
    grades: str
    has_conditions: bool
    never: str


def what_if_fields(view: UnitView) -> WhatIfFields | None:
    """Return what can be moved; None where the points are not those that the rules give."""
    criteria = view.sheet.criteria
    if view.sheet.track != COMPUTED:
        return None
    grades = {grade.code: grade.label(view.lang) for grade in criteria.meta.grades}
    return WhatIfFields(
        criteria,
        {node.code: _item(view, node.code) for node in criteria.leaves},
        json.dumps(grades, ensure_ascii=False),
        bool(criteria.meta.grade_rules),
        json.dumps(words_for(NEVER), ensure_ascii=False),
    )


def _item(view: UnitView, code: str) -> ItemFields:
    rule, values = view.sheet.criteria.rules[code], view.sheet.figures.values
    spec = rule.spec
    fields = [
        _field(spec, entry, float(values[code, entry.name][view.place]), view.lang)
        for entry in spec.inputs
    ]
    if spec.not_applicable != "not_allowed":
        mark = view.sheet.figures.not_applicable.get(code)
        is_marked = mark is not None and bool(mark[view.place])
        said = label("whatif_not_applicable", view.lang)
        now = str(int(is_marked))
        fields.append(FigureField(_NOT_APPLICABLE, "yes_no", said, "", now, now))
    best = {name: _best_of_others(view, code, name) for name in rule.peer_inputs}
    known = {name: value for name, value in best.items() if not np.isnan(value)}
    return ItemFields(tuple(fields), tuple(_steps(view, spec)), json.dumps(known) if known else "")


def _field(spec: RuleSpec, entry: InputSpec, value: float, lang: str) -> FigureField:
    now = _number(value)
    shown, options = now, tuple[tuple[str, str, str], ...]()
    if entry.kind == "choice":
        chosen = enumerate(spec.options_of(entry.name))
        options = tuple((str(at), one.code, one.label(lang)) for at, one in chosen)
    elif entry.kind != "yes_no":
        shown = _typed(entry.kind, value, lang)
    return FigureField(entry.name, entry.kind, entry.label(lang), entry.unit, now, shown, options)


def _number(value: float) -> str:
    if np.isnan(value):
        return ""
    if np.isinf(value):
        return "Infinity"
    return str(int(value)) if value == int(value) else repr(value)


def _typed(kind: str, value: float, lang: str) -> str:
    """Return what one would type; no mark between thousands, which could be read in two ways."""
    if np.isnan(value):
        return ""
    if np.isinf(value):
        return label(NEVER, lang)
    if kind == "date":
        return f"{date_from_serial(value):%d/%m/%Y}"
    text = f"{value:.10f}".rstrip("0").rstrip(".")
    return text if lang == "en" else text.replace(".", ",")


def _best_of_others(view: UnitView, code: str, name: str) -> float:
    """Return the best of the block without the unit; what was typed where no other reports any."""
    figures = view.sheet.figures
    others = figures.block_of == figures.block_of[view.place]
    others[view.place] = False
    reported = figures.values[code, name][others]
    known = reported[~np.isnan(reported)]
    typed = figures.values[code, best_name(name)][view.place]
    return float(known.max() if len(known) else typed)


def _steps(view: UnitView, spec: RuleSpec) -> Iterator[StepButton]:
    """Yield the next and the last step of an item, as far as they can be done this year."""
    if view.sheet.status[view.sheet.row(spec.code), view.place] == NOT_APPLICABLE:
        return
    for way in view.given_advice.ways(spec.code, view.place):
        if way.kind != PROOF and way.changes and way.term in _AHEAD:
            yield StepButton(_step_text(way, view), json.dumps(_fill(way, spec, view.lang)))


def _step_text(way: Way, view: UnitView) -> str:
    more = change_amount(way.more, view.lang, view.decimals).text
    return label(f"whatif_step_{way.step}", view.lang, more=more)


def _fill(way: Way, spec: RuleSpec, lang: str) -> list[list[str]]:
    made = []
    for change in way.changes:
        kind, now = spec.named(change.input).kind, _number(change.value)
        is_chosen = kind in ("yes_no", "choice")
        made.append([change.input, now, now if is_chosen else _typed(kind, change.value, lang)])
    return made
