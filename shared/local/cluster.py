"""Numbered server processes on ports of their own: started together, lost one at a time, closed together."""

from __future__ import annotations

from collections.abc import Mapping

from shared.local.data import Port
from shared.local.process import Child


class Cluster:
    """What a broker cluster and a replica set have in common; each starts and stops its nodes in its own way.

    All methods are for the main thread (see Child.start).
    """

    def __init__(self, nodes: Mapping[int, Child]) -> None:
        self.nodes = dict(nodes)
        self._ports: dict[str, Port] = {}

    async def start(self) -> None:
        """Start the nodes that do not run and wait until the whole is well; ports stay the same."""
        raise NotImplementedError

    async def stop(self) -> None:
        """Stop all nodes in order."""
        raise NotImplementedError

    async def start_node(self, node: int) -> None:
        """Start one stopped node and wait until the whole is well again."""
        if node not in self.nodes:
            raise ValueError(f"no node {node} among {sorted(self.nodes)}")
        await self.start()

    async def kill(self, node: int | None = None) -> None:
        """kill -9 one node, or all."""
        for number, child in self.nodes.items():
            if node in (None, number):
                await child.kill()

    async def restart(self) -> None:
        """Stop and start again on the same ports with the same data."""
        await self.stop()
        await self.start()

    async def close(self) -> None:
        """Stop for good: others may have the ports."""
        await self.stop()
        for port in self._ports.values():
            port.release()
        self._ports = {}

    def _port(self, node: int) -> int:
        return self._ports[self.nodes[node].name].number
