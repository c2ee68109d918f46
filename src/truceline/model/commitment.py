# SPDX-License-Identifier: Apache-2.0
"""What states promised: commitments, their stages, and the postings that the register of them is the sum of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from truceline.base.clock import iso, utc
from truceline.errors import Malformed
from truceline.model.case import Actor
from truceline.model.clauses import Source
from truceline.model.record import Record

KINDS = {
    "warning": "warning",
    "sanctions_snap_back": "sanctions snap-back",
    "money": "money",
    "weapons": "weapons",
    "training": "training",
    "troops_land": "troops on land",
    "troops_sea": "troops at sea",
    "troops_air": "troops in the air",
    "monitoring_assets": "monitoring assets",
    "intelligence": "intelligence",
}
"""What can be promised: word of the files, and as pages show it."""

NONE = "no commitment"
"""Stage of a state that said it promises nothing to this. It was said; silence is not."""

SUSPENDED = "suspended"
"""Stage of a commitment that its state stopped; it may go on where it was."""

ADVANCING = ("declared", "signed", "awaiting parliament", "ratified", "in force", "delivered")
"""Stages in the only order in which they can follow one another; some may be passed over."""

STAGES = (*ADVANCING, SUSPENDED, NONE)
"""Every stage."""

ROLES_OF_STATES = ("guarantor", "party", "group", "other")
"""What a state or body is to the ceasefire; a group is several states that speak with one voice."""

RECORD_OF_POSTING = {
    **dict.fromkeys(("state", "commitment", "stage", "amend", "withdraw", "strike"), "commitment"),
    "meeting": "meeting",
}
"""Kind of ledger record for each kind of posting."""


@dataclass(frozen=True)
class StateSeat:
    """A state or group of states that may have promised something."""

    id: str
    """Stable id."""

    name: str
    """As pages show it."""

    role: str = "guarantor"
    """One of :data:`ROLES_OF_STATES`."""

    member_of: tuple[str, ...] = ()
    """Groups that a source names it a member of."""

    members: int | None = None
    """For a group: how many states a source counts in it; None: unknown."""

    decides: str | None = None
    """Who decides there, as a source says; None: unknown."""

    parliament: bool | None = None
    """Whether its parliament must agree to a deployment; None: unknown."""

    source: Source | None = None
    """Where that was said."""


@dataclass(frozen=True)
class Amount:
    """How much, from least to most."""

    low: float
    """Least, in the unit."""

    high: float
    """Most, in the unit."""

    unit: str
    """Currency (three capitals) for money; else what is counted: ``persons``, ``ships``…"""

    per: str | None = None
    """``year``, ``month`` or ``day`` where it comes back; None: once."""


@dataclass(frozen=True)
class Commitment:
    """What one state said of one kind of help, under which conditions. What is None or empty is not known."""

    id: str
    """Stable id."""

    state: str
    """Id of the state or group."""

    kind: str | None
    """A word of :data:`KINDS`; None: of all kinds, for a state that promises nothing to a step at all."""

    text: str
    """As said, in short."""

    stage: str = "declared"
    """Stage at which it enters the register, one of :data:`STAGES`."""

    step: str | None = None
    """Step of the ladder it answers; None: it is tied to none."""

    conditions: str | None = None
    """Under which conditions."""

    amount: Amount | None = None
    """How much."""

    starts: datetime | None = None
    """First moment of its period, UTC."""

    ends: datetime | None = None
    """First moment after its period, UTC."""

    form: str | None = None
    """Legal form: *declaration of intent*, *law*, *treaty*…"""

    reservations: tuple[str, ...] = ()
    """What the state reserved."""

    caveats: tuple[str, ...] = ()
    """What its forces or funds may not do."""

    level: str = "public"
    """``public`` or ``restricted``: who may read it."""

    source: Source | None = None
    """Where it was said."""

    def to_json(self) -> dict[str, Any]:
        """Return it as a record holds it."""
        told = asdict(self)
        told["starts"], told["ends"] = (None if each is None else iso(each) for each in (self.starts, self.ends))
        return told | {"reservations": list(self.reservations), "caveats": list(self.caveats)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Commitment:
        """Return what a record holds.

        Raises:
            TypeError, ValueError: it is not of the form.
        """
        told = dict(value)
        told["amount"] = Amount(**told["amount"]) if told.get("amount") else None
        told["source"] = source_of(told.get("source"))
        for key in ("starts", "ends"):
            told[key] = utc(told[key]) if told.get(key) else None
        for key in ("reservations", "caveats"):
            told[key] = tuple(map(str, told.get(key, ())))
        made = cls(**told)
        made.check()
        return made

    def check(self) -> None:
        """Return if its words and numbers can stand together.

        Raises:
            ValueError: what does not, and what was expected.
        """
        if self.kind is not None and self.kind not in KINDS:
            raise ValueError(f"kind {self.kind!r:.40}: one of {', '.join(KINDS)}")
        if self.stage not in STAGES or self.stage == SUSPENDED:
            raise ValueError(f"stage {self.stage!r:.40}: a commitment begins as one of {', '.join((*ADVANCING, NONE))}")
        if self.kind is None and self.stage != NONE:
            raise ValueError("kind: only a state that promises nothing to a step may leave it out")
        if self.level not in ("public", "restricted"):
            raise ValueError("level: public or restricted")
        if self.starts and self.ends and self.ends <= self.starts:
            raise ValueError("period: it ends before it starts; give from, then to")
        if self.amount is not None:
            self._check_amount(self.amount)

    def _check_amount(self, amount: Amount) -> None:
        if not 0 <= amount.low <= amount.high:
            raise ValueError("amount: from least to most, nought or more")
        if self.stage == NONE:
            raise ValueError("amount: nothing is promised, so there is no amount")
        money = len(amount.unit) == 3 and amount.unit.isascii() and amount.unit.isupper()
        if (self.kind == "money") != money:
            raise ValueError("amount: money has a currency of three capitals such as EUR, and nothing else has one")


@dataclass(frozen=True)
class Posting:
    """One change of the register: what holds from when, by whom it was entered, when, on what ground."""

    id: str
    """ULID; a strike refers to it."""

    kind: str
    """One of :data:`RECORD_OF_POSTING`."""

    by: Actor
    """Who entered it."""

    on: datetime
    """From when it holds in the world, UTC."""

    at: datetime
    """When it came through the door, UTC: since when the register knows it."""

    reason: str
    """Why; never empty."""

    data: Mapping[str, Any] = field(default_factory=dict)
    """What the kind of posting needs (docs/reference/register.md)."""

    key: str | None = None
    """Idempotency key of the request that asked for it; postings asked for together share it."""

    def __post_init__(self) -> None:
        if self.kind not in RECORD_OF_POSTING:
            raise Malformed(f"unknown kind of posting {self.kind!r:.40}", record=self.id)
        if not self.reason.strip():
            raise Malformed(f"a posting needs a reason; {self.kind} by {self.by.user} has none", record=self.id)

    @property
    def of(self) -> str:
        """Id of the state, commitment, meeting or (a strike) posting that it is about."""
        return str(self.data["of"] if "of" in self.data else self.data["id"])

    def record(self) -> Record:
        """Return it as the ledger holds it."""
        body = {
            "posting": self.kind,
            "id": self.id,
            "by": self.by.to_json(),
            "on": iso(self.on),
            "at": iso(self.at),
            "reason": self.reason,
            "data": dict(self.data),
        }
        if self.key is not None:
            body["key"] = self.key
        return Record(RECORD_OF_POSTING[self.kind], body)

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Posting:
        """Return the posting a ledger record holds.

        Raises:
            Malformed: it holds none.
        """
        try:
            by, on, at = Actor.from_json(body["by"]), utc(str(body["on"])), utc(str(body["at"]))
            reason, data = str(body["reason"]), dict(body["data"])
            return cls(str(body["id"]), str(body["posting"]), by, on, at, reason, data, body.get("key"))
        except (KeyError, TypeError, ValueError) as error:
            raise Malformed(f"not a posting of the register: {error!r:.100}") from error


def source_of(value: Any) -> Source | None:
    """Return a source from JSON; None: none."""
    return Source(**value) if value else None
