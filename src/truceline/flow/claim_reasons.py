# SPDX-License-Identifier: Apache-2.0
"""Why a claim is judged as it is: headings and sentences, in the language of the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from truceline.assessment import measurable
from truceline.base.clock import Interval
from truceline.flow.claimed import Asked
from truceline.flow.ground import Area, Ground
from truceline.lang import Catalogue
from truceline.lang.catalogue import NBSP
from truceline.model.claim import Reason
from truceline.model.watching import ReferenceAct

YOUNGEST = timedelta(hours=72)
"""Coverage younger than this goes to monitors only: where nobody could see is worth knowing to a cheat."""


def reason(words: Catalogue, heading: str, key: str, /, **values: object) -> Reason:
    """Return a heading with its sentence."""
    return words.say(f"claim.h_{heading}"), words.say(f"claim.{key}", **values)


def no_period(words: Catalogue, asked: Asked, supposed: Interval) -> tuple[Reason, ...]:
    """Say that the period is not known and which one what follows is for."""
    missing = asked.start is None, asked.end is None
    key = {(True, True): "no_ends", (True, False): "no_start", (False, True): "no_end", (False, False): "reversed"}
    heading, text = reason(words, "no_period", key[missing])
    return ((heading, f"{text} {words.say('claim.supposed', when=supposed)}"),)


def unread_place(words: Catalogue, asked: Asked) -> tuple[Reason, ...]:
    """What is said of a place that is named and not known must not be held against the whole line."""
    if asked.where:
        return ()
    note = next((part.note for part in asked.understood if part.field == "where"), "")
    return (reason(words, "place", "place", why=note[:1].upper() + note[1:]),)


def other_kind(words: Catalogue, asked: Asked) -> tuple[Reason, ...]:
    """Say that something else than fires is counted, where it is."""
    if measurable(asked.what) or (asked.count is None and not asked.what):
        return ()
    if not asked.what:
        return (reason(words, "kind", "kind_unstated"),)
    return (reason(words, "kind", "kind", what=words.quote(asked.what)),)


def not_looked_at(words: Catalogue, ground: Ground, area: Area, period: Interval) -> tuple[Reason, ...]:
    """Say that the place or the period lies outside the watch, where all of it does."""
    if len(area.points) and not area.points.observed.any():
        return (reason(words, "outside", "outside_area"),)
    if period.overlap(ground.period) is None:
        return (reason(words, "outside", "outside_period", when=ground.period),)
    return ()


def partly_outside(words: Catalogue, ground: Ground, period: Interval) -> tuple[Reason, ...]:
    """Say that some of the period lies outside the watch."""
    if period.start >= ground.period.start and period.end <= ground.period.end:
        return ()
    return (reason(words, "partly", "partly", when=ground.period),)


def withheld(words: Catalogue, period: Interval) -> str:
    """Say until when coverage of a period is for monitors only."""
    return words.say("claim.young", until=period.end + YOUNGEST)


def unwatched(words: Catalogue, rows: Sequence[Mapping[str, Any]], period: Interval) -> tuple[Reason, ...]:
    """Say that no pass of the period could see the place, or none that was read."""
    hours = _hours(period)
    if not rows:
        return (reason(words, "unwatched", "unwatched", hours=hours),)
    if all(row["read"] is False for row in rows):
        return (reason(words, "unwatched", "unread_all", hours=hours, n=len(rows)),)
    return ()


def little(words: Catalogue, share: float, floor: float) -> Reason:
    """Say that too little could have been seen for a number to be judged."""
    if share <= 0:
        return reason(words, "little", "nothing")
    return reason(words, "little", "below_floor", share=_percent(words, share), floor=_percent(words, floor))


def _percent(words: Catalogue, share: float) -> str:
    """Two figures, so that a share just under a floor never reads like the floor."""
    return words.say("format.percent", n=words.number(float(f"{100 * share:.2g}"))).replace(" %", f"{NBSP}%")


def _hours(period: Interval) -> float:
    return round(period.hours, 1) or 0.1


def watched(
    words: Catalogue, rows: Sequence[Mapping[str, Any]], seen: Mapping[str, Any], period: Interval, covered: str
) -> Reason:
    """Say how often satellites passed and what they saw, with the coverage of it beside."""
    if none := unwatched(words, rows, period):
        return none[0]
    told = [words.say("claim.passed", hours=_hours(period), n=len(rows))]
    unread = [row["read"] for row in rows].count(False)
    if any(row["read"] is None for row in rows):
        told.append(words.say("claim.read_withheld"))
    elif unread:
        told.append(words.say("claim.lost", n=unread))
    told.append(words.say("claim.saw", n=seen["events"]) if seen["events"] else words.say("claim.saw_none"))
    return words.say("claim.h_watched"), " ".join([*told, *([covered] if covered else [])])


def cloud(words: Catalogue, ground: Ground, period: Interval) -> Reason:
    """Say how much of the sky was hidden on those days."""
    day = timedelta(days=1)
    days = [each for each in ground.cloud if each.day < period.end and each.day + day > period.start]
    shares = [float(share) for each in days for share in each.shares.values()]
    if not shares:
        return reason(words, "cloud", "cloud_none")
    low, high = words.percent(min(shares)), words.percent(max(shares))
    return reason(words, "cloud", "cloud", span=low if low == high else words.say("format.range", low=low, high=high))


def who(words: Catalogue, asked: Asked) -> Reason:
    """Say whom the claim accuses, as it does, and that no sensor names anyone."""
    if asked.accused:
        return reason(words, "who", "who", accused=asked.accused)
    several = next((part.words for part in asked.understood if part.field == "accused"), "")
    return reason(words, "who", "who_several", names=several) if several else reason(words, "who", "who_nobody")


def act_text(words: Catalogue, act: ReferenceAct) -> str:
    """Return ``a fire of 5 MW lasting 1 hour`` in a language; an act of another name as the data has it."""
    if act.name != "fire":
        return act.anywhere()
    return words.say("claim.act", mw=act.power_mw, hours=act.duration_hours)
