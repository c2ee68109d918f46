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
import shapely

from truceline.assessment import factors
from truceline.assessment.factors import Range, told
from truceline.assessment.integral import p_inside
from truceline.assessment.zones import p_zone
from truceline.base.clock import Interval
from truceline.base.geo import Floats, Line
from truceline.model.agreement import Agreement, Provision, Reading, RuleException, Zone
from truceline.model.event import Events
from truceline.model.notice import Notice
from truceline.terms.geometry import Geometry
from truceline.terms.notices import area as area_of_notice
from truceline.terms.notices import matching

OPEN_EXCUSE = 0.95
"""So much of the exceptions left open, and they cannot be told. What no sensor shows is the usual state there, so it
is more than for other factors; short of it the middle of the range is taken."""

Made = TypeVar("Made")

FACTORS = ("act", "weapon", "actor", "place", "time", "exceptions")
"""In the order of reasons."""


@dataclass(frozen=True, eq=False)
class Ground:
    """Something that may permit an act: an exception, a permitting clause, a notice, a condition."""

    kind: str
    """``exception permission notice doubtful_notice condition``."""

    id: str
    """Its id."""

    text: str
    """As said."""

    excused: Range
    """Least and greatest probability that it excuses each event, (n,)."""


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
        grounds = tuple(self._grounds(reading, provision))
        found["exceptions"] = self._unexcused(provision, grounds)
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
        drawn = self._geometry(reading).drawn(name)
        if drawn.shape == "everywhere":
            return None, ""
        return drawn.area, drawn.why or ("" if drawn.area is not None else "no source gives the place of the zone")

    def _geometry(self, reading: Reading) -> Geometry:
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

    def _grounds(self, reading: Reading, provision: Provision) -> list[Ground]:
        found = [self._exception(reading, provision, each) for each in provision.exceptions]
        found += [self._permission(reading, provision, p) for p in reading.provisions if p.rule == "permitted"]
        for condition in reading.clauses or self.agreement.clauses:
            if getattr(condition, "kind", "") == "reciprocity" and provision.id in getattr(condition, "provisions", ()):
                share = self._part(provision, (), getattr(condition, "actors", ()))
                found.append(Ground("condition", condition.id, condition.text, Range(0.0 * share.low, share.high)))
        return [ground for ground in found if np.any(ground.excused.high > 0) or ground.kind == "exception"]

    def _part(self, provision: Provision, acts: tuple[str, ...], actors: tuple[str, ...]) -> Range:
        """How much of what the provision binds these acts and actors are; empty: all of it."""
        words = self.agreement.vocabulary
        low = high = np.ones(self.count)
        own, named = words.expand(provision.acts), words.expand(acts)
        if acts and not own:
            part = self.act(tuple(sorted(named)))
            low, high = low * part.low, high * part.high
        elif acts and not own <= named:
            both = tuple(sorted(own & named))
            part = factors.part(self.act(both) if both else None, self.act(provision.acts))
            low, high = low * part.low, high * part.high
        if actors and not provision.actors:
            part = self.actor(actors)
            low, high = low * part.low, high * part.high
        elif actors and not set(provision.actors) <= set(actors):
            both = tuple(actor for actor in provision.actors if actor in actors)
            part = factors.part(self.actor(both) if both else None, self.actor(provision.actors))
            low, high = low * part.low, high * part.high
        return Range(low, high)

    def _covers(self, reading: Reading, provision: Provision, zone: str | None, window: Interval | None) -> Range:
        """How much of the provision's place and time lies in a zone and a window."""
        low = high = np.ones(self.count)
        if window is not None:
            both, own = window.overlap(provision.window), self.window(provision.window)
            share = factors.ratio(self.window(both) if both else np.zeros(self.count), own)
            low, high = low * share, high * share
        if zone is not None:
            place = self._both(reading, provision.zone, zone)
            low, high = low * place.low, high * place.high
        return Range(low, high)

    def _both(self, reading: Reading, whole: str, part: str) -> Range:
        """P(inside the second zone | inside the first)."""
        one, two = self.zone(reading, whole), self.zone(reading, part)
        if two is None or two.shape == "unknown":
            return Range(np.zeros(self.count), np.ones(self.count))
        inside, _ = self.place(reading, part)
        if one is None or two.shape == "everywhere" or one.shape in ("everywhere", "unknown") or whole == part:
            return Range(np.ones(self.count), np.ones(self.count)) if whole == part else Range(inside.low, inside.high)
        first, second = self.area(reading, whole)[0], self.area(reading, part)[0]
        if first is None or second is None:
            return Range(np.zeros(self.count), np.ones(self.count))
        share = factors.ratio(self.inside(shapely.intersection(first, second)), self.inside(first))
        return Range(share, share)

    def _exception(self, reading: Reading, provision: Provision, each: RuleException) -> Ground:
        part = self._part(provision, each.acts, each.actors)
        where = self._covers(reading, provision, each.zone, each.window)
        low, high = each.excused_low * part.low * where.low, each.excused_high * part.high * where.high
        kind = "exception"
        for notice in matching(each, self.notices):
            some = self._notified(reading, provision, notice)
            low, high = np.maximum(low, some.low * part.low), np.maximum(high, some.high * part.high)
            kind = "notice" if notice.counts else "doubtful_notice"
        return Ground(kind, each.id, each.text, Range(low, high))

    def _notified(self, reading: Reading, provision: Provision, notice: Notice) -> Range:
        """How far a notice covers the events; one not known to be in time and acknowledged may excuse, or not."""
        where = self._covers(reading, provision, None, notice.window)
        area, why = area_of_notice(notice, self._geometry(reading))
        inside = np.ones(self.count) if area is None else self.inside(area)
        acts, weapon = self._part(provision, notice.acts, (notice.by,)), self.weapon(notice.weapons)
        sure = 1.0 if notice.counts and not why else 0.0
        low, high = where.low * acts.low * weapon.low, where.high * acts.high * weapon.high
        return Range(sure * inside * low, inside * high)

    def _permission(self, reading: Reading, provision: Provision, other: Provision) -> Ground:
        """How far a clause that permits covers what this one prohibits."""
        part = self._part(provision, other.acts, other.actors)
        where = self._covers(reading, provision, other.zone or None, other.window)
        weapon = self.weapon(other.weapons)
        low, high = part.low * where.low * weapon.low, part.high * where.high * weapon.high
        if other.unknown:
            low = np.zeros(self.count)
        return Ground("permission", other.id, other.text, Range(low, high))

    def _unexcused(self, provision: Provision, grounds: tuple[Ground, ...]) -> Range:
        """P(nothing permits it), by Fréchet's bounds: nothing is assumed independent."""
        if provision.rule == "permitted":
            return told(np.zeros(self.count), np.zeros(self.count))
        most, least = np.zeros(self.count), np.zeros(self.count)
        for ground in grounds:
            most, least = most + ground.excused.high, np.maximum(least, ground.excused.low)
        high = np.clip(np.round(1.0 - least, 12), 0.0, 1.0)
        low = np.minimum(np.clip(np.round(1.0 - most, 12), 0.0, 1.0), high)
        return told(low, high, (low + high) / 2, OPEN_EXCUSE)
