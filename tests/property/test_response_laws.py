# SPDX-License-Identifier: Apache-2.0
"""Laws of the response over random histories: swaps mirror, replay is live, claims and time alone do nothing."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest
from response_world import ANNA, FORCES, JOINT, OLGA, SWAP, WANDA, WARNING, gus, h, ladder, sign, swapped

from truceline.errors import InputError, StateError
from truceline.model.case import MACHINE, Actor
from truceline.model.response import STATUSES, Move, Promise
from truceline.response import NOTHING, apply, fold
from truceline.response.board import board
from truceline.response.clocks import told
from truceline.response.replay import replay

HISTORIES = 60


def history(seed, length=250):
    """Moves that were possible, most of them plausible, each with the clocks told after it."""
    rng, how = random.Random(seed), ladder()
    situation, moves, at = NOTHING, [], 1.0
    for n in range(length):
        at += rng.choice((0, 0.25, 1, 4))
        by, kind, data = tried(rng, situation, at)
        move = Move(f"m{n}", kind, by, h(at), "because", data)
        try:
            situation = apply(situation, move, how)
        except (StateError, InputError):
            continue
        moves.append(replace(move, clocks=told(situation, how, move.at)))
    return how, situation, moves


def tried(rng, situation, at):
    responses = list(situation.responses) or ["none"]
    response, step = rng.choice(responses), rng.choice(("warning", "warning", "forces", "joint"))
    state = rng.choice(("oak", "birch", "elm", "A", "B"))
    name, party = f"c{rng.randrange(6)}", rng.choice(("A", "B", "B", "B", None))
    acts = rng.choice((["shelling"], ["missile_strike"], None))
    more = {"party": party, "acts": acts, "origin": rng.choice(("event", "event", "claim"))}
    more["standing"] = rng.random() < 0.9
    more["found"] = sign(at=at)["received"] if rng.random() < 0.3 else None
    answer = {"response": response, "step": step, "state": state}
    return rng.choice(
        (
            (MACHINE, "sign", sign(name, at, **more)),
            (MACHINE, "sign", sign(name, at, **{**more, "status": "verified breach"})),
            (OLGA, "begin", {"breach": name}),
            (gus("B"), "dispute", {"response": response, "breach": name}),
            (OLGA, "choose", {"response": response, "breach": name}),
            (rng.choice((OLGA, gus("oak"), gus("birch"))), "declare", {"response": response, "step": step, "asked": ["oak", "A", "birch"], "although": rng.choice(("", "they said so"))}),
            (OLGA, "lift", {"response": response, "step": step}),
            (gus(state), "acknowledge", answer),
            (gus(state), "decide", {**answer, "decision": rng.choice(("act", "decline", "awaiting_parliament"))}),
            (gus("oak"), "decide", {**answer, "state": "oak", "decision": "act"}),
            (gus("oak"), "report", {**answer, "state": "oak"}),
            (ANNA, "verify", {**answer, "state": "oak", "result": "done"}),
            (WANDA, "stop", {"what": rng.choice(("outage", "verification"))}),
            (WANDA, "resume", {"stop": rng.choice(list(situation.halts) or ["none"])}),
        )
    )  # fmt: skip


def exchanged(value):
    """The same with A and B exchanged, wherever they are named."""
    if isinstance(value, dict):
        return {SWAP.get(key, key): exchanged(each) for key, each in value.items()}
    if isinstance(value, list):
        return [exchanged(each) for each in value]
    return SWAP.get(value, value) if isinstance(value, str) else value


def mirrored(move):
    by = replace(move.by, user=move.by.user.translate(str.maketrans("AB", "BA")), of=SWAP.get(move.by.of, move.by.of))
    return replace(move, by=by, data=exchanged(dict(move.data)), clocks=exchanged(dict(move.clocks)))


def sorted_states(told_):
    return json.loads(json.dumps(told_, sort_keys=True))


@pytest.fixture(scope="module")
def histories():
    return [history(seed) for seed in range(HISTORIES)]


def test_the_histories_go_somewhere(histories):
    kinds = {move.kind for _, _, moves in histories for move in moves}
    assert {"declare", "lift", "dispute", "choose", "report", "verify", "resume"} <= kinds
    declared = [step for _, s, _ in histories for r in s.responses.values() for step in r.steps]
    assert {"warning", "forces"} <= set(declared)


def test_the_parties_exchanged_everything_is(histories):
    mirror = replace(ladder(*map(swapped, (WARNING, FORCES, JOINT))), parties=("A", "B"))
    for how, situation, moves in histories:
        other = fold(map(mirrored, moves), mirror)
        now = h(2_000)
        one, two = board(situation, how, now), board(other, mirror, now)
        users = json.dumps(exchanged(one), sort_keys=True).replace("duty-A", "duty-?").replace("duty-B", "duty-A")
        assert json.loads(users.replace("duty-?", "duty-B")) == sorted_states(two)


def test_states_exchanged_are_exchanged():
    """Nothing depends on a state's name or place: oak and elm change their names, and the board does."""
    names = {"oak": "elm", "elm": "oak"}

    def other(value):
        return json.loads(json.dumps(value).replace('"oak"', '"?"').replace('"elm"', '"oak"').replace('"?"', '"elm"'))

    chair = Actor("ivo", "commissioner", None, "seat-a")
    how = ladder(replace(WARNING, acts_by=("oak", "birch")), replace(FORCES, declared_by=("commission",)))
    moved = ladder(*(replace(s, acts_by=tuple(names.get(x, x) for x in s.acts_by)) for s in how.steps.values()))
    said = {"oak": {"warning": (Promise("p"),)}, "elm": {"warning": (Promise("q", "none"),)}}
    swapped_said = {names[state]: steps for state, steps in said.items()}
    moves = [Move("m0", "sign", MACHINE, h(1), "x", sign()), Move("m1", "begin", chair, h(2), "x", {"breach": "c1"})]
    data = {"response": "m1", "step": "warning", "asked": ["oak", "birch"]}
    first = [*moves, Move("m2", "declare", chair, h(3), "x", data)]
    second = [*moves, Move("m2", "declare", chair, h(3), "x", other(data))]
    one, two = board(fold(first, how), how, h(9), said), board(fold(second, moved), moved, h(9), swapped_said)
    assert other(one) == json.loads(json.dumps(two))


def test_a_replay_is_what_was_live(histories):
    for how, situation, moves in histories:
        assert fold(moves, how) == situation
        found = replay(moves, how, h(2_000))
        assert found["same"] is True
        assert found["clocks"] == told(situation, how, h(2_000))
        assert all(line["due"] != line["had"] for line in found["had"]["differs"])


def test_claims_start_nothing(histories):
    for _, situation, moves in histories:
        assert all(move.data.get("origin") != "claim" for move in moves)
        for response in situation.responses.values():
            assert all(situation.signs[chosen.sign] for chosen in response.chosen)


def test_time_alone_does_nothing(histories):
    """A board of a later moment differs in what is told of time, and in nothing that anybody did."""
    done = ("asked", "acknowledged", "decisions", "reported", "checks")
    for how, situation, _ in histories:
        before = json.dumps([repr(situation)])
        boards = [board(situation, how, h(hours)) for hours in (2_000, 4_000, 40_000)]
        assert json.dumps([repr(situation)]) == before
        for each in boards:
            for response in each["responses"]:
                for step in response["steps"]:
                    assert {state["status"] for state in step["states"].values()} <= set(STATUSES)
        acts = [
            [
                [{k: s.get(k) for k in done} for s in step["states"].values()]
                for r in b["responses"]
                for step in r["steps"]
            ]
            for b in boards
        ]
        assert acts[0] == acts[1] == acts[2]
        assert [[s["declared"] for r in b["responses"] for s in r["steps"]] for b in boards[1:]] == [
            [s["declared"] for r in boards[0]["responses"] for s in r["steps"]]
        ] * 2


def test_what_is_due_lies_between_its_bounds(histories):
    """Whatever turns out to be the first breach, the origin and the stops: the deadline is none but one of those told."""
    for how, situation, _ in histories:
        for response in situation.responses.values():
            found = board(situation, how, h(2_000))
            for each in next(r for r in found["responses"] if r["response"] == response.id)["steps"]:
                low, high = each["due"]["earliest"], each["due"]["latest"]
                for possible in each["clocks"]:
                    assert possible["earliest"] >= low
                    assert high is None or possible["latest"] <= high
