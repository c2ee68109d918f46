# SPDX-License-Identifier: Apache-2.0
"""The line of contact as geometry: distance, position along it, side, sectors.

Frame: WGS 84 longitude/latitude in degrees, that order. Distances are metres on the ellipsoid. Near a point we
work in a local metric frame with the ellipsoid's own radii of curvature there (Snyder 1987, Map Projections: A
Working Manual, eq. 4-18 to 4-20); against exact geodesics it errs by less than 0.1 % within 100 km.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod

from truceline.errors import Malformed, NoPlace

Floats = npt.NDArray[np.float64]
WGS84 = Geod(ellps="WGS84")
EARTH_KM = 6371.0088
"""Mean radius of the Earth, kilometres (Moritz 2000, R1), where a sphere will do."""

_A = 6_378_137.0
_E2 = 0.006_694_379_990_141


def metres_per_degree(lat: Floats | float) -> tuple[Floats, Floats]:
    """Return (metres per degree of longitude, of latitude) at latitude ``lat``, degrees."""
    phi = np.radians(np.asarray(lat, dtype=np.float64))
    w2 = 1.0 - _E2 * np.sin(phi) ** 2
    meridian = _A * (1.0 - _E2) / w2**1.5
    normal = _A / np.sqrt(w2)
    return np.radians(normal * np.cos(phi)), np.radians(meridian)


def on_sphere(lon: Floats, lat: Floats) -> Floats:
    """Return unit vectors (…, 3) of places in degrees, latitude taken as on a sphere (errs by under one per cent).

    Distances over them need no map, so nothing depends on where one would be cut.
    """
    lam, phi = np.radians(lon), np.radians(lat)
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=-1)


def geodesic_m(lon1: Floats, lat1: Floats, lon2: Floats, lat2: Floats) -> Floats:
    """Return geodesic distances between pairs of points, metres (Karney 2013, through PROJ)."""
    _, _, distance = WGS84.inv(lon1, lat1, lon2, lat2)
    return np.asarray(distance, dtype=np.float64)


def inside_rings(rings: Sequence[Sequence[tuple[float, float]]], lon: Floats, lat: Floats) -> npt.NDArray[np.bool_]:
    """Return which places (n,; degrees) lie in any of the outer rings (lon/lat degrees), their edges left out.

    A ring may cross the antimeridian; none may hold a pole or be wider than half the Earth.
    """
    inside = np.zeros(len(lon), dtype=bool)
    for ring in rings:
        corners = np.array(ring, dtype=np.float64)
        turned = np.degrees(np.unwrap(np.radians(corners[:, 0])))
        middle = float(turned.mean())
        shape = shapely.make_valid(shapely.Polygon(np.stack([turned, corners[:, 1]], axis=1)))
        shapely.prepare(shape)
        inside |= shapely.contains_xy(shape, (lon - middle + 180) % 360 - 180 + middle, lat)
    return inside


def check_places(lon: Floats, lat: Floats) -> npt.NDArray[np.bool_]:
    """Return which places are finite and inside longitude ±180, latitude ±90."""
    return np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= 180) & (np.abs(lat) <= 90)


@dataclass(frozen=True)
class Sector:
    """A piece of the line, about 25 km long."""

    number: int
    """Counted from 1 along the line as its file runs."""

    start_m: float
    """Position along the line where it begins, metres."""

    end_m: float
    """Position along the line where it ends, metres."""

    coordinates: tuple[tuple[float, float], ...]
    """Vertices, lon/lat."""

    @property
    def length_m(self) -> float:
        """Length, metres."""
        return self.end_m - self.start_m


@dataclass(frozen=True)
class Nearest:
    """For each of n points, the nearest place on the line."""

    distance_m: Floats
    """Geodesic distance, metres."""

    along_m: Floats
    """Position of that place along the line, metres from the start of its first part."""

    left: npt.NDArray[np.bool_]
    """Whether the point lies left of the line as its nearest part runs."""

    part: npt.NDArray[np.int64]
    """Number of that nearest part, from 0."""


@dataclass(frozen=True)
class Line:
    """A line of contact: one or more parts, each a run of lon/lat vertices. Positions run on from part to part."""

    parts: tuple[tuple[tuple[float, float], ...], ...]
    """Vertices of each part, lon/lat degrees, in the order of the file."""

    def __post_init__(self) -> None:
        if not self.parts:
            raise NoPlace("the line has no parts")
        for number, part in enumerate(self.parts, start=1):
            if len(part) < 2:
                raise Malformed(f"part {number} of the line has fewer than two vertices")
        lon, lat = self._vertices[:, 0], self._vertices[:, 1]
        if not check_places(lon, lat).all():
            raise NoPlace("the line has a vertex outside longitude ±180, latitude ±90 (lon comes first)")
        if float(np.ptp(lon)) > 180:
            raise NoPlace("the line crosses the antimeridian; give each side of it as a watch of its own")
        if self.length_m <= 0:
            raise Malformed("the line has no length")

    @classmethod
    def from_geojson(cls, value: object) -> Line:
        """Return the line in a GeoJSON value: LineStrings and MultiLineStrings, in a Feature or collection or bare.

        Raises:
            Malformed: it is not GeoJSON or holds no line.
            NoPlace: a coordinate is out of range.
        """
        parts = tuple(_lines(value, 0))
        if not parts:
            raise Malformed("holds no LineString or MultiLineString")
        return cls(parts)

    @cached_property
    def _vertices(self) -> Floats:
        return np.array([vertex for part in self.parts for vertex in part], dtype=np.float64)

    @cached_property
    def _segments(self) -> tuple[Floats, Floats, npt.NDArray[np.int64]]:
        """Start and end vertices of all segments of some length (m, 2), and each segment's part."""
        starts, ends, owner = [], [], []
        for number, part in enumerate(self.parts):
            run = np.array(part, dtype=np.float64)
            keep = np.any(run[1:] != run[:-1], axis=1)
            starts.append(run[:-1][keep])
            ends.append(run[1:][keep])
            owner.append(np.full(int(keep.sum()), number))
        return np.vstack(starts), np.vstack(ends), np.concatenate(owner)

    @cached_property
    def _lengths(self) -> Floats:
        start, end, _ = self._segments
        return geodesic_m(start[:, 0], start[:, 1], end[:, 0], end[:, 1])

    @cached_property
    def _before(self) -> Floats:
        """Position along the line where each segment begins, metres."""
        return np.concatenate([[0.0], np.cumsum(self._lengths)[:-1]])

    @cached_property
    def length_m(self) -> float:
        """Geodesic length of all parts, metres."""
        return float(self._lengths.sum())

    @cached_property
    def part_lengths_m(self) -> Floats:
        """Geodesic length of each part, metres."""
        return np.bincount(self._segments[2], weights=self._lengths, minlength=len(self.parts)).astype(np.float64)

    @cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north, degrees."""
        low, high = self._vertices.min(axis=0), self._vertices.max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    @cached_property
    def _tree(self) -> tuple[shapely.STRtree, float]:
        """Index of segments with longitudes shrunk to the middle latitude's scale, and that scale."""
        scale = float(np.cos(np.radians((self.bounds[1] + self.bounds[3]) / 2)))
        start, end, _ = self._segments
        ends = np.stack([start * [scale, 1.0], end * [scale, 1.0]], axis=1)
        return shapely.STRtree(shapely.linestrings(ends)), scale

    def nearest(self, lon: Floats, lat: Floats) -> Nearest:
        """Return distance, position and side for points (n,).

        Candidates come from an index in plain degrees; the exact local distance decides among them.
        """
        lon, lat = np.atleast_1d(np.asarray(lon, float)), np.atleast_1d(np.asarray(lat, float))
        tree, scale = self._tree
        points = shapely.points(lon * scale, lat)
        if lon.size == 0:
            return Nearest(np.zeros(0), np.zeros(0), np.zeros(0, bool), np.zeros(0, int))
        _, rough = tree.query_nearest(points, return_distance=True, all_matches=False)
        reach = rough * 1.1 + 1e-6  # the middle latitude's scale errs by under ten per cent across a theatre
        which, segment = tree.query(shapely.buffer(points, reach, quad_segs=2), predicate="intersects")
        distance, fraction, cross = self._local(lon[which], lat[which], segment)
        order = np.lexsort((segment, distance, which))
        first = np.unique(which[order], return_index=True)[1]
        best = order[first]
        chosen = segment[best]
        start, end, owner = self._segments
        foot = start[chosen] + fraction[best][:, None] * (end[chosen] - start[chosen])
        return Nearest(
            distance_m=geodesic_m(lon, lat, foot[:, 0], foot[:, 1]),
            along_m=self._before[chosen] + fraction[best] * self._lengths[chosen],
            left=self._left(lon, lat, chosen, fraction[best], cross[best]),
            part=owner[chosen],
        )

    def _local(self, lon: Floats, lat: Floats, segment: npt.NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
        """Distance (m), fraction along, and cross product sign of points to their segments, locally flat."""
        start, end, _ = self._segments
        middle = (lat + (start[segment, 1] + end[segment, 1]) / 2) / 2
        east, north = metres_per_degree(middle)
        ax, ay = (start[segment, 0] - lon) * east, (start[segment, 1] - lat) * north
        bx, by = (end[segment, 0] - lon) * east, (end[segment, 1] - lat) * north
        dx, dy = bx - ax, by - ay
        fraction = np.clip(-(ax * dx + ay * dy) / (dx * dx + dy * dy), 0.0, 1.0)
        distance = np.hypot(ax + fraction * dx, ay + fraction * dy)
        return distance, fraction, ax * dy - ay * dx

    def _left(
        self, lon: Floats, lat: Floats, segment: npt.NDArray[np.int64], fraction: Floats, cross: Floats
    ) -> npt.NDArray[np.bool_]:
        """Side of points; at a vertex the two segments that meet there decide together (sum of their normals)."""
        start, end, part = self._segments
        other = np.where(fraction >= 1.0, segment + 1, np.where(fraction <= 0.0, segment - 1, segment))
        other = np.clip(other, 0, len(part) - 1)
        other = np.where(part[other] == part[segment], other, segment)
        east, north = metres_per_degree(lat)
        scale = np.stack([east, north], axis=1)
        one, two = (end[segment] - start[segment]) * scale, (end[other] - start[other]) * scale
        one /= np.maximum(np.hypot(one[:, 0], one[:, 1]), 1e-9)[:, None]
        two /= np.maximum(np.hypot(two[:, 0], two[:, 1]), 1e-9)[:, None]
        normal = np.stack([-(one + two)[:, 1], (one + two)[:, 0]], axis=1)
        foot = start[segment] + fraction[:, None] * (end[segment] - start[segment])
        offset = (np.stack([lon, lat], axis=1) - foot) * scale
        corner = (offset * normal).sum(axis=1) > 0
        return np.where(other == segment, cross > 0, corner)

    def at(self, along_m: Floats) -> tuple[Floats, Floats, Floats]:
        """Return (lon, lat, azimuth from north in degrees) at positions along the line, metres."""
        along = np.clip(np.asarray(along_m, float), 0.0, self.length_m)
        segment = np.clip(np.searchsorted(self._before, along, side="right") - 1, 0, len(self._before) - 1)
        start, end, _ = self._segments
        fraction = np.clip((along - self._before[segment]) / self._lengths[segment], 0.0, 1.0)[:, None]
        place = start[segment] + fraction * (end[segment] - start[segment])
        azimuth, _, _ = WGS84.inv(start[segment, 0], start[segment, 1], end[segment, 0], end[segment, 1])
        return place[:, 0], place[:, 1], np.asarray(azimuth) % 360

    def sectors(self, length_m: float = 25_000.0) -> tuple[Sector, ...]:
        """Cut each part into equal pieces as near ``length_m`` as it allows; a short part is one sector."""
        found: list[Sector] = []
        begin = 0.0
        for length in self.part_lengths_m:
            pieces = max(1, round(float(length) / length_m))
            edges = np.linspace(begin, begin + float(length), pieces + 1)
            for low, high in pairwise(edges.tolist()):
                found.append(Sector(len(found) + 1, float(low), float(high), self._cut(float(low), float(high))))
            begin += float(length)
        return tuple(found)

    def _cut(self, low: float, high: float) -> tuple[tuple[float, float], ...]:
        """Vertices of the line between two positions of one part."""
        inside = np.flatnonzero((self._before > low + 1e-6) & (self._before < high - 1e-6))
        middle = self._segments[0][inside]
        lon, lat, _ = self.at(np.array([low + 1e-7, high - 1e-6]))
        run = [(float(lon[0]), float(lat[0])), *map(tuple, middle.tolist()), (float(lon[1]), float(lat[1]))]
        return tuple(run)

    def offset(self, along_m: Floats, left_m: Floats) -> tuple[Floats, Floats]:
        """Return lon, lat of places ``left_m`` metres to the left (right if negative) at positions along the line."""
        lon, lat, azimuth = self.at(along_m)
        turn = np.where(np.asarray(left_m) >= 0, azimuth - 90, azimuth + 90)
        there_lon, there_lat, _ = WGS84.fwd(lon, lat, turn, np.abs(left_m))
        return np.asarray(there_lon), np.asarray(there_lat)

    def to_geojson(self) -> dict[str, object]:
        """Return a GeoJSON MultiLineString geometry."""
        return {"type": "MultiLineString", "coordinates": [[list(v) for v in part] for part in self.parts]}


@dataclass(frozen=True)
class Sides:
    """Which of two parties holds which side of each part of a line, from places each is known to hold."""

    first: str
    """One party's id."""

    second: str
    """The other party's id."""

    left_is_first: npt.NDArray[np.bool_]
    """For each part of the line, whether the first party holds its left."""

    @classmethod
    def from_places(cls, line: Line, first: str, first_places: Floats, second: str, second_places: Floats) -> Sides:
        """Let each party's places (k, 2; lon/lat) vote, part by part, with the inverse square of distance.

        Raises:
            NoPlace: a party names no place, so its side cannot be told.
        """
        if len(first_places) == 0 or len(second_places) == 0:
            raise NoPlace("each party needs at least one place it holds, to tell its side of the line")
        votes = np.zeros(len(line.parts))
        for sign, places in ((1.0, first_places), (-1.0, second_places)):
            for number, part in enumerate(line.parts):
                found = Line((part,)).nearest(places[:, 0], places[:, 1])
                weight = 1.0 / np.maximum(found.distance_m, 1000.0) ** 2
                votes[number] += sign * float((np.where(found.left, 1.0, -1.0) * weight).sum())
        return cls(first, second, votes > 0)

    def of(self, nearest: Nearest) -> npt.NDArray[np.bool_]:
        """Return which points lie on the first party's side."""
        return np.asarray(nearest.left == self.left_is_first[nearest.part])


def _lines(value: object, depth: int) -> Sequence[tuple[tuple[float, float], ...]]:
    """Collect the runs of vertices of every line in a GeoJSON value."""
    if not isinstance(value, dict) or depth > 8:
        raise Malformed("not GeoJSON: expected an object with a type")
    kind = value.get("type")
    if kind == "FeatureCollection":
        return [run for feature in _list(value, "features") for run in _lines(feature, depth + 1)]
    if kind == "GeometryCollection":
        return [run for geometry in _list(value, "geometries") for run in _lines(geometry, depth + 1)]
    if kind == "Feature":
        return [] if value.get("geometry") is None else _lines(value["geometry"], depth + 1)
    if kind == "LineString":
        return [_run(_list(value, "coordinates"))]
    if kind == "MultiLineString":
        return [_run(run) for run in _list(value, "coordinates")]
    return []


def _list(value: dict[str, object], key: str) -> list[object]:
    found = value.get(key)
    if not isinstance(found, list):
        raise Malformed(f"not GeoJSON: {value.get('type')} without a list {key!r}")
    return found


def _run(coordinates: object) -> tuple[tuple[float, float], ...]:
    if not isinstance(coordinates, list):
        raise Malformed("not GeoJSON: a line's coordinates are not a list")
    run = []
    for vertex in coordinates:
        if not isinstance(vertex, list) or len(vertex) < 2:
            raise Malformed(f"not a lon/lat pair: {vertex!r:.60}")
        lon, lat = vertex[0], vertex[1]
        if not all(isinstance(part, int | float) and not isinstance(part, bool) for part in (lon, lat)):
            raise Malformed(f"not a lon/lat pair of numbers: {vertex!r:.60}")
        if max(abs(lon), abs(lat)) > 360:  # also keeps integers too large for a float away from it
            raise NoPlace(f"outside longitude ±180, latitude ±90: {vertex!r:.60}")
        run.append((float(lon), float(lat)))
    return tuple(run)
