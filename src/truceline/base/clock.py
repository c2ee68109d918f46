# SPDX-License-Identifier: Apache-2.0
"""Aware UTC time. A naive datetime never passes this module."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from truceline.errors import NoTime

Times = npt.NDArray[np.datetime64]
"""Columns of time: ``datetime64[us]``, UTC by definition."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def utc(text: str | datetime) -> datetime:
    """Return an aware UTC datetime from ISO 8601 text or an aware datetime.

    Raises:
        NoTime: it cannot be read, or it names no time zone.
    """
    if isinstance(text, datetime):
        moment = text
    else:
        try:
            moment = datetime.fromisoformat(text.strip())
        except ValueError as error:
            raise NoTime(f"{text!r} is not an ISO 8601 time") from error
    if moment.tzinfo is None:
        raise NoTime(f"{text!s} names no time zone; write Z or an offset such as +03:00")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise NoTime(f"{text!s} lies outside the calendar (years 1 to 9999 in UTC)") from error


def iso(moment: datetime) -> str:
    """Return ``2026-04-11T13:00:00Z``, with microseconds only where there are any."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def to_column(moment: datetime) -> np.datetime64:
    """Return one moment as ``datetime64[us]`` UTC."""
    return np.datetime64((moment - _EPOCH) // timedelta(microseconds=1), "us")


def from_column(value: np.datetime64) -> datetime:
    """Return one ``datetime64`` as an aware UTC datetime."""
    return _EPOCH + timedelta(microseconds=int(value.astype("datetime64[us]").astype(np.int64)))


@dataclass(frozen=True, order=True)
class Interval:
    """A half-open stretch of time ``[start, end)``, aware UTC."""

    start: datetime
    """First moment inside."""

    end: datetime
    """First moment after."""

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise NoTime(f"the interval ends ({iso(self.end)}) before it starts ({iso(self.start)})")

    @property
    def hours(self) -> float:
        """Length, hours."""
        return (self.end - self.start).total_seconds() / 3600

    def holds(self, times: Times) -> npt.NDArray[np.bool_]:
        """Return which of ``times`` lie inside."""
        return (times >= to_column(self.start)) & (times < to_column(self.end))

    def overlap(self, other: Interval) -> Interval | None:
        """Return the common stretch, or None."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Interval(start, end) if start < end else None
