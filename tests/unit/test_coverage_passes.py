# SPDX-License-Identifier: Apache-2.0
"""Looks, denials and matches."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import coverage_cases as cases
import numpy as np
import pytest

from truceline.base.clock import Interval, utc
from truceline.base.geo import EARTH_KM, Line
from truceline.coverage import orbit, passes
from truceline.coverage.fields import footprints, points
from truceline.errors import NoPlace
from truceline.model.detection import Detections
from truceline.model.look import Look, SatelliteDay


@pytest.fixture(scope="module")
def fires(repository):
    return cases.read_fires(repository / cases.DATA / "fires.csv")


@pytest.fixture(scope="module")
def days(repository):
    return cases.read_days(repository / cases.DATA / "satellite_days.csv")


@pytest.fixture(scope="module")
def looks(fires):
    return passes.predict(orbit.fit(fires), cases.UKRAINE, cases.WATCH)


@pytest.fixture(scope="module")
def line_looks(looks, repository):
    """The looks that see part of the line."""
    import json

    line = Line.from_geojson(json.loads((repository / cases.DATA / "line.geojson").read_text()))
    seen = footprints(looks, points(line, None, 20.0, ()))
    return [look for look, some in zip(looks, seen.inside.any(axis=1), strict=True) if some]


def test_three_to_five_passes_over_the_line_per_satellite_and_day(line_looks):
    count = Counter((look.sensor, look.interval.start.date()) for look in line_looks)
    assert len(count) == 3 * 21
    assert set(count.values()) <= {3, 4, 5}


def test_passes_over_the_line_come_in_two_groups_a_day(line_looks):
    hours = np.array([look.interval.start.hour + look.interval.start.minute / 60 for look in line_looks])
    night = (hours > 21.9) | (hours < 1.7)
    day = (hours > 8.4) & (hours < 12.3)
    assert (night ^ day).all()
    assert all(look.daylight == bool(lit) for look, lit in zip(line_looks, day, strict=True))


def test_every_real_row_belongs_to_a_look_inside_its_swath(looks, fires):
    which = passes.match(looks, fires)
    assert (which >= 0).all()
    for sensor in np.unique(fires.sensor.astype(str)):
        assert {looks[i].sensor for i in which[fires.sensor == sensor]} == {sensor}
    lit = np.array([looks[i].daylight for i in which])
    assert (lit == fires.attributes["daylight"]).mean() > 0.99


def test_a_pass_without_rows_is_a_look_too(looks, fires):
    used = set(passes.match(looks, fires).tolist())
    assert len(used) < len(looks) * 0.7


def test_looks_are_sorted_and_of_the_period(looks):
    starts = [look.interval.start for look in looks]
    assert starts == sorted(starts)
    assert all(cases.WATCH.start <= start < cases.WATCH.end for start in starts)
    assert all(timedelta(0) <= look.interval.end - look.interval.start < timedelta(minutes=6) for look in looks)


def test_a_split_period_gives_the_same_looks(fires, looks):
    orbits = orbit.fit(fires)
    middle = utc("2026-04-11T10:03Z")
    halves = [Interval(cases.WATCH.start, middle), Interval(middle, cases.WATCH.end)]
    both = [look for half in halves for look in passes.predict(orbits, cases.UKRAINE, half)]
    key = [(look.sensor, look.interval.start.replace(second=0)) for look in both]
    assert len(key) == len(looks)
    for one, two in zip(both, looks, strict=True):
        assert one.sensor == two.sensor
        assert abs((one.interval.start - two.interval.start).total_seconds()) <= 4


def test_a_look_read_back_is_the_look_written(looks):
    for look in looks[:40]:
        assert Look.from_body(look.record().body, -1) == look


def test_no_pass_cannot_exist(looks):
    """One satellite returns after one orbit at the earliest, and its swath reaches the region."""
    box = passes.region_points(cases.UKRAINE)
    vectors = orbit.unit(box[:, 0], box[:, 1])
    by_sensor = {}
    for look in looks:
        last = by_sensor.get(look.sensor)
        by_sensor[look.sensor] = look
        if last is not None:
            assert (look.interval.start - last.interval.start).total_seconds() > 97 * 60
        _, lon, lat = np.array(look.track).T
        nearest = np.arccos(np.clip((orbit.unit(lon, lat) @ vectors.T).max(), -1, 1)) * EARTH_KM
        assert nearest <= look.half_swath_km + 10


@pytest.mark.parametrize("shift", [40.0, 100.0, -140.0])
def test_moved_with_the_sun_the_looks_move_along(shift):
    """A region 40 degrees further east is seen 160 minutes earlier, if the orbit's phase moves along."""
    one = cases.made_orbit()
    two = replace(one, node_time=one.node_time - timedelta(minutes=shift * 4))
    here = Interval(utc("2026-04-03T00:00Z"), utc("2026-04-06T00:00Z"))
    there = Interval(here.start - timedelta(minutes=shift * 4), here.end - timedelta(minutes=shift * 4))
    box = passes.region_points((30.0, 45.0, 38.0, 51.0))
    east = np.stack([cases.moved(box[:, 0], shift), box[:, 1]], axis=1)
    first, second = passes.predict([one], box, here), passes.predict([two], east, there)
    assert len(first) == len(second) > 6
    for a, b in zip(first, second, strict=True):
        apart = (a.interval.start - b.interval.start).total_seconds() - shift * 240
        assert abs(apart) <= 4


def test_a_box_across_the_antimeridian_is_not_the_rest_of_the_world():
    points = passes.region_points((178.0, -18.0, -178.0, -15.0))
    assert np.abs(points[:, 0]).min() >= 178
    looks = passes.predict([cases.made_orbit()], (178.0, -18.0, -178.0, -15.0), cases.TRUCE)
    assert 1 <= len(looks) <= 6


def test_a_region_as_wide_as_the_world_has_two_passes_an_orbit():
    day = Interval(utc("2026-04-03T00:00Z"), utc("2026-04-04T00:00Z"))
    looks = passes.predict([cases.made_orbit()], (-180.0, -60.0, 180.0, 60.0), day)
    assert 26 <= len(looks) <= 31


@pytest.mark.parametrize(
    "region",
    [(0.0, 10.0, 10.0, 5.0), (0.0, np.nan, 1.0, 2.0), (0.0, 0.0, 200.0, 1.0), np.zeros((0, 2)), (0.0, 80.0, 1.0, 95.0)],
)
def test_a_region_off_the_earth_is_refused(region):
    with pytest.raises(NoPlace):
        passes.predict([cases.made_orbit()], region, cases.TRUCE)


def test_a_great_many_points_see_the_same_passes():
    rng = np.random.default_rng(4)
    cloud_of_points = np.stack([rng.uniform(30, 38, 60_000), rng.uniform(45, 51, 60_000)], axis=1)
    box = passes.predict([cases.made_orbit()], (30.0, 45.0, 38.0, 51.0), cases.TRUCE)
    many = passes.predict([cases.made_orbit()], cloud_of_points, cases.TRUCE)
    assert len(many) == len(box)
    assert np.abs(passes.columns(many) - passes.columns(box)).max() < 10


def test_daylight_at_known_places():
    kyiv = orbit.unit(np.array([30.5]), np.array([50.4]))[0]
    assert passes.daylight(kyiv, utc("2026-04-11T10:00Z").timestamp())
    assert not passes.daylight(kyiv, utc("2026-04-11T23:00Z").timestamp())
    tromso = orbit.unit(np.array([19.0]), np.array([69.6]))[0]
    assert passes.daylight(tromso, utc("2026-06-21T11:00Z").timestamp())
    assert not passes.daylight(tromso, utc("2026-12-21T23:00Z").timestamp())


def test_satellite_days_not_included_are_denials(days, fires):
    names = {day.sensor for day in days}
    denied = passes.denials(days, fires, names, cases.WATCH)
    assert len(denied) == 15  # 4, 5, 6, 15 and 16 April of three satellites; the 22nd lies outside
    assert {d.interval.start.day for d in denied} == {4, 5, 6, 15, 16}
    worst = next(d for d in denied if d.sensor == "VIIRS/NOAA-20" and d.interval.start.day == 5)
    assert worst.detail["rows"] == 473
    assert worst.detail["rows_basis"] == "estimated_from_file_length"
    assert "size only" in worst.reason


def test_looks_on_denied_days_are_not_readable(days, fires, looks):
    denied = passes.denials(days, fires, {day.sensor for day in days}, cases.WATCH)
    free = passes.readable(looks, denied)
    gone = {look.interval.start.day for look, ok in zip(looks, free, strict=True) if not ok}
    assert gone <= {3, 4, 5, 6, 14, 15, 16}
    kept = {look.interval.start.day for look, ok in zip(looks, free, strict=True) if ok}
    assert kept.isdisjoint({4, 5, 6, 15, 16})
    assert passes.readable(looks, ()).all()


def test_a_pass_that_runs_into_a_denied_day_is_not_read():
    line = cases.made_line()
    late = cases.look_over(line, utc("2026-04-03T23:59:00Z"))
    (denied,) = passes.denials(
        (SatelliteDay(late.sensor, utc("2026-04-04T00:00Z"), "missing", None, "none"),),
        Detections.empty(),
        [late.sensor],
        Interval(utc("2026-04-04T00:00Z"), utc("2026-04-05T00:00Z")),
    )
    assert not passes.readable([late], [denied])[0]
    assert passes.readable([replace(late, sensor="VIIRS/NOAA-21")], [denied])[0]


def test_without_a_list_a_day_without_rows_is_a_denial():
    rows = cases.detections("VIIRS/NOAA-20", [37.0], [48.0], [utc("2026-04-02T10:00Z").timestamp()])
    period = Interval(utc("2026-04-01T06:00Z"), utc("2026-04-03T12:00Z"))
    denied = passes.denials(None, rows, ["VIIRS/NOAA-20", "VIIRS/NOAA-21"], period)
    assert [(d.sensor[-2:], d.interval.start.day) for d in denied] == [
        ("20", 1),
        ("21", 1),
        ("21", 2),
        ("20", 3),
        ("21", 3),
    ]
    assert {d.reason for d in denied} == {"no rows and no statement that the file covers this day"}
    assert denied[0].interval.start == period.start
    assert denied[-1].interval.end == period.end


def test_an_included_day_without_rows_is_quiet_not_denied():
    period = Interval(utc("2026-04-01T00:00Z"), utc("2026-04-02T00:00Z"))
    listed = SatelliteDay("VIIRS/NOAA-20", period.start, "included", 0, "exact")
    assert passes.denials([listed], Detections.empty(), ["VIIRS/NOAA-20"], period) == ()
    (torn,) = passes.denials([replace(listed, rows=7)], Detections.empty(), ["VIIRS/NOAA-20"], period)
    assert "none was read" in torn.reason


def test_a_day_the_list_leaves_out_is_a_denial_and_the_worse_of_two_entries_counts():
    period = Interval(utc("2026-04-01T00:00Z"), utc("2026-04-03T00:00Z"))
    one = SatelliteDay("VIIRS/NOAA-20", period.start, "included", 0, "exact")
    (left_out,) = passes.denials([one], Detections.empty(), [], period)
    assert "does not mention" in left_out.reason
    worse = replace(one, status="size_only")
    for order in ([one, worse], [worse, one]):
        assert passes.denials(order, Detections.empty(), [], period)[0].detail["status"] == "size_only"


def test_match_takes_the_nearest_look_of_the_same_sensor_within_four_minutes():
    line = cases.made_line()
    first = cases.look_over(line, utc("2026-04-03T10:00Z"))
    second = cases.look_over(line, utc("2026-04-03T10:06Z"))
    other = replace(first, sensor="VIIRS/NOAA-21")
    end = (first.interval.end - first.interval.start).total_seconds()
    base = first.interval.start.timestamp()
    times = [base, base + end + 60, base + 359, base - 239, base - 241, second.interval.end.timestamp() + 241]
    rows = cases.detections("VIIRS/NOAA-20", [37.0] * 6, [48.0] * 6, times)
    assert passes.match([other, second, first], rows).tolist() == [2, 2, 1, 2, -1, -1]
    assert passes.match([], rows).tolist() == [-1] * 6
