# SPDX-License-Identifier: Apache-2.0
"""The one table of access: whole matrix, default deny, levels, whose, states; and how fine things are shown."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from truceline.access import TABLE, Thing, check_table, decide, readable
from truceline.access.check import actions, names_of, party_name, resources
from truceline.access.release import (
    EXACT,
    NOTHING,
    caveat,
    coarse_place,
    coarse_time,
    grain,
    imagery,
    names_party,
    withheld,
)
from truceline.access.table import Row
from truceline.model.case import LEVELS, RECORD_OF, ROLES, Act, Actor
from truceline.services.permits import PERMIT, permit_of

NOW = datetime(2026, 5, 2, 20, tzinfo=UTC)


def person(role, clearance="secret"):
    seat = "oak" if role == "commissioner" else None
    of = {"liaison": "A", "guarantor": "maple", "commissioner": "oak"}.get(role)
    return Actor("someone", role, of, seat, clearance)


def allowed_by_hand(actor, action, thing):
    """The table read anew, row by row, without the code under test."""
    for row in TABLE:
        if actor.role not in row.roles or row.resource != thing.resource or action not in row.actions:
            continue
        if LEVELS.index(thing.level) > min(LEVELS.index(row.level), LEVELS.index(actor.clearance)):
            continue
        if row.states and thing.state not in row.states:
            continue
        own = {actor.of, actor.seat, f"user:{actor.user}"} & set(thing.owners)
        addressed = ({actor.role, actor.of, actor.seat, *actor.aligned} & set(thing.audience)) or (
            "public" in thing.audience
        )
        if row.whose == "any" or (row.whose == "own" and own) or (row.whose == "audience" and addressed):
            return True
    return False


def test_the_whole_matrix():
    """Every role, resource, action, level, whose and state."""
    told = 0
    check_table()
    owners = (frozenset(), frozenset({"A"}), frozenset({"B"}), frozenset({"oak"}))
    for role, resource, level, owner, state in product(ROLES, resources(), LEVELS, owners, (None, "voting", "closed")):
        for action, audience in product(actions(resource), (frozenset(), frozenset({"A"}), frozenset({"public"}))):
            thing = Thing(resource, level, owner, audience, state)
            for clearance in ("public", "secret"):
                actor = person(role, clearance)
                assert decide(actor, action, thing).allowed == allowed_by_hand(actor, action, thing), (actor, thing)
                told += 1
    assert told > 20_000


@pytest.mark.parametrize("role", ROLES)
def test_what_stands_in_no_row_is_refused(role):
    assert not decide(person(role), "read", Thing("weapon_positions", "public")).allowed
    assert not decide(person(role), "fire", Thing("case", "public")).allowed
    assert not decide(person(role), "read", Thing("event", "cosmic")).allowed


def test_the_program_stands_in_no_row():
    assert all("machine" not in row.roles for row in TABLE)
    machine = Actor("truceline", "machine", clearance="secret")
    assert not any(decide(machine, a, Thing(r, "public")).allowed for r in resources() for a in actions(r))


def test_the_public_sees_what_was_released_and_nothing_else():
    public = Actor("public", "public", clearance="public")
    shown = {r for r in resources() if decide(public, "read", Thing(r, "public")).allowed}
    assert shown == {"bulletin", "ledger", "terms", "claim", "commitment", "meeting"}
    for resource in resources():
        assert not decide(public, "read", Thing(resource, "restricted", audience=frozenset({"public"}))).allowed
    assert decide(public, "read", Thing("finding", "public", audience=frozenset({"public"}))).allowed


def test_a_liaison_has_its_own_and_never_the_others():
    lia = person("liaison")
    for action in ("acknowledge", "order"):
        assert decide(lia, action, Thing("notice", owners=frozenset({"A"}))).allowed
        assert not decide(lia, action, Thing("notice", owners=frozenset({"B"}))).allowed
    assert not decide(lia, "write", Thing("reply", owners=frozenset({"B"}))).allowed
    assert not decide(lia, "read", Thing("coverage")).allowed  # where we cannot see is a cheat's map


def test_alignment_counts_as_release_to_the_party():
    gus = Actor("gus", "guarantor", "maple", aligned=("A",))
    to_a = Thing("finding", audience=frozenset({"A"}))
    assert decide(gus, "read", to_a).allowed
    assert not decide(Actor("eva", "guarantor", "fir"), "read", to_a).allowed
    assert readable(gus, [to_a, Thing("finding", audience=frozenset({"B"}))]) == [True, False]


@pytest.mark.parametrize("word", [*ROLES, "accused", "parties", "machine"])
def test_a_party_or_seat_called_like_a_role_shares_nothing_with_the_role(word):
    """What goes to a party called *auditor* is not the auditors', what goes to auditors not the party's."""
    lia = Actor("lia", "liaison", word)
    seated = Actor("olga", "commissioner", "oak", word)
    gus = Actor("gus", "guarantor", "elm", aligned=(word,))
    to_party, to_role = (Thing("finding", audience=frozenset({name})) for name in (party_name(word), word))
    assert [decide(who, "read", to_party).allowed for who in (lia, gus)] == [True, True]
    others = [Actor("x", role, "else") for role in ROLES if role in ("liaison", "guarantor") and role != word]
    assert not any(decide(who, "read", to_party).allowed for who in others)
    if word not in ("public", "liaison", "guarantor"):
        assert not any(decide(who, "read", to_role).allowed for who in (lia, gus))
    assert names_of(seated) & {word} == ({word} if word == "commissioner" else set())


def test_swapping_the_parties_mirrors_every_answer():
    swap = {"A": "B", "B": "A"}
    for role, resource in product(("liaison", "guarantor", "commissioner"), resources()):
        for action, whose in product(actions(resource), ("A", "B")):
            one = Actor("u", role, "A", "seat", aligned=("A",))
            other = Actor("u", role, "B", "seat", aligned=("B",))
            thing = Thing(resource, "restricted", frozenset({whose}), frozenset({whose}), "open")
            mirror = Thing(resource, "restricted", frozenset({swap[whose]}), frozenset({swap[whose]}), "open")
            assert decide(one, action, thing) == decide(other, action, mirror)


def test_every_act_has_a_row():
    """An act without a row could be done by nobody; an unlisted one must not start."""
    assert set(PERMIT) == set(RECORD_OF)
    for kind, (resource, action) in PERMIT.items():
        assert action in actions(resource), kind
        act = Act("1", "1", kind, person("analyst"), NOW, "why", {"party": "A", "audience": ["analyst"]})
        assert permit_of(act, None)[0] == action


@pytest.mark.parametrize(
    "row",
    [
        Row(("king",), "case", ("read",)),
        Row(("analyst",), "case", ("read",), level="cosmic"),
        Row(("analyst",), "case", ("read",), "nobody"),
        Row((), "case", ("read",)),
        Row(("analyst",), "case", ()),
    ],
)
def test_a_wrong_table_does_not_start(row):
    with pytest.raises(AssertionError):
        check_table((row,))


def test_how_fine_things_leave_the_centre():
    analyst, lia, public = person("analyst"), person("liaison"), person("public")
    young, day = timedelta(hours=1), timedelta(hours=25)
    assert grain(analyst, "origin", young) == EXACT
    assert grain(person("commissioner"), "impact", young) == EXACT
    assert grain(lia, "impact", young).place_km == 1
    assert grain(lia, "impact", young).time_minutes == 10
    assert grain(lia, "origin", young) == NOTHING
    assert grain(public, "origin", day).place_km == 10
    assert not imagery(lia, timedelta(days=6))
    assert imagery(lia, timedelta(days=7))
    assert imagery(analyst, timedelta(0))
    assert names_party(analyst, 0.3)
    assert not names_party(lia, 0.79)
    assert names_party(public, 0.8)


@pytest.mark.parametrize("lat", [-89.99, -47.0, 0.0, 48.1, 89.99])
@pytest.mark.parametrize("km", [1.0, 10.0])
def test_coarse_places_hide_the_exact_one_and_stay_near(lat, km):
    lon = 37.123456
    place = coarse_place(lon, lat, km)
    assert place is not None
    near_lat = abs(place[1] - lat) * 111.195
    near_lon = abs(place[0] - lon) * 111.195 * math.cos(math.radians(lat))
    assert near_lat <= km / 2 * 1.01
    assert near_lon <= km / 2 * 1.2
    same = {coarse_place(lon + dx * 1e-7, lat, km) for dx in range(5)}
    assert len(same) == 1
    assert coarse_place(*place, km) == pytest.approx(place, abs=1e-5)


def test_exact_and_hidden():
    assert coarse_place(37.1, 48.1, 0) == (37.1, 48.1)
    assert coarse_place(37.1, 48.1, math.inf) is None
    assert coarse_time(NOW, 0) == NOW
    assert coarse_time(NOW, math.inf) is None
    for minutes in range(0, 60, 7):
        moment = NOW + timedelta(minutes=minutes)
        shown = coarse_time(moment, 10)
        assert shown is not None
        assert abs(shown - moment) <= timedelta(minutes=10)
        assert shown.tzinfo is not None


def test_what_is_withheld_is_counted():
    assert withheld({}, NOW) == {"withheld": 0, "oldest": None, "counted": "2026-05-02T20:00:00Z"}
    told = withheld({"a": NOW - timedelta(days=2), "b": NOW}, NOW)
    assert told["withheld"] == 2
    assert told["oldest"] == "2026-04-30T20:00:00Z"
    assert caveat(()) == "Releasable to: nobody beyond the centre."
    assert caveat(("A", "public")) == "Releasable to: A, public."
