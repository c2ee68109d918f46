# SPDX-License-Identifier: Apache-2.0
"""What a message or a call says, in the contact's language.

No party is named as the accused, no place finer than the terms let out, nothing is ordered.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from truceline.dispatch.causes import Cause
from truceline.lang import Catalogue, catalogue
from truceline.model.dispatch import DRILL
from truceline.response import Ladder

WITHOUT_STEP = ("proposed", "begun", "disputed", "stop_first")
"""Causes that are told of the whole, and name no step in their first words."""


def subject(cause: Cause, ladder: Ladder, watch: str, drill: str | None, language: str = "en") -> str:
    """Return one line; of a drill it begins and ends with the word."""
    title = " ".join(watch.split())[:80]
    line = f"{title}: {_line(cause, ladder, catalogue(language))}"
    return f"[{DRILL}] {line} [{DRILL}]" if drill else line


def _line(cause: Cause, ladder: Ladder, words: Catalogue) -> str:
    step = None if cause.kind in WITHOUT_STEP else ladder.steps.get(cause.step or "")
    what = words.say(f"tell.{cause.kind}")
    return what if step is None else f"{words.say('tell.step', n=step.number)}: {what}"


def text(
    cause: Cause,
    ladder: Ladder,
    drill: str | None,
    releasable: tuple[str, ...],
    window: tuple[datetime, float] | None,
    language: str = "en",
) -> str:
    """Return the whole.

    Args:
        cause: what it is about.
        ladder: the steps, for their words, which are the agreement's own.
        drill: id of the drill; None: it is real.
        releasable: to whom it may be shown.
        window: middle and half-width (minutes) of the stretch in which a thing happened, coarse; None: not told.
        language: code of the language it is told in.
    """
    words = catalogue(language)
    step = ladder.steps.get(cause.step or "")
    lines = [drill_line(words)] if drill else []
    lines.append(f"{_capital(_line(cause, ladder, words))}.")
    if step is not None:
        lines.append(f"{_capital(words.say('tell.step', n=step.number))}: {words.quote(step.text)}")
    if window is not None:
        lines.append(words.say("tell.when", at=window[0], minutes=window[1]))
    if cause.before is not None:
        lines.append(words.say("tell.before", due=_due(cause.before, words)))
    if cause.due is not None:
        lines.append(words.say("tell.due", due=_due(cause.due, words)))
    lines.append(_asks(cause, words))
    lines.append(words.say("tell.logged", at=cause.at.replace(microsecond=0), incident=cause.incident))
    lines.append(words.say("tell.caveat", to=", ".join(releasable)))
    if drill:
        lines.append(f"{DRILL} {drill} {DRILL}")
    return "\n".join(lines)


def script(watch: str, subjects: Sequence[str], code: str, drill: str | None, language: str = "en") -> str:
    """Return what whoever rings reads out to the person rung.

    Args:
        watch: title of the watch.
        subjects: of the messages nobody of the office acknowledged.
        code: digits that only this centre can make.
        drill: id of the drill; None: it is real.
        language: code of the language of the person rung.
    """
    words = catalogue(language)
    said = words.say("tell.call", watch=" ".join(watch.split())[:80], subjects="; ".join(subjects), code=code)
    return f"{drill_line(words)} {said} {drill_line(words)}" if drill else said


def drill_line(words: Catalogue) -> str:
    """Return the sentence that everything of a drill begins with."""
    return words.say("tell.drill", mark=DRILL)


def _asks(cause: Cause, words: Catalogue) -> str:
    """What the reader is asked to do, and that nothing follows by itself."""
    key, nothing = f"tell.answer_{cause.kind}", words.say("tell.nothing")
    if key not in words:
        return nothing
    return f"{words.say(key)} {nothing}" if cause.kind == "decision_due" else words.say(key)


def _due(due: tuple[str | None, str | None], words: Catalogue) -> str:
    """Deadlines stay in figures, to the second: they are compared with a board's, and not misread."""
    earliest, latest = (each or words.say("tell.open") for each in due)
    return earliest if earliest == latest else words.say("tell.between", earliest=earliest, latest=latest)


def _capital(line: str) -> str:
    return line[:1].upper() + line[1:]
