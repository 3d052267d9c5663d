"""``parindex sipas report``: what a survey found, as a page, a Word document and charts."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from scoring.base.dates import format_date
from scoring.base.errors import UsageError
from scoring.base.findings import Finding, has_errors
from scoring.base.labels import source_words
from scoring.base.values import INDEX_CODE
from scoring.cli.commands.surveys.sipas_index import defaults_taken, design_counts, status_line
from scoring.cli.console import Console
from scoring.evidence.targets_table import read_targets
from scoring.outputs.charts.surveys.survey_tables import latest, survey_context
from scoring.outputs.results_manifest import results_folder
from scoring.outputs.survey_report.survey_content import SurveyGiven
from scoring.outputs.survey_report.survey_pack import write_survey_report
from scoring.survey.comparison import WHOLE, compare_surveys, compare_units
from scoring.survey.estimates_file import read_estimates
from scoring.survey.importance import derived_importance
from scoring.survey.instrument.instruments import open_instrument
from scoring.survey.instrument.model import Instrument
from scoring.survey.satisfaction import Estimated, survey_estimates
from scoring.survey.survey_file import SURVEY_FILE, read_survey
from scoring.survey.survey_targets import unanswered_targets
from scoring.tables import empty

_FEW = 5
_NO_REPORT = ("survey-report-several", "survey-report-no-estimates")


@dataclass
class _Read:
    """A survey with its forms, or estimates alone; and what was found on the way."""

    estimates: pd.DataFrame
    result: Estimated | None = None
    findings: list[Finding] = field(default_factory=list)


def run(options: argparse.Namespace, console: Console) -> int:
    """Write the report of all units together, or of one."""
    read = _read(Path(options.survey))
    if not has_errors(read.findings) or len(read.estimates):
        read.findings += _usable(read.estimates, options.unit, options.survey)
    if read.estimates.empty or any(f.code in _NO_REPORT for f in read.findings):
        return console.fail(read.findings)
    before = _read(Path(options.last_year)) if options.last_year else None
    findings = [*read.findings, *(before.findings if before else ())]
    targets = None
    if options.targets:
        targets, problems = read_targets(Path(options.targets), "target_percent")
        findings += [*problems, *unanswered_targets(targets, read.estimates)]
    given = _given(options, console, read, before, targets, findings)
    facts = {
        "survey": str(given.estimates["survey"].iloc[0]),
        "instrument": given.instrument.instrument_id,
        "instrument_version": given.instrument.version,
    }
    with (
        console.progress("reporting") as step,
        results_folder(Path(options.out), _inputs(options, read), facts, "sipas report") as folder,
    ):
        written = write_survey_report(
            given, folder, options.unit, each_unit=options.each_unit, on_done=step
        )
        names = [path.relative_to(folder) for path in written]
    for name in names:
        console.print(str(Path(options.out) / name))
    return console.close(findings, files=[name.as_posix() for name in names])


def _inputs(options: argparse.Namespace, read: _Read) -> list[Path]:
    """Return the files that the report is made of."""
    files = [Path(text) for text in (options.survey, options.last_year, options.targets) if text]
    folders = [path / SURVEY_FILE for path in files if path.is_dir()]
    responses = read.result.survey.responses if read.result else ()
    return [*(path for path in files if path.is_file()), *folders, *responses]


def _read(path: Path) -> _Read:
    """Read a survey with its forms, or the table of its estimates."""
    if path.is_dir() or path.suffix == ".toml":
        survey = read_survey(path)
        if has_errors(survey.findings):
            return _Read(empty("Estimates"), findings=list(survey.findings))
        result = survey_estimates(survey)
        return _Read(result.estimates, result, list(result.findings))
    estimates, findings = read_estimates(path)
    return _Read(estimates, findings=findings)


def _given(
    options: argparse.Namespace,
    console: Console,
    read: _Read,
    before: _Read | None,
    targets: pd.DataFrame | None,
    findings: list[Finding],
) -> SurveyGiven:
    """Put together what the report is made of; `findings` takes what comparing found."""
    instrument, lang = _instrument(options, read), console.lang
    last_year = before.estimates if before and len(before.estimates) else None
    if read.result is None:
        context = survey_context(instrument, lang, source=Path(options.survey).name)
        return SurveyGiven(
            read.estimates, instrument, context, last_year=last_year, targets=targets
        )
    result, survey = read.result, read.result.survey
    context = survey_context(
        instrument, lang, source=source_words(survey.source, survey.source_en, lang), is_synthetic=survey.status == "sample",
        unit_names=result.unit_names,
    )  # fmt: skip
    earlier = before.result if before else None
    return SurveyGiven(
        read.estimates, instrument, context, survey.name(lang), tuple(_facts(result, console)),
        last_year=last_year, targets=targets, importance=_importance(result),
        differences=_differences(result, earlier, findings),
        service_names=survey.service_names(lang),
    )  # fmt: skip


def _instrument(options: argparse.Namespace, read: _Read) -> Instrument:
    if read.result is not None:
        return read.result.responses.instrument
    if not options.instrument:
        raise UsageError(
            "estimates alone do not say which questionnaire they are of; give --instrument",
            Finding("survey-report-instrument", str(options.survey)),
        )
    return open_instrument(options.instrument)


def _importance(result: Estimated) -> pd.DataFrame:
    survey, forms = result.survey, result.responses.forms
    first = survey.clusters[0] if survey.clusters else ""
    clusters = forms[first].to_numpy() if first in forms else None
    return derived_importance(
        result.responses, result.design.weights, clusters, confidence=survey.confidence
    )


def _differences(
    result: Estimated, earlier: Estimated | None, findings: list[Finding]
) -> pd.DataFrame:
    """Compare the units with all together and with the highest, and the year with the last one."""
    rows = latest(result.estimates)
    rows = rows[(rows["code"] == INDEX_CODE) & (rows["unit_code"] != "") & (rows["service"] == "")]
    rows = rows[rows["estimate_percent"].notna()]
    parts = []
    if len(rows) > 1:
        best = str(rows["unit_code"].iloc[int(rows["estimate_percent"].argmax())])
        parts = [compare_units(result, against) for against in (WHOLE, best)]
    if earlier is not None:
        changes, broken = compare_surveys(result, earlier)
        parts.append(changes)
        findings += broken
    return pd.concat(parts, ignore_index=True) if parts else empty("Differences")


def _facts(result: Estimated, console: Console) -> Iterator[tuple[str, str]]:
    """Yield how the sample was drawn and the figures made, as far as the survey says it."""
    say, survey = console.text, result.survey
    yield say("survey_fact_status"), status_line(result, console)
    yield say("survey_fact_source"), source_words(survey.source, survey.source_en, console.lang)
    days = [format_date(day, console.lang) for day in survey.fieldwork if day]
    if days:
        yield say("survey_fact_fieldwork"), " – ".join(days)
    yield say("survey_fact_design"), _design_words(result, console)
    calibration = survey.calibration.replace("-", "_")
    yield say("survey_fact_calibration"), say(f"sipas_calibration_{calibration}")
    yield say("survey_fact_lonely"), say(f"sipas_lonely_{survey.lonely}")
    yield say("survey_fact_minimum"), str(survey.minimum_forms)
    if survey.not_stated:
        yield say("survey_fact_not_stated"), defaults_taken(survey, console)


def _design_words(result: Estimated, console: Console) -> str:
    """Return the design in numbers, the columns it was read from in brackets."""
    survey, counts = result.survey, design_counts(result)
    given = {
        "strata": (counts["strata"], survey.strata),
        "clusters": (counts["clusters"], survey.clusters),
        "weight": (console.text("survey_yes"), (survey.weight,) if survey.weight else ()),
    }
    words = {
        name: console.text("survey_design_column", what=what, columns=", ".join(columns))
        if columns else console.text("survey_none")
        for name, (what, columns) in given.items()
    }  # fmt: skip
    return console.text("survey_design_words", stages=counts["stages"], **words)


def _usable(estimates: pd.DataFrame, unit_code: str, file: str) -> list[Finding]:
    """Say why there is no report: several surveys in one table, or nothing of the unit."""
    rows = latest(estimates)
    surveys = sorted({f"{survey} {period}".strip() for survey, period in
                      zip(rows["survey"], rows["period"], strict=True)})  # fmt: skip
    if len(surveys) > 1:
        values = {"year": int(rows["year"].iloc[0]), "value": surveys[:_FEW]}
        return [Finding("survey-report-several", file, values=values)]
    codes = sorted(set(rows["unit_code"]))
    if unit_code in codes:
        return []
    known = ", ".join([code or "(–)" for code in codes][:_FEW]) or "–"
    values = {"unit": unit_code or "(–)", "known": known}
    return [Finding("survey-report-no-estimates", file, unit_code=unit_code, values=values)]
