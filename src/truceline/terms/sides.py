# SPDX-License-Identifier: Apache-2.0
"""Whose side is whose, as areas along a line: told by polygons of control, by places held, and by the line itself.

The area within some distance of a line is cut into faces along the line, drawn out beyond its open ends. A face
belongs to whom

1. polygons of control give most of it; and what they give to another party inside it is that party's;
2. without polygons: the places held in it that lie on their holder's side of the nearest stretch of line; where both
   have such places in one face (the line ends there, and does not part them) the nearest place decides;
3. in a face without such places: the line, each kilometre of it one vote, so that the long front outweighs a short
   piece in the rear.

Nothing depends on the order of the parties: swapped, the areas swap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import shapely

from truceline.base import offsets
from truceline.base.geo import WGS84, Floats, Line, Sides
from truceline.model.territory import Party, Ring

Shapes = npt.NDArray[np.object_]

_EVERY_M = 1_000.0
"""How often along a line it is asked which face lies on which of its sides, metres."""

_ASIDE_M = 20.0
"""How far beside the line that is asked, metres."""

_LEAST = 0.02
"""Least share of a face that polygons must cover for the face to be taken as told by them."""


def area_of(rings: Sequence[Ring], holes: Sequence[Ring] = ()) -> shapely.Geometry:
    """Return the area inside outer rings and outside holes, lon/lat degrees."""
    outer = shapely.union_all([shapely.Polygon(ring) for ring in rings])
    return outer.difference(shapely.union_all([shapely.Polygon(ring) for ring in holes])) if holes else outer


def side(line: Line, party: str, parties: Sequence[Party], distance_m: float) -> shapely.Geometry | None:
    """Return all within a distance of a line on one party's side, lon/lat; None where no source tells the side.

    Args:
        line: the line.
        party: id of the party.
        parties: all parties, with what they control and hold.
        distance_m: metres.

    Raises:
        NoPlace: the area would reach beyond a pole or the antimeridian.
    """
    controls = {p.id: area_of(p.controls) for p in parties if p.controls}
    faces = _faces(line, distance_m)
    told = _by_places(faces, line, party, parties)
    if party not in controls and (not controls or len(parties) - len(controls) > 1):
        return told
    return _by_control(faces, party, controls, told)


def _by_control(
    faces: Shapes, party: str, controls: Mapping[str, shapely.Geometry], told: shapely.Geometry | None
) -> shapely.Geometry:
    """The faces most of whose controlled part is the party's, less what others control, and what it controls beside."""
    cover = {name: shapely.area(shapely.intersection(faces, area)) for name, area in controls.items()}
    own = cover.get(party, np.zeros(len(faces)))
    rest = np.max([covered for name, covered in cover.items() if name != party] or [np.zeros(len(faces))], axis=0)
    least = _LEAST * shapely.area(faces)
    mine = (own > least) & (own > rest)
    untold = (own <= least) & (rest <= least)
    if told is not None:
        more = shapely.intersection(faces[untold], told)
    else:
        # One party's polygons alone: what they leave is the other's.
        more = faces[untold] if party not in controls else np.array([], dtype=object)
    found = shapely.union_all([*faces[mine], *more])
    for name, area in controls.items():
        if name != party:
            found = found.difference(area)
    if party in controls:
        found = shapely.union_all([found, *shapely.intersection(faces, controls[party])])
    return _polygons(found)


def _by_places(faces: Shapes, line: Line, party: str, parties: Sequence[Party]) -> shapely.Geometry | None:
    """What lies on a party's side, told by the places each party holds and by the line."""
    own = np.array([(x, y) for p in parties if p.id == party for _, x, y in p.holds]).reshape(-1, 2)
    rest = np.array([(x, y) for p in parties if p.id != party for _, x, y in p.holds]).reshape(-1, 2)
    if not len(own) or not len(rest):
        return None
    sides = Sides.from_places(line, party, own, "", rest)
    ours = own[sides.of(line.nearest(own[:, 0], own[:, 1]))]
    theirs = rest[~sides.of(line.nearest(rest[:, 0], rest[:, 1]))]
    votes = _votes(faces, line, sides)
    found = []
    for number, face in enumerate(faces):
        here = ours[shapely.contains_xy(face, ours[:, 0], ours[:, 1])]
        there = theirs[shapely.contains_xy(face, theirs[:, 0], theirs[:, 1])]
        if len(here) and len(there):
            found.append(_nearer(face, here, there))
        elif len(here) or (not len(there) and votes[number] > 0):
            found.append(face)
    return _polygons(shapely.union_all(found))


def _nearer(face: shapely.Polygon, here: Floats, there: Floats) -> shapely.Geometry:
    """The part of a face that is nearer to one set of places than to another; degrees, scaled at the face's middle."""
    scale = float(np.cos(np.radians((face.bounds[1] + face.bounds[3]) / 2)))
    places = np.unique(np.vstack([here, there]), axis=0) * [scale, 1.0]
    wide = shapely.transform(face, lambda vertices: vertices * [scale, 1.0])
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(places), extend_to=wide))
    mine = shapely.MultiPoint(here * [scale, 1.0])
    kept = shapely.intersection(wide, shapely.union_all(cells[shapely.intersects(cells, mine)]))
    return shapely.transform(kept, lambda vertices: vertices / [scale, 1.0])


def _votes(faces: Shapes, line: Line, sides: Sides) -> Floats:
    """For each face: kilometres of line whose bank it is for the first party, less those for the other.

    A face that no line runs along (it lies beyond the ends) gets the side of the nearest stretch.
    """
    count = max(2, min(20_000, round(line.length_m / _EVERY_M)))
    along = (np.arange(count) + 0.5) * line.length_m / count
    part = np.clip(np.searchsorted(np.cumsum(line.part_lengths_m), along, side="right"), 0, len(line.parts) - 1)
    tree = shapely.STRtree(faces)
    votes = np.zeros(len(faces))
    for left in (True, False):
        lon, lat = line.offset(along, np.full(count, _ASIDE_M if left else -_ASIDE_M))
        place, face = tree.query(shapely.points(lon, lat), predicate="within")
        np.add.at(votes, face, np.where(sides.left_is_first[part[place]] == left, 1.0, -1.0))
    untold = np.flatnonzero(votes == 0)
    if len(untold):
        points = shapely.get_coordinates(shapely.point_on_surface(faces[untold]))
        votes[untold] = np.where(sides.of(line.nearest(points[:, 0], points[:, 1])), 1.0, -1.0)
    return votes


def _faces(line: Line, distance_m: float) -> Shapes:
    """Cut all within a distance of the line along the line itself, drawn out beyond its open ends."""
    area = offsets.within(line.parts, distance_m)
    cuts = [shapely.LineString(part) for part in line.parts]
    cuts += [ray for part in line.parts for ray in _rays(part, distance_m)]
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all([area.boundary, *cuts])]))
    shapely.prepare(area)
    found: Shapes = faces[shapely.covers(area, shapely.point_on_surface(faces))]
    return found


def _rays(part: Ring, distance_m: float) -> list[shapely.LineString]:
    """Straight on from both ends of an open part, past the border: beyond an end, the last segment tells the side."""
    if part[0] == part[-1]:
        return []
    found = []
    steps = np.append(np.arange(0, distance_m * 1.02, 2_000.0), distance_m * 1.02)
    many = np.ones(len(steps))
    for end, before in ((part[0], part[1:]), (part[-1], part[-2::-1])):
        other = next((place for place in before if place != end), None)
        if other is not None:
            _, back, _ = WGS84.inv(other[0], other[1], end[0], end[1])
            lon, lat, _ = WGS84.fwd(end[0] * many, end[1] * many, (back + 180) * many, steps)
            found.append(shapely.LineString(np.column_stack([lon, lat])))
    return found


def _polygons(shape: shapely.Geometry) -> shapely.Geometry:
    """Drop what has no area: points and lines where pieces touch."""
    parts = [part for part in shapely.get_parts(shape) if part.area > 0]
    return shapely.union_all(parts)
