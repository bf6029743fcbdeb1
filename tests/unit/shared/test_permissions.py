"""Roles × actions: the table's own promises, and the scope that queries are filtered by."""

import pytest

from shared.identity import Person, require, scope_of
from shared.permissions import ACTIONS, PUBLIC, Reach, Role, Scope
from shared.web.problems import Problem


def asker(*roles, department=None):
    return Person("s1", "样例", frozenset(roles), department)


def test_the_administrator_reads_no_application_and_decides_nothing():
    allowed = {action for action, roles in ACTIONS.items() if Role.ADMINISTRATOR in roles}
    assert allowed == {
        "catalogue.publish",
        "calendar.read",
        "calendar.publish",
        "status.read",
        "deadletters.read",
        "deadletters.replay",
    }


def test_applicants_reach_only_what_is_theirs():
    for roles in ACTIONS.values():
        assert roles.get(Role.APPLICANT, Reach.OWN) is Reach.OWN
        assert roles.get(Role.AGENT, Reach.OWN) is Reach.OWN


def test_officers_and_heads_reach_only_their_department():
    for roles in ACTIONS.values():
        assert roles.get(Role.OFFICER, Reach.DEPARTMENT) is Reach.DEPARTMENT
        assert roles.get(Role.DEPARTMENT_HEAD, Reach.DEPARTMENT) is Reach.DEPARTMENT


def test_every_role_may_do_something_and_no_public_action_asks_for_a_role():
    assert {role for roles in ACTIONS.values() for role in roles} == set(Role)
    assert not PUBLIC & ACTIONS.keys()


def test_a_query_is_filtered_by_who_asks():
    own = scope_of(asker(Role.APPLICANT), "application.read_own", "application.read_any")
    assert own.filter(own="owner", department="departments") == {"owner": "s1"}
    desk = scope_of(asker(Role.OFFICER, department="fire"), "application.read_own", "application.read_any")
    assert desk.filter(own="owner", department="departments") == {"departments": "fire"}
    hall = scope_of(asker(Role.CLERK), "application.read_any")
    assert hall.filter(own="owner", department="departments") == {}


def test_an_officer_who_also_applies_sees_both():
    both = scope_of(asker(Role.OFFICER, Role.APPLICANT, department="fire"), "licence.read_own", "licence.read_any")
    assert both == Scope(own="s1", department="fire")
    assert both.filter(own="owner", department="issuer") == {"$or": [{"owner": "s1"}, {"issuer": "fire"}]}


def test_a_collection_without_a_field_for_the_scope_shows_nothing():
    assert Scope(department="fire").filter(own="owner") == {"_id": {"$in": []}}
    assert Scope().filter(own="owner", department="d") == {"_id": {"$in": []}}


def test_a_document_at_hand_is_judged_like_a_query():
    assert Scope(all=True).covers()
    assert Scope(own="s1").covers(own="s1")
    assert not Scope(own="s1").covers(own="s2", departments=["fire"])
    assert Scope(department="fire").covers(own="s2", departments=["health", "fire"])
    assert not Scope().covers(own=None)


def test_a_role_without_the_action_is_refused_and_the_action_named():
    with pytest.raises(Problem) as caught:
        scope_of(asker(Role.APPLICANT), "task.give_opinion")
    assert caught.value.status_code == 403
    assert caught.value.more == {"actions": ["task.give_opinion"]}
    assert not asker(Role.APPLICANT).may("task.give_opinion")
    assert asker(Role.OFFICER).may("task.give_opinion")


def test_an_officer_without_a_department_sees_nothing():
    with pytest.raises(Problem) as caught:
        scope_of(asker(Role.OFFICER), "task.read")
    assert caught.value.status_code == 403


@pytest.mark.parametrize("action", ["application.sumbit", "licence.verify"])
def test_an_action_that_is_unknown_or_public_cannot_be_required(action):
    with pytest.raises(ValueError, match=action):
        require(action)


def test_a_person_is_not_shown_in_representations():
    person = Person("s1", "样例甲", frozenset({Role.APPLICANT}), id_number="110000199001010018")
    assert "样例甲" not in repr(person)
    assert "110000" not in repr(person)
