"""Bytes spoilt as senders, broken programs and attackers spoil them, by a seeded random."""

from __future__ import annotations

import io
import random
import unicodedata
import warnings
import zipfile
import zlib

from hostile_cells import by_its_form

# What tears readers: borders of numbers, marks, entities, letters without glyphs or direction.
NASTY = (
    b"", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"&#xD800;", b"&#0;", b"\r", b"\n\n",
    b'"', b"'", b";", b",", b"\t", b"=1+1", b"-", b"1e999", b"-1", b"0", b"NaN", b"Infinity", b"1E-400",
    b"99999999999999999999", b"4294967296", b"1,5", b"1.250", b"31/02/2026", b"00/00/0000", b"46022",
    b"XFD1048576", b"A0", b"ZZZZ1", b"A1:XFD1048576", b"../../x", b"C:\\x", b"CON", b"[[1,2],{}]", b"null",
    b"true", b"<![CDATA[", b"<!DOCTYPE x>", b"&x;", "\u202e".encode(), "\u200b\u00a0".encode(),
    "\U0001f600".encode(), "điểm".encode(), unicodedata.normalize("NFD", "Điểm tự chấm").encode(),
    b"\\u0000", b"[" * 300, b"{" * 300, b"(" * 500, b"<a>" * 300, b"9" * 400, b"x" * 5000,
)  # fmt: skip
MAX_BYTES = 300_000


def spoilt(data: bytes, dice: random.Random) -> bytes:
    """Return `data` with one to four faults; a package is spoilt in one of its parts.

    Half of the files are spoilt by their form alone: their bytes stay those of a sound file.
    """
    formal = dice.random() < 0.5
    for _ in range(dice.randint(1, 4)):
        inside = data[:4] == b"PK\x03\x04" and (formal or dice.random() < 0.9)
        data = (_part_spoilt if inside else _spoilt_once)(data, dice, formal)
    return data[:MAX_BYTES]


def _spoilt_once(data: bytes, dice: random.Random, formal: bool = False) -> bytes:
    made = by_its_form(data, dice) if formal else None
    return made if made is not None else _torn(data, dice)


def _torn(data: bytes, dice: random.Random) -> bytes:
    return dice.choice((_put_in, _put_in, _piece_lost, _piece_again, _flipped, _field, _recoded))(
        data, dice
    )


def _cut(data: bytes, dice: random.Random, most: int = 60) -> tuple[int, int]:
    start = dice.randrange(len(data) + 1)
    return start, min(len(data), start + dice.randint(0, most))


def _put_in(data: bytes, dice: random.Random) -> bytes:
    start, end = _cut(data, dice, 8)
    return data[:start] + dice.choice(NASTY) + data[end:]


def _piece_lost(data: bytes, dice: random.Random) -> bytes:
    start, end = _cut(data, dice, dice.choice((4, 60, len(data))))
    return data[:start] + data[end:]


def _piece_again(data: bytes, dice: random.Random) -> bytes:
    start, end = _cut(data, dice, 200)
    return data[:end] + data[start:end] * dice.choice((1, 2, 50)) + data[end:]


def _flipped(data: bytes, dice: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.randint(1, 6)):
        if changed:
            changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def _field(data: bytes, dice: random.Random) -> bytes:
    """Replace what stands between two marks: a cell, an attribute, a value."""
    for mark in dice.sample((b",", b'"', b"<", b">", b"\n", b"="), 6):
        pieces = data.split(mark)
        if len(pieces) > 2:
            other = dice.choice((dice.choice(NASTY), dice.choice(pieces)))
            pieces[dice.randrange(len(pieces))] = other
            return mark.join(pieces)
    return data


def _recoded(data: bytes, dice: random.Random) -> bytes:
    text = data.decode("utf-8", "replace")
    how = dice.choice(("utf-16", "utf-8-sig", "cp1258", "utf-32", "nfd", "upper"))
    if how == "nfd":
        return unicodedata.normalize("NFD", text).encode()
    return text.upper().encode() if how == "upper" else text.encode(how, "replace")


def _part_spoilt(data: bytes, dice: random.Random, formal: bool = False) -> bytes:
    """Spoil one part of a package, rename it, drop it, or write it a second time."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = [(info.filename, package.read(info)) for info in package.infolist()]
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError):
        return _spoilt_once(data, dice)
    if not parts:
        return _spoilt_once(data, dice)
    # Sheets and their texts are what is read most; the rest is form.
    read = [at for at, (name, _) in enumerate(parts) if "sheet" in name or "Strings" in name]
    place = dice.choice(read) if read and dice.random() < 0.6 else dice.randrange(len(parts))
    name, content = parts[place]
    fate = dice.random()
    if formal or fate < 0.85:
        parts[place] = (name, _spoilt_once(content, dice, formal))
    elif fate < 0.9:
        del parts[place]
    elif fate < 0.95:
        parts[place] = (
            dice.choice(("../" + name, name.upper(), name + "\x00", "x" * 300)),
            content,
        )
    else:
        parts.append((name, _spoilt_once(content, dice, formal)))
    return _packed(parts)


def _packed(parts: list[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    warnings.simplefilter("ignore", UserWarning)  # a part of a name that is there: on purpose
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts:
            info = zipfile.ZipInfo(name[:60_000])
            info.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(info, content)
    return out.getvalue()
