"""Making a ledger: the workbook an evaluator fills in, blank or with what is known already."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.base.labels import label
from scoring.criteria import CriteriaSet
from scoring.evidence.ledger.layout import ACTIONS, ASSESSMENT, DOCUMENTS, PLAN
from scoring.evidence.ledger.required_documents import required_documents, standings
from scoring.evidence.ledger.sheets import other_sheets
from scoring.evidence.ledger.sheets.assessment_sheet import Context, write_assessment
from scoring.evidence.ledger.sheets.filling import Entry, filling, results
from scoring.evidence.ledger.sheets.follow_up_sheets import write_required, write_to_do
from scoring.evidence.ledger.sheets.live_sheet import live_places, write_live
from scoring.files.atomic import write_atomically
from scoring.files.excel.xlsx import SafeWorkbook
from scoring.files.overwriting import ruled

_Rows = pd.DataFrame | None


def new_ledger(
    criteria: CriteriaSet,
    unit_code: str,
    unit_name: str,
    year: int,
    *,
    period: str = "",
    block: str = "",
    inputs: _Rows = None,
    scores: _Rows = None,
    claims: _Rows = None,
    documents: _Rows = None,
    tasks: _Rows = None,
    targets: _Rows = None,
    appraisal: _Rows = None,
    actions: _Rows = None,
    info: Mapping[str, object] | None = None,
    previous: Mapping[tuple[str, str], Entry] | None = None,
    reminders: Mapping[str, str] | None = None,
    lang: str = "vi",
) -> bytes:
    """Return a ledger of one unit and year as the bytes of an .xlsx workbook.

    Parameters
    ----------
    criteria : CriteriaSet
        A sound set; the sheets, entry cells and formulas follow from it.
    unit_code, unit_name, year, period, block
        Who fills it in, and for when.
    inputs : DataFrame, optional
        The table ``Inputs`` of the unit, to fill the entry cells; blank without it.
    scores : DataFrame, optional
        The table ``Scores`` that `inputs` come to (``score(inputs, criteria).scores``), written
        as the results of the formulas. Needed with `inputs`.
    claims : DataFrame, optional
        ``item_code``, ``documents`` and ``explanation``.
    documents, tasks, targets, appraisal : DataFrame, optional
        Rows of the other sheets, with the column keys of `template.COLUMNS`.
    actions : DataFrame, optional
        Rows of the sheet ``Hành động``, which only a ledger with this table has, be it empty.
    info : mapping, optional
        Further entries of ``Thông tin``, such as ``prepared_by``.
    previous : mapping of (item code, input) to number, text or date, optional
        Last year's figures; shown in a grey column and never counted.
    reminders : mapping of item code to str, optional
        Shown beside the explanation of an item, such as last year's explanation.
    lang : {"vi", "en"}
        Language of headings, hints and sentences; sheet names are always Vietnamese.

    Returns
    -------
    bytes
        The same arguments give the same bytes.

    Raises
    ------
    UsageError
        When `inputs` hold several units, or come without `scores`.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.files.excel.workbook import read_workbook
    >>> data = new_ledger(open_set("service-quality-766"), "H1", "Đơn vị mẫu", 2026)
    >>> [name for name in read_workbook(data).names if not name.startswith("_")][:3]
    ['Hướng dẫn', 'Thông tin', 'Tự đánh giá']
    """
    filled = filling(criteria, inputs, scores, lang)
    shown, texts, listed = results(criteria, filled, lang), _texts(claims), _records(documents)
    named = {code: text for (code, key), text in texts.items() if key == "documents"}
    explained = {code for code, key in texts if key == "explanation"} | {
        code for code, reason in filled.marked.items() if reason
    }
    required = required_documents(criteria, int(year), listed, named, lang)
    context = Context(
        criteria,
        unit_code,
        unit_name or unit_code,
        int(year),
        period or label("ledger_year", lang),
        block,
        lang,
        filled,
        shown,
        texts,
        previous or {},
        reminders or {},
        required,
        standings(required, shown.states, explained, lang),
    )
    book = SafeWorkbook(_properties(context), font_size=10)
    other_sheets.write_guide(book, context)
    other_sheets.write_info(book, context, info or {})
    places = write_assessment(book, context)
    write_to_do(book, context, places)
    other_sheets.write_table(book, DOCUMENTS, context, listed)
    write_required(book, context)
    other_sheets.write_table(book, PLAN, context, _records(tasks))
    other_sheets.write_targets(book, context, places, _by(targets, "code"))
    other_sheets.write_appraisal(book, context, _by(appraisal, "item_code"))
    if actions is not None:
        other_sheets.write_table(book, ACTIONS, context, _records(actions))
    write_live(book, context, live_places(places))
    other_sheets.write_machine_sheet(book, context)
    # A workbook opens on its instructions.
    book.book.worksheets()[0].activate()
    return book.to_bytes()


def write_ledger(
    path: Path,
    criteria: CriteriaSet,
    unit_code: str,
    unit_name: str,
    year: int,
    *,
    replace: bool = False,
    **options: Any,
) -> None:
    """Write a ledger to `path` at once; see `new_ledger` for the options.

    With `replace`, another file there is kept beside it, ending in ``.bak``.

    Raises
    ------
    OutputError
        When the file is there already or cannot be written, see `scoring.files.atomic.write_atomically`.

    Examples
    --------
    >>> import tempfile
    >>> from scoring.criteria import open_set
    >>> path = Path(tempfile.mkdtemp(), "so.xlsx")
    >>> write_ledger(path, open_set("service-quality-766"), "H1", "Đơn vị mẫu", 2026)
    >>> path.exists()
    True
    """
    data = new_ledger(criteria, unit_code, unit_name, year, **options)
    with ruled([], path, replace=replace):
        write_atomically(path, data)


def _properties(context: Context) -> dict[str, str]:
    return {
        "title": f"{context.word('ledger_title')}: {context.unit_name}, {context.year}",
        "subject": context.criteria.meta.name(context.lang),
        "company": context.unit_name,
        "keywords": f"{context.criteria.set_id}, {context.year}",
        "category": ASSESSMENT,
    }


def _records(table: _Rows) -> list[dict[str, object]]:
    if table is None:
        return []
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return [
        {str(k): v.date() if isinstance(v, pd.Timestamp) else v for k, v in row.items()}
        for row in rows
    ]


def _texts(claims: _Rows) -> dict[tuple[str, str], str]:
    return {
        (str(row["item_code"]), key): str(row[key])
        for row in _records(claims)
        for key in ("documents", "explanation")
        if row.get(key)
    }


def _by(table: _Rows, column: str) -> dict[str, Mapping[str, object]]:
    return {str(row[column]): row for row in _records(table)}
