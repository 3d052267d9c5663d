"""Another set than the one that holds: maxima, bands and weights that scenarios suppose."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from scoring.base.findings import Finding
from scoring.base.labels import LANGUAGES, Named, label
from scoring.base.numbers import format_number
from scoring.base.values import INDEX_CODE
from scoring.criteria import CriteriaSet
from scoring.criteria.columns import SHEETS
from scoring.criteria.library import build_set
from scoring.criteria.set_reading import RawSet
from scoring.criteria.writing import canonical_number
from scoring.rules.evaluate import BoolArray
from scoring.tables import rows_of
from scoring.whatif.supposed_cells import row_finding

_MAXIMUM = "max_points"
_FEW = 5
# What a scenario may set: what an item earns, not what it is.
_TYPES = ("number", "flag", "due", "word")
_SHEETS = ("items", "inputs", "bands", "options")
_NAMED_BY = {"inputs": "input", "options": "choice"}


def supposed_set(
    criteria: CriteriaSet, cells: pd.DataFrame
) -> tuple[CriteriaSet, BoolArray, list[Finding]]:
    """Return the set with the cells of rules that scenarios suppose.

    A maximum that is set is carried up to what it is a part of, and to the total of the set, as
    far as no row of the scenario sets that too; that is said.

    Returns
    -------
    CriteriaSet
        Named as supposed and a sample, whatever the base is. The base itself where the set would
        not be sound.
    bool array, shape (n_cells,)
        Which cells say something new.
    list of Finding
    """
    tables = {name: table.copy() for name, table in criteria.tables.items()}
    changed, findings = np.zeros(len(cells), dtype=bool), list[Finding]()
    deltas: dict[str, float] = {}
    for number, row in enumerate(rows_of(cells)):
        at = rule_cell(criteria, row)
        if isinstance(at, Finding):
            findings.append(at)
            continue
        sheet, index, column = at
        before, text = str(tables[sheet].loc[index, column]), _written(row)
        tables[sheet].loc[index, column] = text
        changed[number] = before != text
        if (sheet, column) == ("items", _MAXIMUM) and changed[number]:
            deltas[row.item_code] = row.number - float(before)
    if not changed.any():
        return criteria, changed, findings
    # Worked examples hold for the rules as they are.
    touched = cells.loc[changed, "item_code"]
    tables["examples"] = tables["examples"][~tables["examples"]["item_code"].isin(touched)]
    total, carried = _carried(criteria, tables["items"], deltas)
    checked = build_set(RawSet(_meta(criteria, total), tables, criteria.place))
    place = {name: str(cells[name].iloc[0]) for name in ("file", "sheet", "cell")}
    if not checked.is_sound or checked.criteria is None:
        errors = [found for found in checked.findings if found.severity == "error"]
        values = {"set_id": criteria.set_id, "count": len(errors)}
        findings += [Finding("scenario-set-broken", values=values, **place), *errors[:_FEW]]
        return criteria, np.zeros(len(cells), dtype=bool), findings
    if carried:
        values = {"expected": _carried_words(carried)}
        findings.append(Finding("scenario-maximum-carried", values=values, **place))
    values = {"set_id": criteria.set_id, "count": int(changed.sum())}
    findings.append(Finding("scenario-set-changed", values=values, **place))
    return checked.criteria, changed, findings


def rule_cell(criteria: CriteriaSet, row: Any) -> tuple[str, int, str] | Finding:
    """Return sheet, row and column that ``bands:2:points`` or ``max_points`` names."""
    parts = [part.strip() for part in row.input.split(":")]
    sheet, which, column = ("items", "", parts[0]) if len(parts) == 1 else (*parts, "", "")[:3]
    names = [entry.name for entry in SHEETS.get(sheet, ()) if entry.type in _TYPES]
    if sheet not in _SHEETS or column not in names or len(parts) not in (1, 3):
        return row_finding("scenario-rule-unknown", row, value=row.input,
                           expected=list(_offered(criteria, row.item_code)))  # fmt: skip
    table = criteria.tables[sheet]
    rows = table.index[table["code" if sheet == "items" else "item_code"] == row.item_code]
    if sheet != "items":
        named = table.loc[rows, _NAMED_BY[sheet]] == which if sheet in _NAMED_BY else None
        if which.isascii() and which.isdigit() and 0 < int(which[:6]) <= len(rows):
            rows = rows[[int(which) - 1]]
        else:
            rows = rows[:0] if named is None else rows[named.to_numpy()]
    if len(rows) != 1:
        return row_finding("scenario-rule-unknown", row, value=row.input,
                           expected=list(_offered(criteria, row.item_code)))  # fmt: skip
    return sheet, int(rows[0]), column


def _offered(criteria: CriteriaSet, code: str) -> Iterator[str]:
    """Yield the cells of an item that hold something a scenario may set."""
    for sheet in _SHEETS:
        table = criteria.tables[sheet]
        rows = table[table["code" if sheet == "items" else "item_code"] == code]
        for number, cells in enumerate(rows.to_dict("records"), start=1):
            for column in SHEETS[sheet]:
                if column.type == "number" and cells[column.name]:
                    yield column.name if sheet == "items" else f"{sheet}:{number}:{column.name}"


def _written(row: Any) -> str:
    return row.text if math.isnan(row.number) else canonical_number(row.number)


def _carried(
    criteria: CriteriaSet, items: pd.DataFrame, deltas: dict[str, float]
) -> tuple[float, dict[str, float]]:
    """Add each change of a maximum to what the node is a part of; return the total and what moved."""
    index = {code: at for at, code in zip(items.index, items["code"], strict=True)}
    total, moved = criteria.meta.total_points, dict[str, float]()
    if not criteria.meta.areas_add_up:
        return total, moved
    own = dict(deltas)
    for code, delta in own.items():
        node = criteria.by_code[code]
        while node.kind == "normal":
            if not node.parent:
                total += delta
                break
            node = criteria.by_code[node.parent]
            if node.code in own or node.is_best_of:
                break
            at = index[node.code], _MAXIMUM
            before = float(items.loc[at])
            items.loc[at] = canonical_number(before + delta)
            moved[node.code] = before + delta
    if total != criteria.meta.total_points:
        moved[INDEX_CODE] = total
    return float(canonical_number(total)), moved


def _carried_words(carried: Mapping[str, float]) -> list[Named]:
    """Return what maxima become, the total of the set called by its name."""

    def said(code: str, lang: str) -> str:
        name = label("scenario_total", lang) if code == INDEX_CODE else code
        return f"{name} = {format_number(carried[code], lang=lang)}"

    return [Named(*(said(code, lang) for lang in LANGUAGES)) for code in carried]


def _meta(criteria: CriteriaSet, total: float) -> dict[str, Any]:
    said = {f"name_{lang}": f"{criteria.meta.name(lang)} ({label('scenario_supposed', lang)})"
            for lang in LANGUAGES}  # fmt: skip
    meta = dict(criteria.raw_meta) | {"status": "sample", "total_points": total}
    return meta | said | {"version": f"{criteria.meta.version}+supposed"}
