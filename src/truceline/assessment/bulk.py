# SPDX-License-Identifier: Apache-2.0
"""Assessment by the million: events in columns against all clauses at once.

The same product as :mod:`truceline.assessment.assess`, one number each: P(act) x P(actor) x P(place) x P(time) x
P(no exception). NaN: cannot tell. docs/explanation/assessment.md says what each factor means.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from truceline.assessment import _loops
from truceline.assessment._arrays import EVERYWHERE, FAR, NOWHERE_KNOWN, Belief, Clauses, Tables, tables
from truceline.assessment._cells import Frame
from truceline.assessment.fence import MOST_ZONES, Bits, Fence, fence, together
from truceline.base.clock import Interval, Times, from_column, to_column
from truceline.base.compiled import in_pieces
from truceline.base.geo import Floats, metres_per_degree

CELL_M = 500.0
"""Size of the finest cells, metres."""

_SMOOTH = 400.0
"""Boundaries of a coarser grid are simplified by a cell's size over this: 0.02 of the smallest minor axis it serves."""

_LONGEST = 64.0
"""A place's minor axis is taken as no less than its major one over this."""

_PIECE = 1 << 15

Probabilities = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Clause:
    """One provision under one reading, ready for columns of events."""

    acts: Mapping[str, float]
    """Weight of each act: 1 prohibited, less where the belief is vaguer than the clause, absent 0."""

    actors: Mapping[str, float]
    """Weight of each actor: 1 bound or imputed."""

    silent_actor: float
    """What the actor factor is where nothing says who: 1 if it need not be known; NaN: cannot tell."""

    zone: Hashable
    """Name of a shape; None: everywhere. A name without a shape: nobody published where it is, so cannot tell."""

    window: Interval
    """When it binds."""

    unexcused: float = 1.0
    """Probability that no exception applies; NaN: nothing tells."""


@dataclass(frozen=True, eq=False)
class Columns:
    """n events in columns. Beliefs are kept to 2^-24, so that their sums are exact in whatever order."""

    lon: Floats
    """Longitude of the place's mean, degrees."""

    lat: Floats
    """Latitude, degrees."""

    time: Times
    """When, UTC."""

    sigma_major_m: Floats
    """One standard deviation of place along the major axis, metres; 0: certain."""

    sigma_minor_m: Floats
    """Along the minor axis, metres."""

    bearing_deg: Floats
    """Bearing of the major axis from north, degrees."""

    sigma_s: Floats
    """One standard deviation of time, seconds; 0: certain."""

    p_act: Mapping[str, npt.NDArray[np.floating[Any]]]
    """Belief over acts: act → (n,); NaN in all where an event has none."""

    p_actor: Mapping[str, npt.NDArray[np.floating[Any]]]
    """Belief over actors."""

    def __len__(self) -> int:
        return len(self.lon)

    def certain(self) -> Columns:
        """Return the same events with the means of their places and times taken as certain."""
        none = np.zeros(len(self))
        return Columns(self.lon, self.lat, self.time, none, none, self.bearing_deg, none, self.p_act, self.p_actor)


class Ready:
    """Columns laid out for the loops, once for any number of clauses."""

    def __init__(self, events: Columns) -> None:
        count = len(events)
        # Copies: a column that may not be written to is another type to the loops, which would be compiled again.
        self.lon, self.lat = (np.array(column, dtype=np.float64) for column in (events.lon, events.lat))
        self.time = np.array(events.time.astype("datetime64[us]").astype(np.int64))
        self.sigma_s = np.array(np.nan_to_num(events.sigma_s), dtype=np.float64)
        self.acts, self.act = _belief(events.p_act, count)
        self.actors, self.actor = _belief(events.p_actor, count)
        major, minor = np.nan_to_num(events.sigma_major_m), np.nan_to_num(events.sigma_minor_m)
        self.major_m = np.maximum(major, minor).astype(np.float64)
        self.minor_m = np.maximum(np.minimum(major, minor), self.major_m / _LONGEST)
        self.turn, self.reach = np.empty((0, 4)), np.empty((0, 2))
        if (self.major_m > 0).any():
            bearing = np.where(major >= minor, events.bearing_deg, events.bearing_deg + 90.0)
            east, north = metres_per_degree(np.clip(self.lat, -89.9, 89.9))
            self.turn, self.reach = np.empty((count, 4)), np.empty((count, 2))
            floor = np.maximum(self.major_m, 1e-3), np.maximum(self.minor_m, 1e-3)
            _loops.turns(self.lat, *floor, np.nan_to_num(bearing), east, north, self.turn, self.reach)

    def __len__(self) -> int:
        return len(self.lon)

    def belief(self, lon: Floats, lat: Floats) -> Belief:
        """Return what the loops take, with these places."""
        return Belief(lon, lat, self.time, self.sigma_s, self.act, self.actor, self.turn, self.reach)


def _belief(columns: Mapping[str, npt.NDArray[Any]], count: int) -> tuple[tuple[str, ...], npt.NDArray[np.float32]]:
    """Names and a table (n, k) of multiples of 2^-24; where an event has no number at all, NaN."""
    names = tuple(columns)
    table = np.empty((count, len(names)), np.float32)
    silent = np.ones(count, dtype=bool)
    for k, name in enumerate(names):
        values = np.asarray(columns[name], dtype=np.float64)
        silent &= np.isnan(values)
        table[:, k] = np.rint(np.clip(np.nan_to_num(values), 0.0, 1.0) * 2.0**24) / 2.0**24
    if names and silent.any():
        table[silent] = np.nan
    return names, table


@dataclass(frozen=True, eq=False)
class _Zones:
    """At most 63 zones, and their grids by size, made when first asked for."""

    shapes: tuple[Any, ...]
    levels: dict[int, Fence]

    def level(self, number: int) -> Fence:
        """Return the grid whose cells are 2^number times the finest."""
        if number not in self.levels:
            size = CELL_M * 2.0**number
            self.levels[number] = fence(self.shapes, size, size / _SMOOTH if number else 0.0)
        return self.levels[number]


@dataclass(frozen=True, eq=False)
class _Group:
    """At most 64 clauses on one grid."""

    clauses: tuple[Clause, ...]
    columns: tuple[int, ...]
    zone: tuple[int, ...]
    zones: _Zones

    @cached_property
    def held(self) -> Bits:
        """Per number of cell of the finest grid: the clauses whose zone holds its middle."""
        masks = self.zones.level(0).masks
        found = np.zeros(len(masks), np.uint64)
        for z in set(self.zone) - {EVERYWHERE, NOWHERE_KNOWN}:
            inside = (masks >> np.uint64(z)) & np.uint64(1) != 0
            found[inside] |= np.uint64(sum(1 << p for p, zone in enumerate(self.zone) if zone == z))
        return found


class Engine:
    """Clauses and their zones, compiled; then any number of events."""

    def __init__(self, clauses: Sequence[Clause], shapes: Mapping[Hashable, Any]) -> None:
        """Lay the zones over grids.

        Args:
            clauses: p clauses; results have their order.
            shapes: polygons (shapely, lon/lat degrees) by the names that clauses use.
        """
        self.clauses = tuple(clauses)
        self._groups = tuple(_grouped(self.clauses, shapes))
        for group in self._groups:
            assert group.held is not None  # made here, so that the first events need not wait for it

    def assess(self, events: Columns | Ready, out: Probabilities | None = None) -> Probabilities:
        """Return P(breach) (n, p), NaN where it cannot be told; ``out`` takes it where given."""
        ready = events if isinstance(events, Ready) else Ready(events)
        found = np.empty((len(ready), len(self.clauses)), np.float32) if out is None else out
        rows, vague = np.flatnonzero(ready.major_m <= 0), np.flatnonzero(ready.major_m > 0)
        for group in self._groups:
            clauses = _packed(group, ready)
            if len(rows):
                _certain(group, clauses, ready, rows, found)
            if len(vague):
                _gaussian(group, clauses, ready, vague, found)
        return found


def p_inside(
    area: Any, lon: Floats, lat: Floats, sigma_major_m: Floats, sigma_minor_m: Floats, bearing_deg: Floats
) -> Floats:
    """Return what :func:`truceline.assessment.integral.p_inside` returns, for millions and to some thousandths."""
    count = len(lon)
    time, none = np.zeros(count, "datetime64[us]"), np.zeros(count)
    events = Columns(lon, lat, time, sigma_major_m, sigma_minor_m, bearing_deg, none, {"x": np.ones(count)}, {})
    always = Interval(from_column(np.datetime64("1969-01-01", "us")), from_column(np.datetime64("1971-01-01", "us")))
    found = Engine([Clause({"x": 1.0}, {}, 1.0, "area", always)], {"area": area}).assess(events)
    return found[:, 0].astype(np.float64)


def _certain(group: _Group, clauses: Clauses, ready: Ready, rows: npt.NDArray[np.int64], out: Probabilities) -> None:
    """Certain places. What rounding leaves in doubt the exact predicate decides."""
    grid, held = group.zones.level(0), group.held
    events = ready.belief(grid.counted(ready.lon), ready.lat)
    arrays = grid.frame, grid.kind, grid.masks, grid.first, grid.edges, grid.zone

    def work(start: int, end: int) -> None:
        some = rows[start:end]
        doubtful, which = np.empty(len(some), np.int64), np.empty(len(some), np.uint64)
        count = _loops.certain(*arrays, held, clauses, events, some, doubtful, which)
        for i in doubtful[:count].tolist():
            which[i] = _exactly(group, clauses, events, int(some[i]))
        _loops.weigh(clauses, events, some, which, np.empty((0, 64)), out)

    in_pieces(len(rows), _PIECE, work)


def _exactly(group: _Group, clauses: Clauses, events: Belief, row: int) -> Any:
    """The clauses that may be breached by one event, by the predicate on whole polygons: a cell of its own."""
    inside = [bool(shapely.contains_xy(s, events.lon[row], events.lat[row])) for s in group.zones.shapes]
    held = np.array([sum(1 << p for p, z in enumerate(group.zone) if z >= 0 and inside[z])], np.uint64)
    cell = Frame(0.0, 0.0, 1.0, 1.0, 1, 1), np.zeros((1, 1), np.int32), np.zeros(1, np.uint64), np.zeros(2, np.int32)
    which = np.empty(1, np.uint64)
    edges = np.empty((0, 4)), np.empty(0, np.uint8)
    _loops.certain(*cell, *edges, held, clauses, events, np.array([row], np.int64), np.empty(1, np.int64), which)
    return which[0]


def _gaussian(group: _Group, clauses: Clauses, ready: Ready, vague: npt.NDArray[np.int64], out: Probabilities) -> None:
    """Gaussian places, those of a like size together on a grid of their size."""
    table, base = _tables(), group.zones.level(0)
    # A place exactly on a boundary would be on neither side: all are taken a millionth of a sigma to one side.
    lon = base.counted(ready.lon) + ready.reach[:, 0] * (1e-6 * 0.5403 / FAR)
    lat = ready.lat + ready.reach[:, 1] * (1e-6 * 0.8415 / FAR)
    events = ready.belief(lon, lat)
    size = base.frame.height * float(metres_per_degree(min(89.0, abs(base.frame.south)))[1])
    wide = np.ceil(np.log2(np.maximum(FAR * ready.major_m[vague] / size, 1.0))).astype(np.int64)
    fine = np.floor(np.log2(np.maximum(2 * FAR * ready.minor_m[vague] / size, 1.0))).astype(np.int64)
    both = np.minimum(fine, wide) * 64 + wide
    for number in np.unique(both).tolist():
        rows = vague[both == number]
        grid, large = group.zones.level(number // 64), group.zones.level(number % 64)

        def work(start: int, end: int, rows: Any = rows, grid: Fence = grid, large: Fence = large) -> None:
            some = rows[start:end]
            which, place = np.empty(len(some), np.uint64), np.empty((len(some), 64))
            arrays = grid.frame, grid.kind, grid.masks, grid.first, grid.pieces, grid.zone
            more = large.frame, large.near, table.far, table.close
            _loops.gaussian(*arrays, *more, clauses, events, some, which, place)
            _loops.weigh(clauses, events, some, which, place, out)

        in_pieces(len(rows), _PIECE // 8, work)


@cache
def _tables() -> Tables:
    return tables()


def _grouped(clauses: tuple[Clause, ...], shapes: Mapping[Hashable, Any]) -> list[_Group]:
    """Clauses in groups: those of 63 zones share a grid, and of these each 64 a pass."""
    names = list(dict.fromkeys(c.zone for c in clauses if c.zone is not None and c.zone in shapes))
    whole = dict(zip(names, together([shapes[name] for name in names]), strict=True))
    for shape in whole.values():
        shapely.prepare(shape)
    groups = []
    for start in range(0, max(1, len(names)), MOST_ZONES):
        number = {name: z for z, name in enumerate(names[start : start + MOST_ZONES])}
        zones = _Zones(tuple(whole[name] for name in number), {})
        mine = [p for p, c in enumerate(clauses) if c.zone in number or (start == 0 and c.zone not in whole)]
        for begin in range(0, len(mine), 64):
            some = mine[begin : begin + 64]
            here = tuple(
                EVERYWHERE if clauses[p].zone is None else number.get(clauses[p].zone, NOWHERE_KNOWN) for p in some
            )
            groups.append(_Group(tuple(clauses[p] for p in some), tuple(some), here, zones))
    return groups


def _packed(group: _Group, ready: Ready) -> Clauses:
    """Clauses as arrays."""
    opens = [int(to_column(c.window.start).astype(np.int64)) for c in group.clauses]
    closes = [int(to_column(c.window.end).astype(np.int64)) for c in group.clauses]
    breaks = sorted({*opens, *closes})
    open_at = [sum(1 << p for p in range(len(opens)) if opens[p] <= at < closes[p]) for at in [breaks[0] - 1, *breaks]]
    act = np.array([[c.acts.get(name, 0.0) for name in ready.acts] for c in group.clauses], np.float64)
    who = [[*(c.actors.get(name, 0.0) for name in ready.actors), c.silent_actor] for c in group.clauses]
    actor = np.array(who, np.float64)
    count = len(group.clauses)
    of_zone = [sum(1 << p for p in range(count) if group.zone[p] == z) for z in range(64)]
    return Clauses(
        breaks=np.array(breaks, np.int64),
        open=np.array(open_at, np.uint64),
        opens=np.array(opens, np.int64),
        closes=np.array(closes, np.int64),
        act=act.reshape(count, len(ready.acts)),
        acts=_weighty(act.reshape(count, len(ready.acts))),
        actor=actor,
        actors=_weighty(actor[:, :-1]),
        zone=np.array(group.zone, np.int64),
        unexcused=np.array([c.unexcused for c in group.clauses], np.float64),
        always=np.array([sum(1 << p for p in range(count) if group.zone[p] < 0)], np.uint64),
        of_zone=np.array(of_zone, np.uint64),
        columns=np.array(group.columns, np.int64),
    )


def _weighty(weights: Floats) -> npt.NDArray[np.int64]:
    """Per row the numbers of the columns that are not 0, then -1 to one place beyond the last."""
    found = np.full((len(weights), weights.shape[1] + 1), -1, np.int64)
    for row, values in enumerate(weights):
        some = np.flatnonzero(values)
        found[row, : len(some)] = some
    return found
