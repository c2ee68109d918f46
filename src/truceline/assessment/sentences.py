# SPDX-License-Identifier: Apache-2.0
"""Reasons in plain words: one sentence per factor, the ICD 203 word with its number, nobody named."""

from __future__ import annotations

import math
from datetime import timedelta

from truceline.base.clock import Interval, from_column
from truceline.model.agreement import RuleException, Zone
from truceline.model.event import Events
from truceline.model.taxonomy import ACTS, Status, icd203

NBSP = "\N{NO-BREAK SPACE}"


def percent(share: float) -> str:
    """Return ``71 %``; what is neither none nor all never reads so."""
    if 0 < share < 0.005:
        return f"under 1{NBSP}%"
    if 0.995 <= share < 1:
        return f"over 99{NBSP}%"
    return f"{round(share * 100)}{NBSP}%"


def chance(low: float, high: float) -> str:
    """Return ``likely (71 %)``, or ``unlikely to likely (30 % to 71 %)``; words go by the number as printed."""
    first, last = icd203(round(low, 2)), icd203(round(high, 2))
    if percent(low) == percent(high):
        return f"{last} ({percent(high)})"
    words = last if first == last else f"{first} to {last}"
    return f"{words} ({percent(low)} to {percent(high)})"


def of_act(acts: tuple[str, ...], low: float, high: float) -> str:
    """Say what is prohibited and how probable it is that this was it."""
    if "act_of_war" in acts:
        return f"Every act of war is prohibited. That this was one: {chance(low, high)}."
    kinds = [ACTS[name].text for name in acts]
    said = kinds[0] if len(kinds) == 1 else f"{', '.join(kinds[:-1])} or {kinds[-1]}"
    doubt = "; these sensors do not tell kinds of acts of war apart" if low < high else ""
    return f"Prohibited: {said}; that this was one: {chance(low, high)}{doubt}."


def of_actor(bound: int, parties: int, low: float, high: float) -> str:
    """Say whose acts are bound and whether one of them did it, without naming anyone."""
    everyone = bound >= parties
    all_of = "Both parties are" if parties == 2 else f"All {parties} parties are"
    if low == high == 1.0 and everyone:
        return f"{all_of} bound, so it need not be known which did it; that neither did is left out."
    who = all_of if everyone else f"{bound} of {parties} parties {'is' if bound == 1 else 'are'}"
    if low == 0.0 and high == 1.0:
        return f"{who} bound, and no sensor says who did it: anything from 0 to 100{NBSP}%."
    return f"{who} bound; that a bound one did it is {chance(low, high)}."


def of_zone(zone: Zone, p: float, distance_m: float, sigma_m: float) -> str:
    """Say whether it lies where the provision holds. ``p`` NaN: cannot tell."""
    if zone.kind == "everywhere":
        return "The provision holds everywhere."
    if math.isnan(p):
        why = "no source gives the zone's place" if zone.kind == "unknown" else "no line of contact is known"
        return f"Cannot tell whether it lies in the zone: {why}."
    if zone.kind == "near_line":
        far = f"{distance_m / 1000:.1f}{NBSP}±{NBSP}{sigma_m / 1000:.1f}{NBSP}km"
        return f"It lies {far} from the line; within {zone.within_km:g}{NBSP}km is {chance(p, p)}."
    return f"That it lies inside the zone {zone.id} is {chance(p, p)}."


def of_window(events: Events, row: int, p: float, when: Interval, hours: float, again: bool) -> str:
    """Say when it was seen and whether the act fell inside the window."""
    first, last = from_column(events.first[row]), from_column(events.last[row])
    seen = f"First seen {first:%H:%M}{NBSP}UTC on {first.day}{NBSP}{first:%B}"
    if p >= 1.0 and when.start <= first < when.end:
        return f"{seen}, {span(first - when.start)} after the window began and before it ended."
    if p <= 0.0:
        where = "before the window began" if first <= when.start else "too long after it ended"
        return f"{seen}, {where}."
    lit = f"a fire is taken to have been lit within {span(timedelta(hours=hours))} before it is seen"
    if again and p > 0.0 and (first < when.start or last >= when.end):
        lit += f", and was last seen {last:%H:%M}{NBSP}UTC on {last.day}{NBSP}{last:%B}, so fed again"
    return f"{seen}; {lit}: inside the window is {chance(p, p)}."


def span(length: timedelta) -> str:
    """Return ``9 h 42 min``."""
    hours, minutes = divmod(round(length.total_seconds() / 60), 60)
    parts = ([f"{hours}{NBSP}h"] if hours else []) + ([f"{minutes}{NBSP}min"] if minutes or not hours else [])
    return NBSP.join(parts)


def of_exceptions(exceptions: tuple[RuleException, ...], low: float, high: float) -> str:
    """Say which exceptions stand and what room they leave."""
    if not exceptions:
        return "The provision has no exception."
    said = " ".join(f"“{e.text.rstrip('.')}”" for e in exceptions)
    if high <= 0.0:
        return f"Permitted by {said}."
    if low >= 1.0:
        return f"{said} cannot excuse it."
    return f"{said}: no sensor shows whether this excuses it, so {percent(low)} to {percent(high)} remains unexcused."


def of_status(status: Status, detections: int, families: int, heat: bool) -> str:
    """Say how far a machine may go with this evidence, and what would take it further."""
    if status is Status.CORROBORATED:
        return f"Corroborated: {families} independent kinds of sensor saw it."
    count = "one detection" if detections == 1 else f"{detections} detections"
    kind = "heat alone stays at recorded" if heat else "one kind of sensor stays at recorded"
    limit = "a second detection would record it" if status is Status.DETECTED else kind
    return f"{status.value.capitalize()} by {count}; {limit}, a second kind of sensor is needed to corroborate."
