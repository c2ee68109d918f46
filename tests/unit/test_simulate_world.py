# SPDX-License-Identifier: Apache-2.0
"""Simulated worlds: do they hold what their scenario says?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from truceline.base.geo import on_sphere
from truceline.simulate import SCENARIOS, rates
from truceline.simulate.orbit import HALF_SWATH_KM, PERIOD_S, fly
from truceline.simulate.sensing import detection_curve, seconds_of, see
from truceline.simulate.table import make_world, near_line, pass_table
from truceline.simulate.world import FARM, INDUSTRY, WAR, WORKS, make_clouds, make_fires, points_along

PLAIN = SCENARIOS["nothing_changes"]


def inside_truce(scenario, fires):
    start = (scenario.truce.start - scenario.midnight).total_seconds()
    end = (scenario.truce.end - scenario.midnight).total_seconds()
    return (fires.start_s >= start) & (fires.start_s < end)


def test_acts_are_as_many_as_stated_and_fall_as_stated():
    totals, rate_in, rate_out = [], [], []
    scenario = replace(SCENARIOS["acts_fall_70"], day_scatter=0.1)
    for seed in range(30):
        fires = make_fires(np.random.default_rng(seed), scenario)
        war = fires.cause == WAR
        inside = inside_truce(scenario, fires) & war
        rate_in.append(inside.sum() / scenario.truce.hours)
        rate_out.append((war & ~inside).sum() / (24 * scenario.days - scenario.truce.hours))
        totals.append((war & ~inside).sum())
    assert np.mean(rate_out) * 24 == pytest.approx(scenario.acts_per_day, rel=0.03)
    assert np.mean(rate_in) / np.mean(rate_out) == pytest.approx(0.3, abs=0.03)


def test_fires_lie_where_they_should():
    fires = make_fires(np.random.default_rng(1), PLAIN)
    near = near_line(fires)
    assert near[fires.cause == WAR].mean() > 0.95
    assert near[fires.cause == FARM].mean() < 0.12
    works = fires.cause == WORKS
    assert not near[works].any()
    assert works.sum() == len(INDUSTRY) * PLAIN.days
    assert (fires.hours[works] == 24).all()


def test_days_scatter_as_stated():
    scenario = replace(PLAIN, day_scatter=0.5, cluster=1.0)
    shares = []
    for seed in range(20):
        fires = make_fires(np.random.default_rng(seed), scenario)
        per_day = np.bincount((fires.start_s[fires.cause == WAR] // 86_400).astype(int), minlength=22)[:21]
        shares.append(per_day.std() / per_day.mean())
    assert 0.4 < np.mean(shares) < 0.6


def test_clouds_have_the_stated_mean_and_are_correlated():
    scenario = SCENARIOS["nothing_changes_clouds_come"]
    inside = np.repeat(scenario.truce_days(), 4)
    covers, errors, lags = [], [], []
    for seed in range(25):
        clouds = make_clouds(np.random.default_rng(seed), scenario)
        covers.append((clouds.cover[inside].mean(), clouds.cover[~inside].mean()))
        daily = clouds.cover.reshape(scenario.days, -1).mean(axis=1)
        errors.append(clouds.stated_country - daily)
        calm = clouds.cover[~inside]
        lags.append(np.corrcoef(calm[:-1].ravel(), calm[1:].ravel())[0, 1])
    assert np.mean(covers, axis=0) == pytest.approx([0.8, 0.2], abs=0.03)
    assert np.std(np.concatenate(errors)) == pytest.approx(scenario.stated_error, rel=0.25)
    assert np.mean(lags) > 0.5


def test_passes_come_as_viirs_does():
    passes = fly(PLAIN.midnight, PLAIN.days, 35.3, 48.5)
    assert len(passes.time) == pytest.approx(10 * PLAIN.days, rel=0.1)
    hour = (passes.time - passes.time.astype("datetime64[D]")) / np.timedelta64(1, "h")
    assert ((hour[passes.daylight] > 8.5) & (hour[passes.daylight] < 12.5)).all()
    night = hour[~passes.daylight]
    assert ((night > 21.5) | (night < 1.8)).all()
    one = passes.time[[code == "N20" for code in passes.satellite]]
    orbits = np.diff(one) / np.timedelta64(1, "s") / PERIOD_S
    # Whole orbits between passes of one side, a part of one between a night and a day.
    assert (orbits > 0.9).all()


def test_a_pass_sees_its_swath_and_no_further():
    passes = fly(PLAIN.midnight, 3, 35.3, 48.5)
    rows = np.arange(len(passes.time))
    off, delay = passes.look(rows, np.tile(on_sphere(np.array(35.3), np.array(48.5)), (len(rows), 1)))
    assert (off <= HALF_SWATH_KM + 1).all()
    assert (np.abs(delay) <= 120).all()
    far, _ = passes.look(rows, np.tile(on_sphere(np.array(100.0), np.array(0.0)), (len(rows), 1)))
    assert (far > HALF_SWATH_KM).all()


def test_the_curve_rises_with_power_and_falls_away_from_the_track():
    power = np.geomspace(0.1, 100, 40)
    night = detection_curve(power, np.zeros(40), np.zeros(40, bool))
    assert (np.diff(night) > 0).all()
    assert (detection_curve(power, np.zeros(40), np.ones(40, bool)) < night).all()
    assert (detection_curve(power, np.full(40, 1_400.0), np.zeros(40, bool)) < night).all()
    assert (detection_curve(power, np.full(40, 1_600.0), np.zeros(40, bool)) == 0).all()


def test_only_what_burns_is_seen_and_cloud_hides():
    scenario = PLAIN
    rng = np.random.default_rng(5)
    passes = fly(scenario.midnight, scenario.days, 35.3, 48.5)
    fires = make_fires(rng, scenario)
    counts = []
    for cover in (0.0, 0.5, 1.0):
        clouds = make_clouds(np.random.default_rng(1), scenario)
        seen = see(
            np.random.default_rng(2), scenario, fires, replace(clouds, cover=np.full_like(clouds.cover, cover)), passes
        )
        at = seconds_of(passes, scenario)[seen.pass_row]
        assert (at >= fires.start_s[seen.fire]).all()
        assert (at <= fires.start_s[seen.fire] + 3_600 * fires.hours[seen.fire]).all()
        counts.append(len(seen.fire))
    assert counts[0] > 1.5 * counts[1] > 3 * counts[2]


def test_tables_leave_out_what_cannot_be_had():
    world = make_world(2, replace(PLAIN, missing=0.3))
    table, texts = pass_table(world)
    assert 0.5 * len(world.passes.time) < len(table.time) == world.readable.sum() < 0.9 * len(world.passes.time)
    assert set(texts) == set(table.exposure)
    assert len(table.exposure) >= 4
    assert all(((value >= 0) & (value <= 1)).all() for value in table.exposure.values())
    full, _ = pass_table(make_world(2, replace(PLAIN, missing=0.0)))
    assert full.count.sum() > table.count.sum()


def test_the_world_is_as_busy_as_the_real_line():
    # Near the real line some 27 pixels a day under a mean cloud of 0.7: some 40 sightings where 0.25 is hidden.
    daily = np.mean([pass_table(make_world(seed, PLAIN))[0].count.sum() / PLAIN.days for seed in range(10)])
    assert 25 < daily < 60
    assert points_along(5)[0].shape == (5,)


def test_rates_add_up_and_repeat():
    found = rates(PLAIN, 8)
    assert found == rates(PLAIN, 8)
    assert found.fall + found.rise + found.cannot_tell == pytest.approx(1.0)
