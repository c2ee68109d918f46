# SPDX-License-Identifier: Apache-2.0
"""Whose side is whose, as areas along a line: told by polygons of control, by places held, and by the line itself.

The area within some distance of a line is cut into faces along the line, drawn out beyond its open ends. A face
belongs to whom

1. polygons of control give most of it. The line itself is the border, however roughly they follow it; but a pocket
   that they give to another party, and that the line does not touch, is that party's. Where they give all of both
   banks to one party (an older line, that others have crossed since), land further off tells whose bank is whose;
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
from truceline.errors import NoPlace
from truceline.model.territory import Party, Ring

Shapes = npt.NDArray[np.object_]

_EVERY_M = 1_000.0
"""How often along a line it is asked which face lies on which of its sides, metres."""

_ASIDE_M = 20.0
"""How far beside the line that is asked, metres."""

_FURTHEST = 16.0
"""How many times further than asked land is looked at, where all near the line is one party's."""

_TOUCHES_DEG = 1e-7
"""What lies so near to a line touches it, degrees (a centimetre)."""

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
    if party not in controls and (not controls or len(parties) - len(controls) > 1):
        return _by_places(_faces(line, distance_m), line, party, parties)
    reach = distance_m
    faces, mine = _by_control(line, party, controls, parties, reach)
    while (mine.all() or not mine.any()) and len(faces) > 1 and reach < _FURTHEST * distance_m:
        reach *= 2
        try:
            faces, mine = _by_control(line, party, controls, parties, reach)
        except NoPlace:  # the map ends there: what was found nearer holds
            reach /= 2
            break
    found = _pockets(faces, mine, line, reach, party, controls)
    return found if reach == distance_m else _polygons(found.intersection(offsets.within(line.parts, distance_m)))


def _by_control(
    line: Line, party: str, controls: Mapping[str, shapely.Geometry], parties: Sequence[Party], distance_m: float
) -> tuple[Shapes, npt.NDArray[np.bool_]]:
    """The faces of all within a distance, and which are the party's: most of what is controlled there is its own.

    Faces that no polygon covers are told by places; of one party's polygons alone, what they leave is the other's.
    """
    faces = _faces(line, distance_m)
    cover = {name: shapely.area(shapely.intersection(faces, area)) for name, area in controls.items()}
    own = cover.get(party, np.zeros(len(faces)))
    rest = np.max([covered for name, covered in cover.items() if name != party] or [np.zeros(len(faces))], axis=0)
    least = _LEAST * shapely.area(faces)
    mine, untold = (own > least) & (own > rest), (own <= least) & (rest <= least)
    told = _by_places(faces, line, party, parties)
    if told is not None and untold.any():
        parts = shapely.intersection(faces, told)
        faces = np.append(np.where(untold, parts, faces), shapely.difference(faces[untold], told))
        mine, untold = np.append(mine | untold, np.zeros(untold.sum(), bool)), np.append(untold, untold[untold])
    elif party not in controls:
        mine = mine | untold
    kept = shapely.area(faces) > 0
    return faces[kept], mine[kept]


def _pockets(
    faces: Shapes,
    mine: npt.NDArray[np.bool_],
    line: Line,
    reach_m: float,
    party: str,
    controls: Mapping[str, shapely.Geometry],
) -> shapely.Geometry:
    """The party's faces, less others' pockets in them, and its own pockets in the others' faces."""
    border = shapely.MultiLineString(_cuts(line, shapely.union_all(faces), reach_m))
    found, rest = shapely.union_all(faces[mine]), shapely.union_all(faces[~mine])
    for name, area in controls.items():
        parts = shapely.get_parts(area.intersection(rest if name == party else found))
        apart = shapely.union_all(parts[shapely.distance(parts, border) > _TOUCHES_DEG])
        found = shapely.union_all([found, apart]) if name == party else found.difference(apart)
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
    cuts = _cuts(line, area, distance_m)
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all([area.boundary, *cuts])]))
    shapely.prepare(area)
    found: Shapes = faces[shapely.covers(area, shapely.point_on_surface(faces))]
    return found


def _cuts(line: Line, area: shapely.Geometry, distance_m: float) -> list[shapely.LineString]:
    """The line, drawn out beyond its open ends."""
    rays = [ray for part in line.parts for ray in _rays(part, area, distance_m)]
    return [*(shapely.LineString(part) for part in line.parts), *rays]


def _rays(part: Ring, area: shapely.Geometry, distance_m: float) -> list[shapely.LineString]:
    """Straight on from both ends of an open part, past the border: beyond an end, the last segment tells the side."""
    if part[0] == part[-1]:
        return []
    found = []
    for end, before in ((part[0], part[1:]), (part[-1], part[-2::-1])):
        other = next((place for place in before if place != end), None)
        if other is None:
            continue
        _, back, _ = WGS84.inv(other[0], other[1], end[0], end[1])
        length = 1.02 * distance_m
        while True:
            steps = np.append(np.arange(0, length, 2_000.0), length)
            many = np.ones(len(steps))
            lon, lat, _ = WGS84.fwd(end[0] * many, end[1] * many, (back + 180) * many, steps)
            lon[0], lat[0] = end[:2]  # to the bit, or the line would stop short of its ray and part nothing
            # Beside a line that turns away from its last segment the ray needs longer to get out.
            if length > 8 * distance_m or not shapely.contains_xy(area, lon[-1], lat[-1]):
                break
            length *= 2
        found.append(shapely.LineString(np.column_stack([lon, lat])))
    return found


def _polygons(shape: shapely.Geometry) -> shapely.Geometry:
    """Drop what has no area: points and lines where pieces touch."""
    parts = [part for part in shapely.get_parts(shape) if part.area > 0]
    return shapely.union_all(parts)
