"""Whether the documents of many units prove their items, in one go."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from scoring.base.findings import Finding
from scoring.criteria import CriteriaSet
from scoring.evidence.ledger import Ledger
from scoring.evidence.requirements import requirements_for
from scoring.evidence.sufficiency import sufficiency
from scoring.evidence.verify.claims import outside_year, sound_links
from scoring.points.proof import dates_from_documents

# Joins a unit to a code; no code of a set and no document id holds it.
UNIT_JOINT = "\x1f"
STATE_COLUMNS = ("unit_code", "item_code", "state", "reason")


def proof_states(
    criteria: CriteriaSet,
    units: pd.DataFrame,
    documents: pd.DataFrame,
    links: pd.DataFrame,
    *,
    invalid: Iterable[str] = (),
    lang: str = "vi",
) -> pd.DataFrame:
    """Tell for every unit and item that needs proof how its proof stands.

    Parameters
    ----------
    criteria : CriteriaSet
    units : DataFrame
        ``unit_code`` and ``year`` of the units whose documents were handed in.
    documents, links : DataFrame
        Tables ``Documents`` and ``Links`` with ``unit_code``.
    invalid : iterable of str
        Ids of documents that verification disqualified; they are of one unit then.
    lang : str
        Language of the reasons.

    Returns
    -------
    DataFrame
        ``unit_code, item_code, state, reason``; empty where the set asks for no evidence.
    """
    sheet = criteria.tables["evidence"]
    if sheet.empty or units.empty:
        return pd.DataFrame(columns=list(STATE_COLUMNS))
    asked = pd.concat([_asked_of(sheet, year, group) for year, group in units.groupby("year")])
    owned = _owned(documents, "document_id")
    linked = _owned(links, "document_id")
    proving = _owned(linked, "item_code")
    spoilt = [UNIT_JOINT.join((unit, name)) for unit in units["unit_code"] for name in invalid]
    for year, group in units.groupby("year"):
        theirs = owned[owned["unit_code"].isin(group["unit_code"])]
        asked_then = requirements_for(sheet, int(str(year)))
        spoilt += outside_year(theirs, linked, asked_then, int(str(year)))
    states = sufficiency(asked, owned, proving, invalid=spoilt, lang=lang)
    split = states["item_code"].str.split(UNIT_JOINT, n=1, expand=True)
    return states.assign(unit_code=split[0], item_code=split[1])[list(STATE_COLUMNS)]


def with_document_dates(
    criteria: CriteriaSet, ledger: Ledger
) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the inputs of a ledger with dates that its documents tell, and what was noticed.

    Only documents that could prove the item are heard: of force in the year, and of its kind.
    """
    requirements = requirements_for(criteria.tables["evidence"], ledger.info.year)
    links = sound_links(ledger.documents, ledger.links, requirements, ledger.info.year)
    return dates_from_documents(criteria, ledger.inputs, ledger.documents, links)


def _asked_of(sheet: pd.DataFrame, year: object, units: pd.DataFrame) -> pd.DataFrame:
    asked = requirements_for(sheet, int(str(year)))
    return _owned(asked.merge(units[["unit_code"]].drop_duplicates(), how="cross"), "item_code")


def _owned(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """Prefix a key with its unit, so that equal ids of different units stay apart."""
    return table.assign(
        **{column: table["unit_code"].astype("str") + UNIT_JOINT + table[column].astype("str")}
    )
