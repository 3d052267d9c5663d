"""What every written face shares: operators, brackets and their order."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from scoring.rules.expression import Expression

# Binding strength: a part is bracketed where it binds less tightly than its place asks.
COMPARISON, SUM, PRODUCT, ATOM = 1, 2, 3, 4


class Written(NamedTuple):
    """A piece of text and how tightly it binds."""

    text: str
    strength: int = ATOM


class Pen(ABC):
    """Writes expressions in one face; each node says what it looks like there."""

    separator: str = ","
    signs: Mapping[str, str] = {sign: sign for sign in "+-*/"}
    comparisons: Mapping[str, str] = {sign: sign for sign in ("<", "<=", ">", ">=", "=", "<>")}
    functions: Mapping[str, str] = {
        word: word.upper() for word in ("min", "max", "if", "and", "or", "not", "round")
    }

    @abstractmethod
    def part(self, node: Expression) -> Written:
        """Return `node` in the face of this pen."""

    @abstractmethod
    def number(self, value: float) -> str:
        """Return the text of a constant."""

    def write(self, node: Expression) -> str:
        """Return the text of `node`."""
        return self.part(node).text

    def bracketed(self, node: Expression, at_least: int) -> str:
        """Return the text of `node`, in brackets where it binds less tightly than `at_least`."""
        text, strength = self.part(node)
        return text if strength >= at_least else f"({text})"

    def call(self, function: str, *arguments: Expression | str) -> Written:
        """Return the text of a function with its arguments."""
        inside = (a if isinstance(a, str) else self.write(a) for a in arguments)
        return Written(f"{self.functions[function]}({self.separator.join(inside)})")
