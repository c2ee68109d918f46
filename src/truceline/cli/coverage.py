# SPDX-License-Identifier: Apache-2.0
"""``truceline coverage``: what could have been seen in a watch, told to whom it may be told."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from truceline.base.clock import Interval, utc
from truceline.cli._progress import teller
from truceline.cli._shared import PARTLY
from truceline.coverage.monitor import Audience
from truceline.errors import ConfigError, NoTime
from truceline.flow import telling
from truceline.flow.seeing import scene
from truceline.flow.watchfile import Watch, read_watch
from truceline.model.watching import ReferenceAct
from truceline.reports.formats import plural
from truceline.settings import Settings

NAME = "coverage"
HELP = "what could have been seen, by cell, sector and hour; to parties and public only what is 72 hours old"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    parser.add_argument("watch", type=Path, metavar="WATCH", help="the watch's folder (holds watch.toml)")
    parser.add_argument("--json", action="store_true", help="print the result as one JSON object on one line, last")
    parser.add_argument(
        "--audience", choices=[str(who) for who in Audience], default=str(Audience.MONITORS), help="who is told"
    )
    parser.add_argument("--from", dest="start", metavar="TIME", help="first moment (default: the watch's)")
    parser.add_argument("--to", dest="end", metavar="TIME", help="first moment after (default: the watch's)")
    parser.add_argument("--at", metavar="TIME", help="told as if at that time (default: now)")
    parser.add_argument("--act", default="fire", metavar="NAME", help="what is done (default: fire)")
    parser.add_argument("--power", type=float, default=5.0, metavar="MW", help="the fire's power (default: 5)")
    parser.add_argument("--hours", type=float, default=1.0, metavar="H", help="how long it lasts (default: 1)")
    parser.add_argument("--within", type=float, default=20.0, metavar="KM", help="how far from the line (default: 20)")
    parser.add_argument("--line", type=Path, metavar="PATH", help="another line of contact (GeoJSON) to put first")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write coverage.html and, for monitors, a CSV of cells")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Work it out and print it."""
    del settings  # neither keys nor folders of the machine decide what could have been seen
    watch = read_watch(options.watch)
    clock = datetime.now(UTC)
    now = utc(options.at) if options.at else clock
    if now > clock:
        raise ConfigError("--at lies in the future: what is not yet old enough would be told")
    act = _act(options)
    made = scene(
        watch,
        line=options.line,
        period=_period(watch, options),
        within_km=act.within_km,
        now=clock,
        tell=teller(options.json),
    )
    audience = Audience(options.audience)
    field = made.field(act)
    told = telling.tell(made, field, act, audience, now)
    if options.out is not None:
        telling.write(options.out, watch.title, made, field, told)
    if options.json:
        print(json.dumps(told, ensure_ascii=False, separators=(",", ":"), allow_nan=False))
    else:
        print(_words(told))
    return PARTLY if made.rejected or told["refused"] else 0


def _act(options: argparse.Namespace) -> ReferenceAct:
    if not (0 < options.power <= 1e6 and 0 <= options.hours <= 24 and 0 < options.within <= 500):
        raise ConfigError("--power lies above 0, --hours from 0 to 24, --within above 0 and up to 500")
    return ReferenceAct(options.act, options.power, options.hours, options.within)


def _period(watch: Watch, options: argparse.Namespace) -> Interval | None:
    if not options.start and not options.end:
        return None
    start = utc(options.start) if options.start else watch.period.start
    end = utc(options.end) if options.end else watch.period.end
    if end <= start:
        raise NoTime("--to is not after --from")
    return Interval(start, end)


def _words(told: Mapping[str, Any]) -> str:
    lines = [f"Coverage for {told['audience']}: {told['act']}, {told['period']['from']} to {told['period']['to']}"]
    if told["audience"] == str(Audience.MONITORS):
        lines.append(
            f"Mean {told['share']:.1%}, {told['share_low']:.1%} to {told['share_high']:.1%} over the cloud assumptions"
        )
        lines += [f"  by {name}: {share:.1%}" for name, share in told["by_family"].items()]
        gap = told["longest_blind_gap"]
        if gap:
            lines.append(
                f"Longest blind gap: sector {gap['sector']}, {gap['side']}: {plural(gap['hours'], 'hour')} "
                f"from {gap['from']}"
            )
        where = {(item["sector"], item["side"]) for item in told["smallest_missed"]}
        where -= {(item["sector"], item["side"]) for item in told["smallest_missed"] if not item["any_power"]}
        hours = telling.NIGHT_HOURS
        lines.append(f"Sides of sectors in which the last {hours} hours showed no fire of any size: {len(where)}")
        lines += _missed(told["smallest_missed"])
    else:
        lines += [f"  {row['area']} {row['day']}: {row['share']:.0%}" for row in told["areas"]]
        held = told["withheld"]
        lines.append(f"Withheld: {plural(held['hours'], 'hour')}, the oldest {held['oldest_age_hours']:g} h old")
    lines += [f"Refused: {reason}" for reason in told["refused"]]
    lines.append(told["caveat"])
    return "\n".join(lines)


def _missed(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """How great a fire of each duration the worst and the best watched side would still have missed."""
    found = []
    for hours in sorted({row["duration_hours"] for row in rows}):
        own = [row for row in rows if row["duration_hours"] == hours]
        unseen = sum(row["any_power"] for row in own)
        told = [row["up_to_mw"] for row in own if not row["any_power"]]
        text = f"any tried on {unseen} of {plural(len(own), 'side')}" if unseen else ""
        if told:
            low, high = f"{min(told):g}", f"{max(told):g}"
            text += f"{'; elsewhere ' if text else ''}up to {low if low == high else f'{low} to {high}'} MW"
        found.append(f"  missed, lasting {hours:g} h: {text}")
    return found
