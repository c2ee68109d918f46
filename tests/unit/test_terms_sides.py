# SPDX-License-Identifier: Apache-2.0
"""Whose bank is whose where polygons of control follow the line roughly, lag behind it, or hold pockets beyond it."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from truceline.base.geo import WGS84, Line
from truceline.model.agreement import Party
from truceline.terms.sides import side


def box(west, south, east, north):
    return ((west, south), (east, south), (east, north), (west, north), (west, south))


def party(name, *controls, holds=()):
    return Party(name, name, name, (), holds, controls=controls)


NORTH, SOUTH = box(29, 49, 35, 52), box(29, 46, 35, 49)
STRAIGHT = Line((tuple((lon, 49.0) for lon in np.linspace(30, 34, 9).tolist()),))


def on(area, lon, lat):
    return bool(shapely.contains_xy(area, lon, lat))


@pytest.mark.parametrize("seed", range(8))
def test_a_winding_line_is_the_border_however_roughly_polygons_follow_it(seed):
    """Ends at any number whatever; boxes that lie kilometres beyond the line and short of it change nothing."""
    rng = np.random.default_rng(seed)
    lon = np.sort(rng.uniform(30, 34, 150))
    lat = 49 + 0.1 * np.sin((lon - 30) * 7) + rng.normal(0, 0.004, 150)
    line = Line((tuple(zip(lon.tolist(), lat.tolist(), strict=True)),))
    parties = (party("A", NORTH), party("B", SOUTH))
    both = [side(line, name, parties, 40_000.0) for name in "AB"]
    assert both[0].intersection(both[1]).area < 1e-9
    x, y = rng.uniform(lon[5], lon[-6], 400), rng.uniform(48.75, 49.25, 400)
    apart = y - np.interp(x, lon, lat)
    for east, north, up in zip(x, y, apart, strict=True):
        near = WGS84.inv(np.full(150, east), np.full(150, north), lon, lat)[2].min()
        if near < 38_000 and abs(up) > 0.001:
            assert [on(area, east, north) for area in both] == [up > 0, up < 0]
    swapped = (party("B", NORTH), party("A", SOUTH))
    assert side(line, "B", swapped, 40_000.0).wkb == both[0].wkb


def test_an_older_line_that_one_party_has_crossed_since_keeps_its_banks():
    """All within 15 km of it is held by one party today: land further off tells which bank is the other's."""
    old = Line((tuple((lon, 48.8) for lon in np.linspace(30, 34, 9).tolist()),))
    for parties in ((party("A", NORTH), party("B", SOUTH)), (party("A", NORTH), party("B"))):
        a, b = (side(old, name, parties, 15_000.0) for name in "AB")
        assert [on(a, 32, 48.9), on(a, 32, 48.7), on(b, 32, 48.9), on(b, 32, 48.7)] == [True, False, False, True]
        assert not on(a, 32, 48.96)
    a = side(old, "A", (party("A", NORTH, SOUTH), party("B", box(29, 40, 35, 41))), 15_000.0)
    assert [on(a, 32, 48.9), on(a, 32, 48.7)] == [True, True]


def test_where_the_map_ends_no_land_further_off_is_asked():
    polar = Line((((10.0, 86.0), (12.0, 86.0)),))
    a = side(polar, "A", (party("A", box(0, 80, 30, 89)), party("B", box(0, 10, 30, 20))), 150_000.0)
    assert on(a, 11, 86.2)
    assert on(a, 11, 85.8)


def test_a_pocket_is_its_holders_and_what_juts_over_the_line_is_not():
    pocket, jut = box(31.0, 49.1, 31.2, 49.2), box(32.0, 48.9, 32.3, 49.1)
    parties = (party("A", NORTH), party("B", SOUTH, pocket, jut))
    a, b = (side(STRAIGHT, name, parties, 40_000.0) for name in "AB")
    assert [on(a, 31.1, 49.15), on(b, 31.1, 49.15)] == [False, True]
    assert [on(a, 32.1, 49.05), on(b, 32.1, 49.05)] == [True, False]


def test_faces_that_no_polygon_covers_are_told_by_places():
    ring = box(31.0, 49.1, 31.4, 49.3)
    line = Line((*STRAIGHT.parts, ring))
    small = box(29, 48.5, 35, 49)
    parties = (
        party("A", holds=(("n", 32.5, 49.2),)),
        party("B", small, holds=(("inside", 31.2, 49.2), ("s", 32.5, 48.8))),
    )
    a, b = (side(line, name, parties, 40_000.0) for name in "AB")
    assert [on(a, 31.2, 49.2), on(b, 31.2, 49.2)] == [False, True]
    assert [on(a, 32.6, 49.2), on(b, 32.6, 49.2)] == [True, False]
    assert [on(a, 32.6, 48.8), on(b, 32.6, 48.8)] == [False, True]
