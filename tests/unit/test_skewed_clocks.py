# SPDX-License-Identifier: Apache-2.0
"""T-1 and T-3: clocks of sensors, of parties and of the server that are wrong move no deadline that is not theirs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
import response_world
from desk_world import Clock
from response_world import OLGA, Play, ladder, sign

from truceline.base.clock import iso, utc
from truceline.base.deadline import DaysOff, due
from truceline.errors import Malformed, NoTime, UnavailableError
from truceline.response.board import board
from truceline.response.clocks import clock
from truceline.services.clock import Now

S, DAY = timedelta(seconds=1), timedelta(days=1)
WEEKS = 1024 * 7 * DAY
"""After so long the week number of satellite navigation begins anew."""

SKEWS = [S * n for n in (1, 60, 3600, 7 * 3600)] + [DAY, 30 * DAY, WEEKS, 3653 * DAY]
MOMENTS = {
    "leap second": datetime(2016, 12, 31, 23, 59, 59, 999_999, UTC),
    "hands forward": datetime(2026, 3, 29, 1, tzinfo=UTC),
    "hands back": datetime(2026, 10, 25, 1, tzinfo=UTC),
    "week roll-over": datetime(2019, 4, 6, 23, 59, 42, tzinfo=UTC),
    "2038": datetime(2038, 1, 19, 3, 14, 7, tzinfo=UTC),
    "after 2038": datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC),
}


def play_at(monkeypatch, truth, told, spread):
    """A response whose breach was at ``truth`` and whose sensor said ``told``, as sure as ``spread``; received an hour
    after it happened, by the centre's clock."""
    monkeypatch.setattr(response_world, "START", truth)
    play, received = Play(), truth + timedelta(hours=1)
    breach = [iso(min(told - spread, received)), iso(min(told + spread, received))]
    play.make("sign", response_world.MACHINE, 1, **sign(breach=breach, looked=None, received=iso(received)))
    return play, play.make("begin", OLGA, 2, breach="c1")


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_sensor_s_clock_moves_no_deadline_that_counts_from_what_is_logged(moment, monkeypatch):
    truth = MOMENTS[moment]
    for skew, way in product(SKEWS, (1, -1)):
        told = truth + way * skew
        play, response = play_at(monkeypatch, truth, told, skew)
        held, now = play.situation.responses[response], truth + timedelta(hours=3)
        step = ladder().steps["warning"]
        for origin, begins in (("detection", truth + timedelta(hours=1)), ("determination", None)):
            found = clock(play.situation, held, step, now, origin)
            if begins is None:
                assert (found.earliest, found.latest) == (now + DAY, None)
            else:
                assert found.earliest == found.latest == begins + DAY
        # From the breach: an interval as wide as the clock is wrong holds the truth, and so does what is due.
        found = clock(play.situation, held, step, now, "breach")
        assert found.earliest <= truth + DAY <= found.latest


def test_a_drifting_clock_is_inside_what_it_says_of_itself(monkeypatch):
    """100 parts in a million, set right a month ago: four and a half minutes."""
    truth = MOMENTS["hands back"]
    drift = 30 * DAY * 100 / 1_000_000
    assert drift > timedelta(minutes=4)
    for way in (1, -1):
        play, response = play_at(monkeypatch, truth, truth + way * drift, drift)
        found = clock(
            play.situation, play.situation.responses[response], ladder().steps["warning"], truth + DAY, "breach"
        )
        assert found.earliest <= truth + DAY <= found.latest


def test_a_breach_after_it_was_received_is_refused(monkeypatch):
    """A sensor whose clock is fast, and that claims to be sure, is told so instead of being believed."""
    play = Play()
    for looked in (None, iso(response_world.h(2))):
        late = [iso(response_world.h(1)), iso(response_world.h(1 if looked else 1.001))]
        with pytest.raises(Malformed, match="after it was received"):
            play.make("sign", response_world.MACHINE, 1, **sign(breach=late, looked=looked))


def test_a_second_that_no_clock_shows_is_no_time():
    for text in ("2016-12-31T23:59:60Z", "2026-03-29T01:00:00", "2038-01-19T03:14:08"):
        with pytest.raises(NoTime):
            utc(text)
    assert utc("2038-01-19T05:14:08+02:00") == MOMENTS["after 2038"]


@pytest.mark.parametrize("zone", ["Europe/Kyiv", "Europe/Moscow", "Australia/Lord_Howe"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_hours_are_hours_whatever_hands_and_calendars_do(moment, zone):
    start = MOMENTS[moment] - timedelta(hours=12)
    assert due(start, 72, (), DaysOff(zone)) - start == timedelta(hours=72)


@pytest.mark.parametrize(
    ("steps", "refused"),
    [
        ([(600, 600)], False),
        ([(600, -60)], True),  # before a time that was used
        ([(600, 599.5)], False),  # disciplined
        ([(3600, 1800)], True),  # after the last time used, and half an hour set back all the same
        ([(3600, 3598)], True),
        ([(60, 86_400)], False),  # a step forward is not found: the machine may have slept
        ([(600, 599.2)] * 20, False),
    ],
)
def test_a_steady_clock_only_finds_steps_back(steps, refused):
    """(seconds that went by, seconds the clock went on)."""
    clock_, steady = Clock(), [0.0]
    now = Now(clock_, lambda: steady[0])
    now()

    def go():
        for went, shown in steps:
            steady[0] += went
            clock_.forward(seconds=shown)
            now()

    if refused:
        with pytest.raises(UnavailableError, match="the clock went back"):
            go()
    else:
        go()
        assert now() == clock_.at, "the time is the clock's, never the steady one's"


@pytest.mark.parametrize("late", [timedelta(0), timedelta(microseconds=1), timedelta(microseconds=-1)])
@pytest.mark.parametrize("claimed", ["never had it", "long before", "a year after"])
def test_at_the_boundary_what_is_logged_decides_whatever_a_party_says(late, claimed):
    """T-3: to acknowledge takes two hours; a microsecond decides, and neither a denial nor a date of one's own does."""
    play = Play()
    response = play.warned()
    limit = response_world.h(5) + late
    told = board(play.situation, play.ladder, limit)["responses"][0]["steps"][0]["states"]["A"]
    assert told["status"] == ("silent" if late > timedelta(0) else "asked")
    assert told["asked"] == iso(response_world.h(3))
    at = (limit - response_world.START) / timedelta(hours=1)
    said = {"never had it": {"received": None}, "long before": {"sent": iso(response_world.h(0))}}
    more = said.get(claimed, {"sent": iso(response_world.h(9000))})
    play.make("acknowledge", response_world.gus("A"), at, response=response, step="warning", state="A", **more)
    answer = play.situation.responses[response].steps["warning"].answers["A"]
    assert abs(answer.acknowledged - limit) <= timedelta(microseconds=1) / 2
    assert answer.asked == response_world.h(3)
