"""The content of a report of one unit: figures with the text people read, and nothing else.

A figure is an `Amount`: its value, already rounded, and the one text every output shows for it.
So a page, a document and a slide cannot disagree.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from scoring.base.units import UnitKey
from scoring.outputs.amounts import Amount, Target, points_or_range
from scoring.outputs.content.block_standing import Standing
from scoring.outputs.content.set_identity import AboutSet
from scoring.outputs.content.target_rows import PlanTargets
from scoring.outputs.content.track_names import TrackTable
from scoring.outputs.content.unit_rows import (
    AreaRow,
    CauseRow,
    FindingRow,
    ItemRow,
    RiskRow,
    StepRow,
    TargetRow,
)
from scoring.outputs.content.what_if_fields import WhatIfFields


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

    Examples
    --------
    >>> from scoring.outputs.content import example_content
    >>> content = example_content()
    >>> head = content.headline
    >>> head.is_open, head.range_text, f"{head.items_scored}/{head.items_applicable}"
    (True, '18,00 – 98,00', '1/17')
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

    Examples
    --------
    >>> from scoring.outputs.content import example_content
    >>> content = example_content("en")
    >>> content.title
    'Results of the scoring, 2026: Sở Mẫu'
    >>> len(content.open_items), [item.code for item in content.items_by_loss][:2]
    (16, ['3', '6'])
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
                yield (
                    "pack_lost_or_open" if name == "lost" and self.has_open_loss else key,
                    figure.text,
                )
            if isinstance(figure, Target):
                yield "column_against_target", figure.said
        yield "pack_items_scored", f"{head.items_scored}/{head.items_applicable}"

    @property
    def has_open_loss(self) -> bool:
        """True where some of the points that are short belong to items still to be assessed."""
        return any(item.is_open and item.cause for item in self.items)

    @property
    def top_lost_title(self) -> str:
        """What stands above `items_by_loss`: what is open is not lost so far."""
        return self.say("report_top_open_title" if self.has_open_loss else "report_top_lost_title")

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
        return f"{self.say('pack_title')} {self.when_words}: {self.unit_name}"
