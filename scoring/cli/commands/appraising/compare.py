"""``parindex compare``: two tracks beside each other, by unit and by item."""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from scoring.analysis.differences import ahead, areas_ahead, track_differences
from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.base.values import DIFFERENCE_KINDS, INDEX_CODE, TRACKS
from scoring.batch.scored import scored
from scoring.cli.commands.given_files import intake_of, of_period
from scoring.cli.console import UNUSABLE, Console
from scoring.criteria import CriteriaSet
from scoring.outputs.charts.track_gap import track_gap
from scoring.outputs.content.set_identity import chart_context
from scoring.outputs.images import ChartJob, save_charts
from scoring.outputs.machine import write_table
from scoring.outputs.results_manifest import results_folder, run_facts

_SHOWN = 30


def run(options: argparse.Namespace, console: Console) -> int:
    """Write what differs and how far one track runs ahead, and print it."""
    intake = of_period(intake_of(options, options.files), options)
    before, after = _tracks(options.tracks)
    sheet, doubts = scored(intake)
    differing = track_differences(sheet, before, after, console.lang)
    table = ahead(sheet, before, after, console.lang)
    drawn = table[table["code"] == INDEX_CODE]
    whose = drawn["unit_code"].iloc[0] if len(drawn) == 1 else ""
    if whose:
        drawn = areas_ahead(sheet, before, after, console.lang)
    used = [path for path in map(Path, options.files) if path.is_file()]
    with results_folder(Path(options.out), used, run_facts(sheet), "compare") as folder:
        decimals, dialect = intake.criteria.meta.decimals, options.csv_dialect
        write_table(differing, "TrackDifferences", folder, decimals, dialect)
        write_table(table, "Ahead", folder, decimals, dialect)
        context = chart_context(sheet, console.lang)
        about = {"context": context, "unit_name": context.unit_name(whose) if whose else ""}
        save_charts([ChartJob(track_gap, folder / "track-gap", (drawn,), about)])
    _show(table, differing, intake.criteria, console)
    console.wrote(options.out)
    told = {"ahead": table.to_dict("records"), "differences": differing.to_dict("records")}
    found = (*intake.findings, *sheet.findings, *doubts)
    console.give({"before": before, "after": after, **told})
    code = console.report(found)
    return UNUSABLE if intake.unreadable else code


def _tracks(text: str) -> tuple[str, str]:
    """Return the two tracks of ``--tracks``."""
    names = [part.strip() for part in text.split(",")]
    if len(names) != 2 or not set(names) <= set(TRACKS) or names[0] == names[1]:
        raise UsageError(
            f"--tracks takes two of {', '.join(TRACKS)}",
            Finding("tracks-not-two", values={"value": text, "expected": list(TRACKS)}),
        )
    return names[0], names[1]


def _show(
    table: pd.DataFrame, differing: pd.DataFrame, criteria: CriteriaSet, console: Console
) -> None:
    def points(value: float) -> str:
        return "—" if value != value else format_number(value, criteria.meta.decimals, console.lang)

    def percent(value: float) -> str:
        return "—" if value != value else f"{format_number(value, 0, console.lang)}%"

    names = {end: label(f"track_{table[end].iloc[0]}", console.lang) for end in ("before", "after")}
    is_unit = table["code"] == INDEX_CODE
    for rows, kind in ((table[is_unit], "unit"), (_worst(table[~is_unit]), "item")):
        heads = [console.text(kind), names["before"], names["after"], console.text("ahead_points"),
                 console.text("ahead_differ"), console.text("ahead_usual")]  # fmt: skip
        shown = [
            (
                row["name"] if kind == "unit" else f"{row['code']}  {row['name']}",
                *(points(row[f"{name}_points"]) for name in ("before", "after", "ahead")),
                f"{row['higher'] + row['lower']}/{row['compared']}",
                percent(row["usual_percent"]),
            )
            for row in rows.head(_SHOWN).to_dict("records")
        ]
        console.table(heads, shown, " rrrrr")
        codes = rows["code"].head(_SHOWN) if kind == "item" else ()
        if any(criteria.node(code).kind == "penalty" for code in codes):
            console.print(console.text("ahead_penalty"))
        console.print()
    for row in table[table["is_disputed"]].to_dict("records"):
        counts = {"count": row["higher"] + row["lower"], "all": row["compared"]}
        said = {"item": f"{row['code']} {row['name']}", "usual": percent(row["usual_percent"])}
        console.print(console.text("ahead_disputed", **counts, **said))
    kinds = differing["kind"].value_counts()
    told = [(console.text(f"difference_{kind}"), str(kinds.get(kind, 0))) for kind in DIFFERENCE_KINDS
            if kinds.get(kind)]  # fmt: skip
    told += [(console.text("difference_unknown"), str(kinds[""]))] if "" in kinds else []
    if told:
        console.table([console.text("difference_kind"), console.text("ahead_count")], told, " r")


def _worst(items: pd.DataFrame) -> pd.DataFrame:
    """Return the items that differ anywhere, the one that is furthest ahead first."""
    differing = items[items["higher"] + items["lower"] > 0]
    return differing.sort_values("ahead_points", ascending=False, kind="stable")
