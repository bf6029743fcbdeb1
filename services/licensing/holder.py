"""The holder as different readers may see it: masked for the public, and on paper as far as the paper needs."""

from __future__ import annotations

from services.licensing.model import Result
from shared.contracts.terms import Party
from shared.identity import Person
from shared.log import logger


def masked_name(name: str) -> str:
    """The first character and stars: 王** (for lists and public pages, PIPL Art. 6)."""
    return name[:1] + "*" * (len(name) - 1)


def shown_code(party: Party) -> str:
    """The code on a paper: a credit code in full, for it is public (GB 32100); of an identity number 6 and 4."""
    if party.kind == "organisation":
        return party.code
    return f"{party.code[:6]}{'*' * 8}{party.code[-4:]}"


def ending_code(party: Party) -> str:
    """The code as the counter compares it with a card: a credit code in full, of an identity number the last four."""
    return party.code if party.kind == "organisation" else f"{'*' * (len(party.code) - 4)}{party.code[-4:]}"


def code_label(party: Party) -> str:
    """What the code is called."""
    return "统一社会信用代码" if party.kind == "organisation" else "公民身份号码"


def unmasked(result: Result, asker: Person) -> None:
    """Notes that somebody on duty has seen the holder's name in full (PIPL Art. 51, 69)."""
    logger("licensing").info("holder_unmasked", case=result.facts.case, by=asker.subject)
