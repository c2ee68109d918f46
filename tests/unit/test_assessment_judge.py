# SPDX-License-Identifier: Apache-2.0
"""Every factor of the extended terms by hand-worked cases: weapons, zones, permits, conditions, proxies, times."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import shapely
from assessment_factory import EVERYWHERE, NOON, WINDOW, agreement, events, parties
from scipy.special import ndtr

from truceline.assessment.factors import OPEN_SHARE, Range, part, ratio, told, window
from truceline.assessment.integral import p_inside
from truceline.assessment.judge import FACTORS, Judge
from truceline.assessment.reasons import Writer, changes
from truceline.base.clock import Interval
from truceline.base.geo import Line, metres_per_degree
from truceline.lang import catalogue
from truceline.model.agreement import EARLIEST, LATEST, ProtectedObject, Proxy, ReferenceLine, RuleException, Zone
from truceline.model.clauses import Condition
from truceline.terms.vocabulary import shipped

NAN = float("nan")
BOX = shapely.box(30.0, 48.0, 31.0, 49.0)


def terms(*, zones=(), **changed):
    """An agreement of one provision and one reading, with the words that ship; the provision changed as asked."""
    made = agreement()
    provision = replace(made.readings[0].provisions[0], **changed)
    reading = replace(made.readings[0], provisions=(provision,))
    return replace(made, vocabulary=shipped(), readings=(reading,), zones=(EVERYWHERE, *zones))


def also(made, *provisions):
    """The agreement with more provisions."""
    (reading,) = made.readings
    return replace(made, readings=(replace(reading, provisions=(*reading.provisions, *provisions)),))


def pair(made, what, **more):
    judge = Judge(what, made, **more)
    return judge.pair(made.readings[0], made.readings[0].provisions[0])


def ends(found, name):
    one = found.factor[name]
    return float(one.low[0]), float(one.high[0]), float(one.point[0])


def seen(**more):
    return events(**{"families": ("acoustic",), "p_act": {"shelling": 1.0}, "sigma": 0.0, **more})


def armed(**weapons):
    made = seen()
    return replace(made, attributes={f"p_weapon.{name}": np.array([share]) for name, share in weapons.items()})


# Acts and weapons.


@pytest.mark.parametrize(
    ("belief", "low", "high", "point"),
    [
        ({"shelling": 0.7, "industry": 0.3}, 0.7, 0.7, 0.7),
        ({"shelling": 0.5, "act_of_war": 0.3, "industry": 0.2}, 0.5, 0.8, 0.5),
        ({"act_of_war": 0.9, "industry": 0.1}, 0.0, 0.9, NAN),
        ({"explosion": 1.0}, 0.0, 1.0, NAN),
        ({"shelling": 0.4, "explosion": 0.2, "not_incident": 0.4}, 0.4, 0.6, 0.4),
        ({"something_else": 0.6, "shelling": 0.4}, 0.4, 1.0, NAN),
        ({"not_incident": 1.0}, 0.0, 0.0, 0.0),
        ({}, 0.0, 1.0, NAN),
    ],
)
def test_the_act_is_what_is_believed_and_open_where_the_belief_is_vaguer(belief, low, high, point):
    found = ends(pair(terms(acts=("shelling",)), seen(p_act=belief)), "act")
    assert found == pytest.approx((low, high, point), nan_ok=True)


def test_an_act_that_a_file_adds_is_one_of_all_acts_of_war():
    words = shipped()
    more = replace(words, acts={**words.acts, "dam_opening": replace(words.acts["shelling"], name="dam_opening")})
    made = replace(terms(), vocabulary=more)
    assert ends(pair(made, seen(p_act={"dam_opening": 0.8})), "act")[0] == pytest.approx(0.8)
    assert ends(pair(terms(), seen(p_act={"dam_opening": 0.8})), "act")[:2] == pytest.approx((0.0, 0.8))


@pytest.mark.parametrize(
    ("weapons", "belief", "low", "high", "point"),
    [
        ((), {"howitzer_152mm": 1.0}, 1.0, 1.0, 1.0),
        (("artillery",), {"howitzer_152mm": 0.6, "mlrs": 0.4}, 0.6, 0.6, 0.6),
        (("artillery",), {"artillery": 1.0}, 1.0, 1.0, 1.0),
        (("howitzer_152mm",), {"artillery": 0.8, "mortar": 0.2}, 0.0, 0.8, NAN),
        (("howitzer_152mm",), {"howitzer_152mm": 0.7, "artillery": 0.2}, 0.7, 0.9, 0.7),
        (("howitzer_152mm",), {"who_knows": 1.0}, 0.0, 1.0, NAN),
        (("howitzer_152mm",), {}, 0.0, 1.0, NAN),
    ],
)
def test_the_weapon_is_one_of_those_named_or_of_their_class(weapons, belief, low, high, point):
    found = ends(pair(terms(weapons=weapons), armed(**belief)), "weapon")
    assert found == pytest.approx((low, high, point), nan_ok=True)


# Actors.


def with_proxy(made, party="B"):
    proxy = Proxy("guard", "Hill Guard")
    return replace(made, parties=tuple(replace(p, proxies=(proxy,)) if p.id == party else p for p in made.parties))


@pytest.mark.parametrize(
    ("actors", "belief", "low", "high", "point"),
    [
        (("B",), {"guard": 0.6, "A": 0.4}, 0.6, 0.6, 0.6),
        (("A",), {"guard": 0.6, "A": 0.4}, 0.4, 0.4, 0.4),
        (("B",), {"proxy": 0.7, "A": 0.3}, 0.7, 0.7, 0.7),
        (("A",), {"proxy": 0.7, "A": 0.3}, 0.3, 1.0, NAN),
        (("A", "B"), {"proxy": 0.7, "neither": 0.3}, 0.7, 0.7, 0.7),
        (("A",), {"A": 0.6, "unknown": 0.4}, 0.6, 1.0, 0.6),
        (("A",), {"A": 0.4, "unknown": 0.6}, 0.4, 1.0, NAN),
        (("A",), {"A": 0.4}, 0.4, 1.0, NAN),
        (("A", "B"), {"A": 0.4}, 1.0, 1.0, 1.0),
        (("A", "B"), {"neither": 1.0}, 0.0, 0.0, 0.0),
        (("A", "B"), {}, 1.0, 1.0, 1.0),
        (("A",), {}, 0.0, 1.0, NAN),
    ],
)
def test_a_proxys_acts_are_imputed_to_its_party(actors, belief, low, high, point):
    found = ends(pair(with_proxy(terms(actors=actors)), seen(p_actor=belief)), "actor")
    assert found == pytest.approx((low, high, point), nan_ok=True)


def test_a_proxy_that_is_nobodys_stays_open():
    assert ends(pair(terms(actors=("A", "B")), seen(p_actor={"proxy": 0.3, "A": 0.7})), "actor")[:2] == (0.7, 1.0)


# Places.


def ring(west, south, east, north):
    return ((west, south), (east, south), (east, north), (west, north), (west, south))


NORTH_M = float(metres_per_degree(48.0)[1])
LINE = Line((((34.0, 48.0), (36.0, 48.0)),))


@pytest.mark.parametrize(
    ("zone", "offset_m", "low", "high"),
    [
        (Zone("z", "polygon", None, (ring(34.9, 47.9, 35.1, 48.1),)), 0.0, 1.0, 1.0),
        (
            Zone("z", "polygon", None, (ring(34.9, 47.9, 35.1, 48.1),), (ring(34.99, 47.99, 35.01, 48.01),)),
            0.0,
            0.0,
            0.0,
        ),
        (Zone("z", "near_line", 5.0), 4900.0, 1.0, 1.0),
        (Zone("z", "near_line", 5.0), 5100.0, 0.0, 0.0),
        (Zone("z", "belt", side="A", from_km=0.0, to_km=5.0), 2000.0, 1.0, 1.0),
        (Zone("z", "belt", side="B", from_km=0.0, to_km=5.0), 2000.0, 0.0, 0.0),
        (Zone("z", "belt", side="A", from_km=3.0, to_km=5.0), 2000.0, 0.0, 0.0),
        (Zone("z", "no_fly", to_km=5.0), -2000.0, 1.0, 1.0),
        (Zone("z", "unknown"), 0.0, 0.0, 1.0),
        (Zone("z", "belt", to_km=5.0, line="lost"), 0.0, 0.0, 1.0),
    ],
)
def test_each_kind_of_zone_holds_what_lies_in_it(zone, offset_m, low, high):
    lost = ReferenceLine("lost", "Lost line", "unknown")
    made = replace(terms(zone="z", zones=(zone,)), lines=(lost,))
    here = seen(lon=35.0, lat=48.0 + offset_m / NORTH_M)
    found = pair(made, here, line=LINE)
    assert ends(found, "place")[:2] == pytest.approx((low, high))
    assert bool(found.why_place) == (low < high)


def test_objects_without_a_published_place_leave_it_open_elsewhere():
    plant, other = ProtectedObject("p", "Plant", "power_station", 35.0, 48.0, 500.0), ProtectedObject("q", "Q", "x")
    made = terms(zone="z", zones=(Zone("z", "objects", objects=(plant, other)),))
    assert ends(pair(made, seen(lon=35.0, lat=48.0)), "place")[:2] == (1.0, 1.0)
    assert ends(pair(made, seen(lon=36.0, lat=48.0)), "place")[:2] == (0.0, 1.0)
    whole = terms(zone="z", zones=(Zone("z", "objects", objects=(plant,)),))
    assert ends(pair(whole, seen(lon=36.0, lat=48.0)), "place")[:2] == (0.0, 0.0)


def test_a_line_that_is_itself_uncertain_widens_the_place():
    named = ReferenceLine("l", "L", "coordinates", LINE.parts, uncertainty_km=3.0)
    made = replace(terms(zone="z", zones=(Zone("z", "buffer", 5.0, line="l"),)), lines=(named,))
    here = seen(lon=35.0, lat=48.0 + 5000 / NORTH_M, sigma=4000.0)
    expected = ndtr(0.0) - ndtr(-10_000 / 5000)
    assert ends(pair(made, here), "place")[0] == pytest.approx(expected, abs=2e-3)
    sure = replace(made, lines=(replace(named, uncertainty_km=None),))
    assert ends(pair(sure, here), "place")[0] == pytest.approx(ndtr(0.0) - ndtr(-10_000 / 4000), abs=2e-3)


def test_a_reading_may_move_a_zone():
    near, far = Zone("z", "polygon", None, (ring(34, 47, 36, 49),)), Zone("z", "polygon", None, (ring(10, 47, 12, 49),))
    made = terms(zone="z", zones=(near,))
    moved = replace(made.readings[0], id="moved", zones=(EVERYWHERE, far))
    judge = Judge(seen(lon=35.0, lat=48.0), made)
    values = [judge.pair(r, r.provisions[0]).factor["place"].high[0] for r in (made.readings[0], moved)]
    assert values == [1.0, 0.0]


# Integrals.


@pytest.mark.parametrize("sigma", [1.0, 50.0, 1000.0, 20_000.0])
def test_the_integral_over_a_half_plane_and_a_quarter(sigma):
    _, north = metres_per_degree(48.0)
    offset = np.linspace(-4, 4, 33)
    wide = shapely.box(0.0, 48.0, 60.0, 80.0)
    axes = np.full(33, sigma), np.full(33, sigma), np.zeros(33)
    found = p_inside(wide, np.full(33, 30.0), 48.0 + offset * sigma / north, *axes)
    assert found == pytest.approx(ndtr(offset), abs=2e-5)  # a degree is not as long everywhere
    corner = p_inside(BOX, np.array([30.0]), np.array([48.0]), *(np.array([s]) for s in (sigma, sigma, 0.0)))
    near = ndtr(sigma * 4 / 37_000) if sigma < 2000 else None
    assert near is None or corner[0] == pytest.approx(0.25, abs=1e-6)


def test_an_ellipse_turns_with_its_bearing():
    _, north = metres_per_degree(48.0)
    lat = np.full(3, 48.0 - 500 / north)
    found = p_inside(BOX, np.full(3, 30.5), lat, np.full(3, 1000.0), np.full(3, 100.0), np.array([0.0, 90.0, 45.0]))
    across = np.hypot(1000 * np.cos(np.radians(45)), 100 * np.sin(np.radians(45)))
    assert found == pytest.approx([ndtr(-0.5), ndtr(-5.0), ndtr(-500 / across)], abs=1e-6)


def test_certain_places_empty_areas_and_the_antimeridian():
    none = np.zeros(2)
    assert p_inside(BOX, np.array([30.5, 29.0]), np.array([48.5, 48.5]), none, none, none).tolist() == [1.0, 0.0]
    assert p_inside(shapely.Polygon(), np.array([30.5]), np.array([48.5]), *(np.ones(1),) * 3).tolist() == [0.0]
    over = shapely.box(179.0, 10.0, 181.0, 12.0)
    lon = np.array([179.5, -179.5, -178.0])
    assert p_inside(over, lon, np.full(3, 11.0), *(np.full(3, 10.0),) * 3).tolist() == [1.0, 1.0, 0.0]
    assert p_inside(BOX, none[:0], none[:0], none[:0], none[:0], none[:0]).tolist() == []


# Times.


def timed(sigma_s, first=NOON, last=None):
    made = events(first=first, last=last, families=("acoustic",))
    return replace(made, attributes={"sigma_s": np.array([sigma_s])})


@pytest.mark.parametrize(
    ("minutes", "sigma_s", "long", "p"),
    [
        (0, 0.0, 0, 1.0),
        (-1, 0.0, 0, 0.0),
        (0, 600.0, 0, 0.5),
        (10, 600.0, 0, ndtr(1)),
        (-30, 0.0, 60, 0.5),
        (-15, 1e-6, 60, 0.75),
        (-30, 60.0, 60, 0.5),
        (60, 60.0, 60, 1.0),
    ],
)
def test_a_moment_with_an_error_and_a_stretch_of_time(minutes, sigma_s, long, p):
    first = WINDOW.start + timedelta(minutes=minutes)
    found = window(timed(sigma_s, first, first + timedelta(minutes=long)), WINDOW, 1.0)
    assert found[0] == pytest.approx(p, abs=1e-6)


def test_a_window_without_end_and_one_not_known():
    open_ = Interval(WINDOW.start, LATEST)
    assert ends(pair(terms(window=open_), timed(60.0)), "time")[:2] == (1.0, 1.0)
    lost = pair(terms(window=Interval(EARLIEST, LATEST), unknown=("window",)), timed(60.0))
    assert ends(lost, "time")[:2] == (0.0, 1.0)


# What may permit it.


SPRING = Interval(datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC))


def permit(made, **changed):
    base = made.readings[0].provisions[0]
    return replace(base, **{"id": "permits", "rule": "permitted", "exceptions": (), **changed})


@pytest.mark.parametrize(
    ("changed", "low", "high"),
    [
        ({}, 0.0, 0.0),
        ({"acts": ("shelling",)}, 0.0, 0.0),
        ({"acts": ("drone_strike",)}, 1.0, 1.0),
        ({"actors": ("A",)}, 0.25, 0.25),
        ({"zone": "far"}, 1.0, 1.0),
        ({"zone": "here"}, 0.0, 0.0),
        ({"zone": "lost"}, 0.0, 1.0),
        ({"window": SPRING}, 0.0, 0.0),
        ({"window": Interval(SPRING.end, LATEST)}, 1.0, 1.0),
        ({"weapons": ("helicopter",)}, 0.0, 1.0),
        ({"unknown": ("zone",)}, 0.0, 1.0),
    ],
)
def test_a_permitting_clause_takes_out_what_it_covers(changed, low, high):
    here, far = (Zone(n, "polygon", None, (ring(w, 47, w + 2, 49),)) for n, w in (("here", 34), ("far", 50)))
    made = terms(zones=(here, far, Zone("lost", "unknown")))
    made = also(made, permit(made, **changed))
    found = pair(made, seen(p_actor={"A": 0.75, "B": 0.25}))
    assert ends(found, "exceptions")[:2] == pytest.approx((low, high))
    judge = Judge(seen(), made)
    permitting = judge.pair(made.readings[0], made.readings[0].provisions[1])
    assert permitting.product("high").tolist() == [0.0]


def test_a_permit_for_one_party_leaves_the_other_bound():
    made = terms(actors=("A",))
    made = also(made, permit(made, actors=("A",)))
    assert pair(made, seen(p_actor={"A": 0.8, "B": 0.2})).product("high").tolist() == [0.0]


def test_a_permit_in_half_the_zone_leaves_the_other_half():
    whole, half = (Zone(n, "polygon", None, (ring(34, 47, e, 49),)) for n, e in (("w", 36), ("h", 35)))
    made = terms(zone="w", zones=(whole, half))
    made = also(made, permit(made, zone="h"))
    found = pair(made, seen(lon=35.0, lat=48.0, sigma=500.0))
    assert ends(found, "exceptions")[:2] == pytest.approx((0.5, 0.5), abs=1e-6)


def excuse(**scope):
    return RuleException("e", "Said.", 0.2, 0.6, "not seen", **scope)


@pytest.mark.parametrize(
    ("scope", "low", "high"),
    [
        ({}, 0.4, 0.8),
        ({"acts": ("shelling",)}, 0.4, 0.8),
        ({"acts": ("mining",)}, 1.0, 1.0),
        ({"actors": ("B",)}, 0.85, 0.95),
        ({"zone": "far"}, 1.0, 1.0),
        ({"window": Interval(SPRING.end, LATEST)}, 1.0, 1.0),
    ],
)
def test_an_exception_weighs_as_much_as_the_event_lies_in_its_scope(scope, low, high):
    far = Zone("far", "polygon", None, (ring(50, 47, 52, 49),))
    found = pair(terms(zones=(far,), exceptions=(excuse(**scope),)), seen(p_actor={"A": 0.75, "B": 0.25}))
    assert ends(found, "exceptions") == pytest.approx((low, high, (low + high) / 2))


def test_what_nothing_shows_cannot_be_told_and_reciprocity_can_always_excuse():
    anything = RuleException("e", "Said.", 0.0, 1.0, "not seen")
    found = pair(terms(exceptions=(anything,)), seen())
    assert ends(found, "exceptions") == pytest.approx((0.0, 1.0, NAN), nan_ok=True)
    assert np.isnan(found.product("point")[0])
    mirror = Condition(id="mirror", text="While the other does.", kind="reciprocity", provisions=("p",), actors=("A",))
    made = replace(terms(), clauses=(mirror,))
    assert ends(pair(made, seen(p_actor={"A": 0.3, "B": 0.7})), "exceptions")[:2] == pytest.approx((0.7, 1.0))
    other = replace(made, clauses=(replace(mirror, provisions=("another",)),))
    assert ends(pair(other, seen()), "exceptions")[:2] == (1.0, 1.0)


def test_nothing_wins_over_cannot_tell():
    lost = terms(zone="lost", zones=(Zone("lost", "unknown"),))
    assert np.isnan(pair(lost, seen()).product("point")[0])
    assert pair(lost, seen(p_act={"industry": 1.0})).product("point").tolist() == [0.0]
    assert pair(lost, seen()).product("high").tolist() == [1.0]
    assert pair(lost, seen()).product("point", without="place").tolist() == [1.0]


@pytest.mark.parametrize("key", ["acts", "actors", "weapons", "zone", "window"])
def test_what_no_source_gives_cannot_be_told(key):
    found = pair(terms(unknown=(key,)), seen())
    assert np.isnan(found.product("point")[0])
    words = catalogue("en")
    nothing = np.full(1, NAN), np.zeros(1), np.ones(1)
    said = Writer(Judge(seen(), terms(unknown=(key,))), found, words).sentences(*nothing, changes(found))
    text = " ".join(sentence.each(0, 1)[0] for sentence in said)
    assert "cannot be told" in text
    assert "No source says" in text


# Small sums.


def test_ranges_and_ratios():
    assert told(np.array([0.0]), np.array([OPEN_SHARE])).point.tolist() == pytest.approx([NAN], nan_ok=True)
    assert told(np.array([0.3]), np.array([0.4])).point.tolist() == [0.3]
    assert Range(np.array([0.2]), np.array([0.4])).point.tolist() == [0.2]
    assert ratio(np.array([0.2, 0.5, 0.0]), np.array([0.4, 0.25, 0.0])).tolist() == [0.5, 1.0, 0.0]
    assert part(None, Range(np.ones(2), np.ones(2))).high.tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("event", "factor", "low", "high"),
    [
        (seen(p_act={"shelling": 0.5, "industry": 0.5}), "act", 0.0, 1.0),
        (
            seen(p_act={"shelling": 0.9, "industry": 0.1}, p_actor={"A": 0.6, "B": 0.1, "neither": 0.3}),
            "actor",
            0.0,
            0.9,
        ),
        (seen(p_actor={"A": 0.1, "unknown": 0.9}), "actor", 0.1, 1.0),
    ],
)
def test_the_evidence_that_would_change_it_most_is_worked_out(event, factor, low, high):
    found = changes(pair(terms(acts=("shelling",), actors=("A",) if factor == "actor" else ("A", "B")), event))
    change = found.one(0)
    assert change is not None
    assert (change.factor, change.low, change.high) == (factor, pytest.approx(low), pytest.approx(high))


def test_nothing_would_change_what_is_certain():
    assert changes(pair(terms(), seen())).one(0) is None
    assert changes(pair(terms(), seen(p_act={"industry": 1.0}))).one(0) is None


def test_every_factor_has_its_word_in_every_language():
    assert set(pair(terms(), seen()).factor) == set(FACTORS)
    assert {party.id for party in parties()} == {"A", "B"}
    for code in ("en", "uk", "ru", "fr"):
        for name in FACTORS:
            assert catalogue(code).say(f"reasons.factor_{name}")
