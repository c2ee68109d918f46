# SPDX-License-Identifier: Apache-2.0
"""Coordinates in a terms file: polygons that are polygons, and longitude first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

import numpy as np
import shapely

from truceline.base.yaml import Node
from truceline.errors import LimitExceeded, Malformed, NoPlace
from truceline.model.territory import Party, Ring, Zone
from truceline.terms.kinds import Entry

FAR_DEGREES = 10.0
"""Farther than this from all held places a coordinate is suspect, degrees; a theatre is smaller."""

MAX_TOUCHING = 10_000
"""Most pairs of touching rings that are looked at one by one."""

POLE_DEGREES = 89.0
"""Latitude beyond which nothing is measured: a metric frame there has no north."""


_BEGINNING = 1_000
"""So many vertices of a long ring are looked at first."""


def _swapped(lon: float, lat: float, middle: tuple[float, float]) -> bool:
    """Whether a place is far from where the agreement plays, and would be near with its numbers exchanged."""
    here = max(abs(lon - middle[0]), abs(lat - middle[1]))
    there = max(abs(lat - middle[0]), abs(lon - middle[1]))
    return here > FAR_DEGREES >= there


def check_held(parties: Sequence[Entry]) -> None:
    """Refuse a held place whose longitude and latitude look swapped, judged by the median of all.

    Raises:
        NoPlace: with the line of the place.
    """
    places: list[Entry] = [place for party in parties for place in party.get("holds", [])]
    if len(places) < 3:
        return
    middle = (median(p["lon"] for p in places), median(p["lat"] for p in places))
    for place in places:
        if _swapped(place["lon"], place["lat"], middle):
            reason = f"holds: {place['place']}: longitude and latitude look swapped"
            raise NoPlace(reason, line=place.node.line)


def polygon(entry: Entry, key: str, at: str, held: Sequence[tuple[float, float]]) -> tuple[Ring, ...]:
    """Return the rings under a key (closed, lon/lat degrees), checked.

    Raises:
        NoPlace: a vertex is out of range or near a pole, or its numbers look swapped.
        Malformed: a ring has no area or crosses itself.
    """
    node = entry.node.value
    assert isinstance(node, dict)  # the schema has read it as a map
    nodes = node[key].value
    assert isinstance(nodes, list)  # and this as a list
    return tuple(ring(at, one, _lines(place), held) for one, place in zip(entry[key], nodes, strict=True))


def _lines(node: Node) -> list[int]:
    """Return the line of every vertex."""
    assert isinstance(node.value, list)  # the schema has read it as a list
    return [vertex.line for vertex in node.value]


def ring(at: str, vertices: list[list[float]], lines: list[int], held: Sequence[tuple[float, float]]) -> Ring:
    """Return one ring, closed and checked; see :func:`polygon`. ``lines``: the line of each vertex."""
    first = lines[0] if lines else None
    if any(abs(lat) > POLE_DEGREES for _, lat in vertices):
        lat, line = next((pair[1], n) for pair, n in zip(vertices, lines, strict=True) if abs(pair[1]) > POLE_DEGREES)
        if abs(lat) > 90:
            raise NoPlace(f"{at}: latitude {lat:g} is outside ±90 (longitude comes first)", line=line)
        raise NoPlace(f"{at}: reaches a pole (latitude {lat:g}); nothing is measured there", line=line)
    closed = tuple((lon, lat) for lon, lat in vertices)
    closed = closed if closed and closed[0] == closed[-1] else (*closed, *closed[:1])
    if len(set(closed)) < 3:
        raise Malformed(f"{at}: a ring needs three different vertices", line=first)
    lons = [lon for lon, _ in closed]
    if max(lons) - min(lons) > 180:
        raise NoPlace(f"{at}: crosses the antimeridian; cut it there", line=first)
    # A ring that crosses itself everywhere takes seconds to be judged whole; its beginning tells at once.
    if len(closed) > _BEGINNING and not shapely.is_simple(shapely.LineString(closed[:_BEGINNING])):
        raise Malformed(f"{at}: the ring crosses itself within its first {_BEGINNING:,} vertices", line=first)
    shape = _polygon(closed)
    if (reason := shapely.is_valid_reason(shape)) != "Valid Geometry":
        said = reason.replace("Self-intersection", "the ring crosses itself at ")
        raise Malformed(f"{at}: {said}", line=first)
    if shape.area <= 0:
        raise Malformed(f"{at}: a ring without area", line=first)
    check_swapped(closed, at, first, held)
    return closed


def check_swapped(
    vertices: Sequence[tuple[float, float]], at: str, line: int | None, held: Sequence[tuple[float, float]]
) -> None:
    """Refuse coordinates that all lie far from where the agreement plays, and would be near if exchanged.

    Raises:
        NoPlace: with the line.
    """
    if not held:
        return
    middle = (median(lon for lon, _ in held), median(lat for _, lat in held))
    if all(_swapped(lon, lat, middle) for lon, lat in vertices):
        raise NoPlace(f"{at}: longitude and latitude look swapped", line=line)


def holes_inside(outer: Sequence[Ring], holes: Sequence[Ring], at: str, line: int) -> None:
    """Refuse rings that overlap one another, and holes that lie in none of them.

    Raises:
        Malformed: with the line.
    """
    shapes = [_polygon(one) for one in outer]
    if len(shapes) > 1 and not shapely.MultiPolygon(shapes).is_valid and _any_overlap(shapes, None, at, line):
        raise Malformed(f"{at}: two of its rings overlap", line=line)
    within = shapely.STRtree([_polygon(hole) for hole in holes]).query(shapes, predicate="covers")[1]
    if len(set(within.tolist())) < len(holes):
        raise Malformed(f"{at}: a hole lies outside its rings", line=line)


def _polygon(one: Ring) -> shapely.Polygon:
    return shapely.Polygon(np.array(one))


def _any_overlap(ones: Sequence[shapely.Polygon], others: Sequence[shapely.Polygon] | None, at: str, line: int) -> bool:
    """Whether one of some areas overlaps one of others (None: another one of the same); touching is no overlap.

    Raises:
        LimitExceeded: so many of them touch that nobody can wait for it.
    """
    tree, seen = shapely.STRtree(ones if others is None else others), 0
    for number, shape in enumerate(ones):
        for other in tree.query(shape, predicate="intersects").tolist():
            if others is not None or other > number:
                if _overlap(shape, tree.geometries[other]):
                    return True
                seen += 1
        if seen > MAX_TOUCHING:
            raise LimitExceeded(f"{at}: more than {MAX_TOUCHING:,} pairs of polygons touch", line=line)
    return False


def _overlap(one: shapely.Geometry, two: shapely.Geometry) -> bool:
    """Whether two areas share more than a rounding error of the smaller one."""
    return bool(one.intersection(two).area > 1e-9 * min(one.area, two.area))


def check_ranks(zones: Sequence[Zone], line_of: Callable[[str], int], made: dict[Any, Any]) -> None:
    """Refuse two polygons of one kind and rank that overlap at one time; ``line_of`` tells a zone's line.

    ``made`` keeps areas, so that a further reading of the same zones need not make them again.

    Raises:
        Malformed: naming both, with the line of the later one.
        LimitExceeded: so many of them may touch that nobody can wait for it.
    """
    drawn = [zone for zone in zones if zone.shape == "polygon"]
    if len(drawn) < 2:
        return
    shapes = [_area(zone, made) for zone in drawn]
    one, two = shapely.STRtree(shapes).query(shapes)
    alike = np.unique([f"{zone.rank} {zone.kind}" for zone in drawn], return_inverse=True)[1]
    one, two = (side[(one < two) & (alike[one] == alike[two])] for side in (one, two))
    order = np.lexsort((two, one)).tolist()
    for number, (i, j) in enumerate((int(one[at]), int(two[at])) for at in order):
        a, b = drawn[i], drawn[j]
        if number >= MAX_TOUCHING:
            raise LimitExceeded(f"zones: more than {MAX_TOUCHING:,} pairs of polygons touch", line=line_of(b.id))
        if not _together(a, b):
            continue
        key = ("apart", id(shapes[i]), id(shapes[j]))
        if key in made:
            continue
        first, second = (shapely.get_parts(shape).tolist() for shape in (shapes[i], shapes[j]))
        made[key] = not _any_overlap(first, second, f"zones {a.id!r} and {b.id!r}", line_of(b.id))
        if not made[key]:
            reason = f"the zones {a.id!r} and {b.id!r} overlap and have the same rank ({a.rank})"
            raise Malformed(f"{reason}; give one a higher rank, or say which replaces which", line=line_of(b.id))


def check_controls(parties: Sequence[Party], line_of: Callable[[str], int]) -> None:
    """Refuse places that two parties are both said to control; ``line_of`` tells the line of a party's polygons.

    Raises:
        Malformed: naming both, with the line of the later one.
    """
    shapes = [(party.id, [_polygon(ring) for ring in party.controls]) for party in parties if party.controls]
    for at, (later, second) in enumerate(shapes):
        for earlier, first in shapes[:at]:
            if _any_overlap(first, second, f"controls of {earlier!r} and {later!r}", line_of(later)):
                reason = f"controls of {earlier!r} and {later!r} overlap: a place cannot be under the control of both"
                raise Malformed(
                    f"{reason}; let them share a border, and leave out what is contested", line=line_of(later)
                )


def _area(zone: Zone, made: dict[Any, Any]) -> shapely.Geometry:
    key = ("area", id(zone.coordinates), id(zone.holes))
    if key not in made:
        outer = shapely.MultiPolygon([_polygon(one) for one in zone.coordinates])
        # They do not overlap, so only where they share borders is a union needed, which takes far longer.
        outer = outer if outer.is_valid else shapely.union_all(outer)
        made[key] = outer.difference(shapely.union_all([_polygon(one) for one in zone.holes])) if zone.holes else outer
    return made[key]


def _together(one: Zone, two: Zone) -> bool:
    """Whether two zones are drawn at the same time."""
    if one.id == two.replaces or two.id == one.replaces:
        return False
    starts, ends = [z.since for z in (one, two) if z.since], [z.until for z in (one, two) if z.until]
    return not starts or not ends or max(starts) < min(ends)
