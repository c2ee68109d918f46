# SPDX-License-Identifier: Apache-2.0
"""What is read in a pasted claim, and what its reader knows of the theatre: names in their spellings and forms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from truceline.base.clock import Interval
from truceline.lang import Catalogue, catalogue

CYRILLIC = re.compile(r"[а-яіїєґё]", re.IGNORECASE)
_ENDING = re.compile(r"[аеиіоуяйьїєюыэ]{1,2}$", re.IGNORECASE)
LONGEST_ENDING = 3
SHORTEST = 4


@dataclass(frozen=True)
class Part:
    """One thing that was read, or could not be."""

    field: str
    """One of ``FIELDS``."""

    value: str | int | datetime | None
    """What it was taken for; None: not read."""

    words: str
    """The words it was read from; empty where nothing of the kind is said."""

    note: str
    """What was taken for granted, or why it was not read; empty where nothing need be said."""


@dataclass(frozen=True)
class Known:
    """What the reader of a pasted text knows of the theatre."""

    names: Sequence[tuple[str, str]]
    """(name or alias, party's own name) of every party."""

    towns: Sequence[str]
    """Towns of the theatre, the biggest first."""

    period: Interval
    """What the watch covers: a date without a year is of it."""

    local_hours: float
    """Local time's offset from UTC, hours."""

    truce: Interval | None = None
    """The agreement's own hours: what "during the truce" speaks of where no date is stated."""

    spellings: Sequence[tuple[str, str]] = ()
    """(another spelling, town) of towns, the biggest first."""

    words: Catalogue = field(default_factory=lambda: catalogue("en"))
    """The language in which what was read is told."""

    def note(self, key: str, /, **values: object) -> str:
        """Return what is said of a part: a sentence of the catalogue's ``paste`` section."""
        return self.words.say(f"paste.{key}", **values)


def missing(field: str, note: str) -> Part:
    """Return a field that was not read, and why."""
    return Part(field, None, "", note)


def stems(word: str) -> tuple[str, ...]:
    """What the forms of a Cyrillic word begin with: its ending goes, and ``Харків`` is ``Харков`` in other cases."""
    stem = _ENDING.sub("", word) if len(word) > SHORTEST else word
    if word.endswith(("ів", "їв")):
        return stem, word[:-2] + ("ов" if word.endswith("ів") else "єв")
    return (stem,) if len(stem) >= SHORTEST else (word,)


def mentions(name: str, said: str) -> Iterator[tuple[int, int]]:
    """Yield where a party's name stands in a text, in any of its forms where it is Cyrillic."""
    short = len(name) < SHORTEST
    words = []
    for word in name.split():
        if short or not CYRILLIC.search(word) or word.isupper():
            words.append(re.escape(word))
        else:
            words.append(rf"(?:{'|'.join(map(re.escape, stems(word)))})\w{{0,{LONGEST_ENDING}}}")
    # Two capitals ("РФ") are a name only as capitals; one letter is none.
    if words and (len(name) > 2 or (len(name) == 2 and name.isupper())):
        flags = re.NOFLAG if short and name.isupper() else re.IGNORECASE
        pattern = r"\s+".join(words)
        yield from (match.span() for match in re.finditer(rf"(?<!\w){pattern}(?!\w)", said, flags))
