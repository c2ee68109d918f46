# SPDX-License-Identifier: Apache-2.0
"""Where a log line says that it was: coordinates, a name, or bearing and distance from a post. WGS 84."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

import numpy as np

from truceline.base.geo import WGS84, geodesic_m
from truceline.model.logbook import Spot

Place = tuple[float, float]
"""Longitude and latitude, degrees."""

Names = Mapping[str, Sequence[Place]]
"""Small-letter name, spaces as ``_``, to every place of that name."""

_POINTS = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
COMPASS: Mapping[str, float] = {name: 22.5 * number for number, name in enumerate(_POINTS)}
"""Sixteen points, degrees from north."""

_NUMBER = r"(\d{1,3}(?:\.\d{1,8})?)"
_PAIR = re.compile(rf"(-?){_NUMBER}([NS]?),(-?){_NUMBER}([EW]?)", re.ASCII | re.IGNORECASE)
_FROM = re.compile(
    r"(?:([^/\s]+):)?(\d{1,3}|[NESW]{1,3})/(\d{1,4}(?:\.\d{1,3})?)(?:-(\d{1,4}(?:\.\d{1,3})?))?(m|km)",
    re.IGNORECASE,
)


def bearing(word: str) -> float | None:
    """Return a direction in degrees from north; None: it is none."""
    if word.upper() in COMPASS:
        return COMPASS[word.upper()]
    if re.fullmatch(r"\d{1,3}", word, re.ASCII) and int(word) <= 360:
        return float(int(word) % 360)
    return None


def place_of(word: str, names: Names, posts: Mapping[str, Place | None], post: str, here: Place | None) -> Spot | None:
    """Return the place a word says; None: it says none.

    Latitude comes first, as people say it. Of several places of a name the one nearest to the post is meant.

    Raises:
        ValueError: it looks like a place, but is none; the message says what was expected.
    """
    if (match := _PAIR.fullmatch(word)) is not None:
        return _coordinates(match)
    if (match := _FROM.fullmatch(word)) is not None:
        return _polar(match, names, posts, post, here)
    if word.startswith("@"):
        if word[1:].upper() in ("N/K", "NK"):
            return Spot(None, None)
        (lon, lat), told = _name(word[1:], names, posts, here)
        return Spot(lon, lat, None, told)
    return None


def _coordinates(match: re.Match[str]) -> Spot:
    minus_lat, lat, south, minus_lon, lon, west = match.groups()
    north = -float(lat) if minus_lat or south.upper() == "S" else float(lat)
    east = -float(lon) if minus_lon or west.upper() == "W" else float(lon)
    if abs(north) > 90 or abs(east) > 180:
        raise ValueError("latitude,longitude in degrees, such as 48.01,37.80")
    return Spot(east, north, None, "")


def _polar(
    match: re.Match[str], names: Names, posts: Mapping[str, Place | None], post: str, here: Place | None
) -> Spot:
    origin, way, near, far, unit = match.groups()
    degrees = bearing(way)
    if degrees is None:
        raise ValueError("a bearing of 0 to 360 or a compass point before the stroke, such as SE/3km")
    if origin is not None:
        start, told = _name(origin.removeprefix("@"), names, posts, here)
    elif here is not None:
        start, told = here, post
    else:
        raise ValueError(f"a place to measure from, since {post} has no known place: NAME:090/3km")
    scale = 1000.0 if unit.lower() == "km" else 1.0
    least = float(near) * scale
    most = least if far is None else float(far) * scale
    if most < least or most > 100_000:
        raise ValueError("a distance from least to most, at most 100 km, such as 2-4km")
    lon, lat, _ = WGS84.fwd(start[0], start[1], degrees, (least + most) / 2)
    sigma = None if far is None else (most - least) / 2
    return Spot(round(float(lon), 6), round(float(lat), 6), sigma, f"{match.group(0).split(':')[-1]} from {told}")


def _name(word: str, names: Names, posts: Mapping[str, Place | None], here: Place | None) -> tuple[Place, str]:
    for name, place in posts.items():
        if name.casefold() == word.casefold() and place is not None:
            return place, name
    found = names.get(word.casefold(), ())
    if not found:
        begun = sorted(name for name in names if name.startswith(word.casefold()[:4]))[:5]
        raise ValueError(f"a place that is known, or coordinates{': ' + ', '.join(begun) if begun else ''}")
    if len(found) == 1:
        return found[0], word
    if here is None:
        some = "; ".join(f"{lat:.2f},{lon:.2f}" for lon, lat in found[:4])
        raise ValueError(f"one place; {len(found)} are called so ({some}): give coordinates")
    lon, lat = (np.array([place[axis] for place in found]) for axis in (0, 1))
    away = geodesic_m(np.full(len(found), here[0]), np.full(len(found), here[1]), lon, lat)
    nearest = int(np.argmin(away))
    return found[
        nearest
    ], f"{word}, the nearest of {len(found)} of that name, {math.ceil(away[nearest] / 1000)} km away"
