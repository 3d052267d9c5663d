"""One document that a few units hand in as their own."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scoring.analysis.anomalies.material import Looked, Material, places_text
from scoring.base.text import shortened
from scoring.official.wording import folded, word_lists

KINDS = ("shared-document",)
_NAMED = ["document_number", "issued_on", "issuer"]


def look(material: Material) -> list[Looked]:
    """Name documents of the same digest, or number, day and issuer, that a few units cite.

    What one in five of the units cites, and at least five, is a common document; so is what an
    organ above the units issued, however few cite it. Both are counted and not named.
    """
    looked = Looked("shared-document", material)
    documents = material.documents
    handed_in = documents["place"].nunique() if len(documents) else 0
    if not looked.is_enough(handed_in, 2, what="documented"):
        return [looked]
    documents = documents.assign(row=range(len(documents)), key=_keys(documents))
    known = documents[documents["key"] != ""]
    looked.bare = len(documents) - len(known)
    units = known.groupby("key")["place"].nunique()
    looked.seen = len(units)
    higher = set(known.loc[_is_higher(known["issuer"], material.units["unit_name"]), "key"])
    shared = units[units > 1]
    common = (shared >= material.common_from) | shared.index.isin(list(higher))
    looked.common = int(common.sum())
    mine = known[known["key"].isin(shared.index[~common])]
    for _, rows in mine.groupby("key", sort=False):
        _add(looked, rows, (len(shared), len(units)))
    return [looked]


def _keys(documents: pd.DataFrame) -> pd.Series:
    """Return by what a document is the same: number, day and issuer, else the digest of its file.

    A file of a known digest has the key of the first row with it, whatever else the row says.
    """
    number, issued, issuer = (documents[name] for name in _NAMED)
    number, issuer = (cells.fillna("").map(folded) for cells in (number, issuer))
    # "/KH-SNV" has no number yet, and a month or a year is no day.
    is_named = (number.str.match(r"\d") & (issuer != "") & issued.notna()).to_numpy()
    is_named = is_named & (documents["issued_precision"] == "day").to_numpy()
    named = number + "\x1f" + issued.astype("str") + "\x1f" + issuer
    digest = documents["sha256"].fillna("").str.lower()
    keys = pd.Series(np.where(is_named, named, digest), index=documents.index)
    first = keys[digest != ""].groupby(digest[digest != ""]).transform("first")
    return keys.where(digest == "", first.reindex(keys.index)).fillna("")


def _is_higher(issuers: pd.Series, names: pd.Series) -> np.ndarray:
    """Say which issuers stand above units of these names: the centre, the province, departments."""
    organs = word_lists()["organ"]
    above = tuple(organs["above"])
    if not any(folded(str(name)).startswith(tuple(organs["department"])) for name in names):
        above += tuple(organs["department"])
    told = {name: folded(name).startswith(above) for name in issuers.fillna("").unique()}
    return np.asarray(issuers.fillna("").map(told), dtype=bool)


def _add(looked: Looked, rows: pd.DataFrame, base: tuple[int, int]) -> None:
    first, links = rows.iloc[0], looked.material.links
    name = str(first["document_number"] or first["title"] or first["document_id"])
    items: list[str] = []
    if len(links):
        cited = links.merge(rows[["place", "document_id"]], on=["place", "document_id"])
        items = cited["item_code"].unique().tolist()
    said = {"name": shortened(name), "issuer": shortened(first["issuer"]) or "—"}
    digests = set(rows["sha256"].fillna("").str.lower())
    by_file = len(digests) == 1 and "" not in digests
    said["by"] = looked.material.say("anomaly_by_file" if by_file else "anomaly_by_number")
    looked.add(rows["place"], items, base, said, places=places_text(rows))
