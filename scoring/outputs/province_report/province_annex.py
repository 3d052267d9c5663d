"""How much of a province stands on paper: rows of a part, and the units of the annex."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scoring.outputs.content.league import LeagueRow
from scoring.outputs.province_report.province_content import ProvinceContent
from scoring.outputs.province_report.province_parts import Part, both_ends
from scoring.outputs.slides.slide_text import Columns

# Rows of a part, and units in the annex; a longer table shows its ends and names the workbook.
MOST_ROWS, MOST_UNITS = 20, 200
_FEWEST_ENDS = 3


@dataclass(frozen=True)
class UnitGroup:
    """The units of a block as rows; `left_out` says how many are not shown, if any."""

    heading: str
    columns: Columns
    rows: Sequence[Sequence[str]]
    left_out: str


def rows_shown(c: ProvinceContent, part: Part) -> tuple[Sequence[tuple[str, ...]], str]:
    """Return the rows of a part that paper has room for, and what is said of the others."""
    is_ends = part.key == "changes"
    rows = both_ends(part.rows, MOST_ROWS // 2) if is_ends else part.rows[:MOST_ROWS]
    hidden = len(part.rows) - len(rows)
    return rows, c.say("province_doc_more_rows", count=hidden) if hidden else ""


def unit_groups(c: ProvinceContent) -> Iterator[UnitGroup]:
    """Yield every unit, or the ends of each block where there are very many."""
    groups = _groups(c.units)
    half = max(MOST_UNITS // (2 * len(groups) or 1), _FEWEST_ENDS)
    heads = [c.say(key) for key in ("page_rank", "unit", "pack_index", "grade")]
    for block, units in groups:
        shown = units if len(c.units) <= MOST_UNITS else _ends(units, half)
        count = {"block": block, "count": len(units)}
        left = {"shown": len(shown), "count": len(units)}
        yield UnitGroup(
            c.say("province_doc_word_block", **count) if block else "",
            Columns(heads, (0.7, 4, 2, 1.5), (2,)),
            [[_rank(row), row.unit_name, row.range_text, row.grade or "—"] for row in shown],
            c.say("province_doc_word_ends", **left) if len(shown) < len(units) else "",
        )


def _groups(units: Sequence[LeagueRow]) -> list[tuple[str, list[LeagueRow]]]:
    """Return the units of each block, in the order of its first unit."""
    groups: dict[str, list[LeagueRow]] = {}
    for row in units:
        groups.setdefault(row.block, []).append(row)
    # Very many blocks would fill as many pages as the units themselves.
    most = MOST_UNITS // (2 * _FEWEST_ENDS)
    return list(groups.items()) if len(groups) <= most else [("", list(units))]


def _ends(units: Sequence[LeagueRow], half: int) -> list[LeagueRow]:
    """Return the best and the last of the units assessed in full; of open ones where none is."""
    known = [row for row in units if row.index.is_known]
    return both_ends(known or units, half)


def _rank(row: LeagueRow) -> str:
    return str(row.rank) if row.rank else "—"
