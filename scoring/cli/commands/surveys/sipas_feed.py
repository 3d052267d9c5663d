"""``parindex sipas feed``: from a survey's estimates to the figures of the items they decide."""

from __future__ import annotations

import argparse
import hashlib
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.base.numbers import format_number
from scoring.base.units import KEY_COLUMNS
from scoring.cli.console import Console
from scoring.cli.set_headline import headline
from scoring.criteria import CriteriaSet, open_set
from scoring.evidence.long_table import read_long_table
from scoring.files.atomic import write_atomically
from scoring.files.declared_tables import read_declared, read_typed
from scoring.files.limits import TableLimits
from scoring.files.paths import read_bytes
from scoring.files.table_files import write_csv
from scoring.files.whole_folder import whole_folder
from scoring.points import score
from scoring.points.sampling import with_sampling
from scoring.survey.bindings import propose_survey_items
from scoring.survey.estimates_file import read_estimates
from scoring.survey.feeding import FedFigures, figures_from_survey, kept_figures
from scoring.survey.feeding_again import with_earlier_figures, without_own_figures
from scoring.tables import columns_of, empty, rows_of
from scoring.tables.merging import merge_inputs

_UNIT = ["unit_code", "unit_name", "block", "year", "period"]
_NAMES = ("unit_name", "block")
_SHOWN = 40


@dataclass(frozen=True)
class _Feeding:
    """What was entered, what was fed, and what both come to.

    `figures` are those fed now; `held` has those of earlier surveys too.
    """

    criteria: CriteriaSet
    items: pd.DataFrame
    merged: pd.DataFrame
    figures: pd.DataFrame
    held: pd.DataFrame
    findings: list[Finding]


def run(options: argparse.Namespace, console: Console) -> int:
    """Feed a ledger or a long table; what was entered stays, and every figure keeps its interval."""
    if bool(options.ledger) == bool(options.inputs):
        raise UsageError("give one of --ledger and --inputs", Finding("survey-feed-one-table"))
    criteria = open_set(options.criteria)
    estimates, findings = read_estimates(Path(options.file))
    items, problems = _items(options, criteria, estimates)
    findings += problems
    headline(criteria, console)
    if options.ledger:
        from scoring.evidence.ledger import read_ledger

        ledger = read_ledger(Path(options.ledger), criteria)
        entered, problems, units = ledger.inputs, list(ledger.findings), [ledger.info.unit]
        known = pd.DataFrame(units)[_UNIT]
        key = {name: ledger.info.unit[name] for name in KEY_COLUMNS}
        earlier = ledger.surveys.assign(**key)
    else:
        ledger = None
        entered, problems = read_long_table(Path(options.inputs), criteria)
        known = _units(entered, estimates)
        if len(known):
            # The survey may be the first to fill a table that so far has only its headings.
            problems = [found for found in problems if found.code != "table-without-rows"]
        earlier, told = _earlier(options)
        problems = [*problems, *told]
    feeding = _fed(options, criteria, estimates, items, (entered, earlier), known)
    feeding.findings[:0] = [*findings, *problems]
    with whole_folder(Path(options.out)) as folder:
        _write(feeding, folder)
        if ledger is not None:
            from scoring.evidence.ledger.merged_file import Scored
            from scoring.evidence.ledger.survey_sheet import fed_ledger

            path = Path(options.ledger)
            scores = score(feeding.merged, criteria).scores
            scored = Scored(feeding.merged, scores, ledger.targets)
            book = fed_ledger(path, ledger, criteria, scored, feeding.figures, console.lang)
            write_atomically(folder / path.name, book.to_bytes())
            feeding.findings.extend(book.findings)
    _show(feeding, console)
    console.wrote(options.out)
    return console.close(feeding.findings, fed=feeding.figures.to_dict("records"))


def _items(
    options: argparse.Namespace, criteria: CriteriaSet, estimates: pd.DataFrame
) -> tuple[pd.DataFrame, list[Finding]]:
    """Read the bindings of ``--map``, or propose those that are certain."""
    if not options.map:
        return propose_survey_items(criteria, estimates), []
    path = Path(options.map)
    items, findings = read_declared(path, "SurveyItems")
    cells = pd.Series([f"A{row + 2}" for row in range(len(items))], dtype="str")
    return items.assign(file=path.name, cell=cells), findings


def _earlier(options: argparse.Namespace) -> tuple[pd.DataFrame, list[Finding]]:
    """Read what surveys fed into a long table before: ``--surveys``, or the table beside it."""
    beside = Path(options.inputs).with_name("survey-figures.csv")
    if not options.surveys and not beside.exists():
        return empty("SurveyFigures"), []
    table, findings = read_typed(Path(options.surveys or beside), "SurveyFigures")
    if not options.surveys:
        # Whoever sent the table may have laid it there.
        values = {"file": beside.name, "option": "--surveys"}
        findings.append(Finding("file-taken-beside", beside.name, values=values))
    return table, findings


def _units(entered: pd.DataFrame, estimates: pd.DataFrame) -> pd.DataFrame:
    """Return the units of a long table; those of the estimates where it is still empty."""
    table = entered if len(entered) else estimates[estimates["unit_code"] != ""]
    known = table.reindex(columns=_UNIT).drop_duplicates(KEY_COLUMNS).reset_index(drop=True)
    texts = {name: known[name].astype("object").fillna("").astype("str") for name in _NAMES}
    return known.assign(**texts)


def _fed(
    options: argparse.Namespace,
    criteria: CriteriaSet,
    estimates: pd.DataFrame,
    items: pd.DataFrame,
    held: tuple[pd.DataFrame, pd.DataFrame],
    known: pd.DataFrame,
) -> _Feeding:
    entered, earlier = held
    path = Path(options.file)
    data = read_bytes(path, TableLimits().file_bytes)
    about = {"file": path.name, "digest": hashlib.sha256(data).hexdigest()}
    fed: FedFigures = figures_from_survey(criteria, estimates, items, known, **about)
    entered, renewed = without_own_figures(entered, earlier, fed.figures)
    merged, contradictions = merge_inputs(entered, fed.inputs, "survey")
    figures = kept_figures(fed.figures, merged)
    strangers = _strangers(estimates, known, path.name)
    findings = [*fed.findings, *renewed, *contradictions, *strangers]
    held_now = with_earlier_figures(figures, earlier)
    return _Feeding(criteria, items, merged, figures, held_now, findings)


def _strangers(estimates: pd.DataFrame, known: pd.DataFrame, file: str) -> list[Finding]:
    """Say which units were surveyed that nobody feeds."""
    surveyed = estimates.loc[estimates["unit_code"] != "", "unit_code"].drop_duplicates()
    left = surveyed[~surveyed.isin(known["unit_code"])].tolist()
    values = {"count": len(left), "value": left}
    return [Finding("survey-unit-not-scored", file, values=values)] if left else []


def _write(feeding: _Feeding, folder: Path) -> None:
    write_csv(feeding.merged[columns_of("Inputs")], folder / "inputs.csv")
    write_csv(feeding.held, folder / "survey-figures.csv")
    write_csv(feeding.items[columns_of("SurveyItems")], folder / "survey-items.csv")


def _show(feeding: _Feeding, console: Console) -> None:
    """Print every figure with its interval, and the points that both give."""
    sheet, _ = with_sampling(score(feeding.merged, feeding.criteria), feeding.figures)
    asked = feeding.figures[feeding.figures["low"].notna()]
    console.print(console.text("survey_fed", count=len(asked)))
    rows = []
    for row in rows_of(asked.head(_SHOWN)):
        place = sheet.place(row.unit_code, row.year, row.period)
        points, ends = sheet.points[sheet.row(row.item_code), place], ("–", "–")
        if sheet.sampling is not None:
            at = sheet.row(row.item_code), place
            ends = sheet.sampling.low[at], sheet.sampling.high[at]
        texts = [format_number(float(n), 2, console.lang) for n in (row.value, row.low, row.high)]
        said = [format_number(float(n), 2, console.lang) for n in (points, *ends)]
        interval, of_points = f"{texts[1]} – {texts[2]}", f"{said[1]} – {said[2]}"
        rows.append((row.unit_code, row.item_code, texts[0], interval, said[0], of_points))
    heads = console.heads("", "unit", "item", "fed_figure", "survey_fed_interval", "points")
    if rows:
        console.table([*heads, console.text("survey_fed_points")], rows, "  rrrr")
