# SPDX-License-Identifier: Apache-2.0
"""A simulated truce as the estimator meets it, without the files between: for thousands of runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from truceline.base.geo import Floats, on_sphere
from truceline.coverage.cloud import assumptions
from truceline.coverage.comparison import PassTable
from truceline.coverage.detect import p_detect
from truceline.model.watching import CloudDay, ReferenceAct
from truceline.simulate.orbit import ALTITUDE_KM, EARTH_KM, HALF_SWATH_KM, SENSORS, Passes, fly
from truceline.simulate.sensing import Sightings, missing_days, readable, see
from truceline.simulate.world import BOX, WAR, WORKS, Clouds, Fires, Scenario, make_clouds, make_fires, points_along

_POINTS = 40
_NEAR_KM = 20.0


@dataclass(frozen=True, eq=False)
class World:
    """One simulated truce with its truth."""

    scenario: Scenario
    passes: Passes
    fires: Fires
    clouds: Clouds
    sightings: Sightings
    readable: npt.NDArray[np.bool_]
    """Which passes fall on a satellite-day that can be had (n,)."""

    missing: Mapping[str, npt.NDArray[np.bool_]]
    """Per satellite code, which of the days cannot be had (days,)."""


def make_world(seed: int, scenario: Scenario) -> World:
    """Return the world of ``seed``: clouds, fires, passes, what was seen. Same seed, same world."""
    rng = np.random.default_rng(seed)
    passes = fly(scenario.midnight, scenario.days, (BOX[0] + BOX[2]) / 2, (BOX[1] + BOX[3]) / 2)
    clouds = make_clouds(rng, scenario)
    fires = make_fires(rng, scenario)
    missing = missing_days(rng, scenario)
    sightings = see(rng, scenario, fires, clouds, passes)
    return World(scenario, passes, fires, clouds, sightings, readable(passes, scenario, missing), missing)


def stated(world: World) -> tuple[CloudDay, ...]:
    """Return the cloud table that a watch of this world is given."""
    columns = zip(world.clouds.stated_country, world.clouds.stated_east, strict=True)
    return tuple(
        CloudDay(world.scenario.midnight + timedelta(days=day), {"country": float(country), "east": float(east)})
        for day, (country, east) in enumerate(columns)
    )


def pass_table(world: World) -> tuple[PassTable, dict[str, str]]:
    """Return what the comparison is given of a world, and the text of each cloud assumption.

    Exposure uses only what a watch knows: pass times and tracks, the stated daily cloud under each listed
    assumption, and the watch's own detection curve of the reference act. P(act of war) is .8 for an act and .4 for a
    farm fire near the line: thermal data tells them apart no better.
    """
    passes, kept = world.passes, world.readable
    clear = _clear_sky(passes)[kept]
    listed = assumptions(stated(world))
    exposure = {each.name: clear * (1 - each.hidden(passes.time[kept])) for each in listed}
    rows, numbers = world.sightings.pass_row, world.sightings.fire
    cause = world.fires.cause[numbers]
    near = near_line(world.fires)[numbers] & kept[rows] & (cause != WORKS)
    position = np.cumsum(kept) - 1
    seen = (position[rows[near]], numbers[near], np.where(cause[near] == WAR, 0.8, 0.4))
    inside = world.scenario.truce.holds(passes.time)[kept]
    table = PassTable.of_sightings(passes.time[kept], passes.daylight[kept], inside, exposure, seen)
    return table, {each.name: each.text for each in listed}


def near_line(fires: Fires) -> npt.NDArray[np.bool_]:
    """Return which fires lie within 20 km of the line (to a few per cent, by points along it)."""
    lon, lat = points_along(240)
    cosine = on_sphere(fires.lon, fires.lat) @ on_sphere(lon, lat).T
    return np.asarray(cosine.max(axis=1) >= np.cos(_NEAR_KM / EARTH_KM))


@lru_cache(maxsize=16)
def _clear_sky(passes: Passes) -> Floats:
    """P(the reference act is detected | it burns at the pass, no cloud), mean along the line (n,)."""
    lon, lat = points_along(_POINTS)
    row = np.repeat(np.arange(len(passes.time)), _POINTS)
    off, _ = passes.look(row, np.tile(on_sphere(lon, lat), (len(passes.time), 1)))
    across = off.reshape(-1, _POINTS)
    power = ReferenceAct().power_mw
    chance = np.empty_like(across)
    for number, (code, day) in enumerate(zip(passes.satellite, passes.daylight, strict=True)):
        sensor = SENSORS[code]
        chance[number] = p_detect(power, across[number], sensor=sensor, altitude_km=ALTITUDE_KM, by_day=bool(day))
    return np.asarray(np.where(across <= HALF_SWATH_KM, chance, 0.0).mean(axis=1))
