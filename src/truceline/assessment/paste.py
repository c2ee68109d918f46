# SPDX-License-Identifier: Apache-2.0
"""A claim as somebody pasted it: what of who, what, how many, where and when can be read in it, and by which words.

English, Ukrainian, Russian or French, and modest on purpose: what is read is shown with the words it was read from,
what was taken for granted is said, and what may mean two things is not read at all. Nothing is ever guessed silently;
every field can be put right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from truceline.assessment import paste_numbers
from truceline.assessment import paste_words as w
from truceline.assessment.paste_parts import Known, Part, mentions, missing, towns
from truceline.assessment.paste_when import period, spelt_out

MAX_CHARS = 4_000
"""Most characters looked at."""

FIELDS = ("who", "accused", "what", "count", "where", "from", "to")

__all__ = ["FIELDS", "MAX_CHARS", "Known", "Part", "qualifier_of", "read"]


_MARKS = str.maketrans("’ʼ‘", "'''")


def read(text: str, known: Known) -> tuple[Part, ...]:
    """Return one part per field, in the order of ``FIELDS``."""
    said = spelt_out(" ".join(text[:MAX_CHARS].translate(_MARKS).split()))
    spans: list[tuple[int, int]] = []
    start, end = period(said, known, spans)
    count, what = _counted(said, spans)
    who, accused = _parties(said, known)
    where = _where(said, known)
    found = {part.field: part for part in (who, accused, what, count, where, start, end)}
    return tuple(found[field] for field in FIELDS)


def _counted(said: str, taken: Sequence[tuple[int, int]]) -> tuple[Part, Part]:
    """The number with its qualifier, and what is counted."""
    found = [
        match
        for match in w.NUMBER.finditer(said)
        if not any(low < match.end() and match.start() < high for low, high in taken)
        and not w.MEASURE.match(said, match.end())
    ]
    if not found:
        return missing("count", "no number is stated that counts something"), missing("what", "nothing is counted")
    counting = [match for match in found if match["digits"]] or found
    match = counting[0]
    if len(counting) > 1 and re.fullmatch(w.BETWEEN, said[match.end() : counting[1].start()], re.IGNORECASE):
        why = f"“{said[match.start() : counting[1].end()]}” is a range; state one number, as “more than 40”"
        return missing("count", why), missing("what", "it is not said how many")
    value = _value(match)
    before = w.QUALIFIER.search(said[: match.start()])
    words = said[before.start() if before else match.start() : match.end()]
    others = [each.group() for each in counting[1:]]
    note = f"other numbers in the text were not taken: {', '.join(others[:5])}" if others else ""
    unit = w.STOP.split(said[match.end() :], maxsplit=1)[0].strip()
    unit = " ".join(re.sub(r"^d'", "", unit).split()[:5])
    if w.TIMES.match(unit):
        unit, say = _violated(said)
    else:
        say = ""
    what = Part("what", unit, unit, say) if unit else missing("what", "it is not said what the number counts")
    return Part("count", value, words, note), what


def _value(match: re.Match[str]) -> int:
    if match["none"]:
        return 0
    return 1 if match["single"] else paste_numbers.value_of(match)


def _violated(said: str) -> tuple[str, str]:
    """What was done so many times."""
    verb = w.VIOLATED.search(said)
    if verb:
        return f"{verb['what'].lower()} violations", f"read from “{verb.group()}”"
    return "", ""


def qualifier_of(part: Part) -> str:
    """Return a count's qualifier in English, ``more than``, ``about``…, as its words mean it; or nothing."""
    if part.value is None:
        return ""
    for name, pattern in w.HOW.items():
        if re.match(rf"{pattern}(?!\w)", part.words, re.IGNORECASE):
            return name
    # "A dozen" is about twelve.
    about = re.search(rf"(?<!\w){paste_numbers.any_of(paste_numbers.ROUND)}$", part.words, re.IGNORECASE)
    return "about" if about else ""


def _parties(said: str, known: Known) -> tuple[Part, Part]:
    """Who says it and who is accused."""
    named = sorted((low, high, owner) for name, owner in known.names for low, high in mentions(name, said))
    speakers = [m for m in named if _speaks(said, m[0], m[1], next((n[0] for n in named if n[0] >= m[1]), len(said)))]
    who = missing("who", "it is not clear who says it")
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
    return who, missing("accused", "two parties are named" if owners else "it is not clear who is accused")


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


def _where(said: str, known: Known) -> Part:
    """The place: a town of the theatre after a word of place, or the line."""
    found = [
        town for at, town in towns(said, known)
        if w.AT.search(said[max(0, at - 32) : at]) and not w.OF_REGION.match(said, at)
    ]  # fmt: skip
    unique = list(dict.fromkeys(found))
    if len(unique) == 1:
        return Part("where", unique[0], unique[0], "a town of the theatre; 25 km around it")
    if unique:
        return missing("where", f"several places are named: {', '.join(unique[:5])}")
    if line := w.LINE.search(said):
        return Part("where", "line", line.group(), "")
    if region := w.REGION.search(said):
        return missing("where", f"“{region.group()}”: give its polygon as a GeoJSON file")
    return Part("where", "line", "", "no place is stated; the whole line was taken")
