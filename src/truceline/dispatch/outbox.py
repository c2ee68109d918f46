# SPDX-License-Identifier: Apache-2.0
"""The outbox: the sum of its entries. What was queued is sent until it is proved, refused, or acknowledged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from truceline.base.clock import iso, utc
from truceline.dispatch.contacts import Pace
from truceline.errors import Malformed, StateError
from truceline.model.dispatch import CALLED, RESULTS, Entry, Message

TRIES = 5
"""Wrong codes after which a call is void."""


@dataclass(frozen=True)
class Leg:
    """One way of one message."""

    tries: int = 0
    """Attempts begun."""

    state: str = "queued"
    """``queued``, ``trying`` (begun, and nobody knows yet what came of it), ``delivered``, ``failed``, ``refused``."""

    again: datetime | None = None
    """Before when it is not tried again, UTC."""

    proof: Mapping[str, Any] = field(default_factory=dict)
    """What the other side said last."""

    at: datetime | None = None
    """When that was, UTC."""


@dataclass(frozen=True)
class Item:
    """One message and what became of it."""

    message: Message
    """What was queued."""

    legs: Mapping[str, Leg]
    """By channel."""

    acknowledged: datetime | None = None
    """When somebody of its office said that they have it, UTC."""

    by: str | None = None
    """Who."""

    how: str | None = None
    """By which way: ``signed in``, ``call-back``, ``its answer in the response``…"""

    @property
    def delivered(self) -> datetime | None:
        """When it was first proved to have come, UTC."""
        return min((leg.at for leg in self.legs.values() if leg.state == "delivered" and leg.at), default=None)

    def state(self, pace: Pace) -> str:
        """Return where it stands, in one word."""
        if self.acknowledged is not None:
            return "acknowledged"
        if self.delivered is not None:
            return "delivered"
        over = bool(self.legs) and all(done(leg, pace) for leg in self.legs.values())
        return "failed" if over else "queued"


def done(leg: Leg, pace: Pace) -> bool:
    """Return whether a way is at its end."""
    if leg.state == "trying":  # begun by somebody who is gone; one more than planned, so that it ends if all are killed
        return leg.tries > pace.attempts
    return leg.state in ("delivered", "refused") or (leg.state == "failed" and leg.tries >= pace.attempts)


@dataclass(frozen=True)
class Call:
    """One ring of one office."""

    id: str
    """ULID."""

    of: str
    """Office."""

    to: str
    """Contact who is rung."""

    items: tuple[str, ...]
    """Messages it is about."""

    by: str
    """Who rings."""

    at: datetime
    """When, UTC."""

    result: str | None = None
    """One of ``CALLED``; None: not said yet."""

    confirmed: datetime | None = None
    """When the person rung proved to be the one, and had read the caller's code, UTC."""

    wrong: int = 0
    """Wrong codes given."""

    @property
    def nobody(self) -> bool:
        """Whether it came to nothing, so that the next of the tree is due at once."""
        return self.result in CALLED[1:] or self.wrong >= TRIES

    def over(self, now: datetime, pace: Pace) -> bool:
        """Return whether the next of the tree is to be rung."""
        return self.confirmed is None and (self.nobody or now >= self.at + timedelta(minutes=pace.call_minutes))


@dataclass(frozen=True)
class Ring:
    """An office that is to be rung now, and whom."""

    of: str
    """Office."""

    to: str
    """Contact whose turn it is."""

    items: tuple[str, ...]
    """Messages nobody of it has acknowledged."""

    why: str
    """Why."""


class Outbox:
    """All messages of one watch, or of one drill."""

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self.calls: dict[str, Call] = {}
        self.begun: datetime | None = None
        self.now: datetime | None = None

    def take(self, entry: Entry) -> None:
        """Take up one entry.

        Raises:
            StateError: it is not possible after those before it.
            Malformed: its data do not have the form.
        """
        try:
            getattr(self, f"_{entry.kind}")(entry)
        except KeyError as error:
            raise StateError(f"the outbox has no {error.args[0]!r:.60} for {entry.kind}", record=entry.of) from error
        except (TypeError, ValueError) as error:
            raise Malformed(f"{entry.kind}: {error}", record=entry.of) from error
        self.now = entry.at if self.now is None else max(self.now, entry.at)

    def _begin(self, entry: Entry) -> None:
        self.begun = self.begun or entry.at

    def _queue(self, entry: Entry) -> None:
        message = Message.from_json(entry.data)
        if message.id != entry.of:
            raise Malformed("queue: the id is not that of the message", record=entry.of)
        if message.id in self.items:
            raise StateError("the message is queued already", record=message.id)
        self.items[message.id] = Item(message, {channel: Leg() for channel in message.channels})

    def _attempt(self, entry: Entry) -> None:
        self._leg(entry, lambda leg: replace(leg, state="trying", tries=leg.tries + 1, at=entry.at, again=None))

    def _outcome(self, entry: Entry) -> None:
        result, again = entry.data["result"], entry.data.get("again")
        if result not in RESULTS:
            raise Malformed(f"result: one of {', '.join(RESULTS)}", record=entry.of)
        proof = dict(entry.data.get("proof") or {})
        at = None if again is None else utc(str(again))
        self._leg(entry, lambda leg: replace(leg, state=result, again=at, proof=proof, at=entry.at))

    def _retry(self, entry: Entry) -> None:
        item = self.items[entry.of]
        legs = {name: leg if leg.state == "delivered" else Leg() for name, leg in item.legs.items()}
        self.items[entry.of] = replace(item, legs=legs)

    def _leg(self, entry: Entry, change: Any) -> None:
        item, channel = self.items[entry.of], str(entry.data["channel"])
        self.items[entry.of] = replace(item, legs={**item.legs, channel: change(item.legs[channel])})

    def _acknowledge(self, entry: Entry) -> None:
        item = self.items[entry.of]
        if item.acknowledged is None:  # the first one counts; a second says nothing new
            how = str(entry.data.get("how", "signed in"))
            self.items[entry.of] = replace(item, acknowledged=entry.at, by=entry.by.user, how=how)

    def _call(self, entry: Entry) -> None:
        of, to = str(entry.data["of"]), str(entry.data["to"])
        items = tuple(map(str, entry.data["items"]))
        if entry.of in self.calls or not items or any(name not in self.items for name in items):
            raise StateError("a call is a new one, about messages of the outbox", record=entry.of)
        self.calls[entry.of] = Call(entry.of, of, to, items, entry.by.user, entry.at)

    def _called(self, entry: Entry) -> None:
        if entry.data.get("result") not in CALLED:
            raise Malformed(f"result: one of {', '.join(CALLED)}", record=entry.of)
        self.calls[entry.of] = replace(self.calls[entry.of], result=str(entry.data["result"]))

    def _confirm(self, entry: Entry) -> None:
        call = self.calls[entry.of]
        if not entry.data.get("right", False):
            self.calls[call.id] = replace(call, wrong=call.wrong + 1)
            return
        self.calls[call.id] = replace(call, confirmed=entry.at, result="reached")
        for name in call.items:
            self._acknowledge(replace(entry, of=name, data={"how": "call-back"}))

    def due(self, now: datetime, pace: Pace) -> Iterator[tuple[Item, str]]:
        """Yield message and channel of what is to be tried now, oldest first.

        What was begun by a process that is gone is tried again at once: nobody knows whether it came, its id is the
        same, and the receiver knows a second copy by it.
        """
        for item in self.items.values():
            for channel, leg in item.legs.items() if item.acknowledged is None else ():
                if not done(leg, pace) and (leg.again is None or leg.again <= now):
                    yield item, channel

    def open_of(self, office: str) -> list[Item]:
        """Return what an office has to acknowledge, and has not."""
        return [i for i in self.items.values() if i.message.of == office and i.message.answer and not i.acknowledged]

    def next_call(self, office: str, tree: tuple[str, ...], pace: Pace) -> tuple[str, datetime] | None:
        """Return who of an office's tree is rung next, and from when if nobody acknowledges; None: nothing is open."""
        held = self.open_of(office)
        names = {i.message.id for i in held}
        calls = [c for c in self.calls.values() if c.of == office and names & set(c.items)]
        if not held:
            return None
        wait = timedelta(minutes=pace.acknowledge_minutes)
        at = min(i.message.sent if i.state(pace) == "failed" else i.message.sent + wait for i in held)
        if calls:
            last = calls[-1]
            at = max(at, last.at if last.nobody else last.at + timedelta(minutes=pace.call_minutes))
        return tree[len(calls) % len(tree)], at

    def ring(self, now: datetime, trees: Mapping[str, tuple[str, ...]], pace: Pace) -> list[Ring]:
        """Return the offices that are to be rung now, and who is next in their trees; round again at the end."""
        found = []
        wait = timedelta(minutes=pace.acknowledge_minutes)
        for office, tree in trees.items():
            late = [i for i in self.open_of(office) if now >= i.message.sent + wait or i.state(pace) == "failed"]
            names = {i.message.id for i in late}
            calls = [c for c in self.calls.values() if c.of == office and names & set(c.items)]
            if not late or (calls and not calls[-1].over(now, pace)):
                continue
            failed = all(i.state(pace) == "failed" for i in late)
            why = "no way reached them" if failed else f"not acknowledged {pace.acknowledge_minutes:g} minutes after"
            found.append(Ring(office, tree[len(calls) % len(tree)], tuple(i.message.id for i in late), why))
        return found


def item_json(item: Item, pace: Pace) -> dict[str, Any]:
    """Return a message and what became of it as JSON."""
    message = item.message
    told = {key: getattr(message, key) for key in ("id", "cause", "to", "of", "subject", "drill", "answer", "language")}
    return {
        **told,
        "sent": iso(message.sent),
        "state": item.state(pace),
        "delivered": _iso(item.delivered),
        "acknowledged": _iso(item.acknowledged),
        "by": item.by,
        "how": item.how,
        "ways": {
            name: {"state": leg.state, "tries": leg.tries, "again": _iso(leg.again), "proof": dict(leg.proof)}
            for name, leg in item.legs.items()
        },
    }


def call_json(call: Call) -> dict[str, Any]:
    """Return a call as JSON."""
    told = {key: getattr(call, key) for key in ("id", "of", "to", "by", "result", "wrong")}
    return {**told, "at": iso(call.at), "items": list(call.items), "confirmed": _iso(call.confirmed)}


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)
