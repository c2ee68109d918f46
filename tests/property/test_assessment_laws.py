# SPDX-License-Identifier: Apache-2.0
"""Laws of assessment: narrowing never raises, what is permitted is no breach, and the parties are alike."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))  # the factory is shared with the unit tests

from assessment_factory import WINDOW, agreement, events

from truceline.assessment import Seen, assess, judge_claims
from truceline.assessment.factors import window
from truceline.assessment.judge import Judge
from truceline.assessment.zones import p_zone
from truceline.base.clock import Interval, to_column
from truceline.model.agreement import RuleException, Zone
from truceline.model.claim import Claim
from truceline.model.watching import ReferenceAct

EPS = 1e-9
shares = st.floats(0, 1)
minutes = st.integers(-180, 2100)
ACTS = ("act_of_war", "shelling", "drone_strike", "air_strike", "ground_assault")
FAMILIES = ("thermal-infrared", "acoustic", "seismic", "thermal-geostationary")


@st.composite
def some_events(draw):
    n = draw(st.integers(1, 5))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    acts = [*draw(st.lists(st.sampled_from(ACTS), min_size=1, max_size=4, unique=True)), "industry"]
    belief = rng.dirichlet(np.ones(len(acts)), n)
    first = [WINDOW.start + timedelta(minutes=draw(minutes)) for _ in range(n)]
    made = events(
        n=n,
        p_act={name: belief[:, i] for i, name in enumerate(acts)},
        families=draw(st.lists(st.sampled_from(FAMILIES), min_size=1, max_size=3, unique=True)),
        members=draw(st.integers(1, 4)),
        first=first,
        last=[f + timedelta(minutes=draw(st.integers(0, 600))) for f in first],
        lon=rng.uniform(34.9, 35.1, n),
        lat=rng.uniform(47.9, 48.1, n),
        sigma=rng.uniform(0, 5000, n),
        minor=rng.uniform(0, 500, n),
        bearing=rng.uniform(0, 180, n),
    )
    if draw(st.booleans()):
        who = rng.dirichlet(np.ones(5), n)
        names = ("A", "B", "neither", "proxy", "unknown")
        made = replace(made, p_actor={name: who[:, i] for i, name in enumerate(names)})
    return made


exceptions = st.lists(
    st.tuples(shares, shares).map(lambda ends: RuleException("e", "Said.", min(ends), max(ends), "unseen")), max_size=3
).map(tuple)


@given(some_events(), minutes, st.integers(1, 2000), st.integers(0, 500), st.integers(0, 500), st.floats(0, 3))
@settings(max_examples=100)
def test_narrowing_a_window_never_raises_a_probability(made, start, length, later, earlier, hours):
    wide = Interval(WINDOW.start + timedelta(minutes=start), WINDOW.start + timedelta(minutes=start + length))
    begin = min(wide.start + timedelta(minutes=later), wide.end)
    narrow = Interval(begin, max(begin, wide.end - timedelta(minutes=earlier)))
    assert (window(made, narrow, hours) <= window(made, wide, hours) + EPS).all()


@given(some_events(), st.floats(0, 50), st.floats(0, 1), st.floats(0, 60_000), st.floats(0, 5000))
@settings(max_examples=100)
def test_narrowing_a_strip_never_raises_a_probability(made, wide, part, distance, sigma):
    far = np.full(len(made), distance)
    narrow = p_zone(made, Zone("z", "near_line", wide * part), far, sigma)
    whole = p_zone(made, Zone("z", "near_line", wide), far, sigma)
    assert (narrow <= whole + EPS).all()
    assert ((narrow >= -EPS) & (whole <= 1 + EPS)).all()


@given(some_events(), st.integers(3, 12), st.integers(0, 2**32 - 1))
@settings(max_examples=100)
def test_narrowing_a_polygon_never_raises_a_probability(made, corners, seed):
    rng = np.random.default_rng(seed)
    angle, radius = np.arange(corners) * (2 * np.pi / corners), rng.uniform(0.01, 0.1, corners)
    ring = [(35 + r * np.cos(a), 48 + r * np.sin(a)) for a, r in zip(angle, radius, strict=True)]
    west, cut = 34.0, 35 + rng.uniform(-0.1, 0.1)
    half = ((west, 47.0), (cut, 47.0), (cut, 49.0), (west, 49.0), (west, 47.0))
    third = ((west, 47.0), (cut, 47.0), (cut, 48.0), (west, 48.0), (west, 47.0))
    rings = ((*ring, ring[0]),)
    far = np.zeros(len(made))
    assert (
        p_zone(made, Zone("z", "polygon", None, (third,)), far, 0)
        <= p_zone(made, Zone("z", "polygon", None, (half,)), far, 0)
    ).all()
    assert (
        p_zone(made, Zone("z", "polygon", None, (half,)), far, 0)
        <= p_zone(made, Zone("z", "polygon", None, (half, *rings)), far, 0)
    ).all()


@given(some_events(), st.lists(st.sampled_from(ACTS), min_size=1, unique=True), exceptions)
@settings(max_examples=100)
def test_every_number_is_a_probability_and_low_is_not_above_high(made, acts, excepted):
    terms = agreement(acts=tuple(acts), exceptions=excepted, zone=Zone("z", "near_line", 10))
    for found in assess(made, terms, np.full(len(made), 9000.0), 1.0):
        assert 0 <= found.low <= found.high <= 1
        assert found.high <= min(found.p_act, found.p_actor, found.p_zone, found.p_window, found.unexcused_high) + 1e-4


@given(some_events(), exceptions)
@settings(max_examples=60)
def test_what_is_permitted_is_never_a_breach(made, excepted):
    always = RuleException("permit", "Permitted.", 1.0, 1.0, "written so")
    for found in assess(made, agreement(exceptions=(*excepted, always)), np.zeros(len(made)), 0):
        assert (found.low, found.high) == (0.0, 0.0)
    certain = replace(made, p_act={"drone_strike": np.ones(len(made))})
    for found in assess(certain, agreement(acts=("shelling",)), np.zeros(len(made)), 0):
        assert (found.low, found.high) == (0.0, 0.0)


@given(some_events(), exceptions)
@settings(max_examples=60)
def test_heat_alone_never_exceeds_recorded_and_never_attributes(made, excepted):
    heat = replace(made, families=(("thermal-geostationary", "thermal-infrared"),) * len(made))
    for found in assess(heat, agreement(exceptions=excepted), np.zeros(len(made)), 0):
        assert found.status in {"detected", "recorded"}
        assert found.attribution == "none"


SWAP = {"A": "B", "B": "A"}


def mirrored_agreement(terms):
    """The same agreement with the parties' ids, names and places exchanged and the file's order kept."""
    first, second = terms.parties
    readings = tuple(
        replace(
            r,
            held_by=tuple(SWAP.get(h, h) for h in r.held_by),
            provisions=tuple(replace(p, actors=tuple(SWAP[a] for a in p.actors)) for p in r.provisions),
        )
        for r in terms.readings
    )
    return replace(
        terms, parties=(replace(second, id=first.id), replace(first, id=second.id)), readings=readings,
    )  # fmt: skip


@given(some_events(), st.sampled_from([("A",), ("B",), ("A", "B"), ("B", "A")]), exceptions)
@settings(max_examples=100)
def test_swapping_the_parties_mirrors_every_assessment_bit_for_bit(made, actors, excepted):
    terms = agreement(actors=actors, exceptions=excepted)
    swapped = replace(made, p_actor={SWAP.get(k, k): v for k, v in reversed(made.p_actor.items())})
    there = mirrored_agreement(terms)
    assert there.parties[0].name == terms.parties[1].name
    far = np.full(len(made), 5000.0)
    assert assess(swapped, there, far, 1.0) == assess(made, terms, far, 1.0)


@given(st.integers(0, 5000), st.sampled_from(["fires near the line", "violations"]), st.integers(1, 32))
@settings(max_examples=60)
def test_swapping_the_parties_mirrors_every_claim(value, unit, hours):
    terms = agreement()
    seen = Seen(
        pass_times=np.array([to_column(WINDOW.start + timedelta(hours=10))], dtype="datetime64[us]"),
        pass_groups=(Interval(WINDOW.start + timedelta(hours=10), WINDOW.start + timedelta(hours=11)),),
        near_times=np.array([to_column(WINDOW.start + timedelta(hours=10))], dtype="datetime64[us]"),
        hours=np.array([np.datetime64("2026-04-11T13", "h") + i for i in range(32)]),
        hourly=np.full(32, 0.2),
        act=ReferenceAct(),
    )
    end = WINDOW.start + timedelta(hours=hours)
    here = Claim("t", "Northern army", "South", value, "", unit, WINDOW.start, end, {}, "o", "", "", "")
    (one,) = judge_claims([here], terms, seen)
    (other,) = judge_claims([here], mirrored_agreement(terms), seen)
    assert (other.claimant_party, other.accused_party) == (SWAP[one.claimant_party], SWAP[one.accused_party])
    assert replace(other, claimant_party=one.claimant_party, accused_party=one.accused_party) == one


def judged(made, terms):
    """Low and high of each provision under each reading."""
    judge = Judge(made, terms)
    return [judge.pair(reading, provision) for reading in terms.readings for provision in reading.provisions]


def with_provisions(terms, *provisions, zones=()):
    reading = replace(terms.readings[0], provisions=provisions)
    return replace(terms, readings=(reading,), zones=(*terms.zones, *zones))


@given(some_events(), st.floats(-0.1, 0.1), st.floats(-0.1, 0.1))
@settings(max_examples=60)
def test_two_disjoint_provisions_hold_together_what_their_union_holds(made, cut, other):
    edges = [34.9, 35 + min(cut, other), 35 + max(cut, other), 35.1]
    boxes = [((w, 47.9), (e, 47.9), (e, 48.1), (w, 48.1), (w, 47.9)) for w, e in pairwise(edges) if e > w]
    whole = ((34.9, 47.9), (35.1, 47.9), (35.1, 48.1), (34.9, 48.1), (34.9, 47.9))
    zones = tuple(Zone(f"z{i}", "polygon", None, (ring,)) for i, ring in enumerate([whole, *boxes]))
    base = agreement().readings[0].provisions[0]
    pieces = [replace(base, id=zone.id, zone=zone.id) for zone in zones]
    all_, *parts = judged(made, with_provisions(agreement(), *pieces, zones=zones))
    for end in ("low", "high"):
        assert np.allclose(sum(part.product(end) for part in parts), all_.product(end), atol=1e-8)


@given(some_events(), st.floats(0, 1))
@settings(max_examples=60)
def test_two_windows_that_follow_each_other_hold_what_both_hold(made, share):
    middle = WINDOW.start + (WINDOW.end - WINDOW.start) * share
    timed = replace(made, attributes={**made.attributes, "sigma_s": np.full(len(made), 600.0)})
    whole = window(timed, WINDOW, 0.0)
    both = window(timed, Interval(WINDOW.start, middle), 0.0) + window(timed, Interval(middle, WINDOW.end), 0.0)
    assert np.allclose(whole, both, atol=1e-8)


@given(some_events(), st.lists(st.sampled_from(ACTS), min_size=1, unique=True), st.booleans(), exceptions)
@settings(max_examples=80)
def test_a_permitted_act_is_never_a_breach(made, acts, everywhere, excepted):
    """Acts that a clause permits, where and when it does, leave nothing of any prohibition."""
    ring = ((34, 47), (36, 47), (36, 49), (34, 49), (34, 47))
    zone = Zone("around", "polygon", None, (ring,))
    base = agreement(exceptions=excepted).readings[0].provisions[0]
    permits = replace(
        base, id="permits", rule="permitted", acts=tuple(acts), zone="everywhere" if everywhere else "around"
    )
    certain = replace(made, p_act={acts[0]: np.ones(len(made))})
    for pair in judged(certain, with_provisions(agreement(), base, permits, zones=(zone,))):
        assert (pair.product("high") <= EPS).all()
        assert (np.nan_to_num(pair.product("point")) <= EPS).all()
    for pair in judged(made, with_provisions(agreement(), base, permits, zones=(zone,))):
        alone = judged(made, with_provisions(agreement(), base))[0]
        assert (pair.product("high") <= alone.product("high") + EPS).all()


@given(some_events(), st.sampled_from([("A",), ("B",), ("A", "B")]), st.sampled_from([("A",), ("B",), ("A", "B")]))
@settings(max_examples=60)
def test_swapping_the_parties_mirrors_what_is_permitted_too(made, bound, allowed):
    base = replace(agreement(actors=bound).readings[0].provisions[0])
    permits = replace(base, id="permits", rule="permitted", acts=("shelling",), actors=allowed)
    terms = with_provisions(agreement(), base, permits)
    swapped = replace(made, p_actor={SWAP.get(k, k): v for k, v in reversed(made.p_actor.items())})
    for here, there in zip(judged(made, terms), judged(swapped, mirrored_agreement(terms)), strict=True):
        for end in ("low", "point", "high"):
            assert here.product(end).tobytes() == there.product(end).tobytes()
            assert np.array_equal(here.product(end), there.product(end), equal_nan=True)
