# SPDX-License-Identifier: Apache-2.0
"""Worlds with known truth: a line of contact, acts near it, fires that are no acts, and clouds above.

The line and its places are invented; only their size and latitude resemble a theatre that VIIRS watches.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from truceline.base.clock import Interval
from truceline.base.geo import Floats, on_sphere
from truceline.simulate.orbit import EARTH_KM

LINE = ((33.2, 46.6), (34.6, 47.4), (36.0, 47.6), (37.3, 47.9), (37.9, 48.7), (37.8, 49.5), (36.6, 50.2), (35.2, 50.6))
"""Vertices of the invented line, lon/lat: some 720 km."""

BOX = (30.0, 44.6, 40.6, 52.4)
"""West, south, east, north of the world, degrees."""

INDUSTRY = ((31.2, 46.1), (33.4, 48.9), (39.8, 46.4))
"""Invented works that glow every night, all over 50 km from the line."""

WAR, FARM, WORKS = 0, 1, 2
"""What lit a fire."""

_LOCAL_SPREAD = 1.2
"""How much the cloud of one degree cell varies round its day's mean (probit scale)."""

_CLOUD_REACH_KM = 250.0
_CLOUD_STEPS = 4
"""Cloud changes every six hours…"""

_CLOUD_MEMORY = float(np.exp(-6 / 18))
"""…and forgets itself with a time constant of eighteen hours."""


@dataclass(frozen=True)
class Nature:
    """What a sensor of the world misses and how its acts burn. Nothing of it is known to the estimator."""

    missed_mw: float = 2.2
    """Power missed half of the time, at night under the track, megawatts."""

    by_day: float = 1.5
    """By day the ground's own warmth asks for this many times as much."""

    at_edge: float = 2.5
    """At the edge of the swath a pixel is larger and asks for this many times as much."""

    softness: float = 0.7
    """Standard deviation of the curve in the logarithm of power."""

    act_mw: float = 4.0
    """Median power of an act, megawatts; its scatter is 0.9 in the logarithm."""

    act_hours: float = 1.0
    """Median duration of an act, hours; its scatter is 0.5 in the logarithm."""


@dataclass(frozen=True)
class Scenario:
    """A simulated truce. Counts are expectations."""

    name: str
    """Its id."""

    text: str
    """One sentence."""

    truce: Interval
    """When it holds, UTC."""

    factor: float = 1.0
    """Rate of acts in the truce over the rate outside."""

    cloud_outside: float = 0.2
    """Mean cloud outside the truce, 0 to 1."""

    cloud_truce: float = 0.2
    """Mean cloud on the days of the truce."""

    cloud_scatter: float = 0.25
    """Scatter of a day's mean cloud (standard deviation on the probit scale)."""

    start: date = date(2025, 4, 1)
    """First day."""

    days: int = 21
    """How many days."""

    acts_per_day: float = 375.0
    """Acts near the line per day, seen or not."""

    day_scatter: float = 0.25
    """Coefficient of variation of that rate between days."""

    cluster: float = 1.5
    """Mean number of acts in one place at one time."""

    farm_per_day: float = 60.0
    """Farm fires per day in the whole box, in the hours around noon."""

    missing: float = 0.1
    """Share of satellite-days that are not to be had."""

    transparency: float = 0.1
    """Share of a fire's power that comes through cloud."""

    stated_error: float = 0.03
    """Standard deviation of the stated cloud cover of a day."""

    nature: Nature = Nature()
    """What the sensor misses and how acts burn."""

    @property
    def midnight(self) -> datetime:
        """First moment, UTC."""
        return datetime(self.start.year, self.start.month, self.start.day, tzinfo=UTC)

    def truce_days(self) -> npt.NDArray[np.bool_]:
        """Return which days the truce touches (days,)."""
        first = (self.truce.start - self.midnight) / timedelta(days=1)
        last = (self.truce.end - self.midnight) / timedelta(days=1)
        day = np.arange(self.days)
        return (day + 1 > first) & (day < last)


@dataclass(frozen=True, eq=False)
class Fires:
    """What burns (n fires), in columns."""

    lon: Floats
    lat: Floats
    start_s: Floats
    """Seconds after the world's first midnight."""

    hours: Floats
    power_mw: Floats
    cause: npt.NDArray[np.int64]
    """``WAR``, ``FARM`` or ``WORKS``."""


@dataclass(frozen=True, eq=False)
class Clouds:
    """Share of sky hidden, per six hours and cell of one degree."""

    cover: Floats
    """(steps, cells), 0 to 1."""

    stated_country: Floats
    """What a table says of each day (days,): mean of all cells, with its error."""

    stated_east: Floats
    """The same of the eastern half."""

    def at(self, lon: Floats, lat: Floats, seconds: Floats) -> Floats:
        """Return the cover over places at times (seconds after the first midnight)."""
        step = np.clip((seconds // (86_400 / _CLOUD_STEPS)).astype(np.int64), 0, len(self.cover) - 1)
        found: Floats = self.cover[step, cell_of(lon, lat)]
        return found


def cell_of(lon: Floats, lat: Floats) -> npt.NDArray[np.int64]:
    """Return the number of the one-degree cell of each place; places beyond the box take its edge."""
    width, height = _shape()
    column = np.clip((lon - BOX[0]).astype(np.int64), 0, width - 1)
    row = np.clip((lat - BOX[1]).astype(np.int64), 0, height - 1)
    return np.asarray(row * width + column, dtype=np.int64)


def _shape() -> tuple[int, int]:
    return int(np.ceil(BOX[2] - BOX[0])), int(np.ceil(BOX[3] - BOX[1]))


@lru_cache(maxsize=1)
def _cloud_root() -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Root of the cells' correlation, and which cells lie in the east."""
    width, height = _shape()
    lon: Floats = BOX[0] + 0.5 + np.tile(np.arange(width, dtype=np.float64), height)
    lat: Floats = BOX[1] + 0.5 + np.repeat(np.arange(height, dtype=np.float64), width)
    place = on_sphere(lon, lat)
    apart = EARTH_KM * np.arccos(np.clip(place @ place.T, -1, 1))
    root: Floats = np.linalg.cholesky(np.exp(-apart / _CLOUD_REACH_KM) + 1e-9 * np.eye(len(lon))).astype(np.float64)
    return root, np.asarray(lon > (BOX[0] + BOX[2]) / 2)


def make_clouds(rng: np.random.Generator, scenario: Scenario) -> Clouds:
    """Return clouds whose mean over time and place is the scenario's, correlated in both."""
    probit = np.array([NormalDist().inv_cdf(c) for c in (scenario.cloud_outside, scenario.cloud_truce)])
    mean = probit[scenario.truce_days().astype(np.int64)] * np.sqrt(1 + scenario.cloud_scatter**2)
    mean = mean + scenario.cloud_scatter * rng.standard_normal(scenario.days)
    root, east = _cloud_root()
    steps = scenario.days * _CLOUD_STEPS
    fresh = rng.standard_normal((steps, len(root))) @ root.T
    latent = np.empty_like(fresh)
    latent[0] = fresh[0]
    for step in range(1, steps):
        latent[step] = _CLOUD_MEMORY * latent[step - 1] + np.sqrt(1 - _CLOUD_MEMORY**2) * fresh[step]
    middle = np.repeat(mean, _CLOUD_STEPS)[:, None] * np.sqrt(1 + _LOCAL_SPREAD**2)
    cover = ndtr(middle + _LOCAL_SPREAD * latent)
    stated = []
    for cells in (np.ones(len(east), bool), east):
        daily = cover[:, cells].reshape(scenario.days, -1).mean(axis=1)
        stated.append(np.clip(daily + scenario.stated_error * rng.standard_normal(scenario.days), 0.0, 1.0))
    return Clouds(cover, stated[0], stated[1])


def make_fires(rng: np.random.Generator, scenario: Scenario) -> Fires:
    """Return everything that burns in the world."""
    parts = (_acts(rng, scenario), _farms(rng, scenario), _works(rng, scenario))
    lon, lat, start, hours, power = (np.concatenate(values) for values in zip(*parts, strict=True))
    cause = np.repeat(np.array([WAR, FARM, WORKS]), [len(part[0]) for part in parts])
    return Fires(lon, lat, start, hours, power, cause)


def points_along(count: int) -> tuple[Floats, Floats]:
    """Return ``count`` points evenly spaced along the line, lon/lat."""
    return _along((np.arange(count) + 0.5) / count)


def _along(share: Floats) -> tuple[Floats, Floats]:
    vertices = np.array(LINE)
    legs = np.hypot(np.diff(vertices[:, 0]) * 0.67, np.diff(vertices[:, 1]))
    reach = np.concatenate([[0.0], np.cumsum(legs)]) / legs.sum()
    return np.interp(share, reach, vertices[:, 0]), np.interp(share, reach, vertices[:, 1])


def _acts(rng: np.random.Generator, scenario: Scenario) -> tuple[Floats, ...]:
    """Acts in clusters along the line: lon, lat, start, hours, power. Fewer in the truce where factor < 1."""
    shape = 1 / max(scenario.day_scatter, 1e-3) ** 2
    activity = rng.gamma(shape, 1 / shape, scenario.days)
    per_cluster = max(scenario.cluster, 1.0)
    clusters = rng.poisson(scenario.acts_per_day / per_cluster * activity)
    centre_s = (np.repeat(np.arange(scenario.days), clusters) + rng.random(clusters.sum())) * 86_400
    inside = (centre_s >= (scenario.truce.start - scenario.midnight).total_seconds()) & (
        centre_s < (scenario.truce.end - scenario.midnight).total_seconds()
    )
    kept = centre_s[~inside | (rng.random(len(centre_s)) < scenario.factor)]
    size = 1 + rng.poisson(per_cluster - 1, len(kept))
    lon, lat = _along(rng.random(len(kept)))
    total = int(size.sum())
    lat = np.repeat(lat + rng.normal(0, 0.05, len(kept)), size) + rng.normal(0, 0.012, total)
    lon = np.repeat(lon + rng.normal(0, 0.07, len(kept)), size) + rng.normal(0, 0.018, total)
    start = np.repeat(kept, size) + rng.uniform(0, 1_800, total)
    nature = scenario.nature
    hours = rng.lognormal(np.log(nature.act_hours), 0.5, total)
    return lon, lat, start, hours, rng.lognormal(np.log(nature.act_mw), 0.9, total)


def _farms(rng: np.random.Generator, scenario: Scenario) -> tuple[Floats, ...]:
    """Farm fires all over the box, lit around midday by local time."""
    total = int(rng.poisson(scenario.farm_per_day * scenario.days))
    lon = rng.uniform(BOX[0], BOX[2], total)
    hour = rng.normal(12.5, 2.5, total) - lon / 15
    start = (rng.integers(0, scenario.days, total) * 24 + hour) * 3_600
    lat = rng.uniform(BOX[1], BOX[3], total)
    return lon, lat, start, rng.lognormal(np.log(1.5), 0.4, total), rng.lognormal(np.log(6.0), 0.9, total)


def _works(rng: np.random.Generator, scenario: Scenario) -> tuple[Floats, ...]:
    """Industry: the same places through all the days, their power varying from day to day."""
    place = np.array(INDUSTRY)
    lon, lat = (np.repeat(place[:, axis], scenario.days) for axis in (0, 1))
    start: Floats = np.tile(np.arange(scenario.days, dtype=np.float64), len(place)) * 86_400.0
    total = len(lon)
    power = rng.lognormal(np.log(6.0), 0.5, total)
    return lon + rng.normal(0, 0.002, total), lat + rng.normal(0, 0.002, total), start, np.full(total, 24.0), power
