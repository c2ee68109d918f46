# SPDX-License-Identifier: Apache-2.0
"""Daily cloud tables: the share of the sky that hid the ground, by region."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from truceline.base.geo import Floats
from truceline.errors import Malformed
from truceline.model.record import Rejected
from truceline.model.watching import CloudDay
from truceline.sources._csv import Record, Table, open_table, rejections, rows, shown
from truceline.sources._words import day_of, midnight, number_of

MAX_BYTES = 20_000_000
"""Largest table read, bytes."""

PREFIX = "cloud_cover_in_"
"""What the columns of shares begin with; the rest of the name is the region's."""

WHOLE = ("cloud_cover", "cloud", "cloud_share", "cloudiness")
"""Names of the column of a table of one region that it does not name."""

MOST_PARTS = 10
"""Into how many parts an observer by eye divides the sky, eight or ten."""

_OF_COUNTRY = "_of_country"


def read(data: bytes, *, file: str) -> tuple[tuple[CloudDay, ...], tuple[Rejected, ...]]:
    """Return the days in the order of the file, and the rows that are none.

    ``cloud_cover_in_country`` becomes ``country``, ``cloud_cover_in_east_of_country`` becomes ``east``. A column
    that holds values above 1 is read as per cent, the whole of it; see :func:`scale_of` for a stray one.

    Raises:
        InputError: the file as a whole cannot be used.
    """
    table = open_table(data, file=file, required=("date",), limit=MAX_BYTES)
    regions = _regions(table)
    good: list[tuple[Record, CloudDay]] = []
    bad: list[tuple[int, str, bytes]] = []
    first: dict[object, int] = {}
    for record, fields in rows(table):
        found = fields if isinstance(fields, str) else _day(fields, regions)
        if not isinstance(found, str):
            before = first.setdefault(found.day, record.line)
            if before != record.line:
                found = f"a second entry for the day of line {before}"
        if isinstance(found, str):
            bad.append((record.line, found, record.raw))
        else:
            good.append((record, found))
    days, beyond = _scaled(good, regions)
    return days, rejections("cloud", file, bad + beyond)


def scale_of(values: Floats) -> float:
    """Return what a column of cloud is divided by: 100 where it holds per cent, 1 where it holds shares.

    One stray value such as 1.2 must not turn a column of shares into per cent (all the others would then read as
    clear sky): where fewer values lie above 1 than strictly between 0 and 1, or than at an overcast 1, or where none
    lies above 2, the column holds shares.
    """
    above = int((values > 1).sum())
    shares = max(int(((values > 0) & (values < 1)).sum()), int((values == 1).sum()))
    return 100.0 if above >= shares and (values > 2).any() else 1.0


def doubtful(values: Floats, scale: float) -> tuple[npt.NDArray[np.bool_], str]:
    """Return which values of a column of per cent are probably none (n,), and why: read so they would be clear sky.

    Whole numbers up to 8 or 10 alone are eighths or tenths of the sky. Values between 0 and 1 are shares unless there
    are as many from 1 to below 10, as in a column of per cent of a clear country.
    """
    nothing = np.zeros(len(values), dtype=bool)
    if scale == 1.0:
        return nothing, ""
    if len(values) > 1 and values.max() <= MOST_PARTS and (values == np.round(values)).all():
        return values > 0, "may be eighths or tenths of the sky: no value of the column is above 10"
    low = (values > 0) & (values < 1)
    return (low if low.sum() > ((values >= 1) & (values < MOST_PARTS)).sum() else nothing), (
        "may be a share in a column of per cent"
    )


def _regions(table: Table) -> dict[str, str]:
    """Return region by column."""
    regions = {
        name: name.removeprefix(PREFIX).removesuffix(_OF_COUNTRY)
        for name in table.names
        if name.startswith(PREFIX) and len(name) > len(PREFIX)
    }
    # A table of one region need not name it.
    regions |= {name: "region" for name in table.names if name in WHOLE and not regions}
    line = table.first_line - 1
    if not regions:
        raise Malformed(
            f"without a column {PREFIX}<region> or {WHOLE[0]}; found {shown(table.names)}", file=table.file, line=line
        )
    if len(set(regions.values())) < len(regions):
        raise Malformed("two columns name the same region", file=table.file, line=line)
    return regions


def _day(fields: dict[str, str], regions: dict[str, str]) -> CloudDay | str:
    """Return one line's day with its numbers as they stand, or why it is none."""
    day = day_of(fields["date"])
    if isinstance(day, str):
        return f"date {day}"
    shares = {}
    for column, region in regions.items():
        value = number_of(fields[column])
        if value is None:
            return f"{column} {fields[column][:40]!r} is not a number"
        if not 0 <= value <= 100:
            return f"{column} {value:g} is neither a share (0 to 1) nor per cent (0 to 100)"
        shares[region] = value
    return CloudDay(midnight(day), shares)


def _scaled(
    good: list[tuple[Record, CloudDay]], regions: dict[str, str]
) -> tuple[tuple[CloudDay, ...], list[tuple[int, str, bytes]]]:
    """Turn columns of per cent into shares; a value above 1 in a column of shares rejects its row."""
    scale: dict[str, float] = {}
    faults: dict[int, str] = {}
    for region in regions.values():
        values = np.array([day.shares[region] for _, day in good], dtype=np.float64)
        scale[region] = scale_of(values)
        odd, why = doubtful(values, scale[region])
        beyond = values > scale[region]
        for row in np.flatnonzero(odd | beyond).tolist():
            reason = "is above 1 in a column of shares" if beyond[row] else why
            faults.setdefault(row, f"cloud cover in {region} {values[row]:g} {reason}")
    bad = [(good[row][0].line, reason, good[row][0].raw) for row, reason in faults.items()]
    fine = (day for row, (_, day) in enumerate(good) if row not in faults)
    days = [CloudDay(day.day, {name: value / scale[name] for name, value in day.shares.items()}) for day in fine]
    return tuple(days), bad
