# SPDX-License-Identifier: Apache-2.0
"""A probability is calibrated, or it is not shown: by rule, with the reason, in every report."""

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest
from run_factory import make_run

from truceline.flow import publish
from truceline.flow.again import _inputs
from truceline.flow.log import logged
from truceline.model.event import Events
from truceline.reports import words
from truceline.reports.belief import belief
from truceline.reports.shown import shown
from truceline.reports.summary import summary
from truceline.store import audit, read_vkey
from truceline.thermal.calibration import FEWEST_YEARS, KINDS, calibrated_for, hold_back, kinds_of, usable
from truceline.thermal.surroundings import Surroundings

WHY = "shown for April only"


@pytest.mark.parametrize(
    ("asked", "held", "reason"),
    [
        ({"latitude": 48.0}, True, ""),
        ({"latitude": 34.0}, False, "40 to 56 degrees north only"),
        ({"latitude": -48.0}, False, "40 to 56 degrees north only"),
        ({"kinds": np.array(KINDS)}, True, ""),
        ({"kinds": np.array((0.3, 0.0, 0.0, 0.7))}, False, "36% of the fires are of other kinds"),
        ({}, True, ""),
    ],
)
def test_conditions_are_asked_one_by_one(asked, held, reason):
    found = calibrated_for(**asked)
    assert found.held is held
    assert reason in found.reason
    assert bool(found.reason) is not held


def test_an_archive_of_fewer_years_than_calibration_had_is_not_used():
    def of(years):
        return replace(Surroundings.unknown(3), years=tuple(range(2013, 2013 + years)))

    assert usable(of(1)) is usable(of(FEWEST_YEARS - 1)) is usable(None) is None
    assert usable(of(FEWEST_YEARS)) is not None


@pytest.fixture(scope="module")
def easter(demo_folder):
    """The demo's events and detections, as its ledger holds them."""
    found = audit(demo_folder, read_vkey(demo_folder / "ledger" / "vkey"))
    held = [(index, body) for index, kind, _, body in found.records() if kind == "event"]
    events = Events.from_bodies([body for _, body in held], [index for index, _ in held])
    return events, logged(_inputs(found)).detections


def test_the_kinds_are_those_of_the_days_it_was_calibrated_on(easter):
    assert kinds_of(*easter) == pytest.approx(KINDS, abs=6e-4)
    assert kinds_of(easter[0].take(np.arange(40)), easter[1]) is None


def test_elsewhere_the_same_fires_are_held_back_and_here_they_are_not(easter):
    events, detections = easter
    assert hold_back(events, detections) is events
    far = replace(events, lat=events.lat - 14.0)
    found = hold_back(far, detections)
    good = np.asarray(events.attributes["calibrated"], dtype=bool)
    assert not found.attributes["calibrated"].any()
    assert good.any()
    assert set(zip(found.attributes["band_low"][good], found.attributes["band_high"][good], strict=True)) == {
        (0.01, 0.99)
    }
    assert len(set(found.p_act["act_of_war"][good])) == 1
    assert sum(found.p_act.values()) == pytest.approx(np.ones(len(events)), abs=2e-4)
    assert all("degrees north only" in text for text in found.attributes["reasons"][good])
    assert np.array_equal(found.p_act["act_of_war"][~good], events.p_act["act_of_war"][~good])


def test_a_settled_answer_is_held_back_with_the_others(easter):
    """As of a watch with an archive; the demo has none."""
    events, detections = easter
    told = np.array([f"{text}; settled(5), after waiting 5 days: 0.43; end" for text in events.attributes["reasons"]])
    later = {"p_settled": np.full(len(events), 0.43, dtype=object), "settled_days": np.full(len(events), 5)}
    far = replace(events, lat=events.lat - 14.0, attributes={**events.attributes, **later, "reasons": told})
    found = hold_back(far, detections).attributes
    good = np.asarray(events.attributes["calibrated"], dtype=bool)
    assert all(each is None for each in found["p_settled"][good])
    assert not found["settled_days"][good].any()
    assert not any("0.43" in text for text in found["reasons"][good])
    assert all(text.count("; end") == 1 for text in found["reasons"])


def judged(which):
    run = make_run()
    count = len(run.events)
    good = (
        np.ones(count, bool)
        if which == "all"
        else np.arange(count) % 3 != 0
        if which == "some"
        else np.zeros(count, bool)
    )
    reasons = np.array(
        ["seen by night" if one else f"seen by night; not calibrated: {WHY}" for one in good], dtype=object
    )
    added = {**run.events.attributes, "calibrated": good, "reasons": reasons}
    return shown(replace(run, events=replace(run.events, attributes=added))), good


@pytest.mark.parametrize("which", ["all", "some", "none"])
def test_no_report_holds_a_number_that_is_not_calibrated_and_each_says_why(which):
    run, good = judged(which)
    made = publish.files(run)
    page = json.loads(made["page.json"])
    rows = list(csv.DictReader(io.StringIO(made["events.csv"].decode())))
    features = [each["properties"] for each in json.loads(made["events.geojson"])["features"]]
    for i, ok in enumerate(good):
        told = [page["events"]["p"]["act_of_war"][i], features[i]["p_act_of_war"], features[i]["band_low"]]
        told += [page["events"]["low"][i], page["events"]["high"][i], rows[i]["p_act_of_war"] or None]
        assert [value is not None for value in told] == [bool(ok)] * 6
        assert (features[i]["not_calibrated"], rows[i]["not_calibrated"]) == ((None, "") if ok else (WHY, WHY))
        assert (belief(run.events, i).text == "not calibrated") is not bool(ok)
        detail = page["details"].get(str(i))
        if detail and not ok:
            assert all(each["p"] is None and each["band"] is None for each in detail["cause"])
            assert f"not calibrated for these conditions, because {WHY}" in detail["title"] + detail["band"]
    sentence = words.seen_sentence(run, run.view)
    assert (f"because {WHY}" in sentence) is (which != "all")
    assert ("acts of war by the thermal model" in sentence) is (which != "none")
    assert (summary(run)["estimate"]["seen_weighted"] is None) is (which != "all")
    if which != "all":
        assert f"because {WHY}" in made["report.html"].decode()
