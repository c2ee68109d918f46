# SPDX-License-Identifier: Apache-2.0
"""May this person do this to that? One answer from the one table, as a check and as a filter of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from truceline.access.table import TABLE, Row
from truceline.model.case import LEVELS, MACHINE_ROLE, ROLES, Actor


@dataclass(frozen=True)
class Thing:
    """What somebody wants to do something to."""

    resource: str
    """Kind of thing, a word of the table."""

    level: str = "restricted"
    """Level of its material."""

    owners: frozenset[str] = frozenset()
    """Parties, states or seats it belongs to."""

    audience: frozenset[str] = frozenset()
    """Roles, and parties, states or seats by :func:`party_name`, it is addressed or released to; ``public`` is all."""

    state: str | None = None
    """Its state; None where it has none."""


@dataclass(frozen=True)
class Decision:
    """The answer, as the record of accesses keeps it."""

    allowed: bool
    """Whether."""

    row: int | None
    """Which row of the table allowed it; None: none did."""


def decide(actor: Actor, action: str, thing: Thing) -> Decision:
    """Return whether a person may do it, and which row says so. What no row allows is refused."""
    if actor.scope is not None and not {f"{thing.resource}:{action}", f"{thing.resource}:*"} & actor.scope:
        return Decision(allowed=False, row=None)
    for position, row in _rows(actor.role, thing.resource, action):
        if _level(actor, row, thing) and _state(row, thing) and _whose(actor, row, thing):
            return Decision(allowed=True, row=position)
    return Decision(allowed=False, row=None)


@cache
def _rows(role: str, resource: str, action: str) -> tuple[tuple[int, Row], ...]:
    if role == MACHINE_ROLE:
        return ()
    return tuple(
        (position, row)
        for position, row in enumerate(TABLE)
        if role in row.roles and row.resource == resource and action in row.actions
    )


def _level(actor: Actor, row: Row, thing: Thing) -> bool:
    """Neither above what the row allows the role nor above what the person is cleared for; unknown is refused."""
    if thing.level not in LEVELS or actor.clearance not in LEVELS:
        return False
    height = LEVELS.index(thing.level)
    return height <= LEVELS.index(row.level) and height <= LEVELS.index(actor.clearance)


def _state(row: Row, thing: Thing) -> bool:
    return not row.states or thing.state in row.states


ROLE_WORDS = frozenset((*ROLES, MACHINE_ROLE, "accused", "parties"))
"""Words by which an audience means a role, or parties by what they are in a case."""


def party_name(name: str) -> str:
    """Return how a party, state or seat stands in an audience: apart from a role that is called the same."""
    return f"name:{name}" if name in ROLE_WORDS or ":" in name else name


def owner_name(user: str) -> str:
    """Return how a person is named among owners: apart from parties and seats, which may be called the same."""
    return f"user:{user}"


def names_of(actor: Actor) -> frozenset[str]:
    """Return every name under which something can be addressed to a person; alignment counts as release to a party."""
    own = (*actor.aligned, *(name for name in (actor.of, actor.seat) if name is not None))
    return frozenset((actor.role, *map(party_name, own)))


def _whose(actor: Actor, row: Row, thing: Thing) -> bool:
    if row.whose == "any":
        return True
    if row.whose == "own":
        return bool({actor.of, actor.seat, owner_name(actor.user)} & thing.owners)
    return "public" in thing.audience or bool(names_of(actor) & thing.audience)


def readable(actor: Actor, things: Iterable[Thing]) -> list[bool]:
    """Return for each thing whether the person may read it: the filter that queries go through."""
    return [decide(actor, "read", thing).allowed for thing in things]


def resources() -> tuple[str, ...]:
    """Return every resource of the table."""
    return tuple(dict.fromkeys(row.resource for row in TABLE))


def actions(resource: str) -> tuple[str, ...]:
    """Return every action the table knows of a resource."""
    return tuple(dict.fromkeys(action for row in TABLE if row.resource == resource for action in row.actions))
