# SPDX-License-Identifier: Apache-2.0
"""``truceline fetch``: bring a watch's fires or orbital elements up to date from the network."""

from __future__ import annotations

import argparse
import json
import os
import random
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from truceline.base.bounded import read_bytes
from truceline.cli._progress import teller
from truceline.cli._shared import PARTLY
from truceline.coverage.elements import KNOWN
from truceline.errors import ConfigError
from truceline.flow import live
from truceline.flow.fetch_elements import Fetched as FetchedElements
from truceline.flow.fetch_elements import fetch_elements
from truceline.flow.fetch_firms import Asked, Fetched, fetch_firms
from truceline.flow.watchfile import Watch, read_watch
from truceline.reports.formats import plural
from truceline.settings import Settings
from truceline.sources import line
from truceline.sources.feeds import elements, firms
from truceline.sources.feeds.wire import Hands, Limits, Wire

NAME = "fetch"
HELP = "bring a watch's fires or orbital elements up to date: fetch firms, fetch elements"

MARGIN_DEG = 1.0
"""How far around the line fires are fetched unless an area is given, degrees."""

ADDRESS_VARIABLES = {"firms": "TRUCELINE_FIRMS_ADDRESS", "elements": "TRUCELINE_ELEMENTS_ADDRESS"}
"""Environment variables that name another server."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of each feed."""
    feeds = parser.add_subparsers(dest="feed", required=True, metavar="FEED")
    fires = feeds.add_parser("firms", help=f"NASA FIRMS active fires; your key in {firms.KEY_VARIABLE}")
    orbits = feeds.add_parser("elements", help="orbital elements of the satellites that see fires")
    for each in (fires, orbits):
        each.add_argument("watch", type=Path, metavar="WATCH", help="the watch's folder (holds watch.toml)")
        each.add_argument("--address", metavar="URL", help="another server")
        each.add_argument("--every", type=float, metavar="HOURS", help="the feed's period; late by twice is a denial")
        each.add_argument("--again", action="store_true", help="fetch also what is held already")
        each.add_argument("--timeout", type=float, default=60.0, metavar="SECONDS", help="longest time of one request")
        each.add_argument("--tries", type=int, default=5, metavar="N", help="most tries of one request")
        each.add_argument("--json", action="store_true", help="print what came of it as one JSON object, last")
    fires.add_argument("--from", dest="first", type=_day, metavar="DATE", help="first day (default: the watch's)")
    fires.add_argument("--to", dest="last", type=_day, metavar="DATE", help="last day (default: the watch's, or today)")
    fires.add_argument("--area", metavar="W,S,E,N", help="degrees (default: the line and one degree around it)")
    fires.add_argument("--products", metavar="NAMES", help=f"of {','.join(firms.PRODUCTS)} (default: all)")
    fires.add_argument("--days", type=int, default=firms.MOST_DAYS, metavar="N", help="most days a request may name")
    orbits.add_argument("--satellites", metavar="NUMBERS", help="catalogue numbers (default: those that see fires)")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Fetch, say what came of it, then fail if anything failed."""
    del settings  # keys that sign have nothing to do with this
    if not 0 < options.timeout <= 3_600 or not 1 <= options.tries <= 20:
        raise ConfigError("--timeout is 0 to 3,600 seconds, --tries 1 to 20")
    if options.every is not None and not 0.1 <= options.every <= 24 * 60:
        raise ConfigError("--every is 0.1 hours to 60 days")
    watch = read_watch(options.watch)
    found = _firms(options, watch) if options.feed == "firms" else _elements(options, watch)
    if options.json:
        print(json.dumps(found.plain(), ensure_ascii=False, separators=(",", ":")), flush=True)
    else:
        print(_text(found))
    if found.fault is not None:
        raise found.fault
    return PARTLY if found.refused else 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day such as 2026-04-11") from error


def _wire(options: argparse.Namespace, address: str, secrets: tuple[str, ...] = ()) -> Wire:
    limits = Limits(seconds=options.timeout, tries=options.tries)
    tell = teller(quiet=False)
    return Wire(address, secrets, limits, Hands(jitter=random.SystemRandom().random), tell)


def _address(options: argparse.Namespace, usual: str) -> str:
    return str(options.address or os.environ.get(ADDRESS_VARIABLES[options.feed]) or usual)


def _firms(options: argparse.Namespace, watch: Watch) -> Fetched:
    key = firms.check_key(os.environ.get(firms.KEY_VARIABLE))
    now = datetime.now(UTC)
    first = options.first or watch.period.start.date()
    last = options.last or (watch.period.end - timedelta(microseconds=1)).date()
    if not first <= last:
        raise ConfigError(f"--to ({last}) lies before --from ({first})")
    if not 1 <= options.days <= 10:
        raise ConfigError("--days is 1 to 10")
    asked = Asked(first, last, _boxes(options, watch), _products(options.products), options.days, again=options.again)
    if options.every is not None:
        asked = replace(asked, every=timedelta(hours=options.every))
    wire = _wire(options, firms.root_of(_address(options, firms.ADDRESS)), (key,))
    return fetch_firms(watch.folder, asked, wire, key, now=now, tell=wire.tell)


def _boxes(options: argparse.Namespace, watch: Watch) -> tuple[firms.Box, ...]:
    found, _ = line.read(read_bytes(watch.line, limit=1 << 26), file=watch.line.name)
    west, south, east, north = found.bounds
    if options.area is None:
        low, high = max(-90.0, south - MARGIN_DEG), min(90.0, north + MARGIN_DEG)
        return firms.boxes(west - MARGIN_DEG, low, east + MARGIN_DEG, high)
    parts = options.area.split(",")
    if len(parts) != 4 or not all(re.fullmatch(r"\s*-?\d{1,3}(\.\d+)?\s*", part) for part in parts):
        raise ConfigError(f"--area {options.area!r:.60}: west,south,east,north in degrees, as 22,44,41,53")
    made = firms.boxes(*map(float, parts))
    # A day fetched for part of the line would stand as a day on which all of it was looked at.
    if not any(w <= west and s <= south and east <= e and north <= n for w, s, e, n in made):
        bounds = ",".join(f"{edge:.2f}" for edge in (west, south, east, north))
        raise ConfigError(f"--area {options.area} leaves out part of the watch's line, which spans {bounds}")
    return made


def _products(names: str | None) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(firms.product_of(name.strip().upper()) for name in (names or "").split(",") if name))
    unknown = [name for name in wanted if name not in firms.PRODUCTS]
    if unknown:
        raise ConfigError(f"no product is called {unknown[0]!r:.40}; known are {', '.join(firms.PRODUCTS)}")
    return wanted or tuple(firms.PRODUCTS)


def _elements(options: argparse.Namespace, watch: Watch) -> FetchedElements:
    numbers = tuple(word.strip() for word in (options.satellites or ",".join(KNOWN)).split(",") if word.strip())
    if not numbers or not all(re.fullmatch(r"[1-9]\d{0,8}", number, re.ASCII) for number in numbers):
        raise ConfigError(f"--satellites {options.satellites!r:.60}: catalogue numbers, as 37849,43013")
    base, paths = elements.server_and_paths(_address(options, elements.ADDRESS), numbers)
    wire = _wire(options, base)
    every = {} if options.every is None else {"every": timedelta(hours=options.every)}
    return fetch_elements(
        watch, wire, paths, now=datetime.now(UTC), again=options.again, numbers=numbers, tell=wire.tell, **every
    )


def _text(found: Fetched | FetchedElements) -> str:
    """What came of it, for a person."""
    if isinstance(found, Fetched):
        rows = [
            f"{plural(found.rows, 'row')} in {plural(found.requests, 'request')}; the watch now holds {found.held:,}.",
            f"Superseded by standard processing: {plural(found.superseded, 'near-real-time row')}.",
            f"Not to be had: {plural(len(found.missing), 'satellite-day')}." if found.missing else "",
        ]
    else:
        used = "The watch uses them." if found.named else "The watch does not use them."
        rows = [f"{found.new:,} new elements; {found.held:,} held in {live.ELEMENTS}. {used}"]
    rows += [f"Refused: {len(found.refused):,}." if found.refused else ""]
    rows += [f"Late: {', '.join(found.late)}; recorded as denials." if found.late else ""]
    return "\n".join(row for row in rows if row)
