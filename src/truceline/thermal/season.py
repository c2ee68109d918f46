# SPDX-License-Identifier: Apache-2.0
"""Weather as what it does to burning: a factor on the season's usual number of fires, by region and day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from truceline.base.geo import Floats
from truceline.errors import Malformed
from truceline.thermal.firetable import DAYS_A_YEAR, Ints, day_of_year

PARTS = ("rain_15", "rain_45", "heat_15", "heat_60", "cloud", "snow_10")
"""Drivers: roots of mean rain of 15 and 45 days (mm), mean highest temperature of 15 and 60 days (°C), the day's cloud
(%), logarithm of mean snowfall of 10 days (cm), each as the difference from that region's usual season."""

LEAST, MOST = -2.5, 2.0
"""Range of the factor's logarithm."""


@dataclass(frozen=True, eq=False)
class WeatherTable:
    """Weather of r regions on n days without gaps."""

    first: int
    """First day, since 1 January 1970."""

    rain_mm: Floats
    """(n, r) sum of the day."""

    highest_c: Floats
    """(n, r) highest temperature."""

    snow_cm: Floats
    """(n, r) fresh snow."""

    cloud_pct: Floats
    """(n, r) cloud cover."""

    places: Floats
    """(p, 3) places whose region is known, metres from the centre of the sphere."""

    region_of: Ints
    """(p,) the region of each."""

    told: npt.NDArray[np.bool_] | None = None
    """(n, r) whether the file speaks of that day, or of one of the week before; None: always."""

    def __post_init__(self) -> None:
        shape = self.rain_mm.shape
        if self.told is not None and self.told.shape != shape:
            raise Malformed("a weather table says of every region and day whether it is known, or of none")
        if any(each.shape != shape for each in (self.highest_c, self.snow_cm, self.cloud_pct)) or shape[0] == 0:
            raise Malformed("a weather table needs every quantity for every region and day")


class Weather:
    """The table turned into the factor, with trained weights."""

    def __init__(self, table: WeatherTable, weights: npt.NDArray[np.float64] | tuple[float, ...]) -> None:
        self._table = table
        self._tree = cKDTree(table.places)
        drivers = anomalies(table)
        total = sum(float(w) * d for w, d in zip(weights, drivers, strict=True))
        self._log = np.clip(total, LEAST, MOST)

    def region(self, places: Floats) -> Ints:
        """Return the region nearest to each place (q, 3)."""
        return np.asarray(self._table.region_of[self._tree.query(places)[1]])

    def knows(self, places: Floats, day: Ints, reach_m: float) -> npt.NDArray[np.bool_]:
        """Return for which places (q, 3) and days the table speaks: a region within reach, a day that it holds."""
        away, nearest = self._tree.query(places)
        at = day - self._table.first
        found = (away <= reach_m) & (at >= 0) & (at < len(self._log))
        if self._table.told is not None:
            found[found] = self._table.told[at[found], self._table.region_of[nearest[found]]]
        return np.asarray(found)

    def factor(self, first: int, days: int) -> Floats:
        """Return (days, r) the logarithm of the factor; 0, as usual, on days the table does not hold."""
        found = np.zeros((days, self._log.shape[1]))
        low, high = max(first, self._table.first), min(first + days, self._table.first + len(self._log))
        if low < high:
            found[low - first : high - first] = self._log[low - self._table.first : high - self._table.first]
        return found


def anomalies(table: WeatherTable) -> list[Floats]:
    """Return the drivers, (n, r) each, as differences from each region's season over all years of the table."""
    drivers = [
        np.sqrt(_trailing(table.rain_mm, 15.0)),
        np.sqrt(_trailing(table.rain_mm, 45.0)),
        _trailing(table.highest_c, 15.0),
        _trailing(table.highest_c, 60.0),
        table.cloud_pct,
        np.log1p(_trailing(table.snow_cm, 10.0)),
    ]
    season = day_of_year(np.arange(table.first, table.first + len(table.rain_mm)))
    return [driver - _usual(driver, season)[season] for driver in drivers]


def _trailing(daily: Floats, days: float) -> Floats:
    """Exponentially weighted mean of the days up to each, of this time constant."""
    keep = float(np.exp(-1.0 / days))
    found = np.empty_like(daily, dtype=np.float64)
    state = daily[0].astype(np.float64)
    for day in range(len(daily)):
        state = keep * state + (1.0 - keep) * daily[day]
        found[day] = state
    return found


def _usual(daily: Floats, season: Ints) -> Floats:
    """(366, r) mean by day of the year, smoothed by a Gaussian of 12 days; days no year has take the others' mean."""
    count = np.bincount(season, minlength=DAYS_A_YEAR).astype(np.float64)
    total = np.zeros((DAYS_A_YEAR, daily.shape[1]))
    np.add.at(total, season, daily)
    steps = np.arange(-DAYS_A_YEAR // 2, DAYS_A_YEAR // 2)
    kernel = np.fft.fft(np.fft.ifftshift(np.exp(-0.5 * (steps / 12.0) ** 2)))
    spread = np.real(np.fft.ifft(np.fft.fft(total, axis=0) * kernel[:, None], axis=0))
    weight = np.maximum(np.real(np.fft.ifft(np.fft.fft(count) * kernel)), 1e-9)
    return np.asarray(np.where(weight[:, None] > 1e-6, spread / weight[:, None], daily.mean(axis=0)))
