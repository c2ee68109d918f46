# SPDX-License-Identifier: Apache-2.0
"""The outbox at the desk: what is to be told is queued in the ledger, sent, proved, acknowledged, or rung about.

Each entry is in the ledger before the next thing happens. What is to be told follows from the response and the cases
as they stand, and a message's id from what it is about and for whom: killed anywhere, a process that comes after it
queues what is missing, sends what is not proved under the same id, and queues nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from truceline.access import Thing, decide
from truceline.access.check import owner_name
from truceline.access.release import coarse_place, coarse_time
from truceline.base.clock import iso, utc
from truceline.channels import Sent, by_email, by_service, by_webhook
from truceline.commission import Case
from truceline.commission.rules import Rules
from truceline.dispatch import Contact, Contacts, Outbox
from truceline.dispatch.causes import Cause, of_cases, of_response
from truceline.dispatch.contacts import CENTRE
from truceline.dispatch.outbox import Item
from truceline.dispatch.words import subject, text
from truceline.errors import AccessError, TrucelineError
from truceline.model.case import MACHINE, Actor
from truceline.model.dispatch import Entry, Message
from truceline.services.access_log import Append
from truceline.services.contacts import Secrets
from truceline.services.response import Responses

STALE = timedelta(hours=24)
"""What came about longer ago when the outbox first began is history, and nobody is told."""

OF_ALL = ("begun", "disputed", "corrected", "declared", "lifted")
"""Causes that everybody is told who may read the response."""

Read = Callable[[str], list[tuple[int, dict[str, Any]]]]
"""Bodies of the ledger's records of a kind, with their indices."""


def may_be_told(actor: Actor) -> bool:
    """Return whether the table lets a person read what comes to the own office; one with too low a clearance is not."""
    return decide(actor, "read", Thing("dispatch", owners=frozenset({owner_name(actor.user)}))).allowed


class Notifier:
    """The outbox of one watch or drill; all but the sending itself only under the desk's lock."""

    def __init__(
        self,
        contacts: Contacts,
        secrets: Secrets,
        append: Append,
        person: Callable[[str], Actor],
        watch: str,
        rules: Rules,
        drill: str | None = None,
    ) -> None:
        """Begin empty.

        Args:
            contacts: who is told.
            secrets: what signs and opens.
            append: the ledger's door.
            person: returns who somebody is, with the rights of this moment.
            watch: its title.
            rules: the commission's rules, for what may leave the centre.
            drill: id of the drill; None: it is real.
        """
        self.outbox = Outbox()
        self.contacts = contacts
        self.drill = drill
        self.one_at_a_time = Lock()
        self._secrets = secrets
        self._append = append
        self._person = person
        self.watch = watch
        self._rules = rules
        self._keys: dict[tuple[str, str], str] = {}

    def load(self, read: Read) -> None:
        """Take up what a ledger already holds.

        Raises:
            StateError: an entry there is not possible after those before it.
        """
        for _, body in read("dispatch"):
            self._take(Entry.from_body(body))

    def _take(self, entry: Entry) -> None:
        self.outbox.take(entry)
        if entry.kind == "queue":
            message = self.outbox.items[entry.of].message
            self._keys[message.key, message.to] = message.id

    def log(self, *entries: Entry) -> None:
        """Put entries into the ledger, then into memory.

        Raises:
            UnavailableError: the ledger cannot be written; nothing happened.
        """
        if entries:
            self._append([entry.record() for entry in entries])
            for entry in entries:
                self._take(entry)

    def tick(self, responses: Responses, cases: Iterable[Case], events: Read, now: datetime) -> int:
        """Queue everything that is to be told by now and is not queued yet; returns how many messages that is.

        Raises:
            UnavailableError: the ledger cannot be written.
        """
        if not self.contacts.people:
            return 0
        if self.outbox.begun is None:
            self.log(Entry("begin", "", MACHINE, now))
        held = list(cases)
        found = [*of_response(responses.situation, responses.moves, responses.ladder, now), *of_cases(held)]
        people = list(self._actors())
        fresh: list[Message] = []
        for cause in found:
            if self.outbox.begun is not None and cause.at >= self.outbox.begun - STALE:
                fresh += self._messages(cause, people, responses, held, events, now)
        self.log(*(Entry("queue", each.id, MACHINE, now, each.to_json()) for each in fresh))
        self.log(*self._answered(responses, held, now))
        return len(fresh)

    def _actors(self) -> Iterator[tuple[Contact, Actor]]:
        """Contacts whose account is in use."""
        for contact in self.contacts.people.values():
            try:
                yield contact, self._person(contact.user)
            except AccessError:
                continue

    def _messages(
        self,
        cause: Cause,
        people: list[tuple[Contact, Actor]],
        responses: Responses,
        cases: list[Case],
        events: Read,
        now: datetime,
    ) -> Iterator[Message]:
        circle: tuple[float, float, float] | None = None
        window: tuple[datetime, float] | None = None
        for contact, actor in people:
            if (cause.key, contact.id) in self._keys or not self._concerns(cause, contact, actor, responses):
                continue
            if cause.kind == "stop_first" and window is None:
                circle, window = self._coarse(next((c for c in cases if c.id == cause.incident), None), events)
            of = actor.of or CENTRE
            to = (of,)
            yield Message(
                key=cause.key,
                cause=cause.kind,
                to=contact.id,
                of=of,
                subject=subject(cause, responses.ladder, self.watch, self.drill, contact.language),
                text=text(cause, responses.ladder, self.drill, to, window, contact.language),
                sent=now,
                releasable=to,
                channels=contact.channels,
                incident=cause.incident,
                kind={"corrected": "Update", "lifted": "Cancel"}.get(cause.kind, "Alert"),
                refers=self._earlier(cause, contact) if cause.kind in ("corrected", "lifted") else (),
                answer=cause.kind in ("asked", "decision_due", "stop_first"),
                circle=circle,
                drill=self.drill,
                language=contact.language,
            )

    def _concerns(self, cause: Cause, contact: Contact, actor: Actor, responses: Responses) -> bool:
        """Whether somebody is told: by the access table and the terms, then by what they want."""
        if not contact.wants(cause.kind) or not may_be_told(actor):
            return False
        if cause.kind == "stop_first":
            return actor.role == "liaison" and actor.of == cause.state
        if cause.kind == "asked":
            return actor.role in ("guarantor", "liaison") and actor.of == cause.state
        if cause.kind in OF_ALL:
            return decide(actor, "read", Thing("response")).allowed
        step = responses.ladder.steps.get(cause.step or "")
        return step is not None and responses.ladder.may_declare(step, actor)

    def _coarse(
        self, case: Case | None, events: Read
    ) -> tuple[tuple[float, float, float] | None, tuple[datetime, float] | None]:
        """Where and when a case's first event happened, as coarse as the terms let it out to a party."""
        rules = self._rules.publication
        held = [body for index, body in events("event") if case is not None and index in case.events]
        if not held:
            return None, None
        first = min(held, key=lambda body: str(body["first"]))
        place = coarse_place(float(first["lon"]), float(first["lat"]), rules.impact_km)
        when = coarse_time(utc(first["first"]), rules.impact_minutes)
        circle = None if place is None else (place[0], place[1], rules.impact_km)
        return circle, None if when is None else (when, rules.impact_minutes)

    def _earlier(self, cause: Cause, contact: Contact) -> tuple[str, ...]:
        """Earlier messages to the same person on the same response, the newest last; at most ten are named."""
        held = [item.message for item in self.outbox.items.values()]
        same = [m for m in held if m.to == contact.id and m.incident == cause.incident and m.cause != "decision_due"]
        return tuple(f"{each.id},{iso(each.sent)}" for each in same[-10:])

    def _answered(self, responses: Responses, cases: list[Case], now: datetime) -> Iterator[Entry]:
        """What was acknowledged where it belongs, in the response or the case, need not be acknowledged again."""
        steps = {
            f"asked/{done.move}/{state}": answer.acknowledged
            for response in responses.situation.responses.values()
            for done in response.steps.values()
            for state, answer in done.answers.items()
        }
        served = {f"stop_first/{c.id}/{party}": s.acknowledged for c in cases for party, s in c.notices.items()}
        for item in self.outbox.items.values():
            if item.acknowledged is None and {**steps, **served}.get(item.message.key) is not None:
                yield Entry("acknowledge", item.message.id, MACHINE, now, {"how": "where it belongs"})

    def drain(self, lock: Any, clock: Callable[[], datetime], most: int = 1000) -> int:
        """Send what is due, one after another, without holding the ledger while a line is slow; returns how many.

        An attempt is in the ledger before its first byte leaves, and what came of it before the next begins.

        Raises:
            UnavailableError: the ledger cannot be written, or the clock went back; nothing more is sent.
        """
        sent, pace = 0, self.contacts.pace
        with self.one_at_a_time:
            while sent < most:
                with lock:
                    now = clock()
                    item, channel = next(self.outbox.due(now, pace), (None, ""))
                    if item is None:
                        break
                    number = item.legs[channel].tries + 1  # also keeps two records of one instant apart
                    self.log(Entry("attempt", item.message.id, MACHINE, now, {"channel": channel, "number": number}))
                result = self._send(item.message, channel, now)
                with lock:
                    self._outcome(item, channel, number, result, clock())
                sent += 1
        return sent

    def _outcome(self, item: Item, channel: str, number: int, result: Sent, now: datetime) -> None:
        pace, name = self.contacts.pace, item.message.id
        data: dict[str, Any] = {
            "channel": channel,
            "number": number,
            "result": result.result,
            "proof": dict(result.proof),
        }
        if result.result == "failed" and number < pace.attempts:
            data["again"] = iso(now + pace.wait(name, channel, number))
        self.log(Entry("outcome", name, MACHINE, now, data))

    def _send(self, message: Message, channel: str, now: datetime) -> Sent:
        """Send one message by one way; what is missing here (a contact, a secret) is told, and may come right."""
        contact, house = self.contacts.people.get(message.to), self.contacts.house
        if contact is None or channel not in contact.addresses:
            return Sent("refused", {"error": "the contacts file has no such address any more"})
        address = contact.addresses[channel]
        try:
            if channel == "email":
                password = None if house.password is None else self._secrets.get(house.password)
                return by_email(message, address, house, password)
            if channel == "service":
                return by_service(message, self._secrets.get(address))
            secret = self._secrets.get(contact.secret or "")
            return by_webhook(message, address, secret, now, form=channel, sender=house.sender)
        except TrucelineError as error:
            return Sent("failed", {"error": str(error.reason)[:200]})

    def status(self, actor: Actor) -> Mapping[str, Item]:
        """Return the messages a person may see: all, or those of the person's own office."""
        return {name: item for name, item in self.outbox.items.items() if self.may(actor, "read", item.message)}

    def may(self, actor: Actor, action: str, message: Message) -> bool:
        """Return whether the table lets a person do something to a message, which may be the own office's."""
        if decide(actor, action, Thing("dispatch")).allowed:
            return True
        own = decide(actor, action, Thing("dispatch", owners=frozenset({owner_name(actor.user)}))).allowed
        return own and self._is_own(message, actor)

    def _is_own(self, message: Message, actor: Actor) -> bool:
        """Whether a message went to a person, or to a colleague of the same office and role."""
        held = self.contacts.people.get(message.to)
        if held is None or held.user == actor.user:
            return held is not None
        try:
            colleague = self._person(held.user)
        except AccessError:
            return False
        return actor.of is not None and (actor.of, actor.role) == (colleague.of, colleague.role)
