"""``parindex criteria import-appendix / review``: from a decision to a set that a person checked."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from scoring.base.dates import read_date
from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.base.numbers import format_number
from scoring.cli.console import Console
from scoring.criteria.appendix import AppendixAbout
from scoring.criteria.appendix import import_appendix as imported
from scoring.criteria.appendix.review import (
    Review,
    ReviewRow,
    confirm_rows,
    confirmed_set,
    read_review,
    review_bytes,
    still_confirmed,
)
from scoring.criteria.appendix.review.review_cells import Block
from scoring.criteria.appendix.review.review_formulas import worked_points
from scoring.criteria.writing import write_set
from scoring.files.table_files import csv_bytes
from scoring.rules import compile_rule


def import_appendix(options: argparse.Namespace, console: Console) -> int:
    """Make a set from the table of a decision, and the workbook in which it is reviewed."""
    day = read_date(options.valid_from).value
    if day is None:
        raise UsageError(f"--valid-from {options.valid_from!r} (01/01/2026, 2026-01-01)")
    about = AppendixAbout(options.id, options.name, options.tier, day)
    result = imported(Path(options.file), about, part=options.part, lang=console.lang)
    findings = list(result.findings)
    kept: dict[str, Block] = {}
    if options.review:
        kept, lapsed = still_confirmed(result, read_review(Path(options.review)))
        findings += [Finding("review-lapsed", options.review, item_code=code) for code in lapsed]
    table = result.table(console.lang)
    book = review_bytes(result, kept)
    # What was confirmed is the rule of the set too, not only of the sheet beside it.
    raw = confirmed_set(book) if kept else result.raw
    write_set(raw, Path(options.out), {"review.csv": csv_bytes(table), "review.xlsx": book})
    counts = Counter(table["confidence"])
    console.print(console.text("appendix_read", sure=counts["sure"], review=counts["to_review"]))
    console.wrote(options.out)
    return console.close(findings, rows=table.to_dict("records"))


def review(options: argparse.Namespace, console: Console) -> int:
    """Say how far a review is; confirm rows of it; write its set once every cell is filled in."""
    path = Path(options.file)
    found = read_review(path)
    if options.confirm:
        found = _confirmed(options, found, path)
        console.wrote(options.write)
    console.print(console.text("review_progress", open=len(found.open), count=len(found.doubted)))
    if options.show:
        _show(_row(found, options.show), console)
    else:
        for row in found.open:
            item = row.block.item
            console.print(console.text(
                "review_open_row", code=row.code, name=item["content"], reason=item.get("doubt") or ""
            ))  # fmt: skip
    findings = [*found.findings, *found.checked.findings]
    if options.out and found.is_complete:
        source = Path(options.write) if options.confirm else path
        write_set(found.raw, Path(options.out), {"review.xlsx": source.read_bytes()})
        console.wrote(options.out)
    elif options.out:
        console.say(console.text("review_incomplete"))
    return console.close(findings, open=[row.code for row in found.open], count=len(found.doubted))


def _confirmed(options: argparse.Namespace, found: Review, path: Path) -> Review:
    """Write a copy in which the items named are confirmed, and return what it holds."""
    day = read_date(options.on).value if options.on else None
    if not (options.by and day and options.write):
        raise UsageError("--confirm needs --by, --on and --write", Finding("review-needs-who"))
    for code in options.confirm:
        _row(found, code)
    confirm_rows(found, path, options.confirm, options.by, day, Path(options.write))
    return read_review(Path(options.write))


def _row(found: Review, code: str) -> ReviewRow:
    row = next((row for row in found.rows if row.code == code), None)
    if row is None:
        raise UsageError(f"{code!r}: {', '.join(row.code for row in found.rows)}")
    return row


def _show(row: ReviewRow, console: Console) -> None:
    """Print what the decision says, what the rule says, and what typical figures earn."""
    item = row.block.item
    console.print(f"{row.code}  {item['content']}")
    console.print(console.text("review_show_text"))
    for line in str(item.get("text") or "—").split("\n"):
        console.print(f"  {line}")
    if row.spec is None:
        console.print(f"{console.text('review_show_rule')} {item.get('kind') or '—'}")
        return
    console.print(
        f"{console.text('review_show_rule')} {compile_rule(row.spec).sentence(console.lang)}"
    )
    tried = worked_points(row.spec)
    if tried:
        said = (f"{_shown(x, console)} → {_shown(y, console)}" for x, y in tried)
        console.print(f"{console.text('review_show_try')} {'; '.join(said)}")


def _shown(value: float, console: Console) -> str:
    return format_number(value, lang=console.lang)
