# SPDX-License-Identifier: Apache-2.0
"""The model card as data: what it is, how it was judged, what it cannot tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from truceline.thermal import coefficients
from truceline.thermal._attribute import not_used
from truceline.thermal._features import VARIANTS
from truceline.thermal._mask import MIN_DAYS, MIN_NIGHT, MIN_SHARE, MIN_SPAN_DAYS, RADIUS_M
from truceline.thermal.surroundings import SETTLED_DAYS

CANNOT_TELL = (
    "It was trained on 16 days of one theatre in April; other months and instruments are shown as not calibrated.",
    "It gives the share of war fires among all fires of a theatre, whether a fire lies near the line or far from it.",
    "Strikes far behind the line are taken as natural unless reported nearby; harvest burning was never seen.",
    "A strike on a persistent heat source is nearly invisible to it.",
    "It says nothing of who lit a fire.",
)
"""One sentence each."""

HARDLY = "It can hardly tell one fire from another: by night, and weaker by night, is all that sets war's fires apart."
"""Said where no archive of peace years is there."""

COUNTRY = (
    "Much of what surroundings tell is country: where in peace years it burns, and where not. On the very same ground "
    "a single day tells little."
)
"""Said where one is."""


def card(variant: str = "marks") -> Mapping[str, Any]:
    """Return the model card: name, version, mode, what P means, calibration figures, what it cannot tell.

    Args:
        variant: ``truce`` where the watch has an archive of peace years, else ``marks``.
    """
    judged = coefficients.VARIANTS[variant]["calibration"]
    return {
        "name": "thermal logit",
        "version": coefficients.VERSION,
        "mode": _mode(variant),
        "not_used": ", ".join(not_used(variant)),
        "meaning": (
            "P(act of war) of a fire not on a persistent heat source, if "
            f"{coefficients.PRIOR:.0%} of such fires in the theatre are war's (as in April 2026, outside the truce) "
            f"and {coefficients.CONTAMINATION:.0%} of those within 20 km of the line are natural; the band covers both"
        ),
        "prior": coefficients.PRIOR,
        "contamination": coefficients.CONTAMINATION,
        "auc": judged["auc"],
        "auc_folds": list(judged["auc_folds"]),
        "auc_between": judged["auc_between"],
        "ece": judged["ece"],
        "ece_by_chance_95": judged["ece_by_chance_95"],
        "n": judged["n_near"] + judged["n_far"],
        "n_near": judged["n_near"],
        "n_far": judged["n_far"],
        "folds": judged["folds"],
        "blocks": judged["blocks"],
        "reliability": [dict(row) for row in judged["reliability"]],
        "features": [coefficients.FEATURES[column] for column in VARIANTS[variant]],
        "mask": (
            f"hot on at least {MIN_DAYS} days and {MIN_SHARE:.0%} of days, {MIN_SPAN_DAYS} days or more from first to "
            f"last, over {MIN_NIGHT:.0%} by night, within {RADIUS_M / 1000:g} km; the watch's whole period counts"
        ),
        "cannot_tell": [
            HARDLY if variant == "marks" else COUNTRY,
            _between(float(judged["auc_between"])),
            *CANNOT_TELL,
        ],
        "trained_on": dict(coefficients.SOURCES),
    }


def _mode(variant: str) -> str:
    """Which mode holds when."""
    if variant == "marks":
        return "truce: no feature of earlier acts of war, before or after entry into force"
    return (
        "truce after entry into force: no feature of earlier acts of war; war before it, while earlier fires span no "
        f"more than {coefficients.COUNTS['history_days']} days; both same-day, and in war mode "
        f"settled({SETTLED_DAYS}) beside it when {SETTLED_DAYS} days have passed"
    )


def _between(auc: float) -> str:
    """What the fires between near and far, which training did not see, say of it."""
    can = "cannot tell" if auc < 0.55 else "tells only so well"
    return f"It {can} fires near the line from fires 20 to 100 km off it: AUC {auc:.2f}, where 0.5 is a coin's."
