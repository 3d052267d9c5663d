"""Contents of the entry cells of a ledger that is not blank, and the results it shows."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from scoring.base.errors import UsageError
from scoring.base.labels import label
from scoring.base.vocabulary import NEVER, NO, YES, yes_or_no
from scoring.criteria import CriteriaSet, Node
from scoring.evidence.ledger.sheets.live_formulas import index_so_far, points_when_not_applicable
from scoring.tables.frames import days_of

Entry = float | str | dt.date | None
Key = tuple[str, str]


@dataclass(frozen=True)
class Filling:
    """Entries and results of one unit.

    Attributes
    ----------
    entries : mapping of (item code, input) to number, text or date
        As the cells show them: the wording of a choice, "Có", "Không thực hiện" ...
    marked : mapping of item code to str
        Items marked as not applicable, with the reason.
    scores : mapping of code to mapping
        Rows of the table ``Scores`` by their codes.
    """

    entries: Mapping[Key, Entry] = field(default_factory=dict)
    marked: Mapping[str, str] = field(default_factory=dict)
    scores: Mapping[str, Mapping[str, float | str]] = field(default_factory=dict)

    def open_state(self, node: Node) -> str:
        """Return how many figures an item without points has: all, some or none of them."""
        assert node.spec is not None
        given = [self.entries.get((node.code, e.name)) is not None for e in node.spec.inputs]
        return "check" if all(given) else "half" if any(given) else "open"


def filling(
    criteria: CriteriaSet,
    inputs: pd.DataFrame | None,
    scores: pd.DataFrame | None,
    lang: str = "vi",
) -> Filling:
    """Return what to write for one unit.

    Parameters
    ----------
    inputs : DataFrame or None
        The table ``Inputs`` of one unit and period.
    scores : DataFrame or None
        The table ``Scores`` that `inputs` come to; needed with `inputs`, since every formula is
        written with its result.

    Raises
    ------
    UsageError
        When there are inputs of several units, or no scores for them.
    """
    if inputs is None or not len(inputs):
        return Filling()
    if len(inputs[["unit_code", "year", "period"]].drop_duplicates()) > 1:
        raise UsageError("a ledger is filled from the inputs of one unit, year and period")
    if scores is None:
        raise UsageError("inputs need their scores: pass score(inputs, criteria).scores")
    by_code = {str(row["code"]): row for row in scores.to_dict("records")}
    known = _in_form(inputs[inputs["item_code"].isin(criteria.rules)])
    marked = known[known["not_applicable"]]
    reasons = dict(zip(marked["item_code"], marked["reason"], strict=True))
    entries = {
        (row["item_code"], row["input"]): value
        for row in known.to_dict("records")
        if (value := shown_value(criteria, row["item_code"], row, lang)) is not None
    }
    return Filling(entries, reasons, by_code)  # type: ignore[arg-type]


def _in_form(inputs: pd.DataFrame) -> pd.DataFrame:
    """Return rows with marks as truth values and days, as `pandas.read_csv` leaves them as texts.

    Missing text is no text: NaN must neither mark an item nor stand in a cell as a word.
    """
    blank = {
        name: inputs[name].astype("object").where(inputs[name].notna(), "").astype("str")
        if name in inputs
        else ""
        for name in ("choice", "reason", "not_applicable")
    }
    days = inputs.get("happened_on", pd.Series(pd.NaT, index=inputs.index))
    table = inputs.assign(happened_on=days_of(days), **blank)
    marks = [yes_or_no(cell, "not_applicable") is True for cell in table["not_applicable"]]
    return table.assign(not_applicable=np.array(marks, dtype=bool))


def shown_value(criteria: CriteriaSet, code: str, figure: Mapping[Any, Any], lang: str) -> Entry:
    """Return a row of the table ``Inputs`` as its cell shows it in the item `code`.

    None where nothing is reported, or the item has no such input.
    """
    rule = criteria.rules[code]
    kind = next((entry.kind for entry in rule.reported if entry.name == figure["input"]), "")
    word, value, day = str(figure["choice"] or ""), float(figure["value"]), figure["happened_on"]
    if not kind:
        return None
    if kind == "yes_no":
        answer = yes_or_no(word or value)
        return word or None if answer is None else label(YES if answer else NO, lang)
    if kind == "choice":
        options = {
            option.code: option.label(lang) for option in rule.spec.options_of(figure["input"])
        }
        return options.get(word, word) or None
    if kind == "date":
        if word:
            return label("never", lang) if word == NEVER else word
        return None if pd.isna(day) else pd.Timestamp(day).date()
    return None if math.isnan(value) else value


@dataclass(frozen=True)
class Results:
    """The results of all nodes as the live formulas give them, to be written with them.

    Open items count as nothing yet. `points` of an open item is NaN, shown as an empty cell.
    """

    points: Mapping[str, float]
    applicable: Mapping[str, float]
    is_na: Mapping[str, bool]
    states: Mapping[str, str]
    index: float


def results(criteria: CriteriaSet, filled: Filling, lang: str = "vi") -> Results:
    """Return what every formula of the sheet shows for `filled`."""
    points: dict[str, float] = {}
    applicable: dict[str, float] = {}
    is_na: dict[str, bool] = {}
    states: dict[str, str] = {}
    for node in criteria.nodes:
        score = filled.scores.get(node.code)
        status = str(score["status"]) if score else "not_assessed"
        points[node.code] = _points(criteria, node, score, status)
        applicable[node.code] = float(score["max_points"]) if score else node.max_points
        if node.is_item:
            is_na[node.code] = status == "not_applicable"
            states[node.code] = label(f"ledger_state_{_state(filled, node, status)}", lang)
    index = index_so_far(criteria, {"points": points, "applicable": applicable})
    return Results(points, applicable, is_na, states, index)


def _points(
    criteria: CriteriaSet, node: Node, score: Mapping[str, float | str] | None, status: str
) -> float:
    if score is None:
        return math.nan if node.is_item else 0.0
    if node.is_item:
        if status == "not_applicable":
            instead = points_when_not_applicable(criteria, node.code)
            return math.nan if instead is None else instead
        return float(score["points"])
    # An open penalty takes nothing off yet; the lowest result would take all of it.
    side = "points_high" if criteria.area_of(node.code).kind == "penalty" else "points_low"
    return float(score[side])


def _state(filled: Filling, node: Node, status: str) -> str:
    if status in ("scored", "not_applicable"):
        return status
    return filled.open_state(node)
