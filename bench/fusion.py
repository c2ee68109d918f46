# SPDX-License-Identifier: Apache-2.0
"""Fusion of n detections into events: speed beside the KD-tree bound and a plain space-time clustering, and accuracy.

    python bench/fusion.py [--sizes 2000 20000 100000]

The world is PERFORMANCE item 1's: 1,400 x 50 km, 30 days, 40 % clutter, half of it in 40 hot spots, 1 to 6 detections
an event from different sensors, σ 50 m to 2 km; its events are momentary (σ 60 s), which makes it easier than one with
vague times. ``fires_s`` is the time for the same detections taken as fires, which may last six hours. Peer: connected
components of all pairs within a fixed 1 km and 5 min (a density clustering with minimum one; no scikit-learn needed).
Bound: building and querying a KD-tree once. Pair-F1 is over pairs of detections of one true event. Prints one JSON
object, last.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from truceline.fusion import fuse
from truceline.model.detection import Detections

SENSORS = (50.0, 120.0, 250.0, 500.0, 1000.0, 2000.0)
WIDTH_M, DEPTH_M, SECONDS = 1_400_000.0, 50_000.0, 30 * 86_400.0
NORTH_M, EAST_M = 111_195.0, 73_700.0


def world(count: int, rng: np.random.Generator) -> tuple[Detections, np.ndarray]:
    """Return ``count`` detections and the true event of each (negative: clutter, each its own)."""
    true_events = int(count * 0.6 / 3.5)
    seen = rng.integers(1, 7, true_events)
    event = np.repeat(np.arange(true_events), seen)
    sensor = np.concatenate([rng.permutation(6)[:k] for k in seen])
    place = np.stack([rng.random(true_events) * WIDTH_M, rng.random(true_events) * DEPTH_M], axis=1)[event]
    moment = (rng.random(true_events) * SECONDS)[event] + rng.normal(0, 60, len(event))
    clutter = count - len(event)
    spots = np.stack([rng.random(40) * WIDTH_M, rng.random(40) * DEPTH_M], axis=1)
    noise = np.stack([rng.random(clutter) * WIDTH_M, rng.random(clutter) * DEPTH_M], axis=1)
    hot = rng.random(clutter) < 0.5
    noise[hot] = spots[rng.integers(0, 40, int(hot.sum()))] + rng.normal(0, 1000, (int(hot.sum()), 2))
    sensor = np.concatenate([sensor, rng.integers(0, 6, clutter)])
    sigma = np.array(SENSORS)[sensor]
    place = np.concatenate([place, noise])
    place[: len(event)] += rng.normal(0, 1, (len(event), 2)) * sigma[: len(event), None]
    moment = np.concatenate([moment, rng.random(clutter) * SECONDS])
    truth = np.concatenate([event, -1 - np.arange(clutter)])
    return columns(place, moment, sigma, sensor), truth


def columns(place: np.ndarray, moment: np.ndarray, sigma: np.ndarray, sensor: np.ndarray) -> Detections:
    """Return detections at metric places and seconds."""
    count = len(place)
    names = np.array([f"sensor-{k}" for k in range(6)], dtype=object)[sensor]
    start = np.datetime64("2026-04-01T00:00:00", "us")
    return Detections(
        sensor=names,
        family=names,
        kind=np.full(count, "explosion", dtype=object),
        lon=25.0 + place[:, 0] / EAST_M,
        lat=48.3 + place[:, 1] / NORTH_M,
        time=start + (moment * 1e6).astype(np.int64).astype("timedelta64[us]"),
        sigma_major_m=sigma,
        sigma_minor_m=sigma,
        bearing_deg=np.zeros(count),
        sigma_s=np.full(count, 60.0),
        index=np.arange(count),
    )


def scaled(detections: Detections) -> np.ndarray:
    """Return metric places with time as a third axis, 5 min as long as 1 km."""
    seconds = detections.time.astype(np.int64) / 1e6
    return np.column_stack([detections.lon * EAST_M, detections.lat * NORTH_M, seconds / 0.3])


def peer(detections: Detections) -> np.ndarray:
    """Return components of all pairs within 1 km and 5 min."""
    pairs = cKDTree(scaled(detections)).query_pairs(1000.0, p=np.inf, output_type="ndarray")
    graph = coo_array((np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), shape=(len(detections),) * 2)
    return connected_components(graph, directed=False)[1]


def bound(detections: Detections) -> np.ndarray:
    """Build a KD-tree and query each place's two nearest."""
    places = scaled(detections)[:, :2]
    return cKDTree(places).query(places, k=2)[0]


def ours(detections: Detections) -> np.ndarray:
    """Return each detection's event."""
    events = fuse(detections, np.full(len(detections), -1))
    label = np.empty(len(detections), dtype=np.int64)
    label[np.concatenate(events.members)] = np.repeat(np.arange(len(events)), [len(m) for m in events.members])
    return label


def pair_f1(label: np.ndarray, truth: np.ndarray) -> float:
    """Return F1 over pairs put together against pairs that belong together."""

    def pairs(*keys: np.ndarray) -> float:
        size = np.unique(np.stack(keys, axis=1), axis=0, return_counts=True)[1].astype(float)
        return float((size * (size - 1) / 2).sum())

    return 2 * pairs(label, truth) / (pairs(label) + pairs(truth))


def best_of(call: Callable[[], np.ndarray], repeats: int) -> tuple[float, np.ndarray]:
    """Return the shortest time, seconds, and the result."""
    found = []
    for _ in range(repeats):
        start = time.perf_counter()
        result = call()
        found.append(time.perf_counter() - start)
    return min(found), result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[2_000, 20_000, 100_000])
    rows = []
    for count in parser.parse_args().sizes:
        detections, truth = world(count, np.random.default_rng(count))
        repeats = 5 if count <= 20_000 else 2
        bound_s, _ = best_of(lambda d=detections: bound(d), repeats)
        peer_s, plain = best_of(lambda d=detections: peer(d), repeats)
        fuse_s, label = best_of(lambda d=detections: ours(d), repeats)
        burning = replace(detections, kind=np.full(count, "thermal_anomaly", dtype=object))
        fires_s, _ = best_of(lambda d=burning: ours(d), repeats)
        row = {
            "n": count,
            "fires_s": fires_s,
            "fuse_s": fuse_s,
            "kdtree_s": bound_s,
            "times_kdtree": fuse_s / bound_s,
            "peer_s": peer_s,
        }
        row |= {"pair_f1": pair_f1(label, truth), "peer_pair_f1": pair_f1(plain, truth)}
        rows.append({name: round(value, 4) for name, value in row.items()})
        print(rows[-1])
    growth = np.log(rows[-1]["fuse_s"] / rows[0]["fuse_s"]) / np.log(rows[-1]["n"] / rows[0]["n"]) if rows[1:] else 1.0
    print(json.dumps({"bench": "fusion", "sizes": rows, "growth_exponent": round(float(growth), 2)}))


if __name__ == "__main__":
    main()
