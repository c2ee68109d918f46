# SPDX-License-Identifier: Apache-2.0
"""How often somebody may try: some tries are free, then each failure doubles the wait.

Nobody can lock a person out by failing in their name: a browser that the person signed in from before has tries of its
own, whatever strangers do. Strangers share the account's tries, and those of their address.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from truceline.errors import TooManyTries

MOST = 10_000
"""Names remembered; the one longest unused is forgotten first."""


@dataclass(frozen=True)
class Pace:
    """How fast the wait grows."""

    free: int
    """Failures without a wait."""

    longest_s: float
    """Longest wait, seconds."""


ACCOUNT = Pace(5, 60.0)
"""Strangers at one account: at worst one try a minute, far too few for a password, so that the owner gets in too."""

KNOWN = Pace(5, 900.0)
"""A browser the person signed in from before: nobody else can spend these."""

ADDRESS = Pace(30, 900.0)
"""Strangers of one address, at whatever accounts."""

FORGET = timedelta(hours=1)
"""Failures older than this no longer count."""


class Limits:
    """Failures, by what failed."""

    def __init__(self) -> None:
        self._failed: OrderedDict[tuple[str, str], tuple[int, datetime]] = OrderedDict()
        self._lock = Lock()

    def take(self, names: dict[tuple[str, str], Pace], now: datetime) -> None:
        """Count one try under each name, before it is known how it ends, so that tries at once count too.

        Raises:
            TooManyTries: one of them has to wait; nothing is counted.
        """
        with self._lock:
            waits = [self._wait(name, pace, now) for name, pace in names.items()]
            if max(waits) > 0:
                refusal = TooManyTries("too many tries; wait before the next one")
                refusal.wait_s = max(waits)
                raise refusal
            for name in names:
                self._failed[name] = (self._count(name, now) + 1, now)
                self._failed.move_to_end(name)
            while len(self._failed) > MOST:
                self._failed.popitem(last=False)

    def succeeded(self, names: dict[tuple[str, str], Pace]) -> None:
        """Forget the failures under these names."""
        with self._lock:
            for name in names:
                self._failed.pop(name, None)

    def _count(self, name: tuple[str, str], now: datetime) -> int:
        count, last = self._failed.get(name, (0, now))
        return 0 if now - last > FORGET else count

    def _wait(self, name: tuple[str, str], pace: Pace, now: datetime) -> float:
        over = self._count(name, now) - pace.free
        if over < 0:
            return 0.0
        return min(pace.longest_s, 2.0 ** min(over, 20)) - (now - self._failed[name][1]).total_seconds()
