# SPDX-License-Identifier: Apache-2.0
"""Reasons in plain words: one sentence per factor, the ICD 203 word with its number, nobody named."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import timedelta

from truceline.base.clock import Interval, from_column
from truceline.model.agreement import Zone
from truceline.model.event import Events
from truceline.model.notice import Notified
from truceline.model.taxonomy import Status, icd203
from truceline.model.vocabulary import Vocabulary

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
    first, last = icd203(round(low * 100) / 100), icd203(round(high * 100) / 100)
    if percent(low) == percent(high):
        return f"{last} ({percent(high)})"
    words = last if first == last else f"{first} to {last}"
    return f"{words} ({percent(low)} to {percent(high)})"


def of_act(acts: tuple[str, ...], low: float, high: float, words: Vocabulary) -> str:
    """Say what is prohibited and how probable it is that this was it."""
    if not acts:
        return "Cannot tell whether the act is one of those meant: no source says which are."
    if "act_of_war" in acts:
        return f"Every act of war is prohibited. That this was one: {chance(low, high)}."
    doubt = "; these sensors do not tell kinds of acts of war apart" if low < high else ""
    return f"Prohibited: {_either(acts, words)}; that this was one: {chance(low, high)}{doubt}."


def of_weapon(weapons: tuple[str, ...], low: float, high: float, words: Vocabulary) -> str:
    """Say which weapons are meant and how probable it is that one of them was used."""
    if low <= 0.0 and high >= 1.0:
        return f"Only with {_either(weapons, words)}; no sensor says which weapon it was."
    return f"Only with {_either(weapons, words)}; that it was one of them: {chance(low, high)}."


def _either(names: tuple[str, ...], words: Vocabulary) -> str:
    """Several words of the vocabulary, as people read them; of many, the first five."""
    said = [_word(name, words) for name in names[:5]]
    if len(names) > 5:
        said.append(f"{len(names) - 5} more")
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} or {said[-1]}"


def _word(name: str, words: Vocabulary) -> str:
    known = words.acts.get(name) or words.weapons.get(name)
    return known.text if known else words.classes.get(name, name.replace("_", " "))


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


def of_zone(zone: Zone | None, low: float, high: float, distance_m: float, sigma_m: float, why: str) -> str:
    """Say whether it lies where the provision holds. From 0 to 1: cannot tell, and why."""
    if zone is not None and zone.kind == "everywhere":
        return "The provision holds everywhere."
    if low <= 0.0 and high >= 1.0:
        return f"Cannot tell whether it lies in the zone: {why}."
    if zone is not None and zone.kind == "near_line" and math.isfinite(distance_m):
        far = f"{distance_m / 1000:.1f}{NBSP}±{NBSP}{sigma_m / 1000:.1f}{NBSP}km"
        return f"It lies {far} from the line; within {zone.within_km:g}{NBSP}km is {chance(low, high)}."
    rest = f"; {why}" if why and low < high else ""
    return f"That it lies inside the zone {zone.id if zone is not None else ''} is {chance(low, high)}{rest}."


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


_NOTIFIED = {
    "in_time": "Notified in time: {id}.",
    "late_excused": "Notified, but {late} late: {id}; by the terms it excuses all the same.",
    "unknown": "Notified, but whether in time is not known: {id}.",
    "late_open": "Notified, but {late} late: {id}; whether it excuses the terms leave open.",
    "late": "Notified, but {late} late: {id}; so it does not excuse.",
    "unacknowledged": "Notified, but not acknowledged before it began: {id}; so it does not excuse.",
    "not_foreseen": "Notified: {id}; no clause lets that excuse it.",
}


def of_notices(notified: Iterable[Notified]) -> str:
    """Say which notices bear on it, and what each is worth; empty: none does."""
    return " ".join(_NOTIFIED[some.state].format(id=some.id, late=f"{some.late_by:g} hours") for some in notified)


def of_exceptions(grounds: tuple[str, ...], low: float, high: float) -> str:
    """Say which grounds stand that may permit it, and what room they leave."""
    if not grounds:
        return "The provision has no exception."
    said = " ".join(f"“{text.rstrip('.')}”" for text in grounds)
    if high <= 0.0:
        return f"Permitted by {said}."
    if low >= 1.0:
        return f"{said} cannot excuse it."
    if percent(low) == percent(high):
        return f"{said}: {percent(low)} remains unexcused."
    return f"{said}: no sensor shows whether this excuses it, so {percent(low)} to {percent(high)} remains unexcused."


def of_status(status: Status, detections: int, families: int, heat: bool) -> str:
    """Say how far a machine may go with this evidence, and what would take it further."""
    if status is Status.CORROBORATED:
        return f"Corroborated: {families} independent kinds of sensor saw it."
    count = "one detection" if detections == 1 else f"{detections} detections"
    kind = "heat alone stays at recorded" if heat else "one kind of sensor stays at recorded"
    limit = "a second detection would record it" if status is Status.DETECTED else kind
    return f"{status.value.capitalize()} by {count}; {limit}, a second kind of sensor is needed to corroborate."
