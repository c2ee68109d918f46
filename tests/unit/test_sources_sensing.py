# SPDX-License-Identifier: Apache-2.0
"""Tracks, stations and cloud grids at the edges: bad rows are said, good ones kept."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from truceline.errors import InputError, Malformed
from truceline.sources import cloud_grid, stations, tracks

GOLDEN = Path(__file__).parents[1] / "contract" / "golden"


def reasons(rejected):
    return [(row.line, row.reason) for row in rejected]


def test_tracks():
    head = "sortie,time,longitude,latitude,radius_km,p\n"
    good = "a,2026-04-11T09:01:00Z,37.1,48.1,5,0.7\na,2026-04-11T09:00:00Z,37.0,48.0,5,0.7\n"
    found, bad = tracks.read((head + good).encode(), file="t")
    assert not bad
    assert (found[0].sensor, found[0].family, found[0].sky) == ("a", "optical", 0.0)
    assert found[0].lat.tolist() == [48.0, 48.1]
    more = (
        "a,2026-04-11T09:00:00Z,37.5,48.5,5,0.7\nb,2026-04-11T09:00:00Z,37,48,5,0.7\n,2026-04-11T09:00:00Z,37,48,5,1\n"
        "c,yesterday,37,48,5,0.7\nc,2026-04-11T09:00:00Z,370,48,5,0.7\nc,2026-04-11T09:00:00Z,37,48,5,7\n"
        "c,2026-04-11T09:00:00Z,37,48,0,0.7\n"
    )
    found, bad = tracks.read((head + good + more).encode(), file="t")
    assert len(found) == 1
    told = reasons(bad)
    assert told[0] == (4, "a second corner for the sortie and time of line 3")
    assert told[1] == (5, "a sortie of one corner")
    assert told[2] == (6, "sortie is empty")
    assert told[3][1].startswith("time 'yesterday'")
    assert [line for line, _ in told] == [4, 5, 6, 7, 8, 9, 10]


def test_stations():
    golden = (GOLDEN / "stations.csv").read_bytes()
    found, bad = stations.read(golden, file="s")
    assert not bad
    assert (found[-1].towards_deg, found[-1].arc_deg) == (90.0, 120.0)
    rows = golden.decode().splitlines()
    wrong = [
        rows[1].replace("37.0", "237"),
        rows[1].replace("0 5 10", "0 5"),
        rows[1].replace("0 5 10", "10 5 0"),
        rows[1].replace("0.9 0.8 0.1", "0.9 0.8 1.1"),
        rows[1].replace("0 5 10", "near far"),
        rows[1].replace("2026-04-12", "2026-04-10"),
        rows[1].replace("mic 0", ""),
    ]
    found, bad = stations.read("\n".join([rows[0], *wrong, rows[1], ""]).encode(), file="s")
    assert len(found) == 1
    assert [line for line, _ in reasons(bad)] == list(range(2, 9))


@pytest.mark.parametrize(("values", "wanted", "bad"), [([10, 80, 100, 0], 0.8, 0), ([0.1, 0.8, 1.2, 0.4], 0.8, 1)])
def test_cloud_grids_in_shares_or_per_cent(values, wanted, bad):
    rows = [f"37,48,2026-04-11T{3 * n:02d}:00:00Z,{value}" for n, value in enumerate(values)]
    grid, rejected = cloud_grid.read("\n".join(["lon,lat,time,cloud", *rows, ""]).encode(), file="c")
    assert len(rejected) == bad
    assert grid.share[1] == pytest.approx(wanted)
    assert (grid.sigma == 0.2).all()


def test_cloud_grids_as_parquet():
    def made(**columns):
        out = io.BytesIO()
        pq.write_table(pa.table(columns), out)
        return out.getvalue()

    time = np.array(["2026-04-11T00:00", "2026-04-11T06:00"], dtype="datetime64[us]")
    good = {"Lon": [37.0, 217.0], "lat": [48.0, 48.0], "time": time, "cloud": [0.5, 0.6], "sigma": [0.1, 0.05]}
    grid, bad = cloud_grid.read(made(**good), file="c")
    assert not bad
    assert grid.lon.tolist() == [37.0, -143.0]
    assert grid.seconds[1] - grid.seconds[0] == 6 * 3600
    _, bad = cloud_grid.read(made(**(good | {"cloud": [None, 0.5]})), file="c")
    assert [row.line for row in bad] == [1]
    with pytest.raises(Malformed):
        cloud_grid.read(made(lon=[1.0], lat=[1.0]), file="c")
    for cut in (4, 50, 300):
        with pytest.raises(InputError):
            cloud_grid.read(made(**good)[:cut], file="c")
