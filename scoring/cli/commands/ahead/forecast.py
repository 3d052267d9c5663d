"""``parindex forecast``: a fan to the cut-off day, from the months so far and the plan's open tasks."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.base.dates import format_date
from scoring.base.findings import Finding
from scoring.base.labels import LANGUAGES
from scoring.base.numbers import format_number
from scoring.base.units import is_whole_year
from scoring.base.values import INDEX_CODE
from scoring.batch.scored import scored
from scoring.batch.submissions import Intake
from scoring.cli.commands.ahead.uncertainty import number_of, refused, seed_of, write_sure
from scoring.cli.commands.given_files import day_looked_at, day_of, intake_of
from scoring.cli.commands.plans.given_plans import plan_ahead
from scoring.cli.console import UNUSABLE, Console
from scoring.criteria import CriteriaSet
from scoring.dossiers.dossier_figures import ways_of
from scoring.outputs.charts.chances.fan import fan
from scoring.outputs.charts.chances.index_spread import chance_said
from scoring.outputs.content.forecast_words import assumption_lines, lines_of_units, nearest_goal
from scoring.outputs.content.set_identity import chart_context
from scoring.outputs.images import ChartJob
from scoring.outputs.naming import file_stems
from scoring.outputs.theme import ChartContext
from scoring.points import ScoreSheet, score
from scoring.uncertainty.forecast import Forecast, forecast, past_inputs, until_of
from scoring.uncertainty.forecast_trials import forecast_trials
from scoring.uncertainty.month_figures import Key, MonthFigures, month_figures

_SHOWN, _MOST_DRAWN = 40, 20
_PARTS = ("claims", "documents", "links", "surveys", "appraisal", "journal")


@dataclass(frozen=True)
class _Given:
    """What the command line asks for."""

    intake: Intake
    months: MonthFigures
    last: MonthFigures | None
    until: dt.date
    level: float
    seed: int
    findings: list[Finding]

    @property
    def criteria(self) -> CriteriaSet:
        return self.intake.criteria


def run(options: argparse.Namespace, console: Console) -> int:
    """Print and write the fan, or how forecasts of a year that is over would have held."""
    given = _given(options)
    if options.backtest:
        return _tried(options, given, console)
    sheet, found = scored(_to_date(given.intake, given.months))
    given.findings.extend([*sheet.findings, *found])
    units = given.months.units["unit_code"]
    when = given.months.year, given.months.on
    plan = plan_ahead(options, units, *when, console.lang, given.findings)
    past = score(past_inputs(given.months), given.criteria)
    made = forecast(
        sheet, given.months, given.until, last=given.last, plan=plan, past=past,
        confidence_percent=given.level, seed=given.seed,
    )  # fmt: skip
    goals = _goals(options, made)
    context = chart_context(sheet, console.lang)
    findings = [*given.findings, *made.findings]
    if plan is not None and not (made.assumptions["method"] == "task").any():
        findings.append(Finding("uncertainty-plan-adds-nothing"))
    lines = {str(u): _lines(made, str(u), console.lang) for u in sheet.units["unit_code"]}
    _show(made, goals, lines, context, console)
    tables = {
        "ForecastGoals": goals, "ForecastFan": made.fan, "ForecastAssumptions": made.assumptions,
        "IndexIntervals": made.outlook.index, "RankIntervals": made.outlook.ranks,
        "GradeChances": made.outlook.grades, "IndexDrivers": made.outlook.drivers,
    }  # fmt: skip
    notes = _notes(made, console)
    if options.out:
        charts = _charts(made, goals, context, options)
        told = (sheet, "forecast", tables, charts, notes, findings, given.intake.unreadable)
        write_sure(options, console, *told)
    records = {name: table.to_dict("records") for name, table in tables.items()}
    console.give(
        {"until": given.until, "confidence_percent": given.level, "seed": given.seed, **records}
    )
    code = console.report(findings, Path(options.out) / "findings.csv" if options.out else "")
    return UNUSABLE if given.intake.unreadable else code


def _given(options: argparse.Namespace) -> _Given:
    level = number_of("--confidence", options.confidence, "expected_number")
    if not 50 < level <= 99.9:
        raise refused("uncertainty-confidence", value=level)
    seed, on = seed_of(options), day_looked_at(options)
    intake = intake_of(options, options.files)
    ways = _ways(options, intake.criteria)
    year = options.year or on.year
    if options.backtest:
        on = dt.date(year, 12, 31)
    about: dict[str, Any] = {"to_date": options.to_date, "ways": ways}
    months, findings = month_figures(intake.inputs, intake.criteria, on, year=year, **about)
    findings = [*intake.findings, *findings]
    last = None
    if options.last_year:
        before = intake_of(
            argparse.Namespace(**{**vars(options), "surveys": None, "journal": None}),
            options.last_year,
        )
        last, found = month_figures(
            before.inputs, intake.criteria, dt.date(year - 1, 12, 31), year=year - 1, **about
        )
        findings += [*before.findings, *found]
    stated = intake.criteria.meta.cut_off_day(year)
    until, found = until_of(day_of(options.until) if options.until else None, stated, year)
    findings += found
    if until < on:
        findings.append(Finding("forecast-cut-off-past", values={"day": until, "value": on}))
    return _Given(intake, months, last, until, level, seed, findings)


def _ways(options: argparse.Namespace, criteria: CriteriaSet) -> dict[Key, str]:
    """Return how figures of the set go from months to the year, with those of ``--levels``."""
    known = {(c, e.name) for c, rule in criteria.rules.items() for e in rule.spec.inputs}
    ways = ways_of(criteria.set_id)
    for text in options.levels or []:
        code, _, name = text.rpartition(".")
        if (code, name) not in known:
            raise refused("forecast-level-unknown", value=text)
        ways[code, name] = "level"
    return ways


def _to_date(intake: Intake, months: MonthFigures) -> Intake:
    """Return what was read as of the year so far: what months claim and prove is not of the year."""
    told: dict[str, Any] = {}
    for name in _PARTS:
        table = getattr(intake, name)
        if "period" in table and len(table):
            table = table[table["period"].map(is_whole_year).astype(bool)].reset_index(drop=True)
            told[name] = table
    return replace(intake, inputs=months.to_date(), **told)


def _goals(options: argparse.Namespace, made: Forecast) -> pd.DataFrame:
    meta = made.outlook.doubts.sheet.criteria.meta
    points = [number_of("--goal", text, "expected_number") for text in options.goal or []]
    points = points or [grade.lower for grade in meta.grades if grade.lower > 0]
    tables = [made.reaching(goal) for goal in points]
    empty = made.reaching(0.0).iloc[:0]
    return pd.concat(tables, ignore_index=True) if tables else empty


def _lines(made: Forecast, unit: str, lang: str) -> list[str]:
    names = {node.code: node.name(lang) for node in made.outlook.doubts.sheet.criteria.nodes}
    mine = made.assumptions[made.assumptions["unit_code"] == unit]
    return assumption_lines(mine, names, made.months.by, lang)


def _notes(made: Forecast, console: Console) -> list[str]:
    said = {
        "level": format_number(made.confidence_percent, None, console.lang), "seed": made.seed,
        "draws": made.draws, "error": format_number(made.error_percent, 1, console.lang),
    }  # fmt: skip
    return [console.text("forecast_note", **said), console.text("forecast_like_before")]


def _show(
    made: Forecast, goals: pd.DataFrame, lines: Mapping[str, list[str]], context: ChartContext,
    console: Console,
) -> None:  # fmt: skip
    """Say of each unit where its index will lie, the chance of the goal, and all assumptions."""
    last = made.fan[(made.fan["on"] == pd.Timestamp(made.until)) & ~made.fan["is_past"]]
    index = last[last["code"] == INDEX_CODE].head(_SHOWN).to_dict("records")
    for row in index:
        unit = str(row["unit_code"])
        said = {
            "name": context.unit_name(unit), "day": format_date(made.until, console.lang),
            "low": context.points(row["outer_low_points"]), "high": context.points(row["outer_high_points"]),
            "worst": context.points(row["bound_low_points"]), "best": context.points(row["bound_high_points"]),
            "level": format_number(made.confidence_percent, None, console.lang),
        }  # fmt: skip
        goal = nearest_goal(goals[goals["unit_code"] == unit])
        if goal is None:
            console.print(console.text("forecast_line", **said))
            continue
        chance = chance_said(goal["low_percent"], goal["high_percent"], context)
        reach = {"goal": context.points(goal["goal_points"]), "chance": chance}
        console.print(console.text("forecast_line_goal", **said, **reach))
    if (more := made.fan["unit_code"].nunique() - len(index)) > 0:
        console.print(console.text("more_units_in", count=more, file="forecast-fan.csv"))
    console.print()
    shown = [str(row["unit_code"]) for row in index]
    told = lines_of_units({context.unit_name(unit): lines[unit] for unit in shown}, console.lang)
    for text in [console.text("forecast_assumes"), *told, *_notes(made, console)]:
        console.print(text)


def _charts(
    made: Forecast, goals: pd.DataFrame, context: ChartContext, options: argparse.Namespace
) -> Iterator[ChartJob]:  # fmt: skip
    """Draw the fan of the index, and of the nodes of ``--items``, of the units asked for."""
    sheet = made.outlook.doubts.sheet
    # In every language, for the words that stand for the picture.
    says = {lang: replace(context, lang=lang).say for lang in LANGUAGES}
    names = {
        node.code: {lang: f"{node.code} {node.name(lang)}" for lang in says}
        for node in sheet.criteria.nodes
    }
    names[INDEX_CODE] = {lang: say("forecast_index") for lang, say in says.items()}
    wanted = [code for code in options.unit.split(",") if code]
    stems = file_stems(sheet.keys)
    shown = [key for key in sheet.keys if not wanted or key.unit_code in wanted][:_MOST_DRAWN]
    for key in shown:
        goal = nearest_goal(goals[goals["unit_code"] == key.unit_code])
        near = (
            None
            if goal is None
            else tuple(map(float, goal[["goal_points", "low_percent", "high_percent"]]))
        )
        notes = {
            lang: [*_lines(made, key.unit_code, lang), say("forecast_like_before")]
            for lang, say in says.items()
        }
        for code in [INDEX_CODE, *(options.items or [])]:
            if code not in names:
                raise refused("forecast-item-unknown", value=code)
            table = made.fan[(made.fan["unit_code"] == key.unit_code) & (made.fan["code"] == code)]
            if not len(table):
                continue
            about = {
                "confidence_percent": made.confidence_percent, "context": context,
                "goal": near if code == INDEX_CODE else None,
                "notes": notes,
            }  # fmt: skip
            stem = "fan" if code == INDEX_CODE else f"fan-{code}"
            path = Path("charts", stems[key], stem)
            yield ChartJob(fan, path, (table, key.unit_code, names[code]), about)


def _tried(options: argparse.Namespace, given: _Given, console: Console) -> int:
    """Print and write how often forecasts of the year would have held the end."""
    table = forecast_trials(
        given.months, given.criteria, last=given.last, confidence_percent=given.level, seed=given.seed
    )  # fmt: skip
    index = table[table["code"] == INDEX_CODE]
    shown = index if len(index) else table
    context = chart_context(score(given.months.to_date(), given.criteria), console.lang)
    for (after, stated), rows in shown.groupby(["made_after", "stated_percent"], sort=False):
        said = {
            "after": after, "by": console.text(f"forecast_by_{given.months.by}", count=after), "cases": int(rows["cases"].sum()),
            "stated": context.number(float(str(stated)), 0), "held": int(rows["held"].sum()),
        }  # fmt: skip
        console.print(console.text("forecast_trial_line", **said))
    findings = list(given.findings)
    if not len(table):
        findings.append(Finding("forecast-nothing-to-try", values={"year": given.months.year}))
    notes = [console.text("forecast_trial_note", seed=given.seed)]
    console.print()
    console.print(notes[0])
    if options.out:
        sheet: ScoreSheet = score(given.months.to_date(), given.criteria)
        told = (sheet, "forecast", {"ForecastTrials": table}, iter(()), notes, findings)
        write_sure(options, console, *told, given.intake.unreadable)
    console.give({"year": given.months.year, "ForecastTrials": table.to_dict("records")})
    return console.report(findings, Path(options.out) / "findings.csv" if options.out else "")
