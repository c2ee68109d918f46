# SPDX-License-Identifier: Apache-2.0
"""What is told of a watch's coverage, to whom, and in which files: all to monitors, the rest late and coarse."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from truceline.access.release import caveat
from truceline.base.clock import iso
from truceline.coverage import catalogue, looks, monitor
from truceline.coverage.field import CoverageField
from truceline.coverage.monitor import Audience
from truceline.errors import ConfigError, InputError
from truceline.flow.seeing import Scene, provinces, public_passes, scene
from truceline.flow.watchfile import Watch
from truceline.model.watching import ReferenceAct
from truceline.reports.coverage_page import cells_csv, page
from truceline.sources import places

NIGHT_HOURS = 12
"""Hours at the end of the period for which the smallest missed attack is told."""


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
    # Orbits are public, denials are not: a pass left out would show a jammer at once that it worked.
    passes = public_passes(made.sights(act), field.denials if audience is Audience.MONITORS else ())
    told = dict(monitor.told(field, audience, now, areas, missed, passes, after=made.release_after))
    flown = made.satellites(act)
    return {
        "caveat": caveat(("monitors",) if audience is Audience.MONITORS else ("monitors", "parties", "public")),
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
        "refused": _refused(flown.refused, audience),
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


def _refused(errors: Sequence[InputError], audience: Audience) -> list[str]:
    """Why elements could not be used; to others than monitors only how many: an error names the satellite."""
    if audience is Audience.MONITORS or not errors:
        return [str(error) for error in errors]
    return [f"{len(errors)} of the orbital elements could not be used"]


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
    """Write the page, the same as JSON and, for monitors, the cells; what is not for an audience is not in its files.

    Monitors' files are readable by their owner only.

    Raises:
        ConfigError: they cannot be written there.
    """
    mine = told["audience"] == str(Audience.MONITORS)
    text = page(f"Coverage: {title}", told, field if mine else None, made.line if mine else None)
    files = {"coverage.html": text, "coverage.json": json.dumps(told, ensure_ascii=False, allow_nan=False) + "\n"}
    if mine:
        files["coverage-cells.csv"] = cells_csv(made.cells, field, told["caveat"])
    try:
        if not out.is_dir():
            out.mkdir(parents=True, mode=0o700 if mine else 0o777)
        for name, text in files.items():
            path = out / name
            path.unlink(missing_ok=True)
            with open(path, "x", encoding="utf-8", opener=_owner_only if mine else None) as file:
                file.write(text)
    except OSError as error:
        raise ConfigError(f"cannot write there: {error.strerror}", file=str(out)) from error


def _owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def apart(monitors: Path, out: Path) -> None:
    """Refuse a folder of monitors' files that lies in that of the results, or is it: results are handed on.

    Raises:
        ConfigError: so it is.
    """
    if monitors.resolve().is_relative_to(out.resolve()):
        raise ConfigError("monitors' files go into a folder outside that of the results", file=str(monitors))


def beside_run(
    watch: Watch, out: Path, monitors: Path, *, line: Path | None, now: datetime, tell_of: Callable[[str], None]
) -> None:
    """Write the coverage of a watch by all its sensors: all of it for monitors, and into ``out`` what all may see.

    Raises:
        InputError: as :func:`truceline.flow.seeing.scene`. ConfigError: the folders are not apart, or not writable.
    """
    apart(monitors, out)
    act = ReferenceAct()
    made = scene(watch, line=line, within_km=act.within_km, now=now, tell=tell_of)
    field = made.field(act)
    for folder, audience in ((monitors, Audience.MONITORS), (out, Audience.PUBLIC)):
        write(folder, watch.title, made, field, tell(made, field, act, audience, now))
