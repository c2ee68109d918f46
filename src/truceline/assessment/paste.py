# SPDX-License-Identifier: Apache-2.0
"""A claim as somebody pasted it: what of who, what, how many, where and when can be read in it, and by which words.

English, and modest on purpose: what is read is shown with the words it was read from, what was taken for granted is
said, and what may mean two things is not read at all. Nothing is ever guessed silently; every field can be put right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from truceline.base.clock import Interval

MAX_CHARS = 4_000
"""Most characters looked at."""

FIELDS = ("who", "accused", "what", "count", "where", "from", "to")

_MONTHS = "january february march april may june july august september october november december".split()  # noqa: SIM905
_MONTH = "|".join(f"{month[:3]}(?:{month[3:]})?\\.?" if len(month) > 3 else month for month in _MONTHS)
_DATE = re.compile(
    rf"(?P<iso>\b\d{{4}}-\d{{2}}-\d{{2}}(?=\b|T))|(?P<dotted>\b\d{{1,2}}\.\d{{1,2}}\.\d{{4}}\b)"
    rf"|\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{_MONTH})\b(?:,?\s+(?P<year>\d{{4}})\b)?"
    rf"|\b(?P<month2>{_MONTH})\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)(?:,?\s+(?P<year2>\d{{4}})\b)?",
    re.IGNORECASE,
)
_SLASHED = re.compile(r"\b\d{1,2}/\d{1,2}(?:/\d{2,4})?\b")
_TIME = re.compile(
    r"(?<![\d:+-])(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?::[0-5]\d)?(?:\s*(?P<half>[ap])\.?m\b\.?)?"
    r"|(?<![\d:.])(?P<hour2>1[0-2]|[1-9])\s*(?P<half2>[ap])\.?m\b\.?|\b(?P<word>noon|midnight)\b",
    re.IGNORECASE,
)
_ZONE = re.compile(
    r"(?P<utc>\b(?:UTC|GMT)(?P<offset>\s*[+-]\s*\d{1,2}(?::?\d{2})?)?(?![\w])|(?<=\d)Z\b)|(?P<bare>(?<=\d)[+-]\d{2}:\d{2}\b)"
    r"|\b(?P<named>MSK|EEST|EET|CEST|CET)\b|\b(?P<local>(?:local|[A-Z][a-z]+)\s+time)\b"
)
_NAMED = {"MSK": 3, "EEST": 3, "EET": 2, "CEST": 2, "CET": 1}
_WORDS = "one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905
_NUMBER = re.compile(
    rf"(?<![\w.,:/+-])(?P<digits>\d{{1,3}}(?:[ ,\u00a0\u202f]\d{{3}})+(?!\d)|\d{{1,15}})(?![\w:/-]|[.,]\d|\s*[°%])"
    rf"|\b(?P<word>{'|'.join(_WORDS)})\b|\b(?P<none>no|zero)\b(?=\s+(?:\w+\s+)?(?:fires?|hot ?spots?|thermal))",
    re.IGNORECASE,
)
_MEASURE = re.compile(
    r"\s*(?:mm|cm|km|kilomet\w+|metres?|meters?|miles?|m|kg|tons?|tonnes?|hours?|minutes?|days?|weeks?|per cent|"
    r"percent|years?|o'?clock|people|civilians|soldiers|men|women|children|dead|killed|wounded|injured|points?)\b",
    re.IGNORECASE,
)
_HOW = (
    r"(?:more than|over|at least|upwards of|no less than|no fewer than|not less than|fewer than|less than|under|"
    r"at most|up to|no more than|about|around|approximately|some|nearly|almost|roughly|circa)"
)
_QUALIFIER = re.compile(rf"\b{_HOW}\s*$", re.IGNORECASE)
_STOP = re.compile(
    r"[.,;:!?()\"“”]|\b(?:by|in|on|at|from|between|near|since|during|over|within|against|along|and|were|was|have|had|has|"
    r"that|which|who|of|to|until|till|after|before|across|as|while|around|outside|under|is|are|the)\b",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"\b(?:said|says|say|claim(?:s|ed)?|report(?:s|ed)?|accus(?:es|ed)|stated|announc(?:es|ed)|record(?:s|ed)|counted|"
    r"alleg(?:es|ed)|registered|complain(?:s|ed))\b",
    re.IGNORECASE,
)
_BY = re.compile(r"\b(?:by|from|accus(?:es|ed|ing)|against|blam(?:es|ed|ing)|violated|fired by)\b", re.IGNORECASE)
_DOES = re.compile(
    r"(?:'s|’s)?\s+(?:\w+\s+){0,3}?(?:violated|broke|breached|attacked|shelled|fired|struck|launched|opened|lit|caused|started)\b",
    re.IGNORECASE,
)
_AT = re.compile(
    r"(?:\b(?:near|in|at|outside|around|towards?|close to|north of|south of|east of|west of)\s+)$", re.IGNORECASE
)
_LINE = re.compile(
    r"\b(?:along|near|on|across)\s+(?:the\s+)?(?:whole\s+|entire\s+)?(?:front ?line|line(?: of contact)?|front)\b",
    re.IGNORECASE,
)
_REGION = re.compile(r"\b([A-Z][\w'’-]+)\s+(region|oblast|province|district|governorate|raion)\b")
_PARTS = re.compile(r"\b(?:to|until|till|through|and)\b|[-–—]", re.IGNORECASE)
_TRUCE = re.compile(
    r"\b(?:during|in|throughout|over|under)\s+(?:the\s+)?(?:[\w'’-]+\s+){0,2}?(?:truce|cease-?fire)\b", re.IGNORECASE
)
_UNTIL = re.compile(r"\b(?:until|till|by|up to|as of|before)\s+(?:the\s+)?$", re.IGNORECASE)
_SINCE = re.compile(r"\b(?:since|after|starting(?: at| from)?|beginning(?: at)?)\s+(?:the\s+)?$", re.IGNORECASE)


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


def read(text: str, known: Known) -> tuple[Part, ...]:
    """Return one part per field, in the order of ``FIELDS``."""
    said = _spelt_out(" ".join(text[:MAX_CHARS].split()))
    spans: list[tuple[int, int]] = []
    start, end = _period(said, known, spans)
    count, what = _counted(said, spans)
    who, accused = _parties(said, known)
    where = _where(said, known)
    found = {part.field: part for part in (who, accused, what, count, where, start, end)}
    return tuple(found[field] for field in FIELDS)


def _spelt_out(said: str) -> str:
    """The text with ``10 to 12 April`` and ``April 10–12`` written as two dates."""
    between = r"\s*(?:to|until|till|through|and|-|–|—)\s*"
    year = r"(?P<year>,?\s+\d{4}\b)?"
    first = rf"(?<![\d:.-])(?P<low>\d{{1,2}}){between}(?P<high>\d{{1,2}})\s+(?P<month>{_MONTH})\b{year}"
    second = rf"\b(?P<month>{_MONTH})\s+(?P<low>\d{{1,2}}){between}(?P<high>\d{{1,2}})\b(?!:){year}"

    def both(match: re.Match[str]) -> str:
        rest = f" {match['month']}{match['year'] or ''}"
        return f"{match['low']}{rest} to {match['high']}{rest}"

    for pattern in (first, second):
        said = re.sub(pattern, both, said, flags=re.IGNORECASE)
    return said


def _missing(field: str, note: str) -> Part:
    return Part(field, None, "", note)


def _counted(said: str, taken: Sequence[tuple[int, int]]) -> tuple[Part, Part]:
    """The number with its qualifier, and what is counted."""
    found = [
        match
        for match in _NUMBER.finditer(said)
        if not any(low < match.end() and match.start() < high for low, high in taken)
        and not _MEASURE.match(said, match.end())
    ]
    if not found:
        return _missing("count", "no number is stated that counts something"), _missing("what", "nothing is counted")
    counting = [match for match in found if match["digits"]] or found
    match = counting[0]
    value = _value(match)
    before = _QUALIFIER.search(said[: match.start()])
    words = said[before.start() if before else match.start() : match.end()]
    others = [each.group() for each in counting[1:]]
    note = f"other numbers in the text were not taken: {', '.join(others[:5])}" if others else ""
    unit = _STOP.split(said[match.end() :], maxsplit=1)[0].strip()
    unit = " ".join(unit.split()[:5])
    if unit.lower() in ("times", "time", ""):
        unit, say = _violated(said)
    else:
        say = ""
    what = Part("what", unit, unit, say) if unit else _missing("what", "it is not said what the number counts")
    return Part("count", value, words, note), what


def _value(match: re.Match[str]) -> int:
    if match["digits"]:
        return int(re.sub(r"\D", "", match["digits"]))
    return 0 if match["none"] else _WORDS.index(match["word"].lower()) + 1


def _violated(said: str) -> tuple[str, str]:
    """What was done so many times."""
    verb = re.search(r"\b(?:violat|breach|broke)\w*\b(?:\s+the)?\s+(ceasefire|truce|agreement)", said, re.IGNORECASE)
    if verb:
        return f"{verb[1].lower()} violations", f"read from “{verb.group()}”"
    return "", ""


def qualifier_of(part: Part) -> str:
    """Return the qualifier inside a count's words: ``more than``, ``about``… or nothing."""
    match = re.match(_HOW, part.words, re.IGNORECASE)
    return match.group().lower() if match and part.value is not None else ""


def _parties(said: str, known: Known) -> tuple[Part, Part]:
    """Who says it and who is accused."""
    mentions = sorted(
        (match.start(), match.end(), owner)
        for name, owner in known.names
        if len(name) > 2
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", said, re.IGNORECASE)
    )
    speakers = [m for m in mentions if _speaks(said, m[0], m[1])]
    who = _missing("who", "it is not clear who says it")
    if speakers:
        low, high, owner = speakers[0]
        who = Part("who", owner, said[low:high], "")
    others = [
        m
        for m in mentions
        if m[2] != who.value and (_BY.search(said[max(0, m[0] - 40) : m[0]]) or _DOES.match(said, m[1]))
    ]
    owners = {owner for _, _, owner in others}
    if len(owners) == 1:
        low, high, owner = others[0]
        return who, Part("accused", owner, said[low:high], "")
    return who, _missing("accused", "two parties are named" if owners else "it is not clear who is accused")


def _speaks(said: str, low: int, high: int) -> bool:
    """Whether a name is followed by a word of saying within a few words, or follows ``according to``."""
    after = re.split(r"[.;]", said[high : high + 80])[0]
    before = said[max(0, low - 60) : low]
    return bool(
        _SAYS.search(" ".join(after.split()[:6]))
        or re.search(r"\baccording to\s+(?:\w+\s+){0,3}$", before, re.IGNORECASE)
        or re.search(rf"{_SAYS.pattern}\s+(?:the\s+)?$", before, re.IGNORECASE)
    )


def _where(said: str, known: Known) -> Part:
    """The place: a town of the theatre after a word of place, or the line."""
    names = {name.casefold() for name, _ in known.names}
    found: list[tuple[int, str]] = []
    for town in known.towns:
        if len(town) < 4 or town.casefold() in names or town not in said:
            continue
        places = [match.start() for match in re.finditer(rf"(?<!\w){re.escape(town)}(?!\w)", said)]
        near = [at for at in places if _AT.search(said[max(0, at - 20) : at]) and not _REGION.match(said, at)]
        found += [(at, town) for at in near]
    unique = list(dict.fromkeys(town for _, town in sorted(found)))
    if len(unique) == 1:
        return Part("where", unique[0], unique[0], "a town of the theatre; 25 km around it")
    if unique:
        return _missing("where", f"several places are named: {', '.join(unique[:5])}")
    if line := _LINE.search(said):
        return Part("where", "line", line.group(), "")
    if region := _REGION.search(said):
        return _missing("where", f"“{region.group()}”: give its polygon as a GeoJSON file")
    return Part("where", "line", "", "no place is stated; the whole line was taken")


# --- when -----------------------------------------------------------------------------------------------------------


def _period(said: str, known: Known, taken: list[tuple[int, int]]) -> tuple[Part, Part]:
    """The first and the last moment."""
    zone, zone_note, zone_spans = _zone(said, known)
    taken += zone_spans
    dates = [(m.start(), m.end(), _day(m, known)) for m in _DATE.finditer(said)]
    times = [(m.start(), m.end(), _clock(m)) for m in _TIME.finditer(said)]
    taken += [(low, high) for low, high, _ in (*dates, *times)]
    slashed = _SLASHED.search(said)
    if slashed:
        taken.append(slashed.span())
    bad = next((said[low:high] for low, high, day in dates if day is None), None)
    good = [(low, high, day) for low, high, day in dates if day is not None]
    during = _TRUCE.search(said)
    if not dates and not times and not slashed and during and known.truce:
        note = "no date is stated; the hours of the truce were taken"
        words = during.group()
        return Part("from", known.truce.start, words, note), Part("to", known.truce.end, words, note)
    if bad or not good:
        why = f"“{bad}” is no day of the calendar" if bad else "no date is stated"
        if slashed and not bad:
            why = f"“{slashed.group()}” may mean two days; write it as 2026-04-11 or 11 April 2026"
        return _missing("from", why), _missing("to", why)
    year_note = "a date without a year was taken to be of the watch" if _yearless(said) else ""
    if not times:
        note = "; ".join(filter(None, (year_note, "whole days, UTC, for no hour is stated")))
        first, last = good[0], good[-1]
        ends = (first[2], last[2] + timedelta(days=1))
        spoken = (said[first[0] : first[1]], said[last[0] : last[1]])
        return Part("from", ends[0], spoken[0], note), Part("to", ends[1], spoken[1], note)
    note = "; ".join(filter(None, (year_note, zone_note)))
    return _moments(said, good, times, zone, note)


def _moments(
    said: str,
    dates: Sequence[tuple[int, int, datetime]],
    times: Sequence[tuple[int, int, timedelta]],
    zone: timezone,
    note: str,
) -> tuple[Part, Part]:
    """Hours joined to their days: to the only one, or two to two in the order they stand in."""
    hours = times[:2]
    if len(dates) == 2 and len(times) == 1:
        return _one_hour_of_two(said, dates, times[0], zone, note)
    if len(dates) not in (1, len(hours)):
        why = f"{len(times)} hours and {len(dates)} days are stated: it is not clear which belongs to which"
        return _missing("from", why), _missing("to", why)
    days = dates if len(dates) > 1 else [dates[0]] * len(hours)
    found = [
        (low, (day[2] + clock).replace(tzinfo=zone).astimezone(UTC), f"{said[low:high]}, {said[day[0] : day[1]]}")
        for (low, high, clock), day in zip(hours, days, strict=True)
    ]
    extra = f"more than two hours are stated; the first two were taken ({len(times)} in all)" if len(times) > 2 else ""
    note = "; ".join(filter(None, (note, extra)))
    if len(found) == 2:
        (_, first, one), (_, last, two) = found
        if last <= first:
            why = f"“{one}” to “{two}” ends before it begins"
            return _missing("from", why), _missing("to", why)
        return Part("from", first, one, note), Part("to", last, two, note)
    low, moment, words = found[0]
    before = said[max(0, low - 24) : low]
    if _UNTIL.search(before):
        return _missing("from", "only its end is stated"), Part("to", moment, words, note)
    if _SINCE.search(before):
        return Part("from", moment, words, note), _missing("to", "only its beginning is stated")
    hour = "; ".join(filter(None, (note, "a single hour is stated; one hour from it was taken")))
    return Part("from", moment, words, hour), Part("to", moment + timedelta(hours=1), words, hour)


def _one_hour_of_two(
    said: str,
    dates: Sequence[tuple[int, int, datetime]],
    hour: tuple[int, int, timedelta],
    zone: timezone,
    note: str,
) -> tuple[Part, Part]:
    """Two days and the hour of one of them, the one no "to" parts it from, the nearest; of the other the whole day."""
    low, high, clock = hour
    between = [said[day[1] : low] if day[1] <= low else said[high : day[0]] for day in dates]
    apart = [len(words) + 1000 * bool(_PARTS.search(words)) for words in between]
    if apart[0] == apart[1]:
        why = "one hour and two days are stated: it is not clear which it belongs to"
        return _missing("from", why), _missing("to", why)
    own = int(apart[1] < apart[0])
    moment = (dates[own][2] + clock).replace(tzinfo=zone).astimezone(UTC)
    ends = [dates[0][2], dates[1][2] + timedelta(days=1)]
    ends[own] = moment
    spoken = [said[day[0] : day[1]] for day in dates]
    spoken[own] = f"{said[low:high]}, {spoken[own]}"
    if ends[1] <= ends[0]:
        why = f"“{spoken[0]}” to “{spoken[1]}” ends before it begins"
        return _missing("from", why), _missing("to", why)
    note = "; ".join(filter(None, (note, "of the other day the whole was taken, UTC")))
    return Part("from", ends[0], spoken[0], note), Part("to", ends[1], spoken[1], note)


def _yearless(said: str) -> bool:
    return any(not (m["iso"] or m["dotted"] or m["year"] or m["year2"]) for m in _DATE.finditer(said))


def _day(match: re.Match[str], known: Known) -> datetime | None:
    """Midnight (no zone yet counted in) of a date; one without a year is of the watch's, None where there is none."""
    if match["iso"]:
        parts = [int(part) for part in match["iso"].split("-")]
    elif match["dotted"]:
        parts = [int(part) for part in reversed(match["dotted"].split("."))]
    else:
        month = (match["month"] or match["month2"]).lower()[:3]
        number = next(n for n, name in enumerate(_MONTHS, start=1) if name[:3] == month)
        year = match["year"] or match["year2"]
        parts = [int(year) if year else 0, number, int(match["day"] or match["day2"])]
    years: Iterable[int] = [parts[0]] if parts[0] else range(known.period.start.year, known.period.end.year + 1)
    for year_ in years:
        made = _calendar(year_, parts[1], parts[2])
        last = known.period.end + timedelta(days=1)
        if made and (parts[0] or known.period.start - timedelta(days=31) <= made <= last + timedelta(days=31)):
            return made
    return None


def _calendar(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None


def _clock(match: re.Match[str]) -> timedelta:
    if match["word"]:
        return timedelta(hours=12 if match["word"].lower() == "noon" else 0)
    hour = int(match["hour"] or match["hour2"])
    half = (match["half"] or match["half2"] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return timedelta(hours=hour, minutes=int(match["minute"] or 0))


def _zone(said: str, known: Known) -> tuple[timezone, str, list[tuple[int, int]]]:
    """The time zone that hours are told in, what was taken for granted, and where it stands in the text."""
    found: list[tuple[timezone, str]] = []
    spans = []
    for match in _ZONE.finditer(said):
        zone = _offset(match, known)
        if zone is not None:
            found.append(zone)
            spans.append(match.span())
    if not found:
        return UTC, "no time zone is stated; hours were taken as UTC", spans
    if len({zone for zone, _ in found}) > 1:
        return found[0][0], "several time zones are stated; the first was taken", spans
    return found[0][0], found[0][1], spans


def _offset(match: re.Match[str], known: Known) -> tuple[timezone, str] | None:
    if match["utc"] or match["bare"]:
        digits = re.sub(r"[^\d+-]", "", match["offset"] or match["bare"] or "")
        if not digits:
            return UTC, ""
        sign, rest = (-1 if digits[0] == "-" else 1), digits[1:]
        hours, minutes = (int(rest[:-2]), int(rest[-2:])) if len(rest) > 2 else (int(rest), 0)
        return (timezone(sign * timedelta(hours=hours, minutes=minutes)), "") if hours <= 14 and minutes < 60 else None
    if match["named"]:
        return timezone(timedelta(hours=_NAMED[match["named"]])), ""
    place = match["local"].split()[0].casefold()
    if place == "local" or any(place == name.casefold() for name, _ in known.names):
        offset = timezone(timedelta(hours=known.local_hours))
        return offset, f"“{match['local']}” was taken as UTC{known.local_hours:+g}"
    return None
