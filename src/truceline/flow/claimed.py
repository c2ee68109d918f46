# SPDX-License-Identifier: Apache-2.0
"""A claim as somebody states it: filled in field by field, or pasted as it was published."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from truceline.assessment.paste import MAX_CHARS, Known, Part, qualifier_of, read
from truceline.base.clock import iso
from truceline.errors import LimitExceeded, Malformed
from truceline.flow.ground import Ground, spellings
from truceline.terms import party_of

MOST_TEXT = 200
"""Longest answer to who, what or where, characters."""


@dataclass(frozen=True)
class Asked:
    """A claim as somebody states it; what is not stated is None or empty."""

    who: str = ""
    """Who says it."""

    accused: str = ""
    """Who is accused."""

    what: str = ""
    """What is counted."""

    count: int | None = None
    """How many."""

    qualifier: str = ""
    """``more than``, ``about``… or nothing."""

    where: str = "line"
    """Where, as :func:`truceline.flow.ground.area_of` reads it; empty: a place is named, and it is not known which."""

    start: datetime | None = None
    """From when."""

    end: datetime | None = None
    """Until when."""

    understood: tuple[Part, ...] = ()
    """What was read out of a pasted text, field by field."""

    def __post_init__(self) -> None:
        for name in ("who", "accused", "what", "where", "qualifier"):
            text = getattr(self, name)
            if len(text) > MOST_TEXT:
                raise LimitExceeded(f"{name} is {len(text):,} characters long; at most {MOST_TEXT} are read")
            if not text.isprintable():
                raise Malformed(f"{name} is one line of text, not {text!r:.60}")
        if self.count is not None and not 0 <= self.count < 2**53:
            raise Malformed(f"{self.count} is no count: a whole number, 0 or more")


_COUNT = re.compile(r"(?P<words>[A-Za-z ]*?)\s*(?P<digits>\d{1,3}(?:[ ,\u00a0\u202f]\d{3})+|\d{1,15})", re.ASCII)


def count_of(text: str) -> tuple[int, str]:
    """Return the number and its qualifier in ``more than 500``.

    Raises:
        Malformed: it is no whole number, 0 or more.
    """
    match = _COUNT.fullmatch(text.strip())
    if not match:
        raise Malformed(f"{text!r:.60} is no count: a whole number such as 12, or “more than 500”")
    return int(re.sub(r"\D", "", match["digits"])), match["words"].strip().lower()


def understand(ground: Ground, text: str) -> Asked:
    """Return the claim that a pasted text makes, as far as it can be read; see :mod:`truceline.assessment.paste`.

    Raises:
        LimitExceeded: it is longer than any claim.
    """
    if len(text) > MAX_CHARS:
        raise LimitExceeded(f"the text is {len(text):,} characters long; at most {MAX_CHARS:,} are read")
    agreement = ground.agreement
    names = [
        (name, party.name)
        for party in agreement.parties
        for name in (party.name, *party.aliases)
        if party_of(agreement, name) == party.id
    ]
    towns = [str(n) for n in ground.place_names["name"]]
    known = Known(
        names,
        towns,
        ground.period,
        agreement.local_offset_hours,
        agreement.window,
        [(spelt, towns[row]) for row, spelt in spellings(ground)],
    )
    parts = read(text, known)
    by = {part.field: part for part in parts}

    def words(field: str) -> str:
        return str(by[field].value or "")

    count, start, end = (by[field].value for field in ("count", "from", "to"))
    return Asked(
        words("who"),
        words("accused"),
        words("what"),
        count if isinstance(count, int) else None,
        qualifier_of(by["count"]),
        words("where"),
        start if isinstance(start, datetime) else None,
        end if isinstance(end, datetime) else None,
        parts,
    )


def part_plain(part: Part) -> dict[str, Any]:
    """Return what was read as JSON."""
    value = iso(part.value) if isinstance(part.value, datetime) else part.value
    return {"field": part.field, "value": value, "words": part.words, "note": part.note}
