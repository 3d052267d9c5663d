"""What the set asks for and what is still to do stand in the ledger, computed as people type."""

import io

import pandas as pd
import pytest
from ledger_helpers import write_set
from openpyxl import load_workbook
from set_builder import sound

from scoring.cli.main import main
from scoring.criteria import open_set
from scoring.evidence.ledger import new_ledger, read_ledger
from scoring.evidence.ledger.layout import (
    ASSESSMENT,
    DOCUMENTS,
    INFO,
    REQUIRED,
    SHOWN_SHEETS,
    TO_DO,
)
from scoring.evidence.ledger.submission import content_digest
from scoring.evidence.long_table import read_long_table
from scoring.files.excel.workbook import read_workbook
from scoring.files.shipped import shipped_folder
from scoring.points import inputs_table, score

DOCUMENT_ROWS = [
    {"document_id": "TL01", "kind": "KH", "path": "documents/ke-hoach.pdf", "item_codes": "1.1.1; 1.1.2"},
    {"document_id": "TL02", "kind": "QĐ", "title": "Quyết định ban hành Kế hoạch kiểm tra", "item_codes": "1.3.1"},
    {"document_id": "TL03", "document_number": "14/BC-SNV", "kind": "Báo cáo", "item_codes": "1.1.3,1.2.2"},
    {"document_id": "TL04", "kind": "KH", "path": "\\\\may-chu\\a.pdf", "item_codes": "1.2.3"},
    {"document_id": "TL05", "kind": "", "path": "../a.pdf", "item_codes": "1.2.4"},
]  # fmt: skip
CLAIMS = [
    {"item_code": "1.3.2", "documents": "14/bc-snv (trang 3); TL09", "explanation": ""},
    {"item_code": "1.2.5", "documents": "TL03", "explanation": "Ba báo cáo kia gửi bản giấy"},
]


@pytest.fixture(scope="module")
def department():
    return open_set("department-sample")


@pytest.fixture(scope="module")
def half_done(department):
    """A function from year to a ledger with some figures, documents and explanations."""
    path = shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
    table, _ = read_long_table(path, department)
    inputs = inputs_table(table[table["unit_code"] == "SM-A"])
    left_out = (inputs["item_code"] == "1.2.1") | (inputs["input"] == "planned")
    inputs = inputs[~left_out]

    def made(year):
        # Dates of another year than the ledger's could not be counted.
        moved = inputs["happened_on"] + pd.DateOffset(years=year - 2025)
        own = inputs.assign(year=year, happened_on=moved)
        return new_ledger(
            department, "SM-A", "Sở Mẫu A", year, inputs=own,
            scores=score(own, department).scores,
            documents=pd.DataFrame(DOCUMENT_ROWS), claims=pd.DataFrame(CLAIMS),
        )  # fmt: skip

    return made


def rows_of_sheet(book, name, heading):
    """Return the rows below a heading, by heading."""
    rows = [list(row) for row in book[name].rows]
    head = next(n for n, row in enumerate(rows) if heading in row)
    return [dict(zip(rows[head], row, strict=True)) for row in rows[head + 1 :] if row[0]]


def required_rows(data):
    rows = rows_of_sheet(read_workbook(data), REQUIRED, "Đã gắn")
    return {(row["Mục"], row["Loại"]): row for row in rows}


def test_every_requirement_says_how_many_documents_are_linked_and_missing(half_done, department):
    rows = required_rows(half_done(2098))
    assert len(rows) == len(department.tables["evidence"])
    shown = {
        key: (row["Số lượng"], row["Đã gắn"], row["Còn thiếu"], row["Kết quả"])
        for key, row in rows.items()
    }
    assert shown["1.1.1", "Kế hoạch"] == (1, 1, 0, "Đủ")
    assert f"{rows['1.1.1', 'Kế hoạch']['Ban hành chậm nhất']:%d/%m/%Y}" == "10/01/2098"
    assert shown["1.3.1", "Kế hoạch"] == (1, 1, 0, "Đủ")  # by a decision that issues a plan
    assert shown["1.3.2", "Báo cáo"] == (1, 1, 0, "Đủ")  # named by its number at the item
    assert shown["1.2.3", "Báo cáo"] == (1, 0, 1, "Còn thiếu")  # a plan is no report
    assert shown["1.2.4", "Báo cáo"] == (1, 1, 0, "Đủ")  # of no stated kind yet
    assert shown["1.2.5", "Báo cáo"] == (4, 1, 3, "Còn thiếu")


def test_what_is_half_filled_unproven_or_unexplained_is_listed_in_order(half_done):
    to_do = rows_of_sheet(read_workbook(half_done(2098)), TO_DO, "Tài liệu")
    by_item = {
        row["Mục"]: (row["Số liệu"], row["Tài liệu"], row["Lý do"]) for row in to_do if row["Mục"]
    }
    words = {
        code: tuple(text if isinstance(text, str) else "" for text in row)
        for code, row in by_item.items()
    }
    assert list(words)[:4] == ["1.1.3", "1.2.1", "1.2.3", "1.2.5"]
    assert words["1.1.3"] == ("Nhập dở", "", "")
    assert words["1.2.1"] == ("Chưa chấm", "Thiếu 1", "")
    assert words["1.2.3"] == ("", "Thiếu 1", "Chưa giải trình")
    assert words["1.2.5"] == ("", "Thiếu 3", "")


def test_links_lead_to_cells_rows_and_to_files_below_the_ledger_only(half_done):
    book = load_workbook(io.BytesIO(half_done(2098)))
    assert "\"#'Tự đánh giá'!\"&ADDRESS" in book[TO_DO]["D4"].value
    assert "#'Tài liệu kiểm chứng'!A" in book[REQUIRED]["G4"].value
    shown = rows_of_sheet(read_workbook(half_done(2098)), DOCUMENTS, "Mở tệp")
    opened = {
        row["Mã tài liệu"]: row["Mở tệp"] for row in shown if isinstance(row["Mã tài liệu"], str)
    }
    assert opened["TL01"] == "Mở" and not any(opened[key] == "Mở" for key in ("TL04", "TL05"))


@pytest.mark.libreoffice
def test_libreoffice_computes_what_is_missing_and_overdue(half_done, all_computed_by_libreoffice):
    years = (2020, 2098)
    books = [half_done(year) for year in years]
    for year, data, result in zip(years, books, all_computed_by_libreoffice(books), strict=True):
        assert_follow_up_is_computed(year, read_workbook(data), read_workbook(result))


def assert_follow_up_is_computed(year, kept, computed):
    def told(book, name, heading, *columns):
        rows = rows_of_sheet(book, name, heading)
        texts = [
            [row[c] if isinstance(row[c], str | float | int) else None for c in columns]
            for row in rows
        ]
        return [text for text in texts if any(text)]

    for sheet, heading, columns in (
        (REQUIRED, "Đã gắn", ("Mục", "Đã gắn", "Còn thiếu")),
        (TO_DO, "Tài liệu", ("Mục", "Nội dung", "Số liệu", "Tài liệu", "Lý do")),
        (ASSESSMENT, "Đã gắn / phải có", ("STT", "Tình trạng", "Đã gắn / phải có")),
    ):
        assert told(computed, sheet, heading, *columns) == told(kept, sheet, heading, *columns)
    states = {row["Kết quả"] for row in rows_of_sheet(computed, REQUIRED, "Đã gắn")}
    assert states == {"Đủ", "Quá hạn" if year == 2020 else "Còn thiếu", "Không áp dụng"}
    overdue = {
        row["Quá hạn"]
        for row in rows_of_sheet(computed, TO_DO, "Tài liệu")
        if row["Hạn nộp tài liệu"]
    }
    assert overdue == ({"Quá hạn"} if year == 2020 else {None})


def test_an_item_that_does_not_apply_needs_no_document(half_done):
    assert required_rows(half_done(2098))["8.3", "Báo cáo"]["Kết quả"] == "Không áp dụng"


def test_the_hint_at_the_documents_of_an_item_says_what_is_required(half_done):
    sheet = load_workbook(io.BytesIO(half_done(2026)))[ASSESSMENT]
    texts = [rule.prompt for rule in sheet.data_validations.dataValidation if rule.prompt]
    assert any(text.startswith("Phải có: 1 Kế hoạch, chậm nhất 10/01/2026.") for text in texts)


def test_the_printed_assessment_ends_with_who_signs_in_one_row(half_done):
    sheet = load_workbook(io.BytesIO(half_done(2026)))[ASSESSMENT]
    last = int(sheet.print_area.rpartition("$")[2])
    texts = " ".join(str(cell.value) for cell in sheet[last] if cell.value)
    assert "NGƯỜI LẬP BIỂU" in texts and "THỦ TRƯỞNG ĐƠN VỊ" in texts
    assert sheet.row_dimensions[last].height >= 100


def test_a_ledger_from_before_these_sheets_is_read_as_ever(half_done, department):
    book = load_workbook(io.BytesIO(half_done(2026)), data_only=True)
    for name in SHOWN_SHEETS:
        del book[name]
    stream = io.BytesIO()
    book.save(stream)
    old, new = read_ledger(stream.getvalue(), department), read_ledger(half_done(2026), department)
    assert [found.code for found in old.findings] == [found.code for found in new.findings]
    pd.testing.assert_frame_equal(old.inputs, new.inputs)
    pd.testing.assert_frame_equal(old.links, new.links)


def edited(data, *changes):
    """Return the ledger with cells of sheets changed, each found beside its heading's text."""
    book = load_workbook(io.BytesIO(data), data_only=True)
    for sheet, beside, value in changes:
        cell = next(c for row in book[sheet] for c in row if c.value == beside)
        cell.offset(column=1).value = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_change_after_submission_is_noticed_and_sorting_is_not_one(half_done, department):
    data = half_done(2025)

    def codes(*changes):
        findings = read_ledger(edited(data, *changes), department).findings
        return [f for f in findings if f.code in ("ledger-unsealed", "ledger-changed-since")]

    submitted = (INFO, "Trạng thái", "Đã nộp")
    assert codes() == [] and codes((INFO, "Trạng thái", "Đang lập")) == []
    (unsealed,) = codes(submitted)
    assert unsealed.code == "ledger-unsealed" and unsealed.sheet == INFO and unsealed.cell
    seal = (INFO, "Dấu nội dung khi nộp", unsealed.values["expected"])
    assert codes(submitted, seal) == []
    (changed,) = codes(submitted, seal, (DOCUMENTS, "TL03", "15/BC-SNV"))
    assert changed.code == "ledger-changed-since" and changed.severity == "error"
    ledger = read_ledger(data, department)
    kept = {name: getattr(ledger, name) for name in ("inputs", "claims", "documents", "links")}
    sorted_anew = {name: table.iloc[::-1] for name, table in kept.items()}
    assert content_digest(ledger.info, kept) == content_digest(ledger.info, sorted_anew)


def test_a_sealed_copy_verifies_under_any_name_until_a_figure_changes(
    half_done, department, tmp_path, capsys
):
    path = tmp_path / "ledger.xlsx"
    path.write_bytes(half_done(2025))
    assert main(["ledger", "seal", str(path)]) == 0
    copy = tmp_path / "ledger-da-nop.xlsx"
    said, data = capsys.readouterr().out, copy.read_bytes()
    ledger = read_ledger(data, department, file="khac.xlsx")
    assert ledger.info.status == "Đã nộp" and ledger.info.content_digest in said

    def seals(data):
        findings = read_ledger(data, department).findings
        return [f.code for f in findings if f.code in ("ledger-unsealed", "ledger-changed-since")]

    assert seals(data) == [] and path.read_bytes() == half_done(2025)
    assert seals(edited(data, (DOCUMENTS, "TL03", "15/BC-SNV"))) == ["ledger-changed-since"]
    # What exists is not written over, and handing in again writes a new digest.
    assert main(["ledger", "seal", str(path)]) == 0
    changed = tmp_path / "sửa.xlsx"
    changed.write_bytes(edited(data, (DOCUMENTS, "TL03", "15/BC-SNV")))
    assert main(["ledger", "seal", str(changed), "--out", str(copy)]) != 0
    assert copy.read_bytes() == data
    assert main(["ledger", "seal", str(changed), "--out", str(copy), "--replace"]) == 0
    assert seals(copy.read_bytes()) == []


def test_a_set_without_required_documents_says_so(tmp_path):
    data = new_ledger(write_set(tmp_path / "mau-thu"), "H1", "Đơn vị", 2026)
    assert read_workbook(data)[REQUIRED].cell("A4") == "Bộ tiêu chí không nêu tài liệu phải có."


ISSUERS = (("TL01", "UBND tỉnh Phú Thọ"), ("TL02", "Sở Nội vụ"), ("TL03", None))


@pytest.fixture(scope="module")
def of_an_organ():
    """A ledger of a set that takes plans of the province alone: of it, of another, of none yet."""
    item = {"code": "1", "max_points": "10", "rule": "direct"}
    asked = {"item_code": "1", "kind": "KH", "min_documents": "3", "issuer": "Ủy ban nhân dân tỉnh"}
    criteria = sound(
        items=[item],
        inputs=[{"item_code": "1", "role": "points", "kind": "number"}],
        evidence=[asked],
    )
    papers = [
        {"document_id": name, "kind": "KH", "issuer": issuer, "item_codes": "1"}
        for name, issuer in ISSUERS
    ]
    return new_ledger(criteria, "A", "Đơn vị A", 2026, documents=pd.DataFrame(papers))


def test_the_ledger_names_whose_document_it_must_be_and_counts_those(of_an_organ):
    (row,) = rows_of_sheet(read_workbook(of_an_organ), REQUIRED, "Đã gắn")
    assert row["Loại"] == "Kế hoạch của Ủy ban nhân dân tỉnh"
    assert (row["Số lượng"], row["Đã gắn"], row["Còn thiếu"]) == (3, 2, 1)
    rules = load_workbook(io.BytesIO(of_an_organ))[ASSESSMENT].data_validations.dataValidation
    assert any("3 Kế hoạch của Ủy ban nhân dân tỉnh" in (rule.prompt or "") for rule in rules)


@pytest.mark.libreoffice
def test_the_formulas_count_documents_of_the_organ_as_the_program_does(
    of_an_organ, tmp_path, recalculate
):
    path = tmp_path / "so.xlsx"
    path.write_bytes(of_an_organ)
    (row,) = rows_of_sheet(read_workbook(recalculate(path)), REQUIRED, "Đã gắn")
    assert (row["Đã gắn"], row["Còn thiếu"]) == (2, 1)
