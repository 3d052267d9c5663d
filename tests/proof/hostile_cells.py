"""Files spoilt by what they say and not by their bytes: cells, elements, keys and values.

A byte put anywhere mostly ends in a file that no parser opens. These keep the outer form, so that
what is spoilt comes as far as the code that reads a value.
"""

from __future__ import annotations

import csv
import io
import json
import random
import re
from collections.abc import Callable
from typing import Any

# What a cell may say that its reader did not foresee; as text, whatever the format.
SAID = (
    "", " ", "0", "-1", "1e999", "1E-400", "NaN", "-inf", "99999999999999999999", "0,75", "1.250", "1.250,5",
    "12%", "=1+1", "+84", "@x", "true", "Có", "x", "\u00a0", "\u200b", "\u202e", "a\nb", "\t", "'", '"', ";",
    "1.1", "1.10", "01/02/2026", "31/02/2026", "0000-00-00", "2026-13-01", "9999-12-31", "46022", "2958466",
    "TL001", "TL001; TL001", "../../x", "C:\\x", "CON", "a/" * 200, "điểm" * 300, "e\u0302\u0301" * 50, "\ud7ff",
    "\U0001f600", "(" * 400, "9" * 400, "năm", "quý I/2026", "#N/A", "#REF!", "nan", "None", "null", "<NA>",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 10**30, 1e308, float("nan"), float("inf"), "", [], {}, [[]], {"": {}}, "x" * 3000,
    "2026-02-31", "\ud800", [None] * 50, {"a": {"a": {"a": []}}}, *SAID[:12],
)  # fmt: skip
_TOML = ("0", "-1", "1e999", "nan", '""', '"x"', "true", "[]", "{}", "[[]]", "2026-02-31", "2026-02-01", "9" * 400,
         "1979-05-27T07:32:00", "07:32:00", '["a", 1]', '{a = {b = 1}}', "'''x\n'''", "0x7fffffffffffffff")  # fmt: skip
_CELL = re.compile(rb"<c\b[^>]*?(?:/>|>.*?</c>)", re.S)
_ELEMENT = re.compile(rb"<([\w:]+)\b[^<>]*(?:/>|>[^<>]*</\1>)")
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')
_TEXT = re.compile(rb">([^<>]+)<")
_PAIR = re.compile(rb"(?m)^([\w.\"-]+[ \t]*=[ \t]*)(.+)$")


def by_its_form(data: bytes, dice: random.Random) -> bytes | None:
    """Return `data` spoilt by its own form; None where it has none that is known."""
    head = data[:200].lstrip(b"\xef\xbb\xbf \r\n\t")
    if head.startswith(b"<"):
        return xml_spoilt(data, dice)
    if head[:1] in (b"{", b"["):
        return json_spoilt(data, dice)
    if _PAIR.match(head) or head.startswith(b"#"):
        return _toml_spoilt(data, dice)
    if b"\n" in data and any(mark in head for mark in (b",", b";", b"\t")):
        return _table_spoilt(data, dice)
    return None


def _put(data: bytes, match: re.Match[bytes], new: bytes, group: int = 0) -> bytes:
    return data[: match.start(group)] + new + data[match.end(group) :]


def _one(pattern: re.Pattern[bytes], data: bytes, dice: random.Random) -> re.Match[bytes] | None:
    """Return a match near a place of chance: all of them would take long to list."""
    start = dice.randrange(len(data) + 1)
    return pattern.search(data, start) or pattern.search(data)


def _escaped(text: str) -> bytes:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return text.encode("utf-8", "replace")


def xml_spoilt(data: bytes, dice: random.Random) -> bytes:
    """Spoil a cell, an element, an attribute or a text of XML that stays well-formed."""
    way = dice.choice((_cell_says, _cell_says, _element, _attribute, _attribute, _text))
    return way(data, dice)


def _cell_says(data: bytes, dice: random.Random) -> bytes:
    match = _one(_CELL, data, dice)
    if match is None:
        return _text(data, dice)
    place = re.search(rb'\br="([^"]*)"', match[0])
    at = place[1] if place else b"A1"
    at = dice.choice((at, at, at, at, b"A1", b"XFD1048576", b"", b"A0", b"a1:b2"))
    said = _escaped(dice.choice(SAID))
    kind = dice.choice((b"n", b"n", b"s", b"str", b"b", b"e", b"d", b"inlineStr", b"zzz"))
    body = b"<is><t>" + said + b"</t></is>" if kind == b"inlineStr" else b"<v>" + said + b"</v>"
    if dice.random() < 0.1:
        body = b"<f>" + said + b"</f>" + body
    return _put(data, match, b'<c r="' + at + b'" t="' + kind + b'">' + body + b"</c>")


def _element(data: bytes, dice: random.Random) -> bytes:
    match, other = _one(_ELEMENT, data, dice), _one(_ELEMENT, data, dice)
    if match is None or other is None:
        return data
    new = dice.choice((b"", match[0] * 2, match[0] * 60, other[0], match[0] + other[0]))
    return _put(data, match, new)


def _attribute(data: bytes, dice: random.Random) -> bytes:
    match = _one(_ATTRIBUTE, data, dice)
    if match is None:
        return data
    if dice.random() < 0.2:
        return _put(data, match, b"")
    other = _one(_ATTRIBUTE, data, dice) or match
    return _put(data, match, dice.choice((_escaped(dice.choice(SAID)), other[2])), 2)


def _text(data: bytes, dice: random.Random) -> bytes:
    match = _one(_TEXT, data, dice)
    return data if match is None else _put(data, match, _escaped(dice.choice(SAID)), 1)


def json_spoilt(data: bytes, dice: random.Random) -> bytes:
    """Change, drop, double or rename one value somewhere in JSON, or in one line of JSON lines."""
    lines = data.split(b"\n")
    whole = _loaded(data)
    at = 0 if whole is not None else dice.randrange(len(lines))
    made = whole if whole is not None else _loaded(lines[at])
    if made is None:
        return data
    text = json.dumps(_changed(made, dice), ensure_ascii=dice.random() < 0.5)
    new = text.encode("utf-8", "surrogatepass")
    return new if whole is not None else b"\n".join([*lines[:at], new, *lines[at + 1 :]])


def _loaded(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _changed(value: Any, dice: random.Random) -> Any:
    if isinstance(value, dict) and value and dice.random() < 0.9:
        name = dice.choice(list(value))
        fate = dice.random()
        if fate < 0.08:
            return {key: one for key, one in value.items() if key != name}
        if fate < 0.16:
            return value | {dice.choice(("", "__proto__", name + "\u0301", "x" * 300)): value[name]}
        return value | {name: _changed(value[name], dice)}
    if isinstance(value, list) and value and dice.random() < 0.9:
        at, fate = dice.randrange(len(value)), dice.random()
        if fate < 0.1:
            return value[:at] + value[at + 1 :]
        if fate < 0.2:
            return value + [value[at]] * dice.choice((1, 100))
        return [*value[:at], _changed(value[at], dice), *value[at + 1 :]]
    return dice.choice(VALUES)


def _toml_spoilt(data: bytes, dice: random.Random) -> bytes:
    match = _one(_PAIR, data, dice)
    if match is None:
        return data
    fate = dice.random()
    if fate < 0.1:
        return _put(data, match, b"")
    if fate < 0.2:
        return _put(data, match, match[0] + b"\n" + match[0])
    new = dice.choice(_TOML) if fate < 0.7 else json.dumps(dice.choice(SAID), ensure_ascii=False)
    return _put(data, match, new.encode("utf-8", "replace"), 2)


def _table_spoilt(data: bytes, dice: random.Random) -> bytes:
    """Spoil a cell, a row or a column of a CSV table."""
    text = data.decode("utf-8-sig", "replace")
    mark = max(",;\t", key=text[:2000].count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=mark))
    except csv.Error:
        return data
    dice.choice((_cell, _cell, _cell, _cell, _row, _column))(rows, dice)
    out = io.StringIO()
    csv.writer(out, delimiter=mark, lineterminator="\n").writerows(rows)
    return out.getvalue().encode("utf-8", "replace")


def _cell(rows: list[list[str]], dice: random.Random) -> None:
    row = dice.choice([row for row in rows if row] or [[""]])
    other = dice.choice(dice.choice(rows) or [""])
    row[dice.randrange(len(row))] = dice.choice((dice.choice(SAID), dice.choice(SAID), other))


def _row(rows: list[list[str]], dice: random.Random) -> None:
    at = dice.randrange(len(rows))
    rows[at : at + 1] = dice.choice(([], [rows[at]] * 2, [rows[at], rows[0]], [rows[at][:-1]]))


def _column(rows: list[list[str]], dice: random.Random) -> None:
    at, whole = dice.randrange(len(rows[0]) + 1), dice.choice(SAID)
    change: Callable[[list[str]], list[str]] = dice.choice((
        lambda row: row[:at] + row[at + 1 :], lambda row: row + row[at : at + 1],
        lambda row: [*row[:at], whole, *row[at + 1 :]], lambda row: row[::-1],
    ))  # fmt: skip
    first = rows[0]
    rows[:] = [change(row) for row in rows]
    if dice.random() < 0.7:
        rows[0] = first if len(first) == len(rows[0]) else rows[0]
