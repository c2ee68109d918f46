# SPDX-License-Identifier: Apache-2.0
"""The factors of a breach for every event under one provision of one reading: each a range, and the belief's own value.

``low`` and ``high`` bound what the belief leaves open. ``point`` is what the belief itself says; it is NaN, *cannot
tell*, where half or more of a factor is left open (for exceptions: nearly all of it).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import numpy as np

from truceline.assessment import factors
from truceline.assessment.factors import Range, told
from truceline.assessment.grounds import Ground, permitting
from truceline.assessment.integral import p_inside
from truceline.assessment.zones import p_zone
from truceline.base.clock import Interval
from truceline.base.geo import Floats, Line
from truceline.model.agreement import Agreement, Provision, Reading, Zone
from truceline.model.event import Events
from truceline.model.notice import STATES, Notice, Notified
from truceline.terms.geometry import Geometry

Made = TypeVar("Made")

FACTORS = ("act", "weapon", "actor", "place", "time", "exceptions")
"""In the order of reasons."""


@dataclass(frozen=True, eq=False)
class Pair:
    """All factors of one provision under one reading."""

    reading: Reading
    """The reading."""

    provision: Provision
    """The provision under it."""

    factor: Mapping[str, Range]
    """By name of :data:`FACTORS`; (n,) each."""

    grounds: tuple[Ground, ...]
    """What may permit it."""

    why_place: str
    """Why the place cannot be told, where it cannot."""

    def notified(self, row: int) -> tuple[Notified, ...]:
        """Return the notices that bear on one event, each once, the best first."""
        found: dict[str, Notified] = {}
        for some in (each.one(row) for ground in self.grounds for each in ground.notified):
            before = found.get(some.id)
            if some.high > 0 and (before is None or STATES.index(some.state) < STATES.index(before.state)):
                found[some.id] = some
        return tuple(sorted(found.values(), key=lambda some: (STATES.index(some.state), some.id)))

    def product(self, of: str, without: str = "") -> Floats:
        """Return the product of all factors' ``low``, ``point`` or ``high`` but one; 0 wins over *cannot tell*."""
        found = np.ones(len(self.factor["act"].low))
        for name, one in self.factor.items():
            if name != without:
                found = _times(found, getattr(one, of))
        return found


def _times(one: Floats, two: Floats) -> Floats:
    return np.where((one == 0) | (two == 0), 0.0, one * two)


@dataclass
class Judge:
    """Factors of n events; equal parts of different provisions are worked out once."""

    events: Events
    """The events."""

    agreement: Agreement
    """The terms."""

    line: Line | None = None
    """The watch's own line of contact."""

    line_sigma_m: float = 0.0
    """One standard deviation of its place, metres."""

    distance_m: Floats | None = None
    """(n,) distance to it, metres, where only that is known."""

    notices: Sequence[Notice] = ()
    """What was notified."""

    lit_within_hours: float = 0.0
    """How long before it was seen a fire may have been lit, hours."""

    fast: bool = False
    """Integrate places by the loops made for millions: the same to within some thousandths."""

    drawn: dict[str, Geometry] = field(default_factory=dict, repr=False)
    """Geometry by reading, made already; several of these may share it."""

    kept: dict[Any, Any] = field(default_factory=dict, repr=False)
    """What was worked out already."""

    def pair(self, reading: Reading, provision: Provision) -> Pair:
        """Return the factors of one provision under one reading."""
        place, why = self.place(reading, provision.zone)
        window = self.window(provision.window)
        found = {
            "act": self.act(provision.acts),
            "weapon": self.weapon(provision.weapons),
            "actor": self.actor(provision.actors),
            "place": place,
            "time": told(window, window),
        }
        names = {"acts": "act", "weapons": "weapon", "actors": "actor", "zone": "place", "window": "time"}
        for key in provision.unknown:
            found[names[key]] = told(np.zeros(self.count), np.ones(self.count))
        if "zone" in provision.unknown and not why:
            why = "no source gives where the clause holds"
        grounds, found["exceptions"] = permitting(self, reading, provision)
        return Pair(reading, provision, found, grounds, why)

    @property
    def count(self) -> int:
        """How many events there are."""
        return len(self.events)

    def _once(self, key: Any, make: Callable[[], Made]) -> Made:
        if key not in self.kept:
            self.kept[key] = make()
        return cast("Made", self.kept[key])

    def act(self, acts: tuple[str, ...]) -> Range:
        """Return P(the act is one of those named)."""
        wanted = self.agreement.vocabulary.expand(acts)
        return self._once(("act", wanted), lambda: factors.act(self.events, wanted, self.agreement.vocabulary))

    def weapon(self, weapons: tuple[str, ...]) -> Range:
        """Return P(the weapon is one of those named); any is meant where none is."""
        wanted = self.agreement.vocabulary.expand_weapons(weapons)
        return self._once(("weapon", wanted), lambda: factors.weapon(self.events, wanted, self.agreement.vocabulary))

    def actor(self, actors: tuple[str, ...]) -> Range:
        """Return P(a bound party did it, itself or by a proxy whose acts are imputed to it | such an act)."""
        return self._once(
            ("actor", frozenset(actors)), lambda: factors.actor(self.events, actors, self.agreement.parties)
        )

    def attributions(self, acts: tuple[str, ...]) -> list[str]:
        """Return the attribution axis of each event for a clause that names these acts; no party is named."""
        wanted, rules = self.agreement.vocabulary.expand(acts), self.agreement.attribution
        key = ("attribution", wanted if rules.acts else None)
        return self._once(key, lambda: factors.attributions(self.events, self.agreement.parties, rules, wanted))

    def window(self, window: Interval) -> Floats:
        """Return P(inside the window)."""
        return self._once(("window", window), lambda: factors.window(self.events, window, self.lit_within_hours))

    def zone(self, reading: Reading, name: str) -> Zone | None:
        """Return a zone as the reading has it."""
        return next((zone for zone in reading.zones or self.agreement.zones if zone.id == name), None)

    def area(self, reading: Reading, name: str) -> tuple[Any, str]:
        """Return a zone's area (None: everywhere or unknown) and why it is not known."""
        drawn = self.geometry(reading).drawn(name)
        if drawn.shape == "everywhere":
            return None, ""
        return drawn.area, drawn.why or ("" if drawn.area is not None else "no source gives the place of the zone")

    def geometry(self, reading: Reading) -> Geometry:
        """Return the zones as the reading has them."""
        if reading.id not in self.drawn:
            self.drawn[reading.id] = Geometry.of(self.agreement, reading, self.line)
        return self.drawn[reading.id]

    def place(self, reading: Reading, name: str) -> tuple[Range, str]:
        """Return P(inside a zone), and why it cannot be told where it cannot."""
        zone = self.zone(reading, name)
        if zone is None:
            return told(np.zeros(self.count), np.ones(self.count)), "no source gives where the clause holds"
        return self._once(("place", reading.id, zone.id), lambda: self._place(reading, zone))

    def _place(self, reading: Reading, zone: Zone) -> tuple[Range, str]:
        if zone.shape == "everywhere":
            return told(np.ones(self.count), np.ones(self.count)), ""
        if zone.kind == "near_line" and self.line is None and self.distance_m is not None and zone.line is None:
            found = p_zone(self.events, zone, self.distance_m, self.line_sigma_m)
            lost = np.isnan(found)
            return told(np.where(lost, 0.0, found), np.where(lost, 1.0, found)), "no line of contact is known"
        area, why = self.area(reading, zone.id)
        if area is None:
            return told(np.zeros(self.count), np.ones(self.count)), why
        found = self.inside(area, self._line_sigma_m(reading, zone))
        return told(found, np.ones(self.count) if why else found), why

    def _line_sigma_m(self, reading: Reading, zone: Zone) -> float:
        """One standard deviation of the place of the line a zone is measured from, metres."""
        if zone.shape != "band":
            return 0.0
        lines = reading.lines or self.agreement.lines
        named = next((line for line in lines if line.id == zone.line and line.kind != "watch"), None)
        return self.line_sigma_m if named is None else 1000.0 * (named.uncertainty_km or 0.0)

    def inside(self, area: Any, more_m: float = 0.0) -> Floats:
        """Return P(inside an area), the place of its border itself being uncertain by ``more_m`` metres."""
        e = self.events
        axes = np.hypot(e.sigma_major_m, more_m), np.hypot(e.sigma_minor_m, more_m)
        if self.fast:
            from truceline.assessment import bulk  # noqa: PLC0415  compiled loops take a second to load

            return bulk.p_inside(area, e.lon, e.lat, *axes, e.bearing_deg)
        return p_inside(area, e.lon, e.lat, *axes, e.bearing_deg)
