"""``parindex advice``: what each item could still earn, and until when."""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from scoring.advice import Advice, advice_table
from scoring.advice.span_words import term_words
from scoring.base.units import KEY_COLUMNS
from scoring.batch.scored import scored
from scoring.cli.commands.given_files import day_of, intake_of, of_period
from scoring.cli.console import Console
from scoring.files.atomic import write_atomically
from scoring.outputs.advice_workbook import advice_cells, advice_workbook
from scoring.outputs.machine import write_table
from scoring.outputs.results_manifest import results_folder, run_facts
from scoring.points import ScoreSheet

# The table has all; a screen has the first.
_SHOWN = 12


def run(options: argparse.Namespace, console: Console) -> int:
    """Print the advice to one unit, or to each, and write it where a folder is given."""
    intake = of_period(intake_of(options, options.files), options)
    if intake.unreadable:
        return console.fail(intake.findings)
    sheet, doubts = scored(intake)
    advice = Advice(sheet, day_of(options.on) if options.on else None)
    places = [sheet.place(options.unit)] if options.unit else None
    table = advice_table(advice, places, console.lang)
    _show(table, sheet, console)
    if options.out:
        used = [path for path in map(Path, options.files) if path.is_file()]
        with results_folder(Path(options.out), used, run_facts(sheet), "advice") as folder:
            decimals = intake.criteria.meta.decimals
            write_table(table, "Advice", folder, decimals, options.csv_dialect)
            book = advice_workbook(table, intake.criteria, console.lang)
            write_atomically(folder / "advice.xlsx", book)
        console.wrote(options.out)
    found = (*intake.findings, *sheet.findings, *doubts)
    return console.close(found, advice=table.to_dict("records"), set=intake.criteria.stated)


def _show(table: pd.DataFrame, sheet: ScoreSheet, console: Console) -> None:
    decimals = sheet.criteria.meta.decimals
    for _, rows in table.groupby(KEY_COLUMNS, sort=False):
        first = rows.iloc[0]
        place = sheet.keys.index(tuple(first[KEY_COLUMNS]))
        console.print(f"{console.text('unit')}: {sheet.shown_key(place)}")
        for term, below in rows.groupby("term", sort=False):
            console.print(f"{term_words(str(term), first['period'], console.lang)}:")
            for row in below.head(_SHOWN).to_dict("records"):
                shown = advice_cells(row, decimals, console.lang)
                console.print(f"  {shown['item_code']}  {shown['advice']}")
            if len(below) > _SHOWN:
                console.print("  " + console.text("advice_more_rows", count=len(below) - _SHOWN))
    if not len(table):
        console.print(console.text("advice_none"))
