"""``parindex evidence ...``: documents in, proof checked, a bundle for the appraiser out."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.base.dates import format_date
from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.base.numbers import format_number
from scoring.base.text import shortened
from scoring.batch.recomputed import differences
from scoring.batch.submissions import read_files
from scoring.cli.commands.given_files import chosen_set, intake_of
from scoring.cli.console import Console
from scoring.evidence.bundle import write_bundle
from scoring.evidence.desk import (
    Desk,
    judged,
    new_rows,
    open_desk,
    scan_desk,
    with_documents,
    with_recorded_hashes,
)
from scoring.evidence.documents.scan import (
    Scan,
    proposed_documents,
    proposed_links,
    scan_folder,
)
from scoring.evidence.ledger.cell_changes import LedgerChanges
from scoring.evidence.proof import STATES, Look, Proof, with_hashes
from scoring.files.atomic import write_atomically
from scoring.files.sealed.data_package import write_data_package
from scoring.files.table_files import csv_bytes, write_csv
from scoring.files.whole_folder import whole_folder
from scoring.points import score
from scoring.points.proof import explanations_needed, missing_explanations, with_tracks
from scoring.tables import rows_of


def _desk(options: argparse.Namespace) -> Desk:
    return open_desk(Path(options.ledger), chosen_set(options))


def _write(changes: LedgerChanges, target: Path, console: Console) -> None:
    """Write a ledger with its changes; what has no place in it is said first."""
    console.report(changes.findings)
    write_atomically(target, changes.to_bytes())
    console.wrote(target)


def scan(options: argparse.Namespace, console: Console) -> int:
    """Read the documents and propose rows; write them only when asked, into a new workbook.

    A folder takes the place of a ledger where there is none.
    """
    desk = None if Path(options.ledger).is_dir() else _desk(options)
    if desk is None and options.write:
        raise UsageError("--write needs a ledger", Finding("scan-write-without-ledger"))
    found = _scanned(desk, options, console)
    documents = proposed_documents(found)
    links = proposed_links(found, documents)
    if desk is not None:
        documents, links = new_rows(desk, found)
    reasons = _reasons(documents, found.suggestions)
    _show_proposals(documents, links, console)
    _show_reasons(reasons, console)
    for (_, reason), rows in found.duplicates.groupby(["group", "reason"], sort=False):
        console.print(f"  = {', '.join(rows['path'])}: {console.text(str(reason))}")
    tables = {"documents": _as_known(documents), "links": links, "suggestions": reasons}
    told = {name: table.to_dict("records") for name, table in tables.items()}
    # Given first: a workbook that cannot be written must not take the result with it.
    console.give(told | {"findings": console.findings_json(found.findings)})
    if options.out:
        with whole_folder(Path(options.out)) as folder:
            for name, table in tables.items():
                write_csv(table, folder / f"{name}.csv")
            write_data_package(folder, "evidence scan")
        console.wrote(options.out)
    if desk is not None and options.write:
        _write(with_documents(desk, documents, links), Path(options.write), console)
    elif not options.out:
        console.say(console.text("nothing_written"))
    return console.report(found.findings)


def _scanned(desk: Desk | None, options: argparse.Namespace, console: Console) -> Scan:
    folder = Path(options.documents) if options.documents else None
    with console.progress("scanning") as step:
        if desk is not None:
            return scan_desk(desk, folder, console.lang, step)
        criteria = chosen_set(options)
        items = criteria.items[criteria.items["is_item"]] if criteria else None
        evidence = criteria.tables["evidence"] if criteria else None
        place = folder or Path(options.ledger)
        how = {"year": options.year, "lang": console.lang, "progress": step}
        return scan_folder(place, items, evidence, **how)


def _show_proposals(documents: pd.DataFrame, links: pd.DataFrame, console: Console) -> None:
    codes: dict[Any, str] = {}
    if len(links):
        codes = links.groupby("document_id")["item_code"].agg(", ".join).to_dict()
    rows = [
        (
            row.document_id,
            row.document_number or "—",
            _date_text(row.issued_on, row.issued_precision, console.lang),
            shortened(row.title or row.path, 60),
            codes.get(row.document_id, ""),
        )
        for row in rows_of(documents)
    ]
    heads = console.heads("column_document_", "id", "number", "issued_on", "title", "items")
    console.table(heads, rows)
    console.print(console.text("documents_proposed", count=len(rows)))


def _reasons(documents: pd.DataFrame, suggestions: pd.DataFrame) -> pd.DataFrame:
    """Return the suggestions for new documents: id, item, score, reason."""
    ids = documents[["document_id", "path"]].merge(suggestions, on="path")
    return ids[["document_id", "path", "item_code", "score", "reason"]]


def _show_reasons(reasons: pd.DataFrame, console: Console) -> None:
    for row in reasons.to_dict("records"):
        score = format_number(row["score"], 2, console.lang)
        console.print(f"  {row['document_id']} → {row['item_code']} ({score}): {row['reason']}")


def _as_known(documents: pd.DataFrame) -> pd.DataFrame:
    """Return documents for JSON: dates no more precise than known, such as 2026-01."""
    forms = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}
    days = zip(documents["issued_on"], documents["issued_precision"], strict=True)
    written = [f"{day:{forms[known]}}" if known in forms else None for day, known in days]
    return documents.assign(issued_on=pd.Series(written, documents.index, dtype="object"))


def _date_text(day: pd.Timestamp, precision: str, lang: str) -> str:
    """Write a date no more precisely than the document has it."""
    if precision not in ("day", "month", "year") or pd.isna(day):
        return "—"
    # The parts that are not known stand in front: 10/01/2025, 10 Jan 2025.
    whole = format_date(day.date(), lang)
    known = ("day", "month", "year").index(precision)
    return re.split(r"[/ ]", whole, maxsplit=known)[-1] if known else whole


def link(options: argparse.Namespace, console: Console) -> int:
    """Record the SHA-256 of every linked file in a new workbook."""
    desk = _desk(options)
    with console.progress("hashing") as step:
        documents, findings = with_hashes(
            desk.root, desk.ledger.documents, again=options.again, progress=step
        )
    before = desk.ledger.documents["sha256"]
    added = int((documents["sha256"] != before).sum())
    console.print(console.text("hashes_recorded", count=added))
    left = {
        "hashes_kept": 0 if options.again else int((before != "").sum()),
        "hashes_without_file": int((documents["path"] == "").sum()),
    }
    for key, count in left.items():
        if count:
            console.print(console.text(key, count=count))
    console.give({"recorded": added, "findings": console.findings_json(findings)})
    if options.write:
        _write(with_recorded_hashes(desk, documents), Path(options.write), console)
    else:
        console.say(console.text("nothing_written"))
    return console.report(findings)


def verify(options: argparse.Namespace, console: Console) -> int:
    """Check every document: there, unchanged, of its kind, in time, signed, linked."""
    desk = _desk(options)
    with console.progress("verifying") as step:
        proof = judged(desk, Look(progress=step))
    findings = (*desk.ledger.findings, *proof.findings(desk.criteria.items))
    _show_states(proof, console)
    if not findings:
        console.print(console.text("documents_sound", count=len(desk.ledger.documents)))
    return console.close(findings, items=proof.verdicts.to_dict("records"))


def _show_states(proof: Proof, console: Console) -> None:
    """Print how many items stand in each state of proof."""
    counts = proof.verdicts["state"].value_counts()
    rows = [
        (console.text(f"proof_state_{state}"), str(counts[state]))
        for state in STATES
        if state in counts
    ]
    console.table(console.heads("column_", "explain_proof", "proof_items"), rows, " r")


def explanations(options: argparse.Namespace, console: Console) -> int:
    """List every item that needs a giải trình: open, or without sufficient proof."""
    intake = intake_of(options, [options.ledger])
    if intake.unreadable:
        return console.fail(intake.findings)
    scored = score(intake.inputs, intake.criteria)
    sheet, _ = with_tracks(scored, intake.claims, intake.proof)
    table = explanations_needed(sheet, intake.claims, console.lang, intake.proof)
    decimals = intake.criteria.meta.decimals
    rows = [
        (
            row.item_code,
            shortened(row.item_name, 60),
            console.text(f"status_{row.status}"),
            console.text(f"proof_state_{row.proof}") if row.proof else "—",
            # Of what is open nobody knows yet how much proof would have to carry.
            format_number(row.points_at_risk, decimals, console.lang)
            if row.status == "scored"
            else "—",
            console.text("yes" if row.given else "no"),
        )
        for row in rows_of(table)
    ]
    heads = console.heads("column_explain_", "item", "name", "status", "proof", "risk", "given")
    console.table(heads, rows, "    r ")
    if options.out:
        write_csv(table, Path(options.out))
        console.wrote(options.out)
    return console.close(tuple(missing_explanations(table)), items=table.to_dict("records"))


def bundle(options: argparse.Namespace, console: Console) -> int:
    """Pack ledger, documents, criteria and scores for the appraiser."""
    desk = _desk(options)
    scores = [Path(options.scores)] if options.scores else []
    intake = read_files([desk.path], desk.criteria)
    verdicts = intake.proof.verdicts if intake.proof else pd.DataFrame()
    files = [file for path in scores for file in (path, *sorted(path.rglob("*.csv")))]
    differing = tuple(differences(files, intake))
    report = write_bundle(
        Path(options.out),
        ledger=desk.path,
        documents=desk.ledger.documents,
        criteria=Path(desk.criteria.place),
        scores=scores,
        verdicts=csv_bytes(verdicts) if len(verdicts) else b"",
        unit_code=desk.ledger.info.unit_code,
        year=desk.ledger.info.year,
        stated=desk.criteria.stated,
    )
    console.print(console.text("bundle_digest", digest=report.digest))
    console.wrote(options.out)
    return console.close((*report.findings, *differing), digest=report.digest)
