# SPDX-License-Identifier: Apache-2.0
"""A case as one person may see it: what is not theirs is left out and counted, parties below 80 % are not named."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from truceline.access import Thing, decide
from truceline.access.release import caveat, names_party
from truceline.base.clock import iso
from truceline.commission.case import Case, Exhibit, Finding, Proposal, Served
from truceline.commission.checks import eligible, lacking
from truceline.commission.rules import NOTICE_WITHIN, Rules
from truceline.errors import AccessError
from truceline.model.case import Actor

INSIDE = ("watch_officer", "analyst", "commissioner", "secretariat", "auditor")
"""Who works on cases, and who checks the work."""


def audience_of(case: Case, item: str) -> frozenset[str]:
    """Return to whom an item was released; ``accused`` and ``parties`` spelt out."""
    names = set(case.released.get(item, ()))
    if "accused" in names:
        names |= set(case.allegations)
    if "parties" in names:
        names |= set(case.notices)
    return frozenset(names)


def may_see(case: Case, actor: Actor) -> bool:
    """Return whether a person may know that the case exists."""
    parties = _parties(case)
    shown = frozenset().union(*(audience_of(case, item) for item in case.released))
    return decide(actor, "read", Thing("case", "restricted", parties, shown, case.state)).allowed or bool(
        "public" in shown
    )


def case_view(case: Case, actor: Actor, rules: Rules) -> dict[str, Any]:
    """Return a case as JSON, as far as a person may see it.

    Raises:
        AccessError: the person may not know of it; the message is that for a case that does not exist.
    """
    if not may_see(case, actor):
        raise AccessError(f"there is no case {case.id} that {actor.user} may see", record=case.id)
    exhibits = [x for x in case.exhibits.values() if _exhibit_seen(case, x, actor)]
    view: dict[str, Any] = {
        "case": case.id,
        "title": title_for(case, actor),
        "state": case.state,
        "exit": case.exit,
        "exhibits": [exhibit_json(x) for x in exhibits],
        "withheld": {"exhibits": len(case.exhibits) - len(exhibits)},
        "findings": [
            finding_json(case, f, actor, rules) for f in case.findings.values() if _finding_seen(case, f, actor)
        ],
        "caveat": caveat(tuple(sorted(audience_of(case, case.id)))),
    }
    if not _concerned(case, actor):
        return view
    allegations = _allegations(case, actor, rules)
    own = None if actor.role in INSIDE else frozenset({actor.of or ""})
    view |= {
        "origin": case.origin,
        "opened": iso(case.opened),
        "provisions": list(case.provisions),
        "notices": _served(case, case.notices, own),
        "allegations": allegations,
        "clocks": {**clocks(case), "reply_due": {party: served["due"] for party, served in allegations.items()}},
    }
    if actor.role in ("commissioner", "secretariat", "auditor", "analyst"):
        view["proposals"] = [proposal_json(case, p, actor, rules) for p in case.proposals.values()]
        view["conflicts"], view["boycotts"] = sorted(case.conflicts), sorted(case.boycotts)
    return view


def _concerned(case: Case, actor: Actor) -> bool:
    """Whether a person works on the case or serves a party to it; others see what was released and nothing else."""
    return actor.role in INSIDE or (actor.role == "liaison" and actor.of in _parties(case))


def _parties(case: Case) -> frozenset[str]:
    return frozenset((*case.allegations, *case.notices, *((case.complainant,) if case.complainant else ())))


def title_for(case: Case, actor: Actor) -> str | None:
    """Return the title for whom the case concerns: it may name a place; None: withheld."""
    return case.title if _concerned(case, actor) else None


def _allegations(case: Case, actor: Actor, rules: Rules) -> dict[str, Any]:
    """Who is accused, by name only to those who may see a party named below ``attributed``, and to itself."""
    if actor.role not in INSIDE:
        return _served(case, case.allegations, frozenset({actor.of or ""}))
    found = _served(case, case.allegations, None)
    if names_party(actor, 0.0, rules.publication):
        return found
    # In the order of time, then without names: the order of ids would tell who it is.
    return {f"accused {n}": served for n, served in enumerate(found.values(), 1)}


def _exhibit_seen(case: Case, exhibit: Exhibit, actor: Actor) -> bool:
    audience = audience_of(case, exhibit.id) | (exhibit.readers or frozenset())
    return decide(actor, "read", Thing("exhibit", exhibit.level, audience=audience, state=case.state)).allowed and (
        actor.role != "commissioner" or exhibit.readers is None or actor.seat in exhibit.readers
    )


def _finding_seen(case: Case, finding: Finding, actor: Actor) -> bool:
    thing = Thing("finding", "restricted", audience=audience_of(case, finding.id), state=case.state)
    if decide(actor, "read", thing).allowed:
        return True
    return "public" in thing.audience


def exhibit_json(exhibit: Exhibit) -> dict[str, Any]:
    """Return an exhibit as JSON."""
    return {
        "id": exhibit.id,
        "modality": exhibit.modality,
        "owner": exhibit.owner,
        "grade": exhibit.grade,
        "level": exhibit.level,
        "record": exhibit.record,
        "withdrawn": exhibit.withdrawn,
        "redacted": list(exhibit.redacted),
    }


def _served(case: Case, places: Mapping[str, Served], only: frozenset[str] | None) -> dict[str, Any]:
    return {
        party: {
            "at": iso(s.at),
            "due": _iso(case.due(s)),
            "acknowledged": _iso(s.acknowledged),
            "ordered": _iso(s.ordered),
            "silent": _iso(s.silent),
            "replies": list(s.replies),
            "late": list(s.late),
            "admitted": s.admitted,
        }
        for party, s in places.items()
        if only is None or party in only
    }


def finding_json(case: Case, finding: Finding, actor: Actor, rules: Rules) -> dict[str, Any]:
    """Return a finding as JSON: three axes, how its standard was met, coverage beside it; who dissented and why."""
    proposal = case.proposals[finding.proposal]
    share = case.hypotheses.get(proposal.party, 0.0) if proposal.party else 0.0
    sure = proposal.attribution == "admitted" or names_party(actor, share, rules.publication)
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
        "dissents": [v.act for v in proposal.votes if v.choice == "against"],
        "superseded": finding.superseded,
    }


def proposal_json(case: Case, proposal: Proposal, actor: Actor, rules: Rules) -> dict[str, Any]:
    """Return a proposal as JSON, with who may still vote and what it still lacks."""
    waiting = set(eligible(case, rules)) - {v.seat for v in proposal.votes}
    shown = names_party(actor, case.hypotheses.get(proposal.party or "", 0.0), rules.publication)
    return {
        "proposal": proposal.id,
        "status": proposal.status,
        "attribution": proposal.attribution,
        "party": proposal.party if shown else None,
        "provisional": proposal.provisional,
        "deadline": iso(proposal.deadline),
        "votes": [{"seat": v.seat, "choice": v.choice, "act": v.act} for v in proposal.votes],
        "waiting": sorted(waiting) if proposal.outcome is None else [],
        "outcome": proposal.outcome,
        "lacks": _lacks(case, proposal, rules, shown=shown),
    }


def _lacks(case: Case, proposal: Proposal, rules: Rules, *, shown: bool) -> list[str]:
    """What a proposal still lacks; told only in number where its words would name a party too early."""
    if proposal.outcome:
        return []
    missing = lacking(case, proposal, rules, votes=bool(proposal.votes), now=case.now)
    return list(missing) if shown or proposal.party is None else [f"{len(missing)} things are missing"] * bool(missing)


def clocks(case: Case) -> dict[str, Any]:
    """Return the case's clocks: minutes from opening to notice and to silence, hours to findings; they name nobody."""
    noticed = min((s.at for s in case.notices.values()), default=None)
    silent = [s.silent for s in case.notices.values()]
    quiet = max((moment for moment in silent if moment), default=None) if all(silent) else None
    found = case.finding
    first = min((f.at for f in case.findings.values()), default=None)
    return {
        "notice_minutes": _minutes(case.opened, noticed),
        "notice_in_time": None if noticed is None else noticed - case.opened <= NOTICE_WITHIN,
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
