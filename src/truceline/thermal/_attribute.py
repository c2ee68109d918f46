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
from truceline.thermal._features import VARIANTS, Features, features
from truceline.thermal._mask import RADIUS_M
from truceline.thermal.calibration import UNCALIBRATED, conditions, unmet
from truceline.thermal.surroundings import SETTLED_DAYS, Surroundings
from truceline.thermal.training import log_ratio, war_probability

AIMED = 10.0
"""How much likelier a strike is on industry than on as much other ground near the line. Assumed: strikes are aimed."""

TRUCE_PRIOR_SHARE = 0.1
"""After entry into force the band's lower end falls to this share of its odds: the prior is from days of war. The
probability stays: were fires in the truce to weigh less than those around it, a fall would be made, not seen."""

DIGITS = 4
"""Digits of every probability given out, so that the three causes still add up in the ledger."""

BAND = (0.05, 0.95)
"""Quantiles of the 90 % band."""


NOT_USED = ("weather", "land use", "population")
"""What a watch's probability never rests on: with it, no calibration was shown."""

SEASONS, MARKS = "seasons of peace years", "power, hour and confidence"
"""What it rests on only where the watch has an archive of them, and only out of war mode."""

LIKE = {"marks": "such fires", "truce": "fires of such marks and surroundings", "war": "fires of such surroundings"}
"""What is as common near the line as the reasons say, by variant."""


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
    around: Surroundings | None = None,
) -> Events:
    """Return the same events with ``p_act`` over act_of_war, farm_burning and industry, and how far to trust it.

    Attributes added: ``masked`` (a persistent heat source stands there: less sensitive, not blind), ``band_low`` and
    ``band_high`` (90 % band of P(act of war)), ``calibrated`` (whether a probability may be shown as one), ``mode``
    (``war`` or ``truce``), ``p_truce_mode`` (P(act of war) in truce mode, whatever the mode: what times before and
    after entry into force are compared by), ``p_settled`` and ``settled_days`` (P(act of war) after waiting so many
    days, in war mode; None and 0 while fewer have passed), ``not_used`` (what could not be had), ``reasons``.

    Neither the line, coordinates nor province decide anything. In truce mode no earlier fire does, but that a place is
    hot persistently, which can only lower P(act of war). War mode, outside the truce, counts earlier fires; it needs
    what surrounds a fire, and no longer a memory than calibration was shown with. All of it is same-day, but what is
    said to be settled.

    Args:
        events: fused from ``detections``.
        detections: all of the watch: persistence is counted over them.
        entry_into_force: UTC moment from which events are judged in truce mode; None if no truce is meant.
        end: UTC moment from which they no longer are; None if the truce is open-ended.
        around: what surrounds each detection, against peace years; None where no archive of them is there.

    Raises:
        StateError: an event has a member that is not among the detections.
    """
    if len(events) == 0:
        return _none(events)
    seen = features(events, detections, around)
    truce = np.zeros(len(events), bool) if entry_into_force is None else events.last >= entry_into_force
    if end is not None:
        truce = truce & (events.first < end)
    good = calibrated(seen)
    quiet = variants(seen, good, np.ones(len(events), bool))
    variant = variants(seen, good, truce)
    belief = _where_masked(seen.masked, _open_ground(seen, variant, truce))
    unremembered = _where_masked(seen.masked, _open_ground(seen, quiet, truce))
    causes = _causes(belief.war, seen)
    later = _settled(seen, variant)
    added = {
        "masked": seen.masked,
        "band_low": np.round(belief.low, DIGITS),
        "band_high": np.round(belief.high, DIGITS),
        "calibrated": good & ~seen.masked,
        "mode": np.where(variant == "war", "war", "truce").astype(object),
        "p_truce_mode": np.round(unremembered.war, DIGITS),
        "p_settled": np.array([None if np.isnan(p) else p for p in later.tolist()], dtype=object),
        "settled_days": np.where(np.isnan(later), 0, SETTLED_DAYS),
        "not_used": np.array([", ".join(not_used(name)) for name in variant.tolist()], dtype=object),
        "reasons": _reasons(seen, variant, truce, later),
    }
    return replace(events, p_act=causes, attributes={**events.attributes, **added})


def variants(seen: Features, good: npt.NDArray[np.bool_], truce: npt.NDArray[np.bool_]) -> Words:
    """Return which variant of the model judges each of m events: ``war``, ``truce``, ``marks``, or none (``""``)."""
    around = np.isfinite(seen.table[:, 3])
    remembers = around & np.isfinite(seen.table[:, 4]) & (seen.history <= coefficients.COUNTS["history_days"])
    chosen = np.where(remembers & ~truce, "war", np.where(around, "truce", "marks"))
    return np.where(good, chosen, "").astype(object)


def not_used(variant: str) -> tuple[str, ...]:
    """Return what a variant's probability does not rest on, though it tells war from other fires."""
    return {"war": (MARKS, *NOT_USED), "truce": NOT_USED}.get(variant, (SEASONS, *NOT_USED))


def calibrated(seen: Features) -> npt.NDArray[np.bool_]:
    """Return for which events the conditions hold under which calibration was shown."""
    return np.asarray(unmet(seen) == "", dtype=np.bool_)


def _settled(seen: Features, variant: Words) -> Floats:
    """P(act of war) after waiting, of the events judged in war mode, off the mask.

    NaN while too few days have passed, and always were waiting not calibrated.
    """
    found = np.full(len(variant), np.nan)
    ripe = (variant == "war") & np.isfinite(seen.table[:, 5]) & ~seen.masked
    if ripe.any() and conditions("settled").held:
        weights = np.array(coefficients.VARIANTS["settled"]["weights"])
        log_r = log_ratio(weights, seen.table[ripe][:, VARIANTS["settled"]])
        found[ripe] = war_probability(log_r, coefficients.CONTAMINATION, coefficients.PRIOR)
    return np.round(found, DIGITS)


def _open_ground(seen: Features, variant: Words, truce: npt.NDArray[np.bool_]) -> Belief:
    """P(act of war) were no persistent source there. Uncalibrated: the prior, and a band that says nothing."""
    c, prior = coefficients.CONTAMINATION, coefficients.PRIOR
    point, low, high = (np.full(len(variant), value) for value in (prior, *UNCALIBRATED))
    for name, columns in VARIANTS.items():
        rows = np.flatnonzero(variant == name)
        if len(rows) == 0:
            continue
        trained = coefficients.VARIANTS[name]
        kinds, kind_of = np.unique(seen.table[rows][:, columns], axis=0, return_inverse=True)
        kind_of = kind_of.reshape(-1)
        drawn = np.array(trained["draws"])
        all_draws = np.stack([war_probability(log_ratio(d[:-2], kinds), d[-2], d[-1]) for d in drawn])
        bottom, top = np.quantile(all_draws, BAND, axis=0)
        point[rows] = war_probability(log_ratio(np.array(trained["weights"]), kinds), c, prior)[kind_of]
        low[rows], high[rows] = bottom[kind_of], top[kind_of]
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


def _reasons(seen: Features, variant: Words, truce: npt.NDArray[np.bool_], later: Floats) -> Words:
    """Short texts, joined by semicolons."""
    found, why = np.empty(len(variant), dtype=object), unmet(seen)
    for row, name in enumerate(variant.tolist()):
        parts = [_seen_as(seen, row)]
        if name:
            weights = np.array(coefficients.VARIANTS[name]["weights"])
            ratio = np.exp(log_ratio(weights, seen.table[row : row + 1, VARIANTS[name]]))
            like = LIKE[name]
            parts.append(f"near the line {like} are {_times(float(ratio[0]))} as far from it")
        else:
            parts.append(f"not calibrated: {why[row]}")
        if seen.masked[row]:
            parts.append(
                f"within {RADIUS_M / 1000:g} km it was hot on {seen.hot_days[row]} of {seen.of_days} days, mostly by "
                "night: a persistent heat source, less sensitive here"
            )
        if name == "war":
            parts.append(f"war mode: fires of up to {seen.history[row]} days count")
            parts.append(_waited(float(later[row])))
        if truce[row]:
            parts.append(
                "after entry into force: no earlier act of war counts; the prior is from days of war, so the band "
                "reaches lower"
            )
        parts.append("not used: " + ", ".join(not_used(name)))
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


def _waited(later: float) -> str:
    """What a settled answer says, or that it is not there."""
    if np.isnan(later):
        held = conditions("settled").held
        return f"same-day: {SETTLED_DAYS} days have not passed" if held else "same-day: waiting was not calibrated"
    return f"same-day; settled({SETTLED_DAYS}), after waiting {SETTLED_DAYS} days: {later:.2f}"


def _none(events: Events) -> Events:
    """No events, with the columns all the same."""
    zero: dict[str, npt.NDArray[Any]] = {name: np.zeros(0) for name in ("band_low", "band_high")}
    zero |= {name: np.zeros(0, dtype=bool) for name in ("masked", "calibrated")}
    zero["p_truce_mode"], zero["settled_days"] = np.zeros(0), np.zeros(0, dtype=np.int64)
    zero |= {name: np.empty(0, dtype=object) for name in ("p_settled", "mode", "not_used", "reasons")}
    causes = {name: np.zeros(0) for name in ("act_of_war", "farm_burning", "industry")}
    return replace(events, p_act=causes, attributes={**events.attributes, **zero})
