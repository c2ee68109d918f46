# SPDX-License-Identifier: Apache-2.0
"""A simulated world as the bytes real sources send, so that a watch can be made of it and run end to end."""

from __future__ import annotations

import json
from datetime import timedelta

import numpy as np

from truceline.base.clock import iso
from truceline.base.geo import Floats, metres_per_degree
from truceline.simulate.orbit import FILE_NAMES, HALF_SWATH_KM
from truceline.simulate.table import World, stated
from truceline.simulate.world import LINE

FIRES_HEADER = (
    "latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,confidence,version,bright_ti5,frp,"
    "daynight,instrument"
)
_MOST_PIXELS = 6
_PIXEL_MW = 12.0
"""A fire's heat spills into another pixel per this much power, on average."""


def files(seed: int, world: World) -> dict[str, bytes]:
    """Return file name → bytes: ``fires.csv satellite_days.csv cloud.csv line.geojson claims.yaml``.

    ``seed`` places pixels and measured temperatures; what was seen is the world's.
    """
    rows, counts = _fires(np.random.default_rng(seed), world)
    return {
        "fires.csv": _text([FIRES_HEADER, *rows]),
        "satellite_days.csv": _text(_satellite_days(world, counts)),
        "cloud.csv": _text(_cloud(world)),
        "line.geojson": _line(),
        "claims.yaml": _text(_claims(world)),
    }


def _text(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def _fires(rng: np.random.Generator, world: World) -> tuple[list[str], dict[tuple[str, int], int]]:
    """Rows in the VIIRS near-real-time dialect, and how many each satellite-day has. Days not to be had: no rows."""
    seen, fires = world.sightings, world.fires
    kept = np.flatnonzero(world.readable[seen.pass_row])
    kept = kept[np.argsort(seen.second[kept], kind="stable")]
    pixels = 1 + np.minimum(rng.poisson(seen.power_mw[kept] / _PIXEL_MW), _MOST_PIXELS - 1)
    of = np.repeat(kept, pixels)
    fire, row = seen.fire[of], seen.pass_row[of]
    scan, track = pixel_size_km(seen.off_km[of])
    lon, lat = _pixel_places(rng, fires.lon[fire], fires.lat[fire], scan, track)
    power = seen.power_mw[of] / np.repeat(pixels, pixels)
    day_side = world.passes.daylight[row]
    hot = np.minimum((320 * day_side + 298 * ~day_side) + 9 * np.sqrt(power) + rng.normal(0, 3, len(of)), 367.0)
    cool = np.where(day_side, 293, 278) + 1.5 * np.sqrt(power) + rng.normal(0, 2, len(of))
    sure = np.select([power > 25, (power < 1) & day_side], ["high", "low"], "nominal")
    lines: list[str] = []
    counts: dict[tuple[str, int], int] = {}
    for number in range(len(of)):
        moment = world.scenario.midnight + timedelta(seconds=float(np.round(seen.second[of[number]])))
        code = world.passes.satellite[row[number]]
        key = (code, (moment - world.scenario.midnight).days)
        counts[key] = counts.get(key, 0) + 1
        lines.append(
            f"{lat[number]:.5f},{lon[number]:.5f},{hot[number]:.2f},{scan[number]:.2f},{track[number]:.2f},"
            f"{moment:%Y-%m-%d},{moment:%H:%M}:00,{code},{sure[number]},2.0NRT,{cool[number]:.2f},"
            f"{max(power[number], 0.01):.2f},{'D' if day_side[number] else 'N'},VIIRS"
        )
    return lines, counts


def pixel_size_km(off_km: Floats) -> tuple[Floats, Floats]:
    """Return a VIIRS pixel's size along scan and along track at distances from the track, kilometres.

    Straight lines between the sizes at nadir, at the two places where the instrument joins fewer samples, and at
    the edge of the swath.
    """
    places = [0.0, 480.0, 480.1, 900.0, 900.1, HALF_SWATH_KM]
    scan = np.interp(off_km, places, [0.39, 0.56, 0.39, 0.60, 0.40, 0.78])
    track = np.interp(off_km, [0.0, HALF_SWATH_KM], [0.36, 0.77])
    return scan, track


def _pixel_places(
    rng: np.random.Generator, lon: Floats, lat: Floats, scan: Floats, track: Floats
) -> tuple[Floats, Floats]:
    """Pixel centres: half a pixel about the fire."""
    east, north = metres_per_degree(lat)
    across = rng.uniform(-0.5, 0.5, len(lon)) * scan * 1_000
    along = rng.uniform(-0.5, 0.5, len(lon)) * track * 1_000
    return lon + across / east, lat + along / north


def _satellite_days(world: World, counts: dict[tuple[str, int], int]) -> list[str]:
    lines = ["acq_date,satellite,status,rows,rows_basis"]
    for day in range(world.scenario.days):
        date = world.scenario.midnight + timedelta(days=day)
        for code, name in FILE_NAMES.items():
            gone = bool(world.missing[code][day])
            rest = "missing,," if gone else f"included,{counts.get((code, day), 0)},exact"
            lines.append(f"{date:%Y-%m-%d},{name},{rest}")
    return lines


def _cloud(world: World) -> list[str]:
    header = "date,cloud_cover_in_country,cloud_cover_in_east_of_country"
    days = stated(world)
    return [header, *(f"{d.day:%Y-%m-%d},{d.shares['country']:.7f},{d.shares['east']:.7f}" for d in days)]


def _line() -> bytes:
    feature = {
        "type": "Feature",
        "properties": {"name": "invented line"},
        "geometry": {"type": "LineString", "coordinates": [list(vertex) for vertex in LINE]},
    }
    return (json.dumps({"type": "FeatureCollection", "features": [feature]}) + "\n").encode()


def _claims(world: World) -> list[str]:
    """Two sides accuse each other alike; neither count has to do with what happened."""
    truce = world.scenario.truce
    lines = [
        "ceasefires:",
        "  - id: simulated-truce",
        "    declared_by: East and West",
        f"    start_utc: {iso(truce.start)}",
        f"    end_utc: {iso(truce.end)}",
        "    terms: All acts of war stop on the whole line for the period.",
        "    source: {outlet: simulation}",
        "claims:",
    ]
    for claimant, accused in (("East", "West"), ("West", "East")):
        lines += [
            "  - ceasefire: simulated-truce",
            f"    claimant: {claimant}",
            f"    accused: {accused}",
            "    value: 1000",
            "    unit: violations",
            f"    period: {{start_utc: {iso(truce.start)}, end_utc: {iso(truce.end)}}}",
            "    source: {outlet: simulation}",
            "    confidence: simulated",
        ]
    return lines
