# SPDX-License-Identifier: Apache-2.0
"""Time axes of a report: the truce with its passes and gaps, and all days of the watch with what was denied."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import numpy as np

from truceline.base.clock import Interval, from_column
from truceline.model.watching import Run
from truceline.reports import words
from truceline.reports.facts import blind_gaps, near, pass_groups, satellites, untold, unwatched
from truceline.reports.formats import NBSP, day, duration, percent, stretch
from truceline.reports.svg import Canvas, Palette, shortened, text_width

_WIDTH = 720.0
_MARGIN = 130.0
_STACK = 4
Across = Callable[[datetime], float]
"""From a moment to x in the picture."""


def truce_axis_svg(run: Run, palette: Palette) -> str:
    """Return the truce as a band: passes as strokes, stretches without one hatched and named, events as rings."""
    window = run.agreement.window
    across = _scale(window, 6, _WIDTH - 6)
    canvas = Canvas("truce", _WIDTH, 150, palette)
    top, bottom = 40.0, 100.0
    canvas.rect(across(window.start), top, across(window.end) - across(window.start), bottom - top, palette.fog)
    held = untold(run)
    for group in pass_groups(run.view.coverage, (*unwatched(run), *((held,) if held else ()))):
        canvas.rect(
            across(group.start), top, across(group.end) - across(group.start), bottom - top, palette.coverage[2]
        )
    gaps = blind_gaps(run.view.coverage)
    for gap in gaps:
        canvas.fogged(across(gap.start), top, across(gap.end) - across(gap.start), bottom - top)
    for look in run.looks:
        common = window.overlap(look.interval)
        if common:
            canvas.line(across(common.start), top - 5, across(common.start), bottom, palette.seen, 1.6)
    for gap in unwatched(run):
        left, right = across(gap.start), across(gap.end)
        canvas.fogged(left, top, right - left, bottom - top)
        if right - left > text_width("not watched", 12) + 20:
            canvas.boxed((left + right) / 2, (top + bottom) / 2, "not watched")
    if held:
        left, right = across(held.start), across(held.end)
        canvas.fogged(left, top, right - left, bottom - top)
        if right - left > text_width("withheld", 12) + 20:
            canvas.boxed((left + right) / 2, (top + bottom) / 2, "withheld")
    for gap in gaps:
        _name_gap(canvas, across(gap.start), across(gap.end), (top + bottom) / 2, gap)
    if gaps and not any("no satellite" in part for part in canvas.parts):
        many = f"{len(gaps)} stretches without a satellite, the longest {duration(max(g.hours for g in gaps))}"
        canvas.boxed(_WIDTH / 2, (top + bottom) / 2, many)
    _truce_events(canvas, run, across, bottom)
    _bracket(canvas, across(window.start), across(window.end), top - 10, f"truce, {stretch(window)}")
    _clock_ticks(canvas, window, across, bottom, run.agreement.local_offset_hours)
    return canvas.text(f"The truce in time: {stretch(window)}", words.gap_sentence(run))


def days_axis_svg(run: Run, palette: Palette) -> str:
    """Return every day of the watch: per satellite its passes and what was denied, then events near the line, cloud."""
    names = satellites(run)
    rows = sorted({*names, *(denial.sensor for denial in run.denials)})
    across = _scale(run.period, _MARGIN, _WIDTH - 4)
    top, step = 34.0, 24.0
    foot = top + step * len(rows)
    canvas = Canvas("days", _WIDTH, foot + 92, palette)
    for row, sensor in enumerate(rows):
        y = top + row * step
        canvas.label(_MARGIN - 8, y + 14, shortened(sensor, 12, _MARGIN - 8), anchor="end")
        canvas.rect(_MARGIN, y, _WIDTH - 4 - _MARGIN, step - 4, palette.coverage[1], extra="fill-opacity:.5")
        for look in run.looks:
            common = run.period.overlap(look.interval)
            if look.sensor == sensor and common:
                x = across(common.start)
                canvas.line(x, y, x, y + step - 4, palette.seen, 1)
        for denial in run.denials:
            common = run.period.overlap(denial.interval)
            if denial.sensor == sensor and common:
                canvas.fogged(across(common.start), y, across(common.end) - across(common.start), step - 4, step=4.5)
    _day_events(canvas, run, across, foot)
    _cloud(canvas, run, across, foot + 30)
    truce = run.period.overlap(run.agreement.window)
    if truce:
        _bracket(canvas, across(truce.start), across(truce.end), top - 8, "truce")
    _day_ticks(canvas, run.period, across, foot + 54)
    denied = words.denial_sentence(run)
    return canvas.text(f"The watch in time: {stretch(run.period)}", f"{denied} {words.cloud_sentence(run)}")


def _scale(span: Interval, left: float, right: float) -> Across:
    total = max((span.end - span.start).total_seconds(), 1.0)
    return lambda moment: left + (moment - span.start).total_seconds() / total * (right - left)


def _name_gap(canvas: Canvas, left: float, right: float, y: float, gap: Interval) -> None:
    """Words over the hatch, where they fit: a gap is never only a pattern."""
    middle, text, under = (left + right) / 2, duration(gap.hours), "no satellite passed"
    wide = text_width(under, 12) + 20 < right - left
    if wide:
        canvas.boxed(middle, y + 9, under, size=12, bold=False)
    if wide or text_width(text, 12) + 20 < right - left:
        canvas.boxed(middle, y - (9 if wide else 0), text)


def _bracket(canvas: Canvas, left: float, right: float, y: float, text: str) -> None:
    """A bracket over a stretch, its words to the side with room."""
    for x in (left, right):
        canvas.line(x, y, x, y + 10, canvas.palette.text, 1.6)
    canvas.line(left, y, right, y, canvas.palette.text, 1.6)
    width = text_width(text, 12)
    middle = min(max((left + right) / 2, width / 2), canvas.width - width / 2)
    canvas.label(middle, y - 6, text, anchor="middle", bold=True)


def _truce_events(canvas: Canvas, run: Run, across: Across, bottom: float) -> None:
    """A ring for each event near the line at its first moment, those of one moment above each other; ``+7`` if more."""
    stacks: dict[int, list[float]] = {}
    for i in np.flatnonzero(near(run, run.view)):
        x = across(max(from_column(run.events.first[i]), run.agreement.window.start))
        stacks.setdefault(round(x / 8), []).append(x)
    for stack in stacks.values():
        for level, x in enumerate(stack[:_STACK]):
            y = bottom - 7 - 11 * level
            canvas.circle(x, y, 4, fill=canvas.palette.panel, stroke=canvas.palette.happened, width=1.6)
        if len(stack) > _STACK:
            canvas.label(stack[0], bottom - 7 - 11 * _STACK + 5, f"+{len(stack) - _STACK}", anchor="middle", halo=True)


def _clock_ticks(canvas: Canvas, window: Interval, across: Across, y: float, offset: float) -> None:
    """Two clocks, UTC first; a tick every three hours, or as many as there is room for."""
    step = next(hours for hours in (1, 3, 6, 12, 24, 72, 168) if window.hours / hours <= 12 or hours == 168)
    moment = window.start.replace(minute=0, second=0, microsecond=0)
    moment -= timedelta(hours=moment.hour % min(step, 24))
    while moment <= window.end:
        x = across(moment)
        if moment >= window.start and 20 <= x <= _WIDTH - 20:
            canvas.line(x, y, x, y + 5, canvas.palette.edges)
            midnight = moment.hour == 0
            canvas.label(x, y + 18, day(moment) if midnight else f"{moment:%H:%M}", anchor="middle", bold=True)
            local = moment.astimezone(timezone(timedelta(hours=offset)))
            canvas.label(x, y + 33, f"{local:%H:%M}", anchor="middle", fill=canvas.palette.text2)
        moment += timedelta(hours=step)
    canvas.label(
        6,
        y + 48,
        f"upper clock UTC (a date is 00:00), lower clock local, {_offset(offset)}; strokes are passes, "
        "rings events near the line",
        size=11,
        fill=canvas.palette.text2,
    )


def _offset(hours: float) -> str:
    """``UTC+3``, ``UTC-9:30``."""
    whole, minutes = divmod(round(abs(hours) * 60), 60)
    return f"UTC{'-' if hours < 0 else '+'}{whole}" + (f":{minutes:02d}" if minutes else "")


def _day_events(canvas: Canvas, run: Run, across: Across, y: float) -> None:
    """How many events near the line each day, or each few days where there are many; a dash where none was read."""
    view, events = run.view, run.events
    close = view.distance_m <= view.coverage.act.within_km * 1000
    canvas.label(_MARGIN - 8, y + 16, f"events ≤{NBSP}{view.coverage.act.within_km:g}{NBSP}km", anchor="end")
    sensors = {look.sensor for look in run.looks}
    days = _days(run.period)
    step = max(1, -(-len(days) // 26))
    for some in (days[n : n + step] for n in range(0, len(days), step)):
        held = int((close & Interval(some[0].start, some[-1].end).holds(events.first)).sum())
        blind = bool(sensors) and all(sensors <= _denied(run, each) for each in some)
        x = (across(some[0].start) + across(some[-1].end)) / 2
        canvas.label(x, y + 16, "–" if blind and not held else str(held), anchor="middle", bold=bool(held))


def _denied(run: Run, each: Interval) -> set[str]:
    """Sensors of which the whole day could not be read."""
    return {d.sensor for d in run.denials if d.interval.start <= each.start and d.interval.end >= each.end}


def _cloud(canvas: Canvas, run: Run, across: Across, y: float) -> None:
    """Cloud per day as a bar whose height is the share hidden, mean of the table's columns."""
    canvas.label(_MARGIN - 8, y + 14, "cloud, 0 to 100", anchor="end")
    canvas.line(_MARGIN, y, _WIDTH - 4, y, canvas.palette.fog)
    for row in run.cloud:
        common = run.period.overlap(Interval(row.day, row.day + timedelta(days=1)))
        if common is None or not row.shares:
            continue
        share = sum(row.shares.values()) / len(row.shares)
        left, right = across(common.start), across(common.end)
        canvas.rect(left + 0.5, y + 20 * (1 - share), right - left - 1, 20 * share, canvas.palette.hatch)
        text = percent(share)
        if text_width(text, 11) + 10 < right - left:
            canvas.label((left + right) / 2, y + 16, text, size=11, anchor="middle", halo=True)


def _day_ticks(canvas: Canvas, period: Interval, across: Across, y: float) -> None:
    """Days of the month, the month where it begins."""
    days = _days(period)
    every = max(1, round(len(days) / 26))
    for row, each in enumerate(days):
        canvas.line(across(each.start), y, across(each.start), y + 4, canvas.palette.edges)
        if row % every == 0:
            x = (across(each.start) + across(each.end)) / 2
            canvas.label(x, y + 16, str(each.start.day), anchor="middle", fill=canvas.palette.text2)
    canvas.label(_MARGIN - 8, y + 16, f"{period.start:%B} {period.start.year}", anchor="end", fill=canvas.palette.text2)
    canvas.label(
        _MARGIN,
        y + 34,
        "strokes are passes, with a row or without; hatched: not observed, never 0; –: no satellite could be read",
        size=11,
        fill=canvas.palette.text2,
    )


def _days(period: Interval) -> list[Interval]:
    """The UTC days of a period, cut to it."""
    start = period.start.replace(hour=0, minute=0, second=0, microsecond=0)
    count = int(np.ceil((period.end - start).total_seconds() / 86400))
    found = (Interval(start + timedelta(days=n), start + timedelta(days=n + 1)).overlap(period) for n in range(count))
    return [each for each in found if each is not None]
