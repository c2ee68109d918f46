# SPDX-License-Identifier: Apache-2.0
"""Coordinates in a terms file: polygons that are polygons, and longitude first."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import shapely

from truceline.base.yaml import Node
from truceline.errors import Malformed, NoPlace
from truceline.terms.kinds import Entry

FAR_DEGREES = 10.0
"""Farther than this from all held places a coordinate is suspect, degrees; a theatre is smaller."""

Ring = tuple[tuple[float, float], ...]


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


def polygon(entry: Entry, held: Sequence[tuple[float, float]]) -> tuple[Ring, ...]:
    """Return a zone's rings (closed, lon/lat degrees), checked.

    Raises:
        NoPlace: a vertex is out of range or its numbers look swapped.
        Malformed: a ring has no area or crosses itself.
    """
    name = entry["id"].text
    node = entry.node.value
    assert isinstance(node, dict)  # the schema has read it as a map
    nodes = node["rings"].value
    assert isinstance(nodes, list)  # and this as a list
    return tuple(_ring(name, ring, place, held) for ring, place in zip(entry["rings"], nodes, strict=True))


def _ring(name: str, ring: list[list[float]], node: Node, held: Sequence[tuple[float, float]]) -> Ring:
    vertices = node.value
    assert isinstance(vertices, list)  # the schema has read it as a list
    for (_, lat), vertex in zip(ring, vertices, strict=True):
        if abs(lat) > 90:
            reason = f"zone {name!r}: latitude {lat:g} is outside ±90 (longitude comes first)"
            raise NoPlace(reason, line=vertex.line)
    closed = tuple((lon, lat) for lon, lat in ring)
    closed = closed if closed[0] == closed[-1] else (*closed, closed[0])
    if len(set(closed)) < 3:
        raise Malformed(f"zone {name!r}: a ring needs three different vertices", line=node.line)
    lons = [lon for lon, _ in closed]
    if max(lons) - min(lons) > 180:
        raise NoPlace(f"zone {name!r}: crosses the antimeridian; cut it there", line=node.line)
    shape = shapely.Polygon(closed)
    if not shape.is_valid:
        reason = shapely.is_valid_reason(shape).replace("Self-intersection", "the ring crosses itself at ")
        raise Malformed(f"zone {name!r}: {reason}", line=node.line)
    if held:
        middle = (median(lon for lon, _ in held), median(lat for _, lat in held))
        if all(_swapped(lon, lat, middle) for lon, lat in closed):
            raise NoPlace(f"zone {name!r}: longitude and latitude look swapped", line=node.line)
    return closed
