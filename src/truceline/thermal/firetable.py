# SPDX-License-Identifier: Apache-2.0
"""Fires as a plain table: place and date, which is all that the archives of many years have in common."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from truceline.base.geo import Floats
from truceline.errors import Malformed

Ints = npt.NDArray[np.int64]

DAYS_A_YEAR = 366
"""Columns of a year: 29 February has its own."""


@dataclass(frozen=True, eq=False)
class Fires:
    """n hot spots."""

    lon: Floats
    """Degrees, WGS 84."""

    lat: Floats
    """Degrees, WGS 84."""

    day: Ints
    """Date (UTC) as days since 1 January 1970."""

    def __post_init__(self) -> None:
        if not (len(self.lon) == len(self.lat) == len(self.day)):
            raise Malformed("fires need as many longitudes as latitudes and days")

    def __len__(self) -> int:
        return len(self.lon)

    def take(self, rows: npt.NDArray[np.generic]) -> Fires:
        """Return the fires at these rows (numbers or a mask)."""
        return Fires(self.lon[rows], self.lat[rows], self.day[rows])

    def and_(self, other: Fires) -> Fires:
        """Return these fires and then the others."""
        return Fires(
            np.concatenate([self.lon, other.lon]),
            np.concatenate([self.lat, other.lat]),
            np.concatenate([self.day, other.day]),
        )

    @classmethod
    def none(cls) -> Fires:
        """Return an empty table."""
        return cls(np.zeros(0), np.zeros(0), np.zeros(0, dtype=np.int64))


Baseline = dict[int, Fires]
"""Fires of whole years without the war, by year."""


def day_of_year(day: Ints) -> Ints:
    """Return the number of each date in its year, 0 to 365."""
    date = day.astype("datetime64[D]")
    return np.asarray((date - date.astype("datetime64[Y]")).astype(np.int64))


def year_of(day: Ints) -> Ints:
    """Return the year of each date."""
    return np.asarray(day.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970)


def without(baseline: Baseline, year: int) -> Baseline:
    """Return the baseline with one year left out, so that the year can be judged by the others."""
    return {each: fires for each, fires in baseline.items() if each != year}


def a_year_with_its_eve(baseline: Baseline, year: int) -> Fires:
    """Return one year's fires after the last hundred days of the year before, where the baseline has that year."""
    eve = baseline.get(year - 1, Fires.none())
    return eve.take(day_of_year(eve.day) >= DAYS_A_YEAR - 101).and_(baseline[year])
