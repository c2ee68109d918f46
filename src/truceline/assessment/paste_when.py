# SPDX-License-Identifier: Apache-2.0
"""From when to when a pasted claim speaks: its days, hours and zone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone

from truceline.assessment import paste_words as w
from truceline.assessment.paste_parts import Known, Part, mentions, missing


def spelt_out(said: str) -> str:
    """Return the text with ``10 to 12 April`` and ``April 10–12`` written as two dates, and two hours likewise."""
    year = r"(?P<year>,?\s+\d{4}\b)?"
    first = rf"(?<![\d:.-])(?P<low>\d{{1,2}}){w.BETWEEN}(?P<high>\d{{1,2}})\s+(?P<month>{w.MONTH})(?!\w){year}"
    second = rf"\b(?P<month>{w.MONTH})\s+(?P<low>\d{{1,2}}){w.BETWEEN}(?P<high>\d{{1,2}})\b(?!:){year}"

    def both(match: re.Match[str]) -> str:
        rest = f" {match['month']}{match['year'] or ''}"
        return f"{match['low']}{rest} to {match['high']}{rest}"

    for pattern in (first, second):
        said = re.sub(pattern, both, said, flags=re.IGNORECASE)
    # "с 9 до 20 часов": the unit stands once and is meant twice
    return w.HOURS.sub(r"\g<low> \g<unit> \g<high> \g<unit>", said)


def period(said: str, known: Known, taken: list[tuple[int, int]]) -> tuple[Part, Part]:
    """Return the first and the last moment; what of the text they take up is added to ``taken``."""
    zone, zone_note, zone_spans = _zone(said, known)
    taken += zone_spans
    dates = [(m.start(), m.end(), _day(m, known)) for m in w.DATE.finditer(said)]
    times = [(_begins(m), m.end(), _clock(m)) for m in w.TIME.finditer(said)]
    taken += [(low, high) for low, high, _ in (*dates, *times)]
    slashed = w.SLASHED.search(said)
    if slashed:
        taken.append(slashed.span())
    bad = next((said[low:high] for low, high, day in dates if day is None), None)
    good = [(low, high, day) for low, high, day in dates if day is not None]
    during, relative = w.TRUCE.search(said), w.RELATIVE.search(said)
    if not dates and not times and not slashed and during and known.truce and not relative:
        note = known.note("truce_hours")
        words = during.group()
        return Part("from", known.truce.start, words, note), Part("to", known.truce.end, words, note)
    if bad or not good:
        why = known.note("no_day", text=bad) if bad else known.note("no_date")
        if slashed and not bad:
            why = known.note("two_days", text=slashed.group())
        elif relative and not bad:
            why = known.note("relative", text=relative.group())
        return missing("from", why), missing("to", why)
    year_note = known.note("of_watch") if _yearless(said) else ""
    if not times:
        if night := _night(said, good, known, year_note):
            return night
        note = "; ".join(filter(None, (year_note, known.note("whole_days"))))
        first, last = good[0], good[-1]
        ends = (first[2], last[2] + timedelta(days=1))
        spoken = (said[first[0] : first[1]], said[last[0] : last[1]])
        before = said[max(0, first[0] - 24) : first[0]]
        if len(good) == 1 and w.UNTIL.search(before):
            return missing("from", known.note("only_end")), Part("to", ends[1], spoken[1], note)
        if len(good) == 1 and w.SINCE.search(before):
            return Part("from", ends[0], spoken[0], note), missing("to", known.note("only_start"))
        return Part("from", ends[0], spoken[0], note), Part("to", ends[1], spoken[1], note)
    note = "; ".join(filter(None, (year_note, zone_note)))
    return _moments(known, said, good, times, zone, note)


DUSK, DAWN = 18, 6
"""Hours of local time from and to which a night is taken."""


def _night(said: str, dates: Sequence[tuple[int, int, datetime]], known: Known, note: str) -> tuple[Part, Part] | None:
    """The night between two days, or that which ends on one; None where no night is spoken of."""
    low, high, first = dates[0]
    spoken = w.NIGHT.search(said[max(0, low - 32) : low])
    if not spoken or len(dates) > 2:
        return None
    last = dates[-1][2]
    if spoken["into"] and len(dates) == 1:
        first = last - timedelta(days=1)
    if last - first != timedelta(days=1):
        why = known.note("night_unclear", text=f"{spoken.group().strip()} {said[low:high]}")
        return missing("from", why), missing("to", why)
    local = timedelta(hours=known.local_hours)
    words = f"{spoken.group().strip()} {said[low : dates[-1][1]]}"
    note = "; ".join(filter(None, (note, known.note("night", dusk=DUSK, dawn=DAWN, offset=f"{known.local_hours:+g}"))))
    start, end = first + timedelta(hours=DUSK) - local, last + timedelta(hours=DAWN) - local
    return Part("from", start, words, note), Part("to", end, words, note)


def _moments(
    known: Known,
    said: str,
    dates: Sequence[tuple[int, int, datetime]],
    times: Sequence[tuple[int, int, timedelta]],
    zone: timezone,
    note: str,
) -> tuple[Part, Part]:
    """Hours joined to their days: to the only one, or two to two in the order they stand in."""
    hours = times[:2]
    if len(dates) == 2 and len(times) == 1:
        return _one_hour_of_two(known, said, dates, times[0], zone, note)
    if len(dates) not in (1, len(hours)):
        why = known.note("belongs", hours=len(times), days=len(dates))
        return missing("from", why), missing("to", why)
    days = dates if len(dates) > 1 else [dates[0]] * len(hours)
    found = [
        (low, (day[2] + clock).replace(tzinfo=zone).astimezone(UTC), f"{said[low:high]}, {said[day[0] : day[1]]}")
        for (low, high, clock), day in zip(hours, days, strict=True)
    ]
    extra = known.note("many_hours", n=len(times)) if len(times) > 2 else ""
    note = "; ".join(filter(None, (note, extra)))
    if len(found) == 2:
        (_, first, one), (_, last, two) = found
        if last <= first:
            why = known.note("ends_before", start=one, end=two)
            return missing("from", why), missing("to", why)
        return Part("from", first, one, note), Part("to", last, two, note)
    low, moment, words = found[0]
    before = said[max(0, low - 24) : low]
    if w.UNTIL.search(before):
        return missing("from", known.note("only_end")), Part("to", moment, words, note)
    if w.SINCE.search(before):
        return Part("from", moment, words, note), missing("to", known.note("only_start"))
    hour = "; ".join(filter(None, (note, known.note("single_hour"))))
    return Part("from", moment, words, hour), Part("to", moment + timedelta(hours=1), words, hour)


def _one_hour_of_two(
    known: Known,
    said: str,
    dates: Sequence[tuple[int, int, datetime]],
    hour: tuple[int, int, timedelta],
    zone: timezone,
    note: str,
) -> tuple[Part, Part]:
    """Two days and the hour of one of them, the one no "to" parts it from, the nearest; of the other the whole day."""
    low, high, clock = hour
    between = [said[day[1] : low] if day[1] <= low else said[high : day[0]] for day in dates]
    apart = [len(words) + 1000 * bool(w.PARTS.search(words)) for words in between]
    if apart[0] == apart[1]:
        why = known.note("belongs", hours=1, days=2)
        return missing("from", why), missing("to", why)
    own = int(apart[1] < apart[0])
    moment = (dates[own][2] + clock).replace(tzinfo=zone).astimezone(UTC)
    ends = [dates[0][2], dates[1][2] + timedelta(days=1)]
    ends[own] = moment
    spoken = [said[day[0] : day[1]] for day in dates]
    spoken[own] = f"{said[low:high]}, {spoken[own]}"
    if ends[1] <= ends[0]:
        why = known.note("ends_before", start=spoken[0], end=spoken[1])
        return missing("from", why), missing("to", why)
    note = "; ".join(filter(None, (note, known.note("rest_of_day"))))
    return Part("from", ends[0], spoken[0], note), Part("to", ends[1], spoken[1], note)


def _yearless(said: str) -> bool:
    return any(not (m["iso"] or m["dotted"] or m["year"] or m["year2"]) for m in w.DATE.finditer(said))


def _day(match: re.Match[str], known: Known) -> datetime | None:
    """Midnight (no zone yet counted in) of a date; one without a year is of the watch's, None where there is none."""
    if match["iso"]:
        parts = [int(part) for part in match["iso"].split("-")]
    elif match["dotted"]:
        parts = [int(part) for part in reversed(match["dotted"].split("."))]
    else:
        said = match["month"] or match["month2"]
        number = next(n for n, month in enumerate(w.MONTHS, start=1) if re.fullmatch(month, said, re.IGNORECASE))
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


def _begins(match: re.Match[str]) -> int:
    """Where an hour itself begins, past the *from* or *at* by which it is known to be one."""
    return match.start(next((name for name in ("hour3", "hour4") if match[name]), 0))


def _clock(match: re.Match[str]) -> timedelta:
    if match["noon"] or match["midnight"]:
        return timedelta(hours=12 if match["noon"] else 0)
    hour = int(next(match[name] for name in ("hour", "hour2", "hour3", "hour4") if match[name]))
    half = (match["half"] or match["half2"] or match["half4"] or "").lower()
    if half:
        hour = hour % 12 + (12 if half.startswith(("p", "в")) else 0)
    return timedelta(hours=hour, minutes=int(match["minute"] or match["minute3"] or 0))


def _zone(said: str, known: Known) -> tuple[timezone, str, list[tuple[int, int]]]:
    """The time zone that hours are told in, what was taken for granted, and where it stands in the text."""
    found: list[tuple[timezone, str]] = []
    spans, strange = [], ""
    for match in w.ZONE.finditer(said):
        zone = _offset(match, known)
        if zone is not None:
            found.append(zone)
            spans.append(match.span())
        else:
            strange = strange or match.group()
    if not found:
        return UTC, known.note("zone_strange", text=strange) if strange else known.note("zone_none"), spans
    if len({zone for zone, _ in found}) > 1:
        return found[0][0], known.note("zones"), spans
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
        return timezone(timedelta(hours=w.NAMED[match["named"].upper()])), ""
    words = match["local"]
    if w.LOCAL.search(words) or any(True for name, _ in known.names for _ in mentions(name, words)):
        offset = timezone(timedelta(hours=known.local_hours))
        return offset, known.note("zone_taken", text=words, offset=f"{known.local_hours:+g}")
    return None
