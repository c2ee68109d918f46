# SPDX-License-Identifier: Apache-2.0
"""Which pairs of detections may be the same fire: a chi-square gate on summed covariances, found through KD-trees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from truceline.base.geo import EARTH_KM, Floats, metres_per_degree, on_sphere
from truceline.errors import LimitExceeded, NoPlace
from truceline.model.detection import Detections, Ints

CHI2_GATE = 13.816
"""99.9 % point of chi-square with two degrees of freedom: a true pair is refused once in a thousand."""

DRIFT_M_PER_HOUR = 150.0
"""How far a fire's hottest part may move between two passes, one standard deviation, metres per hour."""

LASTING_KINDS = frozenset({"thermal_anomaly", "imagery_change"})
"""Signatures that last: seen again hours later, they may be the same event. All others are over in a moment."""

PASS_SECONDS = 600.0
"""Detections of one sensor this close in time belong to one pass, where no look says otherwise."""

TIME_GATE = 4.0
"""How many standard deviations two moments of one momentary event may differ."""

MAX_PAIRS = 50_000_000
"""Most pairs looked at in one search (about a gigabyte); a crowd beyond it is refused, not swallowed."""


@dataclass(frozen=True, eq=False)
class Frame:
    """Places and covariances of n detections, metric, in canonical order."""

    lon: Floats
    """Longitude, degrees."""

    lat: Floats
    """Latitude, degrees."""

    seconds: Floats
    """Time since the first detection, seconds."""

    place: Floats
    """Covariance of place (n, 3) as east-east, north-north, east-north, square metres."""

    footprint: Floats
    """Covariance of a point spread evenly over the pixel (n, 3); ``place`` where there is no pixel."""

    least_sigma_m: Floats
    """Smallest standard deviation of place in any direction, metres."""

    most_sigma_m: Floats
    """Largest standard deviation of place in any direction, metres."""

    sigma_s: Floats
    """Standard deviation of time, seconds; at least 1."""

    lasting: npt.NDArray[np.bool_]
    """Whether what was seen lasts (``LASTING_KINDS``)."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of detections inside the gate; ``first < second``, in order."""

    first: Ints
    """Position of one."""

    second: Ints
    """Position of the other."""

    cost: Floats
    """Minus twice the log likelihood that both are one place: squared Mahalanobis distance plus log determinant."""


def covariance(major: Floats, minor: Floats, bearing_deg: Floats) -> Floats:
    """Return (n, 3) east-east, north-north, east-north of ellipses with axes in metres, bearing from north."""
    east, north = np.sin(np.radians(bearing_deg)), np.cos(np.radians(bearing_deg))
    a, b = major**2, minor**2
    return np.stack([a * east**2 + b * north**2, a * north**2 + b * east**2, (a - b) * east * north], axis=1)


def frame_of(detections: Detections) -> Frame:
    """Return the metric frame of detections.

    An imaging sensor's detection carries ``scan_km`` and ``track_km``: the heat is anywhere in that pixel, so its
    place is never surer than an even spread over it (side / √12), whatever the source claims.

    Raises:
        NoPlace: a standard deviation of place is not a finite number above zero.
    """
    major, minor = detections.sigma_major_m, detections.sigma_minor_m
    if not (np.isfinite(major) & np.isfinite(minor) & (major > 0) & (minor > 0)).all():
        raise NoPlace("a detection's standard deviation of place is not a finite number above zero")
    bearing = np.nan_to_num(detections.bearing_deg)
    long_side, short_side = _pixel_m(detections)
    pixel = np.isfinite(long_side) & np.isfinite(short_side)
    major = np.where(pixel, np.fmax(major, long_side / np.sqrt(12)), major)
    minor = np.where(pixel, np.fmax(minor, short_side / np.sqrt(12)), minor)
    place = covariance(major, minor, bearing)
    flat = covariance(np.nan_to_num(long_side) / np.sqrt(12), np.nan_to_num(short_side) / np.sqrt(12), bearing)
    time = detections.time.astype("datetime64[us]").astype(np.int64)
    return Frame(
        lon=detections.lon,
        lat=detections.lat,
        seconds=(time - time.min()) / 1e6,
        place=place,
        footprint=np.where(pixel[:, None], flat, place),
        least_sigma_m=np.minimum(major, minor),
        most_sigma_m=np.maximum(major, minor),
        sigma_s=np.fmax(detections.sigma_s, 1.0),
        lasting=np.isin(detections.kind.astype(str), sorted(LASTING_KINDS)),
    )


def offsets_m(frame: Frame, origin: npt.NDArray[Any], target: npt.NDArray[Any]) -> tuple[Floats, Floats]:
    """Return east and north metres from detections ``origin`` to ``target``, locally flat, across the antimeridian."""
    east, north = metres_per_degree((frame.lat[origin] + frame.lat[target]) / 2)
    around = (frame.lon[target] - frame.lon[origin] + 180.0) % 360.0 - 180.0
    return around * east, (frame.lat[target] - frame.lat[origin]) * north


def gated_pairs(frame: Frame, pass_of: Ints, gap_s: float) -> Pairs:
    """Return the pairs that may be one event: of one pass, or near enough in time (``gap_s`` seconds if one lasts).

    Pixels of one pass share that pass's geolocation error, so between them only the footprints count: neighbours,
    also across a corner, pass the gate; pixels with a cold pixel between them do not. Between passes the whole
    covariances add, and a fire may have drifted. Momentary signatures of one sensor never pair: it saw two.
    """
    first, second = _candidates(frame, gap_s)
    same = pass_of[first] == pass_of[second]
    apart = np.abs(frame.seconds[first] - frame.seconds[second])
    lasting = frame.lasting[first] | frame.lasting[second]
    spread = np.hypot(frame.sigma_s[first], frame.sigma_s[second])
    keep = np.where(same, frame.lasting[first] & frame.lasting[second], apart <= _reach_s(lasting, spread, gap_s))
    first, second, same, apart = first[keep], second[keep], same[keep], apart[keep]
    late = np.where(lasting[keep], 0.0, apart / spread[keep])
    summed = np.where(
        same[:, None],
        frame.footprint[first] + frame.footprint[second],
        frame.place[first] + frame.place[second],
    )
    drift = np.where(same | ~lasting[keep], 0.0, (DRIFT_M_PER_HOUR * apart / 3600.0) ** 2)
    ee, nn, en = summed[:, 0] + drift, summed[:, 1] + drift, summed[:, 2]
    dx, dy = offsets_m(frame, first, second)
    determinant = ee * nn - en**2
    distance2 = (nn * dx**2 - 2 * en * dx * dy + ee * dy**2) / determinant
    inside = distance2 <= CHI2_GATE
    cost = (distance2 + np.log(determinant) + late**2)[inside]
    first, second = first[inside], second[inside]
    order = np.lexsort((second, first))
    return Pairs(first[order], second[order], cost[order])


def _reach_s(lasting: npt.NDArray[np.bool_], spread: Floats, gap_s: float) -> Floats:
    """How far apart in time a pair may be, seconds."""
    return np.where(lasting, gap_s, TIME_GATE * spread)


def _pixel_m(detections: Detections) -> tuple[Floats, Floats]:
    """Longer and shorter side of each detection's pixel, metres; NaN where it has none."""
    none = np.full(len(detections), np.nan)
    scan = np.asarray(detections.attributes.get("scan_km", none), dtype=np.float64) * 1000
    track = np.asarray(detections.attributes.get("track_km", none), dtype=np.float64) * 1000
    good = (scan > 0) & (track > 0)
    scan, track = np.where(good, scan, np.nan), np.where(good, track, np.nan)
    return np.maximum(scan, track), np.minimum(scan, track)


def _candidates(frame: Frame, gap_s: float) -> tuple[Ints, Ints]:
    """Pairs near enough in space and time to be worth the exact test.

    Detections are sorted into octaves of σ, and each pair of octaves is searched with its own radius: one coarse
    sensor must not make every fine one search kilometres. Time is a fourth axis scaled so that the longest time the
    two may be apart equals the radius; the box norm then bounds both at once.
    """
    largest = frame.most_sigma_m  # of place: the footprint is never wider
    octave = 2 * np.floor(np.log2(largest)).astype(np.int64) + frame.lasting
    found: list[tuple[Ints, Ints]] = []
    levels = [(level, np.flatnonzero(octave == level)) for level in np.unique(octave).tolist()]
    space = _on_the_globe(frame)
    for number, (level, rows) in enumerate(levels):
        for other, others in levels[number:]:
            lasts = bool(frame.lasting[rows[0]] | frame.lasting[others[0]])
            spread = float(np.hypot(frame.sigma_s[rows].max(), frame.sigma_s[others].max()))
            reach = max(gap_s, PASS_SECONDS) if lasts else TIME_GATE * spread
            drift = DRIFT_M_PER_HOUR * gap_s / 3600.0 if lasts else 0.0
            widest = float(largest[rows].max()) ** 2 + float(largest[others].max()) ** 2
            radius = float(np.sqrt(CHI2_GATE * (widest + drift**2))) * 1.01
            scaled = np.column_stack([space, frame.seconds * (radius / reach)])
            found.append(_search(scaled, rows, others, radius, same=level == other))
    first = np.concatenate([pair[0] for pair in found])
    second = np.concatenate([pair[1] for pair in found])
    return np.minimum(first, second), np.maximum(first, second)


def _search(scaled: Floats, rows: Ints, others: Ints, radius: float, *, same: bool) -> tuple[Ints, Ints]:
    """Pairs between two sets of rows within ``radius`` on every axis."""
    tree = cKDTree(scaled[rows])
    if len(rows) * len(others) > MAX_PAIRS:
        count = int(tree.count_neighbors(cKDTree(scaled[others]), radius, p=np.inf))
        if count > MAX_PAIRS:
            raise LimitExceeded(f"{count:,} pairs of detections lie within {radius:,.0f} m; at most {MAX_PAIRS:,}")
    if same:
        pairs = tree.query_pairs(radius, p=np.inf, output_type="ndarray")
        return rows[pairs[:, 0]], rows[pairs[:, 1]]
    close = tree.sparse_distance_matrix(cKDTree(scaled[others]), radius, p=np.inf, output_type="ndarray")
    return rows[close["i"]], others[close["j"]]


def _on_the_globe(frame: Frame) -> Floats:
    """Places on a sphere (n, 3), metres, so that nothing depends on where the map is cut.

    A chord on the sphere differs from the ellipsoid's by under one per cent, which the radius allows for.
    """
    return 1000.0 * EARTH_KM * on_sphere(frame.lon, frame.lat)
