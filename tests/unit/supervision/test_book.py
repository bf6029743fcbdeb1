"""The book of calendars: what makes the next version, what it says, and what it refuses."""

from datetime import date

import pytest

from services.supervision.calendar.composing import calendar_in, of_deployment, with_notice
from services.supervision.calendar.notices import CalendarFileError, read_notice
from services.supervision.calendar.working_days import Base
from services.supervision.decide import decide
from services.supervision.model import CalendarBook, KeptBase
from services.supervision.store import SupervisionCodec
from shared.contracts.supervision import CalendarPublished
from shared.testing.story import Story
from tests.unit.supervision.notices import BASE, NOTICE_2027, written
from tests.unit.supervision.sample import RULES, at

NOW = at("11-26 10:00")
LOCAL = written({date(2027, 3, 18): False}, basis="样例：民族节日放假的通知")
NEWER = Base({**BASE.days, date(2027, 1, 1): False}, BASE.names, date(2027, 12, 31))


def begun(base=BASE):
    return Story(decide, RULES, NOW).when(of_deployment(None, base))


def publish(told, name, text):
    return told.when(with_notice(told.state, read_notice(name, text), by="sample:administrator", running=7))


def test_the_first_version_is_what_the_deployment_knows():
    told = begun()
    (said,) = told.then(CalendarPublished)
    assert (said.number, said.calendar, said.certain_until) == (1, RULES.calendar, date(2026, 12, 31))
    assert (said.turned, said.by, said.key()) == ((), "", "calendar")
    assert calendar_in(told.state) == RULES.office.calendar


def test_a_notice_makes_the_next_version_and_says_which_days_turn():
    told = publish(begun(), "2027", NOTICE_2027)
    (said,) = told.then(CalendarPublished)
    assert (said.number, said.certain_until, said.at) == (2, date(2027, 12, 31), NOW)
    turned = {day.day: day.working for day in said.turned}
    assert len(turned) == 18
    assert (turned[date(2027, 1, 1)], turned[date(2027, 1, 30)]) == (False, True)
    version = told.state.latest
    assert (version.by, version.running, version.notice) == ("sample:administrator", 7, "2027")
    assert not calendar_in(told.state).is_working_day(date(2027, 1, 1))
    assert calendar_in(told.state, 1) == RULES.office.calendar, "what was in force is not forgotten"


def test_a_notice_takes_the_place_of_an_earlier_one_of_its_name():
    told = publish(
        publish(begun(), "2027", NOTICE_2027), "2027", NOTICE_2027.replace("01-30: working", "01-31: working")
    )
    (said,) = told.then(CalendarPublished)
    assert {day.day.isoformat(): day.working for day in said.turned} == {"2027-01-30": False, "2027-01-31": True}
    assert [name for name, _ in told.state.latest.notices] == ["2027"]


def test_a_notice_replaces_those_that_it_names_and_may_do_nothing_else():
    told = publish(publish(begun(), "2027", NOTICE_2027), "local", LOCAL)
    told = publish(told, "withdrawn", "basis: 样例：撤销\nreplaces: local\n")
    (said,) = told.then(CalendarPublished)
    assert [(day.day, day.working) for day in said.turned] == [(date(2027, 3, 18), True)]
    assert [name for name, _ in told.state.latest.notices] == ["2027"]
    back = publish(told, "whole", "basis: 样例：撤销\nreplaces: [2027a]\n".replace("2027a", '"2027"'))
    assert back.state.latest.certain_until == date(2026, 12, 31), "what is withdrawn is no longer announced"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LOCAL.replace("2027-03-18", "2027-01-01"), "local:3: 2027-01-01 is already in 2027:4; keep one of the two"),
        ("basis: x\nreplaces: 2026\ndays:\n  2027-03-18: rest\n", "local:2: replaces is 2026; write the name"),
        ("basis: x\nreplaces: none\ndays:\n  2027-03-18: rest\n", "local: replaces 'none', and no such notice is in"),
        ("basis: x\nannounces: 2029\ndays:\n  2029-01-01: rest\n", "local:2: announces 2029, but 2028 is not"),
        ("basis: x\nannounces: 2028\ndays:\n  2028-01-01: rest\n", "local:2: 2028 has 2028-05-01 as a working day"),
        ("basis: x\nreplaces: \"2027\"\nannounces: 2027\n", "local:1: days is missing or empty"),
    ],
)  # fmt: skip
def test_a_notice_that_does_not_fit_is_refused_with_its_line_and_a_remedy(text, said):
    told = publish(begun(), "2027", NOTICE_2027)
    with pytest.raises(CalendarFileError) as caught:
        publish(told, "local", text)
    assert str(caught.value).startswith(said)
    assert ";" in str(caught.value)
    assert caught.value.chinese


def test_what_was_made_of_another_version_is_refused():
    told = begun()
    late = with_notice(told.state, read_notice("local", LOCAL), by="a")
    told = publish(told, "2027", NOTICE_2027).when(late)
    told.refused("calendar_moved_on")


def test_the_same_notice_again_changes_nothing():
    publish(publish(begun(), "local", LOCAL), "local", LOCAL).refused("nothing_changes")


def test_a_basis_holds_no_personal_data():
    publish(begun(), "local", LOCAL.replace("样例：", "请回电 13812345678 ")).refused("personal_data")


def test_a_newer_deployment_goes_on_and_an_older_one_never_takes_it_back():
    told = publish(begun(), "local", LOCAL)
    told = told.when(of_deployment(told.state, NEWER))
    (said,) = told.then(CalendarPublished)
    assert (said.number, said.certain_until) == (3, date(2027, 12, 31))
    assert not calendar_in(told.state).is_working_day(date(2027, 3, 18)), "notices stay in force over it"
    assert of_deployment(told.state, BASE) is None
    assert of_deployment(told.state, NEWER) is None
    older = Base({**BASE.days, date(2026, 3, 3): False}, BASE.names, BASE.certain_until)
    assert of_deployment(told.state, older) is None


def test_two_replicas_of_an_older_deployment_are_refused_by_the_book_itself():
    old = of_deployment(None, BASE)
    told = begun(NEWER).when(old.model_copy(update={"number": 2}))
    told.refused("older_base")


def test_a_base_is_read_from_its_text_as_it_was():
    again = Base.read(BASE.text, BASE.certain_until)
    assert (again.digest, again.text) == (BASE.digest, BASE.text)
    assert KeptBase(digest=BASE.digest, certain_until=BASE.certain_until, text=BASE.text).digest == again.digest


def test_the_book_is_stored_and_read_as_it_is():
    book = publish(begun(), "2027", NOTICE_2027).state
    codec = SupervisionCodec()
    assert isinstance(codec.load(codec.dump(book)), CalendarBook)
    assert codec.load(codec.dump(book)) == book
    assert codec.index(book) == {}, "no list and no scan may find it"
