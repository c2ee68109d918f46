# SPDX-License-Identifier: Apache-2.0
"""The benchmark of assessment says what it must on files of its user's, wherever on Earth they lie."""

from __future__ import annotations

import importlib.util
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

KEYS = [
    *("n_events", "n_provisions", "events_per_s", "vectorised_shapely_events_per_s", "prepared_loop_events_per_s"),
    *("identical", "gaussian_events_per_s", "gaussian_mean_error", "gaussian_max_error"),
]


@pytest.fixture(scope="module")
def bench():
    path = Path(__file__).parents[2] / "bench" / "assessment.py"
    spec = importlib.util.spec_from_file_location("bench_assessment", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def written(path, events, **changed):
    """A Parquet file with DESIGN's columns."""
    names = ("lon", "lat", "sigma_major_m", "sigma_minor_m", "bearing_deg", "sigma_s")
    columns = {"id": [str(i) for i in range(len(events))], "time": pa.array(events.time, pa.timestamp("us", "UTC"))}
    columns |= {name: getattr(events, name) for name in names}
    columns |= {f"p_act.{name}": column for name, column in events.p_act.items()}
    columns |= {f"p_actor.{name}": column for name, column in events.p_actor.items()}
    pq.write_table(pa.table({**columns, **changed}), path)
    return path


def test_on_a_file_from_anywhere_it_is_identical_and_accurate(bench, tmp_path, monkeypatch, capsys):
    rng = np.random.default_rng(1)
    events = bench.made(1500, rng)
    south = replace(events, lon=np.abs(events.lon) - 100.0, lat=-events.lat / 2)
    path = written(tmp_path / "south.parquet", south)
    monkeypatch.setattr(sys, "argv", ["assessment.py", "--events", str(path), "--quick"])
    bench.main()
    value = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert list(value)[: len(KEYS)] == KEYS
    assert (value["n_events"], value["n_provisions"], value["identical"]) == (1500, 30, True)
    assert value["gaussian_mean_error"] < 0.01  # of which the few draws' own noise is most
    assert value["gaussian_max_error"] < 0.04
    assert sum(2000 <= count <= 15_000 for count in value["vertices"]) >= 10


@pytest.mark.parametrize("count", [1, 30])
def test_over_the_antimeridian_and_of_one_event(bench, tmp_path, count):
    events = bench.made(count, np.random.default_rng(2))
    over = replace(events, lon=(events.lon + 146.0 + 180.0) % 360.0 - 180.0)
    read = bench.read(written(tmp_path / "over.parquet", over, time=pa.array(events.time.astype("datetime64[ms]"))))
    clauses, zones = bench.provisions(read, 30, np.random.default_rng(3))
    assert len(clauses) == 30
    lon, _ = bench.places(read)
    assert np.ptp(lon) < 20
    assert all(shape.is_valid for shape in zones.values())
    found = bench.Engine(clauses, zones).assess(read)
    assert found.shape == (count, 30)


def test_without_beliefs_and_errors_it_still_runs(bench, tmp_path):
    events = bench.made(40, np.random.default_rng(4))
    bare = pa.table({"lon": events.lon, "lat": events.lat, "time": pa.array(events.time, pa.timestamp("us"))})
    pq.write_table(bare, tmp_path / "bare.parquet")
    read = bench.read(tmp_path / "bare.parquet")
    clauses, zones = bench.provisions(read, 15, np.random.default_rng(3))
    found = bench.Engine(clauses, zones).assess(read)
    assert np.array_equal(found, bench.vectorised(clauses, zones, read), equal_nan=True)
