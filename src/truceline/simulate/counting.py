# SPDX-License-Identifier: Apache-2.0
"""Worlds in which the number of acts is known: does the interval of an estimate hold it as often as it says?

Each world draws its own nature: half-way power, its growth by day and towards the edge, softness, power and duration
of acts, what clouds let through, and how far the probabilities of being an act err together. The estimator is told
none of it. Its detection curve has another form (logistic, not normal) and other figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
from scipy.special import expit, logit

from truceline.base.clock import Interval, Times, from_column, to_column
from truceline.base.geo import Floats, on_sphere
from truceline.coverage import chance, estimate
from truceline.coverage.detect import p_detect
from truceline.model.detection import Ints
from truceline.model.watching import CloudDay, ReferenceAct
from truceline.simulate.orbit import ALTITUDE_KM, HALF_SWATH_KM, SENSORS
from truceline.simulate.table import World, make_world, near_line, stated
from truceline.simulate.world import FARM, WAR, WORKS, Nature, Scenario, points_along

_POINTS = 24
LINE_KM = 720.0
"""Length of the invented line."""

_TRUCE = Interval(datetime(2025, 4, 3, 13, tzinfo=UTC), datetime(2025, 4, 4, 21, tzinfo=UTC))
_DAYS = 6
_DOUBT = 0.5
"""Standard deviation of the common error of the log odds of being an act of war."""


@dataclass(frozen=True, eq=False)
class Counted:
    """What an estimator is given of a world, and the truth it is not given."""

    truth: int
    """Acts near the line that began in the truce."""

    p_war: Floats
    """(k,) stated probability of each event seen."""

    band: tuple[Floats, Floats]
    """Its stated 90 % band."""

    burst: float
    """Events seen together."""

    half: chance.HalfDays
    """What the looks could have seen."""

    cloud: tuple[CloudDay, ...]
    """The stated table."""


def natures(seed: int) -> tuple[Nature, float]:
    """Return a nature drawn at random, and what its clouds let through."""
    rng = np.random.default_rng([seed, 4])
    return Nature(
        missed_mw=float(rng.lognormal(np.log(1.6), 0.4)),
        by_day=float(rng.uniform(1.0, 2.5)),
        at_edge=float(rng.uniform(1.3, 3.0)),
        softness=float(rng.uniform(0.4, 1.0)),
        act_mw=float(rng.lognormal(np.log(5.0), 0.25)),
        act_hours=float(rng.lognormal(0.0, 0.2)),
    ), float(rng.uniform(0.0, 0.25))


def count(seed: int, *, cloud: float, acts: float) -> Counted:
    """Return a world with ``acts`` acts expected in 32 hours of truce under a mean cloud of ``cloud``, 0 to 1."""
    nature, transparency = natures(seed)
    cover = float(np.clip(cloud, 0.001, 0.999))
    scenario = Scenario(
        "counting",
        "A known number of acts.",
        _TRUCE,
        cloud_outside=cover,
        cloud_truce=cover,
        start=date(2025, 4, 1),
        days=_DAYS,
        acts_per_day=acts * 24 / _TRUCE.hours,
        farm_per_day=acts / 5,
        transparency=transparency,
        nature=nature,
    )
    world = make_world(seed, scenario)
    fires, window = world.fires, scenario.truce
    near = near_line(fires)
    lit = np.datetime64(to_column(scenario.midnight)) + (fires.start_s * 1e6).astype("timedelta64[us]")
    truth = int((near & (fires.cause == WAR) & window.holds(lit)).sum())
    events, first = _events(world, near)
    p_war, band = _believed(np.random.default_rng([seed, 5]), fires.cause[events])
    burst = estimate.bursts(fires.lon[events], fires.lat[events], first, p_war)
    return Counted(truth, p_war, band, burst, _half_days(world), stated(world))


def holds(seed: int, *, cloud: float, acts: float, draws: int = 3_000) -> tuple[bool, float]:
    """Return whether the 90 % interval of a world holds its truth, and the interval's upper end over its lower one."""
    found = count(seed, cloud=cloud, acts=acts)
    shares = chance.chances(np.random.default_rng(seed), found.half, found.cloud, LINE_KM, draws)
    low, _, high = estimate.interval(found.p_war, shares, seed=seed, draws=draws, band=found.band, burst=found.burst)
    return low <= found.truth <= high, (high + 1) / (low + 1)


def _events(
    world: World, near: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], Times]:
    """Fires first seen in the truce near the line, works left out as a persistent heat source, and when."""
    seen = world.sightings
    kept = world.readable[seen.pass_row] & near[seen.fire] & (world.fires.cause[seen.fire] != WORKS)
    when = world.passes.time[seen.pass_row[kept]]
    order = np.argsort(when, kind="stable")
    fire, place = np.unique(seen.fire[kept][order], return_index=True)
    first = when[order][place]
    inside = world.scenario.truce.holds(first)
    return fire[inside], first[inside]


def _believed(rng: np.random.Generator, cause: Ints) -> tuple[Floats, tuple[Floats, Floats]]:
    """P(act of war) of each event and its band: right on average, wrong together by a common shift of the log odds."""
    war = cause != FARM
    prior = logit(np.clip(np.mean(war) if len(war) else 0.9, 0.02, 0.98))
    score = rng.normal(np.where(war, 1.0, -1.0), 1.0)
    truth = prior + 2 * score  # log likelihood ratio of two normal laws two standard deviations apart
    told = truth + _DOUBT * rng.standard_normal()
    ends = (expit(told - 1.645 * _DOUBT), expit(told + 1.645 * _DOUBT))
    return np.asarray(expit(told)), ends


def _half_days(world: World) -> chance.HalfDays:
    """What the watch's own curve says the looks could have seen."""
    passes, rows = world.passes, np.flatnonzero(world.readable)
    lon, lat = points_along(_POINTS)
    off, _ = passes.look(np.repeat(rows, _POINTS), np.tile(on_sphere(lon, lat), (len(rows), 1)))
    across = off.reshape(-1, _POINTS)
    act = ReferenceAct()
    clear = np.empty_like(across)
    for place, row in enumerate(rows.tolist()):
        clear[place] = p_detect(
            act.power_mw,
            across[place],
            sensor=SENSORS[passes.satellite[row]],
            altitude_km=ALTITUDE_KM,
            by_day=bool(passes.daylight[row]),
        )
    clear = np.where(across <= HALF_SWATH_KM, clear, 0.0)
    moments = np.array([from_column(moment).timestamp() for moment in passes.time[rows]])
    return chance.half_days(
        moments, clear, np.ones(_POINTS), act.duration_hours * 3_600, world.scenario.truce, lon=float(lon.mean())
    )
