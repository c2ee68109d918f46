# SPDX-License-Identifier: Apache-2.0
"""What may have lit a fire: adds up, is bounded by its band, knows no place, says when it is not calibrated."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from truceline.errors import StateError
from truceline.fusion import fuse
from truceline.model.detection import Detections
from truceline.sources.firms import read
from truceline.thermal import attribute, card

CAUSES = ("act_of_war", "farm_burning", "industry")
EAST_M, NORTH_M = 74_625.0, 111_195.0


def fires(rows, *, sensor="VIIRS/NOAA-20", confidence="nominal"):
    """Detections from rows of (lon, lat, UTC time, power MW); 23:00 to 02:00 and the like are night."""
    count = len(rows)
    times = np.array([np.datetime64(row[2], "us") for row in rows])
    hours = times.astype(np.int64) / 3.6e9 % 24
    return Detections(
        sensor=np.full(count, sensor, dtype=object),
        family=np.full(count, "thermal-infrared", dtype=object),
        kind=np.full(count, "thermal_anomaly", dtype=object),
        lon=np.array([float(row[0]) for row in rows]),
        lat=np.array([float(row[1]) for row in rows]),
        time=times,
        sigma_major_m=np.full(count, 150.0),
        sigma_minor_m=np.full(count, 130.0),
        bearing_deg=np.full(count, 100.0),
        sigma_s=np.full(count, 104.0),
        attributes={
            "frp_mw": np.array([float(row[3]) for row in rows]),
            "scan_km": np.full(count, 0.4),
            "track_km": np.full(count, 0.4),
            "daylight": (hours > 4) & (hours < 18),
            "confidence": np.full(count, confidence, dtype=object),
        },
        index=np.arange(count),
    )


def judged(detections, **options):
    events = fuse(detections, np.full(len(detections), -1))
    return attribute(events, detections, **options)


def real(shared_data, name="firms_viirs_ukraine_20260401_20260422.csv"):
    batch = read((shared_data / name).read_bytes(), file=name, now=datetime(2026, 5, 1, tzinfo=UTC))
    return batch.detections.with_index(np.arange(len(batch.detections)))


def test_causes_add_up_and_lie_in_their_band(shared_data):
    detections = real(shared_data)
    found = judged(detections, entry_into_force=np.datetime64("2026-04-11T13:00"))
    total = sum(found.p_act[cause] for cause in CAUSES)
    assert set(found.p_act) == set(CAUSES)
    assert np.abs(total - 1).max() < 1e-9
    war, low, high = found.p_act["act_of_war"], found.attributes["band_low"], found.attributes["band_high"]
    assert ((low >= 0) & (low <= war) & (war <= high) & (high <= 1)).all()
    assert all(np.array_equal(np.round(found.p_act[cause], 4), found.p_act[cause]) for cause in CAUSES)
    assert all(isinstance(text, str) and text for text in found.attributes["reasons"])


def test_it_does_not_pretend_to_know(shared_data):
    """With an AUC of .58 no single fire may be called war: everything lies between very unlikely and roughly even."""
    found = judged(real(shared_data))
    ground = ~found.attributes["masked"]
    assert found.p_act["act_of_war"][ground].max() < 0.55
    assert found.p_act["act_of_war"][ground].min() > 0.05


def test_its_mean_is_the_share_it_states(shared_data):
    found = judged(real(shared_data))
    ground = ~found.attributes["masked"]
    assert found.p_act["act_of_war"][ground].mean() == pytest.approx(card()["prior"], abs=0.04)


def test_events_stay_the_same_otherwise(shared_data):
    detections = real(shared_data)
    events = fuse(detections, np.full(len(detections), -1))
    found = attribute(events, detections)
    for name in ("lon", "lat", "first", "frp_mw", "sigma_major_m"):
        assert np.array_equal(getattr(found, name), getattr(events, name))
    assert found.members is events.members


def test_the_real_file_takes_less_than_a_third_of_a_second(shared_data):
    detections = real(shared_data)
    events = fuse(detections, np.full(len(detections), -1))
    spent = []
    for _ in range(3):
        start = time.process_time()
        attribute(events, detections)
        spent.append(time.process_time() - start)
    assert min(spent) < 0.3


def test_a_weak_fire_by_night_is_likelier_wars_than_a_strong_one():
    weak = judged(fires([(37, 48, "2026-04-08T23:30", 0.8)]))
    strong = judged(fires([(37, 48, "2026-04-08T23:30", 20.0)]))
    day = judged(fires([(37, 48, "2026-04-08T10:30", 0.8)]))
    assert weak.p_act["act_of_war"][0] > strong.p_act["act_of_war"][0]
    assert weak.p_act["act_of_war"][0] > day.p_act["act_of_war"][0]
    assert "night" in weak.attributes["reasons"][0]
    assert "day" in day.attributes["reasons"][0]


def test_a_fire_anywhere_has_the_same_probability():
    """Place-blind: the same fire beside the line, in the far west, on another continent."""
    places = [(37.5, 48.5), (24.0, 49.5), (-71.0, 18.0), (139.0, -33.0)]
    found = [judged(fires([(lon, lat, "2026-04-08T23:30", 2.0)])).p_act["act_of_war"][0] for lon, lat in places]
    assert len(set(found)) == 1


def test_other_fires_around_change_nothing():
    """Neither many fires on the same day nor earlier ones near by are a feature."""
    alone = fires([(37.0, 48.0, "2026-04-12T23:30", 2.0)])
    rng = np.random.default_rng(1)
    crowd = [
        (37 + x, 48 + y, f"2026-04-{day:02d}T23:30", 5.0)
        for day in (10, 11, 12)
        for x, y in rng.uniform(-1, 1, (60, 2))
        if abs(x) + abs(y) > 0.05
    ]
    among = fires([(37.0, 48.0, "2026-04-12T23:30", 2.0), *crowd])
    found = judged(among)
    mine = next(k for k, members in enumerate(found.members) if 0 in members)
    assert found.p_act["act_of_war"][mine] == judged(alone).p_act["act_of_war"][0]


def test_moving_everything_with_the_sun_changes_nothing(shared_data):
    detections = real(shared_data)
    shift = np.timedelta64(2 * 3600, "s")
    moved = replace(detections, lon=detections.lon - 30.0, time=detections.time + shift)
    moved = replace(moved, time=moved.time.astype("datetime64[us]"))
    one, two = judged(detections), judged(moved)
    order = {tuple(m): k for k, m in enumerate(two.members)}
    same = np.array([order[tuple(m)] for m in one.members])
    april = (one.first >= np.datetime64("2026-04-02")) & (one.first < np.datetime64("2026-04-21"))
    assert np.array_equal(one.attributes["masked"], two.attributes["masked"][same])
    for cause in CAUSES:
        assert np.allclose(one.p_act[cause][april], two.p_act[cause][same][april])


def test_entry_into_force_widens_the_band_downward_and_moves_nothing_else():
    fire = fires([(37.0, 48.0, "2026-04-11T23:30", 2.0)])
    war, truce = judged(fire), judged(fire, entry_into_force=np.datetime64("2026-04-11T13:00"))
    assert truce.p_act["act_of_war"][0] == war.p_act["act_of_war"][0]
    assert truce.attributes["band_low"][0] < 0.25 * war.attributes["band_low"][0]
    assert truce.attributes["band_high"][0] == war.attributes["band_high"][0]
    assert "entry into force" in truce.attributes["reasons"][0]
    assert "entry into force" not in war.attributes["reasons"][0]


def test_fires_before_entry_into_force_are_judged_in_war():
    fire = fires([(37.0, 48.0, "2026-04-11T10:30", 2.0)])
    later = judged(fire, entry_into_force=np.datetime64("2026-04-11T13:00"))
    assert later.attributes["band_low"][0] == judged(fire).attributes["band_low"][0]


def test_fires_after_the_truce_are_judged_in_war():
    fire = fires([(37.0, 48.0, "2026-04-13T10:30", 2.0)])
    start, end = np.datetime64("2026-04-11T13:00"), np.datetime64("2026-04-12T21:00")
    later = judged(fire, entry_into_force=start, end=end)
    assert later.attributes["band_low"][0] == judged(fire).attributes["band_low"][0]
    assert judged(fire, entry_into_force=start).attributes["band_low"][0] < later.attributes["band_low"][0]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"sensor": "MODIS/Aqua"}, "VIIRS"),
        ({"time": "2026-07-20T23:30"}, "April"),
        ({"power": np.nan}, "power"),
    ],
)
def test_where_calibration_was_not_shown_it_says_so(change, word):
    row = (37.0, 48.0, change.get("time", "2026-04-08T23:30"), change.get("power", 2.0))
    found = judged(fires([row], sensor=change.get("sensor", "VIIRS/NOAA-20")))
    assert not found.attributes["calibrated"][0]
    assert word in found.attributes["reasons"][0]
    assert found.p_act["act_of_war"][0] == pytest.approx(card()["prior"])
    assert found.attributes["band_high"][0] - found.attributes["band_low"][0] > 0.9


def test_a_file_without_confidence_is_not_calibrated():
    fire = fires([(37.0, 48.0, "2026-04-08T23:30", 2.0)])
    bare = replace(fire, attributes={k: v for k, v in fire.attributes.items() if k != "confidence"})
    assert not judged(bare).attributes["calibrated"][0]
    blank = {**fire.attributes, "confidence": np.array([None], dtype=object)}
    assert not judged(replace(fire, attributes=blank)).attributes["calibrated"][0]
    assert judged(fire).attributes["calibrated"][0]


def test_a_fire_seen_by_viirs_and_modis_is_not_calibrated():
    pair = fires([(37.0, 48.0, "2026-04-08T23:30", 2.0)] * 2)
    pair.sensor[1] = "MODIS/Terra"
    found = judged(pair)
    assert len(found) == 1
    assert not found.attributes["calibrated"][0]


def test_modis_of_2025_is_never_calibrated(shared_data):
    found = judged(real(shared_data, "firms_modis_ukraine_202504.csv"))
    assert not found.attributes["calibrated"].any()


def test_a_member_that_is_not_there_is_an_error():
    fire = fires([(37.0, 48.0, "2026-04-08T23:30", 2.0), (38.0, 48.0, "2026-04-08T23:30", 2.0)])
    events = fuse(fire, np.full(2, -1))
    with pytest.raises(StateError, match="member"):
        attribute(events, fire.take([0]))
    with pytest.raises(StateError, match="member"):
        attribute(events, replace(fire, index=None))


def test_no_events_no_trouble():
    empty = Detections.empty().with_index([])
    found = judged(empty)
    assert set(found.p_act) == set(CAUSES)
    assert found.records() == []


def test_records_keep_the_belief():
    found = judged(fires([(37.0, 48.0, "2026-04-08T23:30", 2.0)]))
    body = found.records()[0].body
    assert sum(body["p_act"].values()) == pytest.approx(1, abs=1e-9)
    assert body["attributes"]["masked"] is False
    assert body["attributes"]["calibrated"] is True


def test_the_card_says_what_it_was_judged_by():
    shown = card()
    assert shown["n"] == shown["n_near"] + shown["n_far"]
    assert 0.5 < shown["auc"] < 0.7
    assert shown["ece"] <= shown["ece_by_chance_95"]
    assert sum(row["n"] for row in shown["reliability"]) == shown["n"]
    assert sum(row["weight"] for row in shown["reliability"]) == pytest.approx(1, abs=1e-3)
    assert shown["cannot_tell"]
    assert "truce" in shown["mode"]


def test_the_card_and_features_name_no_place_and_no_party():
    names = " ".join(card()["features"])
    assert not any(word in names for word in ("lon", "lat", "line", "near", "oblast", "party"))
