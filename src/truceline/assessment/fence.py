# SPDX-License-Identifier: Apache-2.0
"""The boundaries of up to 63 zones laid over one grid, so that a place finds its zones at one look.

A cell that no boundary touches lies wholly inside or outside each zone: its set of zones is a bit mask. A cell with a
boundary lists the edges in it. Frame: longitude and latitude in degrees (WGS 84), edges straight in them, as shapely
and GeoJSON have it; longitudes are counted on past 180° where a zone needs it, and places follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from truceline.assessment import _cells
from truceline.assessment._cells import Frame
from truceline.base.geo import Floats, metres_per_degree
from truceline.errors import LimitExceeded

MOST_ZONES = 63
"""How many zones one grid can hold: one bit each, the last bit is left for *everywhere*."""

MOST_CELLS = 4_000_000
"""How many cells a grid may have; cells grow beyond the size asked for to stay below."""

_MOST_SETS = 1 << 17

Bits = npt.NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class Fence:
    """Boundaries over a grid."""

    frame: Frame
    """The grid."""

    kind: npt.NDArray[np.int32]
    """(rows, columns) number of each cell's entry in the tables below."""

    masks: Bits
    """Per number: the zones that hold the middle of the cell."""

    first: npt.NDArray[np.int32]
    """Per number: where its edges begin in the lists below; the next number's begin where they end."""

    edges: Floats
    """(k, 4) the edges in cells, by cell: x1, y1, x2, y2, degrees. Outer rings run counter-clockwise."""

    zone: npt.NDArray[np.uint8]
    """Zone of each of them."""

    pieces: Floats
    """(k, 4) the part of each of them inside its cell."""

    near: Bits
    """(rows, columns) zones with a boundary in a cell or one of its eight neighbours."""

    middle_lon: float
    """Longitude about which places are counted: each is taken within 180° of it."""

    def counted(self, lon: Floats) -> Floats:
        """Return longitudes within 180° of the zones' middle, the same array where they all are already."""
        far = np.abs(lon - self.middle_lon) > 180.0
        if not far.any():
            return lon
        return np.where(far, lon - 360.0 * np.round((lon - self.middle_lon) / 360.0), lon)


def together(shapes: Sequence[Any]) -> list[Any]:
    """Return the shapes with longitudes counted from the first one's, so that they lie side by side over 180°.

    A zone beyond the antimeridian must already be in one piece (each shape is shifted whole).
    """
    middles = [float(np.mean(shapely.bounds(shape)[[0, 2]])) for shape in shapes]
    here = next((middle for middle in middles if np.isfinite(middle)), 0.0)
    found = []
    for shape, middle in zip(shapes, middles, strict=True):
        turns = np.round((middle - here) / 360.0) if np.isfinite(middle) else 0.0
        found.append(shape if turns == 0 else shapely.transform(shape, lambda xy, t=turns: xy - [360.0 * t, 0.0]))
    return found


def fence(shapes: Sequence[Any], cell_m: float, tolerance_m: float = 0.0) -> Fence:
    """Lay the boundaries of zones over a grid.

    Args:
        shapes: polygons or multipolygons (shapely, valid), at most :data:`MOST_ZONES`, side by side (:func:`together`).
        cell_m: size of a cell, metres: at the grid's most poleward latitude cells are no narrower.
        tolerance_m: boundaries may be simplified by this much, metres; 0 keeps every vertex.

    Raises:
        LimitExceeded: too many zones, or more different sets of zones than any map of zones has.
    """
    if len(shapes) > MOST_ZONES:
        raise LimitExceeded(f"{len(shapes)} zones in one grid; at most {MOST_ZONES}")
    frame = _frame(shapes, cell_m)
    edges, zone = _edges(_simpler(shapes, tolerance_m))
    count = _cells.touched(edges, frame, np.empty(0, np.int64), np.empty(0, np.int32))
    cell, which = np.empty(count, np.int64), np.empty(count, np.int32)
    _cells.touched(edges, frame, cell, which)
    order = np.argsort(cell * 64 + zone[which], kind="stable")
    cell, which = cell[order], which[order]
    pieces = np.empty((count, 4))
    _cells.clipped(edges, frame, cell, which, pieces)
    held = np.zeros((frame.rows, frame.columns), np.uint64)
    bits = np.uint64(1) << zone.astype(np.uint64)
    _cells.middles(edges, bits, frame, held)
    bordered = np.zeros(held.size, np.uint64)
    np.bitwise_or.at(bordered, cell, bits[which])
    near = np.zeros_like(held)
    _cells.spread(bordered.reshape(held.shape), near)
    kind, masks, first = _tables(held, cell)
    middle = frame.west + frame.columns * frame.width / 2
    return Fence(frame, kind, masks, first, edges[which], zone[which], pieces, near, middle)


def _tables(held: Bits, cell: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int32], Bits, npt.NDArray[np.int32]]:
    """Number of each cell, the mask of each number, and where its edges begin."""
    owners, begins = np.unique(cell, return_index=True)
    kind = np.full(held.size, -1, np.int32)
    kind[owners] = np.arange(len(owners), dtype=np.int32)
    masks = np.zeros(len(owners) + _MOST_SETS, np.uint64)
    masks[: len(owners)] = held.ravel()[owners]
    count = _cells.classes(held.ravel(), kind, masks, _MOST_SETS, len(owners))
    if count < 0:
        raise LimitExceeded(f"zones overlap in more than {_MOST_SETS:,} different ways")
    first = np.full(count + 1, len(cell), np.int32)
    first[: len(owners)] = begins
    return kind.reshape(held.shape), masks[:count].copy(), first


def _frame(shapes: Sequence[Any], cell_m: float) -> Frame:
    """A grid over the shapes with a margin of one cell, of at most :data:`MOST_CELLS`."""
    bounds = [shapely.bounds(shape) for shape in shapes if not shapely.is_empty(shape)]
    west, south, east, north = (
        (min(b[0] for b in bounds), min(b[1] for b in bounds), max(b[2] for b in bounds), max(b[3] for b in bounds))
        if bounds
        else (0.0, 0.0, 0.0, 0.0)
    )
    mx, my = (float(value) for value in metres_per_degree(min(89.0, max(abs(south), abs(north)))))
    size = max(cell_m, np.sqrt((east - west) * mx * (north - south) * my / (0.9 * MOST_CELLS)))
    size = max(size, (east - west) * mx / 1_000_000, (north - south) * my / 1_000_000)
    columns, rows = (int(np.ceil(span)) + 2 for span in ((east - west) * mx / size, (north - south) * my / size))
    return Frame(float(west - size / mx), float(south - size / my), float(size / mx), float(size / my), columns, rows)


def _simpler(shapes: Sequence[Any], tolerance_m: float) -> list[Any]:
    """The shapes with fewer vertices, none moved by more than the tolerance, nothing crossing itself."""
    if tolerance_m <= 0:
        return list(shapes)
    found = []
    for shape in shapes:
        mx, my = (float(value) for value in metres_per_degree(float(shapely.bounds(shape)[[1, 3]].mean())))
        flat = shapely.transform(shape, lambda xy, s=(mx, my): xy * s)
        simple = shapely.simplify(flat, tolerance_m, preserve_topology=True)
        found.append(shapely.transform(simple, lambda xy, s=(mx, my): xy / s))
    return found


def _edges(shapes: Sequence[Any]) -> tuple[Floats, npt.NDArray[np.uint8]]:
    """Edges (m, 4) of all rings, outer ones counter-clockwise, and the zone of each."""
    runs, owners = [np.empty((0, 4))], [np.empty(0, np.uint8)]
    for number, shape in enumerate(shapes):
        rings = shapely.get_rings(shapely.orient_polygons(shapely.get_parts(shape), exterior_cw=False))
        points, ring = shapely.get_coordinates(rings, return_index=True)
        keep = (ring[1:] == ring[:-1]) & np.any(points[1:] != points[:-1], axis=1)
        runs.append(np.hstack([points[:-1], points[1:]])[keep])
        owners.append(np.full(int(keep.sum()), number, np.uint8))
    return np.ascontiguousarray(np.vstack(runs)), np.concatenate(owners)
