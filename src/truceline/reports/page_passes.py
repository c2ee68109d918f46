# SPDX-License-Identifier: Apache-2.0
"""Passes, the gaps between them, denied days and cloud, as the page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from truceline.base.clock import Interval
from truceline.base.geo import Floats, metres_per_degree
from truceline.model.look import Look
from truceline.model.watching import Run
from truceline.reports.facts import BLIND_HOURS, blind_gaps, is_denied
from truceline.reports.formats import NBSP, clock, day, duration, number, plural, stretch, withheld_until

_EVERY_M = 15_000.0
"""Distance between the points along the line by which a pass is told to be over it."""


@dataclass(frozen=True)
class Group:
    """Passes over the line that follow each other closely."""

    interval: Interval
    """From the first to the last moment at which one of them was abeam of a place near the line."""

    looks: tuple[Look, ...]
    """In order of time."""


def over_line(run: Run) -> list[tuple[Look, Interval]]:
    """Return the readable passes that cover a place near the line, with first and last moment abeam, in order."""
    line, reach = run.view.line, run.view.coverage.act.within_km * 500
    along = np.linspace(0.0, line.length_m, max(2, round(line.length_m / _EVERY_M)))
    sides = [line.offset(along, np.full(len(along), left)) for left in (-reach, reach)]
    lon, lat = np.concatenate([one[0] for one in sides]), np.concatenate([one[1] for one in sides])
    found = []
    for look in readable(run):
        covered, seconds = sees(look, lon, lat)
        if covered.any():
            ends = abeam(look, float(seconds[covered].min())), abeam(look, float(seconds[covered].max()))
            found.append((look, Interval(*ends)))
    return sorted(found, key=lambda pair: (pair[1], pair[0].sensor))


def groups(passes: Sequence[tuple[Look, Interval]]) -> list[Group]:
    """Return passes, in order of time, as groups parted by ``BLIND_HOURS`` or more, as coverage groups them."""
    found: list[list[tuple[Look, Interval]]] = []
    end: datetime | None = None
    for look, span in passes:
        if end is None or (span.start - end).total_seconds() >= BLIND_HOURS * 3600:
            found.append([])
        found[-1].append((look, span))
        end = max(span.end, end) if end else span.end
    return [
        Group(Interval(each[0][1].start, max(span.end for _, span in each)), tuple(look for look, _ in each))
        for each in found
    ]


def readable(run: Run) -> list[Look]:
    """Return the passes that were not denied, in order of time."""
    found = [look for look in run.looks if not is_denied(run, look)]
    return sorted(found, key=lambda one: (one.interval.start, one.sensor))


def long_gaps(run: Run) -> list[Interval]:
    """Return the stretches of the period outside all groups of readable passes over the line, in order of time.

    Inside the truce they are coverage's own, so that page and report agree to the minute.
    """
    return [gap for gap in _between(run, groups(over_line(run))) if gap.hours >= BLIND_HOURS]


def _between(run: Run, found: Sequence[Group]) -> list[Interval]:
    """What lies before, between and after the groups, long or not: one more than there are groups."""
    edges = [run.period.start]
    for group in found:
        edges += [group.interval.start, max(group.interval.start, group.interval.end)]
    until = run.view.coverage.told_until  # of what is younger a gap row tells that it is withheld
    edges.append(run.period.end if until is None else max(edges[-1], until))
    pairs = [(edges[i], max(edges[i], edges[i + 1])) for i in range(0, len(edges), 2)]
    return [
        _as_coverage(run, gap) if gap.hours >= BLIND_HOURS else gap
        for gap in (Interval(start, end) for start, end in pairs)
    ]


def _as_coverage(run: Run, gap: Interval) -> Interval:
    """The gap with those ends that lie in the truce moved to where coverage has them."""
    window = run.agreement.window
    for one in blind_gaps(run.view.coverage):
        common = gap.overlap(one)
        if common is not None and common.hours > one.hours / 2:
            start = one.start if one.start > window.start else gap.start
            return Interval(start, one.end if one.end < window.end else max(gap.end, one.end))
    return gap


def gaps_within(run: Run, window: Interval) -> list[Interval]:
    """Return the long gaps cut to a window, in order."""
    return [cut for gap in long_gaps(run) if (cut := gap.overlap(window)) is not None]


def looks_column(run: Run) -> dict[str, Any]:
    """Return the passes as columns; ``rows`` counts the detections of that sensor within the pass."""
    looks = sorted(run.looks, key=lambda one: (one.interval.start, one.sensor))
    sensors = sorted({look.sensor for look in looks})
    over = {id(look) for look, _ in over_line(run)}
    return {
        "sensors": sensors,
        "sensor": [sensors.index(look.sensor) for look in looks],
        "start": [int(look.interval.start.timestamp()) for look in looks],
        "end": [int(look.interval.end.timestamp()) for look in looks],
        "daylight": [int(look.daylight) for look in looks],
        "rows": _rows(run, looks),
        "denied": [int(is_denied(run, look)) for look in looks],
        "over": [int(id(look) in over) for look in looks],
        "index": [look.index for look in looks],
        "basis": sorted({look.basis for look in looks}),
        "sigma_s": {s: round(max(one.sigma_s for one in looks if one.sensor == s), 1) for s in sensors},
    }


def _rows(run: Run, looks: Sequence[Look]) -> list[int]:
    """Detections of each look's sensor within two minutes (and two sigma) of the pass."""
    if run.within_minutes:
        return [run.rows_of.get(look.index, 0) for look in looks]
    found = []
    for look in looks:
        slack = timedelta(seconds=120 + 2 * look.sigma_s)
        near = Interval(look.interval.start - slack, look.interval.end + slack).holds(run.detections.time)
        found.append(int((near & (run.detections.sensor == look.sensor)).sum()))
    return found


def gap_rows(run: Run) -> list[dict[str, Any]]:
    """Return every long gap of the period with its words, and its words cut to the truce (empty outside it)."""
    window = run.agreement.window
    found = [
        {
            "truce": "" if (cut := gap.overlap(window)) is None else _gap_text(cut),
            "truce_length": "" if cut is None else duration(cut.hours),
            "start": int(gap.start.timestamp()),
            "end": int(gap.end.timestamp()),
            "length": duration(gap.hours),
            "text": _gap_text(gap),
        }
        for gap in long_gaps(run)
    ]
    return [*found, *_withheld_row(run)]


def _withheld_row(run: Run) -> list[dict[str, Any]]:
    """The stretch of which nothing is told yet, as a row beside the gaps: what is withheld is never blank."""
    until, rest = run.view.coverage.told_until, run.withheld_rest
    if until is None or rest is None or until >= run.period.end:
        return []
    span = Interval(max(until, run.period.start), run.period.end)
    cut = span.overlap(run.agreement.window)
    text = f"{{}}: whether anything could be seen is {withheld_until(rest)}"
    return [
        {
            "truce": "" if cut is None else text.format(stretch(cut)),
            "truce_length": "" if cut is None else "withheld",
            "start": int(span.start.timestamp()),
            "end": int(span.end.timestamp()),
            "length": "withheld",
            "text": text.format(stretch(span)),
        }
    ]


def _gap_text(gap: Interval) -> str:
    return f"{stretch(gap)}: nothing could be seen for {duration(gap.hours)}"


def group_rows(run: Run) -> list[dict[str, Any]]:
    """Return every group of passes with its words and the day's cloud.

    A group begins and ends where the gaps beside it end and begin: read one below the other, they join.
    """
    found = groups(over_line(run))
    gaps = _between(run, found)
    spans = [Interval(gaps[i].end, max(gaps[i].end, gaps[i + 1].start)) for i in range(len(found))]
    return [
        {
            "start": int(span.start.timestamp()),
            "end": int(span.end.timestamp()),
            "title": stretch(span),
            "passes": plural(len(group.looks), "pass", "passes"),
            "cloud": cloud_text(run, span.start),
        }
        for group, span in zip(found, spans, strict=True)
    ]


def cloud_share(run: Run, moment: datetime) -> float | None:
    """Return the mean cloud of that UTC day, in the ``east`` where the table has it, else its first column."""
    for row in run.cloud:
        if row.day.date() == moment.astimezone(UTC).date() and row.shares:
            return row.shares.get("east", next(iter(row.shares.values())))
    return None


def cloud_text(run: Run, moment: datetime) -> str:
    """Return ``cloud 70 %`` or ``cloud not known``."""
    share = cloud_share(run, moment)
    return "cloud not known" if share is None else f"cloud {share * 100:.0f}{NBSP}%"


def cloud_rows(run: Run) -> dict[str, Any]:
    """Return the cloud table of the period: a row a day, shares in whole per cent."""
    rows = [row for row in run.cloud if run.period.start - timedelta(days=1) < row.day < run.period.end]
    columns = list(dict.fromkeys(key for row in rows for key in row.shares))
    shown = "east" if "east" in columns else columns[0] if columns else ""
    return {
        "shown": shown,
        "day": [int(row.day.timestamp()) for row in rows],
        "share": [round(row.shares[shown] * 100) if shown in row.shares else None for row in rows],
        "columns": columns,
    }


def denial_rows(run: Run) -> list[dict[str, Any]]:
    """Return every denial with its words."""
    found = []
    for denial in sorted(run.denials, key=lambda one: (one.interval.start, one.sensor)):
        rows = denial.detail.get("rows")
        known = f"; about {number(rows)} rows exist" if isinstance(rows, int) else ""
        found.append(
            {
                "sensor": denial.sensor,
                "start": int(denial.interval.start.timestamp()),
                "end": int(denial.interval.end.timestamp()),
                "reason": denial.reason,
                "text": f"{day(denial.interval.start)}, {denial.sensor}: {denial.reason}{known}. Not observed, not 0.",
                "index": denial.index,
            }
        )
    return found


def satellite_days(run: Run) -> dict[str, Any]:
    """Return rows read per satellite and UTC day; None where the day was denied: not observed, never zero."""
    first, last = run.period.start.date(), (run.period.end - timedelta(microseconds=1)).date()
    days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    until = run.view.coverage.told_until
    if until is not None:  # a day too young to be told is left out: it may have been denied
        days = [one for one in days if one < until.date()]
    seen = set(run.detections.sensor.tolist()) | {one.sensor for one in run.looks} | {one.sensor for one in run.denials}
    sensors = sorted(seen)
    stamps = run.detections.time.astype("datetime64[D]")
    rows: list[list[int | None]] = []
    for sensor in sensors:
        mine = stamps[run.detections.sensor == sensor]
        line: list[int | None] = [int((mine == np.datetime64(str(one))).sum()) for one in days]
        for denial in (one for one in run.denials if one.sensor == sensor):
            for place, one in enumerate(days):
                midnight = datetime(one.year, one.month, one.day, tzinfo=UTC)
                if denial.interval.overlap(Interval(midnight, midnight + timedelta(days=1))):
                    line[place] = None
        rows.append(line)
    return {"sensors": sensors, "days": [str(one) for one in days], "rows": rows}


def sees(look: Look, lon: Floats, lat: Floats) -> tuple[npt.NDArray[np.bool_], Floats]:
    """Return which places (n,) a pass covers, and the seconds after its start at which it is abeam of each.

    The track is taken as straight between its points, in the local metric frame of each place.
    """
    track = np.array(look.track, dtype=np.float64)
    if len(track) < 2:
        return np.zeros(len(lon), bool), np.zeros(len(lon))
    east, north = metres_per_degree(np.asarray(lat, float))
    x = (track[None, :, 1] - np.asarray(lon)[:, None]) * east[:, None]
    y = (track[None, :, 2] - np.asarray(lat)[:, None]) * north[:, None]
    dx, dy = np.diff(x, axis=1), np.diff(y, axis=1)
    fraction = np.clip(-(x[:, :-1] * dx + y[:, :-1] * dy) / np.maximum(dx**2 + dy**2, 1.0), 0, 1)
    distance = np.hypot(x[:, :-1] + fraction * dx, y[:, :-1] + fraction * dy)
    best = np.argmin(distance, axis=1)
    rows = np.arange(len(lon))
    steps = np.diff(track[:, 0])
    seconds = track[:-1, 0][best] + fraction[rows, best] * steps[best]
    return distance[rows, best] <= look.half_swath_km * 1000, seconds


def abeam(look: Look, seconds: float) -> datetime:
    """Return the moment so many seconds after a pass began."""
    return look.interval.start + timedelta(seconds=float(seconds))


def abeam_clock(look: Look, seconds: float) -> str:
    """Return that moment as ``10:11 UTC``."""
    return clock(abeam(look, seconds))


def seconds_column(times: npt.NDArray[np.datetime64]) -> list[int]:
    """Return times as whole seconds since 1970 UTC."""
    return [int(value) for value in times.astype("datetime64[s]").astype(np.int64)]
