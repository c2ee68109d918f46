# SPDX-License-Identifier: Apache-2.0
"""Day or night, as the source says, or as the sun's mean time has it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from truceline.model.detection import Detections


def daylight(detections: Detections) -> npt.NDArray[np.bool_]:
    """Return which of n detections were made by day: the source's word (``daylight``), else 6 to 18 mean solar time."""
    micros = detections.time.astype("datetime64[us]").astype(np.int64)
    solar = (micros / 3.6e9 + detections.lon / 15.0) % 24.0
    guess = (solar >= 6.0) & (solar < 18.0)
    stated = detections.attributes.get("daylight")
    if stated is None:
        return np.asarray(guess)
    if stated.dtype == bool:
        return np.asarray(stated)
    known = np.array([isinstance(value, bool | np.bool_) for value in stated])
    return np.where(known, stated == True, guess)  # noqa: E712 - an object column compares elementwise
