# SPDX-License-Identifier: Apache-2.0
"""The board: every step with its clocks, why it could be declared, where each state stands. It tells, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from truceline.base.clock import iso
from truceline.model.clauses import Step
from truceline.model.response import NO_PROMISES, Promise, Promises
from truceline.response.apply import trigger_of
from truceline.response.clocks import StepClock, clock_changes, clocks, hours_used
from truceline.response.consultation import consultations_json
from truceline.response.ladder import Ladder, faults
from truceline.response.situation import Answer, Chosen, Declared, Response, Situation
from truceline.response.trigger import Verdict, counts


def board(situation: Situation, ladder: Ladder, now: datetime, promises: Promises = NO_PROMISES) -> dict[str, Any]:
    """Return the board at a moment as JSON.

    Args:
        situation: what the moves up to that moment add up to.
        ladder: the steps.
        now: the moment, UTC.
        promises: what states promised, by state and step.
    """
    states = tuple(dict.fromkeys((*ladder.states(), *promises)))
    return {
        "at": iso(now),
        "responses": [
            _response(situation, each, ladder, now, promises, states) for each in situation.responses.values()
        ],
        "proposed": proposed(situation, ladder),
        "signs": [
            {**sign.to_json(), "versions": len(situation.signs[sign.id]), "hours": hours_used(sign, now)}
            for sign in situation.newest()
        ],
        "stopped": [
            {"stop": name, "what": halt.what, "from": iso(halt.begin), "to": _iso(halt.end)}
            for name, halt in situation.halts.items()
        ],
        "consultations": consultations_json(situation.consultations.values()),
        "faults": [
            {"clause": each.clause, "key": each.key, "message": each.message, "mend": each.mend}
            for each in faults(ladder, promises, now)
        ],
    }


def proposed(situation: Situation, ladder: Ladder) -> list[dict[str, Any]]:
    """Return the signs that propose a clock and are the initial breach of no response: who chooses one, says so."""
    taken = {chosen.sign for response in situation.responses.values() for chosen in response.chosen}
    found = []
    for step in ladder.steps.values():
        verdict = trigger_of(situation, None, step)
        signs = [name for name in verdict.by if name not in taken]
        if verdict.met is not False and signs:
            found.append(
                {"step": step.id, "signs": signs, "trigger": word_of(verdict), "falsely": falsely_json(verdict)}
            )
    return found


def word_of(verdict: Verdict) -> str:
    """Return what signs make of a trigger, in words."""
    return {True: "met", False: "not met", None: "cannot tell"}[verdict.met]


def falsely_json(verdict: Verdict) -> dict[str, float] | None:
    """Return bounds on the probability of a false trigger, rounded to what they are worth; None: cannot tell."""
    if verdict.falsely is None:
        return None
    low, high = verdict.falsely
    return {"low": round(low, 3), "high": round(high, 3)}


def _response(
    situation: Situation, response: Response, ladder: Ladder, now: datetime, promises: Promises, states: tuple[str, ...]
) -> dict[str, Any]:
    sign = situation.sign(response.breach)
    found = clocks(situation, response, ladder, now)
    return {
        "response": response.id,
        "breach": {
            "sign": sign.id,
            "party": sign.party,
            "stands": counts(sign),
            "chosen": [_chosen(each) for each in response.chosen],
            "disputed": [_chosen(each) for each in response.disputed],
        },
        "hours": hours_used(sign, now),
        "steps": [
            _step(situation, response, step, ladder, found[name], now, promises, states)
            for name, step in ladder.steps.items()
        ],
    }


def _chosen(each: Chosen) -> dict[str, Any]:
    return {"sign": each.sign, "by": each.by, "of": each.of, "at": iso(each.at), "reason": each.reason}


def _step(
    situation: Situation,
    response: Response,
    step: Step,
    ladder: Ladder,
    due: StepClock,
    now: datetime,
    promises: Promises,
    states: tuple[str, ...],
) -> dict[str, Any]:
    done = response.steps.get(step.id)
    verdict = trigger_of(situation, response, step)
    accused = situation.sign(response.breach).party
    stands = done is not None and done.lifted is None
    return {
        "step": step.id,
        "number": step.number,
        "text": step.text,
        "trigger": word_of(verdict),
        "met_by": list(verdict.by),
        "falsely": falsely_json(verdict),
        "declared": None if done is None else _declared(done),
        # A step whose ground fell away stands until people lift it; that a decision is due is all that is said.
        "ground": stands and verdict.met is not False if done is not None else None,
        "due": {"earliest": _iso(due.earliest), "latest": _iso(due.latest)},
        "decision_due": not stands and verdict.met is not False and due.earliest is not None and now >= due.earliest,
        "clocks": [each.to_json() for each in due.possible],
        "changes_of_clocks": list(clock_changes(step, due)),
        "states": {
            state: _state(step, ladder, done if stands else None, due, now, promises.get(state, {}), state, accused)
            for state in states
        },
    }


def _declared(done: Declared) -> dict[str, Any]:
    office = {"by": done.by, "role": done.role, "of": done.of}
    return office | {"at": iso(done.at), "move": done.move, "lifted": _iso(done.lifted)}


def _state(
    step: Step,
    ladder: Ladder,
    done: Declared | None,
    due: StepClock,
    now: datetime,
    promises: Mapping[str, tuple[Promise, ...]],
    state: str,
    accused: str | None,
) -> dict[str, Any]:
    held = [each for each in promises.get(step.id, ()) if each.stands(now)]
    answer = None if done is None else done.answers.get(state)
    told: dict[str, Any] = {"status": status_of(step, done, answer, held, due, now, state)}
    if told["status"] == "no commitment":
        told["said"] = bool(held)  # silence is not no
    elif answer is None and held and all(each.stance == "awaiting parliament" for each in held):
        told["parliament"] = True
    if held or step.id in promises:
        told["promises"] = [each.id for each in held]
    withdrawn = [p.id for p in promises.get(step.id, ()) if p.withdrawn is not None and p.withdrawn <= now]
    if withdrawn:
        told["withdrawn"] = withdrawn
    if state in ladder.parties:
        told["conflict"] = {"party": True, "accused": state == accused, "rule": step.conflict or "unknown"}
    if answer is not None:
        told |= _answer(answer, step)
        told["against_promise"] = answer.decision == "decline" and bool(held)
    return told


def _answer(answer: Answer, step: Step) -> dict[str, Any]:
    return {
        "asked": iso(answer.asked),
        "acknowledged": _iso(answer.acknowledged),
        "decisions": [{"at": iso(at), "decision": decision} for at, decision in answer.decisions],
        "reported": _iso(answer.reported),
        "checks": [{"at": iso(at), "result": result} for at, result in answer.checks],
        "done": is_done(answer, step),
    }


def is_done(answer: Answer, step: Step) -> bool | None:
    """Return whether a state did what the step asks, by what the terms count as done; None: they do not say."""
    if answer.reported is None or step.done is None:
        return None if answer.reported is not None else False
    return step.done == "reported" or (bool(answer.checks) and answer.checks[-1][1] == "done")


def status_of(
    step: Step,
    done: Declared | None,
    answer: Answer | None,
    held: list[Promise],
    due: StepClock,
    now: datetime,
    state: str,
) -> str:
    """Return where a state stands at a step, one of ``model.response.STATUSES``."""
    if done is not None and state in done.aside:
        return "stands aside"
    if answer is None:
        named = state in step.acts_by and not any(each.stance == "none" for each in held)
        return "not asked" if named or any(each.stance != "none" for each in held) else "no commitment"
    if answer.decision == "decline":
        return "declined"
    if answer.reported is not None:
        return "acted"
    if answer.decision == "act":
        return "decided"
    if answer.decision == "awaiting_parliament":
        return "awaiting parliament"
    if answer.acknowledged is not None:
        return "acknowledged"
    return "silent" if _late(step, answer, due, now) else "asked"


def _late(step: Step, answer: Answer, due: StepClock, now: datetime) -> bool:
    """Whether the time to acknowledge is over: the terms' hours, else the latest moment at which the step is due."""
    if step.acknowledge_hours is not None:
        return now > answer.asked + timedelta(hours=step.acknowledge_hours)
    return due.latest is not None and now > due.latest


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)
