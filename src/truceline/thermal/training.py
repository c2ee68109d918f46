# SPDX-License-Identifier: Apache-2.0
"""How the model is trained and judged. Pure: the data come as arguments, chance as a seeded generator.

War fires carry no label. Fires near the line (< 20 km) are war's and nature's mixed; fires far from it (> 100 km, no
reported strike near) are taken as nature's and industry's alone. With r(x) the density of near fires over that of far
fires at features x, and c the share of near fires that are natural (from the far density, by area):

    f_war / f_natural = (r - c) / (1 - c)        (positive and unlabelled: Elkan & Noto 2008; du Plessis et al. 2014)
    P(war | x) = ρ (r - c) / (ρ (r - c) + (1 - ρ) (1 - c))

where ρ is the share of war fires among the theatre's fires. Both c and ρ are stated, and drawn in the bands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from truceline.base.geo import Floats
from truceline.model.detection import Ints

RIDGE = 10.0
"""Penalty on squared weights (not on the intercept)."""

LEAST_RATIO = 0.02
"""Smallest (r - c) / (1 - c) believed: no look at heat alone rules war out."""

FOLDS = 10
"""Parts of the cross-validation."""

BINS = 5
"""Bins of the reliability table, of equal numbers."""

NATURAL_SPREAD = 0.5
"""Standard deviation of the logarithm of how the natural density near the line differs from that far from it."""

PRIOR_SPREAD = 0.5
"""Standard deviation of the logit of ρ beyond what sampling explains: another month, another front."""


@dataclass(frozen=True, eq=False)
class Sample:
    """Unmasked events of a theatre at war, outside any truce: what training sees."""

    table: Floats
    """Features (n, k)."""

    zone: Ints
    """0 near, 1 between, 2 far, 3 far but by a reported strike."""

    block: Ints
    """Number of each event's block of place and days; blocks stay whole in folds and draws."""

    area: tuple[float, float, float]
    """Area near, between, far, in any one unit."""


@dataclass(frozen=True)
class Shares:
    """The two numbers that turn near-or-far into war-or-not."""

    contamination: float
    """Share c of near fires that are natural."""

    prior: float
    """Share ρ of war fires among all unmasked fires of the theatre."""


def shares(sample: Sample, rows: Ints | None = None) -> Shares:
    """Return c and ρ, from counts and areas.

    Natural fires are taken as dense near the line as far from it. What burns between near and far, or beside strikes
    reported far away, is not counted as war's: it is as dense as natural fires alone would be.
    """
    zone = sample.zone if rows is None else sample.zone[rows]
    near, far = int((zone == 0).sum()), int((zone >= 2).sum())
    natural = far * sample.area[0] / sample.area[2]
    contamination = float(np.clip(natural / max(near, 1), 0.01, 0.9))
    return Shares(contamination, (1.0 - contamination) * near / max(len(zone), 1))


def fit(table: Floats, near: npt.NDArray[np.bool_], ridge: float = RIDGE) -> Floats:
    """Return weights (k + 1, intercept first) of log r(x), by penalised logistic regression (Newton steps)."""
    design = np.column_stack([np.ones(len(table)), table])
    penalty = ridge * np.eye(design.shape[1])
    penalty[0, 0] = 0.0
    weights = np.zeros(design.shape[1])
    for _ in range(25):
        p = 1.0 / (1.0 + np.exp(-design @ weights))
        slope = design.T @ (near - p) - penalty @ weights
        weights = weights + np.linalg.solve(design.T @ (design * (p * (1 - p))[:, None]) + penalty, slope)
    weights[0] -= np.log(near.sum() / (~near).sum())
    return weights


def log_ratio(weights: Floats, table: Floats) -> Floats:
    """Return log r(x)."""
    return np.asarray(weights[0] + table @ weights[1:])


def war_probability(log_r: Floats, contamination: float | Floats, prior: float | Floats) -> Floats:
    """Return P(war | x); see the module's formula."""
    ratio = np.maximum((np.exp(log_r) - contamination) / (1.0 - contamination), LEAST_RATIO)
    odds = prior / (1.0 - prior) * ratio
    return np.asarray(odds / (1.0 + odds))


def folds(block: Ints, near: npt.NDArray[np.bool_], count: int = FOLDS) -> Ints:
    """Return each event's fold: whole blocks, largest first, each to the fold that keeps near and far most even."""
    numbers, inverse = np.unique(block, return_inverse=True)
    sizes = np.stack([np.bincount(inverse, weights=~near), np.bincount(inverse, weights=near)], axis=1)
    held = np.zeros((count, 2))
    place = np.zeros(len(numbers), dtype=np.int64)
    for number in np.lexsort((numbers, -sizes.sum(axis=1))).tolist():
        even = (((held + sizes[number]) ** 2 - held**2) / np.maximum(sizes.sum(axis=0), 1) ** 2).sum(axis=1)
        place[number] = int(np.argmin(even))
        held[place[number]] += sizes[number]
    return place[inverse]


def held_out(table: Floats, near: npt.NDArray[np.bool_], fold: Ints) -> Floats:
    """Return log r(x) of each event from a model that saw nothing of its fold."""
    found = np.zeros(len(table))
    for number in np.unique(fold).tolist():
        test = fold == number
        found[test] = log_ratio(fit(table[~test], near[~test]), table[test])
    return found


def auc(score: Floats, near: npt.NDArray[np.bool_]) -> float:
    """Return the probability that a near event scores higher than a far one (ties count half)."""
    far = np.sort(score[~near])
    below = (np.searchsorted(far, score[near], "left") + np.searchsorted(far, score[near], "right")) / 2
    return float(below.mean() / len(far))


def reliability(log_r: Floats, near: npt.NDArray[np.bool_], given: Shares, bins: int = BINS) -> list[dict[str, float]]:
    """Return, per bin of predicted P(war), what was predicted and what near and far counts in it say, given c and ρ.

    A bin's weight is its share of the theatre's fires: ρ' of near and 1 - ρ' of far, ρ' = ρ / (1 - c).
    """
    predicted = war_probability(log_r, given.contamination, given.prior)
    mixed = min(given.prior / (1.0 - given.contamination), 0.99)
    weight = np.where(near, mixed / near.sum(), (1.0 - mixed) / (~near).sum())
    found = []
    for rows in np.array_split(np.argsort(predicted, kind="stable"), bins):
        ones = near[rows].sum() / near.sum()
        zeros = max(float((~near[rows]).sum()), 0.5) / (~near).sum()
        ratio = max(float(ones / zeros), 1e-9)
        observed = war_probability(np.log(np.array([ratio])), given.contamination, given.prior)[0]
        found.append(
            {
                "n": len(rows),
                "weight": float(weight[rows].sum()),
                "predicted": float((predicted[rows] * weight[rows]).sum() / weight[rows].sum()),
                "observed": float(observed),
            }
        )
    return found


def calibration_error(table: list[dict[str, float]]) -> float:
    """Return the expected calibration error of a reliability table."""
    return float(sum(row["weight"] * abs(row["predicted"] - row["observed"]) for row in table))


def chance_error(log_r: Floats, near: npt.NDArray[np.bool_], given: Shares, rng: np.random.Generator) -> float:
    """Return the 95 % point of the calibration error a perfectly calibrated model would show on as many events."""
    base = np.log(near.sum() / (~near).sum())
    p = 1.0 / (1.0 + np.exp(-(log_r + base)))
    drawn = [calibration_error(reliability(log_r, rng.random(len(p)) < p, given)) for _ in range(200)]
    return float(np.quantile(drawn, 0.95))


def judge(sample: Sample, rng: np.random.Generator) -> dict[str, Any]:
    """Return the cross-validated figures: AUC by fold and pooled, calibration error, reliability, counts."""
    used = (sample.zone == 0) | (sample.zone == 2)
    table, near, block = sample.table[used], sample.zone[used] == 0, sample.block[used]
    fold = folds(block, near)
    log_r = held_out(table, near, fold)
    given = shares(sample)
    rows = reliability(log_r, near, given)
    by_fold = [
        auc(log_r[fold == k], near[fold == k]) for k in range(FOLDS) if 0 < near[fold == k].sum() < (fold == k).sum()
    ]
    return {
        "auc": auc(log_r, near),
        "auc_folds": [float(np.min(by_fold)), float(np.median(by_fold)), float(np.max(by_fold))],
        "ece": calibration_error(rows),
        "ece_by_chance_95": chance_error(log_r, near, given, rng),
        "n_near": int(near.sum()),
        "n_far": int((~near).sum()),
        "blocks": len(np.unique(block)),
        "folds": FOLDS,
        "reliability": rows,
    }


def draws(sample: Sample, count: int, rng: np.random.Generator) -> Floats:
    """Return (count, k + 3) draws of weights, c and ρ: blocks drawn with replacement, then the stated spreads."""
    numbers, inverse = np.unique(sample.block, return_inverse=True)
    rows_of = [np.flatnonzero(inverse == k) for k in range(len(numbers))]
    found = []
    for _ in range(count):
        rows = np.concatenate([rows_of[k] for k in rng.integers(0, len(numbers), len(numbers)).tolist()])
        zone = sample.zone[rows]
        used = rows[(zone == 0) | (zone == 2)]
        weights = fit(sample.table[used], sample.zone[used] == 0)
        given = shares(sample, rows)
        contamination = float(np.clip(given.contamination * np.exp(rng.normal(0.0, NATURAL_SPREAD)), 0.01, 0.6))
        prior = given.prior * (1.0 - contamination) / (1.0 - given.contamination)
        logit = np.log(prior / (1.0 - prior)) + rng.normal(0.0, PRIOR_SPREAD)
        found.append(np.r_[weights, contamination, 1.0 / (1.0 + np.exp(-logit))])
    return np.array(found)


def industry_shares(table: Floats, industrial: npt.NDArray[np.bool_]) -> Mapping[str, float]:
    """Return the share of industry among far unmasked fires by day and by night, one half-count added each way."""
    night = table[:, 0] > 0.5

    def share(rows: npt.NDArray[np.bool_]) -> float:
        return float((industrial[rows].sum() + 0.5) / (rows.sum() + 1.0))

    return {"day": share(~night), "night": share(night)}
