# SPDX-License-Identifier: Apache-2.0
"""What a message says. No party is named as the accused, no place finer than the terms let out, nothing is ordered."""

from __future__ import annotations

from datetime import datetime

from truceline.access.release import caveat
from truceline.dispatch.causes import Cause
from truceline.model.dispatch import DRILL
from truceline.response import Ladder

NOTHING_FOLLOWS = "Nothing follows by itself: people declare, decide and act."

_SUBJECT = {
    "proposed": "a clock is proposed; nobody has said yet that it began",
    "begun": "a response has begun: the initial breach was chosen",
    "disputed": "the initial breach is disputed; both clocks are shown",
    "corrected": "{step}: its clock was corrected",
    "declared": "{step} was declared",
    "asked": "{step} was declared, and you are asked",
    "lifted": "{step} was lifted",
    "decision_due": "{step}: a decision is due",
    "stop_first": "stop first: a notice to both liaisons; nobody is accused",
}
_ASKS = {
    "asked": "Please acknowledge, and say what your capital decides.",
    "decision_due": f"Please acknowledge, and decide whether to declare it. {NOTHING_FOLLOWS}",
    "stop_first": "Both liaisons got these words at the same moment. Please acknowledge and order silence.",
    "proposed": "Whoever may declare a step can choose the initial breach, or leave it.",
}


def subject(cause: Cause, ladder: Ladder, watch: str, drill: str | None) -> str:
    """Return one line; of a drill it begins and ends with the word."""
    step = ladder.steps.get(cause.step or "")
    line = _SUBJECT[cause.kind].format(step=f"step {step.number}" if step else "a step")
    title = " ".join(watch.split())[:80]
    return f"[{DRILL}] {title}: {line} [{DRILL}]" if drill else f"{title}: {line}"


def text(
    cause: Cause, ladder: Ladder, drill: str | None, releasable: tuple[str, ...], window: tuple[datetime, float] | None
) -> str:
    """Return the whole.

    Args:
        cause: what it is about.
        ladder: the steps, for their words.
        drill: id of the drill; None: it is real.
        releasable: to whom it may be shown.
        window: middle and half-width (minutes) of the stretch in which a thing happened, coarse; None: not told.
    """
    step = ladder.steps.get(cause.step or "")
    lines = [f"{DRILL} {DRILL} {DRILL}. This is an exercise. Nothing of it is real."] if drill else []
    lines.append(f"{_SUBJECT[cause.kind].format(step=f'Step {step.number}' if step else 'A step').capitalize()}.")
    if step is not None:
        lines.append(f"Step {step.number}: {step.text}")
    if window is not None:
        middle, minutes = window
        lines.append(f"When: about {middle:%Y-%m-%d %H:%M} UTC, {minutes:g} minutes either way.")
    if cause.before is not None:
        lines.append(f"Due before: {_due(cause.before)}.")
    if cause.due is not None:
        lines.append(f"Due: {_due(cause.due)}.")
    lines.append(_ASKS.get(cause.kind, NOTHING_FOLLOWS))
    lines.append(f"Logged: {cause.at:%Y-%m-%d %H:%M:%S} UTC. Of: {cause.incident}.")
    lines.append(caveat(releasable))
    if drill:
        lines.append(f"{DRILL} {drill} {DRILL}")
    return "\n".join(lines)


def _due(due: tuple[str | None, str | None]) -> str:
    earliest, latest = (each or "open" for each in due)
    return earliest if earliest == latest else f"between {earliest} and {latest}"
