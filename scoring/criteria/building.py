"""From the text of a set to its nodes, with a finding for every cell that cannot be read."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from scoring.base.findings import Finding
from scoring.criteria.columns import SHEETS, Column
from scoring.criteria.model import PROOF_STATES, SET_STATUSES, Grade, Node, SetMeta, in_order
from scoring.criteria.reading import RawSet
from scoring.rules import Band, InputSpec, Option, RuleSpec
from scoring.rules.spec import NOT_APPLICABLE_POLICIES

_NUMBER = re.compile(r"^-?[0-9]{1,12}(\.[0-9]{1,10})?$")
_FLAGS = {"yes": True, "no": False}
_SET_ID = re.compile(r"^[a-z0-9][a-z0-9-]{0,59}$")
MAX_CODE_LENGTH = 60
# A formula has its own, lower limit; a workbook holds no longer text in one cell.
MAX_TEXT_LENGTH = 10_000
MAX_NUMBER = 1e9
MAX_DECIMALS = 6
_RULE_COLUMNS = (
    "full_at_percent",
    "floor_percent",
    "floor_points",
    "points_each",
    "never_points",
    "due_on",
    "formula",
    "zero_denominator",
)


def is_set_id(text: str) -> bool:
    """Say whether `text` can be the id of a set and so the name of a file.

    >>> is_set_id("department-sample"), is_set_id("../x")
    (True, False)
    """
    return bool(_SET_ID.match(text))


class Cells:
    """The typed values of one sheet, and the findings met while reading them."""

    def __init__(self, sheet: str, table: pd.DataFrame) -> None:
        self.sheet, self.findings = sheet, list[Finding]()
        self.rows: list[tuple[int, dict[str, Any]]] = []
        columns = SHEETS[sheet]
        for number, row in zip(table.index, table.to_dict("records"), strict=True):
            typed = {c.name: self._typed(c, str(row[c.name]), int(number)) for c in columns}
            self.rows.append((int(number), typed))

    def _typed(self, column: Column, text: str, row: int) -> Any:
        if not text and column.required:
            self._report("set-cell-empty", column, row, text)
        if column.holds == "number":
            if text and not _NUMBER.match(text):
                self._report("set-not-a-number", column, row, text)
                return math.nan
            return float(text) if text else math.nan
        if column.holds == "flag":
            if text and text not in _FLAGS:
                self._report("set-not-a-flag", column, row, text)
            return _FLAGS.get(text, False)
        if column.holds == "word" and text and text not in column.words:
            self._report("set-word-unknown", column, row, text)
        if column.holds == "code" and len(text) > MAX_CODE_LENGTH:
            self._report("set-code-too-long", column, row, text)
        if len(text) > MAX_TEXT_LENGTH:
            self._report("set-text-too-long", column, row, text)
        return text

    def _report(self, code: str, column: Column, row: int, text: str) -> None:
        place = cell_name(self.sheet, column.name, row)
        expected = ", ".join(column.words)
        limit = MAX_TEXT_LENGTH
        values = {"column": column.name, "value": text, "expected": expected, "limit": limit}
        self.findings.append(Finding(code, sheet=self.sheet, cell=place, values=values))


def cell_name(sheet: str, column: str, row: int) -> str:
    """Return the address of a cell of a sheet as a spreadsheet shows it.

    >>> cell_name("items", "max_points", 14)
    'F14'
    """
    names = [entry.name for entry in SHEETS[sheet]]
    return f"{column_letters(names.index(column))}{row}"


def column_letters(place: int) -> str:
    """Return the letters of a column counted from 0.

    >>> column_letters(0), column_letters(25), column_letters(26)
    ('A', 'Z', 'AA')
    """
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def build_nodes(raw: RawSet, meta: SetMeta) -> tuple[tuple[Node, ...], list[Finding]]:
    """Return the nodes of a set and what is wrong with single cells or stray rows.

    A row whose item does not exist is a finding and left out; everything else is kept, so that
    one run can report all there is.
    """
    cells = {sheet: Cells(sheet, raw.tables[sheet]) for sheet in SHEETS}
    findings = [finding for sheet in cells.values() for finding in sheet.findings]
    codes = {row["code"] for _, row in cells["items"].rows}
    parents = {row["parent"] for _, row in cells["items"].rows}
    for sheet in ("inputs", "bands", "options", "evidence", "examples"):
        findings += _strays(cells[sheet], codes, parents)
    parts = {sheet: _by_item(cells[sheet]) for sheet in ("inputs", "bands", "options")}
    nodes = [
        _node(row, row["code"] in parents, parts, meta.not_applicable)
        for _, row in cells["items"].rows
    ]
    return in_order(nodes), findings


def _strays(cells: Cells, codes: set[str], parents: set[str]) -> list[Finding]:
    findings = []
    for number, row in cells.rows:
        code = row["item_code"]
        if code in codes and code not in parents:
            continue
        problem = "set-row-of-parent" if code in codes else "set-row-of-unknown-item"
        place = cell_name(cells.sheet, "item_code", number)
        findings.append(Finding(problem, sheet=cells.sheet, cell=place, item_code=code))
    return findings


def _by_item(cells: Cells) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for _, row in cells.rows:
        groups.setdefault(row["item_code"], []).append(row)
    return groups


def _node(
    row: Mapping[str, Any],
    is_parent: bool,
    parts: Mapping[str, Mapping[str, list[dict[str, Any]]]],
    not_applicable: str,
) -> Node:
    code = row["code"]
    mine = {sheet: groups.get(code, []) for sheet, groups in parts.items()}
    spec = None if is_parent else _spec(row, mine, not_applicable)
    return Node(
        code=code,
        parent=row["parent"],
        kind=row["kind"],
        name_vi=row["name_vi"],
        name_en=row["name_en"],
        max_points=row["max_points"],
        assessed_by=row["assessed_by"] or "self",
        rule=row["rule"],
        source=row["source"],
        note_vi=row["note_vi"],
        note_en=row["note_en"],
        spec=spec,
    )


def _spec(
    row: Mapping[str, Any], parts: Mapping[str, list[dict[str, Any]]], not_applicable: str
) -> RuleSpec:
    return RuleSpec(
        code=row["code"],
        kind=row["rule"],
        max_points=row["max_points"],
        inputs=tuple(_input(part) for part in parts["inputs"]),
        bands=tuple(_band(part) for part in parts["bands"]),
        options=tuple(_option(part) for part in parts["options"]),
        not_applicable=row["not_applicable"] or not_applicable,
        is_penalty=row["kind"] == "penalty",
        **{name: row[name] for name in _RULE_COLUMNS},
    )


def _input(row: Mapping[str, Any]) -> InputSpec:
    return InputSpec(
        name=row["input"],
        kind=row["kind"],
        role=row["role"],
        label_vi=row["label_vi"],
        label_en=row["label_en"],
        unit=row["unit"],
        minimum=row["minimum"],
        maximum=row["maximum"],
        at_most=row["at_most"],
    )


def _band(row: Mapping[str, Any]) -> Band:
    lower = -math.inf if math.isnan(row["lower"]) else row["lower"]
    upper = math.inf if math.isnan(row["upper"]) else row["upper"]
    ends = (row["lower_closed"], row["upper_closed"])
    return Band(lower, upper, *ends, points=row["points"], as_share=row["as_share"])


def _option(row: Mapping[str, Any]) -> Option:
    return Option(
        code=row["choice"],
        label_vi=row["label_vi"],
        label_en=row["label_en"],
        points=row["points"],
        input=row["input"],
        weight_percent=row["weight_percent"],
    )


def build_meta(raw: Mapping[str, Any]) -> tuple[SetMeta, list[Finding]]:
    """Return the identity and policies of a set, and what ``set.toml`` lacks or says wrongly."""
    reader = _MetaReader(raw)
    rounding = reader.table("rounding")
    outside = reader.table("outside_areas")
    meta = SetMeta(
        set_id=reader.identifier("id"),
        version=reader.text("version"),
        name_vi=reader.text("name_vi"),
        name_en=reader.text("name_en", required=False),
        tier=reader.text("tier"),
        status=reader.word("status", SET_STATUSES),
        total_points=reader.number("total_points", above_zero=True),
        valid_from=reader.date("valid_from"),
        valid_to=reader.date("valid_to"),
        decision={key: str(value) for key, value in reader.table("decision").items()},
        source=reader.text("source"),
        decimals=reader.decimals(rounding),
        rounding_stage=reader.word("stage", ("index", "area", "item"), rounding),
        rank_on=reader.word("rank_on", ("rounded", "unrounded"), rounding),
        not_applicable=reader.word("not_applicable", NOT_APPLICABLE_POLICIES),
        areas_add_up=reader.flag("areas_add_up", True),
        bonus_cap_points=reader.number("bonus_cap_points", math.nan, outside),
        penalty_cap_points=reader.number("penalty_cap_points", math.nan, outside),
        may_exceed_total=reader.flag("may_exceed_total", False, outside),
        grades=tuple(reader.grade(entry) for entry in reader.tables("grades")),
        proof_percent=reader.shares("evidence"),
        caveats=tuple(
            {lang: str(entry.get(lang, "")) for lang in ("vi", "en")}
            for entry in reader.tables("caveats")
        ),
    )
    return meta, reader.findings


def _as_float(value: object, default: float) -> float:
    return float(value) if _is_number(value) else default  # type: ignore[arg-type]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value


class _MetaReader:
    """Takes values out of ``set.toml``, noting what is missing or of the wrong kind."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw, self.findings = raw, list[Finding]()

    def _report(self, code: str, key: str, value: object, expected: str) -> None:
        values = {"key": key, "value": value, "expected": expected}
        self.findings.append(Finding(code, sheet="set", values=values))

    def text(self, key: str, required: bool = True) -> str:
        value = self.raw.get(key, "")
        if not isinstance(value, str) or (required and not value.strip()):
            self._report("set-value-wrong", key, value, "text")
            return ""
        return value.strip()

    def word(self, key: str, words: tuple[str, ...], table: Mapping[str, Any] | None = None) -> str:
        value = (self.raw if table is None else table).get(key, "")
        if value not in words:
            self._report("set-value-wrong", key, value, ", ".join(words))
            return words[0]
        return str(value)

    def number(
        self,
        key: str,
        default: float | None = None,
        table: Mapping[str, Any] | None = None,
        above_zero: bool = False,
    ) -> float:
        source = self.raw if table is None else table
        if key not in source and default is not None:
            return default
        value = source.get(key)
        in_range = _is_number(value) and 0 <= value <= MAX_NUMBER  # type: ignore[operator]
        if not in_range or (above_zero and value == 0):
            self._report("set-value-wrong", key, value, "> 0" if above_zero else "≥ 0")
            return 1.0 if above_zero else 0.0
        return float(value)  # type: ignore[arg-type]

    def decimals(self, rounding: Mapping[str, Any]) -> int:
        value = rounding.get("decimals", 2)
        if not _is_number(value) or value not in range(MAX_DECIMALS + 1):
            self._report("set-value-wrong", "decimals", value, f"0 - {MAX_DECIMALS}")
            return 2
        return int(value)

    def flag(self, key: str, default: bool, table: Mapping[str, Any] | None = None) -> bool:
        value = (self.raw if table is None else table).get(key, default)
        if not isinstance(value, bool):
            self._report("set-value-wrong", key, value, "true, false")
            return default
        return value

    def identifier(self, key: str) -> str:
        """Return the set's id, which also names its folder and so must be fit for a path."""
        text = self.text(key)
        if text and not is_set_id(text):
            self._report("set-value-wrong", key, text, "bo-tieu-chi-so-2026 (a-z, 0-9, -)")
        return text

    def grade(self, entry: Mapping[str, Any]) -> Grade:
        for key in ("lower", "upper"):
            if key in entry and not _is_number(entry[key]):
                self._report("set-value-wrong", f"grades.{key}", entry[key], "0.0")
        for key in ("lower_closed", "upper_closed"):
            if key in entry and not isinstance(entry[key], bool):
                self._report("set-value-wrong", f"grades.{key}", entry[key], "true, false")
        return Grade(
            code=str(entry.get("code", "")),
            label_vi=str(entry.get("label_vi", "")),
            label_en=str(entry.get("label_en", "")),
            lower=_as_float(entry.get("lower"), -math.inf),
            upper=_as_float(entry.get("upper"), math.inf),
            lower_closed=entry.get("lower_closed") is True,
            upper_closed=entry.get("upper_closed") is True,
        )

    def date(self, key: str) -> dt.date | None:
        value = self.raw.get(key)
        if value is None and key == "valid_to":
            return None
        if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
            self._report("set-value-wrong", key, value, "2022-06-23")
            return None
        return value

    def shares(self, key: str) -> dict[str, float]:
        """Return the percent kept per state of proof; all three or none must be declared."""
        table = self.table(key)
        shares = {}
        for state in PROOF_STATES if table else ():
            name = f"{state.replace('-', '_')}_percent"
            shares[state] = self.number(name, None, table)
            if not 0 <= shares[state] <= 100:
                self._report("set-value-wrong", name, shares[state], "0 - 100")
        return shares

    def table(self, key: str) -> Mapping[str, Any]:
        value = self.raw.get(key, {})
        if not isinstance(value, dict):
            self._report("set-value-wrong", key, value, f"[{key}]")
            return {}
        return value

    def tables(self, key: str) -> list[Mapping[str, Any]]:
        value = self.raw.get(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            self._report("set-value-wrong", key, value, f"[[{key}]]")
            return []
        return value
