"""Tables of decisions, in Word, in workbooks and pasted, become criteria sets."""

import datetime as dt
import io

import docx
import openpyxl
import pytest

from scoring.base.errors import UnreadableError
from scoring.criteria import check_set
from scoring.criteria.appendix import (
    AppendixAbout,
    import_appendix,
    import_pasted_appendix,
)
from scoring.criteria.writing import write_set

ABOUT = AppendixAbout("bo-mau", "Bộ tiêu chí mẫu", "department", dt.date(2024, 1, 1))
HEADING = ("TT", "Lĩnh vực/Tiêu chí/Tiêu chí thành phần", "Điểm tối đa", "Cách chấm")
ROWS = (
    ("1", "CHỈ ĐẠO, ĐIỀU HÀNH", "3,5", ""),
    ("1.1", "Kế hoạch CCHC", "3,5", ""),
    ("1.1.1", "Ban hành kế hoạch", "0,5", "Kịp thời: 0,5; không kịp thời: 0,25; không ban hành: 0"),
    ("1.1.2", "Mức độ thực hiện", "2", "Trên 90%: 2; từ 70% - 90%: 1; dưới 70%: 0"),
    ("1.1.3", "Chất lượng", "1 điểm", "Theo đánh giá của Hội đồng"),
)


def pasted(*rows, about=ABOUT, heading=HEADING, **options):
    text = "\n".join("\t".join(row) for row in (heading, *rows))
    return import_pasted_appendix(text, about, **options)


def codes(result):
    return [row.code for row in result.entries]


def confidence(result):
    return {row.code: row.confidence for row in result.entries}


def finding_codes(result):
    return [finding.code for finding in result.findings]


def word_table(rows, widths=4, document=None):
    document = document or docx.Document()
    table = document.add_table(rows=0, cols=widths)
    for row in rows:
        cells = table.add_row().cells
        for cell, text in zip(cells, row, strict=False):
            cell.text = text
    return document, table


def saved(thing, path):
    thing.save(path)
    return path


def test_a_table_becomes_a_set_that_passes_its_checks(tmp_path):
    result = pasted(*ROWS)
    write_set(result.raw, tmp_path / "bo-mau")
    checked = check_set(tmp_path / "bo-mau")
    assert checked.is_sound, [finding.text("en") for finding in checked.findings]
    assert checked.criteria.meta.status == "sample"
    assert checked.criteria.meta.total_points == 3.5
    assert [node.rule for node in checked.criteria.leaves] == ["choice", "bands", "direct"]


def test_each_row_says_what_was_understood_beside_the_text():
    rows = pasted(*ROWS).rows.set_index("code")
    understood = rows.loc["1.1.2", "understood"].lower()
    assert "trên 90%: 2 điểm; từ 70% đến 90%: 1 điểm; dưới 70%: 0 điểm." in understood
    assert rows.loc["1.1.2", "text"] == "Trên 90%: 2; từ 70% - 90%: 1; dưới 70%: 0"
    assert rows.loc["1.1.2", "place"] == "dòng 5"
    assert rows.loc["1.1.3", "confidence"] == "to_review"


def test_a_row_that_cannot_be_read_keeps_its_text_and_is_scored_directly():
    result = pasted(*ROWS)
    items = result.raw.tables["items"].set_index("code")
    assert items.loc["1.1.3", "rule"] == "direct"
    assert "Theo đánh giá của Hội đồng" in items.loc["1.1.3", "note_vi"]
    assert result.rows.set_index("code").loc["1.1.3", "understood"] == ""
    found = [f for f in result.findings if f.code == "appendix-row-to-review"]
    assert [finding.item_code for finding in found] == ["1.1.3"]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_findings_and_reasons_speak_both_languages(lang):
    result = pasted(*ROWS)
    assert all("{" not in finding.text(lang) for finding in result.findings)
    assert result.table(lang)["reason"].iloc[-1]


def test_columns_may_stand_in_any_order_and_wording():
    heading = ("Phương pháp chấm điểm", "Thang điểm", "Điểm tự chấm", "Nội dung tiêu chí", "STT")
    rows = [(row[3], row[2], "9", row[1], row[0]) for row in ROWS]
    result = pasted(*rows, heading=heading)
    assert confidence(result) == confidence(pasted(*ROWS))


def test_a_table_with_bars_keeps_the_bars_between_steps():
    text = "\n".join(
        [
            "| TT | Tiêu chí | Điểm tối đa | Cách chấm |",
            "|---|---|---|---|",
            "| 1 | Kế hoạch | 2 |  |",
            "| 1.1 | Mức độ | 2 | Trên 90%: 2 | Từ 70% - 90%: 1 | Dưới 70%: 0 |",
        ]
    )
    result = import_pasted_appendix(text, ABOUT)
    assert confidence(result) == {"1": "sure", "1.1": "sure"}


def test_a_table_pasted_with_one_cell_a_line_is_put_together():
    lines = [*HEADING, "1", "CHỈ ĐẠO", "2", "1.1", "Ban hành kế hoạch", "0,5", "Kịp thời: 0,5",
             "Không kịp thời: 0", "1.2", "Mức độ thực hiện", "kế hoạch năm", "1,5",
             "Trên 90%: 1,5", "Từ 90% trở xuống: 0", "2", "THỂ CHẾ", "1", "2.1", "Rà soát", "1",
             "Đạt: 1", "Không đạt: 0"]  # fmt: skip
    result = import_pasted_appendix("\n".join(lines), ABOUT)
    assert codes(result) == ["1", "1.1", "1.2", "2", "2.1"]
    assert set(confidence(result).values()) == {"sure"}
    assert result.entries[2].name == "Mức độ thực hiện kế hoạch năm"
    assert result.checked.is_sound


def test_cells_of_several_lines_pasted_from_a_spreadsheet_stay_whole():
    text = (
        "TT\tTiêu chí\tĐiểm tối đa\tCách chấm\n"
        '1\tKế hoạch\t1\t"Kịp thời: 1\nKhông kịp thời: 0,5\nKhông ban hành: 0"'
    )
    assert confidence(import_pasted_appendix(text, ABOUT)) == {"1": "sure"}


def test_a_scoring_line_with_points_of_its_own_belongs_to_the_item_above():
    result = pasted(
        ("1", "Kế hoạch", "1", ""),
        ("1.1", "Mức độ thực hiện kế hoạch", "1", ""),
        ("", "Hoàn thành 100% kế hoạch", "1", ""),
        ("", "Hoàn thành từ 80% đến dưới 100% kế hoạch", "0,5", ""),
        ("", "Hoàn thành dưới 80% kế hoạch", "0", ""),
    )
    assert codes(result) == ["1", "1.1"]
    assert confidence(result) == {"1": "sure", "1.1": "sure"}
    assert len(result.entries[1].spec.bands) == 3


def test_scoring_lines_written_under_the_name_are_read():
    result = pasted(
        ("1", "Kế hoạch", "1", ""),
        ("1.1", "Ban hành kế hoạch", "1", ""),
        ("", "- Kịp thời: 1", "", ""),
        ("", "- Không kịp thời: 0,5", "", ""),
        ("", "- Không ban hành: 0", "", ""),
        heading=HEADING,
    )
    assert result.entries[1].spec.kind == "choice"
    assert result.entries[1].confidence == "sure"


def test_a_name_split_over_a_page_is_put_together():
    result = pasted(
        ("1", "Kế hoạch", "1", ""),
        ("1.1", "Tỷ lệ cơ quan được", "1", "Từ 30% trở lên: 1; từ 20% đến"),
        HEADING,
        ("", "kiểm tra trong năm", "", "dưới 30%: 0,5; dưới 20%: 0"),
    )
    assert result.entries[1].name == "Tỷ lệ cơ quan được kiểm tra trong năm"
    assert result.entries[1].confidence == "sure"
    assert [band.points for band in result.entries[1].spec.bands] == [0.0, 0.5, 1.0]


def test_a_heading_repeated_on_each_page_is_no_row():
    result = pasted(ROWS[0], ROWS[1], HEADING, ("(1)", "(2)", "(3)", "(4)"), *ROWS[2:])
    assert codes(result) == [row[0] for row in ROWS]


def test_a_heading_of_two_rows_is_read():
    text = "\n".join(
        [
            "TT\tTiêu chí\tĐiểm\t\t\tCách chấm",
            "\t\tĐiểm tối đa\tTự chấm\tThẩm định\t",
            "1\tKế hoạch\t1\t0,5\t0,25\tĐạt: 1; không đạt: 0",
        ]
    )
    result = import_pasted_appendix(text, ABOUT)
    assert result.entries[0].max_points == 1
    assert result.entries[0].confidence == "sure"


def test_a_heading_of_two_rows_repeated_on_the_next_page_is_no_row():
    heading = ("TT", "Tiêu chí", "Điểm", "", "Cách chấm")
    second = ("", "", "Điểm tối đa", "Tự chấm", "")
    rows = [(a, b, c, "", d) for a, b, c, d in ROWS]
    result = pasted(second, *rows[:3], heading, second, *rows[3:], heading=heading)
    assert confidence(result) == confidence(pasted(*ROWS))


def test_roman_areas_open_a_scope_for_the_codes_below():
    result = pasted(
        ("I", "CHỈ ĐẠO", "1", ""), ("1", "Kế hoạch", "1", "Đạt: 1; không đạt: 0"),
        ("II.", "THỂ CHẾ", "2", ""), ("1", "Rà soát", "2", ""),
        ("1.1", "Kế hoạch rà soát", "2", "Có: 2; không: 0"),
    )  # fmt: skip
    assert codes(result) == ["I", "I.1", "II", "II.1", "II.1.1"]
    assert result.checked.is_sound


def test_roman_areas_that_repeat_the_first_figure_become_that_figure():
    result = pasted(
        ("I", "CHỈ ĐẠO", "1", ""), ("1.1", "Kế hoạch", "1", "Đạt: 1; không đạt: 0"),
        ("II", "THỂ CHẾ", "2", ""), ("2.1.", "Rà soát", "2", "Đạt: 2; không đạt: 0"),
    )  # fmt: skip
    assert codes(result) == ["1", "1.1", "2", "2.1"]


def test_letters_part_appraisal_from_survey():
    result = pasted(
        ("A", "PHẦN THẨM ĐỊNH", "1", ""), ("1.1)", "Kế hoạch", "1", "Đạt: 1; không đạt: 0"),
        ("B", "PHẦN KHẢO SÁT", "9", ""), ("1.1)", "SIPAS", "9", "Chỉ số hài lòng × 9"),
    )  # fmt: skip
    assert codes(result) == ["A", "A.1.1", "B", "B.1.1"]
    assert result.raw.tables["items"]["assessed_by"].tolist()[-1] == "survey"


def test_a_code_written_before_the_name_is_found():
    heading = ("Tiêu chí", "Điểm tối đa", "Cách chấm")
    result = pasted(
        ("1. Chỉ đạo", "1", ""), ("1.1. Kế hoạch", "1", "Đạt: 1; không đạt: 0"), heading=heading
    )
    assert [(row.code, row.name) for row in result.entries][-1] == ("1.1", "Kế hoạch")


def test_small_letters_whose_points_add_up_are_parts():
    result = pasted(
        ("1", "Báo cáo", "1,5", ""),
        ("a)", "Số lượng", "1", ""),
        ("b)", "Chất lượng", "0,5", ""),
    )
    assert codes(result) == ["1", "1.a", "1.b"]
    assert result.checked.is_sound


def test_small_letters_with_a_zero_are_answers():
    result = pasted(
        ("1", "Báo cáo", "1", ""),
        ("a)", "Đúng hạn", "1", ""),
        ("b)", "Không đúng hạn", "0", ""),
    )
    assert codes(result) == ["1"]
    assert result.entries[0].spec.kind == "choice"


def test_evidence_in_the_cell_of_the_scoring_text_becomes_evidence():
    result = pasted(
        ("1", "Kế hoạch", "1", "Kịp thời: 1; không kịp thời: 0. Tài liệu kiểm chứng: Kế hoạch CCHC"
         " năm, Báo cáo kết quả; ảnh chụp màn hình"),
    )  # fmt: skip
    assert result.entries[0].confidence == "sure"
    evidence = result.raw.tables["evidence"]
    assert evidence["kind"].tolist() == ["Kế hoạch", "Báo cáo", "Ảnh"]
    assert evidence["note_vi"].tolist()[0] == "Kế hoạch CCHC năm"


def test_a_row_keeps_its_parts_for_review_and_its_remarks_in_the_notes():
    result = pasted(
        ("1", "Ký số", "1", "100% văn bản (trừ văn bản mật): 1đ; dưới 100%: 0đ"),
        ("2", "Đề án", "1", "Được duyệt: 1đ; xem xét riêng nếu vướng"),
    )
    signed, project = result.entries
    assert signed.confidence == "sure"
    assert "trừ văn bản mật" in result.raw.tables["items"]["note_vi"].tolist()[0]
    assert [step.is_read for step in project.reading.steps] == [True, False]
    assert project.reading.proposed_kind == "choice" and project.reading.missing


def test_scoring_text_after_the_evidence_is_still_read():
    text = "Tài liệu kiểm chứng: Kế hoạch năm\nCách chấm: Đạt: 1; không đạt: 0"
    result = pasted(("1", "Ban hành", "1", f'"{text}"'))
    assert result.entries[0].confidence == "sure"
    assert result.raw.tables["evidence"]["note_vi"].tolist() == ["Kế hoạch năm"]


def test_evidence_beside_scoring_lines_is_not_mixed_with_them():
    result = pasted(
        ("1", "Ban hành", "1", "Tài liệu kiểm chứng: Kế hoạch năm"),
        ("", "Kịp thời", "1", ""),
        ("", "Không kịp thời", "0", ""),
    )
    assert result.entries[0].confidence == "sure"
    assert result.raw.tables["evidence"]["note_vi"].tolist() == ["Kế hoạch năm"]


def test_evidence_in_a_column_of_its_own_becomes_evidence():
    result = pasted(
        ("1", "Kế hoạch", "1", "Đạt: 1; không đạt: 0", "Quyết định số 12; Biên bản"),
        heading=(*HEADING, "Tài liệu kiểm chứng"),
    )
    assert result.raw.tables["evidence"]["kind"].tolist() == ["Quyết định", "Biên bản"]


def test_a_note_beside_the_scoring_text_leaves_the_row_to_review():
    result = pasted(
        ("1", "Kế hoạch", "1", "Đạt: 1; không đạt: 0", "Không áp dụng với Sở Ngoại vụ"),
        heading=(*HEADING, "Ghi chú"),
    )
    assert [reason.key for reason in result.entries[0].reasons] == ["note-beside"]
    assert "Sở Ngoại vụ" in result.raw.tables["items"]["note_vi"].iloc[0]


def test_a_note_that_excuses_units_becomes_the_policy_of_the_item():
    note = "Đơn vị không được giao nhiệm vụ thì giảm trừ điểm tối đa tương ứng"
    result = pasted(
        ("1", "Kế hoạch", "1", "Đạt: 1; không đạt: 0", note), heading=(*HEADING, "Ghi chú")
    )
    items = result.raw.tables["items"]
    assert result.entries[0].confidence == "sure"
    assert items["not_applicable"].tolist() == ["drop"] and items["note_vi"].tolist() == [note]


def test_a_note_that_lists_documents_becomes_evidence():
    row = ("1", "Kế hoạch", "1", "Đạt: 1; không đạt: 0", "Báo cáo kết quả; ảnh chụp")
    result = pasted(row, heading=(*HEADING, "Ghi chú"))
    assert result.entries[0].confidence == "sure"
    assert result.raw.tables["evidence"]["kind"].tolist() == ["Báo cáo", "Ảnh"]


def test_a_rule_in_the_name_is_proposed_and_what_a_penalty_says_of_grades_is_named():
    result = pasted(
        ("1", "Chỉ đạo", "1", "Đạt: 1; không đạt: 0"),
        ("2", "Điểm trừ", "7", ""),
        ("2.1", "Nộp trễ hồ sơ: trừ 02 điểm", "2", ""),
        ("2.2", "Khiếu kiện", "5", "trừ 5 điểm/vụ, tối đa 5 điểm. Không xếp loại Xuất sắc."),
    )
    named, counted = result.entries[2:]
    assert named.spec.kind == "choice" and "rule-in-name" in [r.key for r in named.reasons]
    assert counted.spec.kind == "count" and counted.spec.points_each == 5
    assert "appendix-grade-sentences" in finding_codes(result)
    assert "Không xếp loại Xuất sắc" in result.raw.tables["items"]["note_vi"].iloc[3]


def test_a_stated_total_is_held_against_the_areas():
    result = pasted(*ROWS, ("", "TỔNG CỘNG", "100", ""))
    assert result.raw.meta["total_points"] == 100
    assert "areas-do-not-add-up" in finding_codes(result)


@pytest.mark.parametrize(
    ("scoring", "confidence"),
    [
        ("- Trên 90% kế hoạch:\n2 điểm\n- Từ 70% - 90% kế\nhoạch: 1 điểm\n- Dưới 70% kế hoạch: 0\nđiểm", "sure"),
        ("trên 90%: 2\ntừ 70% - 90%: 1\ndưới 70%: 0", "sure"),
        # "- 90%" may go on or be a bullet: not told, so not sure.
        ("Trên 90%: 2\nTừ 70%\n- 90%: 1\nDưới 70%: 0", "to_review"),
    ],
)  # fmt: skip
def test_lines_that_a_narrow_column_broke_are_read_as_one(tmp_path, scoring, confidence):
    row = ("1.1", "Mức độ thực hiện kế hoạch", "2", scoring)
    document, _ = word_table([HEADING, ("1", "CHỈ ĐẠO", "2", ""), row])
    entry = import_appendix(saved(document, tmp_path / "a.docx"), ABOUT).entries[1]
    assert entry.confidence == confidence
    if confidence == "sure":
        assert [band.points for band in entry.spec.bands] == [0.0, 1.0, 2.0]


@pytest.mark.parametrize(
    "row",
    [
        ("", "Tổng", "3,5", ""),
        ("", "", "3,5", ""),
        ("Tổng cộng", "", "3,5", ""),
        ("", "TỔNG SỐ (A+B)", "3,5", ""),
        ("", "Tổng cộng: 3,5 điểm", "", ""),
        ("*", "Tổng điểm các tiêu chí", "3,5", ""),
    ],
)
def test_a_total_in_any_wording_is_no_answer_of_the_last_item(row):
    result = pasted(*ROWS[:4], row)
    assert result.raw.meta["total_points"] == 3.5
    assert set(confidence(result).values()) == {"sure"}


def test_the_last_of_several_totals_is_that_of_the_list():
    result = pasted(*ROWS[:4], ("", "Cộng", "3,5", ""), ("", "Tổng cộng", "100", ""))
    assert result.raw.meta["total_points"] == 100.0
    assert "areas-do-not-add-up" in [finding.code for finding in result.checked.findings]


def test_a_line_about_a_total_number_is_no_total():
    result = pasted(*ROWS[:4], ("", "Tổng số hồ sơ đúng hạn", "1", ""))
    assert result.raw.meta["total_points"] == 3.5
    assert result.entries[3].confidence == "to_review"


def test_an_excerpt_need_not_add_up():
    about = AppendixAbout("a", "Bộ", "department", dt.date(2024, 1, 1), is_excerpt=True)
    result = pasted(
        ("1", "Kế hoạch", "20", ""), ("1.1", "Ban hành", "5", "Chấm thẳng"), about=about
    )
    assert result.checked.is_sound


def test_a_missing_maximum_of_a_parent_is_the_sum_and_to_review():
    result = pasted(("1", "Kế hoạch", "", ""), ("1.1", "Ban hành", "5", "Chấm thẳng"))
    assert result.entries[0].max_points == 5
    assert [reason.key for reason in result.entries[0].reasons] == ["maximum-from-children"]


def test_a_maximum_that_nobody_can_read_stays_missing():
    result = pasted(("1", "Kế hoạch", "1-1,5", "Theo thực tế"))
    assert "max-points-missing" in finding_codes(result)
    assert result.entries[0].confidence == "to_review"


def test_bonus_points_stand_outside_the_areas_and_are_to_review():
    result = pasted(*ROWS, ("2", "ĐIỂM THƯỞNG", "2", "Mỗi sáng kiến 1 điểm, tối đa 2 điểm"))
    items = result.raw.tables["items"].set_index("code")
    assert items.loc["2", "kind"] == "bonus"
    assert result.raw.meta["total_points"] == 3.5
    assert result.entries[-1].confidence == "to_review"


@pytest.mark.parametrize("stated", ["-5", "(5)", "- 5 điểm", "(-5)", "−5"])
def test_a_maximum_written_as_negative_makes_a_penalty_to_review(stated):
    text = "Mỗi lần trừ 0,5 điểm, trừ không quá 5 điểm"
    rows = [("2", "XỬ LÝ VI PHẠM", "", ""), ("2.1", "Chậm gửi báo cáo", stated, text)]
    result = pasted(*ROWS, *rows)
    items = result.raw.tables["items"].set_index("code")
    assert list(items.loc[["2", "2.1"], "kind"]) == ["penalty", "penalty"]
    row = result.entries[-1]
    assert (row.max_points, row.spec.kind, row.confidence) == (5.0, "count", "to_review")
    assert "maximum-negative" in [reason.key for reason in row.reasons]
    assert result.raw.meta["total_points"] == 3.5


def test_a_negative_maximum_among_others_is_to_review_in_its_area():
    text = "Mỗi lần trừ 0,5 điểm, trừ không quá 1 điểm"
    result = pasted(*ROWS, ("1.2", "Chậm gửi báo cáo", "(1)", text))
    row = result.entries[-1]
    assert (row.spec.kind, row.confidence) == ("count", "to_review")


def test_two_lists_in_one_file_are_told_apart():
    second = [("1", "CẤP HUYỆN", "1", "Đạt: 1; không đạt: 0")]
    first = pasted(*ROWS, HEADING, *second)
    assert first.lists == 2 and codes(first) == [row[0] for row in ROWS]
    assert "appendix-several-lists" in finding_codes(first)
    assert codes(pasted(*ROWS, HEADING, *second, part=2)) == ["1"]


def test_a_title_row_between_areas_is_reported_and_left_out():
    result = pasted(ROWS[0], ROWS[1], ("", "PHẦN II. ĐIỀU TRA XÃ HỘI HỌC", "", ""), *ROWS[2:])
    assert "appendix-row-not-placed" in finding_codes(result)
    assert codes(result) == [row[0] for row in ROWS]


def test_a_code_of_no_known_form_is_reported_and_its_row_never_joined_to_another():
    result = pasted(*ROWS, ("2024/1", "Việc khác", "1", "Đạt: 1; không đạt: 0"))
    assert "appendix-row-not-placed" in finding_codes(result)
    assert result.entries[-1].name == "Chất lượng"


def test_quotients_without_a_policy_are_said_once():
    text = "b/a × 1. Trong đó: a là tổng số hồ sơ; b là số hồ sơ đúng hạn"
    result = pasted(
        ("1", "Hồ sơ", "2", ""), ("1.1", "Đúng hạn", "1", text), ("1.2", "Trước hạn", "1", text)
    )
    assert finding_codes(result).count("appendix-zero-denominator") == 1
    assert set(confidence(result).values()) == {"sure"}


def test_a_code_that_stands_twice_is_reported_with_both_rows_kept():
    result = pasted(*ROWS, ("1.1.3", "Lần hai", "1", "Đạt: 1; không đạt: 0"))
    assert "code-duplicate" in finding_codes(result)
    assert len(result.rows) == len(ROWS) + 1


# Word


def test_a_word_table_gives_the_same_set_as_the_pasted_one(tmp_path):
    document, _ = word_table((HEADING, *ROWS))
    result = import_appendix(saved(document, tmp_path / "phu luc.docx"), ABOUT)
    assert confidence(result) == confidence(pasted(*ROWS))
    assert result.entries[3].place == "bảng 1, dòng 5"
    assert result.raw.tables["items"]["source"].iloc[3] == "phu luc.docx, bảng 1, dòng 5"


def test_merged_cells_of_a_word_table_are_followed(tmp_path):
    rows = [
        HEADING,
        ("I. CHỈ ĐẠO", "", "", ""),
        ("1.1", "Kế hoạch", "1", "Kịp thời: 1"),
        ("", "", "", "Không kịp thời: 0,5"),
        ("", "", "", "Không ban hành: 0"),
    ]
    document, table = word_table(rows)
    area = table.cell(1, 0).merge(table.cell(1, 3))
    area.text = "I. CHỈ ĐẠO"
    for column in range(3):
        text = table.cell(2, column).text
        table.cell(2, column).merge(table.cell(4, column)).text = text
    # Word may keep text in a cell that the one above covers; nobody sees it.
    covered = table._tbl.tr_lst[3].tc_lst[1]
    covered.p_lst[0].add_r().text = "không thấy"
    result = import_appendix(saved(document, tmp_path / "a.docx"), ABOUT)
    assert codes(result) == ["1", "1.1"]
    assert [row.name for row in result.entries] == ["CHỈ ĐẠO", "Kế hoạch"]
    assert [option.points for option in result.entries[1].spec.options] == [1.0, 0.5, 0.0]


def test_a_list_that_goes_on_in_a_second_table_is_one_list(tmp_path):
    document, _ = word_table((HEADING, *ROWS[:3]))
    document.add_paragraph("")
    word_table(ROWS[3:], document=document)
    result = import_appendix(saved(document, tmp_path / "a.docx"), ABOUT)
    assert codes(result) == [row[0] for row in ROWS]


def test_other_tables_of_a_document_are_passed_over(tmp_path):
    document, _ = word_table((("UBND TỈNH", "CỘNG HÒA"), ("Số: 1/QĐ", "Ngày 1")), widths=2)
    word_table((HEADING, *ROWS), document=document)
    result = import_appendix(saved(document, tmp_path / "a.docx"), ABOUT)
    assert codes(result) == [row[0] for row in ROWS]


def test_a_table_within_a_cell_is_read_but_left_to_review(tmp_path):
    document, table = word_table((HEADING, ("1", "Kế hoạch", "2", "")))
    inner = table.cell(1, 3).add_table(rows=2, cols=2)
    for row, texts in zip(inner.rows, (("Trên 90%", "2"), ("Từ 90% trở xuống", "0")), strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    result = import_appendix(saved(document, tmp_path / "a.docx"), ABOUT)
    assert result.entries[0].spec.kind == "bands"
    assert [reason.key for reason in result.entries[0].reasons] == ["nested-table"]


def test_numbers_that_word_makes_itself_are_a_finding(tmp_path):
    document, table = word_table((HEADING, *ROWS[:3], ("", "Kiểm tra", "1", "")))
    table.cell(4, 0).paragraphs[0].style = document.styles["List Number"]
    table.cell(4, 0).paragraphs[0]._p.get_or_add_pPr().get_or_add_numPr()
    result = import_appendix(saved(document, tmp_path / "a.docx"), ABOUT)
    assert "appendix-automatic-numbers" in finding_codes(result)


def test_text_struck_out_under_track_changes_is_not_read(tmp_path):
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    document, table = word_table((HEADING, ("1", "Kế hoạch", "1", "Đạt: 1; không đạt: 0")))
    paragraph = table.cell(1, 3).paragraphs[0]._p
    deleted = OxmlElement("w:del")
    run = OxmlElement("w:r")
    text = OxmlElement("w:delText")
    text.text = "; khác: 5"
    run.append(text)
    deleted.append(run)
    paragraph.append(deleted)
    inserted = OxmlElement("w:ins")
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = " điểm"
    text.set(qn("xml:space"), "preserve")
    run.append(text)
    inserted.append(run)
    paragraph.append(inserted)
    result = import_appendix(saved(document, tmp_path / "a.docx"), ABOUT)
    assert result.entries[0].text == "Đạt: 1; không đạt: 0 điểm"


# Workbooks


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_why_a_row_is_to_be_reviewed_is_told_whole(lang):
    result = pasted(
        *ROWS, ("2", "Điểm trừ", "-3", ""), ("2.1", "Bị phê bình", "-3", "Mỗi lần trừ 0,5")
    )
    told = {one.item_code: one.problem(lang) for one in result.findings}
    ends = {"vi": "Kiểm tra lại loại của mục và lĩnh vực chứa nó.",
            "en": "Check the kind of the item and its area."}  # fmt: skip
    assert told["2"].endswith(ends[lang]), told["2"]


def workbook(rows, name="Phụ lục"):
    book = openpyxl.Workbook()
    book.active.title = name
    for row in rows:
        book.active.append(row)
    return book


def test_a_workbook_gives_the_same_set_and_names_the_cell(tmp_path):
    result = import_appendix(saved(workbook((HEADING, *ROWS)), tmp_path / "a.xlsx"), ABOUT)
    assert confidence(result) == confidence(pasted(*ROWS))
    assert result.entries[3].place == "Phụ lục!A5"
    found = next(f for f in result.findings if f.code == "appendix-row-to-review")
    assert (found.sheet, found.cell) == ("Phụ lục", "A6")


def test_merged_cells_of_a_workbook_are_followed(tmp_path):
    book = workbook((HEADING, ("I. CHỈ ĐẠO",), ("1.1", "Kế hoạch", 1, "Đạt: 1"), (None,) * 4))
    sheet = book.active
    sheet["D4"] = "Không đạt: 0"
    sheet.merge_cells("A2:D2")
    for column in "ABC":
        sheet.merge_cells(f"{column}3:{column}4")
    result = import_appendix(saved(book, tmp_path / "a.xlsx"), ABOUT)
    assert codes(result) == ["1", "1.1"]
    assert result.entries[1].confidence == "sure"


def test_a_code_typed_as_a_number_out_of_its_turn_is_to_review(tmp_path):
    yes_no = "Đạt: 1; không đạt: 0"
    rows = [HEADING, (1, "Kế hoạch", 2, ""), (1.1, "Một", 1, yes_no), (1.3, "Ba", 1, yes_no)]
    result = import_appendix(saved(workbook(rows), tmp_path / "a.xlsx"), ABOUT)
    assert confidence(result) == {"1": "sure", "1.1": "sure", "1.3": "to_review"}
    assert [reason.key for reason in result.entries[2].reasons] == ["code-as-number"]


def test_the_tenth_code_typed_as_a_number_is_not_the_first_again(tmp_path):
    rows = [HEADING, (1, "Kế hoạch", 10, "")]
    rows += [(float(f"1.{n}"), f"Việc {n}", 1, "Đạt: 1; không đạt: 0") for n in range(1, 11)]
    result = import_appendix(saved(workbook(rows), tmp_path / "a.xlsx"), ABOUT)
    assert codes(result)[-1] == "1.10"
    assert result.checked.is_sound


def test_a_code_turned_into_a_date_is_a_finding(tmp_path):
    rows = [HEADING, (1, "Kế hoạch", 1, ""), (dt.date(2024, 2, 1), "Ban hành", 1, "Đạt: 1")]
    result = import_appendix(saved(workbook(rows), tmp_path / "a.xlsx"), ABOUT)
    found = next(f for f in result.findings if f.code == "appendix-code-is-date")
    assert (found.sheet, found.cell) == ("Phụ lục", "A3")


def test_a_hidden_sheet_is_not_read(tmp_path):
    book = workbook((HEADING, *ROWS))
    book.create_sheet("Cũ").append(HEADING)
    book["Cũ"].append(ROWS[0])
    book["Cũ"].sheet_state = "hidden"
    result = import_appendix(saved(book, tmp_path / "a.xlsx"), ABOUT)
    assert "appendix-sheet-hidden" in finding_codes(result)
    assert result.lists == 1


# What cannot or must not be read


def refusal(path, **options):
    with pytest.raises(UnreadableError) as caught:
        import_appendix(path, ABOUT, **options)
    return caught.value.finding.code


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.docx", b"", "file-empty"),
        ("a.pdf", b"%PDF-1.7 ...", "document-broken"),
        ("a.txt", b"\xff\xff\xff\x00", "appendix-not-a-table"),
        ("a.txt", "Chỉ là văn bản".encode(), "appendix-no-table"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "not-a-word-document"),
        ("a.docx", b"PK\x03\x04 hong", "package-damaged"),
    ],
)
def test_a_file_that_holds_no_table_is_refused_by_name(tmp_path, name, content, code):
    path = tmp_path / name
    path.write_bytes(content)
    assert refusal(path) == code


def test_a_document_that_unpacks_into_a_bomb_is_refused(tmp_path):
    import zipfile

    stream = io.BytesIO()
    docx.Document().save(stream)
    path = tmp_path / "bom.docx"
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/document.xml":
                content = content.replace(b"</w:body>", b" " * 60_000_000 + b"</w:body>")
            new.writestr(name, content)
    assert refusal(path) == "package-inflates-too-much"


def test_a_list_that_is_not_there_is_refused(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("\n".join("\t".join(row) for row in (HEADING, *ROWS)), encoding="utf-8")
    assert refusal(path, part=2) == "appendix-no-such-part"


def test_ten_thousand_rows_are_refused_in_good_time():
    rows = [
        (f"{n // 100 + 1}.{n % 100 + 1}", "Việc", "1", "Đạt: 1; không đạt: 0")
        for n in range(10_000)
    ]
    with pytest.raises(UnreadableError) as caught:
        pasted(*rows)
    assert caught.value.finding.code == "appendix-too-many-codes"


def test_ten_thousand_rows_under_one_code_make_one_item_to_review():
    rows = [("1", "Việc", "1", "")] + [("", f"Ý {n}", "1", "") for n in range(10_000)]
    result = pasted(*rows)
    assert codes(result) == ["1"] and result.entries[0].confidence == "to_review"


def test_a_huge_cell_is_cut_and_left_to_review():
    result = pasted(("1", "Việc", "1", "Đạt: 1; " * 200_000))
    assert result.entries[0].confidence == "to_review"
    assert len(result.entries[0].text) <= 20_000


def test_tables_nested_beyond_reason_are_read_to_a_limit(tmp_path):
    document, table = word_table((HEADING, ("1", "Kế hoạch", "2", "Đạt: 2; không đạt: 0")))
    cell = table.cell(1, 3)
    for _ in range(20):
        cell = cell.add_table(rows=1, cols=1).cell(0, 0)
        cell.text = "sâu"
    result = import_appendix(saved(document, tmp_path / "a.docx"), ABOUT)
    assert result.entries[0].confidence == "to_review"


def test_a_text_that_looks_like_a_formula_stays_text(tmp_path):
    result = pasted(("1", "=HYPERLINK(1)", "1", "=1+1: 1; @SUM: 0"))
    assert result.raw.tables["items"]["name_vi"].iloc[0] == "=HYPERLINK(1)"
    write_set(result.raw, tmp_path / "a")
    assert check_set(tmp_path / "a").criteria is not None


@pytest.mark.needs_shared
def test_the_excerpt_of_ca_mau_becomes_a_sound_set(shared_folder, tmp_path):
    import csv

    path = shared_folder / "domain" / "rubric_ca_mau_2013_partial.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            (r["code"], r["name"], r["max_points"], r["rule_text"]) for r in csv.DictReader(file)
        ]
    about = AppendixAbout(
        "ca-mau", "Trích bộ chỉ số Cà Mau", "department", dt.date(2013, 1, 1), is_excerpt=True
    )
    result = pasted(*rows, about=about)
    assert result.checked.is_sound
    to_review = [row.code for row in result.entries if row.reasons]
    assert to_review == ["1.3"] and len(result.rows) == 10
    write_set(result.raw, tmp_path / "ca-mau")
    assert check_set(tmp_path / "ca-mau").is_sound
