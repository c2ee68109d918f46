# SPDX-License-Identifier: Apache-2.0
"""Satellite-day lists: which satellite's file of which UTC day was read whole. The rest is not observed, never zero."""

from __future__ import annotations

from truceline.model.look import SatelliteDay
from truceline.model.record import Rejected
from truceline.sources._csv import open_table, rejections, rows
from truceline.sources._words import day_of, midnight, sensor_of

MAX_BYTES = 50_000_000
"""Largest list read, bytes (some five hundred thousand satellite-days)."""

REQUIRED = ("acq_date", "satellite", "status")
"""Columns every list has; ``rows`` and ``rows_basis`` are read where present."""


def read(data: bytes, *, file: str) -> tuple[tuple[SatelliteDay, ...], tuple[Rejected, ...]]:
    """Return the days in the order of the file, and the rows that are none.

    Raises:
        InputError: the file as a whole cannot be used.
    """
    table = open_table(data, file=file, required=REQUIRED, limit=MAX_BYTES)
    days: list[SatelliteDay] = []
    bad: list[tuple[int, str, bytes]] = []
    first: dict[tuple[str, object], int] = {}
    for record, fields in rows(table):
        found = fields if isinstance(fields, str) else _day(fields)
        if not isinstance(found, str):
            before = first.setdefault((found.sensor, found.day), record.line)
            if before != record.line:
                found = f"a second entry for the satellite and day of line {before}"
        if isinstance(found, str):
            bad.append((record.line, found, record.raw))
        else:
            days.append(found)
    return tuple(days), rejections("satellite_days", file, bad)


def _day(fields: dict[str, str]) -> SatelliteDay | str:
    """Return one line's day, or why it is none."""
    sensor = sensor_of(fields["satellite"])
    if sensor is None:
        return f"satellite {fields['satellite'][:40]!r} is not one that carries VIIRS or MODIS"
    day = day_of(fields["acq_date"])
    if isinstance(day, str):
        return f"acq_date {day}"
    if not fields["status"]:
        return "status is empty; it says whether the day was read (included) or not"
    count = fields.get("rows", "")
    if count and not (count.isascii() and count.isdigit() and len(count) <= 9):
        return f"rows {count[:40]!r} is not a whole number"
    return SatelliteDay(
        sensor=sensor,
        day=midnight(day),
        status=fields["status"],
        rows=int(count) if count else None,
        rows_basis=fields.get("rows_basis", ""),
    )
