"""Last year's ledger becomes this year's: hints and names, never figures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from scoring.base.findings import Finding
from scoring.base.labels import label
from scoring.base.vocabulary import yes_or_no
from scoring.criteria import CriteriaSet
from scoring.evidence.ledger.intake import Ledger
from scoring.evidence.ledger.layout import PLAN, columns
from scoring.evidence.ledger.making import new_ledger
from scoring.evidence.ledger.sheets.filling import Entry, shown_value


@dataclass(frozen=True)
class CarriedForward:
    """A blank ledger with last year beside it.

    Attributes
    ----------
    data : bytes
        The workbook.
    carried : DataFrame
        What is shown of last year: ``old_code, new_code, input, shown``.
    findings : tuple of Finding
        Items left out because they are not confirmed, and codes that do not exist.

    Examples
    --------
    >>> import scoring
    >>> from scoring.criteria import open_set
    >>> from scoring.evidence.ledger import read_ledger
    >>> criteria = open_set("service-quality-766")
    >>> last = read_ledger(scoring.shipped_folder("evidence") / "phu-tho-2026" / "ledger.xlsx")
    >>> mapping = pd.DataFrame({"old_code": ["2"], "new_code": ["2"], "match": "same",
    ...                         "confidence": 1.0, "confirmed": "x"})
    >>> this = carry_forward(last, criteria, mapping)
    >>> this.carried[["old_code", "new_code", "input"]].values.tolist()
    [['2', '2', 'on_time'], ['2', '2', 'received']]
    """

    data: bytes
    carried: pd.DataFrame
    findings: tuple[Finding, ...]


def carry_forward(
    last_ledger: Ledger,
    new_criteria: CriteriaSet,
    mapping: pd.DataFrame,
    *,
    year: int | None = None,
    lang: str = "vi",
) -> CarriedForward:
    """Make this year's ledger from last year's.

    Unit, block, plan tasks with their lead units, and explanations come over as reminders; last
    year's figures stand in a grey column of their own. No entry cell of the self-assessment is
    filled. What can be done, and at what cost, comes over where last year's ledger said it.

    Parameters
    ----------
    last_ledger : Ledger
        Read with last year's set.
    new_criteria : CriteriaSet
    mapping : DataFrame
        ``old_code, new_code, match, confidence, confirmed``, as ``criteria diff`` writes it.
        Only confirmed rows count; the others are findings.
    year : int, optional
        The year after last year's by default.

    Examples
    --------
    >>> import scoring
    >>> from scoring.criteria import open_set
    >>> from scoring.evidence.ledger import read_ledger
    >>> criteria = open_set("service-quality-766")
    >>> last = read_ledger(scoring.shipped_folder("evidence") / "phu-tho-2026" / "ledger.xlsx")
    >>> mapping = pd.DataFrame({"old_code": ["2"], "new_code": ["2"], "match": "same",
    ...                         "confidence": 1.0, "confirmed": "x"})
    >>> this = read_ledger(carry_forward(last, criteria, mapping).data)
    >>> this.info.unit_code, this.info.year, int(this.inputs["value"].count())
    ('phu-tho', 2027, 0)
    """
    pairs, findings = _confirmed(mapping, new_criteria)
    actions, left = _actions(last_ledger.actions, pairs)
    previous, carried = _previous(last_ledger, new_criteria, pairs, lang)
    info = last_ledger.info
    data = new_ledger(
        new_criteria,
        **info.unit | {"year": year or info.year + 1},
        tasks=_tasks(last_ledger.tasks, pairs, lang),
        actions=actions,
        previous=previous,
        reminders=_reminders(last_ledger.claims, pairs, lang),
        lang=lang,
    )
    table = pd.DataFrame(carried, columns=["old_code", "new_code", "input", "shown"], dtype="str")
    return CarriedForward(data, table, (*findings, *left))


def _confirmed(
    mapping: pd.DataFrame, criteria: CriteriaSet
) -> tuple[dict[str, str], list[Finding]]:
    """Return the confirmed pairs of codes, and a finding for every other pair."""
    pairs: dict[str, str] = {}
    findings = []
    for row in mapping.fillna("").astype("str").to_dict("records"):
        old, new = row["old_code"], row["new_code"]
        if not old or not new:
            continue
        if new not in criteria.by_code:
            findings.append(Finding("carry-unknown-code", item_code=new, values={"value": new}))
        elif yes_or_no(row["confirmed"]):
            pairs[old] = new
        else:
            findings.append(Finding("carry-unconfirmed", item_code=new, values={"value": old}))
    return pairs, findings


def _previous(
    last: Ledger, criteria: CriteriaSet, pairs: Mapping[str, str], lang: str
) -> tuple[dict[tuple[str, str], Entry], list[tuple[str, ...]]]:
    """Return last year's figures at the places of this year's inputs of the same name."""
    previous: dict[tuple[str, str], Entry] = {}
    carried: list[tuple[str, ...]] = []
    known = {(code, e.name) for code, rule in criteria.rules.items() for e in rule.reported}
    for row in last.inputs.to_dict("records"):
        old, new = row["item_code"], pairs.get(row["item_code"], "")
        if (new, row["input"]) not in known:
            continue
        value = shown_value(criteria, new, row, lang)
        if row["not_applicable"]:
            value = label("not_applicable", lang)
        if value is not None:
            previous[new, row["input"]] = value
            carried.append((old, new, row["input"], str(value)))
    return previous, carried


def _reminders(claims: pd.DataFrame, pairs: Mapping[str, str], lang: str) -> dict[str, str]:
    told = claims[claims["explanation"] != ""]
    return {
        pairs[code]: label("ledger_last_year", lang, text=text)
        for code, text in zip(told["item_code"], told["explanation"], strict=True)
        if code in pairs
    }


def _tasks(tasks: pd.DataFrame, pairs: Mapping[str, str], lang: str) -> pd.DataFrame:
    """Return last year's tasks without deadlines and dates, their items under the new codes."""

    def renamed(codes: str) -> str:
        parts = (part.strip() for part in codes.split(";"))
        return "; ".join(pairs[part] for part in parts if part in pairs)

    def remembered(row: Mapping[Any, Any]) -> str:
        text = str(row["deadline_text"])
        return label("ledger_last_year", lang, text=text) if text else ""

    carried = tasks.assign(
        item_codes=[renamed(str(codes)) for codes in tasks["item_codes"]],
        note=[remembered(row) for row in tasks.to_dict("records")],
    )
    return carried[[c.key for c in columns(PLAN) if "carried" in c.flags]]


def _actions(
    actions: pd.DataFrame, pairs: Mapping[str, str]
) -> tuple[pd.DataFrame | None, list[Finding]]:
    """Return last year's actions under the new codes, and what is to be said about them.

    The points they came to are those of last year's rules, and stay behind.
    """
    if not len(actions):
        return None, []
    is_known = actions["item_code"].isin(list(pairs))
    kept, findings = actions[is_known], list[Finding]()
    if len(kept):
        place = {name: str(kept[name].iloc[0]) for name in ("file", "sheet", "cell")}
        findings.append(Finding("carry-actions", values={"count": len(kept)}, **place))
    for row in actions[~is_known].to_dict("records"):
        place = {name: str(row[name]) for name in ("file", "sheet", "cell", "item_code")}
        findings.append(Finding("carry-action-left", values={"action": row["action"]}, **place))
    return kept.assign(item_code=kept["item_code"].map(pairs), points_to=math.nan), findings
