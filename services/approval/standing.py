"""Who stands in for whom (AB角), as each process knows it: read again and again, so that replicas agree.

A process that is behind for some seconds hands a task to whoever was named before.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from services.approval.model import DEPUTIES, RULES, Deputies, Rules
from shared.messaging.document import Store
from shared.messaging.repeating import repeating
from shared.messaging.runtime import Runtime

LOOK_SECONDS = 3.0


class Standing:
    """The rules with the deputies that this process has read; until then with none."""

    def __init__(self) -> None:
        self.rules = RULES

    def asked(self) -> Rules:
        """The rules as decisions ask them."""
        return self.rules

    async def learn(self, store: Store) -> None:
        """Read them. Raises Unavailable."""
        found = (await store.load([DEPUTIES])).get(DEPUTIES)
        state = found.state if found else None
        if isinstance(state, Deputies) and state != self.rules.deputies:
            self.rules = self.rules.model_copy(update={"deputies": state})

    def kept(self, runtime: Runtime) -> AbstractAsyncContextManager[None]:
        """Looked at again every few seconds inside the block."""
        return repeating("deputies", lambda: self.learn(runtime.store), runtime.observer, LOOK_SECONDS)
