"""Kinds that count: points for each case up to the maximum, or taken off for each case."""

from __future__ import annotations

from scoring.rules import expression as ex
from scoring.rules.kinds.rule_kind import none_negative, only, rule_kind, sentence, times
from scoring.rules.spec import RuleSpec


def _count_points(spec: RuleSpec) -> ex.Numeric:
    earned = times(spec.points_each, only(spec, "count"))
    return ex.Smallest((ex.Number(spec.max_points), earned))


def _count_sentence(spec: RuleSpec, lang: str) -> str:
    return sentence(spec, lang, "penalty_count_sentence" if spec.is_penalty else "")


COUNT = rule_kind("count", _count_points, _count_sentence, none_negative)


def _deduction_points(spec: RuleSpec) -> ex.Numeric:
    taken = times(spec.points_each, only(spec, "cases"))
    left = ex.Binary("-", ex.Number(spec.max_points), taken)
    return ex.Largest((ex.Number(spec.floor_points), left))


DEDUCTION = rule_kind("deduction", _deduction_points, bounded=none_negative)
