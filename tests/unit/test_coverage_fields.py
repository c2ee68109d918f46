# SPDX-License-Identifier: Apache-2.0
"""The coverage field: known answers, directions, mirrors, and the real truce."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import coverage_cases as cases
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.base.clock import Interval, utc
from truceline.base.geo import WGS84, Line, Sides
from truceline.coverage import fields, orbit, passes
from truceline.coverage.cloud import CloudAssumption, assumptions
from truceline.coverage.fields import Points, clear_sky, coverage, exposure, footprints, points
from truceline.model.watching import CloudDay, ReferenceAct

LINE = cases.made_line()
DAY = Interval(utc("2026-04-11T00:00Z"), utc("2026-04-12T00:00Z"))
ACT = ReferenceAct()


def at(*times: str, **kwargs):
    return [cases.look_over(LINE, utc(f"2026-04-{time}Z"), **kwargs) for time in times]


def share(looks, *, act=ACT, cloud=0.5, window=DAY, period=DAY, line=LINE, extent=(), sides=None) -> float:
    table = cases.cloudy(cloud) if isinstance(cloud, float) else cloud
    return coverage("given", line, sides, looks, table, act, window, period, extent).share


def mean_clear(looks, act=ACT) -> float:
    sample = points(LINE, None, act.within_km, ())
    return float((clear_sky(looks, sample, act) * sample.km).sum() / sample.km.sum())


# ---- sample points


def test_points_stand_beside_the_line_at_stated_distances():
    sample = points(LINE, None, 20.0, ())
    distance = LINE.nearest(sample.lon, sample.lat).distance_m / 1000
    assert distance.max() <= 17.6
    assert distance.min() > 1.5
    assert sample.km.sum() == pytest.approx(2 * LINE.length_m / 1000)
    assert set(sample.sector.tolist()) == {s.number for s in LINE.sectors()}
    for sector in LINE.sectors():
        for side in (0, 1):
            own = (sample.sector == sector.number) & (sample.side == side)
            assert sample.km[own].sum() == pytest.approx(sector.length_m / 1000)


def test_sides_follow_who_holds_them():
    sides = Sides("A", "B", np.array([True]))
    sample = points(LINE, sides, 20.0, ())
    near = LINE.nearest(sample.lon, sample.lat)
    assert (sides.of(near) == (sample.side == 0)).mean() > 0.999


def test_points_outside_the_extent_are_not_observed():
    west = ((30.0, 40.0), (37.4, 40.0), (37.4, 60.0), (30.0, 60.0), (30.0, 40.0))
    sample = points(LINE, None, 20.0, (west,))
    assert (sample.observed == (sample.lon < 37.4)).all()
    assert 0.1 < sample.observed.mean() < 0.9


def test_points_beside_a_line_near_the_antimeridian():
    close = cases.made_line(lon=178.85)
    sample, plain = points(close, None, 20.0, ()), points(LINE, None, 20.0, ())
    assert (sample.lon < 0).any()
    assert (sample.lon > 0).any()
    assert len(sample) == len(plain)
    assert cases.moved(sample.lon, -178.85 + 37.0) == pytest.approx(plain.lon, abs=1e-6)
    assert (sample.side == plain.side).all()


# ---- footprints and exposure


def test_footprints_measure_the_distance_to_the_track():
    (look,) = at("11T10:00")
    sample = points(LINE, None, 20.0, ())
    seen = footprints([look], sample)
    lon = look.track[0][1]
    north = np.arange(40.0, 60.0, 0.002)
    every = np.broadcast_to
    nearest = [
        WGS84.inv(every(x, len(north)), every(y, len(north)), every(lon, len(north)), north)[2].min() / 1000
        for x, y in zip(sample.lon[::10].tolist(), sample.lat[::10].tolist(), strict=True)
    ]
    assert seen.across_km[0][::10] == pytest.approx(np.array(nearest), abs=0.05)
    order = np.argsort(sample.lat)
    assert (np.diff(seen.seconds[0][order]) > -25).all()  # further north, later


def test_out_of_the_swath_nothing_is_seen():
    looks = [replace(look, half_swath_km=100.0) for look in at("11T10:00", aside_deg=6.0)]
    sample = points(LINE, None, 20.0, ())
    assert not footprints(looks, sample).inside.any()
    assert clear_sky(looks, sample, ACT).max() == 0
    assert share(looks) == 0


def test_exposure_is_the_clear_sky_times_what_cloud_leaves():
    looks = at("11T10:00", "12T10:00")
    sample = points(LINE, None, 20.0, ())
    table = (CloudDay(utc("2026-04-11T00:00Z"), {"a": 0.2}), CloudDay(utc("2026-04-12T00:00Z"), {"a": 0.9}))
    found = exposure(looks, sample, assumptions(table)[0], ACT)
    clear = clear_sky(looks, sample, ACT)
    assert found[0] == pytest.approx(clear[0] * 0.8)
    assert found[1] == pytest.approx(clear[1] * 0.1)


# ---- known answers


def test_one_pass_in_a_day():
    """One pass, an hour's fire: it must be lit in the hour before; coverage is that hour's share of the day."""
    looks = at("11T10:00")
    assert share(looks, cloud=0.0) == pytest.approx(mean_clear(looks) / 24, rel=1e-9)
    assert share(looks, cloud=0.5) == pytest.approx(0.5 * mean_clear(looks) / 24, rel=1e-9)


def test_hourly_splits_the_hour_where_the_pass_comes():
    """A pass at 10:20 sees fires lit from 9:20 to 10:20: two thirds of one hour, a third of the next."""
    look = at("11T10:20")[0]
    middle = look.moment
    minutes = (middle - utc("2026-04-11T10:00Z")).total_seconds() / 60
    found = coverage("given", LINE, None, [look], cases.cloudy(0.0), ACT, DAY, DAY, ())
    weights = np.array([s.length_m for s in LINE.sectors()])[:, None]
    by_hour = (found.hourly * weights[:, :, None]).sum(axis=(0, 1)) / (2 * weights.sum())
    assert found.hours[9] == np.datetime64("2026-04-11T09")
    assert by_hour[9] == pytest.approx(mean_clear([look]) * (60 - minutes) / 60)
    assert by_hour[10] == pytest.approx(mean_clear([look]) * minutes / 60)
    assert by_hour[[8, 11]] == pytest.approx([0, 0])
    assert by_hour.mean() == pytest.approx(found.share)


def test_passes_of_one_night_share_their_cloud():
    """Ten passes within an hour under half cloud see no more than half; two nights apart see three quarters."""
    many = at(*(f"11T10:{m:02d}" for m in range(0, 50, 5)))
    burning = ReferenceAct(power_mw=500.0, duration_hours=1.0)
    found = coverage("given", LINE, None, many, cases.cloudy(0.5), burning, DAY, DAY, ())
    assert np.nanmax(found.hourly) <= 0.5 + 1e-12
    long = ReferenceAct(power_mw=500.0, duration_hours=48.0)
    two = at("11T10:00", "12T10:00")
    lit = Interval(utc("2026-04-10T12:00Z"), utc("2026-04-11T09:00Z"))
    ceiling = 0.95
    expected = 1 - (1 - 0.5 * ceiling) ** 2
    assert share(two, act=long, window=lit, period=lit) == pytest.approx(expected, rel=0.01)


def test_one_night_across_midnight_utc_shares_its_cloud_by_the_lesser_share():
    """23:30 under .9 and 0:30 under .4: whatever is clear under .9 is clear under .4; together never above .6."""
    table = (CloudDay(utc("2026-04-11T00:00Z"), {"a": 0.9}), CloudDay(utc("2026-04-12T00:00Z"), {"a": 0.4}))
    act = ReferenceAct(power_mw=1e6, duration_hours=3.0)
    looks = at("11T23:30", "12T00:30")
    lit = Interval(utc("2026-04-11T22:30Z"), utc("2026-04-11T23:00Z"))
    p = 0.95
    assert share(looks, act=act, cloud=table, window=lit, period=lit) == pytest.approx(
        0.5 * p + 0.1 * (1 - (1 - p) ** 2), rel=1e-3
    )


def test_no_looks_no_coverage():
    found = coverage("given", LINE, None, [], cases.cloudy(0.1), ACT, DAY, DAY, ())
    assert found.share == found.low == found.high == 0
    assert found.longest_gap_hours == 24
    assert found.hourly.shape == (len(LINE.sectors()), 2, 24)
    assert (found.hourly == 0).all()


def test_against_a_simulation_of_fires():
    """Fires lit at random moments and places, clouds drawn per half-day: their detected share is the coverage."""
    looks = at("11T09:05", "11T10:40", "11T11:20", "11T23:00", "11T23:50", "12T00:40")
    act = ReferenceAct(power_mw=4.0, duration_hours=2.5)
    cloud = (CloudDay(utc("2026-04-11T00:00Z"), {"a": 0.6}), CloudDay(utc("2026-04-12T00:00Z"), {"a": 0.3}))
    sample = points(LINE, None, 20.0, ())
    clear = clear_sky(looks, sample, act)
    rng = np.random.default_rng(11)
    n = 200_000
    lit = DAY.start.timestamp() + rng.random(n) * 86_400
    where = rng.choice(len(sample), n, p=sample.km / sample.km.sum())
    skies = rng.random((n, 2))
    seen = np.zeros(n, bool)
    for row, look in enumerate(looks):
        time = look.moment.timestamp()
        burning = (lit <= time) & (time < lit + act.duration_hours * 3600)
        hidden = 0.6 if look.interval.start.day == 11 else 0.3
        sky = skies[:, 0 if 6 <= look.interval.start.hour < 18 else 1] >= hidden
        seen |= burning & sky & (rng.random(n) < clear[row, where])
    error = np.sqrt(seen.mean() / n)
    assert share(looks, act=act, cloud=cloud) == pytest.approx(seen.mean(), abs=5 * error)


# ---- directions

TIMES = st.lists(st.integers(0, 47 * 60), min_size=1, max_size=9)


def looks_at(minutes):
    return [cases.look_over(LINE, DAY.start + timedelta(minutes=m), by_day=6 <= (m // 60) % 24 < 15) for m in minutes]


@settings(max_examples=25)
@given(
    minutes=TIMES, cloud=st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1)), more=st.floats(0, 1),
    power=st.floats(0.5, 50), hours=st.floats(0.1, 30), pick=st.integers(0, 8),
)  # fmt: skip
def test_less_to_see_with_never_raises_coverage(minutes, cloud, more, power, hours, pick):
    """More cloud, less power, a look fewer never raise it; longer burning never lowers it."""
    looks = looks_at(minutes)
    act = ReferenceAct(power_mw=power, duration_hours=hours)
    table = [CloudDay(DAY.start + timedelta(days=i), {"a": c}) for i, c in enumerate(cloud)]
    base = share(looks, act=act, cloud=table)
    thicker = [
        replace(d, shares={"a": d.shares["a"] + (1 - d.shares["a"]) * (more if i == 1 else 0)})
        for i, d in enumerate(table)
    ]
    tiny = 1e-12
    assert share(looks, act=act, cloud=thicker) <= base + tiny
    assert share(looks, act=replace(act, power_mw=power * 0.7), cloud=table) <= base + tiny
    fewer = [look for i, look in enumerate(looks) if i != pick % len(looks)]
    assert share(fewer, act=act, cloud=table) <= base + tiny
    assert share(looks, act=replace(act, duration_hours=hours * 1.3), cloud=table) >= base - tiny
    assert 0 <= base <= 1


def test_a_denial_never_raises_coverage_and_lengthens_the_gap():
    looks = at("11T09:00", "11T10:30", "11T23:30")
    fires = cases.detections("VIIRS/NOAA-20", [], [], [])
    denied = passes.denials(None, fires, ["VIIRS/NOAA-20"], DAY)
    free = [look for look, ok in zip(looks, passes.readable(looks, denied), strict=True) if ok]
    assert free == []
    assert share(free) < share(looks)


def test_swapping_the_sides_mirrors():
    first, second = Sides("A", "B", np.array([True])), Sides("B", "A", np.array([False]))
    east = ((37.3, 40.0), (50.0, 40.0), (50.0, 60.0), (37.3, 60.0), (37.3, 40.0))
    looks = at("11T09:00", "11T10:30")
    one, two = (
        coverage("given", LINE, sides, looks, cases.cloudy(0.4), ACT, DAY, DAY, (east,)) for sides in (first, second)
    )
    assert one.sides == ("A", "B")
    assert two.sides == ("B", "A")
    assert np.array_equal(one.hourly, two.hourly[:, ::-1], equal_nan=True)
    assert np.array_equal(one.by_sector, two.by_sector[:, ::-1], equal_nan=True)
    assert np.array_equal(one.observed_share, two.observed_share[:, ::-1])
    assert one.by_side == two.by_side
    assert one.share == pytest.approx(two.share, abs=1e-15)
    assert one.by_side["A"] != one.by_side["B"]


def test_moved_40_degrees_east_and_160_minutes_earlier_all_is_the_same():
    earlier = timedelta(minutes=160)
    window = Interval(utc("2026-04-11T13:00Z"), utc("2026-04-12T21:00Z"))
    period = Interval(utc("2026-04-11T00:00Z"), utc("2026-04-13T12:00Z"))
    here = at("11T22:50", "11T23:40", "12T00:50", "12T09:10", "12T11:00")
    there = [
        replace(
            look,
            interval=Interval(look.interval.start - earlier, look.interval.end - earlier),
            track=tuple((s, x + 40, y) for s, x, y in look.track),
        )
        for look in here
    ]
    shifted = [Interval(i.start - earlier, i.end - earlier) for i in (window, period)]
    one = coverage("given", LINE, None, here, cases.cloudy(0.55), ACT, window, period, ())
    two = coverage("given", cases.made_line(shift=40.0), None, there, cases.cloudy(0.55), ACT, *shifted, ())
    assert two.share == pytest.approx(one.share, rel=1e-6)
    assert two.by_sector == pytest.approx(one.by_sector, rel=1e-5)
    assert two.longest_gap_hours == pytest.approx(one.longest_gap_hours, abs=1e-3)
    assert len(one.gaps) == len(two.gaps)


# ---- what is not observed


def test_the_side_outside_the_data_is_unknown_not_zero():
    sides = Sides("A", "B", np.array([True]))
    tile = LINE.offset(np.linspace(0, LINE.length_m, 60), np.full(60, 30_000.0))
    ring = [
        *zip(*LINE.at(np.linspace(0, LINE.length_m, 60))[:2], strict=True),
        *zip(tile[0][::-1], tile[1][::-1], strict=True),
    ]
    looks = at("11T09:00", "11T10:30")
    half = coverage("given", LINE, sides, looks, cases.cloudy(0.4), ACT, DAY, DAY, (ring,))
    whole = coverage("given", LINE, sides, looks, cases.cloudy(0.4), ACT, DAY, DAY, ())
    assert half.by_side["B"] is None
    assert half.by_side["A"] == pytest.approx(whole.by_side["A"], rel=0.02)
    assert np.isnan(half.hourly[:, 1]).all()
    assert np.isnan(half.by_sector[:, 1]).all()
    assert not np.isnan(half.by_sector[:, 0]).any()
    assert half.observed_share[:, 1].max() == 0
    assert half.share == pytest.approx(whole.share / 2, rel=0.03)


def test_where_nothing_is_observed_all_is_one_gap():
    away = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0))
    found = coverage("given", LINE, None, at("11T09:00"), cases.cloudy(0.4), ACT, DAY, DAY, (away,))
    assert found.share == 0
    assert found.by_side == {"left": None, "right": None}
    assert found.gaps == (DAY,)
    assert np.isnan(found.hourly).all()


def test_a_truce_beyond_the_period_counts_as_not_covered():
    looks = at("11T10:00")
    long = Interval(DAY.start, DAY.end + timedelta(days=1))
    assert share(looks, window=long) == pytest.approx(share(looks) / 2)
    later = Interval(DAY.end + timedelta(days=3), DAY.end + timedelta(days=4))
    assert share(looks, window=later) == 0


# ---- gaps


def test_gaps_lie_between_groups_not_between_passes():
    looks = at("11T09:00", "11T10:40", "11T23:10")
    found = coverage("given", LINE, None, looks, cases.cloudy(0.5), ACT, DAY, DAY, ())
    assert [round(gap.hours, 1) for gap in found.gaps] == [12.5, 9.0, 0.8]
    assert found.longest_gap_hours == pytest.approx(12.46, abs=0.05)
    assert sum(gap.hours for gap in found.gaps) == pytest.approx(24 - 100 / 60 - 2 * 0.7 / 60, abs=0.01)


def test_a_window_inside_a_group_has_no_gap():
    looks = at("11T09:00", "11T10:40")
    inside = Interval(utc("2026-04-11T09:30Z"), utc("2026-04-11T10:30Z"))
    assert coverage("given", LINE, None, looks, cases.cloudy(0.5), ACT, inside, DAY, ()).gaps == ()


# ---- the real truce


@pytest.fixture(scope="module")
def easter(repository):
    """Looks that may be read, cloud and our own line."""
    data = repository / cases.DATA
    fires = cases.read_fires(data / "fires.csv")
    looks = passes.predict(orbit.fit(fires), cases.UKRAINE, cases.WATCH)
    days = cases.read_days(data / "satellite_days.csv")
    denied = passes.denials(days, fires, {d.sensor for d in days}, cases.WATCH)
    kept = [look for look, ok in zip(looks, passes.readable(looks, denied), strict=True) if ok]
    own = Line.from_geojson(json.loads((data / "line.geojson").read_text()))
    return kept, cases.read_cloud(data / "cloud.csv"), own


def check_easter(found):
    assert 0.03 < found.share < 0.07
    assert found.low < found.share < found.high
    assert found.longest_gap_hours == pytest.approx(9.7, abs=0.06)
    assert sum(gap.hours for gap in found.gaps) == pytest.approx(26.7, abs=0.25)
    first = found.gaps[0]
    assert first.start == cases.TRUCE.start
    assert abs((first.end - utc("2026-04-11T22:42Z")).total_seconds()) < 180
    assert np.nanmax(found.hourly) < 0.9
    assert not np.isnan(found.hourly).any()
    dark = (found.hours >= np.datetime64("2026-04-04T03")) & (found.hours < np.datetime64("2026-04-06T20"))
    assert found.hourly[:, :, dark].max() == 0  # denied days


def test_the_easter_truce_under_our_line(easter):
    looks, cloud, own = easter
    check_easter(coverage("towns", own, None, looks, cloud, ACT, cases.TRUCE, cases.WATCH, ()))


def test_the_easter_truce_under_the_precise_line(easter, shared_data):
    looks, cloud, _ = easter
    precise = Line.from_geojson(json.loads((shared_data / "line_of_contact_20260411.geojson").read_text()))
    check_easter(coverage("given", precise, None, looks, cloud, ACT, cases.TRUCE, cases.WATCH, ()))


def test_the_same_input_gives_the_same_coverage(easter):
    looks, cloud, own = easter
    one, two = (coverage("towns", own, None, o, cloud, ACT, cases.TRUCE, cases.WATCH, ()) for o in (looks, looks[::-1]))
    assert np.array_equal(one.hourly, two.hourly)
    assert one.share == two.share
    assert one.gaps == two.gaps


def test_cloud_assumptions_bound_the_share(easter):
    looks, cloud, own = easter
    found = coverage("towns", own, None, looks, cloud, ACT, cases.TRUCE, cases.WATCH, ())
    clear = coverage("towns", own, None, looks, cases.cloudy(0.0), ACT, cases.TRUCE, cases.WATCH, ())
    assert found.high < clear.share
    assert clear.share < 0.25  # even without a cloud most hours have no pass


def test_points_know_their_number():
    empty = np.zeros(0)
    assert len(Points(empty, empty, empty.astype(int), empty.astype(int), empty, empty, empty.astype(bool))) == 0
    assert isinstance(assumptions(())[0], CloudAssumption)
    assert fields.hidden([], assumptions(())[0]).shape == (0,)
