"""What the applicant is told when the time of a case stops, goes on or becomes longer (行政许可法 Art. 42, 45)."""

import pytest

from services.intake.messages import messages_of
from services.intake.senders import brief
from services.intake.time_messages import still_words
from shared.contracts.approval import CaseWithdrawn
from shared.settings import Settings
from shared.web.i18n import speak
from tests.unit.intake.sample import (
    ACCEPT,
    NO,
    case,
    day,
    extended,
    jointly_extended,
    procedure_ended,
    procedure_started,
    refused,
    story,
    withdrawn,
)


def told(*events, cases=None):
    return story(*(cases or (case(1),))).at(day(3)).given(ACCEPT).at(day(20)).given(*events)


def message(told, kind):
    return next(each for each in messages_of(told.state) if each.kind == kind)


def kinds(told):
    return [each.kind for each in messages_of(told.state)]


def test_a_procedure_is_told_with_its_reason_its_notice_and_its_days():
    begun = message(told(procedure_started(1, day(5))), "procedure")
    assert begun.title == "听证开始，停止计时：样例事项1"
    assert begun.text == (
        "需要听证：直接关系他人重大利益。预计 20 个工作日，书面告知的文号是样特告〔2026〕1 号。"
        "从 3月5日 周四 10:00 到结束为止，不计入办理期限（行政许可法第四十五条）。"
    )
    assert (begun.at, begun.link.path) == (day(5), f"/pages/applications/{NO}")


@pytest.mark.parametrize(("kind", "cited"), [("", True), ("01", True), ("05", False), ("20", False)])
def test_the_article_on_licences_is_cited_for_licences_alone(kind, cited):
    begun = message(told(procedure_started(1, day(5)), cases=(case(1, item_kind=kind),)), "procedure")
    assert ("行政许可法第四十五条" in begun.text) is cited
    assert begun.text.endswith("不计入办理期限（行政许可法第四十五条）。" if cited else "不计入办理期限。")


def test_two_procedures_that_end_at_one_instant_are_of_one_item():
    both = told(
        procedure_started(1, day(5)),
        procedure_started(1, day(5), 2, "testing"),
        procedure_ended(1, day(9)),
        procedure_ended(1, day(9), 2),
    )
    over, begun = message(both, "procedure_over"), message(both, "procedure")
    assert (over.title, over.cases) == ("听证、检测结束：样例事项1", [f"{NO}-01"])
    assert (begun.title, begun.cases) == ("听证、检测开始，停止计时：样例事项1", [f"{NO}-01"])


def test_names_of_procedures_stand_in_a_row_of_the_readers_language():
    running = told(procedure_started(1, day(5)), procedure_started(1, day(6), 2, "testing"))
    speak("en")
    try:
        assert "a hearing, testing" in (still_words(running.state.cases[0]) or "")
    finally:
        speak("zh")


def test_its_end_says_that_the_days_go_on():
    over = message(told(procedure_started(1, day(5)), procedure_ended(1, day(9))), "procedure_over")
    assert (over.title, over.at) == ("听证结束：样例事项1", day(9))
    assert "剩下的天数不变" in over.text


def test_while_another_runs_the_days_do_not_go_on():
    both = told(procedure_started(1, day(5)), procedure_started(1, day(6), 2, "testing"), procedure_ended(1, day(9)))
    assert message(both, "procedure_over").text == "还要等检测，这段时间不计入办理期限。"
    assert message(both, "procedure_over").title == "听证结束：样例事项1"


def test_a_procedure_that_ends_with_its_case_is_no_news_of_its_own():
    back = told(
        procedure_started(1, day(5)),
        procedure_ended(1, day(9)),
        CaseWithdrawn(application=NO, case=f"{NO}-01", at=day(9)),
    )
    assert kinds(back) == ["withdrawn", "procedure", "accepted"]


def test_an_extension_is_told_with_who_approved_it_and_why():
    longer = message(told(extended(1, day(6))), "extended")
    assert longer.title == "办理期限延长 5 个工作日：样例事项1"
    assert longer.text.startswith("经样例部门负责人批准，办理期限延长 5 个工作日，理由：需要核实档案。")
    assert "行政许可法第四十二条第一款" in longer.text


def test_a_joint_extension_is_told_once_for_the_whole():
    longer = message(told(jointly_extended(day(6)), cases=(case(1), case(2))), "joint_extended")
    assert (longer.title, longer.cases) == ("联办期限延长 15 个工作日", [])
    assert "经本级人民政府负责人批准" in longer.text
    assert "理由：三个部门要重新核查。" in longer.text


def test_what_is_said_again_is_kept_as_it_was():
    first = told(procedure_started(1, day(5)), extended(1, day(6)), jointly_extended(day(6)))
    again = first.given(procedure_started(1, day(7)), extended(1, day(7), 9), jointly_extended(day(7)))
    assert again.state == first.state
    over = first.given(procedure_ended(1, day(9)))
    assert over.given(procedure_ended(1, day(10))).state == over.state


def test_a_case_that_was_never_submitted_is_refused():
    story().given(ACCEPT).when(procedure_started(7, day(5))).refused("no_such_case")


def test_nothing_of_the_reason_goes_to_a_phone():
    text = brief(message(told(procedure_started(1, day(5))), "procedure"), Settings())
    assert "听证开始，停止计时：样例事项1" in text
    assert "重大利益" not in text


def test_what_stands_still_says_so_until_it_ends():
    running = told(procedure_started(1, day(5)), procedure_started(1, day(6), 2, "testing"))
    assert still_words(running.state.cases[0]) == "正在听证、检测，从 3月5日 周四起不计入办理期限"
    assert still_words(running.given(refused(1)).state.cases[0]) is None
    assert still_words(running.given(withdrawn(1)).state.cases[0]) is None
    assert still_words(told().state.cases[0]) is None
