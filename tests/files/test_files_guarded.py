"""Files of others are read in a child: whatever one of them does costs that file and no other."""

import datetime as dt
import io
import math
import os

import pandas as pd
import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.base.errors import OutputError, UnreadableError
from scoring.base.findings import Finding
from scoring.base.labels import Label, Named
from scoring.base.numbers import Rounded
from scoring.cli.main import main
from scoring.criteria import open_set
from scoring.evidence.ledger import new_ledger, read_ledgers
from scoring.files.children import guarded
from scoring.files.children.guarded import read_guarded
from scoring.files.children.wire import decoded, encoded
from scoring.files.excel import workbook
from scoring.files.excel.cells import FORMULA_WITHOUT_VALUE, CellError
from scoring.files.excel.workbook import read_workbook
from scoring.files.excel.xlsx import SafeWorkbook
from scoring.files.office.content import TABLE_LIMITS, GridRow
from scoring.files.office.formats import read_office
from scoring.files.parquet_reading import parquet_layout, read_row_group
from scoring.files.table_files import read_table

READ = "isolation_targets:read_or_misbehave"
CELLS = (
    st.none() | st.booleans() | st.text(st.characters(), max_size=20)
    | st.floats(allow_nan=False) | st.dates() | st.datetimes() | st.times() | st.timedeltas()
    | st.just(FORMULA_WITHOUT_VALUE) | st.builds(CellError, st.text(max_size=5))
)  # fmt: skip
WORDS = st.text(max_size=9)


def workbook_bytes():
    book = SafeWorkbook()
    book.add_sheet("Điểm").write_row(0, 0, ["1.10", 0.75])
    return book.to_bytes()


def refusal(how, file="lạ.xlsx"):
    with pytest.raises(UnreadableError) as caught:
        read_guarded(READ, b"MISBEHAVE:" + how.encode(), file=file)
    return caught.value.finding.code, caught.value.finding.file


def test_a_file_that_kills_hangs_or_breaks_its_reader_is_one_finding(monkeypatch):
    assert refusal("crash") == ("document-crashed", "lạ.xlsx")
    assert refusal("raise") == ("document-broken", "lạ.xlsx")
    with monkeypatch.context() as short:
        short.setattr(guarded, "SECONDS", 1.0)
        assert refusal("hang") == ("document-timeout", "lạ.xlsx")
    assert read_workbook(workbook_bytes())["Điểm"].rows == [["1.10", 0.75]]


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot cap the memory of a child")
def test_a_file_that_takes_all_memory_is_one_finding():
    assert refusal("hoard") == ("document-too-large", "lạ.xlsx")


def test_where_memory_cannot_be_capped_files_are_read_and_time_still_is(monkeypatch):
    """As on Windows, which has no `resource`: the child goes on without the cap."""
    guarded.end_child()
    monkeypatch.setattr(guarded, "MEMORY_BYTES", -2)
    monkeypatch.setattr(guarded, "SECONDS", 1.0)
    assert refusal("hang") == ("document-timeout", "lạ.xlsx")
    monkeypatch.setattr(guarded, "SECONDS", 60.0)
    assert read_workbook(workbook_bytes()).names == ["Điểm"]
    guarded.end_child()


def test_one_child_reads_many_files_and_is_not_this_process():
    children = {read_guarded("isolation_targets:process_of", b"") for _ in range(5)}
    assert len(children) == 1
    assert os.getpid() not in children


def test_a_batch_goes_on_without_the_ledger_that_kills_its_reader(tmp_path, monkeypatch):
    criteria = open_set("service-quality-766")
    paths = [tmp_path / f"{name}.xlsx" for name in "abc"]
    for path in paths:
        path.write_bytes(new_ledger(criteria, path.stem, "Đơn vị mẫu", 2026))
    with paths[1].open("ab") as file:
        file.write(b"MISBEHAVE:crash")
    own = workbook.read_guarded
    monkeypatch.setattr(workbook, "read_guarded", lambda _, data, **known: own(READ, data, **known))
    ledger = read_ledgers(paths, criteria)
    assert [info.unit_code for info in ledger.infos] == ["a", "c"]
    assert [(found.code, found.file) for found in ledger.findings] == [
        ("document-crashed", str(paths[1]))
    ]


def word_bytes():
    document, file = Document(), io.BytesIO()
    document.add_paragraph("KẾ HOẠCH")
    document.save(file)
    return file.getvalue()


def test_no_reader_of_a_senders_file_runs_in_this_process(tmp_path, monkeypatch):
    """Every reader is broken here, and every file is read: in the child."""

    def never(*_, **__):
        raise AssertionError("read outside the child")

    for name in (
        "scoring.files.excel.workbook.CalamineWorkbook",
        "scoring.files.excel.workbook.inspect_package",
        "scoring.files.office.formats.inspect_package",
        "scoring.files.office.word.inspect_package",
        "pyarrow.parquet.ParquetFile",
        "pyarrow.parquet.read_schema",
    ):
        monkeypatch.setattr(name, never)
    table = io.BytesIO()
    pd.DataFrame({"item_code": ["1.10"], "value": [0.5]}).to_parquet(table)
    assert read_table(table.getvalue()).frame.to_numpy().tolist() == [["1.10", 0.5]]
    (tmp_path / "large.parquet").write_bytes(table.getvalue())
    assert parquet_layout(tmp_path / "large.parquet")[1] == [1]
    assert read_row_group(tmp_path / "large.parquet", 0, ["value"])["value"].to_pylist() == [0.5]
    assert read_workbook(workbook_bytes()).names == ["Điểm"]
    assert read_office(workbook_bytes(), TABLE_LIMITS).type == "xlsx"
    assert read_office(word_bytes(), TABLE_LIMITS).text == "KẾ HOẠCH"


CHANGING = {
    "annotate": "{ledger} --out {out}",
    "seal": "{ledger} --out {out}",
    "merge": "{ledger} {other} --out {out}",
    "carry-forward": "{ledger} --criteria department-sample --out {out}",
}


@pytest.fixture
def changing(tmp_path):
    """The command line of each verb that makes a workbook of a sender's, and where it goes."""
    data = new_ledger(open_set("department-sample"), "H1", "Đơn vị mẫu", 2025)
    named = {name: tmp_path / f"{name}.xlsx" for name in ("ledger", "other", "out")}
    for name in ("ledger", "other"):
        named[name].write_bytes(data)
    lines = {verb: line.format(**named).split() for verb, line in CHANGING.items()}
    return {verb: ["ledger", verb, *line] for verb, line in lines.items()}, named["out"]


@pytest.mark.parametrize("verb", CHANGING)
def test_a_verb_that_changes_a_workbook_unpacks_nothing_of_it_in_this_process(
    verb, changing, monkeypatch, capsys
):
    lines, out = changing
    with monkeypatch.context() as broken:
        broken.setattr("zipfile.ZipFile", None)
        broken.setattr("scoring.files.excel.package.zlib.decompressobj", None)
        broken.setattr("scoring.files.excel.xml_parts.etree", None)
        assert main(lines[verb]) in (0, 1)
    assert out.exists(), capsys.readouterr().err
    assert read_workbook(out).names


@pytest.mark.parametrize("how", ["crash", "hang", "hoard"])
def test_a_workbook_that_ends_the_child_which_changes_it_is_one_finding(
    how, changing, monkeypatch, capsys
):
    lines, out = changing

    def ask(target, data, **options):
        return read_guarded(READ, data, how=how, file=options["file"], seconds=1.0)

    for home in (
        "scoring.evidence.ledger.annotate",
        "scoring.files.excel.xlsx_patch.guarded_patch",
    ):
        monkeypatch.setattr(f"{home}.read_guarded", ask)
    code = {"crash": "crashed", "hang": "timeout", "hoard": "too-large"}[how]
    for verb in ("annotate", "seal", "merge"):
        assert main(lines[verb]) == 2
        assert f"[document-{code}]" in capsys.readouterr().err
        assert not out.exists()


def test_a_copy_that_the_child_refuses_to_hand_out_is_no_unreadable_file():
    with pytest.raises(OutputError) as caught:
        read_guarded(READ, b"MISBEHAVE:differ", file="sổ.xlsx")
    assert (caught.value.finding.code, caught.value.finding.file) == (
        "annotated-copy-differs",
        "sổ.xlsx",
    )


@settings(max_examples=200)
@given(st.lists(CELLS))
def test_every_value_of_a_cell_passes_from_the_child_unchanged(cells):
    back = decoded(encoded(cells))
    assert back == cells
    assert [type(value) for value in back] == [type(value) for value in cells]


@given(WORDS, st.dictionaries(WORDS, CELLS | st.builds(Named, WORDS, WORDS) | st.lists(WORDS)))
def test_findings_pass_from_the_child_unchanged(file, values):
    values |= {"expected": Label("max_points"), "limit": Rounded(2.5, 2), "count": 3}
    finding = Finding("not-a-workbook", file, values=values)
    assert decoded(encoded(finding)) == finding


def test_rows_of_documents_and_odd_numbers_pass_unchanged():
    row = GridRow(3, ("a", ""), (0, 0), {1: "trên"}, frozenset({"nested"}))
    assert decoded(encoded(row)) == row
    assert math.isinf(decoded(encoded(math.inf)))
    assert decoded(encoded(dt.datetime(2026, 1, 5, 7, 30, 0, 5))).microsecond == 5


@pytest.mark.parametrize("line", [b'{"@eval": "1"}', b'{"@Sheet": []}', b"[1"])
def test_a_child_taken_over_can_name_nothing_but_values(line):
    with pytest.raises((KeyError, TypeError, ValueError)):
        decoded(line)
