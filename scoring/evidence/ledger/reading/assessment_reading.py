"""From the cells of ``Tự đánh giá`` to the tables ``Inputs`` and ``Claims``."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from scoring.base.findings import Finding
from scoring.base.labels import LANGUAGES, Named
from scoring.base.numbers import read_number
from scoring.base.text import clean_text, first_few
from scoring.base.values import INDEX_CODE
from scoring.base.vocabulary import yes_or_no
from scoring.criteria import CriteriaSet
from scoring.evidence.ledger.reading.cell_answers import AnswerReader
from scoring.evidence.ledger.reading.code_columns import CodeReader
from scoring.evidence.ledger.reading.column_reading import table_read
from scoring.evidence.ledger.reading.headings import folded
from scoring.evidence.ledger.reading.sheet_rows import SheetRows, date_series, plain_text
from scoring.evidence.ledger.template import row_key, row_titles
from scoring.files.excel.cells import CellError, CellValue, FormulaWithoutValue, address
from scoring.tables import table_of

# What every row repeats of its ledger.
_OF_UNIT = ("unit_code", "unit_name", "block", "year", "period", "file")


def read_assessments(stack: SheetRows, criteria: CriteriaSet) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Turn the rows of all ledgers into the tables ``Inputs`` and ``Claims``.

    What is wrong with cells is added to the findings of `stack`.
    """
    reader = _Reader(stack, criteria)
    return reader.inputs(), reader.claims()


class _Reader:
    """Holds what the steps of reading one stack share."""

    def __init__(self, stack: SheetRows, criteria: CriteriaSet) -> None:
        self.stack, self.criteria = stack, criteria
        self.answers = AnswerReader(stack, criteria)
        self.specs = self.answers.specs
        codes = CodeReader(node.code for node in criteria.nodes)
        self.codes = codes.read(stack, "item_code")
        self.unresolved, self.refused = codes.unresolved, codes.refused
        self.names = list(stack.texts("input"))
        self.labels, self.counts = criteria.once(_labels)
        self._recover(codes)
        self._set_apart()
        self.explanations = stack.texts("explanation")
        for owner, code, text in zip(stack.owners, self.codes, self.explanations, strict=True):
            self.answers.notes[owner, code] = f"{self.answers.notes.get((owner, code), '')} {text}"
        self._report_merged()
        self.marks = self._marks()
        self.kept = self._kept_rows()

    def _set_apart(self) -> None:
        """Leave out rows whose hidden codes name another row than the number and name people see.

        Only some of the columns were sorted, so a figure would count for the wrong item. Where
        that happened, a row named like that of another item cannot be told either.
        """
        shown, titles = self.stack.columns["code"], self.stack.columns["name"]
        keys = self.stack.texts("key")
        known = self.counts.keys()
        parted = set[int]()
        for at, code in enumerate(self.codes):
            if code not in self.criteria.by_code:
                continue
            number, title = (v if isinstance(v, str) else "" for v in (shown[at], titles[at]))
            # The figure counts live by its key, here by the codes.
            strange = keys[at] not in ("", code, row_key(code, self.names[at]))
            if not strange and shown[at] == code:
                continue
            if strange or self._is_of_other_row(
                code, self.names[at], clean_text(number), title, known
            ):
                self._part(at, number, title)
                parted.add(self.stack.owners[at])
        for at, owner in enumerate(self.stack.owners if parted else ()):
            name = titles[at]
            alike = isinstance(name, str) and self.counts[folded(name)] > 1
            if owner in parted and self.names[at] and alike:
                self._part(at, "", str(name))

    def _part(self, at: int, number: str, title: str) -> None:
        """Leave a row out: its hidden codes and what people see of it do not belong together."""
        code = self.codes[at]
        told = " ".join(part for part in (number, title) if part)
        self.stack.report("row-parted", at, "entry", code, value=told)
        self.unresolved.update({(self.stack.owners[at], c) for c in (code, number)})
        self.refused.add(at)
        self.codes[at] = self.names[at] = ""

    def _is_of_other_row(
        self, code: str, name: str, number: str, title: str, known: Collection[str]
    ) -> bool:
        if number in self.criteria.by_code:
            return number != code
        if (code, name) not in self.labels or number:
            return False
        item = self.criteria.node(code)
        own = self.labels[code, name].union(folded(item.name(lang)) for lang in LANGUAGES)
        return folded(title) in known and folded(title) not in own

    def _recover(self, codes: CodeReader) -> None:
        """Tell rows by number and name in ledgers whose hidden columns are gone."""
        stack = self.stack
        lacking = {o for o in set(stack.owners) if not stack.has_column(o, "item_code")}
        if not lacking:
            return
        shown = codes.read(stack, "code")
        titles = [folded(text) for text in stack.texts("name")]
        by_label = {(c, text): name for (c, name), own in self.labels.items() for text in own}
        first: dict[int, int] = {}
        here = dict.fromkeys(lacking, "")
        for at, owner in enumerate(stack.owners):
            if owner not in lacking:
                continue
            first.setdefault(owner, at)
            if shown[at]:
                here[owner] = shown[at]
                rule = self.criteria.rules.get(shown[at])
                single = rule is not None and len(rule.reported) == 1
                self.names[at] = rule.spec.inputs[0].name if rule and single else ""
            else:
                self.names[at] = by_label.get((here[owner], titles[at]), "")
            self.codes[at] = here[owner] if shown[at] or self.names[at] else ""
        for at in first.values():
            stack.report("machine-columns-missing", at, "code")

    def _report_merged(self) -> None:
        """Report entry cells that are merged with others: nobody sees whose figure they hold."""
        numbered = zip(self.stack.owners, self.stack.numbers, strict=True)
        at_row = {place: at for at, place in enumerate(numbered)}
        for owner, heading in self.stack.headings.items():
            column = heading.columns.get("entry", 0)
            for top, left, bottom, right in heading.sheet.merged:
                rows = range(max(top, heading.row + 1), min(bottom, heading.sheet.row_count) + 1)
                at = next((at_row[owner, row] for row in rows if (owner, row) in at_row), None)
                if left <= column <= right and at is not None:
                    area = f"{address(top, left)}:{address(bottom, right)}"
                    self.stack.report("entry-merged", at, "entry", self.codes[at], value=area)

    def _marks(self) -> list[bool]:
        """Return which rows are marked as not applicable."""
        marks, texts = [], self.stack.texts("not_applicable")
        known = {text: yes_or_no(text, "not_applicable") for text in set(texts)}
        for at, text in enumerate(texts):
            mark = known[text]
            if text and mark is None:
                code = self.codes[at]
                self.stack.report("mark-unreadable", at, "not_applicable", code, value=text)
            marks.append(mark is True)
        return marks

    def _kept_rows(self) -> dict[tuple[int, str, str], int]:
        """Return the one row of every ledger, item and input; report the others."""
        rows: dict[tuple[int, str, str], list[int]] = {}
        known = self.specs
        entries = self.stack.columns["entry"]
        for at, (owner, code, name) in enumerate(
            zip(self.stack.owners, self.codes, self.names, strict=True)
        ):
            if (code, name) in known:
                rows.setdefault((owner, code, name), []).append(at)
            elif entries[at] is not None and at not in self.refused:
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
        entries = self.stack.columns["entry"]
        filled = [at for at in found if entries[at] is not None]
        if len(filled) <= 1:
            return filled[0] if filled else found[0]
        values = list(dict.fromkeys(plain_text(entries[at]) for at in filled))
        code = "row-twice" if len(values) > 1 else "row-repeated"
        name = Named.of(self.specs[key[1:]])
        shown = "; ".join(first_few(values, 5))
        self.stack.report(
            code, filled[-1], "entry", key[1], input=name, count=len(filled), value=shown
        )
        if len(values) > 1:
            for at in filled:
                entries[at] = None
        return filled[0]

    def inputs(self) -> pd.DataFrame:
        """Return the table ``Inputs``: every input of the set for every ledger, empty ones too."""
        units, keys, marked = self.stack.units, list(self.specs), self._marked_items()
        asked = [(owner, *key) for owner in range(len(units)) for key in keys]
        rows = [self.kept.get(place, -1) for place in asked]
        self._report_missing(rows, asked)
        answers = [
            self.answers.read(at, place[1:]) if at >= 0 else None
            for at, place in zip(rows, asked, strict=True)
        ]
        reasons = [marked.get(place[:2]) for place in asked]
        columns = {
            "item_code": [code for _, code, _ in asked],
            "input": [name for _, _, name in asked],
            "value": [a if isinstance(a, float) else math.nan for a in answers],
            "choice": [a if isinstance(a, str) else "" for a in answers],
            "happened_on": date_series([a if isinstance(a, dt.date) else None for a in answers]),
            "not_applicable": [reason is not None for reason in reasons],
            "reason": [reason or "" for reason in reasons],
        }
        of_unit = {name: np.repeat([u[name] for u in units], len(keys)) for name in _OF_UNIT}
        frame = pd.DataFrame(of_unit | columns | self._placed(rows))
        return table_of(frame, "Inputs", places=True)

    def _placed(self, rows: Sequence[int]) -> dict[str, list[str]]:
        """Return the places of rows; -1 is a row that the ledger does not have."""
        held = [at for at in rows if at >= 0]
        placed = self.stack.placed("entry", held)
        found = {key: iter(placed[key]) for key in ("sheet", "cell")}
        return {
            key: [next(values) if at >= 0 else "" for at in rows] for key, values in found.items()
        }

    def _marked_items(self) -> dict[tuple[int, str], str]:
        """Return the reason of every item marked as not applicable."""
        found: dict[tuple[int, str], str] = {}
        for at, marked in enumerate(self.marks):
            if marked and self.codes[at]:
                place = (self.stack.owners[at], self.codes[at])
                found[place] = found.get(place) or self.explanations[at]
        return found

    def _report_missing(self, rows: list[int], asked: list[tuple[int, str, str]]) -> None:
        first: dict[int, int] = {}
        for at, owner in enumerate(self.stack.owners):
            first.setdefault(owner, at)
        for at, (owner, code, name) in zip(rows, asked, strict=True):
            if at < 0 and owner in first and (owner, code) not in self.unresolved:
                shown = Named.of(self.specs[code, name])
                place = self.stack.place(first[owner], "entry") | {"cell": ""}
                found = Finding("row-missing", item_code=code, values={"input": shown}, **place)
                self.stack.findings.append(found)

    def claims(self) -> pd.DataFrame:
        """Return the table ``Claims``: one row per ledger and node, the index among them."""
        first: dict[tuple[int, str], int] = {}
        for at, code in enumerate(self.codes):
            if code in self.criteria.by_code or code == INDEX_CODE:
                first.setdefault((self.stack.owners[at], code), at)
        rows = list(first.values())
        self._check_maxima(first)
        own = {
            "item_code": [code for _, code in first],
            "self_points": [self._claimed(at, code) for (_, code), at in first.items()],
            "documents_cell": self.stack.cells("documents", rows),
        }
        return table_read(self.stack, "Claims", "self_points", rows, **own)

    def _claimed(self, at: int, code: str) -> float:
        value = self.stack.columns["self_points"][at]
        # Bonus points may lift the index above its total.
        maximum = math.inf if code == INDEX_CODE else self.criteria.node(code).max_points
        return points_in(self.stack, at, "self_points", code, value, maximum)

    def _check_maxima(self, first: Mapping[tuple[int, str], int]) -> None:
        for (_, code), at in first.items():
            shown = self.stack.columns["max_points"][at]
            total = self.criteria.meta.total_points
            maximum = total if code == INDEX_CODE else self.criteria.node(code).max_points
            if isinstance(shown, float) and not math.isclose(shown, maximum, abs_tol=1e-9):
                values = {"value": shown, "expected": maximum}
                self.stack.report("max-points-altered", at, "max_points", code, **values)


def _labels(criteria: CriteriaSet) -> tuple[dict[tuple[str, str], frozenset[str]], Counter[str]]:
    """Return how the row of every input is named, in every language, and how many are named so."""
    inputs = {
        (code, entry.name): [entry.label(lang) for lang in LANGUAGES]
        for code, rule in criteria.rules.items()
        for entry in rule.reported
    }
    for titles in (row_titles(criteria, lang) for lang in LANGUAGES):
        for key, title in titles.items():
            inputs[key].append(title)
    labels = {key: frozenset(map(folded, texts)) for key, texts in inputs.items()}
    return labels, Counter(text for own in labels.values() for text in own)


def points_in(
    stack: SheetRows, at: int, key: str, code: str, value: CellValue, maximum: float
) -> float:
    """Return the points in a cell, NaN where it holds none; report what is out of place."""
    if value is None or isinstance(value, FormulaWithoutValue):
        # Points are computed anew from the figures, so a formula without a value loses nothing.
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
