# SPDX-License-Identifier: Apache-2.0
"""Are these the right files? A truce of another year, a line of another theatre, clocks of another zone are refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from truceline.base.clock import iso
from truceline.base.geo import Floats, Line
from truceline.coverage import orbit
from truceline.errors import Malformed, NoTime
from truceline.flow.watchfile import Watch
from truceline.model.agreement import Agreement
from truceline.model.detection import Detections
from truceline.model.record import Rejected
from truceline.model.watching import CloudDay
from truceline.sources import Batch

Box = tuple[float, float, float, float]
"""West, south, east, north, degrees."""

FAR_DEG = 10.0
"""A line that has no fire at all within this many degrees is of another theatre."""

ENOUGH_ROWS, ENOUGH_PASSES = 100, 10
"""Rows of a satellite, and passes they come from, from which its clock is judged."""

_MOST_ROWS = 20_000


class Lined(Protocol):
    """What is asked of a line's file."""

    @property
    def line(self) -> Line:
        """Its line."""

    @property
    def title(self) -> str:
        """As pages show it."""

    @property
    def file(self) -> str:
        """Its name."""


def check_time(agreement: Agreement, watch: Watch) -> None:
    """Refuse a watch no moment of which lies in the truce: its report would say that nothing passed."""
    window, period = agreement.window, watch.period
    if window.overlap(period) is None:
        raise NoTime(
            f"the truce ({iso(window.start)} to {iso(window.end)}) lies wholly outside the watch's period "
            f"({iso(period.start)} to {iso(period.end)}, [watch] from and to); are these the right files?",
            file=agreement.file,
        )


SWAPPED = "latitude and longitude look swapped"
"""How the reason of a row with its axes exchanged begins, or goes on."""


def check_near(lines: Sequence[Lined], detections: Detections, rejected: Sequence[Rejected]) -> None:
    """Refuse a line that lies nowhere near any fire: then line and fires are not of one theatre."""
    swapped = [row for row in rejected if SWAPPED in row.reason]
    for found in lines:
        if _any_near(found.line.bounds, detections.lon, detections.lat):
            continue
        if swapped and len(swapped) >= len(detections):
            raise Malformed(
                f"{SWAPPED} in {len(swapped):,} rows, and no other row lies near the line “{found.title}” "
                f"(unless it is {found.file} whose axes are swapped)",
                file=swapped[0].file,
                line=swapped[0].line,
            )
        if len(detections):
            raise Malformed(
                f"no fire lies within {FAR_DEG:g} degrees of the line “{found.title}”: are these the right files?",
                file=found.file,
            )


def check_axes(lines: Sequence[Lined], covered: Box | None) -> None:
    """Refuse a line that lies far from what the fire files cover, and inside it the other way round."""
    for found in lines:
        west, south, east, north = found.line.bounds
        corners = np.array([west, east]), np.array([south, north])
        if covered and not _any_near(covered, *corners) and _any_near(covered, *corners[::-1]):
            raise Malformed(
                f"the axes of the line “{found.title}” look swapped: GeoJSON has the longitude first", file=found.file
            )


def _any_near(bounds: Box, lon: Floats, lat: Floats) -> bool:
    """Return whether any place lies within ``FAR_DEG`` of a box."""
    west, south, east, north = bounds
    near = np.abs(lat - (south + north) / 2) <= (north - south) / 2 + FAR_DEG
    near &= np.abs(lon - (west + east) / 2) <= (east - west) / 2 + FAR_DEG
    return bool(near.any())


def check_clock(batches: Sequence[Batch]) -> None:
    """Refuse a fire file whose times fit no orbit of the satellites it names: they are of another clock than UTC.

    VIIRS flies where the sun's mean time is 13:25 within a quarter of an hour; times an hour or more off put all its
    satellites at the edge of where they are sought.
    """
    for batch in batches:
        found = batch.detections
        some = found.take(np.unique(np.linspace(0, len(found) - 1, min(len(found), _MOST_ROWS)).astype(np.int64)))
        sized = np.isfinite(np.asarray(some.attributes["track_km"], dtype=np.float64))
        fits = orbit.fit(some.take(sized & np.array([str(name).startswith("VIIRS/") for name in some.sensor], bool)))
        fits = tuple(fit for fit in fits if fit.n_rows >= ENOUGH_ROWS and fit.n_passes >= ENOUGH_PASSES)
        if fits and all(orbit.at_edge(fit) for fit in fits):
            hours = fits[0].node_local_hours
            raise NoTime(
                f"the times of its rows fit no orbit of {fits[0].sensor}: it would cross the equator at "
                f"{int(hours)}:{int(hours % 1 * 60):02} mean solar time or beyond, not near 13:25; are they UTC?",
                file=batch.file,
                line=int(found.attributes["line"][0]),
            )


def check_cloud(days: Sequence[CloudDay], watch: Watch) -> None:
    """Refuse a cloud table no day of which lies in the watch: every day would count as fully hidden."""
    period = watch.period
    if days and not any(period.start.date() <= day.day.date() <= period.end.date() for day in days):
        raise NoTime(
            f"no day of the cloud table ({iso(min(day.day for day in days))[:10]} to "
            f"{iso(max(day.day for day in days))[:10]}) lies in the watch's period ({iso(period.start)} to "
            f"{iso(period.end)}); is this the right file?",
            file=f"{watch.of('cloud')[0].path.parent.name}/{watch.of('cloud')[0].path.name}",
        )
