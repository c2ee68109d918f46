# SPDX-License-Identifier: Apache-2.0
"""Withdrawals, storage sites, force limits and schedules by their day; nothing unseen is ever done."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from truceline import cli, terms
from truceline.assessment.states import p_inside, states, timeline
from truceline.base.geo import Line
from truceline.errors import InputError, Malformed
from truceline.model.observed import Inspection, Observed, Sighting, Strength
from truceline.terms.geometry import Geometry
from truceline.terms.observed import load_observed

PATH = Path(__file__).parents[1] / "vectors/terms/full.yaml"
FULL = terms.load(PATH.read_text("utf-8"), file="full.yaml")
ENTRY = datetime(2026, 4, 30, 22, tzinfo=UTC)
FRONT = Line((tuple((lon, 48.0) for lon in np.linspace(34, 36, 21).tolist()),))
GEOMETRY = Geometry.of(FULL, None, FRONT)
GUN = Sighting("s", ENTRY + timedelta(days=20), 35.0, 48.1, 50.0, "howitzer_152mm", 0.98, (("A", 0.95),))


def state(clause, party, day, seen=None, geometry=GEOMETRY):
    found = states(FULL, geometry, seen or Observed(), ENTRY + timedelta(days=day))
    return next(each for each in found if (each.clause, each.party) == (clause, party))


def visit(clause, day, outcome, **more):
    return Inspection(f"v-{day}", clause, ENTRY + timedelta(days=day), outcome, **more)


@pytest.mark.parametrize(
    ("day", "told"), [(1, "ahead"), (3, "due"), (13.9, "due"), (14, "unverifiable"), (60, "unverifiable")]
)
def test_a_withdrawal_that_nobody_sees_is_never_done(day, told):
    assert state("out-A", "A", day).state == told


def test_a_gun_seen_in_the_belt_after_the_day_is_late_before_it_is_not():
    seen = Observed(sightings=(GUN,))
    late = state("out-A", "A", 21, seen)
    assert (late.state, late.evidence) == ("late", ("s",))
    assert 0.9 < late.probability < 0.95
    assert state("out-A", "A", 19, seen).state == "unverifiable"  # not seen yet
    early = Observed(sightings=(replace(GUN, at=ENTRY + timedelta(days=5)),))
    assert state("out-A", "A", 21, early).state == "unverifiable"


@pytest.mark.parametrize(
    "change",
    [
        {"lat": 48.4},
        {"lat": 47.9},
        {"weapon": "main_battle_tank"},
        {"weapon": "artillery"},
        {"p_party": (("B", 1.0),)},
        {"p_party": ()},
    ],
)
def test_what_is_elsewhere_another_weapon_or_anothers_accuses_nobody(change):
    assert state("out-A", "A", 21, Observed(sightings=(replace(GUN, **change),))).state == "unverifiable"


def test_a_doubtful_sighting_is_told_but_not_called_late():
    found = state("out-A", "A", 21, Observed(sightings=(replace(GUN, p_weapon=0.5),)))
    assert (found.state, found.evidence) == ("unverifiable", ("s",))
    assert 0.4 < found.probability < 0.55


def test_inspectors_see_it_done_and_a_later_sighting_undoes_that():
    seen = Observed((visit("out-A", 12, "withdrawn", inspectors=2),))
    assert state("out-A", "A", 13, seen).state == "done"
    assert "2\N{NO-BREAK SPACE}inspectors" in state("out-A", "A", 30, seen).reason
    assert state("out-A", "A", 30, replace(seen, sightings=(GUN,))).state == "late"
    again = replace(seen, inspections=(*seen.inspections, visit("out-A", 25, "withdrawn")), sightings=(GUN,))
    assert state("out-A", "A", 22, again).state == "late"
    assert state("out-A", "A", 26, again).state == "done"
    assert state("out-A", "A", 30, Observed((visit("out-A", 20, "still_there"),))).state == "late"


def test_a_zone_that_is_unknown_is_said_to_be():
    found = state("out-A", "A", 21, Observed(sightings=(GUN,)), Geometry.of(FULL))
    assert found.state == "unverifiable"
    assert "no line of contact" in found.reason


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        ("all_in_situ", "done"),
        ("serials_blocked", "unverifiable"),
        ("missing", "late"),
        ("unmanned", "unverifiable"),
        ("denied", "unverifiable"),
    ],
)
def test_a_storage_site_is_what_the_last_visit_found(outcome, told):
    assert state("depot-1", "A", 20, Observed((visit("depot-1", 15, outcome),))).state == told
    assert state("depot-1", "A", 10).state == "due"
    assert state("depot-1", "A", 20).state == "unverifiable"


def test_a_declared_serial_seen_elsewhere_is_late():
    seen = Observed((visit("depot-1", 15, "all_in_situ"),), (replace(GUN, serial="N-2"),))
    assert state("depot-1", "A", 21, seen).state == "late"
    assert state("depot-1", "A", 21, replace(seen, sightings=(replace(GUN, serial="N-9"),))).state == "done"
    near = replace(GUN, serial="N-2", lon=35.0, lat=48.604)
    assert state("depot-1", "A", 21, replace(seen, sightings=(near,))).state == "done"


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [(700e3, 800e3, "done"), (700e3, 850e3, "unverifiable"), (806e3, 900e3, "late"), (805e3, 900e3, "unverifiable")],
)
def test_a_ceiling_is_exceeded_only_if_the_least_estimate_exceeds_it(low, high, told):
    count = Strength("c", ENTRY + timedelta(days=70), "A", "personnel", low, high)
    assert state("troops-A", "A", 71, Observed(strengths=(count,))).state == told
    assert state("troops-A", "A", 59, Observed(strengths=(count,))).state == "due"
    assert state("guns-limit-B", "B", 71).state == "unverifiable"


def test_the_timeline_tells_every_change():
    seen = Observed((visit("out-A", 25, "withdrawn"),), (GUN,))
    spells = [s for s in timeline(FULL, GEOMETRY, seen, ENTRY + timedelta(days=40)) if s.state.clause == "out-A"]
    assert [s.state.state for s in spells] == ["ahead", "due", "unverifiable", "late", "done"]
    assert [round((s.start - ENTRY).total_seconds() / 86400) for s in spells] == [0, 2, 14, 20, 25]
    assert all(a.end == b.start for a, b in pairwise(spells))


def test_a_place_on_the_border_is_half_inside():
    drawn = GEOMETRY.drawn("guns-A")
    assert p_inside(replace(GUN, lat=48.0, sigma_m=1000.0), drawn) == pytest.approx(0.5, abs=0.02)


def test_swapped_parties_swap_their_states():
    other = {"A": "B", "B": "A"}
    text = PATH.read_text("utf-8")
    assert "out-B" in text
    mirrored = replace(GUN, lat=47.9, p_party=(("B", 0.95),))
    line_now = FULL.readings[1]  # in which both belts are measured from one line, 25 and 20 km wide
    geometry = Geometry.of(FULL, line_now, FRONT)
    a, b = (
        {
            (s.clause, s.party): s
            for s in states(FULL, geometry, Observed(sightings=(g,)), ENTRY + timedelta(days=25), line_now)
        }
        for g in (GUN, mirrored)
    )
    one, two = a["out-A", "A"], b["out-B", other["A"]]
    assert (one.state, one.evidence) == (two.state, two.evidence) == ("late", ("s",))
    assert one.probability == pytest.approx(two.probability, abs=0.01)


OBSERVED = """inspections:
  - {id: v1, of: depot-1, at: 2026-05-16T10:00:00Z, outcome: all_in_situ, inspectors: 2}
sightings:
  - {id: s1, at: 2026-05-21T10:00:00Z, lon: 35.0, lat: 48.1, sigma_m: 50, weapon: howitzer_152mm, p_weapon: 0.98, p_party: {A: 0.95}}
strengths:
  - {id: c1, at: 2026-07-10T00:00:00Z, party: A, what: personnel, low: 700000, high: 790000}
"""


def test_the_command_tells_states_and_timeline(tmp_path, capsys):
    (tmp_path / "seen.yaml").write_text(OBSERVED, encoding="utf-8")
    (tmp_path / "line.geojson").write_text(json.dumps(FRONT.to_geojson()), encoding="utf-8")
    words = [
        "terms",
        "states",
        str(PATH),
        "--observed",
        str(tmp_path / "seen.yaml"),
        "--line",
        str(tmp_path / "line.geojson"),
    ]
    assert cli.main([*words, "--at", "2026-07-15T00:00:00Z", "--json"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    found = {(s["clause"], s["party"]): s["state"] for s in told["states"]}
    assert (found["depot-1", "A"], found["out-A", "A"], found["troops-A", "A"]) == ("done", "late", "done")
    assert {s["state"] for s in told["timeline"] if s["clause"] == "out-A"} == {"ahead", "due", "unverifiable", "late"}
    assert cli.main([*words, "--at", "2026-07-15T00:00:00Z", "--reading", "south"]) == 0
    assert "out-A (A): late." in capsys.readouterr().out
    assert cli.main([*words, "--reading", "none"]) == 3
    assert "no reading 'none'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("of: depot-1", "of: depot-2", 2),
        ("outcome: all_in_situ", "outcome: fine", 2),
        ("p_party: {A: 0.95}", "p_party: {C: 0.95}", 4),
        ("p_party: {A: 0.95}", "p_party: {A: 0.95, B: 0.1}", 4),
        ("weapon: howitzer_152mm", "weapon: trebuchet", 4),
        ("low: 700000", "low: 800000", 6),
    ],
)
def test_bad_observations_are_refused_with_their_line(old, new, line):
    with pytest.raises(InputError) as caught:
        load_observed(OBSERVED.replace(old, new), file="seen.yaml", agreement=FULL)
    assert (type(caught.value), caught.value.file, caught.value.line) == (Malformed, "seen.yaml", line)
