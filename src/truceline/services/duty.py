# SPDX-License-Identifier: Apache-2.0
"""The monitors' day at the desk: log, patrols, mines and handovers, as far as each may."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from truceline.access import Thing, decide
from truceline.errors import AccessError
from truceline.model.case import Actor
from truceline.services.desk import Desk
from truceline.services.log import Logbook
from truceline.services.stop_first import tally


@contextmanager
def at_the_log(desk: Desk) -> Iterator[tuple[Logbook, datetime]]:
    """Hold the log, with contacts lost by now recorded; gives it and the time.

    Raises:
        UnavailableError: the ledger cannot be written, or the clock went back.
    """
    with desk.lock:
        now = desk.now()
        desk.logbook.tick(now)
        yield desk.logbook, now


def note_lost(desk: Desk) -> None:
    """Record every contact lost by now; the server does each second, so that nobody has to be looking.

    Raises:
        UnavailableError: the ledger cannot be written, or the clock went back; the next second tries again.
    """
    with at_the_log(desk):
        pass


def asked(desk: Desk, actor: Actor, resource: str, part: str) -> None:
    """Ask whether a person may read something of the log; the answer is logged.

    Raises:
        AccessError: it is not this person's to read.
    """
    may = decide(actor, "read", Thing(resource)).allowed
    desk.log(actor, "read", resource, part, allowed=may)
    if not may:
        raise AccessError(f"{actor.user} ({actor.role}) may not read the {resource}")


def read(desk: Desk, actor: Actor, resource: str, part: str, *, history: bool = False) -> list[dict[str, Any]]:
    """Return a part of the log (``lines``, ``questions``, ``handovers``, ``patrols``) as far as a person may see it.

    Raises:
        AccessError: it is not this person's to read; the refusal is logged.
    """
    with at_the_log(desk) as (log, now):
        asked(desk, actor, resource, part)
        found: list[dict[str, Any]] = log.view(actor, now, history=history)[part]
        return found


def mines(desk: Desk, actor: Actor) -> list[dict[str, Any]]:
    """Return the reports of mines; they are everybody's, and a read is not logged."""
    with at_the_log(desk) as (log, now):
        found: list[dict[str, Any]] = log.view(actor, now)["mines"]
        return found


def shift(desk: Desk, actor: Actor) -> dict[str, Any]:
    """Return what the shift adds up to by now, the handover that waits, and how stopping first fares.

    Raises:
        AccessError: it is not this person's to read; the refusal is logged.
    """
    with at_the_log(desk) as (log, now):
        asked(desk, actor, "handover", "shift")
        waiting = log.book.waiting()
        told = log.summary(now)
        return {
            "summary": told,
            "waiting": None if waiting is None else waiting.entry.id,
            "stop_first": tally(desk.cases, now),
        }
