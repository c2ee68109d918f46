# SPDX-License-Identifier: Apache-2.0
"""Which detections become one event: neighbours of one pass, passes within six hours, one pixel one fire."""

from __future__ import annotations

import time

import numpy as np
import pytest

from truceline.errors import LimitExceeded, NoPlace, StateError
from truceline.fusion import GAP_HOURS, fuse
from truceline.model.detection import Detections

EAST_M, NORTH_M = 74_625.0, 111_195.0
START = np.datetime64("2026-04-11T23:00:00", "us")


def fires(rows, *, pixel_km=0.375, sensors=None, kind="thermal_anomaly", sigma_m=None, power=1.0, sigma_s=60.0):
    """Detections from rows of (east m, north m, minutes, look); sensors default to one per look."""
    table = np.array([row[:3] for row in rows], dtype=float)
    count = len(rows)
    looks = np.array([row[3] for row in rows])
    names = sensors or [f"VIIRS/{look}" for look in looks]
    sigma = np.full(count, sigma_m or pixel_km * 1000 / np.sqrt(12))
    attributes = {"frp_mw": np.full(count, float(power)), "daylight": np.zeros(count, bool)}
    if sigma_m is None:
        attributes |= {"scan_km": np.full(count, pixel_km), "track_km": np.full(count, pixel_km)}
    found = Detections(
        sensor=np.array(names, dtype=object),
        family=np.full(count, "thermal-infrared", dtype=object),
        kind=np.full(count, kind, dtype=object),
        lon=37.0 + table[:, 0] / EAST_M,
        lat=48.0 + table[:, 1] / NORTH_M,
        time=START + (table[:, 2] * 6e7).astype(np.int64).astype("timedelta64[us]"),
        sigma_major_m=sigma,
        sigma_minor_m=sigma.copy(),
        bearing_deg=np.zeros(count),
        sigma_s=np.full(count, sigma_s),
        attributes=attributes,
        index=np.arange(100, 100 + count),
    )
    return found, looks


def groups(rows, **options):
    """Members of each event, as positions in ``rows``."""
    detections, looks = fires(rows, **options)
    return sorted(tuple((part - 100).tolist()) for part in fuse(detections, looks).members)


def test_neighbouring_pixels_of_one_pass_are_one_fire():
    assert groups([(0, 0, 0, 1), (375, 0, 0, 1), (750, 375, 0, 1)]) == [(0, 1, 2)]


def test_a_cold_pixel_between_keeps_two_fires_apart():
    assert groups([(0, 0, 0, 1), (750, 0, 0, 1)]) == [(0,), (1,)]


def test_wider_pixels_reach_further():
    assert groups([(0, 0, 0, 1), (750, 0, 0, 1)], pixel_km=0.75) == [(0, 1)]


def test_a_long_front_is_one_event():
    front = [(375 * k, 100 * (k % 2), 0, 1) for k in range(40)]
    assert groups(front) == [tuple(range(40))]


def test_two_satellites_see_one_fire():
    assert groups([(0, 0, 0, 1), (150, -80, 50, 2)]) == [(0, 1)]


def test_places_too_far_apart_are_two_fires():
    assert groups([(0, 0, 0, 1), (1200, 0, 50, 2)]) == [(0,), (1,)]


@pytest.mark.parametrize(("hours", "events"), [(GAP_HOURS - 0.05, 1), (GAP_HOURS + 0.05, 2)])
def test_a_fire_unseen_for_longer_than_the_gap_is_another(hours, events):
    assert len(groups([(0, 0, 0, 1), (0, 0, hours * 60, 2)])) == events


def test_the_night_group_never_joins_the_day_group():
    # 22:42 to 01:13 and 09:02 to 11:49 UTC: 7.8 h between the nearest passes.
    minutes = [-18, 42, 133, 602, 700, 769]
    assert groups([(0, 0, minute, look) for look, minute in enumerate(minutes)]) == [(0, 1, 2), (3, 4, 5)]


def test_a_chain_of_passes_carries_a_smouldering_fire_through_the_night():
    assert groups([(0, 0, 300 * k, k) for k in range(5)]) == [(0, 1, 2, 3, 4)]


def test_one_pixel_has_one_fire():
    # One pass saw two fires 600 m apart (a cold pixel between); another saw one pixel nearer to the second.
    assert groups([(0, 0, 0, 1), (750, 0, 0, 1), (450, 0, 40, 2)]) == [(0,), (1, 2)]


def test_a_pass_that_saw_one_large_fire_joins_what_another_saw_as_two():
    bridge = [(0, 0, 40, 2), (375, 0, 40, 2), (750, 0, 40, 2)]
    assert groups([(0, 0, 0, 1), (750, 0, 0, 1), *bridge]) == [(0, 1, 2, 3, 4)]


def test_without_looks_a_pass_is_a_sensor_and_ten_minutes():
    rows = [(0, 0, 0, -1), (300, 0, 2, -1), (0, 0, 60, -1)]
    detections, looks = fires(rows, sensors=["VIIRS/A"] * 3)
    found = fuse(detections, looks)
    assert len(found) == 1
    assert found.passes.tolist() == [2]


def test_a_sensor_that_never_rests_has_many_passes():
    detections, looks = fires([(0, 0, 5 * k, -1) for k in range(12)], sensors=["camera"] * 12)
    assert fuse(detections, looks).passes.tolist() == [6]


def test_known_and_unknown_passes_of_one_sensor_do_not_mix():
    detections, looks = fires([(0, 0, 0, 7), (200, 0, 1, -1)], sensors=["VIIRS/A"] * 2)
    assert fuse(detections, looks).passes.tolist() == [2]


def test_momentary_signatures_join_only_within_their_time_error():
    options = {"kind": "explosion", "sigma_m": 200.0, "sigma_s": 10.0}
    assert groups([(0, 0, 0, 1), (100, 0, 0.5, 2)], **options) == [(0, 1)]
    assert groups([(0, 0, 0, 1), (100, 0, 5, 2)], **options) == [(0,), (1,)]


def test_one_sensor_hears_two_explosions_as_two():
    options = {"kind": "explosion", "sigma_m": 200.0, "sensors": ["array"] * 2}
    assert groups([(0, 0, 0, -1), (10, 0, 0.2, -1)], **options) == [(0,), (1,)]


def test_the_antimeridian_divides_nothing():
    detections, looks = fires([(0, 0, 0, 1), (300, 0, 0, 1)])
    detections.lon[:] = [179.999, -179.998]
    found = fuse(detections, looks)
    assert len(found) == 1
    assert abs(abs(found.lon[0]) - 180) < 0.002


def test_each_detection_is_in_exactly_one_event_in_order_of_time(shared_data):
    detections = april(shared_data)
    found = fuse(detections, np.full(len(detections), -1))
    assert np.array_equal(np.sort(np.concatenate(found.members)), np.arange(len(detections)))
    assert (np.diff(found.first.astype(np.int64)) >= 0).all()
    assert ((found.last - found.first) < np.timedelta64(6, "h")).all()


def test_the_easter_truce_has_thirteen_fires_near_the_line(shared_data):
    import json

    from truceline.base.geo import Line

    detections = april(shared_data)
    line = Line.from_geojson(json.loads((shared_data / "line_of_contact_20260411.geojson").read_text()))
    near = line.nearest(detections.lon, detections.lat).distance_m < 20_000
    start, end = np.datetime64("2026-04-11T13:00"), np.datetime64("2026-04-12T21:00")
    rows = np.flatnonzero(near & (detections.time >= start) & (detections.time < end))
    found = fuse(detections, np.full(len(detections), -1))
    event_of = np.empty(len(detections), dtype=int)
    event_of[np.concatenate(found.members)] = np.repeat(np.arange(len(found)), [len(m) for m in found.members])
    assert len(rows) == 23
    assert len(np.unique(event_of[rows])) == 13


def test_the_real_file_is_fused_in_a_fifth_of_a_second(shared_data):
    detections = april(shared_data)
    looks = np.full(len(detections), -1)
    spent = []
    for _ in range(3):
        start = time.process_time()
        fuse(detections, looks)
        spent.append(time.process_time() - start)
    assert min(spent) < 0.2


def test_log_before_use():
    detections, looks = fires([(0, 0, 0, 1)])
    unlogged = Detections(**{**detections.__dict__, "index": None})
    with pytest.raises(StateError, match="ledger"):
        fuse(unlogged, looks)


def test_as_many_passes_as_detections():
    detections, _ = fires([(0, 0, 0, 1)])
    with pytest.raises(StateError, match="passes"):
        fuse(detections, np.zeros(2, dtype=np.int64))


@pytest.mark.parametrize("sigma", [0.0, -1.0, np.nan, np.inf])
def test_a_place_without_a_believable_error_is_refused(sigma):
    detections, looks = fires([(0, 0, 0, 1), (0, 0, 0, 1)])
    detections.sigma_major_m[1] = sigma
    with pytest.raises(NoPlace):
        fuse(detections, looks)


def test_a_crowd_that_would_fill_the_memory_is_refused():
    count = 11_000
    rows = [(k % 100, k // 100, 0, k) for k in range(count)]
    detections, looks = fires(rows, kind="explosion", sigma_m=500.0)
    with pytest.raises(LimitExceeded, match="pairs"):
        fuse(detections, looks)


def test_nothing_gives_nothing():
    empty = Detections.empty().with_index([])
    found = fuse(empty, np.zeros(0, dtype=np.int64))
    assert len(found) == 0
    assert found.records() == []


def april(shared_data):
    """The real file of April 2026 through its source."""
    from datetime import UTC, datetime

    from truceline.sources.firms import read

    name = "firms_viirs_ukraine_20260401_20260422.csv"
    batch = read((shared_data / name).read_bytes(), file=name, now=datetime(2026, 5, 1, tzinfo=UTC))
    return batch.detections.with_index(np.arange(len(batch.detections)))
