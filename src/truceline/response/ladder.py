# SPDX-License-Identifier: Apache-2.0
"""The ladder as terms have it, in the form that responses are judged by; and what keeps it from being climbed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from truceline.model.agreement import Agreement, Provision, Reading
from truceline.model.case import Actor
from truceline.model.clauses import Commission, Standard, Step
from truceline.model.ladder import STANDING, Breaches
from truceline.model.response import NO_PROMISES, Promises
from truceline.terms.triggers import loops


@dataclass(frozen=True)
class Fault:
    """What is wrong with a ladder or with the commitments to it, and what would mend it."""

    clause: str
    """Id of the step or commitment."""

    key: str
    """Key of it."""

    message: str
    """What is wrong."""

    mend: str
    """What would mend it."""


@dataclass(frozen=True)
class Ladder:
    """Steps, and who is who."""

    steps: Mapping[str, Step]
    """By id, lowest first."""

    parties: tuple[str, ...]
    """Parties to the ceasefire."""

    guarantors: tuple[str, ...] = ()
    """States that guarantee it."""

    commission: Commission = field(default_factory=Commission)
    """Who determines breaches."""

    standards: Mapping[str, Standard] = field(default_factory=dict)
    """Standards of proof by id."""

    provisions: Mapping[str, Provision] = field(default_factory=dict)
    """What can be broken."""

    def states(self) -> tuple[str, ...]:
        """Return every state that a step may ask, in the order of the terms."""
        named = (state for step in self.steps.values() for state in step.acts_by if state not in _BODIES)
        return tuple(dict.fromkeys((*self.guarantors, *named)))

    def may_declare(self, step: Step, actor: Actor) -> bool:
        """Return whether a person is one of those whom the terms let declare a step."""
        if "commission" in step.declared_by and actor.role == "commissioner" and actor.seat in self.seats():
            return True
        return actor.role != "commissioner" and actor.of in step.declared_by

    def seats(self) -> frozenset[str]:
        """Return the commission's voting seats; one may be called like the state that sends it."""
        return frozenset(member.id for member in self.commission.members if member.role != "observer")

    def aside(self, step: Step, state: str) -> bool:
        """Return whether the terms keep a state from acting at a step, being a party itself."""
        return state in self.parties and step.conflict == "stands_aside"


_BODIES = ("commission", "mediator", "monitors")


def ladder_of(agreement: Agreement, reading: Reading | None = None) -> Ladder:
    """Return the ladder of an agreement as written, or under a reading."""
    source = agreement if reading is None else reading
    return Ladder(
        steps={step.id: step for step in source.steps},
        parties=tuple(party.id for party in agreement.parties),
        guarantors=tuple(other.id for other in agreement.others if other.role == "guarantor"),
        commission=agreement.commission,
        standards={standard.id: standard for standard in agreement.standards},
        provisions={provision.id: provision for provision in source.provisions},
    )


def faults(ladder: Ladder, promises: Promises = NO_PROMISES, at: datetime | None = None) -> tuple[Fault, ...]:
    """Return what keeps a ladder from being climbed, and where commitments to it contradict each other.

    Args:
        ladder: the ladder.
        promises: what states promised.
        at: the moment at which promises are looked at, UTC; None: they are not.
    """
    found = [*_loops(ladder), *(fault for step in ladder.steps.values() for fault in _of_step(step, ladder))]
    if at is not None:
        found += _promised(ladder, promises, at)
    return tuple(found)


def _loops(ladder: Ladder) -> Iterator[Fault]:
    for name, way in loops(ladder.steps.values()).items():
        message = f"Step {ladder.steps[name].number} waits for itself: {' → '.join(way)}."
        yield Fault(name, "after", message, "let one of them wait for none of the others")


def _of_step(step: Step, ladder: Ladder) -> Iterator[Fault]:
    if not step.acts_by:
        yield Fault(step.id, "acts_by", f"Nobody is named who acts at step {step.number}.", "name who acts")
    if not step.declared_by:
        yield Fault(step.id, "declared_by", f"Nobody is named who declares step {step.number}.", "name who declares it")
    for atom in step.when.atoms() if step.when is not None else ():
        why = _unreachable(atom, step, ladder)
        if why:
            yield Fault(step.id, "when", f"No finding can meet the trigger of step {step.number}: {why[0]}.", why[1])


def _unreachable(atom: Breaches, step: Step, ladder: Ladder) -> tuple[str, str] | None:
    """Why no finding can ever be one that a trigger asks for, and what would mend it; None: one can."""
    names = list(atom.provisions or ladder.provisions)
    gone = [name for name in names if name not in ladder.provisions]
    if gone:
        return f"there is no provision {', '.join(gone)}", "name provisions that hold under this reading"
    bound = {party for name in names for party in ladder.provisions[name].actors}
    if step.accused and bound and not bound & set(step.accused):
        who = ", ".join(step.accused)
        return f"what it asks for does not bind {who}", f"name provisions that bind {who}, or whom the step is against"
    broken = {act for name in names for act in ladder.provisions[name].acts or atom.acts}
    if atom.acts and not broken & set(atom.acts) and "act_of_war" not in broken:
        return f"nothing prohibits {', '.join(atom.acts)}", "prohibit the act, or ask for acts that are prohibited"
    if STANDING.index(atom.status) > 0 or atom.severity is not None:
        body = ladder.commission
        if not body.members or body.quorum is None or body.rule is None:
            return "the commission has no members, quorum or rule to find one", "say how the commission decides"
    return None


def _promised(ladder: Ladder, promises: Promises, at: datetime) -> Iterator[Fault]:
    for state, steps in promises.items():
        for step, held in steps.items():
            if step not in ladder.steps:
                yield Fault(held[0].id, "step", f"{state} speaks of a step {step} that is not there.", "name a step")
                continue
            standing = [each for each in held if each.stands(at)]
            yes = [each.id for each in standing if each.stance != "none"]
            no = [each.id for each in standing if each.stance == "none"]
            if yes and no:
                message = f"{state} both promises step {step} ({', '.join(yes)}) and does not ({', '.join(no)})."
                yield Fault(no[0], "stance", message, "ask the state which holds, and withdraw the other")
            for each in held:
                if each.withdrawn is not None and each.withdrawn <= at and not yes:
                    message = f"{state} withdrew its signature under step {step} ({each.id})."
                    yield Fault(each.id, "withdrawn", message, "count on the state no more, or ask it to sign again")
