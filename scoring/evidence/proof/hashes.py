"""Record the SHA-256 of documents, so that a later change shows."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pandas as pd

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.files.children.isolation import default_workers
from scoring.files.paths import open_under
from scoring.files.sealed.manifest import fingerprint


def with_hashes(
    root: Path,
    documents: pd.DataFrame,
    *,
    again: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Return `documents` with the SHA-256 of every file below `root` that has none recorded.

    Parameters
    ----------
    root : Path
        Folder of the ledger.
    documents : DataFrame
        Table ``Documents``; it is not changed.
    again : bool
        True hashes files anew that have a hash recorded: only after someone has looked at them.
    progress : callable, optional
        Called with files done and files in all.

    Returns
    -------
    DataFrame, tuple of Finding
        The table, and what could not be opened; those keep what was recorded.

    Examples
    --------
    >>> import tempfile
    >>> root = Path(tempfile.mkdtemp())
    >>> _ = (root / "kh.txt").write_text("Kế hoạch", "utf-8")
    >>> documents = pd.DataFrame({"document_id": ["TL01"], "path": ["kh.txt"], "sha256": [""]})
    >>> hashed, findings = with_hashes(root, documents)
    >>> len(hashed["sha256"].item()), documents["sha256"].item(), findings
    (64, '', ())
    """
    wanted = documents["path"] != ""
    if not again:
        wanted &= documents["sha256"] == ""
    rows = documents.loc[wanted, ["document_id", "path"]]
    hashes, findings = documents["sha256"].copy(), []
    # Hashing lets go of the interpreter's lock, so threads reach the speed of the disk.
    with ThreadPoolExecutor(default_workers()) as threads:
        found = threads.map(partial(_hash, Path(root)), rows["path"])
        for done, (row, digest) in enumerate(zip(rows.itertuples(), found, strict=True), start=1):
            if isinstance(digest, Finding):
                values = dict(digest.values) | {"document_id": row.document_id}
                findings.append(Finding(digest.code, str(row.path), values=values))
            else:
                hashes.at[row.Index] = digest
            if progress:
                progress(done, len(rows))
    return documents.assign(sha256=hashes), tuple(findings)


def _hash(root: Path, path: str) -> str | Finding:
    try:
        with open_under(root, path, allow_hard_links=False) as file:
            return fingerprint(file)[1]
    except UnreadableError as problem:
        return problem.finding
