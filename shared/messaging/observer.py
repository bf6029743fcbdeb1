"""What the delivery core tells the outside: counts for Prometheus, lines for the log. Never personal data."""

from __future__ import annotations

import structlog

from shared.messaging.hears import Reading

log = structlog.get_logger("onedoor.messaging")


class Observer:
    """Counts and logs what one service's runtime does."""

    def __init__(self, service: str) -> None:
        self._service = service

    def heard(self, reading: Reading, *, refused: bool, repeated: bool) -> None:
        """One record was dealt with."""

    def refused(self, code: str) -> None:
        """A rule answered no."""

    def dead_letter(self, reason: str) -> None:
        """A record went to the dead letters and its lane is parked."""
        log.error("dead_letter", service=self._service, reason=reason)

    def unavailable(self, error: Exception) -> None:
        """Database or broker did not answer."""
        log.warning("unavailable", service=self._service, error=str(error)[:200])

    def unexpected(self, error: Exception) -> None:
        """Something of ours failed where it must not stop anything."""
        log.error("unexpected", service=self._service, error=type(error).__name__, exc_info=error)

    def load(self, outbox_age: float, outbox_documents: int, swept: int) -> None:
        """How far behind the outboxes are."""

    def missed(self, count: int) -> None:
        """Compare-and-sets that another writer won."""
