# SPDX-License-Identifier: Apache-2.0
"""Counts of fires round fires, day by day, in metres on the sphere: no grid whose lines could matter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from truceline.base.geo import EARTH_KM, Floats, on_sphere
from truceline.thermal.firetable import Ints

Small = npt.NDArray[np.float32]

PARTS = 8
"""Places are rounded to an eighth of the radius. So fine that where the rounding's lines run does not matter, and each
place by itself, so that a fire of tomorrow cannot move one of today."""

CHUNK_VALUES = 4_000_000
"""Largest dense block held at once, in values."""


@dataclass(frozen=True, eq=False)
class Block:
    """Daily sums round some centres."""

    sums: Small
    """(centres, columns): Σ (1 − (d / radius)²) over the fires within the radius of the centre on that day."""

    rows: Ints
    """Queries that belong to these centres."""

    centre: Ints
    """For each of those, its centre's row in ``sums``."""

    places: Floats
    """(centres, 3) metres, from `globe`."""


def globe(lon: Floats, lat: Floats) -> Floats:
    """Return places as (n, 3) metres from the centre of the sphere."""
    return np.asarray(1000.0 * EARTH_KM * on_sphere(lon, lat))


def _gather(points: Floats, size_m: float) -> tuple[Ints, Floats]:
    """Return each point's group, a patch of ``size_m``, and the patches' middles (p, 3), in a fixed order."""
    radius = 1000.0 * EARTH_KM
    lat = np.arcsin(np.clip(points[:, 2] / radius, -1.0, 1.0))
    lon = np.arctan2(points[:, 1], points[:, 0])
    row = np.floor(lat * radius / size_m).astype(np.int64)
    column = np.floor(lon * _step(row, size_m)).astype(np.int64)
    patches, group = np.unique(np.stack([row, column], axis=1), axis=0, return_inverse=True)
    middle_lat = (patches[:, 0] + 0.5) * size_m / radius
    middle_lon = (patches[:, 1] + 0.5) / _step(patches[:, 0], size_m)
    return group.reshape(-1).astype(np.int64), globe(np.degrees(middle_lon), np.degrees(middle_lat))


def _step(row: Ints, size_m: float) -> Floats:
    """Patches per radian of longitude in each row: as wide as high, whatever the latitude."""
    radius = 1000.0 * EARTH_KM
    return np.asarray(np.maximum(np.cos((row + 0.5) * size_m / radius), 1e-6) * radius / size_m)


def blocks(queries: Floats, points: Floats, column: Ints, columns: int, radius_m: float) -> Iterator[Block]:
    """Yield the daily sums round all queries, some centres at a time.

    Args:
        queries: (q, 3) metres, from `globe`.
        points: (n, 3) metres.
        column: (n,) the column, a day, that each point counts in.
        columns: how many there are.
        radius_m: of the kernel, metres.
    """
    if len(queries) == 0:
        return
    asked, centres = _gather(queries, radius_m / PARTS)
    order = np.argsort(asked, kind="stable")
    begins = np.searchsorted(asked[order], np.arange(len(centres) + 1))
    counted = _counted(points, column, columns, radius_m)
    step = max(1, CHUNK_VALUES // max(columns, 1))
    for first in range(0, len(centres), step):
        last = min(len(centres), first + step)
        rows = order[begins[first] : begins[last]]
        yield Block(counted(centres[first:last]), rows, asked[rows] - first, centres[first:last])


def wide(points: Floats, column: Ints, columns: int, radius_m: float) -> Callable[[Floats], Small]:
    """Return the function that gives the daily sums (c, columns) round (c, 3) places, each rounded as in `blocks`."""
    counted = _counted(points, column, columns, radius_m)

    def sums(places: Floats) -> Small:
        patch, middles = _gather(places, radius_m / PARTS)
        return np.asarray(counted(middles)[patch])

    return sums


def _counted(points: Floats, column: Ints, columns: int, radius_m: float) -> Callable[[Floats], Small]:
    """Return the function that gives the sums round (c, 3) centres."""
    if len(points) == 0:
        return lambda centres: np.zeros((len(centres), columns), dtype=np.float32)
    group, places = _gather(points, radius_m / PARTS)
    ones = np.ones(len(group), dtype=np.float32)
    daily: Any = csr_array((ones, (group, column)), shape=(len(places), columns))
    tree = cKDTree(places)

    def sums(centres: Floats) -> Small:
        near = tree.query_ball_point(centres, radius_m, return_sorted=True)
        size = np.array([len(each) for each in near], dtype=np.int64)
        there = np.concatenate([np.asarray(each, dtype=np.int64) for each in near])
        here = np.repeat(np.arange(len(centres)), size)
        away = ((centres[here] - places[there]) ** 2).sum(axis=1) / radius_m**2
        weight = np.maximum(1.0 - away, 0.0).astype(np.float32)
        kernel: Any = csr_array((weight, (here, there)), shape=(len(centres), len(places)))
        return np.asarray((kernel @ daily).toarray(), dtype=np.float32)

    return sums
