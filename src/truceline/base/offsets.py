# SPDX-License-Identifier: Apache-2.0
"""All that lies within a distance of a line, as polygons; right to some metres at 140 km (``tests/unit``).

A buffer in degrees, or in one projection for a whole theatre, errs by kilometres. Here the line is cut into stretches
of some 80 km, each with its own azimuthal-equidistant frame at its middle. In such a frame the distance between a
point ``p`` of the line and a place ``q`` errs by |p × q|² / (6 R² |q - p|): under a metre for 40 km and 140 km.

The usual buffer operation also simplifies its input by one per cent of the distance, 1.4 km here. So the line is first
cut into runs so short that filling each to its convex hull moves the border by less than ``_HULL_M``: a chord of
length w filled in moves it by at most w² / (8 d). Buffers of convex hulls are exact; their union is the answer.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from truceline.base.geo import Floats, geodesic_m
from truceline.errors import NoPlace

Run = tuple[tuple[float, float], ...]

_STEP_M = 2_000.0
"""Longest piece of a segment, metres: on it a straight line in degrees and in a frame part by decimetres."""

_HULL_M = 2.0
"""How far filling runs to their hulls may move the border, metres, outwards."""

_ARC_M = 2.0
"""How far a chord may lie inside the arc it stands for, metres; the radius is drawn larger by half of that."""

_FRAME_M = 40_000.0
"""Half the length of the stretch that one frame serves, metres."""


def within(parts: tuple[Run, ...], distance_m: float) -> shapely.Geometry:
    """Return all places within ``distance_m`` metres of any part of a line, lon/lat degrees; cached.

    Args:
        parts: vertices of each part, lon/lat degrees; between them the line is straight in degrees.
        distance_m: distance, metres, at least 1 and at most 1,000,000.

    Raises:
        NoPlace: the line comes so near a pole or the antimeridian that the polygon would reach beyond.
    """
    if not 1 <= distance_m <= 1_000_000:
        raise NoPlace(f"a distance of {distance_m:g} m is not between 1 m and 1,000 km")
    return _within(parts, float(distance_m))


@lru_cache(maxsize=64)
def _within(parts: tuple[Run, ...], distance_m: float) -> shapely.Geometry:
    _check_room(parts, distance_m)
    width = math.sqrt(8 * distance_m * _HULL_M)
    stretches = [piece for part in parts for piece in _stretches(densified(np.array(part, dtype=np.float64)))]
    return _valid(shapely.union_all([_around(stretch, width, distance_m) for stretch in stretches]))


def _check_room(parts: tuple[Run, ...], distance_m: float) -> None:
    """Refuse what would reach beyond the map's edges."""
    vertices = np.array([vertex for part in parts for vertex in part], dtype=np.float64)
    north = float(np.abs(vertices[:, 1]).max()) + distance_m / 110_000
    if north >= 89:
        raise NoPlace(f"within {distance_m / 1000:g} km of the line lies a pole; nothing is measured there")
    reach = distance_m / (110_000 * math.cos(math.radians(north)))
    if float(np.abs(vertices[:, 0]).max()) + reach >= 180:
        raise NoPlace(f"within {distance_m / 1000:g} km of the line lies the antimeridian; cut the line away from it")


def densified(run: Floats) -> Floats:
    """Return vertices (k, 2) with more between those that lie far apart, straight in degrees; none twice running."""
    keep = np.concatenate([[True], np.any(run[1:] != run[:-1], axis=1)])
    run = run[keep]
    if len(run) < 2:
        return run
    pieces = np.ceil(geodesic_m(run[:-1, 0], run[:-1, 1], run[1:, 0], run[1:, 1]) / _STEP_M).astype(np.int64)
    pieces = np.maximum(pieces, 1)
    start = np.repeat(np.arange(len(pieces)), pieces)
    step = np.arange(len(start)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    share = (step / pieces[start])[:, None]
    return np.vstack([run[start] + share * (run[start + 1] - run[start]), run[-1:]])


def _stretches(run: Floats) -> Iterator[Floats]:
    """Cut a run into stretches that one frame serves; each begins where the one before ends."""
    step = geodesic_m(run[:-1, 0], run[:-1, 1], run[1:, 0], run[1:, 1])
    number = (np.concatenate([[0.0], np.cumsum(step)]) // (2 * _FRAME_M - _STEP_M)).astype(np.int64)
    edges = [0, *(np.flatnonzero(np.diff(number)) + 1).tolist(), len(run) - 1]
    for low, high in pairwise(edges):
        if high > low or len(run) == 1:
            yield run[low : high + 1]


def frame(lon: float, lat: float) -> pyproj.Transformer:
    """Return the transformer from lon/lat degrees to metres of the azimuthal-equidistant frame at a place."""
    here = f"+proj=aeqd +lat_0={lat!r} +lon_0={lon!r} +datum=WGS84 +units=m +no_defs"
    return pyproj.Transformer.from_crs("EPSG:4326", here, always_xy=True)


def _around(stretch: Floats, width: float, distance_m: float) -> shapely.Geometry:
    """All places within a distance of one stretch, lon/lat."""
    middle = (stretch.min(axis=0) + stretch.max(axis=0)) / 2
    there = frame(float(middle[0]), float(middle[1]))
    x, y = there.transform(stretch[:, 0], stretch[:, 1])
    hulls = shapely.convex_hull(_runs(np.column_stack([x, y]), width))
    step = math.sqrt(2 * _ARC_M / distance_m)
    segments = max(4, math.ceil(math.pi / (4 * step)))
    disc = shapely.buffer(hulls, distance_m + _ARC_M / 2, quad_segs=segments)
    return degrees(shapely.union_all(disc), there)


def _runs(places: Floats, width: float) -> npt.NDArray[np.object_]:
    """Cut vertices (k, 2; metres) into runs no wider than ``width``; each begins where the one before ends."""
    found, begin = [], 0
    west = east = float(places[0, 0])
    south = north = float(places[0, 1])
    for number, (x, y) in enumerate(places.tolist()):
        west, east, south, north = min(west, x), max(east, x), min(south, y), max(north, y)
        if math.hypot(east - west, north - south) > width and number - begin > 1:
            found.append(places[begin:number])
            begin = number - 1
            before_x, before_y = places[begin].tolist()
            west, east = min(before_x, x), max(before_x, x)
            south, north = min(before_y, y), max(before_y, y)
    found.append(places[begin:])
    return np.array([shapely.LineString(run) if len(run) > 1 else shapely.Point(run[0]) for run in found])


def degrees(shape: shapely.Geometry, there: pyproj.Transformer) -> shapely.Geometry:
    """Return a shape of a frame in lon/lat degrees."""

    def back(places: Floats) -> Floats:
        lon, lat = there.transform(places[:, 0], places[:, 1], direction="INVERSE")
        return np.column_stack([lon, lat])

    return shapely.transform(shape, back)


def _valid(shape: shapely.Geometry) -> shapely.Geometry:
    return shape if shape.is_valid else shapely.make_valid(shape)


@lru_cache(maxsize=4096)
def disc(lon: float, lat: float, radius_m: float) -> shapely.Geometry:
    """Return the disc around a place, lon/lat degrees; see :func:`within` for what is refused."""
    _check_room((((lon, lat),),), radius_m)
    there = frame(lon, lat)
    segments = max(8, math.ceil(math.pi / (4 * math.sqrt(2 * min(_ARC_M, radius_m / 100) / radius_m))))
    return degrees(shapely.Point(0, 0).buffer(radius_m, quad_segs=segments), there)
