# SPDX-License-Identifier: Apache-2.0
"""Coordinates in a terms file: polygons that are polygons, and longitude first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median

import shapely

from truceline.base.yaml import Node
from truceline.errors import Malformed, NoPlace
from truceline.model.territory import Ring, Zone
from truceline.terms.kinds import Entry

FAR_DEGREES = 10.0
"""Farther than this from all held places a coordinate is suspect, degrees; a theatre is smaller."""

POLE_DEGREES = 89.0
"""Latitude beyond which nothing is measured: a metric frame there has no north."""


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
    for (_, lat), line in zip(vertices, lines, strict=True):
        if abs(lat) > 90:
            raise NoPlace(f"{at}: latitude {lat:g} is outside ±90 (longitude comes first)", line=line)
        if abs(lat) > POLE_DEGREES:
            raise NoPlace(f"{at}: reaches a pole (latitude {lat:g}); nothing is measured there", line=line)
    closed = tuple((lon, lat) for lon, lat in vertices)
    closed = closed if closed and closed[0] == closed[-1] else (*closed, *closed[:1])
    if len(set(closed)) < 3:
        raise Malformed(f"{at}: a ring needs three different vertices", line=first)
    lons = [lon for lon, _ in closed]
    if max(lons) - min(lons) > 180:
        raise NoPlace(f"{at}: crosses the antimeridian; cut it there", line=first)
    shape = shapely.Polygon(closed)
    if not shape.is_valid:
        reason = shapely.is_valid_reason(shape).replace("Self-intersection", "the ring crosses itself at ")
        raise Malformed(f"{at}: {reason}", line=first)
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
    shapes = [shapely.Polygon(one) for one in outer]
    if any(_overlap(a, b) for a, b in _pairs(shapes)):
        raise Malformed(f"{at}: two of its rings overlap", line=line)
    for hole in holes:
        if not any(shape.covers(shapely.Polygon(hole)) for shape in shapes):
            raise Malformed(f"{at}: a hole lies outside its rings", line=line)


def _pairs(shapes: Sequence[shapely.Polygon]) -> list[tuple[shapely.Polygon, shapely.Polygon]]:
    """Return pairs whose boxes touch."""
    if len(shapes) < 2:
        return []
    one, two = shapely.STRtree(shapes).query(shapes)
    return [(shapes[i], shapes[j]) for i, j in zip(one.tolist(), two.tolist(), strict=True) if i < j]


def _overlap(one: shapely.Geometry, two: shapely.Geometry) -> bool:
    """Whether two areas share more than a rounding error of the smaller one."""
    if not one.intersects(two):
        return False
    return bool(one.intersection(two).area > 1e-9 * min(one.area, two.area))


def check_ranks(zones: Sequence[Zone], line_of: Callable[[str], int]) -> None:
    """Refuse two polygons of one kind and rank that overlap at one time; ``line_of`` tells a zone's line.

    Raises:
        Malformed: naming both, with the line of the later one.
    """
    drawn = [zone for zone in zones if zone.shape == "polygon"]
    shapes = [_area(zone) for zone in drawn]
    if len(drawn) < 2:
        return
    one, two = shapely.STRtree(shapes).query(shapes)
    for i, j in sorted(zip(one.tolist(), two.tolist(), strict=True)):
        a, b = drawn[i], drawn[j]
        if i < j and (a.kind, a.rank) == (b.kind, b.rank) and _together(a, b) and _overlap(shapes[i], shapes[j]):
            reason = f"the zones {a.id!r} and {b.id!r} overlap and have the same rank ({a.rank})"
            raise Malformed(f"{reason}; give one a higher rank, or say which replaces which", line=line_of(b.id))


def _area(zone: Zone) -> shapely.Geometry:
    outer = shapely.union_all([shapely.Polygon(one) for one in zone.coordinates])
    return outer.difference(shapely.union_all([shapely.Polygon(one) for one in zone.holes])) if zone.holes else outer


def _together(one: Zone, two: Zone) -> bool:
    """Whether two zones are drawn at the same time."""
    if one.id == two.replaces or two.id == one.replaces:
        return False
    starts, ends = [z.since for z in (one, two) if z.since], [z.until for z in (one, two) if z.until]
    return not starts or not ends or max(starts) < min(ends)
