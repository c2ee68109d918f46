# SPDX-License-Identifier: Apache-2.0
"""The sky from tables and grids: nearest place, between times, and what nobody knows counts as hidden."""

from __future__ import annotations

import field_cases as cases
import numpy as np
import pytest
from coverage_cases import cloudy

from truceline.coverage.cloud import assumptions
from truceline.coverage.skies import CloudGrid, of_grid, of_table

WHERE = cases.WHERE
START = cases.START.timestamp()


def grid(places, hours, share, sigma=0.1):
    lon, lat, seconds = [], [], []
    for x, y in places:
        for hour in hours:
            lon.append(x)
            lat.append(y)
            seconds.append(START + hour * 3600)
    size = len(lon)
    return CloudGrid(
        *(np.array(column, float) for column in (lon, lat, seconds)),
        np.broadcast_to(share, size).astype(float),
        np.full(size, sigma),
    )


def test_a_table_gives_its_days():
    sky = of_table(assumptions(cloudy(0.3))[0], WHERE, START, 12)
    assert sky.hidden.shape == (1, 48)
    assert (sky.hidden == 0.3).all()


def test_nearest_place_and_between_times():
    south, north = (37.2, 48.5), (37.7, 49.8)
    found = of_grid(grid([south, north], [0, 3, 6, 9, 12], [0, 0.3, 0.6, 0.9, 1, *[0.5] * 5]), WHERE, START, 12)
    assert found.unknown == 0
    low = found.middle.zone[WHERE.lat.argmin()]
    assert found.middle.hidden[low, 4] == pytest.approx(0.1125)
    assert found.middle.hidden[found.middle.zone[WHERE.lat.argmax()]] == pytest.approx(0.5)
    assert (found.low.hidden <= found.middle.hidden).all()
    assert (found.high.hidden >= found.middle.hidden).all()
    assert found.high.hidden[low, 4] == pytest.approx(0.2125)


def test_gaps_in_time_and_space_are_hidden_and_said():
    found = of_grid(grid([(37.0, 47.9)], [-20, 11], 0.2), WHERE, START, 12)
    near = found.middle.zone[WHERE.lat.argmin()]
    assert found.middle.hidden[near, :20].tolist() == [1.0] * 20
    assert found.middle.hidden[near, 24] == pytest.approx(0.2)
    far = found.middle.zone[WHERE.lat.argmax()]
    assert (found.middle.hidden[far] == 1).all()
    assert (found.low.hidden[far] == 1).all()
    assert 0.4 < found.unknown < 1
    nothing = of_grid(grid([], [], 0.0), WHERE, START, 12)
    assert nothing.unknown == 1
    assert (nothing.low.hidden == 1).all()


def test_more_cloud_in_the_grid_never_raises_coverage():
    looks = cases.passes()
    known = of_grid(grid([(37.2, 49.0)], range(0, 13, 3), 0.4, sigma=0.2), WHERE, START, 12)
    low, middle, high = (cases.build(looks, sky=sky).together for sky in (known.high, known.middle, known.low))
    assert (low <= middle + 1e-6).all()
    assert (middle <= high + 1e-6).all()
    assert high.sum() > low.sum()
