"""``parindex form``: the form that a unit fills in with nothing but a browser."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.base.units import UnitKey, alike_texts
from scoring.batch.submissions import read_files
from scoring.cli.commands.given_files import demand_year
from scoring.cli.console import Console
from scoring.criteria import CriteriaSet, open_set
from scoring.evidence.ledger import read_ledger
from scoring.files.atomic import write_atomically
from scoring.files.declared_tables import read_declared
from scoring.files.whole_folder import whole_folder
from scoring.form.form_data import FormUnit, Known, fill_data
from scoring.form.form_page import form_page
from scoring.form.known_figures import known_of, typed_figures
from scoring.outputs.naming import file_stems


@dataclass
class _Given:
    """What stands in the forms from the start, and what was found while it was read."""

    known: Known = field(default_factory=Known)
    unit: FormUnit = field(default_factory=FormUnit)
    last: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def of(self, unit: FormUnit) -> Known:
        """Return what is known of a unit; a form of nobody takes last year's only unit."""
        alone = next(iter(self.last.values())) if len(self.last) == 1 and not unit.code else {}
        return replace(self.known, previous=self.last.get(unit.code, alone))


def run(options: argparse.Namespace, console: Console) -> int:
    """Write the form of a set: blank, for one unit, or one for each of many."""
    demand_year(options.year, options.period)
    if options.units and (options.unit or options.ledger):
        found = Finding("form-units-and-unit")
        raise UsageError(found.text("en"), found)
    criteria = open_set(options.set)
    given = _given(options, criteria, console.lang)
    if options.units:
        paths = _write_many(options, console, criteria, given)
    else:
        paths = [Path(options.out)]
        write_atomically(paths[0], _page(options, console, criteria, given.unit, given))
    for path in paths:
        console.print(str(path))
    console.give({"files": [str(path) for path in paths]})
    return console.report(given.findings)


def _given(options: argparse.Namespace, criteria: CriteriaSet, lang: str) -> _Given:
    given = _Given(unit=FormUnit(options.unit, options.name, options.block))
    if options.ledger:
        ledger = read_ledger(Path(options.ledger), criteria, lang=lang)
        told, info = given.unit, ledger.info
        given.unit = FormUnit(
            told.code or info.unit_code, told.name or info.unit_name, told.block or info.block
        )
        given.known = known_of(ledger, criteria, lang)
        given.findings += ledger.findings
        if info.year != options.year:
            values = {"value": info.year, "expected": options.year}
            given.findings.append(Finding("form-ledger-of-other-year", info.file, values=values))
    if options.last_year:
        intake = read_files([Path(options.last_year)], criteria)
        given.findings += intake.findings
        earlier, found = _of_last_year(intake.inputs, Path(options.last_year).name, options.year)
        given.findings += found
        given.last = {
            str(unit): typed_figures(rows, criteria, lang)
            for unit, rows in earlier.groupby("unit_code", sort=True)
        }
    return given


def _of_last_year(inputs: pd.DataFrame, file: str, year: int) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the figures that stand beside the fields as last year's, and what is told of them.

    Figures of this year or a later one are none; of several earlier years the latest counts.
    """
    found = []
    late = sorted({int(one) for one in inputs["year"] if one >= year})
    earlier = inputs[inputs["year"] < year]
    if late:
        values = {"value": ", ".join(map(str, late)), "expected": year - 1}
        found.append(Finding("form-last-year-not-earlier", file, values=values))
    latest = earlier["year"].max()
    if len(earlier) and latest < year - 1:
        values = {"value": int(latest), "expected": year - 1}
        found.append(Finding("form-last-year-older", file, values=values))
    return earlier[earlier["year"] == latest], found


def _page(
    options: argparse.Namespace,
    console: Console,
    criteria: CriteriaSet,
    unit: FormUnit,
    given: _Given,
) -> str:
    fill = fill_data(options.year, options.period, unit, given.of(unit))
    return form_page(criteria, fill, console.lang)


def _write_many(
    options: argparse.Namespace, console: Console, criteria: CriteriaSet, given: _Given
) -> list[Path]:
    units, findings = read_declared(Path(options.units), "InternalUnits")
    given.findings += findings
    for code in units["unit_code"][units["unit_code"].duplicated() & (units["unit_code"] != "")]:
        found = Finding("form-unit-listed-twice", Path(options.units).name, values={"value": code})
        given.findings.append(found)
    for text, first in alike_texts(units["unit_code"]).itertuples(index=False):
        values = {"value": text, "expected": first}
        given.findings.append(Finding("form-units-alike", Path(options.units).name, values=values))
    listed = list(_units(units))
    stems = file_stems(UnitKey(unit.code, options.year) for unit in listed)
    out = Path(options.out)
    with console.progress("form_writing") as step, whole_folder(out) as folder:
        for done, unit in enumerate(listed, start=1):
            name = stems[UnitKey(unit.code, options.year)] + ".html"
            text = _page(options, console, criteria, unit, given)
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
            step(done, len(stems))
    return [out / f"{stem}.html" for stem in stems.values()]


def _units(table: pd.DataFrame) -> Iterator[FormUnit]:
    known = table[table["unit_code"] != ""].drop_duplicates("unit_code")
    for row in known.to_dict("records"):
        yield FormUnit(row["unit_code"], row["unit_name"], row["block"])
