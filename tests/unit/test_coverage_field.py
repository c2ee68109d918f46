# SPDX-License-Identifier: Apache-2.0
"""The coverage field against a slow reckoning; late looks and denials against a fresh field; what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import field_cases as cases
import numpy as np
import pytest

from truceline.base.clock import Interval
from truceline.coverage import sights
from truceline.coverage._compile import seen
from truceline.errors import LimitExceeded, Malformed, NoPlace, NoTime, StateError

WHERE = cases.WHERE


def same(one, two):
    assert set(one.by_family) == set(two.by_family)
    for name, values in one.by_family.items():
        np.testing.assert_allclose(values, two.by_family[name], atol=2e-6)
    np.testing.assert_allclose(one.together, two.together, atol=2e-6)


@pytest.mark.parametrize("duration", [0.0, 0.5, 1.0, 3.0])
@pytest.mark.parametrize("share", [0.0, 0.4])
def test_a_slow_reckoning_agrees(duration, share):
    flat = [replace(sight, p=(0.6,) * 2) for sight in cases.passes(names=("VIIRS/NOAA-20",))]
    looks = [*flat, cases.image(), cases.image("again", hours=(5.4, 6.9), p=0.3)]
    found = cases.build(looks, sky=cases.cloud(share=share), duration=duration)
    rng = np.random.default_rng(0)
    middle = np.flatnonzero(seen(cases.image(), WHERE))
    for cell in (*rng.choice(len(WHERE), 4), *middle[:3]):
        for hour in range(12):
            wanted = cases.slowly(looks, cell, hour, duration=duration, share=share)
            assert found.together[cell, hour] == pytest.approx(wanted, abs=2e-4)


def test_one_sensor_has_one_chance_however_long_it_stares():
    found = cases.build([cases.station()])
    here = int(np.hypot(WHERE.lon - cases.MIDDLE[0], WHERE.lat - cases.MIDDLE[1]).argmin())
    assert found.together[here].tolist() == pytest.approx([found.together[here, 0]] * 12)
    assert 0.8 < found.together[here, 0] <= 0.9


def test_a_range_curve_falls_with_range_and_an_arc_faces_one_way():
    found = cases.build([cases.station()]).together[:, 3]
    away = np.hypot((WHERE.lon - cases.MIDDLE[0]) * 73, (WHERE.lat - cases.MIDDLE[1]) * 111.2)
    assert (found[away > 12.2] == 0).all()
    assert found[away < 5].min() >= 0.79
    inside = (away > 6) & (away < 11)
    assert np.corrcoef(away[inside], found[inside])[0, 1] < -0.98
    north = cases.build([cases.station(towards_deg=0.0, arc_deg=180.0)]).together[:, 3]
    assert (north[WHERE.lat < cases.MIDDLE[1] - 0.01] == 0).all()
    np.testing.assert_array_equal(north[WHERE.lat > cases.MIDDLE[1] + 0.01], found[WHERE.lat > cases.MIDDLE[1] + 0.01])


def test_a_drone_sees_what_lies_below_it_as_it_passes():
    track = cases.drone()
    found = cases.build([track])
    distance = np.abs(WHERE.lon - cases.MIDDLE[0]) * 73
    assert (found.together[distance > 5.2] == 0).all()
    below = (distance < 4.5) & (np.abs(WHERE.lat - cases.MIDDLE[1]) < 0.2)
    assert below.any()
    hours = found.together[below].sum(axis=1)
    assert hours.min() > 0.69  # an act of an hour, lit at any moment of the hour before the visit
    assert hours.max() < 0.7 * 1.35  # and a little more for as long as the drone stays


def test_a_side_looking_radar_sees_one_side_and_no_sky_matters():
    looks = [replace(s, p=(0.5, 0.5)) for s in cases.passes(count=12, names=("SAR/Sentinel-1A",))]
    looks = [look for look in looks if 0 < seen(look, WHERE).mean() <= 1]
    assert looks
    clear, cloudy = cases.build(looks), cases.build(looks, sky=cases.cloud(share=0.9))
    np.testing.assert_array_equal(clear.together, cloudy.together)
    mirrored = [replace(look, side=1) for look in looks]
    for one, other in zip(looks, mirrored, strict=True):
        assert not (seen(one, WHERE) & seen(other, WHERE)).any()


@pytest.mark.parametrize("first", [0, 3, 7])
def test_late_looks_give_what_a_fresh_field_gives(first):
    looks = cases.everything()
    order = looks[first:] + looks[:first]
    whole = cases.build(looks, sky=cases.cloud())
    grown = cases.build(order[:2], sky=cases.cloud())
    for look in order[2:]:
        grown.add([look])
    same(grown, whole)


def test_a_late_look_touches_only_what_it_touches():
    grown = cases.build([look for look in cases.everything() if look.id != "image"])
    before = grown.together.copy()
    touched = grown.add([cases.image()])
    assert touched.hours == (4, 6)
    assert 0 < touched.cells < len(WHERE)
    changed = grown.together != before
    assert changed.any()
    assert changed.any(axis=0).nonzero()[0].tolist() == [4, 5]
    assert grown.add([cases.station("far", lon=10.0, lat=10.0)]).cells == 0


@pytest.mark.parametrize(
    ("sensor", "low", "high"),
    [("drone", 1.5, 2.0), ("drone", 0, 12), ("station", 2.3, 4.1), ("image", 5.0, 5.2), ("VIIRS/NOAA-20", 0, 12)],
)
def test_a_denial_reported_late_gives_what_a_fresh_field_gives(sensor, low, high):
    looks, denied = cases.everything(), [cases.denial(sensor, low, high)]
    whole = cases.build(looks, denials=denied, sky=cases.cloud())
    grown = cases.build(looks, sky=cases.cloud())
    before = grown.together.copy()
    touched = grown.deny(denied)
    same(grown, whole)
    assert touched.cells
    assert (grown.together <= before).all()
    assert (grown.together < before).any()
    assert grown.deny([cases.denial("nobody", 0, 12)]).cells == 0


def test_the_same_looks_in_any_order_give_the_same_bytes():
    one, two = cases.build(cases.everything()), cases.build(cases.everything()[::-1])
    assert one.together.tobytes() == two.together.tobytes()


@pytest.mark.parametrize(
    ("look", "error"),
    [
        (replace(cases.drone(), p=1.2), Malformed),
        (replace(cases.drone(), p=float("nan")), Malformed),
        (replace(cases.drone(), seconds=cases.drone().seconds[::-1]), NoTime),
        (replace(cases.drone(), radius_km=0), Malformed),
        (replace(cases.drone(), lat=cases.drone().lat + 90), NoPlace),
        (replace(cases.drone(), lat=cases.drone().lat[:-1]), Malformed),
        (replace(cases.station(), lon=200), NoPlace),
        (replace(cases.station(), ranges_km=(5.0, 1.0, 2.0)), Malformed),
        (replace(cases.station(), ranges_km=(5.0, 6.0, 1e6)), Malformed),
        (replace(cases.station(), sky=-1), Malformed),
        (replace(cases.image(), rings=(((0, 0), (1, 1)),)), Malformed),
        (replace(cases.image(), rings=(((0, 0), (1, 1), (1, 99)),)), NoPlace),
        (replace(cases.passes()[0], far_km=1e5), Malformed),
    ],
)
def test_looks_that_mean_nothing_are_refused_and_the_field_stays(look, error):
    made = cases.build([cases.station("kept")])
    before = made.together.copy()
    with pytest.raises(error):
        made.add([look])
    np.testing.assert_array_equal(made.together, before)


def test_what_a_field_refuses():
    made = cases.build([cases.station()])
    with pytest.raises(StateError):
        made.add([cases.station()])
    with pytest.raises(StateError):
        cases.build([cases.station(), cases.station()])
    with pytest.raises(NoTime):
        cases.build([], period=Interval(cases.START, cases.START + timedelta(days=900)))
    with pytest.raises(NoTime):
        cases.build([], period=Interval(cases.START, cases.START))
    with pytest.raises(Malformed):
        cases.build([], duration=100)
    with pytest.raises(Malformed):
        cases.build([], sky=cases.cloud(hours=5))
    many = [replace(cases.station(str(n)), family=str(n)) for n in range(13_000)]
    with pytest.raises(LimitExceeded):
        cases.build(many)


def test_a_field_without_looks_is_blind():
    made = cases.build([])
    assert made.together.shape == (len(WHERE), 12)
    assert not made.together.any()
    made.add([cases.station()])
    assert made.by_family["acoustic"].any()
    assert [sight.id for sight in made.sights] == ["station"]


def test_a_pass_given_as_a_logged_look():
    from coverage_cases import look_over

    look = look_over(cases.LINE, cases.START + timedelta(hours=6))
    made = sights.of_look(look, 5.0)
    found = cases.build([made])
    assert found.by_family["VIIRS"].max() > 0.5
    assert found.together[:, 7:].max() == 0
