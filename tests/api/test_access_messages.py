# SPDX-License-Identifier: Apache-2.0
"""Messages and calls in the matrix of access (A-1): every person of the matrix asks for every message and call."""

from __future__ import annotations

import random
from itertools import product

import pytest
from desk_world import office
from matrix_world import ASKING, PEOPLE, allowed

from truceline.dispatch import read_contacts
from truceline.dispatch.contacts import CENTRE
from truceline.model.case import LEVELS, MACHINE, Actor
from truceline.model.dispatch import Entry, Message

PUBLIC = Actor("public", "public", clearance="public")
NAMES = [f"{name}-{level}" for name, level in product(ASKING, LEVELS)]
CONTACTS = "contacts:\n" + "\n".join(f'  - {{id: {name}, user: {name}, name: x, phone: "1"}}' for name in NAMES)


@pytest.fixture(scope="module")
def at(tmp_path_factory, repository):
    with office(tmp_path_factory.mktemp("messages"), repository, PEOPLE) as found:
        found.desk.notifier.contacts = read_contacts(CONTACTS, "contacts.yaml")
        yield found


@pytest.fixture(scope="module")
def asking(at):
    return [PUBLIC, *map(at.desk.person, NAMES)]


@pytest.fixture(scope="module")
def messages(at, asking):
    """One to each contact, all acknowledged, so that whoever may say so too is told it was; and one to nobody's."""
    now = at.clock.at
    made = [
        Message(
            f"x/{who.user}", "asked", who.user, who.of or CENTRE, "x", "x", now, (who.of or CENTRE,), (), answer=True
        )
        for who in asking[1:]
    ]
    gone = Message("x/gone", "asked", "gone", "elsewhere", "x", "x", now, ("elsewhere",), (), answer=True)
    with at.desk.lock:
        for each in (*made, gone):
            at.desk.notifier.log(Entry("queue", each.id, MACHINE, now, each.to_json()))
            at.desk.notifier.log(Entry("acknowledge", each.id, MACHINE, now, {}))
    return (*made, gone)


@pytest.fixture(scope="module")
def calls(at, messages):
    """One to each contact, confirmed: whoever may go on with it is told that it is over."""
    with at.desk.lock:
        for each in messages:
            at.desk.notifier.log(
                Entry("call", each.to, MACHINE, at.clock.at, {"of": each.of, "to": each.to, "items": [each.id]}),
                Entry("confirm", each.to, MACHINE, at.clock.at, {"right": True}),
            )
    return messages


def user(actor):
    return None if actor.role == "public" else actor.user


def may(at, actor, action, message):
    """By the table: to any message; or to one that went to the person's own office and role."""
    there = None if message.to == "gone" else at.desk.person(message.to)
    own = there is not None and (
        there.user == actor.user or (actor.of is not None and (there.of, there.role) == (actor.of, actor.role))
    )
    return bool(allowed(actor, action, "dispatch", owners={actor.user} if own else ()))


def tried(asking, things, share, seed):
    """Pairs of person and thing: a sample, always the same, or the whole."""
    every = list(product(asking, things))
    return every if share >= 1 else random.Random(seed).sample(every, max(100, int(len(every) * share)))


def test_messages(at, asking, messages, proof_scale, figures):
    for actor in asking:
        answer = at.get("/messages", user(actor)).json()
        assert {each["id"] for each in answer["messages"]} == {m.id for m in messages if may(at, actor, "read", m)}
        assert ("ring" in answer) is bool(allowed(actor, "read", "dispatch")), actor
    wrong, statuses = [], set()
    pairs = tried(asking, messages, proof_scale, "messages")
    for actor, each in pairs:
        seen = may(at, actor, "read", each)
        expected = (
            200 if seen else 404,
            404 if not seen else 409 if may(at, actor, "acknowledge", each) else 403,
            201 if allowed(actor, "send", "dispatch") else 403,
        )
        paths = (f"/messages/{each.id}/{act}" for act in ("acknowledgement", "retry"))
        read = at.get(f"/messages/{each.id}", user(actor)).status_code
        found = (read, *(at.post(path, user(actor)).status_code for path in paths))
        statuses |= set(found)
        if found != expected:
            wrong.append((actor, each.to, expected, found))
    assert wrong == []
    assert statuses == {200, 201, 403, 404, 409}
    figures("access: messages over the API, against the table (A-1)", {"requests": 3 * len(pairs)})


def test_calls(at, asking, calls, proof_scale):
    for actor in asking:
        status = at.post("/calls", user(actor), {"office": "nowhere"}).status_code
        assert status == (409 if allowed(actor, "call", "dispatch") else 403), actor
    wrong = []
    own = [(actor, each) for actor, each in product(asking, calls) if each.to == actor.user]
    for actor, each in [*own, *tried(asking, calls, proof_scale, "calls")]:
        ring = bool(allowed(actor, "call", "dispatch"))
        # Who is rung confirms the own call.
        expected = (409 if ring else 403, 409 if ring or each.to == actor.user else 403)
        said = at.post(f"/calls/{each.to}/result", user(actor), {"result": "reached"}).status_code
        back = at.post(f"/calls/{each.to}/confirmation", user(actor), {"code": "1", "totp": "1"}).status_code
        if (said, back) != expected:
            wrong.append((actor, each.to, expected, (said, back)))
    assert wrong == []
