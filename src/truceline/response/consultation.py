# SPDX-License-Identifier: Apache-2.0
"""Consultations: convened with a quorum, attended by states, and written down. What they decide starts nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from truceline.base.clock import iso, utc
from truceline.errors import StateError
from truceline.model.response import Move
from truceline.response.ladder import Ladder
from truceline.response.situation import Consultation, Minutes, Situation

MINUTES_OF_ANY = "secretariat"
"""Role that writes the minutes of any consultation; others write those of their own."""


def convene(situation: Situation, move: Move, ladder: Ladder) -> Situation:
    """States are asked to talk about a response."""
    del ladder  # whom a response concerns is for people to say
    data = move.data
    invited, quorum = tuple(map(str, data["invited"])), data["quorum"]
    about = str(data["about"]).strip()
    begins = move.at if data.get("begins") is None else utc(str(data["begins"]))
    if len(set(invited)) < len(invited):
        raise ValueError("invited: every state once")
    if isinstance(quorum, bool) or not isinstance(quorum, int) or not 1 <= quorum <= len(invited):
        raise ValueError("quorum: a whole number, from 1 to as many as are invited")
    if not about:
        raise ValueError("about: what the consultation is about")
    if begins < move.at:
        raise StateError("a consultation begins now or later, not before it was convened", record=move.id)
    response = situation.responses[str(data["response"])].id
    made = Consultation(move.id, response, about, begins, invited, quorum, move.by.user)
    return replace(situation, consultations={**situation.consultations, move.id: made})


def attend(situation: Situation, move: Move, ladder: Ladder) -> Situation:
    """A state that was invited says that it is there."""
    del ladder
    held, state = situation.consultations[str(move.data["consultation"])], str(move.data["state"])
    if state not in held.invited:
        raise StateError(f"{state:.64} was not invited", record=move.id)
    if state in held.present:
        raise StateError(f"{state} is there already", record=move.id)
    if held.minutes:
        raise StateError("its minutes are written; nobody comes any more", record=move.id)
    if move.at < held.begins:
        raise StateError(f"it begins at {iso(held.begins)}", record=move.id)
    return _with(situation, replace(held, present={**held.present, state: move.at}))


def minutes(situation: Situation, move: Move, ladder: Ladder) -> Situation:
    """It is written down what was said and, where enough states were there, what was decided."""
    del ladder
    held = situation.consultations[str(move.data["consultation"])]
    text, decided = str(move.data["text"]).strip(), move.data.get("decided")
    if move.by.role != MINUTES_OF_ANY and move.by.user != held.by:
        raise StateError("who convened it writes its minutes, or the secretariat", record=move.id)
    if move.at < held.begins:
        raise StateError(f"it begins at {iso(held.begins)}", record=move.id)
    if not text:
        raise ValueError("text: what was said")
    if decided is not None and not held.quorate:
        came = f"{len(held.present)} of the {held.quorum} that it takes were there"
        raise StateError(f"{came}: it can be written down, and nothing is decided", record=move.id)
    made = Minutes(move.id, move.by.user, move.at, text, None if decided is None else str(decided))
    return _with(situation, replace(held, minutes=(*held.minutes, made)))


def _with(situation: Situation, held: Consultation) -> Situation:
    return replace(situation, consultations={**situation.consultations, held.id: held})


def consultations_json(every: Iterable[Consultation]) -> list[dict[str, Any]]:
    """Return consultations as the board tells them."""
    return [
        {
            "consultation": each.id,
            "response": each.response,
            "about": each.about,
            "begins": iso(each.begins),
            "convened_by": each.by,
            "invited": list(each.invited),
            "quorum": each.quorum,
            "present": {state: iso(at) for state, at in each.present.items()},
            "quorate": each.quorate,
            "minutes": [
                {"move": said.move, "by": said.by, "at": iso(said.at), "text": said.text, "decided": said.decided}
                for said in each.minutes
            ],
        }
        for each in every
    ]
