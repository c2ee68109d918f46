# SPDX-License-Identifier: Apache-2.0
"""What any question about a place and a period is answered from: looks, clouds and events of a finished run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from truceline.base.bounded import read_bytes, text_of
from truceline.base.canonical import parse_json
from truceline.base.clock import Interval
from truceline.base.geo import Floats, check_places, geodesic_m, metres_per_degree
from truceline.coverage import fields, passes
from truceline.errors import Malformed, NoPlace, UnknownFormat
from truceline.flow.stages import Logged, Results, middle_of
from truceline.lang import Catalogue, catalogue, languages
from truceline.model.agreement import Agreement
from truceline.model.detection import Detections
from truceline.model.event import Events
from truceline.model.look import Denial, Look
from truceline.model.watching import CloudDay, LineView, Run
from truceline.reports.formats import point
from truceline.terms import party_of

Bools = npt.NDArray[np.bool_]

AROUND_KM = 25.0
"""Reach of a place that is named without one, kilometres."""

MOST_KM = 500.0
"""Largest reach that may be asked for, kilometres."""

_GRID = 18
_MAX_GEOJSON = 20_000_000


@dataclass(frozen=True, eq=False)
class Ground:
    """A finished run, as questions need it."""

    agreement: Agreement
    """Parties, window, coverage floor."""

    view: LineView
    """The line the watch uses."""

    looks: tuple[Look, ...]
    """Every logged pass, whole."""

    denials: tuple[Denial, ...]
    """Stretches not observed."""

    cloud: tuple[CloudDay, ...]
    """The cloud table."""

    detections: Detections
    """Fire pixels."""

    events: Events
    """Fused, with beliefs."""

    extent: fields.Rings
    """What the fire files cover; empty: not stated."""

    period: Interval
    """What the watch covers."""

    place_names: Mapping[str, npt.NDArray[Any]]
    """Towns: ``name``, ``lon``, ``lat``, ``population``."""

    ledger: Mapping[str, Any]
    """``size``, ``root``, ``origin`` of the ledger it stands in."""

    @classmethod
    def of(cls, run: Run) -> Ground:
        """Return the ground of a run that was just made."""
        return cls(
            run.agreement,
            run.view,
            run.passes,
            run.denials,
            run.cloud,
            run.detections,
            run.events,
            run.extent,
            run.period,
            run.place_names,
            {key: run.ledger.get(key) for key in ("size", "root", "origin")},
        )

    @classmethod
    def again(
        cls, inside: Logged, made: Results, names: Mapping[str, npt.NDArray[Any]], ledger: Mapping[str, Any]
    ) -> Ground:
        """Return the ground of a run that the ledger holds, its stages run again."""
        return cls(
            inside.agreement,
            made.lines[0],
            made.looks,
            inside.denials,
            inside.cloud,
            inside.detections,
            made.events,
            inside.extent,
            inside.period,
            names,
            ledger,
        )

    @cached_property
    def readable(self) -> tuple[Look, ...]:
        """The looks that touch no denial, in order of time."""
        kept = passes.readable(self.looks, self.denials)
        return tuple(look for look, seen in zip(self.looks, kept, strict=True) if seen)

    @cached_property
    def along(self) -> fields.Points:
        """Sample points beside the line."""
        return fields.points(self.view.line, self.view.sides, self.view.coverage.act.within_km, self.extent)


@dataclass(frozen=True, eq=False)
class Area:
    """A place that a question is about."""

    name: str
    """As it was asked for."""

    title: str
    """As people read it, after ``acts of war``: ``within 20 km of the line``."""

    points: fields.Points
    """Sample points that stand for it."""

    length_km: float
    """Its extent, kilometres."""

    events: Bools
    """Which events lie in it."""

    pixels: Bools
    """Which fire pixels lie in it."""

    understood: str
    """What the words were taken for, one sentence."""

    beside_line: bool = False
    """Whether it is part of the belt beside the line."""

    town: str = ""
    """The town it lies around, if any."""

    @property
    def lon(self) -> float:
        """Longitude of its middle."""
        return middle_of(self.points.lon)


def area_of(ground: Ground, text: str, *, folder: Path | None = None, words: Catalogue | None = None) -> Area:
    """Return the area that words mean.

    ``line`` (or nothing), ``side:PARTY``, ``sector:N`` (or ``sector:3-5``), ``LON,LAT`` or ``LON,LAT,KM``, the name of
    a town of the theatre (25 km around it, or ``NAME,KM``), or a GeoJSON file of polygons (``FILE#NAME`` for one
    feature of several).

    Raises:
        Malformed: no such side or sector, or a reach that is none.
        NoPlace: no town of the theatre has that name, or a place that is none.
        InputError: the file cannot be read.
    """
    asked, told = " ".join(text.split()), words or catalogue("en")
    if asked.casefold() in _line_words():
        return _near_line(ground, told, asked or "line")
    kind, _, rest = asked.partition(":")
    if kind.casefold() == "side" and rest:
        return _side(ground, told, rest.strip(), asked)
    if kind.casefold() == "sector" and rest:
        return _sector(ground, told, rest.strip(), asked)
    number = r"[-+]?\d{1,3}(?:\.\d+)?"
    if match := re.fullmatch(rf"({number})\s*[, ]\s*({number})(?:\s*[, ]\s*({number})(?: ?km)?)?", asked):
        lon, lat = float(match[1]), float(match[2])
        return _disc(ground, told, asked, point(told, lon, lat), lon, lat, float(match[3] or AROUND_KM))
    path, _, feature = asked.partition("#")
    if path.casefold().endswith((".geojson", ".json")) and folder is not None:
        return _polygon(ground, told, folder / path, feature, asked)
    return _town(ground, told, asked)


@cache
def _line_words() -> frozenset[str]:
    """What the whole line is called, in any language."""
    own = (catalogue(code).say("sheet.line").casefold() for code in languages())
    return frozenset(("", "line", "near the line", "line of contact", *own))


def _near_line(ground: Ground, told: Catalogue, name: str, mask: Bools | None = None) -> Area:
    """The belt beside the line, or those of its points that ``mask`` names."""
    reach = ground.view.coverage.act.within_km * 1000
    points = ground.along if mask is None else _some(ground.along, mask)
    close = ground.view.distance_m <= reach
    pixels = ground.view.detection_distance_m <= reach
    length = ground.view.line.length_m / 1000
    text, whole = (told.say(f"area.{key}", km=reach / 1000) for key in ("line", "whole"))
    return Area(name, text, points, length, close, pixels, whole, beside_line=True)


def _some(points: fields.Points, mask: Bools) -> fields.Points:
    names = ("lon", "lat", "sector", "side", "km", "along_m", "observed")
    return fields.Points(*(getattr(points, name)[mask] for name in names))


def _side(ground: Ground, told: Catalogue, wanted: str, words: str) -> Area:
    """One party's side of the line."""
    sides = ground.view.sides
    if sides is None:
        raise Malformed("nothing tells who holds which side of this line")
    ids = (sides.first, sides.second)
    named = {each.casefold(): each for each in ids}
    party = named.get(wanted.casefold()) or party_of(ground.agreement, wanted)
    if party not in ids:
        known = ", ".join(f"{each} ({_name(ground, each)})" for each in ids)
        raise Malformed(f"no side is that of {wanted!r:.60}; known are {known}")
    first = party == sides.first
    whole = _near_line(ground, told, words, mask=ground.along.side == (0 if first else 1))
    title = told.say("area.side", near=whole.title, party=_name(ground, party))
    own = ground.view.on_first_side == first
    near = ground.view.line.nearest(ground.detections.lon, ground.detections.lat)
    pixels = whole.pixels & (sides.of(near) == first)
    return replace(whole, title=title, events=whole.events & own, pixels=pixels, understood=_sentence(title))


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}".rstrip(".") + "."


def _name(ground: Ground, party: str | None) -> str:
    return next((each.name for each in ground.agreement.parties if each.id == party), str(party))


def _sector(ground: Ground, told: Catalogue, wanted: str, words: str) -> Area:
    """Some sectors of the line, both sides."""
    sectors = ground.view.coverage.sectors
    match = re.fullmatch(r"(\d{1,4})(?:\s*[-–]\s*(\d{1,4}))?", wanted)
    low, high = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not 1 <= low <= high <= len(sectors):
        raise Malformed(f"no sector is numbered {wanted!r:.20}; they run from 1 to {len(sectors)}")
    begin, end = sectors[low - 1].start_m, sectors[high - 1].end_m
    whole = _near_line(ground, told, words, mask=(ground.along.sector >= low) & (ground.along.sector <= high))
    inside = (ground.view.along_m >= begin) & (ground.view.along_m <= end)
    near = ground.view.line.nearest(ground.detections.lon, ground.detections.lat)
    pixels = whole.pixels & (near.along_m >= begin) & (near.along_m <= end)
    title = told.say("area.sector" if low == high else "area.sectors", near=whole.title, n=low, low=low, high=high)
    length = (end - begin) / 1000
    return replace(
        whole, title=title, length_km=length, events=whole.events & inside, pixels=pixels, understood=_sentence(title)
    )


def _disc(ground: Ground, told: Catalogue, words: str, title: str, lon: float, lat: float, km: float) -> Area:
    """All within a distance of a place."""
    if not check_places(np.array([lon]), np.array([lat])).all():
        raise NoPlace(f"{lon:g}, {lat:g} is no place: longitude first, then latitude, in degrees")
    if not 1 <= km <= MOST_KM:
        raise Malformed(f"a reach is 1 to {MOST_KM:g} km, not {km:g}")
    east, north = metres_per_degree(np.array([lat]))
    steps = ((np.arange(_GRID) + 0.5) / _GRID * 2 - 1) * km * 1000
    dx, dy = (grid.ravel() for grid in np.meshgrid(steps, steps))
    inside = np.hypot(dx, dy) <= km * 1000
    longitude = (lon + dx[inside] / max(float(east[0]), 1.0) + 180) % 360 - 180
    latitude = np.clip(lat + dy[inside] / float(north[0]), -90, 90)
    points = _points(ground, longitude, latitude)

    def near(x: Floats, y: Floats) -> Bools:
        here = np.full(len(x), lon), np.full(len(x), lat)
        return np.asarray(geodesic_m(x, y, *here) <= km * 1000)

    text, place = told.say("area.disc", km=km, place=title), point(told, lon, lat)
    whole = _sentence(text if title == place else f"{text} ({place})")
    events, pixels = near(ground.events.lon, ground.events.lat), near(ground.detections.lon, ground.detections.lat)
    return Area(words, text, points, 2 * km, events, pixels, whole)


def _points(ground: Ground, lon: Floats, lat: Floats) -> fields.Points:
    count = len(lon)
    ones = np.ones(count, dtype=np.int64)
    return fields.Points(lon, lat, ones, ones * 0, np.ones(count), np.zeros(count), _covered(ground.extent, lon, lat))


def _covered(extent: fields.Rings, lon: Floats, lat: Floats) -> Bools:
    """Which places lie inside what the fire files cover."""
    if not extent:
        return np.ones(len(lon), dtype=bool)
    area = shapely.union_all([shapely.make_valid(shapely.Polygon(ring)) for ring in extent])
    return np.asarray(shapely.intersects_xy(area, lon, lat))


def spellings(ground: Ground) -> Iterator[tuple[int, str]]:
    """Yield (row, another spelling) of the towns of the theatre, the biggest first."""
    for row, others in enumerate(ground.place_names.get("spellings", ())):
        for other in others:
            yield row, str(other)


def _town(ground: Ground, told: Catalogue, words: str) -> Area:
    """A town of the theatre by its name, the biggest of several."""
    name, reach = words, AROUND_KM
    if match := re.fullmatch(r"(.+?)\s*,\s*(\d{1,3}(?:\.\d+)?)\s*(?:km)?", words):
        name, reach = match[1], float(match[2])
    names = [str(each) for each in ground.place_names["name"]]
    found = [row for row, each in enumerate(names) if each.casefold() == name.casefold()]
    found = found or [row for row, spelt in spellings(ground) if spelt.casefold() == name.casefold()][:1]
    if not found:
        raise NoPlace(
            f"no town of the theatre is called {name!r:.60}; give line, side:PARTY, sector:N, lon,lat or a polygon file"
        )
    row = found[0]
    lon, lat = (float(ground.place_names[axis][row]) for axis in ("lon", "lat"))
    area = _disc(ground, told, words, names[row], lon, lat, reach)
    more = f" {told.say('area.same_name', n=len(found))}" if len(found) > 1 else ""
    return replace(area, understood=area.understood + more, town=names[row])


def _polygon(ground: Ground, told: Catalogue, path: Path, feature: str, words: str) -> Area:
    """The polygons of a file, or of one feature of it."""
    document = parse_json(text_of(read_bytes(path, limit=_MAX_GEOJSON), file=path.name), file=path.name)
    listed = document.get("features", [document]) if isinstance(document, dict) else []
    shapes, known = [], []
    for each in listed if isinstance(listed, list) else []:
        label = _label(each)
        known.append(label)
        if not feature or label.casefold() == feature.casefold():
            shapes.append(_shape(each, path.name))
    if feature and not shapes:
        raise UnknownFormat(f"no feature is called {feature!r:.60}; it holds {', '.join(known)[:200]}", file=path.name)
    area = shapely.union_all(shapes) if shapes else shapely.Polygon()
    if area.is_empty or area.geom_type not in ("Polygon", "MultiPolygon"):
        raise Malformed("holds no polygon", file=path.name)
    west, south, east, north = area.bounds
    lon, lat = (grid.ravel() for grid in np.meshgrid(_steps(west, east), _steps(south, north)))
    inside = np.asarray(shapely.intersects_xy(area, lon, lat))
    if not inside.any():
        inner = area.representative_point()
        lon, lat, inside = np.array([inner.x]), np.array([inner.y]), np.ones(1, dtype=bool)
    diagonal = float(geodesic_m(*(np.array([edge]) for edge in (west, south, east, north)))[0]) / 1000
    title = told.say("area.polygon", name=feature or path.stem.replace("_", " "))
    return Area(
        words,
        title,
        _points(ground, lon[inside], lat[inside]),
        diagonal,
        np.asarray(shapely.intersects_xy(area, ground.events.lon, ground.events.lat)),
        np.asarray(shapely.intersects_xy(area, ground.detections.lon, ground.detections.lat)),
        told.say("area.polygon_of", title=f"{title[0].upper()}{title[1:]}", file=path.name),
    )


def _steps(low: float, high: float) -> Floats:
    return np.asarray(low + (np.arange(_GRID) + 0.5) / _GRID * (high - low))


def _label(feature: object) -> str:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if isinstance(properties, dict):
        for key in ("name", "NAME", "title", "id", "shapeName"):
            if isinstance(properties.get(key), str):
                return str(properties[key])
    return ""


def _shape(feature: object, file: str) -> shapely.Geometry:
    """The valid polygons of one feature, in degrees."""
    geometry: Any = feature.get("geometry", feature) if isinstance(feature, dict) else None
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise Malformed("a feature is no polygon", file=file)
    rings = geometry.get("coordinates")
    try:
        many: Sequence[Any] = rings if kind == "MultiPolygon" else [rings]
        made = shapely.union_all([shapely.make_valid(shapely.Polygon(p[0], p[1:])) for p in many])
        bounds = np.array(made.bounds)
    except (TypeError, ValueError, IndexError, shapely.errors.ShapelyError) as error:
        raise Malformed(f"a polygon cannot be read: {error}", file=file) from error
    if not np.isfinite(bounds).all() or np.abs(bounds[[0, 2]]).max() > 180 or np.abs(bounds[[1, 3]]).max() > 90:
        raise NoPlace("a polygon lies outside longitude ±180, latitude ±90", file=file)
    return made
