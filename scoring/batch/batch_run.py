"""A run over thousands of ledgers: what is known is kept, what changed is taken in, all is scored."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, cast

from scoring import __version__
from scoring.base.errors import OutputError, UnreadableError
from scoring.base.findings import Finding
from scoring.batch import partitions
from scoring.batch.collected import Intake
from scoring.batch.document_table import keep_documents
from scoring.batch.engines.engine import Engine, Outcome, Task
from scoring.batch.folder_files import PARTS_ENDING, FolderFiles, files_of, is_among_documents
from scoring.batch.kept_tables import MAX_UNITS_WITH_PAGES, KeptTables, kept_tables
from scoring.batch.parts.gathered import Gathering
from scoring.batch.parts.part_store import PartStore
from scoring.batch.parts.taking import do
from scoring.batch.scored import compute
from scoring.batch.submissions import read_all
from scoring.criteria import CriteriaSet
from scoring.files.children.forked import Forked
from scoring.files.children.free_memory import give_back_memory
from scoring.files.declared_tables import read_typed
from scoring.files.overwriting import note, noted
from scoring.files.paths import read_bytes
from scoring.files.sealed.manifest import MANIFEST_NAME, MOST_BYTES, fingerprint, manifest_in
from scoring.files.sealed.manifest_check import verify_manifest
from scoring.files.sealed.own_seal import key_findings
from scoring.files.stores.addresses import Address
from scoring.files.stores.published import results_at
from scoring.files.stores.store_lock import address_lock
from scoring.files.table_files import Dialect
from scoring.outputs.result import Result
from scoring.outputs.results_manifest import results_folder, run_facts
from scoring.points.sheet import COMPUTED

OWNER = "batch"
_KEY = "parts"
# Where tables are written within the folder of a run, until they are whole.
_ASIDE = ".tables"
_UNWRITTEN = {
    "output-failed", "output-file-open", "output-folder-read-only", "address-not-written",
}  # fmt: skip


@dataclass(frozen=True)
class BatchJob:
    """What a run is to do.

    Attributes
    ----------
    folder, out : Path
        The ledgers, and where results go: of this system or in a store (`path_at`).
    criteria : CriteriaSet
    named : str
        Id or address by which every worker opens the set.
    with_journal : callable, optional
        Adds decisions to what was read; it is given the digests of the ledgers.
    inputs : sequence of Path
        Files besides the ledgers that the results depend on, such as the journal.
    """

    folder: Path
    out: Path
    criteria: CriteriaSet
    named: str
    lang: str = "vi"
    track: str = COMPUTED
    dialect: Dialect = "plain"
    inputs: Sequence[Path] = ()
    with_journal: Callable[[Intake, Gathering], Intake] | None = field(default=None, repr=False)

    @property
    def store(self) -> PartStore:
        """The parts of the run, beside its results."""
        return PartStore(self.out.resolve().with_name(self.out.resolve().name + PARTS_ENDING))

    def tasks(self, files: FolderFiles) -> dict[Path, Task]:
        """Return a task for every ledger, besides workbooks that may be documents of one."""
        found = files.workbooks
        return {p: self.task(p) for p in found if not is_among_documents(p, self.folder)}

    def task(self, path: Path) -> Task:
        """Return the task of one ledger."""
        given = self.named, self.criteria.fingerprint
        store = self.store
        return Task(str(path.resolve()), self.place(path), *given, store.address, store.seal.key)

    def place(self, path: Path) -> str:
        """Return where a file lies below the folder."""
        return path.relative_to(self.folder).as_posix()


@dataclass(frozen=True)
class BatchRun:
    """What a run came to.

    Attributes
    ----------
    outcomes : list of Outcome
    result : Result or None
        None where nothing changed since the results were written.
    unreadable : tuple of str
        Names of ledgers that could not be read; each has its finding.
    findings : list of dict
        The table of findings, where nothing changed since it was written.
    """

    outcomes: list[Outcome]
    result: Result | None
    unreadable: tuple[str, ...]
    findings: list[dict[str, Any]] = field(default_factory=list)

    @property
    def known(self) -> int:
        """How many ledgers an earlier run had taken in."""
        return sum(one.was_known for one in self.outcomes)


def run_batch(
    job: BatchJob, engine: Engine, on_done: Callable[[int, int], None] | None = None
) -> BatchRun:
    """Take in what changed, score all, and let the results take the place of those before.

    Parameters
    ----------
    job : BatchJob
    engine : Engine
    on_done : callable, optional
        Called with ledgers done and ledgers in all.

    Raises
    ------
    OutputError
        ``output-folder-in-use`` where another run is at work for the same results, and whatever
        stops the writing; results are then as they were, and what was taken in is kept.
    """
    with address_lock(Address.of(job.store.address), job.out) as demand_held:
        files = files_of(job.folder)
        outcomes = dict(_taken(job.tasks(files), engine, on_done))
        _tell_of_foreign(job.store, outcomes.values())
        key = _key(job, outcomes, files)
        with results_at(Address.of(job.out), demand_held) as out:
            if _is_written(out, key, job.store):
                bad = tuple(o.finding.file for o in outcomes.values() if o.finding is not None)
                return BatchRun(list(outcomes.values()), None, bad, _told_in(out))
            parts = Gathering(job.criteria, job.store, lambda path: _fetched(job, outcomes, path))
            with kept_tables(job.store) as kept:
                result = _result(job, parts, files, kept)
                facts = run_facts(result.sheet) | {_KEY: key}
                with results_folder(out, job.inputs, facts, OWNER) as folder:
                    result = _written(job, result, parts, folder, kept)
            manifest = read_bytes(out / MANIFEST_NAME, MOST_BYTES)
        job.store.vouch_for(manifest)
        _prune(job.store, {one.part for one in outcomes.values()})
    return BatchRun(list(outcomes.values()), result, tuple(parts.unreadable))


def _tell_of_foreign(store: PartStore, outcomes: Collection[Outcome]) -> None:
    """Tell of parts that somebody else left there, and of a key by which ours will not be known."""
    findings = key_findings()
    count = sum(one.was_foreign for one in outcomes)
    if count and not findings:
        findings = [Finding("kept-not-ours", store.address, values={"count": count})]
    for finding in findings:
        note(finding)


def _told_in(out: Path) -> list[dict[str, Any]]:
    rows = read_typed(out / "findings.csv", "Findings")[0].to_dict("records")
    return cast("list[dict[str, Any]]", rows)


def _taken(
    tasks: dict[Path, Task], engine: Engine, on_done: Callable[[int, int], None] | None
) -> Iterator[tuple[Path, Outcome]]:
    paths = {task.source: path for path, task in tasks.items()}
    for done, outcome in enumerate(engine.run(tasks.values()), start=1):
        yield paths[outcome.task.source], _of_ledger(outcome)
        if on_done:
            on_done(done, len(tasks))


def _fetched(job: BatchJob, outcomes: dict[Path, Outcome], path: Path) -> Outcome:
    """Return what became of a ledger; one that turned up since, or among documents, is done now."""
    if path not in outcomes:
        outcomes[path] = _of_ledger(do(job.task(path)))
    return outcomes[path]


def _of_ledger(outcome: Outcome) -> Outcome:
    """Return an outcome that tells of its ledger; end the run for one that tells of anything else.

    Without this a full disk would give results as if some units had handed in nothing.
    """
    finding = outcome.finding
    if finding is not None and finding.code in _UNWRITTEN:
        raise OutputError(finding)
    if finding is not None and finding.code == "batch-set-changed":
        raise UnreadableError(finding)
    if finding is not None and finding.code == "address-unreadable":
        # Of one file it is told; a store that answers nobody any more ends the run here.
        Address.of_file(outcome.task.source)[0].is_there()
    return outcome


def _result(job: BatchJob, gathering: Gathering, files: FolderFiles, kept: KeptTables) -> Result:
    """Return the scores and gaps of all ledgers; their documents are written meanwhile."""
    read_all(gathering, [job.folder], lambda _: files)
    placed = gathering.placed()
    to_keep = partial(keep_documents, placed, kept)
    with Forked(to_keep, is_worth=_is_worth(job, len(placed))) as documents:
        result = _computed(job, gathering)
        documents.result()
        return result


def _is_worth(job: BatchJob, count: int) -> bool:
    """Say whether tables are made beside reports: of many ledgers, their parts in no far store."""
    return count > MAX_UNITS_WITH_PAGES and Address.of(job.store.address).is_local


def _written(
    job: BatchJob, result: Result, gathering: Gathering, folder: Path, kept: KeptTables
) -> Result:
    """Write all results into a folder of the run; return what is asked for afterwards.

    Tables and reports are made beside each other, and their memory goes when they are done.
    """
    aside, is_worth = folder / _ASIDE, _is_worth(job, len(result.sheet.units))
    to_write = partial(_tables, job, result, gathering, aside, kept)
    with (
        Forked(to_write, is_worth=is_worth) as tables,
        Forked(partial(_reports, job, result, folder), is_worth=is_worth) as reports,
    ):
        kept.used |= tables.result()
        for finding in reports.result():
            note(finding)
    for made in aside.iterdir():
        made.rename(folder / made.name)
    aside.rmdir()
    return _without_gaps(result)


# What draws is loaded where it is used: a run that finds nothing changed does without, and one of
# thousands of units has the room.


def _tables(
    job: BatchJob, result: Result, gathering: Gathering, folder: Path, kept: KeptTables
) -> set[str]:
    """Write the tables into a folder of their own; return which kept ones there was a use for."""
    from scoring.batch.batch_outputs import write_batch_tables

    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    placed = gathering.placed()
    write_batch_tables(result, placed, folder, kept, lang=job.lang, dialect=job.dialect)
    return kept.used


def _reports(job: BatchJob, result: Result, folder: Path) -> list[Finding]:
    """Write the reports; return what else is to be told of them."""
    from scoring.batch.batch_outputs import told_of_all, write_batch_reports

    with noted() as findings:
        province = told_of_all(result, job.lang)
        light = _without_gaps(result)
        del result
        write_batch_reports(light, province, folder, job.lang)
    return findings


def _computed(job: BatchJob, gathering: Gathering) -> Result:
    held = [gathering.intake()]
    if job.with_journal is not None:
        held = [job.with_journal(held.pop(), gathering)]
    give_back_memory()
    # Nobody else holds on to what was read, so that it is let go of once it is scored.
    result = compute(held.pop(), None, job.lang, job.track, with_places=MAX_UNITS_WITH_PAGES)
    give_back_memory()
    return result


def _without_gaps(result: Result) -> Result:
    """Let go of the gaps once they are told of all units; only pages of units ask for them again."""
    if len(result.sheet.units) > MAX_UNITS_WITH_PAGES:
        result = replace(result, gaps=result.gaps.iloc[[]])
    give_back_memory()
    return result


def _key(job: BatchJob, outcomes: dict[Path, Outcome], files: FolderFiles) -> str:
    """Return a digest of all that results follow from: the same key, the same results."""
    homes = {path.parent for path in outcomes}
    rest = [path for path in files.workbooks if path not in outcomes]
    told = {
        "made_by": [__version__, partitions.SCHEMA_VERSION, job.criteria.fingerprint],
        "asked": [job.lang, job.track, job.dialect],
        "inputs": [_hash(path) for path in job.inputs],
        "parts": sorted([o.task.place, o.part, o.digest, _code(o)] for o in outcomes.values()),
        "documents": [[job.place(path), *_state(path, homes)] for path in rest],
        "left_out": [*files.tables, *(one.text() for one in files.findings)],
    }
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return fingerprint(file)[1]


def _state(path: Path, homes: set[Path]) -> list[int]:
    """Return how a workbook among documents is; nothing where it is but a document of a ledger."""
    if homes.intersection(path.parents):
        return []
    folder, name = Address.of_file(path)
    return [*folder.state(name)]


def _code(outcome: Outcome) -> str:
    return "" if outcome.finding is None else outcome.finding.code


def _is_written(out: Path, key: str, store: PartStore) -> bool:
    """Say whether the results in a folder are those that we wrote for `key`, every byte of them."""
    manifest = manifest_in(out)
    if manifest is None or manifest.about.get(_KEY) != key or _doubts(out):
        return False
    return store.vouches_for(read_bytes(out / MANIFEST_NAME, MOST_BYTES))


def _doubts(out: Path) -> list[Finding]:
    return [found for found in verify_manifest(out) if found.severity == "error"]


def _prune(store: PartStore, used: set[str]) -> None:
    """Remove the parts of ledgers that are gone or changed."""
    for name in store.names():
        if name not in used:
            store.remove(name)
