# SPDX-License-Identifier: Apache-2.0
"""What a person is told as it happens: one event whenever the own view of a case, the response or the register changes.

A view never shows more than the person may know, so neither does the feed: an act that changes nothing in the view
makes no event and takes no number. Events are therefore numbered by themselves, not by the ledger's index, which would
tell the public how much is going on. The feed follows from the ledger alone: after a restart it is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from truceline.access import Thing, decide
from truceline.base.canonical import digest
from truceline.base.clock import iso
from truceline.commission import Case, Rules, apply, begin
from truceline.model.case import Act, Actor
from truceline.model.commitment import RECORD_OF_POSTING, Posting
from truceline.model.response import Move
from truceline.services.board import concerns, may_read, may_read_of
from truceline.services.register import Registry
from truceline.services.response import Responses
from truceline.services.views import case_line, case_view, may_see


@dataclass(frozen=True)
class Told:
    """One event of a feed."""

    number: int
    """Its place in the person's own feed, from 1."""

    body: dict[str, Any]
    """When, and the line of the case, the move in the response, or the posting, as the person may see it."""

    name: str = "case"
    """``case``, ``response`` or ``register``."""


def same_eyes(actor: Actor) -> Actor:
    """Return what of a person decides about what the person sees: everything but the name."""
    return replace(actor, user="somebody")


class Feed:
    """The events of everybody with the same eyes, made from the acts in their order."""

    def __init__(self, actor: Actor, rules: Rules) -> None:
        self._actor = same_eyes(actor)
        self._rules = rules
        self._cases: dict[str, Case] = {}
        self._views: dict[str, str] = {}
        self._events: list[Told] = []
        self._promised: dict[str, Thing] = {}
        self._postings: dict[str, str] = {}
        self.name = digest(self._actor.to_json())[:12]
        """Tells feeds of different eyes apart; whoever's role changes begins another feed."""

    def take(self, done: Iterable[Act | Move | Posting], responses: Responses | None = None) -> None:
        """Follow some more acts, moves and postings, in their order."""
        for act in done:
            if isinstance(act, Posting):
                self._posted(act)
                continue
            if isinstance(act, Move):
                if responses is not None:
                    self._moved(act, responses)
                continue
            before = self._cases.get(act.case)
            if before is None:
                case = begin(act, self._rules, self._cases)
            else:
                case = apply(before, act, self._rules, self._cases)
            self._cases[act.case] = case
            if not may_see(case, self._actor):
                continue
            shown = digest(case_view(case, self._actor, self._rules))
            if self._views.get(case.id) != shown:
                self._views[case.id] = shown
                line = case_line(case, self._actor, self._rules)
                self._events.append(Told(len(self._events) + 1, {"at": iso(act.at), **line}))

    def _moved(self, move: Move, responses: Responses) -> None:
        """Tell of a move: to who reads the board of each, to a party or state of those about what it is asked."""
        of = self._actor.of
        own = of is not None and may_read_of(responses, self._actor, of) and concerns(move, responses, of)
        if may_read(responses, self._actor) or own:
            response = move.id if move.kind == "begin" else move.data.get("response")
            body = {"at": iso(move.at), "move": move.id, "kind": move.kind, "response": response}
            self._events.append(Told(len(self._events) + 1, body, "response"))

    def _posted(self, posting: Posting) -> None:
        """Tell of a posting to whoever may read what it is about; of a restricted promise nobody else hears."""
        of = self._postings.get(posting.of, posting.of) if posting.kind == "strike" else posting.of
        self._postings[posting.id] = of
        if posting.kind == "commitment":
            level = str(posting.data.get("level", "public"))
            self._promised[of] = Thing("commitment", level, frozenset({str(posting.data["state"])}))
        elif posting.kind == "amend" and "level" in posting.data and of in self._promised:
            self._promised[of] = replace(self._promised[of], level=str(posting.data["level"]))
        about = self._promised.get(of, Thing(RECORD_OF_POSTING[posting.kind], "public"))
        if decide(self._actor, "read", about).allowed:
            body = {"at": iso(posting.at), "posting": posting.id, "kind": posting.kind, "of": of}
            self._events.append(Told(len(self._events) + 1, body, "register"))

    def after(self, number: int) -> list[Told]:
        """Return the events after the one of that number; 0: all."""
        return self._events[max(number, 0) :]

    def __len__(self) -> int:
        return len(self._events)


class Feeds:
    """The feeds of one ledger, by the eyes of those who follow them."""

    def __init__(self) -> None:
        self._held: dict[Actor, tuple[Feed, int, int, int]] = {}

    def of(
        self,
        actor: Actor,
        journal: Callable[[int], list[tuple[int, Act]]],
        rules: Rules,
        responses: Responses | None = None,
        registry: Registry | None = None,
    ) -> Feed:
        """Return a person's feed, up to the newest record; ``journal(n)`` gives indexed acts from the n-th on."""
        eyes = same_eyes(actor)
        feed, acts, moves, postings = self._held.get(eyes, (Feed(actor, rules), 0, 0, 0))
        new: list[tuple[int, Act | Move | Posting]] = [*journal(acts)]
        acts += len(new)
        made = [] if responses is None else responses.journal(moves)
        entered = [] if registry is None else registry.journal(postings)
        new += [*made, *entered]
        feed.take((each for _, each in sorted(new, key=lambda one: one[0])), responses)
        self._held[eyes] = (feed, acts, moves + len(made), postings + len(entered))
        return feed
