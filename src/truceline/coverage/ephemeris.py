# SPDX-License-Identifier: Apache-2.0
"""Where satellites were: many at once by SGP4 every minute, and which passes come near a region.

SGP4's state is taken at equal steps, a minute unless told otherwise; between them positions follow cubic Hermite
polynomials (error at most h^4/384 of the fourth derivative: 0.3 m for a minute and an orbit of 100 minutes, 22 m for
three).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sgp4.api import SGP4_ERRORS, Satrec, SatrecArray

from truceline.base.clock import Interval
from truceline.base.geo import EARTH_KM, Floats
from truceline.coverage.earth import DAY_S, earth_fixed, subpoint
from truceline.errors import Malformed

STEP_S = 60.0
"""Step at which orbits are propagated, seconds."""

_CHUNK = 20_000


@dataclass(frozen=True, eq=False)
class Ephemeris:
    """One satellite's earth-fixed positions and velocities at equal steps."""

    start: float
    """UTC seconds since 1970 of the first."""

    step: float
    """Seconds between them."""

    teme: Floats
    """TEME positions (m, 3), kilometres."""

    speed: Floats
    """TEME velocities (m, 3), kilometres a second."""

    ground: Floats
    """Geocentric unit vectors (m, 3) of the places straight below, earth-fixed."""

    def fixed(self, seconds: Floats) -> Floats:
        """Return earth-fixed positions (n, 3), kilometres, at UTC seconds since 1970 (n,) within the ephemeris."""
        at = (np.asarray(seconds, dtype=np.float64) - self.start) / self.step
        row = np.clip(at.astype(np.int64), 0, len(self.teme) - 2)
        t = (at - row)[:, None]
        p0, p1 = self.teme[row], self.teme[row + 1]
        v0, v1 = self.speed[row] * self.step, self.speed[row + 1] * self.step
        place = (
            p0 * (2 * t**3 - 3 * t**2 + 1)
            + v0 * (t**3 - 2 * t**2 + t)
            + p1 * (3 * t**2 - 2 * t**3)
            + v1 * (t**3 - t**2)
        )
        return earth_fixed(place, np.asarray(seconds, dtype=np.float64))


def propagate(
    satellites: Sequence[Satrec], names: Sequence[str], period: Interval, step: float = STEP_S
) -> list[Ephemeris]:
    """Return every satellite's ephemeris over the period and 40 minutes beyond either end.

    Raises:
        Malformed: one cannot be propagated; it is named.
    """
    start = np.floor(period.start.timestamp() / step) * step - 2400.0
    count = int((period.end.timestamp() + 2400.0 - start) / step) + 2
    seconds = start + np.arange(count) * step
    days = seconds / DAY_S
    whole = np.floor(days)
    code, place, speed = SatrecArray(list(satellites)).sgp4(whole + 2_440_587.5, days - whole)
    ground = subpoint(earth_fixed(place, seconds))
    found = []
    for number, name in enumerate(names):
        if code[number].any():
            why = SGP4_ERRORS.get(int(code[number][code[number] != 0][0]), "unknown fault")
            raise Malformed(f"cannot be propagated: {why}", record=name)
        found.append(Ephemeris(start, step, place[number], speed[number], ground[number]))
    return found


def near(
    orbit: Ephemeris, middle: Floats, radius: float, far_km: float, period: Interval
) -> Iterator[tuple[Floats, Floats]]:
    """Yield (seconds, sub-satellite unit vectors) of each pass whose swath may reach a region, in order of time.

    The region lies within ``radius`` radians of ``middle``. Steps are the ephemeris's; a pass carries at least four.
    """
    reach = radius + far_km / EARTH_KM + 0.01 + 5.6e-4 * orbit.step  # half a step of flight
    seconds: Floats = orbit.start + np.arange(len(orbit.teme), dtype=np.float64) * orbit.step
    track = orbit.ground
    dots = track @ middle
    close = np.flatnonzero(dots >= np.cos(min(np.pi, reach)))
    if not len(close):
        return
    for run in np.split(close, np.flatnonzero(np.diff(close) > 1) + 1):
        for low, high in _halves(track, run):
            first, last = max(0, low - 2), min(len(seconds), high + 3)
            best = seconds[low + int(dots[low : high + 1].argmax())]
            if last - first >= 4 and period.start.timestamp() <= best < period.end.timestamp():
                yield np.asarray(seconds[first:last]), track[first:last]


def _halves(track: Floats, run: npt.NDArray[np.int64]) -> list[tuple[int, int]]:
    """Cut a run at the turns of latitude where it is longer than half an orbit, so that a pass is at most that."""
    if len(run) <= 40:
        return [(int(run[0]), int(run[-1]))]
    turns = np.flatnonzero(np.diff(np.sign(np.gradient(track[run, 2])))) + 1
    return [(int(piece[0]), int(piece[-1])) for piece in np.split(run, turns) if len(piece)]
