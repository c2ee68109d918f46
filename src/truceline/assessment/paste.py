# SPDX-License-Identifier: Apache-2.0
"""A claim as somebody pasted it: what of who, what, how many, where and when can be read in it, and by which words.

English, Ukrainian, Russian or French, and modest on purpose: what is read is shown with the words it was read from,
what was taken for granted is said, and what may mean two things is not read at all. Nothing is ever guessed silently;
every field can be put right.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from truceline.assessment import paste_numbers
from truceline.assessment import paste_words as w
from truceline.assessment.claims import measured
from truceline.assessment.paste_parts import Known, Part, mentions, missing
from truceline.assessment.paste_when import period, spelt_out
from truceline.assessment.paste_where import where

MAX_CHARS = 4_000
"""Most characters looked at."""

FIELDS = ("who", "accused", "what", "count", "where", "from", "to")

__all__ = ["FIELDS", "MAX_CHARS", "Known", "Part", "qualifier_named", "qualifier_of", "read"]


_MARKS = str.maketrans("’ʼ‘", "'''")
_MARKUP = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
_MOST = 2**53
"""No count is as large."""


def read(text: str, known: Known) -> tuple[Part, ...]:
    """Return one part per field, in the order of ``FIELDS``."""
    said = spelt_out(" ".join(_visible(text[:MAX_CHARS]).translate(_MARKS).split()))
    spans: list[tuple[int, int]] = []
    start, end = period(said, known, spans)
    count, what = _counted(said, spans, known)
    who, accused = _parties(said, known)
    found = {part.field: part for part in (who, accused, what, count, where(said, known), start, end)}
    return tuple(found[field] for field in FIELDS)


def _visible(text: str) -> str:
    """The text as a reader sees it: letters whole, without markup or marks that have no width."""
    shown = unicodedata.normalize("NFC", _MARKUP.sub(" ", text))
    return "".join(sign for sign in shown if unicodedata.category(sign) not in ("Cf", "Co", "Cs"))


def _counted(said: str, taken: Sequence[tuple[int, int]], known: Known) -> tuple[Part, Part]:
    """The number with its qualifier, and what is counted."""
    found = [
        match
        for match in w.NUMBER.finditer(said)
        if not any(low < match.end() and match.start() < high for low, high in taken)
        and not w.MEASURE.match(said, match.end())
        and _value(match) < _MOST
    ]
    if not found:
        unit = measured(said)
        what = Part("what", unit, unit, "") if unit else missing("what", known.note("nothing_counted"))
        return missing("count", known.note("no_number")), what
    # A number of fires comes before any other, and digits before words.
    fires = [match for match in found if measured(_unit(said, match))]
    counting = fires or [match for match in found if match["digits"]] or found
    match = counting[0]
    if apart := _range(said, found, match):
        return missing("count", known.note("range", text=apart)), missing("what", known.note("how_many"))
    value = _value(match)
    before = w.QUALIFIER.search(said[: match.start()])
    words = said[before.start() if before else match.start() : match.end()]
    others = [each.group() for each in found if each is not match and (each["digits"] or each in counting)]
    note = known.note("other_numbers", numbers=", ".join(others[:5])) if others else ""
    unit, say = _unit(said, match), ""
    if w.TIMES.match(unit):
        unit, say = _violated(said, known)
    what = Part("what", unit, unit, say) if unit else missing("what", known.note("counts_what"))
    return Part("count", value, words, note), what


def _unit(said: str, match: re.Match[str]) -> str:
    """What stands behind a number, up to the next one or the first word that no unit goes past."""
    next_one = w.NUMBER.search(said, match.end())
    rest = said[match.end() : next_one.start() if next_one else None]
    unit = w.STOP.split(rest, maxsplit=1)[0].strip()
    return " ".join(re.sub(r"^d'", "", unit).split()[:5])


def _range(said: str, found: Sequence[re.Match[str]], match: re.Match[str]) -> str:
    """The words of a range of which a number is one end, or nothing."""
    at = found.index(match)
    for one, other in ((at - 1, at), (at, at + 1)):
        if one >= 0 and other < len(found):
            low, high = found[one], found[other]
            if re.fullmatch(w.BETWEEN, said[low.end() : high.start()], re.IGNORECASE):
                return said[low.start() : high.end()]
    return ""


def _value(match: re.Match[str]) -> int:
    if match["none"]:
        return 0
    return 1 if match["single"] else paste_numbers.value_of(match)


def _violated(said: str, known: Known) -> tuple[str, str]:
    """What was done so many times."""
    verb = w.VIOLATED.search(said)
    if verb:
        return known.note("violations", what=verb["what"].lower()), known.note("read_from", text=verb.group())
    return "", ""


def qualifier_named(words: str) -> str:
    """Return the English name of the qualifier that some words begin with, or nothing."""
    found = (name for name, pattern in w.HOW.items() if re.match(rf"{pattern}(?!\w)", words, re.IGNORECASE))
    return next(found, "")


def qualifier_of(part: Part) -> str:
    """Return a count's qualifier in English, ``more than``, ``about``…, as its words mean it; or nothing."""
    if part.value is None:
        return ""
    if name := qualifier_named(part.words):
        return name
    # "A dozen" is about twelve.
    about = re.search(rf"(?<!\w){paste_numbers.any_of(paste_numbers.ROUND)}$", part.words, re.IGNORECASE)
    return "about" if about else ""


def _parties(said: str, known: Known) -> tuple[Part, Part]:
    """Who says it and who is accused."""
    named = sorted((low, high, owner) for name, owner in known.names for low, high in mentions(name, said))
    speakers = [m for m in named if _speaks(said, m[0], m[1], next((n[0] for n in named if n[0] >= m[1]), len(said)))]
    who = missing("who", known.note("who_unclear"))
    if speakers:
        low, high, owner = speakers[0]
        who = Part("who", owner, said[low:high], "")
    others = [
        m
        for m in named
        if m[2] != who.value and (w.BY.search(said[max(0, m[0] - 40) : m[0]]) or w.DOES.match(said, m[1]))
    ]
    owners = {owner for _, _, owner in others}
    if len(owners) == 1:
        low, high, owner = others[0]
        return who, Part("accused", owner, said[low:high], "")
    both = w.BOTH.search(said)
    if owners or both:
        words = ", ".join(sorted(owners)) if owners else both.group() if both else ""
        return who, Part("accused", None, words, known.note("several_parties"))
    return who, missing("accused", known.note("accused_unclear"))


def _speaks(said: str, low: int, high: int, other: int) -> bool:
    """Whether a name is followed by a word of saying, within a few words and before any other name, or comes after one.

    Not so where it comes after *by* or *accused*: in "40 fires by North, said South" it is South that says it.
    """
    after = re.split(r"[.;]", said[high : min(high + 80, other)])[0]
    before = said[max(0, low - 60) : low]
    if re.search(rf"{w.BY.pattern}\s+(?:the\s+|la\s+|le\s+|l')?$", before, re.IGNORECASE):
        return False
    return bool(
        w.SAYS.search(" ".join(after.split()[:6]))
        or after.startswith(":")
        or w.ACCORDING.search(before)
        or re.search(rf"{w.SAYS.pattern}\s+(?:the\s+|la\s+|le\s+|l')?$", before, re.IGNORECASE)
    )
