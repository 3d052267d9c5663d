"""Plans that are no plans, or broken, or meant to do harm: findings, a partial result, no hang."""

from __future__ import annotations

import io
import sys
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_samples import (
    AREA_ROW,
    HEADER,
    TITLE,
    as_text,
    codes_of,
    excel_bytes,
    plan_of,
    word_bytes,
)

from scoring.base.errors import UnreadableError
from scoring.plan import check_plan, import_plan, plan_calendar

TASK = ("1", "Ban hành", "Kế hoạch", "Văn phòng", "", "Quý I/2022", "")


def test_a_plan_with_no_table_still_gives_its_targets_and_reports():
    plan = plan_of(TITLE + "- Đúng hạn đạt trên 99%.\n\n- Báo cáo quý I: Trước ngày 03/3/2022.\n")
    assert "plan-without-tasks" in codes_of(plan)
    assert len(plan.targets) == 1 and len(plan.reports) == 1


def test_lines_beyond_what_a_plan_may_have_are_named_and_the_rest_is_read(monkeypatch):
    text = TITLE + "- Đúng hạn đạt trên 99%.\n"
    monkeypatch.setattr("scoring.plan.blocks.MAX_LINES", len(text.splitlines()))
    plan = plan_of(text + "- Trễ hạn dưới 1%.\n")
    (found,) = [one for one in plan.findings if one.code == "plan-too-long"]
    assert found.values["limit"] == len(text.splitlines())
    assert len(plan.targets) == 1


def test_an_empty_document_is_no_plan():
    assert "plan-without-tasks" in codes_of(plan_of(""))


def test_two_plans_in_one_file_are_kept_apart():
    one = as_text(HEADER, AREA_ROW, TASK, ("II", "CẢI CÁCH TÀI CHÍNH", *[""] * 5), TASK)
    plan = plan_of(one + "\n" + one)
    assert codes_of(plan).count("plan-second-plan") == 1
    assert plan.tasks["plan_number"].tolist() == [1, 1, 2, 2]
    assert plan.tasks["task_code"].tolist() == ["I.1", "II.1", "2/I.1", "2/II.1"]


def test_a_table_cut_at_its_end_gives_what_is_there_and_says_so():
    plan = plan_of(TITLE + as_text(HEADER, AREA_ROW, TASK) + "\n2\tTuyên truyền về cải")
    assert plan.tasks["task_code"].tolist() == ["I.1", "I.2"]
    assert "plan-table-cut" in [finding.code for finding in check_plan(plan)]


def test_a_table_cut_at_its_beginning_takes_the_heading_of_the_next_page():
    plan = plan_of(as_text(TASK) + "\n\n" + as_text(HEADER, ("2", *TASK[1:])))
    assert plan.tasks["task_code"].tolist() == ["1", "2"]
    assert "plan-table-without-header" in codes_of(plan)


def test_a_table_of_one_cell_per_line_cut_in_the_middle_gives_what_is_there():
    cells = [*HEADER, "I", "CẢI CÁCH THỂ CHẾ", *["\u00a0"] * 5, *(c or "\u00a0" for c in TASK)]
    plan = plan_of("\n\n".join([*cells, "2", "Tuyên truyền"]))
    assert plan.tasks["task"].tolist() == ["Ban hành", "Tuyên truyền"]


def test_a_year_that_is_missing_is_taken_from_the_deadlines_with_a_finding():
    plan = plan_of(as_text(HEADER, AREA_ROW, TASK, ("2", *TASK[1:5], "hàng quý", "")), None)
    assert plan.year == 2022
    assert {"plan-year-missing", "plan-year-inferred"} <= set(codes_of(plan))


def test_a_year_that_nothing_tells_leaves_dates_open():
    plan = plan_of(as_text(HEADER, AREA_ROW, (*TASK[:5], "Quý I", "")), None)
    assert plan.year == 0 and plan.tasks["due_on"].isna().all()
    assert plan_calendar(plan.tasks, plan.reports).empty


def test_a_number_given_twice_gets_its_own_code():
    plan = plan_of(as_text(HEADER, AREA_ROW, TASK, TASK))
    assert plan.tasks["task_code"].tolist() == ["I.1", "I.1-2"]
    assert "task-number-repeated" in codes_of(plan)


def test_decomposed_letters_and_odd_spaces_are_read_as_the_same_words():
    import unicodedata

    text = TITLE + as_text(HEADER, AREA_ROW, TASK)
    odd = unicodedata.normalize("NFD", text).replace(" ", "\u00a0\u200b ")
    assert plan_of(odd).tasks.equals(plan_of(text).tasks)


def big_rows(count: int) -> list[tuple[str, ...]]:
    return [
        HEADER,
        AREA_ROW,
        *((str(i % 900 + 1), f"Nhiệm vụ {i}", f"Kế hoạch {i}", "Văn phòng", "", "Quý I/2022", "")
          for i in range(count)),
    ]  # fmt: skip


def test_ten_thousand_rows_are_all_read():
    plan = plan_of(TITLE + as_text(*big_rows(10_000)))
    assert len(plan.tasks) == 10_000 and plan.tasks["task_code"].is_unique
    assert check_plan(plan)


def test_many_rows_of_one_cell_per_line_are_all_read():
    cells = [cell or "\u00a0" for row in big_rows(1_000) for cell in row]
    assert len(plan_of("\n\n".join(cells)).tasks) == 1_000


def test_a_text_of_letters_without_end_does_not_hang():
    plan = plan_of(
        as_text(HEADER, ("1", "a" * 200_000, "- " * 20_000, "b", "", "quý " * 9_000, ""))
    )
    assert len(plan.tasks) == 1


@settings(max_examples=50)
@given(st.lists(st.lists(st.text(max_size=20), min_size=1, max_size=9), max_size=12))
def test_any_rows_under_a_heading_are_read_without_failing(rows):
    cells = [[" ".join(cell.split()) for cell in row] for row in rows]
    plan = plan_of(TITLE + as_text(HEADER, *cells))
    assert plan.tasks["task_code"].is_unique
    assert set(plan.lines["role"]) <= {
        "text", "header", "area", "task", "continuation", "page-number", "unplaced",
    }  # fmt: skip


def refused(path) -> str:
    with pytest.raises(UnreadableError) as caught:
        import_plan(path)
    return caught.value.finding.code


def test_files_of_each_kind_are_told_by_what_they_hold(tmp_path):
    rows = (HEADER, AREA_ROW, TASK)
    files = {
        "kế hoạch.docx": word_bytes(rows),
        "kế hoạch.xlsx": excel_bytes(rows),
        "kế hoạch.txt": as_text(*rows).encode(),
        "kế hoạch 16.txt": as_text(*rows).encode("utf-16"),
        "sai đuôi.txt": word_bytes(rows),
    }
    for name, data in files.items():
        path = tmp_path / name
        path.write_bytes(data)
        assert import_plan(path, 2022).tasks["task_code"].tolist() == ["I.1"], name


def test_what_cannot_be_read_at_all_says_why(tmp_path):
    files = {
        "nhị phân.doc": (b"\xd0\xcf\x11\xe0" + bytes(600), "plan-file-not-text"),
        "tcvn.txt": ("Kế hoạch".encode()[:3] + b"\xb8\xff\xfe", "plan-file-not-utf8"),
    }
    for name, (data, code) in files.items():
        (tmp_path / name).write_bytes(data)
        assert refused(tmp_path / name) == code
    assert refused(tmp_path / "không có.txt") == "file-missing"


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """Return the package with one part replaced or added."""
    source, target = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for entry in source.namelist():
            if entry != name:
                package.writestr(entry, source.read(entry))
        package.writestr(name, content)
    return target.getvalue()


WORD = word_bytes((HEADER, AREA_ROW, TASK))
ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>
<w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>"""


@pytest.mark.parametrize(
    "made",
    [
        lambda: with_part(WORD, "word/document.xml", ENTITIES),
        lambda: with_part(WORD, "word/document.xml", b"<w:document>" + b" " * 300_000_000),
        lambda: with_part(WORD, "word/document.xml", b"not xml at all"),
        lambda: WORD[: len(WORD) // 2],
        lambda: b"PK\x03\x04" + bytes(200),
    ],
    ids=["entities", "bomb", "no xml", "cut", "no package"],
)
def test_a_hostile_or_broken_word_file_is_refused_with_a_finding(tmp_path, made):
    path = tmp_path / "xấu.docx"
    path.write_bytes(made())
    assert refused(path)


def test_a_cell_that_claims_to_span_a_million_columns_is_held_to_the_limit(tmp_path):
    source = zipfile.ZipFile(io.BytesIO(WORD)).read("word/document.xml").decode()
    spanned = source.replace("<w:tcPr>", '<w:tcPr><w:gridSpan w:val="999"/>', 1)
    path = tmp_path / "rộng.docx"
    path.write_bytes(with_part(WORD, "word/document.xml", spanned.encode()))
    assert import_plan(path, 2022) is not None


@pytest.mark.parametrize("words", ["1 điểm dưới ", "90% ", "90%, ", "có 1 lớp ", "đạt tăng 5% "])
def test_what_a_sentence_costs_to_read_grows_with_its_letters_alone(words, monkeypatch):
    from scoring.plan import plan_targets as targets

    read = []
    indicator = targets.indicator_of
    monkeypatch.setattr(
        targets, "indicator_of", lambda text: read.append(len(text)) or indicator(text)
    )
    letters = []
    for size in (30_000, 120_000):
        read.clear()
        targets.read_targets(words * (size // len(words)), 2022)
        letters.append(sum(read))
    # One sentence without end is read up to its bound, however long it is.
    assert letters[0] == letters[1] <= targets.MAX_SENTENCE * targets.MAX_FIGURES


def test_a_sentence_without_end_is_read_in_part_and_said_so():
    plan = plan_of(TITLE + "Tỷ lệ hồ sơ đúng hạn đạt trên 98% " + "và đạt 90% " * 400)
    assert "plan-sentence-cut" in codes_of(plan)
    assert plan.targets["value"].iloc[0] == 98


def test_lines_that_seem_torn_are_not_joined_without_end(monkeypatch):
    from scoring.plan import target_lines as targets

    read = []
    real = targets.read_targets
    monkeypatch.setattr(
        targets, "read_targets", lambda text, *years: read.append(len(text)) or real(text, *years)
    )
    plan_of(TITLE + "và đạt chín mươi\n" * 2_000)
    assert max(read) <= targets.MAX_SENTENCE + 20


WITHOUT_END = ("1 điểm dưới ", "quý I, ", "đạt trên 90% và ", "trước ngày 31/12/2022; ", "- ", "(")


def lines_run(task):
    """Return how many lines of Python run meanwhile."""
    lines = 0

    def step(frame, event, arg):
        nonlocal lines
        lines += event == "line"
        return step

    before = sys.gettrace()
    sys.settrace(step)
    try:
        task()
    finally:
        sys.settrace(before)
    return lines


@pytest.mark.parametrize("words", WITHOUT_END)
@pytest.mark.parametrize("shape", ["{0}", "1\t{0}\t\t\t", "1\tRà soát\tBáo cáo\t{0}\t{0}"])
def test_a_plan_takes_work_in_step_with_its_letters(words, shape):
    def cost(times):
        texts = [shape.format(words * times), *[shape.format(words)] * times]
        text = TITLE + as_text(HEADER) + "\n" + "\n".join(texts)
        return lines_run(lambda: plan_of(text))

    cost(2)  # what is read only once is read here
    assert cost(160) < 20 * cost(10)
