"""The sheet of a review: its columns, the words its cells offer, and which kind reads which.

One block of rows per item: its own row, then one for each step. A step is a range of the figure
measured, an answer, or a condition, as the kind of the rule has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from scoring.base.labels import label
from scoring.base.values import INPUT_KINDS, NOT_APPLICABLE_POLICIES, ZERO_POLICIES
from scoring.criteria.set_nodes import BEST_OF
from scoring.rules import InputSpec, RuleSpec

Cells = dict[str, Any]

SHEET = "Rà soát"
HEADING_ROW = 3  # counted from 0; above it stand the title, the way to work and the progress
# Empty steps below those that were read.
SPARE_STEPS = 2

COLUMNS = (
    "code", "row", "content", "text", "understood", "doubt", "kind", "measure", "points", "lower",
    "lower_closed", "upper", "upper_closed", "figure", "earned", "each", "least", "full", "round", "due",
    "formula", "applies", "no_whole", "confirmed", "by", "on",
)  # fmt: skip
WIDTHS = (
    9,
    6,
    34,
    46,
    40,
    34,
    17,
    13,
    8,
    8,
    8,
    8,
    8,
    9,
    11,
    10,
    11,
    10,
    9,
    13,
    20,
    15,
    15,
    10,
    18,
    11,
)
AT = {name: place for place, name in enumerate(COLUMNS)}
ITEM_ENTRIES = (
    "kind",
    "measure",
    "points",
    "each",
    "least",
    "full",
    "round",
    "due",
    "formula",
    "applies",
    "no_whole",
    "confirmed",
    "by",
    "on",
)
STEP_ENTRIES = ("content", "points", "lower", "lower_closed", "upper", "upper_closed", "figure")

ITEM, STEP = "mục", "mức"
HAS, HAS_NOT = "có", "không"
CONFIRMED, NOT_YET = "đúng", "chưa"
SURE = "máy đọc đủ"
SHARE = "theo tỷ lệ"

RANGES, ANSWERS, CONDITIONS, NONE = "ranges", "answers", "conditions", ""
# What the steps of a kind are; a kind that is not here is kept as it was read.
STEPS_OF = {
    "bands": RANGES, "growth": RANGES, "deadline": RANGES,
    "choice": ANSWERS, "all_of": CONDITIONS, "share_of": CONDITIONS,
    "formula": NONE, "ratio": NONE, "count": NONE, "deduction": NONE, "survey_index": NONE, "direct": NONE,
}  # fmt: skip
# The parameter that each cell of an item's row holds, by kind.
PARAMETERS_OF = {
    "ratio": {"least": "floor_percent", "full": "full_at_percent", "round": "round_to"},
    "count": {"each": "points_each"},
    "deduction": {"each": "points_each", "least": "floor_points"},
    "deadline": {"least": "never_points"},
}


@dataclass(frozen=True, slots=True)
class Block:
    """The cells of one item by column: its own row, then its steps."""

    item: Cells
    steps: tuple[Cells, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """How the figure of a scale is given: the inputs a unit fills in."""

    key: str
    inputs: tuple[InputSpec, ...]


@cache
def measures() -> dict[str, Measure]:
    """Return the measures that a scale may be taken by, by their keys."""
    percent = InputSpec("percent", "percent", "percent", unit="%", minimum=0.0, maximum=100.0)
    part = InputSpec("numerator", "count", "numerator", minimum=0.0, at_most="denominator")
    whole = InputSpec("denominator", "count", "denominator", minimum=0.0)
    kinds = [kind for kind in ("count", "number", "rank") if kind in INPUT_KINDS]
    plain = {
        kind: Measure(kind, (InputSpec("value", kind, "value", minimum=float(kind == "rank")),))
        for kind in kinds
    }
    given = {
        "percent": Measure("percent", (percent,)),
        "quotient": Measure("quotient", (part, whole)),
    }
    return given | plain


def measure_of(spec: RuleSpec) -> str:
    """Return the key of the measure that a rule is taken by; empty where it has no choice."""
    if spec.kind not in ("bands", "ratio"):
        return ""
    roles = {entry.role: entry.kind for entry in spec.inputs}
    if "numerator" in roles:
        return "quotient"
    return "percent" if "percent" in roles else roles.get("value", "")


def kind_words() -> dict[str, str]:
    """Return the kinds that a review holds, by the words people choose them by."""
    return {label(f"rule_{kind}"): kind for kind in STEPS_OF}


def offered_kinds(is_formula: bool) -> tuple[str, ...]:
    """Return the words for the kinds that a rule may become; a formula needs figures of its own."""
    words = kind_words()
    return tuple(word for word, kind in words.items() if kind != "formula" or is_formula)


def parent_words() -> dict[str, str]:
    """Return how a parent may count its parts, by the words people choose it by."""
    return {label("review_sum"): "", label(f"rule_{BEST_OF}"): BEST_OF}


def applies_words() -> dict[str, str]:
    """Return what becomes of an item that does not apply, by the words people choose it by."""
    return {label(f"review_applies_{policy}"): policy for policy in NOT_APPLICABLE_POLICIES}


def no_whole_words() -> dict[str, str]:
    """Return what becomes of an item whose whole is zero, by the words people choose it by."""
    return {label(f"review_no_whole_{policy}"): policy for policy in ZERO_POLICIES}


def measure_words() -> dict[str, str]:
    """Return the measures by the words people choose them by."""
    return {label(f"review_measure_{key}"): key for key in measures()}
