# SPDX-License-Identifier: Apache-2.0
"""Hexagonal cells (H3) that stand for places, and which sector and side of a line each belongs to.

A footprint holds a cell when it holds the cell's centre, as H3's own polygon fill has it. Centres are kept as unit
vectors of geocentric latitude, so that no map's edge, pole or antimeridian matters; distances over them are those of a
sphere of 6,371.0088 km, within 0.4 % of the ellipsoid's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import h3.api.numpy_int as h3
import numpy as np
import numpy.typing as npt

from truceline.base.geo import EARTH_KM, Floats, Line, Sides, check_places
from truceline.coverage.orbit import lonlat, unit
from truceline.errors import LimitExceeded, Malformed, NoPlace

RESOLUTION = 7
"""H3 resolution of the coverage field: cells of 5.2 square kilometres on average, their centres 2.4 km apart."""

MAX_CELLS = 2_000_000
"""Most cells of one region."""

BIN_KM = 1.5
"""Edge of a search bin, kilometres, where the region is not so large that it would need a million of them."""

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Bins:
    """Cells sorted into square bins of a plane about the region's middle (azimuthal equidistant, kilometres)."""

    axes: Floats
    """Unit vectors (3, 3): towards the middle, east of it, north of it."""

    low: tuple[float, float]
    """Least x and y of any cell, kilometres."""

    edge: float
    """Edge of a bin, kilometres."""

    shape: tuple[int, int]
    """Bins along x and y."""

    starts: npt.NDArray[np.int32]
    """Where each bin's cells begin in ``order`` (bins + 1)."""

    order: npt.NDArray[np.int32]
    """Cell numbers, bin by bin."""

    places: Floats
    """Unit vectors of the cells in that order."""

    stretch: float
    """By how much the plane may stretch distances between places of the region, at most."""

    def plane(self, places: Floats) -> tuple[Floats, Floats]:
        """Return x, y in kilometres of unit vectors (n, 3)."""
        ahead, east, north = (places @ axis for axis in self.axes)
        flat = np.hypot(east, north)
        scale = np.where(flat > 1e-12, np.arctan2(flat, ahead) / np.maximum(flat, 1e-12), 1.0) * EARTH_KM
        return east * scale, north * scale


@dataclass(frozen=True, eq=False)
class Cells:
    """n cells of one region."""

    ids: npt.NDArray[np.uint64]
    """H3 indices (n,)."""

    lon: Floats
    """Longitude of the centre, degrees."""

    lat: Floats
    """Latitude of the centre, degrees."""

    sector: Ints
    """Number of the nearest sector of the line, from 1; 0 without a line. Cells stand in order of it."""

    side: Ints
    """0 on the first party's side (left where nothing tells), 1 on the other; 0 without a line."""

    distance_km: Floats
    """Distance of the centre from the line; 0 without one."""

    sides: tuple[str, str] = ("left", "right")
    """What ``side`` 0 and 1 mean: party ids where the sides are known."""

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def resolution(self) -> int:
        """H3 resolution."""
        return int(h3.get_resolution(self.ids[0]))

    @cached_property
    def places(self) -> Floats:
        """Unit vectors (n, 3) of the centres."""
        return unit(self.lon, self.lat)

    @cached_property
    def middle(self) -> tuple[Floats, float]:
        """A unit vector in the middle, and the angle in radians from it within which all cells lie."""
        mean = self.places.mean(axis=0)
        mean = mean / max(float(np.linalg.norm(mean)), 1e-9)
        return mean, float(np.arccos(np.clip((self.places @ mean).min(), -1, 1)))

    @cached_property
    def bins(self) -> Bins:
        """The cells in search bins."""
        ahead, radius = self.middle
        pole = np.array([0.0, 0.0, 1.0]) if abs(ahead[2]) < 0.9 else np.array([1.0, 0.0, 0.0])
        east = np.cross(pole, ahead)
        east /= np.linalg.norm(east)
        axes = np.stack([ahead, east, np.cross(ahead, east)])
        stretch = radius / np.sin(radius) if 1e-6 < radius < 3.0 else (1.0 if radius <= 1e-6 else 25.0)
        plain = Bins(axes, (0.0, 0.0), 1.0, (1, 1), np.zeros(2, np.int32), np.zeros(0, np.int32), ahead, float(stretch))
        x, y = plain.plane(self.places)
        low = (float(x.min()), float(y.min()))
        edge = max(BIN_KM, float(np.sqrt(np.ptp(x) * np.ptp(y) / 1e6)), float(max(np.ptp(x), np.ptp(y)) / 1e5))
        shape = (int(np.ptp(x) / edge) + 1, int(np.ptp(y) / edge) + 1)
        number = ((x - low[0]) / edge).astype(np.int64) * shape[1] + ((y - low[1]) / edge).astype(np.int64)
        order = np.argsort(number, kind="stable").astype(np.int32)
        starts = np.searchsorted(number[order], np.arange(shape[0] * shape[1] + 1)).astype(np.int32)
        return Bins(axes, low, edge, shape, starts, order, np.ascontiguousarray(self.places[order]), float(stretch))

    def take(self, rows: npt.NDArray[np.bool_]) -> Cells:
        """Return some of the cells, in their order."""
        return Cells(
            self.ids[rows],
            self.lon[rows],
            self.lat[rows],
            self.sector[rows],
            self.side[rows],
            self.distance_km[rows],
            self.sides,
        )

    def names(self) -> list[str]:
        """Return the cells' names as H3 writes them."""
        return [format(cell, "x") for cell in self.ids.tolist()]


def _centres(ids: npt.NDArray[np.uint64]) -> tuple[Floats, Floats]:
    lat, lon = np.array([h3.cell_to_latlng(cell) for cell in ids.tolist()], dtype=np.float64).reshape(-1, 2).T
    return lon, lat


def along_line(line: Line, within_km: float, sides: Sides | None = None, *, resolution: int = RESOLUTION) -> Cells:
    """Return the cells whose centre lies within ``within_km`` of the line, by sector, then side, then H3 index.

    Raises:
        NoPlace: no cell's centre lies so near.
        LimitExceeded: more than two million cells.
    """
    edge_km = float(h3.average_hexagon_edge_length(resolution, unit="km"))
    step_km = max(within_km, 4 * edge_km)
    count = max(2, int(line.length_m / 1000 / step_km) + 2)
    ring = int((within_km + step_km) / (1.4 * edge_km)) + 2  # centres of neighbours stand 1.5 edges apart or more
    if 3 * ring * ring > 4 * MAX_CELLS:
        raise LimitExceeded(f"cells of resolution {resolution} within {within_km:g} km of the line are too many")
    lon, lat, _ = line.at(np.linspace(0, line.length_m, count))
    ends = np.array([vertex for part in line.parts for vertex in (part[0], part[-1])])
    lon, lat = np.append(lon, ends[:, 0]), np.append(lat, ends[:, 1])
    found: npt.NDArray[np.uint64] = np.zeros(0, dtype=np.uint64)
    for x, y in zip(lon.tolist(), lat.tolist(), strict=True):
        found = np.union1d(found, h3.grid_disk(h3.latlng_to_cell(y, x, resolution), ring))
        if len(found) > 2 * MAX_CELLS:
            raise LimitExceeded(f"more than {MAX_CELLS:,} cells within {within_km:g} km of the line")
    x, y = _centres(found)
    near = line.nearest(x, y)
    keep = near.distance_m <= within_km * 1000
    if not keep.any():
        raise NoPlace(f"no cell of resolution {resolution} has its centre within {within_km:g} km of the line")
    ends_m = np.array([sector.end_m for sector in line.sectors()])
    sector = np.minimum(np.searchsorted(ends_m, near.along_m, side="right"), len(ends_m) - 1) + 1
    first = near.left if sides is None else sides.of(near)
    side = np.where(first, 0, 1)
    order = np.flatnonzero(keep)
    order = order[np.lexsort([found[order], side[order], sector[order]])]
    return Cells(
        found[order],
        x[order],
        y[order],
        sector[order].astype(np.int64),
        side[order].astype(np.int64),
        near.distance_m[order] / 1000,
        ("left", "right") if sides is None else (sides.first, sides.second),
    )


def of_polygon(rings: Sequence[Sequence[tuple[float, float]]], *, resolution: int = RESOLUTION) -> Cells:
    """Return the cells whose centre lies in any of the rings (lon/lat degrees; none may hold a pole), sorted.

    Raises:
        Malformed: a ring has fewer than three corners.
        NoPlace: a corner is off the Earth, or no cell's centre lies inside.
        LimitExceeded: more than two million cells.
    """
    found: npt.NDArray[np.uint64] = np.zeros(0, dtype=np.uint64)
    for ring in rings:
        corners = np.array(ring, dtype=np.float64).reshape(-1, 2)
        if len(corners) < 3:
            raise Malformed("a ring needs at least three corners")
        if not check_places(corners[:, 0], corners[:, 1]).all():
            raise NoPlace("a ring has a corner outside longitude ±180, latitude ±90")
        shape = h3.LatLngPoly([(y, x) for x, y in ring])
        rough = _area_km2(corners) / float(h3.average_hexagon_area(resolution, unit="km^2"))
        if rough > MAX_CELLS:
            raise LimitExceeded(f"about {rough:,.0f} cells of resolution {resolution}; at most {MAX_CELLS:,}")
        found = np.union1d(found, h3.h3shape_to_cells(shape, resolution))
    if not len(found):
        raise NoPlace(f"no cell of resolution {resolution} has its centre inside")
    return of_ids(found)


def of_ids(ids: npt.NDArray[np.uint64]) -> Cells:
    """Return the cells of given H3 indices, in their order, of no line."""
    lon, lat = _centres(ids)
    none = np.zeros(len(ids), dtype=np.int64)
    return Cells(ids, lon, lat, none, none, np.zeros(len(ids)))


def _area_km2(corners: Floats) -> float:
    """Area of a ring, roughly: on a cylinder of equal area."""
    turned = np.unwrap(np.radians(corners[:, 0]))
    rise = np.sin(np.radians(corners[:, 1]))
    return float(abs((turned * np.roll(rise, -1) - np.roll(turned, -1) * rise).sum()) / 2 * EARTH_KM**2)


def centre_of(places: Floats) -> tuple[float, float]:
    """Return lon, lat of the middle of unit vectors (n, 3)."""
    lon, lat = lonlat(places.mean(axis=0)[None])
    return float(lon[0]), float(lat[0])


def outlines(cells: Cells) -> Floats:
    """Return the corners of each cell (n, 6, 2; lon/lat degrees); a cell with fewer repeats its last one."""
    found = np.empty((len(cells), 6, 2))
    for row, cell in enumerate(cells.ids.tolist()):
        corners = np.array(h3.cell_to_boundary(cell), dtype=np.float64)[:6, ::-1]
        found[row, : len(corners)] = corners
        found[row, len(corners) :] = corners[-1]
    return found
