"""``parindex form``: the form that a unit fills in with nothing but a browser."""

from __future__ import annotations

import argparse
from pathlib import Path

from scoring.cli.commands.given_files import demand_year
from scoring.cli.console import CLEAN, Console
from scoring.criteria import open_set
from scoring.files.atomic import write_atomically
from scoring.form.form_data import FormUnit, fill_data
from scoring.form.form_page import form_page


def run(options: argparse.Namespace, console: Console) -> int:
    """Write the form of a set, for one unit or blank."""
    demand_year(options.year)
    criteria = open_set(options.set)
    unit = FormUnit(options.unit, options.name, options.block)
    fill = fill_data(options.year, options.period, unit)
    path = Path(options.out)
    write_atomically(path, form_page(criteria, fill, console.lang))
    console.print(str(path))
    console.give({"files": [str(path)]})
    return CLEAN
