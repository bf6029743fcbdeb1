"""The pages that anyone may read: home, search, stages, guides, questions, the one-time notice."""

import re
from html import unescape
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from services.intake.catalogue import load
from services.intake.guide import GuideProblem
from services.intake.pages.public import notices
from shared.web.pages import MODE_COOKIE
from tests.component.intake.conftest import APPLICANT, NOW
from tests.component.intake.test_standard_path import ended_well
from tests.unit.intake.sample import NEWBORN, RESTAURANT

HTML = {"Accept": "text/html"}
CATALOGUE = load()


async def page(window, path, status=200, **params):
    answer = await window.http.get(path, params=params or None, headers=HTML)
    assert answer.status_code == status, answer.text[:400]
    return unescape(answer.text)


def said(answers) -> str:
    return urlencode({f"a.{question}": value for question, value in answers.items()})


def links(text: str, part: str) -> list[str]:
    return [href for href in re.findall(r'href="([^"]+)"', text) if part in href]


async def test_the_home_page_leads_to_search_both_trees_and_what_is_asked_for_most(window):
    text = await page(window, "/")
    assert 'action="/intake/search"' in text
    for stage in (stage for tree in CATALOGUE.trees.values() for stage in tree.stages):
        assert f">{stage.name}</a>" in text
    assert links(text, "/matters/newborn")
    assert "今天还没有办结的事" in text


async def test_elders_find_their_allowance_without_searching(window):
    plain = (await page(window, "/")).split('id="popular"')[1].split("</div>")[0]
    assert "/matters/elderly_allowance" not in plain
    answer = await window.http.get("/", headers=HTML | {"Cookie": f"{MODE_COOKIE}=elder"})
    assert "/matters/elderly_allowance" in answer.text.split('id="popular"')[1].split("</div>")[0]


async def test_the_home_page_tells_what_was_done_today_and_nobodys_name(window):
    number = await window.accepted(matter="birth_certificate", answers={"born_in": "hospital"})
    await ended_well(window, number, "01")
    text = await page(window, "/")
    assert "出生医学证明首次签发" in text.split("今天办成的事")[1]
    assert "当天办结" in text
    for personal in (APPLICANT["name"], APPLICANT["code"], APPLICANT["phone"], number):
        assert personal not in text


async def test_what_was_done_yesterday_is_not_done_today(window):
    number = await window.accepted(matter="birth_certificate", answers={"born_in": "hospital"})
    await ended_well(window, number, "01")
    window.clock.move_to(NOW.replace(day=NOW.day + 1))
    assert "今天还没有办结的事" in await page(window, "/")


@pytest.mark.parametrize(
    ("typed", "first"),
    [("开饭店", "restaurant"), ("孩子上户口", "newborn"), ("办退休", "retirement"), ("过户", "second_hand_house")],
)
async def test_people_find_what_they_want_by_their_own_words(window, typed, first):
    text = await page(window, "/search", q=typed)
    assert links(text, "/matters/")[0] == f"/intake/matters/{first}"


async def test_an_empty_search_leads_on(window):
    text = await page(window, "/search", q="<script>alert(1)</script>火星")
    assert "没有找到" in text
    assert links(text, "department=scjg")
    raw = (await window.http.get("/search", params={"q": "<script>x"}, headers=HTML)).text
    assert "<script>x" not in raw


async def test_a_department_shows_its_items_and_the_bundles_that_it_takes_part_in(window):
    text = await page(window, "/search", department="xfdd")
    assert links(text, "/matters/fire_check")
    assert links(text, "/matters/restaurant")
    assert not links(text, "/matters/id_card_apply")


async def test_a_stage_lists_everything_and_an_unknown_one_is_not_found(window):
    text = await page(window, "/trees/life/birth")
    stage = CATALOGUE.trees["life"].stages[0]
    assert all(links(text, f"/matters/{key}") for key in (*stage.bundles, *stage.items))
    await page(window, "/trees/life/moon", status=404)
    await page(window, "/trees/moon/birth", status=404)


async def test_every_matter_has_its_guide(window):
    for key in (*CATALOGUE.bundles, *CATALOGUE.items):
        text = await page(window, f"/matters/{key}")
        matter = CATALOGUE.bundles.get(key) or CATALOGUE.items[key]
        assert f"<h1>{matter.name}</h1>" in text
        assert f"/intake/matters/{key}</span>" in text, "the address that the code holds"
        assert 'class="qr"' in text


async def test_a_guide_says_everything_that_must_be_published(window):
    text, item = await page(window, "/matters/food_operation"), CATALOGUE.items["food_operation"]
    told = [*item.basis, *(c.text for c in item.conditions), *(s.name for s in item.steps), item.result.name]
    told += [CATALOGUE.materials[need.material].name for need in item.materials]
    told += [
        item.limits.statutory.ground,
        "7 个工作日",
        "10 个工作日",
        "免费",
        "行政复议",
        "行政诉讼",
        "12345",
        "第 1 版",
    ]
    told += [CATALOGUE.hall.place, CATALOGUE.hall.hours]
    assert [each for each in told if each not in text] == []


async def test_there_is_no_guide_of_what_does_not_exist(window):
    for path in ("/matters/moon", "/matters/moon/questions", "/matters/moon/notice"):
        await page(window, path, status=404)


async def test_questions_come_one_by_one_and_the_address_holds_the_answers(window):
    address = "/matters/birth_certificate/questions"
    text = await page(window, address)
    question = CATALOGUE.questions["born_in"]
    assert f"<h1>{question.text}</h1>" in text
    assert 'name="a.born_in"' in text
    answer = await window.http.get(address, params={"q": "born_in", "a.born_in": "hospital"}, headers=HTML)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/intake/matters/birth_certificate/notice?a.born_in=hospital"


async def test_who_chooses_nothing_is_told_and_keeps_what_was_answered(window):
    text = await page(window, "/matters/restaurant/questions", status=422, q="subject_type", **{"a.has_licence": "no"})
    assert 'role="alert"' in text
    assert 'name="a.has_licence" value="no"' in text
    assert f"<h1>{CATALOGUE.questions['subject_type'].text}</h1>" in text


async def test_a_changed_answer_drops_those_that_it_makes_pointless(window):
    answers = {**RESTAURANT, "has_licence": "yes"}
    answer = await window.http.get(f"/matters/restaurant/questions?q=has_licence&{said(answers)}", headers=HTML)
    kept = dict(parse_qsl(urlsplit(answer.headers["location"]).query))
    assert kept["a.has_licence"] == "yes"
    assert "a.subject_type" not in kept


async def test_an_answer_can_be_changed_and_shows_what_was_chosen(window):
    text = await page(window, f"/matters/restaurant/questions?ask=area&{said(RESTAURANT)}")
    assert f"<h1>{CATALOGUE.questions['area'].text}</h1>" in text
    assert re.search(r'value="50to300"[^>]* checked', text)
    assert len(re.findall(r'name="a\.area"', text)) == 4, "not carried as a hidden field besides"


async def test_the_whole_way_from_the_first_question_to_the_notice(window):
    answers, address = {}, "/matters/newborn/questions"
    for _ in range(30):
        answer = await window.http.get(address, headers=HTML)
        if answer.status_code == 303:
            address = answer.headers["location"].removeprefix("/intake")
            continue
        if "/notice" in address:
            break
        question = re.search(r'name="q" value="(\w+)"', answer.text)[1]
        answers[question] = NEWBORN[question]
        address = f"/matters/newborn/questions?{urlencode({'q': question})}&{said(answers)}"
    assert "一次告知书" in answer.text
    assert answers == NEWBORN


async def test_the_notice_page_says_what_the_notice_says(window):
    text = await page(window, f"/matters/restaurant/notice?{said(RESTAURANT)}")
    notice = (await window.post(None, "/guides/restaurant/notice", {"answers": RESTAURANT})).json()
    assert [each["name"] for each in notice["materials"] if each["name"] not in text] == []
    assert [each["name"] for each in notice["items"] if each["name"] not in text] == []
    assert [each["statutory_ground"] for each in notice["items"] if each["statutory_ground"] not in text] in (
        [], ["法律法规没有规定"],
    )  # fmt: skip
    hand_in = [each for each in notice["materials"] if each["to_hand_in"] and not each["licence_type"]]
    assert f'<dd class="big">{len(hand_in)}<small>份</small>' in text


async def test_the_notice_leads_to_the_application_with_everything_that_was_said(window):
    answers = {**RESTAURANT, "drain": "yes"}
    text = await page(window, f"/matters/restaurant/notice?{said(answers)}&opt=&opt=drainage_permit")
    (start,) = links(text, "/drafts/new")
    query = parse_qsl(urlsplit(start).query, keep_blank_values=True)
    assert query[0] == ("matter", "restaurant")
    assert {("a.drain", "yes"), ("opt", "drainage_permit")} <= set(query)


async def test_what_may_be_left_out_is_left_out(window):
    answers = {**RESTAURANT, "drain": "yes"}
    taken = await page(window, f"/matters/restaurant/notice?{said(answers)}")
    left = await page(window, f"/matters/restaurant/notice?{said(answers)}&opt=")
    assert re.search(r'value="drainage_permit" checked', taken)
    assert re.search(r'value="drainage_permit">', left)
    assert "排水许可申请表" in taken
    assert "排水许可申请表" not in left


async def test_a_notice_without_all_answers_goes_back_to_the_questions(window):
    answer = await window.http.get("/matters/restaurant/notice", params={"a.has_licence": "no"}, headers=HTML)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/intake/matters/restaurant/questions?a.has_licence=no"


async def test_an_item_without_questions_has_its_notice_at_once(window):
    text = await page(window, "/matters/id_card_apply/notice")
    assert CATALOGUE.items["id_card_apply"].fee.amount in text
    answer = await window.http.get("/matters/id_card_apply/questions", headers=HTML)
    assert answer.headers["location"] == "/intake/matters/id_card_apply/notice"


async def test_choices_that_leave_nothing_to_do_say_so(window, monkeypatch):
    monkeypatch.setattr(notices, "plan", lambda *_: [GuideProblem("key", "nothing")])
    text = await page(window, f"/matters/restaurant/notice?{said(RESTAURANT)}")
    assert "没有要办的事" in text
    assert links(text, "/questions?ask=area")


async def test_the_help_page_has_the_places_that_the_footer_names(window):
    text = await page(window, "/help")
    assert 'id="access"' in text
    assert 'id="privacy"' in text


async def test_english_readers_get_english_dates_and_no_missing_value(window):
    answer = await window.http.get(
        f"/matters/restaurant/notice?{said(RESTAURANT)}", headers={**HTML, "Accept-Language": "en"}
    )
    assert answer.status_code == 200
    assert "Mon 2 Mar 2026" in answer.text
