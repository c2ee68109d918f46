# SPDX-License-Identifier: Apache-2.0
"""Assessment of n events against 30 provisions: speed and truth, beside shapely in three ways.

    python bench/assessment.py [--events FILE.parquet] [--n 1000000] [--provisions 30] [--quick]

The provisions are PERFORMANCE item 6's mix, laid over the events' own area: corridors of 2 to 15 thousand vertices
along a winding line, polygons (some with holes, some as narrow as a road), clauses that hold everywhere; different
acts, actors and windows. ``--events`` takes any file with DESIGN's columns.

What is timed. ``events_per_s``: events divided by the wall time in which all provisions get their probability from
columns in memory, places and times taken as certain, results written (the best of several passes, warm; two threads).
``events_per_s_with_compile`` adds ``compile_s``: laying the zones over their grids, once per terms. The peers do the
same arithmetic on the same columns: *vectorised* calls ``contains_xy`` on prepared polygons and NumPy for the rest;
*prepared* and *naive* ask polygon by polygon, event by event, on a sample. ``identical``: every probability of every
event and provision equals the vectorised predicate's, to the bit. ``gaussian_*``: places with their ellipses, against
Monte Carlo with ``monte_carlo_draws`` draws for a sample of pairs whose ellipse meets a boundary, and for pairs sought
out at corners and in narrow zones (``corner_*``); the draws' own noise is part of the error. Machine code is compiled
before (and kept on disk). Prints one JSON object, last.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import shapely
from pyproj import Geod

from truceline.assessment.bulk import Clause, Columns, Engine, Ready
from truceline.base.clock import Interval, from_column, to_column
from truceline.base.geo import metres_per_degree

ACTS = ("shelling", "small_arms_fire", "drone_strike", "air_strike", "missile_strike", "ground_assault", "mining")
ACTORS = ("A", "B", "neither", "proxy", "unknown")
GEOD = Geod(ellps="WGS84")
FIRST = (
    "n_events", "n_provisions", "events_per_s", "vectorised_shapely_events_per_s", "prepared_loop_events_per_s",
    "identical", "gaussian_events_per_s", "gaussian_mean_error", "gaussian_max_error",
)  # fmt: skip
"""What is promised comes first, in this order; what else is printed explains it."""


def made(count: int, rng: np.random.Generator) -> Columns:
    """Return events scattered over 1,400 x 100 km and 40 days, σ 50 m to 2 km, ellipses up to five times as long."""
    lon = rng.uniform(25.0, 43.8, count)
    lat = front(lon) + rng.normal(0, 0.25, count)
    major = np.exp(rng.uniform(np.log(50), np.log(2000), count))
    act, actor = rng.dirichlet(np.full(len(ACTS) + 1, 0.3), count), rng.dirichlet(np.full(len(ACTORS), 0.5), count)
    start = np.datetime64("2026-04-01T00:00:00", "us")
    return Columns(
        lon=lon,
        lat=lat,
        time=start + rng.integers(0, 40 * 86_400_000_000, count).astype("timedelta64[us]"),
        sigma_major_m=major,
        sigma_minor_m=major / rng.uniform(1, 5, count),
        bearing_deg=rng.uniform(0, 180, count),
        sigma_s=np.full(count, 60.0),
        p_act={name: act[:, k].astype(np.float32) for k, name in enumerate(ACTS)},
        p_actor={name: actor[:, k].astype(np.float32) for k, name in enumerate(ACTORS)},
    )


def front(lon: np.ndarray) -> np.ndarray:
    """Return the latitude of a winding front."""
    return 48.3 + 0.5 * np.sin((lon - 25) / 3.0) + 0.05 * np.sin((lon - 25) * 9.0)


def read(path: Path) -> Columns:
    """Return the columns of a file with DESIGN's columns."""
    table = pq.read_table(path)

    def column(name: str, default: float) -> np.ndarray:
        if name not in table.column_names:
            return np.full(table.num_rows, default)
        return table[name].to_numpy().astype(np.float64)

    def belief(prefix: str) -> dict[str, np.ndarray]:
        names = [name for name in table.column_names if name.startswith(prefix)]
        return {name.removeprefix(prefix): table[name].to_numpy().astype(np.float32) for name in names}

    moments = table["time"].to_pylist() if table.schema.field("time").type == "string" else None
    if moments is not None:
        when = np.array([to_column(datetime.fromisoformat(m).astimezone(UTC)) for m in moments], "datetime64[us]")
    else:
        when = table["time"].to_numpy().astype("datetime64[us]")
    major = column("sigma_major_m", 0.0)
    minor = column("sigma_minor_m", np.nan)
    return Columns(
        column("lon", np.nan), column("lat", np.nan), when, major, np.where(np.isnan(minor), major, minor),
        column("bearing_deg", 0.0), column("sigma_s", 0.0), belief("p_act."), belief("p_actor."),
    )  # fmt: skip


def places(events: Columns) -> tuple[np.ndarray, np.ndarray]:
    """Return usable places, longitudes counted from their middle, so that an area over 180° is in one piece."""
    good = np.isfinite(events.lon) & np.isfinite(events.lat)
    lon, lat = events.lon[good], events.lat[good]
    turn = np.exp(1j * np.radians(lon)).mean()
    middle = np.degrees(np.angle(turn)) if abs(turn) > 1e-6 else 0.0
    return middle + (lon - middle + 180.0) % 360.0 - 180.0, lat


def provisions(events: Columns, count: int, rng: np.random.Generator) -> tuple[list[Clause], dict[int, object]]:
    """Return clauses and their zones, laid over where and when the events are."""
    lon, lat = places(events)
    box = around(lon, lat)
    first, last = (from_column(events.time[i]) for i in (events.time.argmin(), events.time.argmax()))
    length = max(last - first, timedelta(hours=1))
    acts = list(events.p_act) or ["shelling"]
    actors = [name for name in events.p_actor if name not in ("neither", "proxy", "unknown")] or ["A"]
    clauses, zones = [], {}
    for number in range(count):
        kind = number % 15
        if kind < 6:
            zones[number] = corridor(box, lon, lat, kind, rng)
        elif kind < 13:
            zones[number] = polygon(rng, box, kind)
        some = rng.permutation(len(acts))[: rng.integers(1, len(acts) + 1)]
        bound = actors if number % 3 else [actors[number // 3 % len(actors)]]
        opens = first + length * float(rng.uniform(0, 0.4))
        window = Interval(opens, opens + length * float(rng.uniform(0.3, 0.6)))
        clauses.append(
            Clause(
                acts={acts[k]: 1.0 for k in some},
                actors=dict.fromkeys(bound, 1.0),
                silent_actor=1.0 if len(bound) == len(actors) else float("nan"),
                zone=number if number in zones else None,
                window=window,
                unexcused=1.0 if number % 4 else 0.6,
            )
        )
    return clauses, zones


def around(lon: np.ndarray, lat: np.ndarray) -> tuple[float, float, float, float]:
    """Return the box that nearly all events lie in, at least a tenth of a degree wide."""
    found = []
    for values in (lon, lat):
        low, high = np.quantile(values, [0.01, 0.99])
        more = max(0.0, 0.1 - (high - low)) / 2
        found.append((float(low - more), float(high + more)))
    return found[0][0], found[1][0], found[0][1], found[1][1]


def corridor(
    box: tuple[float, float, float, float], lon: np.ndarray, lat: np.ndarray, kind: int, rng: np.random.Generator
):
    """Return a belt along a winding line through the events, the longer way; narrow ones keep every turn of it."""
    low, high = np.array(box[:2]), np.array(box[2:])
    along = int((high - low)[1] > (high - low)[0])
    one, other = ((lon, lat), (lat, lon))[along]
    wide = float(min((high - low)[1 - along], (high - low)[along]))
    knots = np.linspace(low[along], high[along], 24)
    step = (knots[-1] - knots[0]) / 20
    near = [other[np.abs(one - knot) <= step] for knot in knots]
    spine = [float(np.median(some if len(some) else other)) for some in near]
    points = (1000, 3000, 6000, 2000, 4500, 7000)[kind]
    u = np.linspace(knots[0], knots[-1], points)
    rough = np.cumsum(rng.normal(0, 1, points))
    rough -= np.linspace(rough[0], rough[-1], points)
    v = np.interp(u, knots, spine) + rough / max(np.abs(rough).max(), 1e-9) * min(
        wide * 0.05, (knots[-1] - knots[0]) * 0.005
    )
    width = wide * (0.004, 0.01, 0.02, 0.05, 0.1, 0.2)[kind] * rng.uniform(0.8, 1.25)
    shape = shapely.buffer(shapely.LineString(np.c_[v, u] if along else np.c_[u, v]), width, quad_segs=8)
    return shapely.segmentize(shape, shape.length / 2000) if shapely.get_num_coordinates(shape) < 2000 else shape


def polygon(rng: np.random.Generator, box: tuple[float, float, float, float], kind: int):
    """Return a star, a star with a hole, or a road-like strip somewhere in the box."""
    west, south, east, north = box
    middle = np.array([rng.uniform(west, east), rng.uniform(south, north)])
    if kind == 12:
        turn, half = rng.uniform(0, np.pi), np.array([0.3 * (north - south), 0.003 * (north - south)])
        corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
        spin = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        return shapely.Polygon(middle + corners @ spin)
    corners = int(rng.integers(5, 200))
    angle = np.sort(rng.uniform(0, 2 * np.pi, corners))
    radius = rng.uniform(0.4, 1.0, corners) * 0.35 * (north - south)
    ring = middle + np.c_[radius * np.cos(angle), radius * np.sin(angle)]
    shape = shapely.Polygon(ring)
    hole = shapely.Polygon(middle + 0.3 * (ring - middle))
    return shapely.make_valid(shape.difference(hole) if kind % 3 == 0 else shape)


def vectorised(clauses: list[Clause], zones: dict[int, object], events: Columns) -> np.ndarray:
    """Return P(breach) provision by provision: the window first, then contains_xy on prepared polygons, then belief."""
    found = np.zeros((len(events), len(clauses)), np.float32)
    for p, clause in enumerate(clauses):
        rows = np.flatnonzero(clause.window.holds(events.time))
        if clause.zone is not None:
            shapely.prepare(zones[clause.zone])
            rows = rows[shapely.contains_xy(zones[clause.zone], events.lon[rows], events.lat[rows])]
        act = belief(events.p_act, clause.acts, rows, float("nan"))
        actor = belief(events.p_actor, clause.actors, rows, clause.silent_actor)
        value = act * actor * clause.unexcused
        found[rows, p] = np.where((act == 0) | (actor == 0), 0.0, value)
    return found


def belief(columns: dict[str, np.ndarray], weights: dict[str, float], rows: np.ndarray, silent: float) -> np.ndarray:
    """Return the belief in a set of acts or actors."""
    if not columns:
        return np.full(len(rows), silent)
    shares = (columns[name][rows].astype(np.float64) for name in weights if name in columns)
    return np.clip(sum(shares, np.zeros(len(rows))), 0.0, 1.0)


def loop(clauses: list[Clause], zones: dict[int, object], events: Columns, count: int, prepared: bool) -> float:
    """Return events per second, asked one by one."""
    shapes = {name: shapely.from_wkb(shapely.to_wkb(shape)) for name, shape in zones.items()}
    for shape in shapes.values() if prepared else ():
        shapely.prepare(shape)
    moments = [from_column(t) for t in events.time[:count]]
    begin = time.perf_counter()
    for i in range(count):
        point = shapely.Point(events.lon[i], events.lat[i])
        for clause in clauses:
            if not clause.window.start <= moments[i] < clause.window.end:
                continue
            if clause.zone is None or shapes[clause.zone].contains(point):
                sum(float(events.p_act[name][i]) for name in clause.acts if name in events.p_act)
    return count / (time.perf_counter() - begin)


def monte_carlo(shape: object, events: Columns, row: int, draws: int, rng: np.random.Generator) -> float:
    """Return the share of draws of an event's place that fall inside, each draw laid off on the ellipsoid."""
    bearing = np.radians(events.bearing_deg[row])
    along, over = rng.normal(0, 1, (2, draws)) * [[events.sigma_major_m[row]], [events.sigma_minor_m[row]]]
    east = along * np.sin(bearing) + over * np.cos(bearing)
    north = along * np.cos(bearing) - over * np.sin(bearing)
    lon, lat = np.full(draws, events.lon[row]), np.full(draws, events.lat[row])
    x, y, _ = GEOD.fwd(lon, lat, np.degrees(np.arctan2(east, north)), np.hypot(east, north))
    turn = shapely.bounds(shape)[[0, 2]].mean()
    return float(shapely.contains_xy(shape, x - 360.0 * np.round((x - turn) / 360.0), y).mean())


def accuracy(
    zones: dict[int, object], events: Columns, pairs: int, draws: int, rng: np.random.Generator
) -> dict[str, float]:
    """Return mean and worst error of P(place in zone) against Monte Carlo, over doubtful pairs and at corners."""
    usual, corners = [], []
    always = Interval(datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC))
    names = list(zones)
    engine = Engine([Clause({"x": 1.0}, {}, 1.0, name, always) for name in names], zones)
    sample = rng.permutation(len(events))[: 40 * pairs]
    for rows, moved, kept in ((sample, False, usual), (sample[: 4 * pairs], True, corners)):
        some = only(events, rows)
        if moved:
            some = at_corners(some, zones, rng)
        found = engine.assess(some)
        doubtful = np.argwhere((found > 0.001) & (found < 0.999))
        for i, z in doubtful[rng.permutation(len(doubtful))[:pairs]]:
            kept.append(abs(float(found[i, z]) - monte_carlo(zones[names[z]], some, int(i), draws, rng)))
    both = np.array(usual + corners) if usual or corners else np.zeros(1)
    return {
        "gaussian_mean_error": round(float(both.mean()), 5),
        "gaussian_max_error": round(float(both.max()), 5),
        "corner_mean_error": round(float(np.mean(corners or [0.0])), 5),
        "corner_max_error": round(float(np.max(corners or [0.0])), 5),
        "monte_carlo_pairs": len(usual) + len(corners),
        "monte_carlo_draws": draws,
    }


def only(events: Columns, rows: np.ndarray) -> Columns:
    """Return some events, their act certain."""
    names = ("lon", "lat", "time", "sigma_major_m", "sigma_minor_m", "bearing_deg", "sigma_s")
    return Columns(**{name: getattr(events, name)[rows] for name in names}, p_act={"x": np.ones(len(rows))}, p_actor={})


def at_corners(events: Columns, zones: dict[int, object], rng: np.random.Generator) -> Columns:
    """Return the events moved to within about a sigma of a vertex of a zone."""
    points = np.vstack([shapely.get_coordinates(shape)[:400] for shape in zones.values()])
    corner = points[rng.integers(0, len(points), len(events))]
    east, north = metres_per_degree(corner[:, 1])
    shift = rng.normal(0, 0.7, (2, len(events))) * np.maximum(events.sigma_minor_m, 1.0)
    columns = {**events.__dict__, "lon": corner[:, 0] + shift[0] / east, "lat": corner[:, 1] + shift[1] / north}
    return Columns(**columns)


def best(call: Callable[[], object], repeats: int) -> float:
    """Return the shortest time, seconds."""
    spent = []
    for _ in range(repeats):
        begin = time.perf_counter()
        call()
        spent.append(time.perf_counter() - begin)
    return min(spent)


def speed(clauses: list[Clause], zones: dict[int, object], events: Columns, repeats: int = 3) -> float:
    """Return events per second over certain places."""
    engine, ready = Engine(clauses, zones), Ready(events.certain())
    out = np.empty((len(events), len(clauses)), np.float32)
    return len(events) / best(lambda: engine.assess(ready, out), repeats)


def growth(events: Columns, clauses: list[Clause], zones: dict[int, object], seed: int) -> dict[str, object]:
    """Return how time grows with events and with provisions, and the exponents."""
    sizes = [n for n in (len(events) // 8, len(events) // 4, len(events) // 2, len(events)) if n >= 1000]
    rows = {}
    for size in sizes:
        part = Columns(**{k: v[:size] if isinstance(v, np.ndarray) else {n: c[:size] for n, c in v.items()}
                          for k, v in events.__dict__.items()})  # fmt: skip
        rows[size] = size / speed(clauses, zones, part)
    counts = {}
    for count in (8, 15, 30, 60):
        more, where = provisions(events, count, np.random.default_rng(seed))
        counts[count] = len(events) / speed(more, where, events)

    def exponent(times: dict[int, float]) -> float | None:
        keys = list(times)
        return round(float(np.polyfit(np.log(keys), np.log(list(times.values())), 1)[0]), 2) if len(keys) > 1 else None

    return {
        "seconds_by_events": {k: round(v, 4) for k, v in rows.items()},
        "seconds_by_provisions": {k: round(v, 4) for k, v in counts.items()},
        "exponent_events": exponent(rows),
        "exponent_provisions": exponent(counts),
    }


def quantised(events: Columns) -> Columns:
    """Return the beliefs as the engine keeps them (multiples of 2^-24), so that the peers add up the same numbers."""

    def kept(columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        return {k: np.rint(np.clip(np.nan_to_num(v), 0, 1) * 2.0**24).astype(np.float32) / np.float32(2.0**24)
                for k, v in columns.items()}  # fmt: skip

    return Columns(**{**events.__dict__, "p_act": kept(events.p_act), "p_actor": kept(events.p_actor)})


def run(events: Columns, count: int, quick: bool) -> dict[str, object]:
    """Return all figures."""
    clauses, zones = provisions(events, count, np.random.default_rng(6))
    warm = Columns(**{k: v[:2] if isinstance(v, np.ndarray) else {n: c[:2] for n, c in v.items()}
                      for k, v in events.__dict__.items()})  # fmt: skip
    Engine(clauses, zones).assess(warm), Engine(clauses, zones).assess(warm.certain())
    begin = time.perf_counter()
    engine = Engine(clauses, zones)
    compile_s = time.perf_counter() - begin
    begin = time.perf_counter()
    exact = Ready(events.certain())
    layout_s = time.perf_counter() - begin
    out = np.empty((len(events), count), np.float32)
    certain_s = best(lambda: engine.assess(exact, out), 12)  # the shortest: others use the machine too
    expected = vectorised(clauses, zones, events.certain())
    vector_s = best(lambda: vectorised(clauses, zones, events), 3)
    identical = bool(np.array_equal(out, expected, equal_nan=True))
    ready = Ready(events)
    gauss = np.empty_like(out)
    engine.assess(ready, gauss)
    gauss_s = best(lambda: engine.assess(ready, gauss), 5)
    n = len(events)
    sample = min(n, 2_000 if quick else 20_000)
    rates = {
        "events_per_s": n / certain_s,
        "vectorised_shapely_events_per_s": n / vector_s,
        "prepared_loop_events_per_s": loop(clauses, zones, events, sample, prepared=True),
        "naive_loop_events_per_s": loop(clauses, zones, events, sample // 20, prepared=False),
        "gaussian_events_per_s": n / gauss_s,
        "events_per_s_with_compile": n / (certain_s + compile_s),
        "events_per_s_with_compile_and_layout": n / (certain_s + compile_s + layout_s),
    }
    vertices = sorted(int(shapely.get_num_coordinates(shape)) for shape in zones.values())
    found = {
        "n_events": n, "n_provisions": count, "identical": identical,
        **{name: round(rate) for name, rate in rates.items()},
        "times_vectorised": round(vector_s / certain_s, 2), "compile_s": round(compile_s, 4),
        "layout_s": round(layout_s, 4), "vertices": vertices,
        **accuracy(zones, events, 60 if quick else 400, 4_000 if quick else 40_000, np.random.default_rng(7)),
        **({} if quick else {"growth": growth(events, clauses, zones, 6)}),
    }  # fmt: skip
    return {name: found[name] for name in (*FIRST, *found)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=Path, metavar="FILE.parquet", help="events with DESIGN's columns")
    parser.add_argument("--n", type=int, default=1_000_000, help="how many events to make where no file is given")
    parser.add_argument("--provisions", type=int, default=30)
    parser.add_argument("--quick", action="store_true", help="fewer draws, no growth")
    options = parser.parse_args()
    events = read(options.events) if options.events else made(options.n, np.random.default_rng(3))
    print(json.dumps({**run(quantised(events), options.provisions, options.quick), "bench": "assessment"}))


if __name__ == "__main__":
    main()
