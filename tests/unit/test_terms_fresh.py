# SPDX-License-Identifier: Apache-2.0
"""Another war, three other parties: an accord through every command, as a mediator would try it.

What is expected was worked out by hand from the text of ``coral.yaml``, not taken from a run.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from scipy.special import ndtr

from truceline.cli import main

CORAL = Path(__file__).parents[1] / "vectors" / "terms" / "coral.yaml"
RIDGE = -17.45
METRES = 110_664.0
"""Metres of a degree of latitude at 17.5 degrees south, to a few."""


def north_of_ridge(metres: float) -> float:
    return RIDGE + metres / METRES


def event(name, lon, lat, time, act, actor, *, seen="acoustic", **more):
    words = {"p_act": act if isinstance(act, dict) else {act: 1}, "family": seen, "time": f"2026-07-{time}:00-10:00"}
    words["p_actor"] = actor if isinstance(actor, dict) else {actor: 1}
    place = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "id": name, "geometry": place, "properties": {**words, **more}}


SHELL = ("shelling", "lagoon")
EVENTS = [
    event("near", -149.4, north_of_ridge(-1100), "02T09:00", *SHELL),
    event("far", -149.4, north_of_ridge(-6000), "02T09:00", *SHELL),
    event("vague", -149.4, north_of_ridge(-3000), "02T09:00", *SHELL, sigma_major_m=900.0),
    event("early", -149.4, RIDGE, "01T08:00", *SHELL),
    event("too-early", -149.4, RIDGE, "01T05:59", *SHELL),
    event("proxy", -149.4, RIDGE, "02T09:00", "shelling", "the Terns", seen="acoustic,radar"),
    event("works", -149.4, RIDGE, "03T10:00", *SHELL),
    event("boats", -149.4, RIDGE, "02T09:00", "shelling", "atoll"),
    event("announced", -149.4, north_of_ridge(1000), "05T09:00", "mining", "reef"),
    event("unannounced", -149.4, north_of_ridge(1000), "06T09:00", "mining", "reef"),
    event("others-clearing", -149.4, north_of_ridge(1000), "05T09:00", "mining", "lagoon"),
    event("late-notice", -149.4, north_of_ridge(1000), "07T09:00", "mining", "reef"),
    event("mortar", -149.4, north_of_ridge(6000), "20T09:00", "weapon_in_wrong_belt", "reef", p_weapon={"mortar_120mm": 1}),
    event("mortar-day-9", -149.4, north_of_ridge(6000), "10T09:00", "weapon_in_wrong_belt", "reef", p_weapon={"mortar_120mm": 1}),
    event("mortar-other-side", -149.4, north_of_ridge(-6000), "20T09:00", "weapon_in_wrong_belt", "reef", p_weapon={"mortar_120mm": 1}),
    event("clinic", -149.41, -17.52, "20T09:00", {"drone_strike": 0.7, "industry": 0.3}, {"atoll": 0.9, "unknown": 0.1}, sigma_major_m=150.0),
    event("helicopter", -149.4, RIDGE, "20T09:00", "overflight", "lagoon", p_weapon={"helicopter": 1}),
    event("drone", -149.4, RIDGE, "20T09:00", "overflight", "lagoon", p_weapon={"fpv_drone": 1}),
    event("islet", -149.0, -17.0, "20T09:00", "line_crossing", "atoll"),
]  # fmt: skip

NOTICES = """
notices:
  - {id: n1, kind: demining, by: reef, text: Clearing, window: {from: 2026-07-05T08:00:00-10:00, to: 2026-07-05T12:00:00-10:00},
     lon: -149.4, lat: -17.44, radius_m: 2000, given: 2026-07-03T08:00:00-10:00, acknowledged: [{by: obs, at: 2026-07-03T09:00:00-10:00}]}
  - {id: n2, kind: demining, by: reef, text: Clearing, window: {from: 2026-07-07T08:00:00-10:00, to: 2026-07-07T12:00:00-10:00},
     lon: -149.4, lat: -17.44, radius_m: 2000, given: 2026-07-07T07:00:00-10:00, acknowledged: [{by: obs, at: 2026-07-07T07:30:00-10:00}]}
"""


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    folder = tmp_path_factory.mktemp("coral")
    (folder / "events.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": EVENTS}), "utf-8")
    (folder / "notices.yaml").write_text(NOTICES, encoding="utf-8")
    words = ["assess", "--terms", str(CORAL), "--events", str(folder / "events.geojson")]
    out = folder / "found.jsonl"
    assert main([*words, "--notices", str(folder / "notices.yaml"), "--out", str(out)]) == 0
    found = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    return {(row["event"], row["provision"], row["reading"]): row for row in found}


STRIP, REEFS = float(ndtr((3000 - 1100) / 200)), float(ndtr((1000 - 1100) / 200))
"""P(within the strip), its ridge being known to 200 m, for a place 1,100 m from it: three kilometres, and one."""


@pytest.mark.parametrize(
    ("name", "provision", "reading", "low", "high"),
    [
        ("near", "quiet", "text", 0.3 * STRIP, STRIP),
        ("near", "quiet", "reef", 0.3 * REEFS, REEFS),
        ("far", "quiet", "text", 0, 0),
        ("vague", "quiet", "text", 0.3 * 0.5, 0.5),
        ("early", "quiet", "text", 0.3, 1),
        ("early", "quiet", "reef", 0, 0),
        ("too-early", "quiet", "text", 0, 0),
        ("proxy", "quiet", "text", 0.3, 1),
        ("works", "quiet", "text", 0, 1),
        ("boats", "quiet", "text", 0, 1),
        ("announced", "no-mines", "text", 0, 0),
        ("unannounced", "no-mines", "text", 1, 1),
        ("others-clearing", "no-mines", "text", 1, 1),
        ("late-notice", "no-mines", "text", 1, 1),
        ("mortar", "guns-back", "text", 1, 1),
        ("mortar", "guns-back", "reef", 0, 0),
        ("mortar-day-9", "guns-back", "text", 0, 0),
        ("mortar-other-side", "guns-back", "text", 0, 0),
        ("clinic", "clinics", "text", 0.7 * 0.9 * (1 - math.exp(-2)), 0.7 * (1 - math.exp(-2))),
        ("helicopter", "no-flight", "text", 0, 0),
        ("drone", "no-flight", "text", 1, 1),
        ("islet", "islets", "text", 0, 1),
    ],
)
def test_each_event_lies_where_the_text_puts_it(rows, name, provision, reading, low, high):
    row = rows[name, provision, reading]
    if name == "clinic":
        low = high  # all three parties are bound, so it need not be known which of them did it
    assert (row["low"], row["high"]) == (pytest.approx(low, abs=0.01), pytest.approx(high, abs=0.01)), row["reasons"]
    if high - low > 0.99:
        assert row["probability"] is None


def test_what_a_reading_leaves_out_has_no_row(rows):
    assert ("drone", "no-flight", "text") in rows
    assert ("drone", "no-flight", "reef") not in rows


def test_attribution_follows_the_thresholds_of_the_accord_and_counts_a_partys_proxies(rows):
    def attribution(name: str, provision: str) -> str:
        return str(rows[name, provision, "text"]["attribution"])

    assert attribution("proxy", "quiet") == "attributed"  # the Terns' acts are the Reef's
    assert attribution("clinic", "quiet") == "attributed"  # .9 of .75
    assert attribution("clinic", "clinics") == "likely"  # of a drone strike .95 is asked
    assert attribution("near", "quiet") == "attributed"


@pytest.mark.parametrize("lang", ["en", "uk", "ru", "fr"])
def test_it_is_explained_whole_in_each_language(lang, capsys):
    assert main(["terms", "explain", str(CORAL), "--lang", lang]) == 0
    told = " ".join(capsys.readouterr().out.split())
    for word in ("No fire within three kilometres of the ridge.", "Big guns stay twelve kilometres back.", "−10", "tern",
                 "Helicopters fetching wounded may fly.", "Nobody drew the outer islets.", "L-1", "Radio Reef",
                 "At most 4000 men.", "A call to the capital.", "The Atoll keeps still while both others do."):  # fmt: skip
        assert word in told, word
    assert main(["assess", "--terms", str(CORAL), "--events", str(CORAL), "--lang", lang]) == 3
    assert "neither Parquet nor GeoJSON" in capsys.readouterr().err


def test_a_later_text_differs_where_it_was_changed(tmp_path, capsys):
    text = CORAL.read_text("utf-8")
    later = text.replace('version: "1"', 'version: "2"').replace("within_km: 3,", "within_km: 4,")
    later = "\n".join(line for line in later.splitlines() if "{id: islets" not in line)
    (tmp_path / "later.yaml").write_text(later, encoding="utf-8")
    assert main(["terms", "diff", str(CORAL), str(tmp_path / "later.yaml"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    changed = {(each["section"], each["id"], each["change"]) for each in found["clauses"] if each["change"] != "same"}
    assert {("provisions", "islets", "removed"), ("zones", "ridge-strip", "changed")} <= changed
    assert len(changed) == 3  # and the version


OBSERVED = """
inspections:
  - {id: v1, of: shed, at: 2026-07-05T10:00:00-10:00, outcome: all_in_situ, inspectors: 2}
sightings:
  - {id: s1, at: 2026-07-14T10:00:00-10:00, lon: -149.4, lat: -17.39, sigma_m: 50, weapon: howitzer_152mm, p_weapon: 0.98, p_party: {reef: 0.97}}
strengths:
  - {id: c1, at: 2026-08-02T00:00:00-10:00, party: reef, what: personnel, low: 4300, high: 5000}
"""


def test_its_duties_are_done_late_or_not_verifiable(tmp_path, capsys):
    (tmp_path / "seen.yaml").write_text(OBSERVED, encoding="utf-8")
    words = ["terms", "states", str(CORAL), "--observed", str(tmp_path / "seen.yaml"), "--json", "--at"]

    def states(day: str) -> dict[tuple[str, str], str]:
        assert main([*words, f"2026-{day}T00:00:00-10:00"]) == 0
        return {
            (each["clause"], each["party"]): each["state"] for each in json.loads(capsys.readouterr().out)["states"]
        }

    first, middle, last = states("07-02"), states("07-15"), states("08-05")
    assert (first["shed", "lagoon"], middle["shed", "lagoon"]) == ("due", "done")
    assert (first["out-reef", "reef"], middle["out-reef", "reef"]) == ("ahead", "late")
    assert (middle["men-reef", "reef"], last["men-reef", "reef"]) == ("due", "late")
    assert middle["talks", "atoll"] == "unverifiable"
