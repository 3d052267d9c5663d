"""Kinds fed by surveys: weighted answers of a question, and an index carried over."""

from __future__ import annotations

from scoring.base.labels import label
from scoring.rules import expression as ex
from scoring.rules.kinds.given_answers import added
from scoring.rules.kinds.rule_kind import (
    RuleKind,
    WorkedExample,
    inline,
    joined,
    none_negative,
    number,
    only,
    zero_sentence,
)
from scoring.rules.spec import InputSpec, Option, RuleSpec


def _weight(spec: RuleSpec, name: str) -> float:
    return spec.options_of(name)[0].weight_percent


def _weighted_points(spec: RuleSpec) -> ex.Numeric:
    answers = spec.with_role("responses")
    weighted = added(
        [
            ex.Binary("*", ex.Number(_weight(spec, entry.name)), ex.Name(entry.name))
            for entry in answers
        ]
    )
    everyone = added([ex.Name(entry.name) for entry in answers])
    earned = ex.Binary("*", ex.Number(spec.max_points), weighted)
    return ex.Divide(ex.Divide(earned, ex.Number(100.0)), everyone)


def _weighted_sentence(spec: RuleSpec, lang: str) -> str:
    weights = "; ".join(
        f"{entry.label(lang)}: {number(_weight(spec, entry.name), lang)}%"
        for entry in spec.with_role("responses")
    )
    points = number(spec.max_points, lang)
    main = label("survey_options_sentence", lang, points=points, weights=weights)
    return joined(main, zero_sentence(spec, lang))


SURVEY_OPTIONS = RuleKind(
    "survey_options",
    roles=(("responses",),),
    points=_weighted_points,
    sentence=_weighted_sentence,
    needs=frozenset({"options"}),
    bounded=none_negative,
    may_use=frozenset({"zero_denominator"}),
    cause="survey-below-maximum",
    example=WorkedExample(
        RuleSpec(
            "8.1",
            "survey_options",
            2.0,
            inputs=(
                InputSpec("good", "count", "responses", "tốt", "good"),
                InputSpec("fair", "count", "responses", "khá", "fair"),
                InputSpec("poor", "count", "responses", "yếu", "poor"),
            ),
            options=(
                Option("good", "tốt", "good", input="good", weight_percent=100.0),
                Option("fair", "khá", "fair", input="fair", weight_percent=60.0),
                Option("poor", "yếu", "poor", input="poor", weight_percent=0.0),
            ),
            zero_denominator="not_assessed",
        ),
        {"good": 50.0, "fair": 30.0, "poor": 20.0},
        1.36,
    ),
)


def _index_points(spec: RuleSpec) -> ex.Numeric:
    earned = ex.Binary("*", ex.Number(spec.max_points), only(spec, "percent"))
    return ex.Divide(earned, ex.Number(100.0))


def _index_sentence(spec: RuleSpec, lang: str) -> str:
    return label(
        "survey_index_sentence",
        lang,
        points=number(spec.max_points, lang),
        percent=inline(spec.with_role("percent")[0], lang),
    )


def _index_is_bounded(spec: RuleSpec) -> bool:
    return none_negative(spec) and spec.inputs[0].maximum <= 100


SURVEY_INDEX = RuleKind(
    "survey_index",
    roles=(("percent",),),
    points=_index_points,
    sentence=_index_sentence,
    bounded=_index_is_bounded,
    cause="survey-below-maximum",
    example=WorkedExample(
        RuleSpec(
            "8.1",
            "survey_index",
            10.0,
            inputs=(
                InputSpec(
                    "sipas",
                    "percent",
                    "percent",
                    "chỉ số SIPAS",
                    "SIPAS index",
                    minimum=0.0,
                    maximum=100.0,
                ),
            ),
        ),
        {"sipas": 83.66},
        8.366,
    ),
)
