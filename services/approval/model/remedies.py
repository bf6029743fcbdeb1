"""The ways to challenge a refusal, by the item's kind and by who decided: the only table that approval judges with."""

from __future__ import annotations

from services.approval.model.deputies import Deputies
from shared.kernel import Frozen


class Remedy(Frozen):
    """A way to challenge a refusal, and the law that opens it."""

    text: str
    basis: str

    @property
    def sentence(self) -> str:
        """What the applicant reads."""
        return f"{self.text}（{self.basis}）。"


class Challenges(Frozen):
    """The ways to challenge a refusal, where an administrative organ decided and where a partner did (合作单位)."""

    organ: tuple[Remedy, ...]
    partner: tuple[Remedy, ...]


class Rules(Frozen):
    """What decisions need besides state and message: the ways to challenge a refusal, by the item's kind, and who
    stands in for whom, as far as this process has read it."""

    challenges: dict[str, Challenges]
    otherwise: Challenges
    deputies: Deputies = Deputies(named=())

    def remedies(self, kind: str, *, partner: bool) -> tuple[Remedy, ...]:
        """The ways that are open against a refusal; at least two."""
        row = self.challenges.get(kind, self.otherwise)
        return row.partner if partner else row.organ


REVIEW = Remedy(text="如不服本决定，可以自知道本决定之日起60日内，依法申请行政复议", basis="《行政复议法》第二十条")
LAWSUIT = Remedy(
    text="如不服本决定，可以自知道本决定之日起6个月内，依法向人民法院提起行政诉讼", basis="《行政诉讼法》第四十六条"
)
REVIEW_FIRST = Remedy(
    text="属于未履行法定职责情形的，应当先申请行政复议，对复议决定不服的，再依法提起行政诉讼",
    basis="《行政复议法》第二十三条",
)
COMPLAINT = Remedy(
    text="如对办理结果有异议，可以依法向有关主管部门投诉",
    basis="个人依据《消费者权益保护法》第三十九条，市场主体依据《优化营商环境条例》第四十九条",
)
CIVIL_SUIT = Remedy(
    text="如对办理结果有异议，可以依法向人民法院提起民事诉讼，诉讼时效一般为3年",
    basis="《民事诉讼法》第三条、《民法典》第一百八十八条",
)
ACT = Challenges(organ=(REVIEW, LAWSUIT), partner=(REVIEW, LAWSUIT))
"""An administrative act, also where the law gives the power to a body that is no organ (行政复议法 Art. 2, 行政诉讼法
Art. 2), so that a partner with such a power (the customs office) is challenged in the same way."""
BENEFIT = Challenges(organ=(*ACT.organ, REVIEW_FIRST), partner=(*ACT.partner, REVIEW_FIRST))
"""A benefit that was not granted may be a duty not done (行政复议法 Art. 11(12)): then review comes first, and the
applicant is told so (Art. 23)."""
SERVICE = Challenges(organ=ACT.organ, partner=(COMPLAINT, CIVIL_SUIT))
"""A public service: of an organ still an act (行政复议法 Art. 11(15)); of a water, power or gas company or a bank a
matter of contract between equals (民事诉讼法 Art. 3), whom no review and no administrative court reaches."""

RULES = Rules(
    challenges={"01": ACT, "05": BENEFIT, "07": ACT, "08": ACT, "09": ACT, "10": ACT, "20": SERVICE},
    otherwise=ACT,
)
