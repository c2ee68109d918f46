# SPDX-License-Identifier: Apache-2.0
"""Pictures of claims: the hours each figure covers, and what was seen beside what is claimed, never on one scale."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from truceline.base.clock import Interval
from truceline.model.claim import ClaimCheck
from truceline.model.watching import Run
from truceline.reports import words
from truceline.reports.facts import blind_gaps, near, passes_in, some_claims
from truceline.reports.formats import NBSP, plural, rounded, stretch
from truceline.reports.svg import Canvas, Palette, shortened, text_width

_WIDTH = 720.0
_MARGIN = 150.0
_MOST = 8
"""Most claims a picture shows; the table below it has all."""


def claim_hours_svg(run: Run, palette: Palette) -> str:
    """Return a bar a claim over the truce's hours, with the passes inside it; an end that is not stated fades out."""
    window = run.agreement.window
    checks = some_claims(run, run.view, _MOST)
    foot = 10 + 34.0 * max(len(checks), 1)
    canvas = Canvas("hours", _WIDTH, foot + 26, palette)
    for gap in blind_gaps(run.view.coverage):
        left, right = _x(window, gap.start), _x(window, gap.end)
        canvas.fogged(left, 4, right - left, foot - 4, step=7)
    for row, check in enumerate(checks):
        _bar(canvas, run, check, 10 + 34.0 * row)
    for look in run.looks:
        if window.overlap(look.interval):
            x = _x(window, look.interval.start)
            canvas.line(x, 4, x, foot, palette.seen, 1.2)
    for row, check in enumerate(checks):  # after the passes, so that no stroke runs through a word
        _bar_note(canvas, run, check, 10 + 34.0 * row)
    _ticks(canvas, window, foot)
    text = " ".join(words.claim_sentence(run, check) for check in checks)
    return canvas.text(f"The hours each figure covers, within {stretch(window)}", text or "No claim in this watch.")


def claim_numbers_svg(run: Run, palette: Palette) -> str:
    """Return what was seen and what that is compatible with on one scale; below a zigzag, what is claimed."""
    view, estimate = run.view, run.view.estimate
    checks = [c for c in some_claims(run, view, _MOST) if c.claim.value is not None]
    values = [float(c.claim.value) for c in checks if c.claim.value]
    values += [v for v in (estimate.low, estimate.high, float(estimate.seen)) if v is not None]
    decades = max(3, math.ceil(math.log10(max([*values, 10.0]))))
    across = _Log(decades)
    canvas = Canvas("numbers", _WIDTH, 152 + 24.0 * len(checks), palette)
    for decade in range(decades + 1):
        x = across(10.0**decade)
        canvas.line(x, 4, x, 76, palette.fog)
        canvas.label(x, 92, f"{10**decade:,}", anchor="middle", fill=palette.text2)
    seen = int(near(run, view).sum())
    canvas.label(_MARGIN - 8, 26, "seen, any cause", anchor="end", bold=True)
    if seen:
        canvas.circle(across(seen), 22, 6, fill=palette.panel, stroke=palette.happened, width=1.8)
        canvas.circle(across(seen), 22, 2.4, fill=palette.happened)
    canvas.label(
        across(max(seen, 1)) + 12, 26, plural(seen, "event") if seen else words.NONE_SEEN, bold=True, halo=True
    )
    canvas.label(_MARGIN - 8, 60, f"compatible, 90{NBSP}%", anchor="end", bold=True)
    _interval(canvas, run, across)
    _zigzag(canvas, 114)
    for row, check in enumerate(checks):
        _claimed(canvas, run, check, across, 146 + 24.0 * row)
    return canvas.text(
        "What was seen, and what that is compatible with; below a break, what is claimed",
        f"{words.estimate_sentence(view)} The claims count in another unit and are not comparable.",
    )


class _Log:
    """From a number of at least one to x, decades evenly spaced."""

    def __init__(self, decades: int) -> None:
        self._px = (_WIDTH - 90 - _MARGIN) / decades

    def __call__(self, value: float) -> float:
        return _MARGIN + math.log10(max(value, 1.0)) * self._px


def _x(window: Interval, moment: datetime) -> float:
    """From a moment to x, cut to the truce."""
    share = (moment - window.start).total_seconds() / max((window.end - window.start).total_seconds(), 1.0)
    return _MARGIN + min(max(share, 0.0), 1.0) * (_WIDTH - 4 - _MARGIN)


def _who(run: Run, check: ClaimCheck, less: int = 0) -> str:
    """The claimant as the margin has room for, ``less`` letters kept free; the table has the whole name."""
    return shortened(words.claimant_name(run, check), 12, _MARGIN - 8 - less * 12 * 0.55)


def _bar(canvas: Canvas, run: Run, check: ClaimCheck, y: float) -> None:
    """One claim: solid where its hours are stated, dashed where an end is not."""
    window, claim, palette = run.agreement.window, check.claim, canvas.palette
    start, end = claim.start or window.start, claim.end or window.end
    left, right = _x(window, start), _x(window, max(start, end))
    stated = claim.start is not None and claim.end is not None
    canvas.label(_MARGIN - 8, y + 17, _who(run, check), anchor="end", bold=True)
    style = "" if stated else f"fill-opacity:.25;stroke:{palette.text};stroke-dasharray:4 3"
    canvas.rect(left, y + 3, right - left, 20, palette.text, extra=style)


def _bar_note(canvas: Canvas, run: Run, check: ClaimCheck, y: float) -> None:
    """The figure and how many passes fall inside its hours, beside the bar."""
    window, claim = run.agreement.window, check.claim
    start, end = claim.start or window.start, claim.end or window.end
    left, right = _x(window, start), _x(window, max(start, end))
    stated = claim.start is not None and claim.end is not None
    figure = words.claim_figure(check)
    inside = passes_in(run, Interval(start, max(start, end)))
    note = f"{figure}: " + (plural(inside, "pass", "passes") + " inside" if stated else "period not fully stated")
    width = text_width(note, 12) + 12
    middle = right + width / 2 + 4 if right + width + 8 < _WIDTH else max(left + width / 2 + 6, right - width / 2 - 6)
    canvas.boxed(middle, y + 13, note, size=12)


def _ticks(canvas: Canvas, window: Interval, y: float) -> None:
    step = timedelta(hours=next(h for h in (1, 3, 6, 12, 24, 72, 168) if window.hours / h <= 10 or h == 168))
    moment = window.start.replace(hour=0, minute=0, second=0, microsecond=0)
    while moment <= window.end:
        if moment >= window.start:
            x = _x(window, moment)
            canvas.line(x, y, x, y + 4, canvas.palette.edges)
            text = f"{moment.day}{NBSP}{moment:%b}" if moment.hour == 0 else f"{moment:%H:%M}"
            canvas.label(x, y + 18, text, anchor="middle", bold=moment.hour == 0)
        moment += step
    canvas.label(_MARGIN - 8, y + 18, "UTC", anchor="end", fill=canvas.palette.text2)


def _interval(canvas: Canvas, run: Run, across: _Log) -> None:
    """A bar with ends, or the words."""
    estimate, palette = run.view.estimate, canvas.palette
    if estimate.cannot_tell or estimate.low is None or estimate.high is None:
        canvas.fogged(_MARGIN, 46, _WIDTH - 90 - _MARGIN, 20)
        canvas.boxed((_MARGIN + _WIDTH - 90) / 2, 56, words.CANNOT_TELL)
        return
    left, right = across(estimate.low), across(estimate.high)
    canvas.rect(left, 51, right - left, 10, palette.coverage[2])
    canvas.line(left, 56, right, 56, palette.seen, 2)
    for x in (left, right):
        canvas.line(x, 48, x, 64, palette.seen, 2)
    if estimate.mid is not None:
        canvas.circle(across(estimate.mid), 56, 4, fill=palette.seen)
    text = f"{rounded(estimate.low)} to {rounded(estimate.high)}"
    beyond = right + 8 + text_width(text, 13) > _WIDTH
    canvas.label(left - 8 if beyond else right + 8, 60, text, anchor="end" if beyond else "start", bold=True, halo=True)


def _zigzag(canvas: Canvas, y: float) -> None:
    """Units that must not be compared are parted by a zigzag and a sentence."""
    text = "Different unit below. Do not compare across this line."
    half = text_width(text, 12) / 2 + 8
    for left, right in ((0.0, _WIDTH / 2 - half), (_WIDTH / 2 + half, _WIDTH)):
        steps = int((right - left) / 6)
        points = [(left + 6 * n, y - 4 + (3 if n % 2 else -3)) for n in range(steps)]
        canvas.path("M" + "L".join(f"{px:.1f},{py:.1f}" for px, py in points), stroke=canvas.palette.edges)
    canvas.label(_WIDTH / 2, y, text, anchor="middle", bold=True)


def _claimed(canvas: Canvas, run: Run, check: ClaimCheck, across: _Log, y: float) -> None:
    """One claim as a stroke with its figure and verdict."""
    x = across(float(check.claim.value or 1))
    canvas.line(x, y - 11, x, y + 4, canvas.palette.text, 3)
    canvas.label(_MARGIN - 8, y, f"{_who(run, check, 7)} claims", anchor="end")
    text = f"{words.claim_figure(check)}, {words.verdict_text(check.verdict)}"
    width = text_width(text, 12) + 8
    if x + width <= _WIDTH:
        canvas.label(x + 8, y, text, bold=True, halo=True)
    elif x - width >= _MARGIN:
        canvas.label(x - 8, y, text, anchor="end", bold=True, halo=True)
    else:  # no room for the verdict on either side; the table has it
        canvas.label(x - 8, y, words.claim_figure(check), anchor="end", bold=True, halo=True)
