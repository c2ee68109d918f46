# SPDX-License-Identifier: Apache-2.0
"""How fine something may be shown, and when: the publication rules of the terms, MISSION section 7 as defaults."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from truceline.base.clock import iso
from truceline.model.case import Actor
from truceline.model.clauses import DEFAULT_PUBLICATION, Publication

FULL = ("watch_officer", "analyst")
"""Who sees places and times as they were measured."""

NAMED_BELOW = ("analyst", "commissioner")
"""Who sees a party named below ``attributed``."""

KM_PER_DEGREE = 111.195
"""Length of a degree of latitude on a sphere of 6,371 km radius, kilometres."""


@dataclass(frozen=True)
class Grain:
    """How fine something may be shown to somebody."""

    place_km: float
    """Places are rounded to cells of this size, kilometres; 0: as measured; infinite: not at all."""

    time_minutes: float
    """Times are rounded to this, minutes; 0: as measured."""


EXACT = Grain(0.0, 0.0)
NOTHING = Grain(math.inf, math.inf)


def grain(actor: Actor, what: str, age: timedelta, rules: Publication = DEFAULT_PUBLICATION) -> Grain:
    """Return how fine an ``impact`` or a firing ``origin`` of some age may be shown to a person.

    Monitors see it as measured. Commissioners and the secretariat see impacts as measured, too: they judge. Everybody
    else, the accused among them, sees impacts no finer than the rules say and origins not before their time.
    """
    if actor.role in FULL or (actor.role in ("commissioner", "secretariat", "auditor") and what == "impact"):
        return EXACT
    if what == "origin":
        if age < timedelta(hours=rules.origin_delay_hours):
            return NOTHING
        return Grain(rules.origin_km, rules.impact_minutes)
    return Grain(rules.impact_km, rules.impact_minutes)


def imagery(actor: Actor, age: timedelta, rules: Publication = DEFAULT_PUBLICATION) -> bool:
    """Return whether damage imagery of some age may be shown to a person."""
    return actor.role in (*FULL, "commissioner", "auditor") or age >= timedelta(hours=rules.imagery_delay_hours)


def names_party(actor: Actor, attribution: float, rules: Publication = DEFAULT_PUBLICATION) -> bool:
    """Return whether a person may see a party named at some attribution (a share)."""
    return attribution >= rules.name_party_from or actor.role in NAMED_BELOW


def coarse_place(lon: float, lat: float, km: float) -> tuple[float, float] | None:
    """Return a place rounded to the middle of a cell of ``km`` kilometres (lon/lat degrees); None: not shown.

    Cells stand on a grid that does not depend on the place, so two roundings of one place give one answer and the
    exact one cannot be averaged out.
    """
    if math.isinf(km):
        return None
    if km <= 0:
        return lon, lat
    step = km / KM_PER_DEGREE
    row = math.floor(lat / step)
    middle = min(90.0, max(-90.0, (row + 0.5) * step))
    wide = step / max(math.cos(math.radians(middle)), 1e-6)
    return round((math.floor(lon / wide) + 0.5) * wide, 6), round(middle, 6)


def coarse_time(moment: datetime, minutes: float) -> datetime | None:
    """Return a moment rounded to the middle of a stretch of twice ``minutes`` (so: plus or minus); None: not shown."""
    if math.isinf(minutes):
        return None
    if minutes <= 0:
        return moment
    width = 2 * 60 * minutes
    return datetime.fromtimestamp((math.floor(moment.timestamp() / width) + 0.5) * width, moment.tzinfo)


def caveat(audience: tuple[str, ...]) -> str:
    """Return the line that every page and file carries."""
    return f"Releasable to: {', '.join(audience) or 'nobody beyond the centre'}."


def withheld(items: Mapping[str, datetime], now: datetime) -> dict[str, Any]:
    """Return what the public is told of what it is not shown: how many, and how old the oldest is."""
    oldest = min(items.values(), default=None)
    return {"withheld": len(items), "oldest": None if oldest is None else iso(oldest), "counted": iso(now)}
