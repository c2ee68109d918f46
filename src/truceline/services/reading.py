# SPDX-License-Identifier: Apache-2.0
"""What people read at the desk, as far as each may. A read of what is not public is logged before it is given."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from truceline.access import Thing, decide
from truceline.access.release import coarse_place, coarse_time, grain, withheld
from truceline.base.clock import iso, utc
from truceline.commission import Case
from truceline.commission.evidence import Exhibit
from truceline.errors import AccessError, NotHere
from truceline.model.case import Actor
from truceline.model.record import Record
from truceline.services.acts import act_json, acts_seen
from truceline.services.desk import Desk
from truceline.services.queue import queue as waiting_for
from truceline.services.views import (
    case_line,
    case_view,
    exhibit_json,
    exhibit_seen,
    finding_json,
    finding_seen,
    served_json,
)

PUBLIC_ROLE = "public"
"""Whose reads are not logged: what it may read, everybody may."""


def cases(desk: Desk, actor: Actor, state: str | None = None, party: str | None = None) -> list[dict[str, Any]]:
    """Return the cases a person may know of, one line each, what is due first; of a state, of a party where told.

    A party is looked for among the names the person may see, so that a filter tells nothing more.
    """
    with desk.lock:
        log_read(desk, actor, "list", "case", "all")
        found = []
        for case in desk.seen(actor):
            line = case_line(case, actor, desk.rules)
            if state is not None and line.get("state") != state:
                continue
            if party is not None and party not in _parties_shown(case, actor, desk):
                continue
            found.append(line)
    return sorted(found, key=lambda line: ((line.get("due") or {}).get("at", "~"), line["case"]))


def _parties_shown(case: Case, actor: Actor, desk: Desk) -> set[str]:
    view = case_view(case, actor, desk.rules)
    return {*view.get("allegations", ()), *view.get("notices", ()), *(f["party"] for f in view["findings"])}


def case(desk: Desk, actor: Actor, name: str) -> dict[str, Any]:
    """Return a case as far as a person may see it.

    Raises:
        NotHere: there is none that the person may know of.
    """
    with desk.lock:
        found = desk.case(actor, name)
        log_read(desk, actor, "read", "case", name)
        view = case_view(found, actor, desk.rules, desk.now())
        changed = desk.version(found, actor)
        return view if changed is None else view | {"version": changed}


def acts(desk: Desk, actor: Actor, name: str) -> list[dict[str, Any]]:
    """Return the acts of a case that a person may read, in order.

    Raises:
        NotHere: there is no such case that the person may know of.
    """
    with desk.lock:
        found = desk.case(actor, name)
        log_read(desk, actor, "read", "case", f"{name}/acts")
        shown = acts_seen(found, desk.cases.acts(name), actor, desk.rules)
    return [act_json(index, act, actor) for index, act in shown]


def notes(desk: Desk, actor: Actor, name: str) -> list[dict[str, Any]]:
    """Return the deliberation notes of a case that are addressed to a person, or the person's own.

    Raises:
        NotHere: there is no such case that the person may know of.
    """
    return [
        {"note": told["act"], **{key: told[key] for key in ("by", "at")}, **told["data"]}
        for told in acts(desk, actor, name)
        if told["kind"] == "note"
    ]


def exhibit(desk: Desk, actor: Actor, name: str, item: str) -> dict[str, Any]:
    """Return an exhibit with the acts about it and, as fine as the person may see it, the place and time it rests on.

    Raises:
        NotHere: there is no such exhibit that the person may know of.
    """
    with desk.lock:
        found = desk.case(actor, name)
        held = found.exhibits.get(item)
        if held is None or not exhibit_seen(found, held, actor):
            desk.log(actor, "read", "exhibit", item, allowed=False)
            raise NotHere(f"there is no exhibit {item:.40} that {actor.user} may see")
        log_read(desk, actor, "read", "exhibit", item)
        told = exhibit_json(held, found, actor)
        about = [
            act_json(index, act, actor)
            for index, act in acts_seen(found, desk.cases.acts(name), actor, desk.rules)
            if item in (act.id, act.data.get("evidence"), act.data.get("item"))
        ]
        return told | {"case": name, "acts": about, "seen": _seen(desk, actor, held)}


def _seen(desk: Desk, actor: Actor, held: Exhibit) -> dict[str, Any] | None:
    """Place and time of the record an exhibit rests on, rounded to what may be shown of an impact to the person."""
    if not isinstance(held.record, int) or not 0 <= held.record < desk.store.size:
        return None
    body = desk.store.bodies([held.record])[held.record]
    said = body.get("time", body.get("first"))
    if "lon" not in body or "lat" not in body or not isinstance(said, str):
        return None
    moment = utc(said)
    fine = grain(actor, "impact", max(desk.now() - moment, timedelta(0)), desk.rules.publication)
    place = coarse_place(float(body["lon"]), float(body["lat"]), fine.place_km)
    when = coarse_time(moment, fine.time_minutes)
    return {
        "place": None if place is None else list(place),
        "place_km": fine.place_km,
        "time": None if when is None else iso(when),
        "time_minutes": fine.time_minutes,
    }


def findings(desk: Desk, actor: Actor) -> list[dict[str, Any]]:
    """Return the findings a person may read, newest first."""
    with desk.lock:
        log_read(desk, actor, "read", "finding", "all")
        found = [
            _finding(desk, case, name, actor)
            for case in desk.seen(actor)
            for name, finding in case.findings.items()
            if finding_seen(case, finding, actor)
        ]
    return sorted(found, key=lambda told: (told["at"], told["finding"]), reverse=True)


def finding(desk: Desk, actor: Actor, name: str) -> dict[str, Any]:
    """Return one finding.

    Raises:
        NotHere: there is none that the person may read.
    """
    with desk.lock:
        for case in desk.seen(actor):
            if name in case.findings and finding_seen(case, case.findings[name], actor):
                log_read(desk, actor, "read", "finding", name)
                return _finding(desk, case, name, actor)
        desk.log(actor, "read", "finding", name, allowed=False)
    raise NotHere(f"there is no finding {name:.40} that {actor.user} may see")


def _finding(desk: Desk, case: Case, name: str, actor: Actor) -> dict[str, Any]:
    return {"case": case.id, **finding_json(case, case.findings[name], actor, desk.rules)}


def notices(desk: Desk, actor: Actor) -> list[dict[str, Any]]:
    """Return the notices a person may read, those not yet followed by silence first, then by time."""
    with desk.lock:
        log_read(desk, actor, "read", "notice", "all")
        found = [
            {"case": case.id, "party": party, **served_json(case, served)}
            for case in desk.seen(actor)
            for party, served in case.notices.items()
            if decide(actor, "read", Thing("notice", owners=frozenset({party}), state=case.state)).allowed
        ]
    return sorted(found, key=lambda told: (told["silent"] is not None, told["at"], told["case"], told["party"]))


def queue(desk: Desk, actor: Actor) -> list[dict[str, Any]]:
    """Return what waits for a person, by its clock and not by when it came."""
    with desk.lock:
        log_read(desk, actor, "list", "case", "queue")
        now = desk.now()
        return [
            task.to_json(now)
            for task in waiting_for(desk.cases, desk.logbook.book, actor, desk.rules, now, desk.responses)
        ]


def access(desk: Desk, actor: Actor, before: int | None = None, limit: int = 200) -> list[dict[str, Any]]:
    """Return at most so many logged decisions about access, newest first, of those before a record.

    Raises:
        AccessError: it is not this person's to read; the refusal is logged.
    """
    with desk.lock:
        may = decide(actor, "read", Thing("access")).allowed
        desk.log(actor, "read", "access", "all", allowed=may)
        if not may:
            raise AccessError(f"{actor.user} ({actor.role}) may not read access")
        return [{"record": index, **body} for index, body in desk.store.newest("access", before, limit)]


def counted(desk: Desk) -> dict[str, Any]:
    """Return what the public is told of what it is not shown: exhibits and findings not public, at the last count.

    It is counted at fixed times (every ``withheld_report_days`` of the terms, from 1970), so that the number tells
    nobody when something came in.
    """
    every = timedelta(days=desk.rules.publication.withheld_report_days).total_seconds()
    with desk.lock:
        moment = datetime.fromtimestamp(desk.now().timestamp() // every * every, desk.now().tzinfo)
        held: dict[str, datetime] = {}
        for case in desk.cases:
            for _, act in desk.cases.acts(case.id):
                made = act.kind == "evidence" or act.id in case.findings
                if made and act.at <= moment and "public" not in case.released.get(act.id, ()):
                    held[act.id] = act.at
    return withheld(held, moment)


def terms(desk: Desk) -> dict[str, Any]:
    """Return the agreement as it stands in the ledger, and how the commission decides under it; everybody may read."""
    said = desk.agreement
    record: Record = said.record()
    return {
        "id": said.id,
        "title": said.title,
        "version": said.version,
        "parties": [{"id": party.id, "name": party.name} for party in said.parties],
        "seats": [
            {"id": seat, "of": member.of, "role": member.role} for seat, member in sorted(desk.rules.seats.items())
        ],
        "quorum": desk.rules.quorum,
        "rule": desk.rules.rule,
        "recused": desk.rules.recused,
        "reply_hours": desk.rules.reply_hours,
        "rectification_hours": desk.rules.rectification_hours,
        "document": record.body["document"],
    }


def log_read(desk: Desk, actor: Actor, action: str, resource: str, name: str) -> None:
    """Log a read of what is not public; the public reads only what is."""
    if actor.role != PUBLIC_ROLE:
        desk.log(actor, action, resource, name, allowed=True)
