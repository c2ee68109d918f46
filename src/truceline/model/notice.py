# SPDX-License-Identifier: Apache-2.0
"""Notices: what a party said beforehand that it would do, so that it is not taken for a breach when it does."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from truceline.base.clock import Interval, iso
from truceline.model.clauses import Source
from truceline.model.territory import Ring

STATES = ("in_time", "late_excused", "unknown", "late_open", "late", "unacknowledged", "not_foreseen")
"""What a notice is worth: it excuses (the first two), may or may not, or does not; ``not_foreseen``: by no clause."""


@dataclass(frozen=True)
class Notified:
    """A notice as it bears on one event under one clause of one reading."""

    id: str
    """Id of the notice."""

    kind: str
    """Its kind."""

    state: str
    """One of :data:`STATES`."""

    low: float
    """Least share of what the clause prohibits that the notice covers: its party, acts, weapons, place and time."""

    high: float
    """Greatest."""

    late_hours: float | None = None
    """By how many hours it was late, where it was."""

    @property
    def late_by(self) -> float:
        """By how many hours it was late, rounded up to a tenth; 0 where it was not or nobody knows."""
        return math.ceil(round((self.late_hours or 0.0) * 10, 6)) / 10

    def body(self) -> dict[str, Any]:
        """Return it as a record holds it."""
        numbers = {"low": round(self.low, 4), "high": round(self.high, 4)}
        late = None if self.late_hours is None else round(self.late_hours, 4)
        return {"id": self.id, "kind": self.kind, "state": self.state, **numbers, "late_hours": late}

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Notified:
        """Return what a body describes."""
        return cls(**body)


@dataclass(frozen=True)
class Notice:
    """One notice of an exercise, demining, a repair, a flight, a medical evacuation or a window of silence."""

    id: str
    """Stable id within the watch."""

    kind: str
    """``exercise demining repair flight medevac silence`` or ``other``."""

    by: str
    """Party that gave it."""

    text: str
    """What it says."""

    window: Interval
    """When it will be done."""

    duty: str | None = None
    """Id of the notification duty it answers; None where the agreement has none of its kind."""

    given: datetime | None = None
    """When it was received; None where unknown."""

    acknowledged: tuple[tuple[str, datetime | None], ...] = ()
    """Who acknowledged it, and when (None where unknown)."""

    zone: str | None = None
    """Id of the agreement's zone it is for; None where a place stands instead."""

    lon: float | None = None
    """Longitude of its place, degrees, WGS 84."""

    lat: float | None = None
    """Latitude of its place, degrees."""

    radius_m: float = 0.0
    """How far around that place, metres."""

    rings: tuple[Ring, ...] = ()
    """Its area, outer rings, lon/lat."""

    acts: tuple[str, ...] = ()
    """Acts it announces; empty: whatever its kind brings with it."""

    weapons: tuple[str, ...] = ()
    """Weapons and classes it names; empty: any."""

    source: Source | None = None
    """Where it was published or how it came."""

    lead_hours: float | None = None
    """How long before its beginning it was given, hours; None where unknown."""

    lead_kept: bool | None = None
    """Whether that is as long as the duty asks; None where either is unknown."""

    acknowledged_enough: bool | None = None
    """Whether it was acknowledged before it began, where the duty asks for that; None where the time is unknown."""

    late_hours: float | None = None
    """By how much less than the lead time asked for it was given, hours; None where it was in time or is unknown."""

    late: str | None = "no_excuse"
    """What the duty has a late notice do: ``no_excuse``, ``excuses``; None where unknown."""

    @property
    def state(self) -> str:
        """One of :data:`STATES`."""
        if self.acknowledged_enough is False:
            return "unacknowledged"
        if self.lead_kept is False and self.late == "no_excuse":
            return "late"
        if self.acknowledged_enough is None or self.lead_kept is None:
            return "unknown"
        if self.lead_kept is False:
            return "late_excused" if self.late == "excuses" else "late_open"
        return "in_time"

    @property
    def counts(self) -> bool | None:
        """Whether it is a good notice: None where something is unknown, so that nothing follows from it either way."""
        return {"in_time": True, "late_excused": True, "unknown": None, "late_open": None}.get(self.state, False)

    def body(self) -> dict[str, Any]:
        """Return it as a record holds it."""
        place = {"lon": self.lon, "lat": self.lat, "radius_m": self.radius_m} if self.lon is not None else None
        return {
            "id": self.id,
            "kind": self.kind,
            "by": self.by,
            "text": self.text,
            "from": iso(self.window.start),
            "to": iso(self.window.end),
            "duty": self.duty,
            "given": iso(self.given) if self.given else None,
            "acknowledged": [[who, iso(at) if at else None] for who, at in self.acknowledged],
            "zone": self.zone,
            "place": place,
            "rings": [[list(vertex) for vertex in ring] for ring in self.rings],
            "acts": list(self.acts),
            "weapons": list(self.weapons),
            "source": _source(self.source),
            "lead_hours": self.lead_hours,
            "lead_kept": self.lead_kept,
            "acknowledged_enough": self.acknowledged_enough,
            "late_hours": self.late_hours,
        }


def _source(source: Source | None) -> Mapping[str, Any] | None:
    return None if source is None else {"outlet": source.outlet, "url": source.url, "date": source.date}
