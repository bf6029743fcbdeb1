"""What counts as a change: what the service said, at once; what it hears, when its group has handled it."""

from shared.messaging.changes import ANYTHING, REMEMBERED, Changes, Passing

OWN, OTHER = ("onedoor.approval.v1", 0), ("onedoor.intake.v1", 3)


def said(key: str, offset: int = 0) -> Passing:
    return Passing(key, OWN, offset, said=True, heard=False)


def heard(key: str, offset: int, spot=OTHER) -> Passing:
    return Passing(key, spot, offset, said=False, heard=True)


def test_what_the_service_said_has_changed_its_key_and_anything():
    changes = Changes({}, 0.0)
    assert set(changes.note(said("A"), 10.0)) == {"A", ANYTHING}
    assert changes.since(9.0, ["A"])
    assert changes.since(9.0, [ANYTHING])
    assert not changes.since(9.0, ["B"])
    assert not changes.since(11.0, ["A", ANYTHING])
    assert not changes.awaited(["A", ANYTHING])


def test_what_is_heard_has_changed_nothing_until_the_group_has_handled_it():
    changes = Changes({}, 0.0)
    assert changes.note(heard("A", 7), 10.0) == ()
    assert changes.awaited(["A"])
    assert changes.awaited([ANYTHING])
    assert not changes.awaited(["B"])
    assert changes.handled({OTHER: 7}, 11.0) == []
    assert not changes.since(9.0, ["A"])
    assert set(changes.handled({OTHER: 8}, 12.0)) == {"A", ANYTHING}
    assert changes.since(11.0, ["A"])
    assert not changes.awaited(["A", ANYTHING])
    assert changes.handled({OTHER: 9}, 13.0) == []


def test_a_partition_that_never_rests_still_changes_its_keys_as_the_group_comes_along():
    changes = Changes({}, 0.0)
    for offset in range(10):
        changes.note(heard("A", offset), 1.0)
    assert set(changes.handled({OTHER: 4}, 2.0)) == {"A", ANYTHING}
    changes.note(heard("A", 10), 3.0)
    assert changes.handled({OTHER: 4}, 4.0) == []
    assert set(changes.handled({OTHER: 6}, 5.0)) == {"A", ANYTHING}
    assert changes.awaited(["A"])
    assert set(changes.handled({OTHER: 11}, 6.0)) == {"A", ANYTHING}
    assert not changes.awaited(["A"])


def test_partitions_are_waited_for_apart():
    changes = Changes({}, 0.0)
    second = ("onedoor.licensing.v1", 3)
    changes.note(heard("A", 5), 1.0)
    changes.note(heard("A", 2, second), 1.0)
    assert set(changes.handled({OTHER: 6, second: 2}, 2.0)) == {"A", ANYTHING}
    assert changes.awaited(["A"])
    assert set(changes.handled({OTHER: 6, second: 3}, 3.0)) == {"A", ANYTHING}


def test_a_record_that_is_both_said_and_heard_changes_twice():
    changes = Changes({}, 0.0)
    assert changes.note(Passing("A", OWN, 0, said=True, heard=True), 1.0)
    assert set(changes.handled({OWN: 1}, 2.0)) == {"A", ANYTHING}


def test_what_was_there_before_looking_began_may_have_changed_any_key():
    changes = Changes({OTHER: 5, ("onedoor.intake.v1", 4): 0}, 10.0)
    assert changes.since(9.0, ["A"])
    assert not changes.since(10.0, ["A"])
    assert changes.awaited([])
    assert changes.handled({OTHER: 4}, 11.0) == []
    assert changes.handled({OTHER: 5}, 12.0) is None
    assert changes.since(11.0, ["A"])
    assert not changes.awaited(["A"])


def test_a_key_that_was_forgotten_may_have_changed_when_the_last_forgotten_one_did():
    changes = Changes({}, 0.0)
    for number in range(REMEMBERED + 10):
        changes.note(said(f"K{number}"), 1.0 + number)
    assert changes.since(0.5, ["K0"])
    assert changes.since(0.5, ["never seen"])
    assert not changes.since(15.0, ["K0"])
    assert changes.since(REMEMBERED, [ANYTHING])
