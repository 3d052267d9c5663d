"""Dates of documents, where a unit has entered no date for an item with a deadline."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scoring.base.findings import Finding
from scoring.base.units import UnitKey
from scoring.criteria import CriteriaSet
from scoring.evidence.proof.declared_proof import misfits
from scoring.evidence.proof.judging import keyed
from scoring.evidence.proof.requirements import requirements_for
from scoring.evidence.proof.validity import outside_year

if TYPE_CHECKING:
    from scoring.evidence.ledger import Ledger


def with_document_dates(
    criteria: CriteriaSet, ledger: Ledger
) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the inputs of a ledger with dates of its documents filled in, and what was noticed.

    Only documents that could prove the item count: valid in the year, and of its kind.
    """
    inputs = ledger.inputs
    dates = set(criteria.once(_deadline_inputs))
    links = ledger.links[ledger.links["item_code"].isin({code for code, _ in dates})]
    if links.empty:
        return inputs, []
    days = inputs.loc[inputs["happened_on"].notna(), ["item_code", "input"]]
    # Most units enter their dates; what documents prove is only judged for those that did not.
    missing = {code for code, _ in dates - set(days.itertuples(index=False, name=None))}
    bare = links[links["item_code"].isin(missing)]
    sound = bare if bare.empty else _sound(criteria, ledger, bare)
    return dates_from_documents(criteria, inputs, ledger.documents, sound, links)


def _sound(criteria: CriteriaSet, ledger: Ledger, bare: pd.DataFrame) -> pd.DataFrame:
    """Return the links of `bare` whose document is valid in the year and of the kind asked for."""
    info = ledger.info
    unit = UnitKey(info.unit_code, info.year, info.period)
    asked = keyed(requirements_for(criteria.tables["evidence"], info.year), unit)
    documents, links = (
        keyed(table[table["document_id"].isin(bare["document_id"])], unit)
        for table in (ledger.documents, ledger.links)
    )
    documents = documents.reset_index(drop=True)
    old = documents.loc[outside_year(documents, links, asked), "document_id"]
    wrong = misfits(documents, links, asked)
    unfit = documents["document_id"].loc[wrong["row"]].to_numpy(), wrong["item_code"].to_numpy()
    pairs = pd.MultiIndex.from_frame(bare[["document_id", "item_code"]])
    is_unfit = pairs.isin(pd.MultiIndex.from_arrays(unfit)) | bare["document_id"].isin(old)
    return bare[~is_unfit]


def dates_from_documents(
    criteria: CriteriaSet,
    inputs: pd.DataFrame,
    documents: pd.DataFrame,
    links: pd.DataFrame,
    compared: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Let the dates of linked documents stand for the dates of deadline items.

    Parameters
    ----------
    criteria : CriteriaSet
    inputs : DataFrame
        The table ``Inputs`` of one unit.
    documents, links : DataFrame
        Tables ``Documents`` and ``Links`` of the same unit; only dates known to the day count.
    compared : DataFrame, optional
        Links whose documents an entered date is held against; by default `links`. A document that
        proves nothing still shows that the date entered is not its own.

    Returns
    -------
    DataFrame
        `inputs` with rows added where the unit entered no date: the earliest document that
        proves the item. A date that was entered is never changed.
    list of Finding
        ``date-differs-from-document`` where the entered date is not that of any document;
        ``date-taken-from-document`` (a note) where one was filled in.
    """
    compared = links if compared is None else compared
    if documents.empty or compared.empty or inputs.empty:
        return inputs, []
    # Few documents are linked to such an item.
    linked = {*links["document_id"], *compared["document_id"]}
    documents = documents[documents["document_id"].isin(linked)]
    dated, others = (_dates_by_item(documents, table) for table in (links, compared))
    mine: dict[tuple[str, str], list[dict[Any, Any]]]
    mine = {wanted: [] for wanted in criteria.once(_deadline_inputs)}
    rows = inputs[inputs["item_code"].isin({code for code, _ in mine})]
    for row in rows.to_dict("records"):
        mine.get((row["item_code"], row["input"]), []).append(row)
    added, findings = [], list[Finding]()
    for (code, name), own in mine.items():
        entered = [row for row in own if pd.notna(row["happened_on"])]
        if entered:
            findings += _differing(code, entered[0], others.get(code, []))
        elif code in dated and not any(row["choice"] != "" for row in own):
            day, number = min(dated[code], key=lambda proof: proof[0])
            new = _filled(inputs, code, name, day)
            values = {"value": day.date(), "document": number}
            taken = Finding("date-taken-from-document", item_code=code, values=values)
            added.append(new)
            findings.append(taken.at(unit_code=new["unit_code"]))
    if not added:
        return inputs, findings
    empty = inputs["happened_on"].isna() & (inputs["choice"] == "")
    filled = [(row["item_code"], row["input"]) for row in added]
    pairs = pd.MultiIndex.from_frame(inputs[["item_code", "input"]])
    kept = inputs[~(empty & pairs.isin(filled))]
    return pd.concat([kept, pd.DataFrame(added)], ignore_index=True), findings


def _deadline_inputs(criteria: CriteriaSet) -> tuple[tuple[str, str], ...]:
    return tuple(
        (code, entry.name)
        for code, rule in criteria.rules.items()
        for entry in rule.spec.with_role("done_on")
    )


def _dates_by_item(
    documents: pd.DataFrame, links: pd.DataFrame
) -> dict[str, list[tuple[pd.Timestamp, str]]]:
    """Return day and number of the documents of each item whose date is known to the day."""
    known = dict[str, list[tuple[pd.Timestamp, str]]]()
    names = ["document_id", "issued_on", "document_number"]
    days = documents.loc[documents["issued_precision"] == "day", names]
    for document, *told in days.itertuples(index=False):
        known.setdefault(document, []).append((told[0], told[1]))
    found = dict[str, list[tuple[pd.Timestamp, str]]]()
    for document, code in zip(links["document_id"], links["item_code"], strict=True):
        if document in known:
            found.setdefault(code, []).extend(known[document])
    return found


def _differing(
    code: str, row: dict[Any, Any], proofs: list[tuple[pd.Timestamp, str]]
) -> Iterator[Finding]:
    days = sorted({day.date() for day, _ in proofs})
    entered = row["happened_on"].date()
    if days and entered not in days:
        values = {"value": entered, "expected": days}
        place = {name: str(row.get(name, "")) for name in ("file", "sheet", "cell", "unit_code")}
        yield Finding("date-differs-from-document", item_code=code, values=values, **place)


def _filled(inputs: pd.DataFrame, code: str, name: str, day: pd.Timestamp) -> dict[str, Any]:
    common = ("unit_code", "unit_name", "block", "year", "period")
    who = {column: inputs[column].iloc[0] for column in common}
    row: dict[str, Any] = dict.fromkeys(inputs.columns, "")
    row |= {"value": np.nan, "not_applicable": False, "item_code": code, "input": name}
    return row | who | {"happened_on": day}
