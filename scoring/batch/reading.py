"""Taking in whatever units hand in: ledgers and long tables, one or thousands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.criteria import CriteriaSet, open_set
from scoring.evidence.long_table import read_long_table
from scoring.points import INPUT_COLUMNS, inputs_table

TABLE_SUFFIXES = (".csv", ".tsv", ".txt", ".parquet")


@dataclass(frozen=True)
class Intake:
    """What was read from all files.

    Attributes
    ----------
    criteria : CriteriaSet
    inputs : DataFrame
        The table ``Inputs`` of all units together, with ``file``, ``sheet`` and ``cell``.
    targets : DataFrame
        The table ``Targets`` as found in ledgers; empty where none.
    unreadable : tuple of str
        Names of the files that could not be read; each has its finding.
    """

    criteria: CriteriaSet
    inputs: pd.DataFrame
    targets: pd.DataFrame
    findings: tuple[Finding, ...] = ()
    unreadable: tuple[str, ...] = field(default_factory=tuple)


def read_files(paths: Sequence[Path], criteria: CriteriaSet | None = None) -> Intake:
    """Read ledgers and long tables for one criteria set.

    Parameters
    ----------
    paths : sequence of Path
        Workbooks and tables; a folder stands for the ledgers in it and its sub-folders.
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
    """
    files = [path for given in paths for path in _files_of(given)]
    tables, targets, findings, unreadable = [], [], list[Finding](), []
    for path in files:
        try:
            if path.suffix.lower() in TABLE_SUFFIXES:
                if criteria is None:
                    raise UnreadableError(Finding("criteria-not-named", file=path.name))
                table, problems = read_long_table(path, criteria)
                findings += problems
            else:
                # Imported where it is needed: a CSV run does without the workbook readers.
                from scoring.evidence.ledger import read_ledger

                ledger = read_ledger(path, criteria)
                criteria = criteria or open_set(ledger.info.set_id)
                table = ledger.inputs
                targets.append(ledger.targets)
                findings += ledger.findings
            tables.append(table)
        except UnreadableError as error:
            findings.append(error.finding)
            unreadable.append(path.name)
    if criteria is None:
        raise UnreadableError(next(iter(findings), Finding("criteria-not-named")))
    return Intake(
        criteria, _joined(tables), _joined_targets(targets), tuple(findings), tuple(unreadable)
    )


def _files_of(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(path.rglob("*.xlsx"))
    # Excel leaves such a file beside every workbook that is open.
    return [entry for entry in found if not entry.name.startswith("~$")]


def _joined(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    filled = [table for table in tables if len(table)]
    if not filled:
        return inputs_table(pd.DataFrame(columns=list(INPUT_COLUMNS)))
    table = pd.concat(filled, ignore_index=True)
    for name in ("file", "sheet", "cell"):
        table[name] = table[name].fillna("") if name in table.columns else ""
    return inputs_table(table)


def _joined_targets(targets: Sequence[pd.DataFrame]) -> pd.DataFrame:
    filled = [table for table in targets if len(table)]
    if not filled:
        return pd.DataFrame({"unit_code": [], "code": [], "target_points": []})
    return pd.concat(filled, ignore_index=True)
