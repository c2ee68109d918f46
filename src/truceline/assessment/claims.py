# SPDX-License-Identifier: Apache-2.0
"""Each claim beside what was seen: consistent, inconsistent, or not to be judged by these sensors, and why.

Heat never confirms a count. A claim is judged only if it counts what these sensors see (fires), over the hours of
which an estimate speaks; everything else cannot be judged, and the reasons say so with figures.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from truceline.assessment.sentences import NBSP, percent, span
from truceline.base.clock import Interval, Times, to_column
from truceline.base.geo import Floats
from truceline.lang import Catalogue, catalogue
from truceline.model.agreement import Agreement
from truceline.model.claim import Claim, ClaimCheck, Reason, Verdict
from truceline.model.watching import CloudDay, Estimate, ReferenceAct
from truceline.terms import party_of

_MEASURED = re.compile(
    r"(?<!artillery )(?<!direct )(?<!arms )(?<!mortar )(?<!rocket )(?<!gun )(?<!tank )(?<!open )(?<!opened )"
    r"\b(?:(?:wild)?fires|blazes?|fire pixels?|thermal anomal(?:y|ies)|hot ?spots?|heat sources?)\b"
    r"|^(?:active |single )?fire(?: burned| broke out)?$"
    r"|(?<!\w)(?:пожеж(?:а|і|у|ею|ам|ах)?|загорян(?:ня|ь)|займан(?:ня|ь)|термоточ(?:ок|ки|ка))(?!\w)"
    r"|(?<!\w)осеред(?:ок|ки|ку|ків) (?:пожеж|вогню|горіння)"
    r"|(?<!\w)(?:теплов|термічн|термическ)\w+ аномал\w+"
    r"|(?<!\w)(?:пожар(?:а|ов|ы|е|у|ом)?|возгоран(?:ие|ия|ий)|термоточ(?:ек|ки|ка))(?!\w)"
    r"|(?<!\w)очаг(?:а|ов|и)? (?:пожар|огня|возгоран|горения)"
    r"|\b(?:incendies?|feux(?! d'artillerie)|départs? de feu|points? chauds?|anomalies? thermiques?)\b",
    re.IGNORECASE,
)
"""Units that these sensors measure, in English, Ukrainian, Russian and French. ``ceasefire violations`` and military
"fires" (shots) are none of them; nor are firemen."""

_AT_LEAST = re.compile(
    r"(?<!no )\b(more than|over|at least|upwards of)\b|\b(no|not) (less|fewer) than\b", re.IGNORECASE
)
_AT_MOST = re.compile(r"\b(fewer than|less than|under|at most|up to|no more than)\b", re.IGNORECASE)
_ABOUT = re.compile(r"\b(about|around|approximately|some|nearly|almost|roughly|circa)\b", re.IGNORECASE)
_ABOUT_SHARE = 0.1
"""How far a claim of "about" n may lie from n, share of n."""

_SAME = timedelta(minutes=1)
"""Two ends of a period this near are the same."""


@dataclass(frozen=True, eq=False)
class Seen:
    """What the sensors did and saw, in plain arrays, under one line."""

    pass_times: Times
    """Middle of each pass whose data could be read, UTC."""

    pass_groups: tuple[Interval, ...]
    """From the first to the last pass of each group of passes; a lone pass is as long as itself."""

    near_times: Times
    """Time of each fire pixel near the line (``act.within_km``), UTC."""

    hours: npt.NDArray[np.datetime64]
    """Start of each hour for which coverage is known."""

    hourly: Floats
    """Mean coverage of the line in each of those hours, share; NaN where not observed."""

    act: ReferenceAct
    """The act that coverage speaks of."""

    cloud: tuple[CloudDay, ...] = ()
    """The cloud table, if there is one."""

    period: Interval | None = None
    """From when to when was watched at all; None: the whole of every period asked for."""


def judge_claims(
    claims: Sequence[Claim], agreement: Agreement, seen: Seen, estimate: Estimate | None = None
) -> tuple[ClaimCheck, ...]:
    """Return each claim beside what was seen, in the order given.

    Args:
        claims: assertions of counts.
        agreement: parties with their names, window and coverage floor.
        seen: what the sensors did and saw.
        estimate: how many fires near the line are compatible with that, over the agreement's whole window.
    """
    return tuple(_check(claim, agreement, seen, estimate) for claim in claims)


def measurable(unit: str) -> bool:
    """Return whether a claim's unit is something these sensors see."""
    return bool(measured(unit))


def measured(text: str) -> str:
    """Return the words for something that these sensors see, or nothing."""
    found = _MEASURED.search(text)
    return found.group() if found else ""


def _check(claim: Claim, agreement: Agreement, seen: Seen, estimate: Estimate | None) -> ClaimCheck:
    period = Interval(claim.start, claim.end) if claim.start and claim.end and claim.start < claim.end else None
    longest = period or _longest(claim, agreement.window)
    inside = [group for group in (g.overlap(longest) for g in _merged(seen.pass_groups)) if group]
    coverage = None if period is None else _coverage(period, seen)
    verdict, why = _verdict(claim, period, agreement, estimate, coverage)
    draft = ClaimCheck(
        claim=claim,
        claimant_party=party_of(agreement, claim.claimant),
        accused_party=party_of(agreement, claim.accused),
        verdict=verdict,
        reasons=(),
        hours=None if period is None else round(period.hours, 4),
        passes=int(longest.holds(seen.pass_times).sum()),
        pass_hours=round(float(sum(group.hours for group in inside)), 4),
        detections_near=int(longest.holds(seen.near_times).sum()),
        coverage=None if coverage is None else round(coverage, 4),
    )
    reasons = (*why, *_hours_reason(claim, period, agreement), *_context(draft, longest, agreement, seen))
    return ClaimCheck(**{**draft.__dict__, "reasons": reasons})


def _longest(claim: Claim, window: Interval) -> Interval:
    """The longest period a claim with an end missing may speak of: to the truce's own end."""
    start, end = claim.start or window.start, claim.end or window.end
    return Interval(start, end) if start < end else window


def _merged(groups: Sequence[Interval]) -> list[Interval]:
    """Groups of passes joined where they overlap, so that no hour counts twice."""
    found: list[Interval] = []
    for group in sorted(groups):
        if found and group.start <= found[-1].end:
            found[-1] = Interval(found[-1].start, max(found[-1].end, group.end))
        else:
            found.append(group)
    return found


def _coverage(period: Interval, seen: Seen) -> float | None:
    """Mean coverage over a period's hours; None unless nearly all of it is known."""
    begin = seen.hours.astype("datetime64[us]")
    hour = np.timedelta64(3_600_000_000, "us")
    start, end = to_column(period.start), to_column(period.end)
    share = np.clip((np.minimum(begin + hour, end) - np.maximum(begin, start)) / hour, 0.0, 1.0)
    share = np.where(np.isnan(seen.hourly), 0.0, share)
    if share.sum() < 0.99 * period.hours:
        return None
    return float((share * np.nan_to_num(seen.hourly)).sum() / share.sum())


def claimed_range(value: int | None, qualifier: str) -> tuple[float, float] | None:
    """Return the numbers that a count with its qualifier is compatible with; None where there is no count."""
    if value is None:
        return None
    if _AT_LEAST.search(qualifier):
        return float(value), float("inf")
    if _AT_MOST.search(qualifier):
        return 0.0, float(value)
    slack = _ABOUT_SHARE * value if _ABOUT.search(qualifier) else 0.0
    return value - slack, value + slack


def _verdict(
    claim: Claim, period: Interval | None, agreement: Agreement, estimate: Estimate | None, coverage: float | None
) -> tuple[Verdict, tuple[Reason, ...]]:
    """Return the verdict and the reasons that decide it."""
    cannot = Verdict.CANNOT_BE_JUDGED
    if not measurable(claim.unit):
        words = catalogue("en")
        key, what = ("kind", words.quote(claim.unit)) if claim.unit else ("kind_unstated", "")
        return cannot, ((words.say("claim.h_kind"), words.say(f"claim.{key}", what=what)),)
    claimed = claimed_range(claim.value, claim.qualifier)
    if claimed is None:
        return cannot, (("No total is claimed", "The source gives kinds but no total, and kinds are never added."),)
    if period is None or not _same(period, agreement.window):
        return cannot, ()
    if estimate is None or estimate.cannot_tell:
        why = estimate.reason if estimate else "No estimate was made."
        return cannot, (("No estimate can be given", why),)
    if coverage is None or coverage < agreement.coverage_floor:
        known = "not known" if coverage is None else percent(coverage)
        floor = percent(agreement.coverage_floor)
        text = f"Coverage of these hours is {known}; this watch asks for at least {floor} before a count is judged."
        return cannot, (("Too little was covered", text),)
    judged = against(claim.value, claim.qualifier, estimate)
    return (judged[0], (judged[1],)) if judged else (cannot, (("No estimate can be given", estimate.reason),))


def against(
    count: int | None, qualifier: str, estimate: Estimate, words: Catalogue | None = None
) -> tuple[Verdict, Reason] | None:
    """Return the verdict on a count of fires and its reason; None where the count or the estimate is none.

    The one place at which a claim is held against numbers, in a run's table as in a claim check. *Inconsistent* is said
    only of what lies outside the 99 % interval. Nothing here knows who claims or who is accused.
    """
    claimed, wide, told = claimed_range(count, qualifier), estimate.wide, words or catalogue("en")
    if count is None or claimed is None or wide is None or estimate.low is None or estimate.high is None:
        return None
    inner, outer = {"low": estimate.low, "high": estimate.high}, {"low": wide[0], "high": wide[1]}
    if claimed[0] > wide[1]:
        verdict, heading, key, ends = Verdict.INCONSISTENT, "above", "above", outer
    elif claimed[1] < wide[0] and claimed[0] == 0:  # none, or at most so many: that speaks of all of them
        verdict, heading, key, ends = Verdict.INCONSISTENT, "below", "below", outer
    elif claimed[1] < wide[0]:
        verdict, heading, key, ends = Verdict.CANNOT_BE_JUDGED, "below", "below_known", outer
    elif claimed[0] > estimate.high or claimed[1] < estimate.low:
        ends = {**inner, "least": wide[0], "most": wide[1]}
        verdict, heading, key = Verdict.CONSISTENT, "within", "edge"
    else:
        verdict, heading, key, ends = Verdict.CONSISTENT, "within", "within", inner
    text = told.say(f"claim.{key}", said=counted(told, count, qualifier), **ends)
    text = f"{text[0].upper()}{text[1:]}"
    return verdict, (told.say(f"claim.h_{heading}"), text)


def counted(words: Catalogue, count: int, qualifier: str) -> str:
    """Return ``more than 2,299`` in a language; a qualifier that it has no word for stays as it is."""
    key = f"claim.{qualifier.replace(' ', '_')}"
    if qualifier and key in words:
        return words.say(key, n=count)
    return " ".join(part for part in (qualifier, words.number(count)) if part)


def _same(one: Interval, other: Interval) -> bool:
    return abs(one.start - other.start) <= _SAME and abs(one.end - other.end) <= _SAME


def _hours_reason(claim: Claim, period: Interval | None, agreement: Agreement) -> tuple[tuple[str, str], ...]:
    """Say over which hours the claim counts, where they are not the truce's."""
    truce = agreement.window
    heading = "Different hours are counted"
    if period is None:
        missing = " and ".join(name for name, end in (("start", claim.start), ("end", claim.end)) if end is None)
        fault = f"has no stated {missing}" if missing else "ends before it starts"
        text = f"The figure {fault}, so it is not known which of the truce's {_hours(truce.hours)} it covers."
        return ((heading, text),)
    if _same(period, truce):
        return ()
    common = period.overlap(truce)
    outside = period.hours - (common.hours if common else 0.0)
    beyond = f", and {_hours(outside)} outside it" if outside > 0.01 else ""
    covered = _hours(common.hours) if common else "none"
    return ((heading, f"The figure covers {covered} of the truce's {_hours(truce.hours)}{beyond}."),)


def _hours(hours: float) -> str:
    return span(timedelta(hours=hours))


def _context(check: ClaimCheck, longest: Interval, agreement: Agreement, seen: Seen) -> tuple[tuple[str, str], ...]:
    """Hours watched, cloud, author, reference act: what stands beside every claim."""
    found = [_watched(check, longest, seen)]
    shares = _cloud(longest, seen.cloud)
    if shares:
        low, high = min(shares), max(shares)
        span_text = percent(low) if percent(low) == percent(high) else f"{percent(low)} to {percent(high)}"
        text = f"Cloud hid {span_text} of the sky on these days; under it a fire is rarely detected."
        found.append(("Cloud", text))
    party = next((p for p in agreement.parties if p.id == check.accused_party), None)
    accused = party.forces if party else check.claim.accused or "nobody by name"
    found.append(("Who", f"Heat does not show who fired. The claim accuses {accused}; no sensor here names anyone."))
    act = seen.act.text()
    covered = "is not known for these hours" if check.coverage is None else f"was {percent(check.coverage)}"
    found.append(("Reference act", f"Coverage, the chance to detect {act}, {covered}."))
    return tuple(found)


def _watched(check: ClaimCheck, longest: Interval, seen: Seen) -> tuple[str, str]:
    """Say how much of the period satellites were passing and what they saw."""
    share = check.pass_hours / longest.hours
    heading = "Most hours were not watched" if share < 0.5 else "Not every hour was watched"
    until = _supposed(check)
    of = f"the figure's {_hours(longest.hours)}"
    common = longest if seen.period is None else longest.overlap(seen.period)
    if common is None:
        return heading, f"None of {of}{until} lies inside the watch's period: nothing was looked at."
    beyond = ""
    if longest.hours - common.hours > 0.01:
        beyond = f" The other {_hours(longest.hours - common.hours)} lie outside the watch's period: not watched."
        of = f"{_hours(common.hours)} of {of}"
    if not check.passes:
        return heading, f"In {of}{until} no satellite passed.{beyond}"
    passes = "one pass" if check.passes == 1 else f"{check.passes} passes"
    pixels = {0: "no fire pixel", 1: "one fire pixel"}.get(
        check.detections_near, f"{check.detections_near} fire pixels"
    )
    text = (
        f"In {of}{until} satellites were passing during {_hours(check.pass_hours)} ({passes}) and saw {pixels} "
        f"within {seen.act.within_km:g}{NBSP}km of the line.{beyond}"
    )
    return heading, text


def _supposed(check: ClaimCheck) -> str:
    """Say which period was taken where the claim's own is not known."""
    if check.hours is not None:
        return ""
    if check.claim.start and not check.claim.end:
        return ", if it ran on to the truce's end,"
    if check.claim.end and not check.claim.start:
        return ", if it began with the truce,"
    return ", taking the whole truce for it,"


def _cloud(period: Interval, cloud: Sequence[CloudDay]) -> list[float]:
    """Every share the cloud table gives for the days a period touches."""
    day = timedelta(days=1)
    touched = [each for each in cloud if each.day < period.end and each.day + day > period.start]
    return [float(share) for each in touched for share in each.shares.values()]
