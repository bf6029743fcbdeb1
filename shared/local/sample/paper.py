"""A page that stands for a material: a small PDF which says what it is for, and that it is a sample."""

from __future__ import annotations

from functools import cache

_HEAD = "样例材料 SAMPLE"
_FOOT = "本页为演示用，由程序生成，没有任何效力"


@cache
def page(name: str) -> bytes:
    """One A4 page with the name of the material. The typeface is a standard one of PDF readers, not embedded."""
    lines = [(28, 740, _HEAD), (18, 690, name[:40]), (11, 650, _FOOT)]
    drawn = "".join(f"BT /F1 {size} Tf 72 {y} Td <{_hex(text)}> Tj ET\n" for size, y, text in lines)
    content = f"0.6 0.1 0.1 rg\n{drawn}".encode()
    fonts = "/Font<</F1 4 0 R>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<{fonts}>>/Contents 6 0 R>>".encode(),
        b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[5 0 R]>>",
        b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>/FontDescriptor 7 0 R>>",
        b"<</Length %d>>stream\n%sendstream" % (len(content), content),
        b"<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0"
        b"/Ascent 880/Descent -120/CapHeight 880/StemV 93>>",
    ]
    return _file(objects)


def _hex(text: str) -> str:
    return text.encode("utf-16-be").hex()


def _file(objects: list[bytes]) -> bytes:
    """The objects, numbered from 1, with the table of where each begins."""
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return body + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, len(body))
    )
