"""Taking in whatever units hand in: ledgers and long tables, one or thousands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from scoring.base.findings import Finding
from scoring.batch.collected import Collected, Intake
from scoring.batch.folder_files import FolderFiles, files_of, is_among_documents
from scoring.criteria import CriteriaSet
from scoring.files.children.guarded import limited_loss


def read_files(paths: Sequence[Path | str], criteria: CriteriaSet | None = None) -> Intake:
    """Read ledgers and long tables for one criteria set.

    Parameters
    ----------
    paths : sequence of Path or str
        Workbooks and tables; a folder stands for all workbooks in it and its sub-folders, and
        whatever else lies there is named (`scoring.batch.folder_files`).
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
        read_all(collected, paths)
    return collected.intake()


def read_all(
    collected: Collected,
    paths: Sequence[Path | str],
    look: Callable[[Path], FolderFiles] = files_of,
) -> None:
    """Give every file of `paths` to `collected`, in the order in which they are read.

    `look` tells what each of them stands for.
    """
    for given in (path if isinstance(path, Path) else Path(path) for path in paths):
        files = look(given)
        left_out = [*files.tables]
        # Ledgers first: they tell which workbooks are documents.
        for path in sorted(files.workbooks, key=lambda path: is_among_documents(path, given)):
            if is_among_documents(path, given) and collected.has_ledger_beside(path):
                if not collected.is_named(path):
                    left_out.append(path.relative_to(given).as_posix())
                continue
            collected.take(path, collected.add)
        collected.findings += files.findings
        if left_out:
            values = {"folder": str(given), "count": len(left_out), "expected": left_out}
            collected.findings.append(Finding("tables-left-out", values=values))
        if not files.workbooks:
            collected.refuse(given, Finding("no-ledgers-in-folder", values={"folder": str(given)}))
    for path in collected.copies:
        collected.take(path, partial(collected.add_ledger, last=True))
