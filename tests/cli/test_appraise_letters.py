"""``parindex appraise letter`` and ``matrix``: from decisions to letters, from answers to the next round."""

import datetime as dt
import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from docx import Document

from scoring.appraisal import append_decisions
from scoring.appraisal.appraiser_workbook import COLUMNS, SHEET
from scoring.cli.main import main
from scoring.criteria import open_set
from scoring.evidence.ledger import new_ledger
from scoring.points import inputs_table, score

SET = "service-quality-766"
NAMES = {"A": "Sở Nội vụ", "B": "Xã Tân Lập", "C": "Sở Tài chính"}
ANSWERS = [
    {"item_code": "2", "response": "Đã gửi sổ quý I"},
    {"item_code": "5.1", "response": "Xin giữ điểm"},
]
LOWERED = {"item_code": "2", "points": 15.0, "reason_kind": "missing-proof", "reason": "sổ thiếu",
           "ground": "khoản 2", "request": "Gửi sổ quý I"}  # fmt: skip
DECIDED = [
    LOWERED | {"unit_code": "A"},
    {"unit_code": "A", "item_code": "1.1", "points": 6.0},
    {"unit_code": "A", "item_code": "1.2", "points": 2.0, "request": "Nêu số quyết định"},
    {"unit_code": "B", "item_code": "2", "points": 18.0},
]
FILES = "so/A.xlsx so/khac.csv"
RUN = f"{FILES} --criteria {SET} --journal j.jsonl --due 2026-12-15"


def figures(unit):
    rows = [{"item_code": "2", "input": "on_time", "value": 90},
            {"item_code": "2", "input": "received", "value": 100}]  # fmt: skip
    return inputs_table(rows, unit_code=unit, unit_name=NAMES[unit], year=2026)


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory):
    """One unit hands in a ledger with answers, two are known by their figures alone."""
    folder, criteria, mine = tmp_path_factory.mktemp("mua") / "so", open_set(SET), figures("A")
    folder.mkdir()
    pd.concat([figures("B"), figures("C")]).to_csv(folder / "khac.csv", index=False)
    data = new_ledger(
        criteria, "A", NAMES["A"], 2026, inputs=mine, scores=score(mine, criteria).scores,
        appraisal=pd.DataFrame(ANSWERS), info={"prepared_on": dt.date(2026, 12, 20)},
    )  # fmt: skip
    (folder / "A.xlsx").write_bytes(data)
    return folder


@pytest.fixture
def desk(ledgers, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "so").symlink_to(ledgers)
    decide(DECIDED)
    return tmp_path


def decide(rows, round="1", day="2026-12-01"):
    about = {"round": round, "year": 2026, "period": "năm", "decided_by": "An",
             "decided_on": pd.Timestamp(day), "set_fingerprint": open_set(SET).fingerprint}  # fmt: skip
    return append_decisions(Path("j.jsonl"), pd.DataFrame([about | row for row in rows]))


def run(capsys, line):
    capsys.readouterr()
    code = main(["--format", "json", "appraise", *line.split()])
    told = json.loads(capsys.readouterr().out)
    return code, told, {one["code"]: one["problem"] for one in told.get("findings", [])}


def words(path):
    document = Document(path)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for paragraph in document.paragraphs], cells


def test_each_unit_is_told_what_was_lowered_why_and_what_to_answer_by_when(desk, capsys):
    code, told, found = run(capsys, f"letter {RUN} --on 2026-12-02 --sender Hội_đồng --out cv")
    assert (code, told["letters"]) == (0, {"a.docx": 2, "b.docx": 0})
    text, cells = words("cv/a.docx")
    row = cells.index("2 Tiến độ giải quyết hồ sơ")
    assert cells[row + 1 : row + 6] == ["18,00", "18,00", "—", "15,00", "3,00"]
    assert "Thiếu tài liệu kiểm chứng: sổ thiếu\nCăn cứ: khoản 2" in cells
    assert "Gửi sổ quý I" in cells and "Không hạ điểm; cần làm rõ" in cells
    assert any("chậm nhất ngày 15/12/2026" in line for line in text)
    assert told["head"] in text and any("nhật ký bị sửa, cắt bớt" in line for line in text)
    assert any("HỘI_ĐỒNG" in cell for cell in cells)
    # An answer to this round comes after its letter.
    assert not any("Đã gửi" in cell for cell in cells)
    assert (
        "Sở Tài chính" not in str(text)
        and "C chưa có quyết định nào" in found["letter-unit-undecided"]
    )
    first = (desk / "cv/a.docx").read_bytes()
    main(
        ["--quiet", "appraise", *f"letter {RUN} --on 2026-12-02 --sender Hội_đồng --out v2".split()]
    )
    assert (desk / "v2/a.docx").read_bytes() == first


def test_a_unit_with_nothing_lowered_gets_a_short_letter_that_says_so(desk, capsys):
    run(capsys, f"letter {RUN} --on 2026-12-02 --out cv")
    text, _ = words("cv/b.docx")
    assert "Không mục nào có điểm thẩm định thấp hơn điểm tự chấm." in text
    kept = "Không bị hạ điểm so với điểm tự chấm (mục không tự chấm: so với điểm theo quy tắc) ở 1 mục: 2."
    assert kept in text
    assert not any("chậm nhất" in line for line in text)


def test_units_of_one_name_are_told_apart_and_items_lowered_are_called_items(
    ledgers, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "so").mkdir()
    both = [figures(unit).assign(unit_name="Sở Xây dựng") for unit in "AB"]
    pd.concat(both).to_csv("so/khac.csv", index=False)
    decide([LOWERED | {"unit_code": unit} for unit in "AB"])
    line = RUN.replace("so/A.xlsx ", "")
    main(["appraise", *f"letter {line} --on 2026-12-02 --out cv".split()])
    head, _, one, other, *_ = capsys.readouterr().out.splitlines()
    assert head.split() == ["Đơn", "vị", "Mục", "bị", "hạ", "Số", "ý", "kiến"]
    assert [one.split()[-3:], other.split()[-3:]] == [["(A)", "1", "1"], ["(B)", "1", "1"]]
    main(["appraise", *f"matrix {line} --on 2026-12-20 --out mt".split()])
    assert "Sở Xây dựng (B)" in capsys.readouterr().out
    sheets = openpyxl.load_workbook("mt/comments.xlsx").worksheets
    assert [[s["A5"].value, s["A6"].value] for s in sheets] == 2 * [
        ["Sở Xây dựng (A)", "Sở Xây dựng (B)"]
    ]
    # Nothing was claimed: what the decision is held against is the rule's.
    assert sheets[0]["C5"].value == "18,00 (theo quy tắc) → 15,00"


def test_a_due_day_that_has_passed_or_is_of_another_year_is_named(desk, capsys):
    code, _, found = run(capsys, f"letter {RUN} --on 2026-12-16 --out cv")
    assert code == 1 and "15/12/2026 đã qua" in found["letter-due-past"]
    line = f"letter {RUN} --on 2026-12-02 --out v2".replace("2026-12-15", "2028-12-15")
    code, _, found = run(capsys, line)
    assert code == 0 and "2026 hay năm sau" in found["letter-due-other-year"]


def test_letters_on_an_older_version_of_a_ledger_say_so(desk, capsys):
    decide([{"unit_code": "B", "item_code": "1.1", "points": 1.0, "ledger_digest": "0" * 16}])
    _, _, found = run(capsys, f"letter {RUN} --on 2026-12-02 --out cv")
    assert "B: 1 quyết định" in found["decisions-older-ledger"]


def test_every_comment_stands_beside_its_answer_and_the_counts_add_up(desk, capsys):
    code, told, found = run(capsys, f"matrix {RUN} --on 2026-12-22 --out mt")
    states = {row["item_code"]: (row["state"], row["answer"]) for row in told["comments"]}
    assert code == 0
    assert states == {"1.2": ("overdue", ""), "2": ("answered", "Đã gửi sổ quý I")}
    totals = told["totals"]
    assert (
        totals["comments"]
        == 2
        == sum(totals[name] for name in ("settled", "answered", "overdue", "open"))
    )
    assert (totals["with_answer"], totals["late"]) == (1, 1)
    assert (
        "mục 5.1" in found["answer-without-comment"]
        and "Xin giữ điểm" in found["answer-without-comment"]
    )
    assert "20/12/2026, sau hạn 15/12/2026" in found["answer-late"]
    table = pd.read_csv("mt/comments.csv", dtype={"item_code": str})
    assert table["item_code"].tolist() == ["1.2", "2"] and table["is_late"].tolist() == [
        False,
        True,
    ]
    book = openpyxl.load_workbook("mt/comments.xlsx")
    for sheet in book:
        assert "Bộ chỉ số" in sheet["A2"].value
    cells = [str(cell) for row in book["Ý kiến và giải trình"].values for cell in row]
    assert "quá hạn, chưa giải trình" in cells and "18,00 → 15,00" in cells
    assert list(book["Theo đơn vị"].values)[-1] == ("Tất cả", 2, 1, 0, 1, 1, 0, 1)


def test_earlier_files_that_cannot_be_read_are_named(desk, capsys):
    Path("cp1258.csv").write_bytes(b"unit_code,year\n\xd0\xe1")
    code, _, found = run(capsys, f"matrix {RUN} --on 2026-12-22 --before cp1258.csv --out mt")
    assert code == 1 and "cp1258.csv" in found["table-encoding"]


def test_before_the_due_day_an_unanswered_comment_is_open_and_an_early_ledger_day_says_nothing(
    desk, capsys
):
    decide([LOWERED | {"unit_code": "B"}], "2", "2026-12-25")
    _, told, found = run(capsys, f"matrix {RUN} --on 2026-12-15 --out mt")
    states = {(row["unit_code"], row["item_code"]): row["state"] for row in told["comments"]}
    assert states == {("A", "1.2"): "open", ("A", "2"): "answered", ("B", "2"): "open"}
    Path("j.jsonl").unlink()
    decide([LOWERED | {"unit_code": "A"}], day="2026-12-21")
    _, _, found = run(capsys, f"matrix {RUN} --on 2026-12-22 --out v2")
    assert "1 giải trình của 1 đơn vị không rõ ngày" in found["answers-undated"]
    assert "answer-late" not in found


def test_round_two_shows_comment_and_answer_side_by_side_and_its_decision_settles(desk, capsys):
    prepare = f"prepare {FILES} --criteria {SET} --round 2 --journal j.jsonl --out v2"
    run(capsys, prepare)
    sheet = openpyxl.load_workbook("v2/tham-dinh.xlsx")[SHEET]
    rows = [
        dict(zip(COLUMNS, values, strict=True))
        for values in sheet.iter_rows(min_row=5, values_only=True)
    ]
    # What was asked without lowering anything comes back as well.
    assert {row["item_code"] for row in rows} == {"1.2", "2"}
    row = next(row for row in rows if row["item_code"] == "2")
    assert row["answer"] == "Đã gửi sổ quý I"
    assert row["comment"] == "An: 15,00. thiếu tài liệu kiểm chứng; sổ thiếu; khoản 2; Gửi sổ quý I"
    decide(
        [{"unit_code": "A", "item_code": "2", "points": 17.0, "reason": "sổ đủ"}], "2", "2026-12-22"
    )
    _, told, _ = run(capsys, f"matrix {RUN} --on 2026-12-22 --out mt")
    settled = next(row for row in told["comments"] if row["item_code"] == "2")
    assert (settled["state"], settled["next_round"], settled["next_points"]) == (
        "settled",
        "2",
        17.0,
    )
    run(capsys, f"letter {RUN} --round 2 --on 2026-12-02 --out cv2")
    text, cells = words("cv2/a.docx")
    # What round 1 decided is not left undecided by a round that is about other items.
    assert "Giữ như đã quyết định ở vòng trước 2 mục: 1.1, 1.2." in text
    (left,) = (line for line in text if line.startswith("Chưa quyết định"))
    assert "1.1," not in left and "1.2," not in left and "1.3" in left
    assert any("Giải trình đã nhận: Đã gửi sổ quý I" in cell for cell in cells)
