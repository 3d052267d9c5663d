"""What a ledger or last year's figures bring into a form, as a person would type it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from scoring.base.dates import format_date
from scoring.base.labels import label
from scoring.base.vocabulary import NEVER, yes_or_no
from scoring.criteria import CriteriaSet
from scoring.evidence.ledger import Ledger
from scoring.form.form_data import Known

_DOCUMENT = {
    "id": "document_id",
    "number": "document_number",
    "kind": "kind",
    "issuer": "issuer",
    "signer": "signer",
    "title": "title",
    "sha256": "sha256",
}


def known_of(ledger: Ledger, criteria: CriteriaSet, lang: str = "vi") -> Known:
    """Return what a ledger of this year fills into a form; cells that could not be read stay empty."""
    info = ledger.info
    unit = {key: getattr(info, key) for key in ("prepared_by", "position", "prepared_on")}
    return Known(
        typed=typed_figures(ledger.inputs, criteria, lang),
        said=_said(ledger),
        documents=_documents(ledger, lang),
        targets={
            str(row["code"]): _number(float(row["target_points"]), lang)
            for row in ledger.targets.to_dict("records")
            if row["target_points"] == row["target_points"]
        },
        unit=unit,
    )


def typed_figures(
    inputs: pd.DataFrame, criteria: CriteriaSet, lang: str = "vi"
) -> dict[str, dict[str, str]]:
    """Return the figures of one unit as typed, by item and input.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.points import inputs_table
    >>> row = {"unit_code": "a", "year": 2026, "item_code": "2", "input": "granted", "value": 12.5}
    >>> criteria = open_set("service-quality-766")
    >>> name = criteria.rules["2"].reported[0].name
    >>> list(typed_figures(inputs_table([row | {"input": name}]), criteria)["2"].values())
    ['12,5']
    """
    found: dict[str, dict[str, str]] = {}
    for row in inputs.to_dict("records"):
        code, name = str(row["item_code"]), str(row["input"])
        rule = criteria.rules.get(code)
        kind = next((e.kind for e in rule.reported if e.name == name), "") if rule else ""
        if kind and (text := _typed(kind, row, lang)):
            found.setdefault(code, {})[name] = text
    return found


def _typed(kind: str, row: Mapping[Any, Any], lang: str) -> str:
    word, value, day = str(row["choice"] or ""), row["value"], row["happened_on"]
    if kind == "yes_no":
        answer = yes_or_no(word or value)
        return "" if answer is None else "yes" if answer else "no"
    if kind == "choice":
        return word
    if kind == "date":
        if word:
            return label(NEVER, lang) if word == NEVER else word
        return "" if pd.isna(day) else f"{pd.Timestamp(day):%d/%m/%Y}"
    return "" if pd.isna(value) else _number(float(value), lang)


def _number(value: float, lang: str) -> str:
    """Return a number without marks between thousands, which could be read in two ways."""
    text = f"{value:.10f}".rstrip("0").rstrip(".")
    return text if lang == "en" else text.replace(".", ",")


def _said(ledger: Ledger) -> dict[str, dict[str, Any]]:
    said: dict[str, dict[str, Any]] = {}
    marked = ledger.inputs[ledger.inputs["not_applicable"].eq(True)]
    for code in marked["item_code"]:
        said[str(code)] = {"not_applicable": True, "explanation": "", "documents_note": ""}
    for row in ledger.claims.to_dict("records"):
        note, why = str(row["documents"] or ""), str(row["explanation"] or "")
        if note or why or row["item_code"] in said:
            is_marked = row["item_code"] in said
            said[str(row["item_code"])] = {
                "not_applicable": is_marked, "explanation": why, "documents_note": note,
            }  # fmt: skip
    return said


def _day(day: Any, precision: str = "day") -> str:
    """Return a day as typed; of a date that names no day, or no month, what it does name."""
    if pd.isna(day):
        return ""
    whole = format_date(day.date(), "vi")
    return {"month": whole[3:], "year": whole[6:]}.get(precision, whole)


def _documents(ledger: Ledger, lang: str) -> list[dict[str, Any]]:
    links: dict[str, list[str]] = {}
    places: dict[str, str] = {}
    for row in ledger.links.to_dict("records"):
        links.setdefault(row["document_id"], []).append(str(row["item_code"]))
        places[row["document_id"]] = str(row["place"] or "")
    made = []
    for row in ledger.documents.to_dict("records"):
        one: dict[str, Any] = {key: str(row[column] or "") for key, column in _DOCUMENT.items()}
        one |= {key: _day(row[key]) for key in ("valid_from", "valid_to")}
        one["issued_on"] = _day(row["issued_on"], row["issued_precision"])
        one["secret"] = bool(row["secret"])
        one |= {"path": str(row["path"] or row["address"] or ""), "size": "", "note": ""}
        one["place"] = places.get(row["document_id"], "")
        made.append(one | {"items": links.get(row["document_id"], [])})
    return made
