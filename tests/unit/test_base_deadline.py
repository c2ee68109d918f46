# SPDX-License-Identifier: Apache-2.0
"""Deadlines: what stands still, what a change of clocks does, and a million schedules against counting seconds (T-2)."""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from truceline.base.deadline import WEEKDAYS, DaysOff, days_off, due, local, midnight
from truceline.errors import ConfigError, LimitExceeded, Malformed

START = datetime(2026, 3, 1, tzinfo=UTC)
SPAN = 100 * 86_400
"""Seconds that the model counts: spring's and, in the south, autumn's changes of clocks lie inside."""

ENOUGH = 1_500_000
"""Seconds after which every schedule here that ends has ended: hours and stops, of 7 days 4 counting, 3 dates."""

ZONES = (
    *("UTC", "Europe/Kyiv", "Europe/Moscow", "America/Havana", "Asia/Kathmandu", "Australia/Lord_Howe"),
    *("Africa/Casablanca", "Asia/Beirut"),
)
"""Some change their clocks at midnight, by half an hour, or for Ramadan; some never."""

SCHEDULES = 1_000_000


def h(hours):
    return START + timedelta(hours=hours)


@cache
def local_days(zone):
    """Seconds at which the local day is another, and the day from each on, read off the zone every quarter of an hour."""
    quarters = [START + timedelta(minutes=15 * n) for n in range(SPAN // 900)]
    days = [moment.astimezone(ZoneInfo(zone)).date() for moment in quarters]
    edges = [n for n in range(len(days)) if n == 0 or days[n] != days[n - 1]]
    return [900 * n for n in edges] + [SPAN], [days[n] for n in edges]


def by_seconds(start, seconds, stops, zone, weekly, dates):
    """The second at which a clock has run so long, with a mark for every second; None: it stands still."""
    if seconds == 0:
        return start
    edges, days = local_days(zone)
    # look twice as far until it is found: most are due soon
    length = seconds + 20_000
    while True:
        until = start + min(length, ENOUGH)
        runs = np.ones(min(until, SPAN) - start, bool)
        for n in range(bisect_right(edges, start) - 1, bisect_left(edges, until)):
            if n < len(days) and (days[n].weekday() in weekly or days[n] in dates):
                runs[max(edges[n] - start, 0) : edges[n + 1] - start] = False
        for begin, end in stops:
            runs[max(begin - start, 0) : len(runs) if end is None else max(end - start, 0)] = False
        if np.count_nonzero(runs) >= seconds:
            return start + nth(runs, seconds) + 1
        if length >= ENOUGH:
            return None
        length *= 2


def nth(runs, wanted):
    """Where the ``wanted``-th second that runs is, by counting halves."""
    low, high = 0, len(runs)
    while high - low > 1:
        middle = (low + high) // 2
        before = int(np.count_nonzero(runs[low:middle]))
        if before >= wanted:
            high = middle
        else:
            low, wanted = middle, wanted - before
    return low


def schedule(rng):
    start = rng.randrange(0, 80 * 86_400)
    seconds = rng.choice((0, 1, 3600, 86_400, rng.randrange(1, 20_000), rng.randrange(1, 100_000)))
    stops = []
    for _ in range(rng.choice((0, 0, 1, 2, 3, 6))):
        begin = start + rng.randrange(-50_000, 150_000)
        end = begin + rng.choice((1, 60, 3600, rng.randrange(1, 90_000)))
        # Every second stop begins where another ends, or where the hours may be full.
        begin = rng.choice((begin, start, start + seconds, *(e for _, e in stops if e is not None)))
        stops.append((begin, None if rng.random() < 0.04 else max(end, begin + 1)))
    weekly = rng.sample(range(7), rng.choice((0, 0, 1, 2, 3)))
    day = (START + timedelta(seconds=start)).date()
    dates = sorted({day + timedelta(days=rng.randrange(-1, 6)) for _ in range(rng.choice((0, 0, 1, 3)))})
    return start, seconds, stops, rng.choice(ZONES), frozenset(weekly), tuple(dates)


def test_schedules_equal_a_count_of_seconds(proof_scale, figures):
    """T-2: pauses, days off and time zones at random."""
    rng, differ, still = random.Random(20260203), 0, 0
    count = int(SCHEDULES * proof_scale)
    for _ in range(count):
        start, seconds, stops, zone, weekly, dates = schedule(rng)
        wanted = by_seconds(start, seconds, stops, zone, weekly, dates)
        moments = [(at(begin), None if end is None else at(end)) for begin, end in stops]
        found = due(at(start), seconds / 3600, moments, DaysOff(zone, weekly, dates))
        still += found is None
        differ += found != (None if wanted is None else at(wanted))
    figures(
        "deadlines: schedules against a count of seconds (T-2)",
        {"schedules": count, "standing still": still, "differ": differ},
    )
    assert differ == 0
    assert 0 < still < count / 10


def at(second):
    return START + timedelta(seconds=second)


def test_the_count_of_seconds_can_fail():
    assert by_seconds(0, 3600, [(60, 120)], "UTC", (), ()) == 3660
    assert by_seconds(0, 3600, [(60, None)], "UTC", (), ()) is None
    assert by_seconds(0, 60, [], "UTC", (6,), ()) == 86_460  # 1 March 2026 is a Sunday
    assert by_seconds(0, 60, [], "UTC", (), (date(2026, 3, 1),)) == 86_460


@pytest.mark.parametrize(
    ("hours", "stops", "found"),
    [
        (24, [], 24),
        (24, [(30, 40)], 24),
        (24, [(24, 40)], 24),  # full at the moment the stop begins
        (24, [(23, 25)], 26),
        (24, [(-5, 5)], 29),
        (24, [(1, 3), (2, 4)], 27),  # overlapping stops count once
        (24, [(2, 4), (1, 3), (10, 11)], 28),
        (0, [(-1, 5)], 0),
        (24, [(23, None)], None),
        (24, [(24, None)], 24),
    ],
)
def test_stops(hours, stops, found):
    given = [(h(begin), None if end is None else h(end)) for begin, end in stops]
    assert due(START, hours, given) == (None if found is None else h(found))


def test_a_microsecond_counts():
    tick = timedelta(microseconds=1)
    assert due(START, 1, [(h(1) - tick, h(2))]) == h(2) + tick
    assert due(START + tick, 1) == h(1) + tick


def test_clocks_that_change_do_not_change_a_deadline_of_hours():
    before = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert due(before, 24, (), days_off((), "Europe/Kyiv")) == before + timedelta(hours=24)
    sunday = days_off(("sunday",), "Europe/Kyiv")
    # the day off is 23 hours long: from 22:00 UTC on Saturday to 21:00 on Sunday
    assert due(before, 24, (), sunday) == before + timedelta(hours=47)


def test_local_days_begin_where_their_clocks_say():
    assert midnight(date(2026, 3, 29), "Europe/Kyiv") == datetime(2026, 3, 28, 22, tzinfo=UTC)
    # Beirut's clocks skip midnight: the day begins at the change
    assert midnight(date(2026, 3, 29), "Asia/Beirut") == datetime(2026, 3, 28, 22, tzinfo=UTC)
    # Samoa never had this day
    assert midnight(date(2011, 12, 30), "Pacific/Apia") == midnight(date(2011, 12, 31), "Pacific/Apia")


def test_a_time_that_comes_twice_is_said():
    autumn = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    read = local(autumn, "Europe/Kyiv", autumn - timedelta(hours=24))
    assert (read.text, read.twice, read.changed) == ("2026-10-25T03:30+03:00", True, False)
    later = local(autumn + timedelta(hours=1), "Europe/Kyiv", autumn - timedelta(hours=24))
    assert (later.text, later.twice, later.changed) == ("2026-10-25T03:30+02:00", True, True)
    plain = local(START, "Europe/Kyiv", START - timedelta(hours=24))
    assert (plain.twice, plain.changed) == (False, False)


def test_words_of_days():
    found = days_off(("2026-05-09", "saturday", "2026-05-01"), None)
    assert found == DaysOff("UTC", frozenset({5}), (date(2026, 5, 1), date(2026, 5, 9)))
    with pytest.raises(Malformed, match="funday"):
        days_off(("funday",), None)
    with pytest.raises(Malformed, match="no day of the week is left"):
        days_off(WEEKDAYS, None)
    with pytest.raises(ConfigError, match="Atlantis"):
        due(START, 1, (), days_off(("monday",), "Europe/Atlantis"))


def test_beyond_the_calendar():
    end = datetime(9999, 12, 31, 12, tzinfo=UTC)
    with pytest.raises(LimitExceeded, match="year 9999"):
        due(end, 24)
    with pytest.raises(LimitExceeded, match="year 9999"):
        due(end, 1, (), days_off(("friday",), None))
