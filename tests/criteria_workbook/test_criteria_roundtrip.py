"""A set goes into a workbook and comes back as the same bytes, or with exactly the edit made."""

import csv
import datetime as dt
import io
import unicodedata

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_criteria import (
    SHEETS,
    column,
    edited,
    files_of,
    libreoffice,
    small,
    write_folder,
)

from scoring.base.errors import UnreadableError
from scoring.criteria import check_set, list_sets, open_set
from scoring.criteria.columns import SHEETS as COLUMNS
from scoring.criteria.library import read_raw
from scoring.criteria.set_reading import read_folder
from scoring.criteria.set_workbook import export_workbook, import_workbook
from scoring.criteria.writing import set_files, write_set
from scoring.files.shipped import shipped_folder

SHIPPED = sorted(path.parent for path in shipped_folder("criteria").glob("*/set.toml"))


@pytest.mark.parametrize("folder", SHIPPED, ids=[path.name for path in SHIPPED])
def test_a_shipped_set_is_canonical(folder):
    files = files_of(folder)
    # What describes the sheets for other programs is made from them (tests/files).
    assert files.pop("datapackage.json")
    assert files == set_files(read_folder(folder))


@pytest.mark.parametrize("folder", SHIPPED, ids=[path.name for path in SHIPPED])
def test_a_shipped_set_comes_back_from_its_workbook_byte_for_byte(folder, tmp_path):
    book = export_workbook(folder, tmp_path / "bộ tiêu chí.xlsx")
    checked = import_workbook(book, tmp_path / "out")
    assert not [finding for finding in checked.findings if finding.severity == "error"]
    back = files_of(tmp_path / "out")
    assert back == {name: (folder / name).read_bytes() for name in back}
    assert open_set(book).fingerprint == open_set(folder).fingerprint


def test_the_small_set_comes_back_byte_for_byte(small_set, tmp_path):
    book = export_workbook(small_set, tmp_path)
    assert book.name == "bo-mau-nho.xlsx"
    checked = import_workbook(book, tmp_path / "out")
    assert checked.is_sound and checked.findings == ()
    assert files_of(tmp_path / "out") == files_of(small_set)


def test_a_set_prints_in_letters_of_8_points_with_names_of_columns_on_one_line(tmp_path):
    book = openpyxl.load_workbook(export_workbook("department-sample", tmp_path))
    for sheet in (book[name] for name in ("items", "inputs", "options", "evidence")):
        widths = [sheet.column_dimensions[cell.column_letter].width for cell in sheet[2]]
        pages = int(sheet.page_setup.fitToWidth)
        pixels = sum(7 * width + 5 for width in widths) + (pages - 1) * (7 * widths[0] + 5)
        assert 11 * (11.69 - 1) * 96 / (pixels / pages) >= 7.5, sheet.title
        assert all(
            len(cell.value) + 2 <= width for cell, width in zip(sheet[2], widths, strict=True)
        )
        # Begun in the one column of every page it would be cut on all but the first.
        heads = [sheet["A1"].value, sheet["B1"].value]
        assert heads[0].startswith("MẪU · ") if pages == 1 else heads[0] == "MẪU" and heads[1]


def test_the_same_set_gives_the_same_workbook_bytes(small_set, tmp_path):
    made = export_workbook(small_set, tmp_path / "a.xlsx")
    again = export_workbook(open_set(small_set), tmp_path / "b.xlsx")
    assert made.read_bytes() == again.read_bytes()


@pytest.mark.libreoffice
def test_a_workbook_saved_by_libreoffice_comes_back_byte_for_byte(small_set, tmp_path):
    book = export_workbook(small_set, tmp_path)
    saved = libreoffice(book, tmp_path / "profile")
    import_workbook(saved, tmp_path / "out")
    assert files_of(tmp_path / "out") == files_of(small_set)


@pytest.mark.libreoffice
def test_an_edit_saved_by_libreoffice_comes_back_as_exactly_that_edit(small_set, tmp_path):
    def edit(book):
        sheet = book["items"]
        sheet.cell(4, column(sheet, "name_vi")).value = "Ban hành kế hoạch CCHC"

    book = edited(export_workbook(small_set, tmp_path), edit)
    import_workbook(libreoffice(book, tmp_path / "profile"), tmp_path / "out")
    expected = files_of(small_set)
    expected["items.csv"] = expected["items.csv"].replace(
        "1.1,1,normal,Ban hành kế hoạch,".encode(), "1.1,1,normal,Ban hành kế hoạch CCHC,".encode()
    )
    assert files_of(tmp_path / "out") == expected


def set_cell(sheet, name, row, value):
    def edit(book):
        book[sheet].cell(row, column(book[sheet], name)).value = value

    return edit


@pytest.mark.parametrize(
    ("sheet", "name", "row", "value", "written"),
    [
        ("items", "max_points", 4, 0.75, "0.75"),
        ("items", "max_points", 4, "0,75", "0.75"),
        ("items", "max_points", 4, 3, "3"),
        ("items", "name_en", 4, "  Plan   issued \u00a0 ", "Plan issued"),
        ("items", "name_vi", 4, unicodedata.normalize("NFD", "Kế hoạch năm"), "Kế hoạch năm"),
        ("items", "name_vi", 4, "=HYPERLINK", "=HYPERLINK"),
        ("bands", "lower_closed", 3, True, "yes"),
        ("bands", "lower_closed", 3, "Có", "yes"),
        ("bands", "upper_closed", 3, False, "no"),
        ("inputs", "maximum", 4, "85 ", "85"),
        ("options", "weight_percent", 3, "85,5 %", "85.5"),
        ("examples", "value", 3, dt.datetime(2026, 1, 16), "2026-01-16"),
        ("examples", "value", 3, "16/1/2026", "2026-01-16"),
        ("examples", "value", 4, 37, "37"),
        ("examples", "value", 4, "37,5", "37.5"),
        ("items", "code", 7, 3, "3"),
    ],
)
def test_an_edit_comes_back_as_exactly_that_edit(
    small_set, tmp_path, sheet, name, row, value, written
):
    def edit(book):
        cell = book[sheet].cell(row, column(book[sheet], name))
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"

    book = edited(export_workbook(small_set, tmp_path), edit)
    import_workbook(book, tmp_path / "out")
    expected = files_of(small_set)
    rows = list(csv.reader(io.StringIO(expected[f"{sheet}.csv"].decode(), newline="")))
    rows[row - 2][rows[0].index(name)] = written
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerows(rows)
    expected[f"{sheet}.csv"] = stream.getvalue().encode()
    assert files_of(tmp_path / "out") == expected


def meta_row(book, key):
    return next(row for row in book["set"].iter_rows(min_row=3) if row[0].value == key)


@pytest.mark.parametrize(
    ("key", "value", "old", "new"),
    [
        ("valid_to", dt.datetime(2027, 6, 30), "2026-12-31", "2027-06-30"),
        ("valid_to", "30/6/2027", "2026-12-31", "2027-06-30"),
        ("rounding.decimals", 3, "decimals = 2", "decimals = 3"),
        ("total_points", "10,5", "total_points = 10", "total_points = 10.5"),
        ("name_vi", 'Bộ "mới" \\ ', "Bộ tiêu chí mẫu nhỏ", 'Bộ \\"mới\\" \\\\'),
        ("areas_add_up", "không", "\nsource =", "\nareas_add_up = false\nsource ="),
        ("areas_add_up", False, "\nsource =", "\nareas_add_up = false\nsource ="),
    ],
)
def test_an_edit_of_the_sheet_set_comes_back_in_set_toml(small_set, tmp_path, key, value, old, new):
    def edit(book):
        meta_row(book, key)[1].value = value

    book = edited(export_workbook(small_set, tmp_path), edit)
    import_workbook(book, tmp_path / "out")
    expected = (small_set / "set.toml").read_text("utf-8").replace(old, new, 1)
    assert (tmp_path / "out" / "set.toml").read_text("utf-8") == expected


def test_rows_added_deleted_and_sorted_and_columns_moved_are_all_understood(small_set, tmp_path):
    def edit(book):
        sheet = book["options"]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_col=8)]
        new = [*rows[0]], ["2", "level", "late", "Chậm", None, 1, None, "mẫu"], *rows[:0:-1]
        for number, row in enumerate(new, start=2):
            for place, value in enumerate(reversed(list(row)), start=1):
                sheet.cell(number, place).value = value

    book = edited(export_workbook(small_set, tmp_path), edit)
    import_workbook(book, tmp_path / "out")
    lines = SHEETS["options"].splitlines()
    expected = [lines[0], "2,level,late,Chậm,,1,,mẫu", *lines[:0:-1]]
    assert (tmp_path / "out" / "options.csv").read_text("utf-8").splitlines() == expected


def codes_of(checked):
    return {finding.code for finding in checked.findings}


@pytest.mark.parametrize(
    ("edit", "code", "cell"),
    [
        (set_cell("items", "code", 6, 1.1), "set-code-typed-as-number", "A6"),
        (set_cell("items", "code", 6, dt.datetime(2026, 10, 1)), "set-code-typed-as-number", "A6"),
        (set_cell("inputs", "item_code", 6, 1.1), "set-code-typed-as-number", "A6"),
        (set_cell("items", "max_points", 4, "1.250"), "ambiguous-number", "F4"),
        (set_cell("items", "max_points", 4, "=1+1"), "set-cell-error", "F4"),
        (set_cell("items", "max_points", 4, "#N/A"), "set-cell-error", "F4"),
    ],
)
def test_a_cell_that_cannot_be_told_is_named_and_nothing_is_written(
    small_set, tmp_path, edit, code, cell
):
    book = edited(export_workbook(small_set, tmp_path), edit)
    checked = import_workbook(book, tmp_path / "out")
    found = [finding for finding in checked.findings if finding.code == code]
    assert [finding.cell for finding in found] == [cell]
    assert not (tmp_path / "out").exists()


def test_a_set_that_is_merely_unfinished_is_written_with_its_findings(small_set, tmp_path):
    book = edited(export_workbook(small_set, tmp_path), set_cell("items", "max_points", 4, 9))
    checked = import_workbook(book, tmp_path / "out")
    assert codes_of(checked) >= {"children-do-not-add-up"}
    assert b"9,self,deadline" in (tmp_path / "out" / "items.csv").read_bytes()


def test_a_percent_sign_in_a_column_that_is_not_in_percent_is_refused(small_set, tmp_path):
    book = edited(export_workbook(small_set, tmp_path), set_cell("items", "max_points", 4, "50%"))
    assert "set-not-a-number" in codes_of(import_workbook(book, tmp_path / "out"))


def test_a_workbook_without_the_sheet_items_is_refused(small_set, tmp_path):
    book = edited(export_workbook(small_set, tmp_path), lambda book: book.remove(book["items"]))
    with pytest.raises(UnreadableError) as refused:
        import_workbook(book, tmp_path / "out")
    assert refused.value.finding.code == "set-sheet-missing"


def test_a_sheet_and_a_key_that_mean_nothing_are_named(small_set, tmp_path):
    def edit(book):
        book.create_sheet("itemz")["A1"] = "x"
        book["set"].append(["colour", "red"])

    book = edited(export_workbook(small_set, tmp_path), edit)
    assert codes_of(check_set(book)) == {"set-sheet-unknown", "set-key-unknown"}


def test_a_key_or_a_column_that_stands_twice_is_refused(small_set, tmp_path):
    def edit(book):
        book["set"].append(["version", "2"])
        book["bands"].cell(2, 9).value = "points"

    book = edited(export_workbook(small_set, tmp_path), edit)
    assert codes_of(check_set(book)) >= {"set-key-twice", "set-column-twice"}


def test_an_unknown_key_of_set_toml_is_named(tmp_path):
    folder = write_folder(tmp_path / "a", **small("set", "tier =", 'colour = "red"\ntier ='))
    assert codes_of(check_set(folder)) == {"set-key-unknown"}


def test_a_folder_that_holds_another_set_is_not_written_over(small_set, tmp_path):
    other = write_folder(tmp_path / "other", **small("set", "bo-mau-nho", "bo-khac"))
    before = files_of(other)
    book = export_workbook(small_set, tmp_path)
    assert "set-folder-taken" in codes_of(import_workbook(book, other))
    assert files_of(other) == before
    import_workbook(book, other, replace=True)
    assert files_of(other) == files_of(small_set)


def test_a_sheet_that_became_empty_loses_its_file(small_set, tmp_path):
    def edit(book):
        book["examples"].delete_rows(3, 20)

    book = edited(export_workbook(small_set, tmp_path), edit)
    import_workbook(book, small_set)
    assert not (small_set / "examples.csv").exists()
    assert (small_set / "bands.csv").exists()


def test_a_set_given_as_one_workbook_is_accepted_where_a_folder_is(
    small_set, tmp_path, monkeypatch
):
    library = tmp_path / "work" / "criteria"
    book = export_workbook(small_set, library / "bo-mau-nho.xlsx")
    monkeypatch.chdir(tmp_path / "work")
    assert list_sets()["bo-mau-nho"] == book.resolve()
    assert open_set("bo-mau-nho").fingerprint == open_set(small_set).fingerprint


def test_the_path_of_set_toml_names_its_folder(small_set):
    assert read_raw(small_set / "set.toml").meta["id"] == "bo-mau-nho"


def test_a_zip_is_refused_by_name(tmp_path):
    path = tmp_path / "bộ.zip"
    path.write_bytes(b"PK\x03\x04")
    assert codes_of(check_set(path)) == {"set-is-zip"}


def test_findings_name_the_cell_of_a_csv_whose_columns_are_in_another_order(tmp_path):
    bands = "source,item_code,points,lower,lower_closed,upper,upper_closed\nmẫu,1.1,x,,no,0,yes\n"
    folder = write_folder(tmp_path / "a", bands=bands)
    found = [f for f in check_set(folder).findings if f.code == "set-not-a-number"]
    assert [finding.cell for finding in found] == ["C2"]


def test_a_sample_is_marked_on_every_sheet(small_set, tmp_path):
    book = openpyxl.load_workbook(export_workbook(small_set, tmp_path))
    for sheet in book:
        if sheet.sheet_state == "visible":
            top = " ".join(str(cell.value) for row in sheet["A1:A3"] for cell in row)
            assert "MẪU" in top, sheet.title


def test_codes_are_text_lists_are_offered_and_pages_are_a4(small_set, tmp_path):
    book = openpyxl.load_workbook(export_workbook(small_set, tmp_path))
    sheet = book["items"]
    assert sheet.cell(6, 1).value == "1.10" and sheet.cell(6, 1).number_format == "@"
    assert sheet.freeze_panes == "B3" and sheet.page_setup.paperSize == 9
    lists = {str(r.sqref): r.formula1 for r in sheet.data_validations.dataValidation if r.formula1}
    assert any(where.startswith("H3") and "_danh_muc" in source for where, source in lists.items())


def test_a_folder_is_normalised_in_place(tmp_path):
    folder = write_folder(tmp_path / "a", **small("items", ",1.5,self", ",1.50,self"))
    text = (folder / "set.toml").read_text("utf-8")
    (folder / "set.toml").write_text("# note\n" + text.replace("= 10\n", "= 10.0\n"), "utf-8")
    assert files_of(folder) != set_files(read_folder(folder))
    write_set(read_folder(folder), folder)
    assert files_of(folder) == files_of(write_folder(tmp_path / "b"))


# Every letter a cell may hold once it is clean, formula signs and Excel's own escapes included.
texts = st.one_of(
    st.text(min_size=1, max_size=30),
    st.sampled_from(
        ["=1+1", "+84", "-5", "@x", "_x0041_", "1.10", "yes", "0,75", "1/2/2026", "'a"]
    ),
)


@settings(max_examples=25)
@given(names=st.lists(texts, min_size=1, max_size=6), maximum=st.floats(0.125, 999))
def test_any_text_and_number_survive_the_workbook(names, maximum, tmp_path_factory):
    folder = tmp_path_factory.mktemp("sets")
    header = [column.name for column in COLUMNS["items"]]
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    for number, name in enumerate(names, start=1):
        row = {"code": str(number), "max_points": f"{maximum:.6f}"}
        texts_only = {c.name: name for c in COLUMNS["items"] if c.type != "number"}
        writer.writerow([(texts_only | row).get(column, "") for column in header])
    made = write_folder(folder / "a", items=stream.getvalue())
    expected = set_files(read_raw(made))
    export_workbook(made, folder / "a.xlsx")
    assert set_files(read_raw(folder / "a.xlsx")) == expected


def test_a_set_has_one_fingerprint_however_its_numbers_are_written(small_set, tmp_path):
    other = write_folder(tmp_path / "b", **small("items", ",1.5,self", ",1.50,self"))
    assert open_set(other).fingerprint == open_set(small_set).fingerprint
    third = write_folder(tmp_path / "c", **small("items", "mẫu,,", "mẫu,khác,"))
    assert open_set(third).fingerprint != open_set(small_set).fingerprint
