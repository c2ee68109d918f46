# SPDX-License-Identifier: Apache-2.0
"""An agreement as data: parties, provisions, zones, windows, exceptions, and each party's reading of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from truceline.base.clock import Interval, iso
from truceline.model.clauses import (
    DEFAULT_ATTRIBUTION,
    DEFAULT_PUBLICATION,
    DEFAULT_STANDARD,
    NO_COMMISSION,
    UNKNOWN_TIME,
    AccessDuty,
    Attribution,
    Ceiling,
    Clause,
    Commission,
    Condition,
    NoticeDuty,
    Point,
    Position,
    Publication,
    Schedule,
    Source,
    Stage,
    Standard,
    Step,
    StorageSite,
    When,
)
from truceline.model.record import Record
from truceline.model.territory import Other, Party, Place, ProtectedObject, Proxy, ReferenceLine, Zone
from truceline.model.vocabulary import CORE, Vocabulary

__all__ = [
    "EARLIEST",
    "LATEST",
    "Agreement",
    "Change",
    "Definition",
    "Other",
    "Party",
    "Place",
    "ProtectedObject",
    "Provision",
    "Proxy",
    "Reading",
    "ReferenceLine",
    "RuleException",
    "Source",
    "Zone",
]

EARLIEST = datetime(1, 1, 1, tzinfo=UTC)
"""Start of a window whose start is not known."""

LATEST = datetime(9999, 12, 31, tzinfo=UTC)
"""End of a window that has none, or whose end is not known."""


@dataclass(frozen=True)
class Definition:
    """What a word of the agreement means; naming it in ``acts``, ``weapons`` or ``classes`` names all it lists."""

    id: str
    """Stable id."""

    text: str
    """The definition as said."""

    term: str | None = None
    """The word defined, as pages show it."""

    uses: tuple[str, ...] = ()
    """Ids of definitions it rests on."""

    acts: tuple[str, ...] = ()
    """Acts it names, those of used definitions included."""

    weapons: tuple[str, ...] = ()
    """Weapons and classes it names."""

    classes: tuple[str, ...] = ()
    """Classes of objects it names."""

    source: Source | None = None
    """Where it was said."""


@dataclass(frozen=True)
class RuleException:
    """A ground on which a prohibited act is permitted. What no sensor shows leaves a range, never a guess."""

    id: str
    """Stable id."""

    text: str
    """The ground, as a person reads it."""

    excused_low: float
    """Least probability, given all a sensor of this watch can show, that it excuses an act."""

    excused_high: float
    """Greatest such probability."""

    why: str
    """Why it is no narrower."""

    kind: str = "other"
    """``self_defence exercise demining repair flight medevac silence reciprocity`` or ``other``."""

    preconditions: tuple[str, ...] = ()
    """What must have come first, in words, e.g. coordination failed and the leadership ordered it."""

    notice: str | None = None
    """Id of the duty to notify: it then excuses only what a notice covers."""

    acts: tuple[str, ...] = ()
    """Acts it can excuse; empty: all that the provision names."""

    actors: tuple[str, ...] = ()
    """Parties it can excuse; empty: all."""

    zone: str | None = None
    """Id of the zone in which it can; None: everywhere."""

    window: Interval | None = None
    """When it can; None: always."""

    source: Source | None = None
    """Where it was said."""


@dataclass(frozen=True)
class Provision:
    """One clause: actor × act × weapon × place × time, prohibited unless excepted, or permitted."""

    id: str
    """Stable id; never reused."""

    text: str
    """The clause as said."""

    acts: tuple[str, ...]
    """Acts of the taxonomy or vocabulary it names (``act_of_war`` names all of layer B)."""

    actors: tuple[str, ...]
    """Parties bound."""

    zone: str
    """Id of the zone; empty where unknown."""

    window: Interval
    """When it binds; :data:`LATEST` where it has no end."""

    exceptions: tuple[RuleException, ...] = ()
    """Grounds that permit the act."""

    rule: str = "prohibited"
    """``prohibited``, or ``permitted``: then what it covers is no breach of any provision of the reading."""

    weapons: tuple[str, ...] = ()
    """Weapons and classes it is about; empty: any."""

    status: str | None = None
    """In a draft: one of ``model.clauses.STATUSES``; None where the agreement is no draft."""

    positions: tuple[Position, ...] = ()
    """In a draft: who holds what."""

    source: Source | None = None
    """Where it was said."""

    unknown: tuple[str, ...] = ()
    """Which of ``acts actors weapons zone window`` no source gives: a breach is then *cannot tell*."""

    severity: str | None = None
    """``technical``, ``minor`` or ``grave``, where the text says."""

    standard: str | None = None
    """Id of the standard of proof it asks for, where the text says."""

    number: str | None = None
    """Its number in the text."""


@dataclass(frozen=True)
class Change:
    """One thing that a reading changes."""

    section: str
    """``provision zone definition exception line step limit schedule`` …"""

    id: str
    """Id of what it changes."""

    keys: tuple[str, ...]
    """Keys it replaces."""

    held_by: tuple[str, ...] = ()
    """Who holds it, where that is not who holds the reading."""

    source: Source | None = None
    """Where it was said, where that is not the reading's source."""


@dataclass(frozen=True)
class Reading:
    """One party's (or the mediator's) interpretation: the agreement's provisions with its changes overlaid."""

    id: str
    """Stable id, e.g. ``declaration``."""

    name: str
    """As pages show it, e.g. ``Moscow's declaration``."""

    summary: str
    """One sentence."""

    held_by: tuple[str, ...]
    """Party ids (or ``mediator``) that hold it."""

    provisions: tuple[Provision, ...]
    """All provisions under this reading."""

    source: Source
    """Where it was said."""

    zones: tuple[Zone, ...] = ()
    """All zones under this reading; empty: the agreement's own."""

    definitions: tuple[Definition, ...] = ()
    """All definitions under this reading."""

    lines: tuple[ReferenceLine, ...] = ()
    """All lines under this reading."""

    steps: tuple[Step, ...] = ()
    """The response ladder under this reading."""

    clauses: tuple[Clause, ...] = ()
    """All other clauses (points, conditions, schedules, ceilings, sites, stages, duties) under this reading."""

    changes: tuple[Change, ...] = ()
    """What it changes, in the order of the file."""

    omits: tuple[str, ...] = ()
    """Provisions it leaves out."""


@dataclass(frozen=True)
class Agreement:
    """The whole text, every reading of it, and the file it came from."""

    id: str
    """Stable id, e.g. ``easter-2026``."""

    title: str
    """As pages show it."""

    version: str
    """Version of the text as data."""

    local_offset_hours: float
    """Offset of local time from UTC while it binds, hours."""

    parties: tuple[Party, ...]
    """Two or more, in the order of the file."""

    zones: tuple[Zone, ...]
    """Named places."""

    readings: tuple[Reading, ...]
    """At least one."""

    responses: Mapping[str, str]
    """Per party id: what response is foreseen for its breaches, in words; pages list what binds only one side."""

    coverage_floor: float
    """Coverage, as a share, below which an estimate is ``cannot tell``."""

    document: Mapping[str, Any]
    """The file as parsed, for the ledger."""

    file: str
    """Name of the file."""

    vocabulary: Vocabulary = field(default=CORE, repr=False, compare=False)
    """Words for acts and weapons, the file's own included."""

    status: str = "in_force"
    """``draft proposed signed declared in_force ended`` or ``unknown``."""

    entry: When = UNKNOWN_TIME
    """When it enters into force."""

    ends: When = UNKNOWN_TIME
    """When it ends of itself."""

    others: tuple[Other, ...] = ()
    """Guarantors, mediators, monitors."""

    places: tuple[Place, ...] = ()
    """Places under neutral labels."""

    lines: tuple[ReferenceLine, ...] = ()
    """Named lines."""

    definitions: tuple[Definition, ...] = ()
    """Words defined."""

    exceptions: tuple[RuleException, ...] = ()
    """Named exceptions."""

    provisions: tuple[Provision, ...] = ()
    """Clauses as written, before any reading."""

    clauses: tuple[Clause, ...] = ()
    """All clauses but provisions, steps and standards, as written; see :meth:`of`."""

    steps: tuple[Step, ...] = ()
    """The response ladder, lowest first."""

    standards: tuple[Standard, ...] = (DEFAULT_STANDARD,)
    """Standards of proof."""

    attribution: Attribution = DEFAULT_ATTRIBUTION
    """Thresholds of attribution."""

    commission: Commission = NO_COMMISSION
    """Who finds, and how."""

    publication: Publication = DEFAULT_PUBLICATION
    """Release and delay rules."""

    retired: tuple[str, ...] = ()
    """Ids that were used once and never may be again."""

    sources: tuple[Source, ...] = ()
    """Where the text is from."""

    where: Mapping[str, int] = field(default_factory=dict, repr=False, compare=False)
    """Line of the file of each id, as ``section/id``, e.g. ``provisions/heavy``."""

    @property
    def window(self) -> Interval:
        """From the first moment any reading binds to the last; all of time where no window is known."""
        windows = [p.window for r in self.readings for p in r.provisions if "window" not in p.unknown]
        if not windows:
            return Interval(EARLIEST, LATEST)
        return Interval(min(w.start for w in windows), max(w.end for w in windows))

    def reading(self, name: str) -> Reading | None:
        """Return the reading of that id."""
        return next((reading for reading in self.readings if reading.id == name), None)

    @property
    def points(self) -> tuple[Point, ...]:
        """Clauses in words."""
        return tuple(c for c in self.clauses if isinstance(c, Point))

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What it depends on."""
        return tuple(c for c in self.clauses if isinstance(c, Condition))

    @property
    def schedules(self) -> tuple[Schedule, ...]:
        """What is to be started and done by a moment."""
        return tuple(c for c in self.clauses if isinstance(c, Schedule))

    @property
    def ceilings(self) -> tuple[Ceiling, ...]:
        """Force limits."""
        return tuple(c for c in self.clauses if isinstance(c, Ceiling))

    @property
    def sites(self) -> tuple[StorageSite, ...]:
        """Storage sites."""
        return tuple(c for c in self.clauses if isinstance(c, StorageSite))

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Withdrawals by stage."""
        return tuple(c for c in self.clauses if isinstance(c, Stage))

    @property
    def notifications(self) -> tuple[NoticeDuty, ...]:
        """What must be notified."""
        return tuple(c for c in self.clauses if isinstance(c, NoticeDuty))

    @property
    def access(self) -> tuple[AccessDuty, ...]:
        """Access for monitors."""
        return tuple(c for c in self.clauses if isinstance(c, AccessDuty))

    def party(self, name: str) -> Party | None:
        """Return the party called so by id, name or alias."""
        wanted = name.strip().casefold()
        for party in self.parties:
            if wanted in {party.id.casefold(), party.name.casefold(), *(a.casefold() for a in party.aliases)}:
                return party
        return None

    def record(self) -> Record:
        """Return it as the ledger holds it."""
        return Record("terms", {"file": self.file, "document": _jsonable(self.document)})


def _jsonable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _jsonable(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(v) for v in value]
    if hasattr(value, "tzinfo"):
        return iso(value)
    if isinstance(value, str):
        return str(value)
    return value
