# SPDX-License-Identifier: Apache-2.0
"""What goes into the ledger comes back the same: columns and values alike."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from truceline.base.clock import Interval
from truceline.model.claim import Claim
from truceline.model.detection import Detections
from truceline.model.event import Events
from truceline.model.look import Denial, Look
from truceline.model.record import KINDS, Record, Rejected
from truceline.model.taxonomy import ACTS, Layer, Status, expand, icd203

NOON = datetime(2026, 4, 11, 12, tzinfo=UTC)


def detections(n: int, seed: int = 0, *, extra: bool = True) -> Detections:
    rng = np.random.default_rng(seed)
    words = np.array([["VIIRS/NOAA-20", "VIIRS/NOAA-21"][k] for k in rng.integers(0, 2, n)], dtype=object)
    attributes = {"frp_mw": np.round(rng.gamma(2, 3, n), 2), "daylight": rng.random(n) < 0.5} if extra else {}
    return Detections(
        sensor=words,
        family=np.full(n, "thermal-infrared", dtype=object),
        kind=np.full(n, "thermal_anomaly", dtype=object),
        lon=np.round(rng.uniform(30, 40, n), 5),
        lat=np.round(rng.uniform(46, 52, n), 5),
        time=np.datetime64("2026-04-11T00:00", "us") + rng.integers(0, 10**6, n).astype("timedelta64[s]"),
        sigma_major_m=np.round(rng.uniform(100, 400, n), 1),
        sigma_minor_m=np.round(rng.uniform(50, 100, n), 1),
        bearing_deg=np.round(rng.uniform(0, 180, n), 1),
        sigma_s=np.full(n, 30.0),
        p_act={"thermal_anomaly": np.full(n, 0.9), "not_incident": np.full(n, 0.1)},
        attributes=attributes,
    )


def same(one: Detections, two: Detections) -> bool:
    return [r.body for r in one.records()] == [r.body for r in two.records()]


@given(st.integers(0, 20), st.integers(0, 5))
def test_detections_come_back_from_their_bodies(n, seed):
    before = detections(n, seed)
    records = before.records()
    after = Detections.from_bodies([r.body for r in records], range(n))
    assert len(after) == n
    assert same(before, after)
    assert [r.id for r in after.records()] == [r.id for r in records]


def test_the_same_content_has_the_same_id_and_other_content_another():
    ids = [r.id for r in detections(50).records()]
    assert ids == [r.id for r in detections(50).records()]
    assert len(set(ids)) == 50
    assert all(i.startswith("detection:") for i in ids)


def test_joining_keeps_rows_and_says_what_one_part_lacks():
    joined = Detections.concatenate([detections(3), Detections.empty(), detections(2, extra=False)])
    assert len(joined) == 5
    assert np.isnan(joined.attributes["frp_mw"][3:]).all()
    assert "frp_mw" not in joined.records()[4].body["attributes"]


def test_taking_rows_takes_every_column():
    whole = detections(10).with_index(range(10))
    part = whole.take(np.array([7, 2]))
    assert part.index.tolist() == [7, 2]
    assert part.records()[0].body == whole.records()[7].body


def test_arrow_has_the_fixed_columns_in_utc():
    table = detections(4).to_arrow()
    fixed = [
        "id",
        "sensor",
        "family",
        "kind",
        "lon",
        "lat",
        "time",
        "sigma_major_m",
        "sigma_minor_m",
        "bearing_deg",
        "sigma_s",
    ]
    assert table.column_names[: len(fixed)] == fixed
    assert str(table.schema.field("time").type) == "timestamp[us, tz=UTC]"
    assert {"p_act.thermal_anomaly", "p_act.not_incident"} <= set(table.column_names)


def test_events_come_back_from_their_bodies():
    n = 3
    events = Events(
        lon=np.array([36.1, 36.2, 36.3]),
        lat=np.array([48.1, 48.2, 48.3]),
        sigma_major_m=np.full(n, 200.0),
        sigma_minor_m=np.full(n, 100.0),
        bearing_deg=np.full(n, 45.0),
        first=np.array(["2026-04-11T22:42"] * n, dtype="datetime64[us]"),
        last=np.array(["2026-04-12T00:22"] * n, dtype="datetime64[us]"),
        members=(np.array([1, 2]), np.array([3]), np.array([4, 5, 6])),
        families=(("thermal-infrared",),) * n,
        passes=np.array([2, 1, 2]),
        frp_mw=np.array([5.0, np.nan, 7.25]),
        daylight=np.array(["night"] * n, dtype=object),
        p_act={"act_of_war": np.array([0.5, 0.6, 0.7])},
        attributes={"masked": np.array([True, False, False])},
    )
    records = events.records()
    after = Events.from_bodies([r.body for r in records], [10, 11, 12])
    assert [r.body for r in after.records()] == [r.body for r in records]
    assert after.index.tolist() == [10, 11, 12]
    assert after.take(np.array([False, True, False])).members[0].tolist() == [3]


def test_looks_denials_and_claims_come_back_from_their_bodies():
    hour = Interval(NOON, NOON + timedelta(hours=1))
    look = Look("VIIRS/NOAA-20", "thermal-infrared", hour, ((0.0, 30.0, 48.0),), 1530.0, 833.0, True, 30.0, "fitted")
    denial = Denial("VIIRS/NOAA-20", hour, "file missing", "firms", {"rows": 12})
    claim = Claim("t", "A's ministry", "B", 10, "about", "violations", NOON, None, {}, "X", "", "", "low")
    for value in (look, denial, claim):
        body = value.record().body
        assert type(value).from_body(body, 7).record().body == body
        assert type(value).from_body(body, 7).index == 7


def test_rejected_rows_are_records_too():
    record = Rejected("firms", "fires.csv", 12, "latitude: 'x' is not a number", "x,1").record()
    assert record.kind in KINDS
    assert record.body["line"] == 12


@pytest.mark.parametrize(
    ("probability", "word"),
    [
        (0.02, "almost no chance"),
        (0.05, "very unlikely"),
        (0.2, "unlikely"),
        (0.45, "roughly even"),
        (0.55, "likely"),
        (0.8, "very likely"),
        (0.95, "almost certain"),
    ],
)
def test_words_of_probability_have_half_open_bins(probability, word):
    assert icd203(probability) == word


def test_an_undivided_act_of_war_stands_for_all_of_layer_b_and_nothing_else():
    found = expand(("act_of_war",))
    assert {"shelling", "jamming", "act_of_war"} <= found
    assert all(ACTS[name].layer is Layer.INCIDENT for name in found)
    assert expand(("explosion",)) == {"explosion"}


def test_status_words_are_those_of_the_field():
    assert [s.value for s in Status][:3] == ["alleged", "detected", "recorded"]
    assert Record("run", {"a": 1}).id == Record("run", {"a": 1}).id
