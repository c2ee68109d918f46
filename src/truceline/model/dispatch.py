# SPDX-License-Identifier: Apache-2.0
"""Messages to people outside the centre, and what became of each: queued, tried, delivered, acknowledged, rung."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from truceline.base.clock import iso, utc
from truceline.errors import Malformed
from truceline.model.case import Actor
from truceline.model.record import Record

CHANNELS = ("email", "webhook", "cap", "service")
"""Ways out: e-mail; a signed webhook with JSON; one with CAP 1.2; any service that ``apprise`` knows, Matrix first."""

CAUSES = ("proposed", "begun", "disputed", "corrected", "declared", "asked", "lifted", "decision_due", "stop_first")
"""What a message can be about. None says that anybody did or must do anything but look, answer or decide."""

ALWAYS = ("asked", "decision_due", "stop_first")
"""Causes that no preference turns off."""

STEPS = ("begin", "queue", "attempt", "outcome", "retry", "acknowledge", "call", "called", "confirm")
"""Kinds of entry in the outbox (docs/reference/notices.md)."""

RESULTS = ("delivered", "failed", "refused")
"""What can come of an attempt: proved; may come right; will not come right however often it is tried."""

CALLED = ("reached", "no answer", "wrong person", "refused")
"""What can come of a call."""

DRILL = "DRILL"
"""The word that everything of a drill carries."""


@dataclass(frozen=True)
class Message:
    """What one person is told of one cause. Its bytes are the same however often it is sent."""

    key: str
    """What it is about: cause, move or case, step, state. One person gets one message of a key."""

    cause: str
    """One of :data:`CAUSES`."""

    to: str
    """Id of the contact; addresses stand in the contacts file, never in the ledger."""

    of: str
    """Party or state, or ``centre``: whoever of that office acknowledges, the office has it."""

    subject: str
    """One line."""

    text: str
    """The whole, some lines."""

    sent: datetime
    """When it was queued, UTC."""

    releasable: tuple[str, ...]
    """To whom it may be shown."""

    channels: tuple[str, ...]
    """Ways it goes, all at once."""

    incident: str = ""
    """Response or case it belongs to."""

    kind: str = "Alert"
    """``Alert``, ``Update`` or ``Cancel``, as CAP says it."""

    refers: tuple[str, ...] = ()
    """Ids of earlier messages to the same person that it updates, with when they were sent: ``id,time``."""

    answer: bool = False
    """Whether somebody must acknowledge it, else the office is rung."""

    circle: tuple[float, float, float] | None = None
    """Longitude, latitude (degrees, WGS 84) and radius (kilometres), coarse as the terms let it out; None: no place."""

    drill: str | None = None
    """Id of the drill it belongs to; None: it is real."""

    language: str = "en"
    """Code of the language it is told in."""

    @property
    def id(self) -> str:
        """The same for the same cause and person, so that a receiver knows a second copy."""
        return hashlib.sha256(f"{self.drill or ''}\n{self.key}\n{self.to}".encode()).hexdigest()[:32]

    def to_json(self) -> dict[str, Any]:
        """Return it as a record holds it."""
        return {
            **{name: getattr(self, name) for name in ("key", "cause", "to", "of", "subject", "text", "incident")},
            **{name: list(getattr(self, name)) for name in ("releasable", "channels", "refers")},
            "sent": iso(self.sent),
            "kind": self.kind,
            "answer": self.answer,
            "circle": None if self.circle is None else list(self.circle),
            "drill": self.drill,
            "language": self.language,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Message:
        """Return what a record holds.

        Raises:
            KeyError: something is missing.
            ValueError: its time or circle is none.
        """
        circle = value.get("circle")
        lon, lat, km = (0.0, 0.0, 0.0) if circle is None else (float(each) for each in circle)
        words: dict[str, Any] = {
            **{name: str(value[name]) for name in ("key", "cause", "to", "of", "subject", "text", "incident", "kind")},
            **{name: tuple(map(str, value[name])) for name in ("releasable", "channels", "refers")},
        }
        return cls(
            **words,
            sent=utc(str(value["sent"])),
            answer=bool(value["answer"]),
            circle=None if circle is None else (lon, lat, km),
            drill=value.get("drill"),
            language=str(value.get("language", "en")),  # what was queued before there were others is English
        )


@dataclass(frozen=True)
class Entry:
    """One thing that happened to a message, or to a call."""

    kind: str
    """One of :data:`STEPS`."""

    of: str
    """Id of the message; of a call for ``call``, ``called`` and ``confirm``; empty for ``begin``."""

    by: Actor
    """Who: the program, or the person who rang or acknowledged."""

    at: datetime
    """When, logged, UTC."""

    data: Mapping[str, Any] = field(default_factory=dict)
    """What belongs to it."""

    def __post_init__(self) -> None:
        if self.kind not in STEPS:
            raise Malformed(f"unknown kind of entry {self.kind!r:.40}; known: {', '.join(STEPS)}", record=self.of)

    def record(self) -> Record:
        """Return it as the ledger holds it."""
        body = {"entry": self.kind, "of": self.of, "by": self.by.to_json(), "at": iso(self.at), "data": dict(self.data)}
        return Record("dispatch", body)

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Entry:
        """Return the entry a ledger record holds.

        Raises:
            Malformed: it holds none.
        """
        try:
            by, at = Actor.from_json(body["by"]), utc(str(body["at"]))
            return cls(str(body["entry"]), str(body["of"]), by, at, dict(body["data"]))
        except (KeyError, TypeError, ValueError) as error:
            raise Malformed(f"not an entry of the outbox: {error!r:.100}") from error
