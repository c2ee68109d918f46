# SPDX-License-Identifier: Apache-2.0
"""Looks: what a sensor could have seen; denials: what it was kept from seeing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from truceline.base.clock import Interval, iso, utc
from truceline.model.record import Record

ELEMENTS = "orbital elements"
"""Basis of a look whose orbit elements tell."""


def elements_feed(sensor: str) -> str:
    """Return the name under which the feed of a satellite's elements is denied."""
    return f"elements of {sensor}"


@dataclass(frozen=True)
class Look:
    """One satellite pass over the theatre: a stretch of time and a footprint. A pass without rows is a look too."""

    sensor: str
    """Which instrument, as its detections name it."""

    family: str
    """Error family."""

    interval: Interval
    """From first to last moment over the theatre."""

    track: tuple[tuple[float, float, float], ...]
    """Sub-satellite points: (seconds after the start, longitude, latitude)."""

    half_swath_km: float
    """How far to either side of the track it sees, ground kilometres."""

    altitude_km: float
    """Height of the orbit, kilometres."""

    daylight: bool
    """Whether it looks by day."""

    sigma_s: float
    """One standard deviation of its time, seconds."""

    basis: str
    """How it is known: ``orbit fitted to rows`` or ``orbital elements``."""

    index: int = -1
    """Ledger index, -1 before."""

    @property
    def moment(self) -> datetime:
        """The one time that stands for the look: the middle of its interval, UTC."""
        return self.interval.start + (self.interval.end - self.interval.start) / 2

    @property
    def rests_on(self) -> tuple[str, ...]:
        """Whose denial denies the look: its sensor's, and where elements tell the orbit, that of their feed."""
        return (self.sensor, elements_feed(self.sensor)) if self.basis == ELEMENTS else (self.sensor,)

    def record(self) -> Record:
        """Return it as the ledger holds it."""
        body = {
            "sensor": self.sensor,
            "family": self.family,
            "start": iso(self.interval.start),
            "end": iso(self.interval.end),
            "time": iso(self.moment.replace(microsecond=0)),
            "track": [[round(s, 1), round(x, 4), round(y, 4)] for s, x, y in self.track],
            "half_swath_km": round(self.half_swath_km, 1),
            "altitude_km": round(self.altitude_km, 1),
            "daylight": self.daylight,
            "sigma_s": round(self.sigma_s, 1),
            "basis": self.basis,
        }
        return Record("look", body)

    @classmethod
    def from_body(cls, body: Mapping[str, Any], index: int) -> Look:
        """Return the look a ledger body describes."""
        kept = {k: body[k] for k in ("sensor", "family", "half_swath_km", "altitude_km", "daylight")}
        return cls(
            interval=Interval(utc(body["start"]), utc(body["end"])),
            track=tuple((s, x, y) for s, x, y in body["track"]),
            sigma_s=body["sigma_s"],
            basis=body["basis"],
            index=index,
            **kept,
        )

    def with_index(self, index: int) -> Look:
        """Return the same look as the ledger knows it."""
        return replace(self, index=index)


@dataclass(frozen=True)
class Denial:
    """A stretch in which a sensor gave nothing we may read: not observed, never zero."""

    sensor: str
    """Which instrument."""

    interval: Interval
    """From when to when."""

    reason: str
    """Why, in words: ``file missing``, ``jammed``, ``size only``…"""

    source: str
    """Name of the source that reports it."""

    detail: Mapping[str, Any] = field(default_factory=dict)
    """What is known all the same, e.g. the estimated number of rows."""

    index: int = -1
    """Ledger index, -1 before."""

    area: tuple[tuple[tuple[float, float], ...], ...] = ()
    """Outer rings (lon/lat degrees) of where; with ``sectors`` empty too: everywhere. Neither goes into the ledger."""

    sectors: tuple[int, ...] = ()
    """Numbers of the line's sectors, both sides of it, where; what lies in the area or in a sector was denied."""

    @property
    def local(self) -> bool:
        """Whether it holds somewhere only."""
        return bool(self.area or self.sectors)

    def record(self) -> Record:
        """Return it as the ledger holds it."""
        body = {
            "sensor": self.sensor,
            "start": iso(self.interval.start),
            "end": iso(self.interval.end),
            "reason": self.reason,
            "source": self.source,
            "detail": dict(self.detail),
        }
        return Record("denial", body)

    @classmethod
    def from_body(cls, body: Mapping[str, Any], index: int) -> Denial:
        """Return the denial a ledger body describes."""
        interval = Interval(utc(body["start"]), utc(body["end"]))
        return cls(body["sensor"], interval, body["reason"], body["source"], body["detail"], index)

    def with_index(self, index: int) -> Denial:
        """Return the same denial as the ledger knows it."""
        return replace(self, index=index)


@dataclass(frozen=True)
class SatelliteDay:
    """One line of a satellite-day list: what a source says of one satellite's file of one UTC day."""

    sensor: str
    """Which instrument, as detections name it."""

    day: datetime
    """Midnight UTC at which the day begins."""

    status: str
    """``included`` means the file was read whole; anything else means not observed."""

    rows: int | None
    """Rows the file holds or probably holds; None where nothing is known."""

    rows_basis: str
    """How ``rows`` is known: ``exact``, ``estimated_from_file_length``…"""
