"""``parindex appraise letter / matrix``: what is written to units, and what they answer."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.appraisal.comments import (
    ITEM,
    answer_findings,
    answers_of,
    comment_counts,
    comment_matrix,
    decided_rows,
    is_comment,
)
from scoring.appraisal.rows_to_decide import rows_to_decide
from scoring.base.dates import format_date
from scoring.base.findings import Finding
from scoring.base.labels import Label, label
from scoring.base.text import sorted_codes
from scoring.base.units import UnitKey, told_names, unit_keys
from scoring.base.values import ROUNDS
from scoring.batch.scored import scored
from scoring.batch.submissions import Intake, read_files
from scoring.cli.commands.given_files import (
    day_looked_at,
    day_of,
    digests_of,
    errors_in,
    intake_of,
)
from scoring.cli.console import Console
from scoring.files.atomic import write_atomically
from scoring.files.whole_folder import whole_folder
from scoring.outputs.comment_workbook import COUNTED, MatrixWords, comment_workbook
from scoring.outputs.content.set_identity import set_identity
from scoring.outputs.machine import write_table
from scoring.outputs.naming import file_stems
from scoring.outputs.results_manifest import results_folder, run_facts
from scoring.outputs.word.appraisal_letter import Letter, letter_word
from scoring.points import ScoreSheet

_SHOWN = 30
_OF_FINAL = ("final-from-rounds", "answer-undecided")


def letter(options: argparse.Namespace, console: Console) -> int:
    """Write a letter to each unit that the round decided on; the others are named."""
    intake = intake_of(options, options.files)
    due = day_of(options.due)
    sheet, doubts, rows = _rows(intake, console.lang)
    decided = decided_rows(sheet, rows)
    answers = answers_of(intake.appraisal, intake.ledger_units)[[*ITEM, "answer"]]
    if options.round == "1":
        # What is answered to a first round comes after its letter.
        answers = answers.iloc[:0]
    earlier = decided[decided["round"].map(ROUNDS.index) < ROUNDS.index(options.round)]
    decided = decided[decided["round"] == options.round].merge(answers, on=ITEM, how="left")
    decided = decided.assign(answer=decided["answer"].fillna(""))
    letters = dict(_letters(options, sheet, rows, decided, due, console.lang, earlier))
    stems = file_stems(letters)
    with whole_folder(Path(options.out)) as folder:
        for key, told in letters.items():
            write_atomically(folder / f"{stems[key]}.docx", letter_word(told))
    names = told_names(sheet.units)
    counts = [
        (names[key], str(len(told.lowered)), str(len(told.comments)))
        for key, told in letters.items()
    ]
    heads = [console.text(key) for key in ("matrix_unit", "letter_count", "matrix_comments")]
    console.table(heads, counts[:_SHOWN], " rr")
    console.print(console.text("appraise_head", head=sheet.journal_head))
    console.wrote(options.out)
    doubtful = _due_findings(due, day_looked_at(options), sheet)
    left = _undecided(sheet, letters, options.round)
    found = [*intake.findings, *sheet.findings, *doubts, *doubtful, *left]
    files = {f"{stems[key]}.docx": len(told.comments) for key, told in letters.items()}
    return console.close(found, letters=files, head=sheet.journal_head)


def _rows(intake: Intake, lang: str) -> tuple[ScoreSheet, list[Finding], pd.DataFrame]:
    """Return the points with what was decided, and what is known of each item."""
    sheet, found = scored(intake)
    # What the final points rest on is no matter of a letter, and the matrix shows it itself.
    doubts = [one for one in found if one.code not in _OF_FINAL]
    rows = rows_to_decide(sheet, intake.claims, intake.proof, digests_of(intake), lang)
    return sheet, doubts, rows


def _letters(
    options: argparse.Namespace,
    sheet: ScoreSheet,
    rows: pd.DataFrame,
    decided: pd.DataFrame,
    due: dt.date,
    lang: str,
    earlier: pd.DataFrame,
) -> Iterator[tuple[UnitKey, Letter]]:
    applies = rows[rows["status"] != "not_applicable"]
    keys = pd.Series(unit_keys(applies), index=applies.index)
    of_items = applies["item_code"].groupby(keys).agg(set)
    mine, before = (
        pd.Series(unit_keys(table), index=table.index, dtype=object) for table in (decided, earlier)
    )
    for key, name in zip(sheet.keys, sheet.units["unit_name"], strict=True):
        own = decided[mine == key]
        if not len(own):
            continue
        asked = is_comment(own)
        left = of_items.get(key, set()) - set(own["item_code"])
        kept = left & set(earlier["item_code"][before == key])
        when = label("chart_year", lang, year=key.when) if key.when.isdecimal() else key.when
        yield (
            key,
            Letter(
                lang=lang,
                unit_name=name or key.unit_code,
                when=when,
                criteria_set=set_identity(sheet.criteria, lang),
                round=options.round,
                comments=own[asked],
                accepted=tuple(own["item_code"][~asked & own["lost_points"].notna()]),
                not_claimed=tuple(own["item_code"][~asked & own["lost_points"].isna()]),
                kept=tuple(sorted_codes(kept)),
                undecided=tuple(sorted_codes(left - kept)),
                due=due,
                head=sheet.journal_head,
                sender=options.sender,
                decimals=sheet.criteria.meta.decimals,
            ),
        )


def _due_findings(due: dt.date, looked_on: dt.date, sheet: ScoreSheet) -> Iterator[Finding]:
    if due < looked_on:
        yield Finding("letter-due-past", values={"value": due, "expected": looked_on})
    for year in sorted(set(sheet.units["year"])):
        if due.year not in (year, year + 1):
            yield Finding("letter-due-other-year", values={"value": due, "year": int(year)})


def _undecided(sheet: ScoreSheet, letters: Any, round: str) -> Iterator[Finding]:
    """Name the units on which the round decided nothing."""
    for key in sheet.keys:
        if key not in letters:
            values = {"round": Label(f"round_{round}")}
            yield Finding("letter-unit-undecided", unit_code=key.unit_code, values=values)


def matrix(options: argparse.Namespace, console: Console) -> int:
    """Write every comment with its answer and how it stands, and count them by unit."""
    intake = intake_of(options, options.files)
    due, looked_on = day_of(options.due), day_looked_at(options)
    sheet, doubts, rows = _rows(intake, console.lang)
    before, wrong = None, list[Finding]()
    if options.before:
        older = read_files([Path(name) for name in options.before], intake.criteria)
        before, wrong = _rows(older, console.lang)[2], [*errors_in(older)]
    answers = answers_of(intake.appraisal, intake.ledger_units)
    decided, told = decided_rows(sheet, rows), answers[[*ITEM, "answer", "ledger_day"]]
    comments = comment_matrix(decided, told, due=due, looked_on=looked_on, before=before)
    counts, decimals = comment_counts(comments), sheet.criteria.meta.decimals
    days = {"due": format_date(due, console.lang), "on": format_date(looked_on, console.lang)}
    about = {
        "set": sheet.criteria.introduced(console.lang),
        "head": sheet.journal_head[:16],
        **days,
    }
    told_about = console.text("matrix_about", **about)
    badge = sheet.criteria.badge(console.lang)
    words = MatrixWords(console.lang, told_about, decimals, told_names(sheet.units), badge)
    used = [path for path in map(Path, options.files) if path.is_file()]
    with results_folder(Path(options.out), used, run_facts(sheet), "appraise matrix") as folder:
        write_table(comments, "Comments", folder, decimals, options.csv_dialect)
        write_table(counts, "CommentCounts", folder, decimals, options.csv_dialect)
        made = comment_workbook(comments, counts, words)
        write_atomically(folder / "comments.xlsx", made)
    totals = {name: int(counts[name].sum()) for name in COUNTED}
    _show(words.units(counts), counts, totals, console)
    console.wrote(options.out)
    found = [*intake.findings, *wrong, *sheet.findings, *doubts]
    found += answer_findings(comments, answers)
    given = {"units": counts.to_dict("records"), "comments": comments.to_dict("records")}
    return console.close(found, **given, totals=totals, head=sheet.journal_head)


def _show(
    names: Sequence[str], counts: pd.DataFrame, totals: dict[str, int], console: Console
) -> None:
    rows: list[Sequence[str]] = [
        (name, *map(str, numbers))
        for name, numbers in zip(names, counts[list(COUNTED)].to_numpy(), strict=True)
    ]
    heads = [console.text(f"matrix_{name}") for name in ("unit", *COUNTED)]
    console.table(heads, rows[:_SHOWN], " " + "r" * len(COUNTED))
    console.print(console.text("matrix_said", **totals))
