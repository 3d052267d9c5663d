"""The report of a survey: one content for page and document, true in its first sentence, safe, whole."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import io
import re

import docx
import numpy as np
import pandas as pd
import pytest
import survey_builder as made
from lxml import html
from test_outputs_charts import said_in

from scoring.outputs.charts.surveys.survey_tables import survey_context
from scoring.outputs.survey_report.survey_content import SurveyGiven, survey_content
from scoring.outputs.survey_report.survey_pack import survey_charts, write_survey_report
from scoring.outputs.survey_report.survey_page import survey_page
from scoring.outputs.survey_report.survey_word import survey_word
from scoring.survey.instrument.model import Weighting
from scoring.tables import empty

EVIL = '"><script>alert(1)</script><img src=http://x.vn/y onerror=alert(2)>{{7*7}}'
FORM = made.instrument()


def given(table=None, lang="vi", **more):
    about = survey_context(FORM, lang, source="ví dụ tự dựng", is_synthetic=True)
    facts = (("Thiết kế mẫu", "tầng: stratum"),)
    return SurveyGiven(made.estimates() if table is None else table, FORM, about, "Khảo sát thử",
                       facts, **more)  # fmt: skip


def drawn(content):
    return {name: figures[0] for name, figures in survey_charts(content)}


@pytest.fixture(scope="module")
def whole():
    before = made.estimates(-6.0, year=2025)
    content = survey_content(
        given(last_year=before, targets=made.targets(), importance=made.importance())
    )
    return content, drawn(content)


@pytest.fixture(scope="module")
def page(whole):
    return survey_page(*whole)


@pytest.fixture(scope="module")
def document(whole):
    return docx.Document(io.BytesIO(survey_word(*whole)))


def test_the_first_sentence_says_the_finding_with_its_interval(whole):
    content, _ = whole
    assert content.finding == (
        "Năm 2026, mức hài lòng với các đơn vị được khảo sát là 83,7%; khoảng tin cậy 95% từ "
        "81,7% đến 85,7%, tính từ 1.200 phiếu."
    )
    target, last = content.more
    assert "chưa đủ cơ sở kết luận là đạt hay không đạt" in target
    assert last == "So với năm 2025 (77,7%): tăng 6 điểm phần trăm, vượt sai số."


@pytest.mark.parametrize(
    ("shift", "said"),
    [(6.0, "giảm 6 điểm phần trăm, vượt sai số"), (1.0, "chưa thấy thay đổi")],
    ids=["fall", "tie"],
)
def test_a_fall_is_told_and_a_tie_is_not(shift, said):
    content = survey_content(given(last_year=made.estimates(shift, year=2025)))
    assert said in " ".join(content.more)


def test_another_series_and_a_missing_last_year_are_not_compared():
    old = made.estimates(6.0, year=2021, series="before")
    assert "không so sánh" in " ".join(survey_content(given(last_year=old)).more)
    assert survey_content(given()).more == ()


def test_a_table_without_numbers_of_forms_says_none():
    table = made.estimates().assign(forms=pd.array([pd.NA] * len(made.estimates()), dtype="Int64"))
    content = survey_content(given(table))
    assert content.finding.endswith("từ 81,7% đến 85,7%.")
    assert (
        "phiếu"
        not in html.fromstring(survey_page(content, {}))
        .xpath("//*[@id='factors']")[0]
        .text_content()
    )


def test_a_unit_says_how_it_stands_to_all_together():
    high, same = (survey_content(given(), unit) for unit in ("U001", "U003"))
    assert high.unit_name == "Đơn vị U001"
    assert "cao hơn mức chung, vượt sai số" in high.more[0]
    # The sixth is hidden, and nothing was compared with it.
    assert "5 đơn vị cùng lúc" in high.more[0]
    assert "Đơn vị chưa khác biệt rõ với mức chung" in same.more[0]
    assert not high.units
    with pytest.raises(KeyError):
        survey_content(given(), "U999")


def test_a_survey_that_weighs_its_options_speaks_of_a_score_and_of_nobody_satisfied(whole):
    way = Weighting("weights", "weights", "pooled", "sample", "mẫu")
    judged = dataclasses.replace(given(), instrument=made.instrument(weightings=(way,)))
    content = survey_content(judged)
    assert "điểm đánh giá bình quân" in content.finding and "83,7%" in content.finding
    assert content.factors[0].name == "Điểm đánh giá chung"
    # Officials may have been asked, not citizens.
    assert "người dân" not in " ".join(content.notes)
    page = html.fromstring(survey_page(content, {}))
    assert "hài lòng" not in content.title + page.findtext(".//p[@class='when']")


def test_a_hidden_unit_is_named_and_none_of_its_figures_shown():
    content = survey_content(given(), "U006")
    assert content.finding == "Chỉ số hài lòng với Đơn vị U006 không được công bố: ẩn (ít phiếu)."
    text = html.fromstring(survey_page(content, {})).text_content()
    assert "77,5" not in text
    assert "0,0%" not in text


def test_what_to_improve_first_is_really_lower():
    content = survey_content(given(importance=made.importance()))
    assert [step.split(":")[0] for step in content.steps] == [
        "Tiếp nhận, xử lý góp ý, phản ánh, kiến nghị",
        "Kết quả cung ứng dịch vụ",
    ]
    assert "lại quan trọng hơn" in content.steps[1]
    vague = made.importance().assign(low=0.1, high=0.9)
    assert "quan trọng" not in survey_content(given(importance=vague)).steps[1]
    level = made.estimates()
    is_factor = (level["measure"] == "factor") & (level["unit_code"] == "")
    level.loc[is_factor, ["estimate_percent", "low_percent", "high_percent"]] = (84.0, 82.0, 86.0)
    assert "chưa cho biết cần cải thiện yếu tố nào trước" in survey_content(given(level)).steps[0]


def test_a_factor_is_called_more_important_and_less_satisfied_only_beyond_the_error():
    table = made.estimates()
    table.loc[table["code"] == "D", "high_percent"] = 82.5

    def tagged(importance):
        content = survey_content(given(table, importance=importance))
        chips = html.fromstring(survey_page(content, {})).find_class("chip")
        return ["quan trọng hơn, mức hài lòng thấp hơn" in chip.text_content() for chip in chips]

    assert tagged(made.importance()) == [True]
    assert tagged(made.importance().assign(low=0.1, high=0.9)) == []


def test_the_way_that_was_used_says_whether_it_is_a_share_or_a_score():
    ways = tuple(
        Weighting(code, counts, "pooled", "sample", "mẫu")
        for code, counts in (("shares", "satisfied"), ("points", "weights"))
    )
    form = made.instrument(weightings=ways)
    for code, said in (
        ("shares", "tỷ lệ hài lòng (%)"),
        ("points", "điểm đánh giá (% mức tối đa)"),
    ):
        table = made.estimates().assign(weighting=code)
        about = dataclasses.replace(given(table, importance=made.importance()), instrument=form)
        content = survey_content(about)
        assert ("điểm đánh giá" in content.finding) == (code == "points")
        for name, figure in drawn(content).items():
            if name != "survey_answers":
                assert said in said_in(figure), name


def test_page_document_and_charts_hold_the_same_figures(whole, page, document):
    content, charts = whole
    text = html.fromstring(page).text_content()
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    for row in (*content.factors, *content.units):
        assert row.figure in text
        assert row.figure in cells
    said = charts["survey_profile"].alt_texts["vi"] + charts["survey_league"].alt_texts["vi"]
    assert all(row.figure in said for row in (*content.factors, *content.units))
    shares = [cell for row in content.questions for cell in row.cells]
    assert {share.removesuffix("%") for share in shares} <= cells
    assert all(share in text for share in shares)


def test_marks_of_the_page_stand_where_the_figures_are(whole):
    content, _ = whole
    rows = {row.code: row.marks for row in content.factors}
    one, other = rows["A"], rows["B"]
    per_point = (one["at"] - other["at"]) / 1.5
    assert one["high"] - one["at"] == pytest.approx(2 * per_point)
    assert one["target"] == pytest.approx(one["at"] - per_point)
    for row in content.questions:
        widths = sum(width for _, _, width in row.bars)
        ends = [left + width for _, left, width in row.bars]
        assert ends[-1] - row.bars[0][1] == pytest.approx(widths)
        middle = next(bar for bar in row.bars if bar[0] == "answer-middle")
        assert middle[1] + middle[2] / 2 == pytest.approx(row.marks["zero"])


def test_the_page_is_safe_whole_and_in_order(page):
    tree = html.fromstring(page)
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    for tag in ("style", "script"):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert all(source.startswith("data:image/png;base64,") for source in tree.xpath("//@src"))
    assert all(image.get("alt") for image in tree.xpath("//img"))
    links = tree.xpath("//@href")
    assert {link for link in links if not link.startswith("#")} == {"data:,"}
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    assert {"hatch-low", "hatch-lowest"} <= set(ids)
    levels = [int(node.tag[1]) for node in tree.xpath("//h1 | //h2 | //h3")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert "SỐ LIỆU GIẢ LẬP" in tree.xpath("//aside")[0].text_content()
    assert ".srow {" in page
    assert not re.search(r": (role|hatch)\(", page)


def test_hostile_names_stay_text():
    table = made.estimates().assign(unit_name=EVIL)
    content = survey_content(dataclasses.replace(given(table), name=EVIL))
    tree = html.fromstring(survey_page(content, {}))
    assert len(tree.xpath("//script")) == 1
    assert not tree.xpath("//img | //@onerror")
    assert EVIL in tree.text_content()
    survey_word(content, {})


def test_the_word_report_has_its_sections_and_its_pictures_are_described(document, whole):
    heads = [p.text for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert [head.split(".")[0] for head in heads] == ["I", "II", "III", "IV", "V", "VI"]
    described = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert described == [
        whole[1][name].alt_texts["vi"]
        for name in ("survey_profile", "survey_answers", "survey_league", "survey_priorities",
                     "survey_trend")
    ]  # fmt: skip
    text = "\n".join(p.text for p in document.paragraphs)
    assert "SỐ LIỆU GIẢ LẬP" in text
    assert "Bộ câu hỏi mẫu, chưa phải phiếu chính thức." in text


def test_the_same_survey_gives_the_same_bytes_and_each_unit_its_page(tmp_path):
    table = made.estimates(units=2).query("measure in ('index', 'factor')")
    for name in ("one", "two"):
        write_survey_report(given(table), tmp_path / name, each_unit=True)
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.*"))
    assert [path.as_posix() for path in files] == [
        "charts/survey-league.png", "charts/survey-profile.png",
        "report.docx", "report.html", "units/u001.html", "units/u002.html",
    ]  # fmt: skip
    for path in files:
        assert (tmp_path / "one" / path).read_bytes() == (tmp_path / "two" / path).read_bytes()
    home = html.fromstring((tmp_path / "one/units/u001.html").read_text("utf-8")).xpath("//@href")
    assert "../report.html" in home


def test_english_has_no_vietnamese_words_of_ours(whole):
    content = survey_content(given(lang="en", targets=made.targets()))
    tree = html.fromstring(survey_page(content, {}))
    text = tree.text_content()
    ours = re.findall(r"\b(?:phiếu|yếu tố|khoảng tin cậy|chỉ tiêu|hài lòng)\b", text.lower())
    assert not ours
    assert content.finding.startswith("In 2026, satisfaction with all units surveyed is 83.7%")


def test_one_hidden_answer_hides_the_bar_that_would_tell_it():
    table = made.estimates()
    is_one = (table["code"] == "A1") & (table["answer"] == "1")
    table.loc[is_one, "estimate_percent"] = np.nan
    content = survey_content(given(table))
    row = next(row for row in content.questions if row.code == "A1")
    assert row.bars == ()
    assert "các câu trả lời bị ẩn" in survey_page(content, {})


def test_how_differences_were_made_is_said_as_it_was():
    """With the forms the errors are those of the design; a table of estimates alone has none."""
    alone = survey_content(given())
    by_design = survey_content(given(differences=empty("Differences")))
    said = {key: alone.say(f"survey_read_{key}") for key in ("independent", "by_design")}
    assert said["independent"] in alone.notes and said["by_design"] not in alone.notes
    assert said["by_design"] in by_design.notes and said["independent"] not in by_design.notes
