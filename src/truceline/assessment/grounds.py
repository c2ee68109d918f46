# SPDX-License-Identifier: Apache-2.0
"""What may permit an act: exceptions, permitting clauses, notices, conditions; and how they add up.

Each ground reaches some acts, actors, weapons, a place and a time, and excuses what it reaches with a probability
between two ends. Shares are taken of what the clause prohibits, so that a ground that covers all of it leaves nothing,
however doubtful the event is. What two grounds share is worked out from what both reach (nothing, where they name
different acts), so a permission split in two permits the same. Within what both reach nothing is assumed independent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from truceline.assessment import factors
from truceline.assessment.factors import Range, told
from truceline.base.clock import Interval
from truceline.model.agreement import Provision, Reading, RuleException
from truceline.model.notice import Notice
from truceline.terms.notices import area as area_of_notice
from truceline.terms.notices import matching

if TYPE_CHECKING:
    from truceline.assessment.judge import Judge

OPEN_EXCUSE = 0.95
"""So much of the exceptions left open, and they cannot be told. What no sensor shows is the usual state there, so it
is more than for other factors; short of it the middle of the range is taken."""


@dataclass(frozen=True, eq=False)
class Reach:
    """What a ground reaches, and how surely it excuses that; what is empty or None narrows nothing."""

    acts: frozenset[str] = frozenset()
    """Acts."""

    actors: frozenset[str] = frozenset()
    """Parties."""

    weapons: frozenset[str] = frozenset()
    """Weapons."""

    zones: frozenset[str] = frozenset()
    """Ids of zones; it holds where all of them do."""

    window: Interval | None = None
    """When."""

    low: float = 0.0
    """Least probability that it excuses what it reaches."""

    high: float = 1.0
    """Greatest."""

    def meet(self, other: Reach) -> Reach | None:
        """Return what both reach, excused by both; None: nothing."""
        found: dict[str, Any] = {"zones": self.zones | other.zones}
        for name in ("acts", "actors", "weapons"):
            one, two = getattr(self, name), getattr(other, name)
            found[name] = one & two if one and two else one or two
            if one and two and not found[name]:
                return None
        found["window"] = self.window or other.window
        if self.window is not None and other.window is not None:
            found["window"] = self.window.overlap(other.window)
            if found["window"] is None:
                return None
        return Reach(**found, low=max(0.0, self.low + other.low - 1.0), high=min(self.high, other.high))


@dataclass(frozen=True, eq=False)
class Ground:
    """Something that may permit an act."""

    kind: str
    """``exception permission notice doubtful_notice condition``."""

    id: str
    """Its id."""

    text: str
    """As said."""

    excused: Range
    """Least and greatest probability that it excuses each event, (n,)."""

    reach: Reach | None = None
    """What it reaches; None where notices have widened it: it may share anything with the others."""


def permitting(judge: Judge, reading: Reading, provision: Provision) -> tuple[tuple[Ground, ...], Range]:
    """Return what may permit what a provision prohibits, and P(nothing permits it); a permission is never breached."""
    look = _Look(judge, reading, provision)
    grounds = tuple(
        ground for ground in look.grounds() if np.any(ground.excused.high > 0) or ground.kind == "exception"
    )
    if provision.rule == "permitted":
        return grounds, told(np.zeros(judge.count), np.zeros(judge.count))
    return grounds, look.unexcused(grounds)


@dataclass(frozen=True, eq=False)
class _Look:
    """The grounds of one provision under one reading."""

    judge: Judge
    reading: Reading
    provision: Provision

    def grounds(self) -> list[Ground]:
        """Return all, whether they reach any event or not."""
        found = [self._exception(each) for each in self.provision.exceptions]
        found += [self._permission(each) for each in self.reading.provisions if each.rule == "permitted"]
        for one in self.reading.clauses or self.judge.agreement.clauses:
            if getattr(one, "kind", "") == "reciprocity" and self.provision.id in getattr(one, "provisions", ()):
                reach = Reach(actors=frozenset(getattr(one, "actors", ())))
                found.append(Ground("condition", one.id, one.text, self.share(reach), reach))
        return found

    def unexcused(self, grounds: tuple[Ground, ...]) -> Range:
        """P(none of the grounds excuses it): at most all they reach together is excused, at least what they must.

        Ground by ground, what it adds is at most its own share less what it has in common with the one before it that
        it shares most with (Hunter's bound), and at least its share less what it has in common with each of them.
        """
        least, most = np.zeros(self.judge.count), np.zeros(self.judge.count)
        for at, ground in enumerate(grounds):
            shared = [self._shared(ground, before) for before in grounds[:at]]
            more = np.max([both.low for both in shared], axis=0) if shared else 0.0
            most = most + np.maximum(ground.excused.high - more, 0.0)
            less = np.sum([both.high for both in shared], axis=0) if shared else 0.0
            least = np.maximum(least + np.maximum(ground.excused.low - less, 0.0), ground.excused.low)
        high = np.clip(np.round(1.0 - least, 12), 0.0, 1.0)
        low = np.minimum(np.clip(np.round(1.0 - most, 12), 0.0, 1.0), high)
        return told(low, high, (low + high) / 2, OPEN_EXCUSE)

    def _shared(self, one: Ground, two: Ground) -> Range:
        """P(both excuse it)."""
        if one.reach is None or two.reach is None:
            return Range(np.zeros(self.judge.count), np.minimum(one.excused.high, two.excused.high))
        both = one.reach.meet(two.reach)
        return Range(np.zeros(self.judge.count), np.zeros(self.judge.count)) if both is None else self.share(both)

    def share(self, reach: Reach) -> Range:
        """How much of what the provision prohibits a ground reaches, times how surely it excuses that."""
        judge, own, words = self.judge, self.provision, self.judge.agreement.vocabulary
        low, high = np.full(judge.count, reach.low), np.full(judge.count, reach.high)
        for bound, named, look in (
            (words.expand(own.acts), reach.acts, judge.act),
            (frozenset(own.actors), reach.actors, judge.actor),
            (words.expand_weapons(own.weapons), reach.weapons, judge.weapon),
        ):
            if not named or (bound and bound <= named):
                continue
            both = tuple(sorted(bound & named if bound else named))
            whole = look(tuple(sorted(bound))) if bound else None
            some = look(both) if both else None
            part = factors.part(some, whole) if whole is not None else some
            if part is not None:
                low, high = low * part.low, high * part.high
        if reach.window is not None:
            both_windows = reach.window.overlap(own.window)
            inside = judge.window(both_windows) if both_windows else np.zeros(judge.count)
            share = factors.ratio(inside, judge.window(own.window))
            low, high = low * share, high * share
        place = self._place(reach.zones)
        return Range(low * place.low, high * place.high)

    def _place(self, zones: frozenset[str]) -> Range:
        """P(inside all these zones | inside the provision's own)."""
        low = high = np.ones(self.judge.count)
        shapes = []
        for name in sorted(zones - {self.provision.zone}):
            zone = self.judge.zone(self.reading, name)
            if zone is None or zone.shape == "unknown":
                low = np.zeros(self.judge.count)
            elif zone.shape != "everywhere":
                shapes.append(name)
        own = self.judge.zone(self.reading, self.provision.zone)
        if len(shapes) == 1 and (own is None or own.shape in ("everywhere", "unknown")):
            inside, _ = self.judge.place(self.reading, shapes[0])
            return Range(low * inside.low, high * inside.high)
        areas = [self.judge.area(self.reading, name)[0] for name in shapes]
        if any(area is None for area in areas):
            return Range(np.zeros(self.judge.count), high)
        if areas:
            share = self._inside(shapely.intersection_all(areas))
            low, high = low * share.low, high * share.high
        return Range(low, high)

    def _inside(self, area: Any) -> Range:
        """P(inside an area | inside the provision's own zone)."""
        judge, own = self.judge, self.judge.zone(self.reading, self.provision.zone)
        nothing, all_ = np.zeros(judge.count), np.ones(judge.count)
        if area.area == 0:
            return Range(nothing, nothing)
        whole = None if own is None else judge.area(self.reading, own.id)[0]
        if whole is None:  # everywhere, or nobody knows
            share = judge.inside(area)
            return Range(share, share)
        if area.covers(whole):
            return Range(all_, all_)
        both = shapely.intersection(whole, area)
        share = factors.ratio(judge.inside(both), judge.inside(whole)) if both.area > 0 else nothing
        return Range(share, share)

    def _exception(self, each: RuleException) -> Ground:
        reach = Reach(
            acts=self.judge.agreement.vocabulary.expand(each.acts),
            actors=frozenset(each.actors),
            zones=frozenset(() if each.zone is None else (each.zone,)),
            window=each.window,
            low=each.excused_low,
            high=each.excused_high,
        )
        found = self.share(reach)
        low, high, kind = found.low, found.high, "exception"
        for notice in matching(each, self.judge.notices):
            some = self._notified(reach, notice)
            if some is not None:
                low, high = np.maximum(low, some.low), np.maximum(high, some.high)
            kind = "notice" if notice.counts else "doubtful_notice"
        return Ground(kind, each.id, each.text, Range(low, high), reach if kind == "exception" else None)

    def _notified(self, reach: Reach, notice: Notice) -> Range | None:
        """How far a notice covers the events; one not known to be in time and acknowledged may excuse, or not."""
        words = self.judge.agreement.vocabulary
        said = Reach(
            acts=words.expand(notice.acts),
            actors=frozenset((notice.by,)),
            weapons=words.expand_weapons(notice.weapons),
            window=notice.window,
        )
        both = replace(reach, zones=frozenset(), window=None).meet(said)
        if both is None:
            return None
        area, why = area_of_notice(notice, self.judge.geometry(self.reading))
        inside = self._inside(area) if area is not None else Range(np.ones(self.judge.count), np.ones(self.judge.count))
        sure = 1.0 if notice.counts and not why else 0.0
        found = self.share(replace(both, low=sure, high=1.0))
        return Range(found.low * inside.low, found.high * inside.high)

    def _permission(self, other: Provision) -> Ground:
        """How far a clause that permits covers what this one prohibits."""
        words = self.judge.agreement.vocabulary
        reach = Reach(
            acts=words.expand(other.acts),
            actors=frozenset(other.actors),
            weapons=words.expand_weapons(other.weapons),
            zones=frozenset((other.zone,) if other.zone else ()),
            window=other.window,
            low=0.0 if other.unknown else 1.0,
        )
        return Ground("permission", other.id, other.text, self.share(reach), reach)
