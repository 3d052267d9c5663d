"""What was taken in, put together: whatever does not follow from one ledger alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pandas as pd

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.base.units import KEY_COLUMNS, UnitKey, is_whole_year, with_one_whole_year
from scoring.batch.parts.ledger_part import NO_UNIT, TABLES, LedgerPart, PartHead, read_part
from scoring.criteria import CriteriaSet, open_named_set
from scoring.evidence.desk import DOCUMENTS_FOLDER
from scoring.evidence.long_table import read_long_table
from scoring.evidence.proof import Look, Proof, judge, keyed
from scoring.files.children.guarded import LOST_SECONDS
from scoring.files.limits import Limits
from scoring.files.stores.addresses import Address
from scoring.points.input_frames import full_table
from scoring.tables import days_of, empty

if TYPE_CHECKING:
    from scoring.batch.parts.part_file import StoredPart
    from scoring.evidence.ledger import Ledger

    Part: TypeAlias = LedgerPart | StoredPart

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
    judged : Proof or None
        The judgement of their proof, where it was made with each ledger; else it is made when asked.
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
    judged: Proof | None = field(default=None, repr=False)

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
        if self.judged is not None or not len(self.ledger_units):
            return self.judged
        return judge(self.criteria, self.ledger_units, self.documents, self.links, Look())


class Collected:
    """The ledgers and long tables read so far; the first ledger may name the set for all.

    What is taken from a ledger alone is its part; here is what they say together: which of several
    copies counts, who came twice, and the whole year written in one way.
    """

    def __init__(self, criteria: CriteriaSet | None) -> None:
        self.criteria = criteria
        self.findings: list[Finding] = []
        self.unreadable: list[str] = []
        self.given = 0
        self.parts: dict[Path, Part] = {}
        self.ledgers: dict[UnitKey, list[Path]] = {}
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
        self.parts[path] = LedgerPart(PartHead(path.name), tables={"inputs": table})
        self.findings += problems

    def has_ledger_beside(self, path: Path) -> bool:
        """Say whether a ledger that was read stands beside a folder of documents above `path`."""
        above = {p.parent for p in path.resolve().parents if p.name == DOCUMENTS_FOLDER}
        return any(p.resolve().parent in above for paths in self.ledgers.values() for p in paths)

    def is_named(self, path: Path) -> bool:
        """Say whether a ledger lists `path` among its documents."""
        for ledger, part in self.parts.items():
            for name in part.table("documents").get("path", ()):
                listed = ledger.resolve().parent / name
                if name and listed.name == path.name and listed.resolve() == path.resolve():
                    return True
        return False

    def _left_out(self, path: Path, part: Part) -> Finding:
        """Return what to say of a marked copy beside the ledger it was made from."""
        figures = ["item_code", "input", "value", "choice", "happened_on", "not_applicable"]
        unit = part.head.unit
        mine = keyed(part.table("inputs"), unit)
        others = (other for other in self.parts.values() if other.head.unit in (unit, NO_UNIT))
        read = stacked([other.table("inputs") for other in others])
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
        self.enter(path, read_part(ledger, self.criteria), last=last)

    def enter(self, path: Path, part: Part, *, last: bool = False) -> None:
        """Count a ledger that was taken in, unless another stands for it."""
        head = part.head
        if head.is_annotated and not last:
            self.copies.append(path)
            return
        if last and head.unit in self.ledgers:
            self.findings.append(self._left_out(path, part))
            return
        if self._is_draft_of_sealed(path, head):
            return
        self.parts[path] = part
        self.ledgers.setdefault(head.unit, []).append(path)
        self.findings += part.findings

    def _is_draft_of_sealed(self, path: Path, head: PartHead) -> bool:
        """Say whether the sealed copy of a ledger was read; a draft read before it is taken out."""
        for other in tuple(self.ledgers.get(head.unit, ())):
            if bool(head.content_digest) == bool(self.parts[other].head.content_digest):
                continue
            draft, sealed = (other, path) if head.content_digest else (path, other)
            if self._is_sealed_copy(sealed, draft):
                if draft == other:
                    self._forget(other, head.unit)
                self.findings.append(_draft_left_out(draft, sealed, head.unit))
                if draft == path:
                    return True
        return False

    def _is_sealed_copy(self, sealed: Path, draft: Path) -> bool:
        """Say whether one ledger is the copy to hand in of another.

        Rare enough to read both a second time instead of keeping every ledger.
        """
        from scoring.evidence.ledger.submission import is_sealed_copy

        return is_sealed_copy(self._read(sealed), of=self._read(draft))

    def _read(self, path: Path) -> Ledger:
        """Read a ledger, which may lie in a store."""
        from scoring.evidence.ledger import read_ledger

        folder, name = Address.of_file(path)
        source = folder.path / name if folder.is_local else folder.read(name, Limits().file_bytes)
        return read_ledger(source, self.criteria, file=path.name)

    def _forget(self, path: Path, unit: UnitKey) -> None:
        """Take out what was read from a ledger, and what was said of it."""
        self.ledgers[unit].remove(path)
        said = set(map(id, self.parts.pop(path).findings))
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

    def _tables(self, name: str) -> list[pd.DataFrame]:
        """Return a table of every part; documents say where their paths start."""
        tables = {path: part.table(name) for path, part in self.parts.items()}
        if name == "documents":
            tables = {
                path: table.assign(folder=str(path.resolve().parent))
                if len(table.columns)
                else table
                for path, table in tables.items()
            }
        return [table for table in tables.values() if len(table.columns)]

    def intake(self) -> Intake:
        if self.criteria is None:
            raise UnreadableError(next(iter(self.findings), Finding("criteria-not-named")))
        tables: dict[str, Any] = {name: stacked(self._tables(name)) for name in TABLES}
        if not len(tables["targets"].columns):
            tables["targets"] = pd.DataFrame({"unit_code": [], "code": [], "target_points": []})
        tables |= with_whole_year({name: tables[name] for name in tables if name != "targets"})
        inputs = tables.pop("inputs")
        return Intake(
            self.criteria,
            _with_places(inputs) if len(inputs) else empty("Inputs"),
            findings=(*self._left(), *self._shared_units(), *self.findings),
            unreadable=tuple(self.unreadable),
            **tables,
        )


def with_whole_year(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Write the whole year in one way in all tables, or units would not meet those of their block.

    Ledgers write it in words and long tables leave it empty; words are kept where there are any.
    """
    spelling = whole_year_of(tables)
    if spelling is None:
        return {}
    return {name: with_one_whole_year(table, spelling) for name, table in _timed(tables)}


def whole_year_of(tables: dict[str, pd.DataFrame]) -> str | None:
    """Return how the whole year is to be written; None where all tables write it alike."""
    told = dict.fromkeys(text for _, table in _timed(tables) for text in table["period"].unique())
    whole = [text for text in told if is_whole_year(text)]
    return next(filter(None, whole)) if len(whole) > 1 else None


def _timed(tables: dict[str, pd.DataFrame]) -> list[tuple[str, pd.DataFrame]]:
    return [(n, table) for n, table in tables.items() if "period" in table and len(table)]


_PLACES = ("file", "sheet", "cell")


def _draft_left_out(draft: Path, sealed: Path, unit: UnitKey) -> Finding:
    values = {"value": sealed.name}
    return Finding("draft-left-out", draft.name, unit_code=unit.unit_code, values=values)


def stacked(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    filled = [table for table in tables if len(table)]
    if filled:
        return pd.concat(filled, ignore_index=True)
    return tables[0] if tables else pd.DataFrame()


def _with_places(inputs: pd.DataFrame) -> pd.DataFrame:
    """Return `inputs` with the columns that say where a figure was read, empty where unknown."""
    places = {name: inputs[name].fillna("") if name in inputs else "" for name in _PLACES}
    return full_table(inputs.assign(**places))
