"""Whether the documents linked to an item are proof enough: right kind, enough, in time, valid."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from scoring.base.labels import label
from scoring.evidence.documents.identify import issued_kind
from scoring.evidence.verify.claims import last_day
from scoring.official.document_kinds import document_kinds, kinds_of

# From best to worst; an item is in the worst state of its requirements. The last three are the
# causes of a gap of the same names.
STATES = ("proven", "late", "evidence-invalid", "no-evidence")


def sufficiency(
    requirements: pd.DataFrame,
    documents: pd.DataFrame,
    links: pd.DataFrame,
    *,
    invalid: Iterable[str] = (),
    lang: str = "vi",
) -> pd.DataFrame:
    """Tell for every item whether its documents prove it.

    A requirement is met by `min_documents` different documents of one of its kinds that are not
    invalid and were issued by its deadline. A decision that issues a plan counts as a plan too.
    A document whose date leaves open whether it was in time proves nothing and makes nothing
    late: it is invalid until its date is complete.

    Parameters
    ----------
    requirements, documents, links : DataFrame
        Tables ``Requirements``, ``Documents`` and ``Links`` of `scoring.tables`.
        Requirements may have a column ``issuer``: the document must come from that organ.
    invalid : iterable of str
        Ids of documents that verification disqualified (see `invalid_documents`).
    lang : {"vi", "en"}
        Language of the reasons.

    Returns
    -------
    DataFrame
        One row per item of `requirements`, in their order: ``item_code``, ``state`` (one of
        `STATES`), ``cause`` (empty or the cause of a gap), ``required``, ``on_time``, ``late``
        and ``invalid`` (numbers of documents of the requirement in the worst state), ``reason``,
        and ``needs_explanation``.

    Examples
    --------
    >>> requirements = pd.DataFrame({"item_code": ["1.1"], "kind": ["KH"], "min_documents": [1],
    ...     "due_on": [pd.Timestamp("2024-01-15")], "source": ["mẫu"]})
    >>> documents = pd.DataFrame({"document_id": ["a"], "kind": ["KH"], "title": [""],
    ...     "issuer": [""], "issued_on": [pd.Timestamp("2024-01-20")],
    ...     "issued_precision": ["day"]})
    >>> links = pd.DataFrame({"document_id": ["a"], "item_code": ["1.1"], "place": [""]})
    >>> sufficiency(requirements, documents, links)[["state", "on_time", "late"]].values.tolist()
    [['late', 0, 1]]
    """
    rows = requirements.reset_index(drop=True).rename_axis("row")
    judged = _judged(rows, documents, links, frozenset(invalid))
    counted = _counted(rows, judged)
    counted["reason"] = _reasons(counted, lang)
    worst = counted.sort_values("rank", ascending=False, kind="stable")
    worst = worst.drop_duplicates("item_code").sort_index()
    first = counted.drop_duplicates("item_code").index
    chosen = worst.set_index("item_code").loc[counted.loc[first, "item_code"]].reset_index()
    chosen["cause"] = chosen["state"].where(chosen["state"] != "proven", "")
    chosen["needs_explanation"] = chosen["state"] != "proven"
    columns = ["item_code", "state", "cause", "required", "on_time", "late", "invalid", "reason"]
    return chosen[[*columns, "needs_explanation"]]


def _judged(
    rows: pd.DataFrame, documents: pd.DataFrame, links: pd.DataFrame, invalid: frozenset[str]
) -> pd.DataFrame:
    """Return one row per requirement and linked document with how the document stands to it."""
    known = documents.assign(
        first=documents["issued_on"],
        last=last_day(documents),
        issues=[issued_kind(title) for title in documents["title"]],
        is_invalid=documents["document_id"].isin(invalid),
    )
    pairs = links[["item_code", "document_id"]].drop_duplicates()
    pairs = rows.reset_index().merge(pairs, on="item_code").merge(
        known[["document_id", "kind", "issues", "issuer", "first", "last", "is_invalid"]],
        on="document_id", how="left", suffixes=("_asked", ""),
    )  # fmt: skip
    if pairs.empty:
        return pairs.assign(on_time=False, is_late=False, is_bad=False)
    is_fit = pairs["first"].notna() | pairs["due_on"].isna()
    is_fit &= _is_of_kind(pairs) & _is_from(pairs) & ~pairs["is_invalid"].eq(True)
    is_fit &= pairs["kind"].notna()
    has_no_deadline = pairs["due_on"].isna()
    on_time = is_fit & (has_no_deadline | (pairs["last"] <= pairs["due_on"]))
    is_late = is_fit & (pairs["first"] > pairs["due_on"])
    return pairs.assign(on_time=on_time, is_late=is_late, is_bad=~on_time & ~is_late)


def _is_of_kind(pairs: pd.DataFrame) -> pd.Series:
    """Say whether the document, or what it issues, is of a kind asked for."""
    asked = pairs["kind_asked"].drop_duplicates()
    table = pd.DataFrame(
        [(text, kind) for text in asked for kind in (kinds_of(text) or document_kinds())],
        columns=["kind_asked", "kind"],
    ).drop_duplicates()
    allowed = pd.MultiIndex.from_frame(table)
    takes_any = ~pairs["kind_asked"].map(lambda text: bool(kinds_of(text)))
    own = pd.MultiIndex.from_frame(pairs[["kind_asked", "kind"]]).isin(allowed)
    issued = pd.MultiIndex.from_frame(pairs[["kind_asked", "issues"]]).isin(allowed)
    return takes_any | pd.Series(own | issued, index=pairs.index)


def _is_from(pairs: pd.DataFrame) -> pd.Series:
    if "issuer_asked" not in pairs:
        return pd.Series(True, index=pairs.index)
    asked = pairs["issuer_asked"].fillna("").str.casefold()
    return (asked == "") | (asked == pairs["issuer"].fillna("").str.casefold())


def _counted(rows: pd.DataFrame, judged: pd.DataFrame) -> pd.DataFrame:
    """Count documents per requirement and name its state."""
    sums = judged.groupby("row")[["on_time", "is_late", "is_bad"]].sum()
    sums = sums.reindex(rows.index, fill_value=0).astype("int64")
    required = rows["min_documents"]
    has_any = sums.sum(axis=1) > 0
    conditions = [
        sums["on_time"] >= required,
        sums["on_time"] + sums["is_late"] >= required,
        has_any & (sums["on_time"] + sums["is_late"] + sums["is_bad"] >= required),
    ]
    rank = np.select(conditions, [0, 1, 2], default=3)
    return pd.DataFrame(
        {
            "item_code": rows["item_code"],
            "kind": rows["kind"],
            "due_on": rows["due_on"],
            "required": required,
            "on_time": sums["on_time"],
            "late": sums["is_late"],
            "invalid": sums["is_bad"],
            "rank": rank,
            "state": np.array(STATES)[rank],
        }
    )


def _reasons(counted: pd.DataFrame, lang: str) -> list[str]:
    columns = ("kind", "required", "on_time", "late", "invalid", "state")
    rows = zip(*(counted[column] for column in columns), strict=True)
    return [
        label(f"proof-{state}", lang, kinds=_names(kind, lang), required=required,
              on_time=on_time, late=late, invalid=bad, missing=max(0, required - on_time))
        for kind, required, on_time, late, bad, state in rows
    ]  # fmt: skip


def _names(text: str, lang: str) -> str:
    kinds = [document_kinds()[kind].name(lang) for kind in sorted(kinds_of(text))]
    return "/".join(kinds) or label("any-document", lang)
