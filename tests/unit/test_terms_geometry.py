# SPDX-License-Identifier: Apache-2.0
"""Belts and buffers are where the geodesic says they are; sides are the parties' own, whatever their order."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
import shapely
from pyproj import Geod

from truceline.base import offsets
from truceline.base.geo import Line
from truceline.errors import NoPlace, StateError
from truceline.model.territory import Party, ProtectedObject, ReferenceLine, Zone
from truceline.terms.geometry import Geometry

GEOD = Geod(ellps="WGS84")
RNG = np.random.default_rng(7)


def front(vertices=15_000, lat=46.5):
    """A ragged line of some 1,300 km, with curls and spikes."""
    t = np.linspace(0, 1, vertices)
    noise = np.cumsum(np.random.default_rng(1).normal(0, 0.05 / vertices**0.5, (2, vertices)), axis=1)
    lon = 31 + 8 * t + 0.4 * np.sin(9 * t) + noise[0]
    return tuple(zip(lon.tolist(), (lat + 5 * t**2 + 0.5 * np.sin(14 * t) + noise[1]).tolist(), strict=True))


def fine(parts, step):
    """The line as places every ``step`` metres, straight in degrees."""
    found = []
    for part in parts:
        run = np.array(part)
        many = np.ceil(np.asarray(GEOD.inv(run[:-1, 0], run[:-1, 1], run[1:, 0], run[1:, 1])[2]) / step).astype(int)
        start = np.repeat(np.arange(len(many)), many)
        at = np.arange(len(start)) - np.repeat(np.cumsum(many) - many, many)
        found += [run[start] + (at / many[start])[:, None] * (run[start + 1] - run[start]), run[-1:]]
    return np.vstack(found)


def errors(shape, parts, distance_m, count=30):
    """How far places on a shape's border are from where they should be, metres."""
    line = fine(parts, min(500.0, distance_m**0.5))  # a place half a step off errs by decimetres
    border = shapely.get_coordinates(shape)
    places = border[RNG.choice(len(border), min(count, len(border)), replace=False)]
    return [
        float(np.min(GEOD.inv(np.full(len(line), x), np.full(len(line), y), line[:, 0], line[:, 1])[2])) - distance_m
        for x, y in places
    ]


@pytest.mark.parametrize("distance_km", [140, 15, 2])
@pytest.mark.parametrize("lat", [46.5, 66])
def test_the_border_lies_within_ten_metres_of_the_geodesic(distance_km, lat):
    parts = (front(3000, lat),)
    found = errors(offsets.within(parts, distance_km * 1000), parts, distance_km * 1000)
    assert max(map(abs, found)) < 3


def test_shallow_bays_are_not_filled_in():
    # GEOS's own buffer simplifies by one per cent of the distance: here it errs by hundreds of metres.
    bay = (((30.0, 47.0), (30.2, 47.012), (30.4, 47.0), (30.6, 47.012), (30.8, 47.0)),)
    found = errors(offsets.within(bay, 140_000), bay, 140_000, count=80)
    assert max(map(abs, found)) < 3


def test_long_straight_segments_are_straight_in_degrees():
    parts = (((30.0, 60.0), (33.0, 60.0)),)
    assert max(map(abs, errors(offsets.within(parts, 50_000), parts, 50_000, 60))) < 3


def test_pockets_islands_and_pieces_are_all_in_it():
    ring = ((35.0, 48.0), (35.5, 48.0), (35.5, 48.4), (35.0, 48.4), (35.0, 48.0))
    island = ((40.0, 44.0), (40.1, 44.1))
    parts = (front(500), ring, island)
    for kilometres in (5, 30):
        shape = offsets.within(parts, kilometres * 1000)
        assert shape.is_valid
        assert shapely.contains_xy(shape, 40.05, 44.05)
        assert max(map(abs, errors(shape, parts, kilometres * 1000, 80))) < 3
    hollow = offsets.within((ring,), 5_000)
    assert len(hollow.interiors) == 1  # the pocket's own middle is farther than 5 km from its border


def test_a_long_line_is_drawn_in_seconds_and_then_kept():
    parts = (front(),)
    started = time.process_time()
    offsets.within(parts, 140_001)
    assert time.process_time() - started < 15  # about 0.4 s on a quiet core
    started = time.process_time()
    offsets.within(parts, 140_001)
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize(
    "part", [((179.0, 10.0), (179.5, 10.0)), ((0.0, 88.0), (1.0, 88.2)), ((-179.9, 0.0), (-179.0, 1.0))]
)
def test_beyond_the_map_nothing_is_drawn(part):
    with pytest.raises(NoPlace, match=r"pole|antimeridian"):
        offsets.within((part,), 140_000)


NORTH = Party("A", "North", "N", (), (("n", 35.0, 48.5), ("n2", 33.0, 48.6)))
SOUTH = Party("B", "South", "S", (), (("s", 35.0, 47.5), ("s2", 33.0, 47.4)))
EAST_WEST = Line((tuple((lon, 48.0) for lon in np.linspace(32, 37, 51).tolist()),))


def belts(*parties, line=EAST_WEST, to_km=50, from_km=0.0):
    zones = tuple(Zone(p, "belt", side=p, from_km=from_km, to_km=to_km) for p in ("A", "B"))
    geometry = Geometry(tuple(parties), zones, (), line)
    return [geometry.drawn(zone.id) for zone in zones]


def holds(drawn, lon, lat):
    return bool(shapely.contains_xy(drawn.area, lon, lat))


def test_a_belt_lies_on_its_party_s_side_and_begins_where_it_says():
    a, b = belts(NORTH, SOUTH, from_km=10)
    assert [holds(a, 34, 48 + d) for d in (0.05, 0.2, 0.4, 0.5, -0.2)] == [False, True, True, False, False]
    assert [holds(b, 34, 48 - d) for d in (0.05, 0.2, 0.4, 0.5, -0.2)] == [False, True, True, False, False]


def test_two_sides_make_the_whole_and_share_nothing():
    a, b = belts(NORTH, SOUTH)
    whole = offsets.within(EAST_WEST.parts, 50_000)
    assert a.area.intersection(b.area).area < 1e-9
    assert a.area.union(b.area).symmetric_difference(whole).area < 1e-9


def test_swapped_parties_swap_their_belts_to_the_bit():
    a, b = belts(NORTH, SOUTH)
    swapped = belts(replace(SOUTH, id="A"), replace(NORTH, id="B"))
    assert shapely.equals_exact(a.area, swapped[1].area, normalize=True)
    assert shapely.equals_exact(b.area, swapped[0].area, normalize=True)
    assert [d.area.wkb for d in belts(SOUTH, NORTH)] == [a.area.wkb, b.area.wkb]


def test_the_direction_in_which_a_line_runs_changes_nothing():
    back = Line((tuple(reversed(EAST_WEST.parts[0])),))
    a, b = belts(NORTH, SOUTH, line=back)
    assert holds(a, 34, 48.2)
    assert holds(b, 34, 47.8)


def test_a_pocket_belongs_to_whom_holds_it():
    pocket = ((34.5, 48.3), (35.0, 48.3), (35.0, 48.5), (34.5, 48.5), (34.5, 48.3))
    line = Line((*EAST_WEST.parts, pocket))
    south = replace(SOUTH, holds=(*SOUTH.holds, ("inside", 34.75, 48.4)))
    north = replace(NORTH, holds=(("n", 35.3, 48.4), ("n2", 34.2, 48.4), ("n3", 34.7, 48.7), ("n4", 33.0, 48.6)))
    a, b = belts(north, south, line=line)
    assert holds(b, 34.75, 48.4)
    assert not holds(a, 34.75, 48.4)
    assert holds(a, 34.75, 48.2)


def test_polygons_of_control_decide_before_places_do():
    box = ((31.0, 48.0), (38.0, 48.0), (38.0, 50.0), (31.0, 50.0), (31.0, 48.0))
    below = tuple((lon, 96.0 - lat) for lon, lat in box)
    # The places say the opposite; the polygons are believed.
    a, b = belts(
        replace(NORTH, holds=SOUTH.holds, controls=(box,)), replace(SOUTH, holds=NORTH.holds, controls=(below,))
    )
    assert holds(a, 34, 48.2)
    assert holds(b, 34, 47.8)
    # One party's polygons alone: the rest is the other's.
    a, b = belts(replace(NORTH, holds=(), controls=(box,)), replace(SOUTH, holds=()))
    assert holds(a, 34, 48.2)
    assert holds(b, 34, 47.8)
    assert not holds(b, 34, 48.2)


def test_without_places_or_line_a_belt_is_unknown_and_says_why():
    a, _ = belts(replace(NORTH, holds=()), replace(SOUTH, holds=()))
    assert (a.shape, a.area) == ("unknown", None)
    assert "which side" in a.why
    a, _ = belts(NORTH, SOUTH, line=None)
    assert (a.shape, a.why) == ("unknown", "no line of contact is known")
    lines = (ReferenceLine("old", "Old line", "unknown"),)
    zones = (
        Zone("z", "belt", line="old", to_km=5.0),
        Zone("u", "unknown", text="Not published."),
        Zone("e", "everywhere"),
    )
    geometry = Geometry((NORTH, SOUTH), zones, lines, EAST_WEST)
    assert "Old line" in geometry.drawn("z").why
    assert geometry.drawn("u").why == "Not published."
    assert geometry.drawn("e").shape == "everywhere"
    with pytest.raises(StateError):
        geometry.drawn("none")


def test_a_belt_is_measured_from_its_own_line():
    old = ReferenceLine(
        "old", "Old line", "coordinates", tuple(tuple((x, y - 0.5) for x, y in p) for p in EAST_WEST.parts)
    )
    zones = (Zone("z", "belt", line="old", side="A", from_km=0.0, to_km=20.0),)
    drawn = Geometry((NORTH, SOUTH), zones, (old,), EAST_WEST).drawn("z")
    assert [holds(drawn, 34, lat) for lat in (47.4, 47.6, 47.75)] == [False, True, False]


def test_objects_are_discs_and_those_without_a_place_are_counted():
    plant = ProtectedObject("p", "Plant", "power_station", 35.0, 48.0, 1000.0)
    lost = ProtectedObject("q", "Lost", "power_station")
    drawn = Geometry((), (Zone("z", "objects", objects=(plant, lost)),), ()).drawn("z")
    assert "1 object" in drawn.why
    lon, lat, _ = GEOD.fwd([35.0] * 2, [48.0] * 2, [33.0] * 2, [990.0, 1010.0])
    assert [holds(drawn, x, y) for x, y in zip(lon, lat, strict=True)] == [True, False]


def test_the_higher_rank_names_a_place():
    box = ((30.0, 47.0), (31.0, 47.0), (31.0, 48.0), (30.0, 48.0), (30.0, 47.0))
    small = ((30.4, 47.4), (30.6, 47.4), (30.6, 47.6), (30.4, 47.6), (30.4, 47.4))
    zones = (Zone("wide", "polygon", coordinates=(box,)), Zone("narrow", "polygon", coordinates=(small,), rank=1))
    geometry = Geometry((), zones, ())
    assert geometry.called(30.5, 47.5) == ("narrow", "wide")
    assert geometry.called(30.1, 47.1) == ("wide",)
    assert geometry.called(30.5, 47.5, "no_fly") == ()
