"""Hostile sets are refused with findings: no traceback, no hang, no file outside the folder.

Times are not asserted; each case once ran or could run away, and a run that does would be seen.
"""

import csv
import io
import os
from pathlib import Path

import openpyxl
import pytest
from small_criteria import SET_TOML, SHEETS, small, write_folder

from scoring.criteria import check_set
from scoring.criteria.columns import SHEETS as COLUMNS
from scoring.criteria.set_workbook import export_workbook, import_workbook

HEADERS = {sheet: SHEETS[sheet].splitlines()[0] for sheet in SHEETS}


def codes_of(folder, **changes):
    write_folder(folder, **changes)
    checked = check_set(folder)
    assert all(finding.text("vi") and finding.text("en") for finding in checked.findings)
    return {finding.code for finding in checked.findings}


def csv_of(sheet, rows):
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    names = [column.name for column in COLUMNS[sheet]]
    writer.writerow(names)
    writer.writerows([row.get(name, "") for name in names] for row in rows)
    return stream.getvalue()


def item(code, parent="", name="Mục", **more):
    row = {"code": code, "parent": parent, "kind": "normal", "name_vi": name, "source": "mẫu"}
    return row | {"max_points": "1"} | more


def formula(text):
    """Return the small set with item 2 scored by a formula."""
    items = SHEETS["items"].replace("self,choice,,,,,,,,,,", f'self,formula,,,,,,,"{text}",zero,,')
    inputs = SHEETS["inputs"].replace("level,answer,choice", "level,,count")
    only = {"options": HEADERS["options"] + "\n", "examples": HEADERS["examples"] + "\n"}
    return {"items": items, "inputs": inputs, **only}


@pytest.mark.parametrize(
    "text",
    [
        "(" * 400 + "level" + ")" * 400,
        "-" * 900 + "level",
        "level + " * 120 + "level" * 9,
        "9**9**9**9",
        "9" * 900,
        "1e999 * level",
        "__import__('os').system('true')",
        "level.__class__.__mro__",
        "if(" * 200 + "level",
        "level / (level - level) " * 30,
        "=cmd|' /C calc'!A0",
        "round(level, 999999999)",
    ],
    ids=lambda text: text[:24],
)
def test_a_formula_bomb_is_refused(tmp_path, text):
    assert "formula-refused" in codes_of(tmp_path / "a", **formula(text.replace('"', '""')))


@pytest.mark.parametrize(
    "value", ["1e308", "1" * 400, "inf", "nan", "0x10", "1_000", "٣", "-1e-999"]
)
@pytest.mark.parametrize("column", ["max_points", "points_each"])
def test_a_huge_or_strange_number_in_a_sheet_is_refused(tmp_path, value, column):
    where = "Initiatives,2,self" if column == "max_points" else ",,0.5,,"
    new = where.replace("2" if column == "max_points" else "0.5", value)
    found = codes_of(tmp_path / "a", **small("items", where, new))
    assert "set-not-a-number" in found


@pytest.mark.parametrize(
    "value", ["1e308", "inf", "nan", "-inf", "9" * 400, "9" * 5000, "true", "'1'"]
)
def test_a_huge_or_strange_number_in_set_toml_is_refused(tmp_path, value):
    text = SET_TOML.replace("total_points = 10", f"total_points = {value}")
    assert codes_of(tmp_path / "a", set=text) & {"set-value-wrong", "set-toml-broken"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("decimals = 2", "decimals = 400"),
        ("decimals = 2", "decimals = 2.5"),
        ("decimals = 2", "decimals = nan"),
        ("tier =", 'areas_add_up = "no"\ntier ='),
        ("lower = 8", 'lower = "8"'),
        ("lower = 8", "lower = nan"),
        ("lower_closed = true", 'lower_closed = "yes"'),
    ],
)
def test_a_value_of_the_wrong_kind_in_set_toml_is_refused(tmp_path, old, new):
    assert "set-value-wrong" in codes_of(tmp_path / "a", **small("set", old, new))


def test_a_million_bands_are_refused(tmp_path):
    row = "1.2,0,yes,1,no,1,,m\n"
    found = codes_of(tmp_path / "a", bands=HEADERS["bands"] + "\n" + row * 1_000_000)
    assert found == {"set-file-too-large"}


def test_twenty_thousand_bands_of_one_item_are_refused(tmp_path):
    rows = "".join(f"1.2,{n},yes,{n + 1},no,1,,m\n" for n in range(19_000))
    assert "too-many-bands" in codes_of(tmp_path / "a", bands=HEADERS["bands"] + "\n" + rows)


def test_more_rows_than_any_set_has_are_refused(tmp_path):
    rows = "1,level,a,b,,1,,m\n" * 30_000
    assert codes_of(tmp_path / "a", options=HEADERS["options"] + "\n" + rows) == {
        "set-too-many-rows"
    }


@pytest.mark.parametrize(
    "links",
    [[("1", "1")], [("1", "2"), ("2", "1")], [("1.1", "1.2"), ("1.2", "1.3"), ("1.3", "1.1")]],
    ids=["itself", "two", "three"],
)
def test_circular_parents_are_refused(tmp_path, links):
    items = csv_of("items", [item(code, parent) for code, parent in links])
    empty = {sheet: header + "\n" for sheet, header in HEADERS.items() if sheet != "items"}
    assert "code-not-nested" in codes_of(tmp_path / "a", **(empty | {"items": items}))


@pytest.mark.parametrize(
    "set_id",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "C:/Windows",
        "a/b",
        "..",
        "con.",
        "a\\\\b",
        "bộ-tiêu-chí",
        "A",
    ],
)
def test_an_id_that_is_a_path_is_refused_and_never_written_to(tmp_path, set_id):
    folder = write_folder(tmp_path / "in" / "a", **small("set", "bo-mau-nho", set_id))
    assert "set-value-wrong" in {finding.code for finding in check_set(folder).findings}
    assert export_workbook(folder, tmp_path / "out") == tmp_path / "out" / "set.xlsx"
    import_workbook(tmp_path / "out" / "set.xlsx", tmp_path / "out" / "x")
    written = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert written == {"set.toml", "set.xlsx", *(f"{sheet}.csv" for sheet in SHEETS)}


def test_codes_that_are_paths_are_refused(tmp_path):
    items = csv_of("items", [item("../../x"), item("1/2"), item("..")])
    empty = {sheet: header + "\n" for sheet, header in HEADERS.items() if sheet != "items"}
    assert "code-malformed" in codes_of(tmp_path / "a", **(empty | {"items": items}))


def test_a_thousand_items_and_fifty_levels_of_nonsense_are_refused_with_findings(tmp_path):
    rows, code = [], "1"
    for _ in range(50):
        rows.append(item(code, code.rpartition(".")[0]))
        code += ".1"
    rows += [
        item(f"{n}.{n}", str(n - 1), "=" * n, max_points="x" * n, rule="?", formula="(" * n)
        for n in range(2, 1000)
    ]
    found = codes_of(tmp_path / "a", items=csv_of("items", rows))
    assert {"set-not-a-number", "set-word-unknown", "parent-unknown", "tree-too-deep"} <= found


def test_more_items_than_the_limit_are_refused(tmp_path):
    items = csv_of("items", [item(str(n), rule="direct") for n in range(1, 3000)])
    assert "set-too-many-items" in codes_of(tmp_path / "a", items=items)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a = " + "[" * 100_000, "set-toml-broken"),
        ("a." * 20_000 + "b = 1", "set-toml-broken"),
        ("x" * 600_000, "set-file-too-large"),
        ("id = 'a'\nid = 'b'", "set-toml-broken"),
        ('id = "\x00"', "set-toml-broken"),
        ("grades = 1\ncaveats = 2\nrounding = 3\ndecision = 4\noutside_areas = 5", "set-value-wrong"),
        ("[[grades]]\nx = [[[1]]]\n[[caveats]]\nvi = {a = 1}", "set-value-wrong"),
        ("[decision]\nnumber = {a = {b = 1}}", "set-value-wrong"),
    ],
    ids=["deep", "dotted", "long", "twice", "nul", "not tables", "nested", "nested decision"],
)  # fmt: skip
def test_a_hostile_set_toml_is_refused(tmp_path, text, code):
    found = codes_of(tmp_path / "a", set=text)
    assert code in found


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('code,"parent\n1,', "set-csv-broken"),
        ("code\n" + "x" * 200_000, "set-csv-broken"),
        ("", "missing-column"),
        ("\n\n\n", "missing-column"),
        ("," * 5000, "missing-column"),
    ],
    ids=["quote", "long cell", "empty", "blank", "commas"],
)
def test_a_hostile_csv_is_refused(tmp_path, text, code):
    assert code in codes_of(tmp_path / "a", items=text)


def test_a_long_cell_is_refused_whatever_limit_another_library_has_set(tmp_path):
    before = csv.field_size_limit(10_000_000)
    try:
        assert "set-csv-broken" in codes_of(tmp_path / "a", items="code\n" + "x" * 200_000)
        assert csv.field_size_limit() == 10_000_000
    finally:
        csv.field_size_limit(before)


def test_a_text_of_twenty_thousand_letters_is_refused(tmp_path):
    assert "set-text-too-long" in codes_of(
        tmp_path / "a", **small("items", "Sáng kiến", "a" * 20_000)
    )


def test_bytes_that_are_no_text_are_refused(tmp_path):
    folder = write_folder(tmp_path / "a")
    (folder / "items.csv").write_bytes(b"\xff\xfe\x00\x01")
    assert {finding.code for finding in check_set(folder).findings} == {"set-file-not-utf8"}


def test_a_folder_in_place_of_a_file_is_refused(tmp_path):
    folder = write_folder(tmp_path / "a")
    (folder / "items.csv").unlink()
    (folder / "items.csv").mkdir()
    assert {finding.code for finding in check_set(folder).findings} == {"set-file-missing"}


@pytest.mark.parametrize("name", ["set.txt", "a.docx", "b.csv", "c"])
def test_a_file_that_is_no_set_is_refused(tmp_path, name):
    path = tmp_path / name
    path.write_text("không phải bộ tiêu chí", "utf-8")
    (finding,) = check_set(path).findings
    assert finding.severity == "error"


def test_a_workbook_with_formulas_everywhere_gives_findings(small_set, tmp_path):
    path = export_workbook(small_set, tmp_path)
    book = openpyxl.load_workbook(path)
    for sheet in book:
        for row in sheet.iter_rows(min_row=3, max_row=40):
            for cell in row:
                if type(cell).__name__ == "Cell":
                    cell.value = "=HYPERLINK(A1)"
    book.save(path)
    checked = import_workbook(path, tmp_path / "out")
    assert "set-cell-error" in {finding.code for finding in checked.findings}
    assert not (tmp_path / "out").exists()


def test_a_cell_at_the_far_corner_of_a_workbook_does_no_harm(small_set, tmp_path):
    path = export_workbook(small_set, tmp_path)
    book = openpyxl.load_workbook(path)
    book["items"]["XFD1048576"] = "x"
    book.save(path)
    assert "cells-too-far" in {finding.code for finding in check_set(path).findings}


@pytest.mark.parametrize("name", ["set.toml", "items.csv"])
def test_a_link_in_a_set_is_named_and_never_followed(tmp_path, name):
    secret = tmp_path / "secret.txt"
    secret.write_text("root:x:0:0", encoding="utf-8")
    folder = tmp_path / "set"
    write_folder(folder)
    (folder / name).unlink()
    (folder / name).symlink_to(secret)
    findings = check_set(folder).findings
    assert [finding.code for finding in findings] == ["path-is-link"]
    assert "root:x" not in findings[0].text("vi") + findings[0].text("en")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_in_place_of_a_set_is_named_and_not_waited_for(tmp_path):
    write_folder(tmp_path / "set")
    (tmp_path / "set" / "set.toml").unlink()
    os.mkfifo(tmp_path / "set" / "set.toml")
    codes = [finding.code for finding in check_set(tmp_path / "set").findings]
    assert codes == ["not-a-regular-file"]


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs an endless device")
def test_an_endless_device_is_no_set(tmp_path):
    folder = tmp_path / "set"
    write_folder(folder)
    (folder / "set.toml").unlink()
    (folder / "set.toml").symlink_to("/dev/zero")
    (tmp_path / "bộ.xlsx").symlink_to("/dev/zero")
    assert [found.code for found in check_set(folder).findings] == ["path-is-link"]
    codes = [found.code for found in check_set(tmp_path / "bộ.xlsx").findings]
    assert codes == ["not-a-regular-file"]
