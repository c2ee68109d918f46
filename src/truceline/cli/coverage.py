# SPDX-License-Identifier: Apache-2.0
"""``truceline coverage``: what could have been seen in a watch, told to whom it may be told."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from truceline.base.clock import Interval, iso, utc
from truceline.cli._progress import teller
from truceline.cli._shared import PARTLY
from truceline.coverage import catalogue, looks, monitor
from truceline.coverage.field import CoverageField
from truceline.coverage.monitor import Audience
from truceline.errors import ConfigError, NoTime
from truceline.flow.seeing import Scene, provinces, public_passes, scene
from truceline.flow.watchfile import Watch, read_watch
from truceline.model.watching import ReferenceAct
from truceline.reports.coverage_page import cells_csv, page
from truceline.settings import Settings
from truceline.sources import places

NAME = "coverage"
HELP = "what could have been seen, by cell, sector and hour; to parties and public only what is 72 hours old"

NIGHT_HOURS = 12
"""Hours at the end of the period for which the smallest missed attack is told."""


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
    told = tell(made, field, act, audience, now)
    if options.out is not None:
        write(options.out, watch.title, made, field, told)
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


def tell(made: Scene, field: CoverageField, act: ReferenceAct, audience: Audience, now: datetime) -> dict[str, Any]:
    """Return what the audience is told of a field, with what it rests on."""
    west, east = float(made.cells.lon.min()), float(made.cells.lon.max())
    south, north = float(made.cells.lat.min()), float(made.cells.lat.max())
    areas = provinces(made.cells, places.load((west - 2, south - 2, east + 2, north + 2)))
    missed: tuple[monitor.Missed, ...] = ()
    if audience is Audience.MONITORS and act.name == "fire":
        night = made.last(NIGHT_HOURS + 4)  # an attack lit in the night's last hour may be seen after it

        def render(power: float, hours: float) -> CoverageField:
            return night.field(ReferenceAct(act.name, power, hours, act.within_km))

        missed = monitor.smallest_missed(render, 0, NIGHT_HOURS)
    shares = [float(made.field(act, sky).together.mean()) for _, sky in made.skies] if audience == "monitors" else []
    told = dict(monitor.told(field, audience, now, areas, missed, public_passes(made.sights(act), field.denials)))
    flown = made.satellites(act)
    return {
        "act": act.text(),
        "period": {"from": iso(made.period.start), "to": iso(made.period.end)},
        "resolution": made.cells.resolution,
        **told,
        **({"share_low": round(min(shares), 4), "share_high": round(max(shares), 4)} if shares else {}),
        **(_counts(made, field) if audience is Audience.MONITORS else {}),
        "elements": [
            _elements(satellite, made)
            for satellite in flown.satellites
            if audience is Audience.MONITORS or satellite.sensor in catalogue.known()
        ],
        "refused": [str(error) for error in flown.refused],
        "assumptions": _assumptions(made),
    }


def _counts(made: Scene, field: CoverageField) -> Mapping[str, Any]:
    by_family: dict[str, int] = {}
    for sight in field.sights:
        by_family[sight.family] = by_family.get(sight.family, 0) + 1
    return {
        "cells": len(made.cells),
        "cells_outside_extent": made.outside,
        "looks": by_family,
        "denials": len(made.denials),
        "rejected": made.rejected,
    }


def _elements(satellite: looks.Satellite, made: Scene) -> dict[str, Any]:
    """How old a satellite's elements are in the middle of the period, and what that brings."""
    middle = made.period.start + (made.period.end - made.period.start) / 2
    error = looks.age_of(satellite, middle)
    return {
        "sensor": satellite.sensor.name,
        "epoch": iso(satellite.elements.epoch.replace(microsecond=0)),
        "age_days": round(error.age_days, 2),
        "along_km": error.along_km,
        "cross_km": error.cross_km,
        "sigma_s": error.seconds,
    }


def _assumptions(made: Scene) -> list[str]:
    found = [
        "Detection curves, and the error that old elements bring, are cited or assumed: see the page on coverage.",
        "One sky over an act blinds all optics together; looks are otherwise independent.",
        "One sensor that stares has one chance at an act.",
        f"Cloud: {', '.join(name for name, _ in made.skies)}.",
    ]
    if made.unknown_sky > 0:
        found.append(f"{made.unknown_sky:.0%} of cells and hours have no cloud in the grid and count as hidden.")
    if made.outside:
        found.append("Cells that the fire files do not cover are left out: not observed.")
    return found


def write(out: Path, title: str, made: Scene, field: CoverageField, told: Mapping[str, Any]) -> None:
    """Write the page and, for monitors, the cells; what is not for an audience is not in its files."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        mine = told["audience"] == str(Audience.MONITORS)
        text = page(f"Coverage: {title}", told, field if mine else None, made.line if mine else None)
        (out / "coverage.html").write_text(text, encoding="utf-8")
        if mine:
            (out / "coverage-cells.csv").write_text(cells_csv(made.cells, field), encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"cannot write there: {error.strerror}", file=str(out)) from error


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
                f"Longest blind gap: sector {gap['sector']}, {gap['side']}: {gap['hours']} hours from {gap['from']}"
            )
        blind = [item for item in told["smallest_missed"] if item["any_power"]]
        lines.append(f"Sides of sectors where the last {NIGHT_HOURS} hours showed nothing of any size: {len(blind)}")
    else:
        lines += [f"  {row['area']} {row['day']}: {row['share']:.0%}" for row in told["areas"]]
        held = told["withheld"]
        lines.append(f"Withheld: {held['hours']} hours, the oldest {held['oldest_age_hours']:g} hours old")
    lines += [f"Refused: {reason}" for reason in told["refused"]]
    return "\n".join(lines)
