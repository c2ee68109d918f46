# SPDX-License-Identifier: Apache-2.0
"""Simulated truces: no fall where only clouds came, a fall where acts fell (issue 2, Symmetry and honesty)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from truceline.base.clock import Interval
from truceline.coverage.comparison import PassTable, compare
from truceline.coverage.detect import p_detect
from truceline.simulate import SCENARIOS, rates
from truceline.simulate.orbit import ALTITUDE_KM, fly
from truceline.simulate.sensing import detection_curve

RUNS = 2_000


def runs_at(scale, least=60):
    return max(least, int(RUNS * scale))


def slack(share, runs):
    """None in the whole proof; in a part of it, 2.3 standard errors of so few runs."""
    return 0.0 if runs >= RUNS else 2.3 * np.sqrt(share * (1 - share) / runs)


def told(found):
    return {"runs": found.runs, "fall told": round(found.fall, 4), "rise told": round(found.rise, 4)}


def lasting(scenario, hours):
    start = scenario.truce.start
    return replace(scenario, truce=Interval(start, start + timedelta(hours=hours)))


@pytest.mark.parametrize("hours", [24, 32, 72])
def test_no_fall_where_only_clouds_come(hours, proof_scale, figures):
    runs = runs_at(proof_scale)
    found = rates(lasting(SCENARIOS["nothing_changes_clouds_come"], hours), runs)
    figures(f"comparison: clouds come, {hours} h truce", told(found))
    assert found.fall <= 0.05
    assert found.rise <= 0.05


def test_a_fall_by_seventy_per_cent_is_told(proof_scale, figures):
    runs = runs_at(proof_scale)
    found = rates(SCENARIOS["acts_fall_70"], runs)
    figures("comparison: acts fall by 70 %, cloud .25", told(found))
    assert found.fall >= 0.80 - slack(0.80, runs)
    assert found.rise == 0


def test_no_fall_where_cloud_is_misstated_and_hides_all(proof_scale, figures):
    runs = runs_at(proof_scale)
    hard = replace(SCENARIOS["nothing_changes_clouds_come"], stated_error=0.1, transparency=1e-3, cloud_scatter=0.4)
    found = rates(lasting(hard, 72), runs, first_seed=10_000)
    figures("comparison: opaque cloud, stated with error .1, 72 h", told(found))
    assert found.fall <= 0.05 + slack(0.05, runs)


def test_neither_fall_nor_rise_where_nothing_changes_at_all(proof_scale, figures):
    runs = runs_at(proof_scale)
    found = rates(SCENARIOS["nothing_changes"], runs)
    figures("comparison: nothing changes at all", told(found))
    assert found.fall <= 0.05 + slack(0.05, runs)
    assert found.rise <= 0.05 + slack(0.05, runs)


def plain_table(rng, *, per_day, factor, cloud_in, cloud_out, hours, scatter):
    """A second, barer simulator: Poisson sightings a pass, (1 - cloud) times a chance by day and by night."""
    scenario = SCENARIOS["nothing_changes"]
    passes = fly(scenario.midnight, scenario.days, 35.3, 48.5)
    start = scenario.truce.start + timedelta(hours=float(rng.integers(0, 24)))
    inside = Interval(start, start + timedelta(hours=hours)).holds(passes.time)
    day = (passes.time - passes.time[0].astype("datetime64[D]")) // np.timedelta64(1, "D")
    cloud = np.full(scenario.days, cloud_out)
    cloud[np.unique(day[inside])] = cloud_in
    cloud = np.clip(cloud + 0.05 * rng.standard_normal(scenario.days), 0.0, 0.98)[day]
    activity = rng.gamma(1 / scatter**2, scatter**2, scenario.days)[day] if scatter else 1.0
    chance = np.where(passes.daylight, 0.45, 0.7)
    mean = per_day / 5.75 * chance * (1 - cloud) * activity * np.where(inside, factor, 1.0)
    clear = np.where(passes.daylight, 0.6, 0.65)
    shifts = {"table": 0.0, "understated": 0.1, "overstated": -0.1}
    exposure = {name: clear * (1 - np.clip(cloud + shift, 0, 1)) for name, shift in shifts.items()}
    exposure["thin cloud"] = clear * (1 - 0.5 * cloud)
    return PassTable(passes.time, passes.daylight, inside, rng.poisson(mean).astype(float), exposure)


@pytest.mark.parametrize(("hours", "per_day", "scatter"), [(24, 30, 0.0), (32, 30, 0.0), (72, 15, 0.0), (72, 30, 0.4)])
def test_a_second_simulator_agrees(hours, per_day, scatter, proof_scale):
    runs = runs_at(proof_scale, 80)
    rng = np.random.default_rng([hours, per_day, int(10 * scatter)])
    shape = {"per_day": per_day, "hours": hours, "scatter": scatter}
    clouds, fall = [], []
    for _ in range(runs):
        only_clouds = plain_table(rng, factor=1.0, cloud_in=0.8, cloud_out=0.2, **shape)
        fallen = plain_table(rng, factor=0.3, cloud_in=0.28, cloud_out=0.28, **shape)
        clouds.append(compare(only_clouds, {}))
        fall.append(compare(fallen, {}))
    assert sum(c.high is not None and c.high < 1 for c in clouds) / runs <= 0.05
    assert sum(c.high is not None and c.high < 1 for c in fall) / runs >= 0.8


def test_the_simulators_curve_is_not_the_estimators():
    power, apart = np.geomspace(1, 40, 30), []
    for by_day in (True, False):
        for off in (0.0, 1_200.0):
            theirs = p_detect(power, np.full(30, off), sensor="VIIRS/NOAA-20", altitude_km=ALTITUDE_KM, by_day=by_day)
            ours = detection_curve(power, np.full(30, off), np.full(30, by_day))
            apart.append(float(np.abs(theirs - ours).max()))
    assert min(apart) > 0.05
    assert max(apart) > 0.2
