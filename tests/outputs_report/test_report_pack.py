"""The pack: slide, workbook with live formulas, one folder per unit, the same bytes every time."""

from __future__ import annotations

import dataclasses
import io
import re
import zipfile

import numpy as np
import openpyxl
import pytest
from excel_tools import sheet_rows
from matplotlib.transforms import Bbox
from PIL import Image

from scoring.base.errors import UsageError
from scoring.base.values import NOT_APPLICABLE
from scoring.batch.run import write_outputs
from scoring.files.sealed.manifest_check import verify_manifest
from scoring.outputs.onepage import onepage_figure, onepage_png
from scoring.outputs.pack import FORMATS, write_report
from scoring.outputs.report_formulas import PointsCell, roll_up_of
from scoring.points.rollup import roll_up

# Slides are of all units together.
ENDINGS = [f"report.{kind}" for kind in FORMATS if kind != "pptx"]


def names(paths, folder):
    return sorted(path.relative_to(folder).as_posix() for path in paths)


@pytest.mark.parametrize("name", ["province", "departments", "unproven", "unfinished"])
def test_no_text_of_the_slide_is_cut_or_covers_another(name, request, make_content):
    result = request.getfixturevalue(name)
    code = str(result.sheet.units["unit_code"].iloc[0])
    figure = onepage_figure(make_content(result, unit_code=code))
    boxes = [(t.get_text(), t.get_window_extent()) for t in figure.texts if t.get_text()]
    page = figure.bbox
    for text, box in boxes:
        assert box.x0 >= page.x0, text
        assert box.x1 <= page.x1, text
        assert box.y0 >= page.y0, text
        assert box.y1 <= page.y1, text
    for i, (text, box) in enumerate(boxes):
        for other, second in boxes[i + 1 :]:
            common = Bbox.intersection(box, second)
            # Accents and descenders of neighbouring lines may touch, not more.
            assert common is None or min(common.width, common.height) < 5, (text, other)


def test_long_names_still_fit_the_slide(province, make_content):
    content = make_content(province)
    long = "Trung tâm Phục vụ hành chính công và Kiểm soát thủ tục hành chính " * 3
    areas = tuple(dataclasses.replace(area, name=long) for area in content.areas)
    figure = onepage_figure(dataclasses.replace(content, unit_name=long, areas=areas))
    assert all(t.get_window_extent().x1 <= figure.bbox.x1 for t in figure.texts)


def test_the_slide_repeats_byte_for_byte(province, make_content):
    content = make_content(province)
    assert onepage_png(content) == onepage_png(content)
    assert Image.open(io.BytesIO(onepage_png(content))).size == (1920, 1080)


def test_one_unit_gets_its_files_in_the_folder(province, tmp_path):
    seen = []
    paths = write_report(province, tmp_path, on_done=lambda done, count: seen.append((done, count)))
    assert [path.name for path in paths] == ENDINGS
    assert seen == [(1, 1)]


def test_many_units_get_a_folder_each_and_a_league_table(departments, tmp_path):
    paths = write_report(departments, tmp_path, formats=("html", "docx"))
    made = ["index.html"]
    made += [f"units/{u}/report.{k}" for u in ("sm-a", "sm-b") for k in ("docx", "html")]
    assert names(paths, tmp_path) == sorted(made)
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert 'href="units/sm-a/report.html"' in page
    assert 'href="../../index.html"' in (tmp_path / "units/sm-a/report.html").read_text("utf-8")


def test_the_files_do_not_depend_on_the_number_of_processes(many_units, tmp_path):
    result = many_units(2)
    # PDF too: what makes it keeps threads, which a process forked from this one would wait for forever.
    wanted = ("html", "xlsx", "pdf")
    one = write_report(result, tmp_path / "một", formats=wanted, workers=1)
    two = write_report(result, tmp_path / "hai", formats=wanted, workers=2)
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


def test_only_the_units_asked_for_get_a_pack(departments, tmp_path):
    paths = write_report(departments, tmp_path, units=["SM-B"], formats=("html",))
    assert names(paths, tmp_path) == ["index.html", "units/sm-b/report.html"]
    assert (tmp_path / "index.html").read_text(encoding="utf-8").count("units/") == 1


def test_an_unknown_format_or_unit_is_refused_before_anything_is_written(departments, tmp_path):
    with pytest.raises(UsageError, match="odt"):
        write_report(departments, tmp_path, formats=("odt",))
    with pytest.raises(UsageError, match="SM-Z"):
        write_report(departments, tmp_path, units=["SM-A", "SM-Z"])
    assert list(tmp_path.iterdir()) == []


def test_a_run_writes_its_page_and_vouches_for_it(province, departments, marks_here_too, tmp_path):
    write_outputs(province, tmp_path / "one", [])
    assert "61,89" in (tmp_path / "one/report.html").read_text(encoding="utf-8")
    assert verify_manifest(tmp_path / "one") == ()
    write_outputs(departments, tmp_path / "two", [])
    assert "units/sm-a/report.html" in (tmp_path / "two/report.html").read_text(encoding="utf-8")
    assert verify_manifest(tmp_path / "two") == ()


def without_cached_values(source, target):
    """Copy a workbook without the results of its formulas, so that they have to be computed."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                data = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", data)
            new.writestr(name, data)


@pytest.mark.libreoffice
@pytest.mark.parametrize("name", ["province", "departments"])
def test_libreoffice_computes_what_python_computed(name, request, recalculate, tmp_path):
    result = request.getfixturevalue(name)
    code = str(result.sheet.units["unit_code"].iloc[0])
    (path,) = (
        p
        for p in write_report(result, tmp_path / "made", units=[code], formats=("xlsx",))
        if p.suffix == ".xlsx"
    )
    bare = tmp_path / "bare.xlsx"
    without_cached_values(path, bare)
    again = recalculate(bare)
    live = 0
    formulas = openpyxl.load_workbook(path)
    for sheet in ("Tóm tắt", "Điểm"):
        ours, theirs = sheet_rows(path, sheet), sheet_rows(again, sheet)
        for cell in (c for row in formulas[sheet].iter_rows() for c in row if c.data_type == "f"):
            live += 1
            mine = ours[cell.row - 1][cell.column - 1]
            assert theirs[cell.row - 1][cell.column - 1] == pytest.approx(mine, abs=1e-9)
    parents = [node for node in result.sheet.criteria.nodes if not node.is_item]
    assert live >= len(parents) + 1 + 3 * len(result.sheet.criteria.areas)


@pytest.mark.libreoffice
def test_changed_points_change_headline_percent_status_and_losses(
    departments, unfinished, recalculate, tmp_path
):
    """Also where items do not apply: 6.1 leaves its points to 6.2 and 6.3, 4.2 leaves the base."""
    for result, code, item, points in (
        (departments, "SM-A", "6.2", 1.0),
        (unfinished, "H1", "2", 3.0),
    ):
        folder = tmp_path / code
        (path,) = write_report(result, folder, units=[code], formats=("xlsx",))[:1]
        book = openpyxl.load_workbook(path)
        [row] = [row for row in book["Điểm"].iter_rows(min_row=5) if str(row[0].value) == item]
        row[4].value = points
        book.save(folder / "changed.xlsx")
        again = recalculate(folder / "changed.xlsx")
        sheet, place = result.sheet, result.sheet.places(code)[0]
        figures, marked = sheet.points.copy(), (sheet.status == NOT_APPLICABLE)
        figures[marked] = np.nan
        figures[sheet.row(item)] = points
        rolled = roll_up(sheet.criteria, figures, marked)
        shown = {str(row[0]): row for row in sheet_rows(again, "Điểm")}
        for node in [*sheet.criteria.nodes]:
            known = float(rolled.points[sheet.row(node.code), place])
            if not np.isnan(known):
                assert shown[node.code][4] == pytest.approx(known, abs=1e-9)
                most = rolled.maxima[sheet.row(node.code), place]
                share = shown[node.code][5]
                if node.kind == "penalty":
                    assert share in (None, ""), "of a penalty there is no share to be reached"
                elif most:
                    assert share == pytest.approx(100 * known / most)
        index, summary = float(rolled.points[-1, place]), sheet_rows(again, "Tóm tắt")
        headline = next(row[2] for row in summary if row[0] == "Kết quả")
        if not np.isnan(index):
            assert headline == pytest.approx(index)
            lost = {str(row[0]): row for row in sheet_rows(again, "Điểm bị mất")}
            assert lost["6.2"][5] == pytest.approx((2 - 1.0) * 1.6)


def test_what_is_not_live_says_so(departments, tmp_path):
    (path,) = write_report(departments, tmp_path, units=["SM-A"], formats=("xlsx",))[:1]
    book = openpyxl.load_workbook(path)
    for name in ("Tóm tắt", "Điểm", "Điểm bị mất", "Cần xử lý"):
        notes = [str(c.value) for row in book[name].iter_rows(max_row=5) for c in row if c.value]
        assert any("tự tính lại" in note for note in notes), name
    alternative = next(r for r in book["Điểm bị mất"].iter_rows() if r[0].value == "1.5.2.2")
    assert alternative[5].font.italic and alternative[5].data_type == "n"


def test_bonus_penalty_caps_and_alternatives_are_in_the_formulas(departments):
    formula = roll_up_of(departments.sheet.criteria)
    codes = ("1.5.2.1", "1.5.2.2")
    best = PointsCell("A", "1.5.2", "F9", ("F10", "F11"), 1.0, codes, (1.0, float("nan")))
    assert formula(best) == '=IF(COUNT(F10,F11)=0,"",MAX(F10,F11))'
    codes = tuple(str(area) for area in range(1, 11))
    cells = tuple(f"F{row}" for row in range(5, 15))
    points = (*[10.0] * 8, 3.0, 0.5)
    areas, every = ",".join(cells[:8]), ",".join(cells)
    assert formula(PointsCell("A", "INDEX", "F4", cells, 81.0, codes, points)) == (
        f"=IF(COUNT({every})=10,"
        f'ROUND(MIN(MAX(SUM({areas})+MIN(SUM(F13),1.5)-MIN(SUM(F14),2),0),100),2),"")'
    )


def test_a_formula_that_cells_cannot_tell_is_not_written(departments):
    formula = roll_up_of(departments.sheet.criteria)
    cells, codes = ("F10", "F11", "F12"), ("1.1.1", "1.1.2", "1.1.3")
    shared_out = PointsCell("A", "1.1", "F9", cells, 3.0, codes, (1.0, 1.0, 0.5))
    assert formula(shared_out) is None
    assert formula(shared_out._replace(points=2.5)) is not None
    of_other_nodes = PointsCell("A", "1.1", "F9", ("F10",), 1.0, ("x",), (1.0,))
    assert formula(of_other_nodes) is None


def test_an_open_parent_is_live_and_empty(unfinished, tmp_path):
    (path,) = write_report(unfinished, tmp_path, formats=("xlsx",))
    rows = {row[0].value: row[4] for row in openpyxl.load_workbook(path)["Điểm"].iter_rows()}
    assert str(rows["1"].value).startswith("=IF(COUNT(")
    assert {r[0]: r[4] for r in sheet_rows(path, "Điểm")}["1"] == ""
