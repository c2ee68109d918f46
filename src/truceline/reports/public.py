# SPDX-License-Identifier: Apache-2.0
"""A run as everybody may see it: what public files and the public page are made of, and nothing else is.

The law is MISSION section 7, its figures are the terms' publication rules. Coverage and blind gaps are told once they
are 72 hours old, per province and whole UTC day; of what is younger it is said until when it is withheld. Events and
detections stand in the middle of cells of 1 km and of stretches of ten minutes either way. What follows from places and
coverage (distances, assessments, names) is worked out anew from these, so that no report can tell more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from truceline.access.release import coarse_place
from truceline.assessment.assess import assess
from truceline.base.clock import Interval, Times, to_column
from truceline.base.geo import Floats
from truceline.coverage import fields
from truceline.coverage.orbit import unit
from truceline.coverage.passes import match, readable
from truceline.model.claim import ClaimCheck, Verdict
from truceline.model.detection import Detections
from truceline.model.event import Events
from truceline.model.look import Denial, Look
from truceline.model.watching import Comparison, Coverage, Estimate, LineView, Run
from truceline.reports.formats import percent, withheld_until

DAY = timedelta(days=1)


def public(run: Run, now: datetime) -> Run:
    """Return the run as everybody may see it at a moment: a function of the run and of whole days, so repeatable."""
    rules = run.agreement.publication
    delay = timedelta(hours=rules.coverage_delay_hours)
    until = _midnight(now - delay)
    told = None if until >= run.period.end else until
    events = coarse_events(run.events, run.agreement.window, rules.impact_km, rules.impact_minutes)
    found = coarse_detections(run.detections, run.agreement.window, rules.impact_km, rules.impact_minutes)
    held = replace(
        run,
        events=events,
        detections=found,
        looks=_old(run.looks, told),
        passes=_old(run.passes, told),
        looks_logged=len(_old(run.passes, told)) if told is not None else run.looks_logged,
        denials=_cut(run.denials, told),
        within_km=rules.impact_km,
        within_minutes=rules.impact_minutes,
        rows_of=_rows(run),
        withheld_rest=None if told is None else _ceiling(run.period.end) + delay,
    )
    lines = tuple(_view(held, view, told, delay) for view in run.lines)
    first = lines[0]
    judged = assess(events, run.agreement, first.distance_m, first.uncertainty_km, first.line)
    number = {(a.event, a.reading, a.provision): a.index for a in run.assessments}
    return replace(
        held,
        lines=lines,
        assessments=tuple(replace(a, index=number.get((a.event, a.reading, a.provision), -1)) for a in judged)
        if run.assessments
        else (),
    )


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _ceiling(moment: datetime) -> datetime:
    return moment if moment == _midnight(moment) else _midnight(moment) + DAY


def _old(looks: tuple[Look, ...], told: datetime | None) -> tuple[Look, ...]:
    return looks if told is None else tuple(look for look in looks if look.interval.end <= told)


def _cut(denials: tuple[Denial, ...], told: datetime | None) -> tuple[Denial, ...]:
    if told is None:
        return denials
    old = (one for one in denials if one.interval.start < told)
    return tuple(replace(one, interval=Interval(one.interval.start, min(one.interval.end, told))) for one in old)


def _rows(run: Run) -> Mapping[int, int]:
    """How many detections each pass gave, by the pass's index: public moments no longer say it."""
    looks = run.passes or run.looks
    return Counter(looks[row].index for row in match(looks, run.detections).tolist() if row >= 0)


# Places and moments.


def _coarse(lon: Floats, lat: Floats, km: float) -> tuple[Floats, Floats]:
    cells = [coarse_place(x, y, km) or (np.nan, np.nan) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]
    both = np.array(cells, dtype=np.float64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _moments(window: Interval, times: Times, minutes: float) -> Times:
    """Middles of stretches of twice ``minutes``, on the true side of the truce's ends: counts must agree."""
    if minutes <= 0:
        return times
    wide = np.int64(120_000_000 * minutes)
    middle = (times.astype("datetime64[us]").astype(np.int64) // wide * wide + wide // 2).astype("datetime64[us]")
    for edge in (to_column(window.start), to_column(window.end)):
        late = times >= edge
        middle = np.where(late, np.maximum(middle, edge), np.minimum(middle, edge - np.timedelta64(1, "s")))
    return np.asarray(middle)


def _sigma(one: Floats, other: Floats, km: float) -> Floats:
    """A round error that holds the measured one and that of the cell (a side's length over the root of twelve)."""
    return np.asarray(np.round(np.hypot(np.maximum(one, other), 1000 * km / np.sqrt(12)), -2), dtype=np.float64)


def coarse_events(old: Events, window: Interval, km: float, minutes: float) -> Events:
    """Return events with places to ``km`` and moments to ``minutes`` either way; ``window`` is the truce."""
    lon, lat = _coarse(old.lon, old.lat, km)
    sigma = _sigma(old.sigma_major_m, old.sigma_minor_m, km)
    return replace(
        old,
        lon=lon,
        lat=lat,
        sigma_major_m=sigma,
        sigma_minor_m=sigma,
        bearing_deg=np.zeros(len(old)),
        first=_moments(window, old.first, minutes),
        last=_moments(window, old.last, minutes),
    )


def coarse_detections(old: Detections, window: Interval, km: float, minutes: float) -> Detections:
    """Return detections as :func:`coarse_events` returns events."""
    lon, lat = _coarse(old.lon, old.lat, km)
    sigma = _sigma(old.sigma_major_m, old.sigma_minor_m, km)
    return replace(
        old,
        lon=lon,
        lat=lat,
        sigma_major_m=sigma,
        sigma_minor_m=sigma,
        bearing_deg=np.zeros(len(old)),
        time=_moments(window, old.time, minutes),
        sigma_s=np.maximum(old.sigma_s, 60 * minutes),
    )


def _view(run: Run, view: LineView, told: datetime | None, delay: timedelta) -> LineView:
    """One line's results from public places; the distance keeps its side of the reference act's, as counts must."""
    near = view.line.nearest(run.events.lon, run.events.lat)
    edge = view.coverage.act.within_km * 1000
    distance = np.where(
        view.distance_m <= edge, np.minimum(near.distance_m, edge), np.maximum(near.distance_m, edge + 1)
    )
    coverage = _coverage(run, view, told, delay)
    held = coverage.withheld_until
    return replace(
        view,
        distance_m=distance,
        along_m=near.along_m,
        on_first_side=view.sides.of(near) if view.sides else near.left,
        coverage=coverage,
        estimate=view.estimate if held is None else _no_estimate(view.estimate, held),
        comparison=view.comparison if run.withheld_rest is None else _no_comparison(run.withheld_rest),
        claims=tuple(_claim(run, check, coverage, told, delay) for check in view.claims),
    )


# What could have been seen.


def _coverage(run: Run, view: LineView, told: datetime | None, delay: timedelta) -> Coverage:
    """Coverage per province and whole day, and its means over what is old enough of the truce."""
    whole, window = view.coverage, view.coverage.window
    areas = _areas(view.coverage, run.place_names)
    hourly = _by_area_day(whole, areas, told)
    late = told is not None and told < window.end
    if told is not None and told <= window.start:
        return replace(
            whole,
            share=np.nan,
            low=np.nan,
            high=np.nan,
            by_side=dict.fromkeys(whole.by_side),
            by_sector=np.full_like(whole.by_sector, np.nan),
            hourly=hourly,
            gaps=(),
            areas=areas,
            told_until=told,
            withheld_until=_ceiling(min(window.end, max(run.period.end, window.start))) + delay,
        )
    part = Interval(window.start, told) if told is not None and late else window
    means = whole
    if late or part.hours < 24:  # a part of a day would tell of hours
        days = part if part.hours >= 24 else Interval(_midnight(part.start), _ceiling(part.end))
        looks = run.passes or run.looks
        seen = tuple(look for look, read in zip(looks, readable(looks, run.denials), strict=True) if read)
        means = fields.coverage(
            whole.line, view.line, view.sides, seen, run.cloud, whole.act, days, run.period, run.extent
        )
    return replace(
        means,
        window=window,
        hourly=hourly,
        observed_share=whole.observed_share,
        by_sector=_by_area(whole, areas, np.where(np.isnan(whole.by_sector), np.nan, means.by_sector)),
        gaps=tuple(cut for gap in whole.gaps if (cut := gap.overlap(part)) is not None and cut.hours > 0),
        areas=areas,
        told_until=told,
        withheld_until=_ceiling(min(window.end, run.period.end)) + delay if late else None,
    )


def _areas(coverage: Coverage, towns: Mapping[str, npt.NDArray[Any]]) -> tuple[str, ...]:
    """The province of each sector: the first-order division of the town nearest its middle, as GeoNames codes it."""
    if not len(towns.get("division", ())):
        return ("region",) * len(coverage.sectors)
    middles = np.array([sector.coordinates[len(sector.coordinates) // 2] for sector in coverage.sectors])
    towards = unit(np.asarray(towns["lon"], float), np.asarray(towns["lat"], float))
    nearest = (unit(middles[:, 0], middles[:, 1]) @ towards.T).argmax(axis=1)
    return tuple(str(towns["division"][row]) for row in nearest)


def _by_area(coverage: Coverage, areas: tuple[str, ...], values: Floats) -> Floats:
    """Values (s, 2, …) as the mean of each sector's province, both sides together; NaN where not observed."""
    lengths = np.array([sector.length_m for sector in coverage.sectors])
    weight = np.nan_to_num(coverage.observed_share) * lengths[:, None]
    weight = weight.reshape(*weight.shape, *([1] * (values.ndim - 2)))
    found = np.full(values.shape, np.nan)
    for area in dict.fromkeys(areas):
        rows = np.array([each == area for each in areas])
        total = float(weight[rows].sum())
        if total > 0:
            found[rows] = (np.nan_to_num(values[rows]) * weight[rows]).sum(axis=(0, 1)) / total
    return np.asarray(np.where(np.isnan(values), np.nan, found), dtype=np.float64)


def _by_area_day(coverage: Coverage, areas: tuple[str, ...], told: datetime | None) -> Floats:
    """The hourly field as means of whole UTC days that are old enough; NaN in all other hours."""
    found = np.full(coverage.hourly.shape, np.nan)
    days = coverage.hours.astype("datetime64[D]")
    for day in np.unique(days):
        rows = days == day
        young = told is not None and day >= np.datetime64(told.date())
        if int(rows.sum()) < 24 or young:
            continue
        mean = _by_area(coverage, areas, coverage.hourly[:, :, rows].mean(axis=2))
        found[:, :, rows] = mean[:, :, None]
    return found


def _no_estimate(estimate: Estimate, until: datetime) -> Estimate:
    reason = f"{withheld_until(until)}, as it rests on coverage of days that are too young to be told"
    return replace(estimate, low=None, mid=None, high=None, wide=None, cannot_tell=True, reason=reason, assumptions=())


def _no_comparison(until: datetime) -> Comparison:
    reason = f"{withheld_until(until)}, as it rests on coverage of days that are too young to be told"
    return Comparison(None, None, None, cannot_tell=True, reason=reason, assumptions=())


def _claim(run: Run, check: ClaimCheck, coverage: Coverage, told: datetime | None, delay: timedelta) -> ClaimCheck:
    """A claim beside coverage of whole days; of days too young to be told, without passes, hours or a verdict."""
    window = coverage.window
    start = max(check.claim.start or window.start, run.period.start)
    end = min(check.claim.end or window.end, run.period.end)
    kept = tuple((heading, text) for heading, text in check.reasons if heading not in ("Reference act", "Cloud"))
    if told is not None and end > told:
        until = _ceiling(end) + delay
        said = ("Too young to be judged in public", f"How these hours were covered is {withheld_until(until)}.")
        about = tuple(pair for pair in kept if pair[0] in ("Different things are counted", "Who"))
        return replace(
            check,
            verdict=Verdict.CANNOT_BE_JUDGED,
            reasons=(said, *about),
            coverage=None,
            passes=0,
            pass_hours=0.0,
        )
    if start >= end:
        return replace(check, coverage=None)
    share = None if check.coverage is None else _days_share(coverage, Interval(_midnight(start), _ceiling(end)))
    text = "is not known" if share is None else f"was {percent(share)}"
    cloud = tuple(pair for pair in check.reasons if pair[0] == "Cloud")
    act = f"Coverage, the chance to detect {coverage.act.text()}, {text} on the whole days that these hours touch."
    return replace(check, coverage=share, reasons=(*kept, *cloud, ("Reference act", act)))


def _days_share(coverage: Coverage, days: Interval) -> float | None:
    """Mean coverage of the line over whole days, both sides, hours not observed counting as not covered."""
    rows = (coverage.hours >= to_column(days.start)) & (coverage.hours < to_column(days.end))
    if not rows.any() or not np.isfinite(coverage.hourly[:, :, rows]).any():
        return None
    lengths = np.array([sector.length_m for sector in coverage.sectors])
    weight = (np.nan_to_num(coverage.observed_share) * lengths[:, None])[:, :, None]
    seen = (np.nan_to_num(coverage.hourly[:, :, rows]) * weight).sum(axis=(0, 1)) / (2 * lengths.sum())
    return round(float(seen.mean()), 4)
