"""Merkle trees as certificate transparency has them (RFC 6962, RFC 9162 §2.1): one hash vouches for a list of leaves.

Leaves and nodes are hashed with a byte of their own before them, so that neither can pass for the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal

EMPTY = hashlib.sha256(b"").digest()
"""The root of no leaves."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over hashes of leaves, or over roots of complete subtrees of one size (the last may be smaller): both
    give the same tree, where that size is a power of two."""
    level = list(hashes)
    while len(level) > 1:
        pairs = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0] if level else EMPTY


def steps_of(hashes: Sequence[bytes], index: int) -> list[tuple[Literal["left", "right"], bytes]]:
    """What has to be hashed with the leaf `index` to come to the root, from the leaf upwards, and on which side of
    what was reached it stands."""
    steps: list[tuple[Literal["left", "right"], bytes]] = []
    level = list(hashes)
    while len(level) > 1:
        beside = index ^ 1
        if beside < len(level):
            steps.append(("left" if beside < index else "right", level[beside]))
        pairs = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level, index = pairs + level[len(pairs) * 2 :], index // 2
    return steps
