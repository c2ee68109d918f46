# SPDX-License-Identifier: Apache-2.0
"""The place-blind model knows no place, no future and, in a truce, no past."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest
from thermal_worlds import BASELINE, LINE, moved, weather_table, world

from truceline.base.geo import Line
from truceline.errors import Malformed, StateError
from truceline.thermal import blind_coefficients as trained
from truceline.thermal import blindtraining as training
from truceline.thermal import judging
from truceline.thermal._kernel import globe
from truceline.thermal.context import SCALES_KM, TRUCE, WAR, WEATHER, context
from truceline.thermal.extras import INPUTS, Extras, Ground
from truceline.thermal.firetable import Fires, a_year_with_its_eve, day_of_year, without, year_of
from truceline.thermal.placeblind import (
    TRUCE_SAYS,
    fold_of,
    log_odds,
    names_of,
    on_curve,
    score,
    stripe,
    usual_odds,
    weather_of,
)

DAY = int(np.datetime64("2024-07-15").astype(np.int64))


def judged_rows(fires):
    return np.flatnonzero((fires.day >= DAY) & (fires.day < DAY + 20))


def judged(fires, baseline=BASELINE, mode="war", **options):
    return score(fires, judged_rows(fires), baseline, mode=mode, **options)


def areas(fires, baseline, line, mode):
    said = judged(fires, baseline, mode)
    rows = np.flatnonzero((fires.day >= DAY) & (fires.day < DAY + 20))
    found = judging.labels(fires.take(rows), line, Fires.none())
    used = found.near | found.far
    return training.auc(said.rank[used], found.near[used])


@pytest.mark.parametrize("mode", ["war", "truce"])
@pytest.mark.parametrize("by", [(-97.313, 0.0), (143.77, -9.41), (0.0371, 0.0153)])
def test_moved_to_another_part_of_the_world_the_score_is_the_same(mode, by):
    """Over the antimeridian, to another latitude, or by less than a patch: grids do not matter."""
    fires = world()
    there = moved(fires, by)
    line = Line.from_geojson(LINE)
    far = moved(Fires(*np.array(line.parts[0]).T, np.zeros(len(line.parts[0]), dtype=np.int64)), by)
    line_there = Line((tuple(zip(far.lon.tolist(), far.lat.tolist(), strict=True)),))
    here = areas(fires, BASELINE, line, mode)
    away = areas(there, {year: moved(each, by) for year, each in BASELINE.items()}, line_there, mode)
    assert here == pytest.approx(away, abs=0.03)


def test_war_is_found_where_it_burns_day_after_day():
    assert areas(world(), BASELINE, Line.from_geojson(LINE), "war") > 0.85


@pytest.mark.parametrize("mode", ["war", "truce"])
def test_same_day_uses_nothing_later(mode):
    fires = world()
    past = fires.take(fires.day < DAY + 20)
    later = world(seed=5)
    later = replace(later, day=later.day + DAY + 20 - later.day.min())
    said, told = judged(past, mode=mode), judged(past.and_(later), mode=mode)
    assert said.rank.tobytes() == told.rank.tobytes()
    assert said.p.tobytes() == told.p.tobytes()


def test_an_answer_of_a_day_does_not_depend_on_who_else_is_asked():
    fires = world()
    rows = np.flatnonzero((fires.day >= DAY) & (fires.day < DAY + 20))
    whole = score(fires, rows, BASELINE, mode="war", held_out=False).p
    part = score(fires, rows[:7], BASELINE, mode="war", held_out=False).p
    np.testing.assert_array_equal(whole[:7], part)


def test_truce_mode_has_no_memory_of_conflict():
    """Forty thousand earlier fires on the spot change not a bit."""
    fires = world()
    rng = np.random.default_rng(3)
    line = np.array(Line.from_geojson(LINE).parts[0])
    at = line[rng.integers(0, len(line), 40_000)] + rng.normal(0, 0.05, (40_000, 2))
    war = Fires(at[:, 0], at[:, 1], rng.integers(DAY - 90, DAY, 40_000))
    rows = np.flatnonzero(fires.day == DAY)
    said = score(fires, rows, BASELINE, mode="truce")
    told = score(fires.and_(war), rows, BASELINE, mode="truce")
    assert said.rank.tobytes() == told.rank.tobytes()
    several = judged(fires, mode="truce")
    assert several.rank.tobytes() == judged(fires.and_(war), mode="truce").rank.tobytes()
    assert not np.array_equal(judged(fires).p, judged(fires.and_(war)).p)


def test_no_feature_of_truce_mode_is_one_of_war_mode_but_industry_and_weather():
    assert set(TRUCE) & set(WAR) == {"hot_months"}
    assert WEATHER["truce"] == ("weather_1",)


def test_no_feature_names_a_place():
    names = {*names_of("war", INPUTS)[0], *names_of("truce", INPUTS)[0]}
    stems = {name.rstrip("0123456789").rstrip("_") for name in names}
    assert stems == {
        *("active", "active_over_most", "alone", "busy_today", "excess", "weeks", "hot_months"),
        *("today", "season", "weather"),
        *("crops", "trees", "built", "people"),
    }


def test_a_peace_year_is_judged_without_itself():
    """What its own year holds beside it in the baseline changes nothing."""
    line = Line.from_geojson(LINE)
    all_of_it, none = np.full(7, 90), np.zeros(0, dtype=np.int64)
    found = judging.peace_year(BASELINE, 2021, "war", None, history=all_of_it)
    assert found is not None
    fires = a_year_with_its_eve(BASELINE, 2021)
    rows = np.flatnonzero(year_of(fires.day) == 2021)
    plain = score(fires, rows, without(BASELINE, 2021), mode="war", held_out=False)
    np.testing.assert_array_equal(found[0].p, plain.p)
    assert len(judging.labels(found[1], line, Fires.none()).near) == len(plain.p)
    assert judging.peace_year(BASELINE, 1999, "war", None, history=none) is None
    assert judging.peace_year({2021: BASELINE[2021]}, 2021, "war", None, history=none) is None
    brief = judging.peace_year(BASELINE, 2021, "war", None, history=np.array([3, 20]))
    assert set(brief[0].history.tolist()) == {3, 20}


def test_a_short_history_is_judged_by_the_models_trained_on_one():
    """To remember twenty days is to have a file of twenty days; land and people are not asked then."""
    fires = world()
    rows = np.flatnonzero(fires.day == DAY)
    few = np.full(len(rows), 20)
    brief = score(fires, rows, BASELINE, mode="war", memory=few)
    assert set(brief.history.tolist()) == {20}
    recent = fires.take(fires.day > DAY - 20)
    same = score(recent, np.flatnonzero(recent.day == DAY), BASELINE, mode="war")
    np.testing.assert_array_equal(brief.rank, same.rank)
    odds = log_odds(trained.MODELS["short"]["whole"], brief.table)
    np.testing.assert_array_equal(brief.rank, on_curve(odds, trained.MODELS["short"]["curve"]))
    with_land = score(fires, rows, BASELINE, mode="war", memory=few, extras=Extras(land_use=ground(3)))
    np.testing.assert_array_equal(brief.p, with_land.p)
    long = judged(fires)
    assert not np.array_equal(brief.rank, long.rank[fires.day[judged_rows(fires)] == DAY])


def test_truce_mode_has_two_answers_and_war_mode_many():
    fires = world()
    quiet = judged(fires, mode="truce")
    unsure, war = trained.MODELS["truce"]["says"]
    np.testing.assert_array_equal(quiet.p, np.where(quiet.rank >= TRUCE_SAYS, war, unsure))
    assert abs(unsure - trained.SHARE) < 0.06, "to be unable to tell is to say the share again"
    assert war > 0.9
    assert len(np.unique(judged(fires).p)) > 100


def test_a_settled_answer_waits_and_says_how_long():
    fires = world()
    now, later = judged(fires), judged(fires, settled=7)
    assert (now.settled_days, later.settled_days) == (0, 7)
    assert now.calibrated
    assert not later.calibrated, "there is a curve for same-day answers and for those after ten days, for no other"
    assert judged(fires, settled=10).calibrated
    assert not np.array_equal(now.p, later.p)
    for wrong in (-1, 11):
        with pytest.raises(StateError, match="waits 0 to 10 days"):
            judged(fires, settled=wrong)
    with pytest.raises(StateError, match="mode"):
        judged(fires, mode="peace")


def test_weather_is_named_when_absent_and_neutral_when_usual():
    fires = world()
    assert judged(fires).absent == INPUTS
    usual = judged(fires, extras=Extras(weather_of(weather_table())))
    assert usual.absent == ("land_use", "population")
    assert usual.known["weather"] == 1.0
    rows = np.flatnonzero(fires.day == DAY)
    dry = context(fires, rows, BASELINE, mode="war", weather=weather_of(weather_table(dry=True)))
    same = context(fires, rows, BASELINE, mode="war", weather=weather_of(weather_table()))
    assert dry.columns["weather_90"].mean() > same.columns["weather_90"].mean()


def ground(columns, box=(28.0, 34.0, 46.0, 50.0)):
    lon, lat = (each.ravel() for each in np.meshgrid(np.arange(*box[:2], 0.1), np.arange(*box[2:], 0.1)))
    return Ground(globe(lon, lat), np.tile(np.linspace(0.0, 0.5, columns), (len(lon), 1)))


@pytest.mark.parametrize("mode", ["war", "truce"])
def test_each_fire_is_judged_by_the_model_of_what_is_known_for_it(mode):
    """Land known in the west only: there the answer is that of land everywhere, elsewhere that of no land, to the bit."""
    fires = world()
    west = fires.lon[(fires.day >= DAY) & (fires.day < DAY + 20)]
    half = judged(fires, mode=mode, extras=Extras(land_use=ground(3, (28.0, 31.0, 46.0, 50.0)), population=ground(1)))
    whole = judged(fires, mode=mode, extras=Extras(land_use=ground(3), population=ground(1)))
    none = judged(fires, mode=mode, extras=Extras(population=ground(1)))
    assert 0.0 < half.known["land_use"] < half.known["population"]
    np.testing.assert_array_equal(half.rank[west < 30.9], whole.rank[west < 30.9])
    np.testing.assert_array_equal(half.rank[west > 31.1], none.rank[west > 31.1])
    assert not np.array_equal(whole.rank, none.rank)


def test_what_another_country_or_another_year_has_is_not_known_here():
    fires = world()
    away = Extras(
        weather_of(weather_table()), ground(3, (-70.0, -64.0, -30.0, -26.0)), ground(1, (-70.0, -64.0, 0.0, 4.0))
    )
    there = judged(fires, extras=away)
    assert there.absent == ("land_use", "population")
    table = weather_table()
    later = Extras(weather_of(replace(table, first=table.first + 4000)))
    assert judged(fires, extras=later).absent == INPUTS
    np.testing.assert_array_equal(judged(fires, extras=later).p, judged(fires).p)
    told = np.ones(table.rain_mm.shape, dtype=bool)
    told[:, 0] = False
    silent = judged(fires, extras=Extras(weather_of(replace(table, told=told))))
    assert 0.0 < silent.known["weather"] < 1.0
    with pytest.raises(Malformed):
        replace(table, told=told[:3])


def test_empty_fires_an_empty_baseline_and_no_history():
    none = score(Fires.none(), np.zeros(0, dtype=np.int64), BASELINE, mode="war")
    assert len(none.p) == 0
    for mode in ("war", "truce"):
        alone = judged(world(), {}, mode)
        assert np.isfinite(alone.p).all()
    fires = world()
    first = np.flatnonzero(fires.day == fires.day.min())
    said = score(fires, first, BASELINE, mode="war")
    assert (said.history == 1).all()
    assert np.isfinite(said.p).all()


def test_training_months_are_judged_by_models_that_did_not_see_them():
    days = np.array(
        [np.datetime64(d).astype(np.int64) for d in ("2023-02-28", "2023-03-01", "2023-09-30", "2023-10-01")]
    )
    fires = Fires(np.full(4, 30.0), np.full(4, 50.0), days)
    fold = fold_of(fires, fires)
    assert fold[0] == fold[3] == -1
    assert fold[1] // 2 == 0
    assert fold[2] // 2 == len(trained.TIME_EDGES) - 2
    wide = Fires(np.linspace(20, 40, 50), np.full(50, 50.0), np.full(50, days[1]))
    assert set(stripe(wide, wide).tolist()) == {0, 1}


GIVEN = [
    (mode, tuple(n for k, n in enumerate(INPUTS) if number >> k & 1))
    for number in range(8)
    for mode in ("war", "truce")
]
GIVEN += [("short", ()), ("short", ("weather",))]


@pytest.mark.parametrize(("mode", "given"), GIVEN)
def test_shipped_models_fit_their_features(mode, given):
    names, kind = names_of(mode, given)
    model = trained.MODELS[kind]
    assert {len(each) for each in (model["whole"], *model["folds"])} == {len(names) + 1}
    assert len(model["folds"]) == 2 * (len(trained.TIME_EDGES) - 1)
    for curve in (model[key] for key in model if key.startswith(("curve", "level"))):
        ends = on_curve(np.linspace(-30, 30, 500), curve)
        assert (np.diff(ends) >= 0).all()
        assert 0 < ends[0] < ends[-1] < 1
    held = [model[key] for key in model if key.startswith("held_out")]
    assert max(each["ece"] for each in held) <= 0.03
    assert min(each["auc"] for each in held) >= {"war": 0.95, "short": 0.90, "truce": 0.80}[mode]
    if mode == "war":
        assert max(each["ece_other_months"] for each in held) <= 0.035
        assert min(auc for auc, _ in model["held_out"]["by_month"].values()) >= 0.89


def test_what_is_taken_off_by_season_runs_round_the_year():
    """Day 366 joins day 0, and a model without a season is left as it is."""
    day = np.arange(DAY - 200, DAY + 200)
    season = tuple(float(v) for v in range(12))
    found = usual_odds(season, day)
    assert np.abs(np.diff(found)).max() < 0.8, "29 February has a day of its own"
    assert found.max() <= 11.0
    assert usual_odds(None, day).sum() == 0.0


@pytest.mark.shared
def test_the_training_files_are_those_that_were_hashed(shared_data):
    for name, digest in trained.SOURCES.items():
        assert hashlib.sha256((shared_data / name).read_bytes()).hexdigest() == digest, name


def test_counts_are_in_metres_whatever_the_latitude():
    """A ring of fires 5 km off is within 10 km and not within 3, at the equator and far north."""
    for lat in (0.0, 47.0, 68.0):
        angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
        dlat = 5.0 / 111.2 * np.sin(angle)
        lon = np.r_[179.99, 179.99 + 5.0 / 111.2 / np.cos(np.radians(lat)) * np.cos(angle)]
        fires = Fires((lon + 180) % 360 - 180, np.r_[lat, lat + dlat], np.full(25, DAY))
        seen = context(fires, np.array([0]), {}, mode="truce").columns
        assert seen["today_3"][0] == pytest.approx(0.0, abs=0.4)
        assert seen["today_10"][0] > 2.0
    assert SCALES_KM[-1] == 200


def test_tables_of_unequal_length_are_refused():
    with pytest.raises(Malformed):
        Fires(np.zeros(2), np.zeros(3), np.zeros(2, dtype=np.int64))
    with pytest.raises(Malformed):
        replace(weather_table(), cloud_pct=np.zeros((1, 1)))


def test_replaced_fires_are_peace_fires_on_the_same_calendar_days():
    fires = world()
    line = Line.from_geojson(LINE)
    found = judging.replaced(fires, DAY, BASELINE, 2021, line, None)
    assert found is not None
    assert (found[1].day >= DAY).all()
    theirs = BASELINE[2021]
    near = line.nearest(theirs.lon, theirs.lat).distance_m < judging.NEAR_M
    assert set(day_of_year(found[1].day).tolist()) <= set(day_of_year(theirs.day[near]).tolist())
    assert judging.replaced(fires, DAY, BASELINE, 1999, line, None) is None
    assert judging.replaced(fires, DAY + 10_000, BASELINE, 2021, line, None) is None
