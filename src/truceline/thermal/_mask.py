# SPDX-License-Identifier: Apache-2.0
"""Places that are hot again and again, mostly at night: industry, gas flares, not fires that war lit once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from truceline.base.clock import Times
from truceline.base.geo import EARTH_KM, Floats, on_sphere
from truceline.model.detection import Detections, Ints
from truceline.thermal.daylight import daylight

RADIUS_M = 1000.0
"""How tight in place a source must be: about 0.01° of latitude."""

MIN_DAYS = 5
"""On how many distinct days at least it must have been hot."""

MIN_SHARE = 0.2
"""On what share at least of the days that have any detection."""

MIN_SPAN_DAYS = 10
"""First to last hot day at least: what burns every night of one week may be a siege or a peat fire."""

MIN_NIGHT = 0.5
"""What share at least of its detections must be nocturnal: industry glows at night too, burning fields seldom."""

CELL_DEG = 0.001
"""Places are counted in cells of this size, some 100 m, far smaller than the radius."""

_DAY_US = 86_400_000_000


@dataclass(frozen=True, eq=False)
class Persistence:
    """For each of n detections, whether it lies on or beside a persistent heat source."""

    masked: npt.NDArray[np.bool_]
    """Whether a core of such a source lies within one kilometre: a works is wider than one pixel."""

    days: Ints
    """Distinct solar days on which its neighbourhood, or the core beside it, was hot."""

    of_days: int
    """Distinct solar days on which there was any detection anywhere."""


def solar_day(time: Times, lon: Floats) -> Ints:
    """Return the number of the day that begins at 18:00 mean solar time, so that no night or noon is cut in two."""
    micros = time.astype("datetime64[us]").astype(np.int64) + np.rint(lon / 360.0 * _DAY_US).astype(np.int64)
    return np.asarray((micros + _DAY_US // 4) // _DAY_US, dtype=np.int64)


def persistence(detections: Detections) -> Persistence:
    """Return the persistence of every detection's neighbourhood, over all detections given.

    Nothing about any place is built in. The whole period counts, also days after the detection: a steelworks is there
    before it has been seen five times. So a run over a longer period may mask what a shorter one did not.
    """
    count = len(detections)
    if count == 0:
        return Persistence(np.zeros(0, dtype=bool), np.zeros(0, dtype=np.int64), 0)
    day = solar_day(detections.time, detections.lon)
    day -= day.min()
    cell_of, near = _neighbourhoods(detections)
    shape = (near.shape[0], int(day.max()) + 1)
    by_day = near @ csr_array((np.ones(count), (cell_of, day)), shape=shape)
    dark = near @ np.bincount(cell_of, weights=~daylight(detections), minlength=shape[0])
    night = dark / (near @ np.bincount(cell_of, minlength=shape[0]))
    by_day.sort_indices()
    begins, ends = by_day.indptr[:-1], by_day.indptr[1:] - 1
    days = np.diff(by_day.indptr).astype(np.int64)
    span = by_day.indices[ends] - by_day.indices[begins]
    of_days = len(np.unique(day))
    core = (days >= np.maximum(MIN_DAYS, MIN_SHARE * of_days)) & (span >= MIN_SPAN_DAYS) & (night > MIN_NIGHT)
    beside = (near * np.where(core, days, 0)[None, :]).max(axis=1).toarray().reshape(-1).astype(np.int64)
    return Persistence((beside > 0)[cell_of], np.maximum(days, beside)[cell_of], of_days)


def _neighbourhoods(detections: Detections) -> tuple[Ints, Any]:
    """Return each detection's cell of 0.001°, and the sparse matrix of which cells lie within the radius of which.

    Cells, so that a place seen ten thousand times costs no more than one seen once.
    """
    steps = np.rint(np.stack([detections.lon, detections.lat], axis=1) / CELL_DEG).astype(np.int64)
    cells, cell_of = np.unique(steps, axis=0, return_inverse=True)
    globe = 1000.0 * EARTH_KM * on_sphere(*(cells * CELL_DEG).T)
    pairs = cKDTree(globe).query_pairs(RADIUS_M, output_type="ndarray")
    own = np.arange(len(cells))
    here, there = np.r_[own, pairs[:, 0], pairs[:, 1]], np.r_[own, pairs[:, 1], pairs[:, 0]]
    return cell_of.reshape(-1).astype(np.int64), csr_array((np.ones(len(here)), (here, there)), shape=(len(cells),) * 2)
