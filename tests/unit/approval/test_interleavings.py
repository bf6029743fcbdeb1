"""Between sources there is no order: every legal interleaving of intake and the departments ends the same."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.approval.decide import decide
from services.approval.model import RULES, DepartmentSays
from shared.contracts.approval import CaseApproved, CaseRefused, CaseWithdrawn, ProcedureEnded, ProcedureStarted
from shared.kernel import Decision
from shared.testing.story import Story
from tests.unit.approval.sample import (
    APP,
    NOW,
    accepted,
    agrees,
    answered,
    closed,
    disagrees,
    ends,
    ready,
    says,
    started,
    starts,
    urged,
    withdrawal,
)

FIRST, SECOND, THIRD = (f"{APP}-{n:02d}" for n in (1, 2, 3))
PLANS = {
    FIRST: ((1, ("xfdd", "wjj")), (1, ("cgj",)), (2, ("scjg",))),
    SECOND: ((1, ("scjg",)), (2, ("xfdd", "wjj"))),
    THIRD: ((1, ("wjj", "xfdd")),),
}
STOPPED = {f"{FIRST}-T2", f"{THIRD}-T1"}
"""Tasks that wait for a procedure before their opinion: the one of a desk, the other of a department's software."""
ENDINGS = (CaseApproved, CaseRefused, CaseWithdrawn)


class Hall:
    """One application as it unfolds: what may legally come next depends on what approval has said."""

    def __init__(self, against: frozenset[str], withdrawn: str | None = None) -> None:
        self.against = against
        self.told = Story(decide, RULES, NOW)
        self.said: list[object] = []
        self.repeats: list[object] = []
        waits = {SECOND: (FIRST,)}
        self.intake = [accepted(*plan, case=case, waits_for=waits.get(case, ())) for case, plan in PLANS.items()]
        self.intake += [withdrawal(withdrawn)] if withdrawn else []
        self.clocks = [
            started(subject=APP, clock="joint"),
            *(started(case) for case in PLANS),
            urged(1, "xfdd", "wjj", case=THIRD),
        ]
        self.clocks += [urged(1, "scjg", case=FIRST), answered(1, "wjj", case=THIRD)]
        self.answered_first = False

    def next(self) -> list[object]:
        """Everything that may come now: intake's next event, an act on any open task, one repeat of each record,
        and what supervision says of clocks and urges, which nothing orders with its case."""
        following = self.intake[:1]
        first = self.told.state.case(FIRST) if self.told.state else None
        if not self.intake and first and first.ended and not self.answered_first:
            following = [ready(SECOND) if first.status == "approved" else closed(SECOND)]
        acts = [self._act(case, task) for case, task in self._open()]
        return following + acts + self.repeats[:1] + self.clocks[:1]

    def _open(self):
        cases = self.told.state.cases if self.told.state else ()
        return [(case, task) for case in cases for task in case.tasks if case.state_of(task) == "open"]

    def _act(self, case, task):
        """A procedure where the task needs one, and then the opinion."""
        number, own = int(task.id.rpartition("T")[2]), [each for each in case.procedures if each.task == task.id]
        if task.id in STOPPED and not own:
            return starts(number, task.department, case=case.case)
        if case.awaited_by(task.id) and (task.id in self.against or number % 2 == 0):
            return ends(number, task.department, case=case.case)
        if task.id in self.against:
            return disagrees(number, task.department, f"不同意 {task.id[-2:]}", case.case)
        if number % 2:
            return says(number, task.department, opinion_id=f"o-{task.id}", case=case.case)
        return agrees(number, task.department, case.case)

    def tell(self, message) -> None:
        if self.intake and message is self.intake[0]:
            self.intake.pop(0)
        elif message in (ready(SECOND), closed(SECOND)):
            self.answered_first = True
        elif message in self.clocks:
            self.clocks.remove(message)
        elif message in self.repeats:
            self.repeats.remove(message)
        elif isinstance(message, DepartmentSays):
            self.repeats.append(message)
        self.told = self.told.given(message)
        assert isinstance(self.told.last, Decision)
        self.said += self.told.last.events

    def run(self, choose) -> "Hall":
        while choices := self.next():
            self.tell(choose(choices))
        return self


TASKS = [f"{case}-T{n}" for case, plan in PLANS.items() for n in range(1, sum(len(d) for _, d in plan) + 1)]
AGAINST = st.frozensets(st.sampled_from(TASKS), max_size=3)


@settings(max_examples=60, deadline=None)
@given(AGAINST, st.data())
def test_every_legal_interleaving_ends_with_the_same_state_and_says_the_same(against, data):
    straight = Hall(against).run(lambda choices: choices[0])
    shuffled = Hall(against).run(lambda choices: data.draw(st.sampled_from(choices)))
    assert shuffled.told.state == straight.told.state
    for case in PLANS:
        assert sorted(repr(e) for e in shuffled.said if e.case == case) == sorted(
            repr(e) for e in straight.said if e.case == case
        )


@settings(max_examples=60, deadline=None)
@given(AGAINST, st.sampled_from([FIRST, THIRD]), st.data())
def test_whenever_a_withdrawal_comes_each_case_ends_once_and_nothing_follows_its_end(against, case, data):
    hall = Hall(against, withdrawn=case).run(lambda choices: data.draw(st.sampled_from(choices)))
    for number in PLANS:
        about = [type(event) for event in hall.said if event.case == number]
        endings = [kind for kind in about if kind in ENDINGS]
        if hall.told.state.case(number).status == "closed":
            assert not endings
        else:
            assert len(endings) == 1
            assert about[-1] is endings[0]
        assert about.count(ProcedureStarted) == about.count(ProcedureEnded), "none is left running"
