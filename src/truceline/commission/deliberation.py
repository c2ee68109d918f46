# SPDX-License-Identifier: Apache-2.0
"""From the proposal to the remedy: conflicts, votes, findings, corrections, releases, the end of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from truceline.base.clock import utc
from truceline.commission import checks
from truceline.commission.case import EXITS, Case, Finding, Proposal, Remedy, Vote, pending_with
from truceline.commission.hearing import reopened, served
from truceline.commission.rules import Rules
from truceline.errors import StateError
from truceline.model.case import ROLES, Act

REMEDIES = ("withdraw", "rectify", "access", "apology", "compensation", "disciplinary_report")
"""What a finding can ask for."""

AUDIENCES = (*ROLES, "accused", "parties")
"""To whom something can be released."""


def _seat(act: Act, rules: Rules) -> str:
    if act.by.role != "commissioner" or act.by.seat not in rules.seats:
        raise StateError(f"{act.by.user} holds no voting seat of the commission", record=act.id)
    assert act.by.seat is not None  # it is among the seats
    return act.by.seat


def _conflict(case: Case, act: Act, rules: Rules) -> Case:
    """A seat steps back, and so does who holds it. Votes cast before stand in the record but no longer count."""
    seat = _seat(act, rules)
    proposals = {
        name: replace(p, votes=tuple(v for v in p.votes if v.seat != seat and case.users[v.act] != act.by.user))
        if p.outcome is None
        else p
        for name, p in case.proposals.items()
    }
    stepped_back = case.stepped_back | {act.by.user}
    return replace(case, conflicts=case.conflicts | {seat}, stepped_back=stepped_back, proposals=proposals)


def _boycott(case: Case, act: Act, rules: Rules) -> Case:
    return replace(case, boycotts=case.boycotts | {_seat(act, rules)})


def _return(case: Case, act: Act, rules: Rules) -> Case:
    return replace(case, boycotts=case.boycotts - {_seat(act, rules)})


def _note(case: Case, act: Act, rules: Rules) -> Case:
    del rules  # who may read it, the note says
    audience = tuple(map(str, act.data["audience"]))
    unknown = [name for name in audience if name not in AUDIENCES]
    if unknown or not audience:
        raise ValueError(f"audience: {', '.join(unknown) or 'nobody'}; known are {', '.join(AUDIENCES)}")
    return replace(case, notes=(*case.notes, (act.id, audience)))


def _propose(case: Case, act: Act, rules: Rules) -> Case:
    """Put a finding to the vote. What it still lacks is said at once; it can only be determined when nothing is."""
    _seat(act, rules)
    data = act.data
    basis = tuple(dict.fromkeys(map(str, data["basis"])))
    for name in basis:
        if case.exhibits[name].withdrawn:
            raise StateError(f"{name} is withdrawn", record=act.id)
    corrects = data.get("corrects")
    if corrects is not None and corrects not in case.findings:
        raise StateError(f"there is no finding {corrects} to correct", record=act.id)
    if any(p.outcome is None for p in case.proposals.values()):
        raise StateError("another vote is open", record=act.id)
    proposal = Proposal(
        id=act.id,
        status=str(data["status"]),
        attribution=str(data.get("attribution", "none")),
        party=data.get("party"),
        severity=str(data.get("severity", "none")),
        intent=str(data.get("intent", "unknown")),
        provisions=tuple(map(str, data.get("provisions", case.provisions))),
        reading=str(data["reading"]),
        basis=basis,
        coverage=dict(data["coverage"]),
        deadline=utc(str(data["deadline"])),
        provisional=bool(data.get("provisional", False)),
        at=act.at,
        corrects=corrects,
    )
    if proposal.deadline <= act.at:
        raise StateError("deadline: it has passed", record=act.id)
    checks.check_axes(proposal, rules)
    return replace(case, proposals={**case.proposals, act.id: proposal})


def _vote(case: Case, act: Act, rules: Rules) -> Case:
    proposal = case.proposals[str(act.data["proposal"])]
    choice = str(act.data["choice"])
    if choice not in ("for", "against", "abstain"):
        raise ValueError("choice: for, against or abstain")
    checks.may_vote(case, proposal, rules, act.by, act.at)
    seat = _seat(act, rules)
    if seat in case.boycotts:
        raise StateError(f"seat {seat} stays away; it returns first, then votes", record=act.id)
    vote = Vote(seat, choice, act.id, act.reason, checks.readable(case, act.by))
    voted = replace(proposal, votes=(*proposal.votes, vote))
    return replace(case, proposals={**case.proposals, proposal.id: voted})


def _determine(case: Case, act: Act, rules: Rules) -> Case:
    """Close a vote. It makes a finding only if the votes carry it and nothing that it asks for is missing."""
    if act.by.role not in ("commissioner", "secretariat"):
        raise StateError("a commissioner or the secretariat closes a vote", record=act.id)
    proposal = case.proposals[str(act.data["proposal"])]
    if proposal.outcome is not None:
        raise StateError(f"the vote is over: {proposal.outcome}", record=act.id)
    waiting = set(checks.eligible(case, rules)) - {v.seat for v in proposal.votes} - case.boycotts
    if waiting and act.at <= proposal.deadline:
        # Their number alone: which seats those are would tell which party's is recused.
        raise StateError(f"until the deadline {len(waiting)} may still vote", record=act.id)
    outcome = checks.decide(proposal, rules)
    missing = checks.lacking(case, proposal, rules, votes=bool(proposal.votes), now=act.at)
    if outcome == "found" and missing:
        if act.at <= proposal.deadline:  # what is missing may still come
            raise StateError(f"cannot be found yet; it lacks: {'; '.join(missing)}", record=act.id)
        outcome = "standard not met"
    decided = replace(proposal, outcome=outcome)
    case = replace(case, proposals={**case.proposals, proposal.id: decided})
    return _found(case, act, decided) if outcome == "found" else case


def _found(case: Case, act: Act, proposal: Proposal) -> Case:
    table = case.on_the_table(votes=True, basis=proposal.basis, party=proposal.party, now=act.at)
    share = case.hypotheses.get(proposal.party, 0.0) if proposal.party else 0.0
    finding = Finding(act.id, proposal.id, act.at, tuple(sorted(table.kinds())), share)
    before = {
        name: replace(found, superseded=act.id) if found.superseded is None else found
        for name, found in case.findings.items()
    }
    return replace(case, findings={**before, act.id: finding})


def _remedy(case: Case, act: Act, rules: Rules) -> Case:
    finding, kind, party = str(act.data["finding"]), str(act.data["kind"]), str(act.data["party"])
    if case.findings[finding].superseded is not None:
        raise StateError("the finding does not stand any more", record=act.id)
    if kind not in REMEDIES:
        raise ValueError(f"kind: one of {', '.join(REMEDIES)}")
    if case.proposals[case.findings[finding].proposal].party != party:
        raise StateError(f"the finding does not name {party}, which therefore owes nothing", record=act.id)
    hours = act.data.get("due_hours", rules.rectification_hours)
    due = None if hours is None else act.at + timedelta(hours=float(hours))
    return replace(case, remedies={**case.remedies, act.id: Remedy(act.id, finding, kind, party, due, act.at)})


def _verify_remedy(case: Case, act: Act, rules: Rules) -> Case:
    del rules  # the same under every agreement
    name, result = str(act.data["remedy"]), str(act.data["result"])
    if result not in ("done", "not done", "cannot be verified"):
        raise ValueError("result: done, not done or cannot be verified")
    remedy = case.remedies[name]
    if act.by.of == remedy.party:
        raise StateError(f"{remedy.party} owes it, and does not verify it itself", record=act.id)
    checked = replace(remedy, result=result, checks=(*remedy.checks, (act.id, result)))
    return replace(case, remedies={**case.remedies, name: checked})


def _report_remedy(case: Case, act: Act, rules: Rules) -> Case:
    """The party says that it is done; that is no verification, and begins one."""
    del rules  # the same under every agreement
    remedy = case.remedies[str(act.data["remedy"])]
    if act.by.role != "liaison" or act.by.of != remedy.party or act.data.get("party") != remedy.party:
        raise StateError(f"only the liaison of {remedy.party} says so", record=act.id)
    if remedy.result == "done":
        raise StateError("it was verified already", record=act.id)
    return replace(case, remedies={**case.remedies, remedy.id: replace(remedy, reported=act.at)})


def _release(case: Case, act: Act, rules: Rules) -> Case:
    """Ask for a release; a second person approves it."""
    del rules  # what may be released when is decided where it is shown, by the publication rules
    audience = tuple(map(str, act.data["audience"]))
    if not audience or any(name not in AUDIENCES for name in audience):
        raise ValueError(f"audience: of {', '.join(AUDIENCES)}")
    item = str(act.data["item"])
    if item not in (*case.exhibits, *case.findings, *case.acts):
        raise StateError(f"there is no {item} in this case", record=act.id)
    return replace(case, pending=pending_with(case, act))


def _redact(case: Case, act: Act, rules: Rules) -> Case:
    """Ask for fields of an exhibit to be withheld for good; a second person approves it."""
    del rules  # the law named as basis decides
    name = str(act.data["evidence"])
    if not act.data["fields"] or not str(act.data["basis"]).strip():
        raise ValueError("fields and legal basis must be named")
    if name not in case.exhibits:
        raise StateError(f"there is no exhibit {name!r:.80} here", record=act.id)
    return replace(case, pending=pending_with(case, act))


def _approve(case: Case, act: Act, rules: Rules) -> Case:
    """The second of two people does what the first asked for."""
    pending = case.pending[str(act.data["of"])]
    if pending.by == act.by.user:
        raise StateError(f"{pending.kind} takes two people; {pending.by} asked for it", record=act.id)
    case = replace(case, pending={name: p for name, p in case.pending.items() if name != pending.id})
    if pending.kind == "allege":
        return served(case, act, rules, str(pending.data["party"]))
    if pending.kind == "release":
        item = str(pending.data["item"])
        audience = tuple(dict.fromkeys((*case.released.get(item, ()), *map(str, pending.data["audience"]))))
        return replace(case, released={**case.released, item: audience})
    name = str(pending.data["evidence"])
    fields = tuple(dict.fromkeys((*case.exhibits[name].redacted, *map(str, pending.data["fields"]))))
    return replace(case, exhibits={**case.exhibits, name: replace(case.exhibits[name], redacted=fields)})


def _reopen(case: Case, act: Act, rules: Rules) -> Case:
    del rules  # the same under every agreement
    if case.exit is None:
        raise StateError("the case is open", record=act.id)
    name = act.data.get("evidence")
    return reopened(replace(case, exit=None), str(name)) if name is not None else replace(case, exit=None)


def _close(case: Case, act: Act, rules: Rules) -> Case:
    exit_ = str(act.data["exit"])
    if exit_ not in EXITS:
        raise ValueError(f"exit: one of {', '.join(EXITS)}")
    if any(p.outcome is None for p in case.proposals.values()):
        raise StateError("a vote is open", record=act.id)
    if exit_ == "found" and case.finding is None:
        raise StateError("no finding stands", record=act.id)
    if exit_ == "found" and case.state == "provisional":  # closed, it would stay so: nobody votes on a closed case
        raise StateError("the finding is provisional; a final one takes its place first", record=act.id)
    if exit_ != "found" and case.finding is not None:
        raise StateError("a finding stands; correct it first", record=act.id)
    if exit_ == "stopped without blame" and not all(
        party in case.notices and case.notices[party].silent is not None for party in rules.parties
    ):
        raise StateError("silence was not observed on both sides", record=act.id)
    return replace(case, exit=exit_, pending={})


HANDLERS: Mapping[str, Callable[[Case, Act, Rules], Case]] = {
    "conflict": _conflict,
    "boycott": _boycott,
    "return": _return,
    "note": _note,
    "propose": _propose,
    "vote": _vote,
    "determine": _determine,
    "remedy": _remedy,
    "report_remedy": _report_remedy,
    "verify_remedy": _verify_remedy,
    "release": _release,
    "redact": _redact,
    "approve": _approve,
    "reopen": _reopen,
    "close": _close,
}
"""By kind of act."""
