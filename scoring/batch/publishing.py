"""A published result: figures, set and points in one folder, from which anyone can recompute it.

What is published is computed from the very figures that are in the folder. Personal data, places
in the ledgers, reasons in people's own words and documents are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from scoring.analysis import ranking
from scoring.base.errors import FindingsError
from scoring.base.findings import Finding
from scoring.batch.scored import scored
from scoring.batch.submissions import Intake, read_files
from scoring.criteria import CriteriaSet
from scoring.criteria.library import read_raw
from scoring.criteria.writing import describe_set, write_set
from scoring.files.atomic import write_atomically
from scoring.files.left_behind import scratch_folder
from scoring.files.sealed.bundle_zip import zip_results
from scoring.files.table_files import write_csv
from scoring.outputs.dcat_record import dcat_record
from scoring.outputs.machine import write_table
from scoring.outputs.results_manifest import results_folder, run_facts
from scoring.points import ScoreSheet
from scoring.tables import columns_of

PUBLISHED = "publish"
INPUTS_FILE = "inputs.csv"
RECORD_FILE = "dcat.jsonld"
# Free text, in which people may be named; no points depend on it.
LEFT_OUT = ("reason",)
_SAME = 1e-9


def publish(
    intake: Intake, target: Path, inputs: list[Path], given: Mapping[str, str]
) -> tuple[ScoreSheet, list[Finding]]:
    """Write a result with its figures and its set into a folder or a zip of its own.

    Parameters
    ----------
    intake : Intake
        What the units handed in.
    target : Path
        A folder, made when missing; a zip where its name ends in ``.zip``.
    inputs : list of Path
        The files that were read; the manifest names them.
    given : mapping of str to str
        ``publisher``, ``licence`` and ``spatial`` where somebody gave them; nothing is assumed.

    Returns
    -------
    ScoreSheet
        The points as published.
    list of Finding
        What a reader has to know of the ranking.

    Raises
    ------
    FindingsError
        ``publish-no-figures``, or ``publish-differs`` where the long table alone comes to other
        points than what was handed in.
    """
    if not len(intake.inputs):
        found = (*intake.findings, Finding("publish-no-figures"))
        raise FindingsError("there are no figures to publish", found)
    if target.suffix.lower() != ".zip":
        return _published(intake, target, inputs, given)
    with scratch_folder() as scratch:
        folder = Path(scratch) / target.stem
        done = _published(intake, folder, inputs, given)
        zip_results(folder, target)
    return done


def _published(
    intake: Intake, target: Path, inputs: list[Path], given: Mapping[str, str]
) -> tuple[ScoreSheet, list[Finding]]:
    handed_in, _ = scored(intake)
    facts = run_facts(handed_in)
    with results_folder(target, inputs, facts, PUBLISHED) as folder:
        criteria = _written_set(intake.criteria, folder)
        columns = [name for name in columns_of("Inputs") if name not in LEFT_OUT]
        write_csv(intake.inputs[columns], folder / INPUTS_FILE)
        sheet, _ = scored(read_files([folder / INPUTS_FILE], criteria))
        if wrong := _differing(handed_in, sheet):
            raise FindingsError("the figures alone come to other points", tuple(wrong))
        decimals = criteria.meta.decimals
        write_table(sheet.scores, "Scores", folder, decimals)
        ranks, findings = ranking(sheet)
        write_table(ranks, "Ranking", folder, decimals)
        write_atomically(folder / RECORD_FILE, dcat_record(folder, sheet, given))
    return sheet, findings


def _written_set(criteria: CriteriaSet, folder: Path) -> CriteriaSet:
    place = folder / "criteria" / criteria.set_id
    raw = read_raw(Path(criteria.place))
    write_set(raw, place)
    describe_set(place, raw.meta)
    return criteria


def _differing(handed_in: ScoreSheet, published: ScoreSheet) -> list[Finding]:
    """Name the units whose index the long table does not come to."""
    key = ["unit_code", "year", "period"]
    ours = handed_in.index.set_index(key)["points"]
    theirs = published.index.set_index(key)["points"].reindex(ours.index)
    is_same = (ours - theirs).abs().le(_SAME) | (ours.isna() & theirs.isna())
    return [
        Finding(
            "publish-differs",
            unit_code=str(unit[0]),
            values={"value": theirs[unit], "expected": ours[unit]},
        )
        for unit in ours.index[~is_same]
    ]
