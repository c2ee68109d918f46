# SPDX-License-Identifier: Apache-2.0
"""A response replayed from its logged moves: are the clocks the same, and what if they had counted otherwise?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from truceline.base.clock import iso
from truceline.model.response import Move
from truceline.response.apply import apply
from truceline.response.clocks import StepClock, clocks, told
from truceline.response.ladder import Ladder
from truceline.response.situation import NOTHING, Response, Situation


def replay(moves: Sequence[Move], ladder: Ladder, now: datetime, origin: str = "determination") -> dict[str, Any]:
    """Return a response replayed, as JSON: where its clocks differ from those told then, and what else would.

    Args:
        moves: every move, in order, with the clocks that were told after it.
        ladder: the steps.
        now: the moment up to which it is told, UTC.
        origin: the moment from which every clock is counted in the *what if*.

    Raises:
        StateError: a move was not possible after those before it.
    """
    situation, differs = NOTHING, []
    trace: list[dict[str, Any]] = []
    for move in moves:
        situation = apply(situation, move, ladder)
        found = told(situation, ladder, move.at)
        if move.clocks and found != dict(move.clocks):
            differs.append({"move": move.id, "then": dict(move.clocks), "now": found})
        if found and (not trace or trace[-1]["clocks"] != found):
            trace.append({"after": move.id, "kind": move.kind, "at": iso(move.at), "clocks": found})
    return {
        "moves": len(moves),
        "same": not differs,
        "differs": differs,
        "clocks": told(situation, ladder, now),
        "trace": trace,
        "had": {
            "from": origin,
            "differs": [
                line for each in situation.responses.values() for line in _had(situation, each, ladder, now, origin)
            ],
        },
    }


def _had(
    situation: Situation, response: Response, ladder: Ladder, now: datetime, origin: str
) -> Iterator[dict[str, Any]]:
    """What would have differed, step by step, had every clock counted from one origin."""
    was, had = clocks(situation, response, ladder, now), clocks(situation, response, ladder, now, origin)
    for step in ladder.steps:
        if was[step].short() == had[step].short():
            continue
        yield {
            "response": response.id,
            "step": step,
            "due": was[step].short(),
            "had": had[step].short(),
            "hours_later": _later(was[step], had[step]),
            "changed": list(_changed(response, step, was[step], had[step])),
        }


def _later(was: StepClock, had: StepClock) -> list[float | None]:
    pairs = ((was.earliest, had.earliest), (was.latest, had.latest))
    return [None if a is None or b is None else round((b - a) / timedelta(hours=1), 3) for a, b in pairs]


def _changed(response: Response, step: str, was: StepClock, had: StepClock) -> Iterator[dict[str, Any]]:
    """What was in time by one way of counting and late by the other."""
    done = response.steps.get(step)
    for what, moment in [] if done is None else [("declared", done.at), *_answers(done.answers)]:
        one, other = in_time(moment, was), in_time(moment, had)
        if one != other:
            yield {"what": what, "at": iso(moment), "was": one, "had": other}


def _answers(answers: Any) -> Iterator[tuple[str, datetime]]:
    for state, answer in answers.items():
        yield from ((f"{decision} by {state}", at) for at, decision in answer.decisions)
        if answer.reported is not None:
            yield f"reported by {state}", answer.reported


def in_time(moment: datetime, due: StepClock) -> str:
    """Return ``in time``, ``late`` or ``cannot tell`` for a moment between the earliest and the latest deadline."""
    if due.earliest is None:
        return "no deadline"
    if moment <= due.earliest:
        return "in time"
    return "late" if due.latest is not None and moment > due.latest else "cannot tell"
