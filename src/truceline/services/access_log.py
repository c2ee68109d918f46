# SPDX-License-Identifier: Apache-2.0
"""Who read what, and who was refused, in the ledger before the answer is given.

The first time is a record at once. The same again within a minute is counted, and the count follows as a record of its
own; so are refusals under ever new names, which a flood of guesses would make. A count that a crash loses is of
repetitions only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from truceline.base.clock import iso
from truceline.model.case import Actor
from truceline.model.record import Record

WINDOW = timedelta(minutes=1)
"""How long the same again is only counted."""

NAMES = 20
"""Refusals under different names that one person gets records for in a window; more are counted together."""

MANY = "more"
"""Name under which those are counted."""

Append = Callable[[Sequence[Record]], list[int]]


@dataclass(frozen=True)
class Decided:
    """One decision about access."""

    by: Actor
    """Who asked."""

    action: str
    """To do what, a word of the access table."""

    resource: str
    """To what kind of thing."""

    name: str
    """Which one."""

    allowed: bool
    """Whether it was given."""

    def record(self, at: datetime, **more: Any) -> Record:
        """Return it as the ledger holds it."""
        body = {"by": self.by.to_json(), "action": self.action, "resource": self.resource, "name": self.name}
        return Record("access", {**body, "at": iso(at), "allowed": self.allowed, **more})


class AccessLog:
    """Decisions of the last minute; not for several threads at once."""

    def __init__(self, append: Append) -> None:
        self._append = append
        self._since: datetime | None = None
        self._seen: Counter[Decided] = Counter()
        self._refused: Counter[str] = Counter()

    def note(self, decided: Decided, at: datetime) -> None:
        """Log one.

        Raises:
            UnavailableError: the ledger cannot be written; then the answer must not be given.
        """
        self.flush(at)
        if not decided.allowed and decided not in self._seen:
            self._refused[decided.by.user] += 1
            if self._refused[decided.by.user] > NAMES:
                decided = Decided(decided.by, decided.action, decided.resource, MANY, allowed=False)
        if decided not in self._seen:
            self._write([decided.record(at)])
            self._since = self._since or at
        self._seen[decided] += 1

    def flush(self, now: datetime, *, all_of_it: bool = False) -> None:
        """Write the counts of a window that is over.

        Raises:
            UnavailableError: the ledger cannot be written.
        """
        if self._since is None or (now - self._since < WINDOW and not all_of_it):
            return
        again = [
            decided.record(now, again=times - 1, since=iso(self._since))
            for decided, times in self._seen.items()
            if times > 1
        ]
        self._write(again)
        self._since, self._seen, self._refused = None, Counter(), Counter()

    def _write(self, records: Sequence[Record]) -> None:
        written = False
        try:
            self._append(records)
            written = True
        finally:
            if not written:
                # From here on everything is asked of the ledger again: nothing is given on the strength of a count.
                self._since, self._seen, self._refused = None, Counter(), Counter()
