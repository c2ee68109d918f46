# SPDX-License-Identifier: Apache-2.0
"""Compiled loops that lay boundaries over a grid: which edges touch a cell, which zones hold its middle."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from truceline.base.compiled import compiled

PAD = 1e-7
"""A cell also takes edges this near to it, in cells: more than all rounding of places to cells."""


class Frame(NamedTuple):
    """A grid in degrees."""

    west: float
    """Longitude of its western border."""

    south: float
    """Latitude of its southern border."""

    width: float
    """Width of a cell, degrees of longitude."""

    height: float
    """Height of a cell, degrees of latitude."""

    columns: int
    """How many cells from west to east."""

    rows: int
    """How many cells from south to north."""


@compiled
def _span(low: float, high: float, cells: int) -> tuple[int, int]:
    """First and last cell between two positions in cells."""
    return max(0, int(np.floor(low - PAD))), min(cells - 1, int(np.floor(high + PAD)))


@compiled
def _reach(edge: Any, frame: Frame, row: int) -> tuple[float, float]:
    """Least and greatest position in cells, from the west, of an edge inside one row."""
    x1, y1 = (edge[0] - frame.west) / frame.width, (edge[1] - frame.south) / frame.height
    x2, y2 = (edge[2] - frame.west) / frame.width, (edge[3] - frame.south) / frame.height
    if y1 == y2:
        return min(x1, x2), max(x1, x2)
    low, high = (row - PAD - y1) / (y2 - y1), (row + 1 + PAD - y1) / (y2 - y1)
    first, last = max(0.0, min(low, high)), min(1.0, max(low, high))
    at, to = x1 + first * (x2 - x1), x1 + last * (x2 - x1)
    return min(at, to), max(at, to)


@compiled
def touched(edges: Any, frame: Frame, cell: Any, which: Any) -> int:
    """Count each (cell, edge) that touch; where ``cell`` is long enough, write them to ``cell`` and ``which``."""
    found = 0
    for k in range(len(edges)):
        edge = edges[k]
        low, high = min(edge[1], edge[3]), max(edge[1], edge[3])
        south, north = _span((low - frame.south) / frame.height, (high - frame.south) / frame.height, frame.rows)
        for row in range(south, north + 1):
            at, to = _reach(edge, frame, row)
            west, east = _span(at, to, frame.columns)
            for column in range(west, east + 1):
                if found < len(cell):
                    cell[found] = row * frame.columns + column
                    which[found] = k
                found += 1
    return found


@compiled
def _clip(start: float, step: float, low: float, high: float, found: Any) -> None:
    """Narrow the stretch ``found`` (0 to 1 along an edge) to where ``start + s * step`` lies between two borders."""
    if step == 0.0:
        if start < low or start >= high:
            found[1] = found[0]
        return
    one, two = (low - start) / step, (high - start) / step
    found[0] = max(found[0], min(one, two))
    found[1] = min(found[1], max(one, two))


@compiled
def clipped(edges: Any, frame: Frame, cell: Any, which: Any, pieces: Any) -> None:
    """Write the part of each edge inside its cell: x1, y1, x2, y2; the parts of an edge add up to the edge."""
    found = np.empty(2)
    for k in range(len(cell)):
        x1, y1, x2, y2 = edges[which[k]]
        row, column = cell[k] // frame.columns, cell[k] % frame.columns
        found[0], found[1] = 0.0, 1.0
        west, south = frame.west + column * frame.width, frame.south + row * frame.height
        _clip(x1, x2 - x1, west, frame.west + (column + 1) * frame.width, found)
        _clip(y1, y2 - y1, south, frame.south + (row + 1) * frame.height, found)
        at, to = (found[0], found[1]) if found[0] < found[1] else (0.0, 0.0)
        pieces[k, 0] = x1 if at == 0.0 else x1 + at * (x2 - x1)
        pieces[k, 1] = y1 if at == 0.0 else y1 + at * (y2 - y1)
        pieces[k, 2] = x2 if to == 1.0 else x1 + to * (x2 - x1)
        pieces[k, 3] = y2 if to == 1.0 else y1 + to * (y2 - y1)


@compiled
def middles(edges: Any, bits: Any, frame: Frame, held: Any) -> None:
    """Set in ``held`` (rows, columns) the bit of every zone that holds the cell's middle, row by row from the west."""
    for k in range(len(edges)):
        x1, y1, x2, y2 = edges[k]
        low, high = (min(y1, y2) - frame.south) / frame.height, (max(y1, y2) - frame.south) / frame.height
        for row in range(max(0, int(np.floor(low - 0.5))), min(frame.rows - 1, int(np.ceil(high))) + 1):
            y = frame.south + (row + 0.5) * frame.height
            if (y1 > y) != (y2 > y):
                x = x1 + (y - y1) / (y2 - y1) * (x2 - x1)
                column = max(0, int(np.floor((x - frame.west) / frame.width - 0.5)) + 1)
                if column < frame.columns:
                    held[row, column] ^= bits[k]
    for row in range(frame.rows):
        inside = np.uint64(0)
        for column in range(frame.columns):
            inside ^= held[row, column]
            held[row, column] = inside


@compiled
def classes(held: Any, kind: Any, masks: Any, most: int, bordering: int) -> int:
    """Give each cell without a boundary (kind -1) the number of its set of zones; return how many numbers there are.

    The first ``bordering`` numbers belong to the cells with a boundary. ``masks`` holds the set of each number; more
    than ``most`` different sets return -1.
    """
    slots = np.full(2 * most, -1, np.int64)
    count = bordering
    last, known = np.uint64(0), -1
    for cell in range(len(kind)):
        if kind[cell] >= 0:
            continue
        mask = held[cell]
        if known < 0 or mask != last:
            slot = int((mask * np.uint64(11400714819323198485)) >> np.uint64(32)) % (2 * most)
            while slots[slot] >= 0 and masks[slots[slot]] != mask:
                slot = (slot + 1) % (2 * most)
            if slots[slot] < 0:
                if count - bordering >= most:
                    return -1
                slots[slot] = count
                masks[count] = mask
                count += 1
            last, known = mask, slots[slot]
        kind[cell] = known
    return count


@compiled
def spread(bordered: Any, near: Any) -> None:
    """Set in ``near`` the bits of every zone with a boundary in the cell or one of its eight neighbours."""
    rows, columns = bordered.shape
    for row in range(rows):
        for column in range(columns):
            if bordered[row, column]:
                for r in range(max(0, row - 1), min(rows, row + 2)):
                    for c in range(max(0, column - 1), min(columns, column + 2)):
                        near[r, c] |= bordered[row, column]
