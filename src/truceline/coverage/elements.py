# SPDX-License-Identifier: Apache-2.0
"""Looks from orbital elements that a user gives: two-line elements, or OMM as JSON, XML, KVN or CSV, through SGP4.

Frame: SGP4 gives TEME positions; :mod:`truceline.coverage.earth` turns them to the Earth and finds the place straight
below, within a metre of what Skyfield says of the same elements.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from sgp4.api import SGP4_ERRORS, WGS72, Satrec
from sgp4.conveniences import sat_epoch_datetime

from truceline.base.canonical import parse_json
from truceline.base.clock import Interval, iso
from truceline.base.geo import EARTH_KM, Floats
from truceline.coverage import omm
from truceline.coverage.earth import earth_fixed, subpoint
from truceline.coverage.orbit import instrument
from truceline.coverage.passes import Region, over, region_points
from truceline.errors import ChecksumMismatch, InputError, LimitExceeded, Malformed, NoTime, Truncated, UnknownFormat
from truceline.model.look import ELEMENTS, Look

KNOWN: Mapping[str, str] = {
    "37849": "VIIRS/Suomi-NPP",
    "43013": "VIIRS/NOAA-20",
    "54234": "VIIRS/NOAA-21",
    "25994": "MODIS/Terra",
    "27424": "MODIS/Aqua",
}
"""Catalogue number → sensor, for the satellites whose fire products are read."""

MAX_OBJECTS = 20_000
"""Most objects one file may hold."""

MAX_AGE_DAYS = 45.0
"""Elements older or younger than this, against the middle of the watch, do not tell minutes any more."""

BASIS = ELEMENTS

FAMILY = "thermal-infrared"
"""Error family of the looks, unless told otherwise: that of the fire products these satellites make."""

_Object = tuple[Mapping[str, Any] | InputError, dict[str, Any]]
"""An object's named fields, or why it has none; and its line or number."""

_STATED: Mapping[str, tuple[str, ...]] = {
    "TIME_SYSTEM": ("UTC",),
    "MEAN_ELEMENT_THEORY": ("SGP4", "SGP/SGP4", "SGP"),
    "CENTER_NAME": ("EARTH",),
    "REF_FRAME": ("TEME", "TEMEOFDATE"),
    "EPHEMERIS_TYPE": ("0", "1", "2", "3"),
}
"""What an OMM may state of itself and still be flown by SGP4; the first is meant where it states nothing. SGP4-XP, DSST
and other frames would be flown kilometres wrong."""

_ALPHA_5 = 340_000
"""First number that the five characters of SGP4 cannot hold; an OMM's may have nine digits."""

_DAY_OF_YEAR = re.compile(r"(\d{4})-(?!000)([0-2]\d\d|3[0-5]\d|36[0-6])(T.*)?", re.ASCII)
"""CCSDS's other form of a time: year and day of the year."""

_EPOCH_1949 = datetime(1949, 12, 31, tzinfo=UTC)
_NUMBERS = (
    "MEAN_MOTION",
    "ECCENTRICITY",
    "INCLINATION",
    "RA_OF_ASC_NODE",
    "ARG_OF_PERICENTER",
    "MEAN_ANOMALY",
    "BSTAR",
)


@dataclass(frozen=True, eq=False)
class Elements:
    """One object's elements."""

    name: str
    """As the file calls it; empty where it does not."""

    number: str
    """Catalogue number, as text."""

    satellite: Satrec
    """SGP4's own form."""

    epoch: datetime
    """For when they hold, UTC."""


def predict(
    text: str,
    file: str,
    sensors: Mapping[str, str],
    region: Region,
    period: Interval,
    families: Mapping[str, str] | None = None,
    refused: list[InputError] | None = None,
    others: Collection[str] = (),
) -> tuple[Look, ...]:
    """Return every pass whose swath covers part of the region, sorted by start, then sensor.

    Args:
        text: the file's text.
        file: its name, for errors.
        sensors: catalogue number or object name (case ignored) → sensor; it overrides ``KNOWN``. Other objects are
            passed over. Of several elements of one sensor those of the epoch nearest the period's middle are used.
        region: a box or points, as :func:`truceline.coverage.passes.predict` takes it.
        period: looks begin within it.
        families: sensor → error family; else ``FAMILY``.
        refused: where given, a bad object among good ones and a sensor whose elements are too old or cannot be
            propagated are put there, and the rest is kept; else they are raised.
        others: numbers and names, lower case, of satellites that are known but not flown here: a file of such alone
            gives no look and is no error.

    Raises:
        Malformed, Truncated, ChecksumMismatch: with the line (OMM JSON: the record) at fault.
        UnknownFormat: neither of the forms, or no object is a sensor we know.
        NoTime: the elements' epoch is more than 45 days from the period's middle.
        LimitExceeded: more than 20,000 objects.
        NoPlace: the region is empty or off the Earth.
    """
    points = region_points(region)
    wanted = {key.strip().casefold(): sensor for key, sensor in {**KNOWN, **sensors}.items()}
    middle = period.start + (period.end - period.start) / 2
    chosen: dict[str, Elements] = {}
    objects, bad = (read(text, file), ()) if refused is None else read_kept(text, file)
    if bad and not objects:
        raise bad[0]
    for item in objects:
        sensor = wanted.get(item.number.casefold()) or wanted.get(item.name.casefold())
        if sensor is not None:
            kept = chosen.get(sensor)
            if kept is None or abs(item.epoch - middle) < abs(kept.epoch - middle):
                chosen[sensor] = item
    if refused is not None:
        refused += bad
    if not chosen and not any(item.number in others or item.name.casefold() in others for item in objects):
        raise UnknownFormat("holds the elements of no sensor we know; name it in the watch's sensors", file=file)
    looks: list[Look] = []
    for sensor in sorted(chosen):
        family = (families or {}).get(sensor, FAMILY)
        try:
            looks += list(_looks(chosen[sensor], sensor, family, file, points, period, middle))
        except (Malformed, NoTime) as error:
            if refused is None:
                raise
            refused.append(error)
    return tuple(sorted(looks, key=lambda look: (look.interval.start, look.sensor)))


def _looks(
    item: Elements, sensor: str, family: str, file: str, points: Floats, period: Interval, middle: datetime
) -> Iterator[Look]:
    known = instrument(sensor)
    if known is None:
        raise UnknownFormat(f"the swath of {sensor!r} is not known; sensors begin with VIIRS/ or MODIS/", file=file)
    age = abs(item.epoch - middle).total_seconds() / 86_400
    if age > MAX_AGE_DAYS:
        raise NoTime(f"the elements of {sensor} are of {iso(item.epoch)}, {age:.0f} days from the watch", file=file)
    return over(
        lambda seconds: subpoint(earth_fixed(_teme(item, file, seconds), seconds)),
        points,
        period,
        sensor=sensor,
        family=family,
        half_swath_km=known.half_swath_km,
        altitude_km=round(float(item.satellite.a) * item.satellite.radiusearthkm - EARTH_KM, 1),
        # Along the track elements err by about a kilometre at first, then with the square of their age (assumed).
        sigma_s=round(2.0 + 0.1 * age**2, 1),
        basis=BASIS,
    )


def _teme(item: Elements, file: str, seconds: Floats) -> Floats:
    """TEME positions (n, 3), kilometres, at UTC seconds since 1970 (n,)."""
    days = seconds / 86_400
    whole = np.floor(days)
    code, place, _ = item.satellite.sgp4_array(whole + 2_440_587.5, days - whole)
    if code.any():
        why = SGP4_ERRORS.get(int(code[code != 0][0]), "unknown fault")
        raise Malformed(f"cannot be propagated: {why}", file=file, record=item.name or item.number)
    return np.asarray(place, dtype=np.float64)


def read(text: str, file: str) -> tuple[Elements, ...]:
    """Return every object of the file, in its order.

    Raises:
        InputError: as :func:`predict`.
    """
    body = text.lstrip("\ufeff").strip()
    fields = _fields(text, body, file)
    if fields is None:
        found = list(_tle(text.lstrip("\ufeff"), file))
    else:
        found = [_omm(named, file, **place) for named, place in fields]
    if len(found) > MAX_OBJECTS:
        raise LimitExceeded(f"{len(found):,} objects; at most {MAX_OBJECTS:,} are read", file=file)
    return tuple(found)


def read_kept(text: str, file: str) -> tuple[tuple[Elements, ...], tuple[InputError, ...]]:
    """Return every object that can be read, and why each of the others cannot.

    Raises:
        InputError: the file as a whole cannot be used.
    """
    body = text.lstrip("\ufeff").strip()
    fields = _fields(text, body, file)
    if fields is None:
        return _tle_kept(text.lstrip("\ufeff"), file)
    found: list[Elements] = []
    bad: list[InputError] = []
    try:
        for named, place in fields:
            try:
                found.append(_omm(named, file, **place))
            except InputError as error:
                bad.append(error)
            if len(found) + len(bad) > MAX_OBJECTS:
                raise LimitExceeded(f"more than {MAX_OBJECTS:,} objects", file=file)
    except (Malformed, Truncated) as error:
        # The file's form breaks here: what stood before is kept, what follows cannot be told apart.
        bad.append(error)
    return tuple(found), tuple(bad)


def _fields(text: str, body: str, file: str) -> Iterable[_Object] | None:
    """Named fields of each object, and its line or number; None where the file holds two-line elements."""
    if not body:
        raise Truncated("the file is empty", file=file)
    if body[0] in "[{":
        return _omm_json(body, file)
    if body[0] == "<":
        return ((fields, {"record": number}) for fields, number in omm.xml(body, file))
    if "NORAD_CAT_ID" in body.split("\n", maxsplit=1)[0] and "," in body.split("\n", maxsplit=1)[0]:
        return _omm_csv(text.lstrip("\ufeff"), file)
    if re.match(r"(COMMENT\b|[A-Z_]+\s*=)", body):
        return ((fields, {"line": line}) for fields, line in omm.kvn(text.lstrip("\ufeff"), file))
    return None


def _tle_kept(text: str, file: str) -> tuple[tuple[Elements, ...], tuple[InputError, ...]]:
    """Two-line elements cut at each line 1, so that a bad pair costs only itself."""
    lines = text.splitlines()
    begins = [n for n, line in enumerate(lines) if line.startswith("1 ") and len(line) > 24]
    if not begins:
        return tuple(_tle(text, file)), ()
    if len(begins) > MAX_OBJECTS:
        raise LimitExceeded(f"more than {MAX_OBJECTS:,} objects", file=file)
    found: list[Elements] = []
    bad: list[InputError] = []
    for number in begins:
        named = number > 0 and 0 < len(lines[number - 1].strip()) <= 30 and lines[number - 1][:2] != "2 "
        low = number - 1 if named else number
        try:
            found += _tle("\n" * low + "\n".join(lines[low : number + 2]), file)
        except InputError as error:
            bad.append(error)
    return tuple(found), tuple(bad)


def _tle(text: str, file: str) -> Iterator[Elements]:
    """Objects of two- or three-line elements."""
    name, first, begun = "", "", 0
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.rstrip()
        if not line:
            continue
        if line.startswith("1 ") and not first and len(line) > 24:
            first, begun = _checked(line, file, number), number
        elif line.startswith("2 ") and first:
            second = _checked(line, file, number)
            if first[2:7] != second[2:7]:
                raise Malformed(f"line 2 is of object {second[2:7]}, line 1 of {first[2:7]}", file=file, line=number)
            yield _from_lines(name, first, second, file, begun)
            name, first = "", ""
        elif first:
            raise Malformed("line 1 of two-line elements is not followed by its line 2", file=file, line=number)
        elif line.startswith("2 ") and len(line) > 60:
            raise Malformed("line 2 of two-line elements without its line 1", file=file, line=number)
        elif len(line) > 30:
            raise Malformed("neither a name nor a line of two-line elements", file=file, line=number)
        else:
            name = line.removeprefix("0 ").strip()
    if first:
        raise Truncated("ends after line 1 of two-line elements", file=file, line=begun)
    if name:
        raise Malformed("a name without elements", file=file, line=number)


def _checked(line: str, file: str, number: int) -> str:
    """The line, if its form and checksum hold."""
    if len(line) != 69 or not line.isascii():
        raise Malformed(f"a line of two-line elements has 69 characters, this one {len(line)}", file=file, line=number)
    form = _FIRST if line[0] == "1" else _SECOND
    if not form.fullmatch(line):
        raise Malformed(f"line {line[0]} of two-line elements is not in its columns", file=file, line=number)
    total = sum(int(c) if c.isdigit() else c == "-" for c in line[:68]) % 10
    if total != int(line[68]):
        raise ChecksumMismatch(f"the checksum is {total}, the line says {line[68]}", file=file, line=number)
    return line


_OBJECT = r"[\dA-HJ-NP-Z ]"  # of five characters the first may be a letter, but neither I nor O
_EXP = r"[ +-][ \d]{5}[+-]\d"
_ANGLE = r"[ \d]{3}\.\d{4}"
_FIRST = re.compile(
    rf"1 {_OBJECT}[ \d]{{3}}\d. .{{8}} \d\d[ \d]{{3}}\.\d{{8}} [ +-]\.\d{{8}} {_EXP} {_EXP} [ 0-3] [ \d]{{4}}\d"
)
_SECOND = re.compile(
    rf"2 {_OBJECT}[ \d]{{3}}\d {_ANGLE} {_ANGLE} \d{{7}} {_ANGLE} {_ANGLE} [ \d]\d\.\d{{8}}[ \d]{{5}}\d"
)


def _from_lines(name: str, first: str, second: str, file: str, line: int) -> Elements:
    try:
        satellite = Satrec.twoline2rv(first, second, WGS72)
    except ValueError as error:
        raise Malformed(f"cannot be read as two-line elements: {error}", file=file, line=line) from error
    return _finished(name, str(satellite.satnum), satellite, file, line=line)


def _finished(
    name: str, number: str, satellite: Satrec, file: str, *, line: int | None = None, record: str | None = None
) -> Elements:
    """The object, if it moves as a satellite of the Earth can."""
    turns = satellite.no_kozai * 720 / math.pi
    tilt = math.degrees(satellite.inclo)
    if not 0.9 <= turns <= 17.5 or not 0 <= satellite.ecco < 0.9 or not 0 <= tilt <= 180:
        raise Malformed(
            f"{turns:.3f} turns a day at eccentricity {satellite.ecco:g}, inclination {tilt:g} degrees, is no orbit",
            file=file,
            line=line,
            record=record,
        )
    epoch = sat_epoch_datetime(satellite)
    return Elements(name, number, satellite, epoch.astimezone(UTC))


def _omm_json(body: str, file: str) -> Iterator[_Object]:
    value = parse_json(body, file=file)
    many = value if isinstance(value, list) else [value]
    for place, fields in enumerate(many, start=1):
        good = isinstance(fields, dict)
        fault = Malformed("an OMM is an object of named fields", file=file, record=str(place))
        yield fields if good else fault, {"record": str(place)}


def _omm_csv(text: str, file: str) -> Iterator[_Object]:
    lines = text.splitlines()
    reader = csv.reader(lines, strict=True)
    try:
        header = next(reader)
        for row in reader:
            if len(row) != len(header):
                why = f"{len(row)} fields, the header names {len(header)}"
                fault = Truncated if len(row) < len(header) else Malformed
                yield fault(why, file=file, line=reader.line_num), {"line": reader.line_num}
            else:
                yield dict(zip(header, row, strict=True)), {"line": reader.line_num}
    except csv.Error as error:
        raise Malformed(f"not CSV: {error}", file=file, line=reader.line_num) from error


def _omm(
    fields: Mapping[str, Any] | InputError, file: str, *, line: int | None = None, record: str | None = None
) -> Elements:
    """One object from an OMM's fields (CCSDS 502.0-B-3); angles in degrees, mean motion in turns a day."""
    if isinstance(fields, InputError):
        raise fields

    def number(key: str, default: float | None = None) -> float:
        try:
            found = float(fields[key]) if default is None else float(fields.get(key, default) or 0)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise Malformed(f"{key} is not a number, or missing", file=file, line=line, record=record) from error
        if not math.isfinite(found):
            raise Malformed(f"{key} is not a number", file=file, line=line, record=record)
        return found

    for key, known in _STATED.items():
        said = str(fields.get(key) or known[0]).strip().upper()
        if said not in known:
            fault = NoTime if key == "TIME_SYSTEM" else Malformed
            raise fault(f"{key} {said[:20]} is not {' or '.join(known)}", file=file, line=line, record=record)
    motion, eccentricity, tilt, node, pericentre, anomaly, drag = (number(key) for key in _NUMBERS)
    epoch = _epoch(fields.get("EPOCH"), file, line, record)
    catalogue = number("NORAD_CAT_ID")
    if not 0 <= catalogue < 1e9 or catalogue != int(catalogue):
        raise Malformed(f"NORAD_CAT_ID {catalogue:g} is no catalogue number", file=file, line=line, record=record)
    satellite = Satrec()
    satellite.sgp4init(
        WGS72,
        "i",
        int(catalogue) if catalogue < _ALPHA_5 else 0,
        (epoch - _EPOCH_1949) / timedelta(days=1),
        drag,
        number("MEAN_MOTION_DOT", 0.0) * math.pi / 1_036_800,
        number("MEAN_MOTION_DDOT", 0.0) * math.pi / 2_985_984_000,
        eccentricity,
        math.radians(pericentre),
        math.radians(tilt),
        math.radians(anomaly),
        motion * math.pi / 720,
        math.radians(node),
    )
    name = str(fields.get("OBJECT_NAME") or "").strip()
    return _finished(name, str(int(catalogue)), satellite, file, line=line, record=record)


def _epoch(value: object, file: str, line: int | None, record: str | None) -> datetime:
    """An OMM's epoch: UTC, whether or not it says so."""
    try:
        text = str(value).strip()
        by_day = _DAY_OF_YEAR.fullmatch(text)
        moment = datetime.fromisoformat(f"{by_day[1]}-01-01{by_day[3] or ''}" if by_day else text)
        moment += timedelta(days=int(by_day[2]) - 1 if by_day else 0)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise NoTime(f"EPOCH {value!r:.40} is not an ISO 8601 time", file=file, line=line, record=record) from error
    if not 1957 <= moment.year <= 2056:  # SGP4 keeps two digits of the year
        raise NoTime(f"EPOCH {value!r:.40} is not of the years 1957 to 2056", file=file, line=line, record=record)
    return moment
