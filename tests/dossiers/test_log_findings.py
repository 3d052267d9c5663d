"""Rows that cannot be trusted are left out and named: file, cell, what was met, what to do."""

import pandas as pd
import pytest
from log_desk import ROW, count, events_from, numbers, rows_file

from scoring.dossiers.log_columns import read_columns

# What is wrong with a row, the finding, its column, words in it, and whether the row stays.
WRONG = {
    "no dossier": ({"dossier": " "}, "dossiers-cell-missing", "A", "dossier", False),
    "rounded": ({"dossier": "1.00E+11"}, "dossiers-number-rounded", "A", "1.00E+11", False),
    "sums": ({"dossier": "Tổng số: 20"}, "dossiers-total-row", "A", "Tổng số: 20", False),
    "impossible": ({"received": "30/02/2026"}, "dossiers-date-unreadable", "F", "không có ngày", False),
    "month first": ({"received": "02/25/2026"}, "dossiers-date-unreadable", "F", "tháng đứng trước", False),
    "two digits": ({"due": "10/03/26"}, "dossiers-date-unreadable", "G", "hai chữ số", False),
    "no date": ({"returned": "sắp trả"}, "dossiers-date-unreadable", "H", "sắp trả", False),
    "time zone": ({"event_at": "2026-03-02T08:00Z"}, "dossiers-date-unreadable", "D", "08:00Z", False),
    "far": ({"received": "02/03/1926"}, "dossiers-date-far", "F", "1926", False),
    "due early": ({"due": "01/03/2026"}, "dossiers-due-before-received", "G", "02/03/2026", False),
    "returned early": ({"returned": "28/02/2026"}, "dossiers-returned-before-received", "H", "28/02/2026", False),
    "unit": ({"unit": "Z"}, "dossiers-unit-unknown", "C", "“Z”", False),
    "procedure": ({"procedure": "M.999"}, "dossiers-procedure-unknown", "B", "M.999", True),
    "channel": ({"channel": "fax"}, "dossiers-value-unknown", "E", "fax", True),
    "flag": ({"paid": "chắc rồi"}, "dossiers-value-unknown", "K", "chắc rồi", True),
    "parts": ({"digitised_parts": "-1"}, "dossiers-value-unknown", "M", "-1", True),
    "year": ({"received": "02/03/2025"}, "dossiers-other-year", "F", "02/03/2025", False),
}  # fmt: skip


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory):
    """A log with one row of each kind between two good ones."""
    folder = tmp_path_factory.mktemp("spoiled")
    log = rows_file(folder / "log.csv", {}, *(change for change, *_ in WRONG.values()), {})
    return events_from(folder / "state", log, units=["A"], procedures=["M.001"])


@pytest.mark.parametrize("place", range(len(WRONG)), ids=list(WRONG))
def test_what_is_wrong_is_named_where_it_stands(spoiled, place):
    _, code, column, words, _ = list(WRONG.values())[place]
    found = {one.cell: one for one in spoiled[1] if one.code == code}[f"{column}{place + 3}"]
    assert (found.file, found.values["count"]) == ("log.csv", 1)
    assert words in found.text("vi")


def test_rows_that_cannot_be_trusted_are_left_out_and_others_stay(spoiled):
    events, findings = spoiled
    stays = [stay for *_, stay in WRONG.values()]
    assert numbers(count(events)[0])["dossiers"] == 2 + sum(stays)
    about_rows = [one for one in findings if one.cell]
    assert len(about_rows) == len(WRONG)


def test_a_time_that_is_none_leaves_its_row_out(tmp_path):
    log = rows_file(tmp_path / "log.csv", {}, {"event_at": "02/03/2026 25:00"})
    events, findings = events_from(tmp_path / "state", log)
    assert ("dossiers-date-unreadable", "D3") in [(one.code, one.cell) for one in findings]
    assert numbers(count(events)[0])["dossiers"] == 1


def test_rows_that_do_not_split_are_counted_and_later_cells_keep_their_place(tmp_path):
    log = rows_file(tmp_path / "log.csv", {"procedure": "M.001\nlại"}, {}, {}, {"unit": "Z"})
    lines = log.read_bytes().split(b"\n")
    broken = [
        *lines[:4],
        b"H8,too,few",
        b",".join([lines[4], b"more"]),
        b"H9,\xff" + lines[4][2:],
        lines[4],
        b"",
        *lines[5:],
    ]
    log.write_bytes(b"\n".join(broken))
    events, findings = events_from(tmp_path / "state", log, units=["A"])
    found = {one.code: one for one in findings}
    assert (found["dossiers-row-broken"].values["count"], found["dossiers-row-broken"].cell) == (
        3,
        "A4",
    )
    assert found["dossiers-unit-unknown"].cell == "C9"
    assert numbers(count(events)[0])["dossiers"] == 3


def test_a_title_and_excels_line_above_the_headings_are_understood(tmp_path):
    log = rows_file(tmp_path / "log.csv", {}, {"unit": "Z"})
    table = log.read_text().replace(",", ";")
    log.write_text("\ufeffsep=;\nSỔ THEO DÕI HỒ SƠ;;;\n\n" + table, encoding="utf-8")
    events, findings = events_from(tmp_path / "state", log, units=["A"])
    found = {one.code: one for one in findings}
    assert found["dossiers-lines-above"].values == {"count": 2, "value": "SỔ THEO DÕI HỒ SƠ"}
    # A spreadsheet takes the first line for itself.
    assert found["dossiers-unit-unknown"].cell == "C5"
    assert numbers(count(events)[0])["dossiers"] == 1


BROKEN = [
    ("empty.csv", b" \n", "file-empty"),
    ("book.csv", b"PK\x03\x04zip", "table-not-csv"),
    ("wide.csv", "dossier;unit\n".encode("utf-16"), "table-encoding"),
    ("old.csv", b"dossier;Ng\xe0y nh\xe2\xf2n\nH1;A\n", "table-encoding"),
    ("short.csv", b"dossier;unit\nH1;A\n", "missing-column"),
    ("twice.csv", b"dossier;dossier\nH1;A\n", "table-repeated-column"),
    ("broken.parquet", b"PAR1 and no more", "table-damaged"),
]


def test_files_that_cannot_be_read_are_a_finding_each_and_the_others_count(tmp_path):
    for name, content, _ in BROKEN:
        (tmp_path / name).write_bytes(content)
    rows_file(tmp_path / "good.csv", {})
    (tmp_path / "ghi chú.txt").write_text("x")
    (tmp_path / "link.csv").symlink_to(tmp_path / "good.csv")
    (tmp_path / "copy.csv").write_bytes((tmp_path / "good.csv").read_bytes())
    events, findings = events_from(tmp_path / "state", tmp_path)
    told = sorted((one.code, one.file) for one in findings if "absent" not in one.code)
    broken = [(code, name) for name, _, code in BROKEN]
    left = [("dossiers-file-left", "ghi chú.txt"), ("dossiers-file-left", "link.csv")]
    assert told == sorted([*broken, *left, ("dossiers-same-file", "good.csv")])
    assert numbers(count(events)[0])["dossiers"] == 1


@pytest.mark.parametrize("heading", ["Họ và tên", "Ghi chú"])
def test_personal_data_is_refused_or_dropped_and_never_shown(tmp_path, heading):
    cell = {"Họ và tên": "Trần Văn An", "Ghi chú": "0912345678"}[heading]
    log = tmp_path / "log.csv"
    pd.DataFrame([{**ROW, heading: cell}]).to_csv(log, index=False)
    _, refused = events_from(tmp_path / "refused", log)
    events, dropped = events_from(tmp_path / "dropped", log, personal="drop")
    assert [one.code for one in refused] == ["survey-personal-data"]
    assert [one.code for one in dropped] == ["survey-personal-dropped"]
    assert not any(cell in one.text(lang) for one in (*refused, *dropped) for lang in ("vi", "en"))
    assert not any(
        cell.encode() in path.read_bytes() for path in (tmp_path / "dropped").rglob("*.*")
    )
    assert numbers(count(events)[0])["dossiers"] == 1


def test_the_users_table_names_columns_and_says_what_words_mean(tmp_path):
    table = tmp_path / "columns.csv"
    table.write_text(
        "field;heading;met;means\nunit;Nơi nhận;;\nchannel;;qua mạng;online\nchannel;;bồ câu;pigeon\ncolour;Màu;;\n"
    )
    columns, findings = read_columns(table)
    assert [(one.code, one.cell) for one in findings] == [
        ("dossiers-field-unknown", "A4"),
        ("dossiers-field-unknown", "A5"),
    ]
    log = rows_file(tmp_path / "log.csv", {"channel": "Qua  mạng"}, {"channel": "trực tiếp"})
    log.write_text(log.read_text().replace("unit,", "Nơi nhận,", 1))
    events, _ = events_from(tmp_path / "state", log, columns=columns)
    found = numbers(count(events)[0])
    assert (found["dossiers"], found["online"]) == (2, 1)


def test_events_of_one_time_that_differ_are_named(tmp_path):
    rows = [
        {"dossier": "H1"},
        {"dossier": "H1", "channel": "counter"},
        {"dossier": "H2"},
        {"dossier": "H2"},
    ]
    events, _ = events_from(tmp_path / "state", rows_file(tmp_path / "log.csv", *rows))
    table, findings = count(events)
    assert [(one.code, one.values["count"], one.values["value"]) for one in findings] == [
        ("dossiers-same-time", 1, "H1")
    ]
    assert numbers(table)["dossiers"] == 2
