# SPDX-License-Identifier: Apache-2.0
"""``truceline coverage`` over the watch that ships, with drones, stations, elements and cloud of its own beside it."""

from __future__ import annotations

import json
import re
import shutil

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from test_coverage_looks import named, omm_of

from truceline.cli import main

GOLDEN = "tests/contract/golden"
WINDOW = ["--from", "2026-04-10T00:00Z", "--to", "2026-04-13T00:00Z"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory, repository):
    """The example with every kind of sensor in it."""
    made = tmp_path_factory.mktemp("seen") / "watch"
    shutil.copytree(repository / "examples" / "easter-truce-2026", made)
    for name in ("tracks.csv", "stations.csv"):
        shutil.copy(repository / GOLDEN / name, made / "data" / name)
    hours = np.arange("2026-04-10", "2026-04-13", 6, dtype="datetime64[h]").astype("datetime64[us]")
    lon, lat, time = (axis.ravel() for axis in np.meshgrid(np.arange(30, 41), np.arange(45, 53), hours, indexing="ij"))
    pq.write_table(
        pa.table({"lon": lon.astype(float), "lat": lat.astype(float), "time": time, "cloud": np.full(len(lon), 40.0)}),
        made / "data" / "grid.parquet",
    )
    old = omm_of(named(43013)) | {"EPOCH": "2019-01-01T00:00:00"}
    listed = [omm_of(named(40697)), old, omm_of(named(99_001), "EYE ONE")]
    (made / "data" / "omm.json").write_text(json.dumps(listed))
    denial = {"sensor": "mic 0", "start": "2026-04-11T10:00:00Z", "end": "2026-04-11T12:00:00Z", "reason": "jammed"}
    (made / "data" / "denials.json").write_text(json.dumps([denial | {"source": "operator"}]))
    with (made / "watch.toml").open("a") as file:
        for kind, name in (
            ("tracks", "tracks.csv"),
            ("stations", "stations.csv"),
            ("cloud_grid", "grid.parquet"),
            ("elements", "omm.json"),
            ("denials", "denials.json"),
        ):
            file.write(f'\n[[source]]\nkind = "{kind}"\npath = "data/{name}"\n')
        file.write('\n[[sensor]]\nname = "EYE/One"\nobject = "Eye One"\nfar_km = 300.0\ncurve = "MSI"\n')
    return made


def ran(capsys, *words):
    code = main([str(word) for word in words])
    out = capsys.readouterr()
    return code, json.loads(out.out.strip().splitlines()[-1]), out.err


def test_monitors(folder, capsys, tmp_path):
    code, told, _ = ran(capsys, "coverage", folder, "--json", *WINDOW, "--out", tmp_path)
    assert code == 4  # the old elements are said, the rest kept
    assert set(told["by_family"]) == {"acoustic", "optical", "radar", "thermal-infrared"}
    assert told["share_low"] <= told["share"] <= told["share_high"]
    assert "2658 days" in told["refused"][0]
    assert {item["sensor"] for item in told["elements"]} == {"MSI/Sentinel-2A", "EYE/One"}
    assert all(item["along_km"] > 0 for item in told["elements"])
    assert {"VIIRS/NOAA-20", "MSI/Sentinel-2A"} <= {item["sensor"] for item in told["passes"]}
    assert told["smallest_missed"]
    assert len(told["sectors"][0]["hourly"]) == 72
    page = (tmp_path / "coverage.html").read_text()
    assert page.count("<svg") == 2
    rows = (tmp_path / "coverage-cells.csv").read_text().splitlines()
    assert len(rows) == told["cells"] + 1


@pytest.mark.parametrize("who", ["party", "public"])
def test_parties_and_public(folder, capsys, tmp_path, who):
    code, told, _ = ran(
        capsys, "coverage", folder, "--json", "--audience", who, "--at", "2026-04-15T12:00Z", *WINDOW, "--out", tmp_path
    )
    assert code == 4
    assert {row["day"] for row in told["areas"]} == {"2026-04-10", "2026-04-11"}
    assert all(re.fullmatch(r"[A-Z]{2}\.\w+|other", row["area"]) for row in told["areas"])
    assert told["withheld"]["hours"] == 24
    text = json.dumps(told) + (tmp_path / "coverage.html").read_text()
    for word in ("EYE", "mic ", "drone", "acoustic", "hourly", "sector", "jammed", "<svg"):
        assert word not in text
    assert not (tmp_path / "coverage-cells.csv").exists()


def test_others_than_monitors_cannot_tell_from_the_passes_that_one_was_denied(folder, capsys, tmp_path):
    jammed = tmp_path / "watch"
    shutil.copytree(folder, jammed)
    denied = {"sensor": "VIIRS/NOAA-20", "start": "2026-04-11T00:00:00Z", "end": "2026-04-12T00:00:00Z"}
    listed = json.dumps([denied | {"reason": "jammed", "source": "operator"}])
    (jammed / "data" / "denials.json").write_text(listed)
    day = ("--from", "2026-04-11T00:00Z", "--to", "2026-04-12T00:00Z", "--at", "2026-04-12T06:00Z", "--json")
    for who in ("public", "party"):
        before, after = (ran(capsys, "coverage", each, "--audience", who, *day)[1] for each in (folder, jammed))
        assert before == after
        assert "VIIRS/NOAA-20" in {row["sensor"] for row in after["passes"]}
    told = ran(capsys, "coverage", jammed, *day)[1]
    assert "VIIRS/NOAA-20" not in {row["sensor"] for row in told["passes"]}


def test_in_words(folder, capsys):
    assert main(["coverage", str(folder), "--from", "2026-04-11T00:00Z", "--to", "2026-04-12T00:00Z"]) == 4
    out = capsys.readouterr().out
    assert "Longest blind gap" in out
    assert "missed, lasting 0.25 h: " in out
    assert "Refused" in out
    assert main(["coverage", str(folder), "--audience", "public", *WINDOW]) == 4
    assert "Withheld: 0\u00a0hours" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--from", "2026-05-01T00:00Z"], 3, "not after"),
        (["--from", "2025-05-01T00:00Z", "--to", "2025-05-02T00:00Z"], 3, "outside the watch"),
        (["--from", "yesterday"], 3, "ISO 8601"),
        (["--at", "2999-01-01T00:00Z"], 2, "future"),
        (["--power", "-1"], 2, "--power"),
        (["--hours", "nan"], 2, "--hours"),
        (["--within", "1e9"], 2, "--within"),
    ],
)
def test_what_it_refuses(folder, capsys, words, code, said):
    assert main(["coverage", str(folder), *words]) == code
    assert said in capsys.readouterr().err
