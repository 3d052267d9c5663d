"""The corpus: a good ledger with one thing done to it, and what must be said about it."""

import datetime as dt
import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass, field
from html import escape

from ledger_helpers import filled, rezipped
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

from scoring.evidence.ledger.layout import (
    APPRAISAL,
    ASSESSMENT,
    DOCUMENTS,
    INFO,
    PLAN,
    TARGETS,
    columns,
)
from scoring.evidence.ledger.sheets.assessment_sheet import FIRST_ROW, assessment_columns
from scoring.evidence.ledger.template import ledger_rows

NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEADER = FIRST_ROW  # as Excel counts
_SHEETS = {"info": INFO, "main": ASSESSMENT, "documents": DOCUMENTS, "plan": PLAN,
           "targets": TARGETS, "appraisal": APPRAISAL}  # fmt: skip


def nfd(text):
    return unicodedata.normalize("NFD", text)


@dataclass
class Case:
    """One defect.

    `make(good)` gives the broken workbook; `codes` are all findings of reading it, in order,
    `scoring` those of scoring what was read; `cell` and `words` belong to the first.
    """

    name: str
    make: object
    codes: tuple = ()
    cell: str = ""
    words: str = ""
    scoring: tuple = ()
    inputs: dict = field(default_factory=dict)
    unreadable: bool = False


class Good:
    """The good ledger and where its things stand."""

    def __init__(self, criteria):
        self.criteria = criteria
        self.data = filled(criteria)
        keys = [column.key for column in assessment_columns(criteria, False)]
        self.letters = {key: get_column_letter(n) for n, key in enumerate(keys, start=1)}
        self.entry, self.node = {}, {}
        for number, row in enumerate(ledger_rows(criteria), start=FIRST_ROW + 1):
            if row.is_node:
                self.node[row.node.code] = number
            if row.input_name:
                self.entry[row.node.code, row.input_name] = number

    def at(self, key, code, name=None):
        row = self.entry[code, name] if name else self.node[code]
        return f"{self.letters[key]}{row}"


def cell_xml(address, value, formula=None):
    """Return a cell as a program would save it; bytes are taken as raw content."""
    if isinstance(value, bytes):
        return f'<c r="{address}" {value.decode()}'
    if formula is not None:
        saved = "" if value is None else f"<v>{value}</v>"
        return f'<c r="{address}"><f>{escape(formula)}</f>{saved}</c>'
    if value is None:
        return f'<c r="{address}"/>'
    if isinstance(value, bool):
        return f'<c r="{address}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, (int, float)):
        return f'<c r="{address}"><v>{value}</v></c>'
    if str(value).startswith("#"):
        return f'<c r="{address}" t="e"><v>{value}</v></c>'
    return (
        f'<c r="{address}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    )


def sheet_part(data, name):
    """Return the part that holds a sheet; XlsxWriter numbers them in order."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = re.findall(r'<sheet name="([^"]*)"', archive.read("xl/workbook.xml").decode())
    return f"xl/worksheets/sheet{names.index(name) + 1}.xml"


def with_cells(data, sheet, cells, formulas=()):
    """Return a workbook with cells replaced in the XML, everything else untouched."""
    part = sheet_part(data, sheet)
    formulas = dict(formulas)

    def change(name, content):
        if name != part:
            return content
        text = content.decode()
        for address, value in cells.items():
            new = cell_xml(address, value, formulas.get(address))
            pattern = rf'<c r="{address}"(?:[^>]*/>|[^>]*>.*?</c>)'
            text, count = re.subn(pattern, lambda _, new=new: new, text, count=1)
            assert count, (sheet, address)
        return text.encode()

    return rezipped(data, change)


def entry(code, name, value, formula=None):
    """Put a value into an entry cell."""

    def make(good):
        place = good.at("entry", code, name)
        return with_cells(
            good.data, ASSESSMENT, {place: value}, {place: formula} if formula else ()
        )

    return make


def cells(sheet, formulas=(), **values):
    return lambda good: with_cells(good.data, sheet, values, formulas)


def machine(key, code, value, name=None):
    """Put a value into a machine cell or another cell of an item's row."""
    return lambda good: with_cells(good.data, ASSESSMENT, {good.at(key, code, name): value})


def edited(*changes):
    """Let each `change(book, good)` work on the ledger as openpyxl does, as other programs would."""

    def make(good):
        book = load_workbook(io.BytesIO(good.data))
        for change in changes:
            book = change(book, good) or book
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    return make


def parts(change):
    """Let `change(name, content)` work on every part."""
    return lambda good: rezipped(good.data, change)


def row_of(good, number):
    """Return the cells of a row as values."""
    sheet = load_workbook(io.BytesIO(good.data))[ASSESSMENT]
    return [sheet.cell(number, column).value for column in range(1, len(good.letters) + 1)]


def append_row(values_of, after=3):
    def change(book, good):
        sheet = book[ASSESSMENT]
        last = max(good.node.values()) + 10
        for column, value in enumerate(values_of(good), start=1):
            sheet.cell(last + after, column).value = value

    return edited(change)


def _shuffled(book, good):
    sheet = book[ASSESSMENT]
    first, last = FIRST_ROW + 1, FIRST_ROW + len(ledger_rows(good.criteria))
    rows = [[cell.value for cell in sheet[number]] for number in range(first, last + 1)]
    for number, row in enumerate(reversed(rows), start=first):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column).value = value


def _only_visible_sorted(book, good):
    """Exchange what people see of two rows, as sorting the visible columns alone does."""
    sheet = book[ASSESSMENT]
    visible = sum(not column.hidden for column in assessment_columns(good.criteria, False))
    one, other = good.node["1.2"], good.node["2.10"]
    for column in range(1, visible + 1):
        first, second = sheet.cell(one, column), sheet.cell(other, column)
        first.value, second.value = second.value, first.value


def _exchanged(*pairs):
    """Exchange what people see of rows: sorted without the hidden codes."""

    def change(book, good):
        sheet = book[ASSESSMENT]
        visible = sum(not column.hidden for column in assessment_columns(good.criteria, False))
        for one, other in pairs:
            for column in range(1, visible + 1):
                cells = [sheet.cell(good.entry[key], column) for key in (one, other)]
                cells[0].value, cells[1].value = cells[1].value, cells[0].value

    return edited(change)


def _pasted_over(book, good):
    """Cut what people see of one row and paste it over another."""
    sheet = book[ASSESSMENT]
    visible = sum(not column.hidden for column in assessment_columns(good.criteria, False))
    for column in range(1, visible + 1):
        cut = sheet.cell(good.node["2.10"], column)
        sheet.cell(good.node["1.2"], column).value, cut.value = cut.value, None


def _named_alike(book, good):
    """Name the rows as ledgers did before: two of them alike."""
    for key in NAMED_ALIKE:
        book[ASSESSMENT][f"{good.letters['name']}{good.entry[key]}"].value = "Tổng số hồ sơ"


def _only_inputs_sorted(book, good):
    sheet = book[ASSESSMENT]
    one, other = good.entry[GIVEN_DONE], good.entry[GIVEN_PLANNED]
    for key in ("name", "entry"):
        first, second = (sheet[f"{good.letters[key]}{row}"] for row in (one, other))
        first.value, second.value = second.value, first.value


def _insert_rows(book, good):
    # openpyxl moves no formulas; figures and codes are what counts.
    book[ASSESSMENT].insert_rows(good.node["2"], 2)


def _insert_column(book, good):
    book[ASSESSMENT].insert_cols(4)
    book[ASSESSMENT].cell(HEADER, 4).value = "Ghi chú riêng"
    book[ASSESSMENT].cell(HEADER + 3, 4).value = "việc của tôi"


def _delete_machine_columns(book, good):
    sheet = book[ASSESSMENT]
    hidden = sum(column.hidden for column in columns(ASSESSMENT))
    sheet.delete_cols(len(good.letters) - hidden + 1, hidden)


def _delete_column(key):
    def change(book, good):
        sheet = book[ASSESSMENT]
        place = list(good.letters).index(key) + 1
        sheet.delete_cols(place, 1)

    return change


def _rename(old, new):
    def change(book, good):
        book[old].title = new

    return change


def _remove(name):
    def change(book, good):
        del book[name]

    return change


def _reorder(book, good):
    book._sheets.reverse()


def _copy(name, title):
    def change(book, good):
        book.copy_worksheet(book[name]).title = title

    return change


def _heading(key, text):
    return lambda book, good: setattr(
        book[ASSESSMENT][f"{good.letters[key]}{HEADER}"], "value", text
    )


def _merge(book, good):
    row = good.entry["1.1", "done"]
    book[ASSESSMENT].merge_cells(f"D{row}:D{row + 1}")


def _merged_over(good):
    """Merge two entry cells in the XML, so that the lower value stays hidden in the file."""
    row = good.entry["1.1", "done"]
    merge = f'<mergeCells count="1"><mergeCell ref="D{row}:D{row + 1}"/></mergeCells>'
    part = sheet_part(good.data, ASSESSMENT)

    def change(name, content):
        if name != part:
            return content
        marker = b"<conditionalFormatting" if b"<conditionalFormatting" in content else b"<dataVal"
        head, found, tail = content.partition(marker)
        return head + merge.encode() + found + tail

    return rezipped(good.data, change)


def info_cell(good, key):
    from scoring.evidence.ledger.layout import info_rows

    return f"B{info_rows()[key] + 1}"


def identity(key, value):
    """Change what the ledger says of itself, in the visible and in the hidden cells."""

    def make(good):
        from scoring.evidence.ledger.layout import MACHINE_KEYS

        data = with_cells(good.data, INFO, {info_cell(good, key): value})
        if key in MACHINE_KEYS:
            data = with_cells(data, "_ma", {f"B{MACHINE_KEYS.index(key) + 1}": value})
        return data

    return make


def document(row=4, **values):
    """Fill in cells of a row of ``Tài liệu kiểm chứng``."""
    keys = [column.key for column in columns(DOCUMENTS)]

    def make(good):
        changed = {f"{get_column_letter(keys.index(k) + 1)}{row}": v for k, v in values.items()}
        return with_cells(good.data, DOCUMENTS, changed)

    return make


def both(*makers):
    """Apply several changes one after the other."""

    def make(good):
        data = good.data
        for maker in makers:
            again = Good.__new__(Good)
            again.__dict__.update(good.__dict__)
            again.data = data
            data = maker(again)
        return data

    return make


def sheet_cell(sheet, key, row, value):
    keys = [column.key for column in columns(sheet)]
    return lambda good: with_cells(
        good.data, sheet, {f"{get_column_letter(keys.index(key) + 1)}{row}": value}
    )


def _prefixed(name, content):
    """Call every element <x:...>, as some programs do."""
    if not name.startswith("xl/worksheets/sheet"):
        return content
    text = content.decode()
    text = re.sub(r"<(/?)(?!\?)([a-zA-Z])", r"<\1x:\2", text)
    return text.replace('xmlns="', 'xmlns:x="', 1).encode()


def _wrong_dimension(name, content):
    return re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', content)


def _far_cell(name, content):
    if not name.endswith("sheet3.xml"):
        return content
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return content.replace(b"</sheetData>", far)


def _without_addresses(name, content):
    """Leave out the addresses of rows and cells where nothing is skipped, as some programs do."""
    if not name.endswith("sheet3.xml"):
        return content
    return re.sub(rb'<row r="\d+"', b"<row", content)


def _rows_reversed(name, content):
    if not name.endswith("sheet3.xml"):
        return content
    head, _, rest = content.partition(b"<sheetData>")
    body, _, tail = rest.partition(b"</sheetData>")
    rows = re.findall(rb"<row [^>]*/>|<row .*?</row>", body, re.DOTALL)
    return head + b"<sheetData>" + b"".join(reversed(rows)) + b"</sheetData>" + tail


def _doctype(name, content):
    if not name.endswith("sheet3.xml"):
        return content
    return content.replace(b"?>", b'?><!DOCTYPE x [<!ENTITY a "b">]>', 1)


def _rich_text(name, content):
    """Split shared strings into runs, as Google Sheets and WPS save coloured words."""
    if name != "xl/sharedStrings.xml":
        return content
    keep = '<t xml:space="preserve">'
    runs = rf"<si><r>{keep}\1</t></r><r><rPr/>{keep}\2</t></r></si>"
    return re.sub(r"<si><t>([^<]{4})([^<]+)</t></si>", runs, content.decode()).encode()


def _macros(good):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good.data)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for item in old.infolist():
            content = old.read(item.filename)
            if item.filename == "[Content_Types].xml":
                content = content.replace(
                    b"spreadsheetml.sheet.main+xml", b"sheet.macroEnabled.main+xml"
                )
                content = content.replace(
                    b"application/vnd.openxmlformats-officedocument.sheet.macro",
                    b"application/vnd.ms-excel.sheet.macro",
                )
            new.writestr(item.filename, content)
        new.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 macro")
    return out.getvalue()


def _external(good):
    out = io.BytesIO()
    link = f'<externalLink xmlns="{NS}"/>'
    with zipfile.ZipFile(io.BytesIO(good.data)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for item in old.infolist():
            new.writestr(item.filename, old.read(item.filename))
        new.writestr("xl/externalLinks/externalLink1.xml", link)
    return out.getvalue()


def _other_workbook(good):
    book = Workbook()
    book.active.append(["Họ tên", "Ngày sinh"])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _bomb(good):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good.data)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for item in old.infolist():
            new.writestr(item.filename, old.read(item.filename))
        new.writestr("xl/media/bomb.xml", b" " * 70_000_000)
    return out.getvalue()


RATE, IDEAS, GIVEN = ("1.2", "rate"), ("2.2.2", "ideas"), ("2.2.1", "given")
# Inputs of two items that are called alike: once rows are sorted wrongly, nothing tells them apart.
NAMED_ALIKE = ("3", "b"), ("4.1", "before")
GIVEN_DONE, GIVEN_PLANNED = ("1.1", "done"), ("1.1", "planned")
ISSUED, SENT, ENOUGH = ("1.3", "issued"), ("1.4", "sent_on"), ("2.1.1", "enough")


def numbers():
    yield Case("text with a decimal comma", entry(*RATE, "85,5"), inputs={RATE: 85.5})
    yield Case("text with a percent sign", entry(*RATE, "85,5 %"), inputs={RATE: 85.5})
    yield Case("no-break space", entry(*RATE, "\u00a085,5\u00a0"), inputs={RATE: 85.5})
    yield Case("full-width digits", entry(*RATE, "８５，５"), inputs={RATE: 85.5})
    yield Case("zero-width characters", entry(*RATE, "\u200b85,5\ufeff"), inputs={RATE: 85.5})
    yield Case("grouped count", entry(*IDEAS, "1.250"), inputs={IDEAS: 1250.0})
    yield Case("formula with a value", entry(*IDEAS, 3, "1+2"), inputs={IDEAS: 3.0})
    yield Case("only blanks", entry(*IDEAS, "   "), inputs={IDEAS: None})
    yield Case("cleared", entry(*IDEAS, None), inputs={IDEAS: None})
    yield Case("two readings", entry(*GIVEN, "1.250"), ("ambiguous-number",), "", "1.250 hoặc 1,25")
    yield Case("word", entry(*IDEAS, "ba"), ("not-a-number",), "", "“ba”")
    yield Case("dash", entry(*IDEAS, "—"), ("dash-for-number",), "", "dấu gạch")
    yield Case("percent of a count", entry(*IDEAS, "12 %"), ("unexpected-percent",), "", "12 %")
    yield Case(
        "percent typed as share",
        entry(*RATE, 0.855),
        ("percent-looks-like-share",),
        "",
        "85,5",
        inputs={RATE: 0.855},
    )
    yield Case(
        "share typed as text",
        entry(*RATE, "0,855"),
        ("percent-looks-like-share",),
        "",
        "85,5",
        inputs={RATE: 0.855},
    )
    yield Case("small percent with its sign", entry(*RATE, "0,855 %"), inputs={RATE: 0.855})
    yield Case(
        "small percent confirmed",
        both(entry(*RATE, 0.855), machine("explanation", "1.2", "Kết quả đúng là 0,855 %")),
        inputs={RATE: 0.855},
    )
    yield Case("truth in a number", entry(*IDEAS, True), ("not-a-number",), "", "TRUE")
    yield Case("apostrophe", entry(*IDEAS, "'85"), ("not-a-number",), "", "'85")
    yield Case("exponent", entry(*IDEAS, "1e5"), ("not-a-number",), "", "1e5")
    yield Case("formula as text", entry(*IDEAS, "=1+1"), ("not-a-number",), "", "=1+1")
    yield Case(
        "very long digits", entry(*IDEAS, "9" * 400), ("not-a-number",), "", "không phải là số"
    )
    yield Case(
        "number with words", entry(*IDEAS, "12 sáng kiến"), ("not-a-number",), "", "12 sáng kiến"
    )
    for error in ("#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?"):
        yield Case(f"error {error}", entry(*IDEAS, error), ("cell-in-error",), "", error)
    yield Case(
        "formula without a value",
        entry(*IDEAS, None, "1+2"),
        ("formula-without-value",),
        "",
        "chưa có kết quả",
    )
    yield Case("850 percent", entry(*RATE, 850), scoring=("above-maximum",), inputs={RATE: 850.0})
    yield Case(
        "negative count", entry(*IDEAS, -3), scoring=("below-minimum",), inputs={IDEAS: -3.0}
    )
    yield Case("half a case", entry(*IDEAS, 2.5), scoring=("not-whole",), inputs={IDEAS: 2.5})
    yield Case(
        "part above its whole", entry("1.1", "done", 41), scoring=("numerator-above-denominator",)
    )


def answers():
    yield Case("small letters", entry(*ENOUGH, "có"), inputs={ENOUGH: "yes"})
    yield Case("capital letters apart", entry(*ENOUGH, nfd("CÓ")), inputs={ENOUGH: "yes"})
    yield Case("truth", entry(*ENOUGH, True), inputs={ENOUGH: "yes"})
    yield Case("falsehood", entry(*ENOUGH, False), inputs={ENOUGH: "no"})
    yield Case("cross", entry(*ENOUGH, "x"), inputs={ENOUGH: "yes"})
    yield Case("one", entry(*ENOUGH, 1), inputs={ENOUGH: "yes"})
    yield Case("two", entry(*ENOUGH, 2), ("unknown-choice",), "", "Có; Không")
    yield Case("maybe", entry(*ENOUGH, "Có thể"), ("unknown-choice",), "", "“Có thể”")
    yield Case(
        "option in letters apart", entry(*ISSUED, nfd("Không kịp thời")), inputs={ISSUED: "late"}
    )
    yield Case("option by its code", entry(*ISSUED, "late"), inputs={ISSUED: "late"})
    yield Case(
        "option with two blanks", entry(*ISSUED, "Không  kịp thời "), inputs={ISSUED: "late"}
    )
    yield Case(
        "unknown option",
        entry(*ISSUED, "Hơi muộn"),
        ("unknown-choice",),
        "",
        "Kịp thời; Không kịp thời",
    )
    yield Case("error in a choice", entry(*ISSUED, "#REF!"), ("cell-in-error",), "", "#REF!")


def days():
    day = {SENT: dt.date(2026, 1, 20)}
    for text in (
        "20/01/2026",
        "20-1-2026",
        "20.01.2026",
        "ngày 20 tháng 01 năm 2026",
        "2026-01-20",
    ):
        yield Case(f"date as text {text}", entry(*SENT, text), inputs=day)
    yield Case("date as a bare serial number", entry(*SENT, 46042), inputs=day)
    yield Case("never", entry(*SENT, "Không thực hiện"), inputs={SENT: "never"})
    yield Case(
        "never, small and with odd blanks",
        entry(*SENT, "không\u00a0thực  hiện"),
        inputs={SENT: "never"},
    )
    yield Case(
        "month before day",
        entry(*SENT, "1/25/2026"),
        ("month-before-day",),
        "",
        "tháng đứng trước ngày",
    )
    yield Case("31 February", entry(*SENT, "31/02/2026"), ("impossible-date",), "", "không có thật")
    yield Case("two-digit year", entry(*SENT, "20/1/26"), ("two-digit-year",), "", "hai chữ số")
    for year, slip in ((2016, "mistyped"), (2062, "mistyped"), (2025, "of last year")):
        met = dt.date(year, 3, 10)
        yield Case(
            f"year {year} {slip}",
            entry(*SENT, f"{met:%d/%m/%Y}"),
            scoring=("date-outside-year",),
            inputs={SENT: met},
        )
    yield Case("words for a date", entry(*SENT, "cuối tháng"), ("not-a-date",), "", "cuối tháng")
    yield Case("small number for a date", entry(*SENT, 12), ("not-a-date",), "", "12")
    yield Case("truth for a date", entry(*SENT, True), ("not-a-date",), "", "TRUE")


def marks():
    reason = both(entry(*RATE, None), machine("explanation", "1.2", "Không phát sinh nhiệm vụ"))
    for name, mark in (("capitals", "X"), ("words", "Không áp dụng")):
        marked = both(reason, machine("not_applicable", "1.2", mark))
        yield Case(f"mark in {name}", marked, inputs={RATE: None})
    yield Case(
        "mark nobody understands",
        machine("not_applicable", "1.2", "?"),
        ("mark-unreadable",),
        "",
        "“?”",
    )
    yield Case(
        "mark without a reason",
        both(entry(*RATE, None), machine("not_applicable", "1.2", "x")),
        scoring=("not-applicable-without-reason",),
        inputs={RATE: None},
    )
    yield Case(
        "mark beside a figure",
        both(machine("not_applicable", "1.2", "x"), machine("explanation", "1.2", "Không có")),
        scoring=("not-applicable-beside-figure",),
    )
    yield Case(
        "mark where it is not allowed",
        both(machine("not_applicable", "2.10", "x"), machine("explanation", "2.10", "Không có")),
        scoring=("not-applicable-not-allowed",),
    )


def item_codes():
    yield Case(
        "code as a number", machine("item_code", "1.2", 1.2), ("code-as-number",), "", "hiểu là 1.2"
    )
    yield Case("whole code as a number", machine("item_code", "5", 5))
    yield Case(
        "code that lost its zero",
        machine("item_code", "2.10", 2.1),
        ("ambiguous-code",),
        "",
        "2.1, 2.10",
    )
    yield Case("code with blanks", machine("item_code", "1.2", " 1.2 "))
    yield Case("code with a final dot", machine("item_code", "1.2", "1.2."))
    yield Case(
        "code of no item",
        machine("item_code", "1.2", "9.9"),
        ("unknown-item", "row-missing"),
        "",
        "9.9",
    )
    yield Case(
        "truth for a code",
        machine("item_code", "1.2", True),
        ("unknown-code", "row-missing"),
        "",
        "True",
    )
    yield Case(
        "unknown input",
        machine("input", "1.2", "speed"),
        ("unknown-input", "row-missing"),
        "",
        "“speed”",
    )
    yield Case(
        "maximum changed",
        machine("max_points", "1.2", 20),
        ("max-points-altered",),
        "",
        "ghi 20, theo bộ tiêu chí là 2",
    )
    yield Case("claim as text", machine("self_points", "1.2", "0,5"))
    yield Case(
        "claim in words",
        machine("self_points", "1.2", "đạt"),
        ("not-a-number",),
        "",
        "Điểm tự đánh giá",
    )
    yield Case(
        "claim above the maximum",
        machine("self_points", "1.2", 12),
        ("points-above-maximum",),
        "",
        "từ 0 đến 2",
    )
    yield Case(
        "claim in error",
        machine("self_points", "1.2", "#VALUE!"),
        ("cell-in-error",),
        "",
        "#VALUE!",
    )


def rows():
    yield Case(
        "row deleted",
        edited(lambda b, g: b[ASSESSMENT].delete_rows(g.node["1.2"])),
        ("row-missing",),
        "",
        "Tỷ lệ hoàn thành kế hoạch",
    )
    yield Case(
        "row repeated",
        append_row(lambda g: row_of(g, g.node["1.2"])),
        ("row-repeated",),
        "",
        "2 dòng giống nhau",
    )
    yield Case(
        "row twice",
        append_row(lambda g: [v if n != 3 else 33 for n, v in enumerate(row_of(g, g.node["1.2"]))]),
        ("row-twice",),
        "",
        "85.5; 33",
        inputs={RATE: None},
    )
    yield Case(
        "row repeated empty",
        append_row(
            lambda g: [v if n != 3 else None for n, v in enumerate(row_of(g, g.node["1.2"]))]
        ),
        inputs={RATE: 85.5},
    )
    yield Case("rows sorted", edited(_shuffled))
    yield Case(
        "visible columns sorted alone",
        edited(_only_visible_sorted),
        ("row-parted",) * 2,
        "",
        "2.10 Vi phạm",
        inputs={RATE: None, ("2.10", "cases"): None},
    )
    yield Case(
        "visible columns sorted alone, rows named alike as before",
        edited(_named_alike, _only_visible_sorted),
        ("row-parted",) * 4,
        "",
        "2.10 Vi phạm",
        inputs={RATE: None, ("2.10", "cases"): None} | dict.fromkeys(NAMED_ALIKE),
    )
    yield Case(
        "inputs of an item sorted alone",
        edited(_only_inputs_sorted),
        ("row-parted",) * 2,
        "",
        "Số nhiệm vụ phải làm",
        inputs=dict.fromkeys((GIVEN_DONE, GIVEN_PLANNED)),
    )
    yield Case(
        "rows of equal names sorted alone",
        _exchanged((("3", "b"), ("4.1", "before")), (("3", "a"), ("4.1", "now"))),
        ("row-parted",) * 4,
        "",
        "Hồ sơ năm nay",
        inputs=dict.fromkeys((("3", "a"), ("4.1", "now"), *NAMED_ALIKE)),
    )
    yield Case(
        "row cut and pasted over another",
        edited(_pasted_over),
        ("row-parted",),
        "",
        "2.10 Vi phạm",
        inputs={RATE: None, ("2.10", "cases"): None},
    )
    yield Case("rows inserted", edited(_insert_rows))
    yield Case("own row with a note", append_row(lambda g: [None, "Ghi chú thêm"]))
    yield Case(
        "own row with a figure",
        append_row(lambda g: [None, "Cộng", None, 12]),
        ("row-without-code",),
        "",
        "“12”",
    )
    yield Case("column inserted", edited(_insert_column))
    yield Case(
        "machine columns deleted",
        edited(_delete_machine_columns),
        ("machine-columns-missing",),
        "",
        "cột mã ẩn",
    )
    yield Case("explanations deleted", edited(_delete_column("explanation")))
    yield Case(
        "cells merged by a program",
        edited(_merge),
        ("entry-merged",),
        "",
        "không biết số liệu thuộc dòng nào",
        inputs={("1.1", "planned"): None},
    )
    yield Case(
        "cells merged over a value",
        _merged_over,
        ("value-under-merged-cells", "entry-merged"),
        "",
        "“40”",
        inputs={("1.1", "planned"): None},
    )


def headings():
    yield Case("heading in letters apart", edited(_heading("entry", nfd("Số liệu kê khai"))))
    yield Case("heading on two lines", edited(_heading("entry", "Số liệu\nkê  khai")))
    yield Case("heading with a remark", edited(_heading("entry", "Số liệu kê khai (năm 2026)")))
    yield Case(
        "heading with words added",
        edited(_heading("entry", "Số liệu kê khai năm 2026")),
        ("heading-renamed",),
        "D6",
        "Số liệu kê khai",
    )
    yield Case("heading misspelt", edited(_heading("explanation", "Giải trinh.")))
    yield Case(
        "heading twice",
        edited(_heading("unit", "Số liệu kê khai")),
        ("heading-twice",),
        "",
        "Số liệu kê khai",
    )
    yield Case(
        "entry column deleted",
        edited(_delete_column("entry")),
        ("not-a-ledger",),
        "",
        "Số liệu kê khai",
        unreadable=True,
    )


def sheets():
    yield Case("sheets in another order", edited(_reorder))
    yield Case("sheet renamed without marks", edited(_rename(ASSESSMENT, "tu danh gia")))
    yield Case(
        "sheet renamed with a number",
        edited(_rename(ASSESSMENT, "3. Tự đánh giá")),
        ("sheet-renamed",),
        "",
        "3. Tự đánh giá",
    )
    yield Case(
        "sheet renamed altogether",
        edited(_rename(ASSESSMENT, "Sheet1")),
        ("sheet-renamed",),
        "",
        "Sheet1",
    )
    yield Case("sheet name in letters apart", edited(_rename(ASSESSMENT, nfd(ASSESSMENT))))
    yield Case("targets removed", edited(_remove(TARGETS)), ("missing-sheet",), "", "Chỉ tiêu")
    yield Case("plan removed", edited(_remove(PLAN)), ("missing-sheet",), "", "Kế hoạch")
    yield Case("information removed", edited(_remove(INFO)), ("missing-sheet",), "", "Thông tin")
    yield Case(
        "copy of the sheet",
        edited(_copy(ASSESSMENT, "Tự đánh giá (2)")),
        ("sheet-twice",),
        "",
        "Tự đánh giá (2)",
    )
    yield Case("sheet hidden", edited(lambda b, g: setattr(b[DOCUMENTS], "sheet_state", "hidden")))
    yield Case(
        "own sheet added",
        edited(lambda b, g: b.create_sheet("Nháp").append(["tính thử", 5]) and None),
    )
    yield Case(
        "assessment removed",
        edited(_remove(ASSESSMENT)),
        ("not-a-ledger",),
        "",
        "Tự đánh giá",
        unreadable=True,
    )


def identities():
    yield Case(
        "other set",
        identity("set_id", "bo-khac"),
        ("ledger-of-other-set",),
        "B16",
        "bo-khac",
        scoring=("nothing-filled-in",),
    )
    yield Case(
        "other version",
        both(identity("set_version", "0"), identity("set_fingerprint", "abc")),
        ("ledger-of-other-version",),
        "",
        "phiên bản 0",
    )
    yield Case(
        "old template",
        identity("template_version", "0"),
        ("ledger-template-old",),
        "",
        "phiên bản 0",
    )
    yield Case(
        "altered template",
        identity("template_fingerprint", "abc"),
        ("ledger-template-altered",),
        "",
        "abc",
    )
    yield Case("set not named", identity("set_id", None), ("ledger-set-unnamed",), "", "mau-thu")
    yield Case("year in words", identity("year", "hai sáu"), ("year-unreadable",), "B7", "hai sáu")
    yield Case("fifth quarter", identity("period", "quý 5"), ("period-impossible",), "B8", "quý 5")
    yield Case("unit not named", identity("unit_code", None), ("info-missing",), "B4", "Mã đơn vị")
    yield Case("year as text", identity("year", "2026"))
    yield Case(
        "year typed over in a ledger of another year",
        cells(INFO, B7=2025),
        ("info-altered",),
        "B7",
        "“2025”, còn sheet ẩn _ma ghi “2026”",
        scoring=("set-not-of-year",),
    )
    yield Case(
        "unit typed over in a ledger of another unit",
        cells(INFO, B4="so-y-te"),
        ("info-altered",),
        "B4",
        "“so-noi-vu”",
    )
    yield Case("year cleared", cells(INFO, B7=None), ("info-altered",), "B7", "“2026”")
    yield Case(
        "hidden sheet removed", edited(_remove("_ma")), ("missing-sheet",), "", "Thiếu sheet _ma"
    )


def documents():
    one = {"document_id": "TL01", "document_number": "12/KH-SNV", "title": "Kế hoạch"}
    yield Case("document", document(**one, item_codes="1.3; 1.4"))
    yield Case("document of a month", document(**one, issued_on="3/2026"))
    yield Case(
        "document cited", both(document(**one), machine("documents", "1.3", "TL01 (trang 3)"))
    )
    yield Case(
        "document cited by its number",
        both(document(**one), machine("documents", "1.3", "12/kh-snv")),
    )
    yield Case(
        "unknown document", machine("documents", "1.3", "TL09"), ("unknown-document",), "", "TL09"
    )
    yield Case(
        "document without an id",
        document(title="Báo cáo"),
        ("document-without-id",),
        "A4",
        "dong-4",
    )
    yield Case(
        "document id twice",
        both(document(**one), document(5, **one)),
        ("document-id-twice",),
        "A5",
        "TL01",
    )
    yield Case(
        "document of no item",
        document(**one, item_codes="9.9"),
        ("document-item-unknown",),
        "I4",
        "9.9",
    )
    yield Case(
        "document of an area",
        document(**one, item_codes="1"),
        ("document-item-unknown",),
        "I4",
        "lĩnh vực",
    )
    yield Case(
        "document code as a number",
        document(**one, item_codes=1.3),
        ("code-as-number",),
        "I4",
        "1.3",
    )
    yield Case(
        "kind nobody knows",
        document(**one, kind="bài thơ"),
        ("document-kind-unknown",),
        "C4",
        "bài thơ",
    )
    yield Case(
        "date nobody knows", document(**one, issued_on="hôm qua"), ("not-a-date",), "D4", "hôm qua"
    )
    yield Case(
        "error in a title",
        document(document_id="TL01", title="#N/A"),
        ("cell-in-error",),
        "G4",
        "#N/A",
    )


def other_tables():
    yield Case(
        "target in words",
        sheet_cell(TARGETS, "target_points", 4, "cao"),
        ("not-a-number",),
        "E4",
        "“cao”",
    )
    yield Case(
        "target below zero",
        sheet_cell(TARGETS, "target_points", 4, -1),
        ("points-above-maximum",),
        "E4",
        "-1",
    )
    yield Case(
        "target of no node",
        both(sheet_cell(TARGETS, "code", 12, "9.9"), sheet_cell(TARGETS, "target_points", 12, 3)),
        ("target-unknown",),
        "A12",
        "9.9",
    )
    yield Case("target as text", sheet_cell(TARGETS, "target_points", 4, "20,5"))
    yield Case(
        "appraised above the maximum",
        sheet_cell(APPRAISAL, "appraised_points", 4, 99),
        ("points-above-maximum",),
        "E4",
        "từ 0 đến 3",
    )
    yield Case(
        "appraised in words",
        sheet_cell(APPRAISAL, "appraised_points", 4, "đạt"),
        ("not-a-number",),
        "E4",
        "đạt",
    )
    yield Case(
        "task done some day",
        both(sheet_cell(PLAN, "task", 4, "Rà soát"), sheet_cell(PLAN, "done_on", 4, "sắp xong")),
        ("not-a-date",),
        "H4",
        "sắp xong",
    )


def packages():
    yield Case("prefixed elements", parts(_prefixed))
    yield Case("wrong dimension", parts(_wrong_dimension))
    yield Case("rows without numbers", parts(_without_addresses))
    yield Case("rows in reverse order", parts(_rows_reversed))
    yield Case("strings in runs", parts(_rich_text))
    yield Case("macros", _macros, ("macros-ignored",), "", "macro")
    yield Case("link to another file", _external, ("external-links",), "", "liên kết")
    yield Case(
        "cell at the far corner", parts(_far_cell), ("cells-too-far",), "XFD1048576", "XFD1048576"
    )
    yield Case(
        "declared entities", parts(_doctype), ("package-entities",), "", "DTD", unreadable=True
    )
    yield Case("bomb", _bomb, ("package-inflates-too-much",), "", "phình to", unreadable=True)
    yield Case(
        "another workbook",
        _other_workbook,
        ("not-a-ledger",),
        "",
        "không phải là sổ",
        unreadable=True,
    )
    yield Case("empty file", lambda g: b"", ("file-empty",), "", "0 byte", unreadable=True)
    yield Case(
        "table of text",
        lambda g: "mã,điểm\n1,2\n".encode(),
        ("save-as-xlsx",),
        "",
        "CSV",
        unreadable=True,
    )
    yield Case(
        "web page",
        lambda g: b"<html><table></table></html>",
        ("save-as-xlsx",),
        "",
        "HTML",
        unreadable=True,
    )
    yield Case(
        "half a file",
        lambda g: g.data[: len(g.data) // 2],
        ("package-damaged",),
        "",
        "hỏng",
        unreadable=True,
    )


CASES = [
    case
    for group in (numbers, answers, days, marks, item_codes, rows, headings, sheets, identities,
                  documents, other_tables, packages)
    for case in group()
]  # fmt: skip
