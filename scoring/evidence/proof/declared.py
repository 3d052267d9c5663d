"""What the ledger declares of its documents and links, checked without opening a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from scoring.base.findings import Finding
from scoring.base.units import KEY_COLUMNS
from scoring.evidence.proof.sufficiency import fitting, kinds_named
from scoring.evidence.proof.validity import DOCUMENT_KEY, ITEM_KEY, standing
from scoring.official.document_kinds import document_kinds, kinds_of
from scoring.official.document_number import read_document_number

Problem = tuple[int, Finding]
"""A finding about one document, and the row of the document."""


def declared_problems(
    documents: pd.DataFrame, links: pd.DataFrame, requirements: pd.DataFrame
) -> Iterator[Problem]:
    """Yield what is wrong with places, numbers, dates and kinds of documents.

    Parameters
    ----------
    documents, links, requirements : DataFrame
        Tables of those names, each with the columns of `KEY_COLUMNS`.
    """
    if documents.empty:
        return
    yield from _marked(documents, _wrong_places(documents))
    yield from _wrong_numbers(documents)
    yield from _marked(documents, _wrong_dates(documents, links, requirements))
    for row, code, asked in wrong_kinds(documents, links, requirements):
        known = documents.loc[row]
        own = str(known["kind"])
        kind = kinds_named([own]) if own in document_kinds() else own
        finding = about(known, "document-wrong-kind", kind=kind, kinds=kinds_named(asked))
        yield row, finding.at(item_code=code)


def about(document: Any, code: str, **values: object) -> Finding:
    """Return a finding about `document`, a row of the table ``Documents``."""
    name = document["document_number"] or document["title"]
    known = {"document_id": document["document_id"], "document": name}
    path, unit = str(document["path"]), str(document["unit_code"])
    return Finding(code, path, unit_code=unit, values=known | values)


def _marked(documents: pd.DataFrame, wrong: dict[str, pd.Series]) -> Iterator[Problem]:
    for code, is_wrong in wrong.items():
        for row, known in documents[is_wrong].iterrows():
            values = {"number": known["document_number"], "address": known["address"]}
            yield int(str(row)), about(known, code, year=int(known["year"]), **values)


def _wrong_places(documents: pd.DataFrame) -> dict[str, pd.Series]:
    has_file, has_address = documents["path"] != "", documents["address"] != ""
    return {
        "document-without-file": ~has_file & ~has_address,
        "document-only-address": ~has_file & has_address,
        "document-listed-twice": has_file & documents.duplicated([*KEY_COLUMNS, "path"]),
    }


def _wrong_numbers(documents: pd.DataFrame) -> Iterator[Problem]:
    written = documents[["document_number", "issuer"]]
    for number, issuer in written.drop_duplicates().itertuples(index=False):
        for found in read_document_number(number, issuer_name=issuer).findings:
            for row, known in documents[(written == [number, issuer]).all(axis=1)].iterrows():
                yield int(str(row)), about(known, found.code, **found.values)


def _wrong_dates(
    documents: pd.DataFrame, links: pd.DataFrame, requirements: pd.DataFrame
) -> dict[str, pd.Series]:
    stands = standing(documents, links, requirements)
    is_beside = stands["is_old"] | stands["is_new"]
    return {
        "document-period-reversed": stands["is_reversed"],
        "document-not-valid-then": stands["not_valid_then"],
        "document-outside-year": ~stands["is_declared"] & is_beside,
        "document-date-missing": ~stands["is_declared"] & documents["issued_on"].isna(),
    }


def wrong_kinds(
    documents: pd.DataFrame, links: pd.DataFrame, requirements: pd.DataFrame
) -> Iterator[tuple[int, str, frozenset[str]]]:
    """Yield row and item of each document of a kind its item nowhere asks for, and what it asks."""
    pairs = fitting(requirements.reset_index(drop=True), documents, links)
    pairs = pairs[pairs["row"].notna()]
    for (row, code), asked in pairs.groupby(["row", "item_code"], sort=False):
        first = asked.iloc[0]
        own = {first["kind"], first["issues"]} - {""}
        if own and not asked["is_of_kind"].any():
            yield int(str(row)), str(code), frozenset().union(*map(kinds_of, asked["kind_asked"]))


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
    for _, row in documents[~linked].iterrows():
        yield about(row, "document-without-link")
    yield from _stretched(documents, links, max_items)


def _links(code: str, links: pd.DataFrame) -> Iterator[Finding]:
    for row in links.to_dict("records"):
        values, unit = {"document": row["document_id"]}, row["unit_code"]
        yield Finding(code, unit_code=unit, item_code=row["item_code"], values=values)


def _stretched(documents: pd.DataFrame, links: pd.DataFrame, max_items: int) -> Iterator[Finding]:
    """Count items per file, so that one file listed under several ids does not slip through."""
    hashed = documents["sha256"].where(documents["sha256"] != "", documents["document_id"])
    files = documents.assign(content=hashed).drop_duplicates(DOCUMENT_KEY)
    pairs = links.merge(files, on=DOCUMENT_KEY)
    for _, same in pairs.groupby([*KEY_COLUMNS, "content"], sort=False):
        count = same["item_code"].nunique()
        if count > max_items:
            yield about(same.iloc[0], "document-stretched", count=count, limit=max_items)


def unproven_items(links: pd.DataFrame, requirements: pd.DataFrame) -> Iterator[Finding]:
    """Yield every item that asks for documents and has none linked."""
    asked = requirements.drop_duplicates(ITEM_KEY)
    linked = pd.MultiIndex.from_frame(links[ITEM_KEY])
    bare = asked[~pd.MultiIndex.from_frame(asked[ITEM_KEY]).isin(linked)]
    for unit, code in zip(bare["unit_code"], bare["item_code"], strict=True):
        yield Finding("item-without-document", unit_code=unit, item_code=code)
