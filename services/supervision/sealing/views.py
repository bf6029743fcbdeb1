"""What supervision shows of the proof: seals, public keys, an application's place under a seal, a chain's state."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from services.supervision.decide.audit import entry_id
from services.supervision.decide.sealing import seal_hash
from services.supervision.decide.tree import leaf_hash, steps_of
from services.supervision.proof import Report
from services.supervision.sealing.sealed import Seal, Sealed, sealed_at

Hex = Field(pattern=r"^[0-9a-f]{64}$", examples=["5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"])


class SealView(BaseModel):
    """一天的封签：默克尔树（RFC 6962）的根，连同前一天封签的散列值一起签名。"""

    day: date
    count: int = Field(description="叶子数：有新记录的申请")
    root: str = Hex
    before: str = Field(description="前一天 `signed` 的 SHA-256；第一天全为 0")
    algorithm: str = Field(examples=["Ed25519"])
    key_id: str = Field(description="公钥编号（RFC 7638），公钥见 `/.well-known/onedoor-audit-keys.json`")
    sealed_at: datetime | None
    signed: str = Field(description="被签名的原文，一个字节都不能变")
    signature: str = Field(description="对原文 UTF-8 字节的签名，base64")
    hash: str = Field(description="`signed` 的 SHA-256，后一天的封签以 `before` 引用它")


class SealPage(BaseModel):
    """封签，最近的在前；`older`：接着看更早的，填入 `upto`。"""

    seals: list[SealView]
    older: date | None


class PathStep(BaseModel):
    """向上一步：把这个散列值放在左边或右边，前面加一个字节 01，再求 SHA-256。"""

    side: Literal["left", "right"]
    hash: str = Hex


class ProofView(BaseModel):
    """一份申请在一天封签中的位置。从 `leaf` 起逐步求散列，最后得到 `root`。"""

    application: str = Field(examples=["7ZQ0M3X5KD2WA"])
    day: date
    entries: int = Field(description="封签时审计链的条数")
    head: str = Field(description="封签时最后一条的散列值")
    leaf: str = Field(description="叶子原文：申请编号、条数、散列值，以空格分开")
    leaf_hash: str = Field(description="字节 00 加叶子原文的 SHA-256")
    index: int
    count: int
    path: list[PathStep]
    root: str = Hex


class AuditKeys(BaseModel):
    """公钥（JWKS）：签过封签的每一把密钥。"""

    keys: list[dict[str, Any]]


class BrokenLink(BaseModel):
    """第一处断裂：`reason` 为 `missing` 缺失、`changed` 内容被改、`not_following` 与前一条不衔接、
    `head_differs` 与链首记录不符、`added` 多出、`sealed_head_differs` 与封签不符、`state_differs` 状态与链不符等；
    不在某一条的，`n` 为空。"""

    n: int | None
    id: str
    reason: str
    detail: str = Field(default="", description="哪里不同")


class ChainView(BaseModel):
    """审计链核验结果。"""

    application: str
    intact: bool
    entries: int
    head: str = Field(description="最后一条的散列值")
    sealed_until: date | None = Field(default=None, description="最近的封签是哪一天的")
    uncovered: int = Field(default=0, description="此后还有几条")
    broken: BrokenLink | None


def seal_view(seal: Seal) -> SealView:
    """A seal with what its text says."""
    return SealView(
        day=seal.day,
        count=seal.count,
        root=seal.fact("root"),
        before=seal.fact("before"),
        algorithm=seal.fact("algorithm"),
        key_id=seal.fact("key_id"),
        sealed_at=sealed_at(seal),
        signed=seal.signed,
        signature=seal.signature,
        hash=seal_hash(seal.signed),
    )


def proof_view(seal: Seal, sealed: Sealed, page: list[str], size: int) -> ProofView:
    """The path of a leaf to the root: up its page of `size` leaves, then over the pages of the day."""
    leaf = leaf_hash(sealed.leaf.text.encode())
    within = steps_of([leaf_hash(text.encode()) for text in page], sealed.place)
    over = steps_of([bytes.fromhex(root) for root in seal.pages], sealed.page)
    return ProofView(
        application=sealed.leaf.application,
        day=seal.day,
        entries=sealed.leaf.entries,
        head=sealed.leaf.head,
        leaf=sealed.leaf.text,
        leaf_hash=leaf.hex(),
        index=sealed.page * size + sealed.place,
        count=seal.count,
        path=[PathStep(side=side, hash=beside.hex()) for side, beside in (*within, *over)],
        root=seal.fact("root"),
    )


def chain_view(report: Report, head: str) -> ChainView:
    """What a proof of one application found."""
    first = report.findings[0] if report.findings else None
    broken = None
    if first:
        place = entry_id(report.subject, first.n) if first.n else first.row
        broken = BrokenLink(n=first.n, id=place, reason=first.reason, detail=first.detail)
    return ChainView(
        application=report.subject,
        intact=report.holds,
        entries=report.entries,
        head=head,
        sealed_until=date.fromisoformat(report.sealed_until) if report.sealed_until else None,
        uncovered=report.uncovered,
        broken=broken,
    )
