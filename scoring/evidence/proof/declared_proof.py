"""What the ledger declares of its documents and links, checked without opening a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from scoring.base.findings import Finding
from scoring.base.units import KEY_COLUMNS
from scoring.evidence.proof.sufficiency import fitting, kinds_named
from scoring.evidence.proof.validity import DOCUMENT_KEY, ITEM_KEY, standing, unit_of
from scoring.official.document_kinds import document_kinds
from scoring.official.document_number import read_document_number
from scoring.official.document_period import parts_named

Problem = tuple[int, Finding]
"""A finding about one document, and the row of the document."""


def declared_problems(
    documents: pd.DataFrame,
    links: pd.DataFrame,
    requirements: pd.DataFrame,
    *,
    stands: pd.DataFrame | None = None,
    wanted: Callable[[str], bool] | None = None,
) -> Iterator[Problem]:
    """Yield what is wrong with places, numbers, dates and kinds of documents.

    Parameters
    ----------
    documents, links, requirements : DataFrame
        Tables of those names, each with the columns of `KEY_COLUMNS`.
    stands : DataFrame, optional
        Their `standing`, where it is known.
    wanted : callable, optional
        Says by its code whether a finding is wanted; by default all are.
    """
    if documents.empty:
        return
    if stands is None:
        stands = standing(documents, links, requirements)
    is_wanted = wanted or (lambda code: True)
    yield from _marked(documents, _wrong_places(documents), is_wanted)
    yield from (found for found in _wrong_numbers(documents) if is_wanted(found[1].code))
    yield from _marked(documents, _wrong_dates(documents, stands), is_wanted)
    is_misfit_wanted = is_wanted("document-wrong-kind") or is_wanted("document-wrong-period")
    if is_misfit_wanted and len(links):
        yield from _misfitting(documents, misfits(documents, links, requirements))


def _misfitting(documents: pd.DataFrame, wrong: pd.DataFrame) -> Iterator[Problem]:
    rows = documents.loc[wrong["row"]].to_dict("records")
    for known, misfit in zip(rows, wrong.to_dict("records"), strict=True):
        own = str(known["kind"])
        kind = kinds_named([own]) if own in document_kinds() else own
        asked = {"kind": kind, "kinds": kinds_named(misfit["kinds"])}
        if misfit["wrong"] == "period":
            asked = {"title": known["title"], "parts": parts_named(sorted(misfit["parts"]))}
        finding = about(known, f"document-wrong-{misfit['wrong']}", year=known["year"], **asked)
        yield misfit["row"], finding.at(item_code=misfit["item_code"])


def about(document: Any, code: str, **values: object) -> Finding:
    """Return a finding about `document`, a row of the table ``Documents``."""
    name = document["document_number"] or document["title"]
    known = {"document_id": document["document_id"], "document": name}
    return Finding(code, str(document["path"]), values=known | values, **unit_of(document))


def _marked(
    documents: pd.DataFrame, wrong: dict[str, pd.Series], is_wanted: Callable[[str], bool]
) -> Iterator[Problem]:
    for code, is_wrong in wrong.items():
        if not is_wanted(code) or not is_wrong.any():
            continue
        for row, known in _rows(documents[is_wrong]):
            values = {"number": known["document_number"], "address": known["address"]}
            yield row, about(known, code, year=int(known["year"]), **values)


def _rows(documents: pd.DataFrame) -> Iterator[tuple[int, dict[Any, Any]]]:
    return zip(map(int, documents.index), documents.to_dict("records"), strict=True)


def _wrong_places(documents: pd.DataFrame) -> dict[str, pd.Series]:
    has_file, has_address = documents["path"] != "", documents["address"] != ""
    # The guide of the ledger says so: a secret document is named there, and lies elsewhere.
    is_secret = documents["secret"].astype(bool)
    is_official = documents["kind"].isin(list(document_kinds()))
    return {
        "document-number-missing": is_official & (documents["document_number"].str.strip() == ""),
        "document-without-file": ~has_file & ~has_address & ~is_secret,
        "document-only-address": ~has_file & has_address,
        "document-listed-twice": has_file & documents.duplicated([*KEY_COLUMNS, "path"]),
    }


def _wrong_numbers(documents: pd.DataFrame) -> Iterator[Problem]:
    rows: dict[tuple[str, str], list[int]] = {}
    for row, written in enumerate(
        zip(documents["document_number"], documents["issuer"], strict=True)
    ):
        rows.setdefault(written, []).append(row)
    for (number, issuer), own in rows.items():
        for found in read_document_number(number, issuer_name=issuer).findings:
            for row, known in _rows(documents.iloc[own]):
                yield row, about(known, found.code, **found.values)


def _wrong_dates(documents: pd.DataFrame, stands: pd.DataFrame) -> dict[str, pd.Series]:
    is_beside = stands["is_old"] | stands["is_new"]
    return {
        "document-period-reversed": stands["is_reversed"],
        "document-not-valid-then": stands["not_valid_then"],
        "document-outside-year": ~stands["is_declared"] & is_beside,
        "document-date-missing": ~stands["is_declared"] & documents["issued_on"].isna(),
    }


def misfits(
    documents: pd.DataFrame, links: pd.DataFrame, requirements: pd.DataFrame
) -> pd.DataFrame:
    """Return documents linked to an item that nowhere asks for their kind, or not for their period.

    Returns
    -------
    DataFrame
        ``row`` of the document, ``item_code``, ``wrong`` ("kind" or "period") and the kinds and
        parts of the year that the item asks for, as sets in ``kinds`` and ``parts``.
    """
    pairs = fitting(requirements.reset_index(drop=True), documents, links)
    pairs = pairs.reindex(columns=[*pairs, "part_of_year"])
    pairs = pairs[pairs["row"].notna()]
    is_known = (pairs["kind"] != "") | (pairs["issues"] != "")
    right_kind = pairs["is_of_kind"] | ~is_known
    flags = pairs[["row", "item_code"]].assign(
        right_kind=right_kind, right=right_kind & pairs["is_of_period"]
    )
    fits = flags.groupby(["row", "item_code"], sort=False).any().reset_index()
    wrong = fits[~fits["right"].astype(bool)]
    asked = {
        name: _sets_by_item(requirements, column)
        for name, column in (("kinds", "kind"), ("parts", "part_of_year"))
    }
    return wrong.assign(
        row=wrong["row"].astype("int64"),
        wrong=np.where(wrong["right_kind"].astype(bool), "period", "kind"),
        **{name: wrong["item_code"].map(sets) for name, sets in asked.items()},
    )


def _sets_by_item(requirements: pd.DataFrame, column: str) -> dict[str, frozenset[str]]:
    """Return what the rows of each item ask for together, written by keys separated by ``|``."""
    if column not in requirements:
        return {}
    texts = requirements.groupby("item_code")[column]
    return {str(code): frozenset("|".join(own).split("|")) - {""} for code, own in texts}


def link_findings(
    documents: pd.DataFrame, links: pd.DataFrame, items: pd.DataFrame | None, max_items: int
) -> Iterator[Finding]:
    """Yield links to nothing, documents without a link, and files linked to too many items."""
    known = pd.MultiIndex.from_frame(documents[DOCUMENT_KEY])
    is_known = pd.MultiIndex.from_frame(links[DOCUMENT_KEY]).isin(known)
    yield from _links("link-unknown-document", links[~is_known])
    if items is not None:
        yield from _links("link-unknown-item", links[~links["item_code"].isin(items["code"])])
    linked = known.isin(pd.MultiIndex.from_frame(links[DOCUMENT_KEY]))
    for _, row in _rows(documents[~linked]):
        yield about(row, "document-without-link")
    yield from reused(documents, links, max_items)


def _links(code: str, links: pd.DataFrame) -> Iterator[Finding]:
    for row in links.to_dict("records"):
        values = {"document": row["document_id"]}
        yield Finding(code, item_code=row["item_code"], values=values, **unit_of(row))


def reused(documents: pd.DataFrame, links: pd.DataFrame, max_items: int) -> Iterator[Finding]:
    """Yield files linked to too many items, and files that several units hand in as their own."""
    yield from _stretched(documents, links, max_items)
    hashed = documents[documents["sha256"] != ""]
    for _, same in hashed.groupby(hashed["sha256"].str.lower(), sort=False):
        units = sorted(same["unit_code"].unique())
        if len(units) > 1:
            yield about(same.iloc[0], "document-of-many-units", count=len(units), expected=units)


def _stretched(documents: pd.DataFrame, links: pd.DataFrame, max_items: int) -> Iterator[Finding]:
    """Count items per file, so that one file listed under several ids does not slip through."""
    hashed = documents["sha256"].where(documents["sha256"] != "", documents["document_id"])
    files = documents.assign(content=hashed).drop_duplicates(DOCUMENT_KEY)
    by = [*KEY_COLUMNS, "content"]
    pairs = links.merge(files[[*DOCUMENT_KEY, "content"]], on=DOCUMENT_KEY)
    if len(pairs) <= max_items or pairs.groupby(by)["item_code"].count().max() <= max_items:
        return
    # Few files are: only for these the rest of their rows is looked up.
    counts = pairs.groupby(by)["item_code"].transform("nunique")
    stretched = pairs[counts > max_items].merge(files, on=[*DOCUMENT_KEY, "content"])
    for _, same in stretched.groupby(by, sort=False):
        count = same["item_code"].nunique()
        yield about(same.iloc[0], "document-stretched", count=count, limit=max_items)


def unproven_items(links: pd.DataFrame, requirements: pd.DataFrame) -> Iterator[Finding]:
    """Yield every item that asks for documents and has none linked."""
    asked = requirements.drop_duplicates(ITEM_KEY)
    linked = pd.MultiIndex.from_frame(links[ITEM_KEY])
    bare = asked[~pd.MultiIndex.from_frame(asked[ITEM_KEY]).isin(linked)]
    for row in bare.to_dict("records"):
        yield Finding("item-without-document", item_code=row["item_code"]).at(**unit_of(row))
