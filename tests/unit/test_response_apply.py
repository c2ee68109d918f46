# SPDX-License-Identifier: Apache-2.0
"""What can be done in a response and what cannot: claims, initial breaches, declarations, answers, stops."""

from __future__ import annotations

from dataclasses import replace

import pytest
from response_world import ANNA, FORCES, OLGA, START, WANDA, WARNING, Play, gus, h, ladder, sign

from truceline.base.clock import iso
from truceline.errors import InputError, Malformed, StateError
from truceline.model.case import MACHINE
from truceline.model.clauses import Standard
from truceline.model.proof import Independent, Probability
from truceline.model.response import MOVES, Move, Promise
from truceline.response import apply, fold
from truceline.response.apply import HANDLERS, to_ask, trigger_of


def test_every_kind_of_move_has_a_handler():
    assert set(HANDLERS) == set(MOVES)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"origin": "claim"}, "a claim never proposes a clock"),
        ({"status": "alleged"}, "at least corroborated"),
        ({"standing": False}, "at least corroborated"),
        ({"received": iso(h(2))}, "what comes after it was logged"),
        ({"found": iso(h(3))}, "what comes after it was logged"),
    ],
)
def test_what_is_no_sign(more, said):
    with pytest.raises(StateError, match=said):
        Play().make("sign", ANNA, 1, **sign(**more))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"breach": [iso(h(1)), iso(h(0))]}, "from, then to"),
        ({"breach": [iso(h(2)), iso(h(3))]}, "neither after it was received"),
        ({"received": None}, "received"),
        ({"probability": [0.9, 0.8]}, "shares from 0 to 1"),
        ({"severity": "awful"}, "severity 'awful'"),
        ({"breach": ["noon", "night"]}, "not an ISO 8601 time"),
    ],
)
def test_signs_that_have_not_the_form(more, said):
    with pytest.raises(InputError, match=said):
        Play().make("sign", ANNA, 3, **sign(**more))


def test_a_response_begins_with_a_breach_that_a_named_person_chose():
    play = Play()
    play.sign()
    with pytest.raises(StateError, match="none of those whom the terms let declare"):
        play.make("begin", gus("elm"), 2, breach="c1")
    with pytest.raises(StateError, match="the program cannot begin"):
        play.make("begin", MACHINE, 2, breach="c1")
    with pytest.raises(StateError, match="there is no 'c9' here"):
        play.make("begin", OLGA, 2, breach="c9")
    name = play.make("begin", OLGA, 2, breach="c1")
    chosen = play.situation.responses[name].chosen
    assert [(each.sign, each.by, each.at) for each in chosen] == [("c1", "olga", h(2))]
    with pytest.raises(StateError, match="of a response already"):
        play.make("begin", OLGA, 2, breach="c1")


def test_a_breach_that_no_step_is_foreseen_for_begins_nothing():
    play = Play()
    play.sign(party="A")
    with pytest.raises(StateError, match="meets the trigger of no step"):
        play.make("begin", OLGA, 2, breach="c1")


def test_a_dispute_names_another_breach_and_a_choice_settles_it():
    play = Play()
    response = play.begun()
    play.sign(4, name="c2")
    with pytest.raises(StateError, match="names another"):
        play.make("dispute", gus("B"), 5, response=response, breach="c1")
    play.make("dispute", gus("B"), 5, response=response, breach="c2")
    held = play.situation.responses[response]
    assert [(each.sign, each.of) for each in held.disputed] == [("c2", "B")]
    with pytest.raises(StateError, match="is the one chosen"):
        play.make("choose", OLGA, 6, response=response, breach="c1")
    play.make("choose", OLGA, 6, response=response, breach="c2")
    held = play.situation.responses[response]
    assert held.breach == "c2"
    assert held.disputed == ()
    assert [each.sign for each in held.chosen] == ["c1", "c2"]  # nothing is deleted
    play.make("choose", OLGA, 7, response=response, breach="c1")
    assert [each.sign for each in play.situation.responses[response].disputed] == ["c2"]


def test_steps_are_declared_by_those_whom_the_terms_name_and_once():
    play = Play()
    response = play.begun()
    with pytest.raises(StateError, match="warning: duty-birch is none of those"):
        play.make("declare", gus("birch"), 3, response=response, step="warning", asked=[])
    with pytest.raises(StateError, match="comes after warning, which is not declared"):
        play.make("declare", OLGA, 3, response=response, step="forces", asked=[])
    with pytest.raises(StateError, match="joint: its trigger is not met"):
        play.make("declare", gus("birch"), 3, response=response, step="joint", asked=[])
    play.make("declare", OLGA, 3, response=response, step="warning", asked=["oak"])
    with pytest.raises(StateError, match="is declared already"):
        play.make("declare", OLGA, 3, response=response, step="warning", asked=["oak"])
    play.make("lift", OLGA, 4, response=response, step="warning")
    with pytest.raises(Malformed, match="every state once"):
        play.make("declare", OLGA, 4, response=response, step="warning", asked=["oak", "oak"])


def test_a_step_of_which_nobody_knows_who_declares_it_says_what_to_agree_on():
    play = Play(ladder(WARNING, replace(FORCES, declared_by=())))
    response = play.warned()
    with pytest.raises(StateError, match=r"forces: the terms do not say who declares step 2; agree on it"):
        play.make("declare", OLGA, 4, response=response, step="forces", asked=[])


def test_hostilities_that_go_on_set_the_second_step_off():
    play = Play()
    response = play.warned()
    play.sign(8, name="c2", breach=[iso(h(7)), iso(h(7))])  # four hours after the declaration: too early
    with pytest.raises(StateError, match="not met"):
        play.make("declare", OLGA, 9, response=response, step="forces", asked=["oak"])
    play.sign(11, name="c3", breach=[iso(h(8.9)), iso(h(9.1))])  # perhaps six hours, perhaps not
    with pytest.raises(StateError, match="say although what"):
        play.make("declare", OLGA, 11, response=response, step="forces", asked=["oak"])
    play.sign(13, name="c4", breach=[iso(h(9)), iso(h(9))])  # six hours to the second
    play.make("declare", OLGA, 13, response=response, step="forces", asked=["oak", "birch", "A"])
    done = play.situation.responses[response].steps["forces"]
    assert done.aside == ("A",)
    assert tuple(done.answers) == ("oak", "birch")


def test_what_nobody_can_tell_is_declared_only_with_a_reason_of_its_own():
    play = Play(ladder(replace(WARNING, when=None)))
    response = play.begun()
    with pytest.raises(StateError, match="nobody can tell whether its trigger is met"):
        play.make("declare", OLGA, 3, response=response, step="warning", asked=["oak"])
    play.make("declare", OLGA, 3, response=response, step="warning", asked=["oak"], although="the terms are silent")


def test_a_step_rests_on_its_standard_of_proof():
    how = ladder(replace(WARNING, rests_on="three"))
    three = Standard(id="three", text="Three voices.", of="step", policy=Independent(3))
    play = Play(replace(how, standards={"three": three}))
    response = play.begun()
    with pytest.raises(StateError, match="warning rests on three, which lacks: "):
        play.make("declare", OLGA, 3, response=response, step="warning", asked=["oak"])
    probable = Standard(id="three", text="Probable.", of="step", policy=Probability(0.8))
    play.ladder = replace(how, standards={"three": probable})
    play.make("declare", OLGA, 3, response=response, step="warning", asked=["oak"])


def test_what_a_state_does_step_by_step():
    play = Play()
    response = play.warned()
    at = {"response": response, "step": "warning", "state": "oak"}
    with pytest.raises(StateError, match="nobody acts before it was decided"):
        play.make("report", gus("oak"), 4, **at)
    with pytest.raises(StateError, match="elm was not asked"):
        play.make("acknowledge", gus("elm"), 4, **{**at, "state": "elm"})
    play.make("acknowledge", gus("oak"), 4, **at)
    with pytest.raises(StateError, match="acknowledged already"):
        play.make("acknowledge", gus("oak"), 4, **at)
    play.make("decide", gus("oak"), 5, **at, decision="awaiting_parliament")
    with pytest.raises(StateError, match="that is what was decided"):
        play.make("decide", gus("oak"), 5, **at, decision="awaiting_parliament")
    with pytest.raises(Malformed, match="decision: one of"):
        play.make("decide", gus("oak"), 5, **at, decision="bomb")
    play.make("decide", gus("oak"), 6, **at, decision="act")
    with pytest.raises(StateError, match="nothing was reported"):
        play.make("verify", WANDA, 7, **at, result="done")
    play.make("report", gus("oak"), 7, **at)
    with pytest.raises(StateError, match="reported already"):
        play.make("report", gus("oak"), 7, **at)
    with pytest.raises(StateError, match="does not verify it itself"):
        play.make("verify", gus("oak"), 8, **at, result="done")
    with pytest.raises(Malformed, match="result: one of"):
        play.make("verify", WANDA, 8, **at, result="fine")
    play.make("verify", WANDA, 8, **at, result="done")
    answer = play.situation.responses[response].steps["warning"].answers["oak"]
    assert answer.decisions == ((h(5), "awaiting_parliament"), (h(6), "act"))
    assert answer.checks == ((h(8), "done"),)
    play.make("lift", OLGA, 9, response=response, step="warning")
    with pytest.raises(StateError, match="nobody is asked"):
        play.make("acknowledge", gus("birch"), 9, **{**at, "state": "birch"})
    with pytest.raises(StateError, match="is not declared"):
        play.make("lift", OLGA, 9, response=response, step="warning")
    play.make("declare", OLGA, 10, response=response, step="warning", asked=["oak"])
    held = play.situation.responses[response]
    assert held.before[0][1].answers["oak"] == answer  # what was done before the step was lifted stays on record


def test_a_party_stands_aside_where_the_terms_say_so():
    play = Play(ladder(replace(WARNING, conflict="stands_aside")))
    response = play.warned()
    with pytest.raises(StateError, match=r"warning: A is a party, and stands aside by the terms \(conflict\)"):
        play.make("decide", gus("A"), 4, response=response, step="warning", state="A", decision="act")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"what": "tea"}, "what: one of"),
        ({"what": "outage", "from": iso(h(9))}, "no stop ends in the future"),
        ({"what": "outage", "from": iso(h(1)), "to": iso(h(9))}, "no stop ends in the future"),
        ({"what": "outage", "from": iso(h(1)), "to": iso(h(1))}, "no stop ends in the future"),
    ],
)
def test_stops_that_cannot_be(data, said):
    with pytest.raises((Malformed, StateError), match=said):
        Play().make("stop", WANDA, 5, **data)


def test_a_clock_stands_still_once_for_each_reason():
    play = Play()
    name = play.make("stop", WANDA, 5, what="outage")
    with pytest.raises(StateError, match="stand still for outage already"):
        play.make("stop", WANDA, 6, what="outage")
    play.make("stop", WANDA, 6, what="reply")
    play.make("resume", WANDA, 7, stop=name)
    with pytest.raises(StateError, match="it is over already"):
        play.make("resume", WANDA, 8, stop=name)
    assert play.situation.stops(("outage",)) == [(h(5), h(7))]
    assert play.situation.stops(("reply", "outage")) == [(h(5), h(7)), (h(6), None)]


def test_time_goes_on_and_no_move_is_made_twice():
    play = Play()
    play.sign()
    with pytest.raises(StateError, match="cannot come before the newest"):
        play.make("stop", WANDA, 0.5, what="outage")
    with pytest.raises(StateError, match="made already"):
        apply(play.situation, play.moves[0], play.ladder)
    assert fold(play.moves, play.ladder) == play.situation


@pytest.mark.parametrize(
    ("kind", "data"),
    [("begin", {}), ("declare", {"response": "x"}), ("acknowledge", {"response": "m2"}), ("stop", {}), ("sign", {})],
)
def test_moves_that_lack_something_say_what(kind, data):
    play = Play()
    play.begun()
    with pytest.raises((Malformed, StateError), match=r"missing|there is no 'x'"):
        play.make(kind, OLGA, 3, **data)


def test_moves_are_records_and_come_back():
    move = Move("m1", "stop", WANDA, START, "the mains failed", {"what": "outage"}, {"m0": {"warning": [None, None]}})
    record = move.record()
    assert record.kind == "response"
    assert Move.from_body(record.body) == move
    with pytest.raises(Malformed, match="unknown kind of move 'shoot'"):
        Move("m1", "shoot", WANDA, START, "no")
    with pytest.raises(Malformed, match="needs a reason"):
        Move("m1", "stop", WANDA, START, " ")
    with pytest.raises(Malformed, match="not a move"):
        Move.from_body({"move": "stop"})


def test_whom_a_declaration_asks():
    how = ladder()
    step = how.steps["warning"]
    said = {
        "elm": {"warning": (Promise("p1"),)},
        "birch": {"warning": (Promise("p2", "none"),)},
        "oak": {"warning": (Promise("p3", withdrawn=h(5)),)},
        "fir": {"joint": (Promise("p4"),)},
    }
    assert to_ask(how, step, {}, START) == ("oak", "birch", "A")
    assert to_ask(how, step, said, START) == ("oak", "A", "elm")
    later = {**said, "elm": {"warning": (Promise("p1", since=h(9)),)}}
    assert to_ask(how, step, later, START) == ("oak", "A")


def test_a_corrected_finding_makes_a_trigger_fall_and_deletes_nothing():
    play = Play()
    response = play.warned()
    play.sign(logged=30, standing=False, status="not an incident")
    held = play.situation.responses[response]
    assert trigger_of(play.situation, held, WARNING).met is False
    assert held.steps["warning"].lifted is None  # only people lift a step
    assert [each.standing for each in play.situation.signs["c1"]] == [True, False]
