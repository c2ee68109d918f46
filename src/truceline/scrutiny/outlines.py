# SPDX-License-Identifier: Apache-2.0
"""How two versions of an outline differ on the ground."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from pyproj import Geod

Rings = Sequence[Sequence[tuple[float, float]]]

_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True)
class Outline:
    """Areas of two outlines, on the WGS 84 ellipsoid."""

    before_km2: float
    """Area before, square kilometres."""

    after_km2: float
    """Area after."""

    gained_km2: float
    """What lies inside only after."""

    lost_km2: float
    """What lay inside only before."""

    def to_json(self) -> dict[str, float]:
        """Return it as JSON."""
        return dict(vars(self))


def area_km2(shape: Any) -> float:
    """Return the area of a (multi)polygon in lon/lat degrees, square kilometres, to five significant figures."""
    polygons = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return float(f"{sum(abs(_GEOD.geometry_area_perimeter(each)[0]) for each in polygons) / 1e6:.5g}")


def difference(before: Rings, after: Rings) -> Outline:
    """Return how two outlines differ; each is a list of outer rings, lon/lat degrees."""
    one, two = (shapely.union_all([shapely.Polygon(ring) for ring in rings]) for rings in (before, after))
    gained, lost = shapely.difference(two, one), shapely.difference(one, two)
    return Outline(area_km2(one), area_km2(two), area_km2(gained), area_km2(lost))
