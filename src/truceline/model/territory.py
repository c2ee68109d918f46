# SPDX-License-Identifier: Apache-2.0
"""Who an agreement is between, and where it holds: parties, places, lines, zones, protected objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from truceline.model.clauses import Source

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Proxy:
    """A force whose acts are imputed to a party."""

    id: str
    """Stable id."""

    name: str
    """As pages show it."""

    aliases: tuple[str, ...] = ()
    """Names by which claims and reports call it."""

    text: str | None = None
    """Why its acts are imputed, as said."""

    source: Source | None = None
    """Where it was said."""


@dataclass(frozen=True)
class Party:
    """A signatory. Neutral by id; every name is data."""

    id: str
    """Neutral label, e.g. ``A``."""

    name: str
    """Short name as pages show it, e.g. ``Kyiv``."""

    forces: str
    """Its forces as pages show them, e.g. ``Kyiv's forces``."""

    aliases: tuple[str, ...]
    """Names by which claims and reports call it; matched whole, case ignored."""

    holds: tuple[tuple[str, float, float], ...]
    """Places it is known to hold (name, lon, lat): they tell its side of the line."""

    names: Mapping[str, str] = field(default_factory=dict)
    """Its name by language; ``own`` is what it calls itself."""

    recognises_mechanism: bool | None = None
    """Whether it recognises the monitoring mechanism; None where no source says. Not recognising is a state."""

    proxies: tuple[Proxy, ...] = ()
    """Forces whose acts are imputed to it."""

    controls: tuple[Ring, ...] = ()
    """Polygons it controls (outer rings, lon/lat): they tell its side of every line, before ``holds`` does."""


@dataclass(frozen=True)
class Other:
    """A state or body that is no party: guarantor, mediator, monitor."""

    id: str
    """Stable id."""

    name: str
    """As pages show it."""

    role: str
    """``guarantor``, ``mediator``, ``monitor`` or ``other``."""


@dataclass(frozen=True)
class Place:
    """A place under a neutral label, with each party's own name for it."""

    id: str
    """Neutral label."""

    names: Mapping[str, str]
    """Name by party id or language."""

    lon: float | None = None
    """Longitude, degrees, WGS 84; None where unknown."""

    lat: float | None = None
    """Latitude, degrees."""


@dataclass(frozen=True)
class ReferenceLine:
    """A named, dated line that zones are measured from. A changed line is a new one that ``replaces`` the old."""

    id: str
    """Stable id."""

    name: str
    """As pages show it."""

    kind: str
    """``watch`` (the watch's own line), ``coordinates``, or ``unknown`` where no source gives them."""

    parts: tuple[Ring, ...] = ()
    """For ``coordinates``: vertices of each part, lon/lat."""

    as_of: str | None = None
    """The date whose line it is, as the source gives it."""

    since: datetime | None = None
    """From when it is the one to measure from."""

    until: datetime | None = None
    """Until when."""

    replaces: str | None = None
    """Id of the line it replaces."""

    uncertainty_km: float | None = None
    """One standard deviation of its place, kilometres; None where unknown."""

    source: Source | None = None
    """Where it was drawn or described."""


@dataclass(frozen=True)
class ProtectedObject:
    """One thing that must not be struck."""

    id: str
    """Stable id."""

    name: str
    """As pages show it."""

    of: str
    """Its class, such as ``power_station``."""

    lon: float | None = None
    """Longitude, degrees, WGS 84; None where not published."""

    lat: float | None = None
    """Latitude, degrees."""

    radius_m: float = 0.0
    """How far around that point it reaches, metres."""

    rings: tuple[Ring, ...] = ()
    """Its outline where one is given (outer rings, lon/lat)."""

    source: Source | None = None
    """Where it was said."""


BANDS = ("near_line", "belt", "buffer")
"""Kinds of zone made from a line."""


@dataclass(frozen=True)
class Zone:
    """Where a provision holds."""

    id: str
    """Stable id within the agreement."""

    kind: str
    """``everywhere near_line belt buffer polygon no_fly maritime objects``; ``unknown`` where nobody gives a place."""

    within_km: float | None = None
    """For ``near_line`` and ``buffer``: distance to either side, kilometres."""

    coordinates: tuple[Ring, ...] = ()
    """Of zones with rings: one outer ring per polygon, lon/lat."""

    holes: tuple[Ring, ...] = ()
    """Rings cut out of them."""

    line: str | None = None
    """Id of the line it is measured from; None: the watch's own."""

    side: str | None = None
    """For a belt: the party on whose side it lies; None: both sides."""

    from_km: float | None = None
    """For a belt: nearest distance from the line, kilometres."""

    to_km: float | None = None
    """For a belt: farthest distance, kilometres; None where unknown."""

    weapons: tuple[str, ...] = ()
    """Weapons and classes the belt is for; empty: all."""

    objects: tuple[ProtectedObject, ...] = ()
    """For ``objects``: those with a name."""

    classes: tuple[str, ...] = ()
    """For ``objects``: classes of which every object is protected."""

    rank: int = 0
    """Where zones of one kind overlap, the place is called by the one of higher rank."""

    since: datetime | None = None
    """From when it is drawn so; None: from the beginning."""

    until: datetime | None = None
    """Until when; None: no end."""

    replaces: str | None = None
    """Id of the zone that this one is a newer version of."""

    text: str | None = None
    """As said, or why it is unknown."""

    source: Source | None = None
    """Where it was said."""

    @property
    def shape(self) -> str:
        """How its place is made: ``everywhere``, ``band``, ``polygon``, ``objects``, or ``unknown``."""
        if self.kind in ("everywhere", "unknown"):
            return self.kind
        if self.coordinates:
            return "polygon"
        if self.kind == "objects":
            return "objects" if any(o.lon is not None or o.rings for o in self.objects) else "unknown"
        return "band" if self.within_km is not None or self.to_km is not None else "unknown"

    @property
    def band_km(self) -> tuple[float, float] | None:
        """Of a band: nearest and farthest distance from the line, kilometres."""
        if self.shape != "band":
            return None
        far = self.to_km if self.to_km is not None else self.within_km
        assert far is not None  # a band has one of them
        return (self.from_km or 0.0), far
