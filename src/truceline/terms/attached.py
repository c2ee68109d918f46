# SPDX-License-Identifier: Apache-2.0
"""GeoJSON files beside a terms file: their text is handed to the loader, which reads no file itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from truceline.errors import InputError, LimitExceeded, Malformed, NoPlace
from truceline.terms.kinds import Entry

MAX_VERTICES = 200_000
"""Most vertices of one file."""


@dataclass(frozen=True)
class Rings:
    """Rings of the polygons in a GeoJSON file, lon/lat degrees."""

    outer: list[list[list[float]]]
    """Outer rings."""

    holes: list[list[list[float]]]
    """Rings cut out of them."""


def geojson(entry: Entry, at: str, attachments: Mapping[str, str]) -> Any:
    """Return the JSON value of the file that ``path`` names.

    Raises:
        InputError: the file was not given, or is no JSON.
    """
    name, line = entry["path"], entry.line("path")
    if name not in attachments:
        raise InputError(f"{at}: the file {name!r:.100} was not found beside the terms", line=line)
    try:
        return json.loads(attachments[name])
    except RecursionError as error:
        raise LimitExceeded(f"{at}: {name}: nested too deep", line=line) from error
    except ValueError as error:
        raise Malformed(f"{at}: {name}: not JSON: {error}", line=line) from error


def rings_of(value: Any, at: str, line: int) -> Rings:
    """Return the rings of every Polygon and MultiPolygon in a GeoJSON value.

    Raises:
        Malformed: it holds no polygon, or is not GeoJSON.
        NoPlace: a coordinate is out of range.
        LimitExceeded: it has too many vertices.
    """
    found = Rings([], [])
    for polygon in _polygons(value, 0):
        if not isinstance(polygon, list) or not polygon:
            raise Malformed(f"{at}: a polygon without rings", line=line)
        for number, ring in enumerate(polygon):
            (found.holes if number else found.outer).append(_ring(ring, at, line))
    if not found.outer:
        raise Malformed(f"{at}: holds no Polygon or MultiPolygon", line=line)
    if sum(len(ring) for ring in (*found.outer, *found.holes)) > MAX_VERTICES:
        raise LimitExceeded(f"{at}: more than {MAX_VERTICES:,} vertices", line=line)
    return found


def _polygons(value: Any, depth: int) -> list[Any]:
    if not isinstance(value, dict) or depth > 8:
        return []
    kind, inner = value.get("type"), value.get("coordinates")
    if kind == "Polygon":
        return [inner]
    if kind == "MultiPolygon":
        return inner if isinstance(inner, list) else [inner]
    if kind == "Feature":
        return _polygons(value.get("geometry"), depth + 1)
    many = value.get("features") or value.get("geometries")
    return [found for each in many for found in _polygons(each, depth + 1)] if isinstance(many, list) else []


def _ring(ring: Any, at: str, line: int) -> list[list[float]]:
    if not isinstance(ring, list):
        raise Malformed(f"{at}: a ring is not a list", line=line)
    vertices = []
    for vertex in ring:
        pair = vertex[:2] if isinstance(vertex, list) else []
        if len(pair) != 2 or not all(isinstance(n, int | float) and not isinstance(n, bool) for n in pair):
            raise Malformed(f"{at}: not a lon/lat pair of numbers: {vertex!r:.60}", line=line)
        if not (abs(pair[0]) <= 180 and abs(pair[1]) <= 180):
            raise NoPlace(f"{at}: longitude {pair[0]!r:.20} is outside ±180", line=line)
        vertices.append([float(pair[0]), float(pair[1])])
    return vertices
