# SPDX-License-Identifier: Apache-2.0
"""The Merkle tree of RFC 6962 section 2.1 (SHA-256): roots, inclusion and consistency proofs, and their verifiers.

A *node* ``(level, index)`` is the hash of the complete subtree over leaves ``index * 2**level`` up to
``(index + 1) * 2**level``. Whoever can answer for such nodes, a :class:`Tree` in memory or published tiles, can
make every root and proof. Proofs are checked as RFC 9162 sections 2.1.3.2 and 2.1.4.2 say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

from truceline.errors import RootMismatch

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""Root of the tree without leaves."""

NodeOf = Callable[[int, int], bytes]
"""Answers (level, index) with the hash of that complete subtree, 32 bytes."""

_sha256 = hashlib.sha256


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of one leaf's bytes: SHA-256(0x00 || leaf)."""
    return _sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash over two children: SHA-256(0x01 || left || right)."""
    return _sha256(b"\x01" + left + right).digest()


class Tree:
    """An append-only tree that keeps every complete subtree's hash: 64 bytes of memory a leaf.

    Its right edge (:meth:`edge`, the *compact range*) is enough for the root of any earlier size, which is how the
    writer proves to itself, before it signs, that a new checkpoint extends the last.
    """

    def __init__(self, hashes: Iterable[bytes] = ()) -> None:
        self._levels: list[bytearray] = [bytearray()]
        self.extend(hashes)

    @property
    def size(self) -> int:
        """Number of leaves."""
        return len(self._levels[0]) // HASH_BYTES

    def extend(self, hashes: Iterable[bytes]) -> None:
        """Append leaf hashes, 32 bytes each, and complete every subtree that they fill."""
        levels = self._levels
        levels[0] += b"".join(hashes)
        height = 0
        while True:
            below = levels[height]
            if height + 1 == len(levels):
                if len(below) < 2 * HASH_BYTES:
                    return
                levels.append(bytearray())
            above = levels[height + 1]
            start, end = len(above) * 2, len(below) // 64 * 64
            if start == end:
                return
            # Two neighbours lie side by side, so one slice of 64 bytes is left || right.
            above += b"".join([_sha256(b"\x01" + below[at : at + 64]).digest() for at in range(start, end, 64)])
            height += 1

    def truncate(self, size: int) -> None:
        """Forget the leaves from ``size`` on: what a failed transaction had added."""
        for height, level in enumerate(self._levels):
            del level[(size >> height) * HASH_BYTES :]

    def node(self, level: int, index: int) -> bytes:
        """Return one complete subtree's hash; ``IndexError`` if it is not complete."""
        found = self.nodes(level, index, index + 1)
        if len(found) != HASH_BYTES:
            raise IndexError(f"the tree of {self.size} leaves has no node {index} at level {level}")
        return found

    def nodes(self, level: int, start: int, end: int) -> bytes:
        """Return the hashes of nodes ``start`` up to ``end`` of a level, joined: as a tile holds them."""
        if level >= len(self._levels):
            return b""
        return bytes(self._levels[level][start * HASH_BYTES : end * HASH_BYTES])

    def edge(self, size: int | None = None) -> tuple[bytes, ...]:
        """Return the compact range of the first ``size`` leaves: the subtrees that cover them, widest first."""
        return tuple(self.node(level, index) for level, index in cover(0, self.size if size is None else size))

    def root(self, size: int | None = None) -> bytes:
        """Return the root over the first ``size`` leaves (all of them unless given)."""
        return fold(self.edge(size))

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """Return the proof that leaf ``index`` lies in the tree of ``size`` leaves."""
        return inclusion_proof(self.node, index, self.size if size is None else size)

    def consistency(self, old: int, size: int | None = None) -> list[bytes]:
        """Return the proof that the tree of ``old`` leaves is a prefix of that of ``size``."""
        return consistency_proof(self.node, old, self.size if size is None else size)


def cover(start: int, end: int) -> list[tuple[int, int]]:
    """Return the complete subtrees (level, index) that cover leaves ``start`` up to ``end``, left to right.

    ``start`` must be the left border of a subtree as wide as the range's largest power of two, as all ranges of
    RFC 6962 are.
    """
    found = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return found


def fold(edge: Sequence[bytes]) -> bytes:
    """Return the root that a compact range, widest first, amounts to."""
    if not edge:
        return EMPTY_ROOT
    root = edge[-1]
    for left in reversed(edge[:-1]):
        root = node_hash(left, root)
    return root


def root_of(node: NodeOf, start: int, end: int) -> bytes:
    """Return the Merkle tree hash over leaves ``start`` up to ``end`` (RFC 6962: MTH(D[start:end]))."""
    return fold([node(level, index) for level, index in cover(start, end)])


def _split(size: int) -> int:
    """Return the largest power of two below ``size`` (at least 2)."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_proof(node: NodeOf, index: int, size: int) -> list[bytes]:
    """Return PATH(index, D[size]) of RFC 6962 section 2.1.1, from the leaf upwards.

    Raises:
        ValueError: there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} among {size}")
    path = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(root_of(node, middle, end))
            end = middle
        else:
            path.append(root_of(node, start, middle))
            start = middle
    return path[::-1]


def consistency_proof(node: NodeOf, old: int, size: int) -> list[bytes]:
    """Return PROOF(old, D[size]) of RFC 6962 section 2.1.2.

    Empty if the sizes are equal or ``old`` is 0: every tree extends the empty one.

    Raises:
        ValueError: ``old`` is larger than ``size``.
    """
    if not 0 <= old <= size:
        raise ValueError(f"{old} leaves are no prefix of {size}")
    if old in (0, size):
        return []
    path = []
    start, end = 0, size
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(root_of(node, middle, end))
            end = middle
        else:
            path.append(root_of(node, start, middle))
            start = middle
    if start:
        path.append(root_of(node, start, end))
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Return if the leaf with hash ``leaf`` is number ``index`` of the tree of ``size`` leaves with that ``root``.

    Raises:
        RootMismatch: the proof does not lead there, or has the wrong length.
    """
    if not 0 <= index < size:
        raise RootMismatch(f"no leaf {index} among {size}", record=str(index))
    number, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0 or len(step) != HASH_BYTES:
            raise RootMismatch("the inclusion proof has a wrong length", record=str(index))
        if number & 1 or number == last:
            found = node_hash(step, found)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            found = node_hash(found, step)
        number, last = number >> 1, last >> 1
    if last != 0:
        raise RootMismatch("the inclusion proof is too short", record=str(index))
    if found != root:
        raise RootMismatch("the inclusion proof leads to another root", record=str(index))


def verify_consistency(old: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]) -> None:
    """Return if the tree of ``old`` leaves with ``old_root`` is a prefix of that of ``size`` leaves with ``root``.

    Raises:
        RootMismatch: the proof does not show it, or has the wrong length.
    """
    if not 0 <= old <= size:
        raise RootMismatch(f"{old} leaves are no prefix of {size}")
    if old in (0, size):
        expected = EMPTY_ROOT if old == 0 else root
        if proof or old_root != expected or (size == 0 and root != EMPTY_ROOT):
            raise RootMismatch(f"the root at {old} leaves is not a prefix of that at {size}")
        return
    steps = list(proof)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    if not steps or any(len(step) != HASH_BYTES for step in steps):
        raise RootMismatch("the consistency proof has a wrong length")
    first, last = old - 1, size - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    older = newer = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise RootMismatch("the consistency proof is too long")
        if first & 1 or first == last:
            older, newer = node_hash(step, older), node_hash(step, newer)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            newer = node_hash(newer, step)
        first, last = first >> 1, last >> 1
    if last != 0:
        raise RootMismatch("the consistency proof is too short")
    if older != old_root or newer != root:
        raise RootMismatch(f"the tree of {size} leaves does not extend that of {old}")
