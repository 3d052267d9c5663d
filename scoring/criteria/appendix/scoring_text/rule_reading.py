"""What reading a scoring text gives: a rule, or reasons why a person has to look."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from scoring.base.labels import label
from scoring.base.same_unknown import SameUnknown
from scoring.criteria.appendix.scoring_text.awards import Award
from scoring.official.ranges import Range
from scoring.rules import Band, InputSpec, RuleSpec
from scoring.rules.rule_check import check_rule

Placed = tuple[Range, Award]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row has to be looked at; `key` names a label ``appendix_reason_<key>``.

    Examples
    --------
    >>> from scoring.criteria.appendix.scoring_text import read_scoring
    >>> item = ItemFacts("1.1", "Tỷ lệ hoàn thành kế hoạch", 2.0)
    >>> [reason.key for reason in read_scoring("Trên 90%: 2 | Dưới 90%: 0", item).reasons]
    ['border-in-no-step']
    """

    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    def text(self, lang: str = "vi") -> str:
        """Say it in one sentence.

        >>> Reason("no-text").text("en")
        'The row has no scoring text.'
        """
        return label(f"appendix_reason_{self.key}", lang, **self.values)


@dataclass(frozen=True, slots=True, eq=False)
class ItemFacts(SameUnknown):
    """What is known of an item before its scoring text.

    The points of a penalty are those taken off the index.

    Examples
    --------
    >>> from scoring.criteria.appendix.scoring_text import read_scoring
    >>> item = ItemFacts("1.1", "Tỷ lệ hoàn thành kế hoạch", 2.0)
    >>> reading = read_scoring("Trên 90%: 2 | Từ 70% - 90%: 1 | Dưới 70%: 0", item)
    >>> [band.points for band in reading.spec.bands]
    [0.0, 1.0, 2.0]
    """

    code: str
    name: str
    max_points: float
    is_penalty: bool = False

    @property
    def title(self) -> str:
        """The name, or the code where the decision gives no name."""
        return self.name or self.code

    def rule(self, kind: str, *inputs: InputSpec, **parts: Any) -> RuleSpec:
        """Return a rule of the item; `parts` are further fields of `RuleSpec`."""
        return RuleSpec(self.code, kind, self.max_points, inputs, **parts)


@dataclass(frozen=True, slots=True, eq=False)
class ReadStep(SameUnknown):
    """One step of a scoring text as far as it was read, for a person to confirm.

    Attributes
    ----------
    wording : str
        The condition as the decision has it; the whole piece where no award was found in it.
    points : float
        NaN where no points were read, or where a share is awarded.
    span : Range or None
        The values it holds for; None where the condition is in words or was not read.
    is_share : bool
        True where it awards a share of the maximum.
    is_read : bool
        False where the piece is neither a step nor a definition: the text to look at first.

    Examples
    --------
    >>> from scoring.criteria.appendix.scoring_text import read_scoring
    >>> item = ItemFacts("1.1", "Tỷ lệ hoàn thành kế hoạch", 2.0)
    >>> steps = read_scoring("Trên 90%: 2 | Từ 70% - 90%: 1 | Dưới 70%: 0", item).steps
    >>> [(step.wording, step.points) for step in steps]
    [('Trên 90%', 2.0), ('Từ 70% - 90%', 1.0), ('Dưới 70%', 0.0)]
    """

    wording: str
    points: float = math.nan
    span: Range | None = None
    is_share: bool = False
    is_read: bool = True


@dataclass(frozen=True, slots=True)
class RuleReading:
    """A rule as far as it was understood.

    Attributes
    ----------
    spec : RuleSpec or None
        Sure without reasons; with reasons a proposal to confirm, complete enough to be scored;
        None where no rule could be proposed.
    reasons : tuple of Reason
        Empty only where every word was accounted for.
    steps : tuple of ReadStep
        What the text was cut into, in its order, whether a rule came of it or not.
    missing : tuple of str
        Cases of which the decision says nothing, in its own words and language: "không đúng hạn".
    remarks : tuple of str
        What the text says beside the rule without changing it, such as "không bao gồm ...".
    grades : tuple of str
        Sentences on the grade of the year, which no rule of an item holds.
    guess : str
        The kind that a rule without `spec` most likely has; read it as `proposed_kind`.

    Examples
    --------
    >>> from scoring.criteria.appendix.scoring_text import read_scoring
    >>> item = ItemFacts("1.1", "Tỷ lệ hoàn thành kế hoạch", 2.0)
    >>> reading = read_scoring("Trên 90%: 2 | Từ 70% - 90%: 1 | Dưới 70%: 0", item)
    >>> reading.is_sure, reading.spec.kind, len(reading.steps), reading.missing
    (True, 'bands', 3, ())
    """

    spec: RuleSpec | None
    reasons: tuple[Reason, ...] = ()
    steps: tuple[ReadStep, ...] = ()
    missing: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    guess: str = ""
    grades: tuple[str, ...] = ()

    @property
    def is_sure(self) -> bool:
        """Whether nothing was left to doubt."""
        return self.spec is not None and not self.reasons

    @property
    def proposed_kind(self) -> str:
        """The rule kind of `spec`, or the likeliest; empty where the text gives no hint."""
        return self.spec.kind if self.spec else self.guess

    def without(self, case: str) -> RuleReading:
        """Return the same rule, to review since the decision says nothing of `case`."""
        return replace(self.doubted("case-missing", case=case), missing=(*self.missing, case))

    def doubted(self, key: str, **values: object) -> RuleReading:
        """Return the same rule, with one more reason to look at it."""
        return replace(self, reasons=(*self.reasons, Reason(key, values)))


class UnreadError(Exception):
    """Raised where a scoring text gives no rule, with the reason and the cases it leaves out."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.reason = Reason(key, values)
        self.missing: tuple[str, ...] = ()

    def naming(self, *cases: str) -> UnreadError:
        """Return the refusal with the cases that the text leaves out."""
        self.missing = cases
        return self


def refuse_if(is_wrong: bool, key: str, **values: object) -> None:
    """Stop reading for the reason `key` where something is wrong."""
    if is_wrong:
        raise UnreadError(key, **values)


def checked(reading: RuleReading) -> RuleReading:
    """Give up a rule that the registry of rule kinds would refuse."""
    if reading.spec is None:
        return reading
    problems = check_rule(reading.spec)
    if not problems:
        return reading
    problem = Reason("refused", {"problem": problems[0].problem("vi")})
    return replace(reading, spec=None, reasons=(*reading.reasons, problem))


def direct_rule(item: ItemFacts) -> RuleSpec:
    """Return the rule of an item whose points are given directly."""
    given = InputSpec(
        "points", "number", "points", "Điểm chấm", "Points given", "điểm", 0.0, item.max_points
    )
    return item.rule("direct", given)


def percent_input(item: ItemFacts) -> InputSpec:
    """Return the one input of an item measured in percent of a whole."""
    return InputSpec("percent", "percent", "percent", measure_label(item), "", "%", 0.0, 100.0)


def measure_label(item: ItemFacts) -> str:
    """Return the words for what an item measures: its name, said to be a rate where it is not.

    >>> measure_label(ItemFacts("1.1", "Thực hiện kế hoạch", 1.0))
    'Tỷ lệ (%): Thực hiện kế hoạch'
    """
    says_so = item.title.lower().startswith(("tỷ lệ", "tỉ lệ", "mức độ", "chỉ số"))
    return item.title if says_so else f"{label('appendix_rate')}: {item.title}"


def as_band(span: Range, award: Award) -> Band:
    """Return a step as a band of the rule."""
    ends = (span.lower, span.upper, span.lower_closed, span.upper_closed)
    return Band(*ends, points=award.points, as_share=award.is_share)


def refuse_partial(spans: Sequence[Range]) -> None:
    """Stop reading unless two ranges or more go on without end on either side."""
    is_whole = len(spans) > 1 and math.isinf(spans[0].lower) and math.isinf(spans[-1].upper)
    refuse_if(not is_whole, "steps-incomplete")


def border_problem(spans: Sequence[Range]) -> str:
    """Say what keeps ranges from meeting, each border in exactly one; empty where they meet."""
    for below, above in pairwise(spans):
        if below.upper > above.lower:
            return "steps-overlap"
        if below.upper < above.lower or not (below.upper_closed or above.lower_closed):
            return "border-in-no-step"
        if below.upper_closed and above.lower_closed:
            return "border-in-two-steps"
    return ""
