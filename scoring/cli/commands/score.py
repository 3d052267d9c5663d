"""``parindex score``: the main job."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from scoring.base.findings import findings_frame
from scoring.base.units import KEY_COLUMNS
from scoring.base.values import INDEX_CODE
from scoring.batch.run import write_outputs
from scoring.batch.scored import compute
from scoring.cli.commands.given_files import intake_of, of_period
from scoring.cli.console import UNUSABLE, Console
from scoring.cli.set_headline import headline
from scoring.evidence.targets_table import read_targets
from scoring.outputs.amounts import Target
from scoring.outputs.content import league, league_sentence, report_content, unit_sentence
from scoring.outputs.content.item_rows import UnitView, unit_targets
from scoring.outputs.content.unit_content import ReportContent
from scoring.outputs.result import Result
from scoring.points import ScoreSheet
from scoring.points.item_explanation import roll_up_steps
from scoring.points.tracks import index_tracks


def run(options: argparse.Namespace, console: Console) -> int:
    """Score files and write everything; 2 when a file could not be read, 1 with error findings."""
    intake = of_period(intake_of(options, options.files), options)
    targets, problems = read_targets(Path(options.targets)) if options.targets else (None, [])
    result = compute(intake, targets, console.lang, options.track)
    if intake.unreadable and not len(result.sheet.units):
        # Nothing was read: a folder of empty tables would look like results.
        return console.fail([*problems, *result.findings])
    result = replace(result, findings=(*problems, *result.findings))
    folder = Path(options.out)
    paths = map(Path, options.files)
    used = [path for path in paths if path.is_file() and path.name not in intake.unreadable]
    try:
        write_outputs(result, folder, used, lang=console.lang, dialect=options.csv_dialect)
    finally:
        # Shown even so: a folder that cannot be written must not take the result with it.
        show(result, console)
    console.wrote(folder)
    code = console.report(result.findings, folder / "findings.csv")
    return UNUSABLE if intake.unreadable else code


def show(result: Result, console: Console) -> None:
    """Print the index and the areas of each unit, or one line per unit where there are many."""
    sheet = result.sheet
    console.give(
        {
            "set": sheet.criteria.set_id,
            "set_version": sheet.criteria.meta.version,
            "set_fingerprint": sheet.criteria.fingerprint,
            "set_status": sheet.criteria.meta.status,
            "index": sheet.index.to_dict("records"),
            **_sampled(sheet),
            **_tracked(sheet),
            "findings": findings_frame(result.findings, console.lang).to_dict("records"),
        }
    )
    headline(sheet.criteria, console)
    if sheet.shows_tracks:
        console.print(console.text("page_on_track", track=console.text(f"track_{sheet.track}")))
    if len(sheet.units) == 1:
        _one_unit(result, console)
    else:
        _many_units(result, console)


def _sampled(sheet: ScoreSheet) -> dict[str, object]:
    """Return the nodes with a survey figure at or below them, for programs."""
    if sheet.sampling is None:
        return {}
    told = sheet.scores.dropna(subset="sampling_low")
    names = [*KEY_COLUMNS, "code", "points", "sampling_low", "sampling_high"]
    return {"sampling": told[names].to_dict("records")}


def _tracked(sheet: ScoreSheet) -> dict[str, object]:
    """Return the track of the points, and the index on every track, for programs."""
    if not sheet.shows_tracks:
        return {}
    return {"track": sheet.track, "tracks": index_tracks(sheet).to_dict("records")}


def _one_unit(result: Result, console: Console, most_losses: int = 8) -> None:
    content = report_content(result.sheet, result.gaps, result.targets, lang=console.lang)
    head = content.headline
    console.print(f"{content.unit_name}, {content.when}")
    console.print(unit_sentence(content))
    console.print()
    if content.tracks:
        # The index stands first; its row is told downwards, a track a line.
        pairs = zip(content.tracks.heads, content.tracks.rows[0].points, strict=True)
        console.table(console.heads("", "column_track", "index"), list(pairs), " r")
        console.print()
    aims = [*(area.target for area in content.areas), head.target]
    rows: list[tuple[str, ...]] = [
        (f"{area.code}  {area.name}", area.points_text, area.maximum.text) for area in content.areas
    ]
    rows.append((console.text("index"), head.range_text, head.column_maximum.text))
    heads, right = console.heads("", "area", "points", "max_points"), " rr"
    if any(aims):
        heads += console.heads("", "target", "column_against_target")
        rows = [(*row, *_target(aim)) for row, aim in zip(rows, aims, strict=True)]
        right += "r "
    sampling = [*(area.sampling for area in content.areas), _interval(result, console)]
    if any(sampling):
        heads.append(console.text("sampling_column"))
        rows = [(*row, text) for row, text in zip(rows, sampling, strict=True)]
        right += "r"
    console.table(heads, rows, right)
    _surveyed(content, console)
    shown = {"", *(area.code for area in content.areas)}
    if deeper := [row for row in content.targets if row.code not in shown]:
        console.print()
        heads = console.heads("", "item", "points", "target", "column_against_target")
        said = [(f"{r.code}  {r.name}", r.points_text, *_target(r.target)) for r in deeper]
        console.table(heads, said, " rr ")
    added = sum(area.points.value for area in content.areas if area.kind == "normal")
    steps = roll_up_steps(result.sheet, INDEX_CODE, 0, console.lang)
    # What nobody can add up by hand from the table is written out.
    if steps and not abs(added - head.index.value) < 1e-9:
        console.print(f"{console.text('index')}: {steps}")
    console.print()
    if losses := content.items_by_loss[:most_losses]:
        console.print(console.text("largest_losses"))
        lost = [(f"{item.code}  {item.name}", item.lost.text, item.cause_name) for item in losses]
        console.table(console.heads("", "item", "lost_points", "cause"), lost, " r ")


def _interval(result: Result, console: Console) -> str:
    """Return the sampling interval of the index of the only unit."""
    key = result.sheet.keys[0]
    return UnitView(result.sheet, key, 0, console.lang).sampling_text(INDEX_CODE)


def _surveyed(content: ReportContent, console: Console) -> None:
    """Print the items that take figures of surveys, with the intervals of their points."""
    items = [item for item in content.items if item.sampling]
    if items:
        console.print()
        rows = [(f"{i.code}  {i.name}", i.points.text, i.sampling) for i in items]
        heads = [*console.heads("", "item", "points"), console.text("sampling_column")]
        console.table(heads, rows, " rr")
    # The first line of the index repeats its row.
    for line in content.headline.sampling[1:]:
        console.print(line)


def _target(target: Target | None) -> tuple[str, str]:
    """Return a target and what is said of it; nothing where there is none."""
    return (target.text, target.said) if target else ("", "")


def _many_units(result: Result, console: Console, count: int = 40) -> None:
    sheet, table = result.sheet, league(result.sheet, console.lang)
    units = table.rows
    targets, aims = unit_targets(result.targets), {}
    for key in (unit.key for unit in units[:count]):
        view = UnitView(sheet, key, sheet.place(key), console.lang, targets(key))
        if aim := view.target(INDEX_CODE):
            aims[key] = _target(aim)
    # Ranks are those within a block: where there are several, each is named beside its own.
    several = sheet.units["block"].nunique() > 1
    rows = [
        (
            str(unit.rank or "—"),
            sheet.shown_key(sheet.place(unit.key)),
            unit.unit_name,
            *[str(sheet.units["block"].iloc[sheet.place(unit.key)]) or "—"] * several,
            unit.range_text,
            f"{unit.items_scored}/{unit.items_applicable}",
            *aims.get(unit.key, ("", ""))[: 2 * bool(aims)],
            *[unit.alike.ranks if unit.alike else ""] * table.has_alike,
        )
        for unit in units[:count]
    ]
    if units:
        console.print(league_sentence(table))
        console.print()
    heads = console.heads("", "page_rank", "column_unit_code", "unit")
    heads += console.heads("", *["page_block"] * several, "index", "items_scored")
    heads += console.heads("", "target", "column_against_target") if aims else []
    heads += console.heads("", "annex_head_rank_set") if table.has_alike else []
    console.table(heads, rows, f"r  {' ' * several}rrr ")
    if table.alike_note:
        console.print(table.alike_note)
    if len(units) > count:
        console.print(console.text("more_units", count=len(units) - count, file="scores.csv"))
