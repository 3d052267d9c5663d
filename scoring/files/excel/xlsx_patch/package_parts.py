"""The parts of a workbook, opened for single changes."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.files.excel.cells import cell_text
from scoring.files.excel.package import PackageReport, relationships
from scoring.files.excel.sheet_scan import worksheet_parts
from scoring.files.excel.xml_parts import Element, XmlError, elements, local_name, parse_part

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument"
_STYLES = "spreadsheetml.styles+xml"
_HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# A fixed day, so that the same changes give the same bytes.
_ADDED_ON = (1980, 1, 1, 0, 0, 0)
# Excel keeps no more formats; a larger number names none.
_MOST_FORMATS, _DIGITS = 65_490, 6


@dataclass
class PackageParts:
    """The parts of a package that was looked through; changes are kept until `to_bytes`.

    Examples
    --------
    >>> import io
    >>> import openpyxl
    >>> from scoring.files.excel.xlsx_patch.read_back import open_parts
    >>> from scoring.files.limits import Limits
    >>> stream = io.BytesIO()
    >>> book = openpyxl.Workbook()
    >>> book.active["A1"] = 5
    >>> book.save(stream)
    >>> parts = open_parts(stream.getvalue(), Limits())
    >>> parts.styles()
    'xl/styles.xml'
    >>> parts.to_bytes()[:2]
    b'PK'
    """

    data: bytes
    report: PackageReport
    _roots: dict[str, Element] = field(init=False, default_factory=dict)
    _raw: dict[str, bytes] = field(init=False, default_factory=dict)
    _dropped: set[str] = field(init=False, default_factory=set)

    def __contains__(self, name: str) -> bool:
        return name in self.report.parts or name in self._roots or name in self._raw

    def root(self, name: str) -> Element:
        """Return the root of a part, to be changed in place.

        Raises
        ------
        UnreadableError
            When the part is not XML.
        """
        if name not in self._roots:
            root = parse_part(self.report.parts.get(name, b""), whole=True)
            if root is None:
                raise UnreadableError(Finding("package-damaged", values={"part": name}))
            self._roots[name] = root
        return self._roots[name]

    def raw(self, name: str) -> bytes:
        """Return the bytes of a part that need not be sound XML."""
        return self._raw.get(name) or self.report.parts[name]

    def put_raw(self, name: str, content: bytes) -> None:
        """Replace a part by bytes."""
        self._raw[name] = content

    def add(self, pattern: str, content: Element | bytes, content_type: str) -> str:
        """Add a part under the first free name of the form ``xl/comments{}.xml``; return it.

        `content_type` is what follows ``...officedocument`` in the declaration.
        """
        name = next(n for n in map(pattern.format, range(1, 100_000)) if n not in self)
        (self._raw if isinstance(content, bytes) else self._roots)[name] = content
        values = {"PartName": f"/{name}", "ContentType": f"{_TYPES}.{content_type}"}
        child(self.root("[Content_Types].xml"), "Override", **values)
        return name

    def related(self, part: str) -> dict[str, str]:
        """Return the parts that `part` refers to, by the kind of the relationship."""
        name = _relationships_part(part)
        if name in self._roots:
            now = {**self.report.parts, name: etree.tostring(self._roots[name])}
            return dict(relationships(now, part).values())
        return dict(relationships(self.report.parts, part).values())

    def styles(self) -> str:
        """Return the part with the formats of cells, which is added where there is none."""
        book = self.report.main_part
        if (name := self.related(book).get("styles", "")) not in self:
            # Some readers go by this name and by no relationship.
            free = "xl/stylesPar{}.xml" if "xl/styles.xml" in self else "xl/styles.xml"
            name = self.add(free, new_root("styleSheet", self.root(book)), _STYLES)
            self.relate(book, "styles", name)
        return name

    @cached_property
    def highest_format(self) -> int:
        """The highest number of a format that a cell, row or column names."""
        named = [
            name for _, _, part in worksheet_parts(self.report) for name in self._formats_of(part)
        ]
        numbers = (int(text) for text in named if text.isdecimal() and len(text) < _DIGITS)
        return max((number for number in numbers if number < _MOST_FORMATS), default=0)

    def _formats_of(self, part: str) -> list[str]:
        """Return the formats that a sheet names; the reader of its cells may forgive more than this."""
        try:
            return [
                element.get("style" if local_name(element) == "col" else "s", "")
                for element in elements(self.report.parts[part], "c", "row", "col")
            ]
        except XmlError:
            raise UnreadableError(Finding("package-damaged", values={"part": part})) from None

    def drop(self, part: str, kind: str) -> None:
        """Take out the part that `part` refers to as `kind`, where there is one."""
        if not (name := self.related(part).get(kind, "")):
            return
        for root in (self.root(_relationships_part(part)), self.root("[Content_Types].xml")):
            for entry in list(root):
                if (
                    entry.get("Type", "").endswith(f"/{kind}")
                    or entry.get("PartName") == f"/{name}"
                ):
                    root.remove(entry)
        self._dropped.add(name)

    def relate(self, part: str, kind: str, target: str) -> str:
        """Add a relationship of `part` to the part `target`; return its id."""
        name = _relationships_part(part)
        if name not in self:
            self._roots[name] = etree.Element(
                f"{{{_PACKAGE}}}Relationships", nsmap={None: _PACKAGE}
            )
        root = self.root(name)
        taken = {entry.get("Id") for entry in root}
        key = next(k for k in map("rIdPar{}".format, range(1, 100_000)) if k not in taken)
        # A file of the strict kind names its relationships otherwise.
        base = next((e.get("Type", "").rpartition("/")[0] for e in root), OFFICE)
        base = base if "officeDocument" in base else OFFICE
        child(root, "Relationship", Id=key, Type=f"{base}/{kind}", Target=f"/{target}")
        return key

    def to_bytes(self) -> bytes:
        """Return the workbook; parts without a change keep their bytes and their dates."""
        changed = self._raw | {name: _serialised(root) for name, root in self._roots.items()}
        out = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(self.data)) as old,
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            for entry in old.infolist():
                if entry.filename in self._dropped:
                    continue
                content = changed.pop(entry.filename, None)
                new.writestr(entry, old.read(entry.filename) if content is None else content)
            for name, content in changed.items():
                new.writestr(zipfile.ZipInfo(name, _ADDED_ON), content, zipfile.ZIP_DEFLATED)
        return out.getvalue()


def _serialised(root: Element) -> bytes:
    # The tree, for comments and instructions may stand before and behind the root.
    content: bytes = etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=False)
    return _HEAD + content


def _relationships_part(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def namespace(element: Element) -> str:
    """Return the namespace of an element, which differs between the two kinds of the format."""
    return etree.QName(element).namespace or _MAIN


def child(parent: Element, name: str, /, **attributes: object) -> Element:
    """Append an element in the namespace of `parent` and return it."""
    made = etree.SubElement(parent, f"{{{namespace(parent)}}}{name}")
    for key, value in attributes.items():
        made.set(key, str(value))
    return made


def new_root(name: str, like: Element) -> Element:
    """Return the root of a new part, in the namespace of the root `like`."""
    main = namespace(like)
    return etree.Element(f"{{{main}}}{name}", nsmap={None: main})


def add_text(parent: Element, text: str) -> None:
    """Append a text whose blanks and line ends count."""
    made = child(parent, "t")
    made.set(_SPACE, "preserve")
    made.text = cell_text(text)


def children(parent: Element, name: str) -> list[Element]:
    """Return the children called `name`, whatever their namespace."""
    return list(parent.iterchildren(f"{{*}}{name}"))


def place_before(parent: Element, made: Element, following: Iterable[str]) -> None:
    """Move `made` before the first child whose name the schema puts behind it."""
    later = set(following)
    for position, other in enumerate(parent):
        inside = {local_name(e) for e in other.iter() if isinstance(e.tag, str)}
        named = inside if "AlternateContent" in inside else {local_name(other)}
        if other is not made and named & later:
            parent.insert(position, made)
            return
