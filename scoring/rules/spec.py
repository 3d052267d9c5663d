"""What a criteria set says about one item, as plain values that the rule kinds work on."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scoring.base.same_unknown import SameUnknown

NUMBER_KINDS = ("count", "number", "percent", "rank")
WHOLE_KINDS = ("count", "rank")


@dataclass(frozen=True, slots=True, eq=False)
class InputSpec(SameUnknown):
    """One figure that a unit reports for an item.

    Attributes
    ----------
    name : str
        Its key in the long inputs table, unique within the item.
    kind : str
        One of `INPUT_KINDS`. Percent values are on the 0 to 100 scale. A rank is a whole number
        from 1, the best; smaller is better.
    role : str
        What the rule takes it for (``numerator``, ``done_on`` ...); empty in a formula.
    minimum, maximum : float
        Limits of a valid value; NaN where there is none. No rank lies before the first.
    at_most : str
        Name of another input of the item that it may not exceed; empty where none.

    Examples
    --------
    >>> done = InputSpec("done", "count", "numerator", "Hồ sơ đúng hạn", "Dossiers on time")
    >>> done.label(), done.label("en")
    ('Hồ sơ đúng hạn', 'Dossiers on time')
    >>> InputSpec("place", "rank").minimum
    1.0
    """

    name: str
    kind: str
    role: str = ""
    label_vi: str = ""
    label_en: str = ""
    unit: str = ""
    minimum: float = math.nan
    maximum: float = math.nan
    at_most: str = ""

    def __post_init__(self) -> None:
        if self.kind == "rank" and not self.minimum >= 1:
            object.__setattr__(self, "minimum", 1.0)

    def label(self, lang: str = "vi") -> str:
        """Return the wording people read, or the name where the set gives none."""
        return (self.label_en if lang == "en" else self.label_vi) or self.label_vi or self.name


@dataclass(frozen=True, slots=True, eq=False)
class Band(SameUnknown):
    """A step of a scale: the points for values between two ends, each closed or open.

    With `as_share` the points are the measured percent of the maximum ("b/a × điểm tối đa").

    Examples
    --------
    >>> from scoring.rules import compile_rule
    >>> steps = (Band(0.0, 80.0, True, False, 0.0), Band(80.0, 100.0, True, True, 1.0))
    >>> rate = InputSpec("rate", "percent", "percent")
    >>> compile_rule(RuleSpec("1.1", "bands", 1.0, (rate,), steps)).sentence("en")
    'By rate: from 80% to 100%: 1 point; from 0% to below 80%: 0 points.'
    """

    lower: float
    upper: float
    lower_closed: bool
    upper_closed: bool
    points: float
    as_share: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Option(SameUnknown):
    """An answer of a choice input: its code, wording and points, or its weight in a survey.

    Examples
    --------
    >>> answer = Option("late", "Ban hành chậm", "Issued late", points=0.5, input="issued")
    >>> answer.label(), answer.label("en"), answer.points
    ('Ban hành chậm', 'Issued late', 0.5)
    """

    code: str
    label_vi: str
    label_en: str
    points: float = math.nan
    input: str = ""
    weight_percent: float = math.nan

    def label(self, lang: str = "vi") -> str:
        """Return the wording people read."""
        return (self.label_en if lang == "en" else self.label_vi) or self.label_vi or self.code


@dataclass(frozen=True, slots=True, eq=False)
class RuleSpec(SameUnknown):
    """One item with everything its rule needs; figures come from the criteria set only.

    Attributes
    ----------
    full_at_percent : float
        The measured percent that earns the maximum; NaN where the rule has none.
    floor_percent, floor_points : float
        Below this percent nothing is earned; a deduction never goes below these points.
    round_to : float
        The points are rounded half up to a multiple of this (0.25, 0.01); NaN: not rounded.
    points_each : float
        Points per case of a count or a deduction.
    never_points : float
        Points of a deadline item when the work was never done.
    due_on : str
        Due date as ``year-01-15``, ``year-1-12-31`` or ``year+1-01-10``; empty where an input
        of the item gives it.
    zero_denominator, not_applicable : str
        Policies, one of `ZERO_POLICIES` and of `NOT_APPLICABLE_POLICIES`.
    is_penalty : bool
        True where the points are taken off the index; only the wording differs.

    Examples
    --------
    >>> done = InputSpec("done", "count", "numerator")
    >>> planned = InputSpec("planned", "count", "denominator")
    >>> spec = RuleSpec("1.1", "ratio", 2.0, (done, planned), full_at_percent=90.0)
    >>> spec.named("planned").role, [figure.name for figure in spec.with_role("numerator")]
    ('denominator', ['done'])
    """

    code: str
    kind: str
    max_points: float
    inputs: tuple[InputSpec, ...] = ()
    bands: tuple[Band, ...] = ()
    options: tuple[Option, ...] = ()
    full_at_percent: float = math.nan
    floor_percent: float = math.nan
    round_to: float = math.nan
    floor_points: float = math.nan
    points_each: float = math.nan
    never_points: float = math.nan
    due_on: str = ""
    formula: str = ""
    zero_denominator: str = ""
    not_applicable: str = "not_allowed"
    is_penalty: bool = False

    def with_role(self, role: str) -> tuple[InputSpec, ...]:
        """Return the inputs that play `role`, in the order of the set."""
        return tuple(spec for spec in self.inputs if spec.role == role)

    def named(self, name: str) -> InputSpec:
        """Return the input called `name`; KeyError when the item has none."""
        for spec in self.inputs:
            if spec.name == name:
                return spec
        raise KeyError(name)

    def options_of(self, name: str) -> tuple[Option, ...]:
        """Return the options of the input `name`, in the order of the set."""
        return tuple(option for option in self.options if option.input == name)
