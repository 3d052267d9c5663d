"""``parindex years``: years beside each other, and what brought each change about."""

from __future__ import annotations

import argparse
import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scoring.analysis.crosswalk import read_crosswalk
from scoring.analysis.external_series import (
    as_scores,
    external_gaps,
    published_results,
    read_external,
)
from scoring.analysis.panel import Panel, panel_of
from scoring.analysis.year_changes import EFFECTS, YearScores
from scoring.appraisal import read_journal
from scoring.base.errors import UsageError
from scoring.base.findings import Finding, findings_frame
from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.base.units import is_whole_year
from scoring.base.values import INDEX_CODE
from scoring.batch.scored import scored
from scoring.batch.submissions import Intake, read_files
from scoring.cli.console import UNUSABLE, Console
from scoring.criteria import CriteriaSet, list_sets, open_named_set, open_set
from scoring.criteria.diff import diff_sets
from scoring.criteria.mapping import read_mapping
from scoring.files.table_files import write_csv
from scoring.outputs.amounts import points_amount, points_or_range
from scoring.outputs.charts.bullet import bullet
from scoring.outputs.charts.trend import MOST_ROWS, trend
from scoring.outputs.charts.year_effects import year_effects
from scoring.outputs.content.set_identity import chart_context
from scoring.outputs.images import ChartJob, save_charts
from scoring.outputs.results_manifest import results_folder
from scoring.outputs.theme import ChartContext
from scoring.tables import empty

_OF_YEAR = re.compile(r"(20\d\d)=(.+)", re.DOTALL)
_MOST_UNITS, _MOST_CHARTS, _SHOWN = 40, 60, 20
PUBLISHED = "published"


@dataclass
class _Given:
    """What the command line gave, read; and what was found on the way."""

    years: list[YearScores] = field(default_factory=list)
    crosswalk: pd.DataFrame = field(default_factory=lambda: empty("Crosswalk"))
    series: pd.DataFrame = field(default_factory=lambda: empty("ExternalSeries"))
    findings: list[Finding] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)


def run(options: argparse.Namespace, console: Console) -> int:
    """Write panel, changes, findings and charts of the years; print the changes of the index."""
    given = _read(options)
    told = sorted({year.year for year in given.years})
    if len(told) < 2 and (told or not options.external):
        values = {"value": ", ".join(map(str, told)) or "—"}
        return console.fail([*given.findings, Finding("years-one-year", values=values)])
    panel = Panel(empty("Panel"), empty("YearChanges"), ())
    if told:
        mappings = list(_mappings(options.mapping or [], given))
        panel = panel_of(given.years, given.crosswalk, mappings)
    gaps = external_gaps(given.series)
    findings = [*given.findings, *panel.findings]
    _write(panel, gaps, given, findings, options, console)
    _show(panel, console)
    _show_external(gaps, console)
    index = panel.changes[panel.changes["code"] == INDEX_CODE]
    console.give({
        "years": told,
        "changes": index.to_dict("records"),
        "external": gaps.to_dict("records"),
        "findings": console.findings_json(findings),
    })  # fmt: skip
    console.wrote(options.out)
    code = console.report(findings, Path(options.out) / "findings.csv")
    return UNUSABLE if given.unreadable else code


def _read(options: argparse.Namespace) -> _Given:
    given = _Given()
    sets = {year: open_set(name) for year, name in _by_year(options.criteria or [])}
    for year, names in _files(options.files, sets):
        intake = read_files([Path(name) for name in names], sets.get(year, sets.get(0)))
        given.findings += intake.findings
        given.unreadable += intake.unreadable
        given.findings += _of_other_years(intake.inputs, year)
        given.years += _scored(intake, year, sets, options, given.findings)
    if options.crosswalk:
        given.crosswalk, found = read_crosswalk(Path(options.crosswalk))
        given.findings += found
    if options.external:
        is_ours = options.external == PUBLISHED
        path = published_results() if is_ours else Path(options.external)
        given.series, found = read_external(path)
        given.findings += found
    return given


def _of_other_years(inputs: pd.DataFrame, year: int) -> Iterator[Finding]:
    """Yield each file that was given for `year` and has no figure of it."""
    for file, told in inputs.groupby("file")["year"] if year and "file" in inputs else ():
        if year not in set(told):
            known = ", ".join(map(str, sorted(set(told))))
            yield Finding("years-file-other-year", str(file), values={"year": year, "known": known})


def _by_year(texts: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield year and name of each ``2025=NAME``; the year is 0 where none is given."""
    for text in texts:
        match = _OF_YEAR.fullmatch(text)
        yield (int(match[1]), match[2]) if match else (0, text)


def _files(texts: Sequence[str], sets: dict[int, CriteriaSet]) -> Iterator[tuple[int, list[str]]]:
    """Yield the files that are read by one set: those of a year, or all of them."""
    by_year: dict[int, list[str]] = {}
    for year, name in _by_year(texts):
        if not year and any(sets):
            finding = Finding("years-file-year", name, values={"value": Path(name).name})
            raise UsageError(finding.text("en"), finding)
        by_year.setdefault(year, []).append(name)
    for year in by_year:
        if sets and year not in sets and 0 not in sets:
            known = ", ".join(map(str, sorted(sets)))
            finding = Finding("years-set-year", values={"year": year, "known": known})
            raise UsageError(finding.text("en"), finding)
    yield from by_year.items()


def _scored(
    intake: Intake, year: int, sets: dict[int, CriteriaSet], options: argparse.Namespace,
    findings: list[Finding],
) -> Iterator[YearScores]:  # fmt: skip
    """Yield the points of each year of what was read, on every track that it has."""
    is_meant = _of_the_period(intake.inputs["period"], options.period or "")
    of_period = intake.inputs[is_meant]
    if others := list(dict.fromkeys(intake.inputs.loc[~is_meant, "period"])):
        values = {"value": options.period or "—", "known": [one or "—" for one in others]}
        findings.append(Finding("years-period-left-out", values=values))
    for told, inputs in of_period.groupby("year"):
        if year and told != year:
            continue
        decided = [read_journal(Path(path)) for path in options.journal or []]
        mine = [table[table["year"] == told] for table, *_ in decided]
        findings += [one for rows, (_, found, _) in zip(mine, decided, strict=True)
                     if len(rows) for one in found]  # fmt: skip
        journal = pd.concat([*mine, empty("Decisions")], ignore_index=True)
        heads = [head for rows, (*_, head) in zip(mine, decided, strict=True) if len(rows)]
        surveys, appraisal = (
            _of_year(t, int(str(told))) for t in (intake.surveys, intake.appraisal)
        )
        given = replace(intake, inputs=inputs.reset_index(drop=True), surveys=surveys,
                        appraisal=appraisal, journal=journal, journal_head=", ".join(heads))  # fmt: skip
        sheet, doubts = scored(given)
        findings += [*sheet.findings, *doubts]
        yield YearScores(sheet)


def _of_the_period(periods: pd.Series, wanted: str) -> pd.Series:
    """Say which rows are of a period; the whole year is written in several ways."""
    told = {text: text == wanted for text in periods.unique()}
    if is_whole_year(wanted):
        told = {text: is_whole_year(text) for text in told}
    return periods.map(told).astype(bool)


def _of_year(table: pd.DataFrame, year: int) -> pd.DataFrame:
    return table[table["year"] == year].reset_index(drop=True) if len(table) else table


def _mappings(paths: Sequence[str], given: _Given) -> Iterator[dict[str, str] | None]:
    """Yield for each year and the next which node becomes which; mappings are taken in turn."""
    left = list(paths)
    years = sorted(given.years, key=lambda year: year.year)
    for before, after in pairwise(years):
        old, new = before.sheet.criteria, after.sheet.criteria
        if old.fingerprint == new.fingerprint:
            yield None
            continue
        if left:
            table, found = read_mapping(Path(left.pop(0)), old, new)
            given.findings += found
            doubtful = int((~table["confirmed"]).sum())
        else:
            table = diff_sets(old, new).mapping()
            doubtful = int((table["confirmed"] != "yes").sum())
        both = table[(table["old_code"] != "") & (table["new_code"] != "")]
        if doubtful:
            values = {"count": doubtful, "old": _known_as(old), "new": _known_as(new)}
            given.findings.append(Finding("years-mapping-guessed", values=values))
        yield dict(zip(both["old_code"], both["new_code"], strict=True))
    # The rules of these years did not change as often as there are mappings.
    given.findings += [
        Finding("years-mapping-unused", name, values={"value": name}) for name in left
    ]


def _known_as(criteria: CriteriaSet) -> str:
    """Return by what a command finds a set: its id where it comes with the tool, else its place."""
    own = open_named_set(criteria.set_id) if criteria.set_id in list_sets() else None
    is_ours = own is not None and own.fingerprint == criteria.fingerprint
    return criteria.set_id if is_ours else criteria.place


def _write(
    panel: Panel, gaps: pd.DataFrame, given: _Given, findings: list[Finding],
    options: argparse.Namespace, console: Console,
) -> None:  # fmt: skip
    texts = [*options.files, *(options.mapping or []), *(options.journal or [])]
    texts += [text for text in (options.crosswalk, options.external) if text]
    used = [path for path in (Path(name) for _, name in _by_year(texts)) if path.is_file()]
    facts = {str(year.year): year.sheet.criteria.stated for year in given.years}
    heads = {str(year.year): year.sheet.journal_head for year in given.years}
    facts |= {f"{year}_journal_head": head for year, head in heads.items() if head}
    tables = {"panel": panel.table, "changes": panel.changes, "external-gaps": gaps}
    with results_folder(Path(options.out), used, facts, "years") as folder:
        for name, table in tables.items():
            if len(table):
                write_csv(table, folder / f"{name}.csv", options.csv_dialect)
        found = findings_frame(findings, console.lang)
        write_csv(found, folder / "findings.csv", options.csv_dialect)
        save_charts(_charts(panel, given, folder / "charts", console.lang))


def _charts(panel: Panel, given: _Given, folder: Path, lang: str) -> Iterator[ChartJob]:
    if given.years:
        in_order = sorted(given.years, key=lambda year: year.year)
        contexts = [chart_context(year.sheet, lang) for year in in_order]
        # The charts are of all years, so all their files are named.
        source = "; ".join(dict.fromkeys(context.source for context in contexts))
        context = replace(contexts[-1], source=source)
        yield from _panel_charts(panel, folder, context)
    shown = as_scores(given.series)
    if len(shown):
        names = dict(zip(shown["unit_code"], shown["unit_code"], strict=True))
        count = given.series["source"].nunique()
        source = label("external_sources", lang, count=count)
        about = {"context": ChartContext(lang=lang, source=source, unit_names=names)}
        lines = int((shown.groupby("unit_code").size() > 1).sum())
        yield from _trends(shown, lines, folder / "external-trend", about["context"])
        wanted = shown.dropna(subset="target_points")
        last = wanted.sort_values("year").drop_duplicates("unit_code", keep="last")
        if len(last):
            targets = last[["unit_code", "year", "period", "code", "target_points"]]
            rows = last.drop(columns="target_points")
            yield ChartJob(
                bullet, folder / "external-targets", (rows, empty("Items"), targets), about
            )


def _panel_charts(panel: Panel, folder: Path, context: ChartContext) -> Iterator[ChartJob]:
    index = panel.table[panel.table["level"] == "index"]
    # What is open is drawn between its ends; of a unit that a year does not have there are none.
    status = np.where(index["points"].isna(), "not_assessed", "scored")
    drawn = index.assign(status=status).dropna(subset="points_low")
    # One year alone makes no line.
    drawn = drawn[drawn.groupby("unit_code")["year"].transform("size") > 1]
    lines = drawn["unit_code"].nunique()
    yield from _trends(drawn, lines, folder / "trend", context)
    for year, changes in panel.changes.groupby("year"):
        about = {"context": context}
        yield ChartJob(year_effects, folder / f"effects-{year}", (changes,), about)
        units = changes["unit_code"].unique()
        for unit in units[:_MOST_CHARTS] if len(units) > 1 else []:
            mine = changes[changes["unit_code"] == unit]
            yield ChartJob(year_effects, folder / f"effects-{year}-{_stem(unit)}", (mine,), about)


def _trends(
    rows: pd.DataFrame, lines: int, stem: Path, context: ChartContext
) -> Iterator[ChartJob]:
    """Draw a page for every few lines."""
    for page, first in enumerate(range(0, min(lines, _MOST_CHARTS), MOST_ROWS), 1):
        path = stem if page == 1 else stem.with_name(f"{stem.name}-{page}")
        yield ChartJob(trend, path, (rows,), {"context": context, "first_row": first})


def _stem(unit: str) -> str:
    return re.sub(r"[^\w.-]", "_", unit)


def _show(panel: Panel, console: Console) -> None:
    """Print the change of the index of each unit with its effects, the largest change first."""
    index = panel.changes[panel.changes["code"] == INDEX_CODE]
    ends = panel.table[panel.table["level"] == "index"].set_index(["unit_code", "year"])
    for (since, year), rows in index.groupby(["from_year", "year"]):
        console.print(console.text("years_heading", since=since, year=year))
        # Changes that are not known come last.
        rows = rows.iloc[np.argsort(-rows["change"].abs().to_numpy(), kind="stable")]
        names = ["old_points", "new_points", "change", *EFFECTS]
        if (rows["unsplit"].abs() > 0).any():
            names.append("unsplit")
        body = [
            (
                str(row["unit_code"]),
                str(row["unit_name"]),
                *(_bounded(row, name, ends, console) for name in names),
            )
            for row in rows.head(_MOST_UNITS).to_dict("records")
        ]
        heads = console.heads("", "column_unit_code", "unit")
        heads += console.heads("years_", *names)
        console.table(heads, body, "  " + "r" * len(names))
        if len(rows) > _MOST_UNITS:
            more = len(rows) - _MOST_UNITS
            console.print(console.text("more_units", count=more, file="changes.csv"))
        console.print()
    broken = panel.table[(panel.table["level"] == "index") & (panel.table["breaks"] != "")]
    for (year, breaks), rows in broken.groupby(["year", "breaks"]):
        why = "; ".join(console.text(f"break_{name}") for name in str(breaks).split("+"))
        console.print(console.text("years_break", year=year, count=len(rows), why=why))


def _bounded(row: Mapping[Hashable, Any], name: str, ends: pd.DataFrame, console: Console) -> str:
    """Return a figure; of points that are open between what they lie."""
    year = {"old_points": row["from_year"], "new_points": row["year"]}.get(name)
    key = (row["unit_code"], year)
    if row[name] == row[name] or year is None or key not in ends.index:
        return _number(row[name], console)
    own = ends.loc[[key]].iloc[0]
    unknown, low, high = (
        points_amount(float(figure), console.lang)
        for figure in (row[name], own["points_low"], own["points_high"])
    )
    return points_or_range(unknown, low, high) if low.is_known else unknown.text


def _number(value: float, console: Console) -> str:
    return format_number(round(float(value), 2) + 0.0, 2, console.lang)


def _show_external(gaps: pd.DataFrame, console: Console) -> None:
    """Print the results that have a target, the worst first."""
    told = gaps[gaps["result"] != "no-target"].sort_values("gap", kind="stable").head(_SHOWN)
    if told.empty:
        return
    names = ("value", "target", "gap", "rank", "target_rank")
    body = [
        (row["index"], str(row["year"]), row["entity"], *(_plain(row[name], console) for name in names),
         console.text(f"external_{row['result'].replace('-', '_')}"))
        for row in told.to_dict("records")
    ]  # fmt: skip
    heads = console.heads("external_", "index", "year", "entity", *names, "result")
    console.table(heads, body, "   rrrrr ")


def _plain(value: float, console: Console) -> str:
    return format_number(float(value), lang=console.lang)
