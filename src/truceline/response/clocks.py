# SPDX-License-Identifier: Apache-2.0
"""The clocks of a response: the earliest and the latest moment at which a step can be due, and what the time went on.

Where something is disputed or not known (which breach was the first, from which moment the hours count, whether
a clock stands still) every possibility is reckoned and shown. When a clock runs out a decision is due, never an act.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from truceline.base.clock import iso
from truceline.base.deadline import Stop, days_off, due, local
from truceline.model.clauses import Step
from truceline.model.ladder import ORIGINS, STOPS
from truceline.model.response import Sign
from truceline.response.ladder import Ladder
from truceline.response.situation import Response, Situation


@dataclass(frozen=True)
class Possible:
    """One way to count: from which moment of which sign, with or without standing still."""

    sign: str
    """Sign that it takes as the initial breach."""

    held_by: str
    """``chosen``, or who holds that sign to be the initial breach."""

    origin: str
    """Moment it counts from, one of ``model.ladder.ORIGINS``."""

    stands_still: bool
    """Whether what stops clocks is counted as stopping this one."""

    earliest: datetime
    """Least moment at which it can run out, UTC."""

    latest: datetime | None
    """Greatest; None: open, for something that it waits for has not come."""

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "sign": self.sign,
            "held_by": self.held_by,
            "from": self.origin,
            "stands_still": self.stands_still,
            "earliest": iso(self.earliest),
            "latest": None if self.latest is None else iso(self.latest),
        }


@dataclass(frozen=True)
class StepClock:
    """When a step can be due."""

    step: str
    """Id of the step."""

    possible: tuple[Possible, ...]
    """Every way to count; empty: the terms set no deadline."""

    @property
    def earliest(self) -> datetime | None:
        """Least moment at which it can be due, UTC; None: no deadline is known."""
        return min((each.earliest for each in self.possible), default=None)

    @property
    def latest(self) -> datetime | None:
        """Greatest, UTC; None: open, or no deadline is known."""
        ends = [each.latest for each in self.possible]
        return max((end for end in ends if end is not None), default=None) if None not in ends else None

    def short(self) -> list[str | None]:
        """Return earliest and latest as records hold them."""
        return [None if moment is None else iso(moment) for moment in (self.earliest, self.latest)]


def clock(situation: Situation, response: Response, step: Step, now: datetime, origin: str | None = None) -> StepClock:
    """Return when a step can be due, from all that is known at a moment.

    Args:
        situation: signs and what stopped clocks.
        response: its initial breach, and what is held against it.
        step: the step, with its clock.
        now: the moment, UTC; what is still to come comes no earlier.
        origin: count from this one whatever the terms say (what if); None: as the terms say.
    """
    hours = step.clock.hours
    if hours is None:
        return StepClock(step.id, ())
    held = [(response.breach, "chosen"), *((each.sign, each.of or each.by) for each in response.disputed)]
    origins = (origin,) if origin else ORIGINS if step.clock.origin is None else (step.clock.origin,)
    kinds = step.clock.stops
    ways: list[tuple[bool, list[Stop]]]
    if kinds is None:
        every = situation.stops(STOPS)
        ways = [(False, []), *([(True, every)] if every else [])]
    else:
        ways = [(True, situation.stops(kinds))] if kinds else [(False, [])]
    found = [
        _possible(step, situation.sign(name), who, from_, still, stops, now)
        for name, who in held
        for from_ in origins
        for still, stops in ways
    ]
    return StepClock(step.id, tuple(dict.fromkeys(found)))


def _possible(step: Step, sign: Sign, who: str, origin: str, still: bool, stops: list[Stop], now: datetime) -> Possible:
    off = days_off(step.clock.off, step.clock.time_zone)
    hours = step.clock.hours or 0.0
    begins = sign.origin(origin)
    first, last = begins or (now, now)
    # What still stands still may go on the next moment: the least is reckoned as if it did.
    ended = [(begin, end or max(begin, now)) for begin, end in stops]
    earliest = due(first, hours, ended, off)
    assert earliest is not None  # every stop has an end
    latest = due(last, hours, stops, off) if begins is not None else None
    return Possible(sign.id, who, origin, still, earliest, latest)


def clocks(
    situation: Situation, response: Response, ladder: Ladder, now: datetime, origin: str | None = None
) -> dict[str, StepClock]:
    """Return the clock of every step; ``origin`` as in :func:`clock`."""
    return {name: clock(situation, response, step, now, origin) for name, step in ladder.steps.items()}


def told(situation: Situation, ladder: Ladder, now: datetime, origin: str | None = None) -> dict[str, Any]:
    """Return the clocks of all responses as a move's record holds them: per response and step, earliest and latest."""
    return {
        name: {step: each.short() for step, each in clocks(situation, response, ladder, now, origin).items()}
        for name, response in situation.responses.items()
    }


_CHAIN = ("breach", "looked", "received", "noticed", "found")


def hours_used(sign: Sign, now: datetime) -> dict[str, Any]:
    """Return where the hours since a breach went: from it to the look, to receipt, to the notice, to the finding.

    The breach is an interval, so what is counted from it has a least and a greatest value, hours; None: not known, or
    not yet. A stretch below nought is real: people can find before both liaisons had their notice.
    """
    moments: dict[str, datetime | None] = {name: getattr(sign, name) for name in _CHAIN[1:]}
    first, last = sign.breach
    told: dict[str, Any] = {"since_breach": [_hours(last, now), _hours(first, now)]}
    then = sign.received
    for name, moment in moments.items():
        key = f"{'breach' if name == 'looked' else _before(name)}_to_{name}"
        if moment is None:
            told[key] = None
        elif name == "looked":
            told[key] = [_hours(last, moment), _hours(first, moment)]
        elif name == "received":
            start = sign.looked
            told[key] = None if start is None else _hours(start, moment)
        else:
            told[key] = _hours(then, moment)
            then = moment
    return told


def _before(name: str) -> str:
    return _CHAIN[_CHAIN.index(name) - 1]


def _hours(start: datetime, end: datetime) -> float:
    return round((end - start) / timedelta(hours=1), 3)


def clock_changes(step: Step, each: StepClock) -> Iterator[dict[str, Any]]:
    """Yield what a change of clocks does to a deadline: its hours run on, and the local hands do not show it."""
    zone = step.clock.time_zone
    for possible in each.possible if zone else ():
        if zone is None or possible.latest is None:
            continue
        begin = possible.latest - timedelta(hours=step.clock.hours or 0.0)
        here = local(possible.latest, zone, begin)
        if here.twice or here.changed:
            why = "this local time comes twice that day" if here.twice else "the local clocks change before it"
            yield {
                "clause": step.id,
                "key": "clock",
                "message": f"Step {step.number} is due at {here.text} ({zone}): {why}.",
                "mend": f"go by {iso(possible.latest)}",
            }
