"""The national e-licence identifier (电子证照标识): makes it, reads what people type, names what is wrong."""

import re
from dataclasses import dataclass
from datetime import date

from stdnum.cn import uscc
from stdnum.iso7064 import mod_37_36

ROOT = "1.2.156.3005.2"

_FIELDS = ("type_code", "issuer", "serial", "version", "check")
_SHAPES = {
    "type_code": (re.compile(r"[0-9A-Z]{18}[0-9]{3}"), "a credit code of 18 characters and 3 digits"),
    "issuer": (
        re.compile(r"[0-9A-Z]{18}|[0-9]{6}"),
        "a credit code of 18 characters or a region code of 6 digits",
    ),
    "serial": (re.compile(r"[0-9A-Z]{7,32}"), "7 to 32 letters and digits"),
    "version": (re.compile(r"[0-9]{3}"), "3 digits"),
    "check": (re.compile(r"[0-9A-Z]"), "one letter or digit"),
}
# What a Chinese keyboard puts in place of ASCII. Nothing else is mapped: a look-alike is a wrong character.
_TYPED = {
    0x3002: ".",
    0x3000: " ",
    0x200B: None,
    0xFEFF: None,
    **{0xFF01 + i: chr(0x21 + i) for i in range(94)},
}


class WrongIdentifier(ValueError):
    """The text is no e-licence identifier.

    `field` names the part (`text` for the whole); `reason` is one of `missing`, `parts`, `characters`,
    `shape`, `credit_code`, `check`.
    """

    def __init__(self, field: str, reason: str, detail: str) -> None:
        super().__init__(f"{field}: {detail}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Identifier:
    """A correct identifier in its five parts; `str()` gives the full written form with the root."""

    type_code: str
    issuer: str
    serial: str
    version: str
    check: str

    def __str__(self) -> str:
        return ".".join((ROOT, self.type_code, self.issuer, self.serial, self.version, self.check))


def make(type_code: str, issuer: str, serial: str, version: int) -> str:
    """The full identifier with its check character (GB/T 36904-2018).

    `type_code` is the defining body's credit code and the type's 3 digits, `issuer` the issuing body's credit
    code, `serial` 7 to 32 capital letters and digits, `version` 0 to 999. Raises `WrongIdentifier`.
    """
    parts = {"type_code": type_code, "issuer": issuer, "serial": serial, "version": f"{version:03d}"}
    for field, value in parts.items():
        _check_part(field, value)
    return str(Identifier(**parts, check=mod_37_36.calc_check_digit("".join(parts.values()))))


def parse(text: str) -> Identifier:
    """Read an identifier as people write it: with or without root, in any case, with spaces, full-width.

    The check character (ISO 7064 MOD 37,36) finds every single wrong character, and every exchange of two
    neighbouring characters unless their values follow each other (0-1, 8-9, 9-A, Y-Z, Z-0): of those
    exchanges about one in 36 passes. Raises `WrongIdentifier`.
    """
    written = re.sub(r"\s+", "", text.translate(_TYPED))
    if not written:
        raise WrongIdentifier("text", "missing", "nothing was entered")
    if strange := re.search(r"[^0-9A-Za-z.]", written):
        raise WrongIdentifier("text", "characters", f"only letters, digits and dots belong here, not {strange[0]!r}")
    given = written.upper().removeprefix(ROOT + ".").split(".")
    if len(given) != len(_FIELDS):
        raise WrongIdentifier("text", "parts", f"5 parts with dots between them follow the root, not {len(given)}")
    for field, value in zip(_FIELDS, given, strict=True):
        _check_part(field, value)
    if not mod_37_36.is_valid("".join(given)):
        raise WrongIdentifier("check", "check", "the check character does not fit: compare each character")
    return Identifier(*given)


def serial(case: str, issued_on: date) -> str:
    """The serial of a case's result: the day of issue (in Asia/Shanghai), then the case number unhyphenated.

    The same case and day always give the same serial. Raises `WrongIdentifier` for a case number that does
    not fit: 24 letters and digits at most, hyphens not counted.
    """
    made = f"{issued_on:%Y%m%d}" + case.replace("-", "").upper()
    _check_part("serial", made)
    return made


def _check_part(field: str, value: str) -> None:
    shape, words = _SHAPES[field]
    if not shape.fullmatch(value):
        raise WrongIdentifier(field, "shape", f"must be {words}, not {value[:40]!r}")
    # Published identifiers of 2022 name the issuer by its region code, hence the length test.
    if field in ("type_code", "issuer") and len(value) >= 18 and not uscc.is_valid(value[:18]):
        raise WrongIdentifier(field, "credit_code", f"{value[:18]} is no credit code (GB 32100): its check fails")
