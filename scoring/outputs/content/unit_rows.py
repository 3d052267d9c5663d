"""The rows of a report of one unit: areas, items, targets, causes, risks, steps and findings."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from scoring.advice import Way
from scoring.base.findings import Finding
from scoring.base.labels import label
from scoring.outputs.amounts import Amount, Target, points_or_range
from scoring.points.item_explanation import Explanation


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRow:
    """What an area or an item earned of its maximum, and why.

    `sampling` is the interval of its points for the sampling of surveys; empty without one.
    """

    code: str
    name: str
    maximum: Amount
    points: Amount
    attainment: Amount
    lost: Amount
    target: Target | None
    last_year: Amount | None
    sampling: str
    status: str
    explanation: Explanation


def name_with_kind(name: str, kind: str, lang: str) -> str:
    """Return the name of a node, with what stands outside the areas said where it does not say it.

    >>> name_with_kind("Sáng kiến", "bonus", "vi"), name_with_kind("Điểm trừ", "penalty", "vi")
    ('Sáng kiến (điểm thưởng)', 'Điểm trừ')
    """
    said = "" if kind == "normal" else label(f"pack_kind_{kind}", lang)
    return name if said.casefold() in name.casefold() else f"{name} ({said})"


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaRow(NodeRow):
    """An area, or a bonus or penalty that stands outside the areas (`kind`).

    Examples
    --------
    >>> from scoring.outputs.content import example_content
    >>> content = example_content("en")
    >>> [(area.name, area.points_text) for area in content.areas][:2]
    [('Publicity and transparency', '0.00 – 18.00'), ('Timeliness', '18.00')]
    """

    kind: str
    low: Amount
    high: Amount

    def full_name(self, lang: str) -> str:
        """Return the name, with what stands outside the areas said where the name does not say it."""
        return name_with_kind(self.name, self.kind, lang)

    @property
    def points_text(self) -> str:
        """The points, or their range while something is open."""
        if self.status == "not_applicable":
            return self.points.text
        return points_or_range(self.points, self.low, self.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class LossPart:
    """The points that an item lost for one cause; the rule and an appraisal may both take some.

    `ahead` is the next step by the rule of the item, which `next_step` says.
    """

    cause: str
    name: str
    lost: Amount
    next_step: str
    ahead: Way | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow(NodeRow):
    """An item: what it earned, why, and what was lost.

    Attributes
    ----------
    is_open : bool
        True where the item is not assessed, or what was entered cannot count, and the index waits
        for it; an alternative left empty beside a scored one is not waited for.
    lost : Amount
        All that the item lost or leaves open.
    losses : tuple of LossPart
        The same by cause, the largest part first.
    cause : str
        Why the largest part was lost; empty where none was. `cause_name` names every cause.
    at_risk : Amount or None
        Points earned without sufficient proof, which an appraiser would take off; `proof`
        (a cause), `proof_name` and `proof_step` say what is wrong and what to do about it.
    ahead : Way or None
        The next step by the rule of the item; `next_step` says it, and the last one.
    proof_term : str
        When the proof can be mended, one of `ADVICE_TERMS`; empty where the rule does not say.

    Examples
    --------
    >>> from scoring.outputs.content import example_content
    >>> content = example_content("en")
    >>> [item] = [item for item in content.items if item.code == "2"]
    >>> item.points.text, item.lost.text, item.group, item.cause_name
    ('18.00', '2.00', 'lost', 'Result below the full mark')
    """

    area_code: str
    area_name: str
    path: str
    status_name: str
    is_open: bool
    cause: str
    cause_name: str
    next_step: str
    at_risk: Amount | None
    proof: str
    proof_name: str
    proof_step: str
    lead_unit: str
    due_on: str
    due_day: dt.date | None
    missing_inputs: tuple[str, ...]
    ahead: Way | None = None
    proof_term: str = ""
    losses: tuple[LossPart, ...] = ()

    def lost_for(self, cause: str) -> Amount:
        """Return what was lost for one of the causes of `losses`."""
        return next(part.lost for part in self.losses if part.cause == cause)

    @property
    def group(self) -> str:
        """``open``, ``lost``, ``at-risk``, ``full``, ``kept`` or ``not-applicable``: readers filter by it.

        A penalty that takes nothing off and a bonus short of its maximum are ``kept``: nothing is
        lost there, and no full marks either.
        """
        if self.is_open:
            return "open"
        if self.status == "not_applicable":
            return "not-applicable"
        if self.at_risk and not self.cause:
            return "at-risk"
        return "lost" if self.cause else "full" if self.is_full else "kept"

    def standing_name(self, lang: str) -> str:
        """Return how an item stands that lost nothing: full marks, nothing lost, or its status."""
        if self.group not in ("full", "kept", "at-risk"):
            return self.status_name
        return label("page_group_full" if self.is_full else "page_group_kept", lang)

    @property
    def is_full(self) -> bool:
        """True where the points are the maximum, as both are shown."""
        return self.points.value >= self.maximum.value


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A target of the index (with an empty code) or of a node, beside what is reached."""

    code: str
    name: str
    points_text: str
    target: Target


@dataclass(frozen=True, slots=True)
class CauseRow:
    """Points lost for one cause, with the codes of its items, largest loss first.

    Examples
    --------
    >>> from scoring.outputs.amounts import percent_amount, points_amount
    >>> lost, share = points_amount(2, "vi"), percent_amount(40, "vi")
    >>> row = CauseRow("late", "Muộn", lost, share, ("1.1", "4.2"))
    >>> row.lost.text, row.share.text, row.item_codes
    ('2,00', '40,0%', ('1.1', '4.2'))
    """

    cause: str
    name: str
    lost: Amount
    share: Amount
    item_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RiskRow:
    """Points that one unit leads: to win back and at risk, with the nearest deadline.

    Examples
    --------
    >>> from scoring.outputs.amounts import points_amount
    >>> row = RiskRow("Sở Mẫu", "30/06/2026", True, points_amount(2, "vi"), None, ("1.1", "4.2"))
    >>> row.lead_unit, row.is_overdue, row.points.text
    ('Sở Mẫu', True, '2,00')
    """

    lead_unit: str
    due_on: str
    is_overdue: bool
    points: Amount
    at_risk: Amount | None
    item_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepRow:
    """Something to do, ranked by the points it can win back.

    Where the day of reading is known, what can be done now comes first, then what has a day, then
    what only next year can bring; `term` says it, one of `ADVICE_TERMS`, empty without a day.

    Examples
    --------
    >>> from scoring.outputs.content import example_content
    >>> content = example_content()
    >>> [(step.rank, step.item.code, step.points.text) for step in content.steps][:3]
    [(1, '3', '12,00'), (2, '6', '10,00'), (3, '1.1', '6,00')]
    """

    rank: int
    item: ItemRow
    points: Amount
    step: str
    cause_name: str
    is_for_now: bool
    term: str = ""


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding in the language of the report.

    Examples
    --------
    >>> values = {"input": "on_time", "value": 5, "limit_input": "received", "limit": 4}
    >>> code = "numerator-above-denominator"
    >>> row = FindingRow.of(Finding(code, sheet="Số liệu", cell="E14", values=values), "en")
    >>> row.severity_name, row.place, row.problem
    ('Error', 'Số liệu!E14', '“on_time” is 5, above “received”, which is 4.')
    """

    severity: str
    severity_name: str
    code: str
    place: str
    item_code: str
    problem: str
    remedy: str

    @classmethod
    def of(cls, finding: Finding, lang: str) -> FindingRow:
        """Return a finding with its place in one piece and its words in one language."""
        place = " ".join(part for part in (finding.file, finding.where) if part)
        return cls(
            severity=finding.severity,
            severity_name=label(f"severity_{finding.severity}", lang),
            code=finding.code,
            place=place,
            item_code=finding.item_code,
            problem=finding.problem(lang),
            remedy=finding.remedy(lang),
        )
