"""Reading ledgers: one or thousands by the same steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.base.memory import collector_at_rest
from scoring.base.units import KEY_COLUMNS
from scoring.criteria import CriteriaSet, open_named_set
from scoring.evidence.ledger.layout import (
    ACTIONS,
    APPRAISAL,
    ASSESSMENT,
    DOCUMENTS,
    LIVE_SHEET,
    PLAN,
    READ_SHEETS,
    SURVEYS,
    TABLE_SHEETS,
    TARGETS,
    TO_DO,
)
from scoring.evidence.ledger.reading import other_tables
from scoring.evidence.ledger.reading.assessment_reading import read_assessments
from scoring.evidence.ledger.reading.headings import Heading, find_sheets
from scoring.evidence.ledger.reading.info import LedgerInfo, identity_findings, read_info
from scoring.evidence.ledger.reading.sheet_rows import SheetRows
from scoring.evidence.ledger.submission import submission_findings
from scoring.files.children.guarded import limited_loss
from scoring.files.excel.workbook import read_workbook
from scoring.files.limits import Limits
from scoring.tables import empty

# So many ledgers are laid one below the other at a time: enough for checks on whole columns to
# pay, few enough for the cells of the others to wait on the disk.
_TOGETHER = 20
# A quarter of the cells of a ledger: they follow from its other sheets, and nobody reads them.
_COMPUTED_SHEETS = (TO_DO, LIVE_SHEET)
_TABLES = (
    "inputs", "claims", "documents", "links", "tasks", "targets", "appraisal", "surveys",
)  # fmt: skip


@dataclass(frozen=True)
class Ledger:
    """What one ledger, or many read together, says.

    Attributes
    ----------
    info : LedgerInfo
        Of the ledger, or of the first of many.
    inputs : DataFrame
        The table ``Inputs`` with ``file``, ``sheet`` and ``cell``: every input of the set, those
        not filled in as NaN, empty or NaT.
    claims : DataFrame
        ``unit_code, year, period, item_code, self_points, documents, explanation`` and places.
    documents, links : DataFrame
        Tables ``Documents`` and ``Links`` with ``unit_code`` and places.
    tasks, targets, appraisal : DataFrame
        Rows of ``Kế hoạch``, ``Chỉ tiêu`` and ``Thẩm định`` that hold something.
    surveys : DataFrame
        The table ``SurveyFigures`` of a ledger that a survey fed; empty for others.
    actions : DataFrame
        The table ``Actions`` of a ledger with a sheet ``Hành động``; empty for others.
    findings : tuple of Finding

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.evidence.ledger import new_ledger
    >>> data = new_ledger(open_set("service-quality-766"), "H1", "Đơn vị mẫu", 2026)
    >>> ledger = read_ledger(data, file="mau.xlsx")
    >>> ledger.info.unit_name, len(ledger.documents), ledger.findings
    ('Đơn vị mẫu', 0, ())
    >>> ledger.inputs.loc[0, ["item_code", "input", "sheet", "cell"]].tolist()
    ['1.1', 'announced_on_time', 'Tự đánh giá', 'D9']
    """

    info: LedgerInfo
    inputs: pd.DataFrame
    claims: pd.DataFrame
    documents: pd.DataFrame
    links: pd.DataFrame
    tasks: pd.DataFrame
    targets: pd.DataFrame
    appraisal: pd.DataFrame
    surveys: pd.DataFrame
    findings: tuple[Finding, ...] = ()
    infos: tuple[LedgerInfo, ...] = field(default_factory=tuple)
    actions: pd.DataFrame = field(default_factory=lambda: empty("Actions", places=True))


@dataclass(frozen=True)
class OpenedLedger:
    """A ledger whose cells are read and whose tables are found, but not what they say.

    Attributes
    ----------
    info : LedgerInfo
    headings : dict of str to Heading
        Each with its sheet.
    findings : tuple of Finding
    """

    info: LedgerInfo
    headings: dict[str, Heading]
    findings: tuple[Finding, ...]

    @property
    def cell_count(self) -> int:
        """How many cells its tables have."""
        sheets = (heading.sheet for heading in self.headings.values())
        return sum(sheet.row_count * sheet.column_count for sheet in sheets)


def read_ledger(
    path: Path | bytes,
    criteria: CriteriaSet | None = None,
    *,
    file: str = "",
    limits: Limits | None = None,
    reader: str = "auto",
    lang: str = "vi",
) -> Ledger:
    """Read one ledger.

    Parameters
    ----------
    path : Path or bytes
        The workbook, opened for reading only.
    criteria : CriteriaSet, optional
        The set to read it by; without it the set that the ledger names.
    file : str
        Name for findings; the name of the file by default.
    reader : {"auto", "calamine", "streaming"}
        See `scoring.files.excel.workbook.read_workbook`.

    Returns
    -------
    Ledger
        With a finding for everything that could not be counted. Of a ledger of another set only
        the sheets are kept that do not depend on it.

    Raises
    ------
    UnreadableError
        When the file cannot be read, is no ledger, or names no known set and none is given.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.evidence.ledger import new_ledger
    >>> data = new_ledger(open_set("service-quality-766"), "H1", "Đơn vị mẫu", 2026)
    >>> ledger = read_ledger(data, file="mau.xlsx")
    >>> ledger.info.unit_code, len(ledger.inputs), int(ledger.inputs["value"].count())
    ('H1', 42, 0)
    """
    opened = open_ledger(path, file, limits, reader)
    if criteria is None:
        if not opened.info.set_id:
            raise UnreadableError(Finding("ledger-set-not-given", opened.info.file))
        criteria = open_named_set(opened.info.set_id)
    return _assembled([opened], criteria, [], lang)


def read_ledgers(
    paths: Iterable[Path],
    criteria: CriteriaSet,
    *,
    limits: Limits | None = None,
    lang: str = "vi",
) -> Ledger:
    """Read many ledgers of one set into one set of tables.

    Cells are taken from each workbook in turn; everything after that runs on whole columns.

    Returns
    -------
    Ledger
        Rows of all units in the order of `paths`; `infos` names each ledger. A file that cannot
        be read has a finding and no rows.

    Examples
    --------
    >>> import tempfile
    >>> from scoring.criteria import open_set
    >>> from scoring.evidence.ledger import write_ledger
    >>> criteria, folder = open_set("service-quality-766"), Path(tempfile.mkdtemp())
    >>> for code in ("H1", "H2"):
    ...     write_ledger(folder / f"{code}.xlsx", criteria, code, "Đơn vị mẫu", 2026)
    >>> ledgers = read_ledgers(sorted(folder.iterdir()), criteria)
    >>> [info.unit_code for info in ledgers.infos], ledgers.inputs["unit_code"].unique().tolist()
    (['H1', 'H2'], ['H1', 'H2'])
    """
    rest, parts = iter(paths), []
    with collector_at_rest(), limited_loss():
        while group := tuple(islice(rest, _TOGETHER)):
            parts.append(_group(group, criteria, limits, lang))
    return _joined(parts) if parts else _assembled([], criteria, [], lang)


def _group(
    paths: Sequence[Path], criteria: CriteriaSet, limits: Limits | None, lang: str
) -> Ledger:
    opened, findings = [], list[Finding]()
    for path in paths:
        try:
            # Every unit may call its file ledger.xlsx; the folder tells them apart.
            opened.append(open_ledger(Path(path), str(path), limits))
        except UnreadableError as error:
            findings.append(error.finding)
    return _assembled(opened, criteria, findings, lang)


def _joined(parts: Sequence[Ledger]) -> Ledger:
    """Return the tables of all groups, one below the other."""
    if len(parts) == 1:
        return parts[0]
    names = (*_TABLES, "actions")
    tables = {name: _concatenated([getattr(part, name) for part in parts]) for name in names}
    findings = tuple(found for part in parts for found in part.findings)
    infos = tuple(info for part in parts for info in part.infos)
    first = infos[0] if infos else parts[0].info
    return Ledger(info=first, findings=findings, infos=infos, **tables)


def _concatenated(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else tables[0]


def open_ledger(
    path: Path | bytes, file: str, limits: Limits | None = None, reader: str = "auto"
) -> OpenedLedger:
    """Read the cells of a workbook and find its tables; arguments and errors of `read_ledger`."""
    if isinstance(path, Path):
        file = file or path.name
    book = read_workbook(path, limits, file=file, reader=reader, unread=_COMPUTED_SHEETS)
    headings, findings = find_sheets(book.sheets, file)
    if findings or not headings.keys() >= set(TABLE_SHEETS):
        # People renamed or moved something: it may be any sheet.
        book = read_workbook(path, limits, file=file, reader=reader)
        headings, findings = find_sheets(book.sheets, file)
    if ASSESSMENT not in headings:
        raise UnreadableError(Finding("not-a-ledger", file))
    info, problems = read_info(book.sheets, file, Path(file).stem)
    missing = [name for name in TABLE_SHEETS if name not in headings]
    problems += [Finding("missing-sheet", file, values={"sheet_name": name}) for name in missing]
    return OpenedLedger(info, headings, (*book.findings, *findings, *problems))


def _assembled(
    opened: Sequence[OpenedLedger], criteria: CriteriaSet, findings: list[Finding], lang: str
) -> Ledger:
    stacks, noted = _stacked(opened, criteria)
    tables = _tables(stacks, criteria)
    findings += [found for own in noted for found in own]
    findings += [found for name in READ_SHEETS for found in stacks[name].findings]
    infos = tuple(one.info for one in opened)
    first = infos[0] if infos else LedgerInfo("")
    findings += [found for info in infos for found in submission_findings(info, tables)]
    return Ledger(info=first, findings=tuple(findings), infos=infos, **tables)


def read_together(
    opened: Sequence[OpenedLedger], criteria: CriteriaSet, *, with_keys: bool = False
) -> list[Ledger]:
    """Read ledgers of different units at once, which takes little longer than one of them.

    Parameters
    ----------
    with_keys : bool
        Whether tables with rows get all columns of `KEY_COLUMNS`, which is sooner done for many.

    Returns
    -------
    list of Ledger
        Each as `read_ledger` gives it alone.
    """
    stacks, noted = _stacked(opened, criteria)
    tables = _tables(stacks, criteria)
    met = [found for name in READ_SHEETS for found in stacks[name].findings]
    codes = [one.info.unit_code for one in opened]
    split = {
        name: _by_unit(_keyed(table, opened) if with_keys else table, codes)
        for name, table in tables.items()
    }
    ledgers = []
    for at, one in enumerate(opened):
        own = {name: parts[at] for name, parts in split.items()}
        findings = [*noted[at], *(found for found in met if found.unit_code == codes[at])]
        findings += submission_findings(one.info, own)
        ledgers.append(Ledger(one.info, findings=tuple(findings), infos=(one.info,), **own))
    return ledgers


def _keyed(table: pd.DataFrame, opened: Sequence[OpenedLedger]) -> pd.DataFrame:
    if table.empty or table.columns.isin(KEY_COLUMNS).sum() == len(KEY_COLUMNS):
        return table
    keys = pd.DataFrame([[getattr(one.info, name) for name in KEY_COLUMNS] for one in opened])
    owners = pd.Index(keys[0]).get_indexer(pd.Index(table["unit_code"]))
    return table.assign(**{name: keys[at].array[owners] for at, name in enumerate(KEY_COLUMNS)})


def _by_unit(table: pd.DataFrame, codes: Sequence[str]) -> list[pd.DataFrame]:
    """Return the rows of each unit; most tables are in the order of the units already."""
    owners = pd.Index(codes).get_indexer(pd.Index(table["unit_code"]))
    if (np.diff(owners) < 0).any():
        order = np.argsort(owners, kind="stable")
        table, owners = table.take(order), owners[order]
    ends = np.searchsorted(owners, range(len(codes) + 1))
    parts = [table.iloc[ends[at] : ends[at + 1]] for at in range(len(codes))]
    return [part.reset_index(drop=True) for part in parts]


def _stacked(
    opened: Sequence[OpenedLedger], criteria: CriteriaSet
) -> tuple[dict[str, SheetRows], list[list[Finding]]]:
    """Lay the sheets of ledgers below each other; return them, and what is known of each ledger."""
    units = [one.info.unit | {"file": one.info.file} for one in opened]
    stacks = {name: SheetRows(name, units) for name in READ_SHEETS}
    noted = []
    for owner, one in enumerate(opened):
        identity = identity_findings(one.info, criteria)
        noted.append([found.at(unit_code=one.info.unit_code) for found in one.findings] + identity)
        foreign = any(found.code == "ledger-of-other-set" for found in identity)
        for name, heading in one.headings.items():
            if not foreign or name in (DOCUMENTS, PLAN):
                stacks[name].add(owner, heading)
    return stacks, noted


def _tables(stacks: Mapping[str, SheetRows], criteria: CriteriaSet) -> dict[str, pd.DataFrame]:
    """Return the tables that the sheets become; what is wrong is noted in `stacks`."""
    inputs, claims = read_assessments(stacks[ASSESSMENT], criteria)
    documents, links = other_tables.read_documents(stacks[DOCUMENTS], criteria, claims)
    tasks = other_tables.read_tasks(stacks[PLAN])
    targets = other_tables.read_targets(stacks[TARGETS], criteria)
    appraisal = other_tables.read_appraisal(stacks[APPRAISAL], criteria)
    actions = other_tables.read_actions(stacks[ACTIONS], criteria)
    surveys = other_tables.read_surveys(stacks[SURVEYS])
    tables = (inputs, claims, documents, links, tasks, targets, appraisal, surveys)
    return dict(zip(_TABLES, tables, strict=True)) | {"actions": actions}
