# SPDX-License-Identifier: Apache-2.0
"""The state of a case: what its acts add up to. Nothing is deleted; it is superseded, withdrawn or redacted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from truceline.commission.evidence import Exhibit, one_voice
from truceline.model.case import Act
from truceline.model.proof import Evidence as OnTheTable

EXITS = (
    "not an incident",
    "incident without violation",
    "unsubstantiated",
    "undetermined, no coverage",
    "undetermined, conflicting",
    "withdrawn",
    "stopped without blame",
    "found",
)
"""How a case can end (MISSION section 4); ``found`` where a finding stands."""


@dataclass(frozen=True)
class Served:
    """A notice or an allegation to one party, and what the party did."""

    party: str
    """To whom."""

    at: datetime
    """When it was served."""

    due: datetime | None = None
    """Until when an answer is in time; None: the terms set no time."""

    acknowledged: datetime | None = None
    """When the party's liaison said that it has it. It admits nothing."""

    ordered: datetime | None = None
    """When the party said that its forces were ordered to stop."""

    silent: datetime | None = None
    """When silence was observed."""

    replies: tuple[str, ...] = ()
    """Acts that replied, in the order they came through the door."""

    came: tuple[datetime, ...] = ()
    """When each of them came, UTC."""

    late: tuple[str, ...] = ()
    """Those of them that came after the time; they are kept and read all the same."""

    admitted: bool = False
    """Whether the party admitted it."""


@dataclass(frozen=True)
class Vote:
    """One seat's vote."""

    seat: str
    """Seat."""

    choice: str
    """``for``, ``against`` or ``abstain``."""

    act: str
    """The act that cast it."""

    reason: str = ""
    """Why; of a vote against it is the dissent."""

    read: frozenset[str] = frozenset()
    """Exhibits of the case that the seat could read when it voted."""


@dataclass(frozen=True)
class Proposal:
    """A finding as put to the vote: three axes that are never merged, and what it rests on."""

    id: str
    """Id of the act that proposed it."""

    status: str
    """First axis, or an exit."""

    attribution: str
    """Second axis: ``none sector likely attributed admitted``."""

    party: str | None
    """Whom it names; None where it names nobody."""

    severity: str
    """``technical``, ``minor``, ``grave`` or ``none``."""

    intent: str
    """``unknown``, ``accident`` or ``deliberate``."""

    provisions: tuple[str, ...]
    """Provisions it is about."""

    reading: str
    """Reading it is made under."""

    basis: tuple[str, ...]
    """Exhibits it rests on."""

    coverage: Mapping[str, Any]
    """Share, reference act and period of coverage: no count stands without it."""

    deadline: datetime
    """Last moment to vote."""

    provisional: bool
    """Whether it stands only until the accused was heard."""

    at: datetime
    """When it was proposed, UTC."""

    corrects: str | None = None
    """Finding that it would replace."""

    votes: tuple[Vote, ...] = ()
    """Votes cast."""

    outcome: str | None = None
    """``found``, ``not found``, ``deadlock``, ``no quorum`` or ``standard not met``; None while open."""


@dataclass(frozen=True)
class Finding:
    """People's decision."""

    id: str
    """Id of the act that determined it."""

    proposal: str
    """What was voted."""

    at: datetime
    """When."""

    met: tuple[str, ...]
    """Facts on the table when the standard of proof was met."""

    share: float = 0.0
    """The analyst's share for the party it names, when it was made; 0 where it names nobody."""

    superseded: str | None = None
    """The finding that replaced it, or ``reopened``."""


@dataclass(frozen=True)
class Remedy:
    """What a finding asks for."""

    id: str
    """Id of the act."""

    finding: str
    """For which finding."""

    kind: str
    """``withdraw rectify access apology compensation disciplinary_report``."""

    party: str
    """Who owes it."""

    due: datetime | None
    """Until when."""

    at: datetime
    """When it was asked for, UTC."""

    result: str = "open"
    """``open``, ``done``, ``not done`` or ``cannot be verified``: the newest check's."""

    reported: datetime | None = None
    """When the party said that it is done; None: it did not. Saying so is no verification."""

    checks: tuple[tuple[str, str], ...] = ()
    """Act and result of every check, in order."""

    def overdue(self, now: datetime) -> bool:
        """Return whether it is not known to be done although its time is over."""
        return self.result != "done" and self.due is not None and now > self.due


@dataclass(frozen=True)
class Request:
    """Somebody asked for an inspection, a sensor's look, or a review of a finding."""

    id: str
    """Id of the act."""

    what: str
    """``inspection``, ``look`` or ``review``."""

    by: str
    """User who asked."""

    at: datetime
    """When, UTC."""

    outcome: str = "open"
    """``open``, or how it ended."""

    finding: str | None = None
    """Of a review, the finding."""


@dataclass(frozen=True)
class Pending:
    """A step that needs a second person."""

    id: str
    """Id of the act that asked for it."""

    kind: str
    """``allege``, ``release`` or ``redact``."""

    by: str
    """User who asked."""

    data: Mapping[str, Any]
    """What is to be done."""

    at: datetime
    """Since when it waits, UTC."""


def pending_with(case: Case, act: Act) -> dict[str, Pending]:
    """Return the steps that wait for a second person, with the one that an act asks for."""
    return {**case.pending, act.id: Pending(act.id, act.kind, act.by.user, dict(act.data), act.at)}


@dataclass(frozen=True)
class Case:
    """Everything known of a case at one moment."""

    id: str
    """Id of the act that opened it."""

    title: str
    """As pages show it."""

    origin: str
    """``event``, ``complaint``, ``self_report`` or ``call``."""

    opened: datetime
    """When."""

    now: datetime
    """Time of the newest act."""

    events: tuple[int, ...] = ()
    """Ledger indices of its events."""

    provisions: tuple[str, ...] = ()
    """Provisions in question."""

    accused: tuple[str, ...] = ()
    """Parties accused."""

    complainant: str | None = None
    """Party that complained."""

    exhibits: Mapping[str, Exhibit] = field(default_factory=dict)
    """Evidence by id."""

    probability: float | None = None
    """Least assessed probability of a breach, of the reading most favourable to the accused; None: not assessed."""

    assessments: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    """Per reading, least and greatest assessed probability of a breach; None: cannot tell."""

    hypotheses: Mapping[str, float] = field(default_factory=dict)
    """The analyst's attribution: each party, ``neither``, ``proxy``, ``accident``, ``unknown``; sums to one."""

    attribution_basis: tuple[str, ...] = ()
    """Exhibits the attribution rests on."""

    exceptions_tested: bool = False
    """Whether every exception was tested."""

    excused: bool = False
    """Whether one of them was found to apply (a notified exercise, for one)."""

    notices_matched: bool = False
    """Whether notices and windows of silence were compared."""

    notices: Mapping[str, Served] = field(default_factory=dict)
    """Stop it first: per party, the notice and what followed."""

    allegations: Mapping[str, Served] = field(default_factory=dict)
    """Per accused party: when it was notified, and its replies."""

    outages: tuple[tuple[datetime, datetime], ...] = ()
    """When this centre could not be reached: replies' time stood still."""

    requests: Mapping[str, Request] = field(default_factory=dict)
    """Requests for an inspection, a look or a review."""

    conflicts: frozenset[str] = frozenset()
    """Seats that declared a conflict of interest."""

    stepped_back: frozenset[str] = frozenset()
    """Users who declared one: another seat given to them later votes no more than the first."""

    boycotts: frozenset[str] = frozenset()
    """Seats that stay away."""

    notes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Deliberation notes: act, audience."""

    proposals: Mapping[str, Proposal] = field(default_factory=dict)
    """Findings put to the vote."""

    findings: Mapping[str, Finding] = field(default_factory=dict)
    """Findings made."""

    remedies: Mapping[str, Remedy] = field(default_factory=dict)
    """Remedies asked for."""

    pending: Mapping[str, Pending] = field(default_factory=dict)
    """Steps that wait for a second person."""

    released: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Released items (case parts or exhibits): audiences."""

    merged_into: str | None = None
    """Case that took this one over."""

    absorbed: tuple[str, ...] = ()
    """Cases that this one took over."""

    split_from: str | None = None
    """Case that this one was split from."""

    exit: str | None = None
    """How it ended, one of :data:`EXITS`; None while open."""

    acts: tuple[str, ...] = ()
    """Ids of all acts, in order."""

    users: Mapping[str, str] = field(default_factory=dict)
    """Who did each act."""

    @property
    def finding(self) -> Finding | None:
        """The finding that stands, if any."""
        return next((f for f in reversed(tuple(self.findings.values())) if f.superseded is None), None)

    @property
    def state(self) -> str:
        """Where the case stands, in one word."""
        if self.merged_into:
            return "merged"
        if self.exit:
            return "closed"
        last = next(reversed(tuple(self.proposals.values())), None)
        if last is not None and last.outcome is None:
            return "voting"
        found = self.finding
        if found is not None:
            return "provisional" if self.proposals[found.proposal].provisional else "found"
        for stuck in ("deadlock", "no quorum"):
            if last is not None and last.outcome == stuck:
                return stuck
        if self.allegations:
            return "heard" if all(s.replies for s in self.allegations.values()) else "notified"
        return "open"

    def stood_still(self, since: datetime, until: datetime) -> timedelta:
        """Return how long the centre was out of reach between two moments; overlapping outages count once."""
        total, reached = timedelta(0), since
        for start, end in sorted(self.outages):
            begin, stop = max(start, reached), min(end, until)
            if begin < stop:
                total += stop - begin
                reached = stop
        return total

    def due(self, served: Served) -> datetime | None:
        """Return until when an answer is in time: the time set, plus what our own outages took of it."""
        if served.due is None:
            return None
        due = served.due
        while True:
            extended = served.due + self.stood_still(served.at, due)
            if extended <= due:
                return due
            due = extended

    def on_the_table(self, *, votes: bool, basis: tuple[str, ...], party: str | None, now: datetime) -> OnTheTable:
        """Return what a standard of proof may count of a basis at a moment.

        Independent exhibits count once each. Where a party is to be named, only its own admission, hearing and reply
        time count; where nobody is, those of every party that was notified.
        """
        items = [self.exhibits[name] for name in basis if not self.exhibits[name].withdrawn]
        facts = set()
        inspectors = {item.owner for item in items if item.counts and item.modality == "inspector_record"}
        if len(inspectors) >= 2:
            facts.add("two_inspectors")
        heard = [s for s in self.allegations.values() if party in (None, s.party)]
        if any(served.admitted for served in heard):
            facts.add("admission")
        if self.exceptions_tested:
            facts.add("exceptions_tested")
        if self.notices_matched:
            facts.add("notices_matched")
        if heard and all(served.replies for served in heard):
            facts.add("accused_heard")
        if heard and all(self.reply_over(served, now) for served in heard):
            facts.add("reply_time_over")
        if votes:
            facts.add("votes")
        counted = tuple((item.modality, f"{item.modality}/{item.family}") for item in one_voice(items))
        return OnTheTable(frozenset(facts), counted, self.probability)

    def reply_over(self, served: Served, now: datetime) -> bool:
        """Return whether the accused replied, or the time for it ran out."""
        due = self.due(served)
        return bool(served.replies) or (due is not None and now > due)
