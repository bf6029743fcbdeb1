"""Everything that happens to an application is told to its owner once, in words that say what to do."""

from dataclasses import replace

import pytest

from services.intake.messages import messages_of
from services.intake.model import news_of, untold
from services.intake.model.commands import Accept, ClaimTelling, MarkRead, NoteTold, NotRequire, Refer, Withdraw
from shared.contracts.intake import CaseAccepted
from shared.contracts.supervision import DeadlinePassed
from shared.contracts.terms import Limits
from tests.unit.intake.sample import (
    ACCEPT,
    DUE,
    NO,
    approved,
    asks,
    brings,
    case,
    day,
    issued,
    passed,
    refused,
    story,
    withdrawn,
)

REFER = Accept(by="c", referred={f"{NO}-01": Refer(competent_body="样例县民政局", reason="不归本部门管")})
NOT_REQUIRE = Accept(by="c", not_required={f"{NO}-01": NotRequire(reason="用途是自住")})
TOLD = {
    "supplement": ([asks("a", "c")], "请补正 2 份材料", "intake", f"/pages/applications/{NO}/supplement"),
    "accepted": ([ACCEPT], "已受理：样例事项1", "supervision", f"/pages/applications/{NO}"),
    "deemed": ([passed(DUE)], "视为受理：样例事项1", "supervision", f"/pages/applications/{NO}"),
    "not_required": ([NOT_REQUIRE], "不受理：样例事项1", "intake", f"/pages/applications/{NO}/receipts/BS-{NO}-01"),
    "referred": ([REFER], "不予受理：样例事项1", "intake", f"/pages/applications/{NO}/receipts/BY-{NO}-01"),
    "approved": ([ACCEPT, approved(1)], "准予：样例事项1", "supervision", f"/pages/applications/{NO}"),
    "refused": ([ACCEPT, refused(1)], "不予办理：样例事项1", "supervision", f"/pages/applications/{NO}"),
    "withdrawn": ([ACCEPT, withdrawn(1)], "已按您的请求撤回：样例事项1", "supervision", f"/pages/applications/{NO}"),
    "taken_back": ([Withdraw(by="a")], "申请已撤回", "supervision", f"/pages/applications/{NO}"),
}


@pytest.mark.parametrize("kind", TOLD)
def test_each_turn_is_told_in_words_and_says_where_to_go_on(kind):
    given, title, service, path = TOLD[kind]
    told = story().at(day(9, 11)).given(*given)
    message = next(each for each in messages_of(told.state) if each.kind == kind)
    assert (message.title, message.link.service, message.link.path) == (title, service, path)
    assert message.text
    assert (message.number, message.unread) == (NO, True)


def test_what_is_ready_to_collect_is_told_when_both_approval_and_result_are_known():
    told = story().given(ACCEPT, issued(1))
    assert [each.kind for each in messages_of(told.state)] == ["accepted"]
    told = told.given(approved(1))
    ready = next(each for each in messages_of(told.state) if each.kind == "issued")
    assert (ready.title, ready.link.service, ready.link.path) == ("已办结，可以领取：样例事项1", "licensing", "/mine")


def test_the_cases_of_one_turn_are_one_message_and_the_newest_stands_first():
    told = story(case(1), case(2, 1), case(3)).at(day(3)).given(ACCEPT).at(day(4)).given(refused(1))
    messages = messages_of(told.state)
    assert [each.kind for each in messages] == ["closed", "accepted", "refused"]  # a refusal bears its own time
    assert messages[1].title == "已受理：3 个事项"
    assert messages[1].cases == [f"{NO}-01", f"{NO}-02", f"{NO}-03"]
    assert "样例事项1" in messages[0].text
    assert messages[0].link.path == f"/pages/applications/{NO}/receipts/ZZ-{NO}-02"


def test_a_late_acceptance_that_is_deemed_is_told_again():
    told = story().at(day(10)).given(ACCEPT).at(day(11)).when(passed(DUE))
    told.then(CaseAccepted)
    assert [(each.kind, each.at) for each in messages_of(told.state)] == [("deemed", day(11)), ("accepted", day(10))]
    assert "2026年3月2日" in messages_of(told.state)[0].text


def test_an_answered_list_leads_to_the_timeline():
    told = story().given(asks("a"), brings("a"))
    (message,) = messages_of(told.state)
    assert message.link.service == "supervision"


def test_reading_marks_what_is_older_never_goes_back_and_never_past_now():
    told = story().at(day(3)).given(asks("a")).at(day(4)).given(brings("a")).at(day(5)).given(ACCEPT)
    told = told.given(MarkRead(upto=day(4)))
    assert [each.unread for each in messages_of(told.state)] == [True, False]
    told = told.given(MarkRead(upto=day(3)))
    assert told.state.read_upto == day(4)
    told = told.given(MarkRead(upto=day(20)))
    assert told.state.read_upto == day(5)


class TestClaims:
    def claim(self, told, until):
        news = tuple(dict.fromkeys(each.id for each in news_of(told.state)))
        return ClaimTelling(news=news, until=until)

    def test_one_claim_at_a_time_and_another_when_it_has_run_out(self):
        told = story().at(day(3)).given(ACCEPT)
        told = told.given(self.claim(told, day(4)))
        told.when(self.claim(told, day(5))).refused("being_told")
        told.at(day(4)).given(self.claim(told, day(5)))

    def test_what_was_told_is_not_claimed_again(self):
        told = story().at(day(3)).given(ACCEPT)
        news = self.claim(told, day(4)).news
        told = told.given(self.claim(told, day(4)), NoteTold(news=news))
        assert (told.state.told, told.state.telling) == (news, None)
        assert untold(told.state, list(news_of(told.state))) == []
        told.when(self.claim(told, day(4))).refused("nothing_to_tell")

    def test_what_could_not_be_sent_keeps_its_claim_as_a_pause(self):
        told = story(case(1), case(2)).at(day(3)).given(ACCEPT, approved(1))
        news = self.claim(told, day(4)).news
        told = told.given(self.claim(told, day(4)), NoteTold(news=news[:1]))
        assert told.state.telling.news == news[1:]
        told.when(self.claim(told, day(5))).refused("being_told")


def test_deadlines_of_others_tell_nothing():
    told = story().given(ACCEPT, DeadlinePassed.model_construct(**passed(DUE).model_dump() | {"kind": "decision"}))
    assert [each.kind for each in messages_of(told.state)] == ["accepted"]


def test_a_bundle_is_promised_as_a_whole_where_all_of_it_was_accepted():
    told = story(case(1), case(2, 1))
    form = told.state.form.model_copy(update={"whole": Limits(promised_days=13)})
    told = replace(told, state=told.state.model_copy(update={"form": form}))
    (message,) = messages_of(told.given(ACCEPT).state)
    assert "整件事承诺 13 个工作日办结" in message.text
    apart = Accept(by="c", not_required={f"{NO}-02": NotRequire(reason="用途是自住")})
    assert "整件事" not in "".join(each.text for each in messages_of(told.given(apart).state))
