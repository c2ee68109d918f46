# SPDX-License-Identifier: Apache-2.0
"""The register as JSON, for commands and programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from truceline.base.clock import iso
from truceline.model.clauses import Step
from truceline.model.commitment import KINDS, StateSeat
from truceline.register.standing import Standing
from truceline.register.view import View


def overview_json(view: View, steps: Sequence[Step] = ()) -> dict[str, Any]:
    """Return the register as of its moment: states by kinds and by a ladder's steps, flags, what is withheld."""
    return {
        "as_of": iso(view.on),
        "known_at": None if view.known is None else iso(view.known),
        "states": [
            seat_json(view, seat) | {"steps": {step.id: list(view.step_word(seat.id, step.id)) for step in steps}}
            for seat in view.states.values()
        ],
        "steps": [{"step": step.id, "number": step.number, "text": step.text} for step in steps],
        "flags": [asdict(flag) | {"about": list(flag.about)} for flag in view.flags()],
        "withheld": len(view.withheld),
    }


def commitments_json(
    view: View, state: str | None = None, kind: str | None = None, step: str | None = None
) -> list[dict[str, Any]]:
    """Return commitments, of a state, kind and step where told, in the order of their ids."""
    wanted = {"state": state, "kind": kind, "step": step}
    return [
        standing_json(view, each)
        for _, each in sorted(view.standings.items())
        if all(word is None or getattr(each.commitment, key) == word for key, word in wanted.items())
    ]


def seat_json(view: View, seat: StateSeat) -> dict[str, Any]:
    """Return a state with the stages of what it said, kind by kind."""
    told = asdict(seat) | {"member_of": list(seat.member_of)}
    return told | {"stages": {kind: list(view.word(seat.id, kind)) for kind in KINDS}}


def standing_json(view: View, standing: Standing) -> dict[str, Any]:
    """Return a commitment with its stage and history."""
    return standing.commitment.to_json() | {
        "stage": standing.stage,
        "word": standing.word(view.on),
        "since": iso(standing.since),
        "begun": iso(standing.begun),
        "withdrawn": None if standing.withdrawn is None else iso(standing.withdrawn),
        "history": [
            {
                "posting": each.id,
                "kind": each.kind,
                "on": iso(each.on),
                "known_since": iso(each.at),
                "by": each.by.user,
                "reason": each.reason,
                "stage": each.data.get("stage"),
                "source": each.data.get("source"),
            }
            for each in standing.postings
        ],
    }


def meetings_json(view: View) -> dict[str, Any]:
    """Return the meetings that had begun, each headcount with how many of it nobody named."""
    rows = []
    for meeting in sorted(view.meetings.values(), key=lambda each: each.starts):
        told = meeting.to_json()
        for row, count in zip(told["counts"], meeting.counts, strict=True):
            row["unnamed"] = view.unnamed(meeting, count)
        rows.append(told)
    return {"as_of": iso(view.on), "meetings": rows}
