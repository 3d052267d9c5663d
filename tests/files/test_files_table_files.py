"""Long tables: read as the text they hold, written so that nothing becomes a formula."""

import csv
import io
import unicodedata

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from scoring.base.errors import UnreadableError
from scoring.files import table_files
from scoring.files.limits import TableLimits
from scoring.files.parquet_reading import parquet_layout, read_row_group
from scoring.files.table_files import (
    csv_bytes,
    neutral_text,
    read_table,
    unmarked,
    write_csv,
)

ROWS = {"Mã mục": ["1.10", "007", "1.250"], "Giá trị": ["0.5", "NA", "TRUE"]}


def text_table(separator=",", header=("Mã mục", "Giá trị")):
    lines = [separator.join(header)]
    lines += [separator.join(row) for row in zip(*ROWS.values(), strict=True)]
    return "\n".join(lines) + "\n"


def refusal(data, **limits):
    with pytest.raises(UnreadableError) as caught:
        read_table(data, TableLimits(**limits), file="bảng.csv")
    assert caught.value.finding.text("vi") and caught.value.finding.text("en")
    return caught.value.finding.code


def codes(data):
    return [finding.code for finding in read_table(data).findings]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_usual_form_reads_as_the_same_text(encoding, separator, line_end):
    data = text_table(separator).replace("\n", line_end).encode(encoding)
    table = read_table(data)
    assert table.frame.to_dict("list") == ROWS
    assert [str(kind) for kind in table.frame.dtypes] == ["str", "str"]
    assert table.separator == separator
    assert codes(data) == (["table-utf-16"] if encoding == "utf-16" else [])


def test_a_heading_typed_with_separate_marks_is_composed():
    data = unicodedata.normalize("NFD", text_table(header=("Mã  mục", " Giá trị\u200b"))).encode()
    assert list(read_table(data).frame.columns) == list(ROWS)


def test_quotes_hold_separators_quotes_and_line_ends():
    table = read_table(b'a;b\n"x;y ""z""\n2";1\n')
    assert table.frame["a"].tolist() == ['x;y "z"\n2']


def test_an_empty_field_is_missing_and_not_text():
    assert read_table(b"a,b\nx,\n,y\n").frame.isna().to_numpy().tolist() == [
        [False, True],
        [True, False],
    ]


def test_a_decimal_comma_in_a_semicolon_table_separates_nothing():
    assert read_table("mã;điểm\n1,1;0,5\n".encode()).frame["điểm"].tolist() == ["0,5"]


def test_a_heading_alone_gives_an_empty_table():
    frame = read_table(b"a,b\n").frame
    assert (list(frame.columns), len(frame)) == (["a", "b"], 0)


def test_uneven_rows_are_kept_and_named():
    table = read_table(b"a,b\n1\n1,2,\n1,2,3\n\n4,5\n")
    (finding,) = table.findings
    assert (finding.code, finding.cell, finding.values["count"]) == ("table-uneven-rows", "A2", 2)
    assert table.frame["a"].tolist() == ["1", "1", "1", "4"]


def test_nul_bytes_are_left_out_with_a_warning():
    table = read_table(b"a,b\nx\x00y,1\n")
    assert table.frame["a"].tolist() == ["xy"]
    assert [finding.code for finding in table.findings] == ["table-nul"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file-empty"),
        (b"\n \n", "file-empty"),
        ("\ufeff".encode(), "file-empty"),
        ("mã,điểm\n".encode("cp1258", "replace") + b"\xc3\x28,1\n", "table-encoding"),
        (b"PK\x03\x04\xff\xff", "table-not-csv"),
        (b'a,b\n"never closed,1\n', "table-damaged"),
        (b"a,a\n1,2\n", "table-repeated-column"),
        (b"PAR1 nothing of the kind PAR1", "table-damaged"),
    ],
)
def test_what_cannot_be_read_is_said(data, code):
    assert refusal(data) == code


def test_missing_files_are_said(tmp_path):
    assert refusal(tmp_path / "không có.csv") == "file-missing"


def test_a_field_of_ten_million_characters_is_refused():
    assert refusal(b"a,b\n" + b"x" * 10_000_000 + b",1\n") == "table-too-large"


def test_tables_beyond_the_limits_are_refused():
    assert refusal(text_table().encode(), rows=2) == "table-too-large"
    assert refusal(text_table().encode(), columns=1) == "table-too-large"
    assert refusal(text_table().encode(), file_bytes=10) == "table-too-large"


def test_parquet_keeps_the_types_it_declares(tmp_path):
    pytest.importorskip("pyarrow")
    frame = pd.DataFrame({"unit_code": ["H1", "H2"], "value": [0.5, np.nan]})
    frame.to_parquet(tmp_path / "a.parquet")
    table = read_table(tmp_path / "a.parquet")
    pd.testing.assert_frame_equal(table.frame, frame)
    assert refusal(tmp_path / "a.parquet", rows=1) == "table-too-large"


FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "＋1+1", "－1+1", "＠x", "\ufeff=1"]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("dialect", ["plain", "vi"])
def test_text_that_would_be_a_formula_gets_an_apostrophe(text, dialect):
    frame = pd.DataFrame({text: [text], "b": ["x"]})
    written = csv_bytes(frame, dialect).decode("utf-8-sig" if dialect == "vi" else "utf-8")
    rows = list(
        csv.reader(io.StringIO(written, newline=""), delimiter=";" if dialect == "vi" else ",")
    )
    expected = text.replace("\r", "\n")
    assert [row[0] for row in rows] == ["'" + expected, "'" + expected]
    assert neutral_text(text) == "'" + expected


def test_a_carriage_return_inside_a_text_starts_no_new_row():
    rows = list(csv.reader(io.StringIO(csv_bytes(pd.DataFrame({"a": ["x\r=1+1"]})).decode())))
    assert rows == [["a"], ["x\n=1+1"]]


@pytest.mark.parametrize(
    "text", ["-5", "+1,5", "-0.25", "1.10", "x=1", "Sở Y tế", "", "-12%", "-1e5"]
)
def test_numbers_and_ordinary_text_are_left_alone(text):
    assert neutral_text(text) == text


def test_negative_numbers_stay_numbers_in_either_dialect():
    frame = pd.DataFrame({"points": [-0.5, np.nan, 3.0], "count": [-1, 2, 3]})
    assert csv_bytes(frame) == b"points,count\n-0.5,-1\n,2\n3.0,3\n"
    assert csv_bytes(frame, "vi") == "\ufeffpoints;count\n-0,5;-1\n;2\n3,0;3\n".encode()


def test_columns_of_the_same_name_and_mixed_kinds_are_written():
    frame = pd.DataFrame([["=x", 1.5, None], [2, "-y", True]], columns=["a", "a", "b"])
    assert csv_bytes(frame) == b"a,a,b\n'=x,1.5,\n2,'-y,True\n"


def test_a_floating_number_among_text_follows_the_dialect():
    frame = pd.DataFrame({"a": pd.Series([0.5, "x"], dtype=object)})
    assert csv_bytes(frame, "vi").decode("utf-8-sig") == "a\n0,5\nx\n"


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), min_size=1, max_size=5)
)
def test_no_field_starts_as_a_formula_and_all_text_comes_back(texts):
    texts = [text.replace("\x00", "") for text in texts]
    frame = pd.DataFrame({"a": pd.array(texts, dtype="str"), "b": "x"})
    data = csv_bytes(frame)
    written = [row[0] for row in csv.reader(io.StringIO(data.decode(), newline=""))][1:]
    back = read_table(data).frame["a"].fillna("")
    for text, stored, found in zip(texts, written, back, strict=True):
        assert stored == neutral_text(text)
        assert len(stored) == 1 or not stored.startswith(("=", "@", "＝", "＋", "－", "＠", "\t"))
        # The mark is taken off again; whoever typed one before a formula loses it, and no more.
        assert found == unmarked(stored)


_KINDS = {
    "texts": np.array(['x,"y', "=1+1", "a\tb", "é;", "", " sp ", "1.10", 'x;"y'], object),
    "lines": np.array(["a\nb", "a\r=1", "c"], object),
    "numbers": np.array([0.0, -0.0, 1.5, np.nan, np.inf, 1e20, 0.1 + 0.2]),
    "short": np.array([0.0, -0.0, 1.5], np.float32),
    "counts": np.array([-1, 0, 9]),
    "truths": np.array([True, False]),
    "days": np.array(["2026-01-01", "2020-02-03", "NaT"], "datetime64[ns]"),
    "missing": np.array(["q", None, np.nan], object),
    "nothing": np.array([None, None], object),
    "mixed": np.array(["q", 1, True, 1.0, None], object),
}


@pytest.mark.parametrize("kind", _KINDS)
@pytest.mark.parametrize("dialect", ["plain", "vi"])
def test_a_long_table_is_written_as_a_short_one_is(kind, dialect, monkeypatch):
    draw = np.random.default_rng(0)
    frame = pd.DataFrame({f"-{kind}": draw.choice(_KINDS[kind], 60), "n": np.arange(60) % 7})
    usual = csv_bytes(frame, dialect)
    monkeypatch.setattr(table_files, "_LONG", 1)
    assert csv_bytes(frame, dialect) == usual
    assert csv_bytes(frame.iloc[:, :1], dialect) == usual_of_one(frame, dialect, monkeypatch)


def usual_of_one(frame, dialect, monkeypatch):
    monkeypatch.setattr(table_files, "_LONG", 10**9)
    return csv_bytes(frame.iloc[:, :1], dialect)


def test_writing_is_atomic_and_the_same_bytes_every_time(tmp_path):
    frame = pd.DataFrame({"mã": ["1.10"], "ngày": pd.to_datetime(["2026-03-15"])})
    write_csv(frame, tmp_path / "a" / "bảng.csv")
    write_csv(frame, tmp_path / "b.csv")
    expected = "mã,ngày\n1.10,2026-03-15\n".encode()
    assert (tmp_path / "a" / "bảng.csv").read_bytes() == expected
    assert (tmp_path / "b.csv").read_bytes() == expected


@pytest.mark.parametrize("lang, name", [("vi", "(trống)"), ("en", "(empty)")])
def test_columns_without_a_name_are_called_so_in_the_language_of_the_reader(lang, name):
    with pytest.raises(UnreadableError) as refused:
        read_table(b"a,,,b\n1,2,3,4\n")
    assert name in refused.value.finding.problem(lang)


def _stored(table, **how):
    file = io.BytesIO()
    parquet.write_table(table, file, **how)
    return file.getvalue()


def test_a_small_parquet_that_stands_for_gigabytes_is_refused_before_it_grows():
    long = pa.array(["x" * 90_000])
    bomb = pa.DictionaryArray.from_arrays(pa.array([0] * 30_000, pa.int32()), long)
    data = _stored(pa.table({"value": bomb}), compression="zstd")
    assert len(data) < 20_000
    assert refusal(data) == "table-too-large"
    runs = pa.table({f"c{n}": pa.array([1.0]).take(pa.array([0] * 10_000)) for n in range(40)})
    assert refusal(_stored(runs), decoded_bytes=2_000_000) == "table-too-large"
    assert refusal(_stored(pa.table({"value": ["x" * 500_000]}))) == "table-too-large"


def test_a_parquet_of_too_many_parts_is_refused():
    data = _stored(pa.table({"value": list(range(50))}), row_group_size=1)
    assert refusal(data, row_groups=20) == "table-too-large"
    assert read_table(data).frame["value"].tolist() == list(range(50))


def test_a_parquet_of_lists_or_of_texts_that_are_not_utf_8_is_named():
    assert refusal(_stored(pa.table({"value": [[1, 2]]}))) == "table-damaged"
    wrong = pa.Array.from_buffers(
        pa.string(), 1, [None, pa.array([0, 2], pa.int32()).buffers()[1], pa.py_buffer(b"\xff\xfe")]
    )
    assert refusal(_stored(pa.table({"value": wrong}))) == "table-damaged"


def test_a_parquet_whose_note_for_pandas_names_no_type_is_named():
    table = pa.Table.from_pandas(pd.DataFrame({"value": ["1"]}))
    noted = table.schema.metadata[b"pandas"].replace(b'"str"', b'"stP"')
    assert refusal(_stored(table.replace_schema_metadata({"pandas": noted}))) == "table-damaged"


def test_texts_of_a_parquet_are_texts_however_they_are_stored():
    texts = pa.array(["Sở A", None, "Sở A"])
    for column in (texts, texts.dictionary_encode(), texts.cast(pa.large_string())):
        (name,) = (
            read_table(_stored(pa.table({"unit_name": column}))).frame.to_dict("series").values()
        )
        assert name.fillna("").tolist() == ["Sở A", "", "Sở A"]


def test_what_was_marked_on_writing_is_read_back_without_its_mark():
    frame = pd.DataFrame({"input": ["@best:datasets", "=x", "'tis", "-5"], "value": [1, 2, 3, 4]})
    assert read_table(csv_bytes(frame)).frame["input"].tolist() == frame["input"].tolist()


def test_a_row_group_of_a_large_parquet_is_refused_before_it_grows(tmp_path):
    path = tmp_path / "large.parquet"
    long = pa.DictionaryArray.from_arrays(pa.array([0] * 30_000, pa.int32()), ["x" * 90_000])
    path.write_bytes(_stored(pa.table({"value": long, "n": range(30_000)}), row_group_size=15_000))
    assert parquet_layout(path) == ({"value": "dictionary<values=string, indices=int32, ordered=0>",
                                     "n": "int64"}, [15_000, 15_000])  # fmt: skip
    assert read_row_group(path, 1, ["n"]).num_rows == 15_000
    for read, within in (
        (lambda limits: read_row_group(path, 0, None, limits), TableLimits()),
        (lambda limits: read_row_group(path, 0, ["n"], limits), TableLimits(decoded_bytes=50_000)),
        (lambda limits: parquet_layout(path, limits), TableLimits(row_groups=1)),
        (lambda limits: parquet_layout(path, limits), TableLimits(columns=1)),
    ):
        with pytest.raises(UnreadableError) as refused:
            read(within)
        assert refused.value.finding.code == "table-too-large"
    path.write_bytes(_stored(pa.table({"value": [[1, 2]]})))
    with pytest.raises(UnreadableError) as refused:
        read_row_group(path, 0)
    assert (refused.value.finding.code, refused.value.finding.file) == ("table-damaged", path.name)
