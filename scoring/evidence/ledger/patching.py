"""Changing single things in a workbook's parts, leaving every other byte as it was.

Loading and saving a workbook through a library drops whatever the library does not know:
drop-downs of newer kinds, pictures, print set-up. Here the XML is cut open at one place only.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from openpyxl.utils.cell import coordinate_to_tuple, get_column_letter

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
XML_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


@dataclass
class Package:
    """The parts of a workbook by name, in their order; changes are kept until `to_bytes`."""

    data: bytes
    names: list[str] = field(init=False)
    changed: dict[str, bytes] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
            self.names = [entry.filename for entry in archive.infolist() if not entry.is_dir()]

    def __contains__(self, name: str) -> bool:
        return name in self.changed or name in self.names

    def text(self, name: str) -> str:
        """Return a part as text."""
        if name in self.changed:
            return self.changed[name].decode("utf-8")
        with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
            return archive.read(name).decode("utf-8-sig")

    def put(self, name: str, text: str) -> None:
        """Replace or add a part."""
        self.changed[name] = text.encode("utf-8")

    def free_name(self, pattern: str) -> str:
        """Return the first name of the form ``xl/comments{}.xml`` that no part has."""
        return next(n for n in map(pattern.format, range(1, 100_000)) if n not in self)

    def to_bytes(self) -> bytes:
        """Return the workbook; parts without a change keep their bytes and their dates."""
        out = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(self.data)) as old,
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            for entry in old.infolist():
                content = self.changed.get(entry.filename)
                new.writestr(entry, old.read(entry.filename) if content is None else content)
            for name, content in self.changed.items():
                if name not in self.names:
                    new.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, 8)
        return out.getvalue()


def prefix_of(xml: str, root: str) -> str:
    """Return the prefix, with its colon, that a part gives its elements; often empty."""
    found = re.search(rf"<((?:[\w.-]+:)?){root}[\s>]", xml)
    return found[1] if found else ""


def relationships_part(part: str) -> str:
    """Return the name of the part that holds the relationships of `part`."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def add_relationship(package: Package, part: str, kind: str, target: str) -> str:
    """Add a relationship of `part` to the part `target`; return its id."""
    name = relationships_part(part)
    empty = f'{XML_HEAD}<Relationships xmlns="{PACKAGE}"></Relationships>'
    xml = package.text(name) if name in package else empty
    key = next(k for k in map("rIdPar{}".format, range(1, 100_000)) if f'"{k}"' not in xml)
    prefix = prefix_of(xml, "Relationships")
    element = f'<{prefix}Relationship Id="{key}" Type="{OFFICE}/{kind}" Target="/{target}"/>'
    package.put(name, _before_end(xml, f"{prefix}Relationships", element))
    return key


def add_content_type(package: Package, part: str, content_type: str) -> None:
    """Declare the type of a new part."""
    name = "[Content_Types].xml"
    xml = package.text(name)
    prefix = prefix_of(xml, "Types")
    element = f'<{prefix}Override PartName="/{part}" ContentType="{content_type}"/>'
    package.put(name, _before_end(xml, f"{prefix}Types", element))


def _before_end(xml: str, tag: str, element: str) -> str:
    """Insert `element` as the last child of the root `tag`, which may be empty."""
    end = f"</{tag}>"
    if end in xml:
        at = xml.rindex(end)
        return xml[:at] + element + xml[at:]
    return re.sub(
        rf"<{re.escape(tag)}((?:\s[^<>]*?)?)/>", lambda m: f"<{tag}{m[1]}>{element}{end}", xml
    )


class Styles:
    """Adds formats to the style sheet of a workbook, each made from one that is there."""

    def __init__(self, package: Package, part: str) -> None:
        self.package, self.part = package, part
        self.xml = package.text(part)
        self.prefix = prefix_of(self.xml, "styleSheet")
        self._made: dict[tuple[int, str], int] = {}
        self._fills: dict[str, int] = {}

    def filled(self, base: int, colour: str) -> int:
        """Return the format `base` with a background of `colour` (RRGGBB)."""
        if (base, colour) not in self._made:
            fill = self._fills.get(colour)
            if fill is None:
                p = self.prefix
                pattern = (
                    f'<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="FF{colour}"/>'
                    f'<{p}bgColor indexed="64"/></{p}patternFill></{p}fill>'
                )
                fill = self._fills[colour] = self._append("fills", "fill", pattern)
            self._made[base, colour] = self._append("cellXfs", "xf", self._cloned(base, fill))
        return self._made[base, colour]

    def wrapped(self, font: int = 0) -> int:
        """Return a format with wrapped text standing at the top."""
        p = self.prefix
        return self._append(
            "cellXfs",
            "xf",
            f'<{p}xf numFmtId="0" fontId="{font}" fillId="0" borderId="0" xfId="0" applyFont="1" '
            f'applyAlignment="1"><{p}alignment vertical="top" wrapText="1"/></{p}xf>',
        )

    def plain(self, font: int) -> int:
        """Return a format with nothing but a font."""
        xf = f'<{self.prefix}xf numFmtId="0" fontId="{font}" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
        return self._append("cellXfs", "xf", xf)

    def bold_font(self) -> int:
        """Return a bold variant of the workbook's first font."""
        fonts = self._children("fonts", "font")
        p = self.prefix
        first = fonts[0] if fonts else f"<{p}font></{p}font>"
        if first.endswith("/>"):
            first = first[:-2] + f"></{p}font>"
        return self._append(
            "fonts", "font", re.sub(rf"(<{p}font[^>]*>)", rf"\1<{p}b/>", first, count=1)
        )

    def save(self) -> None:
        """Put the style sheet back."""
        self.package.put(self.part, self.xml)

    def _cloned(self, base: int, fill: int) -> str:
        formats = self._children("cellXfs", "xf")
        xf = (
            formats[base]
            if base < len(formats)
            else f'<{self.prefix}xf numFmtId="0" fontId="0" borderId="0"/>'
        )
        head, rest = re.match(r"(<[^<>]*?)(/?>.*)", xf, re.DOTALL).groups()  # type: ignore[union-attr]
        head = re.sub(r'\s(?:fillId|applyFill)="[^"]*"', "", head)
        return f'{head} fillId="{fill}" applyFill="1"{rest}'

    def _children(self, parent: str, child: str) -> list[str]:
        p = self.prefix
        body = re.search(rf"<{p}{parent}(?:\s[^>]*)?>(.*?)</{p}{parent}>", self.xml, re.DOTALL)
        pattern = rf"<{p}{child}(?:\s[^<>]*)?/>|<{p}{child}(?:\s[^<>]*)?>.*?</{p}{child}>"
        return re.findall(pattern, body[1], re.DOTALL) if body else []

    def _append(self, parent: str, child: str, element: str) -> int:
        place = len(self._children(parent, child))
        p = self.prefix
        end = f"</{p}{parent}>"
        at = self.xml.index(end)
        self.xml = self.xml[:at] + element + self.xml[at:]
        head = re.compile(rf"<{p}{parent}(?:\s[^>]*)?>")
        self.xml = head.sub(
            lambda m: re.sub(r'count="\d+"', f'count="{place + 1}"', m[0]), self.xml, count=1
        )
        return place


def restyle(xml: str, cells: Mapping[str, Callable[[int], int]]) -> str:
    """Give cells of a sheet other formats; empty cells are added where they are missing.

    Parameters
    ----------
    cells : mapping of address to function
        From the format the cell has to the one it gets.

    Returns
    -------
    str
        The XML of the sheet.
    """
    prefix = prefix_of(xml, "worksheet")
    by_row: dict[int, list[str]] = {}
    for address in cells:
        by_row.setdefault(coordinate_to_tuple(address)[0], []).append(address)
    placed: set[str] = set()
    pieces, end = [], 0
    pattern = re.compile(
        rf'<{prefix}row\s[^>]*?\br="(\d+)"[^>]*?(?:/>|>(.*?)</{prefix}row>)', re.DOTALL
    )
    for row in pattern.finditer(xml):
        wanted = by_row.get(int(row[1]))
        if wanted:
            changed = _restyled_row(row[0], prefix, wanted, cells)
            pieces += [xml[end : row.start()], changed]
            end = row.end()
            placed.update(wanted)
    xml = "".join([*pieces, xml[end:]])
    for number, addresses in sorted(by_row.items()):
        if not placed.issuperset(addresses):
            xml = _with_row(xml, prefix, number, addresses, cells)
            placed.update(addresses)
    return xml


def _with_row(
    xml: str,
    prefix: str,
    number: int,
    addresses: Sequence[str],
    cells: Mapping[str, Callable[[int], int]],
) -> str:
    """Add a row that the sheet does not have, at its place among the others."""
    row = _restyled_row(f'<{prefix}row r="{number}"/>', prefix, addresses, cells)
    for found in re.finditer(rf'<{prefix}row\s[^>]*?\br="(\d+)"', xml):
        if int(found[1]) > number:
            return xml[: found.start()] + row + xml[found.start() :]
    empty = re.compile(rf"<{prefix}sheetData\s*/>")
    if empty.search(xml):
        return empty.sub(f"<{prefix}sheetData>{row}</{prefix}sheetData>", xml, count=1)
    return xml.replace(f"</{prefix}sheetData>", f"{row}</{prefix}sheetData>", 1)


def _restyled_row(
    row: str, prefix: str, addresses: Sequence[str], cells: Mapping[str, Callable[[int], int]]
) -> str:
    for address in addresses:
        found = re.search(rf'<{prefix}c\s[^>]*?\br="{address}"[^>]*?(/?)>', row)
        if found:
            old = re.search(r'\ss="(\d+)"', found[0])
            style = cells[address](int(old[1]) if old else 0)
            bare = re.sub(r'\ss="\d+"', "", found[0])
            new = bare.replace(f"<{prefix}c", f'<{prefix}c s="{style}"', 1)
            row = row[: found.start()] + new + row[found.end() :]
        else:
            row = _with_cell(row, prefix, address, cells[address](0))
    return row


def _with_cell(row: str, prefix: str, address: str, style: int) -> str:
    """Add an empty cell to a row at its place among the others."""
    cell = f'<{prefix}c r="{address}" s="{style}"/>'
    if row.endswith("/>") and f"</{prefix}row>" not in row:
        return f"{row[:-2]}>{cell}</{prefix}row>"
    column = coordinate_to_tuple(address)[1]
    for found in re.finditer(rf'<{prefix}c\s[^>]*?\br="([A-Z]+\d+)"', row):
        if coordinate_to_tuple(found[1])[1] > column:
            return row[: found.start()] + cell + row[found.start() :]
    end = row.rindex(f"</{prefix}row>")
    return row[:end] + cell + row[end:]


def add_first_sheet(package: Package, workbook_part: str, name: str, xml: str) -> None:
    """Add a sheet before all others; names and views keep pointing at the sheets they meant."""
    part = package.free_name("xl/worksheets/sheetPar{}.xml")
    package.put(part, xml)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
    add_content_type(package, part, kind)
    key = add_relationship(package, workbook_part, "worksheet", part)
    book = package.text(workbook_part)
    p = prefix_of(book, "workbook")
    number = max((int(n) for n in re.findall(r'\ssheetId="(\d+)"', book)), default=0) + 1
    sheet = f'<{p}sheet xmlns:r="{OFFICE}" name="{escape(name)}" sheetId="{number}" r:id="{key}"/>'
    book = re.sub(rf"(<{p}sheets(?:\s[^>]*)?>)", lambda m: m[1] + sheet, book, count=1)
    # Places of sheets are counted, so everything that counts them moves by one.
    book = _raised(book, rf"<{p}definedName\s[^>]*>", "localSheetId")
    for view in ("activeTab", "firstSheet"):
        book = _raised(book, rf"<{p}workbookView\s[^>]*>", view)
    missing = re.search(rf"<{p}workbookView(?:\s[^>]*?)?(?=/?>)", book)
    if missing and "activeTab=" not in missing[0]:
        book = book[: missing.end()] + ' activeTab="1"' + book[missing.end() :]
    package.put(workbook_part, book)


def _raised(xml: str, tag: str, attribute: str) -> str:
    def raised(found: re.Match[str]) -> str:
        return re.sub(
            rf'(\s{attribute}=")(\d+)"', lambda m: f'{m[1]}{int(m[2]) + 1}"', found[0], count=1
        )

    return re.sub(tag, raised, xml)


def inline_rows(
    rows: Sequence[Sequence[tuple[object, int]]], heights: Sequence[float]
) -> Iterator[str]:
    """Yield rows of cells with text or numbers and their formats, as XML."""
    for number, (row, height) in enumerate(zip(rows, heights, strict=True), start=1):
        cells = []
        for column, (value, style) in enumerate(row, start=1):
            place = f'r="{get_column_letter(column)}{number}" s="{style}"'
            if isinstance(value, int | float):
                cells.append(f"<c {place}><v>{value}</v></c>")
            else:
                text = escape(str(value), quote=False)
                cells.append(
                    f'<c {place} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
                )
        size = f'ht="{height}" customHeight="1"'
        yield f'<row r="{number}" {size}>{"".join(cells)}</row>'
