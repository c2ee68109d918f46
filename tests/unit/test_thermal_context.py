# SPDX-License-Identifier: Apache-2.0
"""The parts the place-blind model stands on: counts against brute force, seasons, weather, the fit."""

from __future__ import annotations

import numpy as np
import pytest
from thermal_worlds import BASELINE, weather_table, world

from truceline.base.geo import geodesic_m
from truceline.thermal import blindtraining as training
from truceline.thermal._kernel import blocks, globe, wide
from truceline.thermal.context import ACTIVE, HISTORY, WAR, context
from truceline.thermal.firetable import Fires, a_year_with_its_eve, day_of_year, without, year_of
from truceline.thermal.placeblind import weather_of
from truceline.thermal.season import LEAST, MOST, PARTS, anomalies

DAY = int(np.datetime64("2024-07-15").astype(np.int64))


def rows_of(fires, days=10):
    return np.flatnonzero((fires.day >= DAY) & (fires.day < DAY + days))


@pytest.mark.parametrize("km", [3.0, 30.0, 200.0])
def test_daily_sums_are_those_of_brute_force(km):
    """Within what rounding to an eighth of the radius can do, over all fires together."""
    fires = world()
    rows = rows_of(fires)
    found = np.zeros(len(rows))
    column = np.zeros(len(fires), dtype=np.int64)
    for block in blocks(globe(fires.lon[rows], fires.lat[rows]), globe(fires.lon, fires.lat), column, 1, 1000 * km):
        found[block.rows] = block.sums[block.centre, 0]
    exact = np.zeros(len(rows))
    for at, row in enumerate(rows):
        here = np.full(len(fires), fires.lon[row]), np.full(len(fires), fires.lat[row])
        away = geodesic_m(*here, fires.lon, fires.lat) / (1000 * km)
        exact[at] = np.maximum(1.0 - away**2, 0.0).sum()
    assert found.mean() == pytest.approx(exact.mean(), rel=0.03)
    assert np.abs(found - exact).mean() < 0.06 * exact.mean()


def test_every_query_is_answered_once_whatever_the_size_of_blocks(monkeypatch):
    points = globe(np.linspace(30, 31, 300), np.full(300, 48.0))
    seen = []
    monkeypatch.setattr("truceline.thermal._kernel.CHUNK_VALUES", 50)
    for block in blocks(points, points, np.zeros(300, dtype=np.int64), 5, 1000.0):
        seen += block.rows.tolist()
    assert sorted(seen) == list(range(300))
    assert list(blocks(points[:0], points, np.zeros(300, dtype=np.int64), 5, 1000.0)) == []


def test_no_fires_anywhere_give_zero_sums():
    points = globe(np.array([30.0]), np.array([48.0]))
    (block,) = blocks(points, points[:0], np.zeros(0, dtype=np.int64), 3, 1000.0)
    assert block.sums.tolist() == [[0.0, 0.0, 0.0]]


def test_active_days_are_counted_once_a_day_and_forgotten_after_ninety():
    days = np.r_[DAY - np.array([0, 1, 1, 1, 40, HISTORY - 1, HISTORY, HISTORY + 5])]
    fires = Fires(np.full(8, 30.0), np.full(8, 48.0), days)
    found = context(fires, np.array([0]), {}, mode="war")
    assert found.history.tolist() == [HISTORY]
    assert found.columns["active_10"][0] * (HISTORY + 5) == pytest.approx(4)
    assert np.log1p(2.0) > ACTIVE


def burning(days, others):
    """One fire a day on the spot; on each of its days so many others 50 km off. Last: the fire that is asked about."""
    own = Fires(np.full(len(days), 30.0), np.full(len(days), 48.0), DAY - np.asarray(days))
    many = np.repeat(own.day, others)
    off = Fires(np.full(len(many), 30.0) + 0.002 * (np.arange(len(many)) % 7), np.full(len(many), 48.45), many)
    asked = Fires(np.array([30.0]), np.array([48.0]), np.array([DAY]))
    return off.and_(own).and_(asked)


def alone(fires, km=10):
    return context(fires, np.array([len(fires) - 1]), {}, mode="war").columns[f"alone_{km}"][0]


def test_burning_when_nobody_else_does_tells_more_than_burning_when_all_do():
    days = [5, 10, 20, 40]
    assert alone(burning(days, [0] * 4)) > 1.5 * alone(burning(days, [30] * 4))
    busy_elsewhen = burning(days, [0] * 4)
    other_days = burning([6, 11, 21, 41], [30] * 4).take(slice(0, 120))
    assert alone(other_days.and_(busy_elsewhen)) > alone(busy_elsewhen)


def test_own_fires_make_no_day_busy():
    """A hundred pixels on the spot are one active day, alone: the share is that of the days."""
    once, often = burning([5], [0]), burning([5] * 100, [0] * 100)
    assert alone(often) == pytest.approx(alone(once), rel=1e-4)
    # Six days of history, two of them active, and one day of quiet added.
    assert alone(once) == pytest.approx(2 / 7)


def weeks(days, **given):
    fires = Fires(np.full(len(days), 30.0), np.full(len(days), 48.0), DAY - np.asarray(days))
    asked = np.flatnonzero(fires.day == DAY)[:1]
    return context(fires, asked, {}, mode="war", **given).columns["weeks_30"][0]


def test_weeks_tell_a_front_from_a_fortnight_of_field_burning():
    """As many days of fire: all in two weeks, or one in each. Thirteen weeks of history, and one of quiet added."""
    assert weeks([0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 12, 13, HISTORY]) == pytest.approx(2 / 14)
    assert weeks([*range(0, 84, 7), HISTORY - 1]) == pytest.approx(13 / 14)


def test_weeks_are_counted_back_from_the_last_day_known_and_no_farther_than_memory():
    assert weeks([0, 6, 7, HISTORY]) == pytest.approx(2 / 14)
    assert weeks([0, 6, 7, HISTORY], memory=np.array([7])) == pytest.approx(1 / 2)
    # Ten days later: 0 lies in the second week back, 6 and 7 in the third, -5 in the first, of fifteen.
    assert weeks([0, 6, 7, -5, -10, HISTORY], ahead=10) == pytest.approx(3 / 16)


def test_a_busy_day_is_one_on_which_others_burn_in_the_region():
    def busy(fires):
        return context(fires, np.array([len(fires) - 1]), {}, mode="war").columns["busy_today"][0]

    quiet = busy(burning([5, 20], [60, 60]))
    assert quiet == pytest.approx(0.0, abs=0.02), "its own fire and other days do not count"
    assert busy(burning([0, 20], [60, 0])) > np.log1p(30)
    assert busy(burning([0, 20], [60, 0])) < np.log1p(60)


@pytest.mark.parametrize("km", [3, 10, 30, 60])
def test_that_share_lies_between_none_and_all(km):
    fires = world()
    found = context(fires, rows_of(fires), BASELINE, mode="war").columns[f"alone_{km}"]
    assert (found > 0).all()
    assert (found < 1).all()
    front = np.abs(fires.lon[rows_of(fires)] - 33.5) < 0.3
    assert found[front].mean() > found[~front].mean()


def test_a_wide_sum_is_that_of_brute_force():
    fires = world()
    rows = rows_of(fires)
    points, column = globe(fires.lon, fires.lat), np.zeros(len(fires), dtype=np.int64)
    found = wide(points, column, 1, 100_000.0)(globe(fires.lon[rows], fires.lat[rows]))[:, 0]
    exact = [np.maximum(1.0 - ((points - points[row]) ** 2).sum(axis=1) / 1e10, 0.0).sum() for row in rows]
    assert np.abs(found - exact).mean() < 0.06 * np.mean(exact)


def test_a_usual_season_is_no_excess_and_a_war_is():
    """Judged with its own year left out, a peace year lies near zero; a front lies well above."""
    year = a_year_with_its_eve(BASELINE, 2021)
    theirs = context(year, np.flatnonzero(year_of(year.day) == 2021), without(BASELINE, 2021), mode="war")
    assert abs(np.median(theirs.columns["excess_200"])) < 0.3
    fires = world()
    ours = context(fires, rows_of(fires), BASELINE, mode="war")
    assert np.quantile(ours.columns["excess_30"], 0.8) > 1.0


def test_waiting_adds_days_to_the_window():
    fires = Fires(np.full(3, 30.0), np.full(3, 48.0), np.array([DAY, DAY + 2, DAY + 9]))
    counts = [context(fires, np.array([0]), {}, mode="war", ahead=ahead).columns["excess_10"][0] for ahead in (0, 2, 9)]
    assert counts[0] < counts[1] < counts[2]


def test_industry_is_hot_in_many_months_of_peace_years():
    first = int(np.datetime64("2019-01-01").astype(np.int64))
    works = Fires(np.full(73, 30.0), np.full(73, 48.0), first + np.arange(0, 365, 5))
    fires = Fires(np.array([30.0, 31.0]), np.array([48.0, 48.0]), np.array([DAY, DAY]))
    found = context(fires, np.array([0, 1]), {2019: works}, mode="truce").columns["hot_months"]
    assert found.tolist() == [12.0, 0.0]


def test_the_table_holds_the_named_columns_in_order_within_bounds():
    fires = world()
    found = context(fires, rows_of(fires), BASELINE, mode="war")
    table = found.table(WAR)
    assert table.shape == (len(rows_of(fires)), len(WAR))
    assert (np.abs(table) <= 20).all()
    np.testing.assert_array_equal(found.table(WAR[:2]), table[:, :2])


def test_weather_is_a_difference_from_the_regions_own_season():
    drivers = anomalies(weather_table())
    assert len(drivers) == len(PARTS)
    for driver in drivers:
        assert np.abs(driver[465:-100]).max() < 1.5
    dry = anomalies(weather_table(dry=True))
    assert dry[0][500:700].mean() < -0.3


def test_the_factor_is_usual_outside_the_table_and_bounded_inside():
    table = weather_table(dry=True)
    weather = weather_of(table)
    outside = weather.factor(table.first - 500, 100)
    assert not outside.any()
    inside = weather.factor(table.first - 10, 800)
    assert inside.shape == (800, 2)
    assert not inside[:10].any()
    assert (inside >= LEAST).all()
    assert (inside <= MOST).all()
    assert weather.region(globe(np.array([29.0, 33.0]), np.array([48.0, 48.0]))).tolist() == [0, 1]


def test_years_and_days_of_year():
    days = np.array([np.datetime64(d).astype(np.int64) for d in ("2020-12-31", "2021-12-31", "2024-02-29")])
    assert day_of_year(days).tolist() == [365, 364, 59]
    assert year_of(days).tolist() == [2020, 2021, 2024]
    assert set(without(BASELINE, 2020)) == {2019, 2021}
    eve = a_year_with_its_eve(BASELINE, 2020)
    assert set(year_of(eve.day).tolist()) == {2019, 2020}
    assert set(year_of(a_year_with_its_eve({2020: BASELINE[2020]}, 2020).day).tolist()) == {2020}


def test_the_fit_recovers_a_logit_and_a_ridge_holds_it_down():
    rng = np.random.default_rng(2)
    table = rng.normal(0, 1, (20_000, 3)) * [1.0, 5.0, 0.2] + [0.0, 3.0, -1.0]
    odds = 0.4 + 0.8 * table[:, 0] - 0.2 * table[:, 1]
    label = rng.random(20_000) < 1 / (1 + np.exp(-odds))
    found = training.fit(table, label, np.ones(20_000), np.full(3, 1e-6))
    assert found[:3] == pytest.approx([0.4, 0.8, -0.2], abs=0.25)
    held = training.fit(table, label, np.ones(20_000), np.array([10.0, 1e-6, 1e-6]))
    assert abs(held[1]) < 0.1 * abs(found[1])


def test_shares_are_those_asked_for():
    near = np.arange(100) < 10
    weight = training.share_weights(near, 0.4)
    assert weight[near].sum() == pytest.approx(0.4)
    assert weight.sum() == pytest.approx(1.0)
