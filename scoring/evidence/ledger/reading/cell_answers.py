"""What one entry cell of ``Tự đánh giá`` says, by the declaration of its input."""

from __future__ import annotations

import datetime as dt

from scoring.base.dates import read_date
from scoring.base.labels import LANGUAGES, Named
from scoring.base.numbers import format_number, read_number
from scoring.base.text import clean_text
from scoring.base.vocabulary import NEVER, answers, cell_word, expected_answers
from scoring.criteria import CriteriaSet
from scoring.evidence.ledger.reading.sheet_rows import SheetRows, plain_text
from scoring.files.excel.cells import CellError, CellValue, FormulaWithoutValue
from scoring.rules.spec import NUMBER_KINDS, WHOLE_KINDS

Key = tuple[str, str]
# A number, the key of a choice, or a day: its type decides which column of ``Inputs`` it goes to.
Answer = float | str | dt.date | None


class AnswerReader:
    """Reads the entry cells of one stack of sheets; what cannot be counted is a finding.

    Attributes
    ----------
    specs : mapping of (item code, input) to InputSpec
        The inputs of the set, in its order.
    notes : dict of (ledger, item code) to str
        Explanations of the items.
    """

    def __init__(self, stack: SheetRows, criteria: CriteriaSet) -> None:
        self.stack, self.criteria = stack, criteria
        self.notes: dict[tuple[int, str], str] = {}
        inputs = [(c, rule.spec, e) for c, rule in criteria.rules.items() for e in rule.reported]
        self.specs = {(code, entry.name): entry for code, _, entry in inputs}
        self.words = {
            (code, entry.name): answers(entry.kind, spec.options_of(entry.name))
            for code, spec, entry in inputs
        }

    def read(self, at: int, key: Key) -> Answer:
        """Return the answer in row `at` to the input `key`; None for one that is not usable."""
        value = self.stack.columns["entry"][at]
        entry = self.specs[key]
        if type(value) is float and entry.kind in ("count", "number"):
            return value
        if value is None or (isinstance(value, str) and not clean_text(value)):
            return None
        if isinstance(value, CellError | FormulaWithoutValue):
            code = "cell-in-error" if isinstance(value, CellError) else "formula-without-value"
            self._report(code, at, key, value=str(value))
            return None
        if entry.kind in NUMBER_KINDS:
            return self._number(value, at, key)
        return self._date(value, at, key) if entry.kind == "date" else self._word(value, at, key)

    def _report(self, code: str, at: int, key: Key, **values: object) -> None:
        name = Named.of(self.specs[key])
        self.stack.report(code, at, "entry", key[0], input=name, **values)

    def _number(self, value: CellValue, at: int, key: Key) -> Answer:
        kind = self.specs[key].kind
        if isinstance(value, float):
            return self._doubted(value, at, key)
        if isinstance(value, bool):
            self._report("not-a-number", at, key, value=plain_text(value))
            return None
        if isinstance(value, dt.date | dt.time | dt.timedelta):
            self._report("date-in-number-cell", at, key, value=value)
            return None
        text = clean_text(str(value))
        reading = read_number(text, whole=kind in WHOLE_KINDS)
        if reading.problem:
            self._report(reading.problem, at, key, value=text, candidates=reading.candidates)
            return None
        if reading.is_percent and kind != "percent":
            self._report("unexpected-percent", at, key, value=text)
            return None
        # A sign in the text says on which scale it stands.
        given = reading.value
        return given if reading.is_percent or given is None else self._doubted(given, at, key)

    def _doubted(self, value: float, at: int, key: Key) -> float:
        """Return a figure; report a percent that may be a share, unless its explanation repeats it."""
        if self.specs[key].kind == "percent" and 0 < value <= 1:
            note = self.notes.get((self.stack.owners[at], key[0]), "").replace(" ", "")
            if not any(f"{format_number(value, lang=lang)}%" in note for lang in LANGUAGES):
                self._report("percent-looks-like-share", at, key, value=value, expected=value * 100)
        return value

    def _word(self, value: CellValue, at: int, key: Key) -> Answer:
        text = plain_text(value)
        choice = self.words[key].get(cell_word(value))
        if choice is None:
            options = self.criteria.rules[key[0]].spec.options_of(key[1])
            expected = expected_answers(self.specs[key].kind, options)
            self._report("unknown-choice", at, key, value=text, expected=expected)
            return None
        return choice

    def _date(self, value: CellValue, at: int, key: Key) -> Answer:
        if isinstance(value, str) and cell_word(value) in self.words[key]:
            return NEVER
        reading = read_date(value)
        if reading.problem:
            self._report(reading.problem, at, key, value=plain_text(value))
            return None
        return reading.value
