# SPDX-License-Identifier: Apache-2.0
"""The board, the moves and a state's own page as one person may see them.

Below the threshold no party is named, a promise that is not theirs to read is counted and not told, and a party sees
what it is asked and no more, unless the terms let the parties see the board.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from truceline.access import Thing, decide
from truceline.access.release import NAMED_BELOW, names_party
from truceline.base.clock import iso
from truceline.commission import Case
from truceline.errors import AccessError
from truceline.model.case import Actor
from truceline.model.response import Move
from truceline.response.board import board
from truceline.response.consultation import consultations_json

if TYPE_CHECKING:  # it uses this module
    from truceline.services.response import Responses

PARTIES = "liaison"
"""Who speaks for a party: the board is addressed to them where the terms say so."""

Named = Callable[[str, str | None], bool]
"""Whether a party that a sign names may be told to somebody."""


def thing_of(held: Responses, *owners: str) -> Thing:
    """Return the board as the access table speaks of it; of an owner: only what that state or party is asked."""
    audience = frozenset({PARTIES}) if held.rules.publication.board_to_parties else frozenset()
    return Thing("response", owners=frozenset(owners), audience=audience)


def may_read(held: Responses, actor: Actor) -> bool:
    """Return whether a person reads the whole board."""
    return decide(actor, "read", thing_of(held)).allowed


def may_read_of(held: Responses, actor: Actor, state: str) -> bool:
    """Return whether a person reads what one state is asked and answered."""
    return decide(actor, "read", thing_of(held, state)).allowed


def board_of(held: Responses, actor: Actor, now: datetime, cases: Mapping[str, Case]) -> dict[str, Any]:
    """Return the board as a person may see it; a party that is asked sees what it is asked, and no more.

    Raises:
        AccessError: it is not theirs to see.
    """
    if not may_read(held, actor) and (actor.of is None or not may_read_of(held, actor, actor.of)):
        raise AccessError(f"{actor.user} ({actor.role}) may not read the response")
    whole = {"drill": held.drill, **board(held.situation, held.ladder, now, held.promises(now))}
    if may_read(held, actor):
        _withhold(whole, _hidden(held, actor, now))
        if actor.role == PARTIES:
            _unstaffed(whole, actor.user)
        return whole if actor.role in NAMED_BELOW else _unnamed(whole, names_to(held, actor, cases))
    state = str(actor.of)
    asked = [
        {"response": each["response"], **{k: step[k] for k in ("step", "number", "text", "due")}, **mine}
        for each in whole["responses"]
        for step in each["steps"]
        if "asked" in (mine := step["states"].get(state, {}))
    ]
    invited = [each for each in held.situation.consultations.values() if state in each.invited]
    told = [_from_outside(each, state) for each in consultations_json(invited)]
    return {"at": whole["at"], "drill": held.drill, "asked": asked, "consultations": told}


def _from_outside(told: dict[str, Any], state: str) -> dict[str, Any]:
    """A consultation as a party that is invited sees it: who else answers is the board's, and no staff is named."""
    return told | {
        "invited": [state],
        "present": {k: v for k, v in told["present"].items() if k == state},
        "convened_by": None,
        "minutes": [{**each, "by": None} for each in told["minutes"]],
    }


SOMEBODY = "somebody"
"""Who holds a sign to be the initial breach, told to a party, where that person acts for no state or party."""


def _unstaffed(whole: dict[str, Any], user: str) -> None:
    """Take the names of people out, but for the reader's own: a party is not told who of the staff did what."""
    done = [step["declared"] for each in whole["responses"] for step in each["steps"] if step["declared"] is not None]
    for each in whole["responses"]:
        breach = each["breach"]
        alone = {one["by"] for one in breach["disputed"] if one["of"] is None} - {user}
        for way in (way for step in each["steps"] for way in step["clocks"] if way["held_by"] in alone):
            way["held_by"] = SOMEBODY
        done += [*breach["chosen"], *breach["disputed"]]
    for talk in whole["consultations"]:
        done += talk["minutes"]
        talk["convened_by"] = user if talk["convened_by"] == user else None
    for each in done:
        each["by"] = user if each["by"] == user else None


def _hidden(held: Responses, actor: Actor, now: datetime) -> frozenset[str]:
    """Commitments that are not this person's to read."""
    kept = held.restricted(now)
    closed = {
        state
        for state in set(kept.values())
        if not decide(actor, "read", Thing("commitment", owners=frozenset({state}))).allowed
    }
    return frozenset(name for name, state in kept.items() if state in closed)


def _withhold(whole: dict[str, Any], hidden: frozenset[str]) -> None:
    """Take out promises that may not be read. That something is withheld is told, never that nothing was said."""
    if not hidden:
        return
    whole["faults"] = [each for each in whole["faults"] if each["clause"] not in hidden]
    for state in (s for each in whole["responses"] for step in each["steps"] for s in step["states"].values()):
        kept = hidden.intersection(state.get("promises", ()))
        kept |= hidden.intersection(state.get("withdrawn", ()))
        if kept:
            for key in ("promises", "withdrawn"):
                if key in state:
                    state[key] = [name for name in state[key] if name not in kept]
            state["withheld"] = len(kept)
            state.pop("parliament", None)
            state.pop("against_promise", None)
            if state.pop("said", None) is not None or (state["status"] == "not asked" and not state["promises"]):
                state["status"] = "withheld"


def names_to(held: Responses, actor: Actor, cases: Mapping[str, Case]) -> Named:
    """Return whether a party that a sign names may be told to this person now."""

    def named(sign: str, party: str | None) -> bool:
        case = cases.get(sign)
        if party is None or actor.role in NAMED_BELOW:
            return True
        if case is None:
            return False
        admitted = party in case.allegations and case.allegations[party].admitted
        return admitted or names_party(actor, case.hypotheses.get(party, 0.0), held.rules.publication)

    return named


def _unnamed(whole: dict[str, Any], named: Named) -> dict[str, Any]:
    """The board without parties that are not to be named to this person yet."""
    for sign in whole["signs"]:
        sign["party"] = sign["party"] if named(sign["sign"], sign["party"]) else None
    for each in whole["responses"]:
        breach = each["breach"]
        if named(breach["sign"], breach["party"]):
            continue
        breach["party"] = None
        for step in each["steps"]:
            for state in step["states"].values():
                state.get("conflict", {}).pop("accused", None)
    return whole


def concerns(move: Move, held: Responses, state: str) -> bool:
    """Return whether a move is about what a state is asked: it asks it, takes that back, answers it, or invites it."""
    data = move.data
    if "state" in data:
        return str(data["state"]) == state
    if move.kind in ("declare", "convene"):
        return state in data.get("asked", data.get("invited", ()))
    if move.kind == "minutes":
        return state in held.situation.consultations[str(data["consultation"])].invited
    if move.kind == "lift":
        response = held.situation.responses[str(data["response"])]
        every = (*(d for name, d in response.before if name == data["step"]), response.steps[str(data["step"])])
        return any(state in done.answers and done.at <= move.at for done in every)
    return False


def moves_seen(
    held: Responses, actor: Actor, moves: Iterable[tuple[int, Move]], cases: Mapping[str, Case]
) -> list[dict[str, Any]]:
    """Return moves that a person may see, with their ledger indices: of a party what concerns it alone.

    Raises:
        AccessError: none are theirs to see.
    """
    whole = may_read(held, actor)
    if not whole and (actor.of is None or not may_read_of(held, actor, actor.of)):
        raise AccessError(f"{actor.user} ({actor.role}) may not read the response")
    named = names_to(held, actor, cases)
    shown = moves if whole else ((i, move) for i, move in moves if concerns(move, held, str(actor.of)))
    return [_move_json(index, move, actor, named, whole=whole) for index, move in shown]


def _move_json(index: int, move: Move, actor: Actor, named: Named, *, whole: bool) -> dict[str, Any]:
    data = dict(move.data)
    if move.kind == "sign" and not named(str(data["sign"]), data.get("party")):
        data["party"] = None
    if not whole:
        data = {**data, **{key: [actor.of] for key in ("asked", "invited") if key in data}}
    own = (whole and actor.role != PARTIES) or (move.by.of is not None and move.by.of == actor.of)
    return {
        "move": move.id,
        "kind": move.kind,
        "by": {"user": move.by.user if own else None, "role": move.by.role, "of": move.by.of, "seat": move.by.seat},
        "at": iso(move.at),
        "reason": move.reason,
        "data": data,
        "clocks": dict(move.clocks) if whole else {},
        "record": index,
    }


def version_of(held: Responses, actor: Actor) -> int | None:
    """Return the ledger index of the newest move that a person may see; None: none."""
    if may_read(held, actor):
        return held.indices[-1] if held.indices else None
    state = actor.of
    if state is None or not may_read_of(held, actor, state):
        return None
    return next((index for index, move in reversed(held.journal()) if concerns(move, held, state)), None)
