# SPDX-License-Identifier: Apache-2.0
"""Rules on who must do what by when, who decides, and whom it binds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from truceline.model.clauses import (
    AccessDuty,
    Ceiling,
    NoticeDuty,
    StorageSite,
    When,
)
from truceline.model.proof import Evidence
from truceline.scrutiny.finding import DANGEROUS, NOTICE, UNVERIFIABLE, Finding, View

VIENNA_REPLY_HOURS = 48.0
"""Time for a reply where a text sets none: that of the Vienna Document 2011 for unusual military activities, hours."""

_HEARD = frozenset({"accused_heard", "reply_time_over"})


def actors(view: View) -> Iterator[Finding]:
    """Provisions, steps and schedules that bind nobody by name."""
    rule = "no-actor"
    for section, thing in view.things("provisions"):
        if not thing.actors:
            message = "It does not say whom it binds."
            yield view.finding(rule, UNVERIFIABLE, section, thing.id, message, "name the parties bound", "actors")
    for section, step in view.things("ladder"):
        if not step.acts_by:
            message = f"Nobody is named who acts at step {step.number}."
            yield view.finding(rule, DANGEROUS, section, step.id, message, "name who acts", "acts_by")
        if not step.declared_by:
            message = f"Nobody is named who declares step {step.number}."
            mend = "name who declares it, so that its clock has a keeper"
            yield view.finding(rule, DANGEROUS, section, step.id, message, mend, "declared_by")
    for section, schedule in view.things("schedules"):
        if not schedule.actors:
            message = "It names nobody, so all parties owe it alike."
            yield view.finding(rule, NOTICE, section, schedule.id, message, "name who does it", "actors")
    for section, duty in view.things("notifications"):
        if not duty.to:
            message = "It does not say who is to be told."
            yield view.finding(rule, UNVERIFIABLE, section, duty.id, message, "name whom to tell", "to")


def deadlines(view: View) -> Iterator[Finding]:
    """Steps, schedules, stages and duties without a moment by which they must be done."""
    for section, step in view.things("ladder"):
        clock = step.clock
        if clock.hours is None:
            message = f"Step {step.number} has no deadline."
            yield _undated(view, section, step.id, message, "say within how many hours, from what", "clock", "hours")
        elif clock.origin is None:
            message = f"The {clock.hours:g} h of step {step.number} count from a moment that is not known."
            mend = "say whether they count from the breach, its detection or its determination"
            yield _undated(view, section, step.id, message, mend, "clock", "from")
    for section, thing in view.things("schedules", "stages", "force_limits", "storage_sites"):
        optional = isinstance(thing, Ceiling | StorageSite)  # left out, they hold from entry into force
        if not (optional and thing.done_by is None):
            message = _no_day(thing.done_by)
            if message:
                yield _undated(view, section, thing.id, message, "say by which day it must be done", "done_by")
    for section, duty in view.things("access", "notifications"):
        key = "within_hours" if isinstance(duty, AccessDuty) else "lead_hours"
        if getattr(duty, key) is None and (isinstance(duty, NoticeDuty) or duty.kind == "access"):
            message = "It does not say how soon access must be given."
            if isinstance(duty, NoticeDuty):
                message = "It does not say how long before notice must be given."
            yield _undated(view, section, duty.id, message, "give the hours", key)


def _undated(view: View, section: str, name: str, message: str, mend: str, *keys: str) -> Finding:
    return view.finding("no-deadline", UNVERIFIABLE, section, name, message, mend, *keys)


def _no_day(when: When | None) -> str:
    """Why a moment is no day, or nothing."""
    if when is None or when.unknown:
        return "It has no day by which it must be done."
    if when.is_open:
        return "It may be done at any time, so it is never late."
    return "" if when.at is not None else "Its day counts from entry into force, and nobody says when that is."


def unknown_values(view: View) -> Iterator[Finding]:
    """What a clause or the commission says is unknown, and no other rule tells."""
    for section, thing in view.things(*_CLAUSES, "ladder"):
        lost = [key for key in thing.unknown if key not in _TOLD]
        if lost:
            grave = UNVERIFIABLE if "most" in lost else NOTICE
            message = f"Not known: {', '.join(_spoken(key) for key in lost)}."
            yield view.finding("unknown-value", grave, section, thing.id, message, "agree on it", *lost[0].split("."))
    lost = list(view.agreement.commission.unknown)
    if lost:
        message = f"Of the commission is not known: {', '.join(map(_spoken, lost))}."
        mend = "agree on it before the first case"
        yield view.finding("unknown-value", NOTICE, "commission", "commission", message, mend, lost[0])


def _spoken(key: str) -> str:
    return key.rpartition(".")[2].replace("_", " ")


_CLAUSES = (*("conditions", "schedules", "force_limits", "storage_sites", "stages", "notifications", "access"),)
_TOLD = (
    *("acts_by", "declared_by", "clock.hours", "clock.from", "done_by", "within_hours", "lead_hours", "lon", "lat"),
)
"""Keys whose absence other rules tell."""


def replies(view: View) -> Iterator[Finding]:
    """Steps that fall due before the accused must have replied, or put the thing right."""
    body, standards = view.agreement.commission, {each.id: each for each in view.agreement.standards}
    reply = VIENNA_REPLY_HOURS if body.reply_hours is None else body.reply_hours
    set_by = "No time is set for a reply; the Vienna Document's" if body.reply_hours is None else "The reply time of"
    mend = "let the step rest on a provisional finding that does not wait for the reply, or change one of the times"
    for section, step in view.things("ladder"):
        hours = step.clock.hours
        if hours is None:
            continue
        standard = standards.get(step.rests_on or "")
        provisional = standard is not None and not standard.policy.names() & _HEARD
        grave = NOTICE if provisional or step.clock.origin == "determination" else DANGEROUS
        if reply > hours:
            message = (
                f"{set_by} {reply:g} h would end after step {step.number} is due ({hours:g} h): nobody has been heard."
            )
            found = view.finding("reply-longer-than-deadline", grave, section, step.id, message, mend, "clock", "hours")
            case = "reply_not_set" if body.reply_hours is None else "reply"
            yield replace(found, case=case, figures=(("reply", reply), ("step", step.number), ("due", hours)))
        mending = body.rectification_hours
        if mending is not None and mending > hours:
            message = f"The {mending:g} h to put a breach right end after step {step.number} is due ({hours:g} h)."
            rule = "rectification-longer-than-deadline"
            found = view.finding(rule, grave, section, step.id, message, mend, "clock", "hours")
            figures = (("mending", mending), ("step", step.number), ("due", hours))
            yield replace(found, case="rectification", figures=figures)


def commission(view: View) -> Iterator[Finding]:
    """Commissions that cannot decide once those concerned step back, or in which the accused has a veto."""
    body = view.agreement.commission
    voting = [member for member in body.members if member.role != "observer"]
    where = ("commission", "commission")
    if not voting:
        return
    parties = set(view.parties)
    recusals = [{party} for party in view.parties] if body.recused == "accused" else []
    recusals = [parties] if body.recused == "parties" else recusals
    for gone in recusals:
        left = [member for member in voting if member.of not in gone]
        who = view.who(gone)
        if body.quorum is not None and len(left) < body.quorum:
            rest = f"{len(left)} of {len(voting)} are left; the quorum is {body.quorum}"
            message = f"When the members sent by {who} step back, {rest}."
            mend = "lower the quorum, or name members who stand in"
            found = view.finding("quorum-out-of-reach", DANGEROUS, *where, message, mend, "quorum")
            figures = (("left", len(left)), ("all", len(voting)), ("quorum", body.quorum))
            yield replace(found, case="quorum", figures=figures)
        if body.rule == "chair" and not any(member.role == "chair" for member in left):
            message = f"The chair decides, and is sent by {who}: when it steps back nobody decides."
            yield view.finding(
                "quorum-out-of-reach", DANGEROUS, *where, message, "name who stands in for the chair", "rule"
            )
    if body.rule == "consensus" and body.recused in (None, "none"):
        seated = [member.of for member in voting if member.of in parties]
        if seated:
            who = view.who(str(each) for each in seated)
            message = f"It decides by consensus, and {who} may vote when accused: no finding against it is possible."
            yield view.finding("accused-decides", DANGEROUS, *where, message, "let the accused step back", "rule")


def proof(view: View) -> Iterator[Finding]:
    """Standards of proof that the watch could not meet if it saw everything it can."""
    people = frozenset(view.agreement.vocabulary.evidence) - {*_SENSED}
    evidence = Evidence(people | view.sensors, tuple((kind, kind) for kind in sorted(view.sensors)), 1.0)
    for standard in view.agreement.standards:
        lacking = standard.policy.lacking(evidence)
        if lacking:
            message = f"Nothing can meet it with what watches here; missing: {'; '.join(lacking)}."
            mend = "ask for what can be had, or add the sensors"
            yield view.finding("proof-out-of-reach", UNVERIFIABLE, "standards", standard.id, message, mend, "require")


_SENSED = (
    "thermal",
    "imagery",
    "acoustic",
    "seismic",
    "radar",
    "video",
    "radio",
    "patrol",
    "inspector_record",
    "two_inspectors",
)


def recognition(view: View) -> Iterator[Finding]:
    """Parties that do not recognise the mechanism, or of which nobody says."""
    for party in view.agreement.parties:
        if party.recognises_mechanism:
            continue
        if party.recognises_mechanism is None:
            message, grave = f"No source says whether {party.name} recognises the monitoring mechanism.", NOTICE
        else:
            rest = "it may grant no access, answer nothing and accept no finding"
            message = f"{party.name} does not recognise the monitoring mechanism: {rest}."
            grave = DANGEROUS
        mend = "ask it; where it does not, rest on what can be seen without it"
        yield view.finding(
            "mechanism-not-recognised", grave, "parties", party.id, message, mend, "recognises_mechanism"
        )
