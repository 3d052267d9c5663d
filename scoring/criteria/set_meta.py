"""From ``set.toml`` to the identity and policies of a set, with a finding for every wrong value."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from scoring.base.findings import Finding
from scoring.base.values import SET_STATUSES
from scoring.criteria.columns import FREE_TABLES, KEY_BY_NAME, LIST_KEYS, SET_KEYS
from scoring.criteria.set_policies import PROOF_STATES, Grade, GradeRule, SetMeta
from scoring.tables import Column
from scoring.tables.toml_keys import expected_words, fits, value_at

_SET_ID = re.compile(r"^[a-z0-9][a-z0-9-]{0,59}$")
_FIELDS = {"id": "set_id", "rounding.stage": "rounding_stage"}
_PROOF = "evidence"
# What a broken set says where nothing else can be taken for it, so that the rest can be checked.
_STAND_IN: dict[str, Any] = {
    "status": SET_STATUSES[0],
    "total_points": 1.0,
    "valid_from": None,
    "valid_to": None,
} | dict.fromkeys(("set_id", "version", "name_vi", "name_en", "tier", "source"), "")
_OPEN_GRADE: dict[str, Any] = {
    "lower": -math.inf,
    "upper": math.inf,
    "lower_closed": False,
    "upper_closed": False,
}

# An entry of a list whose value is wrong has a finding; the rest of it is still looked at.
_BARE_RULE: dict[str, Any] = {"kind": ""}


def is_set_id(text: str) -> bool:
    """Say whether `text` can be the id of a set and so the name of a file.

    >>> is_set_id("department-sample"), is_set_id("../x")
    (True, False)
    """
    return bool(_SET_ID.match(text))


def build_meta(raw: Mapping[str, Any]) -> tuple[SetMeta, list[Finding]]:
    """Return the identity and policies of a set, and what ``set.toml`` lacks or says wrongly."""
    reader = _Reader(raw)
    fields = _STAND_IN | reader.fields()
    meta = SetMeta(
        **fields,
        decision={key: str(value) for key, value in reader.table("decision").items()},
        grades=tuple(Grade(**_OPEN_GRADE | entry) for entry in reader.entries("grades")),
        grade_rules=tuple(
            GradeRule(**_BARE_RULE | entry) for entry in reader.entries("grade_rules")
        ),
        proof_percent=reader.shares(),
        caveats=tuple(reader.entries("caveats")),
    )
    return meta, reader.findings


class _Reader:
    """Takes values out of ``set.toml``, noting what is missing or of the wrong kind."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw, self.findings = raw, list[Finding]()

    def _report(self, key: str, value: object, expected: str) -> None:
        values = {"key": key, "value": value, "expected": expected}
        self.findings.append(Finding("set-value-wrong", sheet="set", values=values))

    def fields(self) -> dict[str, Any]:
        """Return the values of the declared keys that are right, by the field of `SetMeta`."""
        for name in dict.fromkeys(
            key.name.partition(".")[0] for key in SET_KEYS if "." in key.name
        ):
            self.table(name)
        found = {}
        for key in SET_KEYS:
            table, _, name = key.name.rpartition(".")
            if table not in (*FREE_TABLES, _PROOF):
                value = self._value(key)
                if value is not None:
                    found[_FIELDS.get(key.name, name)] = value
        return found

    def _value(self, key: Column) -> Any:
        value: Any = value_at(self.raw, key.name)
        if value is None and not key.required:
            return None
        if not fits(value, key):
            self._report(key.name, "" if value is None else value, expected_words(key))
            return None
        if key.name == "id" and not is_set_id(str(value).strip()):
            # The id names the folder of the set, and so must be fit for a path.
            self._report(key.name, value, "bo-tieu-chi-so-2026 (a-z, 0-9, -)")
        if key.is_number:
            return int(value) if key.type == "whole" else float(value)
        return value.strip() if isinstance(value, str) else value

    def shares(self) -> dict[str, float]:
        """Return the percent kept per state of proof; all three or none must be declared."""
        if not value_at(self.raw, _PROOF):
            return {}
        keys = {
            state: KEY_BY_NAME[f"{_PROOF}.{state.replace('-', '_')}_percent"]
            for state in PROOF_STATES
        }
        return {
            state: self._value(replace(key, required=True)) or 0.0 for state, key in keys.items()
        }

    def table(self, name: str) -> Mapping[str, Any]:
        """Return a table of ``set.toml``; empty where something else stands under its name."""
        value = self.raw.get(name, {})
        if isinstance(value, dict):
            return value
        if not any(finding.values.get("key") == name for finding in self.findings):
            self._report(name, value, f"[{name}]")
        return {}

    def entries(self, name: str) -> list[dict[str, Any]]:
        """Return the entries of a list of ``set.toml``, what is wrong of them left out."""
        value = self.raw.get(name, [])
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            self._report(name, value, f"[[{name}]]")
            return []
        return [self._entry(name, entry) for entry in value]

    def _entry(self, name: str, entry: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for column in LIST_KEYS[name]:
            value = entry.get(column.name)
            if column.values and value not in (None, "", *column.values):
                self._report(f"{name}.{column.name}", value, expected_words(column))
            elif column.is_text:
                found[column.name] = "" if value is None else str(value)
            elif value is not None and fits(value, column):
                found[column.name] = value
            elif value is not None:
                self._report(f"{name}.{column.name}", value, expected_words(column))
        return found
