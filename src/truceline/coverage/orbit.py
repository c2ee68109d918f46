# SPDX-License-Identifier: Apache-2.0
"""A sun-synchronous orbit fitted to the times, places and pixel sizes of a satellite's own rows.

Frames: the Earth is a sphere of 6,371.0088 km on which geodetic latitudes are first made geocentric. ``u`` is the
angle along the orbit from the ascending node; the *sun frame* turns with the mean sun (longitude + 15° × UTC hours),
and in it the plane of a sun-synchronous orbit stands still: J2 turns its node by 0.9856° a day, as the mean sun moves
(Vallado 2013, Fundamentals of Astrodynamics and Applications, section 11.4.1). One row therefore tells, by itself,
how far along the orbit and how far from the track it lies, once the local time of the node is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from truceline.base.clock import iso, utc
from truceline.base.geo import EARTH_KM, Floats
from truceline.coverage.earth import over_ground
from truceline.model.detection import Detections
from truceline.model.record import Record

_EQUATOR_KM, _MU, _J2 = 6378.137, 398_600.4418, 1.082_63e-3
_SUN_RATE = 2 * np.pi / (365.2422 * 86_400)
_FLATTEN = 1 - 0.006_694_379_990_141
DAY_S = 86_400.0

MIN_PASSES = 3
"""Fewest passes with rows from which a phase is fitted where the period is held by the operator."""

MIN_PASSES_FREE = 12
"""Fewest passes with rows where the period itself must be found as well."""

MIN_DAYS_FREE = 3.0
"""Shortest stretch of rows, days, where the period itself must be found."""

_APART_MIN = 20.0  # rows further apart come from different passes
_GRID_ROWS = 200
_MOST_ROWS = 20_000


@dataclass(frozen=True)
class Instrument:
    """What is known of an instrument and its orbit before any row is read."""

    period_min: float
    """Nominal nodal period, minutes."""

    period_range_min: float
    """How far from it the period is sought, minutes."""

    period_sigma_min: float
    """How firmly the operator holds it: one standard deviation, minutes."""

    half_swath_km: float
    """How far to either side it sees, ground kilometres."""

    track_km: float
    """A pixel's size along the track straight below, kilometres (it grows as the range does)."""

    held: bool
    """Whether the operator holds the ground track, so that a phase alone needs fitting."""


# VIIRS: 227 orbits in 16 days, swath 3,060 km. MODIS: 233 orbits in 16 days until Terra and Aqua left their
# places (by the end of 2022); both have sunk since, so their period is sought. Swath 2,330 km.
# Pixel sizes: medians of real rows.
INSTRUMENTS: Mapping[str, Instrument] = {
    "VIIRS": Instrument(16 * 1440 / 227, 0.02, 0.003, 1530.0, 0.3595, held=True),
    "MODIS": Instrument(98.60, 0.45, 0.20, 1165.0, 1.0, held=False),
}

# Local mean solar time of the ascending node, hours: where it is sought. Terra and Aqua drift towards 8 and 16 h.
_NODE_HOURS: Mapping[str, tuple[float, float]] = {
    "VIIRS": (12.7, 14.2),
    "MODIS/Terra": (18.5, 23.0),
    "MODIS/Aqua": (13.0, 18.0),
    "MODIS": (0.0, 24.0),
}
_EDGE_HOURS = 0.05


def instrument(sensor: str) -> Instrument | None:
    """Return what is known of the instrument of ``VIIRS/NOAA-20`` and the like; None if nothing is."""
    return INSTRUMENTS.get(sensor.split("/", maxsplit=1)[0])


@dataclass(frozen=True)
class Orbit:
    """One satellite's orbit during a watch: circular, sun-synchronous."""

    sensor: str
    """Which instrument, as its detections name it."""

    family: str
    """Error family of its rows."""

    period_min: float
    """Nodal period, minutes."""

    node_time: datetime
    """One passage through the ascending node, UTC; all others follow at whole periods."""

    node_local_hours: float
    """Local mean solar time of the ascending node, hours."""

    inclination_deg: float
    """Inclination, degrees: the one that makes an orbit of this period sun-synchronous."""

    altitude_km: float
    """Height above the mean sphere, kilometres."""

    half_swath_km: float
    """How far to either side of the track it sees, ground kilometres."""

    sigma_s: float
    """One standard deviation of the rows' times about the orbit, seconds (robust)."""

    n_rows: int
    """Rows it was fitted to, repeats counted once."""

    n_passes: int
    """Passes those rows come from."""

    basis: str = "orbit fitted to rows"
    """How it is known."""

    @property
    def phase_day_min(self) -> float:
        """Equator crossings of the lit half: minutes since 1970, modulo the period."""
        return self._phase(6 <= self.node_local_hours < 18)

    @property
    def phase_night_min(self) -> float:
        """Equator crossings of the dark half: minutes since 1970, modulo the period."""
        return self._phase(not 6 <= self.node_local_hours < 18)

    def _phase(self, ascending: bool) -> float:
        return (self.node_time.timestamp() / 60 + (0.0 if ascending else self.period_min / 2)) % self.period_min

    def position(self, seconds: Floats) -> Floats:
        """Return earth-fixed unit vectors (n, 3) of the sub-satellite points at UTC seconds since 1970 (n,)."""
        u = 2 * np.pi * (seconds - self.node_time.timestamp()) / (60 * self.period_min)
        tilt = np.radians(self.inclination_deg)
        x, y, z = np.cos(u), np.cos(tilt) * np.sin(u), np.sin(tilt) * np.sin(u)
        turn = np.radians(15 * self.node_local_hours - (seconds % DAY_S) / 240)
        return np.stack([x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn), z], axis=-1)

    def record(self) -> Record:
        """Return it as the ledger holds it."""
        body = {
            "sensor": self.sensor,
            "family": self.family,
            "period_min": self.period_min,
            "node_time": iso(self.node_time),
            "node_local_hours": self.node_local_hours,
            "phase_day_min": round(self.phase_day_min, 3),
            "phase_night_min": round(self.phase_night_min, 3),
            "inclination_deg": self.inclination_deg,
            "altitude_km": self.altitude_km,
            "half_swath_km": self.half_swath_km,
            "sigma_s": self.sigma_s,
            "n_rows": self.n_rows,
            "n_passes": self.n_passes,
            "basis": self.basis,
        }
        return Record("orbit", body)

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Orbit:
        """Return the orbit a ledger body describes; predictions from it are the same to the byte."""
        return cls(
            sensor=body["sensor"],
            family=body["family"],
            period_min=float(body["period_min"]),
            node_time=utc(body["node_time"]),
            node_local_hours=float(body["node_local_hours"]),
            inclination_deg=float(body["inclination_deg"]),
            altitude_km=float(body["altitude_km"]),
            half_swath_km=float(body["half_swath_km"]),
            sigma_s=float(body["sigma_s"]),
            n_rows=int(body["n_rows"]),
            n_passes=int(body["n_passes"]),
            basis=body["basis"],
        )


def unit(lon: Floats, lat: Floats) -> Floats:
    """Return earth-fixed unit vectors (n, 3) of places given by geodetic degrees, each (n,)."""
    lam, phi = np.radians(lon), np.arctan(np.tan(np.radians(lat)) * _FLATTEN)
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=-1)


def lonlat(vectors: Floats) -> tuple[Floats, Floats]:
    """Return geodetic lon, lat in degrees of unit vectors (n, 3)."""
    lat = np.arctan2(vectors[..., 2], np.hypot(vectors[..., 0], vectors[..., 1]) * _FLATTEN)
    return np.degrees(np.arctan2(vectors[..., 1], vectors[..., 0])), np.degrees(lat)


def abeam(cosines: Floats) -> tuple[Floats, Floats]:
    """Return (step at which each of n places lies abeam, cosine of its distance from the track then), each (n,).

    ``cosines`` (m, n) are those of the distances from m >= 3 track points at equal steps. Near the nearest of them the
    cosine is A cos(w (t - t0)), whose three unknowns follow from three steps; beyond the ends of the track, its end.
    """
    count = len(cosines)
    best = np.clip(cosines.argmax(axis=0), 1, count - 2)
    every = np.arange(cosines.shape[1])
    before, at, after = (cosines[best + step, every] for step in (-1, 0, 1))
    at = np.where(np.abs(at) < 1e-9, 1e-9, at)
    pace = np.arccos(np.clip((before + after) / (2 * at), -1, 1))
    pace = np.maximum(pace, 1e-9)
    turn = np.arctan((after - before) / (2 * at * np.sin(pace)))
    moved = np.clip(turn / pace, -1, 1)
    return best + moved, np.clip(at / np.cos(turn) * np.cos(turn - pace * moved), -1, 1)


def from_track(track: Floats, places: Floats) -> tuple[Floats, Floats]:
    """Return (step at which each of n places lies abeam, its distance from the track then in kilometres), each (n,).

    ``track`` (m, 3), m >= 3, and ``places`` (n, 3) are geocentric unit vectors; distances are over the ellipsoid.
    """
    step, cosine = abeam(track @ places.T)
    foot = np.interp(step, np.arange(len(track)), track[:, 2])
    return step, over_ground(np.arccos(cosine), foot, places[:, 2])


def shape(period_min: float) -> tuple[float, float]:
    """Return (altitude above the mean sphere in km, inclination in degrees) of the sun-synchronous orbit.

    Nodal period and nodal rate of a circular orbit with J2 (Vallado 2013, eq. 9-38 and section 11.4.1).
    """
    seconds, tilt = period_min * 60, np.radians(98.5)
    axis = 0.0
    for _ in range(6):  # converges to a millimetre in four
        scale = (_EQUATOR_KM / axis) ** 2 if axis else 0.8
        kepler = seconds / (1 - 1.5 * _J2 * scale * (3 - 4 * np.sin(tilt) ** 2))
        axis = float((_MU * (kepler / (2 * np.pi)) ** 2) ** (1 / 3))
        tilt = np.arccos(-_SUN_RATE * axis**3.5 / (1.5 * _J2 * np.sqrt(_MU) * _EQUATOR_KM**2))
    return axis - EARTH_KM, float(np.degrees(tilt))


def slant(ground_km: Floats, altitude_km: float) -> Floats:
    """Return the range from the satellite to places ``ground_km`` from its track, in units of the altitude."""
    rim, angle = EARTH_KM + altitude_km, np.asarray(ground_km) / EARTH_KM
    return np.asarray(np.sqrt(EARTH_KM**2 + rim**2 - 2 * EARTH_KM * rim * np.cos(angle)) / altitude_km)


@dataclass(frozen=True)
class _Rows:
    """One satellite's rows, repeats dropped: places in the sun frame and times."""

    angle: Floats
    """Longitude in the sun frame, radians."""

    phi: Floats
    """Geocentric latitude, radians."""

    minutes: Floats
    """UTC, minutes since 1970."""

    track: Floats
    """Pixel size along the track over its size at nadir; NaN where the file does not say."""

    def thinned(self) -> _Rows:
        """Return at most 20,000 rows, evenly in order of time: more do not make an orbit better known."""
        if len(self.minutes) <= _MOST_ROWS:
            return self
        kept = np.linspace(0, len(self.minutes) - 1, _MOST_ROWS).round().astype(np.int64)
        return _Rows(self.angle[kept], self.phi[kept], self.minutes[kept], self.track[kept])

    def along(self, node_hours: float, tilt: float) -> tuple[Floats, Floats]:
        """Return (share of an orbit since the ascending node, kilometres from the track) of each row."""
        lam = self.angle - np.radians(15 * node_hours)
        x, y, z = np.cos(self.phi) * np.cos(lam), np.cos(self.phi) * np.sin(lam), np.sin(self.phi)
        across = np.arcsin(np.clip(np.cos(tilt) * z - np.sin(tilt) * y, -1, 1)) * EARTH_KM
        return np.arctan2(np.cos(tilt) * y + np.sin(tilt) * z, x) / (2 * np.pi) % 1.0, np.abs(across)


def fit(detections: Detections) -> tuple[Orbit, ...]:
    """Return one orbit per sensor of a known instrument that has enough rows, sorted by sensor.

    Enough is ``MIN_PASSES`` passes with rows for an instrument whose ground track is held (VIIRS), else
    ``MIN_PASSES_FREE`` over ``MIN_DAYS_FREE`` days. A sensor without an orbit has no looks: not observed.
    """
    found = []
    for sensor in sorted(set(detections.sensor.tolist())):
        known = instrument(sensor)
        if known is None:
            continue
        rows = detections.take(detections.sensor == sensor)
        orbit = _fit_one(sensor, str(rows.family[0]), known, _rows(rows, known))
        if orbit is not None:
            found.append(orbit)
    return tuple(found)


def _rows(rows: Detections, known: Instrument) -> _Rows:
    """Columns for the fit; a row that several scrapes repeat counts once."""
    seconds = rows.time.astype("datetime64[us]").astype(np.int64) / 1e6
    keys = np.stack([seconds, np.round(rows.lon, 4), np.round(rows.lat, 4)], axis=1)
    one = np.unique(keys, axis=0, return_index=True)[1]
    track = rows.attributes.get("track_km")
    sizes = np.full(len(rows), np.nan) if track is None else np.asarray(track, dtype=np.float64)
    seconds = seconds[one]
    return _Rows(
        angle=np.radians(rows.lon[one] + (seconds % DAY_S) / 240),
        phi=np.arctan(np.tan(np.radians(rows.lat[one])) * _FLATTEN),
        minutes=seconds / 60,
        track=sizes[one] / known.track_km,
    )


def _fit_one(sensor: str, family: str, known: Instrument, rows: _Rows) -> Orbit | None:
    times = np.unique(rows.minutes)
    passes = int((np.diff(times) > _APART_MIN).sum()) + 1
    enough = passes >= MIN_PASSES if known.held else passes >= MIN_PASSES_FREE
    if not enough or (not known.held and float(np.ptp(times)) < MIN_DAYS_FREE * 1440):
        return None
    count, rows = len(rows.minutes), rows.thinned()
    altitude, inclination = shape(known.period_min)
    hours = _node_hours(sensor, known, rows, altitude, np.radians(inclination))
    share, _ = rows.along(hours, np.radians(inclination))
    period, node, residual = _period(known, rows.minutes, share)
    altitude, inclination = shape(period)
    spread = 1.4826 * float(np.median(np.abs(residual))) * 60
    return Orbit(
        sensor=sensor,
        family=family,
        period_min=round(period, 6),
        node_time=datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=round(node * 60_000)),
        node_local_hours=round(hours, 4),
        inclination_deg=round(inclination, 3),
        altitude_km=round(altitude, 1),
        half_swath_km=known.half_swath_km,
        sigma_s=round(max(spread, 20.0), 1),
        n_rows=count,
        n_passes=passes,
    )


def _node_hours(sensor: str, known: Instrument, rows: _Rows, altitude: float, tilt: float) -> float:
    """Local time of the ascending node at which pixel sizes fit distances from the track; grid, then finer grid."""
    low, high = _NODE_HOURS.get(sensor, _NODE_HOURS[sensor.split("/", maxsplit=1)[0]])
    sized = np.isfinite(rows.track)

    def cost(hours: float) -> float:
        _, across = rows.along(hours, tilt)
        outside = float((across > known.half_swath_km + 30).mean())
        if not sized.any():  # without sizes: the node that brings all rows nearest to the track
            return outside + float(np.quantile(across, 0.95)) / 1e4
        miss = np.abs(rows.track[sized] - slant(np.minimum(across[sized], 3000.0), altitude))
        return outside + float(np.minimum(miss, 0.2).mean())

    best = low
    for step, reach in ((1 / 30, None), (1 / 600, 1 / 15)):
        grid = np.arange(low, high, step) if reach is None else np.arange(best - reach, best + reach, step)
        costs = [cost(float(hours)) for hours in grid]
        best = float(grid[int(np.argmin(costs))])
    return best % 24


def at_edge(found: Orbit) -> bool:
    """Return whether the node of an orbit lies at the end of where it is sought: then it is probably none of this."""
    low, high = _NODE_HOURS.get(found.sensor, _NODE_HOURS[found.sensor.split("/", maxsplit=1)[0]])
    return not low + _EDGE_HOURS < found.node_local_hours < high - _EDGE_HOURS


def _fold(times: npt.NDArray[np.float64], share: Floats, period: float) -> tuple[float, Floats]:
    """Node passage (minutes since 1970) nearest the middle of the rows, and each row's residual, minutes."""
    nodes = times - share * period
    turn = np.exp(2j * np.pi * (nodes % period) / period).mean()
    phase = float(np.angle(turn)) / (2 * np.pi) * period
    residual = (nodes - phase + period / 2) % period - period / 2
    phase += float(np.median(residual))
    middle = float(times.min() + times.max()) / 2
    node = phase + round((middle - phase) / period) * period
    return node, (nodes - node + period / 2) % period - period / 2


def _period(known: Instrument, times: Floats, share: Floats) -> tuple[float, float, Floats]:
    """Period, node passage and residuals (minutes): grid, then reweighted least squares with the nominal as prior."""
    # Half a step shifts the outermost rows by less than half a minute against the middle ones; in years of rows no more
    # than 20,000 steps are tried.
    turns = max(1.0, float(np.ptp(times)) / known.period_min)
    half = int(min(10_000, np.ceil(known.period_range_min * turns / 1.0)))
    grid = known.period_min + np.linspace(-known.period_range_min, known.period_range_min, 2 * half + 1)
    pull = 0.02 * ((grid - known.period_min) / known.period_sigma_min) ** 2
    some = np.unique(np.linspace(0, len(times) - 1, _GRID_ROWS).round().astype(np.int64))  # rows are sorted by time
    costs = [float(np.minimum(np.abs(_fold(times[some], share[some], float(p))[1]), 5.0).mean()) for p in grid]
    period = float(grid[int(np.argmin(np.array(costs) + pull * (known.held or len(times) < 100)))])
    node, residual = _fold(times, share, period)
    for _ in range(8):
        orbits = np.round((times - share * period - node) / period)
        weight = 1.0 / np.maximum(np.abs(residual), 0.7)
        design = np.stack([np.ones_like(orbits), orbits], axis=1)
        prior = np.diag([0.0, 1.0 / known.period_sigma_min**2])
        drawn = np.array([0.0, (known.period_min - period) / known.period_sigma_min**2])
        step = np.linalg.solve(design.T @ (design * weight[:, None]) + prior, design.T @ (weight * residual) + drawn)
        node, period = node + float(step[0]), period + float(step[1])
        residual = (times - share * period - node + period / 2) % period - period / 2
    return period, node, residual
