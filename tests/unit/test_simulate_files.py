# SPDX-License-Identifier: Apache-2.0
"""Simulated truces as bytes: what real readers make of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import numpy as np
import pytest

from truceline.base.clock import Interval, iso
from truceline.coverage import orbit, passes
from truceline.simulate import SCENARIOS, truce
from truceline.simulate.files import FIRES_HEADER, pixel_size_km
from truceline.simulate.orbit import FILE_NAMES, SENSORS
from truceline.simulate.table import make_world
from truceline.sources import claims, cloud, firms, line, satellite_days
from truceline.terms import from_ceasefire

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def given():
    return truce(3, "acts_fall_70")


@pytest.fixture(scope="module")
def batch(given):
    return firms.read(given["fires.csv"], file="fires.csv", now=NOW)


def test_the_files_are_named_and_complete(given):
    assert sorted(given) == ["claims.yaml", "cloud.csv", "fires.csv", "line.geojson", "satellite_days.csv"]
    assert all(isinstance(data, bytes) and data.endswith(b"\n") for data in given.values())
    assert given["fires.csv"].decode().splitlines()[0] == FIRES_HEADER


def test_same_seed_same_bytes_other_seed_other_bytes(given):
    assert truce(3, "acts_fall_70") == given
    assert truce(4, "acts_fall_70")["fires.csv"] != given["fires.csv"]


def test_unknown_scenario_is_refused():
    with pytest.raises(KeyError):
        truce(1, "peace")


def test_every_fire_row_is_read(given, batch):
    assert batch.rows_read == given["fires.csv"].count(b"\n") - 1
    assert len(batch.detections) == batch.rows_read
    assert batch.rejected == ()
    assert set(batch.detections.sensor) == set(SENSORS.values())
    assert (np.diff(batch.detections.time.astype(np.int64)) >= 0).all()


def test_rows_match_the_satellite_days(given, batch):
    days, bad = satellite_days.read(given["satellite_days.csv"], file="days")
    assert bad == ()
    assert len(days) == 3 * SCENARIOS["acts_fall_70"].days
    seen: dict = {}
    for sensor, day in zip(batch.detections.sensor, batch.detections.time.astype("datetime64[D]"), strict=True):
        seen[sensor, str(day)] = seen.get((sensor, str(day)), 0) + 1
    statuses = set()
    for entry in days:
        statuses.add(entry.status)
        found = seen.get((entry.sensor, f"{entry.day:%Y-%m-%d}"), 0)
        assert found == (entry.rows if entry.status == "included" else 0)
    assert statuses == {"included", "missing"}


def test_the_cloud_table_says_what_the_scenario_says(given):
    days, bad = cloud.read(given["cloud.csv"], file="cloud")
    assert bad == ()
    shares = np.array([[day.shares["country"], day.shares["east"]] for day in days])
    assert shares.shape == (21, 2)
    assert abs(shares.mean() - 0.25) < 0.1
    clouded, _ = cloud.read(truce(3, "nothing_changes_clouds_come")["cloud.csv"], file="cloud")
    inside = SCENARIOS["nothing_changes_clouds_come"].truce_days()
    country = np.array([day.shares["country"] for day in clouded])
    assert country[inside].mean() > country[~inside].mean() + 0.3


def test_claims_declare_the_truce_and_mirror_each_other(given):
    said, truces = claims.read(given["claims.yaml"], file="claims")
    window = SCENARIOS["acts_fall_70"].truce
    assert (truces[0]["start_utc"], truces[0]["end_utc"]) == (iso(window.start), iso(window.end))
    assert {(c.claimant, c.accused, c.value) for c in said} == {("East", "West", 1000), ("West", "East", 1000)}
    agreement = from_ceasefire(truces[0], said, file="claims")
    assert agreement.window == window
    assert len(agreement.parties) == 2


def test_the_line_is_read(given):
    found, _ = line.read(given["line.geojson"], file="line")
    assert 700_000 < found.length_m < 800_000
    assert json.loads(given["line.geojson"])["features"][0]["geometry"]["type"] == "LineString"


def test_the_watchs_own_orbit_fit_finds_the_passes(given, batch):
    contact, _ = line.read(given["line.geojson"], file="line")
    period = Interval(datetime(2025, 4, 1, tzinfo=UTC), datetime(2025, 4, 22, tzinfo=UTC))
    looks = passes.predict(orbit.fit(batch.detections), np.array(contact.parts[0]), period)
    world = make_world(3, SCENARIOS["acts_fall_70"])
    off = []
    for code, time in zip(world.passes.satellite, world.passes.time, strict=True):
        middles = [
            np.datetime64((look.interval.start + (look.interval.end - look.interval.start) / 2).replace(tzinfo=None))
            for look in looks
            if look.sensor == SENSORS[code]
        ]
        off.append(np.abs((np.array(middles) - time) / np.timedelta64(1, "s")).min())
    assert np.median(off) < 90
    assert max(off) < 240


def test_pixels_are_of_viirs_size():
    scan, track = pixel_size_km(np.array([0.0, 479.0, 481.0, 899.0, 901.0, 1_500.0]))
    assert scan[0] == pytest.approx(0.39)
    assert scan[2] < scan[1]
    assert scan[4] < scan[3]
    assert (scan[-1], track[-1]) == pytest.approx((0.78, 0.77))
    assert set(FILE_NAMES) == set(SENSORS)
