"""Build tiny criteria sets in sight of the test that uses them."""

import datetime as dt

import pandas as pd

from scoring.criteria.columns import SHEETS, column_names
from scoring.criteria.criteria_set import CriteriaSet
from scoring.criteria.library import CheckedSet, build_set
from scoring.criteria.set_reading import RawSet

META = {
    "id": "tiny",
    "version": "1",
    "name_vi": "Bộ thử",
    "name_en": "Test set",
    "tier": "department",
    "status": "sample",
    "total_points": 10,
    "valid_from": dt.date(2000, 1, 1),
    "not_applicable": "not_allowed",
    "source": "Invented for tests",
    "rounding": {"decimals": 2, "stage": "index", "rank_on": "rounded"},
}
_DEFAULTS = {
    "items": {"kind": "normal", "source": "test"},
    "inputs": {"kind": "count", "source": "test"},
    "bands": {"lower_closed": "no", "upper_closed": "no", "source": "test"},
    "options": {"source": "test"},
    "evidence": {"min_documents": "1", "source": "test"},
    "examples": {"source": "test"},
}


def checked(meta=None, **sheets) -> CheckedSet:
    """Build a set of lists of rows, one list per sheet; columns left out are empty or usual."""
    return build_set(raw_set(meta, **sheets))


def raw_set(meta=None, **sheets) -> RawSet:
    """Return the same as it would be read of a folder; `write_set` makes one of it."""
    tables = {sheet: _table(sheet, sheets.get(sheet, [])) for sheet in SHEETS}
    return RawSet(META | (meta or {}), tables, "test")


def sound(meta=None, **sheets) -> CriteriaSet:
    """Build a set and insist that it can score."""
    result = checked(meta, **sheets)
    assert result.is_sound, [finding.text("en") for finding in result.findings]
    return result.criteria


def _table(sheet, rows):
    names = column_names(sheet)
    filled = []
    for row in rows:
        known = _DEFAULTS[sheet] | row
        if sheet == "items":
            code = known["code"]
            known = {"parent": code.rpartition(".")[0], "name_vi": f"Mục {code}"} | known
        if sheet == "inputs":
            known = {"input": known.get("role", ""), "label_vi": known.get("role", "x")} | known
        filled.append({name: str(known.get(name, "")) for name in names})
    return pd.DataFrame(filled, columns=names, index=range(2, len(filled) + 2), dtype="str")


def direct_item(code, max_points, **more):
    """Return the item and input rows of an item whose points are given directly."""
    item = {"code": code, "max_points": max_points, "rule": "direct"} | more
    entry = {"item_code": code, "role": "points", "kind": "number", "minimum": "0"}
    return item, entry | {"maximum": str(max_points)}


def direct_set(leaves, parents=(), meta=None, **sheets):
    """Build a sound set of direct items: ``{"1.1": 4}`` and parents ``[("1", 10)]``."""
    pairs = [
        direct_item(code, points) if not isinstance(points, dict) else direct_item(code, **points)
        for code, points in leaves.items()
    ]
    items = [{"code": code, "max_points": points} for code, points in parents]
    return sound(
        meta, items=items + [item for item, _ in pairs], inputs=[e for _, e in pairs], **sheets
    )


def given(points, unit_code="A", **common):
    """Return the table Inputs for direct items: ``{"1.1": 3.5}``; None leaves an item open."""
    from scoring.points import inputs_table

    rows = [
        {"item_code": code, "input": "points", "value": value}
        for code, value in points.items()
        if value is not None
    ]
    return inputs_table(
        pd.DataFrame(rows, columns=["item_code", "input", "value"]),
        unit_code=unit_code,
        **({"year": 2026} | common),
    )
