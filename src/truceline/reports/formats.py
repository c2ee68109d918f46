# SPDX-License-Identifier: Apache-2.0
"""How reports write numbers, times and probabilities. Numbers are joined to their units by no-break spaces."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone
from xml.sax.saxutils import escape

import numpy as np

from truceline.base.clock import Interval
from truceline.base.text import clean
from truceline.lang import Catalogue
from truceline.model.taxonomy import icd203

NBSP = "\N{NO-BREAK SPACE}"
NOT_OBSERVED = "not observed"
_COUNTS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def xml(text: str) -> str:
    """Return clean text escaped for HTML and SVG, between tags and in double quotes."""
    return escape(clean(text), {'"': "&quot;"})


def number(value: float) -> str:
    """Return a whole number with commas: ``2,299``."""
    return f"{round(value):,}"


def rounded(value: float) -> str:
    """Return an estimated number to two significant figures: ``550``, ``65``, ``1.5``, ``0``."""
    if value == 0:
        return "0"
    digits = 1 - int(np.floor(np.log10(abs(value))))
    kept = round(value, digits)
    return f"{kept:,.0f}" if digits <= 0 else f"{kept:.{min(digits, 2)}f}".rstrip("0").rstrip(".") or "0"


def count(value: int) -> str:
    """Return a small number as a word (``three``), a larger one in figures."""
    return _COUNTS[value] if 0 <= value < len(_COUNTS) else number(value)


def plural(value: int, noun: str, many: str = "") -> str:
    """Return ``1 event``, ``13 events``, with a no-break space."""
    return f"{number(value)}{NBSP}{noun if value == 1 else many or noun + 's'}"


def percent(share: float | None) -> str:
    """Return ``71 %``; one decimal below 10 per cent, more than nothing never 0; None or NaN is *not observed*."""
    if share is None or np.isnan(share):
        return NOT_OBSERVED
    if 0 < share < 0.0005:
        return f"under{NBSP}0.1{NBSP}%"
    return f"{share * 100:.{_decimals(share)}f}{NBSP}%"


def percent_range(low: float, high: float) -> str:
    """Return ``2 to 9 %``, one figure where both round to the same; one decimal below 10 per cent.

    More than nothing is never 0: ``0 to 0.4 %`` begins at nothing, ``under 0.1 to 0.4 %`` does not.
    """
    low_text, high_text = (
        "under 0.1" if 0 < share < 0.0005 else f"{share * 100:.{_decimals(share)}f}" for share in (low, high)
    )
    low_text, high_text = low_text.replace(" ", NBSP), high_text.replace(" ", NBSP)
    return f"{low_text}{NBSP}%" if low_text == high_text else f"{low_text}{NBSP}to{NBSP}{high_text}{NBSP}%"


def probability(value: float) -> str:
    """Return the ICD 203 word and the number, both of the value in whole per cent: ``likely (71 %)``."""
    return f"{icd203(round(value, 2))}{NBSP}({percent(value)})"


def probability_range(low: float, high: float) -> str:
    """Return ``unlikely to likely (30 to 71 %)``: a range of words follows a range of numbers."""
    first, last = icd203(round(low, 2)), icd203(round(high, 2))
    words = first if first == last else f"{first} to {last}"
    return f"{words}{NBSP}({percent_range(low, high)})"


def duration(hours: float) -> str:
    """Return ``9 h 42 min``, ``32 h`` or ``48 min``, to the minute."""
    whole, minutes = divmod(round(hours * 60), 60)
    parts = ([f"{whole}{NBSP}h"] if whole else []) + ([f"{minutes}{NBSP}min"] if minutes or not whole else [])
    return NBSP.join(parts)


def day(moment: date, *, year: bool = False) -> str:
    """Return ``12 April``, with the year where asked; UTC."""
    return f"{moment.day}{NBSP}{moment:%B}" + (f"{NBSP}{moment.year}" if year else "")


def clock(moment: datetime, *, local_offset_hours: float | None = None) -> str:
    """Return ``10:41 UTC``, or ``10:41 UTC (13:41 local)`` where an offset is given."""
    text = f"{_to_minute(moment):%H:%M}{NBSP}UTC"
    if local_offset_hours is None:
        return text
    local = _to_minute(moment).astimezone(timezone(timedelta(hours=local_offset_hours)))
    return f"{text} ({local:%H:%M}{NBSP}local)"


def withheld_until(moment: datetime) -> str:
    """Return ``withheld until 16 April 2026 00:00 UTC``: what is too young to be told is never left blank."""
    return f"withheld until {day(moment, year=True)} {clock(moment)}"


def stretch(interval: Interval) -> str:
    """Return ``11 April 13:00 to 12 April 21:00 UTC``, the day once where it is the same, years where they differ."""
    start, end = _to_minute(interval.start), _to_minute(interval.end)
    years = start.year != end.year
    last = f"{end:%H:%M}" if start.date() == end.date() else f"{day(end, year=years)} {end:%H:%M}"
    return f"{day(start, year=years)} {start:%H:%M} to {last}{NBSP}UTC"


def sentence(text: str) -> str:
    """Return the text with a capital first letter and a full stop."""
    text = text.strip()
    if not text:
        return text
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?" else ".")


def days_text(days: Sequence[date]) -> str:
    """Return days as ranges: ``4–6, 15–16 and 22 April``; with the year where there is more than one."""
    runs: list[list[date]] = []
    for each in sorted(days):
        if runs and each - runs[-1][-1] == timedelta(days=1) and each.month == runs[-1][-1].month:
            runs[-1].append(each)
        else:
            runs.append([each])
    months: dict[tuple[int, int], list[str]] = {}
    for found in runs:
        label = str(found[0].day) if len(found) == 1 else f"{found[0].day}–{found[-1].day}"
        months.setdefault((found[0].year, found[0].month), []).append(label)
    years = len({year for year, _ in months}) > 1
    texts = [
        f"{' and '.join(filter(None, (', '.join(labels[:-1]), labels[-1])))}{NBSP}{date(year, month, 1):%B}"
        + (f"{NBSP}{year}" if years else "")
        for (year, month), labels in months.items()
    ]
    return "; ".join(texts)


def compass(bearing_deg: float) -> str:
    """Return the nearest of sixteen points: ``WNW``."""
    points = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
    return points[round((bearing_deg % 360) / 22.5) % 16]


def point(words: Catalogue, lon: float, lat: float, decimals: int = 3) -> str:
    """Return ``48.28° N, 37.177° E`` in a language."""
    north, east = ("north" if lat >= 0 else "south"), ("east" if lon >= 0 else "west")
    parts = ((f"area.{north}", abs(lat)), (f"area.{east}", abs(lon)))
    return ", ".join(words.say(key, deg=words.number(value, decimals)) for key, value in parts)


def _to_minute(moment: datetime) -> datetime:
    """Round to the nearest minute, so that a time and a duration read from it agree."""
    return (moment + timedelta(seconds=30)).replace(second=0, microsecond=0)


def _decimals(share: float) -> int:
    """Decimals a percentage is written with."""
    return 1 if 0 < share < 0.0995 else 0
