"""The worked examples of a set: the figures it gives and the points that its rule makes of them."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from scoring.base.dates import date_serial, read_date
from scoring.base.same_unknown import SameUnknown
from scoring.base.vocabulary import NEVER, NO, YES
from scoring.criteria.building import Cells
from scoring.criteria.columns import cell_name
from scoring.criteria.criteria_set import CriteriaSet
from scoring.rules import CompiledRule, RuleSpec, compile_rule
from scoring.rules.expression import YEAR


@dataclass(frozen=True, slots=True, eq=False)
class SetExample(SameUnknown):
    """A worked example.

    Attributes
    ----------
    name : str
    spec, rule
        Of its item.
    values : mapping of str to float
        Figures by input, as scoring knows them.
    year : float
        The year assessed; NaN where the example names none.
    cell : str
        Address of its first row.
    expected : float
        The points that the set states.
    """

    name: str
    spec: RuleSpec
    rule: CompiledRule
    values: Mapping[str, float]
    year: float
    cell: str
    expected: float

    @property
    def missing(self) -> list[str]:
        """The inputs of the rule for which the example has no readable value."""
        needed = [*self.rule.names, *(f"@best:{peer}" for peer in self.rule.peer_inputs)]
        return [key for key in needed if math.isnan(self.values.get(key, math.nan))]

    @property
    def points(self) -> float:
        """The points that the rule gives."""
        values = {**self.values, YEAR: self.year}
        arrays = {key: np.array([value]) for key, value in values.items()}
        return float(self.rule.score(arrays, 1).points[0])


def worked_examples(criteria: CriteriaSet, without: Collection[str] = ()) -> Iterator[SetExample]:
    """Yield the examples of the items of a set, but for the codes in `without`."""
    cells = Cells("examples", criteria.tables["examples"])
    for (code, name), rows in cells.by("item_code", "example").items():
        node = criteria.by_code.get(code)
        if node is None or node.spec is None or code in without:
            continue
        spec, first = node.spec, rows[0]
        values = {row["input"]: example_value(spec, row["input"], row["value"]) for row in rows}
        cell = cell_name("examples", "item_code", first["row"])
        yield SetExample(
            name, spec, compile_rule(spec), values, first["year"], cell, first["points"]
        )


def example_value(spec: RuleSpec, name: str, text: str) -> float:
    """Return the number by which scoring knows an example's value; NaN where unreadable.

    >>> example_value(RuleSpec("1", "direct", 1.0), "@best:x", "4.5")
    4.5
    """
    kinds = {entry.name: entry.kind for entry in spec.inputs}
    kind = kinds.get(name, "number" if name.startswith("@best:") else "")
    if kind == "yes_no":
        return {YES: 1.0, NO: 0.0}.get(text, math.nan)
    if kind == "choice":
        codes = [option.code for option in spec.options_of(name)]
        return float(codes.index(text)) if text in codes else math.nan
    if kind == "date":
        day = read_date(text).value
        return math.inf if text == NEVER else math.nan if day is None else date_serial(day)
    try:
        return float(text) if kind else math.nan
    except ValueError:
        return math.nan
