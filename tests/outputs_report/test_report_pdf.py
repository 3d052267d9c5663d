"""PDF of a unit and of a province: tagged, searchable, the figures of the content, no code in it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import sys
import unicodedata
from pathlib import Path

import pdfplumber
import pypdf
import pytest

pytest.importorskip("typst", reason="typst is not installed")

sys.path.insert(0, str(Path(__file__).parents[1] / "plan"))
from target_samples import result, rows_as

from scoring.cli.main import main
from scoring.files.shipped import shipped_folder
from scoring.outputs import pack
from scoring.outputs.content.target_rows import plan_targets
from scoring.outputs.pdf.pdf_charts import BarChart, BarRow
from scoring.outputs.pdf.pdf_paper import Paper
from scoring.outputs.pdf.unit_pdf import unit_pdf
from scoring.outputs.province_report.province_content import province_content
from scoring.outputs.province_report.province_parts import province_parts
from scoring.outputs.province_report.province_pdf import province_pdf
from scoring.outputs.slides.slide_text import Columns

PLAN = rows_as(
    "TargetResults",
    result(result=83.5, gap=-1.5),
    result(target_code="CT-02", unit="thứ hạng", comparator="rank-within", value=20.0, result=24.0),
    *(result(target_code=f"CT-{at}", result=90.0, state="met") for at in range(3, 24)),
)
HOSTILE = '#import "/etc/passwd": * $x$ *đậm* _ng_ <label> @ref `a` \\u{1F600} // /* = H'
MARKS = "\u202eXã\u200f\u0007 Hòa\ue000 中"


def opened(data):
    return pypdf.PdfReader(io.BytesIO(data))


def text_of(reader):
    """Return all the text, line ends and places where a line may break left out."""
    text = " ".join(page.extract_text() for page in reader.pages)
    return " ".join(text.replace("\u200b", "").split())


def elements(node, kind):
    """Yield the elements of a kind below a node of the structure tree."""
    node = node.get_object()
    if not isinstance(node, dict):
        return
    if node.get("/S") == kind:
        yield node
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        if not isinstance(kid.get_object(), int):
            yield from elements(kid, kind)


def found(reader, kind):
    return list(elements(reader.trailer["/Root"]["/StructTreeRoot"], kind))


@pytest.fixture(scope="module")
def content(departments, make_content):
    return make_content(departments, unit_code="SM-A", last_year=departments.sheet)


@pytest.fixture(scope="module")
def reader(content):
    return opened(unit_pdf(content))


@pytest.fixture(scope="module")
def province_report(departments):
    return province_content(departments.sheet, departments.gaps, departments.targets)


def assert_accessible(reader, lang):
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712
    assert root["/Lang"].startswith(lang)
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    xmp = reader.xmp_metadata.stream.get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
    figures = found(reader, "/Figure")
    assert figures and all(str(figure["/Alt"]).strip() for figure in figures)
    tables = found(reader, "/Table")
    assert tables and all(next(elements(table, "/TH"), None) for table in tables)
    assert found(reader, "/P"), "texts are paragraphs, not loose pieces"
    assert reader.outline, "the headings are bookmarks"


def test_the_report_of_a_unit_is_tagged_and_titled(reader, content):
    assert_accessible(reader, "vi")
    assert reader.metadata.title == content.title
    assert reader.metadata.creation_date is None
    alts = " ".join(str(figure["/Alt"]) for figure in found(reader, "/Figure"))
    assert all(f"{area.points_text} / {area.maximum.text}" in alts for area in content.areas)
    assert all(f"{cause.name}: {cause.lost.text}" in alts for cause in content.causes)


def test_its_text_is_composed_vietnamese_with_all_areas_and_items(reader, content):
    text = text_of(reader)
    assert unicodedata.is_normalized("NFC", text)
    names = [content.unit_name, *(node.name for node in (*content.areas, *content.items))]
    assert [name for name in names if name not in text] == []


def test_the_first_page_is_the_summary_and_every_page_of_a_sample_says_so(reader, content):
    first = reader.pages[0].extract_text()
    for key in ("pack_index", "page_areas", "report_top_lost_title", "page_next"):
        assert content.say(key) in first
    badge = content.say("chart_sample_badge")
    assert all(badge in page.extract_text() for page in reader.pages)


def test_the_same_content_gives_the_same_bytes(content, province_report):
    assert unit_pdf(content) == unit_pdf(content)
    assert province_pdf(province_report) == province_pdf(province_report)


def test_with_a_day_of_reading_the_file_is_for_archives_too(content):
    reader = opened(unit_pdf(dataclasses.replace(content, read_on=dt.date(2026, 3, 15))))
    assert "<pdfaid:part>2</pdfaid:part>" in reader.xmp_metadata.stream.get_data().decode()
    assert reader.metadata.creation_date.date() == dt.date(2026, 3, 15)


def test_no_name_is_code_and_none_stops_the_report(content):
    first, *others = content.areas
    areas = (dataclasses.replace(first, name=HOSTILE), *others)
    item = dataclasses.replace(content.items[0], name="ả" * 10_000, area_name=HOSTILE)
    odd = dataclasses.replace(
        content, unit_name=f"{HOSTILE} {MARKS}", areas=areas, items=(item, *content.items[1:])
    )
    data = unit_pdf(odd)
    reader = opened(data)
    text = text_of(reader)
    assert f"{HOSTILE} Xã Hòa □" in text
    assert text.count("ả") >= 10_000, "a long word is not cut"
    with pdfplumber.open(io.BytesIO(data)) as file:
        place = next(at for at, page in enumerate(reader.pages) if "ảảả" in page.extract_text())
        chars = file.pages[place].chars
        assert max(char["x1"] for char in chars) < 595 - 18 * 2.83 + 1, "it breaks within the page"


def alts_of(reader):
    return [str(figure["/Alt"]) for figure in found(reader, "/Figure")]


def test_the_targets_of_a_plan_have_a_chart_with_every_target_in_it(content, province_report):
    plan = plan_targets(PLAN)
    reader = opened(unit_pdf(dataclasses.replace(content, plan=plan)))
    charts = [alt for alt in alts_of(reader) if alt.startswith(plan.sentence)]
    assert [alt[len(plan.sentence) :].split(".")[0] for alt in charts] == [
        " (chỉ tiêu 1 đến 20 trong 23)",
        " (chỉ tiêu 21 đến 23 trong 23)",
    ]
    assert "CT-01 Mức độ hài lòng: 83,5% · từ 85% trở lên, chưa đạt, còn thiếu 1,5" in charts[0]
    assert "CT-02 Mức độ hài lòng: 24 · trong nhóm 20" in charts[0], "a rank has its bar too"
    report = dataclasses.replace(province_report, plan_targets=plan.rows)
    assert any("CT-02" in alt for alt in alts_of(opened(province_pdf(report))))


def test_the_chart_of_areas_says_where_most_was_lost(content, reader):
    worst = max((a for a in content.areas if a.kind == "normal"), key=lambda a: a.lost.value)
    finding = f"{worst.name} mất nhiều điểm nhất: {worst.lost.text} trên {worst.maximum.text}"
    assert finding in text_of(reader)


def test_the_chart_of_areas_says_how_many_others_lost_as_much(content):
    areas = tuple(
        dataclasses.replace(area, lost=content.areas[0].lost) if area.kind == "normal" else area
        for area in content.areas
    )
    tied = sum(area.kind == "normal" for area in areas) - 1
    said = text_of(opened(unit_pdf(dataclasses.replace(content, areas=areas))))
    assert "khác cùng mức)" in said and f"({tied} trường" in said


def test_the_last_note_of_a_section_stays_with_its_table(content):
    paper = Paper(content, "Thử")
    paper.table(Columns(["Mục"], [1]), [["một dòng"]] * 38)
    paper.text("Ghi chú cuối phần.", "note")
    paper.heading("Phần sau")
    paper.chart(BarChart("Điểm", "Điểm", [BarRow("a", "1", [(0.0, 1.0, "reached")])] * 12))
    pages = [page.extract_text() for page in opened(paper.to_bytes()).pages]
    assert "Ghi chú cuối phần" in pages[0] and "Phần sau" in pages[1]


def test_a_chart_without_an_alternative_text_is_refused():
    with pytest.raises(ValueError, match="alt"):
        BarChart("Điểm", " ", [])


def test_the_report_of_a_province_holds_every_part_with_its_chart(province_report):
    reader = opened(province_pdf(province_report))
    assert_accessible(reader, "vi")
    text = text_of(reader)
    assert province_report.first_sentence in text
    for part in province_parts(province_report)[1:]:
        assert " ".join(part.title.split()) in text
    assert all(row.unit_name in text for row in province_report.units)
    badge = province_report.say("chart_sample_badge")
    assert all(badge in page.extract_text() for page in reader.pages)


def test_in_english_the_language_is_english(departments):
    content = province_content(departments.sheet, departments.gaps, lang="en")
    assert_accessible(opened(province_pdf(content)), "en")


def test_without_typst_everything_else_is_written_and_said(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(pack, "pdf_available", lambda: False)
    table = str(shipped_folder("evidence") / "phu-tho-2026" / "inputs.csv")
    asked = ["report", table, "--criteria", "service-quality-766", "--formats", "html,pdf"]
    assert main([*asked, "--out", str(tmp_path / "out")]) == 0
    assert "pdf-not-made" in "".join(capsys.readouterr())
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "manifest.json",
        "report.html",
    ]
