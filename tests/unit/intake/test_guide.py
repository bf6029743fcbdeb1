"""The guide asks only what matters and tells everything at once: items, order, materials, steps, limits."""

import random

import pytest

from services.intake.catalogue import load
from services.intake.guide import (
    GuideProblem,
    NoSuchKey,
    Plan,
    guide_page,
    outline,
    plan,
    questions,
    relevant,
)
from services.intake.guide.materials import merge

# Reference figures of the facts: everything on, basic promises, variants left out.
# bundle: (critical path, critical path with opt-in, materials raw, distinct, distinct replaceable by an e-licence)
FIGURES = {
    "enterprise_open": (2, 3, 36, 24, 6),
    "enterprise_close": (13, 13, 24, 18, 4),
    "restaurant": (8, 8, 59, 35, 5),
    "supermarket": (11, 11, 93, 51, 6),
    "convenience_store": (8, 8, 60, 32, 5),
    "pharmacy": (11, 11, 73, 38, 6),
    "barber": (6, 6, 42, 28, 5),
    "transport_company": (8, 8, 40, 27, 10),
    "newborn": (5, 7, 29, 21, 8),
    "retirement": (26, 26, 16, 12, 3),
    "afterlife": (10, 10, 38, 15, 7),
    "second_hand_house": (3, 5, 35, 18, 8),
    "employee_onboard": (6, 6, 18, 14, 4),
    "flexible_employment": (1, 30, 21, 16, 6),
}
RESTAURANT = {
    "has_licence": "no", "subject_type": "individual", "cold_dishes": "no", "area": "50to300", "fire_mode": "promise",
    "sign": "shop_sign", "tobacco": "no", "drain": "yes", "premises": "leased", "agent": "no", "special_food": "no",
}  # fmt: skip
NEWBORN = {
    "born_in": "hospital", "parents": "married", "same_nation": "yes", "mother_insured": "resident", "mreg": "no",
    "childcare": "yes",
}  # fmt: skip
CATALOGUE = load()


def planned(key, answers, opted_in=None) -> Plan:
    made = plan(CATALOGUE, key, answers, opted_in)
    assert isinstance(made, Plan), made
    return made


def item(made: Plan, key: str):
    return next(item for item in made.items if item.key == key)


def material(made: Plan, key: str):
    return next(material for material in made.materials if material.key == key)


def keys(things) -> list[str]:
    return [thing.key for thing in things]


@pytest.mark.parametrize("key", FIGURES)
def test_the_figures_of_every_bundle_agree_with_the_facts(key):
    figures = outline(CATALOGUE, key)
    assert FIGURES[key] == (
        figures.critical_path_days,
        figures.critical_path_days_with_opt_in,
        figures.materials_raw,
        figures.materials_distinct,
        figures.replaceable_by_licence,
    )


def test_every_bundle_has_its_reference_figures():
    assert set(FIGURES) == set(CATALOGUE.bundles)


def test_questions_that_an_answer_makes_pointless_are_not_asked():
    asked = keys(questions(CATALOGUE, "restaurant", {"has_licence": "yes", "area": "lt50", "tobacco": "no"}))
    assert not {"subject_type", "fire_mode", "near_school", "premises"} & set(asked)
    assert {"cold_dishes", "sign", "drain", "agent"} <= set(asked)


def test_a_question_is_asked_when_it_still_can_matter():
    assert "near_school" in keys(questions(CATALOGUE, "restaurant", {"tobacco": "yes"}))
    assert "near_school" in keys(questions(CATALOGUE, "restaurant", {}))


def test_what_the_bundle_presets_is_never_asked():
    assert "food_kind" not in keys(relevant(CATALOGUE, "restaurant", {}))


def test_an_answered_question_stays_relevant_even_when_its_answer_rules_an_item_out():
    assert "tonnage" in keys(relevant(CATALOGUE, "transport_company", {"tonnage": "le4500"}))
    assert "tonnage" not in keys(questions(CATALOGUE, "transport_company", {"tonnage": "le4500"}))


def test_choices_are_narrowed_to_what_the_bundle_is_about():
    (drugs,) = [q for q in questions(CATALOGUE, "pharmacy", {}) if q.key == "drugs"]
    assert [choice.value for choice in drugs.choices] == ["otc_b", "rx"]


def test_questions_of_an_unknown_key_are_refused():
    with pytest.raises(NoSuchKey):
        questions(CATALOGUE, "moonwalk", {})


def test_a_restaurant_gets_the_items_that_its_answers_call_for():
    made = planned("restaurant", RESTAURANT)
    assert keys(made.items) == [
        "self_employed_registration", "food_operation", "signboard", "fire_check", "drainage_permit",
    ]  # fmt: skip
    assert item(made, "food_operation").waits_for == ("self_employed_registration",)
    assert item(made, "self_employed_registration").waits_for == ()


def test_an_opt_in_item_can_be_left_out_although_the_answers_allow_it():
    made = planned("restaurant", RESTAURANT, opted_in=set())
    assert "drainage_permit" not in keys(made.items)
    assert made.offered == ("drainage_permit",)
    assert planned("restaurant", RESTAURANT, opted_in={"drainage_permit"}).offered == ()


def test_opting_into_what_the_answers_exclude_is_refused_with_the_reason():
    assert plan(CATALOGUE, "restaurant", RESTAURANT, {"tobacco_retail", "food_operation"}) == [
        GuideProblem("opted_in", "“food_operation”不是“开办餐饮店一件事”里可以自选的事项"),
        GuideProblem("opted_in", "按您的回答，不需要“烟草专卖零售许可证（新办）”，请修改回答或者不选这一项"),
    ]


def test_each_document_is_asked_for_once_with_the_highest_counts():
    made = planned("restaurant", {**RESTAURANT, "agent": "yes"})
    assert len(set(keys(made.materials))) == len(made.materials)
    agent = material(made, "agent_id")
    assert [need.item for need in agent.needed_by] == ["self_employed_registration", "food_operation", "fire_check"]
    assert (agent.originals, agent.copies, agent.exempt_by) == (1, 1, "id_card")
    assert agent.needed_by[0].basis == "行政许可法(2019)第29条"


def test_the_licence_of_an_earlier_item_need_not_be_handed_in():
    licence = material(planned("restaurant", RESTAURANT), "business_licence")
    assert licence.produced_by == "self_employed_registration"
    assert not licence.to_hand_in
    own = material(planned("restaurant", {**RESTAURANT, "has_licence": "yes"}), "business_licence")
    assert (own.produced_by, own.exempt_by, own.to_hand_in) == (None, "business_licence", True)


def test_a_licence_that_comes_too_late_for_one_item_must_still_be_handed_in():
    after = {"self_employed_registration": (), "food_operation": ("self_employed_registration",), "signboard": ()}
    needs = [
        (key, need)
        for key in ("food_operation", "signboard")
        for need in CATALOGUE.items[key].materials
        if need.material == "business_licence"
    ]
    assert len(needs) == 2
    assert merge(CATALOGUE, needs, after)[0].produced_by is None
    assert merge(CATALOGUE, needs[:1], after)[0].produced_by == "self_employed_registration"


def test_the_new_hukou_book_comes_from_the_birth_registration_and_the_old_one_does_not():
    made = planned("newborn", NEWBORN)
    assert material(made, "newborn_hukou").produced_by == "hukou_birth"
    assert material(made, "hukou_book").produced_by is None
    assert item(made, "mi_resident").waits_for == ("hukou_birth",)


def test_what_the_system_fetches_for_every_item_is_marked():
    made = planned("second_hand_house", {
        "seller_married": "single", "only_home": "no", "mortgage": "no", "water": "yes", "power": "no", "gas": "no",
        "hpf_buy": "no", "agent": "no",
    })  # fmt: skip
    assert material(made, "bill_clear").system_fetched
    assert not material(made, "seller_id").system_fetched


def test_answers_choose_steps_and_limits():
    promise = item(planned("restaurant", RESTAURANT), "fire_check")
    assert (promise.promised.days, promise.statutory.days) == (1, 20)
    assert "inspect" not in keys(promise.steps)
    made = planned("restaurant", {**RESTAURANT, "fire_mode": "inspect"})
    inspected = item(made, "fire_check")
    assert (inspected.promised.days, inspected.statutory.days) == (13, 13)
    assert "inspect" in keys(inspected.steps)
    assert (made.promised.days, made.critical_path_days) == (14, 14)


def test_a_variant_that_changes_only_the_promise_keeps_the_statutory_limit_and_its_ground():
    limits = planned("hygiene_licence", {"central_ac": "no", "hygiene_mode": "promise", "agent": "no"}).items[0]
    assert (limits.promised.days, limits.statutory.days) == (2, 20)
    assert limits.statutory.basis == "行政许可法(2019)第42条"


def test_several_departments_of_one_step_decide_jointly():
    road = planned("road_occupy", {}).items[0]
    (review,) = [step for step in road.steps if step.key == "review"]
    assert review.departments == ("cgj", "gaj")


def test_a_bundle_of_permits_has_the_joint_limit_of_the_law():
    joint = planned("restaurant", RESTAURANT).joint_statutory
    assert joint is not None
    assert (joint.days, joint.extension, joint.basis) == (45, 15, "行政许可法(2019)第42条第2款")
    assert planned("newborn", NEWBORN).joint_statutory is None


def test_a_public_notice_before_deregistration_stands_in_the_plan():
    answers = {"dereg_mode": "normal", "tax_state": "none", "agent": "no"}
    answers |= dict.fromkeys(["had_staff", "had_hpf", "had_bank", "had_seal", "had_customs"], "no")
    made = planned("enterprise_close", answers)
    assert [(wait.key, wait.calendar_days) for wait in made.waits] == [("creditor_notice", 45)]
    assert keys(made.items) == ["enterprise_deregistration"]


def test_the_warning_about_schools_appears_only_when_there_is_one():
    near = planned("restaurant", {**RESTAURANT, "tobacco": "yes", "near_school": "yes"})
    far = planned("restaurant", {**RESTAURANT, "tobacco": "yes", "near_school": "no"})
    assert len(near.notices) == len(far.notices) + 1


def test_a_single_item_is_planned_like_a_bundle_of_one():
    made = planned("hpf_retire", {})
    assert (made.kind, made.unit, made.promised.days, made.visits) == ("item", "calendar_days", 1, 0)
    assert keys(made.items) == ["hpf_retire"]
    assert made.items[0].version == 1


def test_every_missing_answer_is_named_at_once():
    problems = plan(CATALOGUE, "newborn", {"born_in": "hospital"})
    assert isinstance(problems, list)
    assert [p.field for p in problems] == ["parents", "same_nation", "mother_insured", "mreg", "childcare"]
    assert problems[0].reason == "请先回答：孩子的父母是否已婚？"


def test_wrong_answers_are_named_with_what_may_be_chosen():
    answers = {**NEWBORN, "parents": "maybe", "mood": "good", "minor": "no"}
    assert plan(CATALOGUE, "newborn", answers) == [
        GuideProblem("parents", "没有“maybe”这个选项，可选：married（婚内）、unmarried（非婚）"),
        GuideProblem("mood", "“新生儿出生一件事”没有“mood”这个问题，请去掉这个答案"),
        GuideProblem("minor", "这个问题的答案已由本“一件事”确定，请不要改动"),
    ]


def test_an_unknown_key_is_a_problem_and_not_a_crash():
    (problem,) = plan(CATALOGUE, "moonwalk", {})
    assert problem == GuideProblem("key", "没有编号为“moonwalk”的事项或一件事，请从目录中选择")


def test_answers_that_no_longer_matter_are_left_out_of_the_plan():
    made = planned("restaurant", {**RESTAURANT, "has_licence": "yes", "area": "lt50"})
    assert not {"subject_type", "fire_mode", "premises"} & set(made.answers)
    assert made.answers["food_kind"] == "catering"
    assert made.promised.days == 13


@pytest.mark.parametrize("key", [*FIGURES])
def test_whatever_is_answered_the_promise_can_be_kept_and_every_case_is_decided(key):
    chance = random.Random(key)  # noqa: S311 - a seeded walk, not a secret
    for _ in range(25):
        answers: dict[str, str] = {}
        while still_open := questions(CATALOGUE, key, answers):
            answers[still_open[0].key] = chance.choice(still_open[0].choices).value
        made = planned(key, answers)
        assert made.critical_path_days <= made.promised.days, answers
        assert made.visits <= CATALOGUE.bundles[key].visits
        for case in made.items:
            assert any(step.kind == "decide" for step in case.steps), (case.key, answers)
            assert set(case.waits_for) <= set(keys(made.items))


@pytest.mark.parametrize("key", [*CATALOGUE.items, *CATALOGUE.bundles])
def test_every_item_and_bundle_has_a_guide_page_without_a_gap(key):
    page = guide_page(CATALOGUE, key)
    assert page["name"]
    assert page["basis"]
    assert all(row["ground"] for row in page.get("materials", []))
    assert all(row["promised"] for row in page["limits"])


def test_the_guide_page_says_in_plain_words_what_holds_when():
    page = guide_page(CATALOGUE, "fire_check")
    assert page["limits"] == [
        {
            "when": "", "statutory": "20个工作日", "statutory_ground": "行政许可法(2019)第42条第1款",
            "promised": "1个工作日", "promised_ground": "本地设定",
        },
        {
            "when": "消防安全检查选哪种方式？——不承诺，先检查后领证", "statutory": "13个工作日",
            "statutory_ground": "消防法(2021)第15条；公众聚集场所投入使用、营业消防安全检查规则",
            "promised": "13个工作日", "promised_ground": "本地设定",
        },
    ]  # fmt: skip
    assert page["steps"][0]["time"] == "不计入办理期限"
    assert page["result"]["validity"] == "场所条件不变长期有效"
    assert guide_page(CATALOGUE, "si_employer")["limits"][0]["promised"] == "当场办结"
    free = guide_page(CATALOGUE, "bank_open")["limits"][0]
    assert (free["statutory"], free["statutory_ground"]) == ("法律法规没有规定期限", "法律法规没有规定")


def test_only_a_law_sets_a_statutory_limit():
    limits = [
        (item.key, limit)
        for item in CATALOGUE.items.values()
        for limit in (item.limits.statutory, *(variant.statutory for variant in item.limits.variants))
        if limit and limit.days is not None
    ]
    assert len(limits) > 40
    assert [key for key, limit in limits if limit.local or not limit.basis] == []
    permits = {item.key for item in CATALOGUE.items.values() if item.kind == "01"}
    assert permits <= {key for key, _ in limits}, "行政许可法 Art. 42 leaves no permit without a limit"


def test_few_documents_may_be_pledged_and_none_of_those_that_found_an_authority():
    pledgeable = {key for key, material in CATALOGUE.materials.items() if material.pledgeable}
    assert pledgeable == {"kin_pledge", "flex_proof"}
    made = planned("mi_account_withdraw", {})
    assert [each.key for each in made.materials if each.pledgeable] == ["kin_pledge"]


def test_a_guide_page_of_an_unknown_key_is_refused():
    with pytest.raises(NoSuchKey):
        guide_page(CATALOGUE, "moonwalk")
