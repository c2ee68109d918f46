# SPDX-License-Identifier: Apache-2.0
"""Tracks of what moves and sees around it: drones and patrols, one corner a row."""

from __future__ import annotations

import numpy as np

from truceline.base.clock import utc
from truceline.coverage.sights import Track, check
from truceline.errors import InputError
from truceline.model.record import Rejected
from truceline.sources._csv import open_table, rejections, rows
from truceline.sources._words import number_of

MAX_BYTES = 500_000_000
"""Largest file read, bytes."""

REQUIRED = ("sortie", "time", "longitude", "latitude", "radius_km", "p")
"""Columns every file has; ``sensor``, ``family`` and ``sky`` are read where present."""

FAMILY = "optical"
"""Error family where the file names none."""

_Corner = tuple[float, float, float, float, float, float, str, str, int, bytes]


def read(data: bytes, *, file: str) -> tuple[tuple[Track, ...], tuple[Rejected, ...]]:
    """Return the sorties, by name, and the rows that belong to none. A sortie's first row tells radius, p and the rest.

    Rows may stand in any order; of two rows of one sortie and time the first is kept. A sortie of one corner is none.

    Raises:
        InputError: the file as a whole cannot be used.
    """
    table = open_table(data, file=file, required=REQUIRED, limit=MAX_BYTES)
    sorties: dict[str, dict[float, _Corner]] = {}
    bad: list[tuple[int, str, bytes]] = []
    for record, fields in rows(table):
        found = fields if isinstance(fields, str) else _corner(fields, record.line, record.raw)
        if isinstance(found, str):
            bad.append((record.line, found, record.raw))
            continue
        name = fields["sortie"] if not isinstance(fields, str) else ""
        first = sorties.setdefault(name, {}).setdefault(found[0], found)
        if first is not found:
            bad.append((record.line, f"a second corner for the sortie and time of line {first[8]}", record.raw))
    made = []
    for name in sorted(sorties):
        corners = [sorties[name][moment] for moment in sorted(sorties[name])]
        track = _track(name, corners)
        if isinstance(track, str):
            bad += [(corner[8], track, corner[9]) for corner in corners]
        else:
            made.append(track)
    return tuple(made), rejections("tracks", file, sorted(bad))


def _corner(fields: dict[str, str], line: int, raw: bytes) -> _Corner | str:
    """Return one row's corner, or why it is none."""
    if not fields["sortie"]:
        return "sortie is empty"
    try:
        moment = utc(fields["time"])
    except InputError as error:
        return f"time {error.reason}"
    numbers = {}
    for name, low, high in (
        ("longitude", -180, 180),
        ("latitude", -90, 90),
        ("radius_km", 1e-3, 500),
        ("p", 0, 1),
        ("sky", 0, 1),
    ):
        text = fields.get(name, "") or ("0" if name == "sky" else "")
        value = number_of(text)
        if value is None or not low <= value <= high:
            return f"{name} {text[:40]!r} is not a number from {low:g} to {high:g}"
        numbers[name] = value
    return (
        moment.timestamp(), numbers["longitude"], numbers["latitude"], numbers["radius_km"], numbers["p"],
        numbers["sky"], fields.get("sensor") or fields["sortie"], fields.get("family") or FAMILY, line, raw,
    )  # fmt: skip


def _track(name: str, corners: list[_Corner]) -> Track | str:
    if len(corners) < 2:
        return "a sortie of one corner"
    seconds, lon, lat = (np.array([corner[column] for corner in corners]) for column in range(3))
    _, _, _, radius, p, sky, sensor, family, _, _ = corners[0]
    track = Track(f"track {name}", sensor, family, seconds, lon, lat, radius, p, sky)
    try:
        check(track)
    except InputError as error:
        return error.reason
    return track
