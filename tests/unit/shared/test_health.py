"""Live means progress: what makes a process worth restarting, and what does not."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.health import Progress, stalled

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def ago(seconds):
    return NOW - timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("case", "waiting", "answering", "batch", "restart"),
    [
        ("records wait, all answers, no batch for two minutes", ago(500), ago(900), ago(120), True),
        ("no batch has ever ended", ago(120), ago(900), None, True),
        ("a batch ended a moment ago", ago(500), ago(900), ago(119), False),
        ("nothing waits", None, ago(900), ago(9000), False),
        ("database or broker is away", ago(500), None, ago(500), False),
        ("the database came back a moment ago", ago(500), ago(119), ago(500), False),
        ("the first record after an idle night has just come", ago(1), ago(90000), ago(40000), False),
    ],
)
def test_live_means_progress(case, waiting, answering, batch, restart):
    assert (stalled(NOW, waiting, answering, batch) is not None) is restart


def test_a_consumer_notes_its_progress():
    progress = Progress()
    progress.saw_parts(True, ago(600))
    progress.saw_lag(5, ago(600))
    progress.batch_ended(ago(300))
    progress.saw_lag(3, ago(10))
    assert "2026-03-02T03:55:00" in progress.fault(NOW).reason
    progress.batch_ended(ago(5))
    assert progress.fault(NOW) is None


def test_lag_that_went_away_begins_anew():
    progress = Progress()
    progress.saw_parts(True, ago(900))
    progress.saw_lag(5, ago(900))
    progress.saw_lag(0, ago(600))
    progress.saw_lag(1, ago(60))
    assert progress.fault(NOW) is None


def test_an_outage_stops_the_judgement_until_the_parts_answer_again():
    progress = Progress()
    progress.saw_parts(True, ago(900))
    progress.saw_lag(5, ago(900))
    progress.saw_parts(False, ago(600))
    assert progress.fault(NOW) is None
    progress.saw_parts(True, ago(60))
    assert progress.fault(NOW) is None
    assert progress.fault(NOW + timedelta(minutes=2)) is not None
