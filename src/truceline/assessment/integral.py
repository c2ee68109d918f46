# SPDX-License-Identifier: Apache-2.0
"""P(inside an area | Gaussian place), to ten digits: the yardstick, and what is used where reasons are given.

The formula is that of the compiled loops (see there): inside or not, less Owen's function along the boundary. It
differs from them only in taking every vertex and SciPy's Owen function instead of a table.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from scipy.special import owens_t

from truceline.base.geo import Floats, metres_per_degree

_REACH = 6.5
"""Boundaries farther than this, in sigma, hold less than exp(-21)."""

_AT_ONCE = 2_000
"""Places integrated in one go, to bound memory."""

_ASIDE = 1e-7
"""A place exactly on a boundary is on neither side: all are taken this much of a sigma to one side."""

DIGITS = 9
"""Results are rounded to so many digits, so that rounding never shows in a comparison."""


def p_inside(
    area: Any, lon: Floats, lat: Floats, sigma_major_m: Floats, sigma_minor_m: Floats, bearing_deg: Floats
) -> Floats:
    """Return the probability (n,) that each Gaussian place lies inside an area.

    Args:
        area: polygon or multipolygon (shapely, lon/lat degrees, edges straight in them).
        lon: (n,) longitude of each mean, degrees.
        lat: (n,) latitude, degrees.
        sigma_major_m: (n,) one standard deviation along the major axis, metres; 0: the place is certain.
        sigma_minor_m: (n,) along the minor axis, metres.
        bearing_deg: (n,) bearing of the major axis from north, degrees.
    """
    lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    if shapely.is_empty(area):
        return np.zeros(len(lon))
    west, _, east, _ = shapely.bounds(area)
    lon = lon - 360.0 * np.round((lon - (west + east) / 2) / 360.0) if len(lon) else lon
    shapely.prepare(area)
    found = np.asarray(shapely.contains_xy(area, lon, lat), np.float64)
    vague = np.flatnonzero(sigma_major_m > 0)
    for start in range(0, len(vague), _AT_ONCE):
        rows = vague[start : start + _AT_ONCE]
        axes = sigma_major_m[rows], np.maximum(sigma_minor_m[rows], sigma_major_m[rows] / 1e4)
        found[rows] = _vague(area, lon[rows], lat[rows], *axes, bearing_deg[rows])
    return np.asarray(np.round(np.clip(found, 0.0, 1.0), DIGITS), np.float64)


def _vague(area: Any, lon: Floats, lat: Floats, major_m: Floats, minor_m: Floats, bearing_deg: Floats) -> Floats:
    east, north = metres_per_degree(np.clip(lat, -89.9, 89.9))
    sin, cos = np.sin(np.radians(bearing_deg)), np.cos(np.radians(bearing_deg))
    reach_x = np.hypot(major_m * sin, minor_m * cos) / east
    reach_y = np.hypot(major_m * cos, minor_m * sin) / north
    lon, lat = lon + 0.5403 * _ASIDE * reach_x, lat + 0.8415 * _ASIDE * reach_y
    found = np.asarray(shapely.contains_xy(area, lon, lat), np.float64)
    starts, ends, tree = _boundary(shapely.to_wkb(area))
    boxes = shapely.box(lon - _REACH * reach_x, lat - _REACH * reach_y, lon + _REACH * reach_x, lat + _REACH * reach_y)
    row, edge = tree.query(boxes)
    if not len(row):
        return found

    def turned(points: Floats) -> tuple[Floats, Floats]:
        """Places in units of sigma along the major axis and to its left."""
        x, y = (points[edge, 0] - lon[row]) * east[row], (points[edge, 1] - lat[row]) * north[row]
        along, left = x * sin[row] + y * cos[row], y * sin[row] - x * cos[row]
        return along / major_m[row], left / minor_m[row]

    (x1, y1), (x2, y2) = turned(starts), turned(ends)
    dx, dy = x2 - x1, y2 - y1
    length = np.hypot(dx, dy)
    cross = (x1 * y2 - x2 * y1) / length
    height = np.maximum(np.abs(cross), 1e-300)
    t1, t2 = (x1 * dx + y1 * dy) / length, (x2 * dx + y2 * dy) / length
    cut = np.sign(cross) * (owens_t(height, t2 / height) - owens_t(height, t1 / height))
    return found - np.bincount(row, cut, len(found))


@lru_cache(maxsize=64)
def _boundary(wkb: bytes) -> tuple[Floats, Floats, shapely.STRtree]:
    """Edges of an area (outer rings counter-clockwise, holes clockwise) and an index of them."""
    area = shapely.from_wkb(wkb)
    rings = shapely.get_rings(shapely.orient_polygons(shapely.get_parts(area), exterior_cw=False))
    points, ring = shapely.get_coordinates(rings, return_index=True)
    keep = (ring[1:] == ring[:-1]) & np.any(points[1:] != points[:-1], axis=1)
    starts, ends = points[:-1][keep], points[1:][keep]
    return starts, ends, shapely.STRtree(shapely.linestrings(np.stack([starts, ends], axis=1)))
