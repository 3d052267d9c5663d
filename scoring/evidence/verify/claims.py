"""What the tables claim of documents, checked without opening a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from scoring.base.findings import Finding
from scoring.evidence.documents.identify import issued_kind
from scoring.official.document_kinds import document_kinds, kinds_of
from scoring.official.document_number import read_document_number


def claim_findings(
    documents: pd.DataFrame,
    links: pd.DataFrame,
    requirements: pd.DataFrame | None,
    items: pd.DataFrame | None,
    year: int,
    max_items: int,
) -> list[Finding]:
    """Return what is wrong with dates, kinds, numbers and links."""
    return [
        *_place_findings(documents),
        *_number_findings(documents),
        *_date_findings(documents, links, requirements, year),
        *_link_findings(documents, links, items, max_items),
        *([] if requirements is None else _kind_findings(documents, links, requirements)),
        *([] if requirements is None else _unproven_items(links, requirements)),
    ]


def last_day(documents: pd.DataFrame) -> pd.Series:
    """Return the latest day that each date of issue can mean; NaT where none is stated."""
    first = documents["issued_on"]
    month_end = first + pd.offsets.MonthEnd(0)
    year_end = first + pd.offsets.YearEnd(0)
    precision = documents["issued_precision"]
    return first.where(precision == "day", month_end.where(precision == "month", year_end))


def _place_findings(documents: pd.DataFrame) -> list[Finding]:
    bare = documents[(documents["path"] == "") & (documents["address"] == "")]
    distant = documents[(documents["path"] == "") & (documents["address"] != "")]
    twice = documents[(documents["path"] != "") & documents["path"].duplicated()]
    return [
        *(_about("document-without-file", row) for row in _rows(bare)),
        *(_about("document-only-address", row, address=row["address"]) for row in _rows(distant)),
        *(_about("document-listed-twice", row) for row in _rows(twice)),
    ]


def _number_findings(documents: pd.DataFrame) -> list[Finding]:
    found: list[Finding] = []
    for row in _rows(documents):
        read = read_document_number(row["document_number"], issuer_name=row["issuer"])
        known = {"document_id": row["document_id"]}
        found.extend(
            Finding(each.code, row["path"], values=dict(each.values) | known)
            for each in read.findings
        )
    return found


def outside_year(
    documents: pd.DataFrame, links: pd.DataFrame, requirements: pd.DataFrame | None, year: int
) -> frozenset[str]:
    """Return the ids of documents that were of no force in the assessment year.

    These are documents declared valid at another time, and those issued before the year that
    neither declare a period nor name the year in their title. One issued after the year is not
    among them: it is late, which is for its deadline to say.

    Examples
    --------
    >>> documents = pd.DataFrame({"document_id": ["a", "b"], "title": ["", "Kế hoạch năm 2026"],
    ...     "issued_on": pd.to_datetime(["2025-12-20"] * 2), "issued_precision": "day",
    ...     "valid_from": pd.NaT, "valid_to": pd.NaT})
    >>> links = pd.DataFrame({"document_id": [], "item_code": []})
    >>> sorted(outside_year(documents, links, None, 2026))
    ['a']
    """
    if documents.empty:
        return frozenset()
    stands = _standing(documents, links, requirements, year)
    is_out = stands["not_valid_then"] | (stands["is_old"] & ~stands["is_declared"])
    return frozenset(documents.loc[is_out, "document_id"])


def sound_links(
    documents: pd.DataFrame, links: pd.DataFrame, requirements: pd.DataFrame, year: int
) -> pd.DataFrame:
    """Return the links whose document was of force in the year and is of a kind its item asks for."""
    if links.empty or documents.empty:
        return links.iloc[:0]
    outside = outside_year(documents, links, requirements, year)
    wrong = _wrong_kinds(documents, links, requirements)
    pairs = pd.MultiIndex.from_frame(links[["document_id", "item_code"]])
    unfit = pairs.isin([(row["document_id"], row["item_code"]) for row, _ in wrong])
    return links[~unfit & ~links["document_id"].isin(outside)]


def _standing(
    documents: pd.DataFrame, links: pd.DataFrame, requirements: pd.DataFrame | None, year: int
) -> pd.DataFrame:
    """Tell how the dates of each document stand to the year, and to the deadlines it answers."""
    start, end = pd.Timestamp(year, 1, 1), pd.Timestamp(year, 12, 31)
    first_year, last_year = _years_asked(documents, links, requirements, year)
    issued, last = documents["issued_on"], last_day(documents)
    is_reversed = documents["valid_to"] < documents["valid_from"]
    is_declared = documents["valid_from"].notna() | documents["valid_to"].notna()
    begins = documents["valid_from"].fillna(issued)
    # An end that is not declared compares as false, which leaves the period open.
    is_valid = ~(begins > end) & ~(documents["valid_to"] < start)
    # The plan for a year is often issued in the last weeks of the year before, and says so.
    is_for_year = (last.dt.year == year - 1) & documents["title"].str.contains(rf"\b{year}\b")
    return pd.DataFrame(
        {
            "is_declared": is_declared,
            "is_reversed": is_reversed,
            "not_valid_then": is_declared & ~is_reversed & ~is_valid,
            "is_old": (last.dt.year < first_year) & ~is_for_year,
            "is_new": issued.dt.year > last_year,
        }
    )


def _years_asked(
    documents: pd.DataFrame, links: pd.DataFrame, requirements: pd.DataFrame | None, year: int
) -> tuple[pd.Series, pd.Series]:
    """Return first and last year a document may be of: a deadline may lie beside the year."""
    if requirements is None or links.empty:
        only = pd.Series(year, index=documents.index)
        return only, only
    due = requirements.assign(due_year=requirements["due_on"].dt.year)[["item_code", "due_year"]]
    asked = links.merge(due, on="item_code").groupby("document_id")["due_year"]
    ids = documents["document_id"]
    first, last = ids.map(asked.min()).fillna(year), ids.map(asked.max()).fillna(year)
    return first.clip(upper=year), last.clip(lower=year)


def _date_findings(
    documents: pd.DataFrame, links: pd.DataFrame, requirements: pd.DataFrame | None, year: int
) -> list[Finding]:
    if documents.empty:
        return []
    stands = _standing(documents, links, requirements, year)
    has_no_date = documents["issued_on"].isna()
    is_beside = stands["is_old"] | stands["is_new"]
    chosen = {
        "document-period-reversed": stands["is_reversed"],
        "document-not-valid-then": stands["not_valid_then"],
        "document-outside-year": ~stands["is_declared"] & is_beside,
        "document-date-missing": ~stands["is_declared"] & has_no_date,
    }
    return [
        _about(code, row, year=year, number=row["document_number"])
        for code, is_wrong in chosen.items()
        for row in _rows(documents[is_wrong])
    ]


def _link_findings(
    documents: pd.DataFrame, links: pd.DataFrame, items: pd.DataFrame | None, max_items: int
) -> list[Finding]:
    is_known = links["document_id"].isin(documents["document_id"])
    found = [
        Finding("link-unknown-document", item_code=row["item_code"],
                values={"document": row["document_id"]})
        for row in _rows(links[~is_known])
    ]  # fmt: skip
    if items is not None:
        strange = links[~links["item_code"].isin(items["code"])]
        found += [
            Finding("link-unknown-item", item_code=row["item_code"],
                    values={"document": row["document_id"]})
            for row in _rows(strange)
        ]  # fmt: skip
    unlinked = documents[~documents["document_id"].isin(links["document_id"])]
    found += [_about("document-without-link", row) for row in _rows(unlinked)]
    return [*found, *_stretched(documents, links, max_items)]


def _stretched(documents: pd.DataFrame, links: pd.DataFrame, max_items: int) -> list[Finding]:
    """Count items per file, so that one file listed under several ids does not slip through."""
    files = documents.set_index("document_id")["sha256"]
    file_of = links["document_id"].map(files)
    file_of = file_of.where(file_of.notna() & (file_of != ""), links["document_id"])
    counts = links.groupby(file_of, sort=False)["item_code"].nunique()
    found = []
    for file in counts.index[counts > max_items]:
        ids = links.loc[file_of == file, "document_id"].drop_duplicates()
        for row in _rows(documents[documents["document_id"].isin(ids)].head(1)):
            found.append(_about("document-stretched", row, count=counts[file], limit=max_items))
    return found


def _kind_findings(
    documents: pd.DataFrame, links: pd.DataFrame, requirements: pd.DataFrame
) -> list[Finding]:
    found = []
    for row, kinds in _wrong_kinds(documents, links, requirements):
        names = [document_kinds()[kind].vi for kind in sorted(kinds)]
        stated = document_kinds()[row["kind"]].vi if row["kind"] in document_kinds() else ""
        values = {"kind": stated or row["kind"], "kinds": ", ".join(names)}
        finding = _about("document-wrong-kind", row, **values)
        found.append(finding.at(item_code=row["item_code"]))
    return found


def _wrong_kinds(
    documents: pd.DataFrame, links: pd.DataFrame, requirements: pd.DataFrame
) -> Iterator[tuple[dict[Any, Any], frozenset[str]]]:
    """Yield each linked document of a kind its item does not ask for, with the kinds it asks."""
    if links.empty or documents.empty:
        return
    asked = requirements.groupby("item_code", sort=False)["kind"].agg(_all_kinds)
    pairs = links.drop_duplicates(["document_id", "item_code"]).merge(documents, on="document_id")
    for row in _rows(pairs[pairs["item_code"].isin(asked.index)]):
        kinds: frozenset[str] = asked[row["item_code"]]
        own = {row["kind"], issued_kind(row["title"])} - {""}
        if kinds and own and not own & kinds:
            yield row, kinds


def _all_kinds(texts: pd.Series) -> frozenset[str]:
    """Return every kind some row of the item asks for; none at all when a row takes any."""
    kinds = [kinds_of(text) for text in texts]
    return frozenset().union(*kinds) if all(kinds) else frozenset()


def _unproven_items(links: pd.DataFrame, requirements: pd.DataFrame) -> list[Finding]:
    codes = requirements["item_code"].drop_duplicates()
    bare = codes[~codes.isin(links["item_code"])]
    return [Finding("item-without-document", item_code=code) for code in bare]


def _rows(table: pd.DataFrame) -> list[dict[Any, Any]]:
    return table.to_dict("records")


def _about(code: str, row: dict[Any, Any], **values: object) -> Finding:
    known = {"document_id": row["document_id"], "document": row["document_number"] or row["title"]}
    return Finding(code, str(row["path"]), values=known | values)
