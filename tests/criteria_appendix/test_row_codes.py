"""Which row a line opens: page numbers, areas without a maximum, parts a) b), rows without codes."""

import datetime as dt

import pytest

from scoring.criteria.appendix import AppendixAbout, import_pasted_appendix

ABOUT = AppendixAbout("bo-mau", "Bộ tiêu chí mẫu", "department", dt.date(2026, 1, 1))
TITLES = "TT\nTiêu chí\nĐiểm tối đa\nCách chấm\n"
PAGES = (
    "I\nCHỈ ĐẠO\n10\n1\nKế hoạch\n4\n- Đúng hạn: 4\n- Không đúng hạn: 0\n",
    "2\nBáo cáo\n3\n- Đủ: 3\n- Thiếu: 0\n",
    "3\nTuyên truyền\n3\n- Có: 3\n- Không: 0\n",
    "II\nKIỂM TRA\n10\n- Có: 10\n- Không: 0\n",
)
TREE = [("I", 10.0), ("I.1", 4.0), ("I.2", 3.0), ("I.3", 3.0), ("II", 10.0)]


def imported(text):
    return import_pasted_appendix(text, ABOUT)


def tabbed(*rows):
    heading = ("TT", "Tiêu chí", "Điểm tối đa", "Cách chấm")
    return imported("\n".join("\t".join(row) for row in (heading, *rows)))


def tree(result):
    return [(row.code, row.max_points) for row in result.entries]


def reasons(result, code):
    return {reason.key for row in result.entries if row.code == code for reason in row.reasons}


@pytest.mark.parametrize("first", [1, 7])
@pytest.mark.parametrize("shown_on_the_first", [True, False])
def test_the_numbers_at_the_feet_of_pages_are_left_out(first, shown_on_the_first):
    feet = [str(first + at) if at or shown_on_the_first else "" for at in range(len(PAGES))]
    text = "\f".join(f"{page}{foot}\n" for page, foot in zip(PAGES, feet, strict=True))
    result = imported(TITLES + text)
    assert tree(result) == TREE
    assert not any(row.reasons for row in result.entries)


def test_figures_that_do_not_rise_from_page_to_page_are_no_page_numbers():
    """Pages that end right after the points of a row."""
    pages = ("I\nCHỈ ĐẠO\n7\n1\nKế hoạch\n4", "- Đúng hạn: 4\n- Không: 0\n2\nBáo cáo\n3",
             "- Đủ: 3\n- Thiếu: 0")  # fmt: skip
    assert tree(imported(TITLES + "\f".join(pages))) == [("I", 7.0), ("I.1", 4.0), ("I.2", 3.0)]


def test_a_lone_figure_between_two_steps_opens_no_row_but_is_doubted():
    text = TITLES + "".join(PAGES).replace("- Thiếu: 0", "2\n- Thiếu: 0")
    result = imported(text)
    assert tree(result) == TREE
    assert reasons(result, "I.2") == {"step-unread"}


def test_a_page_number_that_is_the_next_code_opens_no_row_of_its_own():
    result = imported(TITLES + PAGES[0] + PAGES[1] + "3\n" + PAGES[2] + PAGES[3])
    assert tree(result) == TREE
    assert [row.name for row in result.entries][3] == "Tuyên truyền"
    assert not any(row.reasons for row in result.entries)


def test_the_first_code_below_an_area_without_points_is_not_its_maximum():
    areas = (
        "1\nMỘT\n3\n1.1\nA\n3\n- Có: 3\n- Không: 0\n2\nHAI\n{}2.1\nB\n1,0\n- Có: 1\n- Không: 0\n"
    )
    more = "2.2\nC\n2,0\n- Có: 2\n- Không: 0\n"
    stated = [("1", 3.0), ("1.1", 3.0), ("2", 3.0), ("2.1", 1.0), ("2.2", 2.0)]
    bare = imported(TITLES + areas.format("") + more)
    assert tree(bare) == stated
    assert reasons(bare, "2") == {"maximum-from-children"}
    # A maximum that looks like the code is one where the code follows.
    assert tree(imported(TITLES + areas.format("2.1\n") + more)) == [
        entry if entry[0] != "2" else ("2", 2.1) for entry in stated
    ]


def test_a_row_whose_name_was_not_read_is_doubted():
    text = TITLES + PAGES[0] + "2\nBáo cáo\n3\n- Đủ: 3\n- Thiếu: 0\nNăm\n3\n- Có: 3\n- Không: 0\n"
    result = imported(text)
    assert "name-missing" in reasons(result, "I.3")


def test_lettered_parts_keep_each_their_own_way_of_scoring():
    result = tabbed(
        ("1", "CHỈ ĐẠO", "10", ""),
        ("a)", "Kế hoạch", "6", "Đúng hạn: 6; không đúng hạn: 0"),
        ("b)", "Báo cáo", "4", "Đủ: 4; thiếu: 0"),
    )
    assert tree(result) == [("1", 10.0), ("1.a", 6.0), ("1.b", 4.0)]
    assert [row.words for row in result.entries] == [
        "",
        "Đúng hạn: 6; không đúng hạn: 0",
        "Đủ: 4; thiếu: 0",
    ]
    assert not any(row.reasons for row in result.entries)


def test_lettered_parts_that_do_not_add_up_stay_with_their_item_in_review():
    result = tabbed(
        ("1", "CHỈ ĐẠO", "10", ""),
        ("a)", "Kế hoạch", "6", "Đúng hạn: 6; không đúng hạn: 0"),
        ("b)", "Báo cáo", "5", "Đủ: 5; thiếu: 0"),
    )
    assert tree(result) == [("1", 10.0)]
    assert result.entries[0].reasons
    assert "Đủ: 5; thiếu: 0" in result.entries[0].words


def test_rows_without_codes_one_below_another_are_items_side_by_side():
    result = tabbed(
        ("I", "CHỈ ĐẠO", "10", ""),
        ("-", "Kế hoạch", "6", "Đúng hạn: 6; không đúng hạn: 0"),
        ("-", "Báo cáo", "3", "Đủ: 3; thiếu: 0"),
        ("", "Sáng kiến", "1", "Có: 1; không: 0"),
    )
    assert tree(result) == [("I", 10.0), ("I.1", 6.0), ("I.2", 3.0), ("I.3", 1.0)]
    for code in ("I.1", "I.2", "I.3"):
        assert reasons(result, code) == {"code-missing"}


def test_a_negative_maximum_in_the_text_of_pages_is_no_step():
    area = "II\nĐIỂM TRỪ\n1\nBị phê bình\n-5\n- Mỗi lần trừ 1 điểm\n2\nChậm\n-2\n- Mỗi lần trừ 0,5 điểm\n"
    result = imported(TITLES + "I\nMỘT\n10\n- Có: 10\n- Không: 0\n" + area)
    assert tree(result) == [("I", 10.0), ("II", 7.0), ("II.1", 5.0), ("II.2", 2.0)]
