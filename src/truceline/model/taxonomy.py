# SPDX-License-Identifier: Apache-2.0
"""Acts, in three layers that are never summed together, and what is no act of war but looks like one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum


class Layer(StrEnum):
    """Where an act belongs; counts of different layers are never added."""

    SIGNATURE = "A"
    INCIDENT = "B"
    COMPLIANCE = "C"
    BENIGN = "-"


@dataclass(frozen=True)
class Act:
    """One word of the taxonomy."""

    name: str
    """The word used in terms, columns and files."""

    layer: Layer
    """A signatures, B incidents, C compliance states, - none of them."""

    text: str
    """The word as people read it."""


_A, _B, _N = Layer.SIGNATURE, Layer.INCIDENT, Layer.BENIGN
ACTS: dict[str, Act] = {
    act.name: act
    for act in (
        Act("explosion", _A, "explosion"),
        Act("projectile_in_flight", _A, "projectile in flight"),
        Act("muzzle_flash", _A, "muzzle flash"),
        Act("illumination_flare", _A, "illumination flare"),
        Act("burst", _A, "burst"),
        Act("shot", _A, "shot"),
        Act("thermal_anomaly", _A, "thermal anomaly"),
        Act("seismic_arrival", _A, "seismic arrival"),
        Act("acoustic_arrival", _A, "acoustic arrival"),
        Act("imagery_change", _A, "change on imagery"),
        Act("act_of_war", _B, "act of war, kind not known"),
        Act("shelling", _B, "shelling"),
        Act("small_arms_fire", _B, "small-arms fire"),
        Act("drone_strike", _B, "drone strike"),
        Act("air_strike", _B, "air strike"),
        Act("missile_strike", _B, "missile strike"),
        Act("ground_assault", _B, "ground assault"),
        Act("line_crossing", _B, "line crossing"),
        Act("weapon_in_wrong_belt", _B, "weapon in the wrong belt"),
        Act("protected_object_strike", _B, "strike on a protected object"),
        Act("mining", _B, "mining"),
        Act("maritime_incident", _B, "maritime incident"),
        Act("jamming", _B, "jamming or spoofing"),
        Act("sensor_interference", _B, "interference with a sensor or monitor"),
        Act("overflight", _B, "overflight"),
        Act("reinforcement", _B, "reinforcement or rotation"),
        Act("fortification", _B, "fortification"),
        Act("detention", _B, "detention"),
        Act("aid_blockage", _B, "blockage of aid"),
        Act("farm_burning", _N, "farm burning or wildfire"),
        Act("industry", _N, "industry"),
        Act("accident", _N, "accident"),
        Act("not_incident", _N, "not an incident"),
    )
}
"""Every act by name."""

FIRE_CAUSES = ("act_of_war", "farm_burning", "industry")
"""What may have lit a thermal anomaly; their probabilities add up to one."""


def expand(names: tuple[str, ...]) -> frozenset[str]:
    """Return the acts a term names. ``act_of_war`` stands for every incident of layer B and itself."""
    found = set(names)
    if "act_of_war" in found:
        found |= {act.name for act in ACTS.values() if act.layer is Layer.INCIDENT}
    return frozenset(found)


class Status(StrEnum):
    """The first axis of a finding. A machine goes no further than ``corroborated``."""

    ALLEGED = "alleged"
    DETECTED = "detected"
    RECORDED = "recorded"
    CORROBORATED = "corroborated"
    VERIFIED_BREACH = "verified breach"
    CLEAR_BREACH = "clear breach"


def icd203(probability: float) -> str:
    """Return the ICD 203 word (half-open bins from the lower edge; outside 1 to 99 per cent, the end words).

    Raises:
        ValueError: it is not a number, of which no word is true.
    """
    if math.isnan(probability):
        raise ValueError("no word stands for a probability that is not a number")
    for edge, word in (
        (0.05, "almost no chance"),
        (0.20, "very unlikely"),
        (0.45, "unlikely"),
        (0.55, "roughly even"),
        (0.80, "likely"),
        (0.95, "very likely"),
    ):
        if probability < edge:
            return word
    return "almost certain"
