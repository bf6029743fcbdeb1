"""One profile from start to verdict: servers, hall, load, rounds, drain, evidence, checker."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pymongo import MongoClient

from shared.local.data import claim, reserve_port
from shared.local.hall import departments
from shared.local.issuer import DevelopmentIssuer
from shared.messaging.topics import create_topics
from shared.settings import load_settings, variable
from tests.chaos.blows import Blows
from tests.chaos.client import Client
from tests.chaos.departments import Departments
from tests.chaos.drain import drain
from tests.chaos.hall import Hall
from tests.chaos.load import Load
from tests.chaos.proxy import Proxy
from tests.chaos.servers import Servers, stage
from tests.proof.drained import drained
from tests.proof.evidence import Evidence, Violation
from tests.proof.gather import gather
from tests.proof.safety import safety

RATES = {"one": 6.0, "three": 2.0, "proxy": 5.0}
"""Applications a second that come in."""
DRAIN_SECONDS = 300.0
Say = Callable[[str], None]


@dataclass
class Outcome:
    """What one profile came to."""

    profile: str
    rounds: int
    seed: int
    hits: dict[str, int] = field(default_factory=dict)
    restarted: dict[str, int] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    told: int = 0
    applications: int = 0
    complete: int = 0
    records: int = 0
    repeats: int = 0
    seconds: float = 0.0
    drain_seconds: float = 0.0
    silence_seconds: float = 0.0
    mongod: str = ""
    violations: list[Violation] = field(default_factory=list)

    def count(self, kind: str) -> int:
        """Violations of one kind."""
        return sum(each.kind == kind for each in self.violations)


async def run(profile: str, rounds: int, seed: int, data: Path, say: Say) -> Outcome:
    """Run `rounds` rounds of a profile in the directory `data`. Raises where the hall cannot even be started."""
    outcome, began = Outcome(profile, rounds, seed), time.monotonic()
    with claim(data):
        async with stage(profile, data, seed) as servers, _hall(data, servers, seed) as hall:
            say(f"{profile}: ten processes are ready after {time.monotonic() - began:.0f} s")
            settings = load_settings(data_dir=data)
            client = Client(hall, DevelopmentIssuer(settings, departments()), seed)
            says = Departments(servers.kafka, seed)
            load = Load(client, says, seed, RATES[profile])
            try:
                blows = await _rounds(hall, servers, load, outcome, say)
                await _settle(hall, servers, load, outcome, say)
            finally:
                await load.stop()
                await says.close()
                await client.close()
            evidence = await gather(servers.direct, servers.database.uri, load.told)
            _count(outcome, evidence, client, load, hall, blows)
            outcome.mongod = _version(servers.database.uri)
    outcome.violations += _verdict(evidence, client, load)
    outcome.seconds = time.monotonic() - began
    return outcome


@asynccontextmanager
async def _hall(data: Path, servers: Servers, seed: int) -> AsyncIterator[Hall]:
    """The ten processes, behind a proxy each where there are proxies."""
    settings = load_settings(data_dir=data, kafka=servers.kafka, mongo_uri=servers.mongo_uri)
    DevelopmentIssuer(settings, departments())  # its keys exist before anybody asks for them
    await create_topics(servers.direct, departments(), len(servers.broker.nodes))
    given = {variable(name): str(getattr(settings, name)) for name in ("kafka", "mongo_uri", "data_dir")}
    hall = Hall(data, given)
    async with AsyncExitStack() as stack:
        if servers.proxies:
            for number, replica in enumerate(hall.replicas):
                port = reserve_port(data, f"{replica.name}-proxy", 18310 + number)
                stack.callback(port.release)
                replica.proxy = servers.proxies[replica.name] = Proxy(port.number, replica.port, seed)
                await replica.proxy.start()
                stack.push_async_callback(replica.proxy.stop)
        stack.push_async_callback(hall.stop)
        await hall.start()
        yield hall


async def _rounds(hall: Hall, servers: Servers, load: Load, outcome: Outcome, say: Say) -> Blows:
    chance = random.Random(f"rounds/{outcome.seed}")  # noqa: S311
    blows = Blows(hall, servers, outcome.seed)
    await load.start()
    await asyncio.sleep(3)
    for number in range(1, outcome.rounds + 1):
        blows.strike()
        say(f"{outcome.profile} {number}/{outcome.rounds}: {blows.diary[-1].partition(' ')[2]}; {len(load.told)} told")
        await asyncio.sleep(chance.uniform(2.0, 5.0))
    await blows.over()
    return blows


async def _settle(hall: Hall, servers: Servers, load: Load, outcome: Outcome, say: Say) -> None:
    """Everything runs again, nobody new comes in, and what is on its way arrives."""
    say(f"{outcome.profile}: draining")
    began, left = time.monotonic(), ""
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            await load.close()
    except TimeoutError:
        left = "clients were not answered"
    if not left:
        left = await drain(servers.direct, servers.database.uri, load.idle, DRAIN_SECONDS, say)
    outcome.drain_seconds = time.monotonic() - began
    if left:
        for replica in hall.replicas:
            replica.tell_tasks()
        outcome.violations.append(Violation("broken", "not_drained", outcome.profile, left))
    say(f"{outcome.profile}: drained in {outcome.drain_seconds:.1f} s {left}")


def _count(outcome: Outcome, evidence: Evidence, client: Client, load: Load, hall: Hall, blows: Blows) -> None:
    outcome.hits, outcome.restarted = dict(blows.done), dict(hall.restarted)
    outcome.statuses, outcome.refused = dict(client.statuses), dict(load.refused)
    outcome.silence_seconds, outcome.told = client.silence, len(load.told)
    states = [state for name, state in evidence.states("intake") if not name.startswith("catalogue/")]
    outcome.applications = sum(told.what == "submitted" for told in load.told)
    outcome.complete = sum(state.status == "ended" for state in states)
    outcome.records = sum(len(records) for records in evidence.records.values())
    outcome.repeats = len(evidence.said) - sum(len(events) for events in evidence.distinct.values())


def _verdict(evidence: Evidence, client: Client, load: Load) -> list[Violation]:
    """The checker's, and what no client should ever have been answered."""
    found = [*safety(evidence), *drained(evidence)]
    found += [Violation("broken", "server_error", "http", fault) for fault in client.faults]
    return found + [Violation("broken", "wrong_refusal", "http", refusal) for refusal in load.odd]


def _version(uri: str) -> str:
    with MongoClient[dict[str, object]](uri, serverSelectionTimeoutMS=5_000) as client:
        return str(client.server_info()["version"])
