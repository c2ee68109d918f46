# SPDX-License-Identifier: Apache-2.0
"""Lists of denials: stretches in which a feed gave nothing that may be read, as ``truceline fetch`` writes them.

JSON: a list of ``{"sensor", "start", "end", "reason", "source"}``, times in ISO form with their zone. One that holds
somewhere only also has ``area``, a list of rings of ``[longitude, latitude]``, or ``sectors``, a list of numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from truceline.base.bounded import text_of
from truceline.base.canonical import parse_json
from truceline.base.clock import Interval, utc
from truceline.errors import InputError, LimitExceeded, Malformed, NoPlace
from truceline.model.look import Denial
from truceline.sources._words import sensor_of

MAX_BYTES = 20_000_000
"""Largest list read, bytes."""

MAX_DENIALS = 50_000
"""Most denials in one list."""

MAX_CORNERS = 10_000
"""Most corners of one denial's area."""

MAX_SECTORS = 1_000
"""Most sectors of one denial."""

_OURS = re.compile(r"viirs|modis|noaa|suomi|jpss|snpp", re.IGNORECASE)
"""How names begin that can only mean one of the fire satellites; ``A`` or ``1`` may be a watch's own."""

_KEYS = ("sensor", "start", "end", "reason", "source")


def read(data: bytes, *, file: str) -> tuple[Denial, ...]:
    """Return the denials, in the order of the file.

    Raises:
        InputError: it is not such a list; a machine wrote it, so it is right as a whole or refused.
    """
    if len(data) > MAX_BYTES:
        raise LimitExceeded(f"{len(data):,} bytes; at most {MAX_BYTES:,} are read", file=file)
    listed = parse_json(text_of(data, file=file), file=file)
    if not isinstance(listed, list):
        raise Malformed("is not a list of denials", file=file)
    if len(listed) > MAX_DENIALS:
        raise LimitExceeded(f"{len(listed):,} denials; at most {MAX_DENIALS:,} are read", file=file)
    return tuple(_denial(entry, file, number) for number, entry in enumerate(listed, start=1))


def plain(denial: Denial) -> Mapping[str, Any]:
    """Return a denial as the list holds it."""
    body = denial.record().body
    where = {"area": [[list(corner) for corner in ring] for ring in denial.area], "sectors": list(denial.sectors)}
    return {key: body[key] for key in _KEYS} | {key: value for key, value in where.items() if value}


def _denial(entry: object, file: str, number: int) -> Denial:
    if not isinstance(entry, dict) or not all(isinstance(entry.get(key), str) and entry[key] for key in _KEYS):
        raise Malformed(f"a denial has {', '.join(_KEYS)}, each as text", file=file, record=str(number))
    try:
        interval = Interval(utc(entry["start"]), utc(entry["end"]))
    except InputError as error:
        error.file, error.record = file, str(number)
        raise
    if {"area", "sectors"} <= set(entry):
        raise Malformed("a denial has an area or sectors, not both", file=file, record=str(number))
    return Denial(
        _sensor(entry["sensor"][:100]),
        interval,
        entry["reason"][:500],
        entry["source"][:100],
        area=_area(entry["area"], file, number) if "area" in entry else (),
        sectors=_sectors(entry["sectors"], file, number) if "sectors" in entry else (),
    )


def _sensor(name: str) -> str:
    """The sensor as looks call it: a denial under another spelling (``NOAA 20``) would take nothing away."""
    spelt = sensor_of(name)
    return spelt if spelt and _OURS.match(name.strip()) else name


def _area(value: object, file: str, number: int) -> tuple[tuple[tuple[float, float], ...], ...]:
    """Rings of a denial. An empty list is refused: it would mean everywhere."""
    if not isinstance(value, list) or not value or not all(isinstance(ring, list) for ring in value):
        raise Malformed(
            "the area of a denial is a list of rings of [longitude, latitude]", file=file, record=str(number)
        )
    if sum(len(ring) for ring in value) > MAX_CORNERS:
        raise LimitExceeded(f"an area of more than {MAX_CORNERS:,} corners", file=file, record=str(number))
    rings = tuple(tuple(_corner(corner, file, number) for corner in ring) for ring in value)
    if any(len(set(ring)) < 3 for ring in rings):
        raise Malformed("a ring needs at least three corners", file=file, record=str(number))
    return rings


def _corner(value: object, file: str, number: int) -> tuple[float, float]:
    plain = isinstance(value, list) and len(value) == 2 and all(type(part) in (int, float) for part in value)
    if not isinstance(value, list) or not plain:
        raise Malformed("a corner is [longitude, latitude]", file=file, record=str(number))
    if not (abs(value[0]) <= 180 and abs(value[1]) <= 90):
        raise NoPlace("a corner lies outside longitude ±180, latitude ±90", file=file, record=str(number))
    return float(value[0]), float(value[1])


def _sectors(value: object, file: str, number: int) -> tuple[int, ...]:
    good = isinstance(value, list) and 0 < len(value) <= MAX_SECTORS
    if not isinstance(value, list) or not good or not all(type(each) is int and 0 < each < 1 << 31 for each in value):
        why = f"the sectors of a denial are 1 to {MAX_SECTORS:,} whole numbers from 1"
        raise Malformed(why, file=file, record=str(number))
    return tuple(sorted(set(value)))
