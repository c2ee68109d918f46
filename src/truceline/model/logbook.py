# SPDX-License-Identifier: Apache-2.0
"""The watch log: what monitors key in, one entry after another. The log is the sum of its entries, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from truceline.base.clock import iso, utc
from truceline.errors import Malformed
from truceline.model.case import Actor
from truceline.model.record import Record

RECORD_OF_ENTRY = {
    "line": "log",
    "correct": "log",
    "strike": "log",
    "question": "log",
    "answer": "log",
    "handover": "handover",
    "take_over": "handover",
    "depart": "patrol",
    "check_in": "patrol",
    "lost": "patrol",
    "return": "patrol",
    "mine": "mine",
    "mine_over": "mine",
}
"""Kind of ledger record for each kind of entry."""

UNITS = {"x": "", "rd": "rounds", "salvo": "salvos", "min": "minutes"}
"""What a count counts; ``x`` is the act itself. Counts of different units are never added."""


@dataclass(frozen=True)
class Count:
    """How many, from least to most; both None: not known (N/K), which is a value."""

    low: int | None
    """Least."""

    high: int | None
    """Most; None with a least: at least so many."""

    unit: str = "x"
    """One of :data:`UNITS`."""

    about: bool = False
    """Whether it is a guess of the observer's."""


@dataclass(frozen=True)
class Part:
    """One thing of a native sequence, as the post perceived it."""

    act: str
    """Word of the vocabulary, or a state of layer C."""

    layer: str
    """``A``, ``B`` or ``C``; layers are never summed."""

    count: Count
    """How many."""

    kind: str | None = None
    """Of an explosion ``outgoing impact airburst undetermined``; of layer C the state; None: not said."""

    weapon: str | None = None
    """Weapon or class; ``N/K`` where the observer says that it is not known; None: not said."""

    calibre_mm: float | None = None
    """Calibre, millimetres; None: not said."""

    from_deg: float | None = None
    """Where it came from, degrees from north; None: not said or not known."""

    to_deg: float | None = None
    """Where it went, degrees from north."""

    direction_nk: bool = False
    """Whether the observer says that the direction is not known."""


@dataclass(frozen=True)
class Spot:
    """Where, WGS 84."""

    lon: float | None
    """Longitude, degrees; None: the observer says that the place is not known."""

    lat: float | None
    """Latitude, degrees."""

    sigma_m: float | None = None
    """One standard deviation, metres; None: not stated."""

    told: str = ""
    """How it was said: ``as keyed``, a name, or bearing and distance from a named place."""


@dataclass(frozen=True)
class Line:
    """One line of the log as understood."""

    at: datetime
    """When it happened, UTC."""

    post: str
    """Who perceived it: a post, a sensor, a patrol."""

    parts: tuple[Part, ...]
    """The native sequence, in its order; one part or more."""

    until: datetime | None = None
    """When it was over; None: not said."""

    spot: Spot | None = None
    """Where; None: not said."""

    sense: str | None = None
    """``heard`` or ``seen``; None: not said."""

    killed: int | None = None
    """Civilians killed; None: not said. Harm is recorded with each act and never derived."""

    wounded: int | None = None
    """Civilians wounded; None: not said."""

    note: str = ""
    """Free words after ``#``."""

    def to_json(self) -> dict[str, Any]:
        """Return it as a record holds it."""
        told = asdict(self)
        told["parts"] = [asdict(part) for part in self.parts]
        told["at"] = iso(self.at)
        told["until"] = iso(self.until) if self.until else None
        return told

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Line:
        """Return the line a record holds."""
        parts = tuple(Part(**{**part, "count": Count(**part["count"])}) for part in value["parts"])
        spot = Spot(**value["spot"]) if value["spot"] else None
        until = utc(value["until"]) if value["until"] else None
        rest = {k: v for k, v in value.items() if k not in ("parts", "spot", "until", "at")}
        return cls(**rest, at=utc(value["at"]), until=until, parts=parts, spot=spot)


@dataclass(frozen=True)
class Entry:
    """One entry of the log: by whom, when."""

    id: str
    """ULID; later entries refer to it."""

    kind: str
    """One of :data:`RECORD_OF_ENTRY`."""

    by: Actor
    """Who keyed it, or the program (a lost contact only)."""

    at: datetime
    """When it came through the door, UTC."""

    data: Mapping[str, Any] = field(default_factory=dict)
    """What the kind of entry needs (docs/how-to/keep-the-watch-log.md)."""

    def __post_init__(self) -> None:
        if self.kind not in RECORD_OF_ENTRY:
            raise Malformed(f"unknown kind of entry {self.kind!r:.40}", record=self.id)

    def record(self) -> Record:
        """Return it as the ledger holds it."""
        body = {"entry": self.kind, "id": self.id, "by": self.by.to_json(), "at": iso(self.at), "data": dict(self.data)}
        return Record(RECORD_OF_ENTRY[self.kind], body)

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Entry:
        """Return the entry a ledger record holds.

        Raises:
            Malformed: it holds none.
        """
        try:
            by, at = Actor.from_json(body["by"]), utc(str(body["at"]))
            return cls(str(body["id"]), str(body["entry"]), by, at, dict(body["data"]))
        except (KeyError, TypeError, ValueError) as error:
            raise Malformed(f"not an entry of the log: {error!r:.100}") from error
