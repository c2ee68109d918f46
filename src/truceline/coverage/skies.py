# SPDX-License-Identifier: Apache-2.0
"""The sky over cells: hidden shares per zone and slot, from a daily table or a grid of cloud with its uncertainty."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from truceline.base.geo import EARTH_KM, Floats
from truceline.coverage.cells import Cells
from truceline.coverage.cloud import CloudAssumption
from truceline.coverage.field import PER_HOUR, SLOT_S, Sky
from truceline.coverage.orbit import unit

REACH_KM = 100.0
"""A cell further than this from every place of a grid has no cloud of it: taken as fully hidden, the worst case."""

STALE_S = 6 * 3600.0
"""A slot further than this from every time of its place likewise."""

UNKNOWN_SIGMA = 0.2
"""Standard deviation of a share where the grid states none (assumed)."""


@dataclass(frozen=True, eq=False)
class CloudGrid:
    """Cloud at places and times: n rows."""

    lon: Floats
    """Degrees (n,)."""

    lat: Floats
    """Degrees (n,)."""

    seconds: Floats
    """UTC seconds since 1970 (n,)."""

    share: Floats
    """Hidden share of the sky, 0 to 1 (n,)."""

    sigma: Floats
    """One standard deviation of it (n,)."""


@dataclass(frozen=True, eq=False)
class GridSky:
    """The sky of a grid, with what it does not hold."""

    middle: Sky
    """As the grid says."""

    low: Sky
    """Less cloud by one standard deviation."""

    high: Sky
    """More cloud by one standard deviation."""

    unknown: float
    """Share of cells × slots that the grid does not reach, taken as hidden under all three."""


def of_table(assumption: CloudAssumption, cells: Cells, start: float, hours: int) -> Sky:
    """Return the sky of a daily table under one assumption: one zone, a share for each UTC day."""
    moments = start + (np.arange(hours * PER_HOUR) + 0.5) * SLOT_S
    hidden = assumption.hidden(moments.astype("datetime64[s]"))
    return Sky(np.zeros(len(cells), dtype=np.int64), hidden[None, :])


def of_grid(grid: CloudGrid, cells: Cells, start: float, hours: int) -> GridSky:
    """Return the sky of a grid: each cell takes its nearest place; each slot lies on a straight line between times.

    A place's gap in time longer than twelve hours is filled six hours in from either side and hidden between.
    """
    slots: Floats = start + (np.arange(hours * PER_HOUR, dtype=np.float64) + 0.5) * SLOT_S
    places, which = np.unique(np.stack([grid.lon, grid.lat], axis=1), axis=0, return_inverse=True)
    if not len(places):
        whole = Sky(np.zeros(len(cells), dtype=np.int64), np.ones((1, len(slots))))
        return GridSky(whole, whole, whole, 1.0)
    zone, near = _nearest(places, cells)
    used = np.unique(zone[near])
    number = np.full(len(places) + 1, len(used), dtype=np.int64)
    number[used] = np.arange(len(used))
    share, sigma = np.ones((len(used) + 1, len(slots))), np.zeros((len(used) + 1, len(slots)))
    known = np.zeros((len(used) + 1, len(slots)), dtype=bool)
    order = np.lexsort([grid.seconds, which.ravel()])
    starts = np.searchsorted(which.ravel()[order], np.arange(len(places) + 1))
    for row, place in enumerate(used.tolist()):
        own = order[starts[place] : starts[place + 1]]
        share[row], known[row] = _over_time(grid.seconds[own], grid.share[own], slots)
        sigma[row] = np.interp(slots, grid.seconds[own], grid.sigma[own])
    zones = np.where(near, number[zone], len(used))
    count = np.bincount(zones, minlength=len(used) + 1)
    unknown = 1 - float((known * count[:, None]).sum() / max(1, len(cells) * len(slots)))

    def shifted(by: float) -> Sky:
        return Sky(zones, np.where(known, np.clip(share + by * sigma, 0.0, 1.0), 1.0))

    return GridSky(shifted(0.0), shifted(-1.0), shifted(1.0), unknown)


def _nearest(places: Floats, cells: Cells) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Nearest place of each cell, and whether it is near enough."""
    there = unit(places[:, 0], places[:, 1])
    zone = np.empty(len(cells), dtype=np.int64)
    best = np.empty(len(cells))
    for low in range(0, len(cells), 4096):
        dots = cells.places[low : low + 4096] @ there.T
        zone[low : low + 4096] = dots.argmax(axis=1)
        best[low : low + 4096] = dots.max(axis=1)
    return zone, best >= np.cos(REACH_KM / EARTH_KM)


def _over_time(seconds: Floats, share: Floats, slots: Floats) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Shares at the slots, and which of them stand within six hours of a time."""
    right = np.clip(np.searchsorted(seconds, slots), 0, len(seconds) - 1)
    left = np.maximum(right - 1, 0)
    apart = np.minimum(np.abs(seconds[right] - slots), np.abs(slots - seconds[left]))
    return np.interp(slots, seconds, share), apart <= STALE_S
