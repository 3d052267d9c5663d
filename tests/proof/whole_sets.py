"""Random whole sets of every rule kind and policy, and what random units report under them.

A seed names a set with its units. Both are written as people write them: a folder of tables with
``set.toml``, and a long table in CSV.
"""

from __future__ import annotations

import csv
import datetime as dt
import math
import random
from dataclasses import replace
from pathlib import Path

from random_items import NUMBER_KINDS, random_entries, random_item
from random_sets import leaf_of, random_tree
from set_builder import raw_set

from scoring.criteria.writing import write_set
from scoring.rules import RULE_KINDS, InputSpec

COLUMNS = ("unit_code", "unit_name", "block", "year", "period", "item_code", "input", "value",
           "choice", "happened_on", "not_applicable", "reason")  # fmt: skip
GRADES = ("D", "C", "B", "A")
_SPOKEN = {"Có": ["Có", "có", "x", "YES", "1"], "Không": ["Không", "no", "0"]}
_ITEM_COLUMNS = ("full_at_percent", "floor_percent", "round_to", "floor_points", "points_each",
                 "never_points", "due_on", "formula", "zero_denominator", "not_applicable")  # fmt: skip


def write_random_set(rng, folder, most_leaves=12):
    """Write a random set into `folder`; return its tree."""
    nodes = random_tree(rng, most_leaves, _any_leaf)
    rules = _grade_rules(rng, nodes)
    write_set(raw_set(_meta(rng, nodes, rules), **_tables(nodes, rules)), folder)
    return nodes


def _any_leaf(rng, code, policy, kind):
    spec = random_item(rng, rng.choice([*RULE_KINDS, "formula"]), code)
    if spec.zero_denominator == "not_applicable" and policy == "not_allowed":
        policy = "drop"
    inputs = spec.inputs
    # A rank is a value on its own that is never divided.
    if spec.kind == "bands" and inputs[0].role == "value" and rng.random() < 0.5:
        inputs = (replace(inputs[0], kind="rank"),)
    if spec.kind in ("ratio", "bands", "direct", "count") and rng.random() < 0.2:
        inputs += (InputSpec("late", "count", "grade", minimum=0.0, maximum=50.0),)
    return leaf_of(replace(spec, inputs=inputs, not_applicable=policy), kind)


def _meta(rng, nodes, rules):
    roots = [node for node in nodes if not node.parent and node.kind == "normal"]
    total = sum(node.max_points for node in roots)
    meta = {
        "id": "random", "total_points": rng.choice([total, total, 100.0]), "areas_add_up": False,
        "rounding": {"decimals": rng.choice([1, 2]), "stage": rng.choice(["item", "area", "index"]),
                     "rank_on": rng.choice(["rounded", "unrounded"])},
        "outside_areas": {"may_exceed_total": rng.random() < 0.3},
        "ranking": {"ties": rng.choice(["min", "dense", "max"]),
                    "tie_items": "; ".join(_some_codes(rng, nodes))},
        "evidence": {"no_evidence_percent": 0.0, "late_percent": rng.choice([50.0, 70.0]),
                     "evidence_invalid_percent": rng.choice([0.0, 25.0])},
        "grades": _grades(rng, total), "grade_rules": rules,
    }  # fmt: skip
    for name, caps in (("bonus", [0.5, 1.0, None]), ("penalty", [0.5, None])):
        if cap := rng.choice(caps):
            meta["outside_areas"][f"{name}_cap_points"] = cap
    return meta


def _some_codes(rng, nodes):
    return [node.code for node in rng.sample(nodes, min(len(nodes), rng.randint(0, 2)))]


def _grades(rng, total):
    cuts = [round(total * share, 3) for share in (0.3, 0.5, 0.7)]
    closed = [rng.random() < 0.5 for _ in cuts]
    grades = []
    for at, code in enumerate(GRADES):
        grade = {"code": code, "label_vi": code, "lower_closed": False, "upper_closed": False}
        if at:
            grade |= {"lower": cuts[at - 1], "lower_closed": closed[at - 1]}
        if at < len(cuts):
            grade |= {"upper": cuts[at], "upper_closed": not closed[at]}
        grades.append(grade)
    return grades


def _grade_rules(rng, nodes):
    """Return conditions and a quota; every figure of role ``grade`` is read by one."""
    rules = []
    for node in nodes:
        asked = (
            [entry for entry in node.spec.inputs if entry.kind in NUMBER_KINDS] if node.spec else []
        )
        for entry in asked:
            if entry.role == "grade" or rng.random() < 0.05:
                rules.append(
                    (node.code, f"{entry.name} {rng.choice(['>', '<=', '='])} {rng.randint(0, 30)}")
                )
        if rng.random() < 0.1:
            test = rng.choice(["percent < 50", "points >= 1 and percent > 20", "percent <> 100"])
            rules.append((node.code, test))
    kinds = ("needs", "forces", "caps", "lowers")
    made = [
        {"kind": rng.choice(kinds), "grade": rng.choice(GRADES), "item_code": code, "test": test}
        for code, test in rules
    ]
    if rng.random() < 0.5:
        order = rng.choice(["", "INDEX", "; ".join(["INDEX", *_some_codes(rng, nodes)])])
        made.append({
            "kind": "quota", "grade": rng.choice("AB"), "percent": rng.choice([20.0, 34.0, 50.0]),
            "of": rng.choice(["", "B", "A; B"]), "within": rng.choice(["all", "block"]),
            "order": order, "instead": rng.choice(["", "C", "B"]),
        })  # fmt: skip
    return [rule | {"vi": "điều kiện", "source": "thử"} for rule in made]


def _tables(nodes, rules):
    tables = {"items": [], "inputs": [], "bands": [], "options": []}
    for node in nodes:
        spec = node.spec
        row = {"code": node.code, "parent": node.parent, "kind": node.kind, "rule": node.rule}
        more = {name: _text(getattr(spec, name)) for name in _ITEM_COLUMNS} if spec else {}
        tables["items"].append(row | {"max_points": _text(node.max_points)} | more)
        for sheet, parts in (
            ("inputs", spec.inputs), ("bands", spec.bands), ("options", spec.options)
        ) if spec else ():  # fmt: skip
            tables[sheet] += [{"item_code": node.code} | _row(sheet, part) for part in parts]
    return tables


def _row(sheet, part):
    names = {name: _text(getattr(part, name)) for name in part.__dataclass_fields__}
    key = {"inputs": "name", "options": "code"}.get(sheet)
    if key:
        names[{"inputs": "input", "options": "choice"}[sheet]] = names.pop(key)
        names["label_vi"] = names["label_vi"] or names.get("input", "")
    return names


def _text(value):
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else ""
    return str(value)


def write_random_units(rng, nodes, path, count):
    """Write what random units report under a set; return the rows, as they stand in the file."""
    specs = [node.spec for node in nodes if node.spec]
    rows = [row for at in range(count) for row in _unit(rng, specs, at)]
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return [dict.fromkeys(COLUMNS, "") | row for row in rows]


def _unit(rng, specs, at):
    key = {
        "unit_code": f"U{at}", "block": rng.choice(["Sở", "Xã"]),
        "year": rng.choice([2024, 2024, 2024, 2023]), "period": rng.choice(["", "", "Q1"]),
    }  # fmt: skip
    key["year"] = str(key["year"])
    gaps = rng.choice([0.0, 0.0, 0.05, 0.3])
    for spec in specs:
        entries = random_entries(rng, spec)
        if spec.kind == "peer" and rng.random() < 0.2:
            entries["@best:v"] = rng.choice([40, 0, 12.5])
        is_marked = rng.random() < 0.12
        for name, content in entries.items():
            row = key | {"item_code": spec.code, "input": name}
            marked = {"not_applicable": "yes", "reason": "không phát sinh"} if is_marked else {}
            if rng.random() >= gaps and (not is_marked or rng.random() < 0.1):
                told = row | _cells(rng, spec, name, content)
                yield told
                if rng.random() < 0.01:
                    yield told
            if is_marked:
                yield row | marked


def _cells(rng, spec, name, content):
    """Return an entry in the column where it belongs."""
    if isinstance(content, dt.date):
        return {"happened_on": content.isoformat()}
    if not isinstance(content, str):
        return {"value": repr(content)}
    if content in _SPOKEN:
        return {"choice": rng.choice(_SPOKEN[content])}
    codes = {option.label_vi: option.code for option in spec.options_of(name)}
    return {"choice": rng.choice([content, codes.get(content, content)])}


def random_verdicts(rng, units, codes):
    """Return the state of the proof of some items: unit to item to state."""
    states = ("no-evidence", "late", "evidence-invalid", "proven")
    return {
        unit: {code: rng.choice(states) for code in codes if rng.random() < 0.5}
        for unit in units
        if rng.random() < 0.8
    }


def seeded(seed):
    """Return the source of chance of a seed."""
    return random.Random(f"faces {seed}")
