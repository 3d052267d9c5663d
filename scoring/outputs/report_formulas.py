"""Live formulas of the result workbook: how a parent's points follow from its children's.

A formula is only given where it yields what Python computed, so a workbook never contradicts the
other outputs; where a rule cannot be told by the cells alone, the cell keeps the plain figure.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from scoring.base.values import INDEX_CODE
from scoring.criteria import CriteriaSet
from scoring.criteria.roll_up_rules import RollUp, computed, roll_up_rules
from scoring.rules import expression as ex
from scoring.rules.excel import MAX_FORMULA_LENGTH, ExcelPen, excel_number

_CLOSE = 1e-9
_NOTHING: Mapping[str, float] = MappingProxyType({})


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
    child_maxima, max_cells : tuple
        What of their maxima applies, 0 where a child does not apply, and where it stands; empty
        where everything applies.
    """

    unit_code: str
    code: str
    cell: str
    children: tuple[str, ...]
    points: float = math.nan
    child_codes: tuple[str, ...] = ()
    child_points: tuple[float, ...] = ()
    child_maxima: tuple[float, ...] = ()
    max_cells: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """True where the points are unknown because those of a child are."""
        return math.isnan(self.points) and any(math.isnan(p) for p in self.child_points)

    def agrees(self, rule: ex.Numeric, given_up: Mapping[str, float] = _NOTHING) -> bool:
        """Say whether `rule` gives what Python computed; true where nothing is known of it."""
        if not self.child_points or self.is_open:
            return True
        maxima = self.child_maxima or (1.0,) * len(self.child_codes)
        columns = {
            ex.POINTS: dict(zip(self.child_codes, self.child_points, strict=True)),
            ex.APPLICABLE: dict(zip(self.child_codes, maxima, strict=True)),
            ex.GIVEN_UP: given_up,
        }
        return abs(computed(rule, columns) - self.points) < _CLOSE

    def formula(self, rule: ex.Numeric, given_up: Mapping[str, float] = _NOTHING) -> str | None:
        """Return `rule` over the cells of the children, None where Excel takes none so long.

        Empty while a child that applies is, except for the best of alternatives.
        """
        names = self.child_codes or self.children
        maxima = self.child_maxima or (1.0,) * len(names)
        applying = {code: most > 0 for code, most in zip(names, maxima, strict=True)}
        cells = {ex.POINTS: dict(zip(names, self.children, strict=True))}
        cells[ex.APPLICABLE] = dict(zip(names, self.max_cells, strict=False))
        cells[ex.GIVEN_UP] = {code: excel_number(most) for code, most in given_up.items()}

        def place(column: str, codes: Sequence[str]) -> str:
            shown = [c for c in codes if applying[c] or column != ex.POINTS]
            return ",".join(cells[column][code] for code in shown) or "0"

        pen = ExcelPen({}, place)
        text = pen.write(rule)
        if not any(isinstance(part, ex.IfAnyKnown) for part in ex.walk(rule)):
            known = pen.over("COUNT", ex.POINTS, tuple(names))
            text = f'IF({known}={sum(applying.values())},{text},"")'
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
    """The formulas of the parents and of the index of a set; see `roll_up_of`.

    `plain` is for parents whose children all apply, `rules` for the others, and for the index of
    a set whose areas do not add up to its total.
    """

    plain: RollUp
    rules: RollUp
    maxima: Mapping[str, float]
    is_rescaled: bool = False

    def __call__(self, cell: PointsCell) -> str | None:
        """Return the formula of a cell, None where it has to stay a plain figure."""
        full = [self.maxima.get(code, 0.0) for code in cell.child_codes]
        pairs = list(zip(cell.child_codes, full, cell.child_maxima, strict=False))
        applies = all(abs(whole - most) < _CLOSE for _, whole, most in pairs)
        applies &= not (pairs and self.is_rescaled and cell.code == INDEX_CODE)
        rule = (self.plain if applies else self.rules).points.get(cell.code)
        # A table may hold fewer nodes than the set; where nothing applies, nothing can follow.
        is_idle = bool(cell.child_maxima) and not any(cell.child_maxima)
        if rule is None or is_idle or _codes_read(rule) != set(cell.child_codes):
            return None
        given_up = {code: whole - most for code, whole, most in pairs}
        return cell.formula(rule, given_up) if cell.agrees(rule, given_up) else None


def _codes_read(rule: ex.Numeric) -> set[str]:
    parts = (part for part in ex.walk(rule) if isinstance(part, ex.Total | ex.Best))
    return {code for part in parts for code in part.codes}


def roll_up_of(criteria: CriteriaSet) -> SetFormulas:
    """Return the formulas of the parents and of the index of a set.

    Sums, the best of alternatives, bonus and penalty with their caps, the rounding that the set
    declares, and what does not apply: points shared out among siblings, an index rescaled.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> formula = roll_up_of(open_set("service-quality-766"))
    >>> cells, codes = ("E5", "E6", "E7"), ("5.1", "5.2", "5.3")
    >>> formula(PointsCell("H44", "5", "E4", cells, 14.5, codes, (6.0, 1.5, 7.0)))
    '=IF(COUNT(E5,E6,E7)=3,SUM(E5,E6,E7),"")'
    """
    maxima = {node.code: node.max_points for node in criteria.nodes}
    is_rescaled = abs(sum(area.max_points for area in criteria.areas) - criteria.meta.total_points)
    plain = roll_up_rules(criteria, all_apply=True)
    return SetFormulas(plain, criteria.roll_up, maxima, is_rescaled > _CLOSE)
