# SPDX-License-Identifier: Apache-2.0
"""From the first notice to the reply: stopping it, evidence, allegations, replies, requests."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from truceline.base.clock import utc
from truceline.commission.case import Case, Finding, Request, Served, pending_with
from truceline.commission.evidence import Custody, Exhibit, blobs_of, handed_on
from truceline.commission.rules import Rules
from truceline.errors import StateError
from truceline.model.case import LEVELS, Act

_GRADE = re.compile(r"[A-F][1-6]")
NOT_JUDGED = "F6"
"""Admiralty code of what nobody judged yet: it is no bad grade, and corroborates nothing."""

NOBODY = ("neither", "proxy", "accident", "unknown")
"""Hypotheses of authorship that always stand beside the parties."""


def _evidence(case: Case, act: Act, rules: Rules) -> Case:
    del rules  # whoever may bring evidence, it is kept and graded
    data = act.data
    grade, level = _graded(data["grade"]), str(data.get("level", "restricted"))
    if level not in LEVELS:
        raise ValueError(f"level {level!r}: one of {', '.join(LEVELS)}")
    readers, counters = data.get("readers"), data.get("counters")
    if counters is not None and counters not in case.acts:
        raise KeyError(counters)
    exhibit = Exhibit(
        id=act.id,
        modality=str(data["modality"]),
        family=str(data["family"]),
        owner=str(data["owner"]),
        # Nobody grades its own witness: what a party brings cannot be judged before an analyst did.
        grade=NOT_JUDGED if act.by.role == "liaison" else grade,
        level=level,
        record=data.get("record"),
        readers=None if readers is None else frozenset(map(str, readers)),
        blobs=blobs_of(data.get("blobs", ())),
        custody=(Custody(act.id, act.by.user, str(data.get("held_by") or act.by.user), act.at),),
        counters=None if counters is None else str(counters),
    )
    return replace(case, exhibits={**case.exhibits, act.id: exhibit})


def _graded(said: object) -> str:
    if not _GRADE.fullmatch(str(said)):
        raise ValueError(f"grade {said!r:.20}: Admiralty code, A to F and 1 to 6, such as B2")
    return str(said)


def _grade(case: Case, act: Act, rules: Rules) -> Case:
    """An analyst judges source and claim anew. What can no longer be judged carries no finding."""
    del rules  # the same under every agreement
    if act.by.role != "analyst":
        raise StateError("only an analyst grades what others brought", record=act.id)
    name = str(act.data["evidence"])
    before = case.exhibits[name]
    after = replace(before, grade=_graded(act.data["grade"]))
    case = replace(case, exhibits={**case.exhibits, name: after})
    return reopened(case, resting_on=name) if before.counts and not after.counts else case


def _custody(case: Case, act: Act, rules: Rules) -> Case:
    """An exhibit changes hands. Where its files are not those that were taken in, findings on it are open again."""
    del rules  # the same under every agreement
    name = str(act.data["evidence"])
    before = case.exhibits[name]
    after = handed_on(before, act)
    case = replace(case, exhibits={**case.exhibits, name: after})
    return reopened(case, resting_on=name) if after.broken and not before.broken else case


def _withdraw_evidence(case: Case, act: Act, rules: Rules) -> Case:
    """A source takes its claim back: what rests on it is open again."""
    del rules  # the same under every agreement
    name = str(act.data["evidence"])
    exhibit = case.exhibits[name]
    if exhibit.withdrawn:
        raise StateError(f"{name} is withdrawn already", record=act.id)
    case = replace(case, exhibits={**case.exhibits, name: replace(exhibit, withdrawn=True)})
    return reopened(case, resting_on=name)


def reopened(case: Case, resting_on: str) -> Case:
    """Return the case with every standing finding and open vote that rests on an exhibit undone."""

    def rests(proposal: str) -> bool:
        return resting_on in case.proposals[proposal].basis or (
            resting_on in case.attribution_basis and case.proposals[proposal].party is not None
        )

    findings: dict[str, Finding] = {
        name: replace(found, superseded="reopened") if found.superseded is None and rests(found.proposal) else found
        for name, found in case.findings.items()
    }
    proposals = {
        name: replace(proposal, outcome="not found") if proposal.outcome is None and rests(name) else proposal
        for name, proposal in case.proposals.items()
    }
    undone = findings != case.findings
    exit_ = None if undone and case.exit == "found" else case.exit
    return replace(case, findings=findings, proposals=proposals, exit=exit_)


def _assess(case: Case, act: Act, rules: Rules) -> Case:
    del rules  # a probability is the same under every commission
    readings = {str(name): _range(value) for name, value in act.data.get("readings", {}).items()}
    least = act.data.get("probability")
    if least is None and readings and all(low is not None for low, _ in readings.values()):
        least = min(low for low, _ in readings.values() if low is not None)  # of the reading kindest to the accused
    if least is not None and not 0 <= float(least) <= 1:
        raise ValueError(f"probability {least}: a share from 0 to 1")
    events = tuple(dict.fromkeys((*case.events, *(int(index) for index in act.data.get("events", ())))))
    return replace(
        case,
        probability=None if least is None else float(least),
        assessments={**case.assessments, **readings},
        events=events,
    )


def _range(value: object) -> tuple[float | None, float | None]:
    """Return least and greatest probability of a breach under one reading, as an act names them."""
    low, high = (None if edge is None else float(edge) for edge in value)  # type: ignore[attr-defined]
    if any(edge is not None and not 0 <= edge <= 1 for edge in (low, high)) or (
        low is not None and high is not None and low > high
    ):
        raise ValueError("readings: of each, least and greatest probability, shares from 0 to 1, or null")
    return low, high


def _attribute(case: Case, act: Act, rules: Rules) -> Case:
    if act.by.role != "analyst":
        raise StateError("only an analyst attributes", record=act.id)
    shares = {str(name): float(share) for name, share in act.data["hypotheses"].items()}
    known = (*rules.parties, *NOBODY)
    for name in shares:
        if name not in known:
            raise StateError(f"hypothesis {name!r}: one of {', '.join(known)}", record=act.id)
    # fsum: the sum is the same in whatever order the parties stand.
    if any(not 0 <= share <= 1 for share in shares.values()) or abs(math.fsum(shares.values()) - 1) > 1e-6:
        raise ValueError("hypotheses: shares from 0 to 1 that add up to 1")
    if not set(NOBODY) <= set(shares):
        raise ValueError(f"hypotheses: {', '.join(NOBODY)} must stand beside the parties")
    basis = tuple(map(str, act.data["basis"]))
    for name in basis:
        if case.exhibits[name].withdrawn:
            raise StateError(f"{name} is withdrawn", record=act.id)
    return replace(case, hypotheses=shares, attribution_basis=basis)


def _test_exceptions(case: Case, act: Act, rules: Rules) -> Case:
    del rules  # which exceptions there are, the act lists
    found = act.data["exceptions"]
    answers = [str(item["applies"]) for item in found]
    if any(answer not in ("yes", "no", "cannot tell") for answer in answers):
        raise ValueError("exceptions: applies is yes, no or cannot tell")
    matched = bool(act.data.get("notices_matched", False))
    tested = "cannot tell" not in answers
    return replace(case, exceptions_tested=tested, excused="yes" in answers, notices_matched=matched)


def _notice(case: Case, act: Act, rules: Rules) -> Case:
    """Both liaisons, at once: a notice to one alone would take sides."""
    if case.notices:
        raise StateError("the notice was given", record=act.id)
    return replace(case, notices={party: Served(party, act.at) for party in rules.parties})


def _step(name: str) -> Callable[[Case, Act, Rules], Case]:
    """Acknowledge, order, silence: each once per party, and never the later before the earlier."""

    def handler(case: Case, act: Act, rules: Rules) -> Case:
        del rules  # the same under every agreement
        party = str(act.data["party"])
        served = case.notices[party]
        if name != "silent" and (act.by.role != "liaison" or act.by.of != party):
            raise StateError(f"only the liaison of {party} says so", record=act.id)
        if getattr(served, name) is not None:
            raise StateError(f"{party}: recorded already", record=act.id)
        # Who gave the order had the notice.
        acknowledged = served.acknowledged or (act.at if name in ("acknowledged", "ordered") else None)
        done = replace(
            served,
            acknowledged=acknowledged,
            ordered=act.at if name == "ordered" else served.ordered,
            silent=act.at if name == "silent" else served.silent,
        )
        return replace(case, notices={**case.notices, party: done})

    return handler


def _allege(case: Case, act: Act, rules: Rules) -> Case:
    """Ask for an allegation to be served; a second reader approves it, so that it identifies no witness."""
    party = str(act.data["party"])
    if party not in rules.parties:
        raise StateError(f"{party!r} is no party of the agreement", record=act.id)
    if party in case.allegations:
        raise StateError(f"{party} was notified already", record=act.id)
    return replace(case, pending=pending_with(case, act))


def served(case: Case, act: Act, rules: Rules, party: str) -> Case:
    """Return the case with an allegation served on a party: its time to reply begins."""
    if party in case.allegations:
        raise StateError(f"{party} was notified already", record=act.id)
    due = None if rules.reply_hours is None else act.at + timedelta(hours=rules.reply_hours)
    accused = tuple(sorted({*case.accused, party}))
    return replace(case, allegations={**case.allegations, party: Served(party, act.at, due)}, accused=accused)


def _reply(case: Case, act: Act, rules: Rules) -> Case:
    """Keep a reply, in time or late: none is turned away, and our own outages count for the party."""
    del rules  # the time was set when the allegation was served
    party = str(act.data["party"])
    if act.by.role != "liaison" or act.by.of != party:
        raise StateError(f"only the liaison of {party} replies for it", record=act.id)
    if party not in case.allegations:
        raise StateError(f"{party} was not notified of an allegation", record=act.id)
    place = case.allegations[party]
    due = case.due(place)
    late = (*place.late, act.id) if due is not None and act.at > due else place.late
    admitted = place.admitted or bool(act.data.get("admits", False))
    replies, came = (*place.replies, act.id), (*place.came, act.at)
    now = replace(place, replies=replies, came=came, late=late, admitted=admitted)
    return replace(case, allegations={**case.allegations, party: now})


OUTCOMES = {
    "inspection": ("free", "delayed", "conditional", "denied", "not possible"),
    "look": ("free", "delayed", "conditional", "denied", "not possible"),
    "review": ("upheld", "corrected", "reopened"),
}
"""How a request can end, by what was asked for."""


def _request(case: Case, act: Act, rules: Rules) -> Case:
    del rules  # anybody entitled may ask
    what, finding = str(act.data["what"]), act.data.get("finding")
    if what not in OUTCOMES:
        raise ValueError(f"what: one of {', '.join(OUTCOMES)}")
    if (what == "review") != (finding is not None) or (finding is not None and finding not in case.findings):
        raise StateError("finding: a review, and nothing else, is of a finding of this case", record=act.id)
    asked = Request(act.id, what, act.by.user, act.at, finding=finding)
    return replace(case, requests={**case.requests, act.id: asked})


def _outcome(case: Case, act: Act, rules: Rules) -> Case:
    """A request ends. A review is *upheld* while its finding stands, *corrected* or *reopened* once it does not."""
    del rules  # the same under every agreement
    request, outcome = case.requests[str(act.data["request"])], str(act.data["outcome"])
    if outcome not in OUTCOMES[request.what]:
        raise StateError(f"outcome: {', '.join(OUTCOMES[request.what])}", record=act.id)
    if request.outcome != "open":
        raise StateError(f"the request ended already: {request.outcome}", record=act.id)
    if request.finding is not None:
        superseded = case.findings[request.finding].superseded
        told = "upheld" if superseded is None else "reopened" if superseded == "reopened" else "corrected"
        if outcome != told:
            raise StateError(f"the finding is {told}, not {outcome}", record=act.id)
    return replace(case, requests={**case.requests, request.id: replace(request, outcome=outcome)})


def _outage(case: Case, act: Act, rules: Rules) -> Case:
    del rules  # the same under every agreement
    start, end = utc(str(act.data["from"])), utc(str(act.data["to"]))
    if not start < end <= act.at:
        raise StateError("an outage is recorded once it is over: from, then to, then now", record=act.id)
    return heard_anew(replace(case, outages=tuple(sorted({*case.outages, (start, end)}))))


def heard_anew(case: Case) -> Case:
    """Return the case with what a longer time to reply changes: which replies were late, which findings came too soon.

    An outage is recorded once it is over, so a reply or a finding may have come before the record of it.
    """
    allegations = {}
    for party, served in case.allegations.items():
        due = case.due(served)
        in_time = {reply for reply, at in zip(served.replies, served.came, strict=True) if due is None or at <= due}
        allegations[party] = replace(served, late=tuple(name for name in served.late if name not in in_time))
    case = replace(case, allegations=allegations)
    too_soon = {f.id for f in case.findings.values() if f.superseded is None and not _was_heard(case, f)}
    findings = {n: replace(f, superseded="reopened") if n in too_soon else f for n, f in case.findings.items()}
    return replace(case, findings=findings, exit=None if too_soon and case.exit == "found" else case.exit)


def _was_heard(case: Case, finding: Finding) -> bool:
    """Whether whom a final finding accuses had replied by then, or had had its time."""
    proposal = case.proposals[finding.proposal]
    if proposal.provisional or (proposal.party is None and proposal.status != "clear breach"):
        return True
    accused = [s for s in case.allegations.values() if proposal.party in (None, s.party) and s.at <= finding.at]
    return all(
        any(at <= finding.at for at in served.came) or (due := case.due(served)) is None or due < finding.at
        for served in accused
    )


HANDLERS: Mapping[str, Callable[[Case, Act, Rules], Case]] = {
    "evidence": _evidence,
    "custody": _custody,
    "grade": _grade,
    "withdraw_evidence": _withdraw_evidence,
    "assess": _assess,
    "attribute": _attribute,
    "test_exceptions": _test_exceptions,
    "notice": _notice,
    "acknowledge": _step("acknowledged"),
    "order": _step("ordered"),
    "silence": _step("silent"),
    "allege": _allege,
    "reply": _reply,
    "request": _request,
    "outcome": _outcome,
    "outage": _outage,
}
"""By kind of act."""
