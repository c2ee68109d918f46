# SPDX-License-Identifier: Apache-2.0
"""Persistent heat sources are masked, whatever their place; what war or farmers lit is not."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import numpy as np
import pytest

from truceline.fusion import fuse
from truceline.model.detection import Detections
from truceline.sources.firms import read
from truceline.thermal import attribute
from truceline.thermal._mask import persistence, solar_day

STEELWORKS = [(47.87, 35.16), (47.87, 33.43), (48.53, 34.64)]


def series(lon, lat, days, *, hour=23, spread_m=150.0, seed=0):
    """One detection a day at a place, at an hour UTC, on the days of April named."""
    rng = np.random.default_rng(seed)
    return [
        (lon + rng.normal(0, spread_m) / 74_625, lat + rng.normal(0, spread_m) / 111_195, day, hour) for day in days
    ]


def detections_of(rows):
    count = len(rows)
    hour = np.array([row[3] for row in rows])
    minutes = np.array([((row[2] - 1) * 24 + row[3]) * 60 for row in rows])
    return Detections(
        sensor=np.full(count, "VIIRS/NOAA-20", dtype=object),
        family=np.full(count, "thermal-infrared", dtype=object),
        kind=np.full(count, "thermal_anomaly", dtype=object),
        lon=np.array([row[0] for row in rows]),
        lat=np.array([row[1] for row in rows]),
        time=np.datetime64("2026-04-01T00:00:00", "us") + (minutes * 60_000_000).astype("timedelta64[us]"),
        sigma_major_m=np.full(count, 150.0),
        sigma_minor_m=np.full(count, 130.0),
        bearing_deg=np.zeros(count),
        sigma_s=np.full(count, 104.0),
        attributes={
            "frp_mw": np.full(count, 2.0),
            "daylight": (hour > 5) & (hour < 18),
            "confidence": np.full(count, "nominal", dtype=object),
        },
        index=np.arange(count),
    )


def elsewhere():
    """Something burns somewhere every day, so that the watch has twenty days."""
    return [(30 + 0.3 * day, 50.0, day, 10) for day in range(1, 21)]


@pytest.fixture(scope="module")
def april(shared_data):
    name = "firms_viirs_ukraine_20260401_20260422.csv"
    batch = read((shared_data / name).read_bytes(), file=name, now=datetime(2026, 5, 1, tzinfo=UTC))
    detections = batch.detections.with_index(np.arange(len(batch.detections)))
    return detections, attribute(fuse(detections, np.full(len(detections), -1)), detections)


@pytest.mark.parametrize(("lat", "lon"), STEELWORKS)
def test_the_three_steelworks_are_masked(april, lat, lon):
    _, events = april
    here = (np.abs(events.lat - lat) < 0.02) & (np.abs(events.lon - lon) < 0.03)
    assert here.sum() >= 8
    assert events.attributes["masked"][here].mean() >= 0.9
    masked = here & events.attributes["masked"]
    assert (events.p_act["act_of_war"][masked] < 0.05).all()
    assert (events.p_act["industry"][masked] > 0.9).all()


def test_masked_means_less_sensitive_not_absent(april):
    _, events = april
    masked = events.attributes["masked"]
    assert (events.p_act["act_of_war"][masked] > 0).all()
    assert (events.attributes["band_high"][masked] > 10 * events.p_act["act_of_war"][masked]).all()
    assert not events.attributes["calibrated"][masked].any()
    assert all("persistent" in text for text in events.attributes["reasons"][masked])
    assert not any("persistent" in text for text in events.attributes["reasons"][~masked])


def test_most_fires_are_not_masked(april):
    _, events = april
    assert 0.1 < events.attributes["masked"].mean() < 0.25


def test_a_two_day_war_fire_is_not_masked():
    burning = [*series(37.0, 48.0, [8, 9]), *series(37.0, 48.0, [8, 9], hour=10, seed=1)]
    stood = persistence(detections_of([*burning, *elsewhere()]))
    assert not stood.masked[:4].any()


def test_a_works_glowing_every_other_night_is_masked():
    rows = series(37.0, 48.0, range(1, 21, 2))
    stood = persistence(detections_of([*rows, *elsewhere()]))
    assert stood.masked[: len(rows)].all()
    assert not stood.masked[len(rows) :].any()


def test_a_siege_of_one_week_is_not_industry():
    rows = series(37.0, 48.0, range(5, 13))
    assert not persistence(detections_of([*rows, *elsewhere()])).masked.any()


def test_fields_burning_by_day_are_not_industry():
    rows = series(37.0, 48.0, range(1, 21, 2), hour=10)
    assert not persistence(detections_of([*rows, *elsewhere()])).masked.any()


def test_fires_spread_over_ten_kilometres_are_no_source():
    rows = series(37.0, 48.0, range(1, 21, 2), spread_m=5000.0)
    assert not persistence(detections_of([*rows, *elsewhere()])).masked.any()


def test_a_works_is_wider_than_one_pixel():
    """Its seldom hot edge, 800 m from its core, is masked with it; a fire two kilometres away is not."""
    core = series(37.0, 48.0, range(1, 21, 2), spread_m=50.0)
    edge, beyond = (37.0 + 800 / 74_625, 48.0, 8, 23), (37.0 + 2000 / 74_625, 48.0, 8, 23)
    stood = persistence(detections_of([edge, beyond, *core, *elsewhere()]))
    assert stood.masked[:2].tolist() == [True, False]
    assert stood.days[0] >= 10


def test_in_a_long_watch_five_days_are_not_enough():
    rows = series(37.0, 48.0, [1, 20, 40, 60, 80])
    daily = [(30 + 0.3 * (day % 20), 50.0 + day / 100, day, 10) for day in range(1, 81)]
    assert not persistence(detections_of([*rows, *daily])).masked[:5].any()


def test_a_masked_place_is_masked_from_its_first_day():
    """The whole period counts: a steelworks is there before it has been seen five times (card: mask)."""
    rows = series(37.0, 48.0, range(1, 21, 2))
    assert persistence(detections_of([*rows, *elsewhere()])).masked[0]


def test_a_night_is_one_day():
    evening, morning = np.datetime64("2026-04-11T22:42", "us"), np.datetime64("2026-04-12T01:13", "us")
    noon = np.datetime64("2026-04-12T09:30", "us")
    days = solar_day(np.array([evening, morning, noon]), np.full(3, 36.0))
    assert days[0] == days[1] == days[2]


def test_a_place_seen_fifty_thousand_times_is_quick():
    rows = series(37.0, 48.0, np.tile(np.arange(1, 21), 2500).tolist(), spread_m=100.0)
    start = time.process_time()
    assert persistence(detections_of(rows)).masked.all()
    assert time.process_time() - start < 2.0


def test_nothing_persists_in_nothing():
    assert len(persistence(Detections.empty()).masked) == 0
