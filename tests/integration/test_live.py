"""Streams of the whole hall, five processes behind one port: told through the ingress, and in nobody's way later."""

import asyncio
import os
import signal
import threading
import time
from pathlib import Path
from queue import Queue

import httpx

from tests.broken_record import send_broken
from tests.running_hall import RunningHall

CUT_OFF = "timeout graceful shutdown exceeded"
"""What the server says when its patience with an open stream was over."""


class Stream:
    """A stream that a thread reads to its end: the names of events as they come, then None, or what broke it."""

    def __init__(self, hall: RunningHall, service: str) -> None:
        self.seen: Queue[str | Exception | None] = Queue()
        address = f"{hall.address}/{service}/ops/live/list?age=0"
        headers = hall.token("administrator")
        threading.Thread(target=self._read, args=(address, headers), daemon=True).start()

    def _read(self, address: str, headers: dict[str, str]) -> None:
        try:
            with httpx.stream("GET", address, headers=headers, timeout=60) as answer:
                assert answer.status_code == 200, answer.status_code
                for line in answer.iter_lines():
                    if line.startswith("event: "):
                        self.seen.put(line.removeprefix("event: "))
            self.seen.put(None)
        except Exception as error:
            self.seen.put(error)

    def until(self, wanted: str | None) -> None:
        """Wait for an event, or for the end (None); whatever breaks the stream fails the test."""
        while (event := self.seen.get(timeout=60)) != wanted:
            assert isinstance(event, str), f"the stream ended: {event!r}"


def wait_for_end_of(pid: int) -> None:
    while True:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{pid}/stat").read_text().split(")")[-1].split()[0] == "Z":
            return
        time.sleep(0.1)


def test_streams_come_through_the_ingress_and_hold_up_no_service_that_stops(tmp_path):
    hall = RunningHall(tmp_path, "--processes")
    try:
        stream = Stream(hall, "approval")
        stream.until("changed")  # everybody is told when looking begins
        asyncio.run(send_broken(hall.kafka, "ZZZZZZZZZZZZ9"))
        stream.until("changed")
        pid = int((tmp_path / "run" / "approval.pid").read_text())
        os.kill(pid, signal.SIGTERM)
        stream.until(None)
        wait_for_end_of(pid)
        back = hall.serve("approval")
        while hall.client.get("/approval/healthz/ready").status_code != 200:
            time.sleep(0.2)
        again, other = Stream(hall, "approval"), Stream(hall, "supervision")
        again.until("changed")
        other.until("changed")
        back.terminate()
        again.until(None)
        assert back.wait(30) == 0
    finally:
        assert hall.stop() == 0
    other.until(None)
    said = {log.name: log.read_text() for log in (tmp_path / "logs").iterdir()}
    assert {"hall.log", "approval.log", "supervision.log"} <= said.keys()
    assert [name for name, text in said.items() if CUT_OFF in text] == []
