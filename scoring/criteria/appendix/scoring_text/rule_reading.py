"""What reading a scoring text gives: a rule, or reasons why a person has to look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from scoring.base.labels import label
from scoring.rules import InputSpec, RuleSpec
from scoring.rules.rule_check import check_rule


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row has to be looked at; `key` names a label ``appendix_reason_<key>``."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    def text(self, lang: str = "vi") -> str:
        """Say it in one sentence.

        >>> Reason("no-text").text("en")
        'The row has no scoring text.'
        """
        return label(f"appendix_reason_{self.key}", lang, **self.values)


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What is known of an item before its scoring text: code, name and maximum."""

    code: str
    name: str
    max_points: float


@dataclass(frozen=True, slots=True)
class RuleReading:
    """A rule as far as it was understood.

    Attributes
    ----------
    spec : RuleSpec or None
        None where no rule was understood at all.
    reasons : tuple of Reason
        Empty only where every word was accounted for.
    """

    spec: RuleSpec | None
    reasons: tuple[Reason, ...] = ()

    @property
    def is_sure(self) -> bool:
        """Whether nothing was left to doubt."""
        return self.spec is not None and not self.reasons

    def doubted(self, key: str, **values: object) -> RuleReading:
        """Return the same rule, with one more reason to look at it."""
        return replace(self, reasons=(*self.reasons, Reason(key, values)))


def unread(key: str, **values: object) -> RuleReading:
    """Return a reading without a rule."""
    return RuleReading(None, (Reason(key, values),))


def checked(reading: RuleReading) -> RuleReading:
    """Give up a rule that the registry of rule kinds would refuse."""
    if reading.spec is None:
        return reading
    problems = check_rule(reading.spec)
    if not problems:
        return reading
    problem = Reason("refused", {"problem": problems[0].problem("vi")})
    return RuleReading(None, (*reading.reasons, problem))


def direct_rule(item: ItemFacts) -> RuleSpec:
    """Return the rule of an item whose points are given directly."""
    given = InputSpec(
        "points", "number", "points", "Điểm chấm", "Points given", "điểm", 0.0, item.max_points
    )
    return RuleSpec(item.code, "direct", item.max_points, inputs=(given,))


def percent_input(item: ItemFacts) -> InputSpec:
    """Return the one input of an item measured in percent of a whole."""
    return InputSpec("percent", "percent", "percent", measure_label(item), "", "%", 0.0, 100.0)


def measure_label(item: ItemFacts) -> str:
    """Return the words for what an item measures: its name, said to be a rate where it is not.

    >>> measure_label(ItemFacts("1.1", "Thực hiện kế hoạch", 1.0))
    'Tỷ lệ (%): Thực hiện kế hoạch'
    """
    name = item.name or item.code
    says_so = name.lower().startswith(("tỷ lệ", "tỉ lệ", "mức độ", "chỉ số"))
    return name if says_so else f"{label('appendix_rate')}: {name}"
