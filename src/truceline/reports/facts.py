# SPDX-License-Identifier: Apache-2.0
"""Plain facts that several reports need of a run: what was near, when nothing passed, what a place is called."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from truceline.base.clock import Interval, to_column
from truceline.base.geo import metres_per_degree
from truceline.coverage.fields import GROUP_S
from truceline.coverage.orbit import unit
from truceline.coverage.passes import on_denied
from truceline.model.agreement import Agreement, Party
from truceline.model.claim import ClaimCheck
from truceline.model.look import Look
from truceline.model.watching import Coverage, LineView, Run
from truceline.reports.formats import NBSP, compass

BLIND_HOURS = GROUP_S / 3600
"""Stretch without a pass, hours, from which one speaks of *no satellite*; shorter ones part passes of one group."""


def places(run: Run, lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> list[str]:
    """Return a name for each of n places, ``6 km E of Huliaipole``, from the run's towns.

    Of the nearest towns of each size the one with the least distance over the fifth root of its population gives the
    name, so that a city names what lies near it but a village next door comes first. Without towns: the coordinates,
    to two decimals.
    """
    return _towns(run).names(np.asarray(lon, float), np.asarray(lat, float))


def party_order(agreement: Agreement, on: date) -> tuple[Party, ...]:
    """Return the parties in the order of that day: the file's on even days, reversed on odd ones."""
    return agreement.parties if on.toordinal() % 2 == 0 else agreement.parties[::-1]


def order_of_parties(run: Run) -> tuple[Party, ...]:
    """Return the parties in the order of the truce's last day."""
    return party_order(run.agreement, last_day(run))


def claims_in_order(run: Run, view: LineView) -> tuple[ClaimCheck, ...]:
    """Return claims by claimant in the order of the parties, third parties last; within one, as in the ledger."""
    rank = {party.id: n for n, party in enumerate(order_of_parties(run))}
    return tuple(sorted(view.claims, key=lambda check: rank.get(check.claimant_party or "", len(rank))))


def some_claims(run: Run, view: LineView, most: int) -> tuple[ClaimCheck, ...]:
    """Return at most so many claims in the same order, taken from the claimants in turn: none crowds another out."""
    checks = claims_in_order(run, view)
    turn: dict[str | None, int] = {}
    rank = []
    for place, check in enumerate(checks):
        turn[check.claimant_party] = turn.get(check.claimant_party, 0) + 1
        rank.append((turn[check.claimant_party], place))
    kept = {place for _, place in sorted(rank)[:most]}
    return tuple(check for place, check in enumerate(checks) if place in kept)


def blind_gaps(coverage: Coverage) -> tuple[Interval, ...]:
    """Return the stretches of the truce outside every group of passes, in order of time."""
    return tuple(sorted(coverage.gaps))


def blind_hours(coverage: Coverage) -> float:
    """Return the hours of the truce in those stretches."""
    return sum(gap.hours for gap in blind_gaps(coverage))


def watched(run: Run) -> Interval | None:
    """Return the part of the truce that lies inside the watch's period."""
    return run.agreement.window.overlap(run.period)


def told(run: Run) -> Interval | None:
    """Return the part of the watched truce of whose coverage something may be told; None: nothing yet."""
    common, until = watched(run), run.view.coverage.told_until
    if common is None or until is None:
        return common
    return common.overlap(Interval(common.start, until)) if until > common.start else None


def untold(run: Run) -> Interval | None:
    """Return the part of the watched truce whose coverage is withheld, for it is too young; None: there is none."""
    common, until = watched(run), run.view.coverage.told_until
    if common is None or until is None or until >= common.end:
        return None
    return Interval(max(common.start, until), common.end)


def unwatched(run: Run) -> tuple[Interval, ...]:
    """Return the stretches of the truce outside the watch's period: nobody looked, which is not *no satellite*."""
    window, common = run.agreement.window, watched(run)
    if common is None:
        return (window,)
    ends = ((window.start, common.start), (common.end, window.end))
    return tuple(Interval(start, end) for start, end in ends if start < end)


def pass_groups(coverage: Coverage, outside: Sequence[Interval] = ()) -> tuple[Interval, ...]:
    """Return the stretches of the truce between blind gaps: when satellites were passing, in order of time.

    ``outside`` are stretches that were not watched at all.
    """
    found, start = [], coverage.window.start
    for gap in sorted((*coverage.gaps, *outside)):
        if start < gap.start:
            found.append(Interval(start, gap.start))
        start = gap.end
    if start < coverage.window.end:
        found.append(Interval(start, coverage.window.end))
    return tuple(found)


def satellites(run: Run) -> tuple[str, ...]:
    """Return the sensors whose passes are known, sorted."""
    return tuple(sorted({look.sensor for look in run.looks}))


def is_denied(run: Run, look: Look) -> bool:
    """Return whether what that pass saw may not be read: then it passed, but nothing was observed."""
    return any(one.sensor in look.rests_on and one.interval.overlap(look.interval) for one in run.denials)


def passes_in(run: Run, interval: Interval, *, denied: bool = False) -> int:
    """Return how many passes that were read (or, if asked, denied) fall inside a stretch, at least in part."""
    inside = [look for look in run.looks if look.interval.start < interval.end and look.interval.end > interval.start]
    return sum(is_denied(run, look) == denied for look in inside)


def denied_rows(run: Run) -> int:
    """Return how many detections of the truce lie on stretches that may not be read as watched."""
    return int((on_denied(run.detections, run.denials) & run.agreement.window.holds(run.detections.time)).sum())


def cloud_in(run: Run, interval: Interval) -> dict[str, float]:
    """Return mean cloud per column of the table over a stretch, days weighted by their hours in it."""
    total: dict[str, list[tuple[float, float]]] = {}
    for row in run.cloud:
        common = interval.overlap(Interval(row.day, row.day + timedelta(days=1)))
        if common is not None:
            for column, share in row.shares.items():
                total.setdefault(column, []).append((common.hours, share))
    return {column: sum(h * s for h, s in rows) / sum(h for h, _ in rows) for column, rows in total.items()}


def in_truce(run: Run) -> npt.NDArray[np.bool_]:
    """Return which events were seen inside the truce (n,)."""
    window, events = run.agreement.window, run.events
    found: npt.NDArray[np.bool_] = (events.first < to_column(window.end)) & (events.last >= to_column(window.start))
    return found


def near(run: Run, view: LineView) -> npt.NDArray[np.bool_]:
    """Return which events were seen inside the truce and within the reference act's distance of the line (n,)."""
    found: npt.NDArray[np.bool_] = in_truce(run) & (view.distance_m <= view.coverage.act.within_km * 1000)
    return found


_SIZES = (0.0, 2_000.0, 10_000.0, 50_000.0, 250_000.0, np.inf)
"""Edges of the classes of population in each of which the nearest town is a candidate for a place's name."""


class _Towns:
    """Names places after towns."""

    def __init__(self, run: Run) -> None:
        towns = run.place_names
        self._names = np.array([str(name) for name in towns.get("name", ())], dtype=object)
        lon, lat = (np.asarray(towns.get(key, ()), float) for key in ("lon", "lat"))
        self._lon, self._lat = lon, lat
        population = np.asarray(towns.get("population", np.ones(len(self._names))), float)
        self._weight = np.maximum(population, 500.0) ** 0.2
        classes = [np.flatnonzero((population >= low) & (population < high)) for low, high in pairwise(_SIZES)]
        self._classes = [(rows, cKDTree(unit(lon[rows], lat[rows]))) for rows in classes if len(rows)]

    def names(self, lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> list[str]:
        """Return ``6 km E of Huliaipole`` for each place; within a kilometre, ``at Huliaipole``."""
        if not len(self._names):
            return [_coordinates(float(x), float(y)) for x, y in zip(lon, lat, strict=True)]
        if not len(lon):
            return []
        where = unit(lon, lat)
        rows = np.stack([rows[tree.query(where)[1]] for rows, tree in self._classes], axis=1)
        per_lon, per_lat = (scale[:, None] for scale in metres_per_degree(lat))
        east = per_lon * ((lon[:, None] - self._lon[rows] + 180) % 360 - 180)
        north = per_lat * (lat[:, None] - self._lat[rows])
        distance = np.hypot(east, north)
        best = np.argmin(distance / self._weight[rows], axis=1)[:, None]
        bearing = np.degrees(np.arctan2(np.take_along_axis(east, best, 1), np.take_along_axis(north, best, 1)))[:, 0]
        far = np.take_along_axis(distance, best, 1)[:, 0]
        town = self._names[np.take_along_axis(rows, best, 1)[:, 0]]
        return [
            f"at {name}" if metres < 1000 else f"{round(metres / 1000)}{NBSP}km {compass(float(angle))} of {name}"
            for name, metres, angle in zip(town, far.tolist(), bearing.tolist(), strict=True)
        ]


def _coordinates(lon: float, lat: float) -> str:
    return f"{abs(lat):.2f}°{NBSP}{'N' if lat >= 0 else 'S'} {abs(lon):.2f}°{NBSP}{'E' if lon >= 0 else 'W'}"


@lru_cache(maxsize=1)
def _towns(run: Run) -> _Towns:
    """The names of one run's places: page, files and reports ask for the same."""
    return _Towns(run)


def last_day(run: Run) -> date:
    """The truce's last day; one that ends at midnight ends on the day before."""
    return (run.agreement.window.end - timedelta(microseconds=1)).date()
