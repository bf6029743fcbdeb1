"""Trees are those of certificate transparency: its published vectors, and a naive reading of RFC 6962 §2.1."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.supervision.decide.tree import EMPTY, leaf_hash, node_hash, root_of, steps_of

LEAVES = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Of the first n leaves: the reference tests of certificate transparency (google/certificate-transparency)."""
PATHS = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
}


def root_from(leaf: bytes, index: int, count: int, path: list[bytes]) -> bytes | None:
    """How a verifier comes to the root (RFC 9162 §2.1.3.2); None where the path cannot be one of such a tree."""
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


def hashes(leaves):
    return [leaf_hash(leaf) for leaf in leaves]


def path_of(nodes, index) -> list[bytes]:
    return [beside for _, beside in steps_of(nodes, index)]


def climbed(leaf: bytes, steps) -> bytes:
    """As somebody does it by hand who was told on which side each hash stands."""
    for side, beside in steps:
        leaf = node_hash(beside, leaf) if side == "left" else node_hash(leaf, beside)
    return leaf


def naive_root(leaves) -> bytes:
    """RFC 6962 §2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(m, leaves) -> list[bytes]:
    """RFC 6962 §2.1.1, word for word."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def test_the_roots_are_those_of_the_reference():
    assert [root_of(hashes(LEAVES[:n])).hex() for n in range(1, 9)] == ROOTS
    assert root_of([]) == EMPTY == naive_root([])


@pytest.mark.parametrize(("index", "count"), PATHS)
def test_the_paths_are_those_of_the_reference(index, count):
    assert [each.hex() for each in path_of(hashes(LEAVES[:count]), index)] == PATHS[index, count]


lists = st.lists(st.binary(max_size=4), min_size=1, max_size=70)


@given(lists, st.data())
def test_root_and_path_are_as_the_rfc_has_them(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = path_of(hashes(leaves), index)
    assert root_of(hashes(leaves)) == naive_root(leaves)
    assert path == naive_path(index, leaves)
    assert root_from(leaf_hash(leaves[index]), index, len(leaves), path) == naive_root(leaves)
    assert climbed(leaf_hash(leaves[index]), steps_of(hashes(leaves), index)) == naive_root(leaves)


@given(lists, st.sampled_from([1, 2, 4, 8, 16]))
def test_a_tree_of_pages_is_the_same_tree(leaves, size):
    pages = [root_of(hashes(leaves[at : at + size])) for at in range(0, len(leaves), size)]
    assert root_of(pages) == naive_root(leaves)


@given(lists, st.data())
def test_no_other_leaf_place_or_path_leads_to_the_root(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    root, path, leaf = naive_root(leaves), path_of(hashes(leaves), index), leaf_hash(leaves[index])
    assert root_from(leaf_hash(b"another leaf"), index, len(leaves), path) != root
    assert root_from(leaf, index, len(leaves), [*path, leaf]) is None
    assert root_from(leaf, len(leaves), len(leaves), path) is None
    if path:
        assert root_from(leaf, index, len(leaves), path[:-1]) != root
        assert root_from(leaf, index, len(leaves), [*path[:-1], leaf_hash(b"beside")]) != root


def test_a_node_cannot_pass_for_a_leaf():
    left, right = hashes(LEAVES[:2])
    assert leaf_hash(left + right) != node_hash(left, right)
