# SPDX-License-Identifier: Apache-2.0
"""What a proposed finding must meet before it can stand. Each check says what is missing, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from truceline.commission.case import EXITS, Case, Proposal
from truceline.commission.rules import FLOOR, Rules
from truceline.errors import StateError
from truceline.model.case import LEVELS, Actor

STATUSES = ("alleged", "detected", "recorded", "corroborated", "verified breach", "clear breach")
"""First axis, from least to most."""

ATTRIBUTIONS = ("none", "sector", "likely", "attributed", "admitted")
SEVERITIES = ("none", "technical", "minor", "grave")
INTENTS = ("unknown", "accident", "deliberate")

VERDICTS = tuple(exit_ for exit_ in EXITS if exit_ not in ("found", "stopped without blame"))
"""Ends of a case that people find."""

BREACH = ("verified breach", "clear breach")
"""Statuses that accuse."""


def check_axes(proposal: Proposal, rules: Rules) -> None:
    """Return if the three axes are words of theirs, and only a breach accuses a party.

    Raises:
        StateError: they are not.
    """
    for word, known, axis in (
        (proposal.status, (*STATUSES, *VERDICTS), "status"),
        (proposal.attribution, ATTRIBUTIONS, "attribution"),
        (proposal.severity, SEVERITIES, "severity"),
        (proposal.intent, INTENTS, "intent"),
    ):
        if word not in known:
            raise StateError(f"{axis}: {word!r} is none of {', '.join(known)}", record=proposal.id)
    if proposal.party is not None and proposal.party not in rules.parties:
        raise StateError(f"names {proposal.party!r}, which is no party", record=proposal.id)
    if (proposal.party is None) != (proposal.attribution in ("none", "sector")):
        raise StateError(
            "names a party exactly where attribution is likely, attributed or admitted", record=proposal.id
        )
    if not {"share", "reference_act", "period"} <= set(proposal.coverage):
        raise StateError("coverage: a finding needs its share, reference act and period", record=proposal.id)


def lacking(case: Case, proposal: Proposal, rules: Rules, *, votes: bool, now: datetime) -> tuple[str, ...]:
    """Return what the standard of proof and the attribution still ask for, in words; empty where they are met.

    The words name no party: whoever closes a vote is told them, and need not see one named yet.
    """
    table = case.on_the_table(votes=votes, basis=proposal.basis, party=proposal.party, now=now)
    asked = [FLOOR[proposal.status]] if proposal.status in FLOOR else []
    asked += rules.standards.get(proposal.status, ())
    missing = [word for policy in asked for word in policy.lacking(table)]
    if proposal.status in BREACH and case.excused:
        missing.append("an exception applies, so what happened is no breach")
    if proposal.status == "clear breach" and proposal.provisional:
        missing.append("a provisional finding cannot be clear: the accused was not heard")
    missing += _attribution(case, proposal, rules)
    missing += _notified(case, proposal, now)
    missing += _read(case, proposal)
    return tuple(dict.fromkeys(missing))


def _attribution(case: Case, proposal: Proposal, rules: Rules) -> Iterable[str]:
    """What an attribution still asks for."""
    party = proposal.party
    if party is None:
        return
    if proposal.attribution == "admitted":
        if not (party in case.allegations and case.allegations[party].admitted):
            yield "an admission by the party it names"
        return
    least = rules.threshold(proposal.attribution, proposal.provisions)
    held = case.hypotheses.get(party, 0.0)
    if held < least:
        yield f"an attribution of {least:g} or more; the analyst's stands at {held:g}"
    if any(case.exhibits[name].withdrawn for name in case.attribution_basis):
        yield "an attribution that does not rest on withdrawn evidence"


def _notified(case: Case, proposal: Proposal, now: datetime) -> Iterable[str]:
    """Whom a final finding must have heard."""
    if proposal.provisional or proposal.party is None:
        return
    served = case.allegations.get(proposal.party)
    if served is None:
        yield "the party it names was not notified: only a provisional finding is possible"
    elif not case.reply_over(served, now):
        yield "the time for the accused's reply is not over: only a provisional finding is possible"


def rests_on(case: Case, proposal: Proposal) -> frozenset[str]:
    """Return the exhibits a proposal rests on: its basis and, where it names a party, that of the attribution."""
    return frozenset((*proposal.basis, *(case.attribution_basis if proposal.party is not None else ())))


def _read(case: Case, proposal: Proposal) -> Iterable[str]:
    """Who voted before it could read all that the finding would rest on; that attribution came later."""
    for vote in proposal.votes:
        if not rests_on(case, proposal) <= vote.read:
            yield f"evidence that seat {vote.seat} could read when it voted: put it to the vote anew"


def may_vote(case: Case, proposal: Proposal, rules: Rules, actor: Actor, now: datetime) -> None:
    """Return if a person may vote on a proposal now.

    Raises:
        StateError: with the reason.
    """
    seat = actor.seat
    if actor.role != "commissioner" or seat is None or seat not in rules.seats:
        raise StateError(f"{actor.user} holds no voting seat of the commission", record=proposal.id)
    if proposal.outcome is not None:
        raise StateError(f"the vote is over: {proposal.outcome}", record=proposal.id)
    if now > proposal.deadline:
        raise StateError("the deadline of the vote has passed", record=proposal.id)
    if seat in case.conflicts or actor.user in case.stepped_back:
        raise StateError(f"seat {seat} declared a conflict of interest", record=proposal.id)
    if seat in rules.barred(case.accused, case.complainant):
        raise StateError(f"seat {seat} may not vote: the agreement recuses {rules.recused}", record=proposal.id)
    if any(vote.seat == seat for vote in proposal.votes):
        raise StateError(f"seat {seat} has voted; a vote is final", record=proposal.id)
    if any(case.users[vote.act] == actor.user for vote in proposal.votes):
        raise StateError(f"{actor.user} has voted for another seat; one person has one vote", record=proposal.id)
    unread = rests_on(case, proposal) - readable(case, actor)
    if unread:
        raise StateError(
            f"seat {seat} cannot read {len(unread)} of the exhibits on which the finding rests", record=proposal.id
        )


def readable(case: Case, actor: Actor) -> frozenset[str]:
    """Return the exhibits of a case that a voter may read."""
    return frozenset(name for name, exhibit in case.exhibits.items() if exhibit.readable_by(actor, LEVELS))


def check_words(data: Mapping[str, Any], rules: Rules) -> None:
    """Return if the reading and the clauses that an act names are the agreement's.

    Asked before an act is done and not of acts already in the ledger: a later version of the terms may drop a word.

    Raises:
        StateError: one is not.
    """
    reading = data.get("reading")
    if rules.readings and reading is not None and reading not in rules.readings:
        raise StateError(f"reading: {reading!r:.80} is none of {', '.join(sorted(rules.readings))}")
    named = data.get("provisions", ())
    unknown = [name for name in named if name not in rules.clauses] if isinstance(named, list | tuple) else []
    if rules.clauses and unknown:
        raise StateError(f"provisions: {unknown[0]!r:.80} is no clause of the agreement")


def eligible(case: Case, rules: Rules) -> tuple[str, ...]:
    """Return the seats that may vote on a case, boycotting ones included: they may come back."""
    barred = rules.barred(case.accused, case.complainant)
    return tuple(seat for seat in rules.seats if seat not in case.conflicts and seat not in barred)


def decide(proposal: Proposal, rules: Rules) -> str:
    """Return the outcome of a vote: ``found``, ``not found``, ``deadlock`` or ``no quorum``.

    Consensus: none against, at least one for; else a deadlock. Majority: more for than against; a tie is a
    deadlock. Chair: the chair's own vote decides, heard the others; without it, a deadlock. The quorum counts votes
    cast, abstentions included; who boycotts is absent.

    Raises:
        StateError: the agreement names no quorum or no rule, so nobody can find anything.
    """
    if rules.quorum is None or rules.rule is None:
        what = "quorum" if rules.quorum is None else "decision rule"
        raise StateError(f"the agreement names no {what}; the parties must agree one first", record=proposal.id)
    cast = {choice: [v.seat for v in proposal.votes if v.choice == choice] for choice in ("for", "against", "abstain")}
    if len(proposal.votes) < max(rules.quorum, 1):
        return "no quorum"
    if rules.rule == "consensus":
        return "deadlock" if cast["against"] or not cast["for"] else "found"
    if rules.rule == "majority":
        if len(cast["for"]) == len(cast["against"]):
            return "deadlock"
        return "found" if len(cast["for"]) > len(cast["against"]) else "not found"
    if rules.chair in cast["for"]:
        return "found"
    return "not found" if rules.chair in cast["against"] else "deadlock"
