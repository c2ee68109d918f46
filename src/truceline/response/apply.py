# SPDX-License-Identifier: Apache-2.0
"""One move in a response: the next situation, or the reason why it is not possible. Pure; the move carries its time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from truceline.base.clock import utc
from truceline.errors import Malformed, StateError
from truceline.model.case import MACHINE_ROLE
from truceline.model.clauses import Step
from truceline.model.ladder import STANDING, STOPS
from truceline.model.proof import Evidence
from truceline.model.response import DECISIONS, Move, Promises, Sign
from truceline.response import consultation
from truceline.response.ladder import Ladder
from truceline.response.situation import NOTHING, Answer, Chosen, Declared, Halt, Response, Situation
from truceline.response.trigger import Verdict, counts, judge

CHECKS = ("done", "not done", "cannot be verified")
"""What the centre can say of a state's report."""

Handler = Callable[[Situation, Move, Ladder], Situation]


def apply(situation: Situation, move: Move, ladder: Ladder) -> Situation:
    """Return the situation after one more move.

    Raises:
        StateError: it is not possible now, or not by this person; the reason says why.
        Malformed: its data do not have the form.
    """
    if move.id in situation.moves:
        raise StateError("the move was made already", record=move.id)
    if situation.now is not None and move.at < situation.now:
        raise StateError("a move cannot come before the newest one", record=move.id)
    if move.by.role == MACHINE_ROLE and move.kind != "sign":
        raise StateError(f"the program cannot {move.kind}; people do", record=move.id)
    try:
        changed = HANDLERS[move.kind](situation, move, ladder)
    except KeyError as error:
        if error.args[0] in [value for value in move.data.values() if isinstance(value, str)]:
            raise StateError(f"{move.kind}: there is no {error.args[0]!r:.80} here", record=move.id) from error
        raise Malformed(f"{move.kind}: {error} is missing", record=move.id) from error
    except (TypeError, ValueError, AttributeError) as error:
        raise Malformed(f"{move.kind}: {str(error)[:200]}", record=move.id) from error
    return replace(changed, now=move.at, moves={**situation.moves, move.id: move.by.user})


def fold(moves: Iterable[Move], ladder: Ladder) -> Situation:
    """Return the situation that moves add up to.

    Raises:
        StateError: a move that was not possible; the ledger would not hold it.
    """
    situation = NOTHING
    for move in moves:
        situation = apply(situation, move, ladder)
    return situation


def trigger_of(situation: Situation, response: Response | None, step: Step) -> Verdict:
    """Return whether a step's trigger is met by what stands now."""
    declared = {} if response is None else response.declared()
    return judge(step.when, situation.newest(), step.accused, declared)


def to_ask(ladder: Ladder, step: Step, promises: Promises, at: datetime) -> tuple[str, ...]:
    """Return the states that a declaration of a step asks: who acts by the terms, and who promised it."""
    promised = [
        state
        for state, steps in promises.items()
        if any(each.stands(at) and each.stance != "none" for each in steps.get(step.id, ()))
    ]
    refused = [
        state
        for state, steps in promises.items()
        if state not in promised and any(e.stands(at) and e.stance == "none" for e in steps.get(step.id, ()))
    ]
    named = [state for state in ladder.states() if state in step.acts_by]
    return tuple(state for state in dict.fromkeys((*named, *promised)) if state not in refused)


def _sign(situation: Situation, move: Move, ladder: Ladder) -> Situation:
    del ladder  # a sign is the same under every ladder
    if move.data.get("origin") == "claim":
        raise StateError("a claim never proposes a clock; only a corroborated event or a finding does", record=move.id)
    sign = Sign.from_json(move.data)
    moments = [m for m in (sign.received, sign.noticed, sign.found) if m is not None]
    if max(moments) > move.at:
        raise StateError("a sign cannot know what comes after it was logged", record=move.id)
    versions = situation.signs.get(sign.id, ())
    if not versions and not counts(sign):
        raise StateError(f"status {sign.status!r:.40}: a sign is at least {STANDING[0]}", record=move.id)
    return replace(situation, signs={**situation.signs, sign.id: (*versions, sign)})


def _named(situation: Situation, move: Move, ladder: Ladder) -> Chosen:
    """The sign that a move names as the initial breach; it must stand, and some step must be foreseen for it."""
    sign = situation.sign(str(move.data["breach"]))
    if not counts(sign):
        raise StateError(f"{sign.id} does not stand as a breach ({sign.status})", record=move.id)
    if all(judge(step.when, [sign], step.accused, {}).met is False for step in ladder.steps.values()):
        raise StateError(f"{sign.id} alone meets the trigger of no step", record=move.id)
    return Chosen(sign.id, move.id, move.by.user, move.by.of, move.at, move.reason)


def _begin(situation: Situation, move: Move, ladder: Ladder) -> Situation:
    if not any(ladder.may_declare(step, move.by) for step in ladder.steps.values()):
        raise StateError(f"{move.by.user} is none of those whom the terms let declare a step", record=move.id)
    chosen = _named(situation, move, ladder)
    if any(chosen.sign == response.breach for response in situation.responses.values()):
        raise StateError(f"{chosen.sign} is the initial breach of a response already", record=move.id)
    return replace(situation, responses={**situation.responses, move.id: Response(move.id, (chosen,))})


def _dispute(situation: Situation, move: Move, ladder: Ladder) -> Situation:
    response, other = _response(situation, move), _named(situation, move, ladder)
    if other.sign == response.breach:
        raise StateError(f"{other.sign} is the one chosen; a dispute names another", record=move.id)
    return _with(situation, replace(response, disputes={**response.disputes, move.id: other}))


def _choose(situation: Situation, move: Move, ladder: Ladder) -> Situation:
    """The initial breach is chosen anew; the choice before it stays on record."""
    response, chosen = _response(situation, move), _named(situation, move, ladder)
    if not any(ladder.may_declare(step, move.by) for step in ladder.steps.values()):
        raise StateError(f"{move.by.user} is none of those whom the terms let declare a step", record=move.id)
    if chosen.sign == response.breach:
        raise StateError(f"{chosen.sign} is the one chosen", record=move.id)
    return _with(situation, replace(response, chosen=(*response.chosen, chosen)))


def _declare(situation: Situation, move: Move, ladder: Ladder) -> Situation:
    response, step = _response(situation, move), ladder.steps[str(move.data["step"])]
    if not step.declared_by:
        mend = "agree on it (declared_by) first"
        raise StateError(f"{step.id}: the terms do not say who declares step {step.number}; {mend}", record=move.id)
    if not ladder.may_declare(step, move.by):
        raise StateError(f"{step.id}: {move.by.user} is none of those whom the terms let declare it", record=move.id)
    if step.id in response.declared():
        raise StateError(f"{step.id} is declared already", record=move.id)
    if step.after is not None and step.after not in response.declared():
        raise StateError(f"{step.id} comes after {step.after}, which is not declared", record=move.id)
    _may_rest(situation, response, step, ladder, move)
    asked = tuple(map(str, move.data["asked"]))
    if len(set(asked)) < len(asked):
        raise ValueError("asked: every state once")
    aside = tuple(state for state in asked if ladder.aside(step, state))
    answers = {state: Answer(move.at) for state in asked if state not in aside}
    done = Declared(move.id, move.by.user, move.at, None, answers, aside, move.by.role, move.by.of)
    before = (*response.before, (step.id, response.steps[step.id])) if step.id in response.steps else response.before
    return _with(situation, replace(response, steps={**response.steps, step.id: done}, before=before))


def _may_rest(situation: Situation, response: Response, step: Step, ladder: Ladder, move: Move) -> None:
    """Return if a step's trigger is met and its standard of proof holds; what cannot be told, a person must answer for.

    Raises:
        StateError: it is not.
    """
    verdict = trigger_of(situation, response, step)
    if verdict.met is False:
        raise StateError(f"{step.id}: its trigger is not met by anything that stands", record=move.id)
    if verdict.met is None and not str(move.data.get("although", "")).strip():
        why = "nobody can tell whether its trigger is met; say although what it is declared"
        raise StateError(f"{step.id}: {why}", record=move.id)
    standard = ladder.standards.get(step.rests_on or "")
    if standard is None:
        return
    lacking: list[tuple[str, ...]] = [standard.policy.lacking(_evidence(situation.sign(name))) for name in verdict.by]
    if lacking and all(lacking):
        least = min(lacking, key=len)
        raise StateError(f"{step.id} rests on {standard.id}, which lacks: {'; '.join(least)}", record=move.id)


def _evidence(sign: Sign) -> Evidence:
    return Evidence(frozenset(sign.facts), sign.voices, None if sign.probability is None else sign.probability[0])


def _lift(situation: Situation, move: Move, ladder: Ladder) -> Situation:
    """A step is taken back by those who may declare it; what states did meanwhile stays on record."""
    response, step = _response(situation, move), ladder.steps[str(move.data["step"])]
    if not ladder.may_declare(step, move.by):
        raise StateError(f"{step.id}: {move.by.user} is none of those whom the terms let declare it", record=move.id)
    done = response.steps.get(step.id)
    if done is None or done.lifted is not None:
        raise StateError(f"{step.id} is not declared", record=move.id)
    return _with(situation, replace(response, steps={**response.steps, step.id: replace(done, lifted=move.at)}))


def _answer(change: Callable[[Answer, Move, Step], Answer]) -> Handler:
    """What a state does at a step that it was asked for."""

    def handler(situation: Situation, move: Move, ladder: Ladder) -> Situation:
        response, step, state = _response(situation, move), str(move.data["step"]), str(move.data["state"])
        done = response.steps.get(step)
        if done is None or done.lifted is not None:
            raise StateError(f"{step:.64} is not declared; nobody is asked", record=move.id)
        if state in done.aside:
            raise StateError(f"{step}: {state} is a party, and stands aside by the terms (conflict)", record=move.id)
        if state not in done.answers:
            raise StateError(f"{step}: {state:.64} was not asked", record=move.id)
        answers = {**done.answers, state: change(done.answers[state], move, ladder.steps[step])}
        steps = {**response.steps, step: replace(done, answers=answers)}
        return _with(situation, replace(response, steps=steps))

    return handler


def _acknowledged(answer: Answer, move: Move, step: Step) -> Answer:
    if answer.acknowledged is not None:
        raise StateError(f"{step.id} was acknowledged already", record=move.id)
    return replace(answer, acknowledged=move.at)


def _decided(answer: Answer, move: Move, step: Step) -> Answer:
    decision = str(move.data["decision"])
    if decision not in DECISIONS:
        raise ValueError(f"decision: one of {', '.join(DECISIONS)}")
    if decision == answer.decision:
        raise StateError(f"{step.id}: that is what was decided", record=move.id)
    return replace(answer, decisions=(*answer.decisions, (move.at, decision)))


def _reported(answer: Answer, move: Move, step: Step) -> Answer:
    if answer.decision != "act":
        raise StateError(f"{step.id}: nobody acts before it was decided to", record=move.id)
    if answer.reported is not None:
        raise StateError(f"{step.id}: it was reported already", record=move.id)
    return replace(answer, reported=move.at)


def _verified(answer: Answer, move: Move, step: Step) -> Answer:
    result = str(move.data["result"])
    if result not in CHECKS:
        raise ValueError(f"result: one of {', '.join(CHECKS)}")
    if move.by.of == move.data["state"]:
        raise StateError(f"{step.id}: {move.by.of} reported it, and does not verify it itself", record=move.id)
    if answer.reported is None:
        raise StateError(f"{step.id}: nothing was reported that could be verified", record=move.id)
    return replace(answer, checks=(*answer.checks, (move.at, result)))


def _stop(situation: Situation, move: Move, ladder: Ladder) -> Situation:
    del ladder  # which clocks it stops, each clock says
    what = str(move.data["what"])
    if what not in STOPS:
        raise ValueError(f"what: one of {', '.join(STOPS)}")
    begin, end = (None if move.data.get(key) is None else utc(str(move.data[key])) for key in ("from", "to"))
    begin = begin or move.at
    if begin > move.at or (end is not None and not begin < end <= move.at):
        raise StateError("a clock is stopped from now or from before, and no stop ends in the future", record=move.id)
    if end is None and any(halt.end is None and halt.what == what for halt in situation.halts.values()):
        raise StateError(f"clocks stand still for {what} already", record=move.id)
    return replace(situation, halts={**situation.halts, move.id: Halt(what, begin, end)})


def _resume(situation: Situation, move: Move, ladder: Ladder) -> Situation:
    del ladder  # the same under every ladder
    name = str(move.data["stop"])
    halt = situation.halts[name]
    if halt.end is not None:
        raise StateError("it is over already", record=move.id)
    return replace(situation, halts={**situation.halts, name: replace(halt, end=move.at)})


def _response(situation: Situation, move: Move) -> Response:
    return situation.responses[str(move.data["response"])]


def _with(situation: Situation, response: Response) -> Situation:
    return replace(situation, responses={**situation.responses, response.id: response})


HANDLERS: Mapping[str, Handler] = {
    "sign": _sign,
    "begin": _begin,
    "dispute": _dispute,
    "choose": _choose,
    "declare": _declare,
    "lift": _lift,
    "acknowledge": _answer(_acknowledged),
    "decide": _answer(_decided),
    "report": _answer(_reported),
    "verify": _answer(_verified),
    "stop": _stop,
    "resume": _resume,
    "convene": consultation.convene,
    "attend": consultation.attend,
    "minutes": consultation.minutes,
}
"""By kind of move."""
