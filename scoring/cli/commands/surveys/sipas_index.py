"""``parindex sipas index``: the satisfaction index of a survey, its errors and its differences."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scoring.base.errors import UsageError
from scoring.base.findings import Finding, findings_frame
from scoring.base.numbers import format_number
from scoring.cli.commands.surveys.sipas_instruments import status_words
from scoring.cli.console import Console
from scoring.files.children.over_dask import dask_client
from scoring.files.table_files import Dialect, write_csv
from scoring.outputs.charts.surveys.survey_tables import method_name, worded
from scoring.outputs.results_manifest import results_folder
from scoring.survey.comparison import compare_surveys, compare_units
from scoring.survey.measures import measure_names
from scoring.survey.satisfaction import BY, Estimated, survey_estimates, unit_names
from scoring.survey.survey_data import weighting_of
from scoring.survey.survey_file import KEYS, SURVEY_FILE, Survey, read_survey
from scoring.tables import rows_of

_BY = {"unit": "unit_code", "service": "service", "group": "respondent_group"}
_MOST_UNITS, _MOST_PAIRS = 40, 10


def run(options: argparse.Namespace, console: Console) -> int:
    """Estimate a survey, compare its units and another year, write and show it all."""
    survey, by = read_survey(Path(options.survey)), _domains(options.by)
    with dask_client(options.engine, options.scheduler) as over_dask:
        result = survey_estimates(survey, by, streamed=options.streamed, over_dask=over_dask)
    units = compare_units(result, options.against)
    changes, findings = units.iloc[:0], list(result.findings)
    if survey.minimum_forms > 1 and not {*by} <= {*BY}:
        findings.append(Finding("survey-further-crossings", values={"value": options.by}))
    if options.compare:
        other = survey_estimates(read_survey(Path(options.compare)))
        changes, broken = compare_surveys(result, other)
        findings += [*other.findings, *broken]
    differences = pd.concat([units, changes], ignore_index=True)
    write_results(result, differences, findings, Path(options.out), console, options.csv_dialect)
    _show(result, units, changes, console)
    console.give(_as_json(result, differences) | {"findings": console.findings_json(findings)})
    console.wrote(options.out)
    return console.report(findings, Path(options.out) / "findings.csv")


def _domains(text: str) -> tuple[tuple[str, ...], ...]:
    """Read ``unit,unit+service``; the whole survey always comes first."""
    if not text:
        return BY
    asked = [[part.strip() for part in one.split("+")] for one in text.split(",")]
    if unknown := {part for one in asked for part in one} - _BY.keys():
        raise UsageError(f"--by {', '.join(sorted(unknown))}: unit, service, group, unit+service")
    return ((), *(tuple(_BY[part] for part in one) for one in asked))


def write_results(
    result: Estimated,
    differences: pd.DataFrame,
    findings: list[Finding],
    target: Path,
    console: Console,
    dialect: Dialect,
) -> None:
    """Write the tables of a survey as a folder of results."""
    survey, instrument = result.survey, result.responses.instrument
    facts = {
        "survey": survey.survey_id,
        "instrument": instrument.instrument_id,
        "instrument_version": instrument.version,
    }
    known = (*survey.population_tables, *survey.margins)
    beside = [survey.folder / str(table.attrs["file"]) for table in known]
    inputs = [survey.folder / SURVEY_FILE, *survey.responses, *beside]
    with results_folder(target, inputs, facts, "sipas index") as folder:
        # Counts are whole numbers for who reads the file; a hidden one stays empty.
        counts = result.estimates[["forms", "answers"]].astype("Int64")
        write_csv(result.estimates.assign(**counts), folder / "estimates.csv", dialect)
        write_csv(differences, folder / "differences.csv", dialect)
        write_csv(findings_frame(findings, console.lang), folder / "findings.csv", dialect)


def _as_json(result: Estimated, differences: pd.DataFrame) -> dict[str, Any]:
    survey, instrument = result.survey, result.responses.instrument
    shown = result.estimates[result.estimates["measure"].isin(("index", "factor"))]
    way = weighting_of(survey, instrument)
    return {
        "survey": survey.survey_id,
        "instrument": f"{instrument.instrument_id} {instrument.version}",
        "weighting": way.code,
        "weighting_status": way.status,
        "not_stated": list(survey.not_stated),
        "estimates": shown.to_dict("records"),
        "differences": differences.to_dict("records"),
    }


def _show(result: Estimated, units: pd.DataFrame, changes: pd.DataFrame, console: Console) -> None:
    survey, names = result.survey, measure_names(result.responses.instrument, console.lang)
    console.print(f"{survey.name(console.lang)} ({status_line(result, console)})")
    for line in how_estimated(result, console):
        console.print(line)
    console.print()
    table = result.estimates
    whole = table[(table[list(_BY.values())] == "").all(axis=1)]
    head = whole[whole["measure"] == "index"].iloc[0]
    names["INDEX"] = console.text(worded("survey_index", result.responses.instrument))
    console.print(f"{names['INDEX']}: {_said(head, console)}")
    _print(whole[whole["measure"].isin(("index", "factor"))], "code", names, console)
    alone = (table["unit_code"] != "") & (table["service"] == "")
    league = table[alone & (table["respondent_group"] == "") & (table["measure"] == "index")]
    if len(league):
        console.print()
        league = league.sort_values("estimate_percent", ascending=False, kind="stable")
        _print(league.head(_MOST_UNITS), "unit_code", unit_names(result.responses.forms), console)
    _show_differences(units, console)
    for change in rows_of(changes[(changes["unit_code"] == "") & (changes["measure"] == "index")]):
        console.print(_changed(change, console))


def how_estimated(result: Estimated, console: Console) -> Iterator[str]:
    """Yield how the figures were made, and what was not stated."""
    survey, instrument, say = result.survey, result.responses.instrument, console.text
    status = say(f"status_{instrument.status}")
    name = (instrument.name_en if console.lang == "en" else "") or instrument.name_vi
    yield say("survey_set_line", name=name, status=status)
    if survey.strata or survey.clusters:
        yield say("sipas_design", **design_counts(result))
    else:
        yield say("sipas_no_design")
    kind = "column" if survey.weight else "sizes" if survey.population else "none"
    calibration = say(f"sipas_calibration_{survey.calibration.replace('-', '_')}")
    yield say(f"sipas_weights_{kind}", column=survey.weight, calibration=calibration)
    if survey.replicate_kind:
        yield say("sipas_replicates", kind=survey.replicate_kind)
    yield say("sipas_lonely", policy=say(f"sipas_lonely_{survey.lonely}"))
    level = _number(100 * survey.confidence, console, None)
    yield say("sipas_interval", method=method_name(survey.interval, console.lang), level=level)
    way = weighting_of(survey, instrument)
    note = (way.note_en if console.lang == "en" else "") or way.note_vi
    yield say("sipas_weighting", code=way.code, status=status_words(way.status, console), note=note)
    silent = _silent_percent(result)
    if np.isfinite(silent):
        yield say("sipas_no_opinion", percent=_number(silent, console))
    hidden = int(result.estimates["state"].str.startswith("hidden").sum())
    yield say("sipas_minimum", minimum=survey.minimum_forms, hidden=_number(hidden, console, 0))
    if survey.not_stated:
        yield say("sipas_not_stated", keys=defaults_taken(survey, console))


def _silent_percent(result: Estimated) -> float:
    """Return how many per hundred hold no opinion, on average over the quality questions."""
    instrument, table = result.responses.instrument, result.estimates
    silent = [
        (question.code, option.code)
        for question in instrument.questions
        if question.role == "quality"
        for option in instrument.scales[question.scale]
        if not option.is_answer
    ]
    is_whole = (table[list(_BY.values())] == "").all(axis=1)
    cells = table[is_whole & (table["measure"] == "answer")].set_index(["code", "answer"])
    shares = cells["estimate_percent"].reindex(pd.MultiIndex.from_tuples(silent))
    return float(shares.groupby(level=0).sum(min_count=1).mean()) if silent else float("nan")


def status_line(result: Estimated, console: Console) -> str:
    """Return the status of the survey and that of its questionnaire, each named."""
    say, form = console.text, result.responses.instrument
    status = {"survey": say(f"status_{result.survey.status}"), "form": say(f"status_{form.status}")}
    return say("survey_statuses", **status)


def defaults_taken(survey: Survey, console: Console) -> str:
    """Return in words the keys that ``survey.toml`` does not state, each key in brackets."""
    names = {key.name: key.en if console.lang == "en" else key.vi for key in KEYS}
    return "; ".join(f"{names[key]} ({key})" for key in survey.not_stated)


def design_counts(result: Estimated) -> dict[str, object]:
    """Return how many strata, sampling units, stages and degrees of freedom a design has."""
    stages = result.design.units.stages
    strata, clusters = len(stages[0].sampled), len(stages[0].stratum_of_cluster)
    return {
        "strata": strata,
        "clusters": clusters,
        "stages": len(stages),
        "degrees": clusters - strata,
    }


def _number(value: float, console: Console, decimals: int | None = 1) -> str:
    return format_number(float(value), decimals, console.lang)


def _said(row: pd.Series, console: Console) -> str:
    """Return an estimate in words: figure, interval, forms and answers."""
    if row["state"] != "shown":
        return console.text(f"survey_state_{row['state'].replace('-', '_')}")
    return console.text(
        "sipas_estimate",
        percent=_number(row["estimate_percent"], console),
        level=_number(row["confidence_percent"], console, None),
        low=_number(row["low_percent"], console),
        high=_number(row["high_percent"], console),
        forms=_number(row["forms"], console, 0),
        answers=_number(row["answers"], console, 0),
    )


def _print(rows: pd.DataFrame, by: str, names: dict[str, str], console: Console) -> None:
    body = []
    for row in rows_of(rows):
        code = getattr(row, by)
        named = names.get(code, "")
        cells = [f"{code}  {named}" if by == "unit_code" else named or code]
        if row.state == "shown":
            ends = f"{_number(row.low_percent, console)}–{_number(row.high_percent, console)}"
            cells += [_number(row.estimate_percent, console), ends, _number(row.forms, console, 0)]
            cells.append(_number(row.design_effect, console))
        else:
            cells += ["—", console.text(f"survey_state_{row.state.replace('-', '_')}"), "—", "—"]
        body.append(cells)
    first = "unit" if by == "unit_code" else "name"
    heads = console.heads("sipas_column_", first, "estimate", "interval", "forms", "effect")
    console.table(heads, body, " rrrr")


def _show_differences(units: pd.DataFrame, console: Console) -> None:
    pairs = units[(units["measure"] == "index") & units["p_value"].notna()]
    if not len(pairs):
        return
    real = pairs[pairs["verdict"] == "real"]
    level = _number(pairs["confidence_percent"].iloc[0], console, None)
    console.print()
    console.print(console.text("sipas_differences", real=len(real), count=len(pairs), level=level))
    widest = real.iloc[np.argsort(-real["difference_percent"].abs(), kind="stable")]
    for pair in rows_of(widest.head(_MOST_PAIRS)):
        console.print("- " + _above(pair, console))


def _above(pair: Any, console: Console) -> str:
    whole = console.text("survey_all_units")
    ends = [pair.low_percent, pair.high_percent]
    names = [
        pair.unit_name or pair.unit_code or whole,
        pair.other_unit_name or pair.other_unit_code or whole,
    ]
    if pair.difference_percent < 0:
        ends, names = [-ends[1], -ends[0]], names[::-1]
    return console.text(
        "sipas_real",
        unit=names[0],
        other=names[1],
        points=_number(abs(pair.difference_percent), console),
        low=_number(ends[0], console),
        high=_number(ends[1], console),
    )


def _changed(change: Any, console: Console) -> str:
    about = {
        "year": change.other_year,
        "name": console.text("survey_index"),
        "verdict": console.text(f"difference_{change.verdict}"),
    }
    if np.isnan(change.difference_percent):
        return console.text("sipas_no_change", **about)
    names = {"points": "difference_percent", "low": "low_percent", "high": "high_percent"}
    figures = {name: _number(getattr(change, column), console) for name, column in names.items()}
    return console.text("sipas_change", **about, **figures)
