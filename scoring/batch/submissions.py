"""Taking in whatever units hand in: ledgers and long tables, one or thousands."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.batch.collected import Collected, Intake
from scoring.criteria import CriteriaSet
from scoring.evidence.desk import DOCUMENTS_FOLDER
from scoring.files.guarded import limited_loss
from scoring.files.manifest import MANIFEST_NAME, RESULTS, read_manifest
from scoring.files.overwriting import KEPT_ENDING

WORKBOOK_SUFFIXES = (
    ".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlsb", ".ods", ".fods", ".ots", ".et", ".numbers",
)  # fmt: skip
# In a folder these may be anything, so they are named and not read.
LEFT_OUT_SUFFIXES = (".csv", ".tsv", ".parquet")


def read_files(paths: Sequence[Path | str], criteria: CriteriaSet | None = None) -> Intake:
    """Read ledgers and long tables for one criteria set.

    Parameters
    ----------
    paths : sequence of Path or str
        Workbooks and tables; a folder stands for all workbooks in it and its sub-folders, and other
        tables in it are named.
    criteria : CriteriaSet, optional
        Without it the first ledger names its set.

    Returns
    -------
    Intake
        One unreadable file does not stop the others.

    Raises
    ------
    UnreadableError
        When no set is given and no ledger names one.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.files.shipped import shipped_folder
    >>> figures = shipped_folder("evidence") / "phu-tho-2026" / "inputs.csv"
    >>> intake = read_files([figures], open_set("service-quality-766"))
    >>> intake.inputs["unit_code"].unique().tolist(), intake.findings
    (['phu-tho'], ())
    """
    collected = Collected(criteria)
    with limited_loss():
        _read_all(collected, paths)
    return collected.intake()


def _read_all(collected: Collected, paths: Sequence[Path | str]) -> None:
    for given in map(Path, paths):
        files, left_out = files_of(given)
        # Ledgers first: they tell which workbooks are documents.
        for path in sorted(files, key=lambda path: is_among_documents(path, given)):
            if is_among_documents(path, given) and collected.has_ledger_beside(path):
                if not collected.is_named(path):
                    left_out.append(path.relative_to(given).as_posix())
                continue
            collected.take(path, collected.add)
        if left_out:
            values = {"folder": str(given), "count": len(left_out), "expected": left_out}
            collected.findings.append(Finding("tables-left-out", values=values))
        if not files:
            collected.refuse(given, Finding("no-ledgers-in-folder", values={"folder": str(given)}))
    for path in collected.copies:
        collected.take(path, partial(collected.add_ledger, last=True))


def files_of(path: Path) -> tuple[list[Path], list[str]]:
    """Return the files to read, and the names of tables in a folder that are not read.

    Whatever may be a workbook is read, so that one that cannot be is named. Passed over are what
    office programs keep beside an open file, what a run of ours has written, and tables among the
    documents of a ledger.
    """
    if not path.is_dir():
        return [path], []
    found = [entry for entry in sorted(path.rglob("*")) if entry.is_file()]
    found = [entry for entry in found if not entry.name.startswith(("~$", "."))]
    # Old folders that --replace kept beside the new ones.
    found = [
        entry
        for entry in found
        if not any(KEPT_ENDING in p.suffix for p in entry.relative_to(path).parents)
    ]
    results = {entry.parent for entry in found if entry.name == MANIFEST_NAME and _is_ours(entry)}
    found = [entry for entry in found if results.isdisjoint(entry.parents)]
    names = [
        entry.relative_to(path).as_posix()
        for entry in found
        if entry.suffix.lower() in LEFT_OUT_SUFFIXES
        and DOCUMENTS_FOLDER not in entry.relative_to(path).parts
    ]
    return [entry for entry in found if entry.suffix.lower() in WORKBOOK_SUFFIXES], names


def is_among_documents(path: Path, given: Path) -> bool:
    """Say whether a file found in the folder `given` lies in a folder of documents."""
    return path != given and DOCUMENTS_FOLDER in path.relative_to(given).parts[:-1]


def _is_ours(manifest: Path) -> bool:
    """Say whether a manifest is that of results; a bundle holds a ledger, which is to be read."""
    try:
        return read_manifest(manifest.read_bytes())[0].kind == RESULTS
    except (UnreadableError, OSError):
        return False
