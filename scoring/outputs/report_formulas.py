"""Live formulas of the result workbook: how a parent's points follow from its children's.

A formula is only given where it yields what Python computed, so a workbook never contradicts the
other outputs; where a rule cannot be told by the cells alone, the cell keeps the plain figure.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from scoring.criteria import CriteriaSet
from scoring.criteria.roll_up_rules import RollUp, computed, roll_up_rules
from scoring.rules import expression as ex
from scoring.rules.excel import MAX_FORMULA_LENGTH, ExcelPen

_CLOSE = 1e-9


class PointsCell(NamedTuple):
    """A cell with points, for whoever makes formulas of it.

    Attributes
    ----------
    unit_code, code : str
        Whose points of which node.
    cell : str
        The address, as ``F12``.
    children : tuple of str
        The addresses of the points of the nodes directly below, on the same sheet.
    points : float
        What Python computed; NaN while something is open.
    child_codes, child_points : tuple
        Codes and points of the children, in the order of `children`.
    """

    unit_code: str
    code: str
    cell: str
    children: tuple[str, ...]
    points: float = math.nan
    child_codes: tuple[str, ...] = ()
    child_points: tuple[float, ...] = ()

    @property
    def is_open(self) -> bool:
        """True where the points are unknown because those of a child are."""
        return math.isnan(self.points) and any(math.isnan(p) for p in self.child_points)

    def agrees(self, rule: ex.Numeric) -> bool:
        """Say whether `rule` gives what Python computed; true where nothing is known of it."""
        if not self.child_points or self.is_open:
            return True
        columns = {
            ex.POINTS: dict(zip(self.child_codes, self.child_points, strict=True)),
            ex.APPLICABLE: dict.fromkeys(self.child_codes, 1.0),
        }
        return abs(computed(rule, columns) - self.points) < _CLOSE

    def formula(self, rule: ex.Numeric) -> str | None:
        """Return `rule` over the cells of the children, None where Excel takes none so long.

        Empty while a child is, except for the best of alternatives.
        """
        cells = dict(zip(self.child_codes or self.children, self.children, strict=True))

        def place(column: str, codes: Sequence[str]) -> str:
            return ",".join(cells[code] for code in codes)

        pen = ExcelPen({}, place)
        text = pen.write(rule)
        if not isinstance(rule, ex.IfAnyKnown):
            known = pen.over("COUNT", ex.POINTS, tuple(cells))
            text = f'IF({known}={len(cells)},{text},"")'
        return f"={text}" if len(text) < MAX_FORMULA_LENGTH else None


Formulas = Callable[[PointsCell], str | None]


def sum_of_children(cell: PointsCell) -> str | None:
    """Return the formula that adds up the children, empty while one of them is.

    Examples
    --------
    >>> sum_of_children(PointsCell("H44", "1", "E4", ("E5", "E6")))
    '=IF(COUNT(E5,E6)=2,SUM(E5,E6),"")'
    """
    rule = ex.Total(ex.POINTS, cell.child_codes or cell.children)
    return cell.formula(rule) if cell.children and cell.agrees(rule) else None


@dataclass(frozen=True)
class SetFormulas:
    """The formulas of the parents and of the index of a set; see `roll_up_of`."""

    rules: RollUp

    def __call__(self, cell: PointsCell) -> str | None:
        """Return the formula of a cell, None where it has to stay a plain figure."""
        rule = self.rules.points.get(cell.code)
        # A table may hold fewer nodes than the set.
        if rule is None or _codes_read(rule) != set(cell.child_codes) or not cell.agrees(rule):
            return None
        return cell.formula(rule)


def _codes_read(rule: ex.Numeric) -> set[str]:
    parts = (part for part in ex.walk(rule) if isinstance(part, ex.Total | ex.Best))
    return {code for part in parts for code in part.codes}


def roll_up_of(criteria: CriteriaSet) -> SetFormulas:
    """Return the formulas of the parents and of the index of a set.

    Sums, the best of alternatives, bonus and penalty with their caps, and the rounding that the
    set declares are told; shared-out and rescaled points are not.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> formula = roll_up_of(open_set("service-quality-766"))
    >>> cells, codes = ("E5", "E6", "E7"), ("5.1", "5.2", "5.3")
    >>> formula(PointsCell("H44", "5", "E4", cells, 14.5, codes, (6.0, 1.5, 7.0)))
    '=IF(COUNT(E5,E6,E7)=3,SUM(E5,E6,E7),"")'
    """
    return SetFormulas(roll_up_rules(criteria, all_apply=True))
