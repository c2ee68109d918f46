# SPDX-License-Identifier: Apache-2.0
"""The main job on real input: what a stranger gets from one command."""

import csv
import json
import re
import sqlite3

import pytest
from pypdf import PdfReader

FILES = {"summary.json", "report.html", "report.pdf", "events.geojson", "events.csv", "page.json", "truceline.db"}


def test_every_promised_file_is_there(demo):
    assert {p.name for p in demo.folder.iterdir()} >= FILES
    assert {"checkpoint", "vkey", "tile"} <= {p.name for p in (demo.folder / "ledger").iterdir()}


def test_nothing_vanishes(demo):
    records = demo.summary["records"]
    assert records == {"read": 2021, "detections": 2021, "rejected": 0}
    with sqlite3.connect(f"file:{demo.folder}/truceline.db?mode=ro", uri=True) as db:
        kinds = dict(db.execute("SELECT kind, count(*) FROM record GROUP BY kind"))
    assert kinds["detection"] == 2021
    assert kinds["denial"] == demo.summary["denials"] == 18
    assert kinds["look"] == demo.summary["looks"]
    assert kinds["event"] == demo.summary["events"]


def test_the_facts_of_the_precise_line(precise):
    near = precise.summary["near"]
    assert near["detections_in_truce"] == 72
    assert near["within_20_km"] == 23
    assert near["within_10_km"] == 18
    assert precise.summary["lines"][0]["length_km"] == pytest.approx(1253.8, abs=0.05)


def test_what_was_not_seen(precise):
    coverage = precise.summary["coverage"]
    assert coverage["longest_gap_hours"] == pytest.approx(9.7, abs=0.15)
    assert coverage["hours_without_pass"] == pytest.approx(26.7, abs=0.3)
    assert 0.005 < coverage["line_km_hours_share"] < 0.12
    assert "5 MW" in coverage["reference_act"]
    assert set(coverage["by_side"]) == {"A", "B"}


def test_heat_names_nobody_and_stays_at_recorded(precise):
    readings = precise.summary["assessments"]
    assert set(readings) == {"declaration", "mirror"}
    for reading in readings.values():
        assert reading["attributed"] == 0
        assert set(reading["by_status"]) <= {"detected", "recorded"}


def test_claims_cannot_be_judged(precise):
    claims = precise.summary["claims"]
    assert sorted(c["value"] for c in claims) == [500, 1971, 2299]
    assert {c["verdict"] for c in claims} == {"cannot be judged"}
    assert all(c["reasons"] for c in claims)


def test_both_lines_stand_side_by_side(precise):
    assert [line["name"] for line in precise.summary["lines"]] == ["given", "towns"]
    for line in precise.summary["lines"]:
        assert {"coverage", "comparison", "estimate"} <= set(line)


def test_the_private_key_is_not_among_the_results(demo):
    keys = [p.read_bytes() for p in demo.keys.rglob("*") if p.is_file()]
    assert keys
    for path in demo.folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert b"PRIVATE KEY" not in data
            assert not any(key.strip() in data for key in keys)


def test_the_text_says_first_what_was_not_seen(demo):
    text = demo.printed
    assert len(text.splitlines()) <= 45
    blind = min(text.index(word) for word in ("without", "not seen", "no pass", "None of") if word in text)
    assert blind < text.index("cannot be judged")
    assert re.search(r"9.h.4[0-4].min", text)


def test_files_agree_with_the_summary(demo):
    events = demo.summary["events"]
    with (demo.folder / "events.csv").open(encoding="utf-8", newline="") as file:
        assert sum(1 for _ in csv.DictReader(file)) == events
    collection = json.loads((demo.folder / "events.geojson").read_text())
    assert len(collection["features"]) == events
    assert len(PdfReader(demo.folder / "report.pdf").pages) >= 1
    html = (demo.folder / "report.html").read_text(encoding="utf-8")
    assert "<script" not in html
    assert "cannot be judged" in html.lower()


def test_the_ledger_verifies_and_replays(demo, command):
    vkey = demo.folder / "ledger" / "vkey"
    for key in (vkey, vkey.read_text().strip()):
        done = command("verify", demo.folder, "--key", key, "--replay", cwd=demo.folder, keys=demo.keys)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("Yes")


def test_running_again_changes_nothing(demo, command, tmp_path):
    before = demo.summary
    done = command("demo", "--no-serve", "--out", demo.folder, cwd=tmp_path, keys=demo.keys)
    assert done.returncode == 0, done.stderr
    assert demo.summary["ledger"]["size"] == before["ledger"]["size"]
    assert demo.summary == before
