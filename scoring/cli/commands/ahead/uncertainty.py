"""``parindex uncertainty`` and ``parindex robustness``: how sure an index, a grade and a rank are."""

from __future__ import annotations

import argparse
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.base.errors import UsageError
from scoring.base.findings import Finding, findings_frame
from scoring.base.labels import Label
from scoring.base.numbers import format_number, read_number
from scoring.base.text import first_few
from scoring.base.units import KEY_COLUMNS, UnitKey, time_text
from scoring.base.values import INDEX_CODE
from scoring.batch.scored import scored
from scoring.cli.commands.given_files import day_looked_at, intake_of, of_period
from scoring.cli.commands.plans.given_plans import plan_ahead
from scoring.cli.console import UNUSABLE, Console
from scoring.files.atomic import write_atomically
from scoring.files.declared_tables import read_typed
from scoring.outputs.charts.chances.index_spread import chance_text, index_spread, says_nothing
from scoring.outputs.charts.chances.rank_intervals import rank_intervals, rank_pages, ranks_text
from scoring.outputs.charts.chances.tornado import tornado
from scoring.outputs.content.set_identity import chart_context, grade_name, names_in_time
from scoring.outputs.images import ChartJob, save_charts
from scoring.outputs.machine import write_table
from scoring.outputs.naming import file_stems
from scoring.outputs.results_manifest import results_folder, run_facts
from scoring.outputs.sure_workbook import sure_workbook
from scoring.outputs.theme import ChartContext
from scoring.points import ScoreSheet
from scoring.points.places import RANKED_WITHIN
from scoring.uncertainty import Outlook, Robustness, doubts_of, outlook, robustness
from scoring.uncertainty.forecast import until_of
from scoring.uncertainty.kept_deadlines import task_outcomes, tasks_left
from scoring.uncertainty.known_items import as_known
from scoring.uncertainty.simulated import SEED

_SHOWN, _MOST_DRAWN = 40, 20


def run(options: argparse.Namespace, console: Console) -> int:
    """Print and write intervals and chances; 1 with error findings, 2 for unreadable files."""
    level = number_of("--confidence", options.confidence, "expected_number")
    seed = seed_of(options)
    if not 50 <= level <= 99.9:
        raise refused("uncertainty-confidence", value=level)
    sheet, intake, findings = _read(options)
    if sheet is None:
        return console.fail(findings)
    history, problems = _history(options.history or [])
    tasks, told = _tasks(options, sheet, level, console)
    findings += told
    about = {"history": history, "links": intake.links, "confidence_percent": level, "tasks": tasks}
    doubts, found = doubts_of(sheet, **about)
    made = outlook(doubts, confidence_percent=level, seed=seed)
    findings += [*problems, *found, *made.findings]
    if not len(doubts.sources):
        findings.append(Finding("uncertainty-nothing"))
    context = chart_context(sheet, console.lang)
    tables = {
        "RankIntervals": made.ranks, "IndexIntervals": made.index, "GradeChances": made.grades,
        "PairChances": made.pairs, "RankChances": made.rank_chances, "IndexDrivers": made.drivers,
        "ItemDoubts": doubts.table(),
    }  # fmt: skip
    _show(made, context, console)
    notes = _notes(console, "sure_note", level=_said(level, console), seed=seed)
    if options.out:
        charts = _charts(made, context, set(filter(None, options.unit.split(","))))
        write_sure(
            options,
            console,
            sheet,
            "uncertainty",
            tables,
            charts,
            notes,
            findings,
            intake.unreadable,
        )
    console.give({"confidence_percent": level, "seed": seed, **_records(tables)})
    code = console.report(findings, Path(options.out) / "findings.csv" if options.out else "")
    return UNUSABLE if intake.unreadable else code


def _tasks(
    options: argparse.Namespace, sheet: ScoreSheet, level: float, console: Console
) -> tuple[pd.DataFrame | None, list[Finding]]:
    """Return what the open tasks of ``--plan`` may bring until the cut-off day of the set."""
    if not options.plan:
        return None, []
    on, findings = day_looked_at(options), list[Finding]()
    years = sheet.units["year"].to_numpy()
    year = int(years.max())
    plan = plan_ahead(options, sheet.units["unit_code"], year, on, console.lang, findings)
    assert plan is not None
    until, found = until_of(None, sheet.criteria.meta.cut_off_day(year), year)
    told = sheet, plan, on, until, ~as_known(sheet)[1]
    tasks = task_outcomes(*told, level)
    findings += [*found, *tasks_left(*told)]
    if not len(tasks):
        findings.append(Finding("uncertainty-plan-adds-nothing"))
    return tasks, findings


def try_choices(options: argparse.Namespace, console: Console) -> int:
    """Print and write how ranks move under other choices of rules."""
    change, seed = number_of("--range", options.range, "expected_number"), seed_of(options)
    if not 0 < change < 100:
        raise refused("robustness-range", value=change)
    sheet, intake, findings = _read(options)
    if sheet is None:
        return console.fail(findings)
    made = robustness(sheet.on_track(options.track), range_percent=change, seed=seed)
    findings += made.findings
    context = chart_context(sheet, console.lang)
    tables = {
        "RankRobustness": made.ranks,
        "RankVariants": made.variants,
        "OrderSecurity": made.orders,
    }
    _show_choices(made, names_in_time(sheet, context.unit_names), context, console)
    notes = _notes(console, "robust_note", range=_said(change, console), seed=seed)
    if options.out:
        charts = _block_charts(made.ranks, context, {"of": "choices"})
        write_sure(
            options,
            console,
            sheet,
            "robustness",
            tables,
            charts,
            notes,
            findings,
            intake.unreadable,
        )
    console.give({"range_percent": change, "seed": seed, **_records(tables)})
    code = console.report(findings, Path(options.out) / "findings.csv" if options.out else "")
    return UNUSABLE if intake.unreadable else code


def number_of(flag: str, text: str, expected: str) -> float:
    """Return a number typed with a decimal point or comma, with or without a percent sign."""
    reading = read_number(str(text).strip().rstrip("%"))
    if reading.value is None:
        raise refused("uncertainty-number", input=flag, value=text, expected=Label(expected))
    return float(reading.value)


def seed_of(options: argparse.Namespace) -> int:
    """Return ``--seed``, a whole number from 0 on; the usual one without it."""
    text = str(SEED if options.seed is None else options.seed).strip()
    if not text.isdecimal() or len(text) > 18:
        about = {"input": "--seed", "value": text, "expected": Label("expected_whole")}
        raise refused("uncertainty-number", **about)
    return int(text)


def refused(code: str, **values: object) -> UsageError:
    found = Finding(code, values=values)
    return UsageError(found.text("en"), found)


def _read(options: argparse.Namespace) -> tuple[ScoreSheet | None, Any, list[Finding]]:
    intake = of_period(intake_of(options, options.files), options)
    if not len(intake.inputs):
        return None, intake, [*intake.findings, Finding("uncertainty-no-figures")]
    sheet, doubts = scored(intake)
    return sheet, intake, [*intake.findings, *sheet.findings, *doubts]


def _history(paths: list[str]) -> tuple[pd.DataFrame | None, list[Finding]]:
    read = [read_typed(Path(path), "Tracks") for path in paths]
    found = [finding for _, findings in read for finding in findings]
    tables = [table for table, _ in read if len(table)]
    return (pd.concat(tables, ignore_index=True) if tables else None), found


def _records(tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    return {name: table.to_dict("records") for name, table in tables.items()}


def _notes(console: Console, key: str, **values: object) -> list[str]:
    notes = [console.text(key, **values), console.text("sure_independent")]
    return notes[:1] if key == "robust_note" else notes


def _said(value: float, console: Console) -> str:
    return format_number(value, None, console.lang)


def write_sure(
    options: argparse.Namespace, console: Console, sheet: ScoreSheet, verb: str,
    tables: Mapping[str, pd.DataFrame], charts: Iterator[ChartJob], notes: list[str],
    findings: list[Finding], unreadable: Any,
) -> None:  # fmt: skip
    """Write the tables, the workbook and the charts into the folder of ``--out``."""
    names = [*options.files, *(getattr(options, "history", None) or [])]
    used = [path for path in map(Path, names) if path.is_file() and path.name not in unreadable]
    with results_folder(Path(options.out), used, run_facts(sheet), verb) as folder:
        decimals, dialect = sheet.criteria.meta.decimals, options.csv_dialect
        for name, table in tables.items():
            write_table(table, name, folder, decimals, dialect)
        write_table(findings_frame(findings, console.lang), "Findings", folder, decimals, dialect)
        about = (sheet.criteria, chart_context(sheet, console.lang).unit_names)
        book = sure_workbook(tables, *about, console.text(f"{verb}_title"), notes, console.lang)
        write_atomically(folder / f"{verb}.xlsx", book)
        save_charts(job for job in _below(charts, folder))
    console.wrote(options.out)


def _below(charts: Iterator[ChartJob], folder: Path) -> Iterator[ChartJob]:
    for job in charts:
        yield ChartJob(job.draw, folder / job.path_stem, job.args, job.kwargs)


def _block_charts(
    ranks: pd.DataFrame, context: ChartContext, about: dict[str, Any]
) -> Iterator[ChartJob]:
    """Draw the ranks of each block, a page for every few units."""
    groups = ranks.groupby(RANKED_WITHIN, sort=False)
    blocks = [table for _, table in groups]
    times = len(ranks[["year", "period"]].drop_duplicates())
    for number, ((block, year, period), table) in enumerate(groups, start=1):
        told = {str(block): ranks["block"].nunique(), time_text(int(str(year)), str(period)): times}
        where = " · ".join(text for text, count in told.items() if text and count > 1)
        name = "rank-intervals" if len(blocks) == 1 else f"rank-intervals-{number}"
        starts = rank_pages(table, of=about.get("of", "chances"), context=context)
        for page, first in enumerate(starts, start=1):
            stem = Path("charts", name if page == 1 else f"{name}-{page}")
            more = {**about, "context": context, "first_row": first, "where": where}
            yield ChartJob(rank_intervals, stem, (table,), more)


def _charts(made: Outlook, context: ChartContext, wanted: set[str]) -> Iterator[ChartJob]:
    """Draw the ranks, and what drives the index and where it may lie, of ``--unit`` or the first units."""
    sheet, criteria = made.doubts.sheet, made.doubts.sheet.criteria
    about = {"confidence_percent": made.confidence_percent}
    yield from _block_charts(made.ranks, context, about)
    names = {node.code: node.name(context.lang) for node in criteria.nodes}
    borders = [
        (grade.lower, grade.label(context.lang))
        for grade in criteria.meta.grades
        if grade.lower > 0
    ]
    stems, timed = file_stems(sheet.keys), names_in_time(sheet, context.unit_names)
    index = made.index[made.index["code"] == INDEX_CODE]
    drawn = 0
    for units, chances in made.spread:
        for at, place in enumerate(units):
            key = sheet.keys[place]
            mine = _of(made.drivers, key)
            if (wanted and key.unit_code not in wanted) or drawn >= _MOST_DRAWN or not len(mine):
                continue
            drawn += 1
            stem = Path("charts", stems[key])
            own = replace(context, unit_names={key.unit_code: timed[key]})
            yield ChartJob(tornado, stem / "tornado", (mine, names), {"context": own})
            bounds = _of(index, key)[["bound_low_points", "bound_high_points"]].iloc[0]
            more = {"grades": borders, "bounds": tuple(bounds), "context": own}
            table = chances.reach(at)
            yield ChartJob(index_spread, stem / "index-spread", (table, key.unit_code), more)


def _of(table: pd.DataFrame, key: Any) -> pd.DataFrame:
    is_mine = (table["unit_code"] == key.unit_code) & (table["year"] == key.year)
    return table[is_mine & (table["period"] == key.period)]


def _show(made: Outlook, context: ChartContext, console: Console) -> None:
    """Say of each unit where its rank and index lie, and the chance of the highest grade in reach."""
    index = made.index[made.index["code"] == INDEX_CODE]
    ranks = {_key(row): row for row in made.ranks.to_dict("records")}
    sheet = made.doubts.sheet
    names = names_in_time(sheet, context.unit_names)
    times = list(dict.fromkeys(key[1:] for key in sheet.keys))
    lines = []
    for row in index.to_dict("records"):
        key = _key(row)
        where = ranks.get(key)
        said = {
            "name": names[key],
            "index": _span(row, context, console),
        }
        text = console.text("sure_index_line", **said)
        if where is not None and where["rank_of"] > 1:
            about = {
                "ranks": _ranks(where["rank_first"], where["rank_last"], console),
                "count": where["rank_of"],
            }
            text = console.text("sure_rank_line", **said, **about)
        lines.append(
            (
                row["block"],
                times.index(key[1:]),
                0 if where is None else where["rank_first"],
                text + _grade(made, key, context, console),
            )
        )
    for *_, text in sorted(lines, key=lambda line: line[:3])[:_SHOWN]:
        console.print(text)
    if len(lines) > _SHOWN:
        more = {"count": len(lines) - _SHOWN, "file": "index-intervals.csv"}
        console.print(console.text("more_units_in", **more))
    console.print()
    for note in _notes(
        console, "sure_note", level=_said(made.confidence_percent, console), seed=made.seed
    ):
        console.print(note)


def _key(row: Mapping[Hashable, Any]) -> UnitKey:
    return UnitKey(str(row["unit_code"]), int(row["year"]), str(row["period"]))


def _span(row: Mapping[Hashable, Any], context: ChartContext, console: Console) -> str:
    """Say where an index lies; a figure that is settled is said once."""
    names = ("low", "high", "bound_low", "bound_high")
    low, high, worst, best = (context.points(row[f"{name}_points"]) for name in names)
    span = low if low == high else console.text("sure_from_to", first=low, last=high)
    if low == high == worst == best:
        return console.text("sure_settled", span=span)
    return console.text("sure_ends", span=span, worst=worst, best=best)


def _ranks(first: int, last: int, console: Console) -> str:
    return str(first) if first == last else console.text("sure_from_to", first=first, last=last)


def _grade(made: Outlook, key: tuple[Any, ...], context: ChartContext, console: Console) -> str:
    """Return the chance of the highest grade that the unit may get."""
    table = made.grades
    table = table[
        (table["unit_code"] == key[0]) & (table["year"] == key[1]) & (table["period"] == key[2])
    ]
    order = {g.code: -g.lower for g in made.doubts.sheet.criteria.meta.grades}
    near = table[(table["grade"] != "") & (table["high_percent"] >= 0.5)]
    if not len(near):
        return "."
    best = near.iloc[int(near["grade"].map(order).argmin())]
    ends = best["low_percent"], best["high_percent"]
    name = grade_name(made.doubts.sheet.criteria, best["grade"], console.lang)
    said = "sure_grade_unknown" if says_nothing(*ends) else "sure_grade_part"
    return console.text(said, grade=name, chance=chance_text(*ends, context))


def _show_choices(
    made: Robustness, names: Mapping[UnitKey, str], context: ChartContext, console: Console
) -> None:
    """Say whose rank moves, which items decide who leads, and which orders are not secure."""
    for row in made.ranks.head(_SHOWN).to_dict("records"):
        said = {"name": names[_key(row)], "rank": row["rank"]}
        said |= {
            f"{n}": ranks_text(row[f"{n}_first"], row[f"{n}_last"])
            for n in ("drop", "weights", "other")
        }
        console.print(console.text("robust_rank_line", **said))
    if len(made.ranks) > _SHOWN:
        more = {"count": len(made.ranks) - _SHOWN, "file": "rank-robustness.csv"}
        console.print(console.text("more_units_in", **more))
    console.print()
    leads = made.variants[
        (made.variants["rank_before"] == 1) & (made.variants["choice"] == "drop-item")
    ]
    for _, rows in leads.groupby([*KEY_COLUMNS], sort=False):
        codes = rows.loc[rows["rank"] > 1, "item_code"].tolist()
        key = "robust_champion" if codes else "robust_champion_sure"
        items = ", ".join(first_few(codes))
        console.print(console.text(key, name=names[_key(rows.iloc[0].to_dict())], items=items))
    near = made.orders[~made.orders["is_secure"].astype(bool)]
    if len(made.orders):
        console.print(console.text("robust_orders", count=len(near), all=len(made.orders)))
    console.print(
        _notes(console, "robust_note", range=_said(made.range_percent, console), seed="")[0]
    )
