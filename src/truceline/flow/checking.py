# SPDX-License-Identifier: Apache-2.0
"""A claim beside what could have been seen and what was: consistent, inconsistent or not to be judged, and why.

The rule is the same whoever claims: who says it and who is accused decide nothing. Heat never confirms a count, so
nothing is ever *confirmed*; and *inconsistent* is said only of what lies outside the 99 % interval, for one true claim
in ten would lie outside the 90 % one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from truceline.assessment import measurable
from truceline.assessment.claims import against
from truceline.assessment.sentences import percent
from truceline.base.clock import Interval, from_column, iso
from truceline.base.geo import Floats
from truceline.coverage import chance, fields, passes
from truceline.coverage import cloud as clouds
from truceline.errors import LimitExceeded
from truceline.flow.claimed import Asked, part_plain
from truceline.flow.estimates import Answer, answer
from truceline.flow.ground import Area, Ground, area_of
from truceline.model.claim import Verdict
from truceline.model.look import Look
from truceline.reports.public import coarse_detections, coarse_events
from truceline.terms import party_of

YOUNGEST = timedelta(hours=72)
"""Coverage younger than this goes to monitors only: where nobody could see is worth knowing to a cheat."""

PROVINCE_KM = 75.0
"""Reach of the place whose coverage is shown to everyone, at least: about a province, kilometres."""

MOST_ROWS = 60
"""Most passes and events listed."""

LONGEST = timedelta(days=92)
"""Longest period a claim is checked over."""


@dataclass(frozen=True, eq=False)
class Checked:
    """A claim, checked."""

    asked: Asked
    """The claim."""

    verdict: Verdict
    """What these sensors can say of it."""

    reasons: tuple[tuple[str, str], ...]
    """Heading and sentence, what decides first."""

    area: Area
    """Where it was taken to be."""

    period: Interval | None
    """When; None where it is not stated."""

    answer: Answer | None
    """What is compatible with what was seen, where the period is known."""

    passes: tuple[Mapping[str, Any], ...]
    """Per pass that crosses the place in the period: ``sensor time day read why clear chance``."""

    sensors: tuple[Mapping[str, Any], ...]
    """Per sensor: ``sensor passes read chance``: of one reference act done there and then."""

    seen: Mapping[str, Any]
    """``events``, ``pixels`` in place and period and the rows of ``list``."""

    coverage: float | None
    """P(the reference act done there and then is detected); None: not known, or withheld."""

    coverage_of: str
    """Of which place and period that is, in words."""

    withheld: str
    """What is not shown and why; empty where nothing is."""

    act: str
    """The reference act, in words."""

    def plain(self) -> dict[str, Any]:
        """Return it as JSON."""
        asked, found = self.asked, self.answer.estimate if self.answer else None
        told = found is not None and not found.cannot_tell
        return {
            "claim": {
                "who": asked.who,
                "accused": asked.accused,
                "what": asked.what,
                "count": asked.count,
                "qualifier": asked.qualifier,
                "where": asked.where,
                "from": iso(asked.start) if asked.start else None,
                "to": iso(asked.end) if asked.end else None,
            },
            "understood": [part_plain(part) for part in asked.understood],
            "verdict": self.verdict.value,
            "reasons": [list(reason) for reason in self.reasons],
            "where": self.area.understood,
            "hours": round(self.period.hours, 4) if self.period else None,
            "compatible": [found.low, found.mid, found.high] if found is not None and told else None,
            "compatible_99": list(self.answer.estimate.wide)
            if self.answer and self.answer.estimate.wide and told
            else None,
            "passes": [dict(row) for row in self.passes],
            "sensors": [dict(row) for row in self.sensors],
            "seen": dict(self.seen),
            "coverage": self.coverage,
            "coverage_of": self.coverage_of,
            "withheld": self.withheld,
            "reference_act": self.act,
        }


def check(ground: Ground, asked: Asked, *, now: datetime, public: bool = True, folder: Path | None = None) -> Checked:
    """Return a claim beside what could have been seen and what was.

    Args:
        ground: a finished run.
        asked: the claim.
        now: the present; it decides what is too young to be shown to everyone.
        public: whether everyone may see the answer; else it is for monitors.
        folder: where files of polygons are looked for; None: none are read.

    Raises:
        InputError: the place is none, or the period is too long.
    """
    told = _coarse(ground) if public else ground
    area = area_of(told, asked.where, folder=folder)
    period = Interval(asked.start, asked.end) if asked.start and asked.end and asked.start < asked.end else None
    if period and period.end - period.start > LONGEST:
        raise LimitExceeded(f"the claim spans {period.hours / 24:,.0f} days; at most {LONGEST.days} are checked")
    act = ground.view.coverage.act
    if period is None:
        reasons = (*_no_period(asked), *_place_reasons(asked), *_kind_reasons(asked), _who(ground, asked))
        return Checked(
            asked, Verdict.CANNOT_BE_JUDGED, reasons, area, None, None, (), (), {"events": 0, "pixels": 0, "list": []},
            None, "", "", act.text(),
        )  # fmt: skip
    wide, days = _shown(told, area, period) if public else (area, period)
    young = public and now - days.end < YOUNGEST
    found = answer(ground, wide, days, "fire")
    share, of = _shown_coverage(found, wide, days)
    verdict, why = _verdict(asked, found, young=young, wider=(wide, days) != (area, period))
    listed, per_sensor = _passes(ground, area, period, young=young, chances=not public)
    seen = _seen(told, area, period)
    reasons = (*why, _watched(listed, seen, period), *_cloud(ground, period), _who(ground, asked))
    withheld = _withheld(days) if young else ""
    return Checked(
        asked,
        verdict,
        reasons,
        area,
        period,
        None if young else found,
        listed[:MOST_ROWS],
        per_sensor,
        seen,
        None if young else share,
        of,
        withheld,
        found.estimate.unit.split("each counted as ")[-1],
    )


def _no_period(asked: Asked) -> tuple[tuple[str, str], ...]:
    missing = [name for name, moment in (("begins", asked.start), ("ends", asked.end)) if moment is None]
    text = (
        f"It is not stated when the period {' and '.join(missing)}, so it is not known which passes fall in it."
        if missing
        else "The period ends before it begins."
    )
    return (("No period to judge", text),)


def _place_reasons(asked: Asked) -> tuple[tuple[str, str], ...]:
    """What is said of a place that is named and not known must not be held against the whole line."""
    if asked.where:
        return ()
    note = next((part.note for part in asked.understood if part.field == "where"), "")
    why = note[:1].upper() + note[1:]
    return (("The place is not clear", f"{why}. What follows is for the whole line."),)


def _kind_reasons(asked: Asked) -> tuple[tuple[str, str], ...]:
    if measurable(asked.what) or (asked.count is None and not asked.what):
        return ()
    counted = f"“{asked.what}”" if asked.what else "What is counted is not stated; it"
    text = f"{counted} may be a shell, a drone or an assault; a satellite sees a fire that burns as it passes."
    return (("Different things are counted", text),)


@lru_cache(maxsize=2)
def _coarse(ground: Ground) -> Ground:
    """The ground with events and pixels where and when everybody may see them: no count by place tells more."""
    rules, window = ground.agreement.publication, ground.agreement.window
    fine = rules.impact_km, rules.impact_minutes
    return replace(
        ground,
        events=coarse_events(ground.events, window, *fine),
        detections=coarse_detections(ground.detections, window, *fine),
    )


def _verdict(asked: Asked, found: Answer, *, young: bool, wider: bool) -> tuple[Verdict, tuple[tuple[str, str], ...]]:
    """The verdict and the reasons that decide it. Nothing here knows who claims or who is accused."""
    cannot = Verdict.CANNOT_BE_JUDGED
    if other := (*_place_reasons(asked), *_kind_reasons(asked)):
        return cannot, other
    if asked.count is None:
        return cannot, (("No count is claimed", "Without a number there is nothing to hold what was seen against."),)
    if young:
        return cannot, (("Too young to be judged in public", _withheld(found.period)),)
    judged = against(asked.count, asked.qualifier, found.estimate)
    if judged is not None and wider and judged[1][0][0] != "Above the estimate":
        text = "To everybody only whole days and a place as large as a province are told; the claim speaks of less."
        return cannot, (("Too little to be told in public", text), *judged[1])
    return judged or (cannot, (("Too little could be seen", found.estimate.reason),))


def _who(ground: Ground, asked: Asked) -> tuple[str, str]:
    accused = asked.accused or "nobody by name"
    party = party_of(ground.agreement, asked.accused) if asked.accused else None
    named = next((each.forces for each in ground.agreement.parties if each.id == party), accused)
    return "Who", f"Heat does not show who fired. The claim accuses {named}; no sensor here names anyone."


def _shown(ground: Ground, area: Area, period: Interval) -> tuple[Area, Interval]:
    """The place and period that everybody may be told of: about a province, whole days; the truce's own by the line."""
    if area.beside_line and period == ground.agreement.window:
        return area, period
    if not area.beside_line and area.length_km < 2 * PROVINCE_KM:
        lat = float(np.mean(area.points.lat))
        area = area_of(ground, f"{area.lon:.2f},{lat:.2f},{PROVINCE_KM:g}")
    begin = period.start.replace(hour=0, minute=0, second=0, microsecond=0)
    last = (period.end - timedelta(microseconds=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    days = Interval(begin, last + timedelta(days=1))
    return area, period if days == period else days


def _shown_coverage(found: Answer, area: Area, period: Interval) -> tuple[float, str]:
    days = f"{period.start:%d %b %Y %H:%M} to {period.end:%d %b %Y %H:%M} UTC"
    return round(found.shares.share, 4), f"{area.title}, {days}"


def _passes(
    ground: Ground, area: Area, period: Interval, *, young: bool, chances: bool
) -> tuple[tuple[Mapping[str, Any], ...], tuple[Mapping[str, Any], ...]]:
    """Every pass whose swath crosses the place in the period, and per sensor the chance of one reference act."""
    act = ground.view.coverage.act
    looks = [look for look in ground.looks if look.interval.end >= period.start and look.interval.start < period.end]
    if not looks or not len(area.points):
        return (), ()
    weights = area.points.km / area.points.km.sum()
    clear = fields.clear_sky(looks, area.points, act)
    read = passes.readable(looks, ground.denials)
    central = clouds.assumptions(ground.cloud)[0]
    hidden = fields.hidden(looks, central)
    rows = []
    for number, look in enumerate(looks):
        if not clear[number].any():
            continue
        alone = float(clear[number] @ weights)
        seen = None if young or not chances or not read[number] else round(alone * (1 - float(hidden[number])), 3)
        rows.append(
            {
                "sensor": look.sensor,
                "time": iso(look.moment.replace(microsecond=0)),
                "day": look.daylight,
                # By pass and place is finer than everybody may know how well was seen; of young days, whether at all.
                "read": None if young else bool(read[number]),
                "why": "withheld" if young else "" if read[number] else _denied(ground, look),
                "clear": round(alone, 3) if chances else None,
                "hidden": None if not ground.cloud else round(float(hidden[number]), 3),
                "chance": seen,
            }
        )
    return tuple(rows), _per_sensor(rows, looks, clear, read, hidden, area, period, act.duration_hours, told=chances)


def _per_sensor(
    rows: Sequence[Mapping[str, Any]],
    looks: Sequence[Look],
    clear: Floats,
    read: np.ndarray[Any, np.dtype[np.bool_]],
    hidden: Floats,
    area: Area,
    period: Interval,
    hours: float,
    *,
    told: bool,
) -> tuple[Mapping[str, Any], ...]:
    found = []
    for sensor in sorted({row["sensor"] for row in rows}):
        own = np.array([look.sensor == sensor for look in looks]) & read
        share = None
        if told:
            seen = clear[own] * (1 - hidden[own])[:, None]
            moments = passes.columns([look for look, kept in zip(looks, own, strict=True) if kept])
            half = chance.half_days(moments, seen, area.points.km, hours * 3600, period, lon=area.lon)
            share = round(float(half.share.sum()), 4)
        mine = [row for row in rows if row["sensor"] == sensor]
        known = None if any(row["read"] is None for row in mine) else sum(row["read"] for row in mine)
        found.append({"sensor": sensor, "passes": len(mine), "read": known, "chance": share})
    return tuple(found)


def _denied(ground: Ground, look: Look) -> str:
    for denial in ground.denials:
        span = denial.interval
        if denial.sensor in look.rests_on and look.interval.start < span.end and look.interval.end >= span.start:
            return denial.reason
    return "not observed"


def _seen(ground: Ground, area: Area, period: Interval) -> dict[str, Any]:
    """Events and pixels of the place and period."""
    events = ground.events
    good = np.asarray(events.attributes.get("calibrated", np.ones(len(events), bool)), dtype=bool)

    inside = np.flatnonzero(area.events & period.holds(events.first))
    war = events.p_act.get("act_of_war", np.full(len(events), np.nan))
    rows = [
        {
            "time": iso(from_column(events.first[row])),
            "lon": round(float(events.lon[row]), 4),
            "lat": round(float(events.lat[row]), 4),
            "frp_mw": None if not np.isfinite(events.frp_mw[row]) else round(float(events.frp_mw[row]), 1),
            "p_act_of_war": round(float(war[row]), 2) if np.isfinite(war[row]) and good[row] else None,
            "record": None if events.index is None else int(events.index[row]),
        }
        for row in inside[:MOST_ROWS].tolist()
    ]
    pixels = int((area.pixels & period.holds(ground.detections.time)).sum())
    return {"events": len(inside), "pixels": pixels, "list": rows}


def _watched(rows: Sequence[Mapping[str, Any]], seen: Mapping[str, Any], period: Interval) -> tuple[str, str]:
    """Say how often satellites passed and what they saw."""
    hours = f"{period.hours:,.0f} hours" if period.hours >= 1.5 else "one hour or less"
    if not rows:
        return "Not watched", f"In {hours} no satellite of this watch passed over the place."
    unknown = any(row["read"] is None for row in rows)
    read = len(rows) if unknown else sum(row["read"] for row in rows)
    lost = (
        "; which of them were read is withheld"
        if unknown
        else (
            f"; {len(rows) - read} of them could not be read, which is not observed, never zero"
            if read < len(rows)
            else ""
        )
    )
    count = {0: "no fire", 1: "one fire"}.get(seen["events"], f"{seen['events']} fires")
    pixels = f" ({seen['pixels']} fire pixels)" if seen["pixels"] else ""
    passed = "one pass" if len(rows) == 1 else f"{len(rows)} passes"
    return "What was watched and seen", f"In {hours}: {passed} of satellites{lost}. They saw {count} there{pixels}."


def _cloud(ground: Ground, period: Interval) -> tuple[tuple[str, str], ...]:
    day = timedelta(days=1)
    shares = [
        float(share)
        for each in ground.cloud
        if each.day < period.end and each.day + day > period.start
        for share in each.shares.values()
    ]
    if not shares:
        return (("Cloud", "No table says how cloudy these days were; under cloud a fire is rarely detected."),)
    low, high = percent(min(shares)), percent(max(shares))
    span = low if low == high else f"{low} to {high}"
    return (("Cloud", f"Cloud hid {span} of the sky on these days; under it a fire is rarely detected."),)


def _withheld(period: Interval) -> str:
    until = period.end + YOUNGEST
    return (
        f"How well these hours were covered is shown to everyone from {until:%d %b %Y %H:%M} UTC on, 72 hours after "
        "they ended: until then it would tell a cheat where nobody looked."
    )
