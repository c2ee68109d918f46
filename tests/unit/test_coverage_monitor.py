# SPDX-License-Identifier: Apache-2.0
"""What is told of coverage, and to whom: nothing finer than a province and a day leaves the centre, nor before 72 hours."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta

import field_cases as cases
import numpy as np
import pytest

from truceline.base.clock import Interval
from truceline.coverage import monitor
from truceline.coverage.monitor import Audience
from truceline.model.watching import ReferenceAct

WHERE = cases.WHERE
DAYS = Interval(cases.START, cases.START + timedelta(days=3))
AREAS = np.where(WHERE.lat > 49, "AB.01", "AB.02")
LATER = cases.START + timedelta(days=30)


def field(**more):
    looks = [*cases.passes(period=DAYS), cases.drone(), cases.station(hours=(0, 30))]
    return cases.build(looks, period=DAYS, **more)


def test_sectors_are_means_of_their_cells():
    made = field()
    sectors, hourly = monitor.by_sector(WHERE, made.together)
    for row, sector in enumerate(sectors):
        for side in (0, 1):
            mine = (WHERE.sector == sector) & (WHERE.side == side)
            np.testing.assert_allclose(hourly[row, side], made.together[mine].mean(axis=0), atol=1e-6)


@pytest.mark.parametrize(
    ("flags", "found"),
    [([], (0, 0)), ([0, 0], (0, 0)), ([1, 1], (0, 2)), ([1, 0, 1, 1, 0, 1, 1], (2, 2)), ([0, 1, 1, 1], (1, 3))],
)
def test_the_longest_run(flags, found):
    assert monitor.longest_run(np.array(flags, dtype=bool)) == found


def test_blind_gaps():
    made = cases.build([cases.station(hours=(3, 7))])
    here = monitor.by_sector(WHERE, made.together)[1]
    seen = np.nanmax(here, axis=(0, 1)) >= monitor.BLIND_BELOW
    assert seen.any()
    gap = monitor.blind_everywhere(made)
    assert (gap.start, gap.hours) == (cases.START + timedelta(hours=7), 5)
    every = monitor.blind_gaps(made)
    assert every[0].hours == 12
    assert [g.hours for g in every] == sorted((g.hours for g in every), reverse=True)
    whole = monitor.blind_gaps(cases.build([]))
    assert {g.hours for g in whole} == {12}
    assert (
        monitor.blind_everywhere(cases.build([replace(cases.station(), ranges_km=(0.0, 500.0), p=(1.0, 1.0))])) is None
    )


def test_the_smallest_missed_attack_shrinks_with_sight():
    def render(power, hours):
        act = ReferenceAct(power_mw=power, duration_hours=hours)
        looks = cases.passes(count=12, names=("VIIRS/NOAA-20",), act=act)
        return cases.build(looks, duration=hours)

    found = monitor.smallest_missed(render, 0, 8)
    by = {(item.sector, item.side, item.duration_hours): item for item in found}
    assert len(by) == len(found)
    for (sector, side, hours), item in by.items():
        assert item.any_power == (item.up_to_mw == monitor.LADDER_MW[-1])
        longer = by.get((sector, side, 3.0))
        assert longer.up_to_mw <= item.up_to_mw or hours == 3.0
    assert min(item.up_to_mw for item in found) < 50
    blind = monitor.smallest_missed(lambda _power, _hours: cases.build([]), 0, 8)
    assert all(item.any_power for item in blind)


def test_monitors_are_told_all():
    told = monitor.told(field(), Audience.MONITORS, cases.START, AREAS, public=cases.passes(period=DAYS))
    json.dumps(told, allow_nan=False)
    assert len(told["sectors"][0]["hourly"]) == 72
    assert set(told["by_family"]) == {"acoustic", "optical", "radar", "thermal-infrared"}
    assert told["longest_blind_gap"]["hours"] > 0
    assert told["passes"]


@pytest.mark.parametrize("who", [Audience.PARTY, Audience.PUBLIC])
def test_others_are_told_provinces_and_days_only(who):
    told = monitor.told(field(), who, LATER, AREAS)
    text = json.dumps(told)
    assert set(told) == {"audience", "released_until", "areas", "withheld", "passes"}
    assert {row["area"] for row in told["areas"]} == {"AB.01", "AB.02"}
    assert len(told["areas"]) == 6
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", row["day"]) for row in told["areas"])
    for word in ("hourly", "sector", "family", "gap", "missed", "acoustic", "drone", *WHERE.names()[:5]):
        assert word not in text
    assert told["withheld"] == {"hours": 0, "oldest_age_hours": 0.0}


@pytest.mark.parametrize(("age", "days"), [(71.9, 0), (24 + 71.9, 0), (24 + 72.1, 1), (72 + 72, 3)])
def test_nothing_younger_than_seventy_two_hours_leaves(age, days):
    now = cases.START + timedelta(hours=age)
    told = monitor.told(field(), Audience.PUBLIC, now, AREAS)
    assert len({row["day"] for row in told["areas"]}) == days
    assert told["withheld"]["hours"] == 72 - 24 * days
    assert told["withheld"]["oldest_age_hours"] == pytest.approx(max(0, age - 24 * days) if days < 3 else 0, abs=0.1)


def test_the_terms_say_how_old_it_must_be():
    now = cases.START + timedelta(hours=72)
    for hours, days in ((48, 1), (24, 2), (100, 0)):
        told = monitor.told(field(), Audience.PARTY, now, AREAS, after=timedelta(hours=hours))
        assert len({row["day"] for row in told["areas"]}) == days


def test_a_day_held_in_part_is_not_told_and_a_small_province_is_told_with_others():
    part = cases.build([cases.station()])
    assert monitor.told(part, Audience.PUBLIC, LATER, AREAS)["areas"] == []
    few = AREAS.copy()
    few[:3] = "AB.03"
    names = {row["area"] for row in monitor.told(field(), Audience.PUBLIC, LATER, few)["areas"]}
    assert names == {"AB.01", "AB.02", "other"}


def test_swapping_the_sides_mirrors_what_is_told():
    made = field()
    swapped = replace(made, cells=replace(WHERE, side=1 - WHERE.side, sides=WHERE.sides[::-1]))
    one, two = (monitor.told(each, Audience.MONITORS, LATER, AREAS) for each in (made, swapped))
    key = lambda row: (row["sector"], row["side"])  # noqa: E731
    assert sorted(one["sectors"], key=key) == sorted(two["sectors"], key=key)
    assert one["blind_everywhere"] == two["blind_everywhere"]
