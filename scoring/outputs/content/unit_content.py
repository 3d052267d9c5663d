"""The content of a report of one unit: figures with the text people read, and nothing else.

A figure is an `Amount`: its value, already rounded, and the one text every output shows for it.
So a page, a document and a slide cannot disagree.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from scoring.advice import Way
from scoring.base.labels import label
from scoring.base.units import UnitKey
from scoring.outputs.amounts import Amount, Target, points_or_range
from scoring.outputs.content.block_standing import Standing
from scoring.outputs.content.target_rows import PlanTargets
from scoring.outputs.content.track_names import TrackTable
from scoring.outputs.content.what_if_fields import WhatIfFields
from scoring.points.item_explanation import Explanation


@dataclass(frozen=True, slots=True)
class SetIdentity:
    """Which criteria set the figures stand on, and how far it may be trusted.

    Attributes
    ----------
    decision : str
        Number, date and issuer of the decision; empty where the set names none.
    legal_basis : str
        The decision as a document cites it, with its kind; empty where its day is not known.
    fingerprint : str
        SHA-256 over everything the set says.
    """

    set_id: str
    name: str
    version: str
    status: str
    status_name: str
    decision_number: str
    decision: str
    legal_basis: str
    source: str
    fingerprint: str

    @property
    def is_sample(self) -> bool:
        """True for a set made for illustration; every output says so."""
        return self.status == "sample"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexRow:
    """The index of a unit: unknown while an item is open; `low` and `high` bound it then."""

    index: Amount
    low: Amount
    high: Amount
    grade: str
    items_scored: int
    items_applicable: int

    @property
    def range_text(self) -> str:
        """The index, or its range while something is open."""
        return points_or_range(self.index, self.low, self.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline(IndexRow):
    """The index of a unit with what it is compared to.

    Attributes
    ----------
    column_maximum : Amount
        The maximum below those of the areas, with their decimals.
    target, last_year, change : Amount or None
        None where no target or no last year is known.
    supported, at_risk, claimed : Amount or None
        The index that evidence supports, the points of items it does not support, and the index
        the unit claims; None where no documents or no claims were given.
    lost : Amount
        Sum of what single items lost or leave open.
    lost_note : str
        Why the index is not lower than its maximum by just that; else empty.
    sampling : tuple of str
        What the sampling of surveys leaves uncertain of it; empty without a survey figure.
    """

    maximum: Amount
    column_maximum: Amount
    attainment: Amount
    target: Target | None
    last_year: Amount | None
    change: Amount | None
    supported: Amount | None
    at_risk: Amount | None
    claimed: Amount | None
    lost: Amount
    lost_note: str
    rounding: str
    sampling: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """True while an item is not assessed."""
        return not self.index.is_known


# Figures of a headline in the order they are shown, by the key of their label.
_FACTS = {
    "target": "target",
    "chart_series_last_year": "last_year",
    "pack_change": "change",
    "pack_claimed": "claimed",
    "pack_supported": "supported",
    "lost_points": "lost",
}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaRow(NodeRow):
    """An area, or a bonus or penalty that stands outside the areas (`kind`)."""

    kind: str
    low: Amount
    high: Amount

    def full_name(self, lang: str) -> str:
        """Return the name, with what stands outside the areas said where the name does not say it."""
        kind = "" if self.kind == "normal" else label(f"pack_kind_{self.kind}", lang)
        is_said = kind.casefold() in self.name.casefold()
        return self.name if is_said else f"{self.name} ({kind})"

    @property
    def points_text(self) -> str:
        """The points, or their range while something is open."""
        if self.status == "not_applicable":
            return self.points.text
        return points_or_range(self.points, self.low, self.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow(NodeRow):
    """An item: what it earned, why, and what was lost.

    Attributes
    ----------
    is_open : bool
        True where the item is not assessed, or what was entered cannot count, and the index waits
        for it; an alternative left empty beside a scored one is not waited for.
    cause : str
        Why points were lost; empty where none were.
    at_risk : Amount or None
        Points earned without sufficient proof, which an appraiser would take off; `proof`
        (a cause), `proof_name` and `proof_step` say what is wrong and what to do about it.
    ahead : Way or None
        The next step by the rule of the item; `next_step` says it, and the last one.
    proof_term : str
        When the proof can be mended, one of `ADVICE_TERMS`; empty where the rule does not say.
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

    @property
    def group(self) -> str:
        """``open``, ``lost``, ``at-risk``, ``full`` or ``not-applicable``: readers filter by it."""
        if self.is_open:
            return "open"
        if self.status == "not_applicable":
            return "not-applicable"
        if self.at_risk and not self.cause:
            return "at-risk"
        return "lost" if self.cause else "full"


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A target of the index (with an empty code) or of a node, beside what is reached."""

    code: str
    name: str
    points_text: str
    target: Target


@dataclass(frozen=True, slots=True)
class CauseRow:
    """Points lost for one cause, with the codes of its items, largest loss first."""

    cause: str
    name: str
    lost: Amount
    share: Amount
    item_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RiskRow:
    """Points that one unit leads: to win back and at risk, with the nearest deadline."""

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
    """A finding in the language of the report."""

    severity: str
    severity_name: str
    code: str
    place: str
    item_code: str
    problem: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutSet:
    """The criteria set of a report, in one language.

    Attributes
    ----------
    caveats : tuple of str
        What a reader must know about the set.
    figures_from : str
        Where the reported figures come from.
    journal_head : str
        Head of the journal of appraisal that was used, 64 digits; empty where none was.
    """

    lang: str
    criteria_set: SetIdentity
    caveats: tuple[str, ...]
    figures_from: str
    journal_head: str = ""

    def say(self, key: str, **values: object) -> str:
        """Return the label `key` in the language of the report."""
        return label(key, self.lang, **values)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportContent(AboutSet):
    """Everything a report of one unit says, in one language.

    Attributes
    ----------
    steps : tuple of StepRow
        Largest first; every item with points to win back.
    standing : Standing or None
        None where no other unit stands in its block and period.
    read_on : date or None
        The day the report is read.
    track : str
        Whose points they are, in words; empty where they are the computed ones and nobody decided.
    tracks : TrackTable or None
        The points on every track; None where nobody decided anything.
    plan : PlanTargets or None
        The targets of the unit's own plan against their results; None where none was given.
    what_if : WhatIfFields or None
        What a reader can move in the page; None in a report of several units, whose pages would
        each carry the rules of the set, and where the points are not those of the rules.
    """

    key: UnitKey
    unit_name: str
    block: str
    headline: Headline
    data_text: str
    read_on: dt.date | None
    areas: tuple[AreaRow, ...]
    standing: Standing | None
    targets: tuple[TargetRow, ...]
    causes: tuple[CauseRow, ...]
    items: tuple[ItemRow, ...]
    risks: tuple[RiskRow, ...]
    steps: tuple[StepRow, ...]
    findings: tuple[FindingRow, ...]
    track: str = ""
    tracks: TrackTable | None = None
    plan: PlanTargets | None = None
    what_if: WhatIfFields | None = None

    def facts(self) -> Iterator[tuple[str, str]]:
        """Yield what is known of the index besides its value: label key and text."""
        head = self.headline
        if head.grade:
            yield "grade", head.grade
        for key, name in _FACTS.items():
            figure: Amount | None = getattr(head, name)
            if figure is not None:
                yield key, figure.text
            if isinstance(figure, Target):
                yield "column_against_target", figure.said
        yield "pack_items_scored", f"{head.items_scored}/{head.items_applicable}"

    @property
    def open_items(self) -> tuple[ItemRow, ...]:
        """The items still to be assessed."""
        return tuple(item for item in self.items if item.is_open)

    @property
    def items_at_risk(self) -> tuple[ItemRow, ...]:
        """The items that earned points without sufficient proof, most points first."""
        risky = [(item.at_risk.value, item) for item in self.items if item.at_risk]
        return tuple(item for _, item in sorted(risky, key=lambda pair: -pair[0]))

    @property
    def items_to_explain(self) -> tuple[ItemRow, ...]:
        """The items below their maximum, open, or without sufficient proof, in order."""
        return tuple(item for item in self.items if item.cause or item.at_risk or item.is_open)

    @property
    def items_by_loss(self) -> tuple[ItemRow, ...]:
        """The items that lost points or are open, largest first."""
        losing = [item for item in self.items if item.cause]
        return tuple(sorted(losing, key=lambda item: -item.lost.value))

    @property
    def when(self) -> str:
        """The year, or the period with its year."""
        return self.key.when

    @property
    def when_words(self) -> str:
        """The period as part of a sentence: "năm 2026", "quý I/2026"."""
        return self.say("chart_year", year=self.when) if self.when.isdecimal() else self.when

    @property
    def title(self) -> str:
        """What the report is about, in one line."""
        return f"{self.say('pack_title')} {self.when}: {self.unit_name}"
