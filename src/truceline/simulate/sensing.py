# SPDX-License-Identifier: Apache-2.0
"""What the satellites of a simulated world see of it.

The detection curve is this room's own, on purpose not the estimator's: the chance to see a fire is a normal law in
the logarithm of the power that reaches the sensor; the power needed grows away from the track and by day; a cloud
lets a share of the power through instead of all or none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from truceline.base.clock import to_column
from truceline.base.geo import Floats, on_sphere
from truceline.simulate.orbit import FILE_NAMES, HALF_SWATH_KM, Passes
from truceline.simulate.world import Clouds, Fires, Nature, Scenario


@dataclass(frozen=True, eq=False)
class Sightings:
    """One fire seen by one pass (m of them)."""

    pass_row: npt.NDArray[np.int64]
    """Row of the pass."""

    fire: npt.NDArray[np.int64]
    """Number of the fire."""

    off_km: Floats
    """Distance from the track, kilometres."""

    second: Floats
    """Moment of the sighting, seconds after the world's first midnight."""

    power_mw: Floats
    """Power as measured, megawatts."""


def detection_curve(
    power_mw: Floats, off_km: Floats, daylight: npt.NDArray[np.bool_], nature: Nature | None = None
) -> Floats:
    """Return P(seen) of a fire of that power under a clear sky."""
    own = nature or Nature()
    edge = own.at_edge ** ((off_km / HALF_SWATH_KM) ** 2)
    needed = own.missed_mw * np.where(daylight, own.by_day, 1.0) * edge
    found: Floats = ndtr(np.log(np.maximum(power_mw, 1e-9) / needed) / own.softness)
    return np.where(off_km <= HALF_SWATH_KM, found, 0.0)


def missing_days(rng: np.random.Generator, scenario: Scenario) -> dict[str, npt.NDArray[np.bool_]]:
    """Return, per satellite code, which of the days cannot be had (days,)."""
    return {code: rng.random(scenario.days) < scenario.missing for code in FILE_NAMES}


def readable(passes: Passes, scenario: Scenario, missing: dict[str, npt.NDArray[np.bool_]]) -> npt.NDArray[np.bool_]:
    """Return which passes fall on a satellite-day that can be had."""
    day = (seconds_of(passes, scenario) // 86_400).astype(np.int64)
    return np.array([not missing[code][number] for code, number in zip(passes.satellite, day, strict=True)], dtype=bool)


def seconds_of(passes: Passes, scenario: Scenario) -> Floats:
    """Return each pass's time, seconds after the world's first midnight."""
    return np.asarray((passes.time - to_column(scenario.midnight)).astype(np.float64) / 1e6)


def see(rng: np.random.Generator, scenario: Scenario, fires: Fires, clouds: Clouds, passes: Passes) -> Sightings:
    """Return what all passes see, denied days included (the caller drops those)."""
    second = seconds_of(passes, scenario)
    first = np.searchsorted(second, fires.start_s)
    last = np.searchsorted(second, fires.start_s + fires.hours * 3_600)
    many = np.maximum(last - first, 0)
    fire = np.repeat(np.arange(len(fires.lon)), many)
    row = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many) + np.repeat(first, many)
    lon, lat = fires.lon[fire], fires.lat[fire]
    off, delay = passes.look(row, on_sphere(lon, lat))
    at = second[row] + delay
    cover = clouds.at(lon, lat, at)
    power, day = fires.power_mw[fire], passes.daylight[row]
    clear = detection_curve(power, off, day, scenario.nature)
    through = detection_curve(power * scenario.transparency, off, day, scenario.nature)
    hit = rng.random(len(fire)) < (1 - cover) * clear + cover * through
    measured = power * rng.lognormal(0.0, 0.3, len(fire))
    return Sightings(row[hit], fire[hit], off[hit], at[hit], measured[hit])
