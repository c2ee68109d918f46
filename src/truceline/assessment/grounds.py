# SPDX-License-Identifier: Apache-2.0
"""What may permit an act: exceptions, permitting clauses, notices, conditions; and how they add up.

Each ground reaches some acts, actors, weapons, a place and a time, and excuses what it reaches with a probability
between two ends. Shares are taken of what the clause prohibits, so that a ground that covers all of it leaves nothing,
however doubtful the event is. What two grounds share is worked out from what both reach (nothing, where they name
different acts), so a permission split in two permits the same. Within what both reach nothing is assumed independent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from truceline.assessment import factors
from truceline.assessment.factors import Range, told
from truceline.base.clock import Interval
from truceline.model.agreement import Provision, Reading, RuleException
from truceline.model.clauses import Clause, NoticeDuty
from truceline.model.notice import Notice, Notified
from truceline.terms.notices import area as area_of_notice
from truceline.terms.notices import matching, under

if TYPE_CHECKING:
    from truceline.assessment.judge import Judge

OPEN_EXCUSE = 0.95
"""So much of the exceptions left open, and they cannot be told. What no sensor shows is the usual state there, so it
is more than for other factors; short of it the middle of the range is taken."""

BRINGS: Mapping[str, frozenset[str]] = {
    "repair": frozenset(("line_crossing",)),
    "flight": frozenset(("overflight",)),
    "medevac": frozenset(("overflight", "line_crossing")),
}
"""What a notice of a kind can excuse where only the duty to give it foresees it; exercises and clearing bring fire."""


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
class Covered:
    """A notice, as one reading judges it, and how much of what a clause prohibits it covers."""

    notice: Notice
    """The notice."""

    state: str
    """What it is worth (:data:`truceline.model.notice.STATES`)."""

    share: Range
    """Least and greatest share that it covers of each event, (n,), whatever it is worth."""

    def one(self, row: int) -> Notified:
        """Return it as it bears on one event."""
        late = None if self.state == "not_foreseen" else self.notice.late_hours
        low, high = float(self.share.low[row]), float(self.share.high[row])
        return Notified(self.notice.id, self.notice.kind, self.state, low, high, late)


@dataclass(frozen=True, eq=False)
class Ground:
    """Something that may permit an act."""

    kind: str
    """``exception permission notice condition``; ``told``: a notice that no clause lets excuse anything."""

    id: str
    """Its id."""

    text: str
    """As said."""

    excused: Range
    """Least and greatest probability that it excuses each event, (n,)."""

    reach: Reach | None = None
    """What it reaches; None where notices have widened it: it may share anything with the others."""

    notified: tuple[Covered, ...] = ()
    """Notices that it rests on, or that were too late for it to."""


def permitting(judge: Judge, reading: Reading, provision: Provision) -> tuple[tuple[Ground, ...], Range]:
    """Return what may permit what a provision prohibits, and P(nothing permits it); a permission is never breached."""
    look = _Look(judge, reading, provision)
    grounds = tuple(
        ground
        for ground in look.grounds()
        if ground.kind == "exception" or ground.notified or np.any(ground.excused.high > 0)
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
        found += self._foreseen()
        found += [self._permission(each) for each in self.reading.provisions if each.rule == "permitted"]
        for one in self.clauses:
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
        low, high = found.low, found.high
        notified = self._covered(reach, matching(each, self.notices))
        for some in notified:
            if some.notice.counts is not False:
                high = np.maximum(high, some.share.high)
            if some.notice.counts:
                low = np.maximum(low, some.share.low)
        own = None if any(some.notice.counts is not False for some in notified) else reach
        return Ground("exception", each.id, each.text, Range(low, high), own, notified)

    def _foreseen(self) -> list[Ground]:
        """Return the notices that no exception of the clause rests on.

        Terms that ask for notice of a thing, and have no exception for it anywhere, foresee it: a good notice then
        excuses what things of its kind bring with them. By no other clause does a party excuse itself.
        """
        named = (*self.judge.agreement.exceptions, *(e for p in self.reading.provisions for e in p.exceptions))
        rests = {word for each in named for word in (each.kind, each.notice)}
        duties = {one.id: one for one in self.clauses if isinstance(one, NoticeDuty)}
        used = {n.id for each in self.provision.exceptions for n in matching(each, self.notices)}
        found = []
        for notice in self.notices:
            duty = duties.get(notice.duty or "")
            if notice.id in used:
                continue
            if duty is None or duty.kind in ("silence", "other") or {duty.id, duty.kind} & rests:
                told = self._covered(Reach(), (notice,), "not_foreseen")
                found.append(
                    Ground("told", notice.id, notice.text, Range(*np.zeros((2, self.judge.count))), None, told)
                )
                continue
            covered = self._covered(Reach(acts=BRINGS.get(notice.kind, frozenset())), (notice,))
            nothing = np.zeros(self.judge.count)
            sure, may = (covered and notice.counts), (covered and notice.counts is not False)
            low, high = (covered[0].share.low if sure else nothing), (covered[0].share.high if may else nothing)
            found.append(Ground("notice", duty.id, duty.text, Range(low, high), None, covered))
        return [ground for ground in found if ground.notified]

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """All clauses as the reading has them."""
        return self.reading.clauses or self.judge.agreement.clauses

    @property
    def notices(self) -> tuple[Notice, ...]:
        """All notices, as the reading's duties judge them."""
        duties = [one for one in self.clauses if isinstance(one, NoticeDuty)]
        return tuple(under(notice, duties) for notice in self.judge.notices)

    def _covered(self, reach: Reach, notices: Iterable[Notice], state: str = "") -> tuple[Covered, ...]:
        """Return those notices that cover any of the events, and how much of each."""
        found = []
        for notice in notices:
            if not np.any(self.judge.window(notice.window) > 0):
                continue
            share = self._notified(reach, notice)
            if share is not None and np.any(share.high > 0):
                found.append(Covered(notice, state or notice.state, share))
        return tuple(found)

    def _notified(self, reach: Reach, notice: Notice) -> Range | None:
        """How much a notice covers of what the clause prohibits, within what a ground reaches."""
        words = self.judge.agreement.vocabulary
        said = Reach(
            acts=words.expand(notice.acts),
            actors=frozenset(() if notice.kind == "silence" else (notice.by,)),
            weapons=words.expand_weapons(notice.weapons),
            window=notice.window,
        )
        both = replace(reach, zones=frozenset(), window=None).meet(said)
        if both is None:
            return None
        area, why = area_of_notice(notice, self.judge.geometry(self.reading))
        inside = self._inside(area) if area is not None else Range(*np.ones((2, self.judge.count)))
        found = self.share(replace(both, low=0.0 if why else 1.0, high=1.0))
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
