# SPDX-License-Identifier: Apache-2.0
"""The coverage field's loops, compiled. Arrays are as :mod:`truceline.coverage.field` lays them out."""

from __future__ import annotations

from typing import Any

import numpy as np

from truceline.base.compiled import compiled
from truceline.base.geo import EARTH_KM
from truceline.coverage.earth import FLATTENING

Array = Any
"""A NumPy array; what each holds is said where it is made."""

_EQUATOR = 6378.137 / EARTH_KM
_SIXTH, _THIRD = FLATTENING / 6, 1 / 3

BLOCK = 64
"""Cells that the loop over passes takes together; what they hold fits into a core's own memory."""


@compiled
def _span(x: float, y: float, reach: float, low: Array, edge: float, shape: Array) -> tuple[int, int, int, int]:
    """First and last bin along x and y that a square about a place touches; the last before the first: none."""
    if x + reach < low[0] or y + reach < low[1]:
        return 0, -1, 0, -1
    i0, i1 = max(0, int(np.floor((x - reach - low[0]) / edge))), min(shape[0] - 1, int((x + reach - low[0]) / edge))
    j0, j1 = max(0, int(np.floor((y - reach - low[1]) / edge))), min(shape[1] - 1, int((y + reach - low[1]) / edge))
    return (i0, i1, j0, j1) if j1 >= j0 else (0, -1, 0, -1)


@compiled
def within(
    x: float, y: float, place: Array, reach: float, chord2: float, places: Array, low: Array, edge: float,
    shape: Array, starts: Array, order: Array, cells: Array, far2: Array,
) -> int:  # fmt: skip
    """Collect the cells whose squared chord to ``place`` is at most ``chord2`` into ``cells`` and ``far2``; how many.

    ``x, y, reach`` are kilometres in the plane of the bins, ``places`` in the bins' order. What does not fit into the
    arrays is only counted.
    """
    found = 0
    i0, i1, j0, j1 = _span(x, y, reach, low, edge, shape)
    for i in range(i0, i1 + 1):
        for at in range(starts[i * shape[1] + j0], starts[i * shape[1] + j1 + 1]):
            dx, dy, dz = places[at, 0] - place[0], places[at, 1] - place[1], places[at, 2] - place[2]
            apart = dx * dx + dy * dy + dz * dz
            if apart <= chord2:
                if found < len(cells):
                    cells[found] = order[at]
                    far2[found] = apart
                found += 1
    return found


@compiled
def _pass_over(
    leg: Array, f0: float, f1: float, radius2: float, bins: tuple[int, int, int, int], places: Array, columns: int,
    starts: Array, order: Array, moment: float, piece: int, count: int,
    latest: Array, piece_of: Array, cells: Array, first: Array, last: Array,
) -> int:  # fmt: skip
    """Note the cells within a radius of the part f0 to f1 of a leg (2, 3); returns how many stretches there are now."""
    ax = leg[0, 0] + (leg[1, 0] - leg[0, 0]) * f0
    ay = leg[0, 1] + (leg[1, 1] - leg[0, 1]) * f0
    az = leg[0, 2] + (leg[1, 2] - leg[0, 2]) * f0
    part = f1 - f0
    bx, by, bz = (leg[1, 0] - leg[0, 0]) * part, (leg[1, 1] - leg[0, 1]) * part, (leg[1, 2] - leg[0, 2]) * part
    length2 = max(bx * bx + by * by + bz * bz, 1e-30)
    i0, i1, j0, j1 = bins
    for i in range(i0, i1 + 1):
        for at in range(starts[i * columns + j0], starts[i * columns + j1 + 1]):
            dx, dy, dz = places[at, 0] - ax, places[at, 1] - ay, places[at, 2] - az
            t = min(1.0, max(0.0, (dx * bx + dy * by + dz * bz) / length2))
            dx, dy, dz = dx - t * bx, dy - t * by, dz - t * bz
            if dx * dx + dy * dy + dz * dz > radius2:
                continue
            cell = order[at]
            if piece_of[cell] == piece - 1:
                if latest[cell] < len(cells):
                    last[latest[cell]] = moment
            else:
                latest[cell] = count
                if count < len(cells):
                    cells[count] = cell
                    first[count] = moment
                    last[count] = moment
                count += 1
            piece_of[cell] = piece
    return count


@compiled
def visits(
    ends: Array, plane: Array, seconds: Array, joined: Array, radius2: float, radius_km: float, stretch: float,
    places: Array, low: Array, edge: float, shape: Array, starts: Array, order: Array,
    latest: Array, piece_of: Array, cells: Array, first: Array, last: Array,
) -> int:  # fmt: skip
    """Walk a moving footprint and note each stretch in which it holds a cell's centre; how many stretches.

    ``ends`` (m, 3) are the track's corners, ``plane`` (m, 2) the same in the bins' plane, ``seconds`` (m,) when;
    ``joined`` (m - 1,) says which legs are flown. A leg is cut into pieces of a radius at most; a piece holds what
    lies within the radius of any of it. ``places`` are in the bins' order. ``latest`` (-1) and ``piece_of`` (-9) are
    scratch of one entry a cell.
    """
    count, piece = 0, 0
    for leg in range(len(seconds) - 1):
        if not joined[leg]:
            piece += 2
            continue
        span = 0.0
        for axis in range(3):
            span += (ends[leg + 1, axis] - ends[leg, axis]) ** 2
        long = np.sqrt(span / radius2)
        parts = max(1, int(np.ceil(long)))
        reach = (long / parts * 0.501 + 1.002) * radius_km * stretch + 0.05
        for part in range(parts):
            piece += 1
            half = (part + 0.5) / parts
            x = plane[leg, 0] + (plane[leg + 1, 0] - plane[leg, 0]) * half
            y = plane[leg, 1] + (plane[leg + 1, 1] - plane[leg, 1]) * half
            moment = seconds[leg] + half * (seconds[leg + 1] - seconds[leg])
            count = _pass_over(
                ends[leg : leg + 2], part / parts, (part + 1) / parts, radius2, _span(x, y, reach, low, edge, shape),
                places, shape[1], starts, order, moment, piece, count, latest, piece_of, cells, first, last,
            )  # fmt: skip
    return count


@compiled
def pieces(tracks: Array, starts: Array, centres: Array, half: float, frame: Array, bend: Array, limits: Array) -> None:
    """For each of k points of tracks, the straight piece of track about it: its frame, bend and limits along.

    ``tracks`` (m, 3) hold unit vectors, track after track; ``starts`` (k,) and ``centres`` (k,) say where the piece's
    track begins and its point lies; ``half`` radians reach to either side. ``bend`` (k, 4) is the cubic through four
    points of the track that span the piece (Newton's divided differences). Fills columns 0, 1 and 4 of ``limits``.
    """
    t, z, coefficient = np.empty(4), np.empty(4), np.empty(4)
    for number in range(len(centres)):
        begin, end, centre = starts[number, 0], starts[number, 1], centres[number]
        ahead = tracks[centre]
        other = tracks[centre + 1] if centre + 1 < end else tracks[centre - 1]
        turn = 1.0 if centre + 1 < end else -1.0
        cosine = ahead[0] * other[0] + ahead[1] * other[1] + ahead[2] * other[2]
        step = np.arccos(min(1.0, max(-1.0, cosine)))
        lx = turn * (ahead[1] * other[2] - ahead[2] * other[1])
        ly = turn * (ahead[2] * other[0] - ahead[0] * other[2])
        lz = turn * (ahead[0] * other[1] - ahead[1] * other[0])
        length = max(1e-15, np.sqrt(lx * lx + ly * ly + lz * lz))
        lx, ly, lz = lx / length, ly / length, lz / length
        frame[number, 0] = ahead
        frame[number, 1, 0] = ly * ahead[2] - lz * ahead[1]
        frame[number, 1, 1] = lz * ahead[0] - lx * ahead[2]
        frame[number, 1, 2] = lx * ahead[1] - ly * ahead[0]
        frame[number, 2, 0], frame[number, 2, 1], frame[number, 2, 2] = lx, ly, lz
        count = min(4, end - begin)
        stride = max(1, min((end - begin - 1) // (count - 1), int(np.ceil(half / max(step, 1e-9) / 1.5))))
        first = max(begin, min(centre - stride, end - 1 - (count - 1) * stride))
        for k in range(count):
            place = tracks[first + k * stride]
            x = max(0.05, ahead[0] * place[0] + ahead[1] * place[1] + ahead[2] * place[2])
            y = frame[number, 1, 0] * place[0] + frame[number, 1, 1] * place[1] + frame[number, 1, 2] * place[2]
            t[k] = y / x
            z[k] = lx * place[0] + ly * place[1] + lz * place[2]
            coefficient[k] = z[k]
        for order in range(1, count):
            for k in range(count - 1, order - 1, -1):
                apart = t[k] - t[k - order]
                coefficient[k] = (coefficient[k] - coefficient[k - 1]) / (apart if abs(apart) > 1e-12 else 1e-12)
        bend[number] = 0.0
        for k in range(count - 1, -1, -1):  # Horner's scheme on (t - t[k])
            for power in range(3, 0, -1):
                bend[number, power] = bend[number, power - 1] - t[k] * bend[number, power]
            bend[number, 0] = coefficient[k] - t[k] * bend[number, 0]
        far = np.tan(min(half, 1.5))
        limits[number, 0], limits[number, 1] = -far, far
        most = 0.0
        for k in range(count):
            most = max(most, abs(z[k]))
        limits[number, 4] = most


@compiled
def by_cell(cells: Array, numbers: Array, slot_of: Array, starts: Array, order: Array) -> None:
    """Sort entries by cell, keeping their order: ``starts`` (n + 1,) per chosen cell and the entries' ``order``.

    ``slot_of`` holds each cell's place among ``numbers``, or -1.
    """
    starts[:] = 0
    for entry in range(len(cells)):
        here = slot_of[cells[entry]]
        if here >= 0:
            starts[here + 1] += 1
    for here in range(len(numbers)):
        starts[here + 1] += starts[here]
    filled = starts[:-1].copy()
    for entry in range(len(cells)):
        here = slot_of[cells[entry]]
        if here >= 0:
            order[filled[here]] = entry
            filled[here] += 1


@compiled
def spread(low: float, high: float, slot: float, rows: int, weights: Array) -> None:
    """Add to each slot (rows,) the share of it that lies in [low, high), seconds from the first slot's start."""
    if high <= low or high <= 0:
        return
    begin = max(0, int(low // slot))
    for row in range(begin, min(rows, int(high // slot) + 1)):
        share = (min(high, (row + 1) * slot) - max(low, row * slot)) / slot
        if share > 0:
            weights[row] += np.float32(share)


@compiled
def stretch(foot: Array, place: Array, aside: Array) -> Array:
    """By what share a distance over the ellipsoid is longer than on the mean sphere, as its sine takes it.

    ``foot`` and ``place`` are the heights of its two ends on the unit sphere, ``aside`` the sine of the angle between
    them; numbers or arrays. As :func:`truceline.coverage.earth.ground_km`, in the few steps a loop can afford.
    """
    half = 0.5 * (foot + place) * (1 + 0.125 * aside * aside)
    longer = _EQUATOR * (1 - _SIXTH * (foot * foot + 4 * half * half + place * place)) - 1
    return longer * (1 - _THIRD * aside * aside)


@compiled
def _distances(px: Array, py: Array, pz: Array, frame: Array, bend: Array, limits: Array, far: Array) -> None:
    """Sine of the angle from one pass's track to each of some cells (k,) that it may see, -1 where it sees none.

    No branch in the loop, so that it runs four cells abreast.
    """
    a0, a1, a2, b0, b1, b2 = frame[0, 0], frame[0, 1], frame[0, 2], frame[1, 0], frame[1, 1], frame[1, 2]
    c0, c1, c2, t0, t1, t2, t3 = frame[2, 0], frame[2, 1], frame[2, 2], bend[0], bend[1], bend[2], bend[3]
    low, high, least, most, widest, side = limits[0], limits[1], limits[2], limits[3], limits[4], limits[5]
    for here in range(len(far)):
        x, y, z = px[here], py[here], pz[here]
        ahead, across = a0 * x + a1 * y + a2 * z, c0 * x + c1 * y + c2 * z
        along = (b0 * x + b1 * y + b2 * z) / max(0.05, ahead)
        curve = t0 + along * (t1 + along * (t2 + along * t3))
        aside = across - curve * (1 - 0.5 * across * across)
        foot = (a2 + along * b2) / np.sqrt(1 + along * along) + curve * c2
        away = abs(aside)
        away *= 1 + stretch(foot, z, away)
        inside = (ahead > 0.05) & (abs(across) <= widest) & (along >= low) & (along < high) & (side * aside >= 0)
        far[here] = away if inside & (away >= least) & (away <= most) else -1.0


@compiled
def _of_passes(
    places: Array, frame: Array, bend: Array, limits: Array, first_row: Array, shares: Array, pass_table: Array,
    pass_group: Array, tables: Array, table_scale: float, allowed: Array, pass_mask: Array, miss: Array,
) -> None:  # fmt: skip
    """Multiply the chances of a miss of k cells by that of each pass that sees them.

    ``places`` (3, k) are the cells'; ``allowed`` (k, masks): is it not denied there?; ``miss`` (k, groups, rows).
    """
    count = places.shape[1]
    far = np.empty(count)
    for look in range(len(first_row)):
        nearest = 2.0
        for here in range(count):
            across = frame[look, 2, 0] * places[0, here] + frame[look, 2, 1] * places[1, here]
            nearest = min(nearest, abs(across + frame[look, 2, 2] * places[2, here]))
        # Cells far off to the side can be left at once: the track bends by less than this.
        if nearest > limits[look, 4]:
            continue
        _distances(places[0], places[1], places[2], frame[look], bend[look], limits[look], far)
        begin, group, mask, table = first_row[look], pass_group[look], pass_mask[look], tables[pass_table[look]]
        for here in range(count):
            if far[here] < 0 or not allowed[here, mask]:
                continue
            at = far[here] * table_scale
            step = int(at)
            p = np.float32(table[step] + (at - step) * (table[step + 1] - table[step]))
            for row in range(shares.shape[1]):
                miss[here, group, begin + row] *= np.float32(1.0) - shares[look, row] * p


@compiled
def _of_visits(
    begun: int, ended: int, looks: Array, first: Array, last: Array, p: Array, group: Array, slot: float, rows: int,
    burn: float, weights: Array, miss: Array,
) -> None:  # fmt: skip
    """Multiply one cell's chance of a miss by that of each sortie that passes over it: one chance a sortie."""
    while begun < ended:
        look = looks[begun]
        done = -1e300
        r0 = max(0, int((first[begun] - burn) // slot))
        at = begun
        while at < ended and looks[at] == look:
            spread(max(done, first[at] - burn), last[at], slot, rows, weights)
            done = max(done, last[at])
            at += 1
        own = miss[group[look]]
        chance = np.float32(p[look])
        for row in range(r0, min(rows, int(max(0.0, done) // slot) + 1)):
            own[row] *= np.float32(1.0) - chance * min(np.float32(1.0), weights[row])
            weights[row] = np.float32(0.0)
        begun = at


@compiled
def _finish(
    groups: Array, sky: Array, miss: Array, cover: Array, clouded: bool, per_hour: int, work: Array, by_family: Array,
    together: Array,
) -> None:  # fmt: skip
    """Hourly chances of one cell from its chances of a miss (groups, rows); ``groups`` (families + 1,) begins each.

    ``work`` (4, rows) is scratch: missed by this family under a clear and a hidden sky, by all of them likewise.
    """
    rows, hours = miss.shape[1], len(together)
    part = np.float32(1.0 / per_hour)
    work[2:, :rows] = np.float32(1.0)
    for family in range(len(by_family)):
        if groups[family] == groups[family + 1]:
            by_family[family] = np.float32(0.0)
            continue
        work[:2, :rows] = np.float32(1.0)
        for group in range(groups[family], groups[family + 1]):
            for row in range(rows):
                work[0, row] *= miss[group, row]
            if clouded:
                blind, seen = sky[group], np.float32(1.0) - sky[group]
                for row in range(rows):
                    work[1, row] *= blind + seen * miss[group, row]
        for row in range(rows):
            work[2, row] *= work[0, row]
        if clouded:
            for row in range(rows):
                work[3, row] *= work[1, row]
                work[0, row] = cover[row] * work[1, row] + (np.float32(1.0) - cover[row]) * work[0, row]
        for hour in range(hours):
            total = np.float32(0.0)
            for row in range(hour * per_hour, (hour + 1) * per_hour):
                total += work[0, row]
            by_family[family, hour] = np.float32(1.0) - total * part
    if clouded:
        for row in range(rows):
            work[2, row] = cover[row] * work[3, row] + (np.float32(1.0) - cover[row]) * work[2, row]
    for hour in range(hours):
        total = np.float32(0.0)
        for row in range(hour * per_hour, (hour + 1) * per_hour):
            total += work[2, row]
        together[hour] = np.float32(1.0) - total * part


@compiled
def render(
    numbers: Array, places: Array, zone: Array, slot: float, per_hour: int, rows: int, burn: float,
    frame: Array, bend: Array, limits: Array, first_row: Array, shares: Array, pass_table: Array, pass_group: Array,
    tables: Array, table_scale: float, masks: Array, pass_mask: Array,
    near_start: Array, near_look: Array, near_p: Array, near_w: Array, near_group: Array,
    visit_start: Array, visit_look: Array, visit_first: Array, visit_last: Array, visit_p: Array, visit_group: Array,
    groups: Array, group_sky: Array, hidden: Array, clouded: bool, by_family: Array, together: Array,
) -> None:  # fmt: skip
    """Fill ``by_family`` (f, n, hours) and ``together`` (n, hours) for the cells ``numbers`` (n,).

    ``masks`` (n, m) says in which of them the passes of each of m kinds (``pass_mask``) are not denied.
    The scratch has room before and after the rows, so that a pass at the edge needs no test.
    """
    room = shares.shape[1]
    padded = np.empty((BLOCK, max(1, groups[-1]), rows + 2 * room), dtype=np.float32)
    block = np.empty((3, BLOCK))
    weights = np.zeros(rows, dtype=np.float32)
    work = np.empty((4, rows), dtype=np.float32)
    for begin in range(0, len(numbers), BLOCK):
        count = min(BLOCK, len(numbers) - begin)
        cells = numbers[begin : begin + count]
        padded[:count] = np.float32(1.0)
        for at in range(count):
            for axis in range(3):
                block[axis, at] = places[cells[at], axis]
        _of_passes(
            block[:, :count], frame, bend, limits, first_row, shares, pass_table, pass_group, tables, table_scale,
            masks[begin : begin + count], pass_mask, padded,
        )  # fmt: skip
        for here in range(begin, begin + count):
            miss = padded[here - begin, :, room : room + rows]
            for at in range(near_start[here], near_start[here + 1]):
                look = near_look[at]
                p, own, share = near_p[at], miss[near_group[look]], near_w[look]
                for row in range(rows):
                    own[row] *= np.float32(1.0) - p * share[row]
            _of_visits(
                visit_start[here], visit_start[here + 1], visit_look, visit_first, visit_last, visit_p, visit_group,
                slot, rows, burn, weights, miss,
            )  # fmt: skip
            _finish(
                groups, group_sky, miss, hidden[zone[numbers[here]]], clouded, per_hour, work, by_family[:, here],
                together[here],
            )  # fmt: skip
