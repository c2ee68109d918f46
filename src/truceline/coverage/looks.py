# SPDX-License-Identifier: Apache-2.0
"""Looks from elements for every sensor of the catalogue: passes, geometry at a place, and what age does to both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from truceline.base.clock import Interval, iso
from truceline.base.geo import EARTH_KM, Floats
from truceline.coverage.catalogue import Sensor
from truceline.coverage.earth import geodetic, ground_km, look_angles, subpoint, sun_elevation
from truceline.coverage.elements import MAX_AGE_DAYS, Elements, read_kept
from truceline.coverage.ephemeris import STEP_S, Ephemeris, propagate
from truceline.coverage.orbit import unit
from truceline.coverage.sights import Swath
from truceline.coverage.swaths import swaths
from truceline.errors import InputError, NoTime, UnknownFormat
from truceline.model.watching import ReferenceAct

GROUND_KM_S = 6.7
"""Pace of a low orbit's ground track, kilometres a second."""


@dataclass(frozen=True)
class AgeError:
    """What the age of elements does to a predicted pass: one standard deviation each."""

    age_days: float
    """Time between the elements' epoch and the pass, days."""

    along_km: float
    """Along the track, ground kilometres."""

    cross_km: float
    """Across it."""

    seconds: float
    """The same as ``along_km``, as time."""


def age_error(age_days: float, altitude_km: float) -> AgeError:
    """Return the error that elements of that age bring.

    Along 0.6 + 0.4 a + 0.15 a² km, across 0.2 + 0.03 a km, a in days, for orbits of 800 km: **assumed**, in the range
    that comparisons of public elements with precise orbits give (some 0.5 km at the epoch, one to three a day along the
    track, little across: Flohrer et al. 2008, ESA/AMOS; Vallado and Cefola 2012, IAC-12-A6.6.11). Below 800 km the part
    that grows is doubled for every 100 km, as the air's density roughly is; this too is assumed.
    """
    age = abs(age_days)
    drag = 2.0 ** (max(0.0, 800.0 - altitude_km) / 100.0)
    along = 0.6 + (0.4 * age + 0.15 * age**2) * drag
    return AgeError(round(age, 3), round(along, 2), round(0.2 + 0.03 * age, 2), round(along / GROUND_KM_S, 2))


@dataclass(frozen=True, eq=False)
class Satellite:
    """A sensor of the catalogue with elements to fly it by."""

    sensor: Sensor
    """What it sees."""

    elements: Elements
    """Where it is."""

    altitude_km: float
    """Mean height over the mean sphere."""

    orbit: Ephemeris
    """Its positions over the period."""


@dataclass(frozen=True)
class Geometry:
    """How a satellite passes a place; one pass."""

    moment: float
    """UTC seconds since 1970 at which the place lies abeam."""

    across_km: float
    """Ground distance of the place from the track; negative to its right."""

    off_nadir_deg: float
    """Angle at the satellite from straight down."""

    incidence_deg: float
    """Angle at the place from straight up."""

    range_km: float
    """Distance to the satellite."""

    sun_elevation_deg: float
    """Height of the sun at the place."""

    in_swath: bool
    """Whether the sensor sees the place."""

    p: float
    """P(detect the act | it burns then, clear sky); 0 outside the swath."""


@dataclass(frozen=True, eq=False)
class Found:
    """What a file of elements gives for a period."""

    satellites: tuple[Satellite, ...]
    """Sensors whose elements can be used, by name."""

    passes: tuple[Swath, ...]
    """Passes near the region, by satellite and time."""

    errors: Mapping[str, AgeError]
    """Per pass id, what the elements' age brings."""

    refused: tuple[InputError, ...]
    """Objects that cannot be read, and sensors whose elements are too old: said, the rest kept."""


def from_elements(
    texts: Sequence[tuple[str, str]],
    sensors: Sequence[Sensor],
    middle: Floats,
    radius: float,
    period: Interval,
    act: ReferenceAct,
) -> Found:
    """Return the passes of every sensor that the files hold elements of.

    Args:
        texts: (text, file name) of each file; any of the forms of :mod:`truceline.coverage.elements`.
        sensors: the catalogue; an object is known by its catalogue number or its name (case ignored).
        middle: unit vector of the region's middle.
        radius: radians from it within which the region lies.
        period: passes within it.
        act: what is to be detected.

    Raises:
        InputError: a file as a whole cannot be used, or no object of any file is a sensor of the catalogue.
    """
    by_key = {sensor.catalogue.casefold(): sensor for sensor in sensors if sensor.catalogue}
    by_key |= {sensor.object.casefold(): sensor for sensor in sensors if sensor.object}
    refused: list[InputError] = []
    moment = period.start + (period.end - period.start) / 2
    chosen: dict[str, tuple[Sensor, Elements, str]] = {}
    for text, file in texts:
        objects, bad = read_kept(text, file)
        refused += bad
        for item in objects:
            sensor = by_key.get(item.number.casefold()) or by_key.get(item.name.casefold())
            kept = chosen.get(sensor.name) if sensor else None
            if sensor and (kept is None or abs(item.epoch - moment) < abs(kept[1].epoch - moment)):
                chosen[sensor.name] = sensor, item, file
    if texts and not chosen and not refused:
        raise UnknownFormat("holds the elements of no sensor of the catalogue", file=texts[0][1])
    usable = []
    for name in sorted(chosen):
        sensor, item, file = chosen[name]
        age = abs((item.epoch - moment).total_seconds()) / 86_400
        if age > MAX_AGE_DAYS:
            why = f"the elements of {name} are of {iso(item.epoch)}, {age:.0f} days from the period"
            refused.append(NoTime(why, file=file))
        else:
            usable.append((sensor, item, file))
    satellites, unfit = _propagated(usable, period)
    passes = [
        sight
        for satellite in satellites
        for sight in swaths([(satellite.sensor, satellite.elements.satellite)], middle, radius, period, act)
    ]
    by_name = {satellite.sensor.name: satellite for satellite in satellites}
    errors = {sight.id: _age(by_name[sight.sensor], sight) for sight in passes}
    return Found(tuple(satellites), tuple(passes), errors, (*refused, *unfit))


def _propagated(
    usable: Sequence[tuple[Sensor, Elements, str]], period: Interval
) -> tuple[list[Satellite], list[InputError]]:
    found: list[Satellite] = []
    bad: list[InputError] = []
    for sensor, item, file in usable:
        try:
            orbit = propagate([item.satellite], [sensor.name], period, STEP_S)[0]
        except InputError as error:
            error.file = file
            bad.append(error)
            continue
        height = round(float(item.satellite.a) * item.satellite.radiusearthkm - EARTH_KM, 1)
        found.append(Satellite(sensor, item, height, orbit))
    return found, bad


def _age(satellite: Satellite, sight: Swath) -> AgeError:
    moment = (sight.first + sight.last) / 2
    return age_error((moment - satellite.elements.epoch.timestamp()) / 86_400, satellite.altitude_km)


def age_of(satellite: Satellite, moment: datetime) -> AgeError:
    """Return the error that the elements' age brings at a moment."""
    days = (moment - satellite.elements.epoch).total_seconds() / 86_400
    return age_error(days, satellite.altitude_km)


def geometry(satellite: Satellite, sight: Swath, lon: float, lat: float, act: ReferenceAct) -> Geometry:
    """Return how one pass of a satellite stands to a place (degrees), at the moment at which it lies abeam."""
    place = unit(np.array([lon]), np.array([lat]))[0]
    low, high = sight.first - 900, sight.last + 900
    for step in (20.0, 1.0, 0.05):  # the nearest of the track's points, ever finer
        seconds = np.arange(low, high + step, step)
        best = float(seconds[int((subpoint(satellite.orbit.fixed(seconds)) @ place).argmax())])
        low, high = best - step, best + step
    where = satellite.orbit.fixed(np.array([best - 0.5, best, best + 0.5]))
    track = subpoint(where)
    across = float(ground_km(track[1], place))
    left = float(np.cross(track[1], track[2] - track[0]) @ place) >= 0
    off, incidence, length = look_angles(where[1:2], np.array([lon]), np.array([lat]))
    sun = float(sun_elevation(np.array([lon]), np.array([lat]), np.array([best]))[0])
    sensor = satellite.sensor
    by_day = sun > 5.0
    seen = sensor.near_km <= across <= sensor.far_km and (sensor.side == 0 or (sensor.side > 0) == left)
    lit = sensor.lit == "any" or by_day == (sensor.lit == "day")
    return Geometry(
        moment=best,
        across_km=round(across if left else -across, 2),
        off_nadir_deg=round(float(off[0]), 3),
        incidence_deg=round(float(incidence[0]), 3),
        range_km=round(float(length[0]), 2),
        sun_elevation_deg=round(sun, 2),
        in_swath=bool(seen and lit),
        p=sensor.chance_at(act, across, satellite.altitude_km, by_day=by_day) if seen else 0.0,
    )


def track_of(satellite: Satellite, seconds: Floats) -> tuple[Floats, Floats, Floats]:
    """Return lon, lat (degrees) straight below a satellite and its height (km) at UTC seconds since 1970 (n,)."""
    return geodetic(satellite.orbit.fixed(seconds))


def lit(satellite: Satellite, seconds: Floats) -> npt.NDArray[np.bool_]:
    """Return whether the sun stands above 5 degrees straight below a satellite at UTC seconds since 1970 (n,)."""
    lon, lat, _ = track_of(satellite, seconds)
    return np.asarray(sun_elevation(lon, lat, seconds) > 5.0)
