"""``parindex appraise prepare / apply / check / approve / sign / merge``: the appraisers' rounds and their journal."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.analysis.anomalies import find_anomalies
from scoring.analysis.anomalies.row_marks import row_marks
from scoring.appraisal import append_decisions, check_journal, merge_journals, read_journal
from scoring.appraisal.agreement import agreement, kappa_available, moderation_list
from scoring.appraisal.appraiser_workbook import appraiser_workbook_bytes
from scoring.appraisal.approvals import (
    append_approval,
    approved_digests,
    decisions_digest,
    lapsed_approvals,
    nothing_approved,
)
from scoring.appraisal.assignments import assigned, read_assignments
from scoring.appraisal.comments import answers_of, with_earlier_talk
from scoring.appraisal.journal import open_journal
from scoring.appraisal.journal_lines import APPROVAL
from scoring.appraisal.rows_to_decide import (
    left_open,
    rows_of_next_round,
    rows_to_decide,
)
from scoring.appraisal.signatures import (
    held_signature_findings,
    sign_journal,
    signature_findings,
    signature_text,
)
from scoring.appraisal.workbook_decisions import returned_workbooks
from scoring.base.errors import FindingsError, UsageError
from scoring.base.findings import Finding
from scoring.base.numbers import format_number
from scoring.base.text import first_few
from scoring.base.units import UnitKey, unit_keys
from scoring.batch.scored import compute
from scoring.batch.submissions import Intake, read_files
from scoring.cli.commands.appraising.appraise_anomalies import handed_in
from scoring.cli.commands.given_files import (
    chosen_set,
    day_looked_at,
    digests_of,
    errors_in,
    intake_of,
)
from scoring.cli.console import Console
from scoring.files.atomic import write_atomically
from scoring.files.overwriting import make_room
from scoring.files.paths import read_bytes
from scoring.files.whole_folder import whole_folder
from scoring.outputs.naming import file_stems
from scoring.tables import rows_of

_ALL = "tham-dinh"


def prepare(options: argparse.Namespace, console: Console) -> int:
    """Write a workbook for each appraiser; what nobody is assigned to is named."""
    intake = intake_of(options, options.files)
    result = compute(intake, lang=console.lang)
    rows = rows_to_decide(
        result.sheet, intake.claims, intake.proof, digests_of(intake), console.lang
    )
    unusual, _ = find_anomalies(result.sheet, handed_in(intake), lang=console.lang)
    rows = rows.assign(look_again=row_marks(rows, unusual, console.lang))
    findings, known = list(result.findings), rows
    if options.round != "1":
        if not options.journal:
            raise UsageError(
                "a later round needs --journal FILE", Finding("appraise-needs-journal")
            )
        decisions, problems, _ = read_journal(Path(options.journal))
        findings += [*problems, *left_open(rows, decisions, options.round)]
        rows = rows_of_next_round(rows, decisions, options.round, intake.criteria.meta.decimals)
        answers = answers_of(intake.appraisal, intake.ledger_units)
        rows = with_earlier_talk(rows, decisions, answers, options.round, console.lang)
    parts = {"": rows}
    if options.assign:
        assignments, problems = read_assignments(Path(options.assign))
        parts, unassigned = assigned(rows, assignments, intake.criteria, known)
        findings += [*problems, *unassigned]
    stems = file_stems(UnitKey(name or _ALL, 0) for name in parts)
    with whole_folder(Path(options.out)) as folder:
        for name, mine in parts.items():
            made = appraiser_workbook_bytes(
                mine, intake.criteria, name, options.round, console.lang
            )
            write_atomically(folder / f"{stems[UnitKey(name or _ALL, 0)]}.xlsx", made)
    counts = [(name or "—", str(len(mine))) for name, mine in parts.items()]
    console.table(console.heads("appraise_", "appraiser", "items"), counts, " r")
    console.wrote(options.out)
    return console.close(findings, workbooks=dict(counts))


def apply(options: argparse.Namespace, console: Console) -> int:
    """Take workbooks back and add their decisions to the journal."""
    journal = Path(options.journal)
    known, season = pd.DataFrame(), ""
    if journal.exists():
        known, _, _ = read_journal(journal)
        season = str(open_journal(journal).season.get("set_fingerprint", ""))
    intake = _ledgers(options)
    told = returned_workbooks(
        [Path(name) for name in options.files],
        decided_on=day_looked_at(options),
        decided_by=options.by,
        set_fingerprint=season,
        digests=digests_of(intake) if intake else None,
        assigned=_assigned(options, intake) if options.assign else None,
    )
    decisions = told.decisions
    decisions["corrects"] = [_corrected(row, known) for row in rows_of(decisions)]
    before = _lines(journal)
    head, problems = append_decisions(journal, decisions)
    # What is wrong with the journal itself refuses no decision.
    refused = told.refused + sum(found.code.startswith("decision-") for found in problems)
    counts = {"count": len(decisions), "added": _lines(journal) - before}
    counts |= {"open": told.open, "refused": refused}
    console.print(console.text("appraise_applied", **counts))
    _show_head(head, console)
    wrong = errors_in(intake) if intake else ()
    return console.close([*wrong, *told.findings, *problems], **counts, head=head)


def check(options: argparse.Namespace, console: Console) -> int:
    """Look a journal through, and say how far its appraisers agree."""
    path = Path(options.journal_file)
    findings = check_journal(path, options.head)
    decisions, _, head = read_journal(path)
    findings += signature_findings(path, options.signer)
    if options.signature:
        findings += held_signature_findings(path, Path(options.signature))
    if intake := _ledgers(options):
        findings += errors_in(intake)
        findings += _outdated(decisions, digests_of(intake))
        findings += lapsed_approvals(path, _approved(intake, decisions, console))
    elif count := sum(1 for _ in open_journal(path).of(APPROVAL)):
        findings.append(Finding("approvals-not-checked", str(path), values={"count": count}))
    pairs, disputed = agreement(decisions), moderation_list(decisions, console.lang)
    if len(pairs) and not kappa_available():
        findings.append(Finding("kappa-not-computed"))
    console.print(console.text("appraise_decisions", count=len(decisions)))
    _show_head(head, console)
    _show_pairs(pairs, console)
    _show_disputed(disputed, console)
    told = {"pairs": pairs.to_dict("records"), "moderation": disputed.to_dict("records")}
    return console.close(findings, head=head, decisions=len(decisions), **told)


def approve(options: argparse.Namespace, console: Console) -> int:
    """Add an approval to the journal: it lapses when ledgers, set, points or decisions change."""
    path, intake = Path(options.journal_file), intake_of(options, options.approved)
    decisions, findings, _ = read_journal(path)
    digests = _approved(intake, decisions, console)
    if nothing := nothing_approved(path, digests):
        raise FindingsError("nothing to approve", (*intake.findings, *nothing))
    head, problems = append_approval(
        path, digests, approved_by=options.by, approved_on=day_looked_at(options)
    )
    _show_approved(intake, console)
    _show_head(head, console)
    return console.close([*intake.findings, *findings, *problems], head=head, approved=digests)


def _show_approved(intake: Intake, console: Console) -> None:
    """Say which units the approval is of, and which files it is not."""
    units = [f"{key.unit_code} ({key.when})" for key in digests_of(intake)]
    said = {"count": len(units), "units": "; ".join(first_few(units))}
    console.print(console.text("appraise_approved", **said))
    if intake.unreadable:
        files = "; ".join(first_few(sorted(intake.unreadable)))
        console.print(console.text("appraise_not_approved", files=files))


def sign(options: argparse.Namespace, console: Console) -> int:
    """Sign the head of a journal; with ``--out`` the signature goes into a file as well."""
    path, password = Path(options.journal_file), _password(options, console)
    if options.out:
        # Refused before the journal gets a line.
        make_room((Path(options.out), None))
    head = sign_journal(path, Path(options.key), password)
    _show_head(head, console)
    if options.out:
        write_atomically(Path(options.out), signature_text(path))
        console.wrote(options.out)
    return console.close(list(signature_findings(path)), head=head)


def _password(options: argparse.Namespace, console: Console) -> bytes | None:
    """Return the password of the key: from a file or typed unseen, never from the command line."""
    if options.password_file:
        return read_bytes(Path(options.password_file), 10_000).rstrip(b"\r\n") or None
    if not sys.stdin.isatty():
        return None
    return getpass.getpass(console.text("appraise_password")).encode() or None


def merge(options: argparse.Namespace, console: Console) -> int:
    """Merge the journals of two people; nothing of either is lost."""
    head, findings = merge_journals(Path(options.one), Path(options.other), Path(options.out))
    _show_head(head, console)
    console.wrote(options.out)
    return console.close(findings, head=head)


def _lines(journal: Path) -> int:
    """Return how many decisions the journal holds, 0 where there is none yet."""
    return sum(1 for _ in open_journal(journal).of("decision")) if journal.exists() else 0


def _ledgers(options: argparse.Namespace) -> Intake | None:
    """Return what ``--ledgers`` names."""
    if not options.ledgers:
        return None
    return read_files([Path(name) for name in options.ledgers], chosen_set(options))


def _approved(intake: Intake, decisions: pd.DataFrame, console: Console) -> dict[str, str]:
    """Return the digests of what an approval stands on, decisions among them."""
    scores = compute(intake, lang=console.lang).sheet.scores
    digests = approved_digests(intake.criteria.fingerprint, scores, digests_of(intake))
    return {**digests, "decisions": decisions_digest(decisions)}


def _assigned(options: argparse.Namespace, intake: Intake | None) -> set[tuple[str, str, str]]:
    """Return who may decide which item of which unit."""
    if intake is None:
        raise UsageError("--assign needs --ledgers", Finding("appraise-needs-ledgers"))
    assignments, _ = read_assignments(Path(options.assign))
    # Every item of every unit, those among them of which no figure was handed in.
    pairs = (intake.inputs["unit_code"].unique(), [node.code for node in intake.criteria.leaves])
    rows = pd.MultiIndex.from_product(pairs, names=["unit_code", "item_code"]).to_frame(index=False)
    parts, _ = assigned(rows, assignments, intake.criteria)
    return {(name, *row) for name, mine in parts.items() for row in mine.itertuples(index=False)}


def _corrected(row: Any, known: pd.DataFrame) -> str:
    """Return the line that a correction takes the place of; a mark where there is none."""
    if not row.corrects:
        return ""
    if not len(known):
        return "?"
    names = ("round", "unit_code", "year", "period", "item_code", "decided_by")
    same = (known[list(names)] == [getattr(row, name) for name in names]).all(axis=1)
    return str(known.loc[same, "entry"].iloc[-1]) if same.any() else "?"


def _outdated(decisions: pd.DataFrame, digests: Mapping[UnitKey, str]) -> Iterator[Finding]:
    """Yield each decision that was made on another version of the ledger than there is now."""
    for key, row in zip(unit_keys(decisions), decisions.to_dict("records"), strict=True):
        now = digests.get(key, "")
        if row["ledger_digest"] and row["ledger_digest"] != now:
            place = {name: str(row[name]) for name in ("file", "cell", "unit_code", "item_code")}
            values = {"value": row["ledger_digest"], "expected": now}
            code = "appraisal-older-ledger" if now else "appraisal-ledger-not-given"
            yield Finding(code, **place, values=values)


def _show_head(head: str, console: Console) -> None:
    if head:
        console.print(console.text("appraise_head", head=head))


def _show_pairs(pairs: pd.DataFrame, console: Console) -> None:
    def said(value: float) -> str:
        return "—" if value != value else format_number(value, 2, console.lang)

    rows = [
        (r.round, r.one, r.other, str(r.items), said(r.agree_percent), said(r.mean_difference),
         said(r.kappa))
        for r in rows_of(pairs)
    ]  # fmt: skip
    if rows:
        console.print()
        names = ("round", "one", "other", "items", "agree", "difference", "kappa")
        console.table(console.heads("appraise_", *names), rows, "   rrrr")


def _show_disputed(disputed: pd.DataFrame, console: Console, most: int = 20) -> None:
    rows = [
        (r.unit_code, r.item_code, r.round, format_number(r.spread, 2, console.lang), r.who)
        for r in rows_of(disputed.head(most))
    ]
    if rows:
        console.print()
        console.print(console.text("appraise_moderation", count=len(disputed)))
        names = ("unit", "item", "round", "difference", "who")
        console.table(console.heads("appraise_", *names), rows, "   r ")
