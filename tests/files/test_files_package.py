"""Packages are looked through before any reader opens them."""

import io
import subprocess
import sys
import zipfile

import pytest

from scoring.base.findings import has_errors
from scoring.files.excel.package import inspect_package
from scoring.files.excel.sheet_scan import scan_sheets
from scoring.files.limits import Limits


def codes(data, **limits):
    report = inspect_package(data, Limits(**limits), file="sổ.xlsx")
    assert all(finding.text("vi") and finding.text("en") for finding in report.findings)
    assert report.is_safe == (bool(report.kind) and not has_errors(report.findings))
    return [finding.code for finding in report.findings]


def test_an_ordinary_workbook_has_no_findings(maker):
    report = inspect_package(maker.pack(maker.parts()))
    assert (report.kind, report.findings, report.is_safe) == ("xlsx", (), True)
    assert report.main_part == "xl/workbook.xml"


FOREIGN = {
    "Excel 97-2003 (.xls)": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "Workbook".encode("utf-16-le"),
    "HTML (.html)": "<html><body><table><tr><td>Điểm</td></tr></table>".encode(),
    "XML Spreadsheet 2003 (.xml)": b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
    "CSV": "mã,điểm\n1.1,0,5\n".encode(),
}  # fmt: skip


@pytest.mark.parametrize("kind", FOREIGN)
def test_another_format_renamed_to_xlsx_is_named(kind):
    (finding,) = inspect_package(FOREIGN[kind], file="a.xlsx").findings
    assert (finding.code, finding.values["kind"]) == ("save-as-xlsx", kind)
    assert ".xlsx" in finding.remedy("vi")


OF_THE_FORM = {
    "form-save-given": b'\xef\xbb\xbf{\n "format": "parindex-save/1", "work": {}}',
    "form-page-given": b"<!doctype html>\n<html><style>a{}</style>"
    b'<script type="application/json" id="form-set">{}</script>',
}


@pytest.mark.parametrize("code", OF_THE_FORM)
def test_what_the_form_saves_is_named_with_the_way_to_a_ledger(code):
    (finding,) = inspect_package(OF_THE_FORM[code], file="a.json").findings
    assert (finding.code, finding.file) == (code, "a.json")
    assert "trình duyệt" in finding.text("vi") or "biểu mẫu" in finding.text("vi")
    assert ".xlsx" in finding.remedy("vi")


def test_a_csv_in_utf_16_is_still_a_csv():
    (finding,) = inspect_package("mã;điểm\n".encode("utf-16")).findings
    assert finding.values["kind"] == "CSV"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet", "OpenDocument (.ods)"),
        ("xl/workbook.bin", b"\x83\x01\x00", "Excel Binary (.xlsb)"),
    ],
)
def test_other_packages_are_named(maker, name, content, kind):
    data = maker.pack({name: content}, zipfile.ZIP_STORED)
    (finding,) = inspect_package(data).findings
    assert (finding.code, finding.values["kind"]) == ("save-as-xlsx", kind)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file-empty"),
        (b"%PDF-1.7\n%\xe2\xe3", "not-a-workbook"),
        (bytes(range(256)) * 4, "not-a-workbook"),
        (b"PK\x05\x06" + b"\0" * 18, "not-a-workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "file-encrypted"),
    ],
)  # fmt: skip
def test_what_is_no_package_is_said_so(data, code):
    assert codes(data) == [code]


def test_a_truncated_workbook_is_damaged(maker):
    data = maker.pack(maker.parts())
    assert codes(data[: len(data) // 2]) == ["package-damaged"]


def test_a_flipped_byte_in_a_part_is_damage(maker):
    data = bytearray(maker.pack(maker.parts(), zipfile.ZIP_STORED))
    data[data.index(b"<v>1</v>") + 3] = ord("7")
    assert codes(bytes(data)) == ["package-damaged"]


def test_a_zip_bomb_is_stopped_while_it_unpacks(maker):
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>' + " " * 20_000_000 + "</t></is></c></row>"
    assert codes(maker.pack(maker.parts(rows))) == ["package-inflates-too-much"]


def test_a_part_that_lies_about_its_size_is_counted_as_it_comes_out(maker):
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>' + "x" * 500_000 + "</t></is></c></row>"
    data = bytearray(maker.pack(maker.parts(rows)))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size.to_bytes(4, "little")
    data = bytes(data).replace(size, (100).to_bytes(4, "little"))
    assert codes(data, part_bytes=400_000) == ["package-too-large"]


def test_many_middling_parts_together_are_too_large(maker):
    parts = maker.parts() | {f"xl/media/{n}.png": bytes(range(256)) * 1000 for n in range(20)}
    assert codes(maker.pack(parts), inflated_bytes=3_000_000) == ["package-too-large"]


def test_a_file_too_large_is_not_even_looked_into(maker):
    assert codes(maker.pack(maker.parts()), file_bytes=100) == ["package-too-large"]


def test_too_many_entries_are_refused(maker):
    parts = maker.parts() | {f"x/{n}": "" for n in range(60)}
    assert codes(maker.pack(parts), parts=50) == ["package-too-many-parts"]


@pytest.mark.parametrize("name", ["../evil.xml", "/etc/passwd", "xl\\..\\evil.xml", "C:evil.xml"])
def test_an_unsafe_entry_name_is_refused(maker, name):
    assert codes(maker.pack(maker.parts() | {name: "x"})) == ["package-unsafe-name"]


@pytest.mark.parametrize("name", ["xl/workbook.xml", "XL/Workbook.xml", "xl/./workbook.xml"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_entry_that_stands_twice_is_refused(maker, name):
    stream = io.BytesIO(maker.pack(maker.parts()))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(name, "<other/>")
    assert codes(stream.getvalue()) == ["package-unsafe-name"]


def test_headers_that_disagree_on_a_name_are_damage(maker):
    data = maker.pack(maker.parts())
    first = data.index(b"xl/workbook.xml")
    forged = data[:first] + b"xl/workbooq.xml" + data[first + 15 :]
    assert codes(forged) == ["package-damaged"]


def test_an_encrypted_entry_is_named(maker):
    data = bytearray(maker.pack(maker.parts()))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert codes(bytes(data)) == ["file-encrypted"]


BOMB = '<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
def test_entities_are_refused_in_any_encoding(maker, encoding):
    xml = f'<?xml version="1.0" encoding="{encoding[:6]}"?>{BOMB}<worksheet>&lol2;</worksheet>'
    parts = maker.parts() | {"xl/worksheets/sheet1.xml": xml.encode(encoding)}
    assert "package-entities" in codes(maker.pack(parts))


@pytest.mark.parametrize("encoding", ["utf-7", "cp037", "utf-32"])
def test_an_encoding_that_could_hide_entities_is_refused(maker, encoding):
    head = f'<?xml version="1.0" encoding="{encoding}"?>'.encode()
    parts = maker.parts() | {"xl/styles.xml": head + "<styleSheet/>".encode(encoding)}
    assert codes(maker.pack(parts)) == ["package-entities"]


def test_a_doctype_in_the_relationships_is_refused_too(maker):
    parts = maker.parts()
    parts["_rels/.rels"] = parts["_rels/.rels"].replace(
        "<Relationships", BOMB + "<Relationships", 1
    )
    assert "package-entities" in codes(maker.pack(parts))


def test_text_about_a_doctype_is_only_text(maker):
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>&lt;!DOCTYPE html></t></is></c></row>'
    assert codes(maker.pack(maker.parts(rows))) == []


@pytest.mark.parametrize("count", ["4000000000", "99999999999999999999999999"])
def test_a_forged_count_of_shared_strings_is_refused(maker, count):
    parts = maker.with_shared(maker.parts())
    parts["xl/sharedStrings.xml"] = maker.shared(["<si><t>a</t></si>"]).replace(
        'uniqueCount="1"', f'uniqueCount="{count}"'
    )
    assert codes(maker.pack(parts)) == ["package-false-count"]


def test_macros_links_and_embedded_files_are_warnings(maker):
    parts = maker.parts() | {
        "xl/vbaProject.bin": b"\xd0\xcf",
        "xl/externalLinks/externalLink1.xml": "<externalLink/>",
        "xl/embeddings/file1.docx": b"PK\x03\x04",
    }
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        "openxmlformats-officedocument.spreadsheetml.sheet.main", "ms-excel.sheet.macroEnabled.main"
    )
    report = inspect_package(maker.pack(parts))
    assert report.kind == "xlsm" and report.is_safe
    assert sorted(f.code for f in report.findings) == [
        "external-links", "macros-ignored", "package-nested",
    ]  # fmt: skip


def test_a_hyperlink_is_no_external_link(maker):
    link = f'<Relationship Id="r" Type="{maker.OFFICE}/hyperlink" Target="https://gov.vn" TargetMode="External"/>'
    name = "xl/worksheets/_rels/sheet1.xml.rels"
    hyper = f'<Relationships xmlns="{maker.RELS}">{link}</Relationships>'
    assert codes(maker.pack(maker.parts() | {name: hyper})) == []
    remote = hyper.replace("/hyperlink", "/attachedTemplate")
    assert codes(maker.pack(maker.parts() | {name: remote})) == ["external-links"]


def test_a_word_document_is_told_from_a_workbook(maker):
    parts = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships xmlns="{maker.RELS}"><Relationship Id="r" Type="{maker.OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": '<w:document xmlns:w="w"><w:body/></w:document>',
    }
    assert inspect_package(maker.pack(parts)).kind == "docx"


def facts_of(maker, rows, limits=None, **options):
    report = inspect_package(maker.pack(maker.parts(rows, **options)))
    return scan_sheets(report, limits or Limits())[0]


def test_the_far_corner_is_not_for_the_fast_reader(maker):
    facts = facts_of(maker, '<row r="1"><c r="A1"><v>1</v></c></row>'
                     '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')  # fmt: skip
    assert (facts.rows, facts.columns, facts.is_plain) == (1_048_576, 16_384, False)
    assert facts.findings == ()


@pytest.mark.parametrize("ref", ["A1048577", "XFE1", "A99999999", "ZZZZ1", "a1048577"])
def test_a_cell_outside_every_sheet_is_refused(maker, ref):
    row = "".join(letter for letter in ref if letter.isdigit())
    facts = facts_of(maker, f'<row r="{row}"><c r="{ref}"><v>1</v></c></row>')
    assert [finding.code for finding in facts.findings] == ["package-cell-outside-sheet"]


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A9"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>',
        "<row><c><v>1</v></c></row>",
        "<row r='1'><c r='A1'><v>1</v></c></row>",
        '<row r="1"><c r="a1"><v>1</v></c></row>',
        '<row r="1"><c r="A&#49;"><v>1</v></c></row>',
    ],
)
def test_cells_in_an_unusual_order_or_form_are_not_for_the_fast_reader(maker, rows):
    assert not facts_of(maker, rows).is_plain


def test_formulas_without_a_value_are_found(maker):
    facts = facts_of(
        maker,
        '<row r="1"><c r="A1"><f>1+1</f></c><c r="B1"><f>1+1</f><v>2</v></c>'
        '<c r="C1" t="str"><f>""</f><v></v></c><c r="D1"><f>1+1</f><v></v></c>'
        '<c r="E1"><f t="shared" si="0"/></c><c r="F1"/><c r="G1" s="1"><f>A1&gt;1</f><v/></c></row>',
    )
    assert facts.formulas_without_value == {"A1", "D1", "E1", "G1"}


def test_errors_and_merged_areas_are_found(maker):
    facts = facts_of(
        maker,
        '<row r="1"><c r="A1" t="e"><v>#N/A</v></c><c r="B1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>',
        after='<mergeCells count="1"><mergeCell ref="A3:C4"/></mergeCells>',
    )
    assert facts.errors == {"A1": "#N/A", "B1": "#DIV/0!"}
    assert facts.merged == ((3, 1, 4, 3),)


def test_too_many_merged_areas_are_left_aside_with_a_warning(maker):
    merges = "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(1, 60))
    facts = facts_of(maker, "", Limits(merged=50), after=f"<mergeCells>{merges}</mergeCells>")
    assert facts.merged == ()
    assert [finding.code for finding in facts.findings] == ["too-many-merged-cells"]


# Given bare to a reader, some of these end its process and some keep it busy for minutes.
DEADLY = [
    '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
    '<row r="9"><c r="A9"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>',
    '<row r="1"><c r="C1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
    '<row r="1"><c r="XFE1"><v>1</v></c></row>',
    '<row r="99999999"><c r="A99999999"><v>1</v></c></row>',
    '<row r="1048576"><c><v>1</v></c></row><row><c><v>1</v></c></row>',
    '<row r="1"><c r="A1048576" t="e"><v>#N/A</v></c><c r="XFD1"><v>1</v></c></row>',
]  # fmt: skip


@pytest.mark.parametrize(
    "merged", ["", '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>']
)
def test_no_workbook_ends_the_process(maker, tmp_path, merged):
    for number, rows in enumerate(DEADLY):
        parts = maker.parts(rows, after=merged, before='<dimension ref="A1:XFD1048576"/>')
        (tmp_path / f"{number}.xlsx").write_bytes(maker.pack(parts))
    program = (
        "import sys, pathlib\n"
        "from scoring.base.errors import UnreadableError\n"
        "from scoring.files.excel.workbook import read_workbook\n"
        "for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):\n"
        "    try: read_workbook(path)\n"
        "    except UnreadableError as problem: print(problem.finding.code)\n"
        "print('alive')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, timeout=60
    )
    assert done.stdout.split()[-1:] == ["alive"], done.stderr[-500:]
