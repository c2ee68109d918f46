# SPDX-License-Identifier: Apache-2.0
"""Patrols: each says how often it will be heard of; whoever is not heard of in its own time is lost until it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from truceline.base.clock import iso
from truceline.errors import StateError
from truceline.model.case import ROLES
from truceline.model.logbook import Entry, Spot

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,31}", re.ASCII)

IN_DANGER = ("public", "liaison", "guarantor", "watch_officer", "analyst", "commissioner", "secretariat")
"""To whom a mine is told: everybody whose people may walk there. No place is rounded; the exception is humanitarian."""

HUMANITARIAN = "released at once and in full to all whose people are in danger; a mine asks nobody's side"
"""The exception to MISSION section 7, as every report of a mine states it."""


OVER = ("cleared", "withdrawn")
"""How a report of a mine ends: the mine is gone, or the report was wrong. It stays in the list and says so."""


@dataclass(frozen=True)
class Patrol:
    """One outing."""

    name: str
    """Its name, such as ``P4``."""

    departed: Entry
    """The entry that sent it out."""

    every: timedelta
    """How often it is to be heard of: its own interval."""

    heard: datetime
    """When it was last heard of, UTC."""

    spot: Spot | None = None
    """Where it last said that it was; monitors only, and never the parties."""

    lost: datetime | None = None
    """Since when contact is lost; None: there is contact."""

    losses: tuple[str, ...] = ()
    """Entries that recorded a loss of contact on this outing."""

    back: datetime | None = None
    """When it came back; None: it is out."""

    @property
    def due(self) -> datetime | None:
        """When it is next to be heard of; None: it is back."""
        return None if self.back is not None else self.heard + self.every


@dataclass(frozen=True)
class Mine:
    """A report of a mine."""

    entry: Entry
    """Who reported it, when."""

    spot: Spot
    """Where."""

    what: str
    """What was seen."""

    audience: tuple[str, ...] = IN_DANGER
    """To whom it was released."""

    over: Entry | None = None
    """The entry that says why nothing lies there any more; None: the report stands."""

    @property
    def state(self) -> str:
        """``stands``, or one of :data:`OVER`."""
        return "stands" if self.over is None else str(self.over.data["state"])


def name_of(entry: Entry) -> str:
    """Return the patrol an entry is about.

    Raises:
        ValueError: it names none.
    """
    name = str(entry.data["patrol"])
    if not _NAME.fullmatch(name):
        raise ValueError(f"patrol {name!r:.40}: letters, digits, dots and dashes")
    return name


def after(patrol: Patrol | None, entry: Entry) -> Patrol:
    """Return a patrol after one more entry about it.

    Raises:
        StateError: it is not possible now.
    """
    name = name_of(entry)
    if entry.kind == "depart":
        return _departed(patrol, entry, name)
    if patrol is None or patrol.back is not None:
        raise StateError(f"{name} is not out", record=entry.id)
    if entry.kind == "lost":
        if patrol.lost is not None:
            raise StateError(f"contact with {name} is lost already", record=entry.id)
        if entry.at <= patrol.heard + patrol.every:
            raise StateError(f"{name} is not overdue before {iso(patrol.heard + patrol.every)}", record=entry.id)
        return replace(patrol, lost=patrol.heard + patrol.every, losses=(*patrol.losses, entry.id))
    spot = entry.data.get("spot")
    where = Spot(**spot) if spot else patrol.spot
    heard = replace(patrol, heard=entry.at, lost=None, spot=where)
    return replace(heard, back=entry.at) if entry.kind == "return" else heard


def _departed(patrol: Patrol | None, entry: Entry, name: str) -> Patrol:
    if patrol is not None and patrol.back is None:
        raise StateError(f"{name} is out already", record=entry.id)
    minutes = float(entry.data["every_minutes"])
    if not 1 <= minutes <= 24 * 60:
        raise ValueError("every_minutes: how often it will be heard of, 1 to 1,440 minutes")
    spot = entry.data.get("spot")
    return Patrol(name, entry, timedelta(minutes=minutes), entry.at, Spot(**spot) if spot else None)


def overdue(patrols: Iterable[Patrol], now: datetime) -> list[Patrol]:
    """Return the patrols whose own interval has passed without a word and whose loss is not recorded yet."""
    return [p for p in patrols if p.due is not None and p.lost is None and now > p.due]


def mine_of(entry: Entry) -> Mine:
    """Return the report of a mine that an entry makes.

    Raises:
        ValueError: it has no place, or nobody to tell.
    """
    spot, what = Spot(**entry.data["spot"]), str(entry.data["what"]).strip()
    if spot.lon is None or spot.lat is None or not what:
        raise ValueError("spot and what: where it lies and what was seen")
    audience = tuple(map(str, entry.data.get("audience", IN_DANGER)))
    if not set(IN_DANGER) - {"public"} <= set(audience) or not set(audience) <= set(ROLES):
        raise ValueError("audience: a mine is told to all whose people are in danger, both parties alike")
    return Mine(entry, spot, what, audience)


def mine_over(mine: Mine, entry: Entry) -> Mine:
    """Return a report of a mine that was ended. Whoever reported it does not end it: a slip here costs a leg.

    Raises:
        StateError: it ended already, or the same person reported it.
        ValueError: how it ended is none of :data:`OVER`, or no reason is given.
    """
    if entry.data["state"] not in OVER or not str(entry.data["reason"]).strip():
        raise ValueError(f"state and reason: one of {', '.join(OVER)}, and how that is known")
    if mine.over is not None:
        raise StateError(f"the report is {mine.state} already", record=entry.id)
    if mine.entry.by.user == entry.by.user:
        raise StateError("it takes two people; you reported the mine", record=entry.id)
    return replace(mine, over=entry)


def patrol_json(patrol: Patrol, now: datetime, *, place: bool) -> dict[str, Any]:
    """Return a patrol as JSON; its place only for whom that is to be seen."""
    told: dict[str, Any] = {
        "patrol": patrol.name,
        "state": "back" if patrol.back else "lost" if patrol.lost else "out",
        "every_minutes": patrol.every / timedelta(minutes=1),
        "heard": iso(patrol.heard),
        "due": None if patrol.due is None else iso(patrol.due),
        "left_minutes": None if patrol.due is None else round((patrol.due - now) / timedelta(minutes=1), 1),
        "lost_since": None if patrol.lost is None else iso(patrol.lost),
        "losses": len(patrol.losses),
    }
    if place and patrol.spot is not None:
        told["spot"] = {"lon": patrol.spot.lon, "lat": patrol.spot.lat, "sigma_m": patrol.spot.sigma_m}
    return told


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def mine_json(mine: Mine) -> dict[str, Any]:
    """Return a report of a mine as everybody may see it: where it lies, not who found it or on which way."""
    return {
        "report": mine.entry.id,
        "at": iso(_hour(mine.entry.at)),
        "lon": mine.spot.lon,
        "lat": mine.spot.lat,
        "sigma_m": mine.spot.sigma_m,
        "what": mine.what,
        "state": mine.state,
        "since": None if mine.over is None else iso(_hour(mine.over.at)),
        "why": None if mine.over is None else str(mine.over.data["reason"]).strip(),
        "exception": HUMANITARIAN,
        "audience": list(mine.audience),
    }
