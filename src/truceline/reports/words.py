# SPDX-License-Identifier: Apache-2.0
"""The words of reports: every sentence that the page, the HTML, the PDF and the terminal share, built from a run.

Four things that mean different things stay apart: *cannot be judged* (a claim, by these sensors), *cannot tell*
(an estimate or a comparison), *not observed* (nothing looked, or nothing we may read) and *none seen* (something
looked, and saw none). How numbers and times are written is in ``formats``; plain facts and place names in ``facts``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import numpy as np

from truceline.base.clock import Interval
from truceline.model.agreement import Agreement
from truceline.model.claim import ClaimCheck, Verdict
from truceline.model.watching import Coverage, LineView, Run
from truceline.reports.calibrated import NOT_CALIBRATED, why_not
from truceline.reports.facts import (
    BLIND_HOURS,
    blind_gaps,
    blind_hours,
    cloud_in,
    denied_rows,
    is_denied,
    last_day,
    near,
    order_of_parties,
    passes_in,
    satellites,
    told,
    untold,
    unwatched,
    watched,
)
from truceline.reports.formats import (
    NBSP,
    clock,
    count,
    day,
    days_text,
    duration,
    number,
    percent,
    percent_range,
    plural,
    rounded,
    sentence,
    stretch,
    withheld_until,
)

CANNOT_TELL = "cannot tell"
NONE_SEEN = "none seen"


def order_sentence(run: Run) -> str:
    """Say that the order alternates, and who comes first here."""
    first = order_of_parties(run)[0].name
    return f"The order of the parties alternates by date; for {day(last_day(run))} {first} is first."


def truce_name(run: Run) -> str:
    """Return the agreement's title as it stands in a sentence: ``The Easter truce``, without the year at its end."""
    title = re.sub(r",?\s+(19|20)\d\d$", "", run.agreement.title.strip().rstrip("."))
    return title if title.casefold().startswith("the ") else f"The {title}"


def headline(run: Run) -> str:
    """Return the first sentence of every report: whether the truce still holds in time, and what was not watched."""
    window = run.agreement.window
    state = "has ended" if run.period.end >= window.end else "is in force"
    if run.period.end < window.start:
        state = "has not begun"
    return f"{truce_name(run)} {state}. {_watched(run)}; {_cloud_clause(run)}."


def lead(run: Run) -> str:
    """Return the second sentence: what was recorded, and that no party can be named."""
    view = run.view
    seen = int(near(run, view).sum())
    within = f"within {view.coverage.act.within_km:g}{NBSP}km of the line"
    found = f"{plural(seen, 'event')} seen {within}" if seen else f"No event was seen {within}"
    return f"{found}{_where_of_100(view.coverage)}. {attribution_sentence(run)}"


def _where_of_100(coverage: Coverage) -> str:
    """What stands behind a count near the line: its coverage, or until when that is withheld."""
    if withheld(coverage) and np.isnan(coverage.share):
        return f"; how many of 100 reference fires would have been detected is {withheld(coverage)}"
    part = f" up to {_moment(coverage.told_until)}" if withheld(coverage) and coverage.told_until else ""
    return f", where{part} of 100 reference fires {_of_100(coverage.share)} would have been detected"


def withheld(coverage: Coverage) -> str:
    """Return ``withheld until 16 April 2026 00:00 UTC`` where coverage of the truce is too young to be told; or ''."""
    return "" if coverage.withheld_until is None else withheld_until(coverage.withheld_until)


def share_text(coverage: Coverage, share: float | None) -> str:
    """Return a share of the truce's coverage, or until when it is withheld: the two are never left blank."""
    if withheld(coverage) and (share is None or np.isnan(share)):
        return withheld(coverage)
    late = f" (up to {_moment(coverage.told_until)})" if withheld(coverage) and coverage.told_until else ""
    return f"{percent(share)}{late}"


def range_text(coverage: Coverage) -> str:
    """Return coverage with its range over the cloud assumptions, or until when it is withheld."""
    if withheld(coverage) and np.isnan(coverage.share):
        return withheld(coverage)
    return f"{share_text(coverage, coverage.share)} ({percent_range(coverage.low, coverage.high)})"


def grain_sentence(run: Run) -> str:
    """Say how coarse places, times and coverage are told; nothing where they are told as measured."""
    if not run.within_km:
        return ""
    young = run.withheld_rest
    held = f" Of days not yet old enough it is withheld; all of it: {withheld_until(young)}." if young else ""
    return (
        f"Made for everybody: places are the middle of cells of {run.within_km:g}{NBSP}km, times are good to "
        f"{run.within_minutes:g}{NBSP}minutes either way, and coverage is told per province and whole UTC day, "
        f"{run.agreement.publication.coverage_delay_hours:g}{NBSP}hours after the day or later.{held}"
    )


def _moment(moment: datetime) -> str:
    return f"{day(moment)} {clock(moment)}"


def attribution_sentence(run: Run) -> str:
    """Say whether any sensor says anything of the author."""
    named = [a for a in run.assessments if a.attribution not in ("none", "sector")]
    if named:
        return f"{plural(len(named), 'assessment')} reach attribution; see each with its reasons."
    return "No party can be named: heat does not show who lit it."


def coverage_sentence(view: LineView) -> str:
    """Say what share of reference acts would have been detected, naming the act and the interval."""
    coverage = view.coverage
    if withheld(coverage) and np.isnan(coverage.share):
        return (
            f"Coverage of the truce, the chance that {coverage.act.text()} would have been detected, is "
            f"{withheld(coverage)}: it is told per province and day once it is old enough. Until then no count tells "
            "how much was missed; a low one is not quiet."
        )
    early = f" up to {_moment(coverage.told_until)}" if withheld(coverage) and coverage.told_until else ""
    later = f" Coverage of what came after is {withheld(coverage)}." if early else ""
    span = percent_range(coverage.low, coverage.high)
    return (
        f"Coverage{early} is {percent(coverage.share)} ({span} under the listed cloud assumptions): of 100 such acts, "
        f"each {coverage.act.text()}, {_of_100(coverage.share)} would have been detected. A low count under low "
        f"coverage is not quiet.{later}"
    )


def gap_sentence(run: Run) -> str:
    """Say how long nothing passed, and the longest stretch, of those hours of the truce that were watched."""
    coverage = run.view.coverage
    gaps = blind_gaps(coverage)
    common, outside = watched(run), unwatched_sentence(run)
    if common is None:
        return outside
    held = withheld(coverage)
    if held:
        young = untold(run) or common
        outside = f"{outside} When satellites could see the truce from {_moment(young.start)} on is {held}.".strip()
        if told(run) is None:
            return outside
        common = told(run) or common
    hours = duration(common.hours)
    outside, its = (f"{outside} ", f"the {hours} {'told of' if held else 'watched'}") if outside else ("", hours)
    if not run.looks:
        of = its if outside else f"the {hours} of the truce"
        what = "rows are there, but of days said not to be had" if denied_rows(run) else "nothing was observed"
        return f"{outside}No satellite pass is known in {of}: {what}."
    if not gaps:
        of = its if outside else f"the truce's {hours}"
        return f"{outside}No stretch of {of} was longer than {duration(BLIND_HOURS)} without a pass."
    longest = max(gaps, key=lambda gap: gap.hours)
    unread = sum(passes_in(run, gap, denied=True) for gap in gaps)
    what = "no satellite passed" if not unread else "no satellite gave anything that could be read"
    if unread and denied_rows(run):
        what = "no satellite gave anything that may be counted"
    there = f" {plural(unread, 'pass', 'passes')} in them fell on days that are not to be had." if unread else ""
    return (
        f"{outside}For {duration(blind_hours(coverage))} of {its} {what}, in "
        f"{plural(len(gaps), 'stretch', 'stretches')}; "
        f"the longest, {stretch(longest)}, lasted {duration(longest.hours)}.{there}"
    )


def unwatched_sentence(run: Run) -> str:
    """Say which hours of the truce lie outside the watch's period; nothing where none do."""
    spans = unwatched(run)
    if not spans:
        return ""
    which = " and ".join(stretch(span) for span in spans)
    hours, whole = sum(span.hours for span in spans), run.agreement.window.hours
    return (
        f"{duration(hours)} of the truce's {duration(whole)} lie outside the watch's period ({which}): not watched. "
        "Coverage counts them as not seen."
    )


def cloud_sentence(run: Run) -> str:
    """Say how much of the sky cloud hid during the truce, per column of the cloud table."""
    found = cloud_in(run, run.agreement.window)
    if not found:
        return "No cloud table covers the truce: how much cloud hid is not known."
    columns = ", ".join(f"{percent(share)} ({name.replace('_', ' ')})" for name, share in sorted(found.items()))
    return f"Cloud over the truce, mean of its hours: {columns}. Under cloud a fire is rarely detected."


def denial_sentence(run: Run) -> str:
    """Say what could not be read, and that it is not zero."""
    if not run.denials:
        return "No stretch of any sensor is reported as unreadable."
    days = sorted({moment for denial in run.denials for moment in _days(denial.interval)})
    return (
        f"{plural(len(run.denials), 'stretch', 'stretches')} of single satellites could not be read "
        f"({days_text(days)}): not observed, never zero."
    )


def seen_sentence(run: Run, view: LineView) -> str:
    """Say what was detected in the truce and near the line."""
    window = run.agreement.window
    held = window.holds(run.detections.time)
    within = view.coverage.act.within_km
    close = held & (view.detection_distance_m <= within * 1000)
    events = near(run, view)
    start = (
        f"{plural(int(held.sum()), 'fire pixel')} in the truce, {number(int(close.sum()))} within {within:g}{NBSP}km"
    )
    denied = denied_rows(run)
    if denied:
        start += f"; {number(denied)} of them on satellite-days said not to be had: shown, not used for rates"
    if not events.any():
        return f"{start}; no event near the line: {NONE_SEEN}, at the coverage above."
    war = run.events.p_act.get("act_of_war")
    found = f"{start}; joined into {plural(int(events.sum()), 'event')} near the line"
    if war is None:
        return f"{found}."
    known = run.events.attributes.get("calibrated")
    good = events if known is None else events & np.asarray(known, dtype=bool)
    told = good & np.isfinite(war)
    if told.any():
        of = "them" if good.sum() == events.sum() else f"the {number(int(good.sum()))} with a probability to show"
        found += (
            f", about {rounded(float(war[told].sum()))} of {of} acts of war by the thermal model, which does not know "
            "the line: it may be none or nearly all"
        )
    lacking = np.flatnonzero(events & ~good)
    if not len(lacking):
        return f"{found}."
    whys = ", or ".join(dict.fromkeys(why_not(run.events, int(i)) for i in lacking))
    why = f"{NOT_CALIBRATED} for these conditions, because {whys}"
    return f"{found}; of {number(len(lacking))} no probability is shown: {why}."


def estimate_sentence(view: LineView) -> str:
    """Say how many acts are compatible with what was seen, or that it cannot be told and why."""
    estimate = view.estimate
    if withheld(view.coverage):
        return f"How many there were is {estimate.reason}."
    if estimate.cannot_tell or estimate.low is None or estimate.high is None:
        return f"How many there were: {CANNOT_TELL}. {sentence(estimate.reason)}"
    if estimate.reason:  # it tells the interval and what it rests on
        return sentence(estimate.reason)
    return f"{estimate_range(view)} {estimate.unit} are compatible with what was seen (90{NBSP}% interval)."


def comparison_sentence(view: LineView) -> str:
    """Say whether there was less in the truce than around it per unit of coverage, or that it cannot be told."""
    comparison = view.comparison
    if comparison.reason.startswith("withheld until"):
        return f"Change against the days before and after is {comparison.reason}."
    if comparison.cannot_tell or comparison.ratio is None or comparison.low is None or comparison.high is None:
        return f"Change against the days before and after: {CANNOT_TELL}. {sentence(comparison.reason)}"
    if comparison.reason:  # it tells the ratio, its interval and under how many assumptions
        return sentence(comparison.reason)
    kind = "fewer" if comparison.high < 1 else "more"
    return f"Per unit of coverage {kind} acts were seen in the truce than around it: {ratio_range(view)} (90{NBSP}%)."


def ratio_range(view: LineView) -> str:
    """Return the ratio and its interval, also where it decides nothing: ``0.8 (0.2 to 3.1)``, or *cannot tell*."""
    found = view.comparison
    if found.reason.startswith("withheld until"):
        return "withheld"
    if found.ratio is None or found.low is None or found.high is None:
        return CANNOT_TELL
    return f"{found.ratio:.2f} ({found.low:.2f} to {found.high:.2f})"


def estimate_range(view: LineView) -> str:
    """Return ``65 to 550``, or *cannot tell*."""
    estimate = view.estimate
    if withheld(view.coverage):
        return "withheld"
    if estimate.cannot_tell or estimate.low is None or estimate.high is None:
        return CANNOT_TELL
    return f"{rounded(estimate.low)} to {rounded(estimate.high)}"


def claimant_name(run: Run, check: ClaimCheck) -> str:
    """Return who says it: the party's short name, else the claimant as the source names them."""
    return _party_name(run.agreement, check.claimant_party) or check.claim.claimant


def accused_name(run: Run, check: ClaimCheck) -> str:
    """Return whom it accuses: the party's forces, else as the source names them."""
    for party in run.agreement.parties:
        if party.id == check.accused_party:
            return party.forces
    return check.claim.accused


def claim_figure(check: ClaimCheck) -> str:
    """Return ``more than 500``, ``1,971``, or that only a breakdown was given."""
    claim = check.claim
    if claim.value is None:
        return "no total given"
    return f"{claim.qualifier} {number(claim.value)}".strip()


def claim_count(check: ClaimCheck) -> str:
    """Return the figure with its unit, ``1,971 ceasefire violations``, as far as they are stated."""
    return f"{claim_figure(check)} {check.claim.unit}".strip()


def claim_period(check: ClaimCheck) -> str:
    """Return the hours the claim covers, as far as they are stated."""
    claim = check.claim
    if claim.start and claim.end:
        return stretch(Interval(claim.start, claim.end))
    if claim.start:
        return f"from {day(claim.start)} {clock(claim.start)}; cut-off not stated"
    if claim.end:
        return f"to {day(claim.end)} {clock(claim.end)}; start not stated"
    return "period not stated"


def verdict_text(verdict: Verdict) -> str:
    """Return the verdict as pages show it: *cannot be judged by these sensors*, *consistent with what was seen*…."""
    if verdict is Verdict.CANNOT_BE_JUDGED:
        return "cannot be judged by these sensors"
    return f"{verdict.value} with what was seen"


def claim_sentence(run: Run, check: ClaimCheck) -> str:
    """Return one sentence: who claims what about when, and what these sensors can say of it."""
    why = f" {sentence(check.reasons[0][1])}" if check.reasons else ""
    return (
        f"{claimant_name(run, check)} claims {claim_count(check)} by {accused_name(run, check)} "
        f"({claim_period(check)}): {verdict_text(check.verdict)}.{why}"
    )


def claim_reasons(run: Run, checks: Sequence[ClaimCheck]) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """Return reasons by whom they concern: those of all claims under ``all figures``, then each claim's own."""
    if not checks:
        return []
    shared = tuple(reason for reason in checks[0].reasons if all(reason in check.reasons for check in checks))
    found = [("all figures", shared)] if shared else []
    for check in checks:
        own = tuple(reason for reason in check.reasons if reason not in shared)
        if own:
            found.append((f"{claimant_name(run, check)}, {claim_figure(check)}", own))
    return found


def line_sentence(run: Run) -> str:
    """Say how much the results depend on whose line it is."""
    if len(run.lines) < 2:
        return f"Only one was used ({run.view.title}). Give another with --line to see how much depends on whose it is."
    parts = [
        f"{view.title}: {number(view.line.length_m / 1000)}{NBSP}km, "
        f"{plural(int(near(run, view).sum()), 'event')} near, "
        f"coverage {share_text(view.coverage, view.coverage.share)}, compatible {estimate_range(view)}"
        for view in run.lines
    ]
    return f"Whose line: {'; '.join(parts)}."


def records_sentence(run: Run) -> str:
    """Say that nothing vanished: rows read, detections, rejected; passes read and passes that were denied."""
    unread = sum(is_denied(run, look) for look in run.looks)
    lost = f", and {number(unread)} that could not be read" if unread else ""
    held = "; passes of the days that are still withheld are not counted" if run.withheld_rest else ""
    return (
        f"{plural(run.rows_read, 'row')} read = {plural(len(run.detections), 'detection')} + "
        f"{number(len(run.rejected))} rejected; {plural(len(run.looks) - unread, 'pass', 'passes')} over the line "
        f"read, those without a row too{lost}{held}."
    )


def _watched(run: Run) -> str:
    """The headline's middle: how long no satellite passed."""
    coverage, common = run.view.coverage, watched(run)
    if common is None:
        return "None of its hours lies in the watch's period: nothing was watched"
    held = withheld(coverage)
    if held and told(run) is None:
        return f"When nobody could look is {held}"
    common = told(run) or common
    hours = common.hours
    whole = f"{hours:g}{NBSP}hours" if float(hours).is_integer() else duration(hours)
    whole = f"the {whole} watched of its {duration(coverage.window.hours)}" if unwatched(run) else f"its {whole}"
    if held:
        whole = f"the first {hours:g}{NBSP}hours that may be told of (the rest is {held})"
    names = satellites(run)
    unread = passes_in(run, common, denied=True)
    if not names or not passes_in(run, common):
        if denied_rows(run):
            return f"No pass in {whole} counts as read: rows are there, but of days said not to be had"
        if unread:
            return f"Nothing was observed in {whole}: {plural(unread, 'pass', 'passes')} could not be read"
        return f"No satellite pass is known for any of {whole}"
    blind = blind_hours(coverage)
    if blind <= 0:
        return f"Satellites passed at least every {duration(BLIND_HOURS)} of {whole}"
    if unread:
        return f"Nothing that could be read passed for {duration(blind)} of {whole}"
    who = {1: "The one fire satellite did not pass", 2: "Neither of the two fire satellites passed"}.get(len(names), "")
    who = who or f"None of the {count(len(names))} fire satellites passed"
    return f"{who} for {duration(blind)} of {whole}"


def _cloud_clause(run: Run) -> str:
    """The headline's end: what cloud did to the rest."""
    found = cloud_in(run, run.agreement.window)
    if not found:
        return "how much cloud hid is not known"
    mean = sum(found.values()) / len(found)
    if mean >= 0.5:
        return "cloud hid most of the rest"
    return "cloud hid part of the rest" if mean >= 0.2 else "the sky was mostly clear for the rest"


def _of_100(share: float) -> str:
    """How many of a hundred, in words for a sentence."""
    if np.isnan(share):
        return "an unknown number"
    return "fewer than 1" if share < 0.005 else f"about {share * 100:.0f}"


def _days(interval: Interval) -> list[date]:
    """The UTC days an interval touches."""
    last = max(interval.start, interval.end - timedelta(microseconds=1)).date()
    return [interval.start.date() + timedelta(days=n) for n in range((last - interval.start.date()).days + 1)]


def _party_name(agreement: Agreement, party_id: str | None) -> str | None:
    """A party's short name by id."""
    return next((party.name for party in agreement.parties if party.id == party_id), None)
