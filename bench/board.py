# SPDX-License-Identifier: Apache-2.0
"""The response board: 35 states, 12 steps, 5,000 commitments, every step declared and answered.

Run: ``python bench/board.py [rounds]`` (default 200). One JSON object on one line, last: milliseconds for the board
with its JSON text, median and p95.
"""

from __future__ import annotations

import json
import random
import sys
import time
from datetime import UTC, datetime, timedelta

from truceline.base.clock import iso
from truceline.model.case import MACHINE, Actor
from truceline.model.clauses import Clock, Commission, Member, Step
from truceline.model.ladder import Breaches
from truceline.model.response import DECISIONS, Move, Promise, Promises
from truceline.response import NOTHING, Ladder, Situation, apply
from truceline.response.board import board

START = datetime(2026, 5, 2, tzinfo=UTC)
STATES = tuple(f"state-{n:02d}" for n in range(35))
STEPS, COMMITMENTS = 12, 5_000


def made() -> tuple[Situation, Ladder, Promises]:
    """Return a response in full course."""
    rng = random.Random(6)
    steps = {
        f"step-{n:02d}": Step(
            id=f"step-{n:02d}", text="A step.", number=n, trigger="any", clock=Clock(None, 24.0 * n), when=Breaches(),
            declared_by=("commission",), acts_by=STATES, acknowledge_hours=2.0, done="reported",
        )
        for n in range(1, STEPS + 1)
    }  # fmt: skip
    body = Commission(members=(Member("chair", "Chair", "chair"),), quorum=1, rule="chair")
    ladder = Ladder(steps, ("A", "B"), STATES, body)
    promises: dict[str, dict[str, tuple[Promise, ...]]] = {state: {} for state in STATES}
    for n in range(COMMITMENTS):
        of, step = promises[rng.choice(STATES)], rng.choice(tuple(steps))
        of[step] = (*of.get(step, ()), Promise(f"c{n}", rng.choice(("promised", "awaiting parliament"))))
    chair = Actor("chair", "commissioner", None, "chair")
    situation, at = NOTHING, START
    for n, (by, kind, data) in enumerate(_moves(rng, steps, chair)):
        at += timedelta(seconds=30)
        situation = apply(situation, Move(f"m{n}", kind, by, at, "bench", data), ladder)
    return situation, ladder, promises


def _moves(rng: random.Random, steps: dict[str, Step], chair: Actor):
    for n in range(20):
        times = {"breach": [iso(START - timedelta(hours=2)), iso(START - timedelta(hours=1))], "received": iso(START)}
        yield MACHINE, "sign", {"sign": f"s{n}", "status": "corroborated", "probability": [0.7, 0.9], **times}
    yield chair, "begin", {"breach": "s0"}
    yield Actor("duty", "guarantor", STATES[0]), "dispute", {"response": "m20", "breach": "s1"}
    yield (
        Actor("watch", "watch_officer"),
        "stop",
        {"what": "outage", "from": iso(START), "to": iso(START + timedelta(seconds=60))},
    )
    for step in steps:
        yield chair, "declare", {"response": "m20", "step": step, "asked": list(STATES)}
        for state in rng.sample(STATES, 25):
            at = {"response": "m20", "step": step, "state": state}
            yield Actor("duty", "guarantor", state), "acknowledge", at
            yield Actor("duty", "guarantor", state), "decide", {**at, "decision": rng.choice(DECISIONS)}


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    situation, ladder, promises = made()
    now, taken, text = situation.now + timedelta(hours=3), [], ""
    for _ in range(rounds):
        start = time.perf_counter()
        text = json.dumps(board(situation, ladder, now, promises))
        taken.append((time.perf_counter() - start) * 1000)
    taken.sort()
    told = {
        "states": len(STATES),
        "steps": STEPS,
        "commitments": COMMITMENTS,
        "bytes": len(text),
        "ms_median": round(taken[len(taken) // 2], 2),
        "ms_p95": round(taken[int(len(taken) * 0.95)], 2),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
