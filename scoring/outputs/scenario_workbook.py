"""What scenarios come to, base and scenario abreast: as a workbook and in a sentence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.base.units import UnitKey
from scoring.base.values import NOT_APPLICABLE, ROUNDS, STATUSES
from scoring.base.vocabulary import NO, YES, answers, folded
from scoring.files.excel.xlsx import SafeWorkbook
from scoring.outputs.content.set_identity import grade_name
from scoring.outputs.section_sheets import Cell, Section, SectionLooks, write_section
from scoring.tables import rows_of
from scoring.whatif.scenario_table import BLANK, OFFERED
from scoring.whatif.scenarios import WhatIf


def scenario_results(seen: WhatIf, lang: str = "vi") -> bytes:
    """Return the workbook of a scenario: units, items, gaps and changes, base and scenario abreast."""
    title = label("scenario_result_title", lang, names="; ".join(seen.names) or "—")
    criteria = seen.sheet.criteria
    book = SafeWorkbook({"title": title, "subject": criteria.stated}, font_size=10)
    notes = () if seen.is_official_set else (label("scenario_not_official", lang),)
    track = label("page_on_track", lang, track=label(f"track_{seen.sheet.track}", lang))
    about, badge = f"{criteria.introduced(lang)} {track}", criteria.badge(lang)
    looks = SectionLooks(title, about, criteria.meta.decimals, notes, True, badge=badge)
    for section in (
        unit_section(seen, lang),
        *([alone_section(seen, lang)] if len(seen.names) > 1 else []),
        _items(seen, lang),
        _gaps(seen, lang),
        _changes(seen, lang),
    ):
        write_section(book, book.add_sheet(section.title), section, looks)
    return book.to_bytes()


def _heads(lang: str, *names: str) -> tuple[str, ...]:
    return tuple(label(f"scenario_head_{name}", lang) for name in names)


def unit_section(seen: WhatIf, lang: str) -> Section:
    """Return index, grade and rank of each unit, as they are and would be."""
    heads = _heads(
        lang, "unit", "name", "now", "then", "change", "grade", "other_grade", "rank", "other_rank"
    )
    rows = []
    for place, row in enumerate(rows_of(seen.units)):
        grades = [grade_name(sheet.criteria, code, lang) for sheet, code in
                  ((seen.base, row.grade), (seen.sheet, row.other_grade))]  # fmt: skip
        rows.append((
            seen.base.shown_key(place), row.unit_name,
            index_text(row.points, row.points_low, row.points_high, seen, lang),
            index_text(row.other_points, row.other_points_low, row.other_points_high, seen, lang),
            _known(row.points_change), *grades,
            _rank(row.rank, row.rank_first, row.rank_last),
            _rank(row.other_rank, row.other_rank_first, row.other_rank_last),
        ))  # fmt: skip
    return Section("units", label("scenario_units", lang), heads, tuple(rows),
                   (22, 62, 26, 26, 22, 26, 26, 20, 20))  # fmt: skip


def alone_section(seen: WhatIf, lang: str) -> Section:
    """Return what each of several scenarios comes to by itself, and all of them together."""
    together = seen.units.assign(scenario=label("scenario_composed", lang))
    table = pd.concat([seen.alone, together[seen.alone.columns]], ignore_index=True)
    # All that is said of a unit stands together.
    by_unit = np.arange(len(table)).reshape(-1, max(len(together), 1)).T.ravel()
    units, rows = shown_units(seen), []
    for row in rows_of(table.iloc[by_unit]):
        rows.append((
            units[key_of(row)], row.scenario, index_text(row.points, row.points_low, row.points_high, seen, lang),
            index_text(row.other_points, row.other_points_low, row.other_points_high, seen, lang), _known(row.points_change),
            grade_name(seen.sheet.criteria, row.other_grade, lang), _rank(row.other_rank, pd.NA, pd.NA),
        ))  # fmt: skip
    heads = _heads(lang, "unit", "scenario", "now", "then", "change", "other_grade", "other_rank")
    return Section("alone", label("scenario_alone", lang), heads, tuple(rows),
                   (22, 40, 26, 26, 22, 26, 20))  # fmt: skip


def index_text(points: float, low: float, high: float, seen: WhatIf, lang: str) -> Cell:
    """Return an index as a number, or its range while something is open."""
    if not np.isnan(points):
        return float(points)
    if np.isnan(low) and np.isnan(high):
        return "—"
    ends = (format_number(end, seen.base.criteria.meta.decimals, lang) for end in (low, high))
    return " – ".join(ends)


def _rank(rank: Any, first: Any, last: Any) -> Cell:
    if pd.isna(rank):
        return "—"
    if pd.isna(first) or pd.isna(last) or first == last:
        return int(rank)
    return f"{rank} ({first}–{last})"


def _known(value: float) -> Cell:
    return "—" if np.isnan(value) else float(value)


def moved_items(seen: WhatIf) -> pd.DataFrame:
    """Return the rows of `WhatIf.scores` of items that change, the largest change first."""
    table = seen.scores
    is_item = table["code"].isin({node.code for node in seen.base.criteria.leaves})
    same = table[["points", "status", "max_points"]].fillna(-1.0).to_numpy(object)
    other = table[["other_points", "other_status", "other_max_points"]].fillna(-1.0)
    moved = table[is_item & (same != other.to_numpy(object)).any(axis=1)]
    order = -moved["points_change"].abs().fillna(np.inf)
    return moved.loc[order.sort_values(kind="stable").index]


def shown_units(seen: WhatIf) -> dict[UnitKey, str]:
    """Return each unit as people know it: by its code, with the time where it has several."""
    return {key: seen.base.shown_key(place) for place, key in enumerate(seen.base.keys)}


def key_of(row: Any) -> UnitKey:
    """Return the unit and time that a row is of."""
    return UnitKey(str(row.unit_code), 0 if pd.isna(row.year) else int(row.year), str(row.period))


def item_names(seen: WhatIf, lang: str) -> dict[str, str]:
    """Return the names of nodes by code; of penalties, that their points are taken off."""
    return {
        node.code: label("scenario_item_penalty", lang, name=node.name(lang))
        if node.kind == "penalty"
        else node.name(lang)
        for node in seen.base.criteria.nodes
    }


def item_points(row: Any, lang: str) -> tuple[Cell, Cell, Cell]:
    """Return the points of an item as they are and would be, and the change.

    Where an item that does not apply is left out, nothing is won or lost by its points.
    """
    ends = ((row.points, row.status, row.max_points),
            (row.other_points, row.other_status, row.other_max_points))  # fmt: skip
    is_out = [status == STATUSES[NOT_APPLICABLE] and not most for _, status, most in ends]
    said = [label("not_applicable", lang) if out else _known(end[0])
            for out, end in zip(is_out, ends, strict=True)]  # fmt: skip
    return said[0], said[1], "—" if any(is_out) else _known(row.points_change)


def _items(seen: WhatIf, lang: str) -> Section:
    names, units = item_names(seen, lang), shown_units(seen)
    rows = tuple(
        (units[key_of(row)], row.code, names[row.code], *item_points(row, lang), row.max_points,
         row.other_max_points)
        for row in rows_of(moved_items(seen))
    )  # fmt: skip
    heads = _heads(lang, "unit", "item", "name", "now", "then", "change", "max", "other_max")
    return Section(
        "items", label("scenario_items", lang), heads, rows, (22, 20, 90, 22, 22, 22, 22, 26)
    )


def _gaps(seen: WhatIf, lang: str) -> Section:
    def cause(code: str) -> str:
        return label(f"cause_{code}", lang) if code else "—"

    units = shown_units(seen)
    rows = tuple(
        (units[key_of(row)], row.item_code, row.item_name, label(f"gap_kind_{row.kind}", lang),
         row.lost_points, row.other_lost_points, row.points_change, cause(row.cause),
         cause(row.other_cause))
        for row in rows_of(seen.gaps(lang))
    )  # fmt: skip
    heads = _heads(
        lang, "unit", "item", "name", "gap", "now", "then", "change", "cause", "other_cause"
    )
    return Section(
        "gaps", label("scenario_gaps", lang), heads, rows, (22, 20, 80, 26, 22, 22, 22, 36, 36)
    )


def _changes(seen: WhatIf, lang: str) -> Section:
    def word(row: Any, text: str) -> str:
        begin, codes = OFFERED["text"]
        if text in codes:
            return label(begin + text, lang)
        if row.kind == "proof" and text:
            return label(f"proof_state_{text}", lang)
        return _answer(seen, row, text, lang) if row.kind == "input" else said_number(text, lang)

    units = shown_units(seen)

    rows = tuple(
        (row.scenario, label(f"scenario_kind_{row.kind}", lang),
         units.get(key_of(row), row.unit_code) or "—", row.item_code,
         label(f"round_{row.input}", lang) if row.input in ROUNDS else row.input,
         label("whatif_blank", lang) if row.before == BLANK else word(row, row.before) or "—",
         word(row, row.after), row.note)
        for row in rows_of(seen.changes)
    )  # fmt: skip
    heads = _heads(lang, "scenario", "kind", "unit", "item", "cell", "before", "after", "note")
    return Section(
        "changes", label("scenario_changes", lang), heads, rows, (30, 30, 22, 20, 34, 34, 34, 50)
    )


def _answer(seen: WhatIf, row: Any, text: str, lang: str) -> str:
    """Return what was answered in the words that people choose, not as the tables hold it."""
    rule = seen.base.criteria.rules.get(row.item_code)
    entry = next((one for one in rule.spec.inputs if one.name == row.input), None) if rule else None
    if entry is None or rule is None:
        return label(text, lang) if text in (YES, NO) else text
    options = rule.spec.options_of(entry.name)
    code = answers(entry.kind, options).get(folded(text), "")
    shown = {option.code: option.label(lang) for option in options}
    return shown.get(code) or (label(code, lang) if code else said_number(text, lang))


def said_number(text: str, lang: str) -> str:
    """Return a figure as people read it; a table holds it with a decimal point.

    >>> said_number("97.5", "vi"), said_number("year-03-31", "vi")
    ('97,5', 'year-03-31')
    """
    if not text.lstrip("-").replace(".", "", 1).isdigit():
        return text
    return format_number(float(text), lang=lang)


def first_sentence(seen: WhatIf, lang: str = "vi") -> str:
    """Say first what a reader wants to know: what the scenario comes to."""
    units = seen.units
    decimals = seen.base.criteria.meta.decimals
    if len(units) != 1:
        change = units["points_change"]
        values = {"count": len(units), "up": int((change > 1e-9).sum()),
                  "down": int((change < -1e-9).sum()), "moved": int(units["rank_change"].ne(0).sum())}  # fmt: skip
        several = units["unit_code"].nunique() < len(units)
        return label(f"scenario_said_many{'_times' if several else ''}", lang, **values)
    row = units.iloc[0]
    now, then = (
        index_text(
            row[f"{begin}points"], row[f"{begin}points_low"], row[f"{begin}points_high"], seen, lang
        )
        for begin in ("", "other_")
    )
    shown = [
        end if isinstance(end, str) else format_number(float(end), decimals, lang)
        for end in (now, then)
    ]
    change = row["points_change"]
    by = "" if np.isnan(change) else format_number(abs(float(change)), decimals, lang)
    way = (
        "none"
        if now == then == "—"
        else "open"
        if np.isnan(change)
        else "up"
        if change > 1e-9
        else "down"
        if change < -1e-9
        else "same"
    )
    return label(f"scenario_said_{way}", lang, now=shown[0], then=shown[1], by=by)
