"""What there is to look at: applications in every state, made once through the commands of everybody concerned."""

from __future__ import annotations

from dataclasses import dataclass

from tests.browser.hands import Hands


@dataclass(frozen=True)
class Things:
    """Numbers of what a page can show. All of it belongs to the sample person `applicant`."""

    submitted: str
    supplement: str
    supplement_material: str
    open: str
    ended: str
    rated: str
    refused: str
    bundle: str
    task: str
    department: str
    licence: str
    """The number of the licence of `ended`."""
    draft: str
    """Begun by `applicant2`."""
    agent_draft: str
    """Begun by the agent, for somebody else."""
    answers: str
    """Of the bundle, as the query of its notice."""
    parked: str
    """A lane that approval has parked."""

    @property
    def open_case(self) -> str:
        return f"{self.open}-01"

    @property
    def ended_case(self) -> str:
        return f"{self.ended}-01"


def made(hands: Hands) -> Things:
    """Goes through all states. What is ended waits to be rated; what is open waits for one department."""
    submitted, supplement, opened, ended, refused = (hands.submit() for _ in range(5))
    rated = hands.submit(by="clerk")  # ratings name a window only where somebody came to one
    bundle = hands.submit("restaurant")
    material = hands.ask_supplement(supplement)
    for number in (opened, ended, rated, refused, bundle):
        hands.accept(number)
    hands.agree(ended)
    hands.agree(rated)
    hands.refuse(refused)
    task = hands.task(opened)
    result = hands.results(ended)[0]
    hands.invited(ended)
    hands.rate(rated)
    hands.followed(opened)
    hands.followed(bundle)
    return Things(
        submitted=submitted,
        supplement=supplement,
        supplement_material=material,
        open=opened,
        ended=ended,
        rated=rated,
        refused=refused,
        bundle=bundle,
        task=task["task"],
        department=task["department"],
        licence=result["number"],
        draft=hands.draft(),
        agent_draft=hands.draft("fire_check", "agent", agent="yes"),
        answers=hands.answers("restaurant"),
        parked=hands.park(f"{opened[:9]}ZZZZ"),
    )
