# SPDX-License-Identifier: Apache-2.0
"""Places that are hot again and again, mostly at night: industry, gas flares, not fires that war lit once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from truceline.base.clock import Times
from truceline.base.geo import Floats
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

_EARTH_M = 6_371_000.0
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
    of_days = len(np.unique(day))
    here, there = _neighbours(detections)
    night = np.bincount(here, weights=(~daylight(detections))[there]) / np.bincount(here)
    days, span = _hot_days(here, (day - day.min())[there])
    core = (days >= np.maximum(MIN_DAYS, MIN_SHARE * of_days)) & (span >= MIN_SPAN_DAYS) & (night > MIN_NIGHT)
    beside = core[there]
    masked = np.zeros(count, dtype=bool)
    masked[here[beside]] = True
    most = days.copy()
    np.maximum.at(most, here[beside], days[there[beside]])
    return Persistence(masked, most, of_days)


def _neighbours(detections: Detections) -> tuple[Ints, Ints]:
    """Pairs of detections within the radius, both ways round, each with itself too."""
    lon, lat = np.radians(detections.lon), np.radians(detections.lat)
    globe = _EARTH_M * np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)
    pairs = cKDTree(globe).query_pairs(RADIUS_M, output_type="ndarray")
    own = np.arange(len(detections))
    return np.concatenate([own, pairs[:, 0], pairs[:, 1]]), np.concatenate([own, pairs[:, 1], pairs[:, 0]])


def _hot_days(here: Ints, day: Ints) -> tuple[Ints, Ints]:
    """Number of distinct days per place, and days from the first to the last; days count from 0."""
    width = int(day.max()) + 1
    hot = np.unique(here * width + day)
    who, when = hot // width, hot % width
    begins = np.r_[0, np.flatnonzero(np.diff(who)) + 1]
    ends = np.r_[begins[1:], len(who)] - 1
    return np.bincount(who).astype(np.int64), (when[ends] - when[begins]).astype(np.int64)
