# SPDX-License-Identifier: Apache-2.0
"""A claim as somebody states it: filled in field by field, or pasted as it was published."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from truceline.assessment.paste import MAX_CHARS, Known, Part, qualifier_named, qualifier_of, read
from truceline.assessment.paste_language import language_of
from truceline.base.clock import iso
from truceline.errors import LimitExceeded, Malformed
from truceline.flow.ground import Ground, spellings
from truceline.lang import catalogue
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

    language: str = "en"
    """Code of the language in which the answer is told."""

    understood: tuple[Part, ...] = ()
    """What was read out of a pasted text, field by field."""

    def __post_init__(self) -> None:
        for name in ("who", "accused", "what", "where", "qualifier"):
            text = getattr(self, name)
            if len(text) > MOST_TEXT:
                raise LimitExceeded(f"{name} is {len(text):,} characters long; at most {MOST_TEXT} are read")
            if not text.isprintable():
                raise Malformed(f"{name} is one line of text, not {text!r:.60}")
        catalogue(self.language)
        if self.count is not None and not 0 <= self.count < 2**53:
            raise Malformed(f"{self.count} is no count: a whole number, 0 or more")


_COUNT = re.compile(r"(?P<words>[^\d.,+-]*?)\s*(?P<digits>\d{1,3}(?:[ ,\u00a0\u202f]\d{3})+|\d{1,15})", re.ASCII)
_PLAIN = re.compile(r"exactly|рівно|ровно|exactement", re.IGNORECASE)


def count_of(text: str) -> tuple[int, str]:
    """Return the number and its qualifier, in English, of ``more than 500`` or ``понад 500``.

    Raises:
        Malformed: it is no whole number, 0 or more, or what stands before it is no qualifier.
    """
    match = _COUNT.fullmatch(" ".join(text.split()))
    how = qualifier_named(match["words"]) if match and match["words"] else ""
    if not match or (match["words"] and not how and not _PLAIN.fullmatch(match["words"])):
        raise Malformed(f"{text!r:.60} is no count: a whole number such as 12, or “more than 500”")
    return int(re.sub(r"\D", "", match["digits"])), how


def understand(ground: Ground, text: str, language: str = "") -> Asked:
    """Return the claim that a pasted text makes, as far as it can be read; see :mod:`truceline.assessment.paste`.

    Args:
        ground: of the watch.
        text: as it was published.
        language: of the answer; empty: the text's own.

    Raises:
        LimitExceeded: it is longer than any claim.
        ConfigError: there is no such language.
    """
    language = language or language_of(text)
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
        catalogue(language),
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
        language,
        parts,
    )


def part_plain(part: Part) -> dict[str, Any]:
    """Return what was read as JSON."""
    value = iso(part.value) if isinstance(part.value, datetime) else part.value
    return {"field": part.field, "value": value, "words": part.words, "note": part.note}
