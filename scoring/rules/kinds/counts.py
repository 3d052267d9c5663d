"""Kinds that count: points for each case up to the maximum, or taken off for each case."""

from __future__ import annotations

from scoring.base.labels import label
from scoring.rules import expression as ex
from scoring.rules.kinds.base import RuleKind, WorkedExample, none_negative, number, only
from scoring.rules.spec import InputSpec, RuleSpec


def _count_points(spec: RuleSpec) -> ex.Expression:
    earned = ex.Binary("*", ex.Number(spec.points_each), only(spec, "count"))
    return ex.Smallest((ex.Number(spec.max_points), earned))


def _count_sentence(spec: RuleSpec, lang: str) -> str:
    return label(
        "count_sentence",
        lang,
        each=number(spec.points_each, lang),
        count=spec.with_role("count")[0].label(lang),
        points=number(spec.max_points, lang),
    )


COUNT = RuleKind(
    "count",
    roles=(("count",),),
    points=_count_points,
    sentence=_count_sentence,
    needs=frozenset({"points_each"}),
    bounded=none_negative,
    example=WorkedExample(
        RuleSpec(
            "1.5",
            "count",
            1.0,
            inputs=(InputSpec("initiatives", "count", "count", "sáng kiến", "initiatives"),),
            points_each=0.5,
        ),
        {"initiatives": 3.0},
        1.0,
    ),
)


def _deduction_points(spec: RuleSpec) -> ex.Expression:
    taken = ex.Binary("*", ex.Number(spec.points_each), only(spec, "cases"))
    left = ex.Binary("-", ex.Number(spec.max_points), taken)
    return ex.Largest((ex.Number(spec.floor_points), left))


def _deduction_sentence(spec: RuleSpec, lang: str) -> str:
    return label(
        "deduction_sentence",
        lang,
        points=number(spec.max_points, lang),
        each=number(spec.points_each, lang),
        cases=spec.with_role("cases")[0].label(lang),
        floor=number(spec.floor_points, lang),
    )


DEDUCTION = RuleKind(
    "deduction",
    roles=(("cases",),),
    points=_deduction_points,
    sentence=_deduction_sentence,
    needs=frozenset({"points_each", "floor_points"}),
    bounded=none_negative,
    cause="deduction",
    example=WorkedExample(
        RuleSpec(
            "5.4",
            "deduction",
            1.0,
            inputs=(InputSpec("violations", "count", "cases", "vụ vi phạm", "violations"),),
            points_each=0.25,
            floor_points=0.0,
        ),
        {"violations": 3.0},
        0.25,
    ),
)
