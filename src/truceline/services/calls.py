# SPDX-License-Identifier: Apache-2.0
"""Acknowledging, and ringing an office that does not: the caller reads a code, the person rung calls back with one.

A call that comes in proves nothing, and neither does a number that is shown. So the caller reads six digits that only
this centre can make; the person rung calls the centre back at the number they hold, says the digits, and the code of
their own second factor. Each step is logged with its time.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection, Mapping
from typing import Any

from truceline.access import Thing, decide
from truceline.base.clock import iso
from truceline.dispatch.outbox import TRIES, Call, Item, Ring, call_json, item_json
from truceline.dispatch.words import script
from truceline.errors import AccessError, NotHere, StateError
from truceline.model.case import Actor
from truceline.model.dispatch import Entry
from truceline.services.desk import Desk, new_id
from truceline.services.notify import may_be_told


def _may(desk: Desk, actor: Actor, action: str, name: str) -> None:
    if not decide(actor, action, Thing("dispatch")).allowed:
        desk.log(actor, action, "dispatch", name, allowed=False)
        raise AccessError(f"{actor.user} ({actor.role}) may not {action} messages")


def refresh(desk: Desk) -> int:
    """Queue what is to be told by now; returns how many messages that is.

    Raises:
        UnavailableError: the ledger cannot be written, or the clock went back.
    """
    with desk.lock:
        return desk.notifier.tick(desk.responses, desk.cases, desk.store.read, desk.now())


def send(desk: Desk, actor: Actor | None = None) -> dict[str, Any]:
    """Queue and send all that is due now, by the program, or asked for by a person.

    Raises:
        AccessError: it is not this person's to do.
        UnavailableError: the ledger cannot be written, or the clock went back.
    """
    if actor is not None:
        _may(desk, actor, "send", "all")
    queued = refresh(desk)
    return {"queued": queued, "sent": desk.notifier.drain(desk.lock, desk.now)}


def status(desk: Desk, actor: Actor) -> dict[str, Any]:
    """Return messages and calls as a person may see them, the newest last, and who is to be rung.

    Raises:
        UnavailableError: the ledger cannot be written.
    """
    refresh(desk)
    with desk.lock:
        notifier, now = desk.notifier, desk.now()
        pace, whole = notifier.contacts.pace, decide(actor, "read", Thing("dispatch")).allowed
        seen = notifier.status(actor).values()
        told: dict[str, Any] = {"messages": [item_json(i, pace) | {"may": _may_do(desk, actor, i)} for i in seen]}
        told["drill"] = None if desk.drill is None else desk.drill.to_json()
        if whole:
            desk.log(actor, "read", "dispatch", "status", allowed=True)
            told["calls"] = [call_json(call) for call in notifier.outbox.calls.values()]
            told["ring"] = [_ring_json(ring) for ring in notifier.outbox.ring(now, notifier.contacts.trees, pace)]
            told["trees"] = [_tree(desk, office) for office in notifier.contacts.trees]
            told["nobody"] = _nobody(desk)
        elif own := [_own_call(each, seen) for each in notifier.outbox.calls.values() if _rung(desk, actor, each)]:
            told["calls"] = own
        return told


def _rung(desk: Desk, actor: Actor, call: Call) -> bool:
    """Whether it is this person who was rung."""
    contact = desk.notifier.contacts.people.get(call.to)
    return contact is not None and contact.user == actor.user and may_be_told(actor)


def _own_call(call: Call, seen: Collection[Item]) -> dict[str, Any]:
    """A call as the person rung may see it: who of the staff rang, nobody outside reads."""
    shown = {item.message.id for item in seen}
    return call_json(call) | {"by": "centre", "items": [name for name in call.items if name in shown]}


def message(desk: Desk, actor: Actor, name: str) -> dict[str, Any]:
    """Return one message with its text.

    Raises:
        NotHere: there is no such message, or it is not theirs to know.
        UnavailableError: the ledger cannot be written.
    """
    with desk.lock:
        item = _item(desk, actor, name)
        desk.log(actor, "read", "dispatch", name, allowed=True)
        told = item_json(item, desk.notifier.contacts.pace) | {"may": _may_do(desk, actor, item)}
        return told | {"text": item.message.text, "releasable": list(item.message.releasable)}


def _may_do(desk: Desk, actor: Actor, item: Item) -> list[str]:
    """What a person may do to a message as it stands."""
    if item.acknowledged is not None:
        return []
    found = ["acknowledge"] if desk.notifier.may(actor, "acknowledge", item.message) else []
    unproved = any(leg.state in ("failed", "refused") for leg in item.legs.values())
    return [*found, "retry"] if unproved and decide(actor, "send", Thing("dispatch")).allowed else found


def _tree(desk: Desk, office: str) -> dict[str, Any]:
    """An office's telephone tree, without numbers: whoever rings is told the one number of that call."""
    outbox, held = desk.notifier.outbox, desk.notifier.contacts
    people = [{"id": name, "name": held.people[name].name} for name in held.trees[office]]
    due = outbox.next_call(office, held.trees[office], held.pace)
    to, at = (None, None) if due is None else (due[0], iso(due[1]))
    return {"of": office, "people": people, "open": len(outbox.open_of(office)), "next": to, "at": at}


def _ring_json(ring: Ring) -> dict[str, Any]:
    return {"of": ring.of, "to": ring.to, "why": ring.why, "items": list(ring.items)}


def _nobody(desk: Desk) -> list[str]:
    """Contacts whose account is not in use or may read no message: nobody is told through them; that is said."""
    found = []
    for contact in desk.notifier.contacts.people.values():
        try:
            told = may_be_told(desk.person(contact.user))
        except AccessError:
            told = False
        if not told:
            found.append(contact.id)
    return found


def _item(desk: Desk, actor: Actor, name: str) -> Item:
    found = desk.notifier.status(actor).get(name)
    if found is None:
        raise NotHere(f"there is no message {name:.40} that {actor.user} may see")
    return found


def acknowledge(desk: Desk, actor: Actor, name: str) -> dict[str, Any]:
    """Say that one's office has a message.

    Raises:
        NotHere: there is no such message, or it is not theirs to know.
        AccessError: it went to another office.
        StateError: somebody said so already.
    """
    with desk.lock:
        item = _item(desk, actor, name)
        if not desk.notifier.may(actor, "acknowledge", item.message):
            desk.log(actor, "acknowledge", "dispatch", name, allowed=False)
            raise AccessError(f"{actor.user} ({actor.role}) may not acknowledge it: it went to {item.message.of:.40}")
        if item.acknowledged is not None:
            raise StateError(f"{item.by} acknowledged it already", record=name)
        desk.notifier.log(Entry("acknowledge", name, actor, desk.now(), {"how": "signed in"}))
        return item_json(desk.notifier.outbox.items[name], desk.notifier.contacts.pace)


def retry(desk: Desk, actor: Actor, name: str) -> dict[str, Any]:
    """Let every way of a message that is not proved begin anew.

    Raises:
        AccessError: it is not this person's to do.
        NotHere: there is no such message.
    """
    with desk.lock:
        _may(desk, actor, "send", name)
        tries = sum(leg.tries for leg in _item(desk, actor, name).legs.values())
        desk.notifier.log(Entry("retry", name, actor, desk.now(), {"after": tries}))
        return item_json(desk.notifier.outbox.items[name], desk.notifier.contacts.pace)


def ring(desk: Desk, actor: Actor, office: str | None = None) -> dict[str, Any]:
    """Begin a call to the next of an office's tree; returns whom, their number, and the code to read.

    Raises:
        AccessError: it is not this person's to do.
        StateError: no such office is to be rung now.
        UnavailableError: there is no key to make the code.
    """
    refresh(desk)
    with desk.lock:
        _may(desk, actor, "call", office or "next")
        notifier, now = desk.notifier, desk.now()
        waiting = notifier.outbox.ring(now, notifier.contacts.trees, notifier.contacts.pace)
        found = next((each for each in waiting if office in (None, each.of)), None)
        if found is None:
            raise StateError("nobody is to be rung now" if office is None else f"{office:.40} is not to be rung now")
        name = new_id(now)
        code = desk.accounts.vault.call_code(f"{desk.store.origin}\n{name}")  # before it is logged: it may fail
        data = {"of": found.of, "to": found.to, "items": list(found.items), "why": found.why}
        notifier.log(Entry("call", name, actor, now, data))
        contact = notifier.contacts.people[found.to]
        told = {"call": name, "of": found.of, "why": found.why, "ask_for": contact.name, "phone": contact.phone}
        subjects = _subjects(desk, found)
        said = script(notifier.watch, subjects, code, notifier.drill, contact.language)
        return {**told, "read_out": code, "say": said, "language": contact.language, "items": subjects}


def _subjects(desk: Desk, found: Ring) -> list[str]:
    return [desk.notifier.outbox.items[name].message.subject for name in found.items]


def _call(desk: Desk, name: str) -> Call:
    held = desk.notifier.outbox.calls.get(name)
    if held is None:
        raise NotHere(f"there is no call {name:.40}")
    return held


def called(desk: Desk, actor: Actor, name: str, result: str) -> dict[str, Any]:
    """Say what came of a call; who was reached calls back, and the others of the tree are next.

    Raises:
        AccessError: it is not this person's to do.
        NotHere: there is no such call.
        StateError: it was confirmed already.
        Malformed: the result is none.
    """
    with desk.lock:
        _may(desk, actor, "call", name)
        if _call(desk, name).confirmed is not None:
            raise StateError("the person rung has confirmed already", record=name)
        desk.notifier.log(Entry("called", name, actor, desk.now(), {"result": result}))
        return call_json(_call(desk, name))


def confirm(desk: Desk, actor: Actor, name: str, code: str, totp: str) -> Mapping[str, Any]:
    """Take the two codes of a person who called back, typed by whoever answered, or by the person signed in.

    Raises:
        AccessError: it is not this person's to do, or a code is not right; that is logged, and five end the call.
        NotHere: there is no such call.
        StateError: the call is over.
    """
    with desk.lock:
        call, notifier = _call(desk, name), desk.notifier
        contact = notifier.contacts.people.get(call.to)
        if contact is None or actor.user != contact.user:
            _may(desk, actor, "call", name)
        if contact is None:
            raise StateError("the contacts file has no such person any more", record=name)
        if call.confirmed is not None or call.wrong >= TRIES:
            raise StateError("this call is over", record=name)
        said = "".join(character for character in code if character.isdigit())
        expected = desk.accounts.vault.call_code(f"{desk.store.origin}\n{name}")
        # The second factor is asked only of who knows the call's code: nobody can use it up for somebody else.
        right = hmac.compare_digest(said, expected) and desk.accounts.prove(contact.user, totp)
        by = desk.person(contact.user) if right else actor
        notifier.log(
            Entry("confirm", name, by, desk.now(), {"right": right, "typed": actor.user, "number": call.wrong + 1})
        )
        if not right:
            raise AccessError("a code is not right; ring again if you are not sure who it is", record=name)
        now = notifier.outbox.calls[name]
        whole = decide(actor, "call", Thing("dispatch")).allowed
        return call_json(now) if whole else _own_call(now, notifier.status(actor).values())
