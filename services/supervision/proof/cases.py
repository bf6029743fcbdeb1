"""Proves one application: its chain in itself, against every seal and against the event log, and its state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence

from services.supervision.proof.calendars import calendars_found
from services.supervision.proof.chains import Chain, chain_of, first_found
from services.supervision.proof.derived import derived_found
from services.supervision.proof.findings import UNREADABLE, Finding, Report
from services.supervision.proof.records import Compared, compared
from services.supervision.proof.rows import WantedRows, rows_found, strangers_of, wanted_rows
from services.supervision.proof.seals import SealChecks
from services.supervision.proof.searched import heard_on_found, index_found
from services.supervision.proof.states import announced_found, heard_found, state_found, waits
from services.supervision.rules import Rules
from services.supervision.sealing.sealed import Sealed, leaves_of
from shared.messaging.document import Store
from shared.messaging.lookup import Records

Newer = Callable[[], Awaitable[Rules]]


class Cases:
    """`records` None: no entry is compared with the event log. `newer`: the rules by the newest calendar, asked for
    where something was counted by one that `rules` does not know. `rows`: how many rows of each collection belong to
    what was looked at."""

    def __init__(
        self, store: Store, seals: SealChecks, rules: Rules, records: Records | None = None, newer: Newer | None = None
    ) -> None:
        self.store, self.seals, self.rules, self._newer = store, seals, rules, newer
        self.rows: Counter[str] = Counter()
        self._records = records

    async def proof(self, number: str) -> Report | None:
        """Everything that is kept of one application, named by its number or that of one of its cases, and every seal
        that has it; None when nothing is known of it. Raises Unavailable.
        """
        application, report = number[:13], Report("case", number, applications=1)
        leaves = await leaves_of(self.store, application)  # before the chain, which only grows
        chain = await chain_of(self.store, application)
        if (chain is None and not leaves) or (isinstance(chain, Chain) and not _knows(chain, number)):
            return None
        sound = [sealed for sealed in leaves if not report.add(await self.seals.inclusion(sealed, report))]
        if isinstance(chain, Chain):
            await self.check(chain, sound, report, alone=True)  # a leaf that was changed says nothing of the chain
            report.sealed_until, report.uncovered = _covered(chain, leaves)
        else:
            report.add(chain or gone(leaves[-1]))
        report.add(await calendars_found(self.store))
        report.findings.sort(key=lambda found: (found.n is None, found.n or 0))
        return report

    async def check(self, chain: Chain, leaves: Iterable[Sealed], report: Report, *, alone: bool = False) -> None:
        """The first thing that is wrong with an application: in the chain, else in what stands beside it. `alone`: with
        rows that stand for nothing, for which the proof of everything looks by itself."""
        if self._newer and any(clock.calendar > self.rules.number for clock in chain.state.clocks):
            self.rules = await self._newer()  # published while we looked
        report.entries += chain.state.entries
        report.waiting += waits(chain)
        first = first_found(chain, leaves)
        try:
            log = await self._log(chain, report)
            first = first_found(chain, leaves, log.found) or self._state(chain, log)
            wanted = wanted_rows(chain, self.rules)
            self.rows.update(each.collection for each in wanted.values())
            report.add(first or await self._beside(chain, wanted, alone=alone))
        except UNREADABLE as error:  # somebody has put there what no rule can read
            report.add(first or chain.found("unreadable", len(chain.entries), repr(error)[:200]))

    def _state(self, chain: Chain, log: Compared) -> Finding | None:
        """The state against the chain, but for what is on its way, and against the records."""
        first = heard_found(chain)
        if not waits(chain):
            first = first or state_found(chain, self.rules) or announced_found(chain, self.rules)
        if log.heard is not None:
            first = first or derived_found(chain, log.heard, self.rules)
        return first

    async def _log(self, chain: Chain, report: Report) -> Compared:
        if self._records is None:
            return Compared(0, 0)
        log = await compared(chain, self._records)
        report.compared += log.entries
        report.gone += log.gone
        return log

    async def _beside(self, chain: Chain, wanted: WantedRows, *, alone: bool) -> Finding | None:
        """What is kept beside the state. It counts only where nothing was heard of the application meanwhile."""
        found = await index_found(self.store, chain, self.rules) or await heard_on_found(self.store, chain)
        found = found or await rows_found(self.store, chain, wanted)
        if alone and not waits(chain):
            found = found or await strangers_of(self.store, chain, wanted)
        now = (await self.store.load([chain.application])).get(chain.application) if found else None
        return found if now is not None and now.version == chain.doc.version else None


def _knows(chain: Chain, number: str) -> bool:
    """Whether this is the application's own number, or a case that its state or its chain names."""
    heard = any(entry.get("subject") == number for entry in chain.entries)
    return number == chain.application or heard or any(case.case == number for case in chain.state.cases)


def gone(sealed: Sealed) -> Finding:
    """The document of an application that was sealed is not there."""
    leaf, day = sealed.leaf, sealed.day.isoformat()
    detail = f"{leaf.entries} entries were sealed"
    return Finding("application_missing", leaf.application, None, day, leaf.application, detail)


def _covered(chain: Chain, leaves: Sequence[Sealed]) -> tuple[str, int]:
    """The newest day that seals it, and how many entries came after."""
    newest = max(leaves, key=lambda each: (each.leaf.entries, each.day), default=None)
    if newest is None:
        return "", chain.state.entries
    return newest.day.isoformat(), max(0, chain.state.entries - newest.leaf.entries)
