# SPDX-License-Identifier: Apache-2.0
"""The truce against the days around it: exact where it can be, silent where it must be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from truceline.coverage import comparison
from truceline.coverage.comparison import PassTable, compare, day_blocks

FIRST = np.datetime64("2025-04-01T10:00:00", "us")
DAY = np.timedelta64(1, "D")


def table(counts, exposure=None, *, inside=(10, 12), daylight=True, spread=1.0):
    """One pass a day."""
    days = len(counts)
    time = FIRST + np.arange(days) * DAY
    within = (np.arange(days) >= inside[0]) & (np.arange(days) < inside[1])
    exposure = {"stated": np.ones(days)} if exposure is None else exposure
    return PassTable(time, np.full(days, daylight), within, np.array(counts, float), exposure, spread)


def test_matches_clopper_and_pearson_where_days_do_not_scatter(monkeypatch):
    monkeypatch.setattr(comparison, "_SCATTER", np.array([0.001, 0.0015]))
    for seen, outside in ((0, 60), (1, 20), (3, 60), (12, 90)):
        counts = [outside / 10] * 5 + [0] * 2 + [outside / 10] * 5
        counts[5] = seen
        found = compare(table(counts, inside=(5, 7)), {}).assumptions[0]
        odds_high = beta.ppf(0.95, seen + 1, outside)
        odds_low = beta.ppf(0.05, seen, outside + 1) if seen else 0.0
        assert found["high"] == pytest.approx(5 * odds_high / (1 - odds_high), rel=0.015)
        assert found["low"] == pytest.approx(5 * odds_low / (1 - odds_low), rel=0.05)
        assert found["ratio"] == pytest.approx(5 * seen / outside, abs=1e-4)


def test_reports_a_plain_fall_and_a_plain_rise():
    quiet = compare(table([20] * 10 + [2, 3] + [20] * 9), {"stated": "As stated"})
    assert not quiet.cannot_tell
    assert quiet.ratio == pytest.approx(0.125, abs=0.01)
    assert 0 < quiet.low < quiet.ratio < quiet.high < 1
    assert quiet.reason.startswith("Fewer acts per unit of coverage")
    loud = compare(table([20] * 10 + [90, 80] + [20] * 9), {})
    assert loud.low > 1
    assert loud.reason.startswith("More acts")


def test_says_nothing_of_no_change():
    found = compare(table([20] * 21), {})
    assert found.cannot_tell
    assert (found.ratio, found.low, found.high) == (None, None, None)
    assert "the data also fit no change" in found.reason
    assert found.assumptions[0]["low"] < 1 < found.assumptions[0]["high"]


def test_the_least_favourable_assumption_decides():
    counts = [20] * 10 + [5, 5] + [20] * 9
    clear = np.ones(21)
    clouded = np.where((np.arange(21) >= 10) & (np.arange(21) < 12), 0.25, 1.0)
    assert not compare(table(counts, {"clear": clear}), {}).cannot_tell
    both = compare(table(counts, {"clear": clear, "clouded": clouded}), {"clouded": "Clouds came"})
    assert both.cannot_tell
    assert [row["text"] for row in both.assumptions] == ["clear", "Clouds came"]


def test_scattered_days_widen_the_interval():
    even = compare(table([20] * 10 + [6, 6] + [20] * 9), {}).assumptions[0]
    uneven = compare(table([5, 60, 2, 12, 45, 3, 30, 8, 30, 5, 6, 6, 20, 3, 40, 9, 70, 2, 10, 20, 20]), {}).assumptions[
        0
    ]
    assert uneven["high"] - uneven["low"] > 1.5 * (even["high"] - even["low"])


def test_events_of_many_sightings_widen_the_interval():
    single = compare(table([20] * 10 + [6, 6] + [20] * 9), {}).assumptions[0]
    many = compare(table([20] * 10 + [6, 6] + [20] * 9, spread=4.0), {}).assumptions[0]
    assert many["high"] > single["high"]
    assert many["low"] < single["low"]


def test_zero_in_the_truce_is_bounded_above_and_zero_below():
    found = compare(table([20] * 10 + [0, 0] + [20] * 9), {})
    assert found.ratio == 0.0
    assert found.low == 0.0
    assert 0.05 < found.high < 0.4
    # Three expected and none seen is what an unchanged rate does once in twenty: no fall may be told from it.
    assert compare(table([1.4] * 10 + [0, 0] + [1.4] * 9), {}).cannot_tell


@pytest.mark.parametrize(
    ("made", "word"),
    [
        (lambda: table([20] * 5, inside=(9, 9)), "No readable satellite pass falls in the truce"),
        (lambda: table([20] * 5, inside=(0, 5)), "outside the truce to compare with"),
        (lambda: table([0] * 10 + [3, 3] + [0] * 9), "Nothing was seen near the line outside"),
        (lambda: table([20] * 21, {}), "No cloud assumption"),
        (lambda: table([9, 9, 3], inside=(2, 3)), "too little could be seen"),
    ],
)
def test_says_why_it_cannot_tell(made, word):
    found = compare(made(), {})
    assert found.cannot_tell
    assert word in found.reason


def test_a_blind_truce_under_one_assumption_is_not_judged():
    dark = np.ones(21)
    dark[10:12] = 0
    found = compare(table([20] * 10 + [0, 0] + [20] * 9, {"clear": np.ones(21), "dark": dark}), {"dark": "All dark"})
    assert found.cannot_tell
    assert "All dark" in found.reason
    assert found.assumptions[1]["high"] is None
    assert found.assumptions[1]["exposure_in"] == 0


def _two_kinds(counts_day, counts_night, inside, see_day, see_night):
    days = len(counts_day)
    time = np.concatenate([FIRST + np.arange(days) * DAY, FIRST + np.arange(days) * DAY + np.timedelta64(13, "h")])
    return PassTable(
        time,
        np.repeat([True, False], days),
        np.concatenate([inside, inside]),
        np.concatenate([counts_day, counts_night]).astype(float),
        {"stated": np.concatenate([see_day, see_night]).astype(float)},
    )


def test_a_truce_seen_only_by_night_is_compared_with_nights():
    inside = (np.arange(20) == 9) | (np.arange(20) == 10)
    day, night = np.where(inside, 0, 40), np.full(20, 6)
    found = compare(_two_kinds(day, night, inside, ~inside, np.ones(20)), {}).assumptions[0]
    # Days yield seven times as much per unit of exposure; taken together, an unchanged night would look like a fall.
    assert found["ratio"] == pytest.approx(1.0, abs=0.02)
    assert found["low"] < 1 < found["high"]


def test_what_was_never_seen_outside_is_left_out():
    inside = np.arange(20) >= 18
    nights = np.where(inside, 30, 0)
    found = compare(_two_kinds(np.full(20, 20), nights, inside, np.ones(20), inside), {}).assumptions[0]
    assert found["ratio"] == pytest.approx(1.0, abs=0.02)


def test_nights_are_not_cut_in_two():
    time = np.array(
        ["2025-04-01T10:00", "2025-04-01T23:30", "2025-04-02T00:40", "2025-04-02T10:00", "2025-04-02T23:00"],
        dtype="datetime64[us]",
    )
    found = day_blocks(time, np.zeros(5, bool))
    assert found[1] == found[2]
    assert found[2] != found[4]
    assert (found % 2 == 0).all()


def test_a_truce_of_a_day_is_one_block_wherever_it_begins():
    time = FIRST + np.arange(0, 96, 6) * np.timedelta64(1, "h")
    for first in range(6):
        inside = (np.arange(16) >= 4 + first) & (np.arange(16) < 8 + first)
        blocks = day_blocks(time, inside)
        assert len(set(blocks[inside].tolist())) == 1
        assert not set(blocks[inside].tolist()) & set(blocks[~inside].tolist())


def test_sightings_count_each_event_once_a_pass():
    time = FIRST + np.arange(3) * DAY
    made = PassTable.of_sightings(
        time,
        np.ones(3, bool),
        np.zeros(3, bool),
        {"stated": np.ones(3)},
        (np.array([0, 0, 0, 1, 2]), np.array([7, 7, 8, 7, 7]), np.array([0.5, 0.5, 1.0, 0.5, 0.5])),
    )
    assert made.count.tolist() == [1.5, 0.5, 0.5]
    # Event 7 makes three sightings of a half, event 8 one of one.
    assert made.spread == pytest.approx((1.5**2 + 1.0) / 2.5)
    none = np.zeros(0, int)
    empty = PassTable.of_sightings(time, made.daylight, made.inside, made.exposure, (none, none, np.zeros(0)))
    assert empty.count.tolist() == [0, 0, 0]


@given(st.lists(st.integers(0, 40), min_size=14, max_size=21), st.floats(0.05, 20), st.randoms())
def test_only_relative_exposure_and_not_the_order_of_rows_matters(counts, factor, shuffle):
    made = table(counts, inside=(5, 7))
    rows = list(range(len(counts)))
    shuffle.shuffle(rows)
    mixed = PassTable(
        made.time[rows],
        made.daylight[rows],
        made.inside[rows],
        made.count[rows],
        {"stated": made.exposure["stated"][rows] * factor},
        made.spread,
    )
    first, second = compare(made, {}), compare(mixed, {})
    assert first.cannot_tell == second.cannot_tell
    for a, b in zip(first.assumptions, second.assumptions, strict=True):
        assert [a[k] for k in ("ratio", "low", "high")] == pytest.approx(
            [b[k] for k in ("ratio", "low", "high")], abs=2e-4
        )


@given(st.integers(0, 30), st.integers(4, 40), st.floats(0.1, 1.0))
def test_ends_hold_the_ratio_and_move_with_exposure(seen, usual, clear):
    counts = [usual] * 10 + [seen, seen] + [usual] * 9
    inside = (np.arange(21) >= 10) & (np.arange(21) < 12)
    full = compare(table(counts), {}).assumptions[0]
    less = compare(table(counts, {"clouded": np.where(inside, clear, 1.0)}), {}).assumptions[0]
    assert full["low"] <= full["ratio"] <= full["high"]
    assert less["high"] >= full["high"] - 1e-9
    assert less["ratio"] == pytest.approx(full["ratio"] / clear, rel=0.01, abs=1e-3)
