# SPDX-License-Identifier: Apache-2.0
"""The strip along a line, cut into sectors and by side, as polygons for the map."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from shapely.ops import polygonize

from truceline.base.geo import Floats, Line, Sector, metres_per_degree

_STEP_M = 1500.0
_TOLERANCE_M = 250.0

Rings = list[list[list[float]]]
"""Outer rings (holes are too small to draw), lon/lat rounded to 4 decimals (about 10 m)."""


def sector_polygons(line: Line, sectors: tuple[Sector, ...], within_m: float) -> list[list[list[Rings]]]:
    """Return for each sector two lists of polygons: what lies left of the line, and right of it.

    The strip is everything within ``within_m`` of the line. A place belongs to the sector whose part of the line is
    nearest (a Voronoi cell); the line itself, drawn on straight beyond its ends, parts left from right.
    """
    scale = _Frame(line)
    strip, cells, owner = _cells(line, sectors, within_m, scale)
    cutter = shapely.union_all([_extended(part, within_m * 1.2, scale) for part in line.parts])
    pieces: list[Any] = []
    keys: list[tuple[int, int]] = []
    for number in range(len(sectors)):
        mine = shapely.intersection(shapely.union_all(cells[owner == number]), strip)
        for piece in _split(mine, cutter):
            pieces.append(piece)
            keys.append((number, 0))
    points = shapely.point_on_surface(np.array(pieces, dtype=object))
    lon, lat = scale.back(shapely.get_x(points), shapely.get_y(points))
    left = line.nearest(lon, lat).left
    keys = [(number, 0 if left[i] else 1) for i, (number, _) in enumerate(keys)]
    return _gather(pieces, keys, len(sectors), scale)


class _Frame:
    """A flat frame in metres about the middle of the line; good enough to draw with."""

    def __init__(self, line: Line) -> None:
        west, south, east, north = line.bounds
        self.lon, self.lat = (west + east) / 2, (south + north) / 2
        x, y = metres_per_degree(self.lat)
        self.x, self.y = float(x), float(y)

    def to(self, lonlat: Floats) -> Floats:
        return (np.asarray(lonlat, float) - [self.lon, self.lat]) * [self.x, self.y]

    def back(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        return np.asarray(x) / self.x + self.lon, np.asarray(y) / self.y + self.lat


def _cells(line: Line, sectors: tuple[Sector, ...], within_m: float, scale: _Frame) -> tuple[Any, Any, Any]:
    """The strip, the Voronoi cells of points along the line, and the sector each cell belongs to."""
    along, owner = [], []
    for number, sector in enumerate(sectors):
        steps = max(2, round(sector.length_m / _STEP_M))
        middles = sector.start_m + (np.arange(steps) + 0.5) * sector.length_m / steps
        along.append(middles)
        owner.append(np.full(steps, number))
    lon, lat, _ = line.at(np.concatenate(along))
    places = scale.to(np.stack([lon, lat], axis=1))
    strip = shapely.union_all(
        [shapely.buffer(shapely.linestrings(scale.to(np.array(part))), within_m, quad_segs=8) for part in line.parts]
    )
    parts = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(places), extend_to=shapely.envelope(strip), ordered=True)
    )
    return strip, parts, np.concatenate(owner)


def _extended(part: tuple[tuple[float, float], ...], reach: float, scale: _Frame) -> Any:
    """One part of the line, its ends drawn on straight by ``reach`` metres."""
    run = scale.to(np.array(part))
    keep = np.concatenate([[True], np.any(np.diff(run, axis=0) != 0, axis=1)])
    run = run[keep]

    def on(end: Floats, inner: Floats) -> Floats:
        step = end - inner
        return np.asarray(end + step / max(float(np.hypot(*step)), 1e-6) * reach)

    back = min(len(run) - 1, 12)
    return shapely.linestrings(np.vstack([on(run[0], run[back]), run, on(run[-1], run[-1 - back])]))


def _split(area: Any, cutter: Any) -> list[Any]:
    """Pieces of an area parted by lines, slivers under 0.2 km² dropped."""
    near = shapely.intersection(cutter, shapely.buffer(area, 100.0))  # beyond the edge, so that it surely crosses it
    edges = shapely.union_all([shapely.boundary(area), near])
    pieces = [piece for piece in polygonize(edges) if area.contains(piece.representative_point())]
    return [piece for piece in pieces if piece.area > 2e5]


def _gather(pieces: list[Any], keys: list[tuple[int, int]], n: int, scale: _Frame) -> list[list[list[Rings]]]:
    """Union of pieces per sector and side, simplified together so that neighbours still touch."""
    joined = {key: shapely.union_all([p for p, k in zip(pieces, keys, strict=True) if k == key]) for key in set(keys)}
    names = sorted(joined)
    plain = shapely.coverage_simplify(np.array([joined[key] for key in names], dtype=object), _TOLERANCE_M)
    found: list[list[list[Rings]]] = [[[], []] for _ in range(n)]
    for (number, side), shape in zip(names, plain, strict=True):
        found[number][side] = [_rings(polygon, scale) for polygon in shapely.get_parts(shape) if polygon.area > 2e5]
    return found


def _rings(polygon: Any, scale: _Frame) -> Rings:
    lon, lat = scale.back(*np.array(polygon.exterior.coords).T)
    return [np.round(np.stack([lon, lat], axis=1), 4).tolist()]
