# SPDX-License-Identifier: Apache-2.0
"""What may have lit each fire, with a band and reasons."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from truceline.base.geo import Floats
from truceline.model.detection import Detections, Words
from truceline.model.event import Events
from truceline.thermal import coefficients
from truceline.thermal._features import Features, features
from truceline.thermal._mask import RADIUS_M
from truceline.thermal.training import log_ratio, war_probability

MONTHS = (4,)
"""Months of the year in which calibration was shown."""

AIMED = 10.0
"""How much likelier a strike is on industry than on as much other ground near the line. Assumed: strikes are aimed."""

TRUCE_PRIOR_SHARE = 0.1
"""After entry into force the band's lower end falls to this share of its odds: the prior is from days of war. The
probability stays: were fires in the truce to weigh less than those around it, a fall would be made, not seen."""

UNCALIBRATED = (0.01, 0.99)
"""Band where no calibration was shown: anything but certainty."""

DIGITS = 4
"""Digits of every probability given out, so that the three causes still add up in the ledger."""

BAND = (0.05, 0.95)
"""Quantiles of the 90 % band."""


@dataclass(frozen=True, eq=False)
class Belief:
    """P(act of war) of m events, with its 90 % band."""

    war: Floats
    """Probability."""

    low: Floats
    """Lower end."""

    high: Floats
    """Upper end."""


def attribute(
    events: Events,
    detections: Detections,
    *,
    entry_into_force: np.datetime64 | None = None,
    end: np.datetime64 | None = None,
) -> Events:
    """Return the same events with ``p_act`` over act_of_war, farm_burning and industry, and how far to trust it.

    Attributes added: ``masked`` (a persistent heat source stands there: less sensitive, not blind), ``band_low`` and
    ``band_high`` (90 % band of P(act of war)), ``calibrated`` (whether a probability may be shown as one), ``reasons``.

    Neither the line, coordinates, province nor earlier acts of war decide anything. The one thing remembered is that a
    place is hot persistently, which can only lower P(act of war).

    Args:
        events: fused from ``detections``.
        detections: all of the watch: persistence is counted over them.
        entry_into_force: UTC moment from which events are judged in truce mode; None if no truce is meant.
        end: UTC moment from which they no longer are; None if the truce is open-ended.

    Raises:
        StateError: an event has a member that is not among the detections.
    """
    if len(events) == 0:
        return _none(events)
    seen = features(events, detections)
    truce = np.zeros(len(events), bool) if entry_into_force is None else events.last >= entry_into_force
    if end is not None:
        truce = truce & (events.first < end)
    good = calibrated(seen)
    open_ground = _open_ground(seen, good, truce)
    belief = _where_masked(seen.masked, open_ground)
    causes = _causes(belief.war, seen)
    added = {
        "masked": seen.masked,
        "band_low": np.round(belief.low, DIGITS),
        "band_high": np.round(belief.high, DIGITS),
        "calibrated": good & ~seen.masked,
        "reasons": _reasons(seen, good, truce),
    }
    return replace(events, p_act=causes, attributes={**events.attributes, **added})


def calibrated(seen: Features) -> npt.NDArray[np.bool_]:
    """Return for which events the conditions hold under which calibration was shown."""
    return seen.viirs & seen.known & np.isin(seen.month, MONTHS)


def _open_ground(seen: Features, good: npt.NDArray[np.bool_], truce: npt.NDArray[np.bool_]) -> Belief:
    """P(act of war) were no persistent source there. Uncalibrated: the prior, and a band that says nothing."""
    weights, c, prior = np.array(coefficients.WEIGHTS), coefficients.CONTAMINATION, coefficients.PRIOR
    drawn = np.array(coefficients.DRAWS)
    table = np.where(good[:, None], seen.table, 0.0)
    kinds, kind_of = np.unique(table, axis=0, return_inverse=True)
    kind_of = kind_of.reshape(-1)
    all_draws = np.stack([war_probability(log_ratio(d[:-2], kinds), d[-2], d[-1]) for d in drawn])
    bottom, top = np.quantile(all_draws, BAND, axis=0)
    point = np.where(good, war_probability(log_ratio(weights, kinds), c, prior)[kind_of], prior)
    low = np.where(good, bottom[kind_of], UNCALIBRATED[0])
    high = np.where(good, top[kind_of], UNCALIBRATED[1])
    odds = low / (1.0 - low) * np.where(truce, TRUCE_PRIOR_SHARE, 1.0)
    low = odds / (1.0 + odds)
    return Belief(point, np.minimum(low, point), np.maximum(high, point))


def _where_masked(masked: npt.NDArray[np.bool_], ground: Belief) -> Belief:
    """Where a persistent source stands, war is a small leak; the band still reaches what open ground would say."""
    leak = coefficients.MASK_LEAK * (1.0 - coefficients.CONTAMINATION)
    return Belief(
        np.where(masked, np.minimum(AIMED * leak, ground.war), ground.war),
        np.where(masked, np.minimum(leak, ground.low), ground.low),
        ground.high,
    )


def _causes(war: Floats, seen: Features) -> dict[str, Floats]:
    """The three causes; what is not war is industry's or nature's by the share of industry among such fires."""
    night = seen.table[:, 0]
    share = night * coefficients.INDUSTRY["night"] + (1.0 - night) * coefficients.INDUSTRY["day"]
    share = np.where(seen.masked, 1.0 - coefficients.MASK_LEAK * AIMED, share)
    war = np.round(war, DIGITS)
    industry = np.round((1.0 - war) * share, DIGITS)
    return {"act_of_war": war, "farm_burning": np.round(1.0 - war - industry, DIGITS), "industry": industry}


def _reasons(seen: Features, good: npt.NDArray[np.bool_], truce: npt.NDArray[np.bool_]) -> Words:
    """Short texts, joined by semicolons."""
    ratio = np.exp(log_ratio(np.array(coefficients.WEIGHTS), seen.table))
    found = np.empty(len(ratio), dtype=object)
    for row in range(len(found)):
        parts = [_seen_as(seen, row)]
        if good[row]:
            parts.append(f"near the line such fires are {_times(float(ratio[row]))} as far from it")
        else:
            parts.append(_why_not(seen, row))
        if seen.masked[row]:
            parts.append(
                f"within {RADIUS_M / 1000:g} km it was hot on {seen.hot_days[row]} of {seen.of_days} days, mostly by "
                "night: a persistent heat source, less sensitive here"
            )
        if truce[row]:
            parts.append(
                "after entry into force: no earlier act of war counts; the prior is from days of war, so the band "
                "reaches lower"
            )
        found[row] = "; ".join(parts)
    return found


def _seen_as(seen: Features, row: int) -> str:
    """When and how hot."""
    night = float(seen.table[row, 0])
    when = "by night" if night == 1.0 else "by day" if night == 0.0 else "by day and night"
    power = float(seen.power_mw[row])
    return f"seen {when}" + ("" if np.isnan(power) else f" at {power:.1f} MW a pixel")


def _times(ratio: float) -> str:
    """``1.4 times as common`` or ``as common``."""
    return "as common" if 0.95 <= ratio < 1.05 else f"{ratio:.1f} times as common"


def _why_not(seen: Features, row: int) -> str:
    """Why no calibration holds."""
    if not seen.viirs[row]:
        return "not calibrated: not seen by VIIRS alone, on which the model was trained"
    if not seen.known[row]:
        return "not calibrated: the file lacks power or confidence"
    return "not calibrated: shown for April only"


def _none(events: Events) -> Events:
    """No events, with the columns all the same."""
    zero: dict[str, npt.NDArray[Any]] = {name: np.zeros(0) for name in ("band_low", "band_high")}
    zero |= {name: np.zeros(0, dtype=bool) for name in ("masked", "calibrated")}
    zero["reasons"] = np.empty(0, dtype=object)
    causes = {name: np.zeros(0) for name in ("act_of_war", "farm_burning", "industry")}
    return replace(events, p_act=causes, attributes={**events.attributes, **zero})
