# SPDX-License-Identifier: Apache-2.0
"""From a look to what it does to cells: the parts of the coverage field that depend on one look only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from truceline.base.geo import EARTH_KM, WGS84, Floats, inside_rings
from truceline.coverage._kernels import pieces, stretch, visits, within
from truceline.coverage.cells import Cells
from truceline.coverage.orbit import unit
from truceline.coverage.sights import Area, Fixed, Sight, Swath, Track, denied_spans, seconds_of
from truceline.model.look import Denial

Ints = npt.NDArray[np.int64]
Ints32 = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]

WIDE = np.radians(15.0)
"""A region within this angle of its middle is crossed in one piece; a wider one in pieces of ``PIECE``."""

PIECE = np.radians(8.0)


@dataclass(frozen=True, eq=False)
class Frames:
    """A pass as k straight pieces: a frame about each piece's middle, and how the track bends in it."""

    frame: Floats
    """(k, 3, 3): towards the middle, along the track, to its left."""

    bend: Floats
    """(k, 4): the track's own sine to the left as a cubic in the tangent along."""

    limits: Floats
    """(k, 6): tangent along from and to, sine aside from and to, sine to the left beyond which none is seen, side."""

    seconds: float
    """The moment of the pass, UTC seconds since 1970."""


@dataclass(frozen=True, eq=False)
class Touches:
    """Cells that a look sees one by one: for a moving footprint one entry a visit, else one a cell."""

    cells: Ints32
    """Cell numbers (m,)."""

    p: Floats
    """P(detect) in each."""

    first: Floats
    """UTC seconds since 1970 at which the stretch begins (m,)."""

    last: Floats
    """And at which it ends."""

    def only(self, where: Bools | None) -> Touches:
        """Return those of some cells (n,); None: all."""
        if where is None:
            return self
        keep = where[self.cells]
        return Touches(
            self.cells[keep], *(part[keep] if len(part) else part for part in (self.p, self.first, self.last))
        )


def spans_of(sight: Sight, denials: Sequence[Denial]) -> list[tuple[float, float]]:
    """Return the stretches (UTC seconds) in which a look sees, denials cut out wherever they hold; a denied pass has
    none.
    """  # noqa: D205  one sentence
    spans = denied_spans(sight, denials)
    low, high = seconds_of(sight)
    if isinstance(sight, Swath):
        return [] if spans else [(low, high)]
    found = []
    for start, end in spans:
        if start > low:
            found.append((low, start))
        low = max(low, end)
    if low < high:
        found.append((low, high))
    return found


def denied_cells(denial: Denial, cells: Cells) -> Bools:
    """Return in which cells (n,) a denial holds; cells of no line have no sector, so there it holds in all of them."""
    if not denial.local:
        return np.ones(len(cells), dtype=bool)
    found = inside_rings(denial.area, cells.lon, cells.lat)
    if denial.sectors:
        found |= np.isin(cells.sector, (0, *denial.sectors))
    return found


def frames(sights: Sequence[Swath], cells: Cells) -> list[Frames | None]:
    """Return the pieces in which each pass crosses the region; None where it does not come near."""
    if not sights:
        return []
    middle, radius = cells.middle
    tracks = np.concatenate([sight.track for sight in sights])
    ends = np.cumsum([0, *(len(sight.track) for sight in sights)])
    dots = tracks @ middle
    nearest = ends[:-1] + np.array([dots[a:b].argmax() for a, b in pairwise(ends.tolist())])
    sides = np.array([[sight.near_km / EARTH_KM, sight.far_km / EARTH_KM, sight.side] for sight in sights])
    beyond = np.arccos(np.clip(tracks[ends[:-1]] * tracks[ends[:-1] + 1], -1, 1).sum(axis=1).clip(-1, 1))
    close = dots[nearest] >= np.cos(np.minimum(np.pi, radius + sides[:, 1] + 0.02 + beyond))
    if radius <= WIDE:
        which, centres, half = (
            np.flatnonzero(close),
            nearest[close],
            radius + 0.02 + 0.6 * float(np.max(beyond, initial=0)),
        )
    else:
        which, centres, half = _many(ends, np.flatnonzero(close), float(np.median(beyond)))
    frame, bend, limits = np.empty((len(which), 3, 3)), np.empty((len(which), 4)), np.empty((len(which), 6))
    limits[:, 2:4] = np.sin(sides[which, :2])
    limits[sides[which, 0] == 0, 2] = -1.0
    limits[:, 5] = sides[which, 2]
    pieces(tracks, np.stack([ends[which], ends[which + 1]], axis=1), centres, half, frame, bend, limits)
    limits[:, 4] += limits[:, 3] + 0.01
    first = np.searchsorted(which, np.arange(len(sights) + 1)).tolist()
    return [
        Frames(frame[a:b], bend[a:b], limits[a:b], seconds_of(sight)[0]) if b > a else None
        for sight, (a, b) in zip(sights, pairwise(first), strict=True)
    ]


def _many(ends: Ints, close: Ints, step: float) -> tuple[Ints, Ints, float]:
    """Pieces of some 8 degrees along whole tracks: (number of the track, its middle point, half the piece)."""
    stride = max(1, int(PIECE / max(step, 1e-6)))
    rows = [np.arange(ends[n] + stride // 2, ends[n + 1], stride) for n in close]
    which = np.repeat(close, [len(row) for row in rows])
    return which, np.concatenate([np.zeros(0, np.int64), *rows]), stride * step / 2


def still(sights: Sequence[Fixed | Area], cells: Cells) -> list[Touches]:
    """Return which cells each look sees, whenever it looks."""
    fixed = [sight for sight in sights if isinstance(sight, Fixed)]
    places = unit(np.array([sight.lon for sight in fixed]), np.array([sight.lat for sight in fixed]))
    x, y = cells.bins.plane(places)
    discs = iter(zip(places, x.tolist(), y.tolist(), strict=True))
    none = np.zeros(0)
    return [
        Touches(
            *(_of_area(sight, cells) if isinstance(sight, Area) else _of_fixed(sight, *next(discs), cells)), none, none
        )
        for sight in sights
    ]


def moving(sight: Track, spans: Sequence[tuple[float, float]], cells: Cells) -> Touches:
    """Return each visit of a moving footprint to a cell, in its stretches."""
    seconds = sight.seconds.astype(np.float64)
    cuts = np.array([edge for pair in spans for edge in pair])
    if not len(cuts):
        return Touches(np.zeros(0, np.int32), np.zeros(0), np.zeros(0), np.zeros(0))
    when = np.unique(np.concatenate([seconds, cuts[(cuts > seconds[0]) & (cuts < seconds[-1])]]))
    corner = unit(sight.lon, sight.lat)
    ends = np.stack([np.interp(when, seconds, corner[:, axis]) for axis in range(3)], axis=1)
    ends /= np.linalg.norm(ends, axis=1, keepdims=True)
    middle = (when[:-1] + when[1:]) / 2
    which = np.searchsorted(cuts, middle, side="right")
    joined = which % 2 == 1
    bins = cells.bins
    plane = np.stack(bins.plane(ends), axis=1)
    radius2 = (2 * np.sin(sight.radius_km / EARTH_KM / 2)) ** 2
    capacity = 1 << 17
    while True:
        number, first, last = np.empty(capacity, np.int32), np.empty(capacity), np.empty(capacity)
        count = visits(
            ends, plane, when, joined, radius2, sight.radius_km, bins.stretch, bins.places, np.array(bins.low),
            bins.edge, np.array(bins.shape), bins.starts, bins.order,
            np.full(len(cells), -1, np.int32), np.full(len(cells), -9, np.int64), number, first, last,
        )  # fmt: skip
        if count <= capacity:
            break
        capacity = 1 << int(count).bit_length()
    return Touches(number[:count], np.full(count, sight.p), first[:count], last[:count])


def _of_fixed(sight: Fixed, place: Floats, x: float, y: float, cells: Cells) -> tuple[Ints32, Floats]:
    bins = cells.bins
    radius = sight.ranges_km[-1]
    capacity = 1 << 10
    while True:
        number, apart = np.empty(capacity, np.int32), np.empty(capacity)
        count = within(
            x, y, place, (radius + 0.05) * bins.stretch,
            (2 * np.sin(radius / EARTH_KM / 2)) ** 2, bins.places, np.array(bins.low), bins.edge,
            np.array(bins.shape), bins.starts, bins.order, number, apart,
        )  # fmt: skip
        if count <= capacity:
            break
        capacity = 1 << int(count).bit_length()
    number, apart = number[:count], apart[:count]
    away = 2 * np.arcsin(np.sqrt(apart) / 2) * EARTH_KM
    p = np.interp(away, np.array(sight.ranges_km), np.array(sight.p))
    if sight.towards_deg is not None and sight.arc_deg < 360:
        here = np.full(count, sight.lon), np.full(count, sight.lat)
        azimuth, _, _ = WGS84.inv(*here, cells.lon[number], cells.lat[number])
        off = np.abs((np.asarray(azimuth) - sight.towards_deg + 180) % 360 - 180)
        p = np.where(off <= sight.arc_deg / 2, p, 0.0)
    keep = p > 0
    return number[keep], p[keep]


def _of_area(sight: Area, cells: Cells) -> tuple[Ints32, Floats]:
    found = np.flatnonzero(inside_rings(sight.rings, cells.lon, cells.lat)).astype(np.int32)
    return found, np.full(len(found), sight.p)


def seen(sight: Sight, cells: Cells) -> npt.NDArray[np.bool_]:
    """Return which cells (n,) a look sees at any time, denials apart: the same test the field's loop makes."""
    found = np.zeros(len(cells), dtype=bool)
    if isinstance(sight, Swath):
        made = frames([sight], cells)[0]
        if made is None:
            return found
        for frame, bend, limit in zip(made.frame, made.bend, made.limits, strict=True):
            ahead, along, across = frame @ cells.places.T
            tangent = along / np.maximum(ahead, 0.05)
            curve = np.polynomial.polynomial.polyval(tangent, bend)
            aside = across - curve * (1 - 0.5 * across**2)
            inside = (ahead > 0.05) & (tangent >= limit[0]) & (tangent < limit[1]) & (limit[5] * aside >= 0)
            foot = (frame[0, 2] + tangent * frame[1, 2]) / np.sqrt(1 + tangent**2) + curve * frame[2, 2]
            far = np.abs(aside) * (1 + stretch(foot, cells.places[:, 2], np.abs(aside)))
            found |= inside & (far >= limit[2]) & (far <= limit[3]) & (np.abs(across) <= limit[4])
    elif isinstance(sight, Track):
        found[moving(sight, [seconds_of(sight)], cells).cells] = True
    else:
        found[still([sight], cells)[0].cells] = True
    return found
