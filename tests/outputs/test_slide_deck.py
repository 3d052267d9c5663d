"""A deck of slides: native shapes within the page, whatever the names of units hold."""

import io
import time

import openpyxl
import pytest

pytest.importorskip("pptx", reason="python-pptx is not installed")

from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.oxml.ns import qn

from scoring.outputs.slides.slide_charts import add_chart
from scoring.outputs.slides.slide_deck import SlideDeck
from scoring.outputs.slides.slide_text import (
    Box,
    Columns,
    SlideChart,
    cut,
    fitted,
    line_count,
    text_height,
)
from scoring.outputs.slides.template import BODY

HOSTILE = ["=1+1", "Xã \x01\x0b\u202eB", "<a:t>&\"'</a:t>", "Ủy ban nhân dân xã Rất Dài " * 12]
NAN = float("nan")


def deck():
    made = SlideDeck("Báo cáo", "Bộ mẫu", "vi", f"Nguồn: {HOSTILE[3]}", "BỘ MẪU")
    page = made.page(f"Đơn vị {HOSTILE[3]}", ["Nguồn: sổ", HOSTILE[1]])
    left, right = BODY.columns(1, 1)
    series = {"Số đơn vị": ("reached", [1.0, NAN, 2.5, 3.0]), "=2": ("no-evidence", [0, 1, 2, 3])}
    add_chart(page, left, SlideChart("bars", HOSTILE, series, decimals=1), f"Hình {HOSTILE[1]}")
    rows = [[name, "12,50"] for name in HOSTILE * 10]
    page.table(right, Columns(["Đơn vị", "Chỉ số"], [3, 1], [1]), rows, "Bảng", "Còn {}".format)
    made.page("Ngắn", ["Nguồn"]).text(BODY, HOSTILE * 9, bullets=True)
    return made.to_bytes()


@pytest.fixture(scope="module")
def file():
    return deck()


@pytest.fixture(scope="module")
def slides(file):
    return Presentation(io.BytesIO(file))


def test_the_same_slides_give_the_same_bytes_at_any_time(file, monkeypatch):
    moment = time.time()
    monkeypatch.setattr(time, "time", lambda: moment + 86400)
    assert deck() == file


def test_every_page_is_wide_and_keeps_its_shapes_within_it(slides):
    wide, high = slides.slide_width, slides.slide_height
    assert round(wide / high, 2) == 1.78
    for slide in slides.slides:
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.top >= 0
            assert shape.left + shape.width <= wide and shape.top + shape.height <= high


def test_every_page_has_title_foot_number_badge_and_notes(slides):
    for slide in slides.slides:
        kinds = [shape.placeholder_format.type for shape in slide.placeholders]
        assert {PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER} == {
            *kinds
        }
        assert slide.shapes.title.text_frame.text
        assert slide.notes_slide.notes_text_frame.text.startswith("Nguồn")
        assert any(
            shape.has_text_frame and shape.text_frame.text == "BỘ MẪU" for shape in slide.shapes
        )
        numbers = [shape.shape_id for shape in slide.shapes]
        assert len(numbers) == len(set(numbers))


def test_the_master_of_notes_is_listed_and_is_that_of_every_page(slides):
    # In this order alone PowerPoint reads the lists without repairing the file.
    kinds = [child.tag.partition("}")[2] for child in slides.element]
    assert kinds[:4] == ["sldMasterIdLst", "notesMasterIdLst", "sldIdLst", "sldSz"]
    listed = slides.element.findall(f".//{qn('p:notesMasterId')}")
    masters = [slides.part.related_part(one.get(qn("r:id"))) for one in listed]
    assert [part.partname for part in masters] == ["/ppt/notesMasters/notesMaster1.xml"]
    for slide in slides.slides:
        assert slide.notes_slide.part.notes_master.part is masters[0]


def test_a_chart_is_native_and_its_sheet_holds_the_same_figures_as_text_and_numbers(slides):
    frame = next(shape for shape in slides.slides[0].shapes if shape.has_chart)
    plot = frame.chart.plots[0]
    assert [series.values for series in plot.series] == [(1.0, None, 2.5, 3.0), (0, 1, 2, 3)]
    book = openpyxl.load_workbook(io.BytesIO(frame.chart.part.chart_workbook.xlsx_part.blob))
    cells = [[cell.value for cell in row] for row in book["Sheet1"].iter_rows()]
    assert [row[1:] for row in cells] == [["Số đơn vị", "=2"], [1, 0], [None, 1], [2.5, 2], [3, 3]]
    assert [row[0] for row in cells[1:]] == list(plot.categories)
    # A name that begins with "=" stays text.
    assert book["Sheet1"]["A2"].data_type == "s" and book["Sheet1"]["C1"].data_type == "s"
    assert "Hình Xã B" in frame._element.nvGraphicFramePr.cNvPr.get("descr")


def test_a_table_shows_what_fits_and_says_how_many_rows_it_leaves_out(slides):
    table = next(shape for shape in slides.slides[0].shapes if shape.has_table).table
    shown = len(table.rows) - 1
    texts = [shape.text_frame.text for shape in slides.slides[0].shapes if shape.has_text_frame]
    assert 5 < shown < 40 and f"Còn {40 - shown}" in texts
    assert table.first_row
    runs = [r for c in table.iter_cells() for p in c.text_frame.paragraphs for r in p.runs]
    assert {run.font.size.pt for run in runs} == {12}, "PowerPoint heeds only the size of runs"
    assert table.cell(1, 0).text_frame.text == "=1+1" and "…" in table.cell(4, 0).text_frame.text
    assert table.cell(2, 0).text_frame.text == "Xã B"


def test_text_that_fits_at_no_size_is_cut_with_an_ellipsis():
    box = Box(0, 0, 3, 1)
    fit = fitted(["từ " * 400, "mất"], box, 18, 12)
    assert fit.size == 12 and fit.paragraphs[0].endswith("…") and len(fit.paragraphs) == 1
    assert text_height(line_count(fit.paragraphs[0], 12, 3), 12) <= 1
    assert fitted(["ngắn"], box, 18, 12) == (["ngắn"], 18)
    assert cut("một\nhai\nba", 12, 3, 2) == "một\nhai…"
