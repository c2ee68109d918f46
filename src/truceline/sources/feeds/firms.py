# SPDX-License-Identifier: Apache-2.0
"""Asking NASA's FIRMS for the fires of an area: what may be asked, and what of an answer can be believed.

Area interface: ``/api/area/csv/{MAP_KEY}/{SOURCE}/{AREA}/{DAYS}/{DATE}``, rows of ``DAYS`` whole UTC days from
``DATE`` on; ``/api/data_availability/csv/{MAP_KEY}/ALL`` lists the days each source has
(firms.modaps.eosdis.nasa.gov/api/area, /api/data_availability).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from truceline.errors import ConfigError, InputError, Malformed, Truncated, UnavailableError, UnknownFormat
from truceline.sources._csv import Record, open_table, rows, show
from truceline.sources._words import day_of, midnight, number_of, sensor_of
from truceline.sources.feeds.wire import Answer, Wire
from truceline.sources.firms.words import minute

ADDRESS = "https://firms.modaps.eosdis.nasa.gov"
"""Where FIRMS is."""

KEY_VARIABLE = "FIRMS_MAP_KEY"
"""Environment variable that holds the user's key. It is nowhere else: no option, no file."""

PRODUCTS: Mapping[str, tuple[str, ...]] = {
    "VIIRS_SNPP": ("VIIRS/Suomi-NPP",),
    "VIIRS_NOAA20": ("VIIRS/NOAA-20",),
    "VIIRS_NOAA21": ("VIIRS/NOAA-21",),
    "MODIS": ("MODIS/Terra", "MODIS/Aqua"),
}
"""Product → sensors whose rows it holds. With ``_NRT`` near-real-time, with ``_SP`` standard."""

STANDARD, EARLY = "SP", "NRT"
"""The two levels of a product: standard processing, months later and better, replaces near-real-time."""

MOST_DAYS = 5
"""Most days one request may name. FIRMS took ten until 2025 and takes five since."""

_REQUIRED = ("latitude", "longitude", "acq_date", "acq_time", "satellite")
_BAD_KEY = re.compile(r"invalid\W+(map|api)\W*_?key|map\W?_?key\W+(is\W+)?(not|in)\W*valid", re.IGNORECASE)
_TOO_MUCH = re.compile(r"transaction limit|rate limit|too many requests|quota", re.IGNORECASE)
_KEY = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)
_EDGE_DEG = 0.05
"""A pixel on the edge of the area may have its centre just outside."""

_SKEW = timedelta(minutes=10)
"""How far our clock and theirs may differ."""

Box = tuple[float, float, float, float]
"""West, south, east, north, degrees; west <= east."""


@dataclass(frozen=True)
class Part:
    """The believable rows of one answer."""

    names: tuple[str, ...]
    """Column names."""

    days: Mapping[date, Sequence[bytes]]
    """Every day asked for, with its rows as they came. A day of which rows came but none can be used is not among them:
    it would stand as a day without fires."""

    refused: tuple[tuple[str, str], ...]
    """Rows that are none, or not of what was asked for: reason, and the row cut short."""


def check_key(key: str | None) -> str:
    """Return the key, if it may be one.

    Raises:
        ConfigError: there is none, or it holds what no key holds. The message does not show it.
    """
    text = (key or "").strip()
    if not text:
        raise ConfigError(
            f"the environment variable {KEY_VARIABLE} is not set; a key is free at {ADDRESS}/api/map_key/"
        )
    if not _KEY.fullmatch(text):
        raise ConfigError(f"what the environment variable {KEY_VARIABLE} holds is no key: letters and digits only")
    return text


def root_of(address: str) -> str:
    """Return the server's address where a longer one of its interface was given."""
    return re.sub(r"/api(/area(/csv)?)?/?$", "", address.strip().rstrip("/"))


def boxes(west: float, south: float, east: float, north: float) -> tuple[Box, ...]:
    """Return the area as boxes with west <= east, two where it crosses the antimeridian; rounded outwards.

    Raises:
        ConfigError: it is no area on Earth.
    """
    if not (-90 <= south < north <= 90 and -360 <= west <= 360 and west != east and abs(east) <= 540):
        raise ConfigError(f"{west:g},{south:g},{east:g},{north:g} is no area: west,south,east,north in degrees")
    width = (east - west) % 360 or 360.0
    if width >= 359.9:
        return ((-180.0, south, 180.0, north),)
    left = (west + 180) % 360 - 180
    right = left + width
    if right <= 180:
        return (_outwards(left, south, right, north),)
    return _outwards(left, south, 180.0, north), _outwards(-180.0, south, right - 360, north)


def _outwards(west: float, south: float, east: float, north: float) -> Box:
    """Hundredths of a degree, so that the same watch always asks for the same area."""
    low = (max(-180.0, int(west * 100 - 1) / 100), max(-90.0, int(south * 100 - 1) / 100))
    return *low, min(180.0, int(east * 100 + 1) / 100), min(90.0, int(north * 100 + 1) / 100)


def available(wire: Wire, key: str, today: date) -> Mapping[str, tuple[date, date]] | None:
    """Return source → first and last day it has; None where the server does not say, or lists days yet to come.

    Raises:
        ConfigError: the key is refused.
        UnavailableError: the server is not there.
    """
    answer = wire.get(f"/api/data_availability/csv/{key}/ALL")
    _refuse_key(answer)
    if answer.status != 200 or answer.page:
        return None
    try:
        table = open_table(_closed(answer), file="data_availability", required=("data_id", "min_date"), limit=1 << 20)
    except InputError:
        return None
    found: dict[str, tuple[date, date]] = {}
    for _, fields in rows(table):
        if isinstance(fields, dict):
            first, last = day_of(fields["min_date"]), day_of(fields.get("max_date", ""))
            if isinstance(first, date) and isinstance(last, date):
                found[fields["data_id"].upper()] = (first, last)
    # A list that knows the future would make quiet days of those it has not: none of it is believed.
    honest = all(last <= today + timedelta(days=1) for _, last in found.values())
    return found if found and honest else None


def ask(wire: Wire, key: str, source: str, box: Box, first: date, days: int, now: datetime) -> Part | str:
    """Return the rows of one source in one area, or why the server does not offer that source.

    A row later than ``now`` is refused: it would also hide that the feed is late.

    Raises:
        ConfigError: the key is refused.
        UnavailableError: no answer, or too many transactions.
        InputError: an answer that holds no rows: a page for people, cut short, too large, too slow; or none that is of
            what was asked for.
    """
    area = ",".join(f"{edge:g}" for edge in box)
    answer = wire.get(f"/api/area/csv/{key}/{source}/{area}/{days}/{first.isoformat()}")
    said = wire.hide(answer.said())
    if _TOO_MUCH.search(said) and not answer.body.lower().startswith((b"latitude", b"country_id")):
        raise UnavailableError(f"{source}: the server says: {said}")
    _refuse_key(answer)
    if answer.status != 200:
        return f"the server answers {answer.status}: {said}"
    if answer.page:
        raise UnknownFormat(f"{source}: the answer is a page for people, not rows: {said}")
    body = _closed(answer).replace(key.encode(), b"***")
    table = open_table(body, file=source, required=_REQUIRED, limit=len(body))
    kept: dict[date, list[bytes]] = {first + timedelta(days=n): [] for n in range(days)}
    refused: list[tuple[str, str]] = []
    spoilt: set[date] = set()
    last: tuple[Record, dict[str, str] | str] | None = None
    for record, fields in rows(table):
        last = (record, fields)
        reason, day = _fault(fields, PRODUCTS[product_of(source)], box, kept)
        if day is not None and _moment(day, fields) > now + _SKEW:
            reason = "is later than now"
        if reason or day is None:
            refused.append((reason, show(record.raw)))
            of = day_of(fields["acq_date"]) if isinstance(fields, dict) else ""
            spoilt |= {of} if isinstance(of, date) else set()
        else:
            kept[day].append(record.raw)
    # A row cut in its last field leaves that field empty; cut anywhere else, it has too few.
    if last and not answer.body.endswith(b"\n") and (isinstance(last[1], str) or not [*last[1].values()][-1]):
        raise Truncated(f"{source}: the answer ends within a row")
    if refused and not any(kept.values()):
        raise Malformed(f"{source}: of {len(refused):,} rows none can be used; the first {refused[0][0]}")
    whole = {day: found for day, found in kept.items() if found or day not in spoilt}
    return Part(table.names, whole, tuple(refused))


def _moment(day: date, fields: dict[str, str] | str) -> datetime:
    """When a row says its fire was seen; the day's beginning where its time cannot be read."""
    found = minute(fields["acq_time"]) if isinstance(fields, dict) else ""
    return midnight(day) + timedelta(seconds=found if isinstance(found, int) else 0)


def product_of(source: str) -> str:
    """Return the product of a source's name: ``MODIS_NRT`` → ``MODIS``."""
    return re.sub(rf"_({STANDARD}|{EARLY})$", "", source)


def _closed(answer: Answer) -> bytes:
    """The body with an end to its last line."""
    return answer.body if answer.body.endswith(b"\n") or not answer.body.strip() else answer.body + b"\n"


def _refuse_key(answer: Answer) -> None:
    """Tell a key that the server does not know from every other fault."""
    if answer.status in (401, 403) or _BAD_KEY.search(answer.said()):
        raise ConfigError(f"FIRMS does not accept the key in {KEY_VARIABLE}")


def _fault(
    fields: dict[str, str] | str, sensors: Sequence[str], box: Box, days: Mapping[date, object]
) -> tuple[str, date | None]:
    """Why a row is not one of those asked for, and its day."""
    if isinstance(fields, str):
        return fields, None
    day = day_of(fields["acq_date"])
    if isinstance(day, str):
        return f"acq_date {day}", None
    if day not in days:
        return f"is of {day.isoformat()}, which was not asked for", None
    if sensor_of(fields["satellite"]) not in sensors:
        return f"is of satellite {fields['satellite'][:20]!r}, which was not asked for", None
    lat, lon = number_of(fields["latitude"]), number_of(fields["longitude"])
    if lat is None or lon is None:
        return "latitude or longitude is not a number", None
    west, south, east, north = box
    if not (west - _EDGE_DEG <= lon <= east + _EDGE_DEG and south - _EDGE_DEG <= lat <= north + _EDGE_DEG):
        return "lies outside the area that was asked for", None
    return "", day
