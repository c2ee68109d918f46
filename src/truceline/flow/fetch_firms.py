# SPDX-License-Identifier: Apache-2.0
"""Bringing a watch's fires up to date from FIRMS.

A day of a satellite is taken from the standard product where there is one, else from the near-real-time one, never
from both. What could not be had is a missing satellite-day; what the feed cannot know yet, and a feed that is late by
twice its period, is a ``Denial``. Everything good is on disk before a fault is raised, and the next run goes on there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from truceline.base.clock import Interval, iso
from truceline.errors import ConfigError, InputError, TrucelineError, UnavailableError
from truceline.flow import live
from truceline.flow.live import DayFile, State
from truceline.model.look import Denial
from truceline.sources._words import midnight, sensor_of
from truceline.sources.feeds import firms
from truceline.sources.feeds.wire import Wire
from truceline.sources.firms import words

FEED = "FIRMS feed"
"""Source of the denials made here."""

LATENCY = timedelta(hours=3)
"""Within this time after a pass its fires are in the feed (FIRMS: near-real-time, within three hours)."""

SETTLED = timedelta(hours=12)
"""This long after a day's end its near-real-time rows are no longer expected to change."""

FAULTS = 2
"""Answers without rows after which no more is asked: a server that is down is left alone."""

DAY = timedelta(days=1)
LICENCE = "NASA open data"
CREDIT = "NASA FIRMS (firms.modaps.eosdis.nasa.gov), active fires, near-real-time and standard"
_BRIGHT = {"viirs": ("bright_ti4", "bright_ti5"), "modis": ("brightness", "bright_t31")}


@dataclass(frozen=True)
class Asked:
    """What is to be fetched."""

    first: date
    """First UTC day."""

    last: date
    """Last UTC day."""

    boxes: tuple[firms.Box, ...]
    """The area."""

    products: tuple[str, ...] = tuple(firms.PRODUCTS)
    """Which products, without their level."""

    days: int = firms.MOST_DAYS
    """Most days a request may name."""

    every: timedelta = timedelta(hours=12)
    """The feed's period: each satellite sees a place about twice a day. Late by twice that is a denial."""

    again: bool = False
    """Whether days that are held are fetched again."""


@dataclass
class Fetched:
    """What came of it."""

    requests: int = 0
    rows: int = 0
    """Rows that came in this run."""
    superseded: int = 0
    """Near-real-time rows held whose satellite-day now comes from the standard product."""
    held: int = 0
    """Rows in the watch's fire files."""
    missing: list[str] = field(default_factory=list)
    """Product and day of what could not be had."""
    refused: list[tuple[str, str, str]] = field(default_factory=list)
    """Source, reason, row."""
    not_offered: dict[str, str] = field(default_factory=dict)
    """Source → why the server has none."""
    files: list[str] = field(default_factory=list)
    denials: tuple[Denial, ...] = ()
    late: list[str] = field(default_factory=list)
    """Sensors whose feed is late."""
    fault: TrucelineError | None = None
    """The first fault; raised by the command once all is kept."""

    def plain(self) -> dict[str, Any]:
        """Return it as JSON."""
        names = ("requests", "rows", "superseded", "held", "missing", "not_offered", "files", "late")
        fault = self.fault
        return {name: getattr(self, name) for name in names} | {
            "refused": len(self.refused),
            "denials": [
                {"sensor": d.sensor, "start": iso(d.interval.start), "end": iso(d.interval.end), "reason": d.reason}
                for d in self.denials
            ],
            "error": None if fault is None else {"error": type(fault).__name__, "reason": fault.reason},
        }


@dataclass
class _Run:
    """One run, as it goes."""

    folder: Path
    asked: Asked
    wire: Wire
    key: str
    now: datetime
    tell: Callable[[str], None]
    state: State
    has: Mapping[str, tuple[date, date]] | None = None
    found: Fetched = field(default_factory=Fetched)
    faults: int = 0

    @property
    def area(self) -> str:
        return " ".join(",".join(f"{edge:g}" for edge in box) for box in self.asked.boxes)

    @property
    def over(self) -> bool:
        return self.faults >= FAULTS or isinstance(self.found.fault, ConfigError)


def fetch_firms(
    folder: Path, asked: Asked, wire: Wire, key: str, *, now: datetime, tell: Callable[[str], None]
) -> Fetched:
    """Fetch what is missing, write what a watch reads, and say what came of it.

    Raises:
        ConfigError: the folder cannot be written.
    """
    run = _Run(folder, asked, wire, key, now, tell, live.read_state(folder))
    try:
        run.has = firms.available(wire, key, now.date())
    except (InputError, UnavailableError, ConfigError) as error:
        _fault(run, error)
        # Without the list of what there is we ask all the same; without a server or a key we do not.
        run.faults = FAULTS if not isinstance(error, InputError) else run.faults
    for product in asked.products:
        for level in (firms.STANDARD, firms.EARLY):
            source = f"{product}_{level}"
            for first, days in _runs(_wanted(run, product, level), asked.days):
                if not run.over and source not in run.found.not_offered:
                    _fetch(run, source, first, days)
    _finish(run)
    run.found.requests = wire.requests
    return run.found


def _fault(run: _Run, error: TrucelineError) -> None:
    run.found.fault = run.found.fault or error
    run.faults += 1
    run.tell(f"{type(error).__name__}: {error}")


def _days(asked: Asked, now: datetime) -> Iterator[date]:
    day = asked.first
    while day <= min(asked.last, now.date()):
        yield day
        day += DAY


def _offers(run: _Run, source: str, day: date) -> bool:
    """Whether the server has that day, as far as it says."""
    if run.has is None:
        return True
    first, last = run.has.get(source, (date.max, date.min))
    return first <= day <= last


def _kept(run: _Run, source: str, day: date) -> DayFile | None:
    held = run.state.get(source, {}).get(day)
    return held if held and held.area == run.area else None


def _standard(run: _Run, product: str, day: date) -> bool:
    """Whether the day comes from the standard product: it is held, with rows or by the server's own word."""
    source = f"{product}_{firms.STANDARD}"
    held = _kept(run, source, day)
    return held is not None and (held.rows > 0 or (run.has is not None and _offers(run, source, day)))


def _wanted(run: _Run, product: str, level: str) -> Iterator[date]:
    """Days to ask for: what has come in standard form is not asked for in the earlier one again."""
    source = f"{product}_{level}"
    for day in _days(run.asked, run.now):
        held = _kept(run, source, day)
        done = _standard(run, product, day)
        if level == firms.EARLY:
            settled = held is not None and held.fetched >= midnight(day) + DAY + SETTLED
            done = done or (settled and not run.asked.again)
        elif run.asked.again:
            done = False
        if _offers(run, source, day) and not done:
            yield day


def _runs(days: Iterator[date], most: int) -> list[tuple[date, int]]:
    """Runs of consecutive days, none longer than ``most``."""
    found: list[tuple[date, int]] = []
    for day in days:
        if found and found[-1][1] < most and day == found[-1][0] + found[-1][1] * DAY:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((day, 1))
    return found


def _fetch(run: _Run, source: str, first: date, days: int) -> None:
    """One stretch of days of one source, all boxes of the area, or none of it."""
    parts: list[firms.Part] = []
    for box in run.asked.boxes:
        try:
            part = firms.ask(run.wire, run.key, source, box, first, days, run.now)
        except (InputError, UnavailableError, ConfigError) as error:
            _fault(run, error)
            return
        if isinstance(part, str):
            run.found.not_offered[source] = part
            run.tell(f"{source}: {part}")
            return
        parts.append(part)
    run.faults = 0
    for day in (day for day in parts[0].days if all(day in part.days for part in parts)):
        rows = [row for part in parts for row in part.days[day]]
        live.write_day(run.folder, source, day, parts[0].names, rows)
        run.state.setdefault(source, {})[day] = DayFile(run.now, len(rows), run.area)
        run.found.rows += len(rows)
    live.write_state(run.folder, run.state)
    run.found.refused += [(source, reason, row) for part in parts for reason, row in part.refused]
    run.tell(f"{source} {first.isoformat()}, {days} days: {sum(len(d) for p in parts for d in p.days.values()):,} rows")


def _finish(run: _Run) -> None:
    """Write what a watch reads."""
    # Products of earlier runs are written too: a run that asks for one of them must not take the others away.
    products = tuple(name for name in firms.PRODUCTS if name in run.asked.products or _held_days(run, name))
    rows: dict[str, list[live.Row]] = {"viirs": [], "modis": []}
    days: list[tuple[str, str, str, int]] = []
    newest: dict[str, datetime] = {}
    denied: list[Denial] = []
    for product in products:
        sensors = firms.PRODUCTS[product]
        for day in _all_days(run, product):
            chosen, fetched, read = _day(run, product, day)
            rows["modis" if product == "MODIS" else "viirs"] += read
            for sensor in sensors:
                own = [row for row in read if sensor_of(row.get("satellite", "")) == sensor]
                days.append((day.isoformat(), sensor, "included" if chosen else "missing", len(own)))
                newest |= _newest(sensor, day, own, newest)
            if chosen is None:
                run.found.missing.append(f"{product} {day.isoformat()}")
            elif chosen.endswith(firms.EARLY):
                denied += _not_yet(sensors, day, fetched)
    for product in products:
        denied += _late(run, product, newest)
    _write(run, products, rows, sorted(days), denied)


def _held_days(run: _Run, product: str) -> set[date]:
    return {day for level in _LEVELS for day in run.state.get(f"{product}_{level}", {})}


def _all_days(run: _Run, product: str) -> list[date]:
    """Every day of the product that was asked for or is held."""
    return sorted(_held_days(run, product) | set(_days(run.asked, run.now)))


def _day(run: _Run, product: str, day: date) -> tuple[str | None, datetime, list[dict[str, str]]]:
    """Which source a day is taken from, when that was fetched, and its rows.

    An answer without rows is a day without fires only if the server lists the day as one it has: else nobody knows.
    Nor does a day that was fetched for another area than this run's say what was in this one.
    """
    standard, early = (f"{product}_{level}" for level in _LEVELS)
    held = {source: _kept(run, source, day) for source in (standard, early)}
    for source in (standard, early):
        entry = held[source]
        if entry and (entry.rows > 0 or (run.has is not None and _offers(run, source, day))):
            other = held[early] if source == standard else None
            run.found.superseded += other.rows if other else 0
            return source, entry.fetched, live.read_day(run.folder, source, day)
    return None, run.now, []


def _newest(sensor: str, day: date, rows: Sequence[live.Row], newest: Mapping[str, datetime]) -> dict[str, datetime]:
    """The latest moment a sensor was heard of."""
    seconds = [words.minute(row.get("acq_time", "")) for row in rows]
    known = [second for second in seconds if isinstance(second, int)]
    if not known:
        return {}
    moment = midnight(day) + timedelta(seconds=max(known))
    return {sensor: max(moment, newest.get(sensor, moment))}


def _not_yet(sensors: Sequence[str], day: date, fetched: datetime) -> list[Denial]:
    """What of a day the feed could not hold yet when it was fetched."""
    start, end = max(midnight(day), fetched - LATENCY), midnight(day) + DAY
    if start >= end:
        return []
    reason = f"fetched at {iso(fetched.replace(microsecond=0))}: later passes were not in the feed yet"
    return [Denial(sensor, Interval(start, end), reason, FEED) for sensor in sensors]


def _late(run: _Run, product: str, newest: Mapping[str, datetime]) -> list[Denial]:
    """A denial for each sensor of which nothing was heard for twice the feed's period, up to the present."""
    until = min(run.now, midnight(run.asked.last) + DAY)
    most = 2 * run.asked.every
    if run.now - until > most:
        return []  # a stretch of the past: its days are there or missing, and nothing is late
    said = (run.has or {}).get(f"{product}_{firms.EARLY}")
    found = []
    for sensor in firms.PRODUCTS[product]:
        heard = newest.get(sensor, midnight(run.asked.first))
        if said:
            # The feed has the day: at its beginning, if it is still going on; to its end, if it is over.
            heard = max(heard, midnight(said[1]) if said[1] >= run.now.date() else midnight(said[1]) + DAY)
        if until - heard > most:
            hours = run.asked.every.total_seconds() / 3600
            reason = f"the feed is late: nothing newer than {iso(heard)} came within twice its period of {hours:g} h"
            found.append(Denial(sensor, Interval(heard, until), reason, FEED))
            run.found.late.append(sensor)
    return found


def _write(
    run: _Run,
    products: Sequence[str],
    rows: Mapping[str, Sequence[live.Row]],
    days: Sequence[tuple[str, str, str, int]],
    denied: Sequence[Denial],
) -> None:
    """The files of a watch, and their names in its ``watch.toml``."""
    listed = "".join(f"{day},{sensor},{status},{count},exact\n" for day, sensor, status, count in days)
    live.write(run.folder / live.DAYS, f"acq_date,satellite,status,rows,rows_basis\n{listed}".encode())
    run.found.denials = live.write_denials(run.folder, FEED, denied)
    run.found.files += [live.DAYS, live.DENIALS]
    beside = {"satellite_days": live.DAYS, "denials": live.DENIALS}
    for instrument, (first, second) in _BRIGHT.items():
        mine = [product for product in products if (product == "MODIS") == (instrument == "modis")]
        path = f"{live.FOLDER}/{instrument}.csv"
        if not mine or (not rows[instrument] and not any(run.state.get(f"{p}_{lv}") for p in mine for lv in _LEVELS)):
            continue
        usual = f"latitude longitude {first} scan track acq_date acq_time satellite instrument confidence version"
        live.write(run.folder / path, live.fire_file(rows[instrument], [*usual.split(), second, "frp", "daynight"]))
        run.found.files.append(path)
        run.found.held += len(rows[instrument])
        block = {"kind": "firms", "path": path, **beside, "credit": CREDIT, "licence": LICENCE}
        if live.name_in_watch(run.folder, block):
            run.tell(f"watch.toml names {path} now")
        beside = {}
    if run.found.refused or (run.folder / live.FOLDER / "refused.txt").exists():
        text = "".join(f"{source}\t{reason}\t{row}\n" for source, reason, row in run.found.refused[:10_000])
        live.write(run.folder / live.FOLDER / "refused.txt", run.wire.hide(text).encode())


_LEVELS = (firms.STANDARD, firms.EARLY)
