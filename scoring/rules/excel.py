"""Face two: an expression as an Excel formula (English names and commas, as files store it)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from scoring.rules.expression import Expression
from scoring.rules.operators import Pen, Written
from scoring.rules.span import Limits
from scoring.rules.spec import NUMBER_KINDS

# Excel refuses longer formulas.
MAX_FORMULA_LENGTH = 8192
# Excel takes at most 255 arguments.
_MOST_ARGUMENTS = 200


@dataclass(frozen=True, slots=True)
class ExcelInput:
    """Where a workbook keeps one input.

    Attributes
    ----------
    cell : str
        Reference to the entry cell, such as ``$D$12``.
    kind : str
        Kind of the input (see `scoring.base.values.INPUT_KINDS`).
    options : str
        Range with the drop-down's texts in the order of the set, for yes/no (yes first), choices
        and dates (the one text for "never"); empty for numbers.
    """

    cell: str
    kind: str
    options: str = ""


def _nowhere(column: str, codes: Sequence[str]) -> str:
    raise LookupError(f"no cells hold {column} of {', '.join(codes)}")


def excel_number(value: float) -> str:
    """Return a constant as every formula writes it, so that Excel reads back the same double.

    Examples
    --------
    >>> excel_number(3.0), excel_number(0.1), excel_number(1e-9)
    ('3', '0.1', '0.000000001')
    """
    exact = Decimal(repr(float(value)))
    return str(int(value)) if exact == int(value) else f"{exact:f}"


class ExcelPen(Pen):
    """Writes expressions with cell references in place of names.

    Parameters
    ----------
    cells : mapping of str to ExcelInput
        Where the inputs of an item are.
    place : callable, optional
        Column and codes to the cells of other nodes, as the arguments of a function.
    nothing : str
        What the best of alternatives shows while none is known.
    limits : Limits, optional
        What is known of the inputs, such as that a divisor cannot be negative.
    """

    def __init__(
        self,
        cells: Mapping[str, ExcelInput],
        place: Callable[[str, Sequence[str]], str] = _nowhere,
        nothing: str = '""',
        limits: Limits | None = None,
    ) -> None:
        self.cells, self.place, self.nothing, self.limits = cells, place, nothing, limits

    def part(self, node: Expression) -> Written:
        """Return a node as part of a formula."""
        return node.excel(self)

    def number(self, value: float) -> str:
        """Write a constant."""
        return excel_number(value)

    def over(self, function: str, column: str, codes: Sequence[str]) -> str:
        """Return a function of the cells of some nodes; more than Excel takes are nested."""
        parts = self.place(column, codes).split(",")
        calls = [
            f"{function}({','.join(parts[at : at + _MOST_ARGUMENTS])})"
            for at in range(0, len(parts), _MOST_ARGUMENTS)
        ]
        if len(calls) == 1:
            return calls[0]
        outer = "SUM" if function == "COUNT" else function
        return f"{outer}({','.join(calls)})"

    def filled(self, names: Iterable[str]) -> str:
        """Return the condition that every one of `names` holds a usable entry."""
        places = [self.cells[name] for name in names]
        numbers = [place.cell for place in places if place.kind in NUMBER_KINDS]
        parts = [f"COUNT({','.join(numbers)})={len(numbers)}"] if numbers else []
        parts += [_answered(place) for place in places if place.kind not in NUMBER_KINDS]
        return parts[0] if len(parts) == 1 else f"AND({','.join(parts)})"

    def value(self, name: str) -> str:
        """Return the number that stands for the entry of input `name`."""
        place = self.cells[name]
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
