# SPDX-License-Identifier: Apache-2.0
"""What must not matter to fusion: the order of rows, where on Earth they lie, the names of sensors and files."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.fusion import fuse
from truceline.model.detection import Detections

START = np.datetime64("2026-04-11T20:00:00", "us")


@st.composite
def scenes(draw):
    """Up to forty detections, crowded enough that many pairs are close."""
    count = draw(st.integers(1, 40))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    pixel = rng.choice([0.375, 0.5, 0.8], count)
    look = rng.integers(-1, 4, count)
    names = np.array([f"VIIRS/{k % 3}" for k in look], dtype=object)
    sigma = pixel * 1000 / np.sqrt(12) + 20
    return Detections(
        sensor=names,
        family=rng.choice(np.array(["heat", "sound"], dtype=object), count),
        kind=np.full(count, "thermal_anomaly", dtype=object),
        lon=37.0 + np.round(rng.normal(0, 0.02, count), 4),
        lat=48.0 + np.round(rng.normal(0, 0.012, count), 4),
        time=START
        + (np.maximum(look, 0) * 100 * 60_000_000 + rng.integers(0, 3, count) * 60_000_000).astype("timedelta64[us]"),
        sigma_major_m=sigma,
        sigma_minor_m=sigma * 0.9,
        bearing_deg=rng.uniform(0, 180, count),
        sigma_s=np.full(count, 100.0),
        attributes={"frp_mw": rng.gamma(1, 3, count), "scan_km": pixel, "track_km": pixel * 0.9},
        index=np.arange(count) * 3 + 5,
    ), look


@settings(max_examples=60)
@given(scenes(), st.integers(0, 2**32 - 1))
def test_order_of_input_changes_no_byte(scene, seed):
    detections, look = scene
    mixed = np.random.default_rng(seed).permutation(len(detections))
    one, two = fuse(detections, look), fuse(detections.take(mixed), look[mixed])
    assert [r.id for r in one.records()] == [r.id for r in two.records()]
    assert np.array_equal(one.lon, two.lon)
    assert np.array_equal(one.sigma_major_m, two.sigma_major_m)


@settings(max_examples=60)
@given(scenes())
def test_every_detection_is_in_exactly_one_event(scene):
    detections, look = scene
    found = fuse(detections, look)
    assert np.array_equal(np.sort(np.concatenate(found.members)), np.sort(detections.index))
    assert (found.passes >= 1).all()
    assert (found.sigma_major_m >= found.sigma_minor_m).all()
    assert (found.sigma_minor_m > 0).all()
    assert ((found.bearing_deg >= 0) & (found.bearing_deg < 180)).all()
    assert (found.first <= found.last).all()


@settings(max_examples=40)
@given(scenes(), st.sampled_from([-216.8, -80.0, 55.0, 142.999]))
def test_moving_everything_east_moves_the_events_and_nothing_else(scene, east):
    detections, look = scene
    moved = replace(detections, lon=(detections.lon + east + 180) % 360 - 180)
    one, two = fuse(detections, look), fuse(moved, look)
    assert sorted(map(tuple, one.members)) == sorted(map(tuple, two.members))
    by_member = {tuple(m): k for k, m in enumerate(two.members)}
    same = np.array([by_member[tuple(m)] for m in one.members])
    gone = (two.lon[same] - one.lon - east + 180) % 360 - 180
    assert np.abs(gone).max() < 2e-7  # two centimetres: the local frame may start from another member
    assert np.allclose(one.sigma_major_m, two.sigma_major_m[same], rtol=1e-6)


@settings(max_examples=40)
@given(scenes())
def test_north_and_south_mirror(scene):
    detections, look = scene
    mirrored = replace(detections, lat=-detections.lat, bearing_deg=(180 - detections.bearing_deg) % 180)
    one, two = fuse(detections, look), fuse(mirrored, look)
    assert sorted(map(tuple, one.members)) == sorted(map(tuple, two.members))


@settings(max_examples=40)
@given(scenes())
def test_other_names_change_nothing(scene):
    detections, look = scene
    swap = {"heat": "z-heat", "sound": "a-sound"}
    renamed = replace(detections, family=np.array([swap[f] for f in detections.family], dtype=object))
    one, two = fuse(detections, look), fuse(renamed, look)
    assert [m.tolist() for m in one.members] == [m.tolist() for m in two.members]
    assert np.allclose(one.lon, two.lon, atol=1e-12)


@settings(max_examples=40)
@given(scenes())
def test_twice_the_same_report_is_one_event(scene):
    """The same rows under other indices, in the same passes, add members but no event."""
    detections, look = scene
    again = replace(detections, index=detections.index + 1)
    both = Detections.concatenate([detections, again])
    found = fuse(both, np.concatenate([look, look]))
    for members in found.members:
        assert set((members[members % 3 == 2] + 1).tolist()) == set(members[members % 3 == 0].tolist())
