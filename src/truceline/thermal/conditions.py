# SPDX-License-Identifier: Apache-2.0
"""On what a watch's probability was calibrated. Beyond it none may be shown as a probability."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from truceline.model.detection import Words
from truceline.thermal import coefficients
from truceline.thermal._features import Features

MONTHS = (4,)
"""Months of the year in which calibration was shown."""


@dataclass(frozen=True)
class Conditions:
    """What the calibration of one variant was measured on."""

    months: tuple[int, ...]
    """Months of the year."""

    instrument: str
    """The only one."""

    needs: tuple[str, ...]
    """What a file must hold of each fire."""

    events: int
    """Held-out events, near and far together."""

    error: float
    """Expected calibration error there."""

    error_by_chance: float
    """The same that a perfectly calibrated model shows on so many events, 95 % point."""

    @property
    def held(self) -> bool:
        """Whether calibration was shown at all: an error no larger than chance gives."""
        return self.error <= self.error_by_chance


def conditions(variant: str = "marks") -> Conditions:
    """Return on what a variant's calibration was measured: ``marks``, ``truce``, ``war`` or ``settled``."""
    judged = coefficients.VARIANTS[variant]["calibration"]
    return Conditions(
        months=MONTHS,
        instrument="VIIRS",
        needs=("power", "confidence"),
        events=judged["n_near"] + judged["n_far"],
        error=judged["ece"],
        error_by_chance=judged["ece_by_chance_95"],
    )


def unmet(seen: Features) -> Words:
    """Return for each of m events why calibration was not shown for it, in words; empty where it was."""
    found = np.full(len(seen.known), "", dtype=object)
    found[~np.isin(seen.month, MONTHS)] = "shown for April only"
    found[~seen.known] = "the file lacks power or confidence"
    found[~seen.viirs] = "not seen by VIIRS alone, on which the model was trained"
    return found
