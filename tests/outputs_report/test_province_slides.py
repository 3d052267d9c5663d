"""Slides and Word report of a province: the figures of its content, native, within the page."""

import io
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

pytest.importorskip("pptx", reason="python-pptx is not installed")

from docx import Document
from docx.oxml.ns import qn
from pptx import Presentation

sys.path.insert(0, str(Path(__file__).parents[1] / "plan"))
from target_samples import result, rows_as

from scoring.analysis import check_targets, gap_table
from scoring.cli.main import main
from scoring.files.shipped import shipped_folder
from scoring.outputs.content.target_rows import target_rows
from scoring.outputs.province_report import province_files
from scoring.outputs.province_report.province_annex import MOST_UNITS
from scoring.outputs.province_report.province_charts import province_chart
from scoring.outputs.province_report.province_content import province_content
from scoring.outputs.province_report.province_parts import province_parts
from scoring.outputs.province_report.province_slides import province_slides
from scoring.outputs.province_report.province_word import province_word
from scoring.outputs.text_layout import text_width
from scoring.outputs.theme import ROLES

HOSTILE = '=HYPERLINK("x") \u202e\x07Xã & <b> ' + "Ủy ban nhân dân " * 20


@pytest.fixture(scope="module")
def content(many_units):
    """Twelve units in three blocks, one of a hostile name, with targets and figures of last year."""
    result = many_units(12)
    sheet = result.sheet
    names = sheet.units["unit_name"].where(sheet.units["unit_code"] != "U0003", HOSTILE)
    sheet = replace(sheet, units=sheet.units.assign(unit_name=names), journal_head="ab" * 32)
    wanted = result.sheet.units[["unit_code"]].head(10).assign(code="INDEX", target_points=60.0)
    targets, _ = check_targets(wanted, sheet)
    scores = sheet.scores
    before = scores.assign(year=scores["year"] - 1, points=scores["points"] * 0.9)
    gaps = gap_table(sheet, targets)
    made = province_content(sheet, gaps, targets, last_scores=before)
    assert made.targets and made.changes and made.help_reasons
    return made


@pytest.fixture(scope="module")
def file(content):
    return province_slides(content)


@pytest.fixture(scope="module")
def slides(file):
    return list(Presentation(io.BytesIO(file)).slides)


def texts_of(table):
    return [[cell.text_frame.text for cell in row.cells] for row in table.rows]


def test_each_part_of_the_report_is_a_slide_whose_title_says_the_finding(content, slides):
    parts = province_parts(content)
    assert 8 <= len(parts) <= 12 and len(slides) == len(parts)
    for slide, part in zip(slides, parts, strict=True):
        title = slide.shapes.title.text_frame.text
        assert title and part.title.startswith(title.removesuffix("…").rstrip()[:20])
        spoken = slide.notes_slide.notes_text_frame.text
        assert "Nguồn: " in spoken and content.criteria_set.name in spoken


def test_tables_and_charts_hold_the_figures_of_the_content(content, slides):
    drawn = 0
    for slide, part in zip(slides, province_parts(content), strict=True):
        shown = {tuple(row) for row in part.rows}
        for table in (shape.table for shape in slide.shapes if shape.has_table):
            assert len(table.rows) > 1
            for row in texts_of(table)[1:]:
                same = [own for own in shown if all(map(is_cut, row, own))]
                assert same, row
        chart = province_chart(content, part)
        frames = [shape for shape in slide.shapes if shape.has_chart]
        assert len(frames) == (chart is not None)
        for frame in frames:
            drawn += 1
            given = [[v if v == v else None for v in own] for _, own in chart.series.values()]
            assert [list(series.values) for series in frame.chart.plots[0].series] == given
            assert book_of(frame.chart) == given
            assert frame._element.nvGraphicFramePr.cNvPr.get("descr").startswith(part.title[:20])
    assert drawn >= 5


def is_cut(shown, whole):
    return shown == whole or (shown.endswith("…") and shown[:6] in whole) or "HYPERLINK" in whole


def book_of(chart):
    book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
    columns = list(book["Sheet1"].iter_cols(min_col=2, min_row=2, values_only=True))
    assert all(cell.data_type != "f" for row in book["Sheet1"].iter_rows() for cell in row)
    return [list(column) for column in columns]


def test_a_chart_shows_what_the_tables_of_the_content_say(content):
    charts = {part.key: province_chart(content, part) for part in province_parts(content)}
    bins = [own for _, own in charts["spread"].series.values()]
    assert sum(v for own in bins for v in own if v == v) == content.summary.assessed
    lost = charts["items"].series["Điểm bị mất"][1]
    assert lost == [row.lost.value for row in content.losses.items][: len(lost)]
    short = charts["targets"].series["Điểm còn thiếu"][1]
    missed = [row for row in content.targets.rows if row.verdict == "missed"]
    assert short == [-row.by.value for row in missed][: len(short)] and min(short) > 0
    areas = charts["areas"]
    sums = [
        sum(v for v in own if v == v)
        for own in zip(*(s[1] for s in areas.series.values()), strict=True)
    ]
    assert sums == pytest.approx([row.lost.value for row in content.losses.areas][: len(sums)])


def test_each_thing_to_do_stands_with_its_points_and_units(content):
    part = next(part for part in province_parts(content) if part.key == "wins")
    wins = (*content.wins.now[:5], *content.wins.later[:5])
    told = [(win.action, win.points.text, str(win.units)) for win in wins]
    assert told and [row[2:] for row in part.rows] == told
    assert len(part.columns.heads) == len(part.columns.shares) == len(part.rows[0])


def test_nothing_lies_outside_a_slide_and_hostile_names_are_cut(slides):
    for slide in slides:
        for shape in slide.shapes:
            assert min(shape.left, shape.top) >= 0
            assert shape.left + shape.width <= 12192000 and shape.top + shape.height <= 6858000
            if shape.has_text_frame:
                assert "\u202e" not in shape.text_frame.text and "\x07" not in shape.text_frame.text
    names = [
        row[0] for slide in slides for s in slide.shapes if s.has_table for row in texts_of(s.table)
    ]
    assert any(name.startswith('=HYPERLINK("x") Xã & <b>') and name.endswith("…") for name in names)


def test_a_sample_set_says_so_on_every_slide_and_the_head_of_the_journal_stands_there(content):
    sample = replace(content, criteria_set=replace(content.criteria_set, status="sample"))
    made = Presentation(io.BytesIO(province_slides(sample)))
    for slide in made.slides:
        assert any(
            s.has_text_frame and s.text_frame.text.startswith("BỘ MẪU") for s in slide.shapes
        )
    last = "\n".join(s.text_frame.text for s in made.slides[-1].shapes if s.has_text_frame)
    assert "ab" * 32 in last and "không dùng để công bố" in last


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_word_holds_the_same_tables_with_heads_that_repeat(content, lang):
    told = replace(content, lang=lang)
    data = province_word(told)
    assert data == province_word(told)
    document = Document(io.BytesIO(data))
    ruled = [table for table in document.tables if table.style.name == "Table Grid"]
    assert all(table.rows[0]._tr.find(f".//{qn('w:tblHeader')}") is not None for table in ruled)
    parts = [part for part in province_parts(told) if part.rows]
    for table, part in zip(ruled, parts, strict=False):
        rows = [[cell.text for cell in row.cells] for row in table.rows[1:]]
        plain = [[printed(text) for text in row] for row in part.rows]
        assert rows and all(row in plain for row in rows)
    ends = [table.rows[-1].cells[0].paragraphs[0] for table in ruled]
    assert all(end.paragraph_format.keep_with_next for end in ends), (
        "no note stands on a page alone"
    )
    listed = [row.cells[1].text for table in ruled[len(parts) :] for row in table.rows[1:]]
    assert sorted(listed) == sorted(printed(row.unit_name) for row in content.units)
    said = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "ab" * 32 in said
    assert lang == "en" or "toàn tỉnh năm 2026" in said
    *_, last = [p for p in document.paragraphs if p.text.startswith("- ")]
    assert last.paragraph_format.keep_with_next, "the signature never stands alone on a page"


def printed(text):
    return "".join(letter for letter in text if letter == "\n" or letter.isprintable())


def test_of_very_many_units_word_lists_the_ends_of_each_block_and_says_so(content):
    [first, *_] = content.units
    many = tuple(
        replace(first, unit_name=f"Xã {at}", block=f"Khối {at % 3}", rank=at // 3 + 1)
        for at in range(900)
    )
    told = replace(content, league=replace(content.league, rows=many))
    document = Document(io.BytesIO(province_word(told)))
    names = [row.cells[1].text for table in document.tables[-3:] for row in table.rows[1:]]
    assert len(names) <= MOST_UNITS and {"Xã 0", "Xã 899"} <= set(names)
    assert "Nêu 66/300 đơn vị" in "\n".join(p.text for p in document.paragraphs)


def test_the_verb_writes_slides_and_without_their_library_everything_else(
    tmp_path, capsys, monkeypatch
):
    table = str(shipped_folder("evidence") / "example-department-sample" / "inputs.csv")
    asked = ["report", table, "--criteria", "department-sample", "--unit", "SM-A"]
    assert main([*asked, "--formats", "pptx", "--out", str(tmp_path / "all")]) == 0
    made = sorted(path.name for path in (tmp_path / "all").iterdir())
    assert made == ["manifest.json", "province.pptx"]
    with zipfile.ZipFile(tmp_path / "all" / "province.pptx") as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    capsys.readouterr()
    monkeypatch.setattr(province_files, "slides_available", lambda: False)
    assert main([*asked, "--formats", "docx,pptx", "--out", str(tmp_path / "less")]) == 0
    assert "slides-not-made" in "".join(capsys.readouterr())
    left = sorted(path.name for path in (tmp_path / "less").iterdir())
    assert left == ["manifest.json", "province.docx", "units"]


def test_slides_asked_for_of_one_unit_are_said_not_to_be_made(tmp_path, capsys):
    ledger = str(shipped_folder("evidence") / "phu-tho-2026" / "inputs.csv")
    asked = ["report", ledger, "--criteria", "service-quality-766", "--out", str(tmp_path)]
    assert main([*asked, "--formats", "html,pptx"]) == 0
    assert "slides-need-several-units" in "".join(capsys.readouterr())
    assert main([*asked, "--formats", "html"]) == 0
    assert "slides-need" not in "".join(capsys.readouterr())


def test_the_plan_has_a_native_chart_with_the_colours_of_its_states(content):
    rows = rows_as(
        "TargetResults",
        result(result=88.0, gap=3.0, state="met"),
        result(target_code="CT-02", result=83.5, gap=-1.5),
        result(target_code="CT-03", result=60.0, gap=-25.0, state="on-the-way", year=2030),
        result(target_code="CT-04", unit="thứ hạng", comparator="rank-within", value=20.0, result=24.0),
    )  # fmt: skip
    planned = replace(content, plan_targets=target_rows(rows))
    slide = next(
        slide
        for slide, part in zip(
            Presentation(io.BytesIO(province_slides(planned))).slides,
            province_parts(planned),
            strict=True,
        )
        if part.key == "plan"
    )
    frame = next(shape for shape in slide.shapes if shape.has_chart)
    plot = frame.chart.plots[0]
    assert [name[:5] for name in plot.categories] == ["CT-02", "CT-01", "CT-03"]
    values = {series.name: list(series.values) for series in plot.series}
    assert values == {
        "chưa đạt": [83.5, None, None], "đạt": [None, 88.0, None],
        "đang thực hiện": [None, None, 60.0],
    }  # fmt: skip
    fill = plot.series[2].format.fill.fore_color
    assert str(fill.rgb) == ROLES["upcoming"].color[1:].upper()
    assert "83,5" in frame._element.nvGraphicFramePr.cNvPr.get("descr")


def test_no_column_is_narrower_than_a_word_of_its_heading(many_units):
    result = many_units(30)
    made = province_content(result.sheet, gap_table(result.sheet), lang="en")
    tables = [
        shape.table
        for slide in Presentation(io.BytesIO(province_slides(made))).slides
        for shape in slide.shapes
        if shape.has_table
    ]
    assert tables
    for table in tables:
        for column, cell in zip(table.columns, table.rows[0].cells, strict=True):
            size = cell.text_frame.paragraphs[0].runs[0].font.size.pt if cell.text else 0.0
            room = (column.width - cell.margin_left - cell.margin_right) / 914400
            # Arial runs at 0.92 of the font that is measured, at most.
            words = [0.92 * text_width(word, size, bold=True) for word in cell.text.split()]
            assert max(words, default=0.0) <= room + 1e-6, cell.text
