"""Frames and strata from files, the list to interview and the way back, the chart."""

import io
import textwrap
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pytest

from scoring.base.errors import UnreadableError
from scoring.cli.main import main
from scoring.files.excel.workbook import read_workbook
from scoring.files.excel.xlsx import SafeWorkbook
from scoring.files.table_files import write_csv
from scoring.outputs.charts.surveys.survey_precision import survey_precision
from scoring.outputs.theme import ChartContext, alt_text, figure_data
from scoring.survey import entry_reading
from scoring.survey.instrument.instruments import open_instrument
from scoring.survey.planning.interview_list import interview_list_bytes
from scoring.survey.planning.planning_tables import read_planning_table, read_sample
from scoring.survey.planning.sample_draw import Stage, draw_sample
from scoring.survey.planning.sample_sizes import Costs, SizeRequest, precision_table
from scoring.tables import columns_of


@pytest.fixture
def frame(tmp_path):
    def written(text, name="tinh.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written


def test_a_frame_is_read_by_names_or_vietnamese_headings(frame):
    path = frame("\ufeffMã;Tầng;Tên;Quy mô\n01;R1;Hà Nội;12.500\n02;R1;Hà Nam;900\n")
    table, findings = read_planning_table(path, "SampleFrame")
    assert findings == []
    assert table[["code", "stratum", "name", "size", "cell"]].values.tolist() == [
        ["01", "R1", "Hà Nội", 12500.0, "A2"],
        ["02", "R1", "Hà Nam", 900.0, "A3"],
    ]


def test_a_frame_in_a_workbook_keeps_codes_numbers_and_cells(tmp_path):
    book = SafeWorkbook()
    sheet = book.add_sheet("Dàn mẫu")
    sheet.write_text(0, 0, "DÀN MẪU 2026")
    sheet.write_row(2, 0, ["code", "name", "size"])
    sheet.write_row(3, 0, ["001", "Xã A", 1250.5])
    (tmp_path / "xa.xlsx").write_bytes(book.to_bytes())
    table, _ = read_planning_table(tmp_path / "xa.xlsx", "SampleFrame")
    assert table[["code", "size", "sheet", "cell"]].values.tolist() == [
        ["001", 1250.5, "Dàn mẫu", "A4"]
    ]


def test_shares_of_strata_may_be_percentages(frame):
    path = frame('stratum,population,share\na,1.000,85%\nb,200,"0,9"\nc,300,\n')
    table, _ = read_planning_table(path, "Strata")
    assert table["population"].tolist() == [1000.0, 200.0, 300.0]
    assert table["share"].fillna(-1).tolist() == [0.85, 0.9, -1]


def test_a_number_that_cannot_be_read_has_its_cell(frame):
    _, findings = read_planning_table(frame("code,size\n01,nhiều\n"), "SampleFrame")
    assert [(f.code, f.cell) for f in findings] == [("planning-number-unread", "B2")]


def test_a_frame_without_codes_is_missing_a_column(frame):
    table, findings = read_planning_table(frame("name,size\nXã A,5\n"), "SampleFrame")
    assert table.empty
    assert [f.code for f in findings] == ["missing-column"]


@pytest.mark.parametrize(
    "text",
    [
        "code,Số điện thoại\nA1,0912345678\n",
        "code,Họ và tên\nA1,Trần Văn An\n",
        "code,parent\n001185012345,X1\n001185012346,X1\n",
    ],
)
def test_a_frame_with_personal_data_is_refused_unseen(frame, text):
    with pytest.raises(UnreadableError) as refused:
        read_planning_table(frame(text), "SampleFrame")
    assert refused.value.finding.code == "survey-personal-data"
    assert not {"0912345678", "Trần Văn An", "001185012345"} & set(
        refused.value.finding.text().replace("“", " ").split(" ")
    )


def test_names_of_people_in_the_last_frame_are_refused(frame):
    text = "code,parent,name\n1,X,Trần Văn An\n2,X,Lê Thị Bình\n3,X,Phạm Văn Cường\n"
    with pytest.raises(UnreadableError):
        read_planning_table(frame(text), "SampleFrame", holds_places=False)


@pytest.fixture(scope="module")
def drawn():
    above = pd.DataFrame(
        {"code": ["X1", "X2", "X3"], "name": ["Xã A", "Xã B", "=Xã C"], "size": [50.0, 90, 70]}
    )
    stages = [Stage.of("random", "3"), Stage.of("systematic", "4")]
    return draw_sample([above], stages, 11, reserve=1, interviewers=2)


@pytest.fixture(scope="module")
def made(drawn):
    return interview_list_bytes(drawn, title="Khảo sát mẫu")


def test_each_interviewer_has_a_sheet_with_whole_clusters(made):
    book = read_workbook(made)
    visible = [sheet.name for sheet in book if not sheet.is_hidden]
    assert visible == ["Hướng dẫn", "DTV01", "DTV02", "Thiết kế mẫu"]
    heads = book["DTV01"].rows[3]
    assert heads[:4] == ["Mã phiếu", "Loại mẫu", "Địa bàn, đơn vị", "Hồ sơ cần hỏi"]
    kinds = [row[1] for row in book["DTV01"].rows[4:]]
    assert kinds == ["chính", "chính", "chính", "chính", "dự phòng 1"] * (len(kinds) // 5)


def test_codes_are_locked_text_and_only_the_work_of_the_day_is_open(made):
    sheet = openpyxl.load_workbook(io.BytesIO(made))["DTV02"]
    assert sheet.protection.sheet
    row = sheet[5]
    assert [cell.protection.locked for cell in row] == [True] * 4 + [False] * 4
    names = [cell.value for cell in sheet["C"][4:]]
    assert any(name.startswith("=") for name in names)
    assert {cell.data_type for cell in sheet["C"][4:]} == {"s"}


def test_the_list_prints_on_a4_with_its_heading_repeated(made):
    sheet = openpyxl.load_workbook(io.BytesIO(made))["DTV01"]
    assert (sheet.page_setup.paperSize, sheet.print_title_rows) == (9, "$4:$4")


def test_the_same_draw_gives_the_same_bytes(drawn, made):
    assert interview_list_bytes(drawn, title="Khảo sát mẫu") == made


def test_a_long_place_is_wrapped_in_a_row_that_is_high_enough(drawn):
    name = "Xã Mẫu có tên rất dài của một đơn vị hành chính cấp xã miền núi, biên giới"
    long = replace(drawn, sample=drawn.sample.assign(place=name))
    book = openpyxl.load_workbook(io.BytesIO(interview_list_bytes(long)))
    cells = [cell for sheet in book.worksheets[1:-1] for row in sheet for cell in row
             if cell.value == name]  # fmt: skip
    assert cells
    for cell in cells:
        sheet = cell.parent
        width = sheet.column_dimensions[cell.column_letter].width
        lines = textwrap.wrap(name, int(width))
        assert cell.alignment.wrap_text
        assert sheet.row_dimensions[cell.row].height >= 14 * len(lines)


def test_the_sample_comes_back_from_the_list(drawn, made, tmp_path):
    path = tmp_path / "interviews.xlsx"
    path.write_bytes(made)
    sample, findings = read_sample(path)
    assert findings == []
    assert sample["form_id"].tolist() == drawn.sample["form_id"].tolist()
    assert np.allclose(sample["weight"], drawn.sample["weight"], equal_nan=True)
    kept = set(columns_of("Forms")) & set(sample)
    assert {"form_id", "stratum", "cluster_1", "population_1", "weight"} <= kept


@pytest.mark.parametrize("name", ["sample.csv", "interviews.xlsx"])
def test_the_entry_workbook_takes_what_was_drawn(name, drawn, made, tmp_path):
    path = tmp_path / name
    write_csv(drawn.sample, path) if name.endswith("csv") else path.write_bytes(made)
    forms, findings = entry_reading.read_sample(path, open_instrument("sipas-citizens-sample"))
    assert findings == []
    assert forms["form_id"].tolist() == drawn.sample["form_id"].tolist()
    assert np.allclose(forms["weight"], drawn.sample["weight"], equal_nan=True)


# The chart


def curve(request, forms, costs=None):
    sizes = np.array(sorted({*range(20, 3 * forms, forms // 10), forms, 2 * forms}))
    return precision_table(request, sizes, costs)


def test_the_title_says_what_the_forms_and_twice_as_many_buy():
    table = curve(SizeRequest(0.05), 400)
    figure = survey_precision(table, forms=400, context=ChartContext(lang="en"))
    assert alt_text(figure, "en").startswith("400 forms give ±4.9; twice as many, ±3.5.")
    assert len(figure_data(figure)) == len(table)


def test_where_wald_misleads_the_title_says_so():
    table = curve(SizeRequest(0.02, share=0.98), 60, Costs(interview=50_000))
    figure = survey_precision(table, forms=60, margin_percent=2.0)
    assert "60 phiếu cho sai số ±4,4" not in alt_text(figure, "vi")
    assert alt_text(figure, "vi").startswith(
        "60 phiếu cho sai số ±4,5, không phải ±3,5 như công thức Wald"
    )


def test_without_twice_the_forms_the_title_stays_with_the_chosen():
    table = precision_table(SizeRequest(0.05, population=500), [100, 300, 500])
    figure = survey_precision(table, forms=300, context=ChartContext(lang="en"))
    assert ";" not in alt_text(figure, "en").split(".")[0]


def test_asking_everybody_of_a_small_population_is_not_said_to_reach_the_margin(capsys):
    assert main(["--lang", "en", "sipas", "sample-size", "--population", "100"]) == 0
    said = capsys.readouterr().out
    assert "stays above e even where all 100 are asked" in said
    assert "does not reach the margin of 5%: half of it is 9.62 percentage points" in said
