# SPDX-License-Identifier: Apache-2.0
"""From gated pairs to events: pixels of one pass first, then passes, best pair first."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from truceline.fusion._gate import PASS_SECONDS, Pairs
from truceline.model.detection import Detections, Ints


def passes(detections: Detections, look_of: Ints) -> Ints:
    """Return the number of the pass each detection belongs to.

    Where ``look_of`` is -1, a sensor's detections are chained while no gap exceeds ten minutes, and the chain is cut
    every ten minutes, so that a sensor that never rests has many passes, not one.
    """
    _, sensor = np.unique(detections.sensor.astype(str), return_inverse=True)
    seconds = detections.time.astype("datetime64[us]").astype(np.int64) / 1e6
    order = np.lexsort((seconds, sensor, look_of >= 0))
    starts = np.r_[True, (np.diff(seconds[order]) > PASS_SECONDS) | (np.diff(sensor[order]) != 0)]
    chain = np.cumsum(starts) - 1
    within = np.floor((seconds[order] - seconds[order][starts][chain]) / PASS_SECONDS).astype(np.int64)
    made = np.zeros((len(detections), 4), dtype=np.int64)
    made[order, 2], made[order, 3] = chain, within
    known = look_of >= 0
    made[:, 0], made[:, 1] = sensor, look_of
    made[known, 2:] = 0
    return np.unique(made, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)


def clusters(count: int, pass_of: Ints, pairs: Pairs) -> Ints:
    """Return the fire of one pass each detection belongs to: adjacent pixels are one fire, however many."""
    same = pass_of[pairs.first] == pass_of[pairs.second]
    return _components(count, pairs.first[same], pairs.second[same])


def events(pass_of: Ints, cluster_of: Ints, pairs: Pairs) -> Ints:
    """Return the event each detection belongs to.

    Fires of different passes join along their best pairs, best first. Two fires that one pass saw apart stay apart
    if what would join them is a single detection on each side (one pixel has one fire); they join if a pass saw them
    as one fire of several pixels.
    """
    count = int(cluster_of.max()) + 1
    first, second, cost = _links(pass_of, cluster_of, pairs)
    whole = _components(count, first, second)
    cluster_pass = np.zeros(count, dtype=np.int64)
    cluster_pass[cluster_of] = pass_of
    crowded = _crowded(whole, cluster_pass)
    contested = crowded[whole[first]] if len(first) else np.zeros(0, bool)
    if contested.any():
        order = np.flatnonzero(contested)[np.lexsort((second[contested], first[contested], cost[contested]))]
        large = np.bincount(cluster_of, minlength=count) > 1
        kept = order[_best_first(first[order], second[order], cluster_pass, large)]
        keep = np.concatenate([np.flatnonzero(~contested), kept])
        whole = _components(count, first[keep], second[keep])
    return whole[cluster_of]


def _components(count: int, first: Ints, second: Ints) -> Ints:
    """Component of each of ``count`` nodes, numbered by its first node."""
    graph = coo_array((np.ones(len(first), dtype=np.int8), (first, second)), shape=(count, count))
    _, label = connected_components(graph.tocsr(), directed=False)
    _, start, inverse = np.unique(label, return_index=True, return_inverse=True)
    rank = np.empty(len(start), dtype=np.int64)
    rank[np.argsort(start)] = np.arange(len(start))
    return rank[inverse]


def _links(pass_of: Ints, cluster_of: Ints, pairs: Pairs) -> tuple[Ints, Ints, npt.NDArray[np.float64]]:
    """Best pair between each two fires of different passes: fires, and its cost."""
    across = pass_of[pairs.first] != pass_of[pairs.second]
    one, two = cluster_of[pairs.first[across]], cluster_of[pairs.second[across]]
    first, second, cost = np.minimum(one, two), np.maximum(one, two), pairs.cost[across]
    order = np.lexsort((cost, second, first))
    first, second, cost = first[order], second[order], cost[order]
    fresh = np.ones(len(first), dtype=bool)
    fresh[1:] = (np.diff(first) != 0) | (np.diff(second) != 0)
    return first[fresh], second[fresh], cost[fresh]


def _crowded(whole: Ints, cluster_pass: Ints) -> npt.NDArray[np.bool_]:
    """For each component, whether some pass saw two fires of it."""
    found = np.zeros(int(whole.max()) + 1, dtype=bool)
    order = np.lexsort((cluster_pass, whole))
    twice = (np.diff(whole[order]) == 0) & (np.diff(cluster_pass[order]) == 0)
    found[whole[order][1:][twice]] = True
    return found


def _best_first(first: Ints, second: Ints, cluster_pass: Ints, large: npt.NDArray[np.bool_]) -> Ints:
    """Positions of the links that hold when taken in the order given."""
    parent: dict[int, int] = {}
    seen: dict[int, set[int]] = {}
    for node in np.unique(np.concatenate([first, second])).tolist():
        parent[node] = node
        seen[node] = {int(cluster_pass[node])}

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    bridge = (large[first] | large[second]).tolist()
    kept = []
    for position, (one, two) in enumerate(zip(first.tolist(), second.tolist(), strict=True)):
        a, b = root(one), root(two)
        if a == b or not (bridge[position] or seen[a].isdisjoint(seen[b])):
            continue
        if len(seen[a]) < len(seen[b]):
            a, b = b, a
        parent[b] = a
        seen[a] |= seen.pop(b)
        kept.append(position)
    return np.array(kept, dtype=np.int64)
