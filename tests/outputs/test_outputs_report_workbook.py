"""The result workbook says what the tables say, and holds nothing that runs by itself."""

from __future__ import annotations

import dataclasses
import io
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest

from scoring.base.findings import Finding
from scoring.outputs.report_formulas import sum_of_children
from scoring.outputs.report_sheets import line_count
from scoring.outputs.report_workbook import report_workbook, write_report_workbook

FINDINGS = [
    Finding(
        "unknown-item", file="ledger.xlsx", sheet="Tự đánh giá", cell="E14", item_code="9.9",
        unit_code="H44", values={"set_id": "766"},
    ),
    Finding("nothing-filled-in", unit_code="H44"),
]  # fmt: skip


def opened(workbook, *, values=True):
    return openpyxl.load_workbook(io.BytesIO(workbook), data_only=values)


def cells_of(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def texts_of(sheet):
    return [str(value) for row in cells_of(sheet) for value in row if value is not None]


def all_charts(workbook):
    """Return the XML of every native chart."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as package:
        names = [name for name in package.namelist() if name.startswith("xl/charts/chart")]
        return "".join(package.read(name).decode() for name in names)


@pytest.fixture(scope="module")
def one(scores, gaps, items, targets, context):
    return report_workbook(
        scores, gaps, FINDINGS, items, targets, grades={"H44": "Khá"}, context=context
    )


def test_the_sheets_stand_in_reading_order_in_both_languages(one, scores, gaps, items, context):
    visible = [s.title for s in opened(one).worksheets if s.sheet_state == "visible"]
    assert visible == ["Tóm tắt", "Điểm", "Điểm bị mất", "Cần xử lý"]
    english = dataclasses.replace(context, lang="en")
    book = opened(report_workbook(scores, gaps, FINDINGS, items, context=english))
    assert book.sheetnames[0] == "Summary"
    assert "61.89 of 100 points" in texts_of(book["Summary"])
    assert "Transparency" in texts_of(book["Scores"])


def test_the_summary_has_unit_set_status_index_grade_and_areas(one):
    texts = texts_of(opened(one)["Tóm tắt"])
    for said in ("UBND tỉnh Phú Thọ", "suy ra từ kết quả đã công bố", "61,89 trên 100 điểm", "Khá"):
        assert said in texts
    rows = {row[1]: row for row in cells_of(opened(one)["Tóm tắt"]) if row[1]}
    maximum, points, share, target, lost = rows["Công khai, minh bạch"][2:7]
    assert (maximum, points, target) == (18, 7.96, 12)
    assert share == pytest.approx(44.22, abs=0.01)
    assert lost == pytest.approx(10.04)


def test_the_two_charts_are_native_and_read_the_cells(one):
    with zipfile.ZipFile(io.BytesIO(one)) as package:
        charts = [name for name in package.namelist() if name.startswith("xl/charts/chart")]
        xml = [package.read(name).decode() for name in charts]
    assert len(charts) == 2
    assert "Tóm tắt" in xml[0]
    assert "$D$" in xml[0]


def test_all_nodes_stand_on_the_scores_sheet_with_codes_as_text(one, scores):
    rows = cells_of(opened(one)["Điểm"])
    codes = [row[0] for row in rows[4:]]
    assert codes[:3] == ["INDEX", "1", "1.1"]
    assert len(codes) == len(scores)


def test_lost_points_come_largest_first_with_cause_lead_and_deadline(one):
    rows = cells_of(opened(one)["Điểm bị mất"])
    head, first = rows[3], rows[4]
    row = dict(zip(head, first, strict=True))
    assert row["Điểm bị mất"] == 6
    assert row["Nguyên nhân"] == "Thiếu tài liệu kiểm chứng"
    assert row["Thời hạn"].isoformat()[:10] == "2026-06-30"
    assert "Chỉ tiêu" not in head, "columns that nobody filled take no room"


def test_findings_say_where_what_and_how(one):
    row = cells_of(opened(one)["Cần xử lý"])[4]
    assert row[:4] == ["Lỗi", "ledger.xlsx", "Tự đánh giá!E14", "9.9"]
    assert "không có trong bộ tiêu chí" in row[4]


def test_no_text_becomes_a_formula(scores, gaps, items, targets, context):
    evil = '=HYPERLINK("http://x","y")'
    book = report_workbook(
        scores, gaps.assign(next_step=evil, lead_unit="@x", item_name=evil), FINDINGS,
        items.assign(name_vi=evil, name_en="+1"), targets,
        context=dataclasses.replace(context, unit_names={"H44": evil}, source=evil, set_name=evil),
    )  # fmt: skip
    formulas = [
        cell.coordinate
        for sheet in opened(book, values=False).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    assert formulas == []


def test_the_same_tables_give_the_same_bytes(one, scores, gaps, items, targets, context, tmp_path):
    again = report_workbook(
        scores, gaps, FINDINGS, items, targets, grades={"H44": "Khá"}, context=context
    )
    assert one == again
    path = write_report_workbook(tmp_path / "báo cáo.xlsx", one)
    assert path.read_bytes() == one


def test_what_is_not_assessed_is_empty_and_says_so(scores, gaps, items, context):
    open_points = scores["code"].isin(["4", "INDEX"])
    partly = scores.assign(
        points=scores["points"].mask(open_points),
        points_low=scores["points_low"].mask(open_points, 5.0),
        points_high=scores["points_high"].mask(open_points, 18.0),
        status=scores["status"].mask(open_points, "not_assessed"),
    )
    book = opened(report_workbook(partly, gaps, [], items, context=context))
    rows = {row[0]: row for row in cells_of(book["Điểm"])}
    assert rows["4"][4] is None
    assert "Chưa chấm" in rows["4"]
    assert "5–18" in texts_of(book["Tóm tắt"])
    assert "Không có vấn đề nào cần xử lý." in texts_of(book["Cần xử lý"])


def test_a_sample_says_so_on_every_sheet_and_printed_page(scores, gaps, items, context):
    sample = dataclasses.replace(context, set_status="sample")
    book = opened(report_workbook(scores, gaps, FINDINGS, items, context=sample))
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            assert any("BỘ MẪU" in text for text in texts_of(sheet)), sheet.title
            assert "BỘ MẪU" in sheet.oddFooter.left.text


def test_every_sheet_prints_on_a4_landscape_with_repeated_headings(one):
    for sheet in opened(one).worksheets:
        if sheet.sheet_state == "visible":
            assert sheet.page_setup.paperSize == 9
            assert sheet.page_setup.orientation == "landscape"
    assert opened(one)["Điểm"].print_title_rows == "$4:$4"
    assert opened(one)["Điểm"].freeze_panes == "A5"


@pytest.mark.parametrize("areas, pages", [(8, 1), (18, 2)])
def test_one_row_a_unit_prints_in_letters_of_8_points(
    areas, pages, many_scores, gaps, items, context
):
    told = many_scores[many_scores["level"] == "area"].drop_duplicates(
        ["unit_code", "year", "period"]
    )
    index = many_scores[many_scores["level"] == "index"]
    codes = [str(n) for n in range(1, areas + 1)]
    scores = pd.concat([index, *(told.assign(code=code) for code in codes)])
    areas_of = pd.concat([items[items["code"] == "1"].assign(code=code) for code in codes])
    sheet = opened(report_workbook(scores, gaps[:0], [], areas_of, context=context))["Tóm tắt"]
    assert sheet.page_setup.fitToWidth in (pages, None if pages == 1 else pages)
    assert sheet.page_setup.fitToHeight == 0
    assert (sheet.print_title_cols == "$A:$C") == (pages > 1)
    assert printed_letters(sheet, pages, 3) >= 8


def printed_letters(sheet, pages, repeated):
    """Return the size of letters on `pages` side by side that all begin with `repeated` columns."""
    head = [cell for cell in sheet[sheet.auto_filter.ref.split(":")[0][1:]] if cell.value]
    # A file says the width of neighbours of one width once.
    spans = [(span.min, span.max, span.width) for span in sheet.column_dimensions.values()]
    widths = [next(w for a, b, w in spans if a <= cell.column <= b) for cell in head]
    pixels = [7 * width + 5 for width in widths]
    wide = (sum(pixels) + (pages - 1) * sum(pixels[:repeated])) / pages
    return 11 * (11.69 - 1) * 96 / wide


@pytest.mark.parametrize("told", [(), ("targets",), ("targets", "proof")])
def test_long_sheets_of_many_units_print_in_letters_of_8_points(
    told, many_scores, gaps, items, targets, context
):
    two = many_scores[many_scores["unit_code"].isin(["U001", "U002"])]
    more = pd.concat([gaps.assign(unit_code=unit) for unit in ("U001", "U002")])
    if "proof" in told:
        two = two.assign(claimed_points=two["points"], supported_points=two["points"])
    wanted = targets.assign(unit_code="") if "targets" in told else None
    if wanted is not None:
        more = more.assign(target_points=1.0, gap_to_target_points=0.5, kind="at-risk")
    book = opened(report_workbook(two, more, [], items, wanted, context=context))
    for name in ("Điểm", "Điểm bị mất"):
        sheet = book[name]
        pages = int(sheet.page_setup.fitToWidth or 1)
        assert sheet.page_setup.fitToHeight == 0
        assert printed_letters(sheet, pages, 4) >= 8, name
        assert (sheet.print_title_cols == "$A:$D") == (pages > 1), "unit and item on each page"
        assert ("A1:D1" in map(str, sheet.merged_cells.ranges)) == (pages > 1), "and the title"


def test_the_chart_of_many_units_says_that_its_means_are_of_all_and_how_many_are_finished(
    many_scores, gaps, items, context
):
    data = report_workbook(many_scores, gaps[:0], [], items, context=context)
    assert "trung bình 200 đơn vị (188 đã chấm xong)" in all_charts(data)


def test_roll_up_rows_can_be_live_formulas_with_cached_values(scores, gaps, items, context):
    made = report_workbook(scores, gaps, [], items, context=context, roll_up=sum_of_children)
    formulas, values = opened(made, values=False)["Điểm"], opened(made)["Điểm"]
    assert formulas["E5"].value.startswith("=IF(COUNT(E6,")
    assert values["E5"].value == pytest.approx(61.89)
    assert formulas["E6"].value == '=IF(COUNT(E7,E8,E9,E10)=4,SUM(E7,E8,E9,E10),"")'
    assert values["E6"].value == pytest.approx(7.96)


def test_a_formula_that_would_disagree_with_python_is_not_written(scores, gaps, items, context):
    capped = scores.assign(points=scores["points"].mask(scores["code"] == "1", 5.0))
    made = report_workbook(capped, gaps, [], items, context=context, roll_up=sum_of_children)
    assert opened(made, values=False)["Điểm"]["E6"].value == 5


def test_the_share_reached_is_live_and_a_penalty_has_none(scores, gaps, items, context):
    taken = items.assign(kind=items["kind"].mask(items["code"] == "6.1", "penalty"))
    known = scores.assign(attainment=scores["attainment"].mask(scores["code"] == "6.1"))
    made = report_workbook(known, gaps, [], taken, context=context, roll_up=sum_of_children)
    sheet = opened(made, values=False)["Điểm"]
    heads = [cell.value for cell in sheet[4]]
    shares = {
        row[heads.index("Mã")]: row[heads.index("Tỷ lệ đạt (%)")]
        for row in sheet.iter_rows(min_row=5, values_only=True)
    }
    assert shares["5.3"].startswith("=IF(ISNUMBER(")
    assert shares["6.1"] is None


def test_many_units_get_one_summary_row_each_best_first(
    many_scores, many_names, gaps, items, context
):
    here = dataclasses.replace(context, unit_names=many_names)
    many_gaps = pd.concat([gaps.assign(unit_code=unit) for unit in ("U001", "U002")])
    book = opened(report_workbook(many_scores, many_gaps, [], items, context=here))
    rows = cells_of(book["Tóm tắt"])[4:]
    index = [row[3] for row in rows]
    assert len(rows) == 200
    known = [points for points in index if points is not None]
    assert known == sorted(known, reverse=True)
    assert index[-12:] == [None] * 12
    assert "Biểu đồ" in book.sheetnames
    assert len(cells_of(book["Điểm"])) == 4 + len(many_scores)


def test_a_report_about_nothing_is_still_a_workbook(scores, gaps, items, context):
    book = opened(report_workbook(scores[:0], gaps[:0], [], items, context=context))
    assert "Không có mục nào bị mất điểm." in texts_of(book["Điểm bị mất"])
    assert not np.isin("NaN", texts_of(book["Tóm tắt"]))


def test_every_target_stands_beside_its_points_met_or_missed_and_by_how_much(one):
    rows = cells_of(opened(one)["Điểm"])
    head = rows[3]
    said = {row[0]: dict(zip(head, row, strict=True)) for row in rows[4:]}
    assert said["1"]["Chỉ tiêu"] == 12
    assert said["1"]["So với chỉ tiêu"] == "chưa đạt, còn thiếu 4,04 điểm"
    assert said["1.1"]["Chỉ tiêu"] is None
    assert said["1.1"]["So với chỉ tiêu"] is None


def test_without_targets_their_columns_take_no_room(scores, gaps, items, context):
    book = opened(report_workbook(scores, gaps, [], items, context=context))
    assert "Chỉ tiêu" not in cells_of(book["Điểm"])[3]
    assert "So với chỉ tiêu" not in cells_of(book["Điểm"])[3]


def test_a_long_table_of_many_units_prints_its_main_rows_and_keeps_the_rest_folded(
    scores, gaps, items, context
):
    units = [f"U{number:03}" for number in range(100)]
    many_scores = pd.concat([scores.assign(unit_code=unit) for unit in units], ignore_index=True)
    many_gaps = pd.concat([gaps.assign(unit_code=unit) for unit in units], ignore_index=True)
    book = opened(report_workbook(many_scores, many_gaps, [], items, context=context))
    points = book["Điểm"]
    shown = [
        row for row in points.iter_rows(min_row=5) if not points.row_dimensions[row[0].row].hidden
    ]
    assert {row[4].value for row in shown} == {"Toàn bộ chỉ số", "Lĩnh vực"}
    assert len(shown) == many_scores["level"].isin(["index", "area"]).sum()
    assert "gấp lại" in points["A3"].value
    losses = book["Điểm bị mất"]
    open_rows = [
        row for row in losses.iter_rows(min_row=5) if not losses.row_dimensions[row[0].row].hidden
    ]
    assert len(open_rows) <= 5 * len(units)
    for sheet in (points, losses):
        folded = [row for row in sheet.row_dimensions.values() if row.hidden]
        assert folded
        assert all(row.outlineLevel == 1 for row in folded), "one press unfolds them"
        assert (
            sheet.page_setup.fitToWidth in (None, 1)
            and sheet.sheet_properties.pageSetUpPr.fitToPage
        )
        assert sheet.print_title_rows == "$4:$4"


def test_a_short_table_is_not_folded(one):
    for sheet in opened(one).worksheets:
        assert not any(row.hidden for row in sheet.row_dimensions.values())


def test_rows_and_headings_are_as_high_as_their_wrapped_text(one):
    for sheet in opened(one).worksheets:
        if sheet.title not in ("Điểm", "Điểm bị mất", "Cần xử lý"):
            continue
        groups = list(sheet.column_dimensions.values())
        for row in sheet.iter_rows(min_row=4):
            for cell in row:
                if cell.alignment.wrap_text and isinstance(cell.value, str):
                    width = next(g.width for g in groups if g.min <= cell.column <= g.max)
                    lines = line_count(cell.value, width - 0.7109375)
                    height = sheet.row_dimensions[cell.row].height
                    assert height is not None and height >= 14 * lines, cell.coordinate


def test_points_at_risk_are_told_from_lost_ones_and_are_no_part_of_the_loss_chart(
    scores, gaps, items, context
):
    at_risk = gaps[gaps["item_code"] == "2.1"].assign(kind="at-risk", lost_points=17.68)
    both = pd.concat([gaps, at_risk], ignore_index=True)
    book = opened(report_workbook(scores, both, [], items, context=context))
    rows = cells_of(book["Điểm bị mất"])
    place = rows[3].index("Loại")
    assert rows[4][place] == "Có nguy cơ bị trừ"
    assert {row[place] for row in rows[5:]} == {"Bị mất"}
    shown = [value for row in cells_of(book["_bieu_do"]) for value in row if value == 17.68]
    assert shown == []
