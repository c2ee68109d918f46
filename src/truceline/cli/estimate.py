# SPDX-License-Identifier: Apache-2.0
"""``truceline estimate``: how many acts of a kind probably happened in a place and a period."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from truceline.base.clock import Interval, utc
from truceline.cli._shared import finished, run_watch
from truceline.errors import NoTime
from truceline.flow.estimates import KINDS, answer, compare, kinds
from truceline.flow.ground import Ground, area_of
from truceline.flow.watchfile import read_watch
from truceline.settings import Settings

NAME = "estimate"
HELP = "say how many acts of a kind are compatible with what was seen in a place and a period, or that it cannot tell"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    parser.add_argument("watch", type=Path, metavar="WATCH", help="the watch's folder (holds watch.toml)")
    parser.add_argument("--from", dest="start", metavar="TIME", help="UTC, as 2026-04-11T13:00Z (default: the truce's)")
    parser.add_argument("--to", dest="end", metavar="TIME", help="first moment after; a day means to its end")
    where = "line, side:PARTY, sector:N, LON,LAT,KM, a town, or a GeoJSON file of polygons (FILE#NAME)"
    parser.add_argument("--area", default="line", metavar="AREA", help=where)
    parser.add_argument("--act", default="act_of_war", metavar="KIND", help=f"one of {', '.join(KINDS)}")
    parser.add_argument("--against-from", metavar="TIME", help="compare, per coverage, with a second period from here")
    parser.add_argument("--against-to", metavar="TIME", help="to here")
    parser.add_argument("--json", action="store_true", help="print the answer as one JSON object on one line, last")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where the run's results go (default: WATCH/out)")
    parser.add_argument("--line", type=Path, metavar="PATH", help="another line of contact (GeoJSON) to put first")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Run the watch, answer the question."""
    watch = read_watch(options.watch)
    window = None if options.start is None and options.end is None else (options.start, options.end)
    found, _ = run_watch(watch, options.out or options.watch / "out", options.line, settings, quiet=options.json)
    code = finished(found)
    ground = Ground.of(found)
    period = ground.agreement.window if window is None else period_of(*window, ground.agreement.window)
    area = area_of(ground, options.area, folder=Path())
    main = answer(ground, area, period, options.act)
    told: dict[str, Any] = {**main.plain(), "acts": {}}
    told["acts"] = {each.kind: each.plain() for each in kinds(ground, area, period, KINDS)}
    told["ledger"] = dict(ground.ledger)
    if options.against_from or options.against_to:
        other = period_of(options.against_from, options.against_to, ground.period)
        told["comparison"] = {**asdict(compare(ground, area, period, other)), "against": _plain(other)}
    if options.json:
        print(json.dumps(told, ensure_ascii=False, separators=(",", ":"), allow_nan=False))
    else:
        _show(told)
    return code


def _plain(period: Interval) -> dict[str, str]:
    return {"from": f"{period.start:%Y-%m-%dT%H:%M:%SZ}", "to": f"{period.end:%Y-%m-%dT%H:%M:%SZ}"}


def _show(told: dict[str, Any]) -> None:
    print(f"\n{told['unit'][0].upper()}{told['unit'][1:]}:")
    verdict = "cannot tell" if told["cannot_tell"] else f"{told['low']:,.0f} to {told['high']:,.0f} (90 %)"
    print(f"  {verdict}. {told['reason']}")
    print(f"  Where: {told['area_text']}")
    for text in told["assumptions"]:
        print(f"  - {text}")
    if "comparison" in told:
        print(f"  Against the other period: {told['comparison']['reason']}")
        for row in told["comparison"]["assumptions"]:
            ends = row["low"], row["high"]
            print(f"    {row['name']}: " + ("cannot tell" if None in ends else f"{ends[0]:.2g} to {ends[1]:.2g} times"))


def period_of(start: str | None, end: str | None, usual: Interval) -> Interval:
    """Return the period two texts mean; an end that is missing is the usual one.

    A day alone begins at its midnight UTC and, as an end, includes it. A time without a zone is refused.

    Raises:
        NoTime: a text is no time, names no zone, or the end lies before the start.
    """
    first = usual.start if start is None else moment_of(start, last=False)
    last = usual.end if end is None else moment_of(end, last=True)
    if last <= first:
        raise NoTime(f"the period ends ({last:%Y-%m-%d %H:%M}) before it begins ({first:%Y-%m-%d %H:%M} UTC)")
    return Interval(first, last)


def moment_of(text: str, *, last: bool) -> datetime:
    """Return the moment a text means: a time with its zone, or a day's beginning (its end where ``last``), UTC.

    Raises:
        NoTime: it is neither.
    """
    words = text.strip()
    if len(words) == 10 and words.count("-") == 2:
        try:
            day = datetime.fromisoformat(words).replace(tzinfo=UTC)
            return day + timedelta(days=1) if last else day
        except (ValueError, OverflowError) as error:
            raise NoTime(f"{text!r:.40} is no day") from error
    return utc(words)
