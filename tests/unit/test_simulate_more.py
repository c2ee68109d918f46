# SPDX-License-Identifier: Apache-2.0
"""Simulated truces of every scenario: the same bytes again, every byte read, nothing seen that cannot be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from truceline.simulate import SCENARIOS, truce
from truceline.simulate.files import files
from truceline.simulate.orbit import SENSORS, fly
from truceline.simulate.sensing import detection_curve
from truceline.simulate.table import make_world, pass_table, stated
from truceline.simulate.world import BOX
from truceline.sources import claims, cloud, firms, line, satellite_days

NOW = datetime(2027, 1, 1, tzinfo=UTC)
PLAIN = SCENARIOS["nothing_changes"]


@pytest.fixture(scope="module", params=sorted(SCENARIOS))
def given(request):
    return request.param, truce(11, request.param)


def test_the_same_seed_gives_the_same_bytes(given):
    name, data = given
    assert truce(11, name) == data


def test_another_seed_gives_another_world_of_the_same_shape(given):
    name, data = given
    other = truce(12, name)
    assert set(other) == set(data)
    assert all(other[file] != data[file] for file in ("fires.csv", "cloud.csv", "satellite_days.csv"))
    assert other["line.geojson"] == data["line.geojson"]
    assert other["claims.yaml"] == data["claims.yaml"]


def test_every_byte_is_read_and_no_row_is_rejected(given):
    _, data = given
    batch = firms.read(data["fires.csv"], file="fires.csv", now=NOW)
    assert batch.rejected == ()
    assert batch.rows_read == len(batch.detections) == data["fires.csv"].count(b"\n") - 1 > 100
    for reader, file in ((satellite_days, "satellite_days.csv"), (cloud, "cloud.csv")):
        rows, bad = reader.read(data[file], file=file)
        assert bad == ()
        assert len(rows) == data[file].count(b"\n") - 1
    said, declared = claims.read(data["claims.yaml"], file="claims")
    assert len(said) == 2
    assert len(declared) == 1
    assert line.read(data["line.geojson"], file="line")[0].length_m > 0


def test_what_is_read_lies_in_the_world_and_in_its_days(given):
    name, data = given
    found = firms.read(data["fires.csv"], file="fires.csv", now=NOW).detections
    scenario = SCENARIOS[name]
    west, south, east, north = BOX
    assert ((found.lon > west - 1) & (found.lon < east + 1) & (found.lat > south - 1) & (found.lat < north + 1)).all()
    days = (found.time.astype("datetime64[D]") - np.datetime64(scenario.start)).astype(int)
    assert ((days >= 0) & (days < scenario.days)).all()
    assert set(found.sensor) <= set(SENSORS.values())


def test_no_row_is_of_a_satellite_day_that_cannot_be_had(given):
    name, data = given
    world = make_world(11, SCENARIOS[name])
    gone = {
        (SENSORS[code], (world.scenario.midnight + timedelta(days=int(day))).date())
        for code, days in world.missing.items()
        for day in np.flatnonzero(days)
    }
    found = firms.read(data["fires.csv"], file="fires.csv", now=NOW).detections
    seen = set(zip(found.sensor.tolist(), found.time.astype("datetime64[D]").tolist(), strict=True))
    assert gone
    assert not gone & seen


@pytest.mark.parametrize(
    "change",
    [
        {"acts_per_day": 0.0},
        {"farm_per_day": 0.0},
        {"missing": 1.0},
        {"missing": 0.0},
        {"factor": 0.0},
        {"cloud_outside": 0.999, "cloud_truce": 0.999},
        {"start": date(2024, 2, 27), "truce": replace(PLAIN).truce},
        {"start": date(2025, 12, 20)},
        {"days": 14},
    ],
    ids="-".join,
)
def test_an_extreme_world_is_still_readable(change):
    scenario = replace(PLAIN, name="extreme", **change)
    data = files(5, make_world(5, scenario))
    if data["fires.csv"].count(b"\n") > 1:
        batch = firms.read(data["fires.csv"], file="fires.csv", now=NOW)
        assert batch.rejected == ()
        assert batch.rows_read == len(batch.detections)
    if change.get("missing") == 1.0:
        assert data["fires.csv"].count(b"\n") == 1
    days, bad = satellite_days.read(data["satellite_days.csv"], file="days")
    assert bad == ()
    assert len(days) == 3 * scenario.days


def test_under_a_factor_of_nought_no_act_begins_in_the_truce():
    scenario = replace(PLAIN, factor=0.0)
    world = make_world(3, scenario)
    start = world.fires.start_s[world.fires.cause == 0]
    inside = [(end - scenario.midnight).total_seconds() for end in (scenario.truce.start, scenario.truce.end)]
    # a cluster's acts begin within half an hour of its centre, so the first half hour may hold some
    assert not ((start >= inside[0] + 1800) & (start < inside[1])).any()
    assert (start < inside[0]).any()
    assert (start >= inside[1]).any()


def test_stated_cloud_is_a_share_on_every_day():
    for each in stated(make_world(2, replace(PLAIN, cloud_outside=0.98, cloud_truce=0.02, stated_error=0.2))):
        assert all(0 <= share <= 1 for share in each.shares.values())


def test_exposure_is_a_probability_and_less_under_more_cloud():
    table, texts = pass_table(make_world(4, PLAIN))
    assert set(table.exposure) == set(texts)
    for values in table.exposure.values():
        assert ((values >= 0) & (values <= 1)).all()
    assert (table.exposure["understated"] <= table.exposure["table"] + 1e-12).all()
    assert (table.exposure["overstated"] >= table.exposure["table"] - 1e-12).all()
    assert (table.exposure["thin cloud"] >= table.exposure["table"] - 1e-12).all()
    assert (table.count >= 0).all()


def test_passes_are_in_order_within_the_days_and_never_of_one_satellite_together():
    days = fly(datetime(2025, 4, 1, tzinfo=UTC), 10, 35.0, 48.0)
    seconds = days.time.astype(np.int64) / 1e6
    assert (np.diff(seconds) >= 0).all()
    for code in SENSORS:
        own = seconds[np.array(days.satellite) == code]
        assert len(own) >= 30
        assert np.diff(own).min() > 95 * 60
    assert np.allclose(np.linalg.norm(days.track, axis=2), 1)


def test_the_curve_is_a_probability_that_ends_with_the_swath():
    power, across = (grid.ravel() for grid in np.meshgrid([0.0, 0.5, 5.0, 500.0], [0.0, 700.0, 1500.0, 1501.0]))
    night = detection_curve(power, across, np.zeros(len(power), bool))
    day = detection_curve(power, across, np.ones(len(power), bool))
    assert ((night >= 0) & (night <= 1)).all()
    assert (day <= night).all()
    assert (night[across > 1500] == 0).all()
    assert (night[power == 0] < 1e-6).all()
