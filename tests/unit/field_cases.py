# SPDX-License-Identifier: Apache-2.0
"""A small region with looks of every kind, and a slow reckoning of what the field should say."""

from __future__ import annotations

import math
from datetime import timedelta

import numpy as np
from coverage_cases import made_line
from sgp4.api import WGS72, Satrec

from truceline.base.clock import Interval, utc
from truceline.coverage import catalogue, cells, field, swaths
from truceline.coverage._compile import seen, spans_of
from truceline.coverage.sights import Area, Fixed, Swath, Track, seconds_of
from truceline.model.look import Denial
from truceline.model.watching import ReferenceAct

START = utc("2026-04-11T00:00Z")
PERIOD = Interval(START, START + timedelta(hours=12))
ACT = ReferenceAct()
LINE = made_line()
WHERE = cells.along_line(LINE, 20)
MIDDLE = (float(WHERE.lon.mean()), float(WHERE.lat.mean()))


def satellite(number=1, node=0.0, anomaly=0.0, tilt=98.5, motion=14.3, days=27_858.5):
    """Elements of a made satellite."""
    made = Satrec()
    made.sgp4init(
        WGS72, "i", 90_000 + number, days, 0.0, 0.0, 0.0, 1e-3, 1.2, math.radians(tilt), anomaly, motion * math.pi / 720, node,
    )  # fmt: skip
    return made


def passes(where=WHERE, *, count=4, seed=1, period=PERIOD, names=("VIIRS/NOAA-20", "SAR/Sentinel-1A"), act=ACT):
    """Passes of made satellites over the region."""
    rng = np.random.default_rng(seed)
    known = {sensor.name: sensor for sensor in catalogue.known()}
    pairs = [(known[names[n % len(names)]], satellite(n, *rng.uniform(0, 2 * np.pi, 2))) for n in range(count)]
    middle, radius = where.middle
    found = []
    for number, pair in enumerate(pairs):
        own = swaths.swaths([pair], middle, radius, period, act)
        found += [Swath(**{**vars(sight), "id": f"{sight.id} {number}"}) for sight in own]
    return found


def drone(name="drone", hours=(1.0, 3.0), *, radius=5.0, p=0.7, sky=0.6, aside=0.0):
    """A sortie north along the middle of the region."""
    seconds = START.timestamp() + np.arange(hours[0] * 3600, hours[1] * 3600 + 1, 60.0)
    lat = MIDDLE[1] - 0.5 + (seconds - seconds[0]) / 3600 * 0.8
    return Track(name, name, "optical", seconds, np.full(len(lat), MIDDLE[0] + aside), lat, radius, p, sky)


def station(name="station", *, lon=None, lat=None, hours=(0.0, 12.0), **more):
    """A microphone in the middle of the region."""
    interval = Interval(START + timedelta(hours=hours[0]), START + timedelta(hours=hours[1]))
    lon, lat = MIDDLE[0] if lon is None else lon, MIDDLE[1] if lat is None else lat
    return Fixed(name, name, "acoustic", interval, lon, lat, (0.0, 5.0, 12.0), (0.9, 0.8, 0.1), **more)


def image(name="image", *, hours=(5.0, 5.2), p=0.5):
    """A square picture."""
    x, y = MIDDLE
    ring = ((x - 0.2, y - 0.2), (x + 0.2, y - 0.2), (x + 0.2, y + 0.2), (x - 0.2, y + 0.2))
    interval = Interval(START + timedelta(hours=hours[0]), START + timedelta(hours=hours[1]))
    return Area(name, name, "optical", interval, (ring,), p, 1.0)


def denial(sensor, low, high, **where):
    interval = Interval(START + timedelta(hours=low), START + timedelta(hours=high))
    return Denial(sensor, interval, "jammed", "test", **where)


def square(x, y, half):
    """A ring about a place, degrees."""
    return ((x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half))


def holds(denied, cell, where=WHERE):
    """Whether a denial holds in a cell, by counting the edges that a ray to the east crosses."""
    if not denied.area and not denied.sectors:
        return True
    lon, lat = float(where.lon[cell]), float(where.lat[cell])
    inside = False
    for ring in denied.area:
        crossings = 0
        for (ax, ay), (bx, by) in zip(ring, (*ring[1:], ring[0]), strict=True):
            if (ay > lat) != (by > lat) and lon < ax + (lat - ay) / (by - ay) * (bx - ax):
                crossings += 1
        inside |= crossings % 2 == 1
    return inside or int(where.sector[cell]) in denied.sectors


def everything():
    return [*passes(), drone(), drone("drone 2", (2.5, 4.0), aside=0.1), station(), image()]


def cloud(where=WHERE, share=0.4, hours=12):
    return field.Sky(np.zeros(len(where), np.int64), np.full((1, hours * field.PER_HOUR), share))


def build(sights, *, where=WHERE, denials=(), sky=None, duration=1.0, period=PERIOD):
    return field.build(where, period, duration, sights, denials, sky)


def union(pairs):
    """Length of the union of some stretches."""
    total, done = 0.0, -np.inf
    for low, high in sorted(pairs):
        total += max(0.0, high - max(done, low))
        done = max(done, high)
    return total


def slowly(sights, cell, hour, *, duration=1.0, share=0.0, where=WHERE, denials=()):
    """P(detect) in one cell and hour, by any family, for looks that see whole cells: slot by slot, look by look."""
    begin = START.timestamp() + hour * 3600
    found = []
    for slot in range(field.PER_HOUR):
        low = begin + slot * field.SLOT_S
        high = low + field.SLOT_S
        clear = hidden = 1.0
        for sight in sights:
            spans = spans_of(sight, [each for each in denials if holds(each, cell, where)])
            if not spans or not seen(sight, where)[cell]:
                continue
            if isinstance(sight, Swath):
                moment = seconds_of(sight)[0]
                lit = [(max(low, moment - duration * 3600), min(high, moment))]
                p = sight.p[0]
            else:
                lit = [(max(low, a - duration * 3600), min(high, b)) for a, b in spans]
                p = sight.p[0] if isinstance(sight.p, tuple) else sight.p
            weight = union([pair for pair in lit if pair[1] > pair[0]]) / field.SLOT_S
            clear *= 1 - weight * p
            hidden *= sight.sky + (1 - sight.sky) * (1 - weight * p)
        found.append(1 - share * hidden - (1 - share) * clear)
    return float(np.mean(found))
