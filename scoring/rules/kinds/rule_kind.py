"""What every rule kind declares, and the pieces they share."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.rules import expression as ex
from scoring.rules.spec import NUMBER_KINDS, Band, InputSpec, Option, RuleSpec

_AMOUNTS = ("count", "number", "percent")
ROLE_KINDS: dict[str, tuple[str, ...]] = {
    "numerator": _AMOUNTS,
    "denominator": _AMOUNTS,
    "percent": ("percent",),
    "value": NUMBER_KINDS,
    "previous": _AMOUNTS,
    "answer": ("yes_no", "choice"),
    "condition": ("yes_no",),
    "count": ("count", "number"),
    "cases": ("count",),
    "done_on": ("date",),
    "due_on": ("date",),
    "responses": ("count",),
    "points": ("number",),
    "grade": (*NUMBER_KINDS, "yes_no"),
}
# Read by the conditions of grades; the points of the item do not depend on it.
GRADE_ROLE = "grade"
REPEATABLE_ROLES = ("condition", "responses", "grade")
_ROWS: dict[str, type] = {"inputs": InputSpec, "bands": Band, "options": Option}


@dataclass(frozen=True, slots=True)
class WorkedExample:
    """An item of a kind with figures and the points they earn, shown in the method's page."""

    spec: RuleSpec
    values: dict[str, float]
    points: float


@dataclass(frozen=True, slots=True)
class RuleKind:
    """One way of turning figures into points; made by `rule_kind`.

    Attributes
    ----------
    name : str
        Key in ``items.csv``, column ``rule``.
    points : callable
        Item to expression: the one definition behind the three faces.
    sentence : callable
        Item and language to the sentence people read.
    bounded : callable
        Item to True where figures that pass the item's checks can never earn less than nothing or
        more than the maximum; elsewhere the points are held against both after they are computed.
    roles : tuple of tuples of str
        The alternative sets of input roles it works with; the first that fits is taken.
    needs, may_use : frozenset of str
        Columns of the item, or sheets (``bands``, ``options``), it requires or accepts.
    cause : str
        Why points are lost under this kind (see `scoring.base.values.CAUSES`).
    example : WorkedExample

    Examples
    --------
    >>> from scoring.rules import RULE_KINDS
    >>> ratio = RULE_KINDS["ratio"]
    >>> ratio.roles, ratio.cause
    ((('numerator', 'denominator'), ('percent',)), 'below-target')
    >>> print(ratio.sentence(ratio.example.spec, "en"))
    Points = 6 × (satisfied / received). 90% or more earns the maximum; below that, points are
    in proportion to 90%. Denominator zero: 0 points.
    """

    name: str
    points: Callable[[RuleSpec], ex.Numeric]
    sentence: Callable[[RuleSpec, str], str]
    bounded: Callable[[RuleSpec], bool]
    roles: tuple[tuple[str, ...], ...]
    needs: frozenset[str]
    may_use: frozenset[str]
    cause: str
    example: WorkedExample

    def title(self, lang: str = "vi") -> str:
        """Return the short name people read."""
        return label(f"rule_{self.name}", lang)

    @property
    def parameters(self) -> frozenset[str]:
        """What an item of the kind can declare besides its inputs."""
        return self.needs | self.may_use

    def fitting_roles(self, spec: RuleSpec) -> tuple[str, ...] | None:
        """Return the first alternative of `roles` that the item's inputs fill exactly."""
        present = {entry.role for entry in spec.inputs}
        for roles in self.roles:
            # A checklist or a survey counts all its inputs, so none of them can be for grades.
            spare = {GRADE_ROLE} if set(roles).isdisjoint(REPEATABLE_ROLES) else set()
            if set(roles) == present - spare:
                return roles
        return None


def always(spec: RuleSpec) -> bool:
    """Say of any item that its points stay between nothing and the maximum by themselves."""
    return True


def sentence(spec: RuleSpec, lang: str, key: str = "", *after: str, **more: str) -> str:
    """Say the label ``KIND_sentence``, or `key`, then `after` and what a zero denominator means.

    The label may name the parameters, the bands, each input by its role, and what is in `more`.
    """
    words = {entry.role: inline(entry, lang) for entry in spec.inputs} | {
        "points": amount(spec.max_points, lang),
        "maximum": number(spec.max_points, lang),
        "each": amount(spec.points_each, lang),
        "floor": amount(spec.floor_points, lang),
        "never": amount(spec.never_points, lang),
        "bands": bands_sentence(spec, lang),
        "conditions": "; ".join(entry.label(lang) for entry in spec.inputs),
        "size": str(len(spec.inputs)),
    }
    main = label(key or f"{spec.kind}_sentence", lang, **words | more)
    taken = "" if key.startswith("penalty_") else taken_off(spec, lang)
    return joined(main, *after, taken, zero_sentence(spec, lang))


def taken_off(spec: RuleSpec, lang: str) -> str:
    """Say of the points of a penalty that they are taken off; nobody earns them."""
    return label("penalty_sentence", lang) if spec.is_penalty else ""


def rule_kind(
    name: str,
    points: Callable[[RuleSpec], ex.Numeric],
    sentence: Callable[[RuleSpec, str], str] = sentence,
    bounded: Callable[[RuleSpec], bool] = always,
) -> RuleKind:
    """Return a kind with what ``kinds.toml`` says of it; see `RuleKind` for the arguments."""
    told = declared_kinds()[name]
    example = told["example"]
    rows = {
        table: tuple(row(**cells) for cells in example["spec"].get(table, ()))
        for table, row in _ROWS.items()
    }
    spec = RuleSpec(**example["spec"] | rows, kind=name)
    return RuleKind(
        name,
        points,
        sentence,
        bounded,
        roles=tuple(tuple(roles) for roles in told["roles"]),
        needs=frozenset(told.get("needs", ())),
        may_use=frozenset(told.get("may_use", ())),
        cause=told.get("cause", "below-target"),
        example=WorkedExample(spec, example["values"], example["points"]),
    )


@cache
def declared_kinds() -> dict[str, dict[str, Any]]:
    """Return what ``kinds.toml`` says of each kind, in its order."""
    text = resources.files("scoring.rules.kinds").joinpath("kinds.toml").read_text("utf-8")
    return tomllib.loads(text)


def number(value: float, lang: str) -> str:
    """Write a figure of the set for people."""
    return format_number(value, lang=lang)


def amount(points: float, lang: str) -> str:
    """Write points with their unit: "1 point", "2 points", "0,5 điểm"."""
    return label("points_amount", lang, points=number(points, lang))


def inline(entry: InputSpec, lang: str) -> str:
    """Return an input's wording as it reads inside a sentence, an acronym kept as it is."""
    text = entry.label(lang)
    is_word = len(text) > 1 and text[0].isupper() and not text[1].isupper()
    return text[0].lower() + text[1:] if is_word else text


def only(spec: RuleSpec, role: str) -> ex.Name:
    """Return the input that plays `role`."""
    return ex.Name(spec.with_role(role)[0].name)


def times(factor: float, measure: ex.Numeric) -> ex.Numeric:
    """Return `measure` multiplied by a constant of the set."""
    return ex.Binary("*", ex.Number(factor), measure)


def rounded_to(step: float, points: ex.Numeric) -> ex.Numeric:
    """Return `points` rounded half up to a multiple of `step`, such as 0.25 or 0.01."""
    decimals = round(-math.log10(step))
    if decimals >= 0 and math.isclose(step, 10.0**-decimals):
        return ex.Round(_on_its_tie(points), decimals)
    return times(step, ex.Round(_on_its_tie(ex.Divide(points, ex.Number(step))), 0))


def _on_its_tie(points: ex.Numeric) -> ex.Numeric:
    # A spreadsheet rounds the 16.499999999999996 that 6 * 55 / 100 / 0.8 / 0.25 leaves downwards.
    return ex.Round(points, 9)


def full_where(condition: ex.Condition, spec: RuleSpec) -> ex.Numeric:
    """Return the maximum where `condition` holds, nothing elsewhere."""
    return ex.If(condition, ex.Number(spec.max_points), ex.Number(0.0))


def said_yes(entry: InputSpec) -> ex.Condition:
    """Return the condition that a yes/no input is answered with yes."""
    return ex.Compare("=", ex.Name(entry.name), ex.Number(1.0))


def has_role(spec: RuleSpec, role: str) -> bool:
    """Say whether an input of the item plays `role`."""
    return bool(spec.with_role(role))


def has_rank(spec: RuleSpec) -> bool:
    """Say whether the item measures a rank, of which the smallest is the best."""
    return any(entry.kind == "rank" for entry in spec.inputs)


def measured_percent(spec: RuleSpec) -> ex.Numeric:
    """Return what the item measures: a percent, a value, or numerator over denominator in percent.

    The hundred multiplies before the division, so that whole counts give the exact percent.
    """
    if has_role(spec, "percent"):
        return only(spec, "percent")
    if has_role(spec, "value"):
        return only(spec, "value")
    return ex.Divide(times(100.0, only(spec, "numerator")), only(spec, "denominator"))


def measured_share(spec: RuleSpec) -> ex.Numeric:
    """Return what the item measures as a share, 1 being all of it."""
    if has_role(spec, "percent"):
        return ex.Divide(only(spec, "percent"), ex.Number(100.0))
    return ex.Divide(only(spec, "numerator"), only(spec, "denominator"))


def scale(spec: RuleSpec, measure: ex.Numeric) -> ex.Numeric:
    """Return the points of the band that `measure` falls in, best band first."""
    bands = sorted(spec.bands, key=lambda band: (band.lower, band.upper))
    points = [_band_points(spec, band, measure) for band in bands]
    borders = [(">=" if band.lower_closed else ">", band.lower) for band in bands]
    lowest: ex.Numeric = ex.Missing()
    if math.isinf(bands[0].lower):
        lowest, points, borders = points[0], points[1:], borders[1:]
    result: ex.Numeric = ex.Steps(measure, tuple(borders), tuple(points), lowest)
    top = bands[-1]
    if math.isfinite(top.upper):
        sign = "<=" if top.upper_closed else "<"
        result = ex.If(ex.Compare(sign, measure, ex.Number(top.upper)), result, ex.Missing())
    return result


def _band_points(spec: RuleSpec, band: Band, measure: ex.Numeric) -> ex.Numeric:
    if not band.as_share:
        return ex.Number(band.points)
    return ex.Divide(times(spec.max_points, measure), ex.Number(100.0))


def zero_sentence(spec: RuleSpec, lang: str) -> str:
    """Say what a zero denominator means for the item; empty where none is declared."""
    policy = spec.zero_denominator
    of_penalty = "penalty_" if spec.is_penalty and policy in ("full", "zero") else ""
    return label(f"{of_penalty}zero_{policy}", lang) if policy else ""


def none_negative(spec: RuleSpec) -> bool:
    """Say whether the item refuses every figure below zero."""
    return all(entry.minimum >= 0 for entry in spec.inputs if entry.role != GRADE_ROLE)


def joined(*sentences: str) -> str:
    """Join the sentences that are not empty."""
    return " ".join(sentence for sentence in sentences if sentence)


def range_words(span: Band, unit: str, lang: str) -> str:
    """Say what lies between two ends: "từ 70% đến dưới 90%"."""
    low, high = (number(end, lang) + unit for end in (span.lower, span.upper))
    if math.isinf(span.lower) and math.isinf(span.upper):
        return label("band_any", lang)
    if math.isinf(span.lower):
        return label("band_up_to" if span.upper_closed else "band_below", lang, high=high)
    if math.isinf(span.upper):
        return label("band_from" if span.lower_closed else "band_above", lang, low=low)
    if span.lower == span.upper:
        return label("band_exactly", lang, low=low)
    low_word = label("from_closed" if span.lower_closed else "from_open", lang)
    high_word = label("to_closed" if span.upper_closed else "to_open", lang)
    return f"{low_word} {low} {high_word} {high}"


def rank_words(span: Band, lang: str) -> str:
    """Say which ranks lie between two ends, the first being the best: "hạng 6 đến hạng 10"."""
    low = 1 if math.isinf(span.lower) else math.floor(span.lower) + 1
    if span.lower_closed:
        low = math.ceil(span.lower)
    low = max(low, 1)
    if math.isinf(span.upper):
        return label("rank_any" if low == 1 else "rank_behind", lang, low=low)
    high = math.floor(span.upper) if span.upper_closed else math.ceil(span.upper) - 1
    return label("rank_only" if low == high else "rank_from_to", lang, low=low, high=high)


def band_sentence(band: Band, unit: str, lang: str, is_rank: bool = False) -> str:
    """Say one band: "từ 70% đến dưới 90%: 1 điểm"."""
    where = rank_words(band, lang) if is_rank else range_words(band, unit, lang)
    if band.as_share:
        return label("band_share", lang, where=where)
    return label("band_points", lang, where=where, points=amount(band.points, lang))


def _best(spec: RuleSpec, band: Band) -> float:
    return spec.max_points * band.upper / 100 if band.as_share else band.points


def bands_sentence(spec: RuleSpec, lang: str) -> str:
    """Say all bands, best first."""
    # A share of the maximum takes the place of its best value.
    bands = sorted(spec.bands, key=lambda band: (-_best(spec, band), -band.lower))
    unit, is_rank = _bands_unit(spec), has_rank(spec)
    return "; ".join(band_sentence(band, unit, lang, is_rank) for band in bands) + "."


def _bands_unit(spec: RuleSpec) -> str:
    """Return the unit of a value on its own; everything else is measured in percent."""
    if not has_role(spec, "value") or has_role(spec, "previous"):
        return "%"
    unit = spec.with_role("value")[0].unit
    return f" {unit}" if unit and unit != "%" else unit
