"""The list to interview as a workbook: a sheet an interviewer, the design in a sheet of its own."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd

from scoring.base.labels import label
from scoring.base.text import shortened
from scoring.files.excel.xlsx import FORMATS, FormatName, SafeSheet, SafeWorkbook
from scoring.survey.planning.planning_tables import DESIGN_SHEET
from scoring.survey.planning.sample_draw import Draw
from scoring.tables import columns_of, rows_of

# Columns of the sheets for interviewers: from the sample, then to be filled in by hand.
_GIVEN = ("form_id", "drawn", "place", "code", "service", "respondent_group")
_ENTERED = ("asked_on", "outcome", "replaced_by", "note")
_OUTCOMES = ("done", "refused", "not_met", "replaced")
_WIDTHS = {
    "place": 34.0,
    "code": 22.0,
    "unit_name": 28.0,
    "note": 24.0,
    "outcome": 15.0,
    "drawn": 13.0,
}
_WIDTH, _HEADER, _LINE = 12.0, 3, 15.0
_FIGURE = FORMATS["locked_number"] | {"num_format": "General"}
_GIVEN_LOOK = FORMATS["code"] | {"text_wrap": True}
_GUIDE = ("what", "order", "ordinals", "reserve", "codes", "privacy")


def interview_list_bytes(draw: Draw, *, title: str = "", lang: str = "vi") -> bytes:
    """Return the workbook of a draw: guide, lists to interview, design.

    Parameters
    ----------
    draw : Draw
    title : str
        Name of the survey, at the head of each sheet.
    lang : {"vi", "en"}

    Returns
    -------
    bytes
        What was drawn is locked; day, outcome, replacement and note are to be filled in. The same
        draw gives the same bytes.

    Examples
    --------
    >>> from scoring.files.excel.workbook import read_workbook
    >>> from scoring.survey.planning.sample_draw import Stage, draw_sample
    >>> frame = pd.DataFrame({"code": ["a", "b", "c"], "name": ["An", "Âu", "Bá"]})
    >>> made = interview_list_bytes(draw_sample([frame], [Stage.of("random", "2")], 7))
    >>> [sheet.name for sheet in read_workbook(made) if not sheet.is_hidden]
    ['Hướng dẫn', 'Danh sách phỏng vấn', 'Thiết kế mẫu']
    """
    book = SafeWorkbook({"title": title or label("interview_title", lang)}, font_size=10)
    _guide(book, draw, title, lang)
    sample = draw.sample
    if "interviewer" in sample and (sample["interviewer"] != "").any():
        for code, part in sample.groupby("interviewer", sort=True):
            _list(book, str(code), part, title, lang)
    else:
        _list(book, label("interview_sheet", lang), sample, title, lang)
    _design(book, sample, lang)
    return book.to_bytes()


def _guide(book: SafeWorkbook, draw: Draw, title: str, lang: str) -> None:
    sheet = book.add_sheet(label("interview_guide", lang))
    sheet.set_widths([100])
    sheet.write_text(0, 0, title or label("interview_title", lang), "title")
    counts = draw.sample["drawn"].value_counts()
    values = {
        "seed": draw.seed,
        "main": int(counts.get("main", 0)),
        "reserve": int(counts.get("reserve", 0)),
    }
    lines = [label(f"interview_guide_{name}", lang, **values) for name in _GUIDE]
    lines += [
        label("interview_stage", lang, **_said(stage, lang)) for stage in rows_of(draw.stages)
    ]
    for row, line in enumerate(lines, start=2):
        sheet.write_text(row, 0, line, "text")
        sheet.sheet.set_row(row, _LINE * math.ceil(len(line) / 95))
    sheet.print_on_a4(landscape=False)
    sheet.protect()


def _said(stage: Any, lang: str) -> dict[str, object]:
    values = stage._asdict()
    values["method"] = label(f"draw_{values['method']}", lang)
    values["frame"] = values["frame"] or label("draw_register", lang)
    values["take"] = values["take"] or label("draw_allocated", lang)
    return dict(values)


def _list(book: SafeWorkbook, name: str, sample: pd.DataFrame, title: str, lang: str) -> None:
    sheet = book.add_sheet(name)
    given = [column for column in _GIVEN if column in sample and _is_used(sample[column])]
    columns = [*given, *_ENTERED]
    heading = " · ".join(part for part in (title or label("interview_title", lang), name) if part)
    sheet.write_text(0, 0, heading, "title")
    counts = sample["drawn"].value_counts()
    about = {kind: int(counts.get(kind, 0)) for kind in ("main", "reserve")}
    sheet.write_text(1, 0, label("interview_counts", lang, **about))
    _headings(sheet, columns, lang, {"place": "interview_place", "code": "interview_whom"})
    order = [*(c for c in ("stratum", "cluster_1", "cluster_2") if c in sample), "reserve_order"]
    listed = sample.assign(at=range(len(sample))).sort_values([*order, "at"], kind="stable")
    for row, form in enumerate(rows_of(listed), start=_HEADER + 1):
        values = form._asdict() | {"drawn": _kind(form, lang)}
        texts = [(str(values[column]), _WIDTHS.get(column, _WIDTH)) for column in given]
        # Lines end between words, so that they are not full.
        lines = max(math.ceil(1.15 * len(text) / width) for text, width in texts)
        sheet.sheet.set_row(row, _LINE * max(1, lines))
        for place, column in enumerate(columns):
            _cell(sheet, row, place, column, values)
    last = _HEADER + max(len(listed), 1)
    outcomes = [label(f"interview_outcome_{code}", lang) for code in _OUTCOMES]
    at = columns.index("outcome")
    sheet.add_list((_HEADER + 1, at), (last, at), outcomes)
    sheet.sheet.autofilter(_HEADER, 0, last, len(columns) - 1)
    sheet.print_on_a4(header_row=_HEADER, footer=heading)
    sheet.protect()


def _is_used(column: pd.Series) -> bool:
    return bool(column.notna().any() and (column != "").any())


def _headings(
    sheet: SafeSheet, columns: list[str], lang: str, own: Mapping[str, str] = MappingProxyType({})
) -> None:
    widths = [_WIDTHS.get(column, _WIDTH) for column in columns]
    sheet.set_widths(widths)
    heads = [label(own.get(column, f"sample_{column}"), lang) for column in columns]
    sheet.write_row(_HEADER, 0, heads, "header")
    lines = (math.ceil(1.2 * len(head) / width) for head, width in zip(heads, widths, strict=True))
    sheet.sheet.set_row(_HEADER, _LINE * max(lines))


def _kind(form: Any, lang: str) -> str:
    order = form.reserve_order
    return label("sample_reserve", lang, order=order) if order else label("sample_main", lang)


def _cell(sheet: SafeSheet, row: int, place: int, column: str, values: dict[str, object]) -> None:
    if column in _GIVEN:
        sheet.write_text(row, place, shortened(values[column], 400), _GIVEN_LOOK)
    else:
        sheet.write(row, place, None, "entry_date" if column == "asked_on" else "entry_text")


def _design(book: SafeWorkbook, sample: pd.DataFrame, lang: str) -> None:
    """Write the whole table of the sample, which the entry workbook is filled from."""
    sheet = book.add_sheet(DESIGN_SHEET)
    columns = [c for c in columns_of("Sample") if c in sample and _is_used(sample[c])]
    sheet.write_text(0, 0, label("interview_design", lang), "title")
    sheet.write_text(1, 0, label("interview_design_about", lang))
    _headings(sheet, columns, lang)
    for row, form in enumerate(sample[columns].itertuples(index=False), start=_HEADER + 1):
        for place, value in enumerate(form):
            sheet.write(row, place, value, "code" if isinstance(value, str) else _FIGURE)
    sheet.print_on_a4(header_row=_HEADER)
    lines: list[tuple[str, FormatName]] = [
        (label("interview_design", lang), "title"),
        (label("interview_design_about", lang), {}),
    ]
    widths = [_WIDTHS.get(column, _WIDTH) for column in columns]
    sheet.fit_readably(widths, repeated=1, lines=lines)
    sheet.protect()
