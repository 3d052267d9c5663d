"""The workbook in which people write scenarios, with its guide and what can be set."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from scoring.base.labels import label
from scoring.base.vocabulary import cell_word
from scoring.criteria import CriteriaSet
from scoring.evidence.ledger.sheets.cell_styles import row_height
from scoring.evidence.ledger.sheets.hints import fitted
from scoring.files.excel.xlsx import SafeSheet, SafeWorkbook
from scoring.outputs.report_sheets import NOTE, TITLE
from scoring.outputs.section_sheets import Cell, Section, SectionLooks, write_section
from scoring.points.row_values import spoken_values
from scoring.tables import columns_of
from scoring.whatif.scenario_table import NOT_APPLICABLE_INPUT, OFFERED, TABLE

_WIDTHS = {"scenario": 18.0, "kind": 16.0, "input": 22.0, "value": 11.0, "text": 18.0, "note": 30.0}
_WIDTH, _HEADER, _ROWS = 10.0, 7, 200
_GUIDE = ("lead", "input", "proof", "appraisal", "rule", "order")


def scenario_workbook(criteria: CriteriaSet, lang: str = "vi") -> bytes:
    """Return an empty table of scenarios to fill in, with its guide, lists and what can be set.

    Parameters
    ----------
    criteria : CriteriaSet
        Its items and figures stand on the second sheet.
    lang : {"vi", "en"}
    """
    title = label("scenario_title", lang)
    book = SafeWorkbook({"title": title, "subject": criteria.stated}, font_size=10)
    sheet = book.add_sheet(label("scenario_sheet", lang))
    sheet.write_text(0, 0, title, TITLE)
    for row, part in enumerate(_GUIDE, start=1):
        sheet.write_text(row, 0, label(f"scenario_guide_{part}", lang), NOTE)
    columns = columns_of(TABLE)
    widths = [_WIDTHS.get(name, _WIDTH) for name in columns]
    heads = [label(f"scenario_column_{name}", lang) for name in columns]
    sheet.write_row(_HEADER, 0, heads, "header")
    sheet.set_widths(widths)
    texts = zip(heads, widths, strict=True)
    sheet.sheet.set_row(_HEADER, row_height(texts, bold=True, whole_words=True))
    looks = ["entry_number" if name in ("value", "year") else "entry_text" for name in columns]
    for row in range(_HEADER + 1, _HEADER + 1 + _ROWS):
        for place, look in enumerate(looks):
            sheet.write(row, place, None, look)
    _offers(sheet, heads, lang)
    sheet.print_on_a4(header_row=_HEADER, footer=criteria.foot(title, lang=lang))
    sheet.fit_readably(widths, repeated=2)
    sheet.sheet.freeze_panes(_HEADER + 1, 1)
    about, badge = criteria.introduced(lang), criteria.badge(lang)
    looks_of = SectionLooks(title, about, criteria.meta.decimals, badge=badge)
    section = _settable(criteria, lang)
    write_section(book, book.add_sheet(section.title), section, looks_of)
    return book.to_bytes()


def _offers(sheet: SafeSheet, heads: list[str], lang: str) -> None:
    """Offer the four kinds, and the words for documents where any other answer may stand too."""
    for name, (begin, codes) in OFFERED.items():
        at = columns_of(TABLE).index(name)
        first, last = (_HEADER + 1, at), (_HEADER + _ROWS, at)
        words, title = [label(begin + code, lang) for code in codes], fitted(heads[at])
        if name == "kind":
            sheet.add_list(first, last, words, title=title, error=label("choose_from_list", lang))
        else:
            rule = {"validate": "list", "source": words, "show_error": False}
            sheet.add_rule(first, last, rule, title=title)


def _settable(criteria: CriteriaSet, lang: str) -> Section:
    """Return every figure that a row may set, and what it takes."""
    return Section(
        "settable",
        label("scenario_settable", lang),
        tuple(label(f"scenario_settable_{name}", lang) for name in
              ("item", "name", "input", "figure", "takes")),
        tuple(_inputs(criteria, lang)),
        (18, 70, 36, 60, 60),
    )  # fmt: skip


def _inputs(criteria: CriteriaSet, lang: str) -> Iterator[tuple[Cell, ...]]:
    for node in criteria.leaves:
        assert node.spec is not None
        for entry in node.spec.inputs:
            words = list(dict.fromkeys(spoken_values(node.spec, entry)))
            ends = [f"{sign} {cell_word(end)}" for sign, end in
                    (("≥", entry.minimum), ("≤", entry.maximum)) if np.isfinite(end)]  # fmt: skip
            takes = [label(f"input_kind_{entry.kind}", lang), *ends, *words[:8]]
            yield node.code, node.name(lang), entry.name, entry.label(lang), "; ".join(takes)
        if node.spec.not_applicable != "not_allowed":
            said = label("scenario_not_applicable", lang)
            yield (
                node.code,
                node.name(lang),
                NOT_APPLICABLE_INPUT,
                said,
                label("input_kind_yes_no", lang),
            )
