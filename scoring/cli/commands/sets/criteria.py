"""``parindex criteria ...``: list, show and check criteria sets."""

from __future__ import annotations

import argparse
from pathlib import Path

from scoring.base.dates import format_date
from scoring.base.numbers import format_number
from scoring.cli.console import CLEAN, UNUSABLE, Console
from scoring.criteria import CriteriaSet, Node, check_set, list_sets, open_set
from scoring.criteria.readable_set import structure_points


def list_all(options: argparse.Namespace, console: Console) -> int:
    """List all sets with their status."""
    rows, listed = [], []
    for set_id, folder in list_sets().items():
        checked = check_set(folder)
        meta = checked.criteria.meta if checked.criteria else None
        status = console.text(f"status_{meta.status}") if meta else "?"
        items = len(checked.criteria.leaves) if checked.criteria else 0
        rows.append((set_id, status, str(items), meta.name(console.lang) if meta else "?"))
        known = meta.status if meta else None
        listed.append({"id": set_id, "status": known, "items": items, "place": str(folder)})
    header = ["id", *console.heads("", "set_status", "items_count", "criteria_set")]
    console.table(header, rows, "  r ")
    console.give(listed)
    return CLEAN


def show(options: argparse.Namespace, console: Console) -> int:
    """Print a set: its identity, its caveats and its tree with maxima and rules in short."""
    criteria = open_set(options.set)
    for line in describe(criteria, console):
        console.print(line)
    known = {"id": criteria.set_id, "fingerprint": criteria.fingerprint}
    console.give(known | {"items": criteria.items.to_dict("records")})
    return CLEAN


def describe(criteria: CriteriaSet, console: Console) -> list[str]:
    """Return a set as lines of text: what it is, then one line per node."""
    meta, lang = criteria.meta, console.lang
    lines = [meta.name(lang), f"id: {meta.set_id}  ({meta.version})"]
    lines.append(f"{console.text('set_status')}: {console.text(f'status_{meta.status}')}")
    if meta.valid_from:
        until = f" – {format_date(meta.valid_to, lang)}" if meta.valid_to else ""
        lines.append(f"{console.text('valid_from')}: {format_date(meta.valid_from, lang)}{until}")
    lines.append(f"{console.text('source')}: {meta.source}")
    lines += [f"! {caveat[lang] or caveat['vi']}" for caveat in meta.caveats]
    lines.append("")
    lines += [_node_line(node, console) for node in criteria.nodes]
    return lines


def _node_line(node: Node, console: Console) -> str:
    indent = "  " * (node.code.count(".") + node.code.count("-"))
    points = structure_points(node, console.lang)
    rule = f"  ({console.text(f'rule_{node.rule}')})" if node.rule else ""
    return f"{indent}{node.code}  {node.name(console.lang)}  [{points}]{rule}"


def explain(options: argparse.Namespace, console: Console) -> int:
    """Print rules, evidence, worked examples and sources; or write them as a handbook."""
    from scoring.criteria.handbook import write_handbook
    from scoring.criteria.readable_set import explain_set

    criteria = open_set(options.set)
    text = explain_set(criteria, options.item, console.lang)
    if options.out:
        path = write_handbook(criteria, Path(options.out), console.lang)
        console.wrote(path)
    else:
        console.print(text)
    console.give({"text": text})
    return CLEAN


def check(options: argparse.Namespace, console: Console) -> int:
    """Check a set and list every finding."""
    checked = check_set(options.set, lint=not options.no_lint)
    code = console.close(checked.findings, sound=checked.is_sound)
    if checked.criteria is None:
        return UNUSABLE
    key = "set_is_sound" if checked.is_sound else "set_is_not_sound"
    total = format_number(checked.criteria.meta.total_points, lang=console.lang)
    items = len(checked.criteria.leaves)
    console.print(console.text(key, set_id=checked.criteria.set_id, items=items, total=total))
    return code
