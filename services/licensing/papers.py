"""From a result and its opened holder to the paper that is printed: what a licence, a notice and a refusal say."""

from __future__ import annotations

import base64

from services.licensing.document import LicenceDocument, NoticeDocument, Signature
from services.licensing.holder import code_label, shown_code
from services.licensing.model import Facts, Result, refusal_form_named
from shared.contracts.terms import Party


def paper(result: Result, holder: Party, verify_url: str, *, synthetic: bool) -> LicenceDocument | NoticeDocument:
    """The paper of a result: the same arguments always give the same paper. Raises ValueError, see `document`."""
    if result.facts.kind == "licence":
        return _licence(result, holder, verify_url, synthetic)
    return _notice(result, holder, verify_url, synthetic)


def _licence(result: Result, holder: Party, verify_url: str, synthetic: bool) -> LicenceDocument:
    facts = result.facts
    if facts.valid_from is None:
        raise ValueError("valid_from: a licence has a first valid day")
    fields = [("事项", facts.item_name), ("办件编号", facts.case)]
    if facts.valid_until is None and facts.validity not in ("", "长期"):
        fields.append(("有效期说明", facts.validity))
    return LicenceDocument(
        name=facts.name,
        number="",
        identifier=facts.number,
        holder=holder.name,
        holder_code=shown_code(holder),
        holder_code_label=code_label(holder),
        fields=tuple(fields),
        issuer=facts.issuer,
        issued_at=facts.issued_at,
        valid_from=facts.valid_from,
        valid_until=facts.valid_until,
        verify_url=verify_url,
        signature=_signature(result),
        synthetic=synthetic,
    )


def _notice(result: Result, holder: Party, verify_url: str, synthetic: bool) -> NoticeDocument:
    facts = result.facts
    refusal = facts.kind == "refusal"
    return NoticeDocument(
        kind="refusal" if refusal else "notice",
        name=facts.name,
        number=facts.number,
        addressee=holder.name,
        item=facts.item_name,
        case=facts.case,
        paragraphs=_paragraphs(facts, "你单位" if holder.kind == "organisation" else "您"),
        facts=((code_label(holder), shown_code(holder)),),
        reasons=facts.reasons,
        basis=_basis(facts),
        remedies=facts.remedies,
        issuer=facts.issuer,
        signs=refusal_form_named(facts.name).signs if refusal else "出具单位",
        issued_at=facts.issued_at,
        verify_url=verify_url,
        signature=_signature(result),
        synthetic=synthetic,
    )


def _basis(facts: Facts) -> tuple[str, ...]:
    """The law under which the item was judged, and for a refusal the article that wants it in writing."""
    article = refusal_form_named(facts.name).article if facts.kind == "refusal" else ""
    return (*facts.basis, article) if article else facts.basis


def _paragraphs(facts: Facts, you: str) -> tuple[str, ...]:
    asked = f"{you}申请办理的“{facts.item_name}”（办件编号 {facts.case}）"
    if facts.kind == "refusal":
        follows = "理由和依据如下" if _basis(facts) else "理由如下"
        verdict = refusal_form_named(facts.name).verdict
        return (f"{asked}，经审查，不符合规定的条件，{verdict}，{follows}。",)
    return (f"{asked}，经审查，符合规定的条件，准予办理，结果为“{facts.name}”。特此通知。",)


def _signature(result: Result) -> Signature:
    signed = result.signed
    return Signature(key_id=signed.key_id, algorithm=signed.algorithm, value=base64.b64decode(signed.value))
