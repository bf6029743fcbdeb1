"""The synthetic matters of the bench: a case that 1, 3 or 8 departments decide in parallel, and its commands.

The catalogue is the project's own with three items more, so that HTTP and the feeder topics carry the same cases.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from services.intake.catalogue import DEFAULT, Catalogue, load
from services.intake.guide import Plan, plan
from services.intake.model import DESK, Form, HandedIn
from services.intake.model.commands import Accept, Submit
from services.intake.number import new_number
from services.intake.planning import planned_cases, planned_materials
from services.ratings.model import GiveRating
from shared.contracts.sealed import Keyring
from shared.contracts.terms import Party
from shared.local.issuer import sample_id_number
from shared.web.commands import holder_ref

WIDTHS = (1, 3, 8)
"""How many departments decide a case in parallel."""
DEPARTMENTS = ("zjj", "cgj", "xfdd", "wjj", "scjg", "gaj", "swj", "rsj")
MATERIAL = "bench_proof"
APPLICANTS = range(200)

_ITEM = """# SYNTHETIC: for measuring alone.
key: {key}
version: 1
name: 样例测量事项（{width}个部门）
department: zjj
kind: '20'
handling: 承诺件
objects: [自然人]
applicants: [person]
basis: []
limits:
  unit: working_days
  statutory: {{days: 20, basis: 行政许可法(2019)第42条第1款}}
  promised: {{days: 5, local: true}}
materials:
  - {{material: {material}, originals: 1, copies: 0, local: true}}
conditions:
  - {{text: 样例, local: true}}
steps:
  - {{seq: 1, key: accept, kind: accept, name: 综合窗口受理, departments: [xzsp], days: 0}}
  - {{seq: 2, key: decide, kind: decide, name: 并联审批, departments: [{departments}], days: 3}}
  - {{seq: 3, key: issue, kind: issue, name: 统一出件、送达, departments: [xzsp], days: 0}}
result: {{kind: licence, name: 样例测量证照, licence_type: bench_licence, local: true}}
fee: {{charged: false, local: true}}
online_depth: 结果反馈
visits: {{times: 0, reason: 全程网上办理}}
"""
_LICENCE = (
    "- {key: bench_licence, code: '119999009990000136999', name: 样例测量证照, holder: 自然人, validity: {text: 长期}, "
    "issued_here: true, issuer: zjj, fields: [姓名], local: true}\n"
)
_MATERIAL = f"- {{key: {MATERIAL}, name: 样例证明, kind: 证明, pledgeable: true, local: true}}\n"
_TREE = """- key: bench
  name: 样例测量
  audience: 自然人
  stages:
  - {{key: all, name: 样例, bundles: [], items: [{items}]}}
"""


def matter(width: int) -> str:
    """The item that `width` departments decide."""
    return f"bench_{width}"


def write_catalogue(folder: Path) -> Path:
    """The project's catalogue with the bench's items, under `folder`."""
    shutil.copytree(DEFAULT, folder, dirs_exist_ok=True)
    for width in WIDTHS:
        departments = ", ".join(DEPARTMENTS[:width])
        text = _ITEM.format(key=matter(width), width=width, material=MATERIAL, departments=departments)
        (folder / "items" / "zjj" / f"{matter(width)}.yaml").write_text(text)
    for name, more in (
        ("licence_types", _LICENCE),
        ("materials", _MATERIAL),
        ("trees", _TREE.format(items=", ".join(map(matter, WIDTHS)))),
    ):
        with (folder / f"{name}.yaml").open("a") as file:
            file.write(more)
    return folder


@cache
def _planned(folder: Path, width: int) -> tuple[Catalogue, Plan]:
    catalogue = load(folder)
    planned = plan(catalogue, matter(width), {}, None)
    assert isinstance(planned, Plan), planned
    return catalogue, planned


class Submissions:
    """Applications by number: what a submission over HTTP becomes at the edge, made beforehand."""

    def __init__(
        self, catalogue: Path, keyring: Keyring, holder_key: bytes, run: str, applicants: Sequence[int] = APPLICANTS
    ) -> None:
        self._catalogue, self._keyring, self._holder_key, self._run = catalogue, keyring, holder_key, run
        self._applicants = applicants
        self.keys: dict[str, str] = {}
        """Number -> the idempotency key that it was made from."""

    def make(self, width: int, count: int, first: int = 0) -> Iterator[Submit]:
        """`count` submissions of a case that `width` departments decide."""
        catalogue, planned = _planned(self._catalogue, width)
        for n in range(first, first + count):
            applicant = self._applicants[n % len(self._applicants)]
            key = f"bench-{self._run}-{width}-{n}"
            number = new_number(self._holder_key, subject(applicant), key)
            self.keys[number] = key
            cases = planned_cases(catalogue, planned, number)
            party = party_of(applicant)
            form = Form(
                number=number,
                matter=planned.key,
                matter_name=planned.name,
                bundle=False,
                channel="online",
                owner=subject(applicant),
                by=subject(applicant),
                applicant_kind="person",
                applicant_ref=holder_ref(self._holder_key, party.code),
                holder=self._keyring.seal(party, number),
                answers={},
                materials=planned_materials(planned, cases),
                handed_in=(HandedIn(material=MATERIAL, pledged=True),),
            )
            yield Submit(form=form, cases=cases)


def subject(applicant: int) -> str:
    """The token subject of a synthetic applicant."""
    return f"sample:bench-{applicant}"


def party_of(applicant: int) -> Party:
    """A synthetic person: an invented name and number."""
    return Party(kind="person", name=f"样例申请人{applicant}", code=sample_id_number(applicant), phone="13900000001")


def accept() -> Accept:
    """The clerk accepts everything."""
    return Accept(by="sample:clerk", desk=DESK)


def rating(case: str, owner: str) -> GiveRating:
    """The owner rates, with two national tags."""
    return GiveRating(case=case, owners=(owner,), level=5, tags=("510", "512"), comment="样例：办得很快")
