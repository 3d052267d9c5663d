"""``parindex criteria ...``: list, show and check criteria sets."""

from __future__ import annotations

import argparse

from scoring.base.dates import format_date
from scoring.base.numbers import format_number
from scoring.cli.console import CLEAN, UNUSABLE, Console
from scoring.criteria import CriteriaSet, Node, check_set, list_sets, open_set


def list_all(options: argparse.Namespace, console: Console) -> int:
    """List all sets with their status."""
    rows, listed = [], []
    for set_id, folder in list_sets().items():
        checked = check_set(folder)
        meta = checked.criteria.meta if checked.criteria else None
        status = console.text(f"status_{meta.status}") if meta else "?"
        items = len(checked.criteria.leaves) if checked.criteria else 0
        rows.append((set_id, status, str(items), meta.name(console.lang) if meta else "?"))
        listed.append(
            {
                "id": set_id,
                "status": meta.status if meta else None,
                "items": items,
                "place": str(folder),
            }
        )
    header = (
        "id",
        console.text("set_status"),
        console.text("items_count"),
        console.text("criteria_set"),
    )
    console.table(header, rows, "  r ")
    console.give(listed)
    return CLEAN


def show(options: argparse.Namespace, console: Console) -> int:
    """Print a set: identity, caveats, tree with rules."""
    criteria = open_set(options.set)
    for line in describe(criteria, console):
        console.print(line)
    console.give(
        {
            "id": criteria.set_id,
            "fingerprint": criteria.fingerprint,
            "items": criteria.items.to_dict("records"),
        }
    )
    return CLEAN


def describe(criteria: CriteriaSet, console: Console) -> list[str]:
    """Return a set as lines of text."""
    meta, lang = criteria.meta, console.lang
    lines = [meta.name(lang), f"id: {meta.set_id}  ({meta.version})"]
    lines.append(f"{console.text('set_status')}: {console.text(f'status_{meta.status}')}")
    if meta.valid_from:
        until = f" – {format_date(meta.valid_to, lang)}" if meta.valid_to else ""
        lines.append(f"{console.text('valid_from')}: {format_date(meta.valid_from, lang)}{until}")
    lines.append(f"{console.text('source')}: {meta.source}")
    lines += [f"! {caveat[lang] or caveat['vi']}" for caveat in meta.caveats]
    lines.append("")
    for node in criteria.nodes:
        lines += _node_lines(criteria, node, lang)
    return lines


def _node_lines(criteria: CriteriaSet, node: Node, lang: str) -> list[str]:
    indent = "  " * (node.code.count(".") + node.code.count("-"))
    points = format_number(node.max_points, lang=lang)
    lines = [f"{indent}{node.code}  {node.name(lang)}  [{points}]"]
    if node.is_item:
        lines.append(f"{indent}    {criteria.rules[node.code].sentence(lang)}")
    if node.note(lang):
        lines.append(f"{indent}    ! {node.note(lang)}")
    return lines


def check(options: argparse.Namespace, console: Console) -> int:
    """Check a set and list every finding."""
    checked = check_set(options.set, lint=not options.no_lint)
    console.give(
        {
            "sound": checked.is_sound,
            "findings": console.findings_json(checked.findings),
        }
    )
    code = console.report(checked.findings)
    if checked.criteria is None:
        return UNUSABLE
    key = "set_is_sound" if checked.is_sound else "set_is_not_sound"
    leaves, total = (
        len(checked.criteria.leaves),
        format_number(checked.criteria.meta.total_points, lang=console.lang),
    )
    console.print(console.text(key, set_id=checked.criteria.set_id, items=leaves, total=total))
    return code
