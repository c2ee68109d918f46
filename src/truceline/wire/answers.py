# SPDX-License-Identifier: Apache-2.0
"""What answers hold. A field that may be absent is one that this person is not told."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
"""UTC."""


class Answer(BaseModel):
    """What all answers share: nothing but what is named, so that a new field is a decision."""

    model_config = ConfigDict(extra="forbid")


class Due(Answer):
    """The next thing that is due."""

    at: Moment
    what: str = Field(description="notice, reply, vote or remedy")


class CaseLine(Answer):
    """One case in a list."""

    case: str
    findings: int = Field(description="findings that you may read")
    title: str | None = None
    state: str | None = None
    exit: str | None = None
    due: Due | None = None


class CaseLines(Answer):
    """A page of cases."""

    cases: list[CaseLine]
    next: str | None = Field(description="cursor of the next page; null: this was the last")


class Held(Answer):
    """One link of a chain of custody."""

    at: Moment
    intact: bool | None
    holder: str | None = None
    recorded_by: str | None = None
    act: str | None = None


class Exhibit(Answer):
    """One exhibit."""

    id: str
    modality: str
    owner: str
    grade: str
    level: str
    record: int | None
    withdrawn: bool
    redacted: list[str]
    blobs: list[str] = Field(description="SHA-256 of its files")
    counters: str | None = Field(description="what it speaks against")
    chain: str = Field(description="whole or broken")
    held: list[Held] | None = None


class Doer(Answer):
    """Who did something."""

    user: str | None = Field(description="null: not told to parties")
    role: str
    of: str | None
    seat: str | None


class Act(Answer):
    """One act on a case."""

    act: str
    kind: str
    by: Doer
    at: Moment
    reason: str
    data: dict[str, Any]
    record: int


class Acts(Answer):
    """A page of a case's acts."""

    acts: list[Act]
    next: str | None


class Seen(Answer):
    """Where and when, as fine as you may see it."""

    place: list[float] | None = Field(description="longitude and latitude, degrees WGS 84")
    place_km: float = Field(description="size of the cell it is rounded to, kilometres; 0: as measured")
    time: Moment | None
    time_minutes: float = Field(description="rounded to so many minutes either way; 0: as measured")


class ExhibitWhole(Exhibit):
    """An exhibit with the acts about it."""

    case: str
    acts: list[Act]
    seen: Seen | None


class Served(Answer):
    """A notice or an allegation to one party, and what the party did."""

    at: Moment
    due: Moment | None
    acknowledged: Moment | None
    ordered: Moment | None
    silent: Moment | None
    replies: list[str]
    late: list[str]
    admitted: bool


class Notice(Served):
    """A notice to one party."""

    case: str
    party: str


class Notices(Answer):
    """A page of notices."""

    notices: list[Notice]
    next: str | None


class Dissent(Answer):
    """A vote against, with its reason."""

    act: str
    seat: str
    reason: str | None = Field(description="null: it names a party that you may not be told")


class Finding(Answer):
    """People's decision: three axes that are never merged, with the coverage behind it."""

    finding: str
    at: Moment
    status: str
    attribution: str
    party: str | None = Field(description="null: names nobody, or you may not be told whom")
    severity: str
    intent: str
    provisional: bool
    reading: str
    provisions: list[str]
    standard_met_by: list[str]
    coverage: dict[str, Any]
    dissents: list[Dissent]
    superseded: str | None


class FindingOfCase(Finding):
    """A finding with its case."""

    case: str


class Findings(Answer):
    """A page of findings."""

    findings: list[FindingOfCase]
    next: str | None


class Vote(Answer):
    """One seat's vote."""

    seat: str
    choice: str
    act: str
    reason: str | None


class Proposal(Answer):
    """A finding put to the vote, and what it still lacks."""

    proposal: str
    status: str
    attribution: str
    party: str | None
    provisional: bool
    deadline: Moment
    votes: list[Vote]
    waiting: list[str]
    outcome: str | None
    lacks: list[str]


class Clocks(Answer):
    """How long it took, and until when a reply is due."""

    notice_minutes: float | None
    notice_in_time: bool | None
    notice_due: Moment | None
    notice_overdue: bool
    silence_minutes: float | None
    first_finding_hours: float | None
    finding_hours: float | None
    reply_due: dict[str, Moment | None]


class Check(Answer):
    """One verification of a remedy."""

    act: str
    result: str


class Remedy(Answer):
    """What a finding asks for."""

    remedy: str
    kind: str
    party: str | None
    finding: str
    stands: bool
    due: Moment | None
    reported: Moment | None
    result: str
    checks: list[Check]
    overdue: bool


class Request(Answer):
    """What somebody asked for, and how it ended."""

    request: str
    what: str
    at: Moment
    outcome: str
    finding: str | None


class Step(Answer):
    """A step that waits for a second person."""

    step: str
    kind: str
    by: str
    since: Moment


class Probability(Answer):
    """Least and greatest probability of a breach under one reading."""

    low: float | None
    high: float | None


class Obstacle(Answer):
    """What stands in the way of a finding, and what follows from it."""

    state: str
    follows: str


class Case(Answer):
    """A case as far as you may see it."""

    case: str
    exhibits: list[Exhibit]
    findings: list[Finding]
    caveat: str
    title: str | None = None
    state: str | None = None
    exit: str | None = None
    withheld: dict[str, int] | None = None
    origin: str | None = None
    opened: Moment | None = None
    provisions: list[str] | None = None
    notices: dict[str, Served] | None = None
    allegations: dict[str, Served] | None = None
    clocks: Clocks | None = None
    proposals: list[Proposal] | None = None
    conflicts: list[str] | None = None
    boycotts: list[str] | None = None
    remedies: list[Remedy] | None = None
    requests: list[Request] | None = None
    pending: list[Step] | None = None
    assessments: dict[str, Probability] | None = None
    merged_into: str | None = None
    absorbed: list[str] | None = None
    split_from: str | None = None
    in_the_way: list[Obstacle] | None = None
    version: int | None = Field(None, description="ledger index of the newest act you may read; give it as If-Match")


class Note(Answer):
    """A note of the deliberation."""

    note: str
    by: Doer
    at: Moment
    audience: list[str]
    text: str
    level: str | None = None


class Notes(Answer):
    """A page of notes."""

    notes: list[Note]
    next: str | None


class Done(Answer):
    """What came of an act."""

    act: str
    kind: str
    case: str
    state: str | None = Field(description="state of the case after it; null: not yours to know")
    record: int = Field(description="its ledger index, and the case's version after it")


class Task(Answer):
    """One thing that waits for you."""

    do: str = Field(description="kind of act, or of entry in the watch log, that settles it")
    case: str | None
    title: str | None
    data: dict[str, Any] = Field(description="what the act would name")
    since: Moment
    due: Moment | None
    left_minutes: float | None
    overdue: bool
    clock: str = Field(description="which clock that is")


class Queue(Answer):
    """Everything that waits for you."""

    tasks: list[Task]


class Decision(Answer):
    """One logged decision about access."""

    record: int
    by: dict[str, Any]
    action: str
    resource: str
    name: str
    at: Moment
    allowed: bool
    again: int | None = Field(None, description="how often the same was decided again since; absent: never")
    since: Moment | None = Field(None, description="when it was first decided, of what was decided again")


class Decisions(Answer):
    """A page of decisions about access."""

    access: list[Decision]
    next: str | None


class Withheld(Answer):
    """How much is not public: counted at fixed times."""

    withheld: int
    oldest: Moment | None
    counted: Moment


class Party(Answer):
    """A party of the agreement."""

    id: str
    name: str


class Seat(Answer):
    """A voting seat of the commission."""

    id: str
    of: str | None
    role: str


class Terms(Answer):
    """The agreement, and how its commission decides."""

    id: str
    title: str
    version: str | None
    parties: list[Party]
    seats: list[Seat]
    quorum: int | None
    rule: str | None
    recused: str
    reply_hours: float | None
    rectification_hours: float | None
    document: dict[str, Any]


class Word(Answer):
    """An act as the table of access knows it."""

    kind: str
    record: str
    resource: str
    action: str
    roles: list[str] = Field(description="roles that may do it to something, at most")


class Vocabulary(Answer):
    """Every word that forms may use."""

    acts: list[Word]
    moves: list[Word] = Field(description="moves in the response")
    roles: list[str]
    levels: list[str]
    grades: list[str]
    states: list[str]
    exits: list[str]
    statuses: list[str]
    attributions: list[str]
    severities: list[str]
    intents: list[str]
    audiences: list[str]
    remedies: list[str]
    modalities: dict[str, str]


class Told(Answer):
    """One event of the stream."""

    at: Moment
    case: str
    findings: int
    title: str | None = None
    state: str | None = None
    exit: str | None = None
    due: Due | None = None
