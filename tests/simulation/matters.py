"""What people apply for in a simulation: items and bundles of the real catalogue, planned as intake plans them."""

from __future__ import annotations

from functools import cache
from random import Random

from services.intake.catalogue import Catalogue, load
from services.intake.guide import Plan, plan, questions
from services.intake.model import Form, HandedIn
from services.intake.model.commands import Submit
from services.intake.number import new_number
from services.intake.planning import planned_cases, planned_materials, whole_of
from shared.contracts.sealed import Sealed
from shared.contracts.terms import Party

HOLDER_KEY = b"simulated holder key of 32 bytes"
SEALED = Sealed[Party].model_construct(kid="simulated", nonce=b"nonce", box=b"box")
SINGLES = (
    "outdoor_ad", "road_occupy", "signboard", "id_card_apply", "school_enrol", "planning_permit", "fire_check",
    "enterprise_registration", "marriage_register", "food_operation", "deed_tax", "si_employer", "gas_transfer",
)  # fmt: skip
BUNDLES = ("barber", "restaurant", "supermarket", "transport_company", "convenience_store", "retirement", "pharmacy")


@cache
def catalogue() -> Catalogue:
    """Loaded once for each process."""
    return load()


DEPARTMENTS = tuple(catalogue().departments)


def number_of(owner: str, key: str) -> str:
    """The application's number, made from who applies and the idempotency key, as intake makes it."""
    return new_number(HOLDER_KEY, owner, key)


def submission(draw: Random, owner: str, number: str, *, bundle: bool) -> Submit:
    """A checked application for something of the catalogue."""
    planned = _planned(draw, draw.choice(BUNDLES if bundle else SINGLES))
    cases = planned_cases(catalogue(), planned, number)
    materials = planned_materials(planned, cases)
    joint = planned.joint_statutory
    form = Form(
        number=number,
        matter=planned.key,
        matter_name=planned.name,
        bundle=planned.kind == "bundle",
        joint_days=joint.days if joint and len(cases) > 1 else None,
        whole=whole_of(planned) if len(cases) > 1 else None,
        channel="online",
        owner=owner,
        by=owner,
        applicant_kind="person",
        applicant_ref="simulated",
        holder=SEALED,
        answers=planned.answers,
        materials=materials,
        handed_in=tuple(HandedIn(material=each.key, files=("f",)) for each in materials if each.to_hand_in),
    )
    return Submit(form=form, cases=cases)


def _planned(draw: Random, key: str) -> Plan:
    """Any answers that lead to a plan: some say that nothing is needed."""
    while True:
        answers: dict[str, str] = {}
        while asked := questions(catalogue(), key, answers):
            answers[asked[0].key] = draw.choice(asked[0].choices).value
        found = plan(catalogue(), key, answers)
        if isinstance(found, Plan) and len(found.items) <= 4:
            return found
