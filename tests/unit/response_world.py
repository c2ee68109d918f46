# SPDX-License-Identifier: Apache-2.0
"""A ladder of three steps, its people, and a response that moves make."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from truceline.base.clock import iso
from truceline.model.case import MACHINE, Actor
from truceline.model.clauses import Clock, Commission, Member, Step
from truceline.model.ladder import Breaches, EachOf, EitherOf
from truceline.model.response import Move
from truceline.response import NOTHING, Ladder, apply

START = datetime(2026, 5, 2, 20, tzinfo=UTC)
OLGA = Actor("olga", "commissioner", "oak", "oak")
WANDA = Actor("wanda", "watch_officer")
ANNA = Actor("anna", "analyst")
SWAP = {"A": "B", "B": "A"}


def h(hours):
    return START + timedelta(hours=hours)


def gus(state):
    """The duty officer of a state; of a party its liaison."""
    return Actor(f"duty-{state}", "liaison" if state in ("A", "B") else "guarantor", state)


WARNING = Step(
    id="warning",
    text="A warning.",
    number=1,
    trigger="any breach",
    clock=Clock("breach", 24, None, ("outage",)),
    accused=("B",),
    declared_by=("commission",),
    acts_by=("A", "oak", "birch"),
    when=Breaches(),
    acknowledge_hours=2,
    done="reported",
    conflict="acts",
)
FORCES = Step(
    id="forces",
    text="Forces of the coalition.",
    number=2,
    trigger="hostilities go on",
    clock=Clock(None, 48, None, None),
    accused=("B",),
    declared_by=("commission", "oak"),
    acts_by=("oak", "birch", "A"),
    after="warning",
    when=Breaches(after="warning", after_hours=6),
    done="verified",
    conflict="stands_aside",
)
JOINT = Step(
    id="joint",
    text="A joint response.",
    number=3,
    trigger="an expanded attack",
    clock=Clock("breach", 72, None, ()),
    accused=("B",),
    declared_by=("birch",),
    acts_by=("oak", "birch"),
    when=EitherOf(
        (
            Breaches(acts=("missile_strike",), count=2, within_hours=6),
            EachOf((Breaches(severity="grave", status="verified breach"), Breaches(zones=("capital",)))),
        )
    ),
)


def ladder(*steps, parties=("A", "B")):
    """The ladder of three steps, or of those given."""
    members = (Member("oak", "Oak", "chair", "oak"), Member("seat-a", "A's", "member", "A"))
    body = Commission(members=members, quorum=2, rule="majority")
    return Ladder({step.id: step for step in steps or (WARNING, FORCES, JOINT)}, parties, ("oak", "birch", "elm"), body)


def swapped(step):
    """The step with the parties exchanged."""
    names = ("accused", "declared_by", "acts_by")
    return replace(step, **{name: tuple(SWAP.get(each, each) for each in getattr(step, name)) for name in names})


def sign(name="c1", at=1.0, **more):
    """Data of a sign: breach an hour before it was received, ten minutes either way."""
    told = {
        "sign": name,
        "status": "corroborated",
        "breach": [iso(h(at - 1) - timedelta(minutes=10)), iso(h(at - 1) + timedelta(minutes=10))],
        "looked": iso(h(at - 0.5)),
        "received": iso(h(at)),
        "party": "B",
        "acts": ["shelling"],
        "zones": ["everywhere"],
        "probability": [0.8, 0.9],
        "voices": [["acoustic", "net"], ["imagery", "sar"]],
    }
    return {**told, **more}


class Play:
    """Moves made one after another."""

    def __init__(self, how=None):
        self.ladder, self.situation, self.moves = how or ladder(), NOTHING, []
        self._ids = count(1)

    def make(self, kind, by, at, **data):
        """Make a move and return its id."""
        move = Move(f"m{next(self._ids)}", kind, by, h(at), "because", data)
        self.situation = apply(self.situation, move, self.ladder)
        self.moves.append(move)
        return move.id

    def sign(self, at=1.0, *, logged=None, **more):
        return self.make("sign", MACHINE, at if logged is None else logged, **sign(at=at, **more))

    def begun(self):
        """A response that began at hour 2 with a breach at hour 0."""
        self.sign()
        return self.make("begin", OLGA, 2, breach="c1")

    def warned(self):
        """The same, with its first step declared at hour 3."""
        response = self.begun()
        self.make("declare", OLGA, 3, response=response, step="warning", asked=["A", "oak", "birch"])
        return response
