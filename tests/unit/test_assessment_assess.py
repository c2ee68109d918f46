# SPDX-License-Identifier: Apache-2.0
"""Each factor of a breach, by hand-worked cases; how far a machine may go; the speed."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from assessment_factory import WINDOW, agreement, events

from truceline.assessment import assess, factors, sentences
from truceline.assessment.zones import p_zone, strip
from truceline.base.clock import Interval
from truceline.base.geo import metres_per_degree
from truceline.errors import StateError
from truceline.model.agreement import RuleException, Zone
from truceline.model.assessment import Assessment
from truceline.model.taxonomy import Status

KM = 1000.0


def one(events_, agreement_, distance_m=5 * KM, line_km=0.0):
    found = assess(events_, agreement_, np.full(len(events_), distance_m), line_km)
    assert len(found) == len(events_)
    return found[0]


def test_a_likely_act_under_an_exception_gives_the_range_of_both():
    repel = RuleException("r", "Repelling.", 0.0, 0.8, "unseen")
    found = one(events(p_war=0.71), agreement(exceptions=(repel,)))
    assert (found.p_act, found.p_actor, found.p_zone, found.p_window) == (0.71, 1.0, 1.0, 1.0)
    assert (found.unexcused_low, found.unexcused_high) == (0.2, 1.0)
    assert (found.low, found.high) == (0.142, 0.71)
    assert (found.status, found.attribution) == (Status.RECORDED, "none")
    assert [factor for factor, _ in found.reasons] == ["act", "actor", "zone", "window", "exceptions", "status"]
    assert "likely (71\N{NO-BREAK SPACE}%)" in found.reasons[0][1]
    assert "20\N{NO-BREAK SPACE}% to 100\N{NO-BREAK SPACE}%" in found.reasons[4][1]


def test_what_is_in_the_ledger_is_what_was_computed():
    found = one(events(p_war=0.123456), agreement(zone=Zone("z", "near_line", 5.1)), 5 * KM, 2.0)
    assert Assessment.from_body(found.record().body, found.index) == found


def test_nothing_is_assessed_before_it_is_logged():
    with pytest.raises(StateError):
        assess(replace(events(), index=None), agreement(), np.array([1.0]), 0)


def test_undivided_acts_of_war_leave_a_range_where_only_some_kinds_are_prohibited():
    found = one(events(p_war=0.6), agreement(acts=("shelling", "drone_strike")))
    assert (found.p_act_low, found.p_act, found.low, found.high) == (0.0, 0.6, 0.0, 0.6)
    assert "shelling or drone strike" in found.reasons[0][1]
    assert "do not tell kinds of acts of war apart" in found.reasons[0][1]


def test_divided_acts_count_where_they_are_prohibited():
    mixed = events(p_act={"shelling": 0.3, "air_strike": 0.2, "act_of_war": 0.1, "industry": 0.4})
    found = one(mixed, agreement(acts=("shelling",)))
    assert (found.p_act_low, found.p_act) == (0.3, 0.4)
    assert one(mixed, agreement()).p_act == 0.6


def test_an_event_without_belief_may_be_anything():
    found = one(events(p_act={}), agreement())
    assert (found.p_act_low, found.p_act) == (0.0, 1.0)
    found = one(events(p_act={"act_of_war": np.nan, "industry": None}), agreement())
    assert (found.p_act_low, found.p_act) == (0.0, 1.0)


def test_heat_does_not_say_which_party_when_only_one_is_bound():
    found = one(events(p_war=0.5), agreement(actors=("A",)))
    assert (found.p_actor_low, found.p_actor, found.low, found.high) == (0.0, 1.0, 0.0, 0.5)
    assert "1 of 2 parties is bound" in found.reasons[1][1]
    assert "no sensor says who did it" in found.reasons[1][1]


SAYS = {"A": 0.6, "B": 0.1, "neither": 0.1, "proxy": 0.05, "unknown": 0.15}


@pytest.mark.parametrize(("actors", "low", "high"), [(("A",), 0.6, 0.8), (("B",), 0.1, 0.3), (("A", "B"), 0.85, 0.9)])
def test_a_sensor_that_tells_authors_narrows_the_range(actors, low, high):
    heard = events(p_war=1.0, p_actor=SAYS, families=("acoustic", "thermal-infrared"))
    found = one(heard, agreement(actors=actors))
    assert found.low == pytest.approx(low)
    assert found.high == pytest.approx(high)
    assert found.attribution == "likely"


def test_heat_alone_is_not_believed_about_authors_even_if_it_says_so():
    found = one(events(p_actor={"A": 1.0}), agreement(actors=("B",)))
    assert (found.p_actor_low, found.p_actor, found.attribution) == (0.0, 1.0, "none")


@pytest.mark.parametrize(("share", "word"), [(0.54, "none"), (0.55, "likely"), (0.79, "likely"), (0.8, "attributed")])
def test_attribution_has_thresholds(share, word):
    heard = events(p_actor={"B": share, "A": 1 - share}, families=("acoustic",))
    assert one(heard, agreement()).attribution == word


@pytest.mark.parametrize(
    ("families", "members", "status"),
    [
        (("thermal-infrared",), 1, Status.DETECTED),
        (("thermal-infrared",), 9, Status.RECORDED),
        (("thermal-infrared", "thermal-geostationary"), 9, Status.RECORDED),
        (("acoustic",), 9, Status.RECORDED),
        (("acoustic", "thermal-infrared"), 2, Status.CORROBORATED),
        (("acoustic", "seismic"), 2, Status.CORROBORATED),
    ],
)
def test_how_far_a_machine_may_go(families, members, status):
    found = one(events(families=families, members=members), agreement())
    assert found.status is status
    assert dict(found.reasons)["status"].startswith(status.value.capitalize())


def test_the_strip_is_the_gaussian_integral():
    sigma, rng = 2 * KM, np.random.default_rng(1)
    draws = np.abs(4 * KM + sigma * rng.standard_normal(200_000)) < 5 * KM
    exact = strip(np.array([4 * KM]), 5 * KM, np.array([sigma]))[0]
    assert exact == pytest.approx(draws.mean(), abs=0.005)
    assert strip(np.array([4.0, 6.0, np.nan]), 5.0, np.zeros(3)).tolist()[:2] == [1.0, 0.0]
    found = one(events(sigma=1 * KM), agreement(zone=Zone("z", "near_line", 5)), 5 * KM, 1.0)
    assert found.p_zone == pytest.approx(0.5, abs=1e-3)
    assert "5.0\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}1.4\N{NO-BREAK SPACE}km" in found.reasons[2][1]


def test_the_polygon_is_the_gaussian_integral():
    lon, lat = 36.0, 48.0
    east, _ = metres_per_degree(lat)
    rng = np.random.default_rng(2)
    for offset_m, bearing in ((0.0, 0.0), (300.0, 90.0), (-500.0, 30.0), (900.0, 0.0)):
        edge = lon + offset_m / float(east)
        zone = Zone("z", "polygon", None, (((30, 40), (edge, 40), (edge, 55), (30, 55), (30, 40)),))
        event = events(lon=lon, lat=lat, sigma=800.0, minor=300.0, bearing=bearing)
        major, minor = 800 * rng.standard_normal(100_000), 300 * rng.standard_normal(100_000)
        x = major * np.sin(np.radians(bearing)) + minor * np.cos(np.radians(bearing))
        assert p_zone(event, zone, np.zeros(1), 0)[0] == pytest.approx((x < offset_m).mean(), abs=0.015)


def test_far_inside_and_far_outside_a_polygon_are_certain():
    zone = Zone("z", "polygon", None, (((35, 47), (37, 47), (37, 49), (35, 49), (35, 47)),))
    assert one(events(lon=36.0, lat=48.0), agreement(zone=zone)).p_zone == 1.0
    assert one(events(lon=39.0, lat=48.0), agreement(zone=zone)).p_zone == 0.0


@pytest.mark.parametrize(
    ("zone", "distance", "said"),
    [(Zone("z", "unknown"), 1.0, "no source gives"), (Zone("z", "near_line", 5), np.nan, "no line of contact")],
)
def test_an_unknown_place_cannot_be_told(zone, distance, said):
    found = one(events(), agreement(zone=zone), distance)
    assert (found.low, found.high) == (None, None)
    assert found.p_zone == 1.0
    assert said in dict(found.reasons)["zone"]
    assert Assessment.from_body(found.record().body, -1) == found


def at(minutes, seen_for=0.0, base=WINDOW.start):
    return events(first=base + timedelta(minutes=minutes), last=base + timedelta(minutes=minutes + seen_for))


@pytest.mark.parametrize(
    ("event", "p"),
    [
        (at(600), 1.0),
        (at(60), 1.0),
        (at(45), 0.75),
        (at(15), 0.25),
        (at(30, base=WINDOW.end), 0.5),
        (at(0, base=WINDOW.end), 1.0),
        (at(-30, 45), 0.0),
        (at(-30, 90), 1.0),
        (at(-30, 61), 0.516667),
        (at(45, 1200), 1.0),
    ],
)
def test_a_fire_was_lit_within_an_hour_before_it_was_seen(event, p):
    assert factors.window(event, WINDOW, 1.0)[0] == pytest.approx(p, abs=1e-5)


def test_only_events_that_may_lie_in_some_readings_window_are_assessed():
    late = Interval(WINDOW.start + timedelta(hours=10), WINDOW.end)
    both = agreement(windows=(WINDOW, late))
    assert assess(at(-1), both, np.zeros(1), 0) == ()
    assert assess(at(61, base=WINDOW.end), both, np.zeros(1), 0) == ()
    early, narrow = assess(at(120), both, np.zeros(1), 0)
    assert (early.p_window, narrow.p_window, narrow.high) == (1.0, 0.0, 0.0)
    assert "before the window began" in dict(narrow.reasons)["window"]
    assert "2\N{NO-BREAK SPACE}h after the window began" in dict(early.reasons)["window"]


def test_exceptions_combine_without_assuming_independence():
    one_, two = RuleException("a", "A.", 0.1, 0.5, "-"), RuleException("b", "B.", 0.3, 0.7, "-")
    assert factors.unexcused(()) == (1.0, 1.0)
    assert factors.unexcused((one_,)) == (0.5, 0.9)
    assert factors.unexcused((one_, two)) == (0.0, 0.7)
    always = RuleException("c", "Permitted.", 1.0, 1.0, "-")
    found = one(events(p_war=1.0), agreement(exceptions=(always,)))
    assert (found.low, found.high) == (0.0, 0.0)
    assert "Permitted by" in dict(found.reasons)["exceptions"]


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.71, 0.71, "likely (71 %)"),
        (0.796, 0.796, "very likely (80 %)"),
        (0.142, 0.71, "very unlikely to likely (14 % to 71 %)"),
        (0.6, 0.7, "likely (60 % to 70 %)"),
        (0.0, 0.0, "almost no chance (0 %)"),
        (0.001, 0.001, "almost no chance (under 1 %)"),
        (0.999, 0.999, "almost certain (over 99 %)"),
        (0.45, 0.45, "roughly even (45 %)"),
    ],
)
def test_words_follow_the_printed_number(low, high, said):
    assert sentences.chance(low, high).replace("\N{NO-BREAK SPACE}", " ") == said


def test_no_reason_names_a_party():
    heard = events(p_actor={"A": 0.9, "B": 0.1}, families=("acoustic",))
    for reading in assess(heard, agreement(actors=("A",)), np.zeros(1), 0):
        text = " ".join(sentence for _, sentence in reading.reasons)
        assert "North" not in text
        assert "South" not in text


def test_two_thousand_events_under_two_readings_take_under_a_third_of_a_second():
    rng, n = np.random.default_rng(3), 2000
    many = events(
        n=n,
        first=[WINDOW.start + timedelta(seconds=float(s)) for s in rng.uniform(0, 1e5, n)],
        lon=rng.uniform(34.9, 35.1, n),
        p_war=rng.random(n),
    )
    ring = tuple((35 + 0.05 * np.cos(a), 48 + 0.05 * np.sin(a)) for a in np.linspace(0, 2 * np.pi, 60))
    terms = agreement(zone=Zone("z", "polygon", None, (ring,)), windows=(WINDOW, WINDOW))
    best = 1e9
    for _ in range(3):
        started = time.process_time()
        found = assess(many, terms, rng.uniform(0, 3e4, n), 2.0)
        best = min(best, time.process_time() - started)
    assert len(found) == 2 * n
    assert best < 0.3


def test_events_come_out_in_order_with_their_ledger_index():
    many = events(n=3, first=[datetime(2026, 4, 12, h, tzinfo=UTC) for h in (1, 2, 3)])
    found = assess(many, agreement(windows=(WINDOW, WINDOW)), np.zeros(3), 0)
    assert [(f.event, f.reading) for f in found] == [(100 + i, f"r{j}") for i in range(3) for j in range(2)]


def test_the_thermal_band_is_the_range_of_the_act():
    """A probability that heat alone gives is no sharper in an assessment than in the event."""
    plain = events(p_war=0.2)
    band = {"band_low": np.array([0.01]), "band_high": np.array([0.95])}
    sharp = one(plain, agreement())
    wide = one(replace(plain, attributes={**plain.attributes, **band}), agreement())
    assert (sharp.p_act, sharp.low, sharp.high) == (0.2, 0.2, 0.2)
    assert (wide.p_act_low, wide.p_act, wide.low, wide.high) == (0.01, 0.95, 0.01, 0.95)
    assert "almost no chance to almost certain" in wide.reasons[0][1]
