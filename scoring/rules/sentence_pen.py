"""Face three, in part: an expression as people write it, with names or with the real figures."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from scoring.base.dates import date_from_serial, format_date
from scoring.base.due_dates import DueDate
from scoring.base.labels import label
from scoring.base.numbers import FIGURE_DECIMALS, figure_text, format_number
from scoring.base.rounding import round_points
from scoring.rules.evaluate import Run, holds
from scoring.rules.expression import YEAR, Condition, Expression, If
from scoring.rules.operators import Pen, Written
from scoring.rules.spec import RuleSpec

_VIETNAMESE_WORDS = {"if": "nếu", "and": "và", "or": "hoặc", "not": "không"}


class TextPen(Pen):
    """Writes expressions with × and Vietnamese or English numbers.

    Parameters
    ----------
    spec : RuleSpec
        The item, for the wording of its inputs.
    lang : str
        ``vi`` or ``en``.
    values : mapping of str to float, optional
        With it the figures stand in place of the names.
    """

    signs: Mapping[str, str] = {"+": " + ", "-": " − ", "*": " × ", "/": " / "}
    comparisons: Mapping[str, str] = {
        "<": " < ",
        "<=": " ≤ ",
        ">": " > ",
        ">=": " ≥ ",
        "=": " = ",
        "<>": " ≠ ",
    }

    def __init__(
        self, spec: RuleSpec, lang: str = "vi", values: Mapping[str, float] | None = None
    ) -> None:
        self.spec, self.lang, self.values = spec, lang, values
        self.separator = ", " if lang == "en" else "; "
        words = {word: word for word in self.functions} | {"round": label("round", lang)}
        self.functions = words if lang == "en" else words | _VIETNAMESE_WORDS

    def part(self, node: Expression) -> Written:
        """Return a node as people write it."""
        return node.words(self)

    def number(self, value: float) -> str:
        """Write a number in the reader's form."""
        return format_number(value, lang=self.lang)

    def is_met(self, condition: Condition) -> bool:
        """Say whether the figures meet `condition`."""
        arrays = {name: np.array([value]) for name, value in (self.values or {}).items()}
        return bool(np.all(holds(condition, arrays)))

    def named(self, name: str) -> str:
        """Return the wording of an input, or its figure."""
        spec = self.spec.named(name)
        if self.values is None:
            return f"[{spec.label(self.lang)}]"
        value = self.values[name]
        if math.isinf(value):
            return label("never", self.lang)
        if spec.kind == "date" and not math.isnan(value):
            return format_date(date_from_serial(value), self.lang)
        return figure_text(value, self.lang)

    def cell(self, column: str, code: str) -> str:
        """Name what is read of another node."""
        return label(f"cell_{column}", self.lang, code=code)

    def day(self, offset: int, month: int, day: int) -> str:
        """Return a day of the assessment year or of one beside it."""
        due = DueDate(offset, month, day)
        year = math.nan if self.values is None else self.values.get(YEAR, math.nan)
        return (
            due.sentence(self.lang)
            if math.isnan(year)
            else format_date(due.on(int(year)), self.lang)
        )


class FiguresPen(TextPen):
    """Writes how nodes add up with the figures of one unit, of each choice the branch taken.

    Parameters
    ----------
    lang : str
    figure : callable of column and code
        What the expression reads of a node.
    """

    def __init__(self, lang: str, figure: Callable[[str, str], float]) -> None:
        super().__init__(RuleSpec("", "", 0.0), lang, {})
        self.figure = figure

    def part(self, node: Expression) -> Written:
        """Return a node, without the conditions that led to it."""
        if not isinstance(node, If):
            return super().part(node)
        return self.part(node.then if self.is_met(node.condition) else node.otherwise)

    def number(self, value: float) -> str:
        """Write a number with enough decimals to add it up again."""
        return format_number(round_points(value, FIGURE_DECIMALS), lang=self.lang)

    def is_met(self, condition: Condition) -> bool:
        """Say whether the figures of the nodes meet `condition`."""
        run = Run({}, lambda column, codes: [np.array(self.figure(column, c)) for c in codes])
        return bool(np.all(condition.holds(run)))

    def cell(self, column: str, code: str) -> str:
        """Write what is read of another node."""
        return self.number(self.figure(column, code))
