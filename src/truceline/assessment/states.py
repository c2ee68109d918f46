# SPDX-License-Identifier: Apache-2.0
"""Terms that are states, not acts: withdrawals by stage, storage sites, force limits, schedules, each by its day.

``ahead`` its time has not begun · ``due`` it runs · ``done`` somebody saw it done · ``late`` the day is over and
somebody saw it undone · ``unverifiable`` the day is over and nobody saw either, or the terms do not say. That nothing
was seen is never ``done``. These are assessments; whether a breach follows is for people to find.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
import shapely

from truceline.base.geo import geodesic_m, metres_per_degree
from truceline.model.agreement import Agreement, Reading
from truceline.model.clauses import Ceiling, Clause, Schedule, Stage, StorageSite, When
from truceline.model.observed import Inspection, Observed, Sighting, Spell, State
from truceline.terms.geometry import Drawn, Geometry

_POINTS = 400
"""Points that stand for a Gaussian place; a probability is right to about a hundredth."""

Values = Mapping[str, Any]
"""What goes into a sentence of why."""

_NONE: Values = {}

_GOLDEN = np.pi * (3 - 5**0.5)


@dataclass(frozen=True, eq=False)
class _View:
    """What every clause's assessment looks at."""

    agreement: Agreement
    geometry: Geometry
    seen: Observed
    now: datetime

    def inspections(self, clause: str, party: str) -> list[Inspection]:
        """Visits of a clause up to now, the newest last."""
        found = [v for v in self.seen.inspections if v.clause == clause and v.at <= self.now]
        return sorted((v for v in found if v.party in (None, party)), key=lambda v: (v.at, v.id))


def states(
    agreement: Agreement, geometry: Geometry, seen: Observed, now: datetime, reading: Reading | None = None
) -> tuple[State, ...]:
    """Return the state at ``now`` of every stage, storage site, force limit and schedule, party by party.

    Args:
        agreement: the terms.
        geometry: its zones under the same reading.
        seen: inspections, sightings and strengths; later ones than ``now`` are left out.
        now: the moment, UTC.
        reading: whose clauses to take; None: the text's own.
    """
    view = _View(agreement, geometry, seen, now)
    clauses = reading.clauses if reading is not None and reading.zones else agreement.clauses
    found: list[State] = []
    everybody = tuple(party.id for party in agreement.parties)
    for clause in clauses:
        if isinstance(clause, Stage):
            found += [_stage(clause, party, view) for party in clause.actors]
        elif isinstance(clause, StorageSite):
            found.append(_site(clause, view))
        elif isinstance(clause, Ceiling):
            found.append(_ceiling(clause, view))
        elif isinstance(clause, Schedule):
            found += [_schedule(clause, party, view) for party in clause.actors or everybody]
    return tuple(found)


def timeline(
    agreement: Agreement, geometry: Geometry, seen: Observed, until: datetime, reading: Reading | None = None
) -> tuple[Spell, ...]:
    """Return the spells of every state from the first day or sight of anything until a moment, clause by clause."""
    clauses = reading.clauses if reading is not None and reading.zones else agreement.clauses
    moments = {at for clause in clauses for at in _days(clause)}
    moments |= {each.at for group in (seen.inspections, seen.sightings, seen.strengths) for each in group}
    if agreement.entry.at is not None:
        moments.add(agreement.entry.at)
    edges = sorted({at for at in moments if at < until})
    rows: dict[tuple[str, str], list[Spell]] = {}
    for start, end in pairwise([*edges, until]):
        for state in states(agreement, geometry, seen, start, reading):
            spells = rows.setdefault((state.clause, state.party), [])
            if spells and spells[-1].state == state:
                spells[-1] = Spell(spells[-1].start, end, state)
            else:
                spells.append(Spell(start, end, state))
    return tuple(spell for spells in rows.values() for spell in spells)


def _days(clause: Clause) -> Iterable[datetime]:
    for key in ("start_by", "done_by"):
        when = getattr(clause, key, None)
        if isinstance(when, When) and when.at is not None:
            yield when.at


def _before(start: When | None, done: When | None, now: datetime) -> tuple[str, str] | None:
    """The state while its time has not run out, or where nobody says when that is; None once it has."""
    if done is None or done.unknown:
        return "unverifiable", "no_day"
    if done.is_open:
        return "due", "no_last_day"
    if done.at is None:
        return "unverifiable", "no_entry"
    if now < done.at:
        if start is not None and start.at is not None and now < start.at:
            return "ahead", "not_begun"
        return "due", "runs"
    return None


def _stage(stage: Stage, party: str, view: _View) -> State:
    """A withdrawal: seen done by inspectors, seen undone by them or by a sighting in the zone after its day."""

    def told(
        state: str, why: str, values: Values = _NONE, evidence: Sequence[str] = (), probability: float | None = None
    ) -> State:
        return State(stage.id, "stages", party, state, why, values, tuple(evidence), probability)

    went = view.inspections(stage.id, party)
    visits = [v for v in went if v.outcome in ("withdrawn", "still_there", "all_in_situ")]
    last = visits[-1] if visits else None
    early = _before(stage.start_by, stage.done_by, view.now)
    if early is not None:
        if last is not None and last.outcome != "still_there" and early[0] != "unverifiable":
            return told("done", "visited", _visit(last), [last.id])
        return told(*early)
    drawn = view.geometry.drawn(stage.zone)
    day = stage.done_by.at if stage.done_by else None
    assert day is not None  # a day that is over is known
    after = max(day, last.at) if last is not None and last.outcome != "still_there" else day
    if drawn.shape == "unknown":
        if last is None:
            return told("unverifiable", "zone_unknown", {"why": drawn.why})
        seen: list[tuple[float, str]] = []
    else:
        seen = _inside(stage, party, drawn, after, view)
    best = max(seen, default=(0.0, ""))
    if best[0] >= view.agreement.attribution.attributed:
        ids = [name for p, name in seen if p >= view.agreement.attribution.attributed]
        return told("late", "seen_inside", {}, ids, round(best[0], 2))
    if last is not None and last.outcome == "still_there":
        return told("late", "visited", _visit(last), [last.id])
    if best[0] >= 0.05:
        return told("unverifiable", "seen_perhaps", {}, [name for p, name in seen if p >= 0.05], round(best[0], 2))
    if last is not None:
        return told("done", "visited", _visit(last), [last.id])
    if went:  # those who came were kept from seeing
        return told("unverifiable", "visited", _visit(went[-1]), [went[-1].id])
    return told("unverifiable", "unseen")


def _visit(visit: Inspection) -> Values:
    return {"date": visit.at.date(), "n": visit.inspectors, "outcome": visit.outcome}


def _inside(stage: Stage, party: str, drawn: Drawn, after: datetime, view: _View) -> list[tuple[float, str]]:
    """Probability that each sighting after a moment is one of the stage's weapons, the party's, and in the zone."""
    words = view.agreement.vocabulary
    weapons = words.expand_weapons(stage.weapons)
    found = []
    for each in view.seen.sightings:
        if not after <= each.at <= view.now:
            continue
        # A class that was seen (artillery) may be one of the stage's weapons or not: that is no sighting of one.
        if weapons and each.weapon not in weapons:
            continue
        p = each.p_weapon * dict(each.p_party).get(party, 0.0)
        if p > 0:
            found.append((p * p_inside(each, drawn), each.id))
    return found


def p_inside(seen: Sighting, drawn: Drawn) -> float:
    """Return the probability that a weapon seen lies in a zone: the share of its Gaussian place inside."""
    if drawn.shape == "everywhere":
        return 1.0
    if drawn.area is None:
        return 0.0
    if seen.sigma_m <= 0:
        return float(drawn.area.covers(shapely.Point(seen.lon, seen.lat)))
    share = (np.arange(_POINTS) + 0.5) / _POINTS
    radius = seen.sigma_m * np.sqrt(-2 * np.log1p(-share))
    east, north = metres_per_degree(seen.lat)
    lon = seen.lon + radius * np.cos(np.arange(_POINTS) * _GOLDEN) / east
    lat = seen.lat + radius * np.sin(np.arange(_POINTS) * _GOLDEN) / north
    return float(shapely.contains_xy(drawn.area, lon, lat).mean())


def _site(site: StorageSite, view: _View) -> State:
    """A storage site: what the last visit found, and declared serials seen elsewhere since."""

    def told(state: str, why: str, values: Values = _NONE, evidence: Sequence[str] = ()) -> State:
        return State(site.id, "storage_sites", site.party, state, why, values, tuple(evidence))

    visits = view.inspections(site.id, site.party)
    last = visits[-1] if visits else None
    early = _before(None, site.done_by, view.now) if site.done_by is not None else None
    away = _elsewhere(site, view, last)
    if early is not None and early[0] != "unverifiable":
        return (
            told("done", "visited", _visit(last), [last.id]) if last and last.outcome == "all_in_situ" else told(*early)
        )
    if away:
        return told("late", "elsewhere", {}, away)
    if last is None:
        return told("unverifiable", "unvisited")
    if last.outcome == "all_in_situ":
        return told("done", "visited", _visit(last), [last.id])
    if last.outcome in ("missing", "still_there"):
        return told("late", "visited", _visit(last), [last.id])
    return told("unverifiable", "visited", _visit(last), [last.id])


def _elsewhere(site: StorageSite, view: _View, last: Inspection | None) -> list[str]:
    """Sightings, since the day and the last good visit, of serials declared here, three deviations off the site."""
    if site.lon is None or site.lat is None:
        return []
    serials = {serial for _, _, own in site.weapons for serial in own}
    since = [site.done_by.at] if site.done_by is not None and site.done_by.at is not None else []
    since += [last.at] if last is not None and last.outcome == "all_in_situ" else []
    found = []
    for each in view.seen.sightings:
        if each.serial not in serials or each.at > view.now or any(each.at < at for at in since):
            continue
        place = [np.array([value]) for value in (site.lon, site.lat, each.lon, each.lat)]
        if float(geodesic_m(*place)[0]) > site.radius_m + 3 * each.sigma_m:
            found.append(each.id)
    return found


def _ceiling(limit: Ceiling, view: _View) -> State:
    """A force limit: exceeded only where even the least estimate exceeds it, kept only where even the greatest does."""

    def told(state: str, why: str, values: Values = _NONE, evidence: Sequence[str] = ()) -> State:
        return State(limit.id, "force_limits", limit.party, state, why, values, tuple(evidence))

    early = _before(None, limit.done_by, view.now) if limit.done_by is not None else None
    if early is not None:
        return told(*early)
    if limit.most is None:
        return told("unverifiable", "no_number")
    counts = [
        each
        for each in view.seen.strengths
        if (each.party, each.what) == (limit.party, limit.what)
        and each.at <= view.now
        and (limit.done_by is None or limit.done_by.at is None or each.at >= limit.done_by.at)
    ]
    if not counts:
        return told("unverifiable", "uncounted")
    last = max(counts, key=lambda each: (each.at, each.id))
    most = limit.most + limit.tolerance
    span = {"low": round(last.low), "high": round(last.high), "most": round(limit.most)}
    if last.low > most:
        return told("late", "exceeded", span, [last.id])
    if last.high <= most:
        return told("done", "kept", span, [last.id])
    return told("unverifiable", "estimate", span, [last.id])


def _schedule(schedule: Schedule, party: str, view: _View) -> State:
    """Something to be done by a day, that inspections may have seen done."""
    visits = [v for v in view.inspections(schedule.id, party) if v.outcome in ("all_in_situ", "withdrawn", "missing")]
    if visits:
        state = "done" if visits[-1].outcome != "missing" else "late"
        early = _before(schedule.start_by, schedule.done_by, view.now)
        if state == "done" or early is None:
            return State(schedule.id, "schedules", party, state, "visited", _visit(visits[-1]), (visits[-1].id,))
    early = _before(schedule.start_by, schedule.done_by, view.now)
    state, why = early or ("unverifiable", "unseen")
    return State(schedule.id, "schedules", party, state, why)
