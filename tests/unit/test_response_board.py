# SPDX-License-Identifier: Apache-2.0
"""The board: each state's word, promises kept and withdrawn, what counts as done, both sides of a replay's deadline."""

from __future__ import annotations

import importlib.util
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from response_world import OLGA, WANDA, WARNING, Play, gus, h, ladder

from truceline.base.clock import iso
from truceline.model.clauses import Clock
from truceline.model.response import Promise
from truceline.response.board import board, is_done
from truceline.response.clocks import Possible, StepClock
from truceline.response.replay import in_time
from truceline.response.situation import Answer


def states(play, at, promises=None, step="warning"):
    told = board(play.situation, play.ladder, h(at), promises or {})
    return next(s for s in told["responses"][-1]["steps"] if s["step"] == step)["states"]


def words(play, at, promises=None, step="warning"):
    return {name: each["status"] for name, each in states(play, at, promises, step).items()}


def test_every_word_of_a_state():
    play = Play()
    play.begun()
    assert words(play, 2)["oak"] == "not asked"
    assert words(play, 2)["elm"] == "no commitment"
    response = next(iter(play.situation.responses))
    play.make("declare", OLGA, 3, response=response, step="warning", asked=["A", "oak", "birch"])
    at = {"response": response, "step": "warning", "state": "oak"}
    assert words(play, 5)["oak"] == "asked"
    assert words(play, 5.01)["oak"] == "silent"
    for kind, more, word in (
        ("acknowledge", {}, "acknowledged"),
        ("decide", {"decision": "awaiting_parliament"}, "awaiting parliament"),
        ("decide", {"decision": "act"}, "decided"),
        ("report", {}, "acted"),
    ):
        play.make(kind, gus("oak"), 6, **at, **more)
        assert words(play, 9)["oak"] == word
    play.make("decide", gus("birch"), 6, **{**at, "state": "birch"}, decision="decline")
    assert words(play, 9)["birch"] == "declined"


def test_without_hours_to_acknowledge_a_state_is_silent_once_the_step_is_over():
    play = Play(ladder(replace(WARNING, acknowledge_hours=None, clock=Clock("detection", 24, None, ()))))
    play.warned()
    assert words(play, 25)["oak"] == "asked"
    assert words(play, 25.1)["oak"] == "silent"


def test_promises_on_the_board():
    play = Play()
    response = play.warned()
    said = {
        "oak": {"warning": (Promise("p1"), Promise("p2", withdrawn=h(4)))},
        "elm": {"warning": (Promise("p3", "awaiting parliament"),)},
        "fir": {"joint": (Promise("p4", "none"),)},
    }
    told = states(play, 5, said)
    assert told["oak"]["promises"] == ["p1"]
    assert told["oak"]["withdrawn"] == ["p2"]
    assert told["elm"]["status"] == "not asked"  # it promised after the step was declared
    assert told["fir"]["status"] == "no commitment"
    play.make("decide", gus("oak"), 6, response=response, step="warning", state="oak", decision="decline")
    told = states(play, 7, said)["oak"]
    assert (told["status"], told["against_promise"]) == ("declined", True)
    assert states(play, 7)["oak"]["against_promise"] is False


def test_a_party_that_acts_is_shown_as_one_with_the_rule():
    play = Play()
    play.warned()
    assert states(play, 4)["A"]["conflict"] == {"party": True, "accused": False, "rule": "acts"}
    play = Play(ladder(replace(WARNING, acts_by=("B", "oak"), conflict=None)))
    play.begun()
    assert states(play, 4)["B"]["conflict"] == {"party": True, "accused": True, "rule": "unknown"}


@pytest.mark.parametrize(
    ("done", "answer", "found"),
    [
        ("reported", Answer(h(1)), False),
        ("reported", Answer(h(1), reported=h(2)), True),
        ("verified", Answer(h(1), reported=h(2)), False),
        ("verified", Answer(h(1), reported=h(2), checks=((h(3), "done"),)), True),
        ("verified", Answer(h(1), reported=h(2), checks=((h(3), "done"), (h(4), "not done"))), False),
        (None, Answer(h(1), reported=h(2)), None),
        (None, Answer(h(1)), False),
    ],
)
def test_what_counts_as_done_the_terms_say(done, answer, found):
    assert is_done(answer, replace(WARNING, done=done)) is found


def test_a_decision_is_due_from_the_earliest_moment_until_somebody_declares():
    play = Play()
    response = play.begun()

    def due(at):
        return board(play.situation, play.ladder, h(at))["responses"][0]["steps"][0]["decision_due"]

    assert [due(23), due(24)] == [False, True]
    play.make("declare", OLGA, 24, response=response, step="warning", asked=["oak"])
    assert due(48) is False
    play.make("lift", OLGA, 49, response=response, step="warning")
    assert due(49) is True


def test_what_stops_clocks_and_what_is_wrong_stand_on_the_board():
    play = Play(ladder(replace(WARNING, declared_by=())))
    play.make("stop", WANDA, 1, what="outage")
    told = board(play.situation, play.ladder, h(2))
    assert told["stopped"] == [{"stop": "m1", "what": "outage", "from": iso(h(1)), "to": None}]
    assert told["faults"][0]["clause"] == "warning"
    assert told["faults"][0]["mend"] == "name who declares it"


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [
        (5, 9, "in time"),
        (4, 9, "in time"),
        (3, 9, "cannot tell"),
        (2, 3, "late"),
        (3, None, "cannot tell"),
        (3, 4, "cannot tell"),
    ],
)
def test_in_time_and_late(low, high, found):
    each = Possible(
        "c1", "chosen", "breach", stands_still=False, earliest=h(low), latest=None if high is None else h(high)
    )
    assert in_time(h(4), StepClock("warning", (each,))) == found
    assert in_time(h(4), StepClock("warning", ())) == "no deadline"


def test_the_benchmark_measures_what_it_says(capsys, monkeypatch):
    path = Path(__file__).parents[2] / "bench" / "board.py"
    spec = importlib.util.spec_from_file_location("bench_board", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(sys, "argv", ["board.py", "3"])
    module.main()
    told = json.loads(capsys.readouterr().out)
    assert (told["states"], told["steps"], told["commitments"]) == (35, 12, 5_000)
    assert 0 < told["ms_median"] <= told["ms_p95"]
    situation, how, promises = module.made()
    found = board(situation, how, situation.now, promises)
    (response,) = found["responses"]
    held = [p for step in response["steps"] for state in step["states"].values() for p in state["promises"]]
    assert len(held) == len(set(held)) == 5_000
    assert all(step["declared"] for step in response["steps"])
