# SPDX-License-Identifier: Apache-2.0
"""Coverage: P(detect) per H3 cell and hour, from satellites, drones and fixed sensors; beside filling each footprint.

    python bench/coverage.py [--hours 168] [--repeat 5] [--sample 60] [--seed 1] [--quick]

The scenario: a made line of 1,310 km, cells of resolution 7 within 50 km to either side, 24 satellites of the shipped
catalogue's swaths on made sun-synchronous orbits, 40 drones that report a corner every minute and see 5 km around them,
300 fixed sensors with a range curve out to 10 km; a fire of 5 MW lasting an hour, a sound for the fixed sensors.

What is timed, ``cell_hours_per_s``: all that depends on the looks, from elements, tracks and sites to the finished
field by family and together (SGP4, passes, footprints, accumulation, hourly probabilities); the best of the repeats.
What is not: the list of cells (made once a watch, ``cells_s``) and compiling (once an installation, ``compile_s``).

The peer, in the same run: H3's own polygon fill of each footprint (one polygon a pass, clipped to the region; one strip
a drone and minute; one disc a sensor, filled once), found in the list of cells and added up with NumPy. Its time is
that of a sample of each kind, times how many there are. ``cell_agreement``: of a sample of footprints, exact ones from
a track at every 5 seconds and geodesics on the ellipsoid, filled by H3: cells in both over cells in either.
Prints one JSON object, last. ``bound``: SGP4 alone at a step of 60 seconds, and what rate it would allow.
"""

from __future__ import annotations

if __name__ == "coverage":
    # Numba looks for the package of this name, and finds this file where it stands first in the path.
    raise ImportError("this is a benchmark, not the package coverage")

import argparse
import json
import math
import time
from dataclasses import replace
from datetime import timedelta

import h3.api.numpy_int as h3
import numpy as np
import shapely
from pyproj import CRS, Transformer
from sgp4.api import WGS72, Satrec

from truceline.base.clock import Interval, utc
from truceline.base.geo import WGS84, Line
from truceline.coverage import catalogue, cells, ephemeris, field, swaths
from truceline.coverage._compile import seen
from truceline.coverage.orbit import lonlat
from truceline.coverage.sights import Fixed, Sight, Swath, Track
from truceline.model.watching import ReferenceAct

START = utc("2026-04-06T00:00Z")
ACT = ReferenceAct()
RADIUS_KM = 5.0
STEP_S = 180.0
"""SGP4's step in the timed part; between steps tracks are cubics, 22 m off at most."""


def made_line(share: float = 1.0) -> Line:
    """Return a bent line of 1,310 km, or the first part of it."""
    lon = np.linspace(30.8, 39.3, 480)[: max(8, int(480 * share))]
    lat = 46.5 + 4.3 * ((lon - 30.8) / 8.5) ** 1.6 + 0.16 * np.sin(lon * 11)
    return Line((tuple(zip(lon.tolist(), lat.tolist(), strict=True)),))


def satellites(rng: np.random.Generator, count: int) -> list[tuple[catalogue.Sensor, Satrec]]:
    """Return catalogue sensors, in turn, on made sun-synchronous orbits."""
    known = catalogue.known()
    found = []
    for number in range(count):
        item = Satrec()
        node, anomaly = rng.uniform(0, 2 * np.pi, 2)
        motion = rng.uniform(14.2, 14.6) * math.pi / 720
        item.sgp4init(
            WGS72, "i", 90_000 + number, 27_858.5, 1e-5, 0.0, 0.0, 1e-3, 1.2, math.radians(98.5), anomaly, motion, node
        )
        sensor = known[number % len(known)]
        found.append((replace(sensor, name=f"{sensor.name} {number}"), item))
    return found


def ground(rng: np.random.Generator, line: Line, hours: int, drones: int, fixed: int) -> list[Sight]:
    """Return drones that fly to and fro over their stretch of the line, and sensors that stand along it."""
    start = START.timestamp()
    seconds = np.arange(0, hours * 3600 + 1, 60.0)
    looks: list[Sight] = []
    for number in range(drones):
        swing = (1 - np.cos(seconds / 3600 * 2 * np.pi / 1.1 + number)) / 2
        along = line.length_m * (number + swing) / drones
        lon, lat = line.offset(along, 12_000 * np.sin(seconds / 3600 * 1.3 + number))
        looks.append(
            Track(f"drone {number}", f"drone {number}", "optical", start + seconds, lon, lat, RADIUS_KM, 0.7, 0.6)
        )
    period = Interval(START, START + timedelta(hours=hours))
    for number in range(fixed):
        lon, lat = line.offset(np.array([line.length_m * (number + 0.5) / fixed]), rng.uniform(-2e4, 2e4, 1))
        curve = (0.0, 3.0, 6.0, 10.0), (0.95, 0.9, 0.6, 0.1)
        looks.append(
            Fixed(f"sensor {number}", f"sensor {number}", "acoustic", period, float(lon[0]), float(lat[0]), *curve)
        )
    return looks


def run(
    where: cells.Cells, period: Interval, made: list[tuple[catalogue.Sensor, Satrec]], looks: list[Sight]
) -> tuple[field.CoverageField, list[Swath]]:
    """Do the timed part."""
    middle, radius = where.middle
    passes = swaths.swaths(made, middle, radius, period, ACT, step=STEP_S)
    return field.build(where, period, ACT.duration_hours, [*passes, *looks]), passes


def ring(lon: np.ndarray, lat: np.ndarray) -> shapely.Polygon:
    return shapely.Polygon(np.stack([lon, lat], axis=1))


def swath_polygons(sensor: catalogue.Sensor, orbit: ephemeris.Ephemeris, sight: Swath) -> list[shapely.Polygon]:
    """Return the exact footprint of a pass: its edges geodesics away from the track of every 5 seconds."""
    seconds = np.arange(sight.first - 400, sight.last + 400, 5.0)
    lon, lat = lonlat(ephemeris.subpoint(orbit.fixed(seconds)))
    azimuth, _, _ = WGS84.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
    lon, lat = (lon[:-1] + lon[1:]) / 2, (lat[:-1] + lat[1:]) / 2
    sides = {0: (-90.0, 90.0), 1: (-90.0,), -1: (90.0,)}[sensor.side]
    found = []
    edges = [
        [
            WGS84.fwd(lon, lat, azimuth + turn, np.full(len(lon), km * 1000))[:2]
            for km in (sensor.near_km, sensor.far_km)
        ]
        for turn in sides
    ]
    if sensor.side == 0 and sensor.near_km == 0:
        (_, left), (_, right) = edges
        found.append(ring(np.append(left[0], right[0][::-1]), np.append(left[1], right[1][::-1])))
    else:
        found += [ring(np.append(a[0], b[0][::-1]), np.append(a[1], b[1][::-1])) for a, b in edges]
    return [shapely.make_valid(shape) for shape in found]


def strip(track: Track, leg: int) -> shapely.Polygon:
    """Return the exact footprint of a drone's minute: what lies within its radius of the leg."""
    lon, lat = track.lon[leg : leg + 2], track.lat[leg : leg + 2]
    plane = CRS.from_proj4(f"+proj=aeqd +lon_0={lon[0]} +lat_0={lat[0]} +ellps=WGS84 +units=m")
    there = Transformer.from_crs("EPSG:4326", plane, always_xy=True)
    x, y = there.transform(lon, lat)
    shape = shapely.LineString(np.stack([x, y], axis=1)).buffer(track.radius_km * 1000, quad_segs=24)
    edge = np.array(shape.exterior.coords)
    back = there.transform(edge[:, 0], edge[:, 1], direction="INVERSE")
    return ring(*back)


def disc(sensor: Fixed) -> shapely.Polygon:
    azimuth = np.linspace(0, 360, 97)[:-1]
    count = len(azimuth)
    lon, lat, _ = WGS84.fwd(
        np.full(count, sensor.lon), np.full(count, sensor.lat), azimuth, np.full(count, sensor.ranges_km[-1] * 1000)
    )
    return ring(lon, lat)


def fill(shape: shapely.Geometry) -> np.ndarray:
    """Return the cells of a footprint as H3 fills it."""
    parts = [part for part in getattr(shape, "geoms", [shape]) if part.geom_type == "Polygon" and not part.is_empty]
    corners = [[(y, x) for x, y in part.exterior.coords[:-1]] for part in parts]
    filled = [h3.h3shape_to_cells(h3.LatLngPoly(corner), cells.RESOLUTION) for corner in corners if len(corner) > 2]
    return np.concatenate([np.zeros(0, np.uint64), *filled])


class Peer:
    """Fills one footprint after another and adds the logarithm of a miss to its hours."""

    def __init__(self, where: cells.Cells, hours: int) -> None:
        self.order = np.argsort(where.ids)
        self.sorted = where.ids[self.order]
        self.miss = np.zeros((hours, len(where)), np.float32)

    def rows(self, shape: shapely.Geometry) -> np.ndarray:
        """Return which cells of the region a footprint fills."""
        found = fill(shape)
        at = np.minimum(np.searchsorted(self.sorted, found), len(self.sorted) - 1)
        return self.order[at[self.sorted[at] == found]]

    def add(self, shape: shapely.Geometry, first: int, last: int, p: float) -> None:
        """Add a footprint to its hours."""
        rows = self.rows(shape)
        self.miss[max(0, first) : last + 1, rows] += np.float32(math.log1p(-p))


def peer_seconds(
    peer: Peer, shapes: dict[str, tuple[list[shapely.Geometry], int]], hours: int
) -> tuple[float, dict[str, float]]:
    """Return how long the peer would take for all footprints, and for one of each kind."""
    total, each = 0.0, {}
    for kind, (sample, count) in shapes.items():
        begun = time.perf_counter()
        for number, shape in enumerate(sample):
            hour = number % hours
            peer.add(shape, 0 if kind == "fixed" else hour - 1, hours if kind == "fixed" else hour, 0.5)
        each[kind] = (time.perf_counter() - begun) / max(1, len(sample))
        total += each[kind] * count
    return total, each


def agreement(peer: Peer, pairs: list[tuple[Sight, shapely.Geometry]], where: cells.Cells) -> tuple[float, int]:
    """Return cells in both over cells in either, over a sample of footprints, and how many footprints."""
    both = either = 0
    for sight, shape in pairs:
        mine = seen(sight, where)
        exact = np.zeros(len(where), dtype=bool)
        exact[peer.rows(shape)] = True
        both += int((mine & exact).sum())
        either += int((mine | exact).sum())
    return both / max(1, either), len(pairs)


def exact_footprints(
    rng: np.random.Generator, made: list, passes: list[Swath], looks: list[Sight], period: Interval, where, sample: int
) -> dict[str, list[tuple[Sight, shapely.Geometry]]]:
    """Return, by kind, some looks with their exact footprints, those of passes clipped to the region."""
    region = shapely.box(where.lon.min() - 0.1, where.lat.min() - 0.1, where.lon.max() + 0.1, where.lat.max() + 0.1)
    names = [sensor.name for sensor, _ in made]
    orbits = dict(zip(names, ephemeris.propagate([item for _, item in made], names, period), strict=True))
    sensors = dict(made_by_name(made))
    over = [sight for sight in passes if seen(sight, where).any()]
    chosen = [over[i] for i in rng.permutation(len(over))[:sample]]
    found: dict[str, list[tuple[Sight, shapely.Geometry]]] = {"passes": [], "drones": [], "fixed": []}
    for sight in chosen:
        shapes = swath_polygons(sensors[sight.sensor], orbits[sight.sensor], sight)
        found["passes"].append((sight, shapely.union_all(shapes).intersection(region)))
    tracks = [look for look in looks if isinstance(look, Track)]
    for number in range(4 * sample if tracks else 0):
        track = tracks[number % len(tracks)]
        leg = int(rng.integers(len(track.seconds) - 1))
        part = replace(
            track, seconds=track.seconds[leg : leg + 2], lon=track.lon[leg : leg + 2], lat=track.lat[leg : leg + 2]
        )
        found["drones"].append((part, strip(track, leg)))
    fixed = [look for look in looks if isinstance(look, Fixed)]
    found["fixed"] = [(look, disc(look)) for look in fixed[: 2 * sample]]
    return found


def made_by_name(made: list) -> list[tuple[str, catalogue.Sensor]]:
    return [(sensor.name, sensor) for sensor, _ in made]


def timed(work, repeat: int) -> tuple[float, object]:
    """Return the least time of some runs, and the last result."""
    times, found = [], None
    for _ in range(repeat):
        begun = time.perf_counter()
        found = work()
        times.append(time.perf_counter() - begun)
    return min(times), found


def growth(made: list, hours: int, repeat: int, seed: int) -> list[dict[str, float]]:
    """Return seconds and rates of smaller scenarios: a share of the line with its share of drones and sensors."""
    found = []
    for share in (0.125, 0.25, 0.5):
        line = made_line(share)
        where = cells.along_line(line, 50)
        looks = ground(np.random.default_rng(seed), line, hours, max(1, int(40 * share)), max(1, int(300 * share)))
        period = Interval(START, START + timedelta(hours=hours))
        seconds, _ = timed(lambda w=where, p=period, k=looks: run(w, p, made, k), repeat)
        count = len(where) * hours
        found.append({"cell_hours": count, "seconds": round(seconds, 4), "cell_hours_per_s": round(count / seconds)})
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=int, default=168)
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--sample", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="an eighth of the line, a day, one repeat")
    options = parser.parse_args()
    hours, repeat, sample, share = options.hours, options.repeat, options.sample, 1.0
    if options.quick:
        hours, repeat, sample, share = min(hours, 24), 1, 8, 0.125
    rng = np.random.default_rng(options.seed)
    line, period = made_line(share), Interval(START, START + timedelta(hours=hours))
    cells_s, where = timed(lambda: cells.along_line(line, 50), 1)
    _ = where.bins, where.middle
    made = satellites(rng, 24)
    looks = ground(rng, line, hours, max(1, int(40 * share)), max(1, int(300 * share)))
    compile_s, _ = timed(lambda: run(where, period, made, looks), 1)
    seconds, (found, passes) = timed(lambda: run(where, period, made, looks), repeat)
    count = len(where) * hours
    exact = exact_footprints(rng, made, passes, looks, period, where, sample)
    peer = Peer(where, hours)
    over = sum(bool(seen(sight, where).any()) for sight in passes)
    legs = sum(len(look.seconds) - 1 for look in looks if isinstance(look, Track))
    sites = sum(isinstance(look, Fixed) for look in looks)
    counts = {"passes": over, "drones": legs, "fixed": sites}
    shapes = {kind: ([shape for _, shape in pairs], counts[kind]) for kind, pairs in exact.items()}
    peer_s, each = peer_seconds(peer, shapes, hours)
    agreed, footprints = agreement(peer, [pair for pairs in exact.values() for pair in pairs], where)
    by_kind = {kind: round(agreement(peer, pairs, where)[0], 4) for kind, pairs in exact.items()}
    names = [sensor.name for sensor, _ in made]
    sgp4_s, _ = timed(lambda: ephemeris.propagate([item for _, item in made], names, period), min(3, repeat))
    report = {
        "bench": "coverage",
        "cells": len(where),
        "hours": hours,
        "line_km": round(line.length_m / 1000),
        "looks": {**counts, "passes_propagated": len(passes)},
        "seconds": round(seconds, 4),
        "cells_s": round(cells_s, 3),
        "compile_s": round(max(0.0, compile_s - seconds), 3),
        "mean_p": round(float(found.together.mean()), 4),
        "peer": "h3 fill of each footprint",
        "peer_cell_hours_per_s": round(count / peer_s),
        "peer_s_each": {kind: round(value, 6) for kind, value in each.items()},
        "agreement_footprints": footprints,
        "agreement_by_kind": by_kind,
        "growth": [] if options.quick else growth(made, hours, max(1, repeat // 2), options.seed),
        "bound": {"sgp4_60s_s": round(sgp4_s, 4), "cell_hours_per_s": round(count / sgp4_s)},
        "cell_hours_per_s": round(count / seconds),
        "per_footprint_h3_ratio": round(peer_s / seconds, 1),
        "cell_agreement": round(agreed, 5),
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
