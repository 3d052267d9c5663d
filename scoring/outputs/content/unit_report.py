"""Building the content of reports from the tables of a run."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from scoring.base.dates import format_date
from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.base.labels import label
from scoring.base.text import clean_text, first_few, shortened
from scoring.base.units import KEY_COLUMNS, UnitKey, unit_keys
from scoring.base.values import INDEX_CODE
from scoring.outputs.amounts import (
    Amount,
    change_amount,
    count_amount,
    percent_amount,
    points_amount,
    points_or_range,
)
from scoring.outputs.content.actions import cause_rows, lost_note, risk_rows, step_rows
from scoring.outputs.content.block_standing import Standing, standings
from scoring.outputs.content.item_rows import (
    ItemRows,
    UnitGaps,
    UnitView,
    split_gaps,
    task_deadlines,
    unit_advice,
    unit_targets,
)
from scoring.outputs.content.set_identity import about_set, index_figures
from scoring.outputs.content.track_rows import track_table
from scoring.outputs.content.unit_content import Headline, ReportContent
from scoring.outputs.content.unit_rows import AreaRow, FindingRow, TargetRow
from scoring.outputs.content.what_if_fields import what_if_fields
from scoring.points import ScoreSheet
from scoring.points.sampling_words import sampling_lines
from scoring.rules.evaluate import FloatArray
from scoring.tables import checked


def report_content(
    sheet: ScoreSheet,
    gaps: pd.DataFrame,
    targets: pd.DataFrame,
    findings: Iterable[Finding] = (),
    *,
    unit_code: str | UnitKey = "",
    lang: str = "vi",
    last_year: ScoreSheet | None = None,
    tasks: pd.DataFrame | None = None,
    as_of: dt.date | None = None,
) -> ReportContent:
    """Return what the report of one unit and period says.

    Parameters
    ----------
    sheet : ScoreSheet
    gaps, targets : DataFrame
        Tables ``Gaps`` and accepted ``Targets``.
    findings : iterable of Finding
        Those of other units are left out; those of no unit are kept.
    unit_code : str or UnitKey
        May be empty where there is one unit; a unit with several periods is named by its key.
    lang : str
        ``vi`` or ``en``.
    last_year : ScoreSheet, optional
        The sheet of the year before; nodes are matched by code.
    tasks : DataFrame, optional
        Table ``PlanTasks``: lead units and deadlines of the items that a task serves, for gaps
        that bring none of their own.
    as_of : date, optional
        The day the report is read; deadlines before it are marked as overdue. Without it none is.

    Returns
    -------
    ReportContent

    Raises
    ------
    UsageError
        When no unit has that code, or what is named is not one unit and period.

    Examples
    --------
    >>> from scoring.analysis import gap_table
    >>> from scoring.criteria import open_set
    >>> from scoring.points import inputs_table, score
    >>> figures = inputs_table([
    ...     {"item_code": "2", "input": "on_time", "value": 90},
    ...     {"item_code": "2", "input": "received", "value": 100},
    ... ], unit_code="H1", unit_name="Sở A", year=2026)
    >>> sheet = score(figures, open_set("service-quality-766"))
    >>> nothing = pd.DataFrame({"unit_code": [], "code": [], "target_points": []})
    >>> content = report_content(sheet, gap_table(sheet), nothing)
    >>> content.headline.range_text, content.areas[1].points_text, content.causes[0].lost.text
    ('18,00 – 98,00', '18,00', '80,00')
    """
    chosen = chosen_keys(sheet, [unit_code] if unit_code else None)
    if len(chosen) != 1:
        raise UsageError(
            f"report_content: unit_code must name one of {len(chosen)} units or periods"
        )
    return next(
        report_contents(
            sheet, gaps, targets, findings, units=chosen, lang=lang, last_year=last_year,
            tasks=tasks, as_of=as_of,
        )
    )  # fmt: skip


def report_contents(
    sheet: ScoreSheet,
    gaps: pd.DataFrame,
    targets: pd.DataFrame,
    findings: Iterable[Finding] = (),
    *,
    units: Sequence[str | UnitKey] | None = None,
    lang: str = "vi",
    last_year: ScoreSheet | None = None,
    tasks: pd.DataFrame | None = None,
    as_of: dt.date | None = None,
    data_days: Mapping[UnitKey, dt.date] = MappingProxyType({}),
) -> Iterator[ReportContent]:
    """Yield the content of each unit and period in turn; arguments as for `report_content`.

    Parameters
    ----------
    units : sequence of str or UnitKey, optional
        The units wanted, in this order, a code standing for all periods of its unit; all of them
        without it.
    data_days : mapping of UnitKey to date
        The day of the figures of each unit, where one is known.

    Raises
    ------
    UsageError
        When no unit has one of the codes, before anything is yielded.

    Examples
    --------
    >>> from scoring.analysis import gap_table
    >>> from scoring.points import inputs_table, score
    >>> from scoring.tables import empty
    >>> rows = [{"item_code": "2", "input": name, "value": value}
    ...         for name, value in (("on_time", 90), ("received", 100))]
    >>> inputs = inputs_table(rows, unit_code="H1", unit_name="Sở Mẫu", year=2026)
    >>> sheet = score(inputs, "service-quality-766")
    >>> made = list(report_contents(sheet, gap_table(sheet), empty("Targets"), lang="en"))
    >>> [(content.unit_name, content.lang) for content in made]
    [('Sở Mẫu', 'en')]
    """
    checked(gaps, "Gaps", by="report_contents")
    checked(targets, "Targets", by="report_contents")
    chosen = chosen_keys(sheet, units)
    own_gaps, deadlines = by_key(gaps), task_deadlines(tasks)
    places, advice = standings(sheet, lang), unit_advice(sheet, deadlines, as_of)
    aims = unit_targets(targets)
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        found[finding.unit_code].append(finding)
    for key in chosen:
        code, [place] = key.unit_code, sheet.places(key)
        last, day = _last_points(last_year, key), data_days.get(key)
        view = UnitView(sheet, key, place, lang, aims(key), last, deadlines, as_of, day, advice)
        own = [finding for finding in found[code] + found[""] if concerns(finding, key)]
        content = _content(view, own_gaps.get(key, gaps.iloc[:0]), own, places.get(key))
        yield replace(content, what_if=what_if_fields(view)) if len(chosen) == 1 else content


def chosen_keys(sheet: ScoreSheet, units: Sequence[str | UnitKey] | None) -> list[UnitKey]:
    """Return the keys of the `units` of a sheet, each period of a code; all of them for None.

    Raises
    ------
    UsageError
        For a unit that the sheet does not have.
    """
    keys = unit_keys(sheet.units)
    if units is None:
        return keys
    if unknown := [unit for unit in units if not sheet.places(unit)]:
        code = unknown[0] if isinstance(unknown[0], str) else unknown[0].unit_code
        known = ", ".join(first_few(list(dict.fromkeys(key.unit_code for key in keys)), 5))
        raise UsageError(
            f"no unit {shortened(code)!r} among: {known}",
            Finding("unknown-unit", unit_code=code, values={"known": known}),
        )
    return [keys[place] for unit in units for place in sheet.places(unit)]


def concerns(finding: Finding, key: UnitKey) -> bool:
    """Say whether a finding is about a unit and period; what it does not name it says of all."""
    about = (finding.unit_code, finding.year, finding.period)
    return all(part in ("", str(own)) for part, own in zip(about, key, strict=True))


def by_key(table: pd.DataFrame) -> dict[UnitKey, pd.DataFrame]:
    """Return the rows of each unit and period."""
    groups = (own for _, own in table.groupby(KEY_COLUMNS, sort=False))
    return {unit_keys(own.iloc[:1])[0]: own for own in groups}


def _last_points(last_year: ScoreSheet | None, key: UnitKey) -> dict[str, float]:
    """Return the points of the same period of last year, or of the last one there is."""
    places = last_year.places(key.unit_code) if last_year is not None else []
    if last_year is None or not places:
        return {}
    same = [place for place in places if last_year.units["period"].iloc[place] == key.period]
    column = last_year.points[:, (same or places)[-1]]
    codes = [*(node.code for node in last_year.criteria.nodes), INDEX_CODE]
    known = zip(codes, column, strict=True)
    return {code: float(points) for code, points in known if not np.isnan(points)}


def _content(
    view: UnitView, gaps: pd.DataFrame, findings: Sequence[Finding], standing: Standing | None
) -> ReportContent:
    sheet, lang = view.sheet, view.lang
    unit: dict[Hashable, Any] = sheet.units.iloc[view.place].to_dict()
    own = split_gaps(gaps)
    items = ItemRows(view, own).rows()
    return ReportContent(
        **about_set(sheet, view.key, lang),
        key=view.key,
        unit_name=clean_text(str(unit["unit_name"])) or clean_text(view.key.unit_code),
        block=clean_text(str(unit["block"])),
        headline=_headline(view, own),
        data_text=_days_text(view),
        read_on=view.as_of,
        standing=standing,
        areas=tuple(_areas(view, own)),
        targets=tuple(_target_rows(view)),
        causes=cause_rows(own.lost, view),
        items=items,
        risks=risk_rows(items, own, view),
        steps=step_rows(items, sheet.track, view.as_of is not None),
        findings=tuple(FindingRow.of(finding, lang) for finding in findings),
        track=label(f"track_{sheet.track}", lang) if sheet.shows_tracks else "",
        tracks=track_table(view),
    )


def _days_text(view: UnitView) -> str:
    """Say of which day the figures are, and on which the report is read."""
    days = {"pack_data_on": view.data_on, "pack_read_on": view.as_of}
    known = {key: format_date(day, view.lang) for key, day in days.items() if day}
    said = [label(key, view.lang, day=day) for key, day in known.items()]
    return " · ".join(said if view.data_on else [label("pack_data_undated", view.lang), *said])


def _headline(view: UnitView, gaps: UnitGaps) -> Headline:
    sheet, place, lang = view.sheet, view.place, view.lang
    meta = sheet.criteria.meta
    row = sheet.index.iloc[place].to_dict()
    figures = index_figures(sheet.criteria, row, lang)
    index, nodes = figures["index"], len(sheet.points)
    scores = sheet.scores.iloc[place * nodes : (place + 1) * nodes]
    kinds = sheet.criteria.items.set_index("code")["kind"]
    target, last = view.target(INDEX_CODE), view.last(INDEX_CODE)
    return Headline(
        **figures,
        maximum=count_amount(meta.total_points, lang, meta.decimals),
        column_maximum=points_amount(meta.total_points, lang, view.most_decimals),
        attainment=percent_amount(float(row["attainment"]), lang),
        target=target,
        last_year=last,
        change=_change(index, last, view),
        supported=_track(sheet.supported, view),
        at_risk=_at_risk(gaps, view),
        claimed=_track(sheet.claimed, view),
        lost=points_amount(float(gaps.lost["lost_points"].sum()), lang, meta.decimals),
        lost_note=lost_note(scores, gaps.lost, kinds, lang, meta.decimals),
        rounding=label(f"rounding_{meta.rounding_stage}", lang, decimals=meta.decimals),
        sampling=tuple(sampling_lines(sheet, INDEX_CODE, place, lang)),
    )


def _track(points: FloatArray | None, view: UnitView) -> Amount | None:
    """Return the index of another track; None where it is not known."""
    if points is None or np.isnan(points[-1, view.place]):
        return None
    return points_amount(float(points[-1, view.place]), view.lang, view.decimals)


def _at_risk(gaps: UnitGaps, view: UnitView) -> Amount | None:
    if view.sheet.supported is None:
        return None
    return points_amount(float(gaps.at_risk["lost_points"].sum()), view.lang, view.decimals)


def _change(index: Amount, last: Amount | None, view: UnitView) -> Amount | None:
    if last is None or not index.is_known:
        return None
    return change_amount(index.value - last.value, view.lang, view.decimals)


def _areas(view: UnitView, gaps: UnitGaps) -> Iterator[AreaRow]:
    lost = gaps.lost.groupby("area_code")["lost_points"].sum()
    for node in (node for node in view.sheet.criteria.nodes if not node.parent):
        # At its lowest the index loses the most to a penalty.
        low, high = sorted(view.bounds(node.code))
        yield AreaRow(
            **view.node_row(node, np.nan if node.kind == "bonus" else lost.get(node.code, 0.0)),
            kind=node.kind,
            low=points_amount(low, view.lang, view.decimals),
            high=points_amount(high, view.lang, view.decimals),
        )


def _target_rows(view: UnitView) -> Iterator[TargetRow]:
    """Yield every target in the order of the set, that of the index first."""
    sheet, lang = view.sheet, view.lang
    names = {INDEX_CODE: label("pack_index", lang)} | {
        n.code: n.name(lang) for n in sheet.criteria.nodes
    }
    for code, name in names.items():
        if target := view.target(code):
            figures = (float(sheet.points[sheet.row(code), view.place]), *view.bounds(code))
            points, low, high = (points_amount(figure, lang, view.decimals) for figure in figures)
            shown = "" if code == INDEX_CODE else code
            yield TargetRow(shown, name, points_or_range(points, low, high), target)
