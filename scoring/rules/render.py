"""What the Excel face and the reading face share: operators, brackets and their order."""

from __future__ import annotations

from collections.abc import Mapping

from scoring.rules import expression as ex

# Binding strength: a part is bracketed where it binds less tightly than its place asks.
COMPARISON, SUM, PRODUCT, ATOM = 1, 2, 3, 4
_STRENGTH = {"+": SUM, "-": SUM, "*": PRODUCT}


class Renderer:
    """Writes an expression as text; subclasses say how each kind of node looks."""

    separator: str = ","
    signs: Mapping[str, str] = {sign: sign for sign in "+-*/"}
    comparisons: Mapping[str, str] = {sign: sign for sign in ("<", "<=", ">", ">=", "=", "<>")}
    functions: Mapping[str, str] = {
        word: word.upper() for word in ("min", "max", "if", "and", "or", "not")
    }

    def write(self, node: ex.Expression) -> str:
        """Return the text of `node`."""
        return self._write(node)[0]

    def number(self, value: float) -> str:
        """Return the text of a constant."""
        raise NotImplementedError

    def leaf(self, node: ex.Expression) -> str:
        """Return the text of an input, a day of the year, a choice and the like."""
        raise NotImplementedError

    def rounded(self, argument: str, decimals: int) -> str:
        """Return the text of a rounded argument."""
        raise NotImplementedError

    def divided(self, node: ex.Divide) -> tuple[str, int]:
        """Return the text of a quotient and how tightly it binds."""
        left = self._bracketed(node.left, PRODUCT)
        right = self._bracketed(node.right, ATOM)
        return f"{left}{self.signs['/']}{right}", PRODUCT

    def _write(self, node: ex.Expression) -> tuple[str, int]:
        match node:
            case ex.Number(value):
                return self.number(value), ATOM if value >= 0 else SUM
            case ex.Binary(op, left, right):
                return self._binary(op, left, right)
            case ex.Divide():
                return self.divided(node)
            case ex.Compare(op, left, right):
                parts = (self._bracketed(left, SUM), self._bracketed(right, SUM))
                return self.comparisons[op].join(parts), COMPARISON
            case ex.Round(argument, decimals):
                return self.rounded(self.write(argument), decimals), ATOM
            case ex.If(condition, then, otherwise):
                return self._call("if", (condition, then, otherwise)), ATOM
            case ex.Steps():
                return self._write(node.unfolded())
            case ex.Smallest(arguments):
                return self._call("min", arguments), ATOM
            case ex.Largest(arguments):
                return self._call("max", arguments), ATOM
            case ex.All(conditions):
                return self._call("and", conditions), ATOM
            case ex.Either(conditions):
                return self._call("or", conditions), ATOM
            case ex.Not(condition):
                return self._call("not", (condition,)), ATOM
        return self.leaf(node), ATOM

    def _binary(self, op: str, left: ex.Expression, right: ex.Expression) -> tuple[str, int]:
        strength = _STRENGTH[op]
        tighter = strength + 1 if op == "-" else strength
        parts = (self._bracketed(left, strength), self._bracketed(right, tighter))
        return self.signs[op].join(parts), strength

    def _bracketed(self, node: ex.Expression, at_least: int) -> str:
        text, strength = self._write(node)
        return text if strength >= at_least else f"({text})"

    def _call(self, function: str, arguments: tuple[ex.Expression, ...]) -> str:
        inside = self.separator.join(self.write(argument) for argument in arguments)
        return f"{self.functions[function]}({inside})"
