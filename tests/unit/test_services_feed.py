# SPDX-License-Identifier: Apache-2.0
"""What each is told as it happens: exactly when the own view changes, numbered by itself, the same after a restart."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from commission_world import PEOPLE, World
from test_commission_acts import SEATS

from truceline.commission import begin
from truceline.model.case import Act, Actor
from truceline.model.commitment import Posting
from truceline.services.feed import Feed, Feeds, same_eyes
from truceline.services.views import case_view, may_see

PUBLIC = Actor("public", "public", clearance="public")


def history(seed, steps=200):
    """Acts that were possible, in order."""
    world = World(seed)
    for _ in range(steps):
        world.step()
    return world


@pytest.mark.parametrize("who", ["wanda", "anna", "sam", "lia", "gus", "c-oak", "aud"])
@pytest.mark.parametrize("seed", [1, 7])
def test_an_event_comes_exactly_when_the_own_view_changes(who, seed):
    world = history(seed)
    feed, before = Feed(PEOPLE[who], world.rules), None
    case = None
    for act in world.acts:
        case = begin(act, world.rules) if case is None else _after(case, act, world)
        view = case_view(case, PEOPLE[who], world.rules) if may_see(case, PEOPLE[who]) else None
        count = len(feed)
        feed.take([act])
        assert len(feed) - count == (view is not None and view != before), act
        before = view if view is not None else before


def _after(case, act, world):
    from truceline.commission import apply

    return apply(case, act, world.rules)


def test_the_public_hears_nothing_before_a_release_and_numbers_tell_nothing_of_the_rest():
    shown = []
    for seed in range(40):
        world = history(seed)
        feed = Feed(PUBLIC, world.rules)
        feed.take(world.acts)
        released = any("public" in audience for audience in world.case.released.values())
        assert bool(len(feed)) == released
        shown += feed.after(0)
        assert [told.number for told in feed.after(0)] == list(range(1, len(feed) + 1))
    assert shown
    assert all(set(told.body) == {"at", "case", "findings"} for told in shown)
    assert not {seat for seat in SEATS if seat in json.dumps([told.body for told in shown])}


def test_a_feed_is_resumed_where_it_was_left_also_after_a_restart():
    world = history(3)
    feed = Feed(PEOPLE["anna"], world.rules)
    half = len(world.acts) // 2
    feed.take(world.acts[:half])
    seen = feed.after(0)
    again = Feed(PEOPLE["anna"], world.rules)  # another process
    again.take(world.acts)
    assert again.after(0)[: len(seen)] == seen
    assert again.after(len(seen)) == again.after(0)[len(seen) :]
    assert again.after(len(again)) == []
    assert again.name == feed.name


def test_whoever_has_the_same_eyes_shares_a_feed_and_nobody_else_does():
    world = history(5)
    indexed = list(enumerate(world.acts))
    feeds = Feeds()
    anna = feeds.of(PEOPLE["anna"], lambda start: indexed[start:10], world.rules)
    ben = feeds.of(PEOPLE["ben"], lambda start: indexed[start:], world.rules)
    assert anna is ben
    whole = Feed(PEOPLE["ben"], world.rules)
    whole.take(world.acts)
    assert ben.after(0) == whole.after(0)  # no act twice, none left out
    assert feeds.of(PEOPLE["wanda"], lambda start: indexed[start:], world.rules) is not anna
    assert same_eyes(PEOPLE["lia"]) != same_eyes(PEOPLE["lib"])


def posting(id_, kind, **data):
    return Posting(id_, kind, PEOPLE["sam"], World(1).now, World(1).now, "as it says", data)


def test_a_posting_is_told_to_whoever_may_read_what_it_is_about():
    made = [
        posting("1", "state", id="oak", name="Oak"),
        posting("2", "commitment", id="open", state="oak", text="x"),
        posting("3", "commitment", id="kept", state="oak", text="x", level="restricted"),
        posting("4", "stage", of="kept", stage="signed"),
        posting("5", "strike", of="4"),
        posting("6", "stage", of="open", stage="signed"),
        posting("7", "meeting", id="glade", name="In the glade"),
    ]
    registry = SimpleNamespace(journal=lambda start: [*enumerate(made)][start:])

    def heard(actor, feeds):
        feed = feeds.of(actor, lambda _: [], World(1).rules, None, registry)
        return [(told.name, told.body["of"]) for told in feed.after(0)]

    whole = [("register", name) for name in ("oak", "open", "kept", "kept", "kept", "open", "glade")]
    public = [each for each in whole if each[1] != "kept"]
    feeds, other = Feeds(), Actor("o", "guarantor", of="elm")
    own = Actor("g", "guarantor", of="oak")
    for who, wanted in ((PEOPLE["sam"], whole), (own, whole), (other, public), (PUBLIC, public)):
        assert heard(who, feeds) == heard(who, feeds) == wanted
    assert heard(other, Feeds()) == public


def test_an_act_that_changes_nothing_for_somebody_is_not_told():
    world = World(1)
    feed = Feed(PEOPLE["wanda"], world.rules)
    feed.take(world.acts)
    note = Act("n", world.case.id, "note", PEOPLE["anna"], world.now, "because", {"audience": ["analyst"], "text": "x"})
    feed.take([note])
    assert len(feed) == 1
