# SPDX-License-Identifier: Apache-2.0
"""P(a fire is detected under a clear sky) by its power, its distance from the track, and day or night.

Form: a logistic curve in the logarithm of the fire's radiative power (FRP), the half-way power growing with the
ground area of a pixel. Cited: what limits detection (power over pixel area, and the background: Giglio et al. 2003,
RSE 87; 2016, RSE 178); that the 375 m product finds several times as many fire pixels as the 750 m one, by night most
of all (Schroeder et al. 2014, RSE 143); that MODIS misses small fires ever more towards the edge of its swath (Li et
al. 2020, Remote Sensing 12, 1561). Assumed: the numbers below, set so that the weakest five per cent and the mode of
real rows (Ukraine, April 2025 and 2026) fall where the curves rise; a row's power is its pixel's, so a fire
shared by pixels is somewhat harder to see than stated. They are no calibration: docs/explanation/coverage.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from truceline.base.geo import EARTH_KM, Floats
from truceline.coverage.orbit import slant


@dataclass(frozen=True)
class Curve:
    """A detection curve of one instrument."""

    night_mw: float
    """Power detected in half of cases straight below by night, megawatts."""

    day_mw: float
    """The same by day, when the ground is warm and reflects."""

    growth: float
    """Power of the pixel's area by which the half-way power grows away from the track."""

    oblique: bool
    """Whether a pixel also widens with the obliquity; VIIRS trims this by joining fewer samples towards the edge."""

    width: float = 0.45
    """Scale of the logistic curve, in natural logarithms of power."""

    ceiling: float = 0.95
    """Greatest probability: smoke, crowns, glint and refused pixels hide even great fires (assumed)."""


CURVES: Mapping[str, Curve] = {
    "VIIRS": Curve(night_mw=1.0, day_mw=3.0, growth=0.5, oblique=False),
    "MODIS": Curve(night_mw=7.0, day_mw=7.0, growth=0.9, oblique=True),
    # 1 km like MODIS; by night it also reads the channel at 2.2 micrometres, by day its fire channel saturates sooner
    # (Xu et al. 2020, RSE 248). The figures are assumed.
    "SLSTR": Curve(night_mw=5.0, day_mw=15.0, growth=0.9, oblique=True),
    # Reflected light at 20 to 30 m: fires of some square metres show by day (Schroeder et al. 2016, RSE 185, for OLI;
    # MSI likewise). A square metre at 800 K radiates 0.02 MW; the figures are assumed. By night they rarely look.
    "OLI": Curve(night_mw=0.1, day_mw=0.3, growth=0.0, oblique=False),
    "MSI": Curve(night_mw=0.1, day_mw=0.3, growth=0.0, oblique=False),
}
"""Per instrument. An instrument without a curve is given the least sensitive one."""


def pixel_growth(across_km: Floats, altitude_km: float, *, oblique: bool) -> Floats:
    """Return a pixel's ground area over its area straight below, at ground distances from the track, kilometres.

    The square of the range, and over the cosine of the view's zenith angle where ``oblique``.
    """
    reach = slant(across_km, altitude_km)
    if not oblique:
        return np.asarray(reach**2)
    # law of sines in the triangle of Earth's centre, satellite and place
    sine = (EARTH_KM + altitude_km) * np.sin(np.asarray(across_km) / EARTH_KM) / (reach * altitude_km)
    return np.asarray(reach**2 / np.sqrt(np.maximum(1 - sine**2, 0.01)))


def midpoint_mw(sensor: str, across_km: Floats, altitude_km: float, *, by_day: npt.NDArray[np.bool_] | bool) -> Floats:
    """Return the power detected in half of the (seeable) cases, megawatts, at distances from the track."""
    curve = _curve(sensor)
    area = pixel_growth(across_km, altitude_km, oblique=curve.oblique)
    return np.asarray(np.where(by_day, curve.day_mw, curve.night_mw) * area**curve.growth)


def p_detect(
    power_mw: Floats | float,
    across_km: Floats,
    *,
    sensor: str,
    altitude_km: float,
    by_day: npt.NDArray[np.bool_] | bool,
) -> Floats:
    """Return P(detect | the fire burns during the pass, clear sky); arguments broadcast together.

    Args:
        power_mw: radiative power of the fire, megawatts; none or less is never detected.
        across_km: ground distance of the fire from the sub-satellite track, kilometres.
        sensor: which instrument, e.g. ``VIIRS/NOAA-20``.
        altitude_km: height of the orbit.
        by_day: whether the sun is up.
    """
    curve = _curve(sensor)
    middle = midpoint_mw(sensor, across_km, altitude_km, by_day=by_day)
    power = np.asarray(power_mw, dtype=np.float64)
    ratio = (np.maximum(power, 0.0) / middle) ** (1 / curve.width)  # the logistic of ln(power/middle)/width
    return np.asarray(curve.ceiling * ratio / (1 + ratio))


def _curve(sensor: str) -> Curve:
    return CURVES.get(sensor.split("/", maxsplit=1)[0], CURVES["MODIS"])
