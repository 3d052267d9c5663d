"""``parindex explain``: why an item has these points."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from scoring.advice import ways
from scoring.batch.scored import scored
from scoring.cli.commands.given_files import day_of, intake_of
from scoring.cli.console import Console
from scoring.points.item_explanation import explain
from scoring.points.sheet import COMPUTED


def run(options: argparse.Namespace, console: Console) -> int:
    """Print the trace of one item of one unit."""
    intake = intake_of(options, [options.file])
    if intake.unreadable:
        return console.fail(intake.findings)
    sheet, doubts = scored(intake)
    sheet = sheet.on_track(options.track)
    key = sheet.keys[sheet.place(options.unit, options.year, options.period)]
    why = explain(sheet, options.item, key, console.lang, proof=intake.proof)
    on_track = {} if sheet.track == COMPUTED else {"track": sheet.track}
    if on_track:
        console.print(console.text("page_on_track", track=console.text(f"track_{sheet.track}")))
    for line in why.lines(console.lang):
        console.print(line)
    day = day_of(options.on) if options.on else None
    at = sheet.place(key)
    steps = ways(sheet, options.item, at, day) if options.item in intake.criteria.rules else ()
    if steps:
        console.print(f"{console.text('explain_advice')}:")
    for way in steps:
        console.print(f"  {way.text(console.lang)}")
    console.print(f"{console.text('pack_set_version')}: {intake.criteria.stated}")
    told = (
        asdict(why) if why.appraised else {k: v for k, v in asdict(why).items() if k != "appraised"}
    )
    found = (*intake.findings, *sheet.findings, *doubts)
    about = [finding for finding in found if finding.item_code == options.item]
    about = [finding for finding in about if finding.unit_code in ("", key.unit_code)]
    told |= {"advice": [way.text(console.lang) for way in steps]}
    return console.close(about, **told, **on_track, set=intake.criteria.stated)
