# SPDX-License-Identifier: Apache-2.0
"""Cells: those whose centre lies near the line or inside the ring, wherever on Earth."""

from __future__ import annotations

import h3
import numpy as np
import pytest
from coverage_cases import made_line

from truceline.base.geo import Line, Sides, geodesic_m
from truceline.coverage import cells
from truceline.errors import LimitExceeded, Malformed, NoPlace


def test_every_cell_near_the_line_and_no_other():
    line = made_line()
    found = cells.along_line(line, 20)
    assert found.resolution == 7
    assert found.distance_km.max() <= 20
    box = h3.LatLngPoly([(47.5, 36.4), (51.0, 36.4), (51.0, 38.7), (47.5, 38.7)])
    every = np.array([int(cell, 16) for cell in h3.h3shape_to_cells(box, 7)], dtype=np.uint64)
    lat, lon = np.array([h3.cell_to_latlng(f"{cell:x}") for cell in every.tolist()]).T
    near = every[line.nearest(lon, lat).distance_m <= 20_000]
    assert set(found.ids.tolist()) == set(near.tolist())
    assert (np.diff(found.sector) >= 0).all()
    assert found.names()[0] == f"{int(found.ids[0]):x}"


def test_cells_know_their_side():
    line = made_line()
    sides = Sides.from_places(line, "a", np.array([[35.0, 49.0]]), "b", np.array([[40.0, 49.0]]))
    found = cells.along_line(line, 20, sides)
    assert found.sides == ("a", "b")
    assert found.lon[found.side == 0].mean() < found.lon[found.side == 1].mean()


@pytest.mark.parametrize("lon", [179.0, -179.9])
def test_a_line_beside_the_antimeridian_has_cells_on_both_sides(lon):
    found = cells.along_line(Line((((lon, 10.0), (lon, 11.0)),)), 150)
    assert (found.lon > 170).any()
    assert (found.lon < -170).any()
    assert np.ptp(found.bins.plane(found.places)[0]) < 320


def test_a_line_over_the_pole():
    found = cells.along_line(Line((((10.0, 89.0), (10.0, 89.95)),)), 60)
    assert np.ptp(found.lon) > 300
    assert found.lat.max() > 89.9
    assert len(found) > 1000


def test_rings_give_what_h3_gives():
    ring = [(36.0, 48.0), (37.0, 48.0), (36.5, 49.0)]
    found = cells.of_polygon([ring])
    wanted = h3.h3shape_to_cells(h3.LatLngPoly([(y, x) for x, y in ring]), 7)
    assert sorted(found.names()) == sorted(wanted)
    across = cells.of_polygon([[(179.5, 0), (-179.5, 0), (-179.5, 1), (179.5, 1)]])
    assert 1500 < len(across) < 3500


@pytest.mark.parametrize(
    ("ring", "error"),
    [
        ([(0, 0), (1, 1)], Malformed),
        ([(0, 0), (1, 1), (1, 95)], NoPlace),
        ([(0, 0), (0.0001, 0), (0, 0.0001)], NoPlace),
        ([(0, 0), (120, 0), (120, 60), (0, 60)], LimitExceeded),
    ],
)
def test_rings_that_cannot_be(ring, error):
    with pytest.raises(error):
        cells.of_polygon([ring])


def test_too_many_cells():
    with pytest.raises(LimitExceeded):
        cells.along_line(made_line(), 20_000)


def test_bins_hold_every_cell_once():
    found = cells.along_line(made_line(), 10)
    assert sorted(found.bins.order.tolist()) == list(range(len(found)))
    x, y = found.bins.plane(found.places)
    flat = np.hypot(x[1:] - x[:-1], y[1:] - y[:-1]) * 1000
    true = geodesic_m(found.lon[:-1], found.lat[:-1], found.lon[1:], found.lat[1:])
    assert np.abs(flat - true).max() < 0.006 * true.max()
