# SPDX-License-Identifier: Apache-2.0
"""GeoJSON files beside a terms file: their text is handed to the loader, which reads no file itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from truceline.base.canonical import parse_json
from truceline.errors import InputError, LimitExceeded, Malformed, NoPlace
from truceline.terms.kinds import Entry

MAX_VERTICES = 40_000
"""Most vertices of the polygons of one file: what is compared or found to cross is told within a second of work."""

MAX_RINGS = 1_000
"""Most rings of one file."""

MAX_MARKS = 500_000
"""Most commas and opening brackets of one file, counted before it is parsed: a vertex has three, with a height four."""


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
        InputError: the file was not given, is too large, or is no strict JSON.
    """
    name, line = entry["path"], entry.line("path")
    if name not in attachments:
        raise InputError(f"{at}: the file {name!r:.100} was not found beside the terms", line=line)
    text = attachments[name]
    marks = sum(text.count(mark) for mark in ",[{")
    if marks > MAX_MARKS:
        raise LimitExceeded(f"{at}: {name}: {marks:,} commas and brackets; at most {MAX_MARKS:,} are read", line=line)
    try:
        return parse_json(text)
    except InputError as error:
        where = name if error.line is None else f"{name}:{error.line}"
        raise type(error)(f"{at}: {where}: {error.reason}", line=line) from error


def rings_of(value: Any, at: str, line: int) -> Rings:
    """Return the rings of every Polygon and MultiPolygon in a GeoJSON value.

    Raises:
        Malformed: it holds no polygon, or is not GeoJSON.
        NoPlace: a coordinate is out of range.
        LimitExceeded: it has too many rings or vertices.
    """
    found = Rings([], [])
    for polygon in _polygons(value, 0):
        if not isinstance(polygon, list) or not polygon:
            raise Malformed(f"{at}: a polygon without rings", line=line)
        for number, ring in enumerate(polygon):
            (found.holes if number else found.outer).append(_ring(ring, at, line))
    if not found.outer:
        raise Malformed(f"{at}: holds no Polygon or MultiPolygon", line=line)
    if len(found.outer) + len(found.holes) > MAX_RINGS:
        raise LimitExceeded(f"{at}: more than {MAX_RINGS:,} rings", line=line)
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
        pair = vertex[:2] if isinstance(vertex, list) else ()
        if len(pair) != 2 or not _NUMBERS.issuperset(map(type, pair)):
            raise Malformed(f"{at}: not a lon/lat pair of numbers: {vertex!r:.60}", line=line)
        lon, lat = pair
        if not (-180 <= lon <= 180 and -180 <= lat <= 180):
            raise NoPlace(f"{at}: longitude {lon!r:.20} is outside ±180", line=line)
        vertices.append([float(lon), float(lat)])
    return vertices


_NUMBERS = frozenset({int, float})
