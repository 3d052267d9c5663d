"""Whether scores, gaps and proof in a bundle are those that its own ledger and set come to."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from scoring.analysis import check_targets, gap_table, with_planned_leads
from scoring.base.errors import CriteriaError, UnreadableError
from scoring.base.findings import Finding
from scoring.base.labels import LANGUAGES
from scoring.base.units import KEY_COLUMNS
from scoring.batch.scored import scored
from scoring.batch.submissions import Intake, read_files
from scoring.criteria import CriteriaSet, list_sets, open_named_set, open_set
from scoring.files.left_behind import scratch_folder
from scoring.files.sealed.manifest import BUNDLE, MANIFEST_NAME, files_below, read_manifest
from scoring.files.table_files import Dialect, Table, csv_bytes, read_table
from scoring.outputs.machine import table_csv
from scoring.points import ScoreSheet
from scoring.points.sheet import COMPUTED

# A bundle that unpacks to more is compared with its manifest only.
MOST_BYTES = 2_000_000_000
PROOF_FILE = "proof.csv"
_SHOWN = 5
# What only the documents tell: not to be recomputed where some were withheld.
_OF_DOCUMENTS = ("supported_points",)
# Targets are given to a run, and may lie in no file of the bundle.
_OF_TARGETS = ("target_points", "gap_to_target_points")
_SCORES = "scores/"
COMPARED = ("Scores", "Gaps", "Verdicts")
"""The tables of a bundle that are computed again, in the order in which they are told."""


def differences(files: Iterable[Path], intake: Intake, all_there: bool = True) -> Iterator[Finding]:
    """Yield a finding for each file of scores, gaps or verdicts that the ledger does not come to.

    Parameters
    ----------
    files : iterable of Path
        Any files; other tables are passed over.
    intake : Intake
        The ledger, read by its set.
    all_there : bool
        False where documents were withheld: what only they tell is then not compared.
    """
    computed, _ = scored(intake)
    decimals = intake.criteria.meta.decimals
    for file in files:
        kind, given = _table(file)
        dialect: Dialect = "vi" if given is not None and given.separator == ";" else "plain"
        skipped: tuple[str, ...] = () if all_there else _OF_DOCUMENTS
        frame = pd.DataFrame() if given is None else given.frame
        sheet = computed.on_track(_track_of(frame, computed))
        if kind == "Scores":
            made, key = [table_csv(sheet.scores, kind, decimals, dialect)], ["code"]
        elif kind == "Gaps":
            tables = (_gaps(sheet, intake, lang, all_there) for lang in LANGUAGES)
            made, key = [table_csv(one, kind, decimals, dialect) for one in tables], _GAP_KEY
            skipped = _OF_TARGETS
            # Without all documents only what was lost by the rules can be told.
            frame = frame if all_there or "kind" not in frame else frame[frame["kind"] != "at-risk"]
        elif kind == "Verdicts" and all_there and intake.proof is not None:
            made, key = [csv_bytes(intake.proof.verdicts, dialect)], ["item_code"]
        else:
            continue
        # A table of gaps names items and next steps in the language of whoever made it.
        told = [list(_differing(frame, read_table(one).frame, key, skipped)) for one in made]
        if cells := min(told, key=len):
            values = {"count": len(cells), "expected": cells[:_SHOWN]}
            yield Finding("bundle-scores-differ", file.name, values=values)


def _track_of(frame: pd.DataFrame, sheet: ScoreSheet) -> str:
    """Return the track that scores say they are on, where the ledger has it."""
    told = set(frame["basis"]) if "basis" in frame else set()
    return next(iter(told), COMPUTED) if told <= set(sheet.tracks) else COMPUTED


_GAP_KEY = ["kind", "item_code"]


def _gaps(sheet: ScoreSheet, intake: Intake, lang: str, all_there: bool) -> pd.DataFrame:
    """Return the gaps that `score` writes, as far as the documents that are there tell."""
    accepted, _ = check_targets(intake.targets, sheet)
    gaps = with_planned_leads(gap_table(sheet, accepted, lang), intake.tasks)
    return gaps if all_there else gaps[gaps["kind"] != "at-risk"]


def _table(file: Path) -> tuple[str, Table | None]:
    """Return which table a file is, by its name or else its columns, and what it holds."""
    known = {"scores.csv": "Scores", "gaps.csv": "Gaps", PROOF_FILE: "Verdicts"}
    kind = known.get(file.name.lower(), "")
    try:
        found = read_table(file) if file.suffix.lower() == ".csv" else None
    except UnreadableError:
        found = None
    if found is not None and not kind:
        marks = {"Scores": {"code", "points"}, "Gaps": {*_GAP_KEY, "lost_points"}}
        held = set(found.frame)
        kind = next((name for name, own in marks.items() if {*KEY_COLUMNS, *own} <= held), "")
    return kind, found


def _differing(
    given: pd.DataFrame, made: pd.DataFrame, key: list[str], skipped: tuple[str, ...]
) -> Iterator[str]:
    """Yield every cell that is not as computed: "5.3 points: 9 ≠ 5,89"."""
    keys = [*KEY_COLUMNS, *key]
    tables = [table.astype("str").fillna("") for table in (given, made)]
    named = [table.set_index(keys) for table in tables if set(keys) <= set(table)]
    if len(named) < len(tables) or named[0].index.has_duplicates:
        yield f"{', '.join(keys)}: ≠"
        return
    theirs, ours = named
    for row in theirs.index.symmetric_difference(ours.index):
        yield f"{row[-1]}: {'+' if row in theirs.index else '−'}"
    rows = theirs.index.intersection(ours.index)
    for column in (name for name in ours if name not in skipped):
        told = theirs[column] if column in theirs else pd.Series("", theirs.index)
        pairs = zip(rows, told.loc[rows], ours[column].loc[rows], strict=True)
        yield from (f"{row[-1]} {column}: {a or '—'} ≠ {b or '—'}" for row, a, b in pairs if a != b)


class Recheck(NamedTuple):
    """What computing a bundle anew came to.

    Attributes
    ----------
    set_stated : str
        Id, version and fingerprint of the set it was scored by.
    findings : list of Finding
        What does not agree.
    sealed : list of str
        Files of results that are compared with the manifest only and not computed anew.
    compared : sequence of str
        Which of `COMPARED` the bundle holds and were computed anew.
    """

    set_stated: str
    findings: list[Finding]
    sealed: list[str]
    compared: Sequence[str] = ()


def recheck(path: Path) -> Recheck | None:
    """Recompute the scores and gaps of a bundle that is as its manifest states it.

    Parameters
    ----------
    path : Path
        A folder or a zip in which `verify_manifest` found nothing.

    Returns
    -------
    Recheck or None
        None where there is nothing to recompute: results, or a bundle too large to unpack.
    """
    if path.is_dir():
        return _rechecked(path)
    with scratch_folder() as scratch:
        with zipfile.ZipFile(path) as package:
            if sum(entry.file_size for entry in package.infolist()) > MOST_BYTES:
                return None
            # Every name was compared with the manifest, which names no path outside its folder.
            package.extractall(scratch)
        return _rechecked(Path(scratch))


def _rechecked(folder: Path) -> Recheck | None:
    manifest, _ = read_manifest((folder / MANIFEST_NAME).read_bytes())
    names = files_below(folder)
    ledger = next((name for name in names if name.startswith("ledger.")), "")
    sets = sorted({name.split("/")[1] for name in names if name.startswith("criteria/")})
    if manifest.kind != BUNDLE or not ledger or len(sets) != 1:
        return None
    results = [name for name in names if name.startswith(_SCORES)]
    try:
        criteria = open_set(folder / "criteria" / sets[0])
        intake = read_files([folder / ledger], criteria)
    except CriteriaError as error:
        wrong = [finding for finding in error.findings if finding.severity == "error"]
        return Recheck(sets[0], wrong, results)
    except UnreadableError as error:
        return Recheck(sets[0], [error.finding], results)
    findings = [*_of_another_set(criteria), *_about_the_set(intake)]
    files = [folder / name for name in names if name.startswith((_SCORES, PROOF_FILE))]
    differing = differences(files, intake, not manifest.withheld)
    sealed = [name for name in results if not _table(folder / name)[0]]
    kinds = {_table(file)[0] for file in files}
    if manifest.withheld:
        kinds.discard("Verdicts")
    compared = [kind for kind in COMPARED if kind in kinds]
    return Recheck(criteria.stated, [*findings, *differing], sealed, compared)


def _of_another_set(criteria: CriteriaSet) -> Iterator[Finding]:
    """Yield a finding where the receiver knows the set by its id as something else."""
    if criteria.set_id in list_sets():
        own = open_named_set(criteria.set_id)
        if own.fingerprint != criteria.fingerprint:
            values = {"value": criteria.stated, "expected": own.stated}
            yield Finding("bundle-set-differs", "criteria", values=values)


def _about_the_set(intake: Intake) -> Iterator[Finding]:
    codes = ("ledger-of-other-set", "ledger-of-other-version")
    yield from (f for f in intake.findings if f.code in codes)
    yield from (f for f in intake.findings if f.file in intake.unreadable)
