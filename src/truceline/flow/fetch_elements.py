# SPDX-License-Identifier: Apache-2.0
"""Bringing a watch's orbital elements up to date, keeping those of earlier days."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from truceline.base.bounded import read_bytes
from truceline.base.canonical import parse_json
from truceline.base.clock import Interval, iso
from truceline.coverage import catalogue
from truceline.coverage.elements import KNOWN, MAX_AGE_DAYS, MAX_OBJECTS
from truceline.errors import ConfigError, InputError, TrucelineError, UnavailableError
from truceline.flow import live
from truceline.flow.watchfile import Watch, read_watch
from truceline.model.look import Denial, elements_feed
from truceline.sources.feeds import elements
from truceline.sources.feeds.wire import Wire

FEED = "elements feed"
"""Source of the denials made here."""

EVERY = timedelta(hours=24)
"""The feed's period: new elements of each of these satellites come at least daily."""

AT_MOST_EVERY = timedelta(hours=2)
"""CelesTrak asks that the same elements be fetched no more often."""


AHEAD = timedelta(days=2)
"""Elements may be made for an epoch this far ahead, such as the next day's."""


@dataclass
class Fetched:
    """What came of it."""

    requests: int = 0
    new: int = 0
    """Elements not known before."""
    held: int = 0
    """Elements in the file."""
    epochs: dict[str, str] = field(default_factory=dict)
    """Sensor → newest epoch held."""
    refused: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    skipped: bool = False
    """Whether nothing was asked because it was asked a short while ago."""
    named: bool = False
    """Whether the watch uses them."""
    denials: tuple[Denial, ...] = ()
    fault: TrucelineError | None = None

    def plain(self) -> dict[str, Any]:
        """Return it as JSON."""
        names = ("requests", "new", "held", "epochs", "refused", "late", "skipped", "named")
        fault = self.fault
        return {name: getattr(self, name) for name in names} | {
            "denials": [
                {"sensor": d.sensor, "start": iso(d.interval.start), "end": iso(d.interval.end), "reason": d.reason}
                for d in self.denials
            ],
            "error": None if fault is None else {"error": type(fault).__name__, "reason": fault.reason},
        }


def fetch_elements(
    watch: Watch,
    wire: Wire,
    paths: Sequence[str],
    *,
    now: datetime,
    every: timedelta = EVERY,
    again: bool = False,
    numbers: Sequence[str] = tuple(KNOWN),
    tell: Callable[[str], None] = lambda _: None,
) -> Fetched:
    """Fetch the elements of the satellites named, join them with those held, and say what came of it.

    Raises:
        ConfigError: the folder cannot be written.
        InputError: the file of elements held is none; it is not overwritten.
    """
    found = Fetched()
    path = watch.folder / live.ELEMENTS
    held, asked = _held(path)
    if asked and now - asked < AT_MOST_EVERY and not again:
        found.skipped = True
        tell(f"asked at {iso(asked)}; elements are asked for at most every two hours (--again asks all the same)")
    new: list[Mapping[str, Any]] = []
    for address in () if found.skipped else paths:
        try:
            answer = elements.ask(wire, address, numbers)
        except (InputError, UnavailableError) as error:
            found.fault = found.fault or error
            tell(f"{type(error).__name__}: {error}")
            if isinstance(error, UnavailableError) and not new:
                break
            continue
        # Elements of days to come would hide that the feed is late.
        ahead = [fields for fields in answer.objects if elements.epoch_of(fields) > now + AHEAD]
        new += [fields for fields in answer.objects if fields not in ahead]
        found.refused += [f"an epoch of {fields['EPOCH']!s:.40} is yet to come" for fields in ahead]
        found.refused += answer.refused
        tell(f"{len(answer.objects)} elements")
    joined, found.new = elements.join(held, new)
    near = _near(watch, joined)
    if new:
        # Elements of other seasons would be refused when the watch is run: kept only where there are no others.
        joined = (near or joined)[-MAX_OBJECTS:]
        live.write(path, (json.dumps(joined, indent=0) + "\n").encode())
        live.write(path.with_suffix(".time"), f"{iso(now.replace(microsecond=0))}\n".encode())
    found.held, found.requests = len(joined), wire.requests
    _tell_late(watch, found, joined, numbers, now, every)
    _name(watch, found, bool(near), tell)
    return found


def _held(path: Path) -> tuple[tuple[Mapping[str, Any], ...], datetime | None]:
    """Elements held, and when they were last asked for."""
    if not path.is_file():
        return (), None
    listed = parse_json(read_bytes(path, limit=1 << 26), file=live.ELEMENTS)
    if not isinstance(listed, list) or not all(isinstance(fields, dict) for fields in listed):
        raise InputError("is not a list of orbital elements", file=live.ELEMENTS)
    stamp = path.with_suffix(".time")
    try:
        asked = datetime.fromisoformat(stamp.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        return tuple(listed), None
    return tuple(listed), asked if asked.tzinfo else None


def _names(watch: Watch, numbers: Sequence[str]) -> dict[str, str]:
    """Catalogue number → sensor as the watch calls it, its own among them; a number that it does not know stays one."""
    known = {sensor.catalogue: sensor.name for sensor in catalogue.catalogue(watch.sensors) if sensor.catalogue}
    return {number: known.get(number, number) for number in numbers}


def _newest(joined: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> dict[str, datetime]:
    """Sensor (or catalogue number) → newest epoch."""
    found: dict[str, datetime] = {}
    for fields in joined:
        name = names.get(str(int(float(str(fields["NORAD_CAT_ID"])))))
        if name is not None:
            epoch = elements.epoch_of(fields)
            found[name] = max(epoch, found.get(name, epoch))
    return found


def _tell_late(
    watch: Watch,
    found: Fetched,
    joined: Sequence[Mapping[str, Any]],
    numbers: Sequence[str],
    now: datetime,
    every: timedelta,
) -> None:
    """A denial for each satellite whose newest elements are older than twice the feed's period.

    It is of the feed, not of the satellite, and begins once the feed is late: from then on passes that only elements
    tell are not counted as watched; where rows tell the orbit, they do.
    """
    names = _names(watch, numbers)
    newest = _newest(joined, names)
    found.epochs = {name: iso(epoch) for name, epoch in sorted(newest.items())}
    denied = []
    for name in names.values():
        heard = newest.get(name, watch.period.start)
        if now - heard > 2 * every and heard < now:
            hours = every.total_seconds() / 3600
            reason = f"no elements newer than {iso(heard)} came within twice the feed's period of {hours:g} h"
            denied.append(Denial(elements_feed(name), Interval(heard + 2 * every, now), reason, FEED))
            found.late.append(name)
    found.denials = live.write_denials(watch.folder, FEED, denied)


def _near(watch: Watch, joined: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """Elements that tell minutes for the days of the watch."""
    middle = watch.period.start + (watch.period.end - watch.period.start) / 2
    return tuple(f for f in joined if abs(elements.epoch_of(f) - middle) <= timedelta(days=MAX_AGE_DAYS))


def _name(watch: Watch, found: Fetched, near: bool, tell: Callable[[str], None]) -> None:
    """Let the watch use the elements, if they are of its own days."""
    if not near:
        if found.held:
            tell(f"the watch does not use these elements: they are over {MAX_AGE_DAYS:g} days from its own")
        return
    try:
        live.add_option(watch.folder, "elements", live.ELEMENTS)
        if found.denials:
            live.add_option(watch.folder, "denials", live.DENIALS)
    except ConfigError as error:
        tell(str(error))
    found.named = any(source.options.get("elements") == live.ELEMENTS for source in read_watch(watch.folder).sources)
