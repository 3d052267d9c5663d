"""Taking in whatever units hand in: ledgers and long tables, one or thousands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from scoring.base.dates import read_date
from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.base.units import KEY_COLUMNS, UnitKey, is_whole_year, with_one_whole_year
from scoring.criteria import CriteriaSet, open_named_set
from scoring.evidence.desk import DOCUMENTS_FOLDER
from scoring.evidence.long_table import read_long_table
from scoring.evidence.proof import Look, Proof, judge, keyed
from scoring.evidence.proof.document_dates import with_document_dates
from scoring.files.guarded import LOST_SECONDS, limited_loss
from scoring.files.manifest import MANIFEST_NAME, RESULTS, read_manifest
from scoring.files.overwriting import KEPT_ENDING
from scoring.points.input_frames import full_table
from scoring.tables import days_of, empty

if TYPE_CHECKING:
    from scoring.evidence.ledger import Ledger

WORKBOOK_SUFFIXES = (
    ".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlsb", ".ods", ".fods", ".ots", ".et", ".numbers",
)  # fmt: skip
# In a folder these may be anything, so they are named and not read.
LEFT_OUT_SUFFIXES = (".csv", ".tsv", ".parquet")
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
    claims, documents, links, tasks : DataFrame
        What ledgers claim, the documents and the tasks of the plan they list, with the key of the
        unit; empty where none. Documents have ``folder``, where their paths start.
    surveys : DataFrame
        The table ``SurveyFigures``: figures that surveys fed into ledgers, with their intervals.
    ledger_units : DataFrame
        The keys of the units that handed in a ledger, and ``prepared_on``, the day it names.
    appraisal, journal : DataFrame
        The table ``Appraisals`` of ledgers, and ``Decisions`` of a journal; empty where none.
    journal_head : str
        Head of the journal, by which a report says which decisions it stands on; empty where none.
    unreadable : tuple of str
        Names of the files that could not be read; each has its finding.
    """

    criteria: CriteriaSet
    inputs: pd.DataFrame
    targets: pd.DataFrame
    findings: tuple[Finding, ...] = ()
    unreadable: tuple[str, ...] = ()
    claims: pd.DataFrame = field(default_factory=pd.DataFrame)
    documents: pd.DataFrame = field(default_factory=pd.DataFrame)
    links: pd.DataFrame = field(default_factory=pd.DataFrame)
    tasks: pd.DataFrame = field(default_factory=pd.DataFrame)
    ledger_units: pd.DataFrame = field(default_factory=pd.DataFrame)
    surveys: pd.DataFrame = field(default_factory=pd.DataFrame)
    appraisal: pd.DataFrame = field(default_factory=pd.DataFrame)
    journal: pd.DataFrame = field(default_factory=pd.DataFrame)
    journal_head: str = ""

    @property
    def data_days(self) -> dict[UnitKey, dt.date]:
        """The day of the figures of each unit: that its ledger names, else its latest date."""
        dated = {
            "happened_on": self.inputs,
            "done_on": self.tasks,
            "prepared_on": self.ledger_units,
        }
        days: dict[UnitKey, dt.date] = {}
        for name, table in dated.items():
            told = table.reindex(columns=[*KEY_COLUMNS, name]).dropna(subset=[name])
            told = told.assign(**{name: days_of(told[name])}).sort_values(name)
            days |= {UnitKey(*key): day.date() for *key, day in told.itertuples(index=False)}
        return days

    @cached_property
    def proof(self) -> Proof | None:
        """The judgement of what ledgers hand in as proof, files looked at; None without a ledger."""
        if not len(self.ledger_units):
            return None
        return judge(self.criteria, self.ledger_units, self.documents, self.links, Look())


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
    collected = _Collected(criteria)
    with limited_loss():
        _read_all(collected, paths)
    return collected.intake()


def _read_all(collected: _Collected, paths: Sequence[Path | str]) -> None:
    for given in map(Path, paths):
        files, left_out = _files_of(given)
        # Ledgers first: they tell which workbooks are documents.
        for path in sorted(files, key=lambda path: _is_among_documents(path, given)):
            if _is_among_documents(path, given) and collected.has_ledger_beside(path):
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


class _Collected:
    """What has been read so far; the first ledger may name the set for all."""

    def __init__(self, criteria: CriteriaSet | None) -> None:
        self.criteria = criteria
        self.findings: list[Finding] = []
        self.unreadable: list[str] = []
        self.given = 0
        self.parts: dict[str, dict[Path, pd.DataFrame]] = {name: {} for name in _PARTS}
        self.ledgers: dict[UnitKey, list[Path]] = {}
        self.said: dict[Path, list[Finding]] = {}
        # Copies that we marked: read only where the ledger itself is not there.
        self.copies: list[Path] = []

    def refuse(self, path: Path, finding: Finding) -> None:
        self.findings.append(finding)
        self.unreadable.append(path.name)

    def take(self, path: Path, add: Callable[[Path], None]) -> None:
        """Read a file; one that cannot be read does not stop the others."""
        self.given += path not in self.copies
        try:
            add(path)
        except UnreadableError as error:
            self.refuse(path, error.finding)

    def add(self, path: Path) -> None:
        if path.suffix.lower() not in TABLE_SUFFIXES:
            self.add_ledger(path)
            return
        if self.criteria is None:
            raise UnreadableError(Finding("criteria-not-named", file=path.name))
        table, problems = read_long_table(path, self.criteria)
        self.parts["inputs"][path] = table
        self.findings += problems

    def has_ledger_beside(self, path: Path) -> bool:
        """Say whether a ledger that was read stands beside a folder of documents above `path`."""
        above = {p.parent for p in path.resolve().parents if p.name == DOCUMENTS_FOLDER}
        return any(p.resolve().parent in above for paths in self.ledgers.values() for p in paths)

    def is_named(self, path: Path) -> bool:
        """Say whether a ledger lists `path` among its documents."""
        tables = (t[["folder", "path"]] for t in self.parts["documents"].values())
        rows = (row for table in tables for row in table.itertuples(index=False))
        listed = (Path(folder, name) for folder, name in rows if name)
        return any(one.resolve() == path.resolve() for one in listed if one.name == path.name)

    def _left_out(self, path: Path, inputs: pd.DataFrame, unit: UnitKey) -> Finding:
        """Return what to say of a marked copy beside the ledger it was made from."""
        figures = ["item_code", "input", "value", "choice", "happened_on", "not_applicable"]
        mine = keyed(inputs, unit)
        read = pd.concat(self.parts["inputs"].values(), ignore_index=True)
        theirs = read[(read[list(KEY_COLUMNS)] == list(unit)).all(axis=1)]
        alike = mine[figures].reset_index(drop=True).equals(theirs[figures].reset_index(drop=True))
        code = "annotated-copy-left-out" if alike else "annotated-copy-edited"
        values = {"value": self.ledgers[unit][0].name}
        return Finding(code, path.name, unit_code=unit.unit_code, values=values)

    def add_ledger(self, path: Path, *, last: bool = False) -> None:
        """Add a ledger; a copy that we marked waits until the others are read."""
        # Imported where it is needed: a CSV run does without the workbook readers.
        from scoring.evidence.ledger import read_ledger

        ledger = read_ledger(path, self.criteria)
        self.criteria = self.criteria or open_named_set(ledger.info.set_id)
        if ledger.info.is_annotated and not last:
            self.copies.append(path)
            return
        unit = UnitKey(ledger.info.unit_code, ledger.info.year, ledger.info.period)
        if last and unit in self.ledgers:
            self.findings.append(self._left_out(path, ledger.inputs, unit))
            return
        if self._is_draft_of_sealed(path, ledger, unit):
            return
        inputs, problems = with_document_dates(self.criteria, ledger)
        taken = {name: keyed(getattr(ledger, name), unit) for name in _KEYED}
        taken["documents"] = taken["documents"].assign(folder=str(path.resolve().parent))
        prepared = read_date(ledger.info.prepared_on).value
        taken["ledger_units"] = pd.DataFrame([unit]).assign(prepared_on=prepared)
        for name, table in (taken | {"inputs": inputs, "targets": ledger.targets}).items():
            self.parts[name][path] = table
        self.ledgers.setdefault(unit, []).append(path)
        self.said[path] = [*ledger.findings, *problems]
        self.findings += self.said[path]

    def _is_draft_of_sealed(self, path: Path, ledger: Ledger, unit: UnitKey) -> bool:
        """Say whether the sealed copy of a ledger was read; a draft read before it is taken out."""
        from scoring.evidence.ledger import read_ledger
        from scoring.evidence.ledger.submission import is_sealed_copy

        for other in tuple(self.ledgers.get(unit, ())):
            # Rare enough to read the other a second time instead of keeping every ledger.
            earlier = read_ledger(other, self.criteria)
            if is_sealed_copy(earlier, of=ledger):
                self.findings.append(_draft_left_out(path, other, unit))
                return True
            if is_sealed_copy(ledger, of=earlier):
                self._forget(other, unit)
                self.findings.append(_draft_left_out(other, path, unit))
        return False

    def _forget(self, path: Path, unit: UnitKey) -> None:
        """Take out what was read from a ledger, and what was said of it."""
        self.ledgers[unit].remove(path)
        for tables in self.parts.values():
            tables.pop(path, None)
        said = set(map(id, self.said.pop(path)))
        self.findings = [found for found in self.findings if id(found) not in said]

    def _shared_units(self) -> Iterator[Finding]:
        """Yield a finding for each unit that came in several ledgers of one period."""
        for (unit_code, year, _), paths in self.ledgers.items():
            if len(paths) > 1:
                # Ledgers of one name lie in folders of their own, so the folder tells them apart.
                names = [f"{path.parent.name}/{path.name}".lstrip("/") for path in paths[:3]]
                values = {"year": year, "count": len(paths), "files": "; ".join(names)}
                yield Finding("unit-in-several-ledgers", unit_code=unit_code, values=values)

    def _left(self) -> Iterator[Finding]:
        """Yield which files nobody read, because those that failed took too long."""
        left = [found.file for found in self.findings if found.code == "document-left"]
        if left:
            values = {"count": len(left), "total": self.given, "limit": f"{LOST_SECONDS:g}"}
            yield Finding("files-left", values=values | {"files": "; ".join(left)})

    def intake(self) -> Intake:
        if self.criteria is None:
            raise UnreadableError(next(iter(self.findings), Finding("criteria-not-named")))
        tables: dict[str, Any] = {
            name: _stacked(list(parts.values())) for name, parts in self.parts.items()
        }
        if not len(tables["targets"].columns):
            tables["targets"] = pd.DataFrame({"unit_code": [], "code": [], "target_points": []})
        tables |= _with_one_whole_year({name: tables[name] for name in tables if name != "targets"})
        inputs = tables.pop("inputs")
        return Intake(
            self.criteria,
            _with_places(inputs) if len(inputs) else empty("Inputs"),
            findings=(*self._left(), *self._shared_units(), *self.findings),
            unreadable=tuple(self.unreadable),
            **tables,
        )


def _with_one_whole_year(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Write the whole year in one way in all tables, or units would not meet those of their block.

    Ledgers write it in words and long tables leave it empty; words are kept where there are any.
    """
    timed = {name: table for name, table in tables.items() if "period" in table and len(table)}
    told = dict.fromkeys(text for table in timed.values() for text in table["period"].unique())
    whole = [text for text in told if is_whole_year(text)]
    if len(whole) < 2:
        return {}
    spelling = next(filter(None, whole))
    return {name: with_one_whole_year(table, spelling) for name, table in timed.items()}


_PLACES = ("file", "sheet", "cell")
_KEYED = ("claims", "documents", "links", "tasks", "surveys", "appraisal")
_PARTS = ("inputs", "targets", *_KEYED, "ledger_units")


def _draft_left_out(draft: Path, sealed: Path, unit: UnitKey) -> Finding:
    values = {"value": sealed.name}
    return Finding("draft-left-out", draft.name, unit_code=unit.unit_code, values=values)


def _stacked(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    filled = [table for table in tables if len(table)]
    if filled:
        return pd.concat(filled, ignore_index=True)
    return tables[0] if tables else pd.DataFrame()


def _files_of(path: Path) -> tuple[list[Path], list[str]]:
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


def _is_among_documents(path: Path, given: Path) -> bool:
    """Say whether a file found in the folder `given` lies in a folder of documents."""
    return path != given and DOCUMENTS_FOLDER in path.relative_to(given).parts[:-1]


def _is_ours(manifest: Path) -> bool:
    """Say whether a manifest is that of results; a bundle holds a ledger, which is to be read."""
    try:
        return read_manifest(manifest.read_bytes())[0].kind == RESULTS
    except (UnreadableError, OSError):
        return False


def _with_places(inputs: pd.DataFrame) -> pd.DataFrame:
    """Return `inputs` with the columns that say where a figure was read, empty where unknown."""
    places = {name: inputs[name].fillna("") if name in inputs else "" for name in _PLACES}
    return full_table(inputs.assign(**places))
