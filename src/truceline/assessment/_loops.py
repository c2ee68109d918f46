# SPDX-License-Identifier: Apache-2.0
"""Compiled loops over events: place, time and belief against up to 64 clauses at once. All in one file (compiled.py).

**Certain places.** From the place to the middle of its cell leads a path of two legs, one along the parallel, one along
the meridian. Each edge of the cell that a leg crosses changes sides. A crossing is the sign of a determinant; where
rounding might have turned it (Shewchuk 1997, Adaptive precision floating-point arithmetic, error bound A), the place is
left to the exact predicate.

**Gaussian places.** A standard Gaussian plane has, by Green's theorem, for a region with boundary C

    P = [the origin is inside] - 1/(2 pi) * sum over edges of the integral of exp(-r^2 / 2) dtheta

where theta is the angle under which the origin sees a point of C, at distance r. It is exact for any corner, neck or
hole, and edges farther than a few sigma add nothing. For a straight edge at distance h, whose ends lie t1 and t2 along
it from the foot, the integral is 2 pi (T(h, t2/h) - T(h, t1/h)), T being Owen's function (Owen 1956, Tables for
computing bivariate normal probabilities). It is read from tables: directly where h is large; near the edge, where T
turns sharply, as the angle less the triangle's own probability, which is smooth.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from truceline.assessment._arrays import CLOSE, FAR, LONG, NOWHERE_KNOWN, PER_SIGMA, TWO_PI, Belief, Clauses
from truceline.assessment._cells import Frame
from truceline.base.compiled import compiled

_DOUBT = 8.5
"""So many sigma from a window's end its probability is 0 or 1 to the last digit."""

_BOUND = 1e-15
_BOUND_MIDDLE = 1e-11
"""The middle's own side was told by a division, whose error is larger."""

_DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
_PLACES = np.zeros(64, np.int64)
for _place in range(64):
    _PLACES[(((1 << _place) * 0x03F79D71B4CB0A89) % (1 << 64)) >> 58] = _place


@compiled
def _side(x1: float, y1: float, x2: float, y2: float, x: float, y: float, bound: float) -> int:
    """1 left of the edge, -1 right, 0 not certain."""
    one = (x2 - x1) * (y - y1)
    two = (y2 - y1) * (x - x1)
    if one - two > bound * (abs(one) + abs(two)):
        return 1
    if two - one > bound * (abs(one) + abs(two)):
        return -1
    return 0


@compiled
def cell_at(frame: Frame, kind: Any, x: float, y: float) -> Any:
    """Return the number of a place's cell; beyond the grid, of the cell at its border, which no zone reaches."""
    column = min(max(int(np.floor((x - frame.west) / frame.width)), 0), frame.columns - 1)
    row = min(max(int(np.floor((y - frame.south) / frame.height)), 0), frame.rows - 1)
    return kind[row, column]


@compiled
def zones_at(frame: Frame, kind: Any, masks: Any, first: Any, edges: Any, zone: Any, x: float, y: float) -> Any:
    """Return the set of zones that hold a place, and the set of those of which it is not certain."""
    column = min(max(int(np.floor((x - frame.west) / frame.width)), 0), frame.columns - 1)
    row = min(max(int(np.floor((y - frame.south) / frame.height)), 0), frame.rows - 1)
    number = kind[row, column]
    mask, doubt = masks[number], np.uint64(0)
    if first[number] == first[number + 1]:
        return mask, doubt
    middle_x = frame.west + (column + 0.5) * frame.width
    middle_y = frame.south + (row + 0.5) * frame.height
    for k in range(first[number], first[number + 1]):
        x1, y1, x2, y2 = edges[k, 0], edges[k, 1], edges[k, 2], edges[k, 3]
        bit = np.uint64(1) << np.uint64(zone[k])
        along = (y1 > y) != (y2 > y)
        across = (x1 > middle_x) != (x2 > middle_x)
        if (x == x1 and y == y1) or (x == x2 and y == y2) or (y1 == y2 == y and min(x1, x2) <= x <= max(x1, x2)):
            doubt |= bit  # on a vertex or a level edge, which legs may pass without crossing
        if not (along or across):
            continue
        corner = _side(x1, y1, x2, y2, middle_x, y, _BOUND)
        if along:
            here = _side(x1, y1, x2, y2, x, y, _BOUND)
            if here * corner < 0:
                mask ^= bit
            if here == 0:
                doubt |= bit
        if across:
            there = _side(x1, y1, x2, y2, middle_x, middle_y, _BOUND_MIDDLE)
            if there * corner < 0:
                mask ^= bit
            if there == 0:
                doubt |= bit
        if corner == 0:
            doubt |= bit
    return mask, doubt


@compiled
def _read(table: Any, h: float, t: float) -> float:
    """Value at (h, t), odd in t, by bilinear interpolation."""
    size = min(abs(t), LONG) * PER_SIGMA
    row, column = int(h * PER_SIGMA), int(size)
    u, v = h * PER_SIGMA - row, size - column
    low = table[row, column] * (1.0 - v) + table[row, column + 1] * v
    high = table[row + 1, column] * (1.0 - v) + table[row + 1, column + 1] * v
    value: float = low * (1.0 - u) + high * u
    return value if t >= 0 else -value


@compiled
def _edge(far: Any, close: Any, x1: float, y1: float, x2: float, y2: float) -> float:
    """The integral over one edge of exp(-r^2 / 2) dtheta / (2 pi), in units of sigma from the origin."""
    dx, dy = x2 - x1, y2 - y1
    square = dx * dx + dy * dy
    if square < 1e-24:
        return 0.0
    length = np.sqrt(square)
    cross = (x1 * y2 - x2 * y1) / length
    h = abs(cross)
    if h >= FAR:
        return 0.0
    t1, t2 = (x1 * dx + y1 * dy) / length, (x2 * dx + y2 * dy) / length
    if t1 > LONG or t2 < -LONG:
        return 0.0
    if h >= CLOSE:
        value = _read(far, h, t2) - _read(far, h, t1)
    else:
        t1, t2 = max(t1, -LONG), min(t2, LONG)
        angle = np.arctan2(h * (t2 - t1), h * h + t1 * t2)
        value = angle / TWO_PI - (_read(close, h, t2) - _read(close, h, t1))
    return value if cross > 0 else -value


@compiled
def zones_inside(frame: Frame, kind: Any, masks: Any, first: Any, pieces: Any, zone: Any, x: float, y: float) -> Any:
    """Return the set of zones that hold a place, by the pieces in its cell, without care for rounding."""
    column = min(max(int(np.floor((x - frame.west) / frame.width)), 0), frame.columns - 1)
    row = min(max(int(np.floor((y - frame.south) / frame.height)), 0), frame.rows - 1)
    number = kind[row, column]
    mask = masks[number]
    middle_x = frame.west + (column + 0.5) * frame.width
    middle_y = frame.south + (row + 0.5) * frame.height
    for k in range(first[number], first[number + 1]):
        x1, y1, x2, y2 = pieces[k, 0], pieces[k, 1], pieces[k, 2], pieces[k, 3]
        along, across = (y1 > y) != (y2 > y), (x1 > middle_x) != (x2 > middle_x)
        if along or across:
            corner = (x2 - x1) * (y - y1) - (y2 - y1) * (middle_x - x1) > 0
            bit = np.uint64(1) << np.uint64(zone[k])
            if along and ((x2 - x1) * (y - y1) - (y2 - y1) * (x - x1) > 0) != corner:
                mask ^= bit
            if across and ((x2 - x1) * (middle_y - y1) - (y2 - y1) * (middle_x - x1) > 0) != corner:
                mask ^= bit
    return mask


@compiled
def near_zones(frame: Frame, near: Any, x: float, y: float) -> Any:
    """The set of zones with a boundary in the place's cell or one of its neighbours."""
    column = min(max(int(np.floor((x - frame.west) / frame.width)), 0), frame.columns - 1)
    row = min(max(int(np.floor((y - frame.south) / frame.height)), 0), frame.rows - 1)
    return near[row, column]


@compiled
def integrate(
    frame: Frame, kind: Any, first: Any, pieces: Any, zone: Any, far: Any, close: Any,
    wanted: Any, x: float, y: float, turn: Any, reach: Any, event: int, found: Any,
) -> None:  # fmt: skip
    """Take from ``found``, by zone, what the boundary near a place cuts off, for the ``wanted`` zones.

    Row ``event`` of ``turn`` (n, 4) leads from degrees about the place to its own units of sigma; that of ``reach``
    (n, 2) is half the box that holds all within :data:`FAR`, degrees.
    """
    a, b, c, d = turn[event, 0], turn[event, 1], turn[event, 2], turn[event, 3]
    reach_x, reach_y = reach[event, 0], reach[event, 1]
    west = max(int(np.floor((x - reach_x - frame.west) / frame.width)), 0)
    east = min(int(np.floor((x + reach_x - frame.west) / frame.width)), frame.columns - 1)
    south = max(int(np.floor((y - reach_y - frame.south) / frame.height)), 0)
    north = min(int(np.floor((y + reach_y - frame.south) / frame.height)), frame.rows - 1)
    for row in range(south, north + 1):
        for column in range(west, east + 1):
            number = kind[row, column]
            for k in range(first[number], first[number + 1]):
                z = zone[k]
                if (wanted >> np.uint64(z)) & np.uint64(1):
                    x1, y1 = pieces[k, 0] - x, pieces[k, 1] - y
                    x2, y2 = pieces[k, 2] - x, pieces[k, 3] - y
                    found[z] -= _edge(far, close, a * x1 + b * y1, c * x1 + d * y1, a * x2 + b * y2, c * x2 + d * y2)
    rest = wanted
    for z in range(len(found)):
        if (rest >> np.uint64(z)) & np.uint64(1):
            found[z] = min(1.0, max(0.0, found[z]))


@compiled
def _lowest(bits: Any) -> Any:
    """Place of the lowest bit set (Leiserson, Prokop and Randall 1998, Using de Bruijn sequences to index a 1)."""
    return _PLACES[((bits & (~bits + np.uint64(1))) * _DE_BRUIJN) >> np.uint64(58)]


@compiled
def _share(weights: Any, which: Any, belief: Any, p: int, row: int) -> Any:
    """What a clause's acts or actors hold of an event's belief."""
    total, k = 0.0, 0
    while which[p, k] >= 0:
        total += weights[p, which[p, k]] * belief[row, which[p, k]]
        k += 1
    return min(1.0, max(0.0, total))


@compiled
def _below(microseconds: float, sigma_s: float) -> float:
    """Normal distribution function of a difference of times."""
    return 0.5 * math.erfc(-microseconds / (sigma_s * 1e6 * math.sqrt(2.0)))


@compiled
def _open(breaks: Any, masks: Any, time: Any, sigma_s: float) -> Any:
    """Return the clauses that may have been open."""
    doubt = np.int64(_DOUBT * 1e6 * sigma_s)
    low, high = 0, len(breaks)
    while low < high:
        middle = (low + high) >> 1
        if breaks[middle] <= time - doubt:
            low = middle + 1
        else:
            high = middle
    found = masks[low]
    while doubt > 0 and low < len(breaks) and breaks[low] <= time + doubt:
        low += 1
        found |= masks[low]
    return found


@compiled
def _window(opens: int, closes: int, time: int, sigma_s: float) -> float:
    """P(a Gaussian moment lies in a window that may hold it)."""
    if sigma_s <= 0.0:
        return 1.0
    return max(0.0, _below(float(time - opens), sigma_s) - _below(float(time - closes), sigma_s))


@compiled
def _product(act: float, actor: float, window: float, unexcused: float) -> float:
    """The product, in which 0 wins over NaN, which wins over all."""
    if act == 0.0 or actor == 0.0 or window == 0.0 or unexcused == 0.0:
        return 0.0
    return act * actor * window * unexcused


@compiled
def _clauses_of(of_zone: Any, zones: Any) -> Any:
    """Return the clauses of some zones."""
    found, rest = np.uint64(0), zones
    while rest:
        found |= of_zone[_lowest(rest)]
        rest &= rest - np.uint64(1)
    return found


@compiled
def certain(
    frame: Frame, kind: Any, masks: Any, first: Any, edges: Any, zone: Any, held: Any,
    clauses: Clauses, events: Belief, rows: Any, doubtful: Any, which: Any,
) -> int:  # fmt: skip
    """Write which clauses may be breached, by place and time, for events with certain places.

    ``held`` has, per number of cell, the clauses whose zone holds its middle. Positions in ``rows`` that rounding
    leaves in doubt go to ``doubtful``; returns how many those are.
    """
    lon, lat, time, sigma_s = events.lon, events.lat, events.time, events.sigma_s
    breaks, masks_open, of_zone, always = clauses.breaks, clauses.open, clauses.of_zone, clauses.always[0]
    doubts = 0
    for i in range(len(rows)):
        row = rows[i]
        found = _open(breaks, masks_open, time[row], sigma_s[row])
        number = cell_at(frame, kind, lon[row], lat[row])
        if first[number] == first[number + 1]:
            which[i] = found & (held[number] | always)
        else:
            zones, doubt = zones_at(frame, kind, masks, first, edges, zone, lon[row], lat[row])
            which[i] = found & (_clauses_of(of_zone, zones) | always)
            if doubt:
                doubtful[doubts] = i
                doubts += 1
    return doubts


@compiled
def gaussian(
    frame: Frame, kind: Any, masks: Any, first: Any, pieces: Any, zone: Any,
    wide: Frame, near: Any, far: Any, close: Any,
    clauses: Clauses, events: Belief, rows: Any, which: Any, place: Any,
) -> None:  # fmt: skip
    """Write which clauses may be breached, and P(inside) by zone to ``place`` (rows, 64), for Gaussian places.

    The first grid is as fine as their minor axis asks for; ``wide`` and its ``near`` as wide as their major axis.
    """
    lon, lat, time, sigma_s = events.lon, events.lat, events.time, events.sigma_s
    turn, reach, clause_zone = events.turn, events.reach, clauses.zone
    breaks, masks_open, of_zone, always = clauses.breaks, clauses.open, clauses.of_zone, clauses.always[0]
    for i in range(len(rows)):
        row = rows[i]
        x, y = lon[row], lat[row]
        found = _open(breaks, masks_open, time[row], sigma_s[row])
        if not found:
            which[i] = found
            continue
        close_by = near_zones(wide, near, x, y)
        held = zones_inside(frame, kind, masks, first, pieces, zone, x, y)
        found &= _clauses_of(of_zone, held | close_by) | always
        which[i] = found
        doubtful, rest = np.uint64(0), found & ~always
        while rest:
            z = np.uint64(clause_zone[_lowest(rest)])
            rest &= rest - np.uint64(1)
            doubtful |= np.uint64(1) << z
            place[i, z] = 1.0 if (held >> z) & np.uint64(1) else 0.0
        if doubtful & close_by:
            integrate(
                frame, kind, first, pieces, zone, far, close, doubtful & close_by, x, y, turn, reach, row, place[i]
            )


@compiled
def weigh(clauses: Clauses, events: Belief, rows: Any, which: Any, place: Any, out: Any) -> None:
    """Write P(breach) of each row: 0 but for the clauses in ``which``; ``place`` without rows: places are certain."""
    act, acts, actor, actors = clauses.act, clauses.acts, clauses.actor, clauses.actors
    opens, closes, unexcused, zone = clauses.opens, clauses.closes, clauses.unexcused, clauses.zone
    p_act, p_actor, time, sigma_s = events.act, events.actor, events.time, events.sigma_s
    columns, silent, placed = clauses.columns, clauses.actor.shape[1] - 1, len(place) > 0
    for i in range(len(rows)):
        row, rest = rows[i], which[i]
        for p in range(len(columns)):
            out[row, columns[p]] = 0.0
        knows_act = p_act.shape[1] > 0 and not np.isnan(p_act[row, 0])
        knows_actor = p_actor.shape[1] > 0 and not np.isnan(p_actor[row, 0])
        while rest:
            p = _lowest(rest)
            rest &= rest - np.uint64(1)
            one = _share(act, acts, p_act, p, row) if knows_act else np.nan
            two = _share(actor, actors, p_actor, p, row) if knows_actor else actor[p, silent]
            value = _product(one, two, _window(opens[p], closes[p], time[row], sigma_s[row]), unexcused[p])
            if zone[p] == NOWHERE_KNOWN and value != 0.0:
                value = np.nan
            if placed and zone[p] >= 0:
                value = value * place[i, zone[p]] if place[i, zone[p]] > 0.0 else 0.0
            out[row, columns[p]] = value


@compiled
def turns(
    lat: Any, major_m: Any, minor_m: Any, bearing_deg: Any, east_m: Any, north_m: Any, turn: Any, reach: Any
) -> None:
    """Write each place's way from degrees to sigma, and its box; the longer axis is taken as the major one."""
    for i in range(len(lat)):
        bearing = math.radians(bearing_deg[i])
        sin, cos = math.sin(bearing), math.cos(bearing)
        one, two = major_m[i], minor_m[i]
        turn[i, 0], turn[i, 1] = sin * east_m[i] / one, cos * north_m[i] / one
        turn[i, 2], turn[i, 3] = -cos * east_m[i] / two, sin * north_m[i] / two
        reach[i, 0] = FAR * math.sqrt((one * sin) ** 2 + (two * cos) ** 2) / east_m[i]
        reach[i, 1] = FAR * math.sqrt((one * cos) ** 2 + (two * sin) ** 2) / north_m[i]
