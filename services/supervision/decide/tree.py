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


def root_from(leaf: bytes, index: int, count: int, path: Sequence[bytes]) -> bytes | None:
    """The root to which `path` leads from the hash of the leaf `index` of `count`; None where the path cannot be one
    of such a tree (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < count:
        return None
    place, last, found = index, count - 1, leaf
    for beside in path:
        if last == 0:
            return None
        if place % 2 or place == last:
            found = node_hash(beside, found)
            while not place % 2 and place:
                place, last = place // 2, last // 2
        else:
            found = node_hash(found, beside)
        place, last = place // 2, last // 2
    return found if last == 0 else None
