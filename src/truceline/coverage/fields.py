# SPDX-License-Identifier: Apache-2.0
"""The coverage field: P(a reference act, lit in that sector, side and hour, is detected).

An act lit at a uniformly random moment of an hour burns for its duration; a look sees it if it burns as the satellite
passes. The lighting moment is integrated exactly: between the moments at which a look enters or leaves the reach of
the fire, nothing changes. Looks of one half-day (6 to 18 h local mean solar time, or the night) share their cloud:
one sky, hidden with the day's share, hides all of them together; where midnight UTC parts such a half-day into two
shares, the sky that is clear under the greater share is clear under the smaller one too. Half-days are independent.
Taking a look away, or adding cloud, therefore never raises coverage.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt
import shapely

from truceline.base.clock import Interval
from truceline.base.geo import Floats, Line, Sides
from truceline.coverage.cloud import CloudAssumption, assumptions
from truceline.coverage.detect import p_detect
from truceline.coverage.orbit import DAY_S, from_track, unit
from truceline.coverage.passes import columns
from truceline.model.look import Look
from truceline.model.watching import CloudDay, Coverage, ReferenceAct

Rings = Sequence[Sequence[tuple[float, float]]]
Ints = npt.NDArray[np.int64]

SPACING_M = 5_000.0
"""Sample points stand about this far apart along the line, metres."""

RANKS = 4
"""Sample points to either side, at equal steps out to the act's distance."""

GROUP_S = 110 * 60.0
"""Passes closer together than this belong to one group (a satellite returns after 99 to 102 minutes)."""


@dataclass(frozen=True, eq=False)
class Points:
    """Sample points (n) beside the line."""

    lon: Floats
    """Longitude, degrees."""

    lat: Floats
    """Latitude, degrees."""

    sector: Ints
    """Number of the sector, from 1."""

    side: Ints
    """0 on ``sides.first``'s side (left of the line where nothing tells), 1 on the other."""

    km: Floats
    """Kilometres of line each stands for; a sector's length, on either side."""

    along_m: Floats
    """Position along the line, metres."""

    observed: npt.NDArray[np.bool_]
    """Whether it lies inside what the data covers."""

    def __len__(self) -> int:
        return len(self.lon)


@dataclass(frozen=True, eq=False)
class Footprints:
    """How each of L looks passes each of n points."""

    across_km: Floats
    """Distance from the track (L, n), kilometres."""

    seconds: Floats
    """Moment abeam (L, n), UTC seconds since 1970."""

    inside: npt.NDArray[np.bool_]
    """Whether the swath covers the point (L, n)."""


def points(line: Line, sides: Sides | None, within_km: float, extent: Rings) -> Points:
    """Return sample points: every 5 km or so, four to either side, out to ``within_km`` kilometres.

    A point that a bend of the line puts on the wrong side, or nearer to another stretch of it, is left out; its
    sector's others stand for it. ``extent`` holds the outer rings of what the data covers (lon/lat); empty: all.
    """
    along, sector, length = _stations(line)
    steps = (np.arange(RANKS) + 0.5) * within_km * 1000 / RANKS
    offsets = np.concatenate([steps, -steps])
    where, out = (grid.ravel() for grid in np.meshgrid(along, offsets, indexing="ij"))
    number = np.repeat(sector, len(offsets))
    lon, lat = line.offset(where, out)
    middle = (line.bounds[0] + line.bounds[2]) / 2
    lon = (lon - middle + 180) % 360 - 180 + middle  # beside the line also where the antimeridian runs between
    near = line.nearest(lon, lat)
    left = out > 0
    part = np.searchsorted(np.cumsum(line.part_lengths_m), where, side="right")
    part = np.minimum(part, len(line.parts) - 1)
    first = left if sides is None else left == sides.left_is_first[part]
    side = np.where(first, 0, 1)
    truly = near.left if sides is None else sides.of(near)
    own = truly == first
    cell = (number - 1) * 2 + side
    empty = np.bincount(cell[own], minlength=cell.max() + 1) == 0
    keep = own | empty[cell]  # a sector whose points all fall elsewhere keeps them: it must not vanish
    count = np.bincount(cell[keep], minlength=cell.max() + 1)
    km = length[number - 1] / 1000 / count[cell]
    lon, lat = (lon[keep] + 180) % 360 - 180, lat[keep]
    return Points(lon, lat, number[keep], side[keep], km[keep], where[keep], _inside(lon, lat, extent))


def _stations(line: Line) -> tuple[Floats, Ints, Floats]:
    """Positions along the line (m), their sectors, and each sector's length (m)."""
    along, sector, length = [], [], []
    for piece in line.sectors():
        count = max(1, round(piece.length_m / SPACING_M))
        along.append(piece.start_m + (np.arange(count) + 0.5) * piece.length_m / count)
        sector.append(np.full(count, piece.number, dtype=np.int64))
        length.append(piece.length_m)
    return np.concatenate(along), np.concatenate(sector), np.array(length)


def _inside(lon: Floats, lat: Floats, extent: Rings) -> npt.NDArray[np.bool_]:
    if not extent:
        return np.ones(len(lon), dtype=bool)
    area = shapely.union_all([shapely.make_valid(shapely.Polygon(ring)) for ring in extent])
    shapely.prepare(area)
    return np.asarray(shapely.intersects_xy(area, lon, lat))


def footprints(looks: Sequence[Look], at: Points) -> Footprints:
    """Return how the looks pass the points; a track's points stand at (nearly) equal steps of time."""
    places = unit(at.lon, at.lat)
    across = np.empty((len(looks), len(at)))
    seconds = np.empty((len(looks), len(at)))
    for row, look in enumerate(looks):
        moments, lon, lat = np.array(look.track, dtype=np.float64).reshape(-1, 3).T
        even = np.linspace(moments[0], moments[-1], max(3, len(moments)))
        corner = unit(lon, lat)
        track = np.stack([np.interp(even, moments, corner[:, axis]) for axis in range(3)], axis=1)
        track /= np.linalg.norm(track, axis=1, keepdims=True)
        step, across[row] = from_track(track, places)
        seconds[row] = look.interval.start.timestamp() + even[0] + step * (even[1] - even[0])
    reach = np.array([look.half_swath_km for look in looks]).reshape(-1, 1)
    return Footprints(across, seconds, across <= reach)


def clear_sky(looks: Sequence[Look], at: Points, act: ReferenceAct, seen: Footprints | None = None) -> Floats:
    """Return P(detect | the act burns as the look passes, clear sky) (L, n); 0 outside the swath or the data."""
    seen = footprints(looks, at) if seen is None else seen
    found = np.zeros(seen.across_km.shape)
    for key in sorted({(look.sensor, look.altitude_km, look.daylight) for look in looks}):
        sensor, altitude, day = key
        rows = np.array([(look.sensor, look.altitude_km, look.daylight) == key for look in looks])
        found[rows] = p_detect(act.power_mw, seen.across_km[rows], sensor=sensor, altitude_km=altitude, by_day=day)
    return np.where(seen.inside & at.observed, found, 0.0)


def exposure(looks: Sequence[Look], at: Points, assumption: CloudAssumption, act: ReferenceAct) -> Floats:
    """Return P(detect | the act burns as the look passes), cloud included (L, n).

    0 outside the swath, and 0 where the data does not reach (``at.observed`` tells these apart).
    """
    return clear_sky(looks, at, act) * (1 - hidden(looks, assumption))[:, None]


def hidden(looks: Sequence[Look], assumption: CloudAssumption) -> Floats:
    """Return the hidden share of sky for each look (L,), by the UTC day of its middle."""
    return assumption.hidden(columns(looks).astype("datetime64[s]"))


def coverage(
    name: str,
    line: Line,
    sides: Sides | None,
    looks: Sequence[Look],
    cloud: Sequence[CloudDay],
    act: ReferenceAct,
    window: Interval,
    period: Interval,
    extent: Rings,
) -> Coverage:
    """Return the coverage of one line: hourly over ``period``, and its means over the truce, ``window``.

    ``looks`` are the readable ones only. Hours of the truce outside the period count as not covered.
    """
    at = points(line, sides, act.within_km, extent)
    looks = sorted(looks, key=lambda look: (look.interval.start, look.sensor))
    seen = footprints(looks, at)
    field = _Field(looks, at, clear_sky(looks, at, act, seen), act.duration_hours * 3600)
    listed = assumptions(cloud)
    hours = _hours(period)
    hourly = field.hourly(hours, listed[0])
    both = window.overlap(period)
    cells = [field.mean(both, window, assumption) for assumption in listed]
    weight = field.observed_km
    shares = [float((cell * weight).sum() / field.km.sum()) for cell in cells]
    names = ("left", "right") if sides is None else (sides.first, sides.second)
    blind = weight <= 0
    side_km = weight.sum(axis=0)
    by_side = {
        side: float((cells[0] * weight).sum(axis=0)[i] / side_km[i]) if side_km[i] > 0 else None
        for i, side in enumerate(names)
    }
    return Coverage(
        line=name,
        act=act,
        sectors=line.sectors(),
        sides=names,
        hours=hours,
        hourly=np.where(blind[:, :, None], np.nan, hourly),
        observed_share=weight / field.km,
        window=window,
        share=shares[0],
        low=min(shares),
        high=max(shares),
        by_side=by_side,
        by_sector=np.where(blind, np.nan, cells[0]),
        gaps=() if both is None else gaps(seen, at, both),
    )


def _hours(period: Interval) -> npt.NDArray[np.datetime64]:
    """Start of every hour the period touches."""
    first = int(period.start.timestamp() // 3600)
    last = int(-(-period.end.timestamp() // 3600))
    return np.arange(first, last).astype("datetime64[h]")


def gaps(seen: Footprints, at: Points, window: Interval) -> tuple[Interval, ...]:
    """Return the stretches of the window outside all groups of passes over observed points, longest first.

    A group is a run of passes less than 110 minutes apart; it lasts from the first to the last moment at which a
    point lies abeam inside a swath.
    """
    usable = seen.inside & at.observed
    some = usable.any(axis=1)
    start = np.where(usable, seen.seconds, np.inf)[some].min(axis=1, initial=np.inf)
    end = np.where(usable, seen.seconds, -np.inf)[some].max(axis=1, initial=-np.inf)
    free: list[Interval] = []
    reached = window.start
    for low, high in _groups(start, end):
        first, last = (window.start + timedelta(seconds=float(s) - window.start.timestamp()) for s in (low, high))
        if first > reached:
            free.append(Interval(reached, min(first, window.end)))
        reached = max(reached, last)
        if reached >= window.end:
            break
    if reached < window.end:
        free.append(Interval(reached, window.end))
    return tuple(sorted((gap for gap in free if gap.hours > 0), key=lambda gap: (-gap.hours, gap.start)))


def _groups(start: Floats, end: Floats) -> Iterator[tuple[float, float]]:
    """First and last moment of each group of passes, in order."""
    order = np.argsort(start, kind="stable")
    low = high = None
    for begin, finish in zip(start[order].tolist(), end[order].tolist(), strict=True):
        if low is None or high is None or begin - high >= GROUP_S:
            if low is not None and high is not None:
                yield low, high
            low, high = begin, finish
        else:
            high = max(high, finish)
    if low is not None and high is not None:
        yield low, high


class _Field:
    """Sums over looks prepared once for all hours and assumptions."""

    def __init__(self, looks: Sequence[Look], at: Points, clear: Floats, duration_s: float) -> None:
        self._when = columns(looks)
        order = np.argsort(self._when, kind="stable")
        self._looks = [looks[i] for i in order]
        self._when = self._when[order]
        self._duration = duration_s
        size = int(at.sector.max()) * 2
        cell = (at.sector - 1) * 2 + at.side
        self.km = np.bincount(cell, at.km, minlength=size).reshape(-1, 2)
        self.observed_km = np.bincount(cell, at.km * at.observed, minlength=size).reshape(-1, 2)
        used = np.flatnonzero(at.observed)
        used = used[np.argsort(cell[used], kind="stable")]  # so that each cell's points stand together
        self._cells, self._begins = np.unique(cell[used], return_index=True)
        self._weight = at.km[used] / self.observed_km.ravel()[cell[used]]
        misses = np.log1p(-np.minimum(clear[order][:, used], 1 - 1e-12))
        self._log_miss = np.vstack([np.zeros((1, len(used))), np.cumsum(misses, axis=0)])
        middle = float(np.degrees(np.angle(np.exp(1j * np.radians(at.lon)).mean())))
        local = self._when + middle * 240 - DAY_S / 4
        self._half_day = np.floor(local / (DAY_S / 2)).astype(np.int64)
        self._utc_day = np.floor(self._when / DAY_S).astype(np.int64)

    def _steps(self, edges: Floats) -> tuple[Floats, Floats]:
        """Cut [first, last] edge wherever a look comes into reach or leaves it: (starts, lengths)."""
        inner = np.concatenate([edges, self._when, self._when - self._duration])
        cuts = np.unique(inner[(inner >= edges[0]) & (inner <= edges[-1])])
        return cuts[:-1], np.diff(cuts)

    def _found(self, moments: Floats, assumption: CloudAssumption) -> Floats:
        """P(detect) of an act lit at each moment (m,), per sector and side (m, s * 2)."""
        first = np.searchsorted(self._when, moments, side="left")
        last = np.searchsorted(self._when, moments + self._duration, side="left")
        runs, which = np.unique(np.stack([first, last], axis=1), axis=0, return_inverse=True)
        found = np.zeros((len(runs), self.km.size))
        busy = np.flatnonzero(runs[:, 1] > runs[:, 0])
        if busy.size and self._cells.size:
            seen = (1 - self._all_missed(runs[busy], assumption)) * self._weight
            found[np.ix_(busy, self._cells)] = np.add.reduceat(seen, self._begins, axis=1)
        return found[which.ravel()]

    def _all_missed(self, runs: Ints, assumption: CloudAssumption) -> Floats:
        """P(no look sees it), cloud included, for runs of looks from first to last - 1 (r, 2), per point (r, n)."""
        miss = np.ones((len(runs), len(self._weight)))
        cover = hidden(self._looks, assumption)
        for low, cut, high in self._halves():
            rows = np.flatnonzero((runs[:, 0] < high) & (runs[:, 1] > low))
            if not rows.size:
                continue
            a, b = runs[rows].T
            early = self._missed(np.clip(a, low, cut), np.clip(b, low, cut))
            late = self._missed(np.clip(a, cut, high), np.clip(b, cut, high))
            here, there = float(cover[low]), float(cover[high - 1])
            alone = early if here <= there else late
            miss[rows] *= 1 - abs(there - here) * (1 - alone) - (1 - max(here, there)) * (1 - early * late)
        return miss

    def _missed(self, a: Ints, b: Ints) -> Floats:
        """Product of the misses of looks a to b - 1, clear sky."""
        return np.asarray(np.exp(self._log_miss[b] - self._log_miss[a]))

    def _halves(self) -> Iterator[tuple[int, int, int]]:
        """For each half-day: its first look, the first after midnight UTC (or the first), the one after its last."""
        for half in np.unique(self._half_day):
            rows = np.flatnonzero(self._half_day == half)
            low, high = int(rows[0]), int(rows[-1]) + 1
            later = np.flatnonzero(self._utc_day[low:high] > self._utc_day[low])
            yield low, low + int(later[0]) if later.size else low, high

    def hourly(self, hours: npt.NDArray[np.datetime64], assumption: CloudAssumption) -> Floats:
        """P(detect) of an act lit in each hour (s, 2, h)."""
        if not len(hours):
            return np.zeros((*self.km.shape, 0))
        edges = np.append(hours, hours[-1] + 1).astype("datetime64[s]").astype(np.float64)
        starts, lengths = self._steps(edges)
        found = self._found(starts + lengths / 2, assumption) * lengths[:, None] / 3600
        which = np.searchsorted(edges, starts, side="right") - 1
        begins = np.searchsorted(which, np.arange(len(hours)))
        return np.add.reduceat(found, begins, axis=0).T.reshape(*self.km.shape, len(hours))

    def mean(self, part: Interval | None, window: Interval, assumption: CloudAssumption) -> Floats:
        """P(detect) of an act lit at a random moment of the window (s, 2); only ``part`` of it is covered."""
        if part is None or window.hours <= 0:
            return np.zeros(self.km.shape)
        starts, lengths = self._steps(np.array([part.start.timestamp(), part.end.timestamp()]))
        found = self._found(starts + lengths / 2, assumption)
        return np.asarray((lengths @ found / (window.hours * 3600)).reshape(self.km.shape))
