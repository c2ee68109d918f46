# SPDX-License-Identifier: Apache-2.0
"""Floor 2, pure: is this fire war, industry or farm burning? (docs/explanation/thermal.md)."""

from __future__ import annotations

from truceline.thermal._attribute import attribute
from truceline.thermal._card import card
from truceline.thermal.calibration import Conditions, conditions
from truceline.thermal.extras import Extras, Ground
from truceline.thermal.firetable import Fires
from truceline.thermal.placeblind import score, weather_of
from truceline.thermal.surroundings import Surroundings, surroundings

__all__ = [
    "Conditions",
    "Extras",
    "Fires",
    "Ground",
    "Surroundings",
    "attribute",
    "card",
    "conditions",
    "score",
    "surroundings",
    "weather_of",
]
