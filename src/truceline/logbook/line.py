# SPDX-License-Identifier: Apache-2.0
"""One line of the watch log, as a person keys it: ``2140 A10 3x shelling 122mm 48.01,37.80 ±500 from W``.

Time and post come first; the rest stands in any order; ``then`` parts a native sequence. What cannot be read
is refused with the word and what was expected there. Grammar: docs/how-to/keep-the-watch-log.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from functools import cached_property

from truceline.base.clock import iso
from truceline.errors import Malformed
from truceline.logbook.places import COMPASS, Names, bearing, place_of
from truceline.logbook.words import EXPLOSIONS, STATES, Words, begun, words_of
from truceline.model.logbook import Count, Line, Part, Spot
from truceline.model.vocabulary import CORE, Vocabulary

MAX_CHARS = 500
"""Longest line, characters."""

MAX_PARTS = 20
"""Most parts of a native sequence."""

EARLY = timedelta(minutes=2)
"""How far a keyed time may lie ahead of the clock before it is taken for yesterday's."""

_TIME = re.compile(r"(?:(\d{1,2})/)?(\d\d):?(\d\d)(?::?(\d\d))?([ZL]?)(?:-(\d\d):?(\d\d)(?::?(\d\d))?)?", re.ASCII)
_COUNT = re.compile(r"([~<>≥≤]?)(\d{1,5})(?:-(\d{1,5}))?(x|×|rd|rds|salvo|salvos|min)?", re.ASCII | re.IGNORECASE)
_NOT_KNOWN = re.compile(r"N/?K(x|rd|salvo|min)?", re.ASCII | re.IGNORECASE)
_CALIBRE = re.compile(r"(\d{1,4}(?:\.\d{1,2})?)mm", re.ASCII | re.IGNORECASE)
_SIGMA = re.compile(r"(?:±|\+/?-)(\d{1,6}(?:\.\d{1,3})?)(m|km)?", re.ASCII | re.IGNORECASE)
_POST = re.compile(r"[\w][\w.:-]{0,31}")


@dataclass(frozen=True, eq=False)
class Known:
    """What a line may refer to."""

    vocabulary: Vocabulary = CORE
    """Acts and weapons."""

    posts: Mapping[str, tuple[float, float] | None] = field(default_factory=dict)
    """Posts, sensors and patrols by id: longitude and latitude, degrees; None: not fixed. Empty: any word is a post."""

    names: Names = field(default_factory=dict)
    """Place names to places."""

    offset_hours: float = 0.0
    """Local time's offset from UTC, hours; used where a time ends in ``L``."""

    @cached_property
    def words(self) -> Words:
        """Spellings of the vocabulary."""
        return words_of(self.vocabulary)


@dataclass
class _Draft:
    """A part as far as it has been read."""

    act: str | None = None
    kind: str | None = None
    count: Count | None = None
    weapon: str | None = None
    calibre: float | None = None
    came: float | None = None
    went: float | None = None
    direction_nk: bool = False


@dataclass
class _Reader:
    """Reads word after word."""

    words: list[str]
    known: Known
    post: str = ""
    at: int = 0
    parts: list[_Draft] = field(default_factory=lambda: [_Draft()])
    spot: Spot | None = None
    sigma: float | None = None
    sense: str | None = None
    harm: dict[str, int] = field(default_factory=dict)

    def wrong(self, expected: str, word: str | None = None) -> Malformed:
        said = self.words[self.at] if word is None else word
        return Malformed(f"word {self.at + 1}, {said!r:.60}: expected {expected}")

    def next(self, after: str, expected: str) -> str:
        """Return the word that must follow one, and step to it."""
        if self.at + 1 >= len(self.words):
            raise Malformed(f"word {self.at + 1}, {after!r}: expected {expected} after it")
        self.at += 1
        return self.words[self.at]


def read_line(text: str, known: Known, now: datetime) -> Line:
    """Return what a keyed line says.

    Args:
        text: the line.
        known: words, posts and places.
        now: the clock, UTC; a time without a day is the last one before it.

    Raises:
        Malformed: a word cannot be read; it is named, with what was expected and what may have been meant.
    """
    if len(text) > MAX_CHARS:
        raise Malformed(f"a line holds at most {MAX_CHARS} characters, not {len(text):,}")
    said, _, note = text.partition("#")
    words = [word for word in (w.strip(",;") for w in said.split()) if word]
    if len(words) < 3:
        raise Malformed("expected at least a time, a post and an act, such as 2140 A10 3x explosion impact")
    reader = _Reader(words, known)
    at, until = _time(reader, now)
    reader.at = 1
    reader.post = _post(reader)
    reader.at = 2
    while reader.at < len(words):
        _word(reader)
        reader.at += 1
    spot = reader.spot
    if reader.sigma is not None:
        if spot is None:
            raise Malformed("an uncertainty (±) needs a place beside it: coordinates, @name or bearing/distance")
        spot = replace(spot, sigma_m=reader.sigma)
    parts = tuple(_part(draft, number, known) for number, draft in enumerate(reader.parts, 1))
    return Line(at, reader.post, parts, until, spot, reader.sense, **reader.harm, note=note.strip())


def _time(reader: _Reader, now: datetime) -> tuple[datetime, datetime | None]:
    match = _TIME.fullmatch(reader.words[0])
    hint = "a time: 2140, 21:40:05, 25/2140 (day of the month), 2140L (local), or 2140-2155"
    if match is None:
        raise reader.wrong(hint)
    day, hour, minute, second, zone, hour2, minute2, second2 = match.groups()
    local = now.astimezone(timezone(timedelta(hours=reader.known.offset_hours if zone == "L" else 0)))
    try:
        moment = local.replace(hour=int(hour), minute=int(minute), second=int(second or 0), microsecond=0)
        moment = _dated(moment, local, int(day) if day else None)
        until = None
        if hour2:
            until = moment.replace(hour=int(hour2), minute=int(minute2), second=int(second2 or 0))
            until += timedelta(days=1) if until < moment else timedelta(0)
    except ValueError as error:
        raise reader.wrong(f"{hint}; {error}") from error
    return moment.astimezone(now.tzinfo), None if until is None else until.astimezone(now.tzinfo)


def _dated(moment: datetime, now: datetime, day: int | None) -> datetime:
    """Return a time of day on the day named, else the last such time that is not ahead of the clock."""
    if day is None:
        return moment - timedelta(days=1) if moment > now + EARLY else moment
    for back in range(32):
        earlier = moment - timedelta(days=back)
        if earlier.day == day and earlier <= now + EARLY:
            return earlier
    raise ValueError(f"no day {day} among the last 31")


def _post(reader: _Reader) -> str:
    word, posts = reader.words[1], reader.known.posts
    if not posts and _POST.fullmatch(word):
        return word
    named = {name.casefold(): name for name in posts}
    if word.casefold() in named:
        return named[word.casefold()]
    some = ", ".join(sorted(posts)[:8]) + (" …" if len(posts) > 8 else "")
    raise reader.wrong(f"a post or sensor: {some or 'letters, digits, dots and dashes'}")


def _word(reader: _Reader) -> None:
    """Read one word, and those that belong to it."""
    word = reader.words[reader.at]
    draft = reader.parts[-1]
    small = word.casefold()
    if small in _KEYWORDS:
        _KEYWORDS[small](reader, draft)
    elif (match := _NOT_KNOWN.fullmatch(word)) is not None:
        _set_count(reader, draft, Count(None, None, (match.group(1) or "x").lower()))
    elif (match := _CALIBRE.fullmatch(word)) is not None:
        draft.calibre = float(match.group(1))
    elif small == "n/kmm":
        draft.weapon = "N/K"
    elif (match := _SIGMA.fullmatch(word)) is not None:
        reader.sigma = _metres(match)
    elif (pair := _pair(word)) is not None:
        draft.came, draft.went = pair
    elif (spot := _spot(reader, word)) is not None:
        if reader.spot is not None:
            raise reader.wrong("one place a line; this is the second")
        reader.spot = spot
    elif (match := _COUNT.fullmatch(word)) is not None:
        _set_count(reader, draft, _count(reader, match))
    else:
        _named(reader, draft, word)


def _then(reader: _Reader, draft: _Draft) -> None:
    if draft.act is None and draft.kind is None:
        raise reader.wrong("an act before it")
    if len(reader.parts) >= MAX_PARTS:
        raise reader.wrong(f"at most {MAX_PARTS} parts")
    reader.parts.append(_Draft())


def _sense(reader: _Reader, draft: _Draft) -> None:
    del draft  # it is said of the whole line
    reader.sense = reader.words[reader.at].casefold()


def _harm(reader: _Reader, draft: _Draft) -> None:
    del draft  # harm is said of the whole line
    what = reader.words[reader.at].casefold()
    number = reader.next(what, "how many people")
    if not re.fullmatch(r"\d{1,5}", number, re.ASCII):
        raise reader.wrong(f"how many people were {what}")
    reader.harm[what] = int(number)


def _direction(reader: _Reader, draft: _Draft) -> None:
    way = reader.words[reader.at].casefold()
    word = reader.next(way, "a direction: W, NNE, 270 or N/K")
    if _NOT_KNOWN.fullmatch(word):
        draft.direction_nk = True
        return
    degrees = bearing(word)
    if degrees is None:
        raise reader.wrong("a direction: W, NNE, 0 to 360, or N/K")
    if way == "from":
        draft.came = degrees
    else:
        draft.went = degrees


_KEYWORDS: Mapping[str, Callable[[_Reader, _Draft], None]] = {
    "then": _then,
    "heard": _sense,
    "seen": _sense,
    "killed": _harm,
    "wounded": _harm,
    "from": _direction,
    "to": _direction,
}


def _pair(word: str) -> tuple[float, float] | None:
    came, dash, went = word.upper().partition("-")
    return (COMPASS[came], COMPASS[went]) if dash and came in COMPASS and went in COMPASS else None


def _spot(reader: _Reader, word: str) -> Spot | None:
    try:
        here = reader.known.posts.get(reader.post)
        return place_of(word, reader.known.names, reader.known.posts, reader.post, here)
    except ValueError as error:
        raise reader.wrong(str(error)) from error


def read_spot(text: str, known: Known) -> Spot:
    """Return a place keyed by itself, with its uncertainty: ``48.01,37.80 ±20``.

    Raises:
        Malformed: it is none.
    """
    word, _, rest = text.strip().partition(" ")
    try:
        spot = place_of(word, known.names, known.posts, "", None)
    except ValueError as error:
        raise Malformed(f"{word!r:.60}: expected {error}") from error
    match = _SIGMA.fullmatch(rest.strip()) if rest.strip() else None
    if spot is None or (rest.strip() and match is None):
        raise Malformed(f"{text!r:.60}: expected a place, such as 48.01,37.80 ±20, @Town or POST:090/3km")
    return spot if match is None else replace(spot, sigma_m=_metres(match))


def _metres(match: re.Match[str]) -> float:
    return float(match.group(1)) * (1000 if (match.group(2) or "").lower() == "km" else 1)


def _set_count(reader: _Reader, draft: _Draft, count: Count) -> None:
    if draft.count is not None:
        raise reader.wrong("one count for each act; part acts by 'then'")
    draft.count = count


def _count(reader: _Reader, match: re.Match[str]) -> Count:
    sign, low, high, unit = match.groups()
    word = {"×": "x", "rds": "rd", "salvos": "salvo"}.get((unit or "x").lower(), (unit or "x").lower())
    least = int(low)
    if high is not None:
        if int(high) < least:
            raise reader.wrong("a range from least to most, such as 3-5x")
        return Count(least, int(high), word, about=sign == "~")
    if sign in (">", "≥"):
        return Count(least + (sign == ">"), None, word)
    if sign in ("<", "≤"):
        return Count(0, max(0, least - (sign == "<")), word)
    return Count(least, least, word, about=sign == "~")


def _named(reader: _Reader, draft: _Draft, word: str) -> None:
    """Read a word of the vocabulary: an act first, then what says more of it, then a weapon."""
    words = reader.known.words
    acts, weapons = words.find(word, words.acts), words.find(word, words.weapons)
    kinds = begun(word, STATES.get(draft.act or "", EXPLOSIONS))
    if len(kinds) == 1 and (draft.act is not None or not acts or kinds[0] == word.casefold()):
        draft.kind = kinds[0]
        return
    if draft.act is None and kinds:
        acts = (*acts, *kinds)
    if draft.act is None and len(acts) == 1:
        draft.act = acts[0]
    elif len(weapons) == 1 and (draft.act is not None or not acts):
        draft.weapon = weapons[0]
    elif draft.act is not None and len(acts) == 1:
        raise reader.wrong(f"one act a part, and this one is {draft.act}; write 'then' between two acts")
    elif len(acts) > 1 or len(weapons) > 1:
        raise reader.wrong(f"one of {', '.join((*acts, *weapons)[:8])}; write more of the word")
    else:
        raise reader.wrong(f"an act, weapon, place, count, direction or 'then'{words.near(word)}")


def _part(draft: _Draft, number: int, known: Known) -> Part:
    act = draft.act or ("explosion" if draft.kind in EXPLOSIONS else None)
    if act is None:
        raise Malformed(f"part {number} names no act; expected one such as explosion, shelling, burst, access")
    if draft.kind in EXPLOSIONS and act != "explosion":
        raise Malformed(f"part {number}: {draft.kind} is said of an explosion, not of {act.replace('_', ' ')}")
    if STATES.get(act) and draft.kind is None:
        raise Malformed(f"part {number}: {act.replace('_', ' ')} needs its state: {', '.join(STATES[act])}")
    weapon = draft.weapon
    if weapon is None and draft.calibre is not None:
        fitting = [w.id for w in known.vocabulary.weapons.values() if w.calibre_mm == draft.calibre]
        weapon = fitting[0] if len(fitting) == 1 else None  # several have it: the calibre alone is known
    return Part(
        act=act,
        layer=known.words.layers[act],
        count=draft.count or Count(1, 1),
        kind=draft.kind,
        weapon=weapon,
        calibre_mm=draft.calibre,
        from_deg=draft.came,
        to_deg=draft.went,
        direction_nk=draft.direction_nk,
    )


def echo(line: Line, known: Known) -> str:
    """Return what was understood, in one sentence for the person who keyed it."""
    until = f" to {iso(line.until)[11:]}" if line.until else ""
    told = [f"{iso(line.at).replace('T', ' ')}{until}, {line.post}{f' {line.sense}' if line.sense else ''}"]
    told.append(", then ".join(_told_part(part, known) for part in line.parts))
    if line.spot is not None:
        told.append(_told_spot(line.spot))
    harm = [f"{n} {what}" for what, n in (("killed", line.killed), ("wounded", line.wounded)) if n is not None]
    return "; ".join([*told, *harm, *([line.note] if line.note else [])])


def _told_part(part: Part, known: Known) -> str:
    words = [told_count(part.count), known.vocabulary.word(part.act)]
    words += [f"({part.layer}{', ' + part.kind.replace('_', ' ') if part.kind else ''})"]
    if part.weapon is not None:
        words.append("weapon N/K" if part.weapon == "N/K" else known.vocabulary.word(part.weapon))
    if part.calibre_mm is not None:
        words.append(f"{part.calibre_mm:g} mm")
    words += [f"from {part.from_deg:03.0f}°"] if part.from_deg is not None else []
    words += [f"to {part.to_deg:03.0f}°"] if part.to_deg is not None else []
    return " ".join([*words, *(["direction N/K"] if part.direction_nk else [])])


def told_count(count: Count) -> str:
    """Return a count in words."""
    if count.low is None:
        number = "N/K"
    elif count.high is None:
        number = f"{count.low} or more"
    else:
        number = f"{count.low}" if count.low == count.high else f"{count.low} to {count.high}"
    unit = {"x": "×", "rd": "rounds of", "salvo": "salvos of", "min": "minutes of"}[count.unit]
    return f"{'about ' if count.about else ''}{number} {unit}"


def _told_spot(spot: Spot) -> str:
    if spot.lon is None or spot.lat is None:
        return "place N/K"
    sure = "uncertainty not stated" if spot.sigma_m is None else f"± {spot.sigma_m:,.0f} m"
    where = f"{abs(spot.lat):.4f}° {'S' if spot.lat < 0 else 'N'} {abs(spot.lon):.4f}° {'W' if spot.lon < 0 else 'E'}"
    return f"{where} {sure}{f' ({spot.told})' if spot.told else ''}"
