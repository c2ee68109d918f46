# SPDX-License-Identifier: Apache-2.0
"""One Gaussian place, one belief and one power for each event, from its detections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from truceline.base.geo import Floats, metres_per_degree
from truceline.fusion._gate import Frame
from truceline.model.detection import Ints, Words

SHARED_M = 75.0
"""Geolocation error that all detections of an event share and no averaging removes, one standard deviation, metres.
About that of VIIRS at nadir (from memory of Wolfe et al. 2013; not re-read). Never more than half the surest σ."""


@dataclass(frozen=True, eq=False)
class Places:
    """Gaussian places of m events."""

    lon: Floats
    """Longitude of the mean, degrees."""

    lat: Floats
    """Latitude of the mean, degrees."""

    sigma_major_m: Floats
    """Standard deviation along the major axis, metres."""

    sigma_minor_m: Floats
    """Standard deviation along the minor axis, metres."""

    bearing_deg: Floats
    """Bearing of the major axis from north, [0, 180) degrees."""


def places(frame: Frame, cluster_of: Ints, event_of: Ints) -> Places:
    """Return each event's Gaussian place: where the heat is, as far as one Gaussian can say it.

    The mean is the information-weighted one. The covariance is the sum of (1) the mean's own error, from the
    detections' independent errors in information form; (2) the error they share; (3) the spread of the fire's pixels
    within a pass; (4) what the passes differ by beyond their errors. One detection alone keeps its own covariance.
    """
    head = _heads(event_of)
    origin = head[event_of]
    around = (frame.lon - frame.lon[origin] + 180.0) % 360.0 - 180.0
    degrees = np.stack([around, frame.lat - frame.lat[origin]], axis=1)
    size: Ints = np.bincount(event_of).astype(np.int64)
    middle_lat = frame.lat[head] + _sums(event_of, degrees[:, 1]) / size
    scale = np.stack(metres_per_degree(middle_lat), axis=1)  # one flat frame per event, whichever member comes first
    offsets = degrees * scale[event_of]
    shared = np.minimum(SHARED_M, 0.5 * _least(event_of, frame.least_sigma_m)) ** 2
    own = _matrix(frame.place) - shared[event_of][:, None, None] * np.eye(2)
    weight = _inverse(own)
    mean, error = _informed_mean(event_of, weight, offsets)
    middle, middle_error = _informed_mean(cluster_of, weight, offsets)
    within = _scatter(event_of, offsets - middle[cluster_of], size)
    between = _scatter(event_of, middle[cluster_of] - mean[event_of], size)
    noise = _mean_matrix(event_of, middle_error[cluster_of], size)
    total = error + shared[:, None, None] * np.eye(2) + within + _positive(between - noise)
    lon, lat = frame.lon[head] + mean[:, 0] / scale[:, 0], frame.lat[head] + mean[:, 1] / scale[:, 1]
    return Places((lon + 180.0) % 360.0 - 180.0, lat, *_axes(total))


def beliefs(event_of: Ints, family: Words, columns: Mapping[str, Floats]) -> dict[str, Floats]:
    """Return the joint belief of each event: families multiply, detections of one family only average.

    A detection whose source says nothing (NaN or zero throughout) has no voice; an event nobody speaks of has NaN.
    """
    if not columns:
        return {}
    names = sorted(columns)
    table = np.stack([np.asarray(columns[name], dtype=np.float64) for name in names], axis=1)
    spoken = np.isfinite(table).any(axis=1) & (np.nansum(table, axis=1) > 0)
    count = int(event_of.max()) + 1
    _, kin = np.unique(family.astype(str), return_inverse=True)
    groups, group_of = np.unique(np.stack([event_of, kin], axis=1)[spoken], axis=0, return_inverse=True)
    logs = np.log(np.maximum(np.nan_to_num(table[spoken]), 1e-6))
    total = np.zeros((count, len(names)))
    members = np.bincount(group_of.reshape(-1), minlength=len(groups))
    for column in range(len(names)):
        mean = np.bincount(group_of.reshape(-1), weights=logs[:, column], minlength=len(groups)) / np.maximum(
            members, 1
        )
        total[:, column] = np.bincount(groups[:, 0], weights=mean, minlength=count)
    joint = np.exp(total - total.max(axis=1, keepdims=True))
    joint /= joint.sum(axis=1, keepdims=True)
    joint[np.bincount(event_of[spoken], minlength=count) == 0] = np.nan
    return {name: joint[:, column] for column, name in enumerate(names)}


def largest_pass_power(event_of: Ints, pass_of: Ints, power: Floats) -> Floats:
    """Return each event's largest sum of radiative power over one pass, megawatts; NaN where nothing measures it."""
    known = np.isfinite(power)
    found = np.full(int(event_of.max()) + 1, -np.inf)
    if known.any():
        keys, group = np.unique(np.stack([event_of, pass_of], axis=1)[known], axis=0, return_inverse=True)
        np.maximum.at(found, keys[:, 0], np.bincount(group.reshape(-1), weights=power[known]))
    return np.where(np.isfinite(found), found, np.nan)


def _heads(event_of: Ints) -> Ints:
    """First detection of each event."""
    return np.asarray(np.unique(event_of, return_index=True)[1], dtype=np.int64)


def _least(label: Ints, values: Floats) -> Floats:
    found = np.full(int(label.max()) + 1, np.inf)
    np.minimum.at(found, label, values)
    return found


def _matrix(packed: Floats) -> Floats:
    """(n, 2, 2) from (n, 3) east-east, north-north, east-north."""
    return packed[:, [0, 2, 2, 1]].reshape(-1, 2, 2)


def _inverse(matrices: Floats) -> Floats:
    return np.asarray(np.linalg.inv(matrices), dtype=np.float64)


def _sums(label: Ints, values: Floats) -> Floats:
    """Sum of values (n, …) per label."""
    flat = values.reshape(len(values), -1)
    found = np.stack([np.bincount(label, weights=flat[:, k]) for k in range(flat.shape[1])], axis=1)
    return np.asarray(found.reshape(-1, *values.shape[1:]), dtype=np.float64)


def _informed_mean(label: Ints, weight: Floats, offsets: Floats) -> tuple[Floats, Floats]:
    """Information-weighted mean (m, 2) and its covariance (m, 2, 2) per label."""
    error = _inverse(_sums(label, weight))
    vector = _sums(label, np.einsum("nij,nj->ni", weight, offsets))
    return np.asarray(np.einsum("mij,mj->mi", error, vector)), error


def _mean_matrix(label: Ints, matrices: Floats, size: Ints) -> Floats:
    return _sums(label, matrices) / size[:, None, None]


def _scatter(label: Ints, deviation: Floats, size: Ints) -> Floats:
    """Mean outer product of deviations per label."""
    return _mean_matrix(label, deviation[:, :, None] * deviation[:, None, :], size)


def _positive(matrices: Floats) -> Floats:
    """The matrices with their negative eigenvalues set to zero."""
    values, vectors = np.linalg.eigh(matrices)
    return np.asarray(np.einsum("mik,mk,mjk->mij", vectors, np.maximum(values, 0.0), vectors))


def _axes(matrices: Floats) -> tuple[Floats, Floats, Floats]:
    """Major and minor standard deviation and bearing of the major axis from north."""
    ee, nn, en = matrices[:, 0, 0], matrices[:, 1, 1], matrices[:, 0, 1]
    half, root = (ee + nn) / 2, np.hypot((ee - nn) / 2, en)
    bearing = np.degrees(np.arctan2(2 * en, nn - ee)) / 2 % 180.0
    return np.sqrt(half + root), np.sqrt(np.maximum(half - root, 0.0)), bearing
