# SPDX-License-Identifier: Apache-2.0
"""What a case waits for: each as the act that would settle it, with its clock. Who may do it, others say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from truceline.commission.case import Case, Served
from truceline.commission.checks import eligible
from truceline.commission.rules import NOTICE_WITHIN, Rules

EXPECTED = NOTICE_WITHIN
"""How soon each step of stopping the fire is expected after the one before it: no term sets it, silence is urgent."""


@dataclass(frozen=True)
class Waiting:
    """One thing that somebody is waited for."""

    kind: str
    """Kind of act that settles it."""

    since: datetime
    """Since when it waits, UTC."""

    due: datetime | None
    """Until when, UTC; None: nothing sets a time."""

    clock: str
    """Which clock that is, in words."""

    data: Mapping[str, Any] = field(default_factory=dict)
    """What the act would name: a party, a proposal, a step."""

    not_by: str | None = None
    """User who cannot do it, for it takes a second person."""

    seats: frozenset[str] | None = None
    """Seats that can; None: no matter of seats."""


def wants_notice(case: Case) -> bool:
    """Return whether both liaisons are to have a notice first: of a call, or of an event that no exception covers."""
    return case.origin in ("call", "event") and not case.notices and not case.excused and case.exit is None


def waiting(case: Case, rules: Rules, now: datetime) -> tuple[Waiting, ...]:
    """Return what a case waits for at a moment, in no order."""
    if case.merged_into is not None:
        return ()
    found = [*_remedies(case, now), *_pending(case), *_requests(case)]
    if case.exit is None:
        found += [*_stopping(case, rules), *_hearing(case), *_votes(case, rules, now), *_final(case, rules, now)]
    return tuple(found)


def _stopping(case: Case, rules: Rules) -> Iterator[Waiting]:
    if wants_notice(case):
        due = case.opened + NOTICE_WITHIN
        yield Waiting("notice", case.opened, due, "15 minutes from the opening")
    clock = "15 minutes from the step before it; expected, no term sets it"
    for party, served in case.notices.items():
        if served.silent is not None:
            continue
        if served.acknowledged is None:
            yield Waiting("acknowledge", served.at, served.at + EXPECTED, clock, {"party": party})
        elif served.ordered is None:
            since = served.acknowledged
            yield Waiting("order", since, since + EXPECTED, clock, {"party": party})
        since = served.ordered or served.acknowledged or served.at
        yield Waiting("silence", since, since + EXPECTED, clock, {"party": party})
    silent = [served.silent for served in case.notices.values()]
    if silent and len(silent) == len(rules.parties) and all(silent) and case.finding is None:
        last = max(moment for moment in silent if moment)
        yield Waiting("close", last, None, "none: it was stopped", {"exit": "stopped without blame"})


def _hearing(case: Case) -> Iterator[Waiting]:
    for party, served in case.allegations.items():
        if not served.replies:
            yield Waiting("reply", served.at, case.due(served), _reply_clock(served), {"party": party})
    if case.allegations and not (case.exceptions_tested and case.notices_matched):
        since = min(served.at for served in case.allegations.values())
        yield Waiting("test_exceptions", since, None, "none: before any finding")


def _reply_clock(served: Served) -> str:
    return "none: the agreement sets no time to reply" if served.due is None else "the agreement's time to reply"


def _votes(case: Case, rules: Rules, now: datetime) -> Iterator[Waiting]:
    for proposal in case.proposals.values():
        if proposal.outcome is not None:
            continue
        data, since = {"proposal": proposal.id}, proposal.at
        left = frozenset(eligible(case, rules)) - {vote.seat for vote in proposal.votes} - case.boycotts
        if left and now <= proposal.deadline:
            yield Waiting("vote", since, proposal.deadline, "the vote's deadline", data, seats=left)
        else:
            due = min(proposal.deadline, now)
            yield Waiting("determine", since, due, "the vote is over", data)


def _final(case: Case, rules: Rules, now: datetime) -> Iterator[Waiting]:
    """What a provisional finding still waits for: the allegation, then the last vote once the accused was heard."""
    if case.state != "provisional" or case.finding is None:
        return
    party, since = case.proposals[case.finding.proposal].party, case.finding.at
    clock = "none: a final finding takes the place of the provisional one"
    if party is not None and party not in case.allegations:
        if not any(step.kind == "allege" for step in case.pending.values()):
            yield Waiting("allege", since, None, "none: whom the provisional finding names was not notified")
        return
    if party is not None:
        served = case.allegations[party]
        if not case.reply_over(served, now):
            return
        since = max(since, min(moment for moment in (*served.came[:1], case.due(served)) if moment is not None))
        clock = "none: the accused was heard, or its time ran out"
    yield Waiting("propose", since, None, clock, {"corrects": case.finding.id}, seats=frozenset(eligible(case, rules)))


def _pending(case: Case) -> Iterator[Waiting]:
    for step in case.pending.values():
        yield Waiting("approve", step.at, None, "none: a second person is waited for", {"of": step.id}, not_by=step.by)


def _requests(case: Case) -> Iterator[Waiting]:
    for request in case.requests.values():
        if request.outcome == "open":
            yield Waiting("outcome", request.at, None, f"none: a request for a {request.what}", {"request": request.id})


def _remedies(case: Case, now: datetime) -> Iterator[Waiting]:
    for remedy in case.remedies.values():
        if remedy.result == "done" or case.findings[remedy.finding].superseded is not None:
            continue
        clock, data = "the time to put it right", {"remedy": remedy.id, "party": remedy.party}
        if remedy.reported is None:
            yield Waiting("report_remedy", remedy.at, remedy.due, clock, data)
        if remedy.reported is not None or remedy.overdue(now):
            yield Waiting("verify_remedy", remedy.reported or remedy.at, remedy.due, clock, {"remedy": remedy.id})
