# SPDX-License-Identifier: Apache-2.0
"""Laws of fusion and of P(act of war): what a fused fire's belief must be whatever burns, where and when."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.base.geo import geodesic_m
from truceline.fusion import fuse
from truceline.model.detection import Detections
from truceline.model.event import Events
from truceline.thermal import attribute, card

CAUSES = ("act_of_war", "farm_burning", "industry")
START = np.datetime64("2026-04-02T00:00:00", "us")
FEW = settings(max_examples=40)


@st.composite
def fires(draw):
    """Up to sixty pixels of three weeks anywhere on Earth, some places hot again and again, some columns missing."""
    count = draw(st.integers(1, 60))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    lon0, lat0 = draw(st.sampled_from([(37.0, 48.0), (-60.0, -33.0), (179.999, 10.0), (20.0, 69.0)]))
    spread = draw(st.sampled_from([0.005, 0.05, 1.0]))
    sensor = rng.choice(
        np.array(draw(st.sampled_from([["VIIRS/NOAA-20"], ["VIIRS/NOAA-20", "MODIS/Terra"]])), object), count
    )
    attributes = {}
    if draw(st.booleans()):
        attributes["frp_mw"] = np.where(rng.random(count) < 0.1, np.nan, rng.gamma(1, 4, count))
    if draw(st.booleans()):
        attributes["confidence"] = rng.choice(np.array(["low", "nominal", "high"], object), count)
    if draw(st.booleans()):
        attributes["daylight"] = rng.random(count) < 0.5
    sigma = rng.uniform(80, 400, count)
    return Detections(
        sensor=sensor,
        family=sensor,
        kind=np.full(count, "thermal_anomaly", dtype=object),
        lon=(np.round(lon0 + rng.normal(0, spread, count), 5) + 180) % 360 - 180,
        lat=np.round(lat0 + rng.normal(0, spread, count), 5),
        time=START
        + (rng.integers(0, draw(st.sampled_from([2, 30_240])), count) * 60_000_000).astype("timedelta64[us]"),
        sigma_major_m=sigma,
        sigma_minor_m=sigma * rng.uniform(0.5, 1, count),
        bearing_deg=rng.uniform(0, 180, count),
        sigma_s=np.full(count, 60.0),
        attributes=attributes,
        index=np.arange(count) * 2 + 3,
    )


def told(detections, **kwargs):
    return attribute(fuse(detections, np.full(len(detections), -1)), detections, **kwargs)


@FEW
@given(fires(), st.booleans())
def test_beliefs_are_probabilities_in_their_band_that_add_up(detections, truce):
    found = told(detections, entry_into_force=START if truce else None)
    total = sum(found.p_act[cause] for cause in CAUSES)
    assert np.abs(total - 1).max() < 1e-9
    war, low, high = found.p_act["act_of_war"], found.attributes["band_low"], found.attributes["band_high"]
    assert all((found.p_act[cause] >= 0).all() for cause in CAUSES)
    assert ((low >= 0) & (low <= war + 1e-9) & (war <= high + 1e-9) & (high <= 1)).all()
    assert all(str(reason).strip() for reason in found.attributes["reasons"])


@FEW
@given(fires())
def test_where_it_was_not_calibrated_the_band_says_so_and_a_mask_only_lowers(detections):
    found = told(detections)
    masked, good = found.attributes["masked"], found.attributes["calibrated"]
    width = found.attributes["band_high"] - found.attributes["band_low"]
    assert not (masked & good).any()
    wide = ~good & ~masked
    assert (width[wide] > 0.9).all()
    if "frp_mw" not in detections.attributes or "confidence" not in detections.attributes:
        assert not good.any()
    if masked.any() and wide.any():
        assert found.p_act["act_of_war"][masked].max() <= found.p_act["act_of_war"][wide].min() + 1e-9


@FEW
@given(fires())
def test_a_truce_lowers_only_the_bands_lower_end(detections):
    war, truce = told(detections), told(detections, entry_into_force=START)
    for cause in CAUSES:
        assert np.array_equal(war.p_act[cause], truce.p_act[cause])
    assert np.array_equal(war.attributes["band_high"], truce.attributes["band_high"])
    assert (truce.attributes["band_low"] <= war.attributes["band_low"]).all()


@FEW
@given(fires(), st.integers(0, 2**32 - 1))
def test_the_order_of_rows_changes_no_belief(detections, seed):
    mixed = detections.take(np.random.default_rng(seed).permutation(len(detections)))
    one, two = told(detections), told(mixed)
    assert [r.id for r in one.records()] == [r.id for r in two.records()]


@FEW
@given(fires())
def test_an_event_lies_among_its_pixels_and_its_ellipse_is_one(detections):
    found = fuse(detections, np.full(len(detections), -1))
    row = {int(index): n for n, index in enumerate(detections.index)}
    assert (np.abs(found.lon) <= 180).all()
    assert (np.abs(found.lat) <= 90).all()
    assert (found.sigma_major_m >= found.sigma_minor_m).all()
    assert (found.sigma_minor_m > 0).all()
    assert ((found.bearing_deg >= 0) & (found.bearing_deg < 180)).all()
    assert (found.first <= found.last).all()
    for i, members in enumerate(found.members):
        rows = [row[int(member)] for member in members]
        lon, lat = detections.lon[rows], detections.lat[rows]
        here = np.full(len(rows), found.lon[i]), np.full(len(rows), found.lat[i])
        apart = np.array(
            [
                geodesic_m(np.full(len(rows), x), np.full(len(rows), y), lon, lat).max()
                for x, y in zip(lon, lat, strict=True)
            ]
        )
        assert geodesic_m(*here, lon, lat).min() <= apart.max() + 1
        assert found.first[i] == detections.time[rows].min()
        assert found.last[i] == detections.time[rows].max()
        assert found.families[i] == tuple(sorted({str(detections.family[n]) for n in rows}))


@FEW
@given(fires(), st.floats(600, 5000))
def test_what_burns_far_away_or_long_after_joins_nothing(detections, hours):
    alone = fuse(detections, np.full(len(detections), -1))
    far = replace(
        detections,
        lat=-detections.lat,
        bearing_deg=-detections.bearing_deg % 180,  # a mirror turns the ellipses too
        time=detections.time + np.timedelta64(int(hours), "h"),
        index=detections.index + 1000,
    )
    both = Detections.concatenate([detections, far])
    found = fuse(both, np.full(len(both), -1))
    kept = {tuple(members.tolist()) for members in alone.members}
    assert kept <= {tuple(members.tolist()) for members in found.members}
    assert len(found) == 2 * len(alone)


@FEW
@given(fires())
def test_a_doubled_file_makes_no_more_events(detections):
    twin = replace(detections, index=detections.index + 1)
    both = Detections.concatenate([detections, twin])
    assert len(fuse(both, np.full(len(both), -1))) == len(fuse(detections, np.full(len(detections), -1)))


@FEW
@given(fires())
def test_records_read_back_as_the_same_records(detections):
    found = told(detections)
    records = found.records()
    back = Events.from_bodies([record.body for record in records], range(len(records)))
    assert [record.id for record in back.records()] == [record.id for record in records]


def test_the_card_names_what_it_cannot_tell_and_holds_plain_numbers():
    found = card()
    assert 0.5 <= found["auc"] <= 1
    assert 0 < found["prior"] < 1
    assert found["n"] == found["n_near"] + found["n_far"]
    assert len(found["cannot_tell"]) >= 5
    assert all(sentence.endswith(".") for sentence in found["cannot_tell"])
