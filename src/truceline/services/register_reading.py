# SPDX-License-Identifier: Apache-2.0
"""The register and the meetings as people read and post them at the desk, by pages and by commands alike."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from truceline.base.clock import iso, utc
from truceline.errors import InputError, NotHere, Outdated
from truceline.model.case import Actor
from truceline.register import View
from truceline.register.read import Draft, read
from truceline.register.tell import commitments_json, meetings_json, overview_json, standing_json
from truceline.reports.sides_page import sides_json
from truceline.services.desk import Desk
from truceline.services.reading import log_read

_LAST = timedelta(days=1) - timedelta(microseconds=1)


def moment(text: str, *, end: bool = False) -> datetime:
    """Return a moment from a date (its first moment UTC, or its last) or a time with its zone.

    Raises:
        InputError: it is no date.
        NoTime: it is neither.
    """
    if len(text) == 10:
        try:
            day = date.fromisoformat(text)
        except ValueError as error:
            raise InputError(f"{text!r} is no date such as 2026-01-06") from error
        return datetime(day.year, day.month, day.day, tzinfo=UTC) + (_LAST if end else timedelta())
    return utc(text)


def view(desk: Desk, actor: Actor, on: str | None = None, known: str | None = None) -> View:
    """Return the register as of the end of a day or a moment, as known then, as far as a person may read it.

    Raises:
        InputError: a day or moment is none.
    """
    with desk.lock:
        log_read(desk, actor, "read", "commitment", "register")
        at = desk.now() if on is None else moment(on, end=True)
        return desk.registry.view(actor, at, None if known is None else moment(known, end=True))


def overview(desk: Desk, found: View) -> dict[str, Any]:
    """Return who said what by kinds and by steps, who has not said, and what does not fit together."""
    told = overview_json(found, list(desk.responses.ladder.steps.values()))
    changed = desk.registry.version(found)
    return told if changed is None else told | {"version": changed}


def flags_json(found: View) -> list[dict[str, Any]]:
    """Return what should be looked at."""
    return [{"about": list(flag.about), "text": flag.text, "mend": flag.mend} for flag in found.flags()]


def commitments(
    found: View, state: str | None = None, kind: str | None = None, step: str | None = None
) -> list[dict[str, Any]]:
    """Return commitments, of a state, kind and step where told, in the order of their ids."""
    return commitments_json(found, state, kind, step)


def commitment(found: View, name: str) -> dict[str, Any]:
    """Return one commitment.

    Raises:
        NotHere: there is none that may be shown as of then.
    """
    if name not in found.standings:
        raise NotHere(f"there is no commitment {name:.64} that may be shown as of then")
    return standing_json(found, found.standings[name])


def meetings(found: View) -> list[dict[str, Any]]:
    """Return the meetings that had begun, in their order."""
    rows: list[dict[str, Any]] = meetings_json(found)["meetings"]
    return rows


def meeting(found: View, name: str) -> dict[str, Any]:
    """Return one meeting.

    Raises:
        NotHere: there is none as of then.
    """
    for each in meetings(found):
        if each["id"] == name:
            return each
    raise NotHere(f"there is no meeting {name:.64} as of then")


def sides(desk: Desk, found: View) -> dict[str, Any]:
    """Return what each party's breach meets: the response published, steps, commitments to them."""
    return {"as_of": iso(found.on), "sides": sides_json(desk.agreement, found)}


def drafts_of(entries: Mapping[str, Any]) -> tuple[Draft, ...]:
    """Return what a request says in the form of a register file.

    Raises:
        InputError: it is not of the form.
    """
    return read(json.dumps(entries, ensure_ascii=False), file="request")


def post(
    desk: Desk,
    actor: Actor,
    drafts: Sequence[Draft],
    reason: str,
    *,
    key: str | None = None,
    seen: int | None = None,
) -> dict[str, Any]:
    """Post drafts now, all or none; tells each posting's record, and what should be looked at of what they touched.

    Raises:
        AccessError: one is not this person's to post; the refusal is logged.
        StateError: one cannot follow what came before.
        KeyReused: the key stands for another request.
        Outdated: something that the person may read was posted since record ``seen``.
        Malformed: one names what is unknown.
    """
    with desk.lock:
        now = desk.now()
        if seen is not None and not desk.registry.under(actor.user, key):
            desk.registry.ask(actor, now, drafts)
            if desk.registry.version(desk.registry.view(actor, now)) != seen:
                raise Outdated(f"the register has changed since record {seen}; look at it again")
        done = desk.registry.enter(actor, now, drafts, reason, key)
        found = desk.registry.view(actor, desk.now())
    rows = [{"posting": each.id, "record": index, "kind": each.kind, "of": each.of} for index, each in done]
    touched = {row["of"] for row in rows}
    flags = [flag for flag in flags_json(found) if touched & set(flag["about"])]
    return {"postings": rows, "flags": [{"text": flag["text"], "mend": flag["mend"]} for flag in flags]}
