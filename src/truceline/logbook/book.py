# SPDX-License-Identifier: Apache-2.0
"""A book is what its entries add up to: lines with their corrections, questions, patrols, shifts. Nothing is deleted.

A book grows by 889 entries and more a day, so it is one object that takes entries, not a new one for each.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from truceline.base.canonical import digest
from truceline.errors import Malformed, StateError
from truceline.logbook import patrols
from truceline.logbook.patrols import Mine, Patrol
from truceline.model.case import MACHINE_ROLE
from truceline.model.logbook import Entry, Line

Items = Mapping[str, Mapping[str, Any]]
"""Per part of a book (``lines``, ``questions``…), its new items."""

TWICE_WITHIN = timedelta(seconds=30)
"""The same line keyed again so soon is asked about: was it one act, keyed twice, or two?"""


@dataclass(frozen=True)
class Kept:
    """A line as it stands in the book."""

    entry: Entry
    """The entry that keyed or corrected it."""

    line: Line
    """What it says."""

    first: str
    """Id of the entry that keyed it first; its own where it corrects nothing."""

    superseded: str | None = None
    """The entry that corrected or struck it; None: it stands."""

    reason: str = ""
    """Why it was corrected or struck."""


@dataclass(frozen=True)
class Question:
    """Something left open for whoever comes next."""

    entry: Entry
    """Who asked, when."""

    text: str
    """What."""

    about: str | None = None
    """Entry it is about."""

    answers: tuple[str, ...] = ()
    """Entries that answered; empty: open."""


@dataclass(frozen=True)
class Handover:
    """One shift given over to the next, signed by two people."""

    entry: Entry
    """The outgoing officer's signature."""

    taken: Entry | None = None
    """The incoming officer's; None: nobody took over yet."""

    @property
    def until(self) -> datetime:
        """When the shift that it closes was over, UTC."""
        return self.entry.at


@dataclass(frozen=True)
class Change:
    """What an entry changes in a book."""

    entry: Entry
    """The entry."""

    items: Items
    """New items by the book's own names."""


@dataclass
class Book:
    """Everything in the log at one moment."""

    lines: dict[str, Kept] = field(default_factory=dict)
    """Lines by entry, superseded ones included, in the order they were keyed."""

    questions: dict[str, Question] = field(default_factory=dict)
    """Questions by entry."""

    handovers: dict[str, Handover] = field(default_factory=dict)
    """Handovers by entry."""

    patrols: dict[str, Patrol] = field(default_factory=dict)
    """Newest outing of each patrol by its name."""

    mines: dict[str, Mine] = field(default_factory=dict)
    """Reports of mines by entry."""

    now: datetime | None = None
    """Time of the newest entry."""

    ids: set[str] = field(default_factory=set)
    """Every entry."""

    recent: deque[tuple[datetime, str, str]] = field(default_factory=deque)
    """Lines keyed a moment ago: when, what they say, by which entry."""

    def take(self, entry: Entry) -> None:
        """Take one more entry.

        Raises:
            StateError: it is not possible now; nothing changed.
            Malformed: its data do not have the form; nothing changed.
        """
        self.keep(self.tried(entry))

    def tried(self, entry: Entry) -> Change:
        """Return what an entry would change; nothing changes before it is kept, so that it can be logged first.

        Raises:
            StateError: it is not possible now.
            Malformed: its data do not have the form.
        """
        if entry.id in self.ids:
            raise StateError("the entry was made already", record=entry.id)
        if self.now is not None and entry.at < self.now:
            raise StateError("an entry cannot come before the newest one", record=entry.id)
        if entry.by.role == MACHINE_ROLE and entry.kind != "lost":
            raise StateError(f"the program does not {entry.kind.replace('_', ' ')}; people do", record=entry.id)
        try:
            return Change(entry, _TAKERS[entry.kind](self, entry))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            if isinstance(error, KeyError) and error.args[0] in entry.data.values():
                raise StateError(f"there is no {error.args[0]!r:.80} in the log", record=entry.id) from error
            what = f"{error} is missing" if isinstance(error, KeyError) else str(error)[:200]
            raise Malformed(f"{entry.kind.replace('_', ' ')}: {what}", record=entry.id) from error

    def keep(self, change: Change) -> None:
        """Make a change that was tried against this very book."""
        entry = change.entry
        for name, items in change.items.items():
            getattr(self, name).update(items)
        self.now = entry.at
        self.ids.add(entry.id)
        while self.recent and entry.at - self.recent[0][0] > TWICE_WITHIN:
            self.recent.popleft()
        if entry.kind == "line":
            self.recent.append((entry.at, _print(entry), entry.id))

    def standing(self, since: datetime | None = None, until: datetime | None = None) -> list[Kept]:
        """Return the lines that stand, of those keyed from ``since`` on and before ``until``."""
        return [
            kept
            for kept in self.lines.values()
            if kept.superseded is None
            and (since is None or self.lines[kept.first].entry.at >= since)
            and (until is None or self.lines[kept.first].entry.at < until)
        ]

    def open_questions(self) -> list[Question]:
        """Return the questions nobody answered."""
        return [question for question in self.questions.values() if not question.answers]

    def waiting(self) -> Handover | None:
        """Return the handover that waits for the officer who takes over."""
        last = next(reversed(self.handovers.values()), None)
        return last if last is not None and last.taken is None else None

    def shift_start(self) -> datetime | None:
        """Return when the shift that runs began: at the last handover's end, else None."""
        last = next(reversed(self.handovers.values()), None)
        return None if last is None else last.until


def _print(entry: Entry) -> str:
    """What a line says, free words aside, as one short text."""
    return digest({**entry.data["understood"], "note": ""})


def _line(book: Book, entry: Entry) -> Items:
    line, said = Line.from_json(entry.data["understood"]), _print(entry)
    twin = next(((at, other) for at, text, other in book.recent if text == said), None)
    if twin is not None and entry.at - twin[0] <= TWICE_WITHIN and not entry.data.get("again", False):
        seconds = (entry.at - twin[0]).total_seconds()
        raise StateError(
            f"the same line was keyed {seconds:.0f} s ago as {twin[1]}; if it happened twice, say so (--again)",
            record=entry.id,
        )
    return {"lines": {entry.id: Kept(entry, line, entry.id)}}


def _standing(book: Book, name: str) -> Kept:
    kept = book.lines[name]
    if kept.superseded is not None:
        raise StateError(f"{name} was superseded by {kept.superseded}; correct that one", record=name)
    return kept


def _reason(entry: Entry) -> str:
    reason = str(entry.data["reason"]).strip()
    if not reason:
        raise ValueError("reason: why; it stands beside the correction")
    return reason


def _correct(book: Book, entry: Entry) -> Items:
    """A correction is a new line; the old one stays, and says by what it was superseded."""
    old, reason = _standing(book, str(entry.data["of"])), _reason(entry)
    line = Line.from_json(entry.data["understood"])
    gone = replace(old, superseded=entry.id, reason=reason)
    return {"lines": {old.entry.id: gone, entry.id: Kept(entry, line, old.first)}}


def _strike(book: Book, entry: Entry) -> Items:
    old = _standing(book, str(entry.data["of"]))
    return {"lines": {old.entry.id: replace(old, superseded=entry.id, reason=_reason(entry))}}


def _question(book: Book, entry: Entry) -> Items:
    text, about = str(entry.data["text"]).strip(), entry.data.get("about")
    if not text:
        raise ValueError("text: what is open")
    if about is not None and about not in book.ids:
        raise KeyError(about)
    return {"questions": {entry.id: Question(entry, text, about)}}


def _answer(book: Book, entry: Entry) -> Items:
    question = book.questions[str(entry.data["of"])]
    if not str(entry.data["text"]).strip():
        raise ValueError("text: the answer")
    return {"questions": {question.entry.id: replace(question, answers=(*question.answers, entry.id))}}


def _handover(book: Book, entry: Entry) -> Items:
    waiting = book.waiting()
    if waiting is not None:
        raise StateError(f"the handover {waiting.entry.id} waits for the officer who takes over", record=entry.id)
    if not isinstance(entry.data["summary"], Mapping):
        raise TypeError("summary: what the shift adds up to")
    return {"handovers": {entry.id: Handover(entry)}}


def _take_over(book: Book, entry: Entry) -> Items:
    handover = book.handovers[str(entry.data["of"])]
    if handover.taken is not None:
        raise StateError(f"{handover.taken.by.user} took over already", record=entry.id)
    if handover.entry.by.user == entry.by.user:
        raise StateError("a handover takes two people; you signed its first half", record=entry.id)
    return {"handovers": {handover.entry.id: replace(handover, taken=entry)}}


def _patrol(book: Book, entry: Entry) -> Items:
    name = patrols.name_of(entry)
    return {"patrols": {name: patrols.after(book.patrols.get(name), entry)}}


def _mine(book: Book, entry: Entry) -> Items:
    del book  # a mine is told whatever else is in the log
    return {"mines": {entry.id: patrols.mine_of(entry)}}


def _mine_over(book: Book, entry: Entry) -> Items:
    mine = book.mines[str(entry.data["of"])]
    return {"mines": {mine.entry.id: patrols.mine_over(mine, entry)}}


_TAKERS = {
    "line": _line,
    "correct": _correct,
    "strike": _strike,
    "question": _question,
    "answer": _answer,
    "handover": _handover,
    "take_over": _take_over,
    "depart": _patrol,
    "check_in": _patrol,
    "lost": _patrol,
    "return": _patrol,
    "mine": _mine,
    "mine_over": _mine_over,
}


def book_of(entries: Iterable[Entry]) -> Book:
    """Return what entries add up to.

    Raises:
        StateError: one was not possible after those before it.
    """
    book = Book()
    for entry in entries:
        book.take(entry)
    return book


def kept_json(kept: Kept, *, place: bool = True) -> dict[str, Any]:
    """Return a line as JSON; without its place for whom that is not to be seen."""
    told = kept.line.to_json()
    if not place:
        told["spot"] = None
    return {
        "entry": kept.entry.id,
        "by": kept.entry.by.user,
        "keyed": kept.entry.data.get("line") if place else None,
        "understood": told,
        "corrects": None if kept.first == kept.entry.id else kept.first,
        "superseded": kept.superseded,
        "reason": kept.reason or None,
    }
