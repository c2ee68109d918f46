# SPDX-License-Identifier: Apache-2.0
"""Was a probability's calibration measured under conditions like these? If not it is not shown as one, and why is said.

Of a fire: month, instrument, what its file holds (:func:`unmet`). Of a watch as a whole: how far north it lies (April
is spring there, and spring burns fields), how many years an archive of peace holds, and whether its fires are of the
kinds that calibration saw (:func:`hold_back`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from truceline.base.geo import Floats
from truceline.model.detection import Detections, Words
from truceline.model.event import Events
from truceline.thermal import coefficients
from truceline.thermal._features import Features, features
from truceline.thermal.surroundings import Surroundings

MONTHS = (4,)
"""Months of the year in which calibration was shown."""

LATITUDES = (40.0, 56.0)
"""Degrees north between which calibration is taken to hold: measured from 44.6 to 52.4, and 4 degrees either way."""

FEWEST_YEARS = 6
"""Peace years an archive must hold, as that of the calibration did (of 2013 to 2021 six).

With a single year its error is at least 0.19."""

KINDS = (0.619, 0.029, 0.008, 0.344)
"""Shares of the 716 events of April 2026 off persistent sources: by day, by day with high confidence, by night (or by
both) with high confidence, by night without."""

MOST_APART = 0.25
"""Total variation distance from these shares up to which a watch's fires count as of the same kinds. Assumed."""

FEWEST_FIRES = 50
"""Fires from which their kinds are compared; of fewer the distance says little."""

UNCALIBRATED = (0.01, 0.99)
"""Band where no calibration was shown: anything but certainty."""


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


@dataclass(frozen=True)
class Calibration:
    """Whether a watch's probabilities may be shown."""

    held: bool
    """Whether calibration was measured under such conditions."""

    reason: str
    """Why not, in words; empty where it was."""


def calibrated_for(*, kinds: Floats | None = None, latitude: float | None = None) -> Calibration:
    """Return whether calibration was measured under conditions like these; None: not asked.

    Args:
        kinds: shares of the watch's fires as `KINDS`.
        latitude: of a fire, degrees north.
    """
    if latitude is not None and not LATITUDES[0] <= latitude <= LATITUDES[1]:
        low, high = LATITUDES
        return Calibration(held=False, reason=f"shown for {low:g} to {high:g} degrees north only")
    if kinds is not None:
        apart = float(np.abs(kinds - np.array(KINDS)).sum() / 2)
        if apart > MOST_APART:
            return Calibration(
                held=False,
                reason=f"{apart:.0%} of the fires are of other kinds (hour, confidence) than those it was shown for",
            )
    return Calibration(held=True, reason="")


def usable(around: Surroundings | None) -> Surroundings | None:
    """Return what surrounds a watch's fires, if its archive holds as many years as calibration had; else None."""
    return around if around is not None and len(around.years) >= FEWEST_YEARS else None


def kinds_of(events: Events, detections: Detections) -> Floats | None:
    """Return the shares of `KINDS` among a watch's fires off persistent sources; None: there are too few."""
    seen = features(events, detections)
    free = ~seen.masked & seen.known & seen.viirs
    if int(free.sum()) < FEWEST_FIRES:
        return None
    night, high = seen.table[free, 0] > 0, seen.table[free, 2] > 0
    return np.array([(~night & ~high).mean(), (~night & high).mean(), (night & high).mean(), (night & ~high).mean()])


def hold_back(events: Events, detections: Detections) -> Events:
    """Return attributed events, those for which calibration was not measured without their word.

    They get the prior, a band that says nothing, ``calibrated`` false and the reason; a settled answer is withheld.
    """
    if len(events) == 0:
        return events
    whole = calibrated_for(kinds=kinds_of(events, detections))
    why = [whole.reason or calibrated_for(latitude=float(lat)).reason for lat in events.lat]
    rows = np.array([bool(each) for each in why]) & np.asarray(events.attributes["calibrated"], dtype=bool)
    if not rows.any():
        return events
    return _without(events, rows, why)


def _same_day(text: str) -> str:
    """The reasons but what a settled answer says."""
    return "; ".join(part for part in text.split("; ") if not part.startswith("settled("))


def _without(events: Events, rows: npt.NDArray[np.bool_], why: list[str]) -> Events:
    added = dict(events.attributes)
    low, high = UNCALIBRATED
    added["band_low"] = np.where(rows, low, np.asarray(added["band_low"], dtype=np.float64))
    added["band_high"] = np.where(rows, high, np.asarray(added["band_high"], dtype=np.float64))
    added["calibrated"] = np.asarray(added["calibrated"], dtype=bool) & ~rows
    added["p_truce_mode"] = np.where(rows, coefficients.PRIOR, np.asarray(added["p_truce_mode"], dtype=np.float64))
    if "p_settled" in added:
        added["p_settled"] = np.where(rows, np.array(None, dtype=object), added["p_settled"])
        added["settled_days"] = np.where(rows, 0, added["settled_days"])
    said = zip(added["reasons"], why, rows, strict=True)
    added["reasons"] = np.array(
        [f"{_same_day(text)}; not calibrated: {reason}" if held else text for text, reason, held in said], dtype=object
    )
    war = events.p_act["act_of_war"]
    scale = np.where(rows, (1 - coefficients.PRIOR) / np.maximum(1 - war, 1e-9), 1.0)
    causes = {name: np.round(values * scale, 4) for name, values in events.p_act.items() if name != "act_of_war"}
    causes["act_of_war"] = np.where(rows, coefficients.PRIOR, war)
    first = next(name for name in causes if name != "act_of_war")
    rest = sum((values for name, values in causes.items() if name != first), np.zeros(len(events)))
    causes[first] = np.where(rows, np.round(1 - rest, 4), causes[first])
    return replace(events, p_act={name: causes[name] for name in events.p_act}, attributes=added)
