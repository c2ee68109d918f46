# SPDX-License-Identifier: Apache-2.0
"""The gate through trees finds what looking at every pair finds."""

from __future__ import annotations

import numpy as np
import pytest

from truceline.base.geo import metres_per_degree
from truceline.fusion._gate import CHI2_GATE, DRIFT_M_PER_HOUR, TIME_GATE, covariance, frame_of, gated_pairs
from truceline.model.detection import Detections

START = np.datetime64("2026-04-11T20:00:00", "us")


def crowd(seed, *, count=250, lat=48.0):
    """Detections of mixed sharpness, direction, age and kind, so dense that many pairs lie at the gate's edge."""
    rng = np.random.default_rng(seed)
    major = 10 ** rng.uniform(1.5, 3.4, count)
    kind = rng.choice(np.array(["thermal_anomaly", "explosion"], dtype=object), count)
    return Detections(
        sensor=rng.choice(np.array(["a", "b", "c"], dtype=object), count),
        family=np.full(count, "heat", dtype=object),
        kind=kind,
        lon=37.0 + rng.normal(0, 0.05, count),
        lat=lat + rng.normal(0, 0.04, count),
        time=START + (rng.uniform(0, 15 * 3600, count) * 1e6).astype(np.int64).astype("timedelta64[us]"),
        sigma_major_m=major,
        sigma_minor_m=major * rng.uniform(0.2, 1.0, count),
        bearing_deg=rng.uniform(0, 180, count),
        sigma_s=rng.uniform(1, 2000, count),
        index=np.arange(count),
    )


def by_hand(detections, pass_of, gap_s):
    """Every pair, one after the other."""
    place = covariance(detections.sigma_major_m, detections.sigma_minor_m, detections.bearing_deg)
    seconds = detections.time.astype(np.int64) / 1e6
    lasting = detections.kind == "thermal_anomaly"
    found = set()
    for i in range(len(detections)):
        for j in range(i + 1, len(detections)):
            same, apart = pass_of[i] == pass_of[j], abs(seconds[i] - seconds[j])
            spread = np.hypot(detections.sigma_s[i], detections.sigma_s[j])
            if same and not (lasting[i] and lasting[j]):
                continue
            if not same and apart > (gap_s if lasting[i] or lasting[j] else TIME_GATE * spread):
                continue
            ee, nn, en = place[i] + place[j]
            drift = 0.0 if same or not (lasting[i] or lasting[j]) else (DRIFT_M_PER_HOUR * apart / 3600) ** 2
            matrix = np.array([[ee + drift, en], [en, nn + drift]])
            east, north = metres_per_degree((detections.lat[i] + detections.lat[j]) / 2)
            away = np.array(
                [
                    (detections.lon[j] - detections.lon[i]) * east,
                    (detections.lat[j] - detections.lat[i]) * north,
                ]
            )
            if away @ np.linalg.solve(matrix, away) <= CHI2_GATE:
                found.add((i, j))
    return found


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("lat", [48.0, 0.0, -69.0])
def test_no_pair_is_missed_and_none_invented(seed, lat):
    detections = crowd(seed, lat=lat)
    # A pass is a sensor and ten minutes, as fusion makes them.
    seconds = (detections.time - START).astype(np.int64) / 1e6
    key = np.char.add(detections.sensor.astype(str), (seconds // 600).astype(int).astype(str))
    pass_of = np.unique(key, return_inverse=True)[1].astype(np.int64)
    pairs = gated_pairs(frame_of(detections), pass_of, 6 * 3600.0)
    found = list(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True))
    expected = by_hand(detections, pass_of, 6 * 3600.0)
    assert len(found) == len(set(found))
    assert set(found) == expected
    assert len(expected) > 500


def test_covariance_turns_with_the_bearing():
    packed = covariance(np.array([300.0, 300.0, 300.0]), np.array([100.0] * 3), np.array([0.0, 90.0, 45.0]))
    assert packed[0] == pytest.approx([100.0**2, 300.0**2, 0.0], abs=1e-6)
    assert packed[1] == pytest.approx([300.0**2, 100.0**2, 0.0], abs=1e-6)
    assert packed[2] == pytest.approx([50_000.0, 50_000.0, 40_000.0])
