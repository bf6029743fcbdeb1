"""Uploaded files: how large, which types by content (never by name), and which names are safe to keep."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from urllib.parse import quote

import puremagic

from services.intake.texts import hidden
from shared.web.problems import FieldError, Problem, Words

MAX_NAME = 120
MAX_ENTRIES = 5_000
"""Parts of a document that is a ZIP container; an office document has some dozens."""

MAX_UNPACKED = 100 * 1024 * 1024
"""Bytes that such a container may say to hold: five times the largest file, and pictures hardly shrink."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of file that the hall takes. `suffixes`: what its name may end with, the first one by default."""

    name: str
    media_type: str
    suffixes: tuple[str, ...]


_OFFICE = "application/vnd.openxmlformats-officedocument."
PDF = Kind("PDF", "application/pdf", (".pdf",))
PNG = Kind("PNG", "image/png", (".png",))
JPEG = Kind("JPEG", "image/jpeg", (".jpg", ".jpeg"))
HEIC = Kind("HEIC", "image/heif", (".heic", ".heif"))
DOCX = Kind("DOCX", f"{_OFFICE}wordprocessingml.document", (".docx",))
XLSX = Kind("XLSX", f"{_OFFICE}spreadsheetml.sheet", (".xlsx",))
OFD = Kind("OFD", "application/ofd", (".ofd",))
KINDS = (PDF, PNG, JPEG, HEIC, DOCX, XLSX, OFD)
ALLOWED = "、".join(kind.name for kind in KINDS)
_BY_MEDIA_TYPE = {kind.media_type: kind for kind in (PDF, PNG, JPEG, HEIC)}
_BY_PART = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "OFD.xml": OFD}  # GB/T 33190 for OFD

_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def kind_of(content: bytes) -> Kind | None:
    """The type by content; None for everything that is not taken, macros included."""
    if content.startswith(b"PK\x03\x04"):
        return _kind_of_container(content)
    try:
        found = puremagic.magic_string(content)
    except (puremagic.PureError, ValueError):
        return None
    best = found[0].confidence if found else 0
    kinds = [_BY_MEDIA_TYPE.get(each.mime_type) for each in found if each.confidence == best]
    return next((kind for kind in kinds if kind), None)


def _kind_of_container(content: bytes) -> Kind | None:
    """Office and OFD documents by the part that makes them one. Nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            unpacked = sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    macros = any("vbaproject" in name.lower() for name in names)
    if len(names) > MAX_ENTRIES or unpacked > MAX_UNPACKED or macros:
        return None
    return next((kind for part, kind in _BY_PART.items() if part in names), None)


def name_error(name: str) -> FieldError | None:
    """What is wrong with a file's name, where, and what to do."""
    fix = "请改名后重新上传，例如：营业执照.pdf"
    if not name.strip():
        return FieldError(field="file.name", reason="文件没有名称", fix=fix)
    if len(name) > MAX_NAME:
        return FieldError(field="file.name", reason=f"文件名太长（{len(name)}个字，最多{MAX_NAME}个字）", fix=fix)
    if place := hidden(name):
        return FieldError(field="file.name", reason=f"文件名第{place}个字是不可见的控制字符", fix=fix)
    if "/" in name or "\\" in name or name.strip(". ") == "":
        return FieldError(field="file.name", reason="文件名里有路径", fix=fix)
    if name.startswith(".") or _RESERVED.match(name) or re.search(r'[<>:"|?*]', name):
        return FieldError(field="file.name", reason="文件名是系统保留的名称，或含有保留字符", fix=fix)
    return None


def safe_name(name: str, kind: Kind) -> str:
    """The name in normal form, ending as its content asks."""
    plain = unicodedata.normalize("NFC", name).strip()
    return plain if plain.lower().endswith(kind.suffixes) else plain + kind.suffixes[0]


def check(name: str, content: bytes, limit: int) -> Kind:
    """The type of an acceptable file. Raises Problem: 413 too large, 415 wrong type, 422 wrong name or empty."""
    if len(content) > limit:
        detail = Words(
            f"单个文件最大 {limit / 1024 / 1024:.3g} MB，请压缩或分成几个文件上传。",
            f"A file has at most {limit / 1024 / 1024:.3g} MB: compress or split it.",
        )
        raise Problem(413, "too_large", Words("文件太大", "The file is too large"), detail)
    wrong = name_error(name)
    if wrong is None and not content:
        wrong = FieldError(field="file", reason="文件是空的", fix="请检查文件后重新上传")
    if wrong:
        raise Problem(422, "invalid_file", Words("文件不能接收", "The file is refused"), wrong.reason, errors=[wrong])
    kind = kind_of(content)
    if kind is None:
        reason = "这种文件收不了（看的是内容，改后缀没有用）"
        error = FieldError(
            field="file", reason=reason, fix=f"请换成 {ALLOWED} 之一再上传；带宏的、解压后过大的文档不收"
        )
        title = Words("不支持这种文件", "This type of file is not taken")
        raise Problem(415, "unsupported_file_type", title, f"{error.reason}。{error.fix}。", errors=[error])
    return kind


def disposition(name: str) -> str:
    """`Content-Disposition` for a download: always an attachment, with the name in RFC 6266 form."""
    plain = re.sub(r"[^0-9A-Za-z._-]", "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
