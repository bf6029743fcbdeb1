"""Files by content, and names that are safe to keep and to send."""

import io
import zipfile

import pytest

from services.intake.uploads import DOCX, HEIC, JPEG, OFD, PDF, PNG, XLSX, check, disposition, kind_of, safe_name
from shared.web.problems import Problem

A_PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
A_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(30)
A_JPEG = b"\xff\xd8\xff\xe1\x00\x10Exif\x00" + bytes(30) + b"\xff\xd9"


def container(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return content.getvalue()


A_DOCX = container("[Content_Types].xml", "word/document.xml")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (A_PDF, PDF),
        (A_PNG, PNG),
        (A_JPEG, JPEG),
        (b"\xff\xd8\xff\xdb" + bytes(30) + b"\xff\xd9", JPEG),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", HEIC),
        (A_DOCX, DOCX),
        (container("[Content_Types].xml", "xl/workbook.xml"), XLSX),
        (container("OFD.xml", "Doc_0/Document.xml"), OFD),
    ],
)
def test_a_type_is_told_by_the_content(content, kind):
    assert kind_of(content) == kind


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"plain text, whatever it is called",
        b"<html><script>alert(1)</script></html>",
        b"MZ" + bytes(100),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500),
        container("a.txt"),
        container("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
        b"PK\x03\x04" + bytes(100),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
)
def test_everything_else_is_refused(content):
    assert kind_of(content) is None


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "没有名称"),
        ("长" * 121, "太长"),
        ("../../etc/passwd", "路径"),
        ("C:\\材料.pdf", "路径"),
        ("..", "路径"),
        ("材料\u202efdp.exe", "第3个字"),
        ("材料\n.pdf", "第3个字"),
        ("CON.pdf", "保留"),
        (".htaccess", "保留"),
        ("材料?.pdf", "保留"),
    ],
)
def test_an_unsafe_name_is_told_why(name, reason):
    with pytest.raises(Problem) as caught:
        check(name, A_PDF, 1000)
    assert (caught.value.status_code, caught.value.code) == (422, "invalid_file")
    assert reason in caught.value.errors[0].reason


def test_a_name_gets_the_ending_of_its_content_and_keeps_a_right_one():
    assert safe_name("身份证.jpeg", JPEG) == "身份证.jpeg"
    assert safe_name("身份证.JPG", JPEG) == "身份证.JPG"
    assert safe_name("material.exe", PDF) == "material.exe.pdf"


@pytest.mark.parametrize(
    ("content", "status"), [(A_PDF, None), (A_PDF + bytes(1000), 413), (b"", 422), (b"GIF89a" + bytes(20), 415)]
)
def test_size_emptiness_and_type_have_their_own_answers(content, status):
    if status is None:
        assert check("材料.pdf", content, 500) == PDF
        return
    with pytest.raises(Problem) as caught:
        check("材料.pdf", content, 500)
    assert caught.value.status_code == status


def test_a_download_is_an_attachment_whatever_its_name_holds():
    header = disposition('章程"; x=.pdf')
    assert header.startswith('attachment; filename="')
    assert header.count('"') == 2
    assert header.isascii()
    assert "filename*=UTF-8''%E7%AB%A0%E7%A8%8B%22%3B" in header
