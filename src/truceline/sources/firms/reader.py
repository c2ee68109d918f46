# SPDX-License-Identifier: Apache-2.0
"""From columns to detections: what each row means, and which rows mean nothing we may use."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from truceline.base.bounded import MAX_BYTES
from truceline.base.clock import Interval, Times, from_column, to_column
from truceline.base.geo import Floats
from truceline.model.detection import Detections, Ints, Words
from truceline.sources._batch import Batch
from truceline.sources._csv import Table, cut, misfit, open_table, rejections
from truceline.sources.firms import words
from truceline.sources.firms.columns import REQUIRED, Columns, read_columns
from truceline.sources.firms.pixel import SIGMA_S, false_alarm, is_day, place_error

FAMILY = "thermal-infrared"
"""All FIRMS products see heat in the same bands through the same clouds: they count once as proof."""

KIND = "thermal_anomaly"
"""The signature claimed."""

Box = tuple[float, float, float, float]
Decoded = tuple[npt.NDArray[np.int32], list[Any]]
_MAX_PIXEL_KM = 10.0
_FAR_DEG = 7.0  # beyond the theatre: a file of one theatre has no row farther off
_CLIP_DEG = 1.0  # how far beyond what the file is said to cover a row may lie
_MIRROR_APART_DEG = 5.0  # longitude less latitude of the theatre's middle, from which one row proves a swap


def read(
    data: bytes,
    *,
    file: str,
    now: datetime,
    period: Interval | None = None,
    theatre: Box | None = None,
    covered: Box | None = None,
) -> Batch:
    """Return the detections of one FIRMS file and the rows that could not become one.

    Args:
        data: the file's bytes.
        file: its name, for records and messages.
        now: present moment; rows after it are rejected.
        period: if given, rows outside it are rejected.
        theatre: west, south, east, north in degrees; a row outside it whose place lies inside once latitude and
            longitude change places is rejected as swapped (see ``_swap``). Other rows outside are kept.
        covered: if given, the box of what the file is said to cover; rows more than a degree outside are rejected.

    Raises:
        InputError: the file as a whole cannot be used (empty, too large, binary, other columns).
    """
    table = open_table(data, file=file, required=REQUIRED, limit=MAX_BYTES)
    with ThreadPoolExecutor(1) as beside:
        digest = beside.submit(hashlib.sha256, data)
        columns = read_columns(table)
        checker = _Checker(columns, now=now, period=period, theatre=theatre, covered=covered)
        kept = checker.run()
        found = columns.bad + _with_raw(table, checker.reasons)
        return Batch(
            detections=checker.detections(kept),
            rejected=rejections("firms", file, found),
            rows_read=len(columns.line) + len(columns.bad),
            sha256=digest.result().hexdigest(),
            file=file,
            level=checker.levels(kept),
            spoilt=checker.spoilt(kept, table.names),
        )


def _with_raw(table: Table, reasons: dict[int, str]) -> list[tuple[int, str, bytes]]:
    """Return (line, reason, bytes) for the lines that have a reason."""
    if not reasons:
        return []
    if b'"' in table.text:  # a record may run over several lines
        return [(record.line, reasons[record.line], record.raw) for record in table.records() if record.line in reasons]
    text = table.text
    ends = np.flatnonzero(np.frombuffer(text, dtype=np.uint8)[table.start :] == ord("\n")) + table.start
    begins = np.concatenate([[table.start], ends + 1])
    ends = np.append(ends, len(text))
    places = ((line, line - table.first_line) for line in sorted(reasons))
    return [(line, reasons[line], text[begins[at] : ends[at]].removesuffix(b"\r")) for line, at in places]


class _Checker:
    """The columns of a file on their way to detections: one check after the other, first reason wins."""

    def __init__(
        self, columns: Columns, *, now: datetime, period: Interval | None, theatre: Box | None, covered: Box | None
    ) -> None:
        self.columns = columns
        self.covered = covered
        self.now = now
        self.period = period
        self.theatre = theatre
        self.reasons: dict[int, str] = {}
        self.good = np.ones(len(columns.line), dtype=bool)

    def run(self) -> Ints:
        """Apply every check; return the positions of the rows that pass."""
        self.sensor = self._decode("satellite", words.sensor)
        self.instrument = self._decode("instrument", words.instrument)
        self.level = self._decode("confidence", words.confidence)
        self.day_word = self._decode("daynight", words.daylight)
        self.type = self._decode("type", words.fire_type)
        self.time = self._times()
        self._instruments()
        self._places()
        self._swapped()
        self._beyond()
        self._measures()
        self._moments()
        self._duplicates()
        return np.flatnonzero(self.good)

    def reject(self, rows: Iterable[int], reasons: Iterable[str]) -> None:
        """Take rows out, each with its reason, unless one was found before."""
        for row, reason in zip(rows, reasons, strict=True):
            if self.good[row]:
                self.good[row] = False
                self.reasons[int(self.columns.line[row])] = reason

    def _decode(self, name: str, meaning: Callable[[str], Any]) -> Decoded:
        """Return codes and meanings of a column of words, rows with an unreadable word rejected.

        A column the file does not have is read as one of empty fields.
        """
        nothing = (np.zeros(len(self.good), dtype=np.int32), [""])
        codes, vocabulary = self.columns.words.get(name, nothing)
        meanings = [meaning(word) for word in vocabulary]
        unreadable = [code for code, found in enumerate(meanings) if isinstance(found, words.Unreadable)]
        if unreadable:
            rows = np.flatnonzero(np.isin(codes, unreadable)).tolist()
            self.reject(rows, (meanings[codes[row]] for row in rows))
        return codes, meanings

    def _times(self) -> Times:
        """Return each row's moment; 1970 where a part of it is unreadable (such rows are rejected by then)."""
        self.day = self._decode("acq_date", words.day)
        (day_codes, days), (clock_codes, clocks) = self.day, self._decode("acq_time", words.minute)
        if not len(self.good):
            return np.empty(0, "datetime64[us]")
        zero = np.datetime64(0, "D")
        day = np.array([zero if isinstance(d, words.Unreadable) else d for d in days], dtype="datetime64[us]")
        second = np.array([0 if isinstance(s, words.Unreadable) else s for s in clocks], dtype=np.int64)
        time: Times = day[day_codes] + (second * 1_000_000).astype("timedelta64[us]")[clock_codes]
        return time

    def _instruments(self) -> None:
        """Reject rows whose instrument is not aboard their satellite."""
        (codes, names), (own, sensors) = self.instrument, self.sensor
        for code, name in enumerate(names):
            if not name or isinstance(name, words.Unreadable):
                continue
            other = [c for c, sensor in enumerate(sensors) if not sensor.startswith(name)]
            rows = np.flatnonzero((codes == code) & np.isin(own, other)).tolist() if other else []
            self.reject(rows, (f"instrument {name} is not aboard the satellite of {sensors[own[row]]}" for row in rows))

    def _places(self) -> None:
        for name, bound in (("latitude", 90.0), ("longitude", 180.0)):
            values = self.columns.numbers[name]
            rows = np.flatnonzero(np.isnan(values)).tolist()
            self.reject(rows, (f"{name} is empty or not a number" for _ in rows))
            self._infinite(name, values)
            rows = np.flatnonzero(~(np.abs(values) <= bound)).tolist()
            hints = ("; latitude and longitude look swapped" if swap else "" for swap in self._swap()[rows])
            self.reject(
                rows, (f"{name} {values[row]:g} lies outside ±{bound:g}{h}" for row, h in zip(rows, hints, strict=True))
            )

    def _swap(self) -> npt.NDArray[np.bool_]:
        """Return which places lie outside the theatre and would lie inside the other way round.

        Near the diagonal (Syria, 36 N 36 E) the theatre and its mirror image are neighbours and a good row may well
        lie in the image; there, rows are taken as swapped only if most of the file is.
        """
        if self.theatre is None:
            return np.zeros(len(self.good), dtype=bool)
        lat, lon = self.columns.numbers["latitude"], self.columns.numbers["longitude"]
        swap = ~_inside(lon, lat, self.theatre) & _inside(lat, lon, self.theatre)
        wide = _grown(self.theatre, _FAR_DEG)
        far, mirrored = ~_inside(lon, lat, wide), _inside(lat, lon, wide)
        # A file of the whole world has many rows far off that lie nowhere near either way; one of a theatre has none.
        if 100 * np.count_nonzero(far & ~mirrored) <= len(far):
            swap |= far & mirrored
        west, south, east, north = self.theatre
        apart = abs((west + east) / 2 - (south + north) / 2) >= _MIRROR_APART_DEG
        return swap if apart or 2 * np.count_nonzero(swap) > len(swap) else np.zeros(len(swap), dtype=bool)

    def _swapped(self) -> None:
        lat, lon = self.columns.numbers["latitude"], self.columns.numbers["longitude"]
        rows = np.flatnonzero(self._swap()).tolist()
        self.reject(
            rows,
            (
                f"latitude and longitude look swapped: latitude {lat[row]:g}, longitude {lon[row]:g} lies outside "
                f"the theatre and would lie inside the other way round"
                for row in rows
            ),
        )

    def _beyond(self) -> None:
        """Reject rows that lie where the file is said not to reach: their place is not what it should be."""
        if self.covered is None:
            return
        lat, lon = self.columns.numbers["latitude"], self.columns.numbers["longitude"]
        rows = np.flatnonzero(~_inside(lon, lat, _grown(self.covered, _CLIP_DEG))).tolist()
        self.reject(
            rows,
            (
                f"latitude {lat[row]:g}, longitude {lon[row]:g} lies more than {_CLIP_DEG:g} degree outside the extent "
                "that the file is said to cover"
                for row in rows
            ),
        )

    def _infinite(self, name: str, values: Floats) -> None:
        rows = np.flatnonzero(np.isinf(values)).tolist()
        self.reject(rows, (f"{name} is not finite: {values[row]}" for row in rows))

    def _measures(self) -> None:
        """Reject rows with impossible sizes, power or brightness; a missing one is no fault."""
        for name, values in self.columns.numbers.items():
            if name in {"latitude", "longitude"}:
                continue
            self._infinite(name, values)
            if name in {"scan", "track"}:
                wrong = (values <= 0) | (values > _MAX_PIXEL_KM)
                text = f"is no pixel size (above 0, at most {_MAX_PIXEL_KM:g} km)"
            else:
                wrong, text = values < 0, "is negative"
            rows = np.flatnonzero(wrong).tolist()
            self.reject(rows, (f"{name} {values[row]:g} {text}" for row in rows))

    def _moments(self) -> None:
        rows = np.flatnonzero(self.time > to_column(self.now)).tolist()
        present = words.moment(self.now)
        self.reject(rows, (f"{self._moment(row)} lies in the future (it is {present})" for row in rows))
        if self.period is not None:
            span = f"{words.moment(self.period.start)} to {words.moment(self.period.end)}"
            rows = np.flatnonzero(~self.period.holds(self.time)).tolist()
            self.reject(rows, (f"{self._moment(row)} lies outside the period {span}" for row in rows))

    def _moment(self, row: int) -> str:
        return f"acq_date and acq_time {words.moment(from_column(self.time[row]))}"

    def _duplicates(self) -> None:
        """Reject rows that repeat sensor, time, place and power of an earlier row.

        Of two that differ in processing the standard one stays: the other is superseded with its whole day.
        """
        codes, sensors = self.sensor
        known = list(dict.fromkeys(str(sensor) for sensor in sensors))
        own = np.array([known.index(str(sensor)) for sensor in sensors], dtype=np.int64)
        numbers = self.columns.numbers
        keys: list[npt.NDArray[Any]] = [self.time.astype(np.int64), numbers["longitude"], numbers["latitude"]]
        keys += [numbers.get("frp", np.zeros(len(codes))), own[codes] if len(own) else np.empty(0, np.int64)]
        rows = np.flatnonzero(self.good)
        whole = len(rows) == len(self.good)
        pairs = repeats([key if whole else key[rows] for key in keys])
        line, levels = self.columns.line, self.levels(rows)
        stays: dict[int, int] = {}
        for again, first in pairs:
            row, held = again, stays.get(first, first)
            if levels is not None and (levels[held], levels[row]) == ("early", "standard"):
                stays[first] = row
                row, held = held, row
            self.reject([int(rows[row])], [f"duplicate of line {line[rows[held]]}"])

    def detections(self, rows: Ints) -> Detections:
        """Return the rows named as detections."""
        pick = slice(None) if len(rows) == len(self.good) else rows
        time = self.time[pick]
        numbers = {name: values[pick] for name, values in self.columns.numbers.items()}
        lon, lat = numbers["longitude"], numbers["latitude"]
        nothing = np.broadcast_to(np.nan, len(rows))
        scan, track = numbers.get("scan", nothing), numbers.get("track", nothing)
        day = self._daylight(rows, lon, lat, time)
        major, minor, bearing = self._place_errors(rows, lat, scan, track, day)
        wrong = self._false_alarms(rows)
        attributes: dict[str, npt.NDArray[Any]] = {
            "frp_mw": numbers.get("frp", nothing),
            "scan_km": scan,
            "track_km": track,
            "brightness_k": numbers.get("bright_ti4", numbers.get("brightness", nothing)),
            "daylight": day,
            "confidence": _take(self.level, rows),
            "line": self.columns.line[rows],
        }
        if "type" in self.columns.words:
            attributes["fire_type"] = _take(self.type, rows)
        return Detections(
            sensor=_take(self.sensor, rows),
            family=_same(FAMILY, len(rows)),
            kind=_same(KIND, len(rows)),
            lon=lon,
            lat=lat,
            time=time,
            sigma_major_m=major,
            sigma_minor_m=minor,
            bearing_deg=bearing,
            sigma_s=np.full(len(rows), SIGMA_S),
            p_act={KIND: 1.0 - wrong, "not_incident": wrong},
            attributes=attributes,
        )

    def levels(self, rows: Ints) -> Words | None:
        """Return the processing level of each of the rows named; None where no row of the file says one."""
        codes, vocabulary = self.columns.words.get("version", (np.empty(0, dtype=np.int32), []))
        found = [words.level(word) for word in vocabulary]
        return _take((codes, found), rows) if any(found) else None

    def spoilt(self, kept: Ints, names: Sequence[str]) -> frozenset[tuple[str, date]]:
        """Return the sensors' days of which rows came and none could be used, as far as those rows tell them."""
        torn = [fields for _, _, raw in self.columns.bad if (fields := _named(raw, names)) is not None]
        if len(kept) == len(self.good) and not torn:
            return frozenset()
        (codes, sensors), (day_codes, days) = self.sensor, self.day
        came, used = np.zeros((2, len(sensors), len(days)), dtype=bool)
        came[codes, day_codes] = True
        used[codes[kept], day_codes[kept]] = True
        fine = {(sensors[s], days[d]) for s, d in np.argwhere(used).tolist()}
        some = [(sensors[s], days[d]) for s, d in np.argwhere(came).tolist()]
        some += [(words.sensor(fields["satellite"]), words.day(fields["acq_date"])) for fields in torn]
        known = (pair for pair in some if not any(isinstance(part, words.Unreadable) for part in pair))
        return frozenset((sensor, day.item()) for sensor, day in known if (sensor, day) not in fine)

    def _place_errors(
        self, rows: Ints, lat: Floats, scan: Floats, track: Floats, day: npt.NDArray[np.bool_]
    ) -> tuple[Floats, Floats, Floats]:
        """Return major and minor standard deviations and the bearing; words that name no sensor have no rows here."""
        codes, sensors = self.sensor
        if not len(rows):
            return np.empty(0), np.empty(0), np.empty(0)
        known = [code for code, sensor in enumerate(sensors) if not isinstance(sensor, words.Unreadable)]
        place = np.zeros(len(sensors), dtype=np.int32)
        place[known] = np.arange(len(known))
        return place_error([sensors[code] for code in known], place[codes[rows]], lat, scan, track, day)

    def _daylight(self, rows: Ints, lon: Floats, lat: Floats, time: Times) -> npt.NDArray[np.bool_]:
        """Return what ``daynight`` says, and where it says nothing, where the sun stood."""
        if not len(rows):
            return np.empty(0, dtype=bool)
        codes, meanings = self.day_word[0][rows], self.day_word[1]
        day = np.array([meaning is True for meaning in meanings], dtype=bool)[codes]
        silent = np.flatnonzero(np.array([meaning is None for meaning in meanings], dtype=bool)[codes])
        day[silent] = is_day(lon[silent], lat[silent], time[silent])
        return np.asarray(day)

    def _false_alarms(self, rows: Ints) -> Floats:
        """Return the probability of each row that it is no thermal anomaly."""
        if not len(rows):
            return np.empty(0)
        codes, levels = self.level
        return np.array([false_alarm(level) for level in levels])[codes[rows]]


def _named(raw: bytes, names: Sequence[str]) -> dict[str, str] | None:
    """The fields of a row in which some number is none; None where they cannot be told apart."""
    fields = cut(raw)
    return None if isinstance(fields, str) or misfit(fields, names) else dict(zip(names, fields, strict=True))


def _grown(box: Box, degrees: float) -> Box:
    west, south, east, north = box
    return west - degrees, south - degrees, east + degrees, north + degrees


def _inside(lon: Floats, lat: Floats, box: Box) -> npt.NDArray[np.bool_]:
    west, south, east, north = box
    return np.asarray((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))


def _take(column: Decoded, rows: Ints) -> Words:
    """Return a column of words for the rows: one shared object per distinct word."""
    codes, meanings = column
    shared = np.empty(max(1, len(meanings)), dtype=object)
    one = {meaning: meaning for meaning in meanings}
    for place, meaning in enumerate(meanings):
        shared[place] = one[meaning]
    taken: Words = shared[codes[rows]]
    return taken


def _same(word: str, length: int) -> Words:
    """Return a column of one word: one object, seen n times (a view, not to be written to)."""
    one = np.empty((), dtype=object)
    one[()] = word
    return np.broadcast_to(one, length)


def repeats(keys: list[npt.NDArray[Any]]) -> list[tuple[int, int]]:
    """Return (row, first row with the same keys) for every row that repeats an earlier one, in order.

    A 64-bit mix of the keys is sorted first; only rows whose mix recurs are compared in full, so a chance equality of
    mixes costs time and never a row.
    """
    bits = [np.where(np.isnan(k), np.nan, k + 0.0).view(np.uint64) if k.dtype.kind == "f" else k for k in keys]
    mixed = np.zeros(len(keys[0]), dtype=np.uint64)
    for part in bits:
        mixed = (mixed ^ part.view(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    ordered = np.sort(mixed)
    again = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(again):
        return []
    seen: dict[tuple[int, ...], int] = {}
    found = []
    for row in np.flatnonzero(np.isin(mixed, again)).tolist():
        first = seen.setdefault(tuple(int(part.view(np.uint64)[row]) for part in bits), row)
        if first != row:
            found.append((row, first))
    return found
