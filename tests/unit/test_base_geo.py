# SPDX-License-Identifier: Apache-2.0
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from truceline.base.geo import EARTH_KM, WGS84, Line, Sides, geodesic_m, metres_per_degree, on_sphere
from truceline.errors import Malformed, NoPlace

NORTHWARD = Line((((30.0, 48.0), (30.0, 49.0)),))
BENT = Line((((30.0, 48.0), (30.5, 48.4), (31.2, 48.3)), ((33.0, 47.0), (33.4, 47.2))))


def dense(line: Line, step: float = 20.0):
    along = np.arange(0, line.length_m, step)
    return line.at(along)[:2]


def test_length_is_the_ellipsoid_s():
    assert NORTHWARD.length_m == pytest.approx(111_219, abs=20)  # one degree of meridian at 48.5 N
    assert BENT.length_m == pytest.approx(BENT.part_lengths_m.sum())


def test_metres_per_degree_agree_with_geodesics():
    lat = np.array([-60.0, -5.0, 0.0, 30.0, 48.5, 75.0])
    east, north = metres_per_degree(lat)
    step = 0.01
    assert east * step == pytest.approx(geodesic_m(np.zeros(6), lat, np.full(6, step), lat), rel=1e-6)
    assert north * step == pytest.approx(geodesic_m(np.zeros(6), lat - step / 2, np.zeros(6), lat + step / 2), rel=1e-6)


def test_arcs_on_the_sphere_err_by_under_a_hundredth_also_across_the_antimeridian():
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(-180, 180, (2, 500)), rng.uniform(-89, 89, (2, 500))
    lon[:, 0], lat[:, 0] = (179.9, -179.9), (48.0, 48.0)
    one, two = on_sphere(lon[0], lat[0]), on_sphere(lon[1], lat[1])
    arc_m = 2000 * EARTH_KM * np.arcsin(np.clip(np.linalg.norm(one - two, axis=1) / 2, 0, 1))
    assert np.linalg.norm(one, axis=1) == pytest.approx(1.0)
    assert arc_m == pytest.approx(geodesic_m(lon[0], lat[0], lon[1], lat[1]), rel=0.01)
    assert on_sphere(np.array(90.0), np.array(0.0)) == pytest.approx([0, 1, 0], abs=1e-12)


@given(st.floats(29.5, 34), st.floats(46.5, 49.5))
def test_distance_is_that_of_the_nearest_dense_point(lon, lat):
    found = BENT.nearest(np.array([lon]), np.array([lat]))
    x, y = dense(BENT)
    best = geodesic_m(np.full(len(x), lon), np.full(len(x), lat), x, y).min()
    assert found.distance_m[0] == pytest.approx(best, rel=2e-3, abs=15)


def test_left_is_left_as_the_line_runs():
    found = NORTHWARD.nearest(np.array([29.9, 30.1, 29.9, 30.1]), np.array([48.5, 48.5, 47.9, 49.1]))
    assert found.left.tolist() == [True, False, True, False]


@given(
    st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=3, max_size=6, unique=True),
    st.floats(-2, 2),
    st.floats(-2, 2),
)
def test_reversing_a_line_mirrors_its_sides_and_keeps_distance(vertices, x, y):
    forward = tuple((30 + a, 48 + b) for a, b in vertices)
    try:
        one, two = Line((forward,)), Line((forward[::-1],))
    except Malformed:
        return
    a, b = (line.nearest(np.array([30 + x]), np.array([48 + y])) for line in (one, two))
    assert a.distance_m[0] == pytest.approx(b.distance_m[0], rel=1e-6, abs=1e-3)


def test_offset_lies_at_the_distance_and_side_asked():
    along = np.linspace(10_000, NORTHWARD.length_m - 10_000, 7)
    for left in (5_000.0, -5_000.0):
        lon, lat = NORTHWARD.offset(along, np.full(7, left))
        found = NORTHWARD.nearest(lon, lat)
        assert found.distance_m == pytest.approx(5_000, rel=1e-3)
        assert found.left.all() == (left > 0)
        assert found.along_m == pytest.approx(along, abs=30)


def test_sectors_cover_each_part_once():
    sectors = BENT.sectors(20_000)
    assert sum(s.length_m for s in sectors) == pytest.approx(BENT.length_m)
    assert [s.number for s in sectors] == list(range(1, len(sectors) + 1))
    for sector in sectors:
        lon, lat = np.array(sector.coordinates).T
        run = geodesic_m(lon[:-1], lat[:-1], lon[1:], lat[1:]).sum()
        assert run == pytest.approx(sector.length_m, rel=2e-3)
        assert sector.length_m < 30_000


def test_sides_are_told_by_the_places_parties_hold_part_by_part():
    parts = (((30.0, 48.0), (30.0, 49.0)), ((30.0, 50.0), (30.0, 49.2)))  # the second runs the other way
    line = Line(parts)
    west, east = np.array([[29.0, 48.5], [29.2, 49.6]]), np.array([[31.0, 48.5], [30.8, 49.6]])
    sides = Sides.from_places(line, "A", west, "B", east)
    swapped = Sides.from_places(line, "B", east, "A", west)
    near = line.nearest(np.array([29.8, 30.2, 29.8, 30.2]), np.array([48.5, 48.5, 49.6, 49.6]))
    assert sides.of(near).tolist() == [True, False, True, False]
    assert (sides.of(near) == ~swapped.of(near)).all()


def test_a_party_without_a_place_has_no_side():
    with pytest.raises(NoPlace):
        Sides.from_places(NORTHWARD, "A", np.zeros((0, 2)), "B", np.array([[31.0, 48.5]]))


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({"type": "Polygon", "coordinates": []}, "no LineString"),
        ({"type": "LineString", "coordinates": [[30, 48]]}, "fewer than two"),
        ({"type": "LineString", "coordinates": [[30, 48], ["x", 49]]}, "numbers"),
        ({"type": "LineString", "coordinates": [[30, 48], [30, 148]]}, "outside"),
        ({"type": "LineString", "coordinates": [[179, 48], [-179, 48]]}, "antimeridian"),
        ({"type": "LineString", "coordinates": [[30, 48], [30, 48]]}, "no length"),
        ({"type": "LineString"}, "coordinates"),
        ([1, 2], "not GeoJSON"),
        ({"type": "LineString", "coordinates": [[30, 48], [10**400, 49]]}, "outside"),
        ({"type": "LineString", "coordinates": [[30, 48], [float("nan"), 49]]}, "outside"),
    ],
)
def test_bad_lines_are_refused_with_the_reason(value, why):
    with pytest.raises((Malformed, NoPlace), match=why):
        Line.from_geojson(value)


def test_no_points_give_no_answers():
    found = BENT.nearest(np.zeros(0), np.zeros(0))
    assert len(found.distance_m) == len(found.along_m) == len(found.left) == 0


def test_the_precise_line_is_as_long_as_its_source_says(shared_data):
    line = Line.from_geojson(json.loads((shared_data / "line_of_contact_20260411.geojson").read_text()))
    assert round(line.length_m / 1000, 1) == 1253.8
    lengths = [WGS84.line_length(*zip(*part, strict=True)) for part in line.parts]
    assert line.part_lengths_m == pytest.approx(np.array(lengths), rel=1e-9)
