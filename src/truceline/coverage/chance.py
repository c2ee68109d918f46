# SPDX-License-Identifier: Apache-2.0
"""The chance that an act of some place and period was seen at all, with everything that is not known about it.

Coverage gives one number per cloud assumption. An estimate needs the whole range of what may be true, for its interval
is as honest as that range. Each draw is one possible truth:

    s = kappa * sum over half-days d of w_d * a_d * (v_d + (1 - v_d) * tau)

- ``a_d``: chance that an act lit at a random moment of the period, at a random place of the area, is seen in half-day d
  under a clear sky (exact, from the looks and the detection curve);
- ``w_d``: acts are not spread evenly over the half-days;
- ``v_d``: share of the area's sky open as the looks pass. A table states the mean of a region and a day; what was open
  over this area at those minutes scatters about it, the less the larger the area, and half-days resemble each other;
- ``tau``: what a cloud lets through: some are thin;
- ``kappa``: how sensitive the sensor really is to acts as they really are, against the curve and the reference act.

docs/explanation/estimates.md says where each width comes from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from truceline.base.clock import Interval, to_column
from truceline.base.geo import Floats
from truceline.model.watching import CloudDay

SENSITIVITY = 0.28
"""Standard deviation of ln(kappa) (assumed): the curve's half-way power is known to a factor of two, acts differ in
power and duration from the reference act."""

CLOUD_SPREAD = 1.2
"""Spread of the sky over one place about its day's stated mean (probit scale; assumed)."""

CLOUD_REACH_KM = 300.0
"""Places farther apart than this have skies of their own (assumed; weather systems span some hundred kilometres)."""

CLOUD_MEMORY = 0.5
"""Correlation of the sky between one half-day and the next (assumed)."""

TABLE_ERROR = 0.06
"""Standard deviation of a table's error common to all days: nine in ten within a tenth, as the listed assumptions."""

DAY_ERROR = 0.04
"""Standard deviation of its error of one day."""

THIN = (1.2, 4.8)
"""Beta law of tau: mean 0.2, one in twenty above 0.5 (assumed)."""

ACTIVITY = 0.3
"""Coefficient of variation of the rate of acts between half-days (assumed; the watch of Easter 2026 has some 0.4)."""

_HALF_S = 43_200


@dataclass(frozen=True, eq=False)
class HalfDays:
    """What the looks of each half-day (D of them) could have seen of an act of the period, under a clear sky."""

    day: npt.NDArray[np.datetime64]
    """UTC day (D,) of each."""

    share: Floats
    """a_d (D,)."""

    limit: float
    """Share of acts that burn as some look passes: no sensor, however sensitive, sees more."""


def half_days(
    moments: Floats, clear: Floats, weights: Floats, duration_s: float, window: Interval, *, lon: float
) -> HalfDays:
    """Return what each half-day's looks add to the chance that an act lit at a random moment of the window is seen.

    Args:
        moments: (L,) moment of each look, UTC seconds since 1970.
        clear: (L, n) P(detect | the act burns as the look passes, clear sky) per look and place; 0 outside the swath.
        weights: (n,) what each place counts for; any scale.
        duration_s: how long an act burns.
        window: the period.
        lon: longitude of the area's middle; half-days are cut at 6 and 18 h local mean solar time.
    """
    begin, end = window.start.timestamp(), window.end.timestamp()
    used = (moments >= begin) & (moments < end + duration_s) & (clear > 0).any(axis=1)
    order = np.flatnonzero(used)[np.argsort(moments[used], kind="stable")]
    when, seen = moments[order], np.minimum(clear[order], 1 - 1e-12)
    if not len(order) or end <= begin or weights.sum() <= 0:
        return HalfDays(np.empty(0, "datetime64[D]"), np.empty(0), 0.0)
    share = weights / weights.sum()
    label = np.floor((when + lon * 240 - _HALF_S / 2) / _HALF_S).astype(np.int64)
    halves = np.unique(label)
    found = np.zeros(len(halves))
    for place, half in enumerate(halves):
        own = label == half
        found[place] = _mean_seen(when[own], seen[own], share, duration_s, begin, end)
    limit = _mean_seen(when, np.where(seen > 0, 1 - 1e-12, 0.0), share, duration_s, begin, end)
    firsts = np.array([when[label == half][0] for half in halves])
    return HalfDays(firsts.astype("datetime64[s]").astype("datetime64[D]"), found, limit)


def _mean_seen(when: Floats, seen: Floats, share: Floats, duration_s: float, begin: float, end: float) -> float:
    """P(some look sees it) of an act lit at a random moment, mean over places; looks in order of time."""
    cuts = np.unique(np.clip(np.concatenate([when - duration_s, when, [begin, end]]), begin, end))
    middle = (cuts[:-1] + cuts[1:]) / 2
    first = np.searchsorted(when, middle, side="left")
    last = np.searchsorted(when, middle + duration_s, side="left")
    log_miss = np.vstack([np.zeros((1, seen.shape[1])), np.cumsum(np.log1p(-seen), axis=0)])
    hit = (1 - np.exp(log_miss[last] - log_miss[first])) @ share
    return float(hit @ np.diff(cuts) / (end - begin))


def chances(
    rng: np.random.Generator, half: HalfDays, cloud: Sequence[CloudDay], length_km: float, draws: int
) -> Floats:
    """Return draws (draws,) of the chance that an act of the area and period was seen, 0 to 1.

    Args:
        rng: source of chance.
        half: what a clear sky would have allowed.
        cloud: the cloud table; a day it lacks may have any sky.
        length_km: extent of the area, kilometres: how many skies it has.
        draws: how many.
    """
    count = len(half.share)
    if not count:
        return np.zeros(draws)
    skies = 1 + length_km / CLOUD_REACH_KM
    spread = CLOUD_SPREAD / np.sqrt(skies)
    hidden = _stated(rng, half.day, cloud, draws)
    latent = rng.standard_normal((draws, count))
    for each in range(1, count):
        latent[:, each] = CLOUD_MEMORY * latent[:, each - 1] + np.sqrt(1 - CLOUD_MEMORY**2) * latent[:, each]
    # With this shift of the middle the mean over the latent sky is the stated share.
    middle = ndtri(np.clip(1 - hidden, 1e-6, 1 - 1e-6)) * np.sqrt(1 + spread**2)
    clear = ndtr(middle + spread * latent)
    thin = rng.beta(*THIN, draws)[:, None]
    activity = rng.gamma(1 / ACTIVITY**2, ACTIVITY**2, (draws, count))
    activity *= count / activity.sum(axis=1, keepdims=True)
    seen = (activity * half.share * (clear + (1 - clear) * thin)).sum(axis=1)
    kappa = np.exp(SENSITIVITY * rng.standard_normal(draws))
    return np.asarray(np.clip(kappa * seen, 1e-9, max(half.limit, 1e-9)))


def _stated(
    rng: np.random.Generator, days: npt.NDArray[np.datetime64], cloud: Sequence[CloudDay], draws: int
) -> Floats:
    """Draws (draws, D) of the mean hidden share of each half-day's day, as the table may mean it."""
    table = {to_column(each.day).astype("datetime64[D]"): [*each.shares.values()] for each in cloud}
    region = rng.random(draws)
    common = TABLE_ERROR * rng.standard_normal(draws)
    unknown = rng.random(draws)
    found = np.empty((draws, len(days)))
    for day in np.unique(days):
        shares = table.get(day) or []
        own = days == day
        if not shares or not np.isfinite(shares).all():
            found[:, own] = unknown[:, None]
            continue
        low, high = min(shares), max(shares)
        error = common + DAY_ERROR * rng.standard_normal(draws)
        found[:, own] = np.clip(low + region * (high - low) + error, 0.0, 1.0)[:, None]
    return found
