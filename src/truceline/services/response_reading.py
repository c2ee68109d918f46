# SPDX-License-Identifier: Apache-2.0
"""The response as people read it at the desk, by pages and commands alike. Each read is logged before it is given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from truceline.base.clock import iso
from truceline.commission import Case
from truceline.errors import AccessError, NotHere
from truceline.model.case import Actor
from truceline.model.clauses import Step
from truceline.model.commitment import StateSeat
from truceline.register import View
from truceline.register.tell import standing_json
from truceline.services.board import may_read, may_read_of, moves_seen, version_of
from truceline.services.desk import Desk


@contextmanager
def _asked(desk: Desk, actor: Actor, name: str) -> Iterator[datetime]:
    """Hold the desk while something is read; a refusal is logged before it is told."""
    with desk.lock:
        now = desk.now()
        try:
            yield now
        except AccessError:
            desk.log(actor, "read", "response", name, allowed=False)
            raise
        desk.log(actor, "read", "response", name, allowed=True)


def board(desk: Desk, actor: Actor) -> dict[str, Any]:
    """Return the board as far as a person may see it, with the version that acts upon it name.

    Raises:
        AccessError: it is not theirs to see; the refusal is logged.
    """
    with _asked(desk, actor, "show") as now:
        told = desk.responses.view(actor, now, desk.cases)
        changed = version_of(desk.responses, actor)
        return told if changed is None else told | {"version": changed}


def names(desk: Desk, actor: Actor) -> dict[str, str]:
    """Return the names of the parties, and of the states that a person may read of in the register, by id."""
    with desk.lock:
        known = desk.registry.view(actor, desk.now()).states
        return _called(desk) | {name: seat.name for name, seat in known.items()}


def _called(desk: Desk) -> dict[str, str]:
    """Names of those whom the agreement names, by id."""
    parties = {each.id: each.name for each in desk.agreement.parties}
    return parties | {each.id: each.name for each in desk.agreement.others}


_OF_STEP = ("step", "number", "text", "trigger", "due", "decision_due", "declared", "clocks")


def clocks(desk: Desk, actor: Actor) -> dict[str, Any]:
    """Return what of the board its clocks are: per step, and the hours already used.

    Raises:
        AccessError: it is not theirs to see; the refusal is logged.
    """
    with _asked(desk, actor, "clocks") as now:
        if not may_read(desk.responses, actor):
            raise AccessError(f"{actor.user} ({actor.role}) may not read the response")
        whole = desk.responses.view(actor, now, desk.cases)
    return {
        "at": whole["at"],
        "drill": whole["drill"],
        "stopped": whole["stopped"],
        "responses": [
            {
                "response": each["response"],
                "hours": each["hours"],
                "steps": [{key: step[key] for key in _OF_STEP} for step in each["steps"]],
            }
            for each in whole["responses"]
        ],
    }


def moves(desk: Desk, actor: Actor) -> list[dict[str, Any]]:
    """Return the moves that a person may see, in order.

    Raises:
        AccessError: none are theirs to see; the refusal is logged.
    """
    with _asked(desk, actor, "moves"):
        return moves_seen(desk.responses, actor, desk.responses.journal(), _by_id(desk))


def replay(desk: Desk, actor: Actor, origin: str = "determination") -> dict[str, Any]:
    """Return the response replayed from its moves, and what would differ had clocks counted from ``origin``.

    Raises:
        AccessError: it is not theirs to see; the refusal is logged.
    """
    with _asked(desk, actor, "replay") as now:
        return desk.responses.replay(actor, now, origin)


def _by_id(desk: Desk) -> dict[str, Case]:
    return {case.id: case for case in desk.cases}


def state(desk: Desk, actor: Actor, name: str) -> dict[str, Any]:
    """Return one state's page: what it promised, what is asked of it now, by when, and who decides there.

    Raises:
        AccessError: it is not theirs to see; the refusal is logged.
        NotHere: nobody is called so.
    """
    with _asked(desk, actor, f"state {name:.64}") as now:
        held = desk.responses
        if not may_read_of(held, actor, name):
            raise AccessError(f"{actor.user} ({actor.role}) may not read what {name:.64} is asked")
        view = desk.registry.view(actor, now)
        called = _called(desk)
        known = {*called, *view.states, *held.ladder.states(), *held.promises(now)}
        if name not in known:
            raise NotHere(f"there is no state {name:.64} here")
        steps = [step for step in held.ladder.steps.values() if _foreseen(step, name, view)]
        return {
            "at": iso(now),
            "drill": held.drill,
            "state": _seat(view.states.get(name), name, called),
            "party": name in held.ladder.parties,
            "guarantor": name in held.ladder.guarantors,
            "asked": _asked_of(desk, actor, name, now),
            "foreseen": [_step_json(step, name, held.ladder.parties) for step in steps],
            "commitments": _promised(view, name),
            "withheld": view.withheld.count(name),
            "consultations": [
                each for each in held.view(actor, now, desk.cases)["consultations"] if name in each["invited"]
            ],
        }


def _seat(seat: StateSeat | None, name: str, names: dict[str, str]) -> dict[str, Any]:
    """What the register knows of a state; what no source says is null."""
    told = asdict(seat or StateSeat(name, names.get(name, name)))
    return told | {"member_of": list(told["member_of"]), "in_register": seat is not None}


def _foreseen(step: Step, name: str, view: View) -> bool:
    """Whether a step may ask a state: the terms name it, or it promised."""
    promised = any(each.commitment.step == step.id and each.promised(view.on) for each in view.of(name))
    return name in step.acts_by or promised


def _step_json(step: Step, name: str, parties: tuple[str, ...]) -> dict[str, Any]:
    return {
        "step": step.id,
        "number": step.number,
        "text": step.text,
        "trigger": step.trigger,
        "declared_by": list(step.declared_by),
        "acknowledge_hours": step.acknowledge_hours,
        "done": step.done,
        "conflict": (step.conflict or "unknown") if name in parties else None,
    }


def _asked_of(desk: Desk, actor: Actor, name: str, now: datetime) -> list[dict[str, Any]]:
    """Steps that a state was asked for, with the moment by which it acknowledges."""
    told = desk.responses.view(actor, now, desk.cases)
    if "asked" in told:
        rows = told["asked"]
    else:
        rows = [
            {"response": each["response"], **{k: step[k] for k in ("step", "number", "text", "due")}, **mine}
            for each in told["responses"]
            for step in each["steps"]
            if "asked" in (mine := step["states"].get(name, {}))
        ]
    return [row | {"acknowledge_by": _acknowledge_by(desk, row)} for row in rows]


def _acknowledge_by(desk: Desk, row: dict[str, Any]) -> str | None:
    hours = desk.responses.ladder.steps[row["step"]].acknowledge_hours
    if hours is None:
        return None
    declared = desk.responses.situation.responses[row["response"]].steps[row["step"]].at
    return iso(declared + timedelta(hours=hours))


def _promised(view: View, name: str) -> list[dict[str, Any]]:
    """What a state, and the groups that speak for it, promised."""
    seat = view.states.get(name)
    groups = () if seat is None else seat.member_of
    return [standing_json(view, each) for of in (name, *groups) for each in view.of(of)]
