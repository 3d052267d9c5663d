"""From the cells of ``Tự đánh giá`` to the tables ``Inputs`` and ``Claims``."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from scoring.base.dates import read_date
from scoring.base.findings import Finding
from scoring.base.labels import LANGUAGES, Named, label
from scoring.base.numbers import read_number
from scoring.base.text import clean_text
from scoring.base.vocabulary import YES_AND_NO, cell_word, yes_or_no
from scoring.criteria import CriteriaSet
from scoring.evidence.ledger.codes import CodeReader
from scoring.evidence.ledger.heading import folded
from scoring.evidence.ledger.stack import Stack, date_series, plain_text
from scoring.evidence.ledger.template import PEER_PREFIX
from scoring.evidence.ledger.vocabulary import Vocabulary
from scoring.files.cells import CellError, CellValue, FormulaWithoutValue
from scoring.rules.spec import NUMBER_KINDS

Key = tuple[str, str]
UNIT_KEYS = ("unit_code", "unit_name", "block", "year", "period")


@dataclass(frozen=True)
class Answer:
    """What one entry cell says: exactly one of the three is there, or none."""

    value: float = math.nan
    choice: str = ""
    happened_on: dt.date | None = None


NOTHING = Answer()


@dataclass(frozen=True)
class Assessments:
    """The tables of ``Tự đánh giá`` of all ledgers read together."""

    inputs: pd.DataFrame
    claims: pd.DataFrame


def read_assessments(
    stack: Stack, criteria: CriteriaSet, units: Sequence[Mapping[str, Any]], lang: str = "vi"
) -> Assessments:
    """Turn the rows of all ledgers into the tables ``Inputs`` and ``Claims``.

    Parameters
    ----------
    stack : Stack
        Its findings are added to.
    units : sequence of mapping
        ``unit_code, unit_name, block, year, period, file`` of each ledger.
    """
    reader = _Reader(stack, criteria, units, lang)
    return Assessments(reader.inputs(), reader.claims())


class _Reader:
    """Holds what the steps of reading one stack share."""

    def __init__(
        self,
        stack: Stack,
        criteria: CriteriaSet,
        units: Sequence[Mapping[str, Any]],
        lang: str,
    ) -> None:
        self.stack, self.criteria, self.units, self.lang = stack, criteria, units, lang
        self.vocabulary = Vocabulary.of(criteria)
        codes = CodeReader(node.code for node in criteria.nodes)
        self.codes = codes.read(stack, "item_code")
        self.unresolved, self.refused = codes.unresolved, codes.refused
        self.names = stack.texts("input")
        self._recover(codes)
        self.explanations = stack.texts("explanation")
        self.marks = self._marks()
        self.kept = self._kept_rows()

    def _recover(self, codes: CodeReader) -> None:
        """Tell rows by number and name in ledgers whose hidden columns are gone."""
        stack = self.stack
        lacking = {o for o in set(stack.owners) if not stack.has_column(o, "item_code")}
        if not lacking:
            return
        shown = codes.read(stack, "code")
        titles = [folded(text) for text in stack.texts("name")]
        by_label = {
            (key[0], folded(entry.label(lang))): key[1]
            for key, entry in self.vocabulary.specs.items()
            for lang in LANGUAGES
        }
        peer = "ledger_peer_best"
        by_label |= {
            (code, folded(label(peer, lang, name=self.vocabulary.specs[code, name].label(lang)))): (
                f"{PEER_PREFIX}{name}"
            )
            for code, rule in self.criteria.rules.items()
            for name in rule.peer_inputs
            for lang in LANGUAGES
        }
        first: dict[int, int] = {}
        here = dict.fromkeys(lacking, "")
        for at, owner in enumerate(stack.owners):
            if owner not in lacking:
                continue
            first.setdefault(owner, at)
            if shown[at]:
                here[owner] = shown[at]
                rule = self.criteria.rules.get(shown[at])
                single = rule is not None and len(rule.spec.inputs) == 1
                self.names[at] = rule.spec.inputs[0].name if rule and single else ""
            else:
                self.names[at] = by_label.get((here[owner], titles[at]), "")
            self.codes[at] = here[owner] if shown[at] or self.names[at] else ""
        for at in first.values():
            stack.report("machine-columns-missing", at, "code")

    def _marks(self) -> list[bool]:
        """Return which rows are marked as not applicable."""
        marks = []
        for at, text in enumerate(self.stack.texts("not_applicable")):
            mark = yes_or_no(text, "not_applicable")
            if text and mark is None:
                code = self.codes[at]
                self.stack.report("mark-unreadable", at, "not_applicable", code, value=text)
            marks.append(mark is True)
        return marks

    def _kept_rows(self) -> dict[tuple[int, str, str], int]:
        """Return the one row of every ledger, item and input; report the others."""
        rows: dict[tuple[int, str, str], list[int]] = {}
        known = self.vocabulary.specs
        entries = self.stack.columns["entry"]
        for at, (owner, code, name) in enumerate(
            zip(self.stack.owners, self.codes, self.names, strict=True)
        ):
            if (code, name) in known:
                rows.setdefault((owner, code, name), []).append(at)
            elif (
                entries[at] is not None
                and at not in self.refused
                and not name.startswith(PEER_PREFIX)
            ):
                self._stray(at, code, name)
        return {key: self._chosen(key, found) for key, found in rows.items()}

    def _stray(self, at: int, code: str, name: str) -> None:
        value = self.stack.columns["entry"][at]
        if not code:
            self.stack.report("row-without-code", at, "entry", value=plain_text(value))
        elif code not in self.criteria.by_code:
            set_id = self.criteria.set_id
            self.stack.report("unknown-item", at, "item_code", code, set_id=set_id)
        elif name:
            inputs = self.criteria.rules[code].spec.inputs if code in self.criteria.rules else ()
            expected = ", ".join(entry.name for entry in inputs)
            self.stack.report("unknown-input", at, "input", code, input=name, expected=expected)
        else:
            self.stack.report("row-without-code", at, "entry", code, value=plain_text(value))

    def _chosen(self, key: tuple[int, str, str], found: list[int]) -> int:
        if len(found) == 1:
            return found[0]
        entries = self.stack.columns["entry"]
        filled = [at for at in found if entries[at] is not None]
        if len(filled) <= 1:
            return filled[0] if filled else found[0]
        values = list(dict.fromkeys(plain_text(entries[at]) for at in filled))
        code = "row-twice" if len(values) > 1 else "row-repeated"
        name = Named.of(self.vocabulary.specs[key[1:]])
        shown = "; ".join(values[:5])
        self.stack.report(
            code, filled[-1], "entry", key[1], input=name, count=len(filled), value=shown
        )
        if len(values) > 1:
            for at in filled:
                entries[at] = None
        return filled[0]

    def inputs(self) -> pd.DataFrame:
        """Return the table ``Inputs``: every input of the set for every ledger, empty ones too."""
        marked = self._marked_items()
        keys = list(self.vocabulary.specs)
        rows, owners = [], []
        for owner in range(len(self.units)):
            for code, name in keys:
                rows.append(self.kept.get((owner, code, name), -1))
                owners.append(owner)
        self._report_missing(rows, owners, keys)
        answers = [
            self._answer(at, keys[n % len(keys)], (owner, keys[n % len(keys)][0]) in marked)
            for n, (at, owner) in enumerate(zip(rows, owners, strict=True))
        ]
        frame = pd.DataFrame(
            {name: np.repeat([str(u[name]) for u in self.units], len(keys)) for name in UNIT_KEYS}
        )
        frame["year"] = np.repeat([int(u["year"]) for u in self.units], len(keys))
        frame["item_code"] = [code for code, _ in keys] * len(self.units)
        frame["input"] = [name for _, name in keys] * len(self.units)
        frame["value"] = np.array([answer.value for answer in answers], dtype=np.float64)
        frame["choice"] = [answer.choice for answer in answers]
        frame["happened_on"] = date_series([answer.happened_on for answer in answers])
        reasons = [marked.get((owner, keys[n % len(keys)][0])) for n, owner in enumerate(owners)]
        frame["not_applicable"] = [reason is not None for reason in reasons]
        frame["reason"] = [reason or "" for reason in reasons]
        return _with_places(frame, self.stack, self.units, rows, owners, "entry")

    def _marked_items(self) -> dict[tuple[int, str], str]:
        """Return the reason of every item marked as not applicable."""
        found: dict[tuple[int, str], str] = {}
        for at, marked in enumerate(self.marks):
            if marked and self.codes[at]:
                place = (self.stack.owners[at], self.codes[at])
                found[place] = found.get(place) or self.explanations[at]
        return found

    def _report_missing(self, rows: list[int], owners: list[int], keys: list[Key]) -> None:
        held: dict[int, int] = {}
        for at, owner in enumerate(self.stack.owners):
            held.setdefault(owner, at)
        for n, (at, owner) in enumerate(zip(rows, owners, strict=True)):
            code, name = keys[n % len(keys)]
            if at < 0 and owner in held and (owner, code) not in self.unresolved:
                shown = Named.of(self.vocabulary.specs[code, name])
                first = held[owner]
                place = self.stack.place(first, "entry") | {"cell": ""}
                found = Finding("row-missing", item_code=code, values={"input": shown}, **place)
                self.stack.findings.append(found)

    def _answer(self, at: int, key: Key, is_marked: bool) -> Answer:
        if at < 0:
            return NOTHING
        value = self.stack.columns["entry"][at]
        entry = self.vocabulary.specs[key]
        if type(value) is float and entry.kind in ("count", "number"):
            return Answer(value)
        if value is None or (isinstance(value, str) and not clean_text(value)):
            return NOTHING
        if isinstance(value, CellError | FormulaWithoutValue):
            code = "cell-in-error" if isinstance(value, CellError) else "formula-without-value"
            self._report(code, at, key, value=str(value))
            return NOTHING
        if entry.kind in NUMBER_KINDS:
            return self._number(value, at, key)
        return self._date(value, at, key) if entry.kind == "date" else self._word(value, at, key)

    def _report(self, code: str, at: int, key: Key, **values: object) -> None:
        name = Named.of(self.vocabulary.specs[key])
        self.stack.report(code, at, "entry", key[0], input=name, **values)

    def _number(self, value: CellValue, at: int, key: Key) -> Answer:
        kind = self.vocabulary.specs[key].kind
        if isinstance(value, float):
            if kind == "percent" and 0 < value <= 1:
                self._report("percent-looks-like-share", at, key, value=value, expected=value * 100)
            return Answer(value)
        if isinstance(value, bool):
            self._report("not-a-number", at, key, value=plain_text(value))
            return NOTHING
        if isinstance(value, dt.date | dt.time | dt.timedelta):
            self._report("date-in-number-cell", at, key, value=value)
            return NOTHING
        text = clean_text(str(value))
        reading = read_number(text, whole=kind == "count")
        if reading.problem:
            self._report(reading.problem, at, key, value=text, candidates=reading.candidates)
            return NOTHING
        if reading.is_percent and kind != "percent":
            self._report("unexpected-percent", at, key, value=text)
            return NOTHING
        return NOTHING if reading.value is None else Answer(reading.value)

    def _word(self, value: CellValue, at: int, key: Key) -> Answer:
        words = self.vocabulary.words[key]
        text = plain_text(value)
        choice = words.get(cell_word(value))
        if choice is None:
            spec = self.criteria.rules[key[0]].spec
            shown = [Named.of(option) for option in spec.options_of(key[1])]
            self._report("unknown-choice", at, key, value=text, expected=shown or YES_AND_NO)
            return NOTHING
        return Answer(choice=choice)

    def _date(self, value: CellValue, at: int, key: Key) -> Answer:
        if isinstance(value, str) and cell_word(value) in self.vocabulary.words[key]:
            return Answer(choice="never")
        reading = read_date(value)
        if reading.problem:
            self._report(reading.problem, at, key, value=plain_text(value))
            return NOTHING
        return Answer(happened_on=reading.value)

    def claims(self) -> pd.DataFrame:
        """Return the table ``Claims``: one row per ledger and item."""
        items = self.criteria.rules
        first: dict[tuple[int, str], int] = {}
        for at, code in enumerate(self.codes):
            if code in items:
                first.setdefault((self.stack.owners[at], code), at)
        rows, owners = list(first.values()), [owner for owner, _ in first]
        documents = self.stack.texts("documents")
        self._check_maxima(first)
        frame = pd.DataFrame(
            {
                name: [self.units[o][name] for o in owners]
                for name in ("unit_code", "year", "period")
            }
        )
        frame["item_code"] = [code for _, code in first]
        points = [self._claimed(at, code) for (_, code), at in first.items()]
        frame["self_points"] = np.array(points, dtype=np.float64)
        frame["documents"] = [documents[at] for at in rows]
        frame["explanation"] = [self.explanations[at] for at in rows]
        frame["documents_cell"] = self.stack.cells("documents", rows)
        return _with_places(frame, self.stack, self.units, rows, owners, "self_points")

    def _claimed(self, at: int, code: str) -> float:
        value = self.stack.columns["self_points"][at]
        maximum = self.criteria.node(code).max_points
        return points_in(self.stack, at, "self_points", code, value, maximum)

    def _check_maxima(self, first: Mapping[tuple[int, str], int]) -> None:
        for (_, code), at in first.items():
            shown = self.stack.columns["max_points"][at]
            maximum = self.criteria.node(code).max_points
            if isinstance(shown, float) and not math.isclose(shown, maximum, abs_tol=1e-9):
                values = {"value": shown, "expected": maximum}
                self.stack.report("max-points-altered", at, "max_points", code, **values)


def points_in(
    stack: Stack, at: int, key: str, code: str, value: CellValue, maximum: float
) -> float:
    """Return the points in a cell, NaN where it holds none; report what is out of place."""
    if value is None or isinstance(value, FormulaWithoutValue):
        # Points are computed anew from the figures; a formula nobody calculated loses nothing.
        return math.nan
    heading = stack.heading(key)
    if isinstance(value, CellError):
        stack.report("cell-in-error", at, key, code, input=heading, value=str(value))
        return math.nan
    if not isinstance(value, float):
        text = plain_text(value)
        reading = read_number(text)
        if reading.problem:
            values = {"input": heading, "value": text, "candidates": reading.candidates}
            stack.report(reading.problem, at, key, code, **values)
        value = math.nan if reading.value is None else reading.value
    if value < -1e-9 or value > maximum + 1e-9:
        met = {"value": value, "limit": maximum}
        stack.report("points-above-maximum", at, key, code, input=heading, **met)
        return math.nan
    return value


def _with_places(
    frame: pd.DataFrame,
    stack: Stack,
    units: Sequence[Mapping[str, Any]],
    rows: Sequence[int],
    owners: Sequence[int],
    key: str,
) -> pd.DataFrame:
    """Add file, sheet and cell; the row -1 stands for a row the ledger does not have."""
    held = [at for at in rows if at >= 0]
    cells = dict(zip(held, stack.cells(key, held), strict=True))
    sheets = dict(zip(held, stack.sheet_names(held), strict=True))
    return frame.assign(
        file=[str(units[owner]["file"]) for owner in owners],
        sheet=[sheets.get(at, "") for at in rows],
        cell=[cells.get(at, "") for at in rows],
    )
