# SPDX-License-Identifier: Apache-2.0
"""What the response rests on and is made of: signs that something happened, and people's moves. Nothing is deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from truceline.base.clock import iso, utc
from truceline.errors import Malformed
from truceline.model.case import Actor
from truceline.model.ladder import ORIGINS, SEVERITIES
from truceline.model.record import Record

MOVES = (
    *("sign", "begin", "dispute", "choose", "declare", "lift"),
    *("acknowledge", "decide", "report", "verify", "stop", "resume"),
    *("convene", "attend", "minutes"),
)
"""Kinds of move (docs/reference/response-acts.md). The program makes signs only."""

DECISIONS = ("awaiting_parliament", "act", "decline")
"""What a capital can decide."""

STATUSES = (
    *("asked", "acknowledged", "awaiting parliament", "decided", "acted", "declined", "silent", "no commitment"),
    *("not asked", "stands aside"),
)
"""Where a state stands at a step. *Silent* says that nobody answered, never that something follows from it."""


@dataclass(frozen=True)
class Sign:
    """A corroborated event or a finding as the ladder sees it. A corrected one is a new version under the same id."""

    id: str
    """Id of the case it comes from."""

    status: str
    """The case's status, a word of the first axis; a claim has none that counts."""

    breach: tuple[datetime, datetime]
    """Least and greatest moment at which it can have happened, UTC."""

    received: datetime
    """When the centre had it: the logged time of the case's opening, UTC. It counts as its detection."""

    looked: datetime | None = None
    """When a sensor or a person looked; None: not known."""

    noticed: datetime | None = None
    """When both liaisons had a notice; None: not yet."""

    found: datetime | None = None
    """When people found it; None: not yet."""

    party: str | None = None
    """Whom the finding, or the analyst's attribution over the terms' threshold, names; None: nobody yet."""

    severity: str | None = None
    """One of ``technical minor grave``; None: nobody graded it."""

    acts: tuple[str, ...] | None = None
    """What was done; None: not known."""

    provisions: tuple[str, ...] = ()
    """Provisions in question."""

    zones: tuple[str, ...] | None = None
    """Zones it lies in; None: not known."""

    probability: tuple[float, float] | None = None
    """Least and greatest probability of a breach; None: cannot tell."""

    facts: tuple[str, ...] = ()
    """Words of evidence that hold (``model.proof.FACTS``)."""

    voices: tuple[tuple[str, str], ...] = ()
    """Independent items of evidence: word and error family."""

    standing: bool = True
    """Whether it stands; a case that ended otherwise, or went into another, does not."""

    def origin(self, name: str) -> tuple[datetime, datetime] | None:
        """Return least and greatest moment of an origin of clocks, UTC; None: it has not come yet.

        Raises:
            ValueError: there is no such origin.
        """
        if name not in ORIGINS:
            raise ValueError(f"origin {name!r:.40}: one of {', '.join(ORIGINS)}")
        if name == "breach":
            return self.breach
        moment = self.received if name == "detection" else self.found
        return None if moment is None else (moment, moment)

    def to_json(self) -> dict[str, Any]:
        """Return it as a record holds it."""
        return {
            "sign": self.id,
            "status": self.status,
            "breach": [iso(moment) for moment in self.breach],
            **{name: _iso(getattr(self, name)) for name in ("looked", "received", "noticed", "found")},
            "party": self.party,
            "severity": self.severity,
            "acts": None if self.acts is None else list(self.acts),
            "provisions": list(self.provisions),
            "zones": None if self.zones is None else list(self.zones),
            "probability": None if self.probability is None else list(self.probability),
            "facts": list(self.facts),
            "voices": [list(voice) for voice in self.voices],
            "standing": self.standing,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Sign:
        """Return what a record holds.

        Raises:
            KeyError: a time or the status is missing.
            ValueError: its times run backwards, or a word or share is none.
        """
        first, last = (utc(str(moment)) for moment in value["breach"])
        looked, received, noticed, found = (_moment(value, key) for key in ("looked", "received", "noticed", "found"))
        if received is None:
            raise KeyError("received")
        if not first <= last <= received or (looked is not None and looked > received):
            raise ValueError("breach and looked: from, then to, and neither after it was received")
        severity, chance = value.get("severity"), value.get("probability")
        if severity not in (None, *SEVERITIES):
            raise ValueError(f"severity {severity!r:.40}: one of {', '.join(SEVERITIES)}")
        low, high = (0.0, 1.0) if chance is None else (float(share) for share in chance)
        if not 0 <= low <= high <= 1:
            raise ValueError("probability: least and greatest, shares from 0 to 1")
        return cls(
            id=str(value["sign"]),
            status=str(value["status"]),
            breach=(first, last),
            received=received,
            looked=looked,
            noticed=noticed,
            found=found,
            party=value.get("party"),
            severity=severity,
            acts=_names(value.get("acts")),
            provisions=tuple(map(str, value.get("provisions", ()))),
            zones=_names(value.get("zones")),
            probability=None if chance is None else (low, high),
            facts=tuple(map(str, value.get("facts", ()))),
            voices=tuple((str(word), str(family)) for word, family in value.get("voices", ())),
            standing=bool(value.get("standing", True)),
        )


def _names(value: Any) -> tuple[str, ...] | None:
    return None if value is None else tuple(map(str, value))


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)


def _moment(value: Mapping[str, Any], key: str) -> datetime | None:
    return None if value.get(key) is None else utc(str(value[key]))


@dataclass(frozen=True)
class Promise:
    """What one commitment of a state says of one step, as far as the response needs to know it."""

    id: str
    """Id of the commitment."""

    stance: str = "promised"
    """``promised``, ``awaiting parliament`` or ``none`` (no commitment to this step)."""

    since: datetime | None = None
    """From when it holds, UTC; None: always."""

    withdrawn: datetime | None = None
    """When the signature was withdrawn, UTC; None: it was not."""

    def stands(self, at: datetime) -> bool:
        """Return whether it holds at a moment."""
        return (self.since is None or self.since <= at) and (self.withdrawn is None or at < self.withdrawn)


Promises = Mapping[str, Mapping[str, tuple[Promise, ...]]]
"""State, then step, to what was promised: all that the response asks of a register of commitments."""

NO_PROMISES: Promises = {}
"""Nobody has said anything."""


@dataclass(frozen=True)
class Move:
    """One thing done in a response: by whom, when, why."""

    id: str
    """ULID; a response is called by the move that begins it."""

    kind: str
    """One of :data:`MOVES`."""

    by: Actor
    """Who."""

    at: datetime
    """When it came through the door, UTC. This, not anybody's own clock, decides what is in time."""

    reason: str
    """Why; never empty."""

    data: Mapping[str, Any] = field(default_factory=dict)
    """What the kind of move needs."""

    clocks: Mapping[str, Any] = field(default_factory=dict)
    """The clocks after it as they were told then; a replay must come to the same."""

    key: str | None = None
    """Idempotency key of the request that asked for it: under one key a person does one thing, once."""

    def __post_init__(self) -> None:
        if self.kind not in MOVES:
            raise Malformed(f"unknown kind of move {self.kind!r:.40}; known: {', '.join(MOVES)}", record=self.id)
        if not self.reason.strip():
            raise Malformed(f"a move needs a reason; {self.kind} by {self.by.user} has none", record=self.id)

    def record(self) -> Record:
        """Return it as the ledger holds it."""
        body = {
            "move": self.kind,
            "id": self.id,
            "by": self.by.to_json(),
            "at": iso(self.at),
            "reason": self.reason,
            "data": dict(self.data),
            "clocks": dict(self.clocks),
        }
        if self.key is not None:
            body["key"] = self.key
        return Record("response", body)

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Move:
        """Return the move a ledger record holds.

        Raises:
            Malformed: it holds none.
        """
        try:
            by, at = Actor.from_json(body["by"]), utc(str(body["at"]))
            data, clocks = dict(body["data"]), dict(body["clocks"])
            told = str(body["id"]), str(body["move"]), by, at, str(body["reason"])
            return cls(*told, data, clocks, body.get("key"))
        except (KeyError, TypeError, ValueError) as error:
            raise Malformed(f"not a move of the response: {error!r:.100}") from error
