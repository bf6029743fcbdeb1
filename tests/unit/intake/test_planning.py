"""Every item of the catalogue can be accepted: its plan becomes what approval, supervision and licensing need."""

from dataclasses import replace

import pytest

from services.intake.catalogue import KINDS, LOCAL, NearLimit, load
from services.intake.decide import decide
from services.intake.guide import Plan, plan, questions
from services.intake.model.commands import PublishItem
from services.intake.planning import FRAME, planned_cases, planned_materials, publications
from shared.contracts.intake import ItemPublished
from shared.contracts.terms import Near
from shared.testing.story import Story
from tests.unit.intake.sample import NEWBORN, NO, RESTAURANT, START

CATALOGUE = load()


def planned(key: str, answers: dict[str, str]) -> Plan:
    found = plan(CATALOGUE, key, answers)
    assert isinstance(found, Plan)
    return found


def first_answers(key: str) -> dict[str, str]:
    """The first choice for each question."""
    answers: dict[str, str] = {}
    while asked := questions(CATALOGUE, key, answers):
        answers[asked[0].key] = asked[0].choices[0].value
    return answers


def answered(key: str) -> Plan:
    return planned(key, first_answers(key))


@pytest.mark.parametrize("key", sorted(CATALOGUE.items))
def test_every_item_becomes_a_case_with_steps_of_departments_and_a_result(key):
    (case,) = planned_cases(CATALOGUE, answered(key), NO)
    assert case.steps
    framed = [step.key for step in CATALOGUE.items[key].steps if step.kind in FRAME]
    assert not {step.key for step in case.steps} & set(framed)
    kind = CATALOGUE.licence_for(key)
    assert case.result.kind == ("licence" if kind else "notice")
    if kind and case.result.licence_type:
        assert case.result.licence_type.code == kind.code
        validity = kind.validity
        months = validity.years * 12 if validity.years else validity.months
        assert (case.result.licence_type.valid_months, case.result.licence_type.valid_days) == (months, validity.days)


def test_a_case_knows_its_kind_and_the_law_under_which_it_is_judged_and_no_local_ground_passes_for_law():
    cases = {key: planned_cases(CATALOGUE, answered(key), NO)[0] for key in CATALOGUE.items}
    assert {case.item_kind for case in cases.values()} <= set(KINDS)
    assert all(case.basis == CATALOGUE.items[key].basis for key, case in cases.items())
    assert not [key for key, case in cases.items() if any(LOCAL in law or not law for law in case.basis)]
    assert (cases["fire_check"].item_kind, cases["fire_check"].basis) == ("01", ("消防法(2021)第15条",))
    assert (cases["water_transfer"].item_kind, cases["water_transfer"].basis) == ("20", ())


def test_a_partner_is_told_from_an_administrative_organ():
    cases = {key: planned_cases(CATALOGUE, answered(key), NO)[0] for key in CATALOGUE.items}
    assert sorted(key for key, case in cases.items() if case.partner) == [
        "bank_close", "bank_open", "customs_cancel", "gas_transfer", "power_transfer", "water_transfer",
    ]  # fmt: skip
    services = {case.department for case in cases.values() if case.partner and case.item_kind == "20"}
    assert all(CATALOGUE.departments[code].uscc.startswith("9") for code in services), "companies by their credit code"


def test_limits_keep_the_unit_of_the_law():
    units = {key: planned_cases(CATALOGUE, answered(key), NO)[0].limits.unit for key in CATALOGUE.items}
    assert sorted(key for key, unit in units.items() if unit == "calendar_days") == [
        "hpf_death", "hpf_purchase", "hpf_retire", "id_card_apply", "residence_permit", "si_employer",
    ]  # fmt: skip
    assert {said.item: said.limits.unit for said in publications(CATALOGUE)} == units


def test_an_item_s_own_threshold_of_yellow_travels_with_its_case():
    item = CATALOGUE.items["fire_check"]
    limits = item.limits.model_copy(update={"near": NearLimit(least_days=3, percent=25)})
    items = {**CATALOGUE.items, "fire_check": item.model_copy(update={"limits": limits})}
    catalogue = replace(CATALOGUE, items=items)
    found = plan(catalogue, "fire_check", first_answers("fire_check"))
    assert isinstance(found, Plan)
    (case,) = planned_cases(catalogue, found, NO)
    assert case.limits.near == Near(least_days=3, percent=25)
    assert planned_cases(CATALOGUE, answered("fire_check"), NO)[0].limits.near is None


def test_the_cases_of_a_bundle_wait_for_each_other_by_number():
    cases = {case.item: case for case in planned_cases(CATALOGUE, planned("newborn", NEWBORN), NO)}
    assert cases["hukou_birth"].waits_for == (cases["birth_certificate"].case,)
    assert cases["birth_certificate"].waits_for == ()


def test_a_material_that_an_earlier_case_produces_is_satisfied_by_that_case():
    found = planned("restaurant", RESTAURANT)
    cases = planned_cases(CATALOGUE, found, NO)
    materials = {material.key: material for material in planned_materials(found, cases)}
    assert materials["business_licence"].from_case == f"{NO}-01"
    assert not materials["business_licence"].to_hand_in
    assert not materials["premises_lease"].pledgeable
    assert not materials["enterprise_form"].pledgeable


class TestPublication:
    def published(self, **changed) -> PublishItem:
        return publications(CATALOGUE)[0].model_copy(update=changed)

    def test_a_new_version_or_content_is_said_once(self):
        told = Story(decide, None, START).when(self.published())
        told.then(ItemPublished)
        told.when(self.published()).then()
        told.when(self.published(digest="other")).then(ItemPublished)
        told.when(self.published(item_version=9)).then(ItemPublished)

    def test_an_older_version_does_not_take_an_item_back(self):
        told = Story(decide, None, START).given(self.published(item_version=9))
        told.when(self.published(item_version=8)).refused("newer_published")
