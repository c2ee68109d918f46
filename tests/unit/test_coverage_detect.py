# SPDX-License-Identifier: Apache-2.0
"""The detection curve: its direction in each argument, and where real rows say it lies."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from truceline.coverage import detect

SENSORS = ["VIIRS/NOAA-20", "MODIS/Aqua"]


def p(power, across, sensor="VIIRS/NOAA-20", *, by_day=False):
    return float(detect.p_detect(power, np.array([across], float), sensor=sensor, altitude_km=831.0, by_day=by_day)[0])


@given(
    power=st.floats(0.01, 500),
    more=st.floats(1.0, 20),
    near=st.floats(0, 1500),
    further=st.floats(0, 500),
    sensor=st.sampled_from(SENSORS),
    by_day=st.booleans(),
)
def test_more_power_and_less_distance_never_lower_it(power, more, near, further, sensor, by_day):
    far = min(near + further, 1530.0)
    assert p(power * more, near, sensor, by_day=by_day) >= p(power, near, sensor, by_day=by_day)
    assert p(power, far, sensor, by_day=by_day) <= p(power, near, sensor, by_day=by_day) + 1e-12
    assert 0 <= p(power, near, sensor, by_day=by_day) <= 0.95
    assert p(power, near, sensor, by_day=True) <= p(power, near, sensor, by_day=False)


def test_half_way_points_are_where_the_text_says():
    ceiling = detect.CURVES["VIIRS"].ceiling
    assert p(1.0, 0) == pytest.approx(ceiling / 2)
    assert p(3.0, 0, by_day=True) == pytest.approx(ceiling / 2)
    assert p(7.0, 0, "MODIS/Terra") == pytest.approx(ceiling / 2)
    edge = detect.midpoint_mw("VIIRS/NOAA-20", np.array([1530.0]), 831.0, by_day=False)[0]
    assert 1.8 < edge < 2.4


def test_nothing_burns_nothing_is_seen():
    assert p(0.0, 100) == 0
    assert p(-5.0, 100) == 0


def test_viirs_sees_what_modis_misses():
    """Schroeder et al. 2014: the 375 m product sees fires several times weaker."""
    for across in (0, 500, 1100):
        assert p(5.0, across) > 0.5 > p(2.0, across, "MODIS/Aqua")
    assert p(5.0, 1100, "MODIS/Aqua") < 0.2


def test_an_instrument_without_a_curve_gets_the_least_sensitive():
    assert p(5.0, 400, "OTHER/X") == p(5.0, 400, "MODIS/Aqua")


def test_pixels_grow_as_real_pixels_do():
    """MODIS: about 1 km² straight below, 2.0 x 4.8 km at 55 degrees (Wolfe et al. 2002)."""
    area = detect.pixel_growth(np.array([0.0, 1165.0]), 705.0, oblique=True)
    assert area[0] == pytest.approx(1)
    assert area[1] == pytest.approx(2.0 * 4.8, rel=0.15)
    assert detect.pixel_growth(np.array([1530.0]), 831.0, oblique=False)[0] == pytest.approx(4.4, rel=0.15)


def test_real_rows_start_where_the_curve_rises(repository):
    """The weakest twentieth of the real rows lies where the curve says that some but not most are seen."""
    import csv

    with (repository / "examples/easter-truce-2026/data/fires.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    for letter, by_day in (("N", False), ("D", True)):
        power = np.array([float(r["frp"]) for r in rows if r["daynight"] == letter and float(r["track"]) < 0.42])
        weakest = float(np.quantile(power, 0.05))
        assert 0.05 < p(weakest, 300, by_day=by_day) < 0.6, (letter, weakest)
        assert p(float(np.median(power)), 300, by_day=by_day) > 0.4
