"""Sends what is new to the applicant's phone: looks for documents with untold news, claims them, sends, notes it.

Each message leaves at least once. A claim by command keeps two replicas from sending the same; a replica that dies
between sending and noting leaves a claim that runs out, and the message goes once more under the same id.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

from services.intake.messages import Message, messages_of
from services.intake.model import Application
from services.intake.model.commands import ClaimTelling, NoteTold
from services.intake.parties import masked_phone
from services.intake.senders import NotSent, Sender
from services.intake.store import to_tell, with_news
from shared.contracts.sealed import CannotOpen, Keyring
from shared.contracts.terms import Party
from shared.kernel import Refused
from shared.log import logger
from shared.messaging.runtime import Runtime

EVERY = 5.0
"""Seconds between two looks."""
SETTLED = timedelta(seconds=10)
"""News this old is sent: what happens together is told in one go, with one claim."""
TOO_LATE = timedelta(days=2)
"""News older than this stays in the site: a phone is not told of last week, nor of all the past when a sender comes."""
CLAIM = timedelta(minutes=5)
AT_ONCE = 50


class Teller:
    """Tells phones. One for each replica."""

    def __init__(
        self,
        runtime: Runtime,
        keyring: Keyring,
        sender: Sender,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._runtime, self._keyring, self._sender, self._sleep = runtime, keyring, sender, sleep

    async def tell(self) -> int:
        """Send what is due; returns how many messages left. Raises Unavailable."""
        now, told = self._runtime.clock(), 0
        since, upto, seen = now - TOO_LATE, now - SETTLED, set[str]()
        while True:
            found = await with_news(self._runtime.store, since, upto, AT_ONCE)
            due = [application for application in found if application.number not in seen]
            if not due:
                return told
            told += sum(await asyncio.gather(*(self._one(application) for application in due)))
            seen |= {application.number for application in due}
            since = max(filter(None, map(to_tell, due)))  # what cannot be sent must not stand before all else

    async def _one(self, application: Application) -> int:
        fresh = [message for message in messages_of(application) if message.news not in application.told]
        recent = [message for message in fresh if message.at >= self._runtime.clock() - TOO_LATE]
        claim = ClaimTelling(news=tuple(message.news for message in recent), until=self._runtime.clock() + CLAIM)
        answer = await self._runtime.ask(application.number, claim)
        if isinstance(answer, Refused):  # another replica tells it, or it is parked
            return 0
        taken = [message for message in reversed(recent) if message.news in answer["news"]]
        told = [message.news for message in taken if await self._sent(application, message)]
        if told:
            await self._runtime.ask(application.number, NoteTold(news=tuple(told)))
        return len(told)

    async def _sent(self, application: Application, message: Message) -> bool:
        """Whether no more is to be done: it left for every phone on the form, or never can."""
        try:
            for phone in self._phones(application):
                await self._sender.send(phone, message)
                logger("intake").info("told", message=message.id, to=masked_phone(phone))
        except NotSent as error:
            logger("intake").warning("not_told", message=message.id, because=str(error))
            return error.final
        return True

    def _phones(self, application: Application) -> list[str]:
        form = application.form
        try:
            parties = [self._keyring.open(each, Party, form.number) for each in (form.holder, form.agent) if each]
        except CannotOpen:  # sealed with a key that is gone: the site tells it all the same
            return []
        return list(dict.fromkeys(party.phone for party in parties if party.phone))

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Tells while the service runs."""
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._sender.opened())
            task = asyncio.create_task(self._forever(), name="intake-telling")
            stack.push_async_callback(_ended, task)
            yield

    async def _forever(self) -> None:
        while True:
            await self._sleep(EVERY * random.uniform(0.8, 1.2))  # noqa: S311  replicas need not look together
            try:
                await self.tell()
            except Exception as error:  # whatever it is, the next look is due
                logger("intake").warning("not_told", because=type(error).__name__)


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
