"""What is done to the hall, one blow a round: each hurts one part, waits, and brings it back."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from shared.local.mongo import MongoServer
from shared.local.mongo_set import MongoSet
from shared.local.process import Child
from tests.chaos.hall import Hall, Replica
from tests.chaos.proxy import Proxy
from tests.chaos.replica import MOMENTS
from tests.chaos.servers import Servers

Blow = Callable[[], Awaitable[None]]
DEATH_SECONDS = 8.0
"""How long an armed death is waited for; a quiet replica may not come to its moment."""


@dataclass
class Blows:
    """Chooses by seed, among the parts that are not hurt already."""

    hall: Hall
    servers: Servers
    seed: int
    done: Counter[str] = field(default_factory=Counter)
    diary: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = random.Random(f"blows/{self.seed}")  # noqa: S311
        self._hurt: set[str] = set()
        self._running: set[asyncio.Task[None]] = set()

    def strike(self) -> None:
        """Begin one blow; it goes on while the next rounds come."""
        kinds = self._kinds()
        while True:
            (name,) = self._random.choices(list(kinds), weights=[weight for weight, _ in kinds.values()])
            part, blow = kinds[name][1]()
            if part not in self._hurt:
                break
        self._hurt.add(part)
        self.done[name] += 1
        self.diary.append(f"{asyncio.get_running_loop().time():.1f} {name} {part}")
        task = asyncio.create_task(self._struck(part, blow))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def over(self) -> None:
        """Wait until everything that was hurt is back. Raises what went wrong."""
        await asyncio.gather(*self._running)

    async def _struck(self, part: str, blow: Blow) -> None:
        try:
            await blow()
        finally:
            self._hurt.discard(part)

    def _kinds(self) -> dict[str, tuple[int, Callable[[], tuple[str, Blow]]]]:
        """Name -> (weight, part and blow)."""
        kinds: dict[str, tuple[int, Callable[[], tuple[str, Blow]]]] = {
            "kill a service": (4, lambda: self._replica(self._kill)),
            "stop a service": (3, lambda: self._replica(self._freeze)),
            "restart a service": (2, lambda: self._replica(self._restart)),
            **{f"die {moment}": (1, lambda moment=moment: self._replica(self._die, moment)) for moment in MOMENTS},
        }
        database = self.servers.database
        if self.servers.proxies:
            return kinds | self._weathers()
        kinds |= {
            "kill a broker": (2, lambda: self._broker(self._kill_broker)),
            "restart a broker": (1, lambda: self._broker(self._restart_broker)),
            "stop a broker": (1, lambda: self._broker(self._freeze_broker)),
        }
        if isinstance(database, MongoSet):
            return kinds | {
                "kill the primary": (2, lambda: ("database", lambda: self._kill_primary(database))),
                "step the primary down": (2, lambda: ("database", lambda: self._step_down(database))),
                "stop the primary": (1, lambda: ("database", lambda: self._freeze_primary(database))),
            }
        return kinds | {
            "kill the database": (2, lambda: ("database", lambda: self._kill_database(database))),
            "restart the database": (1, lambda: ("database", database.restart)),
            "stop the database": (1, lambda: ("database", lambda: self._frozen(database.child))),
        }

    # -- services ------------------------------------------------------------------------

    def _replica(self, blow: Callable[..., Awaitable[None]], *more: str) -> tuple[str, Blow]:
        replica = self._random.choice(self.hall.replicas)
        return replica.name, lambda: blow(replica, *more)

    async def _kill(self, replica: Replica) -> None:
        replica.down = True
        await replica.kill()
        await self._pause(0, 3)
        replica.start()
        replica.down = False

    async def _restart(self, replica: Replica) -> None:
        replica.down = True
        await replica.stop()
        replica.start()
        replica.down = False

    async def _freeze(self, replica: Replica) -> None:
        replica.down = True
        replica.signal(signal.SIGSTOP)
        await self._pause(1, 12)
        replica.signal(signal.SIGCONT)
        replica.down = False

    async def _die(self, replica: Replica, moment: str) -> None:
        """It is started again as any process that ended."""
        replica.arm(moment)
        for _ in range(int(DEATH_SECONDS / 0.05)):
            if not replica.alive:
                self.done["died in a relay's moment"] += 1
                return
            await asyncio.sleep(0.05)

    # -- broker --------------------------------------------------------------------------

    def _broker(self, blow: Callable[[int], Awaitable[None]]) -> tuple[str, Blow]:
        node = self._random.choice(sorted(self.servers.broker.nodes))
        return "broker", lambda: blow(node)

    async def _kill_broker(self, node: int) -> None:
        await self.servers.broker.kill(node)
        await self._pause(0, 3)
        await self.servers.broker.start()

    async def _restart_broker(self, node: int) -> None:
        await self.servers.broker.nodes[node].stop(20)
        await self.servers.broker.start()

    async def _freeze_broker(self, node: int) -> None:
        await self._frozen(self.servers.broker.nodes[node])

    # -- database ------------------------------------------------------------------------

    async def _kill_database(self, database: MongoServer) -> None:
        await database.kill()
        await self._pause(0, 3)
        await database.start()

    async def _kill_primary(self, database: MongoSet) -> None:
        member = await database.primary()
        if member is not None:
            await database.kill(member)
            await self._pause(1, 5)
            await database.start_node(member)

    async def _step_down(self, database: MongoSet) -> None:
        await database.step_down()
        await self._pause(1, 3)

    async def _freeze_primary(self, database: MongoSet) -> None:
        member = await database.primary()
        if member is not None:
            await self._frozen(database.nodes[member])

    # -- weather -------------------------------------------------------------------------

    def _weathers(self) -> dict[str, tuple[int, Callable[[], tuple[str, Blow]]]]:
        return {
            "delay": (3, lambda: self._link(self._delay)),
            "reset": (4, lambda: self._link(self._reset)),
            "cut": (4, lambda: self._link(self._cut)),
            "hole": (3, lambda: self._link(self._hole)),
        }

    def _link(self, blow: Callable[[Proxy], Awaitable[None]]) -> tuple[str, Blow]:
        """Half of the weather is between services and servers, half before a replica."""
        names = ["kafka", "mongo"] if self._random.random() < 0.5 else sorted(self.servers.proxies)
        name = self._random.choice(names)
        return f"link {name}", lambda: blow(self.servers.proxies[name])

    async def _delay(self, proxy: Proxy) -> None:
        proxy.turn("delay")
        await self._pause(2, 5)
        proxy.turn("fair")

    async def _cut(self, proxy: Proxy) -> None:
        proxy.turn("cut")
        await self._pause(0.05, 1.0)
        proxy.turn("fair")

    async def _reset(self, proxy: Proxy) -> None:
        for _ in range(self._random.randint(1, 4)):
            proxy.reset()
            await self._pause(0.1, 0.8)

    async def _hole(self, proxy: Proxy) -> None:
        """Half of the holes give back what they swallowed, half end in a reset."""
        proxy.turn("hole")
        await self._pause(1, 12)
        if self._random.random() < 0.5:
            proxy.reset()
        proxy.turn("fair")

    # -- ---------------------------------------------------------------------------------

    async def _frozen(self, child: Child) -> None:
        if child.pid is not None:
            os.kill(child.pid, signal.SIGSTOP)
            try:
                await self._pause(1, 10)
            finally:
                os.kill(child.pid, signal.SIGCONT)

    async def _pause(self, least: float, most: float) -> None:
        await asyncio.sleep(self._random.uniform(least, most))
