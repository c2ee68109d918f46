# SPDX-License-Identifier: Apache-2.0
"""Looks from orbits, denials from lists of satellite-days, and which detection belongs to which look."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np
import numpy.typing as npt

from truceline.base.clock import Interval, iso
from truceline.base.geo import EARTH_KM, Floats
from truceline.coverage.orbit import Orbit, from_track, lonlat, unit
from truceline.errors import NoPlace
from truceline.model.detection import Detections
from truceline.model.look import Denial, Look, SatelliteDay

Region = tuple[float, float, float, float] | Floats
"""West, south, east, north in degrees (west > east crosses the antimeridian), or points (n, 2; lon/lat)."""

Bools = npt.NDArray[np.bool_]

MATCH_S = 240.0
"""How far a row's time may lie from its look, seconds."""

_STEP_S = 30.0
_TRACK_S = 30.0
_PAD_S = 60.0
_LONG_S = 2700.0
_MANY = 2000


def region_points(region: Region) -> Floats:
    """Return points (n, 2; lon/lat) that stand for the region: a grid of at most 31 × 31 over a box.

    Raises:
        NoPlace: it is empty, not finite, or outside longitude ±180, latitude ±90.
    """
    if isinstance(region, tuple):
        west, south, east, north = region
        width = (east - west) % 360 if east < west else east - west
        corners = np.array([west, east, south, north])
        good = bool(np.isfinite(corners).all() and np.abs(corners[:2]).max() <= 180 and south <= north)
        # Every half degree, so that no pass slips between; in a region too wide for that the swaths overlap anyway.
        columns, lines = (min(31, max(2, int(2 * side) + 2)) if good else 2 for side in (width, north - south))
        lon, lat = np.meshgrid(west + np.linspace(0, width, columns), np.linspace(south, north, lines))
        points = np.stack([(lon.ravel() + 180) % 360 - 180, lat.ravel()], axis=1)
    else:
        points = np.asarray(region, dtype=np.float64).reshape(-1, 2)
        if len(points) > _MANY:  # one of those that share a tenth of a degree stands for them
            points = points[np.sort(np.unique(np.round(points, 1), axis=0, return_index=True)[1])]
        good = len(points) > 0 and bool(np.isfinite(points).all() and np.abs(points[:, 0]).max() <= 180)
    if not good or np.abs(points[:, 1]).max() > 90:
        raise NoPlace("the region is empty or outside longitude ±180, latitude ±90")
    return points


def predict(orbits: Iterable[Orbit], region: Region, period: Interval) -> tuple[Look, ...]:
    """Return every pass whose swath covers part of the region, sorted by start, then sensor; rows or no rows.

    A look runs from the first to the last moment at which a point of the region lies abeam inside the swath.

    Raises:
        NoPlace: the region is empty or off the Earth.
    """
    points = region_points(region)
    looks = [
        look
        for orbit in orbits
        for look in over(
            orbit.position,
            points,
            period,
            sensor=orbit.sensor,
            family=orbit.family,
            half_swath_km=orbit.half_swath_km,
            altitude_km=orbit.altitude_km,
            sigma_s=orbit.sigma_s,
            basis=orbit.basis,
        )
    ]
    return tuple(sorted(looks, key=lambda look: (look.interval.start, look.sensor)))


def over(
    position: Callable[[Floats], Floats],
    points: Floats,
    period: Interval,
    *,
    sensor: str,
    family: str,
    half_swath_km: float,
    altitude_km: float,
    sigma_s: float,
    basis: str,
) -> Iterator[Look]:
    """Yield the looks of one satellite at points (n, 2; lon/lat) that begin within the period.

    ``position`` gives earth-fixed unit vectors (m, 3) of sub-satellite points at UTC seconds since 1970 (m,).
    """
    places = unit(points[:, 0], points[:, 1])
    for low, high in _near(position, places, period, half_swath_km):
        seen = _abeam(position, places, half_swath_km, low, high)
        if seen is None:
            continue
        start, end, covered = seen
        if not period.start.timestamp() <= start < period.end.timestamp():
            continue
        moments = np.arange(start - _PAD_S, end + _PAD_S + _TRACK_S, _TRACK_S)
        lon, lat = lonlat(position(moments))
        middle = covered.mean(axis=0)
        yield Look(
            sensor=sensor,
            family=family,
            interval=Interval(_moment(start), _moment(end)),
            track=tuple(zip((moments - start).tolist(), _four(lon), _four(lat), strict=True)),
            half_swath_km=half_swath_km,
            altitude_km=altitude_km,
            daylight=daylight(middle, (start + end) / 2),
            sigma_s=sigma_s,
            basis=basis,
        )


def _near(
    position: Callable[[Floats], Floats], places: Floats, period: Interval, half_swath_km: float
) -> Iterator[tuple[float, float]]:
    """Stretches (seconds) in which the satellite is near enough to the region to see any of it."""
    centre = places.mean(axis=0)
    centre = centre / max(float(np.linalg.norm(centre)), 1e-9)
    radius = float(np.arccos(np.clip((places @ centre).min(), -1, 1)))
    reach = min(np.pi, radius + half_swath_km / EARTH_KM + 0.02)
    times = np.arange(period.start.timestamp() - 1800, period.end.timestamp() + 1800, _STEP_S)
    where = position(times)
    near = np.flatnonzero(where @ centre >= np.cos(reach))
    if not near.size:
        return
    for run in np.split(near, np.flatnonzero(np.diff(near) > 1) + 1):
        # A region so wide that the satellite hardly leaves it: cut where it turns, so a pass is half an orbit.
        turns = np.flatnonzero(np.diff(np.sign(np.gradient(where[run, 2])))) + 1 if len(run) > 2 else run[:0]
        if len(run) * _STEP_S <= _LONG_S:
            turns = turns[:0]
        for piece in np.split(run, turns):
            yield float(times[piece[0]]) - _STEP_S, float(times[piece[-1]]) + _STEP_S


def _abeam(
    position: Callable[[Floats], Floats], places: Floats, half_swath_km: float, low: float, high: float
) -> tuple[float, float, Floats] | None:
    """First and last whole second at which a place lies abeam inside the swath, and those places."""
    times = np.arange(low - _STEP_S, high + 1.5 * _STEP_S, _STEP_S)
    step, across = from_track(position(times), places)
    inside = across <= half_swath_km
    if not inside.any():
        return None
    moments = times[0] + step[inside] * _STEP_S
    return float(np.floor(moments.min())), float(np.ceil(moments.max())), places[inside]


def _four(degrees: Floats) -> list[float]:
    """As a record keeps them, so that a look read back is the look that was written."""
    return [float(value) for value in np.round(degrees, 4)]


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)


def daylight(place: Floats, seconds: float) -> bool:
    """Return whether the sun stands less than 85° from the zenith of a unit vector at UTC seconds since 1970.

    85° parts day from night in the fire products (Giglio et al. 2016, RSE 178). Sun: Meeus 1998, low precision.
    """
    days = seconds / 86_400 - 10_957.5  # from J2000
    anomaly = np.radians(357.529 + 0.985_600_28 * days)
    longitude = np.radians(280.459 + 0.985_647_36 * days + 1.915 * np.sin(anomaly) + 0.02 * np.sin(2 * anomaly))
    tilt = np.radians(23.439)
    x, y, z = np.cos(longitude), np.cos(tilt) * np.sin(longitude), np.sin(tilt) * np.sin(longitude)
    turn = np.radians(280.460_62 + 360.985_647_37 * days)
    sun = np.array([x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn), z])
    return bool(place @ sun / max(float(np.linalg.norm(place)), 1e-9) > np.cos(np.radians(85)))


def denials(
    days: Sequence[SatelliteDay] | None,
    detections: Detections,
    sensors: Iterable[str],
    period: Interval,
    spoilt: Collection[tuple[str, date]] = (),
) -> tuple[Denial, ...]:
    """Return each satellite-day of the period that may not be read as watched, sorted by start, then sensor.

    With a list: every day whose status is not ``included`` (kept: its estimated rows), every day of a sensor the list
    does not mention, and every day said to hold rows of which none was read. Without: every day without any row. With
    or without: every ``spoilt`` day, of which rows came but none could be used.
    """
    dates = detections.time.astype("datetime64[D]")
    seen = set(detections.sensor.tolist())
    read: dict[tuple[str, date], int] = {}
    for sensor in seen:
        own, counts = np.unique(dates[detections.sensor == sensor], return_counts=True)
        read |= {(sensor, day): n for day, n in zip(own.tolist(), counts.tolist(), strict=True)}
    listed: dict[tuple[str, datetime], SatelliteDay] = {}
    for entry in days or ():
        key = (entry.sensor, entry.day)
        if key not in listed or listed[key].status == "included":  # of two statements the worse one counts
            listed[key] = entry
    found = []
    names = sorted({*sensors, *(entry.sensor for entry in days or ())})
    for whole in _days(period):
        part = whole.overlap(period)
        for sensor in names if part else ():
            held = read.get((sensor, whole.start.date()), 0)
            entry_or_none = listed.get((sensor, whole.start))
            why = _why(days is not None, entry_or_none, held, part == whole)
            if not why and part == whole and not held and (sensor, whole.start.date()) in spoilt:
                why = "rows of this day came, of which none could be used", "fire rows"
            if why and part:
                found.append(Denial(sensor, part, why[0], why[1], _detail(entry_or_none)))
    return tuple(found)


def _days(period: Interval) -> Iterator[Interval]:
    day = period.start.replace(hour=0, minute=0, second=0, microsecond=0)
    while day < period.end:
        yield Interval(day, day + timedelta(days=1))
        day += timedelta(days=1)


def _why(has_list: bool, entry: SatelliteDay | None, held: int, whole: bool) -> tuple[str, str] | None:
    """Reason and source of a denial, or None where the day was read; ``held`` rows of it stand in the file."""
    rows = f"{held:,} row" + ("" if held == 1 else "s")
    though = f", though {rows} of it were read: shown, not counted as watched" if held else ""
    if not has_list:
        return None if held else ("no rows and no statement that the file covers this day", "fire rows")
    if entry is None:
        return f"the list of satellite-days does not mention this day{though}", "satellite-day list"
    if entry.status != "included":
        status = entry.status.replace("_", " ")
        told = f"the day is listed as {status}" if held else f"the file of this day was not read: {status}"
        return f"{told}{though}", "satellite-day list"
    if entry.rows and whole and not held:
        return f"said to be included with {entry.rows} rows, of which none was read", "satellite-day list"
    return None


def _detail(entry: SatelliteDay | None) -> dict[str, object]:
    if entry is None:
        return {}
    return {"status": entry.status, "rows": entry.rows, "rows_basis": entry.rows_basis, "day": iso(entry.day)[:10]}


def readable(looks: Sequence[Look], denied: Iterable[Denial]) -> Bools:
    """Return which looks (n,) touch no denial of what they rest on: a pass half denied is not observed."""
    spans: dict[str, list[Interval]] = {}
    for denial in denied:
        spans.setdefault(denial.sensor, []).append(denial.interval)

    def free(look: Look) -> bool:
        return not any(
            look.interval.start < span.end and look.interval.end >= span.start
            for name in look.rests_on
            for span in spans.get(name, ())
        )

    return np.array([free(look) for look in looks], dtype=bool)


def on_denied(detections: Detections, denied: Iterable[Denial]) -> Bools:
    """Return which detections (n,) lie in a denied stretch of their sensor: seen, but part of no count of a watch."""
    found = np.zeros(len(detections), dtype=bool)
    for denial in denied:
        found |= denial.interval.holds(detections.time) & (detections.sensor == denial.sensor)
    return found


def match(looks: Sequence[Look], detections: Detections) -> npt.NDArray[np.int64]:
    """Return for each detection (n,) the position of the nearest look of its sensor within 4 minutes, else -1."""
    found = np.full(len(detections), -1, dtype=np.int64)
    moments = detections.time.astype("datetime64[us]").astype(np.int64) / 1e6
    for sensor in sorted({look.sensor for look in looks}):
        which = np.array([i for i, look in enumerate(looks) if look.sensor == sensor])
        start = np.array([looks[i].interval.start.timestamp() for i in which])
        end = np.array([looks[i].interval.end.timestamp() for i in which])
        rows = np.flatnonzero(detections.sensor == sensor)
        order = np.argsort(start + end, kind="stable")
        which, start, end = which[order], start[order], end[order]
        right = np.clip(np.searchsorted((start + end) / 2, moments[rows]), 0, len(which) - 1)
        both = np.stack([np.maximum(right - 1, 0), right])
        away = np.maximum(0, np.maximum(start[both] - moments[rows], moments[rows] - end[both]))
        nearer = both[away.argmin(axis=0), np.arange(len(rows))]
        found[rows] = np.where(away.min(axis=0) <= MATCH_S, which[nearer], -1)
    return found


def columns(looks: Sequence[Look]) -> Floats:
    """Return the moment of each look (n,), UTC seconds since 1970."""
    return np.array([look.moment.timestamp() for look in looks], dtype=np.float64)
