"""Whether the documents linked to an item are proof enough: right kind, enough, in time, valid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from scoring.base.findings import Finding
from scoring.base.labels import Named, label
from scoring.base.values import PROOF_VERDICTS
from scoring.evidence.proof.validity import DOCUMENT_KEY, ITEM_KEY, last_day, unit_of
from scoring.official.document_kinds import document_kinds, is_issued_by, issued_kind, kinds_of
from scoring.official.document_period import is_of_period
from scoring.tables import checked, columns_of, empty

# From best to worst; an item is in the worst state of its requirements. The last three are the
# causes of a gap of the same names.
STATES = PROOF_VERDICTS
_STATE_FINDINGS = {
    "proven": "proof-proven",
    "declared": "proof-declared",
    "late": "proof-late",
    "evidence-invalid": "proof-evidence-invalid",
    "no-evidence": "proof-no-evidence",
}
# Enough was handed in; "declared" when its files have not been looked at.
SUFFICIENT = ("proven", "declared")
_COUNTS = ["on_time", "unseen", "late", "invalid"]
_ASKED = ("kind", "min_documents", "due_on")
_JUDGED = ("kind", "issued_on", "issued_precision", "issuer", "title")


def verdicts(
    requirements: pd.DataFrame,
    documents: pd.DataFrame,
    links: pd.DataFrame,
    kept_percent: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Judge for every unit and item whether its documents prove it.

    A requirement is met by `min_documents` different documents of one of its kinds and parts of the
    year that are not disqualified and were issued by its deadline. A decision that issues a plan counts as a plan
    too. A document whose date leaves open whether it was in time proves nothing and makes nothing
    late: it is invalid until its date is complete.

    Parameters
    ----------
    requirements, documents, links : DataFrame
        Tables of those names, each with the columns of `KEY_COLUMNS`. Requirements may have a
        column ``issuer``: the document must come from an organ named there (see `is_issued_by`). Documents may have the flags
        ``is_disqualified`` and ``is_seen`` (its file was looked at); without them nothing was.
    kept_percent : mapping of str to float, optional
        What an item keeps of its points in a state, 0 to 100, as a set declares it; otherwise all.

    Returns
    -------
    DataFrame
        Table ``Verdicts``, one row per unit and item: its worst requirement, how many documents
        were ``required`` and came ``on_time`` (of them ``unseen``), ``late`` or ``invalid``, and
        the ``share`` of the item's points that this supports, 0 to 1.

    Examples
    --------
    >>> unit = {"unit_code": "A", "year": 2024, "period": ""}
    >>> requirements = pd.DataFrame({"item_code": ["1.1"], "kind": ["KH"], "min_documents": [1],
    ...     "due_on": [pd.Timestamp("2024-01-15")], "source": ["mẫu"]}).assign(**unit)
    >>> documents = pd.DataFrame({"document_id": ["a"], "kind": ["KH"], "title": [""],
    ...     "issuer": [""], "issued_on": [pd.Timestamp("2024-01-20")],
    ...     "issued_precision": ["day"]}).assign(**unit)
    >>> links = pd.DataFrame({"document_id": ["a"], "item_code": ["1.1"]}).assign(**unit)
    >>> judged = verdicts(requirements, documents, links, {"late": 50.0})
    >>> judged[["state", "late", "share"]].values.tolist()
    [['late', 1, 0.5]]
    """
    checked(requirements, "Requirements", columns=[*ITEM_KEY, *_ASKED], by="verdicts")
    checked(documents, "Documents", columns=[*DOCUMENT_KEY, *_JUDGED], by="verdicts")
    checked(links, "Links", columns=[*ITEM_KEY, "document_id"], by="verdicts")
    if requirements.empty:
        return empty("Verdicts")
    asked = requirements.reset_index(drop=True)
    counted = _counted(asked, None if links.empty else fitting(asked, documents, links))
    item = counted.groupby(ITEM_KEY, sort=False, dropna=False).ngroup().to_numpy()
    worst_first = np.lexsort((-counted["rank"].to_numpy(), item))
    is_worst = np.diff(item[worst_first], prepend=-1) > 0
    judged = counted.iloc[worst_first[is_worst]].reset_index(drop=True)
    kept = {state: percent / 100 for state, percent in (kept_percent or {}).items()}
    share = judged["state"].map(kept).fillna(1.0).astype("float64")
    return judged.assign(share=share)[columns_of("Verdicts")]


def fitting(
    requirements: pd.DataFrame, documents: pd.DataFrame, links: pd.DataFrame
) -> pd.DataFrame:
    """Return one row per requirement and document linked to its item, and how the two fit.

    Returns
    -------
    DataFrame
        Columns of the requirement (its index as ``requirement``) and of the document (its index
        as ``row``, NaN for a link to no document), ``is_of_kind``, ``is_of_period``, and exactly
        one of the flags ``on_time``, ``late`` and ``invalid``.
    """
    pairs = _pairs(requirements, documents, links)
    if pairs.empty:
        flags = ("is_of_kind", "is_of_period", "on_time", "unseen", "late", "invalid")
        return pairs.assign(**dict.fromkeys(flags, False))
    has_no_deadline = pairs["due_on"].isna()
    is_of_kind, is_of_part = _is_of_kind(pairs), _is_of_period(pairs)
    is_fit = is_of_kind & is_of_part & _is_from(pairs) & ~pairs["is_disqualified"].eq(True)
    is_fit &= pairs["row"].notna() & (pairs["issued_on"].notna() | has_no_deadline)
    on_time = is_fit & (has_no_deadline | (pairs["last_on"] <= pairs["due_on"]))
    late = is_fit & (pairs["issued_on"] > pairs["due_on"])
    unseen = on_time & ~pairs["is_seen"].eq(True)
    fits = {"is_of_kind": is_of_kind, "is_of_period": is_of_part, "unseen": unseen}
    return pairs.assign(**fits, on_time=on_time, late=late, invalid=~on_time & ~late)


def _pairs(
    requirements: pd.DataFrame, documents: pd.DataFrame, links: pd.DataFrame
) -> pd.DataFrame:
    given = documents.drop_duplicates(DOCUMENT_KEY)
    known = given.assign(
        row=given.index,
        issues=[issued_kind(title) for title in given["title"]],
        last_on=last_day(given),
        is_disqualified=given.get("is_disqualified", False),
        is_seen=given.get("is_seen", False),
    )
    columns = [
        "kind",
        "issues",
        "title",
        "issuer",
        "issued_on",
        "last_on",
        "is_disqualified",
        "is_seen",
    ]
    asked = requirements.assign(requirement=requirements.index)
    linked = links[[*ITEM_KEY, "document_id"]].drop_duplicates()
    return asked.merge(linked, on=ITEM_KEY).merge(
        known[[*DOCUMENT_KEY, "row", *columns]], on=DOCUMENT_KEY, how="left", suffixes=("_asked", "")
    )  # fmt: skip


def _is_of_kind(pairs: pd.DataFrame) -> pd.Series:
    """Say whether the document, or what it issues, is of a kind asked for."""
    known = {text: kinds_of(text) for text in pairs["kind_asked"].unique()}
    told = zip(pairs["kind_asked"], pairs["kind"], pairs["issues"], strict=True)
    fits = [
        not known[asked] or kind in known[asked] or issued in known[asked]
        for asked, kind, issued in told
    ]
    return pd.Series(fits, index=pairs.index, dtype="bool")


def _is_of_period(pairs: pd.DataFrame) -> pd.Series:
    """Say whether the document is about a part of the year that is asked for."""
    asked = pairs["part_of_year"] if "part_of_year" in pairs else pd.Series("", pairs.index)
    told = (pairs["title"].fillna(""), pairs["kind"].fillna(""), asked.fillna(""), pairs["year"])
    fits = [is_of_period(*one, int(year)) for *one, year in zip(*told, strict=True)]
    return pd.Series(fits, index=pairs.index, dtype="bool")


def _is_from(pairs: pd.DataFrame) -> pd.Series:
    if "issuer_asked" not in pairs:
        return pd.Series(True, index=pairs.index)
    told = zip(pairs["issuer"].fillna(""), pairs["issuer_asked"].fillna(""), strict=True)
    fits = [is_issued_by(issuer, asked) for issuer, asked in told]
    return pd.Series(fits, index=pairs.index, dtype="bool")


def _counted(asked: pd.DataFrame, pairs: pd.DataFrame | None) -> pd.DataFrame:
    """Count documents per requirement and name its state; `pairs` is None where nothing is linked."""
    sums = pd.DataFrame(0, index=asked.index, columns=_COUNTS, dtype="int64")
    if pairs is not None:
        found = pairs.groupby("requirement")[_COUNTS].sum()
        sums = found.reindex(asked.index, fill_value=0).astype("int64")
    required, on_time = asked["min_documents"], sums["on_time"]
    in_all = on_time + sums["late"] + sums["invalid"]
    conditions = [
        on_time - sums["unseen"] >= required,
        on_time >= required,
        on_time + sums["late"] >= required,
        (in_all > 0) & (in_all >= required),
    ]
    rank = np.select(conditions, range(len(conditions)), default=len(conditions))
    known = asked[[*ITEM_KEY, "kind"]].assign(required=required, rank=rank)
    return known.assign(state=np.array(STATES)[rank], **{name: sums[name] for name in _COUNTS})


def kinds_named(kinds: Iterable[str]) -> Named:
    """Return kinds of documents by key as a finding names them, any document where there are none."""
    known = [document_kinds()[kind] for kind in sorted(kinds)]
    vi, en = ("/".join(kind.name(lang) for kind in known) for lang in ("vi", "en"))
    return Named(vi or label("any-document", "vi"), en or label("any-document", "en"))


def state_finding(verdict: Mapping[Any, Any]) -> Finding:
    """Return a row of the table ``Verdicts`` as a finding, whose sentence counts documents.

    Examples
    --------
    >>> verdict = {"unit_code": "H1", "year": 2026, "period": "", "item_code": "1.1", "kind": "KH",
    ...            "state": "late", "required": 1, **dict.fromkeys(_COUNTS, 0), "late": 1}
    >>> print(state_finding(verdict).text("en"))
    H1 1.1 [proof-late] 1 needed (Plan): 0 in time, 1 issued late. Explain why it was issued late.
    """
    counts = {name: int(verdict[name]) for name in ("required", *_COUNTS)}
    values = counts | {
        "missing": max(0, counts["required"] - counts["on_time"]),
        "kinds": kinds_named(kinds_of(verdict["kind"])),
    }
    code, item = _STATE_FINDINGS[verdict["state"]], str(verdict["item_code"])
    return Finding(code, item_code=item, values=values, **unit_of(verdict))
