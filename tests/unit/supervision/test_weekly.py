"""The rows of the weekly digest: only of trouble, each once, in the week of its instant by law."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from services.supervision.decide.weekly import WEEKLY
from services.supervision.digest import Digest, Week
from services.supervision.model import AnswerUrge
from tests.unit.supervision.sample import CASE, agreed, approved, assigned, at
from tests.unit.supervision.test_ladder import FILED, Told, by_hand


def rows(told):
    facts = getattr(told.story.last, "facts", ())
    return {each.id: (each.row["week"], each.row["department"]) for each in facts if each.collection == WEEKLY}


def test_a_case_in_time_has_no_row():
    told, found = Told(), {}
    for event in (*FILED, assigned(at("03-02 11:00")), agreed(at("03-03 10:00")), approved(at("03-03 10:00"))):
        found |= rows(told.hear(event))
    assert found == {}


def test_what_was_broken_and_urged_is_noted_in_the_week_of_its_instant_also_when_it_is_noticed_late():
    told = Told().hear(*FILED, assigned(at("03-02 11:00"))).scan(at("03-17 09:00"))
    assert rows(told) == {
        f"step/{CASE}-T1": ("2026-W10", "xfdd"),
        f"promised/{CASE}": ("2026-W11", "scjg"),
        f"urged/{CASE}/1": ("2026-W10", "xfdd"),
    }


def test_answers_are_told_apart_by_their_day_and_a_reminder_is_no_urge():
    told = Told().hear(*FILED, assigned(at("03-02 11:00"))).scan(at("03-04 18:00"))
    said = AnswerUrge(case=CASE, number=1, department="xfdd", text="办。", by="o")
    told.does(said, at("03-05 09:00"))
    assert rows(told) == {f"answered/{CASE}/1/xfdd": ("2026-W10", "xfdd")}
    late = Told().hear(*FILED, assigned(at("03-02 11:00"))).scan(at("03-04 18:00"))
    late.does(said, at("03-10 09:00"))
    assert rows(late)[f"late/{CASE}/1/xfdd"] == ("2026-W11", "xfdd")
    told.does(by_hand("remind"), at("03-05 10:00"))
    assert rows(told) == {}


@given(st.dates(date(2004, 1, 1), date(2099, 12, 31)))
def test_every_day_lies_in_its_week_and_weeks_follow_each_other(day):
    week = Week.of(day)
    assert week.monday <= day <= week.sunday
    assert (week.monday.isoweekday(), week.sunday.isoweekday()) == (1, 7)
    assert week.before.ends == week.begins
    assert week.before.name < week.name
    assert Week(week.name).monday == week.monday


def test_a_week_is_rounded_as_its_month_is():
    def on_time(timely: int, due: int) -> str:
        return Digest("2026-W10", "scjg", "", {}, due=due, timely=timely).on_time

    assert (on_time(1, 16), on_time(2, 3), on_time(0, 0)) == ("6.3%", "66.7%", "—")
