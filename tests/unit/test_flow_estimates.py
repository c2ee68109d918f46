# SPDX-License-Identifier: Apache-2.0
"""Estimates of any place and period of a finished run; the same for both sides."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import flow_factory as made
import numpy as np
import pytest
from run_factory import START, make_run, passes

from truceline.base.clock import Interval
from truceline.cli import estimate
from truceline.errors import InputError, Malformed, NoPlace
from truceline.flow.estimates import KINDS, answer, compare, kinds
from truceline.flow.ground import Ground, area_of


@pytest.fixture(scope="module")
def ground():
    return Ground.of(replace(make_run(), passes=passes(), denials=()))


@pytest.fixture(scope="module")
def window(ground):
    return ground.agreement.window


def polygon(tmp_path, west, south, east, north, name="Here"):
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    feature = {
        "type": "Feature",
        "properties": {"name": name},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    (tmp_path / "area.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return tmp_path


def test_a_question_has_one_answer(ground, window):
    area = area_of(ground, "line")
    first = answer(ground, area, window).plain()
    assert first == answer(ground, area_of(ground, ""), window).plain() | {"area": first["area"]}
    json.dumps(first, allow_nan=False)
    assert first["looks"] > 0
    assert first["low"] <= first["mid"] <= first["high"]


def test_the_two_sides_make_the_whole(ground, window):
    line, *sides = (area_of(ground, name) for name in ("line", "side:A", "side:B"))
    assert (sides[0].events | sides[1].events).tolist() == line.events.tolist()
    assert not (sides[0].events & sides[1].events).any()
    assert len(sides[0].points) + len(sides[1].points) == len(line.points)
    seen = [answer(ground, area, window).estimate.seen for area in (line, *sides)]
    assert seen[0] == seen[1] + seen[2]


def test_sectors_make_the_whole(ground):
    line = area_of(ground, "line")
    count = len(ground.view.coverage.sectors)
    parts = [area_of(ground, f"sector:{n}") for n in range(1, count + 1)]
    assert np.sum([part.events for part in parts], axis=0).tolist() == line.events.astype(int).tolist()
    whole = area_of(ground, f"sector:1-{count}")
    assert whole.events.tolist() == line.events.tolist()
    assert sum(part.length_km for part in parts) == pytest.approx(line.length_km)


def test_parties_by_other_names_give_the_same_numbers(ground, window):
    names = {"A": "B", "B": "A"}
    parties = tuple(replace(party, id=names[party.id]) for party in ground.agreement.parties)
    sides = ground.view.sides
    mirrored = replace(
        ground,
        agreement=replace(ground.agreement, parties=parties),
        view=replace(ground.view, sides=replace(sides, first=sides.second, second=sides.first)),
    )
    for here, there in (("A", "B"), ("B", "A")):
        one, other = (
            answer(which, area_of(which, f"side:{party}"), window).plain()
            for which, party in ((ground, here), (mirrored, there))
        )
        keys = ("low", "mid", "high", "coverage", "seen", "seen_weighted", "looks")
        assert [one[key] for key in keys] == [other[key] for key in keys]


def test_every_kind_is_answered_and_heat_tells_no_others(ground, window):
    area = area_of(ground, "line")
    found = {each.kind: each.estimate for each in kinds(ground, area, window, KINDS)}
    assert found["fire"].seen_weighted >= found["act_of_war"].seen_weighted
    shells = answer(ground, area, window, "shelling").estimate
    assert shells.cannot_tell
    assert "cannot be told from other acts" in shells.reason
    with pytest.raises(Malformed, match="no act is called"):
        answer(ground, area, window, "sorcery")


def test_below_the_floor_of_the_terms_it_cannot_tell(ground, window):
    strict = replace(ground, agreement=replace(ground.agreement, coverage_floor=0.99))
    found = answer(strict, area_of(strict, "line"), window).estimate
    assert found.cannot_tell
    assert "this watch asks for at least" in found.reason


def test_where_and_when_nothing_looked_it_cannot_tell(ground, window):
    far = Interval(START - timedelta(days=40), START - timedelta(days=39))
    found = answer(ground, area_of(ground, "line"), far)
    assert found.estimate.cannot_tell
    assert found.looks == ()
    assert found.shares.share == 0
    blind = replace(ground, looks=())
    assert answer(blind, area_of(blind, "line"), window).estimate.cannot_tell
    abroad = area_of(ground, "-150, 10, 50")
    assert not abroad.points.observed.any()
    assert answer(ground, abroad, window).estimate.cannot_tell


def test_a_town_a_disc_and_a_polygon(ground, window, tmp_path):
    town = area_of(ground, "pokrovsk")
    disc = area_of(ground, "37.18, 48.28, 25 km")
    assert town.events.tolist() == disc.events.tolist()
    assert "within 25 km of Pokrovsk" in town.title
    west, south, east, north = ground.view.line.bounds
    folder = polygon(tmp_path, west - 1, south - 1, east + 1, north + 1)
    box = area_of(ground, "area.geojson#here", folder=folder)
    assert box.events.all()
    assert "the polygon of area.geojson" in box.understood
    unit = answer(ground, box, window).plain()["unit"]
    assert "of the line" not in unit
    assert str(tmp_path) not in json.dumps(answer(ground, box, window).plain())


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("Atlantis", NoPlace),
        ("side:", NoPlace),
        ("side:C", Malformed),
        ("sector:0", Malformed),
        ("sector:999", Malformed),
        ("sector:3-1", Malformed),
        ("200, 95", NoPlace),
        ("37, 48, 0", Malformed),
        ("37, 48, 900", Malformed),
        ("{title}, {0}", NoPlace),
        ("missing.geojson", InputError),
    ],
)
def test_a_place_that_is_none(ground, tmp_path, text, error):
    with pytest.raises(error):
        area_of(ground, text, folder=tmp_path)


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        {"type": "Point", "coordinates": [37, 48]},
        {"type": "Polygon", "coordinates": [[[1, 2], [3, 4]]]},
        {"type": "Polygon", "coordinates": "x"},
        {"type": "Polygon", "coordinates": [[[400, 48], [401, 48], [401, 49], [400, 48]]]},
        {"type": "Polygon", "coordinates": []},
        {"type": "MultiPolygon", "coordinates": [[]]},
    ],
)
def test_a_polygon_that_is_none(ground, tmp_path, geometry):
    (tmp_path / "a.geojson").write_text(json.dumps({"type": "Feature", "properties": {}, "geometry": geometry}))
    with pytest.raises(InputError):
        area_of(ground, "a.geojson", folder=tmp_path)


def test_two_periods_are_compared_per_coverage(ground):
    days = [START + timedelta(days=n) for n in range(5)]
    area = area_of(ground, "line")
    found = compare(ground, area, Interval(days[3], days[4]), Interval(days[0], days[3]))
    assert len(found.assumptions) >= 3
    assert "truce" not in found.reason
    with pytest.raises(Malformed, match="overlap"):
        compare(ground, area, Interval(days[0], days[2]), Interval(days[1], days[3]))
    nobody = compare(replace(ground, looks=()), area, Interval(days[3], days[4]), Interval(days[0], days[3]))
    assert nobody.cannot_tell


def test_the_command(command, tmp_path):
    folder = made.write(tmp_path / "watch")
    words = ["estimate", folder, "--json", "--area", "line", "--from", "2026-04-12", "--to", "2026-04-13"]
    done = command(*words, cwd=tmp_path, keys=tmp_path / "keys")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert (told["from"], told["to"]) == ("2026-04-12T00:00:00Z", "2026-04-14T00:00:00Z")
    assert set(told["acts"]) == set(KINDS)
    done = command("estimate", folder, "--from", "noon", cwd=tmp_path, keys=tmp_path / "keys")
    assert done.returncode == 3


def test_a_comparison_is_told_under_each_cloud_assumption(capsys):
    rows = [{"name": "table", "low": 0.1517, "high": 3.9}, {"name": "thin cloud", "low": None, "high": None}]
    told = {"unit": "fires", "cannot_tell": True, "reason": "-", "area_text": "-", "assumptions": []}
    estimate._show(told | {"comparison": {"reason": "cannot tell", "assumptions": rows}})
    out = capsys.readouterr().out
    assert "table: 0.15 to 3.9 times" in out
    assert "thin cloud: cannot tell" in out
