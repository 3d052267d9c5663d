"""Documents that are there twice: as bytes, as text, or as number and date."""

from __future__ import annotations

import pandas as pd

from scoring.tables import empty


def duplicate_documents(proposals: pd.DataFrame) -> pd.DataFrame:
    """Return the files that stand for the same document.

    Parameters
    ----------
    proposals : DataFrame
        Columns ``path``, ``sha256``, ``text_sha256``, ``document_number``, ``issuer``,
        ``issued_on`` and ``issued_precision``.

    Returns
    -------
    DataFrame
        ``group`` (counted from 1), ``path`` and ``reason``: ``same-bytes``, ``same-text`` or
        ``same-number-and-date``. A pair is reported once, for its strongest reason.

    Notes
    -----
    A draft whose number or day is blank shares them with every other draft, so these never
    count as the same number and date.

    Examples
    --------
    >>> table = pd.DataFrame({"path": ["a", "b"], "sha256": ["x", "x"], "text_sha256": ["", ""],
    ...     "document_number": ["", ""], "issuer": ["", ""], "issued_on": pd.NaT,
    ...     "issued_precision": "none"})
    >>> duplicate_documents(table)["reason"].tolist()
    ['same-bytes', 'same-bytes']
    """
    is_numbered = proposals["document_number"].str.match(r"\d")
    is_dated = proposals["issued_precision"] == "day"
    keys = {
        "same-bytes": proposals["sha256"],
        "same-text": proposals["text_sha256"],
        "same-number-and-date": (
            proposals["document_number"] + "|" + proposals["issuer"] + "|"
            + proposals["issued_on"].astype(str)
        ).where(is_numbered & is_dated, ""),
    }  # fmt: skip
    found: list[pd.DataFrame] = []
    seen: set[frozenset[str]] = set()
    for reason, key in keys.items():
        for _, paths in proposals["path"][key != ""].groupby(key[key != ""], sort=False):
            if len(paths) < 2 or any(set(paths) <= group for group in seen):
                continue
            seen.add(frozenset(paths))
            rows = {"group": len(found) + 1, "path": paths.to_numpy(), "reason": reason}
            found.append(pd.DataFrame(rows))
    return pd.concat(found, ignore_index=True) if found else empty("Duplicates")
