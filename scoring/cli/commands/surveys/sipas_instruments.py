"""``parindex sipas list / show / form``: questionnaires, and the files that go out to be filled in."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from scoring.base.findings import Finding
from scoring.base.labels import source_words
from scoring.base.text import shortened
from scoring.base.values import QUESTION_ROLES, SET_STATUSES
from scoring.cli.console import CLEAN, UNUSABLE, Console
from scoring.files.atomic import write_atomically
from scoring.files.whole_folder import whole_folder
from scoring.survey.instrument.instruments import (
    check_instrument,
    list_instruments,
    open_instrument,
)
from scoring.survey.instrument.model import Instrument
from scoring.survey.survey_file import SURVEY_FILE
from scoring.survey.survey_template import DESIGN_FILE, design_beside, survey_template


def list_all(options: argparse.Namespace, console: Console) -> int:
    """List all questionnaires with their status."""
    rows, listed = [], []
    for name, folder in list_instruments().items():
        shown = check_instrument(folder, lint=False).instrument
        status = status_words(shown.status, console) if shown else "?"
        count = len(shown.questions) if shown else 0
        rows.append((name, status, str(count), shown.name(console.lang) if shown else "?"))
        known = shown.status if shown else None
        listed.append({"id": name, "status": known, "questions": count, "place": str(folder)})
    header = ["id", *console.heads("", "set_status", "questions_count", "instrument")]
    console.table(header, rows, "  r ")
    console.give(listed)
    return CLEAN


def show(options: argparse.Namespace, console: Console) -> int:
    """Print a questionnaire, its ways of counting and where they come from; say what is wrong."""
    checked = check_instrument(options.instrument)
    shown = checked.instrument
    if shown is None:
        console.close(checked.findings, sound=False)
        return UNUSABLE
    for line in _described(shown, console):
        console.print(line)
    about = {"id": shown.instrument_id, "fingerprint": shown.fingerprint}
    code = console.close(checked.findings, sound=checked.is_sound, **about)
    key = "instrument_is_sound" if checked.is_sound else "instrument_is_not_sound"
    count = len(shown.questions)
    console.print(console.text(key, instrument=shown.instrument_id, count=count))
    return code


def _described(shown: Instrument, console: Console) -> Iterator[str]:
    lang = console.lang
    yield shown.name(lang)
    yield f"id: {shown.instrument_id}  ({shown.version})  {shown.fingerprint}"
    yield f"{console.text('set_status')}: {status_words(shown.status, console)}"
    yield f"{console.text('instrument_series')}: {shown.series}"
    yield f"{console.text('source')}: {source_words(shown.source, '', lang)}"
    yield from (f"! {(english if lang == 'en' else '') or vn}" for vn, english in shown.caveats)
    factors = {factor.code: factor.name(lang) for factor in shown.factors}
    for aspect, questions in shown.sections():
        yield ""
        yield f"{aspect.code}. {aspect.name(lang)}" if aspect else "-"
        for q in questions:
            # A role that the set does not know has a finding of its own.
            known = q.role in QUESTION_ROLES
            role = console.text(f"instrument_role_{q.role}") if known else shortened(q.role)
            yield f"  {q.code}  {q.text(lang)}  [{factors.get(q.factor) or role}]"
    yield ""
    yield f"{console.text('instrument_counting')}:"
    for way in shown.weightings:
        note = (way.note_en if lang == "en" else "") or way.note_vi
        yield f"  {way.code}  ({status_words(way.status, console)})  {note}  {source_words(way.source, '', lang)}"


def status_words(status: str, console: Console) -> str:
    """Return a status in words: what a public system shows is observed as well."""
    if status not in SET_STATUSES:
        # A finding says which words there are.
        return shortened(status) or "?"
    return console.text("instrument_observed" if status == "observed" else f"status_{status}")


def form(options: argparse.Namespace, console: Console) -> int:
    """Write the printable form and the entry workbook of a questionnaire."""
    shown, out = open_instrument(options.instrument), Path(options.out)
    findings: list[Finding] = []
    made = {}
    if out.suffix.lower() != ".xlsx":
        made[".docx"] = _printed(shown, options.name, console.lang)
    if out.suffix.lower() != ".docx":
        made[".xlsx"], findings = _entered(shown, options, console.lang)
    if out.suffix.lower() in made:
        write_atomically(out, made[out.suffix.lower()])
    else:
        with whole_folder(out) as folder:
            for ending, data in made.items():
                write_atomically(folder / f"{shown.instrument_id}{ending}", data)
            design = design_beside(Path(options.sample)) if options.sample else ""
            write_atomically(folder / SURVEY_FILE, _survey_of(shown, options, design, console.lang))
        if design:
            # Whoever sent the sample may have laid it there, and estimates follow it.
            values = {"sample": Path(options.sample).name, "survey": SURVEY_FILE}
            findings = [*findings, Finding("design-taken-beside", DESIGN_FILE, values=values)]
    console.wrote(out)
    return console.close(findings, place=str(out))


def _survey_of(shown: Instrument, options: argparse.Namespace, design: str, lang: str) -> bytes:
    file = f"{shown.instrument_id}.xlsx"
    return survey_template(shown, file, year=options.year, design=design, lang=lang).encode()


def _printed(shown: Instrument, unit_name: str, lang: str) -> bytes:
    from scoring.outputs.word.questionnaire import questionnaire_bytes

    return questionnaire_bytes(shown, unit_name=unit_name, lang=lang)


def _entered(
    shown: Instrument, options: argparse.Namespace, lang: str
) -> tuple[bytes, list[Finding]]:
    from scoring.survey.entry_reading import read_sample
    from scoring.survey.instrument.entry_workbook import entry_workbook_bytes

    sample, findings = None, list[Finding]()
    if options.sample:
        sample, findings = read_sample(Path(options.sample), shown)
    unit = {"unit_code": options.unit, "unit_name": options.name}
    made = entry_workbook_bytes(shown, sample=sample, forms=options.forms, lang=lang, **unit)
    return made, findings
