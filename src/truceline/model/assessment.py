# SPDX-License-Identifier: Apache-2.0
"""Assessments: the machine's probability that an event breaches a provision, under a reading, with reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from truceline.model.notice import Notified
from truceline.model.record import Record
from truceline.model.taxonomy import Status


@dataclass(frozen=True)
class Assessment:
    """One event against one provision under one reading. A machine assesses; people find."""

    event: int
    """Ledger index of the event."""

    reading: str
    """Id of the reading."""

    provision: str
    """Id of the provision."""

    p_act: float
    """Probability that the act is one the provision prohibits."""

    p_actor: float
    """Probability that a bound party (or any of them) did it, given that it was such an act."""

    p_zone: float
    """Probability that it lies inside the zone; NaN never, an unknown zone gives None in ``low``/``high``."""

    p_window: float
    """Probability that it happened inside the window."""

    unexcused_low: float
    """Least probability that no exception applies."""

    unexcused_high: float
    """Greatest probability that no exception applies."""

    low: float | None
    """Least probability of a breach; None: cannot tell."""

    high: float | None
    """Greatest probability of a breach; None: cannot tell."""

    status: Status
    """First axis; heat alone never exceeds ``recorded``."""

    attribution: str
    """Second axis; ``none`` where no sensor says anything of the author."""

    reasons: tuple[tuple[str, str], ...]
    """(factor, sentence) pairs in the order act, actor, zone, window, exceptions, status."""

    index: int = -1
    """Ledger index, -1 before."""

    p_act_low: float | None = None
    """Least value of ``p_act`` where the sensors leave a range (``p_act`` is then its upper end); None: no range."""

    p_actor_low: float | None = None
    """Least value of ``p_actor`` where the sensors leave a range (``p_actor`` is then its upper end); None: none."""

    notified: tuple[Notified, ...] = ()
    """Notices that bear on it, the best first; ``unexcused_low`` and ``unexcused_high`` have weighed them."""

    def record(self) -> Record:
        """Return it as the ledger holds it."""
        ranges = ("p_act_low", "p_actor_low")
        numbers = ("p_act", "p_actor", "p_zone", "p_window", "unexcused_low", "unexcused_high", "low", "high")
        body: dict[str, Any] = {k: _rounded(getattr(self, k)) for k in (*numbers, *ranges)}
        body |= {k: getattr(self, k) for k in ("event", "reading", "provision", "attribution")}
        body["status"] = self.status.value
        body["reasons"] = [list(pair) for pair in self.reasons]
        if self.notified:
            body["notified"] = [some.body() for some in self.notified]
        return Record("assessment", body)

    @classmethod
    def from_body(cls, body: Mapping[str, Any], index: int) -> Assessment:
        """Return the assessment a ledger body describes."""
        rest = {k: v for k, v in body.items() if k not in ("status", "reasons", "notified")}
        reasons = tuple((a, b) for a, b in body["reasons"])
        notified = tuple(Notified.from_body(some) for some in body.get("notified", ()))
        return cls(**rest, status=Status(body["status"]), reasons=reasons, index=index, notified=notified)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
