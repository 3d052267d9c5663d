"""Kinds that take an answer: a choice, a checklist, points given directly, a survey."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial, reduce

from scoring.base.labels import label
from scoring.rules import expression as ex
from scoring.rules.kinds.rule_kind import (
    amount,
    full_where,
    none_negative,
    number,
    only,
    rule_kind,
    said_yes,
    sentence,
    times,
)
from scoring.rules.spec import RuleSpec


def _choice_points(spec: RuleSpec) -> ex.Numeric:
    answer = spec.with_role("answer")[0]
    if answer.kind == "yes_no":
        return full_where(said_yes(answer), spec)
    return ex.Choose(answer.name, tuple(option.points for option in spec.options_of(answer.name)))


def _choice_sentence(spec: RuleSpec, lang: str) -> str:
    answer = spec.with_role("answer")[0]
    if answer.kind == "yes_no":
        key = "penalty_yes_no_sentence" if spec.is_penalty else "yes_no_sentence"
        return sentence(spec, lang, key, answer=answer.label(lang))
    options = "; ".join(
        label("option_points", lang, option=option.label(lang), points=amount(option.points, lang))
        for option in spec.options_of(answer.name)
    )
    return sentence(spec, lang, answer=answer.label(lang), options=options)


CHOICE = rule_kind("choice", _choice_points, _choice_sentence)


def _all_of_points(spec: RuleSpec) -> ex.Numeric:
    return full_where(ex.All(tuple(map(said_yes, spec.inputs))), spec)


def _share_of_points(spec: RuleSpec) -> ex.Numeric:
    met = _added(ex.Name(entry.name) for entry in spec.inputs)
    return ex.Divide(times(spec.max_points, met), ex.Number(float(len(spec.inputs))))


def _added(terms: Iterable[ex.Numeric]) -> ex.Numeric:
    """Return the sum of `terms`, at least one."""
    return reduce(partial(ex.Binary, "+"), terms)


ALL_OF = rule_kind("all_of", _all_of_points)
SHARE_OF = rule_kind("share_of", _share_of_points)


def _direct_points(spec: RuleSpec) -> ex.Numeric:
    return only(spec, "points")


def _direct_is_bounded(spec: RuleSpec) -> bool:
    return none_negative(spec) and spec.with_role("points")[0].maximum <= spec.max_points


DIRECT = rule_kind("direct", _direct_points, bounded=_direct_is_bounded)


def _weight(spec: RuleSpec, name: str) -> float:
    return spec.options_of(name)[0].weight_percent


def _weighted_points(spec: RuleSpec) -> ex.Numeric:
    names = [entry.name for entry in spec.inputs]
    weighted = _added(times(_weight(spec, name), ex.Name(name)) for name in names)
    earned = times(spec.max_points, weighted)
    return ex.Divide(ex.Divide(earned, ex.Number(100.0)), _added(map(ex.Name, names)))


def _weighted_sentence(spec: RuleSpec, lang: str) -> str:
    weights = "; ".join(
        f"{entry.label(lang)}: {number(_weight(spec, entry.name), lang)}%" for entry in spec.inputs
    )
    return sentence(spec, lang, weights=weights)


SURVEY_OPTIONS = rule_kind("survey_options", _weighted_points, _weighted_sentence, none_negative)


def _index_points(spec: RuleSpec) -> ex.Numeric:
    return ex.Divide(times(spec.max_points, only(spec, "percent")), ex.Number(100.0))


def _index_is_bounded(spec: RuleSpec) -> bool:
    return none_negative(spec) and spec.inputs[0].maximum <= 100


SURVEY_INDEX = rule_kind("survey_index", _index_points, bounded=_index_is_bounded)
