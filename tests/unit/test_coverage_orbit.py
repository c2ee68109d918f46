# SPDX-License-Identifier: Apache-2.0
"""Orbits from rows: hidden days come back, made orbits are found again, wherever on Earth."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

import coverage_cases as cases
import numpy as np
import pytest

from truceline.base.clock import Interval, utc
from truceline.coverage import orbit, passes
from truceline.model.detection import Detections

DAYS = [d for d in range(1, 22) if d not in (4, 5, 6, 15, 16)]


@pytest.fixture(scope="module")
def fires(repository):
    return cases.read_fires(repository / cases.DATA / "fires.csv")


def away_minutes(looks, rows: Detections) -> np.ndarray:
    """Distance of each row's time from the middle of the nearest look of its sensor, minutes."""
    times = rows.time.astype("datetime64[us]").astype(np.int64) / 1e6
    found = np.empty(len(rows))
    for sensor in set(rows.sensor.tolist()):
        own = rows.sensor == sensor
        middles = passes.columns([look for look in looks if look.sensor == sensor])
        found[own] = np.abs(times[own][:, None] - middles).min(axis=1) / 60
    return found


def test_hidden_days_come_back(fires):
    """Every included day, all three satellites, day and night: median within 1 minute, all within 4."""
    whole = fires.time.astype("datetime64[D]")
    all_away = []
    for day in DAYS:
        date = np.datetime64(f"2026-04-{day:02d}")
        hidden = fires.take(whole == date)
        orbits = orbit.fit(fires.take(whole != date))
        assert [o.sensor for o in orbits] == ["VIIRS/NOAA-20", "VIIRS/NOAA-21", "VIIRS/Suomi-NPP"]
        start = utc(f"{date}T00:00Z")
        looks = passes.predict(orbits, cases.UKRAINE, Interval(start - timedelta(hours=1), start + timedelta(hours=25)))
        away = away_minutes(looks, hidden)
        assert away.max() <= 4, (day, away.max())
        assert (passes.match(looks, hidden) >= 0).all()
        all_away.append(away)
        for sensor in {o.sensor for o in orbits}:
            for by_day in (True, False):
                part = (hidden.sensor == sensor) & (hidden.attributes["daylight"] == by_day)
                if part.any():
                    assert np.median(away[part]) <= 2.5, (day, sensor, by_day)
    assert np.median(np.concatenate(all_away)) <= 1


def test_median_within_a_minute_per_satellite_and_half(fires):
    orbits = orbit.fit(fires)
    looks = passes.predict(orbits, cases.UKRAINE, cases.WATCH)
    away = away_minutes(looks, fires)
    for sensor in {o.sensor for o in orbits}:
        for by_day in (True, False):
            part = (fires.sensor == sensor) & (fires.attributes["daylight"] == by_day)
            assert np.median(away[part]) <= 1.1, (sensor, by_day, np.median(away[part]))


def test_a_week_hidden_at_the_end_comes_back(fires):
    """Not only between known days: five days ahead as well."""
    late = fires.time >= np.datetime64("2026-04-17")
    looks = passes.predict(orbit.fit(fires.take(~late)), cases.UKRAINE, cases.WATCH)
    away = away_minutes(looks, fires.take(late))
    assert np.median(away) <= 1
    assert away.max() <= 4


def test_few_rows_are_enough(fires):
    """Two days of rows tell the other fourteen within 4 minutes."""
    few = fires.time < np.datetime64("2026-04-03")
    orbits = orbit.fit(fires.take(few))
    assert len(orbits) == 3
    looks = passes.predict(orbits, cases.UKRAINE, cases.WATCH)
    near = fires.take(fires.time < np.datetime64("2026-04-13"))
    assert away_minutes(looks, near).max() <= 4


def test_too_few_rows_give_no_orbit(fires):
    one = fires.take(fires.time < np.datetime64("2026-04-01T11:30"))
    assert "VIIRS/Suomi-NPP" not in [o.sensor for o in orbit.fit(one)]
    assert orbit.fit(Detections.empty()) == ()


def test_an_unknown_instrument_gives_no_orbit():
    rows = cases.made_rows(cases.made_orbit(), cases.UKRAINE, cases.WATCH, seed=1)
    strange = cases.detections("SEVIRI/MSG-3", rows.lon, rows.lat, rows.time.astype(np.int64) / 1e6)
    assert orbit.fit(strange) == ()


def test_the_orbits_are_what_operators_fly(fires):
    for found in orbit.fit(fires):
        assert found.inclination_deg == pytest.approx(98.7, abs=0.05)
        assert found.altitude_km == pytest.approx(833, abs=6)
        assert found.period_min == pytest.approx(101.498, abs=0.006)
        assert 13.3 < found.node_local_hours < 13.65
        assert 20 <= found.sigma_s <= 75
        half = abs(found.phase_day_min - found.phase_night_min)
        assert half == pytest.approx(found.period_min / 2, abs=1e-6)


def test_a_record_keeps_the_orbit_whole(fires):
    for found in orbit.fit(fires):
        assert orbit.Orbit.from_body(found.record().body) == found


def test_repeated_rows_change_nothing(fires):
    assert orbit.fit(Detections.concatenate([fires, fires.take(fires.lat > 49)])) == orbit.fit(fires)


def test_a_great_many_rows_are_fitted_in_little_time(fires):
    """A summer of fires: the same orbit, not a hundred times the work."""
    rng = np.random.default_rng(2)
    many = Detections.concatenate([fires.take(rng.integers(0, len(fires), 40_000))])
    many = replace(many, lon=many.lon + rng.normal(0, 0.02, len(many)), lat=many.lat + rng.normal(0, 0.02, len(many)))
    begun = time.process_time()
    found = orbit.fit(many)
    assert time.process_time() - begun < 4
    for one, two in zip(found, orbit.fit(fires), strict=True):
        assert one.n_rows > 10_000
        assert one.period_min == pytest.approx(two.period_min, abs=0.001)
        assert abs((one.node_time - two.node_time).total_seconds()) < 20


def test_row_order_changes_nothing(fires):
    shuffled = fires.take(np.random.default_rng(3).permutation(len(fires)))
    assert orbit.fit(shuffled) == orbit.fit(fires)


@pytest.mark.parametrize(
    "region",
    [(-75.0, 2.0, -70.0, 8.0), (-62.0, -39.0, -58.0, -34.0), (175.0, -20.0, -175.0, -12.0), (25.0, 62.0, 33.0, 70.0)],
    ids=["equator", "south", "antimeridian", "north"],
)
@pytest.mark.parametrize("sensor", ["VIIRS/NOAA-21", "MODIS/Aqua", "MODIS/Terra"])
def test_made_orbits_are_found_anywhere(region, sensor):
    """Rows of a made orbit, with a week left out: the week's passes come back, no others."""
    hours = {"VIIRS/NOAA-21": 13.6, "MODIS/Aqua": 15.3, "MODIS/Terra": 21.1}[sensor]
    period = {"VIIRS/NOAA-21": 101.4985, "MODIS/Aqua": 98.57, "MODIS/Terra": 98.66}[sensor]
    true = cases.made_orbit(sensor, node_local_hours=hours, period_min=period)
    rows = cases.made_rows(true, region, cases.WATCH, seed=5, share=0.6)
    hidden = Interval(utc("2026-04-08T00:00Z"), utc("2026-04-15T00:00Z"))
    (found,) = orbit.fit(rows.take(~hidden.holds(rows.time)))
    assert found.node_local_hours == pytest.approx(hours, abs=0.05)
    assert found.period_min == pytest.approx(period, abs=0.003)
    wanted, given = (passes.predict([o], region, hidden) for o in (true, found))
    nearest = np.abs(passes.columns(wanted)[:, None] - passes.columns(given)).min(axis=1) / 60
    assert np.median(nearest) < 1
    # Only passes that graze the region with the rim of the swath may differ.
    assert abs(len(wanted) - len(given)) <= 2


def test_rows_without_pixel_sizes_still_give_an_orbit():
    true = cases.made_orbit()
    rows = cases.made_rows(true, cases.UKRAINE, cases.WATCH, seed=7, per_pass=10)
    bare = cases.detections(true.sensor, rows.lon, rows.lat, rows.time.astype(np.int64) / 1e6)
    (found,) = orbit.fit(bare)
    assert found.node_local_hours == pytest.approx(true.node_local_hours, abs=0.6)
    assert away_minutes(passes.predict([found], cases.UKRAINE, cases.WATCH), rows).max() <= 4


def test_modis_of_2025_is_found_though_it_left_its_orbit(shared_data):
    """Terra and Aqua have sunk and drifted: period and local time come from the rows alone; hidden days come back."""
    fires = cases.read_fires(shared_data / "firms_modis_ukraine_202504.csv")
    region = (22.0, 44.0, 40.6, 52.6)
    whole = fires.time.astype("datetime64[D]")
    all_away = []
    for day in np.unique(whole):
        hidden = fires.take(whole == day)
        orbits = orbit.fit(fires.take(whole != day))
        assert [o.sensor for o in orbits] == ["MODIS/Aqua", "MODIS/Terra"]
        start = utc(f"{day}T00:00Z")
        looks = passes.predict(orbits, region, Interval(start - timedelta(hours=1), start + timedelta(hours=25)))
        all_away.append(away_minutes(looks, hidden))
    away = np.concatenate(all_away)
    assert np.median(away) <= 1
    assert away.max() <= 4
    aqua, terra = orbit.fit(fires)
    assert 14 < aqua.node_local_hours < 15.5
    assert 20.8 < terra.node_local_hours < 22


def test_slant_and_shape_against_known_figures():
    assert orbit.slant(np.array([0.0]), 831.0)[0] == pytest.approx(1)
    assert orbit.slant(np.array([1530.0]), 831.0)[0] * 0.3595 == pytest.approx(0.75, abs=0.05)  # 0.79 km at the edge
    altitude, inclination = orbit.shape(98.88)  # EOS: 705 km over the equator, 98.2 degrees
    assert altitude == pytest.approx(705 + 7, abs=6)
    assert inclination == pytest.approx(98.2, abs=0.05)
