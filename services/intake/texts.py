"""Texts that people write and others read or print: visible, and without identity or telephone numbers."""

from __future__ import annotations

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field

from services.intake.model import Desk
from shared.contracts.terms import PERSONAL


def hidden(text: str) -> int | None:
    """The place, from 1, of the first control, direction or zero-width character: it makes a text look like another."""
    return next((n for n, each in enumerate(text, start=1) if unicodedata.category(each) in _HIDDEN), None)


_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"})


def plain(text: str) -> str:
    """The text on one line. ValueError, in words for its writer, where it cannot be read or names a person."""
    line = " ".join(text.split())
    if not line:
        raise ValueError("没有填写内容")
    if place := hidden(line):
        raise ValueError(f"第{place}个字是不可见的控制字符，请删去")
    if PERSONAL.search(line):
        raise ValueError("文字中有身份证号或电话号码，请删去并写明是哪份材料（个人信息保护法第六条）")
    return line


Reason = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(plain)]
DeskName = Annotated[Desk, AfterValidator(plain)]
Key = Annotated[str, Field(max_length=64)]
"""What the catalogue or a file is named by; nothing of ours is longer."""
