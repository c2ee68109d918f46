# SPDX-License-Identifier: Apache-2.0
"""Labels, calibration, the rule beside the model, and the benchmark as a command on made and on bad files."""

from __future__ import annotations

import importlib.util
import json
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from thermal_worlds import BASELINE, LINE, world

from truceline.base.geo import Line
from truceline.thermal import blindtraining as training
from truceline.thermal import judging
from truceline.thermal.firetable import Fires
from truceline.thermal.placeblind import stripe_number

DAY = int(np.datetime64("2024-07-15").astype(np.int64))


def table(fires, **more):
    date = fires.day.astype("datetime64[D]").astype(str)
    return pa.table({"latitude": fires.lat, "longitude": fires.lon, "acq_date": pa.array(date.tolist()), **more})


@pytest.fixture
def files(tmp_path):
    whole = Fires.none()
    for fires in BASELINE.values():
        whole = whole.and_(fires)
    pq.write_table(table(world()), tmp_path / "fires.parquet")
    pq.write_table(table(whole, src_guess=pa.array(["VIIRS-SNPP"] * len(whole))), tmp_path / "base.parquet")
    (tmp_path / "line.geojson").write_text(json.dumps(LINE))
    return tmp_path


@pytest.fixture(scope="module")
def command(repository):
    spec = importlib.util.spec_from_file_location("bench_thermal", repository / "bench" / "thermal.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["bench_thermal"] = module
    spec.loader.exec_module(module)
    return module.main


@pytest.fixture
def bench(command, capsys):
    def run(folder, *more, fires="fires.parquet", base="base.parquet"):
        words = ["--fires", str(folder / fires), "--baseline", str(folder / base)]
        code = command([*words, "--line", str(folder / "line.geojson"), "--json", *more])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def test_near_far_and_deep():
    line = Line.from_geojson(LINE)
    fires = Fires(np.array([33.45, 30.0, 30.0, 32.6]), np.full(4, 48.0), np.array([DAY, DAY, DAY + 5, DAY]))
    strikes = Fires(np.array([30.05]), np.array([48.0]), np.array([DAY + 1]))
    found = judging.labels(fires, line, strikes)
    assert found.near.tolist() == [True, False, False, False]
    assert found.deep.tolist() == [False, True, False, False]
    assert found.far.tolist() == [False, False, True, False]
    assert len(judging.labels(Fires.none(), line, strikes).near) == 0


def test_the_rule_needs_two_odd_days_a_week_apart_and_lasts_ten():
    day = np.array([0, 3, 7, 12, 17, 18]) + DAY
    fires = Fires(np.full(6, 30.05), np.full(6, 48.05), day)
    assert judging.economist(fires, {2019: Fires.none()}).tolist() == [False, False, True, True, True, True]
    usual = Fires(np.full(400, 30.05), np.full(400, 48.05), np.repeat(np.arange(40) + DAY - 10 - 366, 10))
    assert not judging.economist(fires, {2023: usual}).any()
    assert len(judging.economist(Fires.none(), {})) == 0


def test_the_curve_calibrates_what_a_logit_cannot():
    rng = np.random.default_rng(0)
    value = rng.normal(0, 2, 20_000)
    near = rng.random(20_000) < 0.05 + 0.6 / (1 + np.exp(-4 * value))
    curve = training.calibrate(value, near, 0.5)
    p = training.on_curve(value, curve)
    assert training.calibration_error(training.reliability(p, near, 0.5)) < 0.015
    assert training.auc(p, near) == pytest.approx(training.auc(value, near), abs=0.005)


def test_one_answer_for_all_fires_is_one_bin_however_the_rows_are_ordered():
    near = np.arange(1000) < 300
    rows = training.reliability(np.full(1000, 0.5), near, 0.5)
    assert [(row.count, row.predicted) for row in rows] == [(1000, 0.5)]
    assert training.calibration_error(rows) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(("add", "times"), [(0.0, 1.0), (2.0, 1.0), (-1.0, 0.5), (0.3, 3.0)])
def test_a_level_that_is_off_is_found_and_a_heavy_ridge_keeps_what_was(add, times):
    rng = np.random.default_rng(7)
    x = rng.normal(0, 2, 40_000)
    near = rng.random(len(x)) < 1 / (1 + np.exp(-(add + times * x)))
    share = float(near.mean())
    near, far = near.astype(float), 1.0 - near
    assert training.shift(x, near, far, share, 1e-6) == pytest.approx((add, times), abs=0.08)
    assert training.shift(x, near, far, share, 1e6) == pytest.approx((0.0, 1.0), abs=1e-3)
    assert training.shift(x, near, np.zeros(len(x)), share, 1e-6) == (0.0, 1.0)
    apart, ones = np.array([-30.0, 30.0]), np.array([0.0, 1.0])
    assert np.isfinite(training.shift(apart, ones, 1.0 - ones, 0.5, 1e-3)).all()


def test_the_level_is_set_by_labels_of_other_places_and_other_weeks_only():
    rng = np.random.default_rng(5)
    n = 40_000
    fires = Fires(rng.uniform(22, 40, n), rng.uniform(46, 50, n), DAY + rng.integers(0, 35, n))
    odds = rng.normal(0, 2, n)
    near = rng.random(n) < 1 / (1 + np.exp(-(odds + 1.5)))
    p, share = 1 / (1 + np.exp(-odds)), float(near.mean())
    found = judging.levelled(p, near, fires, fires, share)
    off = training.calibration_error(training.reliability(p, near, share))
    assert off > 0.15
    assert training.calibration_error(training.reliability(found, near, share)) < 0.015
    week, where = fires.day // 7, stripe_number(fires, fires)
    own = (week == week[0]) & (where == where[0])
    beside = (week == week[0]) | (where == where[0])
    told = judging.levelled(p, np.where(beside, ~near, near), fires, fires, share)
    np.testing.assert_array_equal(told[own], found[own])
    assert not np.array_equal(told[~beside], found[~beside])
    one = fires.take(own)
    np.testing.assert_array_equal(judging.levelled(p[own], near[own], one, fires, share), p[own])


def test_areas_intervals_and_tables_where_a_class_is_empty():
    p, near = np.array([0.1, 0.9]), np.array([True, True])
    assert training.auc(p, near) is None
    assert training.auc_interval(p, near, np.array([0, 1]), np.random.default_rng(0)) is None
    assert training.calibration_error(training.reliability(p, near, 0.5)) is None
    value, labels = np.linspace(0, 1, 400), np.arange(400) % 3 == 0
    low, high = training.auc_interval(value, labels, np.arange(400) // 40, np.random.default_rng(0))
    assert low < training.auc(value, labels) < high


def test_an_interval_by_blocks_of_one_value_is_the_value():
    value = np.tile([0.0, 1.0, 1.0], 50)
    near = np.tile([False, True, False], 50)
    found = training.auc_interval(value, near, np.arange(150) // 3, np.random.default_rng(0))
    assert found == pytest.approx([0.75, 0.75])


def details(out):
    """The line before the last: all that was found, what was asked for among it."""
    return json.loads(out.splitlines()[-2])["details"]


def test_the_command_answers_in_the_form_asked_for(bench, files):
    code, out, err = bench(files, "--from", "2024-06-01", "--reliability", str(files / "r.svg"))
    assert code == 0, err
    asked = json.loads(out.splitlines()[-1])
    assert list(asked) == ["n_near", "n_far", "war", "truce", "shuffled_auc", "economist"]
    assert list(asked["war"]) == ["auc", "auc_ci", "far_fpr_at_recall_80", "ece", "flag_share"]
    assert set(asked["war"]["flag_share"]) == {"2020", "2021"}
    assert list(asked["truce"]) == ["auc", "auc_ci", "ece", "flag_share", "replaced_flag_share"]
    assert list(asked["economist"]) == ["balanced_accuracy", "far_fpr", "flag_share"]
    found = details(out)
    assert all(found[part][key] == value for part in ("war", "truce") for key, value in asked[part].items())
    assert found["war"]["auc"] > 0.85
    assert found["shuffled_auc"] == pytest.approx(0.5, abs=0.06)
    assert found["features"]["absent"] == ["weather", "land_use", "population"]
    assert found["judged_by"] == {"whole_model": found["n_near"] + found["n_far"] + between(files)}
    assert (files / "r.svg").read_text().startswith("<svg")


def test_a_world_that_lies_across_the_antimeridian_is_judged_as_elsewhere(bench, files):
    vertices = LINE["features"][0]["geometry"]["coordinates"]
    by = 180.0 - sum(lon for lon, _ in vertices) / len(vertices)
    wrapped = [[(lon + by + 180.0) % 360.0 - 180.0, lat] for lon, lat in vertices]
    assert max(lon for lon, _ in wrapped) - min(lon for lon, _ in wrapped) > 180, "the line does cross"
    at_home = details(bench(files)[1])
    for name in ("fires", "base"):
        held = pq.read_table(files / f"{name}.parquet")
        at = held.column_names.index("longitude")
        lon = (held["longitude"].to_numpy() + by + 180.0) % 360.0 - 180.0
        pq.write_table(held.set_column(at, "longitude", pa.array(lon)), files / f"{name}.parquet")
    (files / "line.geojson").write_text(json.dumps({"type": "LineString", "coordinates": wrapped}))
    code, out, err = bench(files)
    assert code == 0, err
    moved = details(out)
    assert any("crosses the antimeridian" in note for note in moved["notes"])
    assert (moved["n_near"], moved["n_far"]) == (at_home["n_near"], at_home["n_far"])
    for mode in ("war", "truce"):
        assert moved[mode]["auc"] == pytest.approx(at_home[mode]["auc"], abs=0.005)
    nowhere = [[lon, 95.0] for lon, _ in wrapped]
    (files / "line.geojson").write_text(json.dumps({"type": "LineString", "coordinates": nowhere}))
    assert bench(files)[0] == 3, "a latitude beyond the pole stays refused"


def test_a_settled_answer_is_told_beside_the_same_day_one(bench, files):
    code, out, err = bench(files, "--from", "2024-06-01", "--settled", "10", "--weather", str(files / "fires.parquet"))
    assert code == 0, err
    found = details(out)
    assert set(found["settled"]) == {"n", "calibrated", "auc", "auc_ci", "far_fpr_at_recall_80", "ece"}
    assert (found["settled"]["n"], found["settled"]["calibrated"]) == (10, True)
    assert found["settled"]["auc"] > 0.85
    assert found["notes"][-1] == "weather left out: it takes both --weather and --oblasts"


def test_what_is_given_besides_fires_is_read_used_and_named(bench, files):
    """Each alone and all together; what cannot be read, or lies elsewhere, is left out by name and the rest kept."""
    lon, lat = (each.ravel() for each in np.meshgrid(np.arange(28.0, 34.1, 0.1), np.arange(46.0, 50.1, 0.1)))
    rows = "".join(f"{x:.1f},{y:.1f},0,20,5,70,5\n" for x, y in zip(lon, lat, strict=True))
    classes = ",".join(f"LAND_USE_CLASS_{k}" for k in range(5))
    (files / "land.csv").write_text(f"LONGITUDE,LATITUDE,{classes}\n{rows}")
    rows = "".join(f"{x:.1f},{y:.1f},{60 + 5 * x:.0f}\n" for x, y in zip(lon, lat, strict=True))
    (files / "people.csv").write_text(f"LONGITUDE,LATITUDE,POP_DENSITY\n{rows}")
    (files / "away.csv").write_text("LONGITUDE,LATITUDE,POP_DENSITY\n-60,-30,7\n")
    (files / "odd.csv").write_text("LONGITUDE,LATITUDE\n30,48\n")
    land, people = ("--land-use", str(files / "land.csv")), ("--population", str(files / "people.csv"))
    said = {}
    for name, words in {
        "none": (),
        "land": land,
        "people": people,
        "both": (*land, *people),
        "odd": ("--land-use", str(files / "odd.csv"), *people),
        "away": ("--population", str(files / "away.csv")),
    }.items():
        code, out, err = bench(files, "--from", "2024-06-01", *words)
        assert code == 0, err
        said[name] = details(out)
    absent = {name: each["features"]["absent"] for name, each in said.items()}
    assert absent["land"] == ["weather", "population"]
    assert absent["people"] == absent["odd"] == ["weather", "land_use"]
    assert absent["both"] == ["weather"]
    assert absent["away"] == absent["none"]
    assert {"crops", "trees", "built", "people"} <= set(said["both"]["features"]["used"])
    assert "land_use left out: odd.csv: no column land_use_class_3 or crops" in said["odd"]["notes"]
    assert any(note.startswith("population is known for 0.0%") for note in said["away"]["notes"])
    for part in ("war", "truce"):
        assert said["odd"][part] == said["people"][part], "what could not be read changes nothing"
        assert said["away"][part] == said["none"][part]
        assert said["both"][part] != said["none"][part]


def between(files):
    fires = world()
    fires = fires.take(fires.day >= np.datetime64("2024-06-01").astype(np.int64))
    found = judging.labels(fires, Line.from_geojson(LINE), Fires.none())
    return int((~found.near & ~found.far).sum())


def test_bad_rows_are_counted_and_the_others_kept(bench, files):
    good = world()
    text = ["latitude,longitude,acq_date", "nan,30,2024-07-01", "48,30,yesterday", "95,30,2024-07-01", ",,"]
    some = good.take(np.arange(0, len(good), 8))
    for lat, lon, day in zip(some.lat, some.lon, some.day.astype("datetime64[D]"), strict=True):
        text.append(f"{lat:.5f},{lon:.5f},{day}")
    (files / "fires.csv").write_text("\n".join(text))
    code, out, err = bench(files, fires="fires.csv")
    assert code == 0, err
    notes = details(out)["notes"]
    assert any("no place on Earth, the first is row 1" in note for note in notes)
    assert any("no usable date, the first is row 2" in note for note in notes)


def test_no_fires_and_no_baseline_give_nulls_not_numbers(bench, files):
    none = table(Fires.none()).cast(
        pa.schema([("latitude", pa.float64()), ("longitude", pa.float64()), ("acq_date", pa.string())])
    )
    pq.write_table(none, files / "none.parquet")
    code, out, err = bench(files, fires="none.parquet", base="none.parquet")
    assert code == 0, err
    found = details(out)
    assert found["n_near"] == found["n_far"] == 0
    assert found["war"]["auc"] is None
    assert found["war"]["flag_share"] == {"2020": None, "2021": None}
    assert found["economist"]["balanced_accuracy"] is None


def test_what_cannot_be_read_is_refused_by_name(bench, files):
    (files / "odd.csv").write_text("a,b\n1,2\n")
    code, _, err = bench(files, fires="odd.csv")
    assert code == 3
    assert "odd.csv" in err
    assert "longitude" in err
    (files / "odd.parquet").write_bytes(b"PAR1 and no more")
    assert bench(files, base="odd.parquet")[0] == 3
    assert bench(files, fires="nowhere.parquet")[0] == 3
    assert bench(files, "--from", "soon")[0] == 3
    (files / "noise.csv").write_bytes(b"\x83\x9e\n\xff,\x9e,\x80\n1,2\n")
    code, _, err = bench(files, fires="noise.csv")
    assert code == 3
    assert "noise.csv: neither parquet nor CSV" in err
    assert "Traceback" not in err
