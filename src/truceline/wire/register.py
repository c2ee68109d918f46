# SPDX-License-Identifier: Apache-2.0
"""What requests and answers about commitments and meetings hold (docs/reference/register.md)."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from truceline.wire.acts import Form, Text
from truceline.wire.answers import Answer, Moment


class Entries(Form):
    """The parts of a register file, as JSON."""

    sources: dict[str, Any] | None = None
    states: list[dict[str, Any]] | None = None
    commitments: list[dict[str, Any]] | None = None
    changes: list[dict[str, Any]] | None = None
    meetings: list[dict[str, Any]] | None = None


class NewPostings(Form):
    """Entries to be posted, all or none."""

    reason: Text
    entries: Entries


class Posting(Answer):
    """What one entry became."""

    posting: str
    record: int
    kind: str
    of: str


class Remark(Answer):
    """Something to look at."""

    text: str
    mend: str


class Posted(Answer):
    """What came of it."""

    postings: list[Posting]
    flags: list[Remark]


class Flag(Remark):
    """Something that does not fit together."""

    about: list[str]


class Seat(Answer):
    """A state and the stages of what it said, by kind and by step."""

    id: str
    name: str
    role: str
    member_of: list[str]
    members: int | None
    decides: str | None
    parliament: bool | None
    source: dict[str, Any] | None
    stages: dict[str, list[str]]
    steps: dict[str, list[str]]


class Step(Answer):
    """A step of the ladder."""

    step: str
    number: int
    text: str


class Register(Answer):
    """The register as of a moment."""

    as_of: Moment
    known_at: Moment | None
    states: list[Seat]
    steps: list[Step]
    flags: list[Flag]
    withheld: int = Field(description="commitments that you may not read")
    version: int | None = Field(None, description="ledger index of the newest posting shown; give it as If-Match")


class Flags(Answer):
    """What does not fit together."""

    flags: list[Flag]


class Commitment(Answer):
    """One commitment with its stage and history."""

    id: str
    state: str
    kind: str | None
    text: str
    stage: str
    word: str = Field(description="its stage as pages show it: withdrawn and period over come first")
    step: str | None
    conditions: str | None
    amount: dict[str, Any] | None
    starts: Moment | None
    ends: Moment | None
    form: str | None
    reservations: list[str]
    caveats: list[str]
    level: str
    source: dict[str, Any] | None
    since: Moment
    begun: Moment
    withdrawn: Moment | None
    history: list[dict[str, Any]]


class Commitments(Answer):
    """A page of commitments."""

    commitments: list[Commitment]
    next: str | None


class Meeting(Answer):
    """A meeting or statement."""

    id: str
    name: str
    starts: Moment
    day_only: bool
    place: str | None
    present: list[dict[str, Any]]
    counts: list[dict[str, Any]]
    agenda: list[str]
    outcomes: list[dict[str, Any]]
    unknown: list[str]
    source: dict[str, Any] | None


class Meetings(Answer):
    """A page of meetings."""

    meetings: list[Meeting]
    next: str | None


class Side(Answer):
    """What one party's breach meets."""

    party: str
    name: str
    response: str
    steps: list[str]
    commitments: list[str]


class Sides(Answer):
    """What binds only one side."""

    as_of: Moment
    sides: list[Side]


class PostingTold(Answer):
    """One event of the stream: a posting about a state, a commitment or a meeting that you may read."""

    at: Moment
    posting: str
    kind: str
    of: str
