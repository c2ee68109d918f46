# SPDX-License-Identifier: Apache-2.0
"""A run's coverage by all sensors: all of it in the monitors' files, and in no file that others read anything finer
than a province and a day, nor anything younger than 72 hours, nor that a watch has sensors of its own at all.
"""

from __future__ import annotations

import csv
import json
import re
import stat

import flow_factory as made
import pytest
from test_coverage_elements import omm
from test_coverage_looks import named, omm_of

from truceline.cli import main
from truceline.errors import ConfigError
from truceline.flow import telling

SPAN = {"start": "2026-04-10T06:00:00Z", "end": "2026-04-10T18:00:00Z", "source": "operator"}
RING = [[36.2, 48.05], [36.6, 48.05], [36.6, 48.4], [36.2, 48.4]]
DENIED = [
    {**SPAN, "sensor": "ear-17", "reason": "jammed from the mast", "area": [RING]},
    {**SPAN, "sensor": "heron", "reason": "jammed", "sectors": [1]},
]
STATION = (
    "sensor,longitude,latitude,from,to,ranges_km,p\near-17,36.4,48.2,2026-04-10T00:00Z,2026-04-15T00:00Z,0 40,0.6 0.6\n"
)
TRACK = "sortie,time,longitude,latitude,radius_km,p\n" + "".join(
    f"heron,2026-04-11T{hour:02}:00:00Z,{36 + hour / 20},48.2,8,0.7\n" for hour in range(9, 13)
)
OWN = '\n[[sensor]]\nname = "EYE/One"\nobject = "Eye One"\nfar_km = 300.0\ncurve = "MSI"\n'
KINDS = {"stations": "ears.csv", "tracks": "birds.csv", "elements": "eye.json", "denials": "denied.json"}
RESULTS = ("report.html", "report.pdf", "summary.json", "page.json", "events.csv", "events.geojson")
SECRETS = ("ear-17", "heron", "EYE", "Eye One", "jammed", "mast", "acoustic", "ears.csv", "birds.csv", "denied.json")


def sources():
    return "".join(f'\n[[source]]\nkind = "{kind}"\npath = "{path}"\n' for kind, path in KINDS.items())


def run(folder, out, *words, keys):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRUCELINE_KEY_DIR", str(keys))
        patch.setattr("truceline.store.door.os.urandom", bytes)  # the salts of the ledger's leaves
        return main(["assess", str(folder), "--out", str(out), *map(str, words)])


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Results and monitors' files of one watch with sensors of its own, and the results of it without them."""
    root = tmp_path_factory.mktemp("told")
    toml = made.WATCH.replace('path = "fires.csv"', 'path = "fires.csv"\nelements = "noaa.json"')
    orbits = json.dumps([omm(name) for name in ("VIIRS/NOAA-20", "VIIRS/NOAA-21")])
    own = made.write(root / "a" / "watch", watch_toml=toml + sources() + OWN, noaa_json=orbits)
    eye = json.dumps([omm_of(named(99_001), "EYE ONE")])
    for name, text in (
        ("ears.csv", STATION),
        ("birds.csv", TRACK),
        ("eye.json", eye),
        ("denied.json", json.dumps(DENIED)),
    ):
        (own / name).write_text(text)
    plain = made.write(root / "b" / "watch", watch_toml=toml, noaa_json=orbits)
    assert run(own, root / "out", "--monitors", root / "monitors", keys=root / "keys") == 0
    assert run(plain, root / "plain", keys=root / "keys") == 0
    return root


def test_monitors_are_told_all_and_every_file_says_for_whom(ran):
    folder = ran / "monitors"
    assert {path.name for path in folder.iterdir()} == {"coverage.html", "coverage.json", "coverage-cells.csv"}
    told = json.loads((folder / "coverage.json").read_text())
    assert set(told["by_family"]) == {"acoustic", "optical", "thermal-infrared"}
    assert len(told["sectors"][0]["hourly"]) == 120
    assert told["longest_blind_gap"]["hours"] > 0
    assert told["smallest_missed"]
    assert told["denials"] == 4  # two that were listed, and the day of two satellites that is missing
    for path in folder.iterdir():
        assert "Releasable to: monitors." in path.read_text()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    rows = list(csv.DictReader((folder / "coverage-cells.csv").read_text().splitlines()))
    assert len(rows) == told["cells"]
    assert "<svg" in (folder / "coverage.html").read_text()


def test_the_denials_take_from_coverage_where_they_hold(ran):
    sectors = json.loads((ran / "monitors" / "coverage.json").read_text())["sectors"]
    hours = {(row["sector"], row["side"]): row["hourly"] for row in sectors}
    jammed = [max(row[12:16]) for row in hours.values()]
    free = [max(row[20:23]) for row in hours.values()]
    assert min(jammed) < 0.5 * min(free)
    assert max(jammed) > 0.2  # outside the area the sensor was not denied


def test_everything_a_run_publishes_is_byte_for_byte_what_it_is_without_sensors_of_its_own(ran):
    for name in RESULTS:
        assert (ran / "out" / name).read_bytes() == (ran / "plain" / name).read_bytes(), name
    assert json.loads((ran / "out" / "summary.json").read_text())["looks"] > 10
    one, two = (
        {
            path.relative_to(ran / name): path.read_bytes()
            for path in (ran / name / "ledger").rglob("*")
            if path.is_file()
        }
        for name in ("out", "plain")
    )
    assert one == two
    assert len(one) >= 4


def test_no_word_of_them_is_in_any_file_beside_the_monitors(ran):
    files = [path for path in (ran / "out").rglob("*") if path.is_file()]
    assert len(files) > len(RESULTS)
    for path in files:
        for word in SECRETS:
            assert word.encode() not in path.read_bytes(), (path.name, word)
    told = (ran / "monitors" / "coverage.json").read_text()
    assert [word for word in ("acoustic", "heron", "EYE") if word in told] == ["acoustic", "EYE"]


def test_others_are_told_provinces_and_days_and_how_much_is_withheld(ran):
    told = json.loads((ran / "out" / "coverage.json").read_text())
    assert set(told) == {
        *("caveat", "act", "period", "resolution", "audience", "released_until", "areas", "withheld", "passes"),
        *("elements", "refused", "assumptions"),
    }
    assert all(set(row) == {"area", "day", "share"} for row in told["areas"])
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", row["day"]) for row in told["areas"])
    assert all(row["share"] == round(row["share"], 2) for row in told["areas"])
    assert {row["sensor"] for row in told["passes"]} <= {"VIIRS/NOAA-20", "VIIRS/NOAA-21"}
    page = (ran / "out" / "coverage.html").read_text()
    assert "<svg" not in page
    assert "Releasable to: monitors, parties, public." in page
    assert not (ran / "out" / "coverage-cells.csv").exists()


@pytest.mark.parametrize("inside", [".", "monitors", "deep/er", "../out/x"])
def test_monitors_files_never_go_among_the_results(tmp_path, inside):
    out = tmp_path / "out"
    with pytest.raises(ConfigError, match="outside"):
        telling.apart(out / inside, out)
    telling.apart(tmp_path / "outer", out)
    folder = made.write(tmp_path / "watch")
    assert run(folder, out, "--monitors", out / inside, keys=tmp_path / "keys") == 2
    assert not out.exists()


def test_a_link_into_the_results_is_no_way_round(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "out")
    with pytest.raises(ConfigError, match="outside"):
        telling.apart(tmp_path / "link" / "monitors", tmp_path / "out")


def test_monitors_files_need_a_watch(tmp_path, capsys):
    terms = tmp_path / "terms.yaml"
    assert main(["assess", "--terms", str(terms), "--events", str(terms), "--monitors", str(tmp_path)]) == 2
    assert "--monitors needs a WATCH" in capsys.readouterr().err
