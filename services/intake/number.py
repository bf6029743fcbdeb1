"""Application numbers: made from who applies and the idempotency key, and read back as people type them.

12 characters of Crockford's base32 (no I, L, O, U) and one ISO 7064 MOD 37,36 check character, the system that
e-licence identifiers use too (GB/T 36904). Nobody can count applications, or guess a number, from another one.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from stdnum.iso7064 import mod_37_36

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 13
_LOOK_ALIKE = str.maketrans("OIL", "011")


class WrongNumber(ValueError):
    """A typed number that cannot be one: `reason` says what is wrong and where, `fix` what to do (in Chinese)."""

    def __init__(self, reason: str, fix: str = "请对照受理凭证重新输入") -> None:
        super().__init__(reason)
        self.reason, self.fix = reason, fix


def new_number(holder_key: bytes, actor: str, key: str) -> str:
    """The number of what `actor` creates under this idempotency key: always the same for both."""
    hashed = hmac.new(holder_key, f"application\n{actor}\n{key}".encode(), hashlib.sha256).digest()
    bits = int.from_bytes(hashed[:8], "big") >> 4  # 60 of 64 bits: 12 characters of 5
    body = "".join(ALPHABET[bits >> shift & 31] for shift in range(55, -1, -5))
    return body + str(mod_37_36.calc_check_digit(body))


def typed_number(text: str) -> str:
    """A number as a person typed it: case, blanks, hyphens and look-alikes (O for 0, I and L for 1) do not matter.

    Raises WrongNumber.
    """
    plain = re.sub(r"[\s\-－—]", "", text).upper()
    if len(plain) != LENGTH:
        raise WrongNumber(f"申请编号应为{LENGTH}位，现在是{len(plain)}位")
    body = plain[:-1].translate(_LOOK_ALIKE)
    wrong = next((place for place, each in enumerate(body, start=1) if each not in ALPHABET), None)
    if wrong:
        raise WrongNumber(f"第{wrong}位不是编号里会有的字符", "编号只有数字和字母，不含 U；请对照受理凭证修改这一位")
    check = str(mod_37_36.calc_check_digit(body))
    if plain[-1].translate(_LOOK_ALIKE) != check.translate(_LOOK_ALIKE):
        raise WrongNumber("校验位对不上，编号中至少有一位输错了")
    return body + check
