# SPDX-License-Identifier: Apache-2.0
"""Fixed sensors: microphones, radars, cameras, each with a curve of probability over range."""

from __future__ import annotations

from truceline.base.clock import Interval, utc
from truceline.coverage.sights import Fixed, check
from truceline.errors import InputError
from truceline.model.record import Rejected
from truceline.sources._csv import open_table, rejections, rows
from truceline.sources._words import number_of

MAX_BYTES = 50_000_000
"""Largest list read, bytes."""

REQUIRED = ("sensor", "longitude", "latitude", "from", "to", "ranges_km", "p")
"""Columns every list has; ``family``, ``sky``, ``towards_deg`` and ``arc_deg`` are read where present."""

FAMILY = "acoustic"
"""Error family where the list names none."""


def read(data: bytes, *, file: str) -> tuple[tuple[Fixed, ...], tuple[Rejected, ...]]:
    """Return the sensors in the order of the file, and the rows that are none.

    ``ranges_km`` and ``p`` hold as many numbers, parted by spaces: ``0 5 10`` and ``0.9 0.8 0.1``.

    Raises:
        InputError: the file as a whole cannot be used.
    """
    table = open_table(data, file=file, required=REQUIRED, limit=MAX_BYTES)
    found: list[Fixed] = []
    bad: list[tuple[int, str, bytes]] = []
    for record, fields in rows(table):
        made = fields if isinstance(fields, str) else _sensor(fields, record.line)
        if isinstance(made, str):
            bad.append((record.line, made, record.raw))
        else:
            found.append(made)
    return tuple(found), rejections("stations", file, bad)


def _sensor(fields: dict[str, str], line: int) -> Fixed | str:
    """Return one row's sensor, or why it is none."""
    if not fields["sensor"]:
        return "sensor is empty"
    numbers: dict[str, float | None] = {}
    for name, default in (("longitude", ""), ("latitude", ""), ("sky", "0"), ("towards_deg", ""), ("arc_deg", "360")):
        text = fields.get(name, "") or default
        numbers[name] = number_of(text) if text else None
        if numbers[name] is None and (text or name in REQUIRED):
            return f"{name} {text[:40]!r} is not a number"
    curves = []
    for name in ("ranges_km", "p"):
        values = [number_of(word) for word in fields[name].split()]
        if not values or len(values) > 1000 or None in values:
            return f"{name} {fields[name][:40]!r} is not numbers parted by spaces"
        curves.append(tuple(value for value in values if value is not None))
    try:
        sensor = Fixed(
            id=f"station {fields['sensor']} {line:07d}",
            sensor=fields["sensor"],
            family=fields.get("family") or FAMILY,
            interval=Interval(utc(fields["from"]), utc(fields["to"])),
            lon=numbers["longitude"] or 0.0,
            lat=numbers["latitude"] or 0.0,
            ranges_km=curves[0],
            p=curves[1],
            sky=numbers["sky"] or 0.0,
            towards_deg=numbers["towards_deg"],
            arc_deg=numbers["arc_deg"] or 360.0,
        )
        check(sensor)
    except InputError as error:
        return error.reason
    return sensor
