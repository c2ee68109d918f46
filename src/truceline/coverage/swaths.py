# SPDX-License-Identifier: Apache-2.0
"""Passes of any satellites over a region of cells, as the coverage field takes them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from sgp4.api import Satrec

from truceline.base.clock import Interval
from truceline.base.geo import EARTH_KM, Floats
from truceline.coverage.catalogue import Sensor
from truceline.coverage.earth import sun_direction
from truceline.coverage.ephemeris import STEP_S, Ephemeris, near, propagate
from truceline.coverage.sights import Swath
from truceline.model.look import elements_feed
from truceline.model.watching import ReferenceAct

DAY_ABOVE_DEG = 5.0
"""The sun's elevation that parts day from night in the fire products (Giglio et al. 2016, RSE 178)."""


def swaths(
    satellites: Sequence[tuple[Sensor, Satrec]],
    middle: Floats,
    radius: float,
    period: Interval,
    act: ReferenceAct,
    *,
    step: float = STEP_S,
) -> list[Swath]:
    """Return every pass whose swath may reach the region, whether or not it could detect the act, by satellite.

    Args:
        satellites: sensors with SGP4's form of their elements.
        middle: unit vector (3,) of the region's middle, geocentric.
        radius: radians from it within which the region lies.
        period: passes nearest to the middle within it.
        act: what is to be detected.
        step: of propagation, seconds; the track is a cubic between steps.

    Raises:
        Malformed: elements cannot be propagated.
    """
    if not satellites:
        return []
    orbits = propagate([item for _, item in satellites], [sensor.name for sensor, _ in satellites], period, step)
    found: list[Swath] = []
    for (sensor, item), orbit in zip(satellites, orbits, strict=True):
        altitude = round(float(item.a) * item.radiusearthkm - EARTH_KM, 1)
        found += _of_one(sensor, altitude, orbit, middle, radius, period, act)
    return found


def _of_one(
    sensor: Sensor,
    altitude: float,
    orbit: Ephemeris,
    middle: Floats,
    radius: float,
    period: Interval,
    act: ReferenceAct,
) -> list[Swath]:
    passes = list(near(orbit, middle, radius, sensor.far_km, period))
    if not passes:
        return []
    best, half = np.array([_abeam(seconds, track, middle) for seconds, track in passes]).T
    lit = sun_direction(best) @ middle > np.sin(np.radians(DAY_ABOVE_DEG))
    chances = {day: sensor.chances(act, altitude, by_day=day) for day in (False, True)}
    return [
        Swath(
            id=f"{sensor.name} {moment:.0f}",
            sensor=sensor.name,
            family=sensor.family,
            first=moment - radius * pace,
            last=moment + radius * pace,
            track=track,
            near_km=sensor.near_km,
            far_km=sensor.far_km,
            side=sensor.side,
            p=chances[day],
            sky=sensor.sky,
            feed=elements_feed(sensor.name),
        )
        for (_, track), moment, pace, day in zip(passes, best.tolist(), half.tolist(), lit.tolist(), strict=True)
    ]


def _abeam(seconds: Floats, track: Floats, middle: Floats) -> tuple[float, float]:
    """When the satellite is abeam of a place (UTC seconds since 1970), and how many seconds it flies a radian."""
    dots = (track @ middle).tolist()
    row = min(max(dots.index(max(dots)), 1), len(dots) - 2)
    before, at, after = dots[row - 1 : row + 2]
    # Near its greatest the cosine is A cos(w (t - t0)): three steps tell its three unknowns.
    pace = math.acos(min(1.0, max(-1.0, (before + after) / (2 * at)))) if abs(at) > 1e-9 else 0.0
    pace = max(pace, 1e-6)
    turn = math.atan((after - before) / (2 * at * math.sin(pace))) if abs(at) > 1e-9 else 0.0
    step = float(seconds[1] - seconds[0])
    return round(float(seconds[row]) + min(1.0, max(-1.0, turn / pace)) * step, 3), step / pace
