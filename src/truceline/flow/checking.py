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

from truceline.assessment.claims import against
from truceline.base.clock import Interval, from_column, iso
from truceline.base.geo import Floats
from truceline.coverage import chance, fields, passes
from truceline.coverage import cloud as clouds
from truceline.errors import LimitExceeded
from truceline.flow import claim_reasons as said
from truceline.flow.claimed import Asked, part_plain
from truceline.flow.estimates import Answer, answer
from truceline.flow.ground import Area, Ground, area_of
from truceline.lang import Catalogue, catalogue
from truceline.model.claim import Reason, Verdict
from truceline.model.look import Look
from truceline.reports.claim_sheet import coverage_text
from truceline.reports.public import coarse_detections, coarse_events

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

    reasons: tuple[Reason, ...]
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
            "language": asked.language,
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
    told, words = _coarse(ground) if public else ground, catalogue(asked.language)
    area = area_of(told, asked.where, folder=folder, words=words)
    stated = Interval(asked.start, asked.end) if asked.start and asked.end and asked.start < asked.end else None
    period = stated or _supposed(asked, ground.agreement.window)
    if period.end - period.start > LONGEST:
        raise LimitExceeded(f"the claim spans {period.hours / 24:,.0f} days; at most {LONGEST.days} are checked")
    wide, days = _shown(told, area, period, words) if public else (area, period)
    found = answer(ground, wide, days, "fire")
    strange = said.not_looked_at(words, ground, area, period)
    young = public and now - days.end < said.YOUNGEST
    blind = young or bool(strange)
    of = "" if strange else words.say("claim.of", where=wide.title, when=days)
    act = said.act_text(words, found.shares.act)
    listed, per_sensor = _passes(ground, area, period, young=young, chances=not public)
    seen = _seen(told, area, period)
    sure = () if stated else said.no_period(words, asked, period)
    sure = (*sure, *said.unread_place(words, asked), *said.other_kind(words, asked), *strange)
    verdict, why = (Verdict.CANNOT_BE_JUDGED, sure) if sure else _verdict(
        words, asked, found, young=young, wider=of if (wide, days) != (area, period) else "",
        unwatched=said.unwatched(words, listed, period), floor=ground.agreement.coverage_floor,
    )  # fmt: skip
    share = None if blind else round(found.shares.share, 4)
    covered = "" if share is None else coverage_text(words, share, of, act)
    around: tuple[Reason, ...] = ()
    if not strange:
        around = (*said.partly_outside(words, ground, period), said.watched(words, listed, seen, period, covered))
        around = (*around, said.cloud(words, ground, period))
    return Checked(
        asked,
        verdict,
        tuple(dict.fromkeys((*why, *around, said.who(words, asked)))),
        area,
        stated,
        None if blind else found,
        listed[:MOST_ROWS],
        per_sensor,
        seen,
        share,
        of,
        said.withheld(words, days) if young and not strange else "",
        act,
    )


def _supposed(asked: Asked, truce: Interval) -> Interval:
    """The hours shown where the claim's own are not known: to or from the end it states, else the truce's."""
    start, end = asked.start or truce.start, asked.end or truce.end
    return Interval(start, end) if start < end else truce


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


def _verdict(
    words: Catalogue,
    asked: Asked,
    found: Answer,
    *,
    young: bool,
    wider: str,
    unwatched: tuple[Reason, ...],
    floor: float,
) -> tuple[Verdict, tuple[Reason, ...]]:
    """The verdict and the reasons that decide it. Nothing here knows who claims or who is accused."""
    cannot = Verdict.CANNOT_BE_JUDGED
    if asked.count is None:
        return cannot, (said.reason(words, "no_count", "no_count"),)
    if unwatched:
        return cannot, unwatched
    if young:
        return cannot, ((words.say("claim.h_young"), said.withheld(words, found.period)),)
    judged = against(asked.count, asked.qualifier, found.estimate, words)
    if judged is None:
        return cannot, (said.little(words, found.shares.share, floor),)
    if not wider:
        return judged[0], (judged[1],)
    # More than all of a larger place and time is more than a part of it; less than that says nothing of a part.
    if judged[0] is Verdict.INCONSISTENT and asked.count > (found.estimate.wide or (0, 0))[1]:
        return judged[0], (judged[1], said.reason(words, "wider", "wider", where=wider))
    return cannot, (said.reason(words, "public", "public"),)


def _shown(ground: Ground, area: Area, period: Interval, words: Catalogue) -> tuple[Area, Interval]:
    """The place and period that everybody may be told of: about a province, whole days; the truce's own by the line."""
    whole = area.beside_line and area.length_km >= ground.view.line.length_m / 1000
    if whole and period == ground.agreement.window:
        return area, period
    if not whole and area.length_km < 2 * PROVINCE_KM:
        lat = float(np.mean(area.points.lat))
        place = area.town or f"{area.lon:.2f},{lat:.2f}"
        area = area_of(ground, f"{place},{PROVINCE_KM:g}", words=words)
    begin = period.start.replace(hour=0, minute=0, second=0, microsecond=0)
    last = (period.end - timedelta(microseconds=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    days = Interval(begin, last + timedelta(days=1))
    return area, period if days == period else days


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
