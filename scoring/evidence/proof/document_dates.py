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
    info = ledger.info
    unit = UnitKey(info.unit_code, info.year, info.period)
    if ledger.documents.empty or ledger.links.empty:
        return ledger.inputs, []
    asked = keyed(requirements_for(criteria.tables["evidence"], info.year), unit)
    documents, links = keyed(ledger.documents, unit), keyed(ledger.links, unit)
    documents = documents.reset_index(drop=True)
    old = documents.loc[outside_year(documents, links, asked), "document_id"]
    wrong = misfits(documents, links, asked)
    unfit = documents["document_id"].loc[wrong["row"]].to_numpy(), wrong["item_code"].to_numpy()
    pairs = pd.MultiIndex.from_frame(links[["document_id", "item_code"]])
    is_unfit = pairs.isin(pd.MultiIndex.from_arrays(unfit)) | links["document_id"].isin(old)
    sound = links[~is_unfit]
    return dates_from_documents(criteria, ledger.inputs, documents, sound, links)


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
    known = documents[documents["issued_precision"] == "day"]
    dated, others = (
        table.merge(known[["document_id", "issued_on", "document_number"]], on="document_id")
        for table in (links, compared)
    )
    added, findings = [], list[Finding]()
    for code, name in _deadline_inputs(criteria):
        proofs = dated[dated["item_code"] == code].sort_values("issued_on")
        mine = inputs[(inputs["item_code"] == code) & (inputs["input"] == name)]
        entered = mine[mine["happened_on"].notna()]
        if len(entered):
            findings += _differing(code, entered.iloc[0], others[others["item_code"] == code])
        elif len(proofs) and not (mine["choice"] != "").any():
            row = _filled(inputs, code, name, proofs)
            values = {
                "value": row["happened_on"].date(),
                "document": proofs["document_number"].iloc[0],
            }
            taken = Finding("date-taken-from-document", item_code=code, values=values)
            added.append(row)
            findings.append(taken.at(unit_code=row["unit_code"]))
    if not added:
        return inputs, findings
    empty = inputs["happened_on"].isna() & (inputs["choice"] == "")
    filled = [(row["item_code"], row["input"]) for row in added]
    pairs = pd.MultiIndex.from_frame(inputs[["item_code", "input"]])
    kept = inputs[~(empty & pairs.isin(filled))]
    return pd.concat([kept, pd.DataFrame(added)], ignore_index=True), findings


def _deadline_inputs(criteria: CriteriaSet) -> Iterator[tuple[str, str]]:
    for code, rule in criteria.rules.items():
        for entry in rule.spec.with_role("done_on"):
            yield code, entry.name


def _differing(code: str, row: pd.Series, proofs: pd.DataFrame) -> Iterator[Finding]:
    days = sorted({day.date() for day in proofs["issued_on"]})
    entered = row["happened_on"].date()
    if days and entered not in days:
        values = {"value": entered, "expected": days}
        place = {name: str(row.get(name, "")) for name in ("file", "sheet", "cell", "unit_code")}
        yield Finding("date-differs-from-document", item_code=code, values=values, **place)


def _filled(inputs: pd.DataFrame, code: str, name: str, proofs: pd.DataFrame) -> dict[str, Any]:
    common = ("unit_code", "unit_name", "block", "year", "period")
    who = {column: inputs[column].iloc[0] for column in common}
    row: dict[str, Any] = dict.fromkeys(inputs.columns, "")
    row |= {"value": np.nan, "not_applicable": False, "item_code": code, "input": name}
    return row | who | {"happened_on": proofs["issued_on"].iloc[0]}
