"""``parindex demo``: a real province's published index, recomputed item by item."""

from __future__ import annotations

import argparse
from pathlib import Path

from scoring.base.rounding import round_points
from scoring.batch.run import Result, compute, write_outputs
from scoring.batch.submissions import read_files
from scoring.cli.commands.score import show
from scoring.cli.console import Console
from scoring.criteria import open_set
from scoring.files.shipped import shipped_folder
from scoring.files.table_files import read_table
from scoring.outputs.amounts import points_amount

EXAMPLE, SET = "phu-tho-2026", "service-quality-766"


def run(options: argparse.Namespace, console: Console) -> int:
    """Score the shipped example, compare it with the published scores, write everything."""
    example = shipped_folder("evidence") / EXAMPLE
    source = example / "inputs.csv"
    # The province's own targets are not known, and made-up ones must not stand beside its name.
    result = compute(read_files([source], open_set(SET)), None, console.lang)
    folder = Path(options.out)
    write_outputs(result, folder, [source], lang=console.lang)
    show(result, console)
    _compare(result, example / "published.csv", console)
    console.wrote(folder.resolve())
    return console.report(result.findings, folder / "findings.csv")


def _compare(result: Result, published: Path, console: Console) -> None:
    """Print the portal's own scores beside ours."""
    sheet = result.sheet
    decimals = sheet.criteria.meta.decimals
    rows, total, differing = [], 0.0, 0
    for code, text in read_table(published).frame.itertuples(index=False):
        node, theirs = sheet.criteria.node(code), float(text)
        ours = round_points(float(sheet.points[sheet.row(code), 0]), decimals)
        total += theirs if not node.parent else 0.0
        differing += abs(ours - theirs) > 1e-9
        shown = (points_amount(value, console.lang, decimals).text for value in (theirs, ours))
        rows.append((f"{code}  {node.name(console.lang)}", *shown))
    ours = round_points(float(sheet.points[-1, 0]), decimals)
    shown = (points_amount(value, console.lang, decimals).text for value in (total, ours))
    rows.append((console.text("index"), *shown))
    console.print()
    console.print(console.text("demo_compared"))
    console.table(console.heads("", "item", "published", "computed"), rows, " rr")
    console.print(console.text("demo_differing", count=differing, total=len(rows) - 1))
