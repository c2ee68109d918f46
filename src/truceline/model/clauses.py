# SPDX-License-Identifier: Apache-2.0
"""What an agreement holds beside its provisions: conditions, schedules, limits, duties, proof, commission, ladder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from truceline.model.ladder import Trigger
from truceline.model.proof import CLEAR_BREACH, Policy

STATUSES = ("agreed", "open", "disputed", "dropped", "unknown")
"""What a clause of a draft can be."""


@dataclass(frozen=True)
class Source:
    """Where something was said."""

    outlet: str
    """Who published it."""

    url: str | None = None
    """Address of the page that was read."""

    date: str | None = None
    """Date of publication as the page gives it."""


@dataclass(frozen=True)
class Position:
    """What somebody holds about a clause of a draft."""

    held_by: tuple[str, ...]
    """Ids of parties or others, or ``mediator``."""

    text: str
    """The position."""

    source: Source | None = None
    """Where it was said."""

    date: str | None = None
    """When it was held, as the source gives it."""


@dataclass(frozen=True)
class When:
    """A moment that terms name: a date, a time after entry into force, no end, or unknown."""

    at: datetime | None = None
    """The moment, UTC; None where it is not known (yet)."""

    after_hours: float | None = None
    """Hours after entry into force, where it is counted from there."""

    is_open: bool = False
    """Whether there is no such moment: it has no end."""

    @property
    def unknown(self) -> bool:
        """Whether no source says when."""
        return self.at is None and self.after_hours is None and not self.is_open

    def counted(self, entry: datetime | None) -> When:
        """Return it with its moment, where it counts from entry into force and that is known."""
        if self.at is not None or self.after_hours is None or entry is None:
            return self
        return When(entry + timedelta(hours=self.after_hours), self.after_hours)


UNKNOWN_TIME = When()
"""No source says when."""


@dataclass(frozen=True, kw_only=True)
class Clause:
    """What all clauses have."""

    id: str
    """Stable id; never reused."""

    text: str
    """The clause as said."""

    status: str | None = None
    """In a draft: one of :data:`STATUSES`; None where the agreement is no draft."""

    positions: tuple[Position, ...] = ()
    """In a draft: who holds what."""

    source: Source | None = None
    """Where it was said."""

    unknown: tuple[str, ...] = ()
    """Keys of the clause that no source gives; what needs them *cannot tell*."""


@dataclass(frozen=True, kw_only=True)
class Point(Clause):
    """A clause in words, tested by no event: a point of a plan, a guarantee, a promise."""

    number: str | None = None
    """Its number in the text."""

    title: str | None = None
    """Its subject in a few words."""

    expressed_by: tuple[str, ...] = ()
    """Ids of the clauses that say it as data."""


@dataclass(frozen=True, kw_only=True)
class Condition(Clause):
    """What the agreement or a clause depends on."""

    kind: str
    """``entry``, ``reciprocity``, ``release``, ``suspension``, ``renewal`` or ``other``."""

    actors: tuple[str, ...] = ()
    """Parties it binds or frees; empty: all."""

    on: tuple[str, ...] = ()
    """Parties whose conduct it looks at; empty: all others."""

    provisions: tuple[str, ...] = ()
    """Clauses it bears on; empty: the whole agreement."""

    notice_hours: float | None = None
    """Notice to be given first, hours."""


@dataclass(frozen=True, kw_only=True)
class Schedule(Clause):
    """Something to be started and done by a moment."""

    actors: tuple[str, ...] = ()
    """Who must do it; empty: all parties."""

    start_by: When | None = None
    """When it must have begun."""

    done_by: When | None = None
    """When it must be done."""


@dataclass(frozen=True, kw_only=True)
class Ceiling(Clause):
    """A force limit: no more than so many."""

    party: str
    """Whose forces."""

    what: str
    """``personnel``, or a weapon or weapon class."""

    most: float | None
    """The ceiling; None where unknown."""

    tolerance: float = 0.0
    """How much more is not yet a breach, in the same unit."""

    zone: str | None = None
    """Where it holds; None: in all."""

    done_by: When | None = None
    """From when it must be kept; None: from entry into force."""


@dataclass(frozen=True, kw_only=True)
class StorageSite(Clause):
    """A site at which declared weapons must stay."""

    party: str
    """Whose site."""

    lon: float | None = None
    """Longitude, degrees, WGS 84; None where not public."""

    lat: float | None = None
    """Latitude, degrees."""

    radius_m: float = 500.0
    """How far from that place a weapon is still at the site, metres."""

    weapons: tuple[tuple[str, int, tuple[str, ...]], ...] = ()
    """Per weapon or class: how many, and their declared serials."""

    done_by: When | None = None
    """By when they must be there."""


@dataclass(frozen=True, kw_only=True)
class Stage(Clause):
    """A withdrawal: weapons of some classes out of a belt by a moment."""

    actors: tuple[str, ...]
    """Who withdraws."""

    weapons: tuple[str, ...]
    """Weapons and classes; empty: all."""

    zone: str
    """The belt that must be free of them."""

    start_by: When | None = None
    """When it must have begun."""

    done_by: When | None = None
    """When it must be done."""

    share: float = 1.0
    """Share of the declared weapons to be out by then, 0 to 1."""


@dataclass(frozen=True, kw_only=True)
class NoticeDuty(Clause):
    """What must be notified before it is done."""

    kind: str
    """``exercise demining repair flight medevac silence`` or ``other``."""

    actors: tuple[str, ...] = ()
    """Who notifies; empty: all parties."""

    lead_hours: float | None = None
    """How long before, hours; None where unknown."""

    to: tuple[str, ...] = ()
    """Whom."""

    acknowledged: bool = False
    """Whether it counts only once acknowledged."""

    late: str | None = "no_excuse"
    """What a notice given too late does: ``no_excuse``, ``excuses``; None where unknown."""


@dataclass(frozen=True, kw_only=True)
class AccessDuty(Clause):
    """Access for monitors, or the ban on touching what they see with."""

    kind: str
    """``access`` or ``anti_tamper``."""

    actors: tuple[str, ...] = ()
    """Who owes it; empty: all parties."""

    zone: str | None = None
    """Where."""

    acts: tuple[str, ...] = ()
    """Acts that break it, such as ``jamming``."""

    within_hours: float | None = None
    """How soon access must be given, hours."""


@dataclass(frozen=True, kw_only=True)
class Standard(Clause):
    """A standard of proof for something that may be said."""

    of: str
    """What it allows to say: ``corroborated``, ``verified_breach``, ``clear_breach``, ``step`` or a word of its own."""

    policy: Policy
    """What must be on the table."""

    acts: tuple[str, ...] = ()
    """Acts it is for; empty: all."""


@dataclass(frozen=True)
class Member:
    """A seat of the commission."""

    id: str
    """Stable id."""

    name: str
    """As pages show it."""

    role: str = "member"
    """``chair``, ``member`` or ``observer``."""

    of: str | None = None
    """The party or other that sends it."""


@dataclass(frozen=True)
class Commission:
    """Who finds, and how."""

    members: tuple[Member, ...] = ()
    """Seats."""

    quorum: int | None = None
    """Members that must be present; None where unknown."""

    rule: str | None = None
    """``consensus``, ``majority`` or ``chair``; None where unknown."""

    recused: str | None = None
    """Who may not vote: ``accused``, ``parties``, ``none``; None where unknown."""

    reply_hours: float | None = None
    """Time the accused has to reply, hours; None where unknown."""

    rectification_hours: float | None = None
    """Time to put a thing right before it is a breach, hours; None where unknown."""

    text: str | None = None
    """As said."""

    source: Source | None = None
    """Where it was said."""

    unknown: tuple[str, ...] = ()
    """Keys that the file calls unknown."""


NO_COMMISSION = Commission()
"""No source names one."""


@dataclass(frozen=True)
class Clock:
    """From when a step's deadline counts. Its expiry means that a decision is due, never an act."""

    origin: str | None = None
    """``breach``, ``detection`` or ``determination``; None where unknown."""

    hours: float | None = None
    """Deadline, hours after the origin; None where unknown or none is set."""

    pauses: str | None = None
    """What stops it, in words, e.g. verification; None where unknown."""

    stops: tuple[str, ...] | None = None
    """The same as data, words of ``model.ladder.STOPS``; empty: nothing stops it; None where unknown."""

    off: tuple[str, ...] = ()
    """Days on which it stands still: days of the week, and dates such as 2026-05-09."""

    time_zone: str | None = None
    """Time zone in which these days begin and end (IANA), and deadlines are read; None: UTC."""


NO_CLOCK = Clock()
"""No source says."""


@dataclass(frozen=True, kw_only=True)
class Step(Clause):
    """One rung of the response ladder."""

    number: int
    """Its place, from 1."""

    trigger: str
    """What sets it off, in words."""

    clock: Clock = NO_CLOCK
    """Its deadline."""

    accused: tuple[str, ...] = ()
    """Parties against whose breaches it is foreseen; empty: any party's."""

    declared_by: tuple[str, ...] = ()
    """Who declares it; empty where unknown."""

    acts_by: tuple[str, ...] = ()
    """Who acts; empty where unknown."""

    rests_on: str | None = None
    """Id of the standard of proof it rests on; None where unknown."""

    after: str | None = None
    """Id of the step that must have come before."""

    when: Trigger | None = None
    """What sets it off, as data; None where unknown: then nobody can tell whether it is met."""

    acknowledge_hours: float | None = None
    """How soon a state that is asked says that it has the matter, hours; None where unknown. Then it is silent."""

    done: str | None = None
    """What counts as done, one of ``model.ladder.DONE``; None where unknown."""

    conflict: str | None = None
    """What a responder does that is itself a party, one of ``model.ladder.CONFLICTS``; None where unknown."""


@dataclass(frozen=True)
class Publication:
    """Release and delay rules; the defaults are those of docs/explanation/honesty.md."""

    coverage_delay_hours: float = 72.0
    """Age at which coverage may be shown to parties and public, hours."""

    coverage_detail: str = "province and day"
    """How fine it is then."""

    impact_km: float = 1.0
    """The accused gets impacts no finer than this, kilometres."""

    impact_minutes: float = 10.0
    """And no finer than this in time, minutes either way."""

    imagery_delay_hours: float = 168.0
    """Age at which damage imagery may go to the accused, hours."""

    origin_km: float = 10.0
    """Firing origins leave the centre no finer than this, kilometres."""

    origin_delay_hours: float = 24.0
    """And no younger than this, hours."""

    name_party_from: float = 0.8
    """Attribution at which more than analysts and commissioners see a party named."""

    witness_settlement: int = 1000
    """A notice names no settlement smaller than this, people."""

    withheld_report_days: float = 7.0
    """How often what is withheld is counted in public, days."""

    board_to_parties: bool = False
    """Whether the parties see the board of the response; else only what they themselves are asked."""

    text: str | None = None
    """As said."""

    source: Source | None = None
    """Where it was said; None: these defaults."""


DEFAULT_PUBLICATION = Publication()
"""The rules where an agreement gives none."""


@dataclass(frozen=True)
class Attribution:
    """From which probability an author may be called so."""

    likely: float = 0.55
    """``likely``."""

    attributed: float = 0.80
    """``attributed``."""

    acts: tuple[tuple[str, float, float], ...] = ()
    """Per act, where it differs: act, likely, attributed."""


DEFAULT_ATTRIBUTION = Attribution()
"""Thresholds where an agreement gives none."""


DEFAULT_STANDARD = Standard(
    id="default-clear-breach",
    text="Two independent modalities, or two inspectors' records, or an admission; exceptions tested; the accused "
    "heard or the reply time run out; people's votes.",
    of="clear_breach",
    policy=CLEAR_BREACH,
)
"""What a clear breach asks for where an agreement does not say."""
