# SPDX-License-Identifier: Apache-2.0
"""Duties in time: a bar for each, its states one after another, its days, and what was seen that they rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from truceline.base.clock import Interval
from truceline.lang import Catalogue
from truceline.model.observed import STATES, Spell
from truceline.reports.picture_windows import day_of, days_in, years_of
from truceline.reports.svg import SCREEN, Canvas, shortened, text_width

WIDTH = 760.0
_LEFT, _RIGHT = 206.0, WIDTH - 10
_ROW, _BAR, _TOP = 40.0, 18.0, 30.0


@dataclass(frozen=True)
class Duty:
    """One duty of one party."""

    name: str
    """Its id."""

    party: str
    """Whose, as people read it."""

    spells: tuple[Spell, ...]
    """Its states, one after another."""

    start_by: datetime | None
    """When it must have begun, UTC."""

    done_by: datetime | None
    """When it must be done, UTC."""

    seen: tuple[tuple[str, datetime], ...]
    """What its states rest on: ``inspection``, ``sighting`` or ``strength``, and the day."""


def period_of(duties: Sequence[Duty], now: datetime) -> Interval:
    """Return the stretch to draw: from the first state to now or the last day to come, and a little more."""
    moments = [now, *(spell.start for duty in duties for spell in duty.spells)]
    moments += [at for duty in duties for at in (duty.start_by, duty.done_by) if at is not None]
    more = max((max(moments) - min(moments)) / 25, timedelta(hours=6))
    return Interval(min(moments) - more, max(moments) + more)


def states_svg(
    duties: Sequence[Duty], now: datetime, entry: datetime | None, words: Catalogue, title: str, description: str
) -> str:
    """Return the picture.

    Args:
        duties: in the order in which they stand.
        now: the moment asked about, UTC.
        entry: entry into force, UTC, from which the days of the agreement count; None: not known.
        words: language of what is written.
        title: for those who do not see it.
        description: the same in a few sentences.
    """
    period = period_of(duties, now)
    foot = _TOP + _ROW * len(duties)
    canvas = Canvas("states", WIDTH, foot + 100, SCREEN)
    for moment in days_in(period, 8, entry):
        x = _across(period, moment)
        canvas.line(x, _TOP, x, foot + 5, SCREEN.fog)
        canvas.label(x, foot + 19, day_of(moment, words), anchor="middle", fill=SCREEN.text2)
        if entry is not None:
            canvas.label(x, foot + 34, str((moment - entry).days), anchor="middle", fill=SCREEN.text2)
    canvas.line(_LEFT, foot, _RIGHT, foot, SCREEN.edges)
    canvas.label(0, foot + 19, words.say("beside.axis", years=years_of(period)), fill=SCREEN.text2)
    if entry is not None:
        canvas.label(0, foot + 34, words.texts["states.axis"], fill=SCREEN.text2)
    for row, duty in enumerate(duties):
        _duty(canvas, duty, period, _TOP + row * _ROW, words)
    at = _across(period, now)
    canvas.line(at, _TOP - 6, at, foot, SCREEN.text, 1.6, "4 3")
    canvas.label(min(at, WIDTH - 40), _TOP - 12, day_of(now, words), anchor="middle", bold=True)
    _legend(canvas, foot + 66, words)
    return canvas.text(title, description)


def _across(period: Interval, moment: datetime) -> float:
    share = (moment - period.start) / (period.end - period.start)
    return _LEFT + min(max(share, 0.0), 1.0) * (_RIGHT - _LEFT)


def _duty(canvas: Canvas, duty: Duty, period: Interval, y: float, words: Catalogue) -> None:
    canvas.line(0, y, WIDTH, y, SCREEN.fog)
    canvas.label(0, y + 17, shortened(duty.name, 13, _LEFT - 12), size=13, bold=True)
    canvas.label(0, y + 33, shortened(duty.party, 12, _LEFT - 12), fill=SCREEN.text2)
    top = y + 14
    for spell in duty.spells:
        left, right = _across(period, spell.start), _across(period, spell.end)
        _state(canvas, left, top, right - left, spell.state.state)
        said = words.texts[f"states.{spell.state.state}"]
        if text_width(said, 11) * 1.15 + 18 < right - left:
            canvas.boxed((left + right) / 2, top + _BAR / 2, said, size=11, bold=False)
    for moment, dash in ((duty.start_by, "2 2"), (duty.done_by, "")):
        if moment is not None:
            canvas.line(_across(period, moment), top - 4, _across(period, moment), top + _BAR + 4, SCREEN.text, 2, dash)
    for kind, moment in duty.seen:
        _mark(canvas, _across(period, moment), y + 8, kind)


def _state(canvas: Canvas, x: float, y: float, width: float, state: str) -> None:
    """Each state by its own pattern: an outline, a light bar, a full one, a full one with a cross, a hatch."""
    if state == "unverifiable":
        canvas.fogged(x, y, width, _BAR, step=5)
        return
    fills = {"ahead": SCREEN.panel, "due": SCREEN.coverage[1], "done": SCREEN.seen, "late": SCREEN.happened}
    canvas.rect(x, y, width, _BAR, fills[state], extra=f"stroke:{SCREEN.edges};stroke-width:1")
    if state == "late":
        canvas.line(x, y, x + width, y + _BAR, SCREEN.panel, 1.4)
        canvas.line(x, y + _BAR, x + width, y, SCREEN.panel, 1.4)


def _mark(canvas: Canvas, x: float, y: float, kind: str) -> None:
    """A square for an inspection, a triangle for a weapon seen, a diamond for a count."""
    path = {
        "inspection": f"M{x - 4:.1f},{y - 4:.1f}h8v8h-8Z",
        "sighting": f"M{x:.1f},{y - 5:.1f}L{x + 5:.1f},{y + 4:.1f}H{x - 5:.1f}Z",
        "strength": f"M{x:.1f},{y - 5:.1f}L{x + 5:.1f},{y:.1f}L{x:.1f},{y + 5:.1f}L{x - 5:.1f},{y:.1f}Z",
    }[kind]
    canvas.path(path, fill=SCREEN.panel, stroke=SCREEN.text, width=1.6)


def _legend(canvas: Canvas, y: float, words: Catalogue) -> None:
    """What patterns and marks mean, in words."""
    x = 0.0
    for state in STATES:
        _state(canvas, x, y - 13, 26, state)
        told = words.texts[f"states.{state}"]
        canvas.label(x + 32, y, told)
        x += 32 + text_width(told, 12) * 1.15 + 20
    x = 6.0
    for kind in ("inspection", "sighting", "strength"):
        _mark(canvas, x, y + 21, kind)
        told = words.texts[f"states.mark_{kind}"]
        canvas.label(x + 12, y + 25, told)
        x += 12 + text_width(told, 12) * 1.15 + 22
