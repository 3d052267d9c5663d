"""Face two: an expression as an Excel formula (English names and commas, as files store it)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scoring.rules import expression as ex
from scoring.rules.evaluate import best_name
from scoring.rules.render import ATOM, Renderer
from scoring.rules.spec import NUMBER_KINDS

# Excel refuses longer formulas.
MAX_FORMULA_LENGTH = 8192


@dataclass(frozen=True, slots=True)
class ExcelInput:
    """Where a workbook keeps one input.

    Attributes
    ----------
    cell : str
        Reference to the entry cell, such as ``$D$12``.
    kind : str
        Kind of the input (see `scoring.rules.spec.INPUT_KINDS`).
    options : str
        Range with the drop-down's texts in the order of the set, for yes/no (yes first), choices
        and dates (the one text for "never"); empty for numbers.
    """

    cell: str
    kind: str
    options: str = ""


class ExcelRenderer(Renderer):
    """Writes expressions with cell references in place of input names."""

    def __init__(self, cells: Mapping[str, ExcelInput]) -> None:
        self.cells = cells

    def number(self, value: float) -> str:
        """Write a constant so that Excel reads back the same double."""
        if value == int(value) and abs(value) < 1e15:
            return str(int(value))
        return repr(float(value))

    def rounded(self, argument: str, decimals: int) -> str:
        """Write Excel's own half-up rounding."""
        return f"ROUND({argument},{decimals})"

    def divided(self, node: ex.Divide) -> tuple[str, int]:
        """Write a quotient with its answer to a zero divisor."""
        text, strength = super().divided(node)
        if node.when_zero is None:
            return text, strength
        return f"IF({self.write(node.right)}=0,{self.write(node.when_zero)},{text})", ATOM

    def leaf(self, node: ex.Expression) -> str:
        """Write a reference, a date, a choice or the empty text."""
        match node:
            case ex.Name(name):
                return self._value(self.cells[name])
            case ex.PeerBest(name):
                return self.cells[best_name(name)].cell
            case ex.YearDate(offset, month, day):
                year = self.cells[ex.YEAR].cell + (f"{offset:+d}" if offset else "")
                return f"DATE({year},{month},{day})"
            case ex.Choose(name, options):
                chosen = self._value(self.cells[name])
                return f"CHOOSE({chosen},{','.join(map(self.number, options))})"
            case ex.IsNever(name):
                return f"ISTEXT({self.cells[name].cell})"
            case ex.IsWhole(name):
                return f"INT({self.cells[name].cell})={self.cells[name].cell}"
            case ex.Missing():
                return '""'
        raise TypeError(f"no Excel face: {node!r}")

    def filled(self, names: Iterable[str]) -> str:
        """Return the condition that every one of `names` holds a usable entry."""
        places = [self.cells[name] for name in names]
        numbers = [place.cell for place in places if place.kind in NUMBER_KINDS]
        parts = [f"COUNT({','.join(numbers)})={len(numbers)}"] if numbers else []
        parts += [_answered(place) for place in places if place.kind not in NUMBER_KINDS]
        return parts[0] if len(parts) == 1 else f"AND({','.join(parts)})"

    def _value(self, place: ExcelInput) -> str:
        if place.kind == "yes_no":
            return f"(2-MATCH({place.cell},{place.options},0))"
        if place.kind == "choice":
            return f"MATCH({place.cell},{place.options},0)"
        if place.kind == "date":
            # A day typed with its hour is still that day.
            return f"INT({place.cell})"
        return place.cell


def _answered(place: ExcelInput) -> str:
    matched = f"ISNUMBER(MATCH({place.cell},{place.options},0))"
    if place.kind != "date":
        return matched
    return f"OR(ISNUMBER({place.cell}),{matched})" if place.options else f"ISNUMBER({place.cell})"
