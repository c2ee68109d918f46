# SPDX-License-Identifier: Apache-2.0
"""From the frame of SGP4 to the turning Earth: sidereal time, geodetic places, the height of the sun.

SGP4 gives TEME positions. Turned by Greenwich mean sidereal time (IAU 1982) at UT1 they are earth-fixed (Vallado et al.
2006, AIAA 2006-6753); polar motion, ten metres at most, is left out. UT1 comes from values 60 days apart, good to some
0.01 s or 5 m at the equator; past the table its last value is kept, which may come to cost some 100 m a year.
"""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from truceline.base.geo import EARTH_KM, Floats

_A = 6378.137
_E2 = 0.006_694_379_990_141
FLATTENING = 1 / 298.257_223_563
DAY_S = 86_400.0

_LEAP_DAYS = np.array([13_149.0, 14_245.0, 15_522.0, 16_617.0, 17_167.0])
"""Days since 1970 at which a leap second was added after the 32nd of 1999 (IERS Bulletin C)."""

_FIRST_DAY, _STEP_DAYS = 10_957.0, 60.0
_TAI_UT1_MS = np.array([
    31645, 31696, 31754, 31796, 31806, 31850, 31905, 31937, 31995, 32025, 32027, 32058, 32105, 32151, 32201, 32228,
    32226, 32241, 32279, 32311, 32353, 32375, 32352, 32362, 32383, 32405, 32444, 32470, 32455, 32457, 32490,
    32522, 32574, 32617, 32603, 32608, 32647, 32672, 32730, 32795, 32817, 32850, 32920, 32988, 33058, 33136,
    33164, 33175, 33230, 33289, 33347, 33418, 33448, 33474, 33540, 33605, 33656, 33728, 33765, 33785, 33837,
    33894, 33958, 34028, 34056, 34051, 34096, 34141, 34181, 34247, 34291, 34298, 34353, 34415, 34472, 34541,
    34586, 34597, 34648, 34718, 34781, 34873, 34936, 34955, 35011, 35081, 35144, 35226, 35292, 35321, 35367,
    35437, 35504, 35589, 35665, 35707, 35781, 35879, 35980, 36093, 36193, 36227, 36282, 36371, 36444, 36530,
    36618, 36652, 36683, 36746, 36798, 36860, 36919, 36931, 36945, 37002, 37049, 37109, 37166, 37166, 37153,
    37164, 37181, 37219, 37251, 37226, 37178, 37175, 37175, 37171, 37183, 37159, 37115, 37107, 37110, 37104,
    37097, 37065, 37013, 37010, 37019, 37015, 37034, 37037, 36998, 36988, 36992, 37002, 37019, 37009, 36955,
    36945, 36951, 36955, 36966, 36965, 36926, 36905, 36925, 36932, 36958, 36963, 36915, 36909, 36914
])  # fmt: skip
"""TAI - UT1 in milliseconds every 60 days from 2000-01-01 (IERS finals2000A of early 2026, then predicted)."""

UT1_UNTIL = datetime.fromtimestamp((_FIRST_DAY + _STEP_DAYS * (len(_TAI_UT1_MS) - 1)) * DAY_S, tz=UTC)
"""Last day of the table."""


def ut1_minus_utc(seconds: Floats) -> Floats:
    """Return UT1 - UTC in seconds at UTC seconds since 1970 (n,)."""
    days = np.asarray(seconds, dtype=np.float64) / DAY_S
    leaps = 32.0 + np.searchsorted(_LEAP_DAYS, days, side="right")
    tai_ut1 = np.interp(days, _FIRST_DAY + _STEP_DAYS * np.arange(len(_TAI_UT1_MS)), _TAI_UT1_MS / 1000)
    return np.asarray(np.where(days < _FIRST_DAY, 0.0, leaps - tai_ut1))


def sidereal(seconds: Floats) -> Floats:
    """Return Greenwich mean sidereal time, radians, at UTC seconds since 1970 (n,) (IAU 1982; Aoki et al. 1982)."""
    moment = np.asarray(seconds, dtype=np.float64) + ut1_minus_utc(seconds)
    days = moment / DAY_S - 10_957.5
    century = days / 36_525
    slow = 67_310.548_41 + 8_640_184.812_866 * century + 0.093_104 * century**2 - 6.2e-6 * century**3
    # 876,600 hours a century are whole turns a day: of them only the share of the day counts, kept exact here
    return np.asarray((slow + (days % 1.0) * DAY_S) / 240 % 360 * (np.pi / 180))


def earth_fixed(teme: Floats, seconds: Floats) -> Floats:
    """Turn TEME vectors (n, 3) to the earth-fixed frame at UTC seconds since 1970 (n,); the same unit."""
    turn = sidereal(seconds)
    cosine, sine = np.cos(turn), np.sin(turn)
    x, y, z = np.moveaxis(teme, -1, 0)
    return np.stack([x * cosine + y * sine, y * cosine - x * sine, z], axis=-1)


def geodetic(fixed: Floats) -> tuple[Floats, Floats, Floats]:
    """Return lon, lat in degrees and height in kilometres over WGS 84 of earth-fixed positions (n, 3), kilometres.

    Bowring 1985 (Survey Review 28), repeated once: to a micrometre for satellites.
    """
    x, y, z = np.moveaxis(fixed, -1, 0)
    flat = np.hypot(x, y)
    minor = _A * np.sqrt(1 - _E2)
    prime = _E2 / (1 - _E2)
    beta = np.arctan2(z * _A, flat * minor)
    for _ in range(3):
        phi = np.arctan2(z + prime * minor * np.sin(beta) ** 3, flat - _E2 * _A * np.cos(beta) ** 3)
        beta = np.arctan2(minor * np.sin(phi), _A * np.cos(phi))
    normal = _A / np.sqrt(1 - _E2 * np.sin(phi) ** 2)
    height = flat * np.cos(phi) + z * np.sin(phi) - normal * (1 - _E2 * np.sin(phi) ** 2)
    return np.degrees(np.arctan2(y, x)), np.degrees(phi), np.asarray(height)


def surface(lon: Floats, lat: Floats) -> Floats:
    """Return earth-fixed positions (n, 3), kilometres, of places on the ellipsoid, degrees."""
    lam, phi = np.radians(lon), np.radians(lat)
    normal = _A / np.sqrt(1 - _E2 * np.sin(phi) ** 2)
    return np.stack(
        [normal * np.cos(phi) * np.cos(lam), normal * np.cos(phi) * np.sin(lam), normal * (1 - _E2) * np.sin(phi)],
        axis=-1,
    )


def subpoint(fixed: Floats) -> Floats:
    """Return unit vectors (n, 3), geocentric, of the places straight below earth-fixed positions (n, 3), kilometres.

    Straight below means along the ellipsoid's normal, as Skyfield's ``subpoint_of`` has it. The latitude by which the
    normal leans from the radius is small, so one step of Bowring's formula suffices (1 m).
    """
    x, y, z = np.moveaxis(fixed, -1, 0)
    flat = np.hypot(x, y)
    minor = _A * np.sqrt(1 - _E2)
    radius = np.sqrt(flat**2 + z**2)
    prime = _E2 / (1 - _E2)
    tangent = z / np.maximum(flat, 1e-9) * (minor / _A) * (1 + prime * minor / radius)
    cosine = 1 / np.sqrt(1 + tangent**2)
    sine = tangent * cosine
    up = z + prime * minor * sine**3
    out = flat - _E2 * _A * cosine**3
    down = up * (1 - _E2)  # tangent of the geocentric latitude of the place below
    length = np.hypot(out, down)
    scale = out / length / np.maximum(flat, 1e-9)
    return np.stack([x * scale, y * scale, down / length], axis=-1)


def ground_km(one: Floats, other: Floats) -> Floats:
    """Return the distance over the ellipsoid, kilometres, of places given by geocentric unit vectors (n, 3).

    The angle between them times the ellipsoid's radius, averaged along the arc (a (1 - f z²) at height z of the unit
    sphere; Simpson's rule): within 25 m of the geodesic up to 1,600 km, where a sphere is up to 5 km off.
    """
    angle = 2 * np.arcsin(np.clip(np.linalg.norm(one - other, axis=-1) / 2, 0, 1))
    return over_ground(angle, one[..., 2], other[..., 2])


def over_ground(angle: Floats, one: Floats, other: Floats) -> Floats:
    """Return the same from the angle between two places, radians, and their heights on the unit sphere."""
    return np.asarray(angle * _A * (1 - FLATTENING * mean_square(one, other, angle)))


def mean_square(one: Floats, other: Floats, angle: Floats) -> Floats:
    """Return the mean of z² along an arc of ``angle`` radians from height ``one`` to ``other`` (Simpson's rule)."""
    middle = np.clip((one + other) / 2 / np.maximum(np.cos(angle / 2), 1e-9), -1, 1)
    return np.asarray((one**2 + 4 * middle**2 + other**2) / 6)


def sun_direction(seconds: Floats) -> Floats:
    """Return earth-fixed unit vectors (n, 3) towards the sun at UTC seconds since 1970 (Meeus 1998, low precision).

    Good to 0.01 degree between 1950 and 2050.
    """
    days = np.asarray(seconds, dtype=np.float64) / DAY_S - 10_957.5
    anomaly = np.radians(357.528 + 0.985_600_28 * days)
    longitude = np.radians(280.460 + 0.985_647_4 * days + 1.915 * np.sin(anomaly) + 0.020 * np.sin(2 * anomaly))
    tilt = np.radians(23.439 - 4e-7 * days)
    sky = np.stack([np.cos(longitude), np.cos(tilt) * np.sin(longitude), np.sin(tilt) * np.sin(longitude)], axis=-1)
    return earth_fixed(sky, seconds)


def sun_elevation(lon: Floats, lat: Floats, seconds: Floats) -> Floats:
    """Return degrees of the sun's centre above the horizon, without refraction; arguments broadcast."""
    lam, phi = np.radians(lon), np.radians(lat)
    up = np.stack(np.broadcast_arrays(np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)), axis=-1)
    return np.asarray(np.degrees(np.arcsin(np.clip((up * sun_direction(seconds)).sum(axis=-1), -1, 1))))


def look_angles(satellite: Floats, lon: Floats, lat: Floats) -> tuple[Floats, Floats, Floats]:
    """Return (off-nadir angle, incidence angle, slant range) from satellites (n, 3; earth-fixed km) to places (n,).

    Angles in degrees: at the satellite from straight down (the ellipsoid's normal below it), and at the place from
    straight up; 90 or more at the place is beyond the horizon. Range in kilometres.
    """
    place = surface(lon, lat)
    line = place - satellite
    length = np.linalg.norm(line, axis=-1)
    below_lon, below_lat, _ = geodetic(satellite)
    down = surface(below_lon, below_lat) - satellite
    lam, phi = np.radians(lon), np.radians(lat)
    up = np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=-1)
    nadir = (line * down).sum(axis=-1) / (length * np.linalg.norm(down, axis=-1))
    zenith = -(line * up).sum(axis=-1) / length
    angles = (np.degrees(np.arccos(np.clip(cosine, -1, 1))) for cosine in (nadir, zenith))
    off, incidence = angles
    return off, incidence, length


def ground_of_off_nadir(off_nadir_deg: float, altitude_km: float) -> float:
    """Return the ground distance, kilometres, at which a satellite looks at that angle; the horizon's where beyond."""
    ratio = (EARTH_KM + altitude_km) / EARTH_KM * np.sin(np.radians(off_nadir_deg))
    if ratio >= 1:
        return float(np.arccos(EARTH_KM / (EARTH_KM + altitude_km)) * EARTH_KM)
    return float((np.arcsin(ratio) - np.radians(off_nadir_deg)) * EARTH_KM)
