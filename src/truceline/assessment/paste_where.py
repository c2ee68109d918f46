# SPDX-License-Identifier: Apache-2.0
"""Where a pasted claim speaks of: a town of the theatre, the line, or a place that this watch does not know."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from truceline.assessment import paste_words as w
from truceline.assessment.paste_parts import CYRILLIC, LONGEST_ENDING, SHORTEST, Known, Part, mentions, stems


@dataclass(frozen=True)
class Place:
    """A name in a text that begins with a capital letter."""

    start: int
    """Where it begins."""

    end: int
    """Where it ends."""

    town: str | None
    """The town it is a name of; None: of none of the theatre."""

    party: bool
    """Whether it is a party's name too."""

    exact: bool
    """Whether the town is spelt so, not only in one of the forms of a Cyrillic name."""


def where(said: str, known: Known) -> Part:
    """Return the place: one town after a word of place, or the line; any other place is named and not read.

    What is said to lie elsewhere must not be held against the line: only where no place is named at all is the whole
    line taken, and that is said.
    """
    every = [place for place in _places(said, known) if not w.REGION.match(said, place.start)]
    found, strange = _placed(said, every)
    towns = list(dict.fromkeys(place.town for place in found if place.town))
    if len(towns) == 1 and not strange:
        place = next(each for each in found if each.town)
        words = said[place.start : place.end]
        key = "town" if words == towns[0] else "town_spelt"
        return Part("where", towns[0], words, known.note(key, text=words, town=towns[0]))
    names = [*towns, *strange]
    if len(names) > 1:
        return _unread(", ".join(names[:5]), known.note("several_places", places=", ".join(names[:5])))
    if region := w.REGION.search(said):
        return _unread(region.group(), known.note("no_town", text=region.group()))
    if line := w.LINE.search(said):
        return Part("where", "line", line.group(), "")
    if strange:
        return _unread(strange[0], known.note("no_town", text=strange[0]))
    if named := next((said[p.start : p.end] for p in every if _named(said, p)), ""):
        return _unread(named, known.note("named", text=named))
    return Part("where", "line", "", known.note("whole_line"))


def _unread(words: str, note: str) -> Part:
    return Part("where", None, words, note)


def _named(said: str, place: Place) -> bool:
    """Whether a town is named somewhere; a word that begins a sentence may only look like one of its forms."""
    first = re.search(r"(?:^|[.!?:])\s*$", said[: place.start]) is not None
    return place.town is not None and not place.party and (place.exact or not first)


def _placed(said: str, places: Sequence[Place]) -> tuple[list[Place], list[str]]:
    """The towns that a word of place stands before, each after the first may be joined by *and*; and strange names."""
    found: list[Place] = []
    strange: list[str] = []
    last = -1
    for place in places:
        before = said[max(0, place.start - 32) : place.start]
        joined = w.JOINED.fullmatch(said[last : place.start]) if last >= 0 else None
        headline = place.start == 0 and place.town is not None and not place.party and said[place.end :][:1] == ":"
        if not (joined or headline or w.AT.search(before)):
            continue
        if _speaker(said, place, before):
            continue
        # Behind a comma a strange name begins something new; a party's name behind "and" does too.
        new = joined and (joined["comma"] or place.party)
        if place.town is None and (new or w.NO_PLACE.match(said, place.start)):
            continue
        last = place.end
        if place.town is not None:
            found.append(place)
        else:
            strange.append(said[place.start : place.end])
    return found, list(dict.fromkeys(strange))


def _speaker(said: str, place: Place, before: str) -> bool:
    """Whether a name after a word of place is who says it: *у Києві заявили*, *said in Paris*."""
    after = re.split(r"[.;,:]", said[place.end : place.end + 60])[0]
    if w.SAYS.match(" ".join(after.split()[:1])) or (place.town is None and w.SAYS.search(" ".join(after.split()[:4]))):
        return True
    return place.party and bool(w.SAYS.search(before) or w.BY.search(before) or re.search(r"(?:à|на)\s*$", before))


def _places(said: str, known: Known) -> Iterator[Place]:
    """Yield names in a text, towns as GeoNames spells them, in other spellings, and in their Cyrillic forms."""
    whole: dict[str, str] = {}
    beginnings: dict[str, str] = {}
    for spelling, town in (*((town, town) for town in known.towns), *known.spellings):
        if len(spelling) < SHORTEST:
            continue
        whole.setdefault(spelling, town)
        if CYRILLIC.search(spelling):
            for stem in stems(spelling):
                beginnings.setdefault(stem, town)
    taken = [span for name, _ in known.names for span in mentions(name, said)]
    starts = [match.start() for match in re.finditer(r"(?<!\w)[^\W\d_]", said) if said[match.start()].isupper()]
    for at in starts:
        rest = re.match(r"[^\W\d_][\w'-]*(?:\s[\w'-]+){0,2}", said[at:])
        phrase = rest.group() if rest else said[at]
        first, found = phrase.partition(" ")[0], None
        while phrase and found is None:
            found = whole.get(phrase) or _inflected(phrase, beginnings)
            phrase = phrase if found else phrase.rpartition(" ")[0]
        party = any(low <= at < high for low, high in taken)
        yield Place(at, at + len(phrase or first), found, party, phrase in whole)


def _inflected(phrase: str, beginnings: dict[str, str]) -> str | None:
    if not CYRILLIC.search(phrase):
        return None
    longest = min(LONGEST_ENDING, len(phrase) - SHORTEST)
    cuts = (phrase[: len(phrase) - k] for k in range(longest + 1))
    return next((beginnings[cut] for cut in cuts if cut in beginnings), None)
