# SPDX-License-Identifier: Apache-2.0
"""What people do with events: an act of a named person on a case. A case is the sum of its acts, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from truceline.base.clock import iso, utc
from truceline.errors import Malformed
from truceline.model.record import Record

ROLES = (
    "watch_officer",
    "analyst",
    "commissioner",
    "liaison",
    "guarantor",
    "secretariat",
    "auditor",
    "public",
    "administrator",
)
"""Roles of people; ``machine`` is none of them."""

MACHINE_ROLE = "machine"
"""Role of the program itself. It assesses and keeps clocks; it cannot vote, find, attribute or name anybody."""

LEVELS = ("public", "restricted", "secret")
"""Levels of material, from open to closed."""

RECORD_OF = {
    "open": "case",
    "evidence": "evidence",
    "custody": "evidence",
    "grade": "evidence",
    "withdraw_evidence": "evidence",
    "assess": "case",
    "attribute": "case",
    "test_exceptions": "case",
    "notice": "notice",
    "acknowledge": "ack",
    "order": "ack",
    "silence": "ack",
    "allege": "allegation",
    "reply": "reply",
    "request": "request",
    "outcome": "request",
    "outage": "deadline",
    "conflict": "conflict",
    "boycott": "conflict",
    "return": "conflict",
    "note": "note",
    "propose": "finding",
    "vote": "vote",
    "determine": "finding",
    "remedy": "remedy",
    "report_remedy": "remedy",
    "verify_remedy": "remedy",
    "release": "release",
    "redact": "redaction",
    "approve": "approval",
    "merge": "case",
    "absorb": "case",
    "split": "case",
    "reopen": "case",
    "close": "case",
}
"""Kind of ledger record for each kind of act."""


@dataclass(frozen=True)
class Actor:
    """Who acts."""

    user: str
    """Name of the account."""

    role: str
    """One of :data:`ROLES`, or ``machine``."""

    of: str | None = None
    """Party or state the person serves; None for the mission's own staff."""

    seat: str | None = None
    """Seat of the commission the person holds, for commissioners."""

    clearance: str = "restricted"
    """Highest level (:data:`LEVELS`) the person may read."""

    aligned: tuple[str, ...] = ()
    """Parties a guarantor declared itself aligned with: release to it counts as release to them."""

    scope: frozenset[str] | None = field(default=None, compare=False)
    """What a token or an unfinished sign-in leaves of the person's rights: ``resource:action``, or ``resource:*``.

    None: all of them. It belongs to the way in, not to the person, so records do not hold it.
    """

    def to_json(self) -> dict[str, Any]:
        """Return it as records hold it."""
        found: dict[str, Any] = {"user": self.user, "role": self.role, "clearance": self.clearance}
        if self.of is not None:
            found["of"] = self.of
        if self.seat is not None:
            found["seat"] = self.seat
        if self.aligned:
            found["aligned"] = list(self.aligned)
        return found

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Actor:
        """Return what a record holds."""
        return cls(
            str(value["user"]),
            str(value["role"]),
            value.get("of"),
            value.get("seat"),
            str(value.get("clearance", "restricted")),
            tuple(value.get("aligned", ())),
        )


MACHINE = Actor("truceline", MACHINE_ROLE)
"""The program itself."""


@dataclass(frozen=True)
class Act:
    """One thing done to a case: by whom, when, why."""

    id: str
    """ULID of the act; what the act makes (evidence, allegation, proposal…) is called by it."""

    case: str
    """Id of the case: that of the act that opened it."""

    kind: str
    """One of :data:`RECORD_OF`."""

    by: Actor
    """Who."""

    at: datetime
    """When it came through the door, UTC. This, not the writer's clock, decides about deadlines."""

    reason: str
    """Why, in the person's words; never empty."""

    data: Mapping[str, Any] = field(default_factory=dict)
    """What the kind of act needs (docs/reference/case-acts.md)."""

    key: str | None = None
    """Idempotency key of the request that asked for it: under one key a person does one thing, once."""

    def __post_init__(self) -> None:
        if self.kind not in RECORD_OF:
            raise Malformed(f"unknown kind of act {self.kind!r}", record=self.id)
        if not self.reason.strip():
            raise Malformed(f"an act needs a reason; {self.kind} by {self.by.user} has none", record=self.id)

    def record(self) -> Record:
        """Return it as the ledger holds it."""
        body = {
            "act": self.kind,
            "id": self.id,
            "case": self.case,
            "by": self.by.to_json(),
            "at": iso(self.at),
            "reason": self.reason,
            "data": dict(self.data),
        }
        if self.key is not None:
            body["key"] = self.key
        return Record(RECORD_OF[self.kind], body)

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Act:
        """Return the act a ledger record holds.

        Raises:
            Malformed: it holds none.
        """
        try:
            return cls(
                str(body["id"]),
                str(body["case"]),
                str(body["act"]),
                Actor.from_json(body["by"]),
                utc(str(body["at"])),
                str(body["reason"]),
                dict(body["data"]),
                body.get("key"),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise Malformed(f"not an act: {error!r:.100}") from error
