"""The whole hall as a person runs it: `onedoor run` as a process, with a client that can be anybody."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[1]


class RunningHall:
    """`onedoor run` in a data directory of its own, empty unless a test wants the sample."""

    def __init__(
        self, data: Path, *arguments: str, environment: dict[str, str] | None = None, sample: bool = False
    ) -> None:
        self.data = data
        arguments = arguments if sample else ("--empty", *arguments)
        clean = {name: value for name, value in os.environ.items() if not name.startswith("ONEDOOR_")}
        self.environment = clean | {"HOME": str(data / "home"), "PYTHONPATH": str(ROOT)} | (environment or {})
        self.process = subprocess.Popen(
            [sys.executable, "-m", "shared.cli", "run", "--data", str(data), *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.address = self._first_address()
        self.client = httpx.Client(base_url=self.address, timeout=30)

    def _first_address(self) -> str:
        for line in self.process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                return found[0]
        raise AssertionError(f"no address was printed:\n{self.process.stderr.read()}")

    def command(self, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", "shared.cli", *arguments, "--data", str(self.data)],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def serve(self, service: str) -> subprocess.Popen:
        """Start one service again, as an operations team's machine would."""
        run = json.loads((self.data / "run.json").read_text())
        port = json.loads((self.data / "ports.json").read_text())[service]
        servers = {"ONEDOOR_KAFKA": run["kafka"], "ONEDOOR_MONGO_URI": run["mongo_uri"]}
        own = {"ONEDOOR_DATA_DIR": str(self.data), "ONEDOOR_PUBLIC_URL": self.address}
        with (self.data / "logs" / f"{service}.again.log").open("w") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "shared.cli", "serve", service, "--port", str(port)],
                env=self.environment | servers | own,
                stdout=log,
                stderr=log,
            )

    @property
    def kafka(self) -> str:
        return json.loads((self.data / "run.json").read_text())["kafka"]

    def token(self, person: str) -> dict[str, str]:
        token = self.client.post("/dev/token", params={"person": person}).json()["access_token"]
        return {"Authorization": f"Bearer {token}"}

    def stop(self) -> int:
        self.client.close()
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(60)
        self.process.stdout.close()
        self.process.stderr.close()
        return code
