# SPDX-License-Identifier: Apache-2.0
"""When a deadline runs out: hours counted from a moment, not while the clock stands still, not on days off."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from truceline.errors import ConfigError, LimitExceeded, Malformed

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""Days off that come back every week."""

Stop = tuple[datetime, datetime | None]
"""From when until when a clock stands still, half-open, UTC; None: it still does."""


@dataclass(frozen=True)
class DaysOff:
    """Days on which a clock stands still, from local midnight to local midnight."""

    zone: str = "UTC"
    """Name of the time zone (IANA)."""

    weekly: frozenset[int] = frozenset()
    """Days of the week, Monday 0."""

    dates: tuple[date, ...] = ()
    """Single days, in order."""

    def since(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the days off that are not over at a moment, in order, UTC; without end where they come back weekly."""
        day = moment.astimezone(zone_of(self.zone)).date()
        if not self.weekly:
            yield from ((midnight(d, self.zone), midnight(_next(d), self.zone)) for d in self.dates if d >= day)
            return
        single = frozenset(self.dates)
        while True:
            if day.weekday() in self.weekly or day in single:
                yield midnight(day, self.zone), midnight(_next(day), self.zone)
            day = _next(day)


NO_DAYS_OFF = DaysOff()
"""Every day counts."""


@lru_cache
def zone_of(name: str) -> ZoneInfo:
    """Return a time zone by its name.

    Raises:
        ConfigError: this machine knows none of that name.
    """
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError) as error:
        raise ConfigError(f"time zone {name!r:.60} is not known here; such as Europe/Paris") from error


def _next(day: date) -> date:
    try:
        return day + timedelta(days=1)
    except OverflowError as error:
        raise LimitExceeded("a deadline runs beyond the calendar (year 9999)") from error


@lru_cache(4096)
def midnight(day: date, zone: str) -> datetime:
    """Return the first moment of a local day, UTC; where a clock change skips midnight, the moment of the change."""
    return datetime.combine(day, time(0), zone_of(zone)).astimezone(UTC)


def days_off(words: Iterable[str], zone: str | None) -> DaysOff:
    """Return the days off that terms name: days of the week, and dates such as ``2026-05-09``.

    Raises:
        Malformed: a word is neither, or no day of the week is left.
    """
    weekly, dates = set(), set()
    for word in words:
        if word in WEEKDAYS:
            weekly.add(WEEKDAYS.index(word))
            continue
        try:
            dates.add(date.fromisoformat(word))
        except ValueError as error:
            raise Malformed(f"off: {word!r:.40} is neither a day of the week nor a date such as 2026-05-09") from error
    if len(weekly) == len(WEEKDAYS):
        raise Malformed("off: no day of the week is left on which the clock runs")
    return DaysOff(zone or "UTC", frozenset(weekly), tuple(sorted(dates)))


def due(start: datetime, hours: float, stops: Iterable[Stop] = (), off: DaysOff = NO_DAYS_OFF) -> datetime | None:
    """Return the moment at which a clock has run for so many hours, UTC.

    Whatever comes at that moment is in time; what comes a microsecond later is late. Stops may overlap and come in any
    order; where the hours are full at the moment a stop begins, that moment is it.

    Args:
        start: from when it counts, UTC.
        hours: how long it runs, hours, nought or more.
        stops: when it stood still.
        off: days off.

    Returns:
        The moment, or None while it stands still with no end known.

    Raises:
        LimitExceeded: it lies beyond the calendar.
    """
    left, now = timedelta(hours=hours), start
    try:
        for begin, end in heapq.merge(sorted(stops, key=_begin), off.since(start), key=_begin):
            if now + left <= max(begin, now):
                break
            if end is None:
                return None
            if end > now:
                left -= max(begin, now) - now
                now = end
        return now + left
    except OverflowError as error:
        raise LimitExceeded("a deadline runs beyond the calendar (year 9999)") from error


def _begin(stop: Stop) -> datetime:
    return stop[0]


@dataclass(frozen=True)
class Local:
    """A moment as people of a place read it off their clocks."""

    text: str
    """Local time with its offset, to the minute."""

    twice: bool
    """Whether their clocks show this time twice, for they are set back: say UTC, or both will be right."""

    changed: bool
    """Whether their clocks change between the beginning and this moment: the hours run on, the hands do not."""


def local(moment: datetime, zone: str, since: datetime) -> Local:
    """Return a moment in local time, and what a change of clocks makes of it."""
    here = moment.astimezone(zone_of(zone))
    twice = here.replace(fold=0).utcoffset() != here.replace(fold=1).utcoffset()
    changed = since.astimezone(zone_of(zone)).utcoffset() != here.utcoffset()
    return Local(here.isoformat(timespec="minutes"), twice, changed)
