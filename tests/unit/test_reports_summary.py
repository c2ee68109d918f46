# SPDX-License-Identifier: Apache-2.0
"""summary.json and what a terminal shows."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from run_factory import WINDOW, make_run

from truceline.reports import words
from truceline.reports.summary import summary
from truceline.reports.text import duty_summary


@pytest.fixture(scope="module")
def run():
    return make_run()


def test_the_summary_is_json_and_the_same_each_time(run):
    first = json.dumps(summary(run), allow_nan=False, sort_keys=True)
    assert first == json.dumps(summary(make_run()), allow_nan=False, sort_keys=True)


def test_nothing_vanishes(run):
    records = summary(run)["records"]
    assert records == {"read": 121, "detections": 120, "rejected": 1}
    assert records["read"] == records["detections"] + records["rejected"]


def test_near_counts_are_those_of_the_columns(run):
    held = WINDOW.holds(run.detections.time)
    near = summary(run)["near"]
    assert near["detections_in_truce"] == int(held.sum())
    assert near["within_20_km"] == int((held & (run.view.detection_distance_m <= 20_000)).sum())
    assert 0 < near["within_10_km"] < near["within_20_km"]


def test_not_observed_is_null_and_not_zero(run):
    last = summary(run)["coverage"]["by_sector"][-1]
    assert last["sides"]["B"] is None
    assert last["sides"]["A"] > 0
    assert last["observed_share"] == {"A": 1.0, "B": 0.0}


def test_coverage_names_its_act_and_its_gaps(run):
    coverage = summary(run)["coverage"]
    assert coverage["reference"]["power_mw"] == 5.0
    assert "5 MW" in coverage["reference_act"]
    assert coverage["longest_gap_hours"] == pytest.approx(max(gap["hours"] for gap in coverage["gaps"]))
    assert coverage["low"] < coverage["line_km_hours_share"] < coverage["high"]


def test_told_and_cannot_tell_exclude_each_other(run):
    found = summary(run)
    assert found["comparison"]["cannot_tell"] is True
    assert "ratio" not in found["comparison"]
    assert {"low", "mid", "high"} <= set(found["estimate"])
    assert "cannot_tell" not in found["estimate"]
    fall = replace(run.view.comparison, cannot_tell=False, low=0.1, high=0.7)
    told = summary(replace(run, lines=(replace(run.view, comparison=fall),)))["comparison"]
    assert told["ratio"] == 0.8
    assert "cannot_tell" not in told


def test_expected_breaches_count_an_event_once(run):
    found = summary(run)["assessments"]
    doubled = replace(run, assessments=(*run.assessments, *run.assessments))
    again = summary(doubled)["assessments"]
    for reading in ("declaration", "mirror"):
        assert again[reading]["expected_breaches"] == found[reading]["expected_breaches"]
        assert again[reading]["assessed"] == 2 * found[reading]["assessed"]
    assert found["declaration"]["expected_breaches"]["low"] < found["mirror"]["expected_breaches"]["low"]
    assert found["mirror"]["attributed"] == 0


def test_an_unknown_zone_is_counted_as_cannot_tell(run):
    unknown = tuple(replace(a, low=None, high=None) for a in run.assessments)
    found = summary(replace(run, assessments=unknown))["assessments"]["mirror"]
    assert found["cannot_tell"] == found["assessed"]
    assert found["expected_breaches"] == {"low": 0.0, "high": 0.0}


def test_infinities_and_nan_become_null(run):
    odd = replace(run.view.estimate, high=float("inf"), seen_weighted=float("nan"))
    found = summary(replace(run, lines=(replace(run.view, estimate=odd),)))
    assert found["estimate"]["high"] is None
    assert found["estimate"]["seen_weighted"] is None
    json.dumps(found, allow_nan=False)


def test_the_ledger_is_the_last_one_given(run):
    assert summary(run)["ledger"]["size"] == 800
    final = {"size": 900, "root": "aa", "checkpoint": "note", "more": 1}
    assert summary(run, final)["ledger"] == {"size": 900, "root": "aa", "checkpoint": "note"}


def test_both_lines_stand_side_by_side(run):
    lines = summary(run)["lines"]
    assert [line["name"] for line in lines] == ["given", "towns"]
    assert all({"length_km", "near", "coverage", "estimate", "comparison"} <= set(line) for line in lines)
    assert lines[0]["length_km"] == pytest.approx(run.view.line.length_m / 1000, abs=0.05)


def test_the_duty_summary_fits_and_puts_what_was_not_seen_first(run):
    text = duty_summary(run, "out/")
    lines = text.splitlines()
    assert len(lines) <= 35
    assert max(map(len, lines)) <= 100
    assert text.index("Not watched") < text.index("Coverage") < text.index("Seen") < text.index("Claims")
    assert "cannot be judged by these sensors" in " ".join(text.split())
    assert "\N{NO-BREAK SPACE}" not in text
    assert text.rstrip().endswith("out/")


def test_a_long_duty_summary_is_cut_in_words(run):
    many = tuple(replace(c, reasons=((str(n), f"a reason {n} " * 30),)) for n, c in enumerate(run.view.claims * 3))
    view = replace(run.view, claims=many)
    text = duty_summary(replace(run, lines=(view, *run.lines[1:])), "out/")
    assert len(text.splitlines()) <= 35
    assert "more in report.html" in text
    assert "Kyiv: 2,299" in text
    assert "Moscow: 1,971" in text
    assert "out/" in text.splitlines()[-1]


def test_an_empty_run_still_has_a_summary(run):
    nothing = np.zeros(len(run.events), bool)
    view = replace(
        run.view,
        distance_m=np.zeros(0),
        along_m=np.zeros(0),
        on_first_side=np.zeros(0, bool),
        claims=(),
        detection_distance_m=np.zeros(0),
    )
    empty = replace(
        run,
        events=run.events.take(nothing),
        detections=run.detections.take(np.zeros(len(run.detections), bool)),
        assessments=(),
        lines=(view,),
        rows_read=1,
    )
    found = summary(empty)
    assert found["events"] == 0
    assert found["claims"] == []
    assert words.NONE_SEEN in duty_summary(empty)
