# SPDX-License-Identifier: Apache-2.0
"""What surrounds a watch's fires: known only against peace years, blind to places, without a past in truce mode."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from thermal_worlds import BASELINE, moved, world

from truceline.fusion import fuse
from truceline.model.detection import Detections
from truceline.thermal import Surroundings, attribute, card, coefficients, conditions, surroundings
from truceline.thermal.firetable import Fires
from truceline.thermal.surroundings import SETTLED_DAYS

DAY = int(np.datetime64("2026-04-14").astype(np.int64))
START = np.datetime64("2026-04-14T00:00")


def earlier(fires, year):
    """The same fires seventy days earlier: farmers who burn in spring."""
    return replace(fires, day=np.maximum(fires.day - 70, int(np.datetime64(f"{year}-01-01").astype(np.int64))))


ARCHIVE = {year: earlier(fires, year) for year, fires in BASELINE.items()}


def april():
    """Three weeks of April 2026: the front, and farmers whose season it is."""
    both = world(year=2026)
    front = np.arange(len(both)) >= 900
    fires = earlier(both.take(~front), 2026).and_(both.take(front))
    return fires.take((fires.day >= DAY - 10) & (fires.day < DAY + 10))


def detections(fires, sensor="VIIRS/Suomi-NPP"):
    """Each fire as one pixel at eleven by night or one by day."""
    count = len(fires)
    dark = np.arange(count) % 2 == 0
    hours = np.where(dark, 23, 11).astype("timedelta64[h]")
    plain = {
        name: np.full(count, value, dtype=object)
        for name, value in (("sensor", sensor), ("family", "thermal-infrared"), ("kind", "thermal_anomaly"))
    }
    return Detections(
        **plain,
        lon=fires.lon,
        lat=fires.lat,
        time=(fires.day.astype("datetime64[D]") + hours).astype("datetime64[us]"),
        sigma_major_m=np.full(count, 150.0),
        sigma_minor_m=np.full(count, 130.0),
        bearing_deg=np.full(count, 100.0),
        sigma_s=np.full(count, 104.0),
        attributes={
            "frp_mw": np.full(count, 2.0),
            "scan_km": np.full(count, 0.4),
            "track_km": np.full(count, 0.4),
            "daylight": ~dark,
            "confidence": np.full(count, "nominal", dtype=object),
        },
        index=np.arange(count),
    )


def told(seen, around, **window):
    return attribute(fuse(seen, np.full(len(seen), -1)), seen, around=around, **window)


@pytest.fixture(scope="module")
def seen():
    return detections(april())


@pytest.fixture(scope="module")
def around(seen):
    return surroundings(seen, ARCHIVE)


def test_every_fire_of_the_theatre_is_known_in_both_modes(seen, around):
    assert np.isfinite(around.truce).all()
    assert np.isfinite(around.war).all()
    assert around.years == (2019, 2020, 2021)
    assert around.history.min() >= 1
    assert around.history.max() <= 20


def test_the_front_looks_more_like_war_than_farmers(seen, around):
    front = np.abs(seen.lon - 33.5) < 0.3
    assert around.war[front].mean() > around.war[~front].mean() + 0.2
    assert around.truce[front].mean() > around.truce[~front].mean()


def test_without_an_archive_nothing_is_known(seen):
    for nothing in ({}, {2019: Fires.none()}):
        found = surroundings(seen, nothing)
        assert np.isnan(found.truce).all()
        assert np.isnan(found.war).all()
        assert found.years == ()


def test_an_archive_of_another_country_tells_nothing(seen):
    there = {year: replace(fires, lon=fires.lon + 60.0) for year, fires in ARCHIVE.items()}
    found = surroundings(seen, there)
    assert np.isnan(found.truce).all()
    assert np.isnan(found.war).all()


def test_the_watch_s_own_year_is_no_peace_year(seen, around):
    own = {**ARCHIVE, 2026: april()}
    found = surroundings(seen, own)
    assert found.years == around.years
    np.testing.assert_array_equal(found.truce, around.truce)
    assert surroundings(seen, {2026: april()}).years == ()


def test_modis_is_not_compared_with_viirs_seasons(seen):
    sensors = seen.sensor.copy()
    sensors[::3] = "MODIS/Aqua"
    found = surroundings(replace(seen, sensor=sensors), ARCHIVE)
    assert np.isnan(found.truce[::3]).all()
    assert np.isfinite(found.truce[1::3]).all()


def test_only_one_satellite_is_counted_round_others(seen, around):
    """The same fires seen by two more satellites change nothing of what surrounds the first one's."""
    thrice = [replace(seen, sensor=np.full(len(seen), f"VIIRS/NOAA-2{k}", dtype=object)) for k in (0, 1)]
    found = surroundings(Detections.concatenate([seen, *thrice]), ARCHIVE)
    np.testing.assert_array_equal(found.truce[: len(seen)], around.truce)


def test_truce_mode_has_no_past_and_war_mode_has(seen):
    first = april()
    late = first.day >= DAY
    crowd = Fires(np.repeat(first.lon[late], 40), np.repeat(first.lat[late], 40), np.full(40 * late.sum(), DAY - 5))
    both = detections(first.take(late).and_(crowd))
    alone, among = (surroundings(each, ARCHIVE) for each in (detections(first.take(late)), both))
    np.testing.assert_array_equal(among.truce[: late.sum()], alone.truce)
    assert (among.war[: late.sum()] > alone.war).mean() > 0.9


def test_moved_to_another_part_of_the_world_it_says_the_same(seen, around):
    there = {year: moved(fires, (40.0, 0.0)) for year, fires in ARCHIVE.items()}
    found = surroundings(detections(moved(april(), (40.0, 0.0))), there)
    assert np.abs(found.war - around.war).mean() < 0.15
    assert np.abs(found.truce - around.truce).mean() < 0.15


def test_what_the_ledger_holds_comes_back_the_same(seen, around):
    mixed = replace(around, truce=np.where(np.arange(len(seen)) % 5 == 0, np.nan, around.truce))
    back = Surroundings.from_body(json.loads(json.dumps(mixed.body(), allow_nan=False)))
    for name in ("truce", "war", "history", "settled"):
        np.testing.assert_array_equal(getattr(back, name), getattr(mixed, name))
    assert back.years == mixed.years
    older = {name: value for name, value in mixed.body().items() if name != "settled"}
    assert np.isnan(Surroundings.from_body(older).settled).all(), "a ledger of before has no settled answers"


def test_a_settled_answer_comes_when_its_days_have_passed_and_says_how_many(seen, around):
    day = seen.time.astype("datetime64[D]").astype(np.int64)
    ripe = day + SETTLED_DAYS <= day.max()
    np.testing.assert_array_equal(np.isfinite(around.settled), ripe)
    assert 0.2 < ripe.mean() < 0.9
    found = told(seen, around, entry_into_force=START)
    ground = (found.attributes["mode"] == "war") & ~found.attributes["masked"] & found.attributes["calibrated"]
    waited = np.array([p is not None for p in found.attributes["p_settled"]])
    assert (waited <= ground).all(), "in truce mode waiting changes nothing, so nothing is said of it"
    assert (found.attributes["settled_days"] == np.where(waited, SETTLED_DAYS, 0)).all()
    assert waited.any() == conditions("settled").held
    spoken = [f"settled({SETTLED_DAYS})" in text for text in found.attributes["reasons"]]
    np.testing.assert_array_equal(spoken, waited)
    plain = told(seen, replace(around, settled=np.full(len(seen), np.nan)), entry_into_force=START)
    np.testing.assert_array_equal(plain.p_act["act_of_war"], found.p_act["act_of_war"])
    assert not plain.attributes["settled_days"].any()


def test_nothing_later_than_the_wait_enters_a_settled_answer(seen, around):
    day = seen.time.astype("datetime64[D]").astype(np.int64)
    cut = day.min() + 12
    early = surroundings(seen.take(day <= cut), ARCHIVE)
    ripe = np.isfinite(early.settled)
    assert ripe.any()
    np.testing.assert_array_equal(early.settled[ripe], around.settled[day <= cut][ripe])


def test_each_side_of_entry_into_force_has_its_mode(seen, around):
    found = told(seen, around, entry_into_force=START, end=START + np.timedelta64(5, "D"))
    inside = (found.last >= START) & (found.first < START + np.timedelta64(5, "D"))
    assert (found.attributes["mode"][inside] == "truce").all()
    assert (found.attributes["mode"][~inside] == "war").all()
    assert all("war mode" in text for text in found.attributes["reasons"][~inside])
    assert set(found.attributes["not_used"][inside]) == {"weather, land use, population"}
    assert set(found.attributes["not_used"][~inside]) == {"power, hour and confidence, weather, land use, population"}


def test_times_before_and_after_are_compared_in_one_mode(seen, around):
    during, never = told(seen, around, entry_into_force=START), told(seen, around)
    np.testing.assert_array_equal(during.attributes["p_truce_mode"], never.attributes["p_truce_mode"])
    truce = during.attributes["mode"] == "truce"
    np.testing.assert_array_equal(
        during.p_act["act_of_war"][truce], during.attributes["p_truce_mode"].astype(float)[truce]
    )
    assert not np.array_equal(never.p_act["act_of_war"], never.attributes["p_truce_mode"].astype(float))


def test_without_an_archive_both_modes_are_one_and_it_is_named(seen):
    found = told(seen, None, entry_into_force=START)
    np.testing.assert_array_equal(found.p_act["act_of_war"], found.attributes["p_truce_mode"].astype(float))
    assert set(found.attributes["mode"]) == {"truce"}
    assert set(found.attributes["not_used"]) == {"seasons of peace years, weather, land use, population"}
    assert all(text.endswith("not used: " + found.attributes["not_used"][0]) for text in found.attributes["reasons"])
    unknown = told(seen, Surroundings.unknown(len(seen)), entry_into_force=START)
    np.testing.assert_array_equal(unknown.p_act["act_of_war"], found.p_act["act_of_war"])


def test_a_longer_memory_than_was_calibrated_is_not_used(seen, around):
    longer = replace(around, history=np.full(len(seen), coefficients.COUNTS["history_days"] + 1))
    assert set(told(seen, longer).attributes["mode"]) == {"truce"}
    assert set(told(seen, around).attributes["mode"]) == {"war"}


def test_more_warlike_surroundings_never_lower_the_probability(seen, around):
    more = replace(around, truce=around.truce + 1.0, war=around.war + 1.0)
    for window in ({}, {"entry_into_force": np.datetime64("2026-01-01")}):
        low, high = told(seen, around, **window), told(seen, more, **window)
        assert (high.p_act["act_of_war"] >= low.p_act["act_of_war"]).all()
        assert (high.p_act["act_of_war"] > low.p_act["act_of_war"]).any()


def test_where_it_is_not_calibrated_surroundings_change_nothing(around):
    fires = april()
    summer = detections(replace(fires, day=fires.day + 90))
    found = told(summer, around)
    assert not found.attributes["calibrated"].any()
    assert set(found.p_act["act_of_war"]) == {coefficients.PRIOR}
    assert (found.attributes["band_high"] - found.attributes["band_low"] > 0.9).all()


def test_the_card_speaks_of_the_variant_it_is_asked_for():
    with_seasons, without = card("truce"), card()
    assert with_seasons["auc"] > without["auc"] + 0.15
    assert with_seasons["ece"] <= with_seasons["ece_by_chance_95"]
    assert "seasons of peace years" in without["not_used"]
    assert with_seasons["not_used"] == "weather, land use, population"
    assert len(with_seasons["features"]) == len(without["features"]) + 1
    assert with_seasons["cannot_tell"][0] != without["cannot_tell"][0]
