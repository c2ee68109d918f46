# SPDX-License-Identifier: Apache-2.0
"""The response board as a browser gets it: over HTTP, signed in by a token, 35 states, 12 steps, 5,000 commitments.

Run: ``python bench/board_http.py [rounds]`` (default 200). A watch is made in a temporary folder, its register posted,
every step declared and answered; then ``GET /api/v1/response`` is asked again and again over one connection. One JSON
object on one line, last: milliseconds from request to the last byte of the answer, median and p95; and the processor
time of server and client together, per request.
"""

from __future__ import annotations

import http.client
import json
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn

from truceline.base.clock import iso
from truceline.model.response import DECISIONS
from truceline.register.read import read
from truceline.server import app
from truceline.server.run import listen
from truceline.services.accounts import CONSOLE
from truceline.services.desk import Desk, open_desk, read_people

ROOT = Path(__file__).resolve().parents[1]
START = datetime(2026, 5, 2, 20, tzinfo=UTC)
STATES = tuple(f"state-{n:02d}" for n in range(35))
STEPS, COMMITMENTS = 12, 5_000
WATCH = """
[watch]
id = "bench"
title = "Bench"
from = 2026-05-02T00:00:00Z
to = 2026-05-09T00:00:00Z
terms = "terms/agreement.yaml"
line = "line.geojson"

[[source]]
kind = "firms"
path = "fires.csv"
"""


class Clock:
    """A clock that goes on a second whenever it is asked."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        """Return the time, UTC."""
        self.at += timedelta(seconds=1)
        return self.at


def terms() -> str:
    """Return the ladder of the exercises with 35 guarantors and 12 steps, each set off by any breach."""
    text = (ROOT / "examples" / "exercises" / "agreement-ladder.yaml").read_text("utf-8")
    others = "".join(f"  - {{id: {name}, name: {name}, role: guarantor}}\n" for name in STATES)
    steps = "".join(
        f"  - {{id: step-{n}, number: {n}, text: A step., trigger: Any breach., when: {{breach: {{}}}}, "
        f"clock: {{from: unknown, hours: {24 * n}}}, declared_by: [commission], acts_by: [{', '.join(STATES)}], "
        f"acknowledge_hours: 2, done: reported}}\n"
        for n in range(1, STEPS + 1)
    )
    head, ladder, rest = text.partition("ladder:\n")
    head = head.replace("zones:\n", f"{others}zones:\n", 1)
    return head + ladder + steps + "readings:\n" + rest.partition("readings:\n")[2]


def people() -> str:
    """Return everybody who does something."""
    duty = "".join(f"  - {{user: duty-{name}, role: guarantor, of: {name}}}\n" for name in STATES)
    return (
        "people:\n  - {user: anna, role: analyst}\n  - {user: sam, role: secretariat}\n"
        "  - {user: olga, role: commissioner, of: oak, seat: oak}\n" + duty
    )


def fill(desk: Desk, rng: random.Random) -> None:
    """Post the register and bring a response into full course."""
    source = {"outlet": "bench"}
    kept = [
        {
            "id": f"c{n}", "state": rng.choice(STATES), "kind": "training", "text": "A promise.", "stage": "declared",
            "on": "2026-01-06", "step": f"step-{rng.randint(1, STEPS)}", "source": source,
            "level": rng.choice(("public", "restricted")),
        }
        for n in range(COMMITMENTS)
    ]  # fmt: skip
    entries = {"states": [{"id": name, "name": name} for name in STATES], "commitments": kept}
    sam, anna, olga = (desk.person(user) for user in ("sam", "anna", "olga"))
    desk.registry.enter(sam, desk.now(), read(json.dumps(entries), file="bench"), "bench")
    for _ in range(20):
        opened = {"title": "Salvo", "origin": "event", "provisions": ["quiet"]}
        case = desk.act(anna, "open", None, "bench", opened)[1].id
        for modality in ("acoustic", "imagery"):
            told = {"modality": modality, "family": modality, "owner": f"{modality}-net", "grade": "B2"}
            desk.act(anna, "evidence", case, "bench", told)
        span = [iso(START - timedelta(hours=1)), iso(START)]
        sign = desk.move(anna, "sign", "bench", {"case": case, "breach": span})[1].data["sign"]
    response = desk.move(olga, "begin", "bench", {"breach": sign})[1].id
    for n in range(1, STEPS + 1):
        at = {"response": response, "step": f"step-{n}"}
        desk.move(olga, "declare", "bench", {**at, "although": "nobody is named"})
        for state in rng.sample(STATES, 25):
            duty, own = desk.person(f"duty-{state}"), {**at, "state": state}
            desk.move(duty, "acknowledge", "bench", own)
            desk.move(duty, "decide", "bench", {**own, "decision": rng.choice(DECISIONS)})


@contextmanager
def served(base: Path) -> Iterator[tuple[int, str]]:
    """Give port and token of a duty officer while the watch is served."""
    folder = base / "watch"
    (folder / "terms").mkdir(parents=True)
    (folder / "terms" / "agreement.yaml").write_text(terms())
    (folder / "watch.toml").write_text(WATCH)
    (folder / "people.yaml").write_text(people())
    with open_desk(folder, keys=base / "keys", clock=Clock()) as desk, listen(0) as listening:
        fill(desk, random.Random(6))
        desk.accounts.begin()
        desk.accounts.bring(CONSOLE, read_people(folder / "people.yaml"))
        desk.carry()
        who = desk.person(f"duty-{STATES[0]}")
        token, _ = desk.signin.make_token(who, "bench", ["response:read", "commitment:read"], timedelta(days=1))
        desk.carry()
        made = app(folder / "out", base / "no-page", desk)
        server = uvicorn.Server(uvicorn.Config(made, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield listening.getsockname()[1], token
        server.should_exit = True
        thread.join(10)


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    taken, body = [], b""
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as (port, token):
        line = http.client.HTTPConnection("127.0.0.1", port)
        busy = time.process_time()
        for _ in range(rounds + 3):
            start = time.perf_counter()
            line.request("GET", "/api/v1/response", headers={"Authorization": f"Bearer {token}"})
            answer = line.getresponse()
            body = answer.read()
            taken.append((time.perf_counter() - start) * 1000)
            assert answer.status == 200, body[:500]
        busy = time.process_time() - busy
        line.close()
    told = json.loads(body)["responses"][0]["steps"]
    shown = sum(len(each["promises"]) for step in told for each in step["states"].values() if "promises" in each)
    hidden = sum(each.get("withheld", 0) for step in told for each in step["states"].values())
    taken = sorted(taken[3:])  # the first fill what is kept
    figures = {
        "states": len(STATES),
        "steps": len(told),
        "commitments": shown + hidden,
        "withheld": hidden,
        "bytes": len(body),
        "cpu_ms": round(busy * 1000 / (rounds + 3), 2),
        "ms_median": round(taken[len(taken) // 2], 2),
        "ms_p95": round(taken[int(len(taken) * 0.95)], 2),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
