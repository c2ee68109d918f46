# SPDX-License-Identifier: Apache-2.0
"""Simulated truces: does the interval hold the number of acts that truly happened?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from truceline.base.clock import Interval
from truceline.coverage import chance
from truceline.coverage.detect import CURVES
from truceline.coverage.estimate import bursts, interval
from truceline.model.watching import CloudDay
from truceline.simulate import counting


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


@pytest.mark.parametrize("cloud", [0.0, 0.1, 0.3, 0.5, 0.7, 0.85, 0.95])
@pytest.mark.parametrize("acts", [60, 400])
def test_intervals_hold_the_truth_of_worlds_of_another_nature(cloud, acts, proof_scale, figures):
    """Whole worlds: other detection curves, other acts, clouds over places, missing days, farm fires, doubt of all."""
    runs = max(100 if acts == 60 else 40, int(2_000 * proof_scale))
    found = [counting.holds(seed, cloud=cloud, acts=acts) for seed in range(100_000, 100_000 + runs)]
    share = float(np.mean([held for held, _ in found]))
    width = round(float(np.median([ratio for _, ratio in found])), 2)
    figures(
        f"estimate: worlds of another nature, 90 % intervals that hold the truth, cloud {cloud}, {acts} acts",
        {"runs": runs, "share": round(share, 4), "median upper end over lower end": width},
    )
    slack = 2.5 * np.sqrt(0.9 * 0.1 / runs)
    assert 0.85 - slack <= share <= 0.95 + slack


def test_the_natures_are_not_what_the_estimator_assumes():
    """The worlds' curves cross the estimator's half-way powers from both sides and are of another form."""
    natures = [counting.natures(seed)[0] for seed in range(300)]
    night = np.array([nature.missed_mw for nature in natures])
    assert night.min() < 0.8 < CURVES["VIIRS"].night_mw < 3.0 < night.max()
    day = np.array([nature.missed_mw * nature.by_day for nature in natures])
    assert 0.2 < float(np.mean(day > CURVES["VIIRS"].day_mw)) < 0.6


def test_the_chance_of_being_seen_is_what_the_passes_allow():
    """Known answers: one look, half the places, no cloud; and what no look can reach stays unseen."""
    start = datetime(2025, 4, 1, tzinfo=UTC)
    window = Interval(start, start + timedelta(hours=24))
    moments = np.array([start.timestamp() + 6 * 3_600])
    half = chance.half_days(moments, np.array([[0.8, 0.0]]), np.ones(2), 3_600.0, window, lon=0.0)
    assert half.share == pytest.approx([0.5 * 0.8 / 24])
    assert half.limit == pytest.approx(0.5 / 24)
    clear = (CloudDay(start, {"country": 0.0}),)
    drawn = chance.chances(np.random.default_rng(1), half, clear, 700.0, 20_000)
    assert float(np.median(drawn)) == pytest.approx(half.share.sum(), rel=0.1)
    assert drawn.max() <= half.limit
    none = chance.half_days(moments, np.zeros((1, 2)), np.ones(2), 3_600.0, window, lon=0.0)
    assert (none.share.size, none.limit) == (0, 0.0)


def test_two_looks_at_the_same_fire_count_once():
    start = datetime(2025, 4, 1, tzinfo=UTC)
    window = Interval(start, start + timedelta(hours=24))
    moments = np.array([start.timestamp() + 7 * 3_600, start.timestamp() + 7 * 3_600 + 60])
    both = chance.half_days(moments, np.full((2, 1), 0.5), np.ones(1), 3_600.0, window, lon=0.0)
    assert both.share == pytest.approx([0.75 * 3_540 / 86_400 + 2 * 0.5 * 60 / 86_400])


@pytest.mark.parametrize("cloud", [0.0, 0.4, 0.8])
def test_more_cloud_or_none_known_means_less_chance_or_more_doubt(cloud):
    start = datetime(2025, 4, 1, tzinfo=UTC)
    half = chance.HalfDays(np.array(["2025-04-01"] * 2, "datetime64[D]"), np.array([0.1, 0.1]), 0.4)

    def ends(table):
        return np.quantile(chance.chances(np.random.default_rng(2), half, table, 700.0, 20_000), [0.05, 0.5, 0.95])

    here, more = (ends((CloudDay(start, {"country": c}),)) for c in (cloud, cloud + 0.15))
    assert (more < here).all()
    unknown = ends(())
    assert unknown[2] / unknown[0] > 3


def test_bursts_are_found_by_place_and_time_and_weigh_by_probability():
    lon, lat = np.array([36.0, 36.01, 40.0, 36.0]), np.array([48.0, 48.0, 48.0, 48.0])
    time = np.array(["2025-04-01T00", "2025-04-01T00", "2025-04-01T00", "2025-04-02T00"], "datetime64[us]")
    assert bursts(lon, lat, time, np.ones(4)) == pytest.approx(6 / 4)
    assert bursts(lon[1:], lat[1:], time[1:], np.ones(3)) == 1.0
    assert bursts(lon[:0], lat[:0], time[:0], np.ones(0)) == 1.0
    apart = interval(np.ones(40), np.full(4_000, 0.2), seed=1, draws=4_000)
    together = interval(np.ones(40), np.full(4_000, 0.2), seed=1, draws=4_000, burst=4.0)
    assert together[2] - together[0] > 1.5 * (apart[2] - apart[0])
