"""What would take gigabytes is refused from its parts, before any reader opens it."""

import zipfile

import pytest

from scoring.base.errors import UnreadableError
from scoring.files.children import guarded
from scoring.files.excel import workbook
from scoring.files.excel.workbook import read_workbook
from scoring.files.limits import Limits


@pytest.fixture(autouse=True)
def no_reader(monkeypatch):
    """Read here, and let no reader begin."""

    def never(*_, **__):
        raise AssertionError("a reader was started")

    monkeypatch.setitem(guarded._state, "is_child", True)
    monkeypatch.setattr(workbook, "_read_sheets", never)


def refusal(data, **limits):
    with pytest.raises(UnreadableError) as caught:
        read_workbook(data, Limits(**limits))
    finding = caught.value.finding
    assert finding.problem("vi") != finding.problem("en")
    return finding.code


def with_sheets(maker, count, share):
    """A workbook of `count` sheets, `share` of which are each one part."""
    parts = maker.parts()
    places = [1 if n < share else n + 1 for n in range(count)]
    listed = "".join(f'<sheet name="{n}" sheetId="{n + 1}" r:id="r{n}"/>' for n in range(count))
    head = f'<workbook xmlns="{maker.MAIN}" xmlns:r="{maker.OFFICE}"><sheets>'
    kind = f"{maker.OFFICE}/worksheet"
    links = "".join(
        f'<Relationship Id="r{n}" Type="{kind}" Target="worksheets/sheet{place}.xml"/>'
        for n, place in enumerate(places)
    )
    parts["xl/workbook.xml"] = f"{head}{listed}</sheets></workbook>"
    parts["xl/_rels/workbook.xml.rels"] = (
        f'<Relationships xmlns="{maker.RELS}">{links}</Relationships>'
    )
    for place in places:
        parts[f"xl/worksheets/sheet{place}.xml"] = parts["xl/worksheets/sheet1.xml"]
    return maker.pack(parts)


@pytest.mark.parametrize("count", [1_500, 300, 2])
def test_sheets_that_share_one_part_are_refused(maker, count):
    code = "workbook-too-much" if count > 500 else "workbook-shared-sheet"
    assert refusal(with_sheets(maker, count, count)) == code


def test_more_sheets_than_anybody_turns_over_are_refused(maker):
    assert refusal(with_sheets(maker, 501, 1)) == "workbook-too-much"


def with_part(maker, kind, content, rows="", compression=zipfile.ZIP_DEFLATED):
    parts = maker.parts(rows)
    name, links = f"xl/{kind}.xml", "xl/_rels/workbook.xml.rels"
    link = f'<Relationship Id="rX" Type="{maker.OFFICE}/{kind}" Target="{kind}.xml"/>'
    parts[links] = parts[links].replace("</Relationships>", f"{link}</Relationships>")
    return maker.pack(parts | {name: content}, compression)


@pytest.mark.parametrize("root", ["styleSheet", "worksheet"])
def test_millions_of_formats_are_refused_whatever_their_part_calls_itself(maker, root):
    content = f'<{root} xmlns="{maker.MAIN}"><cellXfs>{"<xf/>" * 5_000}</cellXfs></{root}>'
    data = with_part(maker, "styles", content)
    code = "package-too-many-elements" if root == "styleSheet" else "workbook-too-much"
    assert refusal(data, elements=4_000) == code


@pytest.mark.parametrize("name", ["xl/_rels/workbook.xml.rels", "docProps/app.xml", "xl/theme.xml"])
def test_a_part_of_millions_of_elements_is_refused_whatever_it_is(maker, name):
    data = maker.pack(maker.parts() | {name: "<a>" + "<a/>" * 5_000 + "</a>"})
    assert refusal(data, elements=4_000) == "package-too-many-elements"


def test_millions_of_texts_are_refused(maker):
    data = with_part(maker, "sharedStrings", maker.shared(["<si/>"] * 5_000))
    assert refusal(data, strings=4_000) == "workbook-too-much"


def test_millions_of_texts_are_refused_by_the_limit_that_users_have(maker):
    strings = maker.shared(["<si/>"] * 3_000_000)
    # Stored, since what packs too well is refused before its texts are counted.
    data = with_part(maker, "sharedStrings", strings, compression=zipfile.ZIP_STORED)
    assert refusal(data) == "workbook-too-much"


@pytest.mark.parametrize("cell", ['<c t="s"><v>0</v></c>', "<c t='s'><v>0</v></c>"])
def test_a_long_text_shown_in_many_cells_is_counted_in_each(maker, cell):
    text = f"<si><t>{'x' * 30_000}</t></si>"
    data = with_part(maker, "sharedStrings", maker.shared([text]), f"<row>{cell * 5_000}</row>")
    assert refusal(data) == "package-too-large"


def test_a_workbook_of_too_many_cells_is_left(maker, monkeypatch):
    monkeypatch.undo()
    rows = "".join(f'<row r="{n}"><c r="Z{n}"><v>{n}</v></c></row>' for n in range(1, 41))
    assert refusal(maker.pack(maker.parts(rows)), cells=1_000) == "workbook-too-much"


def test_long_and_short_texts_side_by_side_are_read(maker, monkeypatch):
    """One long text and many cells could be too much; counted, they are not."""
    monkeypatch.undo()
    strings = maker.shared([f"<si><t>{'x' * 9_000}</t></si>", "<si><t>a</t></si>"])
    cells = '<c t="s"><v>0</v></c>' + '<c t="s"><v>1</v></c>' * 200
    data = with_part(maker, "sharedStrings", strings, f"<row>{cells}</row>")
    (sheet,) = read_workbook(data, Limits(text_bytes=100_000)).sheets
    assert sheet.rows[0][1:] == ["a"] * 200
