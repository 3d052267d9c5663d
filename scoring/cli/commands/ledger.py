"""``parindex ledger ...``: new, check, annotate, seal, merge, carry-forward."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from scoring.base.findings import Finding
from scoring.base.units import told_names
from scoring.batch.scored import judged
from scoring.cli.commands.given_files import chosen_set, demand_year, intake_of
from scoring.cli.console import CLEAN, UNUSABLE, Console
from scoring.criteria import CriteriaSet, open_named_set, open_set
from scoring.files.atomic import write_atomically
from scoring.files.files_together import finish_together, write_together
from scoring.outputs.naming import file_stem
from scoring.points import score
from scoring.points.half_filled import half_filled
from scoring.tables import empty

if TYPE_CHECKING:
    from scoring.evidence.ledger import Ledger, Merge


def new(options: argparse.Namespace, console: Console) -> int:
    """Write a blank ledger for one unit, year and period."""
    from scoring.evidence.ledger import write_ledger

    criteria = open_set(options.criteria)
    demand_year(options.year, options.period)
    parts = (options.unit, str(options.year), options.period)
    folder = "-".join(file_stem(part) for part in parts if part)
    path = Path(options.out or f"evidence/{folder}/ledger.xlsx")
    words = {"lang": console.lang, "period": options.period}
    actions = empty("Actions") if options.actions else None
    who = (options.unit, options.name, options.year)
    write_ledger(path, criteria, *who, actions=actions, **words)
    console.print(str(path))
    console.give({"ledger": str(path)})
    return CLEAN


def check(options: argparse.Namespace, console: Console) -> int:
    """Check ledgers: their form and everything scoring finds in them."""
    intake = intake_of(options, options.files)
    sheet, _, found = judged(intake)
    code = console.close((*found, *half_filled(sheet)))
    names = told_names(sheet.units)
    for key, unit in zip(sheet.keys, sheet.index.to_dict("records"), strict=True):
        name, scored, items = names[key], unit["items_scored"], unit["items_applicable"]
        console.print(console.text("ledger_progress", unit=name, scored=scored, items=items))
        if left := len(sheet.criteria.rules) - items:
            # The form counts these as done: there is nothing more to do for them.
            console.print(console.text("ledger_progress_left", left=left, items=items + left))
    return UNUSABLE if intake.unreadable else code


def annotate(options: argparse.Namespace, console: Console) -> int:
    """Return the evaluator's own file with every finding marked in its cell."""
    from scoring.evidence.ledger import annotate_ledger

    path, intake = Path(options.file), intake_of(options, [options.file])
    if intake.unreadable:
        return console.fail(intake.findings)
    sheet, _, found = judged(intake)
    findings = (*found, *half_filled(sheet))
    target = Path(options.out or path.with_name(f"{path.stem}-can-xu-ly.xlsx"))
    annotate_ledger(path, findings, target, console.lang)
    console.print(console.text("ledger_annotated", count=len(findings), file=target))
    return console.close(findings, file=str(target))


def seal(options: argparse.Namespace, console: Console) -> int:
    """Write a copy of a ledger to hand in, which states its content digest."""
    from scoring.evidence.ledger.sealing import sealed_ledger

    path = Path(options.ledger)
    data, digest = sealed_ledger(path, chosen_set(options), console.lang)
    target = Path(options.out or path.with_name(f"{path.stem}-da-nop.xlsx"))
    write_atomically(target, data)
    console.print(console.text("ledger_sealed", digest=digest, file=target))
    console.give({"ledger": str(target), "content_digest": digest})
    return CLEAN


def _of_forms(copies: Iterable[Ledger], criteria: CriteriaSet) -> list[Finding]:
    """Return what is to be said of the form of any copy: the merged ledger names one form only."""
    from scoring.form.form_check import ledger_form_findings

    return [found for copy in copies for found in ledger_form_findings(copy.info, criteria)]


def _say_conflicts(merged: Merge, console: Console) -> None:
    for _, rows in merged.conflicts.groupby("key", sort=True):
        said = "; ".join(f"{row.source} = {row.value}" for row in rows.itertuples())
        chosen = rows["chosen"].iloc[0] or console.text("merge_open")
        console.print(f"{rows['what'].iloc[0]} [{rows['cell'].iloc[0]}]: {said} → {chosen}")


def merge(options: argparse.Namespace, console: Console) -> int:
    """Make one ledger of several evaluators' copies; list where they differ."""
    from scoring.evidence.ledger import (
        decision_workbook,
        merge_ledgers,
        open_conflicts,
        read_decisions,
        read_ledger,
    )
    from scoring.evidence.ledger.merge import copy_names
    from scoring.evidence.ledger.merged_file import merged_file
    from scoring.evidence.ledger.survey_sheet import put_figures

    paths, target = [Path(name) for name in options.files], Path(options.out)
    sheet = target.with_name(f"{target.stem}-bat-dong.xlsx")
    finish_together([target, sheet])
    criteria = chosen_set(options) or open_named_set(read_ledger(paths[0]).info.set_id)
    decided = read_decisions(Path(options.decisions)) if options.decisions else None
    merged = merge_ledgers(paths, criteria, options.policy, decided, console.lang)
    left = open_conflicts(merged)
    named = dict(zip(copy_names(paths), paths, strict=True))
    scores = score(merged.inputs, criteria).scores
    changes = merged_file(merged, named, criteria, scores, console.lang)
    if len(merged.surveys):
        put_figures(changes, merged.surveys, console.lang)
    findings = (*merged.findings, *_of_forms(merged.copies.values(), criteria), *changes.findings)
    # What does not come along is said before anything is written.
    code = console.report(findings)
    made = {target: changes.to_bytes()}
    # Decisions that were just read stay where they are; what is open is open in them as well.
    if len(merged.conflicts) and sheet.resolve() != Path(options.decisions or "").resolve():
        made[sheet] = decision_workbook(merged, console.lang)
        console.print(console.text("merge_decide_in", file=sheet))
    write_together(made)
    _say_conflicts(merged, console)
    differ = merged.conflicts["key"].nunique() if len(merged.conflicts) else 0
    open_count = left["key"].nunique() if len(left) else 0
    agreed, conflicts = merged.agreements, merged.conflicts.to_dict("records")
    console.print(console.text("merge_done", agree=agreed, differ=differ, open=open_count))
    found = console.findings_json(findings)
    console.give({"agreements": agreed, "conflicts": conflicts, "findings": found})
    return code


def carry_forward(options: argparse.Namespace, console: Console) -> int:
    """Make this year's ledger on a new set, with last year's figures beside it in grey."""
    from scoring.criteria.diff import diff_sets
    from scoring.criteria.mapping import read_mapping
    from scoring.evidence.ledger import carry_forward as carried_forward
    from scoring.evidence.ledger import read_ledger

    ledger = read_ledger(Path(options.file))
    old, new = open_named_set(ledger.info.set_id), open_set(options.criteria)
    problems: list[Finding] = []
    if options.mapping:
        mapping, problems = read_mapping(Path(options.mapping), old, new)
    else:
        mapping = diff_sets(old, new).mapping()
    result = carried_forward(ledger, new, mapping, year=options.year, lang=console.lang)
    write_atomically(Path(options.out), result.data)
    console.print(console.text("carried", count=len(result.carried), file=options.out))
    findings = (*problems, *result.findings)
    return console.close(findings, carried=result.carried.to_dict("records"))
