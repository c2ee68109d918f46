# SPDX-License-Identifier: Apache-2.0
"""Tracks of what moves and sees around it: drones and patrols, one corner a row."""

from __future__ import annotations

import numpy as np

from truceline.base.clock import utc
from truceline.base.geo import EARTH_KM, Floats, on_sphere
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

LONGEST_LEG_H = 3.0
"""Corners farther apart in time are not joined: what was seen on the way between them is not known."""

FASTEST_KM_H = 1_500.0
"""No craft that reports its way flies faster."""

_Corner = tuple[float, float, float, float, float, float, str, str, int, bytes]


def read(data: bytes, *, file: str) -> tuple[tuple[Track, ...], tuple[Rejected, ...]]:
    """Return the sorties, by name, and the rows that belong to none. A sortie's first row tells radius, p and the rest.

    Rows may stand in any order; of two rows of one sortie and time the first is kept. A sortie of one corner is none;
    one that was silent for more than three hours is two.

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
        parts, wrong = _parts([sorties[name][moment] for moment in sorted(sorties[name])])
        bad += wrong
        for number, corners in enumerate(parts, start=1):
            track = _track(name if number == 1 else f"{name}, part {number}", corners)
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


def _parts(corners: list[_Corner]) -> tuple[list[list[_Corner]], list[tuple[int, str, bytes]]]:
    """Cut a sortie where nothing was heard of it for long, and take out corners that it cannot have come to."""
    every, way = _legs(corners)
    if (every <= LONGEST_LEG_H).all() and (way <= FASTEST_KM_H * every + 1).all():
        return [corners], []
    parts, bad = [[corners[0]]], []
    for corner in corners[1:]:
        last = parts[-1][-1]
        hours, km = (float(leg[0]) for leg in _legs([last, corner]))
        if hours > LONGEST_LEG_H:
            parts.append([corner])
        elif km > FASTEST_KM_H * hours + 1:
            bad.append((corner[8], f"{km:,.0f} km from the corner of line {last[8]}, {hours:.2g} h before", corner[9]))
        else:
            parts[-1].append(corner)
    # One corner after a silence shows where it was, not where it looked.
    if len(corners) > 1:
        alone = [part[0] for part in parts if len(part) == 1]
        bad += [(one[8], f"no other corner of its sortie within {LONGEST_LEG_H:g} h", one[9]) for one in alone]
        parts = [part for part in parts if len(part) > 1]
    return parts, bad


def _legs(corners: list[_Corner]) -> tuple[Floats, Floats]:
    """Hours and kilometres from each corner to the next."""
    seconds, lon, lat = (np.array([corner[column] for corner in corners], dtype=np.float64) for column in range(3))
    place = on_sphere(lon, lat)
    apart = np.linalg.norm(np.diff(place, axis=0), axis=1)
    return np.diff(seconds) / 3600, EARTH_KM * 2 * np.arcsin(np.clip(apart / 2, 0.0, 1.0))


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
