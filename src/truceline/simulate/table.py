# SPDX-License-Identifier: Apache-2.0
"""A simulated truce as the estimator meets it, without the files between: for thousands of runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from truceline.base.clock import Times
from truceline.base.geo import Floats
from truceline.coverage.comparison import PassTable
from truceline.simulate.orbit import HALF_SWATH_KM, Passes, fly, unit
from truceline.simulate.sensing import Sightings, missing_days, readable, see, seconds_of
from truceline.simulate.world import BOX, WAR, WORKS, Clouds, Fires, Scenario, make_clouds, make_fires, points_along

ClearShare = Callable[[Floats, np.ndarray[tuple[int], np.dtype[np.bool_]]], Floats]
"""A cloud assumption: (stated cover, whether in the truce) → share of the reference act's chance that is left."""

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
    readable: np.ndarray[tuple[int], np.dtype[np.bool_]]
    """Which passes fall on a satellite-day that can be had."""


def make_world(seed: int, scenario: Scenario) -> World:
    """Return the world of ``seed``: clouds, fires, passes, what was seen. Same seed, same world."""
    rng = np.random.default_rng(seed)
    passes = fly(scenario.midnight, scenario.days, (BOX[0] + BOX[2]) / 2, (BOX[1] + BOX[3]) / 2)
    clouds = make_clouds(rng, scenario)
    fires = make_fires(rng, scenario)
    kept = readable(passes, scenario, missing_days(rng, scenario))
    sightings = see(rng, scenario, fires, clouds, passes)
    return World(scenario, passes, fires, clouds, sightings, kept)


def pass_table(world: World, assumptions: Mapping[str, ClearShare]) -> PassTable:
    """Return what the estimator is given of a world.

    Exposure uses only what a watch knows: pass times, the stated daily cloud, and a curve that is not the world's
    own (a flat chance per pass by day and by night inside the swath).
    """
    scenario, passes, kept = world.scenario, world.passes, world.readable
    inside = scenario.truce.holds(passes.time)
    day = (seconds_of(passes, scenario) // 86_400).astype(np.int64)
    stated = world.clouds.stated_east[day]
    share = np.where(passes.daylight, 0.6, 0.75) * _in_swath(passes)
    exposure = {name: (share * clear(stated, inside))[kept] for name, clear in assumptions.items()}
    rows, numbers = world.sightings.pass_row, world.sightings.fire
    cause = world.fires.cause[numbers]
    near = near_line(world.fires)[numbers] & kept[rows] & (cause != WORKS)
    position = np.cumsum(kept) - 1
    weight = np.where(cause[near] == WAR, 0.8, 0.4)
    times: Times = passes.time[kept]
    return PassTable.of_sightings(
        times, passes.daylight[kept], inside[kept], exposure, (position[rows[near]], numbers[near], weight)
    )


def near_line(fires: Fires) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which fires lie within 20 km of the line (to a few per cent, by points along it)."""
    lon, lat = points_along(240)
    cosine = unit(fires.lon, fires.lat) @ unit(lon, lat).T
    return np.asarray(cosine.max(axis=1) >= np.cos(_NEAR_KM / 6_371.0))


def _in_swath(passes: Passes) -> Floats:
    """Share of the line inside each pass's swath (n,)."""
    lon, lat = points_along(_POINTS)
    row = np.repeat(np.arange(len(passes.time)), _POINTS)
    off, _ = passes.look(row, np.tile(unit(lon, lat), (len(passes.time), 1)))
    return np.asarray((off <= HALF_SWATH_KM).reshape(-1, _POINTS).mean(axis=1))
