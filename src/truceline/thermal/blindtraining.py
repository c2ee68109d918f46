# SPDX-License-Identifier: Apache-2.0
"""How the place-blind model is fitted and judged. Pure; the line enters only here, as labels of the training half."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from truceline.base.geo import Floats
from truceline.thermal.firetable import Ints

Mask = npt.NDArray[np.bool_]

BINS = 10
"""Bins of the calibration table, of equal weight."""


def fit(table: Floats, label: Mask, weight: Floats, ridge: Floats) -> Floats:
    """Return intercept and weights of a logit with a penalty on standardised weights (iteratively reweighted).

    Args:
        table: (n, k) features.
        label: (n,) near.
        weight: (n,) of each row.
        ridge: (k,) penalty on each squared standardised weight, per unit of mean loss.
    """
    mean = np.average(table, axis=0, weights=weight)
    spread = np.sqrt(np.average((table - mean) ** 2, axis=0, weights=weight)) + 1e-9
    z = np.c_[np.ones(len(table)), (table - mean) / spread]
    w = weight / weight.sum()
    penalty = np.r_[1e-9, ridge]
    beta = np.zeros(z.shape[1])
    for _ in range(12):
        p = 1.0 / (1.0 + np.exp(-np.clip(z @ beta, -30.0, 30.0)))
        curve = w * np.maximum(p * (1.0 - p), 1e-4)
        beta = beta + np.linalg.solve(
            z.T @ (z * curve[:, None]) + np.diag(penalty), z.T @ (w * (label - p)) - penalty * beta
        )
    slopes = beta[1:] / spread
    return np.asarray(np.r_[beta[0] - mean @ slopes, slopes], dtype=np.float64)


def auc(value: Floats, near: Mask) -> float | None:
    """Return the area under the curve; None where a class is empty."""
    n = int(near.sum())
    if n in {0, len(near)}:
        return None
    ranks = rankdata(value)
    return float((ranks[near].sum() - n * (n + 1) / 2) / (n * (len(near) - n)))


def auc_interval(
    value: Floats, near: Mask, week: Ints, rng: np.random.Generator, draws: int = 200
) -> list[float] | None:
    """Return the 95 % interval of the AUC, weeks drawn with replacement; None where it cannot be had."""
    weeks, of = np.unique(week, return_inverse=True)
    of = of.reshape(-1)
    order = np.argsort(value, kind="stable")
    value, near, of = value[order], near[order], of[order]
    _, tie = np.unique(value, return_inverse=True)
    found = []
    for _ in range(draws):
        times = np.bincount(rng.integers(0, len(weeks), len(weeks)), minlength=len(weeks))[of].astype(np.float64)
        high = np.bincount(tie, weights=times * near)
        low = np.bincount(tie, weights=times * ~near)
        if high.sum() > 0 and low.sum() > 0:
            below = np.cumsum(low) - 0.5 * low
            found.append(float((high * below).sum() / (high.sum() * low.sum())))
    return [float(q) for q in np.quantile(found, [0.025, 0.975])] if len(found) >= draws // 2 else None


def share_weights(near: Mask, share: float) -> Floats:
    """Return weights under which near fires have this share."""
    n, m = max(int(near.sum()), 1), max(int((~near).sum()), 1)
    return np.where(near, share / n, (1.0 - share) / m)


@dataclass(frozen=True)
class Bin:
    """One row of a reliability table."""

    predicted: float
    observed: float
    weight: float
    count: int


def reliability(p: Floats, near: Mask, share: float) -> list[Bin]:
    """Return the table: bins of equal weight, equal P together, near fires re-weighted to the training share."""
    if len(p) == 0 or near.all() or not near.any():
        return []
    weight = share_weights(near, share)
    of = np.unique(p, return_inverse=True)[1].reshape(-1)
    held = np.bincount(of, weights=weight)
    # What is said of many fires alike is one answer: it stays in one bin, however much weight it has.
    place = np.minimum(((np.cumsum(held) - held / 2) * BINS).astype(np.int64), BINS - 1)[of]
    rows = []
    for number in range(BINS):
        part = np.flatnonzero(place == number)
        w = weight[part]
        if len(part) and w.sum() > 0:
            mean = float(np.average(p[part], weights=w))
            rows.append(Bin(mean, float(np.average(near[part], weights=w)), float(w.sum()), len(part)))
    return rows


def calibration_error(rows: list[Bin]) -> float | None:
    """Return the expected calibration error of a table; None for an empty one."""
    total = sum(row.weight for row in rows)
    return float(sum(row.weight * abs(row.predicted - row.observed) for row in rows) / total) if rows else None


def calibrate(log_odds: Floats, near: Mask, share: float, knots: int = 16) -> tuple[list[float], list[float]]:
    """Return knots of the increasing curve from held-out log odds to the log odds of being near at the given share.

    Groups of equal weight are pooled until their shares rise (pool adjacent violators); each keeps a little of the
    whole, so that no group is certain, and the curve a little slope, so that order is kept.
    """
    weight = share_weights(near, share)
    order = np.argsort(log_odds, kind="stable")
    place = np.minimum((np.cumsum(weight[order]) * knots).astype(np.int64), knots - 1)
    middle = [float(np.average(log_odds[order[place == k]], weights=weight[order[place == k]])) for k in range(knots)]
    rate = np.array(
        [float(np.average(near[order[place == k]], weights=weight[order[place == k]])) for k in range(knots)]
    )
    rate = 0.99 * _rising(rate) + 0.01 * share
    y = np.log(rate / (1.0 - rate)) + 1e-3 * np.array(middle)
    return middle, [float(v) for v in y]


def shift(log_odds: Floats, near: Floats, far: Floats, share: float, ridge: float) -> tuple[float, float]:
    """Return what to add to log odds, and what to multiply them by first, so that they fit these labels.

    A logit of two numbers, near fires re-weighted to the share. Nothing to learn from leaves 0 and 1.

    Args:
        log_odds: (n,) of P as it stands.
        near: (n,) how many near fires have each.
        far: (n,) how many far fires.
        share: to which near fires are re-weighted.
        ridge: penalty on the squares of how far the two numbers are from 0 and 1, per unit of mean loss.
    """
    if near.sum() <= 0 or far.sum() <= 0:
        return 0.0, 1.0
    near, far = share * near / near.sum(), (1.0 - share) * far / far.sum()
    kept, design = np.array([0.0, 1.0]), np.c_[np.ones(len(log_odds)), log_odds]

    def loss(beta: Floats) -> float:
        z = design @ beta
        told = (near * np.logaddexp(0.0, -z) + far * np.logaddexp(0.0, z)).sum()
        return float(told + 0.5 * ridge * ((beta - kept) ** 2).sum())

    beta, least = kept, loss(kept)
    for _ in range(30):
        p = 1.0 / (1.0 + np.exp(-np.clip(design @ beta, -30.0, 30.0)))
        bend = design.T @ (design * ((near + far) * p * (1.0 - p))[:, None]) + (ridge + 1e-9) * np.eye(2)
        step = np.linalg.solve(bend, design.T @ (near - (near + far) * p) - ridge * (beta - kept))
        # Far from the answer a whole step may overshoot, and the next one diverge.
        while loss(beta + step) > least and np.abs(step).max() > 1e-6:
            step = step / 2.0
        if np.abs(step).max() <= 1e-6:
            break
        beta = beta + step
        least = loss(beta)
    return float(beta[0]), float(beta[1])


def _rising(rate: Floats) -> Floats:
    """Pool adjacent violators, equal weights."""
    groups: list[list[float]] = []
    for value in rate.tolist():
        groups.append([value, 1.0])
        while len(groups) > 1 and groups[-2][0] > groups[-1][0]:
            last, count = groups.pop()
            total = groups[-1][1] + count
            groups[-1] = [(groups[-1][0] * groups[-1][1] + last * count) / total, total]
    return np.concatenate([np.full(int(count), value) for value, count in groups])


def on_curve(log_odds: Floats, curve: tuple[list[float], list[float]]) -> Floats:
    """Return calibrated probabilities: linear between the knots, and beyond them with a fifth of unit slope."""
    x, y = np.asarray(curve[0]), np.asarray(curve[1])
    beyond = 0.2 * (np.minimum(log_odds - x[0], 0.0) + np.maximum(log_odds - x[-1], 0.0))
    found = np.interp(log_odds, x, y) + beyond
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(found, -20.0, 20.0))))
