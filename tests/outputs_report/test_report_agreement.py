"""Page, Word report, PDF, slide and workbook say the same figures, those of the content."""

from __future__ import annotations

import dataclasses
import io
import re

import docx
import openpyxl
import pypdf
import pytest
from lxml import html

from scoring.base.message_tables import message_tables
from scoring.base.rounding import round_points
from scoring.outputs.content import report_content
from scoring.outputs.onepage import onepage_figure
from scoring.outputs.onepage.summary import MOST_LOSSES
from scoring.outputs.pack import write_report
from scoring.outputs.page import report_page
from scoring.outputs.pdf import unit_pdf as pdf
from scoring.outputs.word import word_report

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def numbers_in(text):
    return set(NUMBER.findall(text))


def strings_of(value):
    """Yield every text of the content, and every whole number it holds or counts."""
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from strings_of(getattr(value, field.name))
        for name in ("open_items", "items_by_loss", "items_to_explain"):
            if hasattr(value, name):
                yield str(len(getattr(value, name)))
    elif isinstance(value, tuple):
        yield str(len(value))
        for entry in value:
            yield from strings_of(entry)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, int):
        yield str(value)


def known_numbers(content, more=()):
    texts = " ".join([*strings_of(content), *more])
    labels = " ".join(str(table[content.lang]) for table in message_tables("labels").values())
    return numbers_in(texts) | numbers_in(labels)


def word_text(data):
    document = docx.Document(io.BytesIO(data))
    return "\n".join(
        node.text or "" for node in document.element.body.iter() if node.tag.endswith("}t")
    )


@pytest.fixture(scope="module", params=["province", "departments", "unfinished", "unproven"])
def content(request):
    result = request.getfixturevalue(request.param)
    code = str(result.sheet.units["unit_code"].iloc[0])
    return report_content(
        result.sheet, result.gaps, result.targets, result.findings, unit_code=code,
        last_year=result.sheet,
    )  # fmt: skip


def test_every_number_on_the_page_is_one_of_the_content(content):
    page = html.fromstring(report_page(content))
    for node in page.xpath("//script | //style"):
        node.getparent().remove(node)
    shown = numbers_in(" ".join(page.itertext()))
    # "Show the other N" and the fingerprint's first letters are the page's own.
    own = [str(max(len(content.steps) - 8, 0)), content.criteria_set.fingerprint[:16]]
    assert shown - known_numbers(content, own) == set()
    assert numbers_in(content.headline.range_text) <= shown


def test_every_number_of_the_word_report_is_one_of_the_content(content):
    shown = numbers_in(word_text(word_report(content)))
    own = [content.criteria_set.fingerprint[:16]]
    assert shown - known_numbers(content, own) == set()
    assert {number for area in content.areas for number in numbers_in(area.points_text)} <= shown


def test_every_number_of_the_pdf_is_one_of_the_content(content):
    pytest.importorskip("typst", reason="typst is not installed")
    pages = pypdf.PdfReader(io.BytesIO(pdf.unit_pdf(content))).pages
    text = " ".join(page.extract_text() for page in pages).replace("\u200b", "")
    shown = numbers_in(text.replace(content.criteria_set.fingerprint[:16], ""))
    own = [str(len(content.items_by_loss) - pdf.MOST_LOSSES), *map(str, range(len(pages) + 1))]
    assert shown - known_numbers(content, own) == set()
    assert {number for area in content.areas for number in numbers_in(area.points_text)} <= shown


def test_every_number_of_the_slide_is_one_of_the_content(content):
    texts = [text.get_text() for text in onepage_figure(content).texts]
    own = [str(len(content.items_by_loss) - MOST_LOSSES), content.criteria_set.fingerprint[:16]]
    assert numbers_in(" ".join(texts)) - known_numbers(content, own) == set()
    assert any(content.headline.range_text == text for text in texts)


def test_the_word_tables_hold_the_areas_and_items_row_by_row(content):
    document = docx.Document(io.BytesIO(word_report(content)))
    tables = {table.rows[0].cells[1].text: table for table in document.tables[1:]}
    areas = [[cell.text for cell in row.cells] for row in tables["Lĩnh vực"].rows[1:]]
    assert [row[3] for row in areas[:-1]] == [area.points_text for area in content.areas]
    assert areas[-1][3] == content.headline.range_text
    items = {row.cells[0].text: row.cells[3].text for row in tables["Mục chấm điểm"].rows[1:]}
    for item in content.items:
        assert items[item.code] == (item.points.text if item.points.is_known else "chưa chấm")


@pytest.mark.parametrize("name", ["province", "departments"])
def test_the_workbook_rounds_to_the_figures_of_the_content(name, request, tmp_path):
    result = request.getfixturevalue(name)
    code = str(result.sheet.units["unit_code"].iloc[0])
    content = report_content(
        result.sheet, result.gaps, result.targets, result.findings, unit_code=code
    )
    paths = write_report(result, tmp_path, units=[code], formats=("xlsx",))
    book = openpyxl.load_workbook(paths[0], data_only=True)
    points = {str(row[0]): row[4] for row in book["Điểm"].iter_rows(values_only=True)}
    nodes = [(node.code, node.points) for node in (*content.areas, *content.items)]
    for node_code, amount in [("INDEX", content.headline.index), *nodes]:
        if amount.is_known:
            assert round_points(points[node_code]) == amount.value, node_code
    summary = {str(row[1]): row for row in book["Tóm tắt"].iter_rows(values_only=True)}
    for area in content.areas:
        shown = summary[area.full_name("vi")]
        assert round_points(shown[3]) == area.points.value
        if area.kind == "normal":
            assert round_points(shown[6]) == area.lost.value
            assert round_points(shown[4], 1) == area.attainment.value
    total = summary["Toàn bộ chỉ số"]
    assert round_points(total[6]) == content.headline.lost.value
    lost = {str(row[0]): row for row in book["Điểm bị mất"].iter_rows(min_row=5, values_only=True)}
    for item in content.items_by_loss:
        assert any(
            isinstance(cell, float | int) and round_points(float(cell)) == item.lost.value
            for cell in lost[item.code]
        )
