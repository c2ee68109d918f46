# SPDX-License-Identifier: Apache-2.0
"""A case as one person may see it: what is not theirs is left out and counted, parties below 80 % are not named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from truceline.access import Thing, decide
from truceline.access.check import names_of, party_name
from truceline.access.release import caveat, names_party
from truceline.base.clock import iso
from truceline.commission.case import Case, Finding, Proposal, Served
from truceline.commission.checks import eligible, lacking
from truceline.commission.evidence import Exhibit, custody_json
from truceline.commission.rules import NOTICE_WITHIN, Rules
from truceline.commission.waiting import Waiting, waiting, wants_notice
from truceline.errors import AccessError
from truceline.model.case import Actor
from truceline.services import dossier

INSIDE = ("watch_officer", "analyst", "commissioner", "secretariat", "auditor")
"""Who works on cases, and who checks the work."""

DELIBERATING = ("commissioner", "secretariat", "auditor", "analyst")
"""Who sees what is proposed and how it is voted: those who may read a proposal, by the table."""


def audience_of(case: Case, item: str) -> frozenset[str]:
    """Return to whom an item was released; ``accused`` and ``parties`` spelt out."""
    names = set(case.released.get(item, ()))
    if "accused" in names:
        names |= set(map(party_name, case.allegations))
    if "parties" in names:
        names |= set(map(party_name, case.notices))
    return frozenset(names)


def may_see(case: Case, actor: Actor) -> bool:
    """Return whether a person may know that the case exists."""
    shown = frozenset().union(*(audience_of(case, item) for item in case.released))
    return decide(actor, "read", Thing("case", _level(shown), parties_of(case), shown, case.state)).allowed


def _level(audience: frozenset[str]) -> str:
    """What two people released to the public is public."""
    return "public" if "public" in audience else "restricted"


def case_view(case: Case, actor: Actor, rules: Rules, now: datetime | None = None) -> dict[str, Any]:
    """Return a case as JSON, as far as a person may see it; ``now``: the clock, else the case's newest act.

    Raises:
        AccessError: the person may not know of it; the message is that for a case that does not exist.
    """
    if not may_see(case, actor):
        raise AccessError(f"there is no case {case.id} that {actor.user} may see", record=case.id)
    exhibits = [x for x in case.exhibits.values() if exhibit_seen(case, x, actor)]
    view: dict[str, Any] = {
        "case": case.id,
        "exhibits": [exhibit_json(x, case, actor) for x in exhibits],
        "findings": [
            finding_json(case, f, actor, rules) for f in case.findings.values() if finding_seen(case, f, actor)
        ],
    }
    if not concerned(case, actor):
        # Neither state nor counts: they would tell of what was not released.
        shared = audience_of(case, case.id) & {"public", *names_of(actor)}
        return view | {"caveat": caveat(tuple(sorted(shared)))}
    view |= {
        "title": case.title,
        "state": case.state,
        "exit": case.exit,
        "withheld": {"exhibits": len(case.exhibits) - len(exhibits)},
        # As it was released: spelt out, "accused" would name who that is.
        "caveat": caveat(tuple(sorted(case.released.get(case.id, ())))),
    }
    allegations = _allegations(case, actor, rules)
    own = None if actor.role in INSIDE else frozenset({actor.of or ""})
    view |= {
        "origin": case.origin,
        "opened": iso(case.opened),
        "provisions": list(case.provisions),
        "notices": _served(case, case.notices, own),
        "allegations": allegations,
        "clocks": {**clocks(case, now), "reply_due": {party: served["due"] for party, served in allegations.items()}},
        "remedies": dossier.remedies_json(case, own, lambda party: _may_name(case, party, actor, rules)),
    }
    if own is None:
        view |= {
            "requests": dossier.requests_json(case),
            "pending": dossier.pending_json(case),
            "assessments": dossier.assessments_json(case),
            "merged_into": case.merged_into,
            "absorbed": list(case.absorbed),
            "split_from": case.split_from,
        }
    if actor.role in DELIBERATING:
        view["proposals"] = [proposal_json(case, p, actor, rules) for p in case.proposals.values()]
        view["conflicts"], view["boycotts"] = sorted(case.conflicts), sorted(case.boycotts)
        view["in_the_way"] = dossier.in_the_way(case, rules)
    return view


def concerned(case: Case, actor: Actor) -> bool:
    """Return whether a person works on the case or serves a party to it; others see what was released, no more."""
    return actor.role in INSIDE or (actor.role == "liaison" and actor.of in parties_of(case))


def parties_of(case: Case) -> frozenset[str]:
    """Return the parties a case is about: accused, given notice, or complaining."""
    return frozenset((*case.allegations, *case.notices, *((case.complainant,) if case.complainant else ())))


def case_line(case: Case, actor: Actor, rules: Rules) -> dict[str, Any]:
    """Return a case as one line of a list: with its clock for whom it concerns, the next moment something is due."""
    view = case_view(case, actor, rules)
    line = {"case": case.id, "findings": len(view["findings"])}
    if not concerned(case, actor):
        return line
    return line | {"title": case.title, "state": case.state, "exit": case.exit, "due": due(case, actor, rules)}


OF_VOTES = ("vote", "determine")
"""What waits in a deliberation."""

OF_A_PARTY = ("acknowledge", "order", "reply", "report_remedy")
"""What a party's liaison is waited for."""


def due(case: Case, actor: Actor, rules: Rules) -> dict[str, Any] | None:
    """Return the next moment by which something is due in a case, and what; None: nothing that the person may know."""

    def shown(each: Waiting) -> bool:
        if actor.role not in INSIDE:
            return each.kind in OF_A_PARTY and each.data.get("party") == actor.of
        return each.kind not in OF_VOTES or actor.role in DELIBERATING

    found = [(each.due, each.kind) for each in waiting(case, rules, case.now) if each.due is not None and shown(each)]
    if not found:
        return None
    moment, kind = min(found)
    return {"at": iso(moment), "what": kind}


def _allegations(case: Case, actor: Actor, rules: Rules) -> dict[str, Any]:
    """Who is accused, by name only to those who may see a party named below ``attributed``, and to itself."""
    if actor.role not in INSIDE:
        return _served(case, case.allegations, frozenset({actor.of or ""}))
    found = _served(case, case.allegations, None)
    if names_party(actor, 0.0, rules.publication):
        return found
    # In the order of time, then without names: the order of ids would tell who it is.
    return {f"accused {n}": served for n, served in enumerate(found.values(), 1)}


def _may_name(case: Case, party: str, actor: Actor, rules: Rules) -> bool:
    """Whether a person may see a party named: its own liaison, and others as far as attribution allows."""
    admitted = party in case.allegations and case.allegations[party].admitted
    return actor.of == party or admitted or names_party(actor, case.hypotheses.get(party, 0.0), rules.publication)


def exhibit_seen(case: Case, exhibit: Exhibit, actor: Actor) -> bool:
    """Return whether a person may read an exhibit."""
    readers = {"commissioner"} if exhibit.readers is None else set(map(party_name, exhibit.readers))
    audience = audience_of(case, exhibit.id) | readers
    return decide(actor, "read", Thing("exhibit", exhibit.level, audience=audience, state=case.state)).allowed and (
        actor.role != "commissioner" or exhibit.readers is None or actor.seat in exhibit.readers
    )


def unread(case: Case, actor: Actor, names: Iterable[str]) -> frozenset[str]:
    """Return which of the exhibits, findings and remedies that are named a person may not know of."""
    found = set()
    for name in names:
        if name in case.exhibits:
            hidden = not exhibit_seen(case, case.exhibits[name], actor)
        elif name in case.findings:
            hidden = not finding_seen(case, case.findings[name], actor)
        else:
            hidden = name in case.remedies and actor.role not in INSIDE and case.remedies[name].party != actor.of
        found |= {name} if hidden else set()
    return frozenset(found)


def finding_seen(case: Case, finding: Finding, actor: Actor) -> bool:
    """Return whether a person may read a finding."""
    audience = audience_of(case, finding.id)
    return decide(actor, "read", Thing("finding", _level(audience), audience=audience, state=case.state)).allowed


def exhibit_json(exhibit: Exhibit, case: Case, actor: Actor) -> dict[str, Any]:
    """Return an exhibit as JSON: inside with its chain of custody, to a party without who held it, else without."""
    chain = custody_json(exhibit)
    if actor.role not in INSIDE:
        chain = [{"at": link["at"], "intact": link["intact"]} for link in chain]
    held = {"held": chain} if concerned(case, actor) else {}
    return {
        "id": exhibit.id,
        "modality": exhibit.modality,
        "owner": exhibit.owner,
        "grade": exhibit.grade,
        "level": exhibit.level,
        "record": exhibit.record,
        "withdrawn": exhibit.withdrawn,
        "redacted": list(exhibit.redacted),
        "blobs": list(exhibit.blobs),
        "counters": exhibit.counters,
        "chain": "broken" if exhibit.broken else "whole",
        **held,
    }


def _served(case: Case, places: Mapping[str, Served], only: frozenset[str] | None) -> dict[str, Any]:
    return {party: served_json(case, s) for party, s in places.items() if only is None or party in only}


def served_json(case: Case, served: Served) -> dict[str, Any]:
    """Return a notice or an allegation to one party as JSON, and what the party did."""
    return {
        "at": iso(served.at),
        "due": _iso(case.due(served)),
        "acknowledged": _iso(served.acknowledged),
        "ordered": _iso(served.ordered),
        "silent": _iso(served.silent),
        "replies": list(served.replies),
        "late": list(served.late),
        "admitted": served.admitted,
    }


def finding_json(case: Case, finding: Finding, actor: Actor, rules: Rules) -> dict[str, Any]:
    """Return a finding as JSON: three axes, how its standard was met, coverage beside it; who dissented and why."""
    proposal = case.proposals[finding.proposal]
    sure = proposal.attribution == "admitted" or names_party(actor, finding.share, rules.publication)
    after = finding.superseded
    if after is not None and after in case.findings and not finding_seen(case, case.findings[after], actor):
        after = "withheld"
    return {
        "finding": finding.id,
        "at": iso(finding.at),
        "status": proposal.status,
        "attribution": proposal.attribution,
        "party": proposal.party if sure else None,
        "severity": proposal.severity,
        "intent": proposal.intent,
        "provisional": proposal.provisional,
        "reading": proposal.reading,
        "provisions": list(proposal.provisions),
        "standard_met_by": list(finding.met),
        "coverage": dict(proposal.coverage),
        # A reason may name whom the reader may not see named.
        "dissents": [
            {"act": v.act, "seat": v.seat, "reason": v.reason if sure or proposal.party is None else None}
            for v in proposal.votes
            if v.choice == "against"
        ],
        "superseded": after,
    }


def proposal_json(case: Case, proposal: Proposal, actor: Actor, rules: Rules) -> dict[str, Any]:
    """Return a proposal as JSON, with who may still vote and what it still lacks."""
    left = set(eligible(case, rules)) - {v.seat for v in proposal.votes}
    if rules.recused == "accused" and not all(_may_name(case, party, actor, rules) for party in case.accused):
        # The seat that is missing would tell who is accused.
        left = {seat for seat in left if rules.seats[seat].of not in rules.parties}
    shown = proposal.party is None or names_party(actor, case.hypotheses.get(proposal.party, 0.0), rules.publication)
    return {
        "proposal": proposal.id,
        "status": proposal.status,
        "attribution": proposal.attribution,
        "party": proposal.party if shown else None,
        "provisional": proposal.provisional,
        "deadline": iso(proposal.deadline),
        "votes": [
            {
                "seat": v.seat,
                "choice": v.choice,
                "act": v.act,
                "reason": v.reason if shown or not proposal.party else None,
            }
            for v in proposal.votes
        ],
        "waiting": sorted(left) if proposal.outcome is None else [],
        "outcome": proposal.outcome,
        "lacks": _lacks(case, proposal, rules, shown=shown),
    }


def _lacks(case: Case, proposal: Proposal, rules: Rules, *, shown: bool) -> list[str]:
    """What a proposal still lacks; told only in number where its words would name a party too early."""
    if proposal.outcome:
        return []
    missing = lacking(case, proposal, rules, votes=bool(proposal.votes), now=case.now)
    return list(missing) if shown or proposal.party is None else [f"{len(missing)} things are missing"] * bool(missing)


def clocks(case: Case, now: datetime | None = None) -> dict[str, Any]:
    """Return the case's clocks: minutes from opening to notice and to silence, hours to findings; they name nobody.

    A notice not given yet has until 15 minutes after the opening; ``notice_overdue`` says whether they are over.
    """
    at = now or case.now
    noticed = min((s.at for s in case.notices.values()), default=None)
    silent = [s.silent for s in case.notices.values()]
    quiet = max((moment for moment in silent if moment), default=None) if all(silent) else None
    found = case.finding
    first = min((f.at for f in case.findings.values()), default=None)
    return {
        "notice_minutes": _minutes(case.opened, noticed),
        "notice_in_time": None if noticed is None else noticed - case.opened <= NOTICE_WITHIN,
        "notice_due": iso(case.opened + NOTICE_WITHIN) if noticed is None and wants_notice(case) else None,
        "notice_overdue": noticed is None and wants_notice(case) and at - case.opened > NOTICE_WITHIN,
        "silence_minutes": _minutes(case.opened, quiet),
        "first_finding_hours": _hours(case.opened, first),
        "finding_hours": _hours(case.opened, None if found is None else found.at),
    }


def _minutes(start: datetime, end: datetime | None) -> float | None:
    return None if end is None else round((end - start) / timedelta(minutes=1), 3)


def _hours(start: datetime, end: datetime | None) -> float | None:
    return None if end is None else round((end - start) / timedelta(hours=1), 3)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)
