# SPDX-License-Identifier: Apache-2.0
"""Denials that hold somewhere only: they take from coverage there, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import field_cases as cases
import numpy as np
import pytest

from truceline.coverage import cells, field
from truceline.coverage._compile import denied_cells, seen
from truceline.errors import LimitExceeded
from truceline.model.look import elements_feed

WHERE = cases.WHERE
X, Y = cases.MIDDLE
HERE = (cases.square(X, Y, 0.1),)
BESIDE = (cases.square(X + 0.05, Y + 0.05, 0.1),)
LOOKS = [
    *(replace(sight, p=(0.6,) * 2) for sight in cases.passes(names=("VIIRS/NOAA-20",))),
    cases.image(hours=(2.0, 7.0)),
    replace(cases.station(), ranges_km=(0.0, 30.0), p=(0.5, 0.5)),
]
MIDST = int(WHERE.sector[np.hypot(WHERE.lon - X, WHERE.lat - Y).argmin()])
SENSORS = ("VIIRS/NOAA-20", "image", "station")


def inside(denied):
    return np.array([cases.holds(denied, cell) for cell in range(len(WHERE))])


def test_the_cells_of_an_area_are_those_a_ray_says():
    for where in ({"area": HERE}, {"area": (*HERE, cases.square(X - 0.4, Y, 0.07))}, {"sectors": (MIDST, 99)}):
        denied = cases.denial("image", 0, 12, **where)
        assert 5 < inside(denied).sum() < len(WHERE)
        np.testing.assert_array_equal(denied_cells(denied, WHERE), inside(denied))
    assert denied_cells(cases.denial("image", 0, 12), WHERE).all()


@pytest.mark.parametrize("share", [0.0, 0.4])
@pytest.mark.parametrize("duration", [0.0, 1.0])
def test_a_slow_reckoning_agrees(share, duration):
    denied = [
        *(cases.denial(sensor, 1.3, 4.0, area=HERE) for sensor in SENSORS),
        *(cases.denial(sensor, 3.5, 6.2, area=BESIDE) for sensor in SENSORS),
        cases.denial("station", 8.0, 9.0),
        cases.denial("image", 2.0, 2.5, sectors=(MIDST,)),
    ]
    made = cases.build(LOOKS, denials=denied, sky=cases.cloud(share=share), duration=duration)
    both = inside_here() & np.array([cases.holds(denied[3], cell) for cell in range(len(WHERE))])
    rng = np.random.default_rng(3)
    some = [*np.flatnonzero(both)[:2], *np.flatnonzero(inside_here() & ~both)[:2], *rng.choice(len(WHERE), 3)]
    for cell in some:
        for hour in range(12):
            wanted = cases.slowly(LOOKS, cell, hour, duration=duration, share=share, denials=denied)
            assert made.together[cell, hour] == pytest.approx(wanted, abs=2e-4)


def inside_here():
    return inside(cases.denial("image", 0, 12, area=HERE))


@pytest.mark.parametrize("sensor", [*SENSORS, "drone"])
def test_inside_it_is_a_denial_and_outside_it_is_none(sensor):
    looks = [*LOOKS, cases.drone()]
    free = cases.build(looks)
    whole = cases.build(looks, denials=[cases.denial(sensor, 0, 12)])
    local = cases.build(looks, denials=[cases.denial(sensor, 0, 12, area=HERE)])
    there = inside_here()
    np.testing.assert_array_equal(local.together[~there], free.together[~there])
    np.testing.assert_allclose(local.together[there], whole.together[there], atol=1e-6)
    assert (local.together[there] < free.together[there]).any()


@pytest.mark.parametrize("sensor", [*SENSORS, "drone"])
@pytest.mark.parametrize("where", [{"area": HERE}, {"sectors": (MIDST,)}])
def test_reported_late_it_gives_what_a_fresh_field_gives_and_touches_only_what_lies_inside(sensor, where):
    looks = [*LOOKS, cases.drone()]
    early, late = cases.denial(sensor, 0.5, 2.5, area=BESIDE), cases.denial(sensor, 1.0, 11.0, **where)
    whole = cases.build(looks, denials=[early, late], sky=cases.cloud())
    grown = cases.build(looks, denials=[early], sky=cases.cloud())
    before = grown.together.copy()
    touched = grown.deny([late])
    np.testing.assert_allclose(grown.together, whole.together, atol=2e-6)
    there = inside(late)
    assert 0 < touched.cells <= there.sum()
    np.testing.assert_array_equal(grown.together[~there], before[~there])
    assert (grown.together <= before + 2e-6).all()
    assert grown.deny([cases.denial(sensor, 1.0, 11.0, area=(cases.square(X + 20, Y, 0.1),))]).cells == 0
    np.testing.assert_allclose(grown.together, whole.together, atol=2e-6)


def test_a_look_that_comes_after_the_denial_is_cut_by_it():
    denied = [cases.denial(sensor, 0, 12, area=HERE) for sensor in (*SENSORS, "drone")]
    whole = cases.build([*LOOKS, cases.drone()], denials=denied)
    grown = cases.build(LOOKS[:1], denials=denied)
    grown.add([cases.drone()])
    grown.add(LOOKS[1:])
    np.testing.assert_allclose(grown.together, whole.together, atol=2e-6)
    assert [sight.id for sight in grown.sights] == [sight.id for sight in whole.sights]
    assert not whole.together[inside_here()].any()


def test_two_that_overlap_take_no_more_than_their_union():
    one, two = cases.denial("station", 2, 5, area=HERE), cases.denial("station", 4, 7, area=BESIDE)
    made = cases.build(LOOKS[-1:], denials=[one, two], duration=0.0)
    both = inside(one) & inside(two)
    for cells_in, hours in ((both, (2, 7)), (inside(one) & ~both, (2, 5)), (inside(two) & ~both, (4, 7))):
        blind = made.together[cells_in].max(axis=0) == 0
        assert np.flatnonzero(blind).tolist() == list(range(*hours))


def test_an_area_over_the_antimeridian():
    where = cells.of_polygon([cases.square(179.9, -17.0, 0.09), cases.square(-179.9, -17.0, 0.09)])
    ring = ((179.95, -17.05), (-179.95, -17.05), (-179.95, -16.95), (179.95, -16.95))
    there = denied_cells(cases.denial("image", 0, 12, area=(ring,)), where)
    away = np.minimum(np.abs(where.lon - 180), np.abs(where.lon + 180))
    np.testing.assert_array_equal(there, (away < 0.05) & (np.abs(where.lat + 17) < 0.05))
    assert there.any()
    assert not there.all()


def test_cells_of_no_line_are_of_any_sector():
    """Nothing says where the sector lies, so it may lie there."""
    where = cells.of_polygon(HERE)
    assert denied_cells(cases.denial("image", 0, 12, sectors=(4,)), where).all()


def test_late_elements_deny_the_passes_that_rest_on_them():
    looks = [sight for sight in LOOKS if sight.sensor == "VIIRS/NOAA-20"]
    late = cases.denial(elements_feed("VIIRS/NOAA-20"), 0, 24)
    assert all(sight.feed == late.sensor for sight in looks)
    assert not cases.build(looks, denials=[late]).together.any()
    fitted = [replace(sight, feed="") for sight in looks]
    np.testing.assert_array_equal(cases.build(fitted, denials=[late]).together, cases.build(looks).together)
    grown = cases.build(looks)
    grown.deny([late])
    assert not grown.together.any()


def test_more_areas_than_memory_are_refused(monkeypatch):
    many = [cases.denial("image", 0, 12, area=(cases.square(X, Y, 0.005 * n),)) for n in range(1, 41)]
    monkeypatch.setattr(field, "MAX_VALUES", len(WHERE) * 26)
    made = cases.build([cases.image()], denials=many[:20])
    before = made.together.copy()
    with pytest.raises(LimitExceeded, match="areas"):
        made.deny(many[20:])
    assert made.denials == tuple(many[:20])
    np.testing.assert_array_equal(made.together, before)


def test_the_example_cells_see_what_the_looks_say():
    """The slow reckoning takes looks at their word: the region must lie inside the image only in part."""
    assert 0 < seen(LOOKS[-2], WHERE).mean() < 1
    assert (inside_here() & seen(LOOKS[-2], WHERE)).any()
