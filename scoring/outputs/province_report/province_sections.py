"""The tables of a province report, row by row, for its workbook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from scoring.base.values import STATUSES
from scoring.outputs.amounts import Amount, OpenAmount
from scoring.outputs.province_report.province_content import ProvinceContent
from scoring.outputs.province_report.province_rows import (
    Bin,
    CauseShare,
    GradeCount,
    LossRow,
    WinRow,
)
from scoring.outputs.section_sheets import Cell, MadeRows, Row, Section

_NAME, _TEXT, _FIGURE, _COUNT = 50.0, 60.0, 18.0, 15.0


def province_sections(content: ProvinceContent) -> Iterator[Section]:
    """Yield the tables that the content fills, in the order of the page.

    A figure is the value of its `Amount`; NaN, which a sheet leaves empty, where nothing is known.
    """
    yield from _spreads(content)
    if content.grade_notes:
        yield _graded(content)
    if content.targets:
        yield _targets(content)
    yield _losses(content, "areas", content.losses.areas)
    yield _losses(content, "items", content.losses.items)
    yield _wins(content)
    if content.changes:
        yield _changes(content)
    yield _help(content)
    if content.plan_targets:
        yield _plan(content)
    yield _units(content)
    yield _points(content)
    yield _gaps(content)


def _section(
    c: ProvinceContent, key: str, heads: dict[str, float], rows: Sequence[Row], *notes: str
) -> Section:
    """Return a section whose heads are labels with the widths of their columns."""
    words = tuple(c.say(head) for head in heads)
    title = c.say(f"province_sheet_{key}")
    return Section(key, title, words, rows, tuple(heads.values()), notes)


def _value(amount: Amount) -> float:
    return float(amount.value)


def _value_or_range(amount: Amount) -> Cell:
    """Return the points of an area, or the range they lie in: its least end is no result."""
    return amount.text if isinstance(amount, OpenAmount) else _value(amount)


def _spreads(c: ProvinceContent) -> Iterator[Section]:
    """Yield how many units of each block have an index in a bin, and which grade."""
    blocks = c.distribution.blocks if len(c.distribution.blocks) > 1 else ()
    none = c.say("province_no_grade")
    parts: dict[tuple[str, str], list[tuple[str, Bin | GradeCount]]] = {
        ("bins", "pack_index"): [(one.text, one) for one in c.distribution.bins],
        ("grades", "grade"): [(one.grade or none, one) for one in c.distribution.grades],
    }
    for (key, first), counted in parts.items():
        if counted or key == "bins":
            names = [block or c.say("standing_all") for block in blocks]
            heads = (c.say(first), c.say("province_units"), *names)
            rows: list[tuple[Cell, ...]] = [
                (name, one.count, *(one.counts if blocks else ())) for name, one in counted
            ]
            widths = (60.0, *[30.0] * (len(heads) - 1))
            yield Section(key, c.say(f"province_sheet_{key}"), heads, tuple(rows), widths)


def _graded(c: ProvinceContent) -> Section:
    heads = {"unit": _NAME, "page_block": 25.0, "grade": 30.0, "province_reasons": 110.0}
    rows: list[tuple[Cell, ...]] = [
        (row.unit_name, row.block, row.grade, row.reason) for row in c.grade_notes
    ]
    return _section(c, "graded", heads, rows)


def _targets(c: ProvinceContent) -> Section:
    heads = {"unit": _NAME, "page_block": 25.0, "pack_index": 28.0, "target": _FIGURE,
             "column_against_target": _TEXT, "province_by": _FIGURE}  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (r.unit_name, r.block, r.points_text, _value(r.target), r.target.said, _value(r.by))
        for r in (c.targets.rows if c.targets else ())
    ]
    return _section(c, "targets", heads, rows)


def _losses(c: ProvinceContent, key: str, losses: tuple[LossRow, ...]) -> Section:
    heads = {"display_code": _COUNT, "item" if key == "items" else "area": _NAME, "max_points": _FIGURE,
             "province_lost": _FIGURE, "province_per_unit": _FIGURE, "province_share": _FIGURE,
             "province_units": _COUNT, "province_open_points": _FIGURE, "province_open_units": _COUNT,
             "province_at_risk": _FIGURE, "column_cause": _TEXT}  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (row.code, row.name, _value(row.maximum), _value(row.lost), _value(row.per_unit),
         _value(row.share), row.units, _value(row.open_points), row.open_units,
         _value(row.at_risk), cause_text(c, row.causes))
        for row in losses
    ]  # fmt: skip
    return _section(c, key, heads, rows)


def cause_text(c: ProvinceContent, causes: tuple[CauseShare, ...]) -> str:
    """Return causes in words, a line each."""
    return "\n".join(
        f"{one.name} {one.lost.text} ({c.say('province_unit_count', count=one.units)})"
        for one in causes
    )


def _wins(c: ProvinceContent) -> Section:
    heads = {"province_when": 32.0, "page_rank": _COUNT, "province_do": 95.0, "column_cause": 40.0,
             "points": _FIGURE, "province_units": _COUNT}  # fmt: skip
    parts = {"province_wins_now": c.wins.now, "province_wins_later": c.wins.later}
    rows: list[tuple[Cell, ...]] = [
        _win(c.say(key), win) for key, wins in parts.items() for win in wins
    ]
    return _section(c, "wins", heads, rows)


def _win(when: str, win: WinRow) -> tuple[Cell, ...]:
    return when, win.rank, win.action, win.cause_name, _value(win.points), win.units


def _changes(c: ProvinceContent) -> Section:
    heads = {"unit": _NAME, "page_block": 25.0, "province_last_percent": _FIGURE,
             "province_this_percent": _FIGURE, "province_change": _FIGURE, "province_items": _COUNT,
             "province_last_rank": _COUNT, "page_rank": _COUNT}  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (r.unit_name, r.block, _value(r.last), _value(r.now), _value(r.change), r.items,
         r.last_rank or "", r.rank or "")
        for r in (c.changes.rows if c.changes else ())
    ]  # fmt: skip
    return _section(c, "changes", heads, rows, c.say("province_changes_lead"))


def _help(c: ProvinceContent) -> Section:
    heads = {"unit": _NAME, "page_block": 25.0, "pack_index": 28.0, "province_reasons": 110.0}
    rows: list[tuple[Cell, ...]] = [
        (r.unit_name, r.block, r.points_text, "\n".join(reason.text for reason in r.reasons))
        for r in c.help
    ]
    return _section(c, "help", heads, rows, *c.help_reasons, c.say("province_help_sample"))


def _plan(c: ProvinceContent) -> Section:
    heads = {"display_code": _COUNT, "target": _TEXT, "column_year": _COUNT, "province_wanted": 40.0,
             "province_result": 30.0, "column_against_target": _TEXT}  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (r.code, r.name, r.year, r.wanted, r.result.text, r.verdict) for r in c.plan_targets
    ]
    return _section(c, "plan", heads, rows, c.plan_sentence)


def _units(c: ProvinceContent) -> Section:
    """Return the league of the period, with what else is told of each unit."""
    told = {row.key: row.target.said for row in c.targets.rows} if c.targets else {}
    moves = {row.key: _value(row.change) for row in c.changes.rows} if c.changes else {}
    needs = {row.key: len(row.reasons) for row in c.help}
    heads = {"page_rank": _COUNT, "unit": _NAME, "page_block": 25.0, "pack_index": _FIGURE,
             "province_low": _FIGURE, "province_high": _FIGURE, "grade": 25.0,
             "column_against_target": 50.0, "province_change": _FIGURE, "province_help_count": _COUNT}  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (row.rank or "", row.unit_name, row.block, _value(row.index), _value(row.low),
         _value(row.high), row.grade, told.get(row.key, ""), moves.get(row.key, np.nan),
         needs.get(row.key, 0), *map(_value_or_range, row.areas))
        for row in c.units
    ]  # fmt: skip
    section = _section(c, "units", heads, rows)
    areas = tuple(f"{area.name} / {area.maximum.text}" for area in c.league.areas)
    widths = (*section.widths, *[_FIGURE + 6] * len(areas))
    return Section("units", section.title, (*section.heads, *areas), section.rows, widths)


def _points(c: ProvinceContent) -> Section:
    """Return the points of every item, a column each; empty while an item is open."""
    units, figures = c.units, c.figures

    def made(first: int, last: int) -> Iterator[Row]:
        for row in units[first:last]:
            points = figures.points[:, figures.place_of[row.key]].tolist()
            yield row.unit_name, row.block, *points

    heads = (c.say("unit"), c.say("page_block"), *(f"{i.code} / {i.maximum.text}" for i in c.items))
    widths = (_NAME, 25.0, *[_COUNT - 2] * len(c.items))
    notes = (c.say("province_points_note"),)
    rows = MadeRows(len(units), made)
    return Section("points", c.say("province_sheet_points"), heads, rows, widths, notes)


def _gaps(c: ProvinceContent) -> Section:
    """Return every item of a unit that loses points, is open or lacks proof, the largest loss first."""
    # The property sifts the whole league each time it is asked.
    figures, told = c.figures, c.units
    names = [f"{item.code} {item.name}" for item in c.items]
    units, items = np.nonzero(figures.cause.T >= 0)
    order = np.argsort(-figures.lost.T[units, items], kind="stable")
    units, items = units[order], items[order]
    states = [c.say(f"status_{STATUSES[s]}") for s in range(len(STATUSES))]
    parts = (figures.maxima, figures.points, figures.lost, figures.cause, figures.status)

    def made(first: int, last: int) -> Iterator[Row]:
        at = items[first:last], units[first:last]
        columns = zip(*(part[at].tolist() for part in parts), strict=True)
        for item, unit, told_of in zip(at[0].tolist(), at[1].tolist(), columns, strict=True):
            *points, cause, status = told_of
            row = told[unit]
            yield (row.unit_name, row.block, names[item], *points,
                   figures.cause_names[cause], states[status])  # fmt: skip

    heads = {"unit": _NAME, "page_block": 25.0, "item": 80.0, "max_points": _FIGURE,
             "points": _FIGURE, "province_lost_open": _FIGURE, "column_cause": 45.0,
             "column_status": 30.0}  # fmt: skip
    rows = MadeRows(len(units), made)
    return _section(c, "gaps", heads, rows, c.say("province_gaps_note"))
