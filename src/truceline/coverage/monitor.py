# SPDX-License-Identifier: Apache-2.0
"""What is told of a coverage field, and to whom.

Monitors are told all: sectors, hours, blind gaps, the smallest attack that would have been missed. Parties and the
public are told what is at least 72 hours old, per province and day, all families together (a cheat's map is made of
the rest); passes of public satellites are theirs at any time, as orbits are public. What is withheld is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from truceline.base.clock import iso
from truceline.base.geo import Floats
from truceline.coverage.cells import Cells
from truceline.coverage.field import CoverageField
from truceline.coverage.sights import Swath

RELEASE_AFTER = timedelta(hours=72)
"""How old coverage is before it leaves the centre, unless the terms say otherwise."""

BLIND_BELOW = 0.05
"""An hour in which P(detect) stays below this counts as blind."""

MISSED_BELOW = 0.5
"""An attack whose P(detect) stays below this would probably have been missed."""

FEWEST_CELLS = 25
"""A province of fewer cells (130 km²) is told together with the others of its kind: a small one is a place."""

LADDER_MW = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0)
"""Powers tried, megawatts."""

LADDER_HOURS = (0.25, 1.0, 3.0)
"""Durations tried."""


class Audience(StrEnum):
    """Who is told."""

    MONITORS = "monitors"
    PARTY = "party"
    PUBLIC = "public"


@dataclass(frozen=True)
class Blind:
    """A stretch of hours without sight of a sector's side."""

    sector: int
    """Number of the sector; 0 for all the region at once."""

    side: int
    """0 or 1, as the cells' sides."""

    start: datetime
    """Its first hour, UTC."""

    hours: int
    """How many."""


@dataclass(frozen=True)
class Missed:
    """How great an attack could have been without being seen, in a sector's side over some hours."""

    sector: int
    """Number of the sector."""

    side: int
    """0 or 1."""

    duration_hours: float
    """How long it lasts."""

    power_mw: float
    """The least power tried that would have been missed: always the first of the ladder, unless that was seen."""

    up_to_mw: float
    """The greatest power up to which all tried would have been missed; 0 where even the least was seen."""

    any_power: bool
    """Whether even the greatest power tried would have been missed: then nothing was seen at all."""


def by_sector(cells: Cells, values: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int64], Floats]:
    """Return sectors (s,) and the mean over each one's cells, by side (s, 2, hours); NaN where a side has no cell."""
    sectors = np.unique(cells.sector)
    found = np.full((len(sectors), 2, values.shape[1]), np.nan)
    key = np.searchsorted(sectors, cells.sector) * 2 + cells.side
    order = np.argsort(key, kind="stable")
    present, begins = np.unique(key[order], return_index=True)
    counts = np.diff(np.append(begins, len(order)))
    if len(order):
        means = np.add.reduceat(values[order].astype(np.float64), begins, axis=0) / counts[:, None]
        found.reshape(len(sectors) * 2, -1)[present] = means
    return sectors, found


def blind_gaps(field: CoverageField, below: float = BLIND_BELOW) -> tuple[Blind, ...]:
    """Return the longest blind stretch of each sector's side, longest first; sides never blind are left out."""
    sectors, hourly = by_sector(field.cells, field.together)
    found = []
    for row, sector in enumerate(sectors.tolist()):
        for side in (0, 1):
            if np.isnan(hourly[row, side]).all():
                continue
            first, hours = longest_run(hourly[row, side] < below)
            if hours:
                found.append(Blind(sector, side, _moment(field.start + first * 3600), hours))
    return tuple(sorted(found, key=lambda gap: (-gap.hours, gap.start, gap.sector, gap.side)))


def blind_everywhere(field: CoverageField, below: float = BLIND_BELOW) -> Blind | None:
    """Return the longest stretch in which no sector was seen; None where there is no such hour."""
    _, hourly = by_sector(field.cells, field.together)
    if not hourly.size:
        return None
    first, hours = longest_run(np.nanmax(hourly, axis=(0, 1)) < below)
    return Blind(0, 0, _moment(field.start + first * 3600), hours) if hours else None


def longest_run(flags: npt.NDArray[np.bool_]) -> tuple[int, int]:
    """Return (first, length) of the longest run of true, the earliest of several; length 0 where there is none."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    if not len(edges):
        return 0, 0
    starts, lengths = edges[::2], edges[1::2] - edges[::2]
    best = int(lengths.argmax())
    return int(starts[best]), int(lengths[best])


def smallest_missed(
    render: Callable[[float, float], CoverageField],
    first: int,
    end: int,
    below: float = MISSED_BELOW,
    powers: Sequence[float] = LADDER_MW,
    durations: Sequence[float] = LADDER_HOURS,
) -> tuple[Missed, ...]:
    """Return how great an attack would have been missed in each sector's side, from hour ``first`` to before ``end``.

    Args:
        render: makes the field of a fire of that power (megawatts) and duration (hours).
        first: first hour looked at; the attack begins at a random moment of the hours.
        end: first hour after them.
        below: missed means P(detect) below this.
        powers: rising.
        durations: rising.
    """
    found = []
    for duration in durations:
        ladder = []
        for power in powers:
            field = render(power, duration)
            sectors, hourly = by_sector(field.cells, field.together[:, first:end])
            ladder.append(hourly.mean(axis=2))
        seen = np.stack(ladder) >= below
        for row, sector in enumerate(sectors.tolist()):
            for side in (0, 1):
                if np.isnan(ladder[0][row, side]):
                    continue
                sighted = np.flatnonzero(seen[:, row, side])
                count = int(sighted[0]) if len(sighted) else len(powers)
                up_to = powers[count - 1] if count else 0.0
                found.append(Missed(sector, side, duration, powers[0] if count else up_to, up_to, count == len(powers)))
    return tuple(found)


def by_area_day(field: CoverageField, areas: npt.NDArray[np.str_], until: datetime) -> list[dict[str, Any]]:
    """Return ``area day share hours`` of whole UTC days that ended before ``until``; small areas are told together."""
    names, which, counts = np.unique(areas, return_inverse=True, return_counts=True)
    small = counts < FEWEST_CELLS
    label = np.where(small, "other", names)[which]
    hours = field.start + np.arange(field.hours) * 3600
    days = np.floor(hours / 86_400).astype(np.int64)
    rows = []
    for day in np.unique(days).tolist():
        # A day is told once it is whole and old enough; one that the field holds in part would tell of hours.
        mine = days == day
        if int(mine.sum()) < 24 or (day + 1) * 86_400 > until.timestamp():
            continue
        for name in sorted(set(label.tolist())):
            share = float(field.together[label == name][:, mine].mean())
            rows.append({"area": name, "day": iso(_moment(day * 86_400))[:10], "share": round(share, 2)})
    return rows


def told(
    field: CoverageField,
    audience: Audience,
    now: datetime,
    areas: npt.NDArray[np.str_],
    missed: Sequence[Missed] = (),
    public: Sequence[Swath] = (),
    after: timedelta = RELEASE_AFTER,
) -> Mapping[str, Any]:
    """Return what an audience is told, as plain values ready for JSON.

    Args:
        field: the field.
        audience: who.
        now: when it is told, UTC; decides what is old enough.
        areas: province of each cell (n,).
        missed: of :func:`smallest_missed`; told to monitors only.
        public: passes of public satellites; told to all.
        after: how old coverage is before others than monitors are told.
    """
    passes = [
        {"sensor": sight.sensor, "from": iso(_whole(sight.first)), "to": iso(_whole(sight.last))}
        for sight in sorted(public, key=lambda sight: (sight.first, sight.id))
    ]
    if audience is Audience.MONITORS:
        return {"audience": str(audience), **_all(field, missed), "passes": passes}
    until = now - after
    rows = by_area_day(field, areas, until)
    days = {row["day"] for row in rows}
    held = [hour for hour in range(field.hours) if iso(_moment(field.start + hour * 3600))[:10] not in days]
    oldest = (now.timestamp() - field.start - held[0] * 3600) / 3600 if held else 0.0
    return {
        "audience": str(audience),
        "released_until": iso(until.replace(microsecond=0)),
        "areas": rows,
        "withheld": {"hours": len(held), "oldest_age_hours": round(max(0.0, oldest), 1)},
        "passes": passes,
    }


def _all(field: CoverageField, missed: Sequence[Missed]) -> dict[str, Any]:
    names = field.cells.sides
    sectors, hourly = by_sector(field.cells, field.together)
    gaps = blind_gaps(field)
    per = {(gap.sector, gap.side): gap for gap in gaps}
    everywhere = blind_everywhere(field)

    def gap(of: Blind | None) -> dict[str, Any] | None:
        if of is None:
            return None
        where = {"sector": of.sector, "side": names[of.side]} if of.sector else {}
        end = of.start + timedelta(hours=of.hours)
        return {**where, "from": iso(of.start), "to": iso(end), "hours": of.hours}

    return {
        "share": round(float(field.together.mean()), 4) if field.together.size else None,
        "by_family": {name: round(float(values.mean()), 4) for name, values in field.by_family.items()},
        "sectors": [
            {
                "sector": sector,
                "side": names[side],
                "share": round(float(hourly[row, side].mean()), 4),
                "hourly": [round(value, 3) for value in hourly[row, side].tolist()],
                "longest_blind_gap": gap(per.get((sector, side))),
            }
            for row, sector in enumerate(sectors.tolist())
            for side in (0, 1)
            if not np.isnan(hourly[row, side]).any()
        ],
        "longest_blind_gap": gap(gaps[0] if gaps else None),
        "blind_everywhere": gap(everywhere),
        "smallest_missed": [
            {
                "sector": item.sector,
                "side": names[item.side],
                "duration_hours": item.duration_hours,
                "power_mw": item.power_mw,
                "up_to_mw": item.up_to_mw,
                "any_power": item.any_power,
            }
            for item in missed
        ],
    }


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)


def _whole(seconds: float) -> datetime:
    return _moment(round(seconds))
