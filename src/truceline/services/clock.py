# SPDX-License-Identifier: Apache-2.0
"""The centre's time: asked once per act, never going back. Every deadline counts by what it said when it was logged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import RLock

from truceline.base.clock import iso
from truceline.errors import UnavailableError

SLACK = timedelta(seconds=1)
"""How far a clock may be set back while it is being disciplined; the time before is used until it has caught up."""

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Return the machine's time, UTC."""
    return datetime.now(UTC)


class Now:
    """A clock that never goes back. A steady one beside it only finds steps back; it never gives the time."""

    def __init__(self, clock: Clock, steady: Callable[[], float] | None = None) -> None:
        """``steady``: seconds that only ever go on, such as the machine's monotonic clock; None: it has none."""
        self._clock = clock
        self._steady = steady
        self._mark: tuple[datetime, float] | None = None
        self._latest: datetime | None = None
        self._lock = RLock()

    def reached(self, moment: datetime) -> None:
        """Take up a time that was used before this clock was asked."""
        with self._lock:
            self._latest = moment if self._latest is None else max(self._latest, moment)

    def __call__(self) -> datetime:
        """Return the time, UTC.

        Raises:
            UnavailableError: it is before a time that was already used; deadlines cannot be kept with such a clock.
        """
        with self._lock:
            now = self._clock()
            self._not_set_back(now)
            if self._latest is None or now >= self._latest:
                self._latest = now
            elif self._latest - now > SLACK:
                raise UnavailableError(
                    f"the clock went back: it says {iso(now)}, but {iso(self._latest)} was already used; set it right"
                )
            return self._latest

    def _not_set_back(self, now: datetime) -> None:
        """Find a step back that stays behind the last time used, by the seconds that went by since."""
        if self._steady is None:
            return
        steady = self._steady()
        if self._mark is not None:
            then, mark = self._mark
            expected = then + timedelta(seconds=steady - mark)
            if expected - now > SLACK:
                raise UnavailableError(
                    f"the clock went back: it says {iso(now)}, and {steady - mark:.0f} s ago it said {iso(then)}; "
                    "set it right, and start anew"
                )
        self._mark = (now, steady)
