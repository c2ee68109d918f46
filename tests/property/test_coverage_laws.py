# SPDX-License-Identifier: Apache-2.0
"""Laws of coverage: what takes sight away never raises it; means agree; no map's edge, pole or hemisphere matters."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import coverage_cases as cases
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from truceline.base.clock import Interval, utc
from truceline.base.geo import Line, Sides
from truceline.coverage import passes
from truceline.coverage.detect import CURVES, p_detect
from truceline.coverage.fields import coverage, points
from truceline.model.look import Denial
from truceline.model.watching import CloudDay, ReferenceAct

LINE = cases.made_line()
DAY = Interval(utc("2026-04-11T00:00Z"), utc("2026-04-13T00:00Z"))
ACT = ReferenceAct()
FEW = settings(max_examples=25)
TINY = 1e-9

minutes = st.lists(st.integers(0, 47 * 60), max_size=7, unique=True)
cloud = st.lists(st.floats(0, 1), min_size=2, max_size=2)


def looks_at(line, marks, *, aside=2.0):
    return [
        cases.look_over(
            line, DAY.start + timedelta(minutes=m), sensor=f"VIIRS/{m % 3}", by_day=m % 2 == 0, aside_deg=aside
        )
        for m in sorted(marks)
    ]


def table(shares):
    return tuple(CloudDay(DAY.start + timedelta(days=n), {"all": share}) for n, share in enumerate(shares))


def found(looks, shares=(0.3, 0.3), *, act=ACT, line=LINE, sides=None, extent=(), window=DAY):
    return coverage("given", line, sides, looks, table(shares), act, window, DAY, extent)


def never_above(less, more):
    assert less.share <= more.share + TINY
    assert less.low <= more.low + TINY
    assert less.high <= more.high + TINY
    assert (less.hourly <= more.hourly + TINY)[~np.isnan(more.hourly)].all()
    assert (less.by_sector <= more.by_sector + TINY)[~np.isnan(more.by_sector)].all()


@FEW
@given(minutes, cloud, cloud)
def test_more_cloud_never_raises_it(marks, one, two):
    low, high = np.minimum(one, two).tolist(), np.maximum(one, two).tolist()
    never_above(found(looks_at(LINE, marks), high), found(looks_at(LINE, marks), low))


@FEW
@given(minutes, cloud, st.data())
def test_fewer_looks_never_raise_it(marks, shares, data):
    assume(marks)
    all_of_them = looks_at(LINE, marks)
    kept = data.draw(st.lists(st.booleans(), min_size=len(marks), max_size=len(marks)))
    some = [look for look, keep in zip(all_of_them, kept, strict=True) if keep]
    never_above(found(some, shares), found(all_of_them, shares))


@FEW
@given(minutes, cloud, st.integers(0, 47), st.integers(1, 20), st.integers(0, 2))
def test_a_denial_never_raises_it(marks, shares, hour, length, number):
    looks = looks_at(LINE, marks)
    span = Interval(DAY.start + timedelta(hours=hour), DAY.start + timedelta(hours=hour + length))
    readable = passes.readable(looks, [Denial(f"VIIRS/{number}", span, "jammed", "made")])
    left = [look for look, keep in zip(looks, readable, strict=True) if keep]
    assert {id(look) for look in looks if look.sensor != f"VIIRS/{number}"} <= {id(look) for look in left}
    never_above(found(left, shares), found(looks, shares))


@FEW
@given(minutes, cloud, st.floats(0.1, 100), st.floats(0.1, 100))
def test_less_power_never_raises_it(marks, shares, one, two):
    low, high = sorted((one, two))
    looks = looks_at(LINE, marks)
    never_above(
        found(looks, shares, act=replace(ACT, power_mw=low)), found(looks, shares, act=replace(ACT, power_mw=high))
    )


@FEW
@given(minutes, cloud, st.floats(0.1, 30), st.floats(0.1, 30))
def test_a_longer_fire_never_lowers_it(marks, shares, one, two):
    short, long = sorted((one, two))
    looks = looks_at(LINE, marks)
    never_above(
        found(looks, shares, act=replace(ACT, duration_hours=short)),
        found(looks, shares, act=replace(ACT, duration_hours=long)),
    )


@FEW
@given(minutes, cloud, st.sampled_from([LINE, Line((LINE.parts[0], ((38.5, 48.0), (38.6, 48.01))))]))
def test_shares_are_shares_and_their_means_agree(marks, shares, line):
    sides = Sides("A", "B", np.array([True] * len(line.parts)))
    here = found(looks_at(line, marks), shares, line=line, sides=sides)
    assert ((here.hourly >= 0) & (here.hourly <= 1)).all()
    assert 0 <= here.low <= here.share <= here.high <= 1
    lengths = np.array([sector.length_m for sector in here.sectors])
    weighted = (here.by_sector * lengths[:, None]).sum(axis=0) / lengths.sum()
    assert weighted.mean() == pytest.approx(here.share, abs=1e-9)
    assert [here.by_side["A"], here.by_side["B"]] == pytest.approx(weighted.tolist(), abs=1e-9)
    # the truce is the whole period here, so the mean over its hours is the mean over the truce
    assert here.hourly.mean(axis=2) == pytest.approx(here.by_sector, abs=1e-9)


@FEW
@given(minutes, cloud)
def test_exchanging_the_sides_exchanges_the_results(marks, shares):
    extent = (((30.0, 40.0), (37.4, 40.0), (37.4, 60.0), (30.0, 60.0), (30.0, 40.0)),)
    looks = looks_at(LINE, marks)
    one = found(looks, shares, sides=Sides("A", "B", np.array([True])), extent=extent)
    two = found(looks, shares, sides=Sides("B", "A", np.array([False])), extent=extent)
    assert one.share == pytest.approx(two.share, abs=1e-12)
    assert one.by_side["A"] == pytest.approx(two.by_side["A"], abs=1e-12)
    assert np.allclose(one.by_sector, two.by_sector[:, ::-1], equal_nan=True, atol=1e-12)
    assert np.allclose(one.observed_share, two.observed_share[:, ::-1], atol=1e-12)


@FEW
@given(minutes, cloud, st.floats(37.0, 38.5), st.floats(37.0, 38.5))
def test_a_smaller_extent_never_raises_it(marks, shares, one, two):
    def west_of(lon):
        return (((30.0, 40.0), (lon, 40.0), (lon, 60.0), (30.0, 60.0), (30.0, 40.0)),)

    small, large = sorted((one, two))
    looks = looks_at(LINE, marks)
    less, more = found(looks, shares, extent=west_of(small)), found(looks, shares, extent=west_of(large))
    assert less.share <= more.share + TINY
    assert (less.observed_share <= more.observed_share + TINY).all()
    assert np.isnan(less.by_sector[less.observed_share == 0]).all()
    assert not np.isnan(less.by_sector[less.observed_share > 0]).any()


@FEW
@given(minutes)
def test_gaps_fill_the_window_between_groups_and_none_holds_a_pass(marks):
    here = found(looks_at(LINE, marks))
    assert sum(gap.hours for gap in here.gaps) <= DAY.hours + 1e-6
    assert [gap.hours for gap in here.gaps] == sorted((gap.hours for gap in here.gaps), reverse=True)
    ordered = sorted(here.gaps)
    assert all(a.end <= b.start for a, b in pairwise(ordered))
    for look in looks_at(LINE, marks):
        assert not any(gap.start < look.moment < gap.end for gap in here.gaps)
    if not marks:
        assert here.gaps == (DAY,)


@pytest.mark.parametrize(("lon", "lat"), [(-60.0, -33.0), (179.0, 10.0), (-179.9, 48.0), (20.0, 68.5), (0.0, -1.0)])
def test_every_part_of_the_earth_has_coverage(lon, lat):
    line = Line((tuple((lon + x, lat + y) for x, y in ((0, 0), (0.1, 0.5), (0.3, 1.0), (0.9, 1.5))),))
    sample = points(line, None, 20.0, ())
    assert set(sample.sector.tolist()) == {sector.number for sector in line.sectors()}
    assert sample.km.sum() == pytest.approx(2 * line.length_m / 1000)
    assert (np.abs(sample.lon) <= 180).all()
    here = found(looks_at(line, [600, 1800], aside=0.5), line=line)
    assert 0 < here.share < 1
    assert (here.by_sector > 0).all()
    for sector in line.sectors():
        for side in (0, 1):
            own = (sample.sector == sector.number) & (sample.side == side)
            assert sample.km[own].sum() == pytest.approx(sector.length_m / 1000)


@pytest.mark.parametrize("shift", [-216.9, -100.0, 60.0, 141.0])
def test_moved_along_its_parallel_with_its_looks_nothing_changes(shift):
    lon = float(cases.moved(np.array(37.0), shift))
    there = cases.made_line(lon=lon if lon < 178.9 else lon - 360)
    moved = [
        replace(look, track=tuple((s, float(cases.moved(np.array(x), shift)), y) for s, x, y in look.track))
        for look in looks_at(LINE, [60, 300])
    ]
    # half-days go by the sun, so only looks far from its edges are compared: all of one night or day hide together
    clear = (0.0, 0.0)
    assert found(moved, clear, line=there).low == pytest.approx(found(looks_at(LINE, [60, 300]), clear).low, rel=2e-3)


def test_many_parts_and_tiny_ones_each_have_a_sector_on_both_sides():
    parts = [tuple((37 + 0.02 * n, 48 + 0.2 * n + y) for y in (0.0, 0.00001 if n % 4 == 0 else 0.1)) for n in range(20)]
    line = Line(tuple(parts))
    here = found(looks_at(line, [600, 1300]), line=line)
    assert len(here.sectors) == 20
    assert here.by_sector.shape == (20, 2)
    assert np.isfinite(here.by_sector).all()
    assert np.isfinite(here.share)


@FEW
@given(st.integers(2, 46), st.sampled_from(["VIIRS/NOAA-20", "MODIS/Terra"]))
def test_predicted_passes_are_the_same_in_two_halves(hour, sensor):
    orbit = cases.made_orbit(sensor=sensor)
    cut = DAY.start + timedelta(hours=hour, minutes=hour)
    region = (35.0, 47.0, 39.0, 51.0)
    whole = passes.predict([orbit], region, DAY)
    halves = (
        *passes.predict([orbit], region, Interval(DAY.start, cut)),
        *passes.predict([orbit], region, Interval(cut, DAY.end)),
    )
    assert [(x.interval, x.daylight) for x in halves] == [(x.interval, x.daylight) for x in whole]


@given(
    st.sampled_from([*(f"{name}/x" for name in CURVES), "unheard-of"]),
    st.floats(0, 1e5),
    st.floats(0, 1e5),
    st.floats(0, 1400),
    st.booleans(),
)
def test_the_curve_rises_with_power_falls_with_distance_and_is_a_probability(sensor, one, two, across, by_day):
    low, high = sorted((one, two))

    def p(power, km, day=by_day):
        return float(p_detect(power, np.array(km), sensor=sensor, altitude_km=820.0, by_day=day))

    assert 0 <= p(low, across) <= p(high, across) < 1
    assert p(high, across) <= p(high, across / 2) + TINY
    assert p(high, across, day=True) <= p(high, across, day=False) + TINY
    assert p(0.0, across) == 0
