# SPDX-License-Identifier: Apache-2.0
"""The watch log in the ledger: who may key it is asked first, then whether it is possible, then it is logged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from truceline.access import Thing, decide
from truceline.errors import AccessError, StateError
from truceline.logbook import Book, Known, echo, patrols, read_line
from truceline.logbook.book import kept_json
from truceline.logbook.patrols import mine_json, patrol_json
from truceline.logbook.shift import NO_COVERAGE, covered, summary
from truceline.model.case import MACHINE, MACHINE_ROLE, Actor
from truceline.model.logbook import RECORD_OF_ENTRY, Entry
from truceline.services.access_log import Append, Decided

PERMIT_OF_ENTRY = {
    **dict.fromkeys(("line", "correct", "strike", "question", "answer"), ("log", "write")),
    **dict.fromkeys(("handover", "take_over"), ("handover", "write")),
    **dict.fromkeys(("depart", "check_in", "return", "lost"), ("patrol", "write")),
    **dict.fromkeys(("mine", "mine_over"), ("mine", "write")),
}
"""Resource and action of each kind of entry."""

_RECORDS = tuple(dict.fromkeys(RECORD_OF_ENTRY.values()))


class Logbook:
    """The log of one watch, as it stands after the ledger's last record."""

    def __init__(
        self,
        known: Known,
        append: Append,
        new: Callable[[datetime], str],
        refused: Callable[[Decided, datetime], None] | None = None,
    ) -> None:
        """Begin an empty log.

        Args:
            known: words, posts and places that lines may name.
            append: the ledger's door.
            new: makes the id of an entry of a moment.
            refused: is told of each refusal before the person is; by default it is a record at once.
        """
        self.book = Book()
        self._covered: tuple[int, Mapping[str, Any]] | None = None
        self._known = known
        self._append = append
        self._new = new
        self._refused = refused or (lambda decided, at: append([decided.record(at)]))

    def load(self, read: Callable[[str], list[tuple[int, dict[str, Any]]]]) -> None:
        """Take up what a ledger already holds.

        Raises:
            StateError: an entry there is not possible after those before it; such a log was not written by us.
        """
        held = sorted((index, body) for kind in _RECORDS for index, body in read(kind) if "entry" in body)
        for _, body in held:
            self.book.take(Entry.from_body(body))
        covered = read("coverage")
        if covered:
            index, body = covered[-1]
            self._covered = index, body

    @property
    def known(self) -> Known:
        """What a line may refer to; patrols that are out count as posts."""
        out = {name: _place(patrol) for name, patrol in self.book.patrols.items() if patrol.back is None}
        return replace(self._known, posts={**self._known.posts, **out}) if out and self._known.posts else self._known

    def do(self, actor: Actor, kind: str, at: datetime, data: Mapping[str, Any]) -> tuple[int, Entry]:
        """Make one entry: allowed, then possible, then in the ledger. Returns its index and the entry.

        Raises:
            AccessError: it is not this person's to do; the refusal itself is logged.
            StateError: it is not possible now; nothing is logged.
            Malformed: its data do not have the form; nothing is logged.
            UnavailableError: the ledger cannot be written; nothing happened.
        """
        self.ask(actor, kind, at)
        entry = Entry(self._new(at), kind, actor, at, dict(data))
        change = self.book.tried(entry)
        index = self._append([entry.record()])[0]
        self.book.keep(change)
        return index, entry

    def ask(self, actor: Actor, kind: str, at: datetime) -> None:
        """Ask whether an entry is this person's to make, before anything is said of what it names.

        Raises:
            AccessError: it is not; the refusal itself is logged.
        """
        if actor.role == MACHINE_ROLE:
            return
        resource, action = PERMIT_OF_ENTRY[kind]
        if not decide(actor, action, Thing(resource)).allowed:
            self._refused(Decided(actor, action, resource, kind, allowed=False), at)
            raise AccessError(f"{actor.user} ({actor.role}) may not {action} the {resource}")

    def key(self, actor: Actor, at: datetime, text: str, *, again: bool = False) -> tuple[int, Entry, str]:
        """Key one line; returns its index, the entry, and what was understood.

        Raises:
            Malformed: a word cannot be read; it is named.
            StateError: the same line was keyed a moment ago, and ``again`` is not said.
            AccessError: this person keeps no log.
        """
        self.ask(actor, "line", at)
        line, known = read_line(text, self.known, at), self.known
        data = {"line": text.strip(), "understood": line.to_json(), **({"again": True} if again else {})}
        index, entry = self.do(actor, "line", at, data)
        return index, entry, echo(line, known)

    def correct(self, actor: Actor, at: datetime, of: str, text: str | None, reason: str) -> tuple[int, Entry, str]:
        """Supersede a line by another (``text``), or strike it (None); returns index, entry, what was understood.

        Raises:
            Malformed: a word cannot be read, there is no such line, or no reason is given.
            StateError: the line was superseded already.
            AccessError: this person keeps no log.
        """
        if text is None:
            index, entry = self.do(actor, "strike", at, {"of": of, "reason": reason})
            return index, entry, f"struck {of}"
        self.ask(actor, "correct", at)
        line, known = read_line(text, self.known, at), self.known
        data = {"of": of, "reason": reason, "line": text.strip(), "understood": line.to_json()}
        index, entry = self.do(actor, "correct", at, data)
        return index, entry, echo(line, known)

    def hand_over(self, actor: Actor, at: datetime, note: str = "") -> tuple[int, Entry]:
        """Sign the outgoing half of a handover, with what the shift adds up to.

        Raises:
            StateError: an earlier handover waits for whoever takes over.
            AccessError: this person keeps no watch.
        """
        self.ask(actor, "handover", at)
        told = self.summary(at)
        return self.do(actor, "handover", at, {"summary": told, "note": note})

    def summary(self, until: datetime) -> dict[str, Any]:
        """Return what the shift adds up to by a moment, beside the coverage of its own hours."""
        since = self.book.shift_start()
        return summary(self.book, since, until, self.coverage(since, until))

    def coverage(self, since: datetime | None, until: datetime) -> Mapping[str, Any]:
        """Return the coverage of a shift's hours, as far as the newest run reckoned it; since None: the log's begin."""
        if self._covered is None:
            return NO_COVERAGE
        index, body = self._covered
        first = min((kept.entry.at for kept in self.book.lines.values()), default=until)
        return {**covered(body, since or first, until), "record": index}

    def take_over(self, actor: Actor, at: datetime, note: str = "") -> tuple[int, Entry]:
        """Sign the incoming half: another person's signature.

        Raises:
            StateError: nothing waits, or the same person signed the first half.
            AccessError: this person keeps no watch.
        """
        self.ask(actor, "take_over", at)
        waiting = self.book.waiting()
        if waiting is None:
            raise StateError("no handover waits to be taken over")
        return self.do(actor, "take_over", at, {"of": waiting.entry.id, "note": note})

    def tick(self, at: datetime) -> list[Entry]:
        """Record every contact lost by now; the program does, so that nobody has to be looking.

        Raises:
            UnavailableError: the ledger cannot be written.
        """
        late = patrols.overdue(self.book.patrols.values(), at)
        return [self.do(MACHINE, "lost", at, {"patrol": patrol.name})[1] for patrol in late]

    def view(self, actor: Actor, now: datetime, *, history: bool = False) -> dict[str, Any]:
        """Return the log as a person may see it; mines are everybody's, all else is the monitors'.

        Args:
            actor: who asks.
            now: the clock, UTC.
            history: with superseded lines too.
        """
        told: dict[str, Any] = {"mines": [mine_json(m) for m in self.book.mines.values() if _may_see(actor, m)]}
        place = decide(actor, "read", Thing("position")).allowed
        if decide(actor, "read", Thing("patrol")).allowed:
            told["patrols"] = [patrol_json(p, now, place=place) for p in self.book.patrols.values()]
        if not decide(actor, "read", Thing("log")).allowed:
            return told
        lines = self.book.lines.values() if history else self.book.standing()
        return told | {
            "lines": [kept_json(kept, place=place) for kept in lines],
            "questions": [{"entry": q.entry.id, "text": q.text, "about": q.about} for q in self.book.open_questions()],
            "handovers": [
                {
                    "entry": h.entry.id,
                    "by": h.entry.by.user,
                    "taken_by": None if h.taken is None else h.taken.by.user,
                    **{key: h.entry.data.get(key) for key in ("summary", "note")},
                }
                for h in self.book.handovers.values()
            ],
        }


def _place(patrol: patrols.Patrol) -> tuple[float, float] | None:
    spot = patrol.spot
    return None if spot is None or spot.lon is None or spot.lat is None else (spot.lon, spot.lat)


def _may_see(actor: Actor, mine: patrols.Mine) -> bool:
    return decide(actor, "read", Thing("mine", "public", audience=frozenset(mine.audience))).allowed
