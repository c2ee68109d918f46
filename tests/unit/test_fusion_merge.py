# SPDX-License-Identifier: Apache-2.0
"""Place, covariance, power, light and belief of an event."""

from __future__ import annotations

import numpy as np
import pytest

from truceline.base.geo import geodesic_m
from truceline.fusion import fuse
from truceline.model.detection import Detections

START = np.datetime64("2026-04-11T23:00:00", "us")
EAST_M, NORTH_M = 74_625.0, 111_195.0


def sightings(east, north, *, sigma=100.0, minor=None, bearing=0.0, minutes=None, families=None, **more):
    """Detections of one place by as many sensors, half an hour apart unless stated."""
    count = len(east)
    minutes = np.arange(count) * 30.0 if minutes is None else np.asarray(minutes, float)
    major = np.broadcast_to(np.asarray(sigma, float), (count,)).copy()
    return Detections(
        sensor=np.array([f"sensor-{k}" for k in range(count)], dtype=object),
        family=np.array(families or ["heat"] * count, dtype=object),
        kind=np.full(count, "thermal_anomaly", dtype=object),
        lon=37.0 + np.asarray(east, float) / EAST_M,
        lat=48.0 + np.asarray(north, float) / NORTH_M,
        time=START + (minutes * 6e7).astype(np.int64).astype("timedelta64[us]"),
        sigma_major_m=major,
        sigma_minor_m=major.copy() if minor is None else np.full(count, float(minor)),
        bearing_deg=np.full(count, float(bearing)),
        sigma_s=np.full(count, 60.0),
        index=np.arange(count),
        **more,
    )


def one(detections):
    found = fuse(detections, np.arange(len(detections)))
    assert len(found) == 1
    return found


def test_one_detection_keeps_its_own_ellipse():
    found = one(sightings([0], [0], sigma=300.0, minor=120.0, bearing=70.0))
    assert found.sigma_major_m[0] == pytest.approx(300.0, rel=1e-9)
    assert found.sigma_minor_m[0] == pytest.approx(120.0, rel=1e-9)
    assert found.bearing_deg[0] == pytest.approx(70.0, abs=1e-6)
    assert (found.lon[0], found.lat[0]) == pytest.approx((37.0, 48.0), abs=1e-12)


def test_the_surer_sensor_draws_the_place():
    found = one(sightings([0, 200], [0, 0], sigma=[400.0, 100.0]))
    east = geodesic_m(np.array([37.0]), np.array([48.0]), found.lon, found.lat)[0]
    assert 170 < east < 200


def test_more_passes_make_the_place_surer():
    once = one(sightings([0], [0], sigma=200.0)).sigma_major_m[0]
    often = one(sightings([0] * 5, [0] * 5, sigma=200.0)).sigma_major_m[0]
    assert often < 0.75 * once


def test_no_number_of_passes_beats_the_shared_error():
    found = one(sightings([0] * 60, [0] * 60, sigma=200.0, minutes=np.arange(60)))
    assert found.sigma_minor_m[0] >= 75.0


def test_a_precise_sensor_is_not_blurred_by_the_satellites_shared_error():
    found = one(sightings([0, 0, 0], [0, 0, 0], sigma=20.0))
    assert found.sigma_major_m[0] < 20.0


def test_the_covariance_covers_a_front():
    length = 375.0 * 19
    east = np.arange(20) * 375.0
    pixels = {"scan_km": np.full(20, 0.375), "track_km": np.full(20, 0.375)}
    front = sightings(east, np.zeros(20), minutes=np.zeros(20), attributes=pixels)
    front.sensor[:] = "VIIRS/A"
    found = fuse(front, np.zeros(20, dtype=np.int64) + 3)
    assert len(found) == 1
    assert found.sigma_major_m[0] >= length / np.sqrt(12)
    assert found.bearing_deg[0] == pytest.approx(90.0, abs=0.5)
    assert found.sigma_minor_m[0] < 375.0


@pytest.mark.parametrize("passes", [1, 2, 4])
def test_the_ellipse_holds_the_truth_as_often_as_it_says(passes):
    """Independent and shared errors drawn as stated; nine in ten of the true places lie in the 90 % ellipse."""
    rng = np.random.default_rng(passes)
    inside, count = 0, 400
    for _ in range(count):
        shared = rng.normal(0, 75, 2)
        errors = rng.normal(0, np.sqrt(150**2 - 75**2), (passes, 2)) + shared
        found = fuse(sightings(errors[:, 0], errors[:, 1], sigma=150.0), np.arange(passes))
        k = int(np.argmax([len(m) for m in found.members]))
        dx, dy = (found.lon[k] - 37.0) * EAST_M, (found.lat[k] - 48.0) * NORTH_M
        turn = np.radians(found.bearing_deg[k])
        along, across = dx * np.sin(turn) + dy * np.cos(turn), dx * np.cos(turn) - dy * np.sin(turn)
        inside += (along / found.sigma_major_m[k]) ** 2 + (across / found.sigma_minor_m[k]) ** 2 < 4.605
    assert 0.86 <= inside / count <= 0.99


def test_power_is_the_largest_pass_not_the_sum_of_all():
    power = {"frp_mw": np.array([3.0, 4.0, 5.0]), "scan_km": np.full(3, 0.4), "track_km": np.full(3, 0.4)}
    detections = sightings([0, 375, 100], [0, 0, 0], minutes=[0, 0, 60], attributes=power)
    detections.sensor[:] = ["VIIRS/A", "VIIRS/A", "VIIRS/B"]
    found = fuse(detections, np.array([1, 1, 2]))
    assert found.frp_mw.tolist() == [7.0]
    assert found.passes.tolist() == [2]


def test_power_nobody_measured_is_not_zero():
    assert np.isnan(one(sightings([0, 0], [0, 0])).frp_mw[0])
    half = one(sightings([0, 0], [0, 0], attributes={"frp_mw": np.array([np.nan, 2.5])}))
    assert half.frp_mw[0] == 2.5


@pytest.mark.parametrize(("light", "word"), [([True, True], "day"), ([False, False], "night"), ([True, False], "both")])
def test_daylight_is_what_the_passes_had(light, word):
    assert one(sightings([0, 0], [0, 0], attributes={"daylight": np.array(light)})).daylight[0] == word


def test_daylight_unsaid_is_the_suns():
    mixed = {"daylight": np.array([None, None], dtype=object)}
    assert one(sightings([0, 0], [0, 0], attributes=mixed)).daylight[0] == "night"
    assert one(sightings([0, 0], [0, 0])).daylight[0] == "night"


def test_families_are_named_once_and_sorted():
    found = one(sightings([0, 0, 0], [0, 0, 0], families=["sound", "heat", "sound"]))
    assert found.families == (("heat", "sound"),)


def test_detections_of_one_family_count_once():
    belief = {"shelling": np.array([0.8, 0.8]), "not_incident": np.array([0.2, 0.2])}
    kin = one(sightings([0, 0], [0, 0], families=["heat", "heat"], p_act=belief))
    strangers = one(sightings([0, 0], [0, 0], families=["heat", "sound"], p_act=belief))
    assert kin.p_act["shelling"][0] == pytest.approx(0.8)
    assert strangers.p_act["shelling"][0] == pytest.approx(0.64 / 0.68)


def test_a_silent_source_has_no_voice():
    belief = {"shelling": np.array([0.7, np.nan]), "not_incident": np.array([0.3, np.nan])}
    found = one(sightings([0, 0], [0, 0], families=["heat", "sound"], p_act=belief))
    assert found.p_act["shelling"][0] == pytest.approx(0.7)
    mute = {"shelling": np.array([np.nan, np.nan])}
    assert np.isnan(one(sightings([0, 0], [0, 0], p_act=mute)).p_act["shelling"][0])


def test_heat_names_no_party():
    assert one(sightings([0, 0], [0, 0])).p_actor == {}


def test_records_read_back_the_same():
    found = one(sightings([0, 50], [0, 20], attributes={"frp_mw": np.array([1.0, 2.0])}))
    body = found.records()[0].body
    assert body["inputs"] == [0, 1]
    again = type(found).from_bodies([body], [0])
    assert again.records()[0].id == found.records()[0].id
