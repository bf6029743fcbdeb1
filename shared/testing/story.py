"""given / when / then over a service's pure rules: `Story(decide, rules).given(…).when(…).then(EventType, …)`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shared.kernel import Decision, Refused


@dataclass(frozen=True)
class Story:
    """What has been told to one document so far, and what the rules answered last."""

    decide: Callable[[Any, Any, datetime, Any], Decision[Any] | Refused]
    rules: Any
    now: datetime
    state: Any = None
    last: Decision[Any] | Refused | None = None

    def at(self, now: datetime) -> Story:
        """Go on at another instant."""
        return replace(self, now=now)

    def given(self, *messages: Any) -> Story:
        """Tell these; none of them may be refused."""
        story = self
        for message in messages:
            story = story.when(message)
            assert isinstance(story.last, Decision), f"{message!r} was refused: {story.last}"
        return story

    def when(self, message: Any) -> Story:
        """Tell this and keep the answer. A refusal leaves the state as it was."""
        answer = self.decide(self.state, message, self.now, self.rules)
        state = answer.state if isinstance(answer, Decision) else self.state
        return replace(self, state=state, last=answer)

    def then(self, *kinds: type) -> Sequence[Any]:
        """Exactly events of these types followed, in this order; returns them."""
        assert isinstance(self.last, Decision), f"refused: {self.last}"
        assert [type(event) for event in self.last.events] == list(kinds)
        return self.last.events

    def refused(self, code: str) -> Refused:
        """The rules said no, with this code."""
        assert isinstance(self.last, Refused), f"not refused: {self.last}"
        assert self.last.code == code
        return self.last
