# SPDX-License-Identifier: Apache-2.0
"""The monitors' day over the API: the watch log, shifts, patrols, mines.

An entry is sent once: whether an answer that got lost was of an entry that was made, the log itself says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from truceline.client.line import Line
from truceline.wire import log as told


class Duty:
    """What a watch officer keys in and looks at."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def _enter(self, path: str, **said: Any) -> told.Entered:
        body: Mapping[str, Any] = {name: value for name, value in said.items() if value is not None}
        return told.Entered.model_validate_json(self._line.send("POST", path, tries=1, json=body).content)

    def lines(self, *, history: bool = False) -> Iterator[told.Line]:
        """Yield the lines of the log, newest first; ``history``: those corrected or struck, too."""
        for page in self._line.pages(told.Lines, "/log", history=history):
            yield from page.lines

    def key(self, line: str, *, again: bool = False) -> told.Entered:
        """Key one line; the answer says what was understood. ``again``: it happened twice."""
        return self._enter("/log", line=line, again=again)

    def correct(self, entry: str, line: str | None, reason: str) -> told.Entered:
        """Supersede a line by another; None: strike it."""
        return self._enter(f"/log/{entry}/corrections", line=line, reason=reason)

    def questions(self) -> list[told.Question]:
        """Return what is open."""
        return self._line.get(told.Questions, "/log/questions").questions

    def ask(self, text: str, about: str | None = None) -> told.Entered:
        """Leave a question for the next shift; ``about``: an entry or a case."""
        return self._enter("/log/questions", text=text, about=about)

    def answer(self, entry: str, text: str) -> told.Entered:
        """Answer a question."""
        return self._enter(f"/log/questions/{entry}/answers", text=text)

    def shift(self) -> told.Shift:
        """Return what the shift adds up to."""
        return self._line.get(told.Shift, "/shift")

    def hand_over(self, note: str = "") -> told.Entered:
        """Sign the outgoing half of a handover."""
        return self._enter("/shift/handover", note=note)

    def take_over(self, note: str = "") -> told.Entered:
        """Sign the incoming half; another person's."""
        return self._enter("/shift/takeover", note=note)

    def patrols(self) -> list[told.Patrol]:
        """Return who is out."""
        return self._line.get(told.Patrols, "/patrols").patrols

    def depart(self, patrol: str, every_minutes: float, place: str | None = None) -> told.Entered:
        """A patrol goes out and will be heard of every so many minutes."""
        return self._enter("/patrols", patrol=patrol, every_minutes=every_minutes, place=place)

    def heard(self, patrol: str, place: str | None = None) -> told.Entered:
        """A patrol is heard of."""
        return self._enter(f"/patrols/{patrol}/words", place=place)

    def back(self, patrol: str) -> told.Entered:
        """A patrol is back."""
        return self._enter(f"/patrols/{patrol}/return")

    def mines(self) -> list[told.Mine]:
        """Return where mines lie, as far as it is told to me."""
        return self._line.get(told.Mines, "/mines").mines

    def report_mine(self, place: str, what: str) -> told.Entered:
        """Report a mine."""
        return self._enter("/mines", place=place, what=what)

    def end_mine(self, report: str, state: str, reason: str) -> told.Entered:
        """Mark a mine as ``cleared``, or its report as ``withdrawn``; another person does than who reported it."""
        return self._enter(f"/mines/{report}/end", state=state, reason=reason)
