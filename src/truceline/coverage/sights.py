# SPDX-License-Identifier: Apache-2.0
"""Looks of every kind, as the coverage field takes them: what a sensor could have seen of one reference act.

Four kinds: a satellite's **swath**, a moving **track** with a round footprint (a drone, a patrol), a fixed sensor's
**range** curve, and an **area** (any polygon). Each carries P(detect the act | it happens there while the sensor looks,
clear sky); which act that is, whoever made the looks knows. One sensor gets one chance at an act however long it stares
(a sensor that missed it is taken to miss it again); each pass of a satellite is a chance of its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from truceline.base.clock import Interval
from truceline.base.geo import Floats, check_places
from truceline.coverage.detect import p_detect
from truceline.coverage.orbit import unit
from truceline.errors import Malformed, NoPlace, NoTime
from truceline.model.look import Denial, Look

MAX_CORNERS = 2_000_000
"""Most corners of one track or ring."""

_SWATH_STEPS = 64


@dataclass(frozen=True, eq=False)
class Swath:
    """One pass of a satellite."""

    id: str
    """Unique among the looks of a field; the order of looks is that of their ids."""

    sensor: str
    """Which instrument; denials name it."""

    family: str
    """Error family."""

    first: float
    """When it comes over the region, UTC seconds since 1970."""

    last: float
    """When it leaves it; the act is looked at in the middle between the two."""

    track: Floats
    """Earth-fixed unit vectors (m, 3) of sub-satellite points, m >= 3, equally spaced, past the region."""

    near_km: float
    """Nearest ground distance from the track that is seen, kilometres; 0 for a sensor that looks straight down."""

    far_km: float
    """Greatest ground distance from the track that is seen, kilometres."""

    side: int
    """1 left of the track only, -1 right only, 0 both."""

    p: tuple[float, ...]
    """P(detect) at equal steps of ground distance from 0 to ``far_km``."""

    sky: float = 1.0
    """Share of the cloud that blinds it: 1 for optics, 0 for radar."""

    feed: str = ""
    """What its orbit is known from, as denials name it; empty where that cannot be late."""


@dataclass(frozen=True, eq=False)
class Track:
    """One sortie of something that moves and sees all around it."""

    id: str
    """Unique among the looks of a field."""

    sensor: str
    """Which; denials name it."""

    family: str
    """Error family."""

    seconds: Floats
    """UTC seconds since 1970 of each corner (m,), rising."""

    lon: Floats
    """Degrees (m,)."""

    lat: Floats
    """Degrees (m,)."""

    radius_km: float
    """How far it sees from the point below it, kilometres."""

    p: float
    """P(detect) inside."""

    sky: float = 0.0
    """Share of the cloud that blinds it."""


@dataclass(frozen=True, eq=False)
class Fixed:
    """A sensor that stands still, with a curve of probability over range."""

    id: str
    """Unique among the looks of a field."""

    sensor: str
    """Which; denials name it."""

    family: str
    """Error family."""

    interval: Interval
    """From when to when it listens."""

    lon: float
    """Degrees."""

    lat: float
    """Degrees."""

    ranges_km: tuple[float, ...]
    """Ranges, rising; beyond the last nothing is detected."""

    p: tuple[float, ...]
    """P(detect) at each range; straight lines between."""

    sky: float = 0.0
    """Share of the cloud that blinds it."""

    towards_deg: float | None = None
    """Middle of the arc it faces, degrees from north; None: all around."""

    arc_deg: float = 360.0
    """Width of that arc."""


@dataclass(frozen=True, eq=False)
class Area:
    """Anything whose footprint is given as polygons: an image, a patrol's report, a radar's sector."""

    id: str
    """Unique among the looks of a field."""

    sensor: str
    """Which; denials name it."""

    family: str
    """Error family."""

    interval: Interval
    """From when to when it looks."""

    rings: tuple[tuple[tuple[float, float], ...], ...]
    """Outer rings, lon/lat degrees, none wider than half the Earth."""

    p: float
    """P(detect) inside."""

    sky: float = 0.0
    """Share of the cloud that blinds it."""


Sight = Swath | Track | Fixed | Area
"""Any look."""


def check(sight: Sight) -> None:
    """Refuse a look that means nothing.

    Raises:
        Malformed: a probability outside 0 to 1, a negative reach, lengths that differ.
        NoPlace: it lies off the Earth. NoTime: its times do not rise.
    """
    chances = sight.p if isinstance(sight.p, tuple) else (sight.p,)
    if not all(0 <= chance <= 1 for chance in (*chances, sight.sky)):
        raise Malformed("a probability of detection lies outside 0 to 1", record=sight.id)
    if isinstance(sight, Swath):
        good = len(sight.track) >= 3 and 0 <= sight.near_km < sight.far_km <= 5000 and len(sight.p) >= 2
        if not good or not math.isfinite(float(sight.track.sum())):
            raise Malformed("a swath needs three points of track and a reach of at most 5,000 km", record=sight.id)
    elif isinstance(sight, Track):
        _check_track(sight)
    elif isinstance(sight, Fixed):
        _check_places(np.array([sight.lon]), np.array([sight.lat]), sight.id)
        ranges = np.array(sight.ranges_km)
        if len(ranges) != len(sight.p) or not len(ranges) or not (np.diff(ranges) > 0).all() or not ranges[0] >= 0:
            raise Malformed("a range curve needs rising ranges and as many probabilities", record=sight.id)
        if not ranges[-1] <= 3000:
            raise Malformed("a fixed sensor's range is at most 3,000 km", record=sight.id)
    else:
        for ring in sight.rings:
            corners = np.array(ring, dtype=np.float64).reshape(-1, 2)
            if not 3 <= len(corners) <= MAX_CORNERS:
                raise Malformed("a ring needs at least three corners", record=sight.id)
            _check_places(corners[:, 0], corners[:, 1], sight.id)


def _check_track(sight: Track) -> None:
    if not len(sight.seconds) == len(sight.lon) == len(sight.lat) or not 2 <= len(sight.seconds) <= MAX_CORNERS:
        raise Malformed("a track needs two corners or more, each with a time and a place", record=sight.id)
    if not np.isfinite(sight.seconds).all() or not (np.diff(sight.seconds) > 0).all():
        raise NoTime("the times of a track do not rise", record=sight.id)
    if not 0 < sight.radius_km <= 500:
        raise Malformed("a moving footprint's radius lies between 0 and 500 km", record=sight.id)
    _check_places(sight.lon, sight.lat, sight.id)


def _check_places(lon: Floats, lat: Floats, name: str) -> None:
    if not check_places(lon, lat).all():
        raise NoPlace("outside longitude ±180, latitude ±90", record=name)


def of_look(look: Look, power_mw: float, *, name: str | None = None) -> Swath:
    """Return a pass over the line as the field takes it, for a fire of ``power_mw`` megawatts."""
    moments, lon, lat = np.array(look.track, dtype=np.float64).reshape(-1, 3).T
    corner = unit(lon, lat)
    even = np.linspace(moments[0], moments[-1], max(3, len(moments)))
    track = np.stack([np.interp(even, moments, corner[:, axis]) for axis in range(3)], axis=1)
    return Swath(
        id=name or f"{look.sensor} {look.interval.start.isoformat()}",
        sensor=look.sensor,
        family=look.family,
        first=look.interval.start.timestamp(),
        last=look.interval.end.timestamp(),
        track=track / np.linalg.norm(track, axis=1, keepdims=True),
        near_km=0.0,
        far_km=look.half_swath_km,
        side=0,
        feed="".join(look.rests_on[1:]),
        p=fire_curve(look.sensor, power_mw, look.half_swath_km, look.altitude_km, by_day=look.daylight),
    )


def fire_curve(sensor: str, power_mw: float, far_km: float, altitude_km: float, *, by_day: bool) -> tuple[float, ...]:
    """Return P(detect a fire of that power) at equal steps of ground distance from 0 to ``far_km``."""
    across = np.linspace(0, far_km, _SWATH_STEPS)
    found = p_detect(power_mw, across, sensor=sensor, altitude_km=altitude_km, by_day=by_day)
    return tuple(np.asarray(found).tolist())


def seconds_of(sight: Sight) -> tuple[float, float]:
    """Return first and last moment of a look, UTC seconds since 1970; a swath's are those of its one moment."""
    if isinstance(sight, Track):
        return float(sight.seconds[0]), float(sight.seconds[-1])
    if isinstance(sight, Swath):
        return (sight.first + sight.last) / 2, (sight.first + sight.last) / 2
    return sight.interval.start.timestamp(), sight.interval.end.timestamp()


def names_of(sight: Sight) -> tuple[str, ...]:
    """Return whose denial denies a look."""
    return (sight.sensor, sight.feed) if isinstance(sight, Swath) and sight.feed else (sight.sensor,)


def denied_spans(sight: Sight, denials: Sequence[Denial]) -> list[tuple[float, float]]:
    """Return the stretches (seconds) in which what this look rests on was denied, joined, in order."""
    low, high = seconds_of(sight)
    names = names_of(sight)
    if isinstance(sight, Swath):  # a pass half denied is not observed
        low, high = sight.first, sight.last
    pairs = sorted(
        (denial.interval.start.timestamp(), denial.interval.end.timestamp())
        for denial in denials
        if denial.sensor in names
    )
    found: list[tuple[float, float]] = []
    for start, end in pairs:
        if end <= start or start > high or end <= low:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
