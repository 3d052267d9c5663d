"""Look through an office package (.xlsx, .xlsm, .docx) before any reader may open it.

Readers trust what a package says of itself: some end the whole process on a forged count or a
cell at the far corner of the sheet. Here every part is unpacked once under limits, counted while
it grows, and searched for what no office program writes.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NoReturn

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding, has_errors
from scoring.files.excel.xml_parts import parse_part, root_name
from scoring.files.limits import MEGABYTE, UTF16_MARKS, Limits
from scoring.files.recognise import foreign_finding

_XML_NAME = re.compile(r"\.(xml|rels|vml)$", re.IGNORECASE)
_ARCHIVE_NAME = re.compile(
    r"\.(zip|7z|rar|gz|tgz|xz|bz2|tar|jar|cab|iso|xls[xmb]?|doc[xm]?|ppt[xm]?|exe)$", re.IGNORECASE
)
_DECLARED_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)""")
_FALSE_COUNT = re.compile(rb"""ount\s*=\s*["'](\d{7,})""")
_KNOWN_ENCODINGS = {b"utf-8", b"utf8", b"us-ascii", b"ascii", b"utf-16", b"utf-16le", b"utf-16be"}
_CHUNK = MEGABYTE
# A ratio says little about small parts: four kilobytes of blanks pack into thirty bytes.
_RATIO_MATTERS_ABOVE = MEGABYTE
_STORED, _DEFLATED = 0, 8
# Roots of the parts that are read element by element; any other is held in memory as a whole.
_STREAMED = {"worksheet", "sst"}
_LOCAL_HEADER = 30


@dataclass(frozen=True)
class PackageReport:
    """What a package holds and what is wrong with it.

    Attributes
    ----------
    kind : str
        ``xlsx``, ``xlsm``, ``docx``, ``docm`` or ``""`` for anything else.
    findings : tuple of Finding
        All problems met. With an error among them no reader may open the package.
    parts : mapping of str to bytes
        The unpacked XML parts by name, as UTF-8; pictures and other binary parts are left out.
    transcoded : frozenset of str
        The parts that were not UTF-8.
    """

    kind: str
    findings: tuple[Finding, ...]
    parts: Mapping[str, bytes] = field(repr=False)
    transcoded: frozenset[str] = frozenset()

    @property
    def is_safe(self) -> bool:
        """Whether a reader may open the package."""
        return bool(self.kind) and not has_errors(self.findings)

    @cached_property
    def main_part(self) -> str:
        """Name of the part that holds the workbook or the text; empty when there is none."""
        return _main_part(self.parts)


def inspect_package(data: bytes, limits: Limits | None = None, file: str = "") -> PackageReport:
    """Look through the bytes of an office package under limits.

    Parameters
    ----------
    data : bytes
        The whole file.
    limits : Limits, optional
        What is still accepted; the defaults suit ledgers and plans.
    file : str
        Name to show in findings.

    Returns
    -------
    PackageReport
        Never raises for bad content: whatever is wrong stands in its findings.

    Examples
    --------
    >>> report = inspect_package(b"ma,diem\\n1.1,0.5\\n", file="bang.xlsx")
    >>> report.is_safe, [finding.code for finding in report.findings]
    (False, ['save-as-xlsx'])
    """
    limits = limits or Limits()
    scan = _Scan(data, limits, file)
    scan.run()
    kind = _kind_of(scan.parts) if scan.parts else ""
    foreign = None if kind or has_errors(scan.findings) else foreign_finding(data, file)
    findings = [*scan.findings, *([foreign] if foreign else [])]
    return PackageReport(kind, tuple(findings), scan.parts, frozenset(scan.transcoded))


class _Scan:
    """One pass over a package: unpacks part by part and gathers findings."""

    def __init__(self, data: bytes, limits: Limits, file: str) -> None:
        self.data, self.limits, self.file = data, limits, file
        self.parts: dict[str, bytes] = {}
        self.transcoded: set[str] = set()
        self.findings: list[Finding] = []
        self.inflated = 0

    def add(self, code: str, **values: object) -> None:
        self.findings.append(Finding(code, self.file, values=values))

    def run(self) -> None:
        """Fill `parts` and `findings`; stop at the first thing that makes going on unsafe."""
        try:
            if len(self.data) > self.limits.file_bytes:
                self._too_large(self.file, self.limits.file_bytes)
            entries = self._entries()
            names = [entry.filename for entry in entries]
            self._refuse_unsafe(names)
            for entry in entries:
                self._look_at(entry.filename, self._unpacked(entry))
            self._look_at_whole(names)
        except UnreadableError as stop:
            self.findings.append(stop.finding)

    def _stop(self, code: str, **values: object) -> NoReturn:
        raise UnreadableError(Finding(code, self.file, values=values))

    def _too_large(self, part: str, limit: int | None = None) -> NoReturn:
        limit = limit or min(self.limits.part_bytes, self.limits.inflated_bytes)
        self._stop("package-too-large", part=part, limit=f"{limit / MEGABYTE:g}")

    def _entries(self) -> list[zipfile.ZipInfo]:
        if self.data[:4] != b"PK\x03\x04":
            return []  # whatever it is, `foreign_finding` names it
        # Counted in the raw bytes first: building a million entry objects is an attack by itself.
        count = self.data.count(b"PK\x01\x02")
        if count > self.limits.parts:
            self._stop("package-too-many-parts", count=count, limit=self.limits.parts)
        try:
            with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
                return [entry for entry in archive.infolist() if not entry.is_dir()]
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError):
            self._stop("package-damaged", part="zip")

    def _refuse_unsafe(self, names: list[str]) -> None:
        seen: set[str] = set()
        for name in names:
            folded = posixpath.normpath(name).casefold()
            unsafe = name.startswith(("/", "\\")) or "\\" in name or ":" in name or "\x00" in name
            if unsafe or ".." in name.split("/") or folded in seen:
                self._stop("package-unsafe-name", part=name)
            seen.add(folded)

    def _unpacked(self, entry: zipfile.ZipInfo) -> bytes:
        if entry.flag_bits & 0x1:
            self._stop("file-encrypted")
        packed = self._packed(entry)
        if packed is None or entry.compress_type not in (_STORED, _DEFLATED):
            self._stop("package-damaged", part=entry.filename)
        try:
            content = packed if entry.compress_type == _STORED else self._inflated(entry, packed)
        except zlib.error:
            self._stop("package-damaged", part=entry.filename)
        self.inflated += len(content)
        if len(content) > self.limits.part_bytes or self.inflated > self.limits.inflated_bytes:
            self._too_large(entry.filename)
        # Readers check the sum and refuse the file in their own words; ours come first.
        if zlib.crc32(content) != entry.CRC:
            self._stop("package-damaged", part=entry.filename)
        return content

    def _packed(self, entry: zipfile.ZipInfo) -> bytes | None:
        """Return the raw bytes of `entry`, whose two headers must agree on its name."""
        name_at = entry.header_offset + _LOCAL_HEADER
        header = self.data[entry.header_offset : name_at]
        if len(header) < _LOCAL_HEADER or header[:4] != b"PK\x03\x04":
            return None
        name_length, extra_length = struct.unpack("<HH", header[26:30])
        name = self.data[name_at : name_at + name_length]
        if name not in [entry.orig_filename.encode(code, "replace") for code in ("utf-8", "cp437")]:
            return None
        begin = name_at + name_length + extra_length
        packed = self.data[begin : begin + entry.compress_size]
        return packed if len(packed) == entry.compress_size else None

    def _inflated(self, entry: zipfile.ZipInfo, packed: bytes) -> bytes:
        """Unpack, counting what really comes out instead of what the header promises."""
        room = min(self.limits.part_bytes, self.limits.inflated_bytes - self.inflated)
        machine = zlib.decompressobj(-zlib.MAX_WBITS)
        chunks, size, rest = [], 0, packed
        while rest and not machine.eof:
            chunk = machine.decompress(rest, _CHUNK)
            rest, size = machine.unconsumed_tail, size + len(chunk)
            chunks.append(chunk)
            if size > _RATIO_MATTERS_ABOVE and size > self.limits.ratio * len(packed):
                ratio = round(size / len(packed))
                self._stop("package-inflates-too-much", part=entry.filename, ratio=ratio)
            if size > room:
                self._too_large(entry.filename)
        if not machine.eof:
            self._stop("package-damaged", part=entry.filename)
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    def _look_at(self, name: str, content: bytes) -> None:
        """Keep an XML part as UTF-8 and look for what no office program writes."""
        if not _XML_NAME.search(name):
            if content[:4] == b"PK\x03\x04" or _ARCHIVE_NAME.search(name):
                self.add("package-nested", part=name)
            return
        text = _as_utf8(content)
        if text is None or b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            self.add("package-entities", part=name)
            return
        if text is not content:
            self.transcoded.add(name)
        claimed = max((int(count[:18]) for count in _FALSE_COUNT.findall(text)), default=0)
        if claimed > len(text):
            self.add("package-false-count", part=name, count=claimed)
        if text.count(b"<") > self.limits.elements and root_name(text) not in _STREAMED:
            values = {"count": text.count(b"<"), "limit": self.limits.elements}
            self._stop("package-too-many-elements", part=name, **values)
        self.parts[name] = text

    def _look_at_whole(self, names: list[str]) -> None:
        if any(posixpath.basename(name).lower() == "vbaproject.bin" for name in names):
            self.add("macros-ignored")
        linked = [name for name in names if name.lower().startswith("xl/externallinks/")]
        linked += [n for n, text in self.parts.items() if _links_out(n, text)]
        if linked:
            self.add("external-links", part=linked[0])


def _as_utf8(content: bytes) -> bytes | None:
    """Return an XML part as UTF-8, the same object where it is; None in an odd encoding."""
    start = content[:200]
    if start.startswith(UTF16_MARKS) or b"\x00" in start[:4]:
        without_mark = "utf-16-be" if start[:1] == b"\x00" else "utf-16-le"
        encoding = "utf-16" if start.startswith(UTF16_MARKS) else without_mark
        try:
            return content.decode(encoding).encode("utf-8")
        except UnicodeError:
            return None
    declared = _DECLARED_ENCODING.match(start.removeprefix(b"\xef\xbb\xbf"))
    if declared and declared[1].strip().lower() not in _KNOWN_ENCODINGS:
        return None
    return content


def _links_out(name: str, text: bytes) -> bool:
    """Say whether relationships fetch something from elsewhere; plain hyperlinks do not."""
    if not name.endswith(".rels") or b"External" not in text:
        return False
    root = parse_part(text)
    return any(
        element.get("TargetMode") == "External"
        and not element.get("Type", "").endswith("/hyperlink")
        for element in (root if root is not None else ())
    )


def relationships(parts: Mapping[str, bytes], part: str) -> dict[str, tuple[str, str]]:
    """Return the relationships of `part`: id -> (last word of the type, name of the target).

    Targets may be relative to the folder of the part or absolute with a leading slash.
    """
    folder, name = posixpath.split(part)
    root = parse_part(parts.get(posixpath.join(folder, "_rels", f"{name}.rels"), b""))
    found: dict[str, tuple[str, str]] = {}
    for element in root if root is not None else ():
        target = element.get("Target", "")
        if element.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        kind = element.get("Type", "").rpartition("/")[2]
        found[element.get("Id", "")] = (kind, target)
    return found


def related_part(report: PackageReport, kind: str) -> bytes:
    """Return the part that the workbook refers to as `kind`: ``styles``, ``sharedStrings``."""
    related = relationships(report.parts, report.main_part).values()
    return next((report.parts.get(part, b"") for name, part in related if name == kind), b"")


def _main_part(parts: Mapping[str, bytes]) -> str:
    for kind, target in relationships(parts, "").values():
        if kind == "officeDocument" and target in parts:
            return target
    usual = ("xl/workbook.xml", "word/document.xml")
    return next((name for name in usual if name in parts), "")


def _kind_of(parts: Mapping[str, bytes]) -> str:
    """Return ``xlsx``, ``xlsm``, ``docx`` or ``docm`` by the root of the main part."""
    root = root_name(parts.get(_main_part(parts), b""))
    kind = {"workbook": "xls", "document": "doc"}.get(root, "")
    macros = b"macroEnabled" in parts.get("[Content_Types].xml", b"")
    return kind and kind + ("m" if macros else "x")
