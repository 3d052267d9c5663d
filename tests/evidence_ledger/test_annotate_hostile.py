"""Workbooks that nobody's Excel wrote: the marked copy reads as the original, to every reader, or there is none."""

import io
import random
import re
import zipfile

import openpyxl
import pytest
import python_calamine

from scoring.base.errors import FileError
from scoring.base.findings import Finding
from scoring.evidence.ledger import annotate_ledger

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
FILLS = (
    '<fills><fill><patternFill/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
)
FORMATS = (
    '<cellXfs count="3"><xf/><xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="9"/></cellXfs>'
)
WHOLE = f"<fonts><font/></fonts>{FILLS}<borders><border/></borders>{FORMATS}"
STYLES = {
    "whole": WHOLE,
    "without fonts": f"{FILLS}<borders><border/></borders>{FORMATS}",
    "with empty lists": "<fonts/><fills/><borders/><cellXfs/>",
    "empty": "",
    "with wrong counts": WHOLE.replace("<fonts>", '<fonts count="99">').replace('"3"', '"0"'),
    "absent": None,
}
CELLS = {
    "a number": ("", "<v>17.5</v>"),
    "nothing": ("", ""),
    "an empty value": ("", "<v/>"),
    "blanks around a number": ("", "<v> 17 </v>"),
    "a comment within": ("", "<v>1<!-- x -->7</v>"),
    "character data": ("", "<v><![CDATA[17]]></v>"),
    "an exponent": ("", "<v>1.7e3</v>"),
    "a shared text": ('t="s"', "<v>0</v>"),
    "a shared rich text": ('t="s"', "<v>1</v>"),
    "an inline text": ('t="inlineStr"', '<is><t xml:space="preserve">  a&amp;b\n </t></is>'),
    "an inline rich text": (
        't="inlineStr"',
        '<is><r><t>một </t></r><r><rPr><b/></rPr><t>hai</t></r><rPh sb="0" eb="1"><t>x</t></rPh></is>',
    ),
    "an inline text of nothing": ('t="inlineStr"', "<is/>"),
    "a formula's text": ('t="str"', '<f>A1&amp;"x"</f><v>kết quả</v>'),
    "a text like a formula": ('t="str"', "<v>=1+1</v>"),
    "yes": ('t="b"', "<v>1</v>"),
    "an error": ('t="e"', "<v>#N/A</v>"),
    "an ISO date": ('t="d"', "<v>2026-01-15</v>"),
    "a formula without a value": ("", "<f>1+1</f>"),
    "a formula": ("", "<f>SUM(A1:A2)</f><v>17</v>"),
    "a shared formula": ("", '<f t="shared" ref="A1:C9" si="0">ROW()</f><v>17</v>'),
    "a copy of a shared formula": ("", '<f t="shared" si="0"/><v>17</v>'),
    "an array formula": ("", '<f t="array" ref="A1:B2">ROW(A1:B2)</f><v>17</v>'),
    "a type of nobody": ('t="zzz"', "<v>17</v>"),
    "a foreign element": ("", "<q:own><v>9</v></q:own><v>17</v>"),
    "a text that is not there": ('t="s"', "<v>9999</v>"),
}
ADDRESSES = ['r="{ref}"'] * 8 + ["", 'r="{low}"', 'r="{ref}" q:own="1"']
ROWS = ['r="{row}"'] * 5 + ["", 'r="{row}" spans="1:3"', 'r="{row}" s="2" customFormat="1"']
BEHIND = [
    "", "", '<mergeCells><mergeCell ref="D1:E2"/></mergeCells>', '<legacyDrawing r:id="rIdNo"/>',
    '<extLst><ext uri="{x}"/></extLst>', '<q:own xmlns:q="urn:other"/>', '<tableParts count="0"/>',
]  # fmt: skip
LIST = "Cần xử lý"


def workbook(first, second="<sheetData/>", styles="whole", namespace=MAIN, year_1904=False):
    """A workbook of two sheets, of which everything but their content is plain."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    texts = (
        "<si><t>chung</t></si><si><r><t>đậm</t></r><r><t xml:space='preserve'> nhạt</t></r></si>"
    )
    parts = {
        "worksheets/sheet1": first if first.startswith("<x:") else _sheet(first, namespace),
        "worksheets/sheet2": second if second.startswith("<x:") else _sheet(second, namespace),
        "sharedStrings": f'<sst xmlns="{namespace}">{texts}</sst>',
        "workbook": f'<workbook xmlns="{namespace}" xmlns:r="{OFFICE}">'
        f'<workbookPr date1904="{int(year_1904)}"/><bookViews><workbookView/></bookViews>'
        '<sheets><sheet name="Số liệu" sheetId="1" r:id="k1"/>'
        '<sheet name="Khác" sheetId="7" state="hidden" r:id="k2"/></sheets></workbook>',
    }
    if STYLES[styles] is not None:
        parts["styles"] = f'<styleSheet xmlns="{namespace}">{STYLES[styles]}</styleSheet>'
    kinds = {"worksheets/sheet1": "worksheet", "worksheets/sheet2": "worksheet"}
    declared = "".join(
        f'<Override PartName="/xl/{name}.xml" '
        f'ContentType="{kind}.{kinds.get(name, "sheet.main" if name == "workbook" else name)}+xml"/>'
        for name in parts
    )
    related = "".join(
        f'<Relationship Id="k{n}" Type="{OFFICE}/{kinds.get(name, name)}" Target="{name}.xml"/>'
        for n, name in enumerate((name for name in parts if name != "workbook"), start=1)
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(
            "[Content_Types].xml",
            f'{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType='
            f'"application/vnd.openxmlformats-package.relationships+xml"/>{declared}</Types>',
        )
        head = f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        main = f'<Relationship Id="k" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
        package.writestr("_rels/.rels", f"{head}{main}</Relationships>")
        package.writestr("xl/_rels/workbook.xml.rels", f"{head}{related}</Relationships>")
        for name, content in parts.items():
            package.writestr(f"xl/{name}.xml", HEAD + content)
    return out.getvalue()


def _sheet(content, namespace):
    return (
        f'<worksheet xmlns="{namespace}" xmlns:r="{OFFICE}" xmlns:q="urn:q">{content}</worksheet>'
    )


def prefixed(content, namespace=MAIN):
    """The sheet with every element called <x:...>, as some programs do."""
    text = re.sub(r"<(/?)(?![?!]|q:)([a-zA-Z])", r"<\1x:\2", _sheet(content, namespace))
    return text.replace('xmlns="', 'xmlns:x="', 1)


def cell(row, column, kind="a number", address='r="{ref}"', style=""):
    ref = f"{'ABCDEFG'[column - 1]}{row}"
    told, content = CELLS[kind]
    return f"<c {address.format(ref=ref, low=ref.lower())} {style} {told}>{content}</c>"


def by_openpyxl(data, aside=()):
    seen = {}
    for formulas in (False, True):
        for sheet in openpyxl.load_workbook(io.BytesIO(data), data_only=not formulas).worksheets:
            if sheet.title not in aside:
                seen[sheet.title, sheet.sheet_state] = sorted(map(str, sheet.merged_cells.ranges))
                seen |= {
                    (sheet.title, formulas, one.coordinate): (
                        repr(getattr(one.value, "text", one.value)),
                        one.number_format,
                    )
                    for row in sheet.iter_rows()
                    for one in row
                    if one.value is not None
                }
    return seen


def by_calamine(data, aside=()):
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    sheets = {name: book.get_sheet_by_name(name) for name in book.sheet_names if name not in aside}
    return {n: [list(map(repr, row)) for row in s.to_python(skip_empty_area=False)] for n, s in sheets.items()}  # fmt: skip


def read(reader, data, aside=()):
    """What a reader sees; None where it refuses the file, in whatever way it does."""
    try:
        return reader(data, aside)
    except Exception:
        return None


def finding(at, sheet="Số liệu"):
    return Finding("not-a-number", "a.xlsx", sheet, at, values={"input": "Số", "value": "x"})


def demand_the_same(data, copy):
    for reader in (by_openpyxl, by_calamine):
        # A file that one reader refuses may read better afterwards, and never worse.
        if (before := read(reader, data)) is not None:
            assert read(reader, copy, {LIST}) == before, reader.__name__


@pytest.mark.parametrize("styles", STYLES)
@pytest.mark.parametrize("way", ["plain", "prefixed", "strict"])
def test_every_style_sheet_is_mended_or_kept(styles, way):
    content = f'<sheetData><row r="1">{cell(1, 1)}{cell(1, 2, "a shared text")}</row></sheetData>'
    given = prefixed(content) if way == "prefixed" else content
    data = workbook(given, styles=styles, namespace=STRICT if way == "strict" else MAIN)
    copy = annotate_ledger(data, [finding("B1"), finding("C4"), finding("A2", "Khác")])
    demand_the_same(data, copy)
    if way == "strict":  # openpyxl sees no cells in it
        return
    sheet = openpyxl.load_workbook(io.BytesIO(copy))["Số liệu"]
    assert sheet["B1"].fill.fgColor.rgb == sheet["C4"].fill.fgColor.rgb == "FFFFC7CE"
    assert sheet["A1"].fill.fill_type is None and "không phải là số" in sheet["B1"].comment.text


@pytest.mark.parametrize("kind", CELLS)
@pytest.mark.parametrize("address", sorted(set(ADDRESSES)))
def test_every_kind_of_cell_reads_as_before_once_marked(kind, address):
    row = cell(1, 1, kind, address) + cell(1, 2, "a formula", address) + cell(1, 3)
    data = workbook(
        f'<sheetData><row r="1">{row}</row></sheetData>', "<sheetData><row/></sheetData>"
    )
    try:
        copy = annotate_ledger(data, [finding("A1"), finding("C1"), finding("B7", "Khác")])
    except FileError as refused:
        assert refused.finding.code in ("package-damaged", "annotated-copy-differs")
        assert kind in ("a type of nobody", "a foreign element", "a text that is not there")
    else:
        demand_the_same(data, copy)


@pytest.mark.parametrize("styles", ["whole", "with empty lists", "absent"])
def test_a_cell_that_names_a_format_there_is_none_of_does_not_get_ours(styles):
    row = "".join(cell(1, n, style=f's="{s}"') for n, s in enumerate((1, 3, 4, 5, 9), start=1))
    data = workbook(f'<sheetData><row r="1" s="6">{row}</row></sheetData>', styles=styles)
    copy = annotate_ledger(data, [finding("A2"), finding("A1")])
    demand_the_same(data, copy)
    sheet = openpyxl.load_workbook(io.BytesIO(copy))["Số liệu"]
    painted = [one.coordinate for one in sheet["1"] if one.fill.fill_type]
    assert painted == ["A1"] and not any(one.font.bold for one in sheet["1"])


def random_sheet(rng):
    rows = []
    numbers = list(range(1, rng.randrange(2, 7)))
    if rng.random() < 0.1:
        rng.shuffle(numbers)
    numbers += numbers[:1] * (rng.random() < 0.1)
    strange = list(CELLS)[-3:]
    for row in numbers:
        columns = [column for column in range(1, 6) if rng.random() < 0.7]
        if rng.random() < 0.05:
            rng.shuffle(columns)
        columns += columns[:1] * (rng.random() < 0.05)
        cells = [
            cell(
                row,
                column,
                rng.choice(strange if rng.random() < 0.002 else list(CELLS)[:-3]),
                rng.choice(ADDRESSES),
                rng.choice(["", "", 's="1"', 's="2"', 's="7"', 's="99"', 's="x"']),
            )
            for column in columns
        ]
        between = rng.choice([""] * 8 + ["<!-- x -->", "<?of-mine x?>", "<q:row/>"])
        rows.append(f"<row {rng.choice(ROWS).format(row=row)}>{between}{''.join(cells)}</row>")
    before = rng.choice(["", '<dimension ref="A1"/>', "<sheetPr/>"])
    data = f"<sheetData>{''.join(rows)}</sheetData>" * (1 + (rng.random() < 0.02))
    content = f"{before}{data}{rng.choice(BEHIND)}"
    return prefixed(content) if rng.random() < 0.15 else content


@pytest.mark.parametrize("block", range(6))
def test_random_hostile_workbooks_come_back_the_same_or_not_at_all(block):
    handed_out = 0
    for seed in range(block * 40, block * 40 + 40):
        rng = random.Random(seed)
        styles = rng.choice(["whole", "whole", *STYLES])
        data = workbook(random_sheet(rng), random_sheet(rng), styles, year_1904=rng.random() < 0.2)
        cells = [f"{rng.choice('ABCDEFG')}{rng.randrange(1, 8)}" for _ in range(3)]
        try:
            copy = annotate_ledger(
                data, [finding(at, rng.choice(["Số liệu", "Khác"])) for at in cells]
            )
        except FileError as refused:
            assert refused.finding.code in ("package-damaged", "annotated-copy-differs"), seed
        else:
            demand_the_same(data, copy)
            handed_out += 1
    assert handed_out > 20
