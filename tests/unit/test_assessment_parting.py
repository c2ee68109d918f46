# SPDX-License-Identifier: Apache-2.0
"""Where readings part: what each makes of an event, what decides it, and the sentence that says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from truceline.assessment.judge import FACTORS
from truceline.assessment.parting import KINDS, Happened, Parting, overall, verdict
from truceline.base.clock import Interval
from truceline.flow.terms_files import read_terms_file
from truceline.lang import catalogue, languages
from truceline.scrutiny.beside import beside
from truceline.scrutiny.tell import Teller

ROOT = Path(__file__).parents[2]
ENERGY = read_terms_file(ROOT / "examples/energy-truce-2026/terms/agreement-energy-truce-2026.yaml").agreement
MORATORIUM = read_terms_file(ROOT / "examples/energy-truce-2026/terms/agreement-energy-moratorium-2025.yaml").agreement
NIGHT = datetime(2026, 2, 2, 23, 30, tzinfo=UTC)
EVENT = Happened("e", "protected_object_strike", NIGHT, NIGHT + timedelta(hours=5), NIGHT)
WASHINGTON, MOSCOW, KYIV = ENERGY.readings


def row(probability, low=None, high=None, **factors):
    """An assessment; factors not named are certain."""
    ends = {name: [1.0, 1.0] for name in FACTORS} | factors
    low, high = (probability if end is None else end for end in (low, high))
    return {"probability": probability, "low": low, "high": high, "cannot_tell": probability is None, "factors": ends}


def plain(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("given", "kind", "decides"),
    [
        (row(0.8), "breach", ""),
        (row(0.79), "doubtful", ""),
        (row(0.02, 0.0, 0.3), "doubtful", ""),
        (row(0.0, time=[0.0, 0.0]), "none", "time"),
        (row(0.0, act=[0.0, 0.0], time=[0.0, 0.0]), "none", "time"),
        (row(0.03, act=[0.03, 0.03], place=[0.5, 0.5]), "none", "act"),
        (row(None, 0.0, 1.0, place=[0.0, 1.0], exceptions=[0.4, 1.0]), "cannot_tell", "place"),
    ],
)
def test_a_verdict_goes_by_the_whole_range(given, kind, decides):
    found = verdict(KYIV, "energy-facilities", given)
    assert (found.kind, found.decides) == (kind, decides)


def test_a_clause_that_a_reading_leaves_out_is_absent():
    assert verdict(KYIV, "kyiv-spared", None).kind == "absent"
    assert verdict(WASHINGTON, "kyiv-spared", None).kind == "absent"
    assert verdict(KYIV, "no-such-clause", row(1.0)).kind == "absent"


def night():
    """The strike night under the clause on energy facilities."""
    over = row(0.0, time=[0.0, 0.0])
    return [
        verdict(WASHINGTON, "energy-facilities", over),
        verdict(MOSCOW, "energy-facilities", over),
        verdict(KYIV, "energy-facilities", row(0.94)),
    ]


def test_the_sentence_of_the_strike_night_is_exact():
    assert plain(Parting(ENERGY, catalogue("en")).sentence(EVENT, night())) == (
        "The strike on a protected object of about 2 February 2026, 23:30 UTC is a breach as Kyiv reads the agreement "
        "(94 %); no breach as Washington reads the agreement, for the window ended on 1 February 2026, 22:00 UTC; and "
        "no breach as Moscow reads the agreement, for the window ended on 1 February 2026, 21:00 UTC."
    )


def test_the_shown_time_is_told_but_the_given_one_decides():
    ended = Interval(NIGHT - timedelta(days=7), NIGHT)
    late = [replace(one, provision=replace(one.provision, window=ended)) for one in night()]
    early = replace(EVENT, shown=NIGHT - timedelta(minutes=10))
    said = plain(Parting(ENERGY, catalogue("en")).sentence(early, late))
    assert "23:20 UTC is a breach" in said
    assert "the window ended on 2 February 2026, 23:30 UTC" in said
    before = replace(EVENT, first=NIGHT - timedelta(days=30), last=NIGHT - timedelta(days=30))
    assert "begins only on" in Parting(ENERGY, catalogue("en")).sentence(before, night())
    across = replace(EVENT, first=NIGHT - timedelta(days=30))
    assert "it lies outside the window" in Parting(ENERGY, catalogue("en")).sentence(across, night())


@pytest.mark.parametrize(("factor", "said"), [
    ("act", "it names other acts"), ("weapon", "other weapons"), ("place", "does not cover the place"),
    ("actor", "it binds others"), ("exceptions", "it is permitted: “If they do not strike"),
])  # fmt: skip
def test_why_it_is_none_follows_what_decides(factor, said):
    none = [verdict(KYIV, "energy-facilities", row(0.0, **{factor: [0.0, 0.0]}))]
    assert said in Parting(ENERGY, catalogue("en")).sentence(EVENT, none)


@pytest.mark.parametrize(("factor", "said"), [
    ("act", "whether the act"), ("weapon", "which weapon"), ("actor", "who did it"), ("place", "where it holds"),
    ("time", "when it binds"), ("exceptions", "open whether this permits it: “If they do not strike"),
])  # fmt: skip
def test_what_cannot_be_told_says_why(factor, said):
    open_ = [verdict(KYIV, "energy-facilities", row(None, 0.0, 1.0, **{factor: [0.0, 1.0]}))]
    text = Parting(ENERGY, catalogue("en")).sentence(EVENT, open_)
    assert "cannot be told" in text
    assert said in text


def test_an_exception_that_cannot_bear_on_the_event_is_not_given_as_the_reason():
    ground = [verdict(WASHINGTON, "energy-facilities", row(0.0, exceptions=[0.0, 0.0]))]
    assert "for something permits it" in Parting(ENERGY, catalogue("en")).sentence(EVENT, ground)
    sunday = replace(EVENT, first=NIGHT - timedelta(days=2), last=NIGHT - timedelta(days=2))
    assert "Whether the last Sunday" in Parting(ENERGY, catalogue("en")).sentence(sunday, ground)


def test_the_strongest_clause_speaks_for_a_reading_and_none_answers_to_the_same_clause():
    unnamed = [
        verdict(each, "unnamed-objects", row(0.0, place=[0.0, 0.0]) if each is not KYIV else row(None, 0.0, 1.0))
        for each in ENERGY.readings
    ]
    found = overall({"unnamed-objects": unnamed, "energy-facilities": night()})
    assert [one.kind for one in found] == ["none", "none", "breach"]
    assert {one.provision.id for one in found} == {"energy-facilities"}
    assert {one.decides for one in found[:2]} == {"time"}
    assert [KINDS.index(one.kind) for one in overall({"a": night()})] == [3, 3, 0]


def test_readings_that_agree_are_told_together_and_ranges_as_ranges():
    both = [verdict(WASHINGTON, "energy-facilities", row(1.0)), verdict(KYIV, "energy-facilities", row(0.9))]
    parting = Parting(ENERGY, catalogue("en"))
    assert "is a breach under every reading (90 % to 100 %)" in plain(parting.sentence(EVENT, both))
    some = [*both, verdict(MOSCOW, "energy-facilities", row(0.5))]
    said = plain(parting.sentence(replace(EVENT, act=""), some))
    assert said.startswith("What happened about 2 February 2026, 23:30 UTC is a breach as Washington and Kyiv read")
    assert said.endswith("and in doubt as Moscow reads the agreement (50 %).")


def test_readings_that_one_holder_holds_are_told_by_their_names():
    twice = replace(ENERGY, readings=(WASHINGTON, replace(MOSCOW, held_by=WASHINGTON.held_by), KYIV))
    said = Parting(twice, catalogue("en")).sentence(EVENT, night())
    assert "no breach under “Washington's week”" in said
    assert "a breach as Kyiv reads" in said


@pytest.mark.parametrize("code", languages())
def test_every_language_tells_every_outcome(code):
    parting = Parting(ENERGY, catalogue(code))
    for factor in FACTORS:
        for given in (row(0.0, **{factor: [0.0, 0.0]}), row(None, 0.0, 1.0, **{factor: [0.0, 1.0]})):
            said = parting.sentence(EVENT, [verdict(KYIV, "energy-facilities", given), *night()[:1]])
            assert "{" not in said
            assert said.endswith(".")
    assert parting.chance(verdict(KYIV, "energy-facilities", row(0.94))).endswith("%)")
    assert parting.chance(verdict(KYIV, "kyiv-spared", None)) == ""


def test_the_clauses_that_differ_stand_side_by_side_with_holder_and_source():
    found = {(each.section, each.id): each for each in beside(ENERGY, Teller(ENERGY, catalogue("en")))}
    assert set(found) == {("provisions", name) for name in ("energy-facilities", "unnamed-objects", "kyiv-spared")}
    energy = found["provisions", "energy-facilities"]
    rows = dict(energy.rows)
    assert rows["Where"][1] == "not known"
    assert "1 February 2026, 22:00 UTC" in plain(rows["When"][0])
    assert "If they do not strike" in rows["Exceptions"][2]
    assert energy.held == ("Washington", "Moscow", "Kyiv")
    assert energy.said[2].startswith("“katieneeson.com")
    assert energy.links[2].startswith("https://katieneeson.com")
    assert dict(found["provisions", "kyiv-spared"].rows)["When"][2] == "not there"


def test_lists_and_definitions_that_differ_are_shown_too():
    found = {(each.section, each.id): each for each in beside(MORATORIUM, Teller(MORATORIUM, catalogue("en")))}
    lists = dict(found["zones", "named-objects"].rows)
    assert "Pavlohrad" in lists["Objects"][1]
    assert "Pavlohrad" not in lists["Objects"][0]
    assert dict(found["definitions", "protected-object"].rows)["Classes of objects"][0] != ""
    alike = replace(MORATORIUM, readings=MORATORIUM.readings[:1])
    assert beside(alike, Teller(alike, catalogue("en"))) == ()
