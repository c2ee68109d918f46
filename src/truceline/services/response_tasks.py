# SPDX-License-Identifier: Apache-2.0
"""What the response waits for from a person: an acknowledgement, a decision, a report, a declaration, a look."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from truceline.access import Thing, decide
from truceline.model.case import Actor
from truceline.model.clauses import Step
from truceline.response.apply import trigger_of
from truceline.response.clocks import StepClock, clocks
from truceline.response.situation import Answer, Consultation, Declared, Response
from truceline.services.response import Responses

Waits = tuple[str, datetime, datetime | None, str, None, str, dict[str, Any]]
"""As a task of the queue: what to do, since when, until when, which clock, no case, title, data."""


def of_response(held: Responses, actor: Actor, now: datetime) -> Iterator[Waits]:
    """Yield what the response waits for from a person, by the table of access and the terms."""
    for response in held.situation.responses.values():
        due = clocks(held.situation, response, held.ladder, now)
        for step in held.ladder.steps.values():
            done = response.steps.get(step.id)
            if done is None or done.lifted is not None:
                yield from _declaration(held, response, step, due[step.id], actor)
            else:
                yield from _answers(response, step, done, due[step.id], actor)
    for each in held.situation.consultations.values():
        yield from _consultation(each, actor, now)


def _declaration(held: Responses, response: Response, step: Step, due: StepClock, actor: Actor) -> Iterator[Waits]:
    """Whether to declare is for people to decide; it waits where the trigger is met or nobody can tell."""
    ready = step.after is None or step.after in response.declared()
    if not (ready and held.ladder.may_declare(step, actor) and decide(actor, "declare", _own(actor)).allowed):
        return
    if trigger_of(held.situation, response, step).met is not False:
        data = {"response": response.id, "step": step.id}
        clock = (
            "earliest moment at which a decision on it is due" if due.earliest else "none: the terms set no deadline"
        )
        yield "declare", response.chosen[-1].at, due.earliest, clock, None, _title(step), data


def _own(actor: Actor) -> Thing:
    return Thing("response", owners=frozenset({f"user:{actor.user}", *((actor.of,) if actor.of else ())}))


def _answers(response: Response, step: Step, done: Declared, due: StepClock, actor: Actor) -> Iterator[Waits]:
    if actor.of is not None and actor.of in done.answers and decide(actor, "answer", _own(actor)).allowed:
        answer, data = done.answers[actor.of], {"response": response.id, "step": step.id, "state": actor.of}
        for do, until, clock in _next(answer, step, due):
            yield do, answer.asked, until, clock, None, _title(step), data
    if step.done == "verified" and decide(actor, "verify", Thing("response")).allowed:
        for state, answer in done.answers.items():
            if answer.reported is not None and not answer.checks and state != actor.of:
                data = {"response": response.id, "step": step.id, "state": state}
                yield (
                    "verify",
                    answer.reported,
                    None,
                    "none: what it reported is to be looked at",
                    None,
                    _title(step),
                    data,
                )


def _next(answer: Answer, step: Step, due: StepClock) -> Iterator[tuple[str, datetime | None, str]]:
    if answer.decision is None and answer.acknowledged is None:
        hours = step.acknowledge_hours
        until = None if hours is None else answer.asked + timedelta(hours=hours)
        yield "acknowledge", until, "none: the terms set no hours" if hours is None else f"{hours:g} h to acknowledge"
    if answer.decision is None or answer.decision == "awaiting_parliament":
        yield "decide", due.earliest, "earliest moment at which the step is due"
    elif answer.decision == "act" and answer.reported is None:
        yield "report", due.earliest, "earliest moment at which the step is due"


def _consultation(each: Consultation, actor: Actor, now: datetime) -> Iterator[Waits]:
    if each.minutes or now < each.begins:
        return
    data = {"response": each.response, "consultation": each.id}
    if actor.of in each.invited and actor.of not in each.present and decide(actor, "answer", _own(actor)).allowed:
        yield "attend", each.begins, None, "none: it has begun", None, each.about, {**data, "state": actor.of}
    writes = actor.role == "secretariat" or actor.user == each.by
    if writes and decide(actor, "consult", Thing("response")).allowed:
        yield "minutes", each.begins, None, "none: it has begun", None, each.about, data


def _title(step: Step) -> str:
    return f"Step {step.number}: {step.text}"
