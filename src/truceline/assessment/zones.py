# SPDX-License-Identifier: Apache-2.0
"""P(inside the zone | Gaussian place): a strip along the line in closed form, polygons by quadrature."""

from __future__ import annotations

import numpy as np
import shapely
from scipy.special import ndtr

from truceline.base.geo import Floats, metres_per_degree
from truceline.model.agreement import Zone
from truceline.model.event import Events

_RADII, _ANGLES = 16, 32
_EDGE_SIGMAS = 3.0
"""Farther than this from a polygon's edge all quadrature points (at most 2.6 sigma out) lie on one side of it."""


def p_zone(events: Events, zone: Zone, distance_m: Floats, line_sigma_m: float) -> Floats:
    """Return the probability (n,) that each event lies inside the zone; NaN where nothing can tell.

    Args:
        events: n events, each a Gaussian place.
        zone: where a provision holds.
        distance_m: (n,) distance of each event's mean to the line, metres; NaN where there is no line.
        line_sigma_m: one standard deviation of the line's own place, metres.
    """
    if zone.kind == "everywhere":
        return np.ones(len(events))
    if zone.kind == "near_line" and zone.within_km is not None:
        spread = np.hypot(across_m(events), line_sigma_m)
        return strip(np.asarray(distance_m, dtype=np.float64), zone.within_km * 1000.0, spread)
    if zone.kind == "polygon":
        return _polygon(events, zone)
    return np.full(len(events), np.nan)


def across_m(events: Events) -> Floats:
    """Return one standard deviation of each place in a direction not known, metres: the axes' quadratic mean."""
    return np.sqrt((events.sigma_major_m**2 + events.sigma_minor_m**2) / 2)


def strip(distance_m: Floats, width_m: float, sigma_m: Floats) -> Floats:
    """Return P(|x| < width) for x Gaussian about ``distance_m``: the line is straight at the scale of the doubt.

    Where ``sigma_m`` is 0 the answer is 0 or 1. It grows with ``width_m`` and never otherwise.
    """
    exact = sigma_m <= 0
    safe = np.where(exact, 1.0, sigma_m)
    doubtful = ndtr((width_m - distance_m) / safe) - ndtr((-width_m - distance_m) / safe)
    certain = np.where(np.isnan(distance_m), np.nan, (distance_m < width_m).astype(np.float64))
    return np.asarray(np.where(exact, certain, doubtful), dtype=np.float64)


def _quadrature() -> tuple[Floats, Floats]:
    """Points of a standard Gaussian plane, each of equal weight: equal-probability rings, angles staggered."""
    radius = np.sqrt(-2.0 * np.log1p(-(np.arange(_RADII) + 0.5) / _RADII))
    stagger = (np.arange(_RADII) % 2 * 0.5)[:, None]
    angle = (np.arange(_ANGLES)[None, :] + 0.25 + stagger) * (2 * np.pi / _ANGLES)
    return (radius[:, None] * np.cos(angle)).ravel(), (radius[:, None] * np.sin(angle)).ravel()


def _polygon(events: Events, zone: Zone) -> Floats:
    """P(inside any ring). Only places near an edge are integrated; the others are inside or outside."""
    shape = shapely.union_all([shapely.Polygon(ring) for ring in zone.coordinates])
    shapely.prepare(shape)
    inside = np.asarray(shapely.contains_xy(shape, events.lon, events.lat), dtype=np.float64)
    east, north = metres_per_degree(events.lat)
    reach = _EDGE_SIGMAS * np.maximum(events.sigma_major_m, events.sigma_minor_m)
    # In degrees times the shorter degree: never more than the true distance, so no doubtful place is left out.
    edge = shapely.distance(shape.boundary, shapely.points(events.lon, events.lat)) * np.minimum(east, north)
    rows = np.flatnonzero(edge <= reach)
    if len(rows):
        u, v = _quadrature()
        bearing = np.radians(events.bearing_deg[rows])[:, None]
        along, over = events.sigma_major_m[rows, None] * u, events.sigma_minor_m[rows, None] * v
        lon = events.lon[rows, None] + (along * np.sin(bearing) + over * np.cos(bearing)) / east[rows, None]
        lat = events.lat[rows, None] + (along * np.cos(bearing) - over * np.sin(bearing)) / north[rows, None]
        inside[rows] = shapely.contains_xy(shape, lon, lat).mean(axis=1)
    return inside
