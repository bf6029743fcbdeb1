"""Makes the PDF of a result when somebody asks for it: opens the holder, renders in a thread, keeps the last ones."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from services.licensing.document import LicenceDocument, MissingGlyph, NoticeDocument, render
from services.licensing.model import Result
from services.licensing.numbers import written
from services.licensing.papers import paper
from shared import metrics
from shared.contracts.sealed import CannotOpen
from shared.contracts.terms import Party
from shared.log import logger
from shared.settings import Settings
from shared.web.problems import Problem, Words

KEPT = 32
"""PDFs in memory, some 100 kB each: a paper is often fetched twice within minutes, and seldom again."""


class Printer:
    """Holds the key that opens holders. A PDF is never stored: the same result gives the same bytes anywhere."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._keyring = settings, settings.keyring
        self._kept: OrderedDict[tuple[str, str], bytes] = OrderedDict()

    def verify_url(self, result: Result) -> str:
        """The address in the QR code."""
        return self._settings.url_of("licensing", f"/verify/{written(result.facts.number)}")

    def holder(self, result: Result) -> Party:
        """The opened holder. Raises Problem 503 when no key of ours opens it."""
        try:
            return self._keyring.open(result.holder, Party, result.application)
        except CannotOpen as error:
            logger("licensing").error("holder_sealed", case=result.facts.case, kid=result.holder.kid)
            raise Problem(
                503,
                "holder_sealed",
                Words("持证人信息暂时无法读取", "The holder cannot be read at present"),
                Words(
                    "密钥缺失或内容被改动，请联系系统管理员。",
                    "A key is missing or the box was changed; tell the operator.",
                ),
            ) from error

    async def pdf(self, result: Result) -> bytes:
        """The PDF. Raises Problem: 422 where the paper cannot be printed truthfully, 503 where the holder is shut."""
        made = paper_of(result, self.holder(result), self.verify_url(result), synthetic=not self._settings.production)
        key = (result.facts.case, result.model_dump_json(include={"facts", "signed", "holder"}))
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        pdf = await _rendered(made)
        self._kept[key] = pdf
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return pdf


def paper_of(result: Result, holder: Party, url: str, *, synthetic: bool) -> LicenceDocument | NoticeDocument:
    """The paper; Problem 422 for facts that make none."""
    try:
        return paper(result, holder, url, synthetic=synthetic)
    except ValueError as error:
        raise _unprintable(Words("内容不完整", "its facts are incomplete")) from error


async def _rendered(made: LicenceDocument | NoticeDocument) -> bytes:
    outcome = "failed"
    try:
        pdf = await asyncio.to_thread(render, made)
        outcome = "rendered"
    except MissingGlyph as error:
        outcome = "missing_glyph"
        named = "、".join(
            f"“{one}”（U+{ord(one):04X}）" if one.isprintable() else f"U+{ord(one):04X}" for one in error.characters
        )
        raise _unprintable(Words(f"字库中没有 {named}", str(error)), characters=error.characters) from error
    except ValueError as error:
        outcome = "too_long"
        raise _unprintable(Words("文字超过两万字", "it holds more than 20,000 characters")) from error
    finally:
        metrics.LICENCES_RENDERED.labels("licensing", outcome).inc()
    return pdf


def _unprintable(why: Words, **more: str) -> Problem:
    return Problem(
        422,
        "cannot_print",
        Words("这份证照或文书暂时不能打印", "This paper cannot be printed yet"),
        Words(
            f"{why.zh}。证照本身有效；请到综合窗口办理打印，或联系窗口处理后再下载。",
            f"Reason: {why.en}. The result itself stands; ask at the counter.",
        ),
        more=more,
    )
