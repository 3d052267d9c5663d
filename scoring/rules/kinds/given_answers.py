"""Kinds that take an answer: a choice, a checklist, points given directly."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.base.labels import label
from scoring.rules import expression as ex
from scoring.rules.kinds.rule_kind import (
    RuleKind,
    WorkedExample,
    amount,
    none_negative,
    number,
    only,
)
from scoring.rules.spec import InputSpec, Option, RuleSpec


def _choice_points(spec: RuleSpec) -> ex.Numeric:
    answer = spec.with_role("answer")[0]
    if answer.kind == "yes_no":
        met = ex.Compare("=", ex.Name(answer.name), ex.Number(1.0))
        return ex.If(met, ex.Number(spec.max_points), ex.Number(0.0))
    return ex.Choose(answer.name, tuple(option.points for option in spec.options_of(answer.name)))


def _choice_sentence(spec: RuleSpec, lang: str) -> str:
    answer = spec.with_role("answer")[0]
    if answer.kind == "yes_no":
        points = amount(spec.max_points, lang)
        return label("yes_no_sentence", lang, answer=answer.label(lang), points=points)
    options = "; ".join(
        label("option_points", lang, option=option.label(lang), points=amount(option.points, lang))
        for option in spec.options_of(answer.name)
    )
    return label("choice_sentence", lang, answer=answer.label(lang), options=options)


CHOICE = RuleKind(
    "choice",
    roles=(("answer",),),
    points=_choice_points,
    sentence=_choice_sentence,
    may_use=frozenset({"options"}),
    example=WorkedExample(
        RuleSpec(
            "1.1.1",
            "choice",
            1.0,
            inputs=(InputSpec("plan", "choice", "answer", "ban hành kế hoạch", "plan issued"),),
            options=(
                Option("on_time", "kịp thời", "on time", 1.0, "plan"),
                Option("late", "không kịp thời", "late", 0.5, "plan"),
                Option("none", "không ban hành", "not issued", 0.0, "plan"),
            ),
        ),
        {"plan": 1.0},
        0.5,
    ),
)


def _conditions(spec: RuleSpec) -> tuple[ex.Name, ...]:
    return tuple(ex.Name(entry.name) for entry in spec.with_role("condition"))


def _all_of_points(spec: RuleSpec) -> ex.Numeric:
    met = ex.All(
        tuple(ex.Compare("=", condition, ex.Number(1.0)) for condition in _conditions(spec))
    )
    return ex.If(met, ex.Number(spec.max_points), ex.Number(0.0))


def _share_of_points(spec: RuleSpec) -> ex.Numeric:
    conditions = _conditions(spec)
    earned = ex.Binary("*", ex.Number(spec.max_points), added(conditions))
    return ex.Divide(earned, ex.Number(float(len(conditions))))


def added(terms: Sequence[ex.Numeric]) -> ex.Numeric:
    """Return the sum of `terms`, at least one."""
    result = terms[0]
    for term in terms[1:]:
        result = ex.Binary("+", result, term)
    return result


def _listed(spec: RuleSpec, lang: str) -> str:
    return "; ".join(entry.label(lang) for entry in spec.with_role("condition"))


def _all_of_sentence(spec: RuleSpec, lang: str) -> str:
    points = amount(spec.max_points, lang)
    return label("all_of_sentence", lang, points=points, conditions=_listed(spec, lang))


def _share_of_sentence(spec: RuleSpec, lang: str) -> str:
    count = len(spec.with_role("condition"))
    points = number(spec.max_points, lang)
    return label(
        "share_of_sentence", lang, points=points, count=count, conditions=_listed(spec, lang)
    )


_REPORTS = (
    InputSpec("enough", "yes_no", "condition", "đủ số lượng báo cáo", "all reports sent"),
    InputSpec("punctual", "yes_no", "condition", "đúng thời gian quy định", "all on time"),
)

ALL_OF = RuleKind(
    "all_of",
    roles=(("condition",),),
    points=_all_of_points,
    sentence=_all_of_sentence,
    example=WorkedExample(
        RuleSpec("1.2.1", "all_of", 1.0, inputs=_REPORTS), {"enough": 1.0, "punctual": 0.0}, 0.0
    ),
)

SHARE_OF = RuleKind(
    "share_of",
    roles=(("condition",),),
    points=_share_of_points,
    sentence=_share_of_sentence,
    example=WorkedExample(
        RuleSpec("1.2.1", "share_of", 1.0, inputs=_REPORTS), {"enough": 1.0, "punctual": 0.0}, 0.5
    ),
)


def _direct_points(spec: RuleSpec) -> ex.Numeric:
    return only(spec, "points")


def _direct_sentence(spec: RuleSpec, lang: str) -> str:
    return label("direct_sentence", lang, points=amount(spec.max_points, lang))


def _direct_is_bounded(spec: RuleSpec) -> bool:
    return none_negative(spec) and spec.inputs[0].maximum <= spec.max_points


DIRECT = RuleKind(
    "direct",
    roles=(("points",),),
    points=_direct_points,
    sentence=_direct_sentence,
    bounded=_direct_is_bounded,
    example=WorkedExample(
        RuleSpec(
            "2.1",
            "direct",
            3.0,
            inputs=(
                InputSpec("given", "number", "points", "điểm chấm", "points given", "", 0.0, 3.0),
            ),
        ),
        {"given": 2.5},
        2.5,
    ),
)
