# SPDX-License-Identifier: Apache-2.0
"""The area a file of fires covers, as GeoJSON. Outside it nothing was looked for: not observed, never zero."""

from __future__ import annotations

from typing import Any

import shapely

from truceline.errors import InputError, Malformed, NoPlace
from truceline.sources._geojson import features, load

Ring = tuple[tuple[float, float], ...]


def read(data: bytes, *, file: str) -> tuple[Ring, ...]:
    """Return the outer rings, lon/lat, each closed (its last vertex is its first).

    Raises:
        InputError: not GeoJSON, no polygon in it, a hole (say what is covered, not what is not), a ring that is open
            or crosses itself, or a vertex that is no place on Earth; with the file's name.
    """
    value = load(data, file=file)
    try:
        rings = tuple(ring for geometry, _ in features(value) for ring in _rings(geometry))
        if not rings:
            raise Malformed("holds no Polygon or MultiPolygon")
    except OverflowError as error:
        raise NoPlace("a coordinate is too large a number", file=file) from error
    except InputError as error:
        error.file = error.file or file
        raise
    return rings


def _rings(geometry: Any) -> list[Ring]:
    if geometry is None:
        return []
    if not isinstance(geometry, dict):
        raise Malformed("not GeoJSON: a geometry that is no object")
    coordinates = geometry.get("coordinates")
    if geometry.get("type") == "Polygon":
        return [_outer(coordinates)]
    if geometry.get("type") == "MultiPolygon":
        if not isinstance(coordinates, list):
            raise Malformed("not GeoJSON: MultiPolygon without a list 'coordinates'")
        return [_outer(polygon) for polygon in coordinates]
    return []


def _outer(polygon: Any) -> Ring:
    """Return the one ring of a polygon."""
    if not isinstance(polygon, list) or not polygon or not all(isinstance(ring, list) for ring in polygon):
        raise Malformed("not GeoJSON: a polygon without rings")
    if len(polygon) > 1:
        raise Malformed("an extent with holes is not accepted: give the parts that are covered as polygons")
    ring = tuple(_vertex(vertex) for vertex in polygon[0])
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise Malformed("a ring needs four vertices or more, the last one being the first again")
    if max(lon for lon, _ in ring) - min(lon for lon, _ in ring) > 180:
        raise NoPlace("a ring crosses the antimeridian; cut it there")
    if not shapely.Polygon(ring).is_valid:
        raise Malformed(f"a ring crosses or touches itself: {shapely.is_valid_reason(shapely.Polygon(ring))}")
    return ring


def _vertex(vertex: Any) -> tuple[float, float]:
    if not isinstance(vertex, list) or len(vertex) < 2:
        raise Malformed(f"not a lon/lat pair: {vertex!r:.60}")
    lon, lat = vertex[0], vertex[1]
    if not all(isinstance(part, int | float) and not isinstance(part, bool) for part in (lon, lat)):
        raise Malformed(f"not a lon/lat pair of numbers: {vertex!r:.60}")
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        raise NoPlace(f"vertex {lon:g}, {lat:g} lies outside longitude ±180, latitude ±90 (lon comes first)")
    return float(lon), float(lat)
