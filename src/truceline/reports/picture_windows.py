# SPDX-License-Identifier: Apache-2.0
"""The windows of each reading as bars on one time axis, and the events, each marked by what the reading makes of it."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from truceline.base.clock import Interval
from truceline.lang import Catalogue
from truceline.model.agreement import EARLIEST, LATEST, Reading
from truceline.reports.svg import SCREEN, Canvas, shortened, text_width

WIDTH = 760.0
_LEFT, _RIGHT = 176.0, WIDTH - 10
_ROW, _BAR = 44.0, 16.0
_LEVELS = 4
"""Rows of numbers above the bars before they run into each other."""


@dataclass(frozen=True)
class Bar:
    """One window of one reading."""

    reading: Reading
    """Whose."""

    window: Interval | None
    """When it binds; None: no source says."""

    provisions: tuple[str, ...]
    """Provisions that bind then; empty: all of the reading's."""

    open: tuple[Interval, ...]
    """Parts of it in which an exception is open, so that it may bind or not."""


@dataclass(frozen=True)
class Mark:
    """One event on the axis."""

    number: int
    """Its number on the page."""

    shown: datetime
    """When, as it may be shown."""

    kinds: Mapping[str, str]
    """What each reading makes of it, by the reading's id: ``breach doubtful cannot_tell none absent``."""


def bars(readings: Sequence[Reading]) -> list[Bar]:
    """Return a bar for each window of each reading, in the order of readings and provisions."""
    found = []
    for reading in readings:
        windows: dict[Interval | None, list[str]] = {}
        gaps: dict[Interval | None, dict[Interval, None]] = {}
        for each in reading.provisions:
            if each.rule == "permitted":
                continue
            window = None if "window" in each.unknown else each.window
            windows.setdefault(window, []).append(each.id)
            parts = [
                e.window.overlap(each.window) for e in each.exceptions if e.window is not None and window is not None
            ]
            gaps.setdefault(window, {}).update(dict.fromkeys(part for part in parts if part is not None))
        for window, names in windows.items():
            found.append(Bar(reading, window, tuple(names) if len(windows) > 1 else (), tuple(gaps[window])))
    return found


def span(rows: Sequence[Bar], marks: Sequence[Mark]) -> Interval | None:
    """Return the stretch to draw: every known end of a window, every event, a little more; None: nothing known."""
    moments = [mark.shown for mark in marks]
    for bar in rows:
        if bar.window is not None:
            moments += [bar.window.start] if bar.window.start > EARLIEST else []
            moments += [bar.window.end] if bar.window.end < LATEST else []
    if not moments:
        return None
    more = max((max(moments) - min(moments)) / 20, timedelta(hours=1))
    return Interval(min(moments) - more, max(moments) + more)


def windows_svg(rows: Sequence[Bar], marks: Sequence[Mark], words: Catalogue, title: str, description: str) -> str:
    """Return the picture; empty where neither a window's end nor an event gives it a stretch of time.

    Args:
        rows: from :func:`bars`.
        marks: events by time.
        words: language of what is written.
        title: for those who do not see it.
        description: the same in a few sentences.
    """
    period = span(rows, marks)
    if period is None:
        return ""
    levels = _levels(marks, period)
    top = 12.0 + 16 * (max(levels, default=0) + 1)
    foot = top + _ROW * len(rows)
    canvas = Canvas("windows", WIDTH, foot + 76, SCREEN)
    _grid(canvas, period, top, foot, words)
    for row, bar in enumerate(rows):
        _bar(canvas, bar, period, top + row * _ROW, words, first=row == 0 or rows[row - 1].reading.id != bar.reading.id)
    placed = [
        (mark, _across(period, mark.shown), top - 14 - 16 * level) for mark, level in zip(marks, levels, strict=True)
    ]
    for _, x, y in placed:
        canvas.line(x, y + 4, x, foot, SCREEN.happened, 1.2)
    for mark, x, y in placed:
        if y >= top - 14 - 16 * (_LEVELS - 1):
            canvas.label(x, y, str(mark.number), anchor="middle", bold=True, halo=True)
        for row, bar in enumerate(rows):
            if row == 0 or rows[row - 1].reading.id != bar.reading.id:
                _mark(canvas, x, top + row * _ROW + 22, mark.kinds.get(bar.reading.id, "absent"))
    _legend(canvas, foot + 62, words)
    return canvas.text(title, description)


def _across(period: Interval, moment: datetime) -> float:
    share = (moment - period.start) / (period.end - period.start)
    return _LEFT + min(max(share, 0.0), 1.0) * (_RIGHT - _LEFT)


def _levels(marks: Sequence[Mark], period: Interval) -> list[int]:
    """How high the number of each event stands, so that no two of one height touch."""
    free: list[float] = []
    found = []
    for mark in marks:
        x, half = _across(period, mark.shown), text_width(str(mark.number), 12) / 2 + 3
        level = next((at for at, end in enumerate(free) if end <= x - half), len(free))
        if level == len(free) and level < _LEVELS:
            free.append(0.0)
        if level < _LEVELS:
            free[level] = x + half
        found.append(min(level, _LEVELS))
    return found


def _bar(canvas: Canvas, bar: Bar, period: Interval, y: float, words: Catalogue, *, first: bool) -> None:
    """A window: solid; hatched where an exception leaves it open, and whole where no source says when it is."""
    if first:
        canvas.line(0, y, WIDTH, y, SCREEN.fog)
        lines = textwrap.wrap(bar.reading.name, int((_LEFT - 12) / 7.2))[: 1 if bar.provisions else 2]
        for line, said in enumerate(lines):
            canvas.label(0, y + 18 + 16 * line, said, size=13, bold=True)
    if bar.provisions:
        canvas.label(0, y + 34, shortened(", ".join(bar.provisions), 12, _LEFT - 12), fill=SCREEN.text2)
    top = y + 14
    if bar.window is None:
        canvas.fogged(_LEFT, top, _RIGHT - _LEFT, _BAR)
        canvas.boxed((_LEFT + _RIGHT) / 2, top + _BAR / 2, words.texts["beside.window_unknown"], size=12, bold=False)
        return
    left, right = _across(period, bar.window.start), _across(period, bar.window.end)
    canvas.rect(left, top, right - left, _BAR, SCREEN.text2, extra="fill-opacity:.35")
    for part in bar.open:
        x = _across(period, part.start)
        canvas.rect(x, top, _across(period, part.end) - x, _BAR, SCREEN.panel)
        canvas.fogged(x, top, _across(period, part.end) - x, _BAR, step=5)
    for x, known in ((left, bar.window.start > EARLIEST), (right, bar.window.end < LATEST)):
        canvas.line(x, top - 3, x, top + _BAR + 3, SCREEN.text, 2, "" if known else "2 3")


def _mark(canvas: Canvas, x: float, y: float, kind: str) -> None:
    """Full: a breach. Half: doubtful. Question mark: cannot tell. Open: none, or no such clause."""
    canvas.circle(x, y, 7, fill=SCREEN.happened if kind == "breach" else SCREEN.panel, stroke=SCREEN.happened, width=2)
    if kind == "doubtful":
        canvas.path(f"M{x:.1f},{y - 7:.1f}A7,7 0 0 1 {x:.1f},{y + 7:.1f}Z", fill=SCREEN.happened)
    if kind == "cannot_tell":
        canvas.label(x, y + 4, "?", size=12, anchor="middle", bold=True)


def _grid(canvas: Canvas, period: Interval, top: float, foot: float, words: Catalogue) -> None:
    """Days, or as many as there is room for; UTC."""
    for moment in days_in(period, 9):
        x = _across(period, moment)
        canvas.line(x, top, x, foot + 5, SCREEN.fog)
        canvas.label(x, foot + 19, day_of(moment, words), anchor="middle", fill=SCREEN.text2)
    canvas.line(_LEFT, foot, _RIGHT, foot, SCREEN.edges)
    canvas.label(0, foot + 19, words.say("beside.axis", years=years_of(period)), fill=SCREEN.text2)


def days_in(period: Interval, most: int, first: datetime | None = None) -> list[datetime]:
    """Return about as many midnights of a period as there is room for, or moments whole days from a first one."""
    length = period.hours / 24
    step = next((days for days in (1, 2, 5, 10, 30, 91, 365) if length / days <= most), max(1, round(length / most)))
    moment = first or period.start.replace(hour=0, minute=0, second=0, microsecond=0)
    while moment < period.start:
        moment += timedelta(days=step)
    found = []
    while moment <= period.end:
        found.append(moment)
        moment += timedelta(days=step)
    return found


def day_of(moment: datetime, words: Catalogue) -> str:
    """Return ``2 February``."""
    return " ".join(words.date(moment).replace("\N{NO-BREAK SPACE}", " ").split(" ")[:2])


def years_of(period: Interval) -> str:
    """Return ``2026`` or ``2026–2027``."""
    return "–".join(str(year) for year in sorted({period.start.year, period.end.year}))


def _legend(canvas: Canvas, y: float, words: Catalogue) -> None:
    """What the marks mean, in words."""
    x = 8.0
    for kind in ("breach", "doubtful", "cannot_tell", "none"):
        _mark(canvas, x, y - 4, kind)
        told = words.texts[f"beside.{kind}"]
        canvas.label(x + 13, y, told, size=12)
        x += 13 + text_width(told, 12) * 1.15 + 20
    canvas.fogged(x - 6, y - 11, 18, 13, step=5)
    canvas.label(x + 17, y, words.texts["beside.open"], size=12)
