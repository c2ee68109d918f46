# SPDX-License-Identifier: Apache-2.0
"""Passes of three sun-synchronous satellites over a theatre: where and when each looks.

A circular orbit over a round earth, in the frame of the mean sun (where a sun-synchronous plane stands still):
latitude is asin(sin i sin u), longitude that of the ascending node plus atan2(cos i sin u, cos u), and the node's
longitude is 15 degrees per hour times (its local time - UTC). The watch itself fits its orbits to rows; this module
shares no code with that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import numpy as np

from truceline.base.clock import Times, to_column
from truceline.base.geo import Floats, on_sphere

PERIOD_S = 16 * 86_400 / 227
"""The VIIRS satellites fly 227 orbits in 16 days."""

INCLINATION = np.radians(98.7)
NODE_HOUR = 13.42
"""Local mean time of the ascending node, hours."""

HALF_SWATH_KM = 1_500.0
"""How far to either side VIIRS sees, ground kilometres."""

ALTITUDE_KM = 828.0
EARTH_KM = 6_371.0
"""The simulated Earth is a round one; its radius is no estimate of ours."""

SATELLITES = (("N20", 0.0), ("N21", 0.5), ("N", 0.25))
"""FIRMS code and phase, share of an orbit, of each satellite."""

SENSORS = {"N20": "VIIRS/NOAA-20", "N21": "VIIRS/NOAA-21", "N": "VIIRS/Suomi-NPP"}
"""What a watch calls each code."""

FILE_NAMES = {"N20": "NOAA-20", "N21": "NOAA-21", "N": "Suomi-NPP"}
"""How a satellite-day list names each code."""


@dataclass(frozen=True, eq=False)
class Passes:
    """Passes in order of time (n of them), each with a track of t points."""

    satellite: tuple[str, ...]
    """FIRMS code of each."""

    time: Times
    """Moment nearest to the theatre's middle (n,), UTC."""

    daylight: np.ndarray[tuple[int], np.dtype[np.bool_]]
    """Whether it flies north, by day (n,)."""

    offset_s: Floats
    """Seconds of the track's points from ``time`` (t,)."""

    track: Floats
    """Unit vectors of sub-satellite points (n, t, 3)."""

    def look(self, which: np.ndarray[tuple[int], np.dtype[np.int64]], point: Floats) -> tuple[Floats, Floats]:
        """Return, for m pairs of pass and place, distance from the track (km) and seconds from ``time``.

        Args:
            which: rows of passes (m,).
            point: unit vectors of places (m, 3).
        """
        cosine = np.einsum("mtk,mk->mt", self.track[which], point)
        nearest = np.argmax(cosine, axis=1)
        best = np.clip(cosine[np.arange(len(which)), nearest], -1.0, 1.0)
        return EARTH_KM * np.arccos(best), self.offset_s[nearest]


@lru_cache(maxsize=16)
def fly(start: datetime, days: int, lon: float, lat: float) -> Passes:
    """Return all passes that see the place ``lon``, ``lat`` on ``days`` days from ``start`` (midnight UTC)."""
    rows: list[tuple[np.datetime64, str, bool, Floats]] = []
    offset = np.arange(-300.0, 301.0, 10.0)
    middle = on_sphere(np.array(lon), np.array(lat))
    day0 = (start - datetime(2026, 1, 1, tzinfo=UTC)).total_seconds()
    for code, phase in SATELLITES:
        first = (np.floor(day0 / PERIOD_S) + phase) * PERIOD_S - day0
        for orbit in np.arange(-1, days * 86_400 / PERIOD_S + 1):
            for daylight in (True, False):
                moment = _nearest(first + orbit * PERIOD_S, lat, daylight)
                track = _below(moment + offset, first + orbit * PERIOD_S, start)
                off = EARTH_KM * np.arccos(np.clip(float((track @ middle).max()), -1, 1))
                if off <= HALF_SWATH_KM and 0 <= moment < days * 86_400:
                    time = to_column(start + timedelta(seconds=float(np.round(moment))))
                    rows.append((time, code, daylight, track))
    rows.sort(key=lambda row: (row[0], row[1]))
    return Passes(
        satellite=tuple(row[1] for row in rows),
        time=np.array([row[0] for row in rows], dtype="datetime64[us]"),
        daylight=np.array([row[2] for row in rows], dtype=bool),
        offset_s=offset,
        track=np.array([row[3] for row in rows]).reshape(-1, len(offset), 3),
    )


def _nearest(node_s: float, lat: float, daylight: bool) -> float:
    """Seconds at which the orbit that crosses the equator northward at ``node_s`` crosses ``lat``."""
    angle = float(np.arcsin(np.sin(np.radians(lat)) / np.sin(INCLINATION)))
    return node_s + (angle if daylight else np.pi - angle) / (2 * np.pi) * PERIOD_S


def _below(moment: Floats, node_s: float, start: datetime) -> Floats:
    """Unit vectors of sub-satellite points at seconds ``moment`` after ``start``."""
    angle = 2 * np.pi * (moment - node_s) / PERIOD_S
    hour = start.hour + moment / 3600
    lon = 15.0 * (NODE_HOUR - hour) + np.degrees(np.arctan2(np.cos(INCLINATION) * np.sin(angle), np.cos(angle)))
    return on_sphere(lon, np.degrees(np.arcsin(np.sin(INCLINATION) * np.sin(angle))))
