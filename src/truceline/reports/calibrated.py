# SPDX-License-Identifier: Apache-2.0
"""Which events have no probability that may be shown, and why."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from truceline.model.event import Events

NOT_CALIBRATED = "not calibrated"
"""The word in the place of a probability that is not shown."""

_HEAD = f"{NOT_CALIBRATED}: "


def uncalibrated(events: Events) -> npt.NDArray[np.bool_]:
    """Return for which events (n,) no probability may be shown; of none where nothing says how it was calibrated."""
    known = events.attributes.get("calibrated")
    return np.zeros(len(events), dtype=bool) if known is None else ~np.asarray(known, dtype=bool)


def why_not(events: Events, i: int) -> str:
    """Return why event ``i`` has no probability to show: ``shown for April only``; empty where it has one."""
    if not uncalibrated(events)[i]:
        return ""
    reasons = events.attributes.get("reasons")
    said = "" if reasons is None else str(reasons[i])
    found = [part.removeprefix(_HEAD) for part in said.split("; ") if part.startswith(_HEAD)]
    if found:
        return found[0]
    masked = events.attributes.get("masked")
    if masked is not None and masked[i]:
        return "a persistent heat source stands here"
    return "conditions differ from those of the calibration"
