# SPDX-License-Identifier: Apache-2.0
"""What sets a step of the ladder off, as data: expressions over findings and corroborated events, never claims."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar

STANDING = ("corroborated", "verified breach", "clear breach")
"""Statuses that can set a step off, from least to most. Nothing below is a breach, whoever says so."""

SEVERITIES = ("technical", "minor", "grave")
"""Severities of a finding, from least to most."""

ORIGINS = ("breach", "detection", "determination")
"""Moments from which a clock can count: when it happened, when the centre had it, when people found it."""

STOPS = ("verification", "reply", "outage", "consultation")
"""What can stop a clock: a look that is awaited, the accused's reply, our own outage, a consultation."""

DONE = ("reported", "verified")
"""What counts as done: the state's own word, or what the centre saw."""

CONFLICTS = ("acts", "stands_aside")
"""What the terms let a responder do that is itself a party to the ceasefire."""


@dataclass(frozen=True)
class Breaches:
    """So many breaches of a kind, in a place, in a time: the thresholds that make an attack *expanded* are such."""

    count: int = 1
    """How many, at least."""

    within_hours: float | None = None
    """All of them within so many hours; None: at any time."""

    status: str = "corroborated"
    """Least status, one of :data:`STANDING`."""

    severity: str | None = None
    """Least severity, one of :data:`SEVERITIES`; None: any, and events that nobody graded."""

    acts: tuple[str, ...] = ()
    """Of these acts; empty: any."""

    provisions: tuple[str, ...] = ()
    """Against these provisions; empty: any."""

    zones: tuple[str, ...] = ()
    """In these zones; empty: anywhere."""

    probability: float | None = None
    """Least probability of a breach, 0 to 1; None: none is asked for."""

    after: str | None = None
    """Id of the step after whose declaration they go on; None: none is asked for."""

    after_hours: float = 0.0
    """And so many hours after it."""

    def atoms(self) -> Iterator[Breaches]:
        """Yield itself."""
        yield self

    def over(self, change: Callable[[Breaches], Breaches]) -> Trigger:
        """Return it changed."""
        return change(self)

    def to_json(self) -> dict[str, Any]:
        """Return it as a terms file writes it; what is left at its default is left out."""
        told = {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name) != f.default}
        told = {name: list(value) if isinstance(value, tuple) else value for name, value in told.items()}
        if "status" in told:
            told["status"] = told["status"].replace(" ", "_")
        if self.after is None:
            return {"breach": told}
        hours = {"hours": told.pop("after_hours")} if "after_hours" in told else {}
        return {"continues": {**told, **hours}}


@dataclass(frozen=True)
class _Several:
    """Parts under one word."""

    parts: tuple[Trigger, ...]
    """Two or more."""

    word: ClassVar[str]
    """The word that a terms file writes."""

    def atoms(self) -> Iterator[Breaches]:
        """Yield the breaches that it speaks of."""
        return (atom for part in self.parts for atom in part.atoms())

    def over(self, change: Callable[[Breaches], Breaches]) -> Trigger:
        """Return it with every condition changed."""
        changed: Trigger = replace(self, parts=tuple(part.over(change) for part in self.parts))  # type: ignore[assignment]
        return changed

    def to_json(self) -> dict[str, Any]:
        """Return it as a terms file writes it."""
        return {self.word: [part.to_json() for part in self.parts]}


class EachOf(_Several):
    """Every part must hold."""

    word = "all_of"


class EitherOf(_Several):
    """One part must hold."""

    word = "any_of"


Trigger = Breaches | EachOf | EitherOf
"""What sets a step off."""
