# SPDX-License-Identifier: Apache-2.0
"""Simulated truces: does the interval hold the number of acts that truly happened?"""

from __future__ import annotations

import numpy as np
import pytest

from truceline.coverage.estimate import interval


def holds(rng, cloud, acts, runs):
    """Share of runs whose interval holds the truth.

    Each world draws its own number of acts, its own clear-sky chance of being seen and its own cloud about the stated
    one; the estimator is told only the stated values with their range, and a calibrated P(act of war) of each event,
    farm fires among them.
    """
    held = 0
    for _ in range(runs):
        truth = rng.poisson(acts * rng.gamma(4, 0.25))
        best = 0.5 * (1 - cloud)
        ends = 0.5 * (1 - min(cloud + 0.1 * (1 - cloud), 0.99)), 0.5 * (1 - max(cloud - 0.1, 0))
        least, greatest = min(ends[0], best * 0.75), max(ends[1], best * 1.25)
        side = rng.standard_normal()
        true_share = min(
            best * np.exp(side * (np.log(best / least) if side < 0 else np.log(greatest / best)) / 1.645), 1
        )
        sighted = rng.binomial(truth, true_share)
        # One farm fire for nine acts seen, each given the probability that it deserves.
        others = rng.poisson(acts * best / 9)
        low, _, high = interval(
            np.full(sighted + others, 0.9), (least, best, greatest), seed=int(rng.integers(1 << 30)), draws=2_000
        )
        held += low <= truth <= high
    return held / runs


@pytest.mark.parametrize("cloud", [0.0, 0.3, 0.6, 0.9])
@pytest.mark.parametrize("acts", [60, 400])
def test_intervals_hold_the_truth(cloud, acts, proof_scale, figures):
    runs = max(150, int(2_000 * proof_scale))
    share = holds(np.random.default_rng([7, int(cloud * 10), acts]), cloud, acts, runs)
    figures(f"estimate: 90 % intervals that hold the truth, cloud {cloud}, {acts} acts", {"runs": runs, "share": share})
    slack = 2.5 * np.sqrt(0.9 * 0.1 / runs)
    assert 0.85 - slack <= share <= 0.95 + slack
