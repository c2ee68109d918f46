# SPDX-License-Identifier: Apache-2.0
"""The truce against the days around it, per unit of coverage.

What is compared is the rate of *sightings* (one event seen by one pass) per unit of exposure (chance that the
reference act, burning at that moment near the line, is detected). Sightings, unlike events, grow in proportion to
exposure: an event counted once however many passes see it would count for less under a clear sky.

The model, per cloud assumption (docs/explanation/estimates.md derives it): passes are gathered in blocks of a day;
block b has Y_b sightings with mean lambda * e_b * (R inside the truce) and variance phi * mean + psi * mean^2.
``e_b`` weighs night exposure by what a unit of it yields outside the truce; ``phi`` comes from how many sightings
one event makes and from the scatter between passes of a day; ``psi``, the scatter of days, is integrated over.
The ends of the interval are those of Clopper and Pearson (1934) where there is no such scatter: exact for counts
however small. An over-dispersed count has the negative binomial law of the count divided by phi (quasi-likelihood,
Wedderburn 1974).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from truceline.base.clock import Times
from truceline.base.geo import Floats
from truceline.model.detection import Ints
from truceline.model.watching import Comparison

LEVEL = 0.90
"""Level of the two-sided interval."""

FEWEST_DAYS = 3
"""Fewest days outside the truce from which the scatter between days can be known at all."""

_SCATTER = np.array([0.08, 0.15, 0.24, 0.36, 0.52, 0.75, 1.1, 1.7])
"""Values of sqrt(psi), the coefficient of variation between days, that are integrated over."""

_SCATTER_SCALE = 1.0
"""Scale of its half-Cauchy prior (Gelman 2006): nearly flat over what days of fire show."""

_NODES = np.array([-np.sqrt(3.0), 0.0, np.sqrt(3.0)])
_NODE_WEIGHTS = np.log([1 / 6, 2 / 3, 1 / 6])
"""Gauss-Hermite rule of three nodes for the night-to-day ratio's normal error."""

_DAY_US = 86_400_000_000


@dataclass(frozen=True, eq=False)
class PassTable:
    """One row per readable pass (n of them), whether it saw anything or not."""

    time: Times
    """Middle of the pass, UTC."""

    daylight: npt.NDArray[np.bool_]
    """Whether it looks by day."""

    inside: npt.NDArray[np.bool_]
    """Whether it lies inside the truce."""

    count: Floats
    """Near-line sightings: sum over the events this pass saw of their probability of being an act of war."""

    exposure: Mapping[str, Floats]
    """Per cloud assumption: mean over the near-line points of P(reference act detected | it burns at this pass).
    A point outside the footprint, or outside what the data covers, adds zero."""

    spread: float = 1.0
    """Variance over mean of sightings that come in events: sum of m^2 over sum of m, where an event makes m of them
    (compound Poisson law)."""

    @classmethod
    def of_sightings(
        cls,
        time: Times,
        daylight: npt.NDArray[np.bool_],
        inside: npt.NDArray[np.bool_],
        exposure: Mapping[str, Floats],
        seen: tuple[Ints, Ints, Floats],
    ) -> PassTable:
        """Return the table from ``seen``: per sighting the pass's row, the event's number, P(act of war).

        A pass that sees several pixels of one event gives one sighting: repeated (pass, event) pairs count once.
        """
        rows, events, weights = seen
        if len(rows) == 0:
            return cls(time, daylight, inside, np.zeros(len(time)), exposure)
        pairs, first = np.unique(np.stack([rows, events]), axis=1, return_index=True)
        weight = np.asarray(weights, dtype=np.float64)[first]
        count = np.bincount(pairs[0], weights=weight, minlength=len(time)).astype(np.float64)
        per_event = np.bincount(pairs[1], weights=weight)
        total = float(per_event.sum())
        spread = float((per_event**2).sum()) / total if total > 0 else 1.0
        return cls(time, daylight, inside, count, exposure, spread)


@dataclass(frozen=True, eq=False)
class _Blocks:
    """Days of one assumption: sightings and exposure by day and by night (b, 2)."""

    inside: npt.NDArray[np.bool_]
    count: Floats
    exposure: Floats
    phi: float


def compare(table: PassTable, texts: Mapping[str, str]) -> Comparison:
    """Return whether the rate in the truce differs from that of the days around it.

    A fall is reported only if the whole 90 % interval lies below 1 under every assumption of ``table.exposure``,
    a rise only if it lies above 1 under every one; else *cannot tell*, with the reason.

    Args:
        table: the passes.
        texts: one sentence per assumption name.
    """
    reason = _missing(table)
    if reason:
        return _cannot_tell(reason, ())
    found: list[dict[str, Any]] = []
    for name, exposure in table.exposure.items():
        inside, outside = (float(np.nansum(exposure[mask])) for mask in (table.inside, ~table.inside))
        row: dict[str, Any] = {"name": name, "text": texts.get(name, name), "ratio": None, "low": None, "high": None}
        row |= {"exposure_in": round(inside, 4), "exposure_out": round(outside, 4)}
        blocks = _blocks(table, np.nan_to_num(np.asarray(exposure, dtype=np.float64)))
        if blocks is not None:
            ratio, low, high = _interval(blocks)
            row |= {"ratio": _rounded(ratio), "low": _rounded(low), "high": _rounded(high)}
        found.append(row)
    return _verdict(tuple(found))


def _missing(table: PassTable) -> str:
    """Why the table cannot be compared at all, or nothing."""
    if not table.inside.any():
        return "No readable satellite pass falls in the truce."
    if table.inside.all():
        return "There is no readable satellite pass outside the truce to compare with."
    if not table.exposure:
        return "No cloud assumption is given, so nothing is known of what could have been seen."
    if float(table.count[~table.inside].sum()) <= 0:
        return "Nothing was seen near the line outside the truce, so there is nothing to compare with."
    return ""


def _verdict(rows: tuple[dict[str, Any], ...]) -> Comparison:
    blind = [row for row in rows if row["high"] is None]
    if blind:
        reason = (
            f"Under the assumption “{blind[0]['text']}” too little could be seen, inside the truce or on the days "
            "around it, to compare the two."
        )
        return _cannot_tell(reason, rows)
    ratio, low, high = rows[0]["ratio"], min(r["low"] for r in rows), max(r["high"] for r in rows)
    if high < 1:
        text = f"Fewer acts per unit of coverage than on the days around: {_range(low, high)} times as many"
    elif low > 1:
        text = f"More acts per unit of coverage than on the days around: {_range(low, high)} times as many"
    else:
        wide = sum(row["low"] <= 1 <= row["high"] for row in rows)
        under = "each" if wide == len(rows) else f"{wide}"
        reason = (
            f"Per unit of coverage the rate in the truce may be {_range(low, high)} times that of the days around it "
            f"(90 %, the widest of {len(rows)} cloud assumptions); under {under} of them the data also fit no change."
        )
        return _cannot_tell(reason, rows)
    return Comparison(
        ratio, low, high, False, f"{text} (90 %, under every one of {len(rows)} cloud assumptions).", rows
    )


def _cannot_tell(reason: str, rows: tuple[dict[str, Any], ...]) -> Comparison:
    return Comparison(None, None, None, cannot_tell=True, reason=reason, assumptions=rows)


def _range(low: float, high: float) -> str:
    return f"{low:.2g} to {high:.2g}"


def _rounded(value: float) -> float:
    return round(value, 4)


def day_blocks(time: Times, inside: npt.NDArray[np.bool_]) -> Ints:
    """Return each pass's block (n,): even numbers outside the truce, odd ones inside.

    Outside, days are cut at the time of day farthest from any pass, so that no night is cut in two. Inside they are
    counted in steps of 24 hours from the truce's first pass: a truce of a day is one block wherever it begins, for a
    day's weather and mood count once.
    """
    moment = time.astype("datetime64[us]").astype(np.int64)
    marks = np.unique(moment % _DAY_US)
    gaps = np.diff(np.concatenate([marks, marks[:1] + _DAY_US]))
    widest = int(np.argmax(gaps))
    cut = int(marks[widest] + gaps[widest] // 2)
    begin = np.full(len(moment), cut)
    if inside.any():
        begin[inside] = moment[inside].min()
    return np.asarray((moment - begin) // _DAY_US * 2 + inside, dtype=np.int64)


def _blocks(table: PassTable, exposure: Floats) -> _Blocks | None:
    """Days of passes that could see anything; None where they cannot be compared."""
    # What nothing outside the truce resembles (only nights seen, say) cannot be compared: it is left out.
    kind = table.daylight.astype(np.int64)
    useful = exposure > 0
    usable = [bool((table.count * useful)[(kind == k) & ~table.inside].sum() > 0) for k in (0, 1)]
    keep = useful & np.array(usable)[kind]
    if not (keep & table.inside).any():
        return None
    labels, block = np.unique(day_blocks(table.time, table.inside)[keep], return_inverse=True)
    inside = labels % 2 == 1
    if int((~inside).sum()) < FEWEST_DAYS:
        return None
    cell = block * 2 + kind[keep]
    count, seen = (
        np.bincount(cell, weights=values[keep], minlength=2 * len(labels)).astype(np.float64).reshape(-1, 2)
        for values in (table.count, exposure)
    )
    phi = max(table.spread, _pass_scatter(table.count[keep], exposure[keep], cell, count, seen))
    return _Blocks(inside, count, seen, phi)


def _pass_scatter(count: Floats, exposure: Floats, cell: Ints, counts: Floats, exposures: Floats) -> float:
    """Pearson's chi-squared per degree of freedom between the passes of each half-day; 0 where too few tell."""
    expected = counts.ravel()[cell] * exposure / exposures.ravel()[cell]
    # Cells that expect next to nothing carry no information on scatter, but would dominate the sum.
    used = expected > 0.2
    freedom = int(used.sum()) - len(np.unique(cell[used]))
    if freedom < 10:
        return 0.0
    return float(((count[used] - expected[used]) ** 2 / expected[used]).sum()) / freedom


def _interval(blocks: _Blocks) -> tuple[float, float, float]:
    """Ratio and the ends of its 90 % interval."""
    outside = ~blocks.inside
    night_weights = _night_weights(blocks)
    exposures = blocks.exposure @ np.stack([np.exp(night_weights), np.ones(len(night_weights))])
    exposures = exposures.T
    exposures *= blocks.count[outside].sum() / exposures[:, outside].sum(axis=1, keepdims=True)
    count = blocks.count.sum(axis=1)
    seen_in = float(count[blocks.inside].sum())
    ratio = seen_in / float(exposures[len(night_weights) // 2, blocks.inside].sum())

    y, e = count / blocks.phi, exposures / blocks.phi
    total = float(y[outside].sum())
    deviation = np.clip(np.sqrt(1 / total + 0.15 / outside.sum()), 0.05, 0.4)
    step = deviation / 3
    rate = np.arange(-18, 19) * step
    span = np.arange(-int(9 / step), int(7 / step) + 1) * step
    out = _log_likelihood(y[outside], e[:, outside], rate)
    inside = _log_likelihood(y[blocks.inside], e[:, blocks.inside], span)
    prior = _NODE_WEIGHTS if len(night_weights) > 1 else np.zeros(1)
    prior = prior[:, None] - np.log1p((_SCATTER / _SCATTER_SCALE) ** 2) + np.log(np.gradient(_SCATTER))
    out = out + prior[:, :, None]

    typical_out = e[:, outside].mean(axis=1)
    typical_in = e[:, blocks.inside].mean(axis=1)
    above = _quantile(out, inside + _information(typical_in, span), span)
    below = _quantile(out + _information(typical_out, rate), inside, span)
    high = above((1 + LEVEL) / 2)
    low = below((1 - LEVEL) / 2) if seen_in > 0 else 0.0
    return float(np.clip(ratio, low, high)), low, high


def _night_weights(blocks: _Blocks) -> Floats:
    """Logarithms of what a unit of night exposure yields against one of day: nodes about the best value."""
    count, exposure = blocks.count[~blocks.inside], blocks.exposure[~blocks.inside]
    total, seen = count.sum(axis=0), exposure.sum(axis=0)
    if (total <= 0).any() or (seen <= 0).any():
        return np.zeros(1)
    rate = total / seen
    scatter = ((count - rate * exposure) ** 2).sum(axis=0)
    variance = np.maximum(scatter, blocks.phi * total) / total**2
    # Beyond a factor of e the rule's outer nodes would tell tales of a handful of sightings.
    error = min(float(np.sqrt(variance.sum())), 1.0)
    return np.asarray(np.log(rate[0] / rate[1]) + _NODES * error)


def _log_likelihood(y: Floats, e: Floats, log_rate: Floats) -> Floats:
    """Log likelihood (nodes, scatter, rates) of counts ``y`` (b,) at exposures ``e`` (nodes, b)."""
    k = 1 / _SCATTER[:, None] ** 2
    constant = (gammaln(y + k) - gammaln(k) + k * np.log(k)).sum(axis=1)
    mean = e[:, None, :] * np.exp(log_rate)[:, None]
    found = np.empty((len(e), len(k), len(log_rate)))
    positive = y > 0
    power = (y[positive] * np.log(mean[:, :, positive])).sum(axis=2)
    for row, shape in enumerate(k[:, 0]):
        found[:, row] = constant[row] + power - (np.log(mean + shape) @ (y + shape))
    return found


def _information(mean: Floats, log_rate: Floats) -> Floats:
    """Log of what one block of exposure ``mean`` (nodes,) tells of its own log rate (nodes, scatter, rates).

    As a prior on a rate it makes the upper end of a Poisson count exact (one more than was seen: Gamma(y + 1)), and
    stays flat where the scatter between days, not the count, limits what is known.
    """
    expected = mean[:, None, None] * np.exp(log_rate)
    return np.asarray(np.log(expected / (1 + _SCATTER[:, None] ** 2 * expected)))


def _quantile(out: Floats, inside: Floats, span: Floats) -> Callable[[float], float]:
    """Quantiles of the ratio, all else integrated over.

    ``out`` is the log weight of the rate outside (nodes, scatter, p rates), ``inside`` of the rate inside (nodes,
    scatter, q rates of the same step); their difference is the ratio.
    """
    width = out.shape[2]
    peak = inside.max(axis=2, keepdims=True)
    windows = np.lib.stride_tricks.sliding_window_view(np.exp(inside - peak), width, axis=2)
    # Each node's and scatter's own height decides how much it counts.
    weight = np.exp(out - out.max()) * np.exp(peak - peak.max())
    density = np.einsum("nprw,npw->r", windows, weight)
    total = np.cumsum(density) - density / 2
    log_ratio = span[width // 2 : len(span) - width // 2]

    def quantile(level: float) -> float:
        return float(np.exp(np.interp(level * density.sum(), total, log_ratio)))

    return quantile
