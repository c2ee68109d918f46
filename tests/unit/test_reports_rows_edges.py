# SPDX-License-Identifier: Apache-2.0
"""summary.json, events.csv and events.geojson of runs at the edges: strict JSON, no formula, one truth in all."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import replace

import numpy as np
import pytest
from reports_edges import HOSTILE, edges, named
from run_factory import WINDOW, make_run

from truceline.base.canonical import canonical, parse_json
from truceline.base.clock import to_column, utc
from truceline.reports.event_rows import event_columns, event_rows
from truceline.reports.events_csv import events_csv
from truceline.reports.geojson import events_geojson
from truceline.reports.summary import summary

EDGES = edges()


def leaves(value):
    if isinstance(value, dict):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from leaves(inner)
    else:
        yield value


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


@pytest.fixture(params=sorted(EDGES))
def run(request):
    return EDGES[request.param]


def test_the_summary_is_strict_json_of_plain_values(run):
    value = summary(run)
    text = json.dumps(value, allow_nan=False)
    assert parse_json(text) == json.loads(text)
    canonical(json.loads(text))
    for leaf in leaves(value):
        assert leaf is None or type(leaf) in (str, int, float, bool), repr(leaf)
        assert not isinstance(leaf, float) or math.isfinite(leaf)


def test_shares_of_the_summary_lie_between_nothing_and_all(run):
    found = summary(run)["coverage"]
    shares = [found["line_km_hours_share"], found["low"], found["high"], *found["by_side"].values()]
    for sector in found["by_sector"]:
        shares += [*sector["sides"].values(), *sector["observed_share"].values()]
        assert sector["from_km"] <= sector["to_km"]
    assert all(share is None or 0 <= share <= 1 for share in shares)
    assert found["low"] <= found["line_km_hours_share"] <= found["high"]
    assert 0 <= found["longest_gap_hours"] <= found["hours_without_pass"] + 1e-3
    assert found["hours_without_pass"] <= WINDOW.hours + 1e-3


def test_every_row_read_is_accounted_for(run):
    records = summary(run)["records"]
    assert records["read"] == records["detections"] + records["rejected"]


def test_times_of_the_summary_read_back(run):
    found = summary(run)
    for span in (found["watch"], found["truce"], *found["coverage"]["gaps"]):
        assert utc(span["from"]) <= utc(span["to"])


def test_csv_and_geojson_hold_the_same_events(run):
    table, points = rows_of(events_csv(run)), parse_json(events_geojson(run))["features"]
    assert len(table) == len(points) == len(run.events)
    for row, point in zip(table, points, strict=True):
        lon, lat = point["geometry"]["coordinates"]
        assert (float(row["lon"]), float(row["lat"])) == (lon, lat)
        assert abs(lon) <= 180
        assert abs(lat) <= 90
        for key, value in point["properties"].items():
            told = row[key]
            if value is None:
                assert told == ""
            elif isinstance(value, bool):
                assert told == str(value).lower()
            elif isinstance(value, int | float):
                assert float(told) == value
            else:
                assert told.removeprefix("'") == value.removeprefix("'")


def test_each_row_has_every_column_in_order(run):
    columns = event_columns(run)
    assert len(columns) == len(set(columns))
    for row in event_rows(run):
        assert list(row) == columns


def test_probabilities_of_a_row_lie_in_their_band_and_add_up(run):
    for row in event_rows(run):
        causes = [row[f"p_{cause}"] for cause in ("act_of_war", "farm_burning", "industry")]
        if None not in causes:
            assert sum(causes) == pytest.approx(1, abs=2e-3)
            assert row["band_low"] is None or row["band_low"] <= causes[0] <= row["band_high"]
        for reading in run.agreement.readings:
            low, high = row[f"low_{reading.id}"], row[f"high_{reading.id}"]
            assert (low is None) == (high is None)
            assert low is None or 0 <= low <= high <= 1


def test_in_truce_is_what_the_times_say(run):
    for row, first, last in zip(event_rows(run), run.events.first, run.events.last, strict=True):
        assert row["in_truce"] == bool(first < to_column(WINDOW.end) and last >= to_column(WINDOW.start))


@pytest.mark.parametrize("evil", HOSTILE, ids=ascii)
def test_hostile_text_stays_text_in_files(evil):
    run = named(make_run(), evil)
    json.loads(json.dumps(summary(run), allow_nan=False))
    assert len(parse_json(events_geojson(run).encode("utf-8", "replace"))["features"]) == len(run.events)
    table = rows_of(events_csv(run))
    assert len(table) == len(run.events)
    for row in table:
        assert None not in row  # no cell spills over
        for text in row.values():
            assert not text.startswith(("=", "+", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠A1"])
def test_no_cell_begins_a_formula_and_a_number_stays_one(evil):
    run = make_run()
    events = replace(run.events, daylight=np.full(len(run.events), evil, dtype=object), lon=-run.events.lon)
    table = rows_of(events_csv(replace(run, events=events)))
    assert {row["daylight"] for row in table} == {f"'{evil}"}
    assert all(float(row["lon"]) < 0 for row in table)


def test_a_text_with_commas_quotes_and_line_ends_comes_back_whole():
    run = make_run()
    odd = 'a,"b"\r\nc;\'d'
    families = tuple((odd,) for _ in run.events.families)
    table = rows_of(events_csv(replace(run, events=replace(run.events, families=families))))
    assert {row["families"] for row in table} == {odd}


def test_of_several_provisions_the_greatest_probability_and_status_stand():
    run = make_run()
    one = run.assessments[0]
    more = replace(one, provision="p2", low=0.01, high=0.99)
    (row,) = [r for r in event_rows(replace(run, assessments=(*run.assessments, more))) if r["index"] == one.event]
    assert row[f"high_{one.reading}"] == 0.99
    assert row[f"low_{one.reading}"] == max(one.low, 0.01)


def test_what_cannot_be_told_is_empty_not_nought():
    run = make_run()
    blind = tuple(replace(a, low=None, high=None) for a in run.assessments)
    found = event_rows(replace(run, assessments=blind))
    assert {row["low_mirror"] for row in found} == {None}
    counted = summary(replace(run, assessments=blind))["assessments"]["mirror"]
    assert counted["cannot_tell"] == counted["assessed"] > 0
    assert counted["expected_breaches"] == {"low": 0.0, "high": 0.0}


def test_the_files_of_one_run_have_the_same_bytes():
    assert events_csv(make_run()) == events_csv(make_run())
    assert events_geojson(make_run()) == events_geojson(make_run())
    assert canonical(summary(make_run())) == canonical(summary(make_run()))
