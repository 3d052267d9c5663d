"""What a decision says of its index as a whole: identity, totals, ties, grades and proof."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from scoring.base.due_dates import read_due_date
from scoring.base.same_unknown import SameUnknown
from scoring.criteria.set_nodes import Node

Ties = Literal["min", "dense", "max"]
# What proof can be, short of sufficient; the causes of a gap of the same names.
PROOF_STATES = ("no-evidence", "late", "evidence-invalid")


def listed_codes(text: str) -> tuple[str, ...]:
    """Return the codes of a cell that lists several.

    >>> listed_codes("VIII; V")
    ('VIII', 'V')
    """
    return tuple(code.strip() for code in text.split(";") if code.strip())


@dataclass(frozen=True, slots=True, eq=False)
class Grade(SameUnknown):
    """A class of the index, such as A or "Tốt", between two ends on the set's total.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> best = open_set("department-sample").meta.grades[0]
    >>> best.label("vi"), best.lower, best.upper
    ('Tốt (mẫu)', 90, inf)
    """

    code: str
    label_vi: str
    label_en: str
    lower: float
    upper: float
    lower_closed: bool
    upper_closed: bool

    def label(self, lang: str = "vi") -> str:
        """Return the wording people read."""
        return (self.label_en if lang == "en" else self.label_vi) or self.code


@dataclass(frozen=True, slots=True, eq=False)
class GradeRule(SameUnknown):
    """A condition or quota of a grade, as the decision words it.

    Attributes
    ----------
    grade : str
        Code of the grade it is about; empty for every grade.
    kind : str
        ``needs`` (the grade is granted only where `test` holds), ``forces`` (it is the grade
        wherever `test` holds), ``caps`` (no grade above it where `test` holds), ``lowers`` (one
        grade down where `test` holds) or ``quota`` (at most `percent` of the units may have it).
    item_code, test : str
        The item whose figures the condition reads, and the condition over them.
    percent : float
    of : str
        The quota counts against the units of this grade, or these; empty: against all graded ones.
    order, instead : str
        Codes by whose points a quota that is passed leaves units out, and the grade they get.
    within : str
        ``block`` where each block has a quota of its own, else the whole run.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> rules = open_set("agency-rating-335-2025").meta.grade_rules
    >>> [(r.grade, r.item_code, r.test) for r in rules if r.kind == "forces"]
    [('khong-hoan-thanh', 'I', 'concluded = 1'),
     ('khong-hoan-thanh', 'II', '100 * (due - missed) < 70 * due')]
    >>> [(r.grade, r.percent, r.of) for r in rules if r.kind == "quota"]
    [('xuat-sac', 20, 'tot')]
    """

    grade: str
    kind: str
    item_code: str
    test: str
    vi: str
    en: str
    source: str
    percent: float = math.nan
    of: str = ""
    within: str = ""
    order: str = ""
    instead: str = ""

    def label(self, lang: str = "vi") -> str:
        """Return the wording people read."""
        return (self.en if lang == "en" else self.vi) or self.vi


@dataclass(frozen=True, slots=True, eq=False)
class SetMeta(SameUnknown):
    """Identity and policies of a set, from ``set.toml``.

    Attributes
    ----------
    rounding_stage : str
        Where points are rounded: ``item``, ``area`` or ``index`` (only the index is).
    rank_on : str
        ``rounded`` or ``unrounded``: what ranks and grades compare.
    ties, tie_items : str
        What units share that nothing parts, and the codes whose points part those of equal index,
        in order (see `tie_codes`).
    cut_off : str
        Up to which day figures count, as a due date such as ``year-11-30``; empty where not said.
    areas_add_up : bool
        False where the decision's own maxima do not add up and the set says so.
    bonus_cap_points, penalty_cap_points : float
        Caps of the sums outside the areas; NaN where the set has none.
    proof_percent : mapping of str to float
        Percent of an item's points that stays when its proof is ``no-evidence``, ``late`` or
        ``evidence-invalid``; empty where the set declares nothing, and then no figure is given.
    grade_rules : tuple of GradeRule
        Conditions and quotas beyond the points; without them points alone give the grade.
    caveats : tuple of dict
        What a reader must know, each with ``vi`` and ``en``.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> meta = open_set("service-quality-766").meta
    >>> meta.status, meta.total_points, meta.rounding_stage, meta.decision["number"]
    ('observed', 100.0, 'item', '766/QĐ-TTg')
    """

    set_id: str
    version: str
    name_vi: str
    name_en: str
    tier: str
    status: str
    total_points: float
    valid_from: dt.date | None
    valid_to: dt.date | None
    decision: Mapping[str, str]
    source: str
    decimals: int = 2
    rounding_stage: str = "index"
    rank_on: str = "rounded"
    ties: Ties = "min"
    tie_items: str = ""
    not_applicable: str = "not_allowed"
    cut_off: str = ""
    areas_add_up: bool = True
    bonus_cap_points: float = math.nan
    penalty_cap_points: float = math.nan
    may_exceed_total: bool = False
    grades: tuple[Grade, ...] = ()
    grade_rules: tuple[GradeRule, ...] = ()
    proof_percent: Mapping[str, float] = field(default_factory=dict)
    caveats: tuple[Mapping[str, str], ...] = ()

    def name(self, lang: str = "vi") -> str:
        """Return the set's name."""
        return (self.name_en if lang == "en" else self.name_vi) or self.name_vi

    def cut_off_day(self, year: int) -> dt.date | None:
        """Return up to which day figures of a year count; None where the set does not say it."""
        due = read_due_date(self.cut_off)
        return None if due is None else due.on(year)

    def rounds(self, node: Node) -> bool:
        """Say whether the points of a node are rounded by themselves; an item may be an area."""
        stage = self.rounding_stage
        return (stage == "item" and node.is_item) or (stage == "area" and not node.parent)

    @property
    def tie_codes(self) -> tuple[str, ...]:
        """The codes of `tie_items`, in order."""
        return listed_codes(self.tie_items)

    def warnings(self, lang: str = "vi") -> list[str]:
        """Return the caveats, in Vietnamese where there is no other."""
        return [caveat.get(lang) or caveat.get("vi", "") for caveat in self.caveats]
