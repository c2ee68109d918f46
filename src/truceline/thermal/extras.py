# SPDX-License-Identifier: Apache-2.0
"""What a fire may be judged by besides fires: weather, land use, population, each only where and when it is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from truceline.base.geo import Floats
from truceline.errors import Malformed
from truceline.thermal._kernel import globe
from truceline.thermal.firetable import Fires
from truceline.thermal.season import Weather

INPUTS = ("weather", "land_use", "population")
"""What may be given besides fires, in the order in which models name it."""

COLUMNS = {"land_use": ("crops", "trees", "built"), "population": ("people",)}
"""Features of each table of the ground: shares of the land, 0 to 1; ln(1 + inhabitants per km²)."""

GROUND_REACH_M = 10_000.0
"""A place of a table of the ground speaks for what lies so near: its grid is some 10 km wide."""

WEATHER_REACH_M = 300_000.0
"""The same of a place whose region is known: weather is alike over some hundred kilometres. What lies farther away
speaks for another country."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Ground:
    """Land use or population of p places."""

    places: Floats
    """(p, 3) metres from the centre of the sphere."""

    values: Floats
    """(p, k) one column a feature, finite."""

    def __post_init__(self) -> None:
        if len(self.places) == 0 or len(self.places) != len(self.values):
            raise Malformed("a table of the ground needs as many values as places, and at least one")

    def at(self, fires: Fires) -> Floats:
        """Return (q, k) the values of the nearest place; NaN where none is within reach."""
        away, nearest = cKDTree(self.places).query(globe(fires.lon, fires.lat), distance_upper_bound=GROUND_REACH_M)
        found = np.full((len(fires), self.values.shape[1]), np.nan)
        near = np.isfinite(away)
        found[near] = self.values[nearest[near]]
        return found


@dataclass(frozen=True, eq=False)
class Extras:
    """What was given; None: not given."""

    weather: Weather | None = None
    land_use: Ground | None = None
    population: Ground | None = None

    def known(self, fires: Fires) -> dict[str, Mask]:
        """Return, by input, for which fires it is known: given, near enough, and of the fire's day."""
        found: dict[str, Mask] = {name: np.zeros(len(fires), dtype=bool) for name in INPUTS}
        if self.weather is not None:
            found["weather"] = self.weather.knows(globe(fires.lon, fires.lat), fires.day, WEATHER_REACH_M)
        for name in COLUMNS:
            ground: Ground | None = getattr(self, name)
            if ground is not None:
                found[name] = np.asarray(np.isfinite(ground.at(fires)).all(axis=1))
        return found

    def columns(self, fires: Fires) -> dict[str, Floats]:
        """Return the features of the ground by name, 0 where they are not known."""
        found: dict[str, Floats] = {}
        for name, titles in COLUMNS.items():
            ground: Ground | None = getattr(self, name)
            if ground is not None:
                found |= dict(zip(titles, np.nan_to_num(ground.at(fires)).T, strict=True))
        return found
