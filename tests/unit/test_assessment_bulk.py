# SPDX-License-Identifier: Apache-2.0
"""Assessment by the million: certain places as the exact predicate has them, Gaussian ones as integrals have them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import shapely
from scipy.special import ndtr

from truceline.assessment import _cells, _loops
from truceline.assessment.bulk import Clause, Columns, Engine
from truceline.assessment.fence import fence, together
from truceline.base.clock import Interval
from truceline.base.geo import metres_per_degree
from truceline.errors import LimitExceeded

DAY = datetime(2026, 4, 11, 12, tzinfo=UTC)
OPEN = Interval(DAY - timedelta(hours=1), DAY + timedelta(hours=1))
BOX = shapely.box(30.0, 48.0, 31.0, 49.0)


def columns(lon, lat, sigma=0.0, minor=None, bearing=0.0, **more):
    lon, lat = np.atleast_1d(np.asarray(lon, float)), np.atleast_1d(np.asarray(lat, float))
    n = len(lon)

    def full(value):
        return np.full(n, value, float) if np.ndim(value) == 0 else np.asarray(value, float)

    made = {
        "lon": lon, "lat": lat, "time": np.full(n, np.datetime64("2026-04-11T12:00", "us")),
        "sigma_major_m": full(sigma), "sigma_minor_m": full(sigma if minor is None else minor),
        "bearing_deg": full(bearing), "sigma_s": np.zeros(n), "p_act": {"shelling": np.ones(n)}, "p_actor": {},
    }  # fmt: skip
    return Columns(**{**made, **more})


def clause(zone="z", acts=("shelling",), actors=("A", "B"), silent=1.0, window=OPEN, unexcused=1.0):
    return Clause(dict.fromkeys(acts, 1.0), dict.fromkeys(actors, 1.0), silent, zone, window, unexcused)


def place(shape, events):
    """P(in the shape) of each event."""
    return Engine([clause()], {"z": shape}).assess(events)[:, 0]


def star(rng, lon, lat, radius, corners):
    angle = np.sort(rng.uniform(0, 2 * np.pi, corners))
    size = rng.uniform(0.2, 1, corners) * radius
    return shapely.make_valid(shapely.Polygon(np.c_[lon + size * np.cos(angle), lat + size * np.sin(angle)]))


@pytest.mark.parametrize(("lon", "lat", "radius"), [(35.0, 48.0, 1.0), (-70.0, -33.0, 0.05), (20.0, 78.0, 3.0)])
def test_certain_places_are_in_the_zones_that_the_exact_predicate_says(lon, lat, radius):
    rng = np.random.default_rng(2)
    shapes = {k: star(rng, lon + rng.normal(0, radius / 2), lat, radius, n) for k, n in enumerate((5, 40, 300))}
    line = np.c_[np.linspace(lon - radius, lon + radius, 400), lat + rng.normal(0, radius / 50, 400)]
    shapes[3] = shapely.buffer(shapely.LineString(line), radius / 80)
    shapes[4] = shapes[1].difference(shapely.buffer(shapes[1].centroid, radius / 3))
    engine = Engine([clause(zone=k) for k in shapes], shapes)
    # Scattered, and on purpose at vertices, on edges, and at round numbers.
    corners = np.vstack([shapely.get_coordinates(s) for s in shapes.values()])
    middles = (corners[1:] + corners[:-1]) / 2
    spread = np.c_[rng.uniform(lon - radius, lon + radius, 20_000), rng.uniform(lat - radius, lat + radius, 20_000)]
    points = np.vstack([spread, corners, middles, np.round(spread[:2000], 2), corners + 1e-12])
    found = engine.assess(columns(points[:, 0], points[:, 1]))
    for k, shape in shapes.items():
        assert np.array_equal(found[:, k] > 0, shapely.contains_xy(shape, points[:, 0], points[:, 1]))


def test_zones_over_the_antimeridian_and_places_on_both_sides_of_it():
    shapes = {"a": shapely.box(179.5, 10, 180.5, 11), "b": shapely.box(-180.0, 10, -179.8, 11)}
    engine = Engine([clause(zone="a"), clause(zone="b")], shapes)
    found = engine.assess(columns([179.9, -179.9, -179.6, 0.0, 179.4], [10.5] * 5))
    assert found[:, 0].tolist() == [1, 1, 1, 0, 0] or found[:, 0].tolist() == [1, 1, 0, 0, 0]
    assert found[:, 1].tolist() == [0, 1, 0, 0, 0]


@pytest.mark.parametrize("sigma", [5.0, 60.0, 300.0, 2000.0, 15_000.0])
def test_a_gaussian_place_beside_a_straight_border_is_a_normal_probability(sigma):
    _, north = metres_per_degree(48.0)
    offset = np.linspace(-3, 3, 25)
    found = place(BOX, columns(np.full(25, 30.5), 48.0 + offset * sigma / north, sigma))
    inside = ndtr((37_000 / sigma) * np.ones(25)) - ndtr(-37_000 / sigma)  # the box's east and west, 74 km apart
    assert found == pytest.approx(ndtr(offset) * inside, abs=2e-3)


def test_a_corner_and_a_narrow_zone():
    _, north = metres_per_degree(48.0)
    assert place(BOX, columns(30.0, 48.0, 500.0)) == pytest.approx([0.25], abs=1e-3)
    road = shapely.box(30.0, 48.0, 31.0, 48.0 + 40 / north)
    middle = columns(30.5, 48.0 + 20 / north, 400.0)
    assert place(road, middle) == pytest.approx([2 * ndtr(20 / 400) - 1], abs=1e-3)
    hole = BOX.difference(shapely.box(30.4, 48.4, 30.6, 48.6))
    assert place(hole, columns(30.4, 48.4, 300.0)) == pytest.approx([0.75], abs=1e-3)
    # An ellipse across the border counts its short axis, one along it its long one.
    across = columns([30.5, 30.5], [48.0 - 100 / north] * 2, 1000.0, 100.0, [90.0, 0.0])
    assert place(BOX, across) == pytest.approx([ndtr(-1), ndtr(-0.1)], abs=2e-3)


@pytest.mark.parametrize("aspect", [1.0, 4.0, 30.0])
def test_gaussian_places_against_drawn_ones(aspect):
    rng = np.random.default_rng(int(aspect))
    shape = star(rng, 30.0, 48.0, 0.2, 60)
    n, draws = 60, 20_000
    lon, lat = 30 + rng.normal(0, 0.1, n), 48 + rng.normal(0, 0.1, n)
    major, bearing = np.exp(rng.uniform(4, 9, n)), rng.uniform(0, 360, n)
    found = place(shape, columns(lon, lat, major, major / aspect, bearing))
    east, north = metres_per_degree(lat)
    u, v = rng.normal(0, 1, (2, n, draws)) * np.stack([major, major / aspect])[:, :, None]
    sin, cos = np.sin(np.radians(bearing))[:, None], np.cos(np.radians(bearing))[:, None]
    x, y = lon[:, None] + (u * sin + v * cos) / east[:, None], lat[:, None] + (u * cos - v * sin) / north[:, None]
    drawn = shapely.contains_xy(shape, x, y).mean(axis=1)
    assert np.abs(found - drawn).mean() < 0.005
    assert np.abs(found - drawn).max() < 0.02


def test_two_halves_of_a_zone_hold_what_the_whole_holds():
    rng = np.random.default_rng(5)
    events = columns(30 + rng.normal(0.5, 0.4, 500), 48 + rng.normal(0.5, 0.4, 500), np.exp(rng.uniform(3, 10, 500)))
    halves = [shapely.box(30, 48, 30.4, 49), shapely.box(30.4, 48, 31, 49)]
    assert place(halves[0], events) + place(halves[1], events) == pytest.approx(place(BOX, events), abs=2e-3)
    certain = events.certain()
    assert np.array_equal(place(halves[0], certain) + place(halves[1], certain), place(BOX, certain))


def test_time_is_half_open_where_certain_and_normal_where_not():
    hour = np.timedelta64(3600, "s")
    noon = np.datetime64("2026-04-11T12:00", "us")
    events = columns([30.5] * 4, [48.5] * 4, time=np.array([noon - hour, noon + hour, noon, noon + 2 * hour]))
    assert place(BOX, events).tolist() == [1, 0, 1, 0]
    vague = replace(events, sigma_s=np.full(4, 3600.0))
    expected = [ndtr(2) - 0.5, 0.5 - ndtr(-2), ndtr(1) - ndtr(-1), ndtr(-1) - ndtr(-3)]
    assert place(BOX, vague) == pytest.approx(expected, abs=1e-6)


def test_belief_is_added_up_and_what_is_not_known_cannot_be_told():
    def share(*values):
        return np.array(values, float)

    nan = np.nan
    events = columns(
        [30.5, 30.5, 30.5, 10.0], [48.5] * 4,
        p_act={"shelling": share(0.5, nan, 0.5, nan), "mining": share(0.25, nan, 0.5, nan)},
        p_actor={"A": share(0.5, 0.5, nan, nan), "B": share(0.25, 0.5, nan, nan)},
    )  # fmt: skip
    some = [
        clause(), clause(acts=("shelling", "mining"), actors=("A",), silent=nan), clause(zone="lost"),
        clause(zone=None, unexcused=nan), clause(zone=None, unexcused=0.0), clause(acts=("air_strike",)),
    ]  # fmt: skip
    found = Engine(some, {"z": BOX}).assess(events)
    assert found[0, 0] == pytest.approx(0.375)
    assert found[0, 1] == pytest.approx(0.375)
    assert np.isnan(found[0, 2:4]).all()
    assert found[0, 4] == found[0, 5] == 0
    assert np.isnan(found[1, 0])  # no belief about the act
    assert found[2, 0] == pytest.approx(0.5)  # all are bound, so nobody need be named
    assert np.isnan(found[2, 1])  # only one is, and nothing says who
    assert found[3, 0] == 0  # wherever else, nothing need be known
    assert np.isnan(found[3, 3])


def test_more_zones_and_clauses_than_one_pass_takes():
    rng = np.random.default_rng(1)
    shapes = {k: shapely.box(30 + k * 0.01, 48, 30 + k * 0.01 + 0.02, 49) for k in range(150)}
    engine = Engine([clause(zone=k % 150) for k in range(300)], shapes)
    lon = rng.uniform(29.9, 31.6, 500)
    for events in (columns(lon, [48.5] * 500), columns(lon, [48.5] * 500, np.where(lon > 31, 0.0, 1.0))):
        found = engine.assess(events)
        for k in (0, 62, 63, 126, 149):
            sure = np.abs(np.subtract.outer(lon, [30 + k * 0.01, 30.02 + k * 0.01])).min(axis=1) > 1e-4
            assert np.array_equal(found[sure, k] > 0.5, shapely.contains_xy(shapes[k], lon, 48.5)[sure])
            assert np.array_equal(found[:, k], found[:, k + 150])
    with pytest.raises(LimitExceeded, match="at most 63"):
        fence(list(shapes.values()), 500.0)


def test_nothing_to_do_and_odd_shapes():
    assert Engine([], {}).assess(columns([30.5], [48.5])).shape == (1, 0)
    assert Engine([clause()], {"z": BOX}).assess(columns([], [])).shape == (0, 1)
    assert Engine([clause()], {"z": shapely.Polygon()}).assess(columns([30.5], [48.5], 100.0)).tolist() == [[0.0]]
    assert together([]) == []
    world = shapely.box(-180, -90, 180, 90)
    assert place(world, columns([0.0, 179.9, 10.0], [0.0, 89.0, -89.0], 10.0)) == pytest.approx([1, 1, 1])


@pytest.mark.parametrize("module", [_cells, _loops])
def test_compiled_loops_call_only_those_of_their_own_file(module):
    """Machine code kept on disk notices a change of its own file alone."""
    loops = [value for value in vars(module).values() if hasattr(value, "py_func")]
    assert loops
    assert {loop.py_func.__module__ for loop in loops} == {module.__name__}
