"""What licensing answers over HTTP: a result for its holder and for staff, a hand-out, and a public verification."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.licensing.holder import masked_name
from services.licensing.issuing import SignatureCheck, payload
from services.licensing.model import Method, Result, Status, shanghai_day
from shared.contracts.envelope import Instant
from shared.contracts.terms import Party, ResultKind

_NUMBER = "1.2.156.3005.2.91000000EXAMPLE11K001.91000000EXAMPLE11K.202611230123456789ABC01.001.J"

STATUS_WORDS = {
    "valid": "有效",
    "expired": "已过有效期",
    "not_yet_valid": "尚未到有效期",
    "issued": "已出具",
    "doubtful": "签名核验未通过，请勿采信，并向发证机关核实",
}


class Paged(BaseModel):
    """分页。"""

    total: int = Field(description="共有多少条")
    page: int
    size: int


class DeliveryView(BaseModel):
    """一次送达。"""

    method: Method = Field(description="download 下载，counter 窗口领取，post 邮寄")
    at: datetime


class ResultView(BaseModel):
    """一件办理结果：电子证照、通知书，或不予办理的决定书、告知书。"""

    case: str = Field(examples=["0123456789ABC-01"])
    application: str = Field(examples=["0123456789ABC"])
    kind: ResultKind = Field(description="licence 电子证照，notice 通知书，refusal 不予办理的决定书或告知书")
    number: str = Field(description="证照标识（GB/T 36904）或文书编号", examples=[_NUMBER])
    name: str = Field(examples=["食品经营许可证"])
    item_name: str = Field(examples=["食品经营许可（新办）"])
    issuer: str = Field(examples=["样例县市场监督管理局"])
    issued_at: datetime
    valid_from: date | None
    valid_until: date | None = Field(description="有效期的最后一日；空为没有固定期限，见 validity")
    validity: str
    status: Status
    status_text: str = Field(examples=["有效"])
    reasons: list[str] = Field(description="不予办理的理由")
    remedies: list[str] = Field(description="不服时的救济途径")
    deliveries: list[DeliveryView]
    document: str = Field(description="下载 PDF 的地址，相对于本服务", examples=["results/0123456789ABC-01/document"])
    verify_url: str = Field(description="二维码中的核验地址")


class ResultList(Paged):
    """我的办理结果，最新的在前。"""

    results: list[ResultView]


class Proof(BaseModel):
    """不联系本大厅也能核验的凭据：用 key_id 所指的公钥核验 payload（UTF-8）上的签名。"""

    algorithm: str = Field(examples=["Ed25519"])
    key_id: str
    signature: str = Field(description="base64")
    payload: str = Field(description="被签名的文本（RFC 8785 规范化的 JSON）")


class OneResult(ResultView):
    """一件办理结果及其签名凭据。"""

    proof: Proof


class HandOut(BaseModel):
    """送达方式。"""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"method": "counter"}]})
    method: Literal["counter", "post"] = Field(description="counter 窗口领取，post 邮寄")


class Delivered(BaseModel):
    """送达的登记。"""

    case: str
    number: str
    method: Method
    at: Instant
    first: bool = Field(description="是否首次送达；以后的送达只登记，不再通知")


class Verification(BaseModel):
    """按编号公开核验的回答。持证人姓名只保留首字。"""

    number: str = Field(examples=[_NUMBER])
    kind: ResultKind
    status: Status | Literal["doubtful"] = Field(
        description="valid 有效，expired 已过期，not_yet_valid 未到有效期，issued 已出具，doubtful 签名未通过"
    )
    status_text: str = Field(examples=["有效"])
    name: str = Field(examples=["食品经营许可证"])
    item_name: str
    issuer: str
    holder: str = Field(examples=["样*******"])
    issued_on: date
    valid_from: date | None
    valid_until: date | None
    validity: str
    signature: SignatureCheck = Field(
        description="matches 相符，does_not_match 不符，unknown_key 公钥不在本大厅公布之列"
    )
    signature_text: str = Field(examples=["签名相符"])
    algorithm: str = Field(examples=["Ed25519"])
    key_id: str
    checked_at: datetime
    synthetic: bool = Field(description="样例数据，不具法律效力")


class KeySet(BaseModel):
    """核验证照签名的公钥（RFC 7517）。"""

    keys: list[dict[str, str]] = Field(
        examples=[[{"kty": "OKP", "crv": "Ed25519", "x": "…", "kid": "…", "alg": "Ed25519", "use": "sig"}]]
    )


_SIGNATURE_WORDS = {
    "matches": "签名相符",
    "does_not_match": "签名不符：登记的内容在签发后被改动",
    "unknown_key": "签名所用的公钥不在本大厅公布之列",
}


def result_view(result: Result, now: datetime, verify_url: str) -> ResultView:
    """A result as its holder, and staff, may see it."""
    return ResultView(**_fields(result, now, verify_url))


def one_result(result: Result, now: datetime, verify_url: str) -> OneResult:
    """The same with the proof that can be passed on."""
    signed = result.signed
    proof = Proof(
        algorithm=signed.algorithm,
        key_id=signed.key_id,
        signature=signed.value,
        payload=payload(result.facts).decode(),
    )
    return OneResult(**_fields(result, now, verify_url), proof=proof)


def verification(
    result: Result, holder: Party, signature: SignatureCheck, now: datetime, *, synthetic: bool
) -> Verification:
    """What anyone may know: dates judged at `now`, and never a good status over a signature that does not match."""
    facts = result.facts
    status: Status | Literal["doubtful"] = result.status(shanghai_day(now)) if signature == "matches" else "doubtful"
    return Verification(
        **facts.model_dump(include={"number", "kind", "name", "item_name", "issuer", "validity"}),
        status=status,
        status_text=STATUS_WORDS[status],
        holder=masked_name(holder.name),
        issued_on=shanghai_day(facts.issued_at),
        valid_from=facts.valid_from,
        valid_until=facts.valid_until,
        signature=signature,
        signature_text=_SIGNATURE_WORDS[signature],
        algorithm=result.signed.algorithm,
        key_id=result.signed.key_id,
        checked_at=now,
        synthetic=synthetic,
    )


def _fields(result: Result, now: datetime, verify_url: str) -> dict[str, Any]:
    facts, status = result.facts, result.status(shanghai_day(now))
    shown = {
        "case",
        "kind",
        "number",
        "name",
        "item_name",
        "issuer",
        "issued_at",
        "valid_from",
        "valid_until",
        "validity",
    }
    return {
        **facts.model_dump(include=shown),
        "application": result.application,
        "status": status,
        "status_text": STATUS_WORDS[status],
        "reasons": list(facts.reasons),
        "remedies": list(facts.remedies),
        "deliveries": [DeliveryView(method=one.method, at=one.at) for one in result.deliveries],
        "document": f"results/{facts.case}/document",
        "verify_url": verify_url,
    }
