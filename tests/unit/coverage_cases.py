# SPDX-License-Identifier: Apache-2.0
"""Rows, lines and looks the coverage tests share: real rows from the example watch, made rows from a made orbit."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from truceline.base.clock import Interval, utc
from truceline.base.geo import EARTH_KM, Line
from truceline.coverage import passes
from truceline.coverage.orbit import INSTRUMENTS, Orbit, instrument, shape, slant, unit
from truceline.model.detection import Detections
from truceline.model.look import Look, SatelliteDay
from truceline.model.watching import CloudDay

SENSORS = {
    "N": "VIIRS/Suomi-NPP", "N20": "VIIRS/NOAA-20", "N21": "VIIRS/NOAA-21", "T": "MODIS/Terra", "A": "MODIS/Aqua",
}  # fmt: skip
DATA = Path("examples/easter-truce-2026/data")
UKRAINE = (22.0, 44.3, 40.3, 52.4)
WATCH = Interval(utc("2026-04-01T00:00Z"), utc("2026-04-22T00:00Z"))
TRUCE = Interval(utc("2026-04-11T13:00Z"), utc("2026-04-12T21:00Z"))


def detections(sensor, lon, lat, seconds, track_km=None, daylight=None) -> Detections:
    """Columns from plain lists; ``seconds`` are UTC since 1970."""
    n = len(lon)
    none = np.zeros(n)
    attributes = {} if track_km is None else {"track_km": np.asarray(track_km, float)}
    if daylight is not None:
        attributes["daylight"] = np.asarray(daylight, bool)
    time = (np.asarray(seconds, float) * 1e6).astype(np.int64).astype("datetime64[us]")
    words = np.array([sensor] * n if isinstance(sensor, str) else list(sensor), dtype=object)
    family = np.array([word.split("/")[0] for word in words], dtype=object)
    kind = np.array(["thermal_anomaly"] * n, dtype=object)
    return Detections(
        words, family, kind, np.asarray(lon, float), np.asarray(lat, float), time, none, none, none, none,
        attributes=attributes,
    )  # fmt: skip


def read_fires(path: Path) -> Detections:
    """A FIRMS file, read plainly: the coverage tests do not lean on the source."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    seconds = []
    for row in rows:
        clock = row["acq_time"].replace(":", "")[:4].zfill(4)
        seconds.append(utc(f"{row['acq_date']}T{clock[:2]}:{clock[2:]}Z").timestamp())
    return detections(
        [SENSORS[row["satellite"]] for row in rows],
        [float(row["longitude"]) for row in rows],
        [float(row["latitude"]) for row in rows],
        seconds,
        [float(row["track"]) for row in rows],
        [row["daynight"] == "D" for row in rows],
    )


def read_days(path: Path) -> tuple[SatelliteDay, ...]:
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            SatelliteDay(
                "VIIRS/" + row["satellite"],
                utc(row["acq_date"] + "T00:00Z"),
                row["status"],
                int(row["rows"]),
                row["rows_basis"],
            )
            for row in csv.DictReader(file)
        )


def read_cloud(path: Path) -> tuple[CloudDay, ...]:
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            CloudDay(
                utc(row["date"] + "T00:00Z"),
                {"country": float(row["cloud_cover_in_country"]), "east": float(row["cloud_cover_in_east_of_country"])},
            )
            for row in csv.DictReader(file)
        )


def made_orbit(sensor="VIIRS/NOAA-20", node="2026-04-10T03:17:21Z", node_local_hours=13.42, period_min=None) -> Orbit:
    """A made orbit of a known instrument."""
    known = instrument(sensor)
    period = round(period_min or known.period_min, 6)
    altitude, inclination = shape(period)
    return Orbit(
        sensor, sensor.split("/")[0], period, utc(node), node_local_hours, round(inclination, 3), round(altitude, 1),
        known.half_swath_km, 30.0, 100, 30,
    )  # fmt: skip


def made_rows(orbit: Orbit, region, period: Interval, *, seed: int, per_pass=6, share=1.0) -> Detections:
    """Rows as a satellite on that orbit would leave them: at random places inside each swath, times to the minute."""
    rng = np.random.default_rng(seed)
    places = passes.region_points(region)
    vectors = unit(places[:, 0], places[:, 1])
    lon, lat, seconds, track = [], [], [], []
    for look in passes.predict([orbit], region, period):
        if rng.random() > share:
            continue
        begin = look.interval.start.timestamp() - 90
        moments = np.arange(begin, look.interval.end.timestamp() + 90, 2.0)
        cosine = orbit.position(moments) @ vectors.T
        across = np.arccos(np.clip(cosine.max(axis=0), -1, 1)) * EARTH_KM
        inside = np.flatnonzero(across <= orbit.half_swath_km)
        for pick in rng.choice(inside, size=min(per_pass, len(inside)), replace=False):
            lon.append(places[pick, 0])
            lat.append(places[pick, 1])
            seconds.append(np.floor(moments[cosine[:, pick].argmax()] / 60) * 60)
            size = INSTRUMENTS[orbit.sensor.split("/")[0]].track_km
            track.append(round(float(slant(across[pick], orbit.altitude_km)) * size, 2))
    return detections(orbit.sensor, lon, lat, seconds, track)


def made_line(lon=37.0, lat=48.0, shift=0.0) -> Line:
    """A bent line of some 300 km."""
    return Line((tuple((lon + shift + x, lat + y) for x, y in ((0, 0), (0.4, 0.8), (0.2, 1.5), (1.1, 2.4))),))


def look_over(line: Line, start: datetime, *, sensor="VIIRS/NOAA-20", by_day=False, aside_deg=2.0) -> Look:
    """A look whose track runs north beside the middle of the line."""
    west, south, east, north = line.bounds
    lon, low, high = (west + east) / 2 + aside_deg, south - 3, north + 3
    seconds = (high - low) / 0.0591  # the sub-satellite point moves some 3.5 degrees a minute
    track = tuple(
        (float(s), lon, float(y)) for s, y in zip(np.linspace(0, seconds, 8), np.linspace(low, high, 8), strict=True)
    )
    end = start + timedelta(seconds=round(seconds))
    return Look(sensor, "VIIRS", Interval(start, end), track, 1530.0, 831.0, by_day, 30.0, "orbit fitted to rows")


def cloudy(share: float, first="2026-03-30", days=30) -> tuple[CloudDay, ...]:
    begin = datetime.fromisoformat(first).replace(tzinfo=UTC)
    return tuple(CloudDay(begin + timedelta(days=i), {"all": share}) for i in range(days))


def moved(lon: np.ndarray, by: float) -> np.ndarray:
    return (lon + by + 180) % 360 - 180
