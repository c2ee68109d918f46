# SPDX-License-Identifier: Apache-2.0
"""How well a fire pixel knows its place and time.

A fire may lie anywhere in its pixel, so each axis errs by size/√12 (the standard deviation of a uniform), and by the
error of the geolocation, added in quadrature. The pixel's axes lie across and along the satellite's ground track.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from truceline.base.clock import Times
from truceline.base.geo import Floats

EARTH_RATE = 7.292115e-5
"""Rotation of the Earth, rad/s (IERS Conventions 2010)."""

STAMP_SPREAD_S = 180.0
"""Seconds after its stamp within which a pixel was seen. Stamps are whole minutes; within one pass of the files of
April 2025 and April 2026 they follow each other by 2 to 3 minutes and one stamp covers up to 7.3° of latitude."""

SIGMA_S = STAMP_SPREAD_S / np.sqrt(3.0)
"""Root mean square of the time since the stamp, uniform over that spread: 104 s."""

DAY_ELEVATION = 5.0
"""Degrees of solar elevation from which a pixel counts as day (solar zenith below 85°: Giglio 2015)."""


@dataclass(frozen=True)
class Optics:
    """One satellite and its instrument, as far as place is concerned."""

    inclination_deg: float
    """Inclination of the orbit."""

    period_s: float
    """Period of the orbit."""

    rises_by_day: bool
    """Whether it crosses the equator northwards by day."""

    geolocation_m: float
    """One standard deviation of the pixel's centre, each axis."""

    widest_km: tuple[float, float]
    """Scan and track size of the widest pixel that is distributed, taken where the file gives none."""


_VIIRS = Optics(98.7, 101.5 * 60, True, 70.0, (0.8, 0.8))
OPTICS = {
    "VIIRS/Suomi-NPP": _VIIRS,
    "VIIRS/NOAA-20": _VIIRS,
    "VIIRS/NOAA-21": _VIIRS,
    "MODIS/Aqua": Optics(98.2, 98.8 * 60, True, 50.0, (4.83, 2.01)),
    "MODIS/Terra": Optics(98.2, 98.8 * 60, False, 50.0, (4.83, 2.01)),
}
"""By sensor. Geolocation: VIIRS 70 m (Wolfe et al. 2013, doi:10.1002/jgrd.50873; Lin et al. 2022,
doi:10.3390/rs14174212), MODIS 50 m (Wolfe et al. 2002; root mean squares of 43 to 53 m in Collection 6, MODIS
geometric calibration group 2016). Widest pixels: VIIRS 0.8 km at the edge of the swath after aggregation (Schroeder et
al. 2014), MODIS 4.83 x 2.01 km (Nishihama et al. 1997)."""


def false_alarm(level: str | None) -> float:
    """Return the probability that a fire pixel is no thermal anomaly at all.

    Cited: VIIRS nominal below 1.2 % (Schroeder et al. 2014, abstract), MODIS 1.2 % over all classes by day (Giglio et
    al. 2016, abstract). Assumed: high is no better than nominal, low (sun glint, weak contrast) and unstated are 10 %.
    """
    return 0.012 if level in {"nominal", "high"} else 0.10


def scan_bearing(sensor: str, lat: Floats, daylight: npt.NDArray[np.bool_]) -> Floats:
    """Return the bearing of the scan axis from north, degrees in [0, 180), for pixels (n,) of one sensor.

    The ground track of a circular orbit heads asin(cos i / cos φ) in inertial space (spherical triangle at the node),
    turned by the Earth's rotation underneath; the scan lies across it. Holds at the middle of the swath: at its edge
    the meridians have turned by up to some 13° at 50° latitude.
    """
    row = np.rint((np.asarray(lat) + 90.0) * 100.0).astype(np.int64)
    rising = (np.asarray(daylight) == OPTICS[sensor].rises_by_day).astype(np.int64)
    return np.asarray((_headings(sensor)[rising, row] + 90.0) % 180.0)


@cache
def _headings(sensor: str) -> Floats:
    """Return the ground track's heading, degrees, on the way south and on the way north (2), per 0.01° of latitude."""
    optics = OPTICS[sensor]
    cos_lat = np.maximum(np.cos(np.radians(np.linspace(-90.0, 90.0, 18_001))), 1e-9)
    east = np.clip(np.cos(np.radians(optics.inclination_deg)) / cos_lat, -1.0, 1.0)
    north = np.sqrt(1.0 - east**2)
    spin = EARTH_RATE * cos_lat * optics.period_s / (2 * np.pi)
    heads = np.degrees([np.arctan2(east - spin, -north), np.arctan2(east - spin, north)])
    heads.setflags(write=False)
    return heads


def place_error(
    sensors: Sequence[str],
    codes: npt.NDArray[np.int32],
    lat: Floats,
    scan_km: Floats,
    track_km: Floats,
    daylight: npt.NDArray[np.bool_],
) -> tuple[Floats, Floats, Floats]:
    """Return (major, minor) standard deviations in metres and the major axis' bearing, for pixels (n,).

    ``codes`` say which of ``sensors`` each pixel is of. A size that is NaN is taken as the widest of that instrument.
    """
    optics = [OPTICS[sensor] for sensor in sensors]
    geolocation = np.array([o.geolocation_m for o in optics])[codes]
    scan = _sigma(scan_km, np.array([o.widest_km[0] for o in optics]), codes, geolocation)
    track = _sigma(track_km, np.array([o.widest_km[1] for o in optics]), codes, geolocation)
    # One row of headings a sensor and half of the orbit: (sensor, by night or by day), then latitude.
    tables = np.concatenate(
        [heads if o.rises_by_day else heads[::-1] for o, heads in zip(optics, map(_headings, sensors), strict=True)]
    )
    bearing = tables[codes * 2 + daylight, np.rint((lat + 90.0) * 100.0).astype(np.int64)]
    across = scan >= track
    return (
        np.maximum(scan, track),
        np.minimum(scan, track),
        np.where(across, bearing + 90.0, bearing) % 180.0,
    )


def _sigma(size_km: Floats, widest_km: Floats, codes: npt.NDArray[np.int32], geolocation_m: Floats) -> Floats:
    missing = np.isnan(size_km)
    if missing.any():
        size_km = np.where(missing, widest_km[codes], size_km)
    return np.asarray(np.sqrt(size_km**2 * (1e6 / 12.0) + geolocation_m**2))


def is_day(lon: Floats, lat: Floats, time: Times) -> npt.NDArray[np.bool_]:
    """Return where the sun stood higher than ``DAY_ELEVATION`` (Michalsky 1988, Solar Energy 40, good to 0.01°)."""
    days = (time - np.datetime64("2000-01-01T12:00:00", "us")) / np.timedelta64(86_400_000_000, "us")
    mean_longitude = 280.460 + 0.9856474 * days
    anomaly = np.radians((357.528 + 0.9856003 * days) % 360.0)
    ecliptic = np.radians((mean_longitude + 1.915 * np.sin(anomaly) + 0.020 * np.sin(2 * anomaly)) % 360.0)
    obliquity = np.radians(23.439 - 4e-7 * days)
    ascension = np.arctan2(np.cos(obliquity) * np.sin(ecliptic), np.cos(ecliptic))
    declination = np.arcsin(np.sin(obliquity) * np.sin(ecliptic))
    hours = (days + 0.5) % 1.0 * 24.0
    sidereal = np.radians(((6.697375 + 0.0657098242 * days + hours) * 15.0 + lon) % 360.0)
    phi = np.radians(lat)
    sine = np.sin(phi) * np.sin(declination) + np.cos(phi) * np.cos(declination) * np.cos(sidereal - ascension)
    return np.asarray(sine > np.sin(np.radians(DAY_ELEVATION)))
