# SPDX-License-Identifier: Apache-2.0
"""The page's JSON: whole, plain, small, and saying nothing that the run does not say."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import shapely
from run_factory import LINE, make_run

from truceline.base.clock import Interval
from truceline.base.geo import Line
from truceline.model.look import Denial
from truceline.reports import words
from truceline.reports.facts import blind_gaps
from truceline.reports.page import FORMAT, page
from truceline.reports.page_passes import gaps_within, groups, long_gaps, over_line, readable, sees
from truceline.reports.page_shapes import sector_polygons


@pytest.fixture(scope="module")
def run():
    return make_run()


@pytest.fixture(scope="module")
def found(run):
    return page(run)


def test_it_is_plain_json_and_small_and_always_the_same(run, found):
    text = json.dumps(found, allow_nan=False)
    assert found["format"] == FORMAT
    assert len(text) < 2_000_000
    assert text == json.dumps(page(run), allow_nan=False)


def test_columns_are_of_one_length(run, found):
    for name, length in (("events", len(run.events)), ("detections", len(run.detections)), ("looks", len(run.looks))):
        columns = {k: v for k, v in found[name].items() if isinstance(v, list) and k not in ("sensors", "basis")}
        assert {k: len(v) for k, v in columns.items()} == dict.fromkeys(columns, length), name
    assert all(len(values) == len(run.events) for values in found["events"]["p"].values())
    for line in found["lines"]:
        assert {len(values) for values in line["events"].values()} == {len(run.events)}


def test_page_and_report_say_the_same(run, found):
    assert found["lines"][0]["status"]["sentence"] == words.headline(run)
    assert found["lines"][0]["status"]["lead"] == words.lead(run)
    assert found["lines"][0]["coverage"]["text"] == words.coverage_sentence(run.view)
    assert found["lines"][0]["estimate"]["text"] == words.estimate_sentence(run.view)


def test_each_line_has_its_own_headline(run):
    """Hours without a pass, coverage, events near and change are those of the line that is shown."""
    seen = replace(run.view.coverage, share=0.0421, gaps=())
    far = replace(run.view, name="far", coverage=seen, distance_m=np.full(len(run.events), 1e6))
    one, *_, two = (line["status"] for line in page(replace(run, lines=(*run.lines, far)))["lines"])
    assert one == page(run)["lines"][0]["status"]
    assert "Satellites passed at least every" in two["sentence"] != one["sentence"]
    assert "No event was seen" in two["lead"]
    labels = [fact["label"] for fact in two["facts"]]
    assert labels == [fact["label"] for fact in one["facts"]]
    assert len(labels) == 6
    values = {fact["label"]: fact["value"] + fact["note"] for fact in two["facts"]}
    assert "4.2" in values["Clear breaches"]
    assert values["Seen near the line"].startswith("0")


def test_groups_and_gaps_fill_the_period_without_overlap(run):
    gaps, passing = long_gaps(run), [group.interval for group in groups(over_line(run))]
    for one, two in pairwise(sorted([*gaps, *passing])):
        assert (two.start - one.end).total_seconds() > -60
    covered = sum(piece.hours for piece in (*gaps, *passing))
    assert run.period.hours - 4 <= covered <= run.period.hours + 0.1
    cut = gaps_within(run, run.agreement.window)
    assert all(run.agreement.window.start <= gap.start < gap.end <= run.agreement.window.end for gap in cut)


def test_gaps_in_the_truce_are_those_of_coverage(run):
    found = gaps_within(run, run.agreement.window)
    expected = [gap for gap in blind_gaps(run.view.coverage) if any(gap.overlap(one) for one in found)]
    for gap in expected:
        assert gap in found


def test_no_probability_without_its_band_and_none_where_heat_cannot_tell(found):
    columns, details = found["events"], found["details"]
    for place, detail in details.items():
        i = int(place)
        war = next(cause for cause in detail["cause"] if cause["war"])
        band = [columns["low"][i], columns["high"][i]]
        assert war["band"] == (None if None in band else band)
        silent = columns["word"][i] == "cannot tell"
        assert all((cause["p"] is None) == silent for cause in detail["cause"])
        burnt = dict(detail["change"])["A burn scar along field rows on the next clear image"]
        assert "%" not in burnt


def test_groups_join_the_gaps_beside_them(found):
    ends = {gap["start"] for gap in found["gaps"]}
    starts = {gap["end"] for gap in found["gaps"]}
    shown = found["groups"]
    assert len(shown) > 1
    assert all(one["end"] in ends and two["start"] in starts for one, two in pairwise(shown))
    for gap in found["gaps"]:
        assert bool(gap["truce"]) == bool(gap["truce_length"])
        assert gap["truce"].endswith(gap["truce_length"])


def test_a_denied_pass_shows_but_saw_nothing(run):
    look = run.looks[0]
    day = Interval(look.interval.start, look.interval.end)
    denied = replace(run, denials=(Denial(look.sensor, day, "file missing", "firms"),))
    shown = page(denied)
    assert sum(shown["looks"]["denied"]) == 1
    assert len(shown["looks"]["start"]) == len(run.looks)
    assert len(readable(denied)) == len(run.looks) - 1
    assert all(one is not look for one, _ in over_line(denied))
    marks = [mark["index"] for detail in shown["details"].values() for mark in detail["when"]["marks"]]
    assert look.index not in marks


def test_a_denied_day_is_none_and_never_zero(run, found):
    table = found["satellite_days"]
    for denial in run.denials:
        row = table["rows"][table["sensors"].index(denial.sensor)]
        assert row[table["days"].index(str(denial.interval.start.date()))] is None
    total = sum(n for row in table["rows"] for n in row if n is not None)
    assert total <= len(run.detections)


def test_no_evidence_of_the_author_is_none_and_all_are_listed(run, found):
    detail = next(iter(found["details"].values()))
    labels = [row["label"] for row in detail["actors"]]
    assert labels[-3:] == ["A proxy", "Neither party", "Unknown"]
    assert len(labels) == len(run.agreement.parties) + 3
    assert [row["p"] for row in detail["actors"][:-2]] == [None] * (len(labels) - 2)
    assert detail["actors"][-1]["p"] + detail["actors"][-2]["p"] == pytest.approx(1, abs=0.01)


def test_only_rows_that_differ_are_marked(found):
    tables = [table for detail in found["details"].values() for table in detail["breaches"]]
    assert tables
    for table in tables:
        for row in table["rows"]:
            assert row["differ"] == any(cell != row["cells"][0] for cell in row["cells"])
    assert any(row["differ"] for table in tables for row in table["rows"])


def test_a_sentence_says_where_the_readings_part_and_whether_it_matters(found):
    tables = [table for detail in found["details"].values() for table in detail["breaches"]]
    said = {"part": 0, "differ": 0, "agree": 0}
    for table in tables:
        figures = [result["figure"] for result in table["results"]]
        labels = [row["label"].lower() for row in table["rows"] if row["differ"]]
        if not labels:
            said["agree"] += 1
            assert table["text"].startswith("On this event the readings do not part.")
        elif len(set(figures)) == 1:
            said["differ"] += 1
            assert table["text"].startswith(f"The readings differ ({labels[0]}")
        else:
            said["part"] += 1
            assert table["text"].startswith(f"Here the readings part ({labels[0]}")
            names = [reading["name"] for reading in table["readings"]]
            for name, figure in zip(names, figures, strict=True):
                assert f"{name}: {figure}" in table["text"]
        assert table["text"].endswith("The machine assesses; people find.")
    assert said["part"] + said["differ"] > 0


def test_every_event_in_the_truce_has_a_detail(found):
    inside = {str(i) for i, truce in enumerate(found["events"]["truce"]) if truce}
    assert inside
    assert inside <= set(found["details"])


def test_an_event_says_its_mode_and_what_was_not_used(run, found):
    count = len(run.events)
    said = {
        "mode": np.array([("war", "truce")[i % 2] for i in range(count)], dtype=object),
        "not_used": np.full(count, "weather, land use", dtype=object),
    }
    told = page(replace(run, events=replace(run.events, attributes={**run.events.attributes, **said})))
    for i, detail in told["details"].items():
        facts = dict(detail["facts"])
        assert facts["Judged in"] == f"{said['mode'][int(i)]} mode"
        assert facts["Not used"] == "weather, land use"
    assert not any("Not used" in dict(detail["facts"]) for detail in found["details"].values())


def test_whose_line_does_not_change_what_was_seen(run, found):
    turned = page(replace(run, lines=run.lines[::-1]))
    assert turned["events"] == found["events"]
    assert [line["name"] for line in turned["lines"]] == [line["name"] for line in found["lines"]][::-1]


def test_swapped_parties_mirror(run, found):
    """Ids and names exchanged: the same events, the same figures, the names exchanged in every sentence."""
    a, b = run.agreement.parties
    parties = (replace(a, name=b.name, forces=b.forces), replace(b, name=a.name, forces=a.forces))
    other = page(replace(run, agreement=replace(run.agreement, parties=parties)))
    assert other["events"] == found["events"]
    assert [p["name"] for p in other["parties"]] == [p["name"] for p in found["parties"]][::-1]
    for mine, theirs in zip(found["lines"], other["lines"], strict=True):
        assert mine["coverage"]["sides"] == theirs["coverage"]["sides"][::-1]
        assert mine["coverage"]["by_side"] == theirs["coverage"]["by_side"]


def test_sectors_part_left_from_right():
    sectors = LINE.sectors()
    shapes = sector_polygons(LINE, sectors, 20_000.0)
    assert len(shapes) == len(sectors)
    for left, right in shapes:
        for side, polygons in ((True, left), (False, right)):
            assert polygons
            for rings in polygons:
                point = shapely.Polygon(rings[0]).representative_point()
                nearest = LINE.nearest(np.array([point.x]), np.array([point.y]))
                assert bool(nearest.left[0]) is side
                assert nearest.distance_m[0] < 21_000


def test_sectors_of_a_line_in_pieces_cover_the_strip():
    line = Line((((30.0, 48.0), (30.5, 48.0)), ((31.5, 48.3), (31.9, 48.5), (31.6, 48.7))))
    shapes = sector_polygons(line, line.sectors(), 10_000.0)
    drawn = shapely.union_all([shapely.Polygon(r[0]) for pair in shapes for side in pair for r in side])
    lon, lat = line.offset(np.linspace(0, line.length_m, 40), np.tile([-8000.0, 8000.0], 20))
    assert shapely.contains_xy(drawn, lon, lat).mean() > 0.97


def test_a_pass_sees_within_its_swath(run):
    look = replace(run.looks[0], track=((0.0, 30.0, 50.0), (60.0, 30.0, 46.0)), half_swath_km=100.0)
    covered, seconds = sees(look, np.array([30.5, 33.0]), np.array([48.0, 48.0]))
    assert covered.tolist() == [True, False]
    assert seconds[0] == pytest.approx(30, abs=0.5)


def test_without_towns_extent_cloud_or_claims(run):
    bare = {"name": np.array([], object), "lon": np.array([]), "lat": np.array([]), "population": np.array([])}
    lines = tuple(replace(view, claims=()) for view in run.lines)
    poor = page(replace(run, place_names=bare, extent=(), cloud=(), lines=lines, looks=(), denials=()))
    json.dumps(poor, allow_nan=False)
    assert poor["sentences"]["claims"] == "No claim is known for this truce."
    assert poor["towns"]["name"] == []
    assert poor["gaps"][0]["start"] == run.period.start.timestamp()
    assert poor["groups"] == []
