# SPDX-License-Identifier: Apache-2.0
"""Drills. A drill is a ledger of its own beside the real one, under an origin of its own, and says so in every record.

Nothing of a drill can move a real clock: it is another file, signed for another origin; each of its records carries the
drill's id; and a desk refuses a ledger in which a record says otherwise than the desk is.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from truceline.access import Thing, decide
from truceline.base.bounded import read_text
from truceline.base.clock import iso, utc
from truceline.base.ids import ulid
from truceline.dispatch.contacts import Pace
from truceline.dispatch.outbox import Item, Outbox
from truceline.errors import AccessError, Malformed, StateError, UnavailableError
from truceline.model.case import Actor
from truceline.model.dispatch import DRILL
from truceline.model.record import ACTS, Record
from truceline.services.access_log import Append

DRILLS = "drills"
"""Folder of a watch's folder that holds its drills."""

_ABOUT = "drill.json"

Read = Callable[[str], list[tuple[int, dict[str, Any]]]]
"""Bodies of the ledger's records of a kind, with their indices."""


@dataclass(frozen=True)
class Drill:
    """One drill."""

    id: str
    """ULID in small letters."""

    name: str
    """What is exercised."""

    by: str
    """Who began it."""

    since: datetime
    """When, UTC."""

    folder: Path
    """Where its ledger is."""

    ended: datetime | None = None
    """When it ended, UTC; None: it goes on."""

    def to_json(self) -> dict[str, Any]:
        """Return it as every answer carries it."""
        return {"word": DRILL, "id": self.id, "name": self.name, "since": iso(self.since)}

    @property
    def banner(self) -> str:
        """One line that stands before everything people read of it."""
        return f"{DRILL} {DRILL} {DRILL}: {self.name}. Nothing of this is real. ({self.id})"


def origin_of(watch: str, drill: Drill | None) -> str:
    """Return the name of the ledger: a drill's is never the real one's."""
    return f"truceline/{watch}" if drill is None else f"truceline/{watch}/drill/{drill.id}"


def stamped(append: Append, drill: Drill | None) -> Append:
    """Return the ledger's door through which each record of a drill says which it is of."""
    if drill is None:
        return append

    def through(records: Sequence[Record]) -> list[int]:
        return append([Record(each.kind, {**each.body, "drill": drill.id}) for each in records])

    return through


def guarded(read: Read, drill: Drill | None) -> Read:
    """Return a reader that refuses records of a drill in a real ledger, and real ones in a drill's.

    Raises (when read):
        StateError: one says otherwise than the desk is.
    """
    wanted = None if drill is None else drill.id

    def checked(kind: str) -> list[tuple[int, dict[str, Any]]]:
        found = read(kind)
        if kind in ACTS:
            for index, body in found:
                if body.get("drill") != wanted:
                    what = "of a drill in the real ledger" if drill is None else "that is not of this drill"
                    raise StateError(f"a record {what}; nothing is opened", record=str(index))
        return found

    return checked


def drills(folder: Path) -> list[Drill]:
    """Return the drills of a watch's folder, in the order they began.

    Raises:
        Malformed: a drill's file is not of its form.
    """
    return [_about(path.parent) for path in sorted((folder / DRILLS).glob(f"*/{_ABOUT}"))]


def current(folder: Path) -> Drill:
    """Return the drill that goes on.

    Raises:
        StateError: there is none.
    """
    found = [each for each in drills(folder) if each.ended is None]
    if not found:
        raise StateError("no drill goes on; begin one with: truceline drill start")
    return found[-1]


def begin(folder: Path, actor: Actor, name: str, at: datetime) -> Drill:
    """Begin a drill; its ledger is made when its desk first opens.

    Raises:
        AccessError: it is not this person's to do.
        StateError: one goes on already.
        Malformed: the name is empty, or too long.
    """
    _may(actor, "begin")
    line = " ".join(name.split())
    if not 1 <= len(line) <= 100 or not line.isprintable():
        raise Malformed("the name of a drill: 1 to 100 characters on one line")
    if any(each.ended is None for each in drills(folder)):
        raise StateError("a drill goes on already; end it first")
    id_ = ulid(at, os.urandom(10)).lower()
    drill = Drill(id_, line, actor.user, at, folder / DRILLS / id_)
    _write(drill)
    return drill


def end(folder: Path, actor: Actor, at: datetime) -> Drill:
    """End the drill that goes on; its ledger stays and can be read.

    Raises:
        AccessError: it is not this person's to do.
        StateError: none goes on.
    """
    _may(actor, "end")
    held = current(folder)
    ended = Drill(held.id, held.name, held.by, held.since, held.folder, max(at, held.since))
    _write(ended)
    return ended


def report(drill: Drill, outbox: Outbox, pace: Pace) -> dict[str, Any]:
    """Return how the drill went: who acknowledged in how long, and who did not."""
    items = list(outbox.items.values())
    offices: dict[str, list[Item]] = {}
    for item in items:
        if item.message.answer:
            offices.setdefault(item.message.of, []).append(item)
    return {
        "drill": drill.to_json() | {"by": drill.by, "ended": None if drill.ended is None else iso(drill.ended)},
        "messages": len(items),
        "delivered": sum(item.delivered is not None for item in items),
        "failed": sum(item.state(pace) == "failed" for item in items),
        "offices": {name: _office(held) for name, held in sorted(offices.items())},
        "calls": len(outbox.calls),
        "called_back": sum(call.confirmed is not None for call in outbox.calls.values()),
    }


def _office(held: list[Item]) -> dict[str, Any]:
    waits = [_seconds(item) for item in held]
    known = [wait for wait in waits if wait is not None]
    return {
        "asked": len(held),
        "acknowledged": len(known),
        "first_seconds": min(known, default=None),
        "longest_seconds": max(known, default=None),
        "by": sorted({item.by for item in held if item.by is not None}),
        "how": sorted({item.how for item in held if item.how is not None}),
    }


def _seconds(item: Item) -> float | None:
    return None if item.acknowledged is None else round((item.acknowledged - item.message.sent).total_seconds(), 3)


def _may(actor: Actor, action: str) -> None:
    if not decide(actor, action, Thing("drill")).allowed:
        raise AccessError(f"{actor.user} ({actor.role}) may not {action} a drill")


def _about(folder: Path) -> Drill:
    path = folder / _ABOUT
    try:
        held = json.loads(read_text(path, limit=10_000))
        ended = held["ended"]
        return Drill(
            str(held["id"]),
            str(held["name"]),
            str(held["by"]),
            utc(held["since"]),
            folder,
            utc(ended) if ended else None,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise Malformed(f"not the file of a drill: {error!r:.80}", file=str(path)) from error


def _write(drill: Drill) -> None:
    held = {**drill.to_json(), "by": drill.by, "ended": None if drill.ended is None else iso(drill.ended)}
    made = drill.folder / f".{_ABOUT}.new"
    try:
        drill.folder.mkdir(parents=True, exist_ok=True)
        with made.open("w", encoding="utf-8") as file:
            file.write(json.dumps(held) + "\n")
            file.flush()
            os.fsync(file.fileno())
        made.rename(drill.folder / _ABOUT)
    except OSError as error:
        raise UnavailableError(f"cannot be written: {error.strerror}", file=str(drill.folder)) from error
