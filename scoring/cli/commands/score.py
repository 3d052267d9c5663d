"""``parindex score``: the main job."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from scoring.base.findings import findings_frame
from scoring.base.numbers import format_number
from scoring.batch.reading import read_files
from scoring.batch.run import Result, compute, write_outputs
from scoring.cli.commands.periods import of_period
from scoring.cli.console import UNUSABLE, Console
from scoring.criteria import CriteriaSet, open_set
from scoring.evidence.targets_table import read_targets


def run(options: argparse.Namespace, console: Console) -> int:
    """Score files and write everything; 2 when a file could not be read, 1 with error findings."""
    criteria = open_set(options.criteria) if options.criteria else None
    paths = [Path(name) for name in options.files]
    intake = of_period(read_files(paths, criteria), options)
    targets, problems = read_targets(Path(options.targets)) if options.targets else (None, [])
    result = compute(intake, targets, console.lang)
    result = replace(result, findings=(*problems, *result.findings))
    folder = Path(options.out)
    used = [path for path in paths if path.is_file() and path.name not in intake.unreadable]
    # Shown first: a folder that cannot be written must not take the result with it.
    show(result, console)
    write_outputs(result, folder, used, lang=console.lang, dialect=options.csv_dialect)
    console.say(console.text("written_to", folder=folder))
    code = console.report(result.findings)
    return UNUSABLE if intake.unreadable else code


def show(result: Result, console: Console) -> None:
    """Print the index and the areas of each unit, or one line per unit where there are many."""
    sheet = result.sheet
    console.give(
        {
            "set": sheet.criteria.set_id,
            "set_status": sheet.criteria.meta.status,
            "index": sheet.index.to_dict("records"),
            "findings": findings_frame(result.findings, console.lang).to_dict("records"),
        }
    )
    headline(sheet.criteria, console)
    if len(sheet.units) == 1:
        _one_unit(result, console)
    else:
        _many_units(result, console)


def headline(criteria: CriteriaSet, console: Console) -> None:
    """Print the set's name with its status, and the badge of a sample."""
    meta = criteria.meta
    status = console.text(f"status_{meta.status}")
    console.print(f"{meta.name(console.lang)} ({console.text('set_status')}: {status})")


def _one_unit(result: Result, console: Console) -> None:
    sheet, decimals = result.sheet, result.sheet.criteria.meta.decimals
    unit = sheet.units.iloc[0]
    console.print(f"{unit['unit_name'] or unit['unit_code']}, {sheet.keys[0].when}")
    console.print()
    rows = []
    for node in (*sheet.criteria.areas, None):
        row = sheet.row(node.code if node else "INDEX")
        maximum = format_number(float(sheet.maxima[row, 0]), lang=console.lang)
        name = f"{node.code}  {node.name(console.lang)}" if node else console.text("index")
        rows.append(
            (
                name,
                points_text(
                    sheet.points[row, 0],
                    sheet.points_low[row, 0],
                    sheet.points_high[row, 0],
                    decimals,
                    console,
                ),
                maximum,
            )
        )
    console.table(
        (console.text("area"), console.text("points"), console.text("max_points")), rows, " rr"
    )
    console.print()
    _largest_losses(result, console)


def points_text(points: float, low: float, high: float, decimals: int, console: Console) -> str:
    """Return points, or their range while something is open."""
    if points == points:
        return format_number(float(points), decimals, console.lang)
    ends = (format_number(float(end), decimals, console.lang) for end in (low, high))
    return " – ".join(ends)


def _largest_losses(result: Result, console: Console, count: int = 8) -> None:
    if not len(result.gaps):
        return
    console.print(console.text("largest_losses"))
    rows = [
        (
            f"{gap['item_code']}  {gap['item_name']}",
            format_number(gap["lost_points"], result.sheet.criteria.meta.decimals, console.lang),
            console.text(f"cause_{gap['cause']}"),
        )
        for gap in result.gaps.head(count).to_dict("records")
    ]
    header = (console.text("item"), console.text("lost_points"), console.text("cause"))
    console.table(header, rows, " r ")


def _many_units(result: Result, console: Console, count: int = 40) -> None:
    sheet, decimals = result.sheet, result.sheet.criteria.meta.decimals
    shown_keys = [sheet.shown_key(place) for place in range(len(sheet.units))]
    index = sheet.index.assign(unit_code=shown_keys)
    shown = index.sort_values("points", ascending=False, kind="stable").head(count)
    rows = [
        (
            unit["unit_code"],
            unit["unit_name"],
            points_text(unit["points"], unit["points_low"], unit["points_high"], decimals, console),
            f"{unit['items_scored']}/{unit['items_applicable']}",
        )
        for unit in shown.to_dict("records")
    ]
    header = (
        "unit_code",
        console.text("unit"),
        console.text("index"),
        console.text("items_scored"),
    )
    console.table(header, rows, "  rr")
    if len(index) > count:
        console.print(console.text("more_units", count=len(index) - count))
