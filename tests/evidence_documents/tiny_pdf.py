"""The smallest PDF that shows Vietnamese text: one font without glyphs and a map to letters."""

import zlib


def pdf_with_text(*pages, compress=True):
    """Return a PDF whose pages show the lines given; an empty page shows nothing, as a scan."""
    letters = sorted({letter for page in pages for line in page for letter in line})
    codes = {letter: number for number, letter in enumerate(letters, start=1)}
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b""]
    objects.append(b"<</Type/Font/Subtype/Type0/BaseFont/F/Encoding/Identity-H"
                   b"/DescendantFonts[4 0 R]/ToUnicode 5 0 R>>")  # fmt: skip
    objects.append(b"<</Type/Font/Subtype/CIDFontType2/BaseFont/F/DW 500"
                   b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>")  # fmt: skip
    objects.append(_stream(_to_unicode(codes), compress))
    kids = []
    for page in pages:
        content = len(objects) + 1
        objects.append(_stream(_page_content(page, codes), compress))
        objects.append(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R"
                       b"/Resources<</Font<</F 3 0 R>>>>>>" % content)  # fmt: skip
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids))
    return _assembled(objects)


def _page_content(lines, codes):
    shown = [b"BT /F 12 Tf 40 800 Td 14 TL"]
    for line in lines:
        hexed = "".join(f"{codes[letter]:04X}" for letter in line)
        shown.append(f"<{hexed}> Tj T*".encode())
    return b"\n".join([*shown, b"ET"])


def _to_unicode(codes):
    pairs = [f"<{code:04X}> <{letter.encode('utf-16-be').hex()}>" for letter, code in codes.items()]
    blocks = [pairs[at : at + 90] for at in range(0, len(pairs), 90)]
    maps = "\n".join(
        f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks
    )
    return (
        "/CIDInit /ProcSet findresource begin begincmap\n"
        "1 begincodespacerange <0000> <FFFF> endcodespacerange\n" + maps + "\nendcmap end"
    ).encode()


def _stream(data, compress):
    if compress:
        data = zlib.compress(data)
    filters = b"/Filter/FlateDecode" if compress else b""
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(data), filters, data)


def _assembled(objects):
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)
