# SPDX-License-Identifier: Apache-2.0
"""A small made theatre: farmers everywhere in summer, and a front where it burns day after day."""

from __future__ import annotations

import numpy as np

from truceline.thermal._kernel import globe
from truceline.thermal.firetable import Fires
from truceline.thermal.season import WeatherTable

BOX = (28.0, 34.0, 46.0, 50.0)
LINE = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {},
            "geometry": {"type": "LineString", "coordinates": [[33.5, 46.2], [33.4, 48.0], [33.6, 49.8]]},
        }
    ],
}


def farmers(year, rng, count):
    first = int(np.datetime64(f"{year}-01-01").astype(np.int64))
    season = np.clip(rng.normal(200, 35, count), 0, 364).astype(np.int64)
    middle = rng.uniform(BOX[0], BOX[1], count), rng.uniform(BOX[2], BOX[3], count)
    return Fires(middle[0], middle[1], first + season)


def world(seed=1, year=2024):
    """One year with a front."""
    rng = np.random.default_rng(seed)
    quiet = farmers(year, rng, 900)
    count = 1500
    along = rng.random(count)
    lon = np.interp(along, [0, 0.5, 1], [33.5, 33.4, 33.6]) + rng.normal(0, 0.06, count)
    lat = 46.2 + 3.6 * along + rng.normal(0, 0.02, count)
    first = int(np.datetime64(f"{year}-03-01").astype(np.int64))
    return quiet.and_(Fires(lon, lat, first + rng.integers(0, 200, count)))


BASELINE = {year: farmers(year, np.random.default_rng(year), 900) for year in (2019, 2020, 2021)}


def moved(fires, by):
    """The same distances elsewhere: turned about the pole, then tilted about the middle's own axis."""
    lon, lat = np.radians(fires.lon), np.radians(fires.lat)
    east = np.radians(31.0)
    point = np.stack([np.cos(lat) * np.cos(lon - east), np.cos(lat) * np.sin(lon - east), np.sin(lat)])
    tilt = np.radians(by[1])
    x = point[0] * np.cos(tilt) - point[2] * np.sin(tilt)
    z = point[0] * np.sin(tilt) + point[2] * np.cos(tilt)
    there = np.degrees(np.arctan2(point[1], x)) + 31.0 + by[0]
    return Fires((there + 180.0) % 360.0 - 180.0, np.degrees(np.arcsin(z)), fires.day)


def weather_table(dry=False):
    """Two regions over two years; ``dry``: the second summer has no rain."""
    first = int(np.datetime64("2023-01-01").astype(np.int64))
    days = np.arange(731)
    rain = np.full((731, 2), 2.0)
    heat = 12.0 + 12.0 * np.sin((days - 100) / 58.0)[:, None] * np.ones(2)
    if dry:
        rain[365:] = 0.0
    flat = np.zeros((731, 2))
    places = globe(np.array([29.5, 32.5]), np.array([48.0, 48.0]))
    return WeatherTable(first, rain, heat, flat, flat + 50.0, places, np.array([0, 1]))
