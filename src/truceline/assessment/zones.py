# SPDX-License-Identifier: Apache-2.0
"""P(inside the zone | Gaussian place): a strip along the line in closed form, areas by integration."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from truceline.assessment.integral import p_inside
from truceline.base.geo import Floats
from truceline.model.agreement import Zone
from truceline.model.event import Events
from truceline.terms.sides import area_of


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


def _polygon(events: Events, zone: Zone) -> Floats:
    """P(inside any outer ring and no hole)."""
    area = area_of(zone.coordinates, zone.holes)
    axes = events.sigma_major_m, events.sigma_minor_m, events.bearing_deg
    return p_inside(area, events.lon, events.lat, *axes)
