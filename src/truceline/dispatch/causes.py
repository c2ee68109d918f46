# SPDX-License-Identifier: Apache-2.0
"""What is to be told: read off the response as it stands, so that a process that died in between forgets nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from truceline.base.clock import iso
from truceline.commission import Case
from truceline.model.response import Move
from truceline.response import Ladder, Situation
from truceline.response.apply import trigger_of
from truceline.response.clocks import clocks

_CORRECTING = ("sign", "choose", "stop", "resume")
"""Moves that can move a clock that was told already."""


@dataclass(frozen=True)
class Cause:
    """One thing that somebody is to be told of."""

    kind: str
    """One of ``model.dispatch.CAUSES``."""

    key: str
    """The same however often it is found."""

    at: datetime
    """When it came about, UTC."""

    incident: str
    """Response or case."""

    step: str | None = None
    """Step it is about; None: the whole response."""

    state: str | None = None
    """Whom alone it concerns; None: see :func:`truceline.services.notify`."""

    due: tuple[str | None, str | None] | None = None
    """Earliest and latest moment at which the step can be due now; None in it: open. None: no clock is told."""

    before: tuple[str | None, str | None] | None = None
    """What was told before."""


def of_response(situation: Situation, moves: Sequence[Move], ladder: Ladder, now: datetime) -> Iterator[Cause]:
    """Yield everything that can be told of a response at a moment, UTC."""
    last: dict[tuple[str, str], tuple[str | None, str | None]] = {}
    for move in moves:
        yield from _of_move(move)
        told = {(name, step): _pair(due) for name, steps in move.clocks.items() for step, due in steps.items()}
        if move.kind in _CORRECTING:
            for place, due in told.items():
                if place in last and last[place] != due:
                    name, step = place
                    yield Cause("corrected", f"corrected/{move.id}/{step}", move.at, name, step, None, due, last[place])
        last |= told
    yield from _due(situation, ladder, now)


def _of_move(move: Move) -> Iterator[Cause]:
    due_of = move.clocks.get(str(move.data.get("response")), {})
    name, step = str(move.data.get("response", move.id)), move.data.get("step")
    due = _pair(due_of[step]) if step in due_of else None
    if move.kind == "begin":
        yield Cause("begun", f"begun/{move.id}", move.at, move.id)
    elif move.kind == "dispute":
        yield Cause("disputed", f"disputed/{move.id}", move.at, name)
    elif move.kind in ("declare", "lift"):
        kind = "declared" if move.kind == "declare" else "lifted"
        yield Cause(kind, f"{kind}/{move.id}", move.at, name, step, None, due)
        for state in move.data.get("asked", ()):
            yield Cause("asked", f"asked/{move.id}/{state}", move.at, name, step, str(state), due)


def _due(situation: Situation, ladder: Ladder, now: datetime) -> Iterator[Cause]:
    """Steps whose time can be over while nobody declared them, and signs that propose a clock. Nothing follows."""
    for name, response in situation.responses.items():
        for step, due in clocks(situation, response, ladder, now).items():
            done = response.steps.get(step)
            if (done is not None and done.lifted is None) or due.earliest is None or now < due.earliest:
                continue
            if trigger_of(situation, response, ladder.steps[step]).met is not False:
                key = f"decision_due/{name}/{step}/{iso(due.earliest)}"
                yield Cause("decision_due", key, due.earliest, name, step, None, _pair(due.short()))
    taken = {chosen.sign for response in situation.responses.values() for chosen in response.chosen}
    for rung in ladder.steps.values():
        verdict = trigger_of(situation, None, rung)
        for sign in verdict.by if verdict.met is not False else ():
            if sign not in taken:
                at = situation.signs[sign][0].received
                yield Cause("proposed", f"proposed/{sign}/{rung.id}", at, sign, rung.id)


def of_cases(cases: Iterable[Case]) -> Iterator[Cause]:
    """Yield the notices of stopping first: both liaisons, the same words, and nobody is accused."""
    for case in cases:
        for party, served in case.notices.items():
            yield Cause("stop_first", f"stop_first/{case.id}/{party}", served.at, case.id, None, party)


def _pair(due: Sequence[str | None]) -> tuple[str | None, str | None]:
    return due[0], due[1]
