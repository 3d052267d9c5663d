"""Adding formats to a workbook's style sheet, each made from one that is there."""

from __future__ import annotations

from copy import deepcopy

from scoring.files.excel.streaming_reader import date_styles
from scoring.files.excel.xlsx_patch.package_parts import PackageParts, child, children, place_before
from scoring.files.excel.xml_parts import Element

# The lists of a style sheet in the order of the schema, with what each must hold at least.
_LISTS: dict[str, tuple[str, int]] = {
    "numFmts": ("numFmt", 0), "fonts": ("font", 1), "fills": ("fill", 2), "borders": ("border", 1),
    "cellStyleXfs": ("xf", 1), "cellXfs": ("xf", 1), "cellStyles": ("cellStyle", 0),
    "dxfs": ("dxf", 0), "tableStyles": ("tableStyle", 0), "colors": ("", 0), "extLst": ("", 0),
}  # fmt: skip


class CellFormats:
    """The style sheet in the part `name`.

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
    >>> formats = CellFormats(parts, parts.styles())
    >>> red = formats.filled(0, "FFC7CE")
    >>> red > 0, formats.filled(0, "FFC7CE") == red
    (True, True)
    """

    def __init__(self, parts: PackageParts, name: str) -> None:
        self.root = parts.root(name)
        self._fill_up(parts.highest_format)
        self._made: dict[tuple[int, str], int] = {}
        self._fills: dict[str, int] = {}

    def _fill_up(self, highest: int) -> None:
        """Give cells that name a format there is none of a plain one: ours must not become theirs."""
        formats = self._list("cellXfs")
        missing = highest + 1 - len(children(formats, "xf"))
        for _ in range(missing):
            child(formats, "xf", numFmtId=0, fontId=0, fillId=0, borderId=0)
        if missing > 0:
            formats.set("count", str(highest + 1))

    def filled(self, base: int, colour: str) -> int:
        """Return the format `base` with a background of `colour` (RRGGBB)."""
        if (base, colour) not in self._made:
            made = self._like(base)
            made.set("fillId", str(self._fill(colour)))
            made.set("applyFill", "1")
            self._made[base, colour] = self._last("cellXfs")
        return self._made[base, colour]

    def _fill(self, colour: str) -> int:
        if colour not in self._fills:
            pattern = child(self._append("fills"), "patternFill", patternType="solid")
            child(pattern, "fgColor", rgb=f"FF{colour}")
            child(pattern, "bgColor", indexed=64)
            self._fills[colour] = self._last("fills")
        return self._fills[colour]

    def dated(self, base: int, is_date: bool) -> int:
        """Return the format `base`, or one like it that shows a date where it shows none."""
        if (base in date_styles(self.root)) == is_date:
            return base
        key = 14 if is_date else 0
        if (base, str(key)) not in self._made:
            made = self._like(base)
            made.set("numFmtId", str(key))
            made.set("applyNumberFormat", "1")
            self._made[base, str(key)] = self._last("cellXfs")
        return self._made[base, str(key)]

    def _like(self, base: int) -> Element:
        formats = children(self._list("cellXfs"), "xf")
        return self._append("cellXfs", formats[base if base < len(formats) else 0])

    def wrapped(self, font: int = 0) -> int:
        """Return a format with wrapped text standing at the top."""
        made = self._plain(font)
        made.set("applyAlignment", "1")
        child(made, "alignment", vertical="top", wrapText=1)
        return self._last("cellXfs")

    def plain(self, font: int) -> int:
        """Return a format with nothing but a font."""
        self._plain(font)
        return self._last("cellXfs")

    def bold_font(self) -> int:
        """Return a bold variant of the workbook's first font."""
        made = self._append("fonts", children(self._list("fonts"), "font")[0])
        if not children(made, "b"):
            made.insert(0, child(made, "b"))
        return self._last("fonts")

    def _plain(self, font: int) -> Element:
        made = self._append("cellXfs")
        values = {"numFmtId": 0, "fontId": font, "fillId": 0, "borderId": 0, "xfId": 0}
        for key, value in (values | {"applyFont": 1}).items():
            made.set(key, str(value))
        return made

    def _list(self, name: str) -> Element:
        """Return one of the lists, made with its least content where the workbook has none."""
        found = children(self.root, name)
        if not found:
            made = child(self.root, name)
            names = list(_LISTS)
            place_before(self.root, made, names[names.index(name) + 1 :])
            found = [made]
        entry, least = _LISTS[name]
        for number in range(len(children(found[0], entry)), least):
            made = child(found[0], entry)
            if entry == "fill":
                child(made, "patternFill", patternType=("none", "gray125")[number])
        return found[0]

    def _append(self, name: str, model: Element | None = None) -> Element:
        """Add an entry to a list, a copy of `model` or an empty one, and return it."""
        parent = self._list(name)
        made = child(parent, _LISTS[name][0]) if model is None else deepcopy(model)
        if model is not None:
            parent.append(made)
        parent.set("count", str(self._last(name) + 1))
        return made

    def _last(self, name: str) -> int:
        return len(children(self._list(name), _LISTS[name][0])) - 1
