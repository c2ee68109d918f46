# SPDX-License-Identifier: Apache-2.0
"""Rules on what sets a step off and on its clock: triggers that no finding can meet, deadlines over a clock change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from truceline.response import faults, ladder_of
from truceline.scrutiny.finding import DANGEROUS, NOTICE, UNVERIFIABLE, Finding, View

_LONGEST = timedelta(days=400)
"""So far is looked for a clock change where an agreement has no end: every zone that changes does so within it."""


def triggers(view: View) -> Iterator[Finding]:
    """Steps that no finding can ever set off, so that a response is promised which cannot come."""
    for each in faults(ladder_of(view.agreement, view.reading)):
        if each.key == "when":
            yield view.finding(
                "trigger-out-of-reach", DANGEROUS, "ladder", each.clause, each.message, each.mend, "when"
            )


def clock_changes(view: View) -> Iterator[Finding]:
    """Deadlines read in a time zone whose clocks change meanwhile, and moments written in an hour that changes."""
    zones = {step.clock.time_zone for _, step in view.things("ladder") if step.clock.time_zone}
    start, end = view.agreement.entry.at, view.agreement.ends.at
    if not zones or start is None:
        return
    until = min(end or start + _LONGEST, start + _LONGEST)
    changes = {zone: list(_changes(ZoneInfo(zone), start, until)) for zone in sorted(zones)}
    rule = "deadline-in-clock-change"
    for section, step in view.things("ladder"):
        zone, hours = step.clock.time_zone, step.clock.hours
        if zone and hours and changes[zone]:
            when = changes[zone][0]
            message = (
                f"Clocks of {zone} change on {when:%Y-%m-%d} while the agreement holds: the {hours:g} h of step "
                f"{step.number} then do not end at the hour at which they began."
            )
            mend = "say that hours are hours elapsed, and name the deadline in UTC"
            yield view.finding(rule, NOTICE, section, step.id, message, mend, "clock", "time_zone")
    for section, thing in view.things("provisions", "schedules", "stages"):
        for key, moment in _moments(thing):
            near = [(z, c) for z, many in changes.items() for c in many if abs(moment - c) <= timedelta(hours=1)]
            if near:
                message = f"{moment:%Y-%m-%dT%H:%MZ} is within an hour of the clock change of {near[0][0]}."
                mend = "move it by some hours, or write it in UTC"
                yield view.finding(rule, UNVERIFIABLE, section, thing.id, message, mend, key)


def _moments(thing: object) -> Iterator[tuple[str, datetime]]:
    window = getattr(thing, "window", None)
    if window is not None:
        yield from (("window", moment) for moment in (window.start, window.end))
    for key in ("start_by", "done_by"):
        moment = getattr(getattr(thing, key, None), "at", None)
        if moment is not None:
            yield key, moment


def _changes(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """Yield the moments at which a zone's clocks change, UTC, to the quarter of an hour."""
    at = start.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    while at < end:
        after = at + timedelta(days=1)
        if at.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            low, high = at, after
            while high - low > timedelta(minutes=15):
                middle = low + (high - low) / 2
                same = middle.astimezone(zone).utcoffset() == at.astimezone(zone).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            yield high.replace(minute=round(high.minute / 15) * 15 % 60, second=0, microsecond=0)
        at = after
