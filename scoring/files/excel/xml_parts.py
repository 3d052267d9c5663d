"""Parse the XML parts of an office package: no DTD, no entities, no network, no giant trees."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from xml.parsers import expat

from lxml import etree

Element = Any
# Parts are UTF-8 by the time they come here, whatever they declare.
_SAFE: dict[str, Any] = {
    "encoding": "utf-8", "resolve_entities": False, "no_network": True, "load_dtd": False,
    "huge_tree": False,
}  # fmt: skip
# No count within a workbook has more.
_MOST_DIGITS = 12
XmlError = etree.XMLSyntaxError


def parse_part(part: bytes, *, whole: bool = False) -> Element | None:
    """Return the root element of a part, or None when it is not XML or declares entities.

    Parameters
    ----------
    part : bytes
        UTF-8.
    whole : bool
        Keep comments, processing instructions and CDATA sections, to write the part back.
    """
    lost = {"remove_comments": not whole, "remove_pis": not whole, "strip_cdata": not whole}
    try:
        root = etree.fromstring(part, etree.XMLParser(**_SAFE, **lost, collect_ids=False))
    except (XmlError, ValueError):
        return None
    return None if root.getroottree().docinfo.doctype else root


def whole_number(text: str | None, otherwise: int = 0) -> int:
    """Return the number that an attribute writes in digits; `otherwise` where it writes anything else.

    ``str.isdigit`` alone holds for a raised two, and Python refuses thousands of digits.

    Examples
    --------
    >>> whole_number("12"), whole_number("²", -1), whole_number("@x"), whole_number("9" * 5000)
    (12, -1, 0, 0)
    """
    digits = (text or "").strip()
    is_number = len(digits) <= _MOST_DIGITS and digits.isascii() and digits.isdigit()
    return int(digits) if is_number else otherwise


def elements(part: bytes, *names: str) -> Iterator[Element]:
    """Yield the elements called `names`, whatever their namespace, and forget each afterwards.

    Time grows with the bytes of the part, memory with its largest element.

    Raises
    ------
    XmlError
        Where the part stops being XML.

    Examples
    --------
    >>> [element.get("r") for element in elements(b'<d><row r="1"/><row r="2"/></d>', "row")]
    ['1', '2']
    """
    tags = [f"{{*}}{name}" for name in names]
    found = etree.iterparse(
        io.BytesIO(part), tag=tags, remove_comments=True, remove_pis=True, **_SAFE
    )
    for _, element in found:
        yield element
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def local_name(element: Element) -> str:
    """Return the name of an element without its namespace, whichever prefix the writer chose."""
    return str(element.tag).rpartition("}")[2]


def root_name(part: bytes) -> str:
    """Return the local name of the root of a part; empty when it does not begin as XML."""
    names: list[str] = []
    # Parsing the rest would cost, and a parser of lxml stopped half-way stays in memory.
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = lambda name, _: names.append(name)
    with suppress(expat.ExpatError):
        parser.Parse(part[:4_000], False)
    return names[0].rpartition(":")[2] if names else ""
