# SPDX-License-Identifier: Apache-2.0
"""The tree as static files (C2SP tlog-tiles): names, contents, and which of them a size needs.

``tile/<L>/<N>`` holds up to 256 hashes of tree level 8 L side by side; ``tile/entries/<N>`` the leaves behind a tile
of level 0, each after its length in two bytes. A tile of fewer than 256 is partial, ``<N>.p/<W>``, and stays until
the full one is there. ``N`` is written in groups of three digits, all but the last after an ``x``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from truceline.errors import LimitExceeded, Malformed, Truncated
from truceline.ledger.leaf import MAX_LEAF_BYTES
from truceline.ledger.merkle import HASH_BYTES

WIDTH = 256
"""Hashes in a full tile."""

ENTRIES = -1
"""The level by which :class:`Tile` means an entry bundle."""

_PATH = re.compile(
    r"tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII
)


@dataclass(frozen=True, order=True)
class Tile:
    """One published file."""

    level: int
    """Tile level (tree level / 8); ``ENTRIES`` for a bundle of leaves."""

    index: int
    """Number within the level, from 0."""

    width: int = WIDTH
    """How many hashes (or leaves) it holds, 1 to 256."""

    @property
    def path(self) -> str:
        """Where it lies under the ledger's folder."""
        digits = f"{self.index:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        number = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        level = "entries" if self.level == ENTRIES else str(self.level)
        return f"tile/{level}/{number}" + (f".p/{self.width}" if self.width < WIDTH else "")

    @property
    def start(self) -> int:
        """Number, at tree level 8 x ``level``, of its first hash; number of the first leaf for a bundle."""
        return self.index * WIDTH

    @property
    def tree_level(self) -> int:
        """Level of the tree whose hashes it holds."""
        return 8 * max(self.level, 0)

    @classmethod
    def parse(cls, path: str) -> Tile:
        """Return the tile that a path means.

        Raises:
            Malformed: no tile lies under such a path.
        """
        match = _PATH.fullmatch(path)
        if not match:
            raise Malformed("not the path of a tile", file=path)
        level = ENTRIES if match[1] == "entries" else int(match[1])
        tile = cls(level, int(match[2].replace("x", "").replace("/", "")), int(match[3] or WIDTH))
        # One tile, one path: this refuses x000/001, and widths of 256 and more.
        if tile.path != path or tile.width > WIDTH:
            raise Malformed("not the path of a tile", file=path)
        return tile


def tiles_of(size: int, *, published: int = 0) -> Iterator[Tile]:
    """Yield the tiles and bundles of a tree of ``size`` leaves that one of ``published`` leaves does not have."""
    level = 0
    while size >> (8 * level):
        count, before = size >> (8 * level), published >> (8 * level)
        for index in range(before // WIDTH, -(-count // WIDTH)):
            width = min(WIDTH, count - index * WIDTH)
            if index * WIDTH + width <= before:
                continue
            yield Tile(level, index, width)
            if level == 0:
                yield Tile(ENTRIES, index, width)
        level += 1


def join_entries(leaves: Sequence[bytes]) -> bytes:
    """Return a bundle: each leaf after its length, two bytes, big end first."""
    parts = []
    for leaf in leaves:
        if len(leaf) > MAX_LEAF_BYTES:
            raise LimitExceeded(f"a leaf of {len(leaf):,} bytes; at most {MAX_LEAF_BYTES:,} fit")
        parts += [len(leaf).to_bytes(2, "big"), leaf]
    return b"".join(parts)


def split_entries(bundle: bytes) -> list[bytes]:
    """Return the leaves of a bundle.

    Raises:
        Truncated: it ends within a leaf or a length.
        LimitExceeded: it holds more than 256.
    """
    leaves: list[bytes] = []
    at = 0
    while at < len(bundle):
        length = int.from_bytes(bundle[at : at + 2], "big")
        end = at + 2 + length
        if at + 2 > len(bundle) or end > len(bundle):
            raise Truncated(f"the bundle ends within leaf {len(leaves)}")
        if len(leaves) == WIDTH:
            raise LimitExceeded(f"the bundle holds more than {WIDTH} leaves")
        leaves.append(bundle[at + 2 : end])
        at = end
    return leaves


def split_hashes(tile: bytes) -> list[bytes]:
    """Return the hashes of a tile.

    Raises:
        Truncated: its length is not a whole number of hashes, from 1 to 256.
    """
    if not tile or len(tile) % HASH_BYTES or len(tile) > WIDTH * HASH_BYTES:
        raise Truncated(f"a tile holds 1 to {WIDTH} hashes of {HASH_BYTES} bytes, not {len(tile):,} bytes")
    return [tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES)]
