"""The numbers that people type to verify a paper: e-licence identifiers and notice numbers, as loosely as they come."""

from __future__ import annotations

import re
import unicodedata

from services.licensing import identifier
from services.licensing.decide import NOTICE_NUMBER, REFUSAL_NUMBER
from services.licensing.identifier import WrongIdentifier
from shared.web.problems import FieldError, Problem, Words

_LOOSE = re.compile(r"[\s\u200b\ufeff\-\u2010-\u2015\u2212]+")
_NOTICE = re.compile(rf"({NOTICE_NUMBER}|{REFUSAL_NUMBER})([0-9A-Z]{{13}})([0-9]{{2}})")
_PARTS = {
    "text": Words("这个编号", "the number"),
    "type_code": Words("第一段（证照类型代码）", "part 1 (type of licence)"),
    "issuer": Words("第二段（颁发机构代码）", "part 2 (issuing body)"),
    "serial": Words("第三段（流水号）", "part 3 (serial)"),
    "version": Words("第四段（版本号）", "part 4 (version)"),
    "check": Words("最后一位（校验位）", "the check character"),
}
_REASONS = {
    "missing": Words("没有填写编号", "nothing was entered"),
    "parts": Words("证照标识应为用点分开的五段", "an identifier has five parts with dots between them"),
    "characters": Words("只能有字母、数字和点", "only letters, digits and dots belong there"),
    "shape": Words("位数或字符不对", "has the wrong length or characters"),
    "credit_code": Words("所含统一社会信用代码的校验码不符", "holds a credit code whose own check fails"),
    "check": Words("与前面各位不符", "does not fit the others"),
    "notice": Words(
        "文书编号应为字头加办件编号（13 位和 2 位）", "a notice's number is its letters and the case number"
    ),
}


def written(number: str) -> str:
    """A stored number as people see it in addresses: an identifier without its root, which never differs."""
    return number.removeprefix(identifier.ROOT + ".")


def read(text: str) -> str:
    """The number as it is stored, from what someone typed. Raises Problem 422 that says where it is mistyped."""
    plain = _LOOSE.sub("", unicodedata.normalize("NFKC", text)).upper()
    notice = _NOTICE.fullmatch(plain)
    if notice:
        return "-".join(notice.groups())
    if plain.startswith((NOTICE_NUMBER, REFUSAL_NUMBER)) and "." not in plain:
        raise _mistyped("text", "notice")
    try:
        return str(identifier.parse(text))
    except WrongIdentifier as error:
        raise _mistyped(error.field, error.reason) from error


def _mistyped(where: str, why: str) -> Problem:
    part, reason = _PARTS[where], _REASONS[why]
    detail = Words(
        f"{part.zh}：{reason.zh}。请对照证照逐字核对：证照标识形如 1.2.156.3005.2.……，通知书和决定书编号以"
        f" {NOTICE_NUMBER}- 或 {REFUSAL_NUMBER}- 开头。",
        f"{part.en} {reason.en}. Compare each character with the paper.",
    )
    field = FieldError(field="path.number", reason=f"{part.zh}：{reason.zh}", fix="请对照证照逐字核对后重新输入")
    return Problem(
        422,
        "mistyped_number",
        Words("编号有误，可能输错了", "The number is mistyped"),
        detail,
        errors=[field],
        more={"part": where, "reason": why},
    )


def unknown(number: str) -> Problem:
    """404 for a number that is well-formed and was never issued here."""
    return Problem(
        404,
        "no_such_number",
        Words("没有这个编号的证照", "No licence or notice has this number"),
        Words(
            "编号的写法正确，但本大厅没有签发过这个编号的证照或文书；请勿采信，可向发证机关核实。",
            "The number is well-formed, but nothing with it was issued here. Ask the issuing body.",
        ),
        more={"number": number},
    )
