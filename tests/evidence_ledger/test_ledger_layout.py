"""The one table of the ledger's layout agrees with everything that works from it."""

import io

import pytest
from ledger_helpers import filled
from openpyxl import load_workbook

from scoring.evidence.ledger import layout, read_ledger
from scoring.evidence.ledger.sheets.cell_styles import FORMATS
from scoring.tables import columns_of

EVERY = [entry for sheet in (layout.INFO, *layout.TABLE_SHEETS) for entry in layout.columns(sheet)]
FLAGS = {"hidden", "needed", "identity", "computed", "carried", "unprinted", "section"}


@pytest.mark.parametrize("entry", EVERY, ids=lambda entry: f"{entry.sheet}-{entry.key}")
def test_a_column_names_what_there_is(entry):
    assert entry.vi and entry.en and entry.flags <= FLAGS
    assert not entry.look or entry.look in FORMATS
    assert not entry.table or set(entry.columns) <= set(columns_of(entry.table, places=True))


@pytest.mark.parametrize("sheet", layout.TABLE_SHEETS)
def test_no_two_columns_of_a_sheet_share_a_heading(sheet):
    for lang in ("vi", "en"):
        titles = [entry.title(lang) for entry in layout.columns(sheet)]
        assert len(set(titles)) == len(titles)


def test_a_further_text_column_is_written_and_read_by_its_line_alone(small_set, monkeypatch):
    columns = dict(layout._layout())
    signer = columns[layout.PLAN]["note"]
    columns[layout.PLAN] = {k: v for k, v in columns[layout.PLAN].items() if k != "note"}
    monkeypatch.setattr(layout, "_layout", lambda: columns)
    without = load_workbook(io.BytesIO(filled(small_set)))[layout.PLAN]
    assert signer.vi not in [cell.value for cell in without[3]]
    columns[layout.PLAN]["note"] = signer
    data = filled(small_set)
    book = load_workbook(io.BytesIO(data))
    sheet = book[layout.PLAN]
    place = [cell.value for cell in sheet[3]].index(signer.vi) + 1
    sheet["B4"], sheet.cell(4, place).value = "Rà soát", "việc gấp"
    stream = io.BytesIO()
    book.save(stream)
    assert read_ledger(stream.getvalue(), small_set).tasks["note"].tolist() == ["việc gấp"]
