"""Face three, in part: an expression as people write it, with names or with the real figures."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping

import numpy as np

from scoring.base.dates import date_from_serial, format_date
from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.rules import expression as ex
from scoring.rules.evaluate import best_name, holds
from scoring.rules.render import COMPARISON, Renderer
from scoring.rules.spec import RuleSpec

_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "<>", "<>": "="}
_VIETNAMESE_WORDS = {"if": "nếu", "and": "và", "or": "hoặc", "not": "không"}


class TextRenderer(Renderer):
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
        words = {word: word for word in self.functions}
        self.functions = words if lang == "en" else words | _VIETNAMESE_WORDS

    def number(self, value: float) -> str:
        """Write a number in the reader's form."""
        return format_number(value, lang=self.lang)

    def rounded(self, argument: str, decimals: int) -> str:
        """Write rounding as a word."""
        return f"{label('round', self.lang)}({argument}{self.separator}{decimals})"

    def leaf(self, node: ex.Expression) -> str:
        """Write an input by its wording or its value."""
        match node:
            case ex.Name(name):
                return self._named(name)
            case ex.Choose(name, options):
                return self._choice(name, options)
            case ex.PeerBest(name):
                if self.values is not None:
                    return self.number(self.values[best_name(name)])
                return label(
                    "best_of_block", self.lang, name=self.spec.named(name).label(self.lang)
                )
            case ex.YearDate(offset, month, day):
                return self._day(offset, month, day)
            case ex.IsNever(name):
                return f"{self._named(name)} = {label('never', self.lang)}"
            case ex.IsWhole(name):
                return f"{self._named(name)} ∈ ℤ"
            case ex.Missing():
                return "—"
        raise TypeError(f"no wording: {node!r}")

    def _write(self, node: ex.Expression) -> tuple[str, int]:
        if isinstance(node, ex.If) and self.values is not None:
            return self._decided(node)
        return super()._write(node)

    def _decided(self, node: ex.Expression) -> tuple[str, int]:
        """Write the branch that these figures take, with the comparison that decided it."""
        assert self.values is not None
        arrays = {name: np.array([value]) for name, value in self.values.items()}
        failed: ex.Expression | None = None
        while isinstance(node, ex.If):
            if bool(np.all(holds(node.condition, arrays))):
                return self._because(node.then, node.condition)
            failed, node = node.condition, node.otherwise
        if isinstance(node, ex.Number) and isinstance(failed, ex.Compare):
            return self._because(node, ex.Compare(_OPPOSITE[failed.op], failed.left, failed.right))
        return super()._write(node)

    def _because(self, node: ex.Expression, condition: ex.Expression) -> tuple[str, int]:
        because = label("because", self.lang, condition=self.write(condition))
        return f"{self.write(node)} ({because})", COMPARISON

    def _named(self, name: str) -> str:
        spec = self.spec.named(name)
        if self.values is None:
            return f"[{spec.label(self.lang)}]"
        value = self.values[name]
        if math.isinf(value):
            return label("never", self.lang)
        if spec.kind == "date" and not math.isnan(value):
            return format_date(date_from_serial(value), self.lang)
        return self.number(value)

    def _choice(self, name: str, options: tuple[float, ...]) -> str:
        if self.values is None:
            return f"[{self.spec.named(name).label(self.lang)}]"
        position = self.values[name]
        return "—" if math.isnan(position) else self.number(options[int(position)])

    def _day(self, offset: int, month: int, day: int) -> str:
        if self.values is not None and not math.isnan(self.values.get(ex.YEAR, math.nan)):
            year = int(self.values[ex.YEAR]) + offset
            return format_date(dt.date(year, month, day), self.lang)
        keys = {-1: "year_before", 0: "assessment_year", 1: "year_after"}
        year_words = label(keys[offset], self.lang)
        return f"{day:02d}/{month:02d}/{year_words}"
