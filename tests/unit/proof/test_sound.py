"""A sound run is found sound, and really holds what the rules look at."""

from tests.proof.drained import drained
from tests.proof.once import ONCE
from tests.proof.safety import safety


def test_a_sound_run_breaks_nothing(sound):
    assert safety(sound) == []
    assert drained(sound) == []


def test_the_sound_run_went_every_way(sound):
    unheard = {name for name in ONCE if not sound.events(name)}
    assert unheard == {"CaseNotRequired", "CaseReferred", "ResultDelivered"}
    assert sound.opinions
    assert sound.facts["ratings"]["ratings"]
    assert sound.indexed["approval"]
