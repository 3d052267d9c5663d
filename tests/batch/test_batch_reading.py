"""Taking in folders and files: what stands for what, and units that come twice."""

import shutil
import zipfile

import pandas as pd
import pytest
from openpyxl import load_workbook
from set_builder import direct_set

import scoring
from scoring.analysis.rank_table import ranking
from scoring.base.units import unit_rows
from scoring.batch.submissions import read_files
from scoring.cli.main import main
from scoring.criteria import open_set
from scoring.evidence.ledger import new_ledger
from scoring.evidence.ledger.sealing import sealed_ledger
from scoring.evidence.long_table import read_long_table
from scoring.files.children import guarded
from scoring.files.excel import workbook
from scoring.files.excel.xlsx import SafeWorkbook
from scoring.files.shipped import shipped_folder
from scoring.outputs.results_manifest import write_manifest
from scoring.points import inputs_table

INPUTS = shipped_folder("evidence") / "phu-tho-2026" / "inputs.csv"
LEDGER = shipped_folder("evidence") / "phu-tho-2026" / "ledger.xlsx"


def test_a_unit_in_two_ledgers_is_named_with_both_files(tmp_path):
    for name in ("bản 1", "bản 2"):
        (tmp_path / name).mkdir()
        shutil.copy(LEDGER, tmp_path / name / "ledger.xlsx")
    first = read_files([tmp_path]).findings[0]
    assert first.code == "unit-in-several-ledgers"
    assert "phu-tho năm 2026 nằm trong 2 sổ: bản 1/ledger.xlsx; bản 2/ledger.xlsx" in first.text()


def test_of_a_draft_and_its_sealed_copy_the_sealed_one_counts(tmp_path):
    """Whichever is read first; while their figures differ nobody but the unit knows which is right."""
    alone = read_files([LEDGER])
    for draft, sealed in (("a.xlsx", "b.xlsx"), ("b.xlsx", "a.xlsx")):
        folder = tmp_path / draft
        folder.mkdir()
        shutil.copy(LEDGER, folder / draft)
        (folder / sealed).write_bytes(sealed_ledger(folder / draft)[0])
        intake = read_files([folder])
        assert intake.inputs["file"].unique().tolist() == [sealed]
        assert len(intake.inputs) == len(alone.inputs)
        (left,) = (found for found in intake.findings if found.code == "draft-left-out")
        assert (left.file, left.severity) == (draft, "info") and sealed in left.text()
        assert {found.file for found in intake.findings if found is not left} <= {sealed}
    figure = alone.inputs.dropna(subset=["value"]).iloc[0]
    book = load_workbook(folder / draft)
    book[figure["sheet"]][figure["cell"]] = figure["value"] + 1
    book.save(folder / draft)
    (first, *rest) = read_files([folder]).findings
    assert first.code == "unit-in-several-ledgers" and "giữ bản đã nộp" in first.remedy()
    assert "draft-left-out" not in [found.code for found in rest]


def test_ledgers_that_hang_may_cost_only_so_much_time_in_all(tmp_path, monkeypatch):
    """The limit is that of the batch; the files behind it are named and not read."""
    for name in "abcd":
        (tmp_path / f"{name}.xlsx").write_bytes(
            LEDGER.read_bytes() + (b"MISBEHAVE:crash" if name in "bc" else b"")
        )
    own = workbook.read_guarded
    target = "isolation_targets:read_or_misbehave"
    monkeypatch.setattr(
        workbook, "read_guarded", lambda _, data, **known: own(target, data, **known)
    )
    whole = [found.code for found in read_files([tmp_path]).findings]
    assert "files-left" not in whole and whole.count("document-crashed") == 2
    monkeypatch.setattr(guarded, "LOST_SECONDS", 0.0)
    intake = read_files([tmp_path])
    codes = {found.code: found for found in intake.findings}
    assert intake.unreadable == ("b.xlsx", "c.xlsx", "d.xlsx")
    assert codes["document-crashed"].file == "b.xlsx" and codes["files-left"].severity == "error"
    assert codes["files-left"].values["files"] == "c.xlsx; d.xlsx"
    assert "2 trên 4 tệp chưa được đọc" in codes["files-left"].text()
    assert len(read_files([LEDGER]).inputs)


def test_a_folder_stands_for_the_ledgers_in_it_whatever_their_depth(tmp_path):
    (tmp_path / "Sở A" / "sâu hơn").mkdir(parents=True)
    shutil.copy(LEDGER, tmp_path / "Sở A" / "sâu hơn" / "sổ.xlsx")
    (tmp_path / "Sở A" / "~$sổ.xlsx").write_bytes(b"held by Excel")
    intake = read_files([tmp_path])
    assert intake.inputs["unit_code"].unique().tolist() == ["phu-tho"]
    (finding,) = intake.findings
    assert (finding.code, finding.file) == ("workbook-held-open", "Sở A/~$sổ.xlsx")


def test_an_empty_folder_is_named_and_stops_nothing_else(tmp_path, capsys):
    (tmp_path / "rỗng").mkdir()
    intake = read_files([tmp_path / "rỗng", LEDGER])
    assert [finding.code for finding in intake.findings] == ["no-ledgers-in-folder"]
    assert intake.unreadable == ("rỗng",) and len(intake.inputs)
    assert main(["score", str(tmp_path / "rỗng"), "--out", str(tmp_path)]) == 2
    assert "[no-ledgers-in-folder]" in capsys.readouterr().err


def test_every_workbook_in_a_folder_is_read_or_named_whatever_its_ending(tmp_path):
    for name in ("A.XLSX", "b.xlsm"):
        (tmp_path / name[0]).mkdir()
        shutil.copy(LEDGER, tmp_path / name[0] / name)
    (tmp_path / "c.xls").write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le")
    )
    with zipfile.ZipFile(tmp_path / "d.ods", "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    (tmp_path / "e.numbers").write_bytes(b"?")
    intake = read_files([tmp_path])
    assert intake.unreadable == ("c.xls", "d.ods", "e.numbers")
    named = {finding.file for finding in intake.findings} - {""}
    assert named == {"c.xls", "d.ods", "e.numbers"}
    assert "2 sổ: A/A.XLSX; b/b.xlsm" in intake.findings[0].text()


def test_tables_that_a_folder_does_not_stand_for_are_named_and_our_own_results_passed_over(
    tmp_path,
):
    shutil.copy(LEDGER, tmp_path / "ledger.xlsx")
    (tmp_path / "documents").mkdir()
    for name in ("số liệu.CSV", "documents/phụ lục.csv", ".~lock.ledger.xlsx#"):
        (tmp_path / name).write_text("unit_code\nH1\n", encoding="utf-8")
    (tmp_path / "kết quả").mkdir()
    for name in ("scores.csv", "report.xlsx"):
        (tmp_path / "kết quả" / name).write_bytes(b"?")
    write_manifest(tmp_path / "kết quả", [], open_set("service-quality-766"))
    findings = {finding.code: finding for finding in read_files([tmp_path]).findings}
    assert findings["tables-left-out"].values["expected"] == ["số liệu.CSV"]
    assert findings.pop("own-results-passed-over").file == "kết quả"
    assert findings.pop("workbook-held-open").file == ".~lock.ledger.xlsx#"
    assert len(findings) == 1


def a_table():
    book = SafeWorkbook()
    book.add_sheet("Phụ lục").write_text(0, 0, "Danh sách")
    return book.to_bytes()


def test_workbooks_among_the_documents_of_a_ledger_are_evidence_and_no_failed_ledgers(tmp_path):
    rows = [{"document_id": "TL01", "path": "documents/phụ lục.xlsx", "item_codes": "1.1"}]
    criteria = open_set("service-quality-766")
    data = new_ledger(criteria, "H1", "Đơn vị", 2026, documents=pd.DataFrame(rows))
    below = tmp_path / "H1" / "documents" / "cũ"
    below.mkdir(parents=True)
    (tmp_path / "H1" / "ledger.xlsx").write_bytes(data)
    (tmp_path / "H1" / "documents" / "phụ lục.xlsx").write_bytes(a_table())
    # Not named by the ledger: no unit of its own either, but said.
    shutil.copy(LEDGER, below / "ledger.xlsx")
    intake = read_files([tmp_path])
    assert intake.unreadable == () and set(intake.inputs["unit_code"]) == {"H1"}
    (finding,) = (f for f in intake.findings if f.code == "tables-left-out")
    assert finding.values["expected"] == ["H1/documents/cũ/ledger.xlsx"]
    # Where no ledger stands beside it, a folder of that name holds ledgers.
    (tmp_path / "H1" / "ledger.xlsx").unlink()
    assert read_files([tmp_path]).unreadable == ("phụ lục.xlsx",)


def read_changed(tmp_path, change, name="bảng.csv"):
    table = change(pd.read_csv(INPUTS, dtype=str))
    path = tmp_path / name
    table.to_parquet(path) if path.suffix == ".parquet" else table.to_csv(path, index=False)
    return read_files([path], open_set("service-quality-766"))


def test_parquet_gives_the_same_figures_as_csv(tmp_path):
    same = read_changed(tmp_path, lambda table: table, "bảng.parquet")
    both = (same.inputs, read_files([INPUTS], same.criteria).inputs)
    pd.testing.assert_frame_equal(*(table.drop(columns="file") for table in both))


def test_item_codes_stored_as_numbers_are_taken_where_they_can_only_mean_one(tmp_path):
    intake = read_changed(
        tmp_path, lambda table: table.astype({"item_code": "float64"}), "bảng.parquet"
    )
    assert {finding.code for finding in intake.findings} == {"code-as-number"}
    # A whole number can be no other code: "2" needs no word. Each other code is told once.
    told = [finding.item_code for finding in intake.findings]
    assert len(told) == len(set(told)) and not {"2", "3", "6"} & set(told)
    assert (
        intake.inputs["value"].sum() == read_files([INPUTS], intake.criteria).inputs["value"].sum()
    )


TEN_ITEMS = direct_set({**{f"1.{n}": 1 for n in range(1, 11)}, "2": 2}, parents=[("1", 10)],
                       meta={"total_points": 12})  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "codes", "kept"),
    [
        ([1.1, 1.2, 2.0], ["ambiguous-code", "code-as-number"], ["1.2", "2"]),
        ([1.1, 1.1, 9.5], ["ambiguous-code", "unknown-code"], []),
        (["1.10", "1.1", "2.0"], [], ["1.10", "1.1", "2"]),
        ([2, 2, 2], [], ["2", "2", "2"]),
    ],
)
def test_a_code_stored_as_a_number_reads_as_it_does_in_a_ledger(tmp_path, cells, codes, kept):
    rows = {"unit_code": "A", "year": 2026, "input": "points", "value": "1", "item_code": cells}
    path = tmp_path / "bảng.parquet"
    pd.DataFrame(rows).to_parquet(path)
    table, findings = read_long_table(path, TEN_ITEMS)
    assert [finding.code for finding in findings] == codes
    assert table["item_code"].tolist() == kept


def test_rows_that_name_no_unit_are_counted_and_left_out(tmp_path):
    intake = read_changed(
        tmp_path, lambda table: table.assign(unit_code=table["unit_code"].where(table.index > 1))
    )
    (finding,) = intake.findings
    assert (finding.code, finding.cell, finding.values["count"]) == ("unit-missing", "H2", 2)
    assert intake.inputs["unit_code"].unique().tolist() == ["phu-tho"]


def test_words_and_dates_in_the_column_of_numbers_are_taken_for_what_they_are(tmp_path):
    path = tmp_path / "một cột.csv"
    path.write_text(
        "unit_code,year,item_code,input,value,choice\n"
        "A,2026,1.1.1,issued_on,14/01/2026,\n"
        "A,2026,1.1.2,all_areas,có,\n"
        "A,2026,1.1.2,funded,có,không\n"
        "A,2026,1.3.1,issued_on,hôm qua,\n",
        "utf-8",
    )  # fmt: skip
    table, findings = read_long_table(path, open_set("department-sample"))
    assert table["happened_on"].iloc[0] == pd.Timestamp("2026-01-14")
    assert table["choice"].tolist() == ["", "có", "không", ""]
    assert [(found.code, found.cell) for found in findings] == [
        ("not-a-number", "E4"), ("not-a-date", "E5"),
    ]  # fmt: skip


def test_a_table_with_nothing_but_a_header_is_named(tmp_path):
    intake = read_changed(tmp_path, lambda table: table.iloc[:0])
    assert [finding.code for finding in intake.findings] == ["table-without-rows"]


def test_a_row_without_an_item_code_is_a_finding_and_stops_no_file(tmp_path):
    table = pd.read_csv(INPUTS, dtype="str")
    table.loc[3, "item_code"] = ""
    (tmp_path / "thiếu mã.csv").write_text(table.to_csv(index=False), encoding="utf-8")
    intake = read_files([tmp_path / "thiếu mã.csv"], criteria=open_set("service-quality-766"))
    assert len(intake.inputs) == len(table)
    codes = [found.code for found in scoring.score(intake.inputs, intake.criteria).findings]
    assert "unknown-item" in codes


def test_units_of_a_ledger_and_of_a_long_table_stand_in_one_block_and_year(tmp_path, capsys):
    """A ledger writes the whole year in words, a long table leaves it empty."""
    criteria = direct_set({"1": 6, "2": 4})
    own = inputs_table(
        [{"item_code": code, "input": "points", "value": 2} for code in "12"],
        unit_code="SO-A", block="sở", year=2026,
    )  # fmt: skip
    scores = scoring.score(own, criteria).scores
    made = new_ledger(criteria, "SO-A", "Sở A", 2026, block="sở", inputs=own, scores=scores)
    (tmp_path / "a.xlsx").write_bytes(made)
    rows = "".join(f"SO-B,sở,2026,{code},points,3\n" for code in "12")
    (tmp_path / "b.csv").write_text("unit_code,block,year,item_code,input,value\n" + rows, "utf-8")
    intake = read_files([tmp_path / "a.xlsx", tmp_path / "b.csv"], criteria)
    assert intake.inputs["period"].unique().tolist() == ["năm"]
    ranked = ranking(scoring.score(intake.inputs, criteria))[0]
    assert ranked[["unit_code", "rank", "rank_of"]].values.tolist() == [
        ["SO-B", 1, 2],
        ["SO-A", 2, 2],
    ]


def test_figures_are_joined_to_their_unit_however_the_whole_year_is_written():
    units = pd.DataFrame({"unit_code": "A", "year": 2026, "period": ["năm", "quý I"]})
    asked = pd.DataFrame({"unit_code": "A", "year": 2026, "period": ["", "quý I", "quý II"]})
    assert unit_rows(asked, units).tolist() == [0, 1, -1]
    # Where both spellings stand for a unit each is itself.
    both = units.assign(period=["", "năm"])
    assert unit_rows(asked, both).tolist() == [0, -1, -1]
