# SPDX-License-Identifier: Apache-2.0
"""How many acts are compatible with what was seen."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from truceline.base.clock import Interval
from truceline.coverage.estimate import estimate, interval
from truceline.model.watching import Coverage, ReferenceAct


def coverage(share, low=None, high=None):
    window = Interval(datetime(2025, 4, 11, 13, tzinfo=UTC), datetime(2025, 4, 12, 21, tzinfo=UTC))
    none = np.zeros((0, 2))
    return Coverage(
        "given", ReferenceAct(), (), ("A", "B"), np.zeros(0, "datetime64[h]"), np.zeros((0, 2, 0)), none, window,
        share, share if low is None else low, share if high is None else high, {"A": share, "B": share}, none, (),
    )  # fmt: skip


def test_full_coverage_and_certain_acts_leave_nothing_open():
    found = estimate(np.ones(7), coverage(1.0), 0.01, seed=1)
    assert (found.low, found.mid, found.high) == (7, 7, 7)
    assert found.seen == 7
    assert found.seen_weighted == 7.0


def test_known_answer_of_the_gamma_law():
    # Certain acts, coverage known and small: nearly Gamma(k + 1/2) / s.
    low, mid, high = interval(np.ones(12), (0.01, 0.01, 0.01), seed=3)
    assert low == pytest.approx(730.5, rel=0.03)
    assert mid == pytest.approx(1216.8, rel=0.03)
    assert high == pytest.approx(1882.6, rel=0.03)


def test_doubtful_events_count_for_less():
    sure = interval(np.full(20, 0.95), (0.05, 0.05, 0.05), seed=5)
    doubtful = interval(np.full(20, 0.3), (0.05, 0.05, 0.05), seed=5)
    assert doubtful[1] < 0.45 * sure[1]
    assert doubtful[0] < sure[0]


def test_nothing_seen_is_zero_to_a_bound():
    found = estimate(np.zeros(0), coverage(0.2), 0.05, seed=2)
    assert not found.cannot_tell
    assert found.low == 0
    assert 3 <= found.high <= 15
    assert "no event was" in found.reason


def test_the_real_truce_is_wide():
    found = estimate(np.full(13, 0.8), coverage(0.04, 0.015, 0.09), 0.01, seed=20260411)
    assert 70 <= found.low <= 130
    assert 500 <= found.high <= 1000
    assert "4 %" in found.reason
    assert found.unit.endswith("a fire of 5 MW lasting 1 hour, within 20 km of the line")
    assert any("between" in text and "1.5 % and 9 %" in text for text in found.assumptions)


@pytest.mark.parametrize(
    ("made", "word"),
    [
        (coverage(0.03, 0.01, 0.05), "this watch asks for at least 5 %"),
        (
            coverage(0.0),
            "Nothing near the line could have been seen in the truce under any cloud assumption: no pass was",
        ),
        (coverage(0.0, 0.0, 0.1), "Under the first cloud assumption nothing near the line could have been seen"),
        (coverage(float("nan")), "nothing near the line could have been seen"),
        (coverage(0.06, 0.0, 0.1), "Under the least favourable cloud assumption nothing"),
    ],
)
def test_says_why_it_cannot_tell(made, word):
    found = estimate(np.ones(3), made, 0.05, seed=1)
    assert found.cannot_tell
    assert (found.low, found.mid, found.high) == (None, None, None)
    assert word in found.reason
    assert found.seen == 3


def test_same_seed_same_numbers():
    first = estimate(np.full(90, 0.6), coverage(0.02, 0.01, 0.04), 0.01, seed=11)
    assert first == estimate(np.full(90, 0.6), coverage(0.02, 0.01, 0.04), 0.01, seed=11)
    assert first != estimate(np.full(90, 0.6), coverage(0.02, 0.01, 0.04), 0.01, seed=12)


def test_seeds_move_the_ends_little():
    ends = np.array([interval(np.full(13, 0.7), (0.015, 0.04, 0.09), seed=seed) for seed in range(12)])
    assert (ends.std(axis=0) / ends.mean(axis=0) < 0.025).all()


@given(st.integers(0, 40), st.floats(0.02, 0.3), st.floats(1.0, 3.0))
def test_less_or_vaguer_coverage_asks_for_more_and_wider(seen, share, vagueness):
    p_war = np.full(seen, 0.8)
    known = interval(p_war, (share, share, share), seed=1, draws=4_000)
    vague = interval(p_war, (share / vagueness, share, share * vagueness), seed=1, draws=4_000)
    poorer = interval(p_war, (share / 2, share / 2, share / 2), seed=1, draws=4_000)
    assert 0 <= known[0] <= known[1] <= known[2]
    assert vague[2] >= known[2] * 0.95 - 1
    assert vague[0] <= known[0] * 1.05 + 1
    assert poorer[2] >= known[2]
    assert poorer[2] - poorer[0] >= 0.95 * (known[2] - known[0]) - 1


def test_more_seen_never_means_fewer():
    ends = [interval(np.full(k, 0.9), (0.1, 0.15, 0.2), seed=4) for k in range(0, 30, 3)]
    for before, after in pairwise(ends):
        assert all(a <= b for a, b in zip(before, after, strict=True))


def test_doubt_of_the_thermal_model_is_common_to_all_events():
    p_war, shares = np.full(40, 0.3), (0.1, 0.1, 0.1)
    sure = interval(p_war, shares, seed=6)
    none = interval(p_war, shares, seed=6, band=(p_war, p_war))
    doubtful = interval(p_war, shares, seed=6, band=(np.full(40, 0.05), np.full(40, 0.7)))
    assert none == sure
    assert doubtful[0] < 0.5 * sure[0]
    assert doubtful[2] > 1.4 * sure[2]
    assert doubtful[1] == pytest.approx(sure[1], rel=0.15)


def test_the_wide_interval_is_that_of_the_same_draws_at_99_per_cent():
    p, shares = np.full(9, 0.8), np.full(40_000, 0.2)
    found = estimate(p, coverage(0.2), 0.01, seed=4, chances=shares)
    assert (found.low, found.mid, found.high) == interval(p, shares, seed=4)
    assert found.wide == interval(p, shares, seed=4, level=0.99)[::2]
    assert found.wide[0] < found.low < found.high < found.wide[1]
    assert estimate(p, coverage(0.2), 0.5, seed=4).wide is None
